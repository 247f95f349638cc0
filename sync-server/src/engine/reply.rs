//! The answer to one request that was taken in.

use std::collections::BTreeMap;

use jangkau_core::id::{CommandId, DocEpoch, DocumentId, Nonce, PersonId, ServerSeq};
use jangkau_core::plant::crash_point;
use jangkau_core::sync::{
    Answer, AuditStanding, COMMANDS_PER_PUSH_MAX, Era, Lease, Seen, SyncReply, TrustReply, Turned,
};
use jangkau_core::time::Timestamp;

use crate::audit;
use crate::backfill;
use crate::door::Authenticated;
use crate::intake::{Taken, settle};
use crate::lease::Leases;
use crate::library::{Library, server_key};
use crate::pull::{Access, Reader};
use crate::store::institutions::{self, InstitutionRow, Tenant};
use crate::store::{Db, StoreError, audit as kept, documents, shelf};

/// From where the log is read, and what is said about the era.
fn position(
    db: &Db,
    institution: &InstitutionRow,
    asked: &Authenticated,
) -> Result<(ServerSeq, Option<ServerSeq>), StoreError> {
    let cursor = asked.request().cursor;
    if cursor.era == institution.era {
        return Ok((cursor.seq, None));
    }
    // An era that this server has never begun: it was restored without being told so. Nothing is known to be common.
    let kept = if cursor.era > institution.era {
        ServerSeq::new(0)
    } else {
        institutions::kept_since(db, institution.tenant, cursor.era)?.unwrap_or_default()
    };
    Ok((cursor.seq.min(kept), Some(kept)))
}

/// What has become of commands that waited; those that wait still are left out.
fn settled(
    db: &Db,
    tenant: Tenant,
    waiting: &[CommandId],
    person: PersonId,
) -> Result<Vec<Answer>, StoreError> {
    let mut settled = Vec::new();
    for command in waiting.iter().take(COMMANDS_PER_PUSH_MAX).copied() {
        let seen = match settle(db, tenant, command, person)? {
            Seen::Waiting => continue,
            seen @ (Seen::Admitted(_) | Seen::TurnedAway(_)) => seen,
        };
        settled.push(Answer { command, seen });
    }
    Ok(settled)
}

/// Where the audit chain ends, and whether it holds what the device remembers.
fn trust(
    db: &Db,
    institution: &InstitutionRow,
    asked: &Authenticated,
) -> Result<TrustReply, StoreError> {
    let (number, hash) = kept::last(db, institution)?;
    let head = audit::head_of(number, &hash);
    let remembered = asked.request().trust.and_then(|trust| trust.head);
    let standing = match remembered.filter(|remembered| *remembered != head) {
        Some(remembered) => {
            let era = asked.request().cursor.era;
            audit::standing(db, institution.tenant, era, remembered)?
        }
        None => AuditStanding::Held,
    };
    let keeps = asked.request().trust.and_then(|trust| trust.left);
    let set_aside = match keeps.filter(|left| *left > 0 && !asked.is_in_good_standing()) {
        Some(_) => shelf::in_every_backup(db, institution, asked.seat().id)?,
        None => Vec::new(),
    };
    Ok(TrustReply {
        head,
        standing: Some(standing).filter(|standing| *standing != AuditStanding::Held),
        parcels: None,
        set_aside: Some(set_aside).filter(|kept| !kept.is_empty()),
    })
}

/// The epochs of documents for which something came that is of another one: who does not hold a document learns it only so.
fn epochs_of(
    db: &Db,
    tenant: Tenant,
    taken: &Taken,
    settled: Option<&[Answer]>,
) -> Result<Option<Vec<(DocumentId, DocEpoch)>>, StoreError> {
    let answers = taken
        .answers
        .iter()
        .flatten()
        .chain(settled.into_iter().flatten());
    let mut epochs = BTreeMap::new();
    for answer in answers {
        if answer.seen != Seen::TurnedAway(Turned::WrongEpoch) {
            continue;
        }
        for document in shelf::documents_turned(db, tenant, answer.command)? {
            if let Some(row) = documents::get(db, tenant, document)? {
                epochs.insert(document, row.epoch);
            }
        }
    }
    let epochs: Vec<(DocumentId, DocEpoch)> = epochs.into_iter().collect();
    Ok(Some(epochs).filter(|epochs| !epochs.is_empty()))
}

/// Builds the answer. With nothing new it reads two rows of the store.
/// The lease that goes with an answer, if one is due. Only an active seat of somebody who works here is given one.
pub(super) fn lease(
    db: &Db,
    library: &Library,
    leases: &mut Leases,
    asked: &Authenticated,
    reply: &SyncReply,
) -> Result<Option<Lease>, StoreError> {
    let (seat, now) = (asked.seat().id, reply.now);
    if !asked.is_in_good_standing() || !leases.is_due(seat, asked.nonce(), reply.nonce, now) {
        return Ok(None);
    }
    let institution = asked.institution();
    let profile = library.in_force(db, institution.tenant, now)?;
    let until = now.plus_millis(profile.devices.lease_millis());
    Ok(Some(Lease::sign(
        seat,
        now,
        until,
        &server_key(institution),
    )))
}

/// Builds the answer. With nothing new it reads one row of the store.
pub(super) fn reply(
    db: &Db,
    asked: &Authenticated,
    taken: &Taken,
    nonce: Nonce,
    now: Timestamp,
) -> Result<SyncReply, StoreError> {
    crash_point("reply")?;
    let institution = institutions::get(db, asked.institution().tenant)?;
    let (tenant, head) = (institution.tenant, institution.head);
    let (after, kept) = position(db, &institution, asked)?;
    let request = asked.request();
    let person = asked.seat().person;
    let is_in_good_standing = asked.is_in_good_standing();
    let reads = after < head
        || request.backfill.is_some()
        || request.check.is_some()
        || request.resend.is_some();
    let access = if is_in_good_standing && reads {
        Access::load(db, tenant, person)?
    } else {
        Access::none(person)
    };
    let reader = Reader {
        db,
        tenant,
        seat: asked.seat().id,
        access,
        own: &taken.own,
        is_in_good_standing,
    };
    let backed_up = institution.backed_up_through;
    let upto = after.min(head);
    let page = reader.page(after, head)?;
    let backfill = match &request.backfill {
        Some(at) if is_in_good_standing => Some(backfill::page(&reader, at, backed_up, upto)?),
        Some(_) | None => None,
    };
    let resent = match &request.resend {
        Some(buckets) if is_in_good_standing => {
            Some(backfill::resend(&reader, buckets, backed_up, upto)?)
        }
        Some(_) | None => None,
    };
    // Only a device that has read everything can be compared.
    let check = match &request.check {
        Some(digest) if is_in_good_standing && after == head && kept.is_none() => {
            Some(reader.check(digest)?)
        }
        Some(_) | None => None,
    };
    let settled = match &request.waiting {
        Some(waiting) => Some(settled(db, tenant, waiting, person)?),
        None => None,
    };
    let epochs = epochs_of(db, tenant, taken, settled.as_deref())?;
    Ok(SyncReply {
        nonce,
        now,
        backed_up_through: backed_up,
        era: Era {
            number: institution.era,
            kept,
        },
        page,
        answers: taken.answers.clone(),
        backfill,
        check,
        resent,
        to: asked.nonce(),
        lease: None,
        settled: settled.filter(|settled| !settled.is_empty()),
        epochs,
        trust: Some(TrustReply {
            parcels: Some(taken.parcels.clone()).filter(|parcels| !parcels.is_empty()),
            ..trust(db, &institution, asked)?
        }),
    })
}
