//! The founding of a world: an institution, its staff, their devices and seats.

use std::collections::BTreeSet;

use ed25519_dalek::SigningKey;
use jangkau_core::id::{DeviceId, InstitutionId};
use jangkau_core::plant::Plant;
use jangkau_core::profile::{Profile, shipped_files};
use jangkau_core::sync::{ActingTitle, Delegation, Enrol, Enrolled, decode_body, encode_body};
use jangkau_core::time::Timestamp;
use jangkau_server::engine::Engine;

use super::World;
use super::chance::Chance;
use super::device::{Device, Side};
use super::fault::{Fault, Faults};
use super::ledger::Ledger;
use super::network::{DAY, Network};
use super::server::Server;
use super::staff::{Person, draw_roles};
use super::violation::{Checked, Violation};
use super::words::KECAMATAN;

/// A seat that is still to be made.
#[derive(Clone, Copy, Debug)]
pub(super) struct Enrolment {
    staff: usize,
    device: DeviceId,
    side: Side,
}

impl World {
    /// Founds the world of a seed.
    pub(super) fn found(seed: u64, bug: Option<Plant>) -> Checked<Self> {
        let mut chance = Chance::new(seed, "people");
        let mut rng = Chance::new(seed, "machines");
        // 2 March 2026, so that holidays and the turn of the year come into reach.
        let now =
            Timestamp::from_millis(1_772_413_200_000).plus_millis(chance.between(0, 330 * DAY));
        let files = shipped_files();
        let toml = files[(seed % files.len() as u64) as usize].toml;
        let profile =
            Profile::parse(toml).map_err(|error| Violation::broke("Profile::parse", &error))?;
        let institution: InstitutionId = "dunia-uji"
            .parse()
            .map_err(|error| Violation::broke("InstitutionId", &error))?;
        let mut engine =
            Engine::in_memory().map_err(|error| Violation::broke("Engine::in_memory", &error))?;
        engine
            .found(&institution, toml, now, rng.rng())
            .map_err(|error| Violation::broke("Engine::found", &error))?;
        let seats = 2 + chance.below(7);
        let people = (2 + chance.below(5)).min(seats);
        let staff = hire(
            &mut engine,
            &institution,
            &profile,
            people,
            now,
            &mut chance,
            &mut rng,
        )?;
        let mut terms = Chance::new(seed, "terms");
        set_terms(&mut engine, &institution, &profile, &staff, now, &mut terms)?;
        let server = Server::new(engine, institution.clone());
        let mut world = Self {
            now,
            chance,
            rng,
            faults: Faults::new(seed),
            network: Network::default(),
            server,
            devices: Vec::new(),
            institution,
            profile,
            staff,
            ledger: Ledger::default(),
            canaries: std::collections::BTreeMap::new(),
            sequences: std::collections::BTreeMap::new(),
            to_enrol: Vec::new(),
            bug,
            story: None,
        };
        world.to_enrol = world.draw_seats(seats);
        let at_once = 2 + world.chance.below(world.to_enrol.len() - 1);
        for _ in 0..at_once {
            world.enrol_next()?;
        }
        Ok(world)
    }

    /// Who has a seat on which device. The first two or three people share one.
    fn draw_seats(&mut self, seats: usize) -> Vec<Enrolment> {
        let sharing = (2 + self.chance.below(2)).min(self.staff.len());
        let shared = DeviceId::generate(self.now, self.rng.rng());
        let hostile = seats >= 3 && self.faults.chance().per_mille(250);
        let mut enrolments: Vec<Enrolment> = (0..seats)
            .map(|seat| {
                let own = DeviceId::generate(self.now, self.rng.rng());
                let device = if seat < sharing { shared } else { own };
                let staff = if seat < self.staff.len() {
                    seat
                } else {
                    self.chance.below(self.staff.len())
                };
                Enrolment {
                    staff,
                    device,
                    side: Side::Honest,
                }
            })
            .collect();
        if hostile && let Some(last) = enrolments.last_mut() {
            last.side = Side::Hostile;
        }
        enrolments
    }

