//! Which cases an answer says something of: for whoever shows them. It says so of a row too many rather than of one too few.

use std::collections::BTreeSet;

use super::{Replica, ReplicaError, Synced};
use crate::id::{CaseId, CommandId};
use crate::sync::{GrantScope, Row, SyncReply, WireRow};

impl Replica {
    /// Notes what an answer's rows and answers are about, as far as no document tells it.
    pub(super) fn note_changes(
        &self,
        reply: &SyncReply,
        synced: &mut Synced,
    ) -> Result<(), ReplicaError> {
        synced.everything |= reply.era.number > self.session.cursor.era;
        let answers = reply.answers.iter().chain(&reply.settled).flatten();
        let answered: Vec<CommandId> = answers.map(|answer| answer.command).collect();
        synced.cases.extend(self.cases_of(&answered)?);
        let backfills = [&reply.backfill, &reply.resent].into_iter().flatten();
        let mut rulings = Vec::new();
        let mut rows: Vec<&WireRow> = reply.page.rows.iter().collect();
        for backfill in backfills {
            rows.extend(&backfill.rows);
            rulings.extend(backfill.rulings.iter().map(|(_, ruling)| ruling));
        }
        for row in rows {
            match &row.row {
                Row::Ruling(ruling) => rulings.push(ruling),
                Row::View(view) => _ = synced.cases.insert(view.case),
                Row::Bar(case, _) => {
                    synced.cases.insert(*case);
                    synced.everything = true;
                }
                Row::Stored(case, _, _) => _ = synced.cases.insert(*case),
                Row::Notice(notice) => _ = synced.cases.insert(notice.case),
                Row::Grant(grant) => match grant.scope {
                    GrantScope::Case(case) => _ = synced.cases.insert(case),
                    GrantScope::Institution => synced.everything = true,
                },
                Row::GrantEnd(_)
                | Row::Staff(_)
                | Row::Profile(_)
                | Row::Calendar(_)
                | Row::Seat(_, _) => synced.everything = true,
                // Their documents tell it.
                Row::Commands(_) | Row::Own(_, _) | Row::Epoch(_) => {}
            }
        }
        // What does not read is refused where it is taken.
        let bodies = rulings.iter().filter_map(|ruling| ruling.read().ok());
        synced.cases.extend(bodies.map(|body| body.case));
        Ok(())
    }

    /// The cases of these commands, as far as they are here.
    pub(super) fn cases_of(
        &self,
        commands: &[CommandId],
    ) -> Result<BTreeSet<CaseId>, ReplicaError> {
        let mut cases = BTreeSet::new();
        for id in commands {
            cases.extend(self.store.command(*id)?.map(|row| row.case));
        }
        Ok(cases)
    }
}
