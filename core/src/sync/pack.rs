//! Envelopes on the wire and in stores: what the receiver can derive is left out.
//!
//! Left out are a change's magic, checksum, length and actor, and its dependencies where they are just the change
//! before it of the same document in the same message. The root is never sent: it is built again from the parts, and
//! the signature proves that they are the ones that were signed.

use std::collections::{BTreeMap, BTreeSet};

use thiserror::Error;

use super::sealed::{Part, PartBody, SealedEnvelope, SealedPart};
use crate::chunk::{Chunk, ChunkError};
use crate::class::DocumentKey;
use crate::command::CommandKind;
use crate::document::actor_id;
use crate::envelope::{
    AFTER_MAX, CommandHead, EnvelopeHead, HASH_LEN, KeyRef, LEAVES_MAX, SALT_LEN, SIGNATURE_LEN,
    SaltSeed, Slot, Suite, Via, root_of_slots,
};
use crate::id::{
    Branch, ChangeHash, CommandId, DecisionCount, DocEpoch, DocumentId, InstitutionId, SeatId,
};
use crate::time::Timestamp;

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

    /// The documents that the envelopes have parts of.
    pub fn documents(&self) -> impl Iterator<Item = &DocumentKey> {
        self.origins.iter().map(|origin| &origin.document)
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
    via: u8,
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
        salt: Option<[u8; SALT_LEN]>,
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
        salt: Option<[u8; SALT_LEN]>,
    },
}

/// Why envelopes cannot be packed or unpacked.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PackError {
    /// A change is not a raw change chunk.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// A table has no such entry, the slots make no tree, or something stands there that no signature covers.
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
            via: envelope.head.via.number(),
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
    salt: Option<[u8; SALT_LEN]>,
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
            let chunk = Chunk::split(bytes)?;
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
    if leaves == 0 || leaves > LEAVES_MAX || wire.slots.len() > leaves {
        return Err(PackError::TooMany);
    }
    let via = Via::ALL.iter().find(|via| via.number() == wire.via);
    if wire.suite != Suite::SERVER_READABLE {
        return Err(PackError::Malformed);
    }
    let commands = command_heads(wire)?;
    let seed = wire.seed.map(SaltSeed::from_bytes);
    let mut slots = Vec::with_capacity(wire.slots.len());
    for (place, slot) in wire.slots.iter().enumerate() {
        slots.push(unpack_slot(
            slot,
            wire.seat,
            seed.as_ref(),
            place,
            origins,
            last,
        )?);
    }
    let root = root_of_slots(leaves, &slots, &mut |_, part: &SealedPart| {
        part.leaf_hash(&commands)
    })
    .map_err(|_| PackError::Malformed)?;
    let head = EnvelopeHead {
        via: *via.ok_or(PackError::Malformed)?,
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

/// The heads of an envelope's commands. Each stands once and in the order in which the parts name them: a head that
/// no part names would be one that no signature covers.
fn command_heads(wire: &WireEnvelope) -> Result<Vec<CommandHead>, PackError> {
    let mut named = 0;
    for slot in &wire.slots {
        match slot {
            WireSlot::Hidden { .. } => {}
            WireSlot::Change { command, .. } | WireSlot::Row { command, .. } => {
                match (*command as usize).cmp(&named) {
                    std::cmp::Ordering::Less => {}
                    std::cmp::Ordering::Equal => named += 1,
                    std::cmp::Ordering::Greater => return Err(PackError::Malformed),
                }
            }
        }
    }
    let ids: BTreeSet<CommandId> = wire.commands.iter().map(|command| command.id).collect();
    if named != wire.commands.len() || ids.len() != named {
        return Err(PackError::Malformed);
    }
    wire.commands.iter().map(command_head).collect()
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
    let salt_of = |own: &Option<[u8; SALT_LEN]>| match (seed, own) {
        (Some(seed), None) => Ok(seed.salt(place)),
        (None, Some(own)) => Ok(*own),
        (None, None) | (Some(_), Some(_)) => Err(PackError::Malformed),
    };
    match slot {
        // The seed gives away the salts of what is hidden: nobody who may not see all may have it.
        WireSlot::Hidden { .. } if seed.is_some() => Err(PackError::Malformed),
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
            Ok(leaf(*command, salt_of(salt)?, body, *key))
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
            let body = unpack_change(seat, origin, rest, dependencies.as_deref(), last)?;
            Ok(leaf(*command, salt_of(salt)?, body, *key))
        }
    }
}

fn leaf(
    command: u32,
    salt: [u8; SALT_LEN],
    body: PartBody,
    key: Option<KeyRef>,
) -> Slot<SealedPart> {
    let key = key.unwrap_or_default();
    Slot::Leaf(SealedPart {
        command: command as usize,
        salt,
        part: Part { body, key },
    })
}

/// Builds a change's chunk again, and remembers it as the one that the next of its document follows.
fn unpack_change(
    seat: SeatId,
    origin: &Origin,
    rest: &[u8],
    dependencies: Option<&[ChangeHash]>,
    last: &mut BTreeMap<DocumentId, ChangeHash>,
) -> Result<PartBody, PackError> {
    let document = origin.document.id();
    let dependencies = match dependencies {
        Some(explicit) => explicit.to_vec(),
        None => vec![*last.get(&document).ok_or(PackError::Malformed)?],
    };
    let bytes = Chunk {
        dependencies,
        actor: actor_id(seat, document, origin.epoch, origin.branch),
        rest: rest.to_vec(),
    }
    .to_bytes();
    let hash = Chunk::hash(&bytes).ok_or(PackError::Malformed)?;
    last.insert(document, hash);
    Ok(PartBody::Change {
        document: origin.document,
        epoch: origin.epoch,
        branch: origin.branch,
        bytes,
    })
}
