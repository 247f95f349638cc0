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

pub(super) fn slips_and_duplicates() {
    let void = || {
        Command::VoidRegistration(VoidRegistration {
            reason: line("salah tekan"),
        })
    };
    let mut story = cilegon();
    story.ok(Volunteer, approach());
    refuse(&mut story, HeadOfInstitution, void(), Refusal::OthersWorked);
    let mut story = cilegon();
    story.waits(SocialWorker, void(), Review::AwaitingHead);
    let slip = story.last();
    story.ok(HeadOfInstitution, answer(slip, ReviewAnswer::Commit));
    assert_eq!(story.state().closure, Some(EndingReason::RegisteredInError));

    for reason in [EndingReason::DuplicateOf, EndingReason::RegisteredInError] {
        let mut story = cilegon_ready();
        let ending = terminate(reason);
        refuse(
            &mut story,
            HeadOfInstitution,
            ending,
            Refusal::ReasonInvalid,
        );
    }
    let mut story = cilegon_ready();
    let itself = Command::MarkDuplicate(MarkDuplicate {
        of: CaseId::from(id(1)),
        reason: line("NIK sama"),
    });
    refuse(
        &mut story,
        HeadOfInstitution,
        itself,
        Refusal::UnknownTarget,
    );
    let undo = Command::UndoDuplicate(UndoDuplicate {
        reason: line("dua keluarga"),
    });
    refuse(&mut story, HeadOfInstitution, undo, Refusal::WrongStatus);
}
