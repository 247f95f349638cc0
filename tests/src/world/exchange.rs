//! Who syncs when: attempts, arrivals, and the calm rounds at the end.

use jangkau_core::id::BatchId;
use jangkau_core::sync::{Refused, RefusedReply};
use jangkau_core::time::Timestamp;

use super::World;
use super::device::{Side, Standing};
use super::fault::Fault;
use super::hostile;
use super::network::{Answered, Flight, MachineIndex, Message, Wire};
use super::story::{describe_reply, describe_request};
use super::violation::{Checked, Violation, ensure};
use super::watch;

/// Most rounds until nothing moves any more: a push, its rulings, what others make of them, and some more.
const ROUNDS_MAX: usize = 12;

/// Most exchanges of one device in one calm round: pages and backfills of the smallest size still fit.
const EXCHANGES_MAX: usize = 200;

impl World {
    /// Lets the time pass until an instant, and messages arrive.
    pub(super) fn pass(&mut self, until: Timestamp) -> Checked<()> {
        while let Some(due) = self.network.next_due() {
            if due > until {
                break;
            }
            self.now = self.now.max(due);
            let group = self.network.arrive(&mut self.faults);
            let is_answer = matches!(
                group.first().map(|flight| &flight.message),
                Some(Message::Answer(..))
            );
            if is_answer {
                for flight in group {
                    self.answer_arrives(flight)?;
                }
            } else {
                self.requests_arrive(group)?;
            }
        }
        self.now = self.now.max(until);
        Ok(())
    }

    /// One device begins to sync.
    pub(super) fn somebody_syncs(&mut self) -> Checked<()> {
        let Some(index) = self.pick_device() else {
            return Ok(());
        };
        // An impatient shell begins anew, a patient one waits for the answer.
        if self.devices[index].waits && self.chance.per_mille(500) {
            return Ok(());
        }
        self.attempt(index)
    }

    /// The morning: everybody reaches the network at once.
    pub(super) fn everybody_syncs(&mut self) -> Checked<()> {
        let present: Vec<MachineIndex> = self.present().collect();
        for index in present {
            self.attempt(index)?;
        }
        Ok(())
    }

    fn attempt(&mut self, index: MachineIndex) -> Checked<()> {
        let device = &mut self.devices[index];
        if device.cut_off_until > self.now {
            self.faults.took_effect(Fault::Partition);
            return Ok(());
        }
        device.attempt += 1;
        let clock = device.clock(self.now);
        let called = device.call(
            "Replica::request",
            &mut self.faults,
            &mut self.rng,
            |replica, rng| replica.request(clock, rng.rng()),
        )?;
        let mut request = match called {
            None => return Ok(()),
            Some(Ok(request)) => request,
            Some(Err(error)) => return Err(Violation::broke("Replica::request", &error)),
        };
        device.waits = true;
        self.watch_sequences(index, &request)?;
        let device = &mut self.devices[index];
        if device.side == Side::Hostile && self.faults.strikes(Fault::Poison) {
            let fresh = BatchId::generate(self.now, self.rng.rng());
            let key = device.key.clone();
            let (now, chance) = (self.now, self.faults.chance());
            let spoiled = device.resigned(
                &request,
                |message| hostile::spoil(message, &key, now, chance),
                fresh,
            );
            if let Some(spoiled) = spoiled {
                request = spoiled;
                self.faults.took_effect(Fault::Poison);
            }
        }
        self.tell(|_| describe_request(index, &request));
        let message = Message::Request(request, Wire::Whole);
        let attempt = self.devices[index].attempt;
        self.network
            .send(index, attempt, message, self.now, &mut self.faults);
        Ok(())
    }

