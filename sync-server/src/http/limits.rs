//! What each route takes: one table, kept before a body is read wherever that can be.
//!
//! Whoever asks is counted twice: as a holder (a seat, or a session), which is the limit that matters, and as an address,
//! generously, since a whole town may sit behind one address of its mobile network. A seat is counted together with its
//! address: its name is only a claim until the signature is checked, and strangers must not use its share up.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use jangkau_core::sync::{BLOB_BYTES_MAX, FRAME_BYTES_MAX};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Routes as they are counted, logged and limited: a closed list, whatever path a stranger makes up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Route {
    Sync,
    Enrol,
    Release,
    Glass,
    Blob,
    Live,
    /// Of the console, what computes a password's hash or takes a code.
    Proof,
    Console,
    Health,
    Ready,
    Metrics,
    Other,
}

impl Route {
    /// All of them, in order.
    const ALL: [Self; 12] = [
        Self::Sync,
        Self::Enrol,
        Self::Release,
        Self::Glass,
        Self::Blob,
        Self::Live,
        Self::Proof,
        Self::Console,
        Self::Health,
        Self::Ready,
        Self::Metrics,
        Self::Other,
    ];
}

/// What a route takes.
pub(super) struct Limit {
    /// As it stands in counters and in the log.
    pub(super) name: &'static str,
    pub(super) body_bytes_max: usize,
    /// Requests a minute from one address, which is also how many may come at once.
    per_minute_address: u32,
    /// The same for one seat or session; none where nobody is known.
    per_minute_holder: Option<u32>,
    /// Requests worked on at once; none: as the settings say.
    in_flight_max: Option<usize>,
}

const fn limit(
    name: &'static str,
    body_bytes_max: usize,
    per_minute_address: u32,
    per_minute_holder: Option<u32>,
    in_flight_max: Option<usize>,
) -> Limit {
    Limit {
        name,
        body_bytes_max,
        per_minute_address,
        per_minute_holder,
        in_flight_max,
    }
}

/// Longest body that the console takes: a password and a few codes.
const CONSOLE_BYTES_MAX: usize = 4 * 1024;

/// Longest body of a device that asks for one thing.
const SHORT_BYTES_MAX: usize = 64 * 1024;

/// The table. A phone with weeks to catch up asks a few times a second; 500 phones behind one address at 8 in the
/// morning ask 10 times a minute each (DEFAULT).
#[rustfmt::skip]
const fn table(route: Route) -> Limit {
    match route {
        //                             name       body               address  holder     at once
        Route::Sync =>    limit("sync",    FRAME_BYTES_MAX,    6_000, Some(600), None),
        Route::Enrol =>   limit("enrol",   FRAME_BYTES_MAX,      120, None,      Some(16)),
        Route::Release => limit("release", SHORT_BYTES_MAX,      120, None,      Some(16)),
        Route::Glass =>   limit("glass",   SHORT_BYTES_MAX,      300, Some(30),  Some(16)),
        // A good line carries three chunks in a step; attachments of a day go up in one go.
        Route::Blob =>    limit("blob",    BLOB_BYTES_MAX,    12_000, Some(1_200), Some(32)),
        Route::Live =>    limit("live",    0,                  1_200, None,      Some(64)),
        Route::Proof =>   limit("proof",   CONSOLE_BYTES_MAX,    300, Some(30),  Some(16)),
        Route::Console => limit("console", CONSOLE_BYTES_MAX,  3_000, Some(300), Some(64)),
        Route::Health =>  limit("health",  0,                    600, None,      Some(16)),
        Route::Ready =>   limit("ready",   0,                    120, None,      Some(2)),
        Route::Metrics => limit("metrics", 0,                    120, None,      Some(2)),
        Route::Other =>   limit("other",   0,                    600, None,      Some(64)),
    }
}

impl Route {
    /// The route of a path.
    pub(super) fn of(path: &str) -> Self {
        match path {
            "/v1/sync" => Self::Sync,
            "/v1/enrol" => Self::Enrol,
            "/v1/release" => Self::Release,
            "/v1/glass" => Self::Glass,
            "/v1/blob" => Self::Blob,
            "/v1/live" => Self::Live,
            "/v1/console/sign-in"
            | "/v1/console/code"
            | "/v1/console/set-up"
            | "/v1/console/password"
            | "/v1/console/totp"
            | "/v1/console/recovery-codes" => Self::Proof,
            "/health" => Self::Health,
            "/ready" => Self::Ready,
            "/metrics" => Self::Metrics,
            path if path.starts_with("/v1/console/") => Self::Console,
            _ => Self::Other,
        }
    }

