//! The table of commands is sound, and every command survives the way into records and back.

use std::collections::BTreeSet;

use super::*;
use crate::record::{Line, Prose};

/// A session with a note: two records in two classes.
fn session() -> CommandEntry {
    CommandEntry {
        id: CommandId::from_bytes([7; 16]),
        case: CaseId::from_bytes([1; 16]),
        stamp: Stamp {
            by: PersonId::from_bytes([2; 16]),
            occurred_at: Timestamp::from_millis(1_000),
            performed_by: None,
        },
        command: Command::RecordSession(RecordSession {
            attendance: Attendance::Held,
            mode: SessionMode::InPerson,
            minutes: 50,
            danger: None,
            appointment: None,
            note: Prose::new("rahasia").ok(),
        }),
    }
}

#[test]
fn kinds_have_numbers_and_collections_of_their_own() {
    let numbers: BTreeSet<u8> = CommandKind::ALL.iter().map(|kind| kind.number()).collect();
    assert_eq!(numbers.len(), CommandKind::ALL.len());
    let mut first_collections = BTreeSet::new();
    for kind in CommandKind::ALL {
        assert_eq!(CommandKind::from_number(kind.number()), Some(*kind));
        assert!(
            first_collections.insert(kind.sections()[0].1),
            "{kind} shares its first collection"
        );
    }
}

#[test]
fn records_read_back_as_the_command() {
    let entry = session();
    let records = entry.records();
    assert_eq!(records.len(), 2);
    let back =
        CommandEntry::from_records(entry.id, entry.case, CommandKind::RecordSession, records);
    assert_eq!(back, Ok(entry));
}

#[test]
fn a_holder_without_the_notes_reads_the_session() {
    let entry = session();
    let mut records = entry.records();
    records.retain(|placed| placed.class == Class::Sessions);
    let back =
        CommandEntry::from_records(entry.id, entry.case, CommandKind::RecordSession, records);
    let Ok(CommandEntry {
        command: Command::RecordSession(read),
        ..
    }) = back
    else {
        panic!("not a session: {back:?}");
    };
    assert_eq!((read.attendance, read.note), (Attendance::Held, None));
}

#[test]
fn what_no_such_command_has_is_named() {
    let entry = session();
    let check = |kind, change: &dyn Fn(&mut Vec<PlacedRecord>), expected| {
        let mut records = entry.records();
        change(&mut records);
        let back = CommandEntry::from_records(entry.id, entry.case, kind, records);
        assert_eq!(back.err(), Some(expected));
    };
    let kind = CommandKind::RecordSession;
    check(
        kind,
        &|r| {
            r[0].record.take("minutes");
        },
        RecordError::Missing("minutes"),
    );
    check(
        kind,
        &|r| r[0].record.put("minutes", Scalar::Int(-1)),
        RecordError::Value("minutes"),
    );
    check(
        kind,
        &|r| r[0].record.put("grade", Scalar::Int(1)),
        RecordError::Surplus,
    );
    check(
        kind,
        &|r| r[1].collection = "visit".into(),
        RecordError::Surplus,
    );
    check(
        kind,
        &|r| r[1].record.put("at", Scalar::Int(2)),
        RecordError::Value("by"),
    );
    check(
        CommandKind::RecordVisit,
        &|_| {},
        RecordError::Missing("place"),
    );
}

#[test]
fn fields_have_names_of_their_own_and_make_the_command() {
    for kind in CommandKind::ALL {
        let names: BTreeSet<&str> = kind.fields().iter().map(|field| field.name).collect();
        assert_eq!(names.len(), kind.fields().len(), "{kind}");
    }
    let mut fields = Record::default();
    fields.put("channel", Scalar::Str("walk_in".into()));
    fields.put("applicant", Scalar::Str("family".into()));
    fields.put("name", Scalar::Str("Ibu W".into()));
    fields.put("reporter", Scalar::Str("tetangga".into()));
    let made = Command::from_fields(CommandKind::Register, fields.clone());
    let Ok(Command::Register(register)) = made else {
        panic!("not a registration: {made:?}");
    };
    assert_eq!(register.name, Line::new("Ibu W").ok());
    assert_eq!(register.reporter, Line::new("tetangga").ok());
    fields.put("nomor", Scalar::Int(1));
    let surplus = Command::from_fields(CommandKind::Register, fields);
    assert_eq!(surplus, Err(RecordError::Surplus));
}

use crate::record::Scalar;
