//! The second promise: replaying the log on an empty judge gives the same rulings, byte for byte.

use std::collections::BTreeMap;

use jangkau_core::calendar::Calendar;
use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, CommandId, ServerSeq};
use jangkau_core::rules::{CaseLog, LogEntry, Verdict, judge};
use jangkau_core::sync::RulingBody;
use jangkau_core::time::Timestamp;
use jangkau_server::engine::CaseHistory;

use super::World;
use super::violation::{Checked, Violation, ensure};

const RULE: &str = "replaying the log gives the same rulings";

/// What one judgement appended.
#[derive(Debug, Default, PartialEq, Eq)]
struct Sitting {
    state: Option<Vec<u8>>,
    verdicts: BTreeMap<Class, Vec<u8>>,
}

impl World {
    /// Judges a case again, sitting by sitting, with the recorded instants as inputs.
    pub(super) fn check_replay(&self, case: CaseId, history: &CaseHistory) -> Checked<()> {
        let calendar =
            Calendar::shipped().map_err(|error| Violation::broke("Calendar::shipped", &error))?;
        let mut verdicts: BTreeMap<CommandId, Verdict> = BTreeMap::new();
        let mut prior_clocks = Vec::new();
        let mut last_state = Vec::new();
        for (through, recorded) in sittings(&history.rulings)? {
            let entries: Vec<LogEntry> = history
                .entries
                .iter()
                .filter(|entry| entry.seq <= through.0)
                .map(|entry| LogEntry {
                    verdict: verdicts.get(&entry.entry.id).cloned(),
                    ..entry.clone()
                })
                .collect();
            let log = CaseLog {
                profile: &self.profile,
                calendar: &calendar,
                entries: &entries,
                prior_clocks: &prior_clocks,
            };
            let judgement = judge(&log);
            let state = minicbor::to_vec(&judgement.state).unwrap_or_default();
            let again = Sitting {
                state: (state != last_state).then(|| state.clone()),
                verdicts: by_class(&entries, &judgement.verdicts),
            };
            ensure(again == recorded, RULE, || {
                format!("{case:?} through {}: {recorded:?} against {again:?}", through.0)
            })?;
            verdicts.extend(judgement.verdicts);
            prior_clocks = judgement.state.clocks;
            last_state = state;
        }
        Ok(())
    }
}

/// The rulings of a case by the sitting that gave them, in the order of the log.
fn sittings(
    rulings: &[(ServerSeq, RulingBody)],
) -> Checked<BTreeMap<(ServerSeq, Timestamp), Sitting>> {
    let mut sittings: BTreeMap<(ServerSeq, Timestamp), Sitting> = BTreeMap::new();
    for (_, body) in rulings {
        let sitting = sittings.entry((body.judged_through, body.ruled_at)).or_default();
        match body.class {
            None => sitting.state.clone_from(&body.state),
            Some(class) => {
                let twice = sitting.verdicts.insert(class, body.verdicts.clone());
                ensure(twice.is_none(), RULE, || format!("two rulings on {class:?}"))?;
            }
        }
    }
    Ok(sittings)
}

/// Verdicts as they stand in rulings: by the class of the command's first record.
fn by_class(
    entries: &[LogEntry],
    verdicts: &[(CommandId, Verdict)],
) -> BTreeMap<Class, Vec<u8>> {
    let mut by_class: BTreeMap<Class, Vec<(CommandId, Verdict)>> = BTreeMap::new();
    for (command, verdict) in verdicts {
        let entry = entries.iter().find(|entry| entry.entry.id == *command);
        let kind = entry.map(|entry| entry.entry.command.kind());
        let first = kind.and_then(|kind| kind.sections().first());
        if let Some((class, _)) = first {
            by_class.entry(*class).or_default().push((*command, verdict.clone()));
        }
    }
    let encoded = |verdicts: Vec<_>| minicbor::to_vec(&verdicts).unwrap_or_default();
    by_class.into_iter().map(|(class, verdicts)| (class, encoded(verdicts))).collect()
}
