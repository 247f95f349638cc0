//! Every code by which a command is turned away, each with an input that earns it.

use automerge::legacy::{Key, ObjectId, OpId};
use automerge::{Change, ExpandedChange};
use jangkau_core::class::{CHANGES_MAX, Class, Compartment, DocumentKey};
use jangkau_core::command::{
    Attendance, CommandEntry, CommandKind, DraftMinutes, EditMinutes, RecordService, RecordSession,
    ServiceType, SessionMode,
};
use jangkau_core::document::{Document, actor_id};
use jangkau_core::envelope::KeyRef;
use jangkau_core::id::{Branch, CaseId, DocEpoch, SeatId};
use jangkau_core::record::{Line, Prose, SharedText, TextEdit};
use jangkau_core::sync::{
    Part, PartBody, PushBack, SealedEnvelope, SeatStatus, Seen, SyncRequest, Turned, pack,
};

use super::bench::{Bench, Hand, change, head_of};
use crate::admission::{Admission, Known, Road, admit, vouch};
use crate::store::institutions;

/// A bench, a social worker with a case, and what the worker pushes.
pub(super) struct Trial {
    pub(super) bench: Bench,
    pub(super) hand: Hand,
    case: CaseId,
}

impl Trial {
    pub(super) fn new() -> Self {
        let mut bench = Bench::new();
        let mut hand = bench.seat(&["social_worker"]);
        let case = bench.register(&mut hand);
        Self { bench, hand, case }
    }

    fn visit(&mut self) -> CommandEntry {
        self.bench.visit(&self.hand, self.case)
    }

    fn sealed_visit(&mut self) -> SealedEnvelope {
        let entry = self.visit();
        self.bench.sealed(&mut self.hand, &entry)
    }

