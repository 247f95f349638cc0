//! The audit chain: it covers what happens, and whoever touches it is found.

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::id::{DocumentId, PersonId, SeatId, ServerSeq};
use jangkau_core::sync::{
    AdminAct, AuditHead, AuditKind, AuditStanding, SeatStatus, Seen, TrustAsk,
};
use rusqlite::Connection;

use super::bench::{Bench, Hand, START};
use super::forks::nonce_after_restart;
use super::replicas::session;
use crate::audit::{Actor, AuditEntry, AuditFault, Broken, Noted, Verified};
use crate::engine::Engine;
use crate::store::{Store, decode, encode};

impl Bench {
    pub(super) fn verified(&self) -> Verified {
        self.engine.verify_audit(&self.institution).unwrap()
    }

    pub(super) fn head_of_chain(&self) -> AuditHead {
        self.engine.audit_head(&self.institution).unwrap()
    }

    pub(super) fn entries(&self) -> Vec<AuditEntry> {
        self.engine.audit_entries(&self.institution, START).unwrap()
    }

    pub(super) fn told(&self, kind: AuditKind) -> Vec<AuditEntry> {
        let entries = self.entries().into_iter();
        entries.filter(|entry| entry.kind == kind).collect()
    }

    /// Does something to the database behind the server's back.
    pub(super) fn tamper(&mut self, work: impl FnOnce(&Connection)) {
        let store = Store::from_image(&self.engine.image().unwrap(), self.engine.keys()).unwrap();
        work(&store.db());
        self.engine = Engine::from_image(&store.image().unwrap(), self.engine.keys()).unwrap();
    }

    pub(super) fn told_of(&mut self, hand: &mut Hand, head: AuditHead) -> Option<AuditStanding> {
        let mut request = hand.asking();
        request.trust = Some(TrustAsk {
            head: Some(head),
            left: None,
        });
        self.send(hand, request).unwrap().trust.unwrap().standing
    }
}

/// A small office in which a bit of everything has happened.
pub(super) fn lived() -> (Bench, Hand) {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let visit = bench.visit(&hand, case);
    let envelope = bench.sealed(&mut hand, &visit);
    bench.push(&mut hand, &[envelope]);
    let other = bench.seat(&["volunteer"]);
    bench.retire(other.seat);
    (bench, hand)
}

#[test]
fn the_chain_covers_every_row_and_every_act() {
    let (mut bench, mut hand) = lived();
    let head = bench.engine.head(&bench.institution).unwrap().get();
    let entries = bench.entries();
    let rows: Vec<u64> = entries
        .iter()
        .filter(|entry| entry.kind != AuditKind::Began)
        .filter_map(|entry| Some(entry.row?.get()))
        .collect();
    assert_eq!(rows, (1..=head).collect::<Vec<u64>>());
    let acts: Vec<String> = bench
        .told(AuditKind::AdminAct)
        .into_iter()
        .filter_map(|entry| entry.word)
        .collect();
    let expected = [
        AdminAct::Found,
        AdminAct::AddStaff,
        AdminAct::Invite,
        AdminAct::AddStaff,
        AdminAct::Invite,
        AdminAct::Retire,
    ];
    assert_eq!(acts, expected.map(|act| act.code().to_owned()));
    let commands = bench.told(AuditKind::Commands);
    assert!(commands.iter().all(|entry| entry.envelope.is_some()
        && entry.actor == Actor::Person(hand.person)
        && entry.seat == Some(hand.seat)));
    assert_eq!(bench.verified(), Verified::Whole(bench.head_of_chain()));

    // What is turned away is told of once, however often it comes.
    let stranger = bench.seat(&["social_worker"]);
    let foreign = bench.visit(&stranger, entries_case(&bench));
    let mut stranger = stranger;
    let envelope = bench.sealed(&mut stranger, &foreign);
    for _ in 0..2 {
        let answers = bench.push(&mut stranger, std::slice::from_ref(&envelope));
        assert!(matches!(answers[0].seen, Seen::TurnedAway(_)));
    }
    let turned = bench.told(AuditKind::TurnedAway);
    assert_eq!(turned.len(), 1);
    assert_eq!(turned[0].word.as_deref(), Some("no_grant"));

    // Nothing but asking leaves no trace.
    let before = bench.head_of_chain();
    let idle = hand.asking();
    bench.send(&mut hand, idle).unwrap();
    let idle = hand.asking();
    bench.send(&mut hand, idle).unwrap();
    assert_eq!(bench.head_of_chain(), before);
}

