//! What waits for what it depends on: trying it again, and saying what has become of it.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::sync::Seen;
use jangkau_core::time::Timestamp;

use super::POINTS;
use super::record::{Record, append_row};
use super::turned::turn;
use crate::admission::{Admission, Known, Road, admit, vouch};
use crate::library::Library;
use crate::store::commands::Reception;
use crate::store::institutions::Tenant;
use crate::store::{Db, Store, StoreError, commands, shelf};

/// What has become of a person's command that waited. Of others' it says nothing.
pub(crate) fn settle(
    db: &Db,
    tenant: Tenant,
    command: CommandId,
    person: PersonId,
) -> Result<Seen, StoreError> {
    let stored = commands::get(db, tenant, command)?;
    if let Some(stored) = stored.filter(|stored| stored.person == person) {
        return Ok(Seen::Admitted(stored.seq));
    }
    if shelf::is_waiting(db, tenant, command)? {
        return Ok(Seen::Waiting);
    }
    let code = shelf::turned_reason(db, tenant, command, person)?;
    Ok(code.map_or(Seen::Waiting, Seen::TurnedAway))
}

/// Tries again what waits in these cases, until nothing moves any more.
pub(super) fn retry(
    known: &Known<'_>,
    cases: &mut BTreeSet<CaseId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    while let Some(case) = cases.pop_first() {
        for waiting in shelf::waiting(known.db, known.tenant, case)? {
            let envelope = &waiting.envelope;
            let institution = &envelope.head.institution;
            let vouched = vouch(known, institution, waiting.pusher, Road::Again, envelope)?;
            let Some(head) = envelope.commands.first() else {
                continue;
            };
            let Ok(signer) = vouched else { continue };
            match admit(known, &signer, Road::Again, envelope, head)? {
                Admission::Admitted(admitted) => {
                    let received = Reception {
                        at: now,
                        clock_offset_ms: waiting.clock_offset_ms,
                    };
                    let mut record = Record::new(known, &signer, envelope, received);
                    record.take(&admitted)?;
                    append_row(known, record)?;
                }
                Admission::Duplicate(_) => {}
                Admission::Waiting => continue,
                Admission::TurnedAway(code) => turn(known, &signer, envelope, head, code, now)?,
            }
            shelf::stop_waiting(known.db, waiting.number)?;
            cases.insert(case);
        }
    }
    Ok(())
}

/// Tries again what waits in these cases, after decisions that gave grants.
pub(crate) fn retry_cases(
    store: &Store,
    library: &Library,
    cases: BTreeMap<Tenant, BTreeSet<CaseId>>,
    now: Timestamp,
) -> Result<(), StoreError> {
    store.transact(Some(POINTS), |db| {
        for (tenant, mut cases) in cases {
            retry(
                &Known {
                    db,
                    tenant,
                    library,
                },
                &mut cases,
                now,
            )?;
        }
        Ok(())
    })
}
