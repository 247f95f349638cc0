//! `cargo xtask ci authorisation`: who gets what, in every cell.
#![expect(clippy::print_stdout, reason = "the summary is this program's output")]

use std::collections::BTreeSet;
use std::fs::File;
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use jangkau_server::config::LogFormat;
use jangkau_server::logging;
use jangkau_tests::authorisation::{Cast, Report, read_log, run, whole};
use jangkau_tests::world::violation::{Checked, Violation};

/// Looks for every canary on every road to everybody.
#[derive(Parser)]
#[command(name = "authorisation")]
struct Arguments {
    /// Only this office, by its place
    #[arg(long)]
    only: Option<usize>,
}

fn search(arguments: &Arguments, folder: &Path) -> Checked<Report> {
    let log = folder.join("log");
    let file = File::create(&log).map_err(|error| Violation::broke("make the log", &error))?;
    logging::start("trace", LogFormat::Json, file)
        .map_err(|error| Violation::broke("logging", &error))?;
    let mut servers: [Vec<Cast>; 2] = Default::default();
    for (place, cast) in whole()?.into_iter().enumerate() {
        if arguments.only.is_none_or(|only| only == place) {
            servers[place % 2].push(cast);
        }
    }
    let reports = std::thread::scope(|scope| {
        let started = servers
            .each_ref()
            .map(|casts| scope.spawn(|| serve(casts, folder)));
        started.map(|server| {
            let dead = |_| Err(Violation::new("nothing panics", String::new()));
            server.join().unwrap_or_else(dead)
        })
    });
    read_log(&log)?;
    let mut whole = Report::default();
    for report in reports {
        whole.add(report?);
    }
    Ok(whole)
}

/// Runs one server with a few institutions: each must have nothing of the others.
fn serve(casts: &[Cast], folder: &Path) -> Checked<Report> {
    let own = tempfile::tempdir_in(folder);
    let own = own.map_err(|error| Violation::broke("make a folder", &error))?;
    run(casts, Some(own.path()))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let folder = tempfile::tempdir().map_err(|error| Violation::broke("a folder", &error));
    let report = match folder.and_then(|folder| search(&arguments, folder.path())) {
        Ok(report) => report,
        Err(violation) => {
            println!("authorisation: {violation}");
            return ExitCode::FAILURE;
        }
    };
    for (what, times) in &report.wrong {
        println!("{times:>6} × {what}");
    }
    for cell in report.missing.iter().take(20) {
        println!("not reached: {cell:?}");
    }
    let count = |words: BTreeSet<String>| words.len();
    let roles = count(
        report
            .cells
            .iter()
            .map(|cell| cell.role.to_string())
            .collect(),
    );
    let whats = count(
        report
            .cells
            .iter()
            .map(|cell| format!("{:?}", cell.what))
            .collect(),
    );
    let routes = count(
        report
            .cells
            .iter()
            .map(|cell| format!("{:?}", cell.route))
            .collect(),
    );
    let stages = count(
        report
            .cells
            .iter()
            .map(|cell| format!("{:?}", cell.stage))
            .collect(),
    );
    let (reached, missing) = (report.cells.len(), report.missing.len());
    println!(
        "authorisation: {reached} cells ({roles} roles × {whats} kinds of words × {routes} routes × {stages} states, each as far as it exists), {} %; \
         {} searches; {} requests and commands by which nothing may leave",
        reached * 100 / (reached + missing).max(1),
        report.searches,
        report.roads,
    );
    if report.wrong.is_empty() && report.missing.is_empty() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
