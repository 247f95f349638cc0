//! The audit chain as it is kept. Entries are only ever appended, each in the transaction of what it tells of.

use jangkau_core::id::{EnvelopeHash, LogEra, SeatId, ServerSeq};
use jangkau_core::plant::{Plant, planted};
use jangkau_core::sync::{AuditHead, AuditKind, Row};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::{InstitutionRow, Tenant};
use super::log::{Heading, RowKind};
use super::{Db, StoreError, encode, institutions};
use crate::audit::{Actor, AuditEntry, HASH_LEN, digest, kind_of, root};

/// Most heads of one seat that are told of: a device that is honest has one in its life.
const DISPUTES_MAX: u32 = 16;

/// Appends an entry. The first one of a chain comes after an entry that says from which row on the log is covered.
pub(crate) fn append(db: &Db, tenant: Tenant, entry: AuditEntry) -> Result<u64, StoreError> {
    let institution = institutions::get(db, tenant)?;
    append_to(db, &institution, entry)
}

fn append_to(
    db: &Db,
    institution: &InstitutionRow,
    mut entry: AuditEntry,
) -> Result<u64, StoreError> {
    let (mut number, mut hash) = last(db, institution)?;
    if number == 0 {
        // A row that is being appended has its position already, and its own entry.
        let before = match entry.row {
            Some(row) => ServerSeq::new(row.get().saturating_sub(1)),
            None => institution.head,
        };
        let mut began = AuditEntry::new(AuditKind::Began, Actor::Server, entry.at);
        began.row = Some(before);
        (number, hash) = insert(db, institution.tenant, (number, hash), began)?;
    }
    entry.number = 0;
    let (number, hash) = insert(db, institution.tenant, (number, hash), entry)?;
    let sql = "UPDATE institution SET audit_number = ?2, audit_hash = ?3 WHERE number = ?1";
    db.prepare_cached(sql)?
        .execute(params![institution.tenant.0, number.cast_signed(), hash])?;
    Ok(number)
}

fn insert(
    db: &Db,
    tenant: Tenant,
    (number, before): (u64, [u8; HASH_LEN]),
    mut entry: AuditEntry,
) -> Result<(u64, [u8; HASH_LEN]), StoreError> {
    entry.number = number + 1;
    let hash = entry.hash_after(&before);
    let sql = "INSERT INTO audit (institution, number, entry, hash) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        entry.number.cast_signed(),
        encode(&entry),
        hash
    ])?;
    Ok((entry.number, hash))
}

/// Appends the entry of a row of the log.
pub(crate) fn append_row(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    row: (&Row, &[u8]),
    heading: &Heading,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (row, bytes) = row;
    let kind = kind_of(RowKind::of(row));
    if planted(Plant::SkipAudit) && kind == AuditKind::Grant {
        return Ok(());
    }
    let institution = institutions::get(db, tenant)?;
    let (actor, subject) = match (kind, heading.person) {
        (AuditKind::Commands, Some(person)) => (Actor::Person(person), None),
        (_, person) => (Actor::Server, person),
    };
    let subject = match row {
        Row::Staff(staff) => Some(staff.person),
        Row::Commands(_)
        | Row::Ruling(_)
        | Row::Grant(_)
        | Row::GrantEnd(_)
        | Row::Profile(_)
        | Row::Calendar(_)
        | Row::Seat(_, _)
        | Row::Epoch(_)
        | Row::View(_)
        | Row::Bar(_, _)
        | Row::Notice(_)
        | Row::Stored(_, _, _)
        | Row::Own(_, _) => subject,
    };
    let word = match row {
        Row::Seat(_, status) => Some(status.code().to_owned()),
        Row::Commands(_)
        | Row::Ruling(_)
        | Row::Grant(_)
        | Row::GrantEnd(_)
        | Row::Staff(_)
        | Row::Profile(_)
        | Row::Calendar(_)
        | Row::Epoch(_)
        | Row::View(_)
        | Row::Bar(_, _)
        | Row::Notice(_)
        | Row::Stored(_, _, _)
        | Row::Own(_, _) => None,
    };
    let entry = AuditEntry {
        seat: heading.seat,
        row: Some(at),
        case: heading.case,
        class: heading.class,
        subject,
        digest: Some(digest(&institution.server_key, bytes)),
        envelope: heading
            .envelope
            .map(|number| envelope(db, number))
            .transpose()?,
        word,
        ..AuditEntry::new(kind, actor, now)
    };
    append_to(db, &institution, entry)?;
    Ok(())
}

/// The hash of an envelope that is kept.
pub(super) fn envelope(db: &Db, number: i64) -> Result<EnvelopeHash, StoreError> {
    Ok(db
        .prepare_cached("SELECT hash FROM envelope WHERE number = ?1")?
        .query_row([number], |row| row.get(0))?)
}

