//! Changes, and what is derived from them: heads, record keys, saved documents.

use std::collections::BTreeSet;

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::document::{ChangeFacts, Document};
use jangkau_core::id::{ActorId, CaseId, ChangeHash, CommandId, DocEpoch, DocumentId, ServerSeq};
use jangkau_core::sync::document_digest;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, seq};
use crate::keys::Owner;

/// A document as its row says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct DocumentRow {
    pub(crate) id: DocumentId,
    pub(crate) key: DocumentKey,
    pub(crate) epoch: DocEpoch,
    /// Sorted.
    pub(crate) heads: Vec<ChangeHash>,
    /// What the self-check compares.
    pub(crate) digest: u64,
    pub(crate) changes: u32,
}

const COLUMNS: &str = "id, case_id, class, author, volume, epoch, heads, digest, changes";

fn read(row: &Row<'_>) -> Result<DocumentRow, StoreError> {
    let heads: Vec<u8> = row.get(6)?;
    let digest: i64 = row.get(7)?;
    let author: Option<_> = row.get(3)?;
    Ok(DocumentRow {
        id: row.get(0)?,
        key: DocumentKey {
            case: row.get(1)?,
            class: Class::from_number(row.get(2)?).ok_or(StoreError::Undecodable)?,
            compartment: author.map_or(Compartment::Shared, Compartment::Author),
            volume: row.get(4)?,
        },
        epoch: DocEpoch::new(row.get(5)?),
        heads: read_hashes(&heads)?,
        digest: digest.cast_unsigned(),
        changes: row.get(8)?,
    })
}

fn read_hashes(bytes: &[u8]) -> Result<Vec<ChangeHash>, StoreError> {
    bytes
        .chunks(ChangeHash::LEN)
        .map(|hash| ChangeHash::try_from(hash).map_err(|_| StoreError::Undecodable))
        .collect()
}

fn hash_bytes(hashes: &[ChangeHash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

pub(crate) fn get(
    db: &Db,
    tenant: Tenant,
    id: DocumentId,
) -> Result<Option<DocumentRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM document WHERE institution = ?1 AND id = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, id])?;
    rows.next()?.map(read).transpose()
}

/// The documents of a case, or of the whole institution.
pub(crate) fn list(
    db: &Db,
    tenant: Tenant,
    case: Option<CaseId>,
) -> Result<Vec<DocumentRow>, StoreError> {
    let narrow = if case.is_some() {
        "case_id = ?2"
    } else {
        "?2 IS NULL"
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM document WHERE institution = ?1 AND {narrow} \
         ORDER BY case_id, class, author, volume"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut documents = Vec::new();
    while let Some(row) = rows.next()? {
        documents.push(read(row)?);
    }
    Ok(documents)
}

fn put(db: &Db, tenant: Tenant, document: &DocumentRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO document \
               (institution, id, case_id, class, author, volume, epoch, heads, digest, changes) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO UPDATE SET \
               heads = excluded.heads, digest = excluded.digest, changes = excluded.changes";
    let author = match document.key.compartment {
        Compartment::Shared => None,
        Compartment::Author(person) => Some(person),
    };
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        document.id,
        document.key.case,
        document.key.class.number(),
        author,
        document.key.volume,
        document.epoch.get(),
        hash_bytes(&document.heads),
        document.digest.cast_signed(),
        document.changes,
    ])?;
    Ok(())
}

/// Takes a change into its document's row: its dependencies are no heads any more, it is.
pub(crate) fn advance(
    db: &Db,
    tenant: Tenant,
    key: &DocumentKey,
    epoch: DocEpoch,
    hash: ChangeHash,
    dependencies: &[ChangeHash],
) -> Result<(), StoreError> {
    let id = key.id();
    let mut document = get(db, tenant, id)?.unwrap_or(DocumentRow {
        id,
        key: *key,
        epoch,
        heads: Vec::new(),
        digest: 0,
        changes: 0,
    });
    let mut heads: BTreeSet<ChangeHash> = document.heads.iter().copied().collect();
    for dependency in dependencies {
        heads.remove(dependency);
    }
    heads.insert(hash);
    document.heads = heads.into_iter().collect();
    document.changes += 1;
    document.digest = document_digest(id, document.epoch, &document.heads);
    put(db, tenant, &document)
}

/// A change that is to be kept.
#[derive(Debug)]
pub(crate) struct NewChange<'a> {
    pub(crate) document: DocumentId,
    pub(crate) epoch: DocEpoch,
    pub(crate) facts: &'a ChangeFacts,
    pub(crate) command: CommandId,
    pub(crate) seq: ServerSeq,
    pub(crate) bytes: &'a [u8],
}

