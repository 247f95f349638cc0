//! What is shown of a case: rows, headers, contacts, timelines.

use super::*;

#[test]
fn a_row_tells_how_far_own_work_has_come() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let visit = |fate| {
        let visit = RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: prose("Di rumah."),
            danger: None,
            ended_at: None,
            next_step: None,
        };
        item(2, WORKER, 3, visit, fate)
    };
    let refused = Fate::Judged(Verdict::Refused(Refusal::DocsMissing));
    let cases = [
        (Fate::OnDevice, "di HP saja"),
        (Fate::Admitted, "terkirim"),
        (Fate::Waiting, "terkirim"),
        (recorded(), "diterima"),
        (
            Fate::Judged(Verdict::NeedsReview(Review::StaleBase)),
            "dalam tinjauan",
        ),
        (refused, "ditolak: Berkas wajib belum lengkap."),
        (
            Fate::TurnedAway(Turned::NoGrant),
            "tidak dapat masuk: Anda tidak lagi",
        ),
    ];
    for (fate, words) in cases {
        let row = list_row(
            &viewer,
            &seen(Some(state()), vec![registered(), visit(fate)]),
        );
        assert!(row.sync_words.starts_with(words), "{}", row.sync_words);
    }
    // Somebody else's unsent work cannot be here; their refusals are theirs.
    let theirs = seen(Some(state()), vec![registered()]);
    assert_eq!(list_row(&viewer, &theirs).sync, SyncState::Accepted);
}

/// Who said it, what, and whether the client said so in person.
type Word = (PersonId, ContactSafety, bool);

#[test]
fn a_number_that_is_never_to_be_used_is_shown_and_not_offered() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let number = "0812 3456 789";
    let said = |n, by, safety, in_person| {
        item(
            n,
            by,
            i64::from(20 - n),
            set_contact("+62 812-3456-789", safety, in_person),
            recorded(),
        )
    };
    let (never, ask, safe) = (
        ContactSafety::DoNotContact,
        ContactSafety::Ask,
        ContactSafety::Safe,
    );
    // What was said, in order: whether it may be dialled, whether the system may send, how it stands.
    let cases: &[(&[Word], bool, bool, ContactSafety)] = &[
        (&[], true, false, ask),
        (&[(WORKER, safe, true)], true, true, safe),
        (&[(WORKER, safe, false)], true, false, ask),
        (&[(WORKER, never, false)], false, false, never),
        (
            &[(WORKER, never, false), (CLERK, safe, true)],
            false,
            false,
            never,
        ),
        (
            &[(CLERK, safe, true), (WORKER, never, false)],
            false,
            false,
            never,
        ),
        (
            &[(WORKER, never, true), (WORKER, safe, true)],
            true,
            true,
            safe,
        ),
        (
            &[(CLERK, safe, true), (WORKER, ask, true)],
            true,
            false,
            ask,
        ),
    ];
    for (words, may_dial, may_send, stands) in cases {
        let mut items = vec![registered()];
        for (n, (by, safety, in_person)) in (2..).zip(words.iter()) {
            items.push(said(n, *by, *safety, *in_person));
        }
        let lines = contacts(&viewer, &seen(Some(state()), items));
        assert_eq!(lines.len(), 1, "{lines:?}");
        assert_eq!(lines[0].dial.is_some(), *may_dial, "{words:?}");
        assert_eq!(lines[0].may_send, *may_send, "{words:?}");
        assert_eq!(lines[0].safety, *stands, "{words:?}");
    }
    let items = vec![registered(), said(2, WORKER, never, false)];
    let shown = header(&viewer, &seen(Some(state()), items)).contacts;
    assert_eq!(shown[0].says, "+62 812-3456-789: JANGAN DIHUBUNGI");
    let items = vec![said(2, WORKER, never, false), said(3, CLERK, safe, true)];
    let told = timeline(&viewer, &seen(Some(state()), items));
    assert_eq!(
        told[1].detail.as_deref(),
        Some("+62 812-3456-789: aman dihubungi (sekarang: JANGAN DIHUBUNGI)")
    );
    assert!(is_same_contact(number, "628123456789"));
    assert!(is_same_contact("@Ibu_S", " @ibu_s "));
    assert!(!is_same_contact("129", "62129"));
}

