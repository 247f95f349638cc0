//! Where a part of a command may stand: in whose compartment, in which volume, once in each class, and under whose right.

use jangkau_core::class::{CHANGES_MAX, Class, Compartment, DocumentKey};
use jangkau_core::command::{CommandEntry, RecordService, ServiceType};
use jangkau_core::document::{Document, actor_id};
use jangkau_core::id::DocEpoch;
use jangkau_core::record::Prose;
use jangkau_core::sync::{Part, PushBack, SealedEnvelope, SyncRequest, Turned, pack};

use super::bench::{change, head_of};
use super::trial::Trial;
use crate::admission::{Admission, Road};

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

/// Turned away on every road: no grant that may yet come back gives the right.
fn never_given(trial: &Trial, envelope: &SealedEnvelope) {
    for road in [Road::Push, Road::PushAfterRestore, Road::Again] {
        let asked = trial.asked(road, envelope);
        let is_turned = matches!(asked, Admission::TurnedAway(Turned::NoGrant));
        assert!(is_turned, "{road:?}: {asked:?}");
    }
}

#[test]
fn who_waits_in_a_case_may_wait_with_more_and_gets_nothing_in() {
    let mut trial = Trial::new();
    let mut other = trial.bench.seat(&["volunteer"]);
    trial.case = trial.bench.register(&mut other);
    let first = trial.sealed_visit();
    let push_back = PushBack {
        envelopes: pack([&first]).unwrap(),
        rulings: Vec::new(),
    };
    let request = SyncRequest {
        push_back: Some(push_back),
        ..trial.hand.asking()
    };
    trial.bench.send(&mut trial.hand, request).unwrap();
    // In a document of its own, so that nothing but the right is in its way.
    let second = trial.visit_with(|trial, entry| {
        let key = trial.hand.key_of(entry.case, Class::Record);
        let own = Compartment::Author(trial.hand.person);
        trial.part_in(
            DocumentKey {
                compartment: own,
                ..key
            },
            entry,
        )
    });
    let asked = trial.asked(Road::Push, &second);
    assert!(matches!(asked, Admission::Waiting), "{asked:?}");
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
    never_given(&trial, &visit);
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
    never_given(&trial, &session);
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
