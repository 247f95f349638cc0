//! Admitted commands and the envelopes that they came in: the ground state beside the log.

use std::collections::BTreeSet;

use jangkau_core::command::{CommandKind, PlacedRecord};
use jangkau_core::envelope::{CommandHead, Via};
use jangkau_core::id::{
    CaseId, CommandId, DecisionCount, DocumentId, EnvelopeHash, PersonId, SeatId, ServerSeq,
};
use jangkau_core::profile::words::Role;
use jangkau_core::rules::Standing;
use jangkau_core::sync::SealedEnvelope;
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::staff::{parse_roles, role_words};
use super::{
    Db, Place, StoreError, column, decode, encode, envelopes, instant, parse, records, seq,
};
use crate::keys::KeyId;

/// A command to be kept.
#[derive(Debug)]
pub(crate) struct NewCommand<'a> {
    pub(crate) head: &'a CommandHead,
    pub(crate) case: CaseId,
    pub(crate) seq: ServerSeq,
    pub(crate) place: u32,
    pub(crate) envelope: EnvelopeHash,
    pub(crate) via: Via,
    pub(crate) seat: SeatId,
    pub(crate) person: PersonId,
    pub(crate) received: Reception,
    /// What it writes, by document.
    pub(crate) records: &'a [(DocumentId, &'a [PlacedRecord])],
    pub(crate) author_roles: &'a BTreeSet<Role>,
    pub(crate) standing: &'a Standing,
}

/// When the server got something, and from what clock.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reception {
    /// The server's clock.
    pub(crate) at: Timestamp,
    /// How far the clock of the device that pushed it was ahead, in milliseconds; none for what others brought back.
    pub(crate) clock_offset_ms: Option<i64>,
}

/// A command that is kept.
#[derive(Clone, Debug)]
pub(crate) struct StoredCommand {
    pub(crate) id: CommandId,
    pub(crate) case: CaseId,
    pub(crate) kind: CommandKind,
    pub(crate) seq: ServerSeq,
    pub(crate) via: Via,
    pub(crate) person: PersonId,
    pub(crate) recorded_at: Timestamp,
    pub(crate) received_at: Timestamp,
    /// How far its device's clock was ahead when it was pushed, in milliseconds.
    pub(crate) clock_offset_ms: Option<i64>,
    pub(crate) base: DecisionCount,
    /// In the order of its sections; without those that were erased.
    pub(crate) records: Vec<PlacedRecord>,
    /// Whether something of it was erased.
    pub(crate) is_erased: bool,
    pub(crate) author_roles: BTreeSet<Role>,
    pub(crate) standing: Standing,
    /// The verdict that stands, as `rules` encodes it.
    pub(crate) verdict: Option<Vec<u8>>,
    /// Whether the grants that follow from its verdict were given.
    pub(crate) is_followed: bool,
}

pub(crate) fn insert(db: &Db, tenant: Tenant, new: &NewCommand<'_>) -> Result<(), StoreError> {
    let sql = "INSERT INTO command (institution, id, case_id, kind, seq, place, envelope, via, seat, \
               person, occurred_at, recorded_at, received_at, base, after, records, author_roles, \
               clock_offset, standing, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)";
    let sealed = records::seal(db, tenant, new.head.id, new.records)?;
    let standing = Some(new.standing).filter(|standing| **standing != Standing::default());
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        new.head.id,
        new.case,
        new.head.kind.number(),
        column(new.seq),
        new.place,
        new.envelope,
        new.via.code(),
        new.seat,
        new.person,
        new.head.occurred_at.as_millis(),
        new.head.recorded_at.as_millis(),
        new.received.at.as_millis(),
        new.head.base.get(),
        encode(&new.head.after),
        encode(&sealed),
        role_words(new.author_roles),
        new.received.clock_offset_ms,
        standing.map(encode),
        records::first_key(&sealed),
    ])?;
    Ok(())
}

const COLUMNS: &str = "id, case_id, kind, command.seq, via, person, recorded_at, received_at, base, \
                       records, author_roles, verdict.bytes, ifnull(followed, 0), clock_offset, standing FROM command \
                       LEFT JOIN verdict ON verdict.institution = command.institution \
                       AND verdict.command = command.id";

fn read(db: &Db, tenant: Tenant, row: &Row<'_>) -> Result<StoredCommand, StoreError> {
    let (via, roles): (String, String) = (row.get(4)?, row.get(10)?);
    let records: Vec<u8> = row.get(9)?;
    let standing: Option<Vec<u8>> = row.get(14)?;
    let id = row.get(0)?;
    let kind = CommandKind::from_number(row.get(2)?).ok_or(StoreError::Undecodable)?;
    let (records, is_erased) = records::open(db, tenant, (id, kind), &records)?;
    Ok(StoredCommand {
        id,
        case: row.get(1)?,
        kind,
        seq: seq(row.get(3)?),
        via: parse(&via)?,
        person: row.get(5)?,
        recorded_at: instant(row.get(6)?),
        received_at: instant(row.get(7)?),
        base: DecisionCount::new(row.get(8)?),
        records,
        is_erased,
        author_roles: parse_roles(&roles)?,
        standing: standing
            .as_deref()
            .map(decode)
            .transpose()?
            .unwrap_or_default(),
        verdict: row.get(11)?,
        is_followed: row.get(12)?,
        clock_offset_ms: row.get(13)?,
    })
}

