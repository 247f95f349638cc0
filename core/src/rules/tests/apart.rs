//! What people find out apart from each other: a guardian in doubt, a hidden address, a finding after the signature, another
//! advice than the head's.

use super::*;
use crate::profile::words::Milestone;
use Role::*;

pub(super) fn signed(by: Signatory, assent: Option<bool>) -> Command {
    let guardian = (by != Signatory::Client).then(|| line("Bibi"));
    let Command::SignConsent(signed) = consent() else {
        unreachable!("a consent is a consent")
    };
    Command::SignConsent(SignConsent {
        signed_by: Some(by),
        guardian,
        assent,
        ..signed
    })
}

fn born(date: &str) -> Command {
    Command::EditIdentity(EditIdentity {
        basis: Some(line("akta")),
        supersedes: BTreeSet::new(),
        name: None,
        nik: None,
        family_card: None,
        birth_date: Some(line(date)),
        sex: None,
        address: None,
    })
}

pub(super) fn contest(signature: CommandId) -> Command {
    Command::ContestConsent(ContestConsent {
        signature,
        reason: prose(),
    })
}

/// Triaged and assigned in Cilegon, with papers; the client is 17 years and eleven months old.
pub(super) fn child() -> Story {
    let mut story = cilegon();
    story
        .ok(SocialWorker, approach())
        .ok(SocialWorker, triage(&[ServiceType::Counselling]))
        .ok(SocialWorker, assign(SocialWorker));
    story.ok(Clerk, paper("ktp")).ok(Clerk, paper("kk"));
    story.ok(Clerk, born("2008-11-05"));
    story
}

#[test]
fn f03_a_child_needs_a_guardian_and_is_asked() {
    let mut story = child();
    story.flagged(SocialWorker, consent(), &[Flag::GuardianMissing]);
    story.refused(
        SocialWorker,
        assess(AssessmentStage::InDepth),
        Refusal::ConsentMissing,
    );
    let guardian = |assent| signed(Signatory::Guardian, assent);
    story.flagged(SocialWorker, guardian(None), &[Flag::AssentMissing]);
    story.flagged(SocialWorker, guardian(Some(false)), &[Flag::AssentMissing]);
    story.ok(SocialWorker, guardian(Some(true)));
    story.ok(SocialWorker, assess(AssessmentStage::InDepth));
    story.replays();
    // A month later the client is of age and signs alone.
    let mut story = child();
    story.wait(31 * DAY).ok(SocialWorker, consent());
    // Of two birth dates the younger counts.
    story.ok(Clerk, born("2010-01-01"));
    story.flagged(SocialWorker, consent(), &[Flag::GuardianMissing]);
    story.replays();
}

#[test]
fn x22_a_guardian_in_doubt_does_not_consent() {
    let mut story = child();
    story.ok(SocialWorker, signed(Signatory::Guardian, Some(true)));
    let signature = story.last();
    story.ok(Volunteer, contest(signature));
    let state = story.state();
    assert!(state.flags.contains(&Flag::ConsentContested));
    assert!(state.fact_flags[&signature].contains(&Flag::ConsentContested));
    assert!(!state.milestones.contains_key(&Milestone::Consent));
    story.refused(
        SocialWorker,
        assess(AssessmentStage::InDepth),
        Refusal::ConsentContested,
    );
    // The child's safety does not wait for a signature.
    story.ok(Volunteer, raise(SafetyLevel::P1));
    story.ok(SocialWorker, refer());
    story.ok(SocialWorker, signed(Signatory::Official, Some(true)));
    assert!(!story.state().flags.contains(&Flag::ConsentContested));
    story.flagged(Volunteer, contest(id(99)), &[Flag::UnknownTarget]);
    story.replays();
}

#[test]
fn x13_a_hidden_address_stays_hidden_until_a_head_has_seen_every_reason() {
    let hide = || {
        Command::HideAddress(HideAddress {
            address: Some(line("rumah aman")),
            note: None,
        })
    };
    let show = |hides: &[CommandId]| {
        Command::ShowAddress(ShowAddress {
            hides: hides.iter().copied().collect(),
            reason: line("sudah aman"),
        })
    };
    let is_hidden = |story: &Story| story.state().flags.contains(&Flag::AddressHidden);
    let mut story = cilegon_ready();
    story.refused(HeadOfInstitution, show(&[id(99)]), Refusal::UnknownTarget);
    story.ok(SocialWorker, hide());
    let first = story.last();
    story.ok(Volunteer, hide());
    let second = story.last();
    story.refused(SocialWorker, show(&[first]), Refusal::RoleNotAllowed);
    story.ok(HeadOfInstitution, show(&[first]));
    assert!(is_hidden(&story));
    story.ok(HeadOfInstitution, show(&[first, second]));
    assert!(!is_hidden(&story));
    story.replays();
}

#[test]
fn x38_a_finding_after_the_signature_asks_for_a_new_assessment() {
    let find = |assessment| {
        Command::AddFinding(AddFinding {
            text: prose(),
            assessment,
        })
    };
    let is_open = |story: &Story| story.state().flags.contains(&Flag::AddendumOpen);
    let mut story = cilegon_ready();
    story.ok(SocialWorker, find(None));
    story.ok(SocialWorker, assess(AssessmentStage::InDepth));
    let assessment = story.last();
    assert!(!is_open(&story));
    story.ok(Psychologist, find(Some(assessment)));
    assert!(is_open(&story));
    story.flagged(Psychologist, find(Some(id(99))), &[Flag::UnknownTarget]);
    story.ok(SocialWorker, assess(AssessmentStage::InDepth));
    assert!(!is_open(&story));
    story.replays();
}

