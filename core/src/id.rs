//! Identities: every id is a newtype with a private field, made from bytes, parsed from text, and shown as text.

use std::fmt;

use data_encoding::BASE64URL_NOPAD;
use rand_core::Rng;
use thiserror::Error;

use crate::time::Timestamp;

/// Why a text or a byte string is not an id.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum IdError {
    /// The bytes or the text have another length.
    #[error("an id of this kind has another length")]
    Length,
    /// The text holds a character that ids never hold.
    #[error("an id of this kind never holds this character")]
    Character,
}

/// Declares an id of a fixed number of bytes, written as unpadded base64url.
macro_rules! byte_id {
    ($(#[$doc:meta])* $name:ident, $len:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $len]);

        impl $name {
            /// Length in bytes.
            pub const LEN: usize = $len;

            /// Wraps bytes that already are such an id.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; $len]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; $len] {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&BASE64URL_NOPAD.encode(&self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                let bytes = BASE64URL_NOPAD
                    .decode(text.as_bytes())
                    .map_err(|_| IdError::Character)?;
                Self::try_from(bytes.as_slice())
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = IdError;

            fn try_from(bytes: &[u8]) -> Result<Self, IdError> {
                Ok(Self(bytes.try_into().map_err(|_| IdError::Length)?))
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.bytes(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                Self::try_from(d.bytes()?)
                    .map_err(|_| minicbor::decode::Error::message("id of another length"))
            }
        }

        #[cfg(feature = "store")]
        impl rusqlite::ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
                self.0.as_slice().to_sql()
            }
        }

        #[cfg(feature = "store")]
        impl rusqlite::types::FromSql for $name {
            fn column_result(
                value: rusqlite::types::ValueRef<'_>,
            ) -> rusqlite::types::FromSqlResult<Self> {
                Self::try_from(value.as_blob()?)
                    .map_err(|error| rusqlite::types::FromSqlError::Other(Box::new(error)))
            }
        }
    };
}

