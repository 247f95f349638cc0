//! The authorisation test: every role, in every relation to a case, for every class, in every state, by every route.
//!
//! Offices are made from the shipped profiles, with real replicas and the real server. Words that stand nowhere else (canaries) are planted in
//! every class; then every byte that left the server, and every device's file, is searched for each of them. What must be there and what must not
//! says an oracle of its own (`oracle`), which reads the matrix and none of the code that enforces it.
//!
//! Rooms in reading order: `cells` is the product, `oracle` what each cell should hold, `deeds` what people write, `seats` and `door` people and
//! server, `office` their days, `search` the search.

mod cells;
mod deeds;
mod door;
mod office;
mod oracle;
mod roads;
mod search;
mod seats;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jangkau_core::access::ViewKind;
use jangkau_core::class::Class;
use jangkau_core::profile::Profile;
use jangkau_core::profile::shipped_files;
use jangkau_core::profile::words::Role;
use jangkau_core::time::Timestamp;
use jangkau_server::engine::Engine;

use crate::world::chance::Chance;
use crate::world::violation::{Checked, Violation};
pub use cells::{Cell, Relation, Route, Stage, What};
use cells::{exists, written};
use door::Door;
pub use office::Cast;
use office::{Case, Office, Part, is_attached};
use oracle::Paper;
use search::Canaries;
pub use search::read_log;
use seats::{Heard, Machines};

/// What a run found, and in how many cells it looked.
#[derive(Debug, Default)]
pub struct Report {
    /// Cells of the product that were looked at.
    pub cells: BTreeSet<Cell>,
    /// Single searches.
    pub searches: u64,
    /// Requests and commands by which nothing of a case may leave.
    pub roads: usize,
    /// What was there and should not be, or was not and should be; each kind once, with how often.
    pub wrong: BTreeMap<String, u64>,
    /// Cells of the product that were not reached.
    pub missing: Vec<Cell>,
}

impl Report {
    /// Takes what another run found.
    pub fn add(&mut self, mut other: Self) {
        self.cells.append(&mut other.cells);
        self.searches += other.searches;
        self.roads += other.roads;
        self.missing.append(&mut other.missing);
        for (what, times) in other.wrong {
            *self.wrong.entry(what).or_default() += times;
        }
    }
}

/// The offices of a whole run: the five profiles with their own roles, and the first once more with all the others.
///
/// # Errors
/// Never in a build whose tests passed.
pub fn whole() -> Checked<Vec<Cast>> {
    let mut casts = Vec::new();
    let mut others: BTreeSet<Role> = Role::ALL.iter().copied().collect();
    for (profile, file) in shipped_files().iter().enumerate() {
        let parsed = Profile::parse(file.toml)
            .map_err(|error| Violation::broke("Profile::parse", &error))?;
        let roles: Vec<Role> = parsed.roles.iter().map(|entry| entry.role).collect();
        if profile == 0 {
            others.retain(|role| !roles.contains(role));
        }
        casts.push(Cast {
            profile,
            roles,
            stages: Stage::all(),
            widened: "",
        });
    }
    casts.push(Cast {
        profile: 0,
        roles: others.into_iter().collect(),
        stages: Stage::all(),
        widened: "",
    });
    Ok(casts)
}

