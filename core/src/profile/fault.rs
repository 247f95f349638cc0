//! What can be wrong with a profile, and where.

use thiserror::Error;

use super::words::{ClockEvent, Guard, Milestone, Role};
use crate::access::AccessFault;
use crate::class::Class;
use crate::command::{CommandKind, EndingReason};

/// A step on the way from the top of a file to one of its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// The value under a key.
    Key(&'static str),
    /// The element of an array.
    Index(usize),
}

/// What can be wrong with a profile.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ProfileFault {
    /// Not TOML, a key that is unknown or missing, or a word that no vocabulary has.
    #[error("{0}")]
    Syntax(String),
    /// The service is free by every standard and by law.
    #[error("the fee must be 0")]
    Fee,
    /// Validity ends before it begins.
    #[error("valid_to is before valid_from")]
    Validity,
    /// Hours out of order, empty, or a weekday twice.
    #[error("opening hours must be in order, and each weekday may stand once")]
    Hours,
    /// Nobody works on any day.
    #[error("the office is never open")]
    NeverOpen,
    /// The same id stands twice.
    #[error("`{0}` stands twice")]
    Duplicate(String),
    /// A role is named that the institution does not have.
    #[error("the role `{0}` is not among this profile's roles")]
    RoleMissing(Role),
    /// Nobody holds the powers of a head.
    #[error("nobody holds the powers of a head")]
    NoHead,
    /// A decision has no role that takes it.
    #[error("no role decides `{0}`")]
    NoDecider(CommandKind),
    /// A kind of command is not mentioned; what is not used says `enabled = false`.
    #[error("the transition `{0}` is missing")]
    TransitionMissing(CommandKind),
    /// A fact is declared as a decision or the other way round.
    #[error("`{0}` cannot be of this offline class")]
    OfflineClass(CommandKind),
    /// A milestone is needed that nothing earns here.
    #[error("nothing in this profile earns the milestone `{0}`")]
    MilestoneUnearned(Milestone),
    /// A guard stands on a command that does not read it.
    #[error("the guard `{0}` has no meaning on `{1}`")]
    GuardMisplaced(Guard, CommandKind),
    /// A requirement gates a command that this institution does not use, or a fact.
    #[error("the requirement gates `{0}`, which is not a decision of this profile")]
    GateUnknown(CommandKind),
    /// A requirement that nobody can satisfy gates a decision.
    #[error("nobody can satisfy this requirement")]
    Unsatisfiable,
    /// A region of domicile without the requirement that attests it, or the other way round.
    #[error("`domicile_region` and `domicile_requirement`, one of the requirements, go together")]
    Domicile,
    /// A requirement's level does not go with its gate or condition.
    #[error("a mandatory requirement needs a gate, a conditional one a condition, another neither")]
    RequirementLevel,
    /// Fewest and most sessions do not go together.
    #[error("the fewest sessions are more than the most")]
    SessionRange,
    /// Nothing starts a clock.
    #[error("nothing in this profile starts the clock `{0}`")]
    ClockNeverStarts(String),
    /// Nothing stops a clock.
    #[error("nothing in this profile stops the clock `{0}`")]
    ClockNeverStops(String),
    /// One of a clock's stops cannot happen here.
    #[error("nothing in this profile brings `{1}`, which stops the clock `{0}`")]
    ClockIdleStop(String, ClockEvent),
    /// A clock of a case must stop when the case ends.
    #[error("the clock `{0}` does not list `ended` among its stops")]
    ClockSurvivesEnding(String),
    /// A clock has no amount.
    #[error("the clock `{0}` has no amount")]
    ClockAmount(String),
    /// A clock that law prescribes is missing or changed.
    #[error("the clock `{0}` is prescribed for every institution and must stand as prescribed")]
    ClockByLaw(&'static str),
    /// Nobody can be called when there is danger and no network.
    #[error("a hotline for `danger` is missing")]
    NoHotline,
    /// A published line is not named, or named where there is none.
    #[error("`source = \"seed\"` needs a line, and nothing else has one")]
    SourceLine,
    /// A line is named that the published text does not have.
    #[error("nothing stands on line {0} of the published text")]
    PublishedLine(u16),
    /// Words are quoted that do not stand where they should.
    #[error("these words do not stand on line {0} of the published text")]
    Quote(u16),
    /// A decision that needs something which only comes after it.
    #[error("`{0}` can never be done: what it needs comes only after it")]
    NeverPossible(CommandKind),
    /// A power that every institution needs is switched off.
    #[error("`{0}` is a power that every institution needs")]
    PowerOff(CommandKind),
    /// Nobody with the powers of a head takes a decision that is a head's.
    #[error("none of those with the powers of a head decides `{0}`")]
    PowerWithoutHead(CommandKind),
    /// A role decides without being able to read what the decision rests on.
    #[error("the role `{0}` decides `{1}` and may not read `{2}`, on which it rests")]
    Unreadable(Role, CommandKind, Class),
    /// A row of the matrix of access gives what nobody may be given.
    #[error(transparent)]
    Access(#[from] AccessFault),
    /// Nobody who may waive documents is named by a requirement.
    #[error("the role `{0}` neither waives documents nor proposes it")]
    Waiver(Role),
    /// A reason of an ending is not mentioned; what is not used says `enabled = false`.
    #[error("the ending `{0}` is missing")]
    EndingMissing(EndingReason),
    /// A reason that has a command of its own is among those that are chosen.
    #[error("the ending `{0}` has a command of its own")]
    EndingMisplaced(EndingReason),
    /// An ending asks for what cannot be.
    #[error("a death ends a case at once, and attempts need as many visits as days")]
    EndingAsks,
}

/// The 1-based line of a byte of a text.
pub(super) fn line_of(text: &str, byte: usize) -> usize {
    let before = text.as_bytes().get(..byte).unwrap_or(text.as_bytes());
    before.iter().filter(|byte| **byte == b'\n').count() + 1
}

/// The 1-based line on which a place stands; as much of the way as the text has.
pub(super) fn locate(text: &str, place: &[Place]) -> usize {
    let Ok(root) = toml::de::DeTable::parse(text) else {
        return 1;
    };
    let mut start = 0;
    let mut value: Option<&toml::de::DeValue<'_>> = None;
    for step in place {
        let table = match value {
            None => Some(root.get_ref()),
            Some(toml::de::DeValue::Table(table)) => Some(table),
            Some(_) => None,
        };
        let next = match step {
            Place::Key(key) => table.and_then(|table| {
                table
                    .iter()
                    .find(|(name, _)| name.get_ref().as_ref() == *key)
                    .map(|(_, value)| value)
            }),
            Place::Index(index) => match value {
                Some(toml::de::DeValue::Array(array)) => array.get(*index),
                Some(_) | None => None,
            },
        };
        let Some(next) = next else { break };
        start = next.span().start;
        value = Some(next.get_ref());
    }
    line_of(text, start)
}
