//! The accounts of the people who sign in to this server: one transaction for each piece of work.

use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::accounts::{By, Desk, Failure, Me, Refusal, SessionTerms};

impl Engine {
    /// Does a piece of work on accounts. What it wrote before it refused stays written: failures count.
    ///
    /// # Errors
    /// [`EngineError`]; the refusal is a value.
    pub(crate) fn console<T>(
        &mut self,
        terms: SessionTerms,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
        work: impl FnOnce(&mut Desk<'_>) -> Result<T, Failure>,
    ) -> Result<Result<T, Refusal>, EngineError> {
        let Self {
            store, throttle, ..
        } = self;
        let done = store.transact(None, |db| {
            let mut desk = Desk {
                db,
                throttle,
                terms,
                now,
                rng,
            };
            match work(&mut desk) {
                Ok(done) => Ok(Ok(done)),
                Err(Failure::Refused(refusal)) => Ok(Err(refusal)),
                Err(Failure::Broken(error)) => Err(error),
            }
        });
        Ok(done?)
    }

    /// A one-time code with which a person sets their account up, or up anew. `name` is what they type to sign in; none
    /// keeps the one that they have.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn account(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        name: Option<&str>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<String, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        self.console(NO_SESSION, now, rng, |desk| {
            desk.make_code((tenant, person), name, By::Machine)
        })?
        .map_err(|refusal| EngineError::NoAccount(refusal.code))
    }

    /// Ends all sessions of a person; gives how many there were.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn sign_out(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<usize, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        self.console(NO_SESSION, now, rng, |desk| {
            let known = crate::store::staff::person(desk.db, tenant, person)?;
            match known {
                Some(_) => Ok(Some(desk.sign_out_all((tenant, person), By::Machine)?)),
                None => Ok(None),
            }
        })?
        .map_err(|refusal| EngineError::NoAccount(refusal.code))?
        .ok_or(EngineError::Unknown)
    }

    /// Who is signed in, and whether their institution is for practising only.
    ///
    /// # Errors
    /// [`EngineError`]; the refusal is a value.
    pub(crate) fn who_is(
        &mut self,
        token: &str,
        terms: SessionTerms,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<(Me, bool), Refusal>, EngineError> {
        let me = match self.console(terms, now, rng, |desk| desk.me(token))? {
            Ok(me) => me,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let profile = self
            .library
            .current(&self.store.db(), me.institution.tenant)?;
        Ok(Ok((me, profile.practice)))
    }
}

/// What an administrator does at the machine opens no session.
const NO_SESSION: SessionTerms = SessionTerms {
    idle_ms: 0,
    absolute_ms: 0,
};
