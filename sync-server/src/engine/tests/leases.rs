//! Leases as the engine gives them.

use super::bench::Bench;

const HOUR: i64 = 3_600_000;

#[test]
fn an_active_seat_is_given_a_lease_a_day_and_no_answer_grows_over_200_bytes() {
    let mut bench = Bench::new();
    let mut hand = bench.seat(&["social_worker"]);
    let (server_key, seat) = (hand.enrolled.server_key, hand.seat);
    let server_key = ed25519_dalek::VerifyingKey::from_bytes(&server_key).unwrap();
    let mut given = Vec::new();
    let mut ask = |bench: &mut Bench, hours: i64| {
        bench.now = bench.now.plus_millis(hours * HOUR);
        let request = hand.sign(hand.asking());
        let now = bench.later();
        let mut answers = bench.engine.sync(&[request], now, &mut bench.rng);
        let answer = answers.remove(0);
        let bytes = answer.as_ref().map_or(0, Vec::len);
        let reply = hand.take(answer).unwrap();
        let is_idle = reply.page.rows.is_empty() && !reply.page.more;
        assert!(!is_idle || bytes < 200, "{bytes} bytes");
        if let Some(lease) = reply.lease {
            lease.verify(seat, &server_key).unwrap();
            assert_eq!(lease.issued_at, now);
            given.push(lease.until.millis_since(now) / (24 * HOUR));
        }
        (given.len(), is_idle)
    };
    let mut leased = Vec::new();
    for hours in [0, 1, 1, 22, 1, 24] {
        let (count, is_idle) = ask(&mut bench, hours);
        leased.push(count);
        assert_eq!(is_idle, leased.len() > 1);
    }
    assert_eq!(leased, [1, 1, 1, 2, 2, 3], "with nothing new as well");
    assert_eq!(given, [14; 3]);
}
