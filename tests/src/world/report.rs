//! Many worlds: run on several threads, and added up in the order of their seeds.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jangkau_core::plant::Plant;

use super::fault::Fault;
use super::violation::Violation;
use super::{Outcome, run};

/// Every so many worlds are run twice, to see that a seed says everything.
const TWICE_EVERY: u64 = 50;

/// Which worlds to run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The first seed.
    pub from: u64,
    /// How many.
    pub seeds: u64,
    /// The bug to plant; then the first violation ends it.
    pub bug: Option<Plant>,
    /// On how many threads.
    pub threads: usize,
    /// Whether violations are told with all that happened before them.
    pub tell: bool,
}

/// What many worlds came to.
#[derive(Clone, Debug, serde::Serialize)]
pub struct Summary {
    /// Worlds that were run.
    pub seeds: u64,
    /// Worlds in which something was wrong.
    pub violations: u64,
    /// Faults by kind: how often each took effect. A kind that was never reached stands with 0.
    pub faults: BTreeMap<String, u64>,
    /// Hash over the digests of all worlds, in the order of their seeds.
    pub digest: String,
    /// With a planted bug: how many seeds it took to find it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found_after: Option<u64>,
    /// The violations, with their seeds.
    #[serde(skip)]
    pub found: Vec<(u64, Violation)>,
    /// What happened before the first of them, if it was asked for.
    #[serde(skip)]
    pub story: Vec<String>,
}

/// Runs the worlds of a plan.
#[must_use]
pub fn run_all(plan: &Plan) -> Summary {
    let next = AtomicU64::new(0);
    let enough = AtomicU64::new(u64::MAX);
    let outcomes: Mutex<BTreeMap<u64, Outcome>> = Mutex::new(BTreeMap::new());
    std::thread::scope(|scope| {
        for _ in 0..plan.threads.max(1) {
            scope.spawn(|| {
                loop {
                    let index = next.fetch_add(1, Ordering::Relaxed);
                    if index >= plan.seeds || index > enough.load(Ordering::Relaxed) {
                        break;
                    }
                    let outcome = run_checked(plan.from + index, index, plan);
                    if plan.bug.is_some() && outcome.violation.is_some() {
                        enough.fetch_min(index, Ordering::Relaxed);
                    }
                    if let Ok(mut outcomes) = outcomes.lock() {
                        outcomes.insert(index, outcome);
                    }
                }
            });
        }
    });
    let outcomes = outcomes.into_inner().unwrap_or_default();
    add_up(plan, &outcomes)
}

/// Runs one world, now and then twice.
fn run_checked(seed: u64, index: u64, plan: &Plan) -> Outcome {
    let bug = plan.bug;
    let mut outcome = run(seed, bug, plan.tell);
    if index.is_multiple_of(TWICE_EVERY) && bug.is_none() && outcome.violation.is_none() {
        let again = run(seed, bug, false);
        if again.digest != outcome.digest || again.faults != outcome.faults {
            let what = "the second run of the seed ended otherwise";
            outcome.violation = Some(Violation::new("the same seed gives the same world", what));
        }
    }
    outcome
}

fn add_up(plan: &Plan, outcomes: &BTreeMap<u64, Outcome>) -> Summary {
    let mut faults: BTreeMap<String, u64> = Fault::ALL
        .iter()
        .map(|fault| (fault.code().to_owned(), 0))
        .collect();
    let mut hasher = blake3::Hasher::new();
    let mut found = Vec::new();
    for (index, outcome) in outcomes {
        hasher.update(&outcome.digest);
        for (kind, count) in &outcome.faults {
            *faults.entry(kind.clone()).or_default() += count;
        }
        if let Some(violation) = &outcome.violation {
            found.push((plan.from + index, violation.clone()));
        }
    }
    let violated = outcomes
        .values()
        .find(|outcome| outcome.violation.is_some());
    let story = violated
        .map(|outcome| outcome.story.clone())
        .unwrap_or_default();
    let first = found.first().map(|(seed, _)| seed - plan.from + 1);
    Summary {
        seeds: outcomes.len() as u64,
        violations: found.len() as u64,
        faults,
        digest: hasher.finalize().to_hex().to_string(),
        found_after: if plan.bug.is_some() { first } else { None },
        found,
        story,
    }
}
