//! The audit chain: what was done here, by whom, and who was sent what is confidential. Append-only, one for each
//! institution; every entry's hash covers the one before it, so that nothing can be changed or left out unseen.
//!
//! Entries hold ids, codes and keyed hashes: no names and no words of a case, so that an erasure has nothing to change here.
//! Devices remember the last head that they saw; a chain that was written anew is told apart from theirs.

mod verify;

use std::collections::BTreeSet;

use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::id::{CaseId, DocumentId, EnvelopeHash, PersonId, SeatId, ServerSeq};
use jangkau_core::sync::{
    AUDIT_HASH_LEN, AdminAct, AuditHead, AuditKind, AuditStanding, SyncReply,
};
use jangkau_core::time::Timestamp;

use crate::store::shelf::Turning;
use crate::store::{audit as kept, encode};

pub use verify::{AuditFault, Broken, Verified};
pub(crate) use verify::{kind_of, verify};

/// Classes of which every delivery is an entry: psychologists' notes (K4) and what keeps somebody safe (K6).
const WATCHED: [Class; 2] = [Class::Notes, Class::Safety];

/// Bytes of an entry's hash.
pub(crate) const HASH_LEN: usize = 32;

/// Who did what an entry tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Actor {
    /// The server of itself.
    #[n(0)]
    Server,
    /// Whoever administers the machine.
    #[n(1)]
    Admin,
    /// A person.
    #[n(2)]
    Person(#[n(0)] PersonId),
}

/// One entry. Its canonical bytes are its CBOR.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AuditEntry {
    /// Its number in the chain, counted from 1.
    #[n(0)]
    pub number: u64,
    /// When, by the server's clock.
    #[n(1)]
    pub at: Timestamp,
    /// What it tells of.
    #[n(2)]
    pub kind: AuditKind,
    /// Who did it.
    #[n(3)]
    pub actor: Actor,
    /// The seat with which, or about which.
    #[n(4)]
    pub seat: Option<SeatId>,
    /// The row of the log.
    #[n(5)]
    pub row: Option<ServerSeq>,
    /// The case.
    #[n(6)]
    pub case: Option<CaseId>,
    /// The class of what it is about.
    #[n(7)]
    pub class: Option<Class>,
    /// The person whom it is about.
    #[n(8)]
    pub subject: Option<PersonId>,
    /// The document.
    #[n(9)]
    pub document: Option<DocumentId>,
    /// A keyed hash of what must not stand here: the row's bytes, a reason.
    #[cbor(n(10), with = "minicbor::bytes")]
    pub digest: Option<[u8; HASH_LEN]>,
    /// The envelope.
    #[n(11)]
    pub envelope: Option<EnvelopeHash>,
    /// A word of a closed vocabulary: an act, a reason, a status.
    #[n(12)]
    pub word: Option<String>,
    /// A number: of an era, of an entry that a device remembers.
    #[n(13)]
    pub count: Option<u64>,
    /// Until when.
    #[n(14)]
    pub until: Option<Timestamp>,
}

impl AuditEntry {
    /// An entry that only says what, by whom and when; its number is given when it is appended.
    pub(crate) const fn new(kind: AuditKind, actor: Actor, at: Timestamp) -> Self {
        Self {
            number: 0,
            at,
            kind,
            actor,
            seat: None,
            row: None,
            case: None,
            class: None,
            subject: None,
            document: None,
            digest: None,
            envelope: None,
            word: None,
            count: None,
            until: None,
        }
    }

    /// What an administrator did.
    pub(crate) fn act(act: AdminAct, at: Timestamp) -> Self {
        Self {
            word: Some(act.code().to_owned()),
            ..Self::new(AuditKind::AdminAct, Actor::Admin, at)
        }
    }

    /// The same, about a person.
    pub(crate) fn act_on(act: AdminAct, person: PersonId, at: Timestamp) -> Self {
        Self {
            subject: Some(person),
            ..Self::act(act, at)
        }
    }

    /// What somebody did about a case at the desk of the server.
    pub(crate) fn act_by(act: AdminAct, (person, case): (PersonId, CaseId), at: Timestamp) -> Self {
        Self {
            actor: Actor::Person(person),
            case: Some(case),
            ..Self::act(act, at)
        }
    }

    /// The same, about an entry of the register of rights.
    pub(crate) fn right(act: AdminAct, number: i64, by: (PersonId, CaseId), at: Timestamp) -> Self {
        Self {
            count: u64::try_from(number).ok(),
            ..Self::act_by(act, by, at)
        }
    }

    /// What somebody did about the vault of a seat.
    pub(crate) fn of_vault(act: AdminAct, actor: Actor, seat: SeatId, at: Timestamp) -> Self {
        Self {
            actor,
            seat: Some(seat),
            ..Self::act(act, at)
        }
    }

    /// Something that went into quarantine.
    pub(crate) fn turned(turning: &Turning<'_>) -> Self {
        Self {
            seat: Some(turning.seat),
            case: turning.case,
            class: turning.class,
            document: turning.document,
            envelope: EnvelopeHash::try_from(turning.envelope).ok(),
            word: Some(turning.reason.to_owned()),
            ..Self::new(
                AuditKind::TurnedAway,
                Actor::Person(turning.person),
                turning.received_at,
            )
        }
    }

