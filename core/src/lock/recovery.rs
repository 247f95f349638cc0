//! A forgotten PIN: the institution lets a person back into their own vault, on the device where it lies.
//!
//! At set-up the database's key is also wrapped under a random recovery secret, and that secret is sealed to the key under which
//! the institution's server signs. The device asks with the sealed secret and a one-time key; a head who knows the person approves
//! this very request by its code; the server seals the secret to the one-time key. Neither the database's key nor what it opens
//! ever leaves the device.

use data_encoding::BASE32_NOPAD;
use ed25519_dalek::{SigningKey, VerifyingKey};
use rand_core::CryptoRng;
use thiserror::Error;

use super::file::VaultId;
use super::keys::{self, DatabaseKey, Wrapped};
use crate::cbor::encode;
use crate::id::{InstitutionId, SeatId};
use crate::secret::{Secret, agree_as, agree_with, derive, fresh};
use crate::sync::Enrolled;

/// The secret is not released: the request or the answer is not what it should be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not released")]
pub struct NotReleased;

/// The way in through the institution.
#[derive(Clone, Debug, minicbor::Encode, minicbor::Decode)]
pub(super) struct RecoveryWrap {
    #[n(0)]
    institution: InstitutionId,
    #[n(1)]
    seat: SeatId,
    /// The key under which the institution's server signs, and to which the secret is sealed.
    #[cbor(n(2), with = "minicbor::bytes")]
    server_key: [u8; 32],
    #[n(3)]
    sealed: Sealed,
    /// The database's key under the secret.
    #[cbor(n(4), with = "minicbor::bytes")]
    wrapped: Wrapped,
}

impl RecoveryWrap {
    /// Wraps a database's key under a new secret, sealed to a server's key.
    fn new(
        institution: &InstitutionId,
        seat: SeatId,
        server_key: [u8; 32],
        vault: VaultId,
        key: &DatabaseKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, NotReleased> {
        let secret = fresh(rng);
        let bound = bound(institution, seat, vault);
        let to = VerifyingKey::from_bytes(&server_key).map_err(|_| NotReleased)?;
        let by = derive(SECRET_KEY, &[&secret]);
        Ok(Self {
            institution: institution.clone(),
            seat,
            server_key,
            sealed: Sealed::new(&to, TO_SERVER, &bound, &secret, rng)?,
            wrapped: keys::wrap(&by, &bound, &key.0).ok_or(NotReleased)?,
        })
    }

    /// The same under a new secret.
    pub(super) fn renewed(
        &self,
        vault: VaultId,
        key: &DatabaseKey,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, NotReleased> {
        Self::new(
            &self.institution,
            self.seat,
            self.server_key,
            vault,
            key,
            rng,
        )
    }
}

/// What each derived key is for.
const SECRET_KEY: &str = "jangkau v1 vault recovery key";
/// From the device to the server.
const TO_SERVER: &str = "jangkau v1 vault recovery";
/// From the server to the device.
const TO_DEVICE: &str = "jangkau v1 vault release";

/// Wraps a database's key for the institution.
pub(super) fn seal(
    enrolled: &Enrolled,
    vault: VaultId,
    key: &DatabaseKey,
    rng: &mut dyn CryptoRng,
) -> Result<RecoveryWrap, NotReleased> {
    let certificate = &enrolled.certificate;
    let (institution, seat) = (&certificate.institution, certificate.seat);
    RecoveryWrap::new(institution, seat, enrolled.server_key, vault, key, rng)
}

/// What a secret is bound to, so that it opens no other vault.
fn bound(institution: &InstitutionId, seat: SeatId, vault: VaultId) -> Vec<u8> {
    let mut bound = Vec::with_capacity(64);
    bound.extend(vault.as_bytes());
    bound.extend(seat.as_bytes());
    bound.extend(institution.as_str().as_bytes());
    bound
}

/// A secret sealed to the holder of a key, under a key that both agree on.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
struct Sealed {
    #[cbor(n(0), with = "minicbor::bytes")]
    one_time: [u8; 32],
    #[cbor(n(1), with = "minicbor::bytes")]
    bytes: Wrapped,
}

impl Sealed {
    fn new(
        to: &VerifyingKey,
        purpose: &'static str,
        bound: &[u8],
        secret: &Secret,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self, NotReleased> {
        let (one_time, key) = agree_with(to, purpose, rng).ok_or(NotReleased)?;
        let bytes = keys::wrap(&key, bound, secret).ok_or(NotReleased)?;
        Ok(Self { one_time, bytes })
    }

    fn open(
        &self,
        key: &SigningKey,
        purpose: &'static str,
        bound: &[u8],
    ) -> Result<Secret, NotReleased> {
        let key = agree_as(key, purpose, &self.one_time).ok_or(NotReleased)?;
        keys::unwrap(&key, bound, &self.bytes).ok_or(NotReleased)
    }
}

/// What the server is asked: `POST /v1/release`.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReleaseRequest {
    /// The institution.
    #[n(0)]
    pub institution: InstitutionId,
    /// Whose vault it is.
    #[n(1)]
    pub seat: SeatId,
    #[n(2)]
    vault: VaultId,
    #[n(3)]
    sealed: Sealed,
    /// The one-time key to which the answer is sealed.
    #[cbor(n(4), with = "minicbor::bytes")]
    reply_to: [u8; 32],
}

impl ReleaseRequest {
    /// The code that the person reads to the head, and by which the head approves this request and no other.
    #[must_use]
    pub fn code(&self) -> ReleaseCode {
        let bytes = encode(self);
        let digest = blake3::derive_key("jangkau v1 release code", &bytes);
        let mut code = [0; CODE_LEN];
        let letters = BASE32_NOPAD.encode(&digest);
        code.copy_from_slice(&letters.as_bytes()[..CODE_LEN]);
        ReleaseCode(code)
    }
}

/// Letters of a code: 60 bits, so that nobody finds another request of the same code.
const CODE_LEN: usize = 12;

/// The code of a request, shown in groups of four. Letters and the digits 2 to 7.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ReleaseCode([u8; CODE_LEN]);

impl std::fmt::Display for ReleaseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let groups: Vec<String> = self
            .0
            .chunks(4)
            .map(|group| String::from_utf8_lossy(group).into_owned())
            .collect();
        f.write_str(&groups.join("-"))
    }
}

