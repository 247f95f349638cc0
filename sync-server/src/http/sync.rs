//! `POST /v1/sync` and `POST /v1/enrol`: a body of bytes in, a body of bytes or a named refusal out.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use axum::extract::State;
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::Response;
use jangkau_core::sync::{Answer, FRAME_BYTES_MAX, Refused, RefusedReply, Seen, decode_body};
use tokio::sync::SemaphorePermit;

use super::refusal::{CBOR, refuse, too_slow};
use super::{App, Shared};
use crate::metrics::{Measure, Metrics};

/// Answers a signed request.
pub(super) async fn sync(State(App(app)): State<App>, headers: HeaderMap, body: Body) -> Response {
    let (body, _held) = match read(&app, &headers, body).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
    match app.writer.sync(body).await {
        Ok(answered) => {
            count_answers(&app.metrics, &answered.body);
            accepted(answered.body)
        }
        Err(refusal) => refuse(refusal),
    }
}

/// Trades a code for a certificate.
pub(super) async fn enrol(State(App(app)): State<App>, headers: HeaderMap, body: Body) -> Response {
    let (body, _held) = match read(&app, &headers, body).await {
        Ok(read) => read,
        Err(refusal) => return refusal,
    };
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

fn accepted(body: Vec<u8>) -> Response {
    let mut response = Response::new(Body::from(body));
    response.headers_mut().insert(CONTENT_TYPE, CBOR);
    response
}

/// Reads a body within the bounds of length, memory and time. The permit is held until the request is answered.
async fn read<'a>(
    app: &'a Shared,
    headers: &HeaderMap,
    body: Body,
) -> Result<(Vec<u8>, SemaphorePermit<'a>), Response> {
    let claimed = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(FRAME_BYTES_MAX);
    let kib = claimed.min(FRAME_BYTES_MAX).div_ceil(1024) as u32;
    let Ok(held) = app.bodies_kib.try_acquire_many(kib) else {
        return Err(refuse(Refused::Later.into()));
    };
    match tokio::time::timeout(app.limits.request_max, collect(body)).await {
        Ok(Ok(Some(bytes))) => Ok((bytes, held)),
        Ok(Ok(None)) => Err(refuse(Refused::TooLong.into())),
        Ok(Err(error)) if is_too_long(&error) => Err(refuse(Refused::TooLong.into())),
        Ok(Err(_broken_off)) => Err(refuse(Refused::Malformed.into())),
        Err(_elapsed) => Err(too_slow()),
    }
}

/// The bytes of a body; none if they are too many. These are heard to their end all the same: a client whose sending
/// breaks off does not read the refusal, takes it for a bad line, and tries for ever.
async fn collect(mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut bytes = Vec::new();
    let mut is_too_long = false;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        is_too_long |= bytes.len() + data.len() > FRAME_BYTES_MAX;
        if is_too_long {
            bytes = Vec::new();
        } else {
            bytes.extend_from_slice(&data);
        }
    }
    Ok((!is_too_long).then_some(bytes))
}

/// Whether a body failed for its length: the limit's own error stands somewhere below axum's.
fn is_too_long(error: &axum::Error) -> bool {
    let mut cause: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if error.to_string().contains("length limit") {
            return true;
        }
        cause = error.source();
    }
    false
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
