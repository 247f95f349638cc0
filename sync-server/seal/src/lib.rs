//! Sealing bytes under a key: XChaCha20-Poly1305, with a nonce that follows from the key, the place and the bytes.
//!
//! Such a nonce needs no chance: the same bytes in the same place are sealed alike, so a row that is written again does not
//! change, and a simulated world repeats itself. What it shows is that a row has the bytes which it had before, and nothing
//! else: the place is in it.
//!
//! A package of its own, so that debug builds optimise it: unoptimised, opening a row takes ten times as long as reading it.

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{Key, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Length of a key in bytes.
pub const KEY_LEN: usize = 32;

/// Length of a nonce in bytes; it stands before what is sealed.
const NONCE_LEN: usize = 24;

/// A key that lies in memory, ready for use. Wiped when it is dropped.
pub struct SealKey {
    cipher: XChaCha20Poly1305,
    nonces: Zeroizing<[u8; KEY_LEN]>,
}

/// What was sealed does not open: another key, another place, or other bytes.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("it was not sealed with this key for this place")]
pub struct Forged;

impl std::fmt::Debug for SealKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SealKey(…)")
    }
}

impl SealKey {
    /// Makes a key ready.
    #[must_use]
    pub fn new(key: &[u8; KEY_LEN]) -> Self {
        Self {
            cipher: XChaCha20Poly1305::new(&Key::from(*key)),
            nonces: Zeroizing::new(blake3::derive_key("jangkau v1 nonces at rest", key)),
        }
    }

    /// Seals bytes for a place: they open nowhere else.
    #[must_use]
    pub fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        let mut hasher = blake3::Hasher::new_keyed(&self.nonces);
        hasher.update(&(place.len() as u64).to_be_bytes());
        hasher.update(place).update(plain);
        let mut nonce = [0; NONCE_LEN];
        hasher.finalize_xof().fill(&mut nonce);
        let payload = Payload {
            msg: plain,
            aad: place,
        };
        let sealed = self.cipher.encrypt(&XNonce::from(nonce), payload);
        let mut bytes = nonce.to_vec();
        // Only more than 256 GiB cannot be sealed; such bytes would not open.
        bytes.extend(sealed.unwrap_or_default());
        bytes
    }

    /// Opens what was sealed for a place.
    ///
    /// # Errors
    /// [`Forged`].
    pub fn open(&self, place: &[u8], sealed: &[u8]) -> Result<Vec<u8>, Forged> {
        let (nonce, rest) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(Forged)?;
        let payload = Payload {
            msg: rest,
            aad: place,
        };
        self.cipher
            .decrypt(&XNonce::from(*nonce), payload)
            .map_err(|_| Forged)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

    use super::*;

    #[test]
    fn what_is_sealed_opens_with_its_key_in_its_place_alone() {
        let (key, other) = (SealKey::new(&[1; 32]), SealKey::new(&[2; 32]));
        let sealed = key.seal(b"here", b"Ibu Aminah");
        assert_eq!(key.seal(b"here", b"Ibu Aminah"), sealed);
        assert_eq!(key.open(b"here", &sealed).unwrap(), b"Ibu Aminah");
        assert!(!sealed.windows(6).any(|bytes| bytes == b"Aminah"));
        assert_ne!(key.seal(b"there", b"Ibu Aminah")[..24], sealed[..24]);
        assert_eq!(key.open(b"there", &sealed), Err(Forged));
        assert_eq!(other.open(b"here", &sealed), Err(Forged));
        for at in 0..sealed.len() {
            let mut bent = sealed.clone();
            bent[at] ^= 1;
            assert_eq!(key.open(b"here", &bent), Err(Forged), "{at}");
            assert_eq!(key.open(b"here", &sealed[..at]), Err(Forged), "{at}");
        }
    }
}
