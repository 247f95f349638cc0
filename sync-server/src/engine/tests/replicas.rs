//! Real replicas against the engine: what the two halves make of each other.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::{Assign, Command, LinkFamily, Reassign, RecordSession};
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{SeatStatus, Turned};

use super::bench::{Bench, registration, visit};

/// Most exchanges until a replica has nothing to say.
const EXCHANGES_MAX: usize = 400;

impl Bench {
    pub(super) fn replica(&mut self, person: PersonId) -> Replica {
        let (enrolled, key) = self.enrolled(person);
        Replica::create_in_memory(&enrolled, key).unwrap()
    }

    pub(super) fn record(
        &mut self,
        replica: &mut Replica,
        case: Option<CaseId>,
        command: impl Into<Command>,
    ) -> CommandId {
        let now = self.later();
        let recorded = replica.record(case, command.into(), now, None, now, &mut self.rng);
        recorded.unwrap().unwrap()
    }

    /// Syncs until both sides have nothing to say.
    pub(super) fn sync(&mut self, replica: &mut Replica) {
        for _ in 0..EXCHANGES_MAX {
            if !self.exchange(replica) {
                return;
            }
        }
        panic!("they never come to rest");
    }

    /// One exchange. Gives whether the replica has more to say at once.
    pub(super) fn exchange(&mut self, replica: &mut Replica) -> bool {
        let now = self.later();
        let request = replica.request(now, &mut self.rng).unwrap();
        let answer = self.engine.sync(&[request], now, &mut self.rng).remove(0);
        match answer {
            Ok(reply) => replica.receive(&reply, now, &mut self.rng).unwrap().again,
            Err(refused) => {
                let bytes = minicbor::to_vec(refused).unwrap();
                replica.refused(&bytes).unwrap().1
            }
        }
    }

    pub(super) fn check(&self) {
        let found = self.engine.rebuild_check(&self.institution).unwrap();
        assert_eq!(found, [], "the log says everything");
    }

    pub(super) fn same_documents(&self, replica: &Replica, person: PersonId) {
        let held: BTreeSet<_> = self
            .engine
            .holdings(&self.institution, person)
            .unwrap()
            .into_iter()
            .map(|row| (row.document, row.heads))
            .collect();
        let theirs: BTreeSet<_> = replica
            .documents()
            .unwrap()
            .into_iter()
            .map(|key| (key, replica.accepted_heads(key).unwrap()))
            .collect();
        assert_eq!(theirs, held);
        self.compares_the_same(replica, person);
    }

    /// The self-check finds nothing to send again.
    pub(super) fn compares_the_same(&self, replica: &Replica, person: PersonId) {
        let there = self.engine.digest(&self.institution, person);
        assert_eq!(replica.digest().unwrap(), there.unwrap());
    }
}

pub(super) fn assign(assignee: PersonId) -> Assign {
    Assign {
        assignee,
        instruction: None,
    }
}

/// A session with a note, which only its author reads.
pub(super) fn session() -> RecordSession {
    RecordSession {
        attendance: jangkau_core::command::Attendance::Held,
        mode: jangkau_core::command::SessionMode::InPerson,
        minutes: 50,
        danger: None,
        appointment: None,
        note: Some(Prose::new("Rahasia.").unwrap()),
    }
}

