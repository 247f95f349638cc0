//! The register of what clients ask for as the law gives them a right to, legal holds, and how far devices have read.

use jangkau_core::id::{CaseId, PersonId, SeatId, ServerSeq};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, instant, seq};

/// A request as its row says.
#[derive(Clone, Debug)]
pub(crate) struct RequestRow {
    pub(crate) number: i64,
    pub(crate) case: CaseId,
    pub(crate) kind: String,
    pub(crate) received_at: Timestamp,
    pub(crate) due: Timestamp,
    pub(crate) asked_by: PersonId,
    pub(crate) scope: Vec<u8>,
    pub(crate) readers: Vec<u8>,
    pub(crate) note: String,
    pub(crate) decided: Option<Decided>,
    pub(crate) position: Option<ServerSeq>,
    pub(crate) closed_at: Option<Timestamp>,
    pub(crate) letter_due: bool,
}

/// What was decided on a request.
#[derive(Clone, Debug)]
pub(crate) struct Decided {
    pub(crate) by: PersonId,
    pub(crate) at: Timestamp,
    pub(crate) decision: String,
    pub(crate) note: String,
}

const COLUMNS: &str = "number, case_id, kind, received_at, due, asked_by, scope, note, decided_by, \
                       decided_at, decision, decision_note, position, closed_at, letter_due, key_id, readers";

fn place_of(number: i64, column: &str) -> Place {
    Place::new(
        "rights_request",
        &[&number.to_be_bytes(), column.as_bytes()],
    )
}

fn read(db: &Db, tenant: Tenant, row: &Row<'_>) -> Result<RequestRow, StoreError> {
    let (number, key): (i64, i64) = (row.get(0)?, row.get(15)?);
    let open = |column: &str, sealed: Vec<u8>| {
        db.open_words(tenant, &place_of(number, column), key, &sealed)
    };
    let by: Option<PersonId> = row.get(8)?;
    let at: Option<i64> = row.get(9)?;
    let decision: Option<String> = row.get(10)?;
    let note: Option<Vec<u8>> = row.get(11)?;
    let note = note.map(|note| open("decision_note", note)).transpose()?;
    let decided = by.zip(at).map(|(by, at)| Decided {
        by,
        at: instant(at),
        decision: decision.unwrap_or_default(),
        note: note.unwrap_or_default(),
    });
    Ok(RequestRow {
        number,
        case: row.get(1)?,
        kind: row.get(2)?,
        received_at: instant(row.get(3)?),
        due: instant(row.get(4)?),
        asked_by: row.get(5)?,
        scope: row.get(6)?,
        readers: row.get(16)?,
        note: open("note", row.get(7)?)?,
        decided,
        position: row.get::<_, Option<i64>>(12)?.map(seq),
        closed_at: row.get::<_, Option<i64>>(13)?.map(instant),
        letter_due: row.get(14)?,
    })
}

/// Opens a request; its number, decision and closing are the store's. Gives the number.
pub(crate) fn open(db: &Db, tenant: Tenant, request: &RequestRow) -> Result<i64, StoreError> {
    let sql = "SELECT ifnull(max(number), 0) + 1 FROM rights_request WHERE institution = ?1";
    let number: i64 = db.query_row(sql, [tenant.0], |row| row.get(0))?;
    let note = db.seal_words(tenant, &place_of(number, "note"), &request.note)?;
    let sql = "INSERT INTO rights_request (institution, case_id, kind, received_at, due, asked_by, \
               scope, note, position, number, key_id, readers) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
    db.execute(
        sql,
        params![
            tenant.0,
            request.case,
            request.kind,
            request.received_at.as_millis(),
            request.due.as_millis(),
            request.asked_by,
            request.scope,
            note.bytes,
            request.position.map(column),
            number,
            note.key,
            request.readers,
        ],
    )?;
    Ok(number)
}

