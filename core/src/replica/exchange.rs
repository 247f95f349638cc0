//! What the vault asks: sealing what is pending, and one signed request for one round trip.

use std::collections::BTreeSet;
use std::iter::Peekable;

use rand_core::CryptoRng;

use super::{Replica, ReplicaError, SeatState};
use crate::envelope::{CommandHead, KeyRef, Via};
use crate::id::{BatchId, EnvelopeHash, Nonce, ServerSeq};
use crate::store::{CommandRow, CommandState, PartRow, decode, encode};
use crate::sync::{
    Batch, COMMANDS_PER_PUSH_MAX, Cursor, Packed, Part, PartBody, PushBack, Refused, RefusedReply,
    SYNC_ROUTE, SealedEnvelope, SignedRequest, SignedRuling, SyncRequest, encode_body, pack, seal,
    unpack,
};
use crate::time::Timestamp;

/// Most commands under one signature.
const COMMANDS_PER_ENVELOPE_MAX: usize = 64;

/// Most envelopes in one push, so that it never has more commands than a server takes.
pub(super) const ENVELOPES_PER_PUSH_MAX: usize = COMMANDS_PER_PUSH_MAX / COMMANDS_PER_ENVELOPE_MAX;

/// Most bytes of changes in one push, and in what is told again, before compression: a step that a bad line can carry.
/// One envelope or ruling goes alone if it is longer.
pub(super) const PUSH_BYTES_MAX: usize = 1024 * 1024;

/// Most envelopes or rulings told again, or waiting commands asked about, in one request.
const TOLD_AGAIN_MAX: u32 = 64;

/// Every so many exchanges the vault compares all that it holds with the server.
const CHECK_EVERY: u32 = 16;

/// The request that is under way.
pub(super) struct Asked {
    pub(super) nonce: Nonce,
    pub(super) cursor: Cursor,
    pub(super) told_envelopes: Vec<EnvelopeHash>,
    pub(super) told_rulings: Option<i64>,
    pub(super) backfill: Option<ServerSeq>,
    pub(super) dropped: Vec<ServerSeq>,
    pub(super) left: Option<u32>,
}

/// Envelopes and rulings that a restored server is to be told of.
type Forgotten = (Vec<(EnvelopeHash, Vec<u8>)>, Vec<(i64, SignedRuling)>);

/// The push that is under way; the same until it is answered.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct InFlight {
    #[n(0)]
    id: BatchId,
    #[n(1)]
    envelopes: Vec<EnvelopeHash>,
}

impl Replica {
    /// The next request: a signed body for `POST /v1/sync`. Asked again before an answer, it carries the same push.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn request(
        &mut self,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, ReplicaError> {
        let push = self.atomically(|replica| replica.next_push(now, rng))?;
        // Before anybody is told that something is gone. A disk without room for that must not keep work here: it is told later.
        self.keeps_log = !self.store.empty_log().unwrap_or(false);
        let (told, rulings) = self.forgotten()?;
        let mut asked = Asked {
            nonce: self.session.nonce,
            cursor: self.session.cursor,
            told_envelopes: told.iter().map(|(hash, _)| *hash).collect(),
            told_rulings: rulings.last().map(|(position, _)| *position),
            backfill: None,
            dropped: Vec::new(),
            left: None,
        };
        let push_back = self.push_back(&told, rulings, push.is_some())?;
        let may_read = self.session.state == SeatState::Active;
        let backfill = if may_read {
            self.store.next_backfill()?
        } else {
            None
        };
        asked.backfill = backfill.map(|at| at.grant);
        let is_quiet = push.is_none() && push_back.is_none() && backfill.is_none();
        let check = if is_quiet && self.session.exchanges % CHECK_EVERY == CHECK_EVERY - 1 {
            Some(self.digest()?)
        } else {
            None
        };
        let resend = (!self.session.resend.is_empty()).then(|| self.session.resend.clone());
        let waiting = self.store.waiting(TOLD_AGAIN_MAX)?;
        let dropped = if may_read && !self.keeps_log {
            self.store.let_go(TOLD_AGAIN_MAX)?
        } else {
            Vec::new()
        };
        asked.dropped.clone_from(&dropped);
        let trust = self.trust()?;
        asked.left = trust.and_then(|trust| trust.left);
        let certificate = self
            .session
            .forgotten
            .then(|| self.identity.certificate.clone());
        let request = SyncRequest {
            cursor: self.session.cursor,
            sent_at: push.is_some().then_some(now),
            push,
            push_back,
            backfill,
            check,
            resend,
            certificate,
            dropped: (!dropped.is_empty()).then_some(dropped),
            waiting: (!waiting.is_empty()).then_some(waiting),
            trust,
            parcels: self.next_parcels()?,
        };
        let body = encode_body(&request);
        let nonce = self.session.nonce;
        self.asked = Some(asked);
        let seat = self.seat();
        Ok(SignedRequest::sign(SYNC_ROUTE, seat, nonce, body, &self.identity.key).to_bytes())
    }

