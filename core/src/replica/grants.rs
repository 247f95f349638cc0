//! What this person may hold, and letting go of it.
//!
//! A case is *unswept* while something may have to go: a grant came or ended, or a document came that no grant was
//! compared with. Only unswept cases are gone through, so that an exchange costs what changed.

use std::collections::BTreeSet;

use super::exchange::{to_stored, unpack_stored};
use super::{Replica, ReplicaError, SeatState};
use crate::class::{Class, Compartment, DocumentKey};
use crate::id::{CaseId, CommandId, ServerSeq};
use crate::rules::{CaseLinks, Verdict};
use crate::store::{DocumentRow, decode};
use crate::sync::{BackfillAt, GrantRow, GrantScope, SignedRuling, View};

/// The other cases that a ruling's connections name.
fn named_by(ruling: &SignedRuling) -> Result<BTreeSet<CaseId>, ReplicaError> {
    let body = ruling.read().map_err(|_| ReplicaError::Damaged)?;
    let links: Option<CaseLinks> = body.links.as_deref().map(decode).transpose()?;
    Ok(links.map(|links| links.cases()).unwrap_or_default())
}

impl Replica {
    /// A grant begins or ends: the cases that it is about have to be gone through.
    pub(super) fn mark_unswept(&self, scope: GrantScope) -> Result<(), ReplicaError> {
        match scope {
            GrantScope::Case(case) => self.store.mark_unswept(case)?,
            GrantScope::Institution => self.store.mark_all_unswept()?,
        }
        Ok(())
    }

    /// A grant ends. What it covered is known to be granted from now on, so that it goes.
    pub(super) fn end_grant(&mut self, seq: ServerSeq) -> Result<(), ReplicaError> {
        let Some(grant) = self.store.grant(seq)? else {
            return Ok(());
        };
        let documents = match grant.scope {
            GrantScope::Case(case) => self.store.documents_of(case)?,
            GrantScope::Institution => self.store.documents()?,
        };
        for row in documents {
            if grant.covers(&row.key) {
                self.note_granted(row)?;
            }
        }
        self.store.end_grant(seq)?;
        let case = match grant.scope {
            GrantScope::Case(case) => Some(case),
            GrantScope::Institution => None,
        };
        self.store.note_ended(seq, case)?;
        self.mark_unswept(grant.scope)
    }

    /// The server was restored to before a grant ended: it stands again, nobody says so, and what it covers is fetched again.
    pub(super) fn give_again(&self, seq: ServerSeq, grant: &GrantRow) -> Result<(), ReplicaError> {
        self.store.let_go_told(seq)?;
        self.store.put_grant(seq, grant)?;
        self.mark_unswept(grant.scope)?;
        self.fetch(seq, grant.scope)
    }

    /// Asks for what a grant covers with one of the next exchanges.
    pub(super) fn fetch(&self, grant: ServerSeq, scope: GrantScope) -> Result<(), ReplicaError> {
        let (priority, list) = match scope {
            GrantScope::Institution => (1, true),
            GrantScope::Case(_) => (0, false),
        };
        let at = BackfillAt {
            grant,
            after: None,
            list,
        };
        Ok(self.store.put_backfill(&at, priority)?)
    }

    /// A case is hidden from this person, or no longer. What is here of it goes as with any grant that ends, and with it what other
    /// cases' connections say of it; once it may be seen again, it is fetched with all else that the person holds of every case.
    pub(super) fn take_bar(&mut self, case: CaseId, on: bool) -> Result<(), ReplicaError> {
        self.store.set_bar(case, on)?;
        self.store.mark_unswept(case)?;
        if on {
            self.store.drop_notices_of(case)?;
            return self.drop_mentions(case);
        }
        for grant in self.store.wide_grants()? {
            let at = BackfillAt {
                grant,
                after: None,
                list: true,
            };
            self.store.put_backfill(&at, 1)?;
        }
        Ok(())
    }

    /// Drops the rulings in which the connections of other cases name one.
    fn drop_mentions(&self, case: CaseId) -> Result<(), ReplicaError> {
        let mut near = BTreeSet::new();
        for (_, ruling) in self.store.rulings_of(case)? {
            near.extend(named_by(&ruling)?);
        }
        for other in near {
            for (seq, ruling) in self.store.rulings_of(other)? {
                if named_by(&ruling)?.contains(&case) {
                    self.store.drop_ruling(seq)?;
                }
            }
        }
        Ok(())
    }

    /// Drops documents of unswept cases that no grant covers any more, once nothing in them waits to be sent. The
    /// envelopes of own work stay until every backup holds them.
    pub(super) fn drop_uncovered(&mut self) -> Result<(), ReplicaError> {
        if self.is_telling()? {
            return Ok(());
        }
        for case in self.store.unswept()? {
            if self.sweep(case)? {
                self.store.swept(case)?;
            }
        }
        Ok(())
    }

    /// Whether a grant covers a document now.
    pub(super) fn is_covered(&self, key: &DocumentKey) -> Result<bool, ReplicaError> {
        let grants = self.store.grants_about(key.case)?;
        Ok(grants.iter().any(|grant| grant.covers(key)))
    }

