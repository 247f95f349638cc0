//! A session full of names, for whoever listens: the log must not hold one of them.

use jangkau_core::command::{ApplicantKind, Channel, Command, Register};
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::time::Timestamp;

use super::world::World;

/// The moment at which the world stands.
pub(super) const NOW: &str = "2026-11-23T09:00:00+07:00";

/// Registers a client of that name and syncs, among requests that are broken in every way. Gives the metrics.
pub(crate) fn tell_a_session_of(name: &str) -> String {
    let now: Timestamp = NOW.parse().unwrap();
    let mut rng = crate::clock::entropy().unwrap();
    let world = World::start();
    let (enrolled, key) = world.enrol_key(&world.invite(name)).unwrap();
    let mut replica = Replica::create_in_memory(&enrolled, key).unwrap();
    let register = registration(name);
    let id = replica
        .record(None, Command::Register(register), now, None, now, &mut rng)
        .unwrap()
        .unwrap();
    for _ in 0..10 {
        let request = replica.request(now, &mut rng).unwrap();
        let mut broken = request.clone();
        broken.extend_from_slice(name.as_bytes());
        world.post("sync", &broken);
        let (status, body) = world.post("sync", &request);
        assert_eq!(status, 200);
        if !replica.receive(&body, now, &mut rng).unwrap().again {
            break;
        }
    }
    let fate = replica.fate(id).unwrap().unwrap();
    assert!(matches!(fate, Fate::Judged(_)), "{fate:?}");
    world.post("sync", name.as_bytes());
    world.post("enrol", name.as_bytes());
    world.try_enrol(name).map(drop).unwrap_err();
    world.get(&format!("/v1/{name}?nama={name}"));
    let metrics = world.get("/metrics").1;
    world.stop();
    metrics
}

/// A registration that is full of a name.
pub(super) fn registration(name: &str) -> Register {
    let line = |text: &str| Some(Line::new(text).unwrap());
    Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Person,
        report_received_at: None,
        problem: Some(Prose::new(format!("{name} bertengkar")).unwrap()),
        place: line(name),
        phone: line(name),
        domiciled: Some(true),
        kecamatan: None,
        helper: None,
        danger: None,
        name: line(name),
        nik: line(name),
        family_card: None,
        birth_date: None,
        sex: None,
        address: line(name),
        reporter: None,
    }
}
