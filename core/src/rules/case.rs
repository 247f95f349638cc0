//! A case as far as it is judged: facts and decisions together, and the question that the rules answer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::LogEntry;
use super::adults;
use super::decided::{Decided, Made, Pending};
use super::elsewhere::Elsewhere;
use super::facts::{Consent, Facts, held_session, met_visit};
use super::flags::Marks;
use super::referrals;
use super::reminders;
use super::sessions;
use super::standing::{held_roles, is_from_elsewhere};
use super::state::{CaseState, ClockState, ReviewItem};
use super::verdict::{Flag, Review};
use crate::calendar::Calendar;
use crate::command::{Command, CommandKind, EndingReason, Purpose, SafetyLevel};
use crate::id::{CommandId, DecisionCount, PersonId, ServerSeq};
use crate::profile::words::{Condition, Milestone, RequirementLevel, Status};
use crate::profile::{Profile, Requirement, Transition};
use crate::time::Timestamp;

/// What is known of a case at some row of the log.
#[derive(Clone, Debug)]
pub(super) struct Case<'a> {
    /// The version that it is under at this row.
    pub(super) profile: &'a Profile,
    versions: &'a [Arc<Profile>],
    pub(super) calendar: &'a Calendar,
    pub(super) elsewhere: &'a Elsewhere,
    pub(super) facts: Facts<'a>,
    pub(super) decided: Decided<'a>,
}

impl<'a> Case<'a> {
    /// Before the first command.
    pub(super) fn new(
        profile: &'a Profile,
        versions: &'a [Arc<Profile>],
        calendar: &'a Calendar,
        elsewhere: &'a Elsewhere,
    ) -> Self {
        Self {
            profile,
            versions,
            calendar,
            elsewhere,
            facts: Facts::default(),
            decided: Decided::new(),
        }
    }

    /// A decision comes to stand, at this row of the log. What comes after a move to another version of the profile is
    /// judged by that version; a record that was filed here by mistake leaves.
    pub(super) fn commit(&mut self, made: Made<'a>, seq: ServerSeq) {
        self.decided.commit(made, seq);
        if let Command::MoveProfile(moved) = &made.entry.entry.command {
            self.profile = self.version(moved.version).unwrap_or(self.profile);
        }
        if let Command::MoveRecord(moved) = &made.entry.entry.command {
            self.facts.remove(moved.record);
        }
    }

