//! Deadlines of a case: what started and stopped each clock, and when it is due. Reads facts and decisions.
//!
//! Times are when things happened, not when they arrived: a visit recorded without a network stops its clock in time.

mod reckoning;

use std::collections::BTreeMap;

use super::LogEntry;
use super::case::Case;
use super::facts::met_visit;
use super::state::{ClockOutcome, ClockState};
use crate::command::{AssessmentStage, Command, CommandKind, EndingReason, SafetyLevel};
use crate::deadline::{Due, NoDue, Pause, Reckoner, Term, Timeliness};
use crate::id::CommandId;
use crate::profile::Clock;
use crate::profile::words::{ClockEvent, Milestone};
use crate::time::Timestamp;

pub(super) use reckoning::Reckoning;

/// Something that starts or stops clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Happening {
    at: Timestamp,
    /// The referral, danger or withdrawal that it is about, where each has a clock of its own.
    subject: Option<CommandId>,
}

/// Every clock that has started.
pub(super) fn clocks<'a>(
    case: &Case<'a>,
    entries: &[&'a LogEntry],
    reckoning: &mut Reckoning<'_>,
) -> Vec<ClockState> {
    reckoning.go_by(case.profile);
    let mut clocks = Vec::new();
    let mut told = Told {
        case,
        entries,
        inherited: reckoning.inherited,
        happenings: BTreeMap::new(),
    };
    for clock in &case.profile.clocks {
        let mut starts = told.of(clock.start).to_vec();
        if starts.iter().all(|start| start.subject.is_none()) {
            // A clock without a subject runs once, from the first start.
            starts.sort_by_key(|start| start.at);
            starts.truncate(1);
        }
        for start in starts {
            clocks.push(reckon(&mut told, reckoning, clock, start));
        }
    }
    clocks
}

/// What happened in a case: several clocks ask for the same.
struct Told<'c, 'a> {
    case: &'c Case<'a>,
    /// Its commands in the order of the log.
    entries: &'c [&'a LogEntry],
    inherited: Option<Timestamp>,
    happenings: BTreeMap<ClockEvent, Vec<Happening>>,
}

impl Told<'_, '_> {
    fn of(&mut self, event: ClockEvent) -> &[Happening] {
        let (case, inherited) = (self.case, self.inherited);
        let told = self.happenings.entry(event);
        told.or_insert_with(|| happenings(case, event, inherited))
    }
}

fn reckon(
    told: &mut Told<'_, '_>,
    reckoning: &mut Reckoning<'_>,
    clock: &Clock,
    start: Happening,
) -> ClockState {
    let case = told.case;
    let stopped = stop_of(told, clock, start);
    let due = due_of(case, reckoning, clock, start.at, stopped.map(|(at, _)| at));
    let mut state = ClockState {
        clock: clock.id.clone(),
        subject: start.subject,
        started_at: start.at,
        due: due.ok().map(|due| due.due),
        provisional: due.is_ok_and(|due| due.provisional),
        stopped_at: stopped.map(|(at, _)| at),
        outcome: ClockOutcome::Running,
    };
    extend_by_prior(&mut state, reckoning.prior);
    state.outcome = outcome(&state, due, stopped.map(|(_, event)| event), case);
    if state.outcome == ClockOutcome::Late {
        state.outcome = why_late(told, reckoning, clock, &state);
    }
    state
}

/// What lies behind a late stop: a day that the client chose (B4), a connection that was slow (X17), or neither.
fn why_late(
    told: &Told<'_, '_>,
    reckoning: &mut Reckoning<'_>,
    clock: &Clock,
    state: &ClockState,
) -> ClockOutcome {
    let case = told.case;
    let (Some(due), Some(stopped)) = (state.due, state.stopped_at) else {
        return ClockOutcome::Late;
    };
    let reckoner = Reckoner::new(&reckoning.office, reckoning.calendar);
    // Said in time, and kept: a day that is named after the fact excuses nothing.
    let is_chosen = case.facts.of(CommandKind::NoteClientDate).any(|entry| {
        if let Command::NoteClientDate(chosen) = &entry.entry.command {
            let is_in_time = entry.at() >= state.started_at && entry.at() <= due;
            let is_kept = reckoner.local_date(stopped) <= reckoner.local_date(chosen.date);
            is_in_time && chosen.date > due && is_kept
        } else {
            false
        }
    });
    if is_chosen {
        return ClockOutcome::LateClientChoice;
    }
    let delay_ms = start_delay_ms(told.entries, clock, state.started_at);
    let known_at = state.started_at.plus_millis(delay_ms);
    let is_delayed = delay_ms > 0
        && due_of(case, reckoning, clock, known_at, Some(stopped))
            .is_ok_and(|due| stopped <= due.due);
    if is_delayed {
        ClockOutcome::LateSyncDelay
    } else {
        ClockOutcome::Late
    }
}