    /// What a restored server is told again with this request. A push brings at least an empty one as long as the device
    /// returns: that it may stand on a grant which the restore forgot is then not held against it.
    fn push_back(
        &self,
        told: &[(EnvelopeHash, Vec<u8>)],
        rulings: Vec<(i64, SignedRuling)>,
        pushes: bool,
    ) -> Result<Option<PushBack>, ReplicaError> {
        let has_nothing = told.is_empty() && rulings.is_empty();
        if has_nothing && !(pushes && self.is_returning()?) {
            return Ok(None);
        }
        let mut tellable = Vec::with_capacity(told.len());
        for (hash, stored) in told {
            tellable.extend(self.tellable(*hash, stored)?);
        }
        Ok(Some(PushBack {
            envelopes: pack(&tellable).map_err(|_| ReplicaError::Damaged)?,
            rulings: rulings.into_iter().map(|row| row.1).collect(),
        }))
    }

    /// What a restored server is to be told next: the rulings, and after the last of them the envelopes. Of a seat that
    /// is no longer in use it takes only what rulings speak of.
    fn forgotten(&self) -> Result<Forgotten, ReplicaError> {
        let mut rulings = self.store.forgotten_rulings(TOLD_AGAIN_MAX)?;
        let all = rulings.len();
        rulings.truncate(within_step(rulings.iter().map(|row| row.1.body.len())));
        if rulings.len() < all || all == TOLD_AGAIN_MAX as usize {
            return Ok((Vec::new(), rulings));
        }
        let mut envelopes = self.store.forgotten_envelopes(TOLD_AGAIN_MAX)?;
        envelopes.truncate(within_step(envelopes.iter().map(|row| row.1.len())));
        Ok((envelopes, rulings))
    }

    /// What a restored server may be told of an envelope: all of a colleague's; of an own one no command that stands in
    /// another envelope, because that was recorded again when this one was turned away.
    fn tellable(
        &self,
        hash: EnvelopeHash,
        stored: &[u8],
    ) -> Result<Option<SealedEnvelope>, ReplicaError> {
        let mut envelopes = unpack_stored(stored)?;
        let envelope = envelopes.pop().ok_or(ReplicaError::Damaged)?;
        if envelope.head.seat != self.seat() {
            return Ok(Some(envelope));
        }
        let mut standing = BTreeSet::new();
        for head in &envelope.commands {
            let row = self.store.command(head.id)?;
            if row.is_none_or(|row| row.envelope == Some(hash)) {
                standing.insert(head.id);
            }
        }
        Ok(envelope.visible_to(|head, _| standing.contains(&head.id)))
    }