#[test]
fn a_case_goes_from_volunteer_to_head_to_worker() {
    let mut bench = Bench::new();
    let volunteer = bench.person(&["volunteer"]);
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut one, mut two, mut three) = (
        bench.replica(volunteer),
        bench.replica(head),
        bench.replica(worker),
    );
    let register = bench.record(&mut one, None, registration());
    let case = CaseId::from(register);
    let seen = bench.record(&mut one, Some(case), visit());
    bench.sync(&mut one);
    assert_eq!(
        one.fate(register).unwrap(),
        Some(Fate::Judged(Verdict::Committed))
    );
    assert!(matches!(
        one.fate(seen).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    bench.sync(&mut two);
    assert_eq!(two.cases().unwrap(), [case]);
    let assigned = bench.record(&mut two, Some(case), assign(worker));
    bench.sync(&mut three);
    assert_eq!(three.cases().unwrap(), []);
    bench.sync(&mut two);
    assert_eq!(
        two.fate(assigned).unwrap(),
        Some(Fate::Judged(Verdict::Committed))
    );
    bench.sync(&mut three);
    assert_eq!(three.cases().unwrap(), [case]);
    bench.sync(&mut one);
    for (replica, person) in [(&one, volunteer), (&two, head), (&three, worker)] {
        bench.same_documents(replica, person);
    }
    bench.check();
}

#[test]
fn a_hand_over_loses_nothing_and_leaves_nothing_behind() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let (old, new) = (
        bench.person(&["social_worker"]),
        bench.person(&["social_worker"]),
    );
    let (mut desk, mut first, mut second) =
        (bench.replica(head), bench.replica(old), bench.replica(new));
    let register = bench.record(&mut first, None, registration());
    let case = CaseId::from(register);
    bench.record(&mut first, Some(case), visit());
    bench.sync(&mut first);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(old));
    bench.sync(&mut desk);
    bench.sync(&mut first);
    let reason = Line::new("Cuti").unwrap();
    bench.record(
        &mut desk,
        Some(case),
        Reassign {
            assignee: new,
            reason,
        },
    );
    bench.sync(&mut desk);
    // The old worker was out of reach and goes on working.
    let late = bench.record(&mut first, Some(case), visit());
    bench.sync(&mut first);
    bench.sync(&mut second);
    assert!(
        bench
            .engine
            .admitted(&bench.institution)
            .unwrap()
            .contains(&late)
    );
    assert!(matches!(
        second.fate(late).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    assert_eq!(first.documents().unwrap(), BTreeSet::new());
    bench.same_documents(&second, new);
    bench.check();
}

#[test]
fn who_opens_a_case_fetches_nothing_of_it() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    bench.sync(&mut field);
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    bench.record(&mut field, Some(case), visit());
    let now = bench.later();
    let request = field.request(now, &mut bench.rng).unwrap();
    let answer = bench.engine.sync(&[request], now, &mut bench.rng).remove(0);
    let synced = field.receive(&answer.unwrap(), now, &mut bench.rng);
    assert!(!synced.unwrap().again, "one exchange brings everything");
    bench.same_documents(&field, worker);
}

#[test]
fn a_case_that_comes_back_is_fetched_though_a_paper_of_it_stayed() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let (old, new) = (
        bench.person(&["social_worker"]),
        bench.person(&["social_worker"]),
    );
    let (mut desk, mut first, mut second) =
        (bench.replica(head), bench.replica(old), bench.replica(new));
    let related = CaseId::from(bench.record(&mut first, None, registration()));
    let case = CaseId::from(bench.record(&mut first, None, registration()));
    // Workers do not hold links: this one stays with its author whatever is granted.
    let reason = Line::new("Serumah").unwrap();
    bench.record(
        &mut first,
        Some(case),
        LinkFamily {
            related,
            tie: None,
            reason,
        },
    );
    bench.sync(&mut first);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(old));
    bench.sync(&mut desk);
    let mut reassign = |bench: &mut Bench, assignee| {
        let reason = Line::new("Cuti").unwrap();
        bench.record(&mut desk, Some(case), Reassign { assignee, reason });
        bench.sync(&mut desk);
    };
    reassign(&mut bench, new);
    bench.sync(&mut first);
    let of_case = |replica: &Replica| -> BTreeSet<Class> {
        let documents = replica.documents().unwrap().into_iter();
        let own = documents.filter(|key| key.case == case);
        own.map(|key| key.class).collect()
    };
    assert_eq!(of_case(&first), BTreeSet::from([Class::Links]));
    bench.compares_the_same(&first, old);
    bench.sync(&mut second);
    let meanwhile = bench.record(&mut second, Some(case), visit());
    bench.sync(&mut second);
    reassign(&mut bench, old);
    bench.sync(&mut first);
    assert_eq!(first.case_state(case).unwrap(), {
        let states = bench.engine.case_states(&bench.institution).unwrap();
        states.get(&case).cloned()
    });
    assert!(matches!(
        first.fate(meanwhile).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    let all = BTreeSet::from([Class::Intake, Class::Record, Class::Links]);
    assert_eq!(of_case(&first), all);
    bench.compares_the_same(&first, old);
    bench.check();
}

#[test]
fn nobody_else_receives_a_note() {
    let mut bench = Bench::new();
    let psychologist = bench.person(&["psychologist"]);
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field, mut room) = (
        bench.replica(head),
        bench.replica(worker),
        bench.replica(psychologist),
    );
    let register = bench.record(&mut field, None, registration());
    let case = CaseId::from(register);
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(psychologist));
    bench.sync(&mut desk);
    bench.sync(&mut room);
    let session = bench.record(&mut room, Some(case), session());
    bench.sync(&mut room);
    bench.sync(&mut desk);
    bench.sync(&mut field);
    assert!(
        desk.fate(session).unwrap().is_some(),
        "its metadata comes to the head"
    );
    assert_eq!(
        field.fate(session).unwrap(),
        None,
        "and not to a worker whose case it is not any more"
    );
    for replica in [&desk, &field] {
        let held = replica.documents().unwrap();
        assert!(held.iter().all(|key| key.class != Class::Notes));
    }
    assert!(
        room.documents()
            .unwrap()
            .iter()
            .any(|key| key.class == Class::Notes)
    );
    bench.same_documents(&room, psychologist);
    bench.check();
}

