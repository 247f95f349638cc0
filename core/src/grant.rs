//! The grants that follow from the matrix of [`crate::access`], and what a grant covers.
//!
//! What the matrix does not name, a role does not get. Whether a person may *do* a thing is judged by the rules; this
//! says only which bytes they may hold, and in which documents they write.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::{Cell, Column, Holder, Reading, ViewKind, Writing, cell};
use crate::class::{Class, Compartment, DocumentKey};
use crate::command::CommandKind;
use crate::id::{CaseId, PersonId};
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::sync::{Extent, GLASS_CLASSES, GrantRow, GrantScope, GrantTerm};
use crate::time::Timestamp;

/// What a person may do with the documents of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Of which cases they hold them.
    pub read: Reading,
    /// How they write them, where they reach the case.
    pub write: Writing,
    /// Whether they may open them for a time, with a reason.
    pub break_glass: bool,
}

/// The rows of the matrix that a person's roles give, the head's among them where the profile says so.
fn holders(profile: &Profile, roles: &BTreeSet<Role>) -> Vec<Holder> {
    let mut holders: Vec<Holder> = roles.iter().copied().map(Holder::Role).collect();
    if profile.is_head(roles) {
        holders.push(Holder::Head);
    }
    holders
}

/// What a person with these roles may do with the documents of a class.
#[must_use]
pub fn right(profile: &Profile, roles: &BTreeSet<Role>, class: Class) -> Right {
    let mut right = Right {
        read: Reading::None,
        write: Writing::None,
        break_glass: false,
    };
    for holder in holders(profile, roles) {
        let cell = cell(&profile.access, holder, Column::Of(class));
        right.read = right.read.max(cell.read);
        right.write = right.write.max(cell.write);
        right.break_glass |= cell.break_glass;
    }
    right
}

/// The compartment in which a person with these roles writes a class. Device and server ask this one function.
#[must_use]
pub fn compartment(
    profile: &Profile,
    (author, roles): (PersonId, &BTreeSet<Role>),
    class: Class,
) -> Compartment {
    Compartment::of(class, right(profile, roles, class).write, author)
}

/// Whether a person with these roles may open a case: by the matrix, or because the profile has them register.
#[must_use]
pub fn may_create(profile: &Profile, roles: &BTreeSet<Role>) -> bool {
    let by_profile = profile
        .transition(CommandKind::Register)
        .is_some_and(|register| {
            !register.roles.is_disjoint(roles) || !register.proposers.is_disjoint(roles)
        });
    by_profile || right(profile, roles, Class::Intake).write == Writing::All
}

/// What some rows of the matrix give together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Given {
    /// Whether at least K1 is given.
    index: bool,
    whole: BTreeSet<Class>,
    own: BTreeSet<Class>,
    views: BTreeSet<ViewKind>,
}

impl Given {
    /// What is given here and not by another.
    fn without(&self, other: &Self) -> Self {
        let held_whole = |class: &&Class| !other.whole.contains(class);
        let held = |class: &&Class| !other.whole.contains(class) && !other.own.contains(class);
        Self {
            index: self.index,
            whole: self.whole.iter().filter(held_whole).copied().collect(),
            own: self.own.iter().filter(held).copied().collect(),
            views: self.views.difference(&other.views).copied().collect(),
        }
    }

    /// Takes in what another gives beside K1.
    fn join(&mut self, other: &Self) {
        self.whole.extend(&other.whole);
        self.own.extend(&other.own);
        self.views.extend(&other.views);
    }

    fn is_empty(&self) -> bool {
        self.whole.is_empty() && self.own.is_empty() && self.views.is_empty()
    }

    fn row(mut self, person: PersonId, scope: GrantScope) -> GrantRow {
        self.own = self.own.difference(&self.whole).copied().collect();
        let is_plain = self.own.is_empty() && self.views.is_empty();
        // Without an extent, activities alone say nothing of cases.
        let is_plain = is_plain && !(self.index && self.whole == BTreeSet::from([Class::Activity]));
        GrantRow {
            person,
            scope,
            classes: self.whole.union(&self.own).copied().collect(),
            extent: (!is_plain).then(|| Extent {
                own: self.own.into_iter().collect(),
                views: self.views.into_iter().collect(),
            }),
            term: None,
        }
    }
}

