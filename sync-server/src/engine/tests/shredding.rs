//! What was erased stays erased, whatever is put back: no key opens it any more.

use std::fs;
use std::path::Path;

use jangkau_core::id::{CommandId, DocumentId};
use jangkau_core::sync::RemovalReason;

use super::bench::Bench;
use super::disk::Disk;
use super::office::{CANARY, Office, server_holds, told};
use crate::engine::{Engine, KeyFault};
use crate::rewrite::{Removal, rewrite};
use crate::store::{commands, documents};

/// An office on a disk, a record that is to be erased, and one that stays.
fn office() -> (Disk, Office, CommandId, CommandId) {
    let mut disk = Disk::new();
    let mut bench = Bench::new();
    std::mem::swap(&mut bench, &mut disk.bench);
    let mut office = Office::over(bench);
    let case = Some(office.case);
    let erased = office.bench.record(&mut office.workers, case, told(CANARY));
    let kept = office
        .bench
        .record(&mut office.workers, case, told("Tetap ada."));
    office.sync_all();
    (disk, office, erased, kept)
}

/// How many changes of a document can be read, and whether a command's records can.
fn readable(engine: &Engine, office: &Office, id: CommandId) -> (usize, bool) {
    let db = engine.store.db();
    let tenant = engine
        .institution(&office.bench.institution)
        .unwrap()
        .tenant;
    let document = documents::build(&db, tenant, office.record().id()).unwrap();
    let stored = commands::get(&db, tenant, id).unwrap().unwrap();
    (document.change_count(), !stored.is_erased)
}

/// Puts the oldest backup of the key database in its place.
fn put_back_keys(disk: &Disk) {
    let mut copies = disk.bytes_of("key-backups");
    copies.retain(|(path, _)| path.extension().is_some_and(|end| end == "sqlite3"));
    copies.sort();
    for part in ["-wal", "-shm"] {
        let _ = fs::remove_file(disk.path(&format!("keys/keys.sqlite3{part}")));
    }
    fs::write(disk.path("keys/keys.sqlite3"), &copies[0].1).unwrap();
}

/// Puts a database in the place of the server's.
fn put_back(disk: &Disk, database: &Path) {
    for part in ["-wal", "-shm"] {
        let _ = fs::remove_file(disk.path(&format!("data/jangkau.sqlite3{part}")));
    }
    fs::copy(database, disk.database()).unwrap();
}

/// Starts the server after something was done to its files. Gives how many documents were erased again.
fn restart(disk: &mut Disk, office: &mut Office, meanwhile: impl FnOnce(&Disk)) -> usize {
    std::mem::swap(&mut office.bench, &mut disk.bench);
    disk.restart_after(meanwhile);
    std::mem::swap(&mut office.bench, &mut disk.bench);
    let now = office.bench.later();
    office.bench.engine.redo_erasures(now).unwrap()
}

#[test]
fn what_was_erased_does_not_come_back_with_an_older_database() {
    let (mut disk, mut office, erased, kept) = office();
    let document: DocumentId = office.record().id();
    let mut back_up = |office: &mut Office| {
        std::mem::swap(&mut office.bench, &mut disk.bench);
        let backup = disk.back_up();
        std::mem::swap(&mut office.bench, &mut disk.bench);
        backup
    };
    let older = back_up(&mut office);
    office.erase(&[erased]);
    // Two keys were made for the document; the first is destroyed, and nothing that stays needs it.
    let keys = office.bench.engine.keys();
    let told: Vec<_> = keys.erasures().iter().map(|one| one.document).collect();
    assert_eq!(told, [document]);
    assert!(!keys.is_erased(&office.bench.institution, document).unwrap());
    assert_eq!(readable(&office.bench.engine, &office, kept), (1, true));
    office.bench.check();
    office.sync_all();
    office.bench.check();
    drop(keys);
    let newer = back_up(&mut office);
    let ledger = fs::read(disk.path("keys/erasures.log")).unwrap();
    let faults = |office: &Office| {
        let institution = &office.bench.institution;
        let mut faults = office.bench.engine.key_faults(institution).unwrap();
        faults.retain(|fault| !matches!(fault, KeyFault::PutBack(_)));
        faults
    };
    let is_put_back = |office: &Office| office.bench.engine.keys().put_back().unwrap().is_some();
    // The keys stayed: they say what the document became.
    let redone = restart(&mut disk, &mut office, |disk| put_back(disk, &older));
    assert_eq!(redone, 1);
    assert_eq!(readable(&office.bench.engine, &office, kept), (1, true));
    assert!(!server_holds(&office.bench.engine, CANARY));
    assert!(!is_put_back(&office) && faults(&office).is_empty());
    office.sync_all();
    office.bench.check();
    // The key database is older as well, and the ledger is not: nothing of the document opens any more.
    let redone = restart(&mut disk, &mut office, |disk| {
        put_back(disk, &older);
        put_back_keys(disk);
    });
    assert_eq!(redone, 0);
    assert_eq!(readable(&office.bench.engine, &office, erased), (0, false));
    assert!(!server_holds(&office.bench.engine, CANARY));
    assert!(is_put_back(&office));
    assert_eq!(faults(&office), [KeyFault::Hollow(1)]);
    // The whole folder is older than the database: nobody knows the new key.
    restart(&mut disk, &mut office, |disk| {
        put_back(disk, &newer);
        put_back_keys(disk);
        fs::write(disk.path("keys/erasures.log"), b"").unwrap();
    });
    assert!(is_put_back(&office));
    assert_eq!(faults(&office), [KeyFault::Unknown(1)]);
    // All of it is older: the content is back, and that is said.
    let redone = restart(&mut disk, &mut office, |disk| put_back(disk, &older));
    assert_eq!(redone, 0);
    assert_eq!(readable(&office.bench.engine, &office, erased), (2, true));
    assert!(server_holds(&office.bench.engine, CANARY));
    assert!(is_put_back(&office) && faults(&office).is_empty());
    // With the ledger's copy beside it, the key goes again.
    restart(&mut disk, &mut office, |disk| {
        fs::write(disk.path("keys/erasures.log"), &ledger).unwrap();
    });
    assert!(!server_holds(&office.bench.engine, CANARY));
}

#[test]
fn a_power_cut_between_an_erasure_and_its_key_loses_nothing_and_destroys_it_later() {
    let mut office = Office::new();
    let case = Some(office.case);
    let erased = office.bench.record(&mut office.workers, case, told(CANARY));
    let kept = office
        .bench
        .record(&mut office.workers, case, told("Tetap ada."));
    office.sync_all();
    let now = office.bench.later();
    let removal = Removal {
        commands: [(erased, RemovalReason::Erasure)].into(),
        ..Removal::default()
    };
    let engine = &office.bench.engine;
    let tenant = engine
        .institution(&office.bench.institution)
        .unwrap()
        .tenant;
    let document = office.record().id();
    let done = engine.store.transact(None, |db| {
        Ok(rewrite(db, tenant, document, &removal, now).is_ok())
    });
    assert!(done.unwrap());
    assert!(engine.keys().erasures().is_empty());
    let (image, keys) = (engine.image().unwrap(), engine.keys());
    office.bench.engine = Engine::from_image(&image, keys).unwrap();
    assert_eq!(office.bench.engine.keys().erasures().len(), 1);
    assert_eq!(readable(&office.bench.engine, &office, kept), (1, true));
    let due = "SELECT count(*) FROM key_due";
    let db = office.bench.engine.store.db();
    let left: i64 = db.query_row(due, [], |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}
