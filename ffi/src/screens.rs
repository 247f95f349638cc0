//! What screens show, for phones: `jangkau_core::screen` computed it; here it is converted. Codes stay codes, sentences are in the
//! language that the app asks for.

mod record;
mod today;

use std::time::SystemTime;

use jangkau_core::profile::words::Status;
use jangkau_core::screen::{self, form};
use jangkau_core::text::Language as CoreLanguage;

use crate::VaultError;
use crate::types::{instant, redacted};

pub use record::{ColleagueLine, RecordField, RecordScreen, ValueLine};
pub use today::{AppointmentLine, DailyLines, DueLine, NoticeLine, TodayScreen};

/// The languages of sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum Language {
    /// Indonesian.
    Indonesian,
    /// English.
    English,
}

impl From<Language> for CoreLanguage {
    fn from(language: Language) -> Self {
        match language {
            Language::Indonesian => Self::Indonesian,
            Language::English => Self::English,
        }
    }
}

/// A number to call.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct Hotline {
    /// Who answers.
    pub name: String,
    /// The number.
    pub number: String,
    /// When somebody answers, where that is known.
    pub hours: Option<String>,
}

/// Something that asks for attention.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct AttentionLine {
    /// Code of what it is.
    pub kind: String,
    /// The case.
    pub case_id: String,
    /// The command that it is about, if it is about one.
    pub command_id: Option<String>,
    /// What is so.
    pub says: String,
    /// What to do.
    pub what_to_do: String,
    /// Numbers to call, for danger that was not sent.
    pub numbers: Vec<Hotline>,
}

redacted!(AttentionLine);

impl From<screen::Attention> for AttentionLine {
    fn from(item: screen::Attention) -> Self {
        let numbers = item.numbers.into_iter().map(|line| Hotline {
            name: line.name,
            number: line.number,
            hours: line.hours,
        });
        Self {
            kind: item.kind.to_string(),
            case_id: item.case.to_string(),
            command_id: item.command.map(|id| id.to_string()),
            says: item.says,
            what_to_do: item.what_to_do,
            numbers: numbers.collect(),
        }
    }
}

/// A clock of a case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ClockLine {
    /// Its id in the profile.
    pub clock: String,
    /// Label, due date and how it stands.
    pub says: String,
    /// When it is due; none for a clock without a date.
    pub due: Option<SystemTime>,
    /// `overdue`, `due` or `later`; none for a clock without a date.
    pub urgency: Option<String>,
}

redacted!(ClockLine);

impl From<screen::ClockLine> for ClockLine {
    fn from(line: screen::ClockLine) -> Self {
        Self {
            clock: line.clock.to_string(),
            says: line.says,
            due: line.due.map(instant),
            urgency: line.urgency.map(|urgency| urgency.to_string()),
        }
    }
}

/// Declares a page of something: what it has, how many there are in all, and where the next page begins.
macro_rules! page {
    ($(#[$doc:meta])* $name:ident of $line:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
        pub struct $name {
            /// The lines of this page.
            pub lines: Vec<$line>,
            /// How many there are in all.
            pub total: u64,
            /// What to ask the next page with; none after the last.
            pub next: Option<u64>,
        }

        impl<T: Into<$line>> From<screen::Page<T>> for $name {
            fn from(page: screen::Page<T>) -> Self {
                Self {
                    lines: page.items.into_iter().map(Into::into).collect(),
                    total: page.total as u64,
                    next: page.next.map(|next| next as u64),
                }
            }
        }
    };
}
pub(crate) use page;

page!(
    /// Some of what asks for attention, what presses most first.
    AttentionScreen of AttentionLine
);
page!(
    /// Some of a case's timeline, the newest first.
    TimelineScreen of TimelineLine
);

page!(
    /// Some of the values that the legal fields of a case were given.
    HistoryScreen of ValueLine
);

page!(
    /// Some of the colleagues who work here, by name.
    ColleagueScreen of ColleagueLine
);

page!(
    /// Some of the dated clocks of own cases, what is due first at the top.
    DeadlineScreen of DueLine
);

fn each<T, U: From<T>>(lines: Vec<T>) -> Vec<U> {
    lines.into_iter().map(U::from).collect()
}

/// Which cases a list shows; all conditions must hold.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ListAsk {
    /// Only this person's.
    #[uniffi(default = false)]
    pub mine: bool,
    /// Only those with this code of status.
    #[uniffi(default = None)]
    pub status: Option<String>,
    /// Only those with something late.
    #[uniffi(default = false)]
    pub overdue: bool,
    /// Only those with something unsent.
    #[uniffi(default = false)]
    pub unsent: bool,
    /// Only those of which something that is held has these words.
    #[uniffi(default = None)]
    pub search: Option<String>,
}

redacted!(ListAsk);

impl TryFrom<ListAsk> for screen::ListFilter {
    type Error = VaultError;

    fn try_from(ask: ListAsk) -> Result<Self, VaultError> {
        let status: Option<Result<Status, _>> = ask.status.map(|code| code.parse());
        Ok(Self {
            mine: ask.mine,
            status: status.transpose().map_err(|_| VaultError::UnknownWord)?,
            overdue: ask.overdue,
            unsent: ask.unsent,
            search: ask.search,
        })
    }
}

/// One case of a list.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ListLine {
    /// The case.
    pub case_id: String,
    /// Its number in words, or that it has none yet.
    pub number: String,
    /// The client's name as held, or other words.
    pub name: String,
    /// Where it stands, in words.
    pub status: String,
    /// The clock that is due first.
    pub next_due: Option<ClockLine>,
    /// Code of how far this person's own work has come.
    pub sync: String,
    /// The same in words, with the reason where there is one.
    pub sync_words: String,
    /// The danger in words; none where there is none out of the ordinary.
    pub danger: Option<String>,
}

