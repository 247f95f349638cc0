//! The project's only scripts: `cargo xtask ci` is the gate, the rest are its parts and short ways to the binaries.
#![expect(
    clippy::print_stdout,
    reason = "a command of the workshop reports on standard output"
)]

mod bindings;
mod ci;
mod deny;
mod scenario;
mod shell;
mod sim;
mod tidy;

use std::process::ExitCode;

use shell::ShellError;

/// What `cargo xtask` answers when it does not understand.
const USAGE: &str = "\
cargo xtask ci [--long] [STAGE...]  the gate, or only some of its stages
cargo xtask tidy                    our own checks over the tracked files
cargo xtask deny                    licences, bans and sources of the dependencies
cargo xtask bindings                generates the bindings of ffi and tests them in Python
cargo xtask bindings test           tests them in every language; --lang kotlin, swift or python: in one
cargo xtask scenario ARGS...        plays scenario files: tests/scenarios/NAME.toml
cargo xtask sim ARGS...             runs the simulator
cargo xtask siege ARGS...           sends mutated inputs to the servers of simulated worlds";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((command, rest)) = args.split_first() else {
        println!("{USAGE}");
        return ExitCode::FAILURE;
    };
    let done = match command.as_str() {
        "ci" => return ci::run(rest),
        "tidy" => tidy::run(),
        "deny" => deny::run(),
        "bindings" => bindings::run(rest),
        "scenario" => scenario::run(rest),
        "sim" => sim::run(rest),
        "siege" => sim::siege(rest),
        other => {
            println!("there is no command `{other}`\n{USAGE}");
            return ExitCode::FAILURE;
        }
    };
    finish(done)
}

/// Says why a command failed, and turns that into its exit code.
fn finish(done: Result<(), ShellError>) -> ExitCode {
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("{error}");
            ExitCode::FAILURE
        }
    }
}
