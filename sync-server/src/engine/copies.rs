//! What leaves for a client, and what may go since its time is over.

use jangkau_core::export::{Export, ExportItem, ExportTerms, export};
use jangkau_core::id::{CaseId, InstitutionId};
use jangkau_core::retention::RetentionDue;
use jangkau_core::rights::{RightsKind, RightsRefusal};
use jangkau_core::text::Language;
use jangkau_core::time::Timestamp;

use super::erase::kept_case;
use super::rights::Ruled;
use super::{Engine, EngineError};
use crate::audit::Noted;
use crate::store::{audit, commands, erase, parse, rights, rulings, staff};

impl Engine {
    /// The copy that a client asked for, once somebody else has agreed to it. It is counted. The hidden address is in it only if a
    /// head agreed, and it is asked for.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn client_copy(
        &mut self,
        institution: &InstitutionId,
        number: i64,
        (others, with_address): (&[String], bool),
        language: Language,
        now: Timestamp,
    ) -> Ruled<Export> {
        let tenant = self.institution(institution)?.tenant;
        let Some(row) = rights::get(&self.store.db(), tenant, number)? else {
            return Ok(Err(RightsRefusal::UnknownRequest));
        };
        let kind: RightsKind = parse(&row.kind)?;
        let agreed = row.decided.filter(|decided| decided.decision == "agreed");
        let Some(agreed) = agreed.filter(|_| kind == RightsKind::Access) else {
            return Ok(Err(RightsRefusal::NotDecided));
        };
        let profile = self.library.current(&self.store.db(), tenant)?;
        let approver = staff::person(&self.store.db(), tenant, agreed.by)?;
        let is_head = approver.is_some_and(|person| profile.is_head(&person.roles));
        if with_address && !is_head {
            return Ok(Err(RightsRefusal::NotTheirs));
        }
        let terms = ExportTerms {
            language,
            zone: profile.institution.zone,
            others: others.to_vec(),
            with_address,
        };
        let mut items = Vec::new();
        for stored in commands::of_case(&self.store.db(), tenant, row.case)? {
            let is_erased = erase::is_erased(&self.store.db(), tenant, stored.id)?;
            let stamp = jangkau_core::command::stamp_of(&stored.records);
            items.push(ExportItem {
                kind: stored.kind,
                occurred_at: stamp.map_or(stored.received_at, |stamp| stamp.occurred_at),
                roles: stored.author_roles,
                records: stored.records,
                is_erased,
            });
        }
        let copy = export(&items, &terms);
        let server_key = self.institution(institution)?.server_key;
        let left_out: Vec<&str> = copy.left_out.keys().map(|kind| kind.code()).collect();
        self.store.transact(None, |db| {
            let approved = (agreed.by, now);
            let noted = Noted::Export {
                person: agreed.by,
                case: Some(row.case),
                class: None,
                reason: None,
            };
            audit::append(db, tenant, noted.entry(&server_key, now))?;
            rights::note_export(db, tenant, number, approved, &left_out.join(" "))
        })?;
        Ok(Ok(copy))
    }

    /// How often copies left for clients of a case.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn copies_of(&self, institution: &InstitutionId, case: CaseId) -> Result<u32, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(rights::exports_of(&self.store.db(), tenant, case)?)
    }

    /// What is due by the years for which things are kept: proposals, which a person decides on. Nothing is ever deleted by this.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn retention_due(
        &self,
        institution: &InstitutionId,
        now: Timestamp,
    ) -> Result<Vec<(CaseId, RetentionDue)>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let profile = self.library.current(&db, tenant)?;
        let zone = profile.institution.zone;
        let today = now.to_utc().with_timezone(&zone).date_naive();
        let mut due = Vec::new();
        let (states, _) = rulings::dump(&db, tenant)?;
        for (case, state) in states {
            // An activity without a case stands nowhere, and its document names no client.
            if state.is_none() {
                continue;
            }
            let kept = kept_case(&db, tenant, case, zone)?;
            let steps = profile.retention.due(&kept, today);
            due.extend(steps.into_iter().map(|step| (case, step)));
        }
        due.sort_by_key(|(case, step)| (*step, *case));
        Ok(due)
    }
}
