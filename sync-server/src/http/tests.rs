//! Stories over loopback: the real router, the real engine, real sockets.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod blob;
mod console;
mod full;
mod live;
mod office;
mod session;
mod sign_in;
mod tls;
mod world;

pub(crate) use session::tell_a_session_of;
pub(crate) use sign_in::tell_of_sign_ins;

use std::time::Duration;

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, SeatId};
use jangkau_core::sync::{
    FRAME_BYTES_MAX, GLASS_ROUTE, GlassAsk, GlassCase, GlassRefusal, GlassReply, GlassSaid,
    Refused, SYNC_ROUTE, SeatStatus, SignedRequest, SyncReply, SyncRequest, decode_body,
    encode_body,
};

use world::World;

#[test]
fn a_device_enrols_syncs_and_falls_idle() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    let first = device.sync(&world).unwrap();
    assert!(!first.page.rows.is_empty());
    let reply = device.sync(&world).unwrap();
    assert!(reply.page.rows.is_empty());
    let (asked, answered) = device.last_sizes;
    assert!(asked < 200 && answered < 200, "{asked} {answered}");
    world.stop();
}

#[test]
fn a_code_is_good_once() {
    let world = World::start();
    let code = world.invite("Rina");
    assert!(world.try_enrol(&code).is_ok());
    assert_eq!(world.try_enrol(&code).unwrap_err(), (403, Refused::BadCode));
    assert_eq!(
        world.try_enrol("nonsense").unwrap_err(),
        (403, Refused::BadCode)
    );
    world.stop();
}

#[test]
fn damaged_requests_are_named_and_never_our_fault() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    let good = device.request();
    for cut in 0..good.len() {
        let (status, code) = world.refused("sync", &good[..cut]);
        assert_eq!((status, code), (400, Refused::Malformed), "cut at {cut}");
    }
    for bit in (0..good.len() * 8).step_by(7) {
        let mut flipped = good.clone();
        flipped[bit / 8] ^= 1 << (bit % 8);
        let (status, code) = world.refused("sync", &flipped);
        assert!((400..500).contains(&status), "bit {bit}: {status} {code}");
    }
    // Whoever damages requests uses no nonce of the seat up.
    device.sync(&world).unwrap();
    world.stop();
}

#[test]
fn every_refusal_has_its_status() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    let refused = |body: &[u8]| world.refused("sync", body);
    // Replayed: the nonce is used up.
    let request = device.request();
    let (status, reply) = world.post("sync", &request);
    assert_eq!(status, 200);
    assert_eq!(refused(&request), (409, Refused::StaleNonce));
    device.take(&reply);
    // Signed for another route.
    let body = encode_body(&SyncRequest::default());
    let elsewhere = SignedRequest::sign(
        "POST /v1/enrol",
        device.seat,
        device.nonce,
        body,
        &device.key,
    );
    assert_eq!(refused(&elsewhere.to_bytes()), (401, Refused::BadSignature));
    // A seat that nobody knows.
    let mut stranger = SignedRequest::from_bytes(&device.request()).unwrap();
    stranger.seat = SeatId::from_bytes([9; 16]);
    assert_eq!(refused(&stranger.to_bytes()), (401, Refused::UnknownSeat));
    assert_eq!(refused(b""), (400, Refused::Malformed));
    // Another version, well signed.
    let mut body = encode_body(&SyncRequest::default());
    body[0] = 99;
    let other = SignedRequest::sign(SYNC_ROUTE, device.seat, device.nonce, body, &device.key);
    assert_eq!(refused(&other.to_bytes()), (400, Refused::Version));
    world.stop();
}

