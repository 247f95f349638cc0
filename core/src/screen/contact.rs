//! Whether a number may be used (amendment C5): the safer word wins, and "jangan dihubungi" beats every edit by others.
//!
//! DEFAULT where the amendment is silent: a number of which nobody said anything, or which somebody called safe without having
//! heard it from the client in person, is one to ask about first.

use std::collections::BTreeMap;

use super::{CaseSeen, Viewer};
use crate::command::{Command, ContactSafety};
use crate::id::PersonId;
use crate::replica::TimelineItem;
use crate::text;

/// A client's number or account, and whether it may be used.
#[derive(Clone, PartialEq, Eq)]
pub struct ContactLine {
    /// As it was written.
    pub contact: String,
    /// Whether it may be used.
    pub safety: ContactSafety,
    /// What a screen offers to dial; nothing for a number that is never to be used.
    pub dial: Option<String>,
    /// Whether the system itself may send to it (survey link, reminder): only after the client said in person that it is safe.
    pub may_send: bool,
    /// When to call.
    pub hours: Option<String>,
    /// A word by which the client is recognised.
    pub code_word: Option<String>,
    /// Number, safety, hours and code word in one sentence.
    pub says: String,
}

redacted!(ContactLine);

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

/// The contacts of a case that are held here, each with whether it may be used.
#[must_use]
pub fn contacts(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<ContactLine> {
    let mut all: BTreeMap<String, Said<'_>> = BTreeMap::new();
    for item in &case.items {
        if let Command::Register(register) = &item.entry.command
            && let Some(phone) = &register.phone
        {
            let said = all.entry(key_of(phone.as_str())).or_default();
            said.contact = phone.as_str();
        }
        take_word(item, &mut all);
    }
    all.into_values().map(|said| line(viewer, &said)).collect()
}

fn take_word<'a>(item: &'a TimelineItem, all: &mut BTreeMap<String, Said<'a>>) {
    let Command::SetContact(set) = &item.entry.command else {
        return;
    };
    let said = all.entry(key_of(set.contact.as_str())).or_default();
    said.contact = set.contact.as_str();
    // Safe is only what the client said to somebody's face.
    let word = match set.safety {
        ContactSafety::Safe if !set.in_person => ContactSafety::Ask,
        heard @ (ContactSafety::Safe | ContactSafety::Ask | ContactSafety::DoNotContact) => heard,
    };
    let who = item.stamp.performed_by.unwrap_or(item.stamp.by);
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

/// A contact and whether it may be used.
pub(super) fn told(viewer: &Viewer<'_>, contact: &str, safety: ContactSafety) -> String {
    let word = text::contact_safety(viewer.language, safety);
    viewer.say("screen-contact", &[("contact", contact), ("safety", &word)])
}

fn line(viewer: &Viewer<'_>, said: &Said<'_>) -> ContactLine {
    let safety = said.safety();
    let mut says = told(viewer, said.contact, safety);
    let more = [
        ("screen-contact_hours", said.hours),
        ("screen-contact_code_word", said.code_word),
    ];
    for (key, value) in more {
        if let Some(value) = value {
            says = format!("{says}; {}", viewer.say(key, &[("value", value)]));
        }
    }
    ContactLine {
        contact: said.contact.to_owned(),
        safety,
        dial: (safety != ContactSafety::DoNotContact).then(|| said.contact.to_owned()),
        may_send: safety == ContactSafety::Safe && said.is_confirmed,
        hours: said.hours.map(str::to_owned),
        code_word: said.code_word.map(str::to_owned),
        says,
    }
}
