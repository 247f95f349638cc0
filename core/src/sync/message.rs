//! The messages of protocol v1. Every one has golden bytes; a new field gets a new number.

use minicbor::bytes::ByteVec;

use super::frame::{FrameError, decode_body, encode_body};
use super::{Packed, SeatCertificate, SelfCheck, SignedRuling, TrustAsk, TrustReply, WireRow};
use crate::class::{Class, DocumentKey};
use crate::code::codes;
use crate::id::{
    BatchId, CaseId, ChangeHash, CommandId, DocEpoch, DocumentId, LogEra, Nonce, ServerSeq,
};
use crate::time::Timestamp;

/// Most commands in one push; a longer outbox goes in several.
pub const COMMANDS_PER_PUSH_MAX: usize = 256;

/// A page ends after about this many bytes, so that a phone on a bad line gets on by small steps.
pub const PAGE_BYTES_SOFT_MAX: usize = 512 * 1024;

/// Most documents in one install frame.
pub const FRAME_DOCUMENTS_MAX: usize = 64;

/// How far a device has read an institution's log.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Cursor {
    /// The log's era.
    #[n(0)]
    pub era: LogEra,
    /// The last row read; 0 before the first.
    #[n(1)]
    pub seq: ServerSeq,
}

/// What a device asks, in one round trip.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SyncRequest {
    /// How far it has read.
    #[n(0)]
    pub cursor: Cursor,
    /// New commands.
    #[n(1)]
    pub push: Option<Batch>,
    /// What a restored server forgot.
    #[n(2)]
    pub push_back: Option<PushBack>,
    /// The next page of a newly granted document set.
    #[n(3)]
    pub backfill: Option<BackfillAt>,
    /// Digest over all that it holds, to be compared.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub check: Option<[u8; 32]>,
    /// Buckets whose documents it wants sent again.
    #[cbor(n(5), with = "minicbor::bytes")]
    pub resend: Option<Vec<u8>>,
    /// Its certificate, for a server that forgot it.
    #[n(6)]
    pub certificate: Option<SeatCertificate>,
    /// Ended grants whose documents it has dropped.
    #[n(7)]
    pub dropped: Option<Vec<ServerSeq>>,
    /// The device's clock as it pushes, by which the server measures it.
    #[n(8)]
    pub sent_at: Option<Timestamp>,
    /// Own commands that wait at the server: what has become of them?
    #[n(9)]
    pub waiting: Option<Vec<CommandId>>,
    /// What it says for the sake of trust.
    #[n(11)]
    pub trust: Option<TrustAsk>,
    /// Pieces of colleagues' parcels.
    #[n(12)]
    pub parcels: Option<Vec<ByteVec>>,
}

/// New commands under one idempotency key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Batch {
    /// The key: a repeat gets the first answer.
    #[n(0)]
    pub id: BatchId,
    /// The envelopes.
    #[n(1)]
    pub envelopes: Packed,
}

/// Envelopes and rulings that the server sequenced once and lost in a restore.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct PushBack {
    /// Envelopes by any seat, with the parts that this device holds.
    #[n(0)]
    pub envelopes: Packed,
    /// Rulings that the server signed.
    #[n(1)]
    pub rulings: Vec<SignedRuling>,
}

/// Where a backfill goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct BackfillAt {
    /// The grant whose documents are wanted, named by its row.
    #[n(0)]
    pub grant: ServerSeq,
    /// The last case that came; none at the start.
    #[n(1)]
    pub after: Option<CaseId>,
    /// Whether only the list rows are wanted yet.
    #[n(2)]
    pub list: bool,
}

