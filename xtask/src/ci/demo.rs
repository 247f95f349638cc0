//! The demo's stage: the program must end well, and its report must be one JSON object that says something.

use serde_json::Value;

use crate::shell::{self, ShellError};

/// Runs the demo and reads its report.
///
/// # Errors
/// When the demo fails, or its report is not what it should be.
pub(super) fn run() -> Result<(), ShellError> {
    let mut demo = shell::release("jangkau-server", "jangkau-server");
    let report = shell::output(demo.args(["demo", "--json"]))?;
    println!("{report}");
    check(&report).map_err(|problem| ShellError::Output {
        program: "demo",
        problem,
    })
}

/// What is wrong with a report, if anything.
fn check(report: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(report).map_err(|error| error.to_string())?;
    match value.as_object() {
        Some(fields) if !fields.is_empty() => Ok(()),
        Some(_) => Err("the report says nothing".to_owned()),
        None => Err("the report is not an object".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_is_one_object_that_says_something() {
        assert_eq!(check(r#"{"devices": 3}"#), Ok(()));
        for wrong in ["", "{}", "[1]", "Selesai.", r#"{"a":1}{"b":2}"#] {
            assert!(check(wrong).is_err(), "{wrong}");
        }
    }
}
