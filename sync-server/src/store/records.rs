//! What commands write, in a column: the records of each document sealed under its own key.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::Class;
use jangkau_core::command::{CommandKind, PlacedRecord};
use jangkau_core::id::{CommandId, DocumentId};
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, decode, encode};
use crate::keys::{KeyId, Owner};

/// What a command writes into one document, sealed under its key.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct SealedRecords {
    #[n(0)]
    document: DocumentId,
    #[n(1)]
    key: i64,
    #[cbor(n(2), with = "minicbor::bytes")]
    bytes: Vec<u8>,
}

/// The number of the key of the first document, for the row's column.
pub(super) fn first_key(sealed: &[SealedRecords]) -> i64 {
    sealed.first().map_or(0, |first| first.key)
}

fn place_of(id: CommandId, document: DocumentId) -> Place {
    Place::new("command", &[id.as_bytes(), document.as_bytes()])
}

pub(super) fn seal(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    records: &[(DocumentId, &[PlacedRecord])],
) -> Result<Vec<SealedRecords>, StoreError> {
    let mut sealed = Vec::with_capacity(records.len());
    for (document, records) in records {
        let (place, owner) = (place_of(id, *document), Owner::Document(*document));
        let one = db.seal(tenant, owner, &place, &encode(&records.to_vec()))?;
        sealed.push(SealedRecords {
            document: *document,
            key: one.key,
            bytes: one.bytes,
        });
    }
    Ok(sealed)
}

/// Records of a column in the order of the command's sections, and whether some were erased.
pub(super) fn open(
    db: &Db,
    tenant: Tenant,
    (id, kind): (CommandId, CommandKind),
    column: &[u8],
) -> Result<(Vec<PlacedRecord>, bool), StoreError> {
    let mut records: Vec<PlacedRecord> = Vec::new();
    let mut is_erased = false;
    for one in decode::<Vec<SealedRecords>>(column)? {
        let place = place_of(id, one.document);
        match db.open(tenant, &place, one.key, &one.bytes)? {
            Some(plain) => records.extend(decode::<Vec<PlacedRecord>>(&plain)?),
            None => is_erased = true,
        }
    }
    let rank = |placed: &PlacedRecord| {
        let is_it =
            |section: &(Class, &str)| section.0 == placed.class && section.1 == placed.collection;
        kind.sections().iter().position(is_it)
    };
    records.sort_by_key(rank);
    Ok((records, is_erased))
}

/// Adds records that came later, after a restore, from somebody who holds more of the command.
pub(crate) fn add(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    records: &[(DocumentId, &[PlacedRecord])],
) -> Result<(), StoreError> {
    let mut kept = column_of(db, tenant, id)?;
    kept.extend(seal(db, tenant, id, records)?);
    put(db, tenant, id, &kept)
}

fn column_of(db: &Db, tenant: Tenant, id: CommandId) -> Result<Vec<SealedRecords>, StoreError> {
    find_column(db, tenant, id)?.ok_or(StoreError::Undecodable)
}

fn find_column(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
) -> Result<Option<Vec<SealedRecords>>, StoreError> {
    let sql = "SELECT records FROM command WHERE institution = ?1 AND id = ?2";
    let column: Option<Vec<u8>> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, id], |row| row.get(0))
        .optional()?;
    column.map(|column| decode(&column)).transpose()
}

/// Seals under the keys of now what is sealed of a command under former keys of a document that is written anew.
pub(super) fn reseal(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    former: &[KeyId],
) -> Result<(), StoreError> {
    let mut kept = column_of(db, tenant, id)?;
    for one in &mut kept {
        if !former.iter().any(|key| key.get() == one.key) {
            continue;
        }
        let place = place_of(id, one.document);
        let Some(plain) = db.open(tenant, &place, one.key, &one.bytes)? else {
            continue;
        };
        let sealed = db.seal(tenant, Owner::Document(one.document), &place, &plain)?;
        (one.key, one.bytes) = (sealed.key, sealed.bytes);
    }
    put(db, tenant, id, &kept)
}

