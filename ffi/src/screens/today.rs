//! Hari ini, for phones.

use jangkau_core::screen;

use super::{AttentionLine, ClockLine, each};
use crate::types::redacted;

/// Something that is due, or an appointment, with its case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct DueLine {
    /// The case.
    pub case_id: String,
    /// Its number and name.
    pub title: String,
    /// Code of its danger.
    pub danger: String,
    /// The clock.
    pub clock: ClockLine,
}

redacted!(DueLine);

impl From<screen::DueLine> for DueLine {
    fn from(line: screen::DueLine) -> Self {
        Self {
            case_id: line.case.to_string(),
            title: line.title,
            danger: line.danger.to_string(),
            clock: line.clock.into(),
        }
    }
}

/// A session that is booked for today.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct AppointmentLine {
    /// The case.
    pub case_id: String,
    /// Time, case and who leads.
    pub says: String,
}

redacted!(AppointmentLine);

/// What the daily list tells of one case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct DailyLines {
    /// The case.
    pub case_id: String,
    /// Its number and name.
    pub title: String,
    /// What came in, the newest first.
    pub lines: Vec<String>,
    /// Ids of the records that this person may confirm, all at once.
    pub to_confirm: Vec<String>,
}

redacted!(DailyLines);

impl From<screen::DailyCase> for DailyLines {
    fn from(daily: screen::DailyCase) -> Self {
        Self {
            case_id: daily.case.to_string(),
            title: daily.title,
            lines: daily.lines,
            to_confirm: daily.to_confirm.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Something about the whole office, not about a case.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct NoticeLine {
    /// What is so.
    pub says: String,
    /// What to do.
    pub what_to_do: String,
}

impl From<screen::Notice> for NoticeLine {
    fn from(notice: screen::Notice) -> Self {
        Self {
            says: notice.says,
            what_to_do: notice.what_to_do,
        }
    }
}

/// Hari ini.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct TodayScreen {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// Counts in one sentence.
    pub says: String,
    /// What everybody on this device is told first, whatever their cases.
    pub notices: Vec<NoticeLine>,
    /// Dangers that were not sent.
    pub alarms: Vec<AttentionLine>,
    /// What is late.
    pub overdue: Vec<DueLine>,
    /// What is due.
    pub due: Vec<DueLine>,
    /// What has not been sent, and for how long; none when everything has.
    pub unsent: Option<String>,
    /// What waits for this person.
    pub to_answer: Vec<AttentionLine>,
    /// What else asks for attention.
    pub attention: Vec<AttentionLine>,
    /// What came in late, and what may be confirmed in a batch, case by case.
    pub daily: Vec<DailyLines>,
    /// Today's sessions.
    pub appointments: Vec<AppointmentLine>,
    /// What to ask the next page with, of those lists that have more; none after the last.
    pub next: Option<u64>,
}

impl From<(screen::Today, Option<usize>)> for TodayScreen {
    fn from((today, next): (screen::Today, Option<usize>)) -> Self {
        let appointments = today.appointments.into_iter().map(|line| AppointmentLine {
            case_id: line.case.to_string(),
            says: line.says,
        });
        Self {
            practice: today.practice,
            says: today.says,
            notices: each(today.notices),
            alarms: each(today.alarms),
            overdue: each(today.overdue),
            due: each(today.due),
            unsent: today.unsent.map(|unsent| unsent.says),
            to_answer: each(today.to_answer),
            attention: each(today.attention),
            daily: each(today.daily),
            appointments: appointments.collect(),
            next: next.map(|next| next as u64),
        }
    }
}
