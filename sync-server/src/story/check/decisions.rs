//! Checks what was decided on a case: by whom, how far it has come, what waits.

use std::collections::BTreeSet;

use jangkau_core::profile::words::{Reminder, Role};
use jangkau_core::rules::{CaseState, ReferralPhase, ReferralState, Review};

use super::super::player::{Player, label_of};
use super::listed;

/// By which power a decision was taken (B1).
pub(super) fn acting<L>(
    player: &Player<L>,
    state: &CaseState,
    label: &str,
    wanted: Role,
) -> Option<String> {
    let decision = player.labels().get(label);
    let held = state.acting.as_ref().zip(decision);
    let found = held.and_then(|(acting, decision)| acting.get(decision));
    (found != Some(&wanted)).then(|| format!("`{label}` decided by no such power"))
}

pub(super) fn reminders(state: &CaseState, wanted: &[Reminder]) -> Option<String> {
    let found = state.reminders.clone().unwrap_or_default();
    let wanted: BTreeSet<_> = wanted.iter().copied().collect();
    (found != wanted).then(|| format!("the reminders {}", listed(&found)))
}

pub(super) fn missing_papers(state: &CaseState, wanted: &[String]) -> Option<String> {
    let found = &state.missing_papers;
    (found != wanted).then(|| format!("the missing papers {}", listed(found)))
}

pub(super) fn reviews<L>(
    player: &Player<L>,
    state: &CaseState,
    wanted: &[(String, Review)],
) -> Option<String> {
    let told = |label: &str, reason: String| format!("{label}: {reason}");
    let wanted: BTreeSet<String> = wanted
        .iter()
        .map(|(label, reason)| told(label, reason.to_string()))
        .collect();
    let found: BTreeSet<String> = state
        .reviews
        .iter()
        .map(|item| told(&label_of(player, item.command), item.reason.to_string()))
        .collect();
    (found != wanted).then(|| format!("in review {}", listed(&found)))
}

pub(super) fn referral<L>(
    player: &Player<L>,
    state: &CaseState,
    label: &str,
    wanted: ReferralPhase,
) -> Option<String> {
    let found = referral_of(player, state, label).map(|state| state.phase);
    let told = || found.map_or_else(|| "none".to_owned(), |phase| phase.to_string());
    (found != Some(wanted)).then(|| format!("the referral `{label}`: {}", told()))
}

/// The number of a referral's letter.
pub(super) fn letter<L>(
    player: &Player<L>,
    state: &CaseState,
    label: &str,
    wanted: &str,
) -> Option<String> {
    let letter = referral_of(player, state, label).and_then(|state| state.letter);
    let found = letter.map_or_else(|| "none".to_owned(), |number| number.to_string());
    (found != wanted).then(|| format!("the letter of `{label}`: {found}"))
}

fn referral_of<'s, L>(
    player: &Player<L>,
    state: &'s CaseState,
    label: &str,
) -> Option<&'s ReferralState> {
    let of_label = |state: &&ReferralState| label_of(player, state.referral) == label;
    state.referrals.iter().find(of_label)
}
