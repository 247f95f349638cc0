//! Devices that leave: proof that they let go, and the record of those that never can.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use jangkau_core::class::Class;
use jangkau_core::command::Reassign;
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::record::Line;
use jangkau_core::replica::{Fate, Replica, SeatState};
use jangkau_core::sync::{
    AuditKind, BreachParty, SeatStatus, Seen, StoreKind, SyncRequest, Turned,
};

use super::bench::{Bench, START, registration, visit};
use super::office::{CANARY, holds, told};
use super::replicas::assign;
use crate::audit::Verified;
use crate::engine::{EngineError, Unconfirmed};

impl Bench {
    fn unconfirmed(&self) -> Vec<Unconfirmed> {
        self.engine.unconfirmed(&self.institution).unwrap()
    }

    fn proofs(&self) -> usize {
        let entries = self.engine.audit_entries(&self.institution, START).unwrap();
        let proofs = entries
            .iter()
            .filter(|entry| entry.kind == AuditKind::Wiped);
        proofs.count()
    }

    fn give_to(&mut self, desk: &mut Replica, case: CaseId, assignee: PersonId) {
        let reassign = Reassign {
            assignee,
            reason: Line::new("Pindah tugas").unwrap(),
        };
        self.record(desk, Some(case), reassign);
        self.sync(desk);
    }
}

/// A head, a worker with a phone and a tablet, a colleague, and a case of the worker's.
fn office() -> (Bench, Replica, Replica, Replica, PersonId, CaseId) {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let colleague = bench.person(&["social_worker"]);
    let (mut desk, mut phone) = (bench.replica(head), bench.replica(worker));
    let mut tablet = bench.replica(worker);
    let registered = bench.record(&mut desk, None, registration());
    let case = CaseId::from(registered);
    bench.sync(&mut desk);
    bench.record(&mut desk, Some(case), assign(worker));
    bench.sync(&mut desk);
    bench.sync(&mut phone);
    bench.record(&mut phone, Some(case), visit());
    bench.sync(&mut phone);
    bench.sync(&mut tablet);
    bench.sync(&mut desk);
    (bench, desk, phone, tablet, colleague, case)
}

#[test]
fn each_device_proves_for_itself_that_it_let_go_of_a_case() {
    let (mut bench, mut desk, mut phone, mut tablet, colleague, case) = office();
    assert_eq!(bench.unconfirmed(), []);
    bench.give_to(&mut desk, case, colleague);
    let open: BTreeSet<_> = bench.unconfirmed().iter().map(|one| one.seat).collect();
    assert_eq!(open, BTreeSet::from([phone.seat(), tablet.seat()]));
    bench.sync(&mut phone);
    assert!(
        phone
            .documents()
            .unwrap()
            .iter()
            .all(|key| key.case != case)
    );
    let open = bench.unconfirmed();
    assert_eq!(open.len(), 1, "{open:?}");
    assert_eq!((open[0].seat, open[0].cases), (tablet.seat(), 1));
    // What waits to be sent is sent first.
    bench.sync(&mut tablet);
    assert_eq!(bench.unconfirmed(), []);
    assert_eq!(bench.proofs(), 2);
    // Said once; nothing is said again.
    bench.sync(&mut phone);
    assert_eq!(bench.proofs(), 2);
    assert!(matches!(
        bench.engine.verify_audit(&bench.institution).unwrap(),
        Verified::Whole(_)
    ));
    bench.check();
}

#[test]
fn nobody_proves_for_another_or_for_what_they_still_hold() {
    let (mut bench, mut desk, phone, tablet, colleague, case) = office();
    let grant = |bench: &Bench| {
        let entries = bench
            .engine
            .audit_entries(&bench.institution, START)
            .unwrap();
        let mine = entries.into_iter().filter(|entry| {
            entry.kind == AuditKind::Grant && entry.subject == Some(phone.person())
        });
        mine.filter_map(|entry| entry.row).collect::<Vec<_>>()
    };
    let grants = grant(&bench);
    let mut stranger = bench.seat(&["volunteer"]);
    let lies = |hand: &super::bench::Hand| SyncRequest {
        dropped: Some(grants.clone()),
        ..hand.asking()
    };
    // A grant that goes on is not let go of.
    let mut second = bench.seat_of(phone.person());
    let request = lies(&second);
    bench.send(&mut second, request).unwrap();
    assert_eq!(bench.proofs(), 0);
    bench.give_to(&mut desk, case, colleague);
    let request = lies(&stranger);
    bench.send(&mut stranger, request).unwrap();
    let open: BTreeSet<_> = bench.unconfirmed().iter().map(|one| one.seat).collect();
    assert!(open.is_superset(&BTreeSet::from([phone.seat(), tablet.seat()])));
    assert_eq!(bench.proofs(), 0);
}

