//! A parcel that came on a stick: work of a phone that never came online again.

use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use data_encoding::BASE64;
use jangkau_core::sync::{Seen, pieces_of};
use jangkau_core::time::Timestamp;

use super::{AdminAsk, AdminReply, CliError, admin};
use crate::config::Settings;
use crate::engine::Engine;

/// Hands a parcel's file to the server, piece by piece.
pub(super) fn run(
    settings: Settings,
    file: PathBuf,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let config = settings.load()?;
    let bytes = std::fs::read(&file).map_err(|cause| CliError::File { path: file, cause })?;
    let pieces = pieces_of(&bytes).map_err(|error| CliError::Refused(error.to_string()))?;
    let mut is_whole = true;
    for piece in pieces {
        let ask = AdminAsk::Parcel {
            piece: BASE64.encode(&piece),
        };
        match admin::put(&config, ask)? {
            AdminReply::Parcel {
                admitted,
                waiting,
                turned_away,
            } => writeln!(
                out,
                "received: {admitted} admitted, {waiting} waiting, {turned_away} turned away"
            )?,
            AdminReply::Refused(reason) => {
                is_whole = false;
                writeln!(out, "not received: {reason}")?;
            }
            AdminReply::Done
            | AdminReply::Person { .. }
            | AdminReply::Invited(_)
            | AdminReply::Listed(_)
            | AdminReply::Version(_)
            | AdminReply::Standards(_)
            | AdminReply::Breaches(_)
            | AdminReply::Audit(_)
            | AdminReply::Code(_)
            | AdminReply::SignedOut(_)
            | AdminReply::Text(_)
            | AdminReply::BackedUp(_) => {
                return Err(CliError::Refused("not an answer to this".to_owned()));
            }
        }
    }
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// Answers from the engine.
pub(super) fn perform(piece: &str, engine: &mut Engine, now: Timestamp) -> AdminReply {
    let Ok(piece) = BASE64.decode(piece.as_bytes()) else {
        return AdminReply::Refused("the piece cannot be read".to_owned());
    };
    match engine.take_parcel(&piece, now) {
        Ok(Ok(answers)) => {
            let (mut admitted, mut waiting, mut turned_away) = (0, 0, 0);
            for answer in answers {
                match answer.seen {
                    Seen::Admitted(_) => admitted += 1,
                    Seen::Waiting => waiting += 1,
                    Seen::TurnedAway(_) => turned_away += 1,
                }
            }
            AdminReply::Parcel {
                admitted,
                waiting,
                turned_away,
            }
        }
        Ok(Err(error)) => AdminReply::Refused(error.to_string()),
        Err(error) => AdminReply::Refused(error.to_string()),
    }
}
