//! Every refusal is reached, by the shortest way to it.

use std::cell::RefCell;

mod endings;
mod intake;
mod sessions;

use super::versions::version_of;
use super::*;
use Role::*;

thread_local! {
    static REACHED: RefCell<BTreeSet<Refusal>> = const { RefCell::new(BTreeSet::new()) };
}

#[track_caller]
fn refuse(story: &mut Story, role: Role, command: Command, code: Refusal) {
    story.refused(role, command, code);
    story.replays();
    REACHED.with_borrow_mut(|reached| reached.insert(code));
}

/// Cilegon's profile with other needs of `agree_plan`.
fn plan_needs(milestone: &str) -> Story {
    let text = crate::profile::shipped_files()[0].toml.to_owned();
    let line = text
        .lines()
        .find(|line| line.starts_with("agree_plan"))
        .unwrap()
        .to_owned();
    let changed = line.replace("offline", &format!("needs = [\"{milestone}\"], offline"));
    let profile = Profile::parse(&text.replace(&line, &changed)).unwrap();
    let mut story = Story::with(profile);
    story.ok(SocialWorker, register());
    story
}

#[test]
fn every_refusal_has_its_way() {
    roles_and_places();
    targets_and_reasons();
    consent_and_papers();
    danger_and_consent();
    letters_and_consent();
    milestones();
    reports_and_contracts();
    sessions::sessions_and_plans();
    sessions::limits_of_sessions();
    sessions::bookings_elsewhere();
    endings::information_and_safety();
    endings::endings();
    endings::slips_and_duplicates();
    restrictions();
    conflicts();
    intake::registrations();
    intake::areas();
    versions();
    intake::problems();
    doubts();
    let reached = REACHED.with_borrow(BTreeSet::clone);
    let missed: Vec<_> = Refusal::ALL
        .iter()
        .filter(|code| !reached.contains(code))
        .collect();
    assert_eq!(missed, Vec::<&Refusal>::new());
}

/// Whoever has a conflict of interest decides nothing, and nobody gives them the case.
fn conflicts() {
    let mut story = cilegon_ready();
    story.ok(
        SocialWorker,
        Command::DeclareConflict(DeclareConflict {
            person: person(HeadOfInstitution),
            reason: line("ipar klien"),
        }),
    );
    let lift = Command::LiftConflict(LiftConflict {
        declarations: BTreeSet::from([story.last()]),
        reason: line("salah orang"),
    });
    refuse(
        &mut story,
        HeadOfInstitution,
        lift,
        Refusal::ConflictOfInterest,
    );
}

/// A move is forward, to a version that there is, and not while a head is still asked something.
fn versions() {
    let mut story = cilegon();
    story.versions = vec![version_of(&story.profile, 2, str::to_owned)];
    let to = |version| {
        Command::MoveProfile(MoveProfile {
            version,
            reason: line("SK baru"),
        })
    };
    refuse(&mut story, SocialWorker, to(2), Refusal::RoleNotAllowed);
    refuse(&mut story, HeadOfInstitution, to(3), Refusal::UnknownTarget);
    story.waits(
        SocialWorker,
        terminate(EndingReason::ClientWithdrew),
        Review::AwaitingHead,
    );
    let asked = story.last();
    refuse(&mut story, HeadOfInstitution, to(2), Refusal::ReviewOpen);
    story.ok(HeadOfInstitution, answer(asked, ReviewAnswer::Refuse));
    story.ok(HeadOfInstitution, to(2));
    refuse(&mut story, HeadOfInstitution, to(2), Refusal::NoEffect);
    story.ok(HeadOfInstitution, terminate(EndingReason::Moved));
    story.ok(HeadOfInstitution, close());
    refuse(&mut story, HeadOfInstitution, to(2), Refusal::WrongStatus);
}

fn roles_and_places() {
    let text = crate::profile::shipped_files()[2].toml;
    let text = text.replace(
        "start_monitoring = { roles",
        "start_monitoring = { enabled = false, roles",
    );
    let mut story = Story::with(Profile::parse(&text).unwrap());
    story.ok(Secretary, register());
    refuse(&mut story, Psychologist, monitor(), Refusal::NotOffered);
    refuse(
        &mut story,
        Secretary,
        assign(Psychologist),
        Refusal::RoleNotAllowed,
    );

    let mut late = story.draft(HeadOfInstitution, assign(Psychologist));
    late.recorded_at = late.received_at.plus_millis(-HOUR);
    assert_eq!(story.push(late), Verdict::Refused(Refusal::OnlineOnly));
    REACHED.with_borrow_mut(|reached| reached.insert(Refusal::OnlineOnly));

    let mut story = cilegon_ready();
    story.ok(SocialWorker, refer());
    let mut late = story.draft(Clerk, issue(story.last()));
    late.recorded_at = late.received_at.plus_millis(-HOUR);
    assert_eq!(
        story.push(late),
        Verdict::Refused(Refusal::NumberOnlineOnly)
    );
    REACHED.with_borrow_mut(|reached| reached.insert(Refusal::NumberOnlineOnly));

    refuse(&mut story, SocialWorker, register(), Refusal::WrongStatus);
    refuse(
        &mut story,
        SocialWorker,
        assign(SocialWorker),
        Refusal::WrongStatus,
    );
    refuse(&mut story, Clerk, close(), Refusal::WrongStatus);
    // A social worker does not lead a session of Mataram's psychologists.
    let mut story = mataram_ready();
    let booking = schedule(&story, SocialWorker);
    refuse(&mut story, SocialWorker, booking, Refusal::RoleNotAllowed);
}

