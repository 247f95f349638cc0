//! One worker, one case, and commands that are made otherwise than a device makes them.

use automerge::{Change, ExpandedChange};
use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::command::{Attendance, CommandEntry, RecordSession, SessionMode};
use jangkau_core::document::{Document, actor_id};
use jangkau_core::id::{Branch, CaseId, DocEpoch};
use jangkau_core::record::Prose;
use jangkau_core::sync::{Part, SealedEnvelope, Seen, Turned};

use super::bench::{Bench, Hand, change, head_of};
use crate::admission::{Admission, Known, Road, admit, vouch};
use crate::store::institutions;

/// A bench, a social worker with a case, and what the worker pushes.
pub(super) struct Trial {
    pub(super) bench: Bench,
    pub(super) hand: Hand,
    pub(super) case: CaseId,
}

impl Trial {
    pub(super) fn new() -> Self {
        let mut bench = Bench::new();
        let mut hand = bench.seat(&["social_worker"]);
        let case = bench.register(&mut hand);
        Self { bench, hand, case }
    }

    pub(super) fn visit(&mut self) -> CommandEntry {
        self.bench.visit(&self.hand, self.case)
    }

    pub(super) fn sealed_visit(&mut self) -> SealedEnvelope {
        let entry = self.visit();
        self.bench.sealed(&mut self.hand, &entry)
    }

    /// A visit whose one part is made otherwise.
    pub(super) fn visit_with(
        &mut self,
        make: impl FnOnce(&mut Self, &CommandEntry) -> Part,
    ) -> SealedEnvelope {
        let entry = self.visit();
        let part = make(self, &entry);
        self.bench.seal(
            &self.hand,
            vec![(head_of(&entry, self.bench.now), vec![part])],
        )
    }

    /// A change by an actor of this seat, in a document of its own.
    pub(super) fn written(&self, entry: &CommandEntry, epoch: DocEpoch, branch: Branch) -> Vec<u8> {
        let key = self.hand.key_of(entry.case, Class::Record);
        let actor = actor_id(self.hand.seat, key.id(), epoch, branch);
        Document::default()
            .write(actor, entry.id, &entry.records())
            .unwrap()
    }

    pub(super) fn turned(&mut self, envelopes: &[SealedEnvelope], expected: Turned) {
        let answers = self.bench.push(&mut self.hand, envelopes);
        let last = answers.last().unwrap();
        assert_eq!(last.seen, Seen::TurnedAway(expected));
        let kept = self
            .bench
            .engine
            .turned_away(&self.bench.institution)
            .unwrap();
        let kept = kept
            .iter()
            .find(|row| row.command == Some(last.command))
            .unwrap();
        assert_eq!(kept.reason, Some(expected));
        let bytes = self
            .bench
            .engine
            .quarantined_bytes(&self.bench.institution, kept.number);
        assert!(!bytes.unwrap().unwrap().is_empty());
        assert_eq!(
            self.bench
                .engine
                .rebuild_check(&self.bench.institution)
                .unwrap(),
            []
        );
    }

    /// What admission alone says, on a road.
    pub(super) fn asked(&self, road: Road, envelope: &SealedEnvelope) -> Admission {
        let engine = &self.bench.engine;
        let db = engine.store.db();
        let tenant = institutions::find(&db, &self.bench.institution)
            .unwrap()
            .unwrap()
            .tenant;
        let known = Known {
            db: &db,
            tenant,
            library: &engine.library,
        };
        let institution = &self.bench.institution;
        let signer = vouch(&known, institution, self.hand.seat, road, envelope);
        let signer = signer.unwrap().unwrap();
        admit(&known, &signer, road, envelope, &envelope.commands[0]).unwrap()
    }

    /// Why admission alone turns something away, for what the wire cannot carry.
    pub(super) fn admission(&self, envelope: &SealedEnvelope) -> Turned {
        match self.asked(Road::Push, envelope) {
            Admission::TurnedAway(code) => code,
            other @ (Admission::Admitted(_) | Admission::Duplicate(_) | Admission::Waiting) => {
                panic!("{other:?}")
            }
        }
    }

    /// What the command writes of a document's class, as the first change of this seat in it.
    pub(super) fn part_in(&self, key: DocumentKey, entry: &CommandEntry) -> Part {
        let mut records = entry.records();
        records.retain(|record| record.class == key.class);
        let actor = actor_id(self.hand.seat, key.id(), DocEpoch::new(0), self.hand.branch);
        let bytes = Document::default().write(actor, entry.id, &records);
        change(key, self.hand.branch, bytes.unwrap())
    }

    /// A session with a note: two parts, of which the note does not lead.
    pub(super) fn session(&mut self) -> CommandEntry {
        let session = RecordSession {
            attendance: Attendance::Held,
            mode: SessionMode::InPerson,
            minutes: 45,
            danger: None,
            appointment: None,
            note: Some(Prose::new("Catatan.").unwrap()),
        };
        self.bench.entry(&self.hand, self.case, session.into())
    }

    pub(super) fn sealed_session(&mut self) -> SealedEnvelope {
        let entry = self.session();
        self.bench.sealed(&mut self.hand, &entry)
    }
}

pub(super) fn edited(bytes: &[u8], edit: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).unwrap().decode();
    edit(&mut change);
    Change::from(change).raw_bytes().to_vec()
}
