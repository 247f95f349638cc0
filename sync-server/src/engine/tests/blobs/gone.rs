//! What a restore lost, what an erasure takes along, and what is amiss.

use jangkau_core::attachment::CHUNK_BYTES;
use jangkau_core::class::Class;
use jangkau_core::id::CommandId;
use jangkau_core::replica::{CannotOpen, Presence};
use jangkau_core::rights::ErasureScope;
use jangkau_core::sync::{
    BLOB_ROUTE, BlobAnswer, BlobRefused, BlobRequest, RemovalReason, SignedRequest, encode_body,
};
use jangkau_core::time::Timestamp;
use tokio::runtime::Builder;

use super::super::bench::visit;
use crate::blobs::{BlobCall, BlobOutcome, Blobs};

use super::world::{World, photo, presence, visited};

#[test]
fn after_a_restore_devices_bring_back_what_was_lost() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    let before = world.attach(&mut field, case, seen, b"sebelum cadangan");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    let backup = world.bench.engine.image().unwrap();
    let after = world.attach(&mut field, case, seen, b"sesudah cadangan");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    // The database goes back to the backup, and the folder of blobs is lost altogether.
    world.bench.restore(&backup);
    world.blobs = Blobs::in_memory();
    world.bench.sync(&mut field);
    assert_eq!(presence(&field, case, after), Some(Presence::Waiting));
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    for command in [before, after] {
        assert_eq!(presence(&desk, case, command), Some(Presence::Stored));
        assert!(desk.want_attachment(case, command).unwrap());
    }
    world.carry(&mut desk);
    let opened = desk.open_attachment(case, after).unwrap();
    assert_eq!(opened.as_deref(), Ok(&b"sesudah cadangan"[..]));
    let opened = desk.open_attachment(case, before).unwrap();
    assert_eq!(opened.as_deref(), Ok(&b"sebelum cadangan"[..]));
    world.bench.check();
}

#[test]
fn what_is_amiss_is_listed_and_an_erased_documents_blobs_go() {
    let mut world = World::new();
    let mut hand = world.bench.seat(&["social_worker"]);
    let case = world.bench.register(&mut hand);
    let (present, chunks) = world.attach_by_hand(&mut hand, case, b"foto KTP");
    let (awaited, _) = world.attach_by_hand(&mut hand, case, b"foto KK");
    let sent = world.ask(&mut hand, &BlobRequest::Put(present, 0, chunks));
    assert!(matches!(sent, Ok(BlobAnswer::Stored(_))), "{sent:?}");
    let institution = world.bench.institution.clone();
    let runtime = Builder::new_current_thread().build().unwrap();
    // What objects are as old as: the machine's clock.
    let late = Timestamp::from_millis(i64::from(u32::MAX) * 1_000);
    let amiss = |world: &World, now| {
        let referred = world.bench.engine.blobs(&institution).unwrap();
        let listed = world.blobs.amiss(&institution, &referred, now);
        runtime.block_on(listed).unwrap()
    };
    let commands = |listed: &[crate::engine::BlobListing]| -> Vec<CommandId> {
        listed.iter().map(|blob| blob.command).collect()
    };
    assert_eq!(
        amiss(&world, world.bench.now),
        crate::blobs::Amiss::default()
    );
    let found = amiss(&world, late);
    assert_eq!(commands(&found.awaited), [awaited]);
    assert!(
        found.lost.is_empty() && found.strays.is_empty(),
        "{found:?}"
    );
    let head = world.bench.person(&["head_of_institution"]);
    world.erase(case, &[present, awaited], (hand.person, head));
    let found = amiss(&world, late);
    assert_eq!(found.strays.len(), 1, "nothing refers to it any more");
    let asked = world.ask(&mut hand, &BlobRequest::Get(present, 0));
    assert_eq!(asked, Ok(BlobAnswer::Refused(BlobRefused::Unknown)));
    let erased = world.bench.engine.erased_blobs().unwrap();
    let [(of, hashes)] = &erased[..] else {
        panic!("{erased:?}")
    };
    assert_eq!((of, hashes.len()), (&institution, 2));
    runtime.block_on(world.blobs.delete(of, hashes)).unwrap();
    world.bench.engine.blobs_deleted(of, hashes).unwrap();
    assert_eq!(amiss(&world, late), crate::blobs::Amiss::default());
    assert_eq!(world.bench.engine.erased_blobs().unwrap(), []);
    world.bench.check();
}

