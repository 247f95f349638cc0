//! Why the engine cannot go on.

use jangkau_core::console::ConsoleRefusal;
use jangkau_core::text::{Language, console};

use crate::keys::KeyError;
use crate::store::StoreError;

/// Why the machine cannot go on. What a client does wrong is a [`RefusedReply`].
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The store failed.
    #[error("the store failed")]
    Store,
    /// The disk is full: nothing of this call was saved, everything before was.
    #[error("the disk is full")]
    DiskFull,
    /// The database is damaged. It is reported, and never deleted.
    #[error("the database is damaged")]
    Corrupt,
    /// A key of the database is not there, or the keys cannot be used.
    #[error(
        "a key of the database is not there: put the newest backup of the keys back, and the institution key beside it"
    )]
    Keys,
    /// The power went out (simulator only).
    #[error("the power went out")]
    PowerLost,
    /// No such institution, person or seat.
    #[error("there is no such institution, person or seat")]
    Unknown,
    /// There is such an institution or person already.
    #[error("there is such an institution or person already")]
    Exists,
    /// Nobody delegates powers that they do not hold, or to themselves.
    #[error("nobody delegates powers that they do not hold, or to themselves")]
    NotTheirs,
    /// Only somebody with the powers of a head approves it.
    #[error("only somebody with the powers of a head approves this")]
    NotHead,
    /// A delegation ends after it begins, is not over yet, and is given to somebody who works here.
    #[error(
        "a delegation ends after it begins, is not over yet, and is given to somebody who works here"
    )]
    BadTerm,
    /// The account could not be given.
    #[error("{}", console(Language::English, *.0))]
    NoAccount(ConsoleRefusal),
    /// Only an institution for practising is ever wiped.
    #[error("only an institution for practising is ever wiped")]
    NotPractice,
    /// There is no room for it now, or its author has to be put back on the staff first.
    #[error("there is no room for it now, or its author has to be put back on the staff first")]
    NotNow,
    /// No such breach record is open.
    #[error("no such breach record is open")]
    NoOpenBreach,
    /// The profile or the list is not one; the text says where.
    #[error("not a profile, a role or a calendar: {0}")]
    Invalid(String),
}

impl From<StoreError> for EngineError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::Corrupt | StoreError::Newer | StoreError::Forged => Self::Corrupt,
            StoreError::Keys => Self::Keys,
            StoreError::PowerLost(_) => Self::PowerLost,
            StoreError::Undecodable | StoreError::Sqlite(_) => {
                tracing::error!(%error, "the store failed");
                Self::Store
            }
        }
    }
}

impl From<KeyError> for EngineError {
    fn from(error: KeyError) -> Self {
        StoreError::from(error).into()
    }
}
