//! The key database: one wrapped key for each document, the erasures that it knows, and what documents became by them.

use std::path::Path;

use jangkau_core::id::{DocumentId, InstitutionId};
use jangkau_core::time::Timestamp;
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::journal::{self, Entry};
use super::{Erasure, KeyError, KeyId, Owner};

/// The layout; `document` is empty for the key of what is the institution's own.
const LAYOUT: &str = "
    CREATE TABLE IF NOT EXISTS proof (sealed BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS data_key (
        id INTEGER PRIMARY KEY,
        institution TEXT NOT NULL,
        document BLOB NOT NULL,
        wrapped BLOB NOT NULL,
        -- 0: the document has another since, and what this one sealed is about to go.
        is_current INTEGER NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX IF NOT EXISTS data_key_current ON data_key (institution, document) WHERE is_current = 1;
    CREATE TABLE IF NOT EXISTS erasure (
        key_id INTEGER PRIMARY KEY,
        institution TEXT NOT NULL,
        document BLOB NOT NULL,
        erased_at INTEGER NOT NULL,
        reason TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS erasure_document ON erasure (institution, document);
    -- The journal: what a document became, sealed with the key that it has since.
    CREATE TABLE IF NOT EXISTS rewriting (
        institution TEXT NOT NULL,
        document BLOB NOT NULL,
        epoch INTEGER NOT NULL,
        key_id INTEGER NOT NULL,
        -- The keys that went with this erasure, eight bytes each.
        former BLOB NOT NULL,
        sealed BLOB NOT NULL,
        PRIMARY KEY (institution, document, epoch)
    ) STRICT;
    -- When a copy was taken, in the copy alone; and, once it was put back, in what came of it.
    CREATE TABLE IF NOT EXISTS copied (taken_at INTEGER NOT NULL) STRICT;";

/// The database.
pub(super) struct Vault(pub(super) Connection);

/// A key as it is kept.
pub(super) struct Wrapped {
    pub(super) id: KeyId,
    pub(super) institution: InstitutionId,
    pub(super) owner: Owner,
    pub(super) bytes: Vec<u8>,
}

impl Vault {
    pub(super) fn open(path: &Path) -> Result<Self, KeyError> {
        Self::prepare(Connection::open(path)?)
    }

    pub(super) fn in_memory() -> Result<Self, KeyError> {
        Self::prepare(Connection::open_in_memory()?)
    }

    fn prepare(connection: Connection) -> Result<Self, KeyError> {
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", true)?;
        connection.execute_batch(LAYOUT)?;
        Ok(Self(connection))
    }

    /// What proves that the institution key is the one of this database; none in a new one.
    pub(super) fn proof(&self) -> Result<Option<Vec<u8>>, KeyError> {
        let sql = "SELECT sealed FROM proof";
        Ok(self.0.query_row(sql, [], |row| row.get(0)).optional()?)
    }

    pub(super) fn set_proof(&self, sealed: &[u8]) -> Result<(), KeyError> {
        self.0
            .execute("INSERT INTO proof (sealed) VALUES (?1)", [sealed])?;
        Ok(())
    }

    /// Keeps new keys and what documents become by erasures, all in one commit.
    pub(super) fn insert(&mut self, keys: &[Wrapped], became: &[Entry]) -> Result<(), KeyError> {
        let transaction = self.0.transaction()?;
        for key in keys {
            let sql = "UPDATE data_key SET is_current = 0 \
                       WHERE institution = ?1 AND document = ?2 AND is_current = 1";
            transaction
                .prepare_cached(sql)?
                .execute(params![key.institution.as_str(), column_of(&key.owner)])?;
            let sql = "INSERT INTO data_key (id, institution, document, wrapped, is_current) \
                       VALUES (?1, ?2, ?3, ?4, 1)";
            transaction.prepare_cached(sql)?.execute(params![
                key.id.get(),
                key.institution.as_str(),
                column_of(&key.owner),
                key.bytes
            ])?;
        }
        for entry in became {
            journal::insert(&transaction, entry)?;
        }
        Ok(transaction.commit()?)
    }

    pub(super) fn by_owner(
        &self,
        institution: &InstitutionId,
        owner: &Owner,
    ) -> Result<Option<Wrapped>, KeyError> {
        let sql = "SELECT id, institution, document, wrapped FROM data_key \
                   WHERE institution = ?1 AND document = ?2 AND is_current = 1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params![institution.as_str(), column_of(owner)])?;
        rows.next()?.map(read).transpose()
    }

    /// The numbers of all keys of an owner.
    pub(super) fn ids_of(
        &self,
        institution: &InstitutionId,
        owner: &Owner,
    ) -> Result<Vec<KeyId>, KeyError> {
        let sql = "SELECT id FROM data_key WHERE institution = ?1 AND document = ?2 ORDER BY id";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query(params![institution.as_str(), column_of(owner)])?;
        let mut ids = Vec::new();
        while let Some(row) = rows.next()? {
            ids.push(KeyId::new(row.get(0)?).ok_or(KeyError::Damaged)?);
        }
        Ok(ids)
    }

    pub(super) fn by_id(&self, id: KeyId) -> Result<Option<Wrapped>, KeyError> {
        let sql = "SELECT id, institution, document, wrapped FROM data_key WHERE id = ?1";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([id.get()])?;
        rows.next()?.map(read).transpose()
    }

    /// Notes an erasure and destroys its key, so that nothing of the key stays in the file.
    pub(super) fn destroy(&mut self, erasures: &[Erasure]) -> Result<(), KeyError> {
        let transaction = self.0.transaction()?;
        for erasure in erasures {
            let sql = "INSERT OR IGNORE INTO erasure (key_id, institution, document, erased_at, reason) \
                       VALUES (?1, ?2, ?3, ?4, ?5)";
            transaction.execute(
                sql,
                params![
                    erasure.key.get(),
                    erasure.institution.as_str(),
                    erasure.document,
                    erasure.at.as_millis(),
                    erasure.reason.as_str()
                ],
            )?;
            transaction.execute("DELETE FROM data_key WHERE id = ?1", [erasure.key.get()])?;
            journal::delete(&transaction, erasure.key)?;
        }
        transaction.commit()?;
        // The log beside the database still holds the page with the key.
        self.0
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        Ok(())
    }

    /// Every erasure, in the order of their keys.
    pub(super) fn erasures(&self) -> Result<Vec<Erasure>, KeyError> {
        let sql =
            "SELECT key_id, institution, document, erased_at, reason FROM erasure ORDER BY key_id";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([])?;
        let mut erasures = Vec::new();
        while let Some(row) = rows.next()? {
            let document: DocumentId = row.get(2)?;
            erasures.push(Erasure {
                key: KeyId::new(row.get(0)?).ok_or(KeyError::Damaged)?,
                institution: word(row, 1)?,
                document,
                at: Timestamp::from_millis(row.get(3)?),
                reason: word(row, 4)?,
            });
        }
        Ok(erasures)
    }

    /// The bytes of the database, for a backup: they say of themselves that they are a copy.
    pub(super) fn image(&mut self, now: Timestamp) -> Result<Vec<u8>, KeyError> {
        self.0.execute_batch("BEGIN IMMEDIATE")?;
        let sql = "INSERT INTO copied (taken_at) VALUES (?1)";
        let noted = self.0.execute(sql, [now.as_millis()]);
        let image = noted.and_then(|_| {
            self.0
                .serialize(rusqlite::MAIN_DB)
                .map(|image| image.to_vec())
        });
        self.0.execute_batch("ROLLBACK")?;
        Ok(image?)
    }

    /// When the copy was taken that this database came of, if it is one that was put back; of several, the last.
    pub(super) fn copied_at(&self) -> Result<Option<Timestamp>, KeyError> {
        let sql = "SELECT taken_at FROM copied ORDER BY rowid DESC LIMIT 1";
        let mut statement = self.0.prepare_cached(sql)?;
        let taken = statement.query_row([], |row| row.get(0)).optional()?;
        Ok(taken.map(Timestamp::from_millis))
    }
}

fn column_of(owner: &Owner) -> &[u8] {
    match owner {
        Owner::Institution => &[],
        Owner::Document(document) => document.as_bytes(),
    }
}

fn read(row: &Row<'_>) -> Result<Wrapped, KeyError> {
    let document: Vec<u8> = row.get(2)?;
    let owner = if document.is_empty() {
        Owner::Institution
    } else {
        let id = DocumentId::try_from(document.as_slice());
        Owner::Document(id.map_err(|_| KeyError::Damaged)?)
    };
    Ok(Wrapped {
        id: KeyId::new(row.get(0)?).ok_or(KeyError::Damaged)?,
        institution: word(row, 1)?,
        owner,
        bytes: row.get(3)?,
    })
}

fn word<T: std::str::FromStr>(row: &Row<'_>, at: usize) -> Result<T, KeyError> {
    let text: String = row.get(at)?;
    text.parse().map_err(|_| KeyError::Damaged)
}
