//! The platform's key store, as Kotlin and Swift implement it over Android's Keystore and Apple's Secure Enclave and Keychain.

use std::sync::Arc;

use jangkau_core::lock::{KeyLabel, KeyStore, KeyStoreError, Mark, VaultId};

/// Why the key store did not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum KeyStoreFault {
    /// It holds no key of this label.
    #[error("the key store has no such key")]
    NoKey,
    /// It cannot be asked now.
    #[error("the key store cannot be used now")]
    Unavailable,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for KeyStoreFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Unavailable
    }
}

/// What the app implements. Its keys cannot be exported, and neither they nor the marks are part of any backup of the platform's.
#[uniffi::export(foreign)]
pub trait PlatformKeyStore: Send + Sync {
    /// Makes a key for HMAC-SHA-256 that cannot be exported, in hardware where there is some.
    fn create(&self, label: String) -> Result<(), KeyStoreFault>;

    /// HMAC-SHA-256 of 32 bytes under the key: 32 bytes.
    fn entangle(&self, label: String, input: Vec<u8>) -> Result<Vec<u8>, KeyStoreFault>;

    /// Destroys the key.
    fn forget(&self, label: String) -> Result<(), KeyStoreFault>;

    /// The 16 bytes that were kept under a label; none where nothing was.
    fn mark(&self, label: String) -> Result<Option<Vec<u8>>, KeyStoreFault>;

    /// Keeps 16 bytes under a label.
    fn set_mark(&self, label: String, bytes: Vec<u8>) -> Result<(), KeyStoreFault>;
}

/// The same as the core asks it.
pub(crate) struct Platform(pub(crate) Arc<dyn PlatformKeyStore>);

impl From<KeyStoreFault> for KeyStoreError {
    fn from(fault: KeyStoreFault) -> Self {
        match fault {
            KeyStoreFault::NoKey => Self::NoKey,
            KeyStoreFault::Unavailable => Self::Unavailable,
        }
    }
}

fn mark_label(vault: VaultId) -> String {
    format!("jangkau-mark-{vault}")
}

impl KeyStore for Platform {
    fn create(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        Ok(self.0.create(label.to_string())?)
    }

    fn entangle(&self, label: &KeyLabel, input: &[u8; 32]) -> Result<[u8; 32], KeyStoreError> {
        let output = self.0.entangle(label.to_string(), input.to_vec())?;
        output.try_into().map_err(|_| KeyStoreError::Unavailable)
    }

    fn forget(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        Ok(self.0.forget(label.to_string())?)
    }

    fn mark(&self, vault: VaultId) -> Result<Option<Mark>, KeyStoreError> {
        let Some(bytes) = self.0.mark(mark_label(vault))? else {
            return Ok(None);
        };
        let bytes = <[u8; 16]>::try_from(bytes).map_err(|_| KeyStoreError::Unavailable)?;
        Ok(Some(Mark::from_bytes(bytes)))
    }

    fn set_mark(&self, vault: VaultId, mark: Mark) -> Result<(), KeyStoreError> {
        let bytes = mark.as_bytes().to_vec();
        Ok(self.0.set_mark(mark_label(vault), bytes)?)
    }
}
