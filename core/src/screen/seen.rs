//! One case as it is on the device, with what its facts tell.

use std::collections::BTreeSet;

use super::daily::is_listed;
use super::words::{SyncState, sync_state};
use super::{Owner, Viewer};
use crate::calendar::Calendar;
use crate::class::Class;
use crate::command::{Command, SafetyLevel};
use crate::id::{CaseNumber, DecisionCount, ServerSeq};
use crate::profile::Profile;
use crate::record::Line;
use crate::replica::{CaseView, Fate, TimelineItem};
use crate::rules::{
    CaseLog, CaseState, Elsewhere, FactsTold, Flag, LegalField, LegalValue, LogEntry, Standing,
    danger_of, facts_told, judge, legal_values_told,
};
use crate::sync::View;
use crate::time::Timestamp;

/// A case as it is on the device.
#[derive(Clone, Debug)]
pub struct CaseSeen {
    /// Number, last ruling, what is pending.
    pub view: CaseView,
    /// What was recorded, of the classes that are held here, in the order in which it happened.
    pub items: Vec<TimelineItem>,
    /// The classes of which a document of the case is here.
    pub classes: BTreeSet<Class>,
    /// What the facts among the items tell.
    pub facts: FactsTold,
    /// What the rules make of a registration that the server has not seen; its clocks are shown as an estimate.
    pub estimate: Option<CaseState>,
}

impl CaseSeen {
    /// Reads the facts among the items. What was turned away stands outside history, unless nothing else is here.
    #[must_use]
    pub fn new(view: CaseView, items: Vec<TimelineItem>, classes: BTreeSet<Class>) -> Self {
        let facts = facts_told(&entries_of(&items));
        Self {
            view,
            items,
            classes,
            facts,
            estimate: None,
        }
    }

    /// Every value that was ever given to a legal field, in the order in which they were given.
    pub(super) fn legal_values(&self) -> Vec<LegalValue> {
        legal_values_told(&entries_of(&self.items))
    }

    /// Lets the rules reckon what the server has not seen anything of. Of other cases the device does not hold all that a judgement needs.
    pub fn reckon(&mut self, viewer: &Viewer<'_>, calendar: &Calendar) {
        let profile = self.profile(viewer).filter(|_| self.view.state.is_none());
        let Some(profile) = profile else {
            return;
        };
        let inside = self
            .items
            .iter()
            .filter(|item| !matches!(item.fate, Fate::TurnedAway(_)));
        let entries: Vec<LogEntry> = (1..)
            .zip(inside)
            .map(|(seq, item)| LogEntry {
                seq: ServerSeq::new(seq),
                author_roles: viewer.roles_of(item.stamp.by).into_iter().collect(),
                received_at: item.recorded_at.unwrap_or(item.stamp.occurred_at),
                ..log_entry(item)
            })
            .collect();
        let log = CaseLog {
            profile,
            calendar,
            versions: &[],
            entries: &entries,
            prior_clocks: &[],
            elsewhere: &Elsewhere::default(),
        };
        self.estimate = Some(judge(&log).state);
    }

