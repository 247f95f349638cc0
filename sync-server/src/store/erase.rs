//! Erasing: where bytes go for good, and what says that they were there.

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::id::{
    CaseId, ChangeHash, CommandId, DocEpoch, DocumentId, EnvelopeHash, PersonId, ServerSeq,
};
use jangkau_core::sync::{RemovalReason, SealedEnvelope};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::commands::{self, envelope_numbers};
use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, envelopes, instant, parse, records, seq, shelf};
use crate::keys::{KeyId, Owner};

/// The epoch of a document, and the row that began it; none for one that was never rewritten.
pub(crate) fn epoch_of(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<Option<(DocEpoch, ServerSeq)>, StoreError> {
    let sql = "SELECT epoch, seq FROM doc_epoch WHERE institution = ?1 AND document = ?2 \
               ORDER BY epoch DESC LIMIT 1";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, document], |row| {
            Ok((DocEpoch::new(row.get(0)?), seq(row.get(1)?)))
        })
        .optional()?)
}

/// Keeps that a document was rewritten, and its new base.
pub(crate) fn put_epoch(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    (epoch, at): (DocEpoch, ServerSeq),
    base: Option<&[u8]>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO doc_epoch (institution, document, epoch, seq, base, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let place = place_of_base(document, epoch);
    let seal = |base| db.seal(tenant, Owner::Document(document), &place, base);
    let sealed = base.map(seal).transpose()?;
    let key = sealed.as_ref().map_or(0, |sealed| sealed.key);
    let base = sealed.map(|sealed| sealed.bytes);
    db.execute(
        sql,
        params![tenant.0, document, epoch.get(), column(at), base, key],
    )?;
    Ok(())
}

fn place_of_base(document: DocumentId, epoch: DocEpoch) -> Place {
    Place::new(
        "doc_epoch",
        &[document.as_bytes(), &epoch.get().to_be_bytes()],
    )
}

/// The base of a document in an epoch; none if that is not the last one, or nothing survived.
pub(crate) fn base_of(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    epoch: DocEpoch,
) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT base, key_id FROM doc_epoch \
               WHERE institution = ?1 AND document = ?2 AND epoch = ?3";
    let found: Option<(Option<Vec<u8>>, i64)> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, document, epoch.get()], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let Some((Some(sealed), key)) = found else {
        return Ok(None);
    };
    db.open(tenant, &place_of_base(document, epoch), key, &sealed)
}

/// The last row of the log that rewrote a document: a replay begins to judge after it.
pub(crate) fn last_checkpoint(db: &Db, tenant: Tenant) -> Result<ServerSeq, StoreError> {
    let sql = "SELECT max(seq) FROM doc_epoch WHERE institution = ?1";
    let last: Option<i64> = db
        .prepare_cached(sql)?
        .query_row([tenant.0], |row| row.get(0))?;
    Ok(last.map(seq).unwrap_or_default())
}

/// Destroys a document's bytes: its changes, of which the hashes stay, what was saved of it, and its former bases. The one place
/// where content of a document goes for good. What stays of it gets a new key; the former ones are destroyed as soon as this is
/// on the disk ([`super::Store::shred_due`]): before, a power cut would take what stays, too. Gives the former keys.
pub(crate) fn destroy_document(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    (reason, now): (RemovalReason, Timestamp),
) -> Result<Vec<KeyId>, StoreError> {
    clear_document(db, tenant, document)?;
    let former = db.keys().renew(&db.institution(tenant)?, document)?;
    reseal(db, tenant, document, &former)?;
    for key in &former {
        let sql = "INSERT OR IGNORE INTO key_due (institution, document, key_id, reason, at) \
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        let at = now.as_millis();
        db.execute(
            sql,
            params![tenant.0, document, key.get(), reason.code(), at],
        )?;
    }
    Ok(former)
}

