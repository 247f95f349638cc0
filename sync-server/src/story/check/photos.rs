//! What is known of attachments on devices.

use jangkau_core::id::CaseId;
use jangkau_core::replica::Presence;

use super::super::fields::Names as _;
use super::super::link::Link;
use super::super::plan::{Expect, Expected, PhotoWord, photo_bytes};
use super::super::player::{PlayError, Player};

/// Checks how an attachment stands, or that it opens, on every device that is asked.
pub(super) fn check<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    case: Option<CaseId>,
    expected: &Expected,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    let case = case.ok_or_else(|| PlayError::Missing("case".to_owned()))?;
    let id = |label: &str| {
        let found = player.command(label);
        found.ok_or_else(|| PlayError::Missing(label.to_owned()))
    };
    for seat in &expect.on {
        let replica = player.replica(seat)?;
        if let Expected::Photo(label, wanted) = expected {
            let command = id(label)?;
            let all = replica.attachments(case)?;
            let found = all.into_iter().find(|one| one.command == command);
            let found = found.map_or(PhotoWord::Unseen, |one| word_of(one.presence));
            if found != *wanted {
                fail(format!("on {seat} `{label}` is {found:?}"));
            }
        } else if let Expected::Opens(label) = expected {
            match replica.open_attachment(case, id(label)?)? {
                Ok(bytes) if bytes == photo_bytes(label, bytes.len() as u32) => {}
                Ok(_) => fail(format!("on {seat} `{label}` opens as something else")),
                Err(reason) => fail(format!("on {seat} `{label}`: {reason}")),
            }
        }
    }
    Ok(())
}

const fn word_of(presence: Presence) -> PhotoWord {
    match presence {
        Presence::Waiting => PhotoWord::Waiting,
        Presence::Sending { .. } => PhotoWord::Sending,
        Presence::Stored => PhotoWord::Stored,
        Presence::Failed(_) => PhotoWord::Failed,
        Presence::NotArrived => PhotoWord::NotArrived,
        Presence::Removed => PhotoWord::Removed,
    }
}
