//! The acceptance checks that the published standards ask for (LK3.md section 14, as amended), by their numbers. Checks
//! 9 and 14 are the tables of `deadline`; 13 is the server's withholding; 15 is the scenarios and the simulator.

use super::*;
use crate::profile::words::Status;
use Role::*;

fn attempted(attendance: Attendance) -> Command {
    let mut attempted = session(None);
    if let Command::RecordSession(session) = &mut attempted {
        session.attendance = attendance;
    }
    attempted
}

fn due(story: &Story, clock: &str) -> Option<Timestamp> {
    let state = story.state();
    let clock = state.clocks.iter().find(|one| one.clock.as_str() == clock);
    clock.and_then(|clock| clock.due)
}

#[test]
fn check_01_cilegon_informs_without_papers_and_books_no_session_without_them() {
    let mut informed = Story::new("cilegon-lk3-2023");
    informed
        .ok(Volunteer, register())
        .ok(Volunteer, approach())
        .ok(Volunteer, triage(&[ServiceType::Information]));
    let closing = Command::CloseInformation(CloseInformation {
        note: line("alamat Dukcapil"),
    });
    informed.ok(Volunteer, closing);
    assert_eq!(informed.state().missing_papers, Vec::<String>::new());

    for lacking in ["ktp", "kk"] {
        let mut story = Story::new("cilegon-lk3-2023");
        story
            .ok(SocialWorker, register())
            .ok(SocialWorker, approach())
            .ok(SocialWorker, triage(&[ServiceType::Counselling]))
            // A4: no family stays without a worker for want of papers.
            .ok(SocialWorker, assign(SocialWorker))
            .ok(SocialWorker, consent());
        let other = if lacking == "ktp" { "kk" } else { "ktp" };
        story.ok(Clerk, paper(other));
        let booking = schedule(&story, Psychologist);
        story.refused(SocialWorker, booking, Refusal::DocsMissing);
        story.ok(Volunteer, raise(SafetyLevel::P1));
        let booking = schedule(&story, Psychologist);
        story.ok(SocialWorker, booking);
    }
}

#[test]
fn check_02_a_volunteer_triages_and_cares_afterwards_but_does_not_assess() {
    let mut story = Story::new("cilegon-lk3-2023");
    story
        .ok(Volunteer, register())
        .ok(Volunteer, approach())
        .ok(Volunteer, triage(&[ServiceType::Counselling]))
        .ok(SocialWorker, assign(SocialWorker))
        .ok(SocialWorker, consent())
        .refused(
            Volunteer,
            assess(AssessmentStage::InDepth),
            Refusal::RoleNotAllowed,
        )
        .ok(SocialWorker, assess(AssessmentStage::InDepth))
        .ok(HeadOfInstitution, terminate(EndingReason::Moved));
    let care = Command::RecordAftercare(RecordAftercare {
        note: prose(),
        reopen_needed: false,
    });
    story.ok(Volunteer, care);
}

#[test]
fn check_03_cilegon_ends_without_a_plan_after_a_single_session_only() {
    for (sessions, ends) in [(1, true), (2, false)] {
        let mut story = cilegon_ready();
        hold_sessions(&mut story, SocialWorker, Psychologist, sessions);
        let met = terminate(EndingReason::GoalsMet);
        if ends {
            story.ok(HeadOfInstitution, met);
        } else {
            story.refused(HeadOfInstitution, met, Refusal::PlanMissing);
        }
    }
}

#[test]
fn check_04_mataram_takes_a_report_without_papers_and_books_no_session_without_them() {
    let mut report = register();
    if let Command::Register(register) = &mut report {
        register.channel = c::Channel::Instagram;
        register.name = None;
    }
    let mut story = Story::new("mataram-lk3");
    story
        .ok(Clerk, report)
        .ok(Clerk, assign(SocialWorker))
        .ok(SocialWorker, visit())
        .ok(SocialWorker, consent());
    for requirement in ["data_klien", "ktp_or_kia", "kk"] {
        let booking = schedule(&story, Psychologist);
        story.refused(SocialWorker, booking, Refusal::DocsMissing);
        story.ok(Clerk, paper(requirement));
    }
    // A session that took place all the same is a fact.
    story.flagged(Psychologist, session(None), &[Flag::DocsMissing]);
    let booking = schedule(&story, Psychologist);
    story.refused(SocialWorker, booking, Refusal::DocsMissing);
    let waive = |reason: &str| {
        Command::WaiveDocument(WaiveDocument {
            requirement: "domisili".parse().unwrap(),
            reason: line(reason),
        })
    };
    story.refused(HeadOfInstitution, waive("kenalan"), Refusal::ReasonInvalid);
    story.ok(HeadOfInstitution, waive("darurat: tinggal di rumah aman"));
    story.wait(HOUR);
    let booking = schedule(&story, Psychologist);
    story.ok(SocialWorker, booking);
}

