//! The exported objects, driven as a phone drives them.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod phone;

use std::collections::HashMap;
use std::time::{Duration, SystemTime};

use jangkau_ffi::{
    AttachmentKind, AttachmentPresence, CaseCommand, Close, DraftMinutes, EditIdentity,
    EditMinutes, Language, ListAsk, MediaType, RecordActivity, RecordStamp, SafetyLevel,
    ServiceType, TextChange, TransportFault, VaultError,
};
use phone::{CANARY, Phone, every, family, now, register, sync, unsent, visit, wait};

#[test]
fn a_day_without_signal_then_the_office() {
    let (phone, vault) = Phone::with_vault();
    phone
        .line
        .set(phone::Signal::Fault(TransportFault::Offline));
    let case_id = register(&vault);
    let visit_id = wait(vault.record(Some(case_id.clone()), visit(), now())).unwrap();
    let standing = wait(vault.standing(Language::Indonesian)).unwrap();
    let unsent_line = standing.unsent.unwrap();
    assert_eq!(unsent_line.count, 2);
    assert!(unsent_line.says.contains('2'), "{}", unsent_line.says);
    assert!(unsent_line.oldest <= SystemTime::now());
    assert_eq!(standing.lease_until, None, "before the first exchange");
    assert_eq!(sync(&vault), Err(VaultError::Offline));
    let page = wait(vault.timeline(case_id.clone(), 0, Language::Indonesian)).unwrap();
    assert_eq!((page.total, page.next), (2, None));
    assert_eq!(page.lines[0].id, visit_id, "the newest first");
    for line in &page.lines {
        assert_eq!(
            (&*line.sync, &*line.sync_words),
            ("on_device", "di HP saja")
        );
    }
    phone.line.set(phone::Signal::Good);
    let outcome = sync(&vault).unwrap();
    assert!(outcome.complete && outcome.turned_away.is_empty());
    assert_eq!(unsent(&vault), 0);
    let page = wait(vault.timeline(case_id, 0, Language::English)).unwrap();
    let visit = page.lines.iter().find(|line| line.id == visit_id).unwrap();
    assert_eq!((&*visit.kind, &*visit.sync), ("record_visit", "accepted"));
    let standing = wait(vault.standing(Language::English)).unwrap();
    assert_eq!(standing.unsent, None);
    assert!(standing.lease_until > Some(SystemTime::now()));
}

#[test]
fn what_happened_keeps_its_time_and_its_doer() {
    let (_phone, vault) = Phone::with_vault();
    sync(&vault).unwrap();
    let case_id = register(&vault);
    let colleagues = wait(vault.colleagues(0, Language::Indonesian))
        .unwrap()
        .lines;
    let names: Vec<&str> = colleagues.iter().map(|line| &*line.name).collect();
    assert_eq!(names, ["Rina", "Sri"]);
    let stamp = RecordStamp {
        occurred_at: Some(SystemTime::UNIX_EPOCH + Duration::from_secs(1_700_000_000)),
        performed_by: Some(colleagues[1].person_id.clone()),
    };
    wait(vault.record(Some(case_id.clone()), visit(), stamp)).unwrap();
    let page = wait(vault.timeline(case_id, 0, Language::English)).unwrap();
    let visit = page.lines.last().unwrap();
    assert_eq!(visit.performed_by.as_deref(), Some("Sri"));
    assert!(visit.day.contains("2023"), "{}", visit.day);
}

