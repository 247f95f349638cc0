//! `cargo xtask deny`: licences, bans and sources, judged by cargo-deny under `deny.toml`.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::shell::{self, ShellError, cargo, root};

/// The one version that judges, so that every machine judges alike.
const VERSION: &str = "0.20.2";

/// Runs cargo-deny, installing it under `target/tools` on a machine that has none of this version.
///
/// # Errors
/// When it cannot be installed, or when something is denied.
pub(crate) fn run() -> Result<(), ShellError> {
    let program = match installed() {
        Some(program) => program,
        None => install()?,
    };
    let mut deny = Command::new(program);
    deny.current_dir(root()).args(["--locked", "check"]);
    // Advisories are left out: their database is a git repository that the gate's machine cannot reach.
    shell::run(deny.args(["--hide-inclusion-graph", "licenses", "bans", "sources"]))
}

/// The place where this work tree keeps the tool.
fn tools() -> PathBuf {
    root().join("target/tools")
}

/// A cargo-deny of the right version: this work tree's own, or the machine's.
fn installed() -> Option<PathBuf> {
    [tools().join("bin/cargo-deny"), PathBuf::from("cargo-deny")]
        .into_iter()
        .find(|program| is_right(program))
}

/// Whether a program is there and is the version that judges.
fn is_right(program: &Path) -> bool {
    let asked = Command::new(program)
        .arg("--version")
        .stderr(Stdio::null())
        .output();
    asked.is_ok_and(|done| {
        String::from_utf8_lossy(&done.stdout).trim() == format!("cargo-deny {VERSION}")
    })
}

/// Builds the tool without optimisation, which takes a fraction of the time and judges the same within seconds.
fn install() -> Result<PathBuf, ShellError> {
    println!("installing cargo-deny {VERSION} under target/tools, once");
    let mut install = cargo(["install", "cargo-deny", "--quiet", "--locked"]);
    install.args(["--version", VERSION, "--root"]).arg(tools());
    for (setting, value) in [
        ("OPT_LEVEL", "0"),
        ("LTO", "false"),
        ("CODEGEN_UNITS", "16"),
        ("DEBUG", "false"),
    ] {
        install.env(format!("CARGO_PROFILE_RELEASE_{setting}"), value);
    }
    shell::run(&mut install)?;
    Ok(tools().join("bin/cargo-deny"))
}