pub(crate) fn get(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
) -> Result<Option<StoredCommand>, StoreError> {
    let sql = format!("SELECT {COLUMNS} WHERE command.institution = ?1 AND id = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id])?;
    rows.next()?.map(|row| read(db, tenant, row)).transpose()
}

/// Whether a command of the log came in this envelope.
pub(crate) fn is_of_envelope(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    envelope: EnvelopeHash,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM command WHERE institution = ?1 AND id = ?2 AND envelope = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, id, envelope])?)
}

/// The commands of a case in the order of the log.
pub(crate) fn of_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Vec<StoredCommand>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} WHERE command.institution = ?1 AND case_id = ?2 \
         ORDER BY command.seq, place"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut commands = Vec::new();
    while let Some(row) = rows.next()? {
        commands.push(read(db, tenant, row)?);
    }
    Ok(commands)
}

/// Keeps the verdict that stands now. The same verdict again changes nothing.
pub(crate) fn set_verdict(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    at: ServerSeq,
    verdict: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO verdict (institution, command, seq, bytes) VALUES (?1, ?2, ?3, ?4) \
               ON CONFLICT DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes, followed = 0 \
               WHERE bytes <> excluded.bytes";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, id, column(at), verdict])?;
    Ok(())
}

/// Whether a ruling of the server speaks about a command, whoever gave it.
pub(crate) fn has_verdict(db: &Db, tenant: Tenant, id: CommandId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM verdict WHERE institution = ?1 AND command = ?2";
    Ok(db.prepare_cached(sql)?.exists(params![tenant.0, id])?)
}

/// Whether a ruling of the server speaks about a command of this person, in this case if one is named: then it stood in the
/// log, and its author might write there.
pub(crate) fn is_ruled(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    author: PersonId,
    case: Option<CaseId>,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM verdict JOIN ruling USING (institution, seq) \
               JOIN ruling_author USING (institution, seq) \
               WHERE institution = ?1 AND command = ?2 AND person = ?3 \
               AND case_id = ifnull(?4, case_id)";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, id, author, case])?)
}

/// Notes that the grants that follow from a verdict were given.
pub(crate) fn set_followed(db: &Db, tenant: Tenant, id: CommandId) -> Result<(), StoreError> {
    let sql = "UPDATE verdict SET followed = 1 WHERE institution = ?1 AND command = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, id])?;
    Ok(())
}

/// Keeps an envelope and says where.
pub(crate) fn put_envelope(
    db: &Db,
    tenant: Tenant,
    envelope: &SealedEnvelope,
) -> Result<i64, StoreError> {
    let bytes = envelopes::envelope_bytes(envelope)?;
    let content = *blake3::hash(&bytes).as_bytes();
    let hash = envelope.head.hash();
    let sql = "SELECT number FROM envelope WHERE institution = ?1 AND hash = ?2 AND content = ?3";
    let known: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, hash, content], |row| row.get(0))
        .optional()?;
    if let Some(known) = known {
        return Ok(known);
    }
    let sealed = envelopes::seal(db, tenant, &place_of_envelope(hash, &content), envelope)?;
    let sql = "INSERT INTO envelope (institution, hash, bytes, content, key_id, length) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        hash,
        sealed.bytes,
        content,
        sealed.key,
        bytes.len() as u32
    ])?;
    Ok(db.last_insert_rowid())
}

pub(super) fn place_of_envelope(hash: EnvelopeHash, content: &[u8; 32]) -> Place {
    Place::new("envelope", &[hash.as_bytes(), content])
}

/// Where an envelope is kept; in several places if it came in pieces.
pub(crate) fn envelope_numbers(
    db: &Db,
    tenant: Tenant,
    hash: EnvelopeHash,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT number FROM envelope WHERE institution = ?1 AND hash = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, hash], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An envelope by where it is kept, with the length of its bytes; none if all of it was erased.
pub(crate) fn envelope(
    db: &Db,
    tenant: Tenant,
    number: i64,
) -> Result<Option<(SealedEnvelope, usize)>, StoreError> {
    let sql = "SELECT hash, content, bytes, length FROM envelope WHERE number = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([number])?;
    let row = rows.next()?.ok_or(StoreError::Undecodable)?;
    let place = place_of_envelope(row.get(0)?, &row.get(1)?);
    let (column, length): (Vec<u8>, u32) = (row.get(2)?, row.get(3)?);
    let envelope = envelopes::open(db, tenant, &place, &column)?;
    Ok(envelope.map(|envelope| (envelope, length as usize)))
}

