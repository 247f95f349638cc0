//! Carrying an erasure out, once two people have decided on it: rewriting documents, ending what was held of an erased case.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::attachment;
use jangkau_core::command::{Command, CommandEntry};
use jangkau_core::id::{CaseId, CommandId, DocumentId, InstitutionId, PersonId, ServerSeq};
use jangkau_core::retention::KeptCase;
use jangkau_core::rights::{ErasureScope, RightsRefusal};
use jangkau_core::rules::{CaseState, LegalField, Verdict, facts_told};
use jangkau_core::sync::RemovalReason;
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::grants::end;
use crate::rewrite::{CannotRewrite, Removal, Stop, rewrite};
use crate::ruling::case_log;
use crate::store::institutions::Tenant;
use crate::store::{
    CrashPoints, Db, StoreError, attempt, blobs, commands, decode, documents, erase, grants,
    rights, rulings,
};

/// At `commit` the journal and the new keys are on the disk, at `committed` the former keys are still to be destroyed.
pub(super) const POINTS: CrashPoints = CrashPoints {
    begin: "erase.begin",
    commit: "erase.commit",
    committed: "erase.committed",
};

/// A record that was moved to another case, and whose content still lies in the wrong one (C4).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Misfiled {
    /// The case where it does not belong.
    pub case: CaseId,
    /// The record.
    pub record: CommandId,
    /// Who asked for the move.
    pub asked_by: PersonId,
    /// Who could read it in the wrong case.
    pub readers: BTreeSet<PersonId>,
}

impl From<CannotRewrite> for RightsRefusal {
    fn from(code: CannotRewrite) -> Self {
        match code {
            CannotRewrite::NothingToErase => Self::NothingToErase,
            CannotRewrite::PartOfText => Self::PartOfText,
            CannotRewrite::FieldNeeded => Self::FieldNeeded,
            CannotRewrite::HoldsDecision => Self::HoldsDecision,
        }
    }
}

/// Why an erasure was not carried out; nothing of it stays.
pub(super) enum NotErased {
    Refused(RightsRefusal),
    Broken(StoreError),
}

impl From<StoreError> for NotErased {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl From<RightsRefusal> for NotErased {
    fn from(code: RightsRefusal) -> Self {
        Self::Refused(code)
    }
}

impl From<Stop> for NotErased {
    fn from(stop: Stop) -> Self {
        match stop {
            Stop::Cannot(code) => Self::Refused(code.into()),
            Stop::Broken(error) => Self::Broken(error),
        }
    }
}

impl Engine {
    /// Records that were moved and taken over, and whose content still lies in the wrong case: proposals for whoever decides on
    /// erasures.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn misfiled(&self, institution: &InstitutionId) -> Result<Vec<Misfiled>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut misfiled = Vec::new();
        let mut after = None;
        loop {
            let cases = rulings::cases(&db, tenant, after, 512)?;
            let Some(last) = cases.last() else {
                return Ok(misfiled);
            };
            after = Some(*last);
            for case in cases {
                misfiled.extend(misfiled_in(&db, tenant, case)?);
            }
        }
    }

    /// Erases what nothing keeps, in one transaction, and judges the case anew. Gives the row of the last checkpoint.
    pub(super) fn erase(
        &mut self,
        tenant: Tenant,
        case: CaseId,
        (scope, reason): (&ErasureScope, RemovalReason),
        now: Timestamp,
        decide: impl FnOnce(&Db, ServerSeq) -> Result<(), StoreError>,
    ) -> Result<Result<ServerSeq, RightsRefusal>, EngineError> {
        let done = self.store.transact(Some(POINTS), |db| {
            let erased = attempt(db, || {
                let at = carry_out(db, tenant, case, (scope, reason), now)?;
                decide(db, at)?;
                Ok(at)
            });
            match erased {
                Ok(at) => Ok(Ok(at)),
                Err(NotErased::Refused(code)) => Ok(Err(code)),
                Err(NotErased::Broken(error)) => Err(error),
            }
        })?;
        if done.is_ok() {
            self.store.shred_due()?;
            self.rule(now)?;
            // What was deleted must not stay in the write-ahead log either.
            self.store.truncate_wal()?;
        }
        Ok(done)
    }

