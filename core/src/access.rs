//! The matrix of LK3.md section 9 as data: what each role may hold, write and see of each class.
//!
//! One table ships with the core (`core/data/access.toml`); a profile may put rows of its own in the place of some of its cells.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de::Error as _};

use crate::class::Class;
use crate::code::codes;
use crate::profile::words::Role;

codes!(
    /// Of which cases something is read.
    Reading {
        /// Of none.
        None = "none",
        /// Of those that the person registered while nobody else is responsible, is responsible for, or leads a session of.
        OwnCases = "own",
        /// Of every case of the unit. No standard names units and devices carry own cases (section 9, rule 3), so until an office says
        /// otherwise it is those (DEFAULT).
        Unit = "unit",
        /// Of every case of the institution.
        Institution = "institution",
    }
);

codes!(
    /// Into which documents of a class a person writes.
    Writing {
        /// Nothing that the role is there for. What they record all the same stands apart, and is judged.
        None = "none",
        /// One of the writer's own, beside those of others.
        OwnEntries = "own_entries",
        /// The one that the case's workers share.
        All = "all",
    }
);

codes!(
    /// What the server tells of a case, in rows of its own, to those who may not hold the documents.
    ViewKind {
        /// The client's initials, without any contact.
        Masked = "masked",
        /// How to reach the client, and how not.
        Contact = "contact",
        /// Sessions by number, date, mode, held or not, danger; nothing of what was said.
        Metadata = "metadata",
        /// What was done, as counts and dates; no narrative and no category.
        Summary = "summary",
        /// The plan for aftercare (B10).
        Aftercare = "aftercare",
        /// The record of the last case conference, for those who took part in it (B10). No row of the matrix gives it.
        Conference = "conference",
        /// The safety level alone. It stands in the index, not in a row of its own.
        Flag = "flag",
    }
);

/// Whom a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Holder {
    /// A role.
    Role(Role),
    /// Whoever holds the powers of a head by the profile (B1).
    Head,
}

impl<'de> Deserialize<'de> for Holder {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "head" {
            return Ok(Self::Head);
        }
        text.parse()
            .map(Self::Role)
            .map_err(|_| D::Error::custom(format!("`{text}` is neither a role nor `head`")))
    }
}

/// What a row is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Column {
    /// K1: where the case stands.
    Index,
    /// A class of documents.
    Of(Class),
}

impl<'de> Deserialize<'de> for Column {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text == "index" {
            return Ok(Self::Index);
        }
        text.parse()
            .map(Self::Of)
            .map_err(|_| D::Error::custom(format!("`{text}` is neither a class nor `index`")))
    }
}

/// One row: what some holders get of one class.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AccessRow {
    /// Who.
    pub holders: BTreeSet<Holder>,
    /// Of what.
    pub class: Column,
    /// Of which cases they read it.
    #[serde(default = "reads_none")]
    pub read: Reading,
    /// How they write it.
    #[serde(default = "writes_none")]
    pub write: Writing,
    /// What is told instead, or beside.
    #[serde(default)]
    pub view: Option<ViewKind>,
    /// Whether it may be opened for a time, with a reason (B9).
    #[serde(default)]
    pub break_glass: bool,
    /// For how many hours after the registration the role keeps anything of its own cases; none for as long as they are its own.
    #[serde(default)]
    pub hours: Option<u32>,
    /// Where the row comes from: section 9, an amendment, or DEFAULT.
    pub source: String,
}

const fn reads_none() -> Reading {
    Reading::None
}

const fn writes_none() -> Writing {
    Writing::None
}

/// What one holder gets of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Of which cases it is read.
    pub read: Reading,
    /// How it is written.
    pub write: Writing,
    /// What is told instead, or beside.
    pub view: Option<ViewKind>,
    /// Whether it may be opened for a time.
    pub break_glass: bool,
    /// For how many hours after the registration, if that ends it.
    pub hours: Option<u32>,
}

impl Cell {
    /// What no row names.
    pub const NOTHING: Self = Self {
        read: Reading::None,
        write: Writing::None,
        view: None,
        break_glass: false,
        hours: None,
    };
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    access: Vec<AccessRow>,
}

fn parse(text: &str) -> Result<Vec<AccessRow>, toml::de::Error> {
    toml::from_str::<File>(text).map(|file| file.access)
}

