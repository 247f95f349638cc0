//! On which terms people serve: mandates, kecamatan, and powers that are delegated with dates.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::sync::{AdminAct, Delegation};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::audit::AuditEntry;
use crate::grants::settle;
use crate::store::institutions::Tenant;
use crate::store::staff::{self, Person};
use crate::store::{accounts, audit, grants, shelf};
use crate::{founding, intake};

impl Engine {
    /// Says until when a person's mandate runs, and which kecamatan they serve; none and empty: for good, and all.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn set_terms(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        mandate_until: Option<Timestamp>,
        areas: BTreeSet<String>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let mut person = self.colleague(tenant, person)?;
        person.terms.mandate_until = mandate_until;
        person.terms.areas = areas;
        self.put_person(tenant, &person, AdminAct::SetTerms, now)
    }

    /// Delegates powers to a person, between two dates. Only who holds the role, or is a head, gives them away; what was
    /// delegated to somebody is not theirs to give.
    ///
    /// # Errors
    /// [`EngineError::NotTheirs`], [`EngineError::BadTerm`], and what else may stop the engine.
    pub fn delegate(
        &mut self,
        institution: &InstitutionId,
        to: PersonId,
        delegation: Delegation,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let giver = self.colleague(tenant, delegation.by)?;
        let mut person = self.colleague(tenant, to)?;
        let profile = self.library.current(&self.store.db(), tenant)?;
        let has_lapsed = giver.terms.mandate_until.is_some_and(|until| now > until);
        let is_theirs = giver.roles.contains(&delegation.role) || profile.is_head(&giver.roles);
        let is_known = profile.role_title(delegation.role).is_some();
        if has_lapsed || !is_theirs || !is_known || !giver.active || giver.id == person.id {
            return Err(EngineError::NotTheirs);
        }
        if delegation.until < delegation.from || delegation.until < now || !person.active {
            return Err(EngineError::BadTerm);
        }
        // The log keeps what was; a row only has to say what is and what comes.
        person.terms.delegations.retain(|known| known.until >= now);
        person.terms.delegations.push(delegation);
        self.put_person(tenant, &person, AdminAct::Delegate, now)
    }

    /// Notes which delegations have begun or ended by now, and ends the grants whose time is over.
    pub(super) fn settle_terms(&self, now: Timestamp) -> Result<(), EngineError> {
        let (are_terms_due, are_grants_due) = {
            let db = self.store.db();
            (
                !staff::due(&db, now)?.is_empty(),
                !grants::due(&db, now)?.is_empty(),
            )
        };
        if !are_terms_due && !are_grants_due {
            return Ok(());
        }
        Ok(self.store.transact(None, |db| {
            founding::settle_terms(db, &self.library, now)?;
            settle(db, now)
        })?)
    }

    fn colleague(&self, tenant: Tenant, person: PersonId) -> Result<Person, EngineError> {
        staff::person(&self.store.db(), tenant, person)?.ok_or(EngineError::Unknown)
    }

    /// Writes a person's row, and who had it written. What of theirs waits for a grant that a restore forgot is tried again: the row may give it.
    pub(super) fn put_person(
        &self,
        tenant: Tenant,
        person: &Person,
        act: AdminAct,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let cases = self.store.transact(None, |db| {
            audit::append(db, tenant, AuditEntry::act_on(act, person.id, now))?;
            founding::put_staff(db, tenant, &self.library, &person.row(), &person.roles, now)?;
            if !person.active {
                accounts::end_all(db, tenant, person.id)?;
            }
            shelf::cases_waiting_of(db, tenant, person.id)
        })?;
        if person.active && !cases.is_empty() {
            let cases = BTreeMap::from([(tenant, cases)]);
            intake::retry_cases(&self.store, &self.library, cases, now)?;
        }
        Ok(())
    }
}
