//! From whom cases are hidden, as ruled.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::id::{CaseId, PersonId};
use rusqlite::params;

use super::institutions::Tenant;
use super::{Db, StoreError};

/// The cases that are hidden from a person.
pub(crate) fn of_person(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<BTreeSet<CaseId>, StoreError> {
    let sql = "SELECT case_id FROM bar WHERE institution = ?1 AND person = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, person], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// From whom a case is hidden, and whether their devices were told.
pub(crate) fn of_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeMap<PersonId, bool>, StoreError> {
    let sql = "SELECT person, told FROM bar WHERE institution = ?1 AND case_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether a case is hidden from a person.
pub(crate) fn stands(
    db: &Db,
    tenant: Tenant,
    (person, case): (PersonId, CaseId),
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM bar WHERE institution = ?1 AND person = ?2 AND case_id = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, person, case])?)
}

/// Whether a case is hidden from a person whose devices were not told so.
pub(crate) fn is_untold(
    db: &Db,
    tenant: Tenant,
    (person, case): (PersonId, CaseId),
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM bar WHERE institution = ?1 AND person = ?2 AND case_id = ?3 \
               AND NOT told";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, person, case])?)
}

/// Every case that is hidden from somebody.
pub(crate) fn cases(db: &Db, tenant: Tenant) -> Result<BTreeSet<CaseId>, StoreError> {
    let sql = "SELECT case_id FROM bar WHERE institution = ?1";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn insert(
    db: &Db,
    tenant: Tenant,
    (person, case): (PersonId, CaseId),
    told: bool,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO bar (institution, person, case_id, told) VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, person, case, told])?;
    Ok(())
}

/// Takes over what a row tells.
pub(crate) fn set(
    db: &Db,
    tenant: Tenant,
    bar: (PersonId, CaseId),
    on: bool,
) -> Result<(), StoreError> {
    remove(db, tenant, bar)?;
    if on {
        insert(db, tenant, bar, true)?;
    }
    Ok(())
}

pub(crate) fn remove(
    db: &Db,
    tenant: Tenant,
    (person, case): (PersonId, CaseId),
) -> Result<(), StoreError> {
    let sql = "DELETE FROM bar WHERE institution = ?1 AND person = ?2 AND case_id = ?3";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, person, case])?;
    Ok(())
}
