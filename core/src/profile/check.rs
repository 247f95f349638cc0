//! What makes a profile consistent: the checks, in the order in which they are reported.

use std::collections::BTreeSet;

use super::Profile;
use super::by_law::{CLOCKS_BY_LAW, ClockByLaw};
use super::fault::{Place, ProfileFault};
use super::parts::{Clock, Requirement, Transition};
use super::provenance::sourced;
use super::rights;
use super::words::{
    ClockEvent, ClockUnit, Enforcement, EventOrigin, Guard, Milestone, OfflineClass,
    RequirementKind, RequirementLevel, Role,
};
use crate::access::Holder;
use crate::command::{CommandKind, EndingReason, Nature};
use crate::record::ProfileCode;

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
    check_eligibility(profile)?;
    check_possible(profile)?;
    check_access(profile)?;
    rights::check(profile)?;
    check_endings(profile)?;
    check_sessions(profile)?;
    check_clocks(profile)?;
    check_hotlines(profile)?;
    check_rest(profile)?;
    check_sources(profile)
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
            && hours
                .segments
                .windows(2)
                .all(|pair| pair[0].close <= pair[1].open);
        if !in_order || hours.segments.is_empty() || hours.days.iter().any(|day| seen.contains(day))
        {
            return at(&place, ProfileFault::Hours);
        }
        seen.extend(&hours.days);
    }
    if seen.is_empty() {
        at(&[Place::Key("hours")], ProfileFault::NeverOpen)
    } else {
        Ok(())
    }
}

fn check_roles(profile: &Profile) -> Found {
    let places = (0..).map(|index| [Place::Key("roles"), Place::Index(index)]);
    let mut seen = BTreeSet::new();
    for (entry, place) in profile.roles.iter().zip(places) {
        if !seen.insert(entry.role) {
            return at(&place, ProfileFault::Duplicate(entry.role.to_string()));
        }
    }
    let place = [Place::Key("powers"), Place::Key("head")];
    if profile.powers.head.is_empty() {
        return at(&place, ProfileFault::NoHead);
    }
    known_roles(profile, &profile.powers.head, &place)
}

