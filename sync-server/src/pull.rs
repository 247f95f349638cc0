//! What a person may see of the log: pages after a cursor, and the self-check.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::access::ViewKind;
use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::id::{CaseId, EnvelopeHash, PersonId, SeatId, ServerSeq};
use jangkau_core::plant::{Plant, planted};
use jangkau_core::rules::CaseLinks;
use jangkau_core::sync::{
    BUCKETS, Bucket, GrantRow, GrantScope, PAGE_BYTES_SOFT_MAX, Page, Part, PartBody, Row,
    SealedEnvelope, SelfCheck, SignedEpoch, WireRow, bucket_of, digest_of_buckets, pack,
};

use crate::store::institutions::Tenant;
use crate::store::log::{self, Heading, LightRow, RowKind};
use crate::store::{
    Db, StoreError, bars, blobs, commands, decode, documents, erase, grants, rulings,
};

/// Rows looked at in one step.
const SCAN_STEP: u32 = 512;

/// Rows looked at for one page, so that somebody who sees few of many does not hold the server up.
const SCAN_MAX: usize = 8_192;

/// What a person may hold now, and since which rows.
#[derive(Debug)]
pub(crate) struct Access {
    person: PersonId,
    wide: Vec<grants::Grant>,
    cases: BTreeMap<CaseId, Vec<grants::Grant>>,
    /// What is hidden from them, whatever they were granted.
    barred: BTreeSet<CaseId>,
}

impl Access {
    /// Nothing at all: a seat that was revoked, or somebody who does not work here any more.
    pub(crate) const fn none(person: PersonId) -> Self {
        Self {
            person,
            wide: Vec::new(),
            cases: BTreeMap::new(),
            barred: BTreeSet::new(),
        }
    }

    pub(crate) fn load(db: &Db, tenant: Tenant, person: PersonId) -> Result<Self, StoreError> {
        let granted = grants::of_person(db, tenant, person)?;
        Ok(Self::of(
            person,
            granted,
            bars::of_person(db, tenant, person)?,
        ))
    }

    pub(crate) const fn person(&self) -> PersonId {
        self.person
    }

    /// What these grants give, but for cases that are hidden from the person.
    pub(crate) fn of(
        person: PersonId,
        granted: Vec<grants::Grant>,
        barred: BTreeSet<CaseId>,
    ) -> Self {
        let mut access = Self {
            barred,
            ..Self::none(person)
        };
        for grant in granted {
            match grant.row.scope {
                GrantScope::Institution => access.wide.push(grant),
                GrantScope::Case(case) => access.cases.entry(case).or_default().push(grant),
            }
        }
        access
    }

    pub(crate) const fn barred(&self) -> &BTreeSet<CaseId> {
        &self.barred
    }

    /// The grants about a case that began before a row; none of a case that is hidden from the person.
    fn about(&self, case: CaseId, at: ServerSeq) -> impl Iterator<Item = &GrantRow> {
        self.wide
            .iter()
            .chain(self.cases.get(&case).into_iter().flatten())
            .filter(move |grant| grant.seq <= at && !self.barred.contains(&case))
            .map(|grant| &grant.row)
    }

    /// Whether a grant that began before a row covers the case.
    pub(crate) fn reaches(&self, case: CaseId, at: ServerSeq) -> bool {
        planted(Plant::DropGrantCheck) || self.about(case, at).next().is_some()
    }

    /// Whether a grant that began before a row tells where the case stands.
    pub(crate) fn knows(&self, case: CaseId, at: ServerSeq) -> bool {
        planted(Plant::DropGrantCheck) || self.about(case, at).any(|grant| grant.tells_index(case))
    }

    /// Whether a grant that began before a row gives a class of the case whole.
    pub(crate) fn holds_class(&self, case: CaseId, class: Class, at: ServerSeq) -> bool {
        planted(Plant::DropGrantCheck)
            || self
                .about(case, at)
                .any(|grant| grant.gives_class(case, class))
    }

