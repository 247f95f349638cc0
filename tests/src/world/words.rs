//! Words: small texts and numbers that people write.

use jangkau_core::command::SafetyLevel;
use jangkau_core::record::{Line, Prose};

use super::chance::Chance;

const NAMES: &[&str] = &["Ibu Sari", "Bapak Wayan", "Nur", "Made", "Keluarga Lestari"];
const WORDS: &[&str] = &[
    "klien", "hadir", "tenang", "anak", "sekolah", "suami", "pindah", "kontrak", "rumah", "sepakat",
];

/// Some words.
pub(super) fn words(count: usize, chance: &mut Chance) -> String {
    let drawn: Vec<&str> = (0..count)
        .filter_map(|_| chance.pick(WORDS).copied())
        .collect();
    drawn.join(" ")
}

/// A short text.
pub(super) fn line(chance: &mut Chance) -> Option<Line> {
    let count = 1 + chance.below(6);
    Line::new(words(count, chance)).ok()
}

/// A note.
pub(super) fn prose(chance: &mut Chance) -> Option<Prose> {
    // Most notes are short; now and then somebody writes pages.
    let count = if chance.per_mille(30) {
        900
    } else {
        3 + chance.below(25)
    };
    Prose::new(words(count, chance)).ok()
}

/// A danger, once in a while.
pub(super) fn danger(chance: &mut Chance) -> Option<SafetyLevel> {
    if chance.per_mille(120) {
        chance.pick(SafetyLevel::ALL).copied()
    } else {
        None
    }
}

/// A number of so many digits.
pub(super) fn digits(count: usize, chance: &mut Chance) -> Option<Line> {
    let text: String = (0..count)
        .map(|_| char::from(b'0' + chance.below(10) as u8))
        .collect();
    Line::new(text).ok()
}

/// A value for about `share` of a thousand.
pub(super) fn maybe<T>(
    share: u32,
    chance: &mut Chance,
    draw: impl FnOnce(&mut Chance) -> Option<T>,
) -> Option<T> {
    let value = draw(chance);
    if chance.per_mille(share) { value } else { None }
}

/// A name.
pub(super) fn name(chance: &mut Chance) -> Option<Line> {
    let name = chance.pick(NAMES)?;
    Line::new(*name).ok()
}

/// The kecamatan of a world's office.
pub(super) const KECAMATAN: &[&str] = &["Utara", "Selatan", "Tengah"];

/// One of them.
pub(super) fn kecamatan(chance: &mut Chance) -> Option<Line> {
    chance
        .pick(KECAMATAN)
        .and_then(|area| Line::new(*area).ok())
}
