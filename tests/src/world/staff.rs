//! Who works at the world's institution, and what the profile lets them do.

use std::collections::BTreeSet;

use jangkau_core::command::CommandKind;
use jangkau_core::id::PersonId;
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;

use super::chance::Chance;

/// A person on the staff.
#[derive(Clone, Debug)]
pub(super) struct Person {
    /// Who.
    pub(super) id: PersonId,
    /// In which roles.
    pub(super) roles: BTreeSet<Role>,
}

impl Person {
    /// Whether the profile expects this kind of command from this person.
    #[must_use]
    pub(super) fn does(&self, kind: CommandKind, profile: &Profile) -> bool {
        profile.transition(kind).is_some_and(|transition| {
            !transition.roles.is_disjoint(&self.roles)
                || !transition.proposers.is_disjoint(&self.roles)
        })
    }
}

/// The roles of each person: a head, whoever registers, and the profession that leads sessions come first, so that
/// even two people can bring a case from its registration to its end.
#[must_use]
pub(super) fn draw_roles(
    profile: &Profile,
    people: usize,
    chance: &mut Chance,
) -> Vec<BTreeSet<Role>> {
    let mut staff: Vec<BTreeSet<Role>> = vec![BTreeSet::new(); people.max(2)];
    let needed = [
        CommandKind::AnswerReview,
        CommandKind::RecordSession,
        CommandKind::Register,
        CommandKind::RecordVisit,
        CommandKind::Assign,
        CommandKind::FinaliseAssessment,
    ];
    for (index, kind) in needed.into_iter().enumerate() {
        let roles: Vec<Role> = profile
            .transition(kind)
            .map(|transition| transition.roles.iter().copied().collect())
            .unwrap_or_default();
        let covered = staff
            .iter()
            .any(|person| roles.iter().any(|role| person.contains(role)));
        if !covered && let Some(role) = chance.pick(&roles) {
            let person = index % staff.len();
            staff[person].insert(*role);
        }
    }
    let all: Vec<Role> = profile.roles.iter().map(|entry| entry.role).collect();
    for person in &mut staff {
        if person.is_empty() || chance.per_mille(150) {
            person.extend(chance.pick(&all).copied());
        }
    }
    staff
}
