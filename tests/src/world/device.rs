//! A device of the world: a replica that loses its power, is put back, copied, or lost.

use ed25519_dalek::SigningKey;
use jangkau_core::id::{BatchId, CommandId, PersonId};
use jangkau_core::plant;
use jangkau_core::replica::{Replica, ReplicaError};
use jangkau_core::sync::{
    Enrolled, SYNC_ROUTE, SignedRequest, SyncRequest, decode_body, encode_body,
};
use jangkau_core::time::Timestamp;

use super::chance::Chance;
use super::fault::{Fault, Faults};
use super::network::DAY;
use super::violation::{Checked, Violation};

/// Most older states of a device that are kept to put it back to.
const IMAGES_KEPT: usize = 3;

/// Crash points ahead among which the power goes out; most calls have fewer.
const STEPS_AHEAD: usize = 14;

/// What became of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    /// It works.
    Working,
    /// Its seat was retired: what it had not sent goes to quarantine.
    Retired,
    /// Its seat was reported stolen: the server refuses it.
    Stolen,
    /// It is gone with all that was on it.
    Lost,
}

/// Whose side it is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// People's own.
    Honest,
    /// It spoils what it sends, under a valid key.
    Hostile,
}

/// One seat on one device.
pub(super) struct Device {
    replica: Replica,
    /// The seat's key; the hostile one signs with it.
    pub(super) key: SigningKey,
    /// The person.
    pub(super) person: PersonId,
    /// Which of the staff that is.
    pub(super) staff: usize,
    /// What became of it.
    pub(super) standing: Standing,
    /// Whose side it is on.
    pub(super) side: Side,
    /// Whether another machine goes on with a copy of the same vault.
    pub(super) has_twin: bool,
    /// It was put back to an older state.
    pub(super) was_put_back: bool,
    /// How far its clock is off, in milliseconds.
    pub(super) clock_off: i64,
    /// Until when it reaches nobody.
    pub(super) cut_off_until: Timestamp,
    /// Its newest attempt to sync.
    pub(super) attempt: u64,
    /// Whether it still waits for the answer to that.
    pub(super) waits: bool,
    images: Vec<Vec<u8>>,
}

impl Device {
    /// A new vault from an enrolment.
    ///
    /// # Errors
    /// When the replica cannot be made.
    pub(super) fn new(enrolled: &Enrolled, key: SigningKey, staff: usize) -> Checked<Self> {
        let replica = Replica::create_in_memory(enrolled, key.clone())
            .map_err(|error| Violation::broke("Replica::create_in_memory", &error))?;
        let person = replica.person();
        Ok(Self {
            replica,
            key,
            person,
            staff,
            standing: Standing::Working,
            side: Side::Honest,
            has_twin: false,
            was_put_back: false,
            clock_off: 0,
            cut_off_until: Timestamp::from_millis(0),
            attempt: 0,
            waits: false,
            images: Vec::new(),
        })
    }

    /// The replica, to be looked at.
    #[must_use]
    pub(super) const fn replica(&self) -> &Replica {
        &self.replica
    }

