//! Devices that return after a restore, and go on working while what gave them the right is still to come back.

use jangkau_core::command::{RaiseSafety, SafetyLevel};
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::record::Prose;
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::Verdict;

use super::bench::{Bench, registration, visit};

impl Bench {
    /// Records a registration, which goes on its way, and meanwhile a danger in a case.
    fn danger_meanwhile(&mut self, replica: &mut Replica, case: CaseId) -> CommandId {
        self.record(replica, None, registration());
        let now = self.later();
        drop(replica.request(now, &mut self.rng).unwrap());
        let danger = RaiseSafety {
            level: SafetyLevel::P1,
            note: Prose::new("Diancam di rumah.").unwrap(),
        };
        self.record(replica, Some(case), danger)
    }
}

fn is_judged(replica: &Replica, command: CommandId) -> bool {
    let fate = replica.fate(command).unwrap();
    matches!(
        fate,
        Some(Fate::Judged(Verdict::Recorded(_) | Verdict::Committed))
    )
}

#[test]
fn work_in_a_case_whose_opener_is_still_away_waits_for_it() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut first = bench.replica(worker);
    bench.sync(&mut first);
    let backup = bench.engine.image().unwrap();
    let mut second = bench.replica(worker);
    let case = CaseId::from(bench.record(&mut second, None, registration()));
    bench.sync(&mut second);
    bench.sync(&mut first);
    bench.restore(&backup);
    // The first request is refused, since the server has forgotten its nonces; the second hears of the restore.
    for _ in 0..2 {
        assert!(bench.exchange(&mut first));
    }
    let danger = bench.danger_meanwhile(&mut first, case);
    bench.sync(&mut first);
    assert_eq!(first.fate(danger).unwrap(), Some(Fate::Waiting));
    // It goes on working there, also after it has told all that it had.
    let seen = bench.record(&mut first, Some(case), visit());
    bench.sync(&mut first);
    assert_eq!(first.fate(seen).unwrap(), Some(Fate::Waiting));
    bench.sync(&mut second);
    bench.sync(&mut first);
    assert!(is_judged(&first, danger) && is_judged(&first, seen));
    bench.same_documents(&first, worker);
    bench.check();
}

#[test]
fn somebody_whom_the_restore_forgot_comes_back_under_their_id() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let mut desk = bench.replica(head);
    bench.sync(&mut desk);
    let backup = bench.engine.image().unwrap();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    let seen = bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.restore(&backup);
    bench.sync(&mut field);
    bench.sync(&mut desk);
    assert_eq!(bench.engine.admitted(&bench.institution).unwrap().len(), 0);
    let now = bench.later();
    let institution = bench.institution.clone();
    let mut put_back = |person| {
        let added =
            bench
                .engine
                .put_back_staff(&institution, person, "Ratna", &["social_worker"], now);
        added.map_err(|error| error.to_string())
    };
    assert!(put_back(head).unwrap_err().contains("already"));
    assert_eq!(put_back(worker), Ok(()));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    assert!(is_judged(&field, CommandId::from_bytes(*case.as_bytes())) && is_judged(&field, seen));
    assert_eq!(
        desk.case_state(case).unwrap(),
        field.case_state(case).unwrap()
    );
    bench.same_documents(&field, worker);
    bench.same_documents(&desk, head);
    bench.check();
}

#[test]
fn work_under_a_role_that_the_restore_forgot_waits_until_it_is_given_again() {
    let mut bench = Bench::new();
    let (worker, other) = (
        bench.person(&["social_worker"]),
        bench.person(&["social_worker"]),
    );
    let (mut field, mut desk) = (bench.replica(worker), bench.replica(other));
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let backup = bench.engine.image().unwrap();
    let becomes_head = |bench: &mut Bench| {
        let (now, institution) = (bench.later(), bench.institution.clone());
        let roles = ["social_worker", "head_of_institution"];
        let engine = &mut bench.engine;
        engine
            .change_staff(&institution, other, &roles, true, now)
            .unwrap();
    };
    becomes_head(&mut bench);
    bench.sync(&mut desk);
    assert_eq!(desk.cases().unwrap(), [case]);
    bench.restore(&backup);
    let danger = bench.danger_meanwhile(&mut desk, case);
    bench.sync(&mut desk);
    assert_eq!(desk.fate(danger).unwrap(), Some(Fate::Waiting));
    becomes_head(&mut bench);
    bench.sync(&mut desk);
    assert!(is_judged(&desk, danger));
    bench.same_documents(&desk, other);
    bench.check();
}
