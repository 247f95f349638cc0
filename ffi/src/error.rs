//! The few errors that a screen can act upon. Crash reporters log them, so no field ever holds what a person typed.

use jangkau_core::lock::{KeyStoreError, LockError, PinFault};
use jangkau_core::record::TextTooLong;
use jangkau_core::replica::{CannotRecord, CannotRecordForm, ReplicaError};
use jangkau_core::text;

use crate::Language;

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
    /// The bytes are neither a picture nor a PDF, or damaged. Nothing was saved.
    #[error("neither a picture nor a PDF")]
    NotAPicture,
    /// The picture or scan is too large. Nothing was saved.
    #[error("the picture or scan is too large")]
    TooLarge,
    /// The attachment's bytes are not on this device; they can be fetched.
    #[error("not fetched yet")]
    NotFetched,
    /// The case, or what the command refers to, is not on this device. Nothing was saved.
    #[error("not on this device")]
    NotHere,
    /// Something else was recorded under the id that was given. Nothing was saved.
    #[error("something else stands under this id")]
    IdTaken,
    /// The bytes are no parcel, one for another institution, or there is no room for it.
    #[error("this parcel cannot be carried")]
    NotCarried,
    /// The seat may not record any more.
    #[error("this seat was revoked")]
    SeatRevoked,
    /// The disk is full. Nothing of this call was saved, everything before was.
    #[error("the disk is full")]
    DiskFull,
    /// The PIN is another one.
    #[error("the PIN is wrong")]
    WrongPin {
        /// Tries until the PIN opens nothing any more.
        left: u8,
    },
    /// Too many wrong PINs in a row.
    #[error("no PIN is looked at now")]
    PinWait {
        /// Until one is again.
        seconds: u64,
    },
    /// Too many wrong PINs: only the institution opens the vault now. Nothing in it was deleted.
    #[error("the PIN opens nothing any more")]
    PinDestroyed,
    /// A new PIN has fewer than six digits.
    #[error("the PIN is too short")]
    PinTooShort,
    /// A new PIN has more than sixteen.
    #[error("the PIN is too long")]
    PinTooLong,
    /// A PIN has digits only.
    #[error("the PIN has something else than digits")]
    PinNotDigits,
    /// A PIN that anybody tries first.
    #[error("the PIN is guessed at once")]
    PinTrivial,
    /// Vaults of this build are encrypted, and have a PIN.
    #[error("the vault needs a PIN")]
    NeedsPin,
    /// The institution's answer does not open this vault.
    #[error("the vault was not released")]
    NotReleased,
    /// The key store of the platform has no key for this vault: the file came from elsewhere, or the key store was emptied.
    #[error("the key store has no key for this vault")]
    NoKey,
    /// The key store of the platform cannot be asked now. It was no try.
    #[error("the key store cannot be used now")]
    KeyStore,
    /// The vault was hidden. Its PIN opens it again.
    #[error("the vault is hidden")]
    Hidden,
    /// The vault is damaged. It is kept as it is; nothing may delete it.
    #[error("the vault is damaged")]
    Damaged,
    /// The vault may not be read now: it has not met the server for too long. What is recorded is saved; an exchange unlocks it.
    #[error("reading is locked")]
    ReadingLocked,
    /// The file is encrypted under another key: of another vault, or not opened with its PIN. It is kept as it is.
    #[error("the vault has another key")]
    WrongKey,
    /// The vault cannot be read or written now, or was written by a newer version of this app.
    #[error("the vault cannot be used now")]
    Unavailable,
    /// There is no connection. What was saved is saved, and goes with the next exchange.
    #[error("no connection")]
    Offline,
    /// The app stopped it. What was saved is saved.
    #[error("stopped")]
    Cancelled,
    /// The server has no room or no time for it now. Try again later.
    #[error("the server is busy")]
    ServerBusy,
    /// The server did not take the request, and will not take it again: somebody has to look into it. What was saved is saved.
    #[error("the server refused the request")]
    ServerRefused,
    /// The server speaks no version that this app speaks: the app has to be updated. What was saved is saved.
    #[error("the app is too old")]
    UpdateNeeded,
    /// The code of an invitation or of a release is unknown, used, too old, or not approved yet.
    #[error("the code was refused")]
    CodeRefused,
    /// What answered is not the server, or not to the last request: often the sign-in page of a public network. What was saved is saved; ask again.
    #[error("not an answer to the last request")]
    NotAnAnswer,
    /// The platform gave neither time nor entropy, or threw something.
    #[error("the platform failed")]
    Platform,
}

impl From<ReplicaError> for VaultError {
    fn from(error: ReplicaError) -> Self {
        match error {
            ReplicaError::DiskFull => Self::DiskFull,
            ReplicaError::Damaged => Self::Damaged,
            ReplicaError::ReadingLocked => Self::ReadingLocked,
            ReplicaError::WrongKey => Self::WrongKey,
            ReplicaError::Store(_) | ReplicaError::PowerLost => Self::Unavailable,
            ReplicaError::Malformed => Self::NotAnAnswer,
        }
    }
}

impl From<LockError> for VaultError {
    fn from(error: LockError) -> Self {
        match error {
            LockError::WrongPin { left } => Self::WrongPin { left },
            LockError::Wait { millis } => Self::PinWait {
                seconds: u64::try_from(millis).map_or(0, |millis| millis.div_ceil(1_000)),
            },
            LockError::PinDestroyed => Self::PinDestroyed,
            LockError::NotReleased => Self::NotReleased,
            LockError::KeyStore(KeyStoreError::NoKey) => Self::NoKey,
            LockError::KeyStore(KeyStoreError::Unavailable) => Self::KeyStore,
            LockError::NotSaved => Self::Unavailable,
            LockError::Damaged => Self::Damaged,
        }
    }
}