#[test]
fn refusals_are_named() {
    let (_phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let unknown = Some("AAAAAAAAAAAAAAAAAAAAAA".to_owned());
    let long = "a".repeat(301);
    let many = CaseCommand::ConfirmRecords(jangkau_ffi::ConfirmRecords {
        records: (0..65)
            .map(|place: u8| format!("{:A<21}A", format!("{}", place + 10)))
            .collect(),
    });
    let cases = [
        (unknown, visit(), VaultError::NotHere),
        (Some("no id".into()), visit(), VaultError::NotAnId),
        (Some(case_id.clone()), family("x"), VaultError::NotHere),
        (None, visit(), VaultError::NotHere),
        (None, family(&long), VaultError::TextTooLong),
        (Some(case_id), many, VaultError::TextTooLong),
    ];
    for (case, command, expected) in cases {
        assert_eq!(wait(vault.record(case, command, now())), Err(expected));
    }
    assert_eq!(unsent(&vault), 1);
}

#[test]
fn a_form_is_asked_checked_and_recorded_and_screens_show_it() {
    let (phone, vault) = Phone::with_vault();
    let form = || wait(vault.form(None, "f01".to_owned(), Language::Indonesian));
    assert_eq!(form(), Err(VaultError::FormNotUsed), "no profile has come");
    sync(&vault).unwrap();
    let fields = form().unwrap().fields.into_iter();
    let first: Vec<String> = fields.filter(|f| f.first).map(|f| f.id).collect();
    assert_eq!(first, ["name", "place", "problem", "danger"]);
    let answers: HashMap<String, String> = [
        ("name", CANARY),
        ("place", "Pasar"),
        ("problem", "Dipukul."),
        ("danger", "p1"),
        ("nik", "123"),
    ]
    .map(|(field, said)| (field.to_owned(), said.to_owned()))
    .into();
    let (f01, english) = (|| "f01".to_owned(), Language::English);
    let found = wait(vault.check_form(None, f01(), answers.clone(), true, english)).unwrap();
    assert_eq!(found.len(), 1);
    assert!(!found[0].stops && found[0].says.contains("16 digits"));
    let ids = wait(vault.record_form(None, f01(), answers)).unwrap();
    let today = wait(vault.today(0, Language::Indonesian)).unwrap();
    assert!(today.alarms[0].says.starts_with("BELUM TERKIRIM"));
    let mut numbers = today.alarms[0].numbers.iter();
    assert!(numbers.any(|line| line.number == "110"));
    let page = wait(vault.list(every(), 0, Language::Indonesian)).unwrap();
    assert_eq!((page.total, page.next), (1, None));
    assert_eq!(page.lines[0].name, CANARY);
    assert_eq!(page.lines[0].sync_words, "di HP saja");
    let case_id = page.lines[0].case_id.clone();
    let header = wait(vault.header(case_id.clone(), english)).unwrap();
    assert_eq!(header.danger, "p1");
    let told = wait(vault.timeline(case_id.clone(), 0, Language::Indonesian)).unwrap();
    assert_eq!(told.lines[0].id, ids[0]);
    let attention = wait(vault.attention(Some(case_id), 0, english)).unwrap();
    assert!(attention.lines[0].says.starts_with("NOT SENT"));
    let due = wait(vault.deadlines(0, english)).unwrap();
    assert!(due.lines.iter().all(|line| line.clock.due.is_some()));
    assert!(due.total > 0);
    let wrong = ListAsk {
        status: Some("selesai".to_owned()),
        ..every()
    };
    let listed = wait(vault.list(wrong, 0, english));
    assert_eq!(listed.err(), Some(VaultError::UnknownWord));
    let empty = wait(vault.record_form(None, f01(), HashMap::new()));
    assert_eq!(empty, Err(VaultError::FormUnfilled));
    let none = wait(vault.record_form(None, "f99".to_owned(), HashMap::new()));
    assert_eq!(none, Err(VaultError::UnknownWord));
    sync(&vault).unwrap();
    assert_eq!(
        wait(vault.today(0, Language::Indonesian)).unwrap().alarms,
        []
    );
    drop(phone);
}

#[test]
fn a_record_is_read_in_full_and_a_field_keeps_its_history() {
    let (_phone, vault) = Phone::with_vault();
    sync(&vault).unwrap();
    let case_id = register(&vault);
    let edit = CaseCommand::EditIdentity(EditIdentity {
        basis: Some("KTP".into()),
        supersedes: vec![case_id.clone()],
        name: Some("Kenari M.".into()),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    });
    wait(vault.record(Some(case_id.clone()), edit, now())).unwrap();
    let english = Language::English;
    let history = wait(vault.identity_history(case_id.clone(), 0, english))
        .unwrap()
        .lines;
    let values: Vec<(&str, &str, bool)> = history
        .iter()
        .map(|line| (&*line.field, &*line.value, line.stands))
        .collect();
    assert_eq!(
        values,
        [("name", "Kenari M.", true), ("name", CANARY, false)]
    );
    assert_eq!(history[1].line.id, case_id, "what a correction names");
    let long = "Percakapan panjang. ".repeat(40);
    let mut form = visit();
    if let CaseCommand::RecordVisit(visit) = &mut form {
        visit.observation = long.clone();
        visit.danger = Some(SafetyLevel::P2);
    }
    let id = wait(vault.record(Some(case_id.clone()), form, now())).unwrap();
    let shown = wait(vault.record_in_full(case_id.clone(), id, english)).unwrap();
    let value = |name: &str| {
        let field = shown.fields.iter().find(|field| field.field == name);
        field.map(|field| field.value.clone())
    };
    assert_eq!(value("observation"), Some(long));
    assert_eq!(value("met").as_deref(), Some("yes"));
    let place = value("place").unwrap();
    assert_ne!(place, "home", "a word for people");
    assert!(shown.fields.iter().all(|field| field.label != field.field));
    let unknown = vault.record_in_full(case_id, "AAAAAAAAAAAAAAAAAAAAAA".into(), english);
    assert_eq!(wait(unknown).err(), Some(VaultError::NotHere));
}

#[test]
fn minutes_are_read_as_they_are_now() {
    let (_phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let minutes = CaseCommand::DraftMinutes(DraftMinutes {
        title: "Rapat".into(),
        body: "Hadir: Rina.".into(),
    });
    let id = wait(vault.record(Some(case_id.clone()), minutes, now())).unwrap();
    let edit = CaseCommand::EditMinutes(EditMinutes {
        target: id.clone(),
        edit: Some(TextChange {
            old: "Hadir: Rina.".into(),
            new: "Hadir: Rina, Sri.".into(),
        }),
    });
    wait(vault.record(Some(case_id.clone()), edit, now())).unwrap();
    let shown = wait(vault.record_in_full(case_id, id, Language::English)).unwrap();
    let body = shown.fields.iter().find(|field| field.field == "body");
    assert_eq!(body.unwrap().value, "Hadir: Rina, Sri.");
}

#[test]
fn a_scan_follows_its_record_and_opens_again() {
    let (phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let visit_id = wait(vault.record(Some(case_id.clone()), visit(), now())).unwrap();
    let scan = b"%PDF-1.7 formulir".to_vec();
    let attach = |bytes: &[u8]| {
        let (case, target) = (case_id.clone(), visit_id.clone());
        wait(vault.attach(case, target, AttachmentKind::Scan, bytes.to_vec()))
    };
    assert_eq!(attach(b"GIF89a"), Err(VaultError::NotAPicture));
    let id = attach(&scan).unwrap();
    let withdrawn = attach(&scan).unwrap();
    assert_eq!(wait(vault.remove_attachment(withdrawn.clone())), Ok(true));
    let line = |id: &str| {
        let page = wait(vault.attachments(case_id.clone(), 0, Language::Indonesian)).unwrap();
        page.lines.into_iter().find(|line| line.id == id).unwrap()
    };
    assert_eq!(line(&id).presence, AttachmentPresence::Waiting);
    assert_eq!(line(&id).says, "di HP saja");
    phone
        .line
        .set(phone::Signal::Fault(TransportFault::Offline));
    assert_eq!(sync(&vault), Err(VaultError::Offline));
    phone.line.set(phone::Signal::Good);
    let run = vault.start_sync(None).unwrap();
    assert!(wait(run.finished()).unwrap().complete);
    assert!(
        run.progress().attachment_steps > 0,
        "in one run with its record"
    );
    let sent = line(&id);
    assert_eq!(sent.presence, AttachmentPresence::Stored);
    assert_eq!(
        (&*sent.kind_words, &*sent.says),
        ("formulir hasil pindai", "diterima")
    );
    assert_eq!((sent.media, sent.here, sent.parts), (MediaType::Pdf, 1, 1));
    assert_eq!(
        wait(vault.open_attachment(case_id.clone(), id.clone())),
        Ok(scan)
    );
    assert_eq!(line(&withdrawn).presence, AttachmentPresence::Removed);
    let gone = wait(vault.open_attachment(case_id.clone(), withdrawn));
    assert_eq!(gone, Err(VaultError::NotFetched));
    assert_eq!(
        wait(vault.remove_attachment(id.clone())),
        Ok(false),
        "it was sent"
    );
    // A record that was moved: what is attached to it is attached again in the other case.
    let other = register(&vault);
    let moved = wait(vault.record(Some(other.clone()), visit(), now())).unwrap();
    let again = vault.attach_again(case_id, id, other.clone(), moved);
    let again = wait(again).unwrap();
    let opened = wait(vault.open_attachment(other, again));
    assert_eq!(opened.as_deref(), Ok(&b"%PDF-1.7 formulir"[..]));
}

#[test]
fn what_is_repeated_under_its_id_says_so_and_changes_nothing() {
    let (_phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let before = unsent(&vault);
    let (seen, scan, photo) = (
        vault.new_id().unwrap(),
        vault.new_id().unwrap(),
        vault.new_id().unwrap(),
    );
    for repeated in [false, true] {
        let case = Some(case_id.clone());
        let once = vault.record_once(seen.clone(), case.clone(), visit(), now());
        let expected = |id: &String| {
            Ok(jangkau_ffi::RecordedOnce {
                ids: vec![id.clone()],
                repeated,
            })
        };
        assert_eq!(wait(once), expected(&seen));
        let (id, bytes) = (scan.clone(), b"%PDF-1.7 formulir".to_vec());
        let (case, target) = (case_id.clone(), seen.clone());
        let once = vault.attach_once(id, case, target, AttachmentKind::Scan, bytes);
        assert_eq!(wait(once), expected(&scan));
    }
    assert_eq!(unsent(&vault), before + 2);
    let taken = Err(VaultError::IdTaken);
    let other = CaseCommand::Close(Close {
        survey_offered: true,
    });
    let once = vault.record_once(seen.clone(), Some(case_id.clone()), other, now());
    assert_eq!(wait(once), taken);
    let (case, kind) = (case_id.clone(), AttachmentKind::Scan);
    let once = vault.attach_once(scan, case, seen.clone(), kind, b"%PDF-1.7 lain".to_vec());
    assert_eq!(wait(once), taken);
    let nothing = (AttachmentKind::Photo, b"GIF89a".to_vec());
    let once = vault.attach_once(photo, case_id, seen, nothing.0, nothing.1);
    assert_eq!(wait(once), Err(VaultError::NotAPicture));
}

#[test]
fn an_activity_stands_apart_from_cases() {
    let (_phone, vault) = Phone::with_vault();
    let activity = CaseCommand::RecordActivity(RecordActivity {
        kind: ServiceType::Outreach,
        place: "Balai desa".into(),
        group: "Ibu-ibu PKK".into(),
        attendance: 30,
        material: None,
        note: None,
        ended_at: None,
    });
    let id = wait(vault.record(None, activity, now())).unwrap();
    let page = wait(vault.activities(0, Language::Indonesian)).unwrap();
    assert_eq!((page.total, &page.lines[0].id), (1, &id));
    assert_eq!(
        wait(vault.list(every(), 0, Language::Indonesian))
            .unwrap()
            .total,
        0
    );
}

#[test]
fn a_thousand_cases_come_in_pages() {
    let (_phone, vault) = Phone::with_vault();
    let mut recorded: Vec<String> = (0..1_000)
        .map(|place| wait(vault.record(None, family(&format!("Kenari {place}")), now())).unwrap())
        .collect();
    let (mut listed, mut from, mut pages) = (Vec::new(), Some(0), 0);
    while let Some(place) = from {
        let page = wait(vault.list(every(), place, Language::Indonesian)).unwrap();
        assert!(page.lines.len() <= 50);
        assert_eq!(page.total, 1_000);
        listed.extend(page.lines.into_iter().map(|line| line.case_id));
        (from, pages) = (page.next, pages + 1);
    }
    recorded.sort();
    listed.sort();
    assert_eq!((listed, pages), (recorded, 20));
    let beyond = wait(vault.list(every(), u64::MAX, Language::Indonesian)).unwrap();
    assert_eq!((beyond.lines.len(), beyond.next), (0, None));
    let ask = ListAsk {
        search: Some("kenari 77".into()),
        ..every()
    };
    assert_eq!(
        wait(vault.list(ask, 0, Language::English)).unwrap().total,
        19,
        "77 is in 77, 177 and 770"
    );
}

#[test]
fn a_dying_phones_work_is_carried_by_another() {
    let (phone, vault) = Phone::with_vault();
    register(&vault);
    let parcel = wait(vault.export_parcel()).unwrap().unwrap();
    assert_eq!(wait(vault.carry_parcel(parcel.clone())), Ok(1));
    let standing = wait(vault.standing(Language::English)).unwrap();
    assert_eq!(standing.carried, 1);
    let garbage = wait(vault.carry_parcel(vec![7; 40]));
    assert_eq!(garbage, Err(VaultError::NotCarried));
    drop(phone);
}

#[test]
fn another_zone_than_the_offices_is_told() {
    let (phone, vault) = Phone::with_vault();
    sync(&vault).unwrap();
    let told = wait(vault.today(0, Language::English)).unwrap().notices;
    assert_eq!(told, [], "Cilegon's clocks show Jakarta's time");
    let clocks = &phone.clocks;
    clocks
        .is_far_away
        .store(true, std::sync::atomic::Ordering::SeqCst);
    let told = wait(vault.today(0, Language::Indonesian)).unwrap().notices;
    assert_eq!(told.len(), 1);
    let (says, todo) = (&told[0].says, &told[0].what_to_do);
    assert!(
        says.contains("Asia/Jayapura") && todo.ends_with('.'),
        "{says} {todo}"
    );
}
