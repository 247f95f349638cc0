//! Bad photos, full disks and devices that leave: what fails delays nothing else, and nothing is called sent that is not.

use jangkau_core::command::{AttachmentKind, MediaType};
use jangkau_core::id::CommandId;
use jangkau_core::replica::{CannotOpen, NewAttachment, Presence, ReplicaError};
use jangkau_core::sync::{
    BlobAnswer, BlobRefused, BlobReply, Refused, RefusedReply, decode_body, encode_body,
};

use super::world::{World, photo, presence, visited};
use crate::blobs::{BlobCall, Blobs};

/// Longer than any wait before the first repeats.
const A_DAY: i64 = 24 * 60 * 60 * 1_000;

#[test]
fn one_bad_photo_among_three_delays_neither_of_the_others() {
    let refuses: [fn(BlobReply) -> Result<BlobReply, RefusedReply>; 3] = [
        // Its bytes are bad, or the server's folder cannot take them.
        |reply| {
            let answer = BlobAnswer::Refused(BlobRefused::WrongHash);
            Ok(BlobReply { answer, ..reply })
        },
        |reply| {
            let nonce = Some(reply.nonce);
            let code = Refused::Later;
            Err(RefusedReply { code, nonce })
        },
        |_| Err(Refused::TooLong.into()),
    ];
    for refuse in refuses {
        let mut world = World::new();
        let worker = world.bench.person(&["social_worker"]);
        let mut field = world.bench.replica(worker);
        let (case, seen) = visited(&mut world, &mut field);
        let photos = [40, 50, 60].map(|length| {
            let bytes = photo(length);
            world.attach(&mut field, case, seen, &bytes)
        });
        let [first, bad, last] = photos;
        world.bench.sync(&mut field);
        let mut is_bad = true;
        let carry = |world: &mut World, field: &mut _, is_bad: bool| {
            for _ in 0..30 {
                let field: &mut jangkau_core::replica::Replica = field;
                let now = world.bench.now;
                let Some(request) = field.blob_request(now).unwrap() else {
                    return;
                };
                let is_about_bad = BlobCall::read(&request).unwrap().ask.command == bad;
                let mut told = world.answer(&request);
                if let (true, Ok(reply)) = (is_bad && is_about_bad, &told) {
                    let reply: BlobReply = decode_body(reply).unwrap();
                    told = refuse(reply).map(|reply| encode_body(&reply));
                }
                match told {
                    Ok(reply) => drop(field.blob_receive(&reply, now).unwrap()),
                    Err(refused) => {
                        let bytes = minicbor::to_vec(refused).unwrap();
                        field.blob_refused(&bytes, now).unwrap();
                    }
                }
            }
            panic!("it never comes to rest");
        };
        carry(&mut world, &mut field, is_bad);
        let stands = |field: &_, command: CommandId| presence(field, case, command).unwrap();
        assert_eq!(stands(&field, first), Presence::Stored);
        assert_eq!(stands(&field, last), Presence::Stored);
        assert_ne!(stands(&field, bad), Presence::Stored);
        assert_eq!(field.unsent_attachments().unwrap(), 1);
        // It is tried again on its own.
        is_bad = false;
        world.bench.now = world.bench.now.plus_millis(A_DAY);
        carry(&mut world, &mut field, is_bad);
        assert_eq!(stands(&field, bad), Presence::Stored);
        assert_eq!(field.unsent_attachments().unwrap(), 0);
        world.bench.check();
    }
}

#[test]
fn a_folder_that_takes_no_bytes_acknowledges_none() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("blobs");
    let mut world = World::new();
    world.blobs = Blobs::in_folder(&root).unwrap();
    let institution = root.join(world.bench.institution.as_str());
    let worker = world.bench.person(&["social_worker"]);
    let mut field = world.bench.replica(worker);
    let (case, seen) = visited(&mut world, &mut field);
    let attached = world.attach(&mut field, case, seen, b"foto rumah");
    world.bench.sync(&mut field);
    // A file in the place of a folder fails as a full disk does: first where chunks wait, then where the whole is kept.
    for in_the_way in [root.join("staging"), institution] {
        std::fs::write(&in_the_way, b"").unwrap();
        world.carry(&mut field);
        assert_ne!(presence(&field, case, attached), Some(Presence::Stored));
        assert_eq!(field.unsent_attachments().unwrap(), 1);
        std::fs::remove_file(&in_the_way).unwrap();
        world.bench.now = world.bench.now.plus_millis(A_DAY);
    }
    world.carry(&mut field);
    assert_eq!(presence(&field, case, attached), Some(Presence::Stored));
    world.bench.check();
}

#[test]
fn a_full_device_keeps_what_it_had_and_goes_on_when_there_is_room() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    let bytes = photo(300_000);
    let now = world.bench.later();
    let new = NewAttachment {
        case,
        target: seen,
        kind: AttachmentKind::Photo,
        media: MediaType::Jpeg,
        bytes: &bytes,
    };
    field.limit_pages(1).unwrap();
    let full = field.attach(&new, now, &mut world.bench.rng);
    assert!(matches!(full, Err(ReplicaError::DiskFull)), "{full:?}");
    assert_eq!(field.attachments(case).unwrap(), []);
    assert_eq!(field.unsent_attachments().unwrap(), 0);
    field.limit_pages(100_000).unwrap();
    let attached = world.attach(&mut field, case, seen, &bytes);
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    assert!(desk.want_attachment(case, attached).unwrap());
    desk.limit_pages(1).unwrap();
    let mut was_full = false;
    for _ in 0..6 {
        let now = world.bench.now;
        let request = desk.blob_request(now).unwrap().unwrap();
        match world.answer(&request) {
            Ok(reply) => {
                let taken = desk.blob_receive(&reply, now);
                assert!(matches!(taken, Err(ReplicaError::DiskFull)), "{taken:?}");
                was_full = true;
            }
            Err(refused) => {
                let bytes = minicbor::to_vec(refused).unwrap();
                desk.blob_refused(&bytes, now).unwrap();
            }
        }
    }
    assert!(was_full);
    assert_eq!(desk.attachments(case).unwrap()[0].here.0, 0);
    desk.limit_pages(100_000).unwrap();
    world.carry(&mut desk);
    assert_eq!(desk.open_attachment(case, attached).unwrap(), Ok(bytes));
}

#[test]
fn a_device_that_leaves_has_something_left_until_its_photos_are_in_every_backup() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let mut phone = world.bench.replica(worker);
    let (case, seen) = visited(&mut world, &mut phone);
    let attached = world.attach(&mut phone, case, seen, b"foto rumah");
    world.bench.sync(&mut phone);
    world.bench.retire(phone.seat());
    world.back_up();
    let left = |world: &World| {
        let institution = &world.bench.institution;
        let open = world.bench.engine.unconfirmed(institution).unwrap();
        open.len()
    };
    for _ in 0..3 {
        world.bench.sync(&mut phone);
    }
    assert!(phone.documents().unwrap().is_empty());
    let opened = phone.open_attachment(case, attached).unwrap();
    assert_eq!(opened, Err(CannotOpen::Unknown));
    assert_eq!(phone.unsent_attachments().unwrap(), 1);
    assert_eq!(left(&world), 1, "its bytes are nowhere else");
    world.carry(&mut phone);
    assert_eq!(phone.unsent_attachments().unwrap(), 0);
    world.bench.sync(&mut phone);
    assert_eq!(left(&world), 1, "no backup covers them");
    world.back_up();
    for _ in 0..3 {
        world.bench.sync(&mut phone);
    }
    assert_eq!(left(&world), 0);
}
