//! The vaults of a device: one file, one key and one PIN for each person who works on it. Logging out locks and never deletes.

mod release;

use std::sync::Arc;

use jangkau_core::lock::{
    Cost, DatabaseKey, KeyStore as _, Lock, LockError, Mark, NotSaved, Pin, ShownName, VaultId,
};
use jangkau_core::replica::Replica;

use crate::keystore::Platform;
use crate::platform::{self, Device};
use crate::shelf::Shelf;
use crate::worker::{self, Owned, Worker};
use crate::{
    Enrolment, HttpTransport, LogSink, PlatformClock, PlatformKeyStore, Vault, VaultError, types,
};

pub use release::Release;

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

/// The folder with the vaults of this device. An app opens it once, outside of every backup of the platform's.
#[derive(uniffi::Object)]
pub struct VaultFolder {
    /// One piece of work at a time: a try is counted in a file.
    cabinet: Worker<Cabinet>,
    device: Device,
}

impl std::fmt::Debug for VaultFolder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("VaultFolder(…)")
    }
}

/// What the folder's thread owns.
struct Cabinet {
    shelf: Shelf,
    keystore: Platform,
    device: Device,
}

impl Owned for Cabinet {
    /// Everything of it stands in files, which are written whole.
    fn broke(&mut self) {
        let (level, code) = (crate::LogLevel::Error, crate::LogCode::Panicked);
        self.device.say(level, code, None);
    }
}

impl Cabinet {
    /// Opens the database under its key. If the file was put back or copied here, what is written next takes new branches.
    fn enter(&self, vault: VaultId, key: &DatabaseKey) -> Result<Vault, VaultError> {
        let replica = Replica::open_with(&self.shelf.database(vault)?, key)?;
        self.settle(vault, replica)
    }

    fn settle(&self, vault: VaultId, mut replica: Replica) -> Result<Vault, VaultError> {
        let remembered = self.keystore.mark(vault).map_err(LockError::from)?;
        let fresh = Mark::generate(&mut platform::rng()?);
        replica.settle_mark(remembered, fresh)?;
        let kept = self.keystore.set_mark(vault, fresh);
        kept.map_err(LockError::from)?;
        Vault::over(replica, self.device.clone())
    }

    /// What keeps the lock's bytes of a vault.
    fn saving(&self, vault: VaultId) -> impl FnMut(&[u8]) -> Result<(), NotSaved> + '_ {
        move |bytes| self.shelf.save(vault, bytes).map_err(|_| NotSaved)
    }

    fn list(&self) -> Result<Vec<VaultLine>, VaultError> {
        let now = self.device.now()?;
        let mut lines = Vec::new();
        for vault in self.shelf.vaults()? {
            let lock = self.shelf.lock(vault)?;
            lines.push(VaultLine {
                id: vault.to_string(),
                shown: lock.shown().as_str().to_owned(),
                wait_seconds: seconds(lock.wait_millis(now)),
                pin_destroyed: lock.is_pin_destroyed(),
            });
        }
        Ok(lines)
    }

    fn create(
        &self,
        enrolment: &Enrolment,
        pin: &Pin,
        shown: ShownName,
    ) -> Result<Vault, VaultError> {
        // It has answered already.
        let enrolled = enrolment.ask(&self.device)?;
        let (cost, rng) = (Cost::DEFAULT, &mut platform::rng()?);
        let (lock, key) = Lock::create(&enrolled, shown, pin, cost, &self.keystore, rng)?;
        let vault = lock.vault();
        self.saving(vault)(&lock.to_bytes()).map_err(LockError::from)?;
        let path = self.shelf.database(vault)?;
        let replica = Replica::create_with(&path, &key, &enrolled, enrolment.key())?;
        self.settle(vault, replica)
    }

    fn unlock(&self, vault: VaultId, pin: &Pin) -> Result<Vault, VaultError> {
        let mut lock = self.shelf.lock(vault)?;
        let now = self.device.now()?;
        let key = lock.unlock(pin, &self.keystore, now, &mut self.saving(vault))?;
        self.enter(vault, &key)
    }

    fn change_pin(&self, vault: VaultId, former: &Pin, pin: &Pin) -> Result<(), VaultError> {
        let mut lock = self.shelf.lock(vault)?;
        let (now, mut rng) = (self.device.now()?, platform::rng()?);
        let mut save = self.saving(vault);
        lock.change_pin(former, pin, &self.keystore, now, &mut rng, &mut save)?;
        Ok(())
    }
}

