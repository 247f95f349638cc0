//! What may not be read any more although its bytes are still here: a case that is hidden from this person, until what they recorded in it is
//! delivered; and what came by broken glass whose time is over. The bytes go with the row that
//! ends the grant; a device that is offline locks by its clock, and never before the latest that the server's clock has shown.

use std::collections::BTreeSet;

use super::{Replica, ReplicaError};
use crate::class::Class;
use crate::id::CaseId;
use crate::sync::GrantRow;
use crate::time::Timestamp;

/// What of a case is locked.
#[derive(Debug, Default)]
pub(super) struct Locked {
    classes: BTreeSet<Class>,
    whole: bool,
    barred: bool,
}

impl Locked {
    /// Whether documents of a class are closed.
    pub(super) fn hides(&self, class: Class) -> bool {
        self.barred || self.classes.contains(&class)
    }

    /// Whether nothing that the server told of the case may be read.
    pub(super) const fn is_whole(&self) -> bool {
        self.whole || self.barred
    }
}

impl Replica {
    /// Tells the vault what the device's clock shows; whoever reads without saying when, reads as of the last call.
    pub fn tick(&self, now: Timestamp) {
        self.clock.set(Some(now));
    }

    /// Tells the vault the device's zone, by its name in the zone database.
    pub fn note_zone(&self, name: &str) {
        self.zone.set(name.parse().ok());
    }

    /// Measures the device's clock by the server's.
    pub(super) fn note_clock(&mut self, server: Timestamp, now: Timestamp) {
        self.tick(now);
        self.session.clock_offset_ms = Some(now.millis_since(server));
        self.note_server_time(server);
    }

    /// The time by which grants end here: the device's clock as last measured, and never before what the server's has shown.
    pub(super) fn reading_time(&self) -> Option<Timestamp> {
        let ahead_ms = self.session.clock_offset_ms.unwrap_or(0);
        let now = self.clock.get().map(|now| now.plus_millis(-ahead_ms));
        now.max(self.server_time())
    }

    /// What of a case is locked now.
    pub(super) fn locked(&self, case: CaseId) -> Result<Locked, ReplicaError> {
        if self.store.barred()?.contains(&case) {
            return Ok(Locked {
                barred: true,
                ..Locked::default()
            });
        }
        let Some(now) = self.reading_time() else {
            return Ok(Locked::default());
        };
        if !self.store.cases_timed_out(now)?.contains(&case) {
            return Ok(Locked::default());
        }
        let (over, open): (Vec<GrantRow>, Vec<GrantRow>) = self
            .store
            .grants_about(case)?
            .into_iter()
            .partition(|grant| grant.is_over(now));
        let open_classes: BTreeSet<Class> = open
            .iter()
            .flat_map(|grant| &grant.classes)
            .copied()
            .collect();
        let closed = over.into_iter().flat_map(|grant| grant.classes);
        Ok(Locked {
            classes: closed
                .filter(|class| !open_classes.contains(class))
                .collect(),
            whole: !open.iter().any(|grant| grant.tells_index(case)),
            barred: false,
        })
    }

    /// The cases of which nothing that the server told may be read.
    pub(super) fn locked_whole(&self) -> Result<Vec<CaseId>, ReplicaError> {
        let mut whole = self.store.barred()?;
        let Some(now) = self.reading_time() else {
            return Ok(whole);
        };
        for case in self.store.cases_timed_out(now)? {
            if self.locked(case)?.is_whole() {
                whole.push(case);
            }
        }
        Ok(whole)
    }
}
