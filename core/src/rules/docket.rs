//! A case under judgement: its log folded as far as it was read. Reads facts and decisions.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::case::Case;
use super::clocks::{Reckoning, clocks};
use super::elsewhere::Elsewhere;
use super::reviews::answered;
use super::state::CaseState;
use super::verdict::Verdict;
use super::{CaseLog, LogEntry, judge_fact, judge_proposal};
use crate::calendar::Calendar;
use crate::command::Nature;
use crate::id::{CommandId, ServerSeq};
use crate::profile::Profile;

/// Proposals which a head has answered, as the log tells, and the last row at which that stands.
pub(super) type Answered = BTreeMap<CommandId, ServerSeq>;

/// By what a case is judged from its first command on.
#[derive(Clone, Copy, Debug)]
struct Ground<'a> {
    profile: &'a Profile,
    versions: &'a [Arc<Profile>],
    calendar: &'a Calendar,
    elsewhere: &'a Elsewhere,
}

impl<'a> Ground<'a> {
    fn case(self) -> Case<'a> {
        Case::new(self.profile, self.versions, self.calendar, self.elsewhere)
    }
}

/// Takes the commands of one case one by one, in the order of the log, and gives after each what [`super::judge`]
/// gives for the log so far.
#[derive(Clone, Debug)]
pub struct Docket<'a> {
    log: Ground<'a>,
    case: Case<'a>,
    /// What was taken, to be judged again when an answer tells what was not known.
    taken: Vec<&'a LogEntry>,
    answered: Answered,
    judged_through: ServerSeq,
    reckoning: Reckoning<'a>,
}

impl<'a> Docket<'a> {
    /// Opens the docket of a case. Of the log's entries none is taken yet; only what heads have answered in it is known.
    #[must_use]
    pub fn new(log: &CaseLog<'a>) -> Self {
        let ground = Ground {
            profile: log.profile,
            versions: log.versions,
            calendar: log.calendar,
            elsewhere: log.elsewhere,
        };
        let mut docket = Self {
            log: ground,
            case: ground.case(),
            taken: Vec::with_capacity(log.entries.len()),
            answered: Answered::new(),
            judged_through: ServerSeq::default(),
            reckoning: Reckoning::new(log),
        };
        for entry in log.entries {
            docket.learn(entry);
        }
        docket
    }

    /// Takes the next command of the log, and gives the verdicts that it brings. What it gave before stands.
    pub fn take(&mut self, entry: &'a LogEntry) -> Vec<(CommandId, Verdict)> {
        if self.learn(entry) {
            self.case = self.log.case();
            for taken in std::mem::take(&mut self.taken) {
                self.judge(taken);
            }
        }
        self.judge(entry)
    }

    /// The case after what was taken.
    pub fn state(&mut self) -> CaseState {
        let clocks = clocks(&self.case, &self.taken, &mut self.reckoning);
        self.case.state(clocks, self.judged_through)
    }

    /// The version of the profile that the case is under.
    pub(super) const fn profile_version(&self) -> u32 {
        self.case.profile.version
    }

    fn judge(&mut self, entry: &'a LogEntry) -> Vec<(CommandId, Verdict)> {
        let mut verdicts = Vec::new();
        match entry.entry.command.kind().nature() {
            Nature::Fact => judge_fact(&mut self.case, entry, &mut verdicts),
            Nature::Proposal => {
                judge_proposal(&mut self.case, &self.answered, entry, &mut verdicts);
            }
        }
        self.taken.push(entry);
        self.judged_through = self.judged_through.max(entry.seq);
        verdicts
    }

    /// Learns of a proposal that a head has answered. Gives whether a verdict that was taken as stored meant its end, and
    /// the proposal waited until here.
    fn learn(&mut self, entry: &LogEntry) -> bool {
        let Some((proposal, _)) = answered(entry) else {
            return false;
        };
        if entry.verdict != Some(Verdict::Committed) {
            return false;
        }
        let known = self.answered.entry(proposal).or_default();
        let before = std::mem::replace(known, entry.seq.max(*known));
        self.taken.iter().any(|taken| {
            taken.entry.id == proposal
                && taken.verdict.is_some()
                && (before..entry.seq).contains(&taken.seq)
        })
    }
}
