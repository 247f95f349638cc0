//! Proof that a device let go: of what an ended grant had covered, or of everything.

use jangkau_core::sync::{AuditKind, SeatStatus};
use jangkau_core::time::Timestamp;

use crate::audit::{Actor, AuditEntry};
use crate::door::Authenticated;
use crate::store::{Db, StoreError, audit, delivery, grants};

/// Most ended grants that one request speaks of; the rest comes with the next.
const DROPPED_MAX: usize = 256;

/// Takes what a device says that it let go of. What it only says without having held it changes nothing.
pub(super) fn take(db: &Db, asked: &Authenticated, now: Timestamp) -> Result<(), StoreError> {
    let tenant = asked.institution().tenant;
    let (person, seat) = (asked.seat().person, asked.seat().id);
    let proof = |count| AuditEntry {
        seat: Some(seat),
        count,
        ..AuditEntry::new(AuditKind::Wiped, Actor::Person(person), now)
    };
    for grant in asked.request().dropped.iter().flatten().take(DROPPED_MAX) {
        grants::dropped(db, tenant, person, *grant)?;
        if delivery::let_go(db, tenant, (person, seat), *grant)? {
            audit::append(db, tenant, proof(Some(grant.get())))?;
        }
    }
    let left = asked.request().trust.and_then(|trust| trust.left);
    let Some(left) = left.filter(|_| asked.seat().status == SeatStatus::Retired) else {
        return Ok(());
    };
    let is_new = if left == 0 {
        delivery::wiped(db, tenant, seat, now)?
    } else {
        delivery::emptied(db, tenant, seat, left)?
    };
    if is_new {
        audit::append(db, tenant, proof(None))?;
    }
    Ok(())
}
