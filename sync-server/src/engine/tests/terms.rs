//! Delegations, mandates and kecamatan: what they give, when they end, and that a replay gives the same.

use std::collections::BTreeSet;

use jangkau_core::command::{AgreePlan, AnswerReview, Assign, Register, ReviewAnswer};
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::{Refusal, Review, Verdict};
use jangkau_core::sync::{ActingTitle, Delegation, Turned};

use super::bench::{Bench, registration, visit};
use crate::engine::EngineError;

const HOUR: i64 = 60 * 60 * 1_000;

/// The head's powers, from one hour from now on, for an hour.
fn head_for_an_hour(bench: &Bench, by: PersonId) -> Delegation {
    Delegation {
        role: Role::HeadOfInstitution,
        powers: BTreeSet::new(),
        from: bench.now.plus_millis(HOUR),
        until: bench.now.plus_millis(2 * HOUR),
        by,
        title: ActingTitle::Plh,
    }
}

#[test]
fn a_delegation_gives_powers_and_sight_between_its_dates() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let deputy = bench.person(&["clergy"]);
    let volunteer = bench.person(&["volunteer"]);
    let (mut one, mut two) = (bench.replica(volunteer), bench.replica(deputy));
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    let other = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let delegation = head_for_an_hour(&bench, head);
    let now = bench.later();
    bench
        .engine
        .delegate(&bench.institution, deputy, delegation, now)
        .unwrap();
    bench.sync(&mut two);
    assert_eq!(two.cases().unwrap(), [], "it has not begun");
    bench.now = bench.now.plus_millis(HOUR);
    bench.sync(&mut two);
    assert_eq!(two.cases().unwrap(), [case, other]);
    let assignment = Assign {
        assignee: deputy,
        instruction: None,
    };
    let decided = bench.record(&mut two, Some(case), assignment.clone());
    bench.sync(&mut two);
    let committed = Some(Fate::Judged(Verdict::Committed));
    assert_eq!(two.fate(decided).unwrap(), committed);
    let acting = two.case_state(case).unwrap().unwrap().acting.unwrap();
    assert_eq!(acting.get(&decided), Some(&Role::HeadOfInstitution));
    // Recorded while it held, and received when it was over: who held the power when the server had it counts.
    let late = bench.record(&mut two, Some(other), assignment);
    bench.now = bench.now.plus_millis(HOUR);
    bench.sync(&mut two);
    let refused = Some(Fate::Judged(Verdict::Refused(Refusal::RoleNotAllowed)));
    assert_eq!(two.fate(late).unwrap(), refused);
    assert_eq!(two.cases().unwrap(), [case], "what is theirs stays");
    bench.same_documents(&two, deputy);
    bench.check();
}

#[test]
fn work_under_a_delegation_that_a_restore_forgot_is_taken_in_when_it_is_over() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let deputy = bench.person(&["clergy"]);
    let volunteer = bench.person(&["volunteer"]);
    let (mut one, mut two) = (bench.replica(volunteer), bench.replica(deputy));
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let delegation = head_for_an_hour(&bench, head);
    let now = bench.later();
    let institution = bench.institution.clone();
    bench
        .engine
        .delegate(&institution, deputy, delegation.clone(), now)
        .unwrap();
    let backup = bench.engine.image().unwrap();
    bench.now = bench.now.plus_millis(HOUR);
    bench.sync(&mut two);
    let told = bench.record(&mut two, Some(case), visit());
    bench.sync(&mut two);
    let late = bench.record(&mut two, Some(case), visit());
    bench.now = bench.now.plus_millis(HOUR);
    bench.restore(&backup);
    // Whatever is said of the person next, what was delegated before was theirs.
    let again = Delegation {
        from: now.plus_millis(HOUR),
        until: now.plus_millis(2 * HOUR),
        ..delegation
    };
    bench
        .engine
        .delegate(&institution, deputy, again, now)
        .unwrap();
    bench.sync(&mut two);
    let admitted = bench.engine.admitted(&institution).unwrap();
    assert!(admitted.contains(&told) && admitted.contains(&late));
    assert_eq!(bench.engine.waiting(&institution).unwrap(), []);
    for id in [told, late] {
        let fate = two.fate(id).unwrap();
        assert!(matches!(fate, Some(Fate::Judged(Verdict::Recorded(_)))));
    }
    bench.same_documents(&two, deputy);
    bench.check();
}

