//! Visits and sessions as events: which records may tell of one and the same, and which sessions count (amendment C3).

use std::collections::{BTreeMap, BTreeSet};

use super::{Facts, Place, held_session, place_of};
use crate::command::{Command, CommandKind};
use crate::id::{CommandId, PersonId};
use crate::rules::LogEntry;
use crate::time::Timestamp;

/// The kinds that [`span_of`] knows.
const KINDS: &[CommandKind] = &[CommandKind::RecordVisit, CommandKind::RecordSession];

/// The events of a case, taken in the order in which they began.
#[derive(Clone, Debug, Default)]
pub(super) struct Events<'a> {
    last: Option<Place>,
    /// Sessions that took place, in order, each event once.
    sessions: Vec<&'a LogEntry>,
    /// Records of what an earlier one may tell of.
    doubles: BTreeSet<CommandId>,
    told: BTreeMap<(CommandKind, PersonId), Spans>,
    counted: BTreeMap<PersonId, Spans>,
}

impl<'a> Facts<'a> {
    /// Sessions that took place, in order, each event once.
    pub(in crate::rules) fn sessions(&self) -> &[&'a LogEntry] {
        &self.events().sessions
    }

    /// Whether an earlier record may tell of the same event (amendment C3).
    pub(in crate::rules) fn is_double(&self, entry: &LogEntry) -> bool {
        self.events().doubles.contains(&entry.entry.id)
    }

    /// A new fact: an event that began after all others goes to the end; else they are taken anew when asked for.
    pub(super) fn note_event(&mut self, entry: &'a LogEntry) {
        let is_settlement = matches!(entry.entry.command, Command::SettleEvent(_));
        if !is_settlement && span_of(entry).is_none() {
            return;
        }
        if let Some(mut events) = self.events.take()
            && !is_settlement
            && events.last < Some(place_of(entry))
        {
            let settled = self.settled_events().get(&entry.entry.id).copied();
            events.take(entry, settled);
            self.events = events.into();
        }
    }

    fn events(&self) -> &Events<'a> {
        self.events.get_or_init(|| {
            let settled = self.settled_events();
            let mut events = Events::default();
            // Only records of one kind are compared with each other.
            for entry in KINDS.iter().flat_map(|kind| self.of(*kind)) {
                events.take(entry, settled.get(&entry.entry.id).copied());
            }
            events
        })
    }

    /// The records of which their performer said whether they count (amendment C3). What they said last holds.
    fn settled_events(&self) -> BTreeMap<CommandId, bool> {
        let mut settled = BTreeMap::new();
        for entry in self.of(CommandKind::SettleEvent) {
            if let Command::SettleEvent(settlement) = &entry.entry.command {
                let own = settlement
                    .events
                    .iter()
                    .filter(|event| self.own_record(entry, **event).is_some());
                settled.extend(own.map(|event| (*event, settlement.counts.contains(event))));
            }
        }
        settled
    }
}

impl<'a> Events<'a> {
    /// The next event of its kind, and whether its performer said that it counts.
    fn take(&mut self, entry: &'a LogEntry, settled: Option<bool>) {
        let Some((who, span)) = span_of(entry) else {
            return;
        };
        self.last = self.last.max(Some(place_of(entry)));
        let told = self.told.entry((entry.entry.command.kind(), who));
        let is_told = told.or_default().push(span);
        if is_told && settled.is_none() {
            self.doubles.insert(entry.entry.id);
        }
        if held_session(&entry.entry.command).is_none() {
            return;
        }
        let counted = self.counted.entry(who).or_default();
        if settled.unwrap_or_else(|| !counted.overlaps(span)) {
            counted.push(span);
            self.sessions.push(entry);
        }
    }
}

/// From when to when.
type Span = (Timestamp, Timestamp);

/// What one person's records of one kind cover, in the order in which they began.
#[derive(Clone, Debug, Default)]
struct Spans {
    all: Vec<Span>,
    /// The latest end.
    end: Option<Timestamp>,
}

impl Spans {
    /// Adds the next, and gives whether it overlaps one before it.
    fn push(&mut self, span: Span) -> bool {
        let overlaps = self.overlaps(span);
        self.all.push(span);
        self.end = self.end.max(Some(span.1));
        overlaps
    }

    /// Whether one that began no earlier overlaps one of these, or begins with it.
    fn overlaps(&self, (start, end): Span) -> bool {
        if self.all.last().is_some_and(|last| last.0 == start) {
            return true;
        }
        if end >= start {
            return self.end > Some(start);
        }
        // A visit that ended before it began, by its author's mistake.
        let overlaps = |other: &Span| start < other.1 && other.0 < end;
        self.all.iter().any(overlaps)
    }
}

/// Who did it, and from when to when, for events that two people may write down.
fn span_of(entry: &LogEntry) -> Option<(PersonId, Span)> {
    let start = entry.at();
    let end = if let Command::RecordVisit(visit) = &entry.entry.command {
        visit.ended_at.unwrap_or(start)
    } else {
        let session = held_session(&entry.entry.command)?;
        start.plus_millis(i64::from(session.minutes) * 60_000)
    };
    Some((entry.performer(), (start, end)))
}
