//! Canaries, and looking for them: in bytes as they are, and in whatever unfolds out of them.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read as _;
use std::ops::Range;
use std::path::Path;

use data_encoding::BASE32_NOPAD;
use jangkau_core::access::ViewKind;
use jangkau_core::class::Class;
use rusqlite::Connection;
use rusqlite::types::ValueRef;

use crate::world::chance::Chance;
use crate::world::violation::{Checked, Violation, ensure};
use crate::world::watch::find;

/// All canaries begin alike, so that one pass over the bytes finds every one.
const FRONT: &[u8] = b"cnry";
/// Characters of a canary.
const LENGTH: usize = 28;
/// A Zstandard frame begins so.
const ZSTD: &[u8] = &[0x28, 0xb5, 0x2f, 0xfd];
/// Longest that a frame unfolds to, in bytes.
const UNFOLDED_MAX: u64 = 64 * 1024 * 1024;

/// Words that stand nowhere else.
pub(super) type Word = [u8; LENGTH];

/// What was planted under a word.
#[derive(Clone, Copy, Debug)]
pub(super) struct Canary {
    /// In which office.
    pub(super) office: usize,
    /// In which of its cases.
    pub(super) case: usize,
    /// In which class.
    pub(super) class: Class,
    /// By which seat.
    pub(super) author: usize,
    /// In a document of the author's own.
    pub(super) is_apart: bool,
    /// After everybody had lost what they lose.
    pub(super) is_late: bool,
    /// In something that was turned away: nobody but its author ever has it.
    pub(super) is_turned_away: bool,
    /// In which view the words stand, too.
    pub(super) view: Option<ViewKind>,
}

/// All that were planted.
#[derive(Default)]
pub(super) struct Canaries(BTreeMap<Word, Canary>);

impl Canaries {
    /// A word that is not known yet.
    pub(super) fn plant(&mut self, canary: Canary, chance: &mut Chance) -> String {
        let text = fresh_word(chance);
        let mut word = [0; LENGTH];
        word.copy_from_slice(text.as_bytes());
        self.0.insert(word, canary);
        text
    }

    /// What will be turned away.
    pub(super) fn turn_away(&mut self, text: &str) {
        let planted = self.0.iter_mut();
        for (_, canary) in planted.filter(|(word, _)| word.as_slice() == text.as_bytes()) {
            canary.is_turned_away = true;
        }
    }

    /// What was never written after all.
    pub(super) fn pull_out(&mut self, text: &str) {
        self.0.retain(|word, _| word != text.as_bytes());
    }

    pub(super) fn of(&self, office: usize) -> impl Iterator<Item = (&Word, &Canary)> {
        self.0
            .iter()
            .filter(move |(_, canary)| canary.office == office)
    }

    /// Words that are not of an office: of another, or planted nowhere.
    pub(super) fn foreign(
        &self,
        words: &BTreeSet<Word>,
        office: usize,
    ) -> impl Iterator<Item = (Word, Option<Canary>)> {
        let seen = words.iter().map(|word| (*word, self.get(word).copied()));
        seen.filter(move |(_, canary)| canary.is_none_or(|canary| canary.office != office))
    }

    pub(super) fn get(&self, word: &Word) -> Option<&Canary> {
        self.0.get(word)
    }
}

/// A word that stands nowhere yet. Whoever has it without its being planted has what nobody may have.
pub(super) fn fresh_word(chance: &mut Chance) -> String {
    format!("cnry{}", BASE32_NOPAD.encode(&chance.bytes::<15>()))
}

const fn is_letter(byte: &u8) -> bool {
    matches!(byte, b'A'..=b'Z' | b'2'..=b'7')
}

/// Searches what was logged: no word of a case stands there.
///
/// # Errors
/// When one does, or nothing was logged at all.
pub fn read_log(log: &Path) -> Checked<()> {
    let lines = std::fs::read(log).map_err(|error| Violation::broke("read the log", &error))?;
    ensure(!lines.is_empty(), "the server logs", String::new)?;
    let found = words_in(&lines).len();
    ensure(found == 0, "no word of a case is logged", || {
        format!("{found}")
    })
}

