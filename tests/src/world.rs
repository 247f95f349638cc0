//! One seed makes a world: people, their devices, one server, a bad network, and machines that lose their power.
//!
//! A world has two phases. First everything goes wrong, at random but in the same way for the same seed. Then all is
//! healed, everybody syncs until nothing moves any more, and the invariants must hold. Nothing in a world is a mock:
//! the replicas, the engine and their stores are the ones that ship.
//!
//! Rooms in reading order: `chance` and `fault` draw; `network`, `device` and `server` are the machines; `staff`,
//! `workload` and `content` are the people; `hostile` is their enemy, who in `siege` tries one `mutation` after another; `watch` and `ledger` remember what was promised;
//! `founding`, `trouble` and `exchange` move the world; `invariants` judge it; `report` adds worlds up.

mod audit;
pub mod chance;
mod content;
mod device;
mod exchange;
mod facts;
pub mod fault;
mod founding;
mod hostile;
mod invariants;
mod ledger;
mod mutation;
mod network;
mod observe;
mod promises;
pub mod report;
mod server;
pub mod siege;
mod staff;
mod story;
mod trouble;
pub mod violation;
pub(crate) mod watch;
mod words;
mod workload;

use std::collections::BTreeMap;

use jangkau_core::id::{ActorId, ChangeHash, InstitutionId, PersonId};
use jangkau_core::plant::{self, Plant};
use jangkau_core::profile::Profile;
use jangkau_core::time::Timestamp;

use chance::Chance;
use device::Device;
use fault::{Fault, Faults};
use ledger::Ledger;
use network::{HOUR, MachineIndex, Network};
use server::Server;
use staff::Person;
use violation::{Checked, Violation};

/// Fewest steps of the faulty phase.
const STEPS_MIN: i64 = 40;
/// Most steps of the faulty phase: more would not fit 2,000 worlds into eight minutes.
const STEPS_MAX: i64 = 85;

/// What became of a world.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Hash of everything that the world ended with.
    pub digest: [u8; 32],
    /// Which faults took effect, and how often.
    pub faults: BTreeMap<String, u64>,
    /// What was found wrong.
    pub violation: Option<Violation>,
    /// What happened, line by line; empty unless it was asked for.
    pub story: Vec<String>,
}

/// The world.
pub struct World {
    now: Timestamp,
    /// What people do.
    chance: Chance,
    /// The machines' own entropy.
    rng: Chance,
    faults: Faults,
    network: Network,
    server: Server,
    devices: Vec<Device>,
    institution: InstitutionId,
    profile: Profile,
    staff: Vec<Person>,
    ledger: Ledger,
    canaries: BTreeMap<String, PersonId>,
    /// The changes that honest devices sent, by their places in their actors' sequences.
    sequences: BTreeMap<(ActorId, u64), ChangeHash>,
    /// People and devices that enrol later.
    to_enrol: Vec<founding::Enrolment>,
    bug: Option<Plant>,
    story: Option<Vec<String>>,
}

/// Runs the world of a seed, with a bug planted or not.
#[must_use]
pub fn run(seed: u64, bug: Option<Plant>, tell: bool) -> Outcome {
    plant::plant(bug);
    let _ = plant::take_crashes();
    plant::crash_in(None);
    let outcome = std::panic::catch_unwind(|| run_unguarded(seed, bug, tell));
    plant::crash_in(None);
    plant::plant(None);
    outcome.unwrap_or_else(|panic| {
        let text = panic
            .downcast_ref::<String>()
            .cloned()
            .or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned()));
        Outcome {
            digest: [0; 32],
            faults: BTreeMap::new(),
            violation: Some(Violation::new("nothing panics", text.unwrap_or_default())),
            story: Vec::new(),
        }
    })
}

fn run_unguarded(seed: u64, bug: Option<Plant>, tell: bool) -> Outcome {
    let mut world = match World::found(seed, bug) {
        Ok(world) => world,
        Err(violation) => {
            return Outcome {
                digest: [0; 32],
                faults: BTreeMap::new(),
                violation: Some(violation),
                story: Vec::new(),
            };
        }
    };
    world.story = tell.then(Vec::new);
    let done = world.live();
    let (digest, violation) = match done {
        Ok(digest) => (digest, None),
        Err(violation) => ([0; 32], Some(violation)),
    };
    Outcome {
        digest,
        faults: world.faults.reached().clone(),
        violation,
        story: world.story.unwrap_or_default(),
    }
}