#[test]
fn what_this_person_does_not_hold_is_not_told() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(HEAD);
    let index = CaseSeen {
        classes: BTreeSet::new(),
        ..seen(Some(state()), Vec::new())
    };
    let row = list_row(&viewer, &index);
    assert_eq!(row.name, "nama tidak ditampilkan");
    assert_eq!(row.number_words, "no. 12");
    let told = header(&viewer, &index);
    assert_eq!(told.consent, None);
    assert_eq!(told.contacts, []);
    let unknown = Register {
        name: None,
        ..register()
    };
    let nameless = item(1, CLERK, 1, unknown, recorded());
    let row = list_row(&viewer, &seen(Some(state()), vec![nameless]));
    assert_eq!(row.name, "nama belum diketahui");
}

#[test]
fn a_list_is_filtered_and_searched() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(WORKER);
    let state = CaseState {
        clocks: vec![clock("penjangkauan", now().plus_millis(-HOUR))],
        ..state()
    };
    let case = seen(Some(state), vec![registered()]);
    let any = ListFilter::default();
    let filters = [
        (any.clone(), true),
        (
            ListFilter {
                mine: true,
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                status: Some(Status::Closed),
                ..any.clone()
            },
            false,
        ),
        (
            ListFilter {
                status: Some(Status::Assigned),
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                overdue: true,
                ..any.clone()
            },
            true,
        ),
        (
            ListFilter {
                unsent: true,
                ..any.clone()
            },
            false,
        ),
    ];
    let seen = glance(&viewer, &case);
    for (filter, passes) in filters {
        assert_eq!(seen.passes(&viewer, &filter), passes, "{filter:?}");
    }
    let mine = ListFilter { mine: true, ..any };
    let other = bureau.viewer(PSYCHOLOGIST);
    assert!(!glance(&other, &case).passes(&other, &mine));
    for (words, is_found) in [
        ("ibu s", true),
        ("S IBU", true),
        ("12", true),
        ("52710152", true),
        ("ampenan", true),
        ("0812 3456", true),
        ("pertengkaran", false),
        ("ibu t", false),
    ] {
        assert_eq!(seen.has(&viewer, words), is_found, "{words}");
    }
}

#[test]
fn a_timeline_tells_who_when_what_became_of_it_and_what_to_do() {
    let bureau = Bureau::new();
    let mut late = item(2, WORKER, 5, danger(SafetyLevel::P1), Fate::OnDevice);
    late.recorded_at = Some(now().plus_millis(-HOUR));
    let flagged = Fate::Judged(Verdict::Recorded([Flag::ClockFuture].into()));
    let contact = set_contact("@ibu_s", ContactSafety::DoNotContact, true);
    let items = vec![registered(), late, item(3, CLERK, 1, contact, flagged)];
    let case = seen(Some(state()), items);
    let told = timeline(&bureau.viewer(WORKER), &case);
    let first = &told[0];
    assert_eq!(first.who, "Sari");
    assert_eq!(first.role, "Petugas Pendataan");
    assert_eq!(
        (first.day.as_str(), first.time.as_str()),
        ("Sab 21 Nov 2026", "12.00")
    );
    assert_eq!(first.quote.as_deref(), Some("Pertengkaran."));
    assert_eq!(
        (first.sync, first.what_to_do.as_deref()),
        (SyncState::Accepted, None)
    );
    assert_eq!(told[1].way.as_deref(), Some("Dicatat 11.00."));
    assert_eq!(told[1].verdict, "di HP saja, belum terkirim");
    let todo = told[1].what_to_do.as_deref().unwrap();
    assert!(todo.contains("terkirim sendiri"), "{todo}");
    assert_eq!(told[2].detail.as_deref(), Some("@ibu_s: JANGAN DIHUBUNGI"));
    assert_eq!(told[2].what_to_do.as_deref(), Some("Betulkan jam HP."));
    let english = Viewer {
        language: Language::English,
        ..bureau.viewer(WORKER)
    };
    let told = timeline(&english, &case);
    assert_eq!(told[1].way.as_deref(), Some("Recorded 11:00."));
    assert_eq!(
        told[2].what_to_do.as_deref(),
        Some("Put the phone's clock right.")
    );
}