redacted!(ListLine);

impl From<screen::ListRow> for ListLine {
    fn from(row: screen::ListRow) -> Self {
        Self {
            case_id: row.case.to_string(),
            number: row.number_words,
            name: row.name,
            status: row.status_words,
            next_due: row.next_due.map(Into::into),
            sync: row.sync.to_string(),
            sync_words: row.sync_words,
            danger: row.danger_words,
        }
    }
}

/// Some cases of a list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct ListScreen {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// The cases, the most urgent first.
    pub lines: Vec<ListLine>,
    /// How many there are in all.
    pub total: u64,
    /// What to ask the next page with; none after the last.
    pub next: Option<u64>,
}

impl From<screen::ListPage> for ListScreen {
    fn from(page: screen::ListPage) -> Self {
        Self {
            practice: page.practice,
            lines: each(page.rows),
            total: page.total as u64,
            next: page.next.map(|next| next as u64),
        }
    }
}

/// A client's number or account.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct ContactLine {
    /// Number, safety, hours and code word in one sentence.
    pub says: String,
    /// Code of whether it may be used.
    pub safety: String,
    /// What may be dialled; none for a number that is never to be used.
    pub dial: Option<String>,
}

redacted!(ContactLine);

/// What stands above a case.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct HeaderScreen {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// Number and name.
    pub title: String,
    /// Status, responsible person, danger, marks, consent, papers: a sentence each.
    pub lines: Vec<String>,
    /// Code of the danger.
    pub danger: String,
    /// Contacts, each with whether it may be used.
    pub contacts: Vec<ContactLine>,
    /// Open clocks, the most urgent first.
    pub clocks: Vec<ClockLine>,
}

redacted!(HeaderScreen);

impl From<screen::Header> for HeaderScreen {
    fn from(header: screen::Header) -> Self {
        let contacts = header.contacts.into_iter().map(|line| ContactLine {
            says: line.says,
            safety: line.safety.to_string(),
            dial: line.dial,
        });
        Self {
            practice: header.practice,
            title: header.title,
            lines: header.lines,
            danger: header.danger.to_string(),
            contacts: contacts.collect(),
            clocks: each(header.clocks),
        }
    }
}

/// One line of a timeline, in words.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct TimelineLine {
    /// The command's id.
    pub id: String,
    /// Who wrote it.
    pub who: String,
    /// Their title.
    pub role: String,
    /// Who did it, if somebody else did.
    pub performed_by: Option<String>,
    /// The day on which it happened.
    pub day: String,
    /// The time at which it happened.
    pub time: String,
    /// When it was recorded and arrived, where that differs.
    pub way: Option<String>,
    /// What it is.
    pub what: String,
    /// What it is about.
    pub detail: Option<String>,
    /// The first words that the author wrote.
    pub quote: Option<String>,
    /// Code of the kind of command.
    pub kind: String,
    /// Code of how secret it is.
    pub secrecy: String,
    /// Code of how far it has come.
    pub sync: String,
    /// The same in words: on this phone only, sent, received, in review, refused.
    pub sync_words: String,
    /// What became of it, with the reason.
    pub verdict: String,
    /// What to do, where the verdict does not say it.
    pub what_to_do: Option<String>,
}

redacted!(TimelineLine);

impl From<screen::TimelineLine> for TimelineLine {
    fn from(line: screen::TimelineLine) -> Self {
        Self {
            id: line.id.to_string(),
            who: line.who,
            role: line.role,
            performed_by: line.performed_by,
            day: line.day,
            time: line.time,
            way: line.way,
            what: line.what,
            detail: line.detail,
            quote: line.quote,
            kind: line.kind.to_string(),
            secrecy: line.secrecy.to_string(),
            sync: line.sync.to_string(),
            sync_words: line.sync_words,
            verdict: line.verdict,
            what_to_do: line.what_to_do,
        }
    }
}

/// Something that may be chosen.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FormChoice {
    /// Its word.
    pub code: String,
    /// Its words for people.
    pub label: String,
}

/// A field of a form.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FormField {
    /// Its id.
    pub id: String,
    /// What it asks.
    pub label: String,
    /// Code of what it takes.
    pub kind: String,
    /// Whether a first contact asks it.
    pub first: bool,
    /// What stands there until somebody says otherwise.
    pub preset: Option<String>,
    /// Code of how secret what it records is; none for what stands on paper only.
    pub secrecy: Option<String>,
    /// What may be chosen.
    pub choices: Vec<FormChoice>,
}

/// A form, as the institution asks it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FormScreen {
    /// Its title.
    pub title: String,
    /// Its fields, in order.
    pub fields: Vec<FormField>,
}

impl From<form::Form> for FormScreen {
    fn from(form: form::Form) -> Self {
        let choice = |choice: form::Choice| FormChoice {
            code: choice.code,
            label: choice.label,
        };
        let fields = form.fields.into_iter().map(|field| FormField {
            id: field.id,
            label: field.label,
            kind: field.kind.to_string(),
            first: field.first,
            preset: field.preset,
            secrecy: field.secrecy.map(|secrecy| secrecy.to_string()),
            choices: field.choices.into_iter().map(choice).collect(),
        });
        Self {
            title: form.title,
            fields: fields.collect(),
        }
    }
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct FormFinding {
    /// The field.
    pub field: String,
    /// Whether it cannot be recorded so; otherwise somebody should look again.
    pub stops: bool,
    /// What is wrong, and what to do.
    pub says: String,
}

impl From<form::Finding> for FormFinding {
    fn from(found: form::Finding) -> Self {
        Self {
            field: found.field,
            stops: found.fault.weight() == form::Weight::Stops,
            says: found.says,
        }
    }
}
