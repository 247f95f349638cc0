//! The way from a device to the server: in one process, or over HTTP.

use chrono::NaiveDate;
use jangkau_core::cbor::encode;
use jangkau_core::id::{InstitutionId, PersonId, SeatId};
use jangkau_core::sync::{Delegation, RefusedReply, SeatStatus};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;
use thiserror::Error;

use crate::blobs::Blobs;
use crate::engine::{Engine, EngineError};

/// What the server said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// A body of what was asked for.
    Done(Vec<u8>),
    /// A body of [`RefusedReply`], in bare CBOR.
    Refused(Vec<u8>),
}

/// Why nothing came back.
#[derive(Debug, Error)]
pub enum LinkError {
    /// The server's machine broke.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The network or the HTTP server failed.
    #[error("no answer over HTTP: {0}")]
    Http(String),
    /// Only a server in this process can be revoked on, restarted or restored.
    #[error("this cannot be done to a server behind HTTP")]
    OutOfReach,
}

/// Something done to the server, with ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostAct {
    /// A seat is revoked.
    Revoke(InstitutionId, SeatId, SeatStatus),
    /// Powers are delegated to a person.
    Delegate(InstitutionId, PersonId, Delegation),
    /// The process ends and starts again.
    Restart,
    /// A backup is taken.
    Backup,
    /// The last backup is put back.
    Restore,
    /// A list of holidays is loaded, under a name.
    Calendar(InstitutionId, String, String),
    /// The profile with other words in it becomes the next version, from a day on.
    Activate(InstitutionId, Vec<(String, String)>, NaiveDate),
}

/// Carries requests to a server. `now` is the server's clock.
pub trait Link {
    /// `POST /v1/enrol`.
    ///
    /// # Errors
    /// [`LinkError`].
    fn enrol(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError>;

    /// `POST /v1/sync`.
    ///
    /// # Errors
    /// [`LinkError`].
    fn sync(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError>;

    /// `POST /v1/glass`.
    ///
    /// # Errors
    /// [`LinkError`].
    fn glass(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError>;

    /// `POST /v1/blob`.
    ///
    /// # Errors
    /// [`LinkError`].
    fn blob(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError>;

    /// The server in this process, for what people do at it.
    ///
    /// # Errors
    /// [`LinkError::OutOfReach`] where it is not in this process.
    fn here(&mut self) -> Result<&mut Engine, LinkError> {
        Err(LinkError::OutOfReach)
    }

    /// Does something to the server itself.
    ///
    /// # Errors
    /// [`LinkError::OutOfReach`] where the server is not in this process.
    fn act(&mut self, act: &HostAct, now: Timestamp) -> Result<(), LinkError>;
}

/// A server in this process.
pub struct InProcess {
    engine: Engine,
    rng: ChaCha8Rng,
    institutions: Vec<InstitutionId>,
    backup: Option<Vec<u8>>,
    blobs: Blobs,
}

impl InProcess {
    /// Takes a server that serves these institutions. The seed is for nonces and the like.
    #[must_use]
    pub fn new(engine: Engine, institutions: Vec<InstitutionId>, seed: u64) -> Self {
        Self {
            engine,
            rng: ChaCha8Rng::seed_from_u64(seed),
            institutions,
            backup: None,
            blobs: Blobs::in_memory(),
        }
    }
}

impl InProcess {
    /// What a rebuild of the institutions from their logs gives otherwise than it stands; nothing where all is well.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn differing(&self) -> Result<Vec<String>, EngineError> {
        let mut differing = Vec::new();
        for institution in &self.institutions {
            for mismatch in self.engine.rebuild_check(institution)? {
                differing.push(format!("{institution} is rebuilt otherwise: {mismatch:?}"));
            }
        }
        Ok(differing)
    }

    /// The server.
    #[cfg(test)]
    pub(super) const fn engine(&self) -> &Engine {
        &self.engine
    }
}

fn reply(result: Result<Vec<u8>, RefusedReply>) -> Reply {
    match result {
        Ok(body) => Reply::Done(body),
        // A refusal travels in bare CBOR, so that every version can read it.
        Err(refused) => Reply::Refused(encode(&refused)),
    }
}

impl Link for InProcess {
    fn enrol(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        Ok(reply(self.engine.enrol(body, now, &mut self.rng)))
    }

    fn sync(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        let mut answers = self
            .engine
            .sync(&[body.to_vec()], now, &mut self.rng)
            .into_iter();
        // One request has one answer.
        Ok(reply(answers.next().ok_or(EngineError::Store)?))
    }

    fn glass(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        Ok(reply(self.engine.glass(body, now, &mut self.rng)))
    }

    fn blob(&mut self, body: &[u8], now: Timestamp) -> Result<Reply, LinkError> {
        let answer = self
            .blobs
            .answer(&mut self.engine, body, now, &mut self.rng);
        Ok(reply(answer))
    }

    fn here(&mut self) -> Result<&mut Engine, LinkError> {
        Ok(&mut self.engine)
    }

    fn act(&mut self, act: &HostAct, now: Timestamp) -> Result<(), LinkError> {
        match act {
            HostAct::Revoke(institution, seat, how) => {
                self.engine.revoke(institution, *seat, *how, now)?;
            }
            HostAct::Delegate(institution, to, delegation) => {
                self.engine
                    .delegate(institution, *to, delegation.clone(), now)?;
            }
            HostAct::Calendar(institution, name, csv) => {
                self.engine.import_calendar(institution, name, csv, now)?;
            }
            HostAct::Activate(institution, edits, from) => {
                let mut text = self.engine.profile_text(institution)?;
                for (old, new) in edits {
                    if !text.contains(old) {
                        let problem = format!("`{old}` does not stand in the profile");
                        return Err(EngineError::Invalid(problem).into());
                    }
                    text = text.replacen(old, new, 1);
                }
                self.engine
                    .activate_profile(institution, &text, Some(*from), now)?;
            }
            HostAct::Restart => {
                self.engine = Engine::from_image(&self.engine.image()?, self.engine.keys())?
            }
            HostAct::Backup => {
                for institution in &self.institutions {
                    let through = self.engine.head(institution)?;
                    self.engine.mark_backed_up(institution, through)?;
                }
                self.backup = Some(self.engine.image()?);
            }
            HostAct::Restore => {
                if let Some(image) = &self.backup {
                    self.engine = Engine::from_image(image, self.engine.keys())?;
                    self.engine.begin_era_after_restore(now)?;
                }
            }
        }
        Ok(())
    }
}
