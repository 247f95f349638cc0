//! `cargo xtask ci`: the one gate. Light stages come first, and what is heavy is not built until they have passed.

mod demo;
mod report;
mod stages;

use std::process::ExitCode;
use std::time::Instant;

use report::{Outcome, Row};
use stages::{STAGES, Stage, Weight};

/// Runs the gate: `--long` adds the long stages, names of stages leave out the others.
pub(crate) fn run(args: &[String]) -> ExitCode {
    let (options, names): (Vec<&String>, Vec<&String>) =
        args.iter().partition(|arg| arg.starts_with('-'));
    if let Some(option) = options.iter().find(|option| **option != "--long") {
        println!("ci knows --long, and no {option}");
        return ExitCode::FAILURE;
    }
    if let Some(name) = names
        .iter()
        .find(|name| STAGES.iter().all(|stage| stage.name != **name))
    {
        let known: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        println!("there is no stage `{name}`, but {}", known.join(", "));
        return ExitCode::FAILURE;
    }
    let wish = Wish {
        long: !options.is_empty(),
        names: &names,
    };
    let mut rows: Vec<Row> = Vec::new();
    for stage in STAGES {
        let outcome = match left_out(stage, &wish, &rows) {
            Some(reason) => Outcome::NotRun { reason },
            None => timed(stage),
        };
        rows.push(Row {
            name: stage.name,
            weight: stage.weight,
            outcome,
        });
    }
    println!("\n{}", report::summary(&rows));
    if report::green(&rows) {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

/// What was asked for on the command line.
struct Wish<'a> {
    /// The long stages too.
    long: bool,
    /// These stages only; all when empty. A long stage that is named needs no `--long`.
    names: &'a [&'a String],
}

/// Why a stage is not run, if it is not.
fn left_out(stage: &Stage, wish: &Wish<'_>, before: &[Row]) -> Option<&'static str> {
    let named = wish.names.iter().any(|name| *name == stage.name);
    if !wish.names.is_empty() && !named {
        return Some("not asked for");
    }
    match stage.weight {
        Weight::Light => None,
        Weight::Long if !wish.long && !named => Some("needs --long"),
        Weight::Heavy | Weight::Long => {
            report::light_failed(before).then_some("a light stage failed")
        }
    }
}

/// Runs one stage under its headline.
fn timed(stage: &Stage) -> Outcome {
    println!("\n--- {}: {}", stage.name, stage.what);
    let start = Instant::now();
    let done = (stage.run)();
    let took = start.elapsed();
    let outcome = match done {
        Ok(()) => Outcome::Passed { took },
        Err(error) => Outcome::Failed { took, error },
    };
    println!("{}", report::line(stage.name, &outcome));
    outcome
}
