//! What stands beside the log: quarantine, what waits, and the first answer to each push.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::id::{
    BatchId, CaseId, ChangeHash, CommandId, DocumentId, EnvelopeHash, PersonId, SeatId,
};
use jangkau_core::sync::{Answer, SealedEnvelope, Turned};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::{InstitutionRow, Tenant};
use super::{Db, Place, StoreError, audit, column, decode, encode, envelopes, instant, parse};
use crate::audit::AuditEntry;
use crate::keys::KeyId;

/// Something that was turned away.
#[derive(Debug)]
pub(crate) struct Turning<'a> {
    pub(crate) command: Option<CommandId>,
    pub(crate) envelope: &'a [u8],
    pub(crate) case: Option<CaseId>,
    pub(crate) class: Option<Class>,
    pub(crate) document: Option<DocumentId>,
    pub(crate) seat: SeatId,
    pub(crate) person: PersonId,
    pub(crate) reason: &'a str,
    pub(crate) received_at: Timestamp,
    pub(crate) kept: Kept<'a>,
}

/// What is kept of something that was turned away.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kept<'a> {
    /// Its envelope, pruned: the parts of each document are sealed under its key.
    Envelope(&'a SealedEnvelope),
    /// Bytes that could not be read, or were not; of no document.
    Raw(&'a [u8]),
}

pub(super) fn place_of_turned(
    envelope: &[u8],
    command: Option<CommandId>,
    reason: &str,
    class: Option<u8>,
) -> Place {
    let command = command.map(|command| *command.as_bytes());
    let command = command.as_ref().map_or(&[][..], |command| command);
    Place::new(
        "quarantine",
        &[envelope, command, reason.as_bytes(), &[class.unwrap_or(0)]],
    )
}

pub(crate) fn quarantine(db: &Db, tenant: Tenant, turning: &Turning<'_>) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO quarantine (institution, command, envelope, case_id, class, \
               document, seat, person, reason, received_at, bytes, key_id, head) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, \
               (SELECT head FROM institution WHERE number = ?1))";
    let class = turning.class.map(Class::number);
    let place = place_of_turned(turning.envelope, turning.command, turning.reason, class);
    let sealed = match turning.kept {
        Kept::Envelope(envelope) => envelopes::seal(db, tenant, &place, envelope)?,
        Kept::Raw(bytes) => envelopes::seal_raw(db, tenant, &place, bytes)?,
    };
    let kept = db.prepare_cached(sql)?.execute(params![
        tenant.0,
        turning.command,
        turning.envelope,
        turning.case,
        class,
        turning.document,
        turning.seat,
        turning.person,
        turning.reason,
        turning.received_at.as_millis(),
        sealed.bytes,
        sealed.key,
    ])?;
    if kept > 0 {
        audit::append(db, tenant, AuditEntry::turned(turning))?;
    }
    Ok(())
}

/// A row of the quarantine without its bytes.
#[derive(Clone, Debug)]
pub(crate) struct TurnedRow {
    pub(crate) number: i64,
    pub(crate) command: Option<CommandId>,
    pub(crate) case: Option<CaseId>,
    pub(crate) class: Option<Class>,
    pub(crate) seat: SeatId,
    pub(crate) person: PersonId,
    pub(crate) reason: String,
    pub(crate) received_at: Timestamp,
}

pub(crate) fn quarantined(db: &Db, tenant: Tenant) -> Result<Vec<TurnedRow>, StoreError> {
    let sql = "SELECT number, command, case_id, class, seat, person, reason, received_at \
               FROM quarantine WHERE institution = ?1 ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        let class: Option<u8> = row.get(3)?;
        Ok(TurnedRow {
            number: row.get(0)?,
            command: row.get(1)?,
            case: row.get(2)?,
            class: class.and_then(Class::from_number),
            seat: row.get(4)?,
            person: row.get(5)?,
            reason: row.get(6)?,
            received_at: instant(row.get(7)?),
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn quarantined_bytes(
    db: &Db,
    tenant: Tenant,
    number: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT envelope, command, reason, class, bytes FROM quarantine \
               WHERE institution = ?1 AND number = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, number])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let (place, column) = turned_row(row)?;
    envelopes::open_bytes(db, tenant, &place, &column)
}

/// The place of a row of the quarantine, and what lies there. Columns: envelope, command, reason, class, bytes.
pub(super) fn turned_row(row: &Row<'_>) -> Result<(Place, Vec<u8>), StoreError> {
    let (envelope, reason): (Vec<u8>, String) = (row.get(0)?, row.get(2)?);
    let place = place_of_turned(&envelope, row.get(1)?, &reason, row.get(3)?);
    Ok((place, row.get(4)?))
}

/// Most envelopes that one answer names.
const NAMED_MAX: u32 = 1_000;

/// Envelopes of a seat that lie in quarantine in every backup: a backup that reaches beyond where the log ended then was taken later.
pub(crate) fn in_every_backup(
    db: &Db,
    institution: &InstitutionRow,
    seat: SeatId,
) -> Result<Vec<EnvelopeHash>, StoreError> {
    let sql = "SELECT envelope FROM quarantine WHERE institution = ?1 AND seat = ?2 \
               GROUP BY envelope HAVING max(head) < ?3 ORDER BY min(number) LIMIT ?4";
    let through = column(institution.backed_up_through);
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(
        params![institution.tenant.0, seat, through, NAMED_MAX],
        |row| row.get(0),
    )?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How many things of a seat lie in quarantine.
pub(crate) fn quarantined_of(db: &Db, tenant: Tenant, seat: SeatId) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM quarantine WHERE institution = ?1 AND seat = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, seat], |row| row.get(0))?)
}

