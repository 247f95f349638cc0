//! The tables of a profile's file.

use std::collections::BTreeSet;

use chrono::{NaiveTime, Weekday};
use chrono_tz::Tz;
use serde::{Deserialize, Deserializer, de::Error as _};

use super::region::RegionCode;
use super::words::{
    ClockEvent, ClockUnit, Condition, Enforcement, Guard, InstitutionKind, LetterKind, Milestone,
    OfflineClass, RequirementKind, RequirementLevel, Role, Source,
};
use crate::calendar::Region;
use crate::command::{ApplicantKind, Category};
use crate::deadline::{Spell, Term};
use crate::id::ClockId;
use crate::record::ProfileCode;

/// Reads a value that is written as a string.
pub(super) fn from_text<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format!("`{text}` is not of this form")))
}

/// Reads such a value where it may be left out.
pub(super) fn from_optional_text<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: std::str::FromStr,
{
    from_text(deserializer).map(Some)
}

impl<'de> Deserialize<'de> for ProfileCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        from_text(deserializer)
    }
}

/// Who offers the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Institution {
    /// What it is.
    pub kind: InstitutionKind,
    /// Its name.
    pub name: String,
    /// The office that it belongs to.
    pub parent_office: String,
    /// Kemendagri's code.
    pub region_code: RegionCode,
    /// The zone in which its days begin and end, for instance `Asia/Makassar`.
    #[serde(deserialize_with = "zone")]
    pub zone: Tz,
    /// Where it is.
    pub address: String,
    /// Telephone.
    #[serde(default)]
    pub phone: Option<String>,
    /// Postal code.
    #[serde(default)]
    pub postal_code: Option<String>,
}

fn zone<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Tz, D::Error> {
    let text = String::deserialize(deserializer)?;
    text.parse()
        .map_err(|_| D::Error::custom(format!("`{text}` is not a time zone")))
}

/// Which days are off.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WorkCalendar {
    /// Whether collective leave is off.
    pub collective_leave: bool,
    /// Regions whose days are off.
    #[serde(default)]
    pub regional: BTreeSet<Region>,
    /// Where this comes from.
    pub source: Source,
}

/// Opening hours of some weekdays.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hours {
    /// The weekdays, `mon` to `sun`.
    #[serde(deserialize_with = "weekdays")]
    pub days: Vec<Weekday>,
    /// Spells of opening, `["08:00", "12:00"]`, in order.
    #[serde(deserialize_with = "spells")]
    pub segments: Vec<Spell>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

fn weekdays<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Weekday>, D::Error> {
    let names = Vec::<String>::deserialize(deserializer)?;
    names
        .iter()
        .map(|name| {
            name.parse()
                .map_err(|_| D::Error::custom(format!("`{name}` is not a weekday")))
        })
        .collect()
}

fn spells<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Spell>, D::Error> {
    let time = |text: &str| {
        NaiveTime::parse_from_str(text, "%H:%M")
            .map_err(|_| D::Error::custom(format!("`{text}` is not a time like 08:00")))
    };
    let pairs = Vec::<[String; 2]>::deserialize(deserializer)?;
    pairs
        .iter()
        .map(|[open, close]| {
            Ok(Spell {
                open: time(open)?,
                close: time(close)?,
            })
        })
        .collect()
}

/// A role of this institution.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleEntry {
    /// The role.
    pub role: Role,
    /// Its title here, in Indonesian.
    pub title: String,
    /// How many people the standard names.
    #[serde(default)]
    pub count: Option<u16>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// Who holds the powers that every institution needs.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Powers {
    /// Roles with the powers of a head: answer reviews, end at danger, reopen, waive.
    pub head: BTreeSet<Role>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// Whom the service is for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Eligibility {
    /// Who may apply; empty means anybody.
    #[serde(default)]
    pub applicant_kinds: BTreeSet<ApplicantKind>,
    /// Code of the region where the client must live, if any.
    #[serde(default)]
    pub domicile_region: Option<RegionCode>,
    /// The requirement that attests it.
    #[serde(default)]
    pub domicile_requirement: Option<ProfileCode>,
    /// Reasons for which that requirement may be waived, so that somebody from elsewhere is helped. Empty means any.
    #[serde(default)]
    pub override_reasons: Vec<ProfileCode>,
}

/// What lies outside this institution's authority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scope {
    /// Categories of problems that are referred elsewhere.
    #[serde(default)]
    pub out_of_authority: BTreeSet<Category>,
    /// To whom they are referred.
    #[serde(default)]
    pub referral_target: Option<String>,
}

