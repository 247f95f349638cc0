//! What makes a profile consistent: the checks, in the order in which they are reported.

use std::collections::BTreeSet;

use thiserror::Error;

use super::Profile;
use super::parts::{Clock, Requirement, Transition};
use super::words::{
    ClockEvent, ClockUnit, Enforcement, EventOrigin, Guard, Milestone, OfflineClass,
    RequirementKind, RequirementLevel, Role, Source,
};
use crate::command::{CommandKind, Nature};

/// A step on the way from the top of a file to one of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value under a key.
    Key(&'static str),
    /// The element of an array.
    Index(usize),
}

/// What can be wrong with a profile.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProfileFault {
    /// Not TOML, a key that is unknown or missing, or a word that no vocabulary has.
    #[error("{0}")]
    Syntax(String),
    /// The service is free by every standard and by law.
    #[error("the fee must be 0")]
    Fee,
    /// Validity ends before it begins.
    #[error("valid_to is before valid_from")]
    Validity,
    /// Hours out of order, empty, or a weekday twice.
    #[error("opening hours must be in order, and each weekday may stand once")]
    Hours,
    /// Nobody works on any day.
    #[error("the office is never open")]
    NeverOpen,
    /// The same id stands twice.
    #[error("`{0}` stands twice")]
    Duplicate(String),
    /// A role is named that the institution does not have.
    #[error("the role `{0}` is not among this profile's roles")]
    RoleMissing(Role),
    /// Nobody holds the powers of a head.
    #[error("nobody holds the powers of a head")]
    NoHead,
    /// A decision has no role that takes it.
    #[error("no role decides `{0}`")]
    NoDecider(CommandKind),
    /// A kind of command is not mentioned; what is not used says `enabled = false`.
    #[error("the transition `{0}` is missing")]
    TransitionMissing(CommandKind),
    /// A fact is declared as a decision or the other way round.
    #[error("`{0}` cannot be of this offline class")]
    OfflineClass(CommandKind),
    /// A milestone is needed that nothing earns here.
    #[error("nothing in this profile earns the milestone `{0}`")]
    MilestoneUnearned(Milestone),
    /// A guard stands on a command that does not read it.
    #[error("the guard `{0}` has no meaning on `{1}`")]
    GuardMisplaced(Guard, CommandKind),
    /// A requirement gates a command that this institution does not use, or a fact.
    #[error("the requirement gates `{0}`, which is not a decision of this profile")]
    GateUnknown(CommandKind),
    /// A requirement that nobody can satisfy gates a decision.
    #[error("nobody can satisfy this requirement")]
    Unsatisfiable,
    /// A requirement's level does not go with its gate or condition.
    #[error("a mandatory requirement needs a gate, a conditional one a condition, another neither")]
    RequirementLevel,
    /// Fewest and most sessions do not go together.
    #[error("the fewest sessions are more than the most")]
    SessionRange,
    /// Nothing starts a clock.
    #[error("nothing in this profile starts the clock `{0}`")]
    ClockNeverStarts(String),
    /// Nothing stops a clock.
    #[error("nothing in this profile stops the clock `{0}`")]
    ClockNeverStops(String),
    /// A clock of a case must stop when the case ends.
    #[error("the clock `{0}` does not list `ended` among its stops")]
    ClockSurvivesEnding(String),
    /// A clock has no amount.
    #[error("the clock `{0}` has no amount")]
    ClockAmount(String),
    /// A clock that law prescribes is missing or changed.
    #[error("the clock `{0}` is prescribed for every institution and must stand as prescribed")]
    ClockByLaw(&'static str),
    /// A published line is not named, or named where there is none.
    #[error("`source = \"seed\"` needs a line, and nothing else has one")]
    SourceLine,
}

/// A clock that every profile must have, unchanged (LK3.md 6.2).
#[derive(Clone, Copy, Debug)]
pub struct ClockByLaw {
    /// Its id.
    pub id: &'static str,
    /// How it counts.
    pub unit: ClockUnit,
    /// The longest that may be allowed.
    pub amount_max: u16,
    /// What starts it.
    pub start: ClockEvent,
    /// What stops it.
    pub stop: ClockEvent,
}

const fn by_law(
    id: &'static str,
    amount_max: u16,
    start: ClockEvent,
    stop: ClockEvent,
) -> ClockByLaw {
    ClockByLaw { id, unit: ClockUnit::ElapsedHour, amount_max, start, stop }
}