pub(crate) fn insert_change(
    db: &Db,
    tenant: Tenant,
    new: &NewChange<'_>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO change (institution, document, hash, epoch, seq, command, actor, \
               actor_seq, max_op, bytes, key_id) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    let place = place_of_change(new.document, new.facts.hash);
    let sealed = db.seal(tenant, Owner::Document(new.document), &place, new.bytes)?;
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        new.document,
        new.facts.hash,
        new.epoch.get(),
        column(new.seq),
        new.command,
        new.facts.actor,
        new.facts.seq.cast_signed(),
        new.facts.max_op.cast_signed(),
        sealed.bytes,
        sealed.key,
    ])?;
    Ok(())
}

pub(super) fn place_of_change(document: DocumentId, hash: ChangeHash) -> Place {
    Place::new("change", &[document.as_bytes(), hash.as_bytes()])
}

/// A saved document is bound to the row that it reaches to: an older one does not open in its place.
fn place_of_snapshot(document: DocumentId, through: ServerSeq) -> Place {
    let through = through.get().to_be_bytes();
    Place::new("snapshot", &[document.as_bytes(), &through])
}

/// The greatest operation counter of a known change, and the command that it belongs to.
pub(crate) fn change(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    hash: ChangeHash,
) -> Result<Option<(u64, CommandId)>, StoreError> {
    let sql = "SELECT max_op, command FROM change \
               WHERE institution = ?1 AND document = ?2 AND hash = ?3";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, document, hash], |row| {
            Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?))
        })
        .optional()?)
}

/// The hash at a place of an actor's sequence.
pub(crate) fn at_sequence(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    actor: ActorId,
    actor_seq: u64,
) -> Result<Option<ChangeHash>, StoreError> {
    let sql = "SELECT hash FROM change \
               WHERE institution = ?1 AND document = ?2 AND actor = ?3 AND actor_seq = ?4";
    Ok(db
        .prepare_cached(sql)?
        .query_row(
            params![tenant.0, document, actor, actor_seq.cast_signed()],
            |row| row.get(0),
        )
        .optional()?)
}

pub(crate) fn has_record(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    name: &str,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM record_key WHERE institution = ?1 AND document = ?2 AND name = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, document, name])?)
}

pub(crate) fn add_record(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    name: &str,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO record_key (institution, document, name) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, document, name])?;
    Ok(())
}

/// The last row that changed a document, up to a row.
fn last_change(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    through: ServerSeq,
) -> Result<Option<ServerSeq>, StoreError> {
    let sql = "SELECT max(seq) FROM change WHERE institution = ?1 AND document = ?2 AND seq <= ?3";
    let last: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, document, column(through)], |row| {
            row.get(0)
        })?;
    Ok(last.map(seq))
}

/// The changes of a document between two rows, in order; none if one of them was erased.
fn changes(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    after: ServerSeq,
    through: ServerSeq,
) -> Result<Option<Vec<Vec<u8>>>, StoreError> {
    let sql = "SELECT hash, key_id, bytes FROM change WHERE institution = ?1 AND document = ?2 \
               AND seq > ?3 AND seq <= ?4 ORDER BY seq, rowid";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, document, column(after), column(through)])?;
    let mut changes = Vec::new();
    while let Some(row) = rows.next()? {
        let (place, sealed) = (place_of_change(document, row.get(0)?), row.get_ref(2)?);
        let sealed = sealed.as_blob().map_err(|_| StoreError::Undecodable)?;
        match db.open(tenant, &place, row.get(1)?, sealed)? {
            Some(change) => changes.push(change),
            None => return Ok(None),
        }
    }
    Ok(Some(changes))
}

/// A saved document.
#[derive(Clone, Debug)]
pub(crate) struct Snapshot {
    pub(crate) heads: Vec<ChangeHash>,
    pub(crate) bytes: Vec<u8>,
}

