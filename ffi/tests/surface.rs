//! The exported objects, driven as a phone drives them.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "../examples/office.rs"]
#[allow(dead_code, reason = "the example's own main")]
mod office;

use jangkau_core::sync::{SignedRequest, SyncRequest, decode_body, unpack};
use jangkau_ffi::{
    ApplicantKind, Channel, Enrolment, FateLine, Language, ListAsk, NewCase, NewVisit, SafetyLevel,
    Vault, VaultError, VisitPlace,
};
use office::Office;

/// A name that must not stand in any text which a crash reporter may take.
const CANARY: &str = "Kenari";

/// An enrolment with the code of an office, and the office's answer to it.
fn enrolled() -> (Office, Enrolment, Vec<u8>) {
    let (mut office, code) = Office::open().unwrap();
    let enrolment = Enrolment::begin(code).unwrap();
    let reply = office.post("enrol", &enrolment.request()).unwrap();
    (office, enrolment, reply)
}

fn at_office() -> (Office, Vault) {
    let (office, enrolment, reply) = enrolled();
    (office, enrolment.finish_in_memory(reply).unwrap())
}

fn vault() -> Vault {
    at_office().1
}

fn case() -> NewCase {
    NewCase {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        name: Some(CANARY.to_owned()),
        problem: None,
        place: None,
        phone: None,
        danger: None,
    }
}

fn visit() -> NewVisit {
    NewVisit {
        place: VisitPlace::Home,
        met: true,
        observation: format!("{CANARY} ditemui di rumah."),
        danger: Some(SafetyLevel::P3),
        next_step: None,
        occurred_at_ms: 1_700_000_000_000,
    }
}

#[test]
fn a_day_without_signal() {
    let vault = vault();
    let case_id = vault.register_case(case()).unwrap();
    let visit_id = vault.record_visit(case_id.clone(), visit()).unwrap();
    assert_eq!(vault.state().unwrap(), "active");
    assert_eq!(vault.unsent().unwrap(), 2);
    let cases = vault.cases().unwrap();
    assert_eq!(cases.len(), 1);
    assert_eq!((&cases[0].id, cases[0].pending), (&case_id, 2));
    let lines = vault.timeline(case_id).unwrap();
    let line = lines.iter().find(|line| line.id == visit_id).unwrap();
    assert_eq!(line.kind, "record_visit");
    assert_eq!(line.fate, FateLine::OnDevice);
    assert_eq!(line.by, vault.person().unwrap());
    assert_eq!(
        line.observation.as_deref(),
        Some("Kenari ditemui di rumah.")
    );
}

#[test]
fn the_server_judges_what_was_recorded() {
    let (mut office, vault) = at_office();
    let case_id = vault.register_case(case()).unwrap();
    let visit_id = vault.record_visit(case_id.clone(), visit()).unwrap();
    for _ in 0..10 {
        let reply = office.post("sync", &vault.next_request().unwrap()).unwrap();
        let outcome = vault.take_reply(reply).unwrap();
        assert_eq!(outcome.turned_away, Vec::<String>::new());
        if !outcome.again {
            break;
        }
    }
    assert_eq!(vault.unsent().unwrap(), 0);
    let lines = vault.timeline(case_id).unwrap();
    let fate = |id: &str| {
        lines
            .iter()
            .find(|line| line.id == id)
            .map(|line| &line.fate)
    };
    assert!(
        matches!(fate(&visit_id), Some(FateLine::Recorded { .. })),
        "{lines:?}"
    );
    assert!(lines.iter().all(|line| line.received_at_ms.is_some()));
    assert!(vault.cases().unwrap()[0].status.is_some());
    let stale = vault.next_request().unwrap();
    office.post("sync", &stale).unwrap();
    let refusal = office.post("sync", &stale).unwrap_err();
    let outcome = vault.take_refusal(refusal).unwrap();
    assert_eq!(
        (outcome.code.as_str(), outcome.again),
        ("stale_nonce", true)
    );
}

/// Syncs until both sides have said everything.
fn sync(office: &mut Office, vault: &Vault) {
    for _ in 0..10 {
        let reply = office.post("sync", &vault.next_request().unwrap()).unwrap();
        if !vault.take_reply(reply).unwrap().again {
            return;
        }
    }
}

