//! What the rules go on with when a command's content was erased: its codes, times and ids, and none of its words.
//!
//! A status, a clock or a danger that a record earned does not fall back because the record was erased. What a residue holds
//! was derived already and stands in signed rulings: no name, number, address, note or other word.

use super::{CommandEntry, CommandKind, PlacedRecord, Stamp};
use crate::class::Class;
use crate::id::{CaseId, CommandId};
use crate::record::{FieldShape, Record, RecordError, Scalar};

/// Fields that are written as words and hold a code of the profile.
const CODES: &[&str] = &["requirement", "instrument"];

/// Collections of which nothing stays: who the client is, how to reach them, who reported.
const IDENTITY: &[&str] = &[
    "name",
    "nik",
    "family_card",
    "birth_date",
    "sex",
    "address",
    "identity_edit",
    "contact",
    "reporter",
];

/// Whether anything of a record of this class and collection may stay.
fn may_stay(class: Class, collection: &str) -> bool {
    match class {
        Class::Notes | Class::Practitioner | Class::Reporter => false,
        Class::Intake
        | Class::Record
        | Class::Sessions
        | Class::Summary
        | Class::Safety
        | Class::Links
        | Class::Activity => !IDENTITY.contains(&collection),
    }
}

/// What stays of an erased command's records: nothing, if the rules can make nothing of what may stay.
#[must_use]
pub fn residue(
    kind: CommandKind,
    (id, case): (CommandId, CaseId),
    records: &[PlacedRecord],
) -> Vec<PlacedRecord> {
    let staying = records
        .iter()
        .filter(|placed| may_stay(placed.class, &placed.collection));
    let staying: Vec<PlacedRecord> = staying.map(|placed| wordless(kind, placed)).collect();
    completed(kind, (id, case), staying).unwrap_or_default()
}

/// The same records without some fields, by the names that forms use. Needed words become empty.
///
/// # Errors
/// [`RecordError`] when the command is none without them.
pub fn without_fields(
    kind: CommandKind,
    (id, case): (CommandId, CaseId),
    records: &[PlacedRecord],
    names: &[&str],
) -> Result<Vec<PlacedRecord>, RecordError> {
    let mut left = records.to_vec();
    for info in kind.fields() {
        if !names.contains(&info.name) {
            continue;
        }
        for placed in &mut left {
            if placed.collection == info.collection {
                placed.record.take(info.key);
            }
        }
    }
    completed(kind, (id, case), left)
}

/// A record without its words. The stamp stays.
fn wordless(kind: CommandKind, placed: &PlacedRecord) -> PlacedRecord {
    let fields = kind.fields();
    let stays = |key: &str| {
        let mut infos = fields.iter();
        let info = infos.find(|info| info.collection == placed.collection && info.key == key);
        info.is_none_or(|info| match info.shape {
            FieldShape::Words => CODES.contains(&key),
            // Keys to bytes, and what names them.
            FieldShape::SharedText | FieldShape::TextEdit | FieldShape::Digest => false,
            FieldShape::Number
            | FieldShape::Instant
            | FieldShape::Flag
            | FieldShape::Command
            | FieldShape::Person
            | FieldShape::Code(_)
            | FieldShape::Set(_) => true,
        })
    };
    let kept = placed.record.iter().filter(|(key, _)| stays(key));
    let record: Record = kept
        .map(|(key, value)| (key.to_owned(), value.clone()))
        .collect();
    PlacedRecord {
        class: placed.class,
        collection: placed.collection.clone(),
        record,
    }
}

/// Puts empty words where the command needs some.
fn completed(
    kind: CommandKind,
    (id, case): (CommandId, CaseId),
    mut records: Vec<PlacedRecord>,
) -> Result<Vec<PlacedRecord>, RecordError> {
    let fields = kind.fields();
    for _ in 0..=fields.len() {
        let missing = match CommandEntry::from_records(id, case, kind, records.clone()) {
            Ok(_) => return Ok(records),
            Err(RecordError::Missing(key)) => key,
            Err(error @ (RecordError::Value(_) | RecordError::Surplus)) => return Err(error),
        };
        let error = RecordError::Missing(missing);
        let info = fields
            .iter()
            .find(|info| info.key == missing)
            .ok_or(error)?;
        let empty = match info.shape {
            FieldShape::Words => Scalar::Str(String::new()),
            FieldShape::SharedText => Scalar::Text(String::new()),
            FieldShape::TextEdit
            | FieldShape::Number
            | FieldShape::Instant
            | FieldShape::Flag
            | FieldShape::Command
            | FieldShape::Person
            | FieldShape::Digest
            | FieldShape::Code(_)
            | FieldShape::Set(_) => return Err(error),
        };
        let placed = records
            .iter_mut()
            .find(|placed| placed.collection == info.collection)
            .ok_or(error)?;
        placed.record.put(missing, empty);
    }
    Err(RecordError::Surplus)
}

