//! The bytes of attachments: sealed objects in a folder, or in memory for tests. Nothing here can read them.
//!
//! A blob is put under its document and the hash of its bytes, whole and checked, or not at all. Until then its chunks wait apart for each
//! seat that sends it, so that nobody's bad chunk spoils another's.

mod amiss;

use std::collections::BTreeMap;
use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use jangkau_core::attachment::{
    BlobHasher, CHUNK_BYTES, TAG_BYTES, chunk_count, sealed_chunk_length,
};
use jangkau_core::id::InstitutionId;
use jangkau_core::sync::{
    BLOB_BYTES_MAX, BLOB_CHUNKS_MAX, BLOB_ROUTE, BlobAnswer, BlobRefused, BlobReply, BlobRequest,
    Refused, RefusedReply, RequestClaim, SignedRequest, decode_body, encode_body,
};
use jangkau_core::time::Timestamp;
use minicbor::bytes::ByteVec;
use object_store::local::LocalFileSystem;
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error as StoreFault, ObjectMeta, ObjectStore, ObjectStoreExt as _, PutPayload};
use rand_core::CryptoRng;
use thiserror::Error;
use tokio::runtime::Builder;
use tokio::sync::Semaphore;

use crate::door::refusal_of;
use crate::engine::{BlobAsk, BlobEntry, BlobName, BlobPermit, Engine};

pub use amiss::Amiss;

/// Blobs that are put together at once: each may take 8 MiB of memory.
const ASSEMBLED_MAX: usize = 4;

/// Why the folder of blobs does not do what was asked. What was acknowledged before is there.
#[derive(Debug, Error)]
pub enum BlobsError {
    /// The folder cannot be made or read.
    #[error("{}: {cause}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// The object store failed.
    #[error("the blobs cannot be read or written: {0}")]
    Store(#[from] object_store::Error),
}

/// Where blobs are kept.
#[derive(Clone, Debug)]
pub struct Blobs {
    /// What is acknowledged: written through to the disk.
    kept: Arc<dyn ObjectStore>,
    /// What is on its way.
    staged: Arc<dyn ObjectStore>,
    folder: Option<PathBuf>,
    assembling: Arc<Semaphore>,
}

/// A request about a blob, read.
#[derive(Clone, Debug)]
pub struct BlobCall {
    /// What the engine is asked.
    pub ask: BlobAsk,
    request: BlobRequest,
}

impl BlobCall {
    /// Reads a body of `POST /v1/blob`.
    ///
    /// # Errors
    /// [`Refused`].
    pub fn read(body: &[u8]) -> Result<Self, Refused> {
        if body.len() > BLOB_BYTES_MAX {
            return Err(Refused::TooLong);
        }
        let signed = SignedRequest::from_bytes(body).map_err(refusal_of)?;
        let request: BlobRequest = decode_body(&signed.body).map_err(refusal_of)?;
        let fetches = match request {
            BlobRequest::Get(_, _) => true,
            BlobRequest::Status(_) | BlobRequest::Put(_, _, _) => false,
        };
        let ask = BlobAsk {
            claim: RequestClaim::of(&signed, BLOB_ROUTE),
            command: request.command(),
            fetches,
        };
        Ok(Self { ask, request })
    }

    /// The body of the answer.
    #[must_use]
    pub fn reply(&self, entry: &BlobEntry, answer: BlobAnswer) -> Vec<u8> {
        encode_body(&BlobReply {
            nonce: entry.nonce,
            to: self.ask.claim.nonce,
            answer,
        })
    }
}

/// What became of a request about a blob.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BlobOutcome {
    /// All bytes are there and are what the record names; the log is to say so.
    Whole,
    /// The answer.
    Answer(BlobAnswer),
}

