//! Envelopes in columns: what was signed and the signature stay readable; each document's parts are sealed under its own key.
//!
//! What one document's parts say of an envelope is a view of it, as its reader gets one; the views are united again when it
//! is read. The seed of the salts would tell the salt of every leaf, so it is sealed under the keys of all documents, one
//! around the other: with one of them erased it is gone.

use std::collections::BTreeSet;

use jangkau_core::class::DocumentKey;
use jangkau_core::envelope::SaltSeed;
use jangkau_core::id::DocumentId;
use jangkau_core::sync::{Part, SealedEnvelope, decode_body, encode_body, pack, unpack};

use super::institutions::Tenant;
use super::sealing::{Db, Place, Sealed};
use super::{StoreError, decode, encode};
use crate::keys::{KeyId, Owner};

/// An envelope as it stands in a column.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct Kept {
    /// What the seat signed; empty where the bytes are no envelope.
    #[cbor(n(0), with = "minicbor::bytes")]
    signed: Vec<u8>,
    /// Its signature.
    #[cbor(n(1), with = "minicbor::bytes")]
    signature: Vec<u8>,
    #[n(2)]
    views: Vec<View>,
    /// The seed of its salts, where it takes more than one view to be whole.
    #[cbor(n(3), with = "minicbor::bytes")]
    seed: Option<Vec<u8>>,
}

/// What the parts of one document say of it.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
struct View {
    /// None: parts of no document.
    #[n(0)]
    document: Option<DocumentId>,
    #[n(1)]
    key: i64,
    #[cbor(n(2), with = "minicbor::bytes")]
    bytes: Vec<u8>,
}

const fn owner_of(document: Option<DocumentId>) -> Owner {
    match document {
        Some(document) => Owner::Document(document),
        None => Owner::Institution,
    }
}

fn place_of(place: &Place, document: Option<DocumentId>) -> Place {
    let id = document.map(|document| *document.as_bytes());
    place.within(id.as_ref().map_or(&[], |id| id.as_slice()))
}

fn document_of(part: &Part) -> Option<DocumentId> {
    part.document().map(DocumentKey::id)
}

/// An envelope for a column; its key's number is that of its first document.
pub(super) fn seal(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    envelope: &SealedEnvelope,
) -> Result<Sealed, StoreError> {
    let documents: BTreeSet<_> = envelope
        .parts()
        .map(|part| document_of(&part.part))
        .collect();
    let mut views = Vec::with_capacity(documents.len());
    for document in &documents {
        let is_theirs = |part: &Part| documents.len() == 1 || document_of(part) == *document;
        let Some(view) = envelope.visible_to(|_, part| is_theirs(part)) else {
            continue;
        };
        let sealed = db.seal(
            tenant,
            owner_of(*document),
            &place_of(place, *document),
            &envelope_bytes(&view)?,
        )?;
        views.push(View {
            document: *document,
            key: sealed.key,
            bytes: sealed.bytes,
        });
    }
    let seed = envelope.seed.filter(|_| views.len() > 1);
    let kept = Kept {
        signed: envelope.head.signed_bytes(),
        signature: envelope.signature.to_vec(),
        seed: seed
            .map(|seed| seal_seed(db, tenant, place, seed, &views))
            .transpose()?
            .flatten(),
        views,
    };
    Ok(kept.sealed())
}

/// Bytes that are no envelope, for the same column.
pub(super) fn seal_raw(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    bytes: &[u8],
) -> Result<Sealed, StoreError> {
    let sealed = db.seal(tenant, Owner::Institution, &place_of(place, None), bytes)?;
    let view = View {
        document: None,
        key: sealed.key,
        bytes: sealed.bytes,
    };
    let kept = Kept {
        signed: Vec::new(),
        signature: Vec::new(),
        views: vec![view],
        seed: None,
    };
    Ok(kept.sealed())
}

fn seal_seed(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    seed: SaltSeed,
    views: &[View],
) -> Result<Option<Vec<u8>>, StoreError> {
    let place = place.within(b"seed");
    let mut bytes = seed.as_bytes().to_vec();
    for view in views {
        let owner = owner_of(view.document);
        let sealed = db.seal(tenant, owner, &place_of(&place, view.document), &bytes)?;
        if sealed.bytes.is_empty() {
            return Ok(None);
        }
        bytes = sealed.bytes;
    }
    Ok(Some(bytes))
}

