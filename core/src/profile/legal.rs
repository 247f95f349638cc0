//! Laws and guidelines that a standard cites.

use serde::Deserialize;

use super::words::Source;
use crate::code::codes;

codes!(
    /// Whether a law that is cited still holds.
    LegalStatus {
        /// It does.
        InForce = "in_force",
        /// Another took its place.
        Replaced = "replaced",
        /// Nobody has looked.
        Unchecked = "unchecked",
    }
);

/// A law or guideline.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LegalBasis {
    /// The citation as it should read.
    pub citation: String,
    /// As published, where that differs.
    #[serde(default)]
    pub as_published: Option<String>,
    /// Whether it still holds.
    pub status: LegalStatus,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}
