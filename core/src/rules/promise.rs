//! How often an office kept what its standard promises (S3:29). Reads states.

use std::collections::BTreeMap;

use super::state::{CaseState, ClockOutcome};
use crate::command::EndingReason;
use crate::id::ClockId;

/// How many times each clock ended in each way. What still runs is not counted, nor is a case that stands under another
/// number or never was one.
#[must_use]
pub fn kept_promises<'s>(
    states: impl IntoIterator<Item = &'s CaseState>,
) -> BTreeMap<ClockId, BTreeMap<ClockOutcome, u32>> {
    let is_no_case = |state: &CaseState| {
        matches!(
            state.closure,
            Some(EndingReason::DuplicateOf | EndingReason::RegisteredInError)
        )
    };
    let mut kept: BTreeMap<ClockId, BTreeMap<ClockOutcome, u32>> = BTreeMap::new();
    for state in states {
        if is_no_case(state) {
            continue;
        }
        for clock in state.clocks.iter().filter(|clock| is_over(clock.outcome)) {
            let of_clock = kept.entry(clock.clock.clone()).or_default();
            *of_clock.entry(clock.outcome).or_default() += 1;
        }
    }
    kept
}

const fn is_over(outcome: ClockOutcome) -> bool {
    match outcome {
        ClockOutcome::Running | ClockOutcome::Paused | ClockOutcome::NoDate => false,
        ClockOutcome::OnTime
        | ClockOutcome::LateExcusedClosed
        | ClockOutcome::Late
        | ClockOutcome::EndedByDeath
        | ClockOutcome::LateClientChoice
        | ClockOutcome::LateSyncDelay => true,
    }
}
