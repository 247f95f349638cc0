//! What the standard expects next and nobody has done yet. A reminder never stands in anybody's way. Reads facts and
//! decisions.

use std::collections::BTreeSet;

use super::case::Case;
use super::referrals::referrals;
use super::sessions::open_appointments;
use super::state::ReferralPhase;
use crate::command::{Command, Recommendation, ServiceType};
use crate::profile::words::{Milestone, Reminder};
use crate::time::Timestamp;

/// The reminders of the profile that apply to the case now; an ended case has none.
pub(super) fn reminders(case: &Case<'_>) -> BTreeSet<Reminder> {
    if case.decided.ending.is_some() {
        return BTreeSet::new();
    }
    let of_profile = case.profile.reminders.iter().copied();
    of_profile
        .filter(|reminder| match reminder {
            Reminder::AppointmentOrOutreach => is_without_next_step(case),
            Reminder::ChoiceAfterSession => is_without_choice(case),
            Reminder::VisitAndAssessment => is_half_assessed(case),
        })
        .collect()
}

/// More than information is needed, and there is neither an appointment nor an order to visit (S0:17).
fn is_without_next_step(case: &Case<'_>) -> bool {
    let services = &case.decided.services;
    let needs_more = services
        .iter()
        .any(|service| *service != ServiceType::Information);
    let is_outreach = services.contains(&ServiceType::Outreach);
    let is_ordered = is_outreach && case.decided.assignee.is_some();
    let is_met = case.facts.iter().any(|entry| {
        matches!(
            entry.entry.command,
            Command::RecordVisit(_) | Command::RecordSession(_)
        )
    });
    needs_more && !is_ordered && !is_met && open_appointments(case).next().is_none()
}

/// Since the last session nobody said what follows: it is solved, another appointment, or a letter (S0:19).
fn is_without_choice(case: &Case<'_>) -> bool {
    let Some(last) = case.facts.sessions().last().map(|session| session.at()) else {
        return false;
    };
    let is_since = |at: Timestamp| at >= last;
    let is_booked = open_appointments(case).any(|booked| is_since(booked.starts_at));
    let is_referred = referrals(case).iter().any(|referral| {
        referral.phase != ReferralPhase::Cancelled && is_since(referral.decided_at)
    });
    let is_planned = case
        .decided
        .made(|command| matches!(command, Command::AgreePlan(_)).then_some(()))
        .any(|(made, ())| is_since(made.at));
    let is_solved = case.facts.iter().any(|entry| {
        if let Command::WriteSummary(summary) = &entry.entry.command {
            summary.recommendation == Recommendation::Finished && is_since(entry.at())
        } else {
            false
        }
    });
    !(is_booked || is_referred || is_planned || is_solved)
}

/// The visit or the assessment is there and the other is not, though the standard wants both at once (A2, S1:44).
fn is_half_assessed(case: &Case<'_>) -> bool {
    let earned = case.milestones();
    let is_assessed =
        earned.contains_key(&Milestone::Screening) || earned.contains_key(&Milestone::Assessment);
    earned.contains_key(&Milestone::Visit) != is_assessed
}
