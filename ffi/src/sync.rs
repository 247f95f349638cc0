//! An exchange with the server, on a thread of its own: it takes the vault's thread only between requests, so that recording goes on
//! while the network hangs.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_channel::oneshot;
use jangkau_core::id::CommandId;
use jangkau_core::replica::Synced;
use jangkau_core::sync::{BLOB_ROUTE, Refused, SYNC_ROUTE};

use crate::network::{self, Said};
use crate::observer::Teller;
use crate::platform::Device;
use crate::vault::Store;
use crate::worker::{self, Worker};
use crate::{LogCode, LogLevel, VaultError, platform};

/// Requests of one run. The vault of a head with 10,000 cases comes in some hundred; a server that always asks for one more gets no more than this.
const EXCHANGES_MAX: u32 = 4_096;

/// Refusals in a row that ask for another try at once: a stale nonce, a seat that shows its certificate, and one to spare.
const REFUSALS_MAX: u32 = 3;

/// How far an exchange has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct SyncProgress {
    /// Requests that were answered.
    pub exchanges: u32,
    /// Steps that were taken with the bytes of attachments.
    pub attachment_steps: u32,
    /// Rows that were read.
    pub rows: u64,
    /// Own commands that the server has not acknowledged yet.
    pub unsent: u64,
    /// Milliseconds since it began.
    pub took_ms: u64,
    /// Whether it is over.
    pub ended: bool,
}

/// What an exchange did.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SyncOutcome {
    /// Whether all is sent and read. False: its time was over, and the next one goes on where this stopped.
    pub complete: bool,
    /// Requests that were answered.
    pub exchanges: u32,
    /// Rows that were read.
    pub rows: u64,
    /// Commands that need attention: they were turned away.
    pub turned_away: Vec<String>,
}

type Ended = Result<SyncOutcome, VaultError>;

#[derive(Default)]
struct RunState {
    progress: SyncProgress,
    in_flight: Option<u64>,
    ended: Option<Ended>,
    waiting: Vec<oneshot::Sender<Ended>>,
}

/// An exchange under way. Everything that was acknowledged or read when it stops stays so; the next one goes on from there.
#[derive(uniffi::Object)]
pub struct SyncRun {
    state: Mutex<RunState>,
    device: Device,
}

impl std::fmt::Debug for SyncRun {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SyncRun(…)")
    }
}

#[uniffi::export]
impl SyncRun {
    /// Waits for the end. May be called any number of times; who stops waiting does not stop the exchange.
    ///
    /// Errors: `Offline`, `ServerBusy`, `Cancelled`, `Hidden`, `UpdateNeeded`, `SeatRevoked`, `ServerRefused`, `NotAnAnswer`, and those of the disk.
    pub async fn finished(&self) -> Result<SyncOutcome, VaultError> {
        let waiting = {
            let mut state = self.state();
            if let Some(ended) = &state.ended {
                return ended.clone();
            }
            let (sender, receiver) = oneshot::channel();
            state.waiting.push(sender);
            receiver
        };
        waiting.await.unwrap_or(Err(VaultError::Unavailable))
    }

    /// Stops it. A request under way is aborted, and its answer is not taken, even if the transport lets it come: nothing is lost by that, since
    /// the next exchange asks the same again. Returns at once.
    pub fn cancel(&self) {
        let in_flight = self.state().in_flight.take();
        self.end(Err(VaultError::Cancelled));
        if let Some(id) = in_flight {
            // A transport that cannot abort changes nothing: its answer is not taken.
            let _ = self.device.transport.abort(id);
        }
    }

    /// How far it has come.
    pub fn progress(&self) -> SyncProgress {
        self.state().progress
    }
}

impl SyncRun {
    fn state(&self) -> MutexGuard<'_, RunState> {
        // Counters and an end: a panic elsewhere leaves nothing half in them.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether it is over.
    pub(crate) fn is_over(&self) -> bool {
        self.state().ended.is_some()
    }

    /// The first end counts.
    fn end(&self, ended: Ended) -> bool {
        let mut state = self.state();
        if state.ended.is_some() {
            return false;
        }
        state.ended = Some(ended.clone());
        state.progress.ended = true;
        for waiting in state.waiting.drain(..) {
            // Who was cancelled while waiting is no longer there.
            let _ = waiting.send(ended.clone());
        }
        true
    }

    /// Starts an exchange.
    pub(crate) fn start(
        store: Worker<Store>,
        device: Device,
        teller: Teller,
        budget_ms: Option<u64>,
    ) -> Result<Arc<Self>, VaultError> {
        let began_ms = device.moment()?.monotonic_ms;
        let run = Arc::new(Self {
            state: Mutex::default(),
            device: device.clone(),
        });
        let road = Road {
            run: run.clone(),
            store,
            device,
            teller,
            began_ms,
            budget_ms,
            status: None,
            turned_away: BTreeSet::new(),
        };
        worker::spawn("sync", move || road.go())?;
        Ok(run)
    }
}

/// What an exchange needs on its thread.
struct Road {
    run: Arc<SyncRun>,
    store: Worker<Store>,
    device: Device,
    teller: Teller,
    began_ms: u64,
    budget_ms: Option<u64>,
    status: Option<u16>,
    turned_away: BTreeSet<CommandId>,
}

/// What is exchanged now.
#[derive(Clone, Copy)]
enum Stage {
    /// Commands, and the rows of the log.
    Log,
    /// The bytes of attachments, step by step.
    Attachments,
}