/// How long what started a clock lay on its device before the server had it.
fn start_delay_ms(entries: &[&LogEntry], clock: &Clock, started_at: Timestamp) -> i64 {
    let is_report = clock.start == ClockEvent::ReportReceived;
    let starts = entries.iter().copied().filter(|entry| {
        let is_register = matches!(entry.entry.command, Command::Register(_));
        entry.at() == started_at || (is_report && is_register)
    });
    starts.map(LogEntry::delay_ms).max().unwrap_or(0)
}

/// A due date that was told may move later, never earlier; that of a stopped clock is not touched (LK3.md 7.1).
fn extend_by_prior(state: &mut ClockState, prior: &[ClockState]) {
    let same = prior.iter().find(|prior| {
        prior.clock == state.clock
            && prior.subject == state.subject
            && prior.started_at == state.started_at
    });
    let Some(prior) = same else { return };
    let is_closed = prior.stopped_at.is_some();
    if let (Some(told), Some(due)) = (prior.due, state.due)
        && (is_closed || told > due)
    {
        state.due = Some(told);
        state.provisional = prior.provisional;
    }
}

fn outcome(
    state: &ClockState,
    due: Result<Due, NoDue>,
    stopped_by: Option<ClockEvent>,
    case: &Case<'_>,
) -> ClockOutcome {
    let died = case
        .decided
        .ending
        .is_some_and(|end| end.reason == EndingReason::Deceased);
    if died && stopped_by == Some(ClockEvent::Ended) {
        return ClockOutcome::EndedByDeath;
    }
    match (state.due, state.stopped_at) {
        (Some(told), Some(stopped)) => {
            let lines = due.map(|due| Due { due: told, ..due }.timeliness(stopped));
            match lines {
                Ok(Timeliness::OnTime) => ClockOutcome::OnTime,
                Ok(Timeliness::LateExcusedClosed) => ClockOutcome::LateExcusedClosed,
                Ok(Timeliness::Late) => ClockOutcome::Late,
                Err(_) if stopped <= told => ClockOutcome::OnTime,
                Err(_) => ClockOutcome::Late,
            }
        }
        (Some(_), None) => ClockOutcome::Running,
        (None, _) if due == Err(NoDue::Paused) => ClockOutcome::Paused,
        (None, _) => ClockOutcome::NoDate,
    }
}

fn due_of(
    case: &Case<'_>,
    reckoning: &mut Reckoning<'_>,
    clock: &Clock,
    start: Timestamp,
    stopped: Option<Timestamp>,
) -> Result<Due, NoDue> {
    if clock.term() == Term::FromPlan {
        let due = plan_target(case).ok_or(NoDue::NotATime)?;
        return Ok(Due {
            effective: start,
            due,
            provisional: false,
            hours: None,
        });
    }
    let pauses = if clock.pauses {
        pauses(case, stopped)
    } else {
        Vec::new()
    };
    reckoning.due(clock.term(), start, pauses)
}

/// The date that the last agreed plan aims at.
fn plan_target(case: &Case<'_>) -> Option<Timestamp> {
    let plans = case.decided.made(|command| {
        if let Command::AgreePlan(plan) = command {
            Some(plan)
        } else {
            None
        }
    });
    plans.last().and_then(|(_, plan)| plan.target_at)
}

/// The waits for papers; a stopped clock waits for nothing any more.
fn pauses(case: &Case<'_>, stopped: Option<Timestamp>) -> Vec<Pause> {
    let mandatory = case.profile.requirements.iter().filter(|requirement| {
        requirement.gates.is_some() && requirement.milestone.is_none() && case.applies(requirement)
    });
    mandatory
        .filter_map(|requirement| {
            let wait = case.facts.paper_wait(requirement.id.as_str())?;
            let to = case.satisfied_at(requirement).or(stopped);
            Some(Pause {
                from: wait.from,
                to,
            })
        })
        .collect()
}

