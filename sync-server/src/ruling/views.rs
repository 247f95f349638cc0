//! Telling views: rows for those who may not hold the documents of a case, derived from what was judged.

use std::collections::BTreeMap;

use jangkau_core::grant::views_told;
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::rules::{Judgement, LogEntry, Verdict, view_of};
use jangkau_core::sync::{Row, View, ViewRow};

use super::Bench;
use crate::store::log::{self, Heading};
use crate::store::{StoreError, views};

impl Bench<'_> {
    /// Tells what is news of each kind of view that anybody here may be told. A replay of the log comes to the same.
    pub(super) fn tell_views(
        &self,
        case: CaseId,
        entries: &[LogEntry],
        judgement: &Judgement,
    ) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let profile = self.library.current(db, tenant)?;
        let verdicts: BTreeMap<CommandId, Verdict> = judgement.verdicts.iter().cloned().collect();
        for kind in views_told(&profile) {
            let Some(view) = view_of(kind, entries, &verdicts, &judgement.state) else {
                continue;
            };
            let known = views::last(db, tenant, case, kind)?;
            let known = known.map(|told| told.1).or_else(|| View::nothing(kind));
            if known.as_ref() == Some(&view) {
                continue;
            }
            let row = ViewRow { case, view };
            let heading = Heading {
                case: Some(case),
                ..Heading::default()
            };
            let at = log::append(db, tenant, &Row::View(row.clone()), &heading, self.now)?;
            views::put(db, tenant, at, (case, &row.view))?;
        }
        Ok(())
    }
}
