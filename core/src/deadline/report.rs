//! A deadline as text, in the institution's zone.

use chrono::SecondsFormat;
use thiserror::Error;

use super::{NoDue, Reckoner};
use crate::calendar::Calendar;
use crate::id::ClockId;
use crate::profile::Profile;
use crate::time::Timestamp;

/// One deadline, every instant as RFC 3339 in the institution's zone; what the command line prints.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct DeadlineReport {
    /// The instant that was asked about.
    pub start: String,
    /// From when the term counts.
    pub effective: String,
    /// The last instant that is on time.
    pub due: String,
    /// Whether the count entered a year whose holidays nobody has loaded.
    pub provisional: bool,
    /// The strict line of a clock of elapsed hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strict: Option<String>,
    /// The last moment of opening before the strict line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub target: Option<String>,
    /// The next opening, if the office is closed at the strict line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub grace: Option<String>,
}

/// Why there is nothing to report.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReportError {
    /// The profile has no such clock.
    #[error("the profile has no clock `{0}`")]
    UnknownClock(ClockId),
    /// The clock has no date.
    #[error(transparent)]
    NoDue(#[from] NoDue),
}

impl DeadlineReport {
    /// Computes one clock of a profile from an instant.
    ///
    /// # Errors
    /// The clock is unknown, or has no date of its own.
    pub fn new(
        profile: &Profile,
        clock: &ClockId,
        start: Timestamp,
        calendar: &Calendar,
    ) -> Result<Self, ReportError> {
        let clock = profile
            .clock(clock)
            .ok_or_else(|| ReportError::UnknownClock(clock.clone()))?;
        let office = profile.office();
        let reckoner = Reckoner::new(&office, calendar);
        let due = reckoner.due(clock.term(), start, &[])?;
        let text = |instant: Timestamp| {
            reckoner
                .local(instant)
                .to_rfc3339_opts(SecondsFormat::Secs, false)
        };
        Ok(Self {
            start: text(start),
            effective: text(due.effective),
            due: text(due.due),
            provisional: due.provisional,
            strict: due.hours.map(|hours| text(hours.strict)),
            target: due.hours.and_then(|hours| hours.target).map(text),
            grace: due.hours.and_then(|hours| hours.grace).map(text),
        })
    }
}
