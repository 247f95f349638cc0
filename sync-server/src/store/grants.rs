//! Grants, and the positions at which they began and ended.

use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::sync::{GrantRow, GrantScope, GrantTerm};
use jangkau_core::time::Timestamp;
use rusqlite::{Row, params};

use super::institutions::Tenant;
use super::{Db, StoreError, column, decode, encode, instant, parse, seq};

/// A grant that stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Grant {
    /// The position of its row.
    pub(crate) seq: ServerSeq,
    /// What it gives.
    pub(crate) row: GrantRow,
}

fn read(row: &Row<'_>) -> Result<Grant, StoreError> {
    let case: Option<CaseId> = row.get(2)?;
    let words: String = row.get(3)?;
    let extent: Option<Vec<u8>> = row.get(4)?;
    Ok(Grant {
        seq: seq(row.get(0)?),
        row: GrantRow {
            person: row.get(1)?,
            scope: case.map_or(GrantScope::Institution, GrantScope::Case),
            classes: words
                .split_whitespace()
                .map(parse)
                .collect::<Result<_, _>>()?,
            extent: extent.as_deref().map(decode).transpose()?,
            term: term(row.get(5)?, row.get(6)?),
        },
    })
}

fn term(until: Option<i64>, by_glass: bool) -> Option<GrantTerm> {
    let until = instant(until?);
    Some(if by_glass {
        GrantTerm::Glass(until)
    } else {
        GrantTerm::Hours(until)
    })
}

fn query(
    db: &Db,
    filter: &str,
    arguments: &[&dyn rusqlite::ToSql],
) -> Result<Vec<Grant>, StoreError> {
    let sql = format!(
        "SELECT seq, person, case_id, classes, extent, until, by_glass FROM access_grant \
         WHERE {filter} ORDER BY seq"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(arguments)?;
    let mut grants = Vec::new();
    while let Some(row) = rows.next()? {
        grants.push(read(row)?);
    }
    Ok(grants)
}

pub(crate) fn insert(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    grant: &GrantRow,
) -> Result<(), StoreError> {
    let case = match grant.scope {
        GrantScope::Institution => None,
        GrantScope::Case(case) => Some(case),
    };
    let words: Vec<&str> = grant.classes.iter().map(|class| class.code()).collect();
    let sql = "INSERT INTO access_grant (institution, seq, person, case_id, classes, extent, until, by_glass) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        column(at),
        grant.person,
        case,
        words.join(" "),
        grant.extent.as_ref().map(encode),
        grant.until().map(Timestamp::as_millis),
        grant.is_by_glass()
    ])?;
    Ok(())
}

pub(crate) fn end(
    db: &Db,
    tenant: Tenant,
    grant: ServerSeq,
    at: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "UPDATE access_grant SET ended = ?3 WHERE institution = ?1 AND seq = ?2";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, column(grant), column(at)])?;
    Ok(())
}

/// A person's grant that has ended.
pub(crate) fn ended(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    grant: ServerSeq,
) -> Result<Option<Grant>, StoreError> {
    let filter = "institution = ?1 AND seq = ?2 AND person = ?3 AND ended IS NOT NULL";
    let found = query(db, filter, params![tenant.0, column(grant), person])?;
    Ok(found.into_iter().next())
}

/// Notes that a person's device has dropped what an ended grant had given.
pub(crate) fn dropped(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    grant: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "UPDATE access_grant SET dropped = 1 WHERE institution = ?1 AND seq = ?2 \
               AND person = ?3 AND ended IS NOT NULL";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, column(grant), person])?;
    Ok(())
}

/// What a person may hold now.
pub(crate) fn of_person(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<Vec<Grant>, StoreError> {
    let filter = "institution = ?1 AND person = ?2 AND ended IS NULL";
    query(db, filter, params![tenant.0, person])
}

/// What a person may hold now that is given by the case alone.
pub(crate) fn of_person_and_case(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    case: CaseId,
) -> Result<Vec<Grant>, StoreError> {
    let filter = "institution = ?1 AND person = ?2 AND case_id = ?3 AND ended IS NULL";
    query(db, filter, params![tenant.0, person, case])
}

/// The cases of which a person ever held something by the case alone, and not by broken glass.
pub(crate) fn cases_ever(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<Vec<CaseId>, StoreError> {
    let sql = "SELECT DISTINCT case_id FROM access_grant \
               WHERE institution = ?1 AND person = ?2 AND case_id IS NOT NULL AND NOT by_glass \
               ORDER BY case_id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, person], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Everybody who ever held something of a case by the case alone, and not by broken glass.
pub(crate) fn people_ever(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Vec<PersonId>, StoreError> {
    let sql = "SELECT DISTINCT person FROM access_grant \
               WHERE institution = ?1 AND case_id = ?2 AND NOT by_glass ORDER BY person";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Every grant that stands and covers a case.
pub(crate) fn of_case(db: &Db, tenant: Tenant, case: CaseId) -> Result<Vec<Grant>, StoreError> {
    let filter = "institution = ?1 AND (case_id = ?2 OR case_id IS NULL) AND ended IS NULL";
    query(db, filter, params![tenant.0, case])
}

/// The grants of all institutions whose time is over by now and that no row has ended yet.
pub(crate) fn due(db: &Db, now: Timestamp) -> Result<Vec<(Tenant, Grant)>, StoreError> {
    let sql = "SELECT seq, person, case_id, classes, extent, until, by_glass, institution FROM access_grant \
               WHERE until <= ?1 AND until IS NOT NULL AND ended IS NULL \
               ORDER BY institution, until, seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([now.as_millis()])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        due.push((Tenant(row.get(7)?), read(row)?));
    }
    Ok(due)
}

/// A grant that stands, by its row.
pub(crate) fn at(db: &Db, tenant: Tenant, at: ServerSeq) -> Result<Option<Grant>, StoreError> {
    let filter = "institution = ?1 AND seq = ?2 AND ended IS NULL";
    Ok(query(db, filter, params![tenant.0, column(at)])?.pop())
}

/// Every grant of a person that is or was about a case: work begun under one is taken in even after its end.
pub(crate) fn ever(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    case: CaseId,
) -> Result<Vec<GrantRow>, StoreError> {
    let filter = "institution = ?1 AND person = ?2 AND (case_id = ?3 OR case_id IS NULL)";
    let grants = query(db, filter, params![tenant.0, person, case])?;
    Ok(grants.into_iter().map(|grant| grant.row).collect())
}
