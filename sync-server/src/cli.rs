//! The command line: `serve` for the office's machine, `admin` for its administrator, and looks at a profile.

mod admin;
mod admin_socket;
mod audit;
mod blobs;
mod inspect;
mod parcel;
mod private;
mod qr;
mod serve;

use std::io::Write;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Settings;
use crate::demo::{self, DemoOptions};

pub use admin::{
    AccountsAsk, AdminAsk, AdminReply, BreachAsk, BreachListing, InstitutionListing, Invitation,
    PersonListing, RightsCommand, StandardsAsk, StandardsListing,
};
pub use audit::{AuditAsk, AuditListing, EntryListing};

/// Jangkau's server: merges the replicas of each institution and judges its decisions.
#[derive(Debug, Parser)]
#[command(name = "jangkau-server", version, max_term_width = 100)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve devices until told to stop by SIGTERM or SIGINT
    Serve {
        #[command(flatten)]
        settings: Settings,
    },
    /// Found an institution, invite its staff, revoke seats, activate profiles, load calendars, back up and restore; also while
    /// the server runs
    Admin {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        ask: admin::AdminCommand,
    },
    /// Look at the audit chain: what was done here, by whom, and who was sent what is confidential
    Audit {
        #[command(flatten)]
        settings: Settings,
        #[command(subcommand)]
        ask: audit::AuditCommand,
    },
    /// Take a parcel's file: the work of a phone that could not deliver it itself
    Parcel {
        #[command(flatten)]
        settings: Settings,
        /// The file
        file: std::path::PathBuf,
    },
    /// List attachments without bytes, and bytes without attachments, on a server that does not run; deletes nothing
    Blobs {
        #[command(flatten)]
        settings: Settings,
    },
    /// Check a service profile; prints the line and the reason of the first fault
    CheckProfile(inspect::CheckProfile),
    /// Compute one deadline of a profile; prints one JSON object
    Deadline(inspect::Deadline),
    /// Play a working day in five institutions, over HTTP, and tell what became of it
    Demo(DemoOptions),
}

/// Runs a command; people read `out`.
///
/// # Errors
/// A sentence for the person at the terminal.
pub fn run(cli: Cli, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    private::begin();
    match cli.command {
        Command::Serve { settings } => serve::run(settings),
        Command::Admin { settings, ask } => admin::run(settings, ask, out),
        Command::Audit { settings, ask } => audit::run(settings, ask, out),
        Command::Parcel { settings, file } => parcel::run(settings, file, out),
        Command::Blobs { settings } => blobs::run(settings, out),
        Command::CheckProfile(check) => inspect::check_profile(&check, out),
        Command::Deadline(deadline) => inspect::deadline(&deadline, out),
        Command::Demo(options) => Ok(demo::run(&options, out)?),
    }
}

/// Why a command did not do what it was asked. The text is for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The settings.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// A file that was named.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        cause: std::io::Error,
    },
    /// The terminal.
    #[error("cannot write the answer: {0}")]
    Output(#[from] std::io::Error),
    /// The database.
    #[error("the database {}: {cause}", path.display())]
    Database {
        /// Which.
        path: std::path::PathBuf,
        /// Why.
        cause: crate::engine::EngineError,
    },
    /// The keys of the database.
    #[error("the keys: {0}")]
    Keys(#[from] crate::keys::KeyError),
    /// Another process has it.
    #[error("a server is running on this database; stop it first")]
    Running,
    /// Logging.
    #[error(transparent)]
    Log(#[from] crate::logging::LogError),
    /// Serving.
    #[error(transparent)]
    Serve(#[from] crate::http::ServeError),
    /// Certificate or key.
    #[error(transparent)]
    Tls(#[from] crate::http::TlsError),
    /// Entropy.
    #[error(transparent)]
    NoEntropy(#[from] crate::clock::NoEntropy),
    /// A backup.
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// The folder of attachments.
    #[error(transparent)]
    Blobs(#[from] crate::blobs::BlobsError),
    /// What an administrator's command was told.
    #[error("{0}")]
    Refused(String),
    /// A calendar.
    #[error("{}: {cause}", path.display())]
    Calendar {
        /// Which file.
        path: std::path::PathBuf,
        /// Its line and reason.
        cause: jangkau_core::calendar::CalendarError,
    },
    /// A profile.
    #[error("{name}: {cause}")]
    Profile {
        /// Its file or id.
        name: String,
        /// Its line and reason.
        cause: jangkau_core::profile::ProfileError,
    },
    /// A deadline.
    #[error(transparent)]
    Report(#[from] jangkau_core::deadline::ReportError),
    /// The demo.
    #[error(transparent)]
    Demo(#[from] demo::DemoError),
}

#[cfg(test)]
mod tests;
