//! Who may bring and fetch: whoever may hold the document, and nobody else.

use jangkau_core::attachment::CHUNK_BYTES;
use jangkau_core::class::Class;
use jangkau_core::command::DeclareConflict;
use jangkau_core::id::CommandId;
use jangkau_core::record::Line;
use jangkau_core::replica::{CannotOpen, Presence};
use jangkau_core::sync::{BlobAnswer, BlobRefused, BlobRequest, GlassAsk, GlassCase, GlassSaid};

use super::super::bench::visit;
use super::super::replicas::{assign, session};

use super::world::{World, photo, presence, visited};

const HOUR: i64 = 60 * 60 * 1_000;

#[test]
fn nobody_without_the_documents_grant_fetches_a_byte() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let other = world.bench.person(&["social_worker"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut stranger = world.bench.seat(&["psychologist"]);
    let mut heads = world.bench.seat_of(head);
    let mut owns = world.bench.seat_of(worker);
    let (case, seen) = visited(&mut world, &mut field);
    let held = world.bench.record(&mut field, Some(case), session());
    let of_visit = world.attach(&mut field, case, seen, b"foto rumah");
    let drawing = world.attach(&mut field, case, held, b"gambar anak");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    let get = |command| BlobRequest::Get(command, 0);
    let unknown = Ok(BlobAnswer::Refused(BlobRefused::Unknown));
    let nothing = CommandId::from_bytes([9; 16]);
    for command in [of_visit, drawing, nothing] {
        for request in [
            get(command),
            BlobRequest::Status(command),
            BlobRequest::Put(command, 0, Vec::new()),
        ] {
            assert_eq!(world.ask(&mut stranger, &request), unknown);
        }
    }
    // A head holds the visit, and nobody but its author what is beside the notes; they do not even hear of it.
    let gave = world.ask(&mut heads, &get(of_visit));
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
    assert_eq!(world.ask(&mut heads, &get(drawing)), unknown);
    assert_eq!(presence(&desk, case, of_visit), Some(Presence::Stored));
    assert_eq!(presence(&desk, case, drawing), None);
    let gave = world.ask(&mut owns, &get(drawing));
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
    // The grant ends with a hand-over: nothing more is given, and what was here goes.
    let assigned = world.bench.record(&mut desk, Some(case), assign(worker));
    world.bench.sync(&mut desk);
    let handed = jangkau_core::command::Reassign {
        assignee: other,
        reason: jangkau_core::record::Line::new("Pindah wilayah.").unwrap(),
    };
    world.bench.record(&mut desk, Some(case), handed);
    world.bench.sync(&mut desk);
    assert!(desk.fate(assigned).unwrap().is_some());
    assert_eq!(world.ask(&mut owns, &get(of_visit)), unknown);
    let through = world.bench.engine.head(&world.bench.institution).unwrap();
    let institution = world.bench.institution.clone();
    let engine = &mut world.bench.engine;
    engine.mark_backed_up(&institution, through).unwrap();
    world.bench.sync(&mut field);
    assert_eq!(
        field.open_attachment(case, of_visit).unwrap(),
        Err(CannotOpen::Unknown)
    );
}

#[test]
fn what_was_attached_before_a_hand_over_still_arrives() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let other = world.bench.person(&["social_worker"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let (case, seen) = visited(&mut world, &mut field);
    world.bench.sync(&mut field);
    let attached = world.attach(&mut field, case, seen, b"foto rumah");
    world.bench.sync(&mut desk);
    world.bench.record(&mut desk, Some(case), assign(worker));
    world.bench.sync(&mut desk);
    let handed = jangkau_core::command::Reassign {
        assignee: other,
        reason: jangkau_core::record::Line::new("Pindah wilayah.").unwrap(),
    };
    world.bench.record(&mut desk, Some(case), handed);
    world.bench.sync(&mut desk);
    world.bench.sync(&mut field);
    assert_eq!(
        presence(&field, case, attached),
        None,
        "the document is gone"
    );
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    assert_eq!(presence(&desk, case, attached), Some(Presence::Stored));
}

#[test]
fn a_volunteers_photo_stands_in_their_own_compartment() {
    let mut world = World::new();
    let volunteer = world.bench.person(&["volunteer"]);
    let head = world.bench.person(&["head_of_institution"]);
    let worker = world.bench.person(&["social_worker"]);
    let mut field = world.bench.replica(volunteer);
    let mut desk = world.bench.replica(head);
    let mut other = world.bench.seat(&["volunteer"]);
    let (case, seen) = visited(&mut world, &mut field);
    let attached = world.attach(&mut field, case, seen, b"foto rumah");
    world.bench.sync(&mut field);
    world.bench.sync(&mut desk);
    world.bench.record(&mut desk, Some(case), assign(worker));
    world.bench.sync(&mut desk);
    world.bench.sync(&mut field);
    let later = world.attach(&mut field, case, seen, b"foto jalan");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    let mut office = world.bench.replica(worker);
    world.bench.sync(&mut office);
    let unknown = Ok(BlobAnswer::Refused(BlobRefused::Unknown));
    for command in [attached, later] {
        // Volunteers hold what they wrote themselves, and of it this is a part.
        assert_eq!(presence(&field, case, command), Some(Presence::Stored));
        assert!(field.open_attachment(case, command).unwrap().is_ok());
        assert_eq!(
            world.ask(&mut other, &BlobRequest::Get(command, 0)),
            unknown
        );
        assert_eq!(presence(&office, case, command), Some(Presence::Stored));
        assert!(office.want_attachment(case, command).unwrap());
    }
    world.carry(&mut office);
    let opened = office.open_attachment(case, later).unwrap();
    assert_eq!(opened.as_deref(), Ok(&b"foto jalan"[..]));
    // What a worker attaches stands in the shared one, which a volunteer never holds.
    let met = world.bench.record(&mut office, Some(case), visit());
    let own = world.attach(&mut office, case, met, b"foto surat");
    world.bench.sync(&mut office);
    world.carry(&mut office);
    world.bench.sync(&mut field);
    assert_eq!(presence(&field, case, own), None);
    let mut volunteers = world.bench.seat_of(volunteer);
    assert_eq!(
        world.ask(&mut volunteers, &BlobRequest::Get(own, 0)),
        unknown
    );
    let gave = world.ask(&mut volunteers, &BlobRequest::Get(later, 0));
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
    world.bench.check();
}

#[test]
fn a_grant_that_ends_between_two_chunks_gives_no_second_and_takes_the_first() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let other = world.bench.person(&["social_worker"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut tablet = world.bench.replica(worker);
    let (case, seen) = visited(&mut world, &mut field);
    let bytes = photo(5 * CHUNK_BYTES);
    let attached = world.attach(&mut field, case, seen, &bytes);
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut tablet);
    world.bench.sync(&mut desk);
    assert!(tablet.want_attachment(case, attached).unwrap());
    while tablet.attachments(case).unwrap()[0].here.0 == 0 {
        assert!(world.step(&mut tablet));
    }
    let (here, of) = tablet.attachments(case).unwrap()[0].here;
    assert!(here < of, "{here} of {of}");
    world.bench.record(&mut desk, Some(case), assign(other));
    world.bench.sync(&mut desk);
    world.carry(&mut tablet);
    assert_eq!(tablet.attachments(case).unwrap()[0].here, (here, of));
    let opened = tablet.open_attachment(case, attached).unwrap();
    assert_eq!(opened, Err(CannotOpen::NotHere));
    world.bench.sync(&mut tablet);
    assert_eq!(tablet.attachments(case).unwrap(), []);
    world.bench.now = world.bench.now.plus_millis(24 * HOUR);
    assert_eq!(tablet.blob_request(world.bench.now).unwrap(), None);
    world.bench.check();
}

#[test]
fn broken_glass_gives_the_photos_of_its_class_until_its_time_is_over() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let colleague = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut helper = world.bench.replica(colleague);
    let mut helpers = world.bench.seat_of(colleague);
    let (case, seen) = visited(&mut world, &mut field);
    let register = CommandId::from_bytes(*case.as_bytes());
    let held = world.bench.record(&mut field, Some(case), session());
    let house = world.attach(&mut field, case, seen, b"foto rumah");
    let card = world.attach(&mut field, case, register, b"foto KTP");
    let drawing = world.attach(&mut field, case, held, b"gambar anak");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    world.bench.record(&mut desk, Some(case), assign(worker));
    world.bench.sync(&mut desk);
    world.bench.sync(&mut helper);
    let unknown = Ok(BlobAnswer::Refused(BlobRefused::Unknown));
    let get = |command| BlobRequest::Get(command, 0);
    assert_eq!(world.ask(&mut helpers, &get(house)), unknown);
    let ask = GlassAsk {
        case: GlassCase::Id(case),
        class: Class::Record,
        reason: "Ibu W menelepon.".to_owned(),
    };
    let said = world.bench.glass(&mut helper, &ask);
    assert!(matches!(said, GlassSaid::Opened { .. }), "{said:?}");
    world.bench.sync(&mut helper);
    assert!(helper.want_attachment(case, house).unwrap());
    world.carry(&mut helper);
    assert!(helper.open_attachment(case, house).unwrap().is_ok());
    for other in [card, drawing] {
        assert_eq!(world.ask(&mut helpers, &get(other)), unknown);
    }
    // The first who asks after it is over is told so, though nobody has synced since.
    world.bench.now = world.bench.now.plus_millis(25 * HOUR);
    assert_eq!(world.ask(&mut helpers, &get(house)), unknown);
    helper.tick(world.bench.now);
    let opened = helper.open_attachment(case, house).unwrap();
    assert_eq!(
        opened,
        Err(CannotOpen::Unknown),
        "nor does the device show it"
    );
    world.bench.sync(&mut helper);
    assert_eq!(helper.attachments(case).unwrap(), []);
    world.bench.check();
}

#[test]
fn a_photo_of_a_hidden_case_is_hidden_with_it() {
    let mut world = World::new();
    let worker = world.bench.person(&["social_worker"]);
    let head = world.bench.person(&["head_of_institution"]);
    let second = world.bench.person(&["head_of_institution"]);
    let (mut field, mut desk) = (world.bench.replica(worker), world.bench.replica(head));
    let mut heads = world.bench.seat_of(head);
    let mut seconds = world.bench.seat_of(second);
    let (case, seen) = visited(&mut world, &mut field);
    let attached = world.attach(&mut field, case, seen, b"foto rumah");
    world.bench.sync(&mut field);
    world.carry(&mut field);
    world.bench.sync(&mut desk);
    assert!(desk.want_attachment(case, attached).unwrap());
    world.carry(&mut desk);
    assert!(desk.open_attachment(case, attached).unwrap().is_ok());
    let conflict = DeclareConflict {
        person: head,
        reason: Line::new("ipar klien").unwrap(),
    };
    world.bench.record(&mut field, Some(case), conflict);
    world.bench.sync(&mut field);
    let get = BlobRequest::Get(attached, 0);
    let unknown = Ok(BlobAnswer::Refused(BlobRefused::Unknown));
    assert_eq!(world.ask(&mut heads, &get), unknown);
    let gave = world.ask(&mut seconds, &get);
    assert!(matches!(gave, Ok(BlobAnswer::Chunks(_))), "{gave:?}");
    world.bench.sync(&mut desk);
    let opened = desk.open_attachment(case, attached).unwrap();
    assert_eq!(opened, Err(CannotOpen::Unknown));
    world.bench.check();
}
