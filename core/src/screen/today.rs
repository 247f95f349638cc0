//! Hari ini: the first screen. What is late and due, what has not been sent, what waits for this person, and today's appointments.

use super::attention::{Attention, AttentionKind, pressing_clocks};
use super::clock::local_day;
use super::daily::{DailyCase, daily};
use super::{CaseSeen, ClockLine, Page, Urgency, Viewer, attention, open_clocks, words};
use crate::command::SafetyLevel;
use crate::id::{CaseId, CommandId};
use crate::replica::{Fate, TimelineItem};
use crate::text::{self, Language};
use crate::time::Timestamp;

/// The first screen.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Today {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// What everybody on this device is told first, whatever their cases.
    pub notices: Vec<Notice>,
    /// Dangers that the server does not have: BELUM TERKIRIM, and whom to call.
    pub alarms: Vec<Attention>,
    /// Clocks of own cases whose due date has passed: danger first, then the oldest.
    pub overdue: Vec<DueLine>,
    /// Clocks of own cases that are due now: danger first, then what is due first.
    pub due: Vec<DueLine>,
    /// What has not reached the server; none when everything has.
    pub unsent: Option<Unsent>,
    /// What waits for this person's answer or confirmation.
    pub to_answer: Vec<Attention>,
    /// The other things that ask for attention.
    pub attention: Vec<Attention>,
    /// What came in late and needs no answer, and what may be confirmed in a batch, case by case.
    pub daily: Vec<DailyCase>,
    /// Sessions that are booked for today, in order.
    pub appointments: Vec<AppointmentLine>,
    /// Counts in one sentence.
    pub says: String,
}

/// Something about the whole office, not about a case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What is so.
    pub says: String,
    /// What to do.
    pub what_to_do: String,
}

impl Today {
    /// The lines of each of its lists from the `from`th on, at most [`super::LIST_LEN_MAX`] of each, and where the next page of those begins that
    /// have more.
    #[must_use]
    pub fn page(mut self, from: usize) -> (Self, Option<usize>) {
        fn cut<T>(lines: &mut Vec<T>, from: usize, next: &mut Option<usize>) {
            let page = Page::of(std::mem::take(lines), from);
            *lines = page.items;
            *next = page.next.max(*next);
        }
        let mut next = None;
        cut(&mut self.notices, from, &mut next);
        cut(&mut self.alarms, from, &mut next);
        cut(&mut self.overdue, from, &mut next);
        cut(&mut self.due, from, &mut next);
        cut(&mut self.to_answer, from, &mut next);
        cut(&mut self.attention, from, &mut next);
        cut(&mut self.daily, from, &mut next);
        cut(&mut self.appointments, from, &mut next);
        (self, next)
    }

    /// Adds what is told of broken glass.
    pub(crate) fn tell(&mut self, notices: Vec<Attention>) {
        self.attention.extend(notices);
        self.attention.sort_by_key(|item| (item.kind, item.since));
    }
}

/// A clock, with the case that it belongs to.
#[derive(Clone, PartialEq, Eq)]
pub struct DueLine {
    /// The case.
    pub case: CaseId,
    /// Its number and name.
    pub title: String,
    /// Its danger.
    pub danger: SafetyLevel,
    /// The clock.
    pub clock: ClockLine,
}

redacted!(DueLine);

/// What has not reached the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// How many commands.
    pub count: usize,
    /// When the oldest of them was recorded, by this device's clock.
    pub oldest: Timestamp,
    /// Count and age in one sentence.
    pub says: String,
}

/// A session that is booked for today.
#[derive(Clone, PartialEq, Eq)]
pub struct AppointmentLine {
    /// The case.
    pub case: CaseId,
    /// The command that booked it.
    pub appointment: CommandId,
    /// When it begins.
    pub starts_at: Timestamp,
    /// Time, case and who leads.
    pub says: String,
}

redacted!(AppointmentLine);

/// The first screen, from every case on the device.
#[must_use]
pub fn today(viewer: &Viewer<'_>, cases: &[CaseSeen]) -> Today {
    let mut today = Today::default();
    for case in cases {
        take_clocks(viewer, case, &mut today);
        today.appointments.extend(appointments(viewer, case));
        today.daily.extend(daily(viewer, case));
        for item in attention(viewer, case) {
            match item.kind {
                AttentionKind::UnsentDanger => today.alarms.push(item),
                AttentionKind::ToAnswer
                | AttentionKind::ToConfirm
                | AttentionKind::TimeToConfirm
                | AttentionKind::SameEvent
                | AttentionKind::SeparationDue => {
                    today.to_answer.push(item);
                }
                // The clocks stand in lists of their own.
                AttentionKind::Overdue => {}
                AttentionKind::ReopenProposed
                | AttentionKind::GlassBroken
                | AttentionKind::TurnedAway
                | AttentionKind::Refused
                | AttentionKind::IdentityConflict
                | AttentionKind::MissingPapers
                | AttentionKind::InReview
                | AttentionKind::Reminder => today.attention.push(item),
            }
        }
    }
    let urgency = |line: &DueLine| (line.danger, line.clock.due, line.case);
    today.overdue.sort_by_key(urgency);
    today.due.sort_by_key(urgency);
    today.alarms.sort_by_key(|item| item.since);
    today.to_answer.sort_by_key(|item| item.since);
    today.attention.sort_by_key(|item| (item.kind, item.since));
    today.appointments.sort_by_key(|line| line.starts_at);
    today.unsent = unsent(viewer, cases);
    today.practice = viewer.practice();
    today.says = summary(viewer, &today);
    today
}

