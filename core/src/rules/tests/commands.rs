//! Commands that came after the first stories: what the amendments ask for, one after the other.

use super::*;
use crate::profile::words::{Reminder, Status};
use Role::*;

fn register_by(channel: c::Channel) -> Command {
    let mut registration = register();
    if let Command::Register(register) = &mut registration {
        register.channel = channel;
    }
    registration
}

fn confirm() -> Command {
    Command::ConfirmRegistration(ConfirmRegistration {
        channel: c::Channel::Hotline,
        note: None,
    })
}

#[test]
fn a8_what_came_by_the_hotline_waits_for_a_worker() {
    let mut story = Story::new("kaltim-puspaga");
    let came_at = story.now;
    story.waits(
        HotlineAdmin,
        register_by(c::Channel::Hotline),
        Review::Unconfirmed,
    );
    assert_eq!(story.state().status, Status::Draft);
    story.refused(
        Admin,
        assign(Psychologist),
        Refusal::RegistrationUnconfirmed,
    );
    // Who took the call cannot say that somebody called back.
    story.refused(HotlineAdmin, confirm(), Refusal::RoleNotAllowed);
    // Facts are kept meanwhile.
    story.ok(Psychologist, raise(SafetyLevel::P3));
    story.wait(DAY).ok(Admin, confirm());
    let state = story.state();
    assert_eq!(state.status, Status::Registered);
    assert!(state.reviews.is_empty());
    let started = state.clocks.iter().map(|clock| clock.started_at).min();
    assert_eq!(started, Some(came_at));
    story.refused(Admin, confirm(), Refusal::NoEffect);
    story.ok(Admin, assign(Psychologist));
    story.replays();
}

#[test]
fn a8_a_worker_who_registers_stands_for_it_and_a_head_may_refuse() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(SocialWorker, register_by(c::Channel::PublicLink));
    let mut story = Story::new("cilegon-lk3-2023");
    story.waits(
        Clerk,
        register_by(c::Channel::PublicLink),
        Review::Unconfirmed,
    );
    story.ok(HeadOfInstitution, answer(id(1), ReviewAnswer::Refuse));
    story.refused(SocialWorker, confirm(), Refusal::NoEffect);
    assert_eq!(story.state().status, Status::Draft);
    story.replays();
}

#[test]
fn c4_nothing_rests_on_a_record_that_is_about_another_case() {
    let mut story = cilegon_ready();
    let before = story.state();
    let mut dangerous = visit();
    if let Command::RecordVisit(visit) = &mut dangerous {
        visit.danger = Some(SafetyLevel::P1);
    }
    story.ok(SocialWorker, dangerous);
    let misfiled = story.last();
    assert_eq!(story.state().status, Status::Intervening);
    assert_eq!(story.state().safety, SafetyLevel::P1);
    let move_to = |record, to| {
        Command::MoveRecord(MoveRecord {
            record,
            to: CaseId::from(to),
            reason: line("salah kasus"),
        })
    };
    let unknown = Refusal::UnknownTarget;
    story.refused(HeadOfInstitution, move_to(id(99), id(200)), unknown);
    story.refused(HeadOfInstitution, move_to(misfiled, id(1)), unknown);
    // A decision is taken back, not moved.
    story.refused(HeadOfInstitution, move_to(id(1), id(200)), unknown);
    story.waits(
        SocialWorker,
        move_to(misfiled, id(200)),
        Review::AwaitingHead,
    );
    let asked = story.last();
    story.ok(HeadOfInstitution, answer(asked, ReviewAnswer::Commit));
    let state = story.state();
    assert_eq!(state.status, before.status);
    assert_eq!(state.milestones, before.milestones);
    assert_eq!(state.safety, SafetyLevel::P3);
    assert_eq!(state.fact_flags[&misfiled], BTreeSet::from([Flag::Moved]));
    let idle = Refusal::NoEffect;
    story.refused(HeadOfInstitution, move_to(misfiled, id(200)), idle);
    story.replays();
}

