//! What follows from facts alone: equal in every order in which they arrived.
//!
//! Facts stand in the order of (when they happened, command id). Nothing here reads a decision. A registration and a
//! triage count with what they tell of danger and identity, whatever becomes of the proposal.

mod consents;
mod events;

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use chrono::{Months, NaiveDate};

use super::LogEntry;
use crate::command::{
    Attendance, Category, Command, CommandKind, Nature, PaperState, Purpose, RecordSession,
    RecordVisit, SafetyLevel, ServiceType, Signatory,
};
use crate::deadline::Pause;
use crate::id::{CommandId, PersonId};
use crate::profile::words::Milestone;
use crate::time::Timestamp;

pub(super) use consents::Consent;
use consents::Consents;
use events::Events;

/// From this age on a person signs for themselves: 18 years (UU 35/2014 art. 1).
const ADULT_MONTHS: u32 = 18 * 12;

/// Where a fact stands among the others.
type Place = (Timestamp, CommandId);

/// Facts of one case, ordered by when they happened.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts<'a> {
    ordered: BTreeMap<Place, &'a LogEntry>,
    /// The same by kind, since most questions are about one.
    by_kind: BTreeMap<CommandKind, BTreeMap<Place, &'a LogEntry>>,
    by_id: BTreeMap<CommandId, &'a LogEntry>,
    /// Those that tell of danger, graver than ordinary.
    raises: BTreeMap<Place, (&'a LogEntry, SafetyLevel)>,
    /// What they earn, and when first; consent only while it holds.
    earned: BTreeMap<Milestone, Timestamp>,
    /// Consent to the service, until one of the facts that it follows from comes.
    service_consents: OnceCell<Consents>,
    /// Visits and sessions, until one comes that happened before the last.
    events: OnceCell<Events<'a>>,
    /// Those that give values to legal fields.
    naming: BTreeMap<Place, &'a LogEntry>,
    /// Whether those values contradict each other, until the next comes.
    identity_conflict: OnceCell<bool>,
    /// The day from which on the client is of age, where a birth date is known, until the next value comes.
    adult_from: OnceCell<Option<NaiveDate>>,
}

impl<'a> Facts<'a> {
    /// Adds a command, if it tells facts.
    pub(super) fn insert(&mut self, entry: &'a LogEntry) {
        let command = &entry.entry.command;
        let is_fact = command.kind().nature() == Nature::Fact;
        if !is_fact && !matches!(command, Command::Register(_) | Command::Triage(_)) {
            return;
        }
        let place = place_of(entry);
        self.ordered.insert(place, entry);
        let alike = self.by_kind.entry(command.kind()).or_default();
        alike.insert(place, entry);
        self.by_id.insert(entry.entry.id, entry);
        if let Some(level) = danger_of(command).filter(|level| *level < SafetyLevel::P3) {
            self.raises.insert(place, (entry, level));
        }
        if let Some(milestone) = milestone_of(command) {
            let first = self.earned.entry(milestone).or_insert(entry.at());
            *first = (*first).min(entry.at());
        }
        if consents::KINDS.contains(&command.kind()) {
            self.service_consents.take();
        }
        if !legal_values(command).is_empty() {
            self.naming.insert(place, entry);
            self.identity_conflict.take();
            self.adult_from.take();
            self.service_consents.take();
        }
        self.note_event(entry);
    }

    /// Whether such a fact is here. What a proposal tells is no fact of its own.
    pub(super) fn has(&self, id: CommandId) -> bool {
        self.find(id)
            .is_some_and(|entry| entry.entry.command.kind().nature() == Nature::Fact)
    }

    /// Takes a fact out that is about another case (C4).
    pub(super) fn remove(&mut self, id: CommandId) {
        let all = std::mem::take(self);
        for entry in all.iter().filter(|entry| entry.entry.id != id) {
            self.insert(entry);
        }
    }

