//! Who waits for whom: calls that nobody awaits any more, panics, a hostile or hanging line, hiding meanwhile, and the observer.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

mod phone;

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use jangkau_core::sync::{FRAME_BYTES_MAX, Refused, RefusedReply};
use jangkau_ffi::{
    ChangeKind, Language, LogCode, PlatformFault, SyncProgress, TransportFault, Vault, VaultChange,
    VaultError, VaultObserver,
};
use phone::{
    CANARY, PIN, Phone, Signal, abandon, every, family, now, register, sync, unsent, until, visit,
    wait,
};

#[test]
fn what_was_accepted_is_done_though_nobody_awaits_it() {
    let (_phone, vault) = Phone::with_vault();
    drop(vault.record(None, family(CANARY), now()));
    assert_eq!(unsent(&vault), 0, "a call that was never begun");
    for count in 1..=20 {
        abandon(vault.record(None, family(CANARY), now()));
        assert_eq!(unsent(&vault), count, "in the order of the calls");
    }
    let page = wait(vault.list(every(), 0, Language::English)).unwrap();
    assert_eq!(page.total, 20);
    for _ in 0..100 {
        abandon(vault.list(every(), 0, Language::English));
        abandon(vault.today(0, Language::English));
    }
    abandon(vault.hide());
    let hidden = wait(vault.standing(Language::English));
    assert_eq!(hidden.err(), Some(VaultError::Hidden));
}

#[test]
fn enrolling_opening_and_trying_go_on_though_nobody_awaits_them() {
    let phone = Phone::new();
    let vaults = phone.vaults();
    let enrolment = Arc::new(vaults.enrolment(phone.code()).unwrap());
    abandon(vaults.enrol(enrolment, PIN.into(), "R.".into()));
    until(|| wait(vaults.list()).unwrap().len() == 1);
    let id = phone.id();
    abandon(vaults.unlock(id.clone(), "314159".into()));
    let tried = wait(vaults.unlock(id.clone(), "314159".into())).err();
    assert_eq!(tried, Some(VaultError::WrongPin { left: 8 }));
    abandon(vaults.unlock(id.clone(), PIN.into()));
    assert!(wait(vaults.unlock(id, PIN.into())).is_ok());
}

#[test]
fn an_enrolment_is_tried_again_with_the_answer_that_it_has() {
    let phone = Phone::new();
    let vaults = phone.vaults();
    let enrolment = Arc::new(vaults.enrolment(phone.code()).unwrap());
    let enrol = |pin: &str| wait(vaults.enrol(enrolment.clone(), pin.into(), "R.".into())).err();
    assert_eq!(enrol("123456"), Some(VaultError::PinTrivial));
    assert_eq!(phone.line.sent.load(Ordering::SeqCst), 0, "looked at first");
    phone.line.set(Signal::Fault(TransportFault::Offline));
    assert_eq!(enrol(PIN), Some(VaultError::Offline));
    phone.line.set(Signal::Stranger(200, b"<html>".to_vec()));
    assert_eq!(enrol(PIN), Some(VaultError::NotAnAnswer));
    phone.line.set(Signal::Good);
    phone.clocks.fails.store(true, Ordering::SeqCst);
    let failed = enrol(PIN);
    phone.clocks.fails.store(false, Ordering::SeqCst);
    assert_eq!(failed, None, "making a vault asks no clock");
    let other = Arc::new(vaults.enrolment(phone.code()).unwrap());
    let used = wait(vaults.enrol(other, PIN.into(), "R.".into())).err();
    assert_eq!(used, Some(VaultError::CodeRefused));
}

#[test]
fn a_panic_ends_the_vault_and_loses_nothing() {
    let (phone, vault) = Phone::with_vault();
    register(&vault);
    phone.clocks.panics.store(true, Ordering::SeqCst);
    let broken = wait(vault.record(None, family(CANARY), now()));
    assert_eq!(broken, Err(VaultError::Unavailable));
    phone.clocks.panics.store(false, Ordering::SeqCst);
    let after = wait(vault.list(every(), 0, Language::English)).err();
    assert_eq!(after, Some(VaultError::Unavailable));
    assert!(phone.log.has(LogCode::Panicked));
    let again = phone.unlock().unwrap();
    assert_eq!(unsent(&again), 1);
}

