//! The siege: what an attacker with a valid seat sends, input after input, against the server's door of a living world.
//!
//! An input is an honest command, changed where it hurts, sealed and signed again with the seat's own key, so that it reaches the
//! checks behind the signature. Nothing may panic, and nothing that is admitted may leave a document that does not load.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use jangkau_core::envelope::CommandHead;
use jangkau_core::id::{BatchId, InstitutionId, Nonce, SeatId};
use jangkau_core::sync::{
    Batch, Cursor, Packed, Part, PartBody, Refused, SYNC_ROUTE, SealedEnvelope, Seen,
    SignedRequest, SyncReply, SyncRequest, decode_body, encode_body, pack, seal, unpack,
};
use jangkau_core::time::Timestamp;
use jangkau_server::engine::Engine;
use serde::Serialize;

use super::World;
use super::chance::Chance;
use super::device::Side;
use super::hostile;
use super::mutation::spoil_change;
use super::network::MachineIndex;
use super::server::image_of;
use super::violation::{Checked, Violation, ensure};

/// Steps that a world lives between two sieges.
const STEPS_BETWEEN: usize = 6;
/// Sieges of one world.
const SIEGES: usize = 8;
/// Inputs of one siege; then the server is as it was before.
const INPUTS: u64 = 400;

/// After so many admissions the whole server is rebuilt from its log.
const REBUILT_EVERY: u64 = 100;
/// The code of what was admitted.
const ADMITTED: &str = "admitted";

/// What is asked of the siege.
#[derive(Clone, Copy)]
pub struct Plan {
    /// The first seed.
    pub from: u64,
    /// How many inputs.
    pub inputs: u64,
    /// How memory is measured.
    pub meter: Meter,
}

/// How the memory of one input is measured.
#[derive(Clone, Copy)]
pub struct Meter {
    /// Begins a measurement.
    pub begin: fn(),
    /// The most bytes that were held since then beyond what was held at its beginning.
    pub most: fn() -> usize,
}

/// What the siege came to.
#[derive(Debug, Default, Serialize)]
pub struct Summary {
    /// Inputs that reached the server.
    pub inputs: u64,
    /// Changes that cannot be put on the wire at all, and that the inspection refuses too.
    pub unsendable: u64,
    /// What became of them, by code.
    pub answers: BTreeMap<String, u64>,
    /// Servers that were rebuilt from their logs after something was admitted; after every admission the case's documents are loaded.
    pub rebuilt: u64,
    /// The most memory that one input took, in bytes.
    pub most_bytes: usize,
    /// The world of that input.
    pub most_at: u64,
    /// Worlds that were besieged.
    pub worlds: u64,
    /// What was found wrong.
    pub violations: Vec<String>,
}

/// Besieges one world after another until enough inputs were sent.
#[must_use]
pub fn run(plan: &Plan) -> Summary {
    let mut summary = Summary::default();
    let mut seed = plan.from;
    while summary.inputs < plan.inputs && summary.violations.is_empty() {
        let besieged = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            besiege(seed, plan, &mut summary)
        }));
        let problem = match besieged {
            Ok(Ok(())) => None,
            Ok(Err(violation)) => Some(violation.to_string()),
            Err(_) => Some("something panicked out of the server".to_owned()),
        };
        let named = problem.map(|problem| format!("seed {seed}: {problem}"));
        summary.violations.extend(named);
        summary.worlds += 1;
        seed += 1;
    }
    summary
}

fn besiege(seed: u64, plan: &Plan, summary: &mut Summary) -> Checked<()> {
    let mut world = World::found(seed, None)?;
    let mut chance = Chance::new(seed, "siege");
    for _ in 0..SIEGES {
        for _ in 0..STEPS_BETWEEN {
            world.step()?;
        }
        let Some(index) = world.pick_device() else {
            continue;
        };
        if let Some(mut siege) = Siege::lay(&mut world, index, &mut chance)? {
            for _ in 0..INPUTS.min(plan.inputs.saturating_sub(summary.inputs)) {
                siege.send(seed, plan, summary, &mut chance)?;
            }
        }
    }
    Ok(())
}

/// A server before which an attacker stands who has somebody's seat and what they are about to send.
struct Siege {
    engine: Engine,
    /// The server as it was.
    image: Vec<u8>,
    institution: InstitutionId,
    now: Timestamp,
    seat: SeatId,
    key: SigningKey,
    nonce: Nonce,
    /// Commands whose predecessors the server has.
    command: (CommandHead, Vec<Part>),
    origin: SealedEnvelope,
    /// Bytes of other changes, to be spliced in.
    others: Vec<Vec<u8>>,
}

