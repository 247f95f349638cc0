//! Which role may hold and write which class of document (LK3.md section 9), and the grants that follow from it.
//!
//! The table is the smallest that the work needs: what it does not name, a role does not get. Whether a person may
//! *do* a thing is judged by the rules; this says only which bytes they may hold.

use std::collections::BTreeSet;

use crate::class::Class;
use crate::command::CommandKind;
use crate::id::{CaseId, PersonId};
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::sync::{GrantRow, GrantScope};

/// Of which cases a role holds a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Reading {
    /// Of none.
    None,
    /// Of those that the person registered, is responsible for, or leads a session of.
    OwnCases,
    /// Of every case of the institution.
    Institution,
}

/// What a role may do with the documents of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Right {
    /// Of which cases it holds them.
    pub read: Reading,
    /// Whether it writes them, where it reaches the case.
    pub write: bool,
}

/// One role's row of the matrix.
struct Holdings {
    own: &'static [Class],
    institution: Option<&'static [Class]>,
    writes: &'static [Class],
}

/// What a head holds: of every case the casework and what connects cases, and every activity.
const OVERSIGHT: &[Class] = &[
    Class::Intake,
    Class::Record,
    Class::Sessions,
    Class::Summary,
    Class::Safety,
    Class::Links,
    Class::Activity,
];

/// Nothing but rulings of K1.
const INDEX_ONLY: Holdings = Holdings {
    own: &[],
    institution: Some(&[]),
    writes: &[],
};
const NOTHING: Holdings = Holdings {
    own: &[],
    institution: None,
    writes: &[],
};

/// Whoever holds the powers of a head reads and decides everywhere, but never reads notes (B9).
const HEAD: Holdings = Holdings {
    own: &[],
    institution: Some(OVERSIGHT),
    writes: OVERSIGHT,
};

const fn holdings(role: Role) -> Holdings {
    match role {
        Role::Volunteer => Holdings {
            own: &[Class::Intake, Class::Record, Class::Reporter],
            institution: None,
            writes: &[Class::Intake, Class::Record, Class::Reporter],
        },
        // A social worker who leads a session has notes of their own (B10).
        Role::SocialWorker => Holdings {
            own: &[
                Class::Intake,
                Class::Record,
                Class::Sessions,
                Class::Summary,
                Class::Safety,
                Class::Reporter,
                Class::Notes,
            ],
            institution: None,
            writes: &[
                Class::Intake,
                Class::Record,
                Class::Sessions,
                Class::Summary,
                Class::Safety,
                Class::Reporter,
                Class::Notes,
            ],
        },
        Role::Counsellor | Role::Psychologist => Holdings {
            own: &[
                Class::Intake,
                Class::Record,
                Class::Sessions,
                Class::Summary,
                Class::Safety,
                Class::Notes,
            ],
            institution: None,
            writes: &[Class::Record, Class::Sessions, Class::Summary, Class::Notes],
        },
        Role::Clergy | Role::LegalPractitioner | Role::EducationPractitioner => Holdings {
            own: &[
                Class::Intake,
                Class::Sessions,
                Class::Practitioner,
                Class::Notes,
            ],
            institution: None,
            writes: &[Class::Sessions, Class::Practitioner, Class::Notes],
        },
        Role::Secretary | Role::Clerk | Role::Admin | Role::HotlineAdmin => Holdings {
            own: &[],
            institution: Some(&[Class::Intake, Class::Activity]),
            writes: &[Class::Intake, Class::Record, Class::Reporter],
        },
        Role::HeadOfInstitution | Role::DivisionHead | Role::HeadOfOffice => INDEX_ONLY,
        Role::DirectSuperior | Role::Dpo | Role::Auditor | Role::SystemAdministrator => NOTHING,
    }
}

/// The rows of the matrix that a person's roles give, the head's among them where the profile says so.
fn rows_of(profile: &Profile, roles: &BTreeSet<Role>) -> Vec<Holdings> {
    let mut rows: Vec<Holdings> = roles.iter().map(|role| holdings(*role)).collect();
    if profile.is_head(roles) {
        rows.push(HEAD);
    }
    rows
}

/// What a person with these roles may do with the documents of a class.
#[must_use]
pub fn right(profile: &Profile, roles: &BTreeSet<Role>, class: Class) -> Right {
    let mut right = Right {
        read: Reading::None,
        write: false,
    };
    for row in rows_of(profile, roles) {
        if row.own.contains(&class) {
            right.read = right.read.max(Reading::OwnCases);
        }
        if row
            .institution
            .is_some_and(|classes| classes.contains(&class))
        {
            right.read = right.read.max(Reading::Institution);
        }
        right.write |= row.writes.contains(&class);
    }
    right
}

