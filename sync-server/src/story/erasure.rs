//! Erases as a story tells it: through the register, as an office does.

use std::collections::BTreeSet;

use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::rights::{Asked, ErasureScope, RightsKind};

use super::link::{Link, LinkError};
use super::plan::{AskingErasure, DecidingErasure, ErasureAct};
use super::player::{Failure, PlayError, Player};

/// What those who ask and decide give as their reason, since a story has no words for it.
const NOTE: &str = "Diceritakan.";

/// Asks, or decides, and compares what came of it.
pub(super) fn act<L: Link>(
    player: &mut Player<L>,
    line: usize,
    act: &ErasureAct,
    failures: &mut Vec<Failure>,
) -> Result<(), PlayError> {
    let found = match act {
        ErasureAct::Ask(asking) => ask(player, asking)?,
        ErasureAct::Decide(deciding) => decide(player, deciding)?,
    };
    failures.extend(found.map(|found| Failure { line, found }));
    Ok(())
}

/// A person, and where they work.
fn who<L: Link>(player: &Player<L>, key: &str) -> Result<(PersonId, InstitutionId), PlayError> {
    Ok((player.known_person(key)?, player.institution_of(key)?))
}

fn ask<L: Link>(
    player: &mut Player<L>,
    asking: &AskingErasure,
) -> Result<Option<String>, PlayError> {
    let (by, institution) = who(player, &asking.by)?;
    let missing = |name: &String| PlayError::Missing(name.clone());
    let case = player.cases.get(&asking.case).copied();
    let case = case.ok_or_else(|| missing(&asking.case))?;
    let records = asking.records.iter().map(|label| {
        let id = player.labels.get(label).copied();
        id.ok_or_else(|| missing(label))
    });
    let records = records.collect::<Result<_, _>>()?;
    let asked = Asked {
        scope: ErasureScope::of(records, asking.fields.clone()),
        reason: Some(asking.reason),
    };
    let now = player.now;
    let engine = player.link.here()?;
    let what = (RightsKind::Erasure, case);
    let opened = engine.open_right(&institution, what, asked, (by, NOTE), now);
    let number = match opened.map_err(LinkError::from)? {
        Ok(number) => number,
        Err(refusal) => return Ok(Some(format!("it may not be asked: {refusal}"))),
    };
    let register = engine.rights(&institution, now).map_err(LinkError::from)?;
    player.requests.insert(asking.label.clone(), number);
    let Some(wanted) = &asking.readers else {
        return Ok(None);
    };
    let request = register
        .into_iter()
        .find(|request| request.number == number);
    let found = request.ok_or_else(|| missing(&asking.label))?.readers;
    let people = player.people().iter();
    let found = people
        .filter(|(_, id)| found.contains(id))
        .map(|(key, _)| key);
    let (found, wanted): (BTreeSet<&String>, BTreeSet<&String>) =
        (found.collect(), wanted.iter().collect());
    Ok((found != wanted).then(|| format!("it could be read by {found:?}")))
}

fn decide<L: Link>(
    player: &mut Player<L>,
    deciding: &DecidingErasure,
) -> Result<Option<String>, PlayError> {
    let (by, institution) = who(player, &deciding.by)?;
    let missing = || PlayError::Missing(deciding.request.clone());
    let number = player.requests.get(&deciding.request).copied();
    let number = number.ok_or_else(missing)?;
    let now = player.now;
    let engine = player.link.here()?;
    let decided = engine.decide_right(&institution, number, (by, true, NOTE), now);
    let found = decided.map_err(LinkError::from)?.err();
    Ok((found != deciding.expect).then(|| match found {
        None => "it was erased".to_owned(),
        Some(refusal) => format!("it was not erased: {refusal}"),
    }))
}