#[test]
fn check_05_mataram_counts_the_sessions_that_a_psychologist_held() {
    let mut story = mataram_ready();
    let by_social_worker = schedule(&story, SocialWorker);
    story.refused(SocialWorker, by_social_worker, Refusal::RoleNotAllowed);
    story.flagged(SocialWorker, session(None), &[Flag::RoleNotAllowed]);
    story.wait(DAY);
    hold_sessions(&mut story, Psychologist, Psychologist, 1);
    story.ok(Psychologist, attempted(Attendance::NoShow));
    assert_eq!(story.state().sessions.len(), 2);
    let mut met = terminate(EndingReason::GoalsMet);
    story.refused(HeadOfInstitution, met.clone(), Refusal::TooFewSessions);
    hold_sessions(&mut story, Psychologist, Psychologist, 2);
    story.flagged(Psychologist, session(None), &[Flag::ExceedsMax]);
    if let Command::Terminate(termination) = &mut met {
        termination.early_reason = Some(line("goals_met"));
    }
    let mut early = Story::new("mataram-lk3");
    early
        .ok(Clerk, register())
        .ok(Clerk, assign(SocialWorker))
        .ok(SocialWorker, visit())
        .ok(HeadOfInstitution, met);
}

#[test]
fn check_06_the_clocks_of_mataram_chain_to_seven_working_days() {
    let mut story = Story::new("mataram-lk3");
    let reported: Timestamp = "2026-10-05T09:00:00+08:00".parse().unwrap();
    let mut report = register();
    if let Command::Register(register) = &mut report {
        register.report_received_at = Some(reported);
    }
    let at = |instant: &str| -> Timestamp { instant.parse().unwrap() };
    let step = |story: &mut Story, role, command, when: &str| {
        story.now = at(when);
        story.ok(role, command);
    };
    // Each step is done exactly when it is due.
    step(&mut story, Clerk, report, "2026-10-06T16:00:00+08:00");
    assert_eq!(
        due(&story, "pendataan"),
        Some(at("2026-10-06T16:00:00+08:00"))
    );
    let assignment = assign(SocialWorker);
    step(&mut story, Clerk, assignment, "2026-10-07T16:00:00+08:00");
    step(
        &mut story,
        SocialWorker,
        visit(),
        "2026-10-12T16:00:00+08:00",
    );
    story.ok(SocialWorker, consent());
    step(
        &mut story,
        SocialWorker,
        plan(&[SocialWorker, Psychologist]),
        "2026-10-13T16:00:00+08:00",
    );
    step(
        &mut story,
        SocialWorker,
        refer(),
        "2026-10-13T16:00:00+08:00",
    );
    // 1 + 1 + 3 + 1 + 1 working days from Monday the 5th.
    assert_eq!(
        due(&story, "rujukan"),
        Some(at("2026-10-14T16:00:00+08:00"))
    );
    for clock in story.state().clocks.iter().take(4) {
        assert_eq!(clock.outcome, ClockOutcome::OnTime, "{}", clock.clock);
    }
}

#[test]
fn check_07_karangasem_goes_on_without_papers() {
    let mut story = Story::new("karangasem-lk3");
    story.ok(Secretary, register());
    for requirement in ["kk", "ktp"] {
        let mut absent = paper(requirement);
        if let Command::SightDocument(paper) = &mut absent {
            paper.state = PaperState::Absent;
        }
        story.ok(Secretary, absent);
    }
    story
        .ok(HeadOfInstitution, assign(Psychologist))
        .ok(Psychologist, consent());
    hold_sessions(&mut story, Psychologist, Psychologist, 1);
    assert_eq!(story.state().missing_papers, Vec::<String>::new());
}

#[test]
fn check_08_in_karangasem_the_head_assigns_and_refers_after_a_report() {
    let mut story = Story::new("karangasem-lk3");
    story
        .ok(Secretary, register())
        .refused(Secretary, assign(Psychologist), Refusal::RoleNotAllowed)
        .ok(HeadOfInstitution, assign(Psychologist))
        .ok(Psychologist, consent())
        .refused(HeadOfInstitution, refer(), Refusal::ReportMissing);
    hold_sessions(&mut story, Psychologist, Psychologist, 1);
    let met = terminate(EndingReason::GoalsMet);
    story.refused(HeadOfInstitution, met, Refusal::ReportMissing);
    story.refused(Secretary, issue(id(99)), Refusal::UnknownTarget);
    story.ok(Psychologist, report());
    story.ok(HeadOfInstitution, refer());
    let referral = story.last();
    story.ok(Secretary, issue(referral));
}