/// Who wrote a command and when, as any of its records says.
#[must_use]
pub fn stamp_of(records: &[PlacedRecord]) -> Option<Stamp> {
    use crate::id::PersonId;
    use crate::record::Field as _;
    use crate::time::Timestamp;
    let mut record = records.first()?.record.clone();
    Some(Stamp {
        by: PersonId::read(super::BY, &mut record).ok()?,
        occurred_at: Timestamp::read(super::AT, &mut record).ok()?,
        performed_by: Option::read(super::PERFORMED_BY, &mut record).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{Command, RecordVisit, Register, VisitPlace};
    use crate::id::PersonId;
    use crate::record::Prose;
    use crate::time::Timestamp;

    fn entry(command: Command) -> CommandEntry {
        CommandEntry {
            id: CommandId::from_bytes([1; 16]),
            case: CaseId::from_bytes([2; 16]),
            stamp: Stamp {
                by: PersonId::from_bytes([3; 16]),
                occurred_at: Timestamp::from_millis(5),
                performed_by: None,
            },
            command,
        }
    }

    fn visit() -> CommandEntry {
        entry(Command::from(RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: Prose::new("KENARI").unwrap(),
            danger: Some(crate::command::SafetyLevel::P1),
            ended_at: None,
            next_step: None,
        }))
    }

    fn words(records: &[PlacedRecord]) -> String {
        let values = records.iter().flat_map(|placed| placed.record.iter());
        let said = values.filter_map(|(_, value)| match value {
            Scalar::Str(text) | Scalar::Text(text) => Some(text.clone()),
            Scalar::Int(_) | Scalar::Bool(_) | Scalar::Bytes(_) | Scalar::Edit(_) => None,
        });
        said.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn a_visit_keeps_its_codes_and_loses_its_words() {
        let visit = visit();
        let ids = (visit.id, visit.case);
        let left = residue(CommandKind::RecordVisit, ids, &visit.records());
        assert!(!words(&left).contains("KENARI"));
        let again = CommandEntry::from_records(ids.0, ids.1, CommandKind::RecordVisit, left);
        let Command::RecordVisit(again) = again.unwrap().command else {
            panic!("another command");
        };
        assert!(again.met);
        assert_eq!(again.danger, Some(crate::command::SafetyLevel::P1));
        assert_eq!(again.observation.as_str(), "");
    }

    #[test]
    fn a_field_alone_is_taken_out() {
        let visit = visit();
        let ids = (visit.id, visit.case);
        let kind = CommandKind::RecordVisit;
        let left = without_fields(kind, ids, &visit.records(), &["observation"]).unwrap();
        assert!(!words(&left).contains("KENARI"));
        assert!(without_fields(kind, ids, &visit.records(), &["met"]).is_err());
    }

    #[test]
    fn nothing_of_an_identity_stays() {
        let register = Register {
            channel: crate::command::Channel::WalkIn,
            applicant: crate::command::ApplicantKind::Family,
            report_received_at: None,
            problem: Some(Prose::new("KENARI").unwrap()),
            place: None,
            phone: None,
            domiciled: None,
            danger: None,
            kecamatan: None,
            helper: None,
            name: Some("KENARI".parse().unwrap()),
            nik: Some("3672010101010001".parse().unwrap()),
            family_card: None,
            birth_date: Some("1990-01-01".parse().unwrap()),
            sex: None,
            address: Some("KENARI".parse().unwrap()),
            reporter: Some("KENARI".parse().unwrap()),
        };
        let entry = entry(register.into());
        let ids = (entry.id, entry.case);
        let left = residue(CommandKind::Register, ids, &entry.records());
        assert_eq!(left.len(), 1);
        assert_eq!(words(&left), "family walk_in");
    }
}
