//! The audit chain: it covers what happens, and whoever touches it is found.

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::id::{DocumentId, PersonId, SeatId};
use jangkau_core::replica::Replica;
use jangkau_core::sync::{
    AdminAct, AuditHead, AuditKind, AuditStanding, SeatStatus, Seen, TrustAsk,
};
use jangkau_core::text::Language;
use rusqlite::Connection;

use super::bench::{Bench, Hand, START, registration};
use super::replicas::session;
use crate::audit::{
    Actor, AuditEntry, AuditFault, Broken, Noted, Verified, chained, head_of, root,
};
use crate::engine::Engine;
use crate::store::{Store, decode, encode};

impl Bench {
    fn verified(&self) -> Verified {
        self.engine.verify_audit(&self.institution).unwrap()
    }

    fn head_of_chain(&self) -> AuditHead {
        self.engine.audit_head(&self.institution).unwrap()
    }

    fn entries(&self) -> Vec<AuditEntry> {
        self.engine.audit_entries(&self.institution, START).unwrap()
    }

    fn told(&self, kind: AuditKind) -> Vec<AuditEntry> {
        let entries = self.entries().into_iter();
        entries.filter(|entry| entry.kind == kind).collect()
    }

    /// Does something to the database behind the server's back.
    fn tamper(&mut self, work: impl FnOnce(&Connection)) {
        let store = Store::from_image(&self.engine.image().unwrap()).unwrap();
        work(&store.db());
        self.engine = Engine::from_image(&store.image().unwrap()).unwrap();
    }

    fn told_of(&mut self, hand: &mut Hand, head: AuditHead) -> Option<AuditStanding> {
        let mut request = hand.asking();
        request.trust = Some(TrustAsk {
            head: Some(head),
            left: None,
        });
        self.send(hand, request).unwrap().trust.unwrap().standing
    }
}

/// A small office in which a bit of everything has happened.
fn lived() -> (Bench, Hand) {
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
            touched.engine = Engine::from_image(&image).unwrap();
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
            touched.engine = Engine::from_image(&image).unwrap();
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
    let added = bench.told(AuditKind::AdminAct).into_iter();
    let added = added
        .filter(|entry| entry.subject == Some(person))
        .next_back()
        .unwrap();
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
fn nonce_after_restart(bench: &mut Bench, hand: &mut Hand) -> jangkau_core::id::Nonce {
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
    let document = hand.key_of(case, class);
    for noted in [
        Noted::Export {
            person,
            case: Some(case),
            class: None,
            reason: Some(reason),
        },
        Noted::Print {
            person,
            case: Some(case),
            class: Some(class),
        },
        Noted::Read {
            person,
            seat: None,
            document,
        },
        Noted::SignIn {
            person,
            seat: Some(hand.seat),
            admitted: false,
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
    let expected = [
        AuditKind::Export,
        AuditKind::Print,
        AuditKind::Read,
        AuditKind::SignIn,
        AuditKind::BreakGlass,
    ];
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
