//! Records and enums as phones see them, converted by hand. What holds personal data never shows it in Debug.

use jangkau_core::command;
use jangkau_core::record::{Line, Prose, TextTooLong};
use jangkau_core::replica::{Fate, Synced, TimelineItem};
use jangkau_core::rules::Verdict;

/// Declares the phone's side of a closed vocabulary; a new word in the core breaks the build here.
macro_rules! mirror {
    ($(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
        pub enum $name { $( $(#[$vdoc])* $variant ),+ }

        impl From<$name> for command::$name {
            fn from(value: $name) -> Self {
                match value { $( $name::$variant => Self::$variant ),+ }
            }
        }

        impl From<command::$name> for $name {
            fn from(value: command::$name) -> Self {
                match value { $( command::$name::$variant => Self::$variant ),+ }
            }
        }
    };
}

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

mirror!(
    /// How the client's need reached the office.
    Channel {
        /// Came to the office.
        WalkIn,
        /// Called the volunteer of a kecamatan.
        VolunteerHotline,
        /// Wrote on Instagram.
        Instagram,
        /// Consults online.
        Online,
        /// Called the hotline.
        Hotline,
        /// Sent by another organisation with a letter.
        ReferredIn,
        /// The office went to the family.
        ProactiveOutreach,
        /// The public registration link.
        PublicLink,
    }
);
mirror!(
    /// Who applies.
    ApplicantKind {
        /// One person.
        Person,
        /// A family.
        Family,
        /// A community organisation.
        CommunityOrg,
        /// A professional body.
        ProfessionalBody,
        /// A government agency.
        Agency,
    }
);
mirror!(
    /// Where a visit took place.
    VisitPlace {
        /// At the family's home.
        Home,
        /// At the office.
        Office,
        /// By telephone.
        Phone,
        /// Somewhere else.
        Elsewhere,
    }
);
mirror!(
    /// How urgent a danger is.
    SafetyLevel {
        /// Immediate danger.
        P1,
        /// Within 72 hours.
        P2,
        /// The ordinary clocks.
        P3,
    }
);

/// A new case, as a form gives it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct NewCase {
    /// How the need arrived.
    pub channel: Channel,
    /// Who applies.
    pub applicant: ApplicantKind,
    /// Name, where known.
    pub name: Option<String>,
    /// The problem in the client's words.
    pub problem: Option<String>,
    /// Where the client is or can be found.
    pub place: Option<String>,
    /// Telephone.
    pub phone: Option<String>,
    /// Danger seen at first contact.
    pub danger: Option<SafetyLevel>,
}

redacted!(NewCase);

/// A visit, as a form gives it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct NewVisit {
    /// Where.
    pub place: VisitPlace,
    /// Whether the client was met.
    pub met: bool,
    /// What was seen and done.
    pub observation: String,
    /// Danger seen.
    pub danger: Option<SafetyLevel>,
    /// What comes next.
    pub next_step: Option<String>,
    /// When it took place, in milliseconds since 1970-01-01T00:00:00Z.
    pub occurred_at_ms: i64,
}

redacted!(NewVisit);

fn line(text: Option<String>) -> Result<Option<Line>, TextTooLong> {
    text.map(Line::new).transpose()
}

impl TryFrom<NewCase> for command::Register {
    type Error = TextTooLong;

    fn try_from(form: NewCase) -> Result<Self, TextTooLong> {
        Ok(Self {
            channel: form.channel.into(),
            applicant: form.applicant.into(),
            report_received_at: None,
            problem: form.problem.map(Prose::new).transpose()?,
            place: line(form.place)?,
            phone: line(form.phone)?,
            domiciled: None,
            kecamatan: None,
            helper: None,
            danger: form.danger.map(Into::into),
            name: line(form.name)?,
            nik: None,
            family_card: None,
            birth_date: None,
            sex: None,
            address: None,
            reporter: None,
        })
    }
}

impl TryFrom<NewVisit> for command::RecordVisit {
    type Error = TextTooLong;

    fn try_from(form: NewVisit) -> Result<Self, TextTooLong> {
        Ok(Self {
            place: form.place.into(),
            met: form.met,
            observation: Prose::new(form.observation)?,
            danger: form.danger.map(Into::into),
            ended_at: None,
            next_step: line(form.next_step)?,
        })
    }
}

/// One case of the list.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct CaseLine {
    /// Its id.
    pub id: String,
    /// Code of its status; none before the server has judged.
    pub status: Option<String>,
    /// Own commands without a verdict.
    pub pending: u64,
}

/// What became of a command, with codes of the rules.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum FateLine {
    /// Saved here only.
    OnDevice,
    /// The server waits for what it depends on.
    Waiting,
    /// The server has it; no verdict yet.
    Admitted,
    /// A fact.
    Recorded {
        /// Marks on it.
        flags: Vec<String>,
    },
    /// A decision that stands.
    Committed,
    /// A decision that does not.
    Refused {
        /// Why.
        reason: String,
    },
    /// A decision that waits for a head.
    NeedsReview {
        /// Why.
        reason: String,
    },
    /// It may not enter history; its content is kept here.
    TurnedAway {
        /// Why.
        reason: String,
    },
}

