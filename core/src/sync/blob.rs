//! `POST /v1/blob`: the bytes of attachments, chunk by chunk, beside the log. One small step a request, so that a bad line
//! gets on; whatever was cut is sent again.

use ed25519_dalek::{Signature, VerifyingKey};
use minicbor::bytes::ByteVec;

use super::frame::{SignedRequest, request_digest};
use crate::code::codes;
use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::{CommandId, Nonce, SeatId, ServerSeq};

/// The route that a request about a blob is signed for.
pub const BLOB_ROUTE: &str = "POST /v1/blob";

/// Longest request or answer about a blob, in bytes: three chunks and what stands around them.
pub const BLOB_BYTES_MAX: usize = 256 * 1024;

/// Most chunks in one request or answer.
pub const BLOB_CHUNKS_MAX: u32 = 3;

/// What a device asks about the blob of an attachment, named by the attachment's command.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum BlobRequest {
    /// How far has it arrived from this seat?
    #[n(0)]
    Status(#[n(0)] CommandId),
    /// Takes these chunks, of which the first has this number.
    #[n(1)]
    Put(#[n(0)] CommandId, #[n(1)] u32, #[n(2)] Vec<ByteVec>),
    /// Gives chunks from this number on.
    #[n(2)]
    Get(#[n(0)] CommandId, #[n(1)] u32),
}

impl BlobRequest {
    /// The attachment.
    #[must_use]
    pub const fn command(&self) -> CommandId {
        match self {
            Self::Status(command) | Self::Put(command, _, _) | Self::Get(command, _) => *command,
        }
    }
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct BlobReply {
    /// A fresh nonce for the next request.
    #[n(0)]
    pub nonce: Nonce,
    /// The nonce of the request that this answers.
    #[n(1)]
    pub to: Nonce,
    /// The answer.
    #[n(2)]
    pub answer: BlobAnswer,
}

/// The answer about a blob.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum BlobAnswer {
    /// All of it is here and verified, and the log says so at this row.
    #[n(0)]
    Stored(#[n(0)] ServerSeq),
    /// The chunks before this one are here.
    #[n(1)]
    Next(#[n(0)] u32),
    /// Chunks, in order, from the one that was asked for.
    #[n(2)]
    Chunks(#[n(0)] Vec<ByteVec>),
    /// Not this one. Others are not held up by it.
    #[n(3)]
    Refused(#[n(0)] BlobRefused),
}

codes!(
    /// Why the server does not take or give a blob.
    BlobRefused {
        /// There is no such attachment in what this person may hold.
        Unknown = "unknown",
        /// Its bytes have not arrived.
        Absent = "absent",
        /// What arrived is not what the record names; it has to be sent again.
        WrongHash = "wrong_hash",
        /// A chunk has another number or length than the record says.
        WrongLength = "wrong_length",
    }
);

/// A signed request without its bytes: all that is needed to know who asks.
#[derive(Clone, Copy, Debug)]
pub struct RequestClaim {
    /// Who asks.
    pub seat: SeatId,
    /// A nonce of the server's window.
    pub nonce: Nonce,
    signature: [u8; SIGNATURE_LEN],
    digest: [u8; 32],
}

impl RequestClaim {
    /// Takes the claim from a request for a route.
    #[must_use]
    pub fn of(request: &SignedRequest, route: &str) -> Self {
        let (seat, nonce) = (request.seat, request.nonce);
        Self {
            seat,
            nonce,
            signature: request.signature,
            digest: request_digest(route, seat, nonce, &request.body),
        }
    }

    /// Checks the signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.digest, &signature)
            .map_err(|_| BadSignature)
    }
}
