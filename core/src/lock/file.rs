//! What is kept of a lock beside its database: nothing that opens it without the PIN and this device's key store.

use data_encoding::BASE64URL_NOPAD;
use rand_core::CryptoRng;

use super::keys::{self, Cost, DatabaseKey, Wrapped};
use super::pin::Pin;
use super::recovery::RecoveryWrap;
use super::store::{KeyLabel, KeyStore, KeyStoreError};
use super::tries::Tries;
use crate::cbor::encode;
use crate::secret::{Secret, derive};

/// The version of these bytes.
const VERSION: u8 = 1;

/// A vault on this device. Its files are named by it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct VaultId(#[cbor(n(0), with = "minicbor::bytes")] [u8; 16]);

impl VaultId {
    pub(super) fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    pub(super) const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

impl std::fmt::Display for VaultId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&BASE64URL_NOPAD.encode(&self.0))
    }
}

impl std::fmt::Debug for VaultId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "VaultId({self})")
    }
}

impl std::str::FromStr for VaultId {
    type Err = crate::id::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = BASE64URL_NOPAD.decode(text.as_bytes());
        let bytes = bytes.map_err(|_| Self::Err::Character)?;
        Ok(Self(bytes.try_into().map_err(|_| Self::Err::Length)?))
    }
}

/// What a list of vaults shows of one: a name, initials or nothing, as its person allows. It stands in the file for anybody to read.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct ShownName(#[n(0)] String);

/// Most bytes of what is shown.
const SHOWN_BYTES_MAX: usize = 80;

impl ShownName {
    /// A name to show; none for one that no list has room for.
    #[must_use]
    pub fn new(text: &str) -> Option<Self> {
        let text = text.trim();
        let fits = text.len() <= SHOWN_BYTES_MAX && !text.chars().any(char::is_control);
        fits.then(|| Self(text.to_owned()))
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The way in by the PIN.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct PinWrap {
    /// The key store's key.
    #[n(0)]
    pub(super) label: KeyLabel,
    #[cbor(n(1), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[n(2)]
    cost: Cost,
    /// The database's key.
    #[cbor(n(3), with = "minicbor::bytes")]
    wrapped: Wrapped,
}

impl PinWrap {
    /// Wraps the key under a PIN and a new key of the key store.
    pub(super) fn new(
        vault: VaultId,
        pin: &Pin,
        cost: Cost,
        key: &DatabaseKey,
        keystore: &dyn KeyStore,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, KeyStoreError> {
        let (mut label, mut salt) = ([0; 16], [0; 16]);
        rng.fill_bytes(&mut label);
        rng.fill_bytes(&mut salt);
        let label = KeyLabel::new(label);
        keystore.create(&label)?;
        let by = unwrapping_key(&label, &salt, cost, pin, keystore)?;
        let wrapped = by.and_then(|by| keys::wrap(&by, vault.as_bytes(), &key.0));
        Ok(Self {
            label,
            salt,
            cost,
            wrapped: wrapped.ok_or(KeyStoreError::Unavailable)?,
        })
    }

    /// The database's key, if this is the PIN.
    pub(super) fn open(
        &self,
        vault: VaultId,
        pin: &Pin,
        keystore: &dyn KeyStore,
    ) -> Result<Option<DatabaseKey>, KeyStoreError> {
        let by = unwrapping_key(&self.label, &self.salt, self.cost, pin, keystore)?;
        let key = by.and_then(|by| keys::unwrap(&by, vault.as_bytes(), &self.wrapped));
        Ok(key.map(DatabaseKey))
    }
}

/// The key under which the database's key stands: from the PIN, stretched, and from what the key store makes of that. None for a
/// cost that Argon2 does not take.
fn unwrapping_key(
    label: &KeyLabel,
    salt: &[u8; 16],
    cost: Cost,
    pin: &Pin,
    keystore: &dyn KeyStore,
) -> Result<Option<Secret>, KeyStoreError> {
    let Some(stretched) = keys::stretch(pin, salt, cost) else {
        return Ok(None);
    };
    let entangled = Secret::new(keystore.entangle(label, &stretched)?);
    let parts = [&*stretched, &*entangled];
    Ok(Some(derive("jangkau v1 vault pin", &parts)))
}

/// All that is kept of a lock.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct LockFile {
    #[n(0)]
    version: u8,
    #[n(1)]
    pub(super) vault: VaultId,
    #[n(2)]
    pub(super) shown: ShownName,
    /// None once it was destroyed.
    #[n(3)]
    pub(super) pin: Option<PinWrap>,
    #[n(4)]
    pub(super) recovery: RecoveryWrap,
    #[n(5)]
    pub(super) tries: Tries,
    /// The former PIN's key, until the key store has destroyed it.
    #[n(6)]
    pub(super) stale: Option<KeyLabel>,
}

impl LockFile {
    pub(super) fn new(
        vault: VaultId,
        shown: ShownName,
        pin: PinWrap,
        recovery: RecoveryWrap,
    ) -> Self {
        Self {
            version: VERSION,
            vault,
            shown,
            pin: Some(pin),
            recovery,
            tries: Tries::default(),
            stale: None,
        }
    }

    pub(super) fn encode(&self) -> Vec<u8> {
        encode(self)
    }

    pub(super) fn decode(bytes: &[u8]) -> Option<Self> {
        let file: Self = minicbor::decode(bytes).ok()?;
        let is_sound = |wrap: &PinWrap| wrap.cost.is_sound();
        (file.version == VERSION && file.pin.as_ref().is_none_or(is_sound)).then_some(file)
    }
}