fn vault_id(text: &str) -> Result<VaultId, VaultError> {
    text.parse().map_err(|_| VaultError::NotAnId)
}

fn seconds(millis: i64) -> u64 {
    u64::try_from(millis).map_or(0, |millis| millis.div_ceil(1_000))
}

/// Whether this build encrypts vaults. An app that ships refuses to start where it does not.
#[uniffi::export]
#[must_use]
pub const fn vaults_are_encrypted() -> bool {
    jangkau_core::store::ENCRYPTS
}

impl VaultFolder {
    pub(crate) const fn device(&self) -> &Device {
        &self.device
    }
}

#[uniffi::export]
impl VaultFolder {
    /// Opens the folder, which is made if there is none. Reads no vault yet, so that it may be called on the thread of the screen.
    ///
    /// Errors: `Unavailable`.
    #[uniffi::constructor]
    pub fn open(
        path: String,
        keystore: Arc<dyn PlatformKeyStore>,
        clock: Arc<dyn PlatformClock>,
        transport: Arc<dyn HttpTransport>,
        log: Arc<dyn LogSink>,
    ) -> Result<Self, VaultError> {
        let device = Device::new(clock, transport, log);
        let cabinet = Cabinet {
            shelf: Shelf::open(&path)?,
            keystore: Platform(keystore),
            device: device.clone(),
        };
        Ok(Self {
            cabinet: Worker::start("folder", cabinet)?,
            device,
        })
    }

    /// The vaults of this device.
    pub async fn list(&self) -> Result<Vec<VaultLine>, VaultError> {
        self.cabinet.ask(|cabinet| cabinet.list()).get().await
    }

    /// Asks the office for a seat, and makes its vault under a PIN. `shown` is what the list may show of its person. The PIN is looked at before the
    /// office is asked. What fails may be called again with the same enrolment.
    ///
    /// Errors: `PinTooShort`, `PinTooLong`, `PinNotDigits`, `PinTrivial`, `TextTooLong`, `Offline`, `CodeRefused`, `ServerBusy`,
    /// `NotAnAnswer`, `KeyStore`, and those of the disk.
    pub async fn enrol(
        &self,
        enrolment: Arc<Enrolment>,
        pin: String,
        shown: String,
    ) -> Result<Vault, VaultError> {
        let pin = Pin::new(&pin)?;
        let shown = ShownName::new(&shown).ok_or(VaultError::TextTooLong)?;
        let (cabinet, device) = (self.cabinet.clone(), self.device.clone());
        // Away from the folder's thread, so that other vaults open while the network hangs.
        let made = worker::aside("enrol", move || {
            enrolment.ask(&device)?;
            cabinet.wait(move |cabinet| cabinet.create(&enrolment, &pin, shown))
        })?;
        made.get().await
    }

    /// Opens a vault by its PIN. A text that is no PIN of any vault is refused at once, and is no try. A try that nobody awaits any more is
    /// one all the same.
    ///
    /// Errors: `WrongPin`, `PinWait`, `PinDestroyed`, `NotHere`, `NoKey`, `KeyStore`, `Damaged`, `WrongKey`, those of a PIN, and those of the disk.
    pub async fn unlock(&self, vault_id: String, pin: String) -> Result<Vault, VaultError> {
        let (pin, vault) = (Pin::new(&pin)?, self::vault_id(&vault_id)?);
        let opened = self
            .cabinet
            .hand(move |cabinet| cabinet.unlock(vault, &pin));
        opened.get().await
    }

    /// Changes the PIN of a vault, by who knows the former one.
    ///
    /// Errors: those of `unlock`.
    pub async fn change_pin(
        &self,
        vault_id: String,
        former: String,
        pin: String,
    ) -> Result<(), VaultError> {
        let (former, pin) = (Pin::new(&former)?, Pin::new(&pin)?);
        let vault = self::vault_id(&vault_id)?;
        let changed = self
            .cabinet
            .hand(move |cabinet| cabinet.change_pin(vault, &former, &pin));
        changed.get().await
    }
}
