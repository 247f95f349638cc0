//! What waits for a head, and what became known late (LK3.md section 13).

use super::*;
use crate::class::Class;
use crate::profile::words::Status;
use crate::rules::ReviewItem;
use Role::*;

fn assigned() -> Story {
    let mut story = Story::new("cilegon-lk3-2023");
    story
        .ok(SocialWorker, register())
        .ok(SocialWorker, approach());
    story.ok(SocialWorker, triage(&[ServiceType::Counselling]));
    story
        .ok(SocialWorker, assign(SocialWorker))
        .ok(Clerk, paper("ktp"))
        .ok(Clerk, paper("kk"));
    story.ok(SocialWorker, consent());
    story
}

/// Ended by the head, Tuesday 6 October 2026 at 10:00.
fn ended() -> Story {
    let mut story = assigned();
    story.now = "2026-10-06T10:00:00+07:00".parse().unwrap();
    story.ok(HeadOfInstitution, terminate(EndingReason::Moved));
    story
}

/// A fact that happened then and arrives now, recorded without a network.
fn late(story: &Story, role: Role, command: Command, occurred_at: &str) -> LogEntry {
    let mut entry = story.draft(role, command);
    entry.entry.stamp.occurred_at = occurred_at.parse().unwrap();
    entry.recorded_at = entry.entry.stamp.occurred_at;
    entry
}

#[test]
fn a_stale_proposal_waits_and_is_never_refused_for_it() {
    let mut story = assigned();
    let base = story.state().decisions;
    story.ok(
        HeadOfInstitution,
        Command::Reassign(Reassign {
            assignee: person(Psychologist),
            reason: line("cuti"),
        }),
    );
    let mut stale = story.draft(SocialWorker, plan(&[SocialWorker, Psychologist]));
    stale.base = base;
    assert_eq!(story.push(stale), Verdict::NeedsReview(Review::StaleBase));
    let proposal = story.last();
    assert_eq!(story.state().reviews[0].reason, Review::StaleBase);
    story.ok(HeadOfInstitution, answer(proposal, ReviewAnswer::Commit));
    assert_eq!(story.state().reviews, vec![]);
    story.replays();
}

#[test]
fn ones_own_decisions_never_make_a_proposal_stale() {
    let mut story = assigned();
    let mut entry = story.draft(SocialWorker, plan(&[SocialWorker, Psychologist]));
    entry.base = DecisionCount::new(0);
    assert_eq!(story.push(entry), Verdict::Committed);
}

#[test]
fn a_status_that_moved_unseen_asks_the_head() {
    let mut story = ended();
    let mut stale = story.draft(SocialWorker, plan(&[SocialWorker, Psychologist]));
    stale.base = DecisionCount::new(3);
    assert_eq!(story.push(stale), Verdict::NeedsReview(Review::StaleBase));
    // What the head commits must still hold.
    let proposal = story.last();
    let verdict = story.act(HeadOfInstitution, answer(proposal, ReviewAnswer::Commit));
    assert_eq!(verdict, Verdict::Refused(Refusal::WrongStatus));
    assert_eq!(story.state().reviews.len(), 1);
    story.replays();
}

#[test]
fn only_a_head_answers() {
    let mut story = assigned();
    story.waits(
        SocialWorker,
        terminate(EndingReason::Moved),
        Review::AwaitingHead,
    );
    let proposal = story.last();
    let yes = answer(proposal, ReviewAnswer::Commit);
    story.refused(Psychologist, yes, Refusal::RoleNotAllowed);
    assert_eq!(story.state().status, Status::Assigned);
}

#[test]
fn x01_a_visit_before_the_ending_joins_the_case() {
    let mut story = ended();
    let visited = late(&story, SocialWorker, visit(), "2026-10-05T15:00:00+07:00");
    let flags = BTreeSet::from([Flag::NewEvidenceBeforeTermination]);
    assert_eq!(story.push(visited), Verdict::Recorded(flags));
    let state = story.state();
    assert_eq!(state.status, Status::Terminated);
    assert!(state.flags.contains(&Flag::NewEvidenceBeforeTermination));
    assert_eq!(state.reviews, vec![]); // B6: nothing new in it for the head
    story.replays();
}