    /// What its clock says.
    #[must_use]
    pub(super) const fn clock(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.clock_off)
    }

    /// Whether it takes part.
    #[must_use]
    pub(super) const fn is_there(&self) -> bool {
        match self.standing {
            Standing::Working | Standing::Retired | Standing::Stolen => true,
            Standing::Lost => false,
        }
    }

    /// Runs a call during which the power may go out. None: it went out, and the device started again.
    ///
    /// # Errors
    /// When the call fails for another reason, or the device does not start.
    pub(super) fn call<T>(
        &mut self,
        name: &'static str,
        faults: &mut Faults,
        rng: &mut Chance,
        call: impl FnOnce(&mut Replica, &mut Chance) -> Result<T, ReplicaError>,
    ) -> Checked<Option<Result<T, ReplicaError>>> {
        if faults.strikes(Fault::CrashDevice) {
            let steps = faults.chance().below(STEPS_AHEAD) as u32;
            plant::crash_in(Some(steps));
        }
        let done = call(&mut self.replica, rng);
        plant::crash_in(None);
        let points = plant::take_crashes();
        if points.is_empty() {
            return match done {
                Err(ReplicaError::PowerLost) => Err(Violation::broke(name, &"no power was lost")),
                Err(
                    error @ (ReplicaError::Store(_)
                    | ReplicaError::Damaged
                    | ReplicaError::WrongKey
                    | ReplicaError::ReadingLocked
                    | ReplicaError::DiskFull),
                ) => Err(Violation::broke(name, &error)),
                Err(error @ ReplicaError::Malformed) => Ok(Some(Err(error))),
                Ok(value) => Ok(Some(Ok(value))),
            };
        }
        faults.took_effect(Fault::CrashDevice);
        faults.crashed_at(&points);
        self.start(false, None, faults)?;
        Ok(None)
    }

    /// Starts from an image, or from what its disk holds now.
    fn start(
        &mut self,
        rolled_back: bool,
        image: Option<Vec<u8>>,
        faults: &mut Faults,
    ) -> Checked<()> {
        let image = match image {
            Some(image) => image,
            None => self.image()?,
        };
        if faults.strikes(Fault::CrashStarting) {
            plant::crash_in(Some(faults.chance().below(4) as u32));
            let started = Replica::from_image(&image, rolled_back);
            plant::crash_in(None);
            let points = plant::take_crashes();
            if !points.is_empty() {
                faults.took_effect(Fault::CrashStarting);
                faults.crashed_at(&points);
            }
            drop(started);
        }
        self.replica = Replica::from_image(&image, rolled_back)
            .map_err(|error| Violation::broke("Replica::from_image", &error))?;
        self.waits = false;
        Ok(())
    }

    /// What its disk holds.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn image(&mut self) -> Checked<Vec<u8>> {
        self.replica
            .image()
            .map_err(|error| Violation::broke("Replica::image", &error))
    }

    /// Keeps its present state, to put it back to some day.
    ///
    /// # Errors
    /// When it cannot be read.
    pub(super) fn keep_image(&mut self) -> Checked<()> {
        let image = self.image()?;
        if self.images.len() == IMAGES_KEPT {
            self.images.remove(0);
        }
        self.images.push(image);
        Ok(())
    }

    /// Puts it back to a kept state. False: there is none.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn roll_back(&mut self, faults: &mut Faults) -> Checked<bool> {
        let which = faults.chance().below(self.images.len());
        if which >= self.images.len() {
            return Ok(false);
        }
        // What is younger than the state is of a past that did not happen.
        self.images.truncate(which + 1);
        let image = self.images[which].clone();
        self.start(true, Some(image), faults)?;
        self.was_put_back = true;
        Ok(true)
    }

    /// A second machine with a copy of this vault. Neither knows of the other.
    ///
    /// # Errors
    /// When the copy does not start.
    pub(super) fn copied(&mut self) -> Checked<Self> {
        let replica = self.scratch()?;
        self.has_twin = true;
        Ok(Self {
            replica,
            key: self.key.clone(),
            person: self.person,
            staff: self.staff,
            standing: self.standing,
            side: self.side,
            has_twin: true,
            was_put_back: self.was_put_back,
            clock_off: self.clock_off,
            cut_off_until: self.cut_off_until,
            attempt: 0,
            waits: false,
            images: Vec::new(),
        })
    }

    /// A copy to try something on and throw away.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn scratch(&mut self) -> Checked<Replica> {
        let image = self.image()?;
        Replica::from_image(&image, false)
            .map_err(|error| Violation::broke("Replica::from_image", &error))
    }

    /// Sets its clock wrong, or lets it jump.
    pub(super) fn set_clock_wrong(&mut self, chance: &mut Chance) {
        self.clock_off = match chance.below(8) {
            0 => chance.between(-400 * DAY, -30 * DAY),
            // A phone whose battery died wakes up in another century, either way.
            1 => chance.between(25_000 * DAY, 27_000 * DAY),
            _ => chance.between(-6 * DAY, 6 * DAY),
        };
    }

    /// Whether the device could tell the server of a command.
    ///
    /// # Errors
    /// When its store cannot be read.
    pub(super) fn could_tell(&self, command: CommandId) -> Checked<bool> {
        self.replica
            .could_tell(command)
            .map_err(|error| Violation::broke("Replica::could_tell", &error))
    }

    /// A request of its own making, spoiled by a hostile hand and signed again.
    #[must_use]
    pub(super) fn resigned(
        &self,
        request: &[u8],
        spoil: impl FnOnce(&mut SyncRequest),
        fresh: BatchId,
    ) -> Option<Vec<u8>> {
        let signed = SignedRequest::from_bytes(request).ok()?;
        let mut message: SyncRequest = decode_body(&signed.body).ok()?;
        spoil(&mut message);
        if let Some(push) = &mut message.push {
            push.id = fresh;
        }
        let body = encode_body(&message);
        let again = SignedRequest::sign(SYNC_ROUTE, signed.seat, signed.nonce, body, &self.key);
        Some(again.to_bytes())
    }
}
