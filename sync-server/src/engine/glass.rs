//! `POST /v1/glass`: one signed request to break glass, judged and written down before it is answered.

use jangkau_core::sync::{GlassReply, RefusedReply, encode_body};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::door::{GlassEntry, authenticate_glass};
use crate::{glass, intake};

impl Engine {
    /// Takes the body of a request and gives that of a `GlassReply`.
    ///
    /// # Errors
    /// [`RefusedReply`] for a request that was not heard; nothing was opened.
    pub fn glass(
        &mut self,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        self.try_glass(body, now, rng).unwrap_or_else(|error| {
            tracing::error!(%error, "glass could not be broken");
            Err(jangkau_core::sync::Refused::Later.into())
        })
    }

    fn try_glass(
        &mut self,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Vec<u8>, RefusedReply>, EngineError> {
        self.settle_terms(now)?;
        let entry = authenticate_glass(&self.store.db(), &mut self.nonces, body, rng)?;
        let asked = match entry {
            GlassEntry::In(asked) => asked,
            GlassEntry::Stopped(stopped) => {
                // What a stolen seat wanted is kept, as what it pushes is.
                intake::take_group(
                    &self.store,
                    &self.library,
                    std::slice::from_ref(&*stopped),
                    now,
                )?;
                return Ok(Err(stopped.refusal()));
            }
        };
        let said = self.store.transact(None, |db| {
            let seat = &asked.seat;
            let ask = (seat.person, &asked.ask);
            glass::open(db, seat.tenant, &self.library, ask, now)
        })?;
        let nonce = self.nonces.fresh(asked.seat.id, rng);
        Ok(Ok(encode_body(&GlassReply {
            nonce,
            now,
            to: asked.nonce,
            said,
        })))
    }
}