fn targets_and_reasons() {
    let mut story = cilegon_ready();
    let waiver = |requirement: &str| {
        let requirement = requirement.parse().unwrap();
        Command::WaiveDocument(WaiveDocument {
            requirement,
            reason: line("hilang"),
        })
    };
    refuse(
        &mut story,
        HeadOfInstitution,
        waiver("npwp"),
        Refusal::UnknownTarget,
    );
    refuse(&mut story, Clerk, issue(id(99)), Refusal::UnknownTarget);
    let lower = |raise| {
        let raises = BTreeSet::from([raise]);
        Command::LowerSafety(LowerSafety {
            raises,
            reason: line("aman"),
        })
    };
    refuse(
        &mut story,
        HeadOfInstitution,
        lower(id(1)),
        Refusal::UnknownTarget,
    );
    let nothing = answer(id(1), ReviewAnswer::Commit);
    refuse(
        &mut story,
        HeadOfInstitution,
        nothing,
        Refusal::ReviewClosed,
    );
    let wrong = terminate(EndingReason::InformationOnly);
    refuse(&mut story, HeadOfInstitution, wrong, Refusal::ReasonInvalid);
    let mut story = cilegon();
    let reject = |reason| {
        Command::RejectOutOfScope(RejectOutOfScope {
            reason,
            note: line("ke dinas lain"),
        })
    };
    refuse(
        &mut story,
        HeadOfInstitution,
        reject(EndingReason::Moved),
        Refusal::ReasonInvalid,
    );

    let mut story = cilegon();
    story.waits(Clerk, reject(EndingReason::OutOfArea), Review::AwaitingHead);
    let proposal = story.last();
    story.ok(HeadOfInstitution, answer(proposal, ReviewAnswer::Refuse));
    let refused = story
        .entries
        .iter()
        .find(|entry| entry.entry.id == proposal);
    let verdict = refused.unwrap().verdict.clone();
    assert_eq!(verdict, Some(Verdict::Refused(Refusal::RefusedInReview)));
    REACHED.with_borrow_mut(|reached| reached.insert(Refusal::RefusedInReview));
    story.replays();
}

fn consent_and_papers() {
    let mut story = cilegon();
    refuse(
        &mut story,
        SocialWorker,
        triage(&[]),
        Refusal::ApproachMissing,
    );
    let booking = schedule(&story, Psychologist);
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::ConsentMissing,
    );
    story.ok(SocialWorker, consent());
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::DocsMissing,
    );
    story.ok(Clerk, paper("ktp"));
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::DocsMissing,
    );
    let kk = WaiveDocument {
        requirement: "kk".parse().unwrap(),
        reason: line("terbakar"),
    };
    story.waits(
        Clerk,
        Command::WaiveDocument(kk.clone()),
        Review::AwaitingHead,
    );
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::DocsMissing,
    );
    story.ok(HeadOfInstitution, Command::WaiveDocument(kk));
    story.ok(Volunteer, withdraw());
    let withdrawal = story.last();
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::ConsentWithdrawn,
    );
    // Signed apart from the withdrawal: it stays taken back until a signature names it.
    story.ok(SocialWorker, consent());
    refuse(
        &mut story,
        SocialWorker,
        booking.clone(),
        Refusal::ConsentWithdrawn,
    );
    let mut seen = consent();
    if let Command::SignConsent(seen) = &mut seen {
        seen.after_withdrawals = BTreeSet::from([withdrawal]);
    }
    story.ok(SocialWorker, seen).ok(SocialWorker, booking);
}

fn danger_and_consent() {
    // Danger passes the gates, but never a withdrawal.
    let mut story = cilegon();
    story.ok(Volunteer, raise(SafetyLevel::P1));
    let booking = schedule(&story, Psychologist);
    story
        .ok(SocialWorker, booking.clone())
        .ok(Volunteer, withdraw());
    refuse(&mut story, SocialWorker, booking, Refusal::ConsentWithdrawn);
}

