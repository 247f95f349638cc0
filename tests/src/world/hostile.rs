//! A hostile hand with a valid key: takes an honest request, and makes of it what no honest device would send.

use ed25519_dalek::SigningKey;
use jangkau_core::class::{Class, Compartment};
use jangkau_core::command::CommandKind;
use jangkau_core::envelope::CommandHead;
use jangkau_core::id::{
    BatchId, Branch, CaseId, CommandId, DecisionCount, DocEpoch, LogEra, PersonId, ServerSeq,
};
use jangkau_core::sync::{
    BackfillAt, Batch, Part, PartBody, PushBack, SealedEnvelope, SignedRuling, SyncRequest, pack,
    seal, unpack,
};
use jangkau_core::time::Timestamp;

use super::chance::Chance;
use super::mutation::spoil_change;

/// Spoils a request in one of many ways.
pub(super) fn spoil(
    request: &mut SyncRequest,
    key: &SigningKey,
    now: Timestamp,
    chance: &mut Chance,
) {
    let pushes = request.push.is_some();
    if pushes && chance.per_mille(800) {
        spoil_push(request, key, now, chance);
    } else {
        spoil_frame(request, now, chance);
    }
}

/// Asks for what no device asks for.
fn spoil_frame(request: &mut SyncRequest, now: Timestamp, chance: &mut Chance) {
    let grant = ServerSeq::new(chance.below(60) as u64);
    match chance.below(9) {
        0 => request.cursor.seq = ServerSeq::new(u64::MAX),
        1 => request.cursor.era = LogEra::new(u32::MAX),
        2 => {
            let after = Some(CaseId::from_bytes(chance.bytes()));
            request.backfill = Some(BackfillAt {
                grant,
                after,
                list: false,
            });
        }
        3 => {
            request.backfill = Some(BackfillAt {
                grant,
                after: None,
                list: true,
            })
        }
        4 => request.resend = Some(vec![chance.below(256) as u8; 300]),
        5 => request.check = Some(chance.bytes()),
        6 => request.dropped = Some(vec![grant, ServerSeq::new(u64::MAX)]),
        7 => {
            let ruling = SignedRuling {
                body: chance.bytes::<40>().to_vec(),
                signature: chance.bytes(),
            };
            let envelopes = request
                .push
                .take()
                .map(|push| push.envelopes)
                .unwrap_or_default();
            request.push_back = Some(PushBack {
                envelopes,
                rulings: vec![ruling],
            });
        }
        _ => {
            let id = BatchId::generate(now, chance.rng());
            request.push = Some(Batch {
                id,
                envelopes: Default::default(),
            });
        }
    }
}

/// Seals the commands of a push again, changed.
fn spoil_push(request: &mut SyncRequest, key: &SigningKey, now: Timestamp, chance: &mut Chance) {
    let Some(push) = &mut request.push else {
        return;
    };
    let Ok(envelopes) = unpack(&push.envelopes) else {
        return;
    };
    let mut spoiled: Vec<SealedEnvelope> = Vec::new();
    for envelope in envelopes {
        if chance.per_mille(300) {
            spoiled.push(broken_seal(envelope, chance));
            continue;
        }
        let mut commands: Sealable = envelope
            .commands
            .iter()
            .map(|head| {
                let parts = envelope.parts_of(head.id).into_iter().cloned().collect();
                (head.clone(), parts)
            })
            .collect();
        if chance.per_mille(200) {
            replay_elsewhere(&mut commands, chance);
        } else if chance.per_mille(200) {
            take_a_place_twice(&mut commands, chance);
        } else {
            for (head, parts) in &mut commands {
                if chance.per_mille(500) {
                    spoil_head(head, now, chance);
                } else {
                    spoil_parts(parts, chance);
                }
            }
        }
        let sealed = seal(
            envelope.head.seat,
            envelope.head.institution.clone(),
            envelope.head.via,
            commands,
            key,
            chance.rng(),
        );
        spoiled.push(sealed);
    }
    if let Ok(packed) = pack(spoiled.iter()) {
        push.envelopes = packed;
    }
}

/// The commands of an envelope before they are sealed.
type Sealable = Vec<(CommandHead, Vec<Part>)>;

