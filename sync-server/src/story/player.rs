//! Plays a story: real replicas on one side of a link, the real server on the other.

mod host;
mod photos;

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use ed25519_dalek::SigningKey;
use jangkau_core::id::{CaseId, CommandId, DeviceId, InstitutionId, PersonId};
use jangkau_core::record::RecordError;
use jangkau_core::replica::{CannotRecord, Replica, ReplicaError};
use jangkau_core::sync::{
    Enrol, Enrolled, FrameError, Refused, RefusedReply, decode_body, encode_body,
};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use thiserror::Error;

use super::check;
use super::erasure;
use super::fields::{self, Names};
use super::found::Invitations;
use super::glass;
use super::link::{Link, LinkError, Reply};
use super::plan::{Act, Beat, Doing, SeatName, Story};

/// Most exchanges until a device and the server have told each other everything: far more than any story needs.
const ROUNDS_MAX: usize = 1_000;

/// Why a story could not be played on: a machine broke, or the player has a fault.
#[derive(Debug, Error)]
pub enum PlayError {
    /// A device failed.
    #[error(transparent)]
    Replica(#[from] ReplicaError),
    /// The link failed.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// The server's answer to an enrolment is no message.
    #[error(transparent)]
    Frame(#[from] FrameError),
    /// The server refused something that no story provokes.
    #[error("the server refused: {0}")]
    Refused(Refused),
    /// Device and server did not come to an end.
    #[error("an exchange does not end")]
    Endless,
    /// A command of a parsed story could not be built.
    #[error(transparent)]
    Command(#[from] RecordError),
    /// A name of a parsed story is not there: a step that it rests on went wrong.
    #[error("`{0}` is not there, since an earlier step went wrong")]
    Missing(String),
}

/// Something that is not as the story expects, and what was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The line.
    pub line: usize,
    /// What was expected and what was found.
    pub found: String,
}

/// Where devices keep what they hold.
#[derive(Clone, Debug)]
pub enum Vaults {
    /// In memory.
    Memory,
    /// In files of this folder.
    Folder(PathBuf),
}

/// A device's clock and connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct DeviceState {
    online: bool,
    ahead_ms: i64,
}

/// A story in play.
pub struct Player<L> {
    pub(super) link: L,
    rng: ChaCha8Rng,
    pub(super) now: Timestamp,
    pub(super) seats: BTreeMap<SeatName, Replica>,
    devices: BTreeMap<String, DeviceState>,
    institutions: BTreeMap<String, InstitutionId>,
    people: BTreeMap<String, PersonId>,
    pub(super) cases: BTreeMap<String, CaseId>,
    pub(super) labels: BTreeMap<String, CommandId>,
    /// Requests to erase, by the story's names.
    pub(super) requests: BTreeMap<String, i64>,
}

impl<L: Link> Player<L> {
    /// Enrols every device of the story and lets it read what there is.
    ///
    /// # Errors
    /// [`PlayError`].
    pub fn begin(
        story: &Story,
        invitations: Invitations,
        link: L,
        vaults: &Vaults,
        seed: u64,
    ) -> Result<Self, PlayError> {
        let mut player = Self {
            link,
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: story.clock,
            seats: BTreeMap::new(),
            devices: BTreeMap::new(),
            institutions: BTreeMap::new(),
            people: invitations.people,
            cases: BTreeMap::new(),
            labels: BTreeMap::new(),
            requests: BTreeMap::new(),
        };
        for plan in &story.staff {
            let key = plan.key.clone();
            player.institutions.insert(key, plan.institution.clone());
        }
        let mut ids = BTreeMap::new();
        for plan in &story.devices {
            ids.insert(
                plan.key.clone(),
                DeviceId::generate(story.clock, &mut player.rng),
            );
            let state = DeviceState {
                online: true,
                ahead_ms: plan.clock_ahead_ms,
            };
            player.devices.insert(plan.key.clone(), state);
        }
        for (seat, code) in invitations.codes {
            if let Some(device) = ids.get(&seat.device) {
                player.enrol(seat, code, *device, vaults)?;
            }
        }
        for seat in player.seats.keys().cloned().collect::<Vec<_>>() {
            player.exchange(&seat)?;
        }
        Ok(player)
    }

    fn enrol(
        &mut self,
        seat: SeatName,
        code: String,
        device: DeviceId,
        vaults: &Vaults,
    ) -> Result<(), PlayError> {
        let mut secret = [0; 32];
        self.rng.fill_bytes(&mut secret);
        let key = SigningKey::from_bytes(&secret);
        let ask = Enrol {
            code,
            device,
            public_key: key.verifying_key().to_bytes(),
        };
        let body = match self.link.enrol(&encode_body(&ask), self.now)? {
            Reply::Done(body) => body,
            Reply::Refused(body) => {
                let refused: RefusedReply =
                    minicbor::decode(&body).map_err(|_| FrameError::Malformed)?;
                return Err(PlayError::Refused(refused.code));
            }
        };
        let enrolled: Enrolled = decode_body(&body)?;
        let replica = match vaults {
            Vaults::Memory => Replica::create_in_memory(&enrolled, key)?,
            Vaults::Folder(folder) => {
                let file = folder.join(format!("{}-{}.db", seat.device, seat.person));
                Replica::create(&file.to_string_lossy(), &enrolled, key)?
            }
        };
        self.seats.insert(seat, replica);
        Ok(())
    }

