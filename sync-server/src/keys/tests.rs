//! What the keys promise: kept apart, needed, lost for good when destroyed, and destroyed again after every restore.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use std::fs;

use jangkau_core::time::Timestamp;

use super::*;

fn rng(seed: u8) -> ChaCha20Rng {
    ChaCha20Rng::from_seed([seed; 32])
}

fn office() -> InstitutionId {
    "lk3-cilegon".parse().unwrap()
}

fn document(number: u8) -> DocumentId {
    DocumentId::from_bytes([number; DocumentId::LEN])
}

fn reason() -> ReasonCode {
    "retention_ended".parse().unwrap()
}

const NOW: Timestamp = Timestamp::from_millis(1_795_399_200_000);

fn sealed(keys: &Keys, number: u8) -> (KeyId, Vec<u8>) {
    let Found::Key(key) = keys
        .current(&office(), Owner::Document(document(number)))
        .unwrap()
    else {
        panic!("no key");
    };
    (key.id, key.seal(b"place", b"Ibu Aminah"))
}

fn opened(keys: &Keys, (id, bytes): &(KeyId, Vec<u8>)) -> &'static str {
    match keys.by_id(*id).unwrap() {
        Found::Key(key) => match key.open(b"place", bytes) {
            Some(plain) if plain == b"Ibu Aminah" => "read",
            Some(_) | None => "forged",
        },
        Found::Erased => "erased",
        Found::Missing => "missing",
    }
}

#[test]
fn keys_are_found_again_after_they_were_brought_to_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = Keys::open(&path, false, rng(1)).unwrap();
    let kept = sealed(&keys, 1);
    keys.flush().unwrap();
    let not_kept = sealed(&keys, 2);
    drop(keys);
    let keys = Keys::open(&path, true, rng(2)).unwrap();
    assert_eq!(opened(&keys, &kept), "read");
    assert_eq!(opened(&keys, &not_kept), "missing");
    assert_eq!(sealed(&keys, 1), kept, "the same key seals alike");
    // What was made for rows that were not committed is as if it had never been.
    let undone = sealed(&keys, 3);
    keys.forget_fresh();
    assert_eq!(opened(&keys, &undone), "missing");
    assert_ne!(sealed(&keys, 3).0, undone.0);
}

/// That the key of a document is to be destroyed.
fn erasure(keys: &Keys, number: u8) -> Erasure {
    Erasure {
        institution: office(),
        document: document(number),
        key: sealed(keys, number).0,
        at: NOW,
        reason: reason(),
    }
}

#[test]
fn a_document_that_is_written_anew_keeps_its_former_key_until_that_is_destroyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = Keys::open(&path, false, rng(1)).unwrap();
    let old = sealed(&keys, 1);
    keys.flush().unwrap();
    let former = keys.renew(&office(), document(1)).unwrap();
    assert_eq!(former, [old.0]);
    // The power goes out before the rows are on the disk: all is as before.
    keys.forget_fresh();
    assert_eq!(sealed(&keys, 1).0, old.0);
    let former = keys.renew(&office(), document(1)).unwrap();
    let new = sealed(&keys, 1);
    assert_ne!(new.0, old.0);
    keys.flush().unwrap();
    drop(keys);
    let keys = Keys::open(&path, true, rng(2)).unwrap();
    assert_eq!(opened(&keys, &old), "read");
    assert_eq!(sealed(&keys, 1).0, new.0);
    let mut due = erasure(&keys, 1);
    due.key = former[0];
    assert!(keys.shred(due).unwrap());
    assert_eq!(opened(&keys, &old), "erased");
    assert_eq!(opened(&keys, &new), "read");
    assert!(!keys.is_erased(&office(), document(1)).unwrap());
}

