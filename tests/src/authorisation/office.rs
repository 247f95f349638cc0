//! An office with somebody of each role in each relation to a case, and cases in every state with canaries in every class.

mod days;
mod photos;

use std::collections::BTreeSet;

use jangkau_core::access::ViewKind;
use jangkau_core::class::Class;
use jangkau_core::command::Command;
use jangkau_core::id::{CaseId, CommandId, InstitutionId, PersonId};
use jangkau_core::profile::words::{Role, Status};
use jangkau_core::profile::{Profile, shipped_files};
use jangkau_core::rules::Review;
use jangkau_core::sync::{ActingTitle, Delegation, GlassAsk, GlassCase, GlassSaid};
use jangkau_server::engine::Engine;
use rand_core::CryptoRng;

pub(super) use photos::{Photo, is_attached};

use super::cells::{DOORKEEPER, Relation, Stage, is_twofold, registers};
use super::deeds;
use super::oracle::{Matrix, Who, holders, writes_apart};
use super::search::{Canary, fresh_word, words_in};
use super::seats::{Machines, Seat};
use crate::world::violation::{Checked, Violation, ensure};

const DAY: i64 = 24 * 60 * 60 * 1_000;
const HOUR: i64 = 60 * 60 * 1_000;

/// The kecamatan of every client, and of those who serve one.
const KECAMATAN: &str = "Kecamatan Uji";

/// What somebody is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Registers, is responsible, leads, hands on.
    Staff,
    /// Cases are hidden from them, or they break glass to them.
    Outside,
    /// Serves a kecamatan, and is responsible when the mandate ends.
    Field,
    /// Stands in for a head.
    Deputy,
    /// Leaves.
    Gone,
    /// Brings in what stays a draft.
    Door,
    /// Decides everything.
    Director,
}

/// The parts that everybody's role is played in.
const PARTS: [Part; 5] = [
    Part::Staff,
    Part::Outside,
    Part::Field,
    Part::Deputy,
    Part::Gone,
];

/// The director's place among the seats, and the doorkeeper's.
const DIRECTOR: usize = 0;
const DOOR: usize = 1;

/// A case, and who has what to do with it, by their seats.
pub(super) struct Case {
    pub(super) id: CaseId,
    pub(super) stage: Stage,
    pub(super) registrar: usize,
    responsible: Option<usize>,
    former: Option<usize>,
    hidden: Option<usize>,
    lead: Option<usize>,
    stranger: usize,
    glass: usize,
    over: usize,
}

/// What an office is made of.
#[derive(Clone, Debug)]
pub struct Cast {
    /// Which of the shipped profiles.
    pub profile: usize,
    /// The roles that are played.
    pub roles: Vec<Role>,
    /// The states of cases.
    pub stages: Vec<Stage>,
    /// Rows that are put into the profile's matrix, and of which the oracle knows nothing: a mistake, to be found.
    pub widened: &'static str,
}

/// One institution.
pub(super) struct Office {
    pub(super) number: usize,
    pub(super) cast: Cast,
    pub(super) profile: Profile,
    pub(super) institution: InstitutionId,
    pub(super) seats: Vec<Seat>,
    pub(super) parts: Vec<Part>,
    pub(super) cases: Vec<Case>,
    pub(super) matrix: Matrix,
    booked: i64,
    pub(super) photos: Vec<Photo>,
}

impl Office {
    /// Founds it and hires everybody.
    pub(super) fn found(number: usize, cast: Cast, machines: &mut Machines) -> Checked<Self> {
        let toml = format!("{}\n{}", shipped_files()[cast.profile].toml, cast.widened);
        let profile =
            Profile::parse(&toml).map_err(|error| Violation::broke("Profile::parse", &error))?;
        let institution: InstitutionId = format!("kantor-{number}")
            .parse()
            .map_err(|error| Violation::broke("InstitutionId", &error))?;
        let (id, now) = (institution.clone(), machines.later());
        let Machines { door, chance, .. } = machines;
        door.administer(now, chance, move |engine, now, rng| {
            engine.found(&id, &toml, now, rng)
        })?
        .map_err(|error| Violation::broke("Engine::found", &error))?;
        let mut office = Self {
            number,
            profile,
            institution,
            seats: Vec::new(),
            parts: Vec::new(),
            cases: Vec::new(),
            matrix: Matrix::shipped()?,
            booked: 0,
            photos: Vec::new(),
            cast,
        };
        let every: Vec<Role> = office
            .profile
            .roles
            .iter()
            .map(|entry| entry.role)
            .collect();
        office.hire(&every, Part::Director, machines)?;
        office.hire(&[DOORKEEPER], Part::Door, machines)?;
        for role in office.cast.roles.clone() {
            for part in PARTS {
                office.hire(&[role], part, machines)?;
            }
        }
        Ok(office)
    }

