//! A case about a colleague or their relative is hidden from that person: what follows from what was declared and lifted.

use jangkau_core::command::CommandKind;
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::rules::{Judgement, LogEntry, barred};
use jangkau_core::sync::Row;

use super::Bench;
use crate::grants::{Ties, align, end_case};
use crate::pull::{Access, NOW};
use crate::store::log::{self, Heading};
use crate::store::{StoreError, bars, grants};

/// What says from whom a case is hidden.
const KINDS: &[CommandKind] = &[
    CommandKind::DeclareConflict,
    CommandKind::LiftConflict,
    CommandKind::MoveRecord,
];

impl Bench<'_> {
    /// Hides the case from whom it has to be hidden now, and no longer from others. Says whether anything changed. A person's devices are told only if
    /// they may hold something of the case: who never held it learns nothing.
    pub(super) fn note_bars(
        &self,
        case: CaseId,
        entries: &[LogEntry],
        judgement: &Judgement,
    ) -> Result<bool, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let due = barred(&with_verdicts(entries, judgement, KINDS));
        let known = bars::of_case(db, tenant, case)?;
        let mut changed = false;
        for person in due.iter().filter(|person| !known.contains_key(person)) {
            let holds = Access::load(db, tenant, *person)?.knows(case, NOW);
            bars::insert(db, tenant, (*person, case), holds)?;
            if holds {
                self.tell_bar(*person, case, true)?;
            }
            end_case(db, tenant, (*person, case), self.now)?;
            changed = true;
        }
        for (person, told) in known.iter().filter(|(person, _)| !due.contains(person)) {
            bars::remove(db, tenant, (*person, case))?;
            let holds = Access::load(db, tenant, *person)?.knows(case, NOW);
            if *told || holds {
                self.tell_bar(*person, case, false)?;
            }
            if self.had_part(*person, case, judgement)? {
                let profile = self.library.current(db, tenant)?;
                let ties = Ties::of(db, tenant, case)?;
                align(db, tenant, &profile, (*person, case, &ties), self.now)?;
            }
            changed = true;
        }
        Ok(changed)
    }

    /// Whether a case is or was a person's own, so that something of it may be due to them.
    fn had_part(
        &self,
        person: PersonId,
        case: CaseId,
        judgement: &Judgement,
    ) -> Result<bool, StoreError> {
        let state = &judgement.state;
        let mut booked = state.appointments.iter();
        if state.assignee == Some(person) || booked.any(|booked| booked.lead == person) {
            return Ok(true);
        }
        Ok(grants::cases_ever(self.db, self.tenant, person)?.contains(&case))
    }

    /// Notes from whom a case was hidden without a row, since they held nothing of it: no log tells of those.
    pub(super) fn take_untold_bars(
        &self,
        case: CaseId,
        entries: &[LogEntry],
        judgement: &Judgement,
    ) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let known = bars::of_case(db, tenant, case)?;
        for person in barred(&with_verdicts(entries, judgement, KINDS)) {
            if !known.contains_key(&person) {
                bars::insert(db, tenant, (person, case), false)?;
            }
        }
        Ok(())
    }

    fn tell_bar(&self, person: PersonId, case: CaseId, on: bool) -> Result<(), StoreError> {
        let heading = Heading {
            case: Some(case),
            person: Some(person),
            ..Heading::default()
        };
        log::append(
            self.db,
            self.tenant,
            &Row::Bar(case, on),
            &heading,
            self.now,
        )?;
        Ok(())
    }
}

/// A case's commands of some kinds, with the verdicts that were just given.
pub(super) fn with_verdicts(
    entries: &[LogEntry],
    judgement: &Judgement,
    kinds: &[CommandKind],
) -> Vec<LogEntry> {
    let is_such = |entry: &&LogEntry| kinds.contains(&entry.entry.command.kind());
    let mut such: Vec<LogEntry> = entries.iter().filter(is_such).cloned().collect();
    for (id, verdict) in &judgement.verdicts {
        for entry in such.iter_mut().filter(|entry| entry.entry.id == *id) {
            entry.verdict = Some(verdict.clone());
        }
    }
    such
}
