//! Who may decide, and where. Reads the author's roles and, for one exception, facts and decisions.

use super::case::Ask;
use super::conflict::{check_author, check_named};
use super::reviews::answered;
use super::standing::{has_lapsed, held_roles};
use super::verdict::{Objection, Refusal};
use crate::command::{Command, CommandKind};
use crate::profile::words::{Guard, OfflineClass};

/// Refuses what the institution does not offer, what the author's roles neither take nor propose, and what is taken
/// online only.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let Some(transition) = ask.transition() else {
        return Err(Refusal::NotOffered.into());
    };
    if is_restricted(ask) {
        return Err(Refusal::Restricted.into());
    }
    check_named(ask)?;
    if ask.approved {
        return Ok(());
    }
    check_author(ask)?;
    let roles = &ask.entry.author_roles;
    // Whoever decided until their mandate lapsed may still ask; but an answer is a decision or nothing (C6).
    let is_lapsed = has_lapsed(ask.entry) && answered(ask.entry).is_none();
    let may_ask = !transition.proposers.is_disjoint(roles)
        || (is_lapsed && !transition.roles.is_disjoint(roles));
    // Where violence is told of, the two may be opposing parties: only heads say that they are one (X11).
    let is_delicate =
        matches!(ask.command(), Command::MarkDuplicate(_)) && ask.case.has_danger_sign();
    if !decides(ask) && (!may_ask || is_delicate) {
        return Err(Refusal::RoleNotAllowed.into());
    }
    if !may_waive(ask) {
        return Err(Refusal::RoleNotAllowed.into());
    }
    match transition.offline {
        OfflineClass::Online if !ask.entry.is_online() => {
            let is_number = ask.command().kind() == CommandKind::IssueReferral;
            let code = if is_number {
                Refusal::NumberOnlineOnly
            } else {
                Refusal::OnlineOnly
            };
            Err(code.into())
        }
        OfflineClass::Online | OfflineClass::Proposal | OfflineClass::Fact => Ok(()),
    }
}

/// Whether the author is among those who may waive the requirement, where the profile names some.
fn may_waive(ask: &Ask<'_, '_>) -> bool {
    let Command::WaiveDocument(waiver) = ask.command() else {
        return true;
    };
    let mut requirements = ask.case.profile.requirements.iter();
    let requirement = requirements.find(|requirement| requirement.id == waiver.requirement);
    requirement.is_none_or(|requirement| {
        let may = &requirement.waiver_roles;
        may.is_empty() || !may.is_disjoint(&ask.entry.author_roles)
    })
}

/// Whether a limit on the use of the client's data forbids this. Safety goes first (LK3.md 5.3), and a restriction
/// must not hold itself in place.
fn is_restricted(ask: &Ask<'_, '_>) -> bool {
    let is_exempt = matches!(
        ask.command(),
        Command::Restrict(_)
            | Command::LiftRestriction(_)
            | Command::LowerSafety(_)
            | Command::AnswerReview(_)
    );
    !is_exempt && ask.case.decided.restricted_since.is_some() && !ask.case.is_in_danger()
}

/// Whether the author decides this alone: by role, or as the worker responsible for a case of one session (S0:21).
pub(super) fn decides(ask: &Ask<'_, '_>) -> bool {
    let Some(transition) = ask.transition() else {
        return false;
    };
    let author = ask.entry.entry.stamp.by;
    let case = ask.case;
    let is_alone = matches!(ask.command(), Command::Terminate(_))
        && transition
            .guards
            .contains(&Guard::AssigneeAloneIfSingleSession)
        && case.decided.assignee == Some(author)
        && !has_lapsed(ask.entry)
        && case.facts.sessions().len() == 1;
    is_alone || !transition.roles.is_disjoint(held_roles(ask.entry))
}