    /// Whether a grant that began before a row gives a view of the case.
    pub(crate) fn sees_view(&self, case: CaseId, view: ViewKind, at: ServerSeq) -> bool {
        planted(Plant::DropGrantCheck)
            || self
                .about(case, at)
                .any(|grant| grant.gives_view(case, view))
    }

    /// Whether a grant that began before a row covers the document.
    pub(crate) fn holds(&self, key: &DocumentKey, at: ServerSeq) -> bool {
        planted(Plant::DropGrantCheck) || self.about(key.case, at).any(|grant| grant.covers(key))
    }
}

/// After every row: grants as they stand now.
pub(crate) const NOW: ServerSeq = ServerSeq::new(u64::MAX);

/// Who reads.
#[derive(Debug)]
pub(crate) struct Reader<'a> {
    pub(crate) db: &'a Db,
    pub(crate) tenant: Tenant,
    pub(crate) seat: SeatId,
    pub(crate) access: Access,
    /// The envelopes that the reader's own request brought.
    pub(crate) own: &'a BTreeMap<i64, EnvelopeHash>,
    /// Whether the reader still works here with this seat; else they see only what becomes of it.
    pub(crate) is_in_good_standing: bool,
}

/// A row as one reader sees it.
pub(crate) struct Shown {
    pub(crate) row: Row,
    pub(crate) envelope: Option<SealedEnvelope>,
    pub(crate) bytes: usize,
}

impl Shown {
    const fn small(row: Row) -> Self {
        Self {
            row,
            envelope: None,
            bytes: 64,
        }
    }
}