    /// An activated version of the case's profile.
    pub(super) fn version(&self, version: u32) -> Option<&'a Profile> {
        let mut versions = self.versions.iter();
        let found = versions.find(|other| other.id == self.profile.id && other.version == version);
        found.map(Arc::as_ref)
    }

    /// The status as decided, moved on by the first service act after an assignment and by care after an ending.
    /// Reads facts and decisions.
    pub(super) fn status(&self) -> Status {
        let since = self.decided.reopened_at;
        let happened = |kinds: &[CommandKind]| {
            let mut facts = kinds.iter().flat_map(|kind| self.facts.of(*kind));
            facts.any(|entry| {
                since.is_none_or(|since| entry.at() >= since) && is_care(&entry.entry.command)
            })
        };
        let decided = self.decided.status;
        if decided == Status::Assigned && happened(SERVICE_ACTS) {
            Status::Intervening
        } else if decided == Status::Terminated && happened(&[CommandKind::RecordAftercare]) {
            Status::Aftercare
        } else {
            decided
        }
    }

    /// What facts and decisions have earned, and when first.
    pub(super) fn milestones(&self) -> BTreeMap<Milestone, Timestamp> {
        let mut earned = self.facts.milestones();
        for (milestone, at) in self.decided.milestones() {
            let first = earned.entry(*milestone).or_insert(*at);
            *first = (*first).min(*at);
        }
        earned
    }

    /// When a milestone was first earned.
    pub(super) fn milestone(&self, milestone: Milestone) -> Option<Timestamp> {
        let decided = self.decided.milestones().get(&milestone).copied();
        earlier(self.facts.milestone(milestone), decided)
    }

    /// Whether the case stands under another number.
    pub(super) fn is_duplicate(&self) -> bool {
        self.decided
            .ending
            .is_some_and(|ending| ending.reason == EndingReason::DuplicateOf)
    }

    /// Whether what troubles the family is a sign of danger in itself.
    pub(super) fn has_danger_sign(&self) -> bool {
        let categories = self.facts.categories();
        categories.iter().any(|category| category.is_danger_sign())
    }

    /// Records of danger that no head lowered.
    pub(super) fn open_raises(&self) -> impl Iterator<Item = (&'a LogEntry, SafetyLevel)> {
        self.facts
            .raises()
            .filter(|(entry, _)| !self.decided.cleared.contains(&entry.entry.id))
    }

    /// The gravest open danger.
    pub(super) fn safety(&self) -> SafetyLevel {
        self.open_raises()
            .map(|(_, level)| level)
            .min()
            .unwrap_or(SafetyLevel::P3)
    }

    /// Whether a danger is open that passes gates and binds endings to the head.
    pub(super) fn is_in_danger(&self) -> bool {
        self.open_raises().next().is_some()
    }

    /// Whether the case was referred here.
    fn is_referred_in(&self) -> bool {
        self.facts.of(CommandKind::Register).any(|entry| {
            if let Command::Register(register) = &entry.entry.command {
                register.channel == crate::command::Channel::ReferredIn
            } else {
                false
            }
        })
    }

    /// Whether the standard is for other applicants, or for people of another region. It only says so: who helps somebody
    /// from elsewhere waives the paper that asks for the domicile.
    fn is_for_others(&self) -> bool {
        let eligibility = &self.profile.eligibility;
        let kinds = &eligibility.applicant_kinds;
        self.facts.iter().any(|entry| {
            let Command::Register(register) = &entry.entry.command else {
                return false;
            };
            let is_from_elsewhere =
                eligibility.domicile_region.is_some() && register.domiciled == Some(false);
            is_from_elsewhere || !kinds.is_empty() && !kinds.contains(&register.applicant)
        })
    }

    /// Whether a requirement applies to this case.
    pub(super) fn applies(&self, requirement: &Requirement) -> bool {
        match (requirement.level, requirement.when) {
            (RequirementLevel::IfAvailable, _) | (_, Some(Condition::CommunityGuidance)) => false,
            (_, Some(Condition::ReferredIn)) => self.is_referred_in(),
            (RequirementLevel::Mandatory | RequirementLevel::Conditional, None) => true,
        }
    }

    /// When a requirement was satisfied, by a sighting, here or in a duplicate of the case, or a waiver.
    pub(super) fn satisfied_at(&self, requirement: &Requirement) -> Option<Timestamp> {
        if let Some(milestone) = requirement.milestone {
            return self.milestone(milestone);
        }
        let waived = self.decided.made(|command| {
            if let Command::WaiveDocument(waiver) = command {
                (waiver.requirement == requirement.id).then_some(())
            } else {
                None
            }
        });
        let waived = waived.map(|(made, ())| made.at).min();
        let id = requirement.id.as_str();
        let seen = earlier(
            self.facts.paper_seen(id),
            self.elsewhere.papers.get(id).copied(),
        );
        earlier(seen, waived)
    }

    /// What waits for a head, in the order of the log: what was put there when it arrived, and the sessions beyond the
    /// standard, whichever of them arrived first.
    pub(super) fn waiting(&self) -> BTreeMap<(ServerSeq, CommandId), Pending<'a>> {
        let mut waiting = self.decided.pending.clone();
        let reason = Review::ExceedsMax;
        for entry in sessions::beyond_standard(self).iter().copied() {
            if !self.decided.looked_at.contains(&entry.entry.id) {
                let key = (entry.seq, entry.entry.id);
                waiting.entry(key).or_insert(Pending { entry, reason });
            }
        }
        waiting
    }

    /// The waiting item of a command.
    pub(super) fn waiting_of(&self, id: CommandId) -> Option<Pending<'a>> {
        self.waiting()
            .into_values()
            .find(|pending| pending.entry.entry.id == id)
    }

    /// The state after everything known, with these clocks.
    pub(super) fn state(&self, clocks: Vec<ClockState>, judged_through: ServerSeq) -> CaseState {
        // Nobody asks for papers any more when the case has ended.
        let is_open = self.decided.ending.is_none();
        let missing: Vec<String> = self
            .profile
            .requirements
            .iter()
            .filter(|requirement| {
                is_open && requirement.gates.is_some() && self.applies(requirement)
            })
            .filter(|requirement| self.satisfied_at(requirement).is_none())
            .map(|requirement| requirement.id.to_string())
            .collect();
        let waiting = self.waiting();
        let reviews = waiting.values().map(|pending| ReviewItem {
            command: pending.entry.entry.id,
            reason: pending.reason,
            since: pending.entry.received_at,
        });
        CaseState {
            status: self.status(),
            closure: self.decided.ending.map(|ending| ending.reason),
            ended_at: self.decided.ending.map(|ending| ending.at),
            milestones: self.milestones(),
            services: self.decided.services.clone(),
            safety: self.safety(),
            assignee: self.decided.assignee,
            referrals: referrals::referrals(self),
            sessions: self
                .facts
                .sessions()
                .iter()
                .map(|entry| entry.entry.id)
                .collect(),
            appointments: self.open_appointments(),
            flags: self.flags(!missing.is_empty()),
            missing_papers: missing,
            fact_flags: self.fact_flags(),
            reviews: reviews.collect(),
            clocks,
            decisions: decision_count(self.decided.deciders.len()),
            judged_through,
            duplicate_of: self.decided.ending.and_then(|ending| ending.duplicate_of),
            assignment_read_at: assignment_read_at(self),
            acting: Some(self.decided.acting.clone()).filter(|acting| !acting.is_empty()),
            reminders: Some(reminders::reminders(self)).filter(|due| !due.is_empty()),
        }
    }

    fn open_appointments(&self) -> Vec<super::state::Appointment> {
        let died = self
            .decided
            .ending
            .is_some_and(|end| end.reason == EndingReason::Deceased);
        if died {
            Vec::new()
        } else {
            sessions::open_appointments(self).collect()
        }
    }

    fn flags(&self, papers_missing: bool) -> BTreeSet<Flag> {
        let unknown_to_the_ending = self
            .decided
            .ending
            .is_some_and(|ending| self.open_raises().any(|(entry, _)| entry.seq > ending.seq));
        let late = self.decided.ending.is_some_and(|ending| {
            self.facts
                .iter()
                .any(|entry| entry.seq > ending.seq && entry.at() < ending.at)
        });
        let elsewhere = &self.profile.scope.out_of_authority;
        [
            (self.has_danger_sign(), Flag::DangerSign),
            (
                !self.facts.categories().is_disjoint(elsewhere),
                Flag::OutOfAuthority,
            ),
            (self.is_for_others(), Flag::NotEligible),
            (papers_missing, Flag::MissingDocs),
            (self.facts.has_identity_conflict(), Flag::IdentityConflict),
            (self.decided.is_self_decided, Flag::SelfDecided),
            (unknown_to_the_ending, Flag::ReopenProposed),
            (late, Flag::NewEvidenceBeforeTermination),
            (self.decided.restricted_since.is_some(), Flag::Restricted),
            (is_from_elsewhere(self), Flag::OtherArea),
            (
                self.facts.consent(Purpose::Service, None) == Consent::Contested,
                Flag::ConsentContested,
            ),
            (self.is_address_hidden(), Flag::AddressHidden),
            (self.has_open_addendum(), Flag::AddendumOpen),
            (adults::is_due(self), Flag::SeparationDue),
            (adults::is_apart(self), Flag::AdultsApart),
        ]
        .into_iter()
        .filter_map(|(holds, flag)| holds.then_some(flag))
        .collect()
    }

    /// Whether somebody hid the address and no head lifted that (X13).
    fn is_address_hidden(&self) -> bool {
        self.facts
            .hidings()
            .any(|entry| !self.decided.shown.contains(&entry.entry.id))
    }

    /// Whether something was found that no signed assessment knows of (X38).
    fn has_open_addendum(&self) -> bool {
        let assessed = self
            .decided
            .made(|command| matches!(command, Command::FinaliseAssessment(_)).then_some(()));
        let last = assessed.map(|(made, ())| made.entry.seq).max();
        last.is_some_and(|last| {
            let mut findings = self.facts.of(CommandKind::AddFinding);
            findings.any(|entry| entry.seq > last)
        })
    }

    fn fact_flags(&self) -> BTreeMap<CommandId, BTreeSet<Flag>> {
        use crate::command::Nature;
        let moved = self.decided.moved.iter();
        let marks = Marks::new(self);
        self.facts
            .iter()
            .filter(|entry| entry.entry.command.kind().nature() == Nature::Fact)
            .map(|entry| (entry.entry.id, marks.of(entry)))
            .filter(|(_, flags)| !flags.is_empty())
            .chain(moved.map(|id| (*id, BTreeSet::from([Flag::Moved]))))
            .collect()
    }
}

