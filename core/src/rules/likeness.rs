//! What makes two cases look alike, and what is known of their connection. Cases are never merged by themselves (D7); whoever
//! may see both decides.

use std::collections::{BTreeMap, BTreeSet};

use super::facts::Facts;
use super::{CaseState, Flag, LogEntry};
use crate::code::codes;
use crate::command::{Command, EndingReason, FamilyTie};
use crate::id::{CaseId, ServerSeq};

codes!(
    /// What two cases have in common (amendment B6).
    Likeness {
        /// The NIK: perhaps one person under two numbers.
        Nik = "nik",
        /// Name and date of birth: the same.
        NameAndBirth = "name_and_birth",
        /// The No. KK: perhaps one family.
        FamilyCard = "family_card",
    }
);

/// A case that looks like another.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Suggestion {
    /// What they have in common.
    #[n(0)]
    pub alike: BTreeSet<Likeness>,
    /// They may be linked but not made one: violence is told of in one of them, and the two may be opposing parties (X11).
    #[n(1)]
    pub link_only: bool,
}

impl Suggestion {
    /// Whether they may be one case under two numbers. A common No. KK alone says that they are one family (B6).
    #[must_use]
    pub fn may_be_duplicate(&self) -> bool {
        !self.link_only
            && self
                .alike
                .iter()
                .any(|alike| *alike != Likeness::FamilyCard)
    }
}

/// The connections of a case, for heads.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CaseLinks {
    /// Cases of the same family, as a head decided on either side.
    #[n(0)]
    pub related: BTreeSet<CaseId>,
    /// Cases that look alike, of which nobody has decided anything.
    #[n(1)]
    pub suggested: BTreeMap<CaseId, Suggestion>,
}

impl CaseLinks {
    /// The other cases that they name.
    #[must_use]
    pub fn cases(&self) -> BTreeSet<CaseId> {
        let suggested = self.suggested.keys();
        self.related.iter().chain(suggested).copied().collect()
    }
}

/// Digits of a NIK and of a No. KK (LK3.md 4.2); anything else is no sign of identity.
const NUMBER_DIGITS: usize = 16;

/// What of a case's identity others may share: the values that stand, in one spelling. Reads facts.
#[must_use]
pub fn identity_of(entries: &[LogEntry]) -> BTreeSet<(Likeness, String)> {
    let mut facts = Facts::default();
    for entry in entries {
        facts.insert(entry);
    }
    let standing = facts.open_values();
    let of = |field: &str| standing.get(field).into_iter().flatten().copied();
    let number = |value: &str| -> Option<String> {
        let digits: String = value.chars().filter(char::is_ascii_digit).collect();
        (digits.len() == NUMBER_DIGITS).then_some(digits)
    };
    let mut identity = BTreeSet::new();
    for (likeness, field) in [
        (Likeness::Nik, "nik"),
        (Likeness::FamilyCard, "family_card"),
    ] {
        identity.extend(of(field).filter_map(number).map(|value| (likeness, value)));
    }
    for name in of("name") {
        let words: Vec<String> = name.split_whitespace().map(str::to_lowercase).collect();
        for born in of("birth_date") {
            let value = format!("{}|{born}", words.join(" "));
            identity.insert((Likeness::NameAndBirth, value));
        }
    }
    identity
}

/// What heads decided here about other cases: what ties each to this one, or that nothing does, and at which row. The last decision
/// holds.
#[must_use]
pub fn family_decisions(entries: &[LogEntry]) -> BTreeMap<CaseId, (Option<FamilyTie>, ServerSeq)> {
    let mut decisions = BTreeMap::new();
    for entry in entries {
        let decision = family_decision(&entry.entry.command);
        let is_made = entry.verdict == Some(super::Verdict::Committed);
        if let Some((related, tie)) = decision.filter(|_| is_made) {
            decisions.insert(related, (tie, entry.seq));
        }
    }
    decisions
}

/// What a command says that ties another case to its own, if it says anything of one.
pub(super) fn family_decision(command: &Command) -> Option<(CaseId, Option<FamilyTie>)> {
    if let Command::LinkFamily(link) = command {
        Some((link.related, Some(link.tie.unwrap_or(FamilyTie::Family))))
    } else if let Command::UnlinkFamily(apart) = command {
        Some((apart.related, None))
    } else {
        None
    }
}

/// What one case is to another that looks like it; none where nothing is left to decide.
#[must_use]
pub fn suggestion(
    alike: BTreeSet<Likeness>,
    one: &CaseState,
    other: &CaseState,
) -> Option<Suggestion> {
    let is_gone = |state: &CaseState| {
        matches!(
            state.closure,
            Some(EndingReason::DuplicateOf | EndingReason::RegisteredInError)
        )
    };
    if alike.is_empty() || is_gone(one) || is_gone(other) {
        return None;
    }
    let is_violent = |state: &CaseState| state.flags.contains(&Flag::DangerSign);
    Some(Suggestion {
        alike,
        link_only: is_violent(one) || is_violent(other),
    })
}
