//! The daily list, and the mark of practice.

use super::*;
use crate::command::ConfirmRecords;

fn visit() -> RecordVisit {
    RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: prose("Ibu dan anak di rumah."),
        danger: None,
        ended_at: None,
        next_step: None,
    }
}

/// A case in which something was recorded so many hours ago, with these marks.
fn marked(hours: i64, flags: &[Flag], more: Option<TimelineItem>) -> CaseSeen {
    let marked = item(2, WORKER, hours, visit(), recorded());
    let state = CaseState {
        fact_flags: [(id(2), flags.iter().copied().collect())].into(),
        ..state()
    };
    let items = [registered(), marked].into_iter().chain(more);
    seen(Some(state), items.collect())
}

#[test]
fn late_facts_are_read_and_doubts_are_confirmed() {
    let bureau = Bureau::new();
    let (doubt, mandate) = (Flag::TimeUnverified, Flag::OutsideMandate);
    let (evidence, after) = (Flag::NewEvidenceBeforeTermination, Flag::PostTermination);
    // Who looks, hours ago, marks: lines, and records to confirm.
    for (person, hours, flags, lines, to_confirm) in [
        (HEAD, 2, &[evidence][..], 1, 0),
        (HEAD, 80, &[after], 0, 0),
        (HEAD, 80, &[doubt], 1, 1),
        (HEAD, 2, &[after, mandate], 1, 1),
        (HEAD, 2, &[Flag::DocsMissing], 0, 0),
        (WORKER, 2, &[evidence], 0, 0),
        (WORKER, 80, &[doubt], 1, 1),
        (WORKER, 2, &[mandate], 0, 0),
        (PSYCHOLOGIST, 2, &[doubt, after], 0, 0),
    ] {
        let case = marked(hours, flags, None);
        let today = today(&bureau.viewer(person), std::slice::from_ref(&case));
        let found = today.daily.first();
        let counts = found.map_or((0, 0), |daily| (daily.lines.len(), daily.to_confirm.len()));
        assert_eq!(counts, (lines, to_confirm), "{hours} {flags:?}");
        assert!(counts == (0, 0) || case.stirs(&bureau.viewer(person)));
    }
    let case = marked(2, &[after], None);
    let told = today(&bureau.viewer(HEAD), &[case]).daily;
    assert_eq!(told[0].title, "no. 12, Ibu S");
    let line = &told[0].lines[0];
    assert!(line.starts_with("kunjungan oleh Baiq, "), "{line}");
    assert!(line.ends_with(": setelah kasus berakhir"), "{line}");
}

#[test]
fn a_time_on_which_much_depends_is_asked_for_at_once() {
    let bureau = Bureau::new();
    let at = now().plus_millis(-2 * HOUR);
    let law = ClockState {
        started_at: at,
        ..clock("pdp_stop_after_withdrawal", now())
    };
    let own = ClockState {
        started_at: at,
        ..clock("outreach", now())
    };
    let doubt = Flag::TimeUnverified;
    // Who looks, marks, a clock that depends on it: asked at once, lines of the daily list.
    for (person, flags, clock, asked, listed) in [
        (WORKER, &[doubt][..], &law, 1, 0),
        (HEAD, &[doubt], &law, 1, 0),
        (WORKER, &[doubt], &own, 0, 1),
        (WORKER, &[doubt, Flag::ClockFuture], &own, 1, 0),
        (WORKER, &[], &law, 0, 0),
        (PSYCHOLOGIST, &[doubt], &law, 0, 0),
        // The mandate stays for the daily list.
        (HEAD, &[doubt, Flag::OutsideMandate], &law, 1, 1),
    ] {
        let mut case = marked(2, flags, None);
        if let Some(state) = &mut case.view.state {
            state.clocks = vec![clock.clone()];
        }
        let viewer = bureau.viewer(person);
        let today = today(&viewer, std::slice::from_ref(&case));
        let times = attention(&viewer, &case)
            .into_iter()
            .filter(|item| item.kind == AttentionKind::TimeToConfirm);
        assert_eq!(times.count(), asked, "{flags:?} {}", clock.clock);
        assert_eq!(today.daily.len(), listed, "{flags:?} {}", clock.clock);
    }
}

