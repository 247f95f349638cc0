//! Conflict of interest: from whom a case is hidden, what they are told, and that a replay and a restore give the same.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::{Assign, DeclareConflict, LiftConflict};
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::record::Line;
use jangkau_core::replica::Replica;
use jangkau_core::sync::{ActingTitle, Delegation, GlassAsk, GlassCase, GlassRefusal, GlassSaid};

use super::bench::{Bench, registration, visit};
use super::office::holds;

pub(super) fn conflict(person: PersonId) -> DeclareConflict {
    DeclareConflict {
        person,
        reason: Line::new("ipar klien").unwrap(),
    }
}

fn lift(declared: CommandId) -> LiftConflict {
    LiftConflict {
        declarations: BTreeSet::from([declared]),
        reason: Line::new("salah orang").unwrap(),
    }
}

impl Bench {
    /// A social worker with two cases, and two heads; all have read what there is.
    fn office(&mut self) -> ([CaseId; 2], [PersonId; 3], [Replica; 3]) {
        let worker = self.person(&["social_worker"]);
        let first = self.person(&["head_of_institution"]);
        let second = self.person(&["head_of_institution"]);
        let people = [worker, first, second];
        let mut replicas = people.map(|person| self.replica(person));
        let [of_worker, of_first, of_second] = &mut replicas;
        let cases = [(); 2].map(|()| CaseId::from(self.record(of_worker, None, registration())));
        for case in cases {
            self.record(of_worker, Some(case), visit());
        }
        for replica in [of_worker, of_first, of_second] {
            self.sync(replica);
        }
        (cases, people, replicas)
    }

    fn cases_of(&mut self, replica: &mut Replica) -> Vec<CaseId> {
        self.sync(replica);
        replica.cases().unwrap()
    }
}

#[test]
fn a_hidden_case_goes_from_every_device_of_the_person_and_stays_with_others() {
    let mut bench = Bench::new();
    let ([case, other], [_, first, second], [mut one, mut two, mut three]) = bench.office();
    let declared = bench.record(&mut one, Some(case), conflict(first));
    bench.sync(&mut one);
    assert_eq!(bench.cases_of(&mut two), [other]);
    bench.same_documents(&two, first);
    assert!(two.documents().unwrap().iter().all(|key| key.case == other));
    assert_eq!(two.case_state(case).unwrap(), None);
    assert_eq!(bench.cases_of(&mut three), [case, other]);
    bench.same_documents(&three, second);
    // A device that is new reads the log from the beginning, and gets as little.
    let mut new = bench.replica(first);
    assert_eq!(bench.cases_of(&mut new), [other]);
    bench.same_documents(&new, first);
    // What happens later does not reach them either.
    bench.record(&mut one, Some(case), visit());
    bench.sync(&mut one);
    assert_eq!(bench.cases_of(&mut two), [other]);
    bench.check();
    bench.record(&mut three, Some(case), lift(declared));
    bench.sync(&mut three);
    for replica in [&mut two, &mut new] {
        assert_eq!(bench.cases_of(replica), [case, other]);
        bench.same_documents(replica, first);
        assert!(replica.case_state(case).unwrap().is_some());
    }
    bench.check();
}

#[test]
fn who_never_held_the_case_is_told_nothing_and_never_will_hold_it() {
    let mut bench = Bench::new();
    let ([case, other], _, [mut one, mut two, _]) = bench.office();
    let clergy = bench.person(&["clergy"]);
    let mut aside = bench.replica(clergy);
    bench.sync(&mut aside);
    bench.record(&mut one, Some(case), conflict(clergy));
    bench.sync(&mut one);
    let now = bench.later();
    let request = aside.request(now, &mut bench.rng).unwrap();
    let answer = bench.engine.sync(&[request], now, &mut bench.rng).remove(0);
    let told = aside
        .receive(&answer.unwrap(), now, &mut bench.rng)
        .unwrap();
    assert_eq!(told.rows, 0, "not even that there is such a case");
    // The case cannot become theirs, and with it nothing of it.
    let assign = Assign {
        assignee: clergy,
        instruction: None,
    };
    bench.record(&mut two, Some(case), assign);
    bench.sync(&mut two);
    assert_eq!(bench.cases_of(&mut aside), []);
    // They become a head: of every case but this one.
    let institution = bench.institution.clone();
    let now = bench.later();
    bench
        .engine
        .change_staff(&institution, clergy, &["head_of_institution"], true, now)
        .unwrap();
    assert_eq!(bench.cases_of(&mut aside), [other]);
    bench.same_documents(&aside, clergy);
    bench.check();
}

