//! May this command enter history at all? A pure answer from the command and what the store knows.
//!
//! Refused is only what would harm the documents, forge an author, or was never the person's to write. Whether the
//! person may *do* it is judged later. The order of the checks is that of `DESIGN.md` section 6.

mod parts;
mod right;

use ed25519_dalek::VerifyingKey;
use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::command::{CommandEntry, CommandKind, PlacedRecord};
use jangkau_core::envelope::{CommandHead, Suite};
use jangkau_core::id::{CaseId, CommandId, DocEpoch, InstitutionId, SeatId, ServerSeq};
use jangkau_core::sync::{Part, PartBody, SealedEnvelope, SeatStatus, Turned};

use crate::library::Library;
use crate::store::commands::StoredCommand;
use crate::store::institutions::Tenant;
use crate::store::staff::{self, Person};
use crate::store::{Db, StoreError, commands, documents, erase};

pub(crate) use parts::AdmittedPart;

/// How a command came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Road {
    /// Its author's seat pushed it.
    Push,
    /// Its author's seat pushed it while it returns after a restore: what gave it the right may be forgotten yet.
    PushAfterRestore,
    /// It stood in the log before a restore, or waited: its grant or its other parts may still be on their way.
    Again,
}

impl Road {
    /// Whether the author's own seat brings it.
    pub(crate) const fn is_push(self) -> bool {
        match self {
            Self::Push | Self::PushAfterRestore => true,
            Self::Again => false,
        }
    }
}

/// What admission asks the store.
pub(crate) struct Known<'a> {
    pub(crate) db: &'a Db,
    pub(crate) tenant: Tenant,
    pub(crate) library: &'a Library,
}

/// The person whose seat signed an envelope; the signature holds.
#[derive(Clone, Debug)]
pub(crate) struct Signer {
    seat: SeatId,
    person: Person,
    /// Why the seat may bring nothing new any more, if it may not.
    ended: Option<Turned>,
}

impl Signer {
    pub(crate) const fn person(&self) -> &Person {
        &self.person
    }
}

/// A command that may enter history. Only this room makes one.
#[derive(Debug)]
pub(crate) struct Admitted {
    head: CommandHead,
    case: CaseId,
    /// All its records that are known, in the order of its sections.
    records: Vec<PlacedRecord>,
    parts: Vec<AdmittedPart>,
    /// Whether the log holds other parts of it already.
    is_known: bool,
}

impl Admitted {
    pub(crate) const fn head(&self) -> &CommandHead {
        &self.head
    }

    pub(crate) const fn case(&self) -> CaseId {
        self.case
    }

    pub(crate) fn records(&self) -> &[PlacedRecord] {
        &self.records
    }

    pub(crate) fn parts(&self) -> &[AdmittedPart] {
        &self.parts
    }

    pub(crate) const fn is_known(&self) -> bool {
        self.is_known
    }
}

/// The answer on one command.
#[derive(Debug)]
pub(crate) enum Admission {
    /// It enters.
    Admitted(Box<Admitted>),
    /// It stands in the log already, the same.
    Duplicate(ServerSeq),
    /// What it depends on has not arrived.
    Waiting,
    /// It may not enter.
    TurnedAway(Turned),
}

/// Why a check stops a command.
#[derive(Debug)]
pub(super) enum Stop {
    Turned(Turned),
    Waiting,
    Broken(StoreError),
}

