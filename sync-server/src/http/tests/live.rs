//! The live connection: the same requests and answers, and a poke when the log has grown.

use std::net::TcpStream;
use std::time::Duration;

use jangkau_core::sync::{Refused, RefusedReply};
use tungstenite::{Message, WebSocket, client};

use super::super::{FRAME_POKE, FRAME_REFUSED, FRAME_REPLY};
use super::world::{Device, World};

struct Line(WebSocket<TcpStream>);

impl Line {
    fn open(world: &World) -> Self {
        let stream = TcpStream::connect(world.address()).unwrap();
        let wait = Some(Duration::from_secs(10));
        stream.set_read_timeout(wait).unwrap();
        let url = format!("ws://{}/v1/live", world.address());
        Self(client(url, stream).unwrap().0)
    }

    fn ask(&mut self, bytes: Vec<u8>) -> (u8, Vec<u8>) {
        self.0.send(Message::Binary(bytes.into())).unwrap();
        self.next().unwrap()
    }

    /// The next frame; none when the server hangs up.
    fn next(&mut self) -> Option<(u8, Vec<u8>)> {
        loop {
            match self.0.read() {
                Ok(Message::Binary(frame)) => {
                    let (kind, rest) = frame.split_first().unwrap();
                    return Some((*kind, rest.to_vec()));
                }
                Ok(Message::Close(_)) => return None,
                Ok(_) => {}
                Err(error) => panic!("{error}"),
            }
        }
    }

    /// Whether nothing comes for a while.
    fn is_quiet(&mut self) -> bool {
        let wait = |millis| Some(Duration::from_millis(millis));
        self.0.get_ref().set_read_timeout(wait(300)).unwrap();
        let quiet = loop {
            match self.0.read() {
                Ok(Message::Ping(_)) => {}
                Ok(_) => break false,
                Err(_) => break true,
            }
        };
        self.0.get_ref().set_read_timeout(wait(10_000)).unwrap();
        quiet
    }

    fn sync(&mut self, device: &mut Device) -> usize {
        let (kind, body) = self.ask(device.request());
        assert_eq!(kind, FRAME_REPLY);
        device.take(&body).page.rows.len()
    }
}

#[test]
fn a_poke_comes_when_the_log_has_grown() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    let mut line = Line::open(&world);
    assert!(line.sync(&mut device) > 0);
    assert!(line.is_quiet(), "nothing is new");
    world.add_staff("Dewi");
    assert_eq!(line.next().unwrap(), (FRAME_POKE, Vec::new()));
    assert_eq!(line.sync(&mut device), 1);
    assert!(line.is_quiet(), "it has read what it was poked for");
    world.stop();
}

#[test]
fn strangers_are_refused_and_not_poked() {
    let world = World::start();
    let mut line = Line::open(&world);
    let (kind, body) = line.ask(b"nonsense".to_vec());
    assert_eq!(kind, FRAME_REFUSED);
    let refusal: RefusedReply = minicbor::decode(&body).unwrap();
    assert_eq!(refusal.code, Refused::Malformed);
    world.add_staff("Dewi");
    assert!(line.is_quiet());
    world.stop();
}

#[test]
fn the_server_says_goodbye_when_it_stops() {
    let world = World::start();
    let mut device = world.enrol("Rina");
    let mut line = Line::open(&world);
    line.sync(&mut device);
    world.serving().begin_stop();
    assert_eq!(line.next(), None);
    world.stop();
}

#[test]
fn text_is_not_a_request() {
    let world = World::start();
    let mut line = Line::open(&world);
    line.0.send(Message::text("halo")).unwrap();
    assert_eq!(line.next(), None);
    world.stop();
}
