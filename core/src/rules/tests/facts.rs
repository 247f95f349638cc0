//! Marks on facts, and what is equal in every order of arrival.

use super::super::case::Case;
use super::*;
use Role::*;

#[test]
fn a_fact_is_recorded_whatever_is_wrong_with_it() {
    let mut story = Story::new("mataram-lk3");
    let wrong = [
        Flag::RoleNotAllowed,
        Flag::DocsMissing,
        Flag::ConsentMissing,
    ];
    story.flagged(Clerk, session(None), &wrong);
    story.ok(Clerk, register());
    story.flagged(Psychologist, visit(), &[Flag::RoleNotAllowed]);
    story.flagged(SocialWorker, paper("npwp"), &[Flag::UnknownTarget]);
    let reply = RecordReply {
        referral: id(99),
        accepted: true,
        note: None,
    };
    story.flagged(Clerk, Command::RecordReply(reply), &[Flag::UnknownTarget]);
    let aftercare = RecordAftercare {
        note: prose(),
        reopen_needed: false,
    };
    story.flagged(
        SocialWorker,
        Command::RecordAftercare(aftercare),
        &[Flag::OutOfOrder],
    );
    story.ok(SocialWorker, withdraw());
    story.flagged(SocialWorker, visit(), &[Flag::ConsentWithdrawn]);
    story.replays();
}

#[test]
fn times_are_checked_against_the_servers() {
    let check = |occurred: i64, recorded: i64, offset: Option<i64>, expected: &[Flag]| {
        let mut story = Story::new("mataram-lk3");
        let mut entry = story.draft(SocialWorker, approach());
        entry.entry.stamp.occurred_at = story.now.plus_millis(occurred);
        entry.recorded_at = story.now.plus_millis(recorded);
        entry.clock_offset_ms = offset;
        let flags: BTreeSet<Flag> = expected.iter().copied().collect();
        assert_eq!(
            story.push(entry),
            Verdict::Recorded(flags),
            "{occurred} {recorded}"
        );
    };
    check(0, 0, None, &[]);
    check(-HOUR, -HOUR, Some(1_000), &[]);
    check(2 * MINUTE, 2 * MINUTE, None, &[]);
    check(2 * MINUTE + 1, 0, None, &[Flag::ClockFuture]);
    check(0, 2 * MINUTE + 1, None, &[Flag::ClockFuture]);
    check(-4 * DAY, -3 * DAY, None, &[]);
    check(-4 * DAY, -3 * DAY - 1, None, &[Flag::TimeUnverified]);
    check(0, 0, Some(-5 * MINUTE - 1), &[Flag::TimeUnverified]);
    check(0, 0, Some(i64::MIN), &[Flag::TimeUnverified]);
    check(0, 0, Some(i64::MAX), &[Flag::TimeUnverified]);
}

#[test]
fn the_same_session_written_twice_counts_once() {
    let mut story = Story::new("karangasem-lk3");
    story.ok(Secretary, register()).ok(Psychologist, consent());
    let first = story.draft(Psychologist, session(None));
    let mut again = first.clone();
    story.push(first);
    // A secretary types what the psychologist did.
    again.seq = again.seq.next();
    again.entry.id = id(50);
    again.entry.stamp.performed_by = Some(person(Psychologist));
    again.entry.stamp.by = person(Secretary);
    again.author_roles = BTreeSet::from([Secretary]);
    let flags = BTreeSet::from([Flag::PossibleSameEvent]);
    assert_eq!(story.push(again), Verdict::Recorded(flags));
    assert_eq!(story.state().sessions.len(), 1);
    story.replays();
}

/// A registration and a heap of facts that depend on one another.
fn heap() -> Story {
    let mut story = Story::new("mataram-lk3");
    story.act(Clerk, register());
    for requirement in ["data_klien", "kk"] {
        story.act(Clerk, paper(requirement));
    }
    story.act(SocialWorker, approach());
    story.act(SocialWorker, consent());
    story.act(SocialWorker, withdraw());
    let withdrawal = story.last();
    let mut seen = consent();
    if let Command::SignConsent(seen) = &mut seen {
        seen.after_withdrawals = BTreeSet::from([withdrawal]);
    }
    story.act(SocialWorker, seen);
    story.act(SocialWorker, visit());
    for _ in 0..6 {
        story.act(Psychologist, session(None));
    }
    story.act(SocialWorker, raise(SafetyLevel::P2));
    story.act(Psychologist, contract());
    story.act(
        SocialWorker,
        Command::EditIdentity(EditIdentity {
            basis: None,
            supersedes: BTreeSet::new(),
            name: Some(line("Ibu Siti")),
            nik: None,
            family_card: None,
            birth_date: None,
            sex: None,
            address: None,
        }),
    );
    story
}

#[test]
fn what_follows_from_facts_is_equal_in_every_order_of_arrival() {
    let story = heap();
    let mut expected = story.state();
    expected.reviews.sort_by_key(|item| item.command);
    assert!(!expected.fact_flags.is_empty());
    let mut rng = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..200 {
        let mut shuffled = story.entries.clone();
        // The registration stays first: it is the one decision among them.
        for index in (2..shuffled.len()).rev() {
            let other = 1 + usize::try_from(rng.next_u32()).unwrap() % index;
            shuffled.swap(index, other);
        }
        for (entry, row) in shuffled.iter_mut().zip(1..) {
            entry.seq = ServerSeq::new(row);
            entry.verdict = None;
        }
        let log = CaseLog {
            profile: &story.profile,
            versions: &[],
            calendar: &story.calendar,
            entries: &shuffled,
            prior_clocks: &[],
            elsewhere: &Elsewhere::default(),
        };
        let mut state = judge(&log).state;
        state.reviews.sort_by_key(|item| item.command);
        assert_eq!(state, expected);
    }
}

#[test]
fn a_repeated_fact_changes_nothing() {
    let story = heap();
    let mut once = Case::new(&story.profile, &[], &story.calendar, &story.elsewhere);
    let mut twice = Case::new(&story.profile, &[], &story.calendar, &story.elsewhere);
    for entry in &story.entries {
        once.facts.insert(entry);
        twice.facts.insert(entry);
        twice.facts.insert(entry);
    }
    let state = |case: &Case<'_>| case.state(Vec::new(), ServerSeq::new(0));
    assert_eq!(state(&once), state(&twice));
}
