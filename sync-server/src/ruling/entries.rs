//! A case's commands as the rules read them.

use std::collections::BTreeMap;

use jangkau_core::command::{Command, CommandEntry};
use jangkau_core::envelope::Via;
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::plant::{Plant, planted};
use jangkau_core::rules::LogEntry;

use crate::store::commands::StoredCommand;
use crate::store::institutions::Tenant;
use crate::store::{Db, StoreError, commands, decode, erase, staff};

/// A case's commands as the rules read them, in the order of the log.
pub(crate) fn case_log(db: &Db, tenant: Tenant, case: CaseId) -> Result<Vec<LogEntry>, StoreError> {
    entries(db, tenant, &commands::of_case(db, tenant, case)?)
}

/// The same, of commands that were read already.
pub(super) fn entries(
    db: &Db,
    tenant: Tenant,
    stored: &[StoredCommand],
) -> Result<Vec<LogEntry>, StoreError> {
    let mut entries = Vec::with_capacity(stored.len());
    for command in stored.iter().filter(|command| !command.records.is_empty()) {
        let Some(entry) = entry_left(db, tenant, command)? else {
            continue;
        };
        let (mut named_roles, mut named_areas) = (BTreeMap::new(), BTreeMap::new());
        for person in named(&entry.command) {
            if let Some(person) = staff::person(db, tenant, person)? {
                named_roles.insert(person.id, person.roles);
                named_areas.insert(person.id, person.terms.areas);
            }
        }
        let verdict = command.verdict.as_deref().map(decode).transpose()?;
        let entry = LogEntry {
            seq: command.seq,
            entry,
            author_roles: command.author_roles.clone(),
            standing: command.standing.clone(),
            named_roles,
            named_areas,
            recorded_at: command.recorded_at,
            received_at: command.received_at,
            clock_offset_ms: command.clock_offset_ms,
            via_desk: command.via == Via::Desk,
            base: command.base,
            verdict,
        };
        let times = if planted(Plant::CountTwice) {
            commands::times_counted(db, tenant, command.id, command.case)?
        } else {
            1
        };
        entries.extend(std::iter::repeat_n(entry, times as usize));
    }
    Ok(entries)
}

/// A command as it was recorded, of the records that the log has of it.
pub(crate) fn entry_of(command: &StoredCommand) -> Result<CommandEntry, StoreError> {
    CommandEntry::from_records(
        command.id,
        command.case,
        command.kind,
        command.records.clone(),
    )
    .map_err(|_| StoreError::Undecodable)
}

/// A command as it was recorded; none if its leading record was erased, here or in a database of which this is an older one: the
/// rules can make nothing of the rest.
pub(crate) fn entry_left(
    db: &Db,
    tenant: Tenant,
    command: &StoredCommand,
) -> Result<Option<CommandEntry>, StoreError> {
    match entry_of(command) {
        Ok(entry) => Ok(Some(entry)),
        Err(_) if command.is_erased || erase::is_erased(db, tenant, command.id)? => Ok(None),
        Err(error) => Err(error),
    }
}

/// The people whom a command names; the rules ask what they are.
pub(super) fn named(command: &Command) -> Vec<PersonId> {
    if let Command::Assign(assignment) = command {
        vec![assignment.assignee]
    } else if let Command::Reassign(reassignment) = command {
        vec![reassignment.assignee]
    } else if let Command::ScheduleSession(session) = command {
        vec![session.lead]
    } else if let Command::AgreePlan(plan) = command {
        plan.participants.iter().copied().collect()
    } else {
        Vec::new()
    }
}
