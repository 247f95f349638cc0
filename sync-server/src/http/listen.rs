//! Connections: taken up, dressed in TLS, bounded in number and in time, and served until they end or the server stops.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::net::{IpAddr, SocketAddr};
use std::pin::pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::http::header::STRICT_TRANSPORT_SECURITY;
use axum::http::{HeaderMap, HeaderValue, Request};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service as _, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::{sleep, timeout};

use super::Peer;
use super::limits::Address;
use super::tls::Tls;
use crate::metrics::{Measure, Metrics};

/// Connections at once, and from one address: whoever holds all that an address may have leaves most for others.
const CONNECTIONS_MAX: usize = 4_096;
const CONNECTIONS_OF_ADDRESS_MAX: usize = 1_024;

/// Longest handshake, and longest head of a request, a silent keep-alive before it included.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
const HEAD_MAX: Duration = Duration::from_secs(20);

/// A connection is asked to end after this long, and cut after twice as long: a client that takes its answers byte by
/// byte holds it no longer. Live connections have bounds of their own.
const CONNECTION_MAX: Duration = Duration::from_secs(5 * 60);

/// Longest head of a request, in bytes and in headers.
const HEAD_BYTES_MAX: usize = 16 * 1024;
const HEADERS_MAX: usize = 64;

/// Browsers that came by TLS once come by nothing else for a year.
const A_YEAR_OF_TLS: HeaderValue = HeaderValue::from_static("max-age=31536000");

/// The proxy's word on whom it speaks for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// Through what connections come in.
#[derive(Clone, Debug, Default)]
pub struct Entrance {
    /// TLS; none speaks plain HTTP.
    pub tls: Option<Arc<Tls>>,
    /// Proxies in front. Where there are any, nobody else is let in.
    pub proxies: Vec<IpAddr>,
}

/// What every connection shares.
struct Hall {
    router: Router,
    entrance: Entrance,
    metrics: Arc<Metrics>,
    stopping: watch::Receiver<bool>,
    places: Arc<Semaphore>,
    addresses: Mutex<BTreeMap<Address, usize>>,
}

/// A connection's place among those of its address; given back when dropped.
struct Place {
    hall: Arc<Hall>,
    address: Address,
    _permit: OwnedSemaphorePermit,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut addresses = lock(&self.hall.addresses);
        if let Some(count) = addresses.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                addresses.remove(&self.address);
            }
        }
        self.hall.metrics.add(Measure::Connections, &[], -1.0);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Serves until the server stops and every connection has ended.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    entrance: Entrance,
    metrics: Arc<Metrics>,
    mut stopping: watch::Receiver<bool>,
) {
    let hall = Arc::new(Hall {
        router,
        entrance,
        metrics,
        stopping: stopping.clone(),
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        addresses: Mutex::default(),
    });
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = stopping.wait_for(|stopping| *stopping) => break,
        };
        let Ok((stream, peer)) = accepted else {
            // Out of file handles, most likely: others need a moment to give some back.
            sleep(Duration::from_secs(1)).await;
            continue;
        };
        match hall.place(peer.ip()) {
            Ok(place) => {
                tokio::spawn(welcome(Arc::clone(&hall), stream, peer, place));
            }
            Err(reason) => hall.unconnected(reason),
        }
    }
    drop(listener);
    let everyone = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    let _ = hall.places.acquire_many(everyone).await;
}

impl Hall {
    fn unconnected(&self, reason: &'static str) {
        self.metrics
            .add(Measure::Unconnected, &[("reason", reason)], 1.0);
    }

    /// A place for a connection, or why there is none.
    fn place(self: &Arc<Self>, ip: IpAddr) -> Result<Place, &'static str> {
        let is_proxy = self.entrance.proxies.contains(&ip.to_canonical());
        if !self.entrance.proxies.is_empty() && !is_proxy {
            return Err("not_the_proxy");
        }
        let permit = Arc::clone(&self.places).try_acquire_owned();
        let permit = permit.map_err(|_| "full")?;
        let address = Address::of(ip);
        let most = if is_proxy || ip.is_loopback() {
            CONNECTIONS_MAX
        } else {
            CONNECTIONS_OF_ADDRESS_MAX
        };
        let mut addresses = lock(&self.addresses);
        let count = addresses.entry(address).or_default();
        if *count >= most {
            return Err("address_full");
        }
        *count += 1;
        self.metrics.add(Measure::Connections, &[], 1.0);
        Ok(Place {
            hall: Arc::clone(self),
            address,
            _permit: permit,
        })
    }

    /// Who asks: the other end, or whom the proxy names last. What stands before it, anybody may have written.
    fn peer_of(&self, ip: IpAddr, headers: &HeaderMap) -> Peer {
        let mut asker = ip;
        if self.entrance.proxies.contains(&ip.to_canonical()) {
            let named = headers
                .get_all(FORWARDED_FOR)
                .iter()
                .filter_map(|value| HeaderValue::to_str(value).ok())
                .flat_map(|value| value.split(','))
                .filter_map(|name| name.trim().parse::<IpAddr>().ok())
                .rfind(|ip| !self.entrance.proxies.contains(&ip.to_canonical()));
            asker = named.unwrap_or(ip);
        }
        Peer {
            address: Address::of(asker),
            is_counted: !asker.to_canonical().is_loopback(),
        }
    }
}

/// Shakes hands and serves one connection.
async fn welcome(hall: Arc<Hall>, stream: TcpStream, peer: SocketAddr, place: Place) {
    // Small answers must not wait for more to send.
    let _ = stream.set_nodelay(true);
    match &hall.entrance.tls {
        None => talk(&hall, stream, peer).await,
        Some(tls) => match timeout(HANDSHAKE_MAX, tls.acceptor().accept(stream)).await {
            Ok(Ok(stream)) => talk(&hall, stream, peer).await,
            Ok(Err(_)) => hall.unconnected("no_tls"),
            Err(_) => hall.unconnected("slow_handshake"),
        },
    }
    drop(place);
}

async fn talk<S>(hall: &Arc<Hall>, stream: S, peer: SocketAddr)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let service = service_fn(|mut request: Request<Incoming>| {
        let peer = hall.peer_of(peer.ip(), request.headers());
        request.extensions_mut().insert(peer);
        let answered = TowerToHyperService::new(hall.router.clone()).call(request);
        let is_tls = hall.entrance.tls.is_some();
        async move {
            let mut response = answered.await?;
            if is_tls {
                response
                    .headers_mut()
                    .insert(STRICT_TRANSPORT_SECURITY, A_YEAR_OF_TLS);
            }
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_MAX)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_BYTES_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    let mut connection = pin!(connection);
    let mut stopping = hall.stopping.clone();
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopping.wait_for(|stopping| *stopping) => {}
        () = sleep(CONNECTION_MAX) => {}
    }
    connection.as_mut().graceful_shutdown();
    // The server itself stops sooner than that, and takes the runtime with it.
    let _ = timeout(CONNECTION_MAX, connection).await;
}
