//! Locks as people use them: right and wrong PINs, restarts, clocks, a lost phone, a forgotten PIN.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::id::{DeviceId, Nonce, PersonId, SeatId};
use crate::sync::SeatCertificate;

/// A key store in this process's memory.
#[derive(Default)]
struct InProcess {
    secret: [u8; 32],
    labels: RefCell<BTreeSet<KeyLabel>>,
    marks: RefCell<BTreeMap<VaultId, Mark>>,
    is_out: RefCell<bool>,
}

impl KeyStore for InProcess {
    fn create(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        self.labels.borrow_mut().insert(*label);
        Ok(())
    }

    fn entangle(&self, label: &KeyLabel, input: &[u8; 32]) -> Result<[u8; 32], KeyStoreError> {
        if *self.is_out.borrow() {
            return Err(KeyStoreError::Unavailable);
        }
        if !self.labels.borrow().contains(label) {
            return Err(KeyStoreError::NoKey);
        }
        let mut hasher = blake3::Hasher::new_keyed(&self.secret);
        hasher.update(label.to_string().as_bytes()).update(input);
        Ok(*hasher.finalize().as_bytes())
    }

    fn forget(&self, label: &KeyLabel) -> Result<(), KeyStoreError> {
        let was_there = self.labels.borrow_mut().remove(label);
        was_there.then_some(()).ok_or(KeyStoreError::NoKey)
    }

    fn mark(&self, vault: VaultId) -> Result<Option<Mark>, KeyStoreError> {
        Ok(self.marks.borrow().get(&vault).copied())
    }

    fn set_mark(&self, vault: VaultId, mark: Mark) -> Result<(), KeyStoreError> {
        self.marks.borrow_mut().insert(vault, mark);
        Ok(())
    }
}

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);
const HOUR: i64 = 3_600_000;
const PIN: &str = "271828";

/// One phone with one vault.
struct Phone {
    keystore: InProcess,
    rng: ChaCha20Rng,
    server: SigningKey,
    key: DatabaseKey,
    /// What stands on the disk beside the database.
    disk: RefCell<Vec<u8>>,
    now: Timestamp,
}

fn pin(text: &str) -> Pin {
    Pin::new(text).unwrap()
}

fn enrolled(server: &SigningKey, rng: &mut ChaCha20Rng) -> Enrolled {
    let certificate = SeatCertificate {
        seat: SeatId::generate(NOW, rng),
        institution: "cilegon".parse().unwrap(),
        person: PersonId::generate(NOW, rng),
        device: DeviceId::generate(NOW, rng),
        public_key: [3; 32],
        issued_at: NOW,
        signature: [0; 64],
    };
    Enrolled {
        certificate: certificate.signed(server),
        server_key: server.verifying_key().to_bytes(),
        nonce: Nonce::from_bytes([0; 12]),
    }
}

fn phone() -> Phone {
    let mut rng = ChaCha20Rng::seed_from_u64(8);
    let server = SigningKey::from_bytes(&[1; 32]);
    let keystore = InProcess {
        secret: [9; 32],
        ..InProcess::default()
    };
    let enrolled = enrolled(&server, &mut rng);
    let shown = ShownName::new("B. S.").unwrap();
    let made = Lock::create(
        &enrolled,
        shown,
        &pin(PIN),
        Cost::LITTLE,
        &keystore,
        &mut rng,
    );
    let (lock, key) = made.unwrap();
    Phone {
        keystore,
        rng,
        server,
        key,
        disk: RefCell::new(lock.to_bytes()),
        now: NOW,
    }
}

impl Phone {
    fn lock(&self) -> Lock {
        Lock::from_bytes(&self.disk.borrow()).unwrap()
    }

    /// A try after a restart of the app: nothing is left but the disk.
    fn unlock(&self, text: &str) -> Result<DatabaseKey, LockError> {
        let mut save = |bytes: &[u8]| {
            *self.disk.borrow_mut() = bytes.to_vec();
            Ok(())
        };
        self.lock()
            .unlock(&pin(text), &self.keystore, self.now, &mut save)
    }

    fn is_open(&self, text: &str) -> bool {
        self.unlock(text).is_ok_and(|key| *key.0 == *self.key.0)
    }

    /// Waits as long as the lock asks.
    fn wait(&mut self) {
        self.now = self.now.plus_millis(self.lock().wait_millis(self.now));
    }

    fn change_pin(&mut self, former: &str, new: &str) -> Result<(), LockError> {
        let mut save = |bytes: &[u8]| {
            *self.disk.borrow_mut() = bytes.to_vec();
            Ok(())
        };
        let mut lock = Lock::from_bytes(&self.disk.borrow()).unwrap();
        let (former, new) = (pin(former), pin(new));
        lock.change_pin(
            &former,
            &new,
            &self.keystore,
            self.now,
            &mut self.rng,
            &mut save,
        )
    }
}

