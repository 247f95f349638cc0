//! Conflict of interest: a case about a colleague or their relative is hidden from that person (section 9, rule 2). Reads facts and decisions.

use std::collections::BTreeSet;

use super::LogEntry;
use super::case::{Ask, Case};
use super::verdict::{Objection, Refusal, Verdict};
use crate::command::{Command, CommandKind};
use crate::id::{CommandId, PersonId};

/// Whether a conflict of a person stands.
fn is_barred(case: &Case<'_>, person: PersonId) -> bool {
    case.facts.of(CommandKind::DeclareConflict).any(|entry| {
        names(&entry.entry.command) == Some(person)
            && !case.decided.lifted.contains(&entry.entry.id)
    })
}

const fn names(command: &Command) -> Option<PersonId> {
    if let Command::DeclareConflict(conflict) = command {
        Some(conflict.person)
    } else {
        None
    }
}

/// Whoever has a conflict decides nothing about the case. To open one is no decision about it: it was not known by then.
pub(super) fn check_author(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let opens = matches!(ask.command(), Command::Register(_));
    if !opens && is_barred(ask.case, ask.entry.entry.stamp.by) {
        return Err(Refusal::ConflictOfInterest.into());
    }
    Ok(())
}

/// Nobody is given a case that is hidden from them, whoever decides it (T06).
pub(super) fn check_named(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let named = if let Command::Assign(assignment) = ask.command() {
        Some(assignment.assignee)
    } else if let Command::Reassign(reassignment) = ask.command() {
        Some(reassignment.assignee)
    } else if let Command::ScheduleSession(booking) = ask.command() {
        Some(booking.lead)
    } else {
        None
    };
    if named.is_some_and(|named| is_barred(ask.case, named)) {
        return Err(Refusal::ConflictOfInterest.into());
    }
    Ok(())
}

/// From whom a case is hidden, by its commands with the verdicts that stand on them.
#[must_use]
pub fn barred(entries: &[LogEntry]) -> BTreeSet<PersonId> {
    let mut gone: BTreeSet<CommandId> = BTreeSet::new();
    for entry in entries {
        if entry.verdict != Some(Verdict::Committed) {
            continue;
        }
        if let Command::LiftConflict(lifted) = &entry.entry.command {
            gone.extend(&lifted.declarations);
        } else if let Command::MoveRecord(moved) = &entry.entry.command {
            gone.insert(moved.record);
        }
    }
    let standing = entries
        .iter()
        .filter(|entry| !gone.contains(&entry.entry.id));
    standing
        .filter_map(|entry| names(&entry.entry.command))
        .collect()
}