impl Siege {
    /// Takes what a device is about to send. None: it has nothing new.
    fn lay(world: &mut World, index: MachineIndex, chance: &mut Chance) -> Checked<Option<Self>> {
        let now = world.server.clock(world.now);
        let device = &mut world.devices[index];
        let clock = device.clock(world.now);
        let mut scratch = device.scratch()?;
        let Ok(request) = scratch.request(clock, chance.rng()) else {
            return Ok(None);
        };
        let Some(envelopes) = pushed(&request) else {
            return Ok(None);
        };
        let commands = commands_of(&envelopes);
        let (Some(origin), Side::Honest) = (envelopes.into_iter().next(), device.side) else {
            return Ok(None);
        };
        let chosen = chance.below(commands.len());
        let Some(command) = commands.get(chosen).cloned() else {
            return Ok(None);
        };
        let others = commands.iter().flat_map(|(_, parts)| changes_of(parts));
        let mut siege = Self {
            engine: fork(
                &image_of(world.server.engine())?,
                world.server.engine().keys(),
            )?,
            image: Vec::new(),
            institution: world.institution.clone(),
            now,
            seat: origin.head.seat,
            key: device.key.clone(),
            nonce: Nonce::from_bytes(chance.bytes()),
            command,
            others: others.collect(),
            origin,
        };
        let before: Vec<SealedEnvelope> = commands[..chosen]
            .iter()
            .map(|command| siege.sealed(command.clone(), chance))
            .collect();
        let Ok(packed) = pack(before.iter()) else {
            return Ok(None);
        };
        // The first request after a start is told a nonce.
        siege.exchange(packed.clone(), None, chance)?;
        let told = siege.exchange(packed, None, chance)?;
        siege.image = image_of(&siege.engine)?;
        let known = siege.engine.admitted(&siege.institution);
        let known = known.map_err(|error| Violation::broke("Engine::admitted", &error))?;
        // For whom the door stays shut, or whose command is in, there is nothing to try.
        let is_in = told.parse::<Refused>().is_err();
        let is_new = !known.contains(&siege.command.0.id);
        Ok((is_in && is_new).then_some(siege))
    }

    fn sealed(&self, command: (CommandHead, Vec<Part>), chance: &mut Chance) -> SealedEnvelope {
        let head = &self.origin.head;
        let institution = head.institution.clone();
        let commands = vec![command];
        seal(
            head.seat,
            institution,
            head.via,
            commands,
            &self.key,
            chance.rng(),
        )
    }

    /// Sends one input, and looks what it did.
    fn send(
        &mut self,
        seed: u64,
        plan: &Plan,
        summary: &mut Summary,
        chance: &mut Chance,
    ) -> Checked<()> {
        let mut command = self.command.clone();
        let way = chance.below(20);
        match way {
            0..=14 => spoil_change(&mut command.1, &self.others, chance),
            15 => hostile::spoil_head(&mut command.0, self.now, chance),
            16 | 17 => hostile::spoil_parts(&mut command.1, chance),
            _ => {}
        }
        let mut envelope = self.sealed(command, chance);
        if way == 18 {
            envelope = hostile::broken_seal(envelope, chance);
        }
        let Ok(packed) = pack([&envelope]) else {
            summary.unsendable += 1;
            let mut parts = envelope.parts_of(envelope.commands[0].id).into_iter();
            let refused = parts.any(|part| match &part.body {
                PartBody::Change { bytes, .. } => jangkau_core::document::inspect(bytes).is_err(),
                PartBody::Row { .. } => true,
            });
            return if refused {
                Ok(())
            } else {
                Err(Violation::new(
                    "what cannot be sent is refused",
                    "a change passes that no wire carries",
                ))
            };
        };
        let flips = (way == 19).then_some(1 + chance.below(3));
        (plan.meter.begin)();
        let mut answer = self.exchange(packed.clone(), flips, chance)?;
        if answer == Refused::StaleNonce.code() {
            answer = self.exchange(packed, flips, chance)?;
        }
        let most = (plan.meter.most)();
        if most > summary.most_bytes {
            (summary.most_bytes, summary.most_at) = (most, seed);
        }
        summary.inputs += 1;
        let admitted = answer == ADMITTED;
        let times = summary.answers.entry(answer).or_default();
        *times += 1;
        if admitted {
            let is_rebuilt = (*times).is_multiple_of(REBUILT_EVERY);
            self.look(is_rebuilt)?;
            summary.rebuilt += u64::from(is_rebuilt);
            self.engine = fork(&self.image, self.engine.keys())?;
        }
        Ok(())
    }