#[test]
fn every_mark_that_asks_for_something_says_what() {
    for flag in Flag::ALL {
        for language in Language::ALL {
            let key = format!("do-flag-{flag}");
            let is_said = text::text(*language, &key, &[]) != key;
            assert_eq!(
                is_said,
                crate::screen::timeline::asks_something(*flag),
                "{flag}"
            );
        }
    }
}

#[test]
fn before_the_first_exchange_nothing_breaks() {
    let viewer = Viewer {
        versions: &[],
        profile: None,
        staff: &[],
        ..Bureau::new().viewer(WORKER)
    };
    let raised = item(1, WORKER, 1, danger(SafetyLevel::P1), Fate::OnDevice);
    let case = seen(None, vec![raised]);
    let today = today(&viewer, std::slice::from_ref(&case));
    assert_eq!(today.alarms.len(), 1);
    assert_eq!(header(&viewer, &case).status, Status::Draft);
    assert_eq!(timeline(&viewer, &case)[0].who, "petugas lain");
}

#[test]
fn people_meet_four_labels() {
    let labels: BTreeSet<Secrecy> = Class::ALL.iter().map(|class| secrecy(*class)).collect();
    assert_eq!(labels.len(), 3);
    let words: Vec<String> = Secrecy::ALL
        .iter()
        .map(|label| secrecy_word(Language::Indonesian, *label))
        .collect();
    assert_eq!(words, ["umum", "terbatas", "rahasia", "sangat rahasia"]);
    let bureau = Bureau::new();
    let told = timeline(
        &bureau.viewer(CLERK),
        &seen(Some(state()), vec![registered()]),
    );
    assert_eq!(told[0].secrecy, Secrecy::Limited);
    let reported = Register {
        reporter: Some(line("Tetangga")),
        ..register()
    };
    let reported = item(1, CLERK, 1, reported, recorded());
    let told = timeline(&bureau.viewer(CLERK), &seen(Some(state()), vec![reported]));
    assert_eq!(told[0].secrecy, Secrecy::Secret);
    let session = form::form(form::FormId::F09, &bureau.profile, Language::Indonesian).unwrap();
    assert_eq!(session.secrecy, Some(Secrecy::Confidential));
    let note = session
        .fields
        .iter()
        .find(|field| field.id == "session_note");
    assert_eq!(note.unwrap().secrecy, Some(Secrecy::Secret));
    let complaint = form::form(form::FormId::F20, &bureau.profile, Language::Indonesian).unwrap();
    assert_eq!(complaint.secrecy, None);
}

#[test]
fn nothing_personal_is_shown_by_debug() {
    let bureau = Bureau::new();
    let viewer = bureau.viewer(CLERK);
    let raised = item(2, CLERK, 2, danger(SafetyLevel::P1), Fate::OnDevice);
    let case = seen(Some(state()), vec![registered(), raised]);
    let filter = ListFilter {
        search: Some("Ibu S".to_owned()),
        ..ListFilter::default()
    };
    let shown = format!(
        "{:?} {:?} {:?} {:?} {:?} {filter:?}",
        today(&viewer, std::slice::from_ref(&case)),
        list_row(&viewer, &case),
        header(&viewer, &case),
        timeline(&viewer, &case),
        case,
    );
    for words in ["Ibu S", "0812", "Pertengkaran", "5271"] {
        assert!(!shown.contains(words), "{shown}");
    }
}