#[test]
fn nobody_delegates_what_is_not_theirs() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let other = bench.person(&["social_worker"]);
    let now = bench.later();
    let institution = bench.institution.clone();
    let mut ask = |by, to, change: &dyn Fn(&mut Delegation)| {
        let mut delegation = Delegation {
            role: Role::HeadOfInstitution,
            powers: BTreeSet::new(),
            from: now,
            until: now.plus_millis(HOUR),
            by,
            title: ActingTitle::Plt,
        };
        change(&mut delegation);
        bench.engine.delegate(&institution, to, delegation, now)
    };
    let plain = |_: &mut Delegation| {};
    let not_theirs = |asked| matches!(asked, Err(EngineError::NotTheirs));
    assert!(not_theirs(ask(worker, other, &plain)));
    assert!(not_theirs(ask(head, head, &plain)));
    assert!(not_theirs(ask(head, other, &|one| one.role = Role::Dpo)));
    let over = |one: &mut Delegation| one.until = now.plus_millis(-1);
    assert!(matches!(ask(head, other, &over), Err(EngineError::BadTerm)));
    assert!(ask(head, other, &plain).is_ok());
    // What was delegated is not to be delegated on.
    assert!(not_theirs(ask(other, worker, &plain)));
    assert!(ask(worker, other, &|one| one.role = Role::SocialWorker).is_ok());
    bench.check();
}

#[test]
fn a_case_of_another_kecamatan_goes_to_its_volunteers() {
    let mut bench = Bench::new();
    let [here, there] = [(); 2].map(|()| bench.person(&["volunteer"]));
    let (mut one, mut two) = (bench.replica(here), bench.replica(there));
    for (person, area) in [(here, "Ciwandan"), (there, "Grogol")] {
        let now = bench.later();
        let areas = BTreeSet::from([area.to_owned()]);
        bench
            .engine
            .set_terms(&bench.institution, person, None, areas, now)
            .unwrap();
    }
    let register = Register {
        kecamatan: Line::new("Grogol").ok(),
        ..registration()
    };
    let case = CaseId::from(bench.record(&mut one, None, register));
    bench.sync(&mut one);
    bench.sync(&mut two);
    assert_eq!(one.cases().unwrap(), [case]);
    assert_eq!(two.cases().unwrap(), [case]);
    bench.check();
}

#[test]
fn what_a_kecamatan_gave_stays_with_who_serves_another_until_somebody_is_responsible() {
    let mut bench = Bench::new();
    let [head, volunteer, worker, guest] = [
        "head_of_institution",
        "volunteer",
        "social_worker",
        "psychologist",
    ]
    .map(|role| bench.person(&[role]));
    let (mut desk, mut field) = (bench.replica(head), bench.replica(volunteer));
    let serve = |bench: &mut Bench, areas: BTreeSet<String>| {
        let now = bench.later();
        let engine = &mut bench.engine;
        let served = engine.set_terms(&bench.institution, volunteer, None, areas, now);
        served.unwrap();
    };
    serve(&mut bench, BTreeSet::from(["Grogol".to_owned()]));
    let register = Register {
        kecamatan: Line::new("Grogol").ok(),
        ..registration()
    };
    let case = CaseId::from(bench.record(&mut desk, None, register));
    bench.sync(&mut desk);
    bench.sync(&mut field);
    let given = field.documents().unwrap();
    assert!(!given.is_empty());
    serve(&mut bench, BTreeSet::new());
    // A decision after which everybody's grants are looked at: a conference, which makes nobody responsible.
    let plan = AgreePlan {
        participants: [worker, guest].into_iter().collect(),
        goals: Prose::new("Sekolah.").unwrap(),
        client_agrees: true,
        target_at: None,
    };
    bench.record(&mut desk, Some(case), plan);
    bench.sync(&mut desk);
    bench.sync(&mut field);
    assert!(field.documents().unwrap().is_superset(&given));
    let assignment = Assign {
        assignee: worker,
        instruction: None,
    };
    bench.record(&mut desk, Some(case), assignment);
    for _ in 0..2 {
        bench.sync(&mut desk);
        bench.sync(&mut field);
    }
    assert!(field.documents().unwrap().is_disjoint(&given));
    bench.check();
}

#[test]
fn a_twin_of_a_vault_learns_of_a_term_that_is_over_and_loses_nothing() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["volunteer"]);
    let mut one = bench.replica(worker);
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    bench.record(&mut one, Some(case), visit());
    // Both push the same, and then go on under the same branch.
    let now = bench.later();
    one.request(now, &mut bench.rng).unwrap();
    let image = one.image().unwrap();
    let mut twin = Replica::from_image(&image, false).unwrap();
    let theirs = bench.record(&mut one, Some(case), visit());
    let ours = bench.record(&mut twin, Some(case), visit());
    bench.sync(&mut one);
    let delegation = head_for_an_hour(&bench, head);
    let now = bench.later();
    bench
        .engine
        .delegate(&bench.institution, worker, delegation, now)
        .unwrap();
    for _ in 0..2 {
        bench.now = bench.now.plus_millis(HOUR);
        bench.sync(&mut one);
    }
    let last = bench.record(&mut one, Some(case), visit());
    bench.sync(&mut one);
    // One page has the change in the place of the pending one, the end of the term, and one more change.
    bench.sync(&mut twin);
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    for id in [theirs, ours, last] {
        assert!(admitted.contains(&id));
    }
    bench.sync(&mut one);
    bench.same_documents(&one, worker);
    bench.same_documents(&twin, worker);
    bench.check();
}