impl Road {
    fn go(mut self) {
        // Whatever happens on this thread, nobody waits for ever.
        struct Ending(Arc<SyncRun>);
        impl Drop for Ending {
            fn drop(&mut self) {
                self.0.end(Err(VaultError::Unavailable));
            }
        }
        let _ending = Ending(self.run.clone());
        self.device.say(LogLevel::Info, LogCode::SyncBegan, None);
        let complete = self.walk();
        let progress = self.run.progress();
        let (level, code, number) = match &complete {
            Ok(true) => (LogLevel::Info, LogCode::SyncEnded, Some(progress.rows)),
            Ok(false) | Err(VaultError::Cancelled | VaultError::Hidden) => {
                (LogLevel::Info, LogCode::SyncStopped, Some(progress.rows))
            }
            Err(_) => (
                LogLevel::Warning,
                LogCode::SyncFailed,
                self.status.map(u64::from),
            ),
        };
        self.device.say(level, code, number);
        let turned_away = self.turned_away.iter().map(ToString::to_string).collect();
        self.run.end(complete.map(|complete| SyncOutcome {
            complete,
            exchanges: progress.exchanges,
            rows: progress.rows,
            turned_away,
        }));
        self.teller.progressed(self.run.progress());
    }

    /// Records and what the log has, then the bytes of attachments, then once more what the log says of those. False: the time was over before the end.
    fn walk(&mut self) -> Result<bool, VaultError> {
        let (mut refusals, mut road) = (0, Stage::Log);
        for _ in 0..EXCHANGES_MAX {
            if self.took_ms()? >= self.budget_ms.unwrap_or(u64::MAX) {
                return Ok(false);
            }
            let Some((route, body)) = self.next(road)? else {
                // Nothing is to be sent or fetched.
                return Ok(true);
            };
            match self.ask(route, body)? {
                Said::Taken(reply) => {
                    refusals = 0;
                    road = match (road, self.take(road, reply)?) {
                        (_, true) => road,
                        (Stage::Log, false) => Stage::Attachments,
                        (Stage::Attachments, false) => Stage::Log,
                    };
                }
                Said::Refused(code, body) => {
                    refusals += 1;
                    self.take_refusal(road, code, body, refusals)?;
                }
            }
        }
        Ok(false)
    }

    fn took_ms(&self) -> Result<u64, VaultError> {
        Ok(self
            .device
            .moment()?
            .monotonic_ms
            .saturating_sub(self.began_ms))
    }

    /// The next request of a stage; none when it has nothing to do.
    fn next(&self, stage: Stage) -> Result<Option<(&'static str, Vec<u8>)>, VaultError> {
        self.wait(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let replica = store.replica()?;
            Ok(match stage {
                Stage::Log => Some((SYNC_ROUTE, replica.request(now, &mut rng)?)),
                Stage::Attachments => replica.blob_request(now)?.map(|body| (BLOB_ROUTE, body)),
            })
        })
    }

    fn ask(&mut self, route: &str, body: Vec<u8>) -> Result<Said, VaultError> {
        let id = self.device.request_id();
        {
            let mut state = self.run.state();
            if state.ended.is_some() {
                return Err(VaultError::Cancelled);
            }
            state.in_flight = Some(id);
        }
        let (status, said) = network::post(&self.device, id, route, body);
        self.status = status;
        self.run.state().in_flight = None;
        if self.run.is_over() {
            return Err(VaultError::Cancelled);
        }
        said
    }

    /// Takes an answer. Whether the stage has more to do at once.
    fn take(&mut self, stage: Stage, reply: Vec<u8>) -> Result<bool, VaultError> {
        let (synced, again, unsent) = self.wait(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let replica = store.replica()?;
            let (synced, again) = match stage {
                Stage::Log => {
                    let synced = replica.receive(&reply, now, &mut rng)?;
                    let again = synced.again;
                    (synced, again)
                }
                Stage::Attachments => {
                    let step = replica.blob_receive(&reply, now)?;
                    let moved = Synced {
                        cases: step.case.into_iter().collect(),
                        ..Synced::default()
                    };
                    (moved, step.again)
                }
            };
            Ok((synced, again, replica.unsent()?))
        })?;
        drop(self.store.hand(Store::look_ahead));
        self.turned_away.extend(&synced.turned_away);
        let took_ms = self.took_ms()?;
        let progress = {
            let mut state = self.run.state();
            let progress = &mut state.progress;
            match stage {
                Stage::Log => progress.exchanges += 1,
                Stage::Attachments => progress.attachment_steps += 1,
            }
            progress.rows += synced.rows as u64;
            progress.unsent = unsent as u64;
            progress.took_ms = took_ms;
            *progress
        };
        self.teller.received(&synced, progress);
        Ok(again)
    }

    fn take_refusal(
        &mut self,
        stage: Stage,
        code: Refused,
        body: Vec<u8>,
        refusals: u32,
    ) -> Result<(), VaultError> {
        let again = self.wait(move |store| {
            let now = store.now()?;
            let replica = store.replica()?;
            Ok(match stage {
                Stage::Log => replica.refused(&body)?.1,
                Stage::Attachments => replica.blob_refused(&body, now)?.1,
            })
        })?;
        self.teller.everything();
        if again && refusals < REFUSALS_MAX {
            Ok(())
        } else {
            Err(code.into())
        }
    }

    /// Something on the vault's thread, unless the exchange was stopped.
    fn wait<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Store) -> Result<T, VaultError> + Send + 'static,
    ) -> Result<T, VaultError> {
        let run = self.run.clone();
        self.store.wait(move |store| {
            if run.is_over() {
                return Err(VaultError::Cancelled);
            }
            work(store)
        })
    }
}
