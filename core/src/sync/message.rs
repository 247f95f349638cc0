//! The messages of protocol v1. Every one has golden bytes; a new field gets a new number.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use super::Packed;
use crate::class::{Class, DocumentKey};
use crate::code::codes;
use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::{
    BatchId, CaseId, ChangeHash, CommandId, DeviceId, DocEpoch, DocumentId, EnvelopeHash,
    InstitutionId, LogEra, Nonce, PersonId, ProfileId, SeatId, ServerSeq,
};
use crate::time::Timestamp;

/// Most commands in one push; a longer outbox goes in several.
pub const COMMANDS_PER_PUSH_MAX: usize = 256;

/// A page ends after about this many bytes, so that a phone on a bad line gets on by small steps.
pub const PAGE_BYTES_SOFT_MAX: usize = 512 * 1024;

/// Most documents in one install frame.
pub const FRAME_DOCUMENTS_MAX: usize = 64;

/// Number of buckets of the self-check.
pub const BUCKETS: usize = 256;

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
    #[n(5)]
    pub resend: Option<Vec<u8>>,
    /// Its certificate, for a server that forgot it.
    #[n(6)]
    pub certificate: Option<SeatCertificate>,
    /// Ended grants whose documents it has dropped.
    #[n(7)]
    pub dropped: Option<Vec<ServerSeq>>,
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

/// One row of the log.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct WireRow {
    /// Its position.
    #[n(0)]
    pub seq: ServerSeq,
    /// When the server appended it.
    #[n(1)]
    pub received_at: Timestamp,
    /// What it is.
    #[n(2)]
    pub row: Row,
}

