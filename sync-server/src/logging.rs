//! Structured logs. A line holds codes, routes, statuses, durations and positions; never ids, names, or bodies.

use std::panic::PanicHookInfo;

use tracing_subscriber::filter::{Directive, EnvFilter};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::LogFormat;

/// Libraries that write what they carry when asked to speak up; bodies are people's lives, so they stay quiet.
const QUIET: [&str; 6] = [
    "hyper=warn",
    "hyper_util=warn",
    "axum=warn",
    "tungstenite=warn",
    "tokio_tungstenite=warn",
    "rusqlite=warn",
];

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter is not one.
    #[error("the log filter is not one, such as `info` or `jangkau_server=debug`")]
    Filter,
    /// Something else already logs in this process.
    #[error("logging has already been started")]
    Started,
}

/// Starts logging to `writer` for the whole process.
///
/// # Errors
/// [`LogError`].
pub fn start<W>(filter: &str, format: LogFormat, writer: W) -> Result<(), LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let mut filter = EnvFilter::builder()
        .parse(filter)
        .map_err(|_| LogError::Filter)?;
    for quiet in QUIET {
        let directive: Directive = quiet.parse().map_err(|_| LogError::Filter)?;
        filter = filter.add_directive(directive);
    }
    let lines = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_ansi(false)
        .with_writer(writer);
    match format {
        LogFormat::Text => lines.finish().try_init(),
        LogFormat::Json => lines.json().flatten_event(true).finish().try_init(),
    }
    .map_err(|_| LogError::Started)?;
    Ok(())
}

/// Lets a panic tell where it happened but not on what: its message may quote what it stumbled over.
pub fn hush_panics() {
    std::panic::set_hook(Box::new(tell_where));
}

fn tell_where(panic: &PanicHookInfo<'_>) {
    let (file, line) = panic
        .location()
        .map_or(("", 0), |place| (place.file(), place.line()));
    tracing::error!(file, line, "panic");
}

#[cfg(test)]
mod tests;