fn letters_and_consent() {
    // X19: the consent was taken back between the decision and the letter.
    let mut story = cilegon_ready();
    story.ok(SocialWorker, refer());
    let referral = story.last();
    story.ok(Volunteer, withdraw());
    refuse(
        &mut story,
        Clerk,
        issue(referral),
        Refusal::ConsentWithdrawn,
    );
    let mut by_duty = refer();
    if let Command::DecideReferral(referral) = &mut by_duty {
        referral.recipient = line("Polres");
        referral.legal_basis = Some(line("UU 12/2022"));
    }
    story
        .waits(SocialWorker, by_duty.clone(), Review::AwaitingHead)
        .ok(HeadOfInstitution, by_duty);
    let referral = story.last();
    story.ok(Clerk, issue(referral));

    // A consent to one recipient is none to another.
    let mut story = cilegon();
    story
        .ok(SocialWorker, approach())
        .ok(SocialWorker, triage(&[ServiceType::Referral]));
    let mut elsewhere = consent();
    if let Command::SignConsent(consent) = &mut elsewhere {
        consent.recipient = Some(line("RSUD"));
    }
    story.ok(SocialWorker, elsewhere);
    refuse(&mut story, SocialWorker, refer(), Refusal::ConsentMissing);
}

fn milestones() {
    let rows = [
        ("needs", Refusal::NeedsMissing),
        ("visit", Refusal::VisitMissing),
        ("session", Refusal::SessionMissing),
        ("referral_issued", Refusal::ReferralMissing),
        ("screening", Refusal::AssessmentMissing),
    ];
    for (milestone, code) in rows {
        let mut story = plan_needs(milestone);
        refuse(
            &mut story,
            SocialWorker,
            plan(&[SocialWorker, Psychologist]),
            code,
        );
    }

    let mut story = cilegon_ready();
    story.ok(SocialWorker, visit());
    let met = terminate(EndingReason::GoalsMet);
    refuse(
        &mut story,
        HeadOfInstitution,
        met.clone(),
        Refusal::PlanMissing,
    );
    story
        .ok(SocialWorker, plan(&[SocialWorker, Psychologist]))
        .ok(SocialWorker, refer());
    let referral = story.last();
    story.ok(Clerk, issue(referral));
    refuse(
        &mut story,
        HeadOfInstitution,
        met.clone(),
        Refusal::MonitoringMissing,
    );
    story
        .ok(SocialWorker, monitor())
        .ok(HeadOfInstitution, met.clone());
    let unasked = Command::Close(Close {
        survey_offered: false,
    });
    refuse(&mut story, Clerk, unasked, Refusal::SurveyMissing);
}

fn reports_and_contracts() {
    let met = terminate(EndingReason::GoalsMet);
    let mut story = Story::new("karangasem-lk3");
    story
        .ok(Secretary, register())
        .ok(HeadOfInstitution, assign(Psychologist));
    story.ok(Psychologist, consent()).ok(Psychologist, visit());
    refuse(
        &mut story,
        HeadOfInstitution,
        met.clone(),
        Refusal::ReportMissing,
    );
    refuse(
        &mut story,
        HeadOfInstitution,
        refer(),
        Refusal::ReportMissing,
    );

    let mut story = Story::new("tarakan-rujukan-stres-2025");
    story
        .ok(Clerk, register())
        .ok(DivisionHead, assign(Counsellor))
        .ok(Counsellor, consent());
    story.ok(Counsellor, visit());
    refuse(
        &mut story,
        DivisionHead,
        met.clone(),
        Refusal::ContractMissing,
    );
    story.ok(Counsellor, contract());
    refuse(&mut story, DivisionHead, met, Refusal::AssessmentMissing);
}

fn restrictions() {
    let mut story = cilegon_ready();
    let reason = || line("permintaan klien 3 Oktober");
    let restrict = || Command::Restrict(Restrict { reason: reason() });
    let lift = || Command::LiftRestriction(LiftRestriction { reason: reason() });
    refuse(&mut story, HeadOfInstitution, lift(), Refusal::NoEffect);
    story.ok(HeadOfInstitution, restrict());
    refuse(&mut story, HeadOfInstitution, restrict(), Refusal::NoEffect);
    refuse(&mut story, SocialWorker, refer(), Refusal::Restricted);
    story.flagged(SocialWorker, visit(), &[Flag::Restricted]);
    assert!(story.state().flags.contains(&Flag::Restricted));
    // Danger goes first.
    story.ok(Volunteer, raise(SafetyLevel::P1));
    story.ok(SocialWorker, refer());
    story.wait(DAY).ok(SocialWorker, visit());
    story.ok(HeadOfInstitution, lift());
    story.replays();
}

fn doubts() {
    let mut story = apart::child();
    let signed = apart::signed(Signatory::Guardian, Some(true));
    story.ok(SocialWorker, signed);
    let contest = apart::contest(story.last());
    story.ok(Volunteer, contest);
    refuse(
        &mut story,
        SocialWorker,
        assess(AssessmentStage::InDepth),
        Refusal::ConsentContested,
    );
    let (mut story, referral, _) = apart::questioned();
    refuse(
        &mut story,
        Clerk,
        issue(referral),
        Refusal::ReferralQuestioned,
    );
}