#[test]
fn the_pin_opens_and_another_does_not() {
    let phone = phone();
    assert!(phone.is_open(PIN));
    assert_eq!(
        phone.unlock("314159").unwrap_err(),
        LockError::WrongPin { left: 9 }
    );
    assert_eq!(
        phone.unlock("314159").unwrap_err(),
        LockError::WrongPin { left: 8 }
    );
    assert!(phone.is_open(PIN));
    let again = phone.unlock("314159").unwrap_err();
    assert_eq!(
        again,
        LockError::WrongPin { left: 9 },
        "a right PIN begins anew"
    );
    assert_eq!(phone.lock().shown().as_str(), "B. S.");
}

#[test]
fn ten_wrong_pins_end_the_pin_and_nothing_else() {
    let mut phone = phone();
    let before = phone.disk.borrow().clone();
    for left in (1..TRIES_MAX).rev() {
        phone.wait();
        assert_eq!(
            phone.unlock("314159").unwrap_err(),
            LockError::WrongPin { left }
        );
    }
    phone.wait();
    assert_eq!(phone.unlock("314159").unwrap_err(), LockError::PinDestroyed);
    phone.now = phone.now.plus_millis(1_000 * HOUR);
    assert_eq!(phone.unlock(PIN).unwrap_err(), LockError::PinDestroyed);
    assert!(phone.lock().is_pin_destroyed());
    // A copy that was made before is worth nothing: the key store has forgotten.
    *phone.disk.borrow_mut() = before;
    let gone = LockError::KeyStore(KeyStoreError::NoKey);
    assert_eq!(phone.unlock(PIN).unwrap_err(), gone);
}

#[test]
fn waits_hold_over_restarts_and_clocks() {
    let mut phone = phone();
    for _ in 0..5 {
        phone.unlock("314159").unwrap_err();
    }
    let wait = |millis| LockError::Wait { millis };
    assert_eq!(phone.unlock(PIN).unwrap_err(), wait(30_000));
    phone.now = NOW.plus_millis(29_000);
    assert_eq!(phone.unlock(PIN).unwrap_err(), wait(1_000));
    phone.now = NOW.plus_millis(-30 * 24 * HOUR);
    assert_eq!(
        phone.unlock(PIN).unwrap_err(),
        wait(30_000),
        "set back: from the beginning"
    );
    phone.now = phone.now.plus_millis(30_000);
    assert!(phone.is_open(PIN), "and no longer than that");
    // A clock that was set ahead ends a wait, but never gives a try back.
    for _ in 0..9 {
        phone.now = phone.now.plus_millis(24 * HOUR);
        phone.unlock("314159").unwrap_err();
    }
    phone.now = phone.now.plus_millis(24 * HOUR);
    assert_eq!(phone.unlock("314159").unwrap_err(), LockError::PinDestroyed);
}

#[test]
fn a_try_is_kept_before_it_is_checked() {
    let phone = phone();
    let mut lock = phone.lock();
    let full = lock.unlock(&pin(PIN), &phone.keystore, NOW, &mut |_| Err(NotSaved));
    assert_eq!(
        full.unwrap_err(),
        LockError::NotSaved,
        "not even the right one"
    );
    // The power goes out right after the try was kept: it counts.
    let mut kept = Vec::new();
    let mut lock = phone.lock();
    let cut = lock.unlock(&pin("314159"), &phone.keystore, NOW, &mut |bytes| {
        kept = bytes.to_vec();
        Ok(())
    });
    assert_eq!(cut.unwrap_err(), LockError::WrongPin { left: 9 });
    *phone.disk.borrow_mut() = kept;
    assert_eq!(
        phone.unlock("314159").unwrap_err(),
        LockError::WrongPin { left: 8 }
    );
    // What the key store does not answer is no try.
    *phone.keystore.is_out.borrow_mut() = true;
    for _ in 0..20 {
        let out = LockError::KeyStore(KeyStoreError::Unavailable);
        assert_eq!(phone.unlock(PIN).unwrap_err(), out);
    }
    *phone.keystore.is_out.borrow_mut() = false;
    assert_eq!(
        phone.unlock("314159").unwrap_err(),
        LockError::WrongPin { left: 7 }
    );
}

#[test]
fn a_changed_pin_ends_the_former_one() {
    let mut phone = phone();
    let before = phone.disk.borrow().clone();
    let wrong = phone.change_pin("314159", "161803").unwrap_err();
    assert_eq!(wrong, LockError::WrongPin { left: 9 });
    phone.change_pin(PIN, "161803").unwrap();
    assert!(phone.is_open("161803"));
    assert_eq!(
        phone.unlock(PIN).unwrap_err(),
        LockError::WrongPin { left: 9 }
    );
    *phone.disk.borrow_mut() = before;
    let gone = LockError::KeyStore(KeyStoreError::NoKey);
    assert_eq!(
        phone.unlock(PIN).unwrap_err(),
        gone,
        "nor by a copy of the former lock"
    );
}