#[test]
fn an_erased_record_takes_its_photo_with_it_everywhere() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut heads = world.bench.seat_of(head);
    let (case, seen) = visited(&mut world, &mut field);
    let other = world.bench.record(&mut field, Some(case), visit());
    let goes = world.attach(&mut field, case, seen, b"foto rumah");
    let stays = world.attach(&mut field, case, other, b"foto jalan");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    for command in [goes, stays] {
        assert!(desk.want_attachment(case, command).unwrap());
    }
    world.carry(&mut desk);
    assert!(desk.open_attachment(case, goes).unwrap().is_ok());

    let backup = world.bench.engine.image().unwrap();
    world.erase(case, &[seen], (worker, head));
    let unknown = Ok(BlobAnswer::Refused(BlobRefused::Unknown));
    let get = |command| BlobRequest::Get(command, 0);
    assert_eq!(world.ask(&mut heads, &get(goes)), unknown);
    let gave = world.ask(&mut heads, &get(stays));
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
    for replica in [&mut field, &mut desk] {
        world.bench.sync(replica);
        let gone = replica.open_attachment(case, goes).unwrap();
        assert_eq!(gone, Err(CannotOpen::Unknown));
        let opened = replica.open_attachment(case, stays).unwrap();
        assert_eq!(opened.as_deref(), Ok(&b"foto jalan"[..]));
        assert_eq!(replica.attachments(case).unwrap().len(), 1);
    }
    world.bench.check();
    // A backup from before brings back what stayed, and nothing else.
    world.bench.restore(&backup);
    for replica in [&mut field, &mut desk] {
        world.bench.sync(replica);
    }
    let erased = world.bench.engine.erased_blobs().unwrap();
    assert_eq!(erased[0].1.len(), 1);
    let mut new = world.bench.replica(head);
    world.bench.sync(&mut new);
    assert_eq!(presence(&new, case, goes), None);
    assert!(new.want_attachment(case, stays).unwrap());
    world.carry(&mut new);
    let opened = new.open_attachment(case, stays).unwrap();
    assert_eq!(opened.as_deref(), Ok(&b"foto jalan"[..]));
    world.bench.check();
}

#[test]
fn an_erased_document_leaves_not_a_byte_of_what_arrived_before_during_and_after() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("blobs");
    let mut world = World::new();
    world.blobs = Blobs::in_folder(&root).unwrap();
    let mut hand = world.bench.seat(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let case = world.bench.register(&mut hand);
    let (whole, chunks) = world.attach_by_hand(&mut hand, case, b"foto KTP");
    let stored = world.ask(&mut hand, &BlobRequest::Put(whole, 0, chunks));
    assert!(matches!(stored, Ok(BlobAnswer::Stored(_))), "{stored:?}");
    let (half, mut chunks) = world.attach_by_hand(&mut hand, case, &photo(CHUNK_BYTES + 1));
    chunks.truncate(1);
    let sent = world.ask(&mut hand, &BlobRequest::Put(half, 0, chunks));
    assert_eq!(sent, Ok(BlobAnswer::Next(1)));
    // One that has passed the door when the erasure comes.
    let (late, chunks) = world.attach_by_hand(&mut hand, case, b"foto KK");
    let body = encode_body(&BlobRequest::Put(late, 0, chunks));
    let signed = SignedRequest::sign(BLOB_ROUTE, hand.seat, hand.nonce, body, &hand.key);
    let call = BlobCall::read(&signed.to_bytes()).unwrap();
    let now = world.bench.later();
    let (engine, rng) = (&mut world.bench.engine, &mut world.bench.rng);
    let entry = engine.blob_entry(&call.ask, now, rng).unwrap();
    hand.nonce = entry.nonce;
    let permit = entry.permit.unwrap();

    let document = hand.key_of(case, Class::Intake);
    let what = (
        ErasureScope::Document(document),
        RemovalReason::Reclassified,
    );
    world.erase_scope(case, what, (hand.person, head));
    world.delete_erased();
    let runtime = Builder::new_current_thread().build().unwrap();
    let performed = runtime.block_on(world.blobs.perform(&permit, &call));
    assert_eq!(performed.unwrap(), BlobOutcome::Whole);
    let engine = &mut world.bench.engine;
    assert!(
        engine.blob_stored(&permit, now).is_err(),
        "nothing is said of it"
    );
    world.delete_erased();
    for command in [whole, half, late] {
        for request in [BlobRequest::Get(command, 0), BlobRequest::Status(command)] {
            let told = world.ask(&mut hand, &request);
            assert_eq!(told, Ok(BlobAnswer::Refused(BlobRefused::Unknown)));
        }
    }
    let mut open = vec![root];
    while let Some(path) = open.pop() {
        assert!(path.is_dir(), "{} is left", path.display());
        let entries = std::fs::read_dir(&path).unwrap();
        open.extend(entries.map(|entry| entry.unwrap().path()));
    }
    world.bench.check();
}
