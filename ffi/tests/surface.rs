//! The exported objects, driven as a phone drives them.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "../examples/office.rs"]
#[allow(dead_code, reason = "the example's own main")]
mod office;

use jangkau_core::sync::{SignedRequest, SyncRequest, decode_body, unpack};
use jangkau_ffi::{
    ApplicantKind, Channel, Enrolment, FateLine, NewCase, NewVisit, SafetyLevel, Vault, VaultError,
    VisitPlace,
};

/// A name that must not stand in any text which a crash reporter may take.
const CANARY: &str = "Kenari";

fn vault() -> Vault {
    let enrolment = Enrolment::begin("ABCD-EFGH".to_owned()).unwrap();
    let reply = office::enrol(&enrolment.request()).unwrap();
    enrolment.finish_in_memory(reply).unwrap()
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

#[test]
fn what_was_saved_is_there_after_opening_again() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db").to_str().unwrap().to_owned();
    let enrolment = Enrolment::begin("ABCD-EFGH".to_owned()).unwrap();
    let reply = office::enrol(&enrolment.request()).unwrap();
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
    let enrolment = Enrolment::begin("ABCD-EFGH".to_owned()).unwrap();
    let other = Enrolment::begin("ABCD-EFGH".to_owned()).unwrap();
    let reply = office::enrol(&other.request()).unwrap();
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