    /// The push under way, or a new one of what is pending.
    fn next_push(
        &mut self,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<Batch>, ReplicaError> {
        let in_flight: Option<InFlight> = self.store.meta("in_flight")?;
        let in_flight = match in_flight {
            Some(in_flight) => in_flight,
            None => {
                let envelopes = self.seal_outbox(rng)?;
                if envelopes.is_empty() {
                    return Ok(None);
                }
                let in_flight = InFlight {
                    id: BatchId::generate(now, &mut &mut *rng),
                    envelopes,
                };
                self.store.set_meta("in_flight", &in_flight)?;
                in_flight
            }
        };
        let mut stored = Vec::with_capacity(in_flight.envelopes.len());
        for hash in &in_flight.envelopes {
            stored.extend(self.store.envelope(*hash)?);
        }
        let envelopes = pack_stored(stored.iter().map(Vec::as_slice))?;
        Ok(Some(Batch {
            id: in_flight.id,
            envelopes,
        }))
    }

    /// Seals pending commands and names the envelopes to push: those that were sealed before, first, a step at a time.
    fn seal_outbox(&mut self, rng: &mut dyn CryptoRng) -> Result<Vec<EnvelopeHash>, ReplicaError> {
        let mut hashes = self.store.unsent_envelopes()?;
        let mut pending = Vec::new();
        for row in self.store.outbox()? {
            match (row.state, row.envelope) {
                (CommandState::Sealed, Some(hash)) if !hashes.contains(&hash) => hashes.push(hash),
                (CommandState::Pending, _) => pending.push(row),
                _ => {}
            }
        }
        let mut lengths = Vec::with_capacity(hashes.len());
        for hash in hashes.iter().take(ENVELOPES_PER_PUSH_MAX) {
            lengths.push(self.store.envelope(*hash)?.map_or(0, |stored| stored.len()));
        }
        let step = within_step(lengths.into_iter());
        let is_full = step < hashes.len() || step == ENVELOPES_PER_PUSH_MAX;
        hashes.truncate(step);
        if !is_full {
            hashes.extend(self.seal_first(&mut pending.into_iter().peekable(), rng)?);
        }
        Ok(hashes)
    }

    /// Seals as many of these pending commands as one envelope holds.
    pub(super) fn seal_first(
        &self,
        pending: &mut Peekable<impl Iterator<Item = CommandRow>>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Option<EnvelopeHash>, ReplicaError> {
        let mut commands = Vec::new();
        let mut sealed_rows = Vec::new();
        let mut bytes = 0;
        while let Some(row) = pending.peek() {
            let parts = self.store.parts(row.id)?;
            bytes += parts.iter().map(|part| part.bytes.len()).sum::<usize>();
            let is_full = commands.len() >= COMMANDS_PER_ENVELOPE_MAX
                || (bytes > PUSH_BYTES_MAX && !commands.is_empty());
            if is_full {
                break;
            }
            commands.push((command_head(row), self.sealable(row, parts)?));
            sealed_rows.extend(pending.next());
        }
        if commands.is_empty() {
            return Ok(None);
        }
        let certificate = &self.identity.certificate;
        let (seat, institution) = (certificate.seat, certificate.institution.clone());
        let key = &self.identity.key;
        let envelope = seal(
            seat,
            institution,
            Via::Device,
            commands,
            key,
            &mut &mut *rng,
        );
        let hash = envelope.head.hash();
        self.store
            .put_envelope(hash, None, &to_stored(&envelope)?)?;
        for mut row in sealed_rows {
            row.state = CommandState::Sealed;
            row.envelope = Some(hash);
            self.store.put_command(&row)?;
        }
        Ok(Some(hash))
    }

    /// Seals what moves aside before it was sent: the server is to keep it, too.
    pub(super) fn seal_aside(
        &mut self,
        rows: impl Iterator<Item = CommandRow>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), ReplicaError> {
        let mut rows = rows.peekable();
        while let Some(hash) = self.seal_first(&mut rows, rng)? {
            self.store.envelope_unsent(hash)?;
        }
        Ok(())
    }

    /// The server has answered on the push under way.
    pub(super) fn note_pushed(&self) -> Result<(), ReplicaError> {
        let in_flight: Option<InFlight> = self.store.meta("in_flight")?;
        for hash in in_flight.iter().flat_map(|pushed| &pushed.envelopes) {
            self.store.envelope_sent(*hash)?;
        }
        Ok(self.store.clear_meta("in_flight")?)
    }

    fn sealable(&self, row: &CommandRow, parts: Vec<PartRow>) -> Result<Vec<Part>, ReplicaError> {
        let mut sealable = Vec::with_capacity(parts.len());
        for part in parts {
            let document = self
                .store
                .document(part.document)?
                .ok_or(ReplicaError::Damaged)?
                .key;
            debug_assert_eq!(document.case, row.case);
            let (epoch, branch, bytes) = (part.epoch, part.branch, part.bytes);
            let body = PartBody::Change {
                document,
                epoch,
                branch,
                bytes,
            };
            sealable.push(Part {
                body,
                key: KeyRef::default(),
            });
        }
        Ok(sealable)
    }

    /// Takes a refusal (HTTP status 4xx or 503, body of `RefusedReply`). True: ask again at once.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn refused(&mut self, refusal: &[u8]) -> Result<(Refused, bool), ReplicaError> {
        let reply = RefusedReply::from_bytes(refusal).ok_or(ReplicaError::Malformed)?;
        if self.asked.take().is_none() && self.asked_glass.take().is_none() {
            return Err(ReplicaError::Malformed);
        }
        let mut again = match reply.code {
            Refused::StaleNonce => reply.nonce.is_some(),
            Refused::UnknownSeat => !self.session.forgotten,
            Refused::RetiredSeat
            | Refused::StolenSeat
            | Refused::BadSignature
            | Refused::Malformed
            | Refused::TooLong
            | Refused::Version
            | Refused::BadCode
            | Refused::Later => false,
        };
        self.atomically(|replica| {
            replica.session.nonce = reply.nonce.unwrap_or(replica.session.nonce);
            replica.session.forgotten |= reply.code == Refused::UnknownSeat;
            if reply.code == Refused::StolenSeat {
                replica.session.state = SeatState::Locked;
            }
            if reply.code == Refused::RetiredSeat {
                replica.retire()?;
                again = replica.left()?.is_some();
            }
            replica.save_session()
        })?;
        Ok((reply.code, again))
    }
}

fn command_head(row: &CommandRow) -> CommandHead {
    CommandHead {
        id: row.id,
        kind: row.kind,
        occurred_at: row.occurred_at,
        recorded_at: row.recorded_at.unwrap_or(row.occurred_at),
        base: row.base,
        after: row.after.clone(),
    }
}

/// An envelope as the store keeps it: packed alone.
pub(super) fn to_stored(envelope: &SealedEnvelope) -> Result<Vec<u8>, ReplicaError> {
    let packed = pack([envelope]).map_err(|_| ReplicaError::Damaged)?;
    Ok(encode(&packed))
}

/// The envelopes of stored bytes.
pub(super) fn unpack_stored(stored: &[u8]) -> Result<Vec<SealedEnvelope>, ReplicaError> {
    unpack(&decode(stored)?).map_err(|_| ReplicaError::Damaged)
}

/// How many of these fit into one step; at least one, if there is any.
fn within_step(lengths: impl Iterator<Item = usize>) -> usize {
    let sums = lengths.scan(0_usize, |sum, length| {
        *sum = sum.saturating_add(length);
        Some(*sum)
    });
    sums.enumerate()
        .take_while(|(place, sum)| *place == 0 || *sum <= PUSH_BYTES_MAX)
        .count()
}

/// Packs stored envelopes for one message.
fn pack_stored<'a>(stored: impl Iterator<Item = &'a [u8]>) -> Result<Packed, ReplicaError> {
    let mut envelopes = Vec::new();
    for bytes in stored {
        envelopes.extend(unpack_stored(bytes)?);
    }
    pack(&envelopes).map_err(|_| ReplicaError::Damaged)
}
