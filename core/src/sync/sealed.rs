//! Signed envelopes in memory: their parts, and what of them a holder may see.

use std::collections::BTreeMap;

use ed25519_dalek::SigningKey;
use rand_core::Rng;

use crate::chunk::Chunk;
use crate::class::DocumentKey;
use crate::envelope::{
    CommandHead, EnvelopeHead, HASH_LEN, KeyRef, Leaf, SALT_LEN, SIGNATURE_LEN, SaltSeed, Slot,
    Suite, Target, Via, prune, root_of_leaves, split,
};
use crate::id::{
    Branch, CaseId, ChangeHash, CommandId, DocEpoch, DocumentId, InstitutionId, SeatId,
};

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
    pub salt: [u8; SALT_LEN],
    /// The part.
    pub part: Part,
}

impl SealedPart {
    /// Its leaf's hash.
    pub(super) fn leaf_hash(&self, commands: &[CommandHead]) -> [u8; HASH_LEN] {
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

    /// The case of a command, if any of its parts is here.
    #[must_use]
    pub fn case_of(&self, command: CommandId) -> Option<CaseId> {
        let parts = self.parts_of(command);
        let document = parts.iter().find_map(|part| part.document());
        document.map(|key| key.case)
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

    /// The same envelope without some of its parts: of each its hash stays, so that the signature still holds.
    #[must_use]
    pub fn without(&self, goes: impl Fn(&CommandHead, &Part) -> bool) -> Self {
        let stays = |head: &CommandHead, part: &Part| !goes(head, part);
        let seen = self.visible_to(stays);
        seen.unwrap_or_else(|| Self {
            seed: None,
            commands: Vec::new(),
            slots: vec![Slot::Hidden {
                leaves: self.head.leaves,
                hash: self.head.root,
            }],
            ..self.clone()
        })
    }

    /// The leaf of a command's part in a document, if it is here.
    #[must_use]
    pub fn leaf_of(&self, command: CommandId, document: DocumentId) -> Option<[u8; HASH_LEN]> {
        let index = self.commands.iter().position(|head| head.id == command)?;
        let mut parts = self.parts();
        let part = parts.find(|sealed| {
            let key = sealed.part.document();
            sealed.command == index && key.is_some_and(|key| key.id() == document)
        });
        part.map(|part| part.leaf_hash(&self.commands))
    }

    /// The same envelope with what either of two holders may see. Both must be views of one signed envelope.
    #[must_use]
    pub fn united(&self, other: &Self) -> Self {
        debug_assert_eq!(self.head, other.head);
        let (one, two) = (self.spread(), other.spread());
        if one.len() != two.len() || self.is_whole() {
            return self.clone();
        }
        if other.is_whole() {
            return other.clone();
        }
        let mut united = Self {
            seed: None,
            commands: Vec::new(),
            slots: Vec::new(),
            ..self.clone()
        };
        for slot in unite(&one, &two) {
            let slot = match slot {
                Seen::Leaf(command, part) => Slot::Leaf(united.adopt(command, part)),
                Seen::Hidden(leaves, hash) => Slot::Hidden { leaves, hash },
                Seen::Covered => continue,
            };
            united.slots.push(slot);
        }
        united
    }

    /// Every leaf in its place: seen, hidden under a hash that stands at its first leaf, or covered by that hash.
    fn spread(&self) -> Vec<Seen<'_>> {
        let mut spread = Vec::new();
        for slot in &self.slots {
            match slot {
                Slot::Leaf(part) => {
                    let seen = self.commands.get(part.command);
                    spread.extend(seen.map(|command| Seen::Leaf(command, part)));
                }
                Slot::Hidden { leaves, hash } => {
                    spread.push(Seen::Hidden(*leaves, *hash));
                    spread.extend((1..*leaves).map(|_| Seen::Covered));
                }
            }
        }
        spread
    }

    /// Takes a part over from another view, with its command.
    fn adopt(&mut self, command: &CommandHead, part: &SealedPart) -> SealedPart {
        let known = self.commands.iter().position(|head| head.id == command.id);
        let place = known.unwrap_or_else(|| {
            self.commands.push(command.clone());
            self.commands.len() - 1
        });
        SealedPart {
            command: place,
            ..part.clone()
        }
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

/// What a view shows at the place of one leaf.
#[derive(Clone, Copy)]
enum Seen<'a> {
    Leaf(&'a CommandHead, &'a SealedPart),
    Hidden(u32, [u8; HASH_LEN]),
    Covered,
}

/// Unites two views of a subtree: where one hides all of it, the other's view; else its halves.
fn unite<'a>(one: &[Seen<'a>], two: &[Seen<'a>]) -> Vec<Seen<'a>> {
    let hides_all = |view: &[Seen<'a>]| match view.first() {
        Some(Seen::Hidden(leaves, _)) => *leaves as usize == view.len(),
        Some(Seen::Leaf(..) | Seen::Covered) | None => false,
    };
    if hides_all(one) {
        return two.to_vec();
    }
    if hides_all(two) || one.len() < 2 {
        return one.to_vec();
    }
    let at = split(one.len());
    let mut united = unite(&one[..at], &two[..at]);
    united.extend(unite(&one[at..], &two[at..]));
    united
}