#[test]
fn a_copied_file_does_not_open_without_its_key_store() {
    let mut phone = phone();
    phone.keystore = InProcess::default();
    let gone = LockError::KeyStore(KeyStoreError::NoKey);
    assert_eq!(phone.unlock(PIN).unwrap_err(), gone);
    // Nor in a key store that has a key of that name.
    let label = phone.lock().0.pin.unwrap().label;
    phone.keystore.create(&label).unwrap();
    assert_eq!(
        phone.unlock(PIN).unwrap_err(),
        LockError::WrongPin { left: 9 }
    );
}

#[test]
fn the_file_holds_neither_key_nor_pin() {
    let phone = phone();
    let bytes = phone.disk.borrow();
    assert!(!phone.key.is_in(&bytes));
    assert!(
        !bytes
            .windows(PIN.len())
            .any(|window| window == PIN.as_bytes())
    );
    let shown = format!("{:?} {:?} {:?}", phone.key, phone.lock(), pin(PIN));
    assert_eq!(
        shown,
        format!("DatabaseKey(…) Lock({}) Pin(…)", phone.lock().vault())
    );
    for cut in 0..bytes.len() {
        assert!(Lock::from_bytes(&bytes[..cut]).is_err(), "{cut}");
    }
}

#[test]
fn a_forgotten_pin_is_released_once_for_this_very_request() {
    let mut phone = phone();
    let mut save = |bytes: &[u8]| {
        *phone.disk.borrow_mut() = bytes.to_vec();
        Ok(())
    };
    let before = phone.disk.borrow().clone();
    let mut lock = Lock::from_bytes(&before).unwrap();
    let (ask, other) = (
        lock.ask_release(&mut phone.rng),
        lock.ask_release(&mut phone.rng),
    );
    assert_ne!(ask.request().code(), other.request().code());
    let code = ask.request().code();
    assert_eq!(code.to_string().to_lowercase().parse(), Ok(code));
    let reply = release(ask.request(), &phone.server, &mut phone.rng).unwrap();
    let stranger = SigningKey::from_bytes(&[2; 32]);
    assert_eq!(
        release(ask.request(), &stranger, &mut phone.rng),
        Err(NotReleased)
    );
    let mut moved = ask.request().clone();
    moved.seat = SeatId::generate(NOW, &mut phone.rng);
    assert_eq!(
        release(&moved, &phone.server, &mut phone.rng),
        Err(NotReleased)
    );
    let (new, keystore) = (pin("161803"), &phone.keystore);
    let wrong = lock.unlock_released(&other, &reply, &new, keystore, &mut phone.rng, &mut save);
    assert_eq!(
        wrong.unwrap_err(),
        LockError::NotReleased,
        "sealed to the other request"
    );
    let key = lock.unlock_released(&ask, &reply, &new, keystore, &mut phone.rng, &mut save);
    assert_eq!(*key.unwrap().0, *phone.key.0);
    let again = lock.unlock_released(&ask, &reply, &new, keystore, &mut phone.rng, &mut save);
    assert_eq!(
        again.unwrap_err(),
        LockError::NotReleased,
        "what was released is used up"
    );
    assert!(phone.is_open("161803"));
    assert_eq!(
        phone.unlock(PIN).unwrap_err(),
        LockError::WrongPin { left: 9 }
    );
}

#[test]
fn the_institution_opens_what_ten_wrong_pins_closed_also_on_another_key_store() {
    let mut phone = phone();
    for _ in 0..TRIES_MAX {
        phone.wait();
        phone.unlock("314159").unwrap_err();
    }
    phone.keystore = InProcess::default();
    let mut lock = phone.lock();
    let ask = lock.ask_release(&mut phone.rng);
    let reply = release(ask.request(), &phone.server, &mut phone.rng).unwrap();
    let key = lock.unlock_released(
        &ask,
        &reply,
        &pin("161803"),
        &phone.keystore,
        &mut phone.rng,
        &mut |bytes| {
            *phone.disk.borrow_mut() = bytes.to_vec();
            Ok(())
        },
    );
    assert_eq!(*key.unwrap().0, *phone.key.0);
    assert!(phone.is_open("161803"));
}

#[test]
fn a_key_that_could_not_be_destroyed_is_destroyed_at_the_next_opening() {
    let mut phone = phone();
    let former = phone.lock().0.pin.unwrap().label;
    phone.change_pin(PIN, "161803").unwrap();
    assert!(!phone.keystore.labels.borrow().contains(&former));
    // The key store failed right after the new PIN was kept.
    phone.keystore.create(&former).unwrap();
    let mut lock = phone.lock();
    lock.0.stale = Some(former);
    *phone.disk.borrow_mut() = lock.to_bytes();
    assert!(phone.is_open("161803"));
    assert!(!phone.keystore.labels.borrow().contains(&former));
    assert_eq!(phone.lock().0.stale, None);
}