    /// All of them, in order.
    pub(super) fn iter(&self) -> impl Iterator<Item = &'a LogEntry> {
        self.ordered.values().copied()
    }

    /// Those of one kind, in order.
    pub(super) fn of(&self, kind: CommandKind) -> impl Iterator<Item = &'a LogEntry> {
        self.by_kind
            .get(&kind)
            .into_iter()
            .flat_map(|alike| alike.values().copied())
    }

    /// A fact by its id.
    pub(super) fn find(&self, id: CommandId) -> Option<&'a LogEntry> {
        self.by_id.get(&id).copied()
    }

    /// When such a fact of this kind first happened.
    pub(super) fn first(
        &self,
        kind: CommandKind,
        is_it: impl Fn(&Command) -> bool,
    ) -> Option<Timestamp> {
        self.of(kind)
            .find(|entry| is_it(&entry.entry.command))
            .map(LogEntry::at)
    }

    /// Whether somebody has put a signature in doubt (X22).
    pub(super) fn is_contested(&self, signature: CommandId) -> bool {
        self.of(CommandKind::ContestConsent).any(|entry| {
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
        let adult_from = self.adult_from.get_or_init(|| {
            let values = self.open_values();
            let births = values.get("birth_date").into_iter().flatten();
            let dates = births.filter_map(|text| text.parse::<NaiveDate>().ok());
            dates.max()?.checked_add_months(Months::new(ADULT_MONTHS))
        });
        adult_from.is_some_and(|adult_from| then.to_utc().date_naive() < adult_from)
    }

    /// The commands that hid the family's address.
    pub(super) fn hidings(&self) -> impl Iterator<Item = &'a LogEntry> {
        self.of(CommandKind::HideAddress)
    }

    /// Whether the worker who took a signature asked the client about a withdrawal made apart from it (C1).
    pub(super) fn is_confirmed(&self, signature: &LogEntry, withdrawal: CommandId) -> bool {
        self.of(CommandKind::ConfirmConsent).any(|entry| {
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
        let of_triage = self.of(CommandKind::Triage).filter_map(|entry| {
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
        self.find(id)
            .filter(|other| other.performer() == entry.performer())
    }

    /// Who registered the case.
    pub(super) fn registrar(&self) -> Option<PersonId> {
        let mut registered = self.of(CommandKind::Register);
        registered.next().map(|entry| entry.entry.stamp.by)
    }

    /// When a paper was first seen.
    pub(super) fn paper_seen(&self, requirement: &str) -> Option<Timestamp> {
        self.first(CommandKind::SightDocument, |command| {
            paper_of(command) == Some((requirement, true))
        })
    }

    /// The time during which a paper was asked for and not there.
    pub(super) fn paper_wait(&self, requirement: &str) -> Option<Pause> {
        let from = self.first(CommandKind::SightDocument, |command| {
            paper_of(command) == Some((requirement, false))
        })?;
        let to = self.paper_seen(requirement);
        to.is_none_or(|to| from < to).then_some(Pause { from, to })
    }

    /// Every record of danger, graver than ordinary.
    pub(super) fn raises(&self) -> impl Iterator<Item = (&'a LogEntry, SafetyLevel)> {
        self.raises.values().copied()
    }

    /// Whether a legal field has two values, neither of which replaces the other (D8).
    pub(super) fn has_identity_conflict(&self) -> bool {
        *self
            .identity_conflict
            .get_or_init(|| self.open_values().values().any(|values| values.len() > 1))
    }

    /// The values of each legal field that no other replaced.
    pub(super) fn open_values(&self) -> BTreeMap<&'static str, BTreeSet<&'a str>> {
        let mut values: BTreeMap<&'static str, BTreeSet<&'a str>> = BTreeMap::new();
        for (field, value, _, stands) in self.given_values() {
            if stands {
                values.entry(field).or_default().insert(value);
            }
        }
        values
    }

    /// The values that were ever given to legal fields, in the order in which they were given: field, value, by which command, and
    /// whether no other replaced it.
    pub(super) fn given_values(&self) -> Vec<(&'static str, &'a str, CommandId, bool)> {
        let mut replaced: BTreeSet<(&str, CommandId)> = BTreeSet::new();
        for entry in self.naming.values() {
            if let Command::EditIdentity(edit) = &entry.entry.command {
                for (field, _) in legal_values(&entry.entry.command) {
                    replaced.extend(edit.supersedes.iter().map(|old| (field, *old)));
                }
            }
        }
        let mut given = Vec::new();
        for entry in self.naming.values().copied() {
            let id = entry.entry.id;
            for (field, value) in legal_values(&entry.entry.command) {
                given.push((field, value, id, !replaced.contains(&(field, id))));
            }
        }
        given
    }

    /// The milestones that facts earn, and when first.
    pub(super) fn milestones(&self) -> BTreeMap<Milestone, Timestamp> {
        let mut earned = self.earned.clone();
        earned.retain(|milestone, _| self.is_standing(*milestone));
        earned
    }

    /// When facts first earned a milestone, if they do.
    pub(super) fn milestone(&self, milestone: Milestone) -> Option<Timestamp> {
        let earned = self.earned.get(&milestone).copied();
        earned.filter(|_| self.is_standing(milestone))
    }

    fn is_standing(&self, milestone: Milestone) -> bool {
        milestone != Milestone::Consent || self.consent(Purpose::Service, None) == Consent::Granted
    }
}

fn place_of(entry: &LogEntry) -> Place {
    (entry.at(), entry.entry.id)
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