/// The first stop, and what it was. A clock about one thing is stopped only by what comes after it.
fn stop_of(
    told: &mut Told<'_, '_>,
    clock: &Clock,
    start: Happening,
) -> Option<(Timestamp, ClockEvent)> {
    let mut stops = Vec::new();
    for event in &clock.stops {
        for stop in told.of(*event) {
            let is_about = stop.subject.is_none() || stop.subject == start.subject;
            let is_later = start.subject.is_none() || stop.at > start.at;
            if is_about && is_later {
                stops.push((stop.at, *event));
            }
        }
    }
    stops.into_iter().min_by_key(|(at, _)| *at)
}

/// When an event happened in this case; nothing for events outside cases.
fn happenings(case: &Case<'_>, event: ClockEvent, inherited: Option<Timestamp>) -> Vec<Happening> {
    let one = |at: Option<Timestamp>| {
        at.map(|at| Happening { at, subject: None })
            .into_iter()
            .collect::<Vec<_>>()
    };
    match event {
        // The case that goes on takes the earlier registration of its duplicates over (X10).
        ClockEvent::ReportReceived => one(earlier(report_received(case), inherited)),
        ClockEvent::Registered => one(earlier(
            decided(case, |c| matches!(c, Command::Register(_))),
            inherited,
        )),
        ClockEvent::ApplicationComplete => one(application_complete(case)),
        ClockEvent::Triaged => one(decided(case, |c| matches!(c, Command::Triage(_)))),
        ClockEvent::Assigned => one(assigned(case)),
        ClockEvent::AssignedAndClientInformed => one(both(
            assigned(case),
            case.facts.first(CommandKind::InformClient, |_| true),
        )),
        ClockEvent::VisitOrAssessment => {
            let visit = case.facts.milestone(Milestone::Visit);
            one([visit, assessed(case)].into_iter().flatten().min())
        }
        ClockEvent::Assessed => one(assessed(case)),
        ClockEvent::AssessmentFinalised => one(decided(case, is_in_depth)),
        ClockEvent::ConsultationRecorded | ClockEvent::PlanAgreed => {
            one(decided(case, |c| matches!(c, Command::AgreePlan(_))))
        }
        ClockEvent::ContractSignedAndScheduled => one(both(
            case.facts.milestone(Milestone::Contract),
            decided(case, |c| matches!(c, Command::ScheduleSession(_))),
        )),
        ClockEvent::SessionHeld => one(case.facts.sessions().first().map(|entry| entry.at())),
        ClockEvent::ReferralDecided
        | ClockEvent::ReferralIssued
        | ClockEvent::ReferralCancelled => referrals(case, event),
        ClockEvent::ReferralReplied => one(case.milestone(Milestone::ReferralReply)),
        ClockEvent::ClosedInformation => {
            one(decided(case, |c| matches!(c, Command::CloseInformation(_))))
        }
        ClockEvent::Ended => one(ended(case)),
        ClockEvent::DangerRaised => danger_raised(case),
        ClockEvent::DangerHandled => danger_handled(case),
        ClockEvent::ConsentWithdrawn => withdrawals(case),
        ClockEvent::ProcessingStopped => {
            let stops = case.elsewhere.processing_stopped.iter();
            stops
                .map(|at| Happening {
                    at: *at,
                    subject: None,
                })
                .collect()
        }
        ClockEvent::SexualViolenceReported
        | ClockEvent::PoliceNotified
        | ClockEvent::GuidanceLetterReceived
        | ClockEvent::GuidanceAnswered
        | ClockEvent::DataAccessRequested
        | ClockEvent::DataAccessAnswered
        | ClockEvent::DataCorrectionRequested
        | ClockEvent::DataCorrected
        | ClockEvent::DataRestrictionRequested
        | ClockEvent::DataRestricted
        | ClockEvent::BreachKnown
        | ClockEvent::BreachNotified
        | ClockEvent::ComplaintComplete
        | ClockEvent::ComplaintSettled => Vec::new(),
    }
}

/// The own instant, or an inherited one that is earlier.
fn earlier(own: Option<Timestamp>, inherited: Option<Timestamp>) -> Option<Timestamp> {
    own.map(|own| inherited.map_or(own, |inherited| own.min(inherited)))
}

