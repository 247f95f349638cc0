//! Refusals around registrations.

use super::*;

pub(super) fn registrations() {
    let mut by_link = register();
    if let Command::Register(register) = &mut by_link {
        register.channel = c::Channel::PublicLink;
    }
    let mut story = Story::new("cilegon-lk3-2023");
    story.waits(Clerk, by_link, Review::Unconfirmed);
    refuse(
        &mut story,
        HeadOfInstitution,
        assign(SocialWorker),
        Refusal::RegistrationUnconfirmed,
    );
}
