//! A server at work: from a listener and an engine to the engine back, with nothing half-done in between.

use std::net::SocketAddr;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::sync::watch;

use super::listen::{self, Entrance};
use super::{App, router};
use crate::blobs::Blobs;
use crate::clock::{Clock, NoEntropy, entropy};
use crate::config::Limits;
use crate::engine::Engine;
use crate::metrics::Metrics;
use crate::writer::{self, Unavailable, Writer, WriterThread};

/// Longest wait, after the word to stop, for requests that are under way.
const DRAIN_MAX: Duration = Duration::from_secs(20);

/// Longest wait for live connections to say goodbye.
const GOODBYE_MAX: Duration = Duration::from_secs(2);

/// Why a server cannot start, or did not end well.
#[derive(Debug, Error)]
pub enum ServeError {
    /// The network, or a thread, is not to be had.
    #[error("cannot serve: {0}")]
    Machine(#[from] std::io::Error),
    /// No entropy.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// The writer's thread panicked. What was acknowledged is in the database; start again.
    #[error("the writer died; what was acknowledged is safe")]
    WriterDied,
}

/// A server whose writer runs, and which does not listen yet.
pub struct Server {
    /// The way to its engine.
    pub writer: Writer,
    /// What it counts.
    pub metrics: Arc<Metrics>,
    thread: WriterThread,
    limits: Limits,
    entrance: Entrance,
    blobs: Blobs,
}

impl Server {
    /// Starts the writer over an engine.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn start(
        engine: Engine,
        blobs: Blobs,
        clock: Clock,
        limits: Limits,
    ) -> Result<Self, ServeError> {
        let metrics = Arc::new(Metrics::default());
        let rng = entropy()?;
        let counted = Arc::clone(&metrics);
        let (writer, thread) = writer::start(engine, clock, rng, counted, limits.request_max)?;
        Ok(Self {
            writer,
            metrics,
            thread,
            limits,
            entrance: Entrance::default(),
            blobs,
        })
    }

    /// Lets connections in through this, in place of plain HTTP from anybody.
    #[must_use]
    pub fn through(mut self, entrance: Entrance) -> Self {
        self.entrance = entrance;
        self
    }

    /// Serves until told to stop: accepts no more, answers what is under way, commits the last group, and gives the
    /// engine back.
    ///
    /// # Errors
    /// [`ServeError`].
    pub async fn run(
        mut self,
        listener: TcpListener,
        stop: watch::Receiver<bool>,
    ) -> Result<Engine, ServeError> {
        let (stopping, stopped) = watch::channel(false);
        let app = App::new(
            (self.writer.clone(), self.blobs.clone()),
            Arc::clone(&self.metrics),
            self.limits,
            stopped.clone(),
        );
        let live = Arc::clone(&app.0.live);
        let serving = listen::serve(
            listener,
            router(app),
            self.entrance,
            Arc::clone(&self.metrics),
            stopped.clone(),
        );
        let mut serving = tokio::spawn(serving);
        tokio::select! {
            () = told(stop) => {}
            () = self.thread.ended() => {}
        }
        tracing::info!("stopping");
        stopping.send_replace(true);
        let _ = tokio::time::timeout(DRAIN_MAX, &mut serving).await;
        serving.abort();
        let everyone = u32::try_from(self.limits.live_max).unwrap_or(u32::MAX);
        let _ = tokio::time::timeout(GOODBYE_MAX, live.acquire_many(everyone)).await;
        self.writer.stop().await;
        let thread = self.thread;
        let engine = tokio::task::spawn_blocking(|| thread.join()).await;
        match engine {
            Ok(Some(engine)) => {
                tracing::info!("stopped");
                Ok(engine)
            }
            Ok(None) | Err(_) => Err(ServeError::WriterDied),
        }
    }
}

/// Completes when the word is given, or when nobody is left to give it.
async fn told(mut stop: watch::Receiver<bool>) {
    let _ = stop.wait_for(|stop| *stop).await;
}

/// A server that runs inside this process, beside its caller.
pub struct Serving {
    address: SocketAddr,
    stop: watch::Sender<bool>,
    thread: JoinHandle<Result<Engine, ServeError>>,
    writer: Writer,
    handle: Handle,
}

impl Serving {
    /// Where it listens.
    #[must_use]
    pub const fn address(&self) -> SocketAddr {
        self.address
    }

    /// Runs an errand on the engine between two groups, as an administrator's command does.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub fn with_engine<T: Send + 'static>(
        &self,
        errand: impl FnOnce(
            &mut Engine,
            jangkau_core::time::Timestamp,
            &mut rand_chacha::ChaCha20Rng,
        ) -> T
        + Send
        + 'static,
    ) -> Result<T, Unavailable> {
        self.handle.block_on(self.writer.run(errand))
    }

    /// Gives the word to stop, and goes on at once.
    pub fn begin_stop(&self) {
        self.stop.send_replace(true);
    }

    /// Stops as on a signal, and gives the engine back.
    ///
    /// # Errors
    /// [`ServeError`].
    pub fn stop(self) -> Result<Engine, ServeError> {
        self.begin_stop();
        drop(self.writer);
        self.thread.join().unwrap_or(Err(ServeError::WriterDied))
    }
}

/// Serves on a bound listener, in threads of its own, with attachments in memory. For callers without a runtime: demo and
/// tests.
///
/// # Errors
/// [`ServeError`].
pub fn serve_on(
    listener: std::net::TcpListener,
    engine: Engine,
    clock: Clock,
) -> Result<Serving, ServeError> {
    serve_through(
        listener,
        engine,
        clock,
        Limits::default(),
        Entrance::default(),
    )
}

/// The same within other limits, through another entrance.
///
/// # Errors
/// [`ServeError`].
pub fn serve_through(
    listener: std::net::TcpListener,
    engine: Engine,
    clock: Clock,
    limits: Limits,
    entrance: Entrance,
) -> Result<Serving, ServeError> {
    let runtime = runtime()?;
    let address = listener.local_addr()?;
    listener.set_nonblocking(true)?;
    let blobs = Blobs::in_memory();
    let server = Server::start(engine, blobs, clock, limits)?.through(entrance);
    let writer = server.writer.clone();
    let handle = runtime.handle().clone();
    let (stop, told) = watch::channel(false);
    let thread = std::thread::Builder::new()
        .name("server".to_owned())
        .spawn(move || {
            runtime.block_on(async {
                let listener = TcpListener::from_std(listener)?;
                server.run(listener, told).await
            })
        })?;
    Ok(Serving {
        address,
        stop,
        thread,
        writer,
        handle,
    })
}

/// The runtime of the network's side.
///
/// # Errors
/// The machine has no thread to give.
pub(crate) fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
}