/// Which cases something is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// Every case of the institution.
    Every,
    /// A case that is the person's own.
    Own,
    /// A case that was theirs, and is somebody else's now.
    Former,
}

/// What rows of the matrix give of a case.
fn given(profile: &Profile, holders: &[Holder], about: About) -> Given {
    let mut given = Given::default();
    for holder in holders.iter().copied() {
        let of = |class| cell(&profile.access, holder, class);
        let cells: Vec<(Class, Cell)> = Class::ALL
            .iter()
            .map(|class| (*class, of(Column::Of(*class))))
            .collect();
        let index = of(Column::Index).read;
        let is_wide = |read: Reading| match (read, about) {
            (Reading::Institution, About::Every)
            | (Reading::OwnCases | Reading::Unit, About::Own) => true,
            (Reading::None, _)
            | (Reading::OwnCases | Reading::Unit, About::Every | About::Former)
            | (Reading::Institution, About::Own | About::Former) => false,
        };
        let told = match about {
            About::Every => index == Reading::Institution,
            About::Own | About::Former => index == Reading::OwnCases,
        };
        // Own entries go as far as what a holder reads of cases; who reads none of their documents keeps those of own cases.
        let of_cases = cells.iter().filter(|(class, _)| *class != Class::Activity);
        let reach = of_cases.map(|(_, cell)| cell.read).max();
        let reach = reach
            .unwrap_or(Reading::None)
            .max(index.min(Reading::OwnCases));
        let keeps = match about {
            About::Every | About::Own => is_wide(reach),
            About::Former => reach == Reading::OwnCases && index == Reading::OwnCases,
        };
        given.index |= is_wide(index);
        for (class, cell) in cells {
            if is_wide(cell.read) {
                given.whole.insert(class);
            }
            let is_apart = cell.read == Reading::None && cell.write == Writing::OwnEntries;
            if keeps && is_apart {
                given.own.insert(class);
            }
            if told {
                given
                    .views
                    .extend(cell.view.filter(|view| *view != ViewKind::Flag));
            }
        }
    }
    given
}

/// What a person holds of every case, from the first day; none if nothing, not even K1.
#[must_use]
pub fn institution_grant(
    profile: &Profile,
    person: PersonId,
    roles: &BTreeSet<Role>,
) -> Option<GrantRow> {
    let given = given(profile, &holders(profile, roles), About::Every);
    let is_given = given.index || !given.is_empty();
    is_given.then(|| given.row(person, GrantScope::Institution))
}

/// What ties a person to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tie {
    /// Whether it is their own; otherwise it was, and is somebody else's now.
    pub is_own: bool,
    /// Whether they took part in its last conference (B10).
    pub confers: bool,
    /// When the server had its registration.
    pub registered_at: Timestamp,
}

/// What a person holds of a case by the case, beside what they hold of every case: of one of their own, all that their roles allow; of one that
/// was theirs, what they wrote apart and what is told in views. What roles give for hours alone is a grant of its own.
#[must_use]
pub fn case_grants(
    profile: &Profile,
    (person, roles): (PersonId, &BTreeSet<Role>),
    (case, tie): (CaseId, Tie),
) -> Vec<GrantRow> {
    let about = if tie.is_own {
        About::Own
    } else {
        About::Former
    };
    let holders = holders(profile, roles);
    let mut held = given(profile, &holders, About::Every);
    let mut terms: BTreeMap<Option<u32>, Vec<Holder>> = BTreeMap::new();
    terms.entry(None).or_default();
    for holder in holders {
        let hours = cell(&profile.access, holder, Column::Index).hours;
        terms.entry(hours).or_default().push(holder);
    }
    let mut grants = Vec::new();
    for (hours, holders) in terms {
        let mut here = given(profile, &holders, about);
        if hours.is_none() && tie.confers {
            here.views.insert(ViewKind::Conference);
        }
        let here = here.without(&held);
        if here.is_empty() {
            continue;
        }
        held.join(&here);
        let mut row = here.row(person, GrantScope::Case(case));
        let end = |hours| {
            tie.registered_at
                .plus_millis(i64::from(hours) * HOUR_MILLIS)
        };
        row.term = hours.map(|hours| GrantTerm::Hours(end(hours)));
        grants.push(row);
    }
    grants
}

