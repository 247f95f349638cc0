//! Records: the flat maps of scalars that commands write, and the typed fields that go in and come out.

mod cbor;

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use crate::attachment::BlobKey;
use crate::id::{BlobHash, CaseId, CommandId, ContentAddress, PersonId};
use crate::time::Timestamp;

/// A value inside a record. Enums are [`Scalar::Str`]; only [`Scalar::Text`] can be edited later.
#[derive(Clone, PartialEq, Eq)]
pub enum Scalar {
    /// Words.
    Str(String),
    /// A number or an instant in milliseconds.
    Int(i64),
    /// Yes or no.
    Bool(bool),
    /// An id.
    Bytes(Vec<u8>),
    /// Prose that several people edit together; an Automerge Text inside the record.
    Text(String),
    /// The intent of an edit to somebody's Text. Kept on the author's device, never in a document.
    Edit(TextEdit),
}

impl std::fmt::Debug for Scalar {
    /// Shows the kind only: records are personal data.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Str(_) => "Str(…)",
            Self::Int(_) => "Int(…)",
            Self::Bool(_) => "Bool(…)",
            Self::Bytes(_) => "Bytes(…)",
            Self::Text(_) => "Text(…)",
            Self::Edit(_) => "Edit(…)",
        })
    }
}

/// What a person changed in a Text: diffed again whenever the edit is replayed.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TextEdit {
    /// The text as the person saw it.
    #[n(0)]
    pub old: String,
    /// The text as the person left it.
    #[n(1)]
    pub new: String,
}

impl std::fmt::Debug for TextEdit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("TextEdit(…)")
    }
}

/// Why records are not the command that they claim to be.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum RecordError {
    /// A field that the command needs is not there.
    #[error("field `{0}` is missing")]
    Missing(&'static str),
    /// A field holds another kind of value, or one that is too long or unknown.
    #[error("field `{0}` holds what it cannot hold")]
    Value(&'static str),
    /// There is a field or a record that no such command has.
    #[error("a field or record that no such command has")]
    Surplus,
}

/// One record: field names and scalars.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Record(BTreeMap<String, Scalar>);

impl Record {
    /// Puts a value; a field is written once.
    pub fn put(&mut self, key: &str, value: Scalar) {
        self.0.insert(key.to_owned(), value);
    }

    /// Takes a value out, if there is one.
    pub fn take(&mut self, key: &str) -> Option<Scalar> {
        self.0.remove(key)
    }

    /// Takes a text out.
    ///
    /// # Errors
    /// [`RecordError::Missing`], or [`RecordError::Value`] for another kind of scalar.
    pub fn take_str(&mut self, key: &'static str) -> Result<String, RecordError> {
        match self.take(key) {
            Some(Scalar::Str(text)) => Ok(text),
            Some(_) => Err(RecordError::Value(key)),
            None => Err(RecordError::Missing(key)),
        }
    }

    /// Whether the field is there.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.0.contains_key(key)
    }

    /// Whether nothing is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The fields in order of their names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Scalar)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value))
    }
}

impl FromIterator<(String, Scalar)> for Record {
    fn from_iter<I: IntoIterator<Item = (String, Scalar)>>(fields: I) -> Self {
        Self(fields.into_iter().collect())
    }
}

/// What a field can hold, for whoever fills it by its name: a form, a scenario file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FieldShape {
    /// Words.
    Words,
    /// Prose that several people edit.
    SharedText,
    /// A change to such prose.
    TextEdit,
    /// A number.
    Number,
    /// An instant.
    Instant,
    /// Yes or no.
    Flag,
    /// The id of a command.
    Command,
    /// The id of a person.
    Person,
    /// A hash or a key: made by the device, filled by nobody.
    Digest,
    /// One of these words.
    Code(&'static [&'static str]),
    /// A set of such values.
    Set(&'static FieldShape),
}

