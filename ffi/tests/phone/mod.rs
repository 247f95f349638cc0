//! A phone for tests: key store, clocks, log, and a line to an office that can be cut, slowed down, or answered by a stranger.
#![allow(dead_code, reason = "each file of tests uses some of it")]

#[path = "../../examples/office.rs"]
mod office;

use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::{Duration, SystemTime};

use jangkau_ffi::{
    ApplicantKind, CaseCommand, Channel, ClockReading, HttpReply, HttpRequest, HttpTransport,
    KeyStoreFault, ListAsk, LogCode, LogLevel, LogSink, PlatformClock, PlatformFault,
    PlatformKeyStore, RecordStamp, RecordVisit, Register, TransportFault, Vault, VaultError,
    VaultFolder, VisitPlace,
};
use office::Office;

/// A name that must not stand in any text which a crash reporter may take.
pub(crate) const CANARY: &str = "Kenari binti Murai";
pub(crate) const PIN: &str = "271828";

struct Parker(Thread);

impl Wake for Parker {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future as a phone does.
pub(crate) fn wait<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Parker(thread::current())));
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(output) => return output,
            Poll::Pending => thread::park(),
        }
    }
}

/// Begins a call and stops waiting for it at once.
pub(crate) fn abandon<F: Future>(future: F) {
    let mut future = pin!(future);
    let _ = future
        .as_mut()
        .poll(&mut Context::from_waker(Waker::noop()));
}

/// Waits until something is so.
pub(crate) fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..3_000 {
        if is_so() {
            return;
        }
        thread::sleep(Duration::from_millis(10));
    }
    assert!(is_so(), "it never came to be");
}

/// A phone's key store.
#[derive(Default)]
pub(crate) struct Chip {
    pub(crate) secret: u8,
    pub(crate) labels: Mutex<BTreeSet<String>>,
    pub(crate) marks: Mutex<BTreeMap<String, Vec<u8>>>,
}

impl PlatformKeyStore for Chip {
    fn create(&self, label: String) -> Result<(), KeyStoreFault> {
        self.labels.lock().unwrap().insert(label);
        Ok(())
    }

    fn entangle(&self, label: String, input: Vec<u8>) -> Result<Vec<u8>, KeyStoreFault> {
        if !self.labels.lock().unwrap().contains(&label) {
            return Err(KeyStoreFault::NoKey);
        }
        let with = label.bytes().fold(self.secret, u8::wrapping_add);
        Ok(input.iter().map(|byte| byte ^ with).collect())
    }

    fn forget(&self, label: String) -> Result<(), KeyStoreFault> {
        let was_there = self.labels.lock().unwrap().remove(&label);
        was_there.then_some(()).ok_or(KeyStoreFault::NoKey)
    }

    fn mark(&self, label: String) -> Result<Option<Vec<u8>>, KeyStoreFault> {
        Ok(self.marks.lock().unwrap().get(&label).cloned())
    }

    fn set_mark(&self, label: String, bytes: Vec<u8>) -> Result<(), KeyStoreFault> {
        self.marks.lock().unwrap().insert(label, bytes);
        Ok(())
    }
}

/// The clocks: those of this machine, set ahead as a test wants, or broken.
#[derive(Default)]
pub(crate) struct Clocks {
    pub(crate) ahead_ms: AtomicU64,
    pub(crate) panics: AtomicBool,
    pub(crate) fails: AtomicBool,
    /// Of another part of the country.
    pub(crate) is_far_away: AtomicBool,
}

impl PlatformClock for Clocks {
    fn read(&self) -> Result<ClockReading, PlatformFault> {
        assert!(
            !self.panics.load(Ordering::SeqCst),
            "the clock of {CANARY} broke"
        );
        if self.fails.load(Ordering::SeqCst) {
            return Err(PlatformFault::Failed);
        }
        let since = SystemTime::now()
            .duration_since(SystemTime::UNIX_EPOCH)
            .unwrap();
        let ahead = self.ahead_ms.load(Ordering::SeqCst);
        let millis = u64::try_from(since.as_millis()).unwrap() + ahead;
        Ok(ClockReading {
            wall_ms: i64::try_from(millis).unwrap(),
            monotonic_ms: millis,
            zone: if self.is_far_away.load(Ordering::SeqCst) {
                "Asia/Jayapura".into()
            } else {
                "Asia/Jakarta".into()
            },
        })
    }
}

/// What was said to the log.
#[derive(Default)]
pub(crate) struct Lines(pub(crate) Mutex<Vec<LogCode>>);

impl Lines {
    pub(crate) fn has(&self, code: LogCode) -> bool {
        self.0.lock().unwrap().contains(&code)
    }
}

impl LogSink for Lines {
    fn log(&self, _: LogLevel, code: LogCode, _: Option<u64>) -> Result<(), PlatformFault> {
        self.0.lock().unwrap().push(code);
        Ok(())
    }
}

/// How the line is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Signal {
    /// The office answers.
    Good,
    /// There is no answer.
    Fault(TransportFault),
    /// Somebody else answers.
    Stranger(u16, Vec<u8>),
    /// The office takes the request, and this much of its answer arrives.
    Cut(usize),
    /// Nothing comes until the request is aborted, or the line is good again.
    Hangs,
    /// The same, with an app that does not care for aborts.
    HangsDeaf,
}

