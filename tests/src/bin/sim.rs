//! `cargo xtask sim`: runs the worlds of some seeds and prints what they came to.
#![expect(clippy::print_stdout, reason = "the summary is this program's output")]

use std::process::ExitCode;

use clap::Parser;
use jangkau_core::plant::Plant;
use jangkau_tests::world::report::{Plan, Summary, run_all};

/// Runs simulated worlds: devices, people, one server, a bad network, and machines that lose their power.
#[derive(Parser)]
#[command(name = "sim")]
struct Arguments {
    /// How many seeds.
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed.
    #[arg(long, default_value_t = 0)]
    from: u64,
    /// A deliberate bug to switch on; the first world that finds it ends the run.
    #[arg(long, value_name = "BUG")]
    plant: Option<Plant>,
    /// Worlds at the same time.
    #[arg(long, default_value_t = 2)]
    threads: usize,
    /// Tells all that happened before the first violation.
    #[arg(long)]
    tell: bool,
    /// Prints the names of the deliberate bugs, one on each line.
    #[arg(long)]
    list_plants: bool,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if arguments.list_plants {
        for bug in Plant::ALL {
            println!("{bug}");
        }
        return ExitCode::SUCCESS;
    }
    let plan = Plan {
        from: arguments.from,
        seeds: arguments.seeds,
        bug: arguments.plant,
        threads: arguments.threads,
        tell: arguments.tell,
    };
    // A panic inside a world is a violation that names its seed; its own report would only drown that.
    std::panic::set_hook(Box::new(|_| {}));
    let summary = run_all(&plan);
    match serde_json::to_string_pretty(&summary) {
        Ok(json) => println!("{json}"),
        Err(error) => eprintln!("{error}"),
    }
    report(&summary, arguments.plant)
}

/// Tells of violations on standard error, with the command that replays each.
fn report(summary: &Summary, bug: Option<Plant>) -> ExitCode {
    let planted = bug.map(|bug| format!(" --plant {bug}")).unwrap_or_default();
    for line in &summary.story {
        eprintln!("{line}");
    }
    for (seed, violation) in &summary.found {
        eprintln!("seed {seed}: {violation}");
        eprintln!("    cargo xtask sim --seeds 1 --from {seed}{planted}");
    }
    if summary.found.is_empty() == bug.is_some() {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    }
}