/// The kinds of row that devices see.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Row {
    /// Admitted commands: the next envelope of the page, and which of its commands were admitted here.
    #[n(0)]
    Commands(#[n(0)] Vec<CommandId>),
    /// A ruling.
    #[n(1)]
    Ruling(#[n(0)] SignedRuling),
    /// A grant to this person.
    #[n(2)]
    Grant(#[n(0)] GrantRow),
    /// The end of a grant, named by its row.
    #[n(3)]
    GrantEnd(#[n(0)] ServerSeq),
    /// A person on the staff, or a change to one.
    #[n(4)]
    Staff(#[n(0)] StaffRow),
    /// A version of the service profile.
    #[n(5)]
    Profile(#[n(0)] ProfileRow),
    /// A version of a calendar.
    #[n(6)]
    Calendar(#[n(0)] CalendarRow),
    /// What became of one of this person's seats.
    #[n(7)]
    Seat(#[n(0)] SeatId, #[n(1)] SeatStatus),
    /// Commands that this seat pushed in this very request: it has their envelope, named by its hash.
    #[n(8)]
    Own(#[n(0)] EnvelopeHash, #[n(1)] Vec<CommandId>),
}

codes!(
    /// What became of a seat.
    SeatStatus {
        /// It may sync.
        Active = "active",
        /// It drains into quarantine, then wipes.
        Retired = "retired",
        /// It is refused.
        Stolen = "stolen",
    }
);

/// Which cases a grant is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
pub enum GrantScope {
    /// One case.
    #[n(0)]
    Case(#[n(0)] CaseId),
    /// Every case of the institution.
    #[n(1)]
    Institution,
}

/// A person may hold the documents of some classes; takes effect at the row's position.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct GrantRow {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Of which cases.
    #[n(1)]
    pub scope: GrantScope,
    /// Of which classes. Classes by author only ever mean the person's own.
    #[n(2)]
    pub classes: Vec<Class>,
}

/// A person on the staff, as every colleague sees them.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct StaffRow {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Name.
    #[n(1)]
    pub name: String,
    /// Codes of the roles held.
    #[n(2)]
    pub roles: Vec<String>,
    /// Whether the person works here.
    #[n(3)]
    pub active: bool,
}

/// A version of a service profile, as its file.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ProfileRow {
    /// Its id.
    #[n(0)]
    pub id: ProfileId,
    /// Its version.
    #[n(1)]
    pub version: u32,
    /// The file.
    #[n(2)]
    pub toml: String,
}

/// A version of a calendar, as its file.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CalendarRow {
    /// Its name, such as `national` or `bali`.
    #[n(0)]
    pub name: String,
    /// Its version.
    #[n(1)]
    pub version: u32,
    /// The file.
    #[n(2)]
    pub csv: String,
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
    /// A compressed list of saved documents, as `encode_body` makes it.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub saved: Vec<u8>,
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

/// The answer to a self-check.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum SelfCheck {
    /// Device and server hold the same.
    #[n(0)]
    Same,
    /// They do not; the digests of the server's buckets.
    #[n(1)]
    Differs(#[n(0)] Vec<u64>),
}

/// What of a document the self-check compares.
#[must_use]
pub fn document_digest(id: DocumentId, epoch: DocEpoch, heads: &[ChangeHash]) -> u64 {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 self-check");
    hasher
        .update(id.as_bytes())
        .update(&epoch.get().to_be_bytes());
    for head in heads {
        hasher.update(head.as_bytes());
    }
    let mut digest = [0; 8];
    hasher.finalize_xof().fill(&mut digest);
    u64::from_be_bytes(digest)
}

/// The bucket of a document.
#[must_use]
pub const fn bucket_of(id: DocumentId) -> u8 {
    id.as_bytes()[0]
}

/// Digests of documents by bucket; XOR within one, so that order does not matter.
pub type Bucket = u64;

/// One digest over all buckets.
#[must_use]
pub fn digest_of_buckets(buckets: &[Bucket; BUCKETS]) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 self-check root");
    for bucket in buckets {
        hasher.update(&bucket.to_be_bytes());
    }
    *hasher.finalize().as_bytes()
}

/// What the server decided about a case, for one class of holders.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RulingBody {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// The class of what it speaks about; none for K1, which every holder of the case sees.
    #[n(1)]
    pub class: Option<Class>,
    /// The last row that was judged.
    #[n(2)]
    pub judged_through: ServerSeq,
    /// The recorded instant of the judgement.
    #[n(3)]
    pub ruled_at: Timestamp,
    /// The profile that the case is pinned to.
    #[n(4)]
    pub profile: ProfileId,
    /// Its version.
    #[n(5)]
    pub profile_version: u32,
    /// The calendars' version.
    #[n(6)]
    pub calendar_version: u32,
    /// Verdicts on commands of this class, encoded by `rules`.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub verdicts: Vec<u8>,
    /// The case's state, encoded by `rules`; only in a ruling of class K1.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub state: Option<Vec<u8>>,
}

/// A ruling under the institution's server key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SignedRuling {
    /// What was decided, encoded.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The signature over it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
}

/// What a ruling's signature covers.
fn ruling_digest(body: &[u8]) -> [u8; 32] {
    blake3::derive_key("jangkau v1 ruling", body)
}

impl SignedRuling {
    /// Signs a ruling.
    #[must_use]
    pub fn sign(ruling: &RulingBody, key: &SigningKey) -> Self {
        let body = minicbor::to_vec(ruling).unwrap_or_default();
        let signature = key.sign(&ruling_digest(&body)).to_bytes();
        Self { body, signature }
    }

    /// Reads it, after its signature.
    ///
    /// # Errors
    /// [`BadSignature`], also for a body that is no ruling.
    pub fn verify(&self, key: &VerifyingKey) -> Result<RulingBody, BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&ruling_digest(&self.body), &signature)
            .map_err(|_| BadSignature)?;
        self.read()
    }

    /// Reads it without its signature, from our own store.
    ///
    /// # Errors
    /// [`BadSignature`] for a body that is no ruling.
    pub fn read(&self) -> Result<RulingBody, BadSignature> {
        minicbor::decode(&self.body).map_err(|_| BadSignature)
    }
}

/// The server's word that a key belongs to one person on one device.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SeatCertificate {
    /// The seat.
    #[n(0)]
    pub seat: SeatId,
    /// The institution.
    #[n(1)]
    pub institution: InstitutionId,
    /// The person.
    #[n(2)]
    pub person: PersonId,
    /// The device.
    #[n(3)]
    pub device: DeviceId,
    /// The seat's public key.
    #[cbor(n(4), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
    /// When it was given.
    #[n(5)]
    pub issued_at: Timestamp,
    /// The server's signature.
    #[cbor(n(6), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
}

impl SeatCertificate {
    fn digest(&self) -> [u8; 32] {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 seat certificate");
        hasher
            .update(self.seat.as_bytes())
            .update(self.person.as_bytes());
        hasher
            .update(self.device.as_bytes())
            .update(&self.public_key);
        hasher.update(&self.issued_at.as_millis().to_be_bytes());
        hasher.update(self.institution.as_str().as_bytes());
        *hasher.finalize().as_bytes()
    }

    /// Signs what is in it.
    #[must_use]
    pub fn signed(mut self, key: &SigningKey) -> Self {
        self.signature = key.sign(&self.digest()).to_bytes();
        self
    }

    /// Checks the server's signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&self.digest(), &signature)
            .map_err(|_| BadSignature)
    }
}

/// A device trades its code and the public key of a new seat for a certificate.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Enrol {
    /// The one-time code.
    #[n(0)]
    pub code: String,
    /// The device.
    #[n(1)]
    pub device: DeviceId,
    /// The seat's public key.
    #[cbor(n(2), with = "minicbor::bytes")]
    pub public_key: [u8; 32],
}

/// What enrolment gives.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Enrolled {
    /// The certificate.
    #[n(0)]
    pub certificate: SeatCertificate,
    /// The key under which the server signs rulings and certificates.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub server_key: [u8; 32],
    /// The first nonce.
    #[n(2)]
    pub nonce: Nonce,
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

impl From<Refused> for RefusedReply {
    fn from(code: Refused) -> Self {
        Self { code, nonce: None }
    }
}
