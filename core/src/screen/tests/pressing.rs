//! What presses: Hari ini and what asks for attention.

use super::*;

#[test]
fn a_danger_that_was_not_sent_says_so_and_whom_to_call() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    for (fate, level, is_alarm) in [
        (Fate::OnDevice, SafetyLevel::P1, true),
        (Fate::Waiting, SafetyLevel::P1, true),
        (Fate::TurnedAway(Turned::NoGrant), SafetyLevel::P1, true),
        (Fate::OnDevice, SafetyLevel::P2, true),
        (Fate::OnDevice, SafetyLevel::P3, false),
        (Fate::Admitted, SafetyLevel::P1, false),
        (recorded(), SafetyLevel::P1, false),
    ] {
        let raised = item(2, WORKER, 2, danger(level), fate.clone());
        let case = seen(Some(state()), vec![registered(), raised]);
        let today = today(&viewer, std::slice::from_ref(&case));
        assert_eq!(!today.alarms.is_empty(), is_alarm, "{fate:?} {level}");
        if !is_alarm {
            continue;
        }
        let alarm = &today.alarms[0];
        assert_eq!(alarm.kind, AttentionKind::UnsentDanger);
        assert!(alarm.says.starts_with("BELUM TERKIRIM"), "{}", alarm.says);
        assert!(alarm.says.contains("no. 12, Ibu S"), "{}", alarm.says);
        assert!(alarm.says.contains("2 jam"), "{}", alarm.says);
        let numbers: Vec<&str> = alarm
            .numbers
            .iter()
            .map(|line| line.number.as_str())
            .collect();
        assert_eq!(numbers, ["110", "119", "129", "1500771", "0370623037"]);
        for number in numbers {
            assert!(alarm.what_to_do.contains(number), "{}", alarm.what_to_do);
        }
        assert_eq!(list_row(&viewer, &case).danger, level);
    }
    assert_eq!(hotlines(&viewer, HotlineUse::Child).len(), 2);
}

#[test]
fn a_kecamatan_whose_number_is_known_stands_where_people_register() {
    let mut bureau = Bureau::new();
    let file = crate::profile::shipped_files()[0].toml;
    let told = "name = \"Jombang\"\nhotline = \"0800 0000 002\"";
    bureau.profile = Profile::parse(&file.replace("name = \"Jombang\"", told)).unwrap();
    let viewer = bureau.viewer(CLERK);
    let lines = hotlines(&viewer, HotlineUse::Registration);
    let told: Vec<(&str, &str)> = lines
        .iter()
        .map(|line| (line.name.as_str(), line.number.as_str()))
        .collect();
    let expected = [
        ("Relawan Sosial kecamatan Jombang", "0800 0000 002"),
        ("LK3 Kota Cilegon", "0895 0269 2855"),
    ];
    assert_eq!(told, expected);
}

#[test]
fn what_is_on_the_device_alone_is_counted_with_its_age() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(CLERK);
    let draft = item(1, CLERK, 30, register(), Fate::OnDevice);
    let case = seen(None, vec![draft]);
    let first = today(&viewer, std::slice::from_ref(&case));
    let unsent = first.unsent.unwrap();
    assert_eq!(unsent.count, 1);
    assert_eq!(unsent.oldest, now().plus_millis(-30 * HOUR));
    assert!(unsent.says.contains("30 jam"), "{}", unsent.says);
    let row = list_row(&viewer, &case);
    assert_eq!(row.number_words, "belum bernomor");
    assert_eq!(row.status_words, "draf");
    assert_eq!(
        (row.sync, row.sync_words.as_str()),
        (SyncState::OnDevice, "di HP saja")
    );
    let sent = seen(Some(state()), vec![registered()]);
    assert_eq!(today(&viewer, &[sent]).unsent, None);
}

#[test]
fn a_refusal_asks_until_it_is_settled() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let terminate = || Terminate {
        reason: crate::command::EndingReason::GoalsMet,
        note: prose("Selesai."),
        early_reason: None,
        safety_checked: true,
    };
    let refused = |code| Fate::Judged(Verdict::Refused(code));
    let first = |code| item(2, WORKER, 5, terminate(), refused(code));
    let asks = |state: CaseState, items: Vec<TimelineItem>| {
        kinds(&attention(&viewer, &seen(Some(state), items)))
    };
    let missing = Refusal::TooFewSessions;
    assert_eq!(
        asks(state(), vec![first(missing)]),
        [AttentionKind::Refused]
    );
    assert_eq!(asks(state(), vec![first(Refusal::NoEffect)]), []);
    let again = item(3, WORKER, 1, terminate(), Fate::OnDevice);
    assert_eq!(asks(state(), vec![first(missing), again]), []);
    let again = item(3, WORKER, 1, terminate(), refused(missing));
    assert_eq!(asks(state(), vec![first(missing), again]).len(), 2);
    let ended = CaseState {
        ended_at: Some(now()),
        status: Status::Terminated,
        ..state()
    };
    assert_eq!(asks(ended, vec![first(missing)]), []);
    let told = attention(
        &viewer,
        &seen(Some(state()), vec![registered(), first(missing)]),
    );
    assert_eq!(told[0].says, "no. 12, Ibu S: terminasi ditolak.");
    assert!(told[0].what_to_do.starts_with("Sesi belum mencapai"));
}