    /// Its row.
    pub(super) const fn limit(self) -> Limit {
        table(self)
    }

    /// Whether people use it, in JSON.
    pub(super) const fn is_console(self) -> bool {
        match self {
            Self::Proof | Self::Console => true,
            Self::Sync
            | Self::Enrol
            | Self::Release
            | Self::Glass
            | Self::Blob
            | Self::Live
            | Self::Health
            | Self::Ready
            | Self::Metrics
            | Self::Other => false,
        }
    }
}

/// An address as it is counted: a network of IPv6 counts as one, since whoever has one address of it has them all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Address {
    V4([u8; 4]),
    V6([u8; 8]),
}

impl Address {
    pub(super) fn of(ip: IpAddr) -> Self {
        match ip.to_canonical() {
            IpAddr::V4(ip) => Self::V4(ip.octets()),
            IpAddr::V6(ip) => {
                let [a, b, c, d, e, f, g, h, ..] = ip.octets();
                Self::V6([a, b, c, d, e, f, g, h])
            }
        }
    }

    pub(super) const fn bytes(&self) -> &[u8] {
        match self {
            Self::V4(bytes) => bytes,
            Self::V6(bytes) => bytes,
        }
    }
}

/// Which limit was reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reached {
    Address,
    Holder,
    AtOnce,
}

impl Reached {
    pub(super) const fn code(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::Holder => "holder",
            Self::AtOnce => "at_once",
        }
    }
}

type Key = (Route, [u8; 16]);

#[derive(Clone, Copy, Debug)]
struct Bucket {
    left: f64,
    at: Instant,
}

/// Buckets kept; about 4 MiB.
const BUCKETS_MAX: usize = 32_768;

/// In a minute every bucket is full again, and need not be kept.
const FULL_AFTER: Duration = Duration::from_secs(60);

/// Counts requests.
pub(super) struct Limiter {
    buckets: Mutex<BTreeMap<Key, Bucket>>,
    at_once: BTreeMap<Route, Semaphore>,
}

impl Limiter {
    /// `requests_max` bounds what the table leaves to the settings.
    pub(super) fn new(requests_max: usize) -> Self {
        Self {
            buckets: Mutex::default(),
            at_once: Route::ALL
                .into_iter()
                .map(|route| {
                    let most = route.limit().in_flight_max.unwrap_or(requests_max);
                    (route, Semaphore::new(most.min(Semaphore::MAX_PERMITS)))
                })
                .collect(),
        }
    }

    /// Room for one more request at once.
    pub(super) fn enter(&self, route: Route) -> Result<SemaphorePermit<'_>, Reached> {
        let places = self.at_once.get(&route).ok_or(Reached::AtOnce)?;
        places.try_acquire().map_err(|_| Reached::AtOnce)
    }

    /// Counts a request of an address.
    pub(super) fn count_address(
        &self,
        route: Route,
        address: Address,
        now: Instant,
    ) -> Result<(), Reached> {
        let per_minute = route.limit().per_minute_address;
        self.count(route, &[b"address", address.bytes()], per_minute, now)
            .map_err(|()| Reached::Address)
    }

    /// Counts a request of a seat or a session, by whatever it says that it is.
    pub(super) fn count_holder(
        &self,
        route: Route,
        holder: &[u8],
        address: Option<Address>,
        now: Instant,
    ) -> Result<(), Reached> {
        let Some(per_minute) = route.limit().per_minute_holder else {
            return Ok(());
        };
        let address = address.as_ref().map_or(&[][..], Address::bytes);
        self.count(route, &[b"holder", holder, address], per_minute, now)
            .map_err(|()| Reached::Holder)
    }

    fn count(
        &self,
        route: Route,
        parts: &[&[u8]],
        per_minute: u32,
        now: Instant,
    ) -> Result<(), ()> {
        let mut hasher = blake3::Hasher::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_be_bytes());
            hasher.update(part);
        }
        let mut key = [0; 16];
        hasher.finalize_xof().fill(&mut key);
        let most = f64::from(per_minute);
        // A thread that died while counting leaves nothing half-done that matters.
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        make_room(&mut buckets, (route, key), now);
        let bucket = buckets.entry((route, key)).or_insert(Bucket {
            left: most,
            at: now,
        });
        let seconds = now.saturating_duration_since(bucket.at).as_secs_f64();
        bucket.left = (bucket.left + seconds * most / 60.0).min(most);
        bucket.at = now;
        if bucket.left < 1.0 {
            return Err(());
        }
        bucket.left -= 1.0;
        Ok(())
    }
}

