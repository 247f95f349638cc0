//! A refusal as a response: the status says whose turn it is, the body says why.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jangkau_core::cbor::encode;
use jangkau_core::sync::{Refused, RefusedReply};

/// Seconds after which "later" is worth another try: a few groups and their rulings.
const RETRY_AFTER_SECONDS: HeaderValue = HeaderValue::from_static("5");

/// Media type of answers and refusals.
pub(super) const CBOR: HeaderValue = HeaderValue::from_static("application/cbor");

/// The status of a refusal.
pub(super) const fn status_of(code: Refused) -> StatusCode {
    match code {
        Refused::StaleNonce => StatusCode::CONFLICT,
        Refused::UnknownSeat | Refused::BadSignature => StatusCode::UNAUTHORIZED,
        Refused::RetiredSeat | Refused::StolenSeat | Refused::BadCode => StatusCode::FORBIDDEN,
        Refused::Malformed | Refused::Version => StatusCode::BAD_REQUEST,
        Refused::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        Refused::Later => StatusCode::SERVICE_UNAVAILABLE,
    }
}

/// The bytes of a refusal.
pub(super) fn body_of(refusal: RefusedReply) -> Vec<u8> {
    encode(&refusal)
}

/// The response; it carries its code for the log and the counters.
pub(super) fn refuse(refusal: RefusedReply) -> Response {
    let mut response = Response::new(Body::from(body_of(refusal)));
    *response.status_mut() = status_of(refusal.code);
    response.headers_mut().insert(CONTENT_TYPE, CBOR);
    if refusal.code == Refused::Later {
        response
            .headers_mut()
            .insert(RETRY_AFTER, RETRY_AFTER_SECONDS);
    }
    response.extensions_mut().insert(refusal.code);
    response
}

/// Whoever asks, or their address, asks too often: worth another try, as `later` says.
pub(super) fn too_often() -> Response {
    let mut response = refuse(Refused::Later.into());
    *response.status_mut() = StatusCode::TOO_MANY_REQUESTS;
    response
}

/// The body did not arrive in time: the client's line, not our fault, and worth another try.
pub(super) fn too_slow() -> Response {
    let mut response = refuse(Refused::Later.into());
    *response.status_mut() = StatusCode::REQUEST_TIMEOUT;
    response
}