#[test]
fn a_clock_that_throws_stops_one_call_only() {
    let (phone, vault) = Phone::with_vault();
    phone.clocks.fails.store(true, Ordering::SeqCst);
    let failed = wait(vault.record(None, family(CANARY), now()));
    assert_eq!(failed, Err(VaultError::Platform));
    phone.clocks.fails.store(false, Ordering::SeqCst);
    register(&vault);
    assert_eq!(unsent(&vault), 1);
}

#[test]
fn a_hostile_line_ends_in_a_named_error_and_loses_nothing() {
    let refusal = |code: Refused| minicbor::to_vec(RefusedReply::from(code)).unwrap();
    let (later, version) = (refusal(Refused::Later), refusal(Refused::Version));
    let stranger = |status, body: &[u8]| Signal::Stranger(status, body.to_vec());
    let signals = [
        (stranger(200, b""), VaultError::NotAnAnswer),
        (
            stranger(200, b"<html>masuk</html>"),
            VaultError::NotAnAnswer,
        ),
        (stranger(200, &[1, 0, 0, 255]), VaultError::NotAnAnswer),
        (
            stranger(200, &vec![0; FRAME_BYTES_MAX + 1]),
            VaultError::NotAnAnswer,
        ),
        (
            stranger(503, &vec![0; FRAME_BYTES_MAX + 1]),
            VaultError::NotAnAnswer,
        ),
        (stranger(302, b""), VaultError::NotAnAnswer),
        (stranger(0, b""), VaultError::NotAnAnswer),
        (stranger(404, b"not found"), VaultError::NotAnAnswer),
        (stranger(429, b""), VaultError::ServerBusy),
        (stranger(500, b"oops"), VaultError::ServerBusy),
        (stranger(503, b"<html>"), VaultError::ServerBusy),
        (stranger(503, &later), VaultError::ServerBusy),
        (stranger(400, &version), VaultError::UpdateNeeded),
        (Signal::Cut(0), VaultError::NotAnAnswer),
        (Signal::Cut(1), VaultError::NotAnAnswer),
        (Signal::Cut(40), VaultError::NotAnAnswer),
        (Signal::Fault(TransportFault::Offline), VaultError::Offline),
        (Signal::Fault(TransportFault::TimedOut), VaultError::Offline),
        (
            Signal::Fault(TransportFault::Aborted),
            VaultError::Cancelled,
        ),
        (
            Signal::Fault(TransportFault::TooLong),
            VaultError::NotAnAnswer,
        ),
        (
            Signal::Fault(TransportFault::Untrusted),
            VaultError::NotAnAnswer,
        ),
        (Signal::Fault(TransportFault::Failed), VaultError::Platform),
    ];
    let (phone, vault) = Phone::with_vault();
    for (count, (signal, expected)) in signals.into_iter().enumerate() {
        let case_id = register(&vault);
        phone.line.set(signal.clone());
        let told = if let Signal::Stranger(status, _) = &signal {
            format!("a stranger's {status}")
        } else {
            format!("{signal:?}")
        };
        assert_eq!(sync(&vault), Err(expected), "{told}");
        assert_eq!(unsent(&vault), 1, "{told}");
        phone.line.set(Signal::Good);
        let outcome = sync(&vault).unwrap();
        assert_eq!(outcome.turned_away, Vec::<String>::new(), "{told}");
        assert_eq!(unsent(&vault), 0, "{told}");
        let page = wait(vault.timeline(case_id, 0, Language::English)).unwrap();
        assert_eq!(page.total, 1, "once, after {told}");
        let all = wait(vault.list(every(), 0, Language::English)).unwrap();
        assert_eq!(all.total, count as u64 + 1);
    }
}

