//! Giving and ending grants: rows of the log, and the index over them.

use std::collections::BTreeSet;

use jangkau_core::command::{Command, CommandEntry, CommandKind};
use jangkau_core::grant::{Tie, case_grants};
use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::{Role, Status};
use jangkau_core::record::Line;
use jangkau_core::rules::{Verdict, is_same_name};
use jangkau_core::sync::{GrantRow, GrantScope, Row};
use jangkau_core::time::Timestamp;

use crate::ruling::entry_left;
use crate::store::institutions::Tenant;
use crate::store::log::{self, Heading};
use crate::store::staff::{self, Person};
use crate::store::{Db, StoreError, bars, commands, decode, grants, rulings};

/// Gives a grant, from the next position of the log on.
pub(crate) fn give(
    db: &Db,
    tenant: Tenant,
    grant: GrantRow,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    let heading = Heading {
        case: match grant.scope {
            GrantScope::Case(case) => Some(case),
            GrantScope::Institution => None,
        },
        person: Some(grant.person),
        ..Heading::default()
    };
    let row = Row::Grant(grant.clone());
    let at = log::append(db, tenant, &row, &heading, now)?;
    grants::insert(db, tenant, at, &grant)?;
    Ok(at)
}

/// Ends a grant.
pub(crate) fn end(
    db: &Db,
    tenant: Tenant,
    grant: &grants::Grant,
    now: Timestamp,
) -> Result<(), StoreError> {
    let heading = Heading {
        person: Some(grant.row.person),
        ..Heading::default()
    };
    let at = log::append(db, tenant, &Row::GrantEnd(grant.seq), &heading, now)?;
    grants::end(db, tenant, grant.seq, at)
}

/// Whose a case is, by the decisions that stand.
#[derive(Debug, Default)]
pub(crate) struct Ties {
    /// The worker responsible; until there is one, the case is theirs who registered it or serve its kecamatan.
    responsible: Option<PersonId>,
    /// Who registered it.
    registered_by: Option<PersonId>,
    /// The client's kecamatan, once the registration stands.
    kecamatan: Option<Line>,
    /// Those who lead a session of it; who was responsible and is no more does only by a later booking.
    leads: BTreeSet<PersonId>,
    /// Who was made responsible last, in the order of the log.
    last: Option<PersonId>,
    /// Who took part in the last conference.
    confers: BTreeSet<PersonId>,
    /// When the server had the registration.
    registered_at: Option<Timestamp>,
    /// Whether the file is closed: it leaves the devices (section 9, rule 3).
    is_closed: bool,
}

impl Ties {
    pub(crate) fn of(db: &Db, tenant: Tenant, case: CaseId) -> Result<Self, StoreError> {
        let mut ties = Self::default();
        for command in commands::of_case(db, tenant, case)? {
            let is_registration = command.kind == CommandKind::Register;
            if is_registration {
                ties.registered_at.get_or_insert(command.received_at);
            }
            let verdict: Option<Verdict> = command.verdict.as_deref().map(decode).transpose()?;
            let stands = verdict == Some(Verdict::Committed);
            if !is_registration && !stands {
                continue;
            }
            if let Some(entry) = entry_left(db, tenant, &command)? {
                ties.take(&entry, stands);
            }
        }
        if let Some(state) = rulings::state(db, tenant, case)? {
            ties.responsible = state.assignee;
            // Who works on a family under a number that is no longer used must see which one is.
            let is_closed = state.status == Status::Closed;
            ties.is_closed = is_closed && state.duplicate_of.is_none();
        }
        Ok(ties)
    }

    fn take(&mut self, entry: &CommandEntry, stands: bool) {
        let decision = &entry.command;
        if let Command::Register(register) = decision {
            self.registered_by.get_or_insert(entry.stamp.by);
            self.kecamatan = register.kecamatan.clone().filter(|_| stands);
        } else if let Command::Assign(assignment) = decision {
            self.hand_over(assignment.assignee);
        } else if let Command::Reassign(reassignment) = decision {
            self.hand_over(reassignment.assignee);
        } else if let Command::ScheduleSession(session) = decision {
            self.leads.insert(session.lead);
        } else if let Command::AgreePlan(plan) = decision {
            self.confers.clone_from(&plan.participants);
        }
    }

    fn hand_over(&mut self, to: PersonId) {
        if let Some(former) = self.last.replace(to).filter(|former| *former != to) {
            self.leads.remove(&former);
        }
    }