pub(crate) fn add_turned_change(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    hash: ChangeHash,
) -> Result<(), StoreError> {
    let sql =
        "INSERT OR IGNORE INTO turned_change (institution, document, hash) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, document, hash])?;
    Ok(())
}

pub(crate) fn is_turned(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    hash: ChangeHash,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM turned_change WHERE institution = ?1 AND document = ?2 AND hash = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, document, hash])?)
}

/// A command that waits for what it depends on, in its envelope.
#[derive(Clone, Debug)]
pub(crate) struct WaitingRow {
    pub(crate) number: i64,
    pub(crate) envelope: SealedEnvelope,
    /// Who brought it.
    pub(crate) pusher: SeatId,
    /// How far the clock of its own device was ahead then, in milliseconds.
    pub(crate) clock_offset_ms: Option<i64>,
}

/// Keeps a command until what it depends on has arrived.
pub(crate) fn wait(
    db: &Db,
    tenant: Tenant,
    (command, case): (CommandId, CaseId),
    envelope: &SealedEnvelope,
    pusher: SeatId,
    clock_offset_ms: Option<i64>,
) -> Result<(), StoreError> {
    let content = *blake3::hash(&envelopes::envelope_bytes(envelope)?).as_bytes();
    let hash: EnvelopeHash = envelope.head.hash();
    let sealed = envelopes::seal(db, tenant, &place_of_waiting(command, &content), envelope)?;
    let sql = "INSERT OR IGNORE INTO waiting \
               (institution, command, envelope, content, case_id, seat, pusher, bytes, clock_offset, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        command,
        hash,
        content,
        case,
        envelope.head.seat,
        pusher,
        sealed.bytes,
        clock_offset_ms,
        sealed.key
    ])?;
    Ok(())
}

pub(super) fn place_of_waiting(command: CommandId, content: &[u8; 32]) -> Place {
    Place::new("waiting", &[command.as_bytes(), content])
}

/// What waits in a case, in the order in which it came; without what was erased.
pub(crate) fn waiting(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Vec<WaitingRow>, StoreError> {
    let sql = "SELECT number, bytes, pusher, clock_offset, command, content FROM waiting \
               WHERE institution = ?1 AND case_id = ?2 ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut waiting = Vec::new();
    while let Some(row) = rows.next()? {
        let (column, place): (Vec<u8>, _) =
            (row.get(1)?, place_of_waiting(row.get(4)?, &row.get(5)?));
        let Some(envelope) = envelopes::open(db, tenant, &place, &column)? else {
            continue;
        };
        waiting.push(WaitingRow {
            number: row.get(0)?,
            envelope,
            pusher: row.get(2)?,
            clock_offset_ms: row.get(3)?,
        });
    }
    Ok(waiting)
}

/// The cases in which commands of a seat wait.
pub(crate) fn cases_waiting_for(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
) -> Result<BTreeSet<CaseId>, StoreError> {
    let sql = "SELECT DISTINCT case_id FROM waiting WHERE institution = ?1 AND seat = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, seat], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The cases in which commands of a person wait, from whichever of their seats.
pub(crate) fn cases_waiting_of(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<BTreeSet<CaseId>, StoreError> {
    let sql = "SELECT DISTINCT case_id FROM waiting WHERE institution = ?1 \
               AND seat IN (SELECT id FROM seat WHERE institution = ?1 AND person = ?2)";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, person], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a command of a seat waits in a case.
pub(crate) fn is_waiting_for(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    case: CaseId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM waiting WHERE institution = ?1 AND case_id = ?2 AND seat = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, case, seat])?)
}

/// Every command that waits.
pub(crate) fn all_waiting(db: &Db, tenant: Tenant) -> Result<Vec<(CommandId, SeatId)>, StoreError> {
    let sql = "SELECT command, seat FROM waiting WHERE institution = ?1 ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn waiting_of(db: &Db, tenant: Tenant, pusher: SeatId) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM waiting WHERE institution = ?1 AND pusher = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, pusher], |row| row.get(0))?)
}

pub(crate) fn is_waiting(db: &Db, tenant: Tenant, command: CommandId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM waiting WHERE institution = ?1 AND command = ?2";
    Ok(db.prepare_cached(sql)?.exists(params![tenant.0, command])?)
}

pub(crate) fn stop_waiting(db: &Db, number: i64) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM waiting WHERE number = ?1")?
        .execute([number])?;
    Ok(())
}

