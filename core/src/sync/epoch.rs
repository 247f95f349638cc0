//! A document that the server rewrote after an erasure: what the log says of it, under the institution's server key.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::cbor::encode;
use crate::class::DocumentKey;
use crate::code::codes;
use crate::envelope::{BadSignature, HASH_LEN, SIGNATURE_LEN};
use crate::id::{ChangeHash, CommandId, DocEpoch, PersonId, ServerSeq};
use crate::time::Timestamp;

codes!(
    /// Why something was taken out of a document. Stored in signed rows, so the codes never change.
    RemovalReason {
        /// The client asked for it, or the ground for keeping it is gone (UU 27/2022 art. 43).
        Erasure = "erasure",
        /// It was filed under the wrong case (C4).
        Misfiled = "misfiled",
        /// It belongs to a stricter class (X23).
        Reclassified = "reclassified",
        /// A copy that nobody needs (X45).
        Surplus = "surplus",
        /// The time for which it is kept is over (UU 27/2022 art. 44).
        Retention = "retention",
    }
);

/// A value that the new document still holds: who wrote it, and the leaf under which they signed it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Survivor {
    /// The command that wrote it.
    #[n(0)]
    pub command: CommandId,
    /// Its author.
    #[n(1)]
    pub author: PersonId,
    /// Hash of the leaf that they signed; none where no envelope of it is kept.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub leaf: Option<[u8; HASH_LEN]>,
    /// Names of the fields that were taken out of it, joined by spaces; none if it is whole.
    #[n(3)]
    pub without: Option<String>,
}

/// Something that the new document does not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Removed {
    /// The command that wrote it.
    #[n(0)]
    pub command: CommandId,
    /// Why it was taken out.
    #[n(1)]
    pub reason: RemovalReason,
}

/// What survived and what was removed; only for those who hold the document.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct EpochListing {
    /// What the document holds, by command.
    #[n(0)]
    pub survivors: Vec<Survivor>,
    /// What it holds no more.
    #[n(1)]
    pub removed: Vec<Removed>,
}

/// The checkpoint: what the document is from this row of the log on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct EpochBody {
    /// The document.
    #[n(0)]
    pub document: DocumentKey,
    /// Its new epoch. Everything of an older one goes.
    #[n(1)]
    pub epoch: DocEpoch,
    /// The last row of the log that it knows.
    #[n(2)]
    pub through: ServerSeq,
    /// When it was rewritten.
    #[n(3)]
    pub at: Timestamp,
    /// Heads of the new document; none if nothing survived.
    #[n(4)]
    pub heads: Vec<ChangeHash>,
    /// Hash of the listing.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub listing: [u8; HASH_LEN],
    /// Hash of what was derived from the case until then, and goes on to be judged by.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub derived: [u8; HASH_LEN],
}

/// A checkpoint under the institution's server key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SignedEpoch {
    /// The checkpoint, encoded.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The signature over it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
    /// The listing, encoded; only for those who hold the document.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub listing: Option<Vec<u8>>,
    /// The new document's one change; only for those who hold it, and only in the last epoch.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub base: Option<Vec<u8>>,
}

fn epoch_digest(body: &[u8]) -> [u8; 32] {
    blake3::derive_key("jangkau v1 doc epoch", body)
}

fn listing_hash(listing: &[u8]) -> [u8; HASH_LEN] {
    blake3::derive_key("jangkau v1 doc epoch listing", listing)
}

impl SignedEpoch {
    /// Signs a checkpoint; the hash of the listing is put into it.
    #[must_use]
    pub fn sign(mut body: EpochBody, listing: &EpochListing, key: &SigningKey) -> Self {
        let listing = encode(listing);
        body.listing = listing_hash(&listing);
        let body = encode(&body);
        let signature = key.sign(&epoch_digest(&body)).to_bytes();
        Self {
            body,
            signature,
            listing: Some(listing),
            base: None,
        }
    }

    /// Reads it, after its signature, and the listing, if it is here.
    ///
    /// # Errors
    /// [`BadSignature`], also for a body that is no checkpoint and for another listing.
    pub fn verify(
        &self,
        key: &VerifyingKey,
    ) -> Result<(EpochBody, Option<EpochListing>), BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&epoch_digest(&self.body), &signature)
            .map_err(|_| BadSignature)?;
        self.read()
    }

    /// Reads it without its signature, from our own store.
    ///
    /// # Errors
    /// [`BadSignature`] for a body that is no checkpoint and for another listing.
    pub fn read(&self) -> Result<(EpochBody, Option<EpochListing>), BadSignature> {
        let body: EpochBody = minicbor::decode(&self.body).map_err(|_| BadSignature)?;
        let Some(bytes) = &self.listing else {
            return Ok((body, None));
        };
        if listing_hash(bytes) != body.listing {
            return Err(BadSignature);
        }
        let listing = minicbor::decode(bytes).map_err(|_| BadSignature)?;
        Ok((body, Some(listing)))
    }

    /// The same for somebody who may not hold the document: that it was rewritten, and nothing of what is in it.
    #[must_use]
    pub fn bare(&self) -> Self {
        Self {
            listing: None,
            base: None,
            ..self.clone()
        }
    }
}
