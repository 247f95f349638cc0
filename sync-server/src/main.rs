//! The door of the server: arguments in, exit status out.

use std::io::Write as _;
use std::process::ExitCode;

use clap::Parser as _;
use jangkau_server::cli::{Cli, run};

fn main() -> ExitCode {
    match run(Cli::parse(), &mut std::io::stdout().lock()) {
        Ok(status) => status,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "jangkau-server: {error}");
            ExitCode::FAILURE
        }
    }
}