#[test]
fn what_is_being_confirmed_or_answered_is_not_listed_again() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(HEAD);
    let confirm = ConfirmRecords {
        records: [id(2)].into(),
    };
    let sent = item(3, HEAD, 0, confirm.clone(), Fate::OnDevice);
    let case = marked(2, &[Flag::TimeUnverified], Some(sent));
    assert_eq!(today(&viewer, &[case]).daily, []);
    // The server has it, and the mark is still there: it was not for this person to say.
    let judged = item(3, HEAD, 0, confirm, recorded());
    let case = marked(2, &[Flag::TimeUnverified], Some(judged));
    assert_eq!(today(&viewer, &[case]).daily.len(), 1);
    let mut case = marked(2, &[Flag::PostTermination], None);
    if let Some(state) = &mut case.view.state {
        state.reviews = vec![ReviewItem {
            command: id(2),
            reason: Review::PostTermination,
            since: now(),
        }];
    }
    let today = today(&viewer, &[case]);
    assert_eq!((today.daily.len(), today.to_answer.len()), (0, 1));
}

#[test]
fn a_letter_is_called_by_its_number() {
    let bureau = Bureau::new();
    let issue = crate::command::IssueReferral { referral: id(2) };
    let issued = item(3, CLERK, 1, issue, Fate::Judged(Verdict::Committed));
    let letter = crate::id::LetterNumber {
        year: 2026,
        number: 12,
    };
    for (letter, told) in [(None, None), (Some(letter), Some("surat no. 12/2026"))] {
        let referral = crate::rules::ReferralState {
            referral: id(2),
            phase: crate::rules::ReferralPhase::Issued,
            decided_at: now(),
            issued_at: Some(now()),
            replied_at: None,
            delivered_at: None,
            cancelled_at: None,
            letter,
        };
        let state = CaseState {
            referrals: vec![referral],
            ..state()
        };
        let lines = timeline(
            &bureau.viewer(CLERK),
            &seen(Some(state), vec![issued.clone()]),
        );
        assert_eq!(lines[0].detail.as_deref(), told);
    }
}

#[test]
fn practice_is_marked_on_every_screen() {
    let mut bureau = Bureau::new();
    let case = marked(2, &[], None);
    for is_practice in [false, true] {
        bureau.profile.practice = is_practice;
        let viewer = bureau.viewer(WORKER);
        let marks = [
            viewer.practice(),
            today(&viewer, std::slice::from_ref(&case)).practice,
            header(&viewer, &case).practice,
        ];
        for mark in marks {
            assert_eq!(
                mark.is_some_and(|mark| mark.starts_with("LATIHAN")),
                is_practice
            );
        }
        let first = &header(&viewer, &case).lines[0];
        assert_eq!(first.starts_with("LATIHAN"), is_practice, "{first}");
    }
}

#[test]
fn delegated_powers_are_offered_while_they_last() {
    let mut bureau = Bureau::new();
    let delegated = |from: i64, until: i64| crate::sync::Terms {
        delegations: vec![crate::sync::Delegation {
            role: crate::profile::words::Role::HeadOfInstitution,
            from: now().plus_millis(from * HOUR),
            until: now().plus_millis(until * HOUR),
            powers: BTreeSet::new(),
            by: HEAD,
            title: crate::sync::ActingTitle::Plh,
        }],
        ..crate::sync::Terms::default()
    };
    let case = marked(2, &[Flag::PostTermination], None);
    for (from, until, is_head) in [(-2, 2, true), (-4, -2, false), (2, 4, false)] {
        bureau.staff[0].terms = Some(delegated(from, until));
        let today = today(&bureau.viewer(CLERK), std::slice::from_ref(&case));
        assert_eq!(today.daily.len() == 1, is_head, "{from} to {until}");
        assert_eq!(bureau.viewer(CLERK).may(CommandKind::AnswerReview), is_head);
    }
}