/// The canaries in some bytes and in every frame within them.
pub(super) fn words_in(bytes: &[u8]) -> BTreeSet<Word> {
    let mut found = BTreeSet::new();
    search(bytes, &mut found);
    found
}

/// Bytes of a frame that unfolds are searched as what they unfold to: packed, letters of several words may stand side by side.
fn search(bytes: &[u8], found: &mut BTreeSet<Word>) {
    let mut packed: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    while let Some(next) = find(&bytes[at..], ZSTD) {
        let start = at + next;
        let (inside, end) = unfold(bytes, start);
        search(&inside, found);
        packed.extend(end.map(|end| start..end));
        at = end.unwrap_or(start + ZSTD.len());
    }
    let mut at = 0;
    while let Some(next) = find(&bytes[at..], FRONT) {
        let start = at + next;
        at = start + FRONT.len();
        if packed.iter().any(|range| range.contains(&start)) {
            continue;
        }
        let word = bytes.get(start..start + LENGTH);
        // Four bytes of a hash may look like the front of one.
        let is_word = |word: &&[u8]| word[FRONT.len()..].iter().all(is_letter);
        let word = word.filter(is_word);
        found.extend(word.and_then(|word| Word::try_from(word).ok()));
    }
}

/// What unfolds from a place, and where it ends if it is a whole frame; of what is none, whatever came out.
fn unfold(bytes: &[u8], start: usize) -> (Vec<u8>, Option<usize>) {
    let mut inside = Vec::new();
    let Ok(frame) = zstd::stream::read::Decoder::with_buffer(&bytes[start..]) else {
        return (inside, None);
    };
    let mut frame = frame.single_frame();
    let read = frame.by_ref().take(UNFOLDED_MAX).read_to_end(&mut inside);
    let is_whole = read.is_ok_and(|length| (length as u64) < UNFOLDED_MAX);
    let end = bytes.len() - frame.finish().len();
    (inside, is_whole.then_some(end))
}

/// The canaries in a database: in its bytes as a disk has them, deleted pages included, and in each value, since a long one lies in pieces.
pub(super) fn words_in_database(image: &[u8]) -> Checked<BTreeSet<Word>> {
    let broke = |error: rusqlite::Error| Violation::broke("read a vault", &error);
    let mut found = words_in(image);
    let mut database = Connection::open_in_memory().map_err(broke)?;
    database
        .deserialize_read_exact("main", image, image.len(), true)
        .map_err(broke)?;
    let mut tables = database
        .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
        .map_err(broke)?;
    let names = tables.query_map([], |row| row.get(0)).map_err(broke)?;
    let names: Vec<String> = names.collect::<Result<_, _>>().map_err(broke)?;
    for name in names {
        let mut all = database
            .prepare(&format!("SELECT * FROM \"{name}\""))
            .map_err(broke)?;
        let columns = all.column_count();
        let mut rows = all.query([]).map_err(broke)?;
        while let Some(row) = rows.next().map_err(broke)? {
            for column in 0..columns {
                match row.get_ref(column).map_err(broke)? {
                    ValueRef::Text(bytes) | ValueRef::Blob(bytes) => search(bytes, &mut found),
                    ValueRef::Null | ValueRef::Integer(_) | ValueRef::Real(_) => {}
                }
            }
        }
    }
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests {
    use super::*;

    #[test]
    fn a_frame_holds_what_unfolds_from_it_and_what_stands_beside_it_is_found_as_it_is() {
        let text = |letter: char| format!("cnry{}", String::from(letter).repeat(24));
        let word = |letter| Word::try_from(text(letter).as_bytes()).unwrap();
        let inside = format!("{} dan {}", text('A'), text('B'));
        let frame = zstd::encode_all(inside.as_bytes(), 3).unwrap();
        let (after, last) = (text('C'), text('D'));
        let bytes = [b"cnry", &*frame, after.as_bytes(), ZSTD, last.as_bytes()].concat();
        assert_eq!(words_in(&bytes), ['A', 'B', 'C', 'D'].map(word).into());
        // What was cut is searched as far as it unfolds, and as it is.
        let cut = [&frame[..frame.len() - 3], text('E').as_bytes()].concat();
        assert!(words_in(&cut).contains(&word('E')));
    }
}
