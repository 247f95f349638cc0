//! The platform's key store: Android's Keystore, Apple's Secure Enclave and Keychain. Kotlin and Swift implement it.

use data_encoding::BASE64URL_NOPAD;
use thiserror::Error;

use super::file::VaultId;

/// Why the key store did not do its part.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum KeyStoreError {
    /// It holds no key of this label: another device, or one whose key store was emptied. The institution can release the vault.
    #[error("the key store has no such key")]
    NoKey,
    /// It cannot be asked now.
    #[error("the key store cannot be used now")]
    Unavailable,
}

/// The name of a key in the key store; new for each PIN, so that forgetting the key ends that PIN for good.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct KeyLabel(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl KeyLabel {
    pub(super) const fn new(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }
}

impl std::fmt::Display for KeyLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "jangkau-{}", BASE64URL_NOPAD.encode(&self.0))
    }
}

impl std::fmt::Debug for KeyLabel {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "KeyLabel({self})")
    }
}

/// What a vault's database and its key store both remember of the last opening. They differ after the file was put back, or was
/// copied elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Mark(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl Mark {
    /// Wraps bytes that already are one.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// A new one.
    #[must_use]
    pub fn generate(rng: &mut dyn rand_core::CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// The platform's key store. Its keys never leave it, and no backup of the platform's holds them or the marks.
pub trait KeyStore {
    /// Makes a key that cannot be exported.
    ///
    /// # Errors
    /// [`KeyStoreError::Unavailable`].
    fn create(&self, label: &KeyLabel) -> Result<(), KeyStoreError>;

    /// HMAC-SHA-256 of the input under the key.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn entangle(&self, label: &KeyLabel, input: &[u8; 32]) -> Result<[u8; 32], KeyStoreError>;

    /// Destroys the key.
    ///
    /// # Errors
    /// [`KeyStoreError`].
    fn forget(&self, label: &KeyLabel) -> Result<(), KeyStoreError>;

    /// The mark of a vault; none if this key store never saw it.
    ///
    /// # Errors
    /// [`KeyStoreError::Unavailable`].
    fn mark(&self, vault: VaultId) -> Result<Option<Mark>, KeyStoreError>;

    /// Keeps the mark of a vault.
    ///
    /// # Errors
    /// [`KeyStoreError::Unavailable`].
    fn set_mark(&self, vault: VaultId, mark: Mark) -> Result<(), KeyStoreError>;
}
