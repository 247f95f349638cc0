//! What bounds grants: their ends, cases that are hidden from this person, and what they are told of broken glass.

use rusqlite::params;

use super::{Store, StoreError, decode, encode};
use crate::id::{CaseId, ServerSeq};
use crate::sync::NoticeRow;
use crate::time::Timestamp;

impl Store {
    /// The cases that a grant was about whose time is over, though no row has ended it yet.
    pub(crate) fn cases_timed_out(&self, at: Timestamp) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT DISTINCT case_id FROM active_grant \
                   WHERE until <= ?1 AND case_id IS NOT NULL";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([at.as_millis()], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Hides a case from this person, or no longer.
    pub(crate) fn set_bar(&self, case: CaseId, on: bool) -> Result<(), StoreError> {
        let sql = if on {
            "INSERT OR IGNORE INTO bar (case_id) VALUES (?1)"
        } else {
            "DELETE FROM bar WHERE case_id = ?1"
        };
        self.connection.execute(sql, [case])?;
        Ok(())
    }

    /// The cases that are hidden from this person.
    pub(crate) fn barred(&self) -> Result<Vec<CaseId>, StoreError> {
        let mut statement = self.connection.prepare_cached("SELECT case_id FROM bar")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The grants of the whole institution.
    pub(crate) fn wide_grants(&self) -> Result<Vec<ServerSeq>, StoreError> {
        let sql = "SELECT seq FROM active_grant WHERE case_id IS NULL ORDER BY seq";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| {
            Ok(ServerSeq::new(row.get::<_, i64>(0)?.cast_unsigned()))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Drops what this person is told of broken glass in a case.
    pub(crate) fn drop_notices_of(&self, case: CaseId) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM notice WHERE case_id = ?1", [case])?;
        Ok(())
    }

    /// Keeps what this person is told of broken glass. It may come again after a restore.
    pub(crate) fn put_notice(&self, notice: &NoticeRow) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR IGNORE INTO notice (case_id, bytes) VALUES (?1, ?2)",
            params![notice.case, encode(notice)],
        )?;
        Ok(())
    }

    /// What this person is told of broken glass, oldest first.
    pub(crate) fn glass_notices(&self) -> Result<Vec<NoticeRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM notice ORDER BY position")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| decode(&bytes?)).collect()
    }

    /// Drops all of that: the vault comes to its end.
    pub(crate) fn drop_notices(&self) -> Result<(), StoreError> {
        self.connection.execute("DELETE FROM notice", [])?;
        Ok(())
    }
}
