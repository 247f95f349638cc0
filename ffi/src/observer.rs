//! Tells the app what changed: which cases and what kind of change, never what is in them.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use jangkau_core::id::CaseId;
use jangkau_core::replica::Synced;

use crate::platform::Device;
use crate::{LogCode, LogLevel, PlatformFault, SyncProgress, VaultError, worker};

/// What happened to a case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, uniffi::Enum)]
pub enum ChangeKind {
    /// Something was recorded here.
    Recorded,
    /// The server told something of it: records, verdicts, dates, who may see it; or bytes of an attachment went or came.
    Received,
    /// Something of it was turned away and asks for attention.
    TurnedAway,
}

/// A case of which screens are to be read again.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CaseChange {
    /// The case.
    pub case_id: String,
    /// What happened.
    pub kinds: Vec<ChangeKind>,
}

/// What changed since the observer was last told.
#[derive(Clone, Debug, Default, PartialEq, Eq, uniffi::Record)]
pub struct VaultChange {
    /// The cases, each once.
    pub cases: Vec<CaseChange>,
    /// Whether every screen is to be read again: staff, standard, calendar, what this person may see, or the seat.
    pub everything: bool,
    /// How far an exchange under way has come, where it came further.
    pub sync: Option<SyncProgress>,
}

/// Whoever wants to know of changes. It may ask the vault anything, and must not wait for the answer.
#[uniffi::export(foreign)]
pub trait VaultObserver: Send + Sync {
    /// Something changed. Called on a thread of the library's own, once at a time; what changes meanwhile comes with the next call.
    fn changed(&self, change: VaultChange) -> Result<(), PlatformFault>;
}

/// What is still to be told.
#[derive(Default)]
struct Pending {
    cases: BTreeMap<CaseId, BTreeSet<ChangeKind>>,
    everything: bool,
    sync: Option<SyncProgress>,
}

impl Pending {
    fn is_empty(&self) -> bool {
        self.cases.is_empty() && !self.everything && self.sync.is_none()
    }

    fn into_change(self) -> VaultChange {
        let case = |(case, kinds): (CaseId, BTreeSet<ChangeKind>)| CaseChange {
            case_id: case.to_string(),
            kinds: kinds.into_iter().collect(),
        };
        VaultChange {
            cases: self.cases.into_iter().map(case).collect(),
            everything: self.everything,
            sync: self.sync,
        }
    }
}

#[derive(Default)]
struct Telling {
    observer: Option<Arc<dyn VaultObserver>>,
    pending: Pending,
    has_thread: bool,
    is_closed: bool,
}

/// Gathers changes for the observer. What it may hold grows with the number of cases, not of changes.
#[derive(Clone, Default)]
pub(crate) struct Teller(Arc<(Mutex<Telling>, Condvar)>);

impl Teller {
    fn telling(&self) -> MutexGuard<'_, Telling> {
        // A few sets: a panic elsewhere leaves nothing half in them.
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on this one is told; none: nobody is.
    pub(crate) fn observe(
        &self,
        observer: Option<Arc<dyn VaultObserver>>,
        device: &Device,
    ) -> Result<(), VaultError> {
        let mut telling = self.telling();
        let starts = observer.is_some() && !telling.has_thread;
        telling.observer = observer;
        telling.pending = Pending::default();
        if starts {
            let (teller, device) = (self.clone(), device.clone());
            worker::spawn("teller", move || teller.run(&device))?;
            telling.has_thread = true;
        }
        Ok(())
    }

    fn note(&self, change: impl FnOnce(&mut Pending)) {
        let mut telling = self.telling();
        if telling.observer.is_some() {
            change(&mut telling.pending);
            self.0.1.notify_all();
        }
    }

    /// Something was recorded on a case.
    pub(crate) fn recorded(&self, case: CaseId) {
        self.note(|pending| {
            let kinds = pending.cases.entry(case).or_default();
            kinds.insert(ChangeKind::Recorded);
        });
    }

    /// An exchange was taken.
    pub(crate) fn received(&self, synced: &Synced, progress: SyncProgress) {
        self.note(|pending| {
            for case in &synced.cases {
                let kinds = pending.cases.entry(*case).or_default();
                kinds.insert(ChangeKind::Received);
            }
            for case in &synced.cases_turned_away {
                let kinds = pending.cases.entry(*case).or_default();
                kinds.insert(ChangeKind::TurnedAway);
            }
            pending.everything |= synced.everything;
            pending.sync = Some(progress);
        });
    }

    /// An exchange came to its end.
    pub(crate) fn progressed(&self, progress: SyncProgress) {
        self.note(|pending| pending.sync = Some(progress));
    }

    /// What the seat may do changed, or the vault was hidden.
    pub(crate) fn everything(&self) {
        self.note(|pending| pending.everything = true);
    }

    /// Nobody is told anything any more.
    pub(crate) fn close(&self) {
        self.telling().is_closed = true;
        self.0.1.notify_all();
    }

    fn run(&self, device: &Device) {
        loop {
            let mut telling = self.telling();
            while !telling.is_closed && telling.pending.is_empty() {
                let waited = self.0.1.wait(telling);
                telling = waited.unwrap_or_else(PoisonError::into_inner);
            }
            if telling.is_closed {
                return;
            }
            let change = std::mem::take(&mut telling.pending).into_change();
            let observer = telling.observer.clone();
            drop(telling);
            let told = observer.map(|observer| observer.changed(change));
            if told.is_some_and(|told| told.is_err()) {
                device.say(LogLevel::Warning, LogCode::ObserverFailed, None);
            }
        }
    }
}