#[test]
fn only_who_may_answer_is_asked() {
    let bureau = Bureau::new();
    let waits = item(2, WORKER, 4, danger(SafetyLevel::P3), recorded());
    let review = ReviewItem {
        command: id(2),
        reason: Review::PostTermination,
        since: now(),
    };
    let state = CaseState {
        reviews: vec![review],
        ..state()
    };
    let case = seen(Some(state), vec![registered(), waits]);
    let asked = |person| kinds(&attention(&bureau.viewer(person), &case));
    assert_eq!(asked(HEAD), [AttentionKind::ToAnswer]);
    assert_eq!(asked(WORKER), [AttentionKind::InReview]);
    assert_eq!(asked(CLERK), []);
    let today = today(&bureau.viewer(HEAD), std::slice::from_ref(&case));
    assert_eq!(today.to_answer.len(), 1);
    assert!(
        today.to_answer[0].says.contains("oleh Baiq"),
        "{}",
        today.to_answer[0].says
    );
}

#[test]
fn a_signature_apart_from_a_withdrawal_asks_its_worker() {
    let bureau = Bureau::new();
    let consent = |after: &[CommandId]| SignConsent {
        purposes: [Purpose::Service].into(),
        text_version: line("1"),
        recipient: None,
        after_withdrawals: after.iter().copied().collect(),
        signed_by: None,
        guardian: None,
        assent: None,
    };
    let withdrawal = WithdrawConsent {
        purposes: [Purpose::Service].into(),
        note: None,
    };
    let case = |signed: SignConsent| {
        let items = vec![
            item(2, CLERK, 9, withdrawal.clone(), recorded()),
            item(3, WORKER, 5, signed, recorded()),
        ];
        seen(Some(state()), items)
    };
    let apart = case(consent(&[]));
    let asked = |person| kinds(&attention(&bureau.viewer(person), &apart));
    assert_eq!(asked(WORKER), [AttentionKind::ToConfirm]);
    assert_eq!(asked(CLERK), []);
    let header = header(&bureau.viewer(WORKER), &apart);
    let stands = header.consent.unwrap()[&Purpose::Service];
    assert_eq!(stands, crate::rules::ConsentStanding::Withdrawn);
    let knowing = case(consent(&[id(2)]));
    assert_eq!(attention(&bureau.viewer(WORKER), &knowing), []);
    // A withdrawal after the signature is the client's last word.
    let items = vec![
        item(2, WORKER, 9, consent(&[]), recorded()),
        item(3, CLERK, 5, withdrawal.clone(), recorded()),
    ];
    assert_eq!(
        attention(&bureau.viewer(WORKER), &seen(Some(state()), items)),
        []
    );
}

#[test]
fn clocks_are_told_by_how_urgent_they_are() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    // Due; urgency; whether it stands on the first screen.
    let cases = [
        (-50, Some(Urgency::Overdue), true),
        (-1, Some(Urgency::Overdue), true),
        (0, Some(Urgency::Due), true),
        (4, Some(Urgency::Due), true),
        (12 + 6, Some(Urgency::Later), false),
    ];
    for (hours, urgency, is_shown) in cases {
        let due = now().plus_millis(hours * HOUR);
        let state = CaseState {
            clocks: vec![clock("serah_kasus", due)],
            ..state()
        };
        let case = seen(Some(state), vec![registered()]);
        let told = &open_clocks(&viewer, &case)[0];
        assert_eq!(told.urgency, urgency, "{hours}");
        let today = today(&viewer, std::slice::from_ref(&case));
        assert_eq!(
            today.overdue.len() + today.due.len() > 0,
            is_shown,
            "{hours}"
        );
        let is_late = kinds(&attention(&viewer, &case)) == [AttentionKind::Overdue];
        assert_eq!(is_late, hours < 0, "{hours}");
        // Another worker's clocks are not this one's.
        assert_eq!(
            crate::screen::today(&bureau.viewer(PSYCHOLOGIST), &[case]).overdue,
            []
        );
    }
    let late = clock_line(
        &viewer,
        &clock("serah_kasus", now().plus_millis(-50 * HOUR)),
        false,
    );
    assert_eq!(
        late.says,
        "Menyerahkan kasus: Sab 21 Nov 2026 pukul 10.00 WITA (lewat 2 hari)"
    );
    let mut guessed = clock("serah_kasus", now().plus_millis(50 * HOUR));
    guessed.provisional = true;
    let guessed = clock_line(&viewer, &guessed, true).says;
    assert!(
        guessed.contains("sementara") && guessed.contains("perkiraan"),
        "{guessed}"
    );
}

