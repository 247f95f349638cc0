//! Every command of the core can be given, goes the whole way, and shows none of its words in a text for logs.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::collections::BTreeSet;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use ed25519_dalek::SigningKey;
use jangkau_core::command::{Command, CommandEntry, CommandKind, Stamp};
use jangkau_core::id::{CaseId, DeviceId, PersonId};
use jangkau_core::profile::shipped;
use jangkau_core::profile::words::Role;
use jangkau_core::replica::Replica;
use jangkau_core::sync::{Enrol, decode_body, encode_body};
use jangkau_core::time::Timestamp;

use super::{CaseCommand, TextChange};
use crate::VaultError;

#[path = "../../examples/office.rs"]
#[allow(dead_code, reason = "the example's own main")]
mod office;

/// A word that must not stand in any text which a crash reporter may take; it is also an id and a code.
const CANARY: &str = "kenarikenarikenarikeng";

/// A value that has a canary wherever it can.
pub(super) trait Sample {
    fn sample() -> Self;
}

impl Sample for String {
    fn sample() -> Self {
        CANARY.to_owned()
    }
}

impl Sample for bool {
    fn sample() -> Self {
        true
    }
}

impl Sample for u32 {
    fn sample() -> Self {
        8_675_309
    }
}

impl Sample for SystemTime {
    fn sample() -> Self {
        UNIX_EPOCH + Duration::from_millis(1_700_000_000_123)
    }
}

impl Sample for TextChange {
    fn sample() -> Self {
        Self {
            old: CANARY.to_owned(),
            new: CANARY.to_owned(),
        }
    }
}

impl<T: Sample> Sample for Option<T> {
    fn sample() -> Self {
        Some(T::sample())
    }
}

impl<T: Sample> Sample for Vec<T> {
    fn sample() -> Self {
        vec![T::sample()]
    }
}

/// One command of each kind, with every field filled.
fn given() -> Vec<Command> {
    let samples = CaseCommand::samples().into_iter();
    samples.map(|sample| sample.given().unwrap()).collect()
}

#[test]
fn every_kind_of_command_can_be_given_with_every_field() {
    let mut kinds = Vec::new();
    for command in given() {
        let kind = command.kind();
        let entry = CommandEntry {
            id: CANARY.parse().unwrap(),
            case: CANARY.parse().unwrap(),
            stamp: Stamp {
                by: CANARY.parse().unwrap(),
                occurred_at: Timestamp::from_millis(0),
                performed_by: None,
            },
            command,
        };
        let records = entry.records();
        for field in kind.fields() {
            let mut placed = records.iter().filter(|p| p.collection == field.collection);
            assert!(placed.any(|p| p.record.has(field.key)), "{kind} {field:?}");
        }
        kinds.push(kind);
    }
    let mut all = CommandKind::ALL.to_vec();
    // Its record holds keys: `Vault.attach` makes it.
    all.retain(|kind| *kind != CommandKind::Attach);
    assert_eq!(kinds, all);
}

#[test]
fn what_each_role_does_can_be_given() {
    let mut can: BTreeSet<CommandKind> = given().iter().map(Command::kind).collect();
    can.insert(CommandKind::Attach);
    let working = [
        Role::SocialWorker,
        Role::Psychologist,
        Role::Clerk,
        Role::HeadOfInstitution,
    ];
    for profile in shipped().unwrap() {
        for kind in CommandKind::ALL {
            let roles = profile.transition(*kind).map(|t| &t.roles);
            let is_theirs = roles.is_some_and(|roles| working.iter().any(|r| roles.contains(r)));
            assert!(!is_theirs || can.contains(kind), "{kind}");
        }
    }
}

#[test]
fn no_command_shows_what_is_in_it() {
    for sample in CaseCommand::samples() {
        let shown = format!("{sample:?} {sample}");
        assert_eq!(shown, "CaseCommand(…) CaseCommand(…)");
    }
    let change = TextChange::sample();
    assert!(!format!("{change:?} {change}").contains(CANARY));
}

#[test]
fn what_is_none_of_its_kind_is_refused() {
    let form = || super::MarkDuplicate {
        of: CANARY.to_owned(),
        reason: CANARY.to_owned(),
    };
    let no_id = super::MarkDuplicate {
        of: "x".to_owned(),
        ..form()
    };
    let too_long = super::MarkDuplicate {
        reason: "a".repeat(301),
        ..form()
    };
    let no_code = super::WaiveDocument {
        requirement: "KTP!".to_owned(),
        reason: CANARY.to_owned(),
    };
    let refused = [
        (CaseCommand::MarkDuplicate(no_id), VaultError::NotAnId),
        (
            CaseCommand::MarkDuplicate(too_long),
            VaultError::TextTooLong,
        ),
        (CaseCommand::WaiveDocument(no_code), VaultError::UnknownWord),
    ];
    for (command, error) in refused {
        assert_eq!(command.given().err(), Some(error));
    }
}

#[test]
fn every_command_is_recorded_sent_and_kept() {
    let (mut office, code) = office::Office::open().unwrap();
    let mut rng = crate::platform::rng().unwrap();
    let key = SigningKey::from_bytes(&[7; 32]);
    let body = encode_body(&Enrol {
        code,
        device: DeviceId::generate(office::now(), &mut rng),
        public_key: key.verifying_key().to_bytes(),
    });
    let enrolled = decode_body(&office.post("enrol", &body).unwrap()).unwrap();
    let mut replica = Replica::create_in_memory(&enrolled, key).unwrap();
    let mut case: Option<CaseId> = None;
    let mut recorded = BTreeSet::new();
    for command in given() {
        let (now, kind) = (office::now(), command.kind());
        let at = if kind.opens_file() { None } else { case };
        let id = replica.record(at, command, now, None::<PersonId>, now, &mut rng);
        match id.unwrap() {
            Ok(id) => {
                case = case.or(Some(CaseId::from(id)));
                recorded.insert(kind);
            }
            // Their target is a text, which is not here.
            Err(_) => assert_eq!(kind, CommandKind::EditMinutes),
        }
    }
    assert_eq!(recorded.len(), CaseCommand::samples().len() - 1);
    for _ in 0..10 {
        let now = office::now();
        let request = replica.request(now, &mut rng).unwrap();
        let reply = office.post("sync", &request).unwrap();
        let synced = replica.receive(&reply, now, &mut rng).unwrap();
        assert_eq!(synced.turned_away, [], "a shape that no such command has");
        assert!(synced.cases.contains(&case.unwrap()) || !synced.again);
    }
}
