//! The roads that a push can take besides the straight one: repeats, groups, restarts, full disks, waiting.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::{Attendance, RecordSession, SessionMode};
use jangkau_core::record::Prose;
use jangkau_core::sync::{PushBack, Refused, Seen, SyncRequest, Turned, encode_body, pack};

use super::bench::{Bench, Hand};

fn admitted(bench: &Bench) -> usize {
    bench.engine.admitted(&bench.institution).unwrap().len()
}

#[test]
fn a_repeat_gets_the_first_answer_and_appends_nothing() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let entry = bench.registration(&hand);
    let envelope = bench.sealed(&mut hand, &entry);
    let batch = bench.batch(std::slice::from_ref(&envelope));
    let request = || SyncRequest {
        push: Some(batch.clone()),
        ..SyncRequest::default()
    };
    let first = bench.send(&mut hand, request()).unwrap();
    let head = bench.engine.head(&bench.institution).unwrap();
    let again = bench.send(&mut hand, request()).unwrap();
    assert_eq!(first.answers, again.answers);
    assert_eq!(first.page, again.page, "and the same rows");
    // The same envelope under another key is the same commands.
    let answers = bench.push(&mut hand, &[envelope]);
    assert_eq!(Some(answers), first.answers);
    assert_eq!(bench.engine.head(&bench.institution).unwrap(), head);
    assert_eq!(admitted(&bench), 1);
}

#[test]
fn a_bad_request_does_not_harm_its_group() {
    let mut bench = Bench::new();
    let (mut good, mut bad) = (
        bench.seat(&["social_worker"]),
        bench.seat(&["social_worker"]),
    );
    let mut requests = Vec::new();
    for (hand, is_bad) in [(&mut good, false), (&mut bad, true)] {
        let entry = bench.registration(hand);
        let mut envelope = bench.sealed(hand, &entry);
        if is_bad {
            envelope.signature[0] ^= 1;
        }
        let batch = bench.batch(&[envelope]);
        requests.push(hand.sign(SyncRequest {
            push: Some(batch),
            ..hand.asking()
        }));
    }
    requests.insert(1, b"poison".to_vec());
    let now = bench.later();
    let mut answers = bench.engine.sync(&requests, now, &mut bench.rng);
    let third = bad.take(answers.remove(2)).unwrap().answers.unwrap();
    assert_eq!(answers.remove(1).unwrap_err().code, Refused::Malformed);
    let first = good.take(answers.remove(0)).unwrap().answers.unwrap();
    assert!(matches!(first[0].seen, Seen::Admitted(_)));
    assert!(matches!(third[0].seen, Seen::TurnedAway(_)));
    assert_eq!(admitted(&bench), 1);
}

#[test]
fn a_push_out_of_order_waits_and_is_then_admitted() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let (first, second) = (bench.visit(&hand, case), bench.visit(&hand, case));
    let first = bench.sealed(&mut hand, &first);
    let second = bench.sealed(&mut hand, &second);
    let answers = bench.push(&mut hand, std::slice::from_ref(&second));
    assert_eq!(answers[0].seen, Seen::Waiting);
    assert_eq!(bench.engine.waiting(&bench.institution).unwrap().len(), 1);
    let answers = bench.push(&mut hand, &[first]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
    assert_eq!(admitted(&bench), 3);
    assert_eq!(bench.engine.waiting(&bench.institution).unwrap(), []);
    let answers = bench.push(&mut hand, &[second]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn a_forged_registration_harms_nobody_elses_work() {
    let mut bench = Bench::new();
    let (mut worker, mut forger) = (bench.seat(&["social_worker"]), bench.seat(&["auditor"]));
    let register = bench.registration(&worker);
    let visit = bench.visit(&worker, register.case);
    let opened = bench.sealed(&mut worker, &register);
    let seen = bench.sealed(&mut worker, &visit);
    let mut forged = bench.registration(&forger);
    (forged.id, forged.case) = (register.id, register.case);
    let forged = bench.sealed(&mut forger, &forged);
    let answers = bench.push(&mut forger, &[forged]);
    assert_eq!(answers[0].seen, Seen::TurnedAway(Turned::NoGrant));
    // A device of the era before tells its work again; its registration comes last.
    let now = bench.later();
    bench.engine.begin_era_after_restore(now).unwrap();
    for hand in [&mut worker, &mut forger] {
        let refused = bench.send(hand, SyncRequest::default()).unwrap_err();
        assert_eq!(refused.code, Refused::StaleNonce);
    }
    let push = |bench: &mut Bench, hand: &mut Hand, envelope| {
        let request = SyncRequest {
            push: Some(bench.batch(&[envelope])),
            ..SyncRequest::default()
        };
        bench.send(hand, request).unwrap().answers.unwrap()
    };
    let ask = |bench: &mut Bench, hand: &mut Hand| {
        let request = SyncRequest {
            waiting: Some(vec![visit.id]),
            ..SyncRequest::default()
        };
        bench.send(hand, request).unwrap().settled
    };
    assert_eq!(push(&mut bench, &mut worker, seen)[0].seen, Seen::Waiting);
    assert_eq!(ask(&mut bench, &mut worker), None);
    let answers = push(&mut bench, &mut worker, opened);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
    assert_eq!(admitted(&bench), 2);
    let settled = ask(&mut bench, &mut worker).unwrap();
    assert!(matches!(settled[0].seen, Seen::Admitted(_)));
    assert_eq!(ask(&mut bench, &mut forger), None, "it is not theirs");
}

#[test]
fn a_restart_forgets_nonces_and_nothing_else() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    bench.register(&mut hand);
    let before = bench.engine.case_states(&bench.institution).unwrap();
    bench.restart();
    let refused = bench.send(&mut hand, SyncRequest::default()).unwrap_err();
    assert_eq!(refused.code, Refused::StaleNonce);
    let reply = bench.send(&mut hand, SyncRequest::default()).unwrap();
    assert!(!reply.page.rows.is_empty());
    assert_eq!(
        bench.engine.case_states(&bench.institution).unwrap(),
        before
    );
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn nothing_new_costs_under_200_bytes_each_way() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["head_of_institution"]);
    let mut worker = bench.seat(&["social_worker"]);
    for _ in 0..20 {
        bench.register(&mut worker);
    }
    loop {
        let request = hand.asking();
        if !bench.send(&mut hand, request).unwrap().page.more {
            break;
        }
    }
    let request = hand.sign(hand.asking());
    assert!(request.len() < 200, "asks in {} bytes", request.len());
    let now = bench.later();
    let answer = bench
        .engine
        .sync(&[request], now, &mut bench.rng)
        .remove(0)
        .unwrap();
    assert!(answer.len() < 200, "answers in {} bytes", answer.len());
    let reply = hand.take(Ok(answer)).unwrap();
    assert_eq!(reply.page.rows, []);
}

