//! The institution's phones, tablets and desks.

use serde::{Deserialize, Deserializer, de::Error as _};

/// Most days of a lease: beyond, a lost phone would be read for a season.
const LEASE_DAYS_MAX: u16 = 90;

/// How devices are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Devices {
    /// Days for which a device may be read after the server last heard of it. DEFAULT: 14; no standard speaks of it.
    #[serde(default = "lease_days", deserialize_with = "days")]
    pub lease_days: u16,
}

const fn lease_days() -> u16 {
    14
}

impl Default for Devices {
    fn default() -> Self {
        Self {
            lease_days: lease_days(),
        }
    }
}

impl Devices {
    /// How long a lease runs, in milliseconds.
    #[must_use]
    pub const fn lease_millis(self) -> i64 {
        self.lease_days as i64 * 24 * 3_600_000
    }
}

fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    let days = u16::deserialize(deserializer)?;
    if (1..=LEASE_DAYS_MAX).contains(&days) {
        Ok(days)
    } else {
        Err(D::Error::custom(format!(
            "a lease has 1 to {LEASE_DAYS_MAX} days, not {days}"
        )))
    }
}

#[cfg(test)]
mod tests {
    use crate::profile::{Profile, shipped_files};

    #[test]
    fn a_lease_has_fourteen_days_unless_the_office_says_otherwise() {
        let file = shipped_files()[0].toml;
        let with = |days: &str| {
            let text = format!("{file}\n[devices]\nlease_days = {days}\n");
            Profile::parse(&text).map(|profile| profile.devices.lease_days)
        };
        assert_eq!(Profile::parse(file).unwrap().devices.lease_days, 14);
        assert_eq!(with("7"), Ok(7));
        assert_eq!(with("90"), Ok(90));
        for wrong in ["0", "91", "-1", "'seven'"] {
            assert!(with(wrong).is_err(), "{wrong}");
        }
    }
}
