//! Parcels: a seat's own work, sealed so that the institution's server alone can open it, for somebody else to carry.
//!
//! A parcel is made of pieces, each sealed by itself with ChaCha20-Poly1305 under a key that is agreed on with the server's, which every
//! device got at enrolment: a phone that never comes online again can seal, too. Pieces are padded: their length tells little.

use ed25519_dalek::{SigningKey, VerifyingKey};
use minicbor::bytes::ByteVec;
use rand_core::CryptoRng;
use thiserror::Error;

use super::{Packed, SeatCertificate, decode_body, encode_body};
use crate::cbor::encode;
use crate::id::{BatchId, LogEra};
use crate::secret::{agree_as, agree_with, open_once, seal_once};

/// With what a parcel's file begins.
const MAGIC: &[u8; 17] = b"jangkau parcel 1\n";

/// Bytes that name the key under which a piece was sealed, and of the key made for it.
const TAG_LEN: usize = 8;
const KEY_LEN: usize = 32;

/// Shortest padded piece.
const PADDED_MIN: usize = 4 * 1024;

/// Longest piece: with a push beside it, it still fits into one request.
pub const PIECE_BYTES_MAX: usize = 2_560 * 1024;

/// Most pieces of one parcel: far more than a phone gathers until it dies.
const PIECES_MAX: usize = 64;

/// What a piece holds: envelopes of one seat, whose certificate is there for a server that forgot it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ParcelContent {
    /// The seat's certificate.
    #[n(0)]
    pub certificate: SeatCertificate,
    /// The log's era of which the seat knew.
    #[n(1)]
    pub era: LogEra,
    /// Its envelopes.
    #[n(2)]
    pub envelopes: Packed,
}

/// Whether a piece that somebody carried arrived. What is in it, they never learn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ParcelAnswer {
    /// Which.
    #[n(0)]
    pub piece: BatchId,
    /// Whether the server could open it and has what is in it.
    #[n(1)]
    pub received: bool,
}

/// Why a parcel cannot be opened or carried.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ParcelError {
    /// These bytes are no parcel.
    #[error("this is not a parcel")]
    NotAParcel,
    /// It was sealed for another institution.
    #[error("this parcel is for another institution")]
    OtherInstitution,
    /// It was changed on the way, or is not whole.
    #[error("this parcel is damaged")]
    Damaged,
    /// It is longer than a parcel may be.
    #[error("this parcel is too long")]
    TooLong,
}

/// By what a piece is known: the same for the same bytes.
#[must_use]
pub fn piece_id(piece: &[u8]) -> BatchId {
    let hash = blake3::derive_key("jangkau v1 parcel piece", piece);
    let mut id = [0; BatchId::LEN];
    id.copy_from_slice(&hash[..BatchId::LEN]);
    BatchId::from_bytes(id)
}

/// The pieces of a parcel as one file.
#[must_use]
pub fn parcel_of(pieces: Vec<Vec<u8>>) -> Vec<u8> {
    let pieces: Vec<ByteVec> = pieces.into_iter().map(ByteVec::from).collect();
    let mut file = MAGIC.to_vec();
    file.extend(encode(&pieces));
    file
}

/// The pieces of a parcel's file.
///
/// # Errors
/// [`ParcelError`].
pub fn pieces_of(file: &[u8]) -> Result<Vec<Vec<u8>>, ParcelError> {
    let rest = file.strip_prefix(MAGIC).ok_or(ParcelError::NotAParcel)?;
    let mut decoder = minicbor::Decoder::new(rest);
    let pieces: Vec<ByteVec> = decoder.decode().map_err(|_| ParcelError::Damaged)?;
    if decoder.position() != rest.len() {
        return Err(ParcelError::Damaged);
    }
    let is_long = |piece: &ByteVec| piece.len() > PIECE_BYTES_MAX;
    if pieces.len() > PIECES_MAX || pieces.iter().any(is_long) {
        return Err(ParcelError::TooLong);
    }
    Ok(pieces.into_iter().map(Vec::from).collect())
}

/// Whether a piece was sealed for this server.
///
/// # Errors
/// [`ParcelError`].
pub fn check_piece(piece: &[u8], server: &VerifyingKey) -> Result<(), ParcelError> {
    let tag = piece.get(..TAG_LEN).ok_or(ParcelError::Damaged)?;
    if tag == tag_of(server) {
        Ok(())
    } else {
        Err(ParcelError::OtherInstitution)
    }
}

fn tag_of(server: &VerifyingKey) -> [u8; TAG_LEN] {
    let hash = blake3::derive_key("jangkau v1 parcel tag", server.as_bytes());
    let mut tag = [0; TAG_LEN];
    tag.copy_from_slice(&hash[..TAG_LEN]);
    tag
}

/// For what a piece's key is.
const PIECE_KEY: &str = "jangkau v1 parcel key";

/// Seals a piece for the server.
///
/// # Errors
/// [`ParcelError::TooLong`]; [`ParcelError::Damaged`] for a server's key that is none to agree with.
pub fn seal_piece(
    content: &ParcelContent,
    server: &VerifyingKey,
    rng: &mut dyn CryptoRng,
) -> Result<Vec<u8>, ParcelError> {
    let body = encode_body(content);
    let length = u32::try_from(body.len()).map_err(|_| ParcelError::TooLong)?;
    let mut sealed = length.to_be_bytes().to_vec();
    sealed.extend(body);
    sealed.resize(padded(sealed.len()), 0);
    let (made, key) = agree_with(server, PIECE_KEY, rng).ok_or(ParcelError::Damaged)?;
    let tag = tag_of(server);
    seal_once(&key, &tag, &mut sealed).ok_or(ParcelError::TooLong)?;
    let mut piece = tag.to_vec();
    piece.extend(made);
    piece.extend(sealed);
    if piece.len() > PIECE_BYTES_MAX {
        return Err(ParcelError::TooLong);
    }
    Ok(piece)
}

/// The next power of two; beyond a mebibyte the next quarter of one.
const fn padded(length: usize) -> usize {
    const STEP: usize = 256 * 1024;
    if length <= PADDED_MIN {
        PADDED_MIN
    } else if length <= 4 * STEP {
        length.next_power_of_two()
    } else {
        length.next_multiple_of(STEP)
    }
}

/// Opens a piece with the server's key.
///
/// # Errors
/// [`ParcelError`].
pub fn open_piece(piece: &[u8], server: &SigningKey) -> Result<ParcelContent, ParcelError> {
    check_piece(piece, &server.verifying_key())?;
    let (head, sealed) = piece
        .split_at_checked(TAG_LEN + KEY_LEN)
        .ok_or(ParcelError::Damaged)?;
    let (tag, made) = head.split_at(TAG_LEN);
    let made: [u8; KEY_LEN] = made.try_into().map_err(|_| ParcelError::Damaged)?;
    let key = agree_as(server, PIECE_KEY, &made).ok_or(ParcelError::Damaged)?;
    let mut opened = sealed.to_vec();
    open_once(&key, tag, &mut opened).ok_or(ParcelError::Damaged)?;
    let (length, rest) = opened.split_first_chunk().ok_or(ParcelError::Damaged)?;
    let length = u32::from_be_bytes(*length) as usize;
    let body = rest.get(..length).ok_or(ParcelError::Damaged)?;
    decode_body(body).map_err(|_| ParcelError::Damaged)
}
