//! What a seat may leave at the server: beyond it, it is told "later", and nothing that was taken is dropped.

use jangkau_core::sync::{
    COMMANDS_PER_PUSH_MAX, Refused, RefusedReply, SealedEnvelope, Seen, SyncRequest, Turned,
};

use super::bench::{Bench, Hand, head_of};
use crate::store::shelf;

/// Pushes envelopes, as many at once as one push may hold; gives how many were taken before the first "later".
fn taken(
    bench: &mut Bench,
    hand: &mut Hand,
    envelopes: &[SealedEnvelope],
    expected: Seen,
) -> usize {
    let mut taken = 0;
    for few in envelopes.chunks(COMMANDS_PER_PUSH_MAX) {
        let push = Some(bench.batch(few));
        let asking = SyncRequest {
            push,
            ..hand.asking()
        };
        match bench.send(hand, asking) {
            Ok(reply) => {
                let answers = reply.answers.unwrap();
                assert!(answers.iter().all(|answer| answer.seen == expected));
                taken += answers.len();
            }
            Err(RefusedReply { code, .. }) => {
                assert_eq!(code, Refused::Later);
                return taken;
            }
        }
    }
    taken
}

#[test]
fn a_seat_leaves_so_many_in_quarantine_and_no_more() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let entry = bench.registration(&hand);
    let parts = hand.parts(&entry);
    let envelopes: Vec<SealedEnvelope> = (0..4_097)
        .map(|_| {
            let command = (head_of(&entry, bench.now), parts.clone());
            let mut forged = bench.seal(&hand, vec![command]);
            forged.signature[0] ^= 1;
            forged
        })
        .collect();
    let expected = Seen::TurnedAway(Turned::BadSignature);
    assert_eq!(taken(&mut bench, &mut hand, &envelopes, expected), 4_096);
    let tenant = bench.engine.institution(&bench.institution).unwrap().tenant;
    let kept = shelf::quarantined_of(&bench.engine.store.db(), tenant, hand.seat).unwrap();
    assert_eq!(kept, 4_096);
    // Another seat is served meanwhile.
    let mut other = bench.seat(&["social_worker"]);
    bench.register(&mut other);
}

#[test]
fn a_seat_lets_so_many_wait_and_no_more() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let case = bench.register(&mut hand);
    let first = bench.visit(&hand, case);
    let first = bench.sealed(&mut hand, &first);
    let envelopes: Vec<SealedEnvelope> = (0..1_025)
        .map(|_| {
            let visit = bench.visit(&hand, case);
            bench.sealed(&mut hand, &visit)
        })
        .collect();
    assert_eq!(
        taken(&mut bench, &mut hand, &envelopes, Seen::Waiting),
        1_024
    );
    let waiting = bench.engine.waiting(&bench.institution).unwrap();
    assert_eq!(waiting.len(), 1_024);
    // What they wait for comes, and there is room again.
    let answers = bench.push(&mut hand, &[first]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
    let waiting = bench.engine.waiting(&bench.institution).unwrap();
    assert_eq!(waiting, []);
    let answers = bench.push(&mut hand, &envelopes[1_024..]);
    assert!(matches!(answers[0].seen, Seen::Admitted(_)));
}

#[test]
fn nobody_is_signed_in_after_a_restore_and_no_one_time_code_comes_back() {
    let mut bench = Bench::new();
    let person = bench.person(&["social_worker"]);
    let (institution, now) = (bench.institution.clone(), bench.now);
    let code = bench
        .engine
        .account(&institution, person, Some("rina"), now, &mut bench.rng)
        .unwrap();
    let terms = crate::accounts::SessionTerms {
        idle_ms: 60_000,
        absolute_ms: 60_000,
    };
    let backup = bench.engine.image().unwrap();
    let open = |bench: &mut Bench| {
        let now = bench.now;
        bench
            .engine
            .console(terms, now, &mut bench.rng, |desk| {
                desk.open_with_code(&code, b"here")
            })
            .unwrap()
    };
    let token = open(&mut bench).unwrap().token;
    let signed_in = bench.engine.image().unwrap();
    bench.restore(&backup);
    assert!(open(&mut bench).is_err());
    bench.engine = crate::engine::Engine::from_image(&signed_in, bench.engine.keys()).unwrap();
    let me = |bench: &mut Bench| {
        let now = bench.now;
        let me = bench
            .engine
            .console(terms, now, &mut bench.rng, |desk| desk.me(&token));
        me.unwrap().is_ok()
    };
    bench.now = now;
    assert!(me(&mut bench));
    bench.engine.begin_era_after_restore(now).unwrap();
    assert!(!me(&mut bench));
}
