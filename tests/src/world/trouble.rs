//! What befalls machines: lost power aside, which strikes inside their calls.

use jangkau_core::sync::SeatStatus;

use super::World;
use super::device::{Side, Standing};
use super::fault::Fault;
use super::network::{DAY, HOUR, MachineIndex};
use super::violation::{Checked, Violation};

/// Most machines of a world, copies included.
const MACHINES_MAX: usize = 9;

impl World {
    /// Lets each kind of trouble strike or not.
    pub(super) fn trouble(&mut self) -> Checked<()> {
        if self.faults.strikes(Fault::RestartServer) {
            self.server.restart(self.now, &mut self.faults)?;
            self.faults.took_effect(Fault::RestartServer);
            self.tell(|_| "the server restarts".to_owned());
        }
        if self.faults.strikes(Fault::RestoreServer) {
            self.restore_server()?;
        }
        if self.faults.strikes(Fault::ServerClockJump) {
            self.server.clock_off = self.faults.chance().between(-5 * HOUR, 5 * HOUR);
            self.faults.took_effect(Fault::ServerClockJump);
            self.tell(|world| {
                format!("the server's clock is off by {} ms", world.server.clock_off)
            });
        }
        let Some(index) = self.pick_victim() else {
            return Ok(());
        };
        if self.faults.strikes(Fault::ClockJump) {
            self.devices[index].set_clock_wrong(self.faults.chance());
            self.faults.took_effect(Fault::ClockJump);
        }
        if self.faults.strikes(Fault::Partition) {
            let away = self.faults.chance().between(HOUR, 21 * DAY);
            self.devices[index].cut_off_until = self.now.plus_millis(away);
            self.tell(|_| format!("machine {index} is cut off"));
        }
        if self.faults.strikes(Fault::RollBack) {
            self.roll_back(index)?;
        }
        if self.faults.strikes(Fault::Clone) {
            self.copy(index)?;
        }
        if self.faults.strikes(Fault::LoseDevice) {
            self.lose(index)?;
        }
        if self.faults.strikes(Fault::RetireSeat) {
            self.revoke(
                index,
                Standing::Retired,
                SeatStatus::Retired,
                Fault::RetireSeat,
            )?;
        }
        if self.faults.strikes(Fault::StealSeat) {
            self.revoke(
                index,
                Standing::Stolen,
                SeatStatus::Stolen,
                Fault::StealSeat,
            )?;
        }
        if self.faults.strikes(Fault::Garbage) {
            self.garbage()?;
        }
        Ok(())
    }

    fn pick_victim(&mut self) -> Option<MachineIndex> {
        let present: Vec<MachineIndex> = self.present().collect();
        self.faults.chance().pick(&present).copied()
    }

    /// How many honest devices work, besides one.
    fn others_working(&self, index: MachineIndex) -> usize {
        let numbered = self.devices.iter().enumerate();
        numbered
            .filter(|(other, device)| {
                *other != index
                    && device.standing == Standing::Working
                    && device.side == Side::Honest
            })
            .count()
    }

    /// Goes back to a backup.
    fn restore_server(&mut self) -> Checked<()> {
        if !self.server.restore(self.now, &mut self.faults)? {
            return Ok(());
        }
        self.faults.took_effect(Fault::RestoreServer);
        self.tell(|world| format!("the server is restored to {:?}", world.server.head().ok()));
        self.excuse_what_nobody_holds()?;
        // What an administrator did after the backup is done again.
        for index in 0..self.devices.len() {
            match self.devices[index].standing {
                Standing::Retired => self.tell_server(index, SeatStatus::Retired)?,
                Standing::Stolen => self.tell_server(index, SeatStatus::Stolen)?,
                Standing::Working | Standing::Lost => {}
            }
        }
        Ok(())
    }

    /// Puts a device back to an older state. What it had recorded since may be gone.
    fn roll_back(&mut self, index: MachineIndex) -> Checked<()> {
        let device = &mut self.devices[index];
        if !device.roll_back(&mut self.faults)? {
            return Ok(());
        }
        self.faults.took_effect(Fault::RollBack);
        self.tell(|_| format!("machine {index} is put back"));
        self.excuse_what_nobody_holds()
    }

    /// A machine goes on with a copy of a vault.
    fn copy(&mut self, index: MachineIndex) -> Checked<()> {
        let twins = self.devices.iter().any(|device| device.has_twin);
        if twins || self.devices.len() >= MACHINES_MAX || self.devices[index].side == Side::Hostile
        {
            return Ok(());
        }
        let copy = self.devices[index].copied()?;
        self.devices.push(copy);
        self.ledger.expect_forks(index);
        self.faults.took_effect(Fault::Clone);
        self.tell(|world| format!("machine {index} is copied to {}", world.devices.len() - 1));
        Ok(())
    }

    /// A device is gone. What it had not sent is gone with it.
    fn lose(&mut self, index: MachineIndex) -> Checked<()> {
        if self.others_working(index) < 1 {
            return Ok(());
        }
        self.devices[index].standing = Standing::Lost;
        self.devices[index].waits = false;
        self.faults.took_effect(Fault::LoseDevice);
        self.tell(|_| format!("machine {index} is lost"));
        self.excuse_what_nobody_holds()
    }

    fn revoke(
        &mut self,
        index: MachineIndex,
        standing: Standing,
        status: SeatStatus,
        fault: Fault,
    ) -> Checked<()> {
        let device = &self.devices[index];
        let once = self.devices.iter().any(|other| other.standing == standing);
        // A seat younger than the oldest backup could come back as if nothing had been said about it.
        let founding = index < 2;
        if once
            || !founding
            || device.standing != Standing::Working
            || self.others_working(index) < 1
        {
            return Ok(());
        }
        self.tell_server(index, status)?;
        let seat = self.devices[index].replica().seat();
        for device in &mut self.devices {
            if device.replica().seat() == seat && device.is_there() {
                device.standing = standing;
            }
        }
        self.faults.took_effect(fault);
        self.tell(|_| format!("machine {index} is {standing:?}"));
        self.excuse_what_nobody_holds()
    }

    fn tell_server(&mut self, index: MachineIndex, status: SeatStatus) -> Checked<()> {
        let seat = self.devices[index].replica().seat();
        let clock = self.server.clock(self.now);
        self.server
            .engine_mut()
            .revoke(&self.institution, seat, status, clock)
            .map_err(|error| Violation::broke("Engine::revoke", &error))
    }

    /// What neither the log nor any device that reaches the server holds is gone for a reason of this world's own.
    /// Everything else must come back.
    fn excuse_what_nobody_holds(&mut self) -> Checked<()> {
        let admitted = self.admitted()?;
        for id in self.ledger.everything() {
            if admitted.contains(&id) {
                continue;
            }
            let mut held = false;
            for device in &self.devices {
                let reaches = matches!(device.standing, Standing::Working | Standing::Retired);
                // Whoever spoils what they send cannot be relied upon to tell the truth again.
                let tells = reaches && device.side == Side::Honest;
                held |= tells && device.could_tell(id)?;
            }
            if !held {
                self.ledger.excuse(id);
            }
        }
        Ok(())
    }
}
