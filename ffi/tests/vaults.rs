//! The vaults of a device, as an app opens, hides and asks for them: over encrypted files where the build makes such.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod phone;

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use jangkau_ffi::{Language, VaultError, vaults_are_encrypted};
use phone::{CANARY, Chip, PIN, Phone, every, register, sync, unsent, wait};

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Closes a vault, and waits until its file is closed.
fn hide(vault: &jangkau_ffi::Vault) {
    wait(vault.hide()).unwrap();
}

fn first_case(vault: &jangkau_ffi::Vault) -> String {
    let page = wait(vault.list(every(), 0, Language::English)).unwrap();
    page.lines[0].case_id.clone()
}

#[test]
fn hidden_is_closed_until_the_pin_opens_it() {
    let (phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    hide(&vault);
    hide(&vault);
    let hidden = wait(vault.list(every(), 0, Language::English)).err();
    assert_eq!(hidden, Some(VaultError::Hidden));
    assert_eq!(sync(&vault).err(), Some(VaultError::Hidden));
    let vaults = phone.vaults();
    let wrong = wait(vaults.unlock(phone.id(), "314159".into())).err();
    assert_eq!(wrong, Some(VaultError::WrongPin { left: 9 }));
    let no_pin = wait(vaults.unlock(phone.id(), "111111".into())).err();
    assert_eq!(no_pin, Some(VaultError::PinTrivial), "that is no try");
    let begun = std::time::Instant::now();
    let again = phone.unlock().unwrap();
    println!("unlocking took {:?}", begun.elapsed());
    let begun = std::time::Instant::now();
    hide(&again);
    println!("hiding took {:?}", begun.elapsed());
    let again = phone.unlock().unwrap();
    assert_eq!(first_case(&again), case_id);
    assert_eq!(unsent(&again), 1, "nothing was deleted");
}

#[test]
fn no_file_holds_a_name_a_pin_or_a_database_to_read() {
    let (phone, vault) = Phone::with_vault();
    register(&vault);
    sync(&vault).unwrap();
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
    let (phone, vault) = Phone::with_vault();
    register(&vault);
    hide(&vault);
    let (id, vaults) = (phone.id(), phone.vaults());
    let change =
        |former: &str, pin: &str| wait(vaults.change_pin(id.clone(), former.into(), pin.into()));
    let wrong = Err(VaultError::WrongPin { left: 9 });
    assert_eq!(change("314159", "161803"), wrong);
    assert_eq!(change(PIN, "654321"), Err(VaultError::PinTrivial));
    assert_eq!(change(PIN, "161803"), Ok(()));
    for left in [9, 8, 7, 6, 5] {
        let tried = wait(phone.vaults().unlock(id.clone(), PIN.into())).err();
        assert_eq!(tried, Some(VaultError::WrongPin { left }));
    }
    let tried = wait(phone.vaults().unlock(id.clone(), "161803".into())).err();
    assert!(
        matches!(tried, Some(VaultError::PinWait { seconds: 1..=30 })),
        "{tried:?}"
    );
    assert!(wait(phone.vaults().list()).unwrap()[0].wait_seconds > 0);
}

#[test]
fn a_copied_folder_opens_nowhere_else() {
    let (mut phone, vault) = Phone::with_vault();
    register(&vault);
    hide(&vault);
    let elsewhere = tempfile::tempdir().unwrap();
    copy(phone.folder.path(), elsewhere.path());
    let here = (phone.chip.clone(), phone.id());
    let home = std::mem::replace(&mut phone.folder, elsewhere);
    phone.chip = Arc::new(Chip {
        secret: 9,
        ..Chip::default()
    });
    assert_eq!(phone.unlock().err(), Some(VaultError::NoKey));
    (phone.folder, phone.chip) = (home, here.0);
    assert!(wait(phone.vaults().unlock(here.1, PIN.into())).is_ok());
}

#[test]
fn a_forgotten_pin_is_released_with_what_was_never_sent() {
    let (mut phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    hide(&vault);
    // The key store was emptied, too: a new screen lock does that on some phones.
    phone.chip = Arc::new(Chip::default());
    let (id, vaults) = (phone.id(), phone.vaults());
    assert_eq!(phone.unlock().err(), Some(VaultError::NoKey));
    let release = Arc::new(wait(vaults.ask_release(id.clone())).unwrap());
    let open = |pin: &str| wait(vaults.unlock_released(release.clone(), pin.into()));
    assert_eq!(
        open("161803").err(),
        Some(VaultError::CodeRefused),
        "before the head has approved"
    );
    let mut office = phone.line.office.lock().unwrap();
    office.approve(&release.code()).unwrap();
    drop(office);
    assert_eq!(open("000000").err(), Some(VaultError::PinTrivial));
    let again = open("161803").unwrap();
    assert_eq!(first_case(&again), case_id);
    assert_eq!(unsent(&again), 1);
    sync(&again).unwrap();
    assert_eq!(unsent(&again), 0);
    assert_eq!(open("161803").err(), Some(VaultError::NotReleased), "once");
    assert!(wait(phone.vaults().unlock(id, "161803".into())).is_ok());
}

#[test]
fn one_tablet_has_several_vaults_and_shows_what_its_people_allow() {
    let (mut phone, first) = Phone::with_vault();
    let other = Phone::new();
    let code = other.code();
    phone.line = other.line;
    let vaults = phone.vaults();
    let enrolment = Arc::new(vaults.enrolment(code).unwrap());
    let second = wait(vaults.enrol(enrolment, "161803".into(), String::new())).unwrap();
    register(&first);
    assert_eq!(unsent(&second), 0, "each has its own file");
    hide(&first);
    assert_eq!(unsent(&second), 0, "and hides alone");
    let lines = wait(vaults.list()).unwrap();
    let shown: BTreeSet<&str> = lines.iter().map(|line| line.shown.as_str()).collect();
    assert_eq!(shown, BTreeSet::from(["", "R."]));
    assert!(!format!("{lines:?} {vaults:?} {first:?}").contains("R."));
    for line in &lines {
        let pins =
            [PIN, "161803"].map(|pin| wait(vaults.unlock(line.id.clone(), pin.into())).is_ok());
        assert_eq!(pins, [line.shown == "R.", line.shown.is_empty()]);
    }
    let unknown = wait(vaults.unlock("AAAAAAAAAAAAAAAAAAAAAA".into(), PIN.into())).err();
    assert_eq!(unknown, Some(VaultError::NotHere));
}

#[test]
fn the_lease_comes_with_the_first_exchange() {
    let (_phone, vault) = Phone::with_vault();
    let lease = || wait(vault.standing(Language::English)).unwrap().lease_until;
    assert_eq!(lease(), None);
    sync(&vault).unwrap();
    assert!(lease().is_some());
    assert!(wait(vault.today(0, Language::Indonesian)).is_ok());
}

#[test]
fn after_the_lease_reading_is_locked_and_recording_goes_on() {
    let (phone, vault) = Phone::with_vault();
    sync(&vault).unwrap();
    let year_ms = 366 * 24 * 60 * 60 * 1_000;
    let ahead = &phone.clocks.ahead_ms;
    ahead.store(year_ms, std::sync::atomic::Ordering::SeqCst);
    let locked = Some(VaultError::ReadingLocked);
    assert_eq!(wait(vault.today(0, Language::English)).err(), locked);
    let listed = wait(vault.list(every(), 0, Language::English)).err();
    assert_eq!(listed, locked);
    register(&vault);
    assert_eq!(unsent(&vault), 1, "how the vault stands is told");
}
