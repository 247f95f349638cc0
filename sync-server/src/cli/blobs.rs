//! `blobs`: what is amiss between the records and the folder of attachments. Deletes nothing.

use std::io::Write;
use std::process::ExitCode;

use jangkau_core::id::InstitutionId;

use super::{CliError, serve};
use crate::blobs::{Amiss, Blobs};
use crate::clock::Clock;
use crate::config::Settings;
use crate::http::ServeError;

/// Lists references without blobs, and blobs without references; status 1 if there are any.
pub(super) fn run(settings: Settings, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let config = settings.load()?;
    let Some(_lock) = serve::lock(&config.database)? else {
        return Err(CliError::Running);
    };
    let engine = serve::open(&config)?;
    let blobs = Blobs::in_folder(&config.blobs)?;
    let runtime = crate::http::runtime().map_err(ServeError::Machine)?;
    let failed = |cause| CliError::Database {
        path: config.database.clone(),
        cause,
    };
    let mut is_well = true;
    for institution in engine.eras().map_err(failed)?.into_keys() {
        let referred = engine.blobs(&institution).map_err(failed)?;
        let now = Clock::system().now();
        let amiss = runtime.block_on(blobs.amiss(&institution, &referred, now))?;
        is_well &= amiss == Amiss::default();
        tell(&institution, referred.len(), &amiss, out)?;
    }
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn tell(
    institution: &InstitutionId,
    count: usize,
    amiss: &Amiss,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    writeln!(out, "{institution}: {count} attachments")?;
    for blob in &amiss.lost {
        writeln!(
            out,
            "  lost: {} ({} bytes); copy it back from a copy of the folder",
            blob.command, blob.length
        )?;
    }
    for blob in &amiss.awaited {
        writeln!(
            out,
            "  not arrived since {}: {} ({} bytes)",
            blob.referred_at, blob.command, blob.length
        )?;
    }
    for (path, length) in &amiss.strays {
        writeln!(out, "  nothing refers to: {path} ({length} bytes)")?;
    }
    Ok(())
}
