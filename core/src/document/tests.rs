//! Records go in and come out; hostile shapes are named.

use super::*;
use crate::class::Class;
use crate::command::{
    Command, CommandEntry, DraftMinutes, EditMinutes, RecordVisit, Stamp, VisitPlace,
};
use crate::id::{CaseId, PersonId};
use crate::record::{Line, Prose, SharedText};
use crate::time::Timestamp;

const ACTOR: ActorId = ActorId::from_bytes([9; 16]);
const OTHER: ActorId = ActorId::from_bytes([8; 16]);

fn entry(number: u8, command: impl Into<Command>) -> CommandEntry {
    CommandEntry {
        id: CommandId::from_bytes([number; 16]),
        case: CaseId::from_bytes([1; 16]),
        stamp: Stamp {
            by: PersonId::from_bytes([2; 16]),
            occurred_at: Timestamp::from_millis(5),
            performed_by: None,
        },
        command: command.into(),
    }
}

fn visit(number: u8) -> CommandEntry {
    entry(
        number,
        RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: Prose::new("Ibu dan anak ditemui di rumah.").unwrap(),
            danger: None,
            ended_at: None,
            next_step: None,
        },
    )
}

fn minutes(number: u8, text: &str) -> CommandEntry {
    entry(
        number,
        DraftMinutes {
            title: Line::new("Konferensi kasus").unwrap(),
            body: SharedText::new(text).unwrap(),
        },
    )
}

fn edit(number: u8, target: u8, old: &str, new: &str) -> CommandEntry {
    entry(
        number,
        EditMinutes {
            target: CommandId::from_bytes([target; 16]),
            edit: Some(TextEdit {
                old: old.to_owned(),
                new: new.to_owned(),
            }),
        },
    )
}

fn write(document: &mut Document, actor: ActorId, entry: &CommandEntry) -> Vec<u8> {
    document.write(actor, entry.id, &entry.records()).unwrap()
}

#[test]
fn a_written_command_is_inspected_as_itself() {
    for entry in [visit(3), minutes(4, "Hadir: psikolog, peksos.")] {
        let mut document = Document::default();
        let change = write(&mut document, ACTOR, &entry);
        let (facts, written) = inspect(&change).unwrap();
        assert_eq!((facts.actor, facts.seq, facts.start_op), (ACTOR, 1, 1));
        assert_eq!(written.command, entry.id);
        assert!(!written.edits_text);
        let records = written
            .records
            .into_iter()
            .map(|(collection, record)| PlacedRecord {
                class: Class::Record,
                collection,
                record,
            });
        let back = CommandEntry::from_records(
            entry.id,
            entry.case,
            entry.command.kind(),
            records.collect(),
        );
        assert_eq!(back, Ok(entry));
        assert_eq!(Chunk::parse(&change).unwrap().to_bytes(), change);
        assert_eq!(Chunk::hash(&change), Some(facts.hash));
    }
}

#[test]
fn two_replicas_meet_in_one_document() {
    let (mut first, mut second) = (Document::default(), Document::default());
    let one = write(&mut first, ACTOR, &visit(3));
    let two = write(&mut second, OTHER, &visit(4));
    first.apply([two.as_slice()]).unwrap();
    second.apply([one.as_slice()]).unwrap();
    assert_eq!(first.heads(), second.heads());
    assert_eq!(first.records(), second.records());
    assert_eq!(first.records().len(), 2);
    let loaded = Document::load(&first.save()).unwrap();
    assert_eq!(loaded.records(), first.records());
}

#[test]
fn an_edit_made_on_an_older_text_is_made_on_the_current_one() {
    let mut document = Document::default();
    write(&mut document, ACTOR, &minutes(3, "Satu. Dua."));
    write(
        &mut document,
        ACTOR,
        &edit(4, 3, "Satu. Dua.", "Satu. Dua. Tiga."),
    );
    let change = write(
        &mut document,
        OTHER,
        &edit(5, 3, "Satu. Dua.", "Nol. Satu. Dua."),
    );
    assert_eq!(
        document.minutes(CommandId::from_bytes([3; 16])).unwrap(),
        "Nol. Satu. Dua. Tiga."
    );
    assert!(inspect(&change).unwrap().1.edits_text);
}

#[test]
fn writing_into_another_record_is_refused_by_its_shape() {
    let mut document = Document::default();
    write(&mut document, ACTOR, &visit(3));
    let key = root_key("visit", CommandId::from_bytes([3; 16]));
    let Ok(Some((_, object))) = document.0.get(ROOT, key) else {
        panic!("no record")
    };
    document.0.set_actor(automerge::ActorId::from([8_u8; 16]));
    let mut transaction = document.0.transaction();
    transaction.put(&object, "met", false).unwrap();
    transaction.commit_with(CommitOptions::default().with_time(0));
    let change = document.0.get_last_local_change().unwrap();
    assert_eq!(
        inspect(change.raw_bytes()).err(),
        Some(ShapeError::Operations)
    );
}

#[test]
fn bytes_that_are_no_raw_change_are_named() {
    let mut document = Document::default();
    let change = write(&mut document, ACTOR, &visit(3));
    let check = |bytes: &[u8], expected: ChunkError| {
        assert_eq!(Chunk::parse(bytes).err(), Some(expected));
    };
    check(&change[..change.len() - 1], ChunkError::Malformed);
    check(&document.save(), ChunkError::Kind);
    check(b"", ChunkError::Malformed);
    check(
        &vec![0; crate::chunk::CHANGE_BYTES_MAX + 1],
        ChunkError::TooLong,
    );
    for index in 0..change.len() {
        let mut flipped = change.clone();
        flipped[index] ^= 1;
        assert!(inspect(&flipped).is_err(), "flip at {index}");
    }
}

use crate::chunk::{Chunk, ChunkError};
