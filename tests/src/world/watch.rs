//! Reads over the server's shoulder: every reply is opened before it goes out.
//!
//! Two things are taken from it: what the server promises (acknowledgements), and whether it gives somebody what is
//! another's alone. Of requests, the places that changes take in their actors' sequences.

use std::collections::BTreeMap;

use jangkau_core::class::{Compartment, DocumentKey};
use jangkau_core::document::inspect;
use jangkau_core::id::{ActorId, ChangeHash, CommandId, PersonId, SeatId};
use jangkau_core::sync::{
    Backfill, Packed, PartBody, SealedEnvelope, Seen, SignedRequest, SyncReply, SyncRequest,
    decode_body, unpack,
};

use super::violation::{Checked, Violation, ensure};

/// What a reply was found to hold.
#[derive(Debug, Default)]
pub(super) struct Opened {
    /// Commands that the server says stand in its log.
    pub(super) acknowledged: Vec<CommandId>,
    /// Documents of which something goes out that the receiver's own seat did not write.
    pub(super) documents: Vec<DocumentKey>,
}

const RULE: &str = "nobody receives what is another's alone";

/// Opens a reply to a person.
///
/// # Errors
/// When it is no message, or holds what the person may not have.
pub(super) fn open(
    reply: &[u8],
    to: (PersonId, SeatId),
    canaries: &BTreeMap<String, PersonId>,
) -> Checked<Opened> {
    let (to, seat) = to;
    let reply: SyncReply =
        decode_body(reply).map_err(|error| Violation::broke("decode a reply", &error))?;
    let mut opened = Opened::default();
    for answer in reply.answers.iter().flatten() {
        match answer.seen {
            Seen::Admitted(_) => opened.acknowledged.push(answer.command),
            Seen::Waiting | Seen::TurnedAway(_) => {}
        }
    }
    collect(&reply.page.envelopes, seat, &mut opened.documents)?;
    for backfill in reply.backfill.iter().chain(&reply.resent) {
        collect(&backfill.envelopes, seat, &mut opened.documents)?;
        let frames = backfill.frames.iter().flat_map(|frame| &frame.documents);
        opened
            .documents
            .extend(frames.map(|installed| installed.document));
    }
    for document in &opened.documents {
        if let Compartment::Author(author) = document.compartment
            && document.class.is_by_author()
        {
            ensure(author == to, RULE, || {
                format!("{to:?} receives {document:?}")
            })?;
        }
    }
    let mut plain = minicbor::to_vec(&reply).unwrap_or_default();
    for backfill in reply.backfill.iter().chain(&reply.resent) {
        inflate(backfill, &mut plain);
    }
    no_canary_of_others(&plain, to, canaries)?;
    Ok(opened)
}

/// The changes that an honest request pushes: their places in their actors' sequences, and their hashes.
///
/// # Errors
/// When it does not read: honest devices send nothing else.
pub(super) fn places(request: &[u8]) -> Checked<Vec<((ActorId, u64), ChangeHash)>> {
    let signed = SignedRequest::from_bytes(request)
        .map_err(|error| Violation::broke("read a request", &error))?;
    let request: SyncRequest =
        decode_body(&signed.body).map_err(|error| Violation::broke("decode a request", &error))?;
    let Some(push) = request.push else {
        return Ok(Vec::new());
    };
    let envelopes =
        unpack(&push.envelopes).map_err(|error| Violation::broke("unpack a push", &error))?;
    let mut places = Vec::new();
    for sealed in envelopes.iter().flat_map(SealedEnvelope::parts) {
        let PartBody::Change { bytes, .. } = &sealed.part.body else {
            continue;
        };
        let (facts, _) =
            inspect(bytes).map_err(|error| Violation::broke("inspect a change", &error))?;
        places.push(((facts.actor, facts.seq), facts.hash));
    }
    Ok(places)
}

fn collect(packed: &Packed, own: SeatId, documents: &mut Vec<DocumentKey>) -> Checked<()> {
    let envelopes = unpack(packed).map_err(|error| Violation::broke("unpack a reply", &error))?;
    for envelope in envelopes
        .iter()
        .filter(|envelope| envelope.head.seat != own)
    {
        documents.extend(
            envelope
                .parts()
                .filter_map(|part| part.part.document().copied()),
        );
    }
    Ok(())
}

/// Appends what the install frames hold, once inflated.
fn inflate(backfill: &Backfill, plain: &mut Vec<u8>) {
    for frame in &backfill.frames {
        for document in frame.saved_documents().unwrap_or_default() {
            plain.extend_from_slice(&document);
        }
    }
}

/// Searches bytes for words that are another's alone.
///
/// # Errors
/// When some are found.
pub(super) fn no_canary_of_others(
    bytes: &[u8],
    holder: PersonId,
    canaries: &BTreeMap<String, PersonId>,
) -> Checked<()> {
    // All canaries begin alike, so that one pass over the bytes finds every candidate.
    const FRONT: &[u8] = b"cnry";
    const LENGTH: usize = 28;
    let mut at = 0;
    while let Some(found) = find(&bytes[at..], FRONT) {
        let start = at + found;
        at = start + FRONT.len();
        let Some(word) = bytes.get(start..start + LENGTH) else {
            break;
        };
        let owner = std::str::from_utf8(word)
            .ok()
            .and_then(|word| canaries.get(word));
        if let Some(owner) = owner {
            ensure(*owner == holder, RULE, || {
                format!("{holder:?} holds words of {owner:?}")
            })?;
        }
    }
    Ok(())
}

/// Where some bytes begin within others.
pub(crate) fn find(bytes: &[u8], needle: &[u8]) -> Option<usize> {
    let first = *needle.first()?;
    let mut at = 0;
    while let Some(next) = bytes[at..].iter().position(|byte| *byte == first) {
        let start = at + next;
        if bytes[start..].starts_with(needle) {
            return Some(start);
        }
        at = start + 1;
    }
    None
}