/// The table that ships with the core.
const FILE: &str = include_str!("../data/access.toml");

/// The shipped rows, read once for the whole program. A file that does not parse would give nothing to anybody; the tests see to it that
/// it does.
#[must_use]
pub fn shipped_rows() -> &'static [AccessRow] {
    static ROWS: OnceLock<Vec<AccessRow>> = OnceLock::new();
    ROWS.get_or_init(|| parse(FILE).unwrap_or_default())
}

/// What a holder gets of a class: by the profile's own row, else by the shipped one, else nothing.
#[must_use]
pub fn cell(own: &[AccessRow], holder: Holder, class: Column) -> Cell {
    let is_about = |row: &&AccessRow| row.class == class && row.holders.contains(&holder);
    let row = own
        .iter()
        .find(is_about)
        .or_else(|| shipped_rows().iter().find(is_about));
    row.map_or(Cell::NOTHING, |row| Cell {
        read: row.read,
        write: row.write,
        view: row.view,
        break_glass: row.break_glass,
        hours: row.hours,
    })
}

/// What may not stand in a row.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
pub enum AccessFault {
    /// Notes and practitioners' notes are only ever their author's (K4, K5, B9).
    #[error("nobody but its author may be given `{0}`")]
    NotesOfOthers(Class),
    /// These offices hold no document of a case.
    #[error("the role `{0}` holds no document of a case")]
    NoCaseDocuments(Role),
    /// Break-glass exists for the record and for what concerns safety (B9).
    #[error("only `record` and `safety` can be opened by breaking the glass")]
    BreakGlass,
    /// A row about the index gives nothing but its reading.
    #[error("a row about the index says who reads it, and nothing else")]
    Index,
    /// Hours end what is read of own cases, of all classes at once.
    #[error("`hours` stand in a row about the index that reads `own`, and are more than none")]
    Hours,
    /// Who took part in a conference is told by the plan.
    #[error("`conference` is told to those who took part, not to a role")]
    Conference,
    /// A row that does not say where it comes from, or is about nobody.
    #[error("a row of access names its holders and its source")]
    NoSource,
}

impl AccessRow {
    /// Whether the row may stand in a profile.
    ///
    /// # Errors
    /// What it gives that nobody may be given.
    pub fn check(&self) -> Result<(), AccessFault> {
        if self.source.trim().is_empty() || self.holders.is_empty() {
            return Err(AccessFault::NoSource);
        }
        if self.view == Some(ViewKind::Conference) {
            return Err(AccessFault::Conference);
        }
        let may_end = self.class == Column::Index && self.read == Reading::OwnCases;
        if self.hours.is_some_and(|hours| !may_end || hours == 0) {
            return Err(AccessFault::Hours);
        }
        let class = match self.class {
            Column::Of(class) => class,
            Column::Index => {
                let is_plain =
                    self.write == Writing::None && self.view.is_none() && !self.break_glass;
                return if is_plain {
                    Ok(())
                } else {
                    Err(AccessFault::Index)
                };
            }
        };
        if class.is_by_author() {
            let is_of_author = self.read <= Reading::OwnCases
                && self.write <= Writing::OwnEntries
                && self.view.is_none()
                && !self.break_glass
                && !self.holders.contains(&Holder::Head);
            if !is_of_author {
                return Err(AccessFault::NotesOfOthers(class));
            }
        }
        if self.break_glass && class != Class::Record && class != Class::Safety {
            return Err(AccessFault::BreakGlass);
        }
        let gives = self.read != Reading::None || self.break_glass;
        let apart = self.holders.iter().find_map(|holder| match holder {
            Holder::Role(role) if NO_CASE_DOCUMENTS.contains(role) => Some(*role),
            Holder::Role(_) | Holder::Head => None,
        });
        match apart {
            Some(role) if gives && class != Class::Activity => {
                Err(AccessFault::NoCaseDocuments(role))
            }
            Some(_) | None => Ok(()),
        }
    }
}

/// Offices that look after the system or over it, and hold no document of a case (section 9).
const NO_CASE_DOCUMENTS: &[Role] = &[Role::Dpo, Role::Auditor, Role::SystemAdministrator];

#[cfg(test)]
mod tests;
