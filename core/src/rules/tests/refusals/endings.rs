//! Refusals around the ending of a case.

use super::*;

pub(super) fn information_and_safety() {
    let mut story = cilegon();
    story
        .ok(SocialWorker, approach())
        .ok(SocialWorker, triage(&[ServiceType::Counselling]));
    let informed = Command::CloseInformation(CloseInformation { note: line("…") });
    refuse(
        &mut story,
        SocialWorker,
        informed.clone(),
        Refusal::ServicesBeyondInformation,
    );
    let mut story = cilegon();
    story.ok(Volunteer, raise(SafetyLevel::P2));
    refuse(&mut story, Volunteer, informed, Refusal::SafetyOpen);
}

pub(super) fn endings() {
    let mut story = cilegon_ready();
    let mut unchecked = terminate(EndingReason::Moved);
    if let Command::Terminate(termination) = &mut unchecked {
        termination.safety_checked = false;
    }
    refuse(
        &mut story,
        HeadOfInstitution,
        unchecked,
        Refusal::SafetyUnchecked,
    );
    let unreachable = terminate(EndingReason::Unreachable);
    refuse(
        &mut story,
        SocialWorker,
        unreachable.clone(),
        Refusal::AttemptsMissing,
    );
    for place in [VisitPlace::Phone, VisitPlace::Phone, VisitPlace::Home] {
        let mut attempt = visit();
        if let Command::RecordVisit(attempt) = &mut attempt {
            (attempt.met, attempt.place) = (false, place);
        }
        story.wait(DAY).ok(SocialWorker, attempt);
    }
    story.ok(Volunteer, raise(SafetyLevel::P1));
    refuse(
        &mut story,
        SocialWorker,
        unreachable.clone(),
        Refusal::SafetyOpen,
    );
    let mut edit = EditIdentity {
        basis: None,
        supersedes: BTreeSet::new(),
        name: Some(line("Ibu Siti")),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    };
    story
        .ok(SocialWorker, Command::EditIdentity(edit.clone()))
        .ok(SocialWorker, refer());
    let referral = story.last();
    assert!(story.state().flags.contains(&Flag::IdentityConflict));
    refuse(
        &mut story,
        Clerk,
        issue(referral),
        Refusal::IdentityConflict,
    );
    edit.supersedes = story.entries.iter().map(|entry| entry.entry.id).collect();
    story
        .ok(SocialWorker, Command::EditIdentity(edit))
        .ok(Clerk, issue(referral));
    story.ok(HeadOfInstitution, unreachable);
    let reopen = Command::Reopen(Reopen {
        reason: line("kembali"),
    });
    story.wait(200 * DAY);
    refuse(
        &mut story,
        HeadOfInstitution,
        reopen,
        Refusal::ReopenTooLate,
    );
}
