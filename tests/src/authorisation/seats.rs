//! People at their devices, and everything that ever came to each.

use std::collections::BTreeSet;
use std::thread::sleep;
use std::time::Duration;

use ed25519_dalek::SigningKey;
use jangkau_core::access::ViewKind;
use jangkau_core::command::Command;
use jangkau_core::id::{CaseId, CommandId, DeviceId, InstitutionId, Nonce, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::replica::Replica;
use jangkau_core::sync::{
    BLOB_ROUTE, BlobAnswer, BlobRefused, BlobReply, BlobRequest, Enrol, Enrolled, Refused,
    RefusedReply, Row, SignedRequest, SignedRuling, SyncReply, View, WireRow, decode_body,
    encode_body,
};
use jangkau_core::time::Timestamp;

use super::door::{Door, Line};
use super::search::{Canaries, Word, words_in, words_in_database};
use crate::world::chance::Chance;
use crate::world::violation::{Checked, Violation};

/// How long somebody waits who asks for more in a minute than anybody would.
const PATIENCE: Duration = Duration::from_millis(500);
const MINUTE: i64 = 60_000;
/// Most times that somebody asks who holds an outdated nonce.
const TRIES_MAX: usize = 3;
/// Most exchanges until a device has nothing to say.
const EXCHANGES_MAX: usize = 2_000;

/// The machinery that everybody shares.
pub(super) struct Machines {
    pub(super) door: Door,
    pub(super) chance: Chance,
    pub(super) now: Timestamp,
    pub(super) canaries: Canaries,
}

impl Machines {
    /// A moment later. Short, so that a whole batch was recorded in contact with the server.
    pub(super) fn later(&mut self) -> Timestamp {
        self.now = self.now.plus_millis(5);
        self.now
    }

    /// A person at a new device; nobody where the server refuses them one.
    pub(super) fn enrol(
        &mut self,
        institution: &InstitutionId,
        (person, role): (PersonId, Role),
    ) -> Checked<Option<Seat>> {
        let now = self.later();
        let institution = institution.clone();
        let code = self
            .door
            .administer(now, &mut self.chance, move |engine, now, rng| {
                engine.invite(&institution, person, now, rng)
            })?
            .map_err(|error| Violation::broke("Engine::invite", &error))?;
        let key = SigningKey::from_bytes(&self.chance.bytes());
        let body = encode_body(&Enrol {
            code,
            device: DeviceId::generate(now, self.chance.rng()),
            public_key: key.verifying_key().to_bytes(),
        });
        let (is_done, answer) = self.door.post("/v1/enrol", &body, now, &mut self.chance)?;
        if !is_done {
            return Ok(None);
        }
        let enrolled: Enrolled =
            decode_body(&answer).map_err(|error| Violation::broke("enrol", &error))?;
        let replica = Replica::create_in_memory(&enrolled, key.clone())
            .map_err(|error| Violation::broke("Replica::create_in_memory", &error))?;
        Ok(Some(Seat {
            person,
            role,
            replica,
            heard: Heard::default(),
            key,
            nonce: enrolled.nonce,
        }))
    }
}

/// What came to a device.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) words: BTreeSet<Word>,
    pub(super) views: BTreeSet<(CaseId, ViewKind)>,
    pub(super) index: BTreeSet<CaseId>,
}

impl Heard {
    fn take(&mut self, answer: &[u8]) -> Checked<()> {
        self.words.append(&mut words_in(answer));
        let reply: SyncReply =
            decode_body(answer).map_err(|error| Violation::broke("decode a reply", &error))?;
        let backfills = reply.backfill.iter().chain(&reply.resent);
        for backfill in backfills {
            backfill.rows.iter().for_each(|row| self.row(row));
            for (_, ruling) in &backfill.rulings {
                self.ruling(ruling);
            }
        }
        reply.page.rows.iter().for_each(|row| self.row(row));
        Ok(())
    }

    fn row(&mut self, row: &WireRow) {
        if let Row::View(told) = &row.row {
            let kind = told.view.kind();
            if View::nothing(kind).as_ref() != Some(&told.view) {
                self.views.insert((told.case, kind));
            }
        } else if let Row::Ruling(ruling) = &row.row {
            self.ruling(ruling);
        }
    }

    fn ruling(&mut self, ruling: &SignedRuling) {
        let Ok(body) = ruling.read() else { return };
        if body.class.is_none() && body.state.is_some() {
            self.index.insert(body.case);
        }
    }
}

/// A person at a device.
pub(super) struct Seat {
    pub(super) person: PersonId,
    pub(super) role: Role,
    pub(super) replica: Replica,
    pub(super) heard: Heard,
    /// With it the person signs what no app of ours would ask.
    key: SigningKey,
    nonce: Nonce,
}

impl Seat {
    /// Exchanges until both sides have nothing to say.
    pub(super) fn sync(&mut self, machines: &mut Machines) -> Checked<()> {
        self.exchange(machines, None)
    }

    /// The same over the live line, where there is one.
    pub(super) fn sync_live(&mut self, machines: &mut Machines) -> Checked<()> {
        let line = machines.door.line()?;
        self.exchange(machines, line)
    }

