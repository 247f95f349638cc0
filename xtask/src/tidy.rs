//! `cargo xtask tidy`: our own checks over the tracked files. Each takes text and returns findings.

mod adr;
mod attributes;
mod names;
mod rust;
mod size;
mod texts;

use std::fmt;
use std::fs;

use crate::shell::{self, ShellError};

/// Something that the project does not want in its tree.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Finding {
    /// The file, from the top of the work tree.
    file: String,
    /// The line, counted from 1; 0 speaks of the whole file.
    line: usize,
    /// What is wrong, and where it helps, what to do.
    problem: String,
}

impl Finding {
    fn new(file: &str, line: usize, problem: impl Into<String>) -> Self {
        let (file, problem) = (file.to_owned(), problem.into());
        Self {
            file,
            line,
            problem,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.file, self.problem),
            line => write!(f, "{}:{line}: {}", self.file, self.problem),
        }
    }
}

/// Checks every tracked file and prints what it finds.
///
/// # Errors
/// When it finds something, or cannot read the tree.
pub(crate) fn run() -> Result<(), ShellError> {
    let files = shell::tracked_files()?;
    let mut findings = adr::check(&files);
    let mut catalogues = texts::Catalogues::default();
    for file in &files {
        let path = shell::root().join(file);
        let bytes = fs::read(&path).map_err(|cause| ShellError::Read { path, cause })?;
        findings.extend(size::check(file, bytes.len()));
        // What is not text has no lines to look at.
        let Ok(text) = String::from_utf8(bytes) else {
            continue;
        };
        findings.extend(names::check(file, &text));
        if file.ends_with(".rs") {
            findings.extend(rust::check(file, &text));
            findings.extend(attributes::check(file, &text));
        }
        catalogues.take(file, &text);
    }
    findings.extend(catalogues.check());
    findings.sort_unstable();
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => Ok(()),
        findings => Err(ShellError::Untidy { findings }),
    }
}