/// Lets go of buckets that are full again, or else of the one that was used longest ago.
fn make_room(buckets: &mut BTreeMap<Key, Bucket>, key: Key, now: Instant) {
    if buckets.len() < BUCKETS_MAX || buckets.contains_key(&key) {
        return;
    }
    buckets.retain(|_, bucket| now.saturating_duration_since(bucket.at) < FULL_AFTER);
    if buckets.len() >= BUCKETS_MAX {
        let oldest = buckets.iter().min_by_key(|(_, bucket)| bucket.at);
        if let Some(oldest) = oldest.map(|(key, _)| *key) {
            buckets.remove(&oldest);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

    use super::*;

    fn address(text: &str) -> Address {
        Address::of(text.parse().unwrap())
    }

    #[test]
    fn every_route_is_bounded_and_holders_sooner_than_addresses() {
        for (place, route) in Route::ALL.into_iter().enumerate() {
            let limit = route.limit();
            assert_eq!(route as usize, place, "{}", limit.name);
            assert!(Limiter::new(1).enter(route).is_ok(), "{}", limit.name);
            assert!(limit.per_minute_address > 0);
            let holder = limit.per_minute_holder.unwrap_or(0);
            assert!(holder * 10 <= limit.per_minute_address, "{}", limit.name);
        }
    }

    #[test]
    fn many_phones_behind_one_address_go_on_while_one_of_them_is_slowed() {
        let (limiter, now) = (Limiter::new(8), Instant::now());
        let shared = address("100.64.0.1");
        let ask = |seat: u32, at| {
            limiter.count_holder(Route::Sync, &seat.to_be_bytes(), Some(shared), at)
        };
        let through = (0..1_000).filter(|_| ask(0, now).is_ok()).count();
        assert_eq!(through, 600);
        assert_eq!(ask(0, now), Err(Reached::Holder));
        for seat in 1..500 {
            for _ in 0..10 {
                assert_eq!(limiter.count_address(Route::Sync, shared, now), Ok(()));
                assert_eq!(ask(seat, now), Ok(()));
            }
        }
        // A stranger elsewhere uses nobody's share up.
        let elsewhere = Some(address("203.0.113.9"));
        for _ in 0..700 {
            let _ = limiter.count_holder(Route::Sync, &7_u32.to_be_bytes(), elsewhere, now);
        }
        assert_eq!(ask(7, now), Ok(()));
        // Ten a second come back.
        let later = now + Duration::from_secs(1);
        assert_eq!((0..20).filter(|_| ask(0, later).is_ok()).count(), 10);
    }

    #[test]
    fn an_address_is_bounded_on_each_route_apart() {
        let (limiter, now) = (Limiter::new(8), Instant::now());
        let one = address("198.51.100.7");
        let count = |route| limiter.count_address(route, one, now);
        for _ in 0..120 {
            assert_eq!(count(Route::Enrol), Ok(()));
        }
        assert_eq!(count(Route::Enrol), Err(Reached::Address));
        assert_eq!(count(Route::Sync), Ok(()));
    }

    #[test]
    fn a_network_of_ipv6_is_one_address_and_a_mapped_one_is_ipv4() {
        assert_eq!(address("2001:db8::1"), address("2001:db8::ffff:2"));
        assert_ne!(address("2001:db8::1"), address("2001:db8:0:1::1"));
        assert_eq!(address("::ffff:192.0.2.1"), address("192.0.2.1"));
    }

    #[test]
    fn its_memory_is_bounded() {
        let (limiter, now) = (Limiter::new(8), Instant::now());
        for number in 0..BUCKETS_MAX as u32 + 100 {
            let one = Address::V4(number.to_be_bytes());
            let at = now + Duration::from_micros(u64::from(number));
            assert_eq!(limiter.count_address(Route::Sync, one, at), Ok(()));
        }
        assert_eq!(limiter.buckets.lock().unwrap().len(), BUCKETS_MAX);
    }

    #[test]
    fn only_so_many_are_worked_on_at_once() {
        let limiter = Limiter::new(2);
        let held = [limiter.enter(Route::Sync), limiter.enter(Route::Sync)];
        assert_eq!(limiter.enter(Route::Sync).err(), Some(Reached::AtOnce));
        assert!(limiter.enter(Route::Enrol).is_ok());
        drop(held);
        assert!(limiter.enter(Route::Sync).is_ok());
    }
}
