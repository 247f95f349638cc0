//! Every code by which a command is turned away, each with an input that earns it.

use automerge::legacy::{Key, ObjectId, OpId};
use jangkau_core::class::Class;
use jangkau_core::command::{CommandKind, DraftMinutes, EditMinutes};
use jangkau_core::envelope::KeyRef;
use jangkau_core::id::{Branch, DocEpoch, SeatId};
use jangkau_core::record::{Line, SharedText, TextEdit};
use jangkau_core::sync::{
    Part, PartBody, PushBack, SealedEnvelope, SeatStatus, SyncRequest, Turned, pack,
};

use super::bench::{change, head_of};
use super::trial::{Trial, edited};

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