#[test]
fn a_scan_follows_its_record_and_opens_again() {
    let (mut office, vault) = at_office();
    let case_id = vault.register_case(case()).unwrap();
    let visit_id = vault.record_visit(case_id.clone(), visit()).unwrap();
    let scan = b"%PDF-1.7 formulir".to_vec();
    let attach = |kind: &str, bytes: &[u8]| {
        let (case, target) = (case_id.clone(), visit_id.clone());
        vault.attach(case, target, kind.to_owned(), bytes.to_vec())
    };
    assert_eq!(attach("scan", b"GIF89a"), Err(VaultError::NotAPicture));
    assert_eq!(attach("film", &scan), Err(VaultError::UnknownWord));
    let id = attach("scan", &scan).unwrap();
    let withdrawn = attach("other", &scan).unwrap();
    assert!(vault.remove_attachment(withdrawn.clone()).unwrap());
    assert_eq!(
        vault.next_blob_request().unwrap(),
        None,
        "its record goes first"
    );
    sync(&mut office, &vault);
    let line = |id: &str| {
        let lines = vault.attachments(case_id.clone()).unwrap();
        lines.into_iter().find(|line| line.id == id).unwrap()
    };
    assert_eq!(line(&id).presence, "waiting");
    assert_eq!(
        vault.unsent_attachments(),
        Ok(1),
        "its record is sent, its bytes are not"
    );
    while let Some(request) = vault.next_blob_request().unwrap() {
        match office.post("blob", &request) {
            Ok(reply) => {
                vault.take_blob_reply(reply).unwrap();
            }
            Err(refusal) => assert!(vault.take_blob_refusal(refusal).unwrap().again),
        }
    }
    assert_eq!(vault.unsent_attachments(), Ok(0));
    let sent = line(&id);
    assert_eq!(
        (sent.presence.as_str(), sent.media.as_str()),
        ("stored", "pdf")
    );
    assert_eq!((sent.here, sent.parts, sent.length), (1, 1, 17));
    assert_eq!(vault.open_attachment(case_id.clone(), id.clone()), Ok(scan));
    assert_eq!(line(&withdrawn).presence, "removed");
    assert_eq!(
        vault.open_attachment(case_id.clone(), withdrawn),
        Err(VaultError::NotFetched)
    );
    assert!(!vault.remove_attachment(id.clone()).unwrap(), "it was sent");
    // A record that was moved: what is attached to it is attached again in the other case.
    let other = vault.register_case(case()).unwrap();
    let moved = vault.record_visit(other.clone(), visit()).unwrap();
    let again = vault
        .attach_again(case_id.clone(), id, other.clone(), moved)
        .unwrap();
    assert_eq!(
        vault.open_attachment(other, again).as_deref(),
        Ok(&b"%PDF-1.7 formulir"[..])
    );
}

#[test]
fn requests_repeat_what_was_not_answered() {
    let vault = vault();
    vault.register_case(case()).unwrap();
    let pushed = |bytes: Vec<u8>| {
        let request = SignedRequest::from_bytes(&bytes).unwrap();
        let sync: SyncRequest = decode_body(&request.body).unwrap();
        sync.push.unwrap()
    };
    let first = pushed(vault.next_request().unwrap());
    let again = pushed(vault.next_request().unwrap());
    assert_eq!(first, again);
    let envelopes = unpack(&first.envelopes).unwrap();
    assert_eq!(envelopes.len(), 1);
    assert_eq!(envelopes[0].commands.len(), 1);
    assert_eq!(
        vault.take_reply(vec![1, 0, 0]),
        Err(VaultError::NotAnAnswer)
    );
    assert_eq!(vault.unsent().unwrap(), 1);
}

/// With vaults that are encrypted, `vaults.rs` tells this story.
#[cfg(not(feature = "cipher"))]
#[test]
fn what_was_saved_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db").to_str().unwrap().to_owned();
    let (_, enrolment, reply) = enrolled();
    let vault = enrolment.finish(path.clone(), reply).unwrap();
    let case_id = vault.register_case(case()).unwrap();
    drop(vault);
    let vault = Vault::open(path).unwrap();
    assert_eq!(vault.cases().unwrap()[0].id, case_id);
    vault.record_visit(case_id, visit()).unwrap();
    assert_eq!(vault.unsent().unwrap(), 2);
}

