//! Grants from roles: what each road moves, by the log and off the devices.

mod told;

use std::collections::BTreeSet;

use jangkau_core::access::ViewKind;
use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::command::{
    AgreePlan, Attendance, ContactSafety, HideAddress, MarkDuplicate, Reassign, SetContact,
    UndoDuplicate,
};
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::profile::shipped_files;
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::{CannotRecord, Replica};
use jangkau_core::rules::CaseState;
use jangkau_core::sync::{Seen, Turned, View};
use jangkau_core::text::Language;

use super::bench::{Bench, Hand, change, head_of, registration, visit};
use super::replicas::{assign, session};

fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

fn contact() -> SetContact {
    SetContact {
        contact: line("0812 3456 789"),
        safety: ContactSafety::DoNotContact,
        in_person: true,
        hours: None,
        code_word: None,
    }
}

/// A volunteer, a head, two social workers, and their devices; the volunteer has registered a case and visited.
struct Office {
    bench: Bench,
    people: [PersonId; 4],
    volunteer: Replica,
    head: Replica,
    first: Replica,
    second: Replica,
    case: CaseId,
}

impl Office {
    fn new() -> Self {
        let mut bench = Bench::new();
        let people = [
            bench.person(&["volunteer"]),
            bench.person(&["head_of_institution"]),
            bench.person(&["social_worker"]),
            bench.person(&["social_worker"]),
        ];
        let [mut volunteer, mut head, first, second] = people.map(|person| bench.replica(person));
        bench.sync(&mut volunteer);
        let case = CaseId::from(bench.record(&mut volunteer, None, registration()));
        bench.record(&mut volunteer, Some(case), visit());
        bench.record(&mut volunteer, Some(case), contact());
        bench.sync(&mut volunteer);
        bench.sync(&mut head);
        Self {
            bench,
            people,
            volunteer,
            head,
            first,
            second,
            case,
        }
    }

    fn assign(&mut self, to: PersonId) {
        self.bench
            .record(&mut self.head, Some(self.case), assign(to));
        self.settle();
    }

    fn settle(&mut self) {
        for _ in 0..2 {
            for replica in [
                &mut self.head,
                &mut self.volunteer,
                &mut self.first,
                &mut self.second,
            ] {
                self.bench.sync(replica);
            }
        }
    }

    fn change(&mut self, person: PersonId, role: &str, active: bool) {
        let now = self.bench.later();
        let institution = self.bench.institution.clone();
        self.bench
            .engine
            .change_staff(&institution, person, &[role], active, now)
            .unwrap();
        self.settle();
    }

    fn activate(&mut self, row: &str) {
        let text = format!("{}\n{row}", shipped_files()[0].toml);
        let now = self.bench.later();
        let institution = self.bench.institution.clone();
        self.bench
            .engine
            .activate_profile(
                &institution,
                &text,
                Some("2026-11-23".parse().unwrap()),
                now,
            )
            .unwrap();
        self.settle();
    }

    /// Every device holds what the server says that its person may, and the log says everything.
    fn check(&self) {
        let replicas = [&self.volunteer, &self.head, &self.first, &self.second];
        for (replica, person) in replicas.into_iter().zip(self.people) {
            self.bench.same_documents(replica, person);
        }
        self.bench.check();
    }
}

fn held(replica: &Replica) -> Vec<(Class, Compartment)> {
    let keys = replica.documents().unwrap();
    keys.iter()
        .map(|key| (key.class, key.compartment))
        .collect()
}

fn classes(replica: &Replica) -> BTreeSet<Class> {
    held(replica).into_iter().map(|(class, _)| class).collect()
}

fn state(replica: &Replica, case: CaseId) -> CaseState {
    replica.case_state(case).unwrap().unwrap()
}

fn views(replica: &Replica, case: CaseId) -> Vec<View> {
    replica.case(case).unwrap().views
}

#[test]
fn a_volunteers_entries_stand_apart_and_whoever_reads_the_record_has_them() {
    let mut office = Office::new();
    let [volunteer, _, worker, _] = office.people;
    let apart = (Class::Record, Compartment::Author(volunteer));
    assert!(held(&office.volunteer).contains(&apart));
    assert!(held(&office.head).contains(&apart));
    office.assign(worker);
    office
        .bench
        .record(&mut office.first, Some(office.case), visit());
    office.settle();
    assert!(held(&office.first).contains(&apart), "with the case");
    let shared = (Class::Record, Compartment::Shared);
    assert!(held(&office.first).contains(&shared) && held(&office.head).contains(&shared));
    assert!(
        !held(&office.volunteer).contains(&shared),
        "own entries only"
    );
    assert_eq!(office.volunteer.timeline(office.case).unwrap().len(), 3);
    office.check();
}

