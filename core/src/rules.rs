//! Judges what people did: the same code predicts on the device and decides on the server.
//!
//! [`judge`] takes one case's admitted commands in the order of the log, with the instants that were recorded, and
//! gives verdicts and the state of the case. It reads no clock and does no I/O. Facts are recorded whatever happens,
//! at most flagged; proposals are committed, refused with a reason, or put before a head. A stored verdict is an
//! input: it is never judged again.
//!
//! A [`Docket`] is the same for a case that grows: it takes one more command and remembers the others.
//!
//! Rooms: `facts` is what follows from facts alone, in every order of arrival alike; `decided` is the fold of
//! decisions in the order of the log; `case` joins both; one small file for each family of rules asks them;
//! `flags` marks facts; `clocks` reckons deadlines.

/// Every fact, as a pattern: nobody asks whether it may be, and nobody commits it.
macro_rules! any_fact {
    () => {
        $crate::command::Command::EditIdentity(_)
            | $crate::command::Command::SightDocument(_)
            | $crate::command::Command::RecordApproach(_)
            | $crate::command::Command::InformClient(_)
            | $crate::command::Command::SignConsent(_)
            | $crate::command::Command::WithdrawConsent(_)
            | $crate::command::Command::SignContract(_)
            | $crate::command::Command::RecordVisit(_)
            | $crate::command::Command::DraftMinutes(_)
            | $crate::command::Command::EditMinutes(_)
            | $crate::command::Command::CancelAppointment(_)
            | $crate::command::Command::RecordSession(_)
            | $crate::command::Command::WriteSummary(_)
            | $crate::command::Command::RecordReply(_)
            | $crate::command::Command::RecordAftercare(_)
            | $crate::command::Command::RaiseSafety(_)
            | $crate::command::Command::RecordService(_)
            | $crate::command::Command::DeliverReferral(_)
            | $crate::command::Command::ConfirmConsent(_)
            | $crate::command::Command::SettleEvent(_)
            | $crate::command::Command::SetContact(_)
            | $crate::command::Command::TakeRecord(_)
            | $crate::command::Command::NoteClientDate(_)
            | $crate::command::Command::ReadAssignment(_)
            | $crate::command::Command::RecordActivity(_)
            | $crate::command::Command::RecordScreening(_)
            | $crate::command::Command::ContestConsent(_)
            | $crate::command::Command::HideAddress(_)
            | $crate::command::Command::AddFinding(_)
            | $crate::command::Command::ConfirmRecords(_)
            | $crate::command::Command::DeclareConflict(_)
            | $crate::command::Command::Attach(_)
            | $crate::command::Command::AskSeparation(_)
    };
}

mod adults;
mod case;
mod clocks;
mod conflict;
mod consent;
mod contacts;
mod decided;
mod docket;
mod elsewhere;
mod endings;
mod facts;
mod flags;
mod likeness;
mod papers;
mod people;
mod promise;
mod referrals;
mod registrations;
mod reminders;
mod reviews;
mod sessions;
mod standing;
mod state;
mod status;
mod told;
mod verdict;
mod views;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::calendar::Calendar;
use crate::command::{Command, CommandEntry, Nature, ReviewAnswer};
use crate::id::{CommandId, DecisionCount, PersonId, ServerSeq};
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::time::Timestamp;

use case::{Ask, Case};
pub use conflict::barred;
pub use contacts::{contacts_told, is_same_contact};
use decided::Made;
use docket::Answered;
pub use docket::Docket;
pub use elsewhere::{Elsewhere, leads, opposed, papers_seen};
#[cfg(feature = "store")]
pub(crate) use facts::danger_of;
pub use facts::is_same_name;
pub use likeness::{CaseLinks, Likeness, Suggestion, family_decisions, identity_of, suggestion};
pub use promise::kept_promises;
pub use standing::Standing;
pub use state::{
    Appointment, CaseState, ClockOutcome, ClockState, ReferralPhase, ReferralState, ReviewItem,
};
pub use told::{ConsentStanding, FactsTold, LegalField, LegalValue, facts_told, legal_values_told};
use verdict::Objection;
pub use verdict::{Flag, Refusal, Review, Verdict};
pub use views::view_of;