    /// The version of the profile that the case stands under.
    pub(super) fn profile<'a>(&self, viewer: &Viewer<'a>) -> Option<&'a Profile> {
        self.owner().profile(viewer)
    }

    /// Whose the case is to move on.
    pub(super) fn owner(&self) -> Owner {
        let opened = self.registration().map(|item| item.stamp);
        Owner {
            assignee: self.view.state.as_ref().and_then(|state| state.assignee),
            opened_by: opened.map(|stamp| stamp.by),
            opened_at: opened.map(|stamp| stamp.occurred_at),
            version: self.view.profile_version,
        }
    }

    /// What the server does not have yet, or turned away.
    pub(super) fn unsent(&self) -> impl Iterator<Item = &TimelineItem> {
        self.items.iter().filter(|item| match item.fate {
            Fate::OnDevice | Fate::Waiting | Fate::TurnedAway(_) => true,
            Fate::Admitted | Fate::Judged(_) => false,
        })
    }

    /// The gravest danger: as ruled, or as recorded here since.
    #[must_use]
    pub fn danger(&self) -> SafetyLevel {
        let ruled = self.view.state.as_ref().map(|state| state.safety);
        let new = self
            .items
            .iter()
            .filter(|item| !matches!(item.fate, Fate::Judged(_)));
        let recorded = new.filter_map(|item| danger_of(&item.entry.command)).min();
        ruled
            .into_iter()
            .chain(recorded)
            .min()
            .unwrap_or(SafetyLevel::P3)
    }

    /// The client's name as held, or the initials that are told; other words where nobody knows it, or where this person does not hold it.
    #[must_use]
    pub fn name(&self, viewer: &Viewer<'_>) -> String {
        if let Some(names) = self.facts.identity.get(&LegalField::Name) {
            let names: Vec<&str> = names.iter().map(Line::as_str).collect();
            return names.join(" / ");
        }
        let masked = self.view.views.iter().find_map(|view| match view {
            View::Masked(initials) if !initials.is_empty() => Some(initials),
            View::Masked(_)
            | View::Contact(_)
            | View::Metadata(_)
            | View::Summary(_)
            | View::Aftercare(_)
            | View::Conference(_) => None,
        });
        if let Some(initials) = masked {
            return viewer.say("screen-name_masked", &[("initials", initials)]);
        }
        let is_held = self.classes.contains(&Class::Intake) || self.registration().is_some();
        let key = if is_held {
            "screen-name_unknown"
        } else {
            "screen-name_not_held"
        };
        viewer.say(key, &[])
    }

    /// The number for people.
    #[must_use]
    pub fn number(&self, viewer: &Viewer<'_>) -> String {
        number_told(viewer, self.view.number)
    }

    /// Number and name: how other screens speak of the case.
    #[must_use]
    pub fn title(&self, viewer: &Viewer<'_>) -> String {
        let (number, name) = (self.number(viewer), self.name(viewer));
        viewer.say("screen-title", &[("number", &number), ("name", &name)])
    }

    /// Whether the case is this person's to move on: theirs, or nobody's yet and they opened it or may assign it.
    #[must_use]
    pub fn is_mine(&self, viewer: &Viewer<'_>) -> bool {
        self.owner().is(viewer)
    }

    fn registration(&self) -> Option<&TimelineItem> {
        let mut items = self.items.iter();
        items.find(|item| matches!(item.entry.command, Command::Register(_)))
    }

    /// Whether the case can have anything for the first screen: it goes on, somebody is to answer, or own work stands out. Asked before
    /// its documents are opened.
    #[must_use]
    pub fn stirs(&self, viewer: &Viewer<'_>) -> bool {
        let Some(state) = &self.view.state else {
            return true;
        };
        let stands_out = |item: &TimelineItem| {
            item.stamp.by == viewer.person && sync_state(&item.fate) != SyncState::Accepted
        };
        !state.status.is_ended()
            || !state.reviews.is_empty()
            || state.flags.contains(&Flag::ReopenProposed)
            || state.safety < SafetyLevel::P3
            || state.clocks.iter().any(|clock| clock.stopped_at.is_none())
            || state.fact_flags.values().any(is_listed)
            || self.items.iter().any(stands_out)
    }

    /// What was recorded under an id, if it is held here.
    pub(super) fn item(&self, id: crate::id::CommandId) -> Option<&TimelineItem> {
        self.items.iter().find(|item| item.id == id)
    }
}

/// The number of a case for people.
pub(super) fn number_told(viewer: &Viewer<'_>, number: Option<CaseNumber>) -> String {
    number.map_or_else(
        || viewer.say("screen-no_number", &[]),
        |number| viewer.say("screen-number", &[("number", &number.to_string())]),
    )
}

/// What the rules read of the items. What was turned away stands outside history, unless nothing else is here.
fn entries_of(items: &[TimelineItem]) -> Vec<LogEntry> {
    let is_inside = |item: &&TimelineItem| !matches!(item.fate, Fate::TurnedAway(_));
    let is_lost = !items.iter().any(|item| is_inside(&item));
    let inside = items.iter().filter(|item| is_lost || is_inside(item));
    inside.map(log_entry).collect()
}

/// An item as the rules read facts. Roles and decisions are not asked.
fn log_entry(item: &TimelineItem) -> LogEntry {
    let last = Timestamp::from_millis(i64::MAX);
    LogEntry {
        seq: ServerSeq::default(),
        entry: item.entry.clone(),
        author_roles: BTreeSet::new(),
        standing: Standing::default(),
        named_roles: std::collections::BTreeMap::new(),
        named_areas: std::collections::BTreeMap::new(),
        recorded_at: item.recorded_at.unwrap_or(item.stamp.occurred_at),
        received_at: item.received_at.unwrap_or(last),
        clock_offset_ms: None,
        via_desk: false,
        base: DecisionCount::default(),
        verdict: None,
    }
}