    /// What ties a person to the case, of those who have or had something of it; none if nothing does any more.
    fn of_person(&self, person: &Person, held: &[grants::Grant]) -> Option<Tie> {
        let registered_at = self.registered_at.filter(|_| !self.is_closed)?;
        Some(Tie {
            is_own: self.is_own(person, held),
            confers: self.confers.contains(&person.id),
            registered_at,
        })
    }

    fn is_own(&self, person: &Person, held: &[grants::Grant]) -> bool {
        let brought_it = || {
            let serves = |kecamatan: &Line| serves(person, kecamatan.as_str());
            self.registered_by == Some(person.id)
                || self.kecamatan.as_ref().is_some_and(serves)
                // Given with its kecamatan, it stays theirs when they serve another; a conference gives no document.
                || held.iter().any(|grant| grant.row.gives_documents())
        };
        self.leads.contains(&person.id)
            || self
                .responsible
                .map_or_else(brought_it, |responsible| responsible == person.id)
    }
}

/// Whether somebody is a volunteer of a kecamatan: a new case there is theirs, whoever registered it (X16).
pub(crate) fn serves(person: &Person, kecamatan: &str) -> bool {
    let is_theirs = |area: &String| is_same_name(area, kecamatan);
    person.roles.contains(&Role::Volunteer) && person.terms.areas.iter().any(is_theirs)
}

/// Ends the grants whose time is over.
pub(crate) fn settle(db: &Db, now: Timestamp) -> Result<(), StoreError> {
    for (tenant, grant) in grants::due(db, now)? {
        end(db, tenant, &grant, now)?;
    }
    Ok(())
}

/// Ends all that a person holds by a case alone, also what broken glass gave.
pub(crate) fn end_case(
    db: &Db,
    tenant: Tenant,
    (person, case): (PersonId, CaseId),
    now: Timestamp,
) -> Result<(), StoreError> {
    for grant in grants::of_person_and_case(db, tenant, person, case)? {
        end(db, tenant, &grant, now)?;
    }
    Ok(())
}

/// Gives a person what they may hold of a case beside what they hold of every case, and ends what they may not: nothing of a file that is
/// closed or hidden from them. What broken glass gave is no part of it, and ends by its time.
pub(crate) fn align(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    (person, case, ties): (PersonId, CaseId, &Ties),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(person) = staff::person(db, tenant, person)? else {
        return Ok(());
    };
    let is_out = !person.active || bars::stands(db, tenant, (person.id, case))?;
    let mut held = grants::of_person_and_case(db, tenant, person.id, case)?;
    held.retain(|grant| !grant.row.is_by_glass());
    let tie = ties.of_person(&person, &held).filter(|_| !is_out);
    // Powers that are delegated are a head's, and reach every case.
    let grants_of = |tie| case_grants(profile, (person.id, &person.roles), (case, tie));
    let mut due = tie.map(grants_of).unwrap_or_default();
    due.retain(|grant| !grant.is_over(now));
    // What is due is given before anything ends, so that nothing is let go of that stays.
    for grant in &due {
        if !held.iter().any(|held| held.row == *grant) {
            give(db, tenant, grant.clone(), now)?;
        }
    }
    for grant in held {
        if !due.contains(&grant.row) {
            end(db, tenant, &grant, now)?;
        }
    }
    Ok(())
}

/// Aligns everybody who holds something of a case by the case alone.
pub(crate) fn align_holders(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    (case, ties): (CaseId, &Ties),
    now: Timestamp,
) -> Result<(), StoreError> {
    let held = grants::of_case(db, tenant, case)?;
    let of_case = held
        .iter()
        .filter(|grant| grant.row.scope == GrantScope::Case(case) && !grant.row.is_by_glass());
    let people: BTreeSet<PersonId> = of_case.map(|grant| grant.row.person).collect();
    for person in people {
        align(db, tenant, profile, (person, case, ties), now)?;
    }
    Ok(())
}

/// Aligns a person in every case of which they ever held something by the case alone: their roles are others now, or the matrix is, or they
/// work here again.
pub(crate) fn align_person(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for case in grants::cases_ever(db, tenant, person)? {
        let file = rulings::file(db, tenant, case)?;
        if file.is_some_and(|file| !file.is_activity) {
            let ties = Ties::of(db, tenant, case)?;
            align(db, tenant, profile, (person, case, &ties), now)?;
        }
    }
    Ok(())
}
