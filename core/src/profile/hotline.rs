//! The directory of numbers to call: those of the country and of the institution. The volunteers' stand with their kecamatan ([`super::Area`]).

use std::collections::BTreeSet;

use serde::Deserialize;

use super::parts::{from_optional_text, from_text};
use super::words::Source;
use crate::code::codes;
use crate::record::{Line, ProfileCode};

codes!(
    /// What a number is called for.
    HotlineUse {
        /// Danger to life: shown while a danger has not reached the server.
        Danger = "danger",
        /// Violence against women and children.
        Violence = "violence",
        /// Children.
        Child = "child",
        /// An ambulance, a doctor.
        Medical = "medical",
        /// To register with the institution; the volunteers' numbers count, too (S0:15).
        Registration = "registration",
    }
);

/// A number to call.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Hotline {
    /// Its code.
    pub id: ProfileCode,
    /// Who answers, in Indonesian.
    pub name: String,
    /// The number, as people write it.
    #[serde(deserialize_with = "from_text")]
    pub number: Line,
    /// What it is called for.
    pub uses: BTreeSet<HotlineUse>,
    /// When somebody answers; absent where that is not known.
    #[serde(default, deserialize_with = "from_optional_text")]
    pub hours: Option<Line>,
    /// Who publishes the number, and where.
    pub basis: String,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}