#[test]
fn a_destroyed_key_stays_destroyed_whatever_is_put_back() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = Keys::open(&path, false, rng(1)).unwrap();
    let (gone, stays) = (sealed(&keys, 1), sealed(&keys, 2));
    keys.flush().unwrap();
    let (before, _) = keys.image(NOW).unwrap();
    let erasure = erasure(&keys, 1);
    assert!(keys.shred(erasure.clone()).unwrap());
    assert!(!keys.shred(erasure).unwrap());
    let state = |keys: &Keys| {
        assert_eq!(opened(keys, &gone), "erased");
        assert_eq!(opened(keys, &stays), "read");
        assert!(keys.is_erased(&office(), document(1)).unwrap());
        assert!(!keys.is_erased(&office(), document(2)).unwrap());
        let none = keys.current(&office(), Owner::Document(document(1)));
        assert!(matches!(none, Ok(Found::Erased)));
    };
    state(&keys);
    drop(keys);
    state(&Keys::open(&path, true, rng(2)).unwrap());
    // An older key database is put back: the ledger beside it says what was destroyed since.
    for part in ["-wal", "-shm"] {
        let _ = fs::remove_file(path.join(format!("{VAULT_FILE}{part}")));
    }
    fs::write(path.join(VAULT_FILE), before).unwrap();
    let keys = Keys::open(&path, true, rng(3)).unwrap();
    state(&keys);
    assert_eq!(keys.erasures().len(), 1);
    // Written anew, the document has another key; the old one stays gone.
    keys.renew(&office(), document(1)).unwrap();
    assert_eq!(opened(&keys, &gone), "erased");
    assert_eq!(opened(&keys, &sealed(&keys, 1)), "read");
}

#[test]
fn nothing_of_a_destroyed_key_stays_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("keys");
    let keys = Keys::open(&path, false, rng(1)).unwrap();
    sealed(&keys, 1);
    keys.flush().unwrap();
    let wrapped = keys
        .ring()
        .vault
        .by_owner(&office(), &Owner::Document(document(1)));
    let wrapped = wrapped.unwrap().unwrap().bytes;
    let lies_there = || {
        let files = fs::read_dir(&path).unwrap();
        let mut files = files.map(|file| fs::read(file.unwrap().path()).unwrap());
        files.any(|bytes| bytes.windows(wrapped.len()).any(|found| found == wrapped))
    };
    assert!(lies_there());
    keys.shred(erasure(&keys, 1)).unwrap();
    assert!(!lies_there());
}

#[test]
fn what_is_missing_or_wrong_is_told_with_what_to_do() {
    let folder = tempfile::tempdir().unwrap();
    let (path, other) = (folder.path().join("keys"), folder.path().join("other"));
    for (name, sealed) in [(&path, 1), (&other, 2)] {
        let keys = Keys::open(name, false, rng(sealed)).unwrap();
        self::sealed(&keys, 1);
        keys.flush().unwrap();
    }
    let told = |is_sealed| {
        let refused = Keys::open(&path, is_sealed, rng(3)).unwrap_err();
        refused.to_string()
    };
    let aside = |name: &str| fs::rename(path.join(name), folder.path().join("aside")).unwrap();
    let back = |name: &str| fs::rename(folder.path().join("aside"), path.join(name)).unwrap();
    aside(KEY_FILE);
    assert!(told(true).contains("Put the copy back"), "{}", told(true));
    // A key database never gets another key, though no row needs the old one.
    assert!(told(false).contains("Put the copy back"));
    back(KEY_FILE);
    aside(VAULT_FILE);
    assert!(told(true).contains("newest backup"), "{}", told(true));
    back(VAULT_FILE);
    aside(KEY_FILE);
    fs::copy(other.join(KEY_FILE), path.join(KEY_FILE)).unwrap();
    assert!(told(true).contains("another server"), "{}", told(true));
}

#[test]
fn a_hash_of_a_number_cannot_be_guessed_and_differs_by_institution() {
    let keys = Keys::in_memory().unwrap();
    let hash = *blake3::hash(b"3672010101900001").as_bytes();
    let blind = keys.blind(&office(), &hash);
    assert_eq!(keys.blind(&office(), &hash), blind);
    assert_ne!(blind, hash);
    assert_ne!(keys.blind(&"lk3-serang".parse().unwrap(), &hash), blind);
}

#[test]
fn a_reason_is_a_code() {
    assert!("court_order".parse::<ReasonCode>().is_ok());
    for text in ["", "Ibu Aminah", "a2", &"a".repeat(41)] {
        assert!(text.parse::<ReasonCode>().is_err(), "{text}");
    }
}