/// Runs offices: over HTTP and with every other road out of the server, given a folder to work in; else straight on the engine.
///
/// # Errors
/// When a machine breaks, or a state is not reached.
pub fn run(casts: &[Cast], folder: Option<&Path>) -> Checked<Report> {
    // Monday 2 November 2026, 09:00 in Jakarta.
    let now = Timestamp::from_millis(1_793_584_800_000);
    let engine = Engine::in_memory().map_err(|error| Violation::broke("Engine", &error))?;
    let door = match folder {
        Some(folder) => Door::open(&engine, folder, now)?,
        None => Door::Engine(Box::new(engine)),
    };
    let mut machines = Machines {
        door,
        chance: Chance::new(7, "authorisation"),
        now,
        canaries: Canaries::default(),
    };
    let mut report = Report::default();
    let mut offices = Vec::new();
    for (number, cast) in casts.iter().enumerate() {
        let mut office = Office::found(number, cast.clone(), &mut machines)?;
        office.live(&mut machines)?;
        // Before the days of the next one: what is given for a day is over by then.
        for seat in 0..office.seats.len() {
            look(&mut office, (number, seat), &mut machines, &mut report)?;
        }
        report.missing.extend(missing(&office, &report.cells));
        offices.push(office);
    }
    for (number, office) in offices.iter_mut().enumerate() {
        for seat in &mut office.seats {
            seat.sync(&mut machines)?;
            let vault = seat.vault()?;
            let role = seat.role;
            for (route, heard) in [(Route::Wire, &seat.heard), (Route::Vault, &vault)] {
                note_foreign(
                    (number, role, route),
                    heard,
                    &machines.canaries,
                    &mut report,
                );
            }
        }
    }
    if let Some(folder) = folder {
        other_roads(&offices, machines, folder, &mut report)?;
    }
    Ok(report)
}

/// Goes the roads by which no word of a case may leave at all.
fn other_roads(
    offices: &[Office],
    mut machines: Machines,
    folder: &Path,
    report: &mut Report,
) -> Checked<()> {
    for office in offices {
        report.roads += roads::ask_all(office, &mut machines)?;
    }
    let Machines { door, canaries, .. } = machines;
    let image = door.close()?;
    let broke = |error: std::io::Error| Violation::broke("write the database", &error);
    std::fs::write(folder.join("jangkau.sqlite3"), image).map_err(broke)?;
    for office in offices {
        report.roads += roads::type_all(office, &canaries, folder)?;
    }
    Ok(())
}

/// Searches all that came to a person, and to a device that is theirs from now on.
fn look(
    office: &mut Office,
    (number, seat): (usize, usize),
    machines: &mut Machines,
    report: &mut Report,
) -> Checked<()> {
    let old = &mut office.seats[seat];
    let vault = old.vault()?;
    let (person, role) = (old.person, old.role);
    let new = match machines.enrol(&office.institution, (person, role))? {
        Some(mut new) => {
            new.sync_live(machines)?;
            let vault = new.vault()?;
            Some((new, vault))
        }
        None => None,
    };
    if office.parts[seat] == Part::Director {
        return Ok(());
    }
    let mut heard = vec![
        (Route::Wire, &office.seats[seat].heard),
        (Route::Vault, &vault),
    ];
    if let Some((new, vault)) = &new {
        heard.extend([(Route::NewWire, &new.heard), (Route::NewVault, vault)]);
    }
    for (route, heard) in heard {
        note_foreign((number, role, route), heard, &machines.canaries, report);
        for (index, case) in office.cases.iter().enumerate() {
            let towards = Towards {
                office,
                seat,
                case,
                route,
                heard,
            };
            towards.look(index, number, &machines.canaries, report);
        }
    }
    ask_for_photos(office, seat, machines, report)
}

/// Notes words that are not of the office.
fn note_foreign(
    (number, role, route): (usize, Role, Route),
    heard: &Heard,
    canaries: &Canaries,
    report: &mut Report,
) {
    for (word, canary) in canaries.foreign(&heard.words, number) {
        let of = match canary {
            Some(_) => "another institution".to_owned(),
            None => format!("nobody ({})", String::from_utf8_lossy(&word)),
        };
        let what = format!("{route:?}: {role} has words of {of}");
        *report.wrong.entry(what).or_default() += 1;
    }
}

