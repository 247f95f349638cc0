//! Numbers that carry more than a number: NIK, No. KK, region codes (LK3.md 4.2).

use chrono::{Datelike as _, NaiveDate};

use crate::command::Sex;

/// What a NIK says of its bearer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Nik {
    pub(super) sex: Sex,
    day: u32,
    month: u32,
    year_in_century: u32,
    pub(super) has_serial: bool,
}

/// The digits of a number that people write in groups.
fn digits(written: &str) -> Option<String> {
    let is_filler = |c: char| c == ' ' || c == '.' || c == '-';
    let digits: String = written.chars().filter(|c| !is_filler(*c)).collect();
    digits.chars().all(|c| c.is_ascii_digit()).then_some(digits)
}

/// The sixteen digits of a NIK or a No. KK.
pub(super) fn sixteen(written: &str) -> Option<String> {
    digits(written).filter(|digits| digits.len() == 16)
}

fn two(digits: &str, at: usize) -> u32 {
    digits
        .get(at..at + 2)
        .and_then(|pair| pair.parse().ok())
        .unwrap_or(0)
}

/// Whether day and month stand in a year of some century: 29 February needs a leap year, and every two digits have one.
fn is_day(day: u32, month: u32, year_in_century: u32) -> bool {
    [1900, 2000].iter().any(|century| {
        i32::try_from(century + year_in_century)
            .ok()
            .and_then(|year| NaiveDate::from_ymd_opt(year, month, day))
            .is_some()
    })
}

impl Nik {
    /// Reads sixteen digits; none where there is no such day in any century. Women's days count from 41.
    pub(super) fn read(sixteen: &str) -> Option<Self> {
        let written = two(sixteen, 6);
        let (sex, day) = match written.checked_sub(40) {
            Some(day) if day > 0 => (Sex::Female, day),
            Some(_) | None => (Sex::Male, written),
        };
        let (month, year_in_century) = (two(sixteen, 8), two(sixteen, 10));
        is_day(day, month, year_in_century).then(|| Self {
            sex,
            day,
            month,
            year_in_century,
            has_serial: sixteen.get(12..) != Some("0000"),
        })
    }

    /// Whether somebody who was born then has such a NIK; the century is not in it.
    pub(super) fn agrees(&self, birth: NaiveDate) -> bool {
        let year = u32::try_from(birth.year().rem_euclid(100)).unwrap_or(0);
        (birth.day(), birth.month(), year) == (self.day, self.month, self.year_in_century)
    }
}

/// Whether the date of issue in a No. KK can be.
pub(super) fn is_family_card_dated(sixteen: &str) -> bool {
    is_day(two(sixteen, 6), two(sixteen, 8), two(sixteen, 10))
}

/// Whether this could be called: 3 digits (an emergency number) to 15, with what people write between them. An account is not a
/// number and is not looked at.
pub(super) fn is_phone(written: &str) -> bool {
    let is_account = written.chars().any(char::is_alphabetic) || written.contains('@');
    let is_filler = |c: char| " .-()+".contains(c);
    let digits: String = written.chars().filter(|c| !is_filler(*c)).collect();
    let is_digits = digits.chars().all(|c| c.is_ascii_digit());
    is_account || (is_digits && (3..=15).contains(&digits.len()))
}

/// A Kemendagri region code as it is shown, with dots: `5271` and `52.71` are the same (C13). None for what is no such code.
#[must_use]
pub fn dotted_region(written: &str) -> Option<String> {
    let digits: String = written.trim().chars().filter(|c| *c != '.').collect();
    if !digits.chars().all(|c| c.is_ascii_digit()) {
        return None;
    }
    let lengths: &[usize] = match digits.len() {
        2 => &[2],
        4 => &[2, 2],
        6 => &[2, 2, 2],
        10 => &[2, 2, 2, 4],
        _ => return None,
    };
    let mut at = 0;
    let mut groups = Vec::new();
    for length in lengths {
        groups.push(digits.get(at..at + length)?);
        at += length;
    }
    Some(groups.join("."))
}
