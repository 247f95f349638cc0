//! The whole server without its network: bytes and `now` go in, bytes come out. Deterministic; one thread owns it.
//!
//! A group of requests takes this road: the door says who asks, the first transaction takes in what they bring, the
//! second judges it, and then each gets its page. The engine keeps nothing in memory that a restart would lose, but
//! for the nonces and leases (the first request after a restart is told a fresh one) and the tries to sign in.
//! for the nonces and leases, of which the first request after a restart is told fresh ones, and what a head has just approved.

mod administer;
mod audited;
mod blobs;
mod breaches;
mod conflicts;
mod console;
mod copies;
mod erase;
mod error;
mod glass;
mod holds;
mod keys;
mod observe;
mod parcels;
mod rebuild;
mod redo;
mod release;
mod reply;
mod rights;
mod standards;
mod standing;
mod terms;

use std::collections::BTreeMap;
use std::path::Path;

use jangkau_core::id::{InstitutionId, LogEra, ServerSeq};
use jangkau_core::sync::{
    Enrol, Enrolled, Refused, RefusedReply, SyncReply, decode_body, encode_body,
};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use crate::accounts::Throttle;
use crate::door::{Entry, Nonces, authenticate, refusal_of};
use crate::keys::Keys;
use crate::lease::Leases;
use crate::library::Library;
use crate::store::institutions::InstitutionRow;
use crate::store::{Store, StoreError, accounts, institutions};
use crate::{founding, intake, ruling};

use audited::Told;
pub use blobs::{BlobAsk, BlobEntry, BlobListing, BlobName, BlobPermit};
pub use breaches::{Breach, Unconfirmed};
pub use erase::Misfiled;
pub use error::EngineError;
pub use keys::KeyFault;
pub use observe::{Admission, DocumentSnapshot, TurnedAway};
pub use rebuild::Mismatch;
use release::Approvals;
pub use rights::{RightsRequest, Ruled, Unread};
pub use standards::{Standards, for_practice};
pub use standing::EnrolledPerson;

/// Seconds from 1970 to 2026, from which eras are counted.
const ERA_EPOCH_SECONDS: i64 = 29_454_000 * 60;

/// The era of the log of every institution.
pub type Eras = BTreeMap<InstitutionId, LogEra>;

/// The server.
#[derive(Debug)]
pub struct Engine {
    store: Store,
    nonces: Nonces,
    throttle: Throttle,
    leases: Leases,
    approvals: Approvals,
    library: Library,
    power_lost: bool,
}

