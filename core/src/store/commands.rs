//! Commands, their parts that the log does not hold yet, and the envelopes that a restore could forget.

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, decode, encode};
use crate::code::codes;
use crate::command::{CommandKind, PlacedRecord};
use crate::id::{
    Branch, CaseId, ChangeHash, CommandId, DecisionCount, DocEpoch, DocumentId, EnvelopeHash,
    PersonId, ServerSeq,
};
use crate::sync::{Part, PartBody};
use crate::time::Timestamp;

codes!(
    /// Where a command stands on this device.
    CommandState {
        /// Saved here, not signed yet.
        Pending = "pending",
        /// Signed; perhaps under way.
        Sealed = "sealed",
        /// The server keeps it until what it depends on has arrived.
        Waiting = "waiting",
        /// The server says that it stands in the log; its row has not come yet.
        Admitted = "admitted",
        /// In the log.
        Accepted = "accepted",
        /// Turned away, or depending on one that was. Kept here.
        Aside = "aside",
    }
);

/// A command that is known here.
#[derive(Clone, Debug)]
pub(crate) struct CommandRow {
    pub(crate) id: CommandId,
    pub(crate) case: CaseId,
    pub(crate) kind: CommandKind,
    pub(crate) author: PersonId,
    /// Whether this seat recorded it.
    pub(crate) own: bool,
    pub(crate) occurred_at: Timestamp,
    pub(crate) recorded_at: Option<Timestamp>,
    pub(crate) received_at: Option<Timestamp>,
    pub(crate) base: DecisionCount,
    pub(crate) after: Vec<CommandId>,
    /// Its stamped records of the classes that are held here.
    pub(crate) records: Vec<PlacedRecord>,
    pub(crate) state: CommandState,
    /// Why it was turned away.
    pub(crate) code: Option<String>,
    pub(crate) envelope: Option<EnvelopeHash>,
    /// How often it was recorded again under a new branch.
    pub(crate) attempts: u32,
}

/// A part of an own command that the log does not hold yet.
#[derive(Clone, Debug)]
pub(crate) struct PartRow {
    pub(crate) document: DocumentId,
    pub(crate) epoch: DocEpoch,
    pub(crate) branch: Branch,
    pub(crate) hash: ChangeHash,
    pub(crate) bytes: Vec<u8>,
}

impl PartRow {
    /// The part of an envelope, as it was before it was accepted. Only parts of documents are kept.
    pub(crate) fn of(part: &Part) -> Option<Self> {
        let PartBody::Change {
            document,
            epoch,
            branch,
            bytes,
        } = &part.body
        else {
            return None;
        };
        Some(Self {
            document: document.id(),
            epoch: *epoch,
            branch: *branch,
            hash: part.content(),
            bytes: bytes.clone(),
        })
    }
}

const COLUMNS: &str = "id, case_id, kind, author, own, occurred_at, recorded_at, received_at, base, \
                       after, records, state, code, envelope, attempts";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<CommandRow, StoreError>> {
    let kind: u8 = row.get(2)?;
    let state: String = row.get(11)?;
    let (after, records): (Vec<u8>, Vec<u8>) = (row.get(9)?, row.get(10)?);
    let instant = |at: Option<i64>| at.map(Timestamp::from_millis);
    let (id, case, author, own) = (row.get(0)?, row.get(1)?, row.get(3)?, row.get(4)?);
    let occurred_at = Timestamp::from_millis(row.get(5)?);
    let (recorded_at, received_at) = (instant(row.get(6)?), instant(row.get(7)?));
    let base = DecisionCount::new(row.get(8)?);
    let (code, envelope, attempts) = (row.get(12)?, row.get(13)?, row.get(14)?);
    Ok((|| {
        Ok(CommandRow {
            id,
            case,
            kind: CommandKind::from_number(kind).ok_or(StoreError::Undecodable)?,
            author,
            own,
            occurred_at,
            recorded_at,
            received_at,
            base,
            after: decode(&after)?,
            records: decode(&records)?,
            state: state.parse().map_err(|_| StoreError::Undecodable)?,
            code,
            envelope,
            attempts,
        })
    })())
}

