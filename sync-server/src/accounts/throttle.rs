//! Slows guessing down without ever locking anybody out.
//!
//! Tries are counted for the account, or for the desk that its person is known by, and for the address. After the free
//! ones each costs a delay that doubles up to a minute, and a quiet quarter of an hour forgets them. Known desks are
//! counted apart, so that whoever hammers an account from elsewhere does not keep its holder from their own desk.

use std::collections::BTreeMap;

use jangkau_core::time::Timestamp;

/// Tries without delay on one account, and from one address: behind one address of a mobile network sit many people.
const FREE_ON_ACCOUNT: u32 = 5;
const FREE_FROM_ADDRESS: u32 = 20;

/// Longest delay, in seconds: two guesses in a million at six digits each minute, beside the password's (DEFAULT).
pub(super) const DELAY_SECONDS_MAX: u32 = 60;

/// Quiet time after which tries are forgotten.
const FORGOTTEN_MS: i64 = 15 * 60 * 1_000;

/// Lines kept; about 2 MiB.
const LINES_MAX: usize = 16_384;

type Key = [u8; 16];

#[derive(Clone, Copy, Debug)]
struct Line {
    tries: u32,
    last: Timestamp,
    not_before: Timestamp,
}

/// Whose tries are counted together.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    account: Option<Key>,
    address: Option<Key>,
}

impl Asker {
    /// A try on an account, whether there is one or not, perhaps from a desk that is known, perhaps from an address.
    pub(super) fn new(account: &[u8], known: Option<&[u8; 16]>, address: Option<&[u8]>) -> Self {
        let key = |kind: &[u8], parts: [&[u8]; 2]| {
            let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 throttle");
            hasher.update(kind);
            for part in parts {
                hasher.update(&(part.len() as u64).to_be_bytes());
                hasher.update(part);
            }
            let mut key = Key::default();
            hasher.finalize_xof().fill(&mut key);
            key
        };
        let known: &[u8] = known.map_or(&[], |known| known);
        Self {
            account: Some(key(b"account", [account, known])),
            address: address.map(|address| key(b"address", [address, &[]])),
        }
    }

    /// The same, counted for the address only.
    pub(super) fn by_address_alone(self) -> Self {
        Self {
            account: None,
            ..self
        }
    }

    fn lines(&self) -> impl Iterator<Item = (Key, u32)> {
        let account = self.account.map(|key| (key, FREE_ON_ACCOUNT));
        let address = self.address.map(|key| (key, FREE_FROM_ADDRESS));
        account.into_iter().chain(address)
    }
}

/// The tries of the last quarter of an hour. Not kept over a restart.
#[derive(Debug, Default)]
pub(crate) struct Throttle(BTreeMap<Key, Line>);

impl Throttle {
    /// Counts a try before it is looked at, so that many at once are counted all. Gives the seconds to wait where the
    /// delay after earlier ones still runs; those that are told to wait are not counted.
    pub(super) fn attempt(&mut self, asker: &Asker, now: Timestamp) -> Result<(), u32> {
        let wait = asker
            .lines()
            .filter_map(|(key, _)| self.live(key, now))
            .map(|line| line.not_before.as_millis() - now.as_millis())
            .max()
            .unwrap_or(0);
        if wait > 0 {
            return Err(u32::try_from(wait.div_euclid(1_000) + 1).unwrap_or(DELAY_SECONDS_MAX));
        }
        for (key, free) in asker.lines() {
            let tries = self.live(key, now).map_or(0, |line| line.tries) + 1;
            let delay_ms = i64::from(delay_seconds(tries, free)) * 1_000;
            let line = Line {
                tries,
                last: now,
                not_before: now.plus_millis(delay_ms),
            };
            self.make_room(key, now);
            self.0.insert(key, line);
        }
        Ok(())
    }

    /// Forgets the tries on the account, and this one from the address: others may guess from there.
    pub(super) fn succeed(&mut self, asker: &Asker) {
        if let Some(account) = asker.account {
            self.0.remove(&account);
        }
        if let Some(line) = asker.address.and_then(|address| self.0.get_mut(&address)) {
            line.tries = line.tries.saturating_sub(1);
            line.not_before = line.last;
        }
    }

