//! Rulings, grants, the backfill queue, and the rows that every colleague sees.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError, decode, encode};
use crate::id::{CaseId, CaseNumber, CommandId, ServerSeq};
use crate::sync::{
    BackfillAt, CalendarRow, GrantRow, GrantScope, ProfileRow, SignedRuling, StaffRow,
};
use crate::time::Timestamp;

impl Store {
    /// A ruling; an own one has a verdict on what this seat recorded. The server that sends it need not be told of it.
    pub(crate) fn add_ruling(
        &self,
        seq: ServerSeq,
        case: CaseId,
        ruling: &SignedRuling,
        own: bool,
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO ruling (seq, case_id, own, bytes) VALUES (?1, ?2, ?3, ?4)",
        )?;
        let bytes = encode(ruling);
        statement.execute(params![seq.get() as i64, case, own, bytes])?;
        if own {
            self.connection
                .prepare_cached("DELETE FROM forgotten_ruling WHERE own AND bytes = ?1")?
                .execute([bytes])?;
        }
        Ok(())
    }

    /// A verdict; an older row never replaces a younger one.
    pub(crate) fn put_verdict(
        &self,
        command: CommandId,
        seq: ServerSeq,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO verdict (command, seq, bytes) VALUES (?1, ?2, ?3) \
             ON CONFLICT (command) DO UPDATE SET seq = excluded.seq, bytes = excluded.bytes \
             WHERE excluded.seq >= seq",
        )?;
        statement.execute(params![command, seq.get() as i64, bytes])?;
        Ok(())
    }

    pub(crate) fn verdict(&self, command: CommandId) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM verdict WHERE command = ?1")?;
        Ok(statement
            .query_row([command], |row| row.get(0))
            .optional()?)
    }

    /// Drops a verdict, unless it is on what this seat recorded.
    pub(crate) fn drop_verdict(&self, command: CommandId) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM verdict WHERE command = ?1 \
             AND NOT EXISTS (SELECT 1 FROM command WHERE id = ?1 AND own)",
        )?;
        statement.execute([command])?;
        Ok(())
    }

    pub(crate) fn case_number(&self, case: CaseId) -> Result<Option<CaseNumber>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT number FROM case_state WHERE case_id = ?1")?;
        let number: Option<Option<u32>> =
            statement.query_row([case], |row| row.get(0)).optional()?;
        Ok(number.flatten().map(CaseNumber::new))
    }

    /// The version of the profile that a case was last ruled under.
    pub(crate) fn case_version(&self, case: CaseId) -> Result<Option<u32>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT profile_version FROM case_state WHERE case_id = ?1")?;
        let version: Option<Option<u32>> =
            statement.query_row([case], |row| row.get(0)).optional()?;
        Ok(version.flatten())
    }

    /// Every case of which anything is here.
    pub(crate) fn case_ids(&self) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM case_state UNION SELECT case_id FROM document \
                   UNION SELECT case_id FROM command ORDER BY 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// What of that the server has said nothing about: cases that are new or waiting, and activities.
    pub(crate) fn files_without_state(&self) -> Result<Vec<CaseId>, StoreError> {
        let sql = "SELECT case_id FROM document UNION SELECT case_id FROM command \
                   EXCEPT SELECT case_id FROM case_state ORDER BY 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The rulings about a case, in the order of the log.
    pub(crate) fn rulings_of(
        &self,
        case: CaseId,
    ) -> Result<Vec<(ServerSeq, SignedRuling)>, StoreError> {
        self.rulings_where(
            "SELECT seq, bytes FROM ruling WHERE case_id = ?1 ORDER BY seq",
            case,
        )
    }

    /// The rulings about a case that have no verdict on what this seat recorded.
    pub(crate) fn rulings_not_own(
        &self,
        case: CaseId,
    ) -> Result<Vec<(ServerSeq, SignedRuling)>, StoreError> {
        self.rulings_where(
            "SELECT seq, bytes FROM ruling WHERE case_id = ?1 AND NOT own ORDER BY seq",
            case,
        )
    }

    fn rulings_where(
        &self,
        sql: &str,
        case: CaseId,
    ) -> Result<Vec<(ServerSeq, SignedRuling)>, StoreError> {
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([case], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|row| {
            let (seq, bytes) = row?;
            Ok((ServerSeq::new(seq.cast_unsigned()), decode(&bytes)?))
        })
        .collect()
    }

    /// Drops one ruling.
    pub(crate) fn drop_ruling(&self, seq: ServerSeq) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM ruling WHERE seq = ?1",
            [seq.get().cast_signed()],
        )?;
        Ok(())
    }

    /// Drops what rulings said about a case. Those on own work stay until every backup holds them: they are the proof
    /// by which a restored server takes it from a seat that is no longer in use.
    pub(crate) fn drop_case_rows(
        &self,
        case: CaseId,
        backed_up: ServerSeq,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM verdict WHERE command IN \
             (SELECT id FROM command WHERE case_id = ?1 AND NOT own)",
            [case],
        )?;
        self.connection
            .execute("DELETE FROM case_state WHERE case_id = ?1", [case])?;
        self.drop_told(case)?;
        self.connection.execute(
            "DELETE FROM ruling WHERE case_id = ?1 AND (NOT own OR seq <= ?2)",
            params![case, backed_up.get() as i64],
        )?;
        Ok(())
    }

    /// Lets go of the rulings on own work in cases that nobody may read here any more, once every backup holds them.
    pub(crate) fn prune_rulings(&self, backed_up: ServerSeq) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM ruling WHERE own AND seq <= ?1 \
             AND case_id NOT IN (SELECT case_id FROM case_state)",
        )?;
        statement.execute([backed_up.get() as i64])?;
        Ok(())
    }

    /// After a restore: rulings beyond what the server kept are to be pushed back, after those that were pushed back
    /// after an earlier restore and did not come again in the log. What they said stays until the server sends them
    /// again, but any row of the new era is younger.
    pub(crate) fn forget_rulings_after(&self, kept: ServerSeq) -> Result<(), StoreError> {
        let kept = kept.get() as i64;
        self.connection
            .execute("UPDATE forgotten_ruling SET told = 0", [])?;
        self.connection.execute(
            "INSERT INTO forgotten_ruling (own, bytes) \
             SELECT own, bytes FROM ruling WHERE seq > ?1 ORDER BY seq",
            [kept],
        )?;
        self.connection
            .execute("DELETE FROM ruling WHERE seq > ?1", [kept])?;
        self.connection
            .execute("UPDATE verdict SET seq = ?1 WHERE seq > ?1", [kept])?;
        self.connection
            .execute("UPDATE case_state SET seq = ?1 WHERE seq > ?1", [kept])?;
        self.age_told(ServerSeq::new(kept.cast_unsigned()))
    }

    /// Rulings that are to be pushed back.
    pub(crate) fn forgotten_rulings(
        &self,
        limit: u32,
    ) -> Result<Vec<(i64, SignedRuling)>, StoreError> {
        let sql = "SELECT position, bytes FROM forgotten_ruling WHERE NOT told \
                   ORDER BY position LIMIT ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([limit], |row| {
            Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
        })?;
        rows.map(|row| {
            let (position, bytes) = row?;
            Ok((position, decode(&bytes)?))
        })
        .collect()
    }

    /// The server has been told of rulings again. Those on own work stay until they come in the log, which never happens
    /// to a seat that is no longer in use: they are its proof in another restore.
    pub(crate) fn rulings_told(&self, through: i64) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM forgotten_ruling WHERE position <= ?1 AND NOT own",
            [through],
        )?;
        self.connection.execute(
            "UPDATE forgotten_ruling SET told = 1 WHERE position <= ?1",
            [through],
        )?;
        Ok(())
    }

    pub(crate) fn put_grant(&self, seq: ServerSeq, grant: &GrantRow) -> Result<(), StoreError> {
        let case = match grant.scope {
            GrantScope::Case(case) => Some(case),
            GrantScope::Institution => None,
        };
        self.connection.execute(
            "INSERT OR REPLACE INTO active_grant (seq, case_id, bytes, until) VALUES (?1, ?2, ?3, ?4)",
            params![
                seq.get() as i64,
                case,
                encode(grant),
                grant.until().map(Timestamp::as_millis)
            ],
        )?;
        Ok(())
    }

    /// Notes that something of a case may have to go.
    pub(crate) fn mark_unswept(&self, case: CaseId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("INSERT OR IGNORE INTO unswept (case_id) VALUES (?1)")?
            .execute([case])?;
        Ok(())
    }

    /// Notes that something of every case may have to go.
    pub(crate) fn mark_all_unswept(&self) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR IGNORE INTO unswept (case_id) \
             SELECT case_id FROM document UNION SELECT case_id FROM case_state",
            [],
        )?;
        Ok(())
    }

    pub(crate) fn unswept(&self) -> Result<Vec<CaseId>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT case_id FROM unswept ORDER BY case_id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn swept(&self, case: CaseId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM unswept WHERE case_id = ?1")?
            .execute([case])?;
        Ok(())
    }

    /// Ends a grant; its backfill, if any is left, ends too.
    pub(crate) fn end_grant(&self, seq: ServerSeq) -> Result<(), StoreError> {
        let seq = seq.get() as i64;
        self.connection
            .execute("DELETE FROM active_grant WHERE seq = ?1", [seq])?;
        self.connection
            .execute("DELETE FROM backfill WHERE grant_seq = ?1", [seq])?;
        Ok(())
    }

    /// The rows of the grants after a row.
    pub(crate) fn grants_after(&self, kept: ServerSeq) -> Result<Vec<ServerSeq>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT seq FROM active_grant WHERE seq > ?1 ORDER BY seq")?;
        let rows = statement.query_map([kept.get() as i64], |row| {
            Ok(ServerSeq::new(row.get::<_, i64>(0)? as u64))
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// A grant that has not ended, by its row.
    pub(crate) fn grant(&self, seq: ServerSeq) -> Result<Option<GrantRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM active_grant WHERE seq = ?1")?;
        let bytes: Option<Vec<u8>> = statement
            .query_row([seq.get() as i64], |row| row.get(0))
            .optional()?;
        bytes.map(|bytes| decode(&bytes)).transpose()
    }

    /// The grants that cover anything of a case; none of one that is hidden from this person.
    pub(crate) fn grants_about(&self, case: CaseId) -> Result<Vec<GrantRow>, StoreError> {
        let sql = "SELECT bytes FROM active_grant WHERE (case_id = ?1 OR case_id IS NULL) \
                   AND ?1 NOT IN (SELECT case_id FROM bar)";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([case], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| decode(&bytes?)).collect()
    }

    /// Puts a backfill into the queue, or notes how far it is. Smaller priorities go first.
    pub(crate) fn put_backfill(&self, at: &BackfillAt, priority: u32) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT INTO backfill (grant_seq, priority, at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (grant_seq) DO UPDATE SET at = excluded.at",
            params![at.grant.get() as i64, priority, encode(at)],
        )?;
        Ok(())
    }

    pub(crate) fn next_backfill(&self) -> Result<Option<BackfillAt>, StoreError> {
        let sql = "SELECT at FROM backfill ORDER BY priority, grant_seq LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let bytes: Option<Vec<u8>> = statement.query_row([], |row| row.get(0)).optional()?;
        bytes.map(|bytes| decode(&bytes)).transpose()
    }

    pub(crate) fn end_backfill(&self, grant: ServerSeq) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM backfill WHERE grant_seq = ?1",
            [grant.get() as i64],
        )?;
        Ok(())
    }

    pub(crate) fn put_staff(&self, staff: &StaffRow) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO staff (person, bytes) VALUES (?1, ?2)",
            params![staff.person, encode(staff)],
        )?;
        Ok(())
    }

    pub(crate) fn staff(&self) -> Result<Vec<StaffRow>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM staff ORDER BY person")?;
        let rows = statement.query_map([], |row| row.get::<_, Vec<u8>>(0))?;
        rows.map(|bytes| decode(&bytes?)).collect()
    }

    pub(crate) fn put_profile(&self, profile: &ProfileRow) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO profile (id, version, toml) VALUES (?1, ?2, ?3)",
            params![profile.id.as_str(), profile.version, profile.toml],
        )?;
        Ok(())
    }

    /// Every version of the institution's profile, oldest first, as its file.
    pub(crate) fn profiles(&self) -> Result<Vec<String>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT toml FROM profile ORDER BY version")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Every list of holidays that was loaded: names and contents, older ones of a name before newer ones.
    pub(crate) fn calendars(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT name, csv FROM calendar ORDER BY name, version")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn put_calendar(&self, calendar: &CalendarRow) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO calendar (name, version, csv) VALUES (?1, ?2, ?3)",
            params![calendar.name, calendar.version, calendar.csv],
        )?;
        Ok(())
    }
}
