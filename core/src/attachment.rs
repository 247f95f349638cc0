//! Attachments: how their bytes are sealed for their document and opened again, and how a picture is made fit to be kept.
//!
//! A blob is sealed in chunks, each under the blob's own key, with its number and whether it is the last in the nonce and
//! the document and the content's address beside it: chunks cannot be swapped, left out or moved to another document.
//! The blob's name is the hash of what is sealed, so that the server checks what arrived without the key.

#[cfg(feature = "pictures")]
mod picture;

use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use thiserror::Error;

use crate::access::Writing;
use crate::class::{Class, Compartment, DocumentKey};
use crate::command::{Attach, Command, CommandEntry};
use crate::id::{BlobHash, CaseId, ContentAddress, DocumentId, IdError, PersonId};

#[cfg(feature = "pictures")]
pub use picture::{PictureError, prepare};

/// Plain bytes in one chunk, in bytes: what a line of 2G carries in a few seconds, so that a cut costs no more.
pub const CHUNK_BYTES: usize = 64 * 1024;

/// What sealing adds to each chunk, in bytes.
pub const TAG_BYTES: usize = 16;

/// Longest attachment, in bytes: a scan of some forty pages. DEFAULT.
pub const PLAIN_BYTES_MAX: u32 = 8 * 1024 * 1024;

const KEY_BYTES: usize = 32;

/// The key of one blob, drawn at random and used for nothing else.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct BlobKey([u8; KEY_BYTES]);

impl BlobKey {
    /// Draws a new key.
    #[must_use]
    pub fn generate(rng: &mut dyn CryptoRng) -> Self {
        let mut bytes = [0; KEY_BYTES];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; KEY_BYTES] {
        &self.0
    }
}

impl TryFrom<&[u8]> for BlobKey {
    type Error = IdError;

    fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
        Ok(Self(bytes.try_into().map_err(|_| IdError::Length)?))
    }
}

impl std::fmt::Debug for BlobKey {
    /// Shows nothing of the key.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("BlobKey(…)")
    }
}

/// Why bytes cannot become an attachment.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unsealable {
    /// There are none.
    #[error("there are no bytes")]
    Empty,
    /// There are more than [`PLAIN_BYTES_MAX`].
    #[error("there are more bytes than an attachment may have")]
    TooLong,
}

/// What arrived is not what the record names, or was sealed for another document.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the attachment is damaged")]
pub struct Damaged;

/// Sealed bytes, and what a record says of them.
#[derive(Clone, Debug)]
pub struct Sealed {
    /// The chunks, in order.
    pub chunks: Vec<Vec<u8>>,
    /// Hash of all chunks.
    pub blob: BlobHash,
    /// Address of the content.
    pub content: ContentAddress,
    /// Length of the plain bytes.
    pub length: u32,
}

/// How many chunks a blob has, by the length of its plain bytes.
#[must_use]
pub fn chunk_count(length: u32) -> u32 {
    length.div_ceil(CHUNK_BYTES as u32).max(1)
}

/// How long a sealed chunk is, by its number; none beyond the last.
#[must_use]
pub fn sealed_chunk_length(length: u32, number: u32) -> Option<usize> {
    let last = chunk_count(length) - 1;
    let rest = length as usize - last as usize * CHUNK_BYTES;
    match number.cmp(&last) {
        std::cmp::Ordering::Less => Some(CHUNK_BYTES + TAG_BYTES),
        std::cmp::Ordering::Equal => Some(rest + TAG_BYTES),
        std::cmp::Ordering::Greater => None,
    }
}

/// The hash over sealed chunks as they come.
#[derive(Clone)]
pub struct BlobHasher(blake3::Hasher);

impl Default for BlobHasher {
    fn default() -> Self {
        Self(blake3::Hasher::new_derive_key("jangkau v1 blob"))
    }
}

impl BlobHasher {
    /// Takes more bytes.
    pub fn update(&mut self, bytes: &[u8]) {
        self.0.update(bytes);
    }

    /// The hash of all that came.
    #[must_use]
    pub fn finish(&self) -> BlobHash {
        BlobHash::from_bytes(*self.0.finalize().as_bytes())
    }
}

/// The document that an attachment is sealed for: the first volume of the compartment in which its author writes, whichever
/// volume its record is written into, since a record may be written again.
#[must_use]
pub const fn sealed_for(case: CaseId, class: Class, compartment: Compartment) -> DocumentKey {
    DocumentKey {
        case,
        class,
        compartment,
        volume: 0,
    }
}

