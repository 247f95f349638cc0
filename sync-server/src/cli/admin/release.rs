//! What an administrator types when a head lets somebody back into a vault whose PIN was forgotten.

use clap::Args;
use jangkau_core::id::{IdError, InstitutionId, PersonId, SeatId};
use jangkau_core::lock::ReleaseCode;
use jangkau_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AdminAsk, AdminReply};
use crate::engine::Engine;

/// `admin release`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Releasing {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// The head who knows the person and approves it, as `admin list` shows them
    #[arg(long, value_name = "ID")]
    by: PersonId,
    /// The seat, as `admin list` shows it
    #[arg(long, value_name = "ID")]
    seat: SeatId,
    /// The code on the person's phone
    #[arg(long)]
    code: ReleaseCode,
}

/// The same, for whoever owns the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseAsk {
    institution: InstitutionId,
    by: String,
    seat: String,
    code: String,
}

impl From<Releasing> for AdminAsk {
    fn from(typed: Releasing) -> Self {
        Self::Release(ReleaseAsk {
            institution: typed.institution,
            by: typed.by.to_string(),
            seat: typed.seat.to_string(),
            code: typed.code.to_string(),
        })
    }
}

/// Approves it.
pub(super) fn perform(ask: &ReleaseAsk, engine: &mut Engine, now: Timestamp) -> AdminReply {
    let parsed =
        || -> Result<_, IdError> { Ok((ask.by.parse()?, ask.seat.parse()?, ask.code.parse()?)) };
    let (by, seat, code) = match parsed() {
        Ok(parsed) => parsed,
        Err(error) => return AdminReply::Refused(error.to_string()),
    };
    match engine.approve_release(&ask.institution, by, seat, code, now) {
        Ok(()) => AdminReply::Done,
        Err(error) => AdminReply::Refused(error.to_string()),
    }
}