/// Where the chain ends, as the institution's row says: the number of the last entry, and its hash.
pub(crate) fn last(
    db: &Db,
    institution: &InstitutionRow,
) -> Result<(u64, [u8; HASH_LEN]), StoreError> {
    let sql = "SELECT audit_number, audit_hash FROM institution WHERE number = ?1";
    let (number, hash): (i64, Option<[u8; HASH_LEN]>) = db
        .prepare_cached(sql)?
        .query_row([institution.tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let hash = hash.unwrap_or_else(|| root(institution.id.as_str()));
    Ok((number.cast_unsigned(), hash))
}

/// The hash of an entry.
pub(crate) fn hash(
    db: &Db,
    tenant: Tenant,
    number: u64,
) -> Result<Option<[u8; HASH_LEN]>, StoreError> {
    if number == 0 {
        let institution = institutions::get(db, tenant)?;
        return Ok(Some(root(institution.id.as_str())));
    }
    let sql = "SELECT hash FROM audit WHERE institution = ?1 AND number = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, number.cast_signed()], |row| row.get(0))
        .optional()?)
}

/// The bytes of an entry.
pub(crate) fn entry(db: &Db, tenant: Tenant, number: u64) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT entry FROM audit WHERE institution = ?1 AND number = ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, number.cast_signed()], |row| row.get(0))
        .optional()?)
}

/// An entry as it is kept: number, bytes, hash.
pub(crate) type Kept = (u64, Vec<u8>, [u8; HASH_LEN]);

/// The entries after one, in order.
pub(crate) fn after(
    db: &Db,
    tenant: Tenant,
    number: u64,
    limit: u32,
) -> Result<Vec<Kept>, StoreError> {
    let sql = "SELECT number, entry, hash FROM audit WHERE institution = ?1 AND number > ?2 \
               ORDER BY number LIMIT ?3";
    let mut statement = db.prepare_cached(sql)?;
    let arguments = params![tenant.0, number.cast_signed(), limit];
    let rows = statement.query_map(arguments, |row| {
        Ok((
            row.get::<_, i64>(0)?.cast_unsigned(),
            row.get(1)?,
            row.get(2)?,
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes with which entry an era began.
pub(crate) fn note_era(
    db: &Db,
    tenant: Tenant,
    era: LogEra,
    number: u64,
) -> Result<(), StoreError> {
    db.execute(
        "UPDATE era SET audit_number = ?3 WHERE institution = ?1 AND number = ?2",
        params![tenant.0, era.get(), number.cast_signed()],
    )?;
    Ok(())
}

/// Every era that began since there is a chain, with its entry.
pub(crate) fn eras(db: &Db, tenant: Tenant) -> Result<Vec<(LogEra, u64)>, StoreError> {
    let sql = "SELECT number, audit_number FROM era WHERE institution = ?1 \
               AND audit_number IS NOT NULL ORDER BY number";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok((
            LogEra::new(row.get(0)?),
            row.get::<_, i64>(1)?.cast_unsigned(),
        ))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The entry with which the first era after this one began.
pub(crate) fn era_after(db: &Db, tenant: Tenant, era: LogEra) -> Result<Option<u64>, StoreError> {
    let sql = "SELECT min(audit_number) FROM era WHERE institution = ?1 AND number > ?2";
    let number: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, era.get()], |row| row.get(0))?;
    Ok(number.map(i64::cast_unsigned))
}

/// Notes a head that a device remembers and the chain does not hold. False: that was told before.
pub(crate) fn dispute(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    remembered: AuditHead,
    (is_fork, now): (bool, Timestamp),
) -> Result<bool, StoreError> {
    let sql = "INSERT OR IGNORE INTO audit_dispute (institution, seat, number, hash, forked, told_at) \
               SELECT ?1, ?2, ?3, ?4, ?5, ?6 WHERE (SELECT count(*) FROM audit_dispute \
               WHERE institution = ?1 AND seat = ?2) < ?7";
    let noted = db.prepare_cached(sql)?.execute(params![
        tenant.0,
        seat,
        remembered.number.cast_signed(),
        remembered.hash,
        is_fork,
        now.as_millis(),
        DISPUTES_MAX,
    ])?;
    Ok(noted > 0)
}

/// The seats that reported a fork, and the numbers of the entries that they remember.
pub(crate) fn forks(db: &Db, tenant: Tenant) -> Result<Vec<(SeatId, u64)>, StoreError> {
    let sql = "SELECT seat, number FROM audit_dispute WHERE institution = ?1 AND forked \
               ORDER BY told_at, seat";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok((row.get(0)?, row.get::<_, i64>(1)?.cast_unsigned()))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Appends the entry with which a new era of the log begins.
pub(crate) fn begin_era(
    db: &Db,
    institution: &InstitutionRow,
    era: LogEra,
    now: Timestamp,
) -> Result<(), StoreError> {
    let (_, restored) = last(db, institution)?;
    let entry = AuditEntry {
        count: Some(u64::from(era.get())),
        digest: Some(restored),
        ..AuditEntry::new(AuditKind::EraBegan, Actor::Server, now)
    };
    let number = append_to(db, institution, entry)?;
    note_era(db, institution.tenant, era, number)
}