/// Starts an exchange and waits until its request hangs.
fn hanging(phone: &Phone, vault: &Vault, signal: Signal) -> Arc<jangkau_ffi::SyncRun> {
    phone.line.set(signal);
    let sent = phone.line.sent.load(Ordering::SeqCst);
    let run = vault.start_sync(None).unwrap();
    until(|| phone.line.sent.load(Ordering::SeqCst) > sent);
    run
}

#[test]
fn recording_and_reading_go_on_while_the_network_hangs() {
    let (phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let run = hanging(&phone, &vault, Signal::Hangs);
    for _ in 0..5 {
        wait(vault.record(Some(case_id.clone()), visit(), now())).unwrap();
    }
    let page = wait(vault.timeline(case_id, 0, Language::English)).unwrap();
    assert_eq!(page.total, 6);
    assert!(
        Arc::ptr_eq(&run, &vault.start_sync(None).unwrap()),
        "one at a time"
    );
    assert!(!run.progress().ended);
    phone.line.set(Signal::Good);
    let outcome = wait(run.finished()).unwrap();
    assert_eq!(wait(run.finished()), Ok(outcome), "as often as one likes");
    assert_eq!(unsent(&vault), 0, "what came meanwhile went, too");
}

#[test]
fn a_cancelled_exchange_ends_at_once_and_its_answer_is_not_taken() {
    for signal in [Signal::Hangs, Signal::HangsDeaf] {
        let (phone, vault) = Phone::with_vault();
        register(&vault);
        let run = hanging(&phone, &vault, signal.clone());
        let waiting = {
            let run = run.clone();
            thread::spawn(move || wait(run.finished()))
        };
        run.cancel();
        run.cancel();
        assert_eq!(waiting.join().unwrap(), Err(VaultError::Cancelled));
        assert_eq!(wait(run.finished()), Err(VaultError::Cancelled));
        assert_eq!(phone.line.aborted.lock().unwrap().len(), 1, "told once");
        assert!(run.progress().ended);
        let again = vault.start_sync(None).unwrap();
        assert!(!Arc::ptr_eq(&run, &again));
        phone.line.set(Signal::Good);
        assert!(wait(again.finished()).unwrap().complete, "{signal:?}");
        assert_eq!(unsent(&vault), 0);
        until(|| phone.log.has(LogCode::SyncStopped));
        sync(&vault).unwrap();
        assert_eq!(unsent(&vault), 0);
    }
}

#[test]
fn an_exchange_goes_on_though_nobody_awaits_it_and_stops_when_its_time_is_over() {
    let (phone, vault) = Phone::with_vault();
    register(&vault);
    let none = wait(vault.start_sync(Some(0)).unwrap().finished()).unwrap();
    assert_eq!((none.complete, none.exchanges), (false, 0));
    let run = hanging(&phone, &vault, Signal::Hangs);
    abandon(run.finished());
    drop(run);
    phone.line.set(Signal::Good);
    until(|| unsent(&vault) == 0);
}

#[test]
fn hiding_does_not_wait_for_the_network_and_closes_the_file() {
    let (phone, vault) = Phone::with_vault();
    let case_id = register(&vault);
    let run = hanging(&phone, &vault, Signal::HangsDeaf);
    let open_files = || {
        let folder = phone.folder.path().to_owned();
        let links = std::fs::read_dir("/proc/self/fd").unwrap();
        let files = links.filter_map(|link| std::fs::read_link(link.ok()?.path()).ok());
        files.filter(|file| file.starts_with(&folder)).count()
    };
    assert!(open_files() > 0);
    wait(vault.hide()).unwrap();
    assert_eq!(open_files(), 0, "the database is closed when hide returns");
    assert_eq!(wait(run.finished()), Err(VaultError::Cancelled));
    phone.line.set(Signal::Good);
    let calls = [
        wait(vault.record(Some(case_id), visit(), now())).err(),
        wait(vault.today(0, Language::English)).err(),
        wait(vault.export_parcel()).err(),
        sync(&vault).err(),
    ];
    assert_eq!(calls, [Some(VaultError::Hidden); 4]);
    wait(vault.hide()).unwrap();
    assert!(phone.log.has(LogCode::VaultHidden));
    let again = phone.unlock().unwrap();
    assert_eq!(unsent(&again), 1, "nothing was deleted");
    sync(&again).unwrap();
    assert_eq!(unsent(&again), 0);
}

#[test]
fn hiding_comes_before_what_waits_in_line() {
    let (_phone, vault) = Phone::with_vault();
    register(&vault);
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let vault = vault.clone();
            thread::spawn(move || {
                let outcomes = (0..50).map(|_| wait(vault.record(None, family(CANARY), now())));
                outcomes.filter(Result::is_ok).count() as u64
            })
        })
        .collect();
    thread::sleep(Duration::from_millis(50));
    wait(vault.hide()).unwrap();
    let recorded: u64 = threads.into_iter().map(|t| t.join().unwrap()).sum();
    drop(vault);
    let again = _phone.unlock().unwrap();
    assert_eq!(unsent(&again), recorded + 1, "what was said to be saved is");
}

