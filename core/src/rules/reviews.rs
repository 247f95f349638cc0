//! What waits for a head although nothing forbids it. Reads facts and decisions.

use super::LogEntry;
use super::case::Ask;
use super::people::decides;
use super::sessions::open_appointments;
use super::standing::has_lapsed;
use super::verdict::{Objection, Refusal, Review};
use crate::command::{Channel, Command, CommandKind, EndingReason, ReviewAnswer};
use crate::id::CommandId;

/// Puts before a head: an ending with a session still booked (X06), one worker for opposing parties, what its author may only propose, and what was
/// decided in ignorance of somebody else's decision.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if ask.approved || answered(ask.entry).is_some() {
        return Ok(());
    }
    // What was asked under one version is answered under it (DEFAULT; LK3.md is silent).
    let waits = ask.case.waiting();
    if matches!(ask.command(), Command::MoveProfile(_)) && !waits.is_empty() {
        return Err(Refusal::ReviewOpen.into());
    }
    if let Command::Terminate(termination) = ask.command() {
        // A death stops appointments by itself.
        let is_open = open_appointments(ask.case).any(|booked| booked.starts_at >= ask.entry.at());
        if is_open && termination.reason != EndingReason::Deceased {
            return Err(Review::AppointmentOpen.into());
        }
    }
    if let Some(reason) = opposing(ask) {
        return Err(reason.into());
    }
    if !decides(ask) {
        let is_proposer = ask
            .transition()
            .is_some_and(|transition| !transition.proposers.is_disjoint(&ask.entry.author_roles));
        let reason = if has_lapsed(ask.entry) && !is_proposer {
            Review::OutsideMandate
        } else {
            Review::AwaitingHead
        };
        return Err(reason.into());
    }
    if is_provisional(ask) {
        return Err(Review::Unconfirmed.into());
    }
    if ask.is_stale() {
        Err(Review::StaleBase.into())
    } else {
        Ok(())
    }
}

/// Opposing parties are given to two workers (X11). That two cases are of one family is the heads' to know: anybody else
/// hears that a head decides.
fn opposing(ask: &Ask<'_, '_>) -> Option<Review> {
    let assignee = if let Command::Assign(assignment) = ask.command() {
        assignment.assignee
    } else if let Command::Reassign(reassignment) = ask.command() {
        reassignment.assignee
    } else {
        return None;
    };
    let is_opposed = ask.case.elsewhere.opposed.contains(&assignee);
    is_opposed.then(|| {
        if ask.is_by_head() {
            Review::OpposingParty
        } else {
            Review::AwaitingHead
        }
    })
}

/// What a command answers, and how: a head's answer any item, a worker's confirmation the registration (A8).
pub(super) fn answered(entry: &LogEntry) -> Option<(CommandId, ReviewAnswer)> {
    if let Command::AnswerReview(answer) = &entry.entry.command {
        Some((answer.proposal, answer.answer))
    } else if let Command::ConfirmRegistration(_) = &entry.entry.command {
        let registration = CommandId::from_bytes(*entry.entry.case.as_bytes());
        Some((registration, ReviewAnswer::Commit))
    } else {
        None
    }
}

/// Whether a registration came by the public link or the hotline, and no worker stands for it yet (A8). A worker who
/// registers what came so has confirmed it.
fn is_provisional(ask: &Ask<'_, '_>) -> bool {
    let Command::Register(register) = ask.command() else {
        return false;
    };
    let is_unseen = matches!(register.channel, Channel::PublicLink | Channel::Hotline);
    let confirming = ask
        .case
        .profile
        .transition(CommandKind::ConfirmRegistration);
    is_unseen
        && confirming
            .is_some_and(|confirming| confirming.roles.is_disjoint(&ask.entry.author_roles))
}