/// When such a decision was first made, by the time at which it was made.
fn decided(case: &Case<'_>, is_it: impl Fn(&Command) -> bool) -> Option<Timestamp> {
    case.decided
        .made(|command| is_it(command).then_some(()))
        .map(|(made, ())| made.at)
        .min()
}

fn both(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    Some(one?.max(other?))
}

fn report_received(case: &Case<'_>) -> Option<Timestamp> {
    case.facts.of(CommandKind::Register).find_map(|entry| {
        if let Command::Register(register) = &entry.entry.command {
            Some(
                register
                    .report_received_at
                    .unwrap_or(entry.at())
                    .min(entry.at()),
            )
        } else {
            None
        }
    })
}

/// Registered, and every paper that gates sessions is there.
fn application_complete(case: &Case<'_>) -> Option<Timestamp> {
    let mut complete = decided(case, |c| matches!(c, Command::Register(_)))?;
    let gate = Some(CommandKind::ScheduleSession);
    for requirement in &case.profile.requirements {
        let counts = requirement.gates == gate && requirement.milestone.is_none();
        if counts && case.applies(requirement) {
            complete = complete.max(case.satisfied_at(requirement)?);
        }
    }
    Some(complete)
}

fn assigned(case: &Case<'_>) -> Option<Timestamp> {
    decided(case, |command| matches!(command, Command::Assign(_)))
}

fn assessed(case: &Case<'_>) -> Option<Timestamp> {
    decided(case, |command| {
        matches!(command, Command::FinaliseAssessment(_))
    })
}

fn is_in_depth(command: &Command) -> bool {
    if let Command::FinaliseAssessment(assessment) = command {
        assessment.stage == AssessmentStage::InDepth
    } else {
        false
    }
}

/// The first ending. A reopened case does not run late for it; a case that was no duplicate after all does.
fn ended(case: &Case<'_>) -> Option<Timestamp> {
    let first = decided(case, |command| {
        matches!(
            command,
            Command::Terminate(_)
                | Command::CloseInformation(_)
                | Command::RejectOutOfScope(_)
                | Command::VoidRegistration(_)
        )
    });
    let as_duplicate = case.decided.ending.filter(|_| case.is_duplicate());
    [first, as_duplicate.map(|ending| ending.at)]
        .into_iter()
        .flatten()
        .min()
}

/// Decisions on referrals, each about its own.
fn referrals(case: &Case<'_>, event: ClockEvent) -> Vec<Happening> {
    let subject = |made: &LogEntry| match (&made.entry.command, event) {
        (Command::DecideReferral(_), ClockEvent::ReferralDecided) => Some(made.entry.id),
        (Command::IssueReferral(issue), ClockEvent::ReferralIssued) => Some(issue.referral),
        (Command::CancelReferral(cancelled), ClockEvent::ReferralCancelled) => {
            Some(cancelled.referral)
        }
        _ => None,
    };
    let about = |made: &super::decided::Made<'_>| {
        subject(made.entry).map(|subject| Happening {
            at: made.at,
            subject: Some(subject),
        })
    };
    case.decided.made.iter().filter_map(about).collect()
}

/// Each danger to life has a clock of its own.
fn danger_raised(case: &Case<'_>) -> Vec<Happening> {
    case.facts
        .raises()
        .filter(|(_, level)| *level == SafetyLevel::P1)
        .map(|(raise, _)| Happening {
            at: raise.at(),
            subject: Some(raise.entry.id),
        })
        .collect()
}

fn withdrawals(case: &Case<'_>) -> Vec<Happening> {
    case.facts
        .of(CommandKind::WithdrawConsent)
        .map(|entry| Happening {
            at: entry.at(),
            subject: Some(entry.entry.id),
        })
        .collect()
}

/// Acts by which staff answer a danger.
fn danger_handled(case: &Case<'_>) -> Vec<Happening> {
    let visits = case.facts.of(CommandKind::RecordVisit);
    let acts = visits
        .filter(|entry| met_visit(&entry.entry.command).is_some())
        .chain(case.facts.of(CommandKind::RecordService));
    let decisions = case.decided.made(|command| {
        matches!(command, Command::IssueReferral(_) | Command::LowerSafety(_)).then_some(())
    });
    let times = acts
        .map(LogEntry::at)
        .chain(decisions.map(|(made, ())| made.at));
    times.map(|at| Happening { at, subject: None }).collect()
}
