//! Legal holds: nothing of a case is erased while one stands.

use jangkau_core::id::{CaseId, InstitutionId, PersonId};
use jangkau_core::rights::RightsRefusal;
use jangkau_core::sync::AdminAct;
use jangkau_core::time::Timestamp;

use super::rights::Ruled;
use super::{Engine, EngineError};
use crate::audit::AuditEntry;
use crate::store::{audit, rights, rulings};

impl Engine {
    /// Puts a case under a legal hold: nothing of it is erased while it stands. Two people, one of them a data protection officer or
    /// a head.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn set_hold(
        &mut self,
        institution: &InstitutionId,
        case: CaseId,
        (asked_by, by): (PersonId, PersonId),
        reason: &str,
        now: Timestamp,
    ) -> Ruled<()> {
        let tenant = self.institution(institution)?.tenant;
        if let Err(code) = self.may_decide(tenant, asked_by, by)? {
            return Ok(Err(code));
        }
        if reason.trim().is_empty() {
            return Ok(Err(RightsRefusal::ReasonMissing));
        }
        if rulings::file(&self.store.db(), tenant, case)?.is_none() {
            return Ok(Err(RightsRefusal::UnknownCase));
        }
        self.store.transact(None, |db| {
            rights::hold(db, tenant, case, (asked_by, by), (reason, now))?;
            audit::append(
                db,
                tenant,
                AuditEntry::act_by(AdminAct::SetHold, (by, case), now),
            )
        })?;
        Ok(Ok(()))
    }

    /// Lifts the legal holds of a case. Two people.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn lift_hold(
        &mut self,
        institution: &InstitutionId,
        case: CaseId,
        (asked_by, by): (PersonId, PersonId),
        now: Timestamp,
    ) -> Ruled<()> {
        let tenant = self.institution(institution)?.tenant;
        if let Err(code) = self.may_decide(tenant, asked_by, by)? {
            return Ok(Err(code));
        }
        self.store.transact(None, |db| {
            rights::lift(db, tenant, case, (asked_by, by), now)?;
            audit::append(
                db,
                tenant,
                AuditEntry::act_by(AdminAct::LiftHold, (by, case), now),
            )
        })?;
        Ok(Ok(()))
    }

    /// The cases under a legal hold, and the reason of each.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn legal_holds(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<(CaseId, String)>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(rights::all_holds(&self.store.db(), tenant)?)
    }
}