#[test]
fn a_volunteers_change_in_the_shared_record_is_turned_away() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["volunteer"]);
    let case = bench.register(&mut hand);
    let check = |bench: &mut Bench, hand: &mut Hand, compartment, expected: Option<Turned>| {
        let entry = bench.visit(hand, case);
        let key = DocumentKey {
            case,
            class: Class::Record,
            compartment,
            volume: 0,
        };
        let actor = jangkau_core::document::actor_id(
            hand.seat,
            key.id(),
            jangkau_core::id::DocEpoch::new(0),
            hand.branch,
        );
        let document = hand.documents.entry(key).or_default();
        let bytes = document.write(actor, entry.id, &entry.records()).unwrap();
        let parts = vec![change(key, hand.branch, bytes)];
        let envelope = bench.seal(hand, vec![(head_of(&entry, bench.now), parts)]);
        let answers = bench.push(hand, &[envelope]);
        let found = match answers[0].seen {
            Seen::Admitted(_) => None,
            Seen::TurnedAway(code) => Some(code),
            Seen::Waiting => panic!("it waits"),
        };
        assert_eq!(found, expected, "{compartment:?}");
    };
    let (own, person) = (
        Compartment::Author(hand.person),
        bench.person(&["volunteer"]),
    );
    check(
        &mut bench,
        &mut hand,
        Compartment::Shared,
        Some(Turned::NoGrant),
    );
    check(
        &mut bench,
        &mut hand,
        Compartment::Author(person),
        Some(Turned::NoGrant),
    );
    check(&mut bench, &mut hand, own, None);
    bench.check();
}

