//! Writing a document anew without what was erased: the only writing of documents that the server does.
//!
//! Values that stay keep their keys, their author's name and the hash of the leaf under which they were signed; what goes, goes
//! with its history. Of what was derived from it, codes, times and ids stay with the server, so that nothing falls back that the
//! case has earned. Why, and what that means for a replay: `docs/adr/0009-erasure.md`; for a restore, `docs/adr/0011-journal.md`.

pub(crate) mod journal;
mod place;

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::Class;
use jangkau_core::command::{
    CommandEntry, CommandKind, Nature, PlacedRecord, residue, without_fields,
};
use jangkau_core::document::{Rewritten, rewriter};
use jangkau_core::id::{CommandId, DocEpoch, DocumentId, ServerSeq};
use jangkau_core::record::Record;
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{
    EpochBody, EpochListing, RemovalReason, Removed, Row, SignedEpoch, Survivor,
};
use jangkau_core::time::Timestamp;

use crate::keys::KeyId;
use crate::library::server_key;
use crate::ruling::entry_of;
use crate::store::commands::StoredCommand;
use crate::store::documents::DocumentRow;
use crate::store::institutions::{self, Tenant, next_seq};
use crate::store::log;
use crate::store::{Db, StoreError, commands, decode, documents, encode, erase, records, rulings};

pub(crate) use place::install_base;
use place::{append, remove};

/// What is to go out of one document.
#[derive(Clone, Debug, Default)]
pub(crate) struct Removal {
    /// Whole records, by the commands that wrote them.
    pub(crate) commands: BTreeMap<CommandId, RemovalReason>,
    /// Fields alone, by the names that forms use.
    pub(crate) fields: BTreeMap<CommandId, BTreeSet<String>>,
    /// Everything.
    pub(crate) all: Option<RemovalReason>,
    /// Whether the whole case goes: then nothing of it is judged by any more.
    pub(crate) is_case: bool,
}

/// Why a document was not rewritten. Nothing was changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum CannotRewrite {
    /// Nothing of it is there.
    NothingToErase,
    /// An edit of a text goes only with the text.
    PartOfText,
    /// Without the field the record is none.
    FieldNeeded,
    /// A decision rests on it that could not be read any more.
    HoldsDecision,
}

/// Why a rewriting stopped: the machine, or what was asked.
pub(crate) enum Stop {
    Cannot(CannotRewrite),
    Broken(StoreError),
}

impl From<CannotRewrite> for Stop {
    fn from(code: CannotRewrite) -> Self {
        Self::Cannot(code)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

/// A document that is being rewritten.
struct Desk<'a> {
    db: &'a Db,
    tenant: Tenant,
    before: DocumentRow,
    /// Its records by their root keys.
    records: BTreeMap<String, Record>,
    /// The commands that wrote them, in the order of the log.
    commands: Vec<StoredCommand>,
    /// What each author signed, as earlier checkpoints name it.
    leaves: BTreeMap<CommandId, [u8; 32]>,
}

/// Rewrites a document, in one transaction with what is to be told of it. Gives the row of the checkpoint.
pub(crate) fn rewrite(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
    removal: &Removal,
    now: Timestamp,
) -> Result<ServerSeq, Stop> {
    let desk = Desk::open(db, tenant, document)?;
    let removed = desk.removed(removal)?;
    let kept = desk.kept_records(&removed, removal)?;
    let roots = desk.surviving_roots(&removed, &kept);
    if removed.is_empty() && kept.is_empty() {
        return Err(CannotRewrite::NothingToErase.into());
    }
    let epoch = desk.before.epoch.next();
    let new = if roots.is_empty() {
        None
    } else {
        let actor = rewriter(document, epoch);
        let new = jangkau_core::document::Document::rewritten(actor, &roots);
        Some(new.map_err(|_| StoreError::Undecodable)?)
    };
    let listing = desk.listing(&removed, &kept, (&roots, removal))?;
    let mut residues = BTreeMap::new();
    for command in &desk.commands {
        if let Some(left) = desk.left_of(command, &removed, &kept, removal)? {
            residues.insert(command.id, left);
        }
    }
    let at = next_seq(db, tenant)?;
    let former = desk.destroy(&removed, &kept, &residues, (at, now))?;
    desk.install((epoch, at), new.as_ref())?;
    let signed = desk.sign((epoch, at), new.as_ref(), &listing, &residues, now)?;
    let base = new.map(|new| new.change);
    journal::keep(
        db,
        tenant,
        (document, epoch),
        &former,
        SignedEpoch { base, ..signed },
        removal.is_case,
    )?;
    Ok(at)
}

impl<'a> Desk<'a> {
    fn open(db: &'a Db, tenant: Tenant, document: DocumentId) -> Result<Self, Stop> {
        let before = documents::get(db, tenant, document)?.ok_or(CannotRewrite::NothingToErase)?;
        let records = documents::build(db, tenant, document)?.records();
        let wrote: BTreeSet<CommandId> = records.keys().filter_map(|key| author_key(key)).collect();
        let mut commands = commands::of_case(db, tenant, before.key.case)?;
        commands.retain(|command| wrote.contains(&command.id));
        let leaves = earlier_leaves(db, tenant, document)?;
        Ok(Self {
            db,
            tenant,
            before,
            records,
            commands,
            leaves,
        })
    }

