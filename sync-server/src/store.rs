//! All SQL of the server, over SQLite. One function opens a database; "corrupt" is reported and never deleted.

pub(crate) mod accounts;
pub(crate) mod audit;
pub(crate) mod bars;
pub(crate) mod blobs;
pub(crate) mod breaches;
pub(crate) mod commands;
pub(crate) mod delivery;
pub(crate) mod documents;
pub(crate) mod elsewhere;
mod envelopes;
pub(crate) mod erase;
pub(crate) mod erasure;
pub(crate) mod grants;
pub(crate) mod institutions;
pub(crate) mod letters;
pub(crate) mod links;
pub(crate) mod log;
pub(crate) mod records;
pub(crate) mod rights;
pub(crate) mod rulings;
mod sealing;
pub(crate) mod shelf;
pub(crate) mod staff;
pub(crate) mod standing;
pub(crate) mod upgrade;
pub(crate) mod views;

use std::cell::{Ref, RefCell};
use std::path::Path;

use jangkau_core::id::ServerSeq;
use jangkau_core::plant::{Plant, PowerLost, crash_point, planted};
use jangkau_core::time::Timestamp;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use thiserror::Error;

use crate::keys::Keys;

pub(crate) use jangkau_core::cbor::encode;
pub(crate) use sealing::{Db, Place};

/// Numbered migrations; each runs once, in its own transaction.
const MIGRATIONS: &[&str] = &[
    include_str!("migrations/0001_log.sql"),
    include_str!("migrations/0002_terms.sql"),
    include_str!("migrations/0003_links.sql"),
    include_str!("migrations/0004_activities.sql"),
    include_str!("migrations/0005_elsewhere.sql"),
    include_str!("migrations/0006_letters.sql"),
    include_str!("migrations/0007_access.sql"),
    include_str!("migrations/0008_glass.sql"),
    include_str!("migrations/0009_keys.sql"),
    include_str!("migrations/0010_accounts.sql"),
    include_str!("migrations/0011_blobs.sql"),
    include_str!("migrations/0012_audit.sql"),
    include_str!("migrations/0013_rights.sql"),
    include_str!("migrations/0014_register.sql"),
];

/// Where a SQLite header says how it is journalled; 1 means that no log stands beside it.
const JOURNAL_BYTES: std::ops::Range<usize> = 18..20;

/// Why the store did not do what was asked. What was acknowledged before stands.
#[derive(Debug, Error)]
pub(crate) enum StoreError {
    /// The disk is full; nothing of this transaction was saved.
    #[error("the disk is full")]
    DiskFull,
    /// The file is damaged. It is kept as it is.
    #[error("the database is damaged")]
    Corrupt,
    /// The file was written by a newer version.
    #[error("the database is of a newer version")]
    Newer,
    /// A row holds what this code never wrote.
    #[error("a row of the database does not decode")]
    Undecodable,
    /// A row does not open under its key: it was changed, or put in the place of another.
    #[error("a row of the database was changed or put elsewhere")]
    Forged,
    /// The key of a row is not there, or the keys cannot be used.
    #[error("a key of the database is not there")]
    Keys,
    /// Anything else that SQLite reports.
    #[error("the database failed")]
    Sqlite(#[source] rusqlite::Error),
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

/// Parses a word of a column.
pub(crate) fn parse<T: std::str::FromStr>(text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Undecodable)
}

/// A position as SQLite stores it.
pub(crate) const fn column(seq: ServerSeq) -> i64 {
    seq.get().cast_signed()
}

/// A position from a column.
pub(crate) const fn seq(column: i64) -> ServerSeq {
    ServerSeq::new(column.cast_unsigned())
}

/// An instant from a column.
pub(crate) const fn instant(column: i64) -> Timestamp {
    Timestamp::from_millis(column)
}

/// Names of the crash points around one kind of transaction.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CrashPoints {
    pub(crate) begin: &'static str,
    pub(crate) commit: &'static str,
    pub(crate) committed: &'static str,
}

/// The database of all institutions.
pub(crate) struct Store {
    /// In a cell because SQLite writes an image only from an exclusive reference.
    connection: RefCell<Db>,
    /// What the disk holds, while the planted bug lets the store go on without waiting for it.
    unsynced: RefCell<Option<Vec<u8>>>,
}

impl std::fmt::Debug for Store {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Store")
    }
}

impl Store {
    pub(crate) fn open(path: &Path, keys: Keys) -> Result<Self, StoreError> {
        Self::prepare(Connection::open(path)?, keys)
    }

    /// A store in memory, with keys of its own.
    pub(crate) fn in_memory() -> Result<Self, StoreError> {
        Self::prepare(Connection::open_in_memory()?, Keys::in_memory()?)
    }

    /// Whether a database file holds rows that cannot be read without keys.
    pub(crate) fn is_sealed(path: &Path) -> Result<bool, StoreError> {
        let read_only = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(path, read_only)?;
        let sql = "SELECT 1 FROM sqlite_master WHERE name = 'institution'";
        if !connection.prepare(sql)?.exists([])? {
            return Ok(false);
        }
        let sql = "SELECT 1 FROM institution WHERE key_id <> 0";
        Ok(connection.prepare(sql)?.exists([])?)
    }