/// The next number of a table of which no row ever goes.
fn next(db: &Db, table: &str) -> Result<i64, StoreError> {
    let sql = format!("SELECT ifnull(max(number), 0) + 1 FROM {table}");
    Ok(db.query_row(&sql, [], |row| row.get(0))?)
}

pub(crate) fn get(db: &Db, tenant: Tenant, number: i64) -> Result<Option<RequestRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM rights_request WHERE institution = ?1 AND number = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, number])?;
    rows.next()?.map(|row| read(db, tenant, row)).transpose()
}

/// Every request, in the order in which they came.
pub(crate) fn list(db: &Db, tenant: Tenant) -> Result<Vec<RequestRow>, StoreError> {
    let sql =
        format!("SELECT {COLUMNS} FROM rights_request WHERE institution = ?1 ORDER BY number");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([tenant.0])?;
    let mut requests = Vec::new();
    while let Some(row) = rows.next()? {
        requests.push(read(db, tenant, row)?);
    }
    Ok(requests)
}

/// Keeps what was decided, at which row of the log it was carried out, and whether the client is to be told by letter.
pub(crate) fn decide(
    db: &Db,
    tenant: Tenant,
    number: i64,
    decided: &Decided,
    (position, letter_due): (Option<ServerSeq>, bool),
) -> Result<(), StoreError> {
    let note = db.seal_words(tenant, &place_of(number, "decision_note"), &decided.note)?;
    let sql = "UPDATE rights_request SET decided_by = ?3, decided_at = ?4, decision = ?5, \
               decision_note = ?6, position = coalesce(?7, position), letter_due = ?8 \
               WHERE institution = ?1 AND number = ?2";
    db.execute(
        sql,
        params![
            tenant.0,
            number,
            decided.by,
            decided.at.as_millis(),
            decided.decision,
            note.bytes,
            position.map(column),
            letter_due,
        ],
    )?;
    Ok(())
}

/// Closes a request.
pub(crate) fn close(
    db: &Db,
    tenant: Tenant,
    number: i64,
    (by, at): (PersonId, Timestamp),
    note: &str,
) -> Result<(), StoreError> {
    let sealed = db.seal_words(tenant, &place_of(number, "closing_note"), note)?;
    let sql = "UPDATE rights_request SET closed_by = ?3, closed_at = ?4, closing_note = ?5, \
               letter_due = 0 WHERE institution = ?1 AND number = ?2";
    let at = at.as_millis();
    db.execute(sql, params![tenant.0, number, by, at, sealed.bytes])?;
    Ok(())
}

/// Puts a case under a legal hold, which two people ask and set.
pub(crate) fn hold(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    (asked_by, set_by): (PersonId, PersonId),
    (reason, at): (&str, Timestamp),
) -> Result<(), StoreError> {
    let number = next(db, "legal_hold")?;
    let sealed = db.seal_words(tenant, &place_of_hold(number), reason)?;
    let sql = "INSERT INTO legal_hold \
               (institution, case_id, reason, asked_by, set_by, set_at, number, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    db.execute(
        sql,
        params![
            tenant.0,
            case,
            sealed.bytes,
            asked_by,
            set_by,
            at.as_millis(),
            number,
            sealed.key
        ],
    )?;
    Ok(())
}

fn place_of_hold(number: i64) -> Place {
    Place::new("legal_hold", &[&number.to_be_bytes()])
}

/// Lifts every hold of a case.
pub(crate) fn lift(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    (asked_by, lifted_by): (PersonId, PersonId),
    at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "UPDATE legal_hold SET lift_asked_by = ?3, lifted_by = ?4, lifted_at = ?5 \
               WHERE institution = ?1 AND case_id = ?2 AND lifted_at IS NULL";
    db.execute(
        sql,
        params![tenant.0, case, asked_by, lifted_by, at.as_millis()],
    )?;
    Ok(())
}