    fn live(&self, key: Key, now: Timestamp) -> Option<Line> {
        let line = self.0.get(&key).copied();
        line.filter(|line| now.as_millis() - line.last.as_millis() < FORGOTTEN_MS)
    }

    /// Lets go of what is forgotten, or else of the line that was quiet for longest.
    fn make_room(&mut self, key: Key, now: Timestamp) {
        if self.0.len() < LINES_MAX || self.0.contains_key(&key) {
            return;
        }
        self.0
            .retain(|_, line| now.as_millis() - line.last.as_millis() < FORGOTTEN_MS);
        if self.0.len() >= LINES_MAX {
            let oldest = self.0.iter().min_by_key(|(_, line)| line.last);
            if let Some(oldest) = oldest.map(|(key, _)| *key) {
                self.0.remove(&oldest);
            }
        }
    }
}

/// The delay after so many tries.
fn delay_seconds(tries: u32, free: u32) -> u32 {
    match tries.checked_sub(free) {
        None => 0,
        Some(beyond) => 1_u32
            .checked_shl(beyond)
            .unwrap_or(DELAY_SECONDS_MAX)
            .min(DELAY_SECONDS_MAX),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_millis(seconds * 1_000)
    }

    #[test]
    fn delays_double_up_to_a_minute_and_no_further() {
        let delays: Vec<u32> = (1..=13).map(|tries| delay_seconds(tries, 5)).collect();
        assert_eq!(delays, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 60, 60, 60]);
        assert_eq!(delay_seconds(u32::MAX, 5), DELAY_SECONDS_MAX);
    }

    #[test]
    fn whoever_hammers_an_account_does_not_lock_its_holder_out() {
        let mut throttle = Throttle::default();
        let attacker = Asker::new(b"a/head", None, Some(b"10.0.0.1"));
        let own_desk = Asker::new(b"a/head", Some(&[1; 16]), Some(b"10.0.0.2"));
        let elsewhere = Asker::new(b"a/head", None, Some(b"10.0.0.2"));
        for second in 0..3_600 {
            let _ = throttle.attempt(&attacker, at(second));
        }
        assert!(throttle.attempt(&elsewhere, at(3_600)).is_err());
        assert_eq!(throttle.attempt(&own_desk, at(3_600)), Ok(()));
        // Nobody waits longer than a minute after the last try that was let through.
        assert!(throttle.attempt(&elsewhere, at(3_661)).is_ok());
    }

    #[test]
    fn one_address_is_slowed_whatever_account_it_names_and_others_are_not() {
        let mut throttle = Throttle::default();
        let ask = |name: u32, address: &[u8]| Asker::new(&name.to_be_bytes(), None, Some(address));
        let through =
            (0..100).filter(|name| throttle.attempt(&ask(*name, b"10.0.0.1"), at(0)).is_ok());
        assert_eq!(through.count(), FREE_FROM_ADDRESS as usize);
        assert_eq!(throttle.attempt(&ask(1, b"10.0.0.9"), at(0)), Ok(()));
    }

    #[test]
    fn a_success_forgets_and_so_does_a_quiet_quarter_of_an_hour() {
        let mut throttle = Throttle::default();
        let asker = Asker::new(b"a/rina", None, None);
        for _ in 0..FREE_ON_ACCOUNT {
            assert_eq!(throttle.attempt(&asker, at(0)), Ok(()));
        }
        assert_eq!(throttle.attempt(&asker, at(0)), Err(2));
        assert_eq!(throttle.attempt(&asker, at(900)), Ok(()));
        throttle.succeed(&asker);
        for _ in 0..FREE_ON_ACCOUNT {
            assert_eq!(throttle.attempt(&asker, at(900)), Ok(()));
        }
    }

    #[test]
    fn its_memory_is_bounded() {
        let mut throttle = Throttle::default();
        for name in 0..LINES_MAX as u64 + 100 {
            let now = Timestamp::from_millis(name.cast_signed());
            let asker = Asker::new(&name.to_be_bytes(), None, None);
            assert_eq!(throttle.attempt(&asker, now), Ok(()));
        }
        assert_eq!(throttle.0.len(), LINES_MAX);
    }
}