/// One admitted command of a case, with what the log recorded about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogEntry {
    /// Its row in the log. A device gives its pending commands rows after the last that it holds.
    pub seq: ServerSeq,
    /// The command.
    pub entry: CommandEntry,
    /// What its author was when the server committed it, delegations included.
    pub author_roles: BTreeSet<Role>,
    /// On which terms its author served then.
    pub standing: Standing,
    /// What the people whom it names were then. Who is not listed is not checked.
    pub named_roles: BTreeMap<PersonId, BTreeSet<Role>>,
    /// The kecamatan that they serve; who serves all is listed with none.
    pub named_areas: BTreeMap<PersonId, BTreeSet<String>>,
    /// By the device's clock.
    pub recorded_at: Timestamp,
    /// By the server's clock.
    pub received_at: Timestamp,
    /// How far the device's clock was found ahead of the server's at its last contact, in milliseconds.
    pub clock_offset_ms: Option<i64>,
    /// Whether it was made at the desk.
    pub via_desk: bool,
    /// How many decisions its author had seen.
    pub base: DecisionCount,
    /// The verdict that was given already, if there is one.
    pub verdict: Option<Verdict>,
}

/// A command counts as made online if it arrived this soon after it was recorded: long enough for a bad line, too short
/// for an office to have decided otherwise unseen.
const ONLINE_MS_MAX: i64 = 10 * 60 * 1_000;

impl LogEntry {
    /// When it happened: as the author says, but never after the server had it.
    #[must_use]
    pub fn at(&self) -> Timestamp {
        self.entry.stamp.occurred_at.min(self.received_at)
    }

    /// Who did it, where that is not the author (C3).
    #[must_use]
    pub fn performer(&self) -> PersonId {
        self.entry.stamp.performed_by.unwrap_or(self.entry.stamp.by)
    }

    /// How long it lay on its device, in milliseconds; 0 for what was sent about when it was recorded.
    #[must_use]
    pub fn delay_ms(&self) -> i64 {
        let ahead = self.clock_offset_ms.unwrap_or(0);
        let recorded = self.recorded_at.plus_millis(ahead.saturating_neg());
        let delay = self.received_at.millis_since(recorded);
        if delay > ONLINE_MS_MAX { delay } else { 0 }
    }

    /// Whether it was made in contact with the server. A clock that is known to be wrong is put right first.
    #[must_use]
    pub fn is_online(&self) -> bool {
        let ahead = self.clock_offset_ms.unwrap_or(0);
        let recorded = self.recorded_at.plus_millis(ahead.saturating_neg());
        let apart = self.received_at.millis_since(recorded).checked_abs();
        self.via_desk || apart.is_some_and(|apart| apart <= ONLINE_MS_MAX)
    }
}

/// Everything that a judgement rests on.
#[derive(Clone, Copy, Debug)]
pub struct CaseLog<'a> {
    /// The profile under which the case was registered.
    pub profile: &'a Profile,
    /// The versions of the profile that have been activated: a decision may move the case to one of them.
    pub versions: &'a [Arc<Profile>],
    /// The calendar in force.
    pub calendar: &'a Calendar,
    /// The case's commands in the order of the log.
    pub entries: &'a [LogEntry],
    /// The clocks as last ruled: a due date may move later when the calendar changes, never earlier.
    pub prior_clocks: &'a [ClockState],
    /// What other cases tell.
    pub elsewhere: &'a Elsewhere,
}

/// What the rules say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Judgement {
    /// New verdicts, in the order in which they were given. A head's answer gives two: its own, and the final one of
    /// the proposal that it answers.
    pub verdicts: Vec<(CommandId, Verdict)>,
    /// The case after all entries.
    pub state: CaseState,
    /// The version of the profile that the case is under, after all entries.
    pub profile_version: u32,
}

/// Judges the commands that have no verdict, and computes the case's state. Reads facts and decisions.
#[must_use]
pub fn judge(log: &CaseLog<'_>) -> Judgement {
    let mut docket = Docket::new(log);
    let verdicts = log
        .entries
        .iter()
        .flat_map(|entry| docket.take(entry))
        .collect();
    Judgement {
        verdicts,
        state: docket.state(),
        profile_version: docket.profile_version(),
    }
}

