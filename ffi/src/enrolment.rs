//! Enrolment: a one-time code becomes a vault.

use ed25519_dalek::SigningKey;
use jangkau_core::id::DeviceId;
use jangkau_core::replica::Replica;
use jangkau_core::sync::{Enrol, Enrolled, decode_body, encode_body};
use rand_core::Rng as _;

use crate::{Vault, VaultError, platform};

/// An enrolment under way. Its key is made here and never leaves the device.
#[derive(uniffi::Object)]
pub struct Enrolment {
    code: String,
    device: DeviceId,
    key: SigningKey,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

#[uniffi::export]
impl Enrolment {
    /// Begins with the code that the person was given.
    #[uniffi::constructor]
    pub fn begin(code: String) -> Result<Self, VaultError> {
        let mut rng = platform::rng()?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Ok(Self {
            code,
            device: DeviceId::generate(platform::now()?, &mut rng),
            key: SigningKey::from_bytes(&seed),
        })
    }

    /// The body for `POST /v1/enrol`.
    #[must_use]
    pub fn request(&self) -> Vec<u8> {
        encode_body(&Enrol {
            code: self.code.clone(),
            device: self.device,
            public_key: self.key.verifying_key().to_bytes(),
        })
    }

    /// Takes the answer, and makes the vault in a new file without a PIN: for trying out. A build that encrypts vaults has none of
    /// those; they are made in a [`crate::VaultFolder`].
    pub fn finish(&self, path: String, reply: Vec<u8>) -> Result<Vault, VaultError> {
        if jangkau_core::store::ENCRYPTS {
            return Err(VaultError::NeedsPin);
        }
        let enrolled = self.enrolled(&reply)?;
        Ok(Vault::over(Replica::create(
            &path,
            &enrolled,
            self.key.clone(),
        )?))
    }

    /// Takes the answer, and makes a vault that is gone with its last reference: for trying out.
    pub fn finish_in_memory(&self, reply: Vec<u8>) -> Result<Vault, VaultError> {
        let enrolled = self.enrolled(&reply)?;
        Ok(Vault::over(Replica::create_in_memory(
            &enrolled,
            self.key.clone(),
        )?))
    }
}

impl Enrolment {
    /// The seat's key.
    pub(crate) fn key(&self) -> SigningKey {
        self.key.clone()
    }

    /// The answer, if it is one to this enrolment and its certificate holds.
    pub(crate) fn enrolled(&self, reply: &[u8]) -> Result<Enrolled, VaultError> {
        let enrolled: Enrolled = decode_body(reply).map_err(|_| VaultError::NotAnAnswer)?;
        let certificate = &enrolled.certificate;
        let server_key = ed25519_dalek::VerifyingKey::from_bytes(&enrolled.server_key)
            .map_err(|_| VaultError::NotAnAnswer)?;
        let is_ours = certificate.device == self.device
            && certificate.public_key == self.key.verifying_key().to_bytes()
            && certificate.verify(&server_key).is_ok();
        if is_ours {
            Ok(enrolled)
        } else {
            Err(VaultError::NotAnAnswer)
        }
    }
}
