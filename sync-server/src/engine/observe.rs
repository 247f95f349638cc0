//! Read-only views for scenarios, the simulator and administrators, and the check that caches are only caches.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::id::{
    CaseId, ChangeHash, CommandId, DocEpoch, InstitutionId, LogEra, PersonId, SeatId, ServerSeq,
};
use jangkau_core::rules::{CaseState, LogEntry, Verdict};
use jangkau_core::sync::{Row, Turned, document_digest};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::pull::{Access, NOW};
use crate::store::institutions::Tenant;
use crate::store::log::{self, RowKind};
use crate::store::{
    Db, StoreError, commands, decode, documents, encode, grants, rulings, shelf, staff,
};

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

/// A case's state as last ruled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseSnapshot {
    /// Which.
    pub case: CaseId,
    /// The row of the ruling; none before the first.
    pub ruling: Option<ServerSeq>,
    /// The state; none before the first ruling.
    pub state: Option<CaseState>,
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

/// A cache that the log does not give again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// A document's heads, digest or number of changes, or its bytes do not load.
    Document(DocumentKey),
    /// A document of the log has no row, or a row no changes.
    Documents,
    /// A command's records, case or row.
    Command(CommandId),
    /// A case's state.
    State(CaseId),
    /// A verdict.
    Verdict(CommandId),
}

impl Engine {
    /// Every admission, in the order of the log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn admitted(&self, institution: &InstitutionId) -> Result<Vec<Admission>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let admissions = commands::admissions(&self.store.db(), tenant)?;
        let named = admissions.into_iter();
        Ok(named
            .map(|(seq, command, case)| Admission { seq, command, case })
            .collect())
    }

    /// What was turned away, in the order in which it came.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn quarantine(&self, institution: &InstitutionId) -> Result<Vec<TurnedAway>, EngineError> {
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

    /// Every case as last ruled.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn case_states(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<CaseSnapshot>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut cases = Vec::new();
        for case in rulings::cases(&db, tenant, None, u32::MAX)? {
            let Some(file) = rulings::file(&db, tenant, case)? else {
                continue;
            };
            let state = file.state.as_deref().map(decode).transpose()?;
            cases.push(CaseSnapshot {
                case,
                ruling: file.ruling,
                state,
            });
        }
        Ok(cases)
    }

    /// The commands of a case as the rules read them, with their verdicts.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn case_log(
        &self,
        institution: &InstitutionId,
        case: CaseId,
    ) -> Result<Vec<LogEntry>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        Ok(crate::ruling::entries(&db, tenant, &self.library, case)?)
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

    /// Every document, with its heads.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn documents(
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
        let is_theirs = |person: PersonId| match document.compartment {
            Compartment::Shared => true,
            Compartment::Author(author) => author == person,
        };
        let holds = granted
            .into_iter()
            .filter(|grant| grant.classes.contains(&document.class) && grant.covers(document.case));
        Ok(holds
            .map(|grant| grant.person)
            .filter(|person| is_theirs(*person))
            .collect())
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
        let granted = grants::of_person(&self.store.db(), tenant, person)?;
        let access = Access::of(person, granted);
        let mut held = self.documents(institution)?;
        held.retain(|document| access.holds(&document.document, NOW));
        Ok(held)
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

    /// Throws saved documents away, rebuilds every cache from the log's rows and envelopes, and compares.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn rebuild_check(
        &mut self,
        institution: &InstitutionId,
    ) -> Result<Vec<Mismatch>, EngineError> {
        let row = self.institution(institution)?;
        let tenant = row.tenant;
        let found = self.store.transact(None, |db| {
            documents::forget_snapshots(db, tenant)?;
            let rebuilt = Rebuilt::from_log(db, tenant)?;
            rebuilt.compare(db, tenant)
        })?;
        Ok(found)
    }
}