    /// A visit whose one part is made otherwise.
    fn visit_with(
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
    fn written(&self, entry: &CommandEntry, epoch: DocEpoch, branch: Branch) -> Vec<u8> {
        let key = self.hand.key_of(entry.case, Class::Record);
        let actor = actor_id(self.hand.seat, key.id(), epoch, branch);
        Document::default()
            .write(actor, entry.id, &entry.records())
            .unwrap()
    }

    fn turned(&mut self, envelopes: &[SealedEnvelope], expected: Turned) {
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
    fn asked(&self, road: Road, envelope: &SealedEnvelope) -> Admission {
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
    fn admission(&self, envelope: &SealedEnvelope) -> Turned {
        match self.asked(Road::Push, envelope) {
            Admission::TurnedAway(code) => code,
            other @ (Admission::Admitted(_) | Admission::Duplicate(_) | Admission::Waiting) => {
                panic!("{other:?}")
            }
        }
    }

    /// What the command writes of a document's class, as the first change of this seat in it.
    fn part_in(&self, key: DocumentKey, entry: &CommandEntry) -> Part {
        let mut records = entry.records();
        records.retain(|record| record.class == key.class);
        let actor = actor_id(self.hand.seat, key.id(), DocEpoch::new(0), self.hand.branch);
        let bytes = Document::default().write(actor, entry.id, &records);
        change(key, self.hand.branch, bytes.unwrap())
    }

    /// A session with a note: two parts, of which the note does not lead.
    fn session(&mut self) -> CommandEntry {
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

    fn sealed_session(&mut self) -> SealedEnvelope {
        let entry = self.session();
        self.bench.sealed(&mut self.hand, &entry)
    }
}

fn edited(bytes: &[u8], edit: impl FnOnce(&mut ExpandedChange)) -> Vec<u8> {
    let mut change = Change::from_bytes(bytes.to_vec()).unwrap().decode();
    edit(&mut change);
    Change::from(change).raw_bytes().to_vec()
}

#[test]
fn bad_signature() {
    let mut trial = Trial::new();
    let mut envelope = trial.sealed_visit();
    envelope.signature[3] ^= 1;
    trial.turned(&[envelope], Turned::BadSignature);
}

#[test]
fn another_seats_envelope_is_not_ones_own() {
    let mut trial = Trial::new();
    let mut other = trial.bench.seat(&["social_worker"]);
    let entry = trial.bench.registration(&other);
    let envelope = trial.bench.sealed(&mut other, &entry);
    trial.turned(&[envelope], Turned::BadSignature);
}

#[test]
fn unknown_seat() {
    let mut trial = Trial::new();
    trial.hand.seat = SeatId::from_bytes([9; 16]);
    let envelope = trial.sealed_visit();
    trial.hand.seat = trial.hand.enrolled.certificate.seat;
    trial.turned(&[envelope], Turned::UnknownSeat);
}

#[test]
fn revoked_seat() {
    let mut trial = Trial::new();
    let envelope = trial.sealed_visit();
    let now = trial.bench.later();
    let institution = trial.bench.institution.clone();
    let seat = trial.hand.seat;
    trial
        .bench
        .engine
        .revoke(&institution, seat, SeatStatus::Retired, now)
        .unwrap();
    trial.turned(&[envelope], Turned::RevokedSeat);
}

#[test]
fn wrong_institution() {
    let mut trial = Trial::new();
    trial.hand.institution = "mataram".parse().unwrap();
    let envelope = trial.sealed_visit();
    trial.turned(&[envelope], Turned::WrongInstitution);
}

#[test]
fn no_grant_on_the_case() {
    let mut trial = Trial::new();
    let mut other = trial.bench.seat(&["volunteer"]);
    trial.case = trial.bench.register(&mut other);
    let envelope = trial.sealed_visit();
    trial.turned(&[envelope], Turned::NoGrant);
}

#[test]
fn what_gives_the_right_may_come_back_after_a_restore() {
    let mut trial = Trial::new();
    let mut other = trial.bench.seat(&["volunteer"]);
    trial.case = trial.bench.register(&mut other);
    let envelope = trial.sealed_visit();
    assert_eq!(trial.admission(&envelope), Turned::NoGrant);
    for road in [Road::PushAfterRestore, Road::Again] {
        let asked = trial.asked(road, &envelope);
        assert!(matches!(asked, Admission::Waiting), "{road:?}: {asked:?}");
    }
}

#[test]
fn nothing_waits_under_a_registration_that_its_author_had_no_right_to() {
    let mut trial = Trial::new();
    trial.hand = trial.bench.seat(&["auditor"]);
    let entry = trial.bench.registration(&trial.hand);
    let envelope = trial.bench.sealed(&mut trial.hand, &entry);
    trial.bench.push(&mut trial.hand, &[envelope]);
    trial.case = entry.case;
    let visit = trial.sealed_visit();
    for road in [Road::Push, Road::PushAfterRestore, Road::Again] {
        let asked = trial.asked(road, &visit);
        let is_turned = matches!(asked, Admission::TurnedAway(Turned::NoGrant));
        assert!(is_turned, "{road:?}: {asked:?}");
    }
}

#[test]
fn nobody_writes_in_the_compartment_of_another() {
    let mut trial = Trial::new();
    let other = trial.bench.person(&["volunteer"]);
    let in_theirs = |key: DocumentKey| DocumentKey {
        compartment: Compartment::Author(other),
        ..key
    };
    // The worker responsible reads all of the record, and writes a visit in it, but not as if a volunteer had.
    let visit = trial.visit_with(|trial, entry| {
        let key = trial.hand.key_of(entry.case, Class::Record);
        trial.part_in(in_theirs(key), entry)
    });
    assert_eq!(trial.admission(&visit), Turned::NoGrant);
    // A note among somebody else's: no grant that may yet come back gives that.
    let entry = trial.session();
    let parts = trial.hand.parts(&entry).into_iter().map(|part| {
        let key = *part.document().unwrap();
        if key.class == Class::Notes {
            trial.part_in(in_theirs(key), &entry)
        } else {
            part
        }
    });
    let parts = parts.collect();
    let head = head_of(&entry, trial.bench.now);
    let session = trial.bench.seal(&trial.hand, vec![(head, parts)]);
    for road in [Road::Push, Road::PushAfterRestore, Road::Again] {
        let asked = trial.asked(road, &session);
        let is_turned = matches!(asked, Admission::TurnedAway(Turned::NoGrant));
        assert!(is_turned, "{road:?}: {asked:?}");
    }
}

#[test]
fn no_right_to_open_a_case() {
    let mut trial = Trial::new();
    trial.hand = trial.bench.seat(&["auditor"]);
    let entry = trial.bench.registration(&trial.hand);
    let envelope = trial.bench.sealed(&mut trial.hand, &entry);
    trial.turned(&[envelope], Turned::NoGrant);
}

#[test]
fn somebody_who_works_here_no_more() {
    let mut trial = Trial::new();
    let envelope = trial.sealed_visit();
    let (now, institution) = (trial.bench.later(), trial.bench.institution.clone());
    let person = trial.hand.person;
    trial
        .bench
        .engine
        .change_staff(&institution, person, &[], false, now)
        .unwrap();
    trial.turned(&[envelope], Turned::NoGrant);
}

#[test]
fn shape_of_another_command() {
    let mut trial = Trial::new();
    let entry = trial.visit();
    let parts = trial.hand.parts(&entry);
    let mut head = head_of(&entry, trial.bench.now);
    head.kind = CommandKind::RecordService;
    let envelope = trial.bench.seal(&trial.hand, vec![(head, parts)]);
    trial.turned(&[envelope], Turned::Shape);
}

#[test]
fn shape_of_a_record_under_another_id() {
    let mut trial = Trial::new();
    let other = trial.visit();
    let envelope = trial.visit_with(|trial, entry| {
        let key = trial.hand.key_of(entry.case, Class::Record);
        let entry = CommandEntry {
            id: other.id,
            ..entry.clone()
        };
        trial.part_in(key, &entry)
    });
    trial.turned(&[envelope], Turned::Shape);
}

#[test]
fn shape_with_a_record_that_such_a_command_does_not_write() {
    let mut trial = Trial::new();
    let service = RecordService {
        kind: ServiceType::Accompaniment,
        note: Prose::new("Ke Puskesmas.").unwrap(),
    };
    let service = trial.bench.entry(&trial.hand, trial.case, service.into());
    let envelope = trial.visit_with(|trial, entry| {
        let key = trial.hand.key_of(entry.case, Class::Record);
        let actor = actor_id(
            trial.hand.seat,
            key.id(),
            DocEpoch::new(0),
            trial.hand.branch,
        );
        let records = [entry.records(), service.records()].concat();
        let bytes = Document::default().write(actor, entry.id, &records);
        change(key, trial.hand.branch, bytes.unwrap())
    });
    trial.turned(&[envelope], Turned::Shape);
}

#[test]
fn shape_of_another_instant() {
    let mut trial = Trial::new();
    let entry = trial.visit();
    let parts = trial.hand.parts(&entry);
    let mut head = head_of(&entry, trial.bench.now);
    head.occurred_at = head.occurred_at.plus_millis(1);
    let envelope = trial.bench.seal(&trial.hand, vec![(head, parts)]);
    trial.turned(&[envelope], Turned::Shape);
}

#[test]
fn too_long() {
    let mut trial = Trial::new();
    let envelope = trial.visit_with(|trial, entry| {
        let key = trial.hand.key_of(entry.case, Class::Record);
        change(
            key,
            trial.hand.branch,
            vec![0; jangkau_core::chunk::CHANGE_BYTES_MAX + 1],
        )
    });
    assert_eq!(trial.admission(&envelope), Turned::TooLong);
}

#[test]
fn incomplete() {
    let mut trial = Trial::new();
    let whole = trial.sealed_session();
    let is_metadata = |part: &Part| part.document().unwrap().class == Class::Sessions;
    let pruned = whole.visible_to(|_, part| is_metadata(part)).unwrap();
    trial.turned(&[pruned], Turned::Incomplete);
}

#[test]
fn a_part_waits_for_the_one_that_says_what_the_command_is() {
    let mut trial = Trial::new();
    let whole = trial.sealed_session();
    let is_note = |part: &Part| part.document().unwrap().class == Class::Notes;
    let note = whole.visible_to(|_, part| is_note(part)).unwrap();
    assert!(matches!(
        trial.asked(Road::Again, &note),
        Admission::Waiting
    ));
    trial.bench.push(&mut trial.hand, &[whole]);
    let known = trial.asked(Road::Again, &note);
    assert!(matches!(known, Admission::Duplicate(_)), "{known:?}");
}

#[test]
fn a_command_writes_once_in_each_class() {
    let mut trial = Trial::new();
    let entry = trial.visit();
    let shared = trial.hand.key_of(entry.case, Class::Record);
    let own = DocumentKey {
        compartment: Compartment::Author(trial.hand.person),
        ..shared
    };
    assert_ne!(own, shared);
    for keys in [vec![shared], vec![own], vec![shared, own]] {
        let parts = keys.iter().map(|key| trial.part_in(*key, &entry));
        let head = head_of(&entry, trial.bench.now);
        let envelope = trial.bench.seal(&trial.hand, vec![(head, parts.collect())]);
        if keys.len() == 1 {
            let one = trial.asked(Road::Push, &envelope);
            assert!(matches!(one, Admission::Admitted(_)), "{one:?}");
        } else {
            assert_eq!(trial.admission(&envelope), Turned::Shape);
        }
    }
}

#[test]
fn a_volume_waits_until_the_one_before_it_is_full() {
    let mut trial = Trial::new();
    let first = trial.sealed_visit();
    trial.bench.push(&mut trial.hand, &[first]);
    let next = |trial: &Trial, volume| DocumentKey {
        volume,
        ..trial.hand.key_of(trial.case, Class::Record)
    };
    let second = trial.visit_with(|trial, entry| trial.part_in(next(trial, 1), entry));
    let third = trial.visit_with(|trial, entry| trial.part_in(next(trial, 2), entry));
    let holds = |trial: &Trial, column: &str, number: usize| {
        let sql = format!("UPDATE document SET {column} = {number} WHERE id = ?1");
        let id = next(trial, 0).id();
        let changed = trial.bench.engine.store.db().execute(&sql, [id]);
        assert_eq!(changed.unwrap(), 1);
    };
    let is_taken = |trial: &Trial, envelope| match trial.asked(Road::Push, envelope) {
        Admission::Admitted(_) => true,
        Admission::Waiting => false,
        other @ (Admission::Duplicate(_) | Admission::TurnedAway(_)) => panic!("{other:?}"),
    };
    holds(&trial, "changes", CHANGES_MAX - 1);
    assert!(!is_taken(&trial, &second));
    holds(&trial, "changes", CHANGES_MAX);
    assert!(is_taken(&trial, &second));
    assert!(
        !is_taken(&trial, &third),
        "of the one between there is nothing"
    );
    // One that was rewritten was full, or nobody would have gone on to the next.
    holds(&trial, "changes", 1);
    assert!(!is_taken(&trial, &second));
    holds(&trial, "epoch", 1);
    assert!(is_taken(&trial, &second));
}

#[test]
fn wrong_actor() {
    let mut trial = Trial::new();
    let envelope = trial.visit_with(|trial, entry| {
        let bytes = trial.written(entry, DocEpoch::new(0), Branch::from_bytes([1; 8]));
        change(
            trial.hand.key_of(entry.case, Class::Record),
            trial.hand.branch,
            bytes,
        )
    });
    assert_eq!(trial.admission(&envelope), Turned::WrongActor);
}

#[test]
fn reused_sequence() {
    let mut trial = Trial::new();
    let first = trial.sealed_visit();
    trial.bench.push(&mut trial.hand, &[first]);
    let second = trial.visit_with(|trial, entry| {
        let bytes = trial.written(entry, DocEpoch::new(0), trial.hand.branch);
        change(
            trial.hand.key_of(entry.case, Class::Record),
            trial.hand.branch,
            bytes,
        )
    });
    trial.turned(&[second], Turned::ReusedSequence);
}

#[test]
fn wrong_counter() {
    let mut trial = Trial::new();
    let envelope = trial.visit_with(|trial, entry| {
        let bytes = trial.written(entry, DocEpoch::new(0), trial.hand.branch);
        let bytes = edited(&bytes, |change| {
            change.start_op = change.start_op.checked_add(7).unwrap();
            for operation in &mut change.operations {
                if let ObjectId::Id(id) = &operation.obj {
                    operation.obj = ObjectId::Id(OpId::new(id.counter() + 7, id.actor()));
                }
            }
        });
        change(
            trial.hand.key_of(entry.case, Class::Record),
            trial.hand.branch,
            bytes,
        )
    });
    trial.turned(&[envelope], Turned::WrongCounter);
}

#[test]
fn wrong_dependencies() {
    let mut trial = Trial::new();
    let entry = trial.visit();
    let parts = trial.hand.parts(&entry);
    let mut head = head_of(&entry, trial.bench.now);
    head.occurred_at = head.occurred_at.plus_millis(1);
    let first = trial.bench.seal(&trial.hand, vec![(head, parts)]);
    let second = trial.sealed_visit();
    trial.turned(&[first, second], Turned::WrongDependencies);
}

#[test]
fn dependencies_without_the_actors_own() {
    let mut trial = Trial::new();
    let first = trial.sealed_visit();
    trial.bench.push(&mut trial.hand, &[first]);
    let second = trial.visit_with(|trial, entry| {
        let bytes = trial.written(entry, DocEpoch::new(0), trial.hand.branch);
        let bytes = edited(&bytes, |change| change.seq = 2);
        change(
            trial.hand.key_of(entry.case, Class::Record),
            trial.hand.branch,
            bytes,
        )
    });
    trial.turned(&[second], Turned::WrongDependencies);
}

/// Two commands of one id, under two branches of the same seat.
fn twins(trial: &mut Trial) -> (SealedEnvelope, SealedEnvelope) {
    let entry = trial.visit();
    let mut make = |branch| {
        let bytes = trial.written(&entry, DocEpoch::new(0), branch);
        let part = change(trial.hand.key_of(entry.case, Class::Record), branch, bytes);
        let head = head_of(&entry, trial.bench.now);
        trial.bench.seal(&trial.hand, vec![(head, vec![part])])
    };
    (
        make(Branch::from_bytes([1; 8])),
        make(Branch::from_bytes([2; 8])),
    )
}

#[test]
fn command_exists() {
    let mut trial = Trial::new();
    let (first, second) = twins(&mut trial);
    trial.bench.push(&mut trial.hand, &[first]);
    trial.turned(&[second], Turned::CommandExists);
}

#[test]
fn record_exists() {
    let mut trial = Trial::new();
    let (first, second) = twins(&mut trial);
    trial.bench.push(&mut trial.hand, &[first]);
    let push_back = PushBack {
        envelopes: pack([&second]).unwrap(),
        rulings: Vec::new(),
    };
    let request = SyncRequest {
        push_back: Some(push_back),
        ..trial.hand.asking()
    };
    trial.bench.send(&mut trial.hand, request).unwrap();
    let kept = trial
        .bench
        .engine
        .turned_away(&trial.bench.institution)
        .unwrap();
    assert_eq!(kept[0].reason, Some(Turned::RecordExists));
}

#[test]
fn unloadable() {
    let mut trial = Trial::new();
    let minutes = DraftMinutes {
        title: Line::new("Rapat").unwrap(),
        body: SharedText::new("Hadir.").unwrap(),
    };
    let draft = trial.bench.entry(&trial.hand, trial.case, minutes.into());
    let first = trial.bench.sealed(&mut trial.hand, &draft);
    let edit = TextEdit {
        old: "Hadir.".to_owned(),
        new: "Hadir: Sari.".to_owned(),
    };
    let edit = EditMinutes {
        target: draft.id,
        edit: Some(edit),
    };
    let entry = trial.bench.entry(&trial.hand, trial.case, edit.into());
    let mut parts = trial.hand.parts(&entry);
    if let PartBody::Change { bytes, .. } = &mut parts[0].body {
        *bytes = edited(bytes, |change| {
            for operation in &mut change.operations {
                if let Key::Seq(element) = &operation.key
                    && let Some(id) = element.as_opid()
                    && id.counter() < change.start_op.get()
                {
                    operation.key = OpId::new(2, id.actor()).into();
                }
            }
        });
    }
    let second = trial
        .bench
        .seal(&trial.hand, vec![(head_of(&entry, trial.bench.now), parts)]);
    trial.turned(&[first, second], Turned::Unloadable);
}

#[test]
fn wrong_epoch() {
    let mut trial = Trial::new();
    let envelope = trial.visit_with(|trial, entry| {
        let (document, branch) = (
            trial.hand.key_of(entry.case, Class::Record),
            trial.hand.branch,
        );
        let epoch = DocEpoch::new(1);
        let bytes = trial.written(entry, epoch, branch);
        let body = PartBody::Change {
            document,
            epoch,
            branch,
            bytes,
        };
        Part {
            body,
            key: KeyRef::default(),
        }
    });
    trial.turned(&[envelope], Turned::WrongEpoch);
}

#[test]
fn wrong_author() {
    let mut trial = Trial::new();
    let mut entry = trial.visit();
    entry.stamp.by = trial.bench.person(&["social_worker"]);
    let envelope = trial.bench.sealed(&mut trial.hand, &entry);
    trial.turned(&[envelope], Turned::WrongAuthor);
}

#[test]
fn unknown_command() {
    let mut trial = Trial::new();
    let entry = trial.visit();
    let row = Part {
        body: PartBody::Row {
            kind: 1,
            bytes: b"complaint".to_vec(),
        },
        key: KeyRef::default(),
    };
    let head = head_of(&entry, trial.bench.now);
    let envelope = trial.bench.seal(&trial.hand, vec![(head, vec![row])]);
    trial.turned(&[envelope], Turned::UnknownCommand);
}
