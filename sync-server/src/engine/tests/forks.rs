//! A chain that was written anew is told apart by those who remember the old one; what a restore forgot is not.

use jangkau_core::replica::Replica;
use jangkau_core::sync::{AuditHead, AuditKind, AuditStanding};
use jangkau_core::text::Language;
use rusqlite::Connection;

use super::audit::lived;
use super::bench::{Bench, Hand, registration};
use crate::audit::{AuditEntry, Verified, chained, head_of, root};
use crate::store::{decode, encode};

/// Writes the chain anew from an entry on, without it: consistent in itself, counter and all.
fn rewritten(db: &Connection, institution: &str, without: u64) {
    let mut statement = db
        .prepare("SELECT entry FROM audit ORDER BY number")
        .unwrap();
    let entries: Vec<Vec<u8>> = statement
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(|bytes| bytes.unwrap())
        .collect();
    let (mut hash, mut number) = (root(institution), 0);
    db.execute("DELETE FROM audit", []).unwrap();
    for bytes in entries {
        let mut entry: AuditEntry = decode(&bytes).unwrap();
        if entry.number == without {
            continue;
        }
        number += 1;
        entry.number = number;
        let bytes = encode(&entry);
        hash = chained(&hash, &bytes);
        let sql = "INSERT INTO audit (institution, number, entry, hash) VALUES (1, ?1, ?2, ?3)";
        db.execute(sql, rusqlite::params![number as i64, bytes, hash])
            .unwrap();
    }
    let sql = "UPDATE institution SET audit_number = ?1, audit_hash = ?2";
    db.execute(sql, rusqlite::params![number as i64, hash])
        .unwrap();
}

#[test]
fn a_chain_that_was_written_anew_is_told_by_a_device() {
    let (mut bench, mut hand) = lived();
    let person = bench.person(&["secretary"]);
    let remembered = bench.head_of_chain();
    assert_eq!(bench.told_of(&mut hand, remembered), None);
    let mut added = bench.told(AuditKind::AdminAct).into_iter();
    let added = added.rfind(|entry| entry.subject == Some(person)).unwrap();
    bench.tamper(|db| rewritten(db, "cilegon", added.number));
    // By itself it looks whole.
    assert!(matches!(bench.verified(), Verified::Whole(_)));
    hand.nonce = nonce_after_restart(&mut bench, &mut hand);
    assert_eq!(
        bench.told_of(&mut hand, remembered),
        Some(AuditStanding::Forked)
    );
    // Told once, though the device says it again.
    assert_eq!(
        bench.told_of(&mut hand, remembered),
        Some(AuditStanding::Forked)
    );
    let reported = bench.told(AuditKind::ForkReported);
    assert_eq!(reported.len(), 1);
    assert_eq!(reported[0].seat, Some(hand.seat));
    assert_eq!(reported[0].count, Some(remembered.number));
    let forks = bench.engine.audit_forks(&bench.institution).unwrap();
    assert_eq!(forks, [(hand.seat, remembered.number)]);
    assert!(matches!(bench.verified(), Verified::Whole(_)));
}

/// A server that started again knows no nonce; the first request is told one.
pub(super) fn nonce_after_restart(bench: &mut Bench, hand: &mut Hand) -> jangkau_core::id::Nonce {
    let idle = hand.asking();
    bench.send(hand, idle).unwrap_err().nonce.unwrap()
}

#[test]
fn what_a_restore_forgot_is_lost_and_not_forked() {
    let (mut bench, mut hand) = lived();
    let kept = bench.head_of_chain();
    let backup = bench.engine.image().unwrap();
    bench.register(&mut hand);
    let forgotten = bench.head_of_chain();
    bench.restore(&backup);
    let cursor = hand.cursor;
    hand.nonce = nonce_after_restart(&mut bench, &mut hand);
    assert_eq!(
        bench.told_of(&mut hand, forgotten),
        Some(AuditStanding::Lost)
    );
    assert_eq!(bench.told(AuditKind::SpanLost).len(), 1);
    assert_eq!(bench.told(AuditKind::ForkReported).len(), 0);
    let began = bench.told(AuditKind::EraBegan);
    assert_eq!(began.len(), 1);
    let digest = began[0].digest.unwrap();
    assert_eq!(head_of(kept.number, &digest), kept);
    // What the backup held must be there still.
    hand.cursor = cursor;
    let never = AuditHead {
        number: kept.number,
        hash: [1; 16],
    };
    assert_eq!(bench.told_of(&mut hand, never), Some(AuditStanding::Forked));
    // Whoever knew of the new era cannot have seen what the old one lost.
    assert_eq!(
        bench.told_of(&mut hand, forgotten),
        Some(AuditStanding::Forked)
    );
    assert!(matches!(bench.verified(), Verified::Whole(_)));
}

#[test]
fn every_device_tells_of_a_chain_that_is_not_the_one_it_remembers() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let worker = bench.person(&["social_worker"]);
    let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
    bench.record(&mut field, None, registration());
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let backup = bench.engine.image().unwrap();
    bench.record(&mut field, None, registration());
    for _ in 0..2 {
        bench.sync(&mut field);
        bench.sync(&mut desk);
    }
    let notices =
        |replica: &Replica, now| replica.today(now, Language::Indonesian).unwrap().notices;

    // A restore that is told is no fork.
    bench.restore(&backup);
    for _ in 0..2 {
        bench.sync(&mut field);
        bench.sync(&mut desk);
    }
    assert_eq!(field.audit_fork().unwrap(), None);
    assert_eq!(notices(&desk, bench.now), []);
    assert!(!bench.told(AuditKind::SpanLost).is_empty());

    // Somebody takes an administrator's act out and writes the rest anew.
    let now = bench.later();
    let institution = bench.institution.clone();
    bench
        .engine
        .invite(&institution, worker, now, &mut bench.rng)
        .unwrap();
    bench.sync(&mut field);
    bench.sync(&mut desk);
    let invited = bench.told(AuditKind::AdminAct).pop().unwrap().number;
    bench.tamper(|db| rewritten(db, "cilegon", invited));
    bench.sync(&mut field);
    bench.sync(&mut desk);
    bench.sync(&mut desk);
    for replica in [&field, &desk] {
        let found = notices(replica, bench.now);
        assert_eq!(found.len(), 1);
        assert!(
            found[0].says.contains("dihapus atau ditulis ulang"),
            "{}",
            found[0].says
        );
    }
    assert!(
        notices(&field, bench.now)[0]
            .what_to_do
            .contains("Beri tahu pimpinan")
    );
    assert!(
        notices(&desk, bench.now)[0]
            .what_to_do
            .contains("audit verify")
    );
    assert_eq!(bench.told(AuditKind::ForkReported).len(), 2);
    assert_eq!(desk.audit_head(), Some(bench.head_of_chain()));
}
