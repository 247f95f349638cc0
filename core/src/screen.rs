//! What screens show, computed once: for the desk's browser and for phones alike, in Indonesian and English.
//!
//! Everything here is a pure function of what is on the device ([`CaseSeen`]) and of who looks, when and in which language
//! ([`Viewer`]). Values come typed, with their sentences beside them; a screen lays them out and adds nothing. What the person
//! may not read is not on the device, so it cannot be shown.
//!
//! Rooms: `timeline` tells one item, `attachment` its photos and scans, `contact` whether a number may be used, `hotline` whom to call, `clock` what is due; `header`,
//! `list`, `glance`, `record`, `today`, `daily`, `attention` and `glass` put these together; `form` asks for what is to be recorded.

/// Shows the name of a value and none of its words: screens hold personal data, and logs must not.
macro_rules! redacted {
    ($($name:ident),+) => { $(
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    )+ };
}

mod attachment;
mod attention;
mod clock;
mod contact;
mod daily;
pub mod form;
mod glance;
mod glass;
mod header;
mod hotline;
mod list;
mod page;
mod record;
mod seen;
mod timeline;
mod today;
mod words;

use std::collections::BTreeSet;

use chrono_tz::Tz;

use crate::command::CommandKind;
use crate::id::PersonId;
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::sync::StaffRow;
use crate::text::{self, Language};
use crate::time::Timestamp;

pub use crate::rules::is_same_contact;
pub use attachment::{AttachmentShown, attachment_shown};
pub use attention::{Attention, AttentionKind, attention};
pub use clock::{ClockLine, Urgency, clock_line, open_clocks};
pub use contact::{ContactLine, contacts};
pub use daily::DailyCase;
pub use glance::{Glance, Owner, glance};
pub use glass::glass_broken;
pub use header::{Header, header};
pub use hotline::{HotlineLine, hotlines};
pub use list::{LIST_LEN_MAX, ListFilter, ListPage, ListRow, list_row};
pub use page::Page;
pub use record::{FieldShown, RecordShown, ValueShown, identity_history, record_shown};
pub use seen::CaseSeen;
pub use timeline::{TimelineLine, timeline, timeline_of};
pub use today::{AppointmentLine, DueLine, Notice, Today, Unsent, deadlines, today, unsent_told};
pub use words::{
    Secrecy, SyncState, attention_word, secrecy, secrecy_word, span, sync_state, sync_word,
    urgency_word,
};

/// Who looks, when, in which language, and by which standard.
#[derive(Clone, Debug)]
pub struct Viewer<'a> {
    /// The person whose vault it is.
    pub person: PersonId,
    /// The colleagues that the device knows, this person among them.
    pub staff: &'a [StaffRow],
    /// The versions of the institution's profile, oldest first; none before the first exchange.
    pub versions: &'a [Profile],
    /// The version by which they look: the one in force, or that of the case at hand.
    pub profile: Option<&'a Profile>,
    /// The device's clock.
    pub now: Timestamp,
    /// The language of the sentences.
    pub language: Language,
}

impl<'a> Viewer<'a> {
    /// The same, by the standard of a case: its labels, papers, clocks and powers are those of the version that it stands under.
    #[must_use]
    pub fn of_case(&self, case: &CaseSeen) -> Self {
        Self {
            profile: case.profile(self),
            ..self.clone()
        }
    }

    /// The version in force, whatever is looked at.
    fn in_force(&self) -> Option<&'a Profile> {
        Profile::in_force(self.versions, self.now)
    }

    /// What is said on every screen of an institution for practising; none of a real one (amendment C10).
    #[must_use]
    pub fn practice(&self) -> Option<String> {
        let is_practice = self.profile.is_some_and(|profile| profile.practice);
        is_practice.then(|| self.say("screen-practice", &[]))
    }

    /// The text of a key.
    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        text::text(self.language, key, args)
    }

    /// The zone of the institution's wall; UTC before the profile has come.
    #[must_use]
    pub fn zone(&self) -> Tz {
        self.profile
            .map_or(Tz::UTC, |profile| profile.institution.zone)
    }

    fn staff_row(&self, person: PersonId) -> Option<&StaffRow> {
        self.staff.iter().find(|row| row.person == person)
    }

    /// A person's name; words for somebody whom the device does not know.
    #[must_use]
    pub fn name(&self, person: PersonId) -> String {
        self.staff_row(person).map_or_else(
            || self.say("screen-unknown_person", &[]),
            |row| row.name.clone(),
        )
    }

    fn roles_of(&self, person: PersonId) -> Vec<Role> {
        let row = self.staff_row(person).filter(|row| row.active);
        row.map(|row| row.roles.iter().filter_map(|role| role.parse().ok()))
            .map(Iterator::collect)
            .unwrap_or_default()
    }

    /// The title that the institution's standard gives a person's first role; empty for somebody without one.
    #[must_use]
    pub fn role(&self, person: PersonId) -> String {
        self.roles_of(person)
            .first()
            .map_or_else(String::new, |role| self.role_title(*role))
    }

    /// The title of a role in this institution.
    fn role_title(&self, role: Role) -> String {
        let title = self.profile.and_then(|profile| profile.role_title(role));
        title.map_or_else(|| text::role(self.language, role), str::to_owned)
    }

    /// The roles by which this person does a kind of command now: their own, and those whose powers were delegated (B1).
    fn held_roles(&self, kind: CommandKind) -> BTreeSet<Role> {
        let row = self.staff_row(self.person).filter(|row| row.active);
        let terms = row.and_then(|row| row.terms.as_ref());
        let delegated = terms.map(|terms| terms.delegated(Some(kind), self.now));
        let own = self.roles_of(self.person);
        own.into_iter()
            .chain(delegated.into_iter().flatten())
            .collect()
    }

    /// Whether this person holds the powers of a head for a kind of command.
    fn is_head(&self, kind: CommandKind) -> bool {
        let roles = self.held_roles(kind);
        self.profile.is_some_and(|profile| profile.is_head(&roles))
    }

    /// Whether this person's roles do or decide this kind of command.
    #[must_use]
    pub fn may(&self, kind: CommandKind) -> bool {
        let roles = self.held_roles(kind);
        let transition = self.profile.and_then(|profile| profile.transition(kind));
        transition.is_some_and(|transition| !transition.roles.is_disjoint(&roles))
    }

    /// The label that the standard gives a paper.
    fn paper(&self, id: &str) -> String {
        let requirements = self.profile.map(|profile| profile.requirements.iter());
        let known = requirements
            .into_iter()
            .flatten()
            .find(|requirement| requirement.id.as_str() == id);
        known.map_or_else(|| id.to_owned(), |requirement| requirement.label.clone())
    }
}

#[cfg(test)]
mod tests;