/// Remembers what it was told, slowly.
#[derive(Default)]
struct Watcher {
    changes: Mutex<Vec<VaultChange>>,
    fails: bool,
}

impl VaultObserver for Watcher {
    fn changed(&self, change: VaultChange) -> Result<(), PlatformFault> {
        thread::sleep(Duration::from_millis(5));
        self.changes.lock().unwrap().push(change);
        if self.fails {
            Err(PlatformFault::Failed)
        } else {
            Ok(())
        }
    }
}

impl Watcher {
    fn named(&self, kind: ChangeKind) -> BTreeSet<String> {
        let changes = self.changes.lock().unwrap();
        let cases = changes.iter().flat_map(|change| &change.cases);
        let of_kind = cases.filter(|case| case.kinds.contains(&kind));
        of_kind.map(|case| case.case_id.clone()).collect()
    }

    fn last_progress(&self) -> Option<SyncProgress> {
        let changes = self.changes.lock().unwrap();
        changes.iter().rev().find_map(|change| change.sync)
    }
}

#[test]
fn the_observer_is_told_of_every_case_and_of_nothing_in_it() {
    let (phone, vault) = Phone::with_vault();
    let watcher = Arc::new(Watcher::default());
    vault.observe(watcher.clone()).unwrap();
    let cases: BTreeSet<String> = (0..200).map(|_| register(&vault)).collect();
    until(|| watcher.named(ChangeKind::Recorded) == cases);
    let calls = watcher.changes.lock().unwrap().len();
    assert!(calls <= 200, "put together where it is slow: {calls}");
    sync(&vault).unwrap();
    until(|| watcher.named(ChangeKind::Received) == cases);
    until(|| watcher.last_progress().is_some_and(|last| last.ended));
    let progress = watcher.last_progress().unwrap();
    assert_eq!(progress.unsent, 0);
    assert!(progress.exchanges > 0 && progress.rows > 0);
    assert_eq!(watcher.named(ChangeKind::TurnedAway), BTreeSet::new());
    let shown = format!("{:?}", watcher.changes.lock().unwrap());
    assert!(!shown.contains("Kenari"));
    vault.stop_observing().unwrap();
    thread::sleep(Duration::from_millis(50));
    let calls = watcher.changes.lock().unwrap().len();
    register(&vault);
    thread::sleep(Duration::from_millis(50));
    assert_eq!(watcher.changes.lock().unwrap().len(), calls);
    drop(phone);
}

#[test]
fn an_observer_that_fails_harms_nothing() {
    let (phone, vault) = Phone::with_vault();
    let watcher = Arc::new(Watcher {
        fails: true,
        ..Watcher::default()
    });
    vault.observe(watcher.clone()).unwrap();
    register(&vault);
    until(|| phone.log.has(LogCode::ObserverFailed));
    register(&vault);
    until(|| watcher.named(ChangeKind::Recorded).len() == 2);
}
