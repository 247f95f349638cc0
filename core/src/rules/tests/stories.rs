//! The main path of each profile, from registration to the closed file.

use super::*;
use crate::profile::words::{Milestone, Status};
use Role::*;

#[track_caller]
fn ends_closed(story: &Story, reason: EndingReason) {
    let state = story.state();
    assert_eq!(
        (state.status, state.closure),
        (Status::Closed, Some(reason))
    );
    assert_eq!(state.reviews, vec![]);
    assert_eq!(state.fact_flags, BTreeMap::new());
    story.replays();
}

/// The outcome of a clock.
#[track_caller]
fn outcome(story: &Story, clock: &str) -> ClockOutcome {
    let state = story.state();
    let found = state
        .clocks
        .iter()
        .find(|state| state.clock.as_str() == clock);
    found
        .unwrap_or_else(|| panic!("{clock} never started"))
        .outcome
}

#[test]
fn cilegon_counsels_plans_refers_and_follows() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(Volunteer, register()).ok(Volunteer, approach());
    story.ok(
        Volunteer,
        triage(&[ServiceType::Counselling, ServiceType::Referral]),
    );
    assert_eq!(story.state().missing_papers, ["ktp", "kk"]);
    story.ok(SocialWorker, assign(SocialWorker));
    story
        .ok(SocialWorker, paper("ktp"))
        .ok(Clerk, paper("kk"))
        .ok(SocialWorker, consent());
    assert_eq!(story.state().status, Status::Assigned);
    story.ok(SocialWorker, visit());
    assert_eq!(story.state().status, Status::Intervening);
    story.ok(SocialWorker, assess(AssessmentStage::InDepth));
    hold_sessions(&mut story, SocialWorker, Psychologist, 2);
    story.ok(SocialWorker, plan(&[SocialWorker, Psychologist]));
    assert_eq!(outcome(&story, "first_outcome"), ClockOutcome::OnTime);
    story.ok(SocialWorker, refer());
    let referral = story.last();
    story.ok(Clerk, issue(referral));
    let reply = RecordReply {
        referral,
        accepted: true,
        note: None,
    };
    story
        .ok(Clerk, Command::RecordReply(reply))
        .ok(SocialWorker, monitor());
    assert_eq!(story.state().status, Status::Monitoring);
    story.waits(
        SocialWorker,
        terminate(EndingReason::GoalsMet),
        Review::AwaitingHead,
    );
    let proposal = story.last();
    story.ok(HeadOfInstitution, answer(proposal, ReviewAnswer::Commit));
    assert_eq!(story.state().status, Status::Terminated);
    let aftercare = RecordAftercare {
        note: prose(),
        reopen_needed: false,
    };
    story
        .wait(DAY)
        .ok(Volunteer, Command::RecordAftercare(aftercare));
    assert_eq!(story.state().status, Status::Aftercare);
    story.ok(SocialWorker, close());
    assert_eq!(story.state().referrals[0].phase, ReferralPhase::Accepted);
    assert_eq!(story.state().sessions.len(), 2);
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn cilegon_informs_without_papers() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(Volunteer, register()).ok(Volunteer, approach());
    story.ok(Volunteer, triage(&[ServiceType::Information]));
    let note = CloseInformation {
        note: line("cara mengurus KIA"),
    };
    story.ok(Volunteer, Command::CloseInformation(note));
    assert_eq!(outcome(&story, "first_outcome"), ClockOutcome::OnTime);
    ends_closed(&story, EndingReason::InformationOnly);
}

