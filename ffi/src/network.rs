//! One request to the server and what came of it. Everything that a stranger on the way may send ends in a small error.

use jangkau_core::sync::{FRAME_BYTES_MAX, Refused, RefusedReply};

use crate::platform::Device;
use crate::{HttpRequest, TransportFault, VaultError};

/// A phone at the edge of its network gets a byte in this time, or none.
const IDLE_MS_MAX: u64 = 60_000;

/// The status of an answer that was taken.
const OK: u16 = 200;

/// The server is asked too often; it says so without a body of the protocol, too.
const TOO_MANY: u16 = 429;

/// What the server said.
pub(crate) enum Said {
    /// The body of an answer with status 200.
    Taken(Vec<u8>),
    /// The code of a refusal, and its body.
    Refused(Refused, Vec<u8>),
}

/// Posts a body. `id` is the request's, drawn from [`Device::request_id`].
pub(crate) fn post(
    device: &Device,
    id: u64,
    route: &str,
    body: Vec<u8>,
) -> (Option<u16>, Result<Said, VaultError>) {
    // As it is signed: method and path.
    let (method, path) = route.split_once(' ').unwrap_or(("POST", route));
    let request = HttpRequest {
        id,
        method: method.to_owned(),
        path: path.to_owned(),
        body,
        reply_bytes_max: FRAME_BYTES_MAX as u64,
        idle_ms_max: IDLE_MS_MAX,
    };
    match device.transport.send(request) {
        Ok(reply) => (Some(reply.status), said(reply.status, reply.body)),
        Err(fault) => (None, Err(fault.into())),
    }
}

fn said(status: u16, body: Vec<u8>) -> Result<Said, VaultError> {
    if body.len() > FRAME_BYTES_MAX {
        return Err(VaultError::NotAnAnswer);
    }
    if status == OK {
        return Ok(Said::Taken(body));
    }
    match RefusedReply::from_bytes(&body) {
        Some(reply) => Ok(Said::Refused(reply.code, body)),
        None if status == TOO_MANY || status >= 500 => Err(VaultError::ServerBusy),
        None => Err(VaultError::NotAnAnswer),
    }
}

impl From<TransportFault> for VaultError {
    fn from(fault: TransportFault) -> Self {
        match fault {
            TransportFault::Offline | TransportFault::TimedOut => Self::Offline,
            TransportFault::Aborted => Self::Cancelled,
            TransportFault::TooLong | TransportFault::Untrusted => Self::NotAnAnswer,
            TransportFault::Failed => Self::Platform,
        }
    }
}

impl From<Refused> for VaultError {
    fn from(code: Refused) -> Self {
        match code {
            Refused::Later => Self::ServerBusy,
            Refused::Version => Self::UpdateNeeded,
            Refused::BadCode => Self::CodeRefused,
            Refused::UnknownSeat | Refused::RetiredSeat | Refused::StolenSeat => Self::SeatRevoked,
            Refused::StaleNonce | Refused::BadSignature | Refused::Malformed | Refused::TooLong => {
                Self::ServerRefused
            }
        }
    }
}