impl World {
    /// From the first step to the digest of what is left.
    fn live(&mut self) -> Checked<[u8; 32]> {
        let steps = self.chance.between(STEPS_MIN, STEPS_MAX);
        for _ in 0..steps {
            self.step()?;
        }
        self.heal()?;
        self.sync_until_quiet()?;
        self.check()
    }

    /// Notes what happens, if somebody wants to know.
    fn tell(&mut self, what: impl FnOnce(&Self) -> String) {
        if self.story.is_some() {
            let line = format!("{} {}", self.now, what(self));
            self.story
                .iter_mut()
                .for_each(|story| story.push(line.clone()));
        }
    }

    /// Lets some time pass, and then somebody do something.
    fn step(&mut self) -> Checked<()> {
        let gap = match self.chance.below(10) {
            0 => self.chance.between(HOUR, 30 * HOUR),
            1..=3 => self.chance.between(HOUR / 6, 3 * HOUR),
            // Soon enough to fall between a request and its answer.
            4..=6 => self.chance.between(10, 900),
            _ => self.chance.between(1_000, HOUR / 6),
        };
        self.pass(self.now.plus_millis(gap))?;
        self.trouble()?;
        match self.chance.below(100) {
            0..=54 => self.work(),
            55..=84 => self.somebody_syncs(),
            85..=88 => self.everybody_syncs(),
            89..=93 => self.keep_an_image(),
            94..=96 => self.server.back_up(),
            _ => self.enrol_next(),
        }
    }

    /// Somebody records something.
    fn work(&mut self) -> Checked<()> {
        let Some(index) = self.pick_device() else {
            return Ok(());
        };
        // People work in bursts.
        for _ in 0..1 + self.chance.below(3) {
            self.record(index)?;
        }
        Ok(())
    }

    fn record(&mut self, index: MachineIndex) -> Checked<()> {
        let device = &mut self.devices[index];
        let clock = device.clock(self.now);
        let office = workload::Office {
            profile: &self.profile,
            staff: &self.staff,
            actor: &self.staff[device.staff],
            clock,
        };
        let cases = self.ledger.cases.len();
        let drawn = workload::draw(device.replica(), &office, cases, &mut self.chance);
        let Some(deed) = drawn.map_err(|error| Violation::broke("read a replica", &error))? else {
            return Ok(());
        };
        let (kind, case) = (deed.command.kind(), deed.case);
        if let Some(canary) = &deed.canary {
            self.canaries.insert(canary.clone(), device.person);
        }
        let done = device.call(
            "Replica::record",
            &mut self.faults,
            &mut self.rng,
            |replica, rng| {
                replica.record(
                    deed.case,
                    deed.command,
                    deed.occurred_at,
                    deed.performed_by,
                    clock,
                    rng.rng(),
                )
            },
        )?;
        self.tell(|_| format!("machine {index} records {kind} in {case:?}: {done:?}"));
        let Some(Ok(Ok(id))) = done else {
            return match done {
                Some(Err(error)) => Err(Violation::broke("Replica::record", &error)),
                // The power went out before it was saved, or the device said why it cannot be recorded.
                Some(Ok(_)) | None => Ok(()),
            };
        };
        let device = &self.devices[index];
        if device.side == device::Side::Honest {
            let promise = ledger::Promise {
                machine: index,
                case: case.unwrap_or_else(|| id.into()),
                kind,
                may_be_lost: false,
                may_be_forked: device.has_twin,
            };
            self.ledger.save(id, promise);
        }
        Ok(())
    }

    /// A device that somebody uses.
    fn pick_device(&mut self) -> Option<MachineIndex> {
        let used: Vec<MachineIndex> = self.present().collect();
        self.chance.pick(&used).copied()
    }

    /// The devices that are still there.
    fn present(&self) -> impl Iterator<Item = MachineIndex> + use<'_> {
        let numbered = self.devices.iter().enumerate();
        numbered
            .filter(|(_, device)| device.is_there())
            .map(|(index, _)| index)
    }

    fn keep_an_image(&mut self) -> Checked<()> {
        match self.pick_device() {
            Some(index) => self.devices[index].keep_image(),
            None => Ok(()),
        }
    }

    /// Ends all faults, and lets what is still on its way arrive.
    fn heal(&mut self) -> Checked<()> {
        // Counted here, where the wrong clock has had its time to do harm.
        if self.devices.iter().any(|device| device.clock_off != 0) {
            self.faults.took_effect(Fault::ClockWrong);
        }
        self.faults.heal();
        self.tell(|_| "all is healed".to_owned());
        self.enrol_next()?;
        while let Some(due) = self.network.next_due() {
            self.pass(due)?;
        }
        self.server.rule(self.now)
    }
}

#[cfg(test)]
mod tests;
