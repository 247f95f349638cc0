//! The strict check of a change's shape: it writes records that no one has written, whole and new, or edits a Text.
//!
//! Because every command writes only its own record keys, this opens no document.

use std::collections::BTreeMap;
use std::str::FromStr as _;

use automerge::legacy::{Key, ObjectId, Op, OpId, OpType};
use automerge::{Change, ExpandedChange, ObjType, ScalarValue};
use thiserror::Error;

use super::{from_automerge, guarded};
use crate::chunk::{Chunk, ChunkError};
use crate::id::{ActorId, ChangeHash, CommandId};
use crate::record::{Record, Scalar};

/// What a change's header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeFacts {
    /// Its hash.
    pub hash: ChangeHash,
    /// Its actor.
    pub actor: ActorId,
    /// Its number among the actor's changes, from 1.
    pub seq: u64,
    /// Counter of its first operation.
    pub start_op: u64,
    /// Counter of its last operation.
    pub max_op: u64,
    /// What it depends on.
    pub dependencies: Vec<ChangeHash>,
}

/// What a change writes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The command that all its records belong to.
    pub command: CommandId,
    /// The records by collection.
    pub records: BTreeMap<String, Record>,
    /// Whether it also edits a Text that it did not make; such a change takes the long check.
    pub edits_text: bool,
}

/// Why a change has a shape that no command has.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum ShapeError {
    /// The chunk itself.
    #[error(transparent)]
    Chunk(#[from] ChunkError),
    /// Automerge does not decode it, or panics.
    #[error("the change does not decode")]
    Undecodable,
    /// It has a message, extra bytes, a time, other actors, unsorted dependencies, or an impossible counter.
    #[error("the change's header holds what no change of ours holds")]
    Header,
    /// Its operations do not write records, whole and new.
    #[error("the operations are not those of a command")]
    Operations,
    /// Encoded again, it has other bytes.
    #[error("the change is not in its canonical form")]
    NotCanonical,
}

/// Inspects a raw change without any document.
///
/// # Errors
/// [`ShapeError`] for a change that may not enter history whatever the document holds.
pub fn inspect(bytes: &[u8]) -> Result<(ChangeFacts, Written), ShapeError> {
    Chunk::parse(bytes)?;
    let decoded = guarded(|| {
        let change = Change::from_bytes(bytes.to_vec()).ok()?;
        let expanded = change.decode();
        Some((change, expanded))
    });
    let (change, expanded) = decoded.flatten().ok_or(ShapeError::Undecodable)?;
    let facts = facts(&change)?;
    let written = written(&facts, &expanded)?;
    let again = guarded(|| Change::from(expanded).raw_bytes().to_vec());
    if again.as_deref() != Some(bytes) {
        return Err(ShapeError::NotCanonical);
    }
    Ok((facts, written))
}

pub(super) fn facts(change: &Change) -> Result<ChangeFacts, ShapeError> {
    let dependencies: Vec<ChangeHash> = change
        .deps()
        .iter()
        .map(|hash| ChangeHash::from_bytes(hash.0))
        .collect();
    let sorted = dependencies.windows(2).all(|pair| pair[0] < pair[1]);
    let plain = change.message().is_none()
        && change.extra_bytes().is_empty()
        && change.timestamp() == 0
        && sorted
        && !change.is_empty()
        && u32::try_from(change.max_op()).is_ok();
    let actor = ActorId::try_from(change.actor_id().to_bytes()).map_err(|_| ShapeError::Header)?;
    if !plain {
        return Err(ShapeError::Header);
    }
    Ok(ChangeFacts {
        hash: ChangeHash::from_bytes(change.hash().0),
        actor,
        seq: change.seq(),
        start_op: change.start_op().get(),
        max_op: change.max_op(),
        dependencies,
    })
}

/// An object that the change itself makes.
enum Made {
    Record(String),
    Text {
        collection: String,
        field: String,
        last: Option<OpId>,
    },
}

