//! A service profile: an institution's published standard (*standar pelayanan*) as data.
//!
//! A sixth institution is a new file, not new code. [`Profile::parse`] takes only files that are consistent: every
//! role, milestone, gate and clock that a rule will ask for is there, so that rules never meet a hole.

mod area;
mod attachments;
mod by_law;
mod check;
mod devices;
mod ending;
mod fault;
mod glass;
mod hotline;
mod legal;
mod parts;
mod provenance;
mod region;
mod rights;
mod shipped;
mod stamp;
pub mod words;

use std::borrow::Borrow;
use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use thiserror::Error;

use crate::access::AccessRow;
use crate::command::{Channel, CommandKind, EndingReason, ServiceType};
use crate::deadline::Office;
use crate::id::{ClockId, ProfileId};
use crate::retention::RetentionTerms;
use crate::time::Timestamp;

pub use area::Area;
pub use attachments::Attachments;
pub use by_law::{CLOCKS_BY_LAW, ClockByLaw};
pub use devices::Devices;
pub use ending::{Ending, Facility, FacilityKind};
pub use fault::{Place, ProfileFault};
pub use glass::{Glass, GlassHours};
pub use hotline::{Hotline, HotlineUse};
pub use legal::{LegalBasis, LegalStatus};
pub use parts::{
    Clock, ComplaintChannel, Eligibility, Evaluation, Hours, Institution, Letter, Notice, Powers,
    Requirement, RoleEntry, Scope, Sessions, Step, Supervision, Survey, Transition, Unresolved,
    WorkCalendar,
};
pub use provenance::Provenance;
pub use region::{NoRegionCode, RegionCode};
pub use rights::HEAD_POWERS;
pub use shipped::{ShippedProfile, shipped, shipped_files};
use words::{Reminder, Role};

/// One version of one institution's standard. A case is pinned to (id, version) when it is registered.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// Stable name, for instance `cilegon-lk3-2023`.
    pub id: ProfileId,
    /// Counts the office's changes; the first is 1.
    pub version: u32,
    /// First local date on which cases are registered under it.
    #[serde(deserialize_with = "parts::from_text")]
    pub valid_from: NaiveDate,
    /// Last such date, if it has been replaced.
    #[serde(default, deserialize_with = "parts::from_optional_text")]
    pub valid_to: Option<NaiveDate>,
    /// Title for people, with misprints of the published one put right.
    pub title: String,
    /// Whether this is a practice institution: marked on every screen and letter, and never counted (amendment C10).
    #[serde(default)]
    pub practice: bool,
    /// What the service costs: always 0. There is no way to enter a payment.
    pub fee: u32,
    /// The products as published.
    pub products: Vec<String>,
    /// How cases arrive.
    pub channels: BTreeSet<Channel>,
    /// What services may be chosen.
    pub service_types: BTreeSet<ServiceType>,
    /// What people are reminded of.
    #[serde(default)]
    pub reminders: BTreeSet<Reminder>,
    /// What was published, and where.
    pub provenance: Provenance,
    /// Who offers the service.
    pub institution: Institution,
    /// Which days are off.
    pub calendar: WorkCalendar,
    /// Opening hours.
    pub hours: Vec<Hours>,
    /// Who works here.
    pub roles: Vec<RoleEntry>,
    /// Who holds the powers of a head.
    pub powers: Powers,
    /// Rows that take the place of those of the shipped matrix ([`crate::access`]).
    #[serde(default)]
    pub access: Vec<AccessRow>,
    /// The kecamatan that volunteers serve; empty where the standard names none.
    #[serde(default)]
    pub areas: Vec<Area>,
    /// How long what was opened in an emergency may be read.
    #[serde(default)]
    pub glass: Glass,
    /// Whom the service is for.
    #[serde(default)]
    pub eligibility: Eligibility,
    /// What lies outside this institution's authority.
    #[serde(default)]
    pub scope: Scope,
    /// Papers, records and forms that are asked for.
    pub requirements: Vec<Requirement>,
    /// The procedure as published, in its order.
    pub steps: Vec<Step>,
    /// Who may do what, and after what.
    pub transitions: BTreeMap<CommandKind, Transition>,
    /// What an ending asks for, by its reason.
    pub endings: BTreeMap<EndingReason, Ending>,
    /// Counselling sessions.
    pub sessions: Sessions,
    /// Deadlines.
    pub clocks: Vec<Clock>,
    /// Letters.
    pub letters: Vec<Letter>,
    /// Where to complain about the service.
    pub complaint_channels: Vec<ComplaintChannel>,
    /// Whom to call.
    pub hotlines: Vec<Hotline>,
    /// How the service is evaluated.
    pub evaluation: Evaluation,
    /// Internal supervision.
    pub supervision: Supervision,
    /// What is promised about confidentiality.
    pub confidentiality: String,
    /// Laws and guidelines cited.
    pub legal_bases: Vec<LegalBasis>,
    /// Rooms, instruments, forms and supplies.
    #[serde(default)]
    pub facilities: Vec<Facility>,
    /// Notices that can be switched on.
    #[serde(default)]
    pub notices: Vec<Notice>,
    /// For how long what is known of clients is kept.
    #[serde(default)]
    pub retention: RetentionTerms,
    /// How its devices are kept.
    #[serde(default)]
    pub devices: Devices,
    /// How photos are kept.
    #[serde(default)]
    pub attachments: Attachments,
    /// What the office has to answer; shown to its administrator until it is.
    pub unresolved: Vec<Unresolved>,
}

