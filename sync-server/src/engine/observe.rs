//! Read-only views for scenarios, the simulator and administrators.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::id::{
    CaseId, ChangeHash, CommandId, DocEpoch, InstitutionId, LogEra, PersonId, SeatId, ServerSeq,
};
use jangkau_core::rules::{CaseState, LogEntry, Verdict};
use jangkau_core::sync::{GrantRow, Turned, digest_of_buckets};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::pull::{Access, NOW, buckets};
use crate::store::{bars, commands, decode, documents, grants, rulings, shelf, staff};

/// An admitted command and where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Admission {
    /// Its row in the log.
    pub seq: ServerSeq,
    /// Which.
    pub command: CommandId,
    /// Its case.
    pub case: CaseId,
}

/// Something in quarantine; its bytes are asked for apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TurnedAway {
    /// Its number in the quarantine.
    pub number: i64,
    /// The command, where the envelope could be read.
    pub command: Option<CommandId>,
    /// The case.
    pub case: Option<CaseId>,
    /// The class of its document: nobody may see it who may not see the class.
    pub class: Option<Class>,
    /// The seat that signed it.
    pub seat: SeatId,
    /// The person.
    pub person: PersonId,
    /// Why.
    pub reason: Option<Turned>,
    /// When.
    pub received_at: Timestamp,
}

/// A document as the server would send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DocumentSnapshot {
    /// Which.
    pub document: DocumentKey,
    /// Its epoch.
    pub epoch: DocEpoch,
    /// Its heads, sorted.
    pub heads: Vec<ChangeHash>,
    /// Number of changes.
    pub changes: u32,
}

