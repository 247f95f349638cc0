//! Compares what a story expects with what the screens of the devices show, by the devices' own clocks.

use std::collections::BTreeSet;

use jangkau_core::id::CaseId;
use jangkau_core::replica::{Replica, ReplicaError};
use jangkau_core::screen::is_same_contact;
use jangkau_core::text::Language;
use jangkau_core::time::Timestamp;

use super::super::link::Link;
use super::super::plan::{Expect, Expected, TodayPart};
use super::super::player::{PlayError, Player, cases_by_name};
use super::listed;

/// The language does not matter here: kinds, cases and codes are compared.
const LANGUAGE: Language = Language::Indonesian;

/// Checks one expectation on every device that is asked.
pub(super) fn check<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    case: Option<CaseId>,
    expected: &Expected,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        let replica = player.replica(seat)?;
        let now = player.device_now(&seat.device);
        if let Some(found) = differs(player, replica, now, case, expected)? {
            fail(format!("{seat} shows {found}"));
        }
    }
    Ok(())
}

/// What a device shows that is not as expected.
fn differs<L: Link>(
    player: &Player<L>,
    replica: &Replica,
    now: Timestamp,
    case: Option<CaseId>,
    expected: &Expected,
) -> Result<Option<String>, PlayError> {
    if let Expected::Attention(wanted) = expected {
        let asked = replica.attention(case, now, LANGUAGE)?;
        let found: BTreeSet<String> = asked
            .iter()
            .map(|item| format!("{}:{}", item.kind, named(player, item.case)))
            .collect();
        let wanted = wanted.iter().map(|(kind, case)| format!("{kind}:{case}"));
        return Ok((found != wanted.collect()).then(|| listed(&found)));
    }
    if let Expected::Today(part, wanted) = expected {
        let found = cases_by_name(player, part_of(replica, now, *part)?);
        return Ok((found != wanted.iter().cloned().collect()).then(|| listed(&found)));
    }
    if let (Expected::Contact(contact, wanted), Some(case)) = (expected, case) {
        let header = replica.header(case, now, LANGUAGE)?;
        let found = header
            .contacts
            .iter()
            .find(|line| is_same_contact(&line.contact, contact));
        let is_so = found.is_some_and(|line| line.safety == *wanted);
        let told = || found.map_or_else(|| "no such contact".to_owned(), |line| line.says.clone());
        return Ok((!is_so).then(told));
    }
    Ok(None)
}

fn named<L>(player: &Player<L>, case: CaseId) -> String {
    cases_by_name(player, [case]).into_iter().collect()
}

/// The cases in a part of the first screen.
fn part_of(
    replica: &Replica,
    now: Timestamp,
    part: TodayPart,
) -> Result<Vec<CaseId>, ReplicaError> {
    let today = replica.today(now, LANGUAGE)?;
    Ok(match part {
        TodayPart::Alarms => today.alarms.iter().map(|item| item.case).collect(),
        TodayPart::Overdue => today.overdue.iter().map(|line| line.case).collect(),
        TodayPart::Due => today.due.iter().map(|line| line.case).collect(),
        TodayPart::ToAnswer => today.to_answer.iter().map(|item| item.case).collect(),
        TodayPart::Daily => today.daily.iter().map(|daily| daily.case).collect(),
        TodayPart::Appointments => today.appointments.iter().map(|line| line.case).collect(),
    })
}