#[test]
fn check_10_tarakan_closes_with_contract_and_report_and_stops_at_contract_and_schedule() {
    let mut story = Story::new("tarakan-rujukan-stres-2025");
    story
        .ok(Clerk, register())
        .ok(Clerk, paper("formulir_layanan_sosial"))
        .ok(Clerk, paper("ktp"))
        .ok(DivisionHead, assign(SocialWorker))
        .ok(SocialWorker, assess(AssessmentStage::Screening))
        .ok(SocialWorker, consent());
    let one_day = |story: &Story| {
        let state = story.state();
        let clock = state
            .clocks
            .iter()
            .find(|one| one.clock.as_str() == "satu_hari");
        clock.unwrap().outcome
    };
    let booking = schedule(&story, Counsellor);
    story.refused(SocialWorker, booking, Refusal::ContractMissing);
    story.ok(Counsellor, contract());
    assert_eq!(one_day(&story), ClockOutcome::Running);
    let booking = schedule(&story, Counsellor);
    story.ok(SocialWorker, booking);
    assert_eq!(one_day(&story), ClockOutcome::OnTime);
    let appointment = story.last();
    story.wait(HOUR).ok(Counsellor, session(Some(appointment)));
    let met = || terminate(EndingReason::GoalsMet);
    story.refused(DivisionHead, met(), Refusal::AssessmentMissing);
    story.ok(Counsellor, assess(AssessmentStage::InDepth));
    story.ok(DivisionHead, met());
}

#[test]
fn check_11_kaltim_asks_for_identity_consent_letters_and_two_yeses() {
    let mut story = Story::new("kaltim-puspaga");
    story.ok(Admin, register());
    let booking = schedule(&story, Psychologist);
    story.refused(Admin, booking, Refusal::ConsentMissing);
    story.ok(Admin, consent());
    let booking = schedule(&story, Psychologist);
    story.refused(Admin, booking, Refusal::DocsMissing);
    story.ok(Admin, paper("identitas"));
    let mut one_sided = schedule(&story, Psychologist);
    if let Command::ScheduleSession(booking) = &mut one_sided {
        booking.both_agreed = false;
    }
    story.refused(Admin, one_sided, Refusal::NotAgreed);
    let booking = schedule(&story, Psychologist);
    story.ok(Admin, booking);

    let mut referred = register();
    if let Command::Register(register) = &mut referred {
        register.channel = c::Channel::ReferredIn;
    }
    let mut story = Story::new("kaltim-puspaga");
    story.ok(Admin, referred);
    assert!(story.state().flags.contains(&Flag::MissingDocs));
    story.refused(Admin, assign(Psychologist), Refusal::DocsMissing);
    story.ok(Admin, paper("surat_asal"));
    story.refused(Admin, assign(Psychologist), Refusal::DocsMissing);
    story.ok(Admin, paper("kronologis"));
    story.ok(Admin, assign(Psychologist));
    assert_eq!(story.state().status, Status::Assigned);

    // Violence is another office's matter: a referral is proposed, and nobody closes with information only.
    let mut violent = triage(&[ServiceType::Information]);
    if let Command::Triage(triage) = &mut violent {
        triage.categories = Some(BTreeSet::from([Category::DomesticPhysical]));
    }
    let mut story = Story::new("kaltim-puspaga");
    story.ok(Admin, register()).ok(Admin, violent);
    let flags = story.state().flags;
    assert!(flags.contains(&Flag::OutOfAuthority) && flags.contains(&Flag::DangerSign));
    let closing = Command::CloseInformation(CloseInformation { note: line("…") });
    story.refused(Admin, closing, Refusal::SafetyOpen);
}

#[test]
fn check_12_nobody_can_pay() {
    for profile in shipped().unwrap() {
        assert_eq!(profile.fee, 0, "{}", profile.id);
    }
    let words = ["fee", "price", "pay", "cost", "amount", "tarif", "biaya"];
    for kind in CommandKind::ALL {
        for field in kind.fields() {
            let is_money = words.iter().any(|word| field.key.contains(word));
            assert!(!is_money, "{kind}: {}", field.key);
        }
    }
}

#[test]
fn information_alone_ends_a_case_in_every_profile() {
    for profile in shipped().unwrap() {
        let role = |kind: CommandKind| {
            let transition = profile.transition(kind).unwrap();
            *transition.roles.first().unwrap()
        };
        let (registrar, informant) = (
            role(CommandKind::Register),
            role(CommandKind::CloseInformation),
        );
        let mut story = Story::with(profile.clone());
        story.ok(registrar, register());
        let closing = Command::CloseInformation(CloseInformation { note: line("…") });
        story.ok(informant, closing);
        assert_eq!(
            story.state().closure,
            Some(EndingReason::InformationOnly),
            "{}",
            profile.id
        );
    }
}

#[test]
fn the_plans_own_date_is_the_soft_target() {
    for (profile, clock, worker) in [
        ("cilegon-lk3-2023", "plan_target", SocialWorker),
        ("karangasem-lk3", "tindak_lanjut", Psychologist),
    ] {
        let mut story = Story::new(profile);
        let target = story.now.plus_millis(30 * DAY);
        let registrar = if worker == SocialWorker {
            SocialWorker
        } else {
            Secretary
        };
        story.ok(registrar, register());
        story
            .ok(HeadOfInstitution, assign(worker))
            .ok(worker, consent());
        let mut agreed = plan(&[worker, Psychologist, HeadOfInstitution]);
        if let Command::AgreePlan(plan) = &mut agreed {
            plan.target_at = Some(target);
        }
        story.act(worker, agreed);
        assert_eq!(due(&story, clock), Some(target), "{profile}");
    }
}
