//! What other cases tell.

use super::*;
use Role::*;

#[test]
fn x10_the_case_that_goes_on_runs_from_the_earlier_registration() {
    let story = cilegon();
    let own = story.state();
    let earlier = own.clocks[0].started_at.plus_millis(-7 * DAY);
    let judged = judge(&CaseLog {
        versions: &[],
        profile: &story.profile,
        calendar: &story.calendar,
        entries: &story.entries,
        prior_clocks: &own.clocks,
        elsewhere: &Elsewhere {
            registered_at: Some(earlier),
            ..Elsewhere::default()
        },
    });
    let clock = &judged.state.clocks[0];
    assert_eq!(clock.clock.as_str(), "first_outcome");
    assert_eq!(clock.started_at, earlier);
    assert!(clock.due < own.clocks[0].due);
}

#[test]
fn x11_opposing_parties_are_given_to_two_workers() {
    let assign = || {
        Command::Assign(Assign {
            assignee: person(SocialWorker),
            instruction: None,
        })
    };
    let opposed = |who: Role| {
        let mut story = cilegon();
        story.elsewhere.opposed.insert(person(who));
        story
    };
    // The reason is told to heads alone: two cases of one family are theirs to know.
    let mut story = opposed(SocialWorker);
    story.waits(SocialWorker, assign(), Review::AwaitingHead);
    story.waits(HeadOfInstitution, assign(), Review::OpposingParty);
    let asked = story.last();
    story.ok(HeadOfInstitution, answer(asked, ReviewAnswer::Commit));
    assert_eq!(story.state().assignee, Some(person(SocialWorker)));
    story.replays();
    opposed(Psychologist).ok(HeadOfInstitution, assign());
    let mut case = cilegon().state();
    case.assignee = Some(person(SocialWorker));
    let mut violent = case.clone();
    violent.flags.insert(Flag::DangerSign);
    for (one, other, found) in [
        (Some(&case), &case, false),
        (None, &case, false),
        (Some(&violent), &case, true),
        (None, &violent, true),
    ] {
        assert_eq!(crate::rules::opposed(one, other).is_some(), found);
    }
}

#[test]
fn x30_a_paper_that_a_duplicate_was_shown_counts_for_the_case_that_goes_on() {
    let missing = |story: &Story| story.state().missing_papers;
    let mut story = cilegon();
    let mut brought = cilegon();
    brought.ok(Volunteer, paper("ktp"));
    let passed = papers_seen(&brought.entries);
    assert_eq!(passed.keys().collect::<Vec<_>>(), ["ktp"]);
    assert_eq!(missing(&story), ["pendekatan_awal", "ktp", "kk"]);
    story.elsewhere.papers = passed;
    assert_eq!(missing(&story), ["pendekatan_awal", "kk"]);
    // It is not the case's own: when the two are told apart again, it is asked for again.
    story.elsewhere = Elsewhere::default();
    assert_eq!(missing(&story), ["pendekatan_awal", "ktp", "kk"]);
}
