//! Documents, frames, and the changes that the server sequenced.

use std::collections::BTreeSet;

use rusqlite::{OptionalExtension as _, Row, params};

use super::{Store, StoreError, decode, encode};
use crate::class::DocumentKey;
use crate::id::{Branch, CaseId, ChangeHash, DocEpoch, DocumentId, ServerSeq};

/// A document of which anything is here.
#[derive(Clone, Debug)]
pub(crate) struct DocumentRow {
    pub(crate) key: DocumentKey,
    pub(crate) epoch: DocEpoch,
    /// Branch of this seat's own changes; none before the first.
    pub(crate) branch: Option<Branch>,
    pub(crate) frame: Option<(i64, u32)>,
    pub(crate) snapshot: Option<Vec<u8>>,
    /// Accepted heads, sorted.
    pub(crate) heads: Vec<ChangeHash>,
    /// Whether a grant ever covered it.
    pub(crate) granted: bool,
}

const COLUMNS: &str = "key, epoch, branch, frame, place, snapshot, heads, granted";

fn read(row: &Row<'_>) -> rusqlite::Result<Result<DocumentRow, StoreError>> {
    let key: Vec<u8> = row.get(0)?;
    let heads: Vec<u8> = row.get(6)?;
    let frame: Option<i64> = row.get(3)?;
    let place: Option<u32> = row.get(4)?;
    let (branch, snapshot, granted) = (row.get(2)?, row.get(5)?, row.get(7)?);
    let epoch = DocEpoch::new(row.get(1)?);
    Ok(decode(&key).and_then(|key| {
        let heads = decode(&heads)?;
        Ok(DocumentRow {
            key,
            epoch,
            branch,
            frame: frame.zip(place),
            snapshot,
            heads,
            granted,
        })
    }))
}

impl Store {
    pub(crate) fn document(&self, id: DocumentId) -> Result<Option<DocumentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE id = ?1");
        let mut statement = self.connection.prepare_cached(&sql)?;
        statement.query_row([id], read).optional()?.transpose()
    }

    pub(crate) fn documents(&self) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM document ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([], read)?;
        rows.map(|row| row?).collect()
    }

    pub(crate) fn documents_of(&self, case: CaseId) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE case_id = ?1 ORDER BY id");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([case], read)?;
        rows.map(|row| row?).collect()
    }

    pub(crate) fn put_document(&self, row: &DocumentRow) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT OR REPLACE INTO document \
             (id, key, case_id, epoch, branch, frame, place, snapshot, heads, granted) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
        )?;
        statement.execute(params![
            row.key.id(),
            encode(&row.key),
            row.key.case,
            row.epoch.get(),
            row.branch,
            row.frame.map(|frame| frame.0),
            row.frame.map(|frame| frame.1),
            row.snapshot,
            encode(&row.heads),
            row.granted,
        ])?;
        Ok(())
    }

    /// Drops a document, its changes, and its place in a frame; a frame nobody points into goes too.
    pub(crate) fn drop_document(&self, id: DocumentId) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM change WHERE document = ?1", [id])?;
        self.connection
            .execute("DELETE FROM document WHERE id = ?1", [id])?;
        self.drop_unused_frames()
    }

    pub(crate) fn drop_unused_frames(&self) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM frame WHERE NOT EXISTS (SELECT 1 FROM document WHERE frame = frame.id)",
            [],
        )?;
        Ok(())
    }

    pub(crate) fn add_frame(&self, saved: &[u8]) -> Result<i64, StoreError> {
        self.connection
            .execute("INSERT INTO frame (saved) VALUES (?1)", [saved])?;
        Ok(self.connection.last_insert_rowid())
    }

    pub(crate) fn frame(&self, id: i64) -> Result<Vec<u8>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT saved FROM frame WHERE id = ?1")?;
        Ok(statement.query_row([id], |row| row.get(0))?)
    }

    /// The documents that point into a frame.
    pub(crate) fn documents_in_frame(&self, id: i64) -> Result<Vec<DocumentRow>, StoreError> {
        let sql = format!("SELECT {COLUMNS} FROM document WHERE frame = ?1 ORDER BY place");
        let mut statement = self.connection.prepare_cached(&sql)?;
        let rows = statement.query_map([id], read)?;
        rows.map(|row| row?).collect()
    }

    /// Adds a sequenced change. One that the log holds twice stands where it came first.
    pub(crate) fn add_change(
        &self,
        document: DocumentId,
        hash: ChangeHash,
        seq: ServerSeq,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "INSERT INTO change (document, hash, seq, bytes) VALUES (?1, ?2, ?3, ?4) \
             ON CONFLICT (document, hash) DO UPDATE \
             SET seq = coalesce(min(seq, excluded.seq), excluded.seq)",
        )?;
        statement.execute(params![document, hash, seq.get() as i64, bytes])?;
        Ok(())
    }

    pub(crate) fn changes(&self, document: DocumentId) -> Result<Vec<Vec<u8>>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT bytes FROM change WHERE document = ?1 ORDER BY position")?;
        let rows = statement.query_map([document], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// How many changes of a document stand apart from its snapshot, and whether a backup holds them all.
    pub(crate) fn changes_to_fold(
        &self,
        document: DocumentId,
        backed_up: ServerSeq,
    ) -> Result<(u32, bool), StoreError> {
        let mut statement = self.connection.prepare_cached(
            "SELECT count(*), coalesce(min(seq IS NOT NULL AND seq <= ?2), 0) \
             FROM change WHERE document = ?1",
        )?;
        let backed_up = backed_up.get() as i64;
        Ok(statement.query_row(params![document, backed_up], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?)
    }

    pub(crate) fn clear_changes(&self, document: DocumentId) -> Result<(), StoreError> {
        self.connection
            .execute("DELETE FROM change WHERE document = ?1", [document])?;
        Ok(())
    }

    /// After a restore: the changes beyond what the server kept are accepted no more. Gives their documents.
    pub(crate) fn forget_changes_after(
        &self,
        kept: ServerSeq,
    ) -> Result<BTreeSet<DocumentId>, StoreError> {
        let kept = kept.get() as i64;
        let mut statement = self
            .connection
            .prepare_cached("SELECT DISTINCT document FROM change WHERE seq > ?1")?;
        let documents = statement.query_map([kept], |row| row.get(0))?;
        let documents = documents.collect::<Result<_, _>>()?;
        self.connection
            .execute("DELETE FROM change WHERE seq > ?1", [kept])?;
        Ok(documents)
    }
}
