//! What follows from facts alone: equal in every order in which they arrived.
//!
//! Facts stand in the order of (when they happened, command id). Nothing here reads a decision. A registration and a
//! triage count with what they tell of danger and identity, whatever becomes of the proposal.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};

use super::LogEntry;
use crate::command::{
    Attendance, Category, Command, Nature, PaperState, Purpose, RecordSession, RecordVisit,
    SafetyLevel, ServiceType, Signatory,
};
use crate::deadline::Pause;
use crate::id::{CommandId, PersonId};
use crate::profile::words::Milestone;
use crate::time::Timestamp;

/// From this age on a person signs for themselves: 18 years (UU 35/2014 art. 1).
const ADULT_MONTHS: u32 = 18 * 12;

/// Facts of one case, ordered by when they happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts<'a> {
    ordered: BTreeMap<(Timestamp, CommandId), &'a LogEntry>,
}

/// Whether the client agrees to something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Consent {
    /// Signed, and every withdrawal was seen by a later signature.
    Granted,
    /// Taken back.
    Withdrawn,
    /// Signed, but every signature is in doubt.
    Contested,
    /// Never signed by who can.
    Missing,
}

impl<'a> Facts<'a> {
    /// Adds a command, if it tells facts.
    pub(super) fn insert(&mut self, entry: &'a LogEntry) {
        let command = &entry.entry.command;
        let is_fact = command.kind().nature() == Nature::Fact;
        if is_fact || matches!(command, Command::Register(_) | Command::Triage(_)) {
            self.ordered.insert((entry.at(), entry.entry.id), entry);
        }
    }

    /// Whether such a fact is here. What a proposal tells is no fact of its own.
    pub(super) fn has(&self, id: CommandId) -> bool {
        self.iter().any(|entry| {
            entry.entry.id == id && entry.entry.command.kind().nature() == Nature::Fact
        })
    }

    /// Takes a fact out that is about another case (C4).
    pub(super) fn remove(&mut self, id: CommandId) {
        self.ordered.retain(|(_, known), _| *known != id);
    }

    /// The facts that had happened by then.
    pub(super) fn as_of(&self, then: Timestamp) -> Self {
        let known = self.ordered.iter().take_while(|((at, _), _)| *at <= then);
        Self {
            ordered: known.map(|(key, entry)| (*key, *entry)).collect(),
        }
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a LogEntry> {
        self.ordered.values().copied()
    }

    /// When this first happened.
    pub(super) fn first(&self, is_it: impl Fn(&Command) -> bool) -> Option<Timestamp> {
        self.iter()
            .find(|entry| is_it(&entry.entry.command))
            .map(LogEntry::at)
    }

    /// Consent to a purpose (amendment C1). For a referral, `recipient` names to whom; a signature that names nobody
    /// covers every recipient.
    pub(super) fn consent(&self, purpose: Purpose, recipient: Option<&str>) -> Consent {
        let mut signatures = Vec::new();
        let mut withdrawals = Vec::new();
        let mut is_contested = false;
        for entry in self.iter() {
            if let Command::SignConsent(signed) = &entry.entry.command {
                let covers = match (&signed.recipient, recipient) {
                    (Some(named), Some(asked)) => is_same_name(named.as_str(), asked),
                    (Some(_) | None, None) | (None, Some(_)) => true,
                };
                if covers && signed.purposes.contains(&purpose) {
                    if self.is_contested(entry.entry.id) {
                        is_contested = true;
                    } else if !self.lacks_guardian(entry) {
                        signatures.push((entry, signed));
                    }
                }
            }
            if let Command::WithdrawConsent(withdrawn) = &entry.entry.command
                && withdrawn.purposes.contains(&purpose)
            {
                withdrawals.push(entry.entry.id);
            }
        }
        let is_answered = |id: &CommandId| {
            signatures.iter().any(|(entry, signed)| {
                signed.after_withdrawals.contains(id) || self.is_confirmed(entry, *id)
            })
        };
        if !withdrawals.iter().all(is_answered) {
            Consent::Withdrawn
        } else if signatures.is_empty() && is_contested {
            Consent::Contested
        } else if signatures.is_empty() {
            Consent::Missing
        } else {
            Consent::Granted
        }
    }

    /// Whether somebody has put a signature in doubt (X22).
    pub(super) fn is_contested(&self, signature: CommandId) -> bool {
        self.iter().any(|entry| {
            if let Command::ContestConsent(contest) = &entry.entry.command {
                contest.signature == signature
            } else {
                false
            }
        })
    }

    /// Whether a signature is a child's own, with no guardian's or official's beside it (form F03).
    pub(super) fn lacks_guardian(&self, entry: &LogEntry) -> bool {
        signatory(entry) == Some(Signatory::Client) && self.is_child_at(entry.at())
    }

    /// Whether the client was under 18 then. Where birth dates contradict each other, the youngest counts (D4). Days are
    /// those of UTC: on the birthday itself a morning's signature still asks for a guardian.
    pub(super) fn is_child_at(&self, then: Timestamp) -> bool {
        let values = self.open_values();
        let births = values.get("birth_date").into_iter().flatten();
        let youngest = births
            .filter_map(|text| text.parse::<NaiveDate>().ok())
            .max();
        let adult_from =
            youngest.and_then(|birth| birth.checked_add_months(Months::new(ADULT_MONTHS)));
        adult_from.is_some_and(|adult_from| then.to_utc().date_naive() < adult_from)
    }

    /// The commands that hid the family's address.
    pub(super) fn hidings(&self) -> impl Iterator<Item = &'a LogEntry> {
        self.iter()
            .filter(|entry| matches!(entry.entry.command, Command::HideAddress(_)))
    }

