//! The device's SQLite, and the core's only I/O. One function opens it; corrupt never means delete.

mod blobs;
mod bounds;
#[cfg(feature = "cipher")]
mod cipher;
mod commands;
mod departing;
mod documents;
mod epochs;
mod glances;
mod parcels;
mod rows;
mod told;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _, params};
use thiserror::Error;

use crate::lock::DatabaseKey;
use crate::plant::{PowerLost, crash_point};

pub(crate) use crate::cbor::encode;
pub(crate) use blobs::BlobRow;
pub use commands::CommandState;
pub(crate) use commands::{CommandRow, PartRow};
pub(crate) use documents::DocumentRow;

/// Numbered migrations; each runs once, in its own transaction.
const MIGRATIONS: &[&str] = &[
    include_str!("store/0001.sql"),
    include_str!("store/0002.sql"),
    include_str!("store/0003.sql"),
    include_str!("store/0004.sql"),
    include_str!("store/0005.sql"),
    include_str!("store/0006.sql"),
    include_str!("store/0008.sql"),
    include_str!("store/0009.sql"),
    include_str!("store/0010.sql"),
];

/// Why the store did not do what was asked. Whatever was reported as saved before, is.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The disk is full; nothing of this call was saved.
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged. It is kept as it is: `docs/adr/` says what then.
    #[error("the database is damaged")]
    Corrupt,
    /// The file is encrypted under another key, or not at all. It is no damage: the file is whole as far as anybody can tell.
    #[error("the key is of another database")]
    WrongKey,
    /// The file was written by a newer version of this app.
    #[error("the database is of a newer version")]
    Newer,
    /// Anything else that SQLite reports.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
    /// A row holds what this code never wrote.
    #[error("a row of the database does not decode")]
    Undecodable,
    /// The simulated power went out.
    #[error(transparent)]
    PowerLost(#[from] PowerLost),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            Some(rusqlite::ErrorCode::DatabaseCorrupt | rusqlite::ErrorCode::NotADatabase) => {
                Self::Corrupt
            }
            _ => Self::Sqlite(error),
        }
    }
}

impl From<minicbor::decode::Error> for StoreError {
    fn from(_: minicbor::decode::Error) -> Self {
        Self::Undecodable
    }
}

/// Decodes a column.
pub(crate) fn decode<T: for<'b> minicbor::Decode<'b, ()>>(bytes: &[u8]) -> Result<T, StoreError> {
    Ok(minicbor::decode(bytes)?)
}

/// Whether this build encrypts a database that is opened with a key. What ships does; `docs/ARCHITECTURE.md` tells how it is built.
pub const ENCRYPTS: bool = cfg!(feature = "cipher");

