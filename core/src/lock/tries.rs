//! Wrong PINs: counted, and followed by waits that grow. The clock is not trusted; the count is what holds.

use crate::time::Timestamp;

/// Wrong PINs in a row after which the PIN's way in is destroyed.
pub const TRIES_MAX: u8 = 10;

/// Seconds to wait after so many wrong PINs in a row, from the fifth on. DEFAULT: short enough for cold fingers in the
/// rain, long enough that ten tries take more than an hour.
const WAIT_SECONDS: [(u8, i64); 5] = [(5, 30), (6, 60), (7, 300), (8, 900), (9, 3_600)];

/// The wrong PINs in a row.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub(super) struct Tries {
    /// How many, the one under way with them.
    #[n(0)]
    wrong: u8,
    /// The clock at the last one, or when the clock was found to stand before it.
    #[n(1)]
    last: Option<Timestamp>,
}

impl Tries {
    /// Whether the last try was one too many.
    pub(super) const fn are_used_up(self) -> bool {
        self.wrong >= TRIES_MAX
    }

    /// Tries until the PIN's way in is destroyed.
    pub(super) const fn left(self) -> u8 {
        TRIES_MAX.saturating_sub(self.wrong)
    }

    /// How long no PIN is looked at. A clock that was set back begins the wait anew.
    pub(super) const fn wait_millis(self, now: Timestamp) -> i64 {
        let Some(last) = self.last else {
            return 0;
        };
        let wait = self.wait_after();
        let passed = now.millis_since(last);
        if passed < 0 {
            return wait;
        }
        let left = wait.saturating_sub(passed);
        if left > 0 { left } else { 0 }
    }

    const fn wait_after(self) -> i64 {
        let mut row = 0;
        while row < WAIT_SECONDS.len() {
            let (wrong, seconds) = WAIT_SECONDS[row];
            if wrong == self.wrong {
                return seconds * 1_000;
            }
            row += 1;
        }
        0
    }

    /// How long a try has to wait, if it has to. If the clock was set back, the wait is from now on counted from there, so that it
    /// ends, and is never shorter for it.
    pub(super) fn refuse(&mut self, now: Timestamp) -> Option<i64> {
        let millis = self.wait_millis(now);
        if self.last.is_some_and(|last| now < last) {
            self.last = Some(now);
        }
        (millis > 0).then_some(millis)
    }

    /// Counts a try before it is checked.
    pub(super) const fn count(&mut self, now: Timestamp) {
        self.wrong = self.wrong.saturating_add(1);
        self.last = Some(now);
    }

    /// The PIN was right.
    pub(super) const fn succeed(&mut self, now: Timestamp) {
        self.wrong = 0;
        self.last = Some(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(1_790_000_000_000 + seconds * 1_000)
    }

    #[test]
    fn waits_grow_from_the_fifth_wrong_pin() {
        let mut tries = Tries::default();
        let mut waits = Vec::new();
        for _ in 0..TRIES_MAX {
            waits.push(tries.wait_millis(at(0)) / 1_000);
            assert!(!tries.are_used_up());
            tries.count(at(0));
        }
        assert_eq!(waits, [0, 0, 0, 0, 0, 30, 60, 300, 900, 3_600]);
        assert!(tries.are_used_up());
        assert_eq!(tries.left(), 0);
    }

    #[test]
    fn the_clock_set_back_never_shortens_a_wait() {
        let five = Tries {
            wrong: 5,
            last: Some(at(1_000)),
        };
        for (now, expected) in [
            (1_000, Some(30)),
            (1_029, Some(1)),
            (1_030, None),
            (999, Some(30)),
            (-1_000_000, Some(30)),
        ] {
            let mut tries = five;
            let millis = tries.refuse(at(now)).map(|millis| millis / 1_000);
            assert_eq!(millis, expected, "{now}");
        }
        let mut tries = five;
        assert_eq!(tries.refuse(at(0)), Some(30_000));
        assert_eq!(tries.refuse(at(29)), Some(1_000), "it goes on from there");
        assert_eq!(tries.refuse(at(30)), None);
    }
}