#[test]
fn x02_a_visit_after_the_ending_waits_for_the_head() {
    let mut story = ended();
    story.now = "2026-10-08T09:00:00+07:00".parse().unwrap();
    let visited = late(&story, SocialWorker, visit(), "2026-10-07T09:00:00+07:00");
    assert_eq!(
        story.push(visited),
        Verdict::Recorded(BTreeSet::from([Flag::PostTermination]))
    );
    assert_eq!(story.state().reviews[0].reason, Review::PostTermination);
    let fact = story.last();
    story.ok(HeadOfInstitution, answer(fact, ReviewAnswer::Commit));
    assert_eq!(story.state().reviews, vec![]);
    story.replays();
}

#[test]
fn x03_danger_always_reaches_the_head() {
    let mut story = ended();
    let mut danger = visit();
    if let Command::RecordVisit(visit) = &mut danger {
        visit.danger = Some(SafetyLevel::P1);
    }
    let visited = late(&story, SocialWorker, danger, "2026-10-05T15:00:00+07:00");
    story.push(visited);
    let state = story.state();
    assert_eq!(state.safety, SafetyLevel::P1);
    assert!(state.flags.contains(&Flag::ReopenProposed));
    assert_eq!(state.reviews[0].reason, Review::DangerAfterEnding);
    let reopen = Command::Reopen(Reopen {
        reason: line("bahaya"),
    });
    story.ok(HeadOfInstitution, reopen);
    // Work has gone on since the visit of Monday; a new act begins the service again.
    assert_eq!(story.state().status, Status::Assigned);
    assert!(!story.state().flags.contains(&Flag::ReopenProposed));
    story.replays();
}

#[test]
fn x06_a_booked_session_stands_in_the_way_of_an_ending() {
    let mut story = assigned();
    let booking = schedule(&story, Psychologist);
    story.ok(SocialWorker, booking);
    let appointment = story.last();
    let moved = terminate(EndingReason::Moved);
    story.waits(SocialWorker, moved.clone(), Review::AppointmentOpen);
    story.waits(HeadOfInstitution, moved.clone(), Review::AppointmentOpen);
    let cancel = CancelAppointment {
        appointment,
        reason: line("klien pindah"),
    };
    story
        .ok(Clerk, Command::CancelAppointment(cancel))
        .ok(HeadOfInstitution, moved);
    story.replays();
}

#[test]
fn x07_two_endings_both_wait() {
    let mut story = assigned();
    story.ok(SocialWorker, visit());
    story.waits(
        SocialWorker,
        terminate(EndingReason::ClientWithdrew),
        Review::AwaitingHead,
    );
    story.waits(
        Psychologist,
        terminate(EndingReason::Moved),
        Review::AwaitingHead,
    );
    assert_eq!(story.state().reviews.len(), 2);
    assert_eq!(story.state().closure, None);
}

#[test]
fn x05_a_session_beyond_the_standard_stays_and_is_asked_about() {
    let mut story = Story::new("mataram-lk3");
    story
        .ok(Clerk, register())
        .ok(Clerk, assign(SocialWorker))
        .ok(SocialWorker, consent());
    for requirement in ["data_klien", "ktp_or_kia", "kk", "domisili"] {
        story.ok(Clerk, paper(requirement));
    }
    hold_sessions(&mut story, Psychologist, Psychologist, 4);
    let fourth = story.state().sessions[3];
    story.flagged(Psychologist, session(None), &[Flag::ExceedsMax]);
    let fifth = story.last();
    assert_eq!(
        story.state().reviews[0],
        ReviewItem {
            command: fifth,
            reason: Review::ExceedsMax,
            since: story.now.plus_millis(-10 * MINUTE),
        }
    );
    // A session of last week arrives: it takes its place, and the last becomes one too many.
    let earlier = late(
        &story,
        Psychologist,
        session(None),
        "2026-10-05T12:00:00+08:00",
    );
    let flags = BTreeSet::from([Flag::TimeUnverified]);
    assert_eq!(story.push(earlier), Verdict::Recorded(flags));
    let state = story.state();
    assert_eq!(state.sessions.len(), 6);
    assert_eq!(state.fact_flags[&fifth], BTreeSet::from([Flag::ExceedsMax]));
    assert_eq!(
        state.fact_flags[&fourth],
        BTreeSet::from([Flag::ExceedsMax])
    );
    story.replays();
}

