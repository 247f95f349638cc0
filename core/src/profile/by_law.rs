//! Clocks that no institution can do without.

use super::words::{ClockEvent, ClockUnit};

/// A clock that every profile must have, unchanged (LK3.md 6.2).
#[derive(Clone, Copy, Debug)]
pub struct ClockByLaw {
    /// Its id.
    pub id: &'static str,
    /// How it counts.
    pub unit: ClockUnit,
    /// The longest that may be allowed.
    pub amount_max: u16,
    /// What starts it.
    pub start: ClockEvent,
    /// What stops it.
    pub stop: ClockEvent,
}

const fn by_law(
    id: &'static str,
    amount_max: u16,
    start: ClockEvent,
    stop: ClockEvent,
) -> ClockByLaw {
    ClockByLaw {
        id,
        unit: ClockUnit::ElapsedHour,
        amount_max,
        start,
        stop,
    }
}

/// The clocks that cannot be removed.
pub const CLOCKS_BY_LAW: &[ClockByLaw] = &[
    by_law(
        "tpks_report",
        72,
        ClockEvent::SexualViolenceReported,
        ClockEvent::PoliceNotified,
    ),
    by_law(
        "pdp_access",
        72,
        ClockEvent::DataAccessRequested,
        ClockEvent::DataAccessAnswered,
    ),
    by_law(
        "pdp_correction",
        72,
        ClockEvent::DataCorrectionRequested,
        ClockEvent::DataCorrected,
    ),
    by_law(
        "pdp_restriction",
        72,
        ClockEvent::DataRestrictionRequested,
        ClockEvent::DataRestricted,
    ),
    by_law(
        "pdp_stop_after_withdrawal",
        72,
        ClockEvent::ConsentWithdrawn,
        ClockEvent::ProcessingStopped,
    ),
    by_law(
        "pdp_breach_notice",
        72,
        ClockEvent::BreachKnown,
        ClockEvent::BreachNotified,
    ),
    ClockByLaw {
        id: "complaint_settlement",
        unit: ClockUnit::CalendarDay,
        amount_max: 60,
        start: ClockEvent::ComplaintComplete,
        stop: ClockEvent::ComplaintSettled,
    },
    by_law(
        "safety_p1",
        24,
        ClockEvent::DangerRaised,
        ClockEvent::DangerHandled,
    ),
];
