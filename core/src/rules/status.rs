//! What each status allows, and whether the thing that is named exists. Reads facts and decisions.

use super::LogEntry;
use super::case::{Ask, Case};
use super::referrals::is_referral;
use super::rule;
use super::verdict::{Objection, Refusal, Review};
use crate::command::{Command, CommandKind, EndingReason, ReviewAnswer};
use crate::profile::words::{Milestone, Status};

const ACTIVE: &[Status] = &[
    Status::Registered,
    Status::Triaged,
    Status::Assigned,
    Status::Intervening,
    Status::Monitoring,
];
const BEFORE_RESULTS: &[Status] = &[
    Status::Registered,
    Status::Triaged,
    Status::Assigned,
    Status::Intervening,
];
const SERVED: &[Status] = &[Status::Assigned, Status::Intervening, Status::Monitoring];
const AFTER_TRIAGE: &[Status] = &[
    Status::Triaged,
    Status::Assigned,
    Status::Intervening,
    Status::Monitoring,
];
const FRONT_DESK: &[Status] = &[Status::Registered, Status::Triaged];
const ACTIVE_OR_ENDED: &[Status] = &[
    Status::Registered,
    Status::Triaged,
    Status::Assigned,
    Status::Intervening,
    Status::Monitoring,
    Status::Terminated,
    Status::Aftercare,
];
const REGISTERED: &[Status] = &[
    Status::Registered,
    Status::Triaged,
    Status::Assigned,
    Status::Intervening,
    Status::Monitoring,
    Status::Terminated,
    Status::Aftercare,
    Status::Closed,
];
const ENDED: &[Status] = &[Status::Terminated, Status::Aftercare];
const ENDED_OR_CLOSED: &[Status] = &[Status::Terminated, Status::Aftercare, Status::Closed];

/// Refuses what the status does not allow. If somebody else's decision moved the case unseen, the head is asked
/// instead: a proposal is never refused for what its author could not know.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if let Command::ConfirmRegistration(_) = ask.command() {
        let registration = unconfirmed(ask.case).ok_or(Refusal::NoEffect)?;
        return rule(&Ask::approved(ask.case, registration));
    }
    if let Command::AnswerReview(answer) = ask.command() {
        let pending = ask.case.waiting_of(answer.proposal);
        let waiting = pending.ok_or(Refusal::ReviewClosed)?.entry;
        return answer_holds(ask, waiting, answer.answer);
    }
    let is_registration = matches!(ask.command(), Command::Register(_));
    if !is_registration && unconfirmed(ask.case).is_some() {
        return Err(Refusal::RegistrationUnconfirmed.into());
    }
    if !is_allowed(ask) {
        let code: Objection = if ask.is_stale() {
            Review::StaleBase.into()
        } else {
            Refusal::WrongStatus.into()
        };
        return Err(code);
    }
    target(ask)
}

/// The registration that waits for a worker to confirm it (A8).
fn unconfirmed<'a>(case: &Case<'a>) -> Option<&'a LogEntry> {
    let waiting = case.decided.pending.values();
    let registrations = waiting.filter(|pending| pending.reason == Review::Unconfirmed);
    registrations.map(|pending| pending.entry).next()
}

/// What a head commits must still hold; a refusal always does.
fn answer_holds<'a>(
    ask: &Ask<'_, 'a>,
    waiting: &'a LogEntry,
    answer: ReviewAnswer,
) -> Result<(), Objection> {
    use crate::command::Nature;
    let is_fact = waiting.entry.command.kind().nature() == Nature::Fact;
    match answer {
        ReviewAnswer::Refuse => Ok(()),
        ReviewAnswer::Commit if is_fact => Ok(()),
        ReviewAnswer::Commit => rule(&Ask::approved(ask.case, waiting)),
    }
}

fn is_allowed(ask: &Ask<'_, '_>) -> bool {
    statuses(ask).contains(&ask.case.status())
}

