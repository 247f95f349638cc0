//! What a list asks of a case: little enough to be kept beside it, so that a list of thousands opens the documents of its page alone.
//! Nothing in it depends on the day, the language, or on powers that come and go.

use std::cmp::Reverse;

use super::list::next_due;
use super::{CaseSeen, ListFilter, Viewer, contacts};
use crate::command::{Command, CommandKind, SafetyLevel};
use crate::id::{CaseId, CaseNumber, PersonId};
use crate::profile::Profile;
use crate::profile::words::Status;
use crate::time::Timestamp;

/// What a list asks of a case.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Glance {
    /// Its number; none before the server has registered it.
    #[n(0)]
    pub number: Option<CaseNumber>,
    /// Where it stands.
    #[n(1)]
    pub status: Status,
    /// The gravest danger.
    #[n(2)]
    pub danger: SafetyLevel,
    /// When the open clock is due that is due first.
    #[n(3)]
    pub due: Option<Timestamp>,
    /// Whose it is to move on.
    #[n(4)]
    pub owner: Owner,
    /// Whether something has not reached the server, or was turned away.
    #[n(5)]
    pub unsent: bool,
    /// Whether it can have anything for the first screen.
    #[n(6)]
    pub stirs: bool,
    /// What is searched beside the number, in small letters: identity, contacts, place.
    #[n(7)]
    pub words: String,
}

redacted!(Glance);

/// Whose a case is to move on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Owner {
    /// The person responsible, as ruled.
    #[n(0)]
    pub assignee: Option<PersonId>,
    /// Who registered it.
    #[n(1)]
    pub opened_by: Option<PersonId>,
    /// When it was registered.
    #[n(2)]
    pub opened_at: Option<Timestamp>,
    /// The version of the profile that it stands under, as ruled.
    #[n(3)]
    pub version: Option<u32>,
}

impl Owner {
    /// The version of the profile that the case stands under: as ruled, and before that the one in force when it was registered. The
    /// viewer's own where the device cannot read it.
    pub(super) fn profile<'a>(&self, viewer: &Viewer<'a>) -> Option<&'a Profile> {
        let ruled = self.version.and_then(|version| {
            let mut versions = viewer.versions.iter();
            versions.find(|profile| profile.version == version)
        });
        let registered = || Profile::in_force(viewer.versions, self.opened_at?.min(viewer.now));
        ruled.or_else(registered).or(viewer.profile)
    }

    /// Whether the case is this person's to move on: theirs, or nobody's yet and they opened it or may assign it.
    pub(super) fn is(&self, viewer: &Viewer<'_>) -> bool {
        let may_assign = || {
            let standard = Viewer {
                profile: self.profile(viewer),
                ..viewer.clone()
            };
            standard.may(CommandKind::Assign)
        };
        match self.assignee {
            Some(person) => person == viewer.person,
            None => self.opened_by == Some(viewer.person) || may_assign(),
        }
    }
}

/// What a list asks of a case, from the case.
#[must_use]
pub fn glance(viewer: &Viewer<'_>, case: &CaseSeen) -> Glance {
    let state = case.view.state.as_ref();
    Glance {
        number: case.view.number,
        status: state.map_or(Status::Draft, |state| state.status),
        danger: case.danger(),
        due: next_due(viewer, case).and_then(|clock| clock.due),
        owner: case.owner(),
        unsent: case.unsent().next().is_some(),
        stirs: case.stirs(viewer),
        words: searched(viewer, case),
    }
}

/// What is held of a case to be searched, in small letters.
fn searched(viewer: &Viewer<'_>, case: &CaseSeen) -> String {
    let identity = case.facts.identity.values().flatten();
    let mut held: Vec<String> = identity.map(|value| value.as_str().to_owned()).collect();
    held.extend(contacts(viewer, case).into_iter().map(|line| line.contact));
    for item in &case.items {
        if let Command::Register(register) = &item.entry.command
            && let Some(place) = &register.place
        {
            held.push(place.as_str().to_owned());
        }
    }
    held.join("\n").to_lowercase()
}

impl Glance {
    /// Whether the case passes a filter, its search included.
    #[must_use]
    pub fn passes(&self, viewer: &Viewer<'_>, filter: &ListFilter) -> bool {
        (!filter.mine || self.owner.is(viewer))
            && filter.status.is_none_or(|wanted| wanted == self.status)
            && (!filter.unsent || self.unsent)
            && (!filter.overdue || self.due.is_some_and(|due| viewer.now > due))
            && filter
                .search
                .as_deref()
                .is_none_or(|words| self.has(viewer, words))
    }

    /// Whether what is held of the case has all of some words, in whatever case and order.
    #[must_use]
    pub fn has(&self, viewer: &Viewer<'_>, words: &str) -> bool {
        let number = super::seen::number_told(viewer, self.number).to_lowercase();
        words
            .to_lowercase()
            .split_whitespace()
            .all(|word| self.words.contains(word) || number.contains(word))
    }

    /// How a list is ordered: danger first, then what is due first, then the newest.
    pub(crate) fn order(&self, case: CaseId) -> impl Ord + use<> {
        (self.danger, self.due.is_none(), self.due, Reverse(case))
    }
}
