//! Looking at answers before anything is recorded.

use chrono::{DateTime, NaiveDate};

use super::numbers::{Nik, dotted_region, is_family_card_dated, is_phone, sixteen};
use super::{Answers, Check, Condition, FieldKind, Form, FormField};
use crate::code::codes;
use crate::command::{PaperState, Sex};
use crate::record::{Line, Prose};
use crate::text::text;
use crate::time::Timestamp;

codes!(
    /// What can be wrong with an answer.
    FieldFault {
        /// It has to be filled.
        Missing = "missing",
        /// More characters than the field may hold.
        TooLong = "too_long",
        /// Not among the choices.
        UnknownChoice = "unknown_choice",
        /// Not a whole number.
        NotANumber = "not_a_number",
        /// Not a date.
        NotADate = "not_a_date",
        /// Not an instant.
        NotAnInstant = "not_an_instant",
        /// Neither yes nor no.
        NotAFlag = "not_a_flag",
        /// A NIK of another length, or with other characters.
        NikDigits = "nik_digits",
        /// No such day in a NIK.
        NikDate = "nik_date",
        /// A NIK without a serial number.
        NikSerial = "nik_serial",
        /// A NIK of the other sex.
        NikSex = "nik_sex",
        /// A NIK of another birth date.
        NikBirthDate = "nik_birth_date",
        /// A No. KK of another length, or with other characters.
        FamilyCardDigits = "family_card_digits",
        /// No such day in a No. KK.
        FamilyCardDate = "family_card_date",
        /// Not like a telephone number.
        PhoneShape = "phone_shape",
        /// Not a region code.
        RegionShape = "region_shape",
        /// A date that has not come.
        InFuture = "in_future",
        /// An instant that has not come, by the device's clock.
        TimeInFuture = "time_in_future",
        /// An instant that has passed.
        InPast = "in_past",
        /// Zero or less.
        NotPositive = "not_positive",
        /// Less than zero.
        Negative = "negative",
        /// An unusual length.
        OddMinutes = "odd_minutes",
        /// Not 1 to 4.
        SurveyRange = "survey_range",
    }
);

/// What a finding does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    /// It cannot be recorded so.
    Stops,
    /// It can; somebody should look again.
    Warns,
}

impl FieldFault {
    /// What it does. A number on a card never stops anybody, nor does the device's clock.
    #[must_use]
    pub const fn weight(self) -> Weight {
        match self {
            Self::Missing
            | Self::TooLong
            | Self::UnknownChoice
            | Self::NotANumber
            | Self::NotADate
            | Self::NotAnInstant
            | Self::NotAFlag
            | Self::RegionShape
            | Self::InFuture
            | Self::NotPositive
            | Self::Negative
            | Self::SurveyRange => Weight::Stops,
            Self::NikDigits
            | Self::NikDate
            | Self::NikSerial
            | Self::NikSex
            | Self::NikBirthDate
            | Self::FamilyCardDigits
            | Self::FamilyCardDate
            | Self::PhoneShape
            | Self::TimeInFuture
            | Self::InPast
            | Self::OddMinutes => Weight::Warns,
        }
    }
}

/// What is wrong with an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The field.
    pub field: String,
    /// What it is.
    pub fault: FieldFault,
    /// The same in words, with what to do.
    pub says: String,
}

/// Longest session that is still usual, in minutes.
const MINUTES_USUAL_MAX: i64 = 240;

impl Form {
    /// Looks at the answers, in the order of the fields. With `first_contact` only what a first contact asks has to be filled, and what a
    /// filled field needs beside it.
    #[must_use]
    pub fn check(&self, answers: &Answers, first_contact: bool, now: Timestamp) -> Vec<Finding> {
        let mut findings = Vec::new();
        for field in &self.fields {
            let fault = match field.answer(answers) {
                Some(answer) => self.fault_of(field, answer, answers, now),
                None if self.is_needed(field, answers, first_contact) => Some(FieldFault::Missing),
                None => None,
            };
            findings.extend(fault.map(|fault| Finding {
                field: field.id.clone(),
                fault,
                says: text(self.language, &format!("fault-{fault}"), &[]),
            }));
        }
        findings
    }

    fn is_needed(&self, field: &FormField, answers: &Answers, first_contact: bool) -> bool {
        match &field.required {
            Condition::Always => field.first || !first_contact,
            Condition::Never | Condition::Profile(_) => false,
            Condition::Is { field, is } => answer(answers, field)
                .is_some_and(|said| said.split(' ').any(|word| is.iter().any(|one| one == word))),
            Condition::Filled { field, filled } => answer(answers, field).is_some() == *filled,
        }
    }

