//! Who may hold what, told a second time: section 9 as `core/data/access.toml` writes it, with the section's rules in a few lines.
//! Nothing here calls what is tested.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::access::{Reading, ViewKind, Writing};
use jangkau_core::class::Class;
use jangkau_core::profile::words::{Role, Status};
use serde::Deserialize;

use super::cells::{Relation, Stage};
use crate::world::violation::{Checked, Violation};

#[derive(Deserialize)]
struct File {
    access: Vec<Row>,
}

#[derive(Deserialize)]
struct Row {
    holders: Vec<String>,
    class: String,
    read: Option<Reading>,
    write: Option<Writing>,
    view: Option<ViewKind>,
    #[serde(default)]
    break_glass: bool,
    hours: Option<u32>,
}

/// What a cell of the matrix gives.
#[derive(Clone, Copy)]
struct Cell {
    read: Reading,
    write: Writing,
    view: Option<ViewKind>,
    break_glass: bool,
    is_for_hours: bool,
}

const NOTHING: Cell = Cell {
    read: Reading::None,
    write: Writing::None,
    view: None,
    break_glass: false,
    is_for_hours: false,
};

/// The matrix, by holder and class.
pub(super) struct Matrix(BTreeMap<(String, String), Cell>);

impl Matrix {
    /// As it ships.
    pub(super) fn shipped() -> Checked<Self> {
        let text = include_str!("../../../core/data/access.toml");
        let file: File =
            toml::from_str(text).map_err(|error| Violation::broke("access.toml", &error))?;
        let mut cells = BTreeMap::new();
        for row in &file.access {
            for holder in &row.holders {
                let cell = Cell {
                    read: row.read.unwrap_or(Reading::None),
                    write: row.write.unwrap_or(Writing::None),
                    view: row.view,
                    break_glass: row.break_glass,
                    is_for_hours: row.hours.is_some(),
                };
                cells.insert((holder.clone(), row.class.clone()), cell);
            }
        }
        Ok(Self(cells))
    }

    fn cell(&self, holder: &str, class: &str) -> Cell {
        let key = (holder.to_owned(), class.to_owned());
        self.0.get(&key).copied().unwrap_or(NOTHING)
    }
}

/// A person towards one case.
pub(super) struct Who<'a> {
    matrix: &'a Matrix,
    /// Their rows of the matrix.
    holders: Vec<&'static str>,
    relation: Relation,
    stage: Stage,
    is_volunteer: bool,
    /// Of the first day; else of when everybody's hours are over.
    is_first_day: bool,
}

/// The rows of the matrix of somebody with these roles.
pub(super) fn holders(roles: &BTreeSet<Role>, heads: &BTreeSet<Role>) -> Vec<&'static str> {
    let mut holders: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    if !roles.is_disjoint(heads) {
        holders.push("head");
    }
    holders
}

/// A document, as far as who may hold it goes.
#[derive(Clone, Copy)]
pub(super) struct Paper {
    pub(super) class: Class,
    /// The person in question wrote it.
    pub(super) is_own: bool,
    /// It stands in its author's own document, and not in the one that all who may write the class share.
    pub(super) is_apart: bool,
}

