//! One thread owns the engine. Requests that wait together share one commit; whoever finds the queue full comes later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use jangkau_core::id::{InstitutionId, ServerSeq};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{Refused, RefusedReply, SignedRequest};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use thiserror::Error;
use tokio::sync::{mpsc, oneshot, watch};

use crate::clock::Clock;
use crate::engine::{Engine, EngineError};
use crate::metrics::{Measure, Metrics};

/// Most requests in one commit: a commit costs one fsync whether it carries one or these.
pub const GROUP_MAX: usize = 64;

/// Most requests that wait for the thread: a few groups, which is what fits into a request's patience.
pub const QUEUE_MAX: usize = 4 * GROUP_MAX;

/// Where the log of each institution ends.
pub type Heads = BTreeMap<InstitutionId, ServerSeq>;

/// What a device is told, and where its institution's log stood by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answered {
    /// The body of the answer.
    pub body: Vec<u8>,
    /// The seat's institution and its head: what a poke is measured against.
    pub head: Option<(InstitutionId, ServerSeq)>,
}

type Answer = Result<Answered, RefusedReply>;
type Errand = Box<dyn FnOnce(&mut Engine, Timestamp, &mut ChaCha20Rng) + Send>;

enum Work {
    Sync(Vec<u8>, oneshot::Sender<Answer>),
    Errand(Errand),
    Stop,
}

/// Why an errand was not run.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unavailable {
    /// The queue is full.
    #[error("the server is busy")]
    Busy,
    /// The writer stops or has stopped.
    #[error("the server is stopping")]
    Stopping,
    /// The answer did not come in time; the work may still be done.
    #[error("the server took too long")]
    TooSlow,
}

/// The way to the writer; cheap to copy.
#[derive(Clone)]
pub struct Writer {
    queue: mpsc::Sender<Work>,
    heads: watch::Receiver<Arc<Heads>>,
    patience: Duration,
}

/// The thread, to be waited for.
pub struct WriterThread {
    thread: JoinHandle<Engine>,
    ended: oneshot::Receiver<()>,
}

/// Starts the thread over an engine. `patience` bounds the wait for an answer.
///
/// # Errors
/// The machine has no thread to give.
pub fn start(
    engine: Engine,
    clock: Clock,
    rng: ChaCha20Rng,
    metrics: Arc<Metrics>,
    patience: Duration,
) -> std::io::Result<(Writer, WriterThread)> {
    let (queue, waiting) = mpsc::channel(QUEUE_MAX);
    let (heads_out, heads) = watch::channel(Arc::default());
    let (alive, ended) = oneshot::channel();
    let desk = Desk {
        engine,
        clock,
        rng,
        metrics,
        heads: heads_out,
    };
    let thread = std::thread::Builder::new()
        .name("writer".to_owned())
        .spawn(move || {
            let _alive: oneshot::Sender<()> = alive;
            desk.run(waiting)
        })?;
    let writer = Writer {
        queue,
        heads,
        patience,
    };
    Ok((writer, WriterThread { thread, ended }))
}

impl Writer {
    /// Gives a signed request to the next group.
    ///
    /// # Errors
    /// The engine's refusal, or `later`.
    pub async fn sync(&self, request: Vec<u8>) -> Answer {
        let (answer, answered) = oneshot::channel();
        let later = |_: Unavailable| RefusedReply::from(Refused::Later);
        self.send(Work::Sync(request, answer)).map_err(later)?;
        self.wait(answered).await.map_err(later)?
    }

    /// Runs an errand on the engine between two groups.
    ///
    /// # Errors
    /// [`Unavailable`].
    pub async fn run<T: Send + 'static>(
        &self,
        errand: impl FnOnce(&mut Engine, Timestamp, &mut ChaCha20Rng) -> T + Send + 'static,
    ) -> Result<T, Unavailable> {
        let (answer, answered) = oneshot::channel();
        self.send(Work::Errand(Box::new(move |engine, now, rng| {
            // Whoever asked may have stopped waiting.
            let _ = answer.send(errand(engine, now, rng));
        })))?;
        self.wait(answered).await
    }

    /// The heads, as they move.
    #[must_use]
    pub fn heads(&self) -> watch::Receiver<Arc<Heads>> {
        self.heads.clone()
    }

    /// Asks the thread to answer what waits, and to end.
    pub async fn stop(&self) {
        // An error says that it has ended already.
        let _ = self.queue.send(Work::Stop).await;
    }

    fn send(&self, work: Work) -> Result<(), Unavailable> {
        self.queue.try_send(work).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => Unavailable::Busy,
            mpsc::error::TrySendError::Closed(_) => Unavailable::Stopping,
        })
    }

    async fn wait<T>(&self, answered: oneshot::Receiver<T>) -> Result<T, Unavailable> {
        match tokio::time::timeout(self.patience, answered).await {
            Ok(answer) => answer.map_err(|_| Unavailable::Stopping),
            Err(_) => Err(Unavailable::TooSlow),
        }
    }
}