/// Puts what is left of a command in the place of its records; each stays in the document of its class.
pub(crate) fn leave(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    left: &[PlacedRecord],
) -> Result<(), StoreError> {
    let mut by_document: BTreeMap<DocumentId, Vec<PlacedRecord>> = BTreeMap::new();
    let mut left: Vec<&PlacedRecord> = left.iter().collect();
    for one in column_of(db, tenant, id)? {
        let place = place_of(id, one.document);
        let Some(plain) = db.open(tenant, &place, one.key, &one.bytes)? else {
            continue;
        };
        let classes: BTreeSet<Class> = decode::<Vec<PlacedRecord>>(&plain)?
            .iter()
            .map(|placed| placed.class)
            .collect();
        let (own, others) = left
            .into_iter()
            .partition(|placed| classes.contains(&placed.class));
        left = others;
        let own: Vec<&PlacedRecord> = own;
        if !own.is_empty() {
            let kept = by_document.entry(one.document).or_default();
            kept.extend(own.into_iter().cloned());
        }
    }
    if !left.is_empty() {
        return Err(StoreError::Undecodable);
    }
    let by_document: Vec<_> = by_document
        .iter()
        .map(|(document, own)| (*document, own.as_slice()))
        .collect();
    replace(db, tenant, id, &by_document)
}

/// Copies the records of a command, opened here and sealed there.
pub(super) fn copied(
    from: (&Db, Tenant),
    to: (&Db, Tenant),
    id: CommandId,
) -> Result<Vec<SealedRecords>, StoreError> {
    let mut kept = column_of(from.0, from.1, id)?;
    for one in &mut kept {
        let place = place_of(id, one.document);
        let Some(plain) = from.0.open(from.1, &place, one.key, &one.bytes)? else {
            continue;
        };
        let sealed =
            to.0.seal(to.1, Owner::Document(one.document), &place, &plain)?;
        (one.key, one.bytes) = (sealed.key, sealed.bytes);
    }
    Ok(kept)
}

/// Puts records in the place of whatever stood in the column.
pub(super) fn replace(
    db: &Db,
    tenant: Tenant,
    id: CommandId,
    records: &[(DocumentId, &[PlacedRecord])],
) -> Result<(), StoreError> {
    put(db, tenant, id, &seal(db, tenant, id, records)?)
}

fn put(db: &Db, tenant: Tenant, id: CommandId, kept: &[SealedRecords]) -> Result<(), StoreError> {
    let sql = "UPDATE command SET records = ?3, key_id = ?4 WHERE institution = ?1 AND id = ?2";
    let first = first_key(kept);
    db.execute(sql, params![tenant.0, id, encode(&kept.to_vec()), first])?;
    Ok(())
}

/// What is kept of a command in one document; empty where that is nothing.
pub(crate) fn of_document(
    db: &Db,
    tenant: Tenant,
    (id, document): (CommandId, DocumentId),
) -> Result<Vec<PlacedRecord>, StoreError> {
    for one in find_column(db, tenant, id)?.unwrap_or_default() {
        if one.document != document {
            continue;
        }
        let opened = db.open(tenant, &place_of(id, document), one.key, &one.bytes)?;
        return opened.map_or(Ok(Vec::new()), |plain| decode(&plain));
    }
    Ok(Vec::new())
}

/// Puts this in the place of whatever is kept of a command in one document. Nothing, if the command is not there.
pub(crate) fn set_of_document(
    db: &Db,
    tenant: Tenant,
    (id, document): (CommandId, DocumentId),
    records: &[PlacedRecord],
) -> Result<(), StoreError> {
    let Some(mut kept) = find_column(db, tenant, id)? else {
        return Ok(());
    };
    kept.retain(|one| one.document != document);
    if !records.is_empty() {
        kept.extend(seal(db, tenant, id, &[(document, records)])?);
    }
    put(db, tenant, id, &kept)
}

/// Drops what is sealed of a command under keys that were destroyed; that something was there stays.
pub(super) fn drop_erased(db: &Db, tenant: Tenant, id: CommandId) -> Result<(), StoreError> {
    let Some(mut kept) = find_column(db, tenant, id)? else {
        return Ok(());
    };
    for one in &mut kept {
        if db.is_erased_key(one.key)? {
            one.bytes.clear();
        }
    }
    put(db, tenant, id, &kept)
}
