//! Refusals around sessions, plans and referrals.

use super::*;

pub(super) fn sessions_and_plans() {
    let mut story = cilegon_ready();
    refuse(
        &mut story,
        SocialWorker,
        plan(&[SocialWorker]),
        Refusal::ParticipantsMissing,
    );
    let nobody_professional = plan(&[HeadOfInstitution, Clerk]);
    refuse(
        &mut story,
        HeadOfInstitution,
        nobody_professional,
        Refusal::ParticipantsMissing,
    );
    story.ok(SocialWorker, refer());
    let referral = story.last();
    refuse(&mut story, Psychologist, refer(), Refusal::ReferralExists);
    story.ok(SocialWorker, visit());
    story.ok(SocialWorker, plan(&[SocialWorker, Psychologist]));
    let met = terminate(EndingReason::GoalsMet);
    refuse(
        &mut story,
        HeadOfInstitution,
        met.clone(),
        Refusal::ReferralPending,
    );
    story.ok(HeadOfInstitution, call_off(referral));
    refuse(
        &mut story,
        HeadOfInstitution,
        call_off(referral),
        Refusal::NoEffect,
    );
    refuse(&mut story, Clerk, issue(referral), Refusal::ReferralMissing);
    // Called off, it stands in nobody's way.
    story.ok(Psychologist, refer());
    let again = story.last();
    story.ok(HeadOfInstitution, call_off(again));
    story.ok(HeadOfInstitution, met);

    let mut story = Story::new("kaltim-puspaga");
    story
        .ok(Admin, register())
        .ok(Admin, paper("identitas"))
        .ok(Admin, consent());
    let mut one_sided = schedule(&story, Psychologist);
    if let Command::ScheduleSession(booking) = &mut one_sided {
        booking.both_agreed = false;
    }
    refuse(&mut story, Admin, one_sided, Refusal::NotAgreed);
}

/// X34: whoever is to lead it leads another session at that hour.
pub(super) fn bookings_elsewhere() {
    let ready = |lead: Role, minutes: i64| {
        let mut story = mataram_ready();
        let other = story.now.plus_millis(HOUR + minutes * 60_000);
        story.elsewhere.booked.insert((person(lead), other));
        let booking = schedule(&story, Psychologist);
        (story, booking)
    };
    for minutes in [0, 59, -59] {
        let (mut story, booking) = ready(Psychologist, minutes);
        refuse(&mut story, Psychologist, booking, Refusal::LeadBooked);
    }
    for (lead, minutes) in [(Psychologist, 60), (Psychologist, -60), (SocialWorker, 0)] {
        let (mut story, booking) = ready(lead, minutes);
        story.ok(Psychologist, booking);
    }
    // Of a client in danger the head is asked, and may say that both take place.
    let (mut story, booking) = ready(Psychologist, 0);
    story.ok(SocialWorker, raise(SafetyLevel::P1));
    story.waits(Psychologist, booking, Review::LeadBooked);
    let asked = story.last();
    story.ok(HeadOfInstitution, answer(asked, ReviewAnswer::Commit));
    assert_eq!(story.state().appointments.len(), 1);
    story.replays();
}

pub(super) fn limits_of_sessions() {
    let mut story = mataram_ready();
    hold_sessions(&mut story, Psychologist, Psychologist, 3);
    let fourth = schedule(&story, Psychologist);
    refuse(&mut story, Psychologist, fourth, Refusal::ReasonMissing);
    hold_sessions(&mut story, Psychologist, Psychologist, 1);
    let mut fifth = schedule(&story, Psychologist);
    if let Command::ScheduleSession(booking) = &mut fifth {
        booking.reason = Some(line("perlu satu lagi"));
    }
    refuse(
        &mut story,
        Psychologist,
        fifth.clone(),
        Refusal::SessionLimit,
    );
    let more = |most| {
        Command::ExtendSessions(ExtendSessions {
            most,
            reason: line("anak masih takut"),
        })
    };
    refuse(&mut story, HeadOfInstitution, more(4), Refusal::NoEffect);
    refuse(
        &mut story,
        HeadOfInstitution,
        more(5),
        Refusal::ContractMissing,
    );
    let mut renewed = contract();
    if let Command::SignContract(contract) = &mut renewed {
        contract.sessions = Some(5);
    }
    story.ok(SocialWorker, renewed);
    story.ok(HeadOfInstitution, more(5));
    story.ok(Psychologist, fifth);
    let appointment = story.last();
    story
        .wait(HOUR)
        .ok(Psychologist, session(Some(appointment)));

    let mut story = mataram_ready();
    hold_sessions(&mut story, Psychologist, Psychologist, 2);
    let met = terminate(EndingReason::GoalsMet);
    refuse(&mut story, HeadOfInstitution, met, Refusal::TooFewSessions);
}
