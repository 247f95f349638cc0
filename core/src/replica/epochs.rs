//! Documents that the server rewrote after an erasure: what is of an older epoch goes, the new one takes its place, and own
//! work that was recorded on the old one is recorded again.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;

use super::exchange::{to_stored, unpack_stored};
use super::{Replica, ReplicaError};
use crate::class::DocumentKey;
use crate::command::CommandKind;
use crate::document::Document;
use crate::envelope::CommandHead;
use crate::id::{CommandId, DocEpoch, DocumentId, ServerSeq};
use crate::record::{Scalar, TextEdit};
use crate::store::{CommandRow, CommandState, DocumentRow};
use crate::sync::{EpochBody, EpochListing, Part, PartBody, SignedEpoch, bucket_of};

/// What a rewritten document says of one command.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stands {
    /// As it was.
    Whole,
    /// Without some of its fields, or not at all.
    Less,
}

impl Replica {
    /// Takes the row of a rewritten document. Gives it, and whether own work has to be recorded again.
    pub(super) fn take_epoch(
        &mut self,
        seq: ServerSeq,
        signed: &SignedEpoch,
    ) -> Result<(DocumentKey, bool), ReplicaError> {
        let (body, listing) = signed
            .verify(&self.identity.server_key)
            .map_err(|_| ReplicaError::Malformed)?;
        let (key, id) = (body.document, body.document.id());
        self.loaded.remove(&id);
        self.purge_records(&body, listing.as_ref())?;
        self.purge_envelopes(&body, listing.as_ref())?;
        self.settle_parts(&body, listing.as_ref())?;
        let kept = self.store.document(id)?;
        let is_newer = kept.as_ref().is_some_and(|row| row.epoch >= body.epoch);
        if self.store.epoch_of(id)? < body.epoch {
            let bare = crate::store::encode(&signed.bare());
            self.store.put_epoch(id, body.epoch, seq, Some(&bare))?;
        }
        if !is_newer {
            self.install_epoch(&body, kept, signed.base.as_deref())?;
        }
        let gone = listing.as_ref().map(lost_of);
        self.purge_blobs(&key, gone.as_deref())?;
        Ok((key, self.has_parts_of_another_epoch(id, body.epoch)?))
    }

    /// Puts the rewritten document in the place of the old one.
    fn install_epoch(
        &mut self,
        body: &EpochBody,
        kept: Option<DocumentRow>,
        base: Option<&[u8]>,
    ) -> Result<(), ReplicaError> {
        match &kept {
            Some(row) => self.drop_document(row)?,
            // Changes of the old one may have come in this very page.
            None => self.store.drop_document(body.document.id())?,
        }
        let Some(base) = base else {
            let row = kept.unwrap_or_else(|| blank(body.document));
            return self.keep_place(row, body.epoch);
        };
        let mut document = Document::default();
        document
            .apply([base])
            .map_err(|_| ReplicaError::Malformed)?;
        if document.heads() != body.heads {
            return Err(ReplicaError::Malformed);
        }
        Ok(self.store.put_document(&DocumentRow {
            key: body.document,
            epoch: body.epoch,
            branch: None,
            frame: None,
            snapshot: Some(document.save()),
            heads: body.heads.clone(),
            granted: kept.is_some_and(|row| row.granted),
        })?)
    }

    /// Own work that is pending on a document of which nothing is left keeps it named here, until it is recorded again or aside.
    fn keep_place(&mut self, row: DocumentRow, epoch: DocEpoch) -> Result<(), ReplicaError> {
        if !self.has_parts_of_another_epoch(row.key.id(), epoch)? {
            return Ok(());
        }
        Ok(self.store.put_document(&DocumentRow {
            epoch,
            branch: None,
            frame: None,
            snapshot: None,
            heads: Vec::new(),
            ..row
        })?)
    }

