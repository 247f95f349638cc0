//! One record in full, field by field, and what was ever said of who the client is.

use super::form::{FieldDefinition, FieldKind, FormId, definition_of};
use super::{CaseSeen, TimelineLine, Viewer, timeline};
use crate::command::{CommandKind, FieldInfo};
use crate::id::{CommandId, PersonId};
use crate::record::{FieldShape, Scalar};
use crate::replica::TimelineItem;
use crate::rules::LegalField;
use crate::text;
use crate::time::Timestamp;

/// A record in full, as far as its classes are held here.
#[derive(Clone, PartialEq, Eq)]
pub struct RecordShown {
    /// Who, when, what, and what became of it.
    pub line: TimelineLine,
    /// What it says, in the order in which its command names it.
    pub fields: Vec<FieldShown>,
}

redacted!(RecordShown);

/// A field of a record.
#[derive(Clone, PartialEq, Eq)]
pub struct FieldShown {
    /// Its name within the command.
    pub field: &'static str,
    /// What it asks, as the forms say it; its name where no form asks it.
    pub label: String,
    /// What was answered, in words.
    pub value: String,
}

redacted!(FieldShown);

/// A value that somebody gave a legal field.
#[derive(Clone, PartialEq, Eq)]
pub struct ValueShown {
    /// The field.
    pub field: LegalField,
    /// The field in words.
    pub label: String,
    /// The value in words.
    pub value: String,
    /// Whether no other has replaced it. Two of one field contradict each other (D8).
    pub stands: bool,
    /// Who gave it, when, and what became of that; also which command it was.
    pub line: TimelineLine,
}

redacted!(ValueShown);

/// A record of a case in full; none where it is not held here.
#[must_use]
pub fn record_shown(
    viewer: &Viewer<'_>,
    case: &CaseSeen,
    command: CommandId,
) -> Option<RecordShown> {
    let viewer = &viewer.of_case(case);
    let item = case.items.iter().find(|item| item.id == command)?;
    let mut lines = timeline(viewer, case).into_iter();
    let line = lines.find(|line| line.id == command)?;
    let records = item.entry.records();
    let mut fields = Vec::new();
    for info in item.kind.fields() {
        let placed = records
            .iter()
            .find(|placed| placed.collection == info.collection);
        let mut held = placed.iter().flat_map(|placed| placed.record.iter());
        let Some((_, value)) = held.find(|(key, _)| *key == info.key) else {
            continue;
        };
        let asked = definition_of(item.kind, info);
        if let Some(value) = told(viewer, &case.items, asked, (info, value)) {
            fields.push(FieldShown {
                field: info.name,
                label: label(viewer, asked, info),
                value,
            });
        }
    }
    Some(RecordShown { line, fields })
}

/// Every value that was given to a legal field, field by field, the newest first.
#[must_use]
pub fn identity_history(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<ValueShown> {
    let lines = timeline(viewer, case);
    let mut shown: Vec<ValueShown> = case
        .legal_values()
        .into_iter()
        .filter_map(|given| {
            let line = lines.iter().find(|line| line.id == given.command)?;
            let value = match given.value.parse() {
                Ok(sex) if given.field == LegalField::Sex => text::sex(viewer.language, sex),
                Ok(_) | Err(_) => given.value,
            };
            Some(ValueShown {
                field: given.field,
                label: text::identity(viewer.language, given.field),
                value,
                stands: given.stands,
                line: line.clone(),
            })
        })
        .collect();
    shown.reverse();
    shown.sort_by_key(|value| value.field);
    shown
}

type Asked = Option<(FormId, &'static FieldDefinition)>;

fn label(viewer: &Viewer<'_>, asked: Asked, info: FieldInfo) -> String {
    asked.map_or_else(
        || info.name.to_owned(),
        |(form, field)| viewer.say(&field.label_key(form), &[]),
    )
}

/// A value in words; none for an id of something that is not held here.
fn told(
    viewer: &Viewer<'_>,
    items: &[TimelineItem],
    asked: Asked,
    (info, value): (FieldInfo, &Scalar),
) -> Option<String> {
    match (value, info.shape) {
        (Scalar::Str(words), FieldShape::Set(of)) => {
            let told = words
                .split(' ')
                .filter_map(|word| word_told(viewer, items, asked, (*of, word)));
            let told: Vec<String> = told.collect();
            (!told.is_empty()).then(|| told.join(", "))
        }
        (Scalar::Str(word), shape) => word_told(viewer, items, asked, (shape, word)),
        (Scalar::Text(words), _) => Some(words.clone()),
        (Scalar::Edit(edit), _) => Some(edit.new.clone()),
        (Scalar::Int(millis), FieldShape::Instant) => {
            let at = Timestamp::from_millis(*millis);
            Some(text::instant(viewer.language, at, viewer.zone()))
        }
        (Scalar::Int(number), _) => Some(number.to_string()),
        (Scalar::Bool(true), _) => Some(viewer.say("export-yes", &[])),
        (Scalar::Bool(false), _) => Some(viewer.say("export-no", &[])),
        (Scalar::Bytes(id), FieldShape::Person) => {
            let person = PersonId::try_from(id.as_slice()).ok()?;
            Some(viewer.name(person))
        }
        // A key or a hash is for nobody to read.
        (Scalar::Bytes(_), FieldShape::Digest) => None,
        (Scalar::Bytes(id), _) => {
            let command = CommandId::try_from(id.as_slice()).ok()?;
            command_told(viewer, items, command)
        }
    }
}

fn word_told(
    viewer: &Viewer<'_>,
    items: &[TimelineItem],
    asked: Asked,
    (shape, word): (FieldShape, &str),
) -> Option<String> {
    match shape {
        FieldShape::Code(_) => {
            let words = asked.and_then(|(_, field)| field.words.as_deref());
            Some(words.map_or_else(
                || word.to_owned(),
                |words| viewer.say(&format!("{words}-{word}"), &[]),
            ))
        }
        FieldShape::Person => Some(viewer.name(word.parse().ok()?)),
        FieldShape::Command => command_told(viewer, items, word.parse().ok()?),
        FieldShape::Words
        | FieldShape::SharedText
        | FieldShape::TextEdit
        | FieldShape::Number
        | FieldShape::Instant
        | FieldShape::Flag
        | FieldShape::Digest
        | FieldShape::Set(_) => {
            let is_paper = asked.is_some_and(|(_, field)| field.kind == FieldKind::Papers);
            Some(if is_paper {
                viewer.paper(word)
            } else {
                word.to_owned()
            })
        }
    }
}

/// Another record of the case: what it is, and of which day.
fn command_told(viewer: &Viewer<'_>, items: &[TimelineItem], command: CommandId) -> Option<String> {
    let item = items.iter().find(|item| item.id == command)?;
    let kind: CommandKind = item.kind;
    let day = text::day(viewer.language, item.stamp.occurred_at, viewer.zone());
    Some(format!("{}, {day}", text::command(viewer.language, kind)))
}
