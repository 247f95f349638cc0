//! Our own look at a change chunk before Automerge sees it.
//!
//! A chunk of a few dozen bytes can claim millions of operations, so neither a cap on its size nor a panic
//! boundary is a guard. This walk sums what each column claims and takes only raw change chunks.

use sha2::{Digest as _, Sha256};
use thiserror::Error;

use crate::id::{ActorId, ChangeHash};

/// Longest change in bytes: the longest prose and its fields, four times over.
pub const CHANGE_BYTES_MAX: usize = 64 * 1024;

/// Most operations in a change: the longest shared text, each character being one.
pub const OPERATIONS_MAX: u64 = 4_096;

/// Most dependencies of a change: concurrent heads that one device has ever seen at once.
pub const DEPENDENCIES_MAX: usize = 64;

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const CHANGE_CHUNK: u8 = 1;
const DEFLATE_BIT: u64 = 0x08;

/// Why bytes are not a change that Automerge may see.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ChunkError {
    /// More than [`CHANGE_BYTES_MAX`].
    #[error("the change is too long")]
    TooLong,
    /// Not a raw change chunk: a document, a bundle, a compressed chunk or another thing.
    #[error("not a raw change chunk")]
    Kind,
    /// A column is deflated.
    #[error("a column is compressed")]
    Compressed,
    /// It ends too early, goes on too long, or has a number that no change has.
    #[error("the chunk is malformed")]
    Malformed,
    /// It claims more than [`OPERATIONS_MAX`] operations or [`DEPENDENCIES_MAX`] dependencies.
    #[error("the change claims too many operations or dependencies")]
    TooMany,
}

/// The parts of a raw change chunk that the wire needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// What it depends on, in the order of its bytes.
    pub dependencies: Vec<ChangeHash>,
    /// Its actor.
    pub actor: ActorId,
    /// Everything after the actor.
    pub rest: Vec<u8>,
}

impl Chunk {
    /// Walks a chunk to its end.
    ///
    /// # Errors
    /// [`ChunkError`] for bytes that Automerge may not see.
    pub fn parse(bytes: &[u8]) -> Result<Self, ChunkError> {
        let chunk = Self::split(bytes)?;
        Walk(&chunk.rest).after_actor()?;
        Ok(chunk)
    }

    /// Takes a chunk apart without a look at what is behind its actor: for the wire, which carries anything.
    ///
    /// # Errors
    /// [`ChunkError`] for bytes whose head is not that of a raw change.
    pub fn split(bytes: &[u8]) -> Result<Self, ChunkError> {
        if bytes.len() > CHANGE_BYTES_MAX {
            return Err(ChunkError::TooLong);
        }
        let mut walk = Walk(bytes);
        if walk.take(4)? != MAGIC {
            return Err(ChunkError::Kind);
        }
        let checksum = walk.take(4)?;
        if walk.byte()? != CHANGE_CHUNK {
            return Err(ChunkError::Kind);
        }
        let len = walk.unsigned()?;
        if len != walk.0.len() as u64 {
            return Err(ChunkError::Malformed);
        }
        if hash_of_body(walk.0)[..4] != *checksum {
            return Err(ChunkError::Malformed);
        }
        let count = walk.count(DEPENDENCIES_MAX)?;
        let mut dependencies = Vec::with_capacity(count);
        for _ in 0..count {
            let hash = walk.take(ChangeHash::LEN)?;
            dependencies.push(ChangeHash::try_from(hash).map_err(|_| ChunkError::Malformed)?);
        }
        if walk.count(ActorId::LEN)? != ActorId::LEN {
            return Err(ChunkError::Malformed);
        }
        let actor = walk.take(ActorId::LEN)?;
        let actor = ActorId::try_from(actor).map_err(|_| ChunkError::Malformed)?;
        Ok(Self {
            dependencies,
            actor,
            rest: walk.0.to_vec(),
        })
    }

    /// The chunk's bytes again, with magic, checksum and length.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut body = Vec::with_capacity(self.rest.len() + 32 * self.dependencies.len() + 24);
        write_unsigned(&mut body, self.dependencies.len() as u64);
        for hash in &self.dependencies {
            body.extend_from_slice(hash.as_bytes());
        }
        write_unsigned(&mut body, ActorId::LEN as u64);
        body.extend_from_slice(self.actor.as_bytes());
        body.extend_from_slice(&self.rest);
        let mut bytes = Vec::with_capacity(body.len() + 16);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&hash_of_body(&body)[..4]);
        bytes.push(CHANGE_CHUNK);
        write_unsigned(&mut bytes, body.len() as u64);
        bytes.extend_from_slice(&body);
        bytes
    }

    /// The hash by which other changes name this one.
    #[must_use]
    pub fn hash(bytes: &[u8]) -> Option<ChangeHash> {
        let mut walk = Walk(bytes);
        walk.take(9).ok()?;
        walk.unsigned().ok()?;
        Some(ChangeHash::from_bytes(hash_of_body(walk.0)))
    }
}

