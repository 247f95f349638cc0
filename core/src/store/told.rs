//! What the server tells of a case: its state, as far as each class of holders may see it.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError, decode, encode};
use crate::access::ViewKind;
use crate::class::Class;
use crate::id::{CaseId, CaseNumber, ServerSeq};
use crate::sync::{RulingBody, View, ViewRow};

impl Store {
    /// A case's state as told to some class; an older row never replaces a younger one. What everybody may see brings number and version of
    /// the profile.
    pub(crate) fn put_case_state(
        &self,
        seq: ServerSeq,
        body: &RulingBody,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        if let Some(class) = body.class {
            let mut statement = self.connection.prepare_cached(
                "INSERT INTO told_state (case_id, class, seq, bytes) VALUES (?1, ?2, ?3, ?4) \
                 ON CONFLICT (case_id, class) DO UPDATE SET seq = excluded.seq, \
                 bytes = excluded.bytes WHERE excluded.seq >= seq",
            )?;
            let seq = seq.get().cast_signed();
            statement.execute(params![body.case, class.number(), seq, bytes])?;
            return Ok(());
        }
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO case_state (case_id, seq, number, bytes, profile_version) \
             VALUES (?1, ?2, ?3, ?4, ?5) \
             ON CONFLICT (case_id) DO UPDATE SET seq = excluded.seq, \
             number = coalesce(excluded.number, number), bytes = excluded.bytes, \
             profile_version = excluded.profile_version WHERE excluded.seq >= seq",
        )?;
        statement.execute(params![
            body.case,
            seq.get() as i64,
            body.number.map(CaseNumber::get),
            bytes,
            body.profile_version
        ])?;
        Ok(())
    }

    /// The fullest state of a case that was told here.
    pub(crate) fn case_state(&self, case: CaseId) -> Result<Option<Vec<u8>>, StoreError> {
        for class in [Class::Record, Class::Intake] {
            let sql = "SELECT bytes FROM told_state WHERE case_id = ?1 AND class = ?2";
            let mut statement = self.connection.prepare_cached(sql)?;
            let found = statement.query_row(params![case, class.number()], |row| row.get(0));
            if let Some(bytes) = found.optional()? {
                return Ok(Some(bytes));
            }
        }
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM case_state WHERE case_id = ?1")?;
        Ok(statement.query_row([case], |row| row.get(0)).optional()?)
    }

    /// The classes to whose holders a case's state was told here.
    pub(crate) fn told_classes(&self, case: CaseId) -> Result<Vec<Class>, StoreError> {
        let sql = "SELECT class FROM told_state WHERE case_id = ?1 ORDER BY class";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([case], |row| row.get::<_, u8>(0))?;
        rows.map(|number| Class::from_number(number?).ok_or(StoreError::Undecodable))
            .collect()
    }

    /// Drops what was told to the holders of a class.
    pub(crate) fn drop_told_state(&self, case: CaseId, class: Class) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM told_state WHERE case_id = ?1 AND class = ?2",
            params![case, class.number()],
        )?;
        Ok(())
    }

    /// A view of a case; an older row never replaces a younger one.
    pub(crate) fn put_view(&self, seq: ServerSeq, row: &ViewRow) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO view (case_id, kind, seq, bytes) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (case_id, kind) DO UPDATE SET seq = excluded.seq, \
             bytes = excluded.bytes WHERE excluded.seq >= seq",
        )?;
        let kind = row.view.kind().code();
        let seq = seq.get().cast_signed();
        statement.execute(params![row.case, kind, seq, encode(&row.view)])?;
        Ok(())
    }

    /// What is told of a case, one view of each kind.
    pub(crate) fn views(&self, case: CaseId) -> Result<Vec<View>, StoreError> {
        let sql = "SELECT bytes FROM view WHERE case_id = ?1 ORDER BY kind";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([case], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| decode(&bytes?)).collect()
    }

    /// Drops a view of a case.
    pub(crate) fn drop_view(&self, case: CaseId, kind: ViewKind) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM view WHERE case_id = ?1 AND kind = ?2",
            params![case, kind.code()],
        )?;
        Ok(())
    }

    /// Drops everything that was told of a case.
    pub(super) fn drop_told(&self, case: CaseId) -> Result<(), StoreError> {
        for table in ["told_state", "view"] {
            let sql = format!("DELETE FROM {table} WHERE case_id = ?1");
            self.connection.execute(&sql, [case])?;
        }
        Ok(())
    }

    /// After a restore: any row of the new era is younger than what was told beyond what the server kept.
    pub(super) fn age_told(&self, kept: ServerSeq) -> Result<(), StoreError> {
        for table in ["told_state", "view"] {
            let sql = format!("UPDATE {table} SET seq = ?1 WHERE seq > ?1");
            self.connection.execute(&sql, [kept.get().cast_signed()])?;
        }
        Ok(())
    }
}
