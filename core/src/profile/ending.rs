//! What an ending asks for, by its reason (amendment B2), and what the institution has to offer in rooms and instruments.

use serde::Deserialize;

use super::words::Source;
use crate::code::codes;
use crate::command::EndingReason;

/// What an ending for one reason asks for. Every ending needs the look at safety, and at danger only the head ends.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Ending {
    /// Whether this institution ends cases for this reason.
    #[serde(default = "super::parts::yes")]
    pub enabled: bool,
    /// Whether the work must be finished: what `terminate` needs and guards, and no letter still to be written.
    #[serde(default)]
    pub finished_work: bool,
    /// Fewest visits that did not meet the client, one of them at home; 0: none are asked for.
    #[serde(default)]
    pub attempts: u16,
    /// On how many different days they must have been.
    #[serde(default)]
    pub attempt_days: u16,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}

impl EndingReason {
    /// Whether a reason is chosen with the ending, and a profile says what it asks for. The others have commands of
    /// their own.
    #[must_use]
    pub const fn is_chosen(self) -> bool {
        match self {
            Self::GoalsMet
            | Self::ReferredOut
            | Self::ClientWithdrew
            | Self::Unreachable
            | Self::OutOfScope
            | Self::OutOfArea
            | Self::Moved
            | Self::Deceased => true,
            Self::InformationOnly | Self::DuplicateOf | Self::RegisteredInError => false,
        }
    }
}

codes!(
    /// What a facility is.
    FacilityKind {
        /// A room.
        Room = "room",
        /// An instrument of assessment.
        Instrument = "instrument",
        /// A form on paper.
        Form = "form",
        /// Supplies and equipment.
        Supply = "supply",
    }
);

/// Something that the institution works with (*sarana dan prasarana*).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Facility {
    /// What it is.
    pub kind: FacilityKind,
    /// Its name, as published where it is.
    pub name: String,
    /// Under which terms its content may be used; for instruments.
    #[serde(default)]
    pub licence: Option<String>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}
