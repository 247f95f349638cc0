//! Compares what a story expects with what the devices know.

mod content;
mod decisions;
mod links;
mod photos;
mod screens;

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::{CaseState, Verdict};

use super::fields::Names as _;
use super::link::Link;
use super::plan::{Check, Expect, Expected, FateWord, SeatName};
use super::player::{Failure, PlayError, Player, cases_by_name, seats_of_person};

/// Checks all expectations of one point.
pub(super) fn check<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    failures: &mut Vec<Failure>,
) -> Result<(), PlayError> {
    let case = expect
        .case
        .as_ref()
        .map(|name| {
            let id = player.cases.get(name).copied();
            id.ok_or_else(|| PlayError::Missing(name.clone()))
        })
        .transpose()?;
    // Whoever looks sees what their device's clock lets them see.
    for (seat, replica) in &player.seats {
        replica.tick(player.device_now(&seat.device));
    }
    for check in &expect.checks {
        one(player, expect, case, check, failures)?;
    }
    Ok(())
}

fn one<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    case: Option<CaseId>,
    check: &Check,
    failures: &mut Vec<Failure>,
) -> Result<(), PlayError> {
    let mut fail = |found: String| {
        failures.push(Failure {
            line: check.line,
            found,
        });
    };
    match &check.what {
        Expected::Verdict { label, fate, seats } => {
            self::fate(player, check.line, label, fate, seats, failures)
        }
        Expected::Holds(person, wanted) => {
            let found = classes_held(player, person, case)?;
            let wanted: BTreeSet<Class> = wanted.iter().copied().collect();
            if found != wanted {
                fail(format!("{person} holds {}", listed(&found)));
            }
            Ok(())
        }
        Expected::Cases(device, wanted) => cases(player, device, wanted, &mut fail),
        Expected::Unsent(device, wanted) => {
            let mut found = 0;
            for replica in on_device(player, device) {
                found += replica.unsent()?;
            }
            if found != *wanted {
                fail(format!("{found} unsent on {device}"));
            }
            Ok(())
        }
        Expected::Seat(seat, wanted) => {
            let found = player.replica(seat)?.state();
            if found != *wanted {
                fail(format!("the seat {seat} is {found}"));
            }
            Ok(())
        }
        Expected::Records(..)
        | Expected::Words(..)
        | Expected::Text(..)
        | Expected::SameDocuments => content::check(player, expect, &check.what, &mut fail),
        Expected::Attention(_) | Expected::Today(..) | Expected::Contact(..) => {
            screens::check(player, expect, case, &check.what, &mut fail)
        }
        Expected::Photo(..) | Expected::Opens(_) => {
            photos::check(player, expect, case, &check.what, &mut fail)
        }
        Expected::Related(_) | Expected::Suggested(_) => {
            links::connections(player, expect, case, &check.what, &mut fail)
        }
        Expected::Status(_)
        | Expected::Milestones(_)
        | Expected::NoMilestones(_)
        | Expected::Flags(_)
        | Expected::NoFlags(_)
        | Expected::Due(..)
        | Expected::Clock(..)
        | Expected::Reviews(_)
        | Expected::Referral(..)
        | Expected::Letter(..)
        | Expected::Acting(..)
        | Expected::Reminders(_)
        | Expected::MissingPapers(_)
        | Expected::Safety(_)
        | Expected::DuplicateOf(_)
        | Expected::Sessions(_)
        | Expected::Assignee(_) => states(player, expect, case, &check.what, &mut fail),
    }
}

/// Checks that exactly these cases are on a device.
fn cases<L: Link>(
    player: &Player<L>,
    device: &str,
    wanted: &[String],
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    let mut ids = BTreeSet::new();
    for replica in on_device(player, device) {
        ids.extend(replica.cases()?);
    }
    let found = cases_by_name(player, ids);
    if found != wanted.iter().cloned().collect() {
        fail(format!("on {device} are {}", listed(&found)));
    }
    Ok(())
}

