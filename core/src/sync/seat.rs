//! Seats: the certificate that names one, and the exchange that gives it.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::{DeviceId, InstitutionId, Nonce, PersonId, SeatId};
use crate::time::Timestamp;

/// The server's word that a key belongs to one person on one device.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SeatCertificate {
    /// The seat.
    #[n(0)]
    pub seat: SeatId,
    /// The institution.
    #[n(1)]
    pub institution: InstitutionId,
    /// The person.
    #[n(2)]
    pub person: PersonId,
    /// The device.
    #[n(3)]
    pub device: DeviceId,
    /// The seat's public key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// When it was given.
    #[n(5)]
    pub issued_at: Timestamp,
    /// The server's signature.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
}

impl SeatCertificate {
    fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 seat certificate");
        hasher
            .update(self.seat.as_bytes())
            .update(self.person.as_bytes());
        hasher
            .update(self.device.as_bytes())
            .update(&self.public_key);
        hasher.update(&self.issued_at.as_millis().to_be_bytes());
        hasher.update(self.institution.as_str().as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// Signs what is in it.
    #[must_use]
    pub fn signed(mut self, key: &SigningKey) -> Self {
        self.signature = key.sign(&self.digest()).to_bytes();
        self
    }

    /// Checks the server's signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.digest(), &signature)
            .map_err(|_| BadSignature)
    }
}

/// A device trades its code and the public key of a new seat for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Enrol {
    /// The one-time code.
    #[n(0)]
    pub code: String,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// The seat's public key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
}

/// What enrolment gives.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Enrolled {
    /// The certificate.
    #[n(0)]
    pub certificate: SeatCertificate,
    /// The key under which the server signs rulings and certificates.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The first nonce.
    #[n(2)]
    pub nonce: Nonce,
}
