//! Documents as they are on this device: accepted and working, kept in memory while they are used.

use std::collections::BTreeSet;

use super::{Replica, ReplicaError};
use crate::access::Writing;
use crate::chunk::Chunk;
use crate::class::{CHANGES_MAX, Class, Compartment, DocumentKey};
use crate::command::PlacedRecord;
use crate::document::{Document, DocumentError, minutes_edited};
use crate::grant::compartment;
use crate::id::{CaseId, ChangeHash, CommandId, DocumentId};
use crate::profile::words::Role;
use crate::store::DocumentRow;
use crate::sync::decode_body;

/// A document in memory.
pub(super) struct Loaded {
    pub(super) row: DocumentRow,
    pub(super) accepted: Document,
    pub(super) working: Document,
}

/// Most documents in memory at once: what a phone of 2 GB can spare.
const LOADED_MAX: usize = 64;

/// Changes that stand apart from a document's snapshot before they are folded into it.
const FOLD_FROM: u32 = 32;

impl Replica {
    /// The document, from memory or from the store; a new one if nothing is here.
    pub(super) fn load(&mut self, key: DocumentKey) -> Result<&mut Loaded, ReplicaError> {
        let id = key.id();
        if !self.loaded.contains_key(&id) {
            if self.loaded.len() >= LOADED_MAX {
                self.loaded.clear();
            }
            let loaded = self.read_document(key)?;
            self.loaded.insert(id, loaded);
        }
        self.loaded.get_mut(&id).ok_or(ReplicaError::Damaged)
    }

    /// Reads a document from the store. If something pending does not fit, what is written next takes a new branch.
    pub(super) fn read_document(&self, key: DocumentKey) -> Result<Loaded, ReplicaError> {
        let id = key.id();
        let epoch = self.store.epoch_of(id)?;
        let mut row = self.store.document(id)?.unwrap_or_else(|| DocumentRow {
            key,
            epoch,
            branch: None,
            frame: None,
            snapshot: None,
            heads: Vec::new(),
            granted: false,
        });
        let mut accepted = match self.base(&row)? {
            Some(saved) => Document::load(&saved).map_err(|_| ReplicaError::Damaged)?,
            None => Document::default(),
        };
        let changes = self.store.changes(id)?;
        if !changes.is_empty() {
            let changes = changes.iter().map(Vec::as_slice);
            accepted.apply(changes).map_err(|_| ReplicaError::Damaged)?;
        }
        let mut working = accepted.clone();
        let pending = self.store.pending_changes(id)?;
        let changes: Vec<&[u8]> = pending.iter().map(|(_, bytes)| bytes.as_slice()).collect();
        if !changes.is_empty() && !apply_what_fits(&mut working, &changes)? {
            row.branch = None;
        }
        Ok(Loaded {
            row,
            accepted,
            working,
        })
    }

    /// The saved document under the changes: its own snapshot, or its place in an install frame.
    pub(super) fn base(&self, row: &DocumentRow) -> Result<Option<Vec<u8>>, ReplicaError> {
        if let Some(snapshot) = &row.snapshot {
            return Ok(Some(snapshot.clone()));
        }
        let Some((frame, place)) = row.frame else {
            return Ok(None);
        };
        Ok(Some(saved_in_frame(&self.store.frame(frame)?, place)?))
    }

    /// The document into which this person writes some records of a class next: of the compartment that is theirs to write, the
    /// volume that is not full. An edit of minutes stands where the minutes stand.
    pub(super) fn writable(
        &mut self,
        case: CaseId,
        (class, records): (Class, &[PlacedRecord]),
    ) -> Result<DocumentKey, ReplicaError> {
        if let Some(minutes) = minutes_edited(records)
            && let Some(key) = self.document_of_minutes(case, minutes)?
        {
            return Ok(key);
        }
        let compartment = self.compartment(case, class)?;
        let mut key = DocumentKey {
            case,
            class,
            compartment,
            volume: 0,
        };
        while self.store.document(key.id())?.is_some()
            && self.load(key)?.working.change_count() >= CHANGES_MAX
        {
            key.volume += 1;
        }
        Ok(key)
    }

    /// The compartment in which this person writes a class. Before the first exchange nobody knows what they are: what they write then
    /// stands apart, which nobody is refused. Delegated powers count where the server has given what follows from them, whatever
    /// this device's clock says.
    pub(super) fn compartment(
        &self,
        case: CaseId,
        class: Class,
    ) -> Result<Compartment, ReplicaError> {
        let author = self.person();
        let me = self.staff()?.into_iter().find(|row| row.person == author);
        let (Some(me), Some(profile)) = (me, self.newest_profile()?) else {
            return Ok(Compartment::of(class, Writing::OwnEntries, author));
        };
        let mut roles: BTreeSet<Role> = me.roles.iter().flat_map(|role| role.parse()).collect();
        let grants = self.store.grants_about(case)?;
        if grants.iter().any(|grant| grant.gives_class(case, class)) {
            let delegated = me.terms.iter().flat_map(|terms| &terms.delegations);
            roles.extend(delegated.map(|delegation| delegation.role));
        }
        Ok(compartment(&profile, (author, &roles), class))
    }