    /// The commands whose records go: those that are named, and the edits of texts that go.
    fn removed(&self, removal: &Removal) -> Result<BTreeMap<CommandId, RemovalReason>, Stop> {
        if let Some(reason) = removal.all {
            let all = self.commands.iter().map(|command| (command.id, reason));
            return Ok(all.collect());
        }
        let mut removed = BTreeMap::new();
        for command in &self.commands {
            if let Some(reason) = removal.commands.get(&command.id) {
                removed.insert(command.id, *reason);
            }
        }
        for command in &self.commands {
            if command.kind != CommandKind::EditMinutes {
                continue;
            }
            let named = entry_of(command).ok().map(|entry| entry.command.names());
            let text = named.and_then(|named| named.first().copied());
            let reason = text.and_then(|text| removed.get(&text).copied());
            match reason {
                Some(reason) => {
                    removed.insert(command.id, reason);
                }
                None if removed.contains_key(&command.id) => {
                    return Err(CannotRewrite::PartOfText.into());
                }
                None => {}
            }
        }
        Ok(removed)
    }

    /// The records of commands that lose fields, as they are then.
    fn kept_records(
        &self,
        removed: &BTreeMap<CommandId, RemovalReason>,
        removal: &Removal,
    ) -> Result<BTreeMap<CommandId, Vec<PlacedRecord>>, Stop> {
        let mut kept = BTreeMap::new();
        for command in &self.commands {
            let Some(names) = removal.fields.get(&command.id) else {
                continue;
            };
            if removed.contains_key(&command.id) {
                continue;
            }
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            let ids = (command.id, command.case);
            let mut left = without_fields(command.kind, ids, &command.records, &names)
                .map_err(|_| CannotRewrite::FieldNeeded)?;
            for (placed, whole) in left.iter_mut().zip(&command.records) {
                if placed.class != self.class() {
                    *placed = whole.clone();
                }
            }
            if left != command.records {
                kept.insert(command.id, left);
            }
        }
        Ok(kept)
    }

    fn surviving_roots(
        &self,
        removed: &BTreeMap<CommandId, RemovalReason>,
        kept: &BTreeMap<CommandId, Vec<PlacedRecord>>,
    ) -> BTreeMap<String, Record> {
        let mut roots = self.records.clone();
        roots.retain(|key, _| author_key(key).is_some_and(|id| !removed.contains_key(&id)));
        for (id, records) in kept {
            for placed in records.iter().filter(|placed| placed.class == self.class()) {
                let key = jangkau_core::document::root_key(&placed.collection, *id);
                if roots.contains_key(&key) {
                    roots.insert(key, placed.record.clone());
                }
            }
        }
        roots
    }

    const fn class(&self) -> Class {
        self.before.key.class
    }