/// Deletes a document's bytes, whether they can still be read or not.
pub(crate) fn clear_document(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<(), StoreError> {
    let of = params![tenant.0, document];
    db.execute(
        "INSERT OR IGNORE INTO past_change (institution, document, hash, command) \
         SELECT institution, document, hash, command FROM change \
         WHERE institution = ?1 AND document = ?2",
        of,
    )?;
    for sql in [
        "DELETE FROM change WHERE institution = ?1 AND document = ?2",
        "DELETE FROM snapshot WHERE institution = ?1 AND document = ?2",
        "UPDATE doc_epoch SET base = NULL WHERE institution = ?1 AND document = ?2",
    ] {
        db.execute(sql, of)?;
    }
    Ok(())
}

/// Seals under the document's new key whatever else is under its former ones.
fn reseal(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    former: &[KeyId],
) -> Result<(), StoreError> {
    let sql = "SELECT DISTINCT past_change.command FROM past_change JOIN command \
               ON command.institution = past_change.institution AND command.id = past_change.command \
               WHERE past_change.institution = ?1 AND past_change.document = ?2";
    let commands: Vec<CommandId> = {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![tenant.0, document], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    for command in commands {
        records::reseal(db, tenant, command, former)?;
        for number in envelopes_of(db, tenant, command)? {
            commands::reseal_envelope(db, tenant, number, former)?;
        }
    }
    shelf::reseal(db, tenant, former)
}

/// A key that is to be destroyed: of which document, and why.
pub(super) struct DueKey {
    pub(super) tenant: Tenant,
    pub(super) document: DocumentId,
    pub(super) key: KeyId,
    pub(super) reason: String,
    pub(super) at: Timestamp,
}

/// The keys of which nothing is left, and which are to be destroyed.
pub(super) fn due_keys(db: &Db) -> Result<Vec<DueKey>, StoreError> {
    let sql = "SELECT institution, document, key_id, reason, at FROM key_due ORDER BY key_id";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([])?;
    let mut due = Vec::new();
    while let Some(row) = rows.next()? {
        due.push(DueKey {
            tenant: Tenant(row.get(0)?),
            document: row.get(1)?,
            key: KeyId::new(row.get(2)?).ok_or(StoreError::Undecodable)?,
            reason: row.get(3)?,
            at: instant(row.get(4)?),
        });
    }
    Ok(due)
}

/// Whether a change stood in a former epoch of a document, as this command's.
pub(crate) fn is_past(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    hash: ChangeHash,
    command: CommandId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM past_change \
               WHERE institution = ?1 AND document = ?2 AND hash = ?3 AND command = ?4";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, document, hash, command])?)
}

/// The changes of a document's former epochs, and whose they were.
pub(crate) fn past_of(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<Vec<(ChangeHash, CommandId)>, StoreError> {
    let sql = "SELECT hash, command FROM past_change \
               WHERE institution = ?1 AND document = ?2 ORDER BY command, hash";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, document], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes that a change stood in a former epoch of a document.
pub(crate) fn note_past(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    (hash, command): (ChangeHash, CommandId),
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO past_change (institution, document, hash, command) \
               VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, document, hash, command])?;
    Ok(())
}

/// Whether a person may have had bytes of a document: by a grant, even one that has ended, or because they wrote in it.
pub(crate) fn has_held(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    key: &DocumentKey,
) -> Result<bool, StoreError> {
    if let Compartment::Author(author) = key.compartment {
        return Ok(author == person);
    }
    let sql = "SELECT 1 FROM access_grant WHERE institution = ?1 AND person = ?2 \
               AND (case_id = ?3 OR case_id IS NULL) \
               AND instr(' ' || classes || ' ', ' ' || ?4 || ' ') > 0";
    let of = params![tenant.0, person, key.case, key.class.code()];
    if db.prepare_cached(sql)?.exists(of)? {
        return Ok(true);
    }
    let sql = "SELECT 1 FROM past_change JOIN command \
               ON command.institution = past_change.institution AND command.id = past_change.command \
               WHERE past_change.institution = ?1 AND past_change.document = ?2 AND command.person = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, key.id(), person])?)
}

/// Takes a command's part in a document out of every envelope that brought it. Its hash stays.
pub(crate) fn hide_parts(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    document: DocumentId,
) -> Result<(), StoreError> {
    for number in envelopes_of(db, tenant, command)? {
        let Some((envelope, _)) = commands::envelope(db, tenant, number)? else {
            continue;
        };
        let less = envelope.without(|head, part| {
            let is_there = part.document().is_some_and(|key| key.id() == document);
            head.id == command && is_there
        });
        if less != envelope {
            put_bytes(db, tenant, number, &less)?;
        }
    }
    Ok(())
}

fn put_bytes(
    db: &Db,
    tenant: Tenant,
    number: i64,
    envelope: &SealedEnvelope,
) -> Result<(), StoreError> {
    let bytes = envelopes::envelope_bytes(envelope)?;
    // Two pieces of one envelope may become alike; the place tells them apart.
    let mut hasher = blake3::Hasher::new();
    hasher.update(&number.to_be_bytes()).update(&bytes);
    let content = *hasher.finalize().as_bytes();
    let place = commands::place_of_envelope(envelope.head.hash(), &content);
    let sealed = envelopes::seal(db, tenant, &place, envelope)?;
    let sql = "UPDATE envelope SET bytes = ?2, content = ?3, key_id = ?4, length = ?5 \
               WHERE number = ?1";
    let length = bytes.len() as u32;
    db.execute(
        sql,
        params![number, sealed.bytes, content, sealed.key, length],
    )?;
    Ok(())
}

/// Where the envelopes are kept that brought a command.
pub(crate) fn envelopes_of(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
) -> Result<Vec<i64>, StoreError> {
    let sql = "SELECT envelope FROM command WHERE institution = ?1 AND id = ?2";
    let hash: Option<EnvelopeHash> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, command], |row| row.get(0))
        .optional()?;
    let mut numbers = match hash {
        Some(hash) => envelope_numbers(db, tenant, hash)?,
        None => Vec::new(),
    };
    let sql = "SELECT log.envelope FROM log_command JOIN log USING (institution, seq) \
               WHERE institution = ?1 AND command = ?2 AND log.envelope IS NOT NULL";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, command], |row| row.get(0))?;
    for number in rows {
        let number = number?;
        if !numbers.contains(&number) {
            numbers.push(number);
        }
    }
    Ok(numbers)
}

