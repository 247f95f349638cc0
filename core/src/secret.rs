//! Secret keys: made, derived, agreed on by two sides, and what is sealed under one. Every one is wiped when it is dropped.

use chacha20poly1305::aead::{AeadInOut as _, KeyInit as _};
use chacha20poly1305::{ChaCha20Poly1305, Nonce};
use ed25519_dalek::{SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// 32 secret bytes.
pub(crate) type Secret = Zeroizing<[u8; 32]>;

/// 32 fresh secret bytes.
pub(crate) fn fresh(rng: &mut dyn CryptoRng) -> Secret {
    let mut secret = Zeroizing::new([0; 32]);
    rng.fill_bytes(&mut *secret);
    secret
}

/// A key for one purpose, from secret parts of 32 bytes each.
pub(crate) fn derive(purpose: &'static str, parts: &[&[u8; 32]]) -> Secret {
    let mut hasher = blake3::Hasher::new_derive_key(purpose);
    for part in parts {
        hasher.update(*part);
    }
    let mut key = Zeroizing::new([0; 32]);
    hasher.finalize_xof().fill(&mut *key);
    key
}

/// The sender's side of an agreement on a key for one message: a public key made for it, which goes with the message, and the key. X25519
/// between the two, and BLAKE3 over what it gives and both public keys; none if the receiver's is a weak one, which would agree on the
/// same with everybody.
///
/// Keys are Ed25519 keys used on the same curve in its other form, since the institution's is known to every device from its enrolment on.
/// One key pair for signing and for such an agreement is shown to be sound in <https://eprint.iacr.org/2021/509>, the uses being kept
/// apart by their purposes.
pub(crate) fn agree_with(
    to: &VerifyingKey,
    purpose: &'static str,
    rng: &mut dyn CryptoRng,
) -> Option<([u8; 32], Secret)> {
    let own = SigningKey::from_bytes(&fresh(rng));
    let made = own.verifying_key().to_bytes();
    let shared = shared(&own, to)?;
    Some((made, derive(purpose, &[&shared, &made, to.as_bytes()])))
}

/// The receiver's side; none if the key that came with the message is no key, or a weak one.
pub(crate) fn agree_as(own: &SigningKey, purpose: &'static str, made: &[u8; 32]) -> Option<Secret> {
    let from = VerifyingKey::from_bytes(made).ok()?;
    let shared = shared(own, &from)?;
    let to = own.verifying_key().to_bytes();
    Some(derive(purpose, &[&shared, made, &to]))
}

fn shared(own: &SigningKey, other: &VerifyingKey) -> Option<Secret> {
    if other.is_weak() {
        return None;
    }
    let scalar = Secret::new(own.to_scalar_bytes());
    Some(Secret::new(
        other.to_montgomery().mul_clamped(*scalar).to_bytes(),
    ))
}

/// Seals bytes where they stand, bound to what they belong to, under a key that seals nothing else: the nonce is always zero.
/// None if they are too many.
pub(crate) fn seal_once(key: &Secret, bound: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    let cipher = ChaCha20Poly1305::new((&**key).into());
    cipher
        .encrypt_in_place(&Nonce::default(), bound, bytes)
        .ok()
}

/// Opens what [`seal_once`] sealed, where it stands; none if it is not so.
pub(crate) fn open_once(key: &Secret, bound: &[u8], bytes: &mut Vec<u8>) -> Option<()> {
    let cipher = ChaCha20Poly1305::new((&**key).into());
    cipher
        .decrypt_in_place(&Nonce::default(), bound, bytes)
        .ok()
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_core::SeedableRng as _;

    use super::*;

    #[test]
    fn both_sides_agree_and_nobody_else() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let [own, other] = [(); 2].map(|()| SigningKey::from_bytes(&fresh(&mut rng)));
        let (made, key) = agree_with(&own.verifying_key(), "one", &mut rng).unwrap();
        assert_eq!(agree_as(&own, "one", &made).unwrap(), key);
        for (who, purpose) in [(&own, "another"), (&other, "one")] {
            assert_ne!(agree_as(who, purpose, &made).unwrap(), key);
        }
    }

    #[test]
    fn what_is_sealed_opens_whole_for_what_it_is_bound_to() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let [own, other] = [(); 2].map(|()| fresh(&mut rng));
        let mut sealed = b"Rahasia.".to_vec();
        seal_once(&own, b"here", &mut sealed).unwrap();
        assert!(sealed.windows(7).all(|part| part != b"Rahasia"));
        for (key, bound, cut) in [
            (&other, &b"here"[..], 0),
            (&own, b"there", 0),
            (&own, b"here", 1),
        ] {
            let mut opened = sealed[cut..].to_vec();
            assert!(open_once(key, bound, &mut opened).is_none());
        }
        open_once(&own, b"here", &mut sealed).unwrap();
        assert_eq!(sealed, b"Rahasia.");
    }

    #[test]
    fn a_weak_key_agrees_with_nobody() {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let own = SigningKey::from_bytes(&fresh(&mut rng));
        // The neutral point, and one of order two.
        let neutral = std::array::from_fn(|at| u8::from(at == 0));
        let mut two = [0xff; 32];
        (two[0], two[31]) = (0xec, 0x7f);
        for weak in [neutral, two] {
            assert!(agree_as(&own, "one", &weak).is_none());
            let to = VerifyingKey::from_bytes(&weak).unwrap();
            assert!(agree_with(&to, "one", &mut rng).is_none());
        }
    }
}