    fn hire(&mut self, roles: &[Role], part: Part, machines: &mut Machines) -> Checked<()> {
        let (institution, now) = (self.institution.clone(), machines.later());
        let codes: Vec<&str> = roles.iter().map(|role| role.code()).collect();
        let director = self.seats.first().map(|seat| seat.person);
        let head = self.profile.powers.head.first().copied();
        let Machines { door, chance, .. } = machines;
        let hired = door.administer(now, chance, move |engine, now, rng| {
            let person = engine.add_staff(&institution, "Petugas", &codes, now, rng)?;
            if part == Part::Field {
                let areas = BTreeSet::from([KECAMATAN.to_owned()]);
                engine.set_terms(&institution, person, None, areas, now)?;
            }
            if let (Part::Deputy, Some(by), Some(role)) = (part, director, head) {
                let delegation = Delegation {
                    role,
                    powers: BTreeSet::new(),
                    from: now,
                    until: now.plus_millis(60 * DAY),
                    by,
                    title: ActingTitle::Plh,
                };
                engine.delegate(&institution, person, delegation, now)?;
            }
            Ok::<_, jangkau_server::engine::EngineError>(person)
        })?;
        let person = hired.map_err(|error| Violation::broke("hire", &error))?;
        let seat = machines.enrol(&self.institution, (person, roles[0]))?;
        let seat = seat.ok_or_else(|| Violation::new("who works here enrols", String::new()))?;
        self.seats.push(seat);
        self.parts.push(part);
        Ok(())
    }

    /// The seat of a role in a part.
    fn seat(&self, role: usize, part: Part) -> usize {
        let among = PARTS.iter().position(|known| *known == part).unwrap_or(0);
        let roles = self.cast.roles.len();
        2 + (role % roles) * PARTS.len() + among
    }

    fn person(&self, seat: usize) -> PersonId {
        self.seats[seat].person
    }

