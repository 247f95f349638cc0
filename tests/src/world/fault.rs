//! The faults of a world: their kinds, how often each took effect, and which of them a world has at all.

use std::collections::BTreeMap;

use super::chance::Chance;

/// Declares the kinds of fault with their names in the summary.
macro_rules! faults {
    ($( $(#[$doc:meta])* $name:ident = $code:literal $likely:literal ),+ $(,)?) => {
        /// A kind of fault.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Fault { $( $(#[$doc])* $name ),+ }

        impl Fault {
            /// Every kind.
            pub const ALL: &'static [Self] = &[ $( Self::$name ),+ ];

            /// Its name in the summary.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $( Self::$name => $code ),+ }
            }

            /// How often it happens, of a thousand occasions, in a world that has it.
            const fn per_mille(self) -> u32 {
                match self { $( Self::$name => $likely ),+ }
            }
        }
    };
}

faults! {
    /// A message is lost.
    Drop = "drop" 60,
    /// A message comes hours late.
    Delay = "delay" 80,
    /// A message comes up to 21 days late.
    DelayDays = "delay_days" 25,
    /// A message comes twice.
    Duplicate = "duplicate" 80,
    /// A message overtakes an older one.
    Reorder = "reorder" 0,
    /// A message is cut.
    Truncate = "truncate" 30,
    /// A bit of a message changes.
    BitFlip = "bit_flip" 30,
    /// A device is cut off, up to 21 days.
    Partition = "partition" 30,
    /// A device loses its power inside a step of its store.
    CrashDevice = "crash_device" 60,
    /// The server loses its power inside a step of its store.
    CrashServer = "crash_server" 80,
    /// A machine loses its power again while it starts.
    CrashStarting = "crash_starting" 250,
    /// The server stops and starts.
    RestartServer = "restart_server" 20,
    /// The server is restored from an older backup.
    RestoreServer = "restore_server" 15,
    /// A device's clock is wrong by days.
    ClockWrong = "clock_wrong" 300,
    /// A device's clock jumps.
    ClockJump = "clock_jump" 30,
    /// The server's clock jumps by hours.
    ServerClockJump = "server_clock_jump" 10,
    /// A device is copied, and both go on.
    Clone = "clone" 15,
    /// A device is put back to an older state and knows it.
    RollBack = "roll_back" 20,
    /// A device is lost with all that it had not sent.
    LoseDevice = "lose_device" 10,
    /// A seat is retired.
    RetireSeat = "retire_seat" 8,
    /// A seat is reported stolen.
    StealSeat = "steal_seat" 8,
    /// Bytes that are no message arrive at the server.
    Garbage = "garbage" 40,
    /// A validly signed push that no honest device would make.
    Poison = "poison" 400,
}

/// Which faults a world has, and which took effect. Half of the kinds are off in each world, so that the others
/// have room.
#[derive(Debug)]
pub struct Faults {
    chance: Chance,
    on: Vec<Fault>,
    calm: bool,
    reached: BTreeMap<String, u64>,
}

impl Faults {
    /// Draws the faults of a world.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut chance = Chance::new(seed, "faults");
        // Every eighth world has every fault, every eighth none but lateness.
        let share = match seed % 8 {
            0 => 1_000,
            1 => 100,
            _ => 550,
        };
        let on = Fault::ALL
            .iter()
            .copied()
            .filter(|_| chance.per_mille(share))
            .collect();
        Self {
            chance,
            on,
            calm: false,
            reached: BTreeMap::new(),
        }
    }

    /// Whether a fault happens on this occasion.
    pub fn strikes(&mut self, fault: Fault) -> bool {
        // Drawn in any case, so that switching a kind off does not move the others.
        let drawn = self.chance.per_mille(fault.per_mille());
        drawn && !self.calm && self.on.contains(&fault)
    }

    /// How a fault that strikes looks in detail.
    pub const fn chance(&mut self) -> &mut Chance {
        &mut self.chance
    }

    /// Notes that a fault took effect.
    pub fn took_effect(&mut self, fault: Fault) {
        *self.reached.entry(fault.code().to_owned()).or_default() += 1;
    }

    /// Notes at which crash points the power went out.
    pub fn crashed_at(&mut self, points: &BTreeMap<&'static str, u64>) {
        for (point, count) in points {
            *self.reached.entry(format!("crash:{point}")).or_default() += count;
        }
    }

    /// Ends all faults.
    pub const fn heal(&mut self) {
        self.calm = true;
    }

    /// Whether they have ended.
    #[must_use]
    pub const fn is_healed(&self) -> bool {
        self.calm
    }

    /// Which took effect, and how often.
    #[must_use]
    pub const fn reached(&self) -> &BTreeMap<String, u64> {
        &self.reached
    }
}