/// The clocks that cannot be removed.
pub const CLOCKS_BY_LAW: &[ClockByLaw] = &[
    by_law("tpks_report", 72, ClockEvent::SexualViolenceReported, ClockEvent::PoliceNotified),
    by_law("pdp_access", 72, ClockEvent::DataAccessRequested, ClockEvent::DataAccessAnswered),
    by_law("pdp_correction", 72, ClockEvent::DataCorrectionRequested, ClockEvent::DataCorrected),
    by_law("pdp_restriction", 72, ClockEvent::DataRestrictionRequested, ClockEvent::DataRestricted),
    by_law(
        "pdp_stop_after_withdrawal",
        72,
        ClockEvent::ConsentWithdrawn,
        ClockEvent::ProcessingStopped,
    ),
    by_law("pdp_breach_notice", 72, ClockEvent::BreachKnown, ClockEvent::BreachNotified),
    ClockByLaw {
        id: "complaint_settlement",
        unit: ClockUnit::CalendarDay,
        amount_max: 60,
        start: ClockEvent::ComplaintComplete,
        stop: ClockEvent::ComplaintSettled,
    },
    by_law("safety_p1", 24, ClockEvent::DangerRaised, ClockEvent::DangerHandled),
];

type Found = Result<(), (Vec<Place>, ProfileFault)>;

/// The fault at a place.
fn at<T>(place: &[Place], fault: ProfileFault) -> Result<T, (Vec<Place>, ProfileFault)> {
    Err((place.to_vec(), fault))
}

/// Runs every check; the first fault ends it.
pub(super) fn check(profile: &Profile) -> Found {
    check_head(profile)?;
    check_hours(profile)?;
    check_roles(profile)?;
    check_transitions(profile)?;
    check_requirements(profile)?;
    check_sessions(profile)?;
    check_clocks(profile)?;
    check_rest(profile)
}

fn check_head(profile: &Profile) -> Found {
    if profile.fee != 0 {
        return at(&[Place::Key("fee")], ProfileFault::Fee);
    }
    if profile.valid_to.is_some_and(|to| to < profile.valid_from) {
        return at(&[Place::Key("valid_to")], ProfileFault::Validity);
    }
    Ok(())
}

fn check_hours(profile: &Profile) -> Found {
    let mut seen = Vec::new();
    for (index, hours) in profile.hours.iter().enumerate() {
        let place = [Place::Key("hours"), Place::Index(index)];
        let in_order = hours.segments.iter().all(|spell| spell.open < spell.close)
            && hours.segments.windows(2).all(|pair| pair[0].close <= pair[1].open);
        if !in_order || hours.segments.is_empty() || hours.days.iter().any(|day| seen.contains(day))
        {
            return at(&place, ProfileFault::Hours);
        }
        seen.extend(&hours.days);
        source(&place, hours.source, hours.line)?;
    }
    if seen.is_empty() { at(&[Place::Key("hours")], ProfileFault::NeverOpen) } else { Ok(()) }
}

fn check_roles(profile: &Profile) -> Found {
    let places = (0..).map(|index| [Place::Key("roles"), Place::Index(index)]);
    let mut seen = BTreeSet::new();
    for (entry, place) in profile.roles.iter().zip(places) {
        if !seen.insert(entry.role) {
            return at(&place, ProfileFault::Duplicate(entry.role.to_string()));
        }
        source(&place, entry.source, entry.line)?;
    }
    let place = [Place::Key("powers"), Place::Key("head")];
    if profile.powers.head.is_empty() {
        return at(&place, ProfileFault::NoHead);
    }
    known_roles(profile, &profile.powers.head, &place)?;
    source(&[Place::Key("powers")], profile.powers.source, profile.powers.line)
}

fn check_transitions(profile: &Profile) -> Found {
    for kind in CommandKind::ALL {
        let Some(transition) = profile.transitions.get(kind) else {
            return at(&[Place::Key("transitions")], ProfileFault::TransitionMissing(*kind));
        };
        let place = [Place::Key("transitions"), Place::Key(kind.code())];
        check_transition(profile, *kind, transition, &place)?;
    }
    Ok(())
}

fn check_transition(
    profile: &Profile,
    kind: CommandKind,
    transition: &Transition,
    place: &[Place],
) -> Found {
    source(place, transition.source, transition.line)?;
    let is_fact_class = transition.offline == OfflineClass::Fact;
    if is_fact_class != (kind.nature() == Nature::Fact) {
        return at(place, ProfileFault::OfflineClass(kind));
    }
    if !transition.enabled {
        return Ok(());
    }
    known_roles(profile, &transition.roles, place)?;
    known_roles(profile, &transition.proposers, place)?;
    if transition.roles.is_empty() {
        return at(place, ProfileFault::NoDecider(kind));
    }
    if let Some(milestone) = transition.needs.iter().find(|m| !is_earned(profile, **m)) {
        return at(place, ProfileFault::MilestoneUnearned(*milestone));
    }
    match transition.guards.iter().find(|guard| guard.command() != kind) {
        Some(guard) => at(place, ProfileFault::GuardMisplaced(*guard, kind)),
        None => Ok(()),
    }
}