/// SHA-256 of type, length and body: the hash of a change, whose first four bytes are its checksum.
fn hash_of_body(body: &[u8]) -> [u8; 32] {
    let mut head = vec![CHANGE_CHUNK];
    write_unsigned(&mut head, body.len() as u64);
    Sha256::new()
        .chain_update(head)
        .chain_update(body)
        .finalize()
        .into()
}

/// Appends an unsigned LEB128 number.
fn write_unsigned(out: &mut Vec<u8>, mut value: u64) {
    loop {
        let low = (value & 0x7f) as u8;
        value >>= 7;
        if value == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// What is left to walk.
struct Walk<'a>(&'a [u8]);

impl<'a> Walk<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], ChunkError> {
        let (head, tail) = self.0.split_at_checked(len).ok_or(ChunkError::Malformed)?;
        self.0 = tail;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, ChunkError> {
        Ok(self.take(1)?[0])
    }

    fn unsigned(&mut self) -> Result<u64, ChunkError> {
        let mut value = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let low = u64::from(byte & 0x7f);
            if shift == 63 && low > 1 {
                return Err(ChunkError::Malformed);
            }
            value |= low << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ChunkError::Malformed)
    }

    fn signed(&mut self) -> Result<i64, ChunkError> {
        let mut value = 0_i64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= i64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                let unused = 64 - (shift + 7);
                if byte & 0x40 != 0 && unused > 0 {
                    value |= -1_i64 << (shift + 7);
                }
                return Ok(value);
            }
        }
        Err(ChunkError::Malformed)
    }

    /// An unsigned number that may not exceed a limit.
    fn count(&mut self, max: usize) -> Result<usize, ChunkError> {
        let value = usize::try_from(self.unsigned()?).map_err(|_| ChunkError::TooMany)?;
        if value > max {
            Err(ChunkError::TooMany)
        } else {
            Ok(value)
        }
    }

    /// Sequence, first operation, time, message, other actors, and the columns.
    fn after_actor(&mut self) -> Result<(), ChunkError> {
        self.unsigned()?;
        self.unsigned()?;
        self.signed()?;
        let message = self.count(CHANGE_BYTES_MAX)?;
        self.take(message)?;
        let other_actors = self.count(DEPENDENCIES_MAX)?;
        for _ in 0..other_actors {
            let len = self.count(64)?;
            self.take(len)?;
        }
        let columns = self.count(32)?;
        let mut specs = Vec::with_capacity(columns);
        for _ in 0..columns {
            let spec = self.unsigned()?;
            if spec & DEFLATE_BIT != 0 {
                return Err(ChunkError::Compressed);
            }
            specs.push((spec & 0x07, self.count(CHANGE_BYTES_MAX)?));
        }
        for (kind, len) in specs {
            Walk(self.take(len)?).column(kind)?;
        }
        Ok(())
    }

    /// Sums what one column claims. Kinds: 0 group, 1 actor, 2 number, 3 delta, 4 yes and no, 5 text, 6 the
    /// lengths of values, 7 values.
    fn column(mut self, kind: u64) -> Result<(), ChunkError> {
        let mut claimed = 0_u64;
        while kind != 7 && !self.0.is_empty() {
            if kind == 4 {
                claimed = claimed.saturating_add(self.unsigned()?);
            } else {
                claimed = claimed.saturating_add(self.run(kind)?);
            }
            if claimed > OPERATIONS_MAX {
                return Err(ChunkError::TooMany);
            }
        }
        Ok(())
    }

    /// One run of a run-length column: how many items it stands for. A group's item stands for its value.
    fn run(&mut self, kind: u64) -> Result<u64, ChunkError> {
        let length = self.signed()?;
        if length == 0 {
            return self.unsigned();
        }
        let literal = length < 0;
        let items = length.unsigned_abs();
        if items > OPERATIONS_MAX {
            return Err(ChunkError::TooMany);
        }
        let mut claimed = items;
        for _ in 0..if literal { items } else { 1 } {
            let value = self.value(kind)?;
            if kind == 0 {
                let times = if literal { 1 } else { items };
                claimed = claimed.saturating_add(value.saturating_mul(times));
            }
        }
        Ok(claimed)
    }

    fn value(&mut self, kind: u64) -> Result<u64, ChunkError> {
        match kind {
            3 => self.signed().map(|_| 0),
            5 => {
                let len = self.count(CHANGE_BYTES_MAX)?;
                self.take(len).map(|_| 0)
            }
            _ => self.unsigned(),
        }
    }
}
