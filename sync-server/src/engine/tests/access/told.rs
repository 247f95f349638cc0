//! What is told of a case beside its documents, and to whom.

use jangkau_core::replica::Fate;
use jangkau_core::rules::Verdict;

use super::*;

#[test]
fn a_view_is_told_to_whom_a_grant_gives_it_and_to_nobody_else() {
    let mut office = Office::new();
    let [volunteer, head, worker, other] = office.people;
    office.assign(worker);
    let institution = office.bench.institution.clone();
    let case = office.case;
    let check = |person: PersonId, view: ViewKind, expected: bool| {
        let grants = office.bench.engine.grants(&institution, person).unwrap();
        let gives = grants.iter().any(|grant| grant.gives_view(case, view));
        assert_eq!(gives, expected, "{view}");
    };
    check(volunteer, ViewKind::Contact, true);
    check(volunteer, ViewKind::Aftercare, true);
    for view in [ViewKind::Masked, ViewKind::Metadata, ViewKind::Summary] {
        check(volunteer, view, false);
    }
    for person in [head, worker, other] {
        check(person, ViewKind::Contact, false);
    }
}

#[test]
fn who_took_part_in_the_last_conference_is_told_its_record_alone() {
    let mut office = Office::new();
    let [_, head, worker, other] = office.people;
    office.assign(worker);
    let case = office.case;
    let mut agree = |participants: &[PersonId], goals: &str| {
        let plan = AgreePlan {
            participants: participants.iter().copied().collect(),
            goals: Prose::new(goals).unwrap(),
            client_agrees: true,
            target_at: None,
        };
        office.bench.record(&mut office.first, Some(case), plan);
        office.settle();
        let told = views(&office.second, case);
        let told = told.into_iter().find_map(|view| match view {
            View::Conference(record) => record,
            View::Masked(_)
            | View::Contact(_)
            | View::Metadata(_)
            | View::Summary(_)
            | View::Aftercare(_) => None,
        });
        office.check();
        assert!(classes(&office.second).is_empty());
        told.map(|record| record.goals)
    };
    assert_eq!(
        agree(&[worker, other], "Sekolah."),
        Some("Sekolah.".to_owned())
    );
    // Who does not take part in the next one is told nothing of it, nor of the former any more.
    assert_eq!(agree(&[worker, head], "Rumah aman."), None);
}

#[test]
fn who_took_part_in_a_conference_is_told_its_record_alone_though_nobody_is_responsible() {
    let mut office = Office::new();
    let [_, _, worker, other] = office.people;
    let case = office.case;
    let plan = AgreePlan {
        participants: [worker, other].into_iter().collect(),
        goals: Prose::new("Sekolah.").unwrap(),
        client_agrees: true,
        target_at: None,
    };
    let agreed = office.bench.record(&mut office.head, Some(case), plan);
    office.settle();
    let fate = office.head.fate(agreed).unwrap();
    assert_eq!(fate, Some(Fate::Judged(Verdict::Committed)));
    let told = views(&office.second, case);
    assert!(matches!(told.as_slice(), [View::Conference(_)]), "{told:?}");
    assert!(classes(&office.second).is_empty());
    office.check();
}
