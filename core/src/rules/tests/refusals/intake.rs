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

pub(super) fn areas() {
    let mut in_grogol = register();
    if let Command::Register(register) = &mut in_grogol {
        register.kecamatan = Some(line("Grogol"));
    }
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(SocialWorker, in_grogol);
    let assign_from = |story: &Story, areas: &[&str]| {
        let mut entry = story.draft(SocialWorker, assign(Volunteer));
        let areas = areas.iter().map(|area| (*area).to_owned()).collect();
        entry.named_areas.insert(person(Volunteer), areas);
        entry
    };
    let elsewhere = assign_from(&story, &["Ciwandan"]);
    let refused = story.push(elsewhere);
    assert_eq!(refused, Verdict::Refused(Refusal::OutsideArea));
    REACHED.with_borrow_mut(|reached| reached.insert(Refusal::OutsideArea));
    let here = assign_from(&story, &["Ciwandan", "grogol"]);
    assert_eq!(story.push(here), Verdict::Committed);
    story.replays();
}

pub(super) fn problems() {
    let untold = |danger| {
        let mut registration = register();
        if let Command::Register(register) = &mut registration {
            register.problem = None;
            register.danger = danger;
        }
        registration
    };
    let mut story = Story::new("karangasem-lk3");
    refuse(&mut story, Secretary, untold(None), Refusal::ProblemMissing);
    let mut story = Story::new("karangasem-lk3");
    story.ok(Secretary, untold(Some(SafetyLevel::P1)));
    // Elsewhere the problem may be told later.
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(SocialWorker, untold(None));
}