/// What the server answers.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SyncReply {
    /// A fresh nonce for the next request.
    #[n(0)]
    pub nonce: Nonce,
    /// The server's clock, to measure the device's by.
    #[n(1)]
    pub now: Timestamp,
    /// What is safe in every backup that a restore may go back to.
    #[n(2)]
    pub backed_up_through: ServerSeq,
    /// The log's era and, where the device comes from an older one, the last row that survived.
    #[n(3)]
    pub era: Era,
    /// The rows after the cursor.
    #[n(4)]
    pub page: Page,
    /// What became of each pushed command.
    #[n(5)]
    pub answers: Option<Vec<Answer>>,
    /// The page of a backfill.
    #[n(6)]
    pub backfill: Option<Backfill>,
    /// The answer to a self-check.
    #[n(7)]
    pub check: Option<SelfCheck>,
    /// The documents of the buckets that were asked for again.
    #[n(8)]
    pub resent: Option<Backfill>,
    /// The nonce of the request that this answers; a late answer to an older request is not taken.
    #[n(9)]
    pub to: Nonce,
    /// What has become of commands that waited. Those that wait still are left out.
    #[n(10)]
    pub settled: Option<Vec<Answer>>,
    /// What is said to it for the sake of trust.
    #[n(11)]
    pub trust: Option<TrustReply>,
    /// The epochs of documents for which something came that is of another epoch.
    #[n(20)]
    pub epochs: Option<Vec<(DocumentId, DocEpoch)>>,
    /// Until when the device may be read, when a new lease is due.
    #[n(13)]
    pub lease: Option<super::Lease>,
}

/// The log's era.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Era {
    /// Its number.
    #[n(0)]
    pub number: LogEra,
    /// For a device of an older era: the last row of that era which the restored server still has.
    #[n(1)]
    pub kept: Option<ServerSeq>,
}

/// Rows of the log, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Page {
    /// The rows that the device may see.
    #[n(0)]
    pub rows: Vec<WireRow>,
    /// The envelopes that the rows speak of.
    #[n(1)]
    pub envelopes: Packed,
    /// How far the log was read; the device's next cursor.
    #[n(2)]
    pub upto: ServerSeq,
    /// Whether there is more.
    #[n(3)]
    pub more: bool,
}

/// What became of one pushed command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Answer {
    /// Which.
    #[n(0)]
    pub command: CommandId,
    /// What became of it.
    #[n(1)]
    pub seen: Seen,
}

/// What became of a pushed command. A verdict comes later, through the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Seen {
    /// It stands in the log.
    #[n(0)]
    Admitted(#[n(0)] ServerSeq),
    /// What it depends on has not arrived yet. The server keeps it.
    #[n(1)]
    Waiting,
    /// It may not enter history. The server keeps it in quarantine.
    #[n(2)]
    TurnedAway(#[n(0)] Turned),
}

codes!(
    /// Why a command may not enter history.
    Turned {
        /// The envelope's signature is wrong.
        BadSignature = "bad_signature",
        /// The seat that signed is not of this institution.
        UnknownSeat = "unknown_seat",
        /// The seat was revoked.
        RevokedSeat = "revoked_seat",
        /// The envelope is for another institution.
        WrongInstitution = "wrong_institution",
        /// The person has no right to write the document.
        NoGrant = "no_grant",
        /// The change is not one that such a command makes.
        Shape = "shape",
        /// The change is too long or claims too much.
        TooLong = "too_long",
        /// Part of the command is missing.
        Incomplete = "incomplete",
        /// The change's actor is not the seat's.
        WrongActor = "wrong_actor",
        /// Another change has this place in the actor's sequence.
        ReusedSequence = "reused_sequence",
        /// The change's operation counter is out of line.
        WrongCounter = "wrong_counter",
        /// A dependency is missing that the actor's own sequence needs.
        WrongDependencies = "wrong_dependencies",
        /// The record is already there, written by another command.
        RecordExists = "record_exists",
        /// The command is already there with other content.
        CommandExists = "command_exists",
        /// The document would not load any more.
        Unloadable = "unloadable",
        /// The document is of another epoch.
        WrongEpoch = "wrong_epoch",
        /// The author in the record is not the signer.
        WrongAuthor = "wrong_author",
        /// A kind of command or row that this server does not know.
        UnknownCommand = "unknown_command",
    }
);

codes!(
    /// Why a whole request was refused. Nothing of it took effect.
    Refused {
        /// The nonce is not of the window; the reply brings a fresh one.
        StaleNonce = "stale_nonce",
        /// No such seat.
        UnknownSeat = "unknown_seat",
        /// The seat was retired: it may push once more, and then wipes.
        RetiredSeat = "retired_seat",
        /// The seat was reported stolen.
        StolenSeat = "stolen_seat",
        /// The request's signature is wrong.
        BadSignature = "bad_signature",
        /// The bytes are not a message.
        Malformed = "malformed",
        /// The message is too long.
        TooLong = "too_long",
        /// The message has a version that this server does not speak.
        Version = "version",
        /// The enrolment code is unknown, used, or too old.
        BadCode = "bad_code",
        /// Not now: a quota is full, or a disk. Nothing is lost; try again.
        Later = "later",
    }
);

/// A page of documents that a grant newly covers, up to the request's cursor.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Backfill {
    /// Rulings about the cases of this page.
    #[n(0)]
    pub rulings: Vec<(ServerSeq, SignedRuling)>,
    /// Documents as of `backed_up_through`.
    #[n(1)]
    pub frames: Vec<InstallFrame>,
    /// Younger commands, which come with their envelopes.
    #[n(2)]
    pub rows: Vec<WireRow>,
    /// The envelopes that the rows speak of.
    #[n(3)]
    pub envelopes: Packed,
    /// Where to go on; none at the end.
    #[n(4)]
    pub next: Option<BackfillAt>,
}

