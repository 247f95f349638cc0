//! What other cases tell that matters to one: what its duplicates pass on, and when the people whom it needs are booked.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::{CaseState, Flag, LogEntry};
use crate::command::Command;
use crate::id::PersonId;
use crate::time::Timestamp;

/// What other cases tell that matters to one. A device that predicts holds nothing of it; the server decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The earliest registration among the cases that were found to be duplicates of this one (X10).
    pub registered_at: Option<Timestamp>,
    /// The papers that were seen for those cases, and when first: who brought one once is not asked again (X30).
    pub papers: BTreeMap<String, Timestamp>,
    /// The sessions that people are booked to lead in other cases, and when these begin (X34).
    pub booked: BTreeSet<(PersonId, Timestamp)>,
    /// Who is responsible for the other side of a family in which there is violence (X11).
    pub opposed: BTreeSet<PersonId>,
    /// Whether a head tied this one to a case of the family, in that case.
    pub is_tied: bool,
    /// When it was found that a withdrawal had reached every device in use, or was stated why it was done all the same: the register
    /// of what clients ask for by right tells it (UU 27/2022 art. 40).
    pub processing_stopped: BTreeSet<Timestamp>,
}

impl Elsewhere {
    /// Whether somebody leads a session elsewhere that begins so near to an instant that the two would overlap.
    pub(super) fn is_booked(&self, lead: PersonId, starts_at: Timestamp, minutes: u16) -> bool {
        let length = i64::from(minutes) * 60_000;
        let mut begun = self.booked.iter().filter(|(who, _)| *who == lead);
        begun.any(|(_, other)| {
            let apart = starts_at.millis_since(*other).unsigned_abs();
            apart < length.unsigned_abs()
        })
    }
}

/// Who is responsible for the other side, where violence is told of on either, or in the couple's case that two adults have in common.
#[must_use]
pub fn opposed<'s>(
    told: impl IntoIterator<Item = &'s CaseState>,
    other: &CaseState,
) -> Option<PersonId> {
    let is_violent = |state: &CaseState| state.flags.contains(&Flag::DangerSign);
    let is_between = told.into_iter().any(is_violent) || is_violent(other);
    other.assignee.filter(|_| is_between)
}

/// The papers that were seen for a case, and when first. Reads facts.
#[must_use]
pub fn papers_seen(entries: &[LogEntry]) -> BTreeMap<String, Timestamp> {
    let mut facts = Facts::default();
    for entry in entries {
        facts.insert(entry);
    }
    let named = entries.iter().filter_map(|entry| {
        if let Command::SightDocument(paper) = &entry.entry.command {
            Some(paper.requirement.as_str())
        } else {
            None
        }
    });
    let seen = named.filter_map(|id| Some((id.to_owned(), facts.paper_seen(id)?)));
    seen.collect()
}

/// Whom a log asks to lead sessions. Reads proposals.
#[must_use]
pub fn leads(entries: &[LogEntry]) -> BTreeSet<PersonId> {
    let leads = entries.iter().filter_map(|entry| {
        if let Command::ScheduleSession(booking) = &entry.entry.command {
            Some(booking.lead)
        } else {
            None
        }
    });
    leads.collect()
}
