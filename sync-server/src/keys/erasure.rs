//! What the ledger says of an erasure: codes and ids, no names.

use jangkau_core::id::{DocumentId, InstitutionId};
use jangkau_core::time::Timestamp;
use thiserror::Error;

use super::KeyId;

/// Why a document was erased, as a code: never a name or a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReasonCode(String);

/// A reason is a word of lower-case letters and underscores.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error(
    "a reason is a word of lower-case letters and underscores, at most {}",
    ReasonCode::LEN_MAX
)]
pub struct BadReason;

impl ReasonCode {
    /// Longest code; it stands in the ledger for ever.
    pub const LEN_MAX: usize = 40;

    /// The code.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ReasonCode {
    type Err = BadReason;

    fn from_str(text: &str) -> Result<Self, BadReason> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c == b'_';
        let is_code = !text.is_empty() && text.len() <= Self::LEN_MAX && text.bytes().all(allowed);
        is_code.then(|| Self(text.to_owned())).ok_or(BadReason)
    }
}

impl std::fmt::Display for ReasonCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key that was destroyed, and with it what it had sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Erasure {
    /// Whose document.
    pub institution: InstitutionId,
    /// Which document; its id is a hash.
    pub document: DocumentId,
    /// Which key.
    pub key: KeyId,
    /// When.
    pub at: Timestamp,
    /// Why.
    pub reason: ReasonCode,
}
