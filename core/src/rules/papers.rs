//! Papers and milestones that a decision waits for. Reads facts and decisions (waivers, finalised work).

use super::case::Ask;
use super::verdict::{Objection, Refusal};
use crate::command::{Command, CommandKind};
use crate::profile::Requirement;
use crate::profile::words::{Guard, Milestone, RequirementKind};

/// Refuses a decision whose papers or milestones are missing. Danger passes every gate of papers (amendment A4).
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    gates(ask)?;
    needs(ask)
}

fn gates(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if ask.case.is_in_danger() {
        return Ok(());
    }
    let kind = ask.command().kind();
    let open = ask.case.profile.requirements.iter().find(|requirement| {
        gates_kind(requirement, kind)
            && ask.case.applies(requirement)
            && ask.case.satisfied_at(requirement).is_none()
    });
    match open {
        Some(requirement) => Err(requirement
            .milestone
            .map_or(Refusal::DocsMissing, missing)
            .into()),
        None => Ok(()),
    }
}

/// Whether a requirement gates this kind. A letter to another office needs the papers of a session too (A4).
pub(super) fn gates_kind(requirement: &Requirement, kind: CommandKind) -> bool {
    let is_letter = kind == CommandKind::IssueReferral
        && requirement.kind == RequirementKind::Document
        && requirement.gates == Some(CommandKind::ScheduleSession);
    requirement.gates == Some(kind) || is_letter
}

fn needs(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let Some(transition) = ask.transition() else {
        return Ok(());
    };
    if is_excused(ask) {
        return Ok(());
    }
    let single = transition.guards.contains(&Guard::PlanUnlessSingleSession)
        && ask.case.facts.sessions().len() == 1;
    let lacking = transition.needs.iter().find(|need| {
        // Consent has a family of its own, with exceptions of its own.
        **need != Milestone::Consent
            && !(single && **need == Milestone::Plan)
            && ask.case.milestone(**need).is_none()
    });
    match lacking {
        Some(milestone) => Err(missing(*milestone).into()),
        None => Ok(()),
    }
}

/// Endings for reasons that ask for no finished work (amendment B2).
fn is_excused(ask: &Ask<'_, '_>) -> bool {
    if let Command::Terminate(termination) = ask.command() {
        let ending = ask.case.profile.ending(termination.reason);
        !ending.is_some_and(|ending| ending.finished_work)
    } else {
        false
    }
}

const fn missing(milestone: Milestone) -> Refusal {
    match milestone {
        Milestone::Approach => Refusal::ApproachMissing,
        Milestone::Needs => Refusal::NeedsMissing,
        Milestone::Consent => Refusal::ConsentMissing,
        Milestone::Contract => Refusal::ContractMissing,
        Milestone::Visit => Refusal::VisitMissing,
        Milestone::Screening | Milestone::Assessment => Refusal::AssessmentMissing,
        Milestone::Consultation | Milestone::Plan => Refusal::PlanMissing,
        Milestone::Session => Refusal::SessionMissing,
        Milestone::Report => Refusal::ReportMissing,
        Milestone::ReferralIssued | Milestone::ReferralReply => Refusal::ReferralMissing,
        Milestone::Monitoring => Refusal::MonitoringMissing,
        Milestone::Termination | Milestone::Aftercare | Milestone::SurveyOffered => {
            Refusal::SurveyMissing
        }
    }
}
