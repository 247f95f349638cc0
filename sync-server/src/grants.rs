//! Giving and ending grants: rows of the log, and the index over them.

use jangkau_core::grant::case_grant;
use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::profile::Profile;
use jangkau_core::sync::{GrantRow, GrantScope, Row};
use jangkau_core::time::Timestamp;

use crate::store::institutions::Tenant;
use crate::store::log::{self, Heading};
use crate::store::{Db, StoreError, grants, staff};

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

/// Gives a person what their roles allow of a case that becomes theirs, unless they have it.
pub(crate) fn give_case(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    (person, case): (PersonId, CaseId),
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(person) = staff::person(db, tenant, person)?.filter(|person| person.active) else {
        return Ok(());
    };
    let Some(due) = case_grant(profile, person.id, &person.roles, case) else {
        return Ok(());
    };
    let held = grants::of_person_and_case(db, tenant, person.id, case)?;
    let held: Vec<GrantRow> = held.into_iter().map(|grant| grant.row).collect();
    if due.adds_to(&held) {
        give(db, tenant, due, now)?;
    }
    Ok(())
}

/// Ends what a person held of a case because it was theirs.
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
