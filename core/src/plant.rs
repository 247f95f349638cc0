//! Deliberate bugs and crash points, for the simulator alone. Without the feature `plant` all of it is nothing.
//!
//! Both are chosen for the current thread, so that worlds may run side by side.

use crate::code::codes;

codes!(
    /// A bug that can be switched on, to see that the simulator finds it.
    Plant {
        /// The server acknowledges before it commits.
        AckBeforeCommit = "ack-before-commit",
        /// The server's store does not wait for the disk.
        SkipFsync = "skip-fsync",
        /// A device that was put back to an older state goes on with the same actor.
        ReuseActor = "reuse-actor",
        /// The server sends documents without asking for a grant.
        DropGrantCheck = "drop-grant-check",
        /// A device forgets a backfill that it has begun.
        LoseBackfill = "lose-backfill",
        /// The server judges with another profile than the case is pinned to.
        StaleProfile = "stale-profile",
        /// The server counts a duplicate as a new command.
        CountTwice = "count-twice",
        /// A device drops what was recorded after a command that was turned away.
        LoseDependants = "lose-dependants",
        /// The server does not keep what it turns away.
        DropQuarantine = "drop-quarantine",
        /// The server answers a seat that was stolen.
        ServeStolen = "serve-stolen",
        /// The server appends a row without its entry in the audit chain.
        SkipAudit = "skip-audit",
    }
);

/// The simulated machine lost its power at a crash point.
#[derive(Clone, Copy, Debug, thiserror::Error, PartialEq, Eq)]
#[error("the power went out")]
pub struct PowerLost;

#[cfg(feature = "plant")]
mod switches {
    use std::cell::{Cell, RefCell};
    use std::collections::BTreeMap;

    use super::{Plant, PowerLost};

    thread_local! {
        static PLANTED: Cell<Option<Plant>> = const { Cell::new(None) };
        static CRASH_IN: Cell<Option<u32>> = const { Cell::new(None) };
        static REACHED: RefCell<BTreeMap<&'static str, u64>> = const { RefCell::new(BTreeMap::new()) };
    }

    /// Switches one bug on for this thread, or all off.
    pub fn plant(bug: Option<Plant>) {
        PLANTED.set(bug);
    }

    /// Whether a bug is switched on.
    #[must_use]
    pub fn planted(bug: Plant) -> bool {
        PLANTED.get() == Some(bug)
    }

    /// Lets the power go out at the n-th crash point from now, counted from 0; or never.
    pub fn crash_in(steps: Option<u32>) {
        CRASH_IN.set(steps);
    }

    /// A place where the power may go out.
    ///
    /// # Errors
    /// [`PowerLost`], when it does.
    pub fn crash_point(name: &'static str) -> Result<(), PowerLost> {
        match CRASH_IN.get() {
            Some(0) => {
                CRASH_IN.set(None);
                REACHED.with_borrow_mut(|reached| *reached.entry(name).or_default() += 1);
                Err(PowerLost)
            }
            Some(left) => {
                CRASH_IN.set(Some(left - 1));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// At which crash points the power went out on this thread, and how often; forgets them.
    #[must_use]
    pub fn take_crashes() -> BTreeMap<&'static str, u64> {
        REACHED.take()
    }
}

#[cfg(feature = "plant")]
pub use switches::{crash_in, crash_point, plant, planted, take_crashes};

/// Whether a bug is switched on: never, outside the simulator.
#[cfg(not(feature = "plant"))]
#[must_use]
pub const fn planted(_: Plant) -> bool {
    false
}

/// A place where the power may go out: never, outside the simulator.
///
/// # Errors
/// None.
#[cfg(not(feature = "plant"))]
pub const fn crash_point(_: &'static str) -> Result<(), PowerLost> {
    Ok(())
}
