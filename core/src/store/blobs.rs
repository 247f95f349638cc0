//! The bytes of attachments on this device, sealed, and the queue of what is to be sent and fetched.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError};
use crate::attachment::chunk_count;
use crate::class::Class;
use crate::id::{CaseId, CommandId, ServerSeq};
use crate::sync::BlobRefused;
use crate::time::Timestamp;

/// An attachment of which there is something to do or to keep.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BlobRow {
    pub(crate) command: CommandId,
    pub(crate) case: CaseId,
    pub(crate) class: Class,
    pub(crate) own: bool,
    /// Length of the plain bytes.
    pub(crate) length: u32,
    /// Sealed chunks that are here.
    pub(crate) here: u32,
    pub(crate) sends: bool,
    /// Chunks that the server has; none where it has to be asked.
    pub(crate) sent: Option<u32>,
    pub(crate) wanted: bool,
    pub(crate) stored: Option<ServerSeq>,
    pub(crate) let_go: bool,
    pub(crate) tries: u32,
    pub(crate) due_at: Timestamp,
    pub(crate) code: Option<BlobRefused>,
}

impl BlobRow {
    /// A row about an attachment of which nothing is here.
    pub(crate) const fn new(command: CommandId, case: CaseId, class: Class, length: u32) -> Self {
        Self {
            command,
            case,
            class,
            own: false,
            length,
            here: 0,
            sends: false,
            sent: None,
            wanted: false,
            stored: None,
            let_go: false,
            tries: 0,
            due_at: Timestamp::from_millis(0),
            code: None,
        }
    }

    /// How many chunks it has.
    pub(crate) fn count(&self) -> u32 {
        chunk_count(self.length)
    }

    /// Whether all of it is here.
    pub(crate) fn is_whole(&self) -> bool {
        self.here == self.count()
    }
}

const COLUMNS: &str = "command, case_id, class, own, length, here, sends, sent, wanted, \
                       (SELECT seq FROM blob_stored WHERE command = blob.command), \
                       let_go, tries, due_at, code";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<BlobRow, StoreError>> {
    let class: u8 = row.get(2)?;
    let code: Option<String> = row.get(13)?;
    let stored: Option<i64> = row.get(9)?;
    let known = BlobRow {
        command: row.get(0)?,
        case: row.get(1)?,
        class: Class::Intake,
        own: row.get(3)?,
        length: row.get(4)?,
        here: row.get(5)?,
        sends: row.get(6)?,
        sent: row.get(7)?,
        wanted: row.get(8)?,
        stored: stored.map(|seq| ServerSeq::new(seq.unsigned_abs())),
        let_go: row.get(10)?,
        tries: row.get(11)?,
        due_at: Timestamp::from_millis(row.get(12)?),
        code: code.and_then(|code| code.parse().ok()),
    };
    Ok(match Class::from_number(class) {
        Some(class) => Ok(BlobRow { class, ..known }),
        None => Err(StoreError::Undecodable),
    })
}

fn column(seq: ServerSeq) -> i64 {
    i64::try_from(seq.get()).unwrap_or(i64::MAX)
}

