//! Institutions: the counter row, eras, the server's key, profiles and calendars.

use jangkau_core::id::{CaseNumber, InstitutionId, LogEra, ServerSeq};
use jangkau_core::sync::{CalendarRow, ProfileRow};
use jangkau_core::time::Timestamp;
use rusqlite::{Row, params};

use super::{Db, Place, StoreError, audit, column, instant, parse, seq};
use crate::keys::Owner;

/// An institution's number in every table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Tenant(pub(super) i64);

/// An institution as its row says.
#[derive(Clone, Debug)]
pub(crate) struct InstitutionRow {
    pub(crate) tenant: Tenant,
    pub(crate) id: InstitutionId,
    pub(crate) era: LogEra,
    pub(crate) head: ServerSeq,
    pub(crate) backed_up_through: ServerSeq,
    /// Seed of the key under which rulings and certificates are signed.
    pub(crate) server_key: [u8; 32],
}

const COLUMNS: &str = "number, id, era, head, backed_up_through, server_key, key_id";

fn read(db: &Db, row: &Row<'_>) -> Result<InstitutionRow, StoreError> {
    let id: String = row.get(1)?;
    let id = parse(&id)?;
    let sealed: Vec<u8> = row.get(5)?;
    let server_key = db.open_own_for(&id, &place_of_key(), row.get(6)?, &sealed)?;
    Ok(InstitutionRow {
        tenant: Tenant(row.get(0)?),
        id,
        era: LogEra::new(row.get(2)?),
        head: seq(row.get(3)?),
        backed_up_through: seq(row.get(4)?),
        server_key: server_key
            .as_slice()
            .try_into()
            .map_err(|_| StoreError::Undecodable)?,
    })
}

pub(super) fn place_of_key() -> Place {
    Place::new("institution", &[])
}

pub(crate) fn insert(
    db: &Db,
    id: &InstitutionId,
    server_key: &[u8; 32],
) -> Result<Tenant, StoreError> {
    let sealed = db.seal_for(id, Owner::Institution, &place_of_key(), server_key)?;
    db.prepare_cached("INSERT INTO institution (id, server_key, key_id) VALUES (?1, ?2, ?3)")?
        .execute(params![id.as_str(), sealed.bytes, sealed.key])?;
    db.forget_names();
    Ok(Tenant(db.last_insert_rowid()))
}

pub(crate) fn find(db: &Db, id: &InstitutionId) -> Result<Option<InstitutionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM institution WHERE id = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([id.as_str()])?;
    rows.next()?.map(|row| read(db, row)).transpose()
}

pub(crate) fn get(db: &Db, tenant: Tenant) -> Result<InstitutionRow, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM institution WHERE number = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([tenant.0])?;
    let row = rows.next()?.ok_or(StoreError::Undecodable)?;
    read(db, row)
}

pub(crate) fn all(db: &Db) -> Result<Vec<InstitutionRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM institution ORDER BY number");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(db, row)?);
    }
    Ok(all)
}

/// Takes the next position of the log from the counter row.
pub(crate) fn next_seq(db: &Db, tenant: Tenant) -> Result<ServerSeq, StoreError> {
    let sql = "UPDATE institution SET head = head + 1 WHERE number = ?1 RETURNING head";
    Ok(seq(db
        .prepare_cached(sql)?
        .query_row([tenant.0], |row| row.get(0))?))
}

pub(crate) fn mark_backed_up(
    db: &Db,
    tenant: Tenant,
    through: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "UPDATE institution SET backed_up_through = max(backed_up_through, min(?2, head)) \
               WHERE number = ?1";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, column(through)])?;
    Ok(())
}

/// Numbers of cases that are left out after a restore: what was registered after the backup has its numbers already, on
/// the devices and on paper. More than any office registers between two backups.
const CASES_SKIPPED: u32 = 1_000;

/// The next number for a case.
pub(crate) fn next_case(db: &Db, tenant: Tenant) -> Result<CaseNumber, StoreError> {
    let sql =
        "UPDATE institution SET last_case = last_case + 1 WHERE number = ?1 RETURNING last_case";
    let number = db
        .prepare_cached(sql)?
        .query_row([tenant.0], |row| row.get(0))?;
    Ok(CaseNumber::new(number))
}

