//! The way to the server: the engine in this process, or one that serves HTTP.

use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::time::Duration;

use jangkau_core::time::Timestamp;
use jangkau_server::clock::{Clock, Hand};
use jangkau_server::engine::Engine;
use jangkau_server::http::{FRAME_REFUSED, FRAME_REPLY, Serving, serve_on};
use jangkau_server::keys::Keys;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng as _};
use tungstenite::{Message, WebSocket, client};

use crate::world::chance::Chance;
use crate::world::violation::{Checked, Violation};

/// Longest wait for an answer.
const ANSWER_MAX: Duration = Duration::from_secs(60);
/// Longest answer that is read, in bytes.
const ANSWER_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Where requests go.
pub(super) enum Door {
    /// Straight into the engine: for plants, which know their thread alone.
    Engine(Box<Engine>),
    /// Over loopback.
    Http {
        serving: Serving,
        hand: Hand,
        agent: ureq::Agent,
        /// How many requests went over this agent's connection.
        sent: u32,
    },
}

/// Most requests over one connection: after five minutes the server ends it, also while the next request is on its way.
const REQUESTS_MAX: u32 = 100;

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .timeout_global(Some(ANSWER_MAX))
        .build()
        .into()
}

/// An answer, and whether it was not a refusal.
pub(super) type Answer = (bool, Vec<u8>);

impl Door {
    /// A server over loopback, with the keys that the command line will look for beside a folder.
    pub(super) fn open(empty: &Engine, folder: &Path, now: Timestamp) -> Checked<Self> {
        let engine = sealed(empty, folder)?;
        let broke = |error: &dyn std::fmt::Debug| Violation::broke("serve", error);
        let listener = TcpListener::bind(("127.0.0.1", 0)).map_err(|error| broke(&error))?;
        let (clock, hand) = Clock::by_hand(now);
        let serving = serve_on(listener, engine, clock).map_err(|error| broke(&error))?;
        Ok(Self::Http {
            serving,
            hand,
            agent: agent(),
            sent: 0,
        })
    }

    /// Sends a body to a route.
    pub(super) fn post(
        &mut self,
        route: &str,
        body: &[u8],
        now: Timestamp,
        chance: &mut Chance,
    ) -> Checked<Answer> {
        match self {
            Self::Engine(engine) => {
                let answer = match route {
                    "/v1/enrol" => engine.enrol(body, now, chance.rng()),
                    "/v1/glass" => engine.glass(body, now, chance.rng()),
                    _ => engine.sync(&[body.to_vec()], now, chance.rng()).remove(0),
                };
                Ok(match answer {
                    Ok(body) => (true, body),
                    Err(refused) => (false, minicbor::to_vec(refused).unwrap_or_default()),
                })
            }
            Self::Http {
                serving,
                hand,
                agent: kept,
                sent,
            } => {
                hand.set(now);
                *sent += 1;
                if *sent > REQUESTS_MAX {
                    (*kept, *sent) = (agent(), 1);
                }
                let url = format!("http://{}{route}", serving.address());
                let broke = |error: ureq::Error| Violation::broke("POST", &error);
                let mut response = kept.post(url).send(body).map_err(broke)?;
                let is_done = response.status().is_success();
                let reader = response.body_mut().with_config().limit(ANSWER_BYTES_MAX);
                Ok((is_done, reader.read_to_vec().map_err(broke)?))
            }
        }
    }

    /// Whether bytes of attachments have a road here.
    pub(super) const fn has_blobs(&self) -> bool {
        match self {
            Self::Engine(_) => false,
            Self::Http { .. } => true,
        }
    }

    /// A live line, where there is one.
    pub(super) fn line(&self) -> Checked<Option<Line>> {
        let Self::Http { serving, hand, .. } = self else {
            return Ok(None);
        };
        let broke = |error: &dyn std::fmt::Debug| Violation::broke("the live line", error);
        let stream = TcpStream::connect(serving.address()).map_err(|error| broke(&error))?;
        let wait = stream.set_read_timeout(Some(ANSWER_MAX));
        wait.map_err(|error| broke(&error))?;
        let url = format!("ws://{}/v1/live", serving.address());
        let (socket, _) = client(url, stream).map_err(|error| broke(&error))?;
        Ok(Some(Line {
            socket,
            hand: hand.clone(),
        }))
    }

    /// Where it listens, if it does.
    pub(super) fn address(&self) -> String {
        match self {
            Self::Engine(_) => String::new(),
            Self::Http { serving, .. } => format!("http://{}", serving.address()),
        }
    }

    /// Stops, and gives what is on the server's disk.
    pub(super) fn close(self) -> Checked<Vec<u8>> {
        let engine = match self {
            Self::Engine(engine) => *engine,
            Self::Http { serving, .. } => serving
                .stop()
                .map_err(|error| Violation::broke("stop", &error))?,
        };
        engine
            .image()
            .map_err(|error| Violation::broke("Engine::image", &error))
    }

    /// What an administrator does.
    pub(super) fn administer<T: Send + 'static>(
        &mut self,
        now: Timestamp,
        chance: &mut Chance,
        errand: impl FnOnce(&mut Engine, Timestamp, &mut dyn CryptoRng) -> T + Send + 'static,
    ) -> Checked<T> {
        match self {
            Self::Engine(engine) => Ok(errand(engine, now, chance.rng())),
            Self::Http { serving, hand, .. } => {
                hand.set(now);
                serving
                    .with_engine(move |engine, now, rng| errand(engine, now, rng))
                    .map_err(|error| Violation::broke("with_engine", &error))
            }
        }
    }
}

/// A live line to the server.
pub(super) struct Line {
    socket: WebSocket<TcpStream>,
    hand: Hand,
}

impl Line {
    /// Sends a request, and waits for what is no poke.
    pub(super) fn ask(&mut self, body: &[u8], now: Timestamp) -> Checked<Answer> {
        let broke = |error: tungstenite::Error| Violation::broke("the live line", &error);
        self.hand.set(now);
        let message = Message::Binary(body.to_vec().into());
        self.socket.send(message).map_err(broke)?;
        loop {
            let Message::Binary(frame) = self.socket.read().map_err(broke)? else {
                continue;
            };
            match frame.split_first() {
                Some((&FRAME_REPLY, rest)) => return Ok((true, rest.to_vec())),
                Some((&FRAME_REFUSED, rest)) => return Ok((false, rest.to_vec())),
                // A poke; its bytes are nobody's words, being none.
                _ if frame.len() <= 1 => {}
                _ => return Err(Violation::new("a poke is empty", format!("{frame:?}"))),
            }
        }
    }
}

/// A server in memory whose keys lie where the command line looks for them.
fn sealed(empty: &Engine, folder: &Path) -> Checked<Engine> {
    let broke = |error: &dyn std::fmt::Debug| Violation::broke("a server with keys", error);
    let name = folder.file_name();
    let mut name = name.ok_or_else(|| broke(&folder))?.to_owned();
    name.push("-keys");
    let rng = ChaCha20Rng::from_seed([7; 32]);
    let keys =
        Keys::open(&folder.with_file_name(name), false, rng).map_err(|error| broke(&error))?;
    let image = empty.image().map_err(|error| broke(&error))?;
    Engine::from_image(&image, keys).map_err(|error| broke(&error))
}