impl From<Turned> for Stop {
    fn from(code: Turned) -> Self {
        Self::Turned(code)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

/// Whose envelope it is, if the signature holds and its seat may bring commands in this way.
pub(crate) fn vouch(
    known: &Known<'_>,
    institution: &InstitutionId,
    pusher: SeatId,
    road: Road,
    envelope: &SealedEnvelope,
) -> Result<Result<Signer, Turned>, StoreError> {
    let head = &envelope.head;
    let seat = staff::seat(known.db, head.seat)?.filter(|seat| seat.tenant == known.tenant);
    let Some(seat) = seat else {
        return Ok(Err(Turned::UnknownSeat));
    };
    let is_signed = VerifyingKey::from_bytes(&seat.public_key)
        .is_ok_and(|key| head.verify(&envelope.signature, &key).is_ok());
    if !is_signed || (road.is_push() && seat.id != pusher) {
        return Ok(Err(Turned::BadSignature));
    }
    if head.institution != *institution {
        return Ok(Err(Turned::WrongInstitution));
    }
    if head.suite != Suite::SERVER_READABLE {
        return Ok(Err(Turned::UnknownCommand));
    }
    // What a colleague's device brings back was sequenced while the signer still worked here.
    let ended = if seat.id != pusher {
        None
    } else if seat.status != SeatStatus::Active {
        Some(Turned::RevokedSeat)
    } else {
        (!seat.is_person_active).then_some(Turned::NoGrant)
    };
    if let Some(code) = ended.filter(|_| road.is_push()) {
        return Ok(Err(code));
    }
    let Some(person) = staff::person(known.db, known.tenant, seat.person)? else {
        return Ok(Err(Turned::UnknownSeat));
    };
    Ok(Ok(Signer {
        seat: seat.id,
        person,
        ended,
    }))
}

/// Answers on one command of an envelope that was vouched for.
pub(crate) fn admit(
    known: &Known<'_>,
    signer: &Signer,
    road: Road,
    envelope: &SealedEnvelope,
    head: &CommandHead,
) -> Result<Admission, StoreError> {
    let stopped = match examine(known, signer, road, envelope, head) {
        Ok(admission) => return Ok(admission),
        Err(stopped) => stopped,
    };
    match stopped {
        Stop::Turned(code) => Ok(Admission::TurnedAway(code)),
        Stop::Waiting => Ok(Admission::Waiting),
        Stop::Broken(error) => Err(error),
    }
}

/// A part that is a change of a document.
#[derive(Clone, Copy)]
pub(super) struct Candidate<'a> {
    pub(super) part: &'a Part,
    pub(super) key: &'a DocumentKey,
    pub(super) epoch: DocEpoch,
    pub(super) branch: jangkau_core::id::Branch,
    pub(super) bytes: &'a [u8],
}

fn examine(
    known: &Known<'_>,
    signer: &Signer,
    road: Road,
    envelope: &SealedEnvelope,
    head: &CommandHead,
) -> Result<Admission, Stop> {
    let candidates = candidates(envelope, head.id)?;
    let stored = commands::get(known.db, known.tenant, head.id)?;
    let (mut new, mut told) = (Vec::new(), Vec::new());
    for candidate in &candidates {
        match standing(known, candidate, head.id, stored.as_ref())? {
            Stands::There => {}
            Stands::Rewritten => told.push(*candidate),
            Stands::Nowhere => new.push(*candidate),
        }
    }
    // Who left may still bring back what the server itself says that it had.
    if let Some(code) = signer.ended
        && !commands::is_ruled(known.db, known.tenant, head.id, signer.person.id, None)?
    {
        return Err(code.into());
    }
    if let Some(stored) = &stored {
        if new.is_empty() && told.is_empty() {
            return Ok(Admission::Duplicate(stored.seq));
        }
        // After a restore a colleague may have told part of it before its author could.
        let completes =
            || commands::is_of_envelope(known.db, known.tenant, head.id, envelope.head.hash());
        if road.is_push() && !completes()? {
            return Err(Turned::CommandExists.into());
        }
    }
    check_whole(envelope, road, head.kind, &candidates, stored.is_some())?;
    let case = place(head, &candidates)?;
    right::check(known, signer, road, head, (case, &candidates))?;
    for candidate in &new {
        check_document(known, candidate)?;
    }
    let mut admitted = Vec::with_capacity(candidates.len());
    for candidate in &told {
        admitted.push(parts::tell_part(head, candidate)?);
    }
    let mut waits = false;
    for candidate in &new {
        match parts::inspect_part(known, signer.seat, head, candidate) {
            Ok(part) => admitted.push(part),
            // Another part may still be turned away for good.
            Err(Stop::Waiting) => waits = true,
            Err(stop @ (Stop::Turned(_) | Stop::Broken(_))) => return Err(stop),
        }
    }
    if waits {
        return Err(Stop::Waiting);
    }
    let known_records = stored.as_ref().map_or(&[][..], |stored| &stored.records);
    let records = join_records(head.kind, known_records, &admitted);
    check_author(signer, head, case, &records)?;
    Ok(Admission::Admitted(Box::new(Admitted {
        head: head.clone(),
        case,
        records,
        parts: admitted,
        is_known: stored.is_some(),
    })))
}

/// The command's parts as changes of documents; typed rows come with a later version.
fn candidates(envelope: &SealedEnvelope, id: CommandId) -> Result<Vec<Candidate<'_>>, Stop> {
    let candidates: Option<Vec<Candidate<'_>>> = envelope
        .parts_of(id)
        .into_iter()
        .map(|part| match &part.body {
            PartBody::Change {
                document,
                epoch,
                branch,
                bytes,
            } => Some(Candidate {
                part,
                key: document,
                epoch: *epoch,
                branch: *branch,
                bytes,
            }),
            PartBody::Row { .. } => None,
        })
        .collect();
    let candidates = candidates.ok_or(Turned::UnknownCommand)?;
    if candidates.is_empty() {
        return Err(Turned::Incomplete.into());
    }
    Ok(candidates)
}

/// Where a part of a command stands already.
enum Stands {
    /// In the log.
    There,
    /// In the document that was rewritten, which a restore brought back before the command itself.
    Rewritten,
    Nowhere,
}