/// The statuses in which such a command has its place.
fn statuses(ask: &Ask<'_, '_>) -> &'static [Status] {
    let is_referred = ask.case.milestone(Milestone::ReferralIssued).is_some();
    match ask.command() {
        Command::Register(_) => &[Status::Draft],
        Command::Triage(_) => BEFORE_RESULTS,
        Command::CloseInformation(_)
        | Command::RejectOutOfScope(_)
        | Command::VoidRegistration(_)
        | Command::Assign(_) => FRONT_DESK,
        Command::Reassign(_) => SERVED,
        Command::WaiveDocument(_)
        | Command::FinaliseAssessment(_)
        | Command::AgreePlan(_)
        | Command::ScheduleSession(_)
        | Command::ExtendSessions(_)
        | Command::ReportToHead(_) => ACTIVE,
        Command::DecideReferral(_) if ask.case.is_in_danger() => ACTIVE,
        Command::DecideReferral(_) => AFTER_TRIAGE,
        Command::IssueReferral(_)
        | Command::MarkDuplicate(_)
        | Command::CancelReferral(_)
        | Command::MoveProfile(_) => ACTIVE_OR_ENDED,
        Command::StartMonitoring(_) if is_referred => AFTER_TRIAGE,
        Command::StartMonitoring(_) => &[Status::Intervening, Status::Monitoring],
        Command::Terminate(end) if end.reason == EndingReason::GoalsMet && !is_referred => {
            &[Status::Intervening, Status::Monitoring]
        }
        Command::Terminate(_) => ACTIVE,
        Command::Close(_) => ENDED,
        Command::StartAftercare(_) => &[Status::Terminated],
        Command::Reopen(_) if ask.case.is_duplicate() => &[],
        Command::Reopen(_) => ENDED_OR_CLOSED,
        Command::UndoDuplicate(_) if ask.case.is_duplicate() => &[Status::Closed],
        Command::UndoDuplicate(_) => &[],
        Command::LowerSafety(_)
        | Command::ShowAddress(_)
        | Command::LiftConflict(_)
        | Command::Restrict(_)
        | Command::LiftRestriction(_)
        | Command::MoveRecord(_)
        | Command::LinkFamily(_)
        | Command::UnlinkFamily(_) => REGISTERED,
        // Answers have rules of their own, and facts are never asked about.
        Command::AnswerReview(_) | Command::ConfirmRegistration(_) | any_fact!() => Status::ALL,
    }
}

/// Refuses what names nothing.
fn target(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let case = ask.case;
    let exists = if let Command::WaiveDocument(waiver) = ask.command() {
        case.profile
            .requirements
            .iter()
            .any(|requirement| requirement.id == waiver.requirement)
    } else if let Command::LowerSafety(lowering) = ask.command() {
        let raised =
            |id: &crate::id::CommandId| case.facts.raises().any(|(entry, _)| entry.entry.id == *id);
        !lowering.raises.is_empty() && lowering.raises.iter().all(raised)
    } else if let Command::ShowAddress(shown) = ask.command() {
        let hidden =
            |id: &crate::id::CommandId| case.facts.hidings().any(|entry| entry.entry.id == *id);
        !shown.hides.is_empty() && shown.hides.iter().all(hidden)
    } else if let Command::LiftConflict(lifted) = ask.command() {
        let declared = |id: &crate::id::CommandId| {
            let mut all = case.facts.of(CommandKind::DeclareConflict);
            all.any(|entry| entry.entry.id == *id)
        };
        !lifted.declarations.is_empty() && lifted.declarations.iter().all(declared)
    } else if let Command::IssueReferral(issue) = ask.command() {
        is_referral(case, issue.referral)
    } else if let Command::CancelReferral(cancelled) = ask.command() {
        is_referral(case, cancelled.referral)
    } else if let Command::MarkDuplicate(duplicate) = ask.command() {
        duplicate.of != ask.entry.entry.case
    } else if let Command::LinkFamily(link) = ask.command() {
        link.related != ask.entry.entry.case
    } else if let Command::UnlinkFamily(apart) = ask.command() {
        apart.related != ask.entry.entry.case
    } else if let Command::MoveRecord(moved) = ask.command() {
        let is_moved = case.decided.moved.contains(&moved.record);
        moved.to != ask.entry.entry.case && (is_moved || case.facts.has(moved.record))
    } else if let Command::MoveProfile(moved) = ask.command() {
        case.version(moved.version).is_some()
    } else {
        true
    };
    if !exists {
        return Err(Refusal::UnknownTarget.into());
    }
    if !is_reason_of_standard(ask) {
        return Err(Refusal::ReasonInvalid.into());
    }
    let is_restricted = case.decided.restricted_since.is_some();
    let is_idle = if let Command::MoveRecord(moved) = ask.command() {
        case.decided.moved.contains(&moved.record)
    } else {
        matches!(ask.command(), Command::Restrict(_)) && is_restricted
            || matches!(ask.command(), Command::LiftRestriction(_)) && !is_restricted
            || is_backward(ask)
    };
    if is_idle {
        return Err(Refusal::NoEffect.into());
    }
    Ok(())
}

/// Whether a waiver of the domicile begins with one of the standard's reasons, where it names some (S1:22, DEFAULT).
fn is_reason_of_standard(ask: &Ask<'_, '_>) -> bool {
    let Command::WaiveDocument(waiver) = ask.command() else {
        return true;
    };
    let eligibility = &ask.case.profile.eligibility;
    let is_domicile = eligibility.domicile_requirement.as_ref() == Some(&waiver.requirement);
    let reasons = &eligibility.override_reasons;
    let first = waiver
        .reason
        .as_str()
        .split([' ', ',', ':', '.', ';'])
        .next();
    !is_domicile
        || reasons.is_empty()
        || reasons.iter().any(|reason| Some(reason.as_str()) == first)
}

/// Whether a move of the profile leads to the version that the case is under, or before it.
fn is_backward(ask: &Ask<'_, '_>) -> bool {
    if let Command::MoveProfile(moved) = ask.command() {
        moved.version <= ask.case.profile.version
    } else {
        false
    }
}
