//! What a rewritten document became, as the journal of erasures keeps it, and putting it again in the place of what an older
//! database holds.

use jangkau_core::command::PlacedRecord;
use jangkau_core::id::{CaseId, ChangeHash, CommandId, DocEpoch, DocumentId};
use jangkau_core::sync::{EpochBody, Removed, SignedEpoch};
use jangkau_core::time::Timestamp;

use super::place::{append, install_base, remove};
use crate::keys::{KeyId, Rewriting};
use crate::store::institutions::{Tenant, next_seq};
use crate::store::{Db, StoreError, decode, documents, encode, erase, records};

/// What a document became.
#[derive(Debug, minicbor::Encode, minicbor::Decode)]
struct Became {
    /// The checkpoint, with the new document.
    #[n(0)]
    signed: SignedEpoch,
    /// What the server keeps in this document of every command that ever wrote in it: values that stay, and residues.
    #[n(1)]
    records: Vec<(CommandId, Vec<PlacedRecord>)>,
    /// The changes of former epochs, by their hashes.
    #[n(2)]
    past: Vec<(ChangeHash, CommandId)>,
    /// What was ever taken out of it.
    #[n(3)]
    removed: Vec<Removed>,
    /// Whether the whole case went.
    #[n(4)]
    is_case: bool,
}

/// Keeps what a document has just become.
pub(super) fn keep(
    db: &Db,
    tenant: Tenant,
    (document, epoch): (DocumentId, DocEpoch),
    former: &[KeyId],
    signed: SignedEpoch,
    is_case: bool,
) -> Result<(), StoreError> {
    let past = erase::past_of(db, tenant, document)?;
    let mut records = Vec::new();
    for (_, command) in &past {
        if records.last().is_none_or(|(last, _)| last != command) {
            let of = (*command, document);
            records.push((*command, records::of_document(db, tenant, of)?));
        }
    }
    let removed = erase::erased_of(db, tenant, document)?.into_iter();
    let became = Became {
        signed,
        records,
        past,
        removed: removed
            .map(|(command, reason)| Removed { command, reason })
            .collect(),
        is_case,
    };
    let became = Rewriting {
        document,
        epoch,
        content: encode(&became),
    };
    Ok(db
        .keys()
        .journal(&db.institution(tenant)?, &became, former)?)
}

/// An erasure that a database does not know, since it is from before it.
#[derive(Debug)]
pub(crate) struct Forgotten {
    became: Became,
    body: EpochBody,
}

/// The erasures that the journal has and the database has not, in the order in which they were carried out.
pub(crate) fn forgotten(db: &Db, tenant: Tenant) -> Result<Vec<Forgotten>, StoreError> {
    let mut found = Vec::new();
    for kept in db.keys().rewritings(&db.institution(tenant)?)? {
        let row = documents::get(db, tenant, kept.document)?;
        if row.is_some_and(|row| row.epoch >= kept.epoch) {
            continue;
        }
        let became: Became = decode(&kept.content)?;
        let (body, _) = became.signed.read().map_err(|_| StoreError::Undecodable)?;
        found.push(Forgotten { became, body });
    }
    found.sort_by_key(|one| (one.body.at, one.body.document.case, one.body.document));
    Ok(found)
}

impl Forgotten {
    pub(crate) const fn case(&self) -> CaseId {
        self.body.document.case
    }

    pub(crate) const fn is_case(&self) -> bool {
        self.became.is_case
    }

    /// Carries the erasure out again, in the transaction of the caller.
    pub(crate) fn redo(&self, db: &Db, tenant: Tenant, now: Timestamp) -> Result<(), StoreError> {
        let (became, key, epoch) = (&self.became, &self.body.document, self.body.epoch);
        let (id, at) = (key.id(), next_seq(db, tenant)?);
        erase::clear_document(db, tenant, id)?;
        for past in &became.past {
            erase::note_past(db, tenant, id, *past)?;
        }
        for (command, left) in &became.records {
            records::set_of_document(db, tenant, (*command, id), left)?;
        }
        for removed in &became.removed {
            remove(db, tenant, key, *removed, at)?;
        }
        let base = became.signed.base.as_deref();
        erase::put_epoch(db, tenant, id, (epoch, at), base)?;
        install_base(db, tenant, key, (epoch, at), base)?;
        let signed = SignedEpoch {
            base: None,
            ..became.signed.clone()
        };
        append(db, tenant, (key, &signed), (at, now))
    }
}