/// Whether somebody with these rows writes a class apart from what others share.
pub(super) fn writes_apart(matrix: &Matrix, holders: &[&'static str], class: Class) -> bool {
    let writes_all = |holder: &&str| matrix.cell(holder, class.code()).write == Writing::All;
    is_authors(class) || !holders.iter().any(writes_all)
}

/// K4 and K5: nobody but the author (B9).
const fn is_authors(class: Class) -> bool {
    matches!(class, Class::Notes | Class::Practitioner)
}

impl<'a> Who<'a> {
    pub(super) fn new(
        matrix: &'a Matrix,
        holders: &[&'static str],
        role: Option<Role>,
        (relation, stage): (Relation, Stage),
    ) -> Self {
        Self {
            matrix,
            holders: holders.to_vec(),
            relation,
            stage,
            is_volunteer: role == Some(Role::Volunteer),
            is_first_day: false,
        }
    }

    /// The same on the first day.
    pub(super) fn on_first_day(self) -> Self {
        Self {
            is_first_day: true,
            ..self
        }
    }

    /// Whether a row gives what is the person's own for some hours, and these are over.
    fn is_over(&self, holder: &str) -> bool {
        !self.is_first_day && self.matrix.cell(holder, "index").is_for_hours
    }

    /// Whether the case may have been theirs for a while by itself: it is closed now, or the hours of a row are over.
    pub(super) fn has_run_out(&self) -> bool {
        self.is_closed() || self.holders.iter().any(|holder| self.is_over(holder))
    }

    /// Somebody who does not work here any more, or from whom the case is hidden (rule 2).
    const fn is_shut_out(&self) -> bool {
        matches!(
            self.relation,
            Relation::Gone | Relation::Hidden | Relation::Stranger
        )
    }

    /// Devices carry open cases (rule 3): what is closed is nobody's own, and was nobody's.
    fn is_closed(&self) -> bool {
        self.stage.status == Status::Closed
    }

    /// The case is theirs: they are responsible, lead a session, or brought it in while nobody else is responsible.
    fn is_own(&self) -> bool {
        if self.is_closed() {
            return false;
        }
        match self.relation {
            Relation::Responsible | Relation::Lapsed | Relation::Leads | Relation::Registered => {
                true
            }
            // A volunteer of the kecamatan, until somebody is responsible (X16).
            Relation::Area => {
                self.is_volunteer && !self.stage.is_assigned() && !self.stage.is_draft()
            }
            Relation::None
            | Relation::Kept
            | Relation::Former
            | Relation::Deputy
            | Relation::Glass
            | Relation::GlassOver
            | Relation::Hidden
            | Relation::Stranger
            | Relation::Gone => false,
        }
    }

    /// The case was theirs, and is somebody else's now.
    fn was_own(&self) -> bool {
        let was_area = self.relation == Relation::Area && self.is_volunteer;
        let was_own = matches!(self.relation, Relation::Kept | Relation::Former)
            || was_area && self.stage.is_assigned();
        was_own && !self.is_closed()
    }

    fn cells(&self, class: &'static str) -> impl Iterator<Item = Cell> + '_ {
        self.holders
            .iter()
            .map(move |holder| self.matrix.cell(holder, class))
    }

    /// Whether they hold all that is in a class of the case. `unit` is own cases, as long as no standard names units.
    fn reads(&self, class: Class) -> bool {
        let is_open = matches!(self.relation, Relation::Glass) && self.may_break(class);
        let by_matrix =
            self.holders
                .iter()
                .any(|holder| match self.matrix.cell(holder, class.code()).read {
                    Reading::Institution => true,
                    Reading::OwnCases | Reading::Unit => self.is_own() && !self.is_over(holder),
                    Reading::None => false,
                });
        by_matrix || is_open
    }

    /// Whether they may break glass to a class: to the record and to what concerns safety, where a row says so (B9).
    pub(super) fn may_break(&self, class: Class) -> bool {
        matches!(class, Class::Record | Class::Safety)
            && self.cells(class.code()).any(|cell| cell.break_glass)
    }

    /// Whether they keep what they wrote of a class apart, without reading the class: whoever reads something of every case, everywhere; others
    /// in own cases; of former ones those who only ever see own cases.
    fn keeps(&self, class: Class) -> bool {
        self.holders.iter().any(|holder| {
            let cell = self.matrix.cell(holder, class.code());
            let of_cases = Class::ALL.iter().filter(|class| **class != Class::Activity);
            let widest = of_cases.map(|class| self.matrix.cell(holder, class.code()).read);
            let widest = widest.max().unwrap_or(Reading::None);
            let index = self.matrix.cell(holder, "index").read;
            let reaches = if widest == Reading::Institution {
                true
            } else if self.is_over(holder) {
                false
            } else if self.was_own() {
                widest <= Reading::OwnCases && index == Reading::OwnCases
            } else {
                self.is_own() && (widest != Reading::None || index != Reading::None)
            };
            cell.read == Reading::None && cell.write == Writing::OwnEntries && reaches
        })
    }

    /// Whether they hold a document.
    pub(super) fn holds(&self, paper: Paper) -> bool {
        let Paper {
            class,
            is_own,
            is_apart,
        } = paper;
        if class == Class::Activity {
            // An activity is a file of its own, whoever its case is hidden from.
            let reads = self
                .cells("activity")
                .any(|cell| cell.read == Reading::Institution);
            return self.relation != Relation::Gone && (is_own || reads);
        }
        if self.is_shut_out() {
            return false;
        }
        let whole = self.reads(class) && (!is_authors(class) || is_own);
        whole || (is_own && is_apart && self.keeps(class))
    }

    /// Whether they are told a view: with every case that they see, or with what is or was theirs.
    pub(super) fn is_told(&self, kind: ViewKind) -> bool {
        let is_tied = self.is_own() || self.was_own();
        let told = self.holders.iter().any(|holder| {
            let gives = |class: &Class| self.matrix.cell(holder, class.code()).view == Some(kind);
            let reach = match self.matrix.cell(holder, "index").read {
                Reading::Institution => true,
                Reading::OwnCases => is_tied && !self.is_over(holder),
                Reading::None | Reading::Unit => false,
            };
            reach && Class::ALL.iter().any(gives)
        });
        let is_there = match kind {
            ViewKind::Masked | ViewKind::Metadata | ViewKind::Summary => true,
            ViewKind::Contact => self.stage.is_assigned(),
            ViewKind::Aftercare => self.stage.status == Status::Aftercare,
            // Of the last conference those who took part are told, and nobody confers here.
            ViewKind::Conference | ViewKind::Flag => false,
        };
        told && is_there && !self.is_shut_out()
    }

    /// Whether they see where the case stands (K1): whoever sees anything of it.
    pub(super) fn sees_index(&self) -> bool {
        let everywhere = |cell: Cell| cell.read == Reading::Institution;
        let own = |class: &Class| {
            let paper = Paper {
                class: *class,
                is_own: true,
                is_apart: true,
            };
            *class != Class::Activity && self.holds(paper)
        };
        let is_told = ViewKind::ALL.iter().any(|kind| self.is_told_ever(*kind));
        !self.is_shut_out()
            && (self.cells("index").any(everywhere) || Class::ALL.iter().any(own) || is_told)
    }

    /// Whether a view is theirs, whatever there is to tell.
    fn is_told_ever(&self, kind: ViewKind) -> bool {
        if self.is_closed() {
            return self.is_told(kind);
        }
        let always = Self {
            matrix: self.matrix,
            holders: self.holders.clone(),
            stage: Stage {
                status: Status::Aftercare,
                ..self.stage
            },
            ..*self
        };
        let is_former = self.was_own() && self.stage.is_assigned();
        (self.stage.is_assigned() || is_former) && always.is_told(kind) || self.is_told(kind)
    }

    /// Whether they may write in the case at all while it is theirs: some document is.
    pub(super) fn has_documents(&self) -> bool {
        Class::ALL.iter().any(|class| {
            let paper = Paper {
                class: *class,
                is_own: true,
                is_apart: true,
            };
            *class != Class::Activity && self.holds(paper)
        })
    }
}