impl From<Fate> for FateLine {
    fn from(fate: Fate) -> Self {
        match fate {
            Fate::OnDevice => Self::OnDevice,
            Fate::Waiting => Self::Waiting,
            Fate::Admitted => Self::Admitted,
            Fate::Judged(Verdict::Committed) => Self::Committed,
            Fate::Judged(Verdict::Refused(reason)) => Self::Refused {
                reason: reason.to_string(),
            },
            Fate::Judged(Verdict::NeedsReview(reason)) => Self::NeedsReview {
                reason: reason.to_string(),
            },
            Fate::Judged(Verdict::Recorded(flags)) => Self::Recorded {
                flags: flags.iter().map(ToString::to_string).collect(),
            },
            Fate::TurnedAway(reason) => Self::TurnedAway {
                reason: reason.to_string(),
            },
        }
    }
}

/// One line of a case's timeline.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct TimelineLine {
    /// The command's id.
    pub id: String,
    /// Code of its kind.
    pub kind: String,
    /// Who wrote it.
    pub by: String,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    pub occurred_at_ms: i64,
    /// When the server received it.
    pub received_at_ms: Option<i64>,
    /// What was seen and done, for a visit.
    pub observation: Option<String>,
    /// What became of it.
    pub fate: FateLine,
}

redacted!(TimelineLine);

impl From<TimelineItem> for TimelineLine {
    fn from(item: TimelineItem) -> Self {
        let observation = if let command::Command::RecordVisit(visit) = &item.entry.command {
            Some(visit.observation.as_str().to_owned())
        } else {
            None
        };
        Self {
            id: item.id.to_string(),
            kind: item.kind.to_string(),
            by: item.stamp.by.to_string(),
            occurred_at_ms: item.stamp.occurred_at.as_millis(),
            received_at_ms: item.received_at.map(|at| at.as_millis()),
            observation,
            fate: item.fate.into(),
        }
    }
}

/// What one exchange did.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct SyncOutcome {
    /// Ask again at once.
    pub again: bool,
    /// Rows that were read.
    pub rows: u64,
    /// Commands that need attention: they were turned away.
    pub turned_away: Vec<String>,
}

impl From<Synced> for SyncOutcome {
    fn from(synced: Synced) -> Self {
        Self {
            again: synced.again,
            rows: synced.rows as u64,
            turned_away: synced.turned_away.iter().map(ToString::to_string).collect(),
        }
    }
}

/// What a refusal of a whole request asks of the app.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RefusalOutcome {
    /// Its code; `docs/PROTOCOL.md` lists them.
    pub code: String,
    /// Ask again at once.
    pub again: bool,
}
