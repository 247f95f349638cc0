//! Attachments: their bytes go from a device to the server and from there to those alone who may hold the document.

mod gone;
mod holders;
mod hostile;
mod trouble;
mod world;

use jangkau_core::attachment::CHUNK_BYTES;
use jangkau_core::replica::{CannotOpen, Presence};
use jangkau_core::sync::{BlobAnswer, BlobRefused, BlobRequest, Refused};
use minicbor::bytes::ByteVec;

use crate::blobs::{BlobCall, Blobs};

use world::{STEPS_MAX, World, photo, presence, visited};

#[test]
fn a_photo_is_present_once_its_bytes_have_arrived_and_verified() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    let bytes = photo(3 * CHUNK_BYTES + 5);
    let attached = world.attach(&mut field, case, seen, &bytes);
    assert!(
        !world.step(&mut field),
        "bytes never go before their record"
    );
    world.bench.sync(&mut field);
    world.bench.sync(&mut desk);
    assert_eq!(presence(&field, case, attached), Some(Presence::Waiting));
    assert_eq!(presence(&desk, case, attached), Some(Presence::NotArrived));
    // Somebody who asks too early is told so, and asks again later.
    assert!(desk.want_attachment(case, attached).unwrap());
    world.carry(&mut desk);
    assert_eq!(
        desk.open_attachment(case, attached).unwrap(),
        Err(CannotOpen::NotHere)
    );
    // Recognised, asked how far it is, sent the first chunk.
    for _ in 0..3 {
        assert!(world.step(&mut field));
    }
    let sending = Presence::Sending { sent: 1, of: 4 };
    assert_eq!(presence(&field, case, attached), Some(sending));
    world.carry(&mut field);
    assert_eq!(presence(&field, case, attached), Some(Presence::Stored));
    world.bench.sync(&mut desk);
    assert_eq!(presence(&desk, case, attached), Some(Presence::Stored));
    assert!(desk.want_attachment(case, attached).unwrap());
    world.carry(&mut desk);
    assert_eq!(desk.open_attachment(case, attached).unwrap(), Ok(bytes));
    world.bench.check();
    // A device that comes later learns of it with the documents.
    let mut second = world.bench.replica(head);
    world.bench.sync(&mut second);
    assert_eq!(presence(&second, case, attached), Some(Presence::Stored));
}

#[test]
fn a_cut_at_every_byte_resumes() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let mut field = world.bench.replica(worker);
    let (case, seen) = visited(&mut world, &mut field);
    let bytes = photo(2 * CHUNK_BYTES + 100);
    let attached = world.attach(&mut field, case, seen, &bytes);
    world.bench.sync(&mut field);
    let small = world.attach(&mut field, case, seen, &photo(200));
    world.bench.sync(&mut field);
    for _ in 0..STEPS_MAX {
        let now = world.bench.now;
        let Some(request) = field.blob_request(now).unwrap() else {
            break;
        };
        for cut in 0..request.len() {
            assert!(BlobCall::read(&request[..cut]).is_err(), "{cut}");
        }
        // The answer is lost on its way: the same step is taken again.
        let lost = world.answer(&request);
        let again = field.blob_request(now).unwrap().unwrap();
        assert_eq!(request, again, "what was cut is sent again");
        match world.answer(&again) {
            Ok(_) => panic!("a nonce is good for once"),
            Err(refused) => {
                assert_eq!(refused.code, Refused::StaleNonce, "{lost:?}");
                field
                    .blob_refused(&minicbor::to_vec(refused).unwrap(), now)
                    .unwrap();
            }
        }
        assert!(world.step(&mut field));
    }
    assert_eq!(presence(&field, case, attached), Some(Presence::Stored));
    assert_eq!(presence(&field, case, small), Some(Presence::Stored));
    world.bench.check();
}

#[test]
fn an_answer_that_is_cut_at_any_byte_is_no_answer_and_is_fetched_again() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    let bytes = photo(3 * CHUNK_BYTES + 9);
    let attached = world.attach(&mut field, case, seen, &bytes);
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    assert!(desk.want_attachment(case, attached).unwrap());
    let mut held = 0;
    for _ in 0..STEPS_MAX {
        let now = world.bench.now;
        let Some(request) = desk.blob_request(now).unwrap() else {
            break;
        };
        if let Ok(reply) = world.answer(&request) {
            // Around every border of the frame, and at every 61st byte of what is sealed.
            let is_telling =
                |cut: &usize| *cut < 300 || cut + 300 > reply.len() || cut.is_multiple_of(61);
            for cut in (0..reply.len()).filter(is_telling) {
                assert!(desk.blob_receive(&reply[..cut], now).is_err(), "{cut}");
            }
            let (here, _) = desk.attachments(case).unwrap()[0].here;
            assert_eq!(here, held, "nothing of a cut answer is kept");
        }
        world.step(&mut desk);
        world.step(&mut desk);
        held = desk.attachments(case).unwrap()[0].here.0;
    }
    assert_eq!(desk.open_attachment(case, attached).unwrap(), Ok(bytes));
}

