//! What must hold when everything is healed and nothing moves any more.

use std::collections::BTreeMap;

use jangkau_core::class::DocumentKey;
use jangkau_core::id::{CommandId, PersonId};
use jangkau_core::plant;
use jangkau_core::record::Field as _;
use jangkau_core::replica::{Fate, ReplicaError, SeatState};
use jangkau_core::rules::Verdict;

use super::World;
use super::device::{Device, Side, Standing};
use super::network::MachineIndex;
use super::observe::Truth;
use super::violation::{Checked, Violation, ensure};
use super::watch;

pub(super) fn broke(error: ReplicaError) -> Violation {
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
        self.check_audit()?;
        self.check_facts(&truth)?;
        self.digest(&truth)
    }

    /// Every device shows what the server holds, as far as it may.
    fn check_devices(&mut self, truth: &Truth) -> Checked<()> {
        for index in 0..self.devices.len() {
            let standing = self.devices[index].standing;
            self.check_withheld(index)?;
            if standing != Standing::Working || self.devices[index].side == Side::Hostile {
                continue;
            }
            self.check_rest(index)?;
            self.check_documents(index, truth)?;
            self.check_comparison(index)?;
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
        ensure(
            unsent == 0 || self.ledger.has_losses,
            "an outbox drains",
            || format!("machine {index} has {unsent} commands left"),
        )
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

    /// A device that is at rest is told that it holds the same, and fetches nothing again for ever.
    fn check_comparison(&self, index: MachineIndex) -> Checked<()> {
        let device = &self.devices[index];
        let here = device.replica().digest().map_err(broke)?;
        let engine = self.server.engine();
        let there = engine.digest(&self.institution, device.person);
        let there = there.map_err(|error| Violation::broke("Engine::digest", &error))?;
        ensure(
            here == there,
            "at rest, the self-check finds nothing",
            || format!("machine {index}"),
        )
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

    /// A device shows the last ruling of every case of which it holds something, or none of a case that it may not hold.
    fn check_rows(&self, index: MachineIndex, truth: &Truth) -> Checked<()> {
        let device = &self.devices[index];
        for document in device.replica().documents().map_err(broke)? {
            let Some(ruled) = truth.states.get(&document.case) else {
                continue;
            };
            let may_hold = self.may_hold_any(device.person, document.case)?;
            let shown = device.replica().case_state(document.case).map_err(broke)?;
            let told = self.told(device.person, document.case, ruled)?;
            ensure(
                shown == told || (shown.is_none() && !may_hold),
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
        let fresh = self.devices[index].scratch()?;
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
                if device.standing != Standing::Working || device.side == Side::Hostile {
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
    fn check_server(&self, truth: &Truth) -> Checked<()> {
        let rebuilt = self
            .server
            .engine()
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
