//! The world's own memory of what was promised: every command that a device said it saved, and every
//! acknowledgement that the server gave.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::command::CommandKind;
use jangkau_core::id::{CaseId, CommandId};

use super::network::MachineIndex;

/// A command that a device said it saved.
#[derive(Clone, Debug)]
pub(super) struct Promise {
    /// On which machine.
    pub(super) machine: MachineIndex,
    /// Its case.
    pub(super) case: CaseId,
    /// Its kind.
    pub(super) kind: CommandKind,
    /// Whether it may be gone: it was only on a device that was lost or put back, or a lost part of the log was
    /// its only trace.
    pub(super) may_be_lost: bool,
    /// Whether a copy of the device may have taken its place in a sequence.
    pub(super) may_be_forked: bool,
}

/// All promises of a world.
#[derive(Debug, Default)]
pub(super) struct Ledger {
    /// What devices saved.
    pub(super) saved: BTreeMap<CommandId, Promise>,
    /// What the server said stands in its log, and to which machine first. A device may have kept what it never said it saved, since
    /// its power went in between.
    pub(super) acknowledged: BTreeMap<CommandId, MachineIndex>,
    /// Cases that people opened.
    pub(super) cases: BTreeSet<CaseId>,
    /// Whether anything at all may be gone, so that what depends on it may wait for ever.
    pub(super) has_losses: bool,
}

impl Ledger {
    /// Notes that a device saved a command.
    pub(super) fn save(&mut self, id: CommandId, promise: Promise) {
        if promise.kind != CommandKind::RecordActivity {
            self.cases.insert(promise.case);
        }
        self.saved.insert(id, promise);
    }

    /// Notes that a machine was told that a command stands in the log.
    pub(super) fn acknowledge(&mut self, id: CommandId, machine: MachineIndex) {
        self.acknowledged.entry(id).or_insert(machine);
    }

    /// Every command that anybody promised to keep.
    #[must_use]
    pub(super) fn everything(&self) -> BTreeSet<CommandId> {
        let saved = self.saved.keys().copied();
        saved.chain(self.acknowledged.keys().copied()).collect()
    }

    /// Notes that a command may be gone.
    pub(super) fn excuse(&mut self, id: CommandId) {
        self.has_losses = true;
        self.acknowledged.remove(&id);
        if let Some(promise) = self.saved.get_mut(&id) {
            promise.may_be_lost = true;
        }
    }

    /// Notes that the commands of a machine may meet those of its copy.
    pub(super) fn expect_forks(&mut self, machine: MachineIndex) {
        for promise in self.saved.values_mut() {
            promise.may_be_forked |= promise.machine == machine;
        }
    }
}
