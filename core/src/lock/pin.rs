//! PINs: what a person types to open their vault. Six digits are little; what holds is that tries are counted and happen on the device.

use thiserror::Error;
use zeroize::Zeroizing;

/// Fewest digits of a PIN. DEFAULT, `notes` of the threat model: six.
const DIGITS_MIN: usize = 6;

/// Most digits: what a person can still type.
const DIGITS_MAX: usize = 16;

/// Why a text is not taken as a new PIN.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum PinFault {
    /// Fewer than six digits.
    #[error("a PIN has at least six digits")]
    TooShort,
    /// More than sixteen.
    #[error("a PIN has at most sixteen digits")]
    TooLong,
    /// Something else than digits.
    #[error("a PIN has digits only")]
    NotDigits,
    /// One that anybody tries first.
    #[error("a PIN that is guessed at once")]
    Trivial,
}

/// A PIN; wiped when it is dropped.
pub struct Pin(Zeroizing<Vec<u8>>);

impl std::fmt::Debug for Pin {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Pin(…)")
    }
}

impl Pin {
    /// A PIN as it is typed.
    ///
    /// # Errors
    /// [`PinFault`]; a trivial one is no PIN of any vault, so it costs no try.
    pub fn new(text: &str) -> Result<Self, PinFault> {
        let digits = text.as_bytes();
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(PinFault::NotDigits);
        }
        if digits.len() < DIGITS_MIN {
            return Err(PinFault::TooShort);
        }
        if digits.len() > DIGITS_MAX {
            return Err(PinFault::TooLong);
        }
        if is_run(digits) || is_repeated(digits) {
            return Err(PinFault::Trivial);
        }
        Ok(Self(Zeroizing::new(digits.to_vec())))
    }

    /// The digits.
    pub(super) fn digits(&self) -> &[u8] {
        &self.0
    }
}

/// Whether each digit follows the one before by the same step of one, up or down, also over the nine.
fn is_run(digits: &[u8]) -> bool {
    [1, 9].into_iter().any(|step| {
        digits
            .windows(2)
            .all(|pair| (pair[0] - b'0' + step) % 10 == pair[1] - b'0')
    })
}

/// Whether it is one, two or three digits over and over.
fn is_repeated(digits: &[u8]) -> bool {
    (1..=3).any(|length| {
        digits
            .iter()
            .skip(length)
            .eq(digits.iter().take(digits.len() - length))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_anybody_tries_first_is_no_pin() {
        for (text, expected) in [
            ("24680", Some(PinFault::TooShort)),
            ("", Some(PinFault::TooShort)),
            ("12345678901234567", Some(PinFault::TooLong)),
            ("12a456", Some(PinFault::NotDigits)),
            ("١٢٣٤٥٦", Some(PinFault::NotDigits)),
            ("000000", Some(PinFault::Trivial)),
            ("99999999", Some(PinFault::Trivial)),
            ("123456", Some(PinFault::Trivial)),
            ("654321", Some(PinFault::Trivial)),
            ("890123", Some(PinFault::Trivial)),
            ("210987", Some(PinFault::Trivial)),
            ("121212", Some(PinFault::Trivial)),
            ("1212121", Some(PinFault::Trivial)),
            ("123123", Some(PinFault::Trivial)),
            ("123457", None),
            ("271828", None),
            ("31415926", None),
        ] {
            assert_eq!(Pin::new(text).err(), expected, "{text}");
        }
        assert_eq!(format!("{:?}", Pin::new("271828").unwrap()), "Pin(…)");
    }
}