    /// A group of requests arrives at the server.
    fn requests_arrive(&mut self, group: Vec<Flight>) -> Checked<()> {
        let mut requests: Vec<Vec<u8>> = Vec::new();
        for flight in &group {
            if let Message::Request(bytes, _) = &flight.message {
                requests.push(bytes.clone());
            }
        }
        let replies = self
            .server
            .sync(&requests, self.now, &mut self.faults, &mut self.rng)?;
        let Some(replies) = replies else {
            self.tell(|_| "the server loses its power and answers nobody".to_owned());
            return Ok(());
        };
        ensure(
            replies.len() == group.len(),
            "each request gets its own answer",
            || format!("{} answers to {} requests", replies.len(), group.len()),
        )?;
        for (flight, reply) in group.into_iter().zip(replies) {
            self.tell(|_| describe_reply(flight.machine, &reply));
            // Nobody is at the other end of a broken connection.
            if matches!(flight.message, Message::Request(_, Wire::Broken)) {
                continue;
            }
            let answered = match reply {
                Ok(reply) => {
                    let standing = self.devices[flight.machine].standing;
                    ensure(
                        standing != Standing::Stolen,
                        "a stolen seat is told nothing",
                        || format!("machine {} got a reply", flight.machine),
                    )?;
                    self.watch(flight.machine, &reply)?;
                    Answered::Reply(reply)
                }
                Err(refused) => {
                    self.expect_refusal(flight.machine, &refused)?;
                    Answered::Refusal(minicbor::to_vec(refused).unwrap_or_default())
                }
            };
            let message = Message::Answer(answered, Wire::Whole);
            self.network.send(
                flight.machine,
                flight.attempt,
                message,
                self.now,
                &mut self.faults,
            );
        }
        Ok(())
    }

    /// Opens a reply, and remembers what it promises.
    fn watch(&mut self, index: MachineIndex, reply: &[u8]) -> Checked<()> {
        let device = &self.devices[index];
        let opened = watch::open(
            reply,
            (device.person, device.replica().seat()),
            &self.canaries,
        )?;
        self.may_receive(device.person, &opened.documents)?;
        for id in opened.acknowledged {
            self.ledger.acknowledge(id, index);
        }
        Ok(())
    }

    /// An honest device never puts two changes in one place of an actor's sequence, also when it was put back. Of a
    /// device and its copy nobody can ask that.
    fn watch_sequences(&mut self, index: MachineIndex, request: &[u8]) -> Checked<()> {
        let device = &self.devices[index];
        if device.side == Side::Hostile || device.has_twin {
            return Ok(());
        }
        for (place, hash) in watch::places(request)? {
            let first = *self.sequences.entry(place).or_insert(hash);
            ensure(first == hash, "an actor's sequence never forks", || {
                format!(
                    "machine {index}: {hash:?} at number {} of {:?}",
                    place.1, place.0
                )
            })?;
        }
        Ok(())
    }

    /// An honest device is refused for few reasons only.
    fn expect_refusal(&self, index: MachineIndex, refused: &RefusedReply) -> Checked<()> {
        let device = &self.devices[index];
        let expected = match refused.code {
            Refused::StaleNonce | Refused::Later => true,
            // A server that was restored may have forgotten the seat.
            Refused::UnknownSeat => self.server.restores > 0,
            Refused::RetiredSeat => device.standing == Standing::Retired,
            Refused::StolenSeat => device.standing == Standing::Stolen,
            Refused::BadSignature
            | Refused::Malformed
            | Refused::TooLong
            | Refused::Version
            | Refused::BadCode => false,
        };
        let excused = device.side == Side::Hostile || !device.is_there();
        ensure(
            expected || excused,
            "an honest request is not refused",
            || {
                format!(
                    "machine {index} ({:?}): {:?}",
                    device.standing, refused.code
                )
            },
        )
    }

    /// An answer arrives at a device.
    fn answer_arrives(&mut self, flight: Flight) -> Checked<()> {
        let device = &mut self.devices[flight.machine];
        let Message::Answer(answered, wire) = flight.message else {
            return Ok(());
        };
        if !device.is_there() || !device.waits || device.attempt != flight.attempt {
            return Ok(());
        }
        if device.cut_off_until > self.now {
            self.faults.took_effect(Fault::Partition);
            return Ok(());
        }
        if wire == Wire::Broken {
            // The transport lets nothing of it through. A decoder must bear it all the same.
            let mut scratch = device.scratch()?;
            let clock = device.clock(self.now);
            match answered {
                Answered::Reply(bytes) => drop(scratch.receive(&bytes, clock, self.rng.rng())),
                Answered::Refusal(bytes) => drop(scratch.refused(&bytes)),
            }
            return Ok(());
        }
        device.waits = false;
        if self.take(flight.machine, answered)? {
            self.attempt(flight.machine)?;
        }
        Ok(())
    }

