//! What the server is to be told of as gone from this device.

use rusqlite::params;

use super::{Store, StoreError, decode};
use crate::id::{CaseId, EnvelopeHash, ServerSeq};
use crate::sync::GrantRow;

impl Store {
    /// A grant has ended; without a case, of the whole institution.
    pub(crate) fn note_ended(
        &self,
        grant: ServerSeq,
        case: Option<CaseId>,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO ended_grant (seq, case_id) VALUES (?1, ?2)",
            params![grant.get() as i64, case],
        )?;
        Ok(())
    }

    /// Ended grants of which nothing is left here: every case that they are about has been gone through.
    pub(crate) fn let_go(&self, limit: u32) -> Result<Vec<ServerSeq>, StoreError> {
        let sql = "SELECT seq FROM ended_grant WHERE NOT EXISTS (SELECT 1 FROM unswept \
                   WHERE unswept.case_id = ended_grant.case_id OR ended_grant.case_id IS NULL) \
                   ORDER BY seq LIMIT ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([limit], |row| row.get::<_, i64>(0))?;
        let seqs: Vec<i64> = rows.collect::<Result<_, _>>()?;
        Ok(seqs
            .into_iter()
            .map(|seq| ServerSeq::new(seq as u64))
            .collect())
    }

    /// The server has been told of an ended grant.
    pub(crate) fn let_go_told(&self, grant: ServerSeq) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM ended_grant WHERE seq = ?1")?
            .execute([grant.get() as i64])?;
        Ok(())
    }

    /// After a restore: grants beyond what the server kept mean nothing any more.
    pub(crate) fn forget_ended_after(&self, kept: ServerSeq) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM ended_grant WHERE seq > ?1",
            [kept.get() as i64],
        )?;
        Ok(())
    }

    /// Forgets own commands that were turned away, with their envelopes: they lie in quarantine for good. An envelope with a command that
    /// was not turned away stays.
    pub(crate) fn forget_aside(&self, envelopes: &[EnvelopeHash]) -> Result<(), StoreError> {
        for envelope in envelopes {
            let sql = "DELETE FROM command WHERE envelope = ?1 AND state = 'aside' AND own \
                       AND NOT EXISTS (SELECT 1 FROM command AS other \
                       WHERE other.envelope = ?1 AND other.state <> 'aside')";
            let gone = self.connection.prepare_cached(sql)?.execute([envelope])?;
            if gone > 0 {
                self.drop_envelope(*envelope)?;
            }
        }
        Ok(())
    }

    /// The envelopes that are kept here with commands of a case that other seats wrote.
    pub(crate) fn envelopes_of_others(
        &self,
        case: CaseId,
    ) -> Result<Vec<(EnvelopeHash, Vec<u8>)>, StoreError> {
        let sql = "SELECT hash, bytes FROM envelope WHERE hash IN \
                   (SELECT envelope FROM command WHERE case_id = ?1 AND NOT own) ORDER BY rowid";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([case], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Lets go of an envelope.
    pub(crate) fn drop_envelope(&self, hash: EnvelopeHash) -> Result<(), StoreError> {
        let sql = "DELETE FROM envelope WHERE hash = ?1";
        self.connection.prepare_cached(sql)?.execute([hash])?;
        Ok(())
    }

    /// Keeps a grant that ends, and at which row of the log it did.
    pub(crate) fn keep_lapsed(
        &self,
        grant: ServerSeq,
        ended_at: ServerSeq,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO lapsed_grant (seq, ended_at, bytes) \
                   SELECT seq, ?2, bytes FROM active_grant WHERE seq = ?1";
        self.connection
            .prepare_cached(sql)?
            .execute(params![grant.get() as i64, ended_at.get() as i64])?;
        Ok(())
    }

    /// Takes out the grants that ended after a row, and gives those that began before it.
    pub(crate) fn take_lapsed_after(
        &self,
        kept: ServerSeq,
    ) -> Result<Vec<(ServerSeq, GrantRow)>, StoreError> {
        let kept = kept.get() as i64;
        let taken: Vec<(i64, Vec<u8>)> = {
            let sql = "DELETE FROM lapsed_grant WHERE ended_at > ?1 RETURNING seq, bytes";
            let mut statement = self.connection.prepare_cached(sql)?;
            let rows = statement.query_map([kept], |row| Ok((row.get(0)?, row.get(1)?)))?;
            rows.collect::<Result<_, _>>()?
        };
        let stood = taken.into_iter().filter(|(seq, _)| *seq <= kept);
        stood
            .map(|(seq, bytes)| Ok((ServerSeq::new(seq as u64), decode(&bytes)?)))
            .collect()
    }

    /// Forgets grants whose end is in every backup.
    pub(crate) fn forget_lapsed(&self, backed_up: ServerSeq) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM lapsed_grant WHERE ended_at <= ?1")?
            .execute([backed_up.get() as i64])?;
        Ok(())
    }

    /// How many envelopes are kept.
    pub(crate) fn envelope_count(&self) -> Result<u32, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT count(*) FROM envelope")?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }
}
