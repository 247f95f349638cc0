//! What the engine says about blobs: who may bring or fetch one, and that one has arrived. Their bytes never come here.

use jangkau_core::id::{CommandId, InstitutionId, Nonce, SeatId, ServerSeq};
use jangkau_core::sync::{BlobRefused, Refused, RefusedReply, RequestClaim, Row, SeatStatus};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::door::{self, Known};
use crate::pull::{Access, NOW};
pub use crate::store::blobs::BlobName;
use crate::store::blobs::{self, BlobRow};
use crate::store::institutions;
use crate::store::{Db, StoreError, log};

/// Bytes of one person's attachments in a day; more are told to come later. DEFAULT: a day of scanning a whole archive
/// cabinet.
const DAY_BYTES_MAX: u64 = 1024 * 1024 * 1024;

const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// What a request about a blob asks, without its bytes.
#[derive(Clone, Copy, Debug)]
pub struct BlobAsk {
    /// Who asks.
    pub claim: RequestClaim,
    /// The attachment.
    pub command: CommandId,
    /// Whether its bytes are wanted; else they are brought.
    pub fetches: bool,
}

/// A request about a blob that may go on. Only the engine makes one.
#[derive(Clone, Debug)]
pub struct BlobPermit {
    /// Who asks.
    pub(crate) seat: SeatId,
    /// The institution.
    pub(crate) institution: InstitutionId,
    /// The attachment.
    pub(crate) command: CommandId,
    /// What its record names, and the document that it is sealed for.
    pub(crate) name: BlobName,
    /// Length of its plain bytes.
    pub(crate) length: u32,
    /// The row that says that its bytes have arrived.
    pub(crate) stored: Option<ServerSeq>,
}

/// What the engine says to a request about a blob.
#[derive(Clone, Debug)]
pub struct BlobEntry {
    /// For the next request.
    pub nonce: Nonce,
    /// Whether this one may go on.
    pub permit: Result<BlobPermit, BlobRefused>,
}

/// A blob that is referred to, for administrators. It tells of no case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BlobListing {
    /// The attachment.
    pub command: CommandId,
    /// Under what its bytes lie.
    pub name: BlobName,
    /// Length of its plain bytes.
    pub length: u32,
    /// When its record came.
    pub referred_at: Timestamp,
    /// Whether the log says that its bytes have arrived.
    pub is_stored: bool,
}

impl Engine {
    /// Who asks about a blob, and whether they may: bring it, who attached it or may hold its document; fetch it, who may
    /// hold its document now.
    ///
    /// # Errors
    /// [`RefusedReply`].
    pub fn blob_entry(
        &mut self,
        ask: &BlobAsk,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<BlobEntry, RefusedReply> {
        let broken = |error: StoreError| {
            tracing::error!(%error, "a request about a blob could not be looked at");
            RefusedReply::from(Refused::Later)
        };
        // What broken glass gave, and a mandate, ends by the clock, whoever comes first.
        if let Err(error) = self.settle_terms(now) {
            tracing::error!(%error, "what is over could not be ended");
            return Err(Refused::Later.into());
        }
        let db = self.store.db();
        let known = door::recognise(&db, &mut self.nonces, &ask.claim, rng).map_err(broken)?;
        let known = known?;
        let nonce = self.nonces.fresh(known.seat.id, rng);
        let refused = |code| RefusedReply {
            code,
            nonce: Some(nonce),
        };
        if ask.fetches && known.seat.status == SeatStatus::Retired {
            return Err(refused(Refused::RetiredSeat));
        }
        let found = blobs::find(&db, known.seat.tenant, ask.command).map_err(broken)?;
        let Some(row) = found else {
            return Ok(BlobEntry {
                nonce,
                permit: Err(BlobRefused::Unknown),
            });
        };
        if !may(&db, &known, &row, ask.fetches).map_err(broken)? {
            return Ok(BlobEntry {
                nonce,
                permit: Err(BlobRefused::Unknown),
            });
        }
        let tenant = known.seat.tenant;
        if !ask.fetches && row.stored.is_none() {
            let since = now.plus_millis(-DAY_MS);
            let bytes = blobs::bytes_since(&db, tenant, row.person, since).map_err(broken)?;
            if bytes.saturating_add(u64::from(row.length)) > DAY_BYTES_MAX {
                return Err(refused(Refused::Later));
            }
        }
        let institution = institutions::get(&db, tenant).map_err(broken)?.id;
        Ok(BlobEntry {
            nonce,
            permit: Ok(BlobPermit {
                seat: known.seat.id,
                institution,
                command: row.command,
                name: row.name(),
                length: row.length,
                stored: row.stored.map(|(seq, _)| seq),
            }),
        })
    }

    /// The bytes of a blob have arrived and are what its record names: appends the row that says so, once. Gives the row. Bytes whose
    /// record was erased meanwhile are to be deleted.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn blob_stored(
        &mut self,
        permit: &BlobPermit,
        now: Timestamp,
    ) -> Result<ServerSeq, EngineError> {
        let tenant = self.institution(&permit.institution)?.tenant;
        let stored = self.store.transact(None, |db| {
            let Some(row) = blobs::find(db, tenant, permit.command)? else {
                blobs::set_gone(db, tenant, permit.name)?;
                return Ok(None);
            };
            if let Some((seq, _)) = row.stored {
                return Ok(Some(seq));
            }
            let said = Row::Stored(row.document.case, row.command, row.hash);
            let seq = log::append(db, tenant, &said, &row.heading(), now)?;
            blobs::set_stored(db, tenant, row.command, (seq, now))?;
            Ok(Some(seq))
        })?;
        stored.ok_or(EngineError::Unknown)
    }

    /// The blobs that records of an institution refer to.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn blobs(&self, institution: &InstitutionId) -> Result<Vec<BlobListing>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = blobs::list(&self.store.db(), tenant, None)?;
        let listing = |row: BlobRow| BlobListing {
            command: row.command,
            name: row.name(),
            length: row.length,
            referred_at: row.referred_at,
            is_stored: row.stored.is_some(),
        };
        Ok(rows.into_iter().map(listing).collect())
    }

    /// The bytes of erased attachments, which are to be deleted, by institution.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn erased_blobs(&self) -> Result<Vec<(InstitutionId, Vec<BlobName>)>, EngineError> {
        let db = self.store.db();
        let mut erased = Vec::new();
        for institution in institutions::all(&db)? {
            let names = blobs::gone(&db, institution.tenant)?;
            if !names.is_empty() {
                erased.push((institution.id, names));
            }
        }
        Ok(erased)
    }

    /// The bytes of erased attachments were deleted.
    ///
    /// # Errors
    /// [`EngineError`]; they may be deleted again.
    pub fn blobs_deleted(
        &mut self,
        institution: &InstitutionId,
        names: &[BlobName],
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let noted = |db: &Db| blobs::set_deleted(db, tenant, names);
        Ok(self.store.transact(None, noted)?)
    }
}

/// Whoever may hold the document may bring and fetch; its author may bring also after the grant has ended, so that a
/// hand-over loses nothing.
fn may(db: &Db, known: &Known, row: &BlobRow, fetches: bool) -> Result<bool, StoreError> {
    let seat = &known.seat;
    if !fetches && row.person == seat.person {
        return Ok(true);
    }
    let is_in_good_standing = seat.status == SeatStatus::Active && seat.is_person_active;
    if !is_in_good_standing {
        return Ok(false);
    }
    let access = Access::load(db, seat.tenant, seat.person)?;
    Ok(access.holds(&row.document, NOW))
}
