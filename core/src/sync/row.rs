//! Rows of the log, as devices see them. Every kind has golden bytes; a new kind gets a new number.

use super::{GrantRow, NoticeRow, SignedEpoch, SignedRuling, Terms, ViewRow};
use crate::code::codes;
use crate::id::{
    BlobHash, CaseId, CommandId, EnvelopeHash, PersonId, ProfileId, SeatId, ServerSeq,
};
use crate::time::Timestamp;

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
    /// A document was rewritten after an erasure: what is of an older epoch goes.
    #[n(10)]
    Epoch(#[n(0)] SignedEpoch),
    /// What the server tells of a case to those who may not hold its documents.
    #[n(9)]
    View(#[n(0)] ViewRow),
    /// A case is hidden from this person, or no longer: nothing else is said of it.
    #[n(11)]
    Bar(#[n(0)] CaseId, #[n(1)] bool),
    /// The bytes of an attachment have arrived and are what its record names.
    #[n(12)]
    Stored(#[n(0)] CaseId, #[n(1)] CommandId, #[n(2)] BlobHash),
    /// Somebody broke glass.
    #[n(13)]
    Notice(#[n(0)] NoticeRow),
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
    /// On which terms, where there is something to say of them.
    #[n(4)]
    pub terms: Option<Terms>,
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