    fn listing(
        &self,
        removed: &BTreeMap<CommandId, RemovalReason>,
        kept: &BTreeMap<CommandId, Vec<PlacedRecord>>,
        (roots, removal): (&BTreeMap<String, Record>, &Removal),
    ) -> Result<EpochListing, StoreError> {
        let mut listing = EpochListing::default();
        let standing: BTreeSet<CommandId> =
            roots.keys().filter_map(|key| author_key(key)).collect();
        for command in &self.commands {
            if !standing.contains(&command.id) {
                continue;
            }
            let without = kept.get(&command.id).and_then(|_| {
                let names = removal.fields.get(&command.id)?;
                let names: Vec<&str> = names.iter().map(String::as_str).collect();
                Some(names.join(" "))
            });
            listing.survivors.push(Survivor {
                command: command.id,
                author: command.person,
                leaf: self.leaf_of(command.id)?,
                without,
            });
        }
        let document = self.before.key.id();
        let mut gone: BTreeMap<CommandId, RemovalReason> =
            erase::erased_of(self.db, self.tenant, document)?
                .into_iter()
                .collect();
        gone.retain(|id, _| !standing.contains(id));
        gone.extend(removed);
        listing.removed = gone
            .into_iter()
            .map(|(command, reason)| Removed { command, reason })
            .collect();
        Ok(listing)
    }

    fn leaf_of(&self, command: CommandId) -> Result<Option<[u8; 32]>, StoreError> {
        let document = self.before.key.id();
        for number in erase::envelopes_of(self.db, self.tenant, command)? {
            let Some((envelope, _)) = commands::envelope(self.db, self.tenant, number)? else {
                continue;
            };
            if let Some(leaf) = envelope.leaf_of(command, document) {
                return Ok(Some(leaf));
            }
        }
        Ok(self.leaves.get(&command).copied())
    }

    /// What is kept of a command that loses something: other documents' records, and what the rules go on with.
    fn left_of(
        &self,
        command: &StoredCommand,
        removed: &BTreeMap<CommandId, RemovalReason>,
        kept: &BTreeMap<CommandId, Vec<PlacedRecord>>,
        removal: &Removal,
    ) -> Result<Option<Vec<PlacedRecord>>, Stop> {
        if let Some(left) = kept.get(&command.id) {
            return Ok(Some(left.clone()));
        }
        if !removed.contains_key(&command.id) {
            return Ok(None);
        }
        let goes = |placed: &&PlacedRecord| placed.class == self.class();
        let mut others = command.records.clone();
        others.retain(|placed| !goes(&placed));
        if removal.is_case {
            return Ok(Some(others));
        }
        let going: Vec<PlacedRecord> = command.records.iter().filter(goes).cloned().collect();
        let ids = (command.id, command.case);
        let mut left = residue(command.kind, ids, &[going, others.clone()].concat());
        // What stands in other documents stays as it is.
        for placed in &mut left {
            let whole = others
                .iter()
                .find(|other| other.class == placed.class && other.collection == placed.collection);
            if let Some(whole) = whole {
                *placed = whole.clone();
            }
        }
        for other in others {
            let is_there = |placed: &PlacedRecord| {
                placed.class == other.class && placed.collection == other.collection
            };
            if !left.iter().any(is_there) {
                left.push(other);
            }
        }
        let is_readable =
            CommandEntry::from_records(command.id, command.case, command.kind, left.clone())
                .is_ok();
        if !is_readable && is_decided(command)? {
            return Err(CannotRewrite::HoldsDecision.into());
        }
        Ok(Some(left))
    }

