//! A copy for the client of what is kept of them (UU 27/2022 art. 32), with what may not be in it left out (art. 33).
//!
//! What is never copied is decided here by class and by no argument: who reported (K7), a psychologist's or practitioner's own
//! notes (K4, K5), connections with other cases. Words of those are masked where somebody repeated them elsewhere. Staff are named by
//! their role. What was left out is told by kind, and nothing of it.

use std::collections::{BTreeMap, BTreeSet};

use chrono_tz::Tz;

use crate::class::Class;
use crate::code::codes;
use crate::command::{CommandKind, PlacedRecord};
use crate::profile::words::Role;
use crate::record::{FieldShape, Scalar};
use crate::text::{self, Language};
use crate::time::Timestamp;

codes!(
    /// What was left out of a copy, and why.
    LeftOut {
        /// Who reported (K7).
        Reporter = "reporter",
        /// A psychologist's or session leader's notes (K4).
        Notes = "notes",
        /// A practitioner's notes (K5).
        Practitioner = "practitioner",
        /// A hidden address or a safety plan (K6).
        Safety = "safety",
        /// Who other people are.
        Others = "others",
        /// Connections with other cases.
        Links = "links",
        /// It was erased.
        Erased = "erased",
    }
);

/// One thing that was recorded, as the server has it.
#[derive(Clone, Debug)]
pub struct ExportItem {
    /// What.
    pub kind: CommandKind,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// What its author was.
    pub roles: BTreeSet<Role>,
    /// Its records, of every class.
    pub records: Vec<PlacedRecord>,
    /// Whether something of it was erased.
    pub is_erased: bool,
}

/// What a person decided about a copy before it was made.
#[derive(Clone, Debug)]
pub struct ExportTerms {
    /// The language.
    pub language: Language,
    /// The institution's zone.
    pub zone: Tz,
    /// Names and numbers of other people, such as members of the family: they are masked wherever they stand.
    pub others: Vec<String>,
    /// Whether a head said that the client, who is not the perpetrator, may have the hidden address.
    pub with_address: bool,
}

/// One thing of a copy.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct ExportLine {
    /// When, by the office's clock.
    pub at: String,
    /// What, in words.
    pub what: String,
    /// By whom: a role.
    pub by: String,
    /// Field by field.
    pub fields: Vec<(String, String)>,
}

/// A copy for the client.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize)]
pub struct Export {
    /// What was recorded, in the order in which it happened.
    pub lines: Vec<ExportLine>,
    /// What was left out: how often, by kind.
    pub left_out: BTreeMap<LeftOut, usize>,
    /// The same for reading: plain text.
    #[serde(skip)]
    pub text: String,
}

/// What stands for what is masked.
const MASK: &str = "[…]";

/// Shorter words than this are not masked: they would take half of every sentence with them.
const MASKED_CHARS_MIN: usize = 3;

/// Digits of a NIK or a No. KK.
const NIK_DIGITS: usize = 16;

/// Fields that name somebody else than the client.
const OTHERS: &[(&str, &str)] = &[("register", "helper")];

/// Whether a class may be copied for the client. No argument but the address says anything here.
const fn stays(class: Class, with_address: bool) -> Result<(), LeftOut> {
    match class {
        Class::Intake | Class::Record | Class::Sessions | Class::Summary | Class::Activity => {
            Ok(())
        }
        Class::Safety if with_address => Ok(()),
        Class::Safety => Err(LeftOut::Safety),
        Class::Notes => Err(LeftOut::Notes),
        Class::Practitioner => Err(LeftOut::Practitioner),
        Class::Reporter => Err(LeftOut::Reporter),
        Class::Links => Err(LeftOut::Links),
    }
}

/// Makes a copy for the client.
#[must_use]
pub fn export(items: &[ExportItem], terms: &ExportTerms) -> Export {
    let mut items: Vec<&ExportItem> = items.iter().collect();
    items.sort_by_key(|item| item.occurred_at);
    let masked = Masked::of(&items, terms);
    let mut left_out = BTreeMap::new();
    let mut lines = Vec::new();
    for item in items {
        if item.is_erased {
            count(&mut left_out, LeftOut::Erased);
            continue;
        }
        let Some(fields) = fields_of(item, terms, &masked, &mut left_out) else {
            continue;
        };
        lines.push(ExportLine {
            at: text::instant(terms.language, item.occurred_at, terms.zone),
            what: text::command(terms.language, item.kind),
            by: by_role(item, terms.language),
            fields,
        });
    }
    let text = written(&lines, &left_out, terms.language);
    Export {
        lines,
        left_out,
        text,
    }
}

fn count(left_out: &mut BTreeMap<LeftOut, usize>, kind: LeftOut) {
    *left_out.entry(kind).or_insert(0) += 1;
}

fn by_role(item: &ExportItem, language: Language) -> String {
    let roles = item.roles.iter().map(|role| text::role(language, *role));
    roles.collect::<Vec<_>>().join(", ")
}

