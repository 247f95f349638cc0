//! A rewritten document takes the place of the former one: when it is rewritten, when that is done again after a restore, and in a
//! replay.

use jangkau_core::class::DocumentKey;
use jangkau_core::id::{ChangeHash, CommandId, DocEpoch, ServerSeq};
use jangkau_core::sync::{Removed, Row, SignedEpoch};
use jangkau_core::time::Timestamp;

use crate::store::documents::NewChange;
use crate::store::institutions::Tenant;
use crate::store::log::{self, Heading};
use crate::store::{Db, StoreError, blobs, documents, erase, rulings};

/// What goes with a command's part in a document, wherever it lies, and the note that it went.
pub(super) fn remove(
    db: &Db,
    tenant: Tenant,
    document: &DocumentKey,
    removed: Removed,
    at: ServerSeq,
) -> Result<(), StoreError> {
    let (command, id) = (removed.command, document.id());
    erase::hide_parts(db, tenant, command, id)?;
    blobs::erase(db, tenant, [command].iter())?;
    erase::destroy_beside(db, tenant, command, document.class)?;
    erase::note_erased(db, tenant, (command, id), removed.reason, at)
}

/// Appends a checkpoint to the log.
pub(super) fn append(
    db: &Db,
    tenant: Tenant,
    (key, signed): (&DocumentKey, &SignedEpoch),
    (at, now): (ServerSeq, Timestamp),
) -> Result<(), StoreError> {
    let heading = Heading {
        case: Some(key.case),
        class: Some(key.class),
        ..Heading::default()
    };
    log::append_at(db, tenant, at, &Row::Epoch(signed.clone()), &heading, now)?;
    rulings::touch(db, tenant, key.case, at)
}

/// Begins a document anew with its base, as the log's checkpoint says.
pub(crate) fn install_base(
    db: &Db,
    tenant: Tenant,
    key: &DocumentKey,
    (epoch, at): (DocEpoch, ServerSeq),
    base: Option<&[u8]>,
) -> Result<(), StoreError> {
    let Some(base) = base else {
        return documents::begin_epoch(db, tenant, (key, epoch), &[]);
    };
    let mut document = jangkau_core::document::Document::default();
    document
        .apply([base])
        .map_err(|_| StoreError::Undecodable)?;
    let heads: Vec<ChangeHash> = document.heads();
    documents::begin_epoch(db, tenant, (key, epoch), &heads)?;
    let facts = jangkau_core::document::base_facts(base).ok_or(StoreError::Undecodable)?;
    documents::insert_change(
        db,
        tenant,
        &NewChange {
            document: key.id(),
            epoch,
            facts: &facts,
            command: CommandId::from_bytes([0; CommandId::LEN]),
            seq: at,
            bytes: base,
        },
    )
}