    /// A device remembers what the chain does not hold.
    pub(crate) fn disputed(
        (person, seat): (PersonId, SeatId),
        remembered: AuditHead,
        standing: AuditStanding,
        at: Timestamp,
    ) -> Option<Self> {
        let kind = match standing {
            AuditStanding::Held => return None,
            AuditStanding::Lost => AuditKind::SpanLost,
            AuditStanding::Forked => AuditKind::ForkReported,
        };
        let mut digest = [0; HASH_LEN];
        digest[..AUDIT_HASH_LEN].copy_from_slice(&remembered.hash);
        Some(Self {
            seat: Some(seat),
            count: Some(remembered.number),
            digest: Some(digest),
            ..Self::new(kind, Actor::Person(person), at)
        })
    }

    /// The hash of this entry after the one before it.
    pub(crate) fn hash_after(&self, before: &[u8; HASH_LEN]) -> [u8; HASH_LEN] {
        chained(before, &encode(self))
    }
}

/// `h_n` of an entry's canonical bytes.
pub(crate) fn chained(before: &[u8; HASH_LEN], entry: &[u8]) -> [u8; HASH_LEN] {
    let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 audit");
    hasher.update(before).update(entry);
    *hasher.finalize().as_bytes()
}

/// What the first entry of an institution's chain comes after.
pub(crate) fn root(institution: &str) -> [u8; HASH_LEN] {
    blake3::derive_key("jangkau v1 audit chain", institution.as_bytes())
}

/// A hash that only the institution's server can make: of what must not be guessed from the chain.
pub(crate) fn digest(server_key: &[u8; 32], bytes: &[u8]) -> [u8; HASH_LEN] {
    let key = blake3::derive_key("jangkau v1 audit digest", server_key);
    *blake3::keyed_hash(&key, bytes).as_bytes()
}

/// A hash as devices remember it.
pub(crate) fn head_of(number: u64, hash: &[u8; HASH_LEN]) -> AuditHead {
    let mut short = [0; AUDIT_HASH_LEN];
    short.copy_from_slice(&hash[..AUDIT_HASH_LEN]);
    AuditHead {
        number,
        hash: short,
    }
}

/// The documents that an answer brings, each once: read from the answer itself, so that no road to a device goes past it.
pub(crate) fn brought(reply: &SyncReply) -> BTreeSet<DocumentKey> {
    let mut brought: BTreeSet<DocumentKey> = reply.page.envelopes.documents().copied().collect();
    for filled in reply.backfill.iter().chain(&reply.resent) {
        brought.extend(filled.envelopes.documents());
        let installed = filled.frames.iter().flat_map(|frame| &frame.documents);
        brought.extend(installed.map(|installed| &installed.document));
    }
    brought
}

/// The entries of the confidential ones among documents that go to a device.
pub(crate) fn reads(
    brought: &BTreeSet<DocumentKey>,
    (person, seat): (PersonId, SeatId),
    at: Timestamp,
) -> Vec<AuditEntry> {
    let watched = brought.iter().filter(|key| WATCHED.contains(&key.class));
    let read = |key: &DocumentKey| AuditEntry {
        seat: Some(seat),
        case: Some(key.case),
        class: Some(key.class),
        document: Some(key.id()),
        ..AuditEntry::new(AuditKind::Read, Actor::Person(person), at)
    };
    watched.map(read).collect()
}

/// What other rooms have the chain tell of. A reason is kept as a keyed hash alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Noted<'a> {
    /// A person exported something of a case, or of the whole institution.
    Export {
        /// Who.
        person: PersonId,
        /// Of which case.
        case: Option<CaseId>,
        /// Of which class.
        class: Option<Class>,
        /// Why.
        reason: Option<&'a str>,
    },
    /// A person opened what they usually may not.
    BreakGlass {
        /// Who.
        person: PersonId,
        /// Which case.
        case: CaseId,
        /// Which class.
        class: Class,
        /// Until when.
        until: Timestamp,
        /// Why.
        reason: &'a str,
    },
    /// What a row of the log held was lawfully erased.
    Erased {
        /// Which.
        row: ServerSeq,
    },
}

impl Noted<'_> {
    /// The entry, with reasons hashed under the institution's key.
    pub(crate) fn entry(&self, server_key: &[u8; 32], at: Timestamp) -> AuditEntry {
        let by = |kind, person| AuditEntry::new(kind, Actor::Person(person), at);
        let hashed = |reason: &str| digest(server_key, reason.as_bytes());
        match *self {
            Self::Export {
                person,
                case,
                class,
                reason,
            } => AuditEntry {
                case,
                class,
                digest: reason.map(hashed),
                ..by(AuditKind::Export, person)
            },
            Self::BreakGlass {
                person,
                case,
                class,
                until,
                reason,
            } => AuditEntry {
                case: Some(case),
                class: Some(class),
                until: Some(until),
                digest: Some(hashed(reason)),
                ..by(AuditKind::BreakGlass, person)
            },
            Self::Erased { row } => AuditEntry {
                row: Some(row),
                ..AuditEntry::new(AuditKind::Erased, Actor::Server, at)
            },
        }
    }
}

/// Whether a head that a device remembers is in the chain. `era` is the era of which it knew.
pub(crate) fn standing(
    db: &crate::store::Db,
    tenant: crate::store::institutions::Tenant,
    era: jangkau_core::id::LogEra,
    remembered: AuditHead,
) -> Result<AuditStanding, crate::store::StoreError> {
    let held = kept::hash(db, tenant, remembered.number)?;
    if held.is_some_and(|hash| head_of(remembered.number, &hash) == remembered) {
        return Ok(AuditStanding::Held);
    }
    // What came before the restore must be in it still; what came after is what the restore forgot.
    let restored = kept::era_after(db, tenant, era)?;
    Ok(match restored {
        Some(began) if remembered.number >= began => AuditStanding::Lost,
        Some(_) | None => AuditStanding::Forked,
    })
}
