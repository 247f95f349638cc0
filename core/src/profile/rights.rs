//! Whether those to whom a profile gives a power can use it: what they may read is told by the table of `grant`.

use std::collections::BTreeSet;

use super::Profile;
use super::fault::{Place, ProfileFault};
use crate::access::Reading;
use crate::class::Class;
use crate::command::CommandKind;
use crate::grant::right;

/// The powers of a head (amendment B1): decisions that somebody with them must take in every institution.
pub const HEAD_POWERS: &[CommandKind] = &[
    CommandKind::AnswerReview,
    CommandKind::WaiveDocument,
    CommandKind::Reassign,
    CommandKind::RejectOutOfScope,
    CommandKind::Terminate,
    CommandKind::Reopen,
    CommandKind::LowerSafety,
    CommandKind::CancelReferral,
    CommandKind::MarkDuplicate,
    CommandKind::UndoDuplicate,
    CommandKind::Restrict,
    CommandKind::LiftRestriction,
    CommandKind::VoidRegistration,
    CommandKind::MoveProfile,
    CommandKind::LiftConflict,
];

/// What a decision rests on: who takes it must be able to read these classes. A number, a booking and a file's closing
/// rest on rulings, which everybody has who holds anything of the case.
const RESTS_ON: &[(CommandKind, &[Class])] = &[
    (CommandKind::WaiveDocument, &[Class::Intake]),
    (CommandKind::Triage, &[Class::Intake]),
    (CommandKind::CloseInformation, &[Class::Intake]),
    (CommandKind::RejectOutOfScope, &[Class::Intake]),
    (CommandKind::Assign, &[Class::Intake]),
    (CommandKind::Reassign, &[Class::Intake]),
    (CommandKind::FinaliseAssessment, &[Class::Record]),
    (CommandKind::AgreePlan, &[Class::Record]),
    (CommandKind::DecideReferral, &[Class::Record]),
    (CommandKind::CancelReferral, &[Class::Record]),
    (CommandKind::StartMonitoring, &[Class::Record]),
    (CommandKind::StartAftercare, &[Class::Record]),
    (CommandKind::Terminate, &[Class::Record, Class::Sessions]),
    (CommandKind::ExtendSessions, &[Class::Sessions]),
    (CommandKind::Reopen, &[Class::Intake, Class::Record]),
    (CommandKind::LowerSafety, &[Class::Record]),
    (
        CommandKind::AnswerReview,
        &[Class::Intake, Class::Record, Class::Sessions],
    ),
    (CommandKind::MarkDuplicate, &[Class::Intake]),
    (CommandKind::UndoDuplicate, &[Class::Intake]),
    (CommandKind::Restrict, &[Class::Intake]),
    (CommandKind::LiftRestriction, &[Class::Intake]),
    (CommandKind::VoidRegistration, &[Class::Intake]),
    (CommandKind::MoveProfile, &[Class::Intake]),
    (CommandKind::LiftConflict, &[Class::Safety]),
];

/// The first power without a holder, or with one who cannot read what it rests on.
pub(super) fn check(profile: &Profile) -> Result<(), (Vec<Place>, ProfileFault)> {
    for kind in CommandKind::ALL {
        check_kind(profile, *kind).map_err(|fault| {
            let place = vec![Place::Key("transitions"), Place::Key(kind.code())];
            (place, fault)
        })?;
    }
    Ok(())
}

fn check_kind(profile: &Profile, kind: CommandKind) -> Result<(), ProfileFault> {
    let is_power = HEAD_POWERS.contains(&kind);
    let Some(line) = profile.transition(kind) else {
        return if is_power {
            Err(ProfileFault::PowerOff(kind))
        } else {
            Ok(())
        };
    };
    if is_power && line.roles.is_disjoint(&profile.powers.head) {
        return Err(ProfileFault::PowerWithoutHead(kind));
    }
    let rests_on = RESTS_ON.iter().find(|(named, _)| *named == kind);
    let classes = rests_on.map_or(&[][..], |(_, classes)| classes);
    for role in &line.roles {
        let alone = BTreeSet::from([*role]);
        let is_unread = |class: &&Class| right(profile, &alone, **class).read == Reading::None;
        if let Some(class) = classes.iter().find(is_unread) {
            return Err(ProfileFault::Unreadable(*role, kind, *class));
        }
    }
    Ok(())
}
