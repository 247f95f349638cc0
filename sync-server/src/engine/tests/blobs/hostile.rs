//! Whoever means harm: with a seat of their own, with a seat that is no longer in use, or in the server's place.

use jangkau_core::attachment::CHUNK_BYTES;
use jangkau_core::class::Class;
use jangkau_core::command::{Attach, AttachmentKind, MediaType};
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::replica::CannotOpen;
use jangkau_core::sync::{
    BLOB_ROUTE, BlobAnswer, BlobRefused, BlobReply, BlobRequest, Refused, SYNC_ROUTE, SeatStatus,
    Seen, SignedRequest, decode_body, encode_body,
};
use minicbor::bytes::ByteVec;

use super::super::bench::Hand;
use super::super::replicas::assign;
use super::world::{World, photo, visited};

const UNKNOWN: Result<BlobAnswer, jangkau_core::sync::RefusedReply> =
    Ok(BlobAnswer::Refused(BlobRefused::Unknown));

#[test]
fn a_bad_chunk_harms_nobodys_upload_but_its_senders() {
    let mut world = World::new();
    let mut worker = world.bench.seat(&["social_worker"]);
    let mut head = world.bench.seat(&["head_of_institution"]);
    let case = world.bench.register(&mut worker);
    let (command, chunks) = world.attach_by_hand(&mut worker, case, &photo(2 * CHUNK_BYTES + 7));
    let (_, of_other) = world.attach_by_hand(&mut worker, case, &photo(2 * CHUNK_BYTES + 7));
    let put = |first: u32, chunks: &[ByteVec]| BlobRequest::Put(command, first, chunks.to_vec());
    let wrong_length = Ok(BlobAnswer::Refused(BlobRefused::WrongLength));
    let mut long = chunks[1].clone();
    long.push(0);
    let mut short = chunks[1].clone();
    short.pop();
    let four = vec![chunks[0].clone(); 4];
    let too_many = four.as_slice();
    for (what, request) in [
        ("too long", put(1, &[long])),
        ("too short", put(1, &[short])),
        ("the last before its place", put(1, &chunks[2..])),
        ("another in the last's place", put(2, &chunks[..1])),
        ("beyond the last", put(3, &chunks[2..])),
        ("at no place", put(u32::MAX, &chunks[..2])),
        ("too many", put(0, too_many)),
    ] {
        assert_eq!(world.ask(&mut worker, &request), wrong_length, "{what}");
    }
    let next = |number| Ok(BlobAnswer::Next(number));
    // Out of order, and one of them twice.
    assert_eq!(world.ask(&mut worker, &put(2, &chunks[2..])), next(0));
    assert_eq!(world.ask(&mut worker, &put(2, &chunks[2..])), next(0));
    // A colleague who may bring it, too, brings what is sealed for another record: theirs alone is thrown away.
    let wrong = world.ask(&mut head, &put(0, &of_other));
    assert_eq!(wrong, Ok(BlobAnswer::Refused(BlobRefused::WrongHash)));
    assert_eq!(world.ask(&mut head, &BlobRequest::Status(command)), next(0));
    assert_eq!(world.ask(&mut worker, &put(0, &chunks[..1])), next(1));
    let stored = world.ask(&mut worker, &put(1, &chunks[1..2]));
    assert!(matches!(stored, Ok(BlobAnswer::Stored(_))), "{stored:?}");
    // What is stored cannot be overwritten.
    let again = world.ask(&mut head, &put(0, &of_other));
    assert_eq!(again, stored);
    let gave = world.ask(&mut head, &BlobRequest::Get(command, 0));
    assert_eq!(gave, Ok(BlobAnswer::Chunks(chunks)));
}

#[test]
fn a_request_is_heard_only_from_a_seat_in_use_over_its_own_route() {
    let mut world = World::new();
    let mut hand = world.bench.seat(&["social_worker"]);
    let case = world.bench.register(&mut hand);
    let (command, chunks) = world.attach_by_hand(&mut hand, case, b"foto KTP");
    let status = BlobRequest::Status(command);
    assert_eq!(world.ask(&mut hand, &status), Ok(BlobAnswer::Next(0)));
    let told = |world: &mut World, hand: &mut Hand, request| {
        world.ask(hand, request).map_err(|refused| refused.code)
    };
    let other = world.bench.seat_of(hand.person);
    let body = encode_body(&status);
    for (route, key) in [(SYNC_ROUTE, &hand.key), (BLOB_ROUTE, &other.key)] {
        let forged = SignedRequest::sign(route, hand.seat, hand.nonce, body.clone(), key);
        let refused = world.answer(&forged.to_bytes()).unwrap_err();
        assert_eq!((refused.code, refused.nonce), (Refused::BadSignature, None));
    }
    // A retired seat still brings what its person attached, and fetches nothing.
    world.bench.retire(hand.seat);
    let get = BlobRequest::Get(command, 0);
    let put = BlobRequest::Put(command, 0, chunks);
    assert_eq!(told(&mut world, &mut hand, &get), Err(Refused::RetiredSeat));
    let brought = told(&mut world, &mut hand, &put);
    assert!(matches!(brought, Ok(BlobAnswer::Stored(_))), "{brought:?}");
    assert_eq!(told(&mut world, &mut hand, &get), Err(Refused::RetiredSeat));
    let institution = world.bench.institution.clone();
    let now = world.bench.later();
    let engine = &mut world.bench.engine;
    let stolen = engine.revoke(&institution, hand.seat, SeatStatus::Stolen, now);
    stolen.unwrap();
    for request in [&get, &put, &status] {
        let code = told(&mut world, &mut hand, request);
        assert_eq!(code, Err(Refused::StolenSeat));
    }
}

