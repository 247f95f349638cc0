//! Attachments of one vault: adding them, listing and opening them, letting their bytes go.

mod steps;

use rand_core::CryptoRng;
use thiserror::Error;

use super::record::Stop;
use super::{CannotRecord, Replica, ReplicaError, SeatState};
use crate::attachment::{self, BlobKey, Damaged, Unsealable};
use crate::class::DocumentKey;
use crate::command::{Attach, AttachmentKind, MediaType, Stamp};
use crate::id::{CaseId, CommandId, PersonId, ServerSeq};
use crate::store::BlobRow;
use crate::sync::BlobRefused;
use crate::time::Timestamp;

pub(super) use steps::BlobRoad;
pub use steps::BlobStep;

/// Bytes of attachments that stay on a device after every backup holds them; then the oldest go, and are fetched again when
/// somebody opens them. DEFAULT: what a phone of 16 GB can spare.
const KEPT_BYTES_MAX: u64 = 256 * 1024 * 1024;

/// Why bytes cannot be attached. Nothing was saved.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotAttach {
    /// The record cannot be written.
    #[error(transparent)]
    Record(#[from] CannotRecord),
    /// The bytes cannot be sealed.
    #[error(transparent)]
    Bytes(#[from] Unsealable),
    /// Nothing is attached to such a record.
    #[error("nothing is attached to such a record")]
    NotOffered,
}

/// Why an attachment does not open.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotOpen {
    /// There is no such attachment in what this person holds.
    #[error("there is no such attachment here")]
    Unknown,
    /// Its bytes are not here; they can be fetched.
    #[error("its bytes are not here")]
    NotHere,
    /// The bytes are not what the record names.
    #[error(transparent)]
    Damaged(#[from] Damaged),
}

/// Whether the bytes of an attachment have arrived at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Presence {
    /// This device has them, and has not begun to send.
    Waiting,
    /// This device is sending.
    Sending {
        /// Chunks that the server has.
        sent: u32,
        /// Of how many.
        of: u32,
    },
    /// The server has them, verified: the attachment is present.
    Stored,
    /// Sending failed, and is tried again.
    Failed(BlobRefused),
    /// Nobody has told that they arrived.
    NotArrived,
    /// Their author took them back before they were sent.
    Removed,
}

/// An attachment as its holder sees it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attachment {
    /// Its command.
    pub command: CommandId,
    /// The command that it belongs to.
    pub target: CommandId,
    /// Who attached it.
    pub author: PersonId,
    /// What it is.
    pub kind: AttachmentKind,
    /// The form of its bytes.
    pub media: MediaType,
    /// Length in bytes.
    pub length: u32,
    /// Whether its bytes have arrived at the server.
    pub presence: Presence,
    /// Chunks that are on this device, and how many there are.
    pub here: (u32, u32),
}

/// Bytes to be attached, and to what.
#[derive(Clone, Copy, Debug)]
pub struct NewAttachment<'a> {
    /// The case.
    pub case: CaseId,
    /// The command that they belong to.
    pub target: CommandId,
    /// What they are.
    pub kind: AttachmentKind,
    /// Their form.
    pub media: MediaType,
    /// The bytes, fit to be kept: a photo as `attachment::prepare` gives it.
    pub bytes: &'a [u8],
}

impl Replica {
    /// Attaches bytes to a record that is held here: record and bytes are saved when this returns.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why they cannot be attached; nothing was saved.
    pub fn attach(
        &mut self,
        new: &NewAttachment<'_>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<CommandId, CannotAttach>, ReplicaError> {
        let id = CommandId::generate(now, &mut &mut *rng);
        Ok(self.attach_as(id, new, now, rng)?.map(|()| id))
    }

    pub(super) fn attach_as(
        &mut self,
        id: CommandId,
        new: &NewAttachment<'_>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<(), CannotAttach>, ReplicaError> {
        let items = self.timeline(new.case)?;
        let Some(target) = items.iter().find(|item| item.id == new.target) else {
            return Ok(Err(CannotRecord::NoSuchTarget.into()));
        };
        let Some(class) = Attach::class_for(target.kind) else {
            return Ok(Err(CannotAttach::NotOffered));
        };
        let by = self.person();
        let compartment = self.compartment(new.case, class)?;
        let document = attachment::sealed_for(new.case, class, compartment);
        let key = BlobKey::generate(rng);
        let sealed = match attachment::seal(document.id(), new.bytes, &key) {
            Ok(sealed) => sealed,
            Err(unsealable) => return Ok(Err(unsealable.into())),
        };
        let attach = Attach {
            class,
            target: new.target,
            kind: new.kind,
            media: new.media,
            length: sealed.length,
            blob: sealed.blob,
            content: sealed.content,
            key,
        };
        let stamp = Stamp {
            by,
            occurred_at: now,
            performed_by: None,
        };
        let saved = self.atomically(|replica| {
            replica.record_as(id, Some(new.case), attach.into(), stamp, now, rng)?;
            let row = BlobRow {
                own: true,
                sends: true,
                ..BlobRow::new(id, new.case, class, sealed.length)
            };
            replica.store.put_blob(&row)?;
            for (number, chunk) in (0..).zip(&sealed.chunks) {
                replica.store.add_chunk(id, number, chunk)?;
            }
            Ok(())
        });
        match saved {
            Ok(()) => Ok(Ok(())),
            Err(Stop::Cannot(reason)) => Ok(Err(reason.into())),
            Err(Stop::Machine(error)) => Err(error),
        }
    }

