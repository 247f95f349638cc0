//! Writing a document anew after an erasure: the surviving records and no history.

use std::collections::BTreeMap;

use automerge::Change;
use automerge::transaction::CommitOptions;

use super::shape::facts;
use super::{ChangeFacts, Document, DocumentError, actor_id, guarded, put_record};
use crate::id::{ActorId, Branch, DocEpoch, DocumentId, SeatId};
use crate::record::Record;

/// The actor of the one change that the server writes under a new epoch: nobody's seat, on nobody's branch.
#[must_use]
pub fn rewriter(document: DocumentId, epoch: DocEpoch) -> ActorId {
    let nobody = SeatId::from_bytes([0; SeatId::LEN]);
    actor_id(
        nobody,
        document,
        epoch,
        Branch::from_bytes([0; Branch::LEN]),
    )
}

/// A document written anew: the document, its one change, and that change's last operation.
#[derive(Debug)]
pub struct Rewritten {
    /// The document.
    pub document: Document,
    /// Its one change.
    pub change: Vec<u8>,
}

/// What the header of such a change says; nothing for bytes that are none.
#[must_use]
pub fn base_facts(change: &[u8]) -> Option<ChangeFacts> {
    let read = guarded(|| Change::from_bytes(change.to_vec()).ok());
    facts(&read.flatten()?).ok()
}

impl Document {
    /// Writes these records, by their root keys, as one change of a new document. The same records make the same bytes.
    ///
    /// # Errors
    /// [`DocumentError`] when a record cannot be written, or does not come back as it was.
    pub fn rewritten(
        actor: ActorId,
        records: &BTreeMap<String, Record>,
    ) -> Result<Rewritten, DocumentError> {
        let mut document = Self::default();
        let name = automerge::ActorId::from(actor.as_bytes().as_slice());
        document.0.set_actor(name);
        let mut transaction = document.0.transaction();
        let written = records
            .iter()
            .try_for_each(|(key, record)| put_record(&mut transaction, key, record));
        if let Err(error) = written {
            transaction.rollback();
            return Err(error);
        }
        transaction.commit_with(CommitOptions::default().with_time(0));
        let change = document
            .0
            .get_last_local_change()
            .ok_or(DocumentError::Unappliable)?;
        let change = change.raw_bytes().to_vec();
        let again = Self::load(&document.save())?;
        if again.records() != *records {
            return Err(DocumentError::Unloadable);
        }
        Ok(Rewritten { document, change })
    }
}