/// The fields of a thing that may be copied; none if no record of it may.
fn fields_of(
    item: &ExportItem,
    terms: &ExportTerms,
    masked: &Masked,
    left_out: &mut BTreeMap<LeftOut, usize>,
) -> Option<Vec<(String, String)>> {
    let infos = item.kind.fields();
    let mut shown = None;
    for placed in &item.records {
        if let Err(kind) = stays(placed.class, terms.with_address) {
            count(left_out, kind);
            continue;
        }
        let fields: &mut Vec<(String, String)> = shown.get_or_insert_default();
        for (key, value) in placed.record.iter() {
            let mut of_record = infos.iter();
            let info =
                of_record.find(|info| info.collection == placed.collection && info.key == key);
            // The stamp is told apart.
            let Some(info) = info else { continue };
            if OTHERS.contains(&(placed.collection.as_str(), key)) {
                count(left_out, LeftOut::Others);
                continue;
            }
            let Some(said) = said(value, info.shape, terms) else {
                continue;
            };
            let (said, is_masked) = masked.apply(&said);
            if is_masked {
                count(left_out, LeftOut::Others);
            }
            fields.push((info.name.replace('_', " "), said));
        }
    }
    shown
}

/// A value in words; nothing for ids, which tell the client nothing.
fn said(value: &Scalar, shape: FieldShape, terms: &ExportTerms) -> Option<String> {
    match (value, shape) {
        (Scalar::Str(words) | Scalar::Text(words), _) => Some(words.clone()),
        (Scalar::Int(at), FieldShape::Instant) => {
            let at = Timestamp::from_millis(*at);
            Some(text::instant(terms.language, at, terms.zone))
        }
        (Scalar::Int(number), _) => Some(number.to_string()),
        (Scalar::Bool(yes), _) => {
            let key = if *yes { "export-yes" } else { "export-no" };
            Some(text::text(terms.language, key, &[]))
        }
        (Scalar::Bytes(_) | Scalar::Edit(_), _) => None,
    }
}

/// The words that are masked wherever they stand.
struct Masked {
    words: BTreeSet<String>,
    own_numbers: BTreeSet<String>,
}

impl Masked {
    /// Other people as named, and all that stands in records which are not copied: somebody may have repeated it.
    fn of(items: &[&ExportItem], terms: &ExportTerms) -> Self {
        let mut words: BTreeSet<String> = terms.others.iter().cloned().collect();
        let mut own_numbers = BTreeSet::new();
        for item in items {
            for placed in &item.records {
                let is_copied = stays(placed.class, terms.with_address).is_ok();
                for (key, value) in placed.record.iter() {
                    let (Scalar::Str(said) | Scalar::Text(said)) = value else {
                        continue;
                    };
                    let is_other = OTHERS.contains(&(placed.collection.as_str(), key));
                    if !is_copied || is_other {
                        words.insert(said.trim().to_owned());
                    }
                    if matches!(placed.collection.as_str(), "nik" | "family_card") {
                        own_numbers.insert(said.clone());
                    }
                }
            }
        }
        words.retain(|word| word.chars().count() >= MASKED_CHARS_MIN);
        Self { words, own_numbers }
    }

    /// The words with what is masked taken out, and whether there was any.
    fn apply(&self, said: &str) -> (String, bool) {
        let mut masked = said.to_owned();
        // The longest first, so that no part of a name is left standing.
        let mut words: Vec<&String> = self.words.iter().collect();
        words.sort_by_key(|word| std::cmp::Reverse(word.len()));
        for word in words {
            masked = without_word(&masked, word);
        }
        masked = self.without_numbers(&masked);
        let is_masked = masked != said;
        (masked, is_masked)
    }

    /// Numbers as long as a NIK are other people's, unless they are the client's own.
    fn without_numbers(&self, said: &str) -> String {
        let mut left = String::new();
        let mut digits = String::new();
        for c in said.chars().chain(std::iter::once('\0')) {
            if c.is_ascii_digit() {
                digits.push(c);
                continue;
            }
            let is_other = digits.len() == NIK_DIGITS && !self.own_numbers.contains(&digits);
            left.push_str(if is_other { MASK } else { &digits });
            digits.clear();
            if c != '\0' {
                left.push(c);
            }
        }
        left
    }
}

/// A text without a word, however it is capitalised.
fn without_word(said: &str, word: &str) -> String {
    let folded: Vec<(usize, String)> = said
        .char_indices()
        .map(|(at, c)| (at, c.to_lowercase().collect()))
        .collect();
    let wanted: Vec<String> = word.chars().map(|c| c.to_lowercase().collect()).collect();
    let mut left = String::new();
    let mut at = 0;
    while let Some((byte, _)) = folded.get(at) {
        let window = folded.iter().skip(at).map(|(_, c)| c);
        let is_here = !wanted.is_empty()
            && folded.len() - at >= wanted.len()
            && window.zip(&wanted).all(|(here, wanted)| here == wanted);
        if is_here {
            left.push_str(MASK);
            at += wanted.len();
        } else {
            let end = folded.get(at + 1).map_or(said.len(), |(next, _)| *next);
            left.push_str(said.get(*byte..end).unwrap_or_default());
            at += 1;
        }
    }
    left
}

