//! Breach records: lost and stolen devices, what was on them, and who was told.

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, PersonId, SeatId};
use jangkau_core::sync::{BreachParty, StoreKind};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, delivery, instant, parse};

/// A breach record's own row.
#[derive(Clone, Debug)]
pub(crate) struct BreachRow {
    pub(crate) number: u32,
    pub(crate) seat: SeatId,
    pub(crate) person: PersonId,
    pub(crate) known_at: Timestamp,
    pub(crate) due_at: Timestamp,
    pub(crate) store: StoreKind,
    pub(crate) closed: Option<(Timestamp, String)>,
}

/// Opens a record of what is known to be on a seat's device. Gives its number.
pub(crate) fn open(
    db: &Db,
    tenant: Tenant,
    (seat, person): (SeatId, PersonId),
    (known_at, due_at): (Timestamp, Timestamp),
    store: StoreKind,
) -> Result<u32, StoreError> {
    let sql = "SELECT ifnull(max(number), 0) + 1 FROM breach WHERE institution = ?1";
    let number: u32 = db.query_row(sql, [tenant.0], |row| row.get(0))?;
    db.execute(
        "INSERT INTO breach (institution, number, seat, person, known_at, due_at, store) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            tenant.0,
            number,
            seat,
            person,
            known_at.as_millis(),
            due_at.as_millis(),
            store.code(),
        ],
    )?;
    db.execute(
        "INSERT INTO breach_holding (institution, breach, case_id, class) \
         SELECT institution, ?3, case_id, class FROM delivery WHERE institution = ?1 AND seat = ?2",
        params![tenant.0, seat, number],
    )?;
    Ok(number)
}

/// The open record of a seat, if there is one.
pub(crate) fn open_of(db: &Db, tenant: Tenant, seat: SeatId) -> Result<Option<u32>, StoreError> {
    let sql = "SELECT number FROM breach WHERE institution = ?1 AND seat = ?2 \
               AND closed_at IS NULL";
    Ok(db
        .query_row(sql, params![tenant.0, seat], |row| row.get(0))
        .optional()?)
}

fn read(db: &Db, tenant: Tenant, row: &Row<'_>) -> Result<BreachRow, StoreError> {
    let store: String = row.get(5)?;
    let (closed_at, number): (Option<i64>, u32) = (row.get(6)?, row.get(0)?);
    let closed_with: Option<Vec<u8>> = row.get(7)?;
    let (place, key) = (place_of_closing(number), row.get(8)?);
    let open = |sealed: Vec<u8>| db.open_words(tenant, &place, key, &sealed);
    let closed_with = closed_with.map(open).transpose()?;
    Ok(BreachRow {
        number,
        seat: row.get(1)?,
        person: row.get(2)?,
        known_at: instant(row.get(3)?),
        due_at: instant(row.get(4)?),
        store: parse(&store)?,
        closed: closed_at.map(instant).zip(closed_with),
    })
}

fn place_of_closing(number: u32) -> Place {
    Place::new("breach", &[&number.to_be_bytes()])
}

fn place_of_words(number: u32, place: u32) -> Place {
    Place::new(
        "breach_told",
        &[&number.to_be_bytes(), &place.to_be_bytes()],
    )
}

/// Every record, oldest first.
pub(crate) fn all(db: &Db, tenant: Tenant) -> Result<Vec<BreachRow>, StoreError> {
    let sql = "SELECT number, seat, person, known_at, due_at, store, closed_at, closed_with, key_id \
               FROM breach WHERE institution = ?1 ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([tenant.0])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        all.push(read(db, tenant, row)?);
    }
    Ok(all)
}

/// What was on the device when the record was opened.
pub(crate) fn holdings(
    db: &Db,
    tenant: Tenant,
    number: u32,
) -> Result<Vec<(CaseId, Class)>, StoreError> {
    let sql = "SELECT case_id, class FROM breach_holding WHERE institution = ?1 AND breach = ?2 \
               ORDER BY case_id, class";
    delivery::pairs(db, sql, params![tenant.0, number])
}

/// Notes that somebody was told, and what.
pub(crate) fn tell(
    db: &Db,
    tenant: Tenant,
    number: u32,
    (party, told_at, words): (BreachParty, Timestamp, &str),
) -> Result<(), StoreError> {
    let sql = "SELECT count(*) FROM breach_told WHERE institution = ?1 AND breach = ?2";
    let place: u32 = db.query_row(sql, params![tenant.0, number], |row| row.get(0))?;
    let sealed = db.seal_words(tenant, &place_of_words(number, place), words)?;
    let sql = "INSERT INTO breach_told (institution, breach, place, party, told_at, words, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db.execute(
        sql,
        params![
            tenant.0,
            number,
            place,
            party.code(),
            told_at.as_millis(),
            sealed.bytes,
            sealed.key
        ],
    )?;
    Ok(())
}

/// Who was told when, and what.
pub(crate) fn told(
    db: &Db,
    tenant: Tenant,
    number: u32,
) -> Result<Vec<(BreachParty, Timestamp, String)>, StoreError> {
    let sql = "SELECT party, told_at, words, key_id, place FROM breach_told \
               WHERE institution = ?1 AND breach = ?2 ORDER BY place";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, number])?;
    let mut told = Vec::new();
    while let Some(row) = rows.next()? {
        let (party, sealed): (String, Vec<u8>) = (row.get(0)?, row.get(2)?);
        let place = place_of_words(number, row.get(4)?);
        let words = db.open_words(tenant, &place, row.get(3)?, &sealed)?;
        told.push((parse(&party)?, instant(row.get(1)?), words));
    }
    Ok(told)
}

/// Closes a record.
pub(crate) fn close(
    db: &Db,
    tenant: Tenant,
    number: u32,
    (now, words): (Timestamp, &str),
) -> Result<(), StoreError> {
    let sealed = db.seal_words(tenant, &place_of_closing(number), words)?;
    let sql = "UPDATE breach SET closed_at = ?3, closed_with = ?4, key_id = ?5 \
               WHERE institution = ?1 AND number = ?2";
    let (key, closed_with) = (sealed.key, sealed.bytes);
    db.execute(
        sql,
        params![tenant.0, number, now.as_millis(), closed_with, key],
    )?;
    Ok(())
}
