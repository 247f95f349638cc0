//! The vaults of a device: one file, one key and one PIN for each person who works on it. Logging out locks and never deletes.

use std::sync::{Arc, Mutex, MutexGuard};

use jangkau_core::lock::{
    Cost, DatabaseKey, Lock, LockError, Mark, NotSaved, Pin, ReleaseAsk, ReleaseReply, ShownName,
    VaultId,
};
use jangkau_core::replica::Replica;
use jangkau_core::sync::{decode_body, encode_body};

use crate::keystore::Platform;
use crate::shelf::Shelf;
use crate::{Enrolment, PlatformKeyStore, Vault, VaultError, platform, types};

/// One vault of the list, without anything that is in it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct VaultLine {
    /// Its id.
    pub id: String,
    /// What its person lets the list show: a name, initials, or nothing.
    pub shown: String,
    /// Seconds for which no PIN is looked at.
    pub wait_seconds: u64,
    /// Whether only the institution can open it.
    pub pin_destroyed: bool,
}

types::redacted!(VaultLine);

/// A request to the institution to open a vault whose PIN was forgotten.
#[derive(uniffi::Object)]
pub struct Release {
    vault: VaultId,
    ask: ReleaseAsk,
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

    /// The body for `POST /v1/release`, once the head has approved.
    #[must_use]
    pub fn request(&self) -> Vec<u8> {
        encode_body(self.ask.request())
    }
}

/// The folder with the vaults of this device. An app opens it once, outside of every backup of the platform's.
#[derive(uniffi::Object)]
pub struct VaultFolder {
    /// One call at a time: a try is counted in a file.
    shelf: Mutex<Shelf>,
    keystore: Platform,
}

impl std::fmt::Debug for VaultFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultFolder(…)")
    }
}

impl VaultFolder {
    fn shelf(&self) -> Result<MutexGuard<'_, Shelf>, VaultError> {
        self.shelf.lock().map_err(|_| VaultError::Unavailable)
    }

    /// Opens the database under its key. If the file was put back or copied here, what is written next takes new branches.
    fn enter(&self, shelf: &Shelf, vault: VaultId, key: &DatabaseKey) -> Result<Vault, VaultError> {
        let mut replica = Replica::open_with(&shelf.database(vault)?, key)?;
        self.settle(vault, &mut replica)?;
        Ok(Vault::over(replica))
    }

    fn settle(&self, vault: VaultId, replica: &mut Replica) -> Result<(), VaultError> {
        use jangkau_core::lock::KeyStore as _;
        let remembered = self.keystore.mark(vault).map_err(LockError::from)?;
        let fresh = Mark::generate(&mut platform::rng()?);
        replica.settle_mark(remembered, fresh)?;
        self.keystore
            .set_mark(vault, fresh)
            .map_err(LockError::from)?;
        Ok(())
    }
}

fn vault_id(text: &str) -> Result<VaultId, VaultError> {
    text.parse().map_err(|_| VaultError::NotAnId)
}

/// What keeps the lock's bytes of a vault.
fn saving(shelf: &Shelf, vault: VaultId) -> impl FnMut(&[u8]) -> Result<(), NotSaved> + '_ {
    move |bytes| shelf.save(vault, bytes).map_err(|_| NotSaved)
}

/// Whether this build encrypts vaults. An app that ships refuses to start where it does not.
#[uniffi::export]
#[must_use]
pub const fn vaults_are_encrypted() -> bool {
    jangkau_core::store::ENCRYPTS
}

#[uniffi::export]
impl VaultFolder {
    /// Opens the folder.
    #[uniffi::constructor]
    pub fn open(path: String, keystore: Arc<dyn PlatformKeyStore>) -> Result<Self, VaultError> {
        Ok(Self {
            shelf: Mutex::new(Shelf::open(&path)?),
            keystore: Platform(keystore),
        })
    }