impl Blobs {
    /// Keeps blobs in memory: for tests, scenarios and the demo.
    #[must_use]
    pub fn in_memory() -> Self {
        let store: Arc<dyn ObjectStore> = Arc::new(InMemory::new());
        Self {
            kept: Arc::clone(&store),
            staged: store,
            folder: None,
            assembling: Arc::new(Semaphore::new(ASSEMBLED_MAX)),
        }
    }

    /// Keeps blobs in a folder, which is made if it does not exist, readable by its owner alone.
    ///
    /// # Errors
    /// [`BlobsError`].
    pub fn in_folder(folder: &FilePath) -> Result<Self, BlobsError> {
        let at = |cause| BlobsError::Folder {
            path: folder.to_owned(),
            cause,
        };
        std::fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(at)?;
        let owner = std::fs::Permissions::from_mode(0o700);
        std::fs::set_permissions(folder, owner).map_err(at)?;
        let kept = LocalFileSystem::new_with_prefix(folder)?.with_fsync(true);
        let staged = LocalFileSystem::new_with_prefix(folder)?.with_automatic_cleanup(true);
        Ok(Self {
            kept: Arc::new(kept),
            staged: Arc::new(staged),
            folder: Some(folder.to_owned()),
            assembling: Arc::new(Semaphore::new(ASSEMBLED_MAX)),
        })
    }

    /// Does what a request asks, once the engine has permitted it.
    ///
    /// # Errors
    /// [`BlobsError`]; the same request may come again.
    pub async fn perform(
        &self,
        permit: &BlobPermit,
        call: &BlobCall,
    ) -> Result<BlobOutcome, BlobsError> {
        match &call.request {
            BlobRequest::Status(_) => self.status(permit).await,
            BlobRequest::Put(_, first, chunks) => self.take(permit, *first, chunks).await,
            BlobRequest::Get(_, first) => self.give(permit, *first).await,
        }
    }

    /// Answers a request, for whoever owns the engine itself and has no runtime.
    ///
    /// # Errors
    /// [`RefusedReply`].
    pub fn answer(
        &self,
        engine: &mut Engine,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        let runtime = Builder::new_current_thread().build();
        let runtime = runtime.map_err(|_| Refused::Later)?;
        runtime.block_on(self.answer_with(engine, body, now, rng))
    }

    async fn answer_with(
        &self,
        engine: &mut Engine,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        let call = BlobCall::read(body)?;
        let entry = engine.blob_entry(&call.ask, now, rng)?;
        let later = |error: &dyn std::error::Error| {
            tracing::error!(%error, "a blob could not be taken or given");
            RefusedReply {
                code: Refused::Later,
                nonce: Some(entry.nonce),
            }
        };
        let permit = match &entry.permit {
            Ok(permit) => permit,
            Err(code) => return Ok(call.reply(&entry, BlobAnswer::Refused(*code))),
        };
        let performed = self.perform(permit, &call).await;
        let answer = match performed.map_err(|error| later(&error))? {
            BlobOutcome::Answer(answer) => answer,
            BlobOutcome::Whole => {
                let stored = engine.blob_stored(permit, now);
                BlobAnswer::Stored(stored.map_err(|error| later(&error))?)
            }
        };
        Ok(call.reply(&entry, answer))
    }

    async fn status(&self, permit: &BlobPermit) -> Result<BlobOutcome, BlobsError> {
        if let Some(outcome) = self.known(permit).await? {
            return Ok(outcome);
        }
        let next = self.next(permit).await?;
        if next < chunk_count(permit.length) {
            return Ok(BlobOutcome::Answer(BlobAnswer::Next(next)));
        }
        self.assemble(permit).await
    }