impl WriterThread {
    /// Completes when the thread has ended, for whatever reason.
    pub async fn ended(&mut self) {
        let _ = (&mut self.ended).await;
    }

    /// Waits for the thread and takes the engine back; none if the thread panicked.
    #[must_use]
    pub fn join(self) -> Option<Engine> {
        self.thread.join().ok()
    }
}

/// The thread's own side.
struct Desk {
    engine: Engine,
    clock: Clock,
    rng: ChaCha20Rng,
    metrics: Arc<Metrics>,
    heads: watch::Sender<Arc<Heads>>,
}

impl Desk {
    fn run(mut self, mut waiting: mpsc::Receiver<Work>) -> Engine {
        let now = self.clock.now();
        if let Err(error) = self.engine.rule(now) {
            tracing::error!(%error, "cases stay unjudged");
        }
        self.tell_heads();
        while let Some(first) = waiting.blocking_recv() {
            let mut group = vec![first];
            while group.len() < GROUP_MAX
                && let Ok(next) = waiting.try_recv()
            {
                group.push(next);
            }
            if self.perform(group) {
                waiting.close();
            }
        }
        self.engine
    }

    /// Gives whether to stop.
    fn perform(&mut self, group: Vec<Work>) -> bool {
        let mut stop = false;
        let (mut requests, mut askers) = (Vec::new(), Vec::new());
        for work in group {
            match work {
                Work::Sync(request, asker) => {
                    requests.push(request);
                    askers.push(asker);
                }
                Work::Errand(errand) => {
                    self.answer(std::mem::take(&mut requests), std::mem::take(&mut askers));
                    errand(&mut self.engine, self.clock.now(), &mut self.rng);
                    self.tell_heads();
                }
                Work::Stop => stop = true,
            }
        }
        self.answer(requests, askers);
        stop
    }

    fn answer(&mut self, requests: Vec<Vec<u8>>, askers: Vec<oneshot::Sender<Answer>>) {
        if requests.is_empty() {
            return;
        }
        let begun = Instant::now();
        let answers = self.engine.sync(&requests, self.clock.now(), &mut self.rng);
        let seconds = begun.elapsed().as_secs_f64();
        self.metrics
            .observe(Measure::GroupSize, &[], requests.len() as f64);
        self.metrics.observe(Measure::GroupSeconds, &[], seconds);
        self.tell_heads();
        let heads = Arc::clone(&self.heads.borrow());
        for ((request, answer), asker) in requests.iter().zip(answers).zip(askers) {
            let answer = answer.map(|body| Answered {
                body,
                head: self.head_for(request, &heads),
            });
            let _ = asker.send(answer);
        }
    }

    fn head_for(&self, request: &[u8], heads: &Heads) -> Option<(InstitutionId, ServerSeq)> {
        let seat = SignedRequest::from_bytes(request).ok()?.seat;
        let institution = self.engine.institution_of(seat).ok()??;
        let head = heads.get(&institution).copied()?;
        Some((institution, head))
    }

    fn tell_heads(&self) {
        let heads = match heads_of(&self.engine) {
            Ok(heads) => heads,
            Err(error) => return tracing::error!(%error, "the heads cannot be read"),
        };
        let known = Arc::clone(&self.heads.borrow());
        if *known == heads {
            return;
        }
        for (institution, head) in &heads {
            if let Some(before) = known.get(institution).filter(|before| *before < head) {
                self.count_verdicts(institution, *before);
            }
        }
        self.heads.send_replace(Arc::new(heads));
    }

    fn count_verdicts(&self, institution: &InstitutionId, after: ServerSeq) {
        let verdicts = match self.engine.verdicts_after(institution, after) {
            Ok(verdicts) => verdicts,
            Err(error) => return tracing::error!(%error, "the rulings cannot be read"),
        };
        for verdict in verdicts {
            let (kind, code) = match &verdict {
                Verdict::Committed => ("committed", ""),
                Verdict::Refused(refusal) => ("refused", refusal.code()),
                Verdict::NeedsReview(review) => ("needs_review", review.code()),
                Verdict::Recorded(_) => ("recorded", ""),
            };
            let labels = [("verdict", kind), ("code", code)];
            self.metrics.add(Measure::Verdicts, &labels, 1.0);
        }
    }
}

/// Where every log ends.
///
/// # Errors
/// [`EngineError`].
pub fn heads_of(engine: &Engine) -> Result<Heads, EngineError> {
    engine
        .institutions()?
        .into_iter()
        .map(|institution| {
            let head = engine.head(&institution)?;
            Ok((institution, head))
        })
        .collect()
}

#[cfg(test)]
mod tests;
