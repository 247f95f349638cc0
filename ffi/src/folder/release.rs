//! A vault whose PIN was forgotten: the institution opens it, by a code that its person reads to the head.

use std::sync::{Arc, Mutex, PoisonError};

use jangkau_core::lock::{Pin, ReleaseAsk, ReleaseReply, VaultId};
use jangkau_core::sync::{decode_body, encode_body};

use super::{Cabinet, VaultFolder};
use crate::network::{self, Said};
use crate::platform::{self, Device};
use crate::{Vault, VaultError, worker};

/// Where a release is asked for.
const RELEASE_ROUTE: &str = "POST /v1/release";

/// A request to the institution to open a vault whose PIN was forgotten. The answer is kept here until the vault is open.
#[derive(uniffi::Object)]
pub struct Release {
    vault: VaultId,
    ask: ReleaseAsk,
    reply: Mutex<Option<ReleaseReply>>,
}

impl std::fmt::Debug for Release {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Release(…)")
    }
}

#[uniffi::export]
impl Release {
    /// The code that the person reads to the head, who approves this request by it.
    #[must_use]
    pub fn code(&self) -> String {
        self.ask.request().code().to_string()
    }
}

impl Release {
    /// What the office answers, or has answered already. Blocks while the network takes its time.
    fn ask(&self, device: &Device) -> Result<ReleaseReply, VaultError> {
        let mut kept = self.reply.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(reply) = &*kept {
            return Ok(reply.clone());
        }
        let body = encode_body(self.ask.request());
        let reply = match network::post(device, device.request_id(), RELEASE_ROUTE, body).1? {
            Said::Taken(reply) => decode_body(&reply).map_err(|_| VaultError::NotAnAnswer)?,
            Said::Refused(code, _) => return Err(code.into()),
        };
        let reply: ReleaseReply = reply;
        *kept = Some(reply.clone());
        Ok(reply)
    }
}

impl Cabinet {
    fn ask_release(&self, vault: VaultId) -> Result<Release, VaultError> {
        let lock = self.shelf.lock(vault)?;
        Ok(Release {
            vault,
            ask: lock.ask_release(&mut platform::rng()?),
            reply: Mutex::new(None),
        })
    }

    fn unlock_released(&self, release: &Release, pin: &Pin) -> Result<Vault, VaultError> {
        // It has answered already.
        let reply = release.ask(&self.device)?;
        let vault = release.vault;
        let mut lock = self.shelf.lock(vault)?;
        let (mut save, mut rng) = (self.saving(vault), platform::rng()?);
        let (ask, keystore) = (&release.ask, &self.keystore);
        let key = lock.unlock_released(ask, &reply, pin, keystore, &mut rng, &mut save)?;
        self.enter(vault, &key)
    }
}

#[uniffi::export]
impl VaultFolder {
    /// Begins to ask the institution for a vault whose PIN was forgotten. The head approves it by its code.
    ///
    /// Errors: `NotAnId`, `NotHere`, and those of the disk.
    pub async fn ask_release(&self, vault_id: String) -> Result<Release, VaultError> {
        let vault = super::vault_id(&vault_id)?;
        let begun = self.cabinet.ask(move |cabinet| cabinet.ask_release(vault));
        begun.get().await
    }

    /// Once the head has approved: asks for the institution's answer, and opens the vault by it under a new PIN. All that is in it is
    /// there, also what
    /// was not sent yet.
    ///
    /// Errors: `CodeRefused` before the head has approved, `NotReleased`, `Offline`, `ServerBusy`, `NotAnAnswer`, those of a PIN, and those
    /// of the disk.
    pub async fn unlock_released(
        &self,
        release: Arc<Release>,
        pin: String,
    ) -> Result<Vault, VaultError> {
        let pin = Pin::new(&pin)?;
        let (cabinet, device) = (self.cabinet.clone(), self.device().clone());
        let opened = worker::aside("release", move || {
            release.ask(&device)?;
            cabinet.wait(move |cabinet| cabinet.unlock_released(&release, &pin))
        })?;
        opened.get().await
    }
}