    /// Whether the worker who took a signature asked the client about a withdrawal made apart from it (C1).
    pub(super) fn is_confirmed(&self, signature: &LogEntry, withdrawal: CommandId) -> bool {
        self.iter().any(|entry| {
            if let Command::ConfirmConsent(confirmed) = &entry.entry.command {
                confirmed.signature == signature.entry.id
                    && confirmed.withdrawals.contains(&withdrawal)
                    && self.own_record(entry, confirmed.signature).is_some()
            } else {
                false
            }
        })
    }

    /// What troubles the family, by every triage: the graver reading wins (D4).
    pub(super) fn categories(&self) -> BTreeSet<Category> {
        let of_triage = self.iter().filter_map(|entry| {
            if let Command::Triage(triage) = &entry.entry.command {
                triage.categories.clone()
            } else {
                None
            }
        });
        of_triage.flatten().collect()
    }

    /// A fact by its id, if whoever did it is who did `entry`, too: only they can say what holds of it (C1, C3).
    pub(super) fn own_record(&self, entry: &LogEntry, id: CommandId) -> Option<&'a LogEntry> {
        self.iter()
            .find(|other| other.entry.id == id && other.performer() == entry.performer())
    }

    /// Who registered the case.
    pub(super) fn registrar(&self) -> Option<PersonId> {
        self.iter()
            .find(|entry| matches!(entry.entry.command, Command::Register(_)))
            .map(|entry| entry.entry.stamp.by)
    }

    /// When a paper was first seen.
    pub(super) fn paper_seen(&self, requirement: &str) -> Option<Timestamp> {
        self.first(|command| paper_of(command) == Some((requirement, true)))
    }

    /// The time during which a paper was asked for and not there.
    pub(super) fn paper_wait(&self, requirement: &str) -> Option<Pause> {
        let from = self.first(|command| paper_of(command) == Some((requirement, false)))?;
        let to = self.paper_seen(requirement);
        to.is_none_or(|to| from < to).then_some(Pause { from, to })
    }

    /// Every record of danger, graver than ordinary.
    pub(super) fn raises(&self) -> impl Iterator<Item = (&'a LogEntry, SafetyLevel)> {
        self.iter().filter_map(|entry| {
            let level = danger_of(&entry.entry.command)?;
            (level < SafetyLevel::P3).then_some((entry, level))
        })
    }

    /// Sessions that took place, in order, each event once.
    pub(super) fn sessions(&self) -> Vec<&'a LogEntry> {
        let settled = self.settled_events();
        let mut counted: Vec<&LogEntry> = Vec::new();
        for entry in self
            .iter()
            .filter(|entry| held_session(&entry.entry.command).is_some())
        {
            let counts = match settled.get(&entry.entry.id) {
                Some(counts) => *counts,
                None => !counted.iter().any(|earlier| is_same_event(earlier, entry)),
            };
            if counts {
                counted.push(entry);
            }
        }
        counted
    }

    /// The records of which their performer said whether they count (amendment C3). What they said last holds.
    fn settled_events(&self) -> BTreeMap<CommandId, bool> {
        let mut settled = BTreeMap::new();
        for entry in self.iter() {
            if let Command::SettleEvent(settlement) = &entry.entry.command {
                let own = settlement
                    .events
                    .iter()
                    .filter(|event| self.own_record(entry, **event).is_some());
                settled.extend(own.map(|event| (*event, settlement.counts.contains(event))));
            }
        }
        settled
    }

    /// Whether an earlier record may tell of the same event (amendment C3).
    pub(super) fn is_double(&self, entry: &LogEntry) -> bool {
        let key = (entry.at(), entry.entry.id);
        let earlier = self.ordered.range(..key);
        span_of(entry).is_some()
            && !self.settled_events().contains_key(&entry.entry.id)
            && earlier
                .into_iter()
                .any(|(_, other)| is_same_event(other, entry))
    }

    /// Whether a legal field has two values, neither of which replaces the other (D8).
    pub(super) fn has_identity_conflict(&self) -> bool {
        self.open_values().values().any(|values| values.len() > 1)
    }

    /// The values of each legal field that no other replaced.
    pub(super) fn open_values(&self) -> BTreeMap<&'static str, BTreeSet<&'a str>> {
        let mut replaced: BTreeSet<(&str, CommandId)> = BTreeSet::new();
        for entry in self.iter() {
            if let Command::EditIdentity(edit) = &entry.entry.command {
                for (field, _) in legal_values(&entry.entry.command) {
                    replaced.extend(edit.supersedes.iter().map(|old| (field, *old)));
                }
            }
        }
        let mut values: BTreeMap<&'static str, BTreeSet<&'a str>> = BTreeMap::new();
        for entry in self.iter() {
            for (field, value) in legal_values(&entry.entry.command) {
                if !replaced.contains(&(field, entry.entry.id)) {
                    values.entry(field).or_default().insert(value);
                }
            }
        }
        values
    }

    /// The milestones that facts earn, and when first.
    pub(super) fn milestones(&self) -> BTreeMap<Milestone, Timestamp> {
        let mut earned = BTreeMap::new();
        for entry in self.iter() {
            if let Some(milestone) = milestone_of(&entry.entry.command) {
                earned.entry(milestone).or_insert(entry.at());
            }
        }
        if self.consent(Purpose::Service, None) != Consent::Granted {
            earned.remove(&Milestone::Consent);
        }
        earned
    }
}