    /// What was admitted must leave documents that load, and a log from which all can be rebuilt.
    fn look(&self, is_rebuilt: bool) -> Checked<()> {
        let case = self.command.1.iter().find_map(|part| match &part.body {
            PartBody::Change { document, .. } => Some(document.case),
            PartBody::Row { .. } => None,
        });
        if let Some(case) = case {
            let found = self.engine.unloadable(&self.institution, case);
            let found = found.map_err(|error| Violation::broke("Engine::unloadable", &error))?;
            ensure(found.is_empty(), "what is admitted loads", || {
                format!("{found:?}")
            })?;
        }
        if is_rebuilt {
            let found = self.engine.rebuild_check(&self.institution);
            let found = found.map_err(|error| Violation::broke("Engine::rebuild_check", &error))?;
            ensure(found.is_empty(), "the log gives everything again", || {
                format!("{found:?}")
            })?;
        }
        Ok(())
    }

    /// One request and what was answered, as a code.
    fn exchange(
        &mut self,
        envelopes: Packed,
        flips: Option<usize>,
        chance: &mut Chance,
    ) -> Checked<String> {
        let position = self.engine.position(&self.institution);
        let (era, seq, _) = position.map_err(|error| Violation::broke("position", &error))?;
        let push = Batch {
            id: BatchId::generate(self.now, chance.rng()),
            envelopes,
        };
        let message = SyncRequest {
            cursor: Cursor { era, seq },
            push: Some(push),
            ..SyncRequest::default()
        };
        let mut body = encode_body(&message);
        for _ in 0..flips.unwrap_or(0) {
            let at = chance.below(body.len());
            body[at] = chance.below(256) as u8;
        }
        let request = SignedRequest::sign(SYNC_ROUTE, self.seat, self.nonce, body, &self.key);
        let requests = [request.to_bytes()];
        let replies = self.engine.try_sync(&requests, self.now, chance.rng());
        let replies = replies.map_err(|error| Violation::broke("Engine::try_sync", &error))?;
        match replies.into_iter().next() {
            Some(Ok(bytes)) => {
                let reply: SyncReply =
                    decode_body(&bytes).map_err(|error| Violation::broke("a reply", &error))?;
                self.nonce = reply.nonce;
                Ok(code_of(&reply))
            }
            Some(Err(refused)) => {
                self.nonce = refused.nonce.unwrap_or(self.nonce);
                if refused.code == Refused::Later {
                    self.engine = fork(&self.image, self.engine.keys())?;
                }
                Ok(refused.code.to_string())
            }
            None => Err(Violation::new("each request gets its own answer", "none")),
        }
    }
}

fn code_of(reply: &SyncReply) -> String {
    let answers = reply.answers.iter().flatten();
    let mut codes = answers.map(|answer| match answer.seen {
        Seen::Admitted(_) => ADMITTED.to_owned(),
        Seen::Waiting => "waiting".to_owned(),
        Seen::TurnedAway(code) => code.to_string(),
    });
    codes.next().unwrap_or_else(|| "unanswered".to_owned())
}

fn fork(image: &[u8], keys: jangkau_server::keys::Keys) -> Checked<Engine> {
    Engine::from_image(image, keys).map_err(|error| Violation::broke("Engine::from_image", &error))
}

/// The envelopes that a request pushes.
fn pushed(request: &[u8]) -> Option<Vec<SealedEnvelope>> {
    let signed = SignedRequest::from_bytes(request).ok()?;
    let message: SyncRequest = decode_body(&signed.body).ok()?;
    unpack(&message.push?.envelopes).ok()
}

fn commands_of(envelopes: &[SealedEnvelope]) -> Vec<(CommandHead, Vec<Part>)> {
    let of = |envelope: &SealedEnvelope| {
        let heads = envelope.commands.iter();
        let commands = heads.map(|head| {
            let parts = envelope.parts_of(head.id).into_iter().cloned();
            (head.clone(), parts.collect())
        });
        commands.collect::<Vec<_>>()
    };
    envelopes.iter().flat_map(of).collect()
}

fn changes_of(parts: &[Part]) -> Vec<Vec<u8>> {
    let bytes = parts.iter().filter_map(|part| match &part.body {
        PartBody::Change { bytes, .. } => Some(bytes.clone()),
        PartBody::Row { .. } => None,
    });
    bytes.collect()
}
