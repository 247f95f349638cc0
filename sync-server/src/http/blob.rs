//! `POST /v1/blob`: the engine says who may, and never sees the bytes; these go between the network and their folder.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::response::Response;
use jangkau_core::sync::{BlobAnswer, Refused, RefusedReply};

use super::limits::Route;
use super::refusal::{refuse, too_often};
use super::sync::{accepted, count_seat, hear};
use super::{App, Peer, Shared};
use crate::blobs::{BlobCall, BlobOutcome};

/// Answers a signed request about a blob.
pub(super) async fn blob(
    State(App(app)): State<App>,
    Extension(peer): Extension<Peer>,
    body: Body,
) -> Response {
    let heard = match hear(&app, Route::Blob, body).await {
        Ok(heard) => heard,
        Err(refusal) => return refusal,
    };
    if count_seat(&app, Route::Blob, peer, &heard.bytes).is_err() {
        return too_often();
    }
    match answer(&app, &heard.bytes).await {
        Ok(body) => accepted(body),
        Err(refusal) => refuse(refusal),
    }
}

async fn answer(app: &Shared, body: &[u8]) -> Result<Vec<u8>, RefusedReply> {
    let call = BlobCall::read(body)?;
    let ask = call.ask;
    let later = RefusedReply::from(Refused::Later);
    let entry = app
        .writer
        .run(move |engine, now, rng| engine.blob_entry(&ask, now, rng))
        .await
        .map_err(|_| later)??;
    let later = RefusedReply {
        nonce: Some(entry.nonce),
        ..later
    };
    let permit = match &entry.permit {
        Ok(permit) => permit.clone(),
        Err(code) => return Ok(call.reply(&entry, BlobAnswer::Refused(*code))),
    };
    let outcome = app.blobs.perform(&permit, &call).await.map_err(|error| {
        tracing::error!(%error, "a blob could not be taken or given");
        later
    })?;
    let answer = match outcome {
        BlobOutcome::Answer(answer) => answer,
        BlobOutcome::Whole => {
            let stored = app
                .writer
                .run(move |engine, now, _| engine.blob_stored(&permit, now))
                .await
                .map_err(|_| later)?;
            BlobAnswer::Stored(stored.map_err(|_| later)?)
        }
    };
    Ok(call.reply(&entry, answer))
}
