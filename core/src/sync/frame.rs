//! The outermost bytes: a version, one bounded compression, and the signed request.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use thiserror::Error;

use crate::cbor::encode;
use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::{Nonce, SeatId};

/// The version that this code speaks.
pub const PROTOCOL_VERSION: u8 = 1;

/// The route that a sync request is signed for, over HTTP and WebSocket alike.
pub const SYNC_ROUTE: &str = "POST /v1/sync";

/// Longest frame on the wire, in bytes: a day's outbox of a busy device, ten times over.
pub const FRAME_BYTES_MAX: usize = 4 * 1024 * 1024;

/// Longest frame once inflated, in bytes: what a phone of 2 GB can hold beside everything else.
pub const INFLATED_BYTES_MAX: usize = 16 * 1024 * 1024;

/// Bodies shorter than this are sent as they are; compression would lengthen them.
const COMPRESS_FROM: usize = 256;

/// Compression window, as a power of two, in bytes: bounds the receiver's memory to 1 MiB.
const WINDOW_LOG: u32 = 20;

const RAW: u8 = 0;
const ZSTD: u8 = 1;

/// Why bytes are not a frame.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum FrameError {
    /// Longer than [`FRAME_BYTES_MAX`], or than [`INFLATED_BYTES_MAX`] once inflated.
    #[error("the frame is too long")]
    TooLong,
    /// Another version than this code speaks.
    #[error("the frame has another version")]
    Version,
    /// Truncated, flipped, or of another shape.
    #[error("the frame is malformed")]
    Malformed,
}

/// Encodes a message: version, kind of compression, bytes.
#[must_use]
pub fn encode_body<T: minicbor::Encode<()>>(message: &T) -> Vec<u8> {
    let plain = encode(message);
    let mut frame = vec![PROTOCOL_VERSION];
    match (plain.len() >= COMPRESS_FROM)
        .then(|| compress(&plain))
        .flatten()
    {
        Some(packed) if packed.len() < plain.len() => {
            frame.push(ZSTD);
            frame.extend_from_slice(&packed);
        }
        Some(_) | None => {
            frame.push(RAW);
            frame.extend_from_slice(&plain);
        }
    }
    frame
}

/// Decodes a message.
///
/// # Errors
/// [`FrameError`].
pub fn decode_body<T: for<'b> minicbor::Decode<'b, ()>>(frame: &[u8]) -> Result<T, FrameError> {
    if frame.len() > FRAME_BYTES_MAX {
        return Err(FrameError::TooLong);
    }
    let (&[version, kind], rest) = frame.split_first_chunk().ok_or(FrameError::Malformed)?;
    if version != PROTOCOL_VERSION {
        return Err(FrameError::Version);
    }
    let decode = |plain: &[u8]| {
        let mut decoder = minicbor::Decoder::new(plain);
        let message = decoder.decode().map_err(|_| FrameError::Malformed)?;
        if decoder.position() == plain.len() {
            Ok(message)
        } else {
            Err(FrameError::Malformed)
        }
    };
    match kind {
        RAW => decode(rest),
        ZSTD => decode(&inflate(rest)?),
        _ => Err(FrameError::Malformed),
    }
}

fn compress(plain: &[u8]) -> Option<Vec<u8>> {
    let mut compressor = zstd::bulk::Compressor::new(3).ok()?;
    compressor
        .set_parameter(zstd::zstd_safe::CParameter::WindowLog(WINDOW_LOG))
        .ok()?;
    compressor.compress(plain).ok()
}

/// Inflates one compressed frame, and nothing after it, under our own limits of memory and length.
fn inflate(packed: &[u8]) -> Result<Vec<u8>, FrameError> {
    use std::io::Read as _;
    let malformed = |_| FrameError::Malformed;
    let mut decoder = zstd::stream::read::Decoder::with_buffer(packed)
        .map_err(malformed)?
        .single_frame();
    decoder.window_log_max(WINDOW_LOG).map_err(malformed)?;
    let mut plain = Vec::new();
    let limit = INFLATED_BYTES_MAX as u64 + 1;
    decoder
        .by_ref()
        .take(limit)
        .read_to_end(&mut plain)
        .map_err(malformed)?;
    if plain.len() > INFLATED_BYTES_MAX {
        Err(FrameError::TooLong)
    } else if decoder.finish().is_empty() {
        Ok(plain)
    } else {
        Err(FrameError::Malformed)
    }
}

/// A request under a seat's signature, over method, path, body and a nonce that the server gave.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SignedRequest {
    /// Who asks.
    #[n(0)]
    pub seat: SeatId,
    /// A nonce of the server's window.
    #[n(1)]
    pub nonce: Nonce,
    /// The signature.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
    /// The message, as [`encode_body`] made it.
    #[cbor(n(3), with = "minicbor::bytes")]
    pub body: Vec<u8>,
}

/// What a request's signature covers.
#[must_use]
pub fn request_digest(route: &str, seat: SeatId, nonce: Nonce, body: &[u8]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 request");
    hasher
        .update(&(route.len() as u32).to_be_bytes())
        .update(route.as_bytes());
    hasher
        .update(seat.as_bytes())
        .update(nonce.as_bytes())
        .update(body);
    *hasher.finalize().as_bytes()
}

impl SignedRequest {
    /// Signs a message for a route such as `POST /v1/sync`.
    #[must_use]
    pub fn sign(route: &str, seat: SeatId, nonce: Nonce, body: Vec<u8>, key: &SigningKey) -> Self {
        let signature = key
            .sign(&request_digest(route, seat, nonce, &body))
            .to_bytes();
        Self {
            seat,
            nonce,
            signature,
            body,
        }
    }

    /// Checks the signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, route: &str, key: &VerifyingKey) -> Result<(), BadSignature> {
        let digest = request_digest(route, self.seat, self.nonce, &self.body);
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&digest, &signature)
            .map_err(|_| BadSignature)
    }

    /// The bytes on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        encode(self)
    }

    /// Reads the bytes.
    ///
    /// # Errors
    /// [`FrameError`].
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, FrameError> {
        if bytes.len() > FRAME_BYTES_MAX {
            return Err(FrameError::TooLong);
        }
        let mut decoder = minicbor::Decoder::new(bytes);
        let request = decoder.decode().map_err(|_| FrameError::Malformed)?;
        if decoder.position() == bytes.len() {
            Ok(request)
        } else {
            Err(FrameError::Malformed)
        }
    }
}
