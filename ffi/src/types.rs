//! What the records of phones have in common.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use jangkau_core::time::Timestamp;

/// Shows the name of a record and none of its fields, in every language's way of showing a value: Python's `str` and
/// Swift's descriptions take Display, the rest Debug.
macro_rules! redacted {
    ($name:ident) => {
        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(concat!(stringify!($name), "(…)"))
            }
        }
    };
}

pub(crate) use redacted;

/// An instant as the languages know it; the epoch for one that no system can name.
pub(crate) fn instant(at: Timestamp) -> SystemTime {
    let distance = Duration::from_millis(at.as_millis().unsigned_abs());
    let at = if at.as_millis() < 0 {
        UNIX_EPOCH.checked_sub(distance)
    } else {
        UNIX_EPOCH.checked_add(distance)
    };
    at.unwrap_or(UNIX_EPOCH)
}

/// The nearest millisecond: Swift's dates are fractions. None for what is too far away.
pub(crate) fn timestamp(at: SystemTime) -> Option<Timestamp> {
    let millis = |distance: Duration| {
        let micros = distance.as_micros().saturating_add(500);
        i64::try_from(micros / 1_000).ok()
    };
    match at.duration_since(UNIX_EPOCH) {
        Ok(after) => millis(after).map(Timestamp::from_millis),
        Err(before) => millis(before.duration()).map(|millis| Timestamp::from_millis(-millis)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_survive_the_way_there_and_back() {
        for millis in [0, 1, -1, 1_700_000_000_123, -1_700_000_000_123] {
            let at = Timestamp::from_millis(millis);
            assert_eq!(timestamp(instant(at)), Some(at));
        }
        let fraction = UNIX_EPOCH + Duration::from_nanos(1_700_000_000_122_999_904);
        assert_eq!(
            timestamp(fraction),
            Some(Timestamp::from_millis(1_700_000_000_123))
        );
        assert_eq!(
            instant(Timestamp::from_millis(i64::MIN)),
            instant(Timestamp::from_millis(i64::MIN))
        );
    }
}