fn judge_fact<'a>(
    case: &mut Case<'a>,
    entry: &'a LogEntry,
    verdicts: &mut Vec<(CommandId, Verdict)>,
) {
    case.facts.insert(entry);
    if entry.verdict.is_none() {
        let flags = flags::Marks::new(case).of(entry);
        verdicts.push((entry.entry.id, Verdict::Recorded(flags)));
    }
    if let Some(reason) = flags::review_of(case, entry) {
        case.decided.wait(entry, reason);
    }
}

fn judge_proposal<'a>(
    case: &mut Case<'a>,
    answered: &Answered,
    entry: &'a LogEntry,
    verdicts: &mut Vec<(CommandId, Verdict)>,
) {
    case.facts.insert(entry);
    let verdict = match stored_verdict(answered, entry) {
        Some(stored) => stored,
        None => {
            let verdict = Verdict::from(rule(&Ask::new(case, entry)));
            verdicts.push((entry.entry.id, verdict.clone()));
            verdict
        }
    };
    match verdict {
        Verdict::NeedsReview(reason) => case.decided.wait(entry, reason),
        Verdict::Refused(_) | Verdict::Recorded(_) => {}
        Verdict::Committed => {
            let by = entry.entry.stamp.by;
            if let Some(role) = standing::acting(&Ask::new(case, entry)) {
                case.decided.acting.insert(entry.entry.id, role);
            }
            if let Some((proposal, answer)) = reviews::answered(entry) {
                apply_answer(case, entry, proposal, answer, verdicts);
            } else {
                case.commit(
                    Made {
                        entry,
                        at: entry.at(),
                        by,
                    },
                    entry.seq,
                );
            }
        }
    }
}

/// The verdict that was given when the command was judged. A proposal that a head answered later waited until then,
/// whatever its final verdict is.
fn stored_verdict(answered: &Answered, entry: &LogEntry) -> Option<Verdict> {
    let stored = entry.verdict.clone()?;
    let answer = answered.get(&entry.entry.id);
    Some(if answer.is_some_and(|row| *row > entry.seq) {
        Verdict::NeedsReview(Review::AwaitingHead)
    } else {
        stored
    })
}

fn apply_answer<'a>(
    case: &mut Case<'a>,
    entry: &'a LogEntry,
    proposal: CommandId,
    answer: ReviewAnswer,
    verdicts: &mut Vec<(CommandId, Verdict)>,
) {
    let by = entry.entry.stamp.by;
    let Some(pending) = case.waiting_of(proposal) else {
        return;
    };
    case.decided.pending.remove(&(pending.entry.seq, proposal));
    if pending.entry.entry.command.kind().nature() == Nature::Fact {
        case.decided.looked_at.insert(proposal);
        case.decided.deciders.push(by);
        return;
    }
    let verdict = match answer {
        ReviewAnswer::Commit => {
            case.decided.is_self_decided |= pending.entry.entry.stamp.by == by;
            // A registration counts from when the client came, whoever let it stand (A8); other decisions from the answer.
            let is_registration = matches!(pending.entry.entry.command, Command::Register(_));
            let decided = if is_registration {
                pending.entry
            } else {
                entry
            };
            let made = Made {
                entry: pending.entry,
                at: decided.at(),
                by,
            };
            case.commit(made, entry.seq);
            Verdict::Committed
        }
        ReviewAnswer::Refuse => {
            case.decided.deciders.push(by);
            Verdict::Refused(Refusal::RefusedInReview)
        }
    };
    if entry.verdict.is_none() {
        verdicts.push((proposal, verdict));
    }
}

/// One family of rules.
type Family = fn(&Ask<'_, '_>) -> Result<(), Objection>;

/// The families of rules, in the order in which they are asked. The first objection is the verdict.
const FAMILIES: &[Family] = &[
    people::check,
    status::check,
    standing::check,
    registrations::check,
    consent::check,
    papers::check,
    sessions::check,
    referrals::check,
    endings::check,
    reviews::check,
];

/// Rules on one proposal.
fn rule(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    FAMILIES.iter().try_for_each(|family| family(ask))
}

#[cfg(test)]
mod tests;
