//! The few errors that a screen can act upon. Crash reporters log them, so no field ever holds what a person typed.

use jangkau_core::record::TextTooLong;
use jangkau_core::replica::{CannotRecord, CannotRecordForm, ReplicaError};

/// Why a call did nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum VaultError {
    /// A text is longer than its field may be. Nothing was saved.
    #[error("a text is too long")]
    TextTooLong,
    /// An id is none.
    #[error("not an id")]
    NotAnId,
    /// A code is none of its vocabulary.
    #[error("not a code")]
    UnknownWord,
    /// The institution does not use the form, or its profile has not come yet.
    #[error("the form is not used here")]
    FormNotUsed,
    /// The answers do not make what the form records. Nothing was saved; the check says which.
    #[error("the answers are not complete")]
    FormUnfilled,
    /// The case, or what the command refers to, is not on this device. Nothing was saved.
    #[error("not on this device")]
    NotHere,
    /// The seat may not record any more.
    #[error("this seat was revoked")]
    SeatRevoked,
    /// The disk is full. Nothing of this call was saved, everything before was.
    #[error("the disk is full")]
    DiskFull,
    /// The vault is damaged. It is kept as it is; nothing may delete it.
    #[error("the vault is damaged")]
    Damaged,
    /// The file is encrypted under another key: of another vault, or not opened with its PIN. It is kept as it is.
    #[error("the vault has another key")]
    WrongKey,
    /// The vault cannot be read or written now, or was written by a newer version of this app.
    #[error("the vault cannot be used now")]
    Unavailable,
    /// The bytes are not the server's answer to the last request. What was saved is saved; ask again.
    #[error("not an answer to the last request")]
    NotAnAnswer,
    /// The device's clock or entropy cannot be read.
    #[error("the device gave neither time nor entropy")]
    Platform,
}

impl From<ReplicaError> for VaultError {
    fn from(error: ReplicaError) -> Self {
        match error {
            ReplicaError::DiskFull => Self::DiskFull,
            ReplicaError::Damaged => Self::Damaged,
            ReplicaError::WrongKey => Self::WrongKey,
            ReplicaError::Store(_) | ReplicaError::PowerLost => Self::Unavailable,
            ReplicaError::Malformed => Self::NotAnAnswer,
        }
    }
}

impl From<CannotRecord> for VaultError {
    fn from(reason: CannotRecord) -> Self {
        match reason {
            CannotRecord::NoSuchCase | CannotRecord::NoSuchTarget => Self::NotHere,
            CannotRecord::TooLong => Self::TextTooLong,
            CannotRecord::SeatRevoked => Self::SeatRevoked,
        }
    }
}

impl From<CannotRecordForm> for VaultError {
    fn from(reason: CannotRecordForm) -> Self {
        match reason {
            CannotRecordForm::NotOffered => Self::FormNotUsed,
            CannotRecordForm::Stopped | CannotRecordForm::Fill(_) => Self::FormUnfilled,
            CannotRecordForm::Record(reason) => reason.into(),
        }
    }
}

impl From<TextTooLong> for VaultError {
    fn from(_: TextTooLong) -> Self {
        Self::TextTooLong
    }
}