#[test]
fn a_retired_seat_is_answered_on_all_that_it_hands_in_and_proves_that_nothing_is_left() {
    let (mut bench, _, mut phone, mut tablet, _, case) = office();
    let last = [
        bench.record(&mut phone, Some(case), visit()),
        bench.record(&mut phone, Some(case), visit()),
    ];
    bench.retire(phone.seat());
    let open = bench.unconfirmed();
    assert_eq!(open.len(), 1);
    assert_eq!(
        (open[0].seat, open[0].status),
        (phone.seat(), SeatStatus::Retired)
    );
    bench.sync(&mut phone);
    for command in last {
        let turned = Fate::TurnedAway(Turned::RevokedSeat);
        assert_eq!(phone.fate(command).unwrap(), Some(turned));
        let kept = bench.engine.quarantine(&bench.institution).unwrap();
        assert!(kept.contains(&command));
    }
    assert_eq!(phone.state(), SeatState::Retired);
    assert!(phone.documents().unwrap().is_empty());
    // Its own work is kept until every backup holds it.
    assert_eq!(bench.unconfirmed().len(), 1);
    let head = bench.engine.head(&bench.institution).unwrap();
    let institution = bench.institution.clone();
    bench.engine.mark_backed_up(&institution, head).unwrap();
    bench.sync(&mut phone);
    bench.sync(&mut phone);
    // Whether the backup holds what was turned away, nobody can say: nothing was written since. It is kept here, too.
    let left = bench.unconfirmed();
    assert_eq!((left.len(), left[0].cases), (1, 1));
    assert_eq!(bench.proofs(), 1);
    // A later backup holds it: the phone forgets it, with the client's name, and proves that nothing is left.
    bench.record(&mut tablet, Some(case), visit());
    bench.sync(&mut tablet);
    let head = bench.engine.head(&bench.institution).unwrap();
    bench.engine.mark_backed_up(&institution, head).unwrap();
    bench.sync(&mut phone);
    bench.sync(&mut phone);
    assert_eq!(phone.turned_away().unwrap(), []);
    for command in last {
        assert_eq!(phone.fate(command).unwrap(), None);
        let kept = bench.engine.quarantine(&bench.institution).unwrap();
        assert!(kept.contains(&command), "nothing that was signed is lost");
    }
    assert_eq!(bench.unconfirmed(), []);
    assert_eq!(bench.proofs(), 2);

    // Without such work nothing is left.
    bench.retire(tablet.seat());
    bench.sync(&mut tablet);
    assert!(tablet.documents().unwrap().is_empty());
    assert_eq!(bench.unconfirmed(), []);
    assert_eq!(bench.proofs(), 3);
    // It is told that there is nothing more to say, and says it no more.
    bench.sync(&mut tablet);
    assert_eq!(bench.proofs(), 3);
    bench.check();
}

#[test]
fn the_answer_to_a_retired_seats_push_names_every_command() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let entries = [bench.visit(&hand, case), bench.visit(&hand, case)];
    let mut envelopes = Vec::new();
    for entry in &entries {
        envelopes.push(bench.sealed(&mut hand, entry));
    }
    bench.retire(hand.seat);
    let answers = bench.push(&mut hand, &envelopes);
    let named: Vec<_> = answers.iter().map(|answer| answer.command).collect();
    assert_eq!(named, entries.each_ref().map(|entry| entry.id));
    for answer in answers {
        assert_eq!(answer.seen, Seen::TurnedAway(Turned::RevokedSeat));
    }
}