    /// Makes the next seat that is still to be made.
    pub(super) fn enrol_next(&mut self) -> Checked<()> {
        if self.to_enrol.is_empty() {
            return Ok(());
        }
        let enrolment = self.to_enrol.remove(0);
        let person = self.staff[enrolment.staff].id;
        let clock = self.server.clock(self.now);
        let engine = self.server.engine_mut();
        let code = engine
            .invite(&self.institution, person, clock, self.rng.rng())
            .map_err(|error| Violation::broke("Engine::invite", &error))?;
        let key = SigningKey::from_bytes(&self.rng.bytes());
        let public_key = key.verifying_key().to_bytes();
        let body = encode_body(&Enrol {
            code,
            device: enrolment.device,
            public_key,
        });
        let reply = engine
            .enrol(&body, clock, self.rng.rng())
            .map_err(|refused| Violation::broke("Engine::enrol", &refused))?;
        let enrolled: Enrolled =
            decode_body(&reply).map_err(|error| Violation::broke("decode Enrolled", &error))?;
        let mut device = Device::new(&enrolled, key, enrolment.staff)?;
        device.side = enrolment.side;
        if self.faults.strikes(Fault::ClockWrong) {
            device.set_clock_wrong(self.faults.chance());
        }
        self.devices.push(device);
        self.tell(|world| format!("machine {} enrols, {enrolment:?}", world.devices.len() - 1));
        Ok(())
    }
}

fn hire(
    engine: &mut Engine,
    institution: &InstitutionId,
    profile: &Profile,
    people: usize,
    now: Timestamp,
    chance: &mut Chance,
    rng: &mut Chance,
) -> Checked<Vec<Person>> {
    let mut staff = Vec::new();
    for (index, roles) in draw_roles(profile, people, chance).into_iter().enumerate() {
        let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
        let name = format!("Petugas {index}");
        let id = engine
            .add_staff(institution, &name, &codes, now, rng.rng())
            .map_err(|error| Violation::broke("Engine::add_staff", &error))?;
        staff.push(Person { id, roles });
    }
    Ok(staff)
}

/// Some mandates end within the world's days, some people serve a kecamatan, and a head may be away for a while.
fn set_terms(
    engine: &mut Engine,
    institution: &InstitutionId,
    profile: &Profile,
    staff: &[Person],
    now: Timestamp,
    chance: &mut Chance,
) -> Checked<()> {
    for person in staff {
        let ends_at = now.plus_millis(chance.between(DAY, 40 * DAY));
        let mandate_until = chance.per_mille(200).then_some(ends_at);
        let mut areas = BTreeSet::new();
        if chance.per_mille(200) {
            areas.extend(chance.pick(KECAMATAN).map(|area| (*area).to_owned()));
        }
        engine
            .set_terms(institution, person.id, mandate_until, areas, now)
            .map_err(|error| Violation::broke("Engine::set_terms", &error))?;
    }
    let head = staff.iter().find(|person| profile.is_head(&person.roles));
    let (Some(head), Some(deputy)) = (head, chance.pick(staff)) else {
        return Ok(());
    };
    let Some(role) = profile.powers.head.intersection(&head.roles).next() else {
        return Ok(());
    };
    if head.id == deputy.id || chance.per_mille(400) {
        return Ok(());
    }
    let from = now.plus_millis(chance.between(0, 12 * DAY));
    let delegation = Delegation {
        role: *role,
        powers: BTreeSet::new(),
        from,
        until: from.plus_millis(chance.between(DAY / 24, 12 * DAY)),
        by: head.id,
        title: ActingTitle::Plh,
    };
    engine
        .delegate(institution, deputy.id, delegation, now)
        .map_err(|error| Violation::broke("Engine::delegate", &error))
}