impl Kept {
    fn sealed(&self) -> Sealed {
        Sealed {
            key: self.views.first().map_or(0, |view| view.key),
            bytes: encode(self),
        }
    }

    /// What is left of it without the views that were erased; none if nothing was.
    fn without_erased(mut self, db: &Db) -> Result<Option<Self>, StoreError> {
        let before = self.views.len();
        let mut left = Vec::with_capacity(before);
        for view in self.views {
            if !db.is_erased_key(view.key)? {
                left.push(view);
            }
        }
        self.views = left;
        if self.views.len() == before {
            return Ok(None);
        }
        self.seed = None;
        Ok(Some(self))
    }
}

/// The envelope of a column, with those of its parts that were not erased; none if all were.
pub(super) fn open(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    column: &[u8],
) -> Result<Option<SealedEnvelope>, StoreError> {
    let kept: Kept = decode(column)?;
    let mut envelope: Option<SealedEnvelope> = None;
    for view in &kept.views {
        let place = place_of(place, view.document);
        let Some(plain) = db.open(tenant, &place, view.key, &view.bytes)? else {
            continue;
        };
        let view = read_envelope(&plain)?;
        // Views of one envelope alone are united: what was signed says which.
        if view.head.signed_bytes() != kept.signed {
            return Err(StoreError::Forged);
        }
        envelope = Some(match envelope {
            None => view,
            Some(other) => other.united(&view),
        });
    }
    if let (Some(whole), Some(seed)) = (envelope.as_mut(), &kept.seed) {
        whole.seed = open_seed(db, tenant, place, seed, &kept.views)?;
    }
    Ok(envelope)
}

/// The bytes of a column, envelope or not, as they came; none if they were erased.
pub(super) fn open_bytes(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    column: &[u8],
) -> Result<Option<Vec<u8>>, StoreError> {
    let kept: Kept = decode(column)?;
    match kept.views.first() {
        Some(raw) if kept.signed.is_empty() => {
            db.open(tenant, &place_of(place, None), raw.key, &raw.bytes)
        }
        Some(_) | None => open(db, tenant, place, column)?
            .as_ref()
            .map(envelope_bytes)
            .transpose(),
    }
}

fn open_seed(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    sealed: &[u8],
    views: &[View],
) -> Result<Option<SaltSeed>, StoreError> {
    let place = place.within(b"seed");
    let mut bytes = sealed.to_vec();
    for view in views.iter().rev() {
        match db.open(tenant, &place_of(&place, view.document), view.key, &bytes)? {
            Some(opened) => bytes = opened,
            None => return Ok(None),
        }
    }
    let seed: [u8; 32] = bytes
        .as_slice()
        .try_into()
        .map_err(|_| StoreError::Undecodable)?;
    Ok(Some(SaltSeed::from_bytes(seed)))
}

/// A column under the keys of now; none if nothing of it is under one of these former keys.
pub(super) fn reseal(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    (column, former): (&[u8], &[KeyId]),
) -> Result<Option<Sealed>, StoreError> {
    let kept: Kept = decode(column)?;
    let is_former = |view: &View| former.iter().any(|key| key.get() == view.key);
    if !kept.views.iter().any(is_former) {
        return Ok(None);
    }
    let Some(envelope) = open(db, tenant, place, column)? else {
        return Ok(None);
    };
    seal(db, tenant, place, &envelope).map(Some)
}

/// A column without what was erased; none if it holds nothing of the kind.
pub(super) fn without_erased(db: &Db, column: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
    let kept: Kept = decode(column)?;
    Ok(kept.without_erased(db)?.map(|kept| encode(&kept)))
}

/// One envelope as bytes, with all that it holds.
pub(super) fn envelope_bytes(envelope: &SealedEnvelope) -> Result<Vec<u8>, StoreError> {
    let packed = pack([envelope]).map_err(|_| StoreError::Undecodable)?;
    Ok(encode_body(&packed))
}

/// The envelope of such bytes.
pub(super) fn read_envelope(bytes: &[u8]) -> Result<SealedEnvelope, StoreError> {
    let packed = decode_body(bytes).map_err(|_| StoreError::Undecodable)?;
    let mut envelopes = unpack(&packed).map_err(|_| StoreError::Undecodable)?;
    envelopes.pop().ok_or(StoreError::Undecodable)
}