#[test]
fn after_the_assignment_the_registering_volunteer_keeps_the_contact_and_the_flag() {
    let mut office = Office::new();
    let [volunteer, _, worker, _] = office.people;
    assert_eq!(
        classes(&office.volunteer),
        BTreeSet::from([Class::Intake, Class::Record])
    );
    assert_eq!(views(&office.volunteer, office.case), []);
    office.assign(worker);
    let apart = (Class::Record, Compartment::Author(volunteer));
    assert_eq!(held(&office.volunteer), [apart]);
    let seen = state(&office.volunteer, office.case);
    assert_eq!(seen.assignee, Some(worker));
    assert!(seen.milestones.is_empty() && seen.missing_papers.is_empty());
    let told = views(&office.volunteer, office.case);
    let [View::Contact(contacts)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(contacts[0].contact, "0812 3456 789");
    assert_eq!(contacts[0].safety, ContactSafety::DoNotContact);
    let header = office
        .volunteer
        .header(office.case, office.bench.now, Language::English)
        .unwrap();
    assert_eq!(header.contacts.len(), 1);
    assert_eq!(header.contacts[0].dial, None, "never to be called");
    // The worker has the registration itself.
    assert_eq!(views(&office.first, office.case), []);
    assert!(classes(&office.first).contains(&Class::Intake));
    office.check();
}

#[test]
fn who_registered_a_case_that_another_works_on_holds_nothing_of_it() {
    let mut office = Office::new();
    let [_, _, first, second] = office.people;
    let case = CaseId::from(office.bench.record(&mut office.first, None, registration()));
    office.settle();
    assert!(!office.first.documents().unwrap().is_empty());
    office.case = case;
    office.assign(second);
    assert_eq!(held(&office.first), []);
    assert_eq!(office.first.cases().unwrap(), []);
    office.assign_again(first);
    assert_eq!(held(&office.second), []);
    assert!(classes(&office.first).contains(&Class::Intake));
    office.check();
}

impl Office {
    fn assign_again(&mut self, assignee: PersonId) {
        let reason = line("Cuti");
        let reassign = Reassign { assignee, reason };
        self.bench.record(&mut self.head, Some(self.case), reassign);
        self.settle();
    }
}

#[test]
fn another_role_another_reach_and_back_again() {
    let mut office = Office::new();
    let [_, _, worker, _] = office.people;
    office.assign(worker);
    office
        .bench
        .record(&mut office.first, Some(office.case), visit());
    office.settle();
    let before = held(&office.first);
    assert!(before.contains(&(Class::Record, Compartment::Shared)));
    // A clerk holds registrations, and of the record own entries: none stand apart.
    office.change(worker, "clerk", true);
    assert_eq!(classes(&office.first), BTreeSet::from([Class::Intake]));
    assert!(state(&office.first, office.case).fact_flags.is_empty());
    office.check();
    office.change(worker, "social_worker", true);
    assert_eq!(held(&office.first), before, "the case is theirs still");
    office.check();
}

#[test]
fn who_leaves_holds_nothing_and_who_comes_back_has_their_cases() {
    let mut office = Office::new();
    let [_, _, worker, _] = office.people;
    office.assign(worker);
    let before = held(&office.first);
    office.change(worker, "social_worker", false);
    assert_eq!(held(&office.first), []);
    let grants = office
        .bench
        .engine
        .grants(&office.bench.institution, worker);
    assert_eq!(grants.unwrap(), []);
    office.change(worker, "social_worker", true);
    assert_eq!(held(&office.first), before);
    office.check();
}

#[test]
fn another_row_of_the_matrix_moves_a_class_off_the_devices() {
    let mut office = Office::new();
    let [_, _, worker, _] = office.people;
    office.assign(worker);
    let hidden = HideAddress {
        address: Some(line("Rumah aman")),
        note: None,
    };
    office
        .bench
        .record(&mut office.head, Some(office.case), hidden);
    office.settle();
    assert!(classes(&office.first).contains(&Class::Safety));
    office.activate(
        "[[access]]\nholders = [\"social_worker\"]\nclass = \"safety\"\nview = \"flag\"\nsource = \"DEFAULT\"\n",
    );
    assert!(!classes(&office.first).contains(&Class::Safety));
    assert!(classes(&office.first).contains(&Class::Intake));
    office.check();
}

#[test]
fn an_office_that_shows_its_workers_every_case_shows_them_masked() {
    let mut office = Office::new();
    let [_, _, worker, _] = office.people;
    office.assign(worker);
    assert_eq!(office.second.cases().unwrap(), []);
    office.activate(
        "[[access]]\nholders = [\"social_worker\"]\nclass = \"index\"\nread = \"institution\"\nsource = \"DEFAULT\"\n",
    );
    assert_eq!(office.second.cases().unwrap(), [office.case]);
    assert_eq!(held(&office.second), []);
    assert_eq!(
        views(&office.second, office.case),
        [View::Masked("I. A.".to_owned())]
    );
    let now = office.bench.now;
    let header = office.second.header(office.case, now, Language::English);
    let header = header.unwrap();
    assert!(
        header.title.contains("I. A. (name masked)"),
        "{}",
        header.title
    );
    assert_eq!(header.contacts, []);
    let case = Some(office.case);
    let refused = office
        .second
        .record(case, visit().into(), now, None, now, &mut office.bench.rng);
    assert_eq!(refused.unwrap(), Err(CannotRecord::NoSuchCase));
    office.check();
}

#[test]
fn the_office_is_told_of_sessions_and_never_what_was_said() {
    let mut bench = Bench::new();
    let (head, clerk) = (
        bench.person(&["head_of_institution"]),
        bench.person(&["clerk"]),
    );
    let psychologist = bench.person(&["psychologist"]);
    let (mut desk, mut office) = (bench.replica(head), bench.replica(clerk));
    let mut tablet = bench.replica(psychologist);
    bench.sync(&mut office);
    let case = CaseId::from(bench.record(&mut office, None, registration()));
    for replica in [&mut office, &mut desk] {
        bench.sync(replica);
    }
    bench.record(&mut desk, Some(case), assign(psychologist));
    bench.sync(&mut desk);
    bench.sync(&mut tablet);
    let note = Prose::new("Rahasia psikolog.").ok();
    let held = jangkau_core::command::RecordSession {
        attendance: Attendance::Held,
        note,
        ..session()
    };
    bench.record(&mut tablet, Some(case), held);
    bench.sync(&mut tablet);
    bench.sync(&mut office);
    let told = views(&office, case);
    let [View::Metadata(sessions)] = told.as_slice() else {
        panic!("{told:?}");
    };
    assert_eq!(sessions.len(), 1);
    assert_eq!(sessions[0].attendance, Attendance::Held);
    assert!(!classes(&office).contains(&Class::Sessions));
    let seen = state(&office, case);
    assert!(seen.fact_flags.is_empty() && seen.services.is_empty());
    let image = office.image().unwrap();
    let has = |words: &[u8]| image.windows(words.len()).any(|window| window == words);
    assert!(!has(b"Rahasia psikolog"), "not a byte of the notes");
    bench.same_documents(&office, clerk);
    bench.check();
}

#[test]
fn marking_a_duplicate_and_undoing_it_moves_no_grant() {
    let mut office = Office::new();
    let [_, _, first, second] = office.people;
    office.assign(first);
    let kept = office.case;
    let other = CaseId::from(
        office
            .bench
            .record(&mut office.second, None, registration()),
    );
    office.settle();
    office.case = other;
    office.assign(second);
    let before = (held(&office.first), held(&office.second));
    let mark = MarkDuplicate {
        of: kept,
        reason: line("Orang yang sama"),
    };
    office.bench.record(&mut office.head, Some(other), mark);
    office.settle();
    assert_eq!(state(&office.second, other).duplicate_of, Some(kept));
    let undo = UndoDuplicate {
        reason: line("Orang lain"),
    };
    office.bench.record(&mut office.head, Some(other), undo);
    office.settle();
    // Each case keeps its own holders: who works on one learns nothing of the other by it.
    assert_eq!((held(&office.first), held(&office.second)), before);
    assert!(!office.first.cases().unwrap().contains(&other));
    office.check();
}
