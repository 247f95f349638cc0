//! Breaking glass: asked online, at a route of its own. Nothing is opened here; the documents come with the next exchange.

use super::{Replica, ReplicaError, SeatState};
use crate::sync::{
    GLASS_ROUTE, GlassAsk, GlassRefusal, GlassReply, GlassSaid, SignedRequest, decode_body,
    encode_body,
};
use crate::time::Timestamp;

impl Replica {
    /// A signed body for `POST /v1/glass`. Nothing is kept of it: without an answer nothing was opened as far as this device knows, and it
    /// may be asked again.
    ///
    /// # Errors
    /// [`GlassRefusal`] for what the server would refuse whatever the case.
    pub fn ask_glass(&mut self, ask: &GlassAsk) -> Result<Vec<u8>, GlassRefusal> {
        ask.check()?;
        if self.session.state != SeatState::Active {
            return Err(GlassRefusal::NoRight);
        }
        let nonce = self.session.nonce;
        self.asked_glass = Some(nonce);
        let (body, seat) = (encode_body(ask), self.seat());
        Ok(SignedRequest::sign(GLASS_ROUTE, seat, nonce, body, &self.identity.key).to_bytes())
    }

    /// Takes the answer to the last such request.
    ///
    /// # Errors
    /// [`ReplicaError`]; the vault is then as it was before.
    pub fn take_glass(&mut self, reply: &[u8], now: Timestamp) -> Result<GlassSaid, ReplicaError> {
        let reply: GlassReply = decode_body(reply).map_err(|_| ReplicaError::Malformed)?;
        if self.asked_glass.take() != Some(reply.to) {
            return Err(ReplicaError::Malformed);
        }
        self.atomically(|replica| {
            replica.session.nonce = reply.nonce;
            replica.note_clock(reply.now, now);
            replica.save_session()
        })?;
        Ok(reply.said)
    }
}