    /// Goes through the documents of a case. Gives whether all that has to go is gone.
    fn sweep(&mut self, case: CaseId) -> Result<bool, ReplicaError> {
        let may_read = self.session.state == SeatState::Active;
        let grants = if may_read {
            self.store.grants_about(case)?
        } else {
            Vec::new()
        };
        // Of a case that is hidden from this person nothing stays, whether it was ever granted or not.
        let goes_all = !may_read || self.store.barred()?.contains(&case);
        let mut is_known = grants.iter().any(|grant| grant.tells_index(case));
        let mut is_swept = true;
        let mut dropped = BTreeSet::new();
        for listed in self.store.documents_of(case)? {
            // Another of the same frame may have been dropped since, and this one moved out of it.
            let Some(row) = self.store.document(listed.key.id())? else {
                continue;
            };
            if grants.iter().any(|grant| grant.covers(&row.key)) {
                is_known = true;
                self.note_granted(row)?;
            } else if row.granted || goes_all {
                if self.store.pending_changes(row.key.id())?.is_empty() {
                    self.drop_document(&row)?;
                    self.store.let_blobs_go(case, row.key.class)?;
                    dropped.insert(row.key);
                } else {
                    is_swept = false;
                }
            }
        }
        self.drop_rulings(case, &grants)?;
        if !dropped.is_empty() {
            self.drop_from_envelopes(case, &dropped)?;
            self.drop_records(case)?;
            self.trim_blobs()?;
        }
        // Own documents that no grant ever covered stay, and those in which something waits to be sent, which may be for
        // long; what the server told of the case would grow old beside them.
        if !is_known {
            self.store.drop_case_rows(case, self.session.backed_up)?;
            if self.store.documents_of(case)?.is_empty() {
                self.store.forget_commands(case)?;
                self.store.forget_stored_of(case)?;
            }
        }
        Ok(is_swept)
    }

    /// Drops the views that no grant gives, the states and rulings of classes that none covers, and what they said of others'
    /// commands: nothing newer comes of it, and it would grow old. What speaks of own commands stays; the server goes on telling
    /// of those.
    fn drop_rulings(&self, case: CaseId, grants: &[GrantRow]) -> Result<(), ReplicaError> {
        let gives = |class: Class| grants.iter().any(|grant| grant.gives_class(case, class));
        for class in self.store.told_classes(case)? {
            if !gives(class) {
                self.store.drop_told_state(case, class)?;
            }
        }
        for kind in self.store.views(case)?.iter().map(View::kind) {
            if !grants.iter().any(|grant| grant.gives_view(case, kind)) {
                self.store.drop_view(case, kind)?;
            }
        }
        for (seq, ruling) in self.store.rulings_not_own(case)? {
            let body = ruling.read().map_err(|_| ReplicaError::Damaged)?;
            if body.class.is_none_or(gives) {
                continue;
            }
            let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
            for (command, _) in verdicts {
                self.store.drop_verdict(command)?;
            }
            self.store.drop_ruling(seq)?;
        }
        Ok(())
    }

    /// Takes documents that went out of others' envelopes, which are kept here only for a server that forgets them: their authors have
    /// them until every backup does, and so has whoever may still read them.
    fn drop_from_envelopes(
        &self,
        case: CaseId,
        dropped: &BTreeSet<DocumentKey>,
    ) -> Result<(), ReplicaError> {
        for (hash, stored) in self.store.envelopes_of_others(case)? {
            for envelope in unpack_stored(&stored)? {
                let stays = |key: &DocumentKey| !dropped.contains(key);
                match envelope.visible_to(|_, part| part.document().is_none_or(stays)) {
                    Some(less) if less == envelope => {}
                    Some(less) => self.store.set_envelope_bytes(hash, &to_stored(&less)?)?,
                    None => self.store.drop_envelope(hash)?,
                }
            }
        }
        Ok(())
    }

    /// Takes out of others' commands the records of classes of which no document is left here. A command without
    /// records goes.
    fn drop_records(&self, case: CaseId) -> Result<(), ReplicaError> {
        let (documents, person) = (self.store.documents_of(case)?, self.person());
        let is_apart = |key: &DocumentKey| key.compartment == Compartment::Author(person);
        let held: BTreeSet<Class> = documents.iter().map(|row| row.key.class).collect();
        let shared = documents.iter().filter(|row| !is_apart(&row.key));
        let shared: BTreeSet<Class> = shared.map(|row| row.key.class).collect();
        for mut row in self.store.commands_of(case)? {
            let known = row.records.len();
            // What others wrote never stands in this person's own documents.
            let held = if row.author == person { &held } else { &shared };
            row.records.retain(|record| held.contains(&record.class));
            if row.own || row.records.len() == known {
                continue;
            }
            if row.records.is_empty() {
                self.store.forget_command(row.id)?;
            } else {
                self.store.put_command(&row)?;
            }
        }
        Ok(())
    }

    fn note_granted(&mut self, mut row: DocumentRow) -> Result<(), ReplicaError> {
        if row.granted {
            return Ok(());
        }
        row.granted = true;
        self.store.put_document(&row)?;
        self.loaded.remove(&row.key.id());
        Ok(())
    }

    /// The seat was retired: what is left goes out, what is held goes.
    pub(super) fn retire(&mut self) -> Result<(), ReplicaError> {
        self.session.state = SeatState::Retired;
        self.store.drop_notices()?;
        self.store.mark_all_unswept()?;
        self.drop_uncovered()
    }
}
