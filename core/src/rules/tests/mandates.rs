//! Work outside a mandate, and what is confirmed afterwards.

use super::*;
use crate::profile::words::Status;
use Role::*;

#[test]
fn c6_after_a_mandate_facts_are_marked_and_decisions_fall_to_the_head() {
    let mut story = cilegon();
    let until = story.now.plus_millis(-HOUR);
    let lapsed = |story: &Story, role, command, happened_at| {
        let mut entry = story.draft(role, command);
        entry.standing.mandate_until = Some(until);
        entry.entry.stamp.occurred_at = happened_at;
        entry
    };
    let marked = Verdict::Recorded(BTreeSet::from([Flag::OutsideMandate]));
    let after = lapsed(&story, Volunteer, approach(), story.now);
    assert_eq!(story.push(after), marked);
    // What happened within the mandate is as good as ever, however late it comes.
    let within = lapsed(&story, Volunteer, approach(), until);
    assert_eq!(story.push(within), Verdict::Recorded(BTreeSet::new()));
    // A decision counts when the server commits it.
    let needs = || triage(&[ServiceType::Counselling]);
    let decided = lapsed(&story, Volunteer, needs(), until);
    let waits = Verdict::NeedsReview(Review::OutsideMandate);
    assert_eq!(story.push(decided), waits);
    let proposal = story.last();
    let yes = answer(proposal, ReviewAnswer::Commit);
    let no_head = lapsed(&story, HeadOfInstitution, yes.clone(), story.now);
    let refused = Verdict::Refused(Refusal::RoleNotAllowed);
    assert_eq!(story.push(no_head), refused);
    story.ok(HeadOfInstitution, yes);
    assert_eq!(story.state().status, Status::Triaged);
    story.replays();
}

#[test]
fn promises_are_counted_once_they_are_kept_or_broken() {
    let case = |outcome, closure| {
        let mut state = cilegon().state();
        state.closure = closure;
        state.clocks[0].outcome = outcome;
        state
    };
    let states = [
        case(ClockOutcome::OnTime, None),
        case(ClockOutcome::OnTime, Some(EndingReason::GoalsMet)),
        case(ClockOutcome::LateSyncDelay, None),
        case(ClockOutcome::Running, None),
        case(ClockOutcome::Late, Some(EndingReason::DuplicateOf)),
        case(ClockOutcome::Late, Some(EndingReason::RegisteredInError)),
    ];
    let kept = kept_promises(&states);
    let ways = &kept[&states[0].clocks[0].clock];
    let counted: Vec<_> = ways.iter().map(|(how, count)| (*how, *count)).collect();
    let expected = [(ClockOutcome::OnTime, 2), (ClockOutcome::LateSyncDelay, 1)];
    assert_eq!(counted, expected);
    assert_eq!(kept.len(), 1);
}

#[test]
fn b6_c6_what_was_in_doubt_is_confirmed_in_a_batch() {
    let mut story = cilegon();
    let until = story.now.plus_millis(-HOUR);
    for is_late in [false, true] {
        let mut entry = story.draft(Volunteer, approach());
        if is_late {
            entry.recorded_at = entry.recorded_at.plus_millis(-4 * DAY);
        } else {
            entry.standing.mandate_until = Some(until);
        }
        story.push(entry);
    }
    let doubted: Vec<CommandId> = story.entries[1..].iter().map(|e| e.entry.id).collect();
    let marks = |story: &Story| -> Vec<BTreeSet<Flag>> {
        let told = story.state().fact_flags;
        let of = |id| told.get(id).cloned().unwrap_or_default();
        doubted.iter().map(of).collect()
    };
    let both = [Flag::OutsideMandate, Flag::TimeUnverified].map(|flag| BTreeSet::from([flag]));
    assert_eq!(marks(&story), both);
    let confirm = |records: &[CommandId]| {
        Command::ConfirmRecords(ConfirmRecords {
            records: records.iter().copied().collect(),
        })
    };
    // Who did it says when it was; the mandate is the head's to say. Nobody else takes a doubt away.
    story.act(SocialWorker, confirm(&doubted));
    assert_eq!(marks(&story), both);
    story.act(Volunteer, confirm(&doubted));
    assert_eq!(marks(&story), [both[0].clone(), BTreeSet::new()]);
    story.flagged(HeadOfInstitution, confirm(&doubted), &[]);
    assert_eq!(marks(&story), [BTreeSet::new(), BTreeSet::new()]);
    let unknown = confirm(&[id(99)]);
    story.flagged(HeadOfInstitution, unknown, &[Flag::UnknownTarget]);
}
