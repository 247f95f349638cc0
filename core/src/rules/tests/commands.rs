//! Commands that came after the first stories: what the amendments ask for, one after the other.

use super::*;
use crate::profile::words::Status;
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
