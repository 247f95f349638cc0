//! The vaults of a device, as an app opens, hides and asks for them: over encrypted files where the build makes such.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

#[path = "../examples/office.rs"]
#[allow(dead_code, reason = "the example's own main")]
mod office;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Arc, Mutex};

use jangkau_ffi::{
    ApplicantKind, Channel, Enrolment, KeyStoreFault, Language, NewCase, PlatformKeyStore,
    VaultError, VaultFolder, vaults_are_encrypted,
};
use office::Office;

/// A name that must not stand in any file of an encrypted vault.
const CANARY: &str = "Kenari binti Murai";
const PIN: &str = "271828";

/// A phone's key store.
#[derive(Default)]
struct Chip {
    secret: u8,
    labels: Mutex<BTreeSet<String>>,
    marks: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl PlatformKeyStore for Chip {
    fn create(&self, label: String) -> Result<(), KeyStoreFault> {
        self.labels.lock().unwrap().insert(label);
        Ok(())
    }

    fn entangle(&self, label: String, input: Vec<u8>) -> Result<Vec<u8>, KeyStoreFault> {
        if !self.labels.lock().unwrap().contains(&label) {
            return Err(KeyStoreFault::NoKey);
        }
        let with = label.bytes().fold(self.secret, u8::wrapping_add);
        Ok(input.iter().map(|byte| byte ^ with).collect())
    }

    fn forget(&self, label: String) -> Result<(), KeyStoreFault> {
        let was_there = self.labels.lock().unwrap().remove(&label);
        was_there.then_some(()).ok_or(KeyStoreFault::NoKey)
    }

    fn mark(&self, label: String) -> Result<Option<Vec<u8>>, KeyStoreFault> {
        Ok(self.marks.lock().unwrap().get(&label).cloned())
    }

    fn set_mark(&self, label: String, bytes: Vec<u8>) -> Result<(), KeyStoreFault> {
        self.marks.lock().unwrap().insert(label, bytes);
        Ok(())
    }
}

/// A phone with a folder of vaults and an office that it can reach.
struct Phone {
    folder: tempfile::TempDir,
    chip: Arc<Chip>,
    office: Office,
}

impl Phone {
    fn with_one_vault() -> (Self, Arc<jangkau_ffi::Vault>) {
        let (mut office, code) = Office::open().unwrap();
        let enrolment = Enrolment::begin(code).unwrap();
        let reply = office.post("enrol", &enrolment.request()).unwrap();
        let phone = Self {
            folder: tempfile::tempdir().unwrap(),
            chip: Arc::new(Chip::default()),
            office,
        };
        let vaults = phone.vaults();
        let (enrolment, shown) = (Arc::new(enrolment), "R.".to_owned());
        let weak = vaults.create(
            enrolment.clone(),
            reply.clone(),
            "123456".into(),
            shown.clone(),
        );
        assert_eq!(weak.err(), Some(VaultError::PinTrivial));
        assert_eq!(vaults.list().unwrap(), []);
        let vault = vaults.create(enrolment, reply, PIN.into(), shown).unwrap();
        (phone, Arc::new(vault))
    }

    /// The folder as an app finds it that was just started.
    fn vaults(&self) -> VaultFolder {
        let path = self.folder.path().to_str().unwrap().to_owned();
        VaultFolder::open(path, self.chip.clone()).unwrap()
    }

    fn id(&self) -> String {
        self.vaults().list().unwrap()[0].id.clone()
    }