/// Destroys what lies beside the log of a command in a class: in quarantine, and where it waited.
pub(crate) fn destroy_beside(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    class: Class,
) -> Result<(), StoreError> {
    db.execute(
        "DELETE FROM quarantine WHERE institution = ?1 AND command = ?2 \
         AND (class IS NULL OR class = ?3)",
        params![tenant.0, command, class.number()],
    )?;
    db.execute(
        "DELETE FROM waiting WHERE institution = ?1 AND command = ?2",
        params![tenant.0, command],
    )?;
    Ok(())
}

/// Destroys all that lies beside the log of a case.
pub(crate) fn destroy_beside_case(db: &Db, tenant: Tenant, case: CaseId) -> Result<(), StoreError> {
    for sql in [
        "DELETE FROM quarantine WHERE institution = ?1 AND case_id = ?2",
        "DELETE FROM waiting WHERE institution = ?1 AND case_id = ?2",
        "DELETE FROM likeness WHERE institution = ?1 AND case_id = ?2",
        "DELETE FROM booking WHERE institution = ?1 AND case_id = ?2",
        "DELETE FROM passed_paper WHERE institution = ?1 AND case_id = ?2",
    ] {
        db.execute(sql, params![tenant.0, case])?;
    }
    Ok(())
}

/// Notes that something of a command was erased.
pub(crate) fn note_erased(
    db: &Db,
    tenant: Tenant,
    (command, document): (CommandId, DocumentId),
    reason: RemovalReason,
    at: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO erased (institution, command, document, reason, seq) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    db.execute(
        sql,
        params![tenant.0, command, document, reason.code(), column(at)],
    )?;
    Ok(())
}

/// Whether something of a command was erased.
pub(crate) fn is_erased(db: &Db, tenant: Tenant, command: CommandId) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM erased WHERE institution = ?1 AND command = ?2";
    Ok(db.prepare_cached(sql)?.exists(params![tenant.0, command])?)
}

/// The row that last took something of a command out of a document.
pub(crate) fn erased_at(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
) -> Result<Option<ServerSeq>, StoreError> {
    let sql = "SELECT max(seq) FROM erased WHERE institution = ?1 AND command = ?2";
    let last: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, command], |row| row.get(0))?;
    Ok(last.map(seq))
}

/// Whether something of a command was erased in this document.
pub(crate) fn is_erased_of(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    document: DocumentId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM erased WHERE institution = ?1 AND command = ?2 AND document = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, command, document])?)
}

/// What was erased of a document, and why.
pub(crate) fn erased_of(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<Vec<(CommandId, RemovalReason)>, StoreError> {
    let sql = "SELECT command, reason FROM erased \
               WHERE institution = ?1 AND document = ?2 ORDER BY command";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, document])?;
    let mut erased = Vec::new();
    while let Some(row) = rows.next()? {
        let reason: String = row.get(1)?;
        erased.push((row.get(0)?, parse(&reason)?));
    }
    Ok(erased)
}

/// Copies what was erased up to a row into another database, for a replay.
pub(crate) fn copy(
    from: (&Db, Tenant),
    to: (&Db, Tenant),
    document: DocumentId,
) -> Result<(), StoreError> {
    for past in past_of(from.0, from.1, document)? {
        note_past(to.0, to.1, document, past)?;
    }
    let mut statement = from.0.prepare_cached(
        "SELECT command, reason, seq FROM erased WHERE institution = ?1 AND document = ?2",
    )?;
    let mut rows = statement.query(params![from.1.0, document])?;
    while let Some(row) = rows.next()? {
        let (command, reason, at): (CommandId, String, i64) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        to.0.execute(
            "INSERT OR IGNORE INTO erased (institution, command, document, reason, seq) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![to.1.0, command, document, reason, at],
        )?;
    }
    Ok(())
}
