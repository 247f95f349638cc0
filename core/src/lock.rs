//! The lock of a vault: who may open the database of one person on one device. Pure; the shell keeps its few bytes beside the
//! database, and the platform's key store holds the secret that never leaves the device.
//!
//! A database has a random key of 256 bits. It is kept twice, encrypted each time: under the PIN, stretched by Argon2id and
//! entangled with the key store, so that guessing must happen on this very device and its tries are counted; and under a
//! recovery secret that is sealed to the institution, for a PIN that was forgotten (`docs/adr/0008-forgotten-pin.md`).
//!
//! Nothing here ever deletes a vault. After too many wrong PINs only the PIN's way in is destroyed.

mod file;
mod keys;
mod pin;
mod recovery;
mod store;
mod tries;

use rand_core::CryptoRng;
use thiserror::Error;

use crate::sync::Enrolled;
use crate::time::Timestamp;

use file::{LockFile, PinWrap};
pub use file::{ShownName, VaultId};
pub use keys::{Cost, DatabaseKey};
pub use pin::{Pin, PinFault};
pub use recovery::{NotReleased, ReleaseAsk, ReleaseCode, ReleaseReply, ReleaseRequest, release};
pub use store::{KeyLabel, KeyStore, KeyStoreError, Mark};
pub use tries::TRIES_MAX;

/// Why a lock did not open. Nothing was deleted, and what is in the vault stays.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LockError {
    /// The PIN is another one.
    #[error("the PIN is wrong; {left} more tries")]
    WrongPin {
        /// Tries until the PIN's way in is destroyed.
        left: u8,
    },
    /// Too many wrong PINs in a row: no try before this many milliseconds.
    #[error("no try before {millis} milliseconds")]
    Wait {
        /// How long.
        millis: i64,
    },
    /// The PIN's way in was destroyed after too many wrong ones. The institution can release the vault.
    #[error("the PIN opens nothing any more")]
    PinDestroyed,
    /// The answer does not release this vault.
    #[error("the answer does not release this vault")]
    NotReleased,
    /// The platform's key store did not do its part.
    #[error(transparent)]
    KeyStore(#[from] KeyStoreError),
    /// The lock's bytes could not be kept, so that no PIN was looked at.
    #[error("the lock's file could not be written")]
    NotSaved,
    /// The lock's bytes are not those of a lock.
    #[error("the lock's file is damaged")]
    Damaged,
}

/// The lock's bytes could not be kept.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not written")]
pub struct NotSaved;

impl From<NotSaved> for LockError {
    fn from(_: NotSaved) -> Self {
        Self::NotSaved
    }
}

/// Keeps the lock's bytes: they are on the disk when it returns.
pub type Save<'a> = dyn FnMut(&[u8]) -> Result<(), NotSaved> + 'a;

/// The lock of one vault.
pub struct Lock(LockFile);

impl std::fmt::Debug for Lock {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Lock({})", self.0.vault)
    }
}

impl Lock {
    /// The lock of a new vault, and the key of its database. The caller keeps [`Lock::to_bytes`] before it makes the database.
    ///
    /// # Errors
    /// [`LockError::KeyStore`]; [`LockError::Damaged`] for an enrolment whose server key is none.
    pub fn create(
        enrolled: &Enrolled,
        shown: ShownName,
        pin: &Pin,
        cost: Cost,
        keystore: &dyn KeyStore,
        rng: &mut dyn CryptoRng,
    ) -> Result<(Self, DatabaseKey), LockError> {
        let vault = VaultId::generate(rng);
        let key = DatabaseKey::generate(rng);
        let recovery =
            recovery::seal(enrolled, vault, &key, rng).map_err(|_| LockError::Damaged)?;
        let pin = PinWrap::new(vault, pin, cost, &key, keystore, rng)?;
        let lock = Self(LockFile::new(vault, shown, pin, recovery));
        Ok((lock, key))
    }

