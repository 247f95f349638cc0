//! A forgotten PIN, from the device over the head to the server and back.

use std::cell::RefCell;
use std::collections::BTreeSet;

use jangkau_core::lock::{
    Cost, KeyLabel, KeyStore, KeyStoreError, Lock, LockError, Mark, Pin, ReleaseAsk, ReleaseCode,
    ShownName, VaultId,
};
use jangkau_core::sync::{AdminAct, AuditKind, Refused, SeatStatus, decode_body, encode_body};
use jangkau_core::time::Timestamp;

use super::super::EngineError;
use super::bench::{Bench, Hand};

/// A key store without secrets: here it is the server that is tried.
#[derive(Default)]
struct Chip(RefCell<BTreeSet<KeyLabel>>);

impl KeyStore for Chip {
    fn create(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        self.0.borrow_mut().insert(*label);
        Ok(())
    }

    fn entangle(&self, _: &KeyLabel, input: &[u8; 32]) -> Result<[u8; 32], KeyStoreError> {
        Ok(*input)
    }

    fn forget(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        self.0.borrow_mut().remove(label);
        Ok(())
    }

    fn mark(&self, _: VaultId) -> Result<Option<Mark>, KeyStoreError> {
        Ok(None)
    }

    fn set_mark(&self, _: VaultId, _: Mark) -> Result<(), KeyStoreError> {
        Ok(())
    }
}

fn pin(text: &str) -> Pin {
    Pin::new(text).unwrap()
}

/// The lock of a seat's vault.
fn locked(bench: &mut Bench, hand: &Hand, chip: &Chip) -> Lock {
    let shown = ShownName::default();
    let (cost, rng) = (Cost::DEFAULT, &mut bench.rng);
    Lock::create(&hand.enrolled, shown, &pin("271828"), cost, chip, rng)
        .unwrap()
        .0
}

fn asked(bench: &mut Bench, ask: &ReleaseAsk, now: Timestamp) -> Result<Vec<u8>, Refused> {
    let body = encode_body(ask.request());
    let answer = bench.engine.release(&body, now, &mut bench.rng);
    answer.map_err(|refused| refused.code)
}

#[test]
fn a_head_lets_a_person_back_into_their_own_vault() {
    let mut bench = Bench::new();
    let chip = Chip::default();
    let head = bench.person(&["head_of_institution"]);
    let hand = bench.seat(&["social_worker"]);
    let other = bench.seat(&["social_worker"]);
    let mut lock = locked(&mut bench, &hand, &chip);
    let ask = lock.ask_release(&mut bench.rng);
    let (now, code) = (bench.later(), ask.request().code());
    assert_eq!(
        asked(&mut bench, &ask, now),
        Err(Refused::BadCode),
        "nobody approved it"
    );
    let at = bench.institution.clone();
    let approve = |bench: &mut Bench, by, seat, code| -> Result<(), EngineError> {
        bench.engine.approve_release(&at, by, seat, code, now)
    };
    let by_worker = approve(&mut bench, hand.person, hand.seat, code);
    assert!(matches!(by_worker, Err(EngineError::NotHead)));
    approve(&mut bench, head, other.seat, code).unwrap();
    assert_eq!(
        asked(&mut bench, &ask, now),
        Err(Refused::BadCode),
        "of another seat"
    );
    let mistyped: ReleaseCode = "AAAA-BBBB-CCCC".parse().unwrap();
    approve(&mut bench, head, hand.seat, mistyped).unwrap();
    assert_eq!(
        asked(&mut bench, &ask, now),
        Err(Refused::BadCode),
        "another code"
    );
    approve(&mut bench, head, hand.seat, code).unwrap();
    let second = lock.ask_release(&mut bench.rng);
    assert_eq!(
        asked(&mut bench, &second, now),
        Err(Refused::BadCode),
        "another request"
    );
    asked(&mut bench, &ask, now).unwrap();
    // The answer was lost, and is given again; not after the approval is over.
    let reply = asked(&mut bench, &ask, now.plus_millis(14 * 60_000)).unwrap();
    let late = asked(&mut bench, &ask, now.plus_millis(15 * 60_000));
    assert_eq!(late, Err(Refused::BadCode));
    let reply = decode_body(&reply).unwrap();
    let (new, rng) = (pin("161803"), &mut bench.rng);
    let opened = lock.unlock_released(&ask, &reply, &new, &chip, rng, &mut |_| Ok(()));
    assert!(opened.is_ok());
    let again = lock.unlock_released(&ask, &reply, &new, &chip, rng, &mut |_| Ok(()));
    assert_eq!(again.unwrap_err(), LockError::NotReleased, "once");
    assert!(lock.unlock(&new, &chip, now, &mut |_| Ok(())).is_ok());
    // Each approval and each time that the secret went out is in the chain.
    let acts = bench.told(AuditKind::AdminAct).into_iter();
    let acts = acts.filter(|entry| entry.seat == Some(hand.seat));
    let words: Vec<String> = acts.filter_map(|entry| entry.word).collect();
    let (approved, released) = (AdminAct::ApproveRelease, AdminAct::Release);
    let expected = [approved, approved, released, released];
    assert!(
        words.ends_with(&expected.map(|act| act.code().to_owned())),
        "{words:?}"
    );
}

#[test]
fn a_stolen_seat_is_never_released_and_a_retired_one_may_hand_in_its_work() {
    let mut bench = Bench::new();
    let chip = Chip::default();
    let head = bench.person(&["head_of_institution"]);
    for (how, expected) in [
        (SeatStatus::Retired, Ok(())),
        (SeatStatus::Stolen, Err(Refused::BadCode)),
    ] {
        let hand = bench.seat(&["social_worker"]);
        let lock = locked(&mut bench, &hand, &chip);
        let ask = lock.ask_release(&mut bench.rng);
        let (now, code) = (bench.later(), ask.request().code());
        let at = bench.institution.clone();
        bench
            .engine
            .approve_release(&at, head, hand.seat, code, now)
            .unwrap();
        bench.engine.revoke(&at, hand.seat, how, now).unwrap();
        assert_eq!(asked(&mut bench, &ask, now).map(|_| ()), expected, "{how}");
        let approved = bench
            .engine
            .approve_release(&at, head, hand.seat, code, now);
        assert_eq!(approved.is_ok(), expected.is_ok(), "{how}");
    }
}