    /// Takes out of the commands that are kept here what the document holds no more; without a listing, all of its class.
    fn purge_records(
        &mut self,
        body: &EpochBody,
        listing: Option<&EpochListing>,
    ) -> Result<(), ReplicaError> {
        let key = body.document;
        let stands = listing.map(said_of);
        for mut row in self.store.commands_of(key.case)? {
            // What the log does not hold yet is not of the old document: it is recorded again.
            let is_in_log = matches!(row.state, CommandState::Accepted | CommandState::Admitted);
            let goes = match &stands {
                Some(stands) => stands.get(&row.id) == Some(&Stands::Less),
                None => is_in_log,
            };
            if !is_in_log
                && stands
                    .as_ref()
                    .is_some_and(|stands| lose_text(&mut row, stands))
            {
                self.store.put_command(&row)?;
                continue;
            }
            let known = row.records.len();
            row.records
                .retain(|record| !goes || record.class != key.class);
            if row.records.len() == known {
                continue;
            }
            if row.records.is_empty() && !row.own {
                self.store.forget_command(row.id)?;
            } else {
                self.store.put_command(&row)?;
            }
        }
        Ok(())
    }

    /// Takes the same out of the envelopes that are kept here: hashes stay, so that their signatures still hold.
    fn purge_envelopes(
        &self,
        body: &EpochBody,
        listing: Option<&EpochListing>,
    ) -> Result<(), ReplicaError> {
        let stands = listing.map(said_of);
        let goes = |head: &CommandHead, part: &Part| {
            let is_older = |epoch: &DocEpoch| *epoch < body.epoch;
            let PartBody::Change {
                document, epoch, ..
            } = &part.body
            else {
                return false;
            };
            let is_named = match &stands {
                Some(stands) => stands.get(&head.id) == Some(&Stands::Less),
                None => true,
            };
            document.id() == body.document.id() && is_older(epoch) && is_named
        };
        for (hash, stored) in self.store.kept_envelopes()? {
            for envelope in unpack_stored(&stored)? {
                // An own one that is still to be sent goes whole, or nobody would learn of it.
                let is_unsent = listing.is_none() && self.is_unsent(&envelope.commands)?;
                let less = envelope.without(goes);
                if less != envelope && !is_unsent {
                    self.store.set_envelope_bytes(hash, &to_stored(&less)?)?;
                }
            }
        }
        Ok(())
    }

