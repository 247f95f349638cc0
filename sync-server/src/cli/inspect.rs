//! Looks at a profile without a database: is it sound, and when is something due by it?

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use jangkau_core::calendar::{Calendar, Region};
use jangkau_core::deadline::DeadlineReport;
use jangkau_core::id::ClockId;
use jangkau_core::profile::{LegalStatus, Profile, shipped_files};
use jangkau_core::time::Timestamp;

use super::CliError;

/// Arguments of `check-profile`.
#[derive(Debug, clap::Args)]
pub(super) struct CheckProfile {
    /// The profile's file (TOML)
    file: PathBuf,
}

/// Arguments of `deadline`.
#[derive(Debug, clap::Args)]
pub(super) struct Deadline {
    /// Id of a shipped profile, or a profile's file
    #[arg(long, value_name = "ID|FILE")]
    profile: String,
    /// Id of one of its clocks
    #[arg(long, value_name = "ID")]
    clock: ClockId,
    /// The instant from which it runs, such as 2026-11-20T17:05:00+07:00
    #[arg(long, value_name = "INSTANT")]
    from: Timestamp,
    /// Lists of holidays instead of the shipped ones; a regional list is named after its region
    #[arg(long, value_name = "FILE", num_args = 1..)]
    calendar: Vec<PathBuf>,
}

/// Says whether a profile is sound; status 1 if not.
pub(super) fn check_profile(
    check: &CheckProfile,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let file = check.file.display();
    match Profile::parse(&read(&check.file)?) {
        Ok(profile) => {
            writeln!(out, "{file}: {} version {}", profile.id, profile.version)?;
            tell_open(&profile, out)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            writeln!(out, "{file}:{}: {}", error.line, error.reason)?;
            Ok(ExitCode::FAILURE)
        }
    }
}

/// What the office still has to confirm, check or answer before the profile is its own.
fn tell_open(profile: &Profile, out: &mut dyn Write) -> Result<(), CliError> {
    let defaults = profile.defaults();
    writeln!(out, "  values not from the standard: {defaults}")?;
    let channels = profile.complaint_channels.iter();
    for channel in channels.filter(|channel| !channel.verified) {
        writeln!(out, "  not verified: {} {}", channel.kind, channel.value)?;
    }
    let bases = profile.legal_bases.iter();
    for basis in bases.filter(|basis| basis.status != LegalStatus::InForce) {
        writeln!(out, "  law {}: {}", basis.status, basis.citation)?;
    }
    for open in &profile.unresolved {
        writeln!(out, "  to answer: {}: {}", open.id, open.question)?;
    }
    Ok(())
}

/// Prints one deadline.
pub(super) fn deadline(ask: &Deadline, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let (profile, _) = profile(&ask.profile)?;
    let calendar = calendar(&ask.calendar)?;
    let report = DeadlineReport::new(&profile, &ask.clock, ask.from, &calendar)?;
    let json = serde_json::to_string(&report).map_err(std::io::Error::other)?;
    writeln!(out, "{json}")?;
    Ok(ExitCode::SUCCESS)
}

/// A profile and its text, by the id of a shipped one or by file.
pub(super) fn profile(name: &str) -> Result<(Profile, String), CliError> {
    let fault = |cause| CliError::Profile {
        name: name.to_owned(),
        cause,
    };
    for file in shipped_files() {
        let profile = Profile::parse(file.toml).map_err(fault)?;
        if profile.id.as_str() == name {
            return Ok((profile, file.toml.to_owned()));
        }
    }
    let text = read(Path::new(name))?;
    Ok((Profile::parse(&text).map_err(fault)?, text))
}

fn calendar(files: &[PathBuf]) -> Result<Calendar, CliError> {
    let fault = |path: &Path| {
        let path = path.to_owned();
        move |cause| CliError::Calendar { path, cause }
    };
    if files.is_empty() {
        return Calendar::shipped().map_err(fault(Path::new("the shipped calendars")));
    }
    files.iter().try_fold(Calendar::empty(), |all, file| {
        let region = file.file_stem().unwrap_or_default().to_string_lossy();
        let list = Calendar::parse_any(&Region::new(&region), &read(file)?).map_err(fault(file))?;
        Ok(all.union(&list))
    })
}

/// A file's text.
pub(super) fn read(path: &Path) -> Result<String, CliError> {
    std::fs::read_to_string(path).map_err(|cause| CliError::File {
        path: path.to_owned(),
        cause,
    })
}
