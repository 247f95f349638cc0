//! The simulator itself: one seed is one world, every fault is reached, and a planted bug is found.

use std::collections::BTreeMap;

use jangkau_core::plant::Plant;

use super::fault::Fault;
use super::report::{Plan, run_all};
use super::run;
use super::siege::{self, Meter};

#[test]
fn the_same_seed_gives_the_same_world() {
    for seed in [3, 8] {
        let first = run(seed, None, false);
        let second = run(seed, None, false);
        assert_eq!(first.violation, None, "seed {seed}");
        assert_eq!(first.digest, second.digest, "seed {seed}");
        assert_eq!(first.faults, second.faults, "seed {seed}");
    }
}

#[test]
fn fifty_worlds_reach_every_kind_of_fault_and_break_nothing() {
    let summary = run_all(&Plan {
        from: 0,
        seeds: 50,
        bug: None,
        threads: 2,
        tell: false,
    });
    assert_eq!(summary.found, Vec::new());
    let unreached: BTreeMap<&str, u64> = Fault::ALL
        .iter()
        .map(|fault| (fault.code(), summary.faults[fault.code()]))
        .filter(|(_, count)| *count == 0)
        .collect();
    assert_eq!(unreached, BTreeMap::new());
    let crashes = summary
        .faults
        .keys()
        .filter(|kind| kind.starts_with("crash:"));
    assert!(
        crashes.count() >= 6,
        "too few crash points: {:?}",
        summary.faults
    );
}

/// As long as people can give the same commands, these are the worlds that they were.
#[test]
fn worlds_that_once_broke_something_hold() {
    for (seed, what) in [
        (5550, "own words that no grant covers were compared"),
        (9451, "so was what stays since something in it waits"),
        (17348, "the same"),
        (
            16036,
            "kept, never said to be saved, and then forgotten by a restore",
        ),
        (
            7194,
            "a copy of a retired device has its place since a restore",
        ),
        (
            9472,
            "who lies about the era of their log is told of a fork",
        ),
    ] {
        assert_eq!(run(seed, None, false).violation, None, "{seed}: {what}");
    }
}

#[test]
fn a_planted_bug_is_found() {
    let plan = Plan {
        from: 0,
        seeds: 100,
        bug: Some(Plant::DropGrantCheck),
        threads: 2,
        tell: false,
    };
    let summary = run_all(&plan);
    assert!(summary.found_after.is_some());
}

#[test]
fn a_siege_reaches_the_checks_behind_the_signature_and_breaks_nothing() {
    let meter = Meter {
        begin: || {},
        most: || 0,
    };
    let summary = siege::run(&siege::Plan {
        from: 0,
        inputs: 1_200,
        meter,
    });
    assert_eq!(summary.violations, Vec::<String>::new());
    for code in [
        "admitted",
        "bad_signature",
        "shape",
        "too_long",
        "wrong_author",
    ] {
        assert!(
            summary.answers.contains_key(code),
            "{code}: {:?}",
            summary.answers
        );
    }
}
