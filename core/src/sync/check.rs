//! The self-check: device and server compare what they hold by digests of buckets.

use crate::id::{ChangeHash, DocEpoch, DocumentId};

/// Number of buckets of the self-check.
pub const BUCKETS: usize = 256;

/// The answer to a self-check.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum SelfCheck {
    /// Device and server hold the same.
    #[n(0)]
    Same,
    /// They do not; the digests of the server's buckets.
    #[n(1)]
    Differs(#[n(0)] Vec<u64>),
}

/// What of a document the self-check compares.
#[must_use]
pub fn document_digest(id: DocumentId, epoch: DocEpoch, heads: &[ChangeHash]) -> u64 {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 self-check");
    hasher
        .update(id.as_bytes())
        .update(&epoch.get().to_be_bytes());
    for head in heads {
        hasher.update(head.as_bytes());
    }
    let mut digest = [0; 8];
    hasher.finalize_xof().fill(&mut digest);
    u64::from_be_bytes(digest)
}

/// The bucket of a document.
#[must_use]
pub const fn bucket_of(id: DocumentId) -> u8 {
    id.as_bytes()[0]
}

/// Digests of documents by bucket; XOR within one, so that order does not matter.
pub type Bucket = u64;

/// One digest over all buckets.
#[must_use]
pub fn digest_of_buckets(buckets: &[Bucket; BUCKETS]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 self-check root");
    for bucket in buckets {
        hasher.update(&bucket.to_be_bytes());
    }
    *hasher.finalize().as_bytes()
}
