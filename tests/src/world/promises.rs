//! The third promise: nothing is lost.

use jangkau_core::command::{CommandKind, Nature};
use jangkau_core::id::CommandId;
use jangkau_core::replica::Fate;
use jangkau_core::rules::Verdict;
use jangkau_core::sync::Turned;

use super::World;
use super::device::Standing;
use super::invariants::broke;
use super::ledger::Promise;
use super::observe::Truth;
use super::violation::{Checked, ensure};

/// Where a command was found at the end.
struct Place<'a> {
    fate: Option<&'a Fate>,
    /// Whether its device has the command itself and not only what was ruled on it, or the server lets it wait.
    is_kept: bool,
    admitted: bool,
    quarantined: bool,
    follows_turned: bool,
    /// Whether the registration of its case was turned away.
    has_no_case: bool,
}

impl World {
    /// Nothing is lost: every command that a device said it saved is in exactly one place, and what was acknowledged
    /// stands in the log.
    pub(super) fn check_promises(&self, truth: &Truth) -> Checked<()> {
        for (id, first) in &self.ledger.acknowledged {
            // The server forgot that it had taken it from a seat that was retired since, and no colleague has seen it; or
            // from a device that forgot it too, and has written something else in its place. What a ruling speaks of comes
            // back from either.
            let promise = self.ledger.saved.get(id);
            let device = &self.devices[promise.map_or(*first, |promise| promise.machine)];
            let is_of_forgetful = device.standing == Standing::Retired || device.was_put_back;
            // Or a copy of the device has taken its place in the sequence since, and a retired one records nothing under another.
            let has_lost_place = device.standing == Standing::Retired
                && promise.is_some_and(|promise| promise.may_be_forked);
            let in_quarantine = is_of_forgetful
                && self.server.restores > 0
                && truth.quarantined.contains(id)
                && (has_lost_place || !self.is_ruled(*id)?);
            let waits = truth.may_wait && truth.waiting.contains(id);
            ensure(
                truth.admitted.contains(id) || in_quarantine || waits,
                "no acknowledged command is lost",
                || format!("{id:?} was acknowledged; {}", self.whereabouts(*id, truth)),
            )?;
        }
        for (id, promise) in &self.ledger.saved {
            let device = &self.devices[promise.machine];
            let fate = device.replica().fate(*id).map_err(broke)?;
            let admitted = truth.admitted.contains(id);
            let is_here = device.replica().holds_command(*id).map_err(broke)?;
            let place = Place {
                fate: fate.as_ref(),
                is_kept: is_here || truth.waiting.contains(id),
                admitted,
                // A restore forgets the quarantine, too; the content is on the device.
                quarantined: truth.quarantined.contains(id) || self.server.restores > 0,
                follows_turned: self.follows_turned(promise)?,
                has_no_case: self.has_no_case(promise)?,
            };
            let problem = match device.standing {
                // A device that was put back has forgotten it, or is told of it by a server that was put back, too; a
                // head finds it.
                Standing::Working
                    if device.was_put_back
                        && (fate.is_none() || self.server.restores > 0)
                        && truth.quarantined.contains(id)
                        && (admitted || !self.is_ruled(*id)?) =>
                {
                    None
                }
                Standing::Working => misplaced(&place, promise),
                // What it had not sent went to quarantine before it was wiped.
                Standing::Retired => {
                    let traced = fate.is_some() || admitted || truth.quarantined.contains(id);
                    (!traced && !promise.may_be_lost).then_some("a retired seat lost it")
                }
                // It stays on a device that nobody answers.
                Standing::Stolen => None,
                Standing::Lost => {
                    let kept = truth.quarantined.contains(id) || truth.waiting.contains(id);
                    (!admitted && !kept && !promise.may_be_lost)
                        .then_some("it was on a lost device only, after it had been in the log")
                }
            };
            if let Some(problem) = problem {
                let waits = fate == Some(Fate::Waiting) && truth.may_wait;
                ensure(waits, "every command is in one place", || {
                    format!(
                        "{:?} {id:?} of machine {}: {problem}; fate {fate:?}, admitted {admitted}",
                        promise.kind, promise.machine
                    )
                })?;
            }
        }
        Ok(())
    }