/// Whether the log holds this very part of this command.
fn standing(
    known: &Known<'_>,
    candidate: &Candidate<'_>,
    command: CommandId,
    stored: Option<&StoredCommand>,
) -> Result<Stands, StoreError> {
    let found = documents::change(
        known.db,
        known.tenant,
        candidate.key.id(),
        candidate.part.content(),
    )?;
    if found.is_some_and(|(_, owner)| owner == command) {
        return Ok(Stands::There);
    }
    // It may have stood in the document before that was rewritten.
    let (document, content) = (candidate.key.id(), candidate.part.content());
    if !erase::is_past(known.db, known.tenant, document, content, command)? {
        return Ok(Stands::Nowhere);
    }
    let class = candidate.key.class;
    let is_kept = stored.is_some_and(|stored| stored.records.iter().any(|one| one.class == class));
    let is_gone = || erase::is_erased_of(known.db, known.tenant, command, document);
    Ok(if is_kept || is_gone()? {
        Stands::There
    } else {
        Stands::Rewritten
    })
}

/// Every part must be here, and the leading section's always: without it nobody knows what the command is.
fn check_whole(
    envelope: &SealedEnvelope,
    road: Road,
    kind: CommandKind,
    candidates: &[Candidate<'_>],
    is_known: bool,
) -> Result<(), Stop> {
    let leads = |class: Class| kind.leading().iter().any(|section| section.0 == class);
    let has_leading = candidates
        .iter()
        .any(|candidate| leads(candidate.key.class));
    if road.is_push() && (!envelope.is_whole() || !has_leading) {
        return Err(Turned::Incomplete.into());
    }
    if !is_known && !has_leading {
        return Err(Stop::Waiting);
    }
    Ok(())
}

/// The one case that all parts belong to, if each stands in a document where such a command writes.
fn place(head: &CommandHead, candidates: &[Candidate<'_>]) -> Result<CaseId, Stop> {
    let mut seen: Vec<Class> = Vec::new();
    let mut cases = candidates.iter().map(|candidate| candidate.key.case);
    let case = cases.next().ok_or(Turned::Incomplete)?;
    if cases.any(|other| other != case) {
        return Err(Turned::Shape.into());
    }
    for candidate in candidates {
        let class = candidate.key.class;
        let writes = head
            .kind
            .sections()
            .iter()
            .any(|section| section.0 == class);
        if !writes || seen.contains(&class) {
            return Err(Turned::Shape.into());
        }
        seen.push(class);
    }
    // What opens a file stands in it under its own id, and nothing else does.
    if head.kind.opens_file() != (case == CaseId::from(head.id)) {
        return Err(Turned::Shape.into());
    }
    Ok(case)
}

/// The document's epoch and volume.
fn check_document(known: &Known<'_>, candidate: &Candidate<'_>) -> Result<(), Stop> {
    let (db, tenant) = (known.db, known.tenant);
    let document = documents::get(db, tenant, candidate.key.id())?;
    let epoch = document
        .as_ref()
        .map_or(DocEpoch::new(0), |document| document.epoch);
    if candidate.epoch != epoch {
        return Err(Turned::WrongEpoch.into());
    }
    if let Some(volume) = candidate.key.volume.checked_sub(1) {
        let before = DocumentKey {
            volume,
            ..*candidate.key
        };
        let before = documents::get(db, tenant, before.id())?;
        // A volume that was rewritten was full once.
        let is_full = before.is_some_and(|before| {
            before.epoch != DocEpoch::new(0)
                || (before.changes as usize) >= jangkau_core::class::CHANGES_MAX
        });
        if !is_full {
            return Err(Stop::Waiting);
        }
    }
    Ok(())
}

/// Known and new records, in the order in which such a command writes them.
fn join_records(
    kind: CommandKind,
    known: &[PlacedRecord],
    new: &[AdmittedPart],
) -> Vec<PlacedRecord> {
    let all: Vec<&PlacedRecord> = known
        .iter()
        .chain(new.iter().flat_map(AdmittedPart::records))
        .collect();
    let section = |(class, collection): &(Class, &str)| {
        all.iter()
            .find(|placed| placed.class == *class && placed.collection == *collection)
            .map(|placed| (*placed).clone())
    };
    kind.sections().iter().filter_map(section).collect()
}

/// The records must be the command, and say that the signer wrote it when the leaf says.
fn check_author(
    signer: &Signer,
    head: &CommandHead,
    case: CaseId,
    records: &[PlacedRecord],
) -> Result<(), Stop> {
    let entry = CommandEntry::from_records(head.id, case, head.kind, records.to_vec())
        .map_err(|_| Turned::Shape)?;
    if entry.stamp.by != signer.person.id {
        return Err(Turned::WrongAuthor.into());
    }
    if entry.stamp.occurred_at != head.occurred_at {
        return Err(Turned::Shape.into());
    }
    Ok(())
}