#[test]
fn c4_a_record_that_was_taken_over_counts_as_its_performers_own() {
    let mut story = cilegon_ready();
    let mut again = story.draft(Clerk, visit());
    again.entry.stamp.performed_by = Some(person(SocialWorker));
    again.entry.stamp.occurred_at = story.now.plus_millis(-2 * HOUR);
    let happened_at = again.entry.stamp.occurred_at;
    let verdict = story.push(again);
    assert_eq!(verdict, Verdict::Recorded(BTreeSet::new()));
    let copy = story.last();
    let take = |record| {
        Command::TakeRecord(TakeRecord {
            record,
            from: CaseId::from(id(200)),
            origin: id(201),
        })
    };
    story.ok(Clerk, take(copy));
    story.flagged(Clerk, take(id(99)), &[Flag::UnknownTarget]);
    let visited = story.state().milestones[&crate::profile::words::Milestone::Visit];
    assert_eq!(visited, happened_at);
    story.replays();
}

#[test]
fn b5_the_assignee_says_that_the_order_was_read() {
    let mut story = cilegon();
    story.ok(SocialWorker, assign(Psychologist));
    let order = story.last();
    let read = || Command::ReadAssignment(ReadAssignment { assignment: order });
    story.flagged(SocialWorker, read(), &[Flag::UnknownTarget]);
    assert_eq!(story.state().assignment_read_at, None);
    let read_at = story.now;
    story.ok(Psychologist, read());
    assert_eq!(story.state().assignment_read_at, Some(read_at));
    let reassigned = Command::Reassign(Reassign {
        assignee: person(SocialWorker),
        reason: line("cuti"),
    });
    story.ok(HeadOfInstitution, reassigned);
    assert_eq!(story.state().assignment_read_at, None);
    story.replays();
}

fn outcome_of(story: &Story, clock: &str) -> ClockOutcome {
    let state = story.state();
    let clock = state.clocks.iter().find(|one| one.clock.as_str() == clock);
    clock.unwrap().outcome
}

#[test]
fn b4_a_day_that_the_client_chose_is_told_apart() {
    // Registered on a Monday; the next day is the last on time.
    let choose = |story: &Story, days| {
        Command::NoteClientDate(NoteClientDate {
            date: story.now.plus_millis(days * DAY),
            note: None,
        })
    };
    let late = |noted_after: Option<i64>, assigned_after: i64| {
        let mut story = Story::new("mataram-lk3");
        story.ok(Clerk, register());
        if let Some(days) = noted_after {
            let chosen = choose(&story, 3);
            story.wait(days * DAY).ok(Clerk, chosen).wait(-days * DAY);
        }
        story
            .wait(assigned_after * DAY)
            .ok(Clerk, assign(SocialWorker));
        outcome_of(&story, "serah_kasus")
    };
    assert_eq!(late(None, 3), ClockOutcome::Late);
    assert_eq!(late(Some(0), 3), ClockOutcome::LateClientChoice);
    // The chosen day was missed, too; or it was named when the deadline had passed.
    assert_eq!(late(Some(0), 4), ClockOutcome::Late);
    assert_eq!(late(Some(2), 3), ClockOutcome::Late);
    assert_eq!(late(Some(0), 1), ClockOutcome::OnTime);
}

#[test]
fn x17_lateness_by_a_slow_connection_is_told_apart() {
    let late = |delay_days: i64, assigned_after: i64| {
        let mut story = Story::new("mataram-lk3");
        let mut registration = story.draft(Clerk, register());
        registration.received_at = story.now.plus_millis(delay_days * DAY);
        let registered = story.push(registration);
        assert_eq!(registered, Verdict::Committed);
        story
            .wait(assigned_after * DAY)
            .ok(Clerk, assign(SocialWorker));
        outcome_of(&story, "serah_kasus")
    };
    assert_eq!(late(0, 3), ClockOutcome::Late);
    assert_eq!(late(3, 3), ClockOutcome::LateSyncDelay);
    // The office knew of it in time and was late by itself.
    assert_eq!(late(1, 3), ClockOutcome::Late);
    assert_eq!(late(1, 1), ClockOutcome::OnTime);
}

/// A command by somebody who stands in for the head.
fn as_head(story: &Story, role: Role, command: Command) -> LogEntry {
    let mut entry = story.draft(role, command);
    entry.author_roles.insert(HeadOfInstitution);
    entry.standing.delegated.insert(HeadOfInstitution);
    entry
}