impl Engine {
    /// Opens a database file, making or migrating it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open(path: &Path, keys: Keys) -> Result<Self, EngineError> {
        Self::over(Store::open(path, keys)?)
    }

    /// Whether a database file holds rows that cannot be read without keys.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn is_sealed(path: &Path) -> Result<bool, EngineError> {
        Ok(Store::is_sealed(path)?)
    }

    /// A server in memory, with keys of its own.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn in_memory() -> Result<Self, EngineError> {
        Self::over(Store::in_memory()?)
    }

    /// A server over the bytes of [`Engine::image`], and the keys that these are sealed with.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn from_image(image: &[u8], keys: Keys) -> Result<Self, EngineError> {
        Self::over(Store::from_image(image, keys)?)
    }

    fn over(store: Store) -> Result<Self, EngineError> {
        // Whatever was erased stays erased, also where the database is an older one.
        store.drop_erased()?;
        Ok(Self {
            store,
            nonces: Nonces::default(),
            throttle: Throttle::default(),
            leases: Leases::default(),
            approvals: Approvals::default(),
            library: Library::default(),
            power_lost: false,
        })
    }

    /// The database as bytes (simulator: what a disk would hold now; also the content of a backup).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn image(&self) -> Result<Vec<u8>, EngineError> {
        Ok(self.store.image()?)
    }

    /// Limits the database to a number of pages of 4,096 bytes, so that tests can fill the disk.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn limit_pages(&self, pages: u32) -> Result<(), EngineError> {
        Ok(self.store.limit_pages(pages)?)
    }

    /// Whether the simulated power went out in the last call of [`Engine::sync`]: then no answer of it was sent, and
    /// only [`Engine::image`] is left of this engine.
    #[must_use]
    pub const fn power_lost(&self) -> bool {
        self.power_lost
    }

    fn institution(&self, id: &InstitutionId) -> Result<InstitutionRow, EngineError> {
        institutions::find(&self.store.db(), id)?.ok_or(EngineError::Unknown)
    }

    /// `POST /v1/enrol`: a body of `Enrol`; gives a body of `Enrolled`.
    ///
    /// # Errors
    /// [`RefusedReply`].
    pub fn enrol(
        &mut self,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        let asked: Enrol = decode_body(body).map_err(refusal_of)?;
        let enrolled = self
            .store
            .transact(None, |db| founding::enrol(db, &asked, now, rng));
        let Some((certificate, server_key)) = enrolled.map_err(|error| later(&error))? else {
            return Err(Refused::BadCode.into());
        };
        let nonce = self.nonces.fresh(certificate.seat, rng);
        Ok(encode_body(&Enrolled {
            certificate,
            server_key,
            nonce,
        }))
    }

    /// `POST /v1/sync`: a group of signed requests, admitted and acknowledged in one commit, then judged, then
    /// answered with pages. Each gets its own answer. When the machine fails, each is told "later".
    pub fn sync(
        &mut self,
        requests: &[Vec<u8>],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Vec<Result<Vec<u8>, RefusedReply>> {
        self.power_lost = false;
        match self.try_sync(requests, now, rng) {
            Ok(answers) => answers,
            Err(error) => {
                self.power_lost = matches!(error, EngineError::PowerLost);
                requests
                    .iter()
                    .map(|_| Err(Refused::Later.into()))
                    .collect()
            }
        }
    }

    /// The same, but for a machine that failed before anything was acknowledged.
    ///
    /// # Errors
    /// [`EngineError`]; what was committed may be asked for again under the same batch.
    pub fn try_sync(
        &mut self,
        requests: &[Vec<u8>],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<Result<Vec<u8>, RefusedReply>>, EngineError> {
        match self.settle_terms(now) {
            Ok(()) => {}
            Err(EngineError::PowerLost) => return Err(EngineError::PowerLost),
            Err(error) => tracing::error!(%error, "delegations could not be settled"),
        }
        let mut entries = Vec::with_capacity(requests.len());
        for bytes in requests {
            entries.push(authenticate(
                &self.store.db(),
                &mut self.nonces,
                bytes,
                rng,
            )?);
        }
        match self.note_read(&entries, now) {
            Ok(()) => {}
            Err(EngineError::PowerLost) => return Err(EngineError::PowerLost),
            Err(error) => tracing::error!(%error, "what devices have read could not be noted"),
        }
        let taken = match intake::take_group(&self.store, &self.library, &entries, now) {
            Ok(taken) => taken,
            Err(error @ StoreError::PowerLost(_)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "a group of requests could not be taken in");
                entries.iter().map(|_| Err(Refused::Later)).collect()
            }
        };
        match self.rule(now) {
            Ok(_) => {}
            Err(EngineError::PowerLost) => return Err(EngineError::PowerLost),
            // Acknowledged is acknowledged: the rulings come with a later page.
            Err(error) => tracing::error!(%error, "judging failed"),
        }
        let mut answers = Vec::with_capacity(entries.len());
        for (entry, taken) in entries.iter().zip(&taken) {
            answers.push(self.answer(entry, taken, now, rng)?);
        }
        self.note_told(answers, now)
    }

    fn answer(
        &mut self,
        entry: &Entry,
        taken: &Result<intake::Taken, Refused>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Told, EngineError> {
        let asked = match entry {
            Entry::Refused(reply) | Entry::Stolen { reply, .. } => {
                return Ok(Told::refused(*reply));
            }
            Entry::In(asked) => asked,
        };
        let nonce = self.nonces.fresh(asked.seat().id, rng);
        let refused = |code| RefusedReply {
            code,
            nonce: Some(nonce),
        };
        let taken = match taken {
            Ok(taken) => taken,
            Err(code) => return Ok(Told::refused(refused(*code))),
        };
        let reply = reply::reply(&self.store.db(), asked, taken, nonce, now).and_then(|reply| {
            let lease = reply::lease(
                &self.store.db(),
                &self.library,
                &mut self.leases,
                asked,
                &reply,
            )?;
            Ok(SyncReply { lease, ..reply })
        });
        match reply {
            Ok(reply) => Ok(Told::of(asked, &reply, now)),
            Err(error @ StoreError::PowerLost(_)) => Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "a page could not be built");
                Ok(Told::refused(refused(Refused::Later)))
            }
        }
    }

    /// Judges every case with unjudged commands (after a crash; `sync` does it too). Gives the number of cases.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn rule(&mut self, now: Timestamp) -> Result<usize, EngineError> {
        let mut cases = 0;
        loop {
            let ruled = ruling::rule(&self.store, &self.library, now)?;
            cases += ruled.cases;
            // What waited for a grant may be admitted now, and is then judged.
            if ruled.granted.is_empty() || !self.has_waiting()? {
                return Ok(cases);
            }
            intake::retry_cases(&self.store, &self.library, ruled.granted, now)?;
        }
    }

    fn has_waiting(&self) -> Result<bool, EngineError> {
        Ok(crate::store::shelf::has_waiting(&self.store.db())?)
    }

    /// Records that everything up to now is in every backup that a restore may go back to (the caller took the
    /// backup: `image` or the file copy).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn mark_backed_up(
        &mut self,
        institution: &InstitutionId,
        through: ServerSeq,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        self.store
            .transact(None, |db| institutions::mark_backed_up(db, tenant, through))?;
        Ok(())
    }

    /// Head of an institution's log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn head(&self, institution: &InstitutionId) -> Result<ServerSeq, EngineError> {
        Ok(self.institution(institution)?.head)
    }

    /// The era of every log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn eras(&self) -> Result<Eras, EngineError> {
        let all = institutions::all(&self.store.db())?;
        Ok(all.into_iter().map(|row| (row.id, row.era)).collect())
    }

    /// Begins a new era of every log: called once on a database that was restored from a backup. Its number rises
    /// with the time, so that two restores of the same backup begin two different eras. What was erased since is erased again.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn begin_era_after_restore(&mut self, now: Timestamp) -> Result<(), EngineError> {
        self.begin_era_after(&Eras::new(), now)
    }

    /// The same, when the eras of the database are known that the backup replaces: the new ones are younger, though the
    /// clock was set back.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn begin_era_after(&mut self, former: &Eras, now: Timestamp) -> Result<(), EngineError> {
        self.new_era(former, now)?;
        self.redo_erasures(now).map(drop)
    }

    fn new_era(&mut self, former: &Eras, now: Timestamp) -> Result<(), EngineError> {
        let seconds = now.as_millis().div_euclid(1_000) - ERA_EPOCH_SECONDS;
        let by_time = u32::try_from(seconds).unwrap_or(0);
        self.store.transact(None, |db| {
            for institution in institutions::all(db)? {
                let known = former.get(&institution.id).copied();
                let last = institution.era.max(known.unwrap_or_default());
                let era = LogEra::new(by_time).max(last.next());
                institutions::begin_era(db, &institution, era, now)?;
                founding::skip_numbers(db, institution.tenant, &self.library, now)?;
            }
            // Whoever was signed out since the backup stays so.
            accounts::forget_all(db)
        })?;
        self.nonces = Nonces::default();
        Ok(())
    }
}

fn later(error: &StoreError) -> RefusedReply {
    tracing::error!(%error, "enrolment failed");
    Refused::Later.into()
}

#[cfg(test)]
mod tests;
