//! The demo's stage: the program must end well, and its report must be one JSON object that says something.

use tinyjson::JsonValue;

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
    match report.trim().parse() {
        Ok(JsonValue::Object(fields)) if !fields.is_empty() => Ok(()),
        Ok(_) => Err("the report is not an object that says something".to_owned()),
        Err(error) => Err(format!("the report is not JSON: {error}")),
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