    /// Whether nothing keeps the case (LK3.md section 11): no legal process, and for all of a case or a document no time that it
    /// has to be kept.
    pub(super) fn may_erase(
        &self,
        tenant: Tenant,
        case: CaseId,
        (scope, reason): (&ErasureScope, RemovalReason),
        now: Timestamp,
    ) -> Result<Result<(), RightsRefusal>, EngineError> {
        let db = self.store.db();
        if !rights::holds(&db, tenant, case)?.is_empty() {
            return Ok(Err(RightsRefusal::LegalHold));
        }
        let is_whole = match scope {
            ErasureScope::Case => true,
            // What goes into a stricter class is not lost: its author has it there.
            ErasureScope::Document(_) => reason != RemovalReason::Reclassified,
            ErasureScope::Records(_) | ErasureScope::Fields(_, _) => false,
        };
        if !is_whole {
            return Ok(Ok(()));
        }
        let profile = self.library.current(&db, tenant)?;
        let zone = profile.institution.zone;
        let kept = kept_case(&db, tenant, case, zone)?;
        let today = now.to_utc().with_timezone(&zone).date_naive();
        let is_over = profile
            .retention
            .kept_until(&kept)
            .is_some_and(|until| until <= today);
        Ok(if is_over {
            Ok(())
        } else {
            Err(RightsRefusal::RetentionRuns)
        })
    }
}

/// What retention asks of a case, as local dates of the institution.
pub(super) fn kept_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    zone: chrono_tz::Tz,
) -> Result<KeptCase, StoreError> {
    let local = |at: Timestamp| at.to_utc().with_timezone(&zone).date_naive();
    let state: Option<CaseState> = rulings::state(db, tenant, case)?;
    let entries = case_log(db, tenant, case)?;
    let told = facts_told(&entries);
    let born = told.identity.get(&LegalField::BirthDate);
    let born = born.into_iter().flatten();
    let sessions = state.iter().flat_map(|state| &state.sessions);
    let held = sessions.filter_map(|id| entries.iter().find(|entry| entry.entry.id == *id));
    Ok(KeptCase {
        opened: entries.first().map(|entry| local(entry.at())),
        ended: state.as_ref().and_then(|state| state.ended_at).map(local),
        // Of several birth dates the latest counts: it keeps for longest.
        born: born.filter_map(|value| value.as_str().parse().ok()).max(),
        last_session: held.map(|entry| local(entry.at())).max(),
    })
}

fn carry_out(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    (scope, reason): (&ErasureScope, RemovalReason),
    now: Timestamp,
) -> Result<ServerSeq, NotErased> {
    let all = documents::list(db, tenant, Some(case))?;
    let mut removal = Removal::default();
    let mut targets: BTreeSet<DocumentId> = BTreeSet::new();
    match scope {
        ErasureScope::Case => {
            removal.all = Some(reason);
            removal.is_case = true;
            targets.extend(all.iter().map(|row| row.id));
        }
        ErasureScope::Document(key) => {
            removal.all = Some(reason);
            targets.extend(all.iter().map(|row| row.id).filter(|id| *id == key.id()));
        }
        ErasureScope::Records(ids) => {
            let ids = &with_attachments(db, tenant, case, ids)?;
            removal.commands = ids.iter().map(|id| (*id, reason)).collect();
            targets.extend(documents_of(db, tenant, ids, &all)?);
        }
        ErasureScope::Fields(id, names) => {
            removal.fields = BTreeMap::from([(*id, names.iter().cloned().collect())]);
            targets.extend(documents_of(db, tenant, &[*id], &all)?);
        }
    }
    if removal.is_case {
        end_all(db, tenant, case, now)?;
    }
    let mut last = None;
    for document in targets {
        match rewrite(db, tenant, document, &removal, now) {
            Ok(at) => last = Some(at),
            // One of several documents may hold nothing of it.
            Err(Stop::Cannot(CannotRewrite::NothingToErase)) => {}
            Err(stop) => return Err(stop.into()),
        }
    }
    let last = match last {
        Some(last) => last,
        None => done_before(db, tenant, scope, &all)?.ok_or(RightsRefusal::NothingToErase)?,
    };
    if removal.is_case {
        erase::destroy_beside_case(db, tenant, case)?;
    }
    Ok(last)
}

/// Records, and what is attached to them: a photo goes with the record that it belongs to.
fn with_attachments(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    ids: &[CommandId],
) -> Result<Vec<CommandId>, StoreError> {
    let mut all = ids.to_vec();
    for blob in blobs::list(db, tenant, Some(case))? {
        let Some(stored) = commands::get(db, tenant, blob.command)? else {
            continue;
        };
        let entry = CommandEntry::from_records(stored.id, case, stored.kind, stored.records);
        let Ok(entry) = entry else { continue };
        let target = attachment::of_entry(&entry).map(|attach| attach.target);
        if target.is_some_and(|target| ids.contains(&target)) && !all.contains(&blob.command) {
            all.push(blob.command);
        }
    }
    Ok(all)
}