impl Store {
    pub(crate) fn blob(&self, command: CommandId) -> Result<Option<BlobRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM blob WHERE command = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([command], read).optional()?.transpose()
    }

    /// The row of the log that says that an attachment's bytes have arrived.
    pub(crate) fn blob_stored(&self, command: CommandId) -> Result<Option<ServerSeq>, StoreError> {
        let sql = "SELECT seq FROM blob_stored WHERE command = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found: Option<i64> = statement
            .query_row([command], |row| row.get(0))
            .optional()?;
        Ok(found.map(|seq| ServerSeq::new(seq.unsigned_abs())))
    }

    /// The bytes of an attachment have arrived: they are not to be sent.
    pub(crate) fn put_blob_stored(
        &self,
        case: CaseId,
        command: CommandId,
        seq: ServerSeq,
    ) -> Result<(), StoreError> {
        let sql = "INSERT OR REPLACE INTO blob_stored (command, case_id, seq) VALUES (?1, ?2, ?3)";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![command, case, column(seq)])?;
        let sql = "UPDATE blob SET sends = 0, sent = NULL, code = NULL, tries = 0, due_at = 0 \
                   WHERE command = ?1";
        self.connection.prepare_cached(sql)?.execute([command])?;
        Ok(())
    }

    /// Nothing of a case is held any more: whether its attachments have arrived is of no use here, but to what is still sent.
    pub(crate) fn forget_stored_of(&self, case: CaseId) -> Result<(), StoreError> {
        let sql = "DELETE FROM blob_stored WHERE case_id = ?1 \
                   AND NOT EXISTS (SELECT 1 FROM blob WHERE command = blob_stored.command)";
        self.connection.prepare_cached(sql)?.execute([case])?;
        Ok(())
    }

    /// The next blob to send: its record stands in the log. What failed goes behind what did not.
    pub(crate) fn next_to_send(&self, now: Timestamp) -> Result<Option<BlobRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM blob WHERE sends AND due_at <= ?1 AND NOT EXISTS \
             (SELECT 1 FROM command WHERE id = blob.command AND state <> 'accepted') \
             ORDER BY tries, ordinal LIMIT 1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_row([now.as_millis()], read).optional()?;
        found.transpose()
    }

    /// The next blob to fetch.
    pub(crate) fn next_to_fetch(&self, now: Timestamp) -> Result<Option<BlobRow>, StoreError> {
        let sql = format!(
            "SELECT {COLUMNS} FROM blob WHERE wanted AND due_at <= ?1 ORDER BY tries, ordinal LIMIT 1"
        );
        let mut statement = self.connection.prepare_cached(&sql)?;
        let found = statement.query_row([now.as_millis()], read).optional()?;
        found.transpose()
    }

    /// Number of attachments that this device is still to send: not those of records that were turned away.
    pub(crate) fn blobs_unsent(&self) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM blob WHERE sends AND NOT EXISTS \
                   (SELECT 1 FROM command WHERE id = blob.command AND state = 'aside')";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Number of attachments of which there are bytes on this device.
    pub(crate) fn blobs_here(&self) -> Result<u32, StoreError> {
        let sql = "SELECT count(*) FROM blob WHERE here > 0";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([], |row| row.get(0))?)
    }

    /// Writes a row; one that is known keeps its place in the queue. The chunks that are here are counted by those themselves.
    pub(crate) fn put_blob(&self, row: &BlobRow) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO blob (command, case_id, class, own, length, here, sends, sent, wanted, \
             let_go, tries, due_at, code) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
             ON CONFLICT (command) DO UPDATE SET own = excluded.own, sends = excluded.sends, \
             sent = excluded.sent, wanted = excluded.wanted, \
             let_go = excluded.let_go, tries = excluded.tries, due_at = excluded.due_at, \
             code = excluded.code",
        )?;
        statement.execute(params![
            row.command,
            row.case,
            row.class.number(),
            row.own,
            row.length,
            row.here,
            row.sends,
            row.sent,
            row.wanted,
            row.let_go,
            row.tries,
            row.due_at.as_millis(),
            row.code.map(BlobRefused::code),
        ])?;
        Ok(())
    }

    /// Adds a sealed chunk.
    pub(crate) fn add_chunk(
        &self,
        command: CommandId,
        number: u32,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let sql = "INSERT INTO blob_chunk (blob, number, bytes) \
                   SELECT ordinal, ?2, ?3 FROM blob WHERE command = ?1 ON CONFLICT DO NOTHING";
        let mut statement = self.connection.prepare_cached(sql)?;
        let added = statement.execute(params![command, number, bytes])?;
        let sql = "UPDATE blob SET here = here + ?2 WHERE command = ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![command, added as i64])?;
        Ok(())
    }

    /// The chunks of a blob from a number on, in order.
    pub(crate) fn chunks(
        &self,
        command: CommandId,
        first: u32,
        limit: u32,
    ) -> Result<Vec<Vec<u8>>, StoreError> {
        let sql = "SELECT bytes FROM blob_chunk JOIN blob ON blob.ordinal = blob_chunk.blob \
                   WHERE command = ?1 AND number >= ?2 ORDER BY number LIMIT ?3";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map(params![command, first, limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Lets the bytes of a blob go, and keeps its row.
    pub(crate) fn drop_chunks(&self, command: CommandId) -> Result<(), StoreError> {
        let sql = "DELETE FROM blob_chunk WHERE blob = \
                   (SELECT ordinal FROM blob WHERE command = ?1)";
        self.connection.prepare_cached(sql)?.execute([command])?;
        let sql = "UPDATE blob SET here = 0 WHERE command = ?1";
        self.connection.prepare_cached(sql)?.execute([command])?;
        Ok(())
    }

    /// An attachment is no more: nor are its bytes here.
    pub(crate) fn forget_blob(&self, command: CommandId) -> Result<(), StoreError> {
        for sql in [
            "DELETE FROM blob WHERE command = ?1",
            "DELETE FROM blob_stored WHERE command = ?1",
        ] {
            self.connection.prepare_cached(sql)?.execute([command])?;
        }
        Ok(())
    }

    /// The document of a class of a case is let go: of its blobs only what others could lose stays, to be sent.
    pub(crate) fn let_blobs_go(&self, case: CaseId, class: Class) -> Result<(), StoreError> {
        let sql = "UPDATE blob SET let_go = 1, wanted = 0 WHERE case_id = ?1 AND class = ?2";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute(params![case, class.number()])?;
        Ok(())
    }

    /// Blobs that were let go and are in every backup, or were never this device's to send, leave it.
    pub(crate) fn drop_let_go(&self, backed_up: ServerSeq) -> Result<(), StoreError> {
        let sql = "DELETE FROM blob WHERE let_go AND (NOT own OR EXISTS \
                   (SELECT 1 FROM blob_stored WHERE command = blob.command AND seq <= ?1))";
        let mut statement = self.connection.prepare_cached(sql)?;
        statement.execute([column(backed_up)])?;
        Ok(())
    }

    /// Bytes of attachments that are here whole.
    pub(crate) fn blob_bytes(&self) -> Result<u64, StoreError> {
        let sql = "SELECT coalesce(sum(length), 0) FROM blob WHERE here > 0";
        let bytes: i64 = self
            .connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?;
        Ok(bytes.unsigned_abs())
    }

    /// The oldest blob here that the server has and every backup covers.
    pub(crate) fn oldest_covered(
        &self,
        backed_up: ServerSeq,
    ) -> Result<Option<CommandId>, StoreError> {
        let sql = "SELECT command FROM blob WHERE here > 0 AND NOT sends AND NOT wanted AND EXISTS \
                   (SELECT 1 FROM blob_stored WHERE command = blob.command AND seq <= ?1) \
                   ORDER BY ordinal LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let found = statement.query_row([column(backed_up)], |row| row.get(0));
        Ok(found.optional()?)
    }

    /// A restored server forgot what it stored after a row, and may have lost any blob: whatever is whole here is offered again.
    pub(crate) fn offer_blobs_again(&self, kept: ServerSeq) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM blob_stored WHERE seq > ?1", [column(kept)])?;
        let whole = "SELECT ordinal, length, here FROM blob WHERE here > 0";
        let mut statement = self.connection.prepare(whole)?;
        let rows = statement.query_map([], |row| {
            Ok((
                row.get::<_, i64>(0)?,
                row.get::<_, u32>(1)?,
                row.get::<_, u32>(2)?,
            ))
        })?;
        for row in rows {
            let (ordinal, length, here) = row?;
            if here == chunk_count(length) {
                self.connection.execute(
                    "UPDATE blob SET sends = 1, sent = NULL, tries = 0, due_at = 0 WHERE ordinal = ?1",
                    [ordinal],
                )?;
            }
        }
        Ok(())
    }
}
