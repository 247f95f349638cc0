//! `cargo xtask bindings`: generates the bindings of `ffi`, checks their C header, and plays their stories.

use std::env::consts::{DLL_PREFIX, DLL_SUFFIX};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::shell::{self, ShellError, cargo, root};

/// What `cargo xtask bindings` answers when it does not understand.
const USAGE: &str = "cargo xtask bindings [test [--lang kotlin|swift|python]]";

/// Ceiling of the debug library without its symbols. Measured: 28 MB on 23 November 2026; linking the generator adds as much again.
const SIZE_MB_MAX: &str = "36";

/// A language with bindings, and tests that run here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Language {
    /// On the JVM, and compiled for Android against stubs.
    Kotlin,
    /// On Linux, in a folder with a system of its own.
    Swift,
    /// The cheapest.
    Python,
}

impl Language {
    const ALL: [Self; 3] = [Self::Kotlin, Self::Swift, Self::Python];

    /// Its name for the generator, on the command line and in the name of its script.
    const fn name(self) -> &'static str {
        match self {
            Self::Kotlin => "kotlin",
            Self::Swift => "swift",
            Self::Python => "python",
        }
    }
}

/// Without arguments: generates, checks, and tests in Python. `test` tests in every language, or in one.
///
/// # Errors
/// When a step fails, or a program that it needs cannot be had.
pub(crate) fn run(args: &[String]) -> Result<(), ShellError> {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match *args {
        [] => test(Language::Python),
        ["test"] => Language::ALL.into_iter().try_for_each(test),
        ["test", "--lang", name] => match Language::ALL.into_iter().find(|it| it.name() == name) {
            Some(language) => test(language),
            None => Err(ShellError::Usage { usage: USAGE }),
        },
        _ => Err(ShellError::Usage { usage: USAGE }),
    }
}

/// Generates, and tests in one language, with a real server beside it.
///
/// # Errors
/// When a step fails, or a program that it needs cannot be had.
pub(crate) fn test(language: Language) -> Result<(), ShellError> {
    generate()?;
    let server = ["build", "--quiet", "--locked", "--bin", "jangkau-server"];
    shell::run(cargo(server).args(["--package", "jangkau-server"]))?;
    script(&format!("test-{}.sh", language.name()), &[])
}

/// Generates, looks through what was generated, writes the references and weighs the library: what is light once the library is built.
///
/// # Errors
/// When something known to bite is there, the library has grown beyond its ceiling, or nothing in it is documented.
pub(crate) fn weigh() -> Result<(), ShellError> {
    generate()?;
    script("check-generated.sh", &[])?;
    script("reference.sh", &[])?;
    script("library-size.sh", &["debug", SIZE_MB_MAX])
}

/// A long test of the Kotlin façade, over the library that ships.
///
/// # Errors
/// When it fails.
pub(crate) fn long(class: &str) -> Result<(), ShellError> {
    generate()?;
    script("long-kotlin.sh", &[class])
}

/// Runs one of the scripts of `mobile-bindings`.
///
/// # Errors
/// When it fails; it has said at which stage.
pub(crate) fn script(name: &str, args: &[&str]) -> Result<(), ShellError> {
    let mut script = Command::new(root().join("mobile-bindings/scripts").join(name));
    shell::run(script.args(args).env("CARGO_TARGET_DIR", target()))
}

/// Builds the library, generates what calls it, and checks the header. The library is built alone, since a build of the whole
/// workspace would link the generator into it.
///
/// # Errors
/// When a step fails, or there is no C compiler.
pub(crate) fn generate() -> Result<(), ShellError> {
    let mut build = cargo(["build", "--quiet", "--locked", "--package", "jangkau-ffi"]);
    shell::run(build.arg("--lib"))?;
    let library = target().join("debug").join(library_name());
    let folder = target().join("bindings");
    let mut generate = cargo(["run", "--quiet", "--locked", "--package", "jangkau-bindgen"]);
    generate.args(["--", "generate", "--no-format", "--out-dir"]);
    generate.arg(&folder);
    for language in Language::ALL {
        generate.args(["--language", language.name()]);
    }
    shell::run(generate.arg(&library))?;
    let beside = folder.join(library_name());
    fs::copy(&library, &beside).map_err(|cause| ShellError::Read {
        path: library,
        cause,
    })?;
    check_header(&folder.join("JangkauFFIFFI.h"))
}

/// Swift's header repeats the names of arguments, so that a word of C among them breaks it.
fn check_header(header: &Path) -> Result<(), ShellError> {
    for language in ["c", "c++"] {
        let mut compiler = Command::new("cc");
        compiler.args(["-fsyntax-only", "-D_Nonnull=", "-D_Nullable="]);
        compiler.args(["-x", language, "-include"]).arg(header);
        shell::run(compiler.arg("/dev/null"))?;
    }
    Ok(())
}

fn library_name() -> String {
    format!("{DLL_PREFIX}jangkau_ffi{DLL_SUFFIX}")
}

/// The folder that cargo builds into.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), PathBuf::from)
}
