//! Marks on facts. A fact is never refused; what is unusual about it is told.
//!
//! Role and time marks rest on the command alone; papers, consent, count and doubles on facts (papers also on waivers
//! by decision); the marks about endings, order and targets read decisions.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use super::LogEntry;
use super::case::{Case, assignments};
use super::facts::{Consent, danger_of, held_session, met_visit, signatory};
use super::papers::gates_kind;
use super::referrals::{is_referral, issued_at, questions_referral};
use super::sessions::beyond_standard;
use super::standing::{held_roles, is_outside_mandate};
use super::verdict::{Flag, Review};
use crate::command::{
    Attach, Command, CommandKind, EndingReason, Recommendation, SafetyLevel, Signatory,
};
use crate::id::CommandId;
use crate::time::Timestamp;

/// A device's clock may be this far ahead before it is told.
const FUTURE_MS_MAX: i64 = 2 * 60 * 1_000;
/// A device's clock may be this far off before its times need a witness (LK3.md 7.1).
const OFFSET_MS_MAX: i64 = 5 * 60 * 1_000;
/// So long after it was recorded may a fact arrive before its time needs a witness (LK3.md 7.1: 72 hours).
const DELAY_MS_MAX: i64 = 72 * 60 * 60 * 1_000;

/// The marks on the facts of a case, as far as it is known.
pub(super) struct Marks<'c, 'a> {
    case: &'c Case<'a>,
    /// Since when the papers for a session are complete; reckoned once for all facts.
    complete_since: OnceCell<Option<Timestamp>>,
    /// Who confirmed which fact; gathered once for all facts.
    confirmed: OnceCell<BTreeMap<CommandId, Vec<&'a LogEntry>>>,
}

impl<'c, 'a> Marks<'c, 'a> {
    /// Looks at a case.
    pub(super) const fn new(case: &'c Case<'a>) -> Self {
        Self {
            case,
            complete_since: OnceCell::new(),
            confirmed: OnceCell::new(),
        }
    }

    /// The marks on one of its facts.
    pub(super) fn of(&self, entry: &LogEntry) -> BTreeSet<Flag> {
        flags_of(self, self.case, entry)
    }

    /// The confirmations of a fact.
    fn confirmations(&self, entry: &LogEntry) -> impl Iterator<Item = &'a LogEntry> {
        let confirmed = self.confirmed.get_or_init(|| {
            let mut confirmed: BTreeMap<CommandId, Vec<&LogEntry>> = BTreeMap::new();
            for confirming in self.case.facts.of(CommandKind::ConfirmRecords) {
                if let Command::ConfirmRecords(named) = &confirming.entry.command {
                    for record in &named.records {
                        confirmed.entry(*record).or_default().push(confirming);
                    }
                }
            }
            confirmed
        });
        let of_fact = confirmed.get(&entry.entry.id);
        of_fact.into_iter().flatten().copied()
    }

    fn complete_since(&self) -> Option<Timestamp> {
        *self
            .complete_since
            .get_or_init(|| complete_since(self.case))
    }
}

fn flags_of(marks: &Marks<'_, '_>, case: &Case<'_>, entry: &LogEntry) -> BTreeSet<Flag> {
    let consent = consent_at(case, entry);
    let marks = [
        (!is_role_allowed(case, entry), Flag::RoleNotAllowed),
        (are_papers_missing(marks, entry), Flag::DocsMissing),
        (
            matches!(consent, Consent::Missing | Consent::Contested),
            Flag::ConsentMissing,
        ),
        (consent == Consent::Withdrawn, Flag::ConsentWithdrawn),
        (is_beyond_standard(case, entry), Flag::ExceedsMax),
        (is_out_of_order(case, entry), Flag::OutOfOrder),
        (!is_target_known(case, entry), Flag::UnknownTarget),
        (case.facts.is_double(entry), Flag::PossibleSameEvent),
        (
            is_news_to_ending(case, entry),
            Flag::NewEvidenceBeforeTermination,
        ),
        (is_after_ending(case, entry), Flag::PostTermination),
        (is_in_future(entry), Flag::ClockFuture),
        (
            is_time_unverified(entry) && !is_time_confirmed(marks, entry),
            Flag::TimeUnverified,
        ),
        (is_in_restriction(case, entry), Flag::Restricted),
        (
            is_outside_mandate(entry) && !is_confirmed_by_head(marks, entry),
            Flag::OutsideMandate,
        ),
        (
            signatory(entry).is_some() && case.facts.lacks_guardian(entry),
            Flag::GuardianMissing,
        ),
        (is_assent_missing(case, entry), Flag::AssentMissing),
        (
            signatory(entry).is_some() && case.facts.is_contested(entry.entry.id),
            Flag::ConsentContested,
        ),
    ];
    let mut flags = BTreeSet::new();
    flags.extend(
        marks
            .into_iter()
            .filter_map(|(holds, flag)| holds.then_some(flag)),
    );
    flags
}

