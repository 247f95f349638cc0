//! From answers to commands: the only way on which a form becomes a record.

use thiserror::Error;

use super::{Answers, FieldKind, Fill, Form, FormField, StampField};
use crate::command::{Command, CommandKind};
use crate::id::{CommandId, PersonId};
use crate::record::{FieldShape, Record, RecordError, Scalar};
use crate::time::Timestamp;

/// Why answers are not a command.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotFill {
    /// An answer is not of its field's kind; the check says which.
    #[error("an answer is not what its field takes")]
    Answer,
    /// The answers together are not such a command.
    #[error(transparent)]
    Record(#[from] RecordError),
}

impl Form {
    /// The commands of a kind that the answers make: one, or one for each paper that was looked for, or none where no field of the
    /// kind was filled.
    ///
    /// # Errors
    /// [`CannotFill`].
    pub fn fill(&self, kind: CommandKind, answers: &Answers) -> Result<Vec<Command>, CannotFill> {
        if let Some(papers) = self.papers(kind, answers) {
            return papers;
        }
        let mut record = Record::default();
        for field in &self.fields {
            let Some(said) = field.answer(answers) else {
                continue;
            };
            for fill in &field.fills {
                if let Fill::Command(filled, info) = fill
                    && *filled == kind
                {
                    let value = scalar(info.shape, said).ok_or(CannotFill::Answer)?;
                    record.put(info.name, value);
                }
            }
        }
        if record.is_empty() {
            return Ok(Vec::new());
        }
        Self::complete(kind, &mut record);
        Ok(vec![Command::from_fields(kind, record)?])
    }

    /// When it happened and who did it, where the answers say so.
    ///
    /// # Errors
    /// [`CannotFill::Answer`].
    pub fn stamp(
        &self,
        answers: &Answers,
    ) -> Result<(Option<Timestamp>, Option<PersonId>), CannotFill> {
        let said = |wanted: StampField| {
            let fills = |field: &&FormField| field.fills.contains(&Fill::Stamp(wanted));
            let field = self.fields.iter().find(fills)?;
            field.answer(answers)
        };
        let at = said(StampField::OccurredAt).map(str::parse::<Timestamp>);
        let by = said(StampField::PerformedBy).map(str::parse::<PersonId>);
        Ok((
            at.transpose().map_err(|_| CannotFill::Answer)?,
            by.transpose().map_err(|_| CannotFill::Answer)?,
        ))
    }

    /// A set of which nothing was chosen is an empty one.
    fn complete(kind: CommandKind, record: &mut Record) {
        for info in kind.fields() {
            if matches!(info.shape, FieldShape::Set(_))
                && !record.has(info.name)
                && is_needed(kind, info.name)
            {
                record.put(info.name, Scalar::Str(String::new()));
            }
        }
    }

    fn papers(
        &self,
        kind: CommandKind,
        answers: &Answers,
    ) -> Option<Result<Vec<Command>, CannotFill>> {
        let fills_kind = |fill: &Fill| match fill {
            Fill::Command(filled, _) => *filled == kind,
            Fill::Stamp(_) => false,
        };
        let field = self
            .fields
            .iter()
            .find(|field| field.kind == FieldKind::Papers && field.fills.iter().any(fills_kind))?;
        let said = field.answer(answers).unwrap_or_default();
        let commands = said.split(' ').filter(|word| !word.is_empty()).map(|word| {
            let (paper, state) = word.split_once(':').ok_or(CannotFill::Answer)?;
            let mut record = Record::default();
            record.put("requirement", Scalar::Str(paper.to_owned()));
            record.put("state", Scalar::Str(state.to_owned()));
            Ok(Command::from_fields(kind, record)?)
        });
        Some(commands.collect())
    }
}

/// Whether a set has to stand in the record although it is empty.
fn is_needed(kind: CommandKind, name: &str) -> bool {
    // `triage.categories` alone may be absent.
    !(kind == CommandKind::Triage && name == "categories")
}

/// The value of an answer.
fn scalar(shape: FieldShape, said: &str) -> Option<Scalar> {
    match shape {
        FieldShape::Words | FieldShape::Code(_) => Some(Scalar::Str(said.to_owned())),
        FieldShape::SharedText => Some(Scalar::Text(said.to_owned())),
        FieldShape::Number => said.parse().ok().map(Scalar::Int),
        FieldShape::Instant => {
            let at: Timestamp = said.parse().ok()?;
            Some(Scalar::Int(at.as_millis()))
        }
        FieldShape::Flag => said.parse().ok().map(Scalar::Bool),
        FieldShape::Command => {
            let id: CommandId = said.parse().ok()?;
            Some(Scalar::Bytes(id.as_bytes().to_vec()))
        }
        FieldShape::Person => {
            let id: PersonId = said.parse().ok()?;
            Some(Scalar::Bytes(id.as_bytes().to_vec()))
        }
        FieldShape::Set(_) => {
            let words: std::collections::BTreeSet<&str> = said.split_whitespace().collect();
            let words: Vec<&str> = words.into_iter().collect();
            Some(Scalar::Str(words.join(" ")))
        }
        // An edit is made on the text itself, a hash by the device; neither in a form.
        FieldShape::TextEdit | FieldShape::Digest => None,
    }
}