    fn fault_of(
        &self,
        field: &FormField,
        said: &str,
        answers: &Answers,
        now: Timestamp,
    ) -> Option<FieldFault> {
        kind_fault(field, said).or_else(|| match field.check? {
            Check::Nik => nik_fault(said, answers),
            Check::FamilyCard => family_card_fault(said),
            Check::Phone => (!is_phone(said)).then_some(FieldFault::PhoneShape),
            Check::RegionCode => dotted_region(said)
                .is_none()
                .then_some(FieldFault::RegionShape),
            Check::DateNotFuture => {
                let today = now.to_utc().with_timezone(&self.zone).date_naive();
                date(said)
                    .filter(|date| *date > today)
                    .map(|_| FieldFault::InFuture)
            }
            Check::NotFuture => instant(said)
                .filter(|at| *at > now)
                .map(|_| FieldFault::TimeInFuture),
            Check::NotPast => instant(said)
                .filter(|at| *at < now)
                .map(|_| FieldFault::InPast),
            Check::Positive => number(said)
                .filter(|number| *number <= 0)
                .map(|_| FieldFault::NotPositive),
            Check::Count => number(said)
                .filter(|number| *number < 0)
                .map(|_| FieldFault::Negative),
            Check::Minutes => number(said)
                .filter(|minutes| !(1..=MINUTES_USUAL_MAX).contains(minutes))
                .map(|_| FieldFault::OddMinutes),
            Check::SurveyAnswer => number(said)
                .filter(|answer| !(1..=4).contains(answer))
                .map(|_| FieldFault::SurveyRange),
        })
    }
}

impl FormField {
    /// What was answered, or what stands there until somebody says otherwise.
    pub(super) fn answer<'a>(&'a self, answers: &'a Answers) -> Option<&'a str> {
        answer(answers, &self.id).or(self.preset.as_deref())
    }
}

/// What was answered, if anything was.
fn answer<'a>(answers: &'a Answers, field: &str) -> Option<&'a str> {
    let said = answers.get(field)?.trim();
    (!said.is_empty()).then_some(said)
}

fn date(said: &str) -> Option<NaiveDate> {
    said.parse().ok()
}

fn instant(said: &str) -> Option<Timestamp> {
    let at = DateTime::parse_from_rfc3339(said).ok()?;
    Some(Timestamp::from_millis(at.timestamp_millis()))
}

fn number(said: &str) -> Option<i64> {
    said.parse().ok()
}

/// Whether the answer is of the field's kind at all.
fn kind_fault(field: &FormField, said: &str) -> Option<FieldFault> {
    let is_choice = |code: &str| field.choices.iter().any(|choice| choice.code == code);
    let is_paper = |word: &str| {
        word.split_once(':')
            .is_some_and(|(paper, state)| is_choice(paper) && state.parse::<PaperState>().is_ok())
    };
    let (holds, fault) = match field.kind {
        FieldKind::Line => (said.chars().count() <= Line::CHARS_MAX, FieldFault::TooLong),
        FieldKind::Prose => (
            said.chars().count() <= Prose::CHARS_MAX,
            FieldFault::TooLong,
        ),
        FieldKind::Number => (number(said).is_some(), FieldFault::NotANumber),
        FieldKind::Date => (date(said).is_some(), FieldFault::NotADate),
        FieldKind::Instant => (instant(said).is_some(), FieldFault::NotAnInstant),
        FieldKind::Flag => (said.parse::<bool>().is_ok(), FieldFault::NotAFlag),
        FieldKind::Choice => (is_choice(said), FieldFault::UnknownChoice),
        FieldKind::Choices => (said.split(' ').all(is_choice), FieldFault::UnknownChoice),
        FieldKind::Papers => (said.split(' ').all(is_paper), FieldFault::UnknownChoice),
        FieldKind::Person
        | FieldKind::People
        | FieldKind::Command
        | FieldKind::Commands
        | FieldKind::Case
        | FieldKind::Signature => (true, FieldFault::UnknownChoice),
    };
    (!holds).then_some(fault)
}

/// The first thing that is odd about a NIK, by itself and beside the other answers (LK3.md 4.2). All of it is a warning.
fn nik_fault(said: &str, answers: &Answers) -> Option<FieldFault> {
    let Some(digits) = sixteen(said) else {
        return Some(FieldFault::NikDigits);
    };
    let Some(nik) = Nik::read(&digits) else {
        return Some(FieldFault::NikDate);
    };
    if !nik.has_serial {
        return Some(FieldFault::NikSerial);
    }
    let sex: Option<Sex> = answer(answers, "sex").and_then(|sex| sex.parse().ok());
    if sex.is_some_and(|sex| sex != nik.sex) {
        return Some(FieldFault::NikSex);
    }
    let birth = answer(answers, "birth_date").and_then(date);
    birth
        .is_some_and(|birth| !nik.agrees(birth))
        .then_some(FieldFault::NikBirthDate)
}

fn family_card_fault(said: &str) -> Option<FieldFault> {
    match sixteen(said) {
        None => Some(FieldFault::FamilyCardDigits),
        Some(digits) => (!is_family_card_dated(&digits)).then_some(FieldFault::FamilyCardDate),
    }
}
