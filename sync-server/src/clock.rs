//! The only place of the server that reads the clock and the entropy; everything else takes them as arguments.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

/// Where the server reads the time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    Hand(Arc<AtomicI64>),
}

/// Moves a clock that was made by [`Clock::by_hand`]: a demo tells of days in seconds.
#[derive(Clone, Debug)]
pub struct Hand(Arc<AtomicI64>);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub const fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands at `start` until its hand is moved.
    #[must_use]
    pub fn by_hand(start: Timestamp) -> (Self, Hand) {
        let shown = Arc::new(AtomicI64::new(start.as_millis()));
        (Self(Source::Hand(Arc::clone(&shown))), Hand(shown))
    }

    /// The time. A machine whose clock stands before 1970 gets 1970.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        match &self.0 {
            Source::System => {
                let since = SystemTime::now()
                    .duration_since(UNIX_EPOCH)
                    .unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
            }
            Source::Hand(shown) => Timestamp::from_millis(shown.load(Ordering::SeqCst)),
        }
    }
}

impl Hand {
    /// Sets the clock.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }
}

/// The machine gives no entropy; nothing may start without.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the machine gives no entropy")]
pub struct NoEntropy;

/// A generator for keys, nonces and codes, seeded by the machine.
///
/// # Errors
/// [`NoEntropy`].
pub fn entropy() -> Result<ChaCha20Rng, NoEntropy> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| NoEntropy)?;
    Ok(ChaCha20Rng::from_seed(seed))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_moves_every_copy_of_its_clock() {
        let (clock, hand) = Clock::by_hand(Timestamp::from_millis(1));
        let copy = clock.clone();
        hand.set(Timestamp::from_millis(5));
        assert_eq!(copy.now(), Timestamp::from_millis(5));
        assert!(Clock::system().now() > clock.now());
    }
}