#[test]
fn x39_each_screening_counts_for_itself_and_a_thought_of_death_raises_safety() {
    let screen = |self_harm| {
        Command::RecordScreening(RecordScreening {
            instrument: "srq_20".parse().unwrap(),
            score: Some(7),
            self_harm,
            note: None,
        })
    };
    let mut story = Story::new("tarakan-rujukan-stres-2025");
    story.ok(Clerk, register());
    story.ok(SocialWorker, screen(true));
    let raised = story.last();
    story.ok(Counsellor, screen(false));
    assert_eq!(story.state().safety, SafetyLevel::P2);
    let lower = Command::LowerSafety(LowerSafety {
        raises: BTreeSet::from([raised]),
        reason: line("sudah ditangani"),
    });
    story.ok(DivisionHead, lower);
    assert_eq!(story.state().safety, SafetyLevel::P3);
    story.replays();
}

fn advice(story: &Story, base: DecisionCount) -> LogEntry {
    let text = prose();
    let recommendation = Recommendation::Continue;
    let summary = Command::WriteSummary(WriteSummary {
        text,
        recommendation,
    });
    let mut summary = story.draft(Psychologist, summary);
    summary.base = base;
    summary
}

/// A referral, and the advice of a psychologist who had not seen it.
pub(super) fn questioned() -> (Story, CommandId, CommandId) {
    let mut story = cilegon_ready();
    let unseen = story.state().decisions;
    story.ok(SocialWorker, refer());
    let referral = story.last();
    let unknowing = advice(&story, unseen);
    story.push(unknowing);
    let advised = story.last();
    (story, referral, advised)
}

#[test]
fn x29_an_advice_that_had_not_seen_the_referral_holds_its_letter_for_a_working_day() {
    let (mut story, referral, advised) = questioned();
    let reviews = story.state().reviews;
    assert_eq!(reviews.len(), 1);
    assert_eq!(reviews[0].command, advised);
    assert_eq!(reviews[0].reason, Review::ReferralQuestioned);
    story.refused(Clerk, issue(referral), Refusal::ReferralQuestioned);
    // Nobody answers until Tuesday is over.
    let (mut late, referral, _) = questioned();
    late.wait(2 * DAY).ok(Clerk, issue(referral));
    late.replays();
    // The head answers, and the letter goes out.
    story.ok(HeadOfInstitution, answer(advised, ReviewAnswer::Commit));
    story.ok(Clerk, issue(referral));
    story.replays();
}

#[test]
fn x29_who_knows_of_a_referral_may_advise_to_go_on_beside_it() {
    let mut story = cilegon_ready();
    story.ok(SocialWorker, refer());
    let knowing = advice(&story, story.state().decisions);
    assert_eq!(story.push(knowing), Verdict::Recorded(BTreeSet::new()));
    assert!(story.state().reviews.is_empty());
}

#[test]
fn a_case_about_a_colleague_is_decided_and_worked_by_others() {
    let declare = |role| {
        Command::DeclareConflict(DeclareConflict {
            person: person(role),
            reason: line("ipar klien"),
        })
    };
    let lift = |declared: &[CommandId]| {
        Command::LiftConflict(LiftConflict {
            declarations: declared.iter().copied().collect(),
            reason: line("salah orang"),
        })
    };
    let mut story = cilegon_ready();
    let to = |role| {
        Command::Reassign(Reassign {
            assignee: person(role),
            reason: line("cuti"),
        })
    };
    story.refused(HeadOfInstitution, lift(&[id(99)]), Refusal::UnknownTarget);
    story.ok(SocialWorker, declare(HeadOfInstitution));
    let first = story.last();
    story.ok(SocialWorker, declare(Psychologist));
    let second = story.last();
    assert_eq!(
        barred(&story.entries),
        BTreeSet::from([person(HeadOfInstitution), person(Psychologist)])
    );
    // Neither decides about it, nor lifts what concerns them; what they do is recorded all the same.
    story.refused(
        HeadOfInstitution,
        to(SocialWorker),
        Refusal::ConflictOfInterest,
    );
    story.refused(
        HeadOfInstitution,
        lift(&[first]),
        Refusal::ConflictOfInterest,
    );
    story.ok(HeadOfInstitution, raise(SafetyLevel::P2));
    story.replays();
    // Nobody gives the case to somebody from whom it is hidden.
    let mut story = cilegon_ready();
    story.ok(SocialWorker, declare(Psychologist));
    let second_alone = story.last();
    story.refused(
        HeadOfInstitution,
        to(Psychologist),
        Refusal::ConflictOfInterest,
    );
    story.refused(SocialWorker, lift(&[second_alone]), Refusal::RoleNotAllowed);
    story.ok(HeadOfInstitution, lift(&[second_alone]));
    assert_eq!(barred(&story.entries), BTreeSet::new());
    story.replays();
    assert_ne!(first, second);
}
