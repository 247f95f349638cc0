//! What an institution sets of breaking glass.

use serde::Deserialize;

/// Hours for which broken glass stands open (section 9: 24). An office may have it shorter, never longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "u32")]
pub struct GlassHours(u32);

impl GlassHours {
    /// The most, and the DEFAULT.
    pub const MOST: u32 = 24;

    /// In milliseconds.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        i64::from(self.0) * 60 * 60 * 1_000
    }
}

impl TryFrom<u32> for GlassHours {
    type Error = &'static str;

    fn try_from(hours: u32) -> Result<Self, Self::Error> {
        if (1..=Self::MOST).contains(&hours) {
            Ok(Self(hours))
        } else {
            Err("hours is 1 to 24")
        }
    }
}

impl Default for GlassHours {
    fn default() -> Self {
        Self(Self::MOST)
    }
}

/// How long what was opened in an emergency may be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Glass {
    /// Hours for which broken glass stands open.
    #[serde(default)]
    pub hours: GlassHours,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_may_have_it_shorter_and_never_longer() {
        let hours = |text: &str| toml::from_str::<Glass>(text).map(|glass| glass.hours.as_millis());
        assert_eq!(hours(""), Ok(24 * 3_600_000));
        assert_eq!(hours("hours = 4"), Ok(4 * 3_600_000));
        for wrong in ["hours = 0", "hours = 25"] {
            assert!(hours(wrong).is_err(), "{wrong}");
        }
    }
}
