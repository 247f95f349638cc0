//! Prints what sync costs on the wire, and fails where it costs more than was promised.

use std::process::ExitCode;

use jangkau_tests::figures::{Broken, changed, idle};

/// Most bytes of either body of a reconnect with nothing new.
const IDLE_BYTES_MAX: usize = 200;

#[expect(
    clippy::print_stdout,
    reason = "printing the figures is what it is for"
)]
fn main() -> Result<ExitCode, Broken> {
    let small = idle(10)?;
    let large = idle(10_000)?;
    let changed = changed(1_000, 20)?;
    println!(
        "{}",
        serde_json::json!({ "idle": [small, large], "changed": changed })
    );
    let mut failed = 0;
    let mut check = |name: &str, holds: bool| {
        println!("{name}: {}", if holds { "ok" } else { "FAILED" });
        failed += usize::from(!holds);
    };
    for figures in [small, large] {
        let name = format!(
            "idle with {} documents is one small round trip",
            figures.documents
        );
        let exchange = figures.exchange;
        let holds = exchange.round_trips == 1
            && exchange.request_bytes < IDLE_BYTES_MAX
            && exchange.reply_bytes < IDLE_BYTES_MAX;
        check(&name, holds);
    }
    for (name, exchange) in [("push", changed.push), ("pull", changed.pull)] {
        let name = format!("{name} of 20 changed cases is one round trip of at most the raw bytes");
        let holds = exchange.round_trips == 1
            && exchange.request_bytes <= changed.raw_bytes
            && exchange.reply_bytes <= changed.raw_bytes;
        check(&name, holds);
    }
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
