//! What happens to the server in a story, with ids instead of the story's names.

use jangkau_core::sync::Delegation;

use super::super::link::HostAct;
use super::super::plan::ServerAct;
use super::{PlayError, Player};

impl<L: super::Link> Player<L> {
    /// The act, as a link carries it out.
    pub(super) fn host_act(&self, act: &ServerAct) -> Result<HostAct, PlayError> {
        Ok(match act {
            ServerAct::Revoke { seat, how } => {
                let replica = self.replica(seat)?;
                HostAct::Revoke(self.institution_of(&seat.person)?, replica.seat(), *how)
            }
            ServerAct::Delegate(plan) => {
                let delegation = Delegation {
                    role: plan.role,
                    powers: plan.powers.clone(),
                    from: plan.from,
                    until: plan.until,
                    by: self.known_person(&plan.by)?,
                    title: plan.title,
                };
                let to = self.known_person(&plan.to)?;
                HostAct::Delegate(self.institution_of(&plan.to)?, to, delegation)
            }
            ServerAct::Restart => HostAct::Restart,
            ServerAct::Backup => HostAct::Backup,
            ServerAct::Restore => HostAct::Restore,
            ServerAct::Calendar {
                institution,
                name,
                csv,
            } => HostAct::Calendar(institution.clone(), name.clone(), csv.clone()),
            ServerAct::Activate {
                institution,
                edits,
                from,
            } => HostAct::Activate(institution.clone(), edits.clone(), *from),
        })
    }
}