/// The row that erased all of it before: a restore may have forgotten the decision, and not the erasure.
fn done_before(
    db: &Db,
    tenant: Tenant,
    scope: &ErasureScope,
    all: &[documents::DocumentRow],
) -> Result<Option<ServerSeq>, StoreError> {
    let of_documents = |is_target: &dyn Fn(&documents::DocumentRow) -> bool| {
        let mut last = None;
        for row in all.iter().filter(|row| is_target(row)) {
            match erase::epoch_of(db, tenant, row.id)? {
                Some((_, at)) if row.heads.is_empty() => last = last.max(Some(at)),
                Some(_) | None => return Ok(None),
            }
        }
        Ok(last)
    };
    match scope {
        ErasureScope::Case => of_documents(&|_| true),
        ErasureScope::Document(key) => of_documents(&|row| row.key == *key),
        ErasureScope::Records(ids) => {
            let mut last = None;
            for id in ids {
                match erase::erased_at(db, tenant, *id)? {
                    Some(at) => last = last.max(Some(at)),
                    None => return Ok(None),
                }
            }
            Ok(last)
        }
        ErasureScope::Fields(id, _) => erase::erased_at(db, tenant, *id),
    }
}

/// The documents of a case in which these commands wrote.
fn documents_of(
    db: &Db,
    tenant: Tenant,
    ids: &[CommandId],
    all: &[documents::DocumentRow],
) -> Result<BTreeSet<DocumentId>, StoreError> {
    let mut found = BTreeSet::new();
    for row in all {
        for name in documents::record_keys(db, tenant, row.id)? {
            let id: Option<CommandId> = name.split_once('/').and_then(|(_, id)| id.parse().ok());
            if id.is_some_and(|id| ids.contains(&id)) {
                found.insert(row.id);
            }
        }
    }
    Ok(found)
}

/// Ends every grant that is of this case alone.
pub(super) fn end_all(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    now: Timestamp,
) -> Result<(), StoreError> {
    for grant in grants::of_case(db, tenant, case)? {
        match grant.row.scope {
            jangkau_core::sync::GrantScope::Case(_) => end(db, tenant, &grant, now)?,
            jangkau_core::sync::GrantScope::Institution => {}
        }
    }
    Ok(())
}

/// The records of a case that were moved away and taken over, and are still here.
pub(super) fn misfiled_in(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Vec<Misfiled>, StoreError> {
    let mut misfiled = Vec::new();
    for stored in commands::of_case(db, tenant, case)? {
        let verdict: Option<Verdict> = stored.verdict.as_deref().map(decode).transpose()?;
        if verdict != Some(Verdict::Committed) {
            continue;
        }
        let entry = CommandEntry::from_records(stored.id, case, stored.kind, stored.records);
        let Ok(entry) = entry else { continue };
        let Command::MoveRecord(moved) = &entry.command else {
            continue;
        };
        let is_here = !erase::is_erased(db, tenant, moved.record)?;
        if !is_here || !was_taken(db, tenant, moved.to, (case, moved.record))? {
            continue;
        }
        misfiled.push(Misfiled {
            case,
            record: moved.record,
            asked_by: stored.person,
            readers: readers_of(db, tenant, case, moved.record)?,
        });
    }
    Ok(misfiled)
}

fn was_taken(
    db: &Db,
    tenant: Tenant,
    to: CaseId,
    (from, record): (CaseId, CommandId),
) -> Result<bool, StoreError> {
    for stored in commands::of_case(db, tenant, to)? {
        let entry = CommandEntry::from_records(stored.id, to, stored.kind, stored.records);
        let Ok(entry) = entry else { continue };
        if let Command::TakeRecord(taken) = &entry.command
            && taken.from == from
            && taken.origin == record
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Who could read a record: whoever holds a class in which it stands.
pub(super) fn readers_of(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    record: CommandId,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let Some(stored) = commands::get(db, tenant, record)? else {
        return Ok(BTreeSet::new());
    };
    let mut readers = BTreeSet::from([stored.person]);
    for grant in grants::of_case(db, tenant, case)? {
        let holds = stored.records.iter().any(|placed| {
            grant.row.gives_class(case, placed.class) && !placed.class.is_by_author()
        });
        if holds {
            readers.insert(grant.row.person);
        }
    }
    Ok(readers)
}
