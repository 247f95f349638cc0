//! What waits for a head although nothing forbids it. Reads facts and decisions.

use super::case::Ask;
use super::people::decides;
use super::sessions::open_appointments;
use super::verdict::{Objection, Review};
use crate::command::{Command, EndingReason};

/// Puts before a head: an ending with a session still booked (X06), what its author may only propose, and what was
/// decided in ignorance of somebody else's decision.
pub(super) fn check(ask: &Ask<'_, '_>) -> Result<(), Objection> {
    if ask.approved || matches!(ask.command(), Command::AnswerReview(_)) {
        return Ok(());
    }
    if let Command::Terminate(termination) = ask.command() {
        // A death stops appointments by itself.
        let is_open = open_appointments(ask.case).any(|booked| booked.starts_at >= ask.entry.at());
        if is_open && termination.reason != EndingReason::Deceased {
            return Err(Review::AppointmentOpen.into());
        }
    }
    if !decides(ask) {
        return Err(Review::AwaitingHead.into());
    }
    if ask.is_stale() {
        Err(Review::StaleBase.into())
    } else {
        Ok(())
    }
}
