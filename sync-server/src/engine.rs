//! The whole server without its network: bytes and `now` go in, bytes come out. Deterministic; one thread owns it.
//!
//! SKELETON: signatures are fixed so that shells, scenarios and the simulator can be written beside it.

use jangkau_core::id::{DeviceId, InstitutionId, PersonId, SeatId, ServerSeq};
use jangkau_core::sync::{RefusedReply, SeatStatus};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

/// Why the machine cannot go on. What a client does wrong is a [`RefusedReply`].
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error("the store failed")]
    Store,
}

/// The server.
pub struct Engine;

impl Engine {
    /// Opens a database file, making or migrating it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open(_path: &std::path::Path) -> Result<Self, EngineError> {
        unimplemented!()
    }
    /// A server in memory.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn in_memory() -> Result<Self, EngineError> {
        unimplemented!()
    }
    /// The database as bytes (simulator: what a disk would hold now; also the content of a backup).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn image(&self) -> Result<Vec<u8>, EngineError> {
        unimplemented!()
    }
    /// A server over such bytes.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn from_image(_image: &[u8]) -> Result<Self, EngineError> {
        unimplemented!()
    }
    /// Founds an institution from a profile file and the calendars that are shipped.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn found(
        &mut self,
        _institution: &InstitutionId,
        _profile_toml: &str,
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<(), EngineError> {
        unimplemented!()
    }
    /// Adds a person with roles (codes of the profile).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn add_staff(
        &mut self,
        _institution: &InstitutionId,
        _name: &str,
        _roles: &[&str],
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<PersonId, EngineError> {
        unimplemented!()
    }
    /// A one-time enrolment code for a person.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn invite(
        &mut self,
        _institution: &InstitutionId,
        _person: PersonId,
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<String, EngineError> {
        unimplemented!()
    }
    /// Revokes a seat.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn revoke(
        &mut self,
        _institution: &InstitutionId,
        _seat: SeatId,
        _how: SeatStatus,
        _now: Timestamp,
    ) -> Result<(), EngineError> {
        unimplemented!()
    }
    /// `POST /v1/enrol`: a body of `Enrol`; gives a body of `Enrolled`.
    ///
    /// # Errors
    /// [`RefusedReply`].
    pub fn enrol(
        &mut self,
        _body: &[u8],
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        unimplemented!()
    }
    /// `POST /v1/sync`: a group of signed requests, admitted and acknowledged in one commit, then judged, then
    /// answered with pages. Each gets its own answer.
    pub fn sync(
        &mut self,
        _requests: &[Vec<u8>],
        _now: Timestamp,
        _rng: &mut dyn CryptoRng,
    ) -> Vec<Result<Vec<u8>, RefusedReply>> {
        unimplemented!()
    }
    /// Judges every case with unjudged commands (after a crash; `sync` does it too). Gives the number of cases.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn rule(&mut self, _now: Timestamp) -> Result<usize, EngineError> {
        unimplemented!()
    }
    /// Records that everything up to now is in every backup that a restore may go back to (the caller took the
    /// backup: `image` or the file copy).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn mark_backed_up(
        &mut self,
        _institution: &InstitutionId,
        _through: ServerSeq,
    ) -> Result<(), EngineError> {
        unimplemented!()
    }
    /// Head of an institution's log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn head(&self, _institution: &InstitutionId) -> Result<ServerSeq, EngineError> {
        unimplemented!()
    }
    /// Begins a new era of every log: called once on a database that was restored from a backup.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn begin_era_after_restore(&mut self, _now: Timestamp) -> Result<(), EngineError> {
        unimplemented!()
    }
}
