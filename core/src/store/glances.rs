//! What lists ask of each file. A cache: the triggers of its migration empty a row when anything of its file is written.

use rusqlite::params;

use super::{Store, StoreError};
use crate::id::CaseId;

/// A file, and what was seen of it; none where it is to be looked at again.
pub(crate) type KeptGlance = (CaseId, Option<Vec<u8>>);

impl Store {
    /// Every file of which anything is here, oldest first.
    pub(crate) fn glances(&self) -> Result<Vec<KeptGlance>, StoreError> {
        let sql = "SELECT case_id, bytes FROM glance ORDER BY case_id";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The files that are to be looked at again.
    pub(crate) fn stale_glances(&self) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM glance WHERE bytes IS NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Keeps what was seen of a file.
    pub(crate) fn put_glance(&self, file: CaseId, bytes: &[u8]) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE glance SET bytes = ?2 WHERE case_id = ?1")?
            .execute(params![file, bytes])?;
        Ok(())
    }

    /// Whether nothing is left of a file.
    pub(crate) fn is_gone(&self, file: CaseId) -> Result<bool, StoreError> {
        let sql = "SELECT NOT EXISTS (SELECT 1 FROM case_state WHERE case_id = ?1) \
                   AND NOT EXISTS (SELECT 1 FROM document WHERE case_id = ?1) \
                   AND NOT EXISTS (SELECT 1 FROM command WHERE case_id = ?1)";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([file], |row| row.get(0))?)
    }

    /// Forgets a file of which nothing is left.
    pub(crate) fn drop_glance(&self, file: CaseId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM glance WHERE case_id = ?1")?
            .execute([file])?;
        Ok(())
    }
}