/// Seals a kept envelope under the keys of now, if something of it is under one of these former keys.
pub(super) fn reseal_envelope(
    db: &Db,
    tenant: Tenant,
    number: i64,
    former: &[KeyId],
) -> Result<(), StoreError> {
    let sql = "SELECT hash, content, bytes FROM envelope WHERE number = ?1";
    let (hash, content, column): (EnvelopeHash, [u8; 32], Vec<u8>) = db
        .prepare_cached(sql)?
        .query_row([number], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    let place = place_of_envelope(hash, &content);
    if let Some(sealed) = envelopes::reseal(db, tenant, &place, (&column, former))? {
        let sql = "UPDATE envelope SET bytes = ?2, key_id = ?3 WHERE number = ?1";
        db.execute(sql, params![number, sealed.bytes, sealed.key])?;
    }
    Ok(())
}

/// How long a kept envelope is.
pub(crate) fn envelope_length(db: &Db, number: i64) -> Result<usize, StoreError> {
    let sql = "SELECT length FROM envelope WHERE number = ?1";
    let length: u32 = db
        .prepare_cached(sql)?
        .query_row([number], |row| row.get(0))?;
    Ok(length as usize)
}

/// Drops what was erased of every envelope that brought a command.
pub(super) fn drop_erased_of_envelopes(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
) -> Result<(), StoreError> {
    let sql = "SELECT number, bytes FROM envelope WHERE institution = ?1 \
               AND hash = (SELECT envelope FROM command WHERE institution = ?1 AND id = ?2)";
    let found: Vec<(i64, Vec<u8>)> = {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![tenant.0, command], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?;
        rows.collect::<Result<_, _>>()?
    };
    for (number, column) in found {
        if let Some(left) = envelopes::without_erased(db, &column)? {
            db.execute(
                "UPDATE envelope SET bytes = ?2 WHERE number = ?1",
                params![number, left],
            )?;
        }
    }
    Ok(())
}

/// Notes that a row of the log brought a command, perhaps not for the first time.
pub(crate) fn note(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    place: u32,
    command: (CommandId, CaseId),
    fresh: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO log_command (institution, seq, place, command, case_id, fresh) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        column(at),
        place,
        command.0,
        command.1,
        fresh
    ])?;
    Ok(())
}

/// Every admission in the order of the log.
pub(crate) fn admissions(
    db: &Db,
    tenant: Tenant,
) -> Result<Vec<(ServerSeq, CommandId, CaseId)>, StoreError> {
    let sql = "SELECT seq, command, case_id FROM log_command \
               WHERE institution = ?1 AND fresh ORDER BY seq, place";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok((seq(row.get(0)?), row.get(1)?, row.get(2)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// How often each command of a case was counted: once, but for a planted bug.
pub(crate) fn times_counted(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    case: CaseId,
) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM log_command \
               WHERE institution = ?1 AND case_id = ?3 AND command = ?2 AND fresh";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, command, case], |row| row.get(0))?)
}

/// Copies a command and what was ruled on it so far into another database: a replay does not judge again what stands before a
/// checkpoint.
pub(crate) fn copy(
    from: (&Db, Tenant),
    to: (&Db, Tenant),
    id: CommandId,
) -> Result<(), StoreError> {
    // Without records: they are sealed under keys of their own.
    const COPIED: usize = 17;
    let columns = "id, case_id, kind, seq, place, envelope, via, seat, person, occurred_at, \
                   recorded_at, received_at, clock_offset, base, after, author_roles, standing";
    let sql = format!("SELECT {columns} FROM command WHERE institution = ?1 AND id = ?2");
    let mut statement = from.0.prepare_cached(&sql)?;
    let mut rows = statement.query(params![from.1.0, id])?;
    let Some(row) = rows.next()? else {
        return Ok(());
    };
    let mut values: Vec<rusqlite::types::Value> = vec![to.1.0.into()];
    for column in 0..COPIED {
        values.push(row.get(column)?);
    }
    let sealed = records::copied(from, to, id)?;
    values.push(encode(&sealed).into());
    values.push(records::first_key(&sealed).into());
    let places: Vec<String> = (1..=20).map(|place| format!("?{place}")).collect();
    let sql = format!(
        "INSERT OR IGNORE INTO command (institution, {columns}, records, key_id) VALUES ({})",
        places.join(", ")
    );
    to.0.prepare_cached(&sql)?
        .execute(rusqlite::params_from_iter(values))?;
    Ok(())
}

/// Whether the grants that follow from a command's verdict were given.
pub(crate) fn is_followed(db: &Db, tenant: Tenant, id: CommandId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM verdict WHERE institution = ?1 AND command = ?2 AND followed";
    Ok(db.prepare_cached(sql)?.exists(params![tenant.0, id])?)
}

/// Whether a row of the log brought a command for the first time.
pub(crate) fn is_fresh(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    id: CommandId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM log_command \
               WHERE institution = ?1 AND seq = ?2 AND command = ?3 AND fresh";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, column(at), id])?)
}
