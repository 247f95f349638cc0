//! The network's side: bytes in, bytes out, no SQL, no rules. Only this room names axum.
//!
//! A client's fault is always a named 4xx; 503 means "later", and nothing was lost.

mod health;
mod live;
mod refusal;
mod serve;
mod sync;

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use jangkau_core::sync::{FRAME_BYTES_MAX, Refused};
use tokio::sync::{Semaphore, watch};
use tower_http::limit::RequestBodyLimitLayer;

use crate::config::Limits;
use crate::metrics::{Measure, Metrics};
use crate::writer::Writer;

pub use live::{FRAME_POKE, FRAME_REFUSED, FRAME_REPLY};
pub(crate) use serve::runtime;
pub use serve::{ServeError, Server, Serving, serve_on};

/// Bytes of bodies held at once, in KiB: 32 of the longest frames. Bodies arrive before their signature is checked,
/// so strangers can fill this, and nothing more.
const BODIES_KIB_MAX: usize = 32 * FRAME_BYTES_MAX / 1024;

/// A body is heard so far, in bytes, so that its sender gets to read why it is too long. Beyond it, we hang up.
const HEARD_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;

/// What every handler shares.
#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    writer: Writer,
    metrics: Arc<Metrics>,
    limits: Limits,
    requests: Semaphore,
    bodies_kib: Semaphore,
    live: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl App {
    fn new(
        writer: Writer,
        metrics: Arc<Metrics>,
        limits: Limits,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let permits = |count: usize| Semaphore::new(count.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Shared {
            writer,
            metrics,
            limits,
            requests: permits(limits.requests_max),
            bodies_kib: permits(BODIES_KIB_MAX),
            live: Arc::new(permits(limits.live_max)),
            stopping,
        }))
    }
}

/// The routes.
fn router(app: App) -> Router {
    let bounded = Router::new()
        .route("/v1/sync", post(sync::sync))
        .route("/v1/enrol", post(sync::enrol))
        .layer(axum::middleware::from_fn_with_state(app.clone(), bound));
    Router::new()
        .merge(bounded)
        .route("/v1/live", get(live::live))
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/metrics", get(health::metrics))
        .layer(RequestBodyLimitLayer::new(HEARD_BYTES_MAX))
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

/// Routes as they are counted and logged: a closed list, whatever path a stranger makes up.
fn route_of(path: &str) -> &'static str {
    match path {
        "/v1/sync" => "sync",
        "/v1/enrol" => "enrol",
        "/v1/live" => "live",
        "/health" => "health",
        "/ready" => "ready",
        "/metrics" => "metrics",
        _ => "other",
    }
}

/// Bounds the requests that are worked on at once.
async fn bound(State(App(app)): State<App>, request: Request, next: Next) -> Response {
    match app.requests.try_acquire() {
        Ok(_permit) => next.run(request).await,
        Err(_) => refusal::refuse(Refused::Later.into()),
    }
}

/// Counts and logs every request, and names what the limit layer refused.
async fn observe(State(App(app)): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = route_of(request.uri().path());
    let mut response = next.run(request).await;
    let named = response.extensions().get::<Refused>().copied();
    if named.is_none() && response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response = refusal::refuse(Refused::TooLong.into()).into_response();
    }
    let code = response.extensions().get::<Refused>().copied();
    let status = response.status();
    let seconds = begun.elapsed().as_secs_f64();
    let labels = [("route", route), ("status", status.as_str())];
    app.metrics.add(Measure::Requests, &labels, 1.0);
    app.metrics
        .observe(Measure::RequestSeconds, &[("route", route)], seconds);
    let code = code.map_or("", |code| count_refusal(&app.metrics, code));
    let millis = (seconds * 1_000.0) as u64;
    tracing::info!(route, status = status.as_u16(), code, millis, "request");
    response
}

fn count_refusal(metrics: &Metrics, code: Refused) -> &'static str {
    metrics.add(Measure::Refusals, &[("code", code.code())], 1.0);
    code.code()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::tell_a_session_of;