/// Why a profile was not taken. Lines count from 1.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {reason}")]
pub struct ProfileError {
    /// The line of the file.
    pub line: usize,
    /// What is wrong.
    pub reason: ProfileFault,
}

impl Profile {
    /// Reads a profile and checks that it is consistent.
    ///
    /// # Errors
    /// The first fault found, with its line.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let profile: Self = toml::from_str(text).map_err(|error| ProfileError {
            line: error
                .span()
                .map_or(1, |span| fault::line_of(text, span.start)),
            reason: ProfileFault::Syntax(error.message().to_owned()),
        })?;
        profile.check().map_err(|(place, reason)| ProfileError {
            line: fault::locate(text, &place),
            reason,
        })?;
        Ok(profile)
    }

    /// Finds the first inconsistency, and where it stands.
    ///
    /// # Errors
    /// The fault, and the way to it from the top of the file.
    pub fn check(&self) -> Result<(), (Vec<Place>, ProfileFault)> {
        check::check(self)
    }

    /// Whether cases are registered under this version at an instant, by the date on the institution's wall.
    #[must_use]
    pub fn has_begun(&self, at: Timestamp) -> bool {
        self.valid_from
            <= at
                .to_utc()
                .with_timezone(&self.institution.zone)
                .date_naive()
    }

    /// Of the versions, oldest first, the newest that has begun; before any has, the first.
    #[must_use]
    pub fn in_force<P: Borrow<Self>>(versions: &[P], at: Timestamp) -> Option<&P> {
        let mut newest = versions.iter().rev();
        newest
            .find(|version| (*version).borrow().has_begun(at))
            .or(versions.first())
    }

    /// When the office is open and by which days off it goes.
    #[must_use]
    pub fn office(&self) -> Office {
        let mut week: [Vec<crate::deadline::Spell>; 7] = Default::default();
        for hours in &self.hours {
            for day in &hours.days {
                if let Some(spells) = week.get_mut(day.num_days_from_monday() as usize) {
                    spells.clone_from(&hours.segments);
                }
            }
        }
        Office {
            zone: self.institution.zone,
            week,
            collective_leave: self.calendar.collective_leave,
            regions: self.calendar.regional.clone(),
        }
    }

    /// A clock by its id.
    #[must_use]
    pub fn clock(&self, id: &ClockId) -> Option<&Clock> {
        self.clocks.iter().find(|clock| clock.id == *id)
    }

    /// The transition of a kind of command; none means that this institution does not use it.
    #[must_use]
    pub fn transition(&self, kind: CommandKind) -> Option<&Transition> {
        self.transitions
            .get(&kind)
            .filter(|transition| transition.enabled)
    }

    /// Whether one of these roles holds the powers of a head.
    #[must_use]
    pub fn is_head(&self, roles: &BTreeSet<Role>) -> bool {
        !self.powers.head.is_disjoint(roles)
    }

    /// What an ending for a reason asks for; none if this institution does not end cases for it.
    #[must_use]
    pub fn ending(&self, reason: EndingReason) -> Option<&Ending> {
        self.endings.get(&reason).filter(|ending| ending.enabled)
    }

    /// Who answers for a role: itself where somebody fills it, else those with the powers of a head (amendment C12).
    #[must_use]
    pub fn answers_for(&self, role: Role, filled: &BTreeSet<Role>) -> BTreeSet<Role> {
        if filled.contains(&role) {
            BTreeSet::from([role])
        } else {
            self.powers.head.clone()
        }
    }

    /// The title of a role, in Indonesian; none if this institution does not have it.
    #[must_use]
    pub fn role_title(&self, role: Role) -> Option<&str> {
        self.roles
            .iter()
            .find(|entry| entry.role == role)
            .map(|entry| entry.title.as_str())
    }
}

#[cfg(test)]
mod tests;
