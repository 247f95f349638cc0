//! What the client agreed to. Reads facts; for a letter also the decision to refer.

use super::case::Ask;
use super::facts::Consent;
use super::verdict::{Objection, Refusal, Review};
use crate::command::{AssessmentStage, Command, DecideReferral, Purpose};
use crate::profile::words::Milestone;

/// Refuses what the client has not agreed to or no longer agrees to. Danger stands in for a consent that nobody could
/// ask for yet, never for one that was taken back.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if let Command::DecideReferral(referral) = ask.command() {
        return share(ask, referral);
    }
    if let Command::IssueReferral(issue) = ask.command() {
        let decided = ask.case.decided.find(issue.referral);
        return match decided.map(|made| &made.entry.entry.command) {
            Some(Command::DecideReferral(referral)) if referral.legal_basis.is_none() => {
                share(ask, referral)
            }
            Some(_) | None => Ok(()),
        };
    }
    let needs_consent = ask.transition().is_some_and(|transition| {
        transition.needs.contains(&Milestone::Consent) && !is_screening(ask.command())
    });
    let by_gate = ask.case.profile.requirements.iter().any(|requirement| {
        requirement.milestone == Some(Milestone::Consent)
            && requirement.gates == Some(ask.command().kind())
            && ask.case.applies(requirement)
    });
    if needs_consent || by_gate {
        given(ask, Purpose::Service, None)
    } else {
        Ok(())
    }
}

/// A screening may rest on consent that was spoken (T09).
fn is_screening(command: &Command) -> bool {
    if let Command::FinaliseAssessment(assessment) = command {
        matches!(
            assessment.stage,
            AssessmentStage::Screening | AssessmentStage::Initial
        )
    } else {
        false
    }
}

/// Consent to share with this recipient, or a legal basis that a head states (X19).
fn share(ask: &Ask<'_, '_>, referral: &DecideReferral) -> Result<(), Objection> {
    let consent = given(ask, Purpose::Referral, Some(referral.recipient.as_str()));
    match (consent, &referral.legal_basis) {
        (Err(_), Some(_)) if ask.is_by_head() => Ok(()),
        (Err(_), Some(_)) => Err(Review::AwaitingHead.into()),
        (consent, _) => consent,
    }
}

fn given(ask: &Ask<'_, '_>, purpose: Purpose, recipient: Option<&str>) -> Result<(), Objection> {
    match ask.case.facts.consent(purpose, recipient) {
        Consent::Granted => Ok(()),
        Consent::Withdrawn => Err(Refusal::ConsentWithdrawn.into()),
        Consent::Missing | Consent::Contested if ask.case.is_in_danger() => Ok(()),
        Consent::Contested => Err(Refusal::ConsentContested.into()),
        Consent::Missing => Err(Refusal::ConsentMissing.into()),
    }
}
