//! Reading the log: commands into documents, rulings into rows, grants into the queue of what to fetch.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;

use super::exchange::{to_stored, unpack_stored};
use super::{Replica, ReplicaError, SeatState};
use crate::class::DocumentKey;
use crate::command::PlacedRecord;
use crate::document::{Document, inspect};
use crate::id::{CaseId, CommandId, DocumentId, LogEra, PersonId, ServerSeq};
use crate::record::{Field as _, Record};
use crate::rules::{CaseState, Verdict};
use crate::store::{CommandRow, CommandState, DocumentRow, decode, encode};
use crate::sync::{
    Backfill, GrantRow, GrantScope, InstallFrame, Packed, Page, Part, PartBody, Row,
    SealedEnvelope, SeatStatus, SignedRuling, WireRow, unpack,
};
use crate::time::Timestamp;

/// Changes that one answer brings, by document, in the order of the log.
#[derive(Default)]
struct Arrived {
    changes: BTreeMap<DocumentId, (DocumentKey, Vec<Vec<u8>>)>,
    /// Documents whose pending parts have to be recorded again under a new branch.
    forked: BTreeSet<DocumentId>,
    /// Documents that the server rewrote.
    rewritten: BTreeSet<DocumentKey>,
}

impl Replica {
    /// Takes the rows after the cursor. Gives the documents that changed.
    pub(super) fn take_page(
        &mut self,
        page: &Page,
        rng: &mut dyn CryptoRng,
    ) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        self.take_rows(&page.rows, &page.envelopes, rng)
    }

    /// Takes documents that a grant newly covers, or that are sent again.
    pub(super) fn take_backfill(
        &mut self,
        backfill: &Backfill,
        rng: &mut dyn CryptoRng,
    ) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        for (seq, ruling) in &backfill.rulings {
            self.take_ruling(*seq, ruling)?;
        }
        let mut touched = BTreeSet::new();
        let mut replaced = BTreeSet::new();
        for frame in &backfill.frames {
            touched.extend(self.take_frame(frame, &mut replaced)?);
        }
        self.record_on_new_epochs(replaced, rng)?;
        touched.extend(self.take_rows(&backfill.rows, &backfill.envelopes, rng)?);
        Ok(touched)
    }

    fn take_rows(
        &mut self,
        rows: &[WireRow],
        packed: &Packed,
        rng: &mut dyn CryptoRng,
    ) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        let envelopes = unpack(packed).map_err(|_| ReplicaError::Malformed)?;
        let mut envelopes = envelopes.iter();
        let mut arrived = Arrived::default();
        for row in rows {
            match &row.row {
                Row::Commands(ids) => {
                    let envelope = envelopes.next().ok_or(ReplicaError::Malformed)?;
                    self.take_commands(row, ids, envelope, &mut arrived)?;
                }
                Row::Own(hash, ids) => {
                    let stored = self.store.envelope(*hash)?.ok_or(ReplicaError::Malformed)?;
                    let own = unpack_stored(&stored)?;
                    let envelope = own.first().ok_or(ReplicaError::Damaged)?;
                    self.take_commands(row, ids, envelope, &mut arrived)?;
                }
                Row::Ruling(ruling) => self.take_ruling(row.seq, ruling)?,
                Row::Grant(grant) => self.take_grant(row, grant)?,
                Row::GrantEnd(grant) => {
                    self.store.keep_lapsed(*grant, row.seq)?;
                    self.end_grant(*grant)?;
                }
                Row::Staff(staff) => self.store.put_staff(staff)?,
                Row::Profile(profile) => self.store.put_profile(profile)?,
                Row::Calendar(calendar) => self.store.put_calendar(calendar)?,
                Row::View(view) => self.store.put_view(row.seq, view)?,
                Row::Seat(seat, status) if *seat == self.seat() => self.take_status(*status)?,
                Row::Seat(_, _) => {}
                Row::Epoch(signed) => {
                    let (key, again) = self.take_epoch(row.seq, signed)?;
                    // What came of it in this page is of the old document, and is in its place in the store.
                    arrived.changes.remove(&key.id());
                    arrived.rewritten.insert(key);
                    if again {
                        arrived.forked.insert(key.id());
                    }
                }
                Row::Bar(case, on) => self.take_bar(*case, *on)?,
                Row::Notice(notice) => self.store.put_notice(notice)?,
                Row::Stored(case, command, _) => {
                    self.take_stored(*case, *command, row.seq)?;
                }
            }
        }
        self.apply(arrived, rng)
    }

    fn take_commands(
        &mut self,
        row: &WireRow,
        ids: &[CommandId],
        envelope: &SealedEnvelope,
        arrived: &mut Arrived,
    ) -> Result<(), ReplicaError> {
        if row.seq > self.session.backed_up {
            self.keep_envelope(row.seq, envelope)?;
        }
        let is_own = envelope.head.seat == self.seat();
        for id in ids {
            let Some(head) = envelope.commands.iter().find(|head| head.id == *id) else {
                continue;
            };
            let parts = envelope.parts_of(*id);
            let mut records = Vec::new();
            for part in &parts {
                if self.take_part(part, *id, is_own, row.seq, arrived)? {
                    records.extend(records_of(part)?);
                }
            }
            let Some(case) = envelope.case_of(*id) else {
                continue;
            };
            let mut command = match self.store.command(*id)? {
                Some(known) => known,
                // All that is here of it is of documents that were rewritten since.
                None if records.is_empty() => continue,
                None => CommandRow {
                    id: *id,
                    case,
                    kind: head.kind,
                    author: author_of(&records).ok_or(ReplicaError::Malformed)?,
                    own: is_own,
                    occurred_at: head.occurred_at,
                    recorded_at: Some(head.recorded_at),
                    received_at: None,
                    base: head.base,
                    after: head.after.clone(),
                    records: Vec::new(),
                    state: CommandState::Accepted,
                    code: None,
                    envelope: None,
                    attempts: 0,
                },
            };
            merge_records(&mut command.records, records);
            command.received_at = Some(row.received_at);
            command.envelope = Some(envelope.head.hash());
            command.state = CommandState::Accepted;
            command.code = None;
            self.store.put_command(&command)?;
            self.store.drop_parts(*id)?;
        }
        Ok(())
    }

    /// Keeps an envelope that a restore could forget, with all parts that this vault has of it: after a restore some
    /// may come back before others, and rows of one envelope come one by one.
    fn keep_envelope(&self, seq: ServerSeq, envelope: &SealedEnvelope) -> Result<(), ReplicaError> {
        let hash = envelope.head.hash();
        let known = match self.store.envelope(hash)? {
            Some(stored) => unpack_stored(&stored)?.into_iter().next(),
            None => None,
        };
        let united = match &known {
            Some(known) if known.is_whole() => return Ok(self.store.place_envelope(hash, seq)?),
            Some(known) => known.united(envelope),
            None => envelope.clone(),
        };
        let stored = to_stored(&united)?;
        Ok(self.store.put_envelope(hash, Some(seq), &stored)?)
    }

    /// Takes a change. Gives whether it is of the document as it is now, and not of one that was rewritten since.
    fn take_part(
        &mut self,
        part: &Part,
        id: CommandId,
        is_own: bool,
        seq: ServerSeq,
        arrived: &mut Arrived,
    ) -> Result<bool, ReplicaError> {
        let PartBody::Change {
            document,
            branch,
            epoch,
            bytes,
        } = &part.body
        else {
            return Ok(true);
        };
        let hash = part.content();
        let loaded = self.load(*document)?;
        if *epoch < loaded.row.epoch {
            return Ok(false);
        }
        loaded.row.epoch = *epoch;
        let is_new = !loaded.accepted.has(hash);
        let branch_now = loaded.row.branch;
        if is_own {
            let is_our_branch =
                branch_now == Some(*branch) || self.store.has_pending_on(document.id(), *branch)?;
            let pending = self.store.parts(id)?;
            let ours = pending.iter().find(|ours| ours.document == document.id());
            let is_ours = ours.is_some_and(|ours| ours.hash == hash);
            // Another change under our branch, or of our command: somebody else has this seat's key, or this vault
            // was put back to an older state.
            if is_new && !is_ours && (is_our_branch || ours.is_some()) {
                arrived.forked.insert(document.id());
            }
        }
        if is_new || self.store.document(document.id())?.is_none() {
            self.store.add_change(document.id(), hash, seq, bytes)?;
            let entry = arrived.changes.entry(document.id());
            entry
                .or_insert_with(|| (*document, Vec::new()))
                .1
                .push(bytes.clone());
        }
        Ok(true)
    }

    /// Applies what arrived to the documents in memory, and records again what forked.
    fn apply(
        &mut self,
        arrived: Arrived,
        rng: &mut dyn CryptoRng,
    ) -> Result<BTreeSet<DocumentKey>, ReplicaError> {
        let mut touched = BTreeSet::new();
        for key in arrived.rewritten {
            // One that has nothing here is not to come to be by this.
            if self.store.document(key.id())?.is_some() {
                touched.insert(key);
            }
        }
        for (id, (key, changes)) in arrived.changes {
            touched.insert(key);
            if arrived.forked.contains(&id) {
                continue;
            }
            // A document that was pushed out of memory meanwhile is read with its new changes.
            let is_loaded = self.loaded.contains_key(&id);
            let loaded = self.load(key)?;
            if is_loaded {
                let bytes = || changes.iter().map(Vec::as_slice);
                let applied = loaded
                    .accepted
                    .apply(bytes())
                    .and_then(|()| loaded.working.apply(bytes()));
                applied.map_err(|_| ReplicaError::Damaged)?;
            }
            self.save_heads(key)?;
        }
        if !arrived.forked.is_empty() {
            self.replay(arrived.forked, &BTreeMap::new(), &BTreeSet::new(), rng)?;
        }
        for key in &touched {
            self.save_heads(*key)?;
        }
        Ok(touched)
    }

    /// Stores an install frame as it came, and which documents stand where in it.
    fn take_frame(
        &mut self,
        frame: &InstallFrame,
        replaced: &mut BTreeSet<DocumentId>,
    ) -> Result<Vec<DocumentKey>, ReplicaError> {
        let id = self.store.add_frame(&frame.saved)?;
        let mut keys = Vec::with_capacity(frame.documents.len());
        for (installed, place) in frame.documents.iter().zip(0_u32..) {
            let key = installed.document;
            keys.push(key);
            match self.store.document(key.id())? {
                None => self.store.put_document(&DocumentRow {
                    key,
                    epoch: installed.epoch,
                    branch: None,
                    frame: Some((id, place)),
                    snapshot: None,
                    heads: installed.heads.clone(),
                    granted: true,
                })?,
                Some(row) if row.epoch != installed.epoch => {
                    let whole = (installed.epoch, (id, place));
                    if self.replace_document(&row, whole, &installed.heads)? {
                        replaced.insert(key.id());
                    }
                }
                Some(row) => {
                    let saved = super::documents::saved_in_frame(&frame.saved, place)?;
                    self.merge_installed(&row, &saved)?;
                }
            }
        }
        self.store.drop_unused_frames()?;
        Ok(keys)
    }

    /// A document of which something was here already gets what the frame has beyond that. Changes that no backup
    /// holds stay apart from the snapshot, so that they can be taken out again after a restore.
    fn merge_installed(&mut self, row: &DocumentRow, saved: &[u8]) -> Result<(), ReplicaError> {
        let mut base = Document::load(saved).map_err(|_| ReplicaError::Malformed)?;
        if let Some(here) = self.base(row)? {
            let here = Document::load(&here).map_err(|_| ReplicaError::Damaged)?;
            base.merge(&here).map_err(|_| ReplicaError::Malformed)?;
        }
        let mut row = row.clone();
        row.snapshot = Some(base.save());
        row.frame = None;
        self.store.put_document(&row)?;
        self.loaded.remove(&row.key.id());
        self.save_heads(row.key)
    }

    fn take_ruling(&mut self, seq: ServerSeq, ruling: &SignedRuling) -> Result<(), ReplicaError> {
        let body = ruling
            .verify(&self.identity.server_key)
            .map_err(|_| ReplicaError::Malformed)?;
        let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
        let mut own = false;
        for (command, verdict) in verdicts {
            self.store.put_verdict(command, seq, &encode(&verdict))?;
            own |= self.store.command(command)?.is_some_and(|row| row.own);
        }
        self.store.add_ruling(seq, body.case, ruling, own)?;
        if let Some(state) = &body.state {
            let _: CaseState = decode(state)?;
            self.store.put_case_state(seq, &body, state)?;
        }
        Ok(())
    }

    /// A grant to this person: fetch what it covers.
    fn take_grant(&mut self, row: &WireRow, grant: &GrantRow) -> Result<(), ReplicaError> {
        if grant.person != self.person() {
            return Ok(());
        }
        let has_all = match grant.scope {
            GrantScope::Institution => false,
            GrantScope::Case(case) => {
                // What comes in another's place is told from its own position on; what was told before it comes with its documents.
                !self.has_case_grant(case)? && self.is_whole_here(case, row.received_at)?
            }
        };
        self.store.put_grant(row.seq, grant)?;
        self.mark_unswept(grant.scope)?;
        if has_all {
            return Ok(());
        }
        self.fetch(row.seq, grant.scope)
    }

    /// Whether a grant of this very case goes on.
    fn has_case_grant(&self, case: CaseId) -> Result<bool, ReplicaError> {
        let about = self.store.grants_about(case)?;
        Ok(about
            .iter()
            .any(|grant| grant.scope == GrantScope::Case(case)))
    }

    /// Whether this seat opened the case with what brought it this grant: then nothing of it is elsewhere yet. One that
    /// comes later may give back what was lost meanwhile. After a restore nobody knows that.
    fn is_whole_here(&self, case: CaseId, granted_at: Timestamp) -> Result<bool, ReplicaError> {
        if self.session.cursor.era != LogEra::default() {
            return Ok(false);
        }
        let register = self
            .store
            .command(CommandId::from_bytes(*case.as_bytes()))?;
        let documents = self.store.documents_of(case)?;
        Ok(
            register.is_some_and(|row| row.own && row.received_at == Some(granted_at))
                && !documents.is_empty()
                && documents.iter().all(|document| !document.granted),
        )
    }

    fn take_status(&mut self, status: SeatStatus) -> Result<(), ReplicaError> {
        match status {
            SeatStatus::Active => {
                self.session.state = SeatState::Active;
                self.store.clear_meta("wipe_told")?;
            }
            SeatStatus::Retired => self.retire()?,
            SeatStatus::Stolen => self.session.state = SeatState::Locked,
        }
        Ok(())
    }
}

/// The records that a part writes, placed.
fn records_of(part: &Part) -> Result<Vec<PlacedRecord>, ReplicaError> {
    let PartBody::Change {
        document, bytes, ..
    } = &part.body
    else {
        return Ok(Vec::new());
    };
    let (_, written) = inspect(bytes).map_err(|_| ReplicaError::Malformed)?;
    let place = |(collection, record): (String, Record)| PlacedRecord {
        class: document.class,
        collection,
        record,
    };
    Ok(written.records.into_iter().map(place).collect())
}

fn author_of(records: &[PlacedRecord]) -> Option<PersonId> {
    let mut record = records.first()?.record.clone();
    PersonId::read("by", &mut record).ok()
}

/// Adds records that are not there yet; what the author's own device knows beyond them stays.
fn merge_records(known: &mut Vec<PlacedRecord>, arrived: Vec<PlacedRecord>) {
    for record in arrived {
        let is_known = known
            .iter()
            .any(|known| known.class == record.class && known.collection == record.collection);
        if !is_known {
            known.push(record);
        }
    }
}
