//! When something is due: working days, calendar days, elapsed hours, in the institution's own zone.
//!
//! Pure arithmetic over an office's hours and a calendar (LK3.md section 7). A deadline never makes the system
//! refuse the truth; it only says when "late" begins.

mod report;

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone};
use chrono_tz::Tz;
use thiserror::Error;

use crate::calendar::{Calendar, MissingList, Region};
use crate::code::codes;
use crate::time::Timestamp;

pub use report::{DeadlineReport, ReportError};

/// When an office is open, in its own zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Office {
    /// The zone in which every day begins and ends.
    pub zone: Tz,
    /// Opening spells of Monday to Sunday, in order; a weekday without one is no working day.
    pub week: [Vec<Spell>; 7],
    /// Whether collective leave (*cuti bersama*) is off.
    pub collective_leave: bool,
    /// The regions whose days are off.
    pub regions: BTreeSet<Region>,
}

/// One stretch of opening: from, inclusive, to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spell {
    /// Opening time, local.
    pub open: NaiveTime,
    /// Closing time, local; later than `open`.
    pub close: NaiveTime,
}

/// How long something may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Term {
    /// Working days after the day of receipt, which is not counted.
    WorkingDays(u16),
    /// Calendar days, midnight to midnight; never shifted.
    CalendarDays(u16),
    /// Hours of the physical clock. With `grace`, an answer at the next opening is shown apart (LK3.md 7.4).
    ElapsedHours {
        /// How many.
        hours: u16,
        /// Whether the office's opening hours soften the line; never for duties set by law.
        grace: bool,
    },
    /// A number of meetings, not a time.
    Sessions {
        /// Fewest.
        min: u16,
        /// Most; none means open.
        max: Option<u16>,
    },
    /// The date which the plan names.
    FromPlan,
}

/// A time during which a working-day clock stands still: from, inclusive, to, exclusive; open without an end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pause {
    /// When the wait began.
    pub from: Timestamp,
    /// When it ended.
    pub to: Option<Timestamp>,
}

/// A computed deadline.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The instant from which the term counts: the start itself, or the next opening.
    pub effective: Timestamp,
    /// The last instant that is on time.
    pub due: Timestamp,
    /// Whether the count entered a year whose holidays nobody has loaded.
    pub provisional: bool,
    /// The further lines of a clock of elapsed hours.
    pub hours: Option<HourLines>,
}

/// The lines of a clock of elapsed hours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HourLines {
    /// Start plus the hours.
    pub strict: Timestamp,
    /// Last moment not after `strict` at which the office is open, unless that is before the start; only with grace.
    pub target: Option<Timestamp>,
    /// Next opening, if the office is closed at `strict`; only with grace.
    pub grace: Option<Timestamp>,
}

/// Why there is no deadline to show.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum NoDue {
    /// The term is a count of meetings or waits for the plan's date.
    #[error("this clock has no date of its own")]
    NotATime,
    /// The clock stands still until the papers come.
    #[error("this clock is paused")]
    Paused,
    /// The office has no working day within reach.
    #[error("this office has no working day")]
    NeverOpen,
}

codes!(
    /// How an ended clock is reported.
    Timeliness {
        /// Stopped at or before its due.
        OnTime = "on_time",
        /// Stopped after the strict line, but the office was closed and this was its next opening; shown apart, never hidden.
        LateExcusedClosed = "late_excused_closed",
        /// Stopped later than that.
        Late = "late",
    }
);

impl Due {
    /// How stopping at `stopped` is reported.
    #[must_use]
    pub fn timeliness(&self, stopped: Timestamp) -> Timeliness {
        let grace = self.hours.and_then(|hours| hours.grace);
        if stopped <= self.due {
            Timeliness::OnTime
        } else if grace.is_some_and(|grace| stopped <= grace) {
            Timeliness::LateExcusedClosed
        } else {
            Timeliness::Late
        }
    }