    fn exchange(&mut self, vault: &jangkau_ffi::Vault) {
        for _ in 0..10 {
            let reply = self
                .office
                .post("sync", &vault.next_request().unwrap())
                .unwrap();
            if !vault.take_reply(reply).unwrap().again {
                return;
            }
        }
    }
}

fn case(name: &str) -> NewCase {
    NewCase {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        name: Some(name.to_owned()),
        problem: None,
        place: None,
        phone: None,
        danger: None,
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

#[test]
fn hidden_is_closed_until_the_pin_opens_it() {
    let (phone, vault) = Phone::with_one_vault();
    let case_id = vault.register_case(case(CANARY)).unwrap();
    vault.hide();
    vault.hide();
    assert_eq!(vault.cases().err(), Some(VaultError::Hidden));
    assert_eq!(vault.next_request().err(), Some(VaultError::Hidden));
    assert_eq!(
        vault.register_case(case("x")).err(),
        Some(VaultError::Hidden)
    );
    let vaults = phone.vaults();
    let wrong = vaults.unlock(phone.id(), "314159".into()).err();
    assert_eq!(wrong, Some(VaultError::WrongPin { left: 9 }));
    let no_pin = vaults.unlock(phone.id(), "111111".into()).err();
    assert_eq!(no_pin, Some(VaultError::PinTrivial), "that is no try");
    let begun = std::time::Instant::now();
    let again = vaults.unlock(phone.id(), PIN.into()).unwrap();
    println!("unlocking took {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    again.hide();
    println!("hiding took {:?}", begun.elapsed());
    let again = vaults.unlock(phone.id(), PIN.into()).unwrap();
    assert_eq!(again.cases().unwrap()[0].id, case_id);
    assert_eq!(again.unsent().unwrap(), 1, "nothing was deleted");
}

#[test]
fn no_file_holds_a_name_a_pin_or_a_database_to_read() {
    let (mut phone, vault) = Phone::with_one_vault();
    vault.register_case(case(CANARY)).unwrap();
    phone.exchange(&vault);
    let mut names = Vec::new();
    for entry in std::fs::read_dir(phone.folder.path()).unwrap() {
        let entry = entry.unwrap();
        let (name, bytes) = (entry.file_name(), std::fs::read(entry.path()).unwrap());
        let name = name.into_string().unwrap();
        let holds = |needle: &str| {
            let mut windows = bytes.windows(needle.len());
            windows.any(|window| window == needle.as_bytes())
        };
        assert!(!holds(PIN), "the PIN in {name}");
        let is_plain = !vaults_are_encrypted() && !name.ends_with(".lock");
        assert!(is_plain || !holds(CANARY), "a client in {name}");
        assert!(
            is_plain || !holds("SQLite format 3"),
            "a database in {name}"
        );
        names.push(name);
    }
    names.sort();
    let ends: Vec<&str> = names
        .iter()
        .filter_map(|name| name.split('.').nth(1))
        .collect();
    assert_eq!(ends, ["db", "db-shm", "db-wal", "lock"]);
}

#[test]
fn a_changed_pin_and_ten_wrong_ones() {
    let (phone, vault) = Phone::with_one_vault();
    vault.register_case(case(CANARY)).unwrap();
    vault.hide();
    let id = phone.id();
    let change = |former: &str, pin: &str| {
        phone
            .vaults()
            .change_pin(id.clone(), former.into(), pin.into())
    };
    assert_eq!(
        change("314159", "161803"),
        Err(VaultError::WrongPin { left: 9 })
    );
    assert_eq!(change(PIN, "654321"), Err(VaultError::PinTrivial));
    assert_eq!(change(PIN, "161803"), Ok(()));
    for left in [9, 8, 7, 6, 5] {
        let tried = phone.vaults().unlock(id.clone(), PIN.into()).err();
        assert_eq!(tried, Some(VaultError::WrongPin { left }));
    }
    let tried = phone.vaults().unlock(id.clone(), "161803".into()).err();
    assert!(
        matches!(tried, Some(VaultError::PinWait { seconds: 1..=30 })),
        "{tried:?}"
    );
    assert!(phone.vaults().list().unwrap()[0].wait_seconds > 0);
}

#[test]
fn a_copied_folder_opens_nowhere_else() {
    let (phone, vault) = Phone::with_one_vault();
    vault.register_case(case(CANARY)).unwrap();
    vault.hide();
    let elsewhere = tempfile::tempdir().unwrap();
    copy(phone.folder.path(), elsewhere.path());
    let other = Arc::new(Chip {
        secret: 9,
        ..Chip::default()
    });
    let path = elsewhere.path().to_str().unwrap().to_owned();
    let vaults = VaultFolder::open(path, other).unwrap();
    let opened = vaults.unlock(phone.id(), PIN.into()).err();
    assert_eq!(opened, Some(VaultError::NoKey));
    assert!(phone.vaults().unlock(phone.id(), PIN.into()).is_ok());
}

#[test]
fn a_forgotten_pin_is_released_with_what_was_never_sent() {
    let (mut phone, vault) = Phone::with_one_vault();
    let case_id = vault.register_case(case(CANARY)).unwrap();
    vault.hide();
    // The key store was emptied, too: a new screen lock does that on some phones.
    phone.chip = Arc::new(Chip::default());
    let (id, vaults) = (phone.id(), phone.vaults());
    assert_eq!(
        vaults.unlock(id.clone(), PIN.into()).err(),
        Some(VaultError::NoKey)
    );
    let release = Arc::new(vaults.ask_release(id.clone()).unwrap());
    assert!(phone.office.post("release", &release.request()).is_err());
    phone.office.approve(&release.code()).unwrap();
    let reply = phone.office.post("release", &release.request()).unwrap();
    let open = |pin: &str| vaults.unlock_released(release.clone(), reply.clone(), pin.into());
    assert_eq!(open("000000").err(), Some(VaultError::PinTrivial));
    let again = open("161803").unwrap();
    assert_eq!(again.cases().unwrap()[0].id, case_id);
    assert_eq!(again.unsent().unwrap(), 1);
    phone.exchange(&again);
    assert_eq!(again.unsent().unwrap(), 0);
    assert_eq!(open("161803").err(), Some(VaultError::NotReleased), "once");
    assert!(phone.vaults().unlock(id, "161803".into()).is_ok());
}

#[test]
fn one_tablet_has_several_vaults_and_shows_what_its_people_allow() {
    let (phone, first) = Phone::with_one_vault();
    let (mut office, code) = Office::open().unwrap();
    let enrolment = Enrolment::begin(code).unwrap();
    let reply = office.post("enrol", &enrolment.request()).unwrap();
    let vaults = phone.vaults();
    let second = vaults.create(Arc::new(enrolment), reply, "161803".into(), String::new());
    let second = second.unwrap();
    first.register_case(case(CANARY)).unwrap();
    assert_eq!(second.cases().unwrap(), [], "each has its own file");
    first.hide();
    assert_eq!(second.unsent().unwrap(), 0, "and hides alone");
    let lines = vaults.list().unwrap();
    let shown: BTreeSet<&str> = lines.iter().map(|line| line.shown.as_str()).collect();
    assert_eq!(shown, BTreeSet::from(["", "R."]));
    assert!(!format!("{lines:?} {vaults:?} {first:?}").contains("R."));
    for line in &lines {
        let pins = [PIN, "161803"].map(|pin| vaults.unlock(line.id.clone(), pin.into()).is_ok());
        assert_eq!(pins, [line.shown == "R.", line.shown.is_empty()]);
    }
    let unknown = vaults
        .unlock("AAAAAAAAAAAAAAAAAAAAAA".into(), PIN.into())
        .err();
    assert_eq!(unknown, Some(VaultError::NotHere));
}

#[test]
fn a_build_that_encrypts_has_no_vault_without_a_pin() {
    let (mut office, code) = Office::open().unwrap();
    let enrolment = Enrolment::begin(code).unwrap();
    let reply = office.post("enrol", &enrolment.request()).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db").to_str().unwrap().to_owned();
    let made = enrolment.finish(path.clone(), reply);
    let opened = jangkau_ffi::Vault::open(path);
    if vaults_are_encrypted() {
        assert_eq!(made.err(), Some(VaultError::NeedsPin));
        assert_eq!(opened.err(), Some(VaultError::NeedsPin));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    } else {
        assert!(made.is_ok() && opened.is_ok());
    }
}

#[test]
fn the_lease_comes_with_the_first_exchange() {
    let (mut phone, vault) = Phone::with_one_vault();
    assert_eq!(vault.lease_until_ms().unwrap(), None);
    phone.exchange(&vault);
    assert!(vault.lease_until_ms().unwrap().is_some());
    assert!(vault.today(Language::Indonesian).is_ok());
}
