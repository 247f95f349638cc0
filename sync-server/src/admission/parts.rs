//! The checks of one change: its shape, its place in its actor's sequence and in its document.

use jangkau_core::chunk::ChunkError;
use jangkau_core::class::DocumentKey;
use jangkau_core::command::{CommandKind, PlacedRecord};
use jangkau_core::document::{ChangeFacts, ShapeError, Written, actor_id, inspect, root_key};
use jangkau_core::envelope::CommandHead;
use jangkau_core::id::{DocEpoch, SeatId};
use jangkau_core::sync::Turned;

use super::{Candidate, Known, Stop};
use crate::store::{StoreError, documents, shelf};

/// A change that may enter its document.
#[derive(Debug)]
pub(crate) struct AdmittedPart {
    key: DocumentKey,
    epoch: DocEpoch,
    facts: ChangeFacts,
    records: Vec<PlacedRecord>,
    bytes: Vec<u8>,
    /// Whether its document was rewritten since: then it stands there, and is no change of what the document is now.
    is_rewritten: bool,
}

impl AdmittedPart {
    pub(crate) const fn key(&self) -> &DocumentKey {
        &self.key
    }

    pub(crate) const fn epoch(&self) -> DocEpoch {
        self.epoch
    }

    pub(crate) const fn facts(&self) -> &ChangeFacts {
        &self.facts
    }

    pub(crate) fn records(&self) -> &[PlacedRecord] {
        &self.records
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    pub(crate) const fn is_rewritten(&self) -> bool {
        self.is_rewritten
    }
}

/// A part that is told again of a document that was rewritten since: it was inspected when the log first had it.
pub(super) fn tell_part(
    head: &CommandHead,
    candidate: &Candidate<'_>,
) -> Result<AdmittedPart, Stop> {
    let (facts, written) = inspect(candidate.bytes).map_err(code_of)?;
    check_shape(head, candidate, &written)?;
    Ok(part_of(candidate, facts, written, true))
}

fn part_of(
    candidate: &Candidate<'_>,
    facts: ChangeFacts,
    written: Written,
    is_rewritten: bool,
) -> AdmittedPart {
    let class = candidate.key.class;
    let place = |(collection, record)| PlacedRecord {
        class,
        collection,
        record,
    };
    AdmittedPart {
        key: *candidate.key,
        epoch: candidate.epoch,
        facts,
        records: written.records.into_iter().map(place).collect(),
        bytes: candidate.bytes.to_vec(),
        is_rewritten,
    }
}

pub(super) fn inspect_part(
    known: &Known<'_>,
    seat: SeatId,
    head: &CommandHead,
    candidate: &Candidate<'_>,
) -> Result<AdmittedPart, Stop> {
    let (facts, written) = inspect(candidate.bytes).map_err(code_of)?;
    check_shape(head, candidate, &written)?;
    let document = candidate.key.id();
    if facts.actor != actor_id(seat, document, candidate.epoch, candidate.branch) {
        return Err(Turned::WrongActor.into());
    }
    check_sequence(known, candidate, &facts)?;
    for collection in written.records.keys() {
        let name = root_key(collection, head.id);
        if documents::has_record(known.db, known.tenant, document, &name)? {
            return Err(Turned::RecordExists.into());
        }
    }
    if written.edits_text {
        check_text(known, candidate)?;
    }
    Ok(part_of(candidate, facts, written, false))
}

/// What a shape error is called outside.
const fn code_of(error: ShapeError) -> Turned {
    match error {
        ShapeError::Chunk(ChunkError::TooLong | ChunkError::TooMany) => Turned::TooLong,
        ShapeError::Chunk(ChunkError::Kind | ChunkError::Compressed | ChunkError::Malformed)
        | ShapeError::Undecodable
        | ShapeError::Header
        | ShapeError::Operations
        | ShapeError::NotCanonical => Turned::Shape,
    }
}

/// It writes records of this command alone, in collections of this command and class, and edits a Text only where
/// that is what the command does.
fn check_shape(
    head: &CommandHead,
    candidate: &Candidate<'_>,
    written: &Written,
) -> Result<(), Stop> {
    let class = candidate.key.class;
    let is_own = |collection: &String| {
        head.kind
            .sections()
            .iter()
            .any(|section| section.0 == class && section.1 == collection)
    };
    let may_edit = head.kind == CommandKind::EditMinutes;
    let is_in_shape = written.command == head.id
        && !written.records.is_empty()
        && written.records.keys().all(is_own)
        && (may_edit || !written.edits_text);
    if is_in_shape {
        Ok(())
    } else {
        Err(Turned::Shape.into())
    }
}

/// The next change of its actor, on dependencies that the document holds, with the counter that follows from them.
fn check_sequence(
    known: &Known<'_>,
    candidate: &Candidate<'_>,
    facts: &ChangeFacts,
) -> Result<(), Stop> {
    let (db, tenant, document) = (known.db, known.tenant, candidate.key.id());
    // The very change is known, but as another command's, or it would not have come here.
    if documents::at_sequence(db, tenant, document, facts.actor, facts.seq)?.is_some() {
        return Err(Turned::ReusedSequence.into());
    }
    let mut greatest = 0;
    let mut waits = false;
    for dependency in &facts.dependencies {
        match documents::change(db, tenant, document, *dependency)? {
            Some((max_op, _)) => greatest = greatest.max(max_op),
            None if shelf::is_turned(db, tenant, document, *dependency)? => {
                return Err(Turned::WrongDependencies.into());
            }
            None => waits = true,
        }
    }
    if waits {
        return Err(Stop::Waiting);
    }
    check_previous(known, candidate, facts)?;
    if facts.start_op != greatest + 1 {
        return Err(Turned::WrongCounter.into());
    }
    Ok(())
}

/// The actor's change before this one must be among its dependencies: without it the document would not load.
fn check_previous(
    known: &Known<'_>,
    candidate: &Candidate<'_>,
    facts: &ChangeFacts,
) -> Result<(), Stop> {
    let Some(previous) = facts.seq.checked_sub(1) else {
        return Err(Turned::Shape.into());
    };
    if previous == 0 {
        return Ok(());
    }
    let (db, tenant, document) = (known.db, known.tenant, candidate.key.id());
    let hash = documents::at_sequence(db, tenant, document, facts.actor, previous)?;
    match hash {
        Some(hash) if facts.dependencies.contains(&hash) => Ok(()),
        // All dependencies are known, so the previous change cannot be one of them.
        Some(_) | None => Err(Turned::WrongDependencies.into()),
    }
}

/// The long check of an edit of a Text: only with the document can it be known that its characters are there.
fn check_text(known: &Known<'_>, candidate: &Candidate<'_>) -> Result<(), Stop> {
    let document = match documents::build(known.db, known.tenant, candidate.key.id()) {
        Ok(document) => document,
        Err(error @ StoreError::Undecodable) => {
            tracing::error!("a document of ours does not load");
            return Err(error.into());
        }
        Err(error) => return Err(error.into()),
    };
    if document.survives(candidate.bytes) {
        Ok(())
    } else {
        Err(Turned::Unloadable.into())
    }
}
