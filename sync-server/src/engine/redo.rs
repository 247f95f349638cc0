//! Carrying erasures out again that a database does not know, since an older one was put back.

use std::collections::BTreeMap;

use jangkau_core::id::CaseId;
use jangkau_core::time::Timestamp;

use super::erase::{POINTS, end_all};
use super::{Engine, EngineError, Eras};
use crate::rewrite::journal::{Forgotten, forgotten};
use crate::store::institutions::{self, InstitutionRow};
use crate::store::{Db, StoreError, erase};

impl Engine {
    /// Carries every erasure out again that the journal has and the database has not: then an older one was put back. Where nobody
    /// said so, a new era begins first, since devices know rows that the log has no more. Asked again, it goes on where it
    /// stopped; there is nothing to do for a database that was not put back. Gives the number of documents.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn redo_erasures(&mut self, now: Timestamp) -> Result<usize, EngineError> {
        let mut redone = 0;
        let institutions = institutions::all(&self.store.db())?;
        for institution in institutions {
            let cases = by_case(forgotten(&self.store.db(), institution.tenant)?);
            if cases.is_empty() {
                continue;
            }
            if !has_begun_era(&self.store.db(), &institution)? {
                tracing::warn!("the database is older than an erasure; it is taken as restored");
                self.new_era(&Eras::new(), now)?;
            }
            for (case, all) in cases {
                // Each case is judged before the next: a replay begins to judge after the last checkpoint.
                self.rule(now)?;
                self.store.transact(Some(POINTS), |db| {
                    redo_case(db, &institution, (case, &all), now)
                })?;
                redone += all.len();
            }
        }
        if redone > 0 {
            self.rule(now)?;
            self.store.truncate_wal()?;
            tracing::warn!(documents = redone, "erased again after a restore");
        }
        Ok(redone)
    }
}

/// Erasures by case; the cases in the order of their first one.
fn by_case(all: Vec<Forgotten>) -> Vec<(CaseId, Vec<Forgotten>)> {
    let mut order: Vec<CaseId> = Vec::new();
    let mut cases: BTreeMap<CaseId, Vec<Forgotten>> = BTreeMap::new();
    for one in all {
        let case = one.case();
        if !order.contains(&case) {
            order.push(case);
        }
        cases.entry(case).or_default().push(one);
    }
    let take = |case| cases.remove(&case).map(|all| (case, all));
    order.into_iter().filter_map(take).collect()
}

/// Whether nothing was appended since the log's last era began.
fn has_begun_era(db: &Db, institution: &InstitutionRow) -> Result<bool, StoreError> {
    let head = institutions::get(db, institution.tenant)?.head;
    let restores = institutions::restores(db, institution.tenant)?;
    Ok(restores.last().is_some_and(|(kept, _)| *kept == head))
}

fn redo_case(
    db: &Db,
    institution: &InstitutionRow,
    (case, all): (CaseId, &[Forgotten]),
    now: Timestamp,
) -> Result<(), StoreError> {
    let tenant = institution.tenant;
    let is_case = all.iter().any(Forgotten::is_case);
    if is_case {
        end_all(db, tenant, case, now)?;
    }
    for one in all {
        one.redo(db, tenant, now)?;
    }
    if is_case {
        erase::destroy_beside_case(db, tenant, case)?;
    }
    Ok(())
}