#[test]
fn a_full_disk_acknowledges_nothing_and_loses_nothing() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let before = admitted(&bench);
    let envelopes: Vec<_> = (0..40)
        .map(|_| {
            let entry = bench.visit(&hand, case);
            bench.sealed(&mut hand, &entry)
        })
        .collect();
    let batch = bench.batch(&envelopes);
    let request = |hand: &Hand| SyncRequest {
        push: Some(batch.clone()),
        ..hand.asking()
    };
    bench.engine.limit_pages(1).unwrap();
    let asked = request(&hand);
    let refused = bench.send(&mut hand, asked).unwrap_err();
    assert_eq!(refused.code, Refused::Later);
    assert!(refused.nonce.is_some());
    assert_eq!(admitted(&bench), before);
    bench.engine.limit_pages(1_000_000).unwrap();
    let asked = request(&hand);
    let answers = bench.send(&mut hand, asked).unwrap().answers.unwrap();
    assert!(
        answers
            .iter()
            .all(|answer| matches!(answer.seen, Seen::Admitted(_)))
    );
    assert_eq!(admitted(&bench), before + 40);
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn institutions_see_nothing_of_each_other() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["head_of_institution"]);
    let first = bench.institution.clone();
    bench.institution = "mataram".parse().unwrap();
    let toml = jangkau_core::profile::shipped_files()[1].toml;
    let (now, second) = (bench.later(), bench.institution.clone());
    bench
        .engine
        .found(&second, toml, now, &mut bench.rng)
        .unwrap();
    let mut other = bench.seat(&["social_worker"]);
    bench.register(&mut other);
    assert_eq!(bench.engine.admitted(&first).unwrap(), []);
    assert_eq!(bench.engine.admitted(&second).unwrap().len(), 1);
    let request = hand.asking();
    let reply = bench.send(&mut hand, request).unwrap();
    assert!(reply.page.envelopes.is_empty());
    let ids: BTreeSet<_> = bench.engine.institutions().unwrap().into_iter().collect();
    assert_eq!(ids, BTreeSet::from([first, second]));
}

#[test]
fn a_frame_of_an_older_era_is_told_what_was_kept() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    bench.register(&mut hand);
    let backup = bench.engine.image().unwrap();
    let kept = bench.engine.head(&bench.institution).unwrap();
    bench.register(&mut hand);
    bench.restore(&backup);
    let request = hand.asking();
    bench.send(&mut hand, request.clone()).unwrap_err();
    let reply = bench.send(&mut hand, request).unwrap();
    assert_eq!(reply.era.kept, Some(kept));
    assert!(reply.era.number.get() > 0);
    assert_eq!(reply.page.upto, kept);
    assert!(encode_body(&reply).len() < 200);
}

#[test]
fn an_author_completes_what_a_colleague_told_in_part() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let session = RecordSession {
        attendance: Attendance::Held,
        mode: SessionMode::InPerson,
        minutes: 60,
        danger: None,
        appointment: None,
        note: Prose::new("catatan sendiri").ok(),
    };
    let entry = bench.entry(&hand, case, session.into());
    let whole = bench.sealed(&mut hand, &entry);
    // What a colleague holds of it comes back first after a restore: all but the author's own notes.
    let held = whole.visible_to(|_, part| {
        let class = part.document().map(|key| key.class);
        class == Some(Class::Sessions)
    });
    let told = PushBack {
        envelopes: pack([&held.unwrap()]).unwrap(),
        rulings: Vec::new(),
    };
    let request = SyncRequest {
        push_back: Some(told),
        ..hand.asking()
    };
    bench.send(&mut hand, request).unwrap();
    let notes = |bench: &Bench| {
        let documents = bench.engine.documents(&bench.institution).unwrap();
        documents.keys().any(|key| key.class == Class::Notes)
    };
    assert!(!notes(&bench));
    let answers = bench.push(&mut hand, &[whole]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
    assert!(notes(&bench));
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}