fn take_clocks(viewer: &Viewer<'_>, case: &CaseSeen, today: &mut Today) {
    if !case.is_mine(viewer) {
        return;
    }
    for clock in pressing_clocks(viewer, case) {
        let is_late = clock.urgency == Some(Urgency::Overdue);
        let line = DueLine {
            case: case.view.case,
            title: case.title(viewer),
            danger: case.danger(),
            clock,
        };
        if is_late {
            today.overdue.push(line);
        } else {
            today.due.push(line);
        }
    }
}

/// The dated clocks of own cases that have not stopped, what is due first at the top.
#[must_use]
pub fn deadlines(viewer: &Viewer<'_>, cases: &[CaseSeen]) -> Vec<DueLine> {
    let mut lines = Vec::new();
    for case in cases.iter().filter(|case| case.is_mine(viewer)) {
        let viewer = &viewer.of_case(case);
        for clock in open_clocks(viewer, case) {
            if clock.urgency.is_some() {
                lines.push(DueLine {
                    case: case.view.case,
                    title: case.title(viewer),
                    danger: case.danger(),
                    clock,
                });
            }
        }
    }
    lines.sort_by_key(|line| (line.clock.due, line.danger, line.case));
    lines
}

/// Today's sessions of own cases, and those that this person leads.
fn appointments(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<AppointmentLine> {
    let state = case.view.state.as_ref();
    let booked = state.map(|state| state.appointments.iter());
    let mine = booked.into_iter().flatten().filter(|booked| {
        local_day(viewer, booked.starts_at) == local_day(viewer, viewer.now)
            && (booked.lead == viewer.person || case.is_mine(viewer))
    });
    mine.map(|booked| {
        let at = text::time_of_day(viewer.language, booked.starts_at, viewer.zone());
        let (title, name) = (case.title(viewer), viewer.name(booked.lead));
        let args = [("at", &*at), ("case", &*title), ("name", &*name)];
        AppointmentLine {
            case: case.view.case,
            appointment: booked.appointment,
            starts_at: booked.starts_at,
            says: viewer.say("today-appointment", &args),
        }
    })
    .collect()
}

/// What has not been acknowledged: what was turned away arrived, and stands elsewhere.
fn unsent(viewer: &Viewer<'_>, cases: &[CaseSeen]) -> Option<Unsent> {
    let is_here_only = |item: &&TimelineItem| item.fate == Fate::OnDevice;
    let items: Vec<&TimelineItem> = cases
        .iter()
        .flat_map(CaseSeen::unsent)
        .filter(is_here_only)
        .collect();
    let recorded = |item: &&TimelineItem| item.recorded_at.unwrap_or(item.stamp.occurred_at);
    unsent_told(items.iter().map(recorded), viewer.now, viewer.language)
}

/// Count and age of what has not been acknowledged, by when each was recorded; none where there is nothing.
#[must_use]
pub fn unsent_told(
    recorded: impl Iterator<Item = Timestamp>,
    now: Timestamp,
    language: Language,
) -> Option<Unsent> {
    let recorded: Vec<Timestamp> = recorded.collect();
    let (count, oldest) = (recorded.len(), recorded.into_iter().min()?);
    let age = words::span(language, now.millis_since(oldest));
    let args = [("count", &*count.to_string()), ("span", &*age)];
    Some(Unsent {
        count,
        oldest,
        says: text::text(language, "today-unsent", &args),
    })
}

fn summary(viewer: &Viewer<'_>, today: &Today) -> String {
    let counts = [
        ("overdue", today.overdue.len()),
        ("due", today.due.len()),
        ("to_answer", today.to_answer.len()),
        ("appointments", today.appointments.len()),
    ];
    let counts: Vec<(&str, String)> = counts
        .iter()
        .map(|(name, count)| (*name, count.to_string()))
        .collect();
    let args: Vec<(&str, &str)> = counts
        .iter()
        .map(|(name, count)| (*name, count.as_str()))
        .collect();
    viewer.say("today-summary", &args)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_have_every_line_of_every_list_once() {
        let notice = |number: usize| Notice {
            says: number.to_string(),
            what_to_do: String::new(),
        };
        let line = |number: usize| AppointmentLine {
            case: CaseId::from_bytes([1; 16]),
            appointment: CommandId::from_bytes([2; 16]),
            starts_at: Timestamp::from_millis(number as i64),
            says: String::new(),
        };
        let whole = Today {
            notices: (0..3).map(notice).collect(),
            appointments: (0..120).map(line).collect(),
            ..Today::default()
        };
        let (mut read, mut from) = (Today::default(), Some(0));
        let mut pages = 0;
        while let Some(start) = from {
            let (page, next) = whole.clone().page(start);
            read.notices.extend(page.notices);
            read.appointments.extend(page.appointments);
            (from, pages) = (next, pages + 1);
        }
        assert_eq!((read, pages), (whole, 3));
    }
}
