//! What a screen shows of a client's contacts; what may be used follows from the facts ([`crate::rules::contacts_told`]).

use super::{CaseSeen, Viewer};
use crate::class::Class;
use crate::command::ContactSafety;
use crate::rules::{contacts_told, is_same_contact};
use crate::sync::{ContactTold, View};
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

/// The contacts of a case that are held here, each with whether it may be used; where nothing of them is held, what the server tells of
/// them.
#[must_use]
pub fn contacts(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<ContactLine> {
    let mut held = contacts_told(case.items.iter().map(|item| &item.entry));
    if !case.classes.contains(&Class::Intake) {
        for told in case.view.views.iter().flat_map(contacts_of) {
            if !held
                .iter()
                .any(|held| is_same_contact(&held.contact, &told.contact))
            {
                held.push(told.clone());
            }
        }
    }
    held.iter().map(|said| line(viewer, said)).collect()
}

fn contacts_of(view: &View) -> &[ContactTold] {
    match view {
        View::Contact(told) => told,
        View::Masked(_)
        | View::Metadata(_)
        | View::Summary(_)
        | View::Aftercare(_)
        | View::Conference(_) => &[],
    }
}

/// A contact and whether it may be used.
pub(super) fn told(viewer: &Viewer<'_>, contact: &str, safety: ContactSafety) -> String {
    let word = text::contact_safety(viewer.language, safety);
    viewer.say("screen-contact", &[("contact", contact), ("safety", &word)])
}

fn line(viewer: &Viewer<'_>, said: &ContactTold) -> ContactLine {
    let safety = said.safety;
    let mut says = told(viewer, &said.contact, safety);
    let more = [
        ("screen-contact_hours", &said.hours),
        ("screen-contact_code_word", &said.code_word),
    ];
    for (key, value) in more {
        if let Some(value) = value {
            says = format!("{says}; {}", viewer.say(key, &[("value", value)]));
        }
    }
    ContactLine {
        contact: said.contact.clone(),
        safety,
        dial: (safety != ContactSafety::DoNotContact).then(|| said.contact.clone()),
        may_send: safety == ContactSafety::Safe && said.is_confirmed,
        hours: said.hours.clone(),
        code_word: said.code_word.clone(),
        says,
    }
}
