//! Kemendagri's codes of regions.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, de::Error as _};

/// The code of a province (2 digits), a regency or city (4), a district (6) or a village (10). `5271` and `52.71` are the
/// same code; it is shown with dots (amendment C13).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionCode(String);

/// The text is no code of a region.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("a region code has 2, 4, 6 or 10 digits, such as 52.71")]
pub struct NoRegionCode;

impl RegionCode {
    /// Whether the other region is this one or lies within it.
    #[must_use]
    pub fn holds(&self, other: &Self) -> bool {
        other.0.starts_with(&self.0)
    }
}

impl FromStr for RegionCode {
    type Err = NoRegionCode;

    fn from_str(text: &str) -> Result<Self, NoRegionCode> {
        let digits: String = text.chars().filter(|c| *c != '.').collect();
        let is_code = matches!(digits.len(), 2 | 4 | 6 | 10)
            && digits.bytes().all(|byte| byte.is_ascii_digit());
        let code = Self(digits);
        // Dots are all there, each at its place, or left out.
        let has_dots = text.contains('.');
        if is_code && (!has_dots || code.to_string() == text) {
            Ok(code)
        } else {
            Err(NoRegionCode)
        }
    }
}

impl fmt::Display for RegionCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = [(0, 2), (2, 4), (4, 6), (6, 10)];
        let parts = parts.iter().filter_map(|(from, to)| self.0.get(*from..*to));
        f.write_str(&parts.collect::<Vec<_>>().join("."))
    }
}

impl<'de> Deserialize<'de> for RegionCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse()
            .map_err(|error| D::Error::custom(format!("`{text}`: {error}")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dotted_and_plain_codes_are_the_same() {
        let check = |text: &str, shown: Option<&str>| {
            let code = text.parse::<RegionCode>().map(|code| code.to_string());
            assert_eq!(code.ok().as_deref(), shown, "{text}");
        };
        check("5271", Some("52.71"));
        check("52.71", Some("52.71"));
        check("64", Some("64"));
        check("52.71.01.1003", Some("52.71.01.1003"));
        check("5271011003", Some("52.71.01.1003"));
        check("5.271", None);
        check("52.", None);
        check("527", None);
        check("52.7a", None);
        check("", None);
        assert_eq!("5271".parse::<RegionCode>(), "52.71".parse());
        let within = |one: &str, other: &str| {
            let (one, other) = (one.parse::<RegionCode>(), other.parse::<RegionCode>());
            one.is_ok_and(|one| other.is_ok_and(|other| one.holds(&other)))
        };
        assert!(within("64", "64.72"));
        assert!(!within("64.72", "64"));
        assert!(!within("64", "65.71"));
    }
}