/// Whether a person with these roles may open a case: by the matrix, or because the profile has them register.
#[must_use]
pub fn may_create(profile: &Profile, roles: &BTreeSet<Role>) -> bool {
    let by_profile = profile
        .transition(CommandKind::Register)
        .is_some_and(|register| {
            !register.roles.is_disjoint(roles) || !register.proposers.is_disjoint(roles)
        });
    by_profile || right(profile, roles, Class::Intake).write
}

/// What a person holds of every case, from the first day; none if nothing, not even K1.
#[must_use]
pub fn institution_grant(
    profile: &Profile,
    person: PersonId,
    roles: &BTreeSet<Role>,
) -> Option<GrantRow> {
    let rows = rows_of(profile, roles);
    let wide: Vec<&[Class]> = rows.iter().filter_map(|row| row.institution).collect();
    if wide.is_empty() {
        return None;
    }
    let classes: BTreeSet<Class> = wide.into_iter().flatten().copied().collect();
    Some(GrantRow {
        person,
        scope: GrantScope::Institution,
        classes: classes.into_iter().collect(),
    })
}

/// What a person newly holds of a case that becomes theirs, beside what they hold of every case; none if nothing.
#[must_use]
pub fn case_grant(
    profile: &Profile,
    person: PersonId,
    roles: &BTreeSet<Role>,
    case: CaseId,
) -> Option<GrantRow> {
    let classes: Vec<Class> = Class::ALL
        .iter()
        .copied()
        .filter(|class| right(profile, roles, *class).read == Reading::OwnCases)
        .collect();
    (!classes.is_empty()).then_some(GrantRow {
        person,
        scope: GrantScope::Case(case),
        classes,
    })
}

/// What whoever recorded an activity holds of it.
#[must_use]
pub fn activity_grant(person: PersonId, file: CaseId) -> GrantRow {
    GrantRow {
        person,
        scope: GrantScope::Case(file),
        classes: vec![Class::Activity],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::shipped;

    fn check(role: Role, class: Class, read: Reading, write: bool) {
        let profile = shipped().unwrap().remove(0);
        let expected = Right { read, write };
        assert_eq!(
            right(&profile, &BTreeSet::from([role]), class),
            expected,
            "{role} {class}"
        );
    }

    #[test]
    fn the_matrix_gives_what_section_9_says() {
        check(Role::Volunteer, Class::Record, Reading::OwnCases, true);
        check(Role::Volunteer, Class::Sessions, Reading::None, false);
        check(Role::SocialWorker, Class::Safety, Reading::OwnCases, true);
        check(Role::Psychologist, Class::Notes, Reading::OwnCases, true);
        check(
            Role::Psychologist,
            Class::Practitioner,
            Reading::None,
            false,
        );
        check(Role::Clergy, Class::Practitioner, Reading::OwnCases, true);
        check(Role::Clergy, Class::Record, Reading::None, false);
        check(Role::Clerk, Class::Intake, Reading::Institution, true);
        check(Role::Clerk, Class::Record, Reading::None, true);
        check(
            Role::HeadOfInstitution,
            Class::Record,
            Reading::Institution,
            true,
        );
        check(Role::HeadOfInstitution, Class::Notes, Reading::None, false);
        check(
            Role::HeadOfInstitution,
            Class::Practitioner,
            Reading::None,
            false,
        );
        check(Role::HeadOfOffice, Class::Intake, Reading::None, false);
        check(Role::Auditor, Class::Intake, Reading::None, false);
        check(
            Role::HeadOfInstitution,
            Class::Links,
            Reading::Institution,
            true,
        );
        for role in [Role::SocialWorker, Role::Psychologist, Role::Clerk] {
            check(role, Class::Links, Reading::None, false);
        }
    }

    #[test]
    fn an_index_of_cases_is_a_grant_without_documents() {
        let profile = shipped().unwrap().remove(0);
        let person = PersonId::from_bytes([1; 16]);
        let grant = |role| institution_grant(&profile, person, &BTreeSet::from([role]));
        assert_eq!(
            grant(Role::HeadOfOffice).map(|row| row.classes),
            Some(Vec::new())
        );
        assert_eq!(grant(Role::Volunteer), None);
    }
}
