//! One person's vault on one device: joins edit, document, store and sync. What `ffi` wraps and tests run.
//!
//! SKELETON: signatures are fixed so that scenarios, simulator and demo can be written beside it.

use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use rand_core::CryptoRng;

use crate::class::DocumentKey;
use crate::code::codes;
use crate::command::{Command, CommandEntry, CommandKind, Stamp};
use crate::id::{CaseId, ChangeHash, CommandId, Nonce, PersonId, SeatId, ServerSeq};
use crate::record::Record;
use crate::sync::{Enrolled, Refused, StaffRow, Turned};
use crate::time::Timestamp;

/// Why the replica cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum ReplicaError {
    /// The store failed; what was said to be saved is saved.
    #[error("the store failed")]
    Store,
    /// The disk is full: nothing of this call was saved, everything before was.
    #[error("the disk is full")]
    DiskFull,
    /// The peer's bytes are not a message of this protocol.
    #[error("the answer is not a message")]
    Malformed,
    /// The power went out (simulator only).
    #[error("the power went out")]
    PowerLost,
}

/// Why something cannot be recorded here. Nothing was saved.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum CannotRecord {
    /// This device does not hold the case.
    #[error("the case is not on this device")]
    NoSuchCase,
    /// The command names something that this device does not hold.
    #[error("what it refers to is not on this device")]
    NoSuchTarget,
    /// The change would be too long.
    #[error("the text is too long")]
    TooLong,
}

/// What became of a command, as far as this device knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Saved here only.
    OnDevice,
    /// The server waits for what it depends on.
    Waiting,
    /// The server has it; no verdict yet.
    Admitted,
    /// A fact, with flags (codes of `rules`).
    Recorded(Vec<String>),
    /// A decision that stands.
    Committed,
    /// A decision that does not, and why (code of `rules`).
    Refused(String),
    /// A decision that a head must answer, and why (code of `rules`).
    NeedsReview(String),
    /// It may not enter history; its content is kept here.
    TurnedAway(Turned),
}

/// One line of a case's timeline.
#[derive(Clone, Debug)]
pub struct TimelineItem {
    /// The command.
    pub id: CommandId,
    /// Its kind.
    pub kind: CommandKind,
    /// Who and when.
    pub stamp: Stamp,
    /// The device's clock when it was recorded, where known.
    pub recorded_at: Option<Timestamp>,
    /// When the server received it, where known.
    pub received_at: Option<Timestamp>,
    /// What became of it.
    pub fate: Fate,
    /// Its content, of the classes that are held here.
    pub entry: Option<CommandEntry>,
}

/// What one exchange did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Ask again at once: there is more to send or to read.
    pub again: bool,
    /// Rows that were read.
    pub rows: usize,
    /// Commands that were newly turned away.
    pub turned_away: Vec<CommandId>,
}

codes!(
    /// What the seat may still do.
    SeatState {
        /// Everything.
        Active = "active",
        /// Push what is left, then wipe.
        Retired = "retired",
        /// Nothing; reading is locked.
        Locked = "locked",
    }
);

/// One person's vault on one device.
pub struct Replica;

impl Replica {
    /// Makes a vault from an enrolment, over an empty store in memory.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn create_in_memory(
        _enrolled: &Enrolled,
        _key: SigningKey,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Self, ReplicaError> {
        unimplemented!()
    }
    /// Makes a vault from an enrolment, in a new file.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn create(
        _path: &str,
        _enrolled: &Enrolled,
        _key: SigningKey,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Self, ReplicaError> {
        unimplemented!()
    }
    /// Opens a vault.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn open(_path: &str) -> Result<Self, ReplicaError> {
        unimplemented!()
    }
    /// The store's bytes as a disk would hold them now (simulator).
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn image(&self) -> Result<Vec<u8>, ReplicaError> {
        unimplemented!()
    }
    /// A vault over such bytes. The shell knows whether the bytes are older than what it last saw (rollback,
    /// reinstall, suspected clone): then every branch is drawn anew.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn from_image(
        _image: &[u8],
        _rolled_back: bool,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Self, ReplicaError> {
        unimplemented!()
    }
    /// Records a command: saved when this returns. `register` opens a case and takes none.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why it cannot be recorded here.
    pub fn record(
        &mut self,
        _case: Option<CaseId>,
        _command: Command,
        _occurred_at: Timestamp,
        _performed_by: Option<PersonId>,
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Result<CommandId, CannotRecord>, ReplicaError> {
        unimplemented!()
    }
    /// The next request: a signed body for `POST /v1/sync`. Repeated calls before an answer carry the same push.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn request(&mut self, _rng: &mut dyn CryptoRng) -> Result<Vec<u8>, ReplicaError> {
        unimplemented!()
    }
    /// Takes the answer to it.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn receive(
        &mut self,
        _reply: &[u8],
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Synced, ReplicaError> {
        unimplemented!()
    }
    /// Takes a refusal (HTTP status 4xx, body of `RefusedReply`). True: ask again at once.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn refused(&mut self, _refusal: &[u8]) -> Result<(Refused, bool), ReplicaError> {
        unimplemented!()
    }
    /// The seat.
    #[must_use]
    pub fn seat(&self) -> SeatId {
        unimplemented!()
    }
    /// The person.
    #[must_use]
    pub fn person(&self) -> PersonId {
        unimplemented!()
    }
    /// What the seat may still do.
    #[must_use]
    pub fn state(&self) -> SeatState {
        unimplemented!()
    }
    /// Cases on this device, oldest first.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn cases(&self) -> Result<Vec<CaseId>, ReplicaError> {
        unimplemented!()
    }
    /// The timeline of a case, in order of what happened.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn timeline(&self, _case: CaseId) -> Result<Vec<TimelineItem>, ReplicaError> {
        unimplemented!()
    }
    /// What became of a command.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn fate(&self, _command: CommandId) -> Result<Option<Fate>, ReplicaError> {
        unimplemented!()
    }
    /// The documents on this device.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn documents(&self) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        unimplemented!()
    }
    /// The accepted heads of a document.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn accepted_heads(&self, _document: DocumentKey) -> Result<Vec<ChangeHash>, ReplicaError> {
        unimplemented!()
    }
    /// The records of a document as this device sees them, its own pending ones included.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn records(
        &self,
        _document: DocumentKey,
    ) -> Result<std::collections::BTreeMap<String, Record>, ReplicaError> {
        unimplemented!()
    }
    /// Number of commands that the server has not acknowledged.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn unsent(&self) -> Result<usize, ReplicaError> {
        unimplemented!()
    }
    /// Colleagues.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn staff(&self) -> Result<Vec<StaffRow>, ReplicaError> {
        unimplemented!()
    }
    /// How far the log was read, and what is in every backup.
    #[must_use]
    pub fn position(&self) -> (crate::sync::Cursor, ServerSeq) {
        unimplemented!()
    }
    /// The nonce for the next request (shells that sign other requests).
    #[must_use]
    pub fn nonce(&self) -> Nonce {
        unimplemented!()
    }
}
