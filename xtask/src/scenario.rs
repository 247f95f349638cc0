//! `cargo xtask scenario`: plays scenario files with the release build of the player.

use std::path::PathBuf;

use crate::shell::{self, ShellError};

/// Forwards everything to the player.
///
/// # Errors
/// When a scenario fails, or the player does not build.
pub(crate) fn run(args: &[String]) -> Result<(), ShellError> {
    play(args, &[])
}

/// Plays files, given from the top of the work tree, under the player's own options.
///
/// # Errors
/// When a scenario fails, or the player does not build.
pub(crate) fn play(options: &[String], files: &[PathBuf]) -> Result<(), ShellError> {
    shell::run(
        shell::release("jangkau-tests", "scenario")
            .args(options)
            .args(files),
    )
}
