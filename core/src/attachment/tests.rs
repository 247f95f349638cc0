//! Sealing and opening.

use expect_test::expect;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::class::Class;
use crate::command::{AttachmentKind, CommandKind, MediaType};
use crate::id::CommandId;

const DOCUMENT: DocumentId = DocumentId::from_bytes([3; 16]);
const OTHER: DocumentId = DocumentId::from_bytes([4; 16]);

fn sealed(plain: &[u8]) -> (Attach, Vec<Vec<u8>>) {
    let key = BlobKey::generate(&mut ChaCha8Rng::seed_from_u64(1));
    let sealed = seal(DOCUMENT, plain, &key).unwrap();
    let attach = Attach {
        class: Class::Intake,
        target: CommandId::from_bytes([1; 16]),
        kind: AttachmentKind::Photo,
        media: MediaType::Jpeg,
        length: sealed.length,
        blob: sealed.blob,
        content: sealed.content,
        key,
    };
    (attach, sealed.chunks)
}

#[test]
fn what_was_sealed_opens_at_every_length_around_a_chunk() {
    for length in [
        1,
        CHUNK_BYTES - 1,
        CHUNK_BYTES,
        CHUNK_BYTES + 1,
        3 * CHUNK_BYTES,
    ] {
        let plain: Vec<u8> = (0..length).map(|byte| (byte % 251) as u8).collect();
        let (attach, chunks) = sealed(&plain);
        for (number, chunk) in (0..).zip(&chunks) {
            let expected = sealed_chunk_length(attach.length, number);
            assert_eq!(Some(chunk.len()), expected, "chunk {number} of {length}");
        }
        let beyond = chunk_count(attach.length);
        assert_eq!(sealed_chunk_length(attach.length, beyond), None);
        assert_eq!(chunks.len(), beyond as usize);
        assert_eq!(open(DOCUMENT, &attach, &chunks), Ok(plain));
    }
}

#[test]
fn chunks_cannot_be_changed_swapped_left_out_or_moved() {
    let plain = vec![9; 2 * CHUNK_BYTES + 10];
    let (attach, chunks) = sealed(&plain);
    let check = |what: &str, document, change: &dyn Fn(&mut Vec<Vec<u8>>, &mut Attach)| {
        let (mut chunks, mut attach) = (chunks.clone(), attach.clone());
        change(&mut chunks, &mut attach);
        assert_eq!(open(document, &attach, &chunks), Err(Damaged), "{what}");
    };
    check("a bit", DOCUMENT, &|chunks, _| chunks[1][7] ^= 1);
    check("swapped", DOCUMENT, &|chunks, _| chunks.swap(0, 1));
    check("the last left out", DOCUMENT, &|chunks, attach| {
        chunks.pop();
        attach.length = 2 * CHUNK_BYTES as u32;
    });
    check("another document", OTHER, &|_, _| {});
    check("another content", DOCUMENT, &|_, attach| {
        attach.content = ContentAddress::from_bytes([0; 32]);
    });
}

#[test]
fn equal_contents_are_known_within_a_document_and_nowhere_else() {
    let key = |seed| BlobKey::generate(&mut ChaCha8Rng::seed_from_u64(seed));
    let one = seal(DOCUMENT, b"foto", &key(1)).unwrap();
    let again = seal(DOCUMENT, b"foto", &key(2)).unwrap();
    let elsewhere = seal(OTHER, b"foto", &key(1)).unwrap();
    assert_eq!(one.content, again.content);
    assert_ne!(one.blob, again.blob);
    assert_ne!(one.content, elsewhere.content);
    assert_ne!(one.blob, elsewhere.blob);
}

#[test]
fn nothing_and_too_much_are_not_sealed() {
    let key = BlobKey::generate(&mut ChaCha8Rng::seed_from_u64(1));
    let check = |plain: &[u8], expected| {
        assert_eq!(seal(DOCUMENT, plain, &key).err(), Some(expected));
    };
    check(&[], Unsealable::Empty);
    check(&vec![0; PLAIN_BYTES_MAX as usize + 1], Unsealable::TooLong);
}

#[test]
fn an_attachment_stands_in_the_closest_class_of_what_it_belongs_to() {
    let check = |target, class| assert_eq!(Attach::class_for(target), class, "{target}");
    check(CommandKind::SightDocument, Some(Class::Intake));
    check(CommandKind::Register, Some(Class::Intake));
    check(CommandKind::RecordVisit, Some(Class::Record));
    check(CommandKind::RecordSession, Some(Class::Notes));
    check(CommandKind::WriteSummary, Some(Class::Summary));
    check(CommandKind::HideAddress, Some(Class::Safety));
    check(CommandKind::LinkFamily, None);
    check(CommandKind::RecordActivity, None);
    check(CommandKind::Attach, None);
}

#[test]
fn the_bytes_of_a_sealed_blob_are_frozen() {
    let (attach, chunks) = sealed(b"foto KTP");
    expect!["e70013ab5920499a5f44c7d5337fbfa91ef6ed2a5fa3c925"]
        .assert_eq(&data_encoding::HEXLOWER.encode(&chunks[0]));
    expect!["VDiXIPFk7SZKpftXkegMP8YRzzHCgR-Q_7Y43Vas368"].assert_eq(&attach.blob.to_string());
    expect!["RsgNpJ5A5rrNTnRWaz1nTgulZJkc1Kzr_bAFW870taI"].assert_eq(&attach.content.to_string());
}
