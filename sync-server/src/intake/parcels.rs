//! Parcels: what a seat sealed for the server alone, brought by a colleague's device or on a stick. What is inside takes the
//! ordinary road, as if its author's seat had pushed it; whoever carried it learns whether it arrived.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::VerifyingKey;
use jangkau_core::sync::{
    Answer, AuditKind, COMMANDS_PER_PUSH_MAX, ParcelAnswer, ParcelContent, ParcelError, Refused,
    SealedEnvelope, open_piece, piece_id, unpack_each,
};
use jangkau_core::time::Timestamp;

use super::waiting::retry;
use super::{Intake, POINTS, Untaken, contain};
use crate::admission::{Known, Road};
use crate::audit::{Actor, AuditEntry};
use crate::door::Authenticated;
use crate::library::{Library, server_key};
use crate::store::institutions::{self, InstitutionRow};
use crate::store::staff::Seat;
use crate::store::{Db, Store, StoreError, attempt, audit, shelf, staff};

/// Most pieces in one request; a device sends one.
const PIECES_MAX: usize = 4;

/// What became of a piece: the answers for its author, or why it cannot be opened.
type Piece = Result<Vec<Answer>, ParcelError>;

/// Takes the pieces that a request carries. What has no room now is not answered, and comes again; the carrier goes on.
pub(super) fn take(
    db: &Db,
    library: &Library,
    asked: &Authenticated,
    now: Timestamp,
) -> Result<Vec<ParcelAnswer>, StoreError> {
    let carrier = Actor::Person(asked.seat().person);
    let mut answers = Vec::new();
    for piece in asked.request().parcels.iter().flatten().take(PIECES_MAX) {
        let taken = attempt(db, || {
            take_piece(db, library, asked.institution(), (piece, carrier), now)
        });
        let received = match taken {
            Ok(taken) => taken.is_ok(),
            Err(Untaken::Refused(_)) => continue,
            Err(Untaken::Broken(error)) => {
                contain(error)?;
                continue;
            }
        };
        answers.push(ParcelAnswer {
            piece: piece_id(piece),
            received,
        });
    }
    Ok(answers)
}

/// Takes a piece from a file, for whichever institution it was sealed.
pub(crate) fn take_from_file(
    store: &Store,
    library: &Library,
    piece: &[u8],
    now: Timestamp,
) -> Result<Result<Piece, Refused>, StoreError> {
    let taken = store.transact(Some(POINTS), |db| {
        for institution in institutions::all(db)? {
            let by = (piece, Actor::Admin);
            match attempt(db, || take_piece(db, library, &institution, by, now)) {
                Ok(Err(ParcelError::OtherInstitution)) => {}
                Ok(taken) => return Ok(Ok(taken)),
                Err(Untaken::Refused(code)) => return Ok(Err(code)),
                Err(Untaken::Broken(error)) => return Err(error),
            }
        }
        Ok(Ok(Err(ParcelError::OtherInstitution)))
    })?;
    Ok(taken)
}

fn take_piece(
    db: &Db,
    library: &Library,
    institution: &InstitutionRow,
    (piece, carrier): (&[u8], Actor),
    now: Timestamp,
) -> Result<Piece, Untaken> {
    let tenant = institution.tenant;
    let content = match open_piece(piece, &server_key(institution)) {
        Ok(content) => content,
        Err(error) => return Ok(Err(error)),
    };
    let id = piece_id(piece);
    if let Some(first) = shelf::answers(db, tenant, content.certificate.seat, id)? {
        return Ok(Ok(first));
    }
    let author = author(db, institution, &content, now)?;
    let Some(envelopes) = envelopes(&content, &author) else {
        return Ok(Err(ParcelError::Damaged));
    };
    let mut intake = Intake {
        known: Known {
            db,
            tenant,
            library,
        },
        institution,
        pusher: (author.id, author.person),
        clock_offset_ms: None,
        now,
        cases: BTreeSet::new(),
        own: BTreeMap::new(),
    };
    let road = if content.era < institution.era {
        Road::PushAfterRestore
    } else {
        Road::Push
    };
    let mut answers = Vec::new();
    for envelope in &envelopes {
        answers.extend(intake.take_envelope(road, envelope)?);
    }
    retry(&intake.known, &mut intake.cases, now)?;
    let answers = intake.settle(answers)?;
    shelf::keep_answers(db, tenant, author.id, id, &answers)?;
    let entry = AuditEntry {
        seat: Some(author.id),
        subject: Some(author.person),
        count: Some(answers.len() as u64),
        ..AuditEntry::new(AuditKind::Parcel, carrier, now)
    };
    audit::append(db, tenant, entry)?;
    Ok(Ok(answers))
}

/// The seat whose work it is; one that a restore forgot comes back by its certificate.
fn author(
    db: &Db,
    institution: &InstitutionRow,
    content: &ParcelContent,
    now: Timestamp,
) -> Result<Seat, Untaken> {
    let certificate = &content.certificate;
    let is_ours = |seat: &Seat| seat.tenant == institution.tenant;
    if let Some(seat) = staff::seat(db, certificate.seat)? {
        return Some(seat)
            .filter(is_ours)
            .ok_or(Untaken::Refused(Refused::UnknownSeat));
    }
    let key = server_key(institution).verifying_key();
    let person = staff::person(db, institution.tenant, certificate.person)?;
    // Somebody whom the restore forgot, too, is put back first; until then the parcel is kept by whoever carries it.
    if certificate.verify(&key).is_err()
        || certificate.institution != institution.id
        || person.is_none()
    {
        return Err(Untaken::Refused(Refused::UnknownSeat));
    }
    super::seat_returns(db, institution.tenant, certificate, now)?;
    let seat = staff::seat(db, certificate.seat)?;
    seat.ok_or(Untaken::Refused(Refused::UnknownSeat))
}

/// The envelopes, if every one of them is signed by the author's seat: anybody can seal a parcel, and nobody may fill another's
/// quarantine by one.
fn envelopes(content: &ParcelContent, author: &Seat) -> Option<Vec<SealedEnvelope>> {
    let key = VerifyingKey::from_bytes(&author.public_key).ok()?;
    let mut envelopes = Vec::new();
    let mut commands = 0;
    for unpacked in unpack_each(&content.envelopes) {
        let envelope = unpacked.ok()?;
        let is_theirs = envelope.head.seat == author.id
            && envelope.head.verify(&envelope.signature, &key).is_ok();
        commands += envelope.commands.len();
        if !is_theirs || commands > COMMANDS_PER_PUSH_MAX {
            return None;
        }
        envelopes.push(envelope);
    }
    Some(envelopes)
}
