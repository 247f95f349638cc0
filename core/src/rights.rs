//! What a client may ask of whoever keeps their data (UU 27/2022), and why an office may not do it: words only. The register stands
//! on the server.

use crate::class::DocumentKey;
use crate::code::codes;
use crate::id::CommandId;
use crate::sync::RemovalReason;

codes!(
    /// What a client asks for. Each has a line of 3x24 hours, strict (LK3.md 7.4 and 11).
    RightsKind {
        /// A copy of what is kept (art. 32).
        Access = "access",
        /// That what is wrong be put right (art. 30).
        Correction = "correction",
        /// That use be limited (art. 41).
        Restriction = "restriction",
        /// That use stop, since consent was taken back (art. 40).
        Withdrawal = "withdrawal",
        /// That it be erased (art. 43).
        Erasure = "erasure",
    }
);

impl RightsKind {
    /// The profile's clock of such a request; none where no profile has one.
    #[must_use]
    pub const fn clock(self) -> Option<&'static str> {
        match self {
            Self::Access => Some("pdp_access"),
            Self::Correction => Some("pdp_correction"),
            Self::Restriction => Some("pdp_restriction"),
            Self::Withdrawal => Some("pdp_stop_after_withdrawal"),
            Self::Erasure => None,
        }
    }
}

codes!(
    /// Why something that concerns a client's rights was not done. Nothing was changed.
    RightsRefusal {
        /// Whoever asks does not decide.
        SamePerson = "same_person",
        /// Only a data protection officer or a head decides.
        NotTheirs = "not_theirs",
        /// There is no such case.
        UnknownCase = "unknown_case",
        /// There is no such request.
        UnknownRequest = "unknown_request",
        /// It was decided already.
        AlreadyDecided = "already_decided",
        /// It has not been decided.
        NotDecided = "not_decided",
        /// It is closed.
        AlreadyClosed = "already_closed",
        /// A reason in writing is missing.
        ReasonMissing = "reason_missing",
        /// A legal process keeps the case.
        LegalHold = "legal_hold",
        /// The time for which the case is kept is not over.
        RetentionRuns = "retention_runs",
        /// Nothing of it is there.
        NothingToErase = "nothing_to_erase",
        /// An edit of a text goes only with the text.
        PartOfText = "part_of_text",
        /// Without the field the record is none.
        FieldNeeded = "field_needed",
        /// A decision rests on it.
        HoldsDecision = "holds_decision",
        /// The record was not moved, or was not taken over where it belongs.
        NotMoved = "not_moved",
        /// Devices have not confirmed, and nobody says in writing why it is closed all the same.
        DevicesMissing = "devices_missing",
        /// The client has not been told by letter.
        LetterMissing = "letter_missing",
        /// Nothing that answers the request stands in the case yet.
        NotDone = "not_done",
    }
);

/// What is to be erased.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum ErasureScope {
    /// All of the case.
    #[n(0)]
    Case,
    /// One document.
    #[n(1)]
    Document(#[n(0)] DocumentKey),
    /// Some commands' records.
    #[n(2)]
    Records(#[n(0)] Vec<CommandId>),
    /// Some fields of one command, by the names that forms use.
    #[n(3)]
    Fields(#[n(0)] CommandId, #[n(1)] Vec<String>),
}

impl ErasureScope {
    /// Records, or some fields of one; no record is all of the case. None where fields are named, and not one record.
    #[must_use]
    pub fn of(records: Vec<CommandId>, fields: Vec<String>) -> Option<Self> {
        match (records.as_slice(), fields.is_empty()) {
            ([], true) => Some(Self::Case),
            ([one], false) => Some(Self::Fields(*one, fields)),
            (_, true) => Some(Self::Records(records)),
            (_, false) => None,
        }
    }
}

/// What a request asks for beyond its kind.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Asked {
    /// What is to be erased; only for erasures.
    #[n(0)]
    pub scope: Option<ErasureScope>,
    /// Why it goes.
    #[n(1)]
    pub reason: Option<RemovalReason>,
}