    /// Plays beats in the given order; what is not as expected is collected, and the story goes on.
    ///
    /// # Errors
    /// The line, and [`PlayError`] where it cannot go on.
    pub fn play(
        &mut self,
        beats: &[Beat],
        shuffled: bool,
    ) -> Result<Vec<Failure>, (usize, PlayError)> {
        let mut failures = Vec::new();
        for beat in beats {
            // In a shuffled story a step may come after one that happened later; the server's clock only moves on.
            self.now = self.now.max(beat.at);
            self.act(beat, shuffled, &mut failures)
                .map_err(|error| (beat.line, error))?;
        }
        Ok(failures)
    }

    fn act(
        &mut self,
        beat: &Beat,
        shuffled: bool,
        failures: &mut Vec<Failure>,
    ) -> Result<(), PlayError> {
        match &beat.act {
            Act::Do(doing) => self.record(beat, doing, failures),
            Act::Sync(seats) => seats.iter().try_for_each(|seat| self.exchange(seat)),
            Act::Offline(devices) => {
                self.connect(devices, false);
                Ok(())
            }
            Act::Online(devices) => {
                self.connect(devices, true);
                let seats = self.seats_of(devices);
                seats.iter().try_for_each(|seat| self.exchange(seat))
            }
            Act::SetClock { device, ahead_ms } => {
                if let Some(state) = self.devices.get_mut(device) {
                    state.ahead_ms = *ahead_ms;
                }
                Ok(())
            }
            Act::Glass(glassing) => glass::break_glass(self, beat.line, glassing, failures),
            Act::Attach(attaching) => self.attach(beat, attaching, failures),
            Act::Carry { seats, want } => self.carry(seats, want),
            Act::Erasure(act) => erasure::act(self, beat.line, act, failures),
            Act::Server(act) => {
                let act = self.host_act(act)?;
                Ok(self.link.act(&act, self.now)?)
            }
            Act::Expect(expect) if shuffled && expect.ordered => Ok(()),
            Act::Expect(expect) => check::check(self, expect, failures),
        }
    }

    fn connect(&mut self, devices: &[String], online: bool) {
        for device in devices {
            if let Some(state) = self.devices.get_mut(device) {
                state.online = online;
            }
        }
    }

    /// The seats of devices, in the order of the devices.
    fn seats_of(&self, devices: &[String]) -> Vec<SeatName> {
        let seats = devices.iter().flat_map(|device| {
            let here = self.seats.keys();
            here.filter(move |seat| seat.device == *device)
        });
        seats.cloned().collect()
    }

    /// Where a person of the story works.
    pub(super) fn institution_of(&self, person: &str) -> Result<InstitutionId, PlayError> {
        let found = self.institutions.get(person).cloned();
        found.ok_or_else(|| PlayError::Missing(person.to_owned()))
    }

    /// A person of the story.
    pub(super) fn known_person(&self, key: &str) -> Result<PersonId, PlayError> {
        let found = self.people.get(key).copied();
        found.ok_or_else(|| PlayError::Missing(key.to_owned()))
    }

    /// Records a command. An online device exchanges with the server before and after.
    fn record(
        &mut self,
        beat: &Beat,
        doing: &Doing,
        failures: &mut Vec<Failure>,
    ) -> Result<(), PlayError> {
        let state = self.devices.get(&doing.seat.device).copied();
        let online = state.is_some_and(|device| device.online);
        if online {
            self.exchange(&doing.seat)?;
        }
        let command = fields::build(doing.kind, &doing.fields, self)?;
        let device_now = beat
            .at
            .plus_millis(state.map_or(0, |device| device.ahead_ms));
        let case = self.cases.get(&doing.case).copied();
        let performed_by = doing
            .performed_by
            .as_deref()
            .and_then(|key| self.person(key));
        let replica = self
            .seats
            .get_mut(&doing.seat)
            .ok_or_else(|| PlayError::Missing(doing.seat.to_string()))?;
        let recorded = replica.record(
            case,
            command,
            doing.occurred_at.unwrap_or(device_now),
            performed_by,
            device_now,
            &mut self.rng,
        )?;
        let mut fail = |found: String| {
            failures.push(Failure {
                line: beat.line,
                found,
            });
        };
        match (recorded, doing.cannot) {
            (Ok(id), wanted) => {
                if let Some(wanted) = wanted {
                    fail(format!("expected that {wanted}, but it was recorded"));
                }
                self.labels.insert(doing.label.clone(), id);
                if case.is_none() {
                    self.cases.insert(doing.case.clone(), CaseId::from(id));
                }
            }
            (Err(found), Some(wanted)) if found == wanted => {}
            (Err(found), wanted) => {
                fail(cannot_record(found, wanted));
                return Ok(());
            }
        }
        if online {
            self.exchange(&doing.seat)?;
        }
        if let Some(expected) = &doing.expect {
            let seats = std::slice::from_ref(&doing.seat);
            check::fate(self, beat.line, &doing.label, expected, seats, failures)?;
        }
        Ok(())
    }