/// Documents of one class, compressed together; stored by the device as it comes.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct InstallFrame {
    /// Their class.
    #[n(0)]
    pub class: Class,
    /// The documents in the order of the saved bytes inside.
    #[n(1)]
    pub documents: Vec<Installed>,
    /// Their saved bytes, compressed together; see [`InstallFrame::saved_documents`].
    #[cbor(n(2), with = "minicbor::bytes")]
    pub saved: Vec<u8>,
}

impl InstallFrame {
    /// Compresses saved documents into one frame.
    #[must_use]
    pub fn new(class: Class, documents: Vec<(Installed, Vec<u8>)>) -> Self {
        let (documents, saved): (Vec<Installed>, Vec<ByteVec>) = documents
            .into_iter()
            .map(|(installed, saved)| (installed, ByteVec::from(saved)))
            .unzip();
        let saved = encode_body(&saved);
        Self {
            class,
            documents,
            saved,
        }
    }

    /// The saved documents, in the order of `documents`.
    ///
    /// # Errors
    /// [`FrameError`], also when there are more or fewer of them, or more than [`FRAME_DOCUMENTS_MAX`].
    pub fn saved_documents(&self) -> Result<Vec<Vec<u8>>, FrameError> {
        let saved: Vec<ByteVec> = decode_body(&self.saved)?;
        if saved.len() != self.documents.len() || saved.len() > FRAME_DOCUMENTS_MAX {
            return Err(FrameError::Malformed);
        }
        Ok(saved.into_iter().map(Vec::from).collect())
    }
}

/// One document of an install frame.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Installed {
    /// Which.
    #[n(0)]
    pub document: DocumentKey,
    /// Its epoch.
    #[n(1)]
    pub epoch: DocEpoch,
    /// Its heads, sorted, so that it need not be loaded before somebody reads it.
    #[n(2)]
    pub heads: Vec<ChangeHash>,
}

/// The body of a refused request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RefusedReply {
    /// Why.
    #[n(0)]
    pub code: Refused,
    /// A fresh nonce, where the seat is known.
    #[n(1)]
    pub nonce: Option<Nonce>,
}

impl RefusedReply {
    /// The reply of a body that came with a status of refusal; none where it is something else, as from a stranger on the way.
    #[must_use]
    pub fn from_bytes(body: &[u8]) -> Option<Self> {
        minicbor::decode(body).ok()
    }
}

impl From<Refused> for RefusedReply {
    fn from(code: Refused) -> Self {
        Self { code, nonce: None }
    }
}