#[test]
fn danger_comes_first_then_what_is_due() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let case = |n: u8, safety, hours: i64| {
        let state = CaseState {
            safety,
            clocks: vec![clock("penjangkauan", now().plus_millis(hours * HOUR))],
            ..state()
        };
        let mut case = seen(Some(state), vec![registered()]);
        case.view.case = CaseId::from_bytes([n; 16]);
        case
    };
    let cases = [
        case(1, SafetyLevel::P3, -9),
        case(2, SafetyLevel::P1, -1),
        case(3, SafetyLevel::P2, -2),
        case(4, SafetyLevel::P3, -30),
        case(5, SafetyLevel::P3, 1),
    ];
    let today = today(&viewer, &cases);
    let order: Vec<u8> = today
        .overdue
        .iter()
        .map(|line| line.case.as_bytes()[0])
        .collect();
    assert_eq!(order, [2, 3, 4, 1]);
    assert_eq!(today.due.len(), 1);
    assert!(
        today.says.starts_with("4 lewat tenggat, 1 jatuh tempo"),
        "{}",
        today.says
    );
}

#[test]
fn papers_hold_up_the_next_step_but_never_a_danger() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let state = CaseState {
        missing_papers: vec!["kk".to_owned(), "ktp_or_kia".to_owned()],
        flags: [Flag::MissingDocs].into(),
        ..state()
    };
    let told = attention(&viewer, &seen(Some(state.clone()), vec![registered()]));
    assert_eq!(kinds(&told), [AttentionKind::MissingPapers]);
    assert_eq!(
        told[0].says,
        "no. 12, Ibu S: sebelum janji temu sesi masih perlu Foto Copy KTP/KIA; Foto Copy Kartu Keluarga."
    );
    let urgent = CaseState {
        safety: SafetyLevel::P1,
        ..state
    };
    assert_eq!(
        attention(&viewer, &seen(Some(urgent), vec![registered()])),
        []
    );
}

#[test]
fn two_values_of_a_legal_field_are_both_shown() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let other = crate::command::EditIdentity {
        basis: None,
        supersedes: BTreeSet::new(),
        name: Some(line("Siti")),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    };
    let items = vec![registered(), item(2, WORKER, 1, other.clone(), recorded())];
    let case = seen(Some(state()), items);
    assert_eq!(list_row(&viewer, &case).name, "Ibu S / Siti");
    let told = attention(&viewer, &case);
    assert_eq!(kinds(&told), [AttentionKind::IdentityConflict]);
    assert!(
        told[0].says.contains("nama Ibu S / Siti"),
        "{}",
        told[0].says
    );
    let settled = crate::command::EditIdentity {
        supersedes: [id(1)].into(),
        ..other
    };
    let items = vec![registered(), item(2, WORKER, 1, settled, recorded())];
    let case = seen(Some(state()), items);
    assert_eq!(list_row(&viewer, &case).name, "Siti");
    assert_eq!(attention(&viewer, &case), []);
}

#[test]
fn todays_sessions_are_those_of_own_cases_and_those_that_one_leads() {
    let bureau = Bureau::new();
    let booked = |n, hours: i64| Appointment {
        appointment: id(n),
        lead: PSYCHOLOGIST,
        starts_at: now().plus_millis(hours * HOUR),
    };
    let state = CaseState {
        appointments: vec![booked(8, 3), booked(9, 30)],
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    for (who, count) in [(PSYCHOLOGIST, 1), (WORKER, 1), (HEAD, 0), (CLERK, 0)] {
        let told = today(&bureau.viewer(who), std::slice::from_ref(&case)).appointments;
        assert_eq!(told.len(), count);
        if let Some(line) = told.first() {
            assert_eq!(line.says, "15.00 no. 12, Ibu S, dengan Dr. Lale");
        }
    }
}

#[test]
fn a_registration_from_the_hotline_asks_who_may_confirm_it() {
    let bureau = Bureau::new();
    let waits = ReviewItem {
        command: id(1),
        reason: Review::Unconfirmed,
        since: now(),
    };
    let state = CaseState {
        reviews: vec![waits],
        assignee: None,
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    let asked = |person| kinds(&attention(&bureau.viewer(person), &case));
    assert_eq!(asked(WORKER), [AttentionKind::ToConfirm]);
    assert_eq!(asked(CLERK), [AttentionKind::ToConfirm]);
    assert_eq!(asked(PSYCHOLOGIST), []);
    let first = today(&bureau.viewer(WORKER), std::slice::from_ref(&case));
    assert_eq!(first.to_answer.len(), 1);
}

#[test]
fn what_the_standard_expects_next_reminds_whoever_is_responsible() {
    use crate::profile::words::Reminder;
    let bureau = Bureau::new();
    let state = CaseState {
        reminders: Some([Reminder::VisitAndAssessment].into()),
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    let told = attention(&bureau.viewer(WORKER), &case);
    assert_eq!(kinds(&told), [AttentionKind::Reminder]);
    assert!(told[0].what_to_do.starts_with("lengkapi kunjungan"));
    assert_eq!(attention(&bureau.viewer(HEAD), &case), []);
}
