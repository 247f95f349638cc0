//! `cargo xtask siege`: mutated inputs against the server's door, and the most memory that one of them took.
#![expect(clippy::print_stdout, reason = "the summary is this program's output")]

use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};

use clap::Parser;
use jangkau_tests::world::siege::{Meter, Plan, run};
use peak_alloc::PeakAlloc;

/// Counts what Rust allocates; SQLite's own memory is not among it.
#[global_allocator]
static HELD: PeakAlloc = PeakAlloc;
/// What was held when the measurement began.
static BEGAN: AtomicUsize = AtomicUsize::new(0);

/// The most memory that one input may take, in bytes.
const MOST_BYTES: usize = 64 * 1024 * 1024;

/// Sends changed commands under a valid signature, one after another, against servers of simulated worlds.
#[derive(Parser)]
#[command(name = "siege")]
struct Arguments {
    /// How many inputs.
    #[arg(long, default_value_t = 10_000)]
    inputs: u64,
    /// The seed of the first world.
    #[arg(long, default_value_t = 0)]
    from: u64,
}

fn begin() {
    BEGAN.store(HELD.current_usage(), Ordering::Relaxed);
    HELD.reset_peak_usage();
}

fn most() -> usize {
    HELD.peak_usage()
        .saturating_sub(BEGAN.load(Ordering::Relaxed))
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    // A panic behind the boundary is an answer, and one before it a violation that names its world.
    std::panic::set_hook(Box::new(|_| {}));
    let summary = run(&Plan {
        from: arguments.from,
        inputs: arguments.inputs,
        meter: Meter { begin, most },
    });
    match serde_json::to_string_pretty(&summary) {
        Ok(json) => println!("{json}"),
        Err(error) => eprintln!("{error}"),
    }
    let is_bounded = summary.most_bytes <= MOST_BYTES;
    if summary.violations.is_empty() && is_bounded {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}
