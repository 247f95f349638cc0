//! The folder of images, and the road back from one.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use jangkau_core::profile::shipped_files;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;

fn institution() -> InstitutionId {
    "lk3-cilegon".parse().unwrap()
}

fn taken(millis: i64, head: u64) -> Snapshot {
    Snapshot {
        image: vec![7; 10],
        keys: (vec![8; 10], None),
        heads: Heads::from([(institution(), ServerSeq::new(head))]),
        taken_at: Timestamp::from_millis(millis),
    }
}

#[test]
fn the_oldest_kept_image_says_what_is_safe() {
    let folder = tempfile::tempdir().unwrap();
    let backups = Backups::new(folder.path().join("b"), 2);
    let safe = || backups.safe_through().unwrap().get(&institution()).copied();
    backups.write(&taken(1_000, 5)).unwrap();
    assert_eq!(safe(), Some(ServerSeq::new(5)));
    backups.write(&taken(2_000, 9)).unwrap();
    assert_eq!(safe(), Some(ServerSeq::new(5)));
    backups.write(&taken(3_000, 12)).unwrap();
    assert_eq!(safe(), Some(ServerSeq::new(9)));
    assert_eq!(fs::read_dir(folder.path().join("b")).unwrap().count(), 4);
}

#[test]
fn an_image_without_its_heads_makes_nothing_safe() {
    let folder = tempfile::tempdir().unwrap();
    let backups = Backups::new(folder.path().to_owned(), 2);
    let image = backups.write(&taken(1_000, 5)).unwrap();
    fs::remove_file(heads_path(&image)).unwrap();
    assert_eq!(backups.safe_through().unwrap(), Heads::new());
}

#[test]
fn images_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = tempfile::tempdir().unwrap();
    let backups = Backups::new(folder.path().join("b"), 2);
    let image = backups.write(&taken(1_000, 5)).unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        (mode(&image), mode(&folder.path().join("b"))),
        (0o600, 0o700)
    );
}

#[test]
fn a_restore_begins_an_era_and_keeps_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::in_memory().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let backups = Backups::new(folder.path().join("b"), 5);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let at = Timestamp::from_millis;
    let mut engine = Engine::open(&database, keys.clone()).unwrap();
    let profile = shipped_files()[0].toml;
    engine
        .found(&institution(), profile, at(1_000), &mut rng)
        .unwrap();
    let first = back_up(&mut engine, &backups, at(2_000)).unwrap();
    let head = engine.head(&institution()).unwrap();
    engine
        .add_staff(&institution(), "Rina", &["clerk"], at(3_000), &mut rng)
        .unwrap();
    back_up(&mut engine, &backups, at(4_000)).unwrap();
    drop(engine);

    let aside = restore(&first, &database, Some(&backups), &keys, at(5_000)).unwrap();
    assert!(aside.unwrap().exists());
    let engine = Engine::open(&database, keys.clone()).unwrap();
    assert!(engine.head(&institution()).unwrap() >= head);
    assert_eq!(backups.images().unwrap(), [first]);
    assert!(!with_suffix(&database, ".incoming").exists());
}

#[test]
fn every_restore_begins_a_younger_era() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::in_memory().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let backups = Backups::new(folder.path().join("b"), 5);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let day = Timestamp::from_millis(1_800_000_000_000);
    let mut engine = Engine::open(&database, keys.clone()).unwrap();
    let profile = shipped_files()[0].toml;
    engine
        .found(&institution(), profile, day, &mut rng)
        .unwrap();
    let image = back_up(&mut engine, &backups, day).unwrap();
    drop(engine);
    let era = |at: Timestamp| {
        restore(&image, &database, None, &keys, at).unwrap();
        let engine = Engine::open(&database, keys.clone()).unwrap();
        engine.eras().unwrap()[&institution()]
    };
    let first = era(day);
    let at_once = era(day);
    let clock_set_back = era(day.plus_millis(-3_600_000));
    assert!(first < at_once && at_once < clock_set_back);
    // Nothing is left of the database that the backup replaces.
    fs::remove_file(&database).unwrap();
    let later = era(day.plus_millis(5_000));
    assert!(clock_set_back < later);
}

#[test]
fn what_is_no_backup_replaces_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let keys = Keys::in_memory().unwrap();
    let database = folder.path().join("jangkau.sqlite3");
    let from = folder.path().join("from");
    fs::write(&database, "what is there").unwrap();
    for (bytes, reason) in [("", "holds no institution"), ("no database", "damaged")] {
        fs::write(&from, bytes).unwrap();
        let refused =
            restore(&from, &database, None, &keys, Timestamp::from_millis(1)).unwrap_err();
        assert!(refused.to_string().contains(reason), "{refused}");
        assert_eq!(fs::read(&database).unwrap(), b"what is there");
    }
    assert!(!with_suffix(&database, ".incoming").exists());
}

#[test]
fn copies_of_the_keys_go_after_thirty_days_however_few_there_are() {
    const DAY: i64 = 24 * 60 * 60 * 1_000;
    let folder = tempfile::tempdir().unwrap();
    let ledger = folder.path().join("erasures.log");
    fs::write(&ledger, "a line\n").unwrap();
    let keys = KeyBackups::new(folder.path().join("k"), 3);
    let write = |day: i64| {
        let at = Timestamp::from_millis(1_795_399_200_000 + day * DAY);
        keys.write(&(vec![day as u8], Some(ledger.clone())), at)
            .unwrap();
        let copies = keys.copies().unwrap();
        copies
            .iter()
            .map(|copy| fs::read(copy).unwrap()[0])
            .collect::<Vec<_>>()
    };
    for (day, left) in [
        (0, &[0][..]),
        (1, &[0, 1]),
        (2, &[0, 1, 2]),
        (3, &[1, 2, 3]),
        (32, &[2, 3, 32]),
        (33, &[3, 32, 33]),
        (64, &[64]),
    ] {
        assert_eq!(write(day), left, "on day {day}");
    }
    assert_eq!(
        fs::read(folder.path().join("k/erasures.log")).unwrap(),
        b"a line\n"
    );
}
