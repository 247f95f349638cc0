//! A server that was restored from a backup is told again what it forgot.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::{Reassign, Register};
use jangkau_core::id::{CaseId, CaseNumber, CommandId};
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::COMMANDS_PER_PUSH_MAX;

use super::bench::{Bench, registration, visit};
use super::replicas::{assign, session};

#[test]
fn a_restored_server_is_told_again_what_it_forgot() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    let kept = bench.record(&mut field, None, registration());
    bench.sync(&mut field);
    let through = bench.engine.head(&bench.institution).unwrap();
    bench
        .engine
        .mark_backed_up(&bench.institution.clone(), through)
        .unwrap();
    let backup = bench.engine.image().unwrap();
    bench.sync(&mut desk);
    let forgotten = bench.record(&mut field, None, registration());
    let case = CaseId::from(forgotten);
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let assigned = bench.record(&mut desk, Some(case), assign(worker));
    bench.sync(&mut desk);
    bench.sync(&mut field);
    let late = bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    bench.sync(&mut desk);
    // Nobody has synced yet when a new device is enrolled, whose certificate the backup knows nothing of.
    let mut second = bench.replica(worker);
    bench.sync(&mut second);
    bench.restore(&backup);
    assert_eq!(bench.engine.admitted(&bench.institution).unwrap(), [kept]);
    for _ in 0..2 {
        bench.sync(&mut second);
        bench.sync(&mut desk);
        bench.sync(&mut field);
    }
    let admitted: BTreeSet<_> = bench
        .engine
        .admitted(&bench.institution)
        .unwrap()
        .into_iter()
        .collect();
    assert_eq!(admitted, BTreeSet::from([kept, forgotten, assigned, late]));
    for (replica, person) in [(&desk, head), (&field, worker), (&second, worker)] {
        bench.same_documents(replica, person);
        assert_eq!(
            replica.fate(assigned).unwrap(),
            Some(Fate::Judged(Verdict::Committed))
        );
    }
    bench.check();
}

#[test]
fn what_a_colleague_tells_of_a_forgotten_seat_waits_for_it() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut first) = (bench.replica(head), bench.replica(worker));
    let case = CaseId::from(bench.record(&mut first, None, registration()));
    bench.sync(&mut first);
    let backup = bench.engine.image().unwrap();
    let mut second = bench.replica(worker);
    bench.sync(&mut second);
    let seen = bench.record(&mut second, Some(case), visit());
    bench.sync(&mut second);
    bench.sync(&mut desk);
    bench.restore(&backup);
    bench.sync(&mut desk);
    let waiting = bench.engine.waiting(&bench.institution).unwrap();
    assert_eq!(waiting, [(seen, second.seat())]);
    bench.sync(&mut second);
    assert_eq!(bench.engine.waiting(&bench.institution).unwrap(), []);
    bench.sync(&mut desk);
    for replica in [&desk, &second] {
        assert!(matches!(
            replica.fate(seen).unwrap(),
            Some(Fate::Judged(Verdict::Recorded(_)))
        ));
    }
    bench.check();
}

#[test]
fn no_number_of_a_case_is_given_twice() {
    let mut bench = Bench::new();
    let (one, two) = (
        bench.person(&["social_worker"]),
        bench.person(&["social_worker"]),
    );
    let (mut one, mut two) = (bench.replica(one), bench.replica(two));
    let number = |replica: &Replica, register: CommandId| {
        let view = replica.case(CaseId::from(register)).unwrap();
        view.number.map(CaseNumber::get)
    };
    let first = bench.record(&mut one, None, registration());
    assert_eq!(number(&one, first), None);
    bench.sync(&mut one);
    assert_eq!(number(&one, first), Some(1));
    let backup = bench.engine.image().unwrap();
    let forgotten = bench.record(&mut one, None, registration());
    bench.sync(&mut one);
    assert_eq!(number(&one, forgotten), Some(2));
    bench.restore(&backup);
    // Number 2 stands on paper already; the server does not know that yet.
    let younger = bench.record(&mut two, None, registration());
    bench.sync(&mut two);
    assert_eq!(number(&two, younger), Some(1_002));
    bench.sync(&mut one);
    assert_eq!(number(&one, first), Some(1));
    assert_eq!(number(&one, forgotten), Some(2));
    bench.check();
}

#[test]
fn a_grant_whose_end_a_restore_forgot_stands_again_until_it_ends_again() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let (worker, other) = (
        bench.person(&["social_worker"]),
        bench.person(&["social_worker"]),
    );
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(worker));
    bench.sync(&mut desk);
    bench.sync(&mut field);
    let backup = bench.engine.image().unwrap();
    let handed_on = Reassign {
        assignee: other,
        reason: Line::new("Pindah wilayah.").unwrap(),
    };
    bench.record(&mut desk, Some(case), handed_on);
    bench.sync(&mut desk);
    bench.sync(&mut field);
    assert_eq!(field.documents().unwrap(), BTreeSet::new());
    bench.restore(&backup);
    // Nobody has told the server of the hand-over yet: the case is this worker's.
    bench.sync(&mut field);
    assert!(!field.documents().unwrap().is_empty());
    bench.same_documents(&field, worker);
    // What a colleague writes there in the meantime comes, and goes with the rest.
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), visit());
    bench.sync(&mut desk);
    for _ in 0..2 {
        bench.sync(&mut field);
    }
    assert_eq!(field.documents().unwrap(), BTreeSet::new());
    bench.check();
}