#[test]
fn b1_a_decision_by_delegated_powers_stands_and_is_told() {
    let mut story = cilegon_ready();
    let ended = as_head(&story, SocialWorker, terminate(EndingReason::Moved));
    assert_eq!(story.push(ended), Verdict::Committed);
    let ending = story.last();
    let acting = BTreeMap::from([(ending, HeadOfInstitution)]);
    assert_eq!(story.state().acting, Some(acting));
    story.replays();
    // What the own role decides needs no delegation.
    let mut story = cilegon_ready();
    let own = as_head(&story, SocialWorker, triage(&[ServiceType::Counselling]));
    assert_eq!(story.push(own), Verdict::Committed);
    assert_eq!(story.state().acting, None);
}

#[test]
fn b1_who_answers_by_delegated_powers_is_told() {
    let mut story = cilegon_ready();
    let ending = terminate(EndingReason::Moved);
    story.waits(SocialWorker, ending, Review::AwaitingHead);
    let asked = story.last();
    let yes = answer(asked, ReviewAnswer::Commit);
    let answered = as_head(&story, Psychologist, yes);
    assert_eq!(story.push(answered), Verdict::Committed);
    let acting = BTreeMap::from([(story.last(), HeadOfInstitution)]);
    assert_eq!(story.state().acting, Some(acting));
    assert_eq!(story.state().status, Status::Terminated);
    story.replays();
}

#[test]
fn x16_a_volunteer_of_another_kecamatan_registers_and_it_is_seen() {
    for (kecamatan, is_elsewhere) in [
        (Some("Grogol"), true),
        (Some("CIWANDAN "), false),
        (None, false),
    ] {
        let mut registration = register();
        if let Command::Register(register) = &mut registration {
            register.kecamatan = kecamatan.map(line);
        }
        let mut story = Story::new("cilegon-lk3-2023");
        let mut entry = story.draft(Volunteer, registration);
        entry.standing.areas.insert("Ciwandan".to_owned());
        assert_eq!(story.push(entry), Verdict::Committed);
        let found = story.state().flags.contains(&Flag::OtherArea);
        assert_eq!(found, is_elsewhere, "{kecamatan:?}");
    }
}

#[test]
fn x11_links_are_the_heads_and_count_for_nobody_else() {
    let mut story = cilegon();
    let link = |related| {
        Command::LinkFamily(LinkFamily {
            related: CaseId::from(related),
            tie: None,
            reason: line("adik klien"),
        })
    };
    let before = story.state().decisions;
    story.refused(SocialWorker, link(id(200)), Refusal::RoleNotAllowed);
    story.refused(HeadOfInstitution, link(id(1)), Refusal::UnknownTarget);
    story.ok(HeadOfInstitution, link(id(200)));
    assert_eq!(story.state().decisions, before);
    let linked = family_decisions(&story.entries);
    assert_eq!(linked[&CaseId::from(id(200))].0, Some(FamilyTie::Family));
    let apart = Command::UnlinkFamily(UnlinkFamily {
        related: CaseId::from(id(200)),
        reason: line("nama sama saja"),
    });
    story.ok(HeadOfInstitution, apart);
    let apart = family_decisions(&story.entries);
    assert_eq!(apart[&CaseId::from(id(200))].0, None);
    story.replays();
    // Violence is told of: no worker says that two cases are one.
    let mut violent = triage(&[ServiceType::Counselling]);
    if let Command::Triage(triage) = &mut violent {
        triage.categories = Some(BTreeSet::from([Category::DomesticPhysical]));
    }
    let mut story = cilegon();
    let duplicate = || {
        Command::MarkDuplicate(MarkDuplicate {
            of: CaseId::from(id(200)),
            reason: line("NIK sama"),
        })
    };
    story.ok(SocialWorker, approach()).ok(SocialWorker, violent);
    story.refused(SocialWorker, duplicate(), Refusal::RoleNotAllowed);
    story.ok(HeadOfInstitution, duplicate());
}