/// Why a head should look at a fact, at the row where it arrives (amendment B6). Most facts need nobody.
pub(super) fn review_of(case: &Case<'_>, entry: &LogEntry) -> Option<Review> {
    let command = &entry.entry.command;
    if questions_referral(case, entry) {
        return Some(Review::ReferralQuestioned);
    }
    let ending = case.decided.ending?;
    if danger_of(command).is_some_and(|level| level < SafetyLevel::P3) {
        return Some(Review::DangerAfterEnding);
    }
    // What else is written down under the number of a duplicate belongs to the case that goes on.
    if case.is_duplicate() {
        return None;
    }
    if recommends_another_course(command, ending.reason) {
        return Some(Review::NewEvidence);
    }
    (is_after_ending(case, entry) && is_service(command)).then_some(Review::PostTermination)
}

fn recommends_another_course(command: &Command, ending: EndingReason) -> bool {
    if let Command::WriteSummary(summary) = command {
        summary.recommendation != Recommendation::Finished
    } else if let Command::RecordAftercare(aftercare) = command {
        aftercare.reopen_needed
    } else if let Command::RecordReply(reply) = command {
        !reply.accepted && ending == EndingReason::ReferredOut
    } else {
        false
    }
}

fn is_service(command: &Command) -> bool {
    met_visit(command).is_some()
        || held_session(command).is_some()
        || matches!(
            command,
            Command::RecordService(_) | Command::SignContract(_)
        )
}

fn is_role_allowed(case: &Case<'_>, entry: &LogEntry) -> bool {
    let stamp = entry.entry.stamp;
    let roles = match stamp
        .performed_by
        .filter(|performer| *performer != stamp.by)
    {
        // Whoever typed it did not do it; a performer whom nobody listed is not checked.
        Some(performer) => match entry.named_roles.get(&performer) {
            Some(roles) => roles,
            None => return true,
        },
        None => &entry.author_roles,
    };
    case.profile
        .transition(entry.entry.command.kind())
        .is_some_and(|transition| roles.iter().any(|role| transition.roles.contains(role)))
}

/// A guardian signed for a child, and nobody wrote down that the child agrees.
fn is_assent_missing(case: &Case<'_>, entry: &LogEntry) -> bool {
    if let Command::SignConsent(signed) = &entry.entry.command {
        signatory(entry) != Some(Signatory::Client)
            && signed.assent != Some(true)
            && case.facts.is_child_at(entry.at())
    } else {
        false
    }
}

fn are_papers_missing(marks: &Marks<'_, '_>, entry: &LogEntry) -> bool {
    held_session(&entry.entry.command).is_some()
        && !marks.case.is_in_danger()
        && marks.complete_since().is_none_or(|at| at > entry.at())
}

/// Since when the papers for a session are complete; nothing while one is missing.
fn complete_since(case: &Case<'_>) -> Option<Timestamp> {
    let gating = case.profile.requirements.iter().filter(|requirement| {
        requirement.milestone.is_none()
            && gates_kind(requirement, CommandKind::ScheduleSession)
            && case.applies(requirement)
    });
    let beginning = Timestamp::from_millis(i64::MIN);
    gating
        .map(|requirement| case.satisfied_at(requirement))
        .try_fold(beginning, |since, at| Some(since.max(at?)))
}

/// The consent as it stood when the service took place; granted for what needs none.
fn consent_at(case: &Case<'_>, entry: &LogEntry) -> Consent {
    let command = &entry.entry.command;
    let is_contact = matches!(command, Command::RecordVisit(_) | Command::RecordService(_));
    let is_session = held_session(command).is_some();
    if !is_contact && !is_session {
        return Consent::Granted;
    }
    let consent = case.facts.service_consent_at(entry.at());
    let is_excused = is_contact || case.is_in_danger();
    if matches!(consent, Consent::Missing | Consent::Contested) && is_excused {
        Consent::Granted
    } else {
        consent
    }
}

fn is_beyond_standard(case: &Case<'_>, entry: &LogEntry) -> bool {
    if held_session(&entry.entry.command).is_none() {
        return false;
    }
    let place = |entry: &LogEntry| (entry.at(), entry.entry.id);
    let beyond = beyond_standard(case);
    beyond
        .binary_search_by_key(&place(entry), |beyond| place(beyond))
        .is_ok()
}

fn is_out_of_order(case: &Case<'_>, entry: &LogEntry) -> bool {
    let letter = if let Command::RecordReply(reply) = &entry.entry.command {
        Some(reply.referral)
    } else if let Command::DeliverReferral(delivery) = &entry.entry.command {
        delivery.with_letter.then_some(delivery.referral)
    } else {
        None
    };
    if let Some(referral) = letter {
        return is_referral(case, referral) && issued_at(case, referral).is_none();
    }
    matches!(entry.entry.command, Command::RecordAftercare(_)) && case.decided.ending.is_none()
}