#[test]
fn refusals_are_named() {
    let vault = vault();
    let unknown = "AAAAAAAAAAAAAAAAAAAAAA".to_owned();
    let cases = [
        (vault.record_visit(unknown, visit()), VaultError::NotHere),
        (
            vault.record_visit("no id".to_owned(), visit()),
            VaultError::NotAnId,
        ),
        (
            vault.register_case(NewCase {
                name: Some("a".repeat(301)),
                ..case()
            }),
            VaultError::TextTooLong,
        ),
    ];
    for (outcome, expected) in cases {
        assert_eq!(outcome, Err(expected));
    }
    assert_eq!(vault.unsent().unwrap(), 0);
    let (mut office, enrolment, _) = enrolled();
    let (_, _, reply) = enrolled();
    assert!(office.post("enrol", &enrolment.request()).is_err());
    for bytes in [reply, Vec::new()] {
        assert_eq!(
            enrolment.finish_in_memory(bytes).err(),
            Some(VaultError::NotAnAnswer)
        );
    }
}

#[test]
fn debug_shows_no_personal_data() {
    let vault = vault();
    let case_id = vault.register_case(case()).unwrap();
    vault.record_visit(case_id.clone(), visit()).unwrap();
    let shown = format!(
        "{vault:?} {:?} {:?} {:?}",
        case(),
        visit(),
        vault.timeline(case_id).unwrap()
    );
    assert!(!shown.contains(CANARY), "{shown}");
}

fn every() -> ListAsk {
    ListAsk {
        mine: false,
        status: None,
        overdue: false,
        unsent: false,
        search: None,
    }
}

fn exchange(office: &mut Office, vault: &Vault) {
    for _ in 0..10 {
        let reply = office.post("sync", &vault.next_request().unwrap()).unwrap();
        if !vault.take_reply(reply).unwrap().again {
            return;
        }
    }
}

#[test]
fn a_form_is_asked_checked_and_recorded_and_screens_show_it() {
    let (mut office, vault) = at_office();
    let form = || vault.form(None, "f01".to_owned(), Language::Indonesian);
    assert_eq!(form(), Err(VaultError::FormNotUsed), "no profile has come");
    exchange(&mut office, &vault);
    let first: Vec<String> = form()
        .unwrap()
        .fields
        .into_iter()
        .filter(|field| field.first)
        .map(|field| field.id)
        .collect();
    assert_eq!(first, ["name", "place", "problem", "danger"]);
    let answers: std::collections::HashMap<String, String> = [
        ("name", CANARY),
        ("place", "Pasar"),
        ("problem", "Dipukul."),
        ("danger", "p1"),
        ("nik", "123"),
    ]
    .map(|(field, said)| (field.to_owned(), said.to_owned()))
    .into();
    let found = vault
        .check_form(
            None,
            "f01".to_owned(),
            answers.clone(),
            true,
            Language::English,
        )
        .unwrap();
    assert_eq!(found.len(), 1);
    assert!(!found[0].stops && found[0].says.contains("16 digits"));
    let ids = vault.record_form(None, "f01".to_owned(), answers).unwrap();
    let today = vault.today(Language::Indonesian).unwrap();
    assert!(today.alarms[0].says.starts_with("BELUM TERKIRIM"));
    assert!(
        today.alarms[0]
            .numbers
            .iter()
            .any(|line| line.number == "110")
    );
    let page = vault.list(every(), 0, Language::Indonesian).unwrap();
    assert_eq!((page.total, page.next), (1, None));
    assert_eq!(page.rows[0].name, CANARY);
    assert_eq!(page.rows[0].sync_words, "di HP saja");
    let case_id = page.rows[0].case_id.clone();
    let header = vault.header(case_id.clone(), Language::English).unwrap();
    assert_eq!(header.danger, "p1");
    let told = vault.told(case_id.clone(), Language::Indonesian).unwrap();
    assert_eq!(told[0].id, ids[0]);
    let attention = vault.attention(Some(case_id), Language::English).unwrap();
    assert!(attention[0].says.starts_with("NOT SENT"));
    let shown = format!("{today:?} {page:?} {header:?} {told:?} {attention:?}");
    assert!(!shown.contains(CANARY), "{shown}");
    let wrong = ListAsk {
        status: Some("selesai".to_owned()),
        ..every()
    };
    assert_eq!(
        vault.list(wrong, 0, Language::English).err(),
        Some(VaultError::UnknownWord)
    );
    let empty = vault.record_form(None, "f01".to_owned(), Default::default());
    assert_eq!(empty, Err(VaultError::FormUnfilled));
    assert_eq!(
        vault.record_form(None, "f99".to_owned(), Default::default()),
        Err(VaultError::UnknownWord)
    );
    exchange(&mut office, &vault);
    assert_eq!(vault.today(Language::Indonesian).unwrap().alarms, []);
}
