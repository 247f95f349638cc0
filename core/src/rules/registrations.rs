//! What a registration has to say. Reads the registration.

use super::case::Ask;
use super::verdict::{Objection, Refusal};
use crate::command::Command;
use crate::profile::words::Guard;

/// Refuses a registration that does not say what troubles the client, where the standard asks for it (S2:12). Danger passes.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    let Command::Register(register) = ask.command() else {
        return Ok(());
    };
    let must_tell = ask
        .transition()
        .is_some_and(|transition| transition.guards.contains(&Guard::ProblemTold));
    if must_tell && register.problem.is_none() && !ask.case.is_in_danger() {
        Err(Refusal::ProblemMissing.into())
    } else {
        Ok(())
    }
}
