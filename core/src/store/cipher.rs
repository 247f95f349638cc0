//! Opening an encrypted database: SQLCipher under a raw key of 256 bits. Its own stretching of passphrases is never used; what a
//! person types is stretched in [`crate::lock`].

use data_encoding::HEXLOWER;
use rusqlite::{Connection, ErrorCode};
use zeroize::Zeroizing;

use super::StoreError;
use crate::lock::DatabaseKey;

/// Opens a file under its key, and reads it once, so that a wrong key is known at once.
pub(super) fn open(path: &str, key: &DatabaseKey) -> Result<Connection, StoreError> {
    let connection = Connection::open(path)?;
    give(&connection, key, Some(key.salt()))?;
    let read = connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| {
        row.get::<_, i64>(0)
    });
    match read {
        Ok(_) => Ok(connection),
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::NotADatabase) => {
            drop(connection);
            if salt_in_file(path, key)? == HEXLOWER.encode(&key.salt()) {
                Err(StoreError::Corrupt)
            } else {
                Err(StoreError::WrongKey)
            }
        }
        Err(error) => Err(error.into()),
    }
}

/// Gives the key to a connection; without a salt, that of the file is taken. What SQLite frees is wiped from then on, so that closing the
/// database leaves nothing of it in memory; and a wrong key is told to the caller, not to the device's log.
fn give(
    connection: &Connection,
    key: &DatabaseKey,
    salt: Option<[u8; 16]>,
) -> Result<(), StoreError> {
    connection
        .execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA cipher_memory_security = ON")?;
    // Room for all of it, so that no half of it is left behind by growing.
    let mut pragma = Zeroizing::new(String::with_capacity(128));
    pragma.push_str("PRAGMA key = \"x'");
    pragma.push_str(&key.digits());
    pragma.push_str(&salt.map_or_else(String::new, |salt| HEXLOWER.encode(&salt)));
    pragma.push_str("'\"");
    Ok(connection.execute_batch(&pragma)?)
}

/// The first bytes of a file, in hexadecimal digits: they follow from the key under which it was made.
fn salt_in_file(path: &str, key: &DatabaseKey) -> Result<String, StoreError> {
    let connection = Connection::open(path)?;
    give(&connection, key, None)?;
    let salt: String = connection.query_row("PRAGMA cipher_salt", [], |row| row.get(0))?;
    Ok(salt.to_lowercase())
}

/// A store over an encrypted file with these bytes, or over a new one: tests that ask for a store in memory pass over what ships.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's files")]
pub(super) fn in_a_file(bytes: &[u8]) -> Result<super::Store, StoreError> {
    use rand_core::SeedableRng as _;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("vault.db");
    std::fs::write(&path, bytes).unwrap();
    let key = DatabaseKey::generate(&mut rand_chacha::ChaCha20Rng::seed_from_u64(1));
    let mut store = super::Store::open_with(path.to_str().unwrap(), &key)?;
    store.folder = Some(folder);
    Ok(store)
}

/// The bytes of such a file.
#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "a test's files")]
pub(super) fn file_of(store: &super::Store) -> Result<Vec<u8>, StoreError> {
    let checkpoint = "PRAGMA wal_checkpoint(TRUNCATE)";
    store.connection.query_row(checkpoint, [], |_| Ok(()))?;
    let folder = store.folder.as_ref().unwrap().path();
    Ok(std::fs::read(folder.join("vault.db")).unwrap())
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests look at the raw file")]
mod tests {
    use rand_chacha::ChaCha20Rng;
    use rand_core::SeedableRng as _;

    use super::*;
    use crate::store::Store;

    const CANARY: &str = "Kenari binti Murai";

    fn key(seed: u64) -> DatabaseKey {
        DatabaseKey::generate(&mut ChaCha20Rng::seed_from_u64(seed))
    }

    fn holds(bytes: &[u8], text: &str) -> bool {
        bytes
            .windows(text.len())
            .any(|window| window == text.as_bytes())
    }

    #[test]
    fn a_wrong_key_is_told_apart_from_damage() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vault.db");
        let path = file.to_str().unwrap();
        let store = Store::open_with(path, &key(1)).unwrap();
        store.set_meta("name", &CANARY).unwrap();
        drop(store);
        let whole = std::fs::read(&file).unwrap();
        let opened = |key: &DatabaseKey| {
            Store::open_with(path, key)
                .map(|_| ())
                .map_err(|e| e.to_string())
        };
        assert_eq!(opened(&key(1)), Ok(()));
        let wrong = StoreError::WrongKey.to_string();
        let corrupt = StoreError::Corrupt.to_string();
        assert_eq!(opened(&key(2)), Err(wrong.clone()));
        assert_eq!(std::fs::read(&file).unwrap(), whole, "it is left as it is");
        // SQLCipher without a key is plain SQLite.
        assert!(matches!(Store::open(path), Err(StoreError::Corrupt)));
        for at in [16, 100, 4_000] {
            let mut damaged = whole.clone();
            damaged[at] ^= 1;
            std::fs::write(&file, &damaged).unwrap();
            assert_eq!(opened(&key(1)), Err(corrupt.clone()), "{at}");
            assert_eq!(opened(&key(2)), Err(wrong.clone()), "{at}");
            assert_eq!(std::fs::read(&file).unwrap(), damaged, "{at}");
        }
        let plain = folder.path().join("plain.db");
        drop(Store::open(plain.to_str().unwrap()).unwrap());
        let opened = Store::open_with(plain.to_str().unwrap(), &key(1));
        assert!(matches!(opened, Err(StoreError::WrongKey)));
    }

    #[test]
    fn nothing_of_a_record_and_nothing_of_the_key_stands_in_the_files() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vault.db");
        let key = key(1);
        let store = Store::open_with(file.to_str().unwrap(), &key).unwrap();
        store.set_meta("name", &CANARY).unwrap();
        let (mut seen, mut looked) = (0, Vec::new());
        for entry in std::fs::read_dir(folder.path()).unwrap() {
            let entry = entry.unwrap();
            let bytes = std::fs::read(entry.path()).unwrap();
            looked.push(entry.file_name().into_string().unwrap());
            seen += bytes.len();
            for needle in [CANARY, "SQLite format 3", "seat_key"] {
                assert!(!holds(&bytes, needle), "{needle} in {looked:?}");
            }
            assert!(!key.is_in(&bytes), "the key in {looked:?}");
        }
        assert!(
            looked.iter().any(|name| name.ends_with("-wal")),
            "{looked:?}"
        );
        assert!(seen > 4_096, "{seen}");
        assert_eq!(
            store.meta::<String>("name").unwrap().as_deref(),
            Some(CANARY)
        );
    }
}