#[test]
fn cilegon_ends_after_one_session_without_a_head() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(Clerk, register()).ok(SocialWorker, approach());
    story.ok(SocialWorker, triage(&[ServiceType::Counselling]));
    story
        .ok(SocialWorker, assign(SocialWorker))
        .ok(Clerk, paper("ktp"))
        .ok(Clerk, paper("kk"));
    story.ok(SocialWorker, consent());
    hold_sessions(&mut story, SocialWorker, Psychologist, 1);
    story
        .ok(SocialWorker, terminate(EndingReason::GoalsMet))
        .ok(Clerk, close());
    assert!(story.state().flags.contains(&Flag::SelfDecided));
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn mataram_reaches_out_and_counsels_three_times() {
    let mut story = Story::new("mataram-lk3");
    let mut report_came = register();
    if let Command::Register(register) = &mut report_came {
        register.report_received_at = Some(story.now.plus_millis(-HOUR));
    }
    story.ok(Clerk, report_came).ok(Clerk, assign(SocialWorker));
    story
        .wait(DAY)
        .ok(SocialWorker, visit())
        .ok(SocialWorker, assess(AssessmentStage::Initial));
    story.ok(SocialWorker, plan(&[SocialWorker, Psychologist]));
    for requirement in ["data_klien", "ktp_or_kia", "kk", "domisili"] {
        story.ok(SocialWorker, paper(requirement));
    }
    story.ok(SocialWorker, consent());
    hold_sessions(&mut story, Psychologist, Psychologist, 3);
    story.ok(Psychologist, refer());
    let referral = story.last();
    story.ok(Clerk, issue(referral));
    story
        .ok(HeadOfInstitution, terminate(EndingReason::GoalsMet))
        .ok(Clerk, close());
    for clock in [
        "pendataan",
        "serah_kasus",
        "penjangkauan",
        "konsultasi",
        "rujukan",
    ] {
        assert_eq!(outcome(&story, clock), ClockOutcome::OnTime, "{clock}");
    }
    assert_eq!(outcome(&story, "konseling"), ClockOutcome::NoDate);
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn karangasem_reports_to_its_head() {
    let mut story = Story::new("karangasem-lk3");
    story
        .ok(Secretary, register())
        .ok(HeadOfInstitution, assign(Psychologist));
    let informed = InformClient {
        channel: c::Channel::WalkIn,
        note: None,
    };
    story.ok(Secretary, Command::InformClient(informed));
    assert_eq!(outcome(&story, "respon_awal"), ClockOutcome::OnTime);
    assert_eq!(story.state().missing_papers, Vec::<String>::new());
    story.ok(Psychologist, consent());
    hold_sessions(&mut story, Secretary, Psychologist, 1);
    story
        .ok(Psychologist, report())
        .ok(HeadOfInstitution, refer());
    let referral = story.last();
    story.ok(Secretary, issue(referral));
    story
        .ok(HeadOfInstitution, terminate(EndingReason::GoalsMet))
        .ok(Secretary, close());
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn tarakan_screens_contracts_and_assesses() {
    let mut story = Story::new("tarakan-rujukan-stres-2025");
    story
        .ok(Clerk, register())
        .ok(Clerk, paper("formulir_layanan_sosial"));
    story
        .ok(Clerk, paper("ktp"))
        .ok(DivisionHead, assign(Counsellor));
    story.ok(SocialWorker, assess(AssessmentStage::Screening));
    story.ok(Counsellor, consent()).ok(Counsellor, contract());
    hold_sessions(&mut story, Counsellor, Counsellor, 1);
    assert_eq!(outcome(&story, "satu_hari"), ClockOutcome::OnTime);
    story.ok(Counsellor, assess(AssessmentStage::InDepth));
    assert_eq!(outcome(&story, "laporan_asesmen"), ClockOutcome::OnTime);
    story
        .ok(DivisionHead, terminate(EndingReason::GoalsMet))
        .ok(Clerk, close());
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn kaltim_takes_a_referral_in() {
    let mut story = Story::new("kaltim-puspaga");
    let mut referred = register();
    if let Command::Register(register) = &mut referred {
        register.channel = c::Channel::ReferredIn;
    }
    story
        .ok(HotlineAdmin, referred)
        .ok(Admin, triage(&[ServiceType::Counselling]));
    story.refused(Admin, assign(Psychologist), Refusal::DocsMissing);
    story
        .ok(Admin, paper("surat_asal"))
        .ok(Admin, paper("kronologis"));
    story
        .ok(Admin, assign(Psychologist))
        .ok(Admin, paper("identitas"))
        .ok(Admin, consent());
    hold_sessions(&mut story, Admin, Psychologist, 1);
    story.waits(
        Psychologist,
        terminate(EndingReason::GoalsMet),
        Review::AwaitingHead,
    );
    let proposal = story.last();
    story
        .ok(HeadOfInstitution, answer(proposal, ReviewAnswer::Commit))
        .ok(Admin, close());
    assert_eq!(outcome(&story, "triase"), ClockOutcome::OnTime);
    assert!(
        story
            .state()
            .milestones
            .contains_key(&Milestone::Termination)
    );
    ends_closed(&story, EndingReason::GoalsMet);
}

#[test]
fn a_death_ends_clocks_appointments_and_the_survey() {
    let mut story = Story::new("mataram-lk3");
    story.ok(Clerk, register()).ok(Clerk, assign(SocialWorker));
    story.ok(HeadOfInstitution, terminate(EndingReason::Deceased));
    assert_eq!(outcome(&story, "penjangkauan"), ClockOutcome::EndedByDeath);
    story.ok(
        Clerk,
        Command::Close(Close {
            survey_offered: false,
        }),
    );
    ends_closed(&story, EndingReason::Deceased);
}
