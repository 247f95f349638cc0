//! Bodies within the bounds of length, memory and time.

use std::error::Error;
use std::future::poll_fn;
use std::pin::Pin;

use axum::body::{Body, HttpBody as _};
use tokio::sync::SemaphorePermit;

use super::Shared;
use super::limits::Route;

/// Why a body was not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unread {
    /// It is too long.
    TooLong,
    /// It broke off.
    Broken,
    /// It did not arrive in time.
    TooSlow,
    /// There is no memory for another, or no place.
    Full,
}

/// A body, and the room that it takes until it is answered.
pub(super) struct Heard<'a> {
    pub(super) bytes: Vec<u8>,
    memory: SemaphorePermit<'a>,
    /// Among the requests worked on at once: one whose body is still under way takes nobody's place.
    _place: Option<SemaphorePermit<'a>>,
}

/// Reads a body, and then takes a place among the requests of its route.
pub(super) async fn read(app: &Shared, route: Route, body: Body) -> Result<Heard<'_>, Unread> {
    let most = route.limit().body_bytes_max;
    let heard = tokio::time::timeout(app.limits.request_max, collect(app, body, most)).await;
    let mut heard = heard.map_err(|_elapsed| Unread::TooSlow)??;
    heard._place = Some(app.enter(route).map_err(|_| Unread::Full)?);
    Ok(heard)
}

/// The bytes of a body. Memory is set aside for what has come, not for what is announced. What is too long is heard to
/// its end all the same: a client whose sending breaks off does not read the refusal, takes it for a bad line, and tries
/// for ever.
async fn collect(app: &Shared, mut body: Body, bytes_max: usize) -> Result<Heard<'_>, Unread> {
    let none = app.bodies_kib.try_acquire_many(0);
    let mut heard = Heard {
        bytes: Vec::new(),
        memory: none.map_err(|_| Unread::Full)?,
        _place: None,
    };
    let mut unread = None;
    while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let frame = frame.map_err(|error| match is_too_long(&error) {
            true => Unread::TooLong,
            false => Unread::Broken,
        })?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if unread.is_none() {
            unread = heard.take(app, &data, bytes_max).err();
        }
    }
    match unread {
        None => Ok(heard),
        Some(unread) => Err(unread),
    }
}

impl<'a> Heard<'a> {
    /// Takes what has come; lets go of everything when it is too much.
    fn take(&mut self, app: &'a Shared, data: &[u8], bytes_max: usize) -> Result<(), Unread> {
        let length = self.bytes.len() + data.len();
        if length > bytes_max {
            self.bytes = Vec::new();
            return Err(Unread::TooLong);
        }
        let kib = length
            .div_ceil(1024)
            .saturating_sub(self.memory.num_permits());
        match app.bodies_kib.try_acquire_many(kib as u32) {
            Ok(more) => self.memory.merge(more),
            Err(_) => {
                self.bytes = Vec::new();
                return Err(Unread::Full);
            }
        }
        self.bytes.extend_from_slice(data);
        Ok(())
    }
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