    /// A store in memory over the bytes of a file.
    pub(crate) fn from_image(image: &[u8], keys: Keys) -> Result<Self, StoreError> {
        let mut image = image.to_vec();
        // A database in memory cannot have a write-ahead log; the image holds all that was in it.
        image
            .get_mut(JOURNAL_BYTES)
            .ok_or(StoreError::Corrupt)?
            .fill(1);
        let mut connection = Connection::open_in_memory()?;
        connection.deserialize_read_exact(
            rusqlite::MAIN_DB,
            image.as_slice(),
            image.len(),
            false,
        )?;
        Self::prepare(connection, keys)
    }

    /// The bytes that a disk would hold now.
    pub(crate) fn image(&self) -> Result<Vec<u8>, StoreError> {
        if let Some(unsynced) = self.unsynced.borrow().as_ref() {
            return Ok(unsynced.clone());
        }
        self.serialize()
    }

    fn serialize(&self) -> Result<Vec<u8>, StoreError> {
        Ok(self
            .connection
            .borrow_mut()
            .sql
            .serialize(rusqlite::MAIN_DB)?
            .to_vec())
    }

    pub(crate) fn db(&self) -> Ref<'_, Db> {
        self.connection.borrow()
    }

    /// Limits the database to a number of pages, so that tests can fill the disk.
    pub(crate) fn limit_pages(&self, pages: u32) -> Result<(), StoreError> {
        let set = format!("PRAGMA max_page_count = {pages}");
        self.db().query_row(&set, [], |_| Ok(()))?;
        Ok(())
    }

    /// Writes the write-ahead log back and empties it: after an erasure nothing may stay in it.
    pub(crate) fn truncate_wal(&self) -> Result<(), StoreError> {
        self.db()
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    fn prepare(connection: Connection, keys: Keys) -> Result<Self, StoreError> {
        let synchronous = if planted(Plant::SkipFsync) {
            "OFF"
        } else {
            "FULL"
        };
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "secure_delete", true)?;
        // Without it, an index with a condition makes SQLite prepare a statement anew for every value bound to it.
        connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        connection.set_prepared_statement_cache_capacity(128);
        let store = Self {
            connection: RefCell::new(Db::new(connection, keys)),
            unsynced: RefCell::new(None),
        };
        store.migrate()?;
        store.upgrade()?;
        Ok(store)
    }

    fn migrate(&self) -> Result<(), StoreError> {
        let db = self.db();
        let done: u32 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        if done as usize > MIGRATIONS.len() {
            return Err(StoreError::Newer);
        }
        for (version, sql) in (1_u32..).zip(MIGRATIONS).skip(done as usize) {
            transact(&db, None, |db| {
                db.execute_batch(sql)?;
                Ok(db.pragma_update(None, "user_version", version)?)
            })?;
        }
        Ok(())
    }

    /// Seals what a version without keys left readable.
    fn upgrade(&self) -> Result<(), StoreError> {
        if !upgrade::is_due(&self.db())? {
            return Ok(());
        }
        tracing::warn!("the database is of a version without keys; its rows are sealed now");
        self.transact(None, upgrade::seal_all)?;
        // What was readable is gone from free pages and from the log beside the file, too.
        self.db()
            .execute_batch("VACUUM; PRAGMA wal_checkpoint(TRUNCATE)")?;
        Ok(())
    }

    /// Does some work in one transaction, which is on the disk when this returns.
    pub(crate) fn transact<T>(
        &self,
        points: Option<CrashPoints>,
        work: impl FnOnce(&Db) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if planted(Plant::SkipFsync) {
            let before = self.serialize()?;
            *self.unsynced.borrow_mut() = Some(before);
        }
        transact(&self.db(), points, work)
    }
}

fn transact<T>(
    db: &Db,
    points: Option<CrashPoints>,
    work: impl FnOnce(&Db) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    let reach = |point: fn(&CrashPoints) -> &'static str| {
        points
            .as_ref()
            .map_or(Ok(()), |points| crash_point(point(points)))
    };
    reach(|points| points.begin)?;
    db.execute_batch("BEGIN IMMEDIATE")?;
    let done = work(db).and_then(|value| {
        db.keys().flush()?;
        match reach(|points| points.commit) {
            Ok(()) => db.execute_batch("COMMIT")?,
            // The planted bug: the answer goes out although nothing was committed.
            Err(_) if planted(Plant::AckBeforeCommit) => db.execute_batch("ROLLBACK")?,
            Err(lost) => return Err(lost.into()),
        }
        Ok(value)
    });
    if done.is_err() {
        db.keys().forget_fresh();
        db.forget_names();
        if !db.is_autocommit() {
            db.execute_batch("ROLLBACK")?;
        }
    }
    let value = done?;
    reach(|points| points.committed)?;
    Ok(value)
}

/// Does some work that leaves nothing behind when it fails, inside a transaction.
pub(crate) fn attempt<T, E: From<StoreError>>(
    db: &Db,
    work: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let run = |sql| db.execute_batch(sql).map_err(|error| E::from(error.into()));
    run("SAVEPOINT attempt")?;
    let done = work();
    match &done {
        Ok(_) => run("RELEASE attempt")?,
        // A full disk may already have rolled everything back.
        Err(_) if db.is_autocommit() => {}
        Err(_) => run("ROLLBACK TO attempt; RELEASE attempt")?,
    }
    done
}
