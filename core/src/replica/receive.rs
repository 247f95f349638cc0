//! Taking an answer: nonce, era, answers, rows, backfill, and what follows from them, in one transaction.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;

use super::exchange::{Asked, unpack_stored};
use super::{Replica, ReplicaError, SeatState, Synced};
use crate::id::{CaseId, CommandId, EnvelopeHash};
use crate::plant::{Plant, planted};
use crate::store::{CommandState, PartRow};
use crate::sync::{
    Answer, BUCKETS, Backfill, Cursor, Era, Seen, SelfCheck, SyncReply, Turned, bucket_of,
    decode_body, digest_of_buckets, document_digest,
};
use crate::time::Timestamp;

impl Replica {
    /// Takes the answer to the last request.
    ///
    /// # Errors
    /// [`ReplicaError`]; the vault is then as it was before.
    pub fn receive(
        &mut self,
        reply: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Synced, ReplicaError> {
        let reply: SyncReply = decode_body(reply).map_err(|_| ReplicaError::Malformed)?;
        if self
            .asked
            .as_ref()
            .is_none_or(|asked| asked.nonce != reply.to)
        {
            return Err(ReplicaError::Malformed);
        }
        let Some(asked) = self.asked.take() else {
            return Err(ReplicaError::Malformed);
        };
        self.atomically(|replica| replica.take(reply, &asked, now, rng))
    }

    fn take(
        &mut self,
        reply: SyncReply,
        asked: &Asked,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Synced, ReplicaError> {
        let mut synced = Synced {
            rows: reply.page.rows.len(),
            ..Synced::default()
        };
        self.note_changes(&reply, &mut synced)?;
        self.session.nonce = reply.nonce;
        self.note_clock(reply.now, now);
        self.session.exchanges = self.session.exchanges.wrapping_add(1);
        self.session.forgotten = false;
        self.session.resend.clear();
        self.take_lease(&reply)?;
        self.note_told(asked)?;
        self.note_let_go(asked)?;
        if let Some(trust) = &reply.trust {
            self.take_trust(trust, reply.era.number > asked.cursor.era, now)?;
        }
        if reply.era.number > asked.cursor.era {
            self.begin_era(reply.era)?;
        }
        let mut turned = BTreeMap::new();
        for answer in reply.answers.iter().chain(&reply.settled).flatten() {
            self.take_answer(answer, &mut turned)?;
        }
        if reply.answers.is_some() {
            self.note_pushed()?;
        }
        let mut touched = self.take_page(&reply.page, rng)?;
        if let Some(backfill) = &reply.backfill {
            touched.extend(self.take_backfill(backfill, rng)?);
            self.note_backfill(asked, backfill)?;
        }
        if let Some(resent) = &reply.resent {
            touched.extend(self.take_backfill(resent, rng)?);
        }
        self.session.cursor = Cursor {
            era: reply.era.number,
            seq: reply.page.upto,
        };
        if self.session.backed_up != reply.backed_up_through {
            self.session.backed_up = reply.backed_up_through;
            self.store.prune_rulings(self.session.backed_up)?;
            self.trim_blobs()?;
        }
        self.take_epochs(reply.epochs.as_deref().unwrap_or_default())?;
        synced.turned_away = self.take_turned(&turned, rng)?;
        synced.cases_turned_away = self.cases_of(&synced.turned_away)?;
        synced.cases.extend(touched.iter().map(|key| key.case));
        if let Some(check) = &reply.check {
            self.take_check(check)?;
        }
        self.store.prune_envelopes(self.session.backed_up)?;
        self.store.forget_lapsed(self.session.backed_up)?;
        for key in touched {
            self.store.mark_unswept(key.case)?;
            self.fold(key)?;
        }
        if !reply.page.more {
            self.drop_uncovered()?;
            self.end_return()?;
        }
        let parcels = reply
            .trust
            .as_ref()
            .and_then(|trust| trust.parcels.as_ref());
        let has_more_to_carry = self.take_parcels(parcels)?;
        synced.again = reply.page.more || has_more_to_carry || self.has_more_to_say()?;
        self.save_session()?;
        Ok(synced)
    }

    /// Whether another exchange has work to do at once.
    fn has_more_to_say(&self) -> Result<bool, ReplicaError> {
        let may_read = self.session.state == SeatState::Active;
        Ok(self.store.unsent()? > 0
            || self.is_telling()?
            || !self.store.unsent_envelopes()?.is_empty()
            || (may_read && self.store.next_backfill()?.is_some())
            || !self.session.resend.is_empty()
            || self.has_gone_to_tell()?)
    }

    /// Whether a restored server is still to be told something again.
    pub(super) fn is_telling(&self) -> Result<bool, ReplicaError> {
        Ok(!self.store.forgotten_envelopes(1)?.is_empty()
            || !self.store.forgotten_rulings(1)?.is_empty())
    }

    /// The server has been told again what the request held.
    fn note_told(&mut self, asked: &Asked) -> Result<(), ReplicaError> {
        for hash in &asked.told_envelopes {
            self.store.envelope_told(*hash)?;
        }
        if let Some(through) = asked.told_rulings {
            self.store.rulings_told(through)?;
        }
        Ok(())
    }

    /// The server was restored. What it forgot is no longer accepted: own commands are pending again, others' are told
    /// again, and all come back through the log.
    fn begin_era(&mut self, era: Era) -> Result<(), ReplicaError> {
        let kept = era.kept.unwrap_or(self.session.cursor.seq);
        let kept = kept.min(self.session.cursor.seq);
        for (hash, stored) in self.store.envelopes_after(kept)? {
            self.reclaim_own(hash, &stored)?;
        }
        let documents = self.store.forget_changes_after(kept)?;
        self.store.forget_envelopes_after(kept)?;
        self.store.forget_envelopes_aside()?;
        self.forget_epochs(kept)?;
        self.store.forget_rulings_after(kept)?;
        self.store.offer_blobs_again(kept)?;
        for grant in self.store.grants_after(kept)? {
            self.end_grant(grant)?;
        }
        for (seq, grant) in self.store.take_lapsed_after(kept)? {
            self.give_again(seq, &grant)?;
        }
        self.store.forget_ended_after(kept)?;
        self.store.clear_meta("in_flight")?;
        self.store.set_meta("returning", &true)?;
        for mut row in self.store.outbox()? {
            if matches!(row.state, CommandState::Waiting | CommandState::Admitted) {
                row.state = CommandState::Sealed;
                self.store.put_command(&row)?;
            }
        }
        self.session.cursor = Cursor {
            era: era.number,
            seq: kept,
        };
        self.forget_loaded(&documents);
        for id in documents {
            if let Some(mut row) = self.store.document(id)? {
                // What is pending may hang in the air until its dependencies come back. The next change must not take
                // its place in the actor's sequence.
                row.branch = None;
                self.store.put_document(&row)?;
                self.save_heads(row.key)?;
            }
        }
        Ok(())
    }

    /// Whether something may be left here that was recorded under a grant which a restore forgot.
    pub(super) fn is_returning(&self) -> Result<bool, ReplicaError> {
        Ok(self.store.meta("returning")?.unwrap_or(false))
    }

    /// The device has returned when all is told, all of its own stands in the log, and what no grant covers is let go. Until
    /// then its person may go on working in a case whose grant is still to come back.
    fn end_return(&self) -> Result<(), ReplicaError> {
        if self.is_returning()? && !self.is_telling()? && self.store.outbox()?.is_empty() {
            self.store.clear_meta("returning")?;
        }
        Ok(())
    }

    /// Own commands of an envelope that the server forgot are pending again, with the same changes.
    fn reclaim_own(&mut self, hash: EnvelopeHash, stored: &[u8]) -> Result<(), ReplicaError> {
        let envelopes = unpack_stored(stored)?;
        for envelope in envelopes.iter().filter(|one| one.head.seat == self.seat()) {
            for head in &envelope.commands {
                let Some(mut row) = self.store.command(head.id)? else {
                    continue;
                };
                // Another envelope may hold an older version of it, which was turned away.
                let stands = row.own && row.envelope == Some(hash);
                if !stands || row.state != CommandState::Accepted {
                    continue;
                }
                for part in envelope
                    .parts_of(head.id)
                    .into_iter()
                    .filter_map(PartRow::of)
                {
                    self.store.put_part(head.id, &part)?;
                }
                row.state = CommandState::Sealed;
                row.envelope = Some(hash);
                self.store.put_command(&row)?;
            }
        }
        Ok(())
    }

    fn take_answer(
        &mut self,
        answer: &Answer,
        turned: &mut BTreeMap<CommandId, Turned>,
    ) -> Result<(), ReplicaError> {
        let Some(mut row) = self.store.command(answer.command)? else {
            return Ok(());
        };
        if !matches!(row.state, CommandState::Sealed | CommandState::Waiting) {
            return Ok(());
        }
        row.state = match answer.seen {
            Seen::Admitted(_) => CommandState::Admitted,
            Seen::Waiting => CommandState::Waiting,
            Seen::TurnedAway(code) => {
                turned.insert(answer.command, code);
                return Ok(());
            }
        };
        Ok(self.store.put_command(&row)?)
    }

    /// Notes how far a backfill came; at its end, that all of the grant is here.
    fn note_backfill(&mut self, asked: &Asked, backfill: &Backfill) -> Result<(), ReplicaError> {
        let Some(grant) = asked.backfill else {
            return Ok(());
        };
        match &backfill.next {
            Some(next) if !planted(Plant::LoseBackfill) && next.grant == grant => {
                Ok(self.store.put_backfill(next, 0)?)
            }
            Some(_) | None => Ok(self.store.end_backfill(grant)?),
        }
    }

    /// Digests of all that this person's grants cover here, by bucket. Own work that no grant covers stays here and is no part of
    /// it: the server gives it to nobody on that account.
    fn buckets(&self) -> Result<[u64; BUCKETS], ReplicaError> {
        let mut buckets = [0; BUCKETS];
        let unswept: BTreeSet<CaseId> = self.store.unswept()?.into_iter().collect();
        for row in self.store.documents()? {
            let id = row.key.id();
            // What lost its grant stays while something in it waits to be sent.
            let is_covered = if unswept.contains(&row.key.case) {
                self.is_covered(&row.key)?
            } else {
                row.granted
            };
            if is_covered && !row.heads.is_empty() {
                buckets[usize::from(bucket_of(id))] ^= document_digest(id, row.epoch, &row.heads);
            }
        }
        Ok(buckets)
    }

    /// One digest of all that this person's grants cover here, which the server compares with its own.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn digest(&self) -> Result<[u8; 32], ReplicaError> {
        Ok(digest_of_buckets(&self.buckets()?))
    }

    fn take_check(&mut self, check: &SelfCheck) -> Result<(), ReplicaError> {
        let SelfCheck::Differs(theirs) = check else {
            return Ok(());
        };
        let ours = self.buckets()?;
        let differing = ours
            .iter()
            .zip(theirs)
            .enumerate()
            .filter(|(_, (ours, theirs))| ours != theirs);
        self.session.resend = differing.map(|(bucket, _)| bucket as u8).collect();
        Ok(())
    }
}