    /// Gives a device an answer. True: it wants to ask again at once.
    fn take(&mut self, index: MachineIndex, answered: Answered) -> Checked<bool> {
        let device = &mut self.devices[index];
        let clock = device.clock(self.now);
        let again = match answered {
            Answered::Reply(bytes) => {
                let called = device.call(
                    "Replica::receive",
                    &mut self.faults,
                    &mut self.rng,
                    |replica, rng| replica.receive(&bytes, clock, rng.rng()),
                )?;
                called.map(|done| done.map(|synced| synced.again))
            }
            Answered::Refusal(bytes) => {
                let called = device.call(
                    "Replica::refused",
                    &mut self.faults,
                    &mut self.rng,
                    |replica, _| replica.refused(&bytes),
                )?;
                called.map(|done| done.map(|(_, again)| again))
            }
        };
        self.tell(|_| format!("machine {index} takes it: {again:?}"));
        match again {
            Some(Ok(again)) => Ok(again),
            None => Ok(false),
            // What it never sent comes back to it as its own.
            Some(Err(_)) if self.devices[index].side == Side::Hostile => Ok(false),
            Some(Err(error)) => Err(Violation::broke("take an answer", &error)),
        }
    }

    /// Bytes that are no message arrive at the server, together with an honest request.
    pub(super) fn garbage(&mut self) -> Checked<()> {
        let mut requests = vec![hostile::garbage(self.faults.chance())];
        requests.push(hostile::garbage(self.faults.chance()));
        let replies = self
            .server
            .sync(&requests, self.now, &mut self.faults, &mut self.rng)?;
        self.faults.took_effect(Fault::Garbage);
        for reply in replies.into_iter().flatten() {
            let refused = matches!(
                &reply,
                Err(RefusedReply {
                    code: Refused::Malformed
                        | Refused::TooLong
                        | Refused::Version
                        | Refused::UnknownSeat,
                    ..
                })
            );
            ensure(refused, "garbage is refused by name", || {
                format!("{reply:?}")
            })?;
        }
        Ok(())
    }

    /// Calm rounds until nothing moves any more.
    pub(super) fn sync_until_quiet(&mut self) -> Checked<()> {
        let honest = |index: &MachineIndex| self.devices[*index].side == Side::Honest;
        let present: Vec<MachineIndex> = self.present().filter(honest).collect();
        let mut still = 0;
        for _ in 0..ROUNDS_MAX {
            let before = self.server.head()?;
            let mut moved = false;
            for index in &present {
                moved |= self.sync_calmly(*index)?;
            }
            self.server.rule(self.now)?;
            moved |= before != self.server.head()?;
            still = if moved { 0 } else { still + 1 };
            if still == 2 {
                return Ok(());
            }
        }
        let what = format!("still moving after {ROUNDS_MAX} rounds");
        Err(Violation::new("everything comes to rest", what))
    }

    /// One device syncs to the end. True: something moved.
    fn sync_calmly(&mut self, index: MachineIndex) -> Checked<bool> {
        let mut exchanges = 0;
        let mut moved = false;
        loop {
            exchanges += 1;
            ensure(
                exchanges <= EXCHANGES_MAX,
                "everything comes to rest",
                || format!("machine {index} asks again after {EXCHANGES_MAX} exchanges"),
            )?;
            self.now = self.now.plus_millis(300);
            let rng = &mut self.rng;
            let clock = self.devices[index].clock(self.now);
            let called = self.devices[index].call(
                "Replica::request",
                &mut self.faults,
                rng,
                |replica, rng| replica.request(clock, rng.rng()),
            )?;
            let Some(Ok(request)) = called else {
                return Err(Violation::broke("Replica::request", &"no request"));
            };
            self.watch_sequences(index, &request)?;
            self.tell(|_| describe_request(index, &request));
            let replies =
                self.server
                    .sync(&[request], self.now, &mut self.faults, &mut self.rng)?;
            let Some(reply) = replies.into_iter().flatten().next() else {
                return Err(Violation::broke("Engine::try_sync", &"no reply"));
            };
            self.tell(|_| describe_reply(index, &reply));
            let answered = match reply {
                Ok(reply) => {
                    self.watch(index, &reply)?;
                    Answered::Reply(reply)
                }
                Err(refused) => {
                    self.expect_refusal(index, &refused)?;
                    Answered::Refusal(minicbor::to_vec(refused).unwrap_or_default())
                }
            };
            if !self.take(index, answered)? {
                return Ok(moved);
            }
            moved = true;
        }
    }
}