    /// The due after a change of calendar: it may move later, never earlier.
    #[must_use]
    pub fn extended_by(&self, recomputed: Self) -> Self {
        if recomputed.due < self.due {
            *self
        } else {
            recomputed
        }
    }
}

/// Longest stretch without a working day that is still believed; longer means that the office never opens.
const CLOSED_DAYS_MAX: u32 = 60;

/// An office and the calendar that it goes by.
#[derive(Clone, Copy, Debug)]
pub struct Reckoner<'a> {
    office: &'a Office,
    calendar: &'a Calendar,
}

/// A local date on which the office works.
struct WorkingDay {
    open: Timestamp,
    close: Timestamp,
}

impl<'a> Reckoner<'a> {
    /// Reckons for this office by this calendar.
    #[must_use]
    pub const fn new(office: &'a Office, calendar: &'a Calendar) -> Self {
        Self { office, calendar }
    }

    /// The local date of an instant.
    #[must_use]
    pub fn local_date(&self, instant: Timestamp) -> NaiveDate {
        self.local(instant).date_naive()
    }

    /// The instant in the office's zone.
    #[must_use]
    pub fn local(&self, instant: Timestamp) -> DateTime<Tz> {
        instant.to_utc().with_timezone(&self.office.zone)
    }

    /// The lists of holidays that the office ought to have by now and has not: red items.
    #[must_use]
    pub fn missing_lists(&self, now: Timestamp) -> Vec<MissingList> {
        let today = self.local_date(now);
        self.calendar.missing(&self.office.regions, today)
    }

    /// Whether the office works on this local date.
    #[must_use]
    pub fn is_working_day(&self, date: NaiveDate) -> bool {
        let weekday = date.weekday().num_days_from_monday() as usize;
        let opens = self
            .office
            .week
            .get(weekday)
            .is_some_and(|spells| !spells.is_empty());
        opens
            && !self
                .calendar
                .is_off(date, self.office.collective_leave, &self.office.regions)
    }

    /// The instant itself between a working day's first opening and last closing (a lunch gap counts as open for
    /// receipt); else the next opening.
    ///
    /// # Errors
    /// [`NoDue::NeverOpen`].
    pub fn effective(&self, instant: Timestamp) -> Result<Timestamp, NoDue> {
        Ok(self.effective_noting(instant, &mut false)?.0)
    }

    /// The deadline of a term that starts at `start`.
    ///
    /// # Errors
    /// Why there is none.
    pub fn due(&self, term: Term, start: Timestamp, pauses: &[Pause]) -> Result<Due, NoDue> {
        match term {
            Term::WorkingDays(days) => self.working_days(days, start, pauses),
            Term::CalendarDays(days) => {
                let date = self.local_date(start) + Days::new(u64::from(days));
                let last_second = NaiveTime::from_hms_opt(23, 59, 59).unwrap_or_default();
                let due = self.instant(date.and_time(last_second));
                Ok(Due {
                    effective: start,
                    due,
                    provisional: false,
                    hours: None,
                })
            }
            Term::ElapsedHours { hours, grace } => self.elapsed_hours(hours, grace, start),
            Term::Sessions { .. } | Term::FromPlan => Err(NoDue::NotATime),
        }
    }

    /// Counts working days. A day counts when the clock runs at its closing.
    fn working_days(&self, days: u16, start: Timestamp, pauses: &[Pause]) -> Result<Due, NoDue> {
        let mut provisional = false;
        let (effective, mut date) = self.effective_noting(start, &mut provisional)?;
        let mut due = self.day(date).ok_or(NoDue::NeverOpen)?.close;
        let mut left = days;
        while left > 0 {
            let next = self.next_working_day(date, &mut provisional)?;
            date = next.0;
            due = next.1.close;
            match pause_at(pauses, due) {
                Some(Pause { to: None, .. }) => return Err(NoDue::Paused),
                Some(_) => {}
                None => left -= 1,
            }
        }
        Ok(Due {
            effective,
            due,
            provisional,
            hours: None,
        })
    }

