//! A forgotten PIN: a head approves the release of one vault by the code of its request, and the server answers that very request.
//!
//! The server holds no secret of a vault: the device keeps it sealed to the institution's key, and it is opened here for one answer.

use std::collections::BTreeMap;

use jangkau_core::id::{InstitutionId, PersonId, SeatId};
use jangkau_core::lock::{ReleaseCode, ReleaseRequest, release};
use jangkau_core::sync::{AdminAct, Refused, RefusedReply, SeatStatus, decode_body, encode_body};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::audit::{Actor, AuditEntry};
use crate::door::refusal_of;
use crate::library::server_key;
use crate::store::{StoreError, audit, institutions, staff};

/// How long an approval waits for its request. DEFAULT: a call between two people who know each other, and a bad line.
const APPROVED_MS: i64 = 15 * 60_000;

/// The approvals under way. Not kept over a restart: the head approves once more.
#[derive(Debug, Default)]
pub(super) struct Approvals(BTreeMap<(SeatId, ReleaseCode), Timestamp>);

impl Approvals {
    fn approve(&mut self, seat: SeatId, code: ReleaseCode, now: Timestamp) {
        self.0.retain(|_, at| is_fresh(*at, now));
        self.0.insert((seat, code), now);
    }

    /// Whether this request was approved. It may be asked again as long as the approval lasts, since an answer may be lost: what it
    /// brings is sealed to the one-time key that the code stands for.
    fn holds(&self, seat: SeatId, code: ReleaseCode, now: Timestamp) -> bool {
        let at = self.0.get(&(seat, code));
        at.is_some_and(|at| is_fresh(*at, now))
    }
}

fn is_fresh(at: Timestamp, now: Timestamp) -> bool {
    (0..APPROVED_MS).contains(&now.millis_since(at))
}

impl Engine {
    /// A head approves that a vault is opened whose PIN was forgotten, by the code that its person reads to them.
    ///
    /// # Errors
    /// [`EngineError::Unknown`] for a seat that is not of the institution or was reported stolen; [`EngineError::NotHead`] where `by` has
    /// not the powers of a head.
    pub fn approve_release(
        &mut self,
        institution: &InstitutionId,
        by: PersonId,
        seat: SeatId,
        code: ReleaseCode,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let head = staff::person(&db, tenant, by)?.ok_or(EngineError::Unknown)?;
        let profile = self.library.in_force(&db, tenant, now)?;
        if !head.active || !profile.is_head(&head.roles) {
            return Err(EngineError::NotHead);
        }
        let whose = staff::seat(&db, seat)?.ok_or(EngineError::Unknown)?;
        if whose.tenant != tenant || whose.status == SeatStatus::Stolen {
            return Err(EngineError::Unknown);
        }
        drop(db);
        let act = AuditEntry::of_vault(AdminAct::ApproveRelease, Actor::Person(by), seat, now);
        self.store
            .transact(None, |db| audit::append(db, tenant, act.clone()))?;
        tracing::warn!(%institution, %by, %seat, person = %whose.person, "the release of a vault was approved");
        self.approvals.approve(seat, code, now);
        Ok(())
    }

    /// `POST /v1/release`: a body of `ReleaseRequest`; gives a body of `ReleaseReply`.
    ///
    /// # Errors
    /// [`RefusedReply`]: `bad_code` for a request that nobody approved, or whose secret is not of this institution and seat.
    pub fn release(
        &mut self,
        body: &[u8],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<u8>, RefusedReply> {
        let request: ReleaseRequest = decode_body(body).map_err(refusal_of)?;
        let answered = self.answer_release(&request, now, rng);
        answered.map_err(|error| {
            tracing::error!(%error, "a release failed");
            RefusedReply::from(Refused::Later)
        })?
    }

    fn answer_release(
        &self,
        request: &ReleaseRequest,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Vec<u8>, RefusedReply>, StoreError> {
        let refused = Ok(Err(Refused::BadCode.into()));
        if !self.approvals.holds(request.seat, request.code(), now) {
            return refused;
        }
        let db = self.store.db();
        let (Some(institution), Some(seat)) = (
            institutions::find(&db, &request.institution)?,
            staff::seat(&db, request.seat)?,
        ) else {
            return refused;
        };
        // It may have been reported stolen since.
        if seat.tenant != institution.tenant || seat.status == SeatStatus::Stolen {
            return refused;
        }
        let Ok(reply) = release(request, &server_key(&institution), rng) else {
            return refused;
        };
        drop(db);
        let by = Actor::Person(seat.person);
        let act = AuditEntry::of_vault(AdminAct::Release, by, request.seat, now);
        self.store.transact(None, |db| {
            audit::append(db, institution.tenant, act.clone())
        })?;
        tracing::warn!(seat = %request.seat, "a vault was released");
        Ok(Ok(encode_body(&reply)))
    }
}
