//! Sending and fetching the bytes of attachments, in small steps.
//!
//! The record goes first, like any other command; its bytes follow once the log has it, and neither holds the other up. What
//! fails goes behind what does not, and is tried again ever more seldom.

use ed25519_dalek::SigningKey;
use minicbor::bytes::ByteVec;

use super::super::{Replica, ReplicaError, SeatState};
use crate::attachment::{self, BlobHasher};
use crate::id::{BlobHash, CaseId, CommandId, Nonce};
use crate::store::{BlobRow, StoreError};
use crate::sync::{
    BLOB_CHUNKS_MAX, BLOB_ROUTE, BlobAnswer, BlobReply, BlobRequest, Refused, RefusedReply,
    SignedRequest, decode_body, encode_body,
};
use crate::time::Timestamp;

/// Wait before the first repeat of what failed; each further one waits twice as long. DEFAULT.
const RETRY_MS: i64 = 30_000;

/// Longest wait between two tries. DEFAULT.
const RETRY_MS_MAX: i64 = 6 * 60 * 60 * 1_000;

/// What one step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobStep {
    /// Whether another step has work to do at once.
    pub again: bool,
    /// The attachment that it was about.
    pub command: CommandId,
    /// Its case, if it is still here: screens show how far the bytes have come.
    pub case: Option<CaseId>,
}

/// The step that is under way.
#[derive(Clone, Copy, Debug)]
struct Asked {
    nonce: Nonce,
    command: CommandId,
    first: u32,
    fetches: bool,
}

/// What the vault remembers of its steps; a restart loses nothing by forgetting it.
#[derive(Debug)]
pub(in crate::replica) struct BlobRoad {
    nonce: Nonce,
    asked: Option<Asked>,
    /// Chunks in the next request: more while the line is good.
    chunks: u32,
}

impl Default for BlobRoad {
    fn default() -> Self {
        Self {
            nonce: Nonce::from_bytes([0; Nonce::LEN]),
            asked: None,
            chunks: 1,
        }
    }
}

