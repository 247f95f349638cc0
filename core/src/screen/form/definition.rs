//! The file of forms, parsed once: whatever it names is there, or the file is refused.

use std::sync::OnceLock;

use serde::{Deserialize, Deserializer, de::Error as _};

use super::{Choice, FormId};
use crate::class::Class;
use crate::code::codes;
use crate::command::{CommandKind, FieldInfo};
use crate::profile::Profile;
use crate::profile::words::Guard;
use crate::record::FieldShape;

codes!(
    /// What a field takes.
    FieldKind {
        /// One line of words.
        Line = "line",
        /// Prose.
        Prose = "prose",
        /// A whole number.
        Number = "number",
        /// A date.
        Date = "date",
        /// Date and time.
        Instant = "instant",
        /// Yes or no.
        Flag = "flag",
        /// One of some words.
        Choice = "choice",
        /// Some of some words.
        Choices = "choices",
        /// A colleague.
        Person = "person",
        /// Colleagues.
        People = "people",
        /// Something that was recorded on the case.
        Command = "command",
        /// Several of such.
        Commands = "commands",
        /// Another case.
        Case = "case",
        /// The papers that the profile asks for, each there, not there, or to follow.
        Papers = "papers",
        /// A signature or thumbprint, on paper.
        Signature = "signature",
    }
);

codes!(
    /// How an answer is checked.
    Check {
        /// 16 digits with a plausible date inside (LK3.md 4.2).
        Nik = "nik",
        /// 16 digits with a plausible date of issue inside.
        FamilyCard = "family_card",
        /// A telephone number, unless it is an account.
        Phone = "phone",
        /// A Kemendagri code, with or without dots (C13).
        RegionCode = "region_code",
        /// A date that has come.
        DateNotFuture = "date_not_future",
        /// An instant that has come.
        NotFuture = "not_future",
        /// An instant that has not passed.
        NotPast = "not_past",
        /// More than zero.
        Positive = "positive",
        /// Zero or more.
        Count = "count",
        /// A usual length in minutes.
        Minutes = "minutes",
        /// 1 to 4 (LK3.md 10).
        SurveyAnswer = "survey_answer",
    }
);

codes!(
    /// Which list of the profile limits the choices, or gives them.
    ChoiceSource {
        /// How cases arrive.
        Channels = "channels",
        /// What services may be chosen.
        Services = "services",
        /// Who may apply.
        Applicants = "applicants",
        /// The kecamatan of its volunteers, by name.
        Areas = "areas",
        /// The papers that it asks for.
        Papers = "papers",
    }
);

codes!(
    /// What a profile may ask for.
    ProfileAsk {
        /// That the client lives in its area (S1:22).
        Domicile = "asks_domicile",
        /// A reason for sessions beyond the planned (S1:67).
        PlannedSessions = "plans_sessions",
        /// A least number of sessions.
        SessionMinimum = "session_minimum",
        /// The kecamatan where the client lives: its volunteers serve some each (S0:15).
        Areas = "has_areas",
    }
);

impl ProfileAsk {
    fn holds(self, profile: &Profile) -> bool {
        match self {
            Self::Domicile => profile.eligibility.domicile_region.is_some(),
            Self::Areas => !profile.areas.is_empty(),
            Self::PlannedSessions => profile.sessions.planned.is_some(),
            Self::SessionMinimum => profile
                .transition(CommandKind::Terminate)
                .is_some_and(|transition| transition.guards.contains(&Guard::SessionMinimum)),
        }
    }
}

codes!(
    /// The fields of a command's stamp that a form may fill.
    StampField {
        /// When it happened.
        OccurredAt = "occurred_at",
        /// Who did it.
        PerformedBy = "performed_by",
    }
);

/// What a field fills.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    /// A field of a command, by its name.
    Command(CommandKind, FieldInfo),
    /// A field of the stamp.
    Stamp(StampField),
}

impl<'de> Deserialize<'de> for Fill {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let unknown = || D::Error::custom(format!("`{text}` is no field of a command"));
        let (owner, name) = text.split_once('.').ok_or_else(unknown)?;
        if owner == "stamp" {
            return name.parse().map(Self::Stamp).map_err(|_| unknown());
        }
        let kind: CommandKind = owner.parse().map_err(|_| unknown())?;
        let field = kind.fields().into_iter().find(|field| field.name == name);
        Ok(Self::Command(kind, field.ok_or_else(unknown)?))
    }
}

/// When something holds. A small closed set, no language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Condition {
    /// Always.
    Always,
    /// Never.
    #[default]
    Never,
    /// If the profile asks for it.
    Profile(ProfileAsk),
    /// If the answer to another field is, or has among its words, one of these.
    Is {
        /// The other field.
        field: String,
        /// The words.
        is: Vec<String>,
    },
    /// If another field is filled, or if it is not.
    Filled {
        /// The other field.
        field: String,
        /// Which of both.
        filled: bool,
    },
}

impl Condition {
    /// The condition once the profile is known.
    pub(super) fn in_profile(&self, profile: &Profile) -> Self {
        match self {
            Self::Profile(ask) if ask.holds(profile) => Self::Always,
            Self::Profile(_) => Self::Never,
            Self::Always | Self::Never | Self::Is { .. } | Self::Filled { .. } => self.clone(),
        }
    }

    /// The other field that it looks at.
    #[must_use]
    pub fn field(&self) -> Option<&str> {
        match self {
            Self::Is { field, .. } | Self::Filled { field, .. } => Some(field),
            Self::Always | Self::Never | Self::Profile(_) => None,
        }
    }
}