/// Passes a change of one document off as a change of another.
fn replay_elsewhere(commands: &mut Sealable, chance: &mut Chance) {
    let mut bodies: Vec<&mut PartBody> = commands
        .iter_mut()
        .flat_map(|(_, parts)| parts.iter_mut().map(|part| &mut part.body))
        .collect();
    let (from, to) = (chance.below(bodies.len()), chance.below(bodies.len()));
    let Some(PartBody::Change { bytes, .. }) = bodies.get(from).map(|body| &**body) else {
        return;
    };
    let replayed = bytes.clone();
    if let Some(PartBody::Change { bytes, .. }) = bodies.get_mut(to).map(|body| &mut **body) {
        *bytes = replayed;
    }
}

/// Sends a command twice, the second time with another change in the same place of its actor's sequence.
fn take_a_place_twice(commands: &mut Sealable, chance: &mut Chance) {
    let index = chance.below(commands.len());
    if let Some((head, mut parts)) = commands.get(index).cloned() {
        spoil_change(&mut parts, &[], chance);
        commands.push((head, parts));
    }
}

/// Leaves the content and breaks what proves it.
pub(super) fn broken_seal(mut envelope: SealedEnvelope, chance: &mut Chance) -> SealedEnvelope {
    match chance.below(3) {
        0 => envelope.signature[chance.below(64)] ^= 1,
        1 => envelope.head.root[0] ^= 1,
        _ => envelope.head.leaves = envelope.head.leaves.wrapping_add(1),
    }
    envelope
}

/// Claims of a command what it is not.
pub(super) fn spoil_head(head: &mut CommandHead, now: Timestamp, chance: &mut Chance) {
    match chance.below(7) {
        0 => head.after = vec![CommandId::generate(now, chance.rng())],
        1 => head.base = DecisionCount::new(u32::MAX),
        2 => head.occurred_at = Timestamp::from_millis(i64::MAX),
        3 => head.recorded_at = Timestamp::from_millis(i64::MIN),
        4 => head.id = CommandId::generate(now, chance.rng()),
        5 => head.after = vec![head.id],
        _ => {
            if let Some(kind) = chance.pick(CommandKind::ALL) {
                head.kind = *kind;
            }
        }
    }
}

/// Changes where a command's parts stand, or what they are.
pub(super) fn spoil_parts(parts: &mut Vec<Part>, chance: &mut Chance) {
    if chance.per_mille(400) {
        spoil_change(parts, &[], chance);
        return;
    }
    let index = chance.below(parts.len());
    if chance.per_mille(120) {
        parts.truncate(index);
        return;
    }
    if chance.per_mille(120) {
        parts.extend(parts.get(index).cloned());
        return;
    }
    let Some(Part { body, key }) = parts.get_mut(index) else {
        return;
    };
    if chance.per_mille(60) {
        key.commitment = chance.bytes();
        return;
    }
    match body {
        PartBody::Change {
            document,
            epoch,
            branch,
            bytes,
        } => match chance.below(8) {
            0 => document.case = CaseId::from_bytes(chance.bytes()),
            1 => {
                document.class = Class::Notes;
                document.compartment = Compartment::Author(PersonId::from_bytes(chance.bytes()));
            }
            2 => document.volume = document.volume.wrapping_sub(1),
            3 => *epoch = DocEpoch::new(7),
            4 => *branch = Branch::generate(chance.rng()),
            _ => flip(bytes, chance),
        },
        PartBody::Row { bytes, .. } => flip(bytes, chance),
    }
}

/// Changes some bytes behind a change's header, where Automerge would read them.
fn flip(bytes: &mut [u8], chance: &mut Chance) {
    for _ in 0..1 + chance.below(3) {
        let at = chance.below(bytes.len());
        if let Some(byte) = bytes.get_mut(at) {
            *byte = chance.below(256) as u8;
        }
    }
}

/// Bytes that are no message, of several lengths.
#[must_use]
pub(super) fn garbage(chance: &mut Chance) -> Vec<u8> {
    let length = match chance.below(4) {
        0 => chance.below(4),
        1 => 20_000,
        _ => chance.below(300),
    };
    (0..length).map(|_| chance.below(256) as u8).collect()
}