    fn elapsed_hours(&self, hours: u16, grace: bool, start: Timestamp) -> Result<Due, NoDue> {
        let strict = start.plus_millis(i64::from(hours) * 3_600_000);
        let mut lines = HourLines {
            strict,
            target: None,
            grace: None,
        };
        let mut provisional = false;
        if grace {
            let opening = self.effective_noting(strict, &mut provisional)?.0;
            lines.grace = (opening > strict).then_some(opening);
            let open_before = self.last_open_before(strict, &mut provisional)?;
            lines.target = (open_before >= start).then_some(open_before);
        }
        Ok(Due {
            effective: start,
            due: strict,
            provisional,
            hours: Some(lines),
        })
    }

    /// Last moment not after `instant` between a working day's first opening and last closing.
    fn last_open_before(
        &self,
        instant: Timestamp,
        provisional: &mut bool,
    ) -> Result<Timestamp, NoDue> {
        let mut date = self.local_date(instant);
        for _ in 0..CLOSED_DAYS_MAX {
            *provisional |= !self.calendar.is_loaded(date.year(), &self.office.regions);
            match self.day(date) {
                Some(day) if day.open <= instant => return Ok(day.close.min(instant)),
                Some(_) | None => date = date.pred_opt().ok_or(NoDue::NeverOpen)?,
            }
        }
        Err(NoDue::NeverOpen)
    }

    fn effective_noting(
        &self,
        instant: Timestamp,
        provisional: &mut bool,
    ) -> Result<(Timestamp, NaiveDate), NoDue> {
        let date = self.local_date(instant);
        *provisional |= !self.calendar.is_loaded(date.year(), &self.office.regions);
        if let Some(day) = self.day(date).filter(|day| instant <= day.close) {
            return Ok((instant.max(day.open), date));
        }
        let (date, day) = self.next_working_day(date, provisional)?;
        Ok((day.open, date))
    }

    fn next_working_day(
        &self,
        after: NaiveDate,
        provisional: &mut bool,
    ) -> Result<(NaiveDate, WorkingDay), NoDue> {
        let mut date = after;
        for _ in 0..CLOSED_DAYS_MAX {
            date = date.succ_opt().ok_or(NoDue::NeverOpen)?;
            *provisional |= !self.calendar.is_loaded(date.year(), &self.office.regions);
            if let Some(day) = self.day(date) {
                return Ok((date, day));
            }
        }
        Err(NoDue::NeverOpen)
    }

    fn day(&self, date: NaiveDate) -> Option<WorkingDay> {
        if !self.is_working_day(date) {
            return None;
        }
        let spells = self
            .office
            .week
            .get(date.weekday().num_days_from_monday() as usize)?;
        Some(WorkingDay {
            open: self.instant(date.and_time(spells.first()?.open)),
            close: self.instant(date.and_time(spells.last()?.close)),
        })
    }

    /// The instant of a local time. A time that the zone skips is read an hour later; one that it repeats, as the first.
    fn instant(&self, local: NaiveDateTime) -> Timestamp {
        let zone = self.office.zone;
        zone.from_local_datetime(&local)
            .earliest()
            .or_else(|| {
                zone.from_local_datetime(&(local + TimeDelta::hours(1)))
                    .earliest()
            })
            .map_or_else(
                || Timestamp::from(local.and_utc()),
                |instant| Timestamp::from(instant.to_utc()),
            )
    }
}

/// The pause in which an instant lies; one without an end wins.
fn pause_at(pauses: &[Pause], instant: Timestamp) -> Option<Pause> {
    let inside = |pause: &&Pause| pause.from <= instant && pause.to.is_none_or(|to| instant < to);
    pauses
        .iter()
        .filter(inside)
        .max_by_key(|pause| (pause.to.is_none(), pause.to))
        .copied()
}

#[cfg(test)]
mod tests;