fn is_target_known(case: &Case<'_>, entry: &LogEntry) -> bool {
    let command = &entry.entry.command;
    let is_booked = |id| {
        let booking = case.decided.find(id).map(|made| &made.entry.entry.command);
        matches!(booking, Some(Command::ScheduleSession(_)))
    };
    let is_referral = |id| is_referral(case, id);
    let is_own = |id, kind| {
        let own = case.facts.own_record(entry, id);
        own.is_some_and(|own| own.entry.command.kind() == kind)
    };
    if let Command::SightDocument(paper) = command {
        case.profile
            .requirements
            .iter()
            .any(|requirement| requirement.id == paper.requirement)
    } else if let Command::CancelAppointment(cancelled) = command {
        is_booked(cancelled.appointment)
    } else if let Command::RecordSession(session) = command {
        session.appointment.is_none_or(is_booked)
    } else if let Command::RecordReply(reply) = command {
        is_referral(reply.referral)
    } else if let Command::DeliverReferral(delivery) = command {
        is_referral(delivery.referral)
    } else if let Command::ConfirmConsent(confirmed) = command {
        is_own(confirmed.signature, CommandKind::SignConsent)
    } else if let Command::SettleEvent(settled) = command {
        settled.counts.is_subset(&settled.events)
            && settled.events.iter().all(|event| {
                is_own(*event, CommandKind::RecordVisit)
                    || is_own(*event, CommandKind::RecordSession)
            })
    } else if let Command::ConfirmRecords(confirmed) = command {
        confirmed.records.iter().all(|id| case.facts.has(*id))
    } else if let Command::TakeRecord(taken) = command {
        case.facts.has(taken.record)
    } else if let Command::ReadAssignment(read) = command {
        assignments(case).any(|(id, _, to)| id == read.assignment && to == entry.performer())
    } else if let Command::ContestConsent(contest) = command {
        let signed = case.facts.find(contest.signature);
        signed.is_some_and(|signed| signatory(signed).is_some())
    } else if let Command::AddFinding(finding) = command {
        finding.assessment.is_none_or(|id| {
            case.decided.find(id).is_some_and(|made| {
                matches!(made.entry.entry.command, Command::FinaliseAssessment(_))
            })
        })
    } else if let Command::Attach(attached) = command {
        kind_of(case, attached.target)
            .is_none_or(|kind| Attach::class_for(kind) == Some(attached.class))
    } else if let Command::EditMinutes(edit) = command {
        let drafted = case.facts.find(edit.target);
        drafted.is_some_and(|other| matches!(other.entry.command, Command::DraftMinutes(_)))
    } else {
        true
    }
}

/// The kind of a command of the case.
fn kind_of(case: &Case<'_>, id: CommandId) -> Option<CommandKind> {
    let fact = case.facts.find(id);
    let decided = || case.decided.find(id).map(|made| made.entry);
    fact.or_else(decided)
        .map(|entry| entry.entry.command.kind())
}

fn is_news_to_ending(case: &Case<'_>, entry: &LogEntry) -> bool {
    case.decided
        .ending
        .is_some_and(|end| entry.seq > end.seq && entry.at() <= end.at)
}

/// Care after the service belongs after the ending.
fn is_after_ending(case: &Case<'_>, entry: &LogEntry) -> bool {
    !matches!(entry.entry.command, Command::RecordAftercare(_))
        && !case.is_duplicate()
        && case.decided.ending.is_some_and(|end| entry.at() > end.at)
}

/// Whether a service took place while use of the client's data was limited. Safety goes first.
fn is_in_restriction(case: &Case<'_>, entry: &LogEntry) -> bool {
    let since = case.decided.restricted_since;
    is_service(&entry.entry.command)
        && since.is_some_and(|since| entry.at() >= since)
        && !case.is_in_danger()
}

fn is_in_future(entry: &LogEntry) -> bool {
    let claimed = entry.entry.stamp.occurred_at.max(entry.recorded_at);
    claimed.millis_since(entry.received_at) > FUTURE_MS_MAX
}

/// Whoever did it or a head says that it was then (B6).
fn is_time_confirmed(marks: &Marks<'_, '_>, entry: &LogEntry) -> bool {
    let mut confirmations = marks.confirmations(entry);
    confirmations.any(|confirmed| confirmed.entry.stamp.by == entry.performer())
        || is_confirmed_by_head(marks, entry)
}

/// What was done after a mandate holds when a head says so (C6).
fn is_confirmed_by_head(marks: &Marks<'_, '_>, entry: &LogEntry) -> bool {
    let profile = marks.case.profile;
    let mut confirmations = marks.confirmations(entry);
    confirmations.any(|confirmed| profile.is_head(held_roles(confirmed)))
}

fn is_time_unverified(entry: &LogEntry) -> bool {
    let is_late = entry.received_at.millis_since(entry.recorded_at) > DELAY_MS_MAX;
    is_late
        || entry
            .clock_offset_ms
            // A claim so far off that it has no absolute value is off all the same.
            .is_some_and(|offset| offset.checked_abs().is_none_or(|off| off > OFFSET_MS_MAX))
}
