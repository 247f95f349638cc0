//! What this person may hold, and letting go of it.

use super::{Replica, ReplicaError, SeatState};
use crate::class::{Compartment, DocumentKey};
use crate::id::PersonId;
use crate::sync::{GrantRow, GrantScope};

/// Whether a grant covers a document.
fn covers(grant: &GrantRow, key: &DocumentKey, person: PersonId) -> bool {
    let in_scope = match grant.scope {
        GrantScope::Case(case) => case == key.case,
        GrantScope::Institution => true,
    };
    let in_compartment = match key.compartment {
        Compartment::Shared => true,
        Compartment::Author(author) => author == person,
    };
    in_scope && in_compartment && grant.classes.contains(&key.class)
}

impl Replica {
    /// Drops documents that no grant covers any more, once nothing in them waits to be sent. The envelopes of own work
    /// stay until every backup holds them.
    pub(super) fn drop_uncovered(&mut self) -> Result<(), ReplicaError> {
        let is_telling = !self.store.forgotten_envelopes(1)?.is_empty()
            || !self.store.forgotten_rulings(1)?.is_empty();
        if is_telling {
            return Ok(());
        }
        let grants = match self.session.state {
            SeatState::Active => self.store.grants()?,
            SeatState::Retired | SeatState::Locked => Vec::new(),
        };
        let person = self.person();
        for mut row in self.store.documents()? {
            if grants.iter().any(|grant| covers(grant, &row.key, person)) {
                if !row.granted {
                    row.granted = true;
                    self.store.put_document(&row)?;
                    self.loaded.remove(&row.key.id());
                }
                continue;
            }
            let is_lost = row.granted || self.session.state != SeatState::Active;
            if is_lost && self.store.pending_changes(row.key.id())?.is_empty() {
                self.drop_document(&row)?;
                self.drop_case_without_documents(&row.key, &grants)?;
            }
        }
        Ok(())
    }

    fn drop_case_without_documents(
        &mut self,
        key: &DocumentKey,
        grants: &[GrantRow],
    ) -> Result<(), ReplicaError> {
        let is_listed = grants.iter().any(|grant| match grant.scope {
            GrantScope::Case(case) => case == key.case,
            GrantScope::Institution => true,
        });
        if !is_listed && self.store.documents_of(key.case)?.is_empty() {
            self.store.drop_case_rows(key.case)?;
            self.store.forget_commands(key.case)?;
        }
        Ok(())
    }

    /// The seat was retired: what is left goes out, what is held goes.
    pub(super) fn retire(&mut self) -> Result<(), ReplicaError> {
        self.session.state = SeatState::Retired;
        self.drop_uncovered()
    }
}
