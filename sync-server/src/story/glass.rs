//! Breaks glass as a story tells it: an exchange of its own, and one more for what it opened.

use jangkau_core::sync::{GlassAsk, GlassCase, GlassSaid};

use super::link::{Link, Reply};
use super::plan::{GlassWord, Glassing};
use super::player::{Failure, PlayError, Player};

/// Asks, and compares what came of it.
pub(super) fn break_glass<L: Link>(
    player: &mut Player<L>,
    line: usize,
    glassing: &Glassing,
    failures: &mut Vec<Failure>,
) -> Result<(), PlayError> {
    let found = ask(player, glassing)?;
    if found != glassing.expect {
        let found = format!("breaking glass came to {}", word(found));
        failures.push(Failure { line, found });
    }
    Ok(())
}

fn ask<L: Link>(player: &mut Player<L>, glassing: &Glassing) -> Result<GlassWord, PlayError> {
    let seat = &glassing.seat;
    if !player.is_online(&seat.device) {
        return Ok(GlassWord::Offline);
    }
    player.exchange(seat)?;
    let missing = || PlayError::Missing(glassing.case.clone());
    let case = player.cases.get(&glassing.case).copied();
    let ask = GlassAsk {
        case: GlassCase::Id(case.ok_or_else(missing)?),
        class: glassing.class,
        reason: glassing.reason.clone(),
    };
    let (now, device_now) = (player.now, player.device_now(&seat.device));
    let missing = || PlayError::Missing(seat.to_string());
    let replica = player.seats.get_mut(seat).ok_or_else(missing)?;
    let body = match replica.ask_glass(&ask) {
        Ok(body) => body,
        Err(refusal) => return Ok(GlassWord::Refused(refusal)),
    };
    let said = match player.link.glass(&body, now)? {
        Reply::Done(reply) => replica.take_glass(&reply, device_now)?,
        Reply::Refused(refusal) => return Err(PlayError::Refused(replica.refused(&refusal)?.0)),
    };
    player.exchange(seat)?;
    Ok(match said {
        GlassSaid::Opened { .. } => GlassWord::Opened,
        GlassSaid::Refused(refusal) => GlassWord::Refused(refusal),
    })
}

fn word(found: GlassWord) -> String {
    match found {
        GlassWord::Opened => "opened".to_owned(),
        GlassWord::Offline => "offline".to_owned(),
        GlassWord::Refused(refusal) => refusal.to_string(),
    }
}