    async fn take(
        &self,
        permit: &BlobPermit,
        first: u32,
        chunks: &[ByteVec],
    ) -> Result<BlobOutcome, BlobsError> {
        let is_in_shape = chunks.len() <= BLOB_CHUNKS_MAX as usize
            && (u64::from(first)..).zip(chunks).all(|(number, chunk)| {
                let number = u32::try_from(number).unwrap_or(u32::MAX);
                sealed_chunk_length(permit.length, number) == Some(chunk.len())
            });
        if !is_in_shape {
            return Ok(refused(BlobRefused::WrongLength));
        }
        if self.whole(permit).await?.is_none() {
            for (number, chunk) in (first..).zip(chunks) {
                let path = staged_chunk(permit, number);
                let payload = PutPayload::from(chunk.to_vec());
                self.staged.put(&path, payload).await?;
                self.protect(&path)?;
            }
        }
        self.status(permit).await
    }

    async fn give(&self, permit: &BlobPermit, first: u32) -> Result<BlobOutcome, BlobsError> {
        if self.whole(permit).await?.is_none() {
            return Ok(refused(BlobRefused::Absent));
        }
        let mut chunks = Vec::new();
        let mut at = u64::from(first) * (CHUNK_BYTES + TAG_BYTES) as u64;
        for number in first..first.saturating_add(BLOB_CHUNKS_MAX) {
            let Some(length) = sealed_chunk_length(permit.length, number) else {
                break;
            };
            let until = at + length as u64;
            let bytes = self.kept.get_range(&kept(permit), at..until).await?;
            chunks.push(ByteVec::from(bytes.to_vec()));
            at = until;
        }
        if chunks.is_empty() {
            return Ok(refused(BlobRefused::WrongLength));
        }
        Ok(BlobOutcome::Answer(BlobAnswer::Chunks(chunks)))
    }

    /// The blob, if it is there with the length that its record says.
    async fn whole(&self, permit: &BlobPermit) -> Result<Option<ObjectMeta>, BlobsError> {
        let found = present(self.kept.head(&kept(permit)).await)?;
        Ok(found.filter(|meta| meta.size == sealed_length(permit.length)))
    }

    /// What can be said at once: the blob is there. One that the log does not call present is checked again: a restore may
    /// have brought it from anywhere.
    async fn known(&self, permit: &BlobPermit) -> Result<Option<BlobOutcome>, BlobsError> {
        if self.whole(permit).await?.is_none() {
            return Ok(None);
        }
        if let Some(seq) = permit.stored {
            return Ok(Some(BlobOutcome::Answer(BlobAnswer::Stored(seq))));
        }
        let _turn = self.assembling.acquire().await;
        let bytes = self.kept.get(&kept(permit)).await?.bytes().await?;
        let mut hasher = BlobHasher::default();
        hasher.update(&bytes);
        if hasher.finish() == permit.name.hash {
            return Ok(Some(BlobOutcome::Whole));
        }
        self.kept.delete(&kept(permit)).await?;
        Ok(None)
    }

    /// The first chunk that this seat has still to send.
    async fn next(&self, permit: &BlobPermit) -> Result<u32, BlobsError> {
        let listed = self
            .staged
            .list_with_delimiter(Some(&staged(permit)))
            .await?;
        let mut there: BTreeMap<String, u64> = BTreeMap::new();
        for object in listed.objects {
            let name = object.location.filename().unwrap_or_default().to_owned();
            there.insert(name, object.size);
        }
        let count = chunk_count(permit.length);
        let is_there = |number: &u32| {
            let length = sealed_chunk_length(permit.length, *number).map(|length| length as u64);
            there.get(&chunk_name(*number)).copied() == length
        };
        Ok((0..count).find(|number| !is_there(number)).unwrap_or(count))
    }

