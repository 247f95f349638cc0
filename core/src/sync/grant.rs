//! The row that says what a person may hold.

use super::Extent;
use crate::class::Class;
use crate::id::{CaseId, PersonId};
use crate::time::Timestamp;

/// Which cases a grant is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode,
)]
pub enum GrantScope {
    /// One case.
    #[n(0)]
    Case(#[n(0)] CaseId),
    /// Every case of the institution.
    #[n(1)]
    Institution,
}

/// A person may hold the documents of some classes; takes effect at the row's position.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct GrantRow {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// Of which cases.
    #[n(1)]
    pub scope: GrantScope,
    /// Of which classes. Classes by author only ever mean the person's own.
    #[n(2)]
    pub classes: Vec<Class>,
    /// What of them is held in part only, and what is told beside them; none if there is neither.
    #[n(3)]
    pub extent: Option<Extent>,
    /// What ends it beside a row; none if nothing does. A device heeds it also when no such row has come.
    #[n(4)]
    pub term: Option<Term>,
}

/// From when on a grant gives nothing any more, and why.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Term {
    /// Glass was broken (B9).
    #[n(0)]
    Glass(#[n(0)] Timestamp),
    /// The matrix gives it for hours after the registration.
    #[n(1)]
    Hours(#[n(0)] Timestamp),
}

impl GrantRow {
    /// From when on it gives nothing any more; none until a row ends it.
    #[must_use]
    pub fn until(&self) -> Option<Timestamp> {
        self.term.map(|term| match term {
            Term::Glass(until) | Term::Hours(until) => until,
        })
    }

    /// Whether its time is over.
    #[must_use]
    pub fn is_over(&self, at: Timestamp) -> bool {
        self.until().is_some_and(|until| until <= at)
    }

    /// Whether glass was broken for it.
    #[must_use]
    pub const fn is_by_glass(&self) -> bool {
        matches!(self.term, Some(Term::Glass(_)))
    }
}