fn entries_case(bench: &Bench) -> jangkau_core::id::CaseId {
    bench.told(AuditKind::Commands)[0].case.unwrap()
}

#[test]
fn whoever_touches_an_entry_is_found() {
    let (bench, _) = lived();
    let last = bench.head_of_chain().number;
    let image = bench.engine.image().unwrap();
    type Tampering = fn(&Connection, u64);
    let ways: [(&str, Tampering); 4] = [
        ("delete", |db, n| {
            db.execute("DELETE FROM audit WHERE number = ?1", [n as i64])
                .unwrap();
        }),
        ("alter", |db, n| {
            let sql = "SELECT entry FROM audit WHERE number = ?1";
            let bytes: Vec<u8> = db.query_row(sql, [n as i64], |row| row.get(0)).unwrap();
            let mut entry: AuditEntry = decode(&bytes).unwrap();
            entry.actor = Actor::Person(PersonId::from_bytes([9; 16]));
            let sql = "UPDATE audit SET entry = ?2 WHERE number = ?1";
            db.execute(sql, rusqlite::params![n as i64, encode(&entry)])
                .unwrap();
        }),
        ("reorder", |db, n| {
            // With its neighbour; the last with the one before it.
            let other = if n == 1 { 2 } else { n as i64 - 1 };
            let sql = "SELECT entry, hash FROM audit WHERE number = ?1";
            let read = |n: i64| -> (Vec<u8>, Vec<u8>) {
                db.query_row(sql, [n], |row| Ok((row.get(0)?, row.get(1)?)))
                    .unwrap()
            };
            let (one, two) = (read(n as i64), read(other));
            let sql = "UPDATE audit SET entry = ?2, hash = ?3 WHERE number = ?1";
            db.execute(sql, rusqlite::params![other, one.0, one.1])
                .unwrap();
            db.execute(sql, rusqlite::params![n as i64, two.0, two.1])
                .unwrap();
        }),
        ("truncate", |db, n| {
            db.execute("DELETE FROM audit WHERE number >= ?1", [n as i64])
                .unwrap();
        }),
    ];
    for (way, tampering) in ways {
        for n in 1..=last {
            let mut touched = Bench::new();
            touched.engine = Engine::from_image(&image, touched.engine.keys()).unwrap();
            touched.tamper(|db| tampering(db, n));
            let Verified::Broken(Broken { number, fault }) = touched.verified() else {
                panic!("{way} entry {n}: not found");
            };
            let first = match way {
                "reorder" if n > 1 => n - 1,
                _ => n,
            };
            // What is cut off at the end shows at what is left.
            let expected = if way == "truncate" || (way == "delete" && n == last) {
                first - 1
            } else {
                first
            };
            assert_eq!(number, expected, "{way} entry {n}: {fault:?}");
        }
    }
}

#[test]
fn a_row_that_is_changed_or_gone_is_found() {
    let (bench, _) = lived();
    let image = bench.engine.image().unwrap();
    let head = bench.engine.head(&bench.institution).unwrap().get();
    for row in 1..=head {
        for (sql, fault) in [
            (
                "UPDATE log SET bytes = x'00' WHERE seq = ?1",
                AuditFault::RowAltered,
            ),
            ("DELETE FROM log WHERE seq = ?1", AuditFault::RowMissing),
        ] {
            let mut touched = Bench::new();
            touched.engine = Engine::from_image(&image, touched.engine.keys()).unwrap();
            touched.tamper(|db| {
                db.execute(sql, [row as i64]).unwrap();
            });
            let entry = bench.entries().into_iter();
            let mut entry = entry.filter(|entry| entry.kind != AuditKind::Began);
            let entry = entry.find(|entry| entry.row.map(|row| row.get()) == Some(row));
            let number = entry.unwrap().number;
            let broken = Broken { number, fault };
            assert_eq!(touched.verified(), Verified::Broken(broken), "row {row}");
            // A lawful erasure is told of, and explains it.
            let now = touched.later();
            let row = jangkau_core::id::ServerSeq::new(row);
            let institution = touched.institution.clone();
            touched
                .engine
                .note(&institution, &Noted::Erased { row }, now)
                .unwrap();
            assert!(matches!(touched.verified(), Verified::Whole(_)));
        }
    }
}