/// The line to an office.
pub(crate) struct Line {
    pub(crate) office: Mutex<Office>,
    signal: Mutex<Signal>,
    changed: Condvar,
    pub(crate) sent: AtomicU64,
    pub(crate) aborted: Mutex<BTreeSet<u64>>,
}

impl Line {
    pub(crate) fn set(&self, signal: Signal) {
        *self.signal.lock().unwrap() = signal;
        self.changed.notify_all();
    }

    fn answer(&self, request: &HttpRequest) -> HttpReply {
        let route = request.path.trim_start_matches("/v1/");
        assert_eq!(request.method, "POST");
        match self.office.lock().unwrap().post(route, &request.body) {
            Ok(body) => HttpReply { status: 200, body },
            Err(body) => HttpReply { status: 400, body },
        }
    }
}

impl HttpTransport for Line {
    fn send(&self, request: HttpRequest) -> Result<HttpReply, TransportFault> {
        self.sent.fetch_add(1, Ordering::SeqCst);
        let mut signal = self.signal.lock().unwrap();
        while matches!(*signal, Signal::Hangs | Signal::HangsDeaf) {
            if *signal == Signal::Hangs && self.aborted.lock().unwrap().contains(&request.id) {
                return Err(TransportFault::Aborted);
            }
            signal = self.changed.wait(signal).unwrap();
        }
        let signal = signal.clone();
        match signal {
            Signal::Good | Signal::Hangs | Signal::HangsDeaf => Ok(self.answer(&request)),
            Signal::Fault(fault) => Err(fault),
            Signal::Stranger(status, body) => Ok(HttpReply { status, body }),
            Signal::Cut(bytes) => {
                let mut reply = self.answer(&request);
                reply.body.truncate(bytes);
                Ok(reply)
            }
        }
    }

    fn abort(&self, request_id: u64) -> Result<(), PlatformFault> {
        self.aborted.lock().unwrap().insert(request_id);
        self.changed.notify_all();
        Ok(())
    }
}

/// A phone with a folder of vaults and a line to an office.
pub(crate) struct Phone {
    pub(crate) folder: tempfile::TempDir,
    pub(crate) chip: Arc<Chip>,
    pub(crate) clocks: Arc<Clocks>,
    pub(crate) line: Arc<Line>,
    pub(crate) log: Arc<Lines>,
    code: String,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let (office, code) = Office::open().unwrap();
        let line = Line {
            office: Mutex::new(office),
            signal: Mutex::new(Signal::Good),
            changed: Condvar::new(),
            sent: AtomicU64::new(0),
            aborted: Mutex::default(),
        };
        Self {
            folder: tempfile::tempdir().unwrap(),
            chip: Arc::default(),
            clocks: Arc::default(),
            line: Arc::new(line),
            log: Arc::default(),
            code,
        }
    }

    pub(crate) fn with_vault() -> (Self, Arc<Vault>) {
        let phone = Self::new();
        let vault = phone.enrol().unwrap();
        (phone, vault)
    }

    /// The folder as an app finds it that was just started.
    pub(crate) fn vaults(&self) -> VaultFolder {
        let path = self.folder.path().to_str().unwrap().to_owned();
        let (chip, clocks) = (self.chip.clone(), self.clocks.clone());
        VaultFolder::open(path, chip, clocks, self.line.clone(), self.log.clone()).unwrap()
    }

    pub(crate) fn enrol(&self) -> Result<Arc<Vault>, VaultError> {
        let vaults = self.vaults();
        let enrolment = Arc::new(vaults.enrolment(self.code.clone()).unwrap());
        wait(vaults.enrol(enrolment, PIN.into(), "R.".into())).map(Arc::new)
    }

    pub(crate) fn code(&self) -> String {
        self.code.clone()
    }

    pub(crate) fn id(&self) -> String {
        wait(self.vaults().list()).unwrap()[0].id.clone()
    }

    pub(crate) fn unlock(&self) -> Result<Vault, VaultError> {
        wait(self.vaults().unlock(self.id(), PIN.into()))
    }
}

pub(crate) fn sync(vault: &Vault) -> Result<jangkau_ffi::SyncOutcome, VaultError> {
    wait(vault.start_sync(None).unwrap().finished())
}

pub(crate) fn now() -> RecordStamp {
    RecordStamp {
        occurred_at: None,
        performed_by: None,
    }
}

pub(crate) fn family(name: &str) -> CaseCommand {
    CaseCommand::Register(Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: None,
        place: None,
        phone: None,
        domiciled: None,
        danger: None,
        kecamatan: None,
        helper: None,
        name: Some(name.to_owned()),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: None,
    })
}

pub(crate) fn visit() -> CaseCommand {
    CaseCommand::RecordVisit(RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: format!("{CANARY} ditemui di rumah."),
        danger: None,
        ended_at: None,
        next_step: None,
    })
}

pub(crate) fn every() -> ListAsk {
    ListAsk {
        mine: false,
        status: None,
        overdue: false,
        unsent: false,
        search: None,
    }
}

pub(crate) fn register(vault: &Vault) -> String {
    wait(vault.record(None, family(CANARY), now())).unwrap()
}

pub(crate) fn unsent(vault: &Vault) -> u64 {
    let standing = wait(vault.standing(jangkau_ffi::Language::English)).unwrap();
    standing.unsent.map_or(0, |unsent| unsent.count)
}
