//! The typed view of an Automerge document: apply a command's records, merge changes, read records.
//!
//! Every record is a root key `<collection>/<command id>` that one command writes once, so two replicas never
//! write the same key. Automerge runs behind a panic boundary here and nowhere else.

mod rewrite;
mod shape;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use automerge::transaction::{CommitOptions, Transactable as _};
use automerge::{
    Automerge, Change, LoadOptions, ObjType, ROOT, ReadDoc as _, SaveOptions, ScalarValue,
    TextEncoding, Value, ValueRef,
};
use thiserror::Error;

use crate::command::PlacedRecord;
use crate::id::{ActorId, Branch, ChangeHash, CommandId, DocEpoch, DocumentId, SeatId};
use crate::record::{Record, Scalar, TextEdit};

pub use rewrite::{Rewritten, base_facts, rewriter};
pub use shape::{ChangeFacts, ShapeError, Written, inspect};

/// The unit in which positions of a Text are counted, the same in every build.
const TEXT_ENCODING: TextEncoding = TextEncoding::UnicodeCodePoint;

/// Field of `minutes` records that holds the Text which others may edit.
pub const MINUTES_BODY: &str = "body";

/// Why a document did not do what was asked. The first two mean that our own data is damaged.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum DocumentError {
    /// The bytes do not load.
    #[error("the document does not load")]
    Unloadable,
    /// The changes do not apply.
    #[error("the change does not apply")]
    Unappliable,
    /// The record is already there.
    #[error("the record is already there")]
    RecordExists,
    /// The Text to be edited is not there.
    #[error("there is no such text")]
    NoText,
}

/// The actor of a seat's changes to a document.
#[must_use]
pub fn actor_id(seat: SeatId, document: DocumentId, epoch: DocEpoch, branch: Branch) -> ActorId {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 actor id");
    hasher.update(seat.as_bytes());
    hasher.update(document.as_bytes());
    hasher.update(&epoch.get().to_be_bytes());
    hasher.update(branch.as_bytes());
    let mut bytes = [0; ActorId::LEN];
    hasher.finalize_xof().fill(&mut bytes);
    ActorId::from_bytes(bytes)
}

/// The root key of a command's record.
#[must_use]
pub fn root_key(collection: &str, command: CommandId) -> String {
    format!("{collection}/{command}")
}

/// Runs Automerge on bytes that somebody else made; a panic becomes `None`.
pub(crate) fn guarded<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// An Automerge document of one class of one case.
#[derive(Clone)]
pub struct Document(Automerge);

impl Default for Document {
    fn default() -> Self {
        Self(Automerge::new_with_encoding(TEXT_ENCODING))
    }
}

impl std::fmt::Debug for Document {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Document({} heads)", self.0.get_heads().len())
    }
}

impl Document {
    /// Loads a saved document.
    ///
    /// # Errors
    /// [`DocumentError::Unloadable`].
    pub fn load(bytes: &[u8]) -> Result<Self, DocumentError> {
        let options = LoadOptions::new().text_encoding(TEXT_ENCODING);
        let loaded = guarded(|| Automerge::load_with_options(bytes, options));
        loaded
            .and_then(Result::ok)
            .map(Self)
            .ok_or(DocumentError::Unloadable)
    }

