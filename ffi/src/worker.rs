//! One thread owns what a file holds. A call hands it a piece of work and waits for the answer without holding its own thread up.
//!
//! Work is accepted when it is handed over. It is then done whole, also when whoever asked stops waiting; what only reads is
//! left out if nobody waits for it any more.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;
use std::sync::mpsc::{Sender, channel, sync_channel};
use std::thread;

use futures_channel::oneshot;

use crate::VaultError;

/// How the names of our threads begin.
const THREAD: &str = "jangkau-";

type Job<S> = Box<dyn FnOnce(&mut S) + Send>;

/// What a worker owns.
pub(crate) trait Owned: Send + 'static {
    /// A piece of work panicked: what is in memory cannot be trusted any more, only the file.
    fn broke(&mut self);
}

/// The way to the thread. The thread ends when the last of these is gone and all that was accepted is done.
pub(crate) struct Worker<S>(Sender<Job<S>>);

impl<S> Clone for Worker<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

/// What is waited for.
pub(crate) struct Answer<T>(oneshot::Receiver<Result<T, VaultError>>);

impl<T> Answer<T> {
    /// The answer. Whoever drops this before it came takes nothing back.
    pub(crate) async fn get(self) -> Result<T, VaultError> {
        self.0.await.unwrap_or(Err(VaultError::Unavailable))
    }
}

impl<S: Owned> Worker<S> {
    /// Starts the thread.
    pub(crate) fn start(name: &str, mut owned: S) -> Result<Self, VaultError> {
        let (jobs, queue) = channel::<Job<S>>();
        spawn(name, move || {
            for job in queue {
                if catch_unwind(AssertUnwindSafe(|| job(&mut owned))).is_err() {
                    owned.broke();
                }
            }
        })?;
        Ok(Self(jobs))
    }

    /// Hands over work that is done whether or not somebody waits for it.
    pub(crate) fn hand<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> Result<T, VaultError> + Send + 'static,
    ) -> Answer<T> {
        self.send(false, work)
    }

    /// Hands over work that only reads.
    pub(crate) fn ask<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> Result<T, VaultError> + Send + 'static,
    ) -> Answer<T> {
        self.send(true, work)
    }

    fn send<T: Send + 'static>(
        &self,
        only_reads: bool,
        work: impl FnOnce(&mut S) -> Result<T, VaultError> + Send + 'static,
    ) -> Answer<T> {
        let (answer, waiting) = oneshot::channel();
        let job: Job<S> = Box::new(move |owned| {
            if !(only_reads && answer.is_canceled()) {
                // Nobody may be there to hear it.
                let _ = answer.send(work(owned));
            }
        });
        // A thread that is gone drops the job, and with it the answer.
        let _ = self.0.send(job);
        Answer(waiting)
    }

    /// Hands over work and blocks until it is done: for threads of ours alone.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut S) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let (answer, waiting) = sync_channel(1);
        let job: Job<S> = Box::new(move |owned| {
            // Whoever waits is there until the answer comes.
            let _ = answer.send(work(owned));
        });
        let _ = self.0.send(job);
        waiting.recv().unwrap_or(Err(VaultError::Unavailable))
    }
}

/// Does something on a thread of its own, for instance what waits for the network.
pub(crate) fn aside<T: Send + 'static>(
    name: &str,
    work: impl FnOnce() -> Result<T, VaultError> + Send + 'static,
) -> Result<Answer<T>, VaultError> {
    let (answer, waiting) = oneshot::channel();
    spawn(name, move || {
        let _ = answer.send(work());
    })?;
    Ok(Answer(waiting))
}

/// Starts a thread of ours.
pub(crate) fn spawn(name: &str, work: impl FnOnce() + Send + 'static) -> Result<(), VaultError> {
    hush();
    let thread = thread::Builder::new().name(format!("{THREAD}{name}"));
    thread
        .spawn(work)
        .map(drop)
        .map_err(|_| VaultError::Unavailable)
}

/// The words of a panic may hold what a document held: on threads of ours they are said to nobody.
fn hush() {
    static HUSHED: Once = Once::new();
    HUSHED.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |panic| {
            let current = thread::current();
            let is_ours = current.name().is_some_and(|name| name.starts_with(THREAD));
            if !is_ours {
                former(panic);
            }
        }));
    });
}
