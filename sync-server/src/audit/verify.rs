//! Walking the chain from its first entry to its last, and holding it against the log.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::id::ServerSeq;
use jangkau_core::sync::{AuditHead, AuditKind};

use super::{AuditEntry, HASH_LEN, chained, digest, head_of, root};
use crate::store::institutions::{self, InstitutionRow, Tenant};
use crate::store::log::RowKind;
use crate::store::{Db, StoreError, audit, decode, log};

/// Entries read in one step.
const STEP: u32 = 1_024;

/// What is wrong with an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AuditFault {
    /// It is missing.
    Missing,
    /// It cannot be read.
    Unreadable,
    /// It does not follow the one before it.
    Altered,
    /// The row of the log that it speaks of is not there.
    RowMissing,
    /// The row of the log that it speaks of was changed.
    RowAltered,
    /// A row of the log has no entry.
    RowUncovered,
    /// The last entry is not the one that the institution's row names.
    Head,
}

impl AuditFault {
    /// The key of its text.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Missing => "audit-fault-missing",
            Self::Unreadable => "audit-fault-unreadable",
            Self::Altered => "audit-fault-altered",
            Self::RowMissing => "audit-fault-row_missing",
            Self::RowAltered => "audit-fault-row_altered",
            Self::RowUncovered => "audit-fault-row_uncovered",
            Self::Head => "audit-fault-head",
        }
    }
}

/// The first entry that is broken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Its number; the one that would come next, where a row has no entry.
    pub number: u64,
    /// What is wrong.
    pub fault: AuditFault,
}

/// What came of a walk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verified {
    /// The chain is whole and covers the log; it ends here.
    Whole(AuditHead),
    /// It is not.
    Broken(Broken),
}

/// Walks an institution's chain.
pub(crate) fn verify(db: &Db, tenant: Tenant) -> Result<Verified, StoreError> {
    let institution = institutions::get(db, tenant)?;
    let mut walk = Walk {
        db,
        institution: &institution,
        number: 0,
        hash: root(institution.id.as_str()),
        covered: ServerSeq::default(),
        ahead: BTreeSet::new(),
        rows: BTreeMap::new(),
    };
    Ok(match walk.run()? {
        Some(broken) => Verified::Broken(broken),
        None => Verified::Whole(head_of(walk.number, &walk.hash)),
    })
}

/// One walk under way.
struct Walk<'a> {
    db: &'a Db,
    institution: &'a InstitutionRow,
    /// The last entry, and its hash.
    number: u64,
    hash: [u8; HASH_LEN],
    /// Every row up to here has its entry, and these beyond it.
    covered: ServerSeq,
    ahead: BTreeSet<ServerSeq>,
    /// Rows that are missing or were changed, with the entry that tells; an erasure explains it.
    rows: BTreeMap<ServerSeq, Broken>,
}

impl Walk<'_> {
    fn run(&mut self) -> Result<Option<Broken>, StoreError> {
        let tenant = self.institution.tenant;
        loop {
            let entries = audit::after(self.db, tenant, self.number, STEP)?;
            if entries.is_empty() {
                break;
            }
            for (number, bytes, hash) in entries {
                if let Some(fault) = self.take(number, &bytes, hash)? {
                    return Ok(Some(Broken {
                        number: self.number + 1,
                        fault,
                    }));
                }
                self.number = number;
                self.hash = hash;
            }
        }
        let (number, hash) = audit::last(self.db, self.institution)?;
        let broken_rows = self.rows.values().copied();
        if let Some(broken) = broken_rows.min_by_key(|broken| broken.number) {
            return Ok(Some(broken));
        }
        let fault = if (number, hash) != (self.number, self.hash) {
            AuditFault::Head
        } else if self.covered < self.institution.head || !self.eras_are_told()? {
            AuditFault::RowUncovered
        } else {
            return Ok(None);
        };
        let number = self.number + u64::from(fault == AuditFault::RowUncovered);
        Ok(Some(Broken { number, fault }))
    }

    fn take(
        &mut self,
        number: u64,
        bytes: &[u8],
        hash: [u8; HASH_LEN],
    ) -> Result<Option<AuditFault>, StoreError> {
        if number != self.number + 1 {
            return Ok(Some(AuditFault::Missing));
        }
        if chained(&self.hash, bytes) != hash {
            return Ok(Some(AuditFault::Altered));
        }
        let Ok(entry) = decode::<AuditEntry>(bytes) else {
            return Ok(Some(AuditFault::Unreadable));
        };
        let is_first = entry.kind == AuditKind::Began;
        if entry.number != number || is_first != (number == 1) {
            return Ok(Some(AuditFault::Altered));
        }
        let Some(row) = entry.row else {
            return Ok(None);
        };
        if is_first {
            self.covered = row;
        } else if entry.kind == AuditKind::Erased {
            self.rows.remove(&row);
        } else {
            if let Some(fault) = self.check_row(&entry, row)? {
                self.rows.insert(row, Broken { number, fault });
            }
            self.ahead.insert(row);
            while self.ahead.remove(&self.covered.next()) {
                self.covered = self.covered.next();
            }
        }
        Ok(None)
    }

    /// Whether the row of the log is the one that the entry was written for.
    fn check_row(
        &self,
        entry: &AuditEntry,
        row: ServerSeq,
    ) -> Result<Option<AuditFault>, StoreError> {
        let tenant = self.institution.tenant;
        let Some(found) = log::raw(self.db, tenant, row)? else {
            return Ok(Some(AuditFault::RowMissing));
        };
        let is_same = kind_of(found.kind) == entry.kind
            && Some(digest(&self.institution.server_key, &found.bytes)) == entry.digest
            && found.envelope == entry.envelope;
        Ok((!is_same).then_some(AuditFault::RowAltered))
    }

    /// Whether every restore that the database knows has its entry.
    fn eras_are_told(&self) -> Result<bool, StoreError> {
        for (era, number) in audit::eras(self.db, self.institution.tenant)? {
            let Some(bytes) = audit::entry(self.db, self.institution.tenant, number)? else {
                return Ok(false);
            };
            let entry: AuditEntry = decode(&bytes)?;
            if entry.kind != AuditKind::EraBegan || entry.count != Some(u64::from(era.get())) {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

/// The kind of entry that tells of a kind of row.
pub(crate) const fn kind_of(kind: RowKind) -> AuditKind {
    match kind {
        RowKind::Commands => AuditKind::Commands,
        RowKind::Ruling => AuditKind::Ruling,
        RowKind::Grant => AuditKind::Grant,
        RowKind::GrantEnd => AuditKind::GrantEnd,
        RowKind::Staff => AuditKind::Staff,
        RowKind::Profile => AuditKind::Profile,
        RowKind::Calendar => AuditKind::Calendar,
        RowKind::Seat => AuditKind::Seat,
        RowKind::Epoch => AuditKind::Rewritten,
        RowKind::View => AuditKind::View,
        RowKind::Bar => AuditKind::Bar,
        RowKind::Notice => AuditKind::Notice,
        RowKind::Stored => AuditKind::Stored,
    }
}