/// Who became responsible: by which decision, when, and who; in the order of the decisions.
pub(super) fn assignments(
    case: &Case<'_>,
) -> impl Iterator<Item = (CommandId, Timestamp, PersonId)> {
    case.decided
        .made(|command| {
            if let Command::Assign(assignment) = command {
                Some(assignment.assignee)
            } else if let Command::Reassign(reassignment) = command {
                Some(reassignment.assignee)
            } else {
                None
            }
        })
        .map(|(made, assignee)| (made.entry.entry.id, made.at, assignee))
}

/// When the assignment in force was read by whom it names (B5).
fn assignment_read_at(case: &Case<'_>) -> Option<Timestamp> {
    let (order, _, assignee) = assignments(case).last()?;
    let reads = case.facts.iter().filter(|entry| {
        if let Command::ReadAssignment(read) = &entry.entry.command {
            read.assignment == order && entry.performer() == assignee
        } else {
            false
        }
    });
    reads.map(LogEntry::at).next()
}

/// A count of decisions as it is stored; a case never has more than the type can tell.
pub(super) fn decision_count(count: usize) -> DecisionCount {
    DecisionCount::new(u32::try_from(count).unwrap_or(u32::MAX))
}

/// The kinds of fact with which a service begins (T11).
const SERVICE_ACTS: &[CommandKind] = &[
    CommandKind::RecordVisit,
    CommandKind::RecordSession,
    CommandKind::RecordService,
];

