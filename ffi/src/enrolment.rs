//! Enrolment: a one-time code becomes a vault.

use std::sync::{Mutex, PoisonError};

use ed25519_dalek::SigningKey;
use jangkau_core::id::DeviceId;
use jangkau_core::sync::{Enrol, Enrolled, decode_body, encode_body};
use rand_core::Rng as _;

use crate::network::{self, Said};
use crate::platform::{self, Device};
use crate::{VaultError, VaultFolder};

/// Where a seat is asked for.
const ENROL_ROUTE: &str = "POST /v1/enrol";

/// An enrolment under way. Its key is made here and never leaves the device. The code is good for one answer, which is kept here until the vault is
/// made: keep this object until then, also when something failed.
#[derive(uniffi::Object)]
pub struct Enrolment {
    code: String,
    device: DeviceId,
    key: SigningKey,
    enrolled: Mutex<Option<Enrolled>>,
}

impl std::fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Enrolment(…)")
    }
}

#[uniffi::export]
impl VaultFolder {
    /// Begins an enrolment with the code that the person was given. Asks nobody yet; [`VaultFolder::enrol`] does.
    pub fn enrolment(&self, code: String) -> Result<Enrolment, VaultError> {
        let mut rng = platform::rng()?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        Ok(Enrolment {
            code,
            device: DeviceId::generate(self.device().now()?, &mut rng),
            key: SigningKey::from_bytes(&seed),
            enrolled: Mutex::new(None),
        })
    }
}

impl Enrolment {
    /// The seat's key.
    pub(crate) fn key(&self) -> SigningKey {
        self.key.clone()
    }

    /// What the office answers, or has answered already. Blocks while the network takes its time.
    pub(crate) fn ask(&self, device: &Device) -> Result<Enrolled, VaultError> {
        let mut enrolled = self.enrolled.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(enrolled) = &*enrolled {
            return Ok(enrolled.clone());
        }
        let body = encode_body(&Enrol {
            code: self.code.clone(),
            device: self.device,
            public_key: self.key.verifying_key().to_bytes(),
        });
        let answer = match network::post(device, device.request_id(), ENROL_ROUTE, body).1? {
            Said::Taken(reply) => self.checked(&reply)?,
            Said::Refused(code, _) => return Err(code.into()),
        };
        *enrolled = Some(answer.clone());
        Ok(answer)
    }

    /// The answer, if it is one to this enrolment and its certificate holds.
    fn checked(&self, reply: &[u8]) -> Result<Enrolled, VaultError> {
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
