//! The exported vault. One thread owns its file; each call hands it a piece of work and awaits the answer.

mod once;
mod parcels;
mod reading;
mod recording;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::SystemTime;

use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::replica::{Replica, SeatState};
use jangkau_core::time::Timestamp;

use crate::observer::Teller;
use crate::platform::Device;
use crate::types::instant;
use crate::worker::{Answer, Owned, Worker};
use crate::{Language, LogCode, LogLevel, SyncRun, VaultError, VaultObserver};

pub use once::RecordedOnce;
pub(crate) use once::first_id;
pub use reading::UnsentLine;
pub(crate) use reading::place;
pub use recording::RecordStamp;

/// Files that are looked at after each writing: those of a page of the log, in less time than a page takes on its way.
const LOOKED_AHEAD_MAX: usize = 64;

/// What the vault's thread owns.
pub(crate) struct Store {
    state: State,
    hiding: Arc<AtomicBool>,
    device: Device,
    teller: Teller,
}

/// Where the vault is in its life on this device.
enum State {
    Open(Box<Replica>),
    Hidden,
    /// A call panicked.
    Broken,
}

impl Owned for Store {
    fn broke(&mut self) {
        self.state = State::Broken;
        self.device.say(LogLevel::Error, LogCode::Panicked, None);
    }
}

impl Store {
    /// What the device's clock shows.
    pub(crate) fn now(&self) -> Result<Timestamp, VaultError> {
        self.device.now()
    }

    /// The replica, told what the clock shows, unless it was hidden.
    pub(crate) fn replica(&mut self) -> Result<&mut Replica, VaultError> {
        if self.hiding.load(Ordering::Acquire) {
            self.state = State::Hidden;
        }
        match &mut self.state {
            State::Open(replica) => {
                let moment = self.device.moment()?;
                replica.tick(moment.now);
                replica.note_zone(&moment.zone);
                Ok(replica)
            }
            State::Hidden => Err(VaultError::Hidden),
            State::Broken => Err(VaultError::Unavailable),
        }
    }

    /// Looks at some of what was written, so that the next list need not. What fails here fails there again, and is told there.
    pub(crate) fn look_ahead(&mut self) -> Result<(), VaultError> {
        let (replica, now) = self.reading()?;
        replica.look_ahead(now, LOOKED_AHEAD_MAX)?;
        Ok(())
    }

    /// The replica for what shows something of it to a person, and the moment at which it does.
    pub(crate) fn reading(&mut self) -> Result<(&mut Replica, Timestamp), VaultError> {
        let now = self.now()?;
        let replica = self.replica()?;
        replica.reading(now)?;
        Ok((replica, now))
    }
}

/// One person's vault on this device. It is closed when the last reference to it is gone and what was accepted is done.
#[derive(uniffi::Object)]
pub struct Vault {
    pub(crate) store: Worker<Store>,
    pub(crate) device: Device,
    hiding: Arc<AtomicBool>,
    pub(crate) teller: Teller,
    /// The last exchange that was started.
    run: Mutex<Weak<SyncRun>>,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Drop for Vault {
    fn drop(&mut self) {
        self.teller.close();
    }
}

/// What the seat may still do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum SeatStanding {
    /// Everything.
    Active,
    /// Send what is left; the documents go.
    Retired,
    /// Nothing; reading is locked.
    Locked,
}

impl From<SeatState> for SeatStanding {
    fn from(state: SeatState) -> Self {
        match state {
            SeatState::Active => Self::Active,
            SeatState::Retired => Self::Retired,
            SeatState::Locked => Self::Locked,
        }
    }
}

/// How the vault stands. Told also while reading is locked.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct VaultStanding {
    /// The person's id.
    pub person_id: String,
    /// What the seat may still do.
    pub seat: SeatStanding,
    /// Until when it may be read without the server; none before the first exchange.
    pub lease_until: Option<SystemTime>,
    /// What the server has not acknowledged; none when it has all.
    pub unsent: Option<UnsentLine>,
    /// Pieces of colleagues' parcels that wait to be handed over.
    pub carried: u64,
}