fn check_transitions(profile: &Profile) -> Found {
    for kind in CommandKind::ALL {
        let Some(transition) = profile.transitions.get(kind) else {
            return at(
                &[Place::Key("transitions")],
                ProfileFault::TransitionMissing(*kind),
            );
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
    match transition
        .guards
        .iter()
        .find(|guard| guard.command() != kind)
    {
        Some(guard) => at(place, ProfileFault::GuardMisplaced(*guard, kind)),
        None => Ok(()),
    }
}

impl Guard {
    /// The command that reads it.
    const fn command(self) -> CommandKind {
        match self {
            Self::BothPartiesConfirm => CommandKind::ScheduleSession,
            Self::ProblemTold => CommandKind::Register,
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
        check_requirement(profile, requirement, &place)?;
    }
    Ok(())
}

/// A region where the client must live is attested by one of the requirements.
fn check_eligibility(profile: &Profile) -> Found {
    let eligibility = &profile.eligibility;
    let place = [Place::Key("eligibility")];
    let names = |id: &ProfileCode| {
        let mut requirements = profile.requirements.iter();
        requirements.any(|requirement| requirement.id == *id)
    };
    match (
        &eligibility.domicile_region,
        &eligibility.domicile_requirement,
    ) {
        (None, None) => Ok(()),
        (Some(_), Some(id)) if names(id) => Ok(()),
        (Some(_) | None, Some(_) | None) => at(&place, ProfileFault::Domicile),
    }
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
    let waive = profile.transition(CommandKind::WaiveDocument);
    let may_waive = |role: &Role| {
        waive.is_some_and(|line| line.roles.contains(role) || line.proposers.contains(role))
    };
    if let Some(role) = requirement
        .waiver_roles
        .iter()
        .find(|role| !may_waive(role))
    {
        return at(place, ProfileFault::Waiver(*role));
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
    if can_be_satisfied {
        Ok(())
    } else {
        at(place, ProfileFault::Unsatisfiable)
    }
}

/// A decision can be done when what it needs can be earned by something else that can be done before it.
fn check_possible(profile: &Profile) -> Found {
    let needs = |kind: CommandKind| {
        let of_transition = profile.transition(kind).map(|line| line.needs.iter());
        let gates = profile.requirements.iter().filter(move |requirement| {
            requirement.gates == Some(kind) && requirement.level == RequirementLevel::Mandatory
        });
        let milestones = of_transition.into_iter().flatten().copied();
        milestones.chain(gates.filter_map(|requirement| requirement.milestone))
    };
    let mut possible: BTreeSet<CommandKind> = BTreeSet::new();
    loop {
        let earned = |milestone: Milestone| {
            let mut by = milestone.earned_by().iter();
            by.any(|kind| possible.contains(kind))
        };
        let more = CommandKind::ALL.iter().copied().filter(|kind| {
            !possible.contains(kind)
                && profile.transition(*kind).is_some()
                && needs(*kind).all(earned)
        });
        let more: Vec<CommandKind> = more.collect();
        if more.is_empty() {
            break;
        }
        possible.extend(more);
    }
    let never = CommandKind::ALL
        .iter()
        .find(|kind| profile.transition(**kind).is_some() && !possible.contains(kind));
    match never {
        Some(kind) => at(
            &[Place::Key("transitions"), Place::Key(kind.code())],
            ProfileFault::NeverPossible(*kind),
        ),
        None => Ok(()),
    }
}

/// Rows of access stand once for each holder and class, and give nobody what nobody may be given.
fn check_access(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, row) in profile.access.iter().enumerate() {
        let place = [Place::Key("access"), Place::Index(index)];
        row.check().or_else(|fault| at(&place, fault.into()))?;
        for holder in &row.holders {
            if let Holder::Role(role) = holder {
                known_roles(profile, &BTreeSet::from([*role]), &place)?;
            }
            if !seen.insert((*holder, row.class)) {
                return at(&place, ProfileFault::Duplicate(row.source.clone()));
            }
        }
    }
    Ok(())
}

fn check_endings(profile: &Profile) -> Found {
    for reason in EndingReason::ALL {
        let place = [Place::Key("endings"), Place::Key(reason.code())];
        match (profile.endings.get(reason), reason.is_chosen()) {
            (None, true) => return at(&place, ProfileFault::EndingMissing(*reason)),
            (Some(_), false) => return at(&place, ProfileFault::EndingMisplaced(*reason)),
            (None, false) => {}
            (Some(ending), true) => {
                let asks = ending.finished_work || ending.attempts > 0 || !ending.enabled;
                let is_held_up = *reason == EndingReason::Deceased && asks;
                if is_held_up || ending.attempt_days > ending.attempts {
                    return at(&place, ProfileFault::EndingAsks);
                }
            }
        }
    }
    Ok(())
}

/// What is said to be from the standard stands there.
fn check_sources(profile: &Profile) -> Found {
    for value in sourced(profile) {
        value
            .check(&profile.provenance)
            .or_else(|fault| at(&value.place, fault))?;
    }
    Ok(())
}

fn check_sessions(profile: &Profile) -> Found {
    let sessions = &profile.sessions;
    let place = [Place::Key("sessions")];
    known_roles(profile, &sessions.lead_roles, &place)?;
    if sessions.lead_roles.is_empty() {
        return at(
            &place,
            ProfileFault::NoDecider(CommandKind::ScheduleSession),
        );
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
        check_clock(profile, clock).or_else(|fault| at(&place, fault))?;
    }
    match CLOCKS_BY_LAW
        .iter()
        .find(|law| !stands_as_prescribed(profile, law))
    {
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
    if let Some(idle) = clock.stops.iter().find(|stop| !can_happen(profile, **stop)) {
        return Err(ProfileFault::ClockIdleStop(id, *idle));
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
    if amount_fits {
        Ok(())
    } else {
        Err(ProfileFault::ClockAmount(id))
    }
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
    }
    known_roles(profile, &profile.evaluation.by, &[Place::Key("evaluation")])?;
    let supervision = [Place::Key("supervision")];
    known_roles(profile, &profile.supervision.by, &supervision)?;
    check_areas(profile)?;
    let mut seen = BTreeSet::new();
    for (index, question) in profile.unresolved.iter().enumerate() {
        if !seen.insert(question.id.as_str()) {
            let place = [Place::Key("unresolved"), Place::Index(index)];
            return at(&place, ProfileFault::Duplicate(question.id.to_string()));
        }
    }
    Ok(())
}

fn check_areas(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, area) in profile.areas.iter().enumerate() {
        let place = [Place::Key("areas"), Place::Index(index)];
        if !seen.insert(area.name.to_lowercase()) {
            return at(&place, ProfileFault::Duplicate(area.name.clone()));
        }
    }
    Ok(())
}

/// Danger that no network carries needs a telephone.
fn check_hotlines(profile: &Profile) -> Found {
    let mut seen = BTreeSet::new();
    for (index, hotline) in profile.hotlines.iter().enumerate() {
        let place = [Place::Key("hotlines"), Place::Index(index)];
        if !seen.insert(hotline.id.as_str()) {
            return at(&place, ProfileFault::Duplicate(hotline.id.to_string()));
        }
    }
    let is_for_danger =
        |hotline: &super::Hotline| hotline.uses.contains(&super::HotlineUse::Danger);
    if profile.hotlines.iter().any(is_for_danger) {
        Ok(())
    } else {
        at(&[Place::Key("hotlines")], ProfileFault::NoHotline)
    }
}

fn known_roles(profile: &Profile, roles: &BTreeSet<Role>, place: &[Place]) -> Found {
    let known = |role: &&Role| profile.roles.iter().any(|entry| entry.role == **role);
    match roles.iter().find(|role| !known(role)) {
        Some(role) => at(place, ProfileFault::RoleMissing(*role)),
        None => Ok(()),
    }
}

fn is_earned(profile: &Profile, milestone: Milestone) -> bool {
    milestone
        .earned_by()
        .iter()
        .any(|kind| profile.transition(*kind).is_some())
}

fn can_happen(profile: &Profile, event: ClockEvent) -> bool {
    match event.origin() {
        EventOrigin::Institution => true,
        EventOrigin::Case(kinds) => kinds.iter().any(|kind| profile.transition(*kind).is_some()),
    }
}
