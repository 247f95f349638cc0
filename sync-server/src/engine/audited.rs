//! The audit chain at the engine's doors: what an answer tells is entered before it goes out, and the chain is shown and checked.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, InstitutionId, LogEra, PersonId, SeatId};
use jangkau_core::sync::{
    AdminAct, AuditHead, AuditStanding, Refused, RefusedReply, SyncReply, encode_body,
};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::audit::{self, AuditEntry, Noted, Verified};
use crate::door::Authenticated;
use crate::store::institutions::{self, Tenant};
use crate::store::{Db, StoreError, audit as kept, decode, delivery};

/// Entries that are read in one step.
const STEP: u32 = 1_024;

/// Most entries that are listed at once, the newest: what somebody can read.
const LISTED_MAX: usize = 10_000;

/// What one device is told, and what the audit chain has to say of it.
pub(super) struct Told {
    said: Result<Vec<u8>, RefusedReply>,
    noting: Option<Noting>,
}

/// What is to be entered before an answer goes out.
struct Noting {
    tenant: Tenant,
    who: (PersonId, SeatId),
    /// What is said instead when it cannot be entered.
    instead: RefusedReply,
    reads: Vec<AuditEntry>,
    /// What of which cases goes to the device.
    brought: BTreeSet<(CaseId, Class)>,
    dispute: Option<(AuditHead, AuditStanding)>,
}

impl Told {
    pub(super) const fn refused(reply: RefusedReply) -> Self {
        Self {
            said: Err(reply),
            noting: None,
        }
    }

    /// An answer, with the confidential documents that it brings and what the device remembers that is not in the chain.
    pub(super) fn of(asked: &Authenticated, reply: &SyncReply, now: Timestamp) -> Self {
        let who = (asked.seat().person, asked.seat().id);
        let remembered = asked.request().trust.and_then(|trust| trust.head);
        let standing = reply.trust.as_ref().and_then(|trust| trust.standing);
        let brought = audit::brought(reply);
        let noting = Noting {
            tenant: asked.institution().tenant,
            who,
            instead: RefusedReply {
                code: Refused::Later,
                nonce: Some(reply.nonce),
            },
            reads: audit::reads(&brought, who, now),
            brought: brought.iter().map(|key| (key.case, key.class)).collect(),
            dispute: remembered.zip(standing),
        };
        Self {
            said: Ok(encode_body(reply)),
            noting: Some(noting),
        }
    }
}