    /// The attachments of a case, in the order in which they were made.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn attachments(&self, case: CaseId) -> Result<Vec<Attachment>, ReplicaError> {
        let mut found = Vec::new();
        for item in self.timeline(case)? {
            let Some(attach) = attachment::of_entry(&item.entry) else {
                continue;
            };
            let row = self.store.blob(item.id)?;
            found.push(Attachment {
                command: item.id,
                target: attach.target,
                author: item.stamp.by,
                kind: attach.kind,
                media: attach.media,
                length: attach.length,
                presence: match self.store.blob_stored(item.id)? {
                    Some(_) => Presence::Stored,
                    None => presence_of(row.as_ref()),
                },
                here: (
                    row.map_or(0, |row| row.here),
                    attachment::chunk_count(attach.length),
                ),
            });
        }
        found.sort_by_key(|attachment| attachment.command);
        Ok(found)
    }

    /// The attachment of a command of a case that is held here, and who made it.
    fn attachment(
        &self,
        case: CaseId,
        command: CommandId,
    ) -> Result<Option<(Attach, PersonId)>, ReplicaError> {
        let items = self.timeline(case)?;
        let item = items.iter().find(|item| item.id == command);
        let found = item.and_then(|item| Some((attachment::of_entry(&item.entry)?, item)));
        Ok(found.map(|(attach, item)| (attach.clone(), item.stamp.by)))
    }

    /// Asks for the bytes of an attachment: the next steps fetch them. Whether there is such an attachment.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn want_attachment(
        &mut self,
        case: CaseId,
        command: CommandId,
    ) -> Result<bool, ReplicaError> {
        let Some((attach, _)) = self.attachment(case, command)? else {
            return Ok(false);
        };
        let known = self.store.blob(command)?;
        let mut row =
            known.unwrap_or_else(|| BlobRow::new(command, case, attach.class, attach.length));
        row.wanted = !row.is_whole();
        row.let_go = false;
        (row.tries, row.due_at) = (0, Timestamp::from_millis(0));
        self.atomically(|replica| Ok::<(), ReplicaError>(replica.store.put_blob(&row)?))?;
        Ok(true)
    }

    /// The plain bytes of an attachment.
    ///
    /// # Errors
    /// Outer: the machine. Inner: [`CannotOpen`].
    pub fn open_attachment(
        &self,
        case: CaseId,
        command: CommandId,
    ) -> Result<Result<Vec<u8>, CannotOpen>, ReplicaError> {
        if self.session.state != SeatState::Active {
            return Ok(Err(CannotOpen::Unknown));
        }
        let Some((attach, author)) = self.attachment(case, command)? else {
            return Ok(Err(CannotOpen::Unknown));
        };
        if !self.store.blob(command)?.is_some_and(|row| row.is_whole()) {
            return Ok(Err(CannotOpen::NotHere));
        }
        let chunks = self.store.chunks(command, 0, u32::MAX)?;
        let opened = attachment::open_as_written((case, author), &attach, &chunks);
        Ok(opened.map_err(CannotOpen::from))
    }

    /// Number of attachments that this device is still to send: they are lost with it, as unsent records are.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn unsent_attachments(&self) -> Result<u32, ReplicaError> {
        Ok(self.store.blobs_unsent()?)
    }

    /// Takes back the bytes of an own attachment of which nothing was sent; its record stays. Whether they were taken back.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn remove_attachment(&mut self, command: CommandId) -> Result<bool, ReplicaError> {
        let Some(mut row) = self.store.blob(command)? else {
            return Ok(false);
        };
        let is_unsent = row.own && row.sends && row.sent.unwrap_or(0) == 0 && row.stored.is_none();
        if !is_unsent {
            return Ok(false);
        }
        row.sends = false;
        self.atomically(|replica| {
            replica.store.put_blob(&row)?;
            Ok::<(), ReplicaError>(replica.store.drop_chunks(command)?)
        })?;
        Ok(true)
    }

    /// The log says that the bytes of an attachment have arrived, perhaps before the attachment itself.
    pub(super) fn take_stored(
        &self,
        case: CaseId,
        command: CommandId,
        seq: ServerSeq,
    ) -> Result<(), ReplicaError> {
        Ok(self.store.put_blob_stored(case, command, seq)?)
    }

    /// A document was rewritten after an erasure: the bytes of attachments that it holds no more go with their records. Whoever
    /// may not read what is left in it keeps only what is still to be sent.
    pub(super) fn purge_blobs(
        &self,
        document: &DocumentKey,
        gone: Option<&[CommandId]>,
    ) -> Result<(), ReplicaError> {
        match gone {
            Some(gone) => {
                for command in gone {
                    self.store.forget_blob(*command)?;
                }
            }
            None => self.store.let_blobs_go(document.case, document.class)?,
        }
        self.trim_blobs()
    }

    /// Lets bytes go that this device need not keep: of documents that it let go, and the oldest beyond what it can spare.
    pub(super) fn trim_blobs(&self) -> Result<(), ReplicaError> {
        let backed_up = self.session.backed_up;
        self.store.drop_let_go(backed_up)?;
        while self.store.blob_bytes()? > KEPT_BYTES_MAX {
            let Some(oldest) = self.store.oldest_covered(backed_up)? else {
                break;
            };
            self.store.drop_chunks(oldest)?;
        }
        Ok(())
    }
}

/// What is known of bytes that have not arrived.
fn presence_of(row: Option<&BlobRow>) -> Presence {
    let Some(row) = row else {
        return Presence::NotArrived;
    };
    match (row.code, row.sent) {
        _ if !row.sends && row.own => Presence::Removed,
        _ if !row.sends => Presence::NotArrived,
        (Some(code), _) => Presence::Failed(code),
        (None, Some(sent)) => Presence::Sending {
            sent,
            of: row.count(),
        },
        (None, None) => Presence::Waiting,
    }
}
