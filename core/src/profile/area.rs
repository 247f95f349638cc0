//! The kecamatan of an institution.

use serde::Deserialize;

use super::parts::from_optional_text;
use super::words::Source;
use crate::record::Line;

/// A kecamatan of the institution's, and whom to call there (S0:15).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Area {
    /// Its name.
    pub name: String,
    /// The volunteers' hotline; none until the office has told it.
    #[serde(default, deserialize_with = "from_optional_text")]
    pub hotline: Option<Line>,
    /// Where this comes from.
    pub source: Source,
    /// Line of the published text.
    #[serde(default)]
    pub line: Option<u16>,
}