/// The record of an attachment, as whoever holds it reads it.
fn record_of(replica: &jangkau_core::replica::Replica, case: CaseId, id: CommandId) -> Attach {
    let items = replica.timeline(case).unwrap();
    let item = items.iter().find(|item| item.id == id).unwrap();
    jangkau_core::attachment::of_entry(&item.entry)
        .unwrap()
        .clone()
}

#[test]
fn whoever_held_the_document_once_gets_nothing_by_its_name_in_another() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let other = world.bench.person(&["social_worker"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut owns = world.bench.seat_of(worker);
    let (case, seen) = visited(&mut world, &mut field);
    let lost = world.attach(&mut field, case, seen, b"foto rumah aman");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    let known = record_of(&field, case, lost);
    world.bench.sync(&mut desk);
    world.bench.record(&mut desk, Some(case), assign(other));
    world.bench.sync(&mut desk);
    assert_eq!(world.ask(&mut owns, &BlobRequest::Get(lost, 0)), UNKNOWN);
    // They remember hash and key, and name them in a case of their own.
    let own = world.bench.register(&mut owns);
    let attach = Attach {
        class: Class::Intake,
        target: CommandId::from_bytes(*own.as_bytes()),
        kind: AttachmentKind::Photo,
        media: MediaType::Jpeg,
        ..known
    };
    let entry = world.bench.entry(&owns, own, attach.into());
    let envelope = world.bench.sealed(&mut owns, &entry);
    let answers = world.bench.push(&mut owns, &[envelope]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)), "{answers:?}");
    let asked = world.ask(&mut owns, &BlobRequest::Status(entry.id));
    assert_eq!(asked, Ok(BlobAnswer::Next(0)), "it is not there");
    let gave = world.ask(&mut owns, &BlobRequest::Get(entry.id, 0));
    assert_eq!(gave, Ok(BlobAnswer::Refused(BlobRefused::Absent)));
    // Erasing theirs leaves the other's alone.
    world.erase(own, &[entry.id], (worker, head));
    world.delete_erased();
    let mut heads = world.bench.seat_of(head);
    let gave = world.ask(&mut heads, &BlobRequest::Get(lost, 0));
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
}

#[test]
fn a_device_keeps_nothing_that_is_not_what_the_record_names() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    let attached = world.attach(&mut field, case, seen, b"foto rumah");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    let alterations: [fn(&mut Vec<ByteVec>); 5] = [
        |chunks| chunks[0][0] ^= 1,
        |chunks| chunks[0].push(0),
        |chunks| chunks[0].truncate(3),
        Vec::clear,
        |chunks| chunks.push(chunks[0].clone()),
    ];
    for alter in alterations {
        assert!(desk.want_attachment(case, attached).unwrap());
        let mut was_altered = false;
        for _ in 0..5 {
            let now = world.bench.now;
            let Some(request) = desk.blob_request(now).unwrap() else {
                break;
            };
            match world.answer(&request) {
                Ok(reply) => {
                    let mut reply: BlobReply = decode_body(&reply).unwrap();
                    if let BlobAnswer::Chunks(chunks) = &mut reply.answer {
                        alter(chunks);
                        was_altered = true;
                    }
                    desk.blob_receive(&encode_body(&reply), now).unwrap();
                }
                Err(refused) => {
                    let bytes = minicbor::to_vec(refused).unwrap();
                    desk.blob_refused(&bytes, now).unwrap();
                }
            }
        }
        assert!(was_altered);
        assert_eq!(desk.attachments(case).unwrap()[0].here, (0, 1));
        let opened = desk.open_attachment(case, attached).unwrap();
        assert_eq!(opened, Err(CannotOpen::NotHere));
    }
    assert!(desk.want_attachment(case, attached).unwrap());
    world.carry(&mut desk);
    let opened = desk.open_attachment(case, attached).unwrap();
    assert_eq!(opened.as_deref(), Ok(&b"foto rumah"[..]));
}
