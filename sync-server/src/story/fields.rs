//! From named fields to a [`Command`], with the story's names in place of ids.

use std::collections::BTreeSet;

use jangkau_core::command::{Command, CommandKind, FieldInfo};
use jangkau_core::id::{CommandId, PersonId};
use jangkau_core::record::{FieldShape, Record, RecordError, Scalar, TextEdit};
use jangkau_core::time::Timestamp;

use super::fault::{StoryError, StoryFault};
use super::plan::FieldValue;
use super::read::Node;

/// Reads a field's value by what the field can hold.
pub(super) fn read(info: FieldInfo, node: Node) -> Result<FieldValue, StoryError> {
    match info.shape {
        FieldShape::Words => Ok(plain(Scalar::Str(node.words()?.to_owned()))),
        FieldShape::SharedText => Ok(plain(Scalar::Text(node.words()?.to_owned()))),
        FieldShape::TextEdit => text_edit(node),
        FieldShape::Digest => Err(node.fault(StoryFault::Expectation(
            "an attachment is recorded with `attach`",
        ))),
        FieldShape::Number => Ok(plain(Scalar::Int(node.number()?))),
        FieldShape::Instant => Ok(plain(Scalar::Int(instant(&node)?.as_millis()))),
        FieldShape::Flag => Ok(plain(Scalar::Bool(node.flag()?))),
        FieldShape::Command => Ok(FieldValue::Command(node.words()?.to_owned())),
        FieldShape::Person => Ok(FieldValue::Person(node.words()?.to_owned())),
        FieldShape::Code(known) => Ok(plain(Scalar::Str(code(info, known, &node)?))),
        FieldShape::Set(FieldShape::Command) => Ok(FieldValue::Commands(words(&node)?)),
        FieldShape::Set(FieldShape::Person) => Ok(FieldValue::People(words(&node)?)),
        FieldShape::Set(FieldShape::Code(known)) => {
            let items = node.items();
            let codes: Result<BTreeSet<String>, StoryError> =
                items.iter().map(|item| code(info, known, item)).collect();
            Ok(plain(Scalar::Str(joined(codes?))))
        }
        FieldShape::Set(_) => Ok(plain(Scalar::Str(joined(
            words(&node)?.into_iter().collect(),
        )))),
    }
}

const fn plain(scalar: Scalar) -> FieldValue {
    FieldValue::Plain(scalar)
}

/// One spelling for one set: sorted, by single spaces.
fn joined(words: BTreeSet<String>) -> String {
    let words: Vec<String> = words.into_iter().collect();
    words.join(" ")
}

/// The words of a list.
pub(super) fn words(node: &Node) -> Result<Vec<String>, StoryError> {
    let items = node.items();
    items
        .iter()
        .map(|item| item.words().map(str::to_owned))
        .collect()
}

fn code(info: FieldInfo, known: &[&str], node: &Node) -> Result<String, StoryError> {
    let word = node.words()?;
    if known.contains(&word) {
        Ok(word.to_owned())
    } else {
        Err(node.fault(StoryFault::UnknownWord {
            what: info.name,
            word: word.to_owned(),
            known: known.join(", "),
        }))
    }
}

fn text_edit(node: Node) -> Result<FieldValue, StoryError> {
    let mut table = node.table()?;
    let old = table.need("old")?.words()?.to_owned();
    let new = table.need("new")?.words()?.to_owned();
    table.end()?;
    Ok(plain(Scalar::Edit(TextEdit { old, new })))
}

/// An instant with an offset.
pub(super) fn instant(node: &Node) -> Result<Timestamp, StoryError> {
    let text = node.words()?;
    text.parse()
        .map_err(|_| node.fault(StoryFault::NotAnInstant(text.to_owned())))
}

/// A span of time such as `+1d`, `-90m`, in milliseconds.
pub(super) fn span_ms(node: &Node) -> Result<i64, StoryError> {
    let text = node.words()?;
    let parse = || {
        let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
        let amount: i64 = digits.parse().ok()?;
        let unit_ms = match unit {
            "s" => 1_000,
            "m" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => return None,
        };
        amount.checked_mul(unit_ms)
    };
    parse().ok_or_else(|| node.fault(StoryFault::NotASpan(text.to_owned())))
}

/// Looks names up.
pub(super) trait Names {
    /// The id of a command.
    fn command(&self, label: &str) -> Option<CommandId>;
    /// The id of a person.
    fn person(&self, key: &str) -> Option<PersonId>;
}

/// Builds the command.
///
/// # Errors
/// [`RecordError`] as [`Command::from_fields`]; a name that nobody bears is a wrong value.
pub(super) fn build(
    kind: CommandKind,
    fields: &[(&'static str, FieldValue)],
    names: &dyn Names,
) -> Result<Command, RecordError> {
    let mut record = Record::default();
    for (name, value) in fields {
        record.put(name, scalar(value, names).ok_or(RecordError::Value(name))?);
    }
    // A list that a story leaves out is an empty one.
    for info in kind.fields() {
        if matches!(info.shape, FieldShape::Set(_)) && !record.has(info.name) {
            record.put(info.name, Scalar::Str(String::new()));
        }
    }
    Command::from_fields(kind, record)
}

/// Checks that somebody bears every name in a field.
///
/// # Errors
/// The name.
pub(super) fn check_names(value: &FieldValue, names: &dyn Names) -> Result<(), String> {
    let is_unknown = |is_command: bool, name: &&String| {
        if is_command {
            names.command(name).is_none()
        } else {
            names.person(name).is_none()
        }
    };
    let unknown = match value {
        FieldValue::Plain(_) => None,
        FieldValue::Command(label) => Some(label).filter(|name| is_unknown(true, name)),
        FieldValue::Person(key) => Some(key).filter(|name| is_unknown(false, name)),
        FieldValue::Commands(labels) => labels.iter().find(|name| is_unknown(true, name)),
        FieldValue::People(keys) => keys.iter().find(|name| is_unknown(false, name)),
    };
    unknown.map_or(Ok(()), |name| Err(name.clone()))
}

fn scalar(value: &FieldValue, names: &dyn Names) -> Option<Scalar> {
    let bytes = |bytes: &[u8]| Scalar::Bytes(bytes.to_vec());
    match value {
        FieldValue::Plain(scalar) => Some(scalar.clone()),
        FieldValue::Command(label) => names.command(label).map(|id| bytes(id.as_bytes())),
        FieldValue::Person(key) => names.person(key).map(|id| bytes(id.as_bytes())),
        FieldValue::Commands(labels) => {
            let ids: Option<BTreeSet<String>> = labels
                .iter()
                .map(|label| names.command(label).map(|id| id.to_string()))
                .collect();
            ids.map(|ids| Scalar::Str(joined(ids)))
        }
        FieldValue::People(keys) => {
            let ids: Option<BTreeSet<String>> = keys
                .iter()
                .map(|key| names.person(key).map(|id| id.to_string()))
                .collect();
            ids.map(|ids| Scalar::Str(joined(ids)))
        }
    }
}