#[test]
fn what_waits_for_a_lost_assignment_does_not_keep_where_the_case_stood() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    bench.sync(&mut field);
    let register = bench.record(&mut desk, None, registration());
    let case = CaseId::from(register);
    let before = desk.image().unwrap();
    let backup = bench.engine.image().unwrap();
    bench.record(&mut desk, Some(case), assign(worker));
    bench.sync(&mut desk);
    // A younger backup was told of, which is lost, too: nobody keeps the assignment for it.
    let through = bench.engine.head(&bench.institution).unwrap();
    bench
        .engine
        .mark_backed_up(&bench.institution.clone(), through)
        .unwrap();
    bench.sync(&mut field);
    let seen = bench.record(&mut field, Some(case), visit());
    assert!(field.case_state(case).unwrap().is_some());
    bench.restore(&backup);
    desk = Replica::from_image(&before, true).unwrap();
    bench.sync(&mut desk);
    bench.sync(&mut field);
    assert_eq!(field.fate(seen).unwrap(), Some(Fate::Waiting));
    assert_ne!(field.documents().unwrap(), BTreeSet::new());
    assert_eq!(field.case_state(case).unwrap(), None);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(worker));
    bench.sync(&mut desk);
    bench.sync(&mut field);
    bench.same_documents(&field, worker);
    let fate = field.fate(seen).unwrap();
    assert!(matches!(fate, Some(Fate::Judged(Verdict::Recorded(_)))));
    bench.sync(&mut desk);
    let stands = desk.case_state(case).unwrap();
    assert!(stands.is_some());
    assert_eq!(field.case_state(case).unwrap(), stands);
    bench.check();
}

#[test]
fn a_retired_seat_drains_into_quarantine_and_a_stolen_one_is_refused() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    let register = bench.record(&mut field, None, registration());
    let case = CaseId::from(register);
    bench.sync(&mut field);
    let late = bench.record(&mut field, Some(case), visit());
    let (now, seat) = (bench.later(), field.seat());
    bench
        .engine
        .revoke(&bench.institution.clone(), seat, SeatStatus::Retired, now)
        .unwrap();
    bench.sync(&mut field);
    assert_eq!(
        bench.engine.quarantine(&bench.institution).unwrap(),
        BTreeSet::from([late])
    );
    assert_eq!(field.documents().unwrap(), BTreeSet::new());
    let now = bench.later();
    bench
        .engine
        .revoke(&bench.institution.clone(), seat, SeatStatus::Stolen, now)
        .unwrap();
    bench.sync(&mut field);
    assert_eq!(
        bench.engine.turned_away(&bench.institution).unwrap().len(),
        2
    );
    bench.check();
}

#[test]
fn what_followed_a_command_that_was_turned_away_goes_to_quarantine_too() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    bench.sync(&mut field);
    let register = bench.record(&mut field, None, registration());
    let case = CaseId::from(register);
    let now = bench.later();
    let request = field.request(now, &mut bench.rng).unwrap();
    // Recorded while the registration is on its way, and the seat is retired.
    let visits: BTreeSet<CommandId> = (0..70)
        .map(|_| bench.record(&mut field, Some(case), visit()))
        .collect();
    let (now, seat) = (bench.later(), field.seat());
    bench
        .engine
        .revoke(&bench.institution.clone(), seat, SeatStatus::Retired, now)
        .unwrap();
    let reply = bench.engine.sync(&[request], now, &mut bench.rng).remove(0);
    field.receive(&reply.unwrap(), now, &mut bench.rng).unwrap();
    assert!(matches!(
        field.fate(register).unwrap(),
        Some(Fate::TurnedAway(Turned::RevokedSeat))
    ));
    bench.sync(&mut field);
    let mut all = visits;
    all.insert(register);
    assert_eq!(bench.engine.quarantine(&bench.institution).unwrap(), all);
    bench.check();
}
