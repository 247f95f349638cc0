//! What a grant newly covers: list rows first, then documents as of the last backup, then what is younger.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::access::ViewKind;
use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::id::{CaseId, ServerSeq};
use jangkau_core::rules::CaseState;
use jangkau_core::sync::{
    Backfill, BackfillAt, FRAME_DOCUMENTS_MAX, GrantScope, InstallFrame, Installed,
    PAGE_BYTES_SOFT_MAX, Row, SignedRuling, ViewRow, WireRow, bucket_of, pack,
};

use crate::pull::{Access, NOW, Reader};
use crate::store::documents::DocumentRow;
use crate::store::log::{self, LightRow};
use crate::store::{StoreError, blobs, commands, documents, erase, grants, rulings, views};

/// Cases in one page of documents: as many as fit one frame of each class.
const CASES_MAX: u32 = 64;

/// List rows in one page.
const LIST_MAX: u32 = 512;

/// Documents that are sent again in one answer; what is missing then shows in the next self-check.
const RESENT_MAX: usize = 512;

/// Bytes of saved documents in one page; compressed they are about half a soft page.
const SAVED_BYTES_MAX: usize = 2 * PAGE_BYTES_SOFT_MAX;

/// One page under way.
struct Filling<'a> {
    reader: &'a Reader<'a>,
    /// What the page is about: one grant, or all that the reader may hold.
    access: &'a Access,
    /// Documents come as of this row.
    backed_up: ServerSeq,
    /// Younger rows come up to this one: the reader has read so far.
    upto: ServerSeq,
    rulings: BTreeMap<ServerSeq, SignedRuling>,
    views: BTreeMap<ServerSeq, WireRow>,
    documents: BTreeMap<Class, Vec<(Installed, Vec<u8>)>>,
    /// Rows with commands that are younger than the last backup, so that some device holds whatever a restore could
    /// forget. A row may bring commands of several cases: each is read once, when the page is full.
    rows: BTreeMap<ServerSeq, LightRow>,
    /// The cases of this page.
    cases: BTreeSet<CaseId>,
    /// The documents that it is about, if not all of its cases.
    only: Option<BTreeSet<DocumentKey>>,
    bytes: usize,
}

/// The next page of a grant's backfill; empty at the end, or for a grant that the reader does not have.
pub(crate) fn page(
    reader: &Reader<'_>,
    asked: &BackfillAt,
    backed_up: ServerSeq,
    upto: ServerSeq,
) -> Result<Backfill, StoreError> {
    let person = reader.access.person();
    let held = grants::of_person(reader.db, reader.tenant, person)?;
    let Some(grant) = held.into_iter().find(|grant| grant.seq == asked.grant) else {
        return Ok(Backfill::default());
    };
    let limit = if asked.list { LIST_MAX } else { CASES_MAX };
    let cases = match grant.row.scope {
        GrantScope::Case(case) => match asked.after {
            None => vec![case],
            Some(_) => Vec::new(),
        },
        GrantScope::Institution => rulings::cases(reader.db, reader.tenant, asked.after, limit)?,
    };
    let is_full = cases.len() == limit as usize;
    let barred = reader.access.barred().clone();
    let access = Access::of(person, vec![grant], barred);
    let mut filling = Filling::new(reader, &access, backed_up, upto);
    let mut last = None;
    for case in &cases {
        if filling.is_full() {
            break;
        }
        if access.reaches(*case, NOW) && asked.list {
            filling.list(*case)?;
        } else if access.reaches(*case, NOW) {
            filling.fill(*case)?;
        }
        last = Some(*case);
    }
    let goes_on = is_full || last != cases.last().copied();
    let next = match last.filter(|_| goes_on) {
        Some(last) => Some(BackfillAt {
            after: Some(last),
            ..*asked
        }),
        None if asked.list => Some(BackfillAt {
            after: None,
            list: false,
            ..*asked
        }),
        None => None,
    };
    let mut backfill = filling.finish()?;
    backfill.next = next;
    Ok(backfill)
}

