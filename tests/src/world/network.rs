//! The network: messages on their way, and what may happen to them.

use std::collections::BTreeMap;

use jangkau_core::time::Timestamp;

use super::fault::{Fault, Faults};

/// Milliseconds in an hour.
pub(super) const HOUR: i64 = 3_600_000;
/// Milliseconds in a day.
pub(super) const DAY: i64 = 24 * HOUR;

/// Requests that arrive within so many milliseconds make one group.
const GROUP: i64 = 400;

/// Which machine of the world.
pub(super) type MachineIndex = usize;

/// What a device's shell gets back: the body of a reply, or of a refusal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answered {
    /// Status 200.
    Reply(Vec<u8>),
    /// Status 4xx.
    Refusal(Vec<u8>),
}

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    /// A request on its way to the server.
    Request(Vec<u8>, Wire),
    /// The answer to it.
    Answer(Answered, Wire),
}

/// Whether bytes came as they were sent. The transport notices what was changed, so that nobody takes an answer
/// over a broken connection for one; what the broken bytes do to a decoder is tried all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wire {
    /// They did.
    Whole,
    /// They were cut or changed.
    Broken,
}

/// A message with its connection.
#[derive(Clone, Debug)]
pub(super) struct Flight {
    /// The device at the one end.
    pub(super) machine: MachineIndex,
    /// The attempt that it belongs to: an answer to an older one finds nobody.
    pub(super) attempt: u64,
    /// What is carried.
    pub(super) message: Message,
    sent: u64,
}

/// All messages on their way.
#[derive(Debug, Default)]
pub(super) struct Network {
    flights: BTreeMap<(i64, u64), Flight>,
    sent: u64,
    last_arrived: BTreeMap<MachineIndex, u64>,
}

impl Network {
    /// Sends a message; what becomes of it is decided here.
    pub(super) fn send(
        &mut self,
        machine: MachineIndex,
        attempt: u64,
        message: Message,
        now: Timestamp,
        faults: &mut Faults,
    ) {
        if faults.strikes(Fault::Drop) {
            faults.took_effect(Fault::Drop);
            return;
        }
        let message = damage(message, faults);
        let copies = if faults.strikes(Fault::Duplicate) {
            faults.took_effect(Fault::Duplicate);
            2
        } else {
            1
        };
        for _ in 0..copies {
            let due = now.plus_millis(lateness(faults)).as_millis();
            self.sent += 1;
            let flight = Flight {
                machine,
                attempt,
                message: message.clone(),
                sent: self.sent,
            };
            self.flights.insert((due, self.sent), flight);
        }
    }

    /// When the next message arrives.
    #[must_use]
    pub(super) fn next_due(&self) -> Option<Timestamp> {
        let (due, _) = self.flights.keys().next()?;
        Some(Timestamp::from_millis(*due))
    }

    /// Takes out the messages that arrive next: one answer, or requests close together.
    pub(super) fn arrive(&mut self, faults: &mut Faults) -> Vec<Flight> {
        let mut group: Vec<Flight> = Vec::new();
        let mut until = i64::MAX;
        while let Some(entry) = self.flights.first_entry() {
            let due = entry.key().0;
            let is_request = matches!(entry.get().message, Message::Request(..));
            if due > until || (!is_request && !group.is_empty()) {
                break;
            }
            until = until.min(due.saturating_add(GROUP));
            let flight = entry.remove();
            let last = self.last_arrived.entry(flight.machine).or_default();
            if flight.sent < *last {
                faults.took_effect(Fault::Reorder);
            }
            *last = flight.sent.max(*last);
            group.push(flight);
            if !is_request {
                break;
            }
        }
        group
    }
}

/// How late a message comes, in milliseconds.
fn lateness(faults: &mut Faults) -> i64 {
    if faults.strikes(Fault::DelayDays) {
        faults.took_effect(Fault::DelayDays);
        return faults.chance().between(DAY, 21 * DAY);
    }
    if faults.strikes(Fault::Delay) {
        faults.took_effect(Fault::Delay);
        return faults.chance().between(HOUR / 6, DAY);
    }
    faults.chance().between(20, 900)
}

/// Cuts or changes a message, now and then.
fn damage(message: Message, faults: &mut Faults) -> Message {
    let cut = faults.strikes(Fault::Truncate);
    let flip = faults.strikes(Fault::BitFlip);
    if !cut && !flip {
        return message;
    }
    faults.took_effect(if cut { Fault::Truncate } else { Fault::BitFlip });
    let spoil = |mut bytes: Vec<u8>, faults: &mut Faults| {
        let at = faults.chance().below(bytes.len());
        if cut {
            bytes.truncate(at);
        } else if let Some(byte) = bytes.get_mut(at) {
            *byte ^= 1 << faults.chance().below(8);
        }
        bytes
    };
    match message {
        Message::Request(bytes, _) => Message::Request(spoil(bytes, faults), Wire::Broken),
        Message::Answer(Answered::Reply(bytes), _) => {
            Message::Answer(Answered::Reply(spoil(bytes, faults)), Wire::Broken)
        }
        Message::Answer(Answered::Refusal(bytes), _) => {
            Message::Answer(Answered::Refusal(spoil(bytes, faults)), Wire::Broken)
        }
    }
}