const HOUR_MILLIS: i64 = 60 * 60 * 1_000;

/// Whether a person with these roles may break glass to a class (B9): where the matrix says so, and to the record and to what concerns
/// safety alone; nobody to notes, whatever a row says.
#[must_use]
pub fn may_break_glass(profile: &Profile, roles: &BTreeSet<Role>, class: Class) -> bool {
    GLASS_CLASSES.contains(&class) && right(profile, roles, class).break_glass
}

/// What a person holds of one class of one case for a time, because they broke glass.
#[must_use]
pub fn glass_grant(person: PersonId, case: CaseId, class: Class, until: Timestamp) -> GrantRow {
    GrantRow {
        person,
        scope: GrantScope::Case(case),
        classes: vec![class],
        extent: None,
        term: Some(GrantTerm::Glass(until)),
    }
}

/// What whoever recorded an activity holds of it.
#[must_use]
pub fn activity_grant(person: PersonId, file: CaseId) -> GrantRow {
    GrantRow {
        person,
        scope: GrantScope::Case(file),
        classes: vec![Class::Activity],
        extent: None,
        term: None,
    }
}

/// The views that anybody of an institution may be told, in whatever role: an office may give one that its standard does not name.
#[must_use]
pub fn views_told(profile: &Profile) -> BTreeSet<ViewKind> {
    let roles = Role::ALL.iter().copied().collect();
    let holders = holders(profile, &roles);
    let mut views = given(profile, &holders, About::Every).views;
    views.extend(given(profile, &holders, About::Own).views);
    views.insert(ViewKind::Conference);
    views
}

impl GrantRow {
    fn own(&self) -> &[Class] {
        self.extent.as_ref().map_or(&[], |extent| &extent.own)
    }

    /// Whether it is about a case.
    #[must_use]
    pub fn is_about(&self, case: CaseId) -> bool {
        match self.scope {
            GrantScope::Case(own) => own == case,
            GrantScope::Institution => true,
        }
    }

    /// Whether whoever has it is told where the cases stand (K1). A grant of activities tells of none, unless it has an extent, be it an
    /// empty one.
    #[must_use]
    pub fn tells_index(&self, case: CaseId) -> bool {
        let is_of_activities = self.classes == [Class::Activity] && self.extent.is_none();
        self.is_about(case) && !is_of_activities
    }

    /// Whether it gives any document of the cases that it is about, and not only K1 and views.
    #[must_use]
    pub fn gives_documents(&self) -> bool {
        self.classes.iter().any(|class| *class != Class::Activity)
    }

    /// Whether it gives a class of a case whole: also the rulings about it.
    #[must_use]
    pub fn gives_class(&self, case: CaseId, class: Class) -> bool {
        self.is_about(case) && self.classes.contains(&class) && !self.own().contains(&class)
    }

    /// Whether it gives a view of a case.
    #[must_use]
    pub fn gives_view(&self, case: CaseId, view: ViewKind) -> bool {
        let views = self.extent.as_ref().map_or(&[][..], |extent| &extent.views);
        self.is_about(case) && views.contains(&view)
    }

    /// Whether it covers a document. Notes are only ever their author's.
    #[must_use]
    pub fn covers(&self, key: &DocumentKey) -> bool {
        match key.compartment {
            Compartment::Author(author) if author == self.person => {
                self.is_about(key.case) && self.classes.contains(&key.class)
            }
            Compartment::Author(_) if key.class.is_by_author() => false,
            Compartment::Author(_) | Compartment::Shared => self.gives_class(key.case, key.class),
        }
    }

    /// Whether it gives something that none of the others does, all of them about the same cases.
    #[must_use]
    pub fn adds_to(&self, held: &[Self]) -> bool {
        let own = self.own();
        let class_is_held = |class: &Class| {
            held.iter().any(|grant| {
                grant.classes.contains(class)
                    && (own.contains(class) || !grant.own().contains(class))
            })
        };
        let view_is_held = |view: &ViewKind| {
            let views = held.iter().filter_map(|grant| grant.extent.as_ref());
            views.into_iter().any(|extent| extent.views.contains(view))
        };
        let mut views = self.extent.iter().flat_map(|extent| &extent.views);
        !self.classes.iter().all(class_is_held) || !views.all(view_is_held)
    }
}

#[cfg(test)]
mod tests;
