//! The keys of a vault and how they are derived. Every one is wiped when it is dropped, and none is ever shown.

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use super::pin::Pin;
#[cfg(feature = "cipher")]
use crate::secret::derive;
use crate::secret::{Secret, fresh, open_once, seal_once};

/// Bytes of a wrapped key: the key and its tag.
pub(super) type Wrapped = [u8; 32 + 16];

/// What stretching a PIN costs. Stored beside what it opens, so that it can grow.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Cost {
    /// Memory, in KiB.
    #[n(0)]
    memory_kib: u32,
    /// Passes over it.
    #[n(1)]
    passes: u32,
    /// Lanes.
    #[n(2)]
    lanes: u32,
}

impl Cost {
    /// DEFAULT: Argon2id with 19 MiB, two passes, one lane, OWASP's least for passwords and what a phone with 2 GB bears. The tries
    /// and the key store carry the weight, not this.
    pub const DEFAULT: Self = Self {
        memory_kib: 19 * 1024,
        passes: 2,
        lanes: 1,
    };

    /// For tests that stretch many PINs.
    #[cfg(test)]
    pub(super) const LITTLE: Self = Self {
        memory_kib: 8,
        passes: 1,
        lanes: 1,
    };

    /// The most that a lock's bytes may ask for: whoever writes them must not make the phone run out of memory.
    const MOST: Self = Self {
        memory_kib: 256 * 1024,
        passes: 16,
        lanes: 4,
    };

    /// Whether a lock's bytes may ask for it.
    pub(super) const fn is_sound(self) -> bool {
        self.memory_kib <= Self::MOST.memory_kib
            && self.passes <= Self::MOST.passes
            && self.lanes <= Self::MOST.lanes
    }
}

/// A PIN stretched; none for a cost that Argon2 does not take.
pub(super) fn stretch(pin: &Pin, salt: &[u8; 16], cost: Cost) -> Option<Secret> {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).ok()?;
    let argon = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut stretched = Zeroizing::new([0; 32]);
    argon
        .hash_password_into(pin.digits(), salt, &mut *stretched)
        .ok()?;
    Some(stretched)
}

/// Encrypts a secret under a key that encrypts nothing else. `bound` is what it belongs to.
pub(super) fn wrap(key: &Secret, bound: &[u8], secret: &Secret) -> Option<Wrapped> {
    // With room for the tag, so that the secret is moved nowhere before it is sealed.
    let mut wrapped = Vec::with_capacity(size_of::<Wrapped>());
    wrapped.extend_from_slice(&**secret);
    seal_once(key, bound, &mut wrapped)?;
    wrapped.try_into().ok()
}

/// The secret, if this is the key that it was wrapped under.
pub(super) fn unwrap(key: &Secret, bound: &[u8], wrapped: &Wrapped) -> Option<Secret> {
    let mut plain = Zeroizing::new(wrapped.to_vec());
    open_once(key, bound, &mut plain)?;
    let mut secret = Zeroizing::new([0; 32]);
    (plain.len() == secret.len()).then(|| secret.copy_from_slice(&plain))?;
    Some(secret)
}

/// The key of one vault's database.
pub struct DatabaseKey(pub(super) Secret);

impl std::fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

impl DatabaseKey {
    /// A new one.
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        Self(fresh(rng))
    }

    /// The salt of the database's file, which stands in its first bytes. It follows from the key, so that a wrong key and a
    /// damaged file can be told apart; it tells nothing about the key.
    #[cfg(feature = "cipher")]
    pub(crate) fn salt(&self) -> [u8; 16] {
        let derived = derive("jangkau v1 database salt", &[&self.0]);
        let mut salt = [0; 16];
        salt.copy_from_slice(&derived[..16]);
        salt
    }

    /// The key in hexadecimal digits, as the database takes it.
    #[cfg(feature = "cipher")]
    pub(crate) fn digits(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::HEXLOWER.encode(&*self.0))
    }

    /// Whether some bytes hold the key, raw or as digits: what a test looks for.
    #[cfg(test)]
    pub(crate) fn is_in(&self, bytes: &[u8]) -> bool {
        let digits = data_encoding::HEXLOWER.encode(&*self.0);
        let upper = digits.to_uppercase();
        [&self.0[..], digits.as_bytes(), upper.as_bytes()]
            .iter()
            .any(|needle| bytes.windows(needle.len()).any(|window| window == *needle))
    }
}