/// Caches as the log alone gives them.
#[derive(Default)]
struct Rebuilt {
    documents: BTreeMap<jangkau_core::id::DocumentId, (DocumentKey, Vec<Vec<u8>>)>,
    commands: BTreeMap<CommandId, (ServerSeq, CaseId)>,
    states: BTreeMap<CaseId, Vec<u8>>,
    verdicts: BTreeMap<CommandId, Vec<u8>>,
}

impl Rebuilt {
    fn from_log(db: &Db, tenant: Tenant) -> Result<Self, StoreError> {
        let mut rebuilt = Self::default();
        for light in log::scan(db, tenant, ServerSeq::new(0), u32::MAX)? {
            if !matches!(light.kind, RowKind::Commands | RowKind::Ruling) {
                continue;
            }
            match log::get(db, tenant, light.seq)?.0 {
                Row::Commands(ids) => {
                    let number = light.heading.envelope.ok_or(StoreError::Undecodable)?;
                    rebuilt.take_commands(db, light.seq, &ids, number)?;
                }
                Row::Ruling(ruling) => {
                    let body = ruling.read().map_err(|_| StoreError::Undecodable)?;
                    if let Some(state) = body.state {
                        rebuilt.states.insert(body.case, state);
                    }
                    let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
                    for (command, verdict) in verdicts {
                        rebuilt.verdicts.insert(command, encode(&verdict));
                    }
                }
                Row::Grant(_)
                | Row::GrantEnd(_)
                | Row::Staff(_)
                | Row::Profile(_)
                | Row::Calendar(_)
                | Row::Seat(_, _)
                | Row::Own(_, _) => {}
            }
        }
        Ok(rebuilt)
    }

    fn take_commands(
        &mut self,
        db: &Db,
        seq: ServerSeq,
        ids: &[CommandId],
        number: i64,
    ) -> Result<(), StoreError> {
        let (envelope, _) = commands::envelope(db, number)?;
        for id in ids {
            for part in envelope.parts_of(*id) {
                let jangkau_core::sync::PartBody::Change {
                    document, bytes, ..
                } = &part.body
                else {
                    continue;
                };
                self.commands.entry(*id).or_insert((seq, document.case));
                let entry = self.documents.entry(document.id());
                let changes = &mut entry.or_insert_with(|| (*document, Vec::new())).1;
                if !changes.contains(bytes) {
                    changes.push(bytes.clone());
                }
            }
        }
        Ok(())
    }

    fn compare(self, db: &Db, tenant: Tenant) -> Result<Vec<Mismatch>, StoreError> {
        let mut found = Vec::new();
        let rows = documents::list(db, tenant, None)?;
        if rows.len() != self.documents.len() {
            found.push(Mismatch::Documents);
        }
        for row in rows {
            let Some((_, changes)) = self.documents.get(&row.id) else {
                found.push(Mismatch::Document(row.key));
                continue;
            };
            let mut document = jangkau_core::document::Document::default();
            let is_same = document.apply(changes.iter().map(Vec::as_slice)).is_ok()
                && document.heads() == row.heads
                && document.change_count() == row.changes as usize
                && document_digest(row.id, row.epoch, &row.heads) == row.digest
                && jangkau_core::document::Document::load(&document.save())
                    .is_ok_and(|loaded| loaded.records() == document.records());
            if !is_same {
                found.push(Mismatch::Document(row.key));
            }
        }
        for (id, (seq, case)) in &self.commands {
            let stored = commands::get(db, tenant, *id)?;
            if stored.is_none_or(|stored| stored.seq != *seq || stored.case != *case) {
                found.push(Mismatch::Command(*id));
            }
        }
        let (states, verdicts) = rulings::dump(db, tenant)?;
        for (case, state) in states {
            if self.states.get(&case) != state.as_ref() {
                found.push(Mismatch::State(case));
            }
        }
        for (command, verdict) in verdicts {
            if self.verdicts.get(&command) != Some(&verdict) {
                found.push(Mismatch::Verdict(command));
            }
        }
        Ok(found)
    }
}