    /// Whether the registration of the case, or another command of the same hand there, was turned away.
    fn follows_turned(&self, promise: &Promise) -> Checked<bool> {
        for (id, other) in &self.ledger.saved {
            if other.machine != promise.machine || other.case != promise.case {
                continue;
            }
            let fate = self.devices[promise.machine]
                .replica()
                .fate(*id)
                .map_err(broke)?;
            if matches!(fate, Some(Fate::TurnedAway(code)) if code != Turned::WrongDependencies) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Whether its case never came to be: nobody may write where there is none.
    fn has_no_case(&self, promise: &Promise) -> Checked<bool> {
        let register = CommandId::from_bytes(*promise.case.as_bytes());
        for device in &self.devices {
            let fate = device.replica().fate(register).map_err(broke)?;
            if matches!(fate, Some(Fate::TurnedAway(_))) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Where a command is known, for the report of a violation.
    fn whereabouts(&self, id: CommandId, truth: &Truth) -> String {
        let known = self
            .devices
            .iter()
            .enumerate()
            .filter_map(|(index, device)| {
                let fate = device.replica().fate(id).ok().flatten()?;
                Some(format!("{index} {:?} says {fate:?}", device.standing))
            });
        let known: Vec<String> = known.collect();
        let promise = self.ledger.saved.get(&id).map(|promise| promise.kind);
        let waits = truth.waiting.contains(&id);
        let turned = truth.quarantined.contains(&id);
        let known = known.join(", ");
        format!("{promise:?}; waits {waits}, quarantined {turned}; machines: {known}")
    }
}

/// What is wrong with the place of a command, if anything is.
fn misplaced(place: &Place<'_>, promise: &Promise) -> Option<&'static str> {
    let admitted = place.admitted;
    let is_fact = promise.kind.nature() == Nature::Fact;
    match place.fate {
        // A person who may not hold the case any more need not see what became of their command.
        None if admitted || promise.may_be_lost => None,
        None => Some("its device has forgotten it"),
        // A ruling outlives what it speaks of, if neither the log nor any device holds that any more.
        Some(Fate::Judged(_)) if !admitted && !place.is_kept && promise.may_be_lost => None,
        Some(Fate::OnDevice) => Some("it was never sent"),
        Some(Fate::Waiting) => Some("it still waits"),
        Some(Fate::Admitted) => Some("it has no verdict"),
        Some(Fate::Judged(_)) if !admitted => {
            Some("it has a verdict and does not stand in the log")
        }
        Some(Fate::Judged(Verdict::Recorded(_))) => (!is_fact).then_some("a proposal was recorded"),
        Some(Fate::Judged(Verdict::Committed | Verdict::Refused(_) | Verdict::NeedsReview(_))) => {
            is_fact.then_some("a fact was decided")
        }
        Some(Fate::TurnedAway(_)) if admitted => Some("it stands in the log and was turned away"),
        Some(Fate::TurnedAway(code)) => turned_away(*code, promise, place),
    }
}

/// An honest command is turned away for few reasons: nobody may create what its author created, what it follows was
/// turned away, or a copy of the device was faster.
fn turned_away(code: Turned, promise: &Promise, place: &Place<'_>) -> Option<&'static str> {
    match code {
        Turned::NoGrant if promise.kind == CommandKind::Register || place.has_no_case => {
            (!place.quarantined).then_some("it was turned away and is not in quarantine")
        }
        Turned::WrongDependencies if place.follows_turned => None,
        Turned::ReusedSequence | Turned::WrongCounter | Turned::WrongDependencies => {
            (!promise.may_be_forked).then_some("an honest device's command has no place")
        }
        Turned::NoGrant
        | Turned::RevokedSeat
        | Turned::BadSignature
        | Turned::UnknownSeat
        | Turned::WrongInstitution
        | Turned::Shape
        | Turned::TooLong
        | Turned::Incomplete
        | Turned::WrongActor
        | Turned::RecordExists
        | Turned::CommandExists
        | Turned::Unloadable
        | Turned::WrongEpoch
        | Turned::WrongAuthor
        | Turned::UnknownCommand => Some("an honest command was turned away"),
    }
}
