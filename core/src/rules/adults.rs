//! A file for each adult of a couple or family (section 9, rule 1; ADR 0012). Reads facts and decisions.

use std::collections::BTreeMap;

use super::case::Case;
use super::likeness::family_decision;
use crate::command::{ApplicantKind, Command, CommandKind, FamilyTie};
use crate::id::CaseId;

/// The adults of a couple.
const ADULTS: usize = 2;

/// The cases that a head tied to this one, and how.
fn ties(case: &Case<'_>) -> BTreeMap<CaseId, FamilyTie> {
    let mut ties = BTreeMap::new();
    for (_, (other, tie)) in case.decided.made(family_decision) {
        match tie {
            Some(tie) => ties.insert(other, tie),
            None => ties.remove(&other),
        };
    }
    ties
}

/// Whether its adults have a file each, and this one is what they have in common.
pub(super) fn is_apart(case: &Case<'_>) -> bool {
    are_apart(&ties(case))
}

fn are_apart(ties: &BTreeMap<CaseId, FamilyTie>) -> bool {
    let adults = ties.values().filter(|tie| **tie == FamilyTie::Adult);
    adults.count() >= ADULTS
}

/// Whether its adults should have a file each: one asked, or a family registered as one and violence at home is told of. A head who ties
/// it to another case of the family, here or there, has seen to it: then the two sides have a file each.
pub(super) fn is_due(case: &Case<'_>) -> bool {
    let is_asked = case.facts.of(CommandKind::AskSeparation).next().is_some();
    let categories = case.facts.categories();
    let is_violent = categories
        .iter()
        .any(|category| category.is_domestic_violence());
    let is_of_family = || {
        let mut registered = case.decided.made(|command| {
            if let Command::Register(register) = command {
                Some(register.applicant)
            } else {
                None
            }
        });
        registered.any(|(_, applicant)| applicant == ApplicantKind::Family)
    };
    let is_seen_to = || {
        let ties = ties(case);
        let is_tied = ties.values().any(|tie| *tie == FamilyTie::Family);
        is_tied || case.elsewhere.is_tied || are_apart(&ties)
    };
    case.decided.ending.is_none() && (is_asked || is_violent && is_of_family()) && !is_seen_to()
}