/// A document as of a row, saved; none where it has no change yet, or was erased. Kept until the document changes.
pub(crate) fn snapshot(
    db: &Db,
    tenant: Tenant,
    id: DocumentId,
    through: ServerSeq,
) -> Result<Option<Snapshot>, StoreError> {
    let Some(last) = last_change(db, tenant, id, through)? else {
        return Ok(None);
    };
    let mut document = Document::default();
    let mut from = ServerSeq::new(0);
    if let Some((at, saved)) = saved(db, tenant, id)?.filter(|saved| saved.0 <= last) {
        if at == last {
            return Ok(Some(saved));
        }
        document = Document::load(&saved.bytes).map_err(|_| StoreError::Undecodable)?;
        from = at;
    }
    let Some(changes) = changes(db, tenant, id, from, last)? else {
        return Ok(None);
    };
    document
        .apply(changes.iter().map(Vec::as_slice))
        .map_err(|_| StoreError::Undecodable)?;
    let snapshot = Snapshot {
        heads: document.heads(),
        bytes: document.save(),
    };
    let sql = "INSERT OR REPLACE INTO snapshot (institution, document, through, heads, bytes, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let place = place_of_snapshot(id, last);
    let sealed = db.seal(tenant, Owner::Document(id), &place, &snapshot.bytes)?;
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        id,
        column(last),
        hash_bytes(&snapshot.heads),
        sealed.bytes,
        sealed.key
    ])?;
    Ok(Some(snapshot))
}

/// The saved document that is kept, and the row that it reaches to.
fn saved(
    db: &Db,
    tenant: Tenant,
    id: DocumentId,
) -> Result<Option<(ServerSeq, Snapshot)>, StoreError> {
    let sql = "SELECT through, heads, key_id, bytes FROM snapshot \
               WHERE institution = ?1 AND document = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let (through, heads, sealed): (_, Vec<u8>, Vec<u8>) =
        (seq(row.get(0)?), row.get(1)?, row.get(3)?);
    let place = place_of_snapshot(id, through);
    let opened = db.open(tenant, &place, row.get(2)?, &sealed)?;
    let heads = read_hashes(&heads)?;
    Ok(opened.map(|bytes| (through, Snapshot { heads, bytes })))
}

/// A document as it stands, built from its changes alone; empty where it was erased.
pub(crate) fn build(db: &Db, tenant: Tenant, id: DocumentId) -> Result<Document, StoreError> {
    let all = changes(
        db,
        tenant,
        id,
        ServerSeq::new(0),
        ServerSeq::new(i64::MAX as u64),
    )?;
    let mut document = Document::default();
    document
        .apply(all.iter().flatten().map(Vec::as_slice))
        .map_err(|_| StoreError::Undecodable)?;
    Ok(document)
}

/// Throws the saved documents away.
pub(crate) fn forget_snapshots(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    db.execute("DELETE FROM snapshot WHERE institution = ?1", [tenant.0])?;
    Ok(())
}

/// Begins a document anew with the one change of its new epoch; without one, nothing is left in it.
pub(crate) fn begin_epoch(
    db: &Db,
    tenant: Tenant,
    (key, epoch): (&DocumentKey, DocEpoch),
    heads: &[ChangeHash],
) -> Result<(), StoreError> {
    let id = key.id();
    // A document without heads has nothing that a self-check could compare.
    let digest = if heads.is_empty() {
        0
    } else {
        document_digest(id, epoch, heads)
    };
    db.execute(
        "DELETE FROM document WHERE institution = ?1 AND id = ?2",
        params![tenant.0, id],
    )?;
    put(
        db,
        tenant,
        &DocumentRow {
            id,
            key: *key,
            epoch,
            heads: heads.to_vec(),
            digest,
            changes: heads.len() as u32,
        },
    )
}

/// A change as it is kept: its document, epoch, command and bytes.
pub(crate) type KeptChange = (DocumentId, DocEpoch, CommandId, Vec<u8>);

/// The changes that a row of the log brought, in their order.
pub(crate) fn changes_of_row(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
) -> Result<Vec<KeptChange>, StoreError> {
    let sql = "SELECT document, epoch, command, hash, key_id, bytes FROM change \
               WHERE institution = ?1 AND seq = ?2 ORDER BY rowid";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, column(at)])?;
    let mut kept = Vec::new();
    while let Some(row) = rows.next()? {
        let document = row.get(0)?;
        let place = place_of_change(document, row.get(3)?);
        let sealed: Vec<u8> = row.get(5)?;
        if let Some(bytes) = db.open(tenant, &place, row.get(4)?, &sealed)? {
            kept.push((document, DocEpoch::new(row.get(1)?), row.get(2)?, bytes));
        }
    }
    Ok(kept)
}

/// Documents of which changes were erased that the log still holds: an older database came back.
pub(crate) fn hollow(db: &Db, tenant: Tenant) -> Result<BTreeSet<DocumentId>, StoreError> {
    let sql = "SELECT DISTINCT document FROM change WHERE institution = ?1 AND length(bytes) = 0";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// The keys of a document's records.
pub(crate) fn record_keys(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT name FROM record_key WHERE institution = ?1 AND document = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, document], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}
