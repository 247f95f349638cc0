//! Documents that the server rewrote, and taking out of the vault what they hold no more.

use rusqlite::{OptionalExtension as _, params};

use super::{Store, StoreError};
use crate::id::{CommandId, DocEpoch, DocumentId, EnvelopeHash, ServerSeq};

impl Store {
    /// The epoch that the log last gave a document; the first if it says nothing.
    pub(crate) fn epoch_of(&self, document: DocumentId) -> Result<DocEpoch, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT epoch FROM doc_epoch WHERE document = ?1")?;
        let epoch: Option<u32> = statement
            .query_row([document], |row| row.get(0))
            .optional()?;
        Ok(epoch.map(DocEpoch::new).unwrap_or_default())
    }

    /// Keeps a document's epoch with the row and the signed bytes that say so, where they came.
    pub(crate) fn put_epoch(
        &self,
        document: DocumentId,
        epoch: DocEpoch,
        seq: ServerSeq,
        signed: Option<&[u8]>,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "INSERT OR REPLACE INTO doc_epoch (document, epoch, seq, signed) \
             VALUES (?1, ?2, ?3, ?4)",
            params![document, epoch.get(), seq.get() as i64, signed],
        )?;
        Ok(())
    }

    /// After a restore: the epochs that the server forgot. Gives their documents.
    pub(crate) fn forget_epochs_after(
        &self,
        kept: ServerSeq,
    ) -> Result<Vec<DocumentId>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("DELETE FROM doc_epoch WHERE seq > ?1 RETURNING document")?;
        let rows = statement.query_map([kept.get() as i64], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// The rows of a document's parts of commands that the log does not hold yet.
    pub(crate) fn drop_part(
        &self,
        command: CommandId,
        document: DocumentId,
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "DELETE FROM part WHERE command = ?1 AND document = ?2",
            params![command, document],
        )?;
        Ok(())
    }

    /// Every envelope that is kept, with its hash, in the order in which they came to be.
    pub(crate) fn kept_envelopes(&self) -> Result<Vec<(EnvelopeHash, Vec<u8>)>, StoreError> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT hash, bytes FROM envelope ORDER BY rowid")?;
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<Result<_, _>>()?)
    }

    /// Writes an envelope's bytes anew; all else about it stays.
    pub(crate) fn set_envelope_bytes(
        &self,
        hash: EnvelopeHash,
        bytes: &[u8],
    ) -> Result<(), StoreError> {
        self.connection.execute(
            "UPDATE envelope SET bytes = ?2 WHERE hash = ?1",
            params![hash, bytes],
        )?;
        Ok(())
    }
}
