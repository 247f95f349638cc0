//! `cargo xtask sim` and `cargo xtask siege`: the simulator, and mutated inputs against its servers, in their release builds.

use crate::shell::{self, ShellError};

/// Forwards everything to the simulator.
///
/// # Errors
/// When the simulator finds something, or does not build.
pub(crate) fn run(args: &[String]) -> Result<(), ShellError> {
    shell::run(shell::release("jangkau-tests", "sim").args(args))
}

/// Runs some seeds from one on, of which none may find anything.
///
/// # Errors
/// When a seed finds something.
pub(crate) fn seeds(from: u32, count: u32) -> Result<(), ShellError> {
    let [from, count] = [from, count].map(|number| number.to_string());
    run(&["--from", &from, "--seeds", &count].map(str::to_owned))
}

/// Plants each bug that the simulator knows, one at a time; each must be found within some seeds.
///
/// The simulator answers `--list-plants` with a name on each line, and `--plant NAME` ends with 0 when the bug was found.
///
/// # Errors
/// When a bug was not found. The others are still tried, so that one run tells all that is blind.
pub(crate) fn plants(seeds: u32) -> Result<(), ShellError> {
    let listed = shell::output(shell::release("jangkau-tests", "sim").arg("--list-plants"))?;
    let bugs: Vec<&str> = listed.split_whitespace().collect();
    if bugs.is_empty() {
        return Err(ShellError::Nothing {
            what: "planted bugs",
        });
    }
    let mut missed: Vec<&str> = Vec::new();
    for bug in bugs {
        let args = ["--plant", bug, "--seeds", &seeds.to_string()].map(str::to_owned);
        if run(&args).is_err() {
            missed.push(bug);
        }
    }
    if missed.is_empty() {
        return Ok(());
    }
    Err(ShellError::Output {
        program: "sim",
        problem: format!("planted and not found: {}", missed.join(", ")),
    })
}

/// Forwards everything to the siege.
///
/// # Errors
/// When the siege finds something, or does not build.
pub(crate) fn siege(args: &[String]) -> Result<(), ShellError> {
    shell::run(shell::release("jangkau-tests", "siege").args(args))
}

/// Sends so many mutated inputs to servers of worlds from one seed on.
///
/// # Errors
/// When one of them finds something.
pub(crate) fn inputs(from: u32, count: u32) -> Result<(), ShellError> {
    let [from, count] = [from, count].map(|number| number.to_string());
    siege(&["--from", &from, "--inputs", &count].map(str::to_owned))
}
