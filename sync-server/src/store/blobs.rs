//! Attachments: which records refer to blobs, and which of those have arrived.

use jangkau_core::attachment::sealed_for;
use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::command::{Attach, CommandEntry};
use jangkau_core::id::{BlobHash, CaseId, CommandId, DocumentId, PersonId, ServerSeq};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::log::Heading;
use super::{Db, StoreError, column, instant, seq};

/// Under what the bytes of an attachment lie: equal bytes of two documents lie apart, since whoever may hold the one need not hold the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct BlobName {
    /// The document that they are sealed for.
    pub document: DocumentId,
    /// Their hash.
    pub hash: BlobHash,
}

/// A record's blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BlobRow {
    pub(crate) command: CommandId,
    /// The document that it is sealed for.
    pub(crate) document: DocumentKey,
    /// Who attached it.
    pub(crate) person: PersonId,
    pub(crate) hash: BlobHash,
    /// Length of the plain bytes.
    pub(crate) length: u32,
    pub(crate) referred_at: Timestamp,
    /// The row that says that its bytes have arrived, and when.
    pub(crate) stored: Option<(ServerSeq, Timestamp)>,
}

impl BlobRow {
    pub(crate) fn name(&self) -> BlobName {
        BlobName {
            document: self.document.id(),
            hash: self.hash,
        }
    }

    /// What decides who sees that the bytes have arrived.
    pub(crate) fn heading(&self) -> Heading {
        let person = match self.document.compartment {
            Compartment::Shared => None,
            Compartment::Author(author) => Some(author),
        };
        Heading {
            case: Some(self.document.case),
            class: Some(self.document.class),
            person,
            ..Heading::default()
        }
    }
}

/// The document that a row about stored bytes is of.
pub(crate) fn document_of(heading: &Heading) -> Option<DocumentKey> {
    let compartment = heading
        .person
        .map_or(Compartment::Shared, Compartment::Author);
    Some(sealed_for(heading.case?, heading.class?, compartment))
}

const COLUMNS: &str =
    "command, case_id, class, person, hash, length, referred_at, stored, stored_at, author";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<BlobRow, StoreError>> {
    let class: u8 = row.get(2)?;
    let Some(class) = Class::from_number(class) else {
        return Ok(Err(StoreError::Undecodable));
    };
    let author: Option<PersonId> = row.get(9)?;
    let stored: Option<i64> = row.get(7)?;
    let stored_at: Option<i64> = row.get(8)?;
    Ok(Ok(BlobRow {
        command: row.get(0)?,
        document: sealed_for(
            row.get(1)?,
            class,
            author.map_or(Compartment::Shared, Compartment::Author),
        ),
        person: row.get(3)?,
        hash: row.get(4)?,
        length: row.get(5)?,
        referred_at: instant(row.get(6)?),
        stored: stored.map(seq).zip(stored_at.map(instant)),
    }))
}

/// Notes the blob that an admitted attachment refers to, and the document that it is sealed for.
pub(crate) fn refer(
    db: &Db,
    tenant: Tenant,
    (entry, attach): (&CommandEntry, &Attach),
    document: &DocumentKey,
    at: Timestamp,
) -> Result<(), StoreError> {
    let author = match document.compartment {
        Compartment::Shared => None,
        Compartment::Author(author) => Some(author),
    };
    let sql = "INSERT OR IGNORE INTO blob \
               (institution, command, case_id, class, author, document, person, hash, length, referred_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        entry.id,
        document.case,
        document.class.number(),
        author,
        document.id(),
        entry.stamp.by,
        attach.blob,
        attach.length,
        at.as_millis(),
    ])?;
    Ok(())
}

pub(crate) fn find(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
) -> Result<Option<BlobRow>, StoreError> {
    let sql = format!("SELECT {COLUMNS} FROM blob WHERE institution = ?1 AND command = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let found = statement
        .query_row(params![tenant.0, command], read)
        .optional()?;
    found.transpose()
}

/// The blobs of an institution, or of one case, in the order of their commands.
pub(crate) fn list(
    db: &Db,
    tenant: Tenant,
    case: Option<CaseId>,
) -> Result<Vec<BlobRow>, StoreError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM blob WHERE institution = ?1 AND (?2 IS NULL OR case_id = ?2) \
         ORDER BY command"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let rows = statement.query_map(params![tenant.0, case], read)?;
    rows.map(|row| row?).collect()
}

/// Notes that the bytes have arrived.
pub(crate) fn set_stored(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    (at, when): (ServerSeq, Timestamp),
) -> Result<(), StoreError> {
    let sql = "UPDATE blob SET stored = ?3, stored_at = ?4 WHERE institution = ?1 AND command = ?2";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, command, column(at), when.as_millis()])?;
    Ok(())
}

/// Bytes of a person's attachments that have arrived since then.
pub(crate) fn bytes_since(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    since: Timestamp,
) -> Result<u64, StoreError> {
    let sql = "SELECT coalesce(sum(length), 0) FROM blob \
               WHERE institution = ?1 AND person = ?2 AND stored_at > ?3";
    let bytes: i64 = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, person, since.as_millis()], |row| {
            row.get(0)
        })?;
    Ok(bytes.unsigned_abs())
}

/// Forgets the references of attachments whose records are erased: nobody is given their bytes any more. Those go after the commit.
pub(crate) fn erase<'a>(
    db: &Db,
    tenant: Tenant,
    commands: impl Iterator<Item = &'a CommandId>,
) -> Result<(), StoreError> {
    for command in commands {
        let of = params![tenant.0, command];
        let sql = "INSERT OR IGNORE INTO blob_gone (institution, document, hash) \
                   SELECT institution, document, hash FROM blob WHERE institution = ?1 AND command = ?2";
        db.prepare_cached(sql)?.execute(of)?;
        let sql = "DELETE FROM blob WHERE institution = ?1 AND command = ?2";
        db.prepare_cached(sql)?.execute(of)?;
    }
    Ok(())
}

/// Bytes arrived whose record was erased while they were on their way: they are to be deleted, too.
pub(crate) fn set_gone(db: &Db, tenant: Tenant, name: BlobName) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO blob_gone (institution, document, hash) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, name.document, name.hash])?;
    Ok(())
}

/// Bytes that are to be deleted: nothing refers to them any more.
pub(crate) fn gone(db: &Db, tenant: Tenant) -> Result<Vec<BlobName>, StoreError> {
    let sql = "SELECT document, hash FROM blob_gone WHERE institution = ?1 AND NOT EXISTS \
               (SELECT 1 FROM blob WHERE blob.institution = blob_gone.institution \
                AND blob.document = blob_gone.document AND blob.hash = blob_gone.hash) \
               ORDER BY document, hash";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok(BlobName {
            document: row.get(0)?,
            hash: row.get(1)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Bytes were deleted.
pub(crate) fn set_deleted(db: &Db, tenant: Tenant, names: &[BlobName]) -> Result<(), StoreError> {
    let sql = "DELETE FROM blob_gone WHERE institution = ?1 AND document = ?2 AND hash = ?3";
    for name in names {
        db.prepare_cached(sql)?
            .execute(params![tenant.0, name.document, name.hash])?;
    }
    Ok(())
}
