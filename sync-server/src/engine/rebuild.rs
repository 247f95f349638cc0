//! The check that caches are only caches, and that the log says everything: both are built again from it and compared.

use std::collections::BTreeMap;

use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::command::{PlacedRecord, stamp_of};
use jangkau_core::document::Document;
use jangkau_core::id::{CaseId, CommandId, DocEpoch, DocumentId, InstitutionId, ServerSeq};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{EpochBody, EpochListing, PartBody, Row, document_digest};

use super::{Engine, EngineError};
use crate::library::server_key;
use crate::replay::replay;
use crate::store::institutions::{self, Tenant};
use crate::store::log::{self, RowKind};
use crate::store::{Db, StoreError, commands, decode, documents, encode, erase, rulings};

/// A cache that the log does not give again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mismatch {
    /// A document's heads, digest or number of changes, or its bytes do not load.
    Document(DocumentKey),
    /// A document of the log has no row, or a row no changes.
    Documents,
    /// A command's records, case or row.
    Command(CommandId),
    /// A case's state.
    State(CaseId),
    /// A verdict.
    Verdict(CommandId),
    /// Replayed on an empty server, the log has another row here, or none.
    Row(ServerSeq),
}

impl Engine {
    /// Throws saved documents away, rebuilds every cache from the log's rows and envelopes, replays the log on an
    /// empty server, and compares.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn rebuild_check(&self, institution: &InstitutionId) -> Result<Vec<Mismatch>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let mut found = self.store.transact(None, |db| {
            documents::forget_snapshots(db, tenant)?;
            Rebuilt::from_log(db, tenant)?.compare(db, tenant)
        })?;
        let rows = replay(&self.store.db(), tenant)?;
        found.extend(rows.into_iter().map(Mismatch::Row));
        Ok(found)
    }

    /// The documents of a case that cannot be built from their changes, or do not load once they are saved. There should be none.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn unloadable(
        &self,
        institution: &InstitutionId,
        case: CaseId,
    ) -> Result<Vec<DocumentKey>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut rows = documents::list(&db, tenant, Some(case))?;
        rows.retain(|row| {
            !documents::build(&db, tenant, row.id)
                .is_ok_and(|document| document.heads() == row.heads && survives_saving(&document))
        });
        Ok(rows.into_iter().map(|row| row.key).collect())
    }
}

fn survives_saving(document: &Document) -> bool {
    Document::load(&document.save()).is_ok_and(|loaded| loaded.records() == document.records())
}

/// Caches as the log alone gives them.
#[derive(Default)]
struct Rebuilt {
    documents: BTreeMap<DocumentId, (DocumentKey, Vec<Vec<u8>>)>,
    /// The epochs of those that were rewritten.
    epochs: BTreeMap<DocumentId, DocEpoch>,
    commands: BTreeMap<CommandId, (ServerSeq, CaseId)>,
    states: BTreeMap<CaseId, Vec<u8>>,
    verdicts: BTreeMap<CommandId, Vec<u8>>,
    /// Checkpoints that do not say what the document is that they began.
    unsound: Vec<ServerSeq>,
}

/// Whether a document's base is what its checkpoint says: its heads, and who wrote each value in it. One of a former epoch is gone.
fn is_base_of(base: Option<&[u8]>, body: &EpochBody, listing: &EpochListing) -> bool {
    let Some(base) = base else { return true };
    let mut document = Document::default();
    if document.apply([base]).is_err() || document.heads() != body.heads {
        return false;
    }
    let author_of = |id: CommandId| {
        let mut survivors = listing.survivors.iter();
        survivors
            .find(|one| one.command == id)
            .map(|one| one.author)
    };
    document.records().into_iter().all(|(name, record)| {
        let id = name.split_once('/').and_then(|(_, id)| id.parse().ok());
        let placed = PlacedRecord {
            class: body.document.class,
            collection: String::new(),
            record,
        };
        let stamp = stamp_of(&[placed]);
        id.zip(stamp)
            .is_some_and(|(id, stamp)| author_of(id) == Some(stamp.by))
    })
}

