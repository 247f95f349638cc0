//! Leases: until when a device may be read without the server. One a day for each seat, so that an exchange with nothing new stays small.

use std::collections::BTreeMap;

use jangkau_core::id::{Nonce, SeatId};
use jangkau_core::time::Timestamp;

/// After so long a seat is given a new one.
const EVERY_MS: i64 = 24 * 3_600_000;

/// The last lease of a seat.
#[derive(Debug)]
struct Given {
    issued_at: Timestamp,
    /// The nonce that came with it. A seat that uses it has the lease.
    nonce: Nonce,
    has_arrived: bool,
}

/// The leases that seats were given. Not kept over a restart: each is then given one more.
#[derive(Debug, Default)]
pub(crate) struct Leases(BTreeMap<SeatId, Given>);

impl Leases {
    /// Whether a seat that asked under one nonce is to be given a lease together with the other. One that may have been lost is given again.
    pub(crate) fn is_due(
        &mut self,
        seat: SeatId,
        asked: Nonce,
        gives: Nonce,
        now: Timestamp,
    ) -> bool {
        if let Some(given) = self.0.get_mut(&seat) {
            given.has_arrived |= given.nonce == asked;
            let age = now.millis_since(given.issued_at);
            if given.has_arrived && (0..EVERY_MS).contains(&age) {
                return false;
            }
        }
        let given = Given {
            issued_at: now,
            nonce: gives,
            has_arrived: false,
        };
        self.0.insert(seat, given);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_a_day_and_again_what_may_have_been_lost() {
        let seat = SeatId::from_bytes([1; 16]);
        let mut leases = Leases::default();
        // Hours, the nonce that the seat asks under, the one that the answer gives.
        for (hours, asked, gives, is_due) in [
            (0, 0, 1, true),
            // The answer was lost: the seat asks under a nonce of before.
            (1, 0, 2, true),
            (2, 2, 3, false),
            (25, 3, 4, true),
            (26, 4, 5, false),
            (27, 5, 6, false),
            (49, 6, 7, true),
            // The server's clock was set back.
            (10, 7, 8, true),
        ] {
            let now = Timestamp::from_millis(hours * 3_600_000);
            let nonce = |number| Nonce::from_bytes([number; 12]);
            let due = leases.is_due(seat, nonce(asked), nonce(gives), now);
            assert_eq!(due, is_due, "{hours}");
        }
        let other = SeatId::from_bytes([2; 16]);
        let nonce = Nonce::from_bytes([9; 12]);
        assert!(leases.is_due(other, nonce, nonce, Timestamp::from_millis(0)));
    }
}
