//! Second factors, codes that are typed, and the tokens that browsers carry.

use data_encoding::{BASE32_NOPAD, BASE64URL_NOPAD};
use jangkau_core::id::PersonId;
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;
use totp_rs::{Algorithm, Builder};

use crate::store::accounts::Hash;
use crate::store::institutions::InstitutionRow;

/// The seed of an authenticator (RFC 6238, SHA-1, 6 digits, 30 seconds: what every authenticator knows).
pub(crate) type TotpSeed = [u8; 20];

/// Bytes of a typed code: 16 characters, 80 bits, which nobody guesses.
const CODE_LEN: usize = 10;

/// Bytes of a session's token.
const TOKEN_LEN: usize = 32;

/// Bytes of the token by which a desk is known: a number, and its proof.
const KNOWN_LEN: usize = 16;

/// The hash of a typed code, all that is kept of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct CodeHash(pub(crate) Hash);

impl CodeHash {
    /// Of a code as a person types it: in any case, with spaces or hyphens.
    pub(crate) fn of(code: &str) -> Self {
        let plain: String = code
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect();
        let context = "jangkau v1 account code";
        Self(blake3::derive_key(context, plain.as_bytes()))
    }
}

/// A fresh code, in groups of four characters.
pub(super) fn fresh_code(rng: &mut dyn CryptoRng) -> String {
    let mut bytes = [0; CODE_LEN];
    rng.fill_bytes(&mut bytes);
    let plain = BASE32_NOPAD.encode(&bytes);
    let mut code = String::with_capacity(plain.len() + 3);
    for (place, letter) in plain.chars().enumerate() {
        if place > 0 && place % 4 == 0 {
            code.push('-');
        }
        code.push(letter);
    }
    code
}

/// What proves the sign-in beside the password.
#[derive(Debug)]
pub(crate) enum Second {
    /// The authenticator's six digits.
    Totp(String),
    /// A recovery code.
    Recovery(String),
}

impl Second {
    /// The hash under which it would be kept, were it a recovery code.
    pub(super) fn hash(&self) -> CodeHash {
        match self {
            Self::Totp(_) => CodeHash::of(""),
            Self::Recovery(code) => CodeHash::of(code),
        }
    }
}

/// The step of the authenticator that gave these digits, at most one away from now.
pub(super) fn step_of(seed: &TotpSeed, second: &Second, now: Timestamp) -> Option<u64> {
    let digits = match second {
        Second::Totp(digits) => digits.as_str(),
        Second::Recovery(_) => "",
    };
    totp_step(seed, digits, now)
}

/// The step that gave these digits, if it is new enough.
pub(super) fn totp_step(seed: &TotpSeed, digits: &str, now: Timestamp) -> Option<u64> {
    let seconds = u64::try_from(now.as_millis().div_euclid(1_000)).ok()?;
    totp(seed)?.check(digits, seconds)
}

pub(super) fn totp(seed: &TotpSeed) -> Option<totp_rs::Totp> {
    Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(6)
        .with_step_duration(30)
        .with_skew(1)
        .with_secret(*seed)
        .build()
        .ok()
}

pub(super) fn fresh_seed(rng: &mut dyn CryptoRng) -> TotpSeed {
    let mut seed = TotpSeed::default();
    rng.fill_bytes(&mut seed);
    seed
}

/// The seed as people type it into an authenticator.
pub(super) fn seed_text(seed: &TotpSeed) -> String {
    BASE32_NOPAD.encode(seed)
}

/// A fresh session token, and the hash that is kept.
pub(super) fn fresh_token(rng: &mut dyn CryptoRng) -> (String, Hash) {
    let mut bytes = [0; TOKEN_LEN];
    rng.fill_bytes(&mut bytes);
    (BASE64URL_NOPAD.encode(&bytes), token_hash(&bytes))
}

/// The hash of a token; none if it is not one.
pub(super) fn hash_of_token(token: &str) -> Option<Hash> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    (bytes.len() == TOKEN_LEN).then(|| token_hash(&bytes))
}

fn token_hash(bytes: &[u8]) -> Hash {
    blake3::derive_key("jangkau v1 console session", bytes)
}

/// A token by which a desk is known again at the next sign-in of this person. It opens nothing.
pub(super) fn known_token(
    institution: &InstitutionRow,
    person: PersonId,
    rng: &mut dyn CryptoRng,
) -> String {
    let mut number = [0; KNOWN_LEN];
    rng.fill_bytes(&mut number);
    let proof = known_proof(institution, person, &number);
    BASE64URL_NOPAD.encode(&[&number[..], proof.as_bytes()].concat())
}

/// The number of a desk that this person has signed in from; none for any other token.
pub(super) fn known_line(
    institution: &InstitutionRow,
    person: PersonId,
    token: &str,
) -> Option<[u8; KNOWN_LEN]> {
    let bytes = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
    let (number, proof) = bytes.split_first_chunk::<KNOWN_LEN>()?;
    let proof: [u8; 32] = proof.try_into().ok()?;
    (known_proof(institution, person, number) == blake3::Hash::from(proof)).then_some(*number)
}

fn known_proof(institution: &InstitutionRow, person: PersonId, number: &[u8]) -> blake3::Hash {
    let key = blake3::derive_key("jangkau v1 known desk", &institution.server_key);
    let mut hasher = blake3::Hasher::new_keyed(&key);
    hasher.update(person.as_bytes());
    hasher.update(number);
    hasher.finalize()
}