/// Asks for every attachment by its name, as somebody would who is told it by another.
fn ask_for_photos(
    office: &mut Office,
    seat: usize,
    machines: &mut Machines,
    report: &mut Report,
) -> Checked<()> {
    for photo in office.photos.clone() {
        let found = office.seats[seat].fetch(photo.command, machines)?;
        let case = &office.cases[photo.case];
        let towards = Towards {
            office,
            seat,
            case,
            route: Route::Blob,
            heard: &office.seats[seat].heard,
        };
        let holds = office.who(seat, case).holds(Paper {
            class: photo.class,
            is_own: false,
            is_apart: false,
        });
        let expected = towards.expected(holds, false, true);
        towards.note(What::Others(photo.class), expected, found, report);
    }
    Ok(())
}

/// What is asked of what was found.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expected {
    There,
    NotThere,
    /// It may have come lawfully before, or never needed to come.
    Either,
}

/// One person's device, and one case.
struct Towards<'a> {
    office: &'a Office,
    seat: usize,
    case: &'a Case,
    route: Route,
    heard: &'a Heard,
}

impl Towards<'_> {
    fn look(&self, index: usize, number: usize, canaries: &Canaries, report: &mut Report) {
        let who = self.office.who(self.seat, self.case);
        let has_stray = self.route == Route::Vault && self.has_stray(index, number, canaries);
        for (word, canary) in canaries
            .of(number)
            .filter(|(_, canary)| canary.case == index)
        {
            let is_own = canary.author == self.seat;
            let paper = Paper {
                class: canary.class,
                is_own,
                is_apart: canary.is_apart,
            };
            let holds = who.holds(paper) || canary.view.is_some_and(|view| who.is_told(view));
            let what = if is_own {
                What::Own(canary.class)
            } else {
                What::Others(canary.class)
            };
            let mut expected = match (canary.is_turned_away, is_own) {
                (true, true) => Expected::Either,
                (true, false) => Expected::NotThere,
                (false, _) => self.expected(holds, is_own, canary.is_late),
            };
            if expected == Expected::NotThere && is_own && has_stray {
                expected = Expected::Either;
            }
            self.note(what, expected, self.heard.words.contains(word), report);
        }
        for kind in ViewKind::ALL.iter().filter(|kind| **kind != ViewKind::Flag) {
            let expected = self.expected(who.is_told(*kind), false, false);
            let found = self.heard.views.contains(&(self.case.id, *kind));
            self.note(What::View(*kind), expected, found, report);
        }
        let expected = self.expected(who.sees_index(), false, false);
        let found = self.heard.index.contains(&self.case.id);
        self.note(What::Index, expected, found, report);
    }

    /// Whether the person wrote something here to which the matrix never gave them a right. No grant ever covered it, so none takes it away: it
    /// stays on the device that wrote it, and their own commands with it; but not if the case is hidden from them.
    fn has_stray(&self, index: usize, number: usize, canaries: &Canaries) -> bool {
        let relation = self.office.relation(self.seat, self.case);
        if matches!(relation, Relation::Hidden | Relation::Stranger) {
            return false;
        }
        let relation = if matches!(relation, Relation::Registered | Relation::Kept) {
            Relation::Registered
        } else {
            Relation::Responsible
        };
        let who = self.office.who_as(self.seat, self.case, relation);
        let who = who.on_first_day();
        let mut own = canaries
            .of(number)
            .map(|(_, canary)| canary)
            .filter(|canary| {
                canary.case == index
                    && canary.author == self.seat
                    && canary.class != Class::Activity
            });
        own.any(|canary| {
            !who.holds(Paper {
                class: canary.class,
                is_own: true,
                is_apart: canary.is_apart,
            })
        })
    }

    fn expected(&self, holds: bool, is_own: bool, is_late: bool) -> Expected {
        let relation = self.office.relation(self.seat, self.case);
        let has_lost = matches!(
            relation,
            Relation::Kept
                | Relation::Former
                | Relation::Gone
                | Relation::Hidden
                | Relation::Stranger
                | Relation::Area
                | Relation::GlassOver
        ) || self.office.who(self.seat, self.case).has_run_out();
        match (self.route, holds) {
            (Route::Wire, true) if is_own => Expected::Either,
            (_, true) => Expected::There,
            (Route::Wire, false) if is_own || (has_lost && !is_late) => Expected::Either,
            (_, false) => Expected::NotThere,
        }
    }

    fn note(&self, what: What, expected: Expected, found: bool, report: &mut Report) {
        let cell = Cell {
            profile: self.office.cast.profile,
            role: self.office.seats[self.seat].role,
            relation: self.office.relation(self.seat, self.case),
            stage: self.case.stage,
            what,
            route: self.route,
        };
        report.cells.insert(cell);
        report.searches += 1;
        let is_right = match expected {
            Expected::There => found,
            Expected::NotThere => !found,
            Expected::Either => true,
        };
        if !is_right {
            let problem = if found { "leaks" } else { "lacks" };
            let Cell {
                profile,
                role,
                relation,
                stage,
                route,
                ..
            } = cell;
            let told = format!(
                "{problem}: {role}, {relation:?}, {}{}, {what:?}, {route:?} (profile {profile})",
                stage.status,
                if stage.is_restricted {
                    " restricted"
                } else {
                    ""
                },
            );
            *report.wrong.entry(told).or_default() += 1;
        }
    }
}