    /// Saves the document without compression, since frames are compressed together.
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        self.0.save_with_options(SaveOptions {
            deflate: false,
            retain_orphans: false,
        })
    }

    /// The newest changes, sorted.
    #[must_use]
    pub fn heads(&self) -> Vec<ChangeHash> {
        let mut heads: Vec<ChangeHash> = self
            .0
            .get_heads()
            .iter()
            .map(|hash| ChangeHash::from_bytes(hash.0))
            .collect();
        heads.sort_unstable();
        heads
    }

    /// Number of changes.
    #[must_use]
    pub fn change_count(&self) -> usize {
        self.0.get_changes_meta(&[]).len()
    }

    /// The hashes of all changes.
    #[must_use]
    pub fn change_hashes(&self) -> Vec<ChangeHash> {
        let metas = self.0.get_changes_meta(&[]);
        metas
            .iter()
            .map(|meta| ChangeHash::from_bytes(meta.hash.0))
            .collect()
    }

    /// Whether the document holds a change.
    #[must_use]
    pub fn has(&self, hash: ChangeHash) -> bool {
        self.0
            .get_change_by_hash(&automerge::ChangeHash(*hash.as_bytes()))
            .is_some()
    }

    /// Writes a command's records as one change of an actor, and gives the change's bytes.
    ///
    /// # Errors
    /// [`DocumentError::RecordExists`] and [`DocumentError::NoText`]; the document is then as before.
    pub fn write(
        &mut self,
        actor: ActorId,
        id: CommandId,
        records: &[PlacedRecord],
    ) -> Result<Vec<u8>, DocumentError> {
        self.0
            .set_actor(automerge::ActorId::from(actor.as_bytes().as_slice()));
        let mut edits = Vec::new();
        for placed in records {
            if let Some(edit) = edit_of(&placed.record) {
                edits.push((self.text_object(edit.0)?, edit.1));
            }
        }
        let mut transaction = self.0.transaction();
        let written = records.iter().try_for_each(|placed| {
            let key = root_key(&placed.collection, id);
            put_record(&mut transaction, &key, &placed.record)
        });
        let edited = edits.iter().try_for_each(|(object, edit)| {
            let current = transaction
                .text(object)
                .map_err(|_| DocumentError::NoText)?;
            let merged = merge_edit(&current, edit);
            transaction
                .update_text(object, merged)
                .map_err(|_| DocumentError::NoText)
        });
        if let Err(error) = written.and(edited) {
            transaction.rollback();
            return Err(error);
        }
        transaction.commit_with(CommitOptions::default().with_time(0));
        let change = self
            .0
            .get_last_local_change()
            .ok_or(DocumentError::Unappliable)?;
        Ok(change.raw_bytes().to_vec())
    }

    /// Applies raw changes that others made. Changes whose dependencies are missing are not kept.
    ///
    /// # Errors
    /// [`DocumentError::Unappliable`]; the document is then as before.
    pub fn apply<'a>(
        &mut self,
        changes: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), DocumentError> {
        let mut copy = self.0.clone();
        let changes: Vec<Vec<u8>> = changes.into_iter().map(<[u8]>::to_vec).collect();
        let applied = guarded(move || {
            let changes: Result<Vec<Change>, _> =
                changes.into_iter().map(Change::from_bytes).collect();
            copy.apply_changes(changes.ok()?).ok()?;
            Some(copy)
        });
        self.0 = applied.flatten().ok_or(DocumentError::Unappliable)?;
        Ok(())
    }

    /// Takes over every change that another copy of the same document holds.
    ///
    /// # Errors
    /// [`DocumentError::Unappliable`]; the document is then as before.
    pub fn merge(&mut self, other: &Self) -> Result<(), DocumentError> {
        let (mut copy, mut other) = (self.0.clone(), other.0.clone());
        let merged = guarded(move || copy.merge(&mut other).ok().map(|_| copy));
        self.0 = merged.flatten().ok_or(DocumentError::Unappliable)?;
        Ok(())
    }

    /// Whether a change would leave a document that saves, loads and reads: the long check for edits of a Text,
    /// on a copy.
    #[must_use]
    pub fn survives(&self, change: &[u8]) -> bool {
        let mut copy = self.clone();
        if copy.apply([change]).is_err() {
            return false;
        }
        let Some(saved) = guarded(|| copy.save()) else {
            return false;
        };
        let Ok(loaded) = Self::load(&saved) else {
            return false;
        };
        let hash = crate::chunk::Chunk::hash(change);
        hash.is_some_and(|hash| loaded.has(hash))
            && loaded.heads() == copy.heads()
            && guarded(|| loaded.records() == copy.records()) == Some(true)
    }

    /// The records by their root keys. Root keys that hold no record are left out.
    #[must_use]
    pub fn records(&self) -> BTreeMap<String, Record> {
        let roots = self.0.map_range(ROOT, ..);
        let maps = roots.filter(|root| matches!(root.value, ValueRef::Object(ObjType::Map)));
        maps.map(|root| (root.key.to_string(), self.record(&root.id())))
            .collect()
    }

    /// The text of minutes, as it stands.
    ///
    /// # Errors
    /// [`DocumentError::NoText`].
    pub fn minutes(&self, command: CommandId) -> Result<String, DocumentError> {
        let object = self.text_object(command)?;
        self.0.text(object).map_err(|_| DocumentError::NoText)
    }

    /// Whether minutes stand here that a command wrote.
    #[must_use]
    pub fn has_minutes(&self, command: CommandId) -> bool {
        self.text_object(command).is_ok()
    }

    fn text_object(&self, command: CommandId) -> Result<automerge::ObjId, DocumentError> {
        let get = |object: &automerge::ObjId, key: &str| match self.0.get(object, key) {
            Ok(Some((Value::Object(_), inner))) => Ok(inner),
            _ => Err(DocumentError::NoText),
        };
        let record = get(&ROOT, &root_key("minutes", command))?;
        get(&record, MINUTES_BODY)
    }

    fn record(&self, object: &automerge::ObjId) -> Record {
        let mut record = Record::default();
        for field in self.0.map_range(object, ..) {
            match Value::from(field.value.clone()) {
                Value::Object(ObjType::Text) => {
                    // One that cannot be read is missing, which is told of; it is not empty.
                    if let Ok(text) = self.0.text(field.id()) {
                        record.put(&field.key, Scalar::Text(text));
                    }
                }
                Value::Scalar(value) => {
                    if let Some(value) = from_automerge(&value) {
                        record.put(&field.key, value);
                    }
                }
                Value::Object(ObjType::Map | ObjType::List | ObjType::Table) => {}
            }
        }
        record
    }
}