impl Guard {
    /// The command that reads it.
    const fn command(self) -> CommandKind {
        match self {
            Self::BothPartiesConfirm => CommandKind::ScheduleSession,
            Self::PlanUnlessSingleSession
            | Self::AssigneeAloneIfSingleSession
            | Self::SessionMinimum
            | Self::MonitoringAfterReferral => CommandKind::Terminate,
        }
    }
}

fn check_requirements(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, requirement) in profile.requirements.iter().enumerate() {
        let place = [Place::Key("requirements"), Place::Index(index)];
        if !seen.insert(requirement.id.as_str()) {
            return at(&place, ProfileFault::Duplicate(requirement.id.to_string()));
        }
        source(&place, requirement.source, requirement.line)?;
        check_requirement(profile, requirement, &place)?;
    }
    Ok(())
}

fn check_requirement(profile: &Profile, requirement: &Requirement, place: &[Place]) -> Found {
    let fits = match requirement.level {
        RequirementLevel::Mandatory => requirement.gates.is_some() && requirement.when.is_none(),
        RequirementLevel::IfAvailable => requirement.gates.is_none() && requirement.when.is_none(),
        RequirementLevel::Conditional => requirement.when.is_some(),
    };
    if !fits {
        return at(place, ProfileFault::RequirementLevel);
    }
    let Some(gate) = requirement.gates else {
        return Ok(());
    };
    if gate.nature() == Nature::Fact || profile.transition(gate).is_none() {
        return at(place, ProfileFault::GateUnknown(gate));
    }
    let can_be_satisfied = match (requirement.kind, requirement.milestone) {
        (_, Some(milestone)) => is_earned(profile, milestone),
        (RequirementKind::Document | RequirementKind::Form, None) => {
            profile.transition(CommandKind::SightDocument).is_some()
        }
        (RequirementKind::Record, None) => false,
    };
    if can_be_satisfied { Ok(()) } else { at(place, ProfileFault::Unsatisfiable) }
}

fn check_sessions(profile: &Profile) -> Found {
    let sessions = &profile.sessions;
    let place = [Place::Key("sessions")];
    source(&place, sessions.source, sessions.line)?;
    known_roles(profile, &sessions.lead_roles, &place)?;
    known_roles(profile, &sessions.extension_roles, &place)?;
    if sessions.lead_roles.is_empty() {
        return at(&place, ProfileFault::NoDecider(CommandKind::ScheduleSession));
    }
    let planned = sessions.planned.unwrap_or(sessions.min);
    if planned < sessions.min || sessions.max.is_some_and(|max| max < planned) {
        return at(&place, ProfileFault::SessionRange);
    }
    Ok(())
}

fn check_clocks(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, clock) in profile.clocks.iter().enumerate() {
        let place = [Place::Key("clocks"), Place::Index(index)];
        if !seen.insert(&clock.id) {
            return at(&place, ProfileFault::Duplicate(clock.id.to_string()));
        }
        source(&place, clock.source, clock.line)?;
        check_clock(profile, clock).or_else(|fault| at(&place, fault))?;
    }
    match CLOCKS_BY_LAW.iter().find(|law| !stands_as_prescribed(profile, law)) {
        Some(law) => at(&[Place::Key("clocks")], ProfileFault::ClockByLaw(law.id)),
        None => Ok(()),
    }
}

fn check_clock(profile: &Profile, clock: &Clock) -> Result<(), ProfileFault> {
    let id = clock.id.to_string();
    if !can_happen(profile, clock.start) {
        return Err(ProfileFault::ClockNeverStarts(id));
    }
    if !clock.stops.iter().any(|stop| can_happen(profile, *stop)) {
        return Err(ProfileFault::ClockNeverStops(id));
    }
    let is_by_law = CLOCKS_BY_LAW.iter().any(|law| law.id == id);
    let is_of_case = matches!(clock.start.origin(), EventOrigin::Case(_));
    if is_of_case && !is_by_law && !clock.stops.contains(&ClockEvent::Ended) {
        return Err(ProfileFault::ClockSurvivesEnding(id));
    }
    let amount_fits = match clock.unit {
        ClockUnit::FromPlan => clock.amount == 0,
        ClockUnit::Sessions => clock.amount_max.is_none_or(|max| max >= clock.amount),
        ClockUnit::WorkingDay | ClockUnit::CalendarDay | ClockUnit::ElapsedHour => clock.amount > 0,
    };
    if amount_fits { Ok(()) } else { Err(ProfileFault::ClockAmount(id)) }
}