/// Whether a fact says that the client was served or cared for, and not that nobody was met.
fn is_care(command: &Command) -> bool {
    met_visit(command).is_some()
        || held_session(command).is_some()
        || matches!(
            command,
            Command::RecordService(_) | Command::RecordAftercare(_)
        )
}

fn earlier(one: Option<Timestamp>, other: Option<Timestamp>) -> Option<Timestamp> {
    [one, other].into_iter().flatten().min()
}

/// A question to the rules: may this proposal stand, in this case, now?
#[derive(Clone, Copy)]
pub(super) struct Ask<'c, 'a> {
    pub(super) case: &'c Case<'a>,
    pub(super) entry: &'a LogEntry,
    /// A head has said yes: roles, staleness and what only waits for a head are no longer asked.
    pub(super) approved: bool,
}

impl<'c, 'a> Ask<'c, 'a> {
    /// The author's own question.
    pub(super) const fn new(case: &'c Case<'a>, entry: &'a LogEntry) -> Self {
        Self {
            case,
            entry,
            approved: false,
        }
    }

    /// The same question about a waiting proposal, with a head's yes.
    pub(super) const fn approved(case: &'c Case<'a>, entry: &'a LogEntry) -> Self {
        Self {
            case,
            entry,
            approved: true,
        }
    }

    pub(super) fn command(&self) -> &'a Command {
        &self.entry.entry.command
    }

    /// The profile's line about this kind of command.
    pub(super) fn transition(&self) -> Option<&'a Transition> {
        self.case.profile.transition(self.command().kind())
    }

    /// Whether the author, or whoever approved, holds the powers of a head.
    pub(super) fn is_by_head(&self) -> bool {
        self.approved || self.case.profile.is_head(held_roles(self.entry))
    }

    /// Whether somebody else decided something that the author had not seen.
    pub(super) fn is_stale(&self) -> bool {
        let seen = usize::try_from(self.entry.base.get()).unwrap_or(usize::MAX);
        let author = self.entry.entry.stamp.by;
        !self.approved
            && self
                .case
                .decided
                .deciders
                .iter()
                .skip(seen)
                .any(|by| *by != author)
    }
}