#[test]
fn every_confidential_document_that_goes_out_is_entered_first() {
    let mut bench = Bench::new();
    let mut writer = bench.seat(&["psychologist"]);
    let case = bench.register(&mut writer);
    let session = bench.entry(&writer, case, session().into());
    let envelope = bench.sealed(&mut writer, &session);
    let answers = bench.push(&mut writer, &[envelope]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)), "{answers:?}");
    // Who wrote them got none back.
    assert_eq!(bench.told(AuditKind::Read).len(), 0);
    let mut tablet = bench.seat_of(writer.person);
    let notes = DocumentKey {
        case,
        class: Class::Notes,
        compartment: Compartment::Author(writer.person),
        volume: 0,
    };
    let reads = |bench: &Bench| -> Vec<(Option<SeatId>, Option<DocumentId>, Option<Class>)> {
        let entries = bench.told(AuditKind::Read).into_iter();
        entries
            .map(|entry| (entry.seat, entry.document, entry.class))
            .collect()
    };
    let asking = tablet.asking();
    bench.send(&mut tablet, asking).unwrap();
    let once = (Some(tablet.seat), Some(notes.id()), Some(Class::Notes));
    assert_eq!(reads(&bench), [once]);
    let asking = tablet.asking();
    bench.send(&mut tablet, asking).unwrap();
    assert_eq!(reads(&bench), [once]);
    // Asked for again, it is sent again, and entered again.
    let mut resend = tablet.asking();
    resend.resend = Some((0..=255).collect());
    bench.send(&mut tablet, resend).unwrap();
    assert_eq!(reads(&bench), [once, once]);

    // What cannot be entered does not go out.
    let mut resend = tablet.asking();
    resend.resend = Some((0..=255).collect());
    bench.tamper(|db| {
        db.execute_batch("DROP TABLE audit").unwrap();
    });
    tablet.nonce = nonce_after_restart(&mut bench, &mut tablet);
    let refused = bench.send(&mut tablet, resend).unwrap_err();
    assert_eq!(refused.code, jangkau_core::sync::Refused::Later);
}

#[test]
fn other_rooms_enter_what_they_do_and_no_words_stand_in_the_chain() {
    let (mut bench, hand) = lived();
    let (case, institution) = (entries_case(&bench), bench.institution.clone());
    let person = hand.person;
    let until = bench.now.plus_millis(24 * 60 * 60 * 1_000);
    let reason = "Ibu Aminah tidak dapat dihubungi";
    let class = Class::Safety;
    for noted in [
        Noted::Export {
            person,
            case: Some(case),
            class: None,
            reason: Some(reason),
        },
        Noted::BreakGlass {
            person,
            case,
            class,
            until,
            reason,
        },
    ] {
        let now = bench.later();
        bench.engine.note(&institution, &noted, now).unwrap();
    }
    let kinds: Vec<AuditKind> = bench.entries().iter().map(|entry| entry.kind).collect();
    let expected = [AuditKind::Export, AuditKind::BreakGlass];
    assert!(kinds.ends_with(&expected), "{kinds:?}");
    let all: Vec<u8> = bench.entries().iter().flat_map(encode).collect();
    for word in ["Aminah", "Sari", "Anak tidak", "Ditemui"] {
        assert!(
            !all.windows(word.len()).any(|part| part == word.as_bytes()),
            "{word}"
        );
    }
    let now = bench.later();
    let institution = bench.institution.clone();
    bench
        .engine
        .revoke(&institution, hand.seat, SeatStatus::Stolen, now)
        .unwrap();
    let seats = bench.told(AuditKind::Seat);
    assert_eq!(seats.last().unwrap().word.as_deref(), Some("stolen"));
}

#[test]
fn verdicts_are_read_back_for_the_counters() {
    let (bench, _) = lived();
    let verdicts = bench
        .engine
        .verdicts_after(&bench.institution, ServerSeq::new(0));
    let kinds: Vec<String> = verdicts
        .unwrap()
        .iter()
        .map(|verdict| format!("{verdict:?}"))
        .collect();
    assert_eq!(kinds, ["Committed", "Recorded({})"]);
}