/// Checks how the case stands, on every device that is asked.
fn states<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    case: Option<CaseId>,
    expected: &Expected,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        let replica = player.replica(seat)?;
        let state = case.map(|id| replica.case_state(id)).transpose()?.flatten();
        match state {
            Some(state) => {
                if let Some(found) = differs(player, expected, &state) {
                    fail(format!("{seat} sees {found}"));
                }
            }
            None => fail(format!("{seat} knows nothing about the case")),
        }
    }
    Ok(())
}

/// What of a case's state is not as expected.
fn differs<L>(player: &Player<L>, expected: &Expected, state: &CaseState) -> Option<String> {
    match expected {
        Expected::Status(wanted) => {
            (state.status != *wanted).then(|| format!("the status {}", state.status))
        }
        Expected::Safety(wanted) => {
            let found = state.safety;
            (found != *wanted).then(|| format!("the safety level {found}"))
        }
        Expected::Milestones(wanted) => {
            let all = wanted.iter().all(|m| state.milestones.contains_key(m));
            (!all).then(|| format!("the milestones {}", listed(state.milestones.keys())))
        }
        Expected::NoMilestones(unwanted) => {
            let any = unwanted.iter().any(|m| state.milestones.contains_key(m));
            any.then(|| format!("the milestones {}", listed(state.milestones.keys())))
        }
        Expected::Flags(wanted) => {
            let all = wanted.iter().all(|flag| state.flags.contains(flag));
            (!all).then(|| format!("the flags {}", listed(&state.flags)))
        }
        Expected::NoFlags(unwanted) => {
            let any = unwanted.iter().any(|flag| state.flags.contains(flag));
            any.then(|| format!("the flags {}", listed(&state.flags)))
        }
        Expected::Due(id, wanted) => {
            let mut clocks = state.clocks.iter().filter(|clock| clock.clock == *id);
            let met = clocks.any(|clock| clock.due == Some(*wanted));
            (!met).then(|| clocks_told(state))
        }
        Expected::Clock(id, wanted) => {
            let mut clocks = state.clocks.iter().filter(|clock| clock.clock == *id);
            let met = clocks.any(|clock| clock.outcome == *wanted);
            (!met).then(|| clocks_told(state))
        }
        Expected::Reviews(wanted) => decisions::reviews(player, state, wanted),
        Expected::Referral(label, wanted) => decisions::referral(player, state, label, *wanted),
        Expected::Letter(label, wanted) => decisions::letter(player, state, label, wanted),
        Expected::Reminders(wanted) => decisions::reminders(state, wanted),
        Expected::MissingPapers(wanted) => decisions::missing_papers(state, wanted),
        Expected::Acting(label, wanted) => decisions::acting(player, state, label, *wanted),
        Expected::DuplicateOf(wanted) => {
            let is = state.duplicate_of.is_some()
                && state.duplicate_of == player.cases.get(wanted).copied();
            (!is).then(|| "no duplicate of it".to_owned())
        }
        Expected::Sessions(wanted) => {
            let found = state.sessions.len();
            (found != *wanted).then(|| format!("{found} sessions"))
        }
        Expected::Assignee(wanted) => {
            let is = state.assignee.is_some() && state.assignee == player.person(wanted);
            (!is).then(|| "another assignee, or none".to_owned())
        }
        // The others are not about a case's state.
        Expected::Verdict { .. }
        | Expected::Holds(..)
        | Expected::Cases(..)
        | Expected::Unsent(..)
        | Expected::Seat(..)
        | Expected::Records(..)
        | Expected::Words(..)
        | Expected::Text(..)
        | Expected::Related(_)
        | Expected::Suggested(_)
        | Expected::SameDocuments
        | Expected::Attention(_)
        | Expected::Today(..)
        | Expected::Contact(..)
        | Expected::Photo(..)
        | Expected::Opens(_) => None,
    }
}

fn clocks_told(state: &CaseState) -> String {
    let clocks = state.clocks.iter().map(|clock| {
        let due = clock
            .due
            .map_or_else(|| "without a date".to_owned(), |due| format!("due {due}"));
        format!("{} {due}, {}", clock.clock, clock.outcome)
    });
    format!("the clocks {}", listed(clocks))
}