impl Replica {
    /// The next step for attachments: a signed body for `POST /v1/blob`; none when nothing is to be sent or fetched now.
    /// Sending comes first. Asked again before an answer, it takes the same step.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn blob_request(&mut self, now: Timestamp) -> Result<Option<Vec<u8>>, ReplicaError> {
        if self.session.state == SeatState::Locked {
            return Ok(None);
        }
        let may_read = self.session.state == SeatState::Active;
        let (row, fetches) = match self.store.next_to_send(now)? {
            Some(row) => (row, false),
            None if !may_read => return Ok(None),
            None => match self.store.next_to_fetch(now)? {
                Some(row) => (row, true),
                None => return Ok(None),
            },
        };
        let command = row.command;
        let (request, first) = match row.sent {
            _ if fetches => (BlobRequest::Get(command, row.here), row.here),
            None => (BlobRequest::Status(command), 0),
            Some(sent) => {
                let chunks = self.store.chunks(command, sent, self.blobs.chunks)?;
                let chunks = chunks.into_iter().map(ByteVec::from).collect();
                (BlobRequest::Put(command, sent, chunks), sent)
            }
        };
        let nonce = self.blobs.nonce;
        self.blobs.asked = Some(Asked {
            nonce,
            command,
            first,
            fetches,
        });
        let (seat, key): (_, &SigningKey) = (self.seat(), &self.identity.key);
        let body = encode_body(&request);
        let signed = SignedRequest::sign(BLOB_ROUTE, seat, nonce, body, key);
        Ok(Some(signed.to_bytes()))
    }

    /// Takes the answer to the last step.
    ///
    /// # Errors
    /// [`ReplicaError`]; the vault is then as it was before.
    pub fn blob_receive(&mut self, reply: &[u8], now: Timestamp) -> Result<BlobStep, ReplicaError> {
        let reply: BlobReply = decode_body(reply).map_err(|_| ReplicaError::Malformed)?;
        let asked = self.blobs.asked.take_if(|asked| asked.nonce == reply.to);
        let asked = asked.ok_or(ReplicaError::Malformed)?;
        self.blobs.nonce = reply.nonce;
        self.atomically(|replica| replica.take_blob_answer(&asked, reply.answer, now))?;
        self.more_steps(asked.command, now)
    }

    /// Takes a refusal of the last step. True: ask again at once. Else what it was about goes behind the others: a server that cannot take
    /// one attachment may take the next.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn blob_refused(
        &mut self,
        refusal: &[u8],
        now: Timestamp,
    ) -> Result<(Refused, bool), ReplicaError> {
        let reply = RefusedReply::from_bytes(refusal).ok_or(ReplicaError::Malformed)?;
        let asked = self.blobs.asked.take().ok_or(ReplicaError::Malformed)?;
        self.blobs.chunks = 1;
        self.blobs.nonce = reply.nonce.unwrap_or(self.blobs.nonce);
        let again = reply.code == Refused::StaleNonce && reply.nonce.is_some();
        if !again && let Some(mut row) = self.store.blob(asked.command)? {
            put_off(&mut row, now);
            row.sent = None;
            self.atomically(|replica| Ok::<(), ReplicaError>(replica.store.put_blob(&row)?))?;
        }
        Ok((reply.code, again))
    }

    fn more_steps(&self, command: CommandId, now: Timestamp) -> Result<BlobStep, ReplicaError> {
        let may_read = self.session.state == SeatState::Active;
        let again = self.store.next_to_send(now)?.is_some()
            || (may_read && self.store.next_to_fetch(now)?.is_some());
        let case = self.store.blob(command)?.map(|row| row.case);
        Ok(BlobStep {
            again,
            command,
            case,
        })
    }

    fn take_blob_answer(
        &mut self,
        asked: &Asked,
        answer: BlobAnswer,
        now: Timestamp,
    ) -> Result<(), ReplicaError> {
        let Some(mut row) = self.store.blob(asked.command)? else {
            return Ok(());
        };
        match answer {
            BlobAnswer::Stored(seq) => {
                self.take_stored(row.case, row.command, seq)?;
                return self.trim_blobs();
            }
            BlobAnswer::Next(next) => {
                let moved = row.sent.is_none_or(|sent| next > sent);
                self.blobs.chunks = match row.sent {
                    Some(sent) if next > sent => (self.blobs.chunks + 1).min(BLOB_CHUNKS_MAX),
                    Some(_) | None => 1,
                };
                row.sent = Some(next.min(row.count()));
                row.code = None;
                // A server that has every chunk and does not say so, or takes none, is not asked again at once.
                if !moved || next >= row.count() {
                    put_off(&mut row, now);
                    row.sent = None;
                }
            }
            BlobAnswer::Chunks(chunks) if asked.fetches => {
                return self.take_chunks(row, asked.first, &chunks, now);
            }
            BlobAnswer::Chunks(_) => return Err(ReplicaError::Malformed),
            BlobAnswer::Refused(code) => {
                self.blobs.chunks = 1;
                row.code = (!asked.fetches).then_some(code).or(row.code);
                row.sent = None;
                put_off(&mut row, now);
            }
        }
        Ok(self.store.put_blob(&row)?)
    }

    /// Takes chunks that were fetched. Bytes that are not what the record names are thrown away.
    fn take_chunks(
        &mut self,
        mut row: BlobRow,
        first: u32,
        chunks: &[ByteVec],
        now: Timestamp,
    ) -> Result<(), ReplicaError> {
        let is_in_shape = !chunks.is_empty()
            && (first..).zip(chunks).all(|(number, chunk)| {
                attachment::sealed_chunk_length(row.length, number) == Some(chunk.len())
            });
        if first != row.here || !is_in_shape {
            put_off(&mut row, now);
            return Ok(self.store.put_blob(&row)?);
        }
        for (number, chunk) in (first..).zip(chunks) {
            self.store.add_chunk(row.command, number, chunk)?;
            row.here += 1;
        }
        if row.is_whole() {
            let named = self.attachment(row.case, row.command)?;
            let named = named.map(|(attach, _)| attach.blob);
            if named == Some(self.hash_of(row.command)?) {
                row.wanted = false;
                (row.tries, row.code) = (0, None);
            } else {
                self.store.drop_chunks(row.command)?;
                put_off(&mut row, now);
            }
        }
        self.store.put_blob(&row)?;
        self.trim_blobs()
    }

    fn hash_of(&self, command: CommandId) -> Result<BlobHash, StoreError> {
        let mut hasher = BlobHasher::default();
        for chunk in self.store.chunks(command, 0, u32::MAX)? {
            hasher.update(&chunk);
        }
        Ok(hasher.finish())
    }
}

/// Behind all that did not fail, and later each time.
fn put_off(row: &mut BlobRow, now: Timestamp) {
    let wait = RETRY_MS.saturating_mul(1_i64 << row.tries.min(16));
    row.due_at = now.plus_millis(wait.min(RETRY_MS_MAX));
    row.tries = row.tries.saturating_add(1);
}