impl From<PinFault> for VaultError {
    fn from(fault: PinFault) -> Self {
        match fault {
            PinFault::TooShort => Self::PinTooShort,
            PinFault::TooLong => Self::PinTooLong,
            PinFault::NotDigits => Self::PinNotDigits,
            PinFault::Trivial => Self::PinTrivial,
        }
    }
}

impl From<CannotRecord> for VaultError {
    fn from(reason: CannotRecord) -> Self {
        match reason {
            CannotRecord::NoSuchCase | CannotRecord::NoSuchTarget => Self::NotHere,
            CannotRecord::TooLong => Self::TextTooLong,
            CannotRecord::SeatRevoked => Self::SeatRevoked,
            CannotRecord::IdTaken => Self::IdTaken,
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

/// What a person is told of an error: one sentence or two that say what to do.
#[uniffi::export]
#[must_use]
pub fn vault_error_told(error: VaultError, language: Language) -> String {
    let (left, seconds) = error.numbers();
    let (left, seconds) = (left.to_string(), seconds.to_string());
    let args = [("left", left.as_str()), ("seconds", seconds.as_str())];
    text::text(language.into(), error.key(), &args)
}

impl VaultError {
    /// The tries that are left and the seconds to wait, where it tells of them.
    const fn numbers(self) -> (u8, u64) {
        if let Self::WrongPin { left } = self {
            (left, 0)
        } else if let Self::PinWait { seconds } = self {
            (0, seconds)
        } else {
            (0, 0)
        }
    }

    /// Its key in the catalogue of texts.
    const fn key(self) -> &'static str {
        match self {
            Self::TextTooLong => "vault-text_too_long",
            Self::NotAnId => "vault-not_an_id",
            Self::UnknownWord => "vault-unknown_word",
            Self::FormNotUsed => "vault-form_not_used",
            Self::FormUnfilled => "vault-form_unfilled",
            Self::NotAPicture => "vault-not_a_picture",
            Self::TooLarge => "vault-too_large",
            Self::NotFetched => "vault-not_fetched",
            Self::NotHere => "vault-not_here",
            Self::IdTaken => "vault-id_taken",
            Self::NotCarried => "vault-not_carried",
            Self::SeatRevoked => "vault-seat_revoked",
            Self::ReadingLocked => "vault-reading_locked",
            Self::WrongPin { .. } => "vault-wrong_pin",
            Self::PinWait { .. } => "vault-pin_wait",
            Self::PinDestroyed => "vault-pin_destroyed",
            Self::PinTooShort => "vault-pin_too_short",
            Self::PinTooLong => "vault-pin_too_long",
            Self::PinNotDigits => "vault-pin_not_digits",
            Self::PinTrivial => "vault-pin_trivial",
            Self::NeedsPin => "vault-needs_pin",
            Self::NotReleased => "vault-not_released",
            Self::NoKey => "vault-no_key",
            Self::KeyStore => "vault-key_store",
            Self::Hidden => "vault-hidden",
            Self::WrongKey => "vault-wrong_key",
            Self::DiskFull => "vault-disk_full",
            Self::Damaged => "vault-damaged",
            Self::Unavailable => "vault-unavailable",
            Self::Offline => "vault-offline",
            Self::Cancelled => "vault-cancelled",
            Self::ServerBusy => "vault-server_busy",
            Self::ServerRefused => "vault-server_refused",
            Self::UpdateNeeded => "vault-update_needed",
            Self::CodeRefused => "vault-code_refused",
            Self::NotAnAnswer => "vault-not_an_answer",
            Self::Platform => "vault-platform",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_error_is_told_in_both_languages() {
        let all = [
            VaultError::TextTooLong,
            VaultError::NotAnId,
            VaultError::UnknownWord,
            VaultError::FormNotUsed,
            VaultError::FormUnfilled,
            VaultError::NotAPicture,
            VaultError::TooLarge,
            VaultError::NotFetched,
            VaultError::NotHere,
            VaultError::IdTaken,
            VaultError::NotCarried,
            VaultError::SeatRevoked,
            VaultError::ReadingLocked,
            VaultError::WrongPin { left: 3 },
            VaultError::PinWait { seconds: 30 },
            VaultError::PinDestroyed,
            VaultError::PinTooShort,
            VaultError::PinTooLong,
            VaultError::PinNotDigits,
            VaultError::PinTrivial,
            VaultError::NeedsPin,
            VaultError::NotReleased,
            VaultError::NoKey,
            VaultError::KeyStore,
            VaultError::Hidden,
            VaultError::WrongKey,
            VaultError::DiskFull,
            VaultError::Damaged,
            VaultError::Unavailable,
            VaultError::Offline,
            VaultError::Cancelled,
            VaultError::ServerBusy,
            VaultError::ServerRefused,
            VaultError::UpdateNeeded,
            VaultError::CodeRefused,
            VaultError::NotAnAnswer,
            VaultError::Platform,
        ];
        for error in all {
            for language in [Language::Indonesian, Language::English] {
                let told = vault_error_told(error, language);
                assert!(
                    told.ends_with('.') && !told.contains('{'),
                    "{error:?}: {told}"
                );
            }
        }
        let told = vault_error_told(VaultError::WrongPin { left: 3 }, Language::English);
        assert!(told.contains("3 more tries"), "{told}");
    }
}