/// The attachment that a command is.
#[must_use]
pub const fn of_entry(entry: &CommandEntry) -> Option<&Attach> {
    if let Command::Attach(attach) = &entry.command {
        Some(attach)
    } else {
        None
    }
}

/// Seals bytes for a document.
///
/// # Errors
/// [`Unsealable`].
pub fn seal(document: DocumentId, plain: &[u8], key: &BlobKey) -> Result<Sealed, Unsealable> {
    let length = u32::try_from(plain.len()).map_err(|_| Unsealable::TooLong)?;
    if length == 0 {
        return Err(Unsealable::Empty);
    }
    if length > PLAIN_BYTES_MAX {
        return Err(Unsealable::TooLong);
    }
    let content = address(document, plain);
    let cipher = XChaCha20Poly1305::new(key.as_bytes().into());
    let beside = beside(document, content);
    let count = chunk_count(length);
    let mut hasher = BlobHasher::default();
    let mut chunks = Vec::with_capacity(count as usize);
    for (number, plain) in (0..count).zip(plain.chunks(CHUNK_BYTES)) {
        let payload = Payload {
            msg: plain,
            aad: &beside,
        };
        let nonce = nonce(number, number + 1 == count);
        // The cipher refuses only what is longer than 256 GiB.
        let sealed = cipher.encrypt(&nonce, payload);
        let sealed = sealed.map_err(|_| Unsealable::TooLong)?;
        hasher.update(&sealed);
        chunks.push(sealed);
    }
    Ok(Sealed {
        chunks,
        blob: hasher.finish(),
        content,
        length,
    })
}

/// Opens the chunks of an attachment.
///
/// # Errors
/// [`Damaged`].
pub fn open(document: DocumentId, attach: &Attach, chunks: &[Vec<u8>]) -> Result<Vec<u8>, Damaged> {
    let count = chunk_count(attach.length);
    if attach.length > PLAIN_BYTES_MAX || chunks.len() != count as usize {
        return Err(Damaged);
    }
    let cipher = XChaCha20Poly1305::new(attach.key.as_bytes().into());
    let beside = beside(document, attach.content);
    let mut plain = Vec::with_capacity(attach.length as usize);
    for (number, sealed) in (0..count).zip(chunks) {
        let payload = Payload {
            msg: sealed,
            aad: &beside,
        };
        let nonce = nonce(number, number + 1 == count);
        plain.extend(cipher.decrypt(&nonce, payload).map_err(|_| Damaged)?);
    }
    if plain.len() == attach.length as usize && address(document, &plain) == attach.content {
        Ok(plain)
    } else {
        Err(Damaged)
    }
}

/// Opens the chunks of an attachment of a case. Its author's right decided for which of the two compartments it was sealed, and
/// may have changed since.
///
/// # Errors
/// [`Damaged`].
pub fn open_as_written(
    (case, author): (CaseId, PersonId),
    attach: &Attach,
    chunks: &[Vec<u8>],
) -> Result<Vec<u8>, Damaged> {
    let document = |write| {
        let compartment = Compartment::of(attach.class, write, author);
        sealed_for(case, attach.class, compartment).id()
    };
    open(document(Writing::All), attach, chunks)
        .or_else(|Damaged| open(document(Writing::OwnEntries), attach, chunks))
}

/// Whether bytes are the content of an attachment of a case.
#[must_use]
pub fn is_of_content((case, author): (CaseId, PersonId), attach: &Attach, plain: &[u8]) -> bool {
    let is_sealed = |write| {
        let compartment = Compartment::of(attach.class, write, author);
        let document = sealed_for(case, attach.class, compartment).id();
        address(document, plain) == attach.content
    };
    is_sealed(Writing::All) || is_sealed(Writing::OwnEntries)
}

/// The address of a content within a document.
fn address(document: DocumentId, plain: &[u8]) -> ContentAddress {
    let key = blake3::derive_key("jangkau v1 attachment address", document.as_bytes());
    ContentAddress::from_bytes(*blake3::keyed_hash(&key, plain).as_bytes())
}

/// What every chunk is bound to.
fn beside(document: DocumentId, content: ContentAddress) -> Vec<u8> {
    let mut beside = document.as_bytes().to_vec();
    beside.extend_from_slice(content.as_bytes());
    beside
}

/// A key seals one blob, so its chunks' numbers are nonces enough.
fn nonce(number: u32, is_last: bool) -> XNonce {
    let mut nonce = [0; 24];
    nonce[..4].copy_from_slice(&number.to_be_bytes());
    nonce[4] = u8::from(is_last);
    nonce.into()
}

#[cfg(test)]
mod tests;
