//! The first promise: what is computed from facts is equal in every order in which they arrived.

use jangkau_core::calendar::Calendar;
use jangkau_core::command::Nature;
use jangkau_core::id::ServerSeq;
use jangkau_core::rules::{CaseLog, CaseState, Elsewhere, LogEntry, judge};

use super::World;
use super::observe::Truth;
use super::violation::{Checked, Violation, ensure};

/// Orders that are tried for each case.
const ORDERS: usize = 2;

impl World {
    /// Judges the facts of each case in other orders.
    pub(super) fn check_facts(&mut self, truth: &Truth) -> Checked<()> {
        let calendar =
            Calendar::shipped().map_err(|error| Violation::broke("Calendar::shipped", &error))?;
        for case in truth.states.keys() {
            let log = self
                .server
                .engine()
                .case_log(&self.institution, *case)
                .map_err(|error| Violation::broke("Engine::case_log", &error))?;
            let mut facts: Vec<LogEntry> = log
                .into_iter()
                .filter(|entry| entry.entry.command.kind().nature() == Nature::Fact)
                .map(|entry| LogEntry {
                    verdict: None,
                    ..entry
                })
                .collect();
            let first = self.computed(&facts, &calendar);
            for _ in 0..ORDERS {
                self.shuffle(&mut facts);
                let again = self.computed(&facts, &calendar);
                ensure(first == again, "facts give the same in every order", || {
                    format!("{case:?}: {first:?} against {again:?}")
                })?;
            }
        }
        Ok(())
    }

    /// What the rules compute, without what only says in which order they were asked.
    fn computed(&self, facts: &[LogEntry], calendar: &Calendar) -> CaseState {
        let log = CaseLog {
            profile: &self.profile,
            versions: &[],
            calendar,
            entries: facts,
            prior_clocks: &[],
            elsewhere: &Elsewhere::default(),
        };
        let mut state = judge(&log).state;
        state.reviews.sort_by_key(|item| item.command);
        state.judged_through = ServerSeq::default();
        state
    }

    fn shuffle(&mut self, facts: &mut [LogEntry]) {
        for at in (1..facts.len()).rev() {
            facts.swap(at, self.chance.below(at + 1));
        }
        for (entry, seq) in facts.iter_mut().zip(1_u64..) {
            entry.seq = ServerSeq::new(seq);
        }
    }
}
