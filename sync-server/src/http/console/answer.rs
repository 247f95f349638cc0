//! What people's browsers are told, as JSON: values, and refusals with their status, code and texts.

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, RETRY_AFTER};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use jangkau_core::console::ConsoleRefusal;
use jangkau_core::profile::words::Role;
use jangkau_core::text::{self, Language};
use jangkau_core::time::Timestamp;
use serde::Serialize;
use serde_json::{Value, json};

use crate::accounts::{Me, Refusal, Renewed, SignedIn};

/// What a handler tells.
pub(super) type Told = Result<Value, Refusal>;

pub(super) fn instant(at: Timestamp) -> String {
    at.to_utc()
        .to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

pub(super) fn session(signed_in: &SignedIn) -> Value {
    json!({
        "token": signed_in.token,
        "set_up_first": signed_in.is_set_up,
        "ends_at": instant(signed_in.ends_at),
        "desk": signed_in.known,
    })
}

pub(super) fn changed(renewed: &Renewed) -> Value {
    let mut told = session(&renewed.session);
    if !renewed.recovery_codes.is_empty() {
        told["recovery_codes"] = json!(renewed.recovery_codes);
    }
    told
}

pub(super) fn myself(me: &Me, practice: bool) -> Value {
    let codes = |roles: &BTreeSet<Role>| roles.iter().map(|role| role.code()).collect::<Vec<_>>();
    json!({
        "institution": me.institution.id,
        "practice": practice,
        "person": me.person.id.to_string(),
        "name": me.person.name,
        "account": me.account,
        "roles": codes(&me.person.roles),
        "delegated": codes(&me.delegated),
        "set_up_first": me.is_set_up,
        "began_at": instant(me.began_at),
        "ends_at": instant(me.ends_at),
        "recovery_codes_left": me.recovery_left,
    })
}

pub(super) fn tell(told: Told) -> Response {
    match told {
        Ok(value) => answer(StatusCode::OK, &value),
        Err(refusal) => refuse(refusal),
    }
}

#[derive(Serialize)]
struct RefusalBody<'a> {
    code: &'a str,
    id: String,
    en: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    wait_seconds: Option<u32>,
}

/// A refusal with its status, its code, and what people read. It carries its code for the log and the counters.
pub(in crate::http) fn refuse(refusal: Refusal) -> Response {
    let body = RefusalBody {
        code: refusal.code.code(),
        id: text::console(Language::Indonesian, refusal.code),
        en: text::console(Language::English, refusal.code),
        wait_seconds: refusal.wait_seconds,
    };
    let mut response = answer(status_of(refusal.code), &body);
    if let Some(seconds) = refusal.wait_seconds {
        response
            .headers_mut()
            .insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response.extensions_mut().insert(refusal.code);
    response
}

fn answer(status: StatusCode, value: &impl Serialize) -> Response {
    let body = serde_json::to_vec(value).unwrap_or_default();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    response.headers_mut().insert(CONTENT_TYPE, json);
    response
}

/// The status of a refusal.
const fn status_of(code: ConsoleRefusal) -> StatusCode {
    match code {
        ConsoleRefusal::BadSignIn
        | ConsoleRefusal::BadOneTimeCode
        | ConsoleRefusal::NoSession
        | ConsoleRefusal::RenewSession => StatusCode::UNAUTHORIZED,
        ConsoleRefusal::SetUpFirst
        | ConsoleRefusal::WrongPassword
        | ConsoleRefusal::WrongTotp
        | ConsoleRefusal::NotAllowed => StatusCode::FORBIDDEN,
        ConsoleRefusal::UnknownPerson | ConsoleRefusal::UnknownSession => StatusCode::NOT_FOUND,
        ConsoleRefusal::AlreadySetUp | ConsoleRefusal::NoTotpBegun => StatusCode::CONFLICT,
        ConsoleRefusal::WeakPassword | ConsoleRefusal::BadName => StatusCode::UNPROCESSABLE_ENTITY,
        ConsoleRefusal::Malformed => StatusCode::BAD_REQUEST,
        ConsoleRefusal::TooLong => StatusCode::PAYLOAD_TOO_LARGE,
        ConsoleRefusal::TooMany => StatusCode::TOO_MANY_REQUESTS,
        ConsoleRefusal::Later => StatusCode::SERVICE_UNAVAILABLE,
    }
}
