//! What the device gives: clock, network, a place for log lines, and entropy. The app implements the first three.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::VaultError;

/// The platform did not do its part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum PlatformFault {
    /// It cannot be asked now, or threw something that it does not declare.
    #[error("the platform failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for PlatformFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// What the device's clocks show at one moment.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ClockReading {
    /// The clock that people set, in milliseconds since 1970-01-01T00:00:00Z.
    pub wall_ms: i64,
    /// Milliseconds since some moment of the past, of a clock that nobody sets and that goes on while the device sleeps.
    pub monotonic_ms: u64,
    /// The device's zone by its name in the zone database, such as `Asia/Jakarta`.
    pub zone: String,
}

/// The device's clocks. Called on threads of the library's own, often; it answers at once.
#[uniffi::export(foreign)]
pub trait PlatformClock: Send + Sync {
    /// What they show now.
    fn read(&self) -> Result<ClockReading, PlatformFault>;
}

/// One request to the office's server.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HttpRequest {
    /// Names this request to [`HttpTransport::abort`]; no other of this folder has it.
    pub id: u64,
    /// The method, in capitals.
    pub method: String,
    /// The path below the server's address, such as `/v1/sync`.
    pub path: String,
    /// The body, of type `application/cbor`.
    pub body: Vec<u8>,
    /// A reply with a longer body is not read further than this many bytes.
    pub reply_bytes_max: u64,
    /// Milliseconds after which it is given up when no byte went either way.
    pub idle_ms_max: u64,
}

crate::types::redacted!(HttpRequest);

/// What the server answered.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The whole body.
    pub body: Vec<u8>,
}

crate::types::redacted!(HttpReply);

/// Why there is no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum TransportFault {
    /// No connection, or it broke.
    #[error("no connection")]
    Offline,
    /// Nothing came for too long.
    #[error("nothing came for too long")]
    TimedOut,
    /// It was aborted.
    #[error("aborted")]
    Aborted,
    /// The reply's body is longer than asked for.
    #[error("the reply is too long")]
    TooLong,
    /// Whoever answers is not who it ought to be: the certificate is not accepted.
    #[error("the certificate is not accepted")]
    Untrusted,
    /// Something else, or something that the app does not declare.
    #[error("the transport failed")]
    Failed,
}

impl From<uniffi::UnexpectedUniFFICallbackError> for TransportFault {
    fn from(_: uniffi::UnexpectedUniFFICallbackError) -> Self {
        Self::Failed
    }
}

/// The way to the office's server, over TLS. It follows no redirects, keeps no cookies and no cache, and tries nothing again.
#[uniffi::export(foreign)]
pub trait HttpTransport: Send + Sync {
    /// Sends a request and waits for the whole answer, whatever its status. Called on a thread of the library's own, which it may block.
    fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportFault>;

    /// A request is no longer wanted: `send` of it returns soon. It may be over already. Called on any thread, and returns at once.
    fn abort(&self, request_id: u64) -> Result<(), PlatformFault>;
}

/// How much a log line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LogLevel {
    /// It goes as it ought to.
    Info,
    /// Something failed that is tried again or told to a person.
    Warning,
    /// Something that should be looked into.
    Error,
}

/// What a log line tells. Never anything that a person typed, and no ids.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum LogCode {
    /// A vault was opened.
    VaultOpened,
    /// A vault was hidden.
    VaultHidden,
    /// An exchange with the server began.
    SyncBegan,
    /// It ended; the number is how many rows it read.
    SyncEnded,
    /// It was stopped by the app, or its time was over.
    SyncStopped,
    /// It failed; the number is the last status of HTTP, or nothing if there was none.
    SyncFailed,
    /// The observer failed.
    ObserverFailed,
    /// A piece of work panicked: the vault has to be opened again.
    Panicked,
}

/// Takes log lines. Called on threads of the library's own.
#[uniffi::export(foreign)]
pub trait LogSink: Send + Sync {
    /// Takes a line.
    fn log(&self, level: LogLevel, code: LogCode, number: Option<u64>)
    -> Result<(), PlatformFault>;
}

/// What a moment is for the core.
pub(crate) struct Moment {
    pub(crate) now: Timestamp,
    pub(crate) monotonic_ms: u64,
    pub(crate) zone: String,
}

/// The device as the app gave it to a folder.
#[derive(Clone)]
pub(crate) struct Device {
    pub(crate) clock: Arc<dyn PlatformClock>,
    pub(crate) transport: Arc<dyn HttpTransport>,
    pub(crate) log: Arc<dyn LogSink>,
    requests: Arc<AtomicU64>,
}

impl Device {
    pub(crate) fn new(
        clock: Arc<dyn PlatformClock>,
        transport: Arc<dyn HttpTransport>,
        log: Arc<dyn LogSink>,
    ) -> Self {
        let requests = Arc::default();
        Self {
            clock,
            transport,
            log,
            requests,
        }
    }

    pub(crate) fn moment(&self) -> Result<Moment, VaultError> {
        let reading = self.clock.read().map_err(|_| VaultError::Platform)?;
        Ok(Moment {
            now: Timestamp::from_millis(reading.wall_ms),
            monotonic_ms: reading.monotonic_ms,
            zone: reading.zone,
        })
    }

    pub(crate) fn now(&self) -> Result<Timestamp, VaultError> {
        Ok(self.moment()?.now)
    }

    /// The id of the next request.
    pub(crate) fn request_id(&self) -> u64 {
        self.requests.fetch_add(1, Ordering::Relaxed)
    }

    /// Says something to the log. Whether it was heard changes nothing.
    pub(crate) fn say(&self, level: LogLevel, code: LogCode, number: Option<u64>) {
        let _ = self.log.log(level, code, number);
    }
}

/// A generator seeded by the system, new for each call: a copied process never draws the same twice.
pub(crate) fn rng() -> Result<ChaCha20Rng, VaultError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| VaultError::Platform)?;
    Ok(ChaCha20Rng::from_seed(seed))
}