#[test]
fn who_declares_their_own_conflict_delivers_what_they_recorded_and_lets_go() {
    let mut bench = Bench::new();
    let ([case, other], [worker, ..], [mut one, _, mut three]) = bench.office();
    bench.record(&mut one, Some(case), visit());
    bench.record(&mut one, Some(case), conflict(worker));
    let after = bench.record(&mut one, Some(case), visit());
    bench.sync(&mut one);
    assert_eq!(one.unsent().unwrap(), 0);
    assert_eq!(bench.cases_of(&mut one), [other]);
    bench.same_documents(&one, worker);
    assert_eq!(
        bench.granted(worker, case),
        [],
        "as the server knows it, too"
    );
    bench.sync(&mut three);
    assert!(three.fate(after).unwrap().is_some(), "nothing is lost");
    bench.check();
}

#[test]
fn nobody_breaks_glass_to_a_case_that_is_hidden_from_them_or_is_told_of_it() {
    let mut bench = Bench::new();
    let ([case, _], [_, first, _], [mut one, mut two, mut three]) = bench.office();
    let colleague = bench.person(&["social_worker"]);
    let helper = bench.person(&["social_worker"]);
    bench.record(&mut one, Some(case), conflict(first));
    bench.record(&mut one, Some(case), conflict(colleague));
    let officer = bench.person(&["dpo"]);
    bench.record(&mut one, Some(case), conflict(officer));
    bench.sync(&mut one);
    let ask = GlassAsk {
        case: GlassCase::Id(case),
        class: Class::Record,
        reason: "Ibu W menelepon.".to_owned(),
    };
    let mut theirs = bench.replica(colleague);
    bench.sync(&mut theirs);
    let said = bench.glass(&mut theirs, &ask);
    assert_eq!(said, GlassSaid::Refused(GlassRefusal::NoSuchCase));
    let mut helps = bench.replica(helper);
    bench.sync(&mut helps);
    let said = bench.glass(&mut helps, &ask);
    assert!(matches!(said, GlassSaid::Opened { .. }), "{said:?}");
    bench.sync(&mut two);
    bench.sync(&mut three);
    assert_eq!(bench.told_of_glass(&two), []);
    assert_eq!(bench.told_of_glass(&three), [case]);
    // Nor an officer, who is told of every other case.
    let mut officers = bench.replica(officer);
    bench.sync(&mut officers);
    assert!(!holds(&officers.image().unwrap(), "Ibu W menelepon."));
    assert!(holds(&three.image().unwrap(), "Ibu W menelepon."));
    bench.check();
}

#[test]
fn a_restore_hides_the_case_again_when_its_declaration_is_back() {
    let mut bench = Bench::new();
    let ([case, other], [_, first, _], [mut one, mut two, _]) = bench.office();
    let backup = bench.engine.image().unwrap();
    bench.record(&mut one, Some(case), conflict(first));
    bench.sync(&mut one);
    bench.sync(&mut two);
    bench.restore(&backup);
    // The server does not know yet; the device does.
    assert_eq!(bench.cases_of(&mut two), [other]);
    bench.sync(&mut one);
    assert_eq!(bench.cases_of(&mut two), [other]);
    bench.same_documents(&two, first);
    bench.check();
}

#[test]
fn a_case_that_is_hidden_from_every_head_says_so_until_somebody_stands_in() {
    let mut bench = Bench::new();
    let ([case, _], [_, first, second], [mut one, ..]) = bench.office();
    let institution = bench.institution.clone();
    let headless = |bench: &mut Bench| {
        let now = bench.later();
        let standards = bench.engine.standards(&institution, now).unwrap();
        standards.headless
    };
    bench.record(&mut one, Some(case), conflict(first));
    bench.sync(&mut one);
    assert_eq!(headless(&mut bench), [], "the other head decides");
    bench.record(&mut one, Some(case), conflict(second));
    bench.sync(&mut one);
    let number = one.case(case).unwrap().number;
    assert_eq!(headless(&mut bench), Vec::from_iter(number));
    let deputy = bench.person(&["psychologist"]);
    let delegation = Delegation {
        role: Role::HeadOfInstitution,
        powers: BTreeSet::new(),
        from: bench.now,
        until: bench.now.plus_millis(24 * 60 * 60 * 1_000),
        by: first,
        title: ActingTitle::Plh,
    };
    let now = bench.later();
    let institution = bench.institution.clone();
    bench
        .engine
        .delegate(&institution, deputy, delegation, now)
        .unwrap();
    assert_eq!(headless(&mut bench), []);
    let mut three = bench.replica(deputy);
    assert!(bench.cases_of(&mut three).contains(&case));
    bench.check();
}
