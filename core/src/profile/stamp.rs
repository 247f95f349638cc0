//! A profile's file under another version: what the office wrote stays as it is, byte by byte.

use chrono::NaiveDate;

use super::Profile;

impl Profile {
    /// The same file with another version and first day; none if it has no place for them.
    #[must_use]
    pub fn stamped(text: &str, version: u32, valid_from: NaiveDate) -> Option<String> {
        let root = toml::de::DeTable::parse(text).ok()?;
        let span_of = |key: &str| {
            let mut entries = root.get_ref().iter();
            let found = entries.find(|(name, _)| name.get_ref().as_ref() == key);
            found.map(|(_, value)| value.span())
        };
        let mut values = [
            (span_of("version")?, version.to_string()),
            (span_of("valid_from")?, format!("\"{valid_from}\"")),
        ];
        // From the back, so that the places before stay right.
        values.sort_by_key(|(span, _)| std::cmp::Reverse(span.start));
        let mut stamped = text.to_owned();
        for (span, value) in values {
            stamped.replace_range(span, &value);
        }
        Some(stamped)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
    use super::*;

    #[test]
    fn only_version_and_first_day_change() {
        for file in crate::profile::shipped_files() {
            let before = Profile::parse(file.toml).unwrap();
            let day = "2027-01-04".parse().unwrap();
            let text = Profile::stamped(file.toml, 12, day).unwrap();
            let after = Profile::parse(&text).unwrap();
            assert_eq!((after.version, after.valid_from), (12, day));
            let same = Profile::stamped(&text, before.version, before.valid_from);
            assert_eq!(same.as_deref(), Some(file.toml));
        }
        let day = "2027-01-04".parse().unwrap();
        assert_eq!(Profile::stamped("version = 1", 2, day), None);
    }
}