    /// Reads a lock.
    ///
    /// # Errors
    /// [`LockError::Damaged`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LockError> {
        Ok(Self(LockFile::decode(bytes).ok_or(LockError::Damaged)?))
    }

    /// The bytes to keep.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        self.0.encode()
    }

    /// The vault.
    #[must_use]
    pub const fn vault(&self) -> VaultId {
        self.0.vault
    }

    /// What a list of vaults shows of it: what its person allows.
    #[must_use]
    pub const fn shown(&self) -> &ShownName {
        &self.0.shown
    }

    /// Whether only the institution can open it.
    #[must_use]
    pub const fn is_pin_destroyed(&self) -> bool {
        self.0.pin.is_none()
    }

    /// How long no PIN is looked at, in milliseconds; 0 when one may be tried.
    #[must_use]
    pub const fn wait_millis(&self, now: Timestamp) -> i64 {
        self.0.tries.wait_millis(now)
    }

    /// Tries a PIN. The try is counted and kept before it is checked, so that neither a restart nor a crash gives another.
    ///
    /// # Errors
    /// [`LockError`].
    pub fn unlock(
        &mut self,
        pin: &Pin,
        keystore: &dyn KeyStore,
        now: Timestamp,
        save: &mut Save<'_>,
    ) -> Result<DatabaseKey, LockError> {
        let Some(wrap) = self.0.pin.clone() else {
            return Err(LockError::PinDestroyed);
        };
        if self.0.tries.are_used_up() {
            // The power went out between the last try and the end of the PIN.
            self.destroy_pin(keystore, save)?;
            return Err(LockError::PinDestroyed);
        }
        if let Some(millis) = self.0.tries.refuse(now) {
            save(&self.to_bytes())?;
            return Err(LockError::Wait { millis });
        }
        let before = self.0.tries;
        self.0.tries.count(now);
        save(&self.to_bytes())?;
        match wrap.open(self.0.vault, pin, keystore) {
            Ok(Some(key)) => {
                self.0.tries.succeed(now);
                self.forget_stale(keystore);
                save(&self.to_bytes())?;
                Ok(key)
            }
            Ok(None) if self.0.tries.are_used_up() => {
                self.destroy_pin(keystore, save)?;
                Err(LockError::PinDestroyed)
            }
            Ok(None) => Err(LockError::WrongPin {
                left: self.0.tries.left(),
            }),
            Err(error) => {
                // The key store said nothing about the PIN, so that it was no try.
                self.0.tries = before;
                save(&self.to_bytes())?;
                Err(error.into())
            }
        }
    }

    /// Another PIN, by who knows the present one. The way in by the former one ends with its key in the key store.
    ///
    /// # Errors
    /// [`LockError`]; the former PIN stays then.
    pub fn change_pin(
        &mut self,
        former: &Pin,
        pin: &Pin,
        keystore: &dyn KeyStore,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
        save: &mut Save<'_>,
    ) -> Result<(), LockError> {
        let key = self.unlock(former, keystore, now, save)?;
        self.set_pin(&key, pin, keystore, rng, save)
    }

    /// What the shell asks the institution with, when the PIN was forgotten.
    #[must_use]
    pub fn ask_release(&self, rng: &mut dyn CryptoRng) -> ReleaseAsk {
        ReleaseAsk::new(self.0.vault, &self.0.recovery, rng)
    }

    /// Opens by the institution's answer, under a new PIN and a new recovery secret: what was released opens nothing any more.
    ///
    /// # Errors
    /// [`LockError`]; nothing has changed then.
    pub fn unlock_released(
        &mut self,
        ask: &ReleaseAsk,
        reply: &ReleaseReply,
        pin: &Pin,
        keystore: &dyn KeyStore,
        rng: &mut dyn CryptoRng,
        save: &mut Save<'_>,
    ) -> Result<DatabaseKey, LockError> {
        let vault = self.0.vault;
        let opened = recovery::open(ask, reply, vault, &self.0.recovery);
        let key = opened.map_err(|_| LockError::NotReleased)?;
        let recovery = self.0.recovery.renewed(vault, &key, rng);
        let recovery = recovery.map_err(|_| LockError::Damaged)?;
        let before = std::mem::replace(&mut self.0.recovery, recovery);
        let tries = std::mem::take(&mut self.0.tries);
        if let Err(error) = self.set_pin(&key, pin, keystore, rng, save) {
            (self.0.recovery, self.0.tries) = (before, tries);
            return Err(error);
        }
        Ok(key)
    }

    fn set_pin(
        &mut self,
        key: &DatabaseKey,
        pin: &Pin,
        keystore: &dyn KeyStore,
        rng: &mut dyn CryptoRng,
        save: &mut Save<'_>,
    ) -> Result<(), LockError> {
        let wrap = PinWrap::new(self.0.vault, pin, Cost::DEFAULT, key, keystore, rng)?;
        let label = wrap.label;
        let former = self.0.pin.replace(wrap);
        let stale = self.0.stale;
        self.0.stale = former.as_ref().map(|former| former.label).or(stale);
        if let Err(error) = save(&self.to_bytes()) {
            (self.0.pin, self.0.stale) = (former, stale);
            forget(keystore, &label)?;
            return Err(error.into());
        }
        self.forget_stale(keystore);
        Ok(())
    }

    /// Ends the former PIN's key. A key store that cannot be asked now is asked again when the vault is opened next.
    fn forget_stale(&mut self, keystore: &dyn KeyStore) {
        let is_gone = |label| forget(keystore, &label).is_ok();
        if self.0.stale.is_some_and(is_gone) {
            self.0.stale = None;
        }
    }

    /// The key store forgets first: a copy of the lock's bytes that was made before is then worth nothing.
    fn destroy_pin(
        &mut self,
        keystore: &dyn KeyStore,
        save: &mut Save<'_>,
    ) -> Result<(), LockError> {
        if let Some(wrap) = &self.0.pin {
            forget(keystore, &wrap.label)?;
        }
        self.0.pin = None;
        Ok(save(&self.to_bytes())?)
    }
}

/// Destroys a key, if it is there.
fn forget(keystore: &dyn KeyStore, label: &KeyLabel) -> Result<(), KeyStoreError> {
    match keystore.forget(label) {
        Ok(()) | Err(KeyStoreError::NoKey) => Ok(()),
        Err(error @ KeyStoreError::Unavailable) => Err(error),
    }
}

#[cfg(test)]
mod tests;
