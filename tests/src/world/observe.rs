//! What the server holds, as the world sees it: the one place that asks the engine for its insides.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::id::{CaseId, ChangeHash, CommandId, PersonId};
use jangkau_core::plant;
use jangkau_core::replica::Fate;
use jangkau_core::rules::CaseState;

use super::World;
use super::device::{Side, Standing};
use super::invariants::broke;
use super::violation::{Checked, Violation, ensure};

/// What the server holds at one moment.
pub(super) struct Truth {
    /// Commands of the log.
    pub(super) admitted: BTreeSet<CommandId>,
    /// Documents and their heads.
    pub(super) documents: BTreeMap<DocumentKey, Vec<ChangeHash>>,
    /// Commands that were turned away.
    pub(super) quarantined: BTreeSet<CommandId>,
    /// Commands that wait for what has not arrived.
    pub(super) waiting: BTreeSet<CommandId>,
    /// Whether something may wait for good: what it follows is lost, or is of a seat that the server forgot in a
    /// restore and that has not come back.
    pub(super) may_wait: bool,
    /// The last ruling of each case.
    pub(super) states: BTreeMap<CaseId, CaseState>,
}

impl World {
    /// The commands of the log.
    pub(super) fn admitted(&self) -> Checked<BTreeSet<CommandId>> {
        let engine = self.server.engine();
        let listed = engine
            .admitted(&self.institution)
            .map_err(|error| Violation::broke("Engine::admitted", &error))?;
        let count = listed.len();
        let admitted: BTreeSet<CommandId> = listed.into_iter().collect();
        ensure(
            admitted.len() == count,
            "a command stands in the log once",
            || format!("{count} rows for {} commands", admitted.len()),
        )?;
        Ok(admitted)
    }

    /// Everything that the server holds.
    pub(super) fn truth(&self) -> Checked<Truth> {
        let engine = self.server.engine();
        let broke = |error| Violation::broke("observe the engine", &error);
        Ok(Truth {
            admitted: self.admitted()?,
            documents: engine.documents(&self.institution).map_err(broke)?,
            quarantined: engine.quarantine(&self.institution).map_err(broke)?,
            waiting: engine
                .waiting(&self.institution)
                .map_err(broke)?
                .into_iter()
                .map(|(command, _)| command)
                .collect(),
            may_wait: self.ledger.has_losses || self.has_forgotten_seat()?,
            states: engine.case_states(&self.institution).map_err(broke)?,
        })
    }

    /// Whether a ruling speaks of a command: one of the log, or one that an honest device knows.
    pub(super) fn is_ruled(&self, id: CommandId) -> Checked<bool> {
        let engine = self.server.engine();
        let in_log = engine
            .is_ruled(&self.institution, id)
            .map_err(|error| Violation::broke("Engine::is_ruled", &error))?;
        let mut is_ruled = in_log;
        for device in &self.devices {
            let tells = device.side == Side::Honest
                && matches!(device.standing, Standing::Working | Standing::Retired);
            let fate = device.replica().fate(id).map_err(broke)?;
            is_ruled |= tells && matches!(fate, Some(Fate::Judged(_)));
        }
        Ok(is_ruled)
    }

    /// Whether the server does not know a seat.
    fn has_forgotten_seat(&self) -> Checked<bool> {
        let engine = self.server.engine();
        for device in &self.devices {
            let known = engine
                .institution_of(device.replica().seat())
                .map_err(|error| Violation::broke("Engine::institution_of", &error))?;
            if known.is_none() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether a person may hold a document, by the server's grants; a planted bug does not bend this yardstick.
    pub(super) fn may_hold(&self, person: PersonId, document: &DocumentKey) -> Checked<bool> {
        plant::plant(None);
        let holders = self.server.engine().holders(&self.institution, document);
        plant::plant(self.bug);
        let holders = holders.map_err(|error| Violation::broke("Engine::holders", &error))?;
        Ok(holders.contains(&person))
    }

    /// Whether a person may hold anything of a case, if it has anything.
    pub(super) fn may_hold_any(&self, person: PersonId, case: CaseId) -> Checked<bool> {
        for class in Class::ALL.iter().copied() {
            for compartment in [Compartment::Shared, Compartment::Author(person)] {
                let document = DocumentKey {
                    case,
                    class,
                    compartment,
                    volume: 0,
                };
                if self.may_hold(person, &document)? {
                    return Ok(true);
                }
            }
        }
        Ok(false)
    }

    /// What a person is told of where a case stands, as full as their grants give it.
    pub(super) fn told(
        &self,
        person: PersonId,
        case: CaseId,
        ruled: &CaseState,
    ) -> Checked<Option<CaseState>> {
        plant::plant(None);
        let grants = self.server.engine().grants(&self.institution, person);
        plant::plant(self.bug);
        let grants = grants.map_err(|error| Violation::broke("Engine::grants", &error))?;
        let gives = |class: Class| grants.iter().any(|grant| grant.gives_class(case, class));
        let class = [Class::Record, Class::Intake]
            .into_iter()
            .find(|class| gives(*class));
        let sees = grants.iter().any(|grant| grant.tells_index(case));
        Ok(sees.then(|| ruled.told(class)))
    }

    /// Whether a person may receive documents.
    pub(super) fn may_receive(&self, person: PersonId, documents: &[DocumentKey]) -> Checked<()> {
        for document in documents {
            let may = self.may_hold(person, document)?;
            ensure(may, "nobody receives without a grant", || {
                format!("{person:?} receives {document:?}")
            })?;
        }
        Ok(())
    }
}
