//! Activities without a case: kept like everything else, and no case for that.

use jangkau_core::class::Class;
use jangkau_core::command::{RecordActivity, ServiceType};
use jangkau_core::id::CaseId;
use jangkau_core::record::Line;
use jangkau_core::replica::{CannotRecord, Fate};
use jangkau_core::rules::Verdict;

use super::bench::{Bench, registration, visit};

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
