//! What the server says of cases that look alike, and that a replay says the same.

use jangkau_core::class::Class;
use jangkau_core::command::{LinkFamily, MarkDuplicate, Register, UndoDuplicate};
use jangkau_core::id::CaseId;
use jangkau_core::record::Line;
use jangkau_core::rules::Likeness;
use jangkau_core::sync::SeatStatus;

use super::bench::{Bench, registration};

fn with_nik(nik: &str) -> Register {
    Register {
        nik: Line::new(nik).ok(),
        ..registration()
    }
}

fn why() -> Line {
    Line::new("dicocokkan dengan KTP").unwrap()
}

#[test]
fn likeness_is_the_heads_alone_and_replays() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut one, mut two) = (bench.replica(head), bench.replica(worker));
    let first = CaseId::from(bench.record(&mut two, None, with_nik("3672014101900001")));
    bench.sync(&mut two);
    let second = CaseId::from(bench.record(&mut two, None, with_nik("3672014101900001")));
    let third = CaseId::from(bench.record(&mut two, None, with_nik("3672014101900002")));
    bench.sync(&mut two);
    bench.sync(&mut one);
    let suggested = one.links(first).unwrap().unwrap().suggested;
    assert_eq!(suggested.keys().collect::<Vec<_>>(), [&second]);
    assert!(suggested[&second].alike.contains(&Likeness::Nik));
    assert!(suggested[&second].may_be_duplicate());
    assert_eq!(one.links(third).unwrap(), None);
    assert_eq!(two.links(first).unwrap(), None);
    bench.check();
    // The second goes on: its clocks run from the first's registration, in the same breath.
    let started = |replica: &jangkau_core::replica::Replica| {
        let state = replica.case_state(second).unwrap().unwrap();
        state.clocks[0].started_at
    };
    let own = started(&one);
    let duplicate = MarkDuplicate {
        of: second,
        reason: why(),
    };
    bench.record(&mut one, Some(first), duplicate);
    bench.sync(&mut one);
    let inherited = one.case_state(first).unwrap().unwrap().clocks[0].started_at;
    assert!(inherited < own);
    assert_eq!(started(&one), inherited);
    assert!(one.links(first).unwrap().unwrap().suggested.is_empty());
    bench.check();
    let undo = UndoDuplicate { reason: why() };
    bench.record(&mut one, Some(first), undo);
    bench.sync(&mut one);
    assert_eq!(started(&one), own);
    let link = LinkFamily {
        related: third,
        tie: None,
        reason: why(),
    };
    bench.record(&mut one, Some(first), link);
    bench.sync(&mut one);
    bench.sync(&mut two);
    for (case, other) in [(first, third), (third, first)] {
        let related = one.links(case).unwrap().unwrap().related;
        assert_eq!(related.into_iter().collect::<Vec<_>>(), [other]);
        assert_eq!(two.links(case).unwrap(), None);
    }
    let held = two.documents().unwrap();
    assert!(held.iter().all(|key| key.class != Class::Links));
    bench.same_documents(&one, head);
    bench.same_documents(&two, worker);
    bench.check();
}

#[test]
fn a_restore_brings_connections_back() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut one, mut two) = (bench.replica(head), bench.replica(worker));
    bench.sync(&mut one);
    let first = CaseId::from(bench.record(&mut two, None, with_nik("3672014101900001")));
    bench.sync(&mut two);
    let image = bench.engine.image().unwrap();
    let second = CaseId::from(bench.record(&mut two, None, with_nik("3672014101900001")));
    bench.sync(&mut two);
    bench.sync(&mut one);
    let known = one.links(first).unwrap();
    assert!(known.is_some());
    bench.restore(&image);
    for _ in 0..2 {
        bench.sync(&mut one);
        bench.sync(&mut two);
    }
    bench.sync(&mut one);
    assert_eq!(one.links(first).unwrap(), known);
    assert!(one.links(second).unwrap().is_some());
    bench.check();
    // Who is a head no more holds nothing of it.
    let now = bench.later();
    let (seat, institution) = (one.seat(), bench.institution.clone());
    bench
        .engine
        .change_staff(&institution, head, &["social_worker"], true, now)
        .unwrap();
    bench.sync(&mut one);
    assert_eq!(one.links(first).unwrap(), None);
    let retired = SeatStatus::Retired;
    bench
        .engine
        .revoke(&institution, seat, retired, now)
        .unwrap();
    bench.check();
}
