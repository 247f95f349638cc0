//! Parcels: what is to go into one of this seat's own, and those that are carried for colleagues.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};
use crate::id::BatchId;

impl Store {
    /// Takes a piece of a colleague's parcel; one that is here already stays as it is.
    pub(crate) fn carry(&self, id: BatchId, piece: &[u8]) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR IGNORE INTO parcel (id, bytes) VALUES (?1, ?2)",
            params![id, piece],
        )?;
        Ok(())
    }

    /// How many pieces wait to be handed over.
    pub(crate) fn carried(&self) -> Result<u32, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM parcel WHERE NOT refused")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// The next piece to hand over.
    pub(crate) fn next_carried(&self) -> Result<Option<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM parcel WHERE NOT refused ORDER BY id LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0)).optional()?)
    }

    /// A piece has arrived: it need not be carried any more.
    pub(crate) fn handed_over(&self, id: BatchId) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM parcel WHERE id = ?1", [id])?;
        Ok(())
    }

    /// The server cannot open a piece: it is kept, and not offered again.
    pub(crate) fn not_taken(&self, id: BatchId) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE parcel SET refused = 1 WHERE id = ?1", [id])?;
        Ok(())
    }
}
