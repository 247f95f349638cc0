//! The terms on which a person serves: until when, where, and which powers were delegated to them.

use std::collections::BTreeSet;

use crate::code::codes;
use crate::command::CommandKind;
use crate::id::PersonId;
use crate::profile::words::Role;
use crate::time::Timestamp;

codes!(
    /// How somebody stands in for an office-holder (B1).
    ActingTitle {
        /// Pelaksana harian: the holder is away for a while.
        Plh = "plh",
        /// Pelaksana tugas: nobody holds the office.
        Plt = "plt",
    }
);

/// Powers of a role, held for a time by somebody who does not hold the role (B1).
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Delegation {
    /// The role whose powers they are.
    #[n(0)]
    pub role: Role,
    /// The decisions that may be taken by it; empty means all of the role's.
    #[n(1)]
    pub powers: BTreeSet<CommandKind>,
    /// The first instant.
    #[n(2)]
    pub from: Timestamp,
    /// The last instant.
    #[n(3)]
    pub until: Timestamp,
    /// Who delegated them.
    #[n(4)]
    pub by: PersonId,
    /// As what the person stands in.
    #[n(5)]
    pub title: ActingTitle,
}

impl Delegation {
    /// Whether it is in force.
    #[must_use]
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        self.from <= at && at <= self.until
    }
}

/// The terms on which a person serves.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Terms {
    /// The last instant of the mandate; none for one without an end (C6).
    #[n(0)]
    pub mandate_until: Option<Timestamp>,
    /// What was delegated to this person, also what is over or still to come.
    #[n(1)]
    pub delegations: Vec<Delegation>,
    /// The kecamatan that a volunteer serves; empty means all (S0:15).
    #[n(2)]
    pub areas: BTreeSet<String>,
}

impl Terms {
    /// The roles whose powers this person holds by delegation, for a kind of command or at all.
    #[must_use]
    pub fn delegated(&self, kind: Option<CommandKind>, at: Timestamp) -> BTreeSet<Role> {
        let in_force = self.delegations.iter().filter(|delegation| {
            let covers = kind.is_none_or(|kind| {
                delegation.powers.is_empty() || delegation.powers.contains(&kind)
            });
            covers && delegation.is_in_force(at)
        });
        in_force.map(|delegation| delegation.role).collect()
    }

    /// The next instant at which what is delegated changes.
    #[must_use]
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let edges = self
            .delegations
            .iter()
            .flat_map(|delegation| [delegation.from, delegation.until.plus_millis(1)]);
        edges.filter(|edge| *edge > after).min()
    }

    /// Whether nothing is said in them.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(hour: i64) -> Timestamp {
        Timestamp::from_millis(hour * 3_600_000)
    }

    #[test]
    fn a_delegation_holds_between_its_dates_for_its_powers() {
        let delegation = Delegation {
            role: Role::HeadOfInstitution,
            powers: BTreeSet::from([CommandKind::Assign]),
            from: at(10),
            until: at(20),
            by: PersonId::from_bytes([1; 16]),
            title: ActingTitle::Plh,
        };
        let terms = Terms {
            delegations: vec![delegation],
            ..Terms::default()
        };
        let head = BTreeSet::from([Role::HeadOfInstitution]);
        let assign = Some(CommandKind::Assign);
        for (hour, kind, roles) in [
            (9, assign, &BTreeSet::new()),
            (10, assign, &head),
            (20, assign, &head),
            (21, assign, &BTreeSet::new()),
            (15, Some(CommandKind::Terminate), &BTreeSet::new()),
            (15, None, &head),
        ] {
            assert_eq!(terms.delegated(kind, at(hour)), *roles, "{hour}");
        }
        assert_eq!(terms.next_change(at(9)), Some(at(10)));
        assert_eq!(terms.next_change(at(10)), Some(at(20).plus_millis(1)));
        assert_eq!(terms.next_change(at(21)), None);
    }
}
