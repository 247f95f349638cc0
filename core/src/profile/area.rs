//! The kecamatan of an institution.

use serde::Deserialize;

use super::words::Source;

/// A kecamatan of the institution's, and whom to call there (S0:15).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// The volunteers' hotline; none until the office has told it.
    #[serde(default)]
    pub hotline: Option<String>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}
