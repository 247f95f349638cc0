//! What people settle afterwards: one event written twice, a consent and a withdrawal made apart, a case under two
//! numbers, a referral delivered before its letter.

use super::*;
use crate::access::ViewKind;
use crate::profile::words::Status;
use crate::rules::view_of;
use crate::sync::{AftercareTold, View};
use Role::*;

#[test]
fn c1_a_signature_made_apart_from_a_withdrawal_counts_when_its_worker_asked_the_client() {
    let mut story = cilegon_ready();
    let signature = story.last();
    story.ok(Volunteer, withdraw());
    let withdrawal = story.last();
    story.refused(SocialWorker, refer(), Refusal::ConsentWithdrawn);
    let confirm = |signature| {
        Command::ConfirmConsent(ConfirmConsent {
            signature,
            withdrawals: BTreeSet::from([withdrawal]),
            channel: c::Channel::WalkIn,
            note: None,
        })
    };
    // Another worker cannot say it.
    story.flagged(Psychologist, confirm(signature), &[Flag::UnknownTarget]);
    story.refused(SocialWorker, refer(), Refusal::ConsentWithdrawn);
    story.ok(SocialWorker, confirm(signature));
    story.ok(SocialWorker, refer());
    story.replays();
}

#[test]
fn c3_the_performer_says_which_record_of_an_event_counts() {
    let mut story = cilegon_ready();
    story.ok(Psychologist, session(None));
    let own = story.last();
    // The clerk types the same hour from the psychologist's paper.
    let mut typed = story.draft(Clerk, session(None));
    typed.entry.stamp.performed_by = Some(person(Psychologist));
    typed.entry.stamp.occurred_at = story.now.plus_millis(-9 * MINUTE);
    story.push(typed);
    let doubled = story.last();
    assert_eq!(story.state().sessions, [own]);
    assert!(story.state().fact_flags[&doubled].contains(&Flag::PossibleSameEvent));
    let settle = |counts: &[CommandId]| {
        Command::SettleEvent(SettleEvent {
            events: BTreeSet::from([own, doubled]),
            counts: counts.iter().copied().collect(),
        })
    };
    story.flagged(SocialWorker, settle(&[]), &[Flag::UnknownTarget]);
    assert_eq!(story.state().sessions, [own]);
    story.ok(Psychologist, settle(&[doubled]));
    assert_eq!(story.state().sessions, [doubled]);
    assert!(!story.state().fact_flags.contains_key(&doubled));
    // They were two sessions after all.
    story.ok(Psychologist, settle(&[own, doubled]));
    assert_eq!(story.state().sessions.len(), 2);
    story.replays();
}

#[test]
fn d7_a_duplicate_keeps_its_facts_and_goes_on_when_it_was_none() {
    let mut story = cilegon_ready();
    story.ok(SocialWorker, visit());
    let before = story.state();
    let other = CaseId::from(id(200));
    let duplicate = || {
        Command::MarkDuplicate(MarkDuplicate {
            of: other,
            reason: line("NIK sama"),
        })
    };
    story.waits(SocialWorker, duplicate(), Review::AwaitingHead);
    story.ok(HeadOfInstitution, duplicate());
    let state = story.state();
    assert_eq!(state.closure, Some(EndingReason::DuplicateOf));
    assert_eq!(state.duplicate_of, Some(other));
    // What a device without signal still writes down here is kept without a reproach.
    story.wait(DAY).ok(SocialWorker, visit());
    let reopen = Command::Reopen(Reopen {
        reason: line("keliru"),
    });
    story.refused(HeadOfInstitution, reopen, Refusal::WrongStatus);
    let undo = Command::UndoDuplicate(UndoDuplicate {
        reason: line("dua keluarga"),
    });
    story.ok(HeadOfInstitution, undo);
    let after = story.state();
    assert_eq!(after.status, before.status);
    assert_eq!(after.duplicate_of, None);
    let running = |state: &CaseState| -> Vec<bool> {
        let stopped = state.clocks.iter().map(|clock| clock.stopped_at.is_some());
        stopped.collect()
    };
    assert_eq!(running(&after), running(&before));
    story.replays();
}

#[test]
fn b3_a_referral_may_be_delivered_before_its_letter() {
    let phase = |story: &Story| story.state().referrals[0].phase;
    let mut story = cilegon_ready();
    story.ok(SocialWorker, refer());
    let referral = story.last();
    let deliver = |with_letter| {
        Command::DeliverReferral(DeliverReferral {
            referral,
            with_letter,
            note: None,
        })
    };
    story.ok(SocialWorker, deliver(false));
    assert_eq!(phase(&story), ReferralPhase::Decided);
    story.flagged(SocialWorker, deliver(true), &[Flag::OutOfOrder]);
    story.ok(Clerk, issue(referral));
    assert_eq!(phase(&story), ReferralPhase::Delivered);
    story.ok(HeadOfInstitution, call_off(referral));
    assert_eq!(phase(&story), ReferralPhase::Cancelled);
    let unknown = Command::DeliverReferral(DeliverReferral {
        referral: id(99),
        with_letter: false,
        note: None,
    });
    story.flagged(SocialWorker, unknown, &[Flag::UnknownTarget]);
    story.replays();
}

#[test]
fn a_referral_called_off_stops_its_clock() {
    let mut story = Story::new("mataram-lk3");
    story
        .ok(Clerk, register())
        .ok(Clerk, assign(SocialWorker))
        .ok(SocialWorker, consent())
        .ok(SocialWorker, refer());
    let referral = story.last();
    story.ok(HeadOfInstitution, call_off(referral));
    let state = story.state();
    let clock = state
        .clocks
        .iter()
        .find(|clock| clock.subject == Some(referral));
    assert_eq!(clock.unwrap().outcome, ClockOutcome::OnTime);
}

#[test]
fn the_plan_for_aftercare_is_told_while_it_goes_on() {
    let mut story = cilegon_ready();
    let told = |story: &Story| {
        let state = story.state();
        view_of(
            ViewKind::Aftercare,
            &story.entries,
            &BTreeMap::new(),
            &state,
        )
    };
    story.ok(HeadOfInstitution, terminate(EndingReason::Moved));
    assert_eq!(told(&story), Some(View::Aftercare(None)));
    let plan = Prose::new("Siti menengok tiap minggu.").unwrap();
    let start = StartAftercare { plan, until: None };
    story.ok(SocialWorker, Command::StartAftercare(start));
    let plan = AftercareTold {
        plan: "Siti menengok tiap minggu.".to_owned(),
        until: None,
    };
    assert_eq!(told(&story), Some(View::Aftercare(Some(plan))));
    story.ok(SocialWorker, close());
    assert_eq!(told(&story), Some(View::Aftercare(None)));
}

#[test]
fn aftercare_is_agreed_after_the_ending_only() {
    let mut story = cilegon_ready();
    let start = || {
        Command::StartAftercare(StartAftercare {
            plan: prose(),
            until: None,
        })
    };
    story.refused(SocialWorker, start(), Refusal::WrongStatus);
    story.ok(HeadOfInstitution, terminate(EndingReason::Moved));
    story.ok(SocialWorker, start());
    assert_eq!(story.state().status, Status::Aftercare);
    story.ok(
        Volunteer,
        Command::RecordAftercare(RecordAftercare {
            note: prose(),
            reopen_needed: false,
        }),
    );
    story.ok(SocialWorker, close());
}
