//! Changes that are almost those of a document: with the right length and checksum, so that Automerge would read them.

use jangkau_core::chunk::Chunk;
use jangkau_core::id::ChangeHash;
use jangkau_core::sync::{Part, PartBody};

use super::chance::Chance;

/// Changes what Automerge would read, and makes length and checksum right again.
pub(super) fn spoil_change(parts: &mut [Part], others: &[Vec<u8>], chance: &mut Chance) {
    let index = chance.below(parts.len());
    let Some(PartBody::Change { bytes, .. }) = parts.get_mut(index).map(|part| &mut part.body)
    else {
        return;
    };
    let Ok(mut chunk) = Chunk::parse(bytes) else {
        return;
    };
    for _ in 0..1 + chance.below(4) {
        match chance.below(16) {
            0 => chunk
                .dependencies
                .push(ChangeHash::from_bytes(chance.bytes())),
            1 => drop(chunk.dependencies.pop()),
            2 => splice(&mut chunk.rest, others, chance),
            _ => spoil_bytes(&mut chunk.rest, chance),
        }
    }
    *bytes = chunk.to_bytes();
}

/// Numbers at which parsers stumble.
const EDGES: [u8; 8] = [0x00, 0x01, 0x7f, 0x80, 0xff, 0x40, 0x3f, 0x7e];

fn spoil_bytes(bytes: &mut Vec<u8>, chance: &mut Chance) {
    let at = chance.below(bytes.len());
    if bytes.is_empty() {
        return;
    }
    match chance.below(7) {
        0 => bytes[at] ^= 1 << chance.below(8),
        1 => bytes[at] = chance.below(256) as u8,
        2 => bytes[at] = EDGES[chance.below(EDGES.len())],
        3 => bytes.insert(at, EDGES[chance.below(EDGES.len())]),
        4 => drop(bytes.remove(at)),
        5 => bytes[at] = bytes[at].wrapping_add(1),
        _ => {
            let until = (at + 1 + chance.below(12)).min(bytes.len());
            let copied = bytes[at..until].to_vec();
            let to = chance.below(bytes.len());
            bytes.splice(to..to, copied);
        }
    }
}

/// Puts a piece of another change over a piece of this one.
fn splice(bytes: &mut Vec<u8>, others: &[Vec<u8>], chance: &mut Chance) {
    let Some(other) = chance.pick(others) else {
        return;
    };
    let from = chance.below(other.len());
    let until = (from + 1 + chance.below(40)).min(other.len());
    let at = chance.below(bytes.len());
    let end = (at + chance.below(40)).min(bytes.len());
    if let Some(piece) = other.get(from..until) {
        bytes.splice(at..end, piece.iter().copied());
    }
}
