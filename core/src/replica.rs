//! One person's vault on one device: joins edit, document, store and sync. What `ffi` wraps and tests run.
//!
//! *Accepted* is what the server sequenced; *working* is accepted and this seat's own pending commands. Only working is
//! edited. What is turned away moves aside with what depends on it, and the surviving commands are recorded again under
//! a new branch and the same ids.

mod aside;
mod attachments;
mod changes;
mod documents;
mod epochs;
mod exchange;
mod glances;
mod glass;
mod grants;
mod lease;
mod lock;
mod once;
mod parcels;
mod read;
mod receive;
mod record;
mod rows;
mod screens;
mod trust;
mod view;

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;
use ed25519_dalek::{SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::code::codes;
use crate::id::{Branch, CaseId, CommandId, DocumentId, Nonce, PersonId, SeatId, ServerSeq};
use crate::lock::{DatabaseKey, Mark};
use crate::plant::{Plant, planted};
use crate::store::{Store, StoreError};
use crate::sync::{AuditHead, Cursor, Enrolled, SeatCertificate};
use crate::time::Timestamp;

use attachments::BlobRoad;
pub use attachments::{Attachment, BlobStep, CannotAttach, CannotOpen, NewAttachment, Presence};
use documents::Loaded;
use exchange::Asked;
pub use once::Recorded;
pub use record::CannotRecord;
pub use screens::CannotRecordForm;
pub use trust::AuditFork;
pub use view::{CaseView, Fate, TimelineItem};

/// Why the replica cannot go on. Whatever was reported as saved before, is.
#[derive(Debug, Error)]
pub enum ReplicaError {
    /// The disk is full: nothing of this call was saved.
    #[error("the disk is full")]
    DiskFull,
    /// The file or a document in it is damaged. It is kept as it is.
    #[error("the vault is damaged")]
    Damaged,
    /// The vault's file is encrypted under another key. It is whole, and kept as it is.
    #[error("the key is of another vault")]
    WrongKey,
    /// The vault may not be read now: its lease is over, or its seat was reported stolen. Recording goes on, and an exchange may unlock.
    #[error("reading is locked")]
    ReadingLocked,
    /// The store failed in another way.
    #[error("the store failed")]
    Store(#[source] StoreError),
    /// The answer is not a message of this protocol, or not the answer to the last request.
    #[error("the answer is not one to the last request")]
    Malformed,
    /// The simulated power went out.
    #[error("the power went out")]
    PowerLost,
}

impl From<StoreError> for ReplicaError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Corrupt | StoreError::Undecodable => Self::Damaged,
            StoreError::WrongKey => Self::WrongKey,
            StoreError::PowerLost(_) => Self::PowerLost,
            StoreError::Newer | StoreError::Sqlite(_) => Self::Store(error),
        }
    }
}

codes!(
    /// What the seat may still do.
    SeatState {
        /// Everything.
        Active = "active",
        /// Push what is left; the documents go.
        Retired = "retired",
        /// Nothing; reading is locked.
        Locked = "locked",
    }
);

/// What one exchange did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Synced {
    /// Ask again at once: there is more to send or to read.
    pub again: bool,
    /// Rows that were read.
    pub rows: usize,
    /// Commands that were newly turned away.
    pub turned_away: Vec<CommandId>,
    /// Their cases.
    pub cases_turned_away: BTreeSet<CaseId>,
    /// The cases of which something came: records, rulings, views, answers.
    pub cases: BTreeSet<CaseId>,
    /// Whether any screen may show something else now: staff, profiles, calendars, grants, the seat.
    pub everything: bool,
}

/// What the vault remembers of its exchanges.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct Session {
    #[n(0)]
    cursor: Cursor,
    #[n(1)]
    nonce: Nonce,
    #[n(2)]
    backed_up: ServerSeq,
    /// How far the device's clock is ahead of the server's, in milliseconds.
    #[n(3)]
    clock_offset_ms: Option<i64>,
    #[n(4)]
    state: SeatState,
    /// Counts exchanges, to know when to compare all that is held.
    #[n(5)]
    exchanges: u32,
    /// Buckets to be sent again.
    #[n(6)]
    resend: Vec<u8>,
    /// Whether the server forgot this seat and is to be shown its certificate.
    #[n(7)]
    forgotten: bool,
    /// Where the audit chain ended when the server last said so.
    #[n(8)]
    audit: Option<AuditHead>,
    /// The lease, and the time that it runs by.
    #[n(9)]
    tenure: Option<lease::Tenure>,
}