fn written(
    lines: &[ExportLine],
    left_out: &BTreeMap<LeftOut, usize>,
    language: Language,
) -> String {
    let mut text = text::text(language, "export-title", &[]);
    text.push_str("\n\n");
    for line in lines {
        text.push_str(&format!("{} — {} ({})\n", line.at, line.what, line.by));
        for (name, value) in &line.fields {
            text.push_str(&format!("    {name}: {value}\n"));
        }
    }
    if !left_out.is_empty() {
        text.push('\n');
        text.push_str(&text::text(language, "export-left_out", &[]));
        text.push('\n');
        for kind in left_out.keys() {
            text.push_str(&format!("  - {}\n", text::left_out(language, *kind)));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::record::Record;

    fn item(kind: CommandKind, records: &[(Class, &str, &str, &str)]) -> ExportItem {
        let placed = records.iter().map(|(class, collection, key, words)| {
            let mut record = Record::default();
            record.put(key, Scalar::Str((*words).to_owned()));
            PlacedRecord {
                class: *class,
                collection: (*collection).to_owned(),
                record,
            }
        });
        ExportItem {
            kind,
            occurred_at: Timestamp::from_millis(1_795_399_200_000),
            roles: BTreeSet::from([Role::SocialWorker]),
            records: placed.collect(),
            is_erased: false,
        }
    }

    fn terms(with_address: bool, others: &[&str]) -> ExportTerms {
        ExportTerms {
            language: Language::Indonesian,
            zone: chrono_tz::Asia::Jakarta,
            others: others.iter().map(|word| (*word).to_owned()).collect(),
            with_address,
        }
    }

    fn case() -> Vec<ExportItem> {
        vec![
            item(
                CommandKind::Register,
                &[
                    (
                        Class::Intake,
                        "register",
                        "problem",
                        "Diadukan Bu Kenari Tujuh.",
                    ),
                    (Class::Intake, "register", "helper", "Kenari Satu"),
                    (Class::Intake, "nik", "value", "3672010101010001"),
                    (Class::Intake, "name", "value", "Ibu Aminah"),
                    (Class::Reporter, "reporter", "name", "Kenari Tujuh"),
                ],
            ),
            item(
                CommandKind::RecordSession,
                &[
                    (Class::Sessions, "session", "mode", "in_person"),
                    (Class::Notes, "session_note", "note", "KENARI-EMPAT"),
                ],
            ),
            item(
                CommandKind::HideAddress,
                &[(Class::Safety, "hidden_address", "address", "Jalan Kenari 6")],
            ),
            item(
                CommandKind::RecordVisit,
                &[(
                    Class::Record,
                    "visit",
                    "observation",
                    "Suami, Budi Santoso (3672010202020002), pulang ke Jalan Kenari 6. Katanya: kenari-empat.",
                )],
            ),
            item(
                CommandKind::LinkFamily,
                &[(Class::Links, "family_link", "reason", "KENARI-DUA-BELAS")],
            ),
        ]
    }

    #[test]
    fn no_argument_puts_notes_or_reporters_into_a_copy() {
        for with_address in [false, true] {
            for others in [&[][..], &["Budi Santoso"]] {
                let copy = export(&case(), &terms(with_address, others));
                let all = format!("{}{:?}", copy.text, copy.lines).to_lowercase();
                for canary in [
                    "kenari-empat",
                    "kenari tujuh",
                    "kenari satu",
                    "kenari-dua-belas",
                ] {
                    assert!(
                        !all.contains(canary),
                        "{canary} with {with_address} {others:?}"
                    );
                }
                assert_eq!(all.contains("jalan kenari 6"), with_address);
                assert_eq!(all.contains("budi santoso"), others.is_empty());
                assert!(!all.contains("3672010202020002"));
                assert!(all.contains("3672010101010001"));
                assert!(all.contains("ibu aminah"));
                let kinds = [
                    LeftOut::Notes,
                    LeftOut::Reporter,
                    LeftOut::Others,
                    LeftOut::Links,
                ];
                for kind in kinds {
                    assert!(copy.left_out.contains_key(&kind), "{kind}");
                }
                assert_eq!(copy.left_out.contains_key(&LeftOut::Safety), !with_address);
            }
        }
    }

    #[test]
    fn what_was_erased_is_told_and_not_shown() {
        let mut items = case();
        for item in &mut items {
            item.is_erased = true;
        }
        let copy = export(&items, &terms(true, &[]));
        assert!(copy.lines.is_empty());
        assert_eq!(
            copy.left_out,
            BTreeMap::from([(LeftOut::Erased, items.len())])
        );
    }
}