/// X26: what was on a stolen tablet, and until when those concerned and the authority are to be told.
#[test]
fn a_stolen_device_opens_a_breach_record_of_what_was_on_it() {
    let (mut bench, mut desk, phone, mut tablet, colleague, case) = office();
    // The tablet had let go of the case; the phone had not.
    bench.give_to(&mut desk, case, colleague);
    bench.sync(&mut tablet);
    let institution = bench.institution.clone();
    let known_at = bench.now;
    let now = bench.later();
    let report = |bench: &mut Bench, seat, at, store| {
        bench
            .engine
            .report_stolen(&institution, seat, (at, store), now)
    };
    let future = now.plus_millis(1);
    assert!(report(&mut bench, phone.seat(), future, StoreKind::Plain).is_err());
    let first = report(&mut bench, phone.seat(), known_at, StoreKind::Encrypted).unwrap();
    // Said twice, it is one record.
    let again = report(&mut bench, phone.seat(), known_at, StoreKind::Encrypted).unwrap();
    let second = report(&mut bench, tablet.seat(), known_at, StoreKind::Unknown).unwrap();
    assert_eq!((first, again, second), (1, 1, 2));
    let breaches = bench.engine.breaches(&institution).unwrap();
    let [of_phone, of_tablet] = breaches.as_slice() else {
        panic!("{breaches:?}");
    };
    assert_eq!(of_phone.due_at.millis_since(known_at), 72 * 60 * 60 * 1_000);
    assert_eq!(
        (of_phone.person, of_phone.store),
        (phone.person(), StoreKind::Encrypted)
    );
    let cases: BTreeSet<CaseId> = of_phone.holdings.iter().map(|held| held.0).collect();
    let classes: BTreeSet<Class> = of_phone.holdings.iter().map(|held| held.1).collect();
    assert_eq!(cases, BTreeSet::from([case]));
    assert_eq!(classes, BTreeSet::from([Class::Intake, Class::Record]));
    assert_eq!(of_tablet.holdings, []);
    assert_eq!(of_tablet.store, StoreKind::Unknown);

    let told = (
        BreachParty::Authority,
        now,
        "Tablet hilang di angkutan; satu kasus.",
    );
    bench
        .engine
        .tell_breach(&institution, 1, told, now)
        .unwrap();
    bench
        .engine
        .close_breach(&institution, 1, "Perangkat ditemukan.", now)
        .unwrap();
    let again = bench.engine.close_breach(&institution, 1, "Lagi.", now);
    assert!(matches!(again, Err(EngineError::NoOpenBreach)));
    let closed = bench.engine.breaches(&institution).unwrap().remove(0);
    assert_eq!(closed.told.len(), 1);
    assert_eq!(
        closed.closed,
        Some((now, "Perangkat ditemukan.".to_owned()))
    );
    // Whoever syncs from it later gets nothing in and nothing out.
    let mut phone = phone;
    bench.sync(&mut phone);
    assert_eq!(phone.state(), SeatState::Locked);
    bench.check();
}

/// How often a word stands in the files of a vault: the database, and the log that SQLite writes ahead of it.
fn in_files(vault: &Path, word: &str) -> [bool; 2] {
    let log = vault.with_extension("db-wal");
    [vault.to_owned(), log].map(|file| holds(&fs::read(file).unwrap(), word))
}

#[test]
fn what_a_device_says_that_it_let_go_of_is_in_none_of_its_files() {
    let (mut bench, mut desk, _, _, colleague, case) = office();
    let folder = tempfile::tempdir().unwrap();
    let vault = folder.path().join("vault.db");
    let worker = bench.person(&["social_worker"]);
    let (enrolled, key) = bench.enrolled(worker);
    let mut phone = Replica::create(vault.to_str().unwrap(), &enrolled, key).unwrap();
    // A colleague's words: own work stays until every backup has it.
    bench.record(&mut desk, Some(case), told(CANARY));
    bench.give_to(&mut desk, case, worker);
    bench.sync(&mut phone);
    assert!(in_files(&vault, CANARY).contains(&true));
    bench.give_to(&mut desk, case, colleague);
    let proofs = bench.proofs();
    // Somebody else who reads the file keeps the log as it is: nothing is said of what is gone as long as it may stand there.
    let reader = rusqlite::Connection::open(&vault).unwrap();
    reader
        .execute_batch("BEGIN; SELECT count(*) FROM meta")
        .unwrap();
    assert!(!bench.exchange(&mut phone), "nothing to tell yet");
    assert_eq!(phone.documents().unwrap().len(), 0);
    assert!(in_files(&vault, CANARY)[1]);
    assert_eq!(bench.proofs(), proofs);
    drop(reader);
    bench.sync(&mut phone);
    assert_eq!(bench.proofs(), proofs + 1);
    assert_eq!(in_files(&vault, CANARY), [false, false]);
}