/// The database of one vault.
pub struct Store {
    connection: Connection,
    /// Where the database of a test stands, which is a file when it is encrypted.
    #[cfg(all(test, feature = "cipher"))]
    folder: Option<tempfile::TempDir>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    /// Opens a file, making or migrating it.
    ///
    /// # Errors
    /// [`StoreError`]; a damaged file is left as it is.
    pub fn open(path: &str) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path)?)
    }

    /// Opens a file under its key, making or migrating it. A build without the feature `cipher` leaves it plain ([`ENCRYPTS`]).
    ///
    /// # Errors
    /// [`StoreError`]; a damaged file, and one of another key, is left as it is.
    #[cfg_attr(
        not(feature = "cipher"),
        expect(unused_variables, reason = "nothing is encrypted")
    )]
    pub fn open_with(path: &str, key: &DatabaseKey) -> Result<Self, StoreError> {
        #[cfg(feature = "cipher")]
        let connection = cipher::open(path, key)?;
        #[cfg(not(feature = "cipher"))]
        let connection = Connection::open(path)?;
        Self::prepare(connection)
    }

    /// A store in memory.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn in_memory() -> Result<Self, StoreError> {
        #[cfg(all(test, feature = "cipher"))]
        return cipher::in_a_file(&[]);
        #[cfg(not(all(test, feature = "cipher")))]
        Self::prepare(Connection::open_in_memory()?)
    }

    /// A store in memory over the bytes of a file.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn from_image(image: &[u8]) -> Result<Self, StoreError> {
        #[cfg(all(test, feature = "cipher"))]
        return cipher::in_a_file(image);
        #[cfg(not(all(test, feature = "cipher")))]
        {
            let mut connection = Connection::open_in_memory()?;
            connection.deserialize_read_exact(rusqlite::MAIN_DB, image, image.len(), false)?;
            Self::prepare(connection)
        }
    }

    /// The bytes that a file would hold now.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn image(&mut self) -> Result<Vec<u8>, StoreError> {
        #[cfg(all(test, feature = "cipher"))]
        return cipher::file_of(self);
        #[cfg(not(all(test, feature = "cipher")))]
        Ok(self.connection.serialize(rusqlite::MAIN_DB)?.to_vec())
    }

    /// Sets what every store needs: write-ahead log, waiting for the disk, foreign keys, wiping what is deleted.
    fn prepare(connection: Connection) -> Result<Self, StoreError> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "secure_delete", true)?;
        // Without it, an index with a condition makes SQLite prepare a statement anew for every value bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(64);
        let store = Self {
            connection,
            #[cfg(all(test, feature = "cipher"))]
            folder: None,
        };
        store.migrate()?;
        Ok(store)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let done: u32 = self
            .connection
            .pragma_query_value(None, "user_version", |row| row.get(0))?;
        if done as usize > MIGRATIONS.len() {
            return Err(StoreError::Newer);
        }
        for (sql, version) in MIGRATIONS.iter().zip(1_u32..).skip(done as usize) {
            self.begin()?;
            self.connection.execute_batch(sql)?;
            self.connection
                .pragma_update(None, "user_version", version)?;
            self.commit()?;
        }
        Ok(())
    }

    /// Limits the file to a number of pages, so that tests can fill the disk.
    ///
    /// # Errors
    /// [`StoreError`].
    pub fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let set = format!("PRAGMA max_page_count = {pages}");
        self.connection.query_row(&set, [], |_| Ok(()))?;
        Ok(())
    }

    /// Empties the log that SQLite writes ahead, so that what is gone from the database is in neither of its files. False while somebody else
    /// reads the file.
    pub(crate) fn empty_log(&self) -> Result<bool, StoreError> {
        let sql = "PRAGMA wal_checkpoint(TRUNCATE)";
        let is_busy: bool = self.connection.query_row(sql, [], |row| row.get(0))?;
        Ok(!is_busy)
    }

    /// Begins a transaction.
    pub(crate) fn begin(&self) -> Result<(), StoreError> {
        crash_point("device.begin")?;
        Ok(self.connection.execute_batch("BEGIN IMMEDIATE")?)
    }

    /// Ends it. What it did is on the disk when this returns.
    pub(crate) fn commit(&self) -> Result<(), StoreError> {
        crash_point("device.commit")?;
        self.connection.execute_batch("COMMIT")?;
        Ok(crash_point("device.committed")?)
    }

    /// Undoes it, if it has not ended.
    pub(crate) fn roll_back(&self) -> Result<(), StoreError> {
        if self.connection.is_autocommit() {
            return Ok(());
        }
        Ok(self.connection.execute_batch("ROLLBACK")?)
    }

    pub(crate) fn meta<T: for<'b> minicbor::Decode<'b, ()>>(
        &self,
        key: &str,
    ) -> Result<Option<T>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT value FROM meta WHERE key = ?1")?;
        let bytes: Option<Vec<u8>> = statement.query_row([key], |row| row.get(0)).optional()?;
        bytes.map(|bytes| decode(&bytes)).transpose()
    }

    pub(crate) fn set_meta<T: minicbor::Encode<()>>(
        &self,
        key: &str,
        value: &T,
    ) -> Result<(), StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("INSERT OR REPLACE INTO meta (key, value) VALUES (?1, ?2)")?;
        statement.execute(params![key, encode(value)])?;
        Ok(())
    }

    pub(crate) fn clear_meta(&self, key: &str) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM meta WHERE key = ?1", [key])?;
        Ok(())
    }
}