impl<'de> Deserialize<'de> for Condition {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Written {
            Word(String),
            Is { field: String, is: Vec<String> },
            Filled { field: String, filled: bool },
        }
        Ok(match Written::deserialize(deserializer)? {
            Written::Word(word) => match word.as_str() {
                "always" => Self::Always,
                "never" => Self::Never,
                other => Self::Profile(
                    other
                        .parse()
                        .map_err(|_| D::Error::custom(format!("`{other}` is no condition")))?,
                ),
            },
            Written::Is { field, is } => Self::Is { field, is },
            Written::Filled { field, filled } => Self::Filled { field, filled },
        })
    }
}

/// A field as the file defines it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FieldDefinition {
    /// Its id within the form.
    pub id: String,
    /// What it takes.
    pub kind: FieldKind,
    /// What it fills; empty for what stands on the printed form only.
    #[serde(default)]
    pub fills: Vec<Fill>,
    /// The key of its label, where it is not its own.
    #[serde(default)]
    pub label: Option<String>,
    /// Whether a first contact asks it (C11).
    #[serde(default)]
    pub first: bool,
    /// When it has to be filled.
    #[serde(default)]
    pub required: Condition,
    /// When it is asked at all.
    #[serde(default = "always")]
    pub shown: Condition,
    /// What stands there until somebody says otherwise.
    #[serde(default)]
    pub preset: Option<String>,
    /// How the answer is checked.
    #[serde(default)]
    pub check: Option<Check>,
    /// The beginning of the keys of its words in the catalogue.
    #[serde(default)]
    pub words: Option<String>,
    /// The list of the profile that limits its choices, or gives them.
    #[serde(default)]
    pub choices: Option<ChoiceSource>,
    /// The words that may be chosen, where that is not every word of what it fills.
    #[serde(default)]
    pub offers: Vec<String>,
}

const fn always() -> Condition {
    Condition::Always
}

impl FieldDefinition {
    /// The key of its label.
    #[must_use]
    pub fn label_key(&self, form: FormId) -> String {
        self.label
            .clone()
            .unwrap_or_else(|| format!("field-{form}-{}", self.id))
    }

    /// What the profile itself names and labels for it to be chosen; none where the words are ours.
    pub(super) fn own_choices(&self, profile: &Profile) -> Option<Vec<Choice>> {
        let named = |code: &str, label: &str| Choice {
            code: code.to_owned(),
            label: label.to_owned(),
        };
        match self.choices {
            Some(ChoiceSource::Areas) => {
                let areas = profile.areas.iter();
                Some(areas.map(|area| named(&area.name, &area.name)).collect())
            }
            Some(ChoiceSource::Papers) => {
                let papers = profile.requirements.iter();
                Some(
                    papers
                        .map(|paper| named(paper.id.as_str(), &paper.label))
                        .collect(),
                )
            }
            Some(ChoiceSource::Channels | ChoiceSource::Services | ChoiceSource::Applicants)
            | None => None,
        }
    }

    /// The words that may be chosen: those that it offers, or all of what it fills.
    pub(super) fn codes(&self) -> Vec<&str> {
        if self.offers.is_empty() {
            return self.filled_codes().to_vec();
        }
        self.offers.iter().map(String::as_str).collect()
    }

    /// The words of what it fills.
    pub(super) fn filled_codes(&self) -> &'static [&'static str] {
        let shapes = self.fills.iter().filter_map(|fill| match fill {
            Fill::Command(_, field) => Some(field.shape),
            Fill::Stamp(_) => None,
        });
        let mut codes = shapes.filter_map(|shape| match shape {
            FieldShape::Code(codes) | FieldShape::Set(&FieldShape::Code(codes)) => Some(codes),
            FieldShape::Words
            | FieldShape::SharedText
            | FieldShape::TextEdit
            | FieldShape::Number
            | FieldShape::Instant
            | FieldShape::Flag
            | FieldShape::Command
            | FieldShape::Person
            | FieldShape::Digest
            | FieldShape::Set(_) => None,
        });
        codes.next().unwrap_or_default()
    }
}

/// A form as the file defines it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FormDefinition {
    /// Which.
    pub id: FormId,
    /// The class of what it records.
    #[serde(default)]
    pub class: Option<Class>,
    /// Its fields, in order.
    pub fields: Vec<FieldDefinition>,
}

impl FormDefinition {
    /// The commands that it fills.
    pub(super) fn commands(&self) -> std::collections::BTreeSet<CommandKind> {
        let fills = self.fields.iter().flat_map(|field| &field.fills);
        fills
            .filter_map(|fill| match fill {
                Fill::Command(kind, _) => Some(*kind),
                Fill::Stamp(_) => None,
            })
            .collect()
    }
}

/// The form that asks for a field of a command, and as what; the first, where several do. None where no form asks it.
#[must_use]
pub fn definition_of(
    kind: CommandKind,
    info: FieldInfo,
) -> Option<(FormId, &'static FieldDefinition)> {
    let fill = Fill::Command(kind, info);
    definitions().iter().find_map(|form| {
        let mut fields = form.fields.iter();
        let field = fields.find(|field| field.fills.contains(&fill))?;
        Some((form.id, field))
    })
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    form: Vec<FormDefinition>,
}

/// The file, parsed.
///
/// # Errors
/// What the file says that cannot be.
pub(super) fn parse(text: &str) -> Result<Vec<FormDefinition>, toml::de::Error> {
    toml::from_str::<File>(text).map(|file| file.form)
}

/// The file that ships with the core.
pub(super) const FILE: &str = include_str!("../../../data/forms.toml");

/// The forms, read once for the whole program. A file that does not parse would give none; the tests see to it that it does.
#[must_use]
pub fn definitions() -> &'static [FormDefinition] {
    static FORMS: OnceLock<Vec<FormDefinition>> = OnceLock::new();
    FORMS.get_or_init(|| parse(FILE).unwrap_or_default())
}
