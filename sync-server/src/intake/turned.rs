//! What was turned away: its name outside, and its place in quarantine.

use std::collections::BTreeSet;

use jangkau_core::chunk::ChunkError;
use jangkau_core::class::Class;
use jangkau_core::envelope::CommandHead;
use jangkau_core::id::{CommandId, SeatId};
use jangkau_core::plant::{Plant, planted};
use jangkau_core::sync::{Answer, PackError, SealedEnvelope, Seen, Turned};
use jangkau_core::time::Timestamp;

use crate::admission::{Known, Signer};
use crate::store::shelf::{Kept, Turning};
use crate::store::{StoreError, erase, shelf};

pub(super) const fn turned(command: CommandId, code: Turned) -> Answer {
    Answer {
        command,
        seen: Seen::TurnedAway(code),
    }
}

/// What an envelope that cannot be read is called outside.
pub(super) const fn code_of(error: PackError) -> Turned {
    match error {
        PackError::Chunk(ChunkError::TooLong | ChunkError::TooMany) | PackError::TooMany => {
            Turned::TooLong
        }
        PackError::Chunk(ChunkError::Kind | ChunkError::Compressed | ChunkError::Malformed)
        | PackError::Malformed => Turned::Shape,
        PackError::UnknownCommand => Turned::UnknownCommand,
    }
}

/// Turns a command away whose envelope verified: what depends on it cannot enter either.
pub(super) fn turn(
    known: &Known<'_>,
    signer: &Signer,
    envelope: &SealedEnvelope,
    head: &CommandHead,
    code: Turned,
    now: Timestamp,
) -> Result<(), StoreError> {
    for part in envelope.parts_of(head.id) {
        if let Some(key) = part.document() {
            shelf::add_turned_change(known.db, known.tenant, key.id(), part.content())?;
        }
    }
    let author = (envelope.head.seat, signer.person().id);
    quarantine(known, author, envelope, head, code, now)
}

/// Keeps a command that was turned away: each part alone, in the class of its document.
pub(super) fn quarantine(
    known: &Known<'_>,
    (seat, person): (SeatId, jangkau_core::id::PersonId),
    envelope: &SealedEnvelope,
    head: &CommandHead,
    code: Turned,
    now: Timestamp,
) -> Result<(), StoreError> {
    // What was lawfully erased does not come back by this door.
    if planted(Plant::DropQuarantine) || erase::is_erased(known.db, known.tenant, head.id)? {
        return Ok(());
    }
    let hash = envelope.head.hash();
    let classes: BTreeSet<Option<Class>> = envelope
        .parts_of(head.id)
        .iter()
        .map(|part| part.document().map(|key| key.class))
        .collect();
    for class in classes {
        let own = envelope.visible_to(|other, part| {
            other.id == head.id && part.document().map(|key| key.class) == class
        });
        let Some(own) = own else { continue };
        let key = own.parts().find_map(|part| part.part.document());
        let turning = Turning {
            command: Some(head.id),
            envelope: hash.as_bytes(),
            case: key.map(|key| key.case),
            class,
            document: key.map(jangkau_core::class::DocumentKey::id),
            seat,
            person,
            reason: code.code(),
            received_at: now,
            kept: Kept::Envelope(&own),
        };
        shelf::quarantine(known.db, known.tenant, &turning)?;
    }
    Ok(())
}