    /// The document of a case in which minutes stand, if it is here.
    pub fn document_of_minutes(
        &self,
        case: CaseId,
        minutes: CommandId,
    ) -> Result<Option<DocumentKey>, ReplicaError> {
        for row in self.store.documents_of(case)? {
            let is_there = match self.loaded.get(&row.key.id()) {
                Some(loaded) => loaded.working.has_minutes(minutes),
                None => self.read_document(row.key)?.working.has_minutes(minutes),
            };
            if is_there {
                return Ok(Some(row.key));
            }
        }
        Ok(None)
    }

    /// Notes the accepted heads of a document after changes were applied.
    pub(super) fn save_heads(&mut self, key: DocumentKey) -> Result<(), ReplicaError> {
        let loaded = self.load(key)?;
        loaded.row.heads = loaded.accepted.heads();
        let row = loaded.row.clone();
        Ok(self.store.put_document(&row)?)
    }

    /// Folds changes that every backup holds into the document's snapshot, once they are many.
    pub(super) fn fold(&mut self, key: DocumentKey) -> Result<(), ReplicaError> {
        let (count, all_backed_up) = self
            .store
            .changes_to_fold(key.id(), self.session.backed_up)?;
        if count < FOLD_FROM || !all_backed_up {
            return Ok(());
        }
        let loaded = self.load(key)?;
        let saved = loaded.accepted.save();
        let again = Document::load(&saved).map_err(|_| ReplicaError::Damaged)?;
        if again.heads() != loaded.row.heads {
            return Ok(());
        }
        loaded.row.snapshot = Some(saved);
        loaded.row.frame = None;
        let row = loaded.row.clone();
        self.store.put_document(&row)?;
        self.store.clear_changes(key.id())?;
        Ok(self.store.drop_unused_frames()?)
    }

    /// Drops a document and every byte of it, also those in a frame that it shares with others. Where those of the frame stand may
    /// have changed since the row was read.
    pub(super) fn drop_document(&mut self, row: &DocumentRow) -> Result<(), ReplicaError> {
        let Some(row) = self.store.document(row.key.id())? else {
            return Ok(());
        };
        if let Some((frame, _)) = row.frame {
            let saved = self.store.frame(frame)?;
            for mut other in self.store.documents_in_frame(frame)? {
                if other.key == row.key {
                    continue;
                }
                let Some((_, place)) = other.frame else {
                    continue;
                };
                other.snapshot = Some(saved_in_frame(&saved, place)?);
                other.frame = None;
                self.loaded.remove(&other.key.id());
                self.store.put_document(&other)?;
            }
        }
        self.loaded.remove(&row.key.id());
        Ok(self.store.drop_document(row.key.id())?)
    }

    /// The documents on this device.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn documents(&self) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        Ok(self
            .store
            .documents()?
            .into_iter()
            .map(|row| row.key)
            .collect())
    }

    /// The accepted heads of a document, sorted.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn accepted_heads(&self, document: DocumentKey) -> Result<Vec<ChangeHash>, ReplicaError> {
        Ok(self
            .store
            .document(document.id())?
            .map(|row| row.heads)
            .unwrap_or_default())
    }

    /// The records of a document as this device sees them, its own pending ones included; none of what is locked.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn records(
        &self,
        document: DocumentKey,
    ) -> Result<std::collections::BTreeMap<String, crate::record::Record>, ReplicaError> {
        if self.locked(document.case)?.hides(document.class) {
            return Ok(std::collections::BTreeMap::new());
        }
        Ok(self.read_document(document)?.working.records())
    }

    pub(super) fn forget_loaded(&mut self, documents: &BTreeSet<DocumentId>) {
        for id in documents {
            self.loaded.remove(id);
        }
    }
}

/// Applies pending changes. Gives whether all of them fit: where a twin of this vault went on under the same branch,
/// the server has another change in the place of a pending one, which is left out until it is recorded again.
fn apply_what_fits(working: &mut Document, changes: &[&[u8]]) -> Result<bool, ReplicaError> {
    if working.apply(changes.iter().copied()).is_ok() {
        return Ok(true);
    }
    for bytes in changes {
        Chunk::parse(bytes).map_err(|_| ReplicaError::Damaged)?;
        // What does not fit leaves the document as it was.
        let _: Result<(), DocumentError> = working.apply([*bytes]);
    }
    Ok(false)
}

/// One saved document out of an install frame.
pub(super) fn saved_in_frame(frame: &[u8], place: u32) -> Result<Vec<u8>, ReplicaError> {
    let place = place as usize;
    let mut saved: Vec<minicbor::bytes::ByteVec> =
        decode_body(frame).map_err(|_| ReplicaError::Damaged)?;
    if place >= saved.len() {
        return Err(ReplicaError::Damaged);
    }
    Ok(saved.swap_remove(place).into())
}
