//! The network's side: bytes in, bytes out, no SQL, no rules. Only this room names axum.
//!
//! A client's fault is always a named 4xx; 503 means "later", and nothing was lost.

mod blob;
mod body;
mod console;
mod health;
mod limits;
mod listen;
mod live;
mod refusal;
mod serve;
mod sync;
mod tls;

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{Request, State};
use axum::http::header::{
    CACHE_CONTROL, CONNECTION, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use axum::{Extension, Router};
use jangkau_core::console::ConsoleRefusal;
use jangkau_core::sync::{FRAME_BYTES_MAX, Refused};
use tokio::sync::{Semaphore, SemaphorePermit, watch};
use tower_http::limit::RequestBodyLimitLayer;

use crate::accounts::HASHES_AT_ONCE;
use crate::blobs::Blobs;
use crate::config::Limits;
use crate::metrics::{Measure, Metrics};
use crate::writer::Writer;

use limits::{Address, Limiter, Reached, Route};

pub use listen::Entrance;
pub use live::{FRAME_POKE, FRAME_REFUSED, FRAME_REPLY};
pub(crate) use serve::runtime;
pub use serve::{ServeError, Server, Serving, serve_on, serve_through};
pub use tls::{Tls, TlsError};

/// Bytes of bodies held at once, in KiB: 32 of the longest frames. Bodies arrive before their signature is checked,
/// so strangers can fill this, and nothing more.
const BODIES_KIB_MAX: usize = 32 * FRAME_BYTES_MAX / 1024;

/// A body is heard so far, in bytes, so that its sender gets to read why it is too long. Beyond it, we hang up.
const HEARD_BYTES_MAX: usize = 4 * FRAME_BYTES_MAX;

/// The same for people, who send a few fields.
const HEARD_OF_PEOPLE_BYTES_MAX: usize = 64 * 1024;

/// What every answer says to browsers: keep nothing, guess nothing, load nothing, show it in no frame, tell nobody.
static CLOSED: [(HeaderName, HeaderValue); 4] = [
    (CACHE_CONTROL, HeaderValue::from_static("no-store")),
    (X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (
        CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
    ),
    (REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
];

/// What every handler shares.
#[derive(Clone)]
struct App(Arc<Shared>);

struct Shared {
    writer: Writer,
    blobs: Blobs,
    metrics: Arc<Metrics>,
    limits: Limits,
    limiter: Limiter,
    bodies_kib: Semaphore,
    hashes: Arc<Semaphore>,
    live: Arc<Semaphore>,
    stopping: watch::Receiver<bool>,
}

impl App {
    fn new(
        (writer, blobs): (Writer, Blobs),
        metrics: Arc<Metrics>,
        limits: Limits,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        let permits = |count: usize| Semaphore::new(count.min(Semaphore::MAX_PERMITS));
        Self(Arc::new(Shared {
            writer,
            blobs,
            metrics,
            limits,
            limiter: Limiter::new(limits.requests_max),
            bodies_kib: permits(BODIES_KIB_MAX),
            hashes: Arc::new(permits(HASHES_AT_ONCE)),
            live: Arc::new(permits(limits.live_max)),
            stopping,
        }))
    }
}

/// Who is at the other end of a connection, or of the proxy in front of it.
#[derive(Clone, Copy, Debug)]
struct Peer {
    address: Address,
    /// Whether requests of the address are counted. One of this machine says nothing about who asks.
    is_counted: bool,
}

impl Shared {
    /// Counts a request of a seat or a session.
    fn count_holder(
        &self,
        route: Route,
        holder: &[u8],
        address: Option<Address>,
    ) -> Result<(), Reached> {
        self.limiter
            .count_holder(route, holder, address, Instant::now())
            .inspect_err(|reached| self.count_limited(route, *reached))
    }

    /// A place among the requests of a route that are worked on at once.
    fn enter(&self, route: Route) -> Result<SemaphorePermit<'_>, Reached> {
        self.limiter
            .enter(route)
            .inspect_err(|reached| self.count_limited(route, *reached))
    }

    fn count_limited(&self, route: Route, reached: Reached) {
        let labels = [("route", route.limit().name), ("limit", reached.code())];
        self.metrics.add(Measure::Limited, &labels, 1.0);
    }
}

/// Routes, and the list of their paths: whoever asks at every door asks at each of them.
macro_rules! routes {
    ($( $method:ident $path:literal => $handler:path, )+) => {
        /// The paths of these routes.
        pub(super) const PATHS: &[&str] = &[$( $path ),+];

        /// The routes.
        pub(super) fn routes() -> axum::Router<$crate::http::App> {
            axum::Router::new()$( .route($path, axum::routing::$method($handler)) )+
        }
    };
}
use routes;

/// What devices ask, and whoever watches the machine.
mod machines {
    use super::{blob, health, live, sync};

    super::routes! {
        post "/v1/sync" => sync::sync,
        post "/v1/enrol" => sync::enrol,
        post "/v1/release" => sync::release,
        post "/v1/glass" => sync::glass,
        post "/v1/blob" => blob::blob,
        get "/v1/live" => live::live,
        get "/health" => health::health,
        get "/ready" => health::ready,
        get "/metrics" => health::metrics,
    }
}

/// Every path at which something answers.
pub fn paths() -> impl Iterator<Item = &'static str> {
    machines::PATHS.iter().chain(console::PATHS).copied()
}

/// The routes.
fn router(app: App) -> Router {
    let console = console::routes().layer(RequestBodyLimitLayer::new(HEARD_OF_PEOPLE_BYTES_MAX));
    machines::routes()
        .layer(RequestBodyLimitLayer::new(HEARD_BYTES_MAX))
        .merge(console)
        .layer(axum::middleware::from_fn_with_state(app.clone(), bound))
        .layer(axum::middleware::from_fn_with_state(app.clone(), observe))
        .with_state(app)
}

/// Keeps what the table says of addresses and of requests at once, before anything of a body is read.
async fn bound(
    State(App(app)): State<App>,
    Extension(peer): Extension<Peer>,
    request: Request,
    next: Next,
) -> Response {
    let route = Route::of(request.uri().path());
    let counted = if peer.is_counted {
        app.limiter
            .count_address(route, peer.address, Instant::now())
    } else {
        Ok(())
    };
    // Requests with a body take their place once it has come: a slow line takes nobody's.
    let place = counted.and_then(|()| match route.limit().body_bytes_max {
        0 => app.limiter.enter(route).map(Some),
        _ => Ok(None),
    });
    match place {
        Ok(_place) => next.run(request).await,
        Err(reached) => {
            app.count_limited(route, reached);
            let mut response = match (route.is_console(), reached) {
                (true, Reached::AtOnce) => console::refuse(ConsoleRefusal::Later.into()),
                (true, Reached::Address | Reached::Holder) => {
                    console::refuse(ConsoleRefusal::TooMany.into())
                }
                (false, Reached::AtOnce) => refusal::refuse(Refused::Later.into()),
                (false, Reached::Address | Reached::Holder) => refusal::too_often(),
            };
            // Its body stays unread: what would come next over this connection is the rest of it.
            let close = HeaderValue::from_static("close");
            response.headers_mut().insert(CONNECTION, close);
            response
        }
    }
}

/// Counts and logs every request, names what the limit layer refused, and closes what browsers would leave open.
async fn observe(State(App(app)): State<App>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let route = Route::of(request.uri().path());
    let mut response = next.run(request).await;
    let is_named = response.extensions().get::<Refused>().is_some()
        || response.extensions().get::<ConsoleRefusal>().is_some();
    if !is_named && response.status() == StatusCode::PAYLOAD_TOO_LARGE {
        response = if route.is_console() {
            console::refuse(ConsoleRefusal::TooLong.into())
        } else {
            refusal::refuse(Refused::TooLong.into())
        };
    }
    for (name, value) in &CLOSED {
        response.headers_mut().insert(name, value.clone());
    }
    let refused = response.extensions().get::<Refused>().copied();
    let refused_person = response.extensions().get::<ConsoleRefusal>().copied();
    let code = match (refused, refused_person) {
        (Some(code), _) => count_refusal(&app.metrics, code),
        (None, Some(code)) => {
            let labels = [("code", code.code())];
            app.metrics.add(Measure::Refusals, &labels, 1.0);
            code.code()
        }
        (None, None) => "",
    };
    let (name, status) = (route.limit().name, response.status());
    let seconds = begun.elapsed().as_secs_f64();
    let labels = [("route", name), ("status", status.as_str())];
    app.metrics.add(Measure::Requests, &labels, 1.0);
    app.metrics
        .observe(Measure::RequestSeconds, &[("route", name)], seconds);
    let millis = (seconds * 1_000.0) as u64;
    tracing::info!(
        route = name,
        status = status.as_u16(),
        code,
        millis,
        "request"
    );
    response
}

fn count_refusal(metrics: &Metrics, code: Refused) -> &'static str {
    metrics.add(Measure::Refusals, &[("code", code.code())], 1.0);
    code.code()
}

#[cfg(test)]
mod tests;
#[cfg(test)]
pub(crate) use tests::{tell_a_session_of, tell_of_sign_ins};
