//! Until when the vault may be read. A device that the server has not heard of for too long locks reading, never recording: what was
//! recorded stays, the outbox drains, and the next exchange unlocks.

use super::{Replica, ReplicaError, SeatState};
use crate::sync::{Lease, SyncReply};
use crate::time::Timestamp;

/// How far the noted time may lag behind the last record, so that not every record writes it.
const NOTED_EVERY_MS: i64 = 3_600_000;

/// What the vault knows of the time and of its lease.
#[derive(Clone, Debug, Default, minicbor::Encode, minicbor::Decode)]
pub(super) struct Tenure {
    /// The newest lease. A vault that never met the server has none, and holds nothing but what its own person typed.
    #[n(0)]
    lease: Option<Lease>,
    /// The highest time that the server ever told.
    #[n(1)]
    server_time: Option<Timestamp>,
    /// The highest time of an own record since the last exchange, to the hour. An exchange ends it: after a clock that was wrong
    /// has been set right, the server's time counts.
    #[n(2)]
    recorded: Option<Timestamp>,
}

impl Tenure {
    /// The time by which a lease runs: setting the clock back does not turn it back.
    fn time(&self, now: Timestamp) -> Timestamp {
        let noted = [self.server_time, self.recorded];
        noted.into_iter().flatten().fold(now, Timestamp::max)
    }

    fn is_over(&self, now: Timestamp) -> bool {
        let lease = self.lease.as_ref();
        lease.is_some_and(|lease| lease.until < self.time(now))
    }
}

impl Replica {
    /// Until when the vault may be read; none before the first exchange.
    #[must_use]
    pub fn lease_until(&self) -> Option<Timestamp> {
        let lease = self.session.tenure.as_ref()?.lease.as_ref();
        lease.map(|lease| lease.until)
    }

    /// Asks whether the vault may be read now. Whatever shows something of it to a person asks this first.
    ///
    /// # Errors
    /// [`ReplicaError::ReadingLocked`] after the lease, and on a seat that was reported stolen.
    pub fn reading(&self, now: Timestamp) -> Result<(), ReplicaError> {
        self.tick(now);
        let tenure = self.session.tenure.as_ref();
        let is_over = tenure.is_some_and(|tenure| tenure.is_over(now));
        if is_over || self.session.state == SeatState::Locked {
            Err(ReplicaError::ReadingLocked)
        } else {
            Ok(())
        }
    }

    /// Takes the time and the lease that an answer brings. The newest lease counts, whatever order answers come in.
    pub(super) fn take_lease(&mut self, reply: &SyncReply) -> Result<(), ReplicaError> {
        if let Some(lease) = &reply.lease {
            let verified = lease.verify(self.seat(), &self.identity.server_key);
            verified.map_err(|_| ReplicaError::Malformed)?;
        }
        self.note_server_time(reply.now);
        let tenure = self.session.tenure.get_or_insert_default();
        tenure.recorded = None;
        let held = tenure.lease.as_ref().map(|lease| lease.issued_at);
        if let Some(lease) = &reply.lease
            && held < Some(lease.issued_at)
        {
            tenure.lease = Some(lease.clone());
        }
        Ok(())
    }

    /// The latest that the server's clock has shown.
    pub(super) fn server_time(&self) -> Option<Timestamp> {
        self.session.tenure.as_ref()?.server_time
    }

    /// Notes what the server's clock shows.
    pub(super) fn note_server_time(&mut self, server: Timestamp) {
        let tenure = self.session.tenure.get_or_insert_default();
        tenure.server_time = tenure.server_time.max(Some(server));
    }

    /// Notes when something was recorded.
    pub(super) fn note_recorded(&mut self, now: Timestamp) -> Result<(), ReplicaError> {
        let tenure = self.session.tenure.get_or_insert_default();
        let noted = tenure.recorded;
        if noted.is_some_and(|noted| now.millis_since(noted) < NOTED_EVERY_MS) {
            return Ok(());
        }
        tenure.recorded = Some(now);
        self.save_session()
    }
}
