//! A server that can take no more: whoever comes then is told "later", and is served when there is room again.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use jangkau_core::sync::{FRAME_BYTES_MAX, Refused};

use super::world::{Device, World};
use crate::config::Limits;

/// Sends a request and reads the first line of the answer.
fn status(stream: &mut TcpStream, request: &str) -> String {
    stream.write_all(request.as_bytes()).unwrap();
    let wait = Some(Duration::from_secs(10));
    stream.set_read_timeout(wait).unwrap();
    let mut answer = [0; 512];
    let read = stream.read(&mut answer).unwrap();
    let text = String::from_utf8_lossy(&answer[..read]).into_owned();
    text.lines().next().unwrap_or_default().to_owned()
}

const UPGRADE: &str = "GET /v1/live HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: websocket\r\n\
                       sec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";

#[test]
fn live_connections_are_bounded() {
    let world = World::start_within(Limits {
        live_max: 1,
        ..Limits::default()
    });
    let mut held = TcpStream::connect(world.address()).unwrap();
    assert!(status(&mut held, UPGRADE).contains("101"));
    let mut other = TcpStream::connect(world.address()).unwrap();
    assert!(status(&mut other, UPGRADE).contains("503"));
    world.stop();
}

/// Begins a request with a body of the longest kind, and sends so much of it.
fn begin(world: &World, bytes: usize) -> TcpStream {
    let mut stream = TcpStream::connect(world.address()).unwrap();
    let head =
        format!("POST /v1/sync HTTP/1.1\r\nhost: a\r\ncontent-length: {FRAME_BYTES_MAX}\r\n\r\n");
    stream.write_all(head.as_bytes()).unwrap();
    stream.write_all(&vec![0; bytes]).unwrap();
    stream
}

/// Until the device is answered so, or has asked often enough.
fn is_told(device: &mut Device, world: &World, expected: Option<(u16, Refused)>) -> bool {
    (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        device.sync(world).err() == expected
    })
}

#[test]
fn bodies_at_once_are_bounded() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    let held: Vec<TcpStream> = (0..32)
        .map(|_| begin(&world, FRAME_BYTES_MAX - 1))
        .collect();
    assert!(is_told(&mut device, &world, Some((503, Refused::Later))));
    drop(held);
    assert!(is_told(&mut device, &world, None));
    world.stop();
}

#[test]
fn slow_bodies_keep_nobody_out() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    device.sync(&world).unwrap();
    // More than are worked on at once, each announcing the longest body and sending a byte of it.
    let held: Vec<TcpStream> = (0..300).map(|_| begin(&world, 1)).collect();
    std::thread::sleep(Duration::from_millis(500));
    device.sync(&world).unwrap();
    drop(held);
    world.stop();
}

#[test]
fn requests_at_once_are_bounded() {
    let world = World::start_within(Limits {
        requests_max: 1,
        ..Limits::default()
    });
    let (mut device, mut other) = (world.enrol("Rina"), world.enrol("Tuti"));
    device.sync(&world).unwrap();
    other.sync(&world).unwrap();
    let request = other.request();
    let (under_way, waits) = std::sync::mpsc::channel();
    let (let_go, held) = std::sync::mpsc::channel::<()>();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            world.serving().with_engine(move |_, _, _| {
                under_way.send(()).unwrap();
                let _ = held.recv();
            })
        });
        waits.recv().unwrap();
        let asking = scope.spawn(|| world.post("sync", &request).0);
        std::thread::sleep(Duration::from_millis(500));
        assert_eq!(device.sync(&world).unwrap_err(), (503, Refused::Later));
        drop(let_go);
        assert_eq!(asking.join().unwrap(), 200);
    });
    let counted = world.get("/metrics").1;
    let line = "jangkau_limited_total{route=\"sync\",limit=\"at_once\"} 1";
    assert!(counted.contains(line), "{counted}");
    device.sync(&world).unwrap();
    world.stop();
}

#[test]
fn a_seat_that_asks_without_end_is_told_later_over_either_line() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    let mut other = world.enrol("Tuti");
    device.sync(&world).unwrap();
    let request = device.request();
    let statuses: Vec<u16> = (0..700).map(|_| world.post("sync", &request).0).collect();
    assert_eq!(statuses[0], 200);
    assert!(statuses[1..590].iter().all(|status| *status == 409));
    assert!(statuses.contains(&429));
    let refused = world.refused("sync", &request);
    assert!(matches!(refused, (429, Refused::Later) | (409, _)));
    other.sync(&world).unwrap();
    world.stop();
}