/// A value that stands in a field of a record.
pub trait Field: Sized {
    /// What it can hold.
    const SHAPE: FieldShape;

    /// Writes the value under its key; writes nothing for an absent one.
    fn write(&self, key: &'static str, record: &mut Record);

    /// Takes the value out again.
    ///
    /// # Errors
    /// [`RecordError`] when the field is missing or holds what it cannot hold.
    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError>;
}

impl<T: Field> Field for Option<T> {
    const SHAPE: FieldShape = T::SHAPE;

    fn write(&self, key: &'static str, record: &mut Record) {
        if let Some(value) = self {
            value.write(key, record);
        }
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        if record.has(key) {
            T::read(key, record).map(Some)
        } else {
            Ok(None)
        }
    }
}

impl Field for bool {
    const SHAPE: FieldShape = FieldShape::Flag;

    fn write(&self, key: &'static str, record: &mut Record) {
        record.put(key, Scalar::Bool(*self));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        match record.take(key) {
            Some(Scalar::Bool(value)) => Ok(value),
            Some(_) => Err(RecordError::Value(key)),
            None => Err(RecordError::Missing(key)),
        }
    }
}

/// The integer in a field.
fn take_int(key: &'static str, record: &mut Record) -> Result<i64, RecordError> {
    match record.take(key) {
        Some(Scalar::Int(value)) => Ok(value),
        Some(_) => Err(RecordError::Value(key)),
        None => Err(RecordError::Missing(key)),
    }
}

impl Field for u32 {
    const SHAPE: FieldShape = FieldShape::Number;

    fn write(&self, key: &'static str, record: &mut Record) {
        record.put(key, Scalar::Int(i64::from(*self)));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        Self::try_from(take_int(key, record)?).map_err(|_| RecordError::Value(key))
    }
}

impl Field for Timestamp {
    const SHAPE: FieldShape = FieldShape::Instant;

    fn write(&self, key: &'static str, record: &mut Record) {
        record.put(key, Scalar::Int(self.as_millis()));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        take_int(key, record).map(Self::from_millis)
    }
}

/// Ids, hashes and keys stand in fields as bytes.
macro_rules! bytes_field {
    ($($name:ty = $shape:ident),+) => { $(
        impl Field for $name {
            const SHAPE: FieldShape = FieldShape::$shape;

            fn write(&self, key: &'static str, record: &mut Record) {
                record.put(key, Scalar::Bytes(self.as_bytes().to_vec()));
            }

            fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
                match record.take(key) {
                    Some(Scalar::Bytes(bytes)) => {
                        Self::try_from(bytes.as_slice()).map_err(|_| RecordError::Value(key))
                    }
                    Some(_) => Err(RecordError::Value(key)),
                    None => Err(RecordError::Missing(key)),
                }
            }
        }
    )+ };
}
// A case has the id of the command that registered it.
bytes_field!(CommandId = Command, CaseId = Command, PersonId = Person);
bytes_field!(BlobHash = Digest, ContentAddress = Digest, BlobKey = Digest);

/// Ids stand in lists as words.
macro_rules! id_listed {
    ($($name:ty),+) => { $(
        impl Listed for $name {
            fn word(&self) -> String {
                self.to_string()
            }

            fn from_word(word: &str) -> Option<Self> {
                word.parse().ok()
            }
        }
    )+ };
}
id_listed!(CommandId, CaseId, PersonId);

/// A value that can stand in a list of words.
pub trait Listed: Sized + Ord {
    /// The word; never empty, never with a space.
    fn word(&self) -> String;
    /// The value of a word.
    fn from_word(word: &str) -> Option<Self>;
}

/// Most words in one list: more kinds of service, consent or participant than any office has.
pub const LIST_LEN_MAX: usize = 64;

impl<T: Listed + Field> Field for BTreeSet<T> {
    const SHAPE: FieldShape = FieldShape::Set(&T::SHAPE);