/// The cells of an office's product that were not reached.
fn missing(office: &Office, reached: &BTreeSet<Cell>) -> Vec<Cell> {
    let mut missing = Vec::new();
    let written = written();
    for role in &office.cast.roles {
        for relation in Relation::ALL {
            for stage in &office.cast.stages {
                if !exists(&office.profile, *role, *relation, *stage) {
                    continue;
                }
                for what in What::all() {
                    if !is_planted(office, (*role, *relation, *stage), what, &written) {
                        continue;
                    }
                    for route in Route::ALL {
                        let has_photo =
                            matches!(what, What::Others(class) if is_attached(class, *stage));
                        if *route == Route::Blob && (office.photos.is_empty() || !has_photo) {
                            continue;
                        }
                        // Who left is refused a new device.
                        let is_new = matches!(route, Route::NewWire | Route::NewVault);
                        if is_new && *relation == Relation::Gone {
                            continue;
                        }
                        let cell = Cell {
                            profile: office.cast.profile,
                            role: *role,
                            relation: *relation,
                            stage: *stage,
                            what,
                            route: *route,
                        };
                        if !reached.contains(&cell) {
                            missing.push(cell);
                        }
                    }
                }
            }
        }
    }
    missing
}

/// Whether there are such words for somebody in such a relation to find.
fn is_planted(
    office: &Office,
    (role, relation, stage): (Role, Relation, Stage),
    what: What,
    written: &BTreeSet<Class>,
) -> bool {
    let brought_in = matches!(relation, Relation::Registered | Relation::Kept);
    match what {
        What::Index | What::View(_) => true,
        What::Others(class) | What::Own(class) if !written.contains(&class) => false,
        What::Others(Class::Sessions | Class::Links) => !stage.is_draft(),
        What::Others(Class::Reporter) => !brought_in,
        What::Others(_) => true,
        What::Own(Class::Intake | Class::Reporter | Class::Activity) => brought_in,
        What::Own(class) if deeds::OWN.contains(&class) => {
            let had = match relation {
                Relation::Registered | Relation::Kept => Relation::Registered,
                Relation::Responsible
                | Relation::Former
                | Relation::Leads
                | Relation::Lapsed
                | Relation::Gone
                | Relation::Hidden => Relation::Responsible,
                Relation::None
                | Relation::Area
                | Relation::Deputy
                | Relation::Stranger
                | Relation::Glass
                | Relation::GlassOver => return false,
            };
            let heads = &office.profile.powers.head;
            let rows = oracle::holders(&BTreeSet::from([role]), heads);
            let who = oracle::Who::new(&office.matrix, &rows, Some(role), (had, stage));
            who.on_first_day().has_documents()
        }
        What::Own(_) => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests;
