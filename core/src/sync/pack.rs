//! Envelopes on the wire and in stores: what the receiver can derive is left out.
//!
//! Left out are a change's magic, checksum, length and actor, and its dependencies where they are just the change
//! before it of the same document in the same message. The root is never sent: it is built again from the parts, and
//! the signature proves that they are the ones that were signed.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_core::Rng;
use thiserror::Error;

use crate::chunk::{Chunk, ChunkError};
use crate::class::DocumentKey;
use crate::command::CommandKind;
use crate::document::actor_id;
use crate::envelope::{
    AFTER_MAX, CommandHead, EnvelopeHead, HASH_LEN, KeyRef, LEAVES_MAX, Leaf, SIGNATURE_LEN,
    SaltSeed, Slot, Suite, Target, Via, prune, root_of_leaves, root_of_slots,
};
use crate::id::{
    Branch, ChangeHash, CommandId, DecisionCount, DocEpoch, DocumentId, InstitutionId, SeatId,
};
use crate::time::Timestamp;

/// What a part carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PartBody {
    /// A change of a document.
    Change {
        /// The document.
        document: DocumentKey,
        /// Its epoch.
        epoch: DocEpoch,
        /// The branch of the change's actor.
        branch: Branch,
        /// The raw change chunk.
        bytes: Vec<u8>,
    },
    /// A typed row of the log.
    Row {
        /// The number of its kind.
        kind: u8,
        /// Its bytes.
        bytes: Vec<u8>,
    },
}

/// One part of a command, before or after it was sealed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What it carries.
    pub body: PartBody,
    /// The key of its content.
    pub key: KeyRef,
}

impl Part {
    /// Where it takes effect, as signed.
    #[must_use]
    pub fn target(&self) -> Target {
        match &self.body {
            PartBody::Change {
                document,
                epoch,
                branch,
                ..
            } => Target::Document {
                id: document.id(),
                epoch: *epoch,
                branch: *branch,
            },
            PartBody::Row { kind, .. } => Target::Row { kind: *kind },
        }
    }

    /// Hash of its change or row.
    #[must_use]
    pub fn content(&self) -> ChangeHash {
        match &self.body {
            PartBody::Change { bytes, .. } => {
                Chunk::hash(bytes).unwrap_or(ChangeHash::from_bytes([0; 32]))
            }
            PartBody::Row { bytes, .. } => {
                ChangeHash::from_bytes(blake3::derive_key("jangkau v1 row", bytes))
            }
        }
    }

    /// The document that it changes.
    #[must_use]
    pub const fn document(&self) -> Option<&DocumentKey> {
        match &self.body {
            PartBody::Change { document, .. } => Some(document),
            PartBody::Row { .. } => None,
        }
    }
}

/// A part under a signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPart {
    /// Which of the envelope's commands it belongs to.
    pub command: usize,
    /// Its salt.
    pub salt: [u8; crate::envelope::SALT_LEN],
    /// The part.
    pub part: Part,
}

impl SealedPart {
    /// Its leaf's hash.
    fn leaf_hash(&self, commands: &[CommandHead]) -> [u8; HASH_LEN] {
        let Some(command) = commands.get(self.command) else {
            return [0; HASH_LEN];
        };
        let (target, content) = (self.part.target(), self.part.content());
        Leaf {
            salt: self.salt,
            target,
            content,
            key: self.part.key,
            command,
        }
        .hash()
    }
}

/// A signed envelope with those of its parts that its holder may see.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedEnvelope {
    /// What is signed. The root is computed from the slots.
    pub head: EnvelopeHead,
    /// The signature.
    pub signature: [u8; SIGNATURE_LEN],
    /// Where all salts come from, when every part is here.
    pub seed: Option<SaltSeed>,
    /// Its commands, those of which a part is here.
    pub commands: Vec<CommandHead>,
    /// Its parts, and the hashes of what is left out.
    pub slots: Vec<Slot<SealedPart>>,
}

/// Seals commands and their parts under one signature.
#[must_use]
pub fn seal(
    seat: SeatId,
    institution: InstitutionId,
    via: Via,
    commands: Vec<(CommandHead, Vec<Part>)>,
    key: &SigningKey,
    rng: &mut dyn Rng,
) -> SealedEnvelope {
    let seed = SaltSeed::generate(rng);
    let mut heads = Vec::with_capacity(commands.len());
    let mut sealed = Vec::new();
    for (index, (head, parts)) in commands.into_iter().enumerate() {
        heads.push(head);
        for part in parts {
            let salt = seed.salt(sealed.len());
            sealed.push(SealedPart {
                command: index,
                salt,
                part,
            });
        }
    }
    let hashes: Vec<_> = sealed.iter().map(|part| part.leaf_hash(&heads)).collect();
    let head = EnvelopeHead {
        via,
        institution,
        suite: Suite::SERVER_READABLE,
        seat,
        leaves: sealed.len() as u32,
        root: root_of_leaves(&hashes),
    };
    let signature = head.sign(key);
    let slots = sealed.into_iter().map(Slot::Leaf).collect();
    SealedEnvelope {
        head,
        signature,
        seed: Some(seed),
        commands: heads,
        slots,
    }
}