impl Vault {
    /// A vault around a replica that was opened on this or another thread.
    pub(crate) fn over(replica: Replica, device: Device) -> Result<Self, VaultError> {
        let (hiding, teller) = (Arc::<AtomicBool>::default(), Teller::default());
        let store = Store {
            state: State::Open(Box::new(replica)),
            hiding: hiding.clone(),
            device: device.clone(),
            teller: teller.clone(),
        };
        let store = Worker::start("vault", store)?;
        device.say(LogLevel::Info, LogCode::VaultOpened, None);
        Ok(Self {
            store,
            device,
            hiding,
            teller,
            run: Mutex::default(),
        })
    }

    /// Has the vault's thread look at what was written, once it has nothing better to do. Nobody waits for it.
    pub(crate) fn look_ahead(&self) {
        drop(self.store.hand(Store::look_ahead));
    }

    /// Hands over something that reads what a person may see.
    pub(crate) fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&mut Replica, Timestamp) -> Result<T, VaultError> + Send + 'static,
    ) -> Answer<T> {
        self.store.ask(move |store| {
            let (replica, now) = store.reading()?;
            look(replica, now)
        })
    }
}

#[uniffi::export]
impl Vault {
    /// Hides the vault: its keys and everything of it that was decrypted leave the memory, an exchange under way is stopped, and every call but
    /// this one answers `Hidden`, also those that wait already. What locks, logs out or leaves the screen calls it. Nothing is deleted; the
    /// PIN opens it again. It is done also if nobody awaits it.
    pub async fn hide(&self) -> Result<(), VaultError> {
        self.hiding.store(true, Ordering::Release);
        self.stop_exchange();
        let hidden = self.store.hand(|store| {
            store.state = State::Hidden;
            store.device.say(LogLevel::Info, LogCode::VaultHidden, None);
            store.teller.everything();
            Ok(())
        });
        hidden.get().await
    }

    /// How the vault stands.
    pub async fn standing(&self, language: Language) -> Result<VaultStanding, VaultError> {
        let standing = self.store.ask(move |store| {
            let now = store.now()?;
            let replica = store.replica()?;
            let unsent = replica.unsent_told(now, language.into())?;
            Ok(VaultStanding {
                person_id: replica.person().to_string(),
                seat: replica.state().into(),
                lease_until: replica.lease_until().map(instant),
                unsent: unsent.map(Into::into),
                carried: u64::from(replica.carried()?),
            })
        });
        standing.get().await
    }

    /// Starts an exchange with the server and returns at once; if one is under way already, that one. `budget_ms`: no request is begun when it took
    /// longer than this, for a background task that is given some seconds.
    #[uniffi::method(default(budget_ms = None))]
    pub fn start_sync(&self, budget_ms: Option<u64>) -> Result<Arc<SyncRun>, VaultError> {
        let mut last = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = last.upgrade().filter(|run| !run.is_over()) {
            return Ok(run);
        }
        let (store, device, teller) =
            (self.store.clone(), self.device.clone(), self.teller.clone());
        let run = SyncRun::start(store, device, teller, budget_ms)?;
        *last = Arc::downgrade(&run);
        Ok(run)
    }

    /// From now on this observer is told what changes, instead of any former one.
    pub fn observe(&self, observer: Arc<dyn VaultObserver>) -> Result<(), VaultError> {
        self.teller.observe(Some(observer), &self.device)
    }

    /// From now on nobody is told. A call that has begun goes on to its end.
    pub fn stop_observing(&self) -> Result<(), VaultError> {
        self.teller.observe(None, &self.device)
    }
}

impl Vault {
    fn stop_exchange(&self) {
        let run = self.run.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(run) = run.upgrade() {
            run.cancel();
        }
    }
}

pub(crate) fn case_id(text: &str) -> Result<CaseId, VaultError> {
    text.parse().map_err(|_| VaultError::NotAnId)
}

pub(crate) fn command_id(text: &str) -> Result<CommandId, VaultError> {
    text.parse().map_err(|_| VaultError::NotAnId)
}

pub(crate) fn person_id(text: &str) -> Result<PersonId, VaultError> {
    text.parse().map_err(|_| VaultError::NotAnId)
}