/// Why a case is held, for each hold that stands.
pub(crate) fn holds(db: &Db, tenant: Tenant, case: CaseId) -> Result<Vec<String>, StoreError> {
    let all = all_holds(db, tenant)?.into_iter();
    Ok(all
        .filter_map(|(held, reason)| (held == case).then_some(reason))
        .collect())
}

/// The last row that somebody waits for all devices to have read; none before the first.
pub(crate) fn awaited(db: &Db, tenant: Tenant) -> Result<Option<ServerSeq>, StoreError> {
    let sql = "SELECT max(position) FROM rights_request WHERE institution = ?1";
    let last: Option<i64> = db
        .prepare_cached(sql)?
        .query_row([tenant.0], |row| row.get(0))?;
    let erased = super::erase::last_checkpoint(db, tenant)?;
    let last = last.map(seq).unwrap_or_default().max(erased);
    Ok(Some(last).filter(|last| *last > ServerSeq::default()))
}

/// How far a device has said that it has read.
pub(crate) fn read_through(db: &Db, tenant: Tenant, seat: SeatId) -> Result<ServerSeq, StoreError> {
    let sql = "SELECT seq FROM seat_read WHERE institution = ?1 AND seat = ?2";
    let at: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, seat], |row| row.get(0))
        .optional()?;
    Ok(at.map(seq).unwrap_or_default())
}

/// Keeps how far a device has read.
pub(crate) fn set_read(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    (through, at): (ServerSeq, Timestamp),
) -> Result<(), StoreError> {
    let sql = "INSERT INTO seat_read (institution, seat, seq, at) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET seq = excluded.seq, at = excluded.at";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, seat, column(through), at.as_millis()])?;
    Ok(())
}

/// The devices in use of everybody who ever held anything of a case, and whose they are.
pub(crate) fn seats_of_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Vec<(SeatId, PersonId)>, StoreError> {
    let sql = "SELECT id, person FROM seat WHERE institution = ?1 AND status = 'active' \
               AND (person IN (SELECT person FROM access_grant WHERE institution = ?1 \
               AND (case_id = ?2 OR case_id IS NULL)) \
               OR person IN (SELECT person FROM command WHERE institution = ?1 AND case_id = ?2)) \
               ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps that an export was made, and what was left out of it.
pub(crate) fn note_export(
    db: &Db,
    tenant: Tenant,
    request: i64,
    (approved_by, at): (PersonId, Timestamp),
    left_out: &str,
) -> Result<(), StoreError> {
    let number = next(db, "access_export")?;
    let place = Place::new("access_export", &[&number.to_be_bytes()]);
    let left_out = db.seal_words(tenant, &place, left_out)?;
    let sql = "INSERT INTO access_export \
               (institution, request, approved_by, at, left_out, number, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db.execute(
        sql,
        params![
            tenant.0,
            request,
            approved_by,
            at.as_millis(),
            left_out.bytes,
            number,
            left_out.key
        ],
    )?;
    Ok(())
}

/// How many copies were made for requests about a case.
pub(crate) fn exports_of(db: &Db, tenant: Tenant, case: CaseId) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM access_export JOIN rights_request \
               ON rights_request.number = access_export.request \
               WHERE access_export.institution = ?1 AND case_id = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, case], |row| row.get(0))?)
}

/// The cases that are held, and why.
pub(crate) fn all_holds(db: &Db, tenant: Tenant) -> Result<Vec<(CaseId, String)>, StoreError> {
    let sql = "SELECT case_id, reason, number, key_id FROM legal_hold \
               WHERE institution = ?1 AND lifted_at IS NULL ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([tenant.0])?;
    let mut holds = Vec::new();
    while let Some(row) = rows.next()? {
        let sealed: Vec<u8> = row.get(1)?;
        let place = place_of_hold(row.get(2)?);
        holds.push((
            row.get(0)?,
            db.open_words(tenant, &place, row.get(3)?, &sealed)?,
        ));
    }
    Ok(holds)
}