#[test]
fn breaking_glass_has_a_route_of_its_own() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    let ask = GlassAsk {
        case: GlassCase::Id(CaseId::from_bytes([9; 16])),
        class: Class::Notes,
        reason: "darurat".to_owned(),
    };
    let body = encode_body(&ask);
    let signed = |route: &str, nonce| {
        SignedRequest::sign(route, device.seat, nonce, body.clone(), &device.key).to_bytes()
    };
    let elsewhere = world.refused("glass", &signed(SYNC_ROUTE, device.nonce));
    assert_eq!(elsewhere, (401, Refused::BadSignature));
    let (status, reply) = world.post("glass", &signed(GLASS_ROUTE, device.nonce));
    let reply: GlassReply = decode_body(&reply).unwrap();
    let refused = GlassSaid::Refused(GlassRefusal::NotThisClass);
    assert_eq!(
        (status, reply.said),
        (200, refused),
        "also where no device looked"
    );
    let again = world.refused("glass", &signed(GLASS_ROUTE, device.nonce));
    assert_eq!(again.1, Refused::StaleNonce);
    world.stop();
}

#[test]
fn a_revoked_seat_is_told() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    world.revoke(device.seat, SeatStatus::Stolen);
    let refused = world.refused("sync", &device.request());
    assert_eq!(refused, (403, Refused::StolenSeat));
    world.stop();
}

#[test]
fn what_is_too_long_is_refused_before_it_is_read() {
    let world = World::start();
    let long = vec![0; FRAME_BYTES_MAX + 1];
    for route in ["sync", "enrol", "glass"] {
        assert_eq!(world.refused(route, &long), (413, Refused::TooLong));
        // Without a length in its head, too.
        assert_eq!(world.refused_chunked(route, &long), (413, Refused::TooLong));
    }
    world.stop();
}

#[test]
fn the_watchers_see_that_all_is_well_and_nothing_else() {
    let world = World::start();
    let mut device = world.enrol("Siti Rahayu");
    device.sync(&world).unwrap();
    world.post("sync", b"nonsense");
    assert_eq!(world.get("/health"), (200, "ok\n".to_owned()));
    assert_eq!(world.get("/ready"), (200, "ready\n".to_owned()));
    assert_eq!(world.get("/no/such/path").0, 404);
    assert_eq!(world.get("/v1/sync").0, 405);
    let (status, text) = world.get("/metrics");
    assert_eq!(status, 200);
    for line in [
        "jangkau_requests_total{route=\"sync\",status=\"200\"} 1",
        "jangkau_requests_total{route=\"sync\",status=\"400\"} 1",
        "jangkau_refusals_total{code=\"malformed\"} 1",
        "jangkau_requests_total{route=\"other\",status=\"404\"} 1",
        "jangkau_ruling_lag_cases 0",
        "jangkau_group_requests_count 2",
    ] {
        assert!(text.contains(line), "{line} is not in\n{text}");
    }
    for secret in ["Siti", &device.seat.to_string(), "lk3-cilegon", "no/such"] {
        assert!(!text.contains(secret), "{secret} is in\n{text}");
    }
    world.stop();
}

#[test]
fn a_pushed_command_is_counted() {
    let text = tell_a_session_of("Rahayu");
    let line = "jangkau_commands_total{seen=\"admitted\",code=\"\"} 1";
    assert!(text.contains(line), "{text}");
    assert!(!text.contains("Rahayu"), "{text}");
}

#[test]
fn stopping_answers_what_is_under_way() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    let request = device.request();
    let (under_way, waits) = std::sync::mpsc::channel();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    let answer = std::thread::scope(|scope| {
        scope.spawn(|| {
            world.serving().with_engine(move |_, _, _| {
                under_way.send(()).unwrap();
                let _ = held.recv();
            })
        });
        waits.recv().unwrap();
        let asking = scope.spawn(|| world.post("sync", &request));
        std::thread::sleep(Duration::from_millis(200));
        world.serving().begin_stop();
        std::thread::sleep(Duration::from_millis(200));
        drop(let_go);
        asking.join().unwrap()
    });
    assert_eq!(answer.0, 200);
    decode_body::<SyncReply>(&answer.1).unwrap();
    world.stop();
}
