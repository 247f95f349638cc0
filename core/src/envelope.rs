//! What a seat signs: the root of a hash tree over the parts of one or more commands.
//!
//! A holder of some documents gets only their leaves and the hashes of the subtrees it may not see, and can still
//! check the signature. The layout below is frozen: golden bytes hold it.

mod tree;

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};
use thiserror::Error;

use crate::code::codes;
use crate::command::CommandKind;
use crate::id::{
    Branch, ChangeHash, CommandId, DecisionCount, DocEpoch, DocumentId, EnvelopeHash,
    InstitutionId, KeyEpoch, SeatId,
};
use crate::time::Timestamp;

pub(crate) use tree::split;
pub use tree::{HASH_LEN, Slot, TreeError, prune, root_of_leaves, root_of_slots};

/// Most leaves under one signature: a device's outbox goes in several envelopes beyond that.
pub const LEAVES_MAX: usize = 256;

/// Most commands named as the causal past of one command.
pub const AFTER_MAX: usize = 8;

codes!(
    /// How an envelope was made.
    Via {
        /// On a person's own device.
        Device = "device",
        /// At the browser desk, by a seat that the server holds.
        Desk = "desk",
        /// Carried by another device.
        Parcel = "parcel",
    }
);

impl Via {
    /// Small number for the signed bytes; never reused.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Device => 1,
            Self::Desk => 2,
            Self::Parcel => 3,
        }
    }
}

/// How a document's content is protected. Suite 0 is readable by the server; sealed notes will have another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
#[cbor(transparent)]
pub struct Suite(#[n(0)] u8);

impl Suite {
    /// The server can read the content; access control and audit protect it.
    pub const SERVER_READABLE: Self = Self(0);

    /// The number.
    #[must_use]
    pub const fn number(self) -> u8 {
        self.0
    }
}

/// Where a part takes effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// A change in a document.
    Document {
        /// Which document.
        id: DocumentId,
        /// Its epoch.
        epoch: DocEpoch,
        /// The branch of the change's actor.
        branch: Branch,
    },
    /// A typed row of the log.
    Row {
        /// The number of the kind of row.
        kind: u8,
    },
}

/// Which key a part's content is under, and a commitment to it: an AEAD alone does not commit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct KeyRef {
    /// The document's key epoch; 0 for suite 0.
    #[n(0)]
    pub epoch: KeyEpoch,
    /// Hash of the key; zeros for suite 0.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub commitment: [u8; 32],
}

/// What a command says of itself, the same in each of its leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandHead {
    /// Its id.
    pub id: CommandId,
    /// Its kind.
    pub kind: CommandKind,
    /// When it happened, as the worker says.
    pub occurred_at: Timestamp,
    /// The device's clock when it was recorded.
    pub recorded_at: Timestamp,
    /// Decisions on the case that its author had seen.
    pub base: DecisionCount,
    /// Commands that it follows, across documents.
    pub after: Vec<CommandId>,
}

/// One part of one command, as signed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf<'a> {
    /// Hides what is under it from guessing; 16 bytes drawn from the envelope's seed.
    pub salt: [u8; SALT_LEN],
    /// Where it takes effect.
    pub target: Target,
    /// Hash of the change or the row.
    pub content: ChangeHash,
    /// The key of its content.
    pub key: KeyRef,
    /// The command.
    pub command: &'a CommandHead,
}

/// Length of a salt.
pub const SALT_LEN: usize = 16;

/// Where every salt of an envelope comes from. Only for a receiver that may see every part.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct SaltSeed([u8; 32]);

impl SaltSeed {
    /// Wraps a seed.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Draws a seed.
    #[must_use]
    pub fn generate(rng: &mut dyn rand_core::Rng) -> Self {
        let mut bytes = [0; 32];
        rng.fill_bytes(&mut bytes);
        Self(bytes)
    }

    /// The bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The salt of one leaf.
    #[must_use]
    pub fn salt(&self, leaf: usize) -> [u8; SALT_LEN] {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(&(leaf as u64).to_be_bytes());
        let mut salt = [0; SALT_LEN];
        hasher.finalize_xof().fill(&mut salt);
        salt
    }
}

impl std::fmt::Debug for SaltSeed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SaltSeed(…)")
    }
}

impl Leaf<'_> {
    /// The leaf's hash. Every field has a fixed length or is preceded by its length.
    #[must_use]
    pub fn hash(&self) -> [u8; HASH_LEN] {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 leaf");
        hasher.update(&self.salt);
        match &self.target {
            Target::Document { id, epoch, branch } => {
                hasher.update(&[1]).update(id.as_bytes());
                hasher
                    .update(&epoch.get().to_be_bytes())
                    .update(branch.as_bytes());
            }
            Target::Row { kind } => {
                hasher.update(&[2, *kind]);
            }
        }
        hasher.update(self.content.as_bytes());
        hasher
            .update(&self.key.epoch.get().to_be_bytes())
            .update(&self.key.commitment);
        let command = self.command;
        hasher
            .update(command.id.as_bytes())
            .update(&[command.kind.number()]);
        hasher.update(&command.occurred_at.as_millis().to_be_bytes());
        hasher.update(&command.recorded_at.as_millis().to_be_bytes());
        hasher.update(&command.base.get().to_be_bytes());
        hasher.update(&(command.after.len() as u32).to_be_bytes());
        for id in &command.after {
            hasher.update(id.as_bytes());
        }
        *hasher.finalize().as_bytes()
    }
}

/// What is signed: who, how, for which institution, and the root over the leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EnvelopeHead {
    /// How it was made.
    pub via: Via,
    /// For which institution.
    pub institution: InstitutionId,
    /// Protection of the content.
    pub suite: Suite,
    /// The signer.
    pub seat: SeatId,
    /// How many leaves the tree has.
    pub leaves: u32,
    /// Root of the tree.
    pub root: [u8; HASH_LEN],
}

/// The signature does not belong to what it stands under.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the signature does not belong to this envelope and seat")]
pub struct BadSignature;

/// Length of a signature.
pub const SIGNATURE_LEN: usize = 64;

impl EnvelopeHead {
    /// The bytes that are signed.
    #[must_use]
    pub fn signed_bytes(&self) -> Vec<u8> {
        let mut bytes = b"jangkau envelope v1\0".to_vec();
        bytes.push(self.suite.number());
        bytes.push(self.via.number());
        bytes.push(self.institution.as_str().len() as u8);
        bytes.extend_from_slice(self.institution.as_str().as_bytes());
        bytes.extend_from_slice(self.seat.as_bytes());
        bytes.extend_from_slice(&self.leaves.to_be_bytes());
        bytes.extend_from_slice(&self.root);
        bytes
    }

    /// By this repeats are recognised.
    #[must_use]
    pub fn hash(&self) -> EnvelopeHash {
        let hash = blake3::derive_key("jangkau v1 envelope", &self.signed_bytes());
        EnvelopeHash::from_bytes(hash)
    }

    /// Signs it.
    #[must_use]
    pub fn sign(&self, key: &SigningKey) -> [u8; SIGNATURE_LEN] {
        key.sign(&self.signed_bytes()).to_bytes()
    }

    /// Checks a signature strictly.
    ///
    /// # Errors
    /// [`BadSignature`].
    pub fn verify(
        &self,
        signature: &[u8; SIGNATURE_LEN],
        key: &VerifyingKey,
    ) -> Result<(), BadSignature> {
        let signature = Signature::from_bytes(signature);
        key.verify_strict(&self.signed_bytes(), &signature)
            .map_err(|_| BadSignature)
    }
}

#[cfg(test)]
mod tests;