/// Which paper was looked for, and whether it was there.
fn paper_of(command: &Command) -> Option<(&str, bool)> {
    if let Command::SightDocument(paper) = command {
        Some((
            paper.requirement.as_str(),
            paper.state == PaperState::Present,
        ))
    } else {
        None
    }
}

fn milestone_of(command: &Command) -> Option<Milestone> {
    if let Command::SignConsent(signed) = command {
        return signed
            .purposes
            .contains(&Purpose::Service)
            .then_some(Milestone::Consent);
    }
    if let Command::RecordService(service) = command {
        return (service.kind == ServiceType::Consultation).then_some(Milestone::Consultation);
    }
    let earned = [
        (
            matches!(command, Command::RecordApproach(_)),
            Milestone::Approach,
        ),
        (
            matches!(command, Command::SignContract(_)),
            Milestone::Contract,
        ),
        (met_visit(command).is_some(), Milestone::Visit),
        (held_session(command).is_some(), Milestone::Session),
        (
            matches!(command, Command::RecordReply(_)),
            Milestone::ReferralReply,
        ),
        (
            matches!(command, Command::RecordAftercare(_)),
            Milestone::Aftercare,
        ),
    ];
    earned
        .into_iter()
        .find(|(is_it, _)| *is_it)
        .map(|(_, milestone)| milestone)
}