/// The documents of some buckets again.
pub(crate) fn resend(
    reader: &Reader<'_>,
    buckets: &[u8],
    backed_up: ServerSeq,
    upto: ServerSeq,
) -> Result<Backfill, StoreError> {
    let wanted: BTreeSet<u8> = buckets.iter().copied().collect();
    let mut filling = Filling::new(reader, &reader.access, backed_up, upto);
    let mut sent = BTreeSet::new();
    for document in documents::list(reader.db, reader.tenant, None)? {
        let is_wanted = wanted.contains(&bucket_of(document.id));
        if !is_wanted || !reader.access.holds(&document.key, NOW) {
            continue;
        }
        filling.document(&document)?;
        filling.tail(document.key.case)?;
        sent.insert(document.key);
        if sent.len() >= RESENT_MAX || filling.is_full() {
            break;
        }
    }
    filling.only = Some(sent);
    filling.finish()
}

impl<'a> Filling<'a> {
    const fn new(
        reader: &'a Reader<'a>,
        access: &'a Access,
        backed_up: ServerSeq,
        upto: ServerSeq,
    ) -> Self {
        Self {
            reader,
            access,
            backed_up,
            upto,
            rulings: BTreeMap::new(),
            views: BTreeMap::new(),
            documents: BTreeMap::new(),
            rows: BTreeMap::new(),
            cases: BTreeSet::new(),
            only: None,
            bytes: 0,
        }
    }

    const fn is_full(&self) -> bool {
        self.bytes >= SAVED_BYTES_MAX
    }

    fn ruling(&mut self, at: ServerSeq) -> Result<(), StoreError> {
        let (row, bytes) = log::get(self.reader.db, self.reader.tenant, at)?;
        let Row::Ruling(ruling) = row else {
            return Err(StoreError::Undecodable);
        };
        self.bytes += bytes;
        self.rulings.insert(at, ruling);
        Ok(())
    }

    /// A case's row in a list: where it stands.
    fn list(&mut self, case: CaseId) -> Result<(), StoreError> {
        let (db, tenant) = (self.reader.db, self.reader.tenant);
        for class in CaseState::TOLD {
            let last = rulings::last_state(db, tenant, (case, class), self.upto)?;
            if let Some(at) = last.filter(|_| self.sees(case, class))
                && !self.names_barred(class, at)?
            {
                self.ruling(at)?;
            }
        }
        self.views(case)
    }

    /// What is told of a case beside its documents.
    fn views(&mut self, case: CaseId) -> Result<(), StoreError> {
        let (db, tenant) = (self.reader.db, self.reader.tenant);
        for kind in ViewKind::ALL {
            if !self.access.sees_view(case, *kind, NOW) {
                continue;
            }
            let Some((at, view)) = views::last(db, tenant, case, *kind)? else {
                continue;
            };
            // What is younger comes through the log.
            for light in log::scan(db, tenant, ServerSeq::new(at.get() - 1), 1)? {
                if at <= self.upto {
                    let view = view.clone();
                    let row = Row::View(ViewRow { case, view });
                    let received_at = light.received_at;
                    let told = WireRow {
                        seq: at,
                        received_at,
                        row,
                    };
                    self.views.insert(at, told);
                }
            }
        }
        Ok(())
    }

    /// Whether rulings of a class, or of K1, are of what the page is about.
    fn sees(&self, case: CaseId, class: Option<Class>) -> bool {
        match class {
            None => self.access.knows(case, NOW),
            Some(class) => self.access.holds_class(case, class, NOW),
        }
    }

    /// Whether a ruling names a case that is hidden from the reader.
    fn names_barred(&self, class: Option<Class>, at: ServerSeq) -> Result<bool, StoreError> {
        Ok(class == Some(Class::Links) && self.reader.ruling_names_barred(at)?)
    }