impl SealedEnvelope {
    /// The parts that are here.
    pub fn parts(&self) -> impl Iterator<Item = &SealedPart> {
        self.slots.iter().filter_map(|slot| match slot {
            Slot::Leaf(part) => Some(part),
            Slot::Hidden { .. } => None,
        })
    }

    /// Whether every part is here.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.parts().count() == self.head.leaves as usize
    }

    /// The parts of one command that are here.
    #[must_use]
    pub fn parts_of(&self, command: CommandId) -> Vec<&Part> {
        let index = self.commands.iter().position(|head| head.id == command);
        self.parts()
            .filter(|part| Some(part.command) == index)
            .map(|part| &part.part)
            .collect()
    }

    /// The same envelope for somebody who may see only some parts; nothing if they may see none.
    #[must_use]
    pub fn visible_to(&self, visible: impl Fn(&CommandHead, &Part) -> bool) -> Option<Self> {
        let sees = |part: &SealedPart| {
            self.commands
                .get(part.command)
                .is_some_and(|head| visible(head, &part.part))
        };
        if self.is_whole() && self.parts().all(sees) {
            return Some(self.clone());
        }
        if !self.parts().any(sees) {
            return None;
        }
        let mut envelope = self.clone();
        envelope.seed = None;
        envelope.slots = if self.is_whole() {
            let parts: Vec<SealedPart> = self.parts().cloned().collect();
            prune(&parts, &|part| part.leaf_hash(&self.commands), &sees)
        } else {
            self.slots
                .iter()
                .map(|slot| self.hide(slot, &sees))
                .collect()
        };
        envelope.forget_unseen_commands();
        Some(envelope)
    }

    fn hide(
        &self,
        slot: &Slot<SealedPart>,
        sees: &impl Fn(&SealedPart) -> bool,
    ) -> Slot<SealedPart> {
        match slot {
            Slot::Leaf(part) if !sees(part) => Slot::Hidden {
                leaves: 1,
                hash: part.leaf_hash(&self.commands),
            },
            Slot::Leaf(_) | Slot::Hidden { .. } => slot.clone(),
        }
    }

    /// Drops the heads of commands of which no part is left.
    fn forget_unseen_commands(&mut self) {
        let mut places = BTreeMap::new();
        let mut kept = Vec::new();
        for slot in &mut self.slots {
            let Slot::Leaf(part) = slot else { continue };
            let place = *places.entry(part.command).or_insert_with(|| {
                kept.push(self.commands[part.command].clone());
                kept.len() - 1
            });
            part.command = place;
        }
        self.commands = kept;
    }
}

/// Envelopes of one message, with the table of the documents that they speak of.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Packed {
    #[n(0)]
    origins: Vec<Origin>,
    #[n(1)]
    envelopes: Vec<WireEnvelope>,
}

impl Packed {
    /// Whether there is nothing in it.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.envelopes.is_empty()
    }

    /// Number of envelopes.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.envelopes.len()
    }
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, minicbor::Encode, minicbor::Decode)]
struct Origin {
    #[n(0)]
    document: DocumentKey,
    #[n(1)]
    epoch: DocEpoch,
    #[n(2)]
    branch: Branch,
}

#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
struct WireEnvelope {
    #[n(0)]
    via: Via,
    #[n(1)]
    institution: InstitutionId,
    #[n(2)]
    suite: Suite,
    #[n(3)]
    seat: SeatId,
    #[n(4)]
    leaves: u32,
    #[cbor(n(5), with = "minicbor::bytes")]
    signature: [u8; SIGNATURE_LEN],
    #[cbor(n(6), with = "minicbor::bytes")]
    seed: Option<[u8; 32]>,
    #[n(7)]
    commands: Vec<WireCommand>,
    #[n(8)]
    slots: Vec<WireSlot>,
}

#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
struct WireCommand {
    #[n(0)]
    id: CommandId,
    #[n(1)]
    kind: u8,
    #[n(2)]
    occurred_at: Timestamp,
    #[n(3)]
    recorded_at: Timestamp,
    #[n(4)]
    base: DecisionCount,
    #[n(5)]
    after: Vec<CommandId>,
}

