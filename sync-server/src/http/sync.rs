//! `POST /v1/sync`, `POST /v1/enrol`, `POST /v1/release` and `POST /v1/glass`: a body of bytes in, a body of bytes or a named refusal out.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::CONTENT_TYPE;
use axum::response::Response;
use jangkau_core::sync::{Answer, Refused, RefusedReply, Seen, SignedRequest, decode_body};

use super::body::{self, Heard, Unread};
use super::limits::{Reached, Route};
use super::refusal::{CBOR, refuse, too_often, too_slow};
use super::{App, Peer, Shared};
use crate::metrics::{Measure, Metrics};

/// Answers a signed request.
pub(super) async fn sync(
    State(App(app)): State<App>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Response {
    let mut heard = match hear(&app, Route::Sync, body).await {
        Ok(heard) => heard,
        Err(refusal) => return refusal,
    };
    if count_seat(&app, Route::Sync, peer, &heard.bytes).is_err() {
        return too_often();
    }
    match app.writer.sync(std::mem::take(&mut heard.bytes)).await {
        Ok(answered) => {
            count_answers(&app.metrics, &answered.body);
            accepted(answered.body)
        }
        Err(refusal) => refuse(refusal),
    }
}

/// Trades a code for a certificate.
pub(super) async fn enrol(State(App(app)): State<App>, body: Body) -> Response {
    let mut heard = match hear(&app, Route::Enrol, body).await {
        Ok(heard) => heard,
        Err(refusal) => return refusal,
    };
    let body = std::mem::take(&mut heard.bytes);
    let enrolled = app
        .writer
        .run(move |engine, now, rng| engine.enrol(&body, now, rng))
        .await
        .unwrap_or(Err(RefusedReply::from(Refused::Later)));
    match enrolled {
        Ok(body) => accepted(body),
        Err(refusal) => refuse(refusal),
    }
}

/// Answers a request to open a vault whose PIN was forgotten.
pub(super) async fn release(State(App(app)): State<App>, body: Body) -> Response {
    let mut heard = match hear(&app, Route::Release, body).await {
        Ok(heard) => heard,
        Err(refusal) => return refusal,
    };
    let body = std::mem::take(&mut heard.bytes);
    let released = app
        .writer
        .run(move |engine, now, rng| engine.release(&body, now, rng))
        .await
        .unwrap_or(Err(RefusedReply::from(Refused::Later)));
    match released {
        Ok(body) => accepted(body),
        Err(refusal) => refuse(refusal),
    }
}

/// Breaks glass, or says why not.
pub(super) async fn glass(
    State(App(app)): State<App>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Response {
    let mut heard = match hear(&app, Route::Glass, body).await {
        Ok(heard) => heard,
        Err(refusal) => return refusal,
    };
    if count_seat(&app, Route::Glass, peer, &heard.bytes).is_err() {
        return too_often();
    }
    let body = std::mem::take(&mut heard.bytes);
    let said = app
        .writer
        .run(move |engine, now, rng| engine.glass(&body, now, rng))
        .await
        .unwrap_or(Err(RefusedReply::from(Refused::Later)));
    match said {
        Ok(body) => accepted(body),
        Err(refusal) => refuse(refusal),
    }
}

pub(super) fn accepted(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, CBOR);
    response
}

/// Reads a body, or tells why not.
pub(super) async fn hear(app: &Shared, route: Route, body: Body) -> Result<Heard<'_>, Response> {
    body::read(app, route, body)
        .await
        .map_err(|unread| match unread {
            Unread::TooLong => refuse(Refused::TooLong.into()),
            Unread::Broken => refuse(Refused::Malformed.into()),
            Unread::TooSlow => too_slow(),
            Unread::Full => refuse(Refused::Later.into()),
        })
}

/// Counts a request of the seat that it names; what names none is answered by the engine.
pub(super) fn count_seat(
    app: &Shared,
    route: Route,
    peer: Peer,
    request: &[u8],
) -> Result<(), Reached> {
    match SignedRequest::from_bytes(request) {
        Ok(signed) => app.count_holder(route, signed.seat.as_bytes(), Some(peer.address)),
        Err(_) => Ok(()),
    }
}

/// What an answer says of pushed commands; the rest of it is skipped.
#[derive(minicbor::Decode)]
struct AnswersOnly {
    #[n(5)]
    answers: Option<Vec<Answer>>,
}

/// Counts what became of pushed commands.
pub(super) fn count_answers(metrics: &Metrics, reply: &[u8]) {
    let Ok(AnswersOnly {
        answers: Some(answers),
    }) = decode_body(reply)
    else {
        return;
    };
    for answer in answers {
        let (seen, code) = match answer.seen {
            Seen::Admitted(_) => ("admitted", ""),
            Seen::Waiting => ("waiting", ""),
            Seen::TurnedAway(turned) => ("turned_away", turned.code()),
        };
        metrics.add(Measure::Commands, &[("seen", seen), ("code", code)], 1.0);
    }
}
