//! Bodies within the bounds of length, memory and time.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_LENGTH;
use tokio::sync::SemaphorePermit;

use super::Shared;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is too long.
    TooLong,
    /// It broke off.
    Broken,
    /// It did not arrive in time.
    TooSlow,
    /// So many bodies are held that there is no memory for another.
    Full,
}

/// Reads a body. The permit is held until the request is answered.
pub(super) async fn read<'a>(
    app: &'a Shared,
    headers: &HeaderMap,
    body: Body,
    bytes_max: usize,
) -> Result<(Vec<u8>, SemaphorePermit<'a>), Unread> {
    let claimed = headers
        .get(CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<usize>().ok())
        .unwrap_or(bytes_max);
    let kib = claimed.min(bytes_max).div_ceil(1024) as u32;
    let Ok(held) = app.bodies_kib.try_acquire_many(kib) else {
        return Err(Unread::Full);
    };
    match tokio::time::timeout(app.limits.request_max, collect(body, bytes_max)).await {
        Ok(Ok(Some(bytes))) => Ok((bytes, held)),
        Ok(Ok(None)) => Err(Unread::TooLong),
        Ok(Err(error)) if is_too_long(&error) => Err(Unread::TooLong),
        Ok(Err(_broken_off)) => Err(Unread::Broken),
        Err(_elapsed) => Err(Unread::TooSlow),
    }
}

/// The bytes of a body; none if they are too many. These are heard to their end all the same: a client whose sending
/// breaks off does not read the refusal, takes it for a bad line, and tries for ever.
async fn collect(mut body: Body, bytes_max: usize) -> Result<Option<Vec<u8>>, axum::Error> {
    let mut bytes = Vec::new();
    let mut is_too_long = false;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else {
            continue;
        };
        is_too_long |= bytes.len() + data.len() > bytes_max;
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
