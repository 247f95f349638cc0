//! The audit chain at the end of a world: whole, covering the log, and the one that every device remembers.

use jangkau_core::sync::AuditStanding;
use jangkau_server::audit::Verified;

use super::World;
use super::device::Side;
use super::invariants::broke;
use super::violation::{Checked, Violation, ensure};

impl World {
    /// The chain verifies and has an entry for every row of the log; what a device remembers is in it, or lies in a span that a
    /// restore forgot.
    pub(super) fn check_audit(&self) -> Checked<()> {
        let engine = self.server.engine();
        let verified = engine
            .verify_audit(&self.institution)
            .map_err(|error| Violation::broke("Engine::verify_audit", &error))?;
        ensure(
            matches!(verified, Verified::Whole(_)),
            "the audit chain is whole and covers the log",
            || format!("{verified:?}"),
        )?;
        for (index, device) in self.devices.iter().enumerate() {
            let replica = device.replica();
            let Some(remembered) = replica.audit_head() else {
                continue;
            };
            let era = replica.position().0.era;
            let standing = engine
                .audit_standing(&self.institution, era, remembered)
                .map_err(|error| Violation::broke("Engine::audit_standing", &error))?;
            let fork = replica.audit_fork().map_err(broke)?;
            // Who lies about where their log stood may have taken it for another one.
            let may_be_alarmed = device.side == Side::Hostile;
            ensure(
                standing != AuditStanding::Forked && (fork.is_none() || may_be_alarmed),
                "a remembered head is in the chain, or a restore forgot it",
                || format!("machine {index}: {remembered:?} is {standing}, {fork:?}"),
            )?;
        }
        Ok(())
    }
}
