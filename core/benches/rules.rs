//! How fast the rules are: a case with 200 facts of every kind.
//!
//! The floor is what any judgement costs: copying the 200 entries, on the same machine in the same run.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a bench stops at the first surprise"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use criterion::measurement::WallTime;
use criterion::{BatchSize, BenchmarkGroup, Criterion, criterion_group, criterion_main};
use jangkau_core::calendar::Calendar;
use jangkau_core::command::{Command, CommandEntry, CommandKind, Nature, Stamp};
use jangkau_core::id::{CaseId, CommandId, DecisionCount, PersonId, ServerSeq};
use jangkau_core::profile::words::Role;
use jangkau_core::profile::{Profile, shipped};
use jangkau_core::record::{FieldShape, Record, Scalar, TextEdit};
use jangkau_core::rules::{CaseLog, Docket, Elsewhere, LogEntry, Standing, judge};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

#[path = "../src/rules/tests/logs.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests draw more")]
mod logs;

const FACTS: usize = 200;

fn rules(criterion: &mut Criterion) {
    let calendar = Calendar::shipped().unwrap();
    for profile in shipped().unwrap() {
        let entries = logs::Draw::new(&profile, 1, true).facts(FACTS).entries;
        let disordered = logs::shuffled(&entries, 2);
        let log = |entries| logs::case_log(&profile, &calendar, entries);
        let mut group = criterion.benchmark_group(profile.id.to_string());
        group.bench_function("floor: copy the log", |bench| {
            bench.iter(|| black_box(&entries).clone());
        });
        group.bench_function("from scratch", |bench| {
            bench.iter(|| judge(&log(black_box(&entries))));
        });
        group.bench_function("from scratch, arrived in disorder", |bench| {
            bench.iter(|| judge(&log(black_box(&disordered))));
        });
        one_more(&mut group, "one more fact", &log(&entries));
        one_more(&mut group, "one more fact, of long ago", &log(&disordered));
        group.finish();
    }
}

/// What the last fact of a log costs when all before it are known.
fn one_more<'a>(group: &mut BenchmarkGroup<'_, WallTime>, name: &str, log: &CaseLog<'a>) {
    let is_event = |entry: &LogEntry| {
        matches!(
            entry.entry.command.kind(),
            CommandKind::RecordVisit | CommandKind::RecordSession
        )
    };
    let last = log.entries.iter().rposition(is_event).unwrap();
    let fact: &'a LogEntry = &log.entries[last];
    let mut before = Docket::new(log);
    for entry in log.entries.iter().take(last) {
        before.take(entry);
    }
    before.state();
    group.bench_function(name, |bench| {
        let judged = |mut docket: Docket<'a>| {
            let verdicts = docket.take(black_box(fact));
            // The docket is given back, so that dropping it is not measured.
            (verdicts, docket.state(), docket)
        };
        bench.iter_batched(|| before.clone(), judged, BatchSize::SmallInput);
    });
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(20).without_plots();
    targets = rules
}
criterion_main!(benches);
