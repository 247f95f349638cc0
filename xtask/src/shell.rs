//! Child processes and tracked files: the little that every command needs of the world.

use std::ffi::OsString;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Why a command of the workshop failed.
#[derive(Debug)]
pub(crate) enum ShellError {
    /// The program could not be started.
    Start { program: String, cause: io::Error },
    /// The program ran, and ended with another code than 0, or by a signal.
    Ended { program: String, code: Option<i32> },
    /// A file or folder could not be read.
    Read { path: PathBuf, cause: io::Error },
    /// Tidy found something; it has been printed.
    Untidy { findings: usize },
    /// The output of a program is not what was agreed.
    Output {
        program: &'static str,
        problem: String,
    },
    /// The command line was not understood.
    Usage { usage: &'static str },
    /// There is nothing to run, where an empty run would look like a passed one.
    Nothing { what: &'static str },
}

impl fmt::Display for ShellError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, cause } => write!(f, "cannot start {program}: {cause}"),
            Self::Ended {
                program,
                code: Some(code),
            } => write!(f, "{program} ended with {code}"),
            Self::Ended {
                program,
                code: None,
            } => write!(f, "{program} was ended by a signal"),
            Self::Read { path, cause } => write!(f, "cannot read {}: {cause}", path.display()),
            Self::Untidy { findings } => write!(f, "tidy: {findings} findings"),
            Self::Output { program, problem } => write!(f, "{program}: {problem}"),
            Self::Usage { usage } => write!(f, "usage: {usage}"),
            Self::Nothing { what } => write!(f, "there are no {what}"),
        }
    }
}

/// The top of the work tree. Cargo names this package's folder when it starts us; a bare start means the current one.
pub(crate) fn root() -> PathBuf {
    let package = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    match package.as_deref().and_then(Path::parent) {
        Some(top) => top.to_path_buf(),
        None => PathBuf::from("."),
    }
}

/// The cargo that started us, at the top of the work tree.
pub(crate) fn cargo<const N: usize>(args: [&str; N]) -> Command {
    let program = std::env::var_os("CARGO").unwrap_or_else(|| OsString::from("cargo"));
    let mut command = Command::new(program);
    command.current_dir(root()).args(args);
    command
}

/// A release binary of one of our packages, built on the way if need be.
pub(crate) fn release(package: &str, bin: &str) -> Command {
    let mut command = cargo(["run", "--quiet", "--release", "--locked"]);
    command.args(["--package", package, "--bin", bin, "--"]);
    command
}

/// Runs to the end; what the child prints goes straight to our output.
///
/// # Errors
/// When it cannot be started, or ends with another code than 0.
pub(crate) fn run(command: &mut Command) -> Result<(), ShellError> {
    let status = command.status().map_err(|cause| ShellError::Start {
        program: name(command),
        cause,
    })?;
    if status.success() {
        return Ok(());
    }
    Err(ShellError::Ended {
        program: name(command),
        code: status.code(),
    })
}

/// Runs to the end and returns what the child printed; its complaints go straight to ours.
///
/// # Errors
/// When it cannot be started, or ends with another code than 0.
pub(crate) fn output(command: &mut Command) -> Result<String, ShellError> {
    let done = command
        .stderr(Stdio::inherit())
        .output()
        .map_err(|cause| ShellError::Start {
            program: name(command),
            cause,
        })?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    Err(ShellError::Ended {
        program: name(command),
        code: done.status.code(),
    })
}

/// Paths of the tracked files that are on disk, relative to the top, sorted.
///
/// # Errors
/// When git cannot be asked.
pub(crate) fn tracked_files() -> Result<Vec<String>, ShellError> {
    let mut git = Command::new("git");
    git.current_dir(root()).args(["ls-files", "-z"]);
    let listed = output(&mut git)?;
    let top = root();
    let mut files: Vec<String> = listed
        .split_terminator('\0')
        .filter(|file| top.join(file).is_file())
        .map(str::to_owned)
        .collect();
    files.sort_unstable();
    Ok(files)
}

/// The program and its arguments, as one would type them.
fn name(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let mut words = vec![
        program
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned(),
    ];
    words.extend(
        command
            .get_args()
            .map(|arg| arg.to_string_lossy().into_owned()),
    );
    words.join(" ")
}