/// Reads the operations into records; the only operations on others' objects are those on a Text.
fn written(facts: &ChangeFacts, change: &ExpandedChange) -> Result<Written, ShapeError> {
    let own_actor = automerge::ActorId::from(facts.actor.as_bytes().as_slice());
    let mut made: BTreeMap<u64, Made> = BTreeMap::new();
    let mut command = None;
    let mut records: BTreeMap<String, Record> = BTreeMap::new();
    let mut edits_text = false;
    for (counter, operation) in (facts.start_op..).zip(&change.operations) {
        let own = match &operation.obj {
            ObjectId::Root => {
                let (collection, id) = record_made(operation)?;
                if *command.get_or_insert(id) != id || records.contains_key(&collection) {
                    return Err(ShapeError::Operations);
                }
                records.insert(collection.clone(), Record::default());
                made.insert(counter, Made::Record(collection));
                continue;
            }
            ObjectId::Id(id) if *id.actor() == own_actor => made.get_mut(&id.counter()),
            ObjectId::Id(_) => None,
        };
        match own {
            Some(Made::Record(collection)) => {
                let collection = collection.clone();
                let record = records.get_mut(&collection).ok_or(ShapeError::Operations)?;
                if let Some(field) = put_field(operation, record)? {
                    made.insert(
                        counter,
                        Made::Text {
                            collection,
                            field,
                            last: None,
                        },
                    );
                }
            }
            Some(Made::Text {
                collection,
                field,
                last,
            }) => {
                let text = append(operation, last.as_ref())?;
                let record = records.get_mut(collection).ok_or(ShapeError::Operations)?;
                extend_text(record, field, &text)?;
                *last = Some(OpId::new(counter, &own_actor));
            }
            None => {
                text_edit(operation)?;
                edits_text = true;
            }
        }
    }
    let command = command.ok_or(ShapeError::Operations)?;
    Ok(Written {
        command,
        records,
        edits_text,
    })
}

/// A new root key `<collection>/<command id>` that holds a map.
fn record_made(operation: &Op) -> Result<(String, CommandId), ShapeError> {
    let Key::Map(key) = &operation.key else {
        return Err(ShapeError::Operations);
    };
    let new = operation.pred.is_empty() && !operation.insert;
    if !new || operation.action != OpType::Make(ObjType::Map) {
        return Err(ShapeError::Operations);
    }
    let (collection, id) = key.split_once('/').ok_or(ShapeError::Operations)?;
    let id = CommandId::from_str(id).map_err(|_| ShapeError::Operations)?;
    Ok((collection.to_owned(), id))
}

/// A field of a record of this change, written once. Gives the name of a Text that it makes.
fn put_field(operation: &Op, record: &mut Record) -> Result<Option<String>, ShapeError> {
    let Key::Map(field) = &operation.key else {
        return Err(ShapeError::Operations);
    };
    if !operation.pred.is_empty() || operation.insert || record.has(field) {
        return Err(ShapeError::Operations);
    }
    match &operation.action {
        OpType::Put(value) => {
            let scalar = from_automerge(value).ok_or(ShapeError::Operations)?;
            record.put(field, scalar);
            Ok(None)
        }
        OpType::Make(ObjType::Text) => {
            record.put(field, Scalar::Text(String::new()));
            Ok(Some(field.to_string()))
        }
        OpType::Make(_)
        | OpType::Delete
        | OpType::Increment(_)
        | OpType::MarkBegin(_)
        | OpType::MarkEnd(_) => Err(ShapeError::Operations),
    }
}

/// The next character of a Text of this change: inserted after the last one.
fn append(operation: &Op, last: Option<&OpId>) -> Result<String, ShapeError> {
    let after = match (&operation.key, last) {
        (Key::Seq(element), None) => !element.not_head(),
        (Key::Seq(element), Some(last)) => element.as_opid() == Some(last),
        (Key::Map(_), _) => false,
    };
    if !after || !operation.insert || !operation.pred.is_empty() {
        return Err(ShapeError::Operations);
    }
    character(operation)
}

fn character(operation: &Op) -> Result<String, ShapeError> {
    if let OpType::Put(ScalarValue::Str(text)) = &operation.action
        && text.chars().count() == 1
    {
        return Ok(text.to_string());
    }
    Err(ShapeError::Operations)
}

fn extend_text(record: &mut Record, field: &str, more: &str) -> Result<(), ShapeError> {
    let Some(Scalar::Text(mut text)) = record.take(field) else {
        return Err(ShapeError::Operations);
    };
    text.push_str(more);
    record.put(field, Scalar::Text(text));
    Ok(())
}

/// A character put into or taken out of somebody's Text. Whether it is one, the long check finds out.
fn text_edit(operation: &Op) -> Result<(), ShapeError> {
    if operation.key.is_map_key() {
        return Err(ShapeError::Operations);
    }
    let deletion = operation.action == OpType::Delete && !operation.insert;
    if deletion {
        Ok(())
    } else {
        character(operation).and_then(|_| inserted(operation))
    }
}

fn inserted(operation: &Op) -> Result<(), ShapeError> {
    if operation.insert && operation.pred.is_empty() {
        Ok(())
    } else {
        Err(ShapeError::Operations)
    }
}