    fn destroy(
        &self,
        removed: &BTreeMap<CommandId, RemovalReason>,
        kept: &BTreeMap<CommandId, Vec<PlacedRecord>>,
        residues: &BTreeMap<CommandId, Vec<PlacedRecord>>,
        (at, now): (ServerSeq, Timestamp),
    ) -> Result<Vec<KeyId>, StoreError> {
        let (db, tenant, key) = (self.db, self.tenant, &self.before.key);
        let reason = removed.values().next().copied();
        let reason = reason.unwrap_or(RemovalReason::Erasure);
        let former = erase::destroy_document(db, tenant, key.id(), (reason, now))?;
        let lessened = kept.keys().map(|id| (id, &RemovalReason::Erasure));
        for (id, reason) in removed.iter().chain(lessened) {
            let (command, reason) = (*id, *reason);
            remove(db, tenant, key, Removed { command, reason }, at)?;
            if let Some(left) = residues.get(id) {
                records::leave(db, tenant, *id, left)?;
            }
        }
        Ok(former)
    }

    fn install(
        &self,
        (epoch, at): (DocEpoch, ServerSeq),
        new: Option<&Rewritten>,
    ) -> Result<(), StoreError> {
        let key = &self.before.key;
        let base = new.map(|new| new.change.as_slice());
        erase::put_epoch(self.db, self.tenant, key.id(), (epoch, at), base)?;
        install_base(self.db, self.tenant, key, (epoch, at), base)
    }

    fn sign(
        &self,
        (epoch, at): (DocEpoch, ServerSeq),
        new: Option<&Rewritten>,
        listing: &EpochListing,
        residues: &BTreeMap<CommandId, Vec<PlacedRecord>>,
        now: Timestamp,
    ) -> Result<SignedEpoch, StoreError> {
        let (db, tenant, key) = (self.db, self.tenant, self.before.key);
        let state = rulings::file(db, tenant, key.case)?.and_then(|file| file.state);
        let derived = derived_hash(state.as_deref(), residues);
        let body = EpochBody {
            document: key,
            epoch,
            through: ServerSeq::new(at.get().saturating_sub(1)),
            at: now,
            heads: new.map(|new| new.document.heads()).unwrap_or_default(),
            listing: [0; 32],
            derived,
        };
        let institution = institutions::get(db, tenant)?;
        let signed = SignedEpoch::sign(body, listing, &server_key(&institution));
        append(db, tenant, (&key, &signed), (at, now))?;
        Ok(signed)
    }
}

/// Hash of what was derived: the case's state as last ruled, and what the rules go on with.
fn derived_hash(
    state: Option<&[u8]>,
    residues: &BTreeMap<CommandId, Vec<PlacedRecord>>,
) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 doc epoch derived");
    let state = state.unwrap_or_default();
    hasher
        .update(&(state.len() as u64).to_be_bytes())
        .update(state);
    for (id, records) in residues {
        let bytes = encode(records);
        hasher.update(id.as_bytes());
        hasher.update(&(bytes.len() as u64).to_be_bytes());
        hasher.update(&bytes);
    }
    *hasher.finalize().as_bytes()
}

fn is_decided(command: &StoredCommand) -> Result<bool, StoreError> {
    let verdict: Option<Verdict> = command.verdict.as_deref().map(decode).transpose()?;
    let stands = matches!(verdict, Some(Verdict::Committed | Verdict::NeedsReview(_)));
    Ok(command.kind.nature() == Nature::Proposal && stands)
}

/// The command whose record stands under a root key.
fn author_key(key: &str) -> Option<CommandId> {
    key.split_once('/').and_then(|(_, id)| id.parse().ok())
}

/// The leaves that the last checkpoint of a document names: what was hidden since is in no envelope any more.
fn earlier_leaves(
    db: &Db,
    tenant: Tenant,
    document: DocumentId,
) -> Result<BTreeMap<CommandId, [u8; 32]>, StoreError> {
    let Some((_, at)) = erase::epoch_of(db, tenant, document)? else {
        return Ok(BTreeMap::new());
    };
    let Row::Epoch(signed) = log::get(db, tenant, at)?.0 else {
        return Err(StoreError::Undecodable);
    };
    let (_, listing) = signed.read().map_err(|_| StoreError::Undecodable)?;
    let survivors = listing.unwrap_or_default().survivors.into_iter();
    Ok(survivors
        .filter_map(|one| Some((one.command, one.leaf?)))
        .collect())
}