impl Store {
    pub(crate) fn command(&self, id: CommandId) -> Result<Option<CommandRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM command WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([id], read).optional()?.transpose()
    }

    fn command_rows(
        &self,
        condition: &str,
        parameters: impl rusqlite::Params,
    ) -> Result<Vec<CommandRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM command WHERE {condition}");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map(parameters, read)?;
        rows.map(|row| row?).collect()
    }

    pub(crate) fn commands_of(&self, case: CaseId) -> Result<Vec<CommandRow>, StoreError> {
        self.command_rows("case_id = ?1 ORDER BY occurred_at, id", [case])
    }

    /// Own commands that the log does not hold yet, in the order in which they were recorded.
    pub(crate) fn outbox(&self) -> Result<Vec<CommandRow>, StoreError> {
        self.command_rows(
            "state IN ('pending', 'sealed', 'waiting', 'admitted') AND own ORDER BY ordinal",
            [],
        )
    }

    /// Own commands that wait at the server.
    pub(crate) fn waiting(&self, limit: u32) -> Result<Vec<CommandId>, StoreError> {
        let sql =
            "SELECT id FROM command WHERE state = 'waiting' AND own ORDER BY ordinal LIMIT ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([limit], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn commands_aside(&self) -> Result<Vec<CommandRow>, StoreError> {
        self.command_rows("state = 'aside' ORDER BY ordinal", [])
    }

    /// Number of own commands that the server has not acknowledged.
    pub(crate) fn unsent(&self) -> Result<usize, StoreError> {
        let sql = "SELECT count(*) FROM command WHERE state IN ('pending', 'sealed') AND own";
        let count: u32 = self
            .connection
            .prepare_cached(sql)?
            .query_row([], |row| row.get(0))?;
        Ok(count as usize)
    }

    /// The last own command on a case that was not turned away.
    pub(crate) fn last_own(&self, case: CaseId) -> Result<Option<CommandId>, StoreError> {
        let sql = "SELECT id FROM command WHERE case_id = ?1 AND own AND state <> 'aside' \
                   ORDER BY ordinal DESC LIMIT 1";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row([case], |row| row.get(0)).optional()?)
    }

    /// Writes a command; one that is known keeps its place in the order.
    pub(crate) fn put_command(&self, row: &CommandRow) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO command (id, case_id, kind, author, own, occurred_at, recorded_at, \
             received_at, base, after, records, state, code, envelope, attempts) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) \
             ON CONFLICT (id) DO UPDATE SET received_at = excluded.received_at, \
             recorded_at = excluded.recorded_at, base = excluded.base, after = excluded.after, \
             records = excluded.records, state = excluded.state, code = excluded.code, \
             envelope = excluded.envelope, attempts = excluded.attempts, own = excluded.own",
        )?;
        statement.execute(params![
            row.id,
            row.case,
            row.kind.number(),
            row.author,
            row.own,
            row.occurred_at.as_millis(),
            row.recorded_at.map(Timestamp::as_millis),
            row.received_at.map(Timestamp::as_millis),
            row.base.get(),
            encode(&row.after),
            encode(&row.records),
            row.state.code(),
            row.code,
            row.envelope,
            row.attempts,
        ])?;
        Ok(())
    }

    /// Forgets one command.
    pub(crate) fn forget_command(&self, id: CommandId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM command WHERE id = ?1")?
            .execute([id])?;
        Ok(())
    }

    /// Forgets others' commands of a case whose documents were dropped; own ones that wait to be sent stay.
    pub(crate) fn forget_commands(&self, case: CaseId) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM command WHERE case_id = ?1 AND state = 'accepted'",
            [case],
        )?;
        Ok(())
    }

    pub(crate) fn put_part(&self, command: CommandId, part: &PartRow) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO part (command, document, epoch, branch, hash, bytes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?;
        statement.execute(params![
            command,
            part.document,
            part.epoch.get(),
            part.branch,
            part.hash,
            part.bytes,
        ])?;
        Ok(())
    }

    pub(crate) fn parts(&self, command: CommandId) -> Result<Vec<PartRow>, StoreError> {
        let sql = "SELECT document, epoch, branch, hash, bytes FROM part WHERE command = ?1 \
                   ORDER BY rowid";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([command], |row| {
            Ok(PartRow {
                document: row.get(0)?,
                epoch: DocEpoch::new(row.get(1)?),
                branch: row.get(2)?,
                hash: row.get(3)?,
                bytes: row.get(4)?,
            })
        })?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    pub(crate) fn drop_parts(&self, command: CommandId) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("DELETE FROM part WHERE command = ?1")?
            .execute([command])?;
        Ok(())
    }

    /// The pending changes of a document, in the order in which their commands were recorded.
    pub(crate) fn pending_changes(
        &self,
        document: DocumentId,
    ) -> Result<Vec<(CommandId, Vec<u8>)>, StoreError> {
        let sql = "SELECT part.command, part.bytes FROM part JOIN command ON command.id = part.command \
                   WHERE part.document = ?1 AND command.state <> 'aside' ORDER BY command.ordinal";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([document], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a branch of a document has pending changes.
    pub(crate) fn has_pending_on(
        &self,
        document: DocumentId,
        branch: Branch,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT EXISTS (SELECT 1 FROM part WHERE document = ?1 AND branch = ?2)";
        let mut statement = self.connection.prepare_cached(sql)?;
        Ok(statement.query_row(params![document, branch], |row| row.get(0))?)
    }

    pub(crate) fn put_envelope(
        &self,
        hash: EnvelopeHash,
        seq: Option<ServerSeq>,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO envelope (hash, seq, bytes) VALUES (?1, ?2, ?3) \
             ON CONFLICT (hash) DO UPDATE SET seq = coalesce(excluded.seq, seq), \
             forgotten = iif(forgotten = 2 AND excluded.seq IS NOT NULL, 0, forgotten), \
             bytes = excluded.bytes",
        )?;
        statement.execute(params![hash, seq.map(|seq| seq.get() as i64), bytes])?;
        Ok(())
    }

    /// Notes that the server is to have an envelope whose commands moved aside before they were sent.
    pub(crate) fn envelope_unsent(&self, hash: EnvelopeHash) -> Result<(), StoreError> {
        self.connection
            .execute("UPDATE envelope SET unsent = 1 WHERE hash = ?1", [hash])?;
        Ok(())
    }

    /// The server has answered on an envelope.
    pub(crate) fn envelope_sent(&self, hash: EnvelopeHash) -> Result<(), StoreError> {
        self.connection
            .prepare_cached("UPDATE envelope SET unsent = 0 WHERE hash = ?1 AND unsent")?
            .execute([hash])?;
        Ok(())
    }

    /// Envelopes whose commands moved aside before they were sent.
    pub(crate) fn unsent_envelopes(&self) -> Result<Vec<EnvelopeHash>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT hash FROM envelope WHERE unsent ORDER BY rowid")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Notes where an envelope stands of which more is kept here than what came; what was forgotten stays so.
    pub(crate) fn place_envelope(
        &self,
        hash: EnvelopeHash,
        seq: ServerSeq,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE envelope SET seq = ?2, forgotten = iif(forgotten = 2, 0, forgotten) \
             WHERE hash = ?1",
            params![hash, seq.get() as i64],
        )?;
        Ok(())
    }

    pub(crate) fn envelope(&self, hash: EnvelopeHash) -> Result<Option<Vec<u8>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM envelope WHERE hash = ?1")?;
        Ok(statement.query_row([hash], |row| row.get(0)).optional()?)
    }

    /// Every envelope that is kept.
    #[cfg(feature = "plant")]
    pub(crate) fn envelopes(&self) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM envelope")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Envelopes that were sequenced beyond a row, or that are to be told again.
    pub(crate) fn envelopes_after(
        &self,
        kept: ServerSeq,
    ) -> Result<Vec<(EnvelopeHash, Vec<u8>)>, StoreError> {
        let sql =
            "SELECT hash, bytes FROM envelope WHERE seq > ?1 OR forgotten ORDER BY seq, rowid";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows =
            statement.query_map([kept.get() as i64], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// After a restore: the envelopes beyond what the server kept are to be pushed back, and those that were pushed
    /// back after an earlier restore and did not come again in the log. `forgotten` is 1 until the server was told,
    /// and then 2 until the envelope came. One that comes before is told all the same: a colleague who held only a
    /// part of it may have been faster.
    pub(crate) fn forget_envelopes_after(&self, kept: ServerSeq) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE envelope SET seq = NULL, forgotten = 1 WHERE seq > ?1 OR forgotten = 2",
            [kept.get() as i64],
        )?;
        Ok(())
    }

    /// After a restore: the server may not have in quarantine any more what it turned away.
    pub(crate) fn forget_envelopes_aside(&self) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE envelope SET forgotten = 1 WHERE hash IN \
             (SELECT envelope FROM command WHERE state = 'aside' AND own)",
            [],
        )?;
        Ok(())
    }

    /// Envelopes that are to be pushed back, as they came.
    pub(crate) fn forgotten_envelopes(
        &self,
        limit: u32,
    ) -> Result<Vec<(EnvelopeHash, Vec<u8>)>, StoreError> {
        let sql = "SELECT hash, bytes FROM envelope WHERE forgotten = 1 ORDER BY rowid LIMIT ?1";
        let mut statement = self.connection.prepare_cached(sql)?;
        let rows = statement.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Whether a restored server is to be told of an envelope again, or was told and has not sent it yet.
    pub(crate) fn is_forgotten(&self, hash: EnvelopeHash) -> Result<bool, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT 1 FROM envelope WHERE hash = ?1 AND forgotten")?;
        Ok(statement.exists([hash])?)
    }

    /// The server has been told of an envelope again.
    pub(crate) fn envelope_told(&self, hash: EnvelopeHash) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE envelope SET forgotten = iif(seq IS NULL, 2, 0) WHERE hash = ?1",
            [hash],
        )?;
        Ok(())
    }

    /// Forgets envelopes that every backup holds; not those of which the server is still to be told, nor those in which
    /// an own command stands that is not in the log.
    pub(crate) fn prune_envelopes(&self, backed_up: ServerSeq) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "DELETE FROM envelope WHERE seq <= ?1 AND forgotten = 0 AND hash NOT IN \
             (SELECT envelope FROM command WHERE envelope IS NOT NULL \
             AND state IN ('sealed', 'waiting', 'admitted', 'aside'))",
        )?;
        statement.execute([backed_up.get() as i64])?;
        Ok(())
    }
}