fn stands_as_prescribed(profile: &Profile, law: &ClockByLaw) -> bool {
    profile.clocks.iter().any(|clock| {
        clock.id.as_str() == law.id
            && clock.unit == law.unit
            && clock.amount <= law.amount_max
            && clock.start == law.start
            && clock.stops == BTreeSet::from([law.stop])
            && clock.enforce == Enforcement::Hard
            && !clock.grace
            && !clock.pauses
    })
}

fn check_rest(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, letter) in profile.letters.iter().enumerate() {
        let place = [Place::Key("letters"), Place::Index(index)];
        if !seen.insert(letter.kind) {
            return at(&place, ProfileFault::Duplicate(letter.kind.to_string()));
        }
        known_roles(profile, &BTreeSet::from([letter.signatory]), &place)?;
        source(&place, letter.source, letter.line)?;
    }
    for (index, step) in profile.steps.iter().enumerate() {
        source(&[Place::Key("steps"), Place::Index(index)], step.source, step.line)?;
    }
    for (index, channel) in profile.complaint_channels.iter().enumerate() {
        let place = [Place::Key("complaint_channels"), Place::Index(index)];
        source(&place, channel.source, channel.line)?;
    }
    for (index, basis) in profile.legal_bases.iter().enumerate() {
        source(&[Place::Key("legal_bases"), Place::Index(index)], basis.source, basis.line)?;
    }
    known_roles(profile, &profile.evaluation.by, &[Place::Key("evaluation")])?;
    source(&[Place::Key("evaluation")], profile.evaluation.source, profile.evaluation.line)?;
    known_roles(profile, &profile.supervision.by, &[Place::Key("supervision")])?;
    source(&[Place::Key("supervision")], profile.supervision.source, profile.supervision.line)?;
    let mut seen = BTreeSet::new();
    for (index, question) in profile.unresolved.iter().enumerate() {
        if !seen.insert(question.id.as_str()) {
            let place = [Place::Key("unresolved"), Place::Index(index)];
            return at(&place, ProfileFault::Duplicate(question.id.to_string()));
        }
    }
    Ok(())
}

fn known_roles(profile: &Profile, roles: &BTreeSet<Role>, place: &[Place]) -> Found {
    let known = |role: &&Role| profile.roles.iter().any(|entry| entry.role == **role);
    match roles.iter().find(|role| !known(role)) {
        Some(role) => at(place, ProfileFault::RoleMissing(*role)),
        None => Ok(()),
    }
}

fn source(place: &[Place], source: Source, line: Option<u16>) -> Found {
    if (source == Source::Seed) == line.is_some() {
        Ok(())
    } else {
        at(place, ProfileFault::SourceLine)
    }
}

fn is_earned(profile: &Profile, milestone: Milestone) -> bool {
    milestone.earned_by().iter().any(|kind| profile.transition(*kind).is_some())
}

fn can_happen(profile: &Profile, event: ClockEvent) -> bool {
    match event.origin() {
        EventOrigin::Institution => true,
        EventOrigin::Case(kinds) => kinds.iter().any(|kind| profile.transition(*kind).is_some()),
    }
}

/// The 1-based line of a byte of a text.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The 1-based line on which a place stands; as much of the way as the text has.
pub(super) fn locate(text: &str, place: &[Place]) -> usize {
    let Ok(root) = toml::de::DeTable::parse(text) else {
        return 1;
    };
    let mut start = 0;
    let mut value: Option<&toml::de::DeValue<'_>> = None;
    for step in place {
        let table = match value {
            None => Some(root.get_ref()),
            Some(toml::de::DeValue::Table(table)) => Some(table),
            Some(_) => None,
        };
        let next = match step {
            Place::Key(key) => table.and_then(|table| {
                table
                    .iter()
                    .find(|(name, _)| name.get_ref().as_ref() == *key)
                    .map(|(_, value)| value)
            }),
            Place::Index(index) => match value {
                Some(toml::de::DeValue::Array(array)) => array.get(*index),
                Some(_) | None => None,
            },
        };
        let Some(next) = next else { break };
        start = next.span().start;
        value = Some(next.get_ref());
    }
    line_of(text, start)
}
