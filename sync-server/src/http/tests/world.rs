//! A server on loopback with one institution, and devices that speak to it by hand.

use std::net::{SocketAddr, TcpListener};

use ed25519_dalek::SigningKey;
use jangkau_core::id::{DeviceId, InstitutionId, Nonce, PersonId, SeatId};
use jangkau_core::profile::shipped_files;
use jangkau_core::sync::{
    Cursor, Enrol, Enrolled, Refused, RefusedReply, SYNC_ROUTE, SeatStatus, SignedRequest,
    SyncReply, SyncRequest, decode_body, encode_body,
};
use jangkau_core::time::Timestamp;
use ureq::{Agent, SendBody};

use crate::clock::Clock;
use crate::config::Limits;
use crate::engine::Engine;
use crate::http::{Entrance, Serving, serve_through};

pub(super) struct World {
    serving: Serving,
    agent: Agent,
    institution: InstitutionId,
}

#[derive(Debug)]
pub(super) struct Device {
    pub(super) seat: SeatId,
    pub(super) key: SigningKey,
    pub(super) nonce: Nonce,
    pub(super) last_sizes: (usize, usize),
    cursor: Cursor,
}

impl World {
    pub(super) fn start() -> Self {
        Self::start_within(Limits::default())
    }

    pub(super) fn start_within(limits: Limits) -> Self {
        let now: Timestamp = "2026-11-23T09:00:00+07:00".parse().unwrap();
        let institution: InstitutionId = "lk3-cilegon".parse().unwrap();
        let mut engine = Engine::in_memory().unwrap();
        let profile = shipped_files()[0].toml;
        let mut rng = crate::clock::entropy().unwrap();
        engine.found(&institution, profile, now, &mut rng).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let serving = serve_through(
            listener,
            engine,
            Clock::by_hand(now).0,
            limits,
            Entrance::default(),
        )
        .unwrap();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .build()
            .into();
        Self {
            serving,
            agent,
            institution,
        }
    }

    pub(super) const fn serving(&self) -> &Serving {
        &self.serving
    }

    pub(super) const fn address(&self) -> SocketAddr {
        self.serving.address()
    }

    /// Stops; the harness fails if the server does not end well.
    pub(super) fn stop(self) {
        self.serving.stop().unwrap();
    }

    pub(super) fn add_staff(&self, name: &str) -> PersonId {
        let (institution, name) = (self.institution.clone(), name.to_owned());
        self.serving
            .with_engine(move |engine, now, rng| {
                engine.add_staff(&institution, &name, &["social_worker"], now, rng)
            })
            .unwrap()
            .unwrap()
    }

    /// A code for a new member of the staff.
    pub(super) fn invite(&self, name: &str) -> String {
        let (institution, person) = (self.institution.clone(), self.add_staff(name));
        self.serving
            .with_engine(move |engine, now, rng| engine.invite(&institution, person, now, rng))
            .unwrap()
            .unwrap()
    }

    pub(super) fn revoke(&self, seat: SeatId, how: SeatStatus) {
        let institution = self.institution.clone();
        self.serving
            .with_engine(move |engine, now, _| engine.revoke(&institution, seat, how, now))
            .unwrap()
            .unwrap();
    }

    /// Trades a code for a certificate of a new key.
    pub(super) fn enrol_key(&self, code: &str) -> Result<(Enrolled, SigningKey), (u16, Refused)> {
        let mut seed = [0; 32];
        getrandom::fill(&mut seed).unwrap();
        let key = SigningKey::from_bytes(&seed);
        let ask = Enrol {
            code: code.to_owned(),
            device: DeviceId::from_bytes([3; 16]),
            public_key: key.verifying_key().to_bytes(),
        };
        let (status, body) = self.post("enrol", &encode_body(&ask));
        if status == 200 {
            Ok((decode_body(&body).unwrap(), key))
        } else {
            Err((status, code_of(&body)))
        }
    }

    pub(super) fn try_enrol(&self, code: &str) -> Result<Device, (u16, Refused)> {
        let (enrolled, key) = self.enrol_key(code)?;
        Ok(Device {
            seat: enrolled.certificate.seat,
            key,
            nonce: enrolled.nonce,
            last_sizes: (0, 0),
            cursor: Cursor::default(),
        })
    }

    /// A device of a new member of the staff.
    pub(super) fn enrol(&self, name: &str) -> Device {
        self.try_enrol(&self.invite(name)).unwrap()
    }

    pub(super) fn post(&self, route: &str, body: &[u8]) -> (u16, Vec<u8>) {
        self.send(route, body)
    }

    fn send(&self, route: &str, body: impl ureq::AsSendBody) -> (u16, Vec<u8>) {
        let url = format!("http://{}/v1/{route}", self.address());
        let mut response = self.agent.post(url).send(body).unwrap();
        let body = response.body_mut().read_to_vec().unwrap();
        (response.status().as_u16(), body)
    }

    pub(super) fn refused(&self, route: &str, body: &[u8]) -> (u16, Refused) {
        let (status, body) = self.post(route, body);
        (status, code_of(&body))
    }

    pub(super) fn refused_chunked(&self, route: &str, mut body: &[u8]) -> (u16, Refused) {
        let (status, body) = self.send(route, SendBody::from_reader(&mut body));
        (status, code_of(&body))
    }

    pub(super) fn get(&self, path: &str) -> (u16, String) {
        let url = format!("http://{}{path}", self.address());
        let mut response = self.agent.get(url).call().unwrap();
        let text = response.body_mut().read_to_string().unwrap();
        (response.status().as_u16(), text)
    }
}

fn code_of(refusal: &[u8]) -> Refused {
    minicbor::decode::<RefusedReply>(refusal).unwrap().code
}

impl Device {
    /// Asks for what is new; signed bytes.
    pub(super) fn request(&self) -> Vec<u8> {
        let ask = SyncRequest {
            cursor: self.cursor,
            ..SyncRequest::default()
        };
        let body = encode_body(&ask);
        SignedRequest::sign(SYNC_ROUTE, self.seat, self.nonce, body, &self.key).to_bytes()
    }

    /// Takes an answer.
    pub(super) fn take(&mut self, body: &[u8]) -> SyncReply {
        let reply: SyncReply = decode_body(body).unwrap();
        self.nonce = reply.nonce;
        self.cursor = Cursor {
            era: reply.era.number,
            seq: reply.page.upto,
        };
        reply
    }

    pub(super) fn sync(&mut self, world: &World) -> Result<SyncReply, (u16, Refused)> {
        let request = self.request();
        let (status, body) = world.post("sync", &request);
        self.last_sizes = (request.len(), body.len());
        if status == 200 {
            return Ok(self.take(&body));
        }
        let refusal: RefusedReply = minicbor::decode(&body).unwrap();
        self.nonce = refusal.nonce.unwrap_or(self.nonce);
        Err((status, refusal.code))
    }
}
