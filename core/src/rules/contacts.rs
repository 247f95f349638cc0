//! Whether a client's numbers may be used (amendment C5): the safer word wins, and "jangan dihubungi" beats every edit by others.
//!
//! DEFAULT where the amendment is silent: a number of which nobody said anything, or which somebody called safe without having
//! heard it from the client in person, is one to ask about first.

use std::collections::BTreeMap;

use crate::command::{Command, CommandEntry, ContactSafety};
use crate::id::PersonId;
use crate::sync::ContactTold;

/// Whether two writings mean one contact: digits are compared without spaces and with `+62` as `0`, accounts without case.
#[must_use]
pub fn is_same_contact(one: &str, other: &str) -> bool {
    key_of(one) == key_of(other)
}

fn key_of(contact: &str) -> String {
    let trimmed = contact.trim();
    let is_number = trimmed
        .chars()
        .all(|c| c.is_ascii_digit() || " +-().".contains(c));
    if !is_number {
        return trimmed.to_lowercase();
    }
    let digits: String = trimmed.chars().filter(char::is_ascii_digit).collect();
    match digits.strip_prefix("62") {
        Some(rest) if trimmed.starts_with('+') || digits.len() > 9 => format!("0{rest}"),
        Some(_) | None => digits,
    }
}

/// What was said about one contact, in the order in which it was said.
#[derive(Default)]
struct Said<'a> {
    contact: &'a str,
    /// Each person's last word.
    words: BTreeMap<PersonId, ContactSafety>,
    /// The last word of all, as far as it counts.
    last: Option<ContactSafety>,
    is_confirmed: bool,
    hours: Option<&'a str>,
    code_word: Option<&'a str>,
}

impl Said<'_> {
    fn safety(&self) -> ContactSafety {
        let is_forbidden = self
            .words
            .values()
            .any(|word| *word == ContactSafety::DoNotContact);
        if is_forbidden {
            ContactSafety::DoNotContact
        } else {
            self.last.unwrap_or(ContactSafety::Ask)
        }
    }
}

/// The contacts that some commands of a case name, in the order in which they happened, each with what was said about its use.
#[must_use]
pub fn contacts_told<'a>(entries: impl IntoIterator<Item = &'a CommandEntry>) -> Vec<ContactTold> {
    let mut all: BTreeMap<String, Said<'_>> = BTreeMap::new();
    for entry in entries {
        if let Command::Register(register) = &entry.command
            && let Some(phone) = &register.phone
        {
            let said = all.entry(key_of(phone.as_str())).or_default();
            said.contact = phone.as_str();
        }
        take_word(entry, &mut all);
    }
    let told = |said: Said<'_>| ContactTold {
        contact: said.contact.to_owned(),
        safety: said.safety(),
        is_confirmed: said.is_confirmed,
        hours: said.hours.map(str::to_owned),
        code_word: said.code_word.map(str::to_owned),
    };
    all.into_values().map(told).collect()
}

fn take_word<'a>(entry: &'a CommandEntry, all: &mut BTreeMap<String, Said<'a>>) {
    let Command::SetContact(set) = &entry.command else {
        return;
    };
    let said = all.entry(key_of(set.contact.as_str())).or_default();
    said.contact = set.contact.as_str();
    // Safe is only what the client said to somebody's face.
    let word = match set.safety {
        ContactSafety::Safe if !set.in_person => ContactSafety::Ask,
        heard @ (ContactSafety::Safe | ContactSafety::Ask | ContactSafety::DoNotContact) => heard,
    };
    let who = entry.stamp.performed_by.unwrap_or(entry.stamp.by);
    said.words.insert(who, word);
    said.last = Some(word);
    said.is_confirmed = word == ContactSafety::Safe;
    if let Some(hours) = &set.hours {
        said.hours = Some(hours.as_str());
    }
    if let Some(code_word) = &set.code_word {
        said.code_word = Some(code_word.as_str());
    }
}
