//! Cases about which nobody can decide: they are hidden from every head.

use jangkau_core::id::CaseNumber;
use jangkau_core::profile::Profile;
use jangkau_core::rules::CaseState;
use jangkau_core::time::Timestamp;

use crate::founding::powers_of;
use crate::store::institutions::Tenant;
use crate::store::{Db, StoreError, bars, decode, rulings, staff};

/// The open cases that are hidden from everybody who has the powers of a head now, by their numbers.
pub(super) fn headless(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    now: Timestamp,
) -> Result<Vec<CaseNumber>, StoreError> {
    let mut heads = Vec::new();
    for id in staff::people(db, tenant)? {
        let person = staff::person(db, tenant, id)?.filter(|person| person.active);
        let is_head = person.is_some_and(|person| {
            profile.is_head(&powers_of(&person.roles, Some(&person.terms), now))
        });
        heads.extend(is_head.then_some(id));
    }
    let mut headless = Vec::new();
    for case in bars::cases(db, tenant)? {
        let barred = bars::of_case(db, tenant, case)?;
        let Some(file) = rulings::file(db, tenant, case)? else {
            continue;
        };
        let state: Option<CaseState> = file.state.as_deref().map(decode).transpose()?;
        let is_open = state.is_some_and(|state| !state.status.is_ended());
        if is_open && heads.iter().all(|head| barred.contains_key(head)) {
            headless.extend(file.number);
        }
    }
    Ok(headless)
}
