//! Plays scenario files: `scenario [--shuffle SEED] FILE…`. `docs/SCENARIOS.md` describes them.
#![allow(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use jangkau_server::story::{Story, play};

/// Plays scenario files against real replicas and the real server.
#[derive(Debug, Parser)]
struct Options {
    /// Permutes every order that a scenario leaves free.
    #[arg(long, value_name = "SEED")]
    shuffle: Option<u64>,
    /// The files.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

/// What is wrong with a file: lines and findings. Nothing where all is as expected.
fn problems(file: &Path, shuffle: Option<u64>) -> Vec<(usize, String)> {
    let text = match std::fs::read_to_string(file) {
        Ok(text) => text,
        Err(error) => return vec![(0, error.to_string())],
    };
    // What a story names stands beside it.
    let beside = |name: &str| {
        let folder = file.parent().unwrap_or(Path::new("."));
        std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string())
    };
    let story = match Story::parse_with(&text, &beside) {
        Ok(story) => story,
        Err(error) => return vec![(error.line, error.fault.to_string())],
    };
    match play(&story, shuffle) {
        Ok(failures) => failures.into_iter().map(|f| (f.line, f.found)).collect(),
        Err((line, error)) => vec![(line, format!("the story cannot go on: {error}"))],
    }
}

fn main() -> ExitCode {
    let options = Options::parse();
    let mut failed = 0;
    for file in &options.files {
        let problems = problems(file, options.shuffle);
        let name = file.display();
        if problems.is_empty() {
            println!("ok      {name}");
            continue;
        }
        failed += 1;
        println!("failed  {name}");
        for (line, found) in problems {
            println!("        {name}:{line}: {found}");
        }
        if let Some(seed) = options.shuffle {
            println!("        again: cargo xtask scenario --shuffle {seed} {name}");
        }
    }
    println!("{} passed, {failed} failed", options.files.len() - failed);
    if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