impl Rebuilt {
    fn from_log(db: &Db, tenant: Tenant) -> Result<Self, StoreError> {
        let mut rebuilt = Self::default();
        for light in log::scan(db, tenant, ServerSeq::new(0), u32::MAX)? {
            if !matches!(
                light.kind,
                RowKind::Commands | RowKind::Ruling | RowKind::Epoch
            ) {
                continue;
            }
            match log::get(db, tenant, light.seq)?.0 {
                Row::Commands(ids) => {
                    let number = light.heading.envelope.ok_or(StoreError::Undecodable)?;
                    rebuilt.take_commands((db, tenant), light.seq, &ids, number)?;
                }
                Row::Ruling(ruling) => {
                    let body = ruling.read().map_err(|_| StoreError::Undecodable)?;
                    if let Some(state) = body.state.filter(|_| body.class == Some(Class::Record)) {
                        rebuilt.states.insert(body.case, state);
                    }
                    let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
                    for (command, verdict) in verdicts {
                        rebuilt.verdicts.insert(command, encode(&verdict));
                    }
                }
                Row::Epoch(signed) => {
                    let (body, _) = signed.read().map_err(|_| StoreError::Undecodable)?;
                    let id = body.document.id();
                    let base = erase::base_of(db, tenant, id, body.epoch)?;
                    let key = server_key(&institutions::get(db, tenant)?).verifying_key();
                    let is_sound = signed.verify(&key).is_ok_and(|(body, listing)| {
                        is_base_of(base.as_deref(), &body, &listing.unwrap_or_default())
                    });
                    if !is_sound {
                        rebuilt.unsound.push(light.seq);
                    }
                    // What came before is of a document that is no more.
                    let anew = (body.document, base.into_iter().collect());
                    rebuilt.documents.insert(id, anew);
                    rebuilt.epochs.insert(id, body.epoch);
                }
                Row::Grant(_)
                | Row::GrantEnd(_)
                | Row::Staff(_)
                | Row::Profile(_)
                | Row::Calendar(_)
                | Row::Seat(_, _)
                | Row::View(_)
                | Row::Bar(_, _)
                | Row::Notice(_)
                | Row::Stored(_, _, _)
                | Row::Own(_, _) => {}
            }
        }
        Ok(rebuilt)
    }

    fn take_commands(
        &mut self,
        (db, tenant): (&Db, Tenant),
        seq: ServerSeq,
        ids: &[CommandId],
        number: i64,
    ) -> Result<(), StoreError> {
        let Some((envelope, _)) = commands::envelope(db, tenant, number)? else {
            return Ok(());
        };
        for id in ids {
            for part in envelope.parts_of(*id) {
                let PartBody::Change {
                    document,
                    epoch,
                    bytes,
                    ..
                } = &part.body
                else {
                    continue;
                };
                self.commands.entry(*id).or_insert((seq, document.case));
                // Told again after a restore, of a document that was rewritten since.
                let now = self.epochs.get(&document.id());
                if now.is_some_and(|now| epoch < now) {
                    continue;
                }
                let entry = self.documents.entry(document.id());
                let changes = &mut entry.or_insert_with(|| (*document, Vec::new())).1;
                if !changes.contains(bytes) {
                    changes.push(bytes.clone());
                }
            }
        }
        Ok(())
    }

    fn compare(self, db: &Db, tenant: Tenant) -> Result<Vec<Mismatch>, StoreError> {
        let unsound = self.unsound.iter().copied();
        let mut found: Vec<Mismatch> = unsound.map(Mismatch::Row).collect();
        let hollow = documents::hollow(db, tenant)?;
        let mut rows = documents::list(db, tenant, None)?;
        // Of what was erased and came back with an older database, the log has nothing more to say.
        rows.retain(|row| !hollow.contains(&row.id));
        let told = self.documents.keys().filter(|id| !hollow.contains(id));
        if rows.len() != told.count() {
            found.push(Mismatch::Documents);
        }
        for row in rows {
            let Some((_, changes)) = self.documents.get(&row.id) else {
                found.push(Mismatch::Document(row.key));
                continue;
            };
            let mut document = Document::default();
            let is_same = document.apply(changes.iter().map(Vec::as_slice)).is_ok()
                && document.heads() == row.heads
                && document.change_count() == row.changes as usize
                && (row.heads.is_empty()
                    || document_digest(row.id, row.epoch, &row.heads) == row.digest)
                && survives_saving(&document);
            if !is_same {
                found.push(Mismatch::Document(row.key));
            }
        }
        for (id, (seq, case)) in &self.commands {
            let stored = commands::get(db, tenant, *id)?;
            if stored.is_none_or(|stored| stored.seq != *seq || stored.case != *case) {
                found.push(Mismatch::Command(*id));
            }
        }
        let (states, verdicts) = rulings::dump(db, tenant)?;
        for (case, state) in states {
            if self.states.get(&case) != state.as_ref() {
                found.push(Mismatch::State(case));
            }
        }
        for (command, verdict) in verdicts {
            if self.verdicts.get(&command) != Some(&verdict) {
                found.push(Mismatch::Verdict(command));
            }
        }
        Ok(found)
    }
}