#[test]
fn what_a_restore_forgot_comes_back_though_its_seat_is_retired_meanwhile() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    bench.sync(&mut field);
    let backup = bench.engine.image().unwrap();
    let register = bench.record(&mut field, None, registration());
    let case = CaseId::from(register);
    let seen = bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    // It was never sent when the seat is retired, and touches the documents of what was.
    let late = bench.record(&mut field, Some(case), visit());
    bench.restore(&backup);
    bench.retire(field.seat());
    bench.sync(&mut field);
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    assert_eq!(admitted, [register, seen]);
    let quarantined = bench.engine.quarantine(&bench.institution).unwrap();
    assert!(quarantined.contains(&late));
    assert_eq!(field.documents().unwrap(), BTreeSet::new());
    bench.check();
}

#[test]
fn a_retired_seat_brings_back_in_each_restore_what_it_had_in_the_log() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    bench.sync(&mut field);
    let backup = bench.engine.image().unwrap();
    let register = bench.record(&mut field, None, registration());
    let seen = bench.record(&mut field, Some(CaseId::from(register)), visit());
    bench.sync(&mut field);
    for _ in 0..3 {
        bench.restore(&backup);
        bench.retire(field.seat());
        bench.sync(&mut field);
        let admitted = bench.engine.admitted(&bench.institution).unwrap();
        assert_eq!(admitted, [register, seen]);
        assert_eq!(field.documents().unwrap(), BTreeSet::new());
        bench.check();
    }
}

#[test]
fn a_busy_device_tells_a_restored_server_everything_step_by_step() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let backup = bench.engine.image().unwrap();
    let long = Prose::new("kunjungan ".repeat(800)).unwrap();
    let recorded: BTreeSet<CommandId> = (0..COMMANDS_PER_PUSH_MAX + 10)
        .map(|number| {
            let register = Register {
                problem: Some(long.clone()),
                phone: Some(Line::new(number.to_string()).unwrap()),
                ..registration()
            };
            bench.record(&mut field, None, register)
        })
        .collect();
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.restore(&backup);
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.sync(&mut field);
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    assert_eq!(admitted.into_iter().collect::<BTreeSet<_>>(), recorded);
    bench.same_documents(&desk, head);
    bench.check();
}

#[test]
fn what_a_device_forgot_that_was_put_back_comes_back_after_what_it_still_had_to_send() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let backup = bench.engine.image().unwrap();
    let first = bench.record(&mut field, Some(case), visit());
    let before = field.image().unwrap();
    let second = bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.restore(&backup);
    // It sends the first visit again before anybody tells of the second, whose change follows that of the first.
    field = Replica::from_image(&before, true).unwrap();
    let third = bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.sync(&mut field);
    assert!(
        bench
            .engine
            .quarantine(&bench.institution)
            .unwrap()
            .is_empty()
    );
    for (replica, person) in [(&desk, head), (&field, worker)] {
        for seen in [first, second, third] {
            let fate = replica.fate(seen).unwrap();
            assert!(matches!(fate, Some(Fate::Judged(Verdict::Recorded(_)))));
        }
        bench.same_documents(replica, person);
    }
    bench.check();
}

#[test]
fn what_a_retired_seat_brought_before_its_ruling_was_told_comes_out_of_quarantine() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let psychologist = bench.person(&["psychologist"]);
    let (mut desk, mut room) = (bench.replica(head), bench.replica(psychologist));
    let case = CaseId::from(bench.record(&mut desk, None, registration()));
    bench.record(&mut desk, Some(case), assign(psychologist));
    bench.sync(&mut desk);
    bench.sync(&mut room);
    let backup = bench.engine.image().unwrap();
    let session = bench.record(&mut room, Some(case), session());
    // The answer to it is lost: the room never hears of the ruling.
    let now = bench.later();
    let request = room.request(now, &mut bench.rng).unwrap();
    drop(bench.engine.sync(&[request], now, &mut bench.rng));
    bench.sync(&mut desk);
    assert!(matches!(
        desk.fate(session).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    bench.restore(&backup);
    let institution = bench.institution.clone();
    bench.retire(room.seat());
    bench.sync(&mut room);
    let quarantined = bench.engine.quarantine(&institution).unwrap();
    assert!(quarantined.contains(&session));
    // The head's device holds the ruling, and of the session all but the note.
    bench.sync(&mut desk);
    let admitted = bench.engine.admitted(&institution).unwrap();
    assert!(admitted.contains(&session));
    let held = bench.engine.holdings(&institution, psychologist).unwrap();
    assert!(held.iter().any(|row| row.document.class == Class::Notes));
    bench.check();
}
