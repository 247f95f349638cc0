//! A dying phone's own work as a parcel, and parcels that are carried for colleagues.

use minicbor::bytes::ByteVec;
use rand_core::CryptoRng;

use super::exchange::{ENVELOPES_PER_PUSH_MAX, PUSH_BYTES_MAX, unpack_stored};
use super::{Replica, ReplicaError};
use crate::store::CommandState;
use crate::sync::{
    ParcelAnswer, ParcelContent, ParcelError, SealedEnvelope, check_piece, pack, parcel_of,
    piece_id, pieces_of, seal_piece,
};

/// Most pieces that a device carries for others at once: what a phone has room for.
const CARRIED_MAX: u32 = 64;

impl Replica {
    /// All of this seat's own work that the server has not acknowledged or that not every backup holds, sealed so that the
    /// server alone can open it: a file for any colleague's device or a stick. None if there is nothing. What goes by the
    /// parcel still goes by the next exchange, too; the server takes it once.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn export_parcel(
        &mut self,
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<Vec<u8>>, ReplicaError> {
        let own = self.atomically(|replica| {
            replica.seal_all(rng)?;
            replica.own_envelopes()
        })?;
        if own.is_empty() {
            return Ok(None);
        }
        let mut pieces = Vec::new();
        let mut rest = own.as_slice();
        while !rest.is_empty() {
            let (step, others) = rest.split_at(step_of(rest));
            pieces.push(self.seal_step(step, rng)?);
            rest = others;
        }
        Ok(Some(parcel_of(pieces)))
    }

    /// Seals all that is pending, as it would be for a push.
    fn seal_all(&self, rng: &mut dyn CryptoRng) -> Result<(), ReplicaError> {
        let pending = self.store.outbox()?.into_iter();
        let mut pending = pending
            .filter(|row| row.state == CommandState::Pending)
            .peekable();
        while self.seal_first(&mut pending, rng)?.is_some() {}
        Ok(())
    }

    fn own_envelopes(&self) -> Result<Vec<(SealedEnvelope, usize)>, ReplicaError> {
        let mut own = Vec::new();
        for (_, stored) in self.store.kept_envelopes()? {
            let length = stored.len();
            let envelopes = unpack_stored(&stored)?.into_iter();
            let mine = envelopes.filter(|envelope| envelope.head.seat == self.seat());
            own.extend(mine.map(|envelope| (envelope, length)));
        }
        Ok(own)
    }

    fn seal_step(
        &self,
        step: &[(SealedEnvelope, usize)],
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, ReplicaError> {
        let envelopes = step.iter().map(|(envelope, _)| envelope);
        let content = ParcelContent {
            certificate: self.identity.certificate.clone(),
            era: self.session.cursor.era,
            envelopes: pack(envelopes).map_err(|_| ReplicaError::Damaged)?,
        };
        // A push of the same bytes would be too long as well.
        seal_piece(&content, &self.identity.server_key, rng).map_err(|_| ReplicaError::Damaged)
    }

    /// Takes a colleague's parcel, to hand it over with the next exchanges. Nothing in it can be read here. Gives the number of
    /// pieces; why it cannot be carried is a value.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn carry_parcel(&mut self, file: &[u8]) -> Result<Result<u32, ParcelError>, ReplicaError> {
        let pieces = match pieces_of(file) {
            Ok(pieces) => pieces,
            Err(error) => return Ok(Err(error)),
        };
        for piece in &pieces {
            if let Err(error) = check_piece(piece, &self.identity.server_key) {
                return Ok(Err(error));
            }
        }
        let count = u32::try_from(pieces.len()).unwrap_or(u32::MAX);
        if self.store.carried()?.saturating_add(count) > CARRIED_MAX {
            return Ok(Err(ParcelError::TooLong));
        }
        self.atomically(|replica| {
            for piece in &pieces {
                replica.store.carry(piece_id(piece), piece)?;
            }
            Ok::<(), ReplicaError>(())
        })?;
        Ok(Ok(count))
    }

    /// How many pieces of colleagues' parcels wait here to be handed over.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn carried(&self) -> Result<u32, ReplicaError> {
        Ok(self.store.carried()?)
    }

    /// What goes with the next request: one piece, so that a bad line gets on by small steps.
    pub(super) fn next_parcels(&self) -> Result<Option<Vec<ByteVec>>, ReplicaError> {
        let next = self.store.next_carried()?;
        Ok(next.map(|piece| vec![ByteVec::from(piece)]))
    }

    /// Takes what became of pieces. Gives whether the next one can go at once: what was not answered comes with a later exchange.
    pub(super) fn take_parcels(
        &self,
        answers: Option<&Vec<ParcelAnswer>>,
    ) -> Result<bool, ReplicaError> {
        for answer in answers.into_iter().flatten() {
            if answer.received {
                self.store.handed_over(answer.piece)?;
            } else {
                self.store.not_taken(answer.piece)?;
            }
        }
        let is_answered = answers.is_some_and(|answers| !answers.is_empty());
        Ok(is_answered && self.store.carried()? > 0)
    }
}

/// How many of these make the next piece: as many as one push takes, and at least one.
fn step_of(rest: &[(SealedEnvelope, usize)]) -> usize {
    let mut bytes = 0_usize;
    let fits = rest.iter().take(ENVELOPES_PER_PUSH_MAX).take_while(|one| {
        bytes = bytes.saturating_add(one.1);
        bytes <= PUSH_BYTES_MAX
    });
    fits.count().max(1)
}
