//! How a case ends, is closed, and is taken up again. Reads facts and decisions.

use std::collections::BTreeSet;

use super::case::Ask;
use super::referrals::referrals;
use super::state::ReferralPhase;
use super::verdict::{Objection, Refusal};
use crate::command::{Command, CommandKind, EndingReason, ServiceType, Terminate, VisitPlace};
use crate::deadline::Reckoner;
use crate::profile::Ending;
use crate::profile::words::{Guard, Milestone};

/// Days after an ending within which the same case may be taken up again (T26: six months).
const REOPEN_DAYS_MAX: i64 = 183;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Refuses an ending that forgets a danger, or unfinished work where the reason needs it finished.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let command = ask.command();
    if let Command::Terminate(termination) = command {
        return terminate(ask, termination);
    }
    if let Command::CloseInformation(_) = command {
        let beyond = |service: &ServiceType| *service != ServiceType::Information;
        if ask.case.decided.services.iter().any(beyond) {
            return Err(Refusal::ServicesBeyondInformation.into());
        }
        return no_danger(ask);
    }
    if let Command::RejectOutOfScope(rejection) = command {
        let is_rejection = matches!(
            rejection.reason,
            EndingReason::OutOfScope | EndingReason::OutOfArea
        );
        if !is_rejection || ask.case.profile.ending(rejection.reason).is_none() {
            return Err(Refusal::ReasonInvalid.into());
        }
        return no_danger(ask);
    }
    if let Command::VoidRegistration(_) = command {
        let registrar = ask.case.facts.registrar();
        let is_by_another =
            |entry: &super::LogEntry| registrar.is_some_and(|by| entry.entry.stamp.by != by);
        if ask.case.facts.iter().any(is_by_another) {
            return Err(Refusal::OthersWorked.into());
        }
        return no_danger(ask);
    }
    if let Command::Close(closing) = command {
        let died = ask
            .case
            .decided
            .ending
            .is_some_and(|end| end.reason == EndingReason::Deceased);
        if !closing.survey_offered && !died {
            return Err(Refusal::SurveyMissing.into());
        }
    }
    if let (Command::Reopen(_), Some(ending)) = (command, ask.case.decided.ending)
        && ask.entry.at().millis_since(ending.at) > REOPEN_DAYS_MAX * DAY_MS
    {
        return Err(Refusal::ReopenTooLate.into());
    }
    Ok(())
}

fn no_danger(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if ask.case.is_in_danger() || ask.case.has_danger_sign() {
        Err(Refusal::SafetyOpen.into())
    } else {
        Ok(())
    }
}

fn terminate(ask: &Ask<'_, '_>, termination: &Terminate) -> Result<(), Objection> {
    // Other endings have commands of their own.
    let asked = ask.case.profile.ending(termination.reason);
    let Some(asked) = asked.filter(|_| termination.reason.is_chosen()) else {
        return Err(Refusal::ReasonInvalid.into());
    };
    if !termination.safety_checked {
        return Err(Refusal::SafetyUnchecked.into());
    }
    // At P1 or P2 only the head ends (amendment B2).
    if ask.case.is_in_danger() && !ask.is_by_head() {
        return Err(Refusal::SafetyOpen.into());
    }
    if asked.finished_work {
        work_is_finished(ask, termination)?;
    }
    was_tried(ask, asked)
}

fn work_is_finished(ask: &Ask<'_, '_>, termination: &Terminate) -> Result<(), Objection> {
    let has_guard = |guard| {
        ask.transition()
            .is_some_and(|transition| transition.guards.contains(&guard))
    };
    if ask.case.facts.has_identity_conflict() {
        return Err(Refusal::IdentityConflict.into());
    }
    if referrals(ask.case)
        .iter()
        .any(|state| state.phase == ReferralPhase::Decided)
    {
        return Err(Refusal::ReferralPending.into());
    }
    let least = usize::from(ask.case.profile.sessions.min);
    let is_short = ask.case.facts.sessions().len() < least && termination.early_reason.is_none();
    if has_guard(Guard::SessionMinimum) && is_short {
        return Err(Refusal::TooFewSessions.into());
    }
    let is_unfollowed = ask.case.milestone(Milestone::ReferralIssued).is_some()
        && ask.case.milestone(Milestone::Monitoring).is_none();
    if has_guard(Guard::MonitoringAfterReferral) && is_unfollowed {
        return Err(Refusal::MonitoringMissing.into());
    }
    Ok(())
}

fn was_tried(ask: &Ask<'_, '_>, asked: &Ending) -> Result<(), Objection> {
    let office = ask.case.profile.office();
    let calendar = crate::calendar::Calendar::empty();
    let reckoner = Reckoner::new(&office, &calendar);
    let mut attempts = 0;
    let mut days = BTreeSet::new();
    let mut was_at_home = false;
    for entry in ask.case.facts.of(CommandKind::RecordVisit) {
        if let Command::RecordVisit(visit) = &entry.entry.command
            && !visit.met
        {
            attempts += 1;
            days.insert(reckoner.local_date(entry.at()));
            was_at_home |= visit.place == VisitPlace::Home;
        }
    }
    let is_enough = attempts >= asked.attempts && days.len() >= usize::from(asked.attempt_days);
    if asked.attempts == 0 || is_enough && was_at_home {
        Ok(())
    } else {
        Err(Refusal::AttemptsMissing.into())
    }
}