    fn is_unsent(&self, heads: &[CommandHead]) -> Result<bool, ReplicaError> {
        for head in heads {
            let row = self.store.command(head.id)?;
            let is_own = row.filter(|row| row.own);
            if is_own.is_some_and(|row| {
                matches!(row.state, CommandState::Sealed | CommandState::Waiting)
            }) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Own commands that the log holds already, and of which this row is all that comes: nothing of them is pending here.
    fn settle_parts(
        &mut self,
        body: &EpochBody,
        listing: Option<&EpochListing>,
    ) -> Result<(), ReplicaError> {
        let id = body.document.id();
        let stands = listing.map(said_of).unwrap_or_default();
        for mut row in self.store.outbox()? {
            let is_in_log = row.state == CommandState::Admitted || stands.contains_key(&row.id);
            let parts = self.store.parts(row.id)?;
            let is_older = parts
                .iter()
                .any(|part| part.document == id && part.epoch < body.epoch);
            if !is_in_log || !is_older {
                continue;
            }
            self.store.drop_part(row.id, id)?;
            if parts.iter().all(|part| part.document == id) {
                row.state = CommandState::Accepted;
                self.store.put_command(&row)?;
            }
        }
        Ok(())
    }

    /// Whether something pending was written on a document of another epoch.
    fn has_parts_of_another_epoch(
        &self,
        document: DocumentId,
        epoch: DocEpoch,
    ) -> Result<bool, ReplicaError> {
        for row in self.store.outbox()? {
            let parts = self.store.parts(row.id)?;
            if parts
                .iter()
                .any(|part| part.document == document && part.epoch != epoch)
            {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// A document comes as a whole in another epoch than the one that is here: what is here goes. Gives whether own work has to
    /// be recorded again.
    pub(super) fn replace_document(
        &mut self,
        row: &DocumentRow,
        (epoch, frame): (DocEpoch, (i64, u32)),
        heads: &[crate::id::ChangeHash],
    ) -> Result<bool, ReplicaError> {
        let id = row.key.id();
        self.drop_document(row)?;
        self.store.put_document(&DocumentRow {
            epoch,
            branch: None,
            frame: Some(frame),
            snapshot: None,
            heads: heads.to_vec(),
            ..row.clone()
        })?;
        self.has_parts_of_another_epoch(id, epoch)
    }

    /// The server says in which epochs documents are for which something of another epoch was sent.
    pub(super) fn take_epochs(
        &mut self,
        epochs: &[(DocumentId, DocEpoch)],
    ) -> Result<(), ReplicaError> {
        for (id, epoch) in epochs {
            let row = self.store.document(*id)?;
            let known = match &row {
                Some(row) => row.epoch,
                None => self.store.epoch_of(*id)?,
            };
            if known == *epoch {
                continue;
            }
            self.store
                .put_epoch(*id, *epoch, ServerSeq::default(), None)?;
            if let Some(row) = row {
                self.drop_document(&row)?;
                self.keep_place(row, *epoch)?;
                self.session.resend.push(bucket_of(*id));
            }
        }
        Ok(())
    }

    /// After a restore that forgot rewritings: the documents come again as the server has them.
    pub(super) fn forget_epochs(&mut self, kept: ServerSeq) -> Result<(), ReplicaError> {
        for id in self.store.forget_epochs_after(kept)? {
            if let Some(row) = self.store.document(id)? {
                self.drop_document(&row)?;
                self.keep_place(row, DocEpoch::default())?;
                self.session.resend.push(bucket_of(id));
            }
        }
        Ok(())
    }

    /// Records own work of these documents again under their epochs.
    pub(super) fn record_on_new_epochs(
        &mut self,
        documents: BTreeSet<DocumentId>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), ReplicaError> {
        if documents.is_empty() {
            return Ok(());
        }
        self.replay(documents, &BTreeMap::new(), &BTreeSet::new(), rng)
    }
}

/// A document of which nothing is here.
const fn blank(key: DocumentKey) -> DocumentRow {
    DocumentRow {
        key,
        epoch: DocEpoch::new(0),
        branch: None,
        frame: None,
        snapshot: None,
        heads: Vec::new(),
        granted: false,
    }
}

/// Of a pending edit of a text that is gone, what its author put in stays, and not the text around it. Gives whether it was one.
fn lose_text(row: &mut CommandRow, stands: &BTreeMap<CommandId, Stands>) -> bool {
    if row.kind != CommandKind::EditMinutes {
        return false;
    }
    let mut lost = false;
    for placed in &mut row.records {
        let fields: Vec<(String, Scalar)> = placed
            .record
            .iter()
            .map(|(key, value)| (key.to_owned(), value.clone()))
            .collect();
        let is_gone = fields.iter().any(|(key, value)| match value {
            Scalar::Bytes(bytes) if key == "target" => CommandId::try_from(bytes.as_slice())
                .is_ok_and(|target| stands.get(&target) == Some(&Stands::Less)),
            Scalar::Bytes(_)
            | Scalar::Str(_)
            | Scalar::Int(_)
            | Scalar::Bool(_)
            | Scalar::Text(_)
            | Scalar::Edit(_) => false,
        });
        if !is_gone {
            continue;
        }
        for (key, value) in fields {
            if let Scalar::Edit(edit) = value {
                let new = put_in(&edit.old, &edit.new);
                let old = String::new();
                placed.record.put(&key, Scalar::Edit(TextEdit { old, new }));
                lost = true;
            }
        }
    }
    lost
}

/// What stands in the new text between the beginning and the end that it shares with the old one.
fn put_in(old: &str, new: &str) -> String {
    let (old, new): (Vec<char>, Vec<char>) = (old.chars().collect(), new.chars().collect());
    let same = |pair: &(&char, &char)| pair.0 == pair.1;
    let begin = old.iter().zip(&new).take_while(same).count();
    let rest = old.len().min(new.len()) - begin;
    let ends = old.iter().rev().zip(new.iter().rev());
    let end = ends.take(rest).take_while(same).count();
    new[begin..new.len() - end].iter().collect()
}

fn said_of(listing: &EpochListing) -> BTreeMap<CommandId, Stands> {
    let survivors = listing.survivors.iter().map(|one| {
        let stands = if one.without.is_some() {
            Stands::Less
        } else {
            Stands::Whole
        };
        (one.command, stands)
    });
    let removed = listing
        .removed
        .iter()
        .map(|one| (one.command, Stands::Less));
    survivors.chain(removed).collect()
}

/// The commands that a checkpoint says lost something or all.
fn lost_of(listing: &EpochListing) -> Vec<CommandId> {
    let said = said_of(listing).into_iter();
    said.filter(|(_, stands)| *stands == Stands::Less)
        .map(|(command, _)| command)
        .collect()
}
