//! `cargo xtask bindings`: generates the bindings of `ffi`, checks their C header, and plays the smoke story in Python.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

use crate::shell::{self, ShellError, cargo, root};

/// What the bindings are generated for. Kotlin and Swift are compiled where their compilers are; not here.
const LANGUAGES: [&str; 3] = ["kotlin", "swift", "python"];

/// Generates, checks and plays.
///
/// # Errors
/// When a step fails, or one of its programs (`cc`, `python3`) is missing.
pub(crate) fn run() -> Result<(), ShellError> {
    // Alone, since a build of the whole workspace would link the generator into the library.
    let mut build = cargo(["build", "--quiet", "--locked", "--package", "jangkau-ffi"]);
    shell::run(build.args(["--lib", "--example", "office"]))?;
    let library = built(&format!("{DLL_PREFIX}jangkau_ffi{DLL_SUFFIX}"));
    let folder = target().join("bindings");
    let mut generate = cargo(["run", "--quiet", "--locked", "--package", "jangkau-bindgen"]);
    generate.args(["--", "generate", "--no-format", "--out-dir"]);
    generate.arg(&folder);
    for language in LANGUAGES {
        generate.args(["--language", language]);
    }
    shell::run(generate.arg(&library))?;
    check_header(&folder.join("JangkauFFIFFI.h"))?;
    let beside = folder.join(format!("{DLL_PREFIX}jangkau_ffi{DLL_SUFFIX}"));
    fs::copy(&library, &beside).map_err(|cause| ShellError::Read {
        path: library,
        cause,
    })?;
    let mut python = Command::new("python3");
    python.arg(root().join("mobile-bindings/smoke/smoke.py"));
    python.arg(built("examples/office"));
    shell::run(python.env("PYTHONPATH", &folder))
}

/// Swift's header repeats the names of arguments, so that a word of C among them breaks it.
fn check_header(header: &PathBuf) -> Result<(), ShellError> {
    let mut compiler = Command::new("cc");
    compiler.args(["-fsyntax-only", "-D_Nonnull=", "-D_Nullable=", "-x", "c"]);
    compiler.arg("-include").arg(header);
    shell::run(compiler.arg("/dev/null"))
}

/// The folder that cargo builds into.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}

/// A file of the debug build.
fn built(name: &str) -> PathBuf {
    target().join("debug").join(name)
}
