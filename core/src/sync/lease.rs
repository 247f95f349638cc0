//! Leases: the server's word until when a device may be read.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::SeatId;
use crate::time::Timestamp;

/// Until when the vault of a seat may be read, under the institution's server key. The seat that asked is the one that it is for; it is
/// signed with it and not sent.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Lease {
    /// When it was given, by the server's clock.
    #[n(0)]
    pub issued_at: Timestamp,
    /// The last instant.
    #[n(1)]
    pub until: Timestamp,
    #[cbor(n(2), with = "minicbor::bytes")]
    signature: [u8; SIGNATURE_LEN],
}

fn digest(seat: SeatId, issued_at: Timestamp, until: Timestamp) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 lease");
    hasher.update(seat.as_bytes());
    hasher.update(&issued_at.as_millis().to_be_bytes());
    hasher.update(&until.as_millis().to_be_bytes());
    *hasher.finalize().as_bytes()
}

impl Lease {
    /// Signs a lease for a seat.
    #[must_use]
    pub fn sign(seat: SeatId, issued_at: Timestamp, until: Timestamp, key: &SigningKey) -> Self {
        let signature = key.sign(&digest(seat, issued_at, until)).to_bytes();
        Self {
            issued_at,
            until,
            signature,
        }
    }

    /// Checks the server's signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`], also for a lease of another seat.
    pub fn verify(&self, seat: SeatId, key: &VerifyingKey) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&digest(seat, self.issued_at, self.until), &signature)
            .map_err(|_| BadSignature)
    }
}