impl Reader<'_> {
    /// The rows after a position that the reader may see.
    pub(crate) fn page(&self, after: ServerSeq, head: ServerSeq) -> Result<Page, StoreError> {
        let mut page = Page {
            upto: after.min(head),
            ..Page::default()
        };
        let mut envelopes = Vec::new();
        let (mut bytes, mut scanned) = (0, 0);
        'page: while page.upto < head && scanned < SCAN_MAX {
            let rows = log::scan(self.db, self.tenant, page.upto, SCAN_STEP)?;
            if rows.is_empty() {
                break;
            }
            scanned += rows.len();
            for light in rows {
                page.upto = light.seq;
                if let Some(shown) = self.show(&light)? {
                    bytes += shown.bytes;
                    envelopes.extend(shown.envelope);
                    page.rows.push(WireRow {
                        seq: light.seq,
                        received_at: light.received_at,
                        row: shown.row,
                    });
                }
                if bytes >= PAGE_BYTES_SOFT_MAX {
                    break 'page;
                }
            }
        }
        page.more = page.upto < head;
        page.envelopes = pack(&envelopes).map_err(|_| StoreError::Undecodable)?;
        Ok(page)
    }

    fn show(&self, light: &LightRow) -> Result<Option<Shown>, StoreError> {
        let is_mine = light.heading.person == Some(self.access.person);
        let sees = match light.kind {
            RowKind::Commands => return self.show_commands(light),
            RowKind::Epoch => return self.show_epoch(light),
            RowKind::View => return self.show_view(light),
            RowKind::Notice => return self.show_notice(light),
            RowKind::Ruling => self.sees_ruling(light)?,
            RowKind::Grant | RowKind::GrantEnd | RowKind::Seat | RowKind::Bar => is_mine,
            RowKind::Stored => self.sees_stored(&light.heading, light.seq),
            RowKind::Staff | RowKind::Profile | RowKind::Calendar => self.is_in_good_standing,
        };
        if !sees {
            return Ok(None);
        }
        let (row, bytes) = log::get(self.db, self.tenant, light.seq)?;
        Ok(Some(Shown {
            row,
            envelope: None,
            bytes,
        }))
    }

    /// A document that was rewritten: whoever may hold it gets it whole; whoever once held anything of the case, and may have
    /// bytes of it still, learns that they are to go, and nothing more.
    fn show_epoch(&self, light: &LightRow) -> Result<Option<Shown>, StoreError> {
        let (row, bytes) = log::get(self.db, self.tenant, light.seq)?;
        let Row::Epoch(signed) = row else {
            return Err(StoreError::Undecodable);
        };
        let (body, _) = signed.read().map_err(|_| StoreError::Undecodable)?;
        let key = body.document;
        if self.access.holds(&key, light.seq) {
            let base = erase::base_of(self.db, self.tenant, key.id(), body.epoch)?;
            let bytes = bytes + base.as_ref().map_or(0, Vec::len);
            return Ok(Some(Shown {
                row: Row::Epoch(SignedEpoch { base, ..signed }),
                envelope: None,
                bytes,
            }));
        }
        // To whom the case is hidden, and who never held it, not even that is said.
        if bars::is_untold(self.db, self.tenant, (self.access.person, key.case))? {
            return Ok(None);
        }
        let has_held = erase::has_held(self.db, self.tenant, self.access.person, &key)?;
        Ok(has_held.then(|| Shown::small(Row::Epoch(signed.bare()))))
    }

    /// Whether a part is of its document as it is now, and not of one that was rewritten since.
    fn is_of_now(&self, part: &Part) -> Result<bool, StoreError> {
        let PartBody::Change {
            document, epoch, ..
        } = &part.body
        else {
            return Ok(true);
        };
        let now = erase::epoch_of(self.db, self.tenant, document.id())?;
        Ok(now.is_none_or(|(now, _)| now == *epoch))
    }

    fn show_view(&self, light: &LightRow) -> Result<Option<Shown>, StoreError> {
        let (row, bytes) = log::get(self.db, self.tenant, light.seq)?;
        let Row::View(told) = &row else {
            return Err(StoreError::Undecodable);
        };
        let sees = self
            .access
            .sees_view(told.case, told.view.kind(), light.seq);
        Ok(sees.then_some(Shown {
            row,
            envelope: None,
            bytes,
        }))
    }

    /// That glass was broken is told to those whom the row names.
    fn show_notice(&self, light: &LightRow) -> Result<Option<Shown>, StoreError> {
        let (row, bytes) = log::get(self.db, self.tenant, light.seq)?;
        let Row::Notice(notice) = &row else {
            return Err(StoreError::Undecodable);
        };
        let is_told = self.is_in_good_standing
            && notice.to.contains(&self.access.person)
            && !self.access.barred.contains(&notice.case);
        Ok(is_told.then_some(Shown {
            row,
            envelope: None,
            bytes,
        }))
    }

    fn sees_ruling(&self, light: &LightRow) -> Result<bool, StoreError> {
        let Some(case) = light.heading.case else {
            return Ok(false);
        };
        // Not even what was ruled on their own: it was kept, and that is all that they may know.
        if self.access.barred.contains(&case) || self.names_barred(light)? {
            return Ok(false);
        }
        let is_granted = match light.heading.class {
            None => self.access.knows(case, light.seq),
            Some(class) => self.access.holds_class(case, class, light.seq),
        };
        let speaks_to = || rulings::speaks_to(self.db, self.tenant, light.seq, self.access.person);
        Ok(is_granted || (self.is_in_good_standing && speaks_to()?))
    }

    /// Whether the connections that a ruling tells of name a case that is hidden from the reader.
    fn names_barred(&self, light: &LightRow) -> Result<bool, StoreError> {
        if light.heading.class != Some(Class::Links) {
            return Ok(false);
        }
        self.ruling_names_barred(light.seq)
    }

    /// The same for a ruling of the class of links, by its row.
    pub(crate) fn ruling_names_barred(&self, at: ServerSeq) -> Result<bool, StoreError> {
        if self.access.barred.is_empty() {
            return Ok(false);
        }
        let Row::Ruling(ruling) = log::get(self.db, self.tenant, at)?.0 else {
            return Err(StoreError::Undecodable);
        };
        let body = ruling.read().map_err(|_| StoreError::Undecodable)?;
        let links: Option<CaseLinks> = body.links.as_deref().map(decode).transpose()?;
        let named = links.map(|links| links.cases()).unwrap_or_default();
        Ok(!named.is_disjoint(&self.access.barred))
    }

    /// Whether the reader holds the document that an attachment is sealed for.
    fn sees_stored(&self, heading: &Heading, at: ServerSeq) -> bool {
        blobs::document_of(heading).is_some_and(|key| self.access.holds(&key, at))
    }

    fn show_commands(&self, light: &LightRow) -> Result<Option<Shown>, StoreError> {
        let heading = &light.heading;
        let Some(number) = heading.envelope else {
            return Ok(None);
        };
        let is_own_seat = heading.seat == Some(self.seat);
        if let Some(hash) = self.own.get(&number).filter(|_| is_own_seat) {
            let Row::Commands(ids) = log::get(self.db, self.tenant, light.seq)?.0 else {
                return Err(StoreError::Undecodable);
            };
            return Ok(Some(Shown::small(Row::Own(*hash, ids))));
        }
        let is_own_seat = is_own_seat && self.is_in_good_standing;
        let is_own = heading.person == Some(self.access.person);
        let at = if is_own { NOW } else { light.seq };
        let may_see = heading
            .case
            .is_none_or(|case| self.access.reaches(case, at));
        if !may_see && !is_own_seat {
            return Ok(None);
        }
        self.pruned(light, |key| is_own_seat || self.access.holds(key, at))
    }

    /// A row of commands with those parts alone that pass, of commands that were admitted with it.
    pub(crate) fn pruned(
        &self,
        light: &LightRow,
        sees: impl Fn(&DocumentKey) -> bool,
    ) -> Result<Option<Shown>, StoreError> {
        let Some(number) = light.heading.envelope else {
            return Ok(None);
        };
        let Row::Commands(ids) = log::get(self.db, self.tenant, light.seq)?.0 else {
            return Err(StoreError::Undecodable);
        };
        let Some((envelope, bytes)) = commands::envelope(self.db, self.tenant, number)? else {
            return Ok(None);
        };
        let mut past = BTreeSet::new();
        for sealed in envelope.parts() {
            if !self.is_of_now(&sealed.part)? {
                past.insert(sealed.part.content());
            }
        }
        let seen = envelope.visible_to(|head, part| {
            ids.contains(&head.id)
                && part.document().is_some_and(&sees)
                && (past.is_empty() || !past.contains(&part.content()))
        });
        let Some(seen) = seen else { return Ok(None) };
        let is_seen =
            |id: &jangkau_core::id::CommandId| seen.commands.iter().any(|head| head.id == *id);
        let row = Row::Commands(ids.into_iter().filter(is_seen).collect());
        Ok(Some(Shown {
            row,
            envelope: Some(seen),
            bytes,
        }))
    }

    /// Compares the digest of what the reader holds with that of what they may hold.
    pub(crate) fn check(&self, digest: &[u8; 32]) -> Result<SelfCheck, StoreError> {
        let buckets = buckets(self.db, self.tenant, &self.access)?;
        if digest_of_buckets(&buckets) == *digest {
            Ok(SelfCheck::Same)
        } else {
            Ok(SelfCheck::Differs(buckets.to_vec()))
        }
    }
}

/// Digests of all that a person's grants cover, by bucket.
pub(crate) fn buckets(
    db: &Db,
    tenant: Tenant,
    access: &Access,
) -> Result<[Bucket; BUCKETS], StoreError> {
    let mut buckets = [0; BUCKETS];
    for document in documents::list(db, tenant, None)? {
        if access.holds(&document.key, NOW) && !db.is_erased(tenant, document.id)? {
            buckets[usize::from(bucket_of(document.id))] ^= document.digest;
        }
    }
    Ok(buckets)
}
