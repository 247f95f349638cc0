//! The register of letters: one number after the other, from 1 in each year, and none twice.

use std::collections::BTreeMap;

use jangkau_core::id::{CommandId, LetterNumber};
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, StoreError};

/// Numbers of letters that are left out after a restore: what was issued after the backup has its numbers already, on paper.
/// More letters than any office issues between two backups.
const LETTERS_SKIPPED: u32 = 50;

/// The register of one year.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LettersOfYear {
    /// The last number.
    pub last: u32,
    /// Numbers up to it that no letter of the log has: declared gaps, which a restore left.
    pub gaps: Vec<(u32, u32)>,
}

/// The number of a referral's letter; the next of the year if it has none.
pub(crate) fn number_of(
    db: &Db,
    tenant: Tenant,
    referral: CommandId,
    year: i32,
) -> Result<LetterNumber, StoreError> {
    let sql = "SELECT year, number FROM letter WHERE institution = ?1 AND referral = ?2";
    let given = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, referral], |row| {
            Ok(LetterNumber {
                year: row.get(0)?,
                number: row.get(1)?,
            })
        })
        .optional()?;
    if let Some(given) = given {
        return Ok(given);
    }
    let number = last(db, tenant, year)?.saturating_add(1);
    let given = LetterNumber { year, number };
    put(db, tenant, referral, given)?;
    Ok(given)
}

/// The last number of a year that was given or left out.
fn last(db: &Db, tenant: Tenant, year: i32) -> Result<u32, StoreError> {
    let sql = "SELECT ifnull(max(number), 0) FROM ( \
               SELECT number FROM letter WHERE institution = ?1 AND year = ?2 \
               UNION ALL SELECT number FROM letter_skip WHERE institution = ?1 AND year = ?2)";
    let mut statement = db.prepare_cached(sql)?;
    Ok(statement.query_row(params![tenant.0, year], |row| row.get(0))?)
}

/// Notes a number that was given. One that comes back after a restore stands on paper already, and takes the place of a
/// younger one.
pub(crate) fn put(
    db: &Db,
    tenant: Tenant,
    referral: CommandId,
    given: LetterNumber,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO letter (institution, referral, year, number) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET year = excluded.year, number = excluded.number \
               WHERE (excluded.year, excluded.number) < (year, number)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, referral, given.year, given.number])?;
    Ok(())
}

/// After a restore: leaves out numbers that letters on paper may have already.
pub(crate) fn skip(db: &Db, tenant: Tenant, year: i32) -> Result<(), StoreError> {
    let number = last(db, tenant, year)?.saturating_add(LETTERS_SKIPPED);
    let sql = "INSERT INTO letter_skip (institution, year, number) VALUES (?1, ?2, ?3) \
               ON CONFLICT DO UPDATE SET number = excluded.number";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, year, number])?;
    Ok(())
}

/// The register, year by year.
pub(crate) fn register(
    db: &Db,
    tenant: Tenant,
) -> Result<BTreeMap<i32, LettersOfYear>, StoreError> {
    let sql = "SELECT year, number FROM letter WHERE institution = ?1 ORDER BY year, number";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([tenant.0])?;
    let mut register: BTreeMap<i32, LettersOfYear> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let year = register.entry(row.get(0)?).or_default();
        let number: u32 = row.get(1)?;
        let expected = year.last.saturating_add(1);
        if number > expected {
            year.gaps.push((expected, number.saturating_sub(1)));
        }
        year.last = number;
    }
    Ok(register)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const fn referral(number: u8) -> CommandId {
        CommandId::from_bytes([number; 16])
    }

    #[test]
    fn numbers_follow_each_other_and_begin_anew_each_year() {
        let store = Store::in_memory().unwrap();
        let (tenant, other) = (Tenant(1), Tenant(2));
        let db = store.db();
        let next = |tenant, id, year| {
            let given = number_of(&db, tenant, referral(id), year).unwrap();
            given.to_string()
        };
        // Whose, which referral, in which year: its number.
        for (tenant, id, year, number) in [
            (tenant, 1, 2026, "1/2026"),
            (tenant, 2, 2026, "2/2026"),
            (other, 3, 2026, "1/2026"),
            // Asked again, also in another year, it keeps its number.
            (tenant, 1, 2027, "1/2026"),
            (tenant, 4, 2027, "1/2027"),
            (tenant, 5, 2026, "3/2026"),
        ] {
            assert_eq!(next(tenant, id, year), number, "{id}");
        }
        skip(&db, tenant, 2027).unwrap();
        assert_eq!(next(tenant, 6, 2027), "52/2027");
        assert_eq!(next(tenant, 7, 2026), "4/2026");
        // What comes back stands on paper already; what was given meanwhile gives way.
        let given = LetterNumber {
            year: 2027,
            number: 2,
        };
        put(&db, tenant, referral(6), given).unwrap();
        assert_eq!(next(tenant, 6, 2027), "2/2027");
        assert_eq!(next(tenant, 8, 2027), "52/2027");
        let register = register(&db, tenant).unwrap();
        let of_2027 = &register[&2027];
        assert_eq!((of_2027.last, &*of_2027.gaps), (52, &[(3, 51)][..]));
        assert_eq!((register[&2026].last, register[&2026].gaps.len()), (4, 0));
    }
}