    fn exchange(&mut self, machines: &mut Machines, mut line: Option<Line>) -> Checked<()> {
        for _ in 0..EXCHANGES_MAX {
            let now = machines.later();
            let request = self
                .replica
                .request(now, machines.chance.rng())
                .map_err(|error| Violation::broke("Replica::request", &error))?;
            let Machines { door, chance, .. } = machines;
            let (is_done, answer) = match &mut line {
                Some(line) => line.ask(&request, now)?,
                None => door.post("/v1/sync", &request, now, chance)?,
            };
            let again = if is_done {
                self.heard.take(&answer)?;
                let synced = self.replica.receive(&answer, now, machines.chance.rng());
                synced
                    .map_err(|error| Violation::broke("Replica::receive", &error))?
                    .again
            } else {
                self.heard.words.append(&mut words_in(&answer));
                let refused = self.replica.refused(&answer);
                refused
                    .map_err(|error| Violation::broke("Replica::refused", &error))?
                    .1
            };
            if !again {
                return Ok(());
            }
        }
        Err(Violation::new(
            "devices come to rest",
            format!("{:?}", self.role),
        ))
    }

    /// Records something; none where this device holds nothing of the case.
    pub(super) fn record(
        &mut self,
        machines: &mut Machines,
        case: Option<CaseId>,
        command: impl Into<Command>,
    ) -> Checked<Option<CommandId>> {
        let now = machines.later();
        let chance = machines.chance.rng();
        let done = self
            .replica
            .record(case, command.into(), now, None, now, chance);
        let done = done.map_err(|error| Violation::broke("Replica::record", &error))?;
        Ok(done.ok())
    }

    /// Asks for the bytes of an attachment by its name, whatever this device knows of it. Gives whether any came.
    pub(super) fn fetch(
        &mut self,
        attachment: CommandId,
        machines: &mut Machines,
    ) -> Checked<bool> {
        let broke = |error: &dyn std::fmt::Debug| Violation::broke("fetch", error);
        let mut tries = 0;
        while tries < TRIES_MAX {
            let body = encode_body(&BlobRequest::Get(attachment, 0));
            let seat = self.replica.seat();
            let request = SignedRequest::sign(BLOB_ROUTE, seat, self.nonce, body, &self.key);
            let now = machines.later();
            let Machines { door, chance, .. } = machines;
            let (is_done, answer) = door.post("/v1/blob", &request.to_bytes(), now, chance)?;
            self.heard.words.append(&mut words_in(&answer));
            if is_done {
                let reply: BlobReply = decode_body(&answer).map_err(|error| broke(&error))?;
                self.nonce = reply.nonce;
                return match reply.answer {
                    BlobAnswer::Chunks(chunks) => Ok(!chunks.is_empty()),
                    BlobAnswer::Refused(BlobRefused::Unknown) => Ok(false),
                    other @ (BlobAnswer::Stored(_)
                    | BlobAnswer::Next(_)
                    | BlobAnswer::Refused(_)) => Err(broke(&other)),
                };
            }
            let refused = RefusedReply::from_bytes(&answer);
            let refused = refused.ok_or_else(|| broke(&answer.len()))?;
            self.nonce = refused.nonce.unwrap_or(self.nonce);
            if refused.code == Refused::Later {
                sleep(PATIENCE);
            } else {
                tries += 1;
            }
        }
        Ok(false)
    }

    /// Sends the bytes of what was attached here.
    pub(super) fn send_photos(&mut self, machines: &mut Machines) -> Checked<()> {
        let broke = |error: &dyn std::fmt::Debug| Violation::broke("send a photo", error);
        loop {
            let now = machines.later();
            let request = self.replica.blob_request(now);
            let Some(request) = request.map_err(|error| broke(&error))? else {
                let unsent = self.replica.unsent_attachments();
                if unsent.map_err(|error| broke(&error))? == 0 {
                    return Ok(());
                }
                // It was told to come back later, and does so by its own clock; the server counts by that of the machine.
                sleep(PATIENCE);
                machines.now = machines.now.plus_millis(MINUTE);
                continue;
            };
            let Machines { door, chance, .. } = machines;
            let (is_done, answer) = door.post("/v1/blob", &request, now, chance)?;
            self.heard.words.append(&mut words_in(&answer));
            if is_done {
                let step = self.replica.blob_receive(&answer, now);
                step.map_err(|error| broke(&error))?;
            } else {
                let refused = self.replica.blob_refused(&answer, now);
                refused.map_err(|error| broke(&error))?;
            }
        }
    }

    /// What its file holds.
    pub(super) fn vault(&mut self) -> Checked<Heard> {
        let broke = |error| Violation::broke("read a replica", &error);
        let image = self.replica.image().map_err(broke)?;
        let mut vault = Heard {
            words: words_in_database(&image)?,
            ..Heard::default()
        };
        for case in self.replica.cases().map_err(broke)? {
            let view = self.replica.case(case).map_err(broke)?;
            if view.state.is_some() {
                vault.index.insert(case);
            }
            let told = view.views.iter();
            let told = told.filter(|told| View::nothing(told.kind()).as_ref() != Some(told));
            vault.views.extend(told.map(|told| (case, told.kind())));
        }
        Ok(vault)
    }
}