/// The first answer to a push.
pub(crate) fn answers(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    batch: BatchId,
) -> Result<Option<Vec<Answer>>, StoreError> {
    let sql = "SELECT answers FROM batch WHERE institution = ?1 AND seat = ?2 AND id = ?3";
    let bytes: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, seat, batch], |row| row.get(0))
        .optional()?;
    bytes.map(|bytes| decode(&bytes)).transpose()
}

pub(crate) fn keep_answers(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    batch: BatchId,
    answers: &[Answer],
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO batch (institution, seat, id, answers) \
               VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, seat, batch, encode(&answers.to_vec())])?;
    Ok(())
}

/// Why a person's command was turned away when it last came, if it was.
pub(crate) fn turned_reason(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    person: PersonId,
) -> Result<Option<Turned>, StoreError> {
    let sql = "SELECT reason FROM quarantine WHERE institution = ?1 AND command = ?2 \
               AND person = ?3 ORDER BY number DESC LIMIT 1";
    let reason: Option<String> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, command, person], |row| row.get(0))
        .optional()?;
    reason.map(|reason| parse(&reason)).transpose()
}

/// A person's command that lies in quarantine for nothing of its own: its right was gone, or what it depends on was turned
/// away. In each envelope that brought it, with all parts that lie there.
pub(crate) fn turned_by_circumstance(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    person: PersonId,
) -> Result<Vec<SealedEnvelope>, StoreError> {
    let sql = "SELECT envelope, command, reason, class, bytes FROM quarantine \
               WHERE institution = ?1 AND command = ?2 \
               AND person = ?3 AND reason IN (?4, ?5, ?6) ORDER BY number";
    let reasons = [
        Turned::RevokedSeat.code(),
        Turned::NoGrant.code(),
        Turned::WrongDependencies.code(),
    ];
    let mut statement = db.prepare_cached(sql)?;
    let of = params![
        tenant.0, command, person, reasons[0], reasons[1], reasons[2]
    ];
    let mut rows = statement.query(of)?;
    let mut found: Vec<SealedEnvelope> = Vec::new();
    while let Some(row) = rows.next()? {
        let (place, column) = turned_row(row)?;
        let Some(part) = envelopes::open(db, tenant, &place, &column)? else {
            continue;
        };
        match found.iter_mut().find(|known| known.head == part.head) {
            Some(known) => *known = known.united(&part),
            None => found.push(part),
        }
    }
    Ok(found)
}

/// Drops what was erased of everything that waits or lies in quarantine.
pub(super) fn drop_erased(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    for table in ["waiting", "quarantine"] {
        let sql = format!("SELECT number, bytes FROM {table} WHERE institution = ?1");
        let found: Vec<(i64, Vec<u8>)> = {
            let mut statement = db.prepare(&sql)?;
            let rows = statement.query_map([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let sql = format!("UPDATE {table} SET bytes = ?2 WHERE number = ?1");
        for (number, column) in found {
            if let Some(left) = envelopes::without_erased(db, &column)? {
                db.execute(&sql, params![number, left])?;
            }
        }
    }
    Ok(())
}

/// Seals under the keys of now what waits or lies in quarantine under former keys of a document that is written anew.
pub(super) fn reseal(db: &Db, tenant: Tenant, former: &[KeyId]) -> Result<(), StoreError> {
    let mut found: Vec<(&str, i64, Place, Vec<u8>)> = Vec::new();
    let sql = "SELECT envelope, command, reason, class, bytes, number FROM quarantine \
               WHERE institution = ?1";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([tenant.0])?;
    while let Some(row) = rows.next()? {
        let (place, column) = turned_row(row)?;
        found.push(("quarantine", row.get(5)?, place, column));
    }
    let sql = "SELECT number, command, content, bytes FROM waiting WHERE institution = ?1";
    let mut statement = db.prepare(sql)?;
    let mut rows = statement.query([tenant.0])?;
    while let Some(row) = rows.next()? {
        let place = place_of_waiting(row.get(1)?, &row.get(2)?);
        found.push(("waiting", row.get(0)?, place, row.get(3)?));
    }
    for (table, number, place, column) in found {
        if let Some(sealed) = envelopes::reseal(db, tenant, &place, (&column, former))? {
            let sql = format!("UPDATE {table} SET bytes = ?2, key_id = ?3 WHERE number = ?1");
            db.execute(&sql, params![number, sealed.bytes, sealed.key])?;
        }
    }
    Ok(())
}

/// Whether anything waits anywhere.
pub(crate) fn has_waiting(db: &Db) -> Result<bool, StoreError> {
    Ok(db
        .prepare_cached("SELECT 1 FROM waiting LIMIT 1")?
        .exists([])?)
}

/// The documents of a command's parts that lie in quarantine.
pub(crate) fn documents_turned(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let sql = "SELECT document FROM quarantine \
               WHERE institution = ?1 AND command = ?2 AND document IS NOT NULL";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, command], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