/// A paper, record or form that is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// Its code, which `sight_document` and `waive_document` name.
    pub id: ProfileCode,
    /// Its name for people.
    pub label: String,
    /// What it is.
    pub kind: RequirementKind,
    /// How far it binds.
    pub level: RequirementLevel,
    /// When it applies, if it is conditional.
    #[serde(default)]
    pub when: Option<Condition>,
    /// The decision that waits for it.
    #[serde(default)]
    pub gates: Option<crate::command::CommandKind>,
    /// The milestone that satisfies it, for records and forms.
    #[serde(default)]
    pub milestone: Option<Milestone>,
    /// What may be shown instead.
    #[serde(default)]
    pub substitutes: Vec<String>,
    /// Who may waive it, where that is narrower than the transition `waive_document`; empty means whoever that allows.
    #[serde(default)]
    pub waiver_roles: BTreeSet<Role>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// A step of the procedure as published.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Step {
    /// The words of the standard.
    pub quote: String,
    /// The commands by which it is done; empty for what the system does not record.
    pub commands: Vec<crate::command::CommandKind>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// Who may do something, and after what.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transition {
    /// Whether this institution uses it.
    #[serde(default = "yes")]
    pub enabled: bool,
    /// Roles that do it, or decide it.
    pub roles: BTreeSet<Role>,
    /// Roles whose proposal waits for a head.
    #[serde(default)]
    pub proposers: BTreeSet<Role>,
    /// Milestones that must be there first.
    #[serde(default)]
    pub needs: BTreeSet<Milestone>,
    /// Further guards.
    #[serde(default)]
    pub guards: BTreeSet<Guard>,
    /// Fact, proposal, or online only.
    pub offline: OfflineClass,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

pub(super) const fn yes() -> bool {
    true
}

/// DEFAULT: the standards do not say how long a session lasts.
const fn session_minutes() -> u16 {
    60
}

/// Counselling sessions.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sessions {
    /// Who leads.
    pub lead_roles: BTreeSet<Role>,
    /// Fewest, before the service ends with its goals met.
    pub min: u16,
    /// Most without an extension; none means open.
    #[serde(default)]
    pub max: Option<u16>,
    /// How many are planned; a session beyond needs a reason.
    #[serde(default)]
    pub planned: Option<u16>,
    /// How long one is taken to last, in minutes: nobody leads two at once (X34).
    #[serde(default = "session_minutes")]
    pub minutes: u16,
    /// Advised longest gap between two, in days.
    #[serde(default)]
    pub gap_days_advised: Option<u16>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// A deadline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clock {
    /// Its id.
    pub id: ClockId,
    /// Its name for people.
    pub label: String,
    /// The words of the standard or law.
    #[serde(default)]
    pub quote: Option<String>,
    /// How it counts.
    pub unit: ClockUnit,
    /// How many units; for sessions the fewest.
    #[serde(default)]
    pub amount: u16,
    /// For sessions, the most.
    #[serde(default)]
    pub amount_max: Option<u16>,
    /// For elapsed hours: whether an answer at the next opening is shown apart.
    #[serde(default)]
    pub grace: bool,
    /// What starts it.
    pub start: ClockEvent,
    /// What stops it.
    pub stops: BTreeSet<ClockEvent>,
    /// What happens when it is missed.
    pub enforce: Enforcement,
    /// Hours before the due at which people are warned.
    #[serde(default)]
    pub warn_hours_before: Option<u16>,
    /// Whether it stands still while papers are missing.
    #[serde(default)]
    pub pauses: bool,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

impl Clock {
    /// The term that the calculator takes.
    #[must_use]
    pub const fn term(&self) -> Term {
        match self.unit {
            ClockUnit::WorkingDay => Term::WorkingDays(self.amount),
            ClockUnit::CalendarDay => Term::CalendarDays(self.amount),
            ClockUnit::ElapsedHour => Term::ElapsedHours {
                hours: self.amount,
                grace: self.grace,
            },
            ClockUnit::Sessions => Term::Sessions {
                min: self.amount,
                max: self.amount_max,
            },
            ClockUnit::FromPlan => Term::FromPlan,
        }
    }
}

/// A letter that the institution writes.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Letter {
    /// Which.
    pub kind: LetterKind,
    /// The title as printed.
    pub title: String,
    /// Archive code; the archivist confirms it.
    pub archive_code: String,
    /// How numbers are built: `{code}`, `{number}`, `{unit}`, `{month}`, `{year}`.
    pub number_pattern: String,
    /// Who signs.
    pub signatory: Role,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// Where to complain about the service.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ComplaintChannel {
    /// What it is: `email`, `phone`, `web`, …
    pub kind: ProfileCode,
    /// The address or number, as published.
    pub value: String,
    /// Whether somebody checked that it works; only then is it shown to the public.
    pub verified: bool,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

codes!(
    /// When a survey is offered or reported.
    Survey {
        /// To each client when the service ends.
        AtEnding = "at_ending",
        /// Each half-year.
        Semester = "semester",
    }
);

/// How the service is evaluated.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Evaluation {
    /// When the satisfaction survey (SKM) is offered or reported.
    pub survey: Survey,
    /// Days for which the survey's link stays open.
    pub survey_link_days: u16,
    /// Whether evaluation meetings are held.
    #[serde(default)]
    pub meetings: bool,
    /// Who monitors and evaluates.
    #[serde(default)]
    pub by: BTreeSet<Role>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// Internal supervision.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Supervision {
    /// By whom.
    pub by: BTreeSet<Role>,
    /// How, in the words of the standard.
    pub mode: String,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// A notice that can be switched on.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// Its code.
    pub id: ProfileCode,
    /// The words.
    pub text: String,
    /// Whether it is shown.
    pub active: bool,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

/// A question for the office.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Unresolved {
    /// Its code.
    pub id: ProfileCode,
    /// The question, in Indonesian.
    pub question: String,
}

use crate::code::codes;