/// The danger that a command tells of.
pub(crate) fn danger_of(command: &Command) -> Option<SafetyLevel> {
    if let Command::Register(register) = command {
        register.danger
    } else if let Command::Triage(triage) = command {
        Some(triage.safety)
    } else if let Command::RecordVisit(visit) = command {
        visit.danger
    } else if let Command::RecordSession(session) = command {
        session.danger
    } else if let Command::RaiseSafety(raise) = command {
        Some(raise.level)
    } else if let Command::RecordScreening(screening) = command {
        // Thoughts of ending one's life open the path of safety (LK3.md 4.4); an active plan is raised as P1.
        screening.self_harm.then_some(SafetyLevel::P2)
    } else {
        None
    }
}

/// Who signed a consent.
pub(super) fn signatory(entry: &LogEntry) -> Option<Signatory> {
    if let Command::SignConsent(signed) = &entry.entry.command {
        Some(signed.signed_by.unwrap_or(Signatory::Client))
    } else {
        None
    }
}

/// The session, if it took place.
pub(super) fn held_session(command: &Command) -> Option<&RecordSession> {
    if let Command::RecordSession(session) = command {
        (session.attendance == Attendance::Held).then_some(session)
    } else {
        None
    }
}

/// The visit, if the client was met.
pub(super) fn met_visit(command: &Command) -> Option<&RecordVisit> {
    if let Command::RecordVisit(visit) = command {
        visit.met.then_some(visit)
    } else {
        None
    }
}

/// Names of offices and places are compared without case and outer blanks.
#[must_use]
pub fn is_same_name(one: &str, other: &str) -> bool {
    one.trim().to_lowercase() == other.trim().to_lowercase()
}

/// Who did it, and from when to when, for events that two people may write down.
fn span_of(entry: &LogEntry) -> Option<(PersonId, Timestamp, Timestamp)> {
    let start = entry.at();
    let end = if let Command::RecordVisit(visit) = &entry.entry.command {
        visit.ended_at.unwrap_or(start)
    } else {
        let session = held_session(&entry.entry.command)?;
        start.plus_millis(i64::from(session.minutes) * 60_000)
    };
    Some((entry.performer(), start, end))
}

fn is_same_event(one: &LogEntry, other: &LogEntry) -> bool {
    let same_kind = one.entry.command.kind() == other.entry.command.kind();
    match (span_of(one), span_of(other)) {
        (Some((who, start, end)), Some((other_who, other_start, other_end))) => {
            let overlaps = start == other_start || (start < other_end && other_start < end);
            same_kind && who == other_who && overlaps
        }
        (Some(_) | None, None) | (None, Some(_)) => false,
    }
}

/// The legal fields that a command gives values to.
fn legal_values(command: &Command) -> Vec<(&'static str, &str)> {
    let (name, nik, card, birth, sex, address) = if let Command::Register(c) = command {
        (
            &c.name,
            &c.nik,
            &c.family_card,
            &c.birth_date,
            c.sex,
            &c.address,
        )
    } else if let Command::EditIdentity(c) = command {
        (
            &c.name,
            &c.nik,
            &c.family_card,
            &c.birth_date,
            c.sex,
            &c.address,
        )
    } else {
        return Vec::new();
    };
    let lines = [
        ("name", name),
        ("nik", nik),
        ("family_card", card),
        ("birth_date", birth),
        ("address", address),
    ];
    let mut values: Vec<_> = lines
        .into_iter()
        .filter_map(|(field, value)| value.as_ref().map(|value| (field, value.as_str().trim())))
        .collect();
    values.extend(sex.map(|sex| ("sex", sex.code())));
    values
}
