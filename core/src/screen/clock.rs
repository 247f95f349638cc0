//! What is due: one clock in words, and the open clocks of a case.

use chrono::NaiveDate;

use super::{CaseSeen, Viewer, words};
use crate::code::codes;
use crate::id::{ClockId, CommandId};
use crate::profile::words::Enforcement;
use crate::rules::{ClockOutcome, ClockState};
use crate::text;
use crate::time::Timestamp;

codes!(
    /// How urgent a running clock is.
    Urgency {
        /// Its due date has passed.
        Overdue = "overdue",
        /// It is due today, or within the time before which its profile warns.
        Due = "due",
        /// It is due later.
        Later = "later",
    }
);

/// A clock of a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClockLine {
    /// Which clock of the profile.
    pub clock: ClockId,
    /// The referral or danger that it is about, where each has its own.
    pub subject: Option<CommandId>,
    /// Its name.
    pub label: String,
    /// The last instant on time.
    pub due: Option<Timestamp>,
    /// How urgent it is; none for a clock that stopped or has no date.
    pub urgency: Option<Urgency>,
    /// What happens when it is missed.
    pub enforce: Enforcement,
    /// How it stood when the server last ruled.
    pub outcome: ClockOutcome,
    /// Whether the count entered a year without a list of holidays.
    pub provisional: bool,
    /// Whether something recorded here, of which the server has not spoken, may change it.
    pub estimated: bool,
    /// Label, due date and how it stands.
    pub says: String,
}

/// One clock in words.
#[must_use]
pub fn clock_line(viewer: &Viewer<'_>, state: &ClockState, estimated: bool) -> ClockLine {
    let clock = viewer
        .profile
        .and_then(|profile| profile.clock(&state.clock));
    let label = clock.map_or_else(|| state.clock.to_string(), |clock| clock.label.clone());
    let warn_hours = clock.and_then(|clock| clock.warn_hours_before).unwrap_or(0);
    let urgency = urgency_of(viewer, state, warn_hours);
    let mut stands = match (urgency, state.due) {
        (Some(Urgency::Overdue), Some(due)) => {
            let late = words::span(viewer.language, viewer.now.millis_since(due));
            viewer.say("clock-overdue", &[("span", &late)])
        }
        (Some(Urgency::Overdue | Urgency::Due | Urgency::Later) | None, _) => {
            text::outcome(viewer.language, state.outcome)
        }
    };
    for (holds, key) in [
        (state.provisional, "clock-provisional"),
        (estimated && urgency.is_some(), "clock-estimated"),
    ] {
        if holds {
            stands = format!("{stands}; {}", viewer.say(key, &[]));
        }
    }
    let says = match state.due {
        Some(due) => {
            let due = text::instant(viewer.language, due, viewer.zone());
            let args = [("label", &*label), ("due", &*due), ("outcome", &*stands)];
            viewer.say("clock-dated", &args)
        }
        None => viewer.say("clock-undated", &[("label", &label), ("outcome", &stands)]),
    };
    ClockLine {
        clock: state.clock.clone(),
        subject: state.subject,
        label,
        due: state.due,
        urgency,
        // A clock that the profile at hand does not know is shown, and never escalated.
        enforce: clock.map_or(Enforcement::Advisory, |clock| clock.enforce),
        outcome: state.outcome,
        provisional: state.provisional,
        estimated,
        says,
    }
}

fn urgency_of(viewer: &Viewer<'_>, state: &ClockState, warn_hours: u16) -> Option<Urgency> {
    let due = state.due?;
    if state.outcome != ClockOutcome::Running {
        return None;
    }
    let warned_from = due.plus_millis(-i64::from(warn_hours) * 60 * 60 * 1_000);
    Some(if viewer.now > due {
        Urgency::Overdue
    } else if viewer.now >= warned_from || local_day(viewer, due) == local_day(viewer, viewer.now) {
        Urgency::Due
    } else {
        Urgency::Later
    })
}

/// The day of an instant on the institution's wall.
pub(super) fn local_day(viewer: &Viewer<'_>, at: Timestamp) -> NaiveDate {
    at.to_utc().with_timezone(&viewer.zone()).date_naive()
}

/// The clocks of a case that have not stopped, the most urgent first.
#[must_use]
pub fn open_clocks(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<ClockLine> {
    let Some(state) = case.view.state.as_ref().or(case.estimate.as_ref()) else {
        return Vec::new();
    };
    let viewer = &viewer.of_case(case);
    let estimated = !case.view.pending.is_empty() || case.view.state.is_none();
    let mut lines: Vec<ClockLine> = state
        .clocks
        .iter()
        .filter(|clock| clock.stopped_at.is_none() && clock.outcome != ClockOutcome::EndedByDeath)
        .map(|clock| clock_line(viewer, clock, estimated))
        .collect();
    lines.sort_by_key(|line| (line.due.is_none(), line.due, line.clock.clone()));
    lines
}