    /// The vaults of this device.
    pub fn list(&self) -> Result<Vec<VaultLine>, VaultError> {
        let (now, shelf) = (platform::now()?, self.shelf()?);
        let mut lines = Vec::new();
        for vault in shelf.vaults()? {
            let lock = shelf.lock(vault)?;
            lines.push(VaultLine {
                id: vault.to_string(),
                shown: lock.shown().as_str().to_owned(),
                wait_seconds: seconds(lock.wait_millis(now)),
                pin_destroyed: lock.is_pin_destroyed(),
            });
        }
        Ok(lines)
    }

    /// Takes the answer to an enrolment, and makes its vault under a PIN. `shown` is what the list may show of its person.
    pub fn create(
        &self,
        enrolment: Arc<Enrolment>,
        reply: Vec<u8>,
        pin: String,
        shown: String,
    ) -> Result<Vault, VaultError> {
        let enrolled = enrolment.enrolled(&reply)?;
        let (pin, shelf) = (Pin::new(&pin)?, self.shelf()?);
        let shown = ShownName::new(&shown).ok_or(VaultError::TextTooLong)?;
        let (cost, rng) = (Cost::DEFAULT, &mut platform::rng()?);
        let (lock, key) = Lock::create(&enrolled, shown, &pin, cost, &self.keystore, rng)?;
        let vault = lock.vault();
        saving(&shelf, vault)(&lock.to_bytes()).map_err(LockError::from)?;
        let path = shelf.database(vault)?;
        let mut replica = Replica::create_with(&path, &key, &enrolled, enrolment.key())?;
        self.settle(vault, &mut replica)?;
        Ok(Vault::over(replica))
    }

    /// Opens a vault by its PIN. A text that is no PIN of any vault is refused at once, and is no try. Stretching it takes a moment: call it away from the thread of the screen.
    pub fn unlock(&self, vault_id: String, pin: String) -> Result<Vault, VaultError> {
        let (pin, vault) = (Pin::new(&pin)?, self::vault_id(&vault_id)?);
        let (now, shelf) = (platform::now()?, self.shelf()?);
        let mut lock = shelf.lock(vault)?;
        let key = lock.unlock(&pin, &self.keystore, now, &mut saving(&shelf, vault))?;
        self.enter(&shelf, vault, &key)
    }

    /// Changes the PIN of a vault, by who knows the former one.
    pub fn change_pin(
        &self,
        vault_id: String,
        former: String,
        pin: String,
    ) -> Result<(), VaultError> {
        let (former, pin) = (Pin::new(&former)?, Pin::new(&pin)?);
        let vault = self::vault_id(&vault_id)?;
        let (now, shelf, mut rng) = (platform::now()?, self.shelf()?, platform::rng()?);
        let mut lock = shelf.lock(vault)?;
        let mut save = saving(&shelf, vault);
        lock.change_pin(&former, &pin, &self.keystore, now, &mut rng, &mut save)?;
        Ok(())
    }

    /// Begins to ask the institution for a vault whose PIN was forgotten.
    pub fn ask_release(&self, vault_id: String) -> Result<Release, VaultError> {
        let vault = self::vault_id(&vault_id)?;
        let ask = self
            .shelf()?
            .lock(vault)?
            .ask_release(&mut platform::rng()?);
        Ok(Release { vault, ask })
    }

    /// Opens a vault by the institution's answer, under a new PIN. All that is in it is there, also what was not sent yet.
    pub fn unlock_released(
        &self,
        release: Arc<Release>,
        reply: Vec<u8>,
        pin: String,
    ) -> Result<Vault, VaultError> {
        let reply: ReleaseReply = decode_body(&reply).map_err(|_| VaultError::NotAnAnswer)?;
        let (pin, vault, shelf) = (Pin::new(&pin)?, release.vault, self.shelf()?);
        let mut lock = shelf.lock(vault)?;
        let (mut save, mut rng) = (saving(&shelf, vault), platform::rng()?);
        let (ask, keystore) = (&release.ask, &self.keystore);
        let key = lock.unlock_released(ask, &reply, &pin, keystore, &mut rng, &mut save)?;
        self.enter(&shelf, vault, &key)
    }
}

fn seconds(millis: i64) -> u64 {
    u64::try_from(millis).map_or(0, |millis| millis.div_ceil(1_000))
}