#[test]
fn lowering_clears_only_what_it_names() {
    let mut story = assigned();
    story.ok(Volunteer, raise(SafetyLevel::P2));
    let seen = story.last();
    story.ok(SocialWorker, raise(SafetyLevel::P1));
    let lower = LowerSafety {
        raises: BTreeSet::from([seen]),
        reason: line("aman"),
    };
    story.ok(HeadOfInstitution, Command::LowerSafety(lower));
    assert_eq!(story.state().safety, SafetyLevel::P1);
    let unseen = id(usize::from(seen.as_bytes()[15]) + 1);
    let lower = LowerSafety {
        raises: BTreeSet::from([unseen]),
        reason: line("aman"),
    };
    story.refused(
        SocialWorker,
        Command::LowerSafety(lower.clone()),
        Refusal::RoleNotAllowed,
    );
    story.ok(HeadOfInstitution, Command::LowerSafety(lower));
    assert_eq!(story.state().safety, SafetyLevel::P3);
    story.replays();
}

#[test]
fn a_calendar_that_changes_extends_and_never_shortens() {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(SocialWorker, register());
    let due = |calendar: &Calendar, prior: &[ClockState]| {
        let log = CaseLog {
            profile: &story.profile,
            versions: &[],
            calendar,
            entries: &story.entries,
            prior_clocks: prior,
            elsewhere: &Elsewhere::default(),
        };
        judge(&log).state.clocks
    };
    let told = due(&story.calendar, &[]);
    let added = Calendar::parse_national(
        "date,kind,name,confidence\n2026-10-09,cuti_bersama,Tambahan,high\n",
    );
    let more = story.calendar.union(&added.unwrap());
    let later = due(&more, &told);
    assert!(later[0].due > told[0].due);
    assert_eq!(due(&story.calendar, &later), later);
}

#[test]
fn a_registration_by_another_role_is_not_lost() {
    let mut story = Story::new("karangasem-lk3");
    story.waits(Psychologist, register(), Review::AwaitingHead);
    assert_eq!(story.state().status, Status::Draft);
    let registration = story.last();
    story.ok(
        HeadOfInstitution,
        answer(registration, ReviewAnswer::Commit),
    );
    assert_eq!(story.state().status, Status::Registered);
    story.replays();
}

#[test]
fn a_clock_known_to_be_wrong_does_not_keep_a_head_offline() {
    let mut story = Story::new("karangasem-lk3");
    story.ok(Secretary, register());
    let mut slow = story.draft(HeadOfInstitution, assign(Psychologist));
    slow.recorded_at = slow.received_at.plus_millis(-DAY);
    slow.clock_offset_ms = Some(-DAY);
    assert_eq!(story.push(slow), Verdict::Committed);
}

#[test]
fn the_index_of_a_case_tells_nothing_of_what_was_done() {
    let mut story = assigned();
    story
        .ok(SocialWorker, visit())
        .flagged(Clerk, session(None), &[Flag::RoleNotAllowed]);
    let index = story.state().index();
    assert_eq!(
        (index.status, index.assignee),
        (Status::Intervening, Some(person(SocialWorker)))
    );
    assert_eq!(
        (
            index.sessions.len(),
            index.fact_flags.len(),
            index.milestones.len()
        ),
        (0, 0, 0)
    );
    assert_eq!(index.decisions, story.state().decisions);
    assert_eq!(index.clocks[0].clock.as_str(), "first_outcome");
}

#[test]
fn the_desk_is_told_of_papers_and_steps_and_not_of_what_troubles_the_family() {
    let mut story = assigned();
    story
        .ok(SocialWorker, visit())
        .flagged(Clerk, session(None), &[Flag::RoleNotAllowed]);
    let mut state = story.state();
    state.flags.insert(Flag::DangerSign);
    state.flags.insert(Flag::IdentityConflict);
    for reason in [Review::OpposingParty, Review::Unconfirmed] {
        state.reviews.push(ReviewItem {
            command: CommandId::from_bytes([7; 16]),
            reason,
            since: state.clocks[0].started_at,
        });
    }
    let desk = state.told(Some(Class::Intake));
    assert_eq!(desk.milestones, state.milestones);
    assert_eq!(desk.missing_papers, state.missing_papers);
    assert_eq!(desk.sessions, state.sessions);
    assert!(
        desk.flags.contains(&Flag::IdentityConflict) && !desk.flags.contains(&Flag::DangerSign)
    );
    let reasons: Vec<Review> = desk.reviews.iter().map(|item| item.reason).collect();
    assert_eq!(reasons, [Review::Unconfirmed]);
    assert!(desk.fact_flags.is_empty() && desk.services.is_empty());
    assert_eq!(state.told(Some(Class::Record)), state);
    assert_eq!(state.told(None), state.index());
}