#[test]
fn a_wrong_hash_is_refused_and_delays_no_other() {
    let mut world = World::new();
    let mut hand = world.bench.seat(&["social_worker"]);
    let case = world.bench.register(&mut hand);
    let (bad, mut chunks) = world.attach_by_hand(&mut hand, case, b"foto KTP");
    let (good, right) = world.attach_by_hand(&mut hand, case, b"foto KK");
    chunks[0][0] ^= 1;
    let refused = |code| Ok(BlobAnswer::Refused(code));
    let sent = world.ask(&mut hand, &BlobRequest::Put(bad, 0, chunks.clone()));
    assert_eq!(sent, refused(BlobRefused::WrongHash));
    let sent = world.ask(&mut hand, &BlobRequest::Put(good, 0, right));
    assert!(matches!(sent, Ok(BlobAnswer::Stored(_))), "{sent:?}");
    // It begins again from the start, and is not present meanwhile.
    let asked = world.ask(&mut hand, &BlobRequest::Status(bad));
    assert_eq!(asked, Ok(BlobAnswer::Next(0)));
    let asked = world.ask(&mut hand, &BlobRequest::Get(bad, 0));
    assert_eq!(asked, refused(BlobRefused::Absent));
    chunks[0][0] ^= 1;
    let sent = world.ask(&mut hand, &BlobRequest::Put(bad, 0, chunks.clone()));
    assert!(matches!(sent, Ok(BlobAnswer::Stored(_))), "{sent:?}");
    // Chunks that the record has no place for.
    chunks[0].push(0);
    for request in [
        BlobRequest::Put(good, 0, chunks.clone()),
        BlobRequest::Put(good, u32::MAX, vec![ByteVec::from(vec![0; 24]); 2]),
        BlobRequest::Get(good, u32::MAX),
    ] {
        let told = world.ask(&mut hand, &request);
        assert_eq!(told, refused(BlobRefused::WrongLength));
    }
}

#[test]
fn one_photo_on_two_devices_is_two_attachments() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let (mut phone, mut tablet) = (world.bench.replica(worker), world.bench.replica(worker));
    let (case, seen) = visited(&mut world, &mut phone);
    world.bench.sync(&mut phone);
    world.bench.sync(&mut tablet);
    let bytes = photo(1_000);
    let one = world.attach(&mut phone, case, seen, &bytes);
    let two = world.attach(&mut tablet, case, seen, &bytes);
    for _ in 0..2 {
        for replica in [&mut phone, &mut tablet] {
            world.bench.sync(replica);
            world.carry(replica);
        }
    }
    for replica in [&phone, &tablet] {
        let all = replica.attachments(case).unwrap();
        let stored = all.iter().map(|one| (one.command, one.presence));
        let expected = [(one, Presence::Stored), (two, Presence::Stored)];
        assert_eq!(stored.collect::<Vec<_>>(), expected);
    }
    world.bench.check();
}

#[test]
fn a_folder_is_its_owners_alone_and_takes_a_blob_whole() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("blobs");
    let mut world = World::new();
    world.blobs = Blobs::in_folder(&root).unwrap();
    let mut hand = world.bench.seat(&["social_worker"]);
    let case = world.bench.register(&mut hand);
    let (command, mut chunks) = world.attach_by_hand(&mut hand, case, &photo(CHUNK_BYTES + 1));
    let last = chunks.split_off(1);
    let sent = world.ask(&mut hand, &BlobRequest::Put(command, 1, last));
    assert_eq!(sent, Ok(BlobAnswer::Next(0)));
    let sent = world.ask(&mut hand, &BlobRequest::Put(command, 0, chunks));
    assert!(matches!(sent, Ok(BlobAnswer::Stored(_))), "{sent:?}");
    let (mut open, mut files) = (vec![root], 0);
    while let Some(path) = open.pop() {
        let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        if path.is_dir() {
            assert_eq!(mode, 0o700, "{}", path.display());
            let entries = std::fs::read_dir(&path).unwrap();
            open.extend(entries.map(|entry| entry.unwrap().path()));
        } else {
            assert_eq!(mode, 0o600, "{}", path.display());
            files += 1;
        }
    }
    assert_eq!(files, 1, "chunks go once the whole is there");
}