/// The seat that signs.
struct Identity {
    certificate: SeatCertificate,
    server_key: VerifyingKey,
    key: SigningKey,
}

/// One person's vault on one device.
pub struct Replica {
    store: Store,
    identity: Identity,
    session: Session,
    loaded: BTreeMap<DocumentId, Loaded>,
    asked: Option<Asked>,
    /// Whether what is gone from the database may still stand in the log beside it.
    keeps_log: bool,
    asked_glass: Option<Nonce>,
    /// What the device's clock showed last.
    clock: Cell<Option<Timestamp>>,
    blobs: BlobRoad,
    /// The device's zone, where it has told one that is known.
    zone: Cell<Option<Tz>>,
    read: read::Readings,
}

impl std::fmt::Debug for Replica {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Replica({})", self.identity.certificate.seat)
    }
}

impl Replica {
    /// Makes a vault from an enrolment, over an empty store in memory.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn create_in_memory(enrolled: &Enrolled, key: SigningKey) -> Result<Self, ReplicaError> {
        Self::create_in(Store::in_memory()?, enrolled, key)
    }

    /// Makes a vault from an enrolment, in a new file.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn create(path: &str, enrolled: &Enrolled, key: SigningKey) -> Result<Self, ReplicaError> {
        Self::create_in(Store::open(path)?, enrolled, key)
    }

    /// Makes a vault from an enrolment, in a new file under a key.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn create_with(
        path: &str,
        database: &DatabaseKey,
        enrolled: &Enrolled,
        key: SigningKey,
    ) -> Result<Self, ReplicaError> {
        Self::create_in(Store::open_with(path, database)?, enrolled, key)
    }

    fn create_in(store: Store, enrolled: &Enrolled, key: SigningKey) -> Result<Self, ReplicaError> {
        let session = Session {
            cursor: Cursor::default(),
            nonce: enrolled.nonce,
            backed_up: ServerSeq::default(),
            clock_offset_ms: None,
            state: SeatState::Active,
            exchanges: 0,
            resend: Vec::new(),
            forgotten: false,
            audit: None,
            tenure: None,
        };
        store.begin()?;
        store.set_meta("certificate", &enrolled.certificate)?;
        store.set_meta(
            "server_key",
            &minicbor::bytes::ByteArray::from(enrolled.server_key),
        )?;
        store.set_meta(
            "seat_key",
            &minicbor::bytes::ByteArray::from(key.to_bytes()),
        )?;
        store.set_meta("session", &session)?;
        store.commit()?;
        Self::open_in(store)
    }

    /// Opens a vault.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn open(path: &str) -> Result<Self, ReplicaError> {
        Self::open_in(Store::open(path)?)
    }

    /// Opens a vault under its key. Whether its file was put back or copied, the caller finds out with [`Self::settle_mark`].
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn open_with(path: &str, key: &DatabaseKey) -> Result<Self, ReplicaError> {
        Self::open_in(Store::open_with(path, key)?)
    }

    /// Compares what the file remembers of its last opening with what the device's key store remembers of it. Where they differ
    /// the file is an older one, or a copy: what is written next takes new branches, so that no actor's sequence forks. Then the
    /// file takes the fresh mark, which the caller gives to the key store next; a crash in between costs new branches, no more.
    /// True: they differed.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn settle_mark(
        &mut self,
        remembered: Option<Mark>,
        fresh: Mark,
    ) -> Result<bool, ReplicaError> {
        self.atomically(|replica| {
            let own: Option<Mark> = replica.store.meta("mark")?;
            let differs = own != remembered;
            if differs && !planted(Plant::ReuseActor) {
                replica.begin_new_branches()?;
            }
            replica.store.set_meta("mark", &fresh)?;
            Ok(differs)
        })
    }

    fn open_in(store: Store) -> Result<Self, ReplicaError> {
        let bytes = |key| -> Result<[u8; 32], ReplicaError> {
            let bytes: minicbor::bytes::ByteArray<32> =
                store.meta(key)?.ok_or(ReplicaError::Damaged)?;
            Ok(bytes.into())
        };
        let server_key = bytes("server_key")?;
        let identity = Identity {
            certificate: store.meta("certificate")?.ok_or(ReplicaError::Damaged)?,
            server_key: VerifyingKey::from_bytes(&server_key).map_err(|_| ReplicaError::Damaged)?,
            key: SigningKey::from_bytes(&bytes("seat_key")?),
        };
        let session = store.meta("session")?.ok_or(ReplicaError::Damaged)?;
        Ok(Self {
            store,
            identity,
            session,
            loaded: BTreeMap::new(),
            asked: None,
            keeps_log: true,
            asked_glass: None,
            clock: Cell::new(None),
            blobs: BlobRoad::default(),
            zone: Cell::new(None),
            read: read::Readings::default(),
        })
    }

    /// The store's bytes, as a disk would hold them now.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn image(&mut self) -> Result<Vec<u8>, ReplicaError> {
        self.store.roll_back()?;
        Ok(self.store.image()?)
    }

    /// A vault over such bytes. The shell knows whether they are older than what it last saw (rollback, reinstall,
    /// suspected clone): then what is written next takes new branches, so that no actor's sequence forks.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn from_image(image: &[u8], rolled_back: bool) -> Result<Self, ReplicaError> {
        let mut replica = Self::open_in(Store::from_image(image)?)?;
        if rolled_back && !planted(Plant::ReuseActor) {
            replica.atomically(|replica| replica.begin_new_branches())?;
        }
        Ok(replica)
    }

    /// Does some work in one transaction, which is on the disk when this returns. If it fails, everything in memory
    /// is read again.
    fn atomically<T, E: From<ReplicaError>>(
        &mut self,
        work: impl FnOnce(&mut Self) -> Result<T, E>,
    ) -> Result<T, E> {
        let broken = |error: StoreError| E::from(ReplicaError::from(error));
        self.store.begin().map_err(broken)?;
        let done = work(self).and_then(|value| {
            self.store.commit().map_err(broken)?;
            Ok(value)
        });
        if done.is_err() {
            self.loaded.clear();
            self.store.roll_back().map_err(broken)?;
            self.session = self
                .store
                .meta("session")
                .map_err(broken)?
                .ok_or_else(|| E::from(ReplicaError::Damaged))?;
        }
        done
    }

    fn save_session(&self) -> Result<(), ReplicaError> {
        Ok(self.store.set_meta("session", &self.session)?)
    }

    /// Every document's next change stands on a new branch. What is pending stays as it is: the log may hold it already,
    /// with what was recorded after it in the past that did not happen, and that follows these very changes.
    fn begin_new_branches(&self) -> Result<(), ReplicaError> {
        for mut row in self.store.documents()? {
            row.branch = None;
            self.store.put_document(&row)?;
        }
        Ok(())
    }

    /// A branch for this seat's next change of a document.
    fn draw_branch(rng: &mut dyn CryptoRng) -> Branch {
        Branch::generate(rng)
    }

    /// The seat.
    #[must_use]
    pub const fn seat(&self) -> SeatId {
        self.identity.certificate.seat
    }

    /// The person.
    #[must_use]
    pub const fn person(&self) -> PersonId {
        self.identity.certificate.person
    }

    /// What the seat may still do.
    #[must_use]
    pub const fn state(&self) -> SeatState {
        self.session.state
    }

    /// How far the log was read, and what is in every backup.
    #[must_use]
    pub const fn position(&self) -> (Cursor, ServerSeq) {
        (self.session.cursor, self.session.backed_up)
    }

    /// How far the device's clock is ahead of the server's, in milliseconds, as last measured.
    #[must_use]
    pub const fn clock_offset_ms(&self) -> Option<i64> {
        self.session.clock_offset_ms
    }

    /// Limits the vault's file to a number of pages, so that tests can fill the disk.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn limit_pages(&self, pages: u32) -> Result<(), ReplicaError> {
        Ok(self.store.limit_pages(pages)?)
    }
}

#[cfg(test)]
mod tests;