pub(crate) fn begin_era(
    db: &Db,
    institution: &InstitutionRow,
    era: LogEra,
    now: Timestamp,
) -> Result<(), StoreError> {
    let kept = column(institution.head);
    db.execute(
        "INSERT INTO era (institution, number, kept, began_at) VALUES (?1, ?2, ?3, ?4)",
        params![institution.tenant.0, era.get(), kept, now.as_millis()],
    )?;
    db.execute(
        "UPDATE institution SET era = ?2 WHERE number = ?1",
        params![institution.tenant.0, era.get()],
    )?;
    audit::begin_era(db, institution, era, now)
}

/// After a restore: leaves out numbers of cases that the devices may know already.
pub(crate) fn skip_cases(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    let sql = "UPDATE institution SET last_case = last_case + ?2 WHERE number = ?1";
    db.execute(sql, params![tenant.0, CASES_SKIPPED])?;
    Ok(())
}

/// Deletes an institution with everything of it, whatever tables there are.
pub(crate) fn wipe(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    db.pragma_update(None, "defer_foreign_keys", true)?;
    let sql = "SELECT name FROM sqlite_master WHERE type = 'table' \
               AND EXISTS (SELECT 1 FROM pragma_table_info(sqlite_master.name) \
               WHERE name = 'institution')";
    let tables: Vec<String> = {
        let mut statement = db.prepare(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for table in tables {
        let sql = format!("DELETE FROM {table} WHERE institution = ?1");
        db.execute(&sql, [tenant.0])?;
    }
    db.execute("DELETE FROM institution WHERE number = ?1", [tenant.0])?;
    db.forget_names();
    Ok(())
}

/// The last row that each restore kept, and when it was, in order.
pub(crate) fn restores(db: &Db, tenant: Tenant) -> Result<Vec<(ServerSeq, Timestamp)>, StoreError> {
    let sql = "SELECT kept, began_at FROM era WHERE institution = ?1 ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let kept = statement.query_map([tenant.0], |row| {
        Ok((seq(row.get(0)?), instant(row.get(1)?)))
    })?;
    Ok(kept.collect::<Result<_, _>>()?)
}

/// The last row of an older era that every restore since then has kept.
pub(crate) fn kept_since(
    db: &Db,
    tenant: Tenant,
    era: LogEra,
) -> Result<Option<ServerSeq>, StoreError> {
    let sql = "SELECT min(kept) FROM era WHERE institution = ?1 AND number > ?2";
    let kept: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, era.get()], |row| row.get(0))?;
    Ok(kept.map(seq))
}

pub(crate) fn add_profile(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    profile: &ProfileRow,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO profile (institution, seq, id, version, toml) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.execute(
        sql,
        params![
            tenant.0,
            column(at),
            profile.id.as_str(),
            profile.version,
            profile.toml
        ],
    )?;
    Ok(())
}

/// Every version of the profile, oldest first.
pub(crate) fn profiles(db: &Db, tenant: Tenant) -> Result<Vec<ProfileRow>, StoreError> {
    let sql = "SELECT id, version, toml FROM profile WHERE institution = ?1 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?))
    })?;
    rows.map(|row| {
        let (id, version, toml) = row?;
        Ok(ProfileRow {
            id: parse(&id)?,
            version,
            toml,
        })
    })
    .collect()
}

pub(crate) fn add_calendar(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    calendar: &CalendarRow,
) -> Result<(), StoreError> {
    let sql =
        "INSERT INTO calendar (institution, seq, name, version, csv) VALUES (?1, ?2, ?3, ?4, ?5)";
    db.execute(
        sql,
        params![
            tenant.0,
            column(at),
            calendar.name,
            calendar.version,
            calendar.csv
        ],
    )?;
    Ok(())
}

/// How many lists were loaded.
pub(crate) fn calendar_count(db: &Db, tenant: Tenant) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM calendar WHERE institution = ?1";
    Ok(db
        .prepare_cached(sql)?
        .query_row([tenant.0], |row| row.get(0))?)
}

/// Every list that was loaded, oldest first.
pub(crate) fn calendars(db: &Db, tenant: Tenant) -> Result<Vec<CalendarRow>, StoreError> {
    let sql = "SELECT name, version, csv FROM calendar WHERE institution = ?1 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok(CalendarRow {
            name: row.get(0)?,
            version: row.get(1)?,
            csv: row.get(2)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
