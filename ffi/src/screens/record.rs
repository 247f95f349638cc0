//! One record in full, what was ever said of who the client is, and colleagues.

use jangkau_core::id::PersonId;
use jangkau_core::screen;

use super::{TimelineLine, each};
use crate::types::redacted;

/// A field of a record.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct RecordField {
    /// Its name within the command.
    pub field: String,
    /// What it asks.
    pub label: String,
    /// What was answered, in words.
    pub value: String,
}

redacted!(RecordField);

impl From<screen::FieldShown> for RecordField {
    fn from(shown: screen::FieldShown) -> Self {
        Self {
            field: shown.field.to_owned(),
            label: shown.label,
            value: shown.value,
        }
    }
}

/// A record in full, as far as its classes are held here.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct RecordScreen {
    /// Who, when, what, and what became of it.
    pub line: TimelineLine,
    /// What it says.
    pub fields: Vec<RecordField>,
}

redacted!(RecordScreen);

impl From<screen::RecordShown> for RecordScreen {
    fn from(shown: screen::RecordShown) -> Self {
        Self {
            line: shown.line.into(),
            fields: each(shown.fields),
        }
    }
}

/// A value that somebody gave a legal field.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ValueLine {
    /// Code of the field.
    pub field: String,
    /// The field in words.
    pub label: String,
    /// The value in words.
    pub value: String,
    /// Whether no other has replaced it. Two of one field that stand contradict each other.
    pub stands: bool,
    /// Who gave it, when, and what became of that; its id is what a correction names.
    pub line: TimelineLine,
}

redacted!(ValueLine);

impl From<screen::ValueShown> for ValueLine {
    fn from(shown: screen::ValueShown) -> Self {
        Self {
            field: shown.field.to_string(),
            label: shown.label,
            value: shown.value,
            stands: shown.stands,
            line: shown.line.into(),
        }
    }
}

/// A colleague, to choose from.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ColleagueLine {
    /// The person's id.
    pub person_id: String,
    /// Name.
    pub name: String,
    /// Title in this institution; empty for somebody without one.
    pub title: String,
}

redacted!(ColleagueLine);

impl From<(PersonId, String, String)> for ColleagueLine {
    fn from((person, name, title): (PersonId, String, String)) -> Self {
        Self {
            person_id: person.to_string(),
            name,
            title,
        }
    }
}