impl Noting {
    /// Whether there is anything to enter: an exchange that brings nothing new to know of writes nothing.
    fn is_due(&self, db: &Db) -> Result<bool, StoreError> {
        if !self.reads.is_empty() || self.dispute.is_some() {
            return Ok(true);
        }
        for one in &self.brought {
            if !delivery::is_known(db, self.tenant, self.who.1, *one)? {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether the answer brings documents: only such a one is held back when nothing can be entered.
    fn brings_anything(&self) -> bool {
        !self.brought.is_empty()
    }

    fn enter(&self, db: &Db, now: Timestamp) -> Result<(), StoreError> {
        for read in &self.reads {
            kept::append(db, self.tenant, read.clone())?;
        }
        for one in &self.brought {
            delivery::add(db, self.tenant, self.who.1, *one)?;
        }
        let Some((remembered, standing)) = self.dispute else {
            return Ok(());
        };
        let is_fork = standing == AuditStanding::Forked;
        let seat = self.who.1;
        if kept::dispute(db, self.tenant, seat, remembered, (is_fork, now))?
            && let Some(entry) = AuditEntry::disputed(self.who, remembered, standing, now)
        {
            tracing::warn!(%seat, %standing, "a device remembers what the audit chain does not hold");
            kept::append(db, self.tenant, entry)?;
        }
        Ok(())
    }
}

impl Engine {
    /// Enters what a group of answers tells, in one commit, before they go out. Nobody is sent what could not be entered.
    pub(super) fn note_told(
        &self,
        told: Vec<Told>,
        now: Timestamp,
    ) -> Result<Vec<Result<Vec<u8>, RefusedReply>>, EngineError> {
        let entered = self.enter_told(&told, now);
        let is_entered = match entered {
            Ok(()) => true,
            Err(error @ StoreError::PowerLost(_)) => return Err(error.into()),
            Err(error) => {
                tracing::error!(%error, "what was to be sent could not be entered in the audit chain");
                false
            }
        };
        let answers = told.into_iter().map(|one| match one.noting {
            Some(noting) if !is_entered && noting.brings_anything() => Err(noting.instead),
            Some(_) | None => one.said,
        });
        Ok(answers.collect())
    }

    fn enter_told(&self, told: &[Told], now: Timestamp) -> Result<(), StoreError> {
        let mut due = Vec::new();
        for noting in told.iter().filter_map(|one| one.noting.as_ref()) {
            if noting.is_due(&self.store.db())? {
                due.push(noting);
            }
        }
        if due.is_empty() {
            return Ok(());
        }
        self.store.transact(None, |db| {
            due.iter().try_for_each(|noting| noting.enter(db, now))
        })
    }

    /// Enters something that another room did: an export, a print, a sign-in, a look in an emergency.
    ///
    /// # Errors
    /// [`EngineError`]; then it must not be done.
    pub fn note(
        &mut self,
        institution: &InstitutionId,
        noted: &Noted<'_>,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let row = self.institution(institution)?;
        let entry = noted.entry(&row.server_key, now);
        self.enter(row.tenant, entry)
    }

    /// Enters in every chain that a backup is taken.
    ///
    /// # Errors
    /// [`EngineError`]; then it must not be taken.
    pub(crate) fn note_backup(&mut self, now: Timestamp) -> Result<(), EngineError> {
        let all = institutions::all(&self.store.db())?;
        let act = AuditEntry::act(AdminAct::BackUp, now);
        all.into_iter()
            .try_for_each(|row| self.enter(row.tenant, act.clone()))
    }

    /// Appends one entry in a transaction of its own.
    pub(super) fn enter(&self, tenant: Tenant, entry: AuditEntry) -> Result<(), EngineError> {
        self.store
            .transact(None, |db| kept::append(db, tenant, entry))?;
        Ok(())
    }

    /// Walks an institution's audit chain and holds it against the log.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn verify_audit(&self, institution: &InstitutionId) -> Result<Verified, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(audit::verify(&self.store.db(), tenant)?)
    }

    /// Where the audit chain ends.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn audit_head(&self, institution: &InstitutionId) -> Result<AuditHead, EngineError> {
        let row = self.institution(institution)?;
        let (number, hash) = kept::last(&self.store.db(), &row)?;
        Ok(audit::head_of(number, &hash))
    }

    /// Whether a head that somebody remembers is in the chain; `era` is the log's era of which they knew.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn audit_standing(
        &self,
        institution: &InstitutionId,
        era: LogEra,
        remembered: AuditHead,
    ) -> Result<AuditStanding, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(audit::standing(&self.store.db(), tenant, era, remembered)?)
    }

    /// The entries from an instant on, in the order of the chain; of more than ten thousand the newest.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn audit_entries(
        &self,
        institution: &InstitutionId,
        since: Timestamp,
    ) -> Result<Vec<AuditEntry>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut found: Vec<AuditEntry> = Vec::new();
        let mut number = 0;
        loop {
            let step = kept::after(&db, tenant, number, STEP)?;
            let Some(last) = step.last() else {
                return Ok(found);
            };
            number = last.0;
            for (_, bytes, _) in &step {
                let entry: AuditEntry = decode(bytes)?;
                if entry.at >= since {
                    found.push(entry);
                }
            }
            let surplus = found.len().saturating_sub(LISTED_MAX);
            found.drain(..surplus);
        }
    }

    /// The seats that remember what the chain does not hold any more, with the numbers of the entries.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn audit_forks(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<(SeatId, u64)>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        Ok(kept::forks(&self.store.db(), tenant)?)
    }
}