impl Engine {
    /// Every admission, in the order of the log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn admissions(&self, institution: &InstitutionId) -> Result<Vec<Admission>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let admissions = commands::admissions(&self.store.db(), tenant)?;
        let named = admissions.into_iter();
        Ok(named
            .map(|(seq, command, case)| Admission { seq, command, case })
            .collect())
    }

    /// The commands of the log, in its order.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn admitted(&self, institution: &InstitutionId) -> Result<Vec<CommandId>, EngineError> {
        let admissions = self.admissions(institution)?;
        Ok(admissions.into_iter().map(|row| row.command).collect())
    }

    /// What was turned away, in the order in which it came.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn turned_away(&self, institution: &InstitutionId) -> Result<Vec<TurnedAway>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = shelf::quarantined(&self.store.db(), tenant)?;
        let view = |row: shelf::TurnedRow| TurnedAway {
            number: row.number,
            command: row.command,
            case: row.case,
            class: row.class,
            seat: row.seat,
            person: row.person,
            reason: row.reason.parse().ok(),
            received_at: row.received_at,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// The commands that were turned away.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn quarantine(
        &self,
        institution: &InstitutionId,
    ) -> Result<BTreeSet<CommandId>, EngineError> {
        let rows = self.turned_away(institution)?;
        Ok(rows.into_iter().filter_map(|row| row.command).collect())
    }

    /// The bytes of something in quarantine, for whoever may hold its class.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn quarantined_bytes(
        &self,
        institution: &InstitutionId,
        number: i64,
    ) -> Result<Option<Vec<u8>>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(shelf::quarantined_bytes(&self.store.db(), tenant, number)?)
    }

    /// Commands that wait for what they depend on, with the seats that signed them.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn waiting(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<(CommandId, SeatId)>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(shelf::all_waiting(&self.store.db(), tenant)?)
    }

    /// The state of every case that was ruled on.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn case_states(
        &self,
        institution: &InstitutionId,
    ) -> Result<BTreeMap<CaseId, CaseState>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut states = BTreeMap::new();
        for case in rulings::cases(&db, tenant, None, u32::MAX)? {
            let file = rulings::file(&db, tenant, case)?;
            if let Some(state) = file.and_then(|file| file.state) {
                states.insert(case, decode(&state)?);
            }
        }
        Ok(states)
    }

    /// A case's commands as the rules read them.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn case_log(
        &self,
        institution: &InstitutionId,
        case: CaseId,
    ) -> Result<Vec<LogEntry>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(crate::ruling::case_log(&self.store.db(), tenant, case)?)
    }

    /// The verdict that stands on a command.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn verdict(
        &self,
        institution: &InstitutionId,
        command: CommandId,
    ) -> Result<Option<Verdict>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let stored = commands::get(&self.store.db(), tenant, command)?;
        let bytes = stored.and_then(|stored| stored.verdict);
        Ok(bytes.as_deref().map(decode).transpose()?)
    }

    /// Whether a ruling of the log speaks of a command, also of one that is not in the log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn is_ruled(
        &self,
        institution: &InstitutionId,
        command: CommandId,
    ) -> Result<bool, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(commands::has_verdict(&self.store.db(), tenant, command)?)
    }

    /// Every document, as the server would send it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn document_rows(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<DocumentSnapshot>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = documents::list(&self.store.db(), tenant, None)?;
        let view = |row: documents::DocumentRow| DocumentSnapshot {
            document: row.key,
            epoch: row.epoch,
            heads: row.heads,
            changes: row.changes,
        };
        Ok(rows.into_iter().map(view).collect())
    }

    /// Every document and its heads, sorted.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn documents(
        &self,
        institution: &InstitutionId,
    ) -> Result<BTreeMap<DocumentKey, Vec<ChangeHash>>, EngineError> {
        let rows = self.document_rows(institution)?;
        Ok(rows
            .into_iter()
            .map(|row| (row.document, row.heads))
            .collect())
    }

    /// Who may hold a document now.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn holders(
        &self,
        institution: &InstitutionId,
        document: &DocumentKey,
    ) -> Result<BTreeSet<PersonId>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let granted = grants::of_case(&self.store.db(), tenant, document.case)?;
        let holds = granted.iter().filter(|grant| grant.row.covers(document));
        let barred = bars::of_case(&self.store.db(), tenant, document.case)?;
        let people = holds.map(|grant| grant.row.person);
        Ok(people
            .filter(|person| !barred.contains_key(person))
            .collect())
    }

    /// What a person is granted now.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn grants(
        &self,
        institution: &InstitutionId,
        person: PersonId,
    ) -> Result<Vec<GrantRow>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let granted = grants::of_person(&self.store.db(), tenant, person)?;
        Ok(granted.into_iter().map(|grant| grant.row).collect())
    }

    /// Every document that a person may hold now.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn holdings(
        &self,
        institution: &InstitutionId,
        person: PersonId,
    ) -> Result<Vec<DocumentSnapshot>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let access = Access::load(&self.store.db(), tenant, person)?;
        let mut held = self.document_rows(institution)?;
        // Of a document that was erased whole nothing is held.
        held.retain(|document| !document.heads.is_empty() && access.holds(&document.document, NOW));
        Ok(held)
    }

    /// One digest of all that a person's grants cover, which the self-check compares with their device's.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn digest(
        &self,
        institution: &InstitutionId,
        person: PersonId,
    ) -> Result<[u8; 32], EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let access = Access::load(&db, tenant, person)?;
        Ok(digest_of_buckets(&buckets(&db, tenant, &access)?))
    }

    /// The log's era, its head, and what every backup holds.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn position(
        &self,
        institution: &InstitutionId,
    ) -> Result<(LogEra, ServerSeq, ServerSeq), EngineError> {
        let row = self.institution(institution)?;
        Ok((row.era, row.head, row.backed_up_through))
    }

    /// Every institution.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn institutions(&self) -> Result<Vec<InstitutionId>, EngineError> {
        let rows = crate::store::institutions::all(&self.store.db())?;
        Ok(rows.into_iter().map(|row| row.id).collect())
    }

    /// The people of an institution, with their names and whether they work here.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn people(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<(PersonId, String, bool)>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut people = Vec::new();
        for person in staff::people(&db, tenant)? {
            let person = staff::person(&db, tenant, person)?.ok_or(EngineError::Store)?;
            people.push((person.id, person.name, person.active));
        }
        Ok(people)
    }
}