fn listed<T: std::fmt::Display>(items: impl IntoIterator<Item = T>) -> String {
    let words: Vec<String> = items.into_iter().map(|item| item.to_string()).collect();
    if words.is_empty() {
        "nothing".to_owned()
    } else {
        format!("[{}]", words.join(", "))
    }
}

/// Checks what became of a command, as some seats know it.
pub(super) fn fate<L: Link>(
    player: &Player<L>,
    line: usize,
    label: &str,
    wanted: &FateWord,
    seats: &[SeatName],
    failures: &mut Vec<Failure>,
) -> Result<(), PlayError> {
    let id = command(player, label)?;
    for seat in seats {
        let found = player.replica(seat)?.fate(id)?;
        if !found.as_ref().is_some_and(|found| is_fate(found, wanted)) {
            let found = found.map_or_else(|| "unknown".to_owned(), |fate| told(&fate));
            failures.push(Failure {
                line,
                found: format!("`{label}` is {found} on {seat}"),
            });
        }
    }
    Ok(())
}

/// A fate in the words of the story's files.
#[must_use]
pub fn told(fate: &Fate) -> String {
    match fate {
        Fate::OnDevice => "on_device".to_owned(),
        Fate::Waiting => "waiting".to_owned(),
        Fate::Admitted => "admitted".to_owned(),
        Fate::Judged(Verdict::Recorded(flags)) if flags.is_empty() => "recorded".to_owned(),
        Fate::Judged(Verdict::Recorded(flags)) => {
            let flags: Vec<&str> = flags.iter().map(|flag| flag.code()).collect();
            format!("recorded:{}", flags.join(","))
        }
        Fate::Judged(Verdict::Committed) => "committed".to_owned(),
        Fate::Judged(Verdict::Refused(code)) => format!("refused:{code}"),
        Fate::Judged(Verdict::NeedsReview(code)) => format!("needs_review:{code}"),
        Fate::TurnedAway(code) => format!("turned_away:{code}"),
    }
}

fn is_fate(found: &Fate, wanted: &FateWord) -> bool {
    let Fate::Judged(verdict) = found else {
        return match found {
            Fate::OnDevice => *wanted == FateWord::OnDevice,
            Fate::Waiting => *wanted == FateWord::Waiting,
            Fate::Admitted => *wanted == FateWord::Admitted,
            Fate::TurnedAway(code) => *wanted == FateWord::TurnedAway(*code),
            Fate::Judged(_) => false,
        };
    };
    match verdict {
        Verdict::Recorded(flags) => match wanted {
            FateWord::Recorded(None) => true,
            FateWord::Recorded(Some(wanted)) => *flags == wanted.iter().copied().collect(),
            FateWord::OnDevice
            | FateWord::Waiting
            | FateWord::Admitted
            | FateWord::Committed
            | FateWord::Refused(_)
            | FateWord::NeedsReview(_)
            | FateWord::TurnedAway(_) => false,
        },
        Verdict::Committed => *wanted == FateWord::Committed,
        Verdict::Refused(code) => *wanted == FateWord::Refused(*code),
        Verdict::NeedsReview(code) => *wanted == FateWord::NeedsReview(*code),
    }
}

fn command<L>(player: &Player<L>, label: &str) -> Result<CommandId, PlayError> {
    player
        .command(label)
        .ok_or_else(|| PlayError::Missing(label.to_owned()))
}

fn on_device<'a, L>(player: &'a Player<L>, device: &'a str) -> impl Iterator<Item = &'a Replica> {
    let seats = player.seats.iter();
    seats
        .filter(move |(seat, _)| seat.device == device)
        .map(|(_, replica)| replica)
}

fn classes_held<L>(
    player: &Player<L>,
    person: &str,
    case: Option<CaseId>,
) -> Result<BTreeSet<Class>, PlayError> {
    let mut classes = BTreeSet::new();
    for replica in seats_of_person(player, person) {
        let documents = replica.documents()?;
        let of_case = documents.iter().filter(|key| Some(key.case) == case);
        classes.extend(of_case.map(|key| key.class));
    }
    Ok(classes)
}