impl std::fmt::Debug for ReleaseCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReleaseCode({self})")
    }
}

impl std::str::FromStr for ReleaseCode {
    type Err = crate::id::IdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let letters = text.bytes().filter(|byte| !matches!(byte, b'-' | b' '));
        let letters: Vec<u8> = letters.map(|byte| byte.to_ascii_uppercase()).collect();
        if !letters
            .iter()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
        {
            return Err(Self::Err::Character);
        }
        Ok(Self(letters.try_into().map_err(|_| Self::Err::Length)?))
    }
}

/// What the server answers: the secret, sealed to the one-time key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReleaseReply {
    #[n(0)]
    sealed: Sealed,
}

/// A request under way, and the one-time key that its answer is sealed to.
pub struct ReleaseAsk {
    request: ReleaseRequest,
    key: SigningKey,
}

impl std::fmt::Debug for ReleaseAsk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "ReleaseAsk({})", self.request.code())
    }
}

impl ReleaseAsk {
    pub(super) fn new(vault: VaultId, recovery: &RecoveryWrap, rng: &mut dyn CryptoRng) -> Self {
        let key = SigningKey::from_bytes(&fresh(rng));
        let request = ReleaseRequest {
            institution: recovery.institution.clone(),
            seat: recovery.seat,
            vault,
            sealed: recovery.sealed.clone(),
            reply_to: key.verifying_key().to_bytes(),
        };
        Self { request, key }
    }

    /// What goes to the server.
    #[must_use]
    pub const fn request(&self) -> &ReleaseRequest {
        &self.request
    }
}

/// The server's side, after a head has approved this request: opens the secret and seals it to the one-time key.
///
/// # Errors
/// [`NotReleased`] where the secret was sealed for another institution, seat or vault.
pub fn release(
    request: &ReleaseRequest,
    server_key: &SigningKey,
    rng: &mut dyn CryptoRng,
) -> Result<ReleaseReply, NotReleased> {
    let bound = bound(&request.institution, request.seat, request.vault);
    let secret = request.sealed.open(server_key, TO_SERVER, &bound)?;
    let to = VerifyingKey::from_bytes(&request.reply_to).map_err(|_| NotReleased)?;
    let sealed = Sealed::new(&to, TO_DEVICE, &bound, &secret, rng)?;
    Ok(ReleaseReply { sealed })
}

/// The device's side: the database's key, by the secret that the answer brings.
pub(super) fn open(
    ask: &ReleaseAsk,
    reply: &ReleaseReply,
    vault: VaultId,
    recovery: &RecoveryWrap,
) -> Result<DatabaseKey, NotReleased> {
    let bound = bound(&recovery.institution, recovery.seat, vault);
    let secret = reply.sealed.open(&ask.key, TO_DEVICE, &bound)?;
    let by = derive(SECRET_KEY, &[&secret]);
    let key = keys::unwrap(&by, &bound, &recovery.wrapped).ok_or(NotReleased)?;
    Ok(DatabaseKey(key))
}