    /// Whether a device has a connection.
    pub(super) fn is_online(&self, device: &str) -> bool {
        self.devices.get(device).is_some_and(|device| device.online)
    }

    /// What a device's clock shows.
    pub(super) fn device_now(&self, device: &str) -> Timestamp {
        let ahead_ms = self.devices.get(device).map_or(0, |d| d.ahead_ms);
        self.now.plus_millis(ahead_ms)
    }

    /// Exchanges until neither side has more to say.
    pub(super) fn exchange(&mut self, seat: &SeatName) -> Result<(), PlayError> {
        let device_now = self.device_now(&seat.device);
        let replica = self
            .seats
            .get_mut(seat)
            .ok_or_else(|| PlayError::Missing(seat.to_string()))?;
        for _ in 0..ROUNDS_MAX {
            let request = replica.request(device_now, &mut self.rng)?;
            let again = match self.link.sync(&request, self.now)? {
                Reply::Done(body) => replica.receive(&body, device_now, &mut self.rng)?.again,
                Reply::Refused(body) => {
                    let (code, again) = replica.refused(&body)?;
                    if !again && !is_of_a_revoked_seat(code) {
                        return Err(PlayError::Refused(code));
                    }
                    again
                }
            };
            if !again {
                return Ok(());
            }
        }
        Err(PlayError::Endless)
    }

    pub(super) fn replica(&self, seat: &SeatName) -> Result<&Replica, PlayError> {
        self.seats
            .get(seat)
            .ok_or_else(|| PlayError::Missing(seat.to_string()))
    }

    /// The way to the server.
    #[must_use]
    pub const fn link(&self) -> &L {
        &self.link
    }

    /// Every vault, by device and person.
    #[must_use]
    pub const fn vaults(&self) -> &BTreeMap<SeatName, Replica> {
        &self.seats
    }

    /// The cases, by the story's names.
    #[must_use]
    pub const fn cases(&self) -> &BTreeMap<String, CaseId> {
        &self.cases
    }
}

/// What the story's names stand for, once they have been given.
impl<L> Player<L> {
    /// The people, by the story's names.
    #[must_use]
    pub const fn people(&self) -> &BTreeMap<String, PersonId> {
        &self.people
    }

    /// The commands, by their labels.
    #[must_use]
    pub const fn labels(&self) -> &BTreeMap<String, CommandId> {
        &self.labels
    }
}

/// A seat that was revoked is refused, and that is as it should be.
const fn is_of_a_revoked_seat(code: Refused) -> bool {
    match code {
        Refused::RetiredSeat | Refused::StolenSeat => true,
        Refused::StaleNonce
        | Refused::UnknownSeat
        | Refused::BadSignature
        | Refused::Malformed
        | Refused::TooLong
        | Refused::Version
        | Refused::BadCode
        | Refused::Later => false,
    }
}

fn cannot_record(found: CannotRecord, wanted: Option<CannotRecord>) -> String {
    match wanted {
        Some(wanted) => format!("expected that {wanted}, but {found}"),
        None => format!("the device did not take it: {found}"),
    }
}

impl<L> Names for Player<L> {
    fn command(&self, label: &str) -> Option<CommandId> {
        self.labels.get(label).copied()
    }

    fn person(&self, key: &str) -> Option<PersonId> {
        self.people.get(key).copied()
    }
}

/// The devices that hold documents of a person.
pub(super) fn seats_of_person<'a, L>(
    player: &'a Player<L>,
    person: &'a str,
) -> impl Iterator<Item = &'a Replica> {
    let seats = player.seats.iter();
    seats
        .filter(move |(seat, _)| seat.person == person)
        .map(|(_, replica)| replica)
}

/// Labels of commands by id, to tell what was found.
pub(super) fn label_of<L>(player: &Player<L>, id: CommandId) -> String {
    let found = player.labels.iter().find(|(_, known)| **known == id);
    found.map_or_else(|| id.to_string(), |(label, _)| label.clone())
}

/// Names of cases by id, to tell what was found.
pub(super) fn cases_by_name<L>(
    player: &Player<L>,
    ids: impl IntoIterator<Item = CaseId>,
) -> BTreeSet<String> {
    let name = |id: CaseId| {
        let found = player.cases.iter().find(|(_, known)| **known == id);
        found.map_or_else(|| id.to_string(), |(name, _)| name.clone())
    };
    ids.into_iter().map(name).collect()
}
