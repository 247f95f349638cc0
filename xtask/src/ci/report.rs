//! What the gate says of its stages: a line when one is done, a table and the closing line at the end.

use std::fmt::Write as _;
use std::time::Duration;

use super::stages::Weight;
use crate::shell::ShellError;

/// How a stage ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// It ran, and found nothing.
    Passed { took: Duration },
    /// It ran, and found something.
    Failed { took: Duration, error: ShellError },
    /// It did not run.
    NotRun { reason: &'static str },
}

/// One stage's place in the table.
#[derive(Debug)]
pub(super) struct Row {
    /// The stage.
    pub(super) name: &'static str,
    /// Whether others wait for it.
    pub(super) weight: Weight,
    /// How it ended.
    pub(super) outcome: Outcome,
}

/// The line for one stage.
pub(super) fn line(name: &str, outcome: &Outcome) -> String {
    match outcome {
        Outcome::Passed { took } => format!("{name:<13} {:>7.1} s  passed", took.as_secs_f64()),
        Outcome::Failed { took, error } => {
            let seconds = took.as_secs_f64();
            format!("{name:<13} {seconds:>7.1} s  FAILED: {error}")
        }
        Outcome::NotRun { reason } => format!("{name:<13}       -    not run: {reason}"),
    }
}

/// The table, and the closing line `ci: N passed, N failed`, with the stages that did not run where there are any.
pub(super) fn summary(rows: &[Row]) -> String {
    let mut text = String::new();
    let mut total = Duration::ZERO;
    let (mut passed, mut failed, mut not_run) = (0, 0, 0);
    for row in rows {
        text.push_str(&line(row.name, &row.outcome));
        text.push('\n');
        match row.outcome {
            Outcome::Passed { took } => {
                passed += 1;
                total += took;
            }
            Outcome::Failed { took, .. } => {
                failed += 1;
                total += took;
            }
            Outcome::NotRun { .. } => not_run += 1,
        }
    }
    let all = total.as_secs_f64();
    let _ = writeln!(text, "{:<13} {all:>7.1} s", "together");
    let _ = write!(text, "ci: {passed} passed, {failed} failed");
    if not_run > 0 {
        let _ = write!(text, ", {not_run} skipped");
    }
    text
}

/// Whether the gate is green: something passed and nothing failed.
pub(super) fn green(rows: &[Row]) -> bool {
    let failed = |row: &Row| matches!(row.outcome, Outcome::Failed { .. });
    let passed = |row: &Row| matches!(row.outcome, Outcome::Passed { .. });
    rows.iter().any(passed) && !rows.iter().any(failed)
}

/// Whether a light stage failed, so that nothing heavy is worth its time.
pub(super) fn light_failed(rows: &[Row]) -> bool {
    rows.iter()
        .any(|row| row.weight == Weight::Light && matches!(row.outcome, Outcome::Failed { .. }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &'static str, outcome: Outcome) -> Row {
        let weight = Weight::Light;
        Row {
            name,
            weight,
            outcome,
        }
    }

    fn passed() -> Outcome {
        let took = Duration::from_millis(1_500);
        Outcome::Passed { took }
    }

    fn failed() -> Outcome {
        Outcome::Failed {
            took: Duration::from_secs(2),
            error: ShellError::Untidy { findings: 3 },
        }
    }

    #[test]
    fn the_closing_line_counts_and_names_what_did_not_run() {
        let not_run = Outcome::NotRun {
            reason: "needs --long",
        };
        let rows = [
            row("fmt", passed()),
            row("tidy", failed()),
            row("sim-long", not_run),
        ];
        let expected = "\
fmt               1.5 s  passed
tidy              2.0 s  FAILED: tidy: 3 findings
sim-long            -    not run: needs --long
together          3.5 s
ci: 1 passed, 1 failed, 1 skipped";
        assert_eq!(summary(&rows), expected);
        assert!(light_failed(&rows));
    }

    #[test]
    fn green_means_that_something_passed_and_nothing_failed() {
        assert!(green(&[row("fmt", passed())]));
        assert!(!green(&[row("fmt", passed()), row("tidy", failed())]));
        assert!(!green(&[row(
            "sim",
            Outcome::NotRun {
                reason: "not asked for"
            }
        )]));
        assert!(!green(&[]));
    }
}