#[test]
fn b6_identities_are_alike_by_what_stands() {
    let with = |nik: &str, name: &str, born: &str| {
        let mut registration = register();
        if let Command::Register(register) = &mut registration {
            register.nik = Some(line(nik));
            register.name = Some(line(name));
            register.birth_date = Some(line(born));
        }
        let mut story = Story::new("cilegon-lk3-2023");
        story.ok(SocialWorker, registration);
        story
    };
    let one = with("3672 0141 0190 0001", "Ibu  Siti", "1990-01-01");
    let other = with("3672014101900001", "ibu siti", "1990-01-01");
    assert_eq!(identity_of(&one.entries), identity_of(&other.entries));
    assert_eq!(identity_of(&one.entries).len(), 2);
    let short = with("123", "Ibu Siti", "1990-01-02");
    let alike = identity_of(&one.entries);
    assert!(alike.is_disjoint(&identity_of(&short.entries)));
    let mut corrected = one;
    let edit = Command::EditIdentity(EditIdentity {
        basis: Some(line("KTP")),
        supersedes: BTreeSet::from([id(1)]),
        name: None,
        nik: Some(line("3672014101900002")),
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    });
    corrected.ok(SocialWorker, edit);
    let now = identity_of(&corrected.entries);
    let nik = |number: &str| (Likeness::Nik, number.to_owned());
    assert!(now.contains(&nik("3672014101900002")) && !now.contains(&nik("3672014101900001")));
}

fn reminded(story: &Story) -> Vec<Reminder> {
    let due = story.state().reminders.unwrap_or_default();
    due.into_iter().collect()
}

#[test]
fn s0_p3b_an_appointment_or_an_outreach_order_has_to_follow() {
    let mut story = cilegon();
    story.ok(SocialWorker, approach());
    assert_eq!(reminded(&story), []);
    story.ok(SocialWorker, triage(&[ServiceType::Information]));
    assert_eq!(reminded(&story), []);
    story.ok(SocialWorker, triage(&[ServiceType::Counselling]));
    assert_eq!(reminded(&story), [Reminder::AppointmentOrOutreach]);
    story.ok(SocialWorker, assign(SocialWorker));
    assert_eq!(reminded(&story), [Reminder::AppointmentOrOutreach]);
    // Who is responsible for a case of outreach has the order.
    story.ok(SocialWorker, triage(&[ServiceType::Outreach]));
    assert_eq!(reminded(&story), []);
    let mut story = cilegon_ready();
    assert_eq!(reminded(&story), [Reminder::AppointmentOrOutreach]);
    let booking = schedule(&story, Psychologist);
    story.ok(SocialWorker, booking);
    assert_eq!(reminded(&story), []);
}

#[test]
fn s0_p5b_after_each_session_somebody_says_what_follows() {
    let due = [Reminder::ChoiceAfterSession];
    let mut story = cilegon_ready();
    hold_sessions(&mut story, SocialWorker, Psychologist, 1);
    assert_eq!(reminded(&story), due);
    let booking = schedule(&story, Psychologist);
    story.ok(SocialWorker, booking);
    let appointment = story.last();
    assert_eq!(reminded(&story), []);
    story
        .wait(HOUR)
        .ok(Psychologist, session(Some(appointment)));
    assert_eq!(reminded(&story), due);
    story.ok(SocialWorker, refer());
    let referral = story.last();
    assert_eq!(reminded(&story), []);
    story.ok(HeadOfInstitution, call_off(referral));
    assert_eq!(reminded(&story), due);
    story.ok(
        Psychologist,
        Command::WriteSummary(WriteSummary {
            text: prose(),
            recommendation: Recommendation::Finished,
        }),
    );
    assert_eq!(reminded(&story), []);
    story.wait(DAY).ok(Psychologist, session(None));
    assert_eq!(reminded(&story), due);
    story.ok(HeadOfInstitution, terminate(EndingReason::Moved));
    assert_eq!(reminded(&story), []);
}

#[test]
fn a2_visit_and_assessment_belong_together() {
    let due = [Reminder::VisitAndAssessment];
    let mut story = mataram_ready();
    assert_eq!(reminded(&story), []);
    story.ok(SocialWorker, visit());
    assert_eq!(reminded(&story), due);
    story.ok(SocialWorker, assess(AssessmentStage::Initial));
    assert_eq!(reminded(&story), []);
    story.replays();
}