    /// All of a case that the grant covers.
    fn fill(&mut self, case: CaseId) -> Result<(), StoreError> {
        let (db, tenant) = (self.reader.db, self.reader.tenant);
        for (at, class, has_state) in rulings::of_case(db, tenant, case, self.upto)? {
            if !self.sees(case, class) || self.names_barred(class, at)? {
                continue;
            }
            // Older states say nothing more, but what a restore could forget must be held by some device.
            let is_needed = !has_state
                || at > self.backed_up
                || rulings::last_state(db, tenant, (case, class), self.upto)? == Some(at);
            if is_needed {
                self.ruling(at)?;
            }
        }
        self.views(case)?;
        for document in documents::list(db, tenant, Some(case))? {
            if self.access.holds(&document.key, NOW) {
                self.document(&document)?;
            }
        }
        self.tail(case)
    }

    fn document(&mut self, document: &DocumentRow) -> Result<(), StoreError> {
        let (db, tenant) = (self.reader.db, self.reader.tenant);
        // A document that was rewritten since the last backup is not in its rows: it comes as it was rewritten.
        let rewritten = erase::epoch_of(db, tenant, document.id)?;
        let through = rewritten.map_or(self.backed_up, |(_, at)| at.max(self.backed_up));
        let Some(snapshot) = documents::snapshot(db, tenant, document.id, through)? else {
            return Ok(());
        };
        self.bytes += snapshot.bytes.len();
        let installed = Installed {
            document: document.key,
            epoch: document.epoch,
            heads: snapshot.heads,
        };
        let entry = self.documents.entry(document.key.class).or_default();
        entry.push((installed, snapshot.bytes));
        Ok(())
    }

    /// The rows with commands of a case that are younger than the last backup.
    fn tail(&mut self, case: CaseId) -> Result<(), StoreError> {
        if !self.cases.insert(case) {
            return Ok(());
        }
        let (db, tenant) = (self.reader.db, self.reader.tenant);
        for light in log::rows_of_case(db, tenant, case, self.backed_up, self.upto)? {
            if let Some(number) = light.heading.envelope
                && self.rows.insert(light.seq, light).is_none()
            {
                self.bytes += commands::envelope_length(db, number)?;
            }
        }
        Ok(())
    }

    /// Whether a document's commands belong into the page.
    fn sees_document(&self, key: &DocumentKey) -> bool {
        let is_wanted = |only: &BTreeSet<DocumentKey>| only.contains(key);
        self.cases.contains(&key.case)
            && self.only.as_ref().is_none_or(is_wanted)
            && self.access.holds(key, NOW)
    }

    /// Which attachments of the page's documents have arrived.
    fn stored(&self) -> Result<Vec<WireRow>, StoreError> {
        let mut rows = Vec::new();
        for case in &self.cases {
            for blob in blobs::list(self.reader.db, self.reader.tenant, Some(*case))? {
                let stored = blob.stored.filter(|(seq, _)| *seq <= self.upto);
                let sees = self.access.holds(&blob.document, NOW);
                let Some((seq, received_at)) = stored.filter(|_| sees) else {
                    continue;
                };
                rows.push(WireRow {
                    seq,
                    received_at,
                    row: Row::Stored(*case, blob.command, blob.hash),
                });
            }
        }
        Ok(rows)
    }

    fn finish(self) -> Result<Backfill, StoreError> {
        let mut rows: Vec<WireRow> = self.views.values().cloned().collect();
        let mut envelopes = Vec::new();
        for light in self.rows.values() {
            let Some(shown) = self.reader.pruned(light, |key| self.sees_document(key))? else {
                continue;
            };
            rows.push(WireRow {
                seq: light.seq,
                received_at: light.received_at,
                row: shown.row,
            });
            envelopes.extend(shown.envelope);
        }
        rows.extend(self.stored()?);
        let mut frames = Vec::new();
        for (class, mut documents) in self.documents {
            while !documents.is_empty() {
                let rest = documents.split_off(documents.len().min(FRAME_DOCUMENTS_MAX));
                frames.push(InstallFrame::new(class, documents));
                documents = rest;
            }
        }
        Ok(Backfill {
            rulings: self.rulings.into_iter().collect(),
            frames,
            rows,
            envelopes: pack(&envelopes).map_err(|_| StoreError::Undecodable)?,
            next: None,
        })
    }
}
