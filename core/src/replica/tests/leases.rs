//! The lease over clocks that are wrong, restarts, and days without a server.

use super::*;
use crate::sync::Lease;

const DAY: i64 = 24 * 3_600_000;

fn day(days: i64) -> Timestamp {
    NOW.plus_millis(days * DAY)
}

impl Phone {
    /// An exchange on a day by the server's clock, with the lease that it gives, if it gives one.
    fn meet(&mut self, server: i64, lease: Option<i64>) {
        self.meet_with(server, lease, &SigningKey::from_bytes(&[1; 32]))
            .unwrap();
    }

    fn meet_with(
        &mut self,
        server: i64,
        lease: Option<i64>,
        key: &SigningKey,
    ) -> Result<Synced, ReplicaError> {
        self.ask();
        let (now, seat) = (day(server), self.replica.seat());
        let lease = lease.map(|days| Lease::sign(seat, now, now.plus_millis(days * DAY), key));
        self.nonces += 1;
        let reply = SyncReply {
            nonce: Nonce::from_bytes([self.nonces; 12]),
            now,
            backed_up_through: ServerSeq::default(),
            era: Era::default(),
            page: Page::default(),
            answers: None,
            backfill: None,
            check: None,
            resent: None,
            to: Nonce::from_bytes([self.nonces - 1; 12]),
            settled: None,
            trust: None,
            epochs: None,
            lease,
        };
        self.replica
            .receive(&encode_body(&reply), now, &mut self.rng)
    }

    fn is_open(&self, clock: i64) -> bool {
        self.replica.reading(day(clock)).is_ok()
    }

    fn restart(&mut self) {
        let image = self.replica.image().unwrap();
        self.replica = Replica::from_image(&image, false).unwrap();
    }
}

#[test]
fn reading_locks_after_the_lease_whatever_the_clock_says() {
    // Met on day 0 with fourteen days; recorded on a day by the clock, if at all; restarted; read by the clock on a day.
    for (recorded, restarts, read, is_open) in [
        (None, false, 0, true),
        (None, false, 14, true),
        (None, false, 15, false),
        (None, true, 15, false),
        // Set back: no later than the server's own time.
        (None, true, -30, true),
        // Set ahead: locked as long as it stands there.
        (None, false, 30, false),
        // Worked offline beyond the lease, then set back.
        (Some(15), false, -30, false),
        (Some(15), true, 1, false),
        (Some(13), true, -30, true),
    ] {
        let case = format!("{recorded:?} {restarts} {read}");
        let mut phone = phone();
        phone.meet(0, Some(14));
        if let Some(recorded) = recorded {
            let (now, command) = (day(recorded), register().into());
            let recorded = phone
                .replica
                .record(None, command, now, None, now, &mut phone.rng);
            recorded.unwrap().unwrap();
        }
        if restarts {
            phone.restart();
        }
        assert_eq!(phone.is_open(read), is_open, "{case}");
        let unsent = phone.replica.unsent().unwrap();
        let now = day(read);
        let goes_on = phone
            .replica
            .record(None, register().into(), now, None, now, &mut phone.rng);
        assert!(goes_on.unwrap().is_ok(), "recording goes on: {case}");
        assert_eq!(phone.replica.unsent().unwrap(), unsent + 1);
        phone.meet(read.max(1), Some(14));
        assert!(phone.is_open(read.max(1)), "an exchange unlocks: {case}");
    }
}

#[test]
fn a_clock_that_was_set_right_again_is_right() {
    let mut phone = phone();
    phone.meet(0, Some(14));
    let (ahead, command) = (day(30), register().into());
    let recorded = phone
        .replica
        .record(None, command, ahead, None, ahead, &mut phone.rng);
    recorded.unwrap().unwrap();
    assert!(!phone.is_open(1));
    phone.meet(1, None);
    assert!(
        phone.is_open(1),
        "the server's time ends what a wrong clock noted"
    );
    assert!(!phone.is_open(30));
}

#[test]
fn the_newest_lease_counts_and_only_the_servers() {
    let mut phone = phone();
    assert_eq!(phone.replica.lease_until(), None);
    assert!(phone.is_open(400), "nothing came from the server yet");
    phone.meet(0, Some(14));
    phone.meet(5, None);
    assert_eq!(phone.replica.lease_until(), Some(day(14)));
    phone.meet(5, Some(7));
    assert_eq!(
        phone.replica.lease_until(),
        Some(day(12)),
        "shorter, and newer"
    );
    phone.meet(4, Some(30));
    assert_eq!(phone.replica.lease_until(), Some(day(12)), "an older one");
    let forged = phone.meet_with(6, Some(90), &SigningKey::from_bytes(&[2; 32]));
    assert!(matches!(forged, Err(ReplicaError::Malformed)));
    assert_eq!(phone.replica.lease_until(), Some(day(12)));
    let other = SeatId::from_bytes([7; 16]);
    let key = SigningKey::from_bytes(&[1; 32]);
    let lease = Lease::sign(other, day(6), day(90), &key);
    assert!(lease.verify(other, &key.verifying_key()).is_ok());
    assert!(
        lease
            .verify(phone.replica.seat(), &key.verifying_key())
            .is_err()
    );
}

#[test]
fn every_screen_is_locked_and_no_form() {
    use crate::screen::ListFilter;
    use crate::text::Language::English;
    let mut phone = phone();
    let case = CaseId::from(phone.record(None, register()));
    phone.meet(0, Some(14));
    for (at, is_open) in [(day(14), true), (day(15), false)] {
        let locked = |error: Option<ReplicaError>| match error {
            None => false,
            Some(ReplicaError::ReadingLocked) => true,
            Some(other) => panic!("{other}"),
        };
        let replica = &phone.replica;
        let answers = [
            locked(replica.today(at, English).err()),
            locked(replica.list(&ListFilter::default(), 0, at, English).err()),
            locked(replica.header(case, at, English).err()),
            locked(replica.timeline_told(case, at, English).err()),
            locked(replica.attention(Some(case), at, English).err()),
            locked(replica.attention(None, at, English).err()),
        ];
        assert_eq!(answers, [!is_open; 6]);
        let form = "f01".parse().unwrap();
        assert!(replica.form(None, form, at, English).is_ok());
        assert!(
            replica
                .form(Some(case), "f05".parse().unwrap(), at, English)
                .is_ok()
        );
    }
}