/// Declares an id that is made on a device: a UUIDv7, so that ids sort by the moment they were made.
macro_rules! time_ordered_id {
    ($(#[$doc:meta])* $name:ident) => {
        byte_id!($(#[$doc])* $name, 16);

        impl $name {
            /// Makes a new id from the device's clock and entropy.
            #[must_use]
            pub fn generate(now: Timestamp, rng: &mut dyn Rng) -> Self {
                Self(uuid_v7(now, rng))
            }
        }
    };
}

/// The 16 bytes of a UUIDv7 (RFC 9562): 48 bits of milliseconds, then 74 random bits.
fn uuid_v7(now: Timestamp, rng: &mut dyn Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes);
    let millis = now.as_millis().max(0).to_be_bytes();
    bytes[..6].copy_from_slice(&millis[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    bytes
}

time_ordered_id!(
    /// One command: what a person did. Also the id of the record that it writes.
    CommandId
);

impl CommandId {
    /// The id of a command that is recorded together with this one, by its place: the same each time. The first is this one.
    #[must_use]
    pub fn following(self, place: u32) -> Self {
        if place == 0 {
            return self;
        }
        let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 following command");
        hasher.update(&self.0).update(&place.to_be_bytes());
        let mut bytes = self.0;
        bytes[8..].copy_from_slice(&hasher.finalize().as_bytes()[..8]);
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Self(bytes)
    }
}
time_ordered_id!(
    /// A person on the staff.
    PersonId
);
time_ordered_id!(
    /// An enrolled phone, tablet or desk.
    DeviceId
);
time_ordered_id!(
    /// One person's vault on one device: the signer of commands.
    SeatId
);
time_ordered_id!(
    /// Idempotency key of one push.
    BatchId
);
byte_id!(
    /// One service episode. Equal to the id of the command that registered it.
    CaseId, 16
);
byte_id!(
    /// A document of a case; derived, so that two devices that create it apart meet in one document.
    DocumentId, 16
);
byte_id!(
    /// Random part of an actor id; new after each rollback, restore, reinstall or suspected clone.
    Branch, 8
);
byte_id!(
    /// Actor of an Automerge change: H(seat, document, doc_epoch, branch).
    ActorId, 16
);
byte_id!(
    /// SHA-256 hash of an Automerge change.
    ChangeHash, 32
);
byte_id!(
    /// BLAKE3 hash of what an envelope signs; repeats are recognised by it.
    EnvelopeHash, 32
);
byte_id!(
    /// One-use value that makes a signed request fresh.
    Nonce, 12
);
byte_id!(
    /// BLAKE3 hash of an attachment's sealed bytes: what they are stored under, and checked by without the key.
    BlobHash, 32
);
byte_id!(
    /// Keyed BLAKE3 hash of an attachment's plain bytes: equal for equal contents of one document, and of no other.
    ContentAddress, 32
);

impl From<CommandId> for CaseId {
    fn from(register: CommandId) -> Self {
        Self(*register.as_bytes())
    }
}

impl Branch {
    /// Draws a new branch.
    #[must_use]
    pub fn generate(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 8];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

impl Nonce {
    /// Draws a new nonce.
    #[must_use]
    pub fn generate(rng: &mut dyn Rng) -> Self {
        let mut bytes = [0; 12];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }
}

/// Declares an id that people choose: a short lower-case word with digits and hyphens.
macro_rules! slug {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Longest slug; it stands in file names and in every row of a log.
            pub const LEN_MAX: usize = 48;

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = IdError;

            fn from_str(text: &str) -> Result<Self, IdError> {
                if text.is_empty() || text.len() > Self::LEN_MAX {
                    return Err(IdError::Length);
                }
                let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-' || c == b'_';
                if !text.bytes().all(allowed) {
                    return Err(IdError::Character);
                }
                Ok(Self(text.to_owned()))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<C> minicbor::Encode<C> for $name {
            fn encode<W: minicbor::encode::Write>(
                &self,
                e: &mut minicbor::Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.str(&self.0)?;
                Ok(())
            }
        }

        impl<'b, C> minicbor::Decode<'b, C> for $name {
            fn decode(
                d: &mut minicbor::Decoder<'b>,
                _: &mut C,
            ) -> Result<Self, minicbor::decode::Error> {
                d.str()?.parse().map_err(|_| minicbor::decode::Error::message("not a slug"))
            }
        }
    };
}

slug!(
    /// One LK3 or Puspaga.
    InstitutionId
);
slug!(
    /// A service profile, for instance `cilegon-lk3-2023`.
    ProfileId
);
slug!(
    /// A clock of a profile, for instance `first_outcome`.
    ClockId
);

/// Declares a counter that must not be confused with another.
macro_rules! counter {
    ($(#[$doc:meta])* $name:ident, $int:ty) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
            minicbor::Encode, minicbor::Decode,
        )]
        #[cbor(transparent)]
        pub struct $name(#[n(0)] $int);

        impl $name {
            /// Wraps a count.
            #[must_use]
            pub const fn new(value: $int) -> Self {
                Self(value)
            }

            /// The count.
            #[must_use]
            pub const fn get(self) -> $int {
                self.0
            }

            /// The one after this.
            #[must_use]
            pub const fn next(self) -> Self {
                Self(self.0.saturating_add(1))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                self.0.fmt(f)
            }
        }
    };
}

counter!(
    /// Position in an institution's log; the first row is 1, and 0 stands before it.
    ServerSeq, u64
);
counter!(
    /// The log after a restore.
    LogEra, u32
);
counter!(
    /// The document after an erasure.
    DocEpoch, u32
);
counter!(
    /// A document's key.
    KeyEpoch, u32
);
counter!(
    /// The number by which an office calls a case; the first is 1.
    CaseNumber, u32
);
counter!(
    /// How many decisions on a case stand, of those that every holder of the case may see.
    DecisionCount, u32
);

/// The number of a letter in the office's own register, which begins anew each year (LK3.md D9, C9).
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
pub struct LetterNumber {
    /// The year on the institution's wall in which it was given.
    #[n(0)]
    pub year: i32,
    /// The first of a year is 1.
    #[n(1)]
    pub number: u32,
}

impl fmt::Display for LetterNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.year)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_round_trip_as_text_and_sort_by_time() {
        use rand_core::SeedableRng as _;
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(1);
        let early = CommandId::generate(Timestamp::from_millis(1_000), &mut rng);
        let late = CommandId::generate(Timestamp::from_millis(2_000), &mut rng);
        assert!(early < late);
        let following = [
            early,
            early.following(0),
            early.following(1),
            early.following(2),
        ];
        assert_eq!(following[0], following[1]);
        assert!(following[3] != following[2] && following[2] != early);
        assert!(following[2..].iter().all(|id| *id < late));
        assert_eq!(early.to_string().len(), 22);
        assert_eq!(early.to_string().parse(), Ok(early));
        assert_eq!("x".parse::<CommandId>(), Err(IdError::Character));
        assert_eq!("AAAA".parse::<CommandId>(), Err(IdError::Length));
        assert_eq!("Kota".parse::<ProfileId>(), Err(IdError::Character));
    }
}