#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
enum WireSlot {
    #[n(0)]
    Hidden {
        #[n(0)]
        leaves: u32,
        #[cbor(n(1), with = "minicbor::bytes")]
        hash: [u8; HASH_LEN],
    },
    #[n(1)]
    Change {
        #[n(0)]
        command: u32,
        #[n(1)]
        origin: u32,
        #[cbor(n(2), with = "minicbor::bytes")]
        rest: Vec<u8>,
        #[n(3)]
        dependencies: Option<Vec<ChangeHash>>,
        #[n(4)]
        key: Option<KeyRef>,
        #[cbor(n(5), with = "minicbor::bytes")]
        salt: Option<[u8; 16]>,
    },
    #[n(2)]
    Row {
        #[n(0)]
        command: u32,
        #[n(1)]
        kind: u8,
        #[cbor(n(2), with = "minicbor::bytes")]
        bytes: Vec<u8>,
        #[n(3)]
        key: Option<KeyRef>,
        #[cbor(n(4), with = "minicbor::bytes")]
        salt: Option<[u8; 16]>,
    },
}

/// Why envelopes cannot be packed or unpacked.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PackError {
    /// A change is not a raw change chunk.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// A table has no such entry, or the slots make no tree.
    #[error("the envelope is malformed")]
    Malformed,
    /// More leaves, commands or causes than an envelope may have.
    #[error("the envelope holds too many things")]
    TooMany,
    /// A command kind that this version does not know.
    #[error("unknown command")]
    UnknownCommand,
}

/// Packs envelopes for one message or one row of a store.
///
/// # Errors
/// [`PackError::Chunk`] when a change is not a raw change chunk.
pub fn pack<'a>(
    envelopes: impl IntoIterator<Item = &'a SealedEnvelope>,
) -> Result<Packed, PackError> {
    let mut packed = Packed::default();
    let mut places: BTreeMap<Origin, u32> = BTreeMap::new();
    let mut last: BTreeMap<DocumentId, ChangeHash> = BTreeMap::new();
    for envelope in envelopes {
        let mut slots = Vec::with_capacity(envelope.slots.len());
        for slot in &envelope.slots {
            slots.push(match slot {
                Slot::Hidden { leaves, hash } => WireSlot::Hidden {
                    leaves: *leaves,
                    hash: *hash,
                },
                Slot::Leaf(part) => {
                    let salt = envelope.seed.is_none().then_some(part.salt);
                    pack_part(part, salt, &mut packed.origins, &mut places, &mut last)?
                }
            });
        }
        packed.envelopes.push(WireEnvelope {
            via: envelope.head.via,
            institution: envelope.head.institution.clone(),
            suite: envelope.head.suite,
            seat: envelope.head.seat,
            leaves: envelope.head.leaves,
            signature: envelope.signature,
            seed: envelope.seed.map(|seed| *seed.as_bytes()),
            commands: envelope.commands.iter().map(wire_command).collect(),
            slots,
        });
    }
    Ok(packed)
}

fn wire_command(head: &CommandHead) -> WireCommand {
    WireCommand {
        id: head.id,
        kind: head.kind.number(),
        occurred_at: head.occurred_at,
        recorded_at: head.recorded_at,
        base: head.base,
        after: head.after.clone(),
    }
}

fn pack_part(
    sealed: &SealedPart,
    salt: Option<[u8; 16]>,
    origins: &mut Vec<Origin>,
    places: &mut BTreeMap<Origin, u32>,
    last: &mut BTreeMap<DocumentId, ChangeHash>,
) -> Result<WireSlot, PackError> {
    let command = sealed.command as u32;
    let key = (sealed.part.key != KeyRef::default()).then_some(sealed.part.key);
    match &sealed.part.body {
        PartBody::Row { kind, bytes } => Ok(WireSlot::Row {
            command,
            kind: *kind,
            bytes: bytes.clone(),
            key,
            salt,
        }),
        PartBody::Change {
            document,
            epoch,
            branch,
            bytes,
        } => {
            let chunk = Chunk::parse(bytes)?;
            let origin = Origin {
                document: *document,
                epoch: *epoch,
                branch: *branch,
            };
            let place = *places.entry(origin.clone()).or_insert_with(|| {
                origins.push(origin);
                (origins.len() - 1) as u32
            });
            let previous = last.insert(document.id(), sealed.part.content());
            let follows = previous.is_some_and(|hash| chunk.dependencies == [hash]);
            let dependencies = (!follows).then_some(chunk.dependencies);
            Ok(WireSlot::Change {
                command,
                origin: place,
                rest: chunk.rest,
                dependencies,
                key,
                salt,
            })
        }
    }
}

/// Unpacks the envelopes of one message. Whether they are what was signed, the signature will tell.
///
/// # Errors
/// [`PackError`].
pub fn unpack(packed: &Packed) -> Result<Vec<SealedEnvelope>, PackError> {
    let mut last: BTreeMap<DocumentId, ChangeHash> = BTreeMap::new();
    packed
        .envelopes
        .iter()
        .map(|wire| unpack_one(wire, &packed.origins, &mut last))
        .collect()
}

