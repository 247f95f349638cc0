//! The hash tree: leaves, nodes, and the tree with some leaves left out.
//!
//! A tree over n leaves splits at the largest power of two below n. Leaves are hashed under another context than
//! nodes, so neither can stand for the other; the number of leaves is signed beside the root.

use thiserror::Error;

/// Length of every hash of the tree.
pub const HASH_LEN: usize = 32;

/// A leaf that is there, or a whole subtree that is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Slot<T> {
    /// A leaf.
    Leaf(T),
    /// A subtree of this many leaves, of which only the hash is there.
    Hidden {
        /// Number of leaves under it.
        leaves: u32,
        /// Its hash.
        hash: [u8; HASH_LEN],
    },
}

/// The slots do not make a tree of the number of leaves that was signed.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the slots do not make the tree that was signed")]
pub struct TreeError;

fn node(left: &[u8; HASH_LEN], right: &[u8; HASH_LEN]) -> [u8; HASH_LEN] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 node");
    hasher.update(left).update(right);
    *hasher.finalize().as_bytes()
}

/// Where a tree of `count` leaves splits.
pub(crate) fn split(count: usize) -> usize {
    count.next_power_of_two() / 2
}

/// The root over all leaves; zeros over none.
#[must_use]
pub fn root_of_leaves(leaves: &[[u8; HASH_LEN]]) -> [u8; HASH_LEN] {
    match leaves {
        [] => [0; HASH_LEN],
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(split(leaves.len()));
            node(&root_of_leaves(left), &root_of_leaves(right))
        }
    }
}

/// Leaves out what a receiver may not see: whole subtrees become their hashes.
#[must_use]
pub fn prune<T: Clone>(
    leaves: &[T],
    hash: &impl Fn(&T) -> [u8; HASH_LEN],
    visible: &impl Fn(&T) -> bool,
) -> Vec<Slot<T>> {
    if leaves.is_empty() {
        return Vec::new();
    }
    if !leaves.iter().any(visible) {
        let hashes: Vec<_> = leaves.iter().map(hash).collect();
        let hash = root_of_leaves(&hashes);
        return vec![Slot::Hidden {
            leaves: leaves.len() as u32,
            hash,
        }];
    }
    if let [leaf] = leaves {
        return vec![Slot::Leaf(leaf.clone())];
    }
    let (left, right) = leaves.split_at(split(leaves.len()));
    let mut slots = prune(left, hash, visible);
    slots.extend(prune(right, hash, visible));
    slots
}

/// The root of a tree of which some subtrees are left out. `hash` gets each leaf and its place in the tree.
///
/// # Errors
/// [`TreeError`] when the slots are too many, too few, or of sizes that no such tree has.
pub fn root_of_slots<T>(
    count: usize,
    slots: &[Slot<T>],
    hash: &mut impl FnMut(usize, &T) -> [u8; HASH_LEN],
) -> Result<[u8; HASH_LEN], TreeError> {
    let mut rest = slots;
    let root = fold(0, count, &mut rest, hash)?;
    if rest.is_empty() {
        Ok(root)
    } else {
        Err(TreeError)
    }
}

fn fold<T>(
    start: usize,
    count: usize,
    rest: &mut &[Slot<T>],
    hash: &mut impl FnMut(usize, &T) -> [u8; HASH_LEN],
) -> Result<[u8; HASH_LEN], TreeError> {
    let (first, tail) = rest.split_first().ok_or(TreeError)?;
    match first {
        Slot::Hidden { leaves, hash } if *leaves as usize == count => {
            *rest = tail;
            Ok(*hash)
        }
        Slot::Leaf(leaf) if count == 1 => {
            *rest = tail;
            Ok(hash(start, leaf))
        }
        Slot::Hidden { .. } | Slot::Leaf(_) if count > 1 => {
            let left = split(count);
            let left_hash = fold(start, left, rest, hash)?;
            let right_hash = fold(start + left, count - left, rest, hash)?;
            Ok(node(&left_hash, &right_hash))
        }
        Slot::Hidden { .. } | Slot::Leaf(_) => Err(TreeError),
    }
}
