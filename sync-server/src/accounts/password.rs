//! Passwords as Argon2id hashes. Computing one takes long and much memory on purpose: never on the writer's thread.

use argon2::{Algorithm, Argon2, Params, Version};
use rand_core::CryptoRng;

/// Memory for one hash, in KiB, and passes over it: OWASP's floor for Argon2id is m = 19 MiB, t = 2, p = 1.
const MEMORY_KIB: u32 = 19 * 1024;
const PASSES: u32 = 2;
const LANES: u32 = 1;

/// Hashes computed at once: as many as the small machine of an office has cores. It bounds their memory to 38 MiB.
pub(crate) const HASHES_AT_ONCE: usize = 2;

/// Fewest and most characters of a password. With a second factor 8 would do (NIST 800-63B-4, 3.1.1.2); DEFAULT. The most
/// bounds what is hashed.
const CHARS_MIN: usize = 12;
const CHARS_MAX: usize = 128;

/// Fewest different characters.
const DIFFERENT_MIN: usize = 5;

/// A password's hash with its salt and what it cost.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(crate) struct PasswordHash {
    #[cbor(n(0), with = "minicbor::bytes")]
    salt: [u8; 16],
    #[cbor(n(1), with = "minicbor::bytes")]
    hash: [u8; 32],
    #[n(2)]
    memory_kib: u32,
    #[n(3)]
    passes: u32,
    #[n(4)]
    lanes: u32,
}

impl PasswordHash {
    fn empty(salt: [u8; 16]) -> Self {
        Self {
            salt,
            hash: [0; 32],
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
        }
    }

    /// A hash that no password has, and that costs as much to compare with.
    pub(crate) fn decoy() -> Self {
        Self::empty([0; 16])
    }

    /// A fresh salt, to hash a new password with.
    pub(crate) fn salted(rng: &mut dyn CryptoRng) -> Self {
        let mut salt = [0; 16];
        rng.fill_bytes(&mut salt);
        Self::empty(salt)
    }

    /// Computes the hash of a password with this salt; none if the machine has no memory for it. Slow.
    pub(crate) fn filled(&self, password: &str) -> Option<Self> {
        let params = Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).ok()?;
        let mut hash = [0; 32];
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(password.as_bytes(), &self.salt, &mut hash)
            .ok()?;
        Some(Self {
            hash,
            ..self.clone()
        })
    }

    /// Whether this is the password. Slow.
    pub(crate) fn is_of(&self, password: &str) -> bool {
        // BLAKE3's hashes compare in constant time.
        self.filled(password)
            .is_some_and(|filled| blake3::Hash::from(filled.hash) == blake3::Hash::from(self.hash))
    }
}

/// Whether a new password is long and varied enough, and does not hold the account's name.
pub(crate) fn is_good_password(password: &str, name: &str) -> bool {
    let length = password.chars().count();
    let mut different: Vec<char> = password.chars().collect();
    different.sort_unstable();
    different.dedup();
    (CHARS_MIN..=CHARS_MAX).contains(&length)
        && different.len() >= DIFFERENT_MIN
        && !password.to_lowercase().contains(&name.to_lowercase())
}
