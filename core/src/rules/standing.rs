//! On which terms an author decided: mandates that lapse (C6), powers that were delegated (B1), the kecamatan of a
//! volunteer (X16). Reads what the log recorded about the author, and for the kecamatan the registration.

use std::collections::BTreeSet;

use super::LogEntry;
use super::case::{Ask, Case};
use super::facts::is_same_name;
use super::verdict::{Objection, Refusal};
use crate::command::{Command, Register};
use crate::id::PersonId;
use crate::profile::words::Role;
use crate::time::Timestamp;

/// The terms on which an author served when the server had the command.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Standing {
    /// Roles whose powers were delegated to the author for this command; they stand among the author's roles, too.
    #[n(0)]
    pub delegated: BTreeSet<Role>,
    /// The last instant of the author's mandate, if it has one.
    #[n(1)]
    pub mandate_until: Option<Timestamp>,
    /// The kecamatan that the author serves, if not all.
    #[n(2)]
    pub areas: BTreeSet<String>,
}

/// Whether the author's mandate had lapsed when the server had it: what counts is who held the power then (B1).
pub(super) fn has_lapsed(entry: &LogEntry) -> bool {
    let until = entry.standing.mandate_until;
    until.is_some_and(|until| entry.received_at > until)
}

/// The roles by which the author decides. After the mandate only what was delegated is left; the rest falls to the head.
pub(super) fn held_roles(entry: &LogEntry) -> &BTreeSet<Role> {
    if has_lapsed(entry) {
        &entry.standing.delegated
    } else {
        &entry.author_roles
    }
}

/// Whether the author did it after their mandate (C6). Whoever else did it is not asked.
pub(super) fn is_outside_mandate(entry: &LogEntry) -> bool {
    let until = entry.standing.mandate_until;
    entry.performer() == entry.entry.stamp.by && until.is_some_and(|until| entry.at() > until)
}

/// The role by whose delegated powers alone a decision is the author's (B1).
pub(super) fn acting(ask: &Ask<'_, '_>) -> Option<Role> {
    let transition = ask.transition()?;
    let delegated = &ask.entry.standing.delegated;
    let own = held_roles(ask.entry).difference(delegated).copied();
    if own.into_iter().any(|role| transition.roles.contains(&role)) {
        return None;
    }
    delegated.intersection(&transition.roles).next().copied()
}

/// Refuses a worker who serves another kecamatan than the client's (S0:15).
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let to = if let Command::Assign(assignment) = ask.command() {
        assignment.assignee
    } else if let Command::Reassign(reassignment) = ask.command() {
        reassignment.assignee
    } else {
        return Ok(());
    };
    match areas_of(ask.entry, to) {
        Some(areas) if !serves(areas, kecamatan(ask.case)) => Err(Refusal::OutsideArea.into()),
        Some(_) | None => Ok(()),
    }
}

/// The kecamatan that a person whom a command names, or its author, serves; none if that is not known.
fn areas_of(entry: &LogEntry, person: PersonId) -> Option<&BTreeSet<String>> {
    if entry.entry.stamp.by == person {
        Some(&entry.standing.areas)
    } else {
        entry.named_areas.get(&person)
    }
}

/// Whether the case was registered by somebody who serves another kecamatan (X16).
pub(super) fn is_from_elsewhere(case: &Case<'_>) -> bool {
    registration(case).is_some_and(|(entry, register)| {
        let kecamatan = register.kecamatan.as_ref().map(|line| line.as_str());
        !serves(&entry.standing.areas, kecamatan)
    })
}

/// Whoever has no kecamatan serves all; a client whose kecamatan nobody knows is everybody's.
fn serves(areas: &BTreeSet<String>, kecamatan: Option<&str>) -> bool {
    let knows = |kecamatan: &str| areas.iter().any(|area| is_same_name(area, kecamatan));
    areas.is_empty() || kecamatan.is_none_or(knows)
}

fn kecamatan<'a>(case: &Case<'a>) -> Option<&'a str> {
    let (_, register) = registration(case)?;
    register.kecamatan.as_ref().map(|line| line.as_str())
}

fn registration<'a>(case: &Case<'a>) -> Option<(&'a LogEntry, &'a Register)> {
    case.facts.iter().find_map(|entry| {
        if let Command::Register(register) = &entry.entry.command {
            Some((entry, register))
        } else {
            None
        }
    })
}