/// The edit that a record asks for: which minutes, and what was changed.
/// Whose minutes some records edit, if they edit any: the edit stands in their document.
#[must_use]
pub fn minutes_edited(records: &[PlacedRecord]) -> Option<CommandId> {
    let mut edits = records.iter().filter_map(|placed| edit_of(&placed.record));
    edits.next().map(|(target, _)| target)
}

fn edit_of(record: &Record) -> Option<(CommandId, TextEdit)> {
    let mut target = None;
    let mut edit = None;
    for (key, value) in record.iter() {
        match value {
            Scalar::Bytes(bytes) if key == "target" => {
                target = CommandId::try_from(bytes.as_slice()).ok();
            }
            Scalar::Edit(text) => edit = Some(text.clone()),
            Scalar::Str(_)
            | Scalar::Int(_)
            | Scalar::Bool(_)
            | Scalar::Bytes(_)
            | Scalar::Text(_) => {}
        }
    }
    Some((target?, edit?))
}

/// Writes one record; its fields go in order of their names, so equal records make equal operations.
fn put_record(
    transaction: &mut automerge::transaction::Transaction<'_>,
    key: &str,
    record: &Record,
) -> Result<(), DocumentError> {
    if matches!(transaction.get(ROOT, key), Ok(Some(_))) {
        return Err(DocumentError::RecordExists);
    }
    let broken = |_| DocumentError::Unappliable;
    let object = transaction
        .put_object(ROOT, key, ObjType::Map)
        .map_err(broken)?;
    for (field, value) in record.iter() {
        match value {
            Scalar::Str(text) => transaction.put(&object, field, text.as_str()),
            Scalar::Int(number) => transaction.put(&object, field, *number),
            Scalar::Bool(value) => transaction.put(&object, field, *value),
            Scalar::Bytes(bytes) => transaction.put(&object, field, bytes.clone()),
            Scalar::Text(text) => transaction
                .put_object(&object, field, ObjType::Text)
                .and_then(|inner| transaction.splice_text(&inner, 0, 0, text)),
            Scalar::Edit(_) => Ok(()),
        }
        .map_err(broken)?;
    }
    Ok(())
}

/// The scalar of a record, or nothing for a kind that records never hold.
fn from_automerge(value: &ScalarValue) -> Option<Scalar> {
    match value {
        ScalarValue::Str(text) => Some(Scalar::Str(text.to_string())),
        ScalarValue::Int(number) => Some(Scalar::Int(*number)),
        ScalarValue::Boolean(value) => Some(Scalar::Bool(*value)),
        ScalarValue::Bytes(bytes) => Some(Scalar::Bytes(bytes.clone())),
        ScalarValue::Uint(_)
        | ScalarValue::F64(_)
        | ScalarValue::Counter(_)
        | ScalarValue::Timestamp(_)
        | ScalarValue::Unknown { .. }
        | ScalarValue::Null => None,
    }
}

/// What a text becomes when somebody else's edit, made on an older text, is made on the current one: Automerge
/// merges the two as if they had happened apart.
fn merge_edit(current: &str, edit: &TextEdit) -> String {
    if current == edit.old {
        return edit.new.clone();
    }
    let merged = (|| {
        let mut base = Automerge::new_with_encoding(TEXT_ENCODING);
        base.set_actor(automerge::ActorId::from([0_u8; 16]));
        let mut transaction = base.transaction();
        let text = transaction.put_object(ROOT, "t", ObjType::Text).ok()?;
        transaction.splice_text(&text, 0, 0, &edit.old).ok()?;
        transaction.commit();
        let side = |actor: u8, to: &str| {
            let mut side = base
                .clone()
                .with_actor(automerge::ActorId::from([actor; 16]));
            let mut transaction = side.transaction();
            transaction.update_text(&text, to).ok()?;
            transaction.commit();
            Some(side)
        };
        let mut theirs = side(1, current)?;
        let mut ours = side(2, &edit.new)?;
        theirs.merge(&mut ours).ok()?;
        theirs.text(&text).ok()
    })();
    merged.unwrap_or_else(|| edit.new.clone())
}

#[cfg(test)]
mod tests;
