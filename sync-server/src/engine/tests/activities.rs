//! Activities without a case: kept like everything else, and no case for that.

use jangkau_core::class::Class;
use jangkau_core::command::{Assign, CommandEntry, RecordActivity, ServiceType};
use jangkau_core::id::CaseId;
use jangkau_core::record::Line;
use jangkau_core::replica::{CannotRecord, Fate};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{GlassRefusal, GlassSaid, SeatStatus, Seen, Turned};

use super::bench::{Bench, Hand, registration, visit};
use super::glass::asking;

fn activity() -> RecordActivity {
    RecordActivity {
        kind: ServiceType::Psychoeducation,
        place: Line::new("Balai RW 05").unwrap(),
        group: Line::new("Ibu-ibu PKK").unwrap(),
        attendance: 24,
        material: None,
        note: None,
        ended_at: None,
    }
}

#[test]
fn an_activity_is_kept_and_is_no_case() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let colleague = bench.person(&["social_worker"]);
    let clerk = bench.person(&["clerk"]);
    let head = bench.person(&["head_of_institution"]);
    let [mut one, mut two, mut three, mut four] =
        [worker, colleague, clerk, head].map(|person| bench.replica(person));
    let done = bench.record(&mut one, None, activity());
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let file = CaseId::from(done);
    let recorded = Some(Fate::Judged(Verdict::Recorded([].into())));
    assert_eq!(one.fate(done).unwrap(), recorded);
    assert_eq!(one.case_state(file).unwrap(), None);
    let number = one.case(case).unwrap().number.map(|number| number.get());
    assert_eq!(number, Some(1), "no number went to the activity");
    for replica in [&mut two, &mut three, &mut four] {
        bench.sync(replica);
    }
    for (replica, sees) in [(&one, true), (&two, false), (&three, true), (&four, true)] {
        assert_eq!(replica.activities().unwrap().len(), usize::from(sees));
        assert!(!replica.cases().unwrap().contains(&file));
    }
    // Nothing else is written there.
    let now = bench.later();
    let refused = one.record(Some(file), visit().into(), now, None, now, &mut bench.rng);
    assert_eq!(refused.unwrap(), Err(CannotRecord::NoSuchCase));
    let said = bench.glass(&mut two, &asking(file, Class::Record));
    assert_eq!(said, GlassSaid::Refused(GlassRefusal::NoSuchCase));
    let held = four.documents().unwrap();
    let of_file: Vec<Class> = held
        .iter()
        .filter(|key| key.case == file)
        .map(|key| key.class)
        .collect();
    assert_eq!(of_file, [Class::Activity]);
    bench.same_documents(&one, worker);
    bench.same_documents(&four, head);
    bench.check();
}

#[test]
fn an_activity_that_was_turned_away_is_no_case_either() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    bench.sync(&mut field);
    let done = bench.record(&mut field, None, activity());
    let file = CaseId::from(done);
    let (now, seat) = (bench.later(), field.seat());
    let retired = SeatStatus::Retired;
    bench
        .engine
        .revoke(&bench.institution.clone(), seat, retired, now)
        .unwrap();
    bench.sync(&mut field);
    let turned = Some(Fate::TurnedAway(Turned::RevokedSeat));
    assert_eq!(field.fate(done).unwrap(), turned);
    assert!(field.documents().unwrap().is_empty(), "its document went");
    assert_eq!(field.cases().unwrap(), []);
    assert_eq!(field.activities().unwrap()[0].id, done, "it is still shown");
    let now = bench.later();
    let refused = field.record(Some(file), visit().into(), now, None, now, &mut bench.rng);
    assert_eq!(refused.unwrap(), Err(CannotRecord::NoSuchCase));
    bench.check();
}

#[test]
fn no_command_of_a_case_is_recorded_under_the_id_of_another_command() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    let seen = bench.record(&mut field, Some(case), visit());
    let now = bench.later();
    let none = Some(CaseId::from(seen));
    let refused = field.record(none, visit().into(), now, None, now, &mut bench.rng);
    assert_eq!(refused.unwrap(), Err(CannotRecord::NoSuchCase));
}

/// Pushes one command and gives what became of it.
fn pushed(bench: &mut Bench, hand: &mut Hand, entry: &CommandEntry) -> Seen {
    let envelope = bench.sealed(hand, entry);
    bench.push(hand, &[envelope]).remove(0).seen
}

#[test]
fn nothing_is_admitted_under_an_activity_or_under_what_opened_nothing() {
    let mut bench = Bench::new();
    // Of whoever may write everywhere.
    let mut hand = bench.seat(&["head_of_institution"]);
    let shape = Seen::TurnedAway(Turned::Shape);
    let told = CommandEntry {
        command: activity().into(),
        ..bench.registration(&hand)
    };
    let file = told.case;
    let early = bench.visit(&hand, file);
    let sealed = bench.sealed(&mut hand, &early);
    let answers = bench.push(&mut hand, std::slice::from_ref(&sealed));
    assert_eq!(answers[0].seen, Seen::Waiting, "it may become a case");
    assert!(matches!(
        pushed(&mut bench, &mut hand, &told),
        Seen::Admitted(_)
    ));
    assert_eq!(bench.engine.waiting(&bench.institution).unwrap(), []);
    assert_eq!(bench.push(&mut hand, &[sealed])[0].seen, shape);
    let assign = Assign {
        assignee: hand.person,
        instruction: None,
    };
    let late = bench.entry(&hand, file, assign.into());
    assert_eq!(pushed(&mut bench, &mut hand, &late), shape);
    let case = bench.register(&mut hand);
    let seen = bench.visit(&hand, case);
    assert!(matches!(
        pushed(&mut bench, &mut hand, &seen),
        Seen::Admitted(_)
    ));
    let under_it = bench.visit(&hand, CaseId::from(seen.id));
    assert_eq!(pushed(&mut bench, &mut hand, &under_it), shape);
    let mut alone = bench.visit(&hand, case);
    alone.case = CaseId::from(alone.id);
    assert_eq!(pushed(&mut bench, &mut hand, &alone), shape);
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    assert_eq!(admitted.len(), 3);
    bench.check();
}

#[test]
fn who_reads_every_activity_sees_and_writes_no_case_for_that() {
    let mut bench = Bench::new();
    let mut worker = bench.seat(&["social_worker"]);
    let case = bench.register(&mut worker);
    let told = CommandEntry {
        command: activity().into(),
        ..bench.registration(&worker)
    };
    pushed(&mut bench, &mut worker, &told);
    let mut desk = bench.seat(&["hotline_admin"]);
    let person = desk.person;
    let mut replica = bench.replica(person);
    bench.sync(&mut replica);
    assert_eq!(replica.activities().unwrap().len(), 1);
    assert_eq!(replica.cases().unwrap(), [], "section 9: R° of cases");
    assert_eq!(replica.case_state(case).unwrap(), None);
    bench.same_documents(&replica, person);
    let entry = bench.visit(&desk, case);
    let seen = pushed(&mut bench, &mut desk, &entry);
    assert_eq!(seen, Seen::TurnedAway(Turned::NoGrant));
    bench.check();
}
