//! A photo over real HTTP, beside requests that are cut or too long.

use jangkau_core::command::{AttachmentKind, MediaType, RecordVisit, VisitPlace};
use jangkau_core::id::CaseId;
use jangkau_core::record::Prose;
use jangkau_core::replica::{NewAttachment, Presence, Replica};
use jangkau_core::sync::{BLOB_BYTES_MAX, Refused};
use jangkau_core::time::Timestamp;

use super::session::{NOW, registration};
use super::world::World;

fn sync(world: &World, replica: &mut Replica, now: Timestamp) {
    let mut rng = crate::clock::entropy().unwrap();
    for _ in 0..10 {
        let request = replica.request(now, &mut rng).unwrap();
        let (status, body) = world.post("sync", &request);
        assert_eq!(status, 200);
        if !replica.receive(&body, now, &mut rng).unwrap().again {
            return;
        }
    }
}

#[test]
fn a_photo_goes_up_in_steps_of_its_own() {
    let now: Timestamp = NOW.parse().unwrap();
    let mut rng = crate::clock::entropy().unwrap();
    let world = World::start();
    let (enrolled, key) = world.enrol_key(&world.invite("Rina")).unwrap();
    let mut replica = Replica::create_in_memory(&enrolled, key).unwrap();
    let register = registration("Ibu A").into();
    let recorded = replica.record(None, register, now, None, now, &mut rng);
    let case = CaseId::from(recorded.unwrap().unwrap());
    let visit = RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: Prose::new("Ditemui di rumah.").unwrap(),
        danger: None,
        ended_at: None,
        next_step: None,
    };
    let recorded = replica.record(Some(case), visit.into(), now, None, now, &mut rng);
    let new = NewAttachment {
        case,
        target: recorded.unwrap().unwrap(),
        kind: AttachmentKind::Photo,
        media: MediaType::Jpeg,
        bytes: &vec![7; 400_000],
    };
    replica.attach(&new, now, &mut rng).unwrap().unwrap();
    sync(&world, &mut replica, now);
    let mut steps = 0;
    while let Some(request) = replica.blob_request(now).unwrap() {
        assert!(request.len() <= BLOB_BYTES_MAX);
        let cut = world.refused("blob", &request[..request.len() - 1]);
        assert_eq!(cut, (400, Refused::Malformed));
        let (status, body) = world.post("blob", &request);
        match status {
            200 => {
                replica.blob_receive(&body, now).unwrap();
            }
            409 => {
                replica.blob_refused(&body, now).unwrap();
            }
            other => panic!("{other}"),
        }
        steps += 1;
        assert!(steps < 20);
    }
    let found = replica.attachments(case).unwrap();
    assert_eq!(found[0].presence, Presence::Stored);
    let long = vec![0; BLOB_BYTES_MAX + 1];
    assert_eq!(world.refused("blob", &long), (413, Refused::TooLong));
    world.stop();
}
