//! What the server tells of a case to those who may not hold its documents (section 9: masked, M, S; B10).

use std::collections::BTreeMap;

use super::{CaseState, LegalField, LogEntry, Verdict, contacts_told, facts_told};
use crate::access::ViewKind;
use crate::command::Command;
use crate::id::CommandId;
use crate::profile::words::Status;
use crate::record::Line;
use crate::sync::{AftercareTold, ConferenceTold, SessionTold, SummaryTold, View};

/// What a kind of view tells of a case, from its commands in the order of the log, their verdicts and where it stands; none for what is no
/// row.
#[must_use]
pub fn view_of(
    kind: ViewKind,
    entries: &[LogEntry],
    verdicts: &BTreeMap<CommandId, Verdict>,
    state: &CaseState,
) -> Option<View> {
    match kind {
        ViewKind::Masked => Some(View::Masked(initials(entries))),
        ViewKind::Contact => {
            // Until somebody is responsible, who registered the case holds its registration.
            let is_handed_on = state.assignee.is_some();
            let entries = entries.iter().filter(|_| is_handed_on);
            Some(View::Contact(contacts_told(
                entries.map(|entry| &entry.entry),
            )))
        }
        ViewKind::Metadata => Some(View::Metadata(sessions(entries, state))),
        ViewKind::Summary => Some(View::Summary(SummaryTold {
            services: state.services.clone(),
            milestones: state.milestones.clone(),
            sessions: state.sessions.len() as u32,
            referrals: state.referrals.len() as u32,
        })),
        ViewKind::Aftercare => Some(View::Aftercare(aftercare(entries, verdicts, state))),
        ViewKind::Conference => Some(View::Conference(conference(entries, verdicts))),
        ViewKind::Flag => None,
    }
}

/// The first letter of each word of the name; of both names where two contradict each other.
fn initials(entries: &[LogEntry]) -> String {
    let told = facts_told(entries);
    let names = told.identity.get(&LegalField::Name).into_iter().flatten();
    let of_name = |name: &Line| {
        let letters = name
            .as_str()
            .split_whitespace()
            .filter_map(|word| word.chars().next());
        let letters: Vec<String> = letters.map(|letter| format!("{letter}.")).collect();
        letters.join(" ")
    };
    let names: Vec<String> = names.map(of_name).collect();
    names.join(" / ")
}

fn sessions(entries: &[LogEntry], state: &CaseState) -> Vec<SessionTold> {
    let told = |entry: &LogEntry| {
        let Command::RecordSession(session) = &entry.entry.command else {
            return None;
        };
        let place = state.sessions.iter().position(|id| *id == entry.entry.id);
        Some(SessionTold {
            number: place.map(|place| place as u32 + 1),
            at: entry.at(),
            attendance: session.attendance,
            mode: session.mode,
            danger: session.danger,
        })
    };
    let mut sessions: Vec<SessionTold> = entries.iter().filter_map(told).collect();
    sessions.sort_by_key(|session| session.at);
    sessions
}

/// What stands of some commands, the last first.
fn committed<'a>(
    entries: &'a [LogEntry],
    verdicts: &'a BTreeMap<CommandId, Verdict>,
) -> impl Iterator<Item = &'a LogEntry> {
    entries.iter().rev().filter(|entry| {
        verdicts.get(&entry.entry.id).or(entry.verdict.as_ref()) == Some(&Verdict::Committed)
    })
}

/// The plan that was agreed last: the record of its conference.
fn conference(
    entries: &[LogEntry],
    verdicts: &BTreeMap<CommandId, Verdict>,
) -> Option<ConferenceTold> {
    committed(entries, verdicts).find_map(|entry| {
        let Command::AgreePlan(plan) = &entry.entry.command else {
            return None;
        };
        Some(ConferenceTold {
            at: entry.at(),
            participants: plan.participants.clone(),
            goals: plan.goals.as_str().to_owned(),
            client_agrees: plan.client_agrees,
            target_at: plan.target_at,
        })
    })
}

/// The plan that was committed last, while the case is in aftercare.
fn aftercare(
    entries: &[LogEntry],
    verdicts: &BTreeMap<CommandId, Verdict>,
    state: &CaseState,
) -> Option<AftercareTold> {
    if state.status != Status::Aftercare {
        return None;
    }
    committed(entries, verdicts).find_map(|entry| {
        let Command::StartAftercare(start) = &entry.entry.command else {
            return None;
        };
        Some(AftercareTold {
            plan: start.plan.as_str().to_owned(),
            until: start.until,
        })
    })
}
