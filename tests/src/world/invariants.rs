//! What must hold when everything is healed and nothing moves any more.

use std::collections::BTreeMap;

use jangkau_core::class::DocumentKey;
use jangkau_core::command::Nature;
use jangkau_core::id::{CommandId, PersonId};
use jangkau_core::plant;
use jangkau_core::record::Field as _;
use jangkau_core::replica::{Fate, ReplicaError, SeatState};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::Turned;

use super::World;
use super::device::{Device, Side, Standing};
use super::ledger::Promise;
use super::network::MachineIndex;
use super::observe::Truth;
use super::violation::{Checked, Violation, ensure};
use super::watch;

fn broke(error: ReplicaError) -> Violation {
    Violation::broke("read a replica", &error)
}

impl World {
    /// Checks everything, and gives a digest of what the world ended with.
    pub(super) fn check(&mut self) -> Checked<[u8; 32]> {
        // A planted bug must not bend the yardstick, too.
        self.bug = None;
        plant::plant(None);
        let truth = self.truth()?;
        self.check_promises(&truth)?;
        self.check_devices(&truth)?;
        self.check_verdicts(&truth)?;
        self.check_server(&truth)?;
        self.check_facts(&truth)?;
        self.digest(&truth)
    }

    /// Nothing is lost: every command that a device said it saved is in exactly one place, and what was acknowledged
    /// stands in the log.
    fn check_promises(&self, truth: &Truth) -> Checked<()> {
        for id in &self.ledger.acknowledged {
            ensure(
                truth.admitted.contains(id),
                "no acknowledged command is lost",
                || format!("{id:?} was acknowledged; {}", self.whereabouts(*id)),
            )?;
        }
        for (id, promise) in &self.ledger.saved {
            let device = &self.devices[promise.machine];
            let fate = device.replica().fate(*id).map_err(broke)?;
            let admitted = truth.admitted.contains(id);
            let problem = match device.standing {
                Standing::Working => misplaced(fate.as_ref(), admitted, promise, truth, *id),
                // What it had not sent went to quarantine before it was wiped.
                Standing::Retired => {
                    let traced = fate.is_some() || admitted || truth.quarantined.contains(id);
                    (!traced && !promise.may_be_lost).then_some("a retired seat lost it")
                }
                // It stays on a device that nobody answers.
                Standing::Stolen => None,
                Standing::Lost => (!admitted && !promise.may_be_lost)
                    .then_some("it was on a lost device only, after it had been in the log"),
            };
            if let Some(problem) = problem {
                let waits = fate == Some(Fate::Waiting) && self.ledger.has_losses();
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

    /// Where a command is known, for the report of a violation.
    fn whereabouts(&self, id: CommandId) -> String {
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
        format!("{promise:?}; machines: {}", known.join(", "))
    }

    /// Every device shows what the server holds, as far as it may.
    fn check_devices(&mut self, truth: &Truth) -> Checked<()> {
        for index in 0..self.devices.len() {
            let standing = self.devices[index].standing;
            self.check_withheld(index)?;
            if standing != Standing::Working {
                continue;
            }
            self.check_rest(index)?;
            self.check_documents(index, truth)?;
            self.check_rows(index, truth)?;
            self.check_caches(index)?;
        }
        Ok(())
    }

    /// A healed device has nothing left to say.
    fn check_rest(&self, index: MachineIndex) -> Checked<()> {
        let device = &self.devices[index];
        let replica = device.replica();
        ensure(
            replica.state() == SeatState::Active,
            "an honest seat stays active",
            || format!("machine {index}: {:?}", replica.state()),
        )?;
        let unsent = replica.unsent().map_err(broke)?;
        let excused = device.side == Side::Hostile || self.ledger.has_losses();
        ensure(unsent == 0 || excused, "an outbox drains", || {
            format!("machine {index} has {unsent} commands left")
        })
    }

    /// Nothing on a device is another's alone.
    fn check_withheld(&mut self, index: MachineIndex) -> Checked<()> {
        let person = self.devices[index].person;
        let image = self.devices[index].image()?;
        watch::no_canary_of_others(&image, person, &self.canaries)
    }

    /// A device holds just the documents that it may, with the server's heads. Of another document it holds at most
    /// what its own person wrote.
    fn check_documents(&self, index: MachineIndex, truth: &Truth) -> Checked<()> {
        let device = &self.devices[index];
        let held = device.replica().documents().map_err(broke)?;
        for (document, heads) in &truth.documents {
            if !self.may_hold(device.person, document)? {
                if held.contains(document) {
                    self.check_own_only(index, *document)?;
                }
                continue;
            }
            ensure(held.contains(document), "who may hold it has it", || {
                format!("machine {index} lacks {document:?}")
            })?;
            let own = device.replica().accepted_heads(*document).map_err(broke)?;
            ensure(own == *heads, "all replicas meet", || {
                format!("machine {index}, {document:?}: {own:?} against {heads:?}")
            })?;
        }
        Ok(())
    }

    fn check_own_only(&self, index: MachineIndex, document: DocumentKey) -> Checked<()> {
        let device = &self.devices[index];
        for (key, mut record) in device.replica().records(document).map_err(broke)? {
            let by = PersonId::read("by", &mut record);
            ensure(
                by == Ok(device.person),
                "nobody holds without a grant",
                || format!("machine {index} holds {key} of {document:?}"),
            )?;
        }
        Ok(())
    }

    /// A device shows the last ruling of every case of which it holds something.
    fn check_rows(&self, index: MachineIndex, truth: &Truth) -> Checked<()> {
        let device = &self.devices[index];
        for document in device.replica().documents().map_err(broke)? {
            let Some(ruled) = truth.states.get(&document.case) else {
                continue;
            };
            let shown = device.replica().case_state(document.case).map_err(broke)?;
            ensure(
                shown.as_ref() == Some(ruled),
                "every holder has the rulings",
                || {
                    format!(
                        "machine {index}, {:?}: {shown:?} against {ruled:?}",
                        document.case
                    )
                },
            )?;
        }
        Ok(())
    }

    /// What a device keeps in memory and in caches is what its disk gives when it starts again.
    fn check_caches(&mut self, index: MachineIndex) -> Checked<()> {
        let fresh = self.devices[index].scratch(&mut self.rng)?;
        let device: &Device = &self.devices[index];
        let held = device.replica().documents().map_err(broke)?;
        let same = fresh.documents().map_err(broke)? == held;
        ensure(same, "caches equal what is rebuilt", || {
            format!("machine {index}: documents")
        })?;
        for document in held {
            let shown = device.replica().records(document).map_err(broke)?;
            let again = fresh.records(document).map_err(broke)?;
            ensure(shown == again, "caches equal what is rebuilt", || {
                format!("machine {index}: records of {document:?}")
            })?;
        }
        Ok(())
    }

    /// Everybody who knows a verdict knows the same one.
    fn check_verdicts(&self, truth: &Truth) -> Checked<()> {
        let mut verdicts: BTreeMap<CommandId, (MachineIndex, Verdict)> = BTreeMap::new();
        for id in &truth.admitted {
            for (index, device) in self.devices.iter().enumerate() {
                if device.standing != Standing::Working {
                    continue;
                }
                let Some(Fate::Judged(verdict)) = device.replica().fate(*id).map_err(broke)? else {
                    continue;
                };
                let (first, known) = verdicts
                    .entry(*id)
                    .or_insert_with(|| (index, verdict.clone()));
                ensure(
                    *known == verdict,
                    "everybody learns the same verdict",
                    || format!("{id:?}: machine {first} {known:?}, machine {index} {verdict:?}"),
                )?;
            }
        }
        Ok(())
    }

    /// Replaying the log on an empty server gives the same rulings, and the caches are what the log gives.
    fn check_server(&mut self, truth: &Truth) -> Checked<()> {
        let rebuilt = self
            .server
            .engine_mut()
            .rebuild_check(&self.institution)
            .map_err(|error| Violation::broke("Engine::rebuild_check", &error))?;
        ensure(rebuilt.is_empty(), "the log says everything", || {
            format!("{rebuilt:?}")
        })?;
        let judged = self.ledger.cases.iter().filter(|case| {
            let register = CommandId::from_bytes(*case.as_bytes());
            truth.admitted.contains(&register)
        });
        for case in judged {
            ensure(
                truth.states.contains_key(case),
                "every case is judged",
                || format!("{case:?}"),
            )?;
        }
        Ok(())
    }

    /// A hash over what the world ended with.
    fn digest(&self, truth: &Truth) -> Checked<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        for id in &truth.admitted {
            hasher.update(id.as_bytes());
        }
        for (document, heads) in &truth.documents {
            hasher.update(document.id().as_bytes());
            for head in heads {
                hasher.update(head.as_bytes());
            }
        }
        for (case, state) in &truth.states {
            hasher.update(case.as_bytes());
            hasher.update(&minicbor::to_vec(state).unwrap_or_default());
        }
        for (id, promise) in &self.ledger.saved {
            let fate = self.devices[promise.machine]
                .replica()
                .fate(*id)
                .map_err(broke)?;
            hasher.update(format!("{fate:?}").as_bytes());
        }
        Ok(*hasher.finalize().as_bytes())
    }
}

/// What is wrong with the place of a command, if anything is.
fn misplaced(
    fate: Option<&Fate>,
    admitted: bool,
    promise: &Promise,
    truth: &Truth,
    id: CommandId,
) -> Option<&'static str> {
    let is_fact = promise.kind.nature() == Nature::Fact;
    match fate {
        // A person who may not hold the case any more need not see what became of their command.
        None if admitted || promise.may_be_lost => None,
        None => Some("its device has forgotten it"),
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
        Some(Fate::TurnedAway(code)) => {
            turned_away(*code, promise, truth.quarantined.contains(&id))
        }
    }
}

/// An honest command is turned away for few reasons: a right that ended, or a copy that was faster.
fn turned_away(code: Turned, promise: &Promise, quarantined: bool) -> Option<&'static str> {
    let _ = quarantined;
    match code {
        Turned::NoGrant | Turned::RevokedSeat => None,
        Turned::ReusedSequence | Turned::WrongCounter | Turned::WrongDependencies => {
            (!promise.may_be_forked).then_some("an honest device's command has no place")
        }
        Turned::BadSignature
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