/// Unpacks each envelope for itself, so that a bad one does not harm the others. Of a bad one, the ids that its
/// commands claim are told, so that each can be answered.
#[must_use]
pub fn unpack_each(packed: &Packed) -> Vec<Result<SealedEnvelope, (PackError, Vec<CommandId>)>> {
    let mut last: BTreeMap<DocumentId, ChangeHash> = BTreeMap::new();
    packed
        .envelopes
        .iter()
        .map(|wire| {
            unpack_one(wire, &packed.origins, &mut last).map_err(|error| {
                let claimed = wire.commands.iter().take(LEAVES_MAX);
                (error, claimed.map(|command| command.id).collect())
            })
        })
        .collect()
}

fn unpack_one(
    wire: &WireEnvelope,
    origins: &[Origin],
    last: &mut BTreeMap<DocumentId, ChangeHash>,
) -> Result<SealedEnvelope, PackError> {
    let leaves = wire.leaves as usize;
    if leaves == 0 || leaves > LEAVES_MAX || wire.commands.len() > leaves {
        return Err(PackError::TooMany);
    }
    let commands = wire
        .commands
        .iter()
        .map(command_head)
        .collect::<Result<Vec<_>, _>>()?;
    let seed = wire.seed.map(SaltSeed::from_bytes);
    let mut slots = Vec::with_capacity(wire.slots.len());
    let mut place = 0;
    for slot in &wire.slots {
        let unpacked = unpack_slot(slot, wire.seat, seed.as_ref(), place, origins, last)?;
        place += match &unpacked {
            Slot::Hidden { leaves, .. } => *leaves as usize,
            Slot::Leaf(part) if part.command < commands.len() => 1,
            Slot::Leaf(_) => return Err(PackError::Malformed),
        };
        slots.push(unpacked);
    }
    let root = root_of_slots(leaves, &slots, &mut |_, part: &SealedPart| {
        part.leaf_hash(&commands)
    })
    .map_err(|_| PackError::Malformed)?;
    let head = EnvelopeHead {
        via: wire.via,
        institution: wire.institution.clone(),
        suite: wire.suite,
        seat: wire.seat,
        leaves: wire.leaves,
        root,
    };
    Ok(SealedEnvelope {
        head,
        signature: wire.signature,
        seed,
        commands,
        slots,
    })
}

fn command_head(wire: &WireCommand) -> Result<CommandHead, PackError> {
    if wire.after.len() > AFTER_MAX {
        return Err(PackError::TooMany);
    }
    Ok(CommandHead {
        id: wire.id,
        kind: CommandKind::from_number(wire.kind).ok_or(PackError::UnknownCommand)?,
        occurred_at: wire.occurred_at,
        recorded_at: wire.recorded_at,
        base: wire.base,
        after: wire.after.clone(),
    })
}

fn unpack_slot(
    slot: &WireSlot,
    seat: SeatId,
    seed: Option<&SaltSeed>,
    place: usize,
    origins: &[Origin],
    last: &mut BTreeMap<DocumentId, ChangeHash>,
) -> Result<Slot<SealedPart>, PackError> {
    let salt_of = |own: &Option<[u8; 16]>| {
        seed.map(|seed| seed.salt(place))
            .or(*own)
            .ok_or(PackError::Malformed)
    };
    match slot {
        WireSlot::Hidden { leaves, hash } => Ok(Slot::Hidden {
            leaves: *leaves,
            hash: *hash,
        }),
        WireSlot::Row {
            command,
            kind,
            bytes,
            key,
            salt,
        } => {
            let body = PartBody::Row {
                kind: *kind,
                bytes: bytes.clone(),
            };
            let part = Part {
                body,
                key: key.unwrap_or_default(),
            };
            Ok(Slot::Leaf(SealedPart {
                command: *command as usize,
                salt: salt_of(salt)?,
                part,
            }))
        }
        WireSlot::Change {
            command,
            origin,
            rest,
            dependencies,
            key,
            salt,
        } => {
            let origin = origins.get(*origin as usize).ok_or(PackError::Malformed)?;
            let document = origin.document.id();
            let dependencies = match dependencies {
                Some(explicit) => explicit.clone(),
                None => vec![*last.get(&document).ok_or(PackError::Malformed)?],
            };
            let actor = actor_id(seat, document, origin.epoch, origin.branch);
            let bytes = Chunk {
                dependencies,
                actor,
                rest: rest.clone(),
            }
            .to_bytes();
            let body = PartBody::Change {
                document: origin.document,
                epoch: origin.epoch,
                branch: origin.branch,
                bytes,
            };
            let part = Part {
                body,
                key: key.unwrap_or_default(),
            };
            last.insert(document, part.content());
            Ok(Slot::Leaf(SealedPart {
                command: *command as usize,
                salt: salt_of(salt)?,
                part,
            }))
        }
    }
}