    fn write(&self, key: &'static str, record: &mut Record) {
        let words: BTreeSet<String> = self.iter().map(Listed::word).collect();
        let joined: Vec<String> = words.into_iter().collect();
        record.put(key, Scalar::Str(joined.join(" ")));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        let text = record.take_str(key)?;
        let words: Vec<&str> = text.split(' ').filter(|word| !word.is_empty()).collect();
        // One spelling for one set: words sorted, apart, by single spaces.
        if words.len() > LIST_LEN_MAX
            || words.join(" ") != text
            || !words.windows(2).all(|pair| pair[0] < pair[1])
        {
            return Err(RecordError::Value(key));
        }
        words
            .into_iter()
            .map(|word| T::from_word(word).ok_or(RecordError::Value(key)))
            .collect()
    }
}

/// Declares a text with a limit; its Debug shows only how long it is.
macro_rules! limited_text {
    ($(#[$doc:meta])* $name:ident, $max:literal, $scalar:ident, $shape:ident) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(String);

        impl $name {
            /// Most characters.
            pub const CHARS_MAX: usize = $max;

            /// Takes a text that is not too long.
            ///
            /// # Errors
            /// [`TextTooLong`].
            pub fn new(text: impl Into<String>) -> Result<Self, TextTooLong> {
                let text = text.into();
                if text.chars().count() > $max { Err(TextTooLong) } else { Ok(Self(text)) }
            }

            /// The text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                write!(f, concat!(stringify!($name), "({} bytes)"), self.0.len())
            }
        }

        impl std::str::FromStr for $name {
            type Err = TextTooLong;

            fn from_str(text: &str) -> Result<Self, TextTooLong> {
                Self::new(text)
            }
        }

        impl Field for $name {
            const SHAPE: FieldShape = FieldShape::$shape;

            fn write(&self, key: &'static str, record: &mut Record) {
                record.put(key, Scalar::$scalar(self.0.clone()));
            }

            fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
                match record.take(key) {
                    Some(Scalar::$scalar(text)) => {
                        Self::new(text).map_err(|_| RecordError::Value(key))
                    }
                    Some(_) => Err(RecordError::Value(key)),
                    None => Err(RecordError::Missing(key)),
                }
            }
        }
    };
}

/// The text has more characters than its field may hold.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the text has more characters than the field may hold")]
pub struct TextTooLong;

limited_text!(
    /// A short text: a name, an address, a reason in one line.
    Line, 300, Str, Words
);
limited_text!(
    /// Prose that one person writes once.
    Prose, 8_000, Str, Words
);
limited_text!(
    /// Prose that several people edit; each character is an operation, of which a change holds 4,096.
    SharedText, 3_500, Text, SharedText
);

impl Field for TextEdit {
    const SHAPE: FieldShape = FieldShape::TextEdit;

    fn write(&self, key: &'static str, record: &mut Record) {
        record.put(key, Scalar::Edit(self.clone()));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        match record.take(key) {
            Some(Scalar::Edit(edit)) => Ok(edit),
            Some(_) => Err(RecordError::Value(key)),
            None => Err(RecordError::Missing(key)),
        }
    }
}

/// A code of a profile's own list, such as a requirement's id: a short lower-case word.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ProfileCode(String);

impl ProfileCode {
    /// The word.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for ProfileCode {
    type Err = crate::code::UnknownCode;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        if text.is_empty() || text.len() > 48 || !text.bytes().all(allowed) {
            return Err(crate::code::UnknownCode);
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::fmt::Display for ProfileCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl Field for ProfileCode {
    const SHAPE: FieldShape = FieldShape::Words;

    fn write(&self, key: &'static str, record: &mut Record) {
        record.put(key, Scalar::Str(self.0.clone()));
    }

    fn read(key: &'static str, record: &mut Record) -> Result<Self, RecordError> {
        record
            .take_str(key)?
            .parse()
            .map_err(|_| RecordError::Value(key))
    }
}