    /// Somebody's rows of the matrix.
    pub(super) fn holders(&self, seat: usize) -> Vec<&'static str> {
        let heads = &self.profile.powers.head;
        let mut roles = if self.parts[seat] == Part::Director {
            self.profile.roles.iter().map(|entry| entry.role).collect()
        } else {
            BTreeSet::from([self.seats[seat].role])
        };
        if self.parts[seat] == Part::Deputy {
            roles.extend(heads.first());
        }
        holders(&roles, heads)
    }

    /// What a case is to somebody.
    pub(super) fn relation(&self, seat: usize, case: &Case) -> Relation {
        let is = |other: Option<usize>| other == Some(seat);
        match self.parts[seat] {
            Part::Gone => Relation::Gone,
            Part::Deputy => Relation::Deputy,
            Part::Field if is(case.responsible) => Relation::Lapsed,
            Part::Field => Relation::Area,
            Part::Staff | Part::Outside | Part::Door | Part::Director => {
                let ties = [
                    (is(case.responsible), Relation::Responsible),
                    (is(case.lead), Relation::Leads),
                    (is(case.former), Relation::Former),
                    (is(case.hidden), Relation::Hidden),
                    (case.stranger == seat, Relation::Stranger),
                    (case.glass == seat, Relation::Glass),
                    (case.over == seat, Relation::GlassOver),
                    (
                        case.registrar == seat && case.stage.is_assigned(),
                        Relation::Kept,
                    ),
                    (case.registrar == seat, Relation::Registered),
                ];
                let tie = ties.into_iter().find(|tie| tie.0);
                tie.map_or(Relation::None, |tie| tie.1)
            }
        }
    }

    /// A person towards a case, as the oracle sees them.
    pub(super) fn who(&self, seat: usize, case: &Case) -> Who<'_> {
        self.who_as(seat, case, self.relation(seat, case))
    }

    /// The same, were the case this to them.
    pub(super) fn who_as(&self, seat: usize, case: &Case, relation: Relation) -> Who<'_> {
        let role = Some(self.seats[seat].role);
        Who::new(
            &self.matrix,
            &self.holders(seat),
            role,
            (relation, case.stage),
        )
    }

    /// A canary for the words that a seat is about to write.
    fn word(
        &self,
        (case, class, author): (usize, Class, usize),
        (is_late, view): (bool, Option<ViewKind>),
        machines: &mut Machines,
    ) -> String {
        let canary = Canary {
            office: self.number,
            case,
            class,
            author,
            is_apart: writes_apart(&self.matrix, &self.holders(author), class),
            is_late,
            is_turned_away: false,
            view,
        };
        machines.canaries.plant(canary, &mut machines.chance)
    }

    fn sync(
        &mut self,
        seats: impl IntoIterator<Item = usize>,
        machines: &mut Machines,
    ) -> Checked<()> {
        seats
            .into_iter()
            .collect::<BTreeSet<_>>()
            .into_iter()
            .try_for_each(|seat| self.seats[seat].sync(machines))
    }

    fn sync_those(&mut self, parts: &[Part], machines: &mut Machines) -> Checked<()> {
        let seats = 0..self.seats.len();
        let those: Vec<usize> = seats
            .filter(|seat| parts.contains(&self.parts[*seat]))
            .collect();
        self.sync(those, machines)
    }

    fn sync_all(&mut self, machines: &mut Machines) -> Checked<()> {
        self.sync(0..self.seats.len(), machines)
    }

    /// The director does something in a case; they hold every case.
    fn direct(
        &mut self,
        case: usize,
        command: impl Into<Command>,
        machines: &mut Machines,
    ) -> Checked<CommandId> {
        let (id, command) = (self.cases[case].id, command.into());
        let kind = command.kind();
        let done = self.seats[DIRECTOR].record(machines, Some(id), command)?;
        done.ok_or_else(|| Violation::new("a director directs", format!("{kind}")))
    }

    /// Sends what the director did, and lets stand what waits for a head.
    fn settle(&mut self, machines: &mut Machines) -> Checked<()> {
        for _ in 0..2 {
            self.sync([DIRECTOR], machines)?;
            for case in 0..self.cases.len() {
                if self.cases[case].stage.is_draft() {
                    continue;
                }
                for (proposal, reason) in self.waiting(case)? {
                    let answer: Command = if reason == Review::Unconfirmed {
                        deeds::confirm().into()
                    } else {
                        deeds::answer(proposal)?.into()
                    };
                    self.direct(case, answer, machines)?;
                }
            }
        }
        self.sync([DIRECTOR], machines)
    }

    fn waiting(&self, case: usize) -> Checked<Vec<(CommandId, Review)>> {
        let state = self.seats[DIRECTOR].replica.case_state(self.cases[case].id);
        let state = state.map_err(|error| Violation::broke("read a replica", &error))?;
        let reviews = state.map(|state| state.reviews).unwrap_or_default();
        Ok(reviews
            .iter()
            .map(|item| (item.command, item.reason))
            .collect())
    }

    /// Everybody whose case it just became writes something of each class that they may.
    fn own_entries(
        &mut self,
        who: impl Fn(&Case) -> Option<usize>,
        machines: &mut Machines,
    ) -> Checked<()> {
        let pairs: Vec<(usize, usize)> = (0..self.cases.len())
            .filter_map(|case| Some((case, who(&self.cases[case])?)))
            .filter(|(_, seat)| *seat != DIRECTOR)
            .collect();
        self.sync(pairs.iter().map(|pair| pair.1), machines)?;
        for (case, seat) in &pairs {
            for class in deeds::OWN {
                let word = self.word((*case, *class, *seat), (false, None), machines);
                let (id, deed) = (self.cases[*case].id, deeds::own(*class, &word)?);
                let done = self.seats[*seat].record(machines, Some(id), deed)?;
                if done.is_none() {
                    machines.canaries.pull_out(&word);
                }
            }
        }
        self.sync(pairs.iter().map(|pair| pair.1), machines)
    }
}