    /// Puts the chunks together, checks them against the record, and keeps the whole under its hash.
    async fn assemble(&self, permit: &BlobPermit) -> Result<BlobOutcome, BlobsError> {
        let _turn = self.assembling.acquire().await;
        let mut hasher = BlobHasher::default();
        let mut chunks = Vec::new();
        for number in 0..chunk_count(permit.length) {
            let path = staged_chunk(permit, number);
            let Some(found) = present(self.staged.get(&path).await)? else {
                // Another request of this seat was quicker.
                return Ok(BlobOutcome::Answer(BlobAnswer::Next(number)));
            };
            let bytes = found.bytes().await?;
            hasher.update(&bytes);
            chunks.push(bytes);
        }
        let is_right = hasher.finish() == permit.name.hash;
        if is_right {
            let payload: PutPayload = chunks.into_iter().collect();
            self.kept.put(&kept(permit), payload).await?;
            self.protect(&kept(permit))?;
        }
        for number in 0..chunk_count(permit.length) {
            present(self.staged.delete(&staged_chunk(permit, number)).await)?;
        }
        Ok(if is_right {
            BlobOutcome::Whole
        } else {
            refused(BlobRefused::WrongHash)
        })
    }

    /// Deletes blobs to which nothing refers any more, and what has arrived of them.
    ///
    /// # Errors
    /// [`BlobsError`]; those that are left are strays, and may be deleted again.
    pub async fn delete(
        &self,
        institution: &InstitutionId,
        names: &[BlobName],
    ) -> Result<(), BlobsError> {
        for name in names {
            present(self.kept.delete(&kept_at(institution, *name)).await)?;
            let arrived = staging_of(institution)
                .join(document_of(*name))
                .join(hash_of(*name));
            for object in self.objects(arrived).await? {
                present(self.staged.delete(&object.location).await)?;
            }
        }
        Ok(())
    }

    /// Leaves a file, and the folders above it, to its owner alone.
    fn protect(&self, path: &Path) -> Result<(), BlobsError> {
        let Some(folder) = &self.folder else {
            return Ok(());
        };
        let mut file = folder.clone();
        let parts: Vec<String> = path.parts().map(|part| part.as_ref().to_owned()).collect();
        for (place, part) in parts.iter().enumerate() {
            file.push(part);
            let mode = if place + 1 == parts.len() {
                0o600
            } else {
                0o700
            };
            let owner = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(&file, owner).map_err(|cause| BlobsError::Folder {
                path: file.clone(),
                cause,
            })?;
        }
        Ok(())
    }
}

const fn refused(code: BlobRefused) -> BlobOutcome {
    BlobOutcome::Answer(BlobAnswer::Refused(code))
}

/// What was found; none if there is no such object.
fn present<T>(found: Result<T, StoreFault>) -> Result<Option<T>, StoreFault> {
    match found {
        Ok(found) => Ok(Some(found)),
        Err(StoreFault::NotFound { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Length of all sealed chunks.
fn sealed_length(length: u32) -> u64 {
    u64::from(length) + u64::from(chunk_count(length)) * TAG_BYTES as u64
}

fn document_of(name: BlobName) -> String {
    data_encoding::HEXLOWER.encode(name.document.as_bytes())
}

fn hash_of(name: BlobName) -> String {
    data_encoding::HEXLOWER.encode(name.hash.as_bytes())
}

fn kept(permit: &BlobPermit) -> Path {
    kept_at(&permit.institution, permit.name)
}

fn kept_at(institution: &InstitutionId, name: BlobName) -> Path {
    Path::from(institution.as_str())
        .join(document_of(name))
        .join(hash_of(name))
}

/// Where the chunks of uploads under way lie.
fn staging_of(institution: &InstitutionId) -> Path {
    Path::from("staging").join(institution.as_str())
}

/// The chunks that one seat has sent of a blob.
fn staged(permit: &BlobPermit) -> Path {
    staging_of(&permit.institution)
        .join(document_of(permit.name))
        .join(hash_of(permit.name))
        .join(data_encoding::HEXLOWER.encode(permit.seat.as_bytes()))
}

fn staged_chunk(permit: &BlobPermit, number: u32) -> Path {
    staged(permit).join(chunk_name(number))
}

fn chunk_name(number: u32) -> String {
    format!("{number:05}")
}