#[test]
fn who_decides_no_more_keeps_where_cases_stand_and_nothing_else() {
    let mut bench = Bench::new();
    let [stays, leaves] = [(); 2].map(|()| bench.person(&["head_of_institution"]));
    let psychologist = bench.person(&["psychologist"]);
    let mut author = bench.replica(psychologist);
    let (mut one, mut two) = (bench.replica(stays), bench.replica(leaves));
    bench.sync(&mut two);
    let register = bench.record(&mut author, None, registration());
    let case = CaseId::from(register);
    bench.sync(&mut author);
    bench.sync(&mut two);
    let waits = Some(Fate::Judged(Verdict::NeedsReview(Review::AwaitingHead)));
    assert_eq!(two.fate(register).unwrap(), waits);
    let own = bench.record(&mut two, Some(case), visit());
    bench.sync(&mut two);
    assert_eq!(two.timeline(case).unwrap().len(), 2);
    let now = bench.later();
    bench
        .engine
        .change_staff(&bench.institution, leaves, &["division_head"], true, now)
        .unwrap();
    bench.sync(&mut two);
    let left: Vec<_> = two.timeline(case).unwrap();
    assert!(left.iter().all(|item| item.id == own), "{left:?}");
    assert!(two.case_state(case).unwrap().is_some());
    bench.sync(&mut one);
    let refuse = AnswerReview {
        proposal: register,
        answer: ReviewAnswer::Refuse,
        reason: Line::new("sudah ditangani kantor lain").unwrap(),
    };
    bench.record(&mut one, Some(case), refuse);
    for replica in [&mut one, &mut two, &mut author] {
        bench.sync(replica);
    }
    let refused = Some(Fate::Judged(Verdict::Refused(Refusal::RefusedInReview)));
    assert_eq!(one.fate(register).unwrap(), refused);
    assert_eq!(author.fate(register).unwrap(), refused);
    assert_eq!(two.fate(register).unwrap(), None);
    assert!(matches!(
        two.fate(own).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    bench.same_documents(&two, leaves);
    bench.check();
}

#[test]
fn work_under_a_term_that_a_restored_server_never_saw_comes_back() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let deputy = bench.person(&["clergy"]);
    let volunteer = bench.person(&["volunteer"]);
    let (mut one, mut two) = (bench.replica(volunteer), bench.replica(deputy));
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let delegation = head_for_an_hour(&bench, head);
    let now = bench.later();
    bench
        .engine
        .delegate(&bench.institution, deputy, delegation, now)
        .unwrap();
    let backup = bench.engine.image().unwrap();
    bench.now = bench.now.plus_millis(HOUR);
    bench.sync(&mut two);
    let ruled = bench.record(&mut two, Some(case), visit());
    bench.sync(&mut two);
    let unsent = bench.record(&mut two, Some(case), visit());
    bench.now = bench.now.plus_millis(HOUR);
    bench.restore(&backup);
    for _ in 0..2 {
        bench.sync(&mut two);
        bench.sync(&mut one);
    }
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    for id in [ruled, unsent] {
        assert!(admitted.contains(&id));
        assert!(matches!(
            two.fate(id).unwrap(),
            Some(Fate::Judged(Verdict::Recorded(_)))
        ));
    }
    assert_eq!(two.unsent().unwrap(), 0);
    bench.same_documents(&one, volunteer);
    bench.same_documents(&two, deputy);
    bench.check();
}

#[test]
fn what_was_ruled_on_comes_back_without_the_grant_that_it_was_written_under() {
    let mut bench = Bench::new();
    let acting = bench.person(&["clergy"]);
    // Somebody who holds what others record.
    let worker = bench.person(&["social_worker"]);
    let (mut one, mut two) = (bench.replica(worker), bench.replica(acting));
    let case = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let backup = bench.engine.image().unwrap();
    let institution = bench.institution.clone();
    let mut ruled = None;
    for roles in [["head_of_institution"], ["clergy"]] {
        let now = bench.later();
        bench
            .engine
            .change_staff(&institution, acting, &roles, true, now)
            .unwrap();
        bench.sync(&mut two);
        ruled = ruled.or_else(|| Some(bench.record(&mut two, Some(case), visit())));
        bench.sync(&mut two);
    }
    let ruled = ruled.unwrap();
    // The backup knows nothing of the role, and what it gave is not given again.
    bench.restore(&backup);
    for _ in 0..2 {
        bench.sync(&mut two);
        bench.sync(&mut one);
    }
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    assert!(admitted.contains(&ruled));
    assert_eq!(bench.engine.waiting(&bench.institution).unwrap(), []);
    for replica in [&one, &two] {
        assert!(matches!(
            replica.fate(ruled).unwrap(),
            Some(Fate::Judged(Verdict::Recorded(_)))
        ));
    }
    assert_eq!(one.timeline(case).unwrap().len(), 2);
    bench.same_documents(&one, worker);
    bench.check();
    // Without a ruling that speaks of it nobody writes where they never might.
    let cunning = bench.record(&mut two, Some(case), visit());
    bench.sync(&mut two);
    assert!(matches!(
        two.fate(cunning).unwrap(),
        Some(Fate::TurnedAway(Turned::NoGrant))
    ));
}
