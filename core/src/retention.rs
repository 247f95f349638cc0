//! How long what is known of a client is kept, and what is due to be looked at. Nothing is ever deleted by a clock: a person
//! approves each (LK3.md section 11; the years are a DEFAULT, `[retention]` of the profile).

use chrono::{Months, NaiveDate};

use crate::code::codes;

/// For how long things are kept, in years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RetentionTerms {
    /// After the ending, at hand.
    pub case_active_years: u32,
    /// After that, in the archive.
    pub case_inactive_years: u32,
    /// The age up to which a child's case is kept.
    pub child_until_age: u32,
    /// After that age.
    pub child_then_years: u32,
    /// A psychologist's notes, after the last session; the psychologist decides.
    pub notes_years: u32,
}

impl Default for RetentionTerms {
    fn default() -> Self {
        Self {
            case_active_years: 2,
            case_inactive_years: 3,
            child_until_age: 18,
            child_then_years: 3,
            notes_years: 5,
        }
    }
}

/// What retention asks of a case. Local dates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeptCase {
    /// When it was opened.
    pub opened: Option<NaiveDate>,
    /// When it ended; none while it goes on.
    pub ended: Option<NaiveDate>,
    /// The client's date of birth, where it is known.
    pub born: Option<NaiveDate>,
    /// The last session that was held.
    pub last_session: Option<NaiveDate>,
}

codes!(
    /// What may be decided on now.
    RetentionStep {
        /// The case goes to the archive.
        Archive = "archive",
        /// The archivist reviews the case: destroy it, or keep it for longer.
        Review = "review",
        /// The psychologist decides on their notes.
        Notes = "notes",
    }
);

/// Something that is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct RetentionDue {
    /// Since which day.
    pub since: NaiveDate,
    /// What.
    pub step: RetentionStep,
}

fn years_after(date: NaiveDate, years: u32) -> Option<NaiveDate> {
    date.checked_add_months(Months::new(years.saturating_mul(12)))
}

impl RetentionTerms {
    /// The day on which a case may be destroyed at the earliest; none while it goes on.
    #[must_use]
    pub fn kept_until(&self, case: &KeptCase) -> Option<NaiveDate> {
        let ended = case.ended?;
        let years = self
            .case_active_years
            .saturating_add(self.case_inactive_years);
        let by_case = years_after(ended, years)?;
        Some(
            self.child_line(case)
                .map_or(by_case, |line| line.max(by_case)),
        )
    }

    /// For somebody who was a child when the case was opened: the age, and the years after it.
    fn child_line(&self, case: &KeptCase) -> Option<NaiveDate> {
        let of_age = years_after(case.born?, self.child_until_age)?;
        let was_child = case.opened.is_none_or(|opened| opened < of_age);
        if was_child {
            years_after(of_age, self.child_then_years)
        } else {
            None
        }
    }

    /// What is due on a day, the oldest first. Of a case that goes on nothing but old notes.
    #[must_use]
    pub fn due(&self, case: &KeptCase, today: NaiveDate) -> Vec<RetentionDue> {
        let archive = case
            .ended
            .and_then(|ended| years_after(ended, self.case_active_years));
        let review = self.kept_until(case);
        let notes = case
            .last_session
            .and_then(|last| years_after(last, self.notes_years));
        let lines = [
            (archive, RetentionStep::Archive),
            (review, RetentionStep::Review),
            (notes, RetentionStep::Notes),
        ];
        let mut due: Vec<RetentionDue> = lines
            .into_iter()
            .filter_map(|(since, step)| {
                Some(RetentionDue {
                    since: since?,
                    step,
                })
            })
            .filter(|due| due.since <= today)
            .collect();
        due.sort_unstable();
        // What may be destroyed need not go to the archive first.
        if due.iter().any(|due| due.step == RetentionStep::Review) {
            due.retain(|due| due.step != RetentionStep::Archive);
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Option<NaiveDate> {
        Some(text.parse().unwrap())
    }

    #[track_caller]
    fn check(case: KeptCase, today: &str, expected: &[(&str, RetentionStep)]) {
        let due = RetentionTerms::default().due(&case, today.parse().unwrap());
        let due: Vec<(String, RetentionStep)> = due
            .into_iter()
            .map(|due| (due.since.to_string(), due.step))
            .collect();
        let expected: Vec<(String, RetentionStep)> = expected
            .iter()
            .map(|(since, step)| ((*since).to_owned(), *step))
            .collect();
        assert_eq!(due, expected);
    }

    #[test]
    fn a_case_goes_to_the_archive_after_two_years_and_to_review_after_five() {
        let case = KeptCase {
            opened: day("2020-01-10"),
            ended: day("2020-06-30"),
            ..KeptCase::default()
        };
        check(case, "2022-06-29", &[]);
        check(
            case,
            "2022-06-30",
            &[("2022-06-30", RetentionStep::Archive)],
        );
        check(case, "2025-06-30", &[("2025-06-30", RetentionStep::Review)]);
    }

    #[test]
    fn a_childs_case_is_kept_until_three_years_after_eighteen() {
        let case = KeptCase {
            opened: day("2020-01-10"),
            ended: day("2020-06-30"),
            born: day("2012-02-29"),
            last_session: None,
        };
        check(
            case,
            "2033-02-27",
            &[("2022-06-30", RetentionStep::Archive)],
        );
        check(case, "2033-02-28", &[("2033-02-28", RetentionStep::Review)]);
    }

    #[test]
    fn an_adults_birth_date_changes_nothing() {
        let case = KeptCase {
            opened: day("2020-01-10"),
            ended: day("2020-06-30"),
            born: day("1980-02-29"),
            last_session: None,
        };
        check(case, "2025-06-30", &[("2025-06-30", RetentionStep::Review)]);
    }

    #[test]
    fn of_a_case_that_goes_on_only_old_notes_are_due() {
        let case = KeptCase {
            opened: day("2010-01-10"),
            last_session: day("2011-03-01"),
            ..KeptCase::default()
        };
        check(case, "2026-11-22", &[("2016-03-01", RetentionStep::Notes)]);
        assert_eq!(RetentionTerms::default().kept_until(&case), None);
    }
}
