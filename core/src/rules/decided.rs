//! What committed decisions make of a case, folded in the order of the log. Reads decisions only.

use std::collections::{BTreeMap, BTreeSet};

use super::LogEntry;
use super::case::decision_count;
use super::verdict::Review;
use crate::command::{AssessmentStage, Command, EndingReason, ServiceType};
use crate::id::{CaseId, CommandId, DecisionCount, PersonId, ServerSeq};
use crate::profile::words::{Milestone, Role, Status};
use crate::time::Timestamp;

/// A decision that stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made<'a> {
    /// The proposal.
    pub(super) entry: &'a LogEntry,
    /// When it was decided: by its author, or by the head who answered.
    pub(super) at: Timestamp,
    /// Who decided it.
    pub(super) by: PersonId,
}

/// How a case ended.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ending {
    /// Why.
    pub(super) reason: EndingReason,
    /// When.
    pub(super) at: Timestamp,
    /// At which row of the log: what came later was not known to it.
    pub(super) seq: ServerSeq,
    /// The status before.
    pub(super) was: Status,
    /// The case that goes on, where this one is its duplicate.
    pub(super) duplicate_of: Option<CaseId>,
}

/// A proposal or fact that waits for a head.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pending<'a> {
    /// What waits.
    pub(super) entry: &'a LogEntry,
    /// Why.
    pub(super) reason: Review,
}

/// The decisions of one case.
#[derive(Clone, Debug)]
pub(super) struct Decided<'a> {
    /// As decided; see `status_with` for what facts add.
    pub(super) status: Status,
    pub(super) ending: Option<Ending>,
    /// When the case was last taken up again.
    pub(super) reopened_at: Option<Timestamp>,
    pub(super) assignee: Option<PersonId>,
    pub(super) services: BTreeSet<ServiceType>,
    /// Raises of danger that a head lowered.
    pub(super) cleared: BTreeSet<CommandId>,
    /// Hidings of the address that a head lifted.
    pub(super) shown: BTreeSet<CommandId>,
    /// Declarations of a conflict of interest that a head lifted.
    pub(super) lifted: BTreeSet<CommandId>,
    /// Referrals, and from which count of decisions on an author knew of each.
    pub(super) referrals_decided: BTreeMap<CommandId, DecisionCount>,
    /// Since when use of the client's data is limited.
    pub(super) restricted_since: Option<Timestamp>,
    /// The most sessions, where a head extended the standard's.
    pub(super) sessions_extended: Option<u32>,
    /// Referrals that were called off.
    pub(super) referrals_cancelled: BTreeMap<CommandId, Timestamp>,
    /// Decisions in the order in which they were made; number n is at n-1.
    pub(super) made: Vec<Made<'a>>,
    /// Where each stands among them.
    by_id: BTreeMap<CommandId, usize>,
    /// What they earn, and when first.
    earned: BTreeMap<Milestone, Timestamp>,
    /// Answers of heads count as decisions too; this is who made each, in order.
    pub(super) deciders: Vec<PersonId>,
    /// What was put before a head when it arrived, in the order of the log.
    pub(super) pending: BTreeMap<(ServerSeq, CommandId), Pending<'a>>,
    /// Decisions that were taken by delegated powers, and the role that they belong to (B1).
    pub(super) acting: BTreeMap<CommandId, Role>,
    /// Records that belong to another case (C4).
    pub(super) moved: BTreeSet<CommandId>,
    /// Facts that a head has looked at.
    pub(super) looked_at: BTreeSet<CommandId>,
    /// One person proposed and decided something that needs two.
    pub(super) is_self_decided: bool,
}

impl<'a> Decided<'a> {
    /// Before any decision.
    pub(super) const fn new() -> Self {
        Self {
            status: Status::Draft,
            ending: None,
            reopened_at: None,
            assignee: None,
            services: BTreeSet::new(),
            cleared: BTreeSet::new(),
            shown: BTreeSet::new(),
            lifted: BTreeSet::new(),
            referrals_decided: BTreeMap::new(),
            restricted_since: None,
            sessions_extended: None,
            referrals_cancelled: BTreeMap::new(),
            made: Vec::new(),
            by_id: BTreeMap::new(),
            earned: BTreeMap::new(),
            deciders: Vec::new(),
            pending: BTreeMap::new(),
            acting: BTreeMap::new(),
            moved: BTreeSet::new(),
            looked_at: BTreeSet::new(),
            is_self_decided: false,
        }
    }

    /// The decisions whose command is such.
    pub(super) fn made<T>(
        &self,
        pick: impl Fn(&'a Command) -> Option<T>,
    ) -> impl Iterator<Item = (Made<'a>, T)> {
        self.made
            .iter()
            .filter_map(move |made| pick(&made.entry.entry.command).map(|picked| (*made, picked)))
    }

    /// A committed decision by its id.
    pub(super) fn find(&self, id: CommandId) -> Option<Made<'a>> {
        self.made.get(*self.by_id.get(&id)?).copied()
    }

    /// Puts something before the head.
    pub(super) fn wait(&mut self, entry: &'a LogEntry, reason: Review) {
        self.pending
            .insert((entry.seq, entry.entry.id), Pending { entry, reason });
    }

    /// The milestones that decisions earn, and when first.
    pub(super) const fn milestones(&self) -> &BTreeMap<Milestone, Timestamp> {
        &self.earned
    }

    /// A decision comes to stand, at this row of the log.
    pub(super) fn commit(&mut self, made: Made<'a>, seq: ServerSeq) {
        let command = &made.entry.entry.command;
        // What not every holder may know of makes nobody's proposal stale.
        let is_shown = !matches!(
            command,
            Command::LinkFamily(_) | Command::UnlinkFamily(_) | Command::LiftConflict(_)
        );
        self.deciders.extend(is_shown.then_some(made.by));
        self.enter(made);
        match command {
            Command::Register(_) => self.status = Status::Registered,
            Command::Triage(triage) => self.triage(&triage.services),
            Command::Assign(assignment) => {
                self.assignee = Some(assignment.assignee);
                self.status = Status::Assigned;
            }
            Command::Reassign(reassignment) => self.assignee = Some(reassignment.assignee),
            Command::StartMonitoring(_) => self.status = Status::Monitoring,
            Command::LowerSafety(lowering) => self.cleared.extend(&lowering.raises),
            Command::ShowAddress(shown) => self.shown.extend(&shown.hides),
            Command::LiftConflict(lifted) => self.lifted.extend(&lifted.declarations),
            Command::DecideReferral(_) => {
                let known_from = decision_count(self.deciders.len());
                self.referrals_decided
                    .insert(made.entry.entry.id, known_from);
            }
            Command::StartAftercare(_) => self.status = Status::Aftercare,
            Command::Restrict(_) => self.restricted_since = Some(made.at),
            Command::LiftRestriction(_) => self.restricted_since = None,
            Command::ExtendSessions(extension) => self.sessions_extended = Some(extension.most),
            Command::CancelReferral(cancelled) => {
                self.referrals_cancelled.insert(cancelled.referral, made.at);
            }
            Command::MoveRecord(moved) => self.move_out(moved.record),
            Command::CloseInformation(_)
            | Command::RejectOutOfScope(_)
            | Command::Terminate(_)
            | Command::VoidRegistration(_)
            | Command::MarkDuplicate(_)
            | Command::UndoDuplicate(_)
            | Command::Close(_)
            | Command::Reopen(_) => self.end_or_resume(made, seq),
            Command::WaiveDocument(_)
            | Command::FinaliseAssessment(_)
            | Command::AgreePlan(_)
            | Command::ScheduleSession(_)
            | Command::ReportToHead(_)
            | Command::IssueReferral(_)
            | Command::MoveProfile(_)
            | Command::AnswerReview(_)
            | Command::ConfirmRegistration(_)
            | Command::LinkFamily(_)
            | Command::UnlinkFamily(_) => {}
            // Facts are never committed.
            any_fact!() => {}
        }
    }

    fn triage(&mut self, services: &BTreeSet<ServiceType>) {
        self.services.clone_from(services);
        if self.status == Status::Registered {
            self.status = Status::Triaged;
        }
    }

    /// A record belongs to another case: nobody has to look at it here any more.
    fn move_out(&mut self, record: CommandId) {
        self.moved.insert(record);
        self.pending.retain(|(_, id), _| *id != record);
    }

    /// Enters a decision into the books.
    fn enter(&mut self, made: Made<'a>) {
        let number = self.made.len();
        self.by_id.entry(made.entry.entry.id).or_insert(number);
        for milestone in milestones_of(&made.entry.entry.command) {
            let first = self.earned.entry(*milestone).or_insert(made.at);
            *first = (*first).min(made.at);
        }
        self.made.push(made);
    }

    /// What ends a case or closes its file, and what takes it up again.
    fn end_or_resume(&mut self, made: Made<'a>, seq: ServerSeq) {
        let command = &made.entry.entry.command;
        if let Command::CloseInformation(_) = command {
            self.end(Status::Closed, EndingReason::InformationOnly, made.at, seq);
        } else if let Command::RejectOutOfScope(rejection) = command {
            self.end(Status::Closed, rejection.reason, made.at, seq);
        } else if let Command::Terminate(termination) = command {
            self.is_self_decided |= self.assignee == Some(made.by);
            self.end(Status::Terminated, termination.reason, made.at, seq);
        } else if let Command::VoidRegistration(_) = command {
            let reason = EndingReason::RegisteredInError;
            self.end(Status::Closed, reason, made.at, seq);
        } else if let Command::MarkDuplicate(duplicate) = command {
            self.end(Status::Closed, EndingReason::DuplicateOf, made.at, seq);
            if let Some(ending) = &mut self.ending {
                ending.duplicate_of = Some(duplicate.of);
            }
        } else if let Command::Close(_) = command {
            self.status = Status::Closed;
        } else if let Command::Reopen(_) = command {
            self.reopen(made.at);
        } else if let Command::UndoDuplicate(_) = command {
            let undone = self.ending.take();
            self.status = undone.map_or(self.status, |ending| ending.was);
        }
    }

    fn end(&mut self, status: Status, reason: EndingReason, at: Timestamp, seq: ServerSeq) {
        self.ending = Some(Ending {
            reason,
            at,
            seq,
            was: self.status,
            duplicate_of: None,
        });
        self.status = status;
    }

    fn reopen(&mut self, at: Timestamp) {
        self.ending = None;
        self.reopened_at = Some(at);
        self.status = if self.assignee.is_some() {
            Status::Assigned
        } else {
            Status::Registered
        };
    }
}

/// The milestones that a committed decision earns.
fn milestones_of(command: &Command) -> &'static [Milestone] {
    if let Command::FinaliseAssessment(assessment) = command {
        return match assessment.stage {
            AssessmentStage::Screening | AssessmentStage::Initial => &[Milestone::Screening],
            AssessmentStage::InDepth => &[Milestone::Assessment],
        };
    }
    if let Command::Close(closing) = command {
        return if closing.survey_offered {
            &[Milestone::SurveyOffered]
        } else {
            &[]
        };
    }
    let table: [(bool, &'static [Milestone]); 6] = [
        (matches!(command, Command::Triage(_)), &[Milestone::Needs]),
        (
            matches!(command, Command::AgreePlan(_)),
            &[Milestone::Plan, Milestone::Consultation],
        ),
        (
            matches!(command, Command::ReportToHead(_)),
            &[Milestone::Report],
        ),
        (
            matches!(command, Command::IssueReferral(_)),
            &[Milestone::ReferralIssued],
        ),
        (
            matches!(command, Command::StartMonitoring(_)),
            &[Milestone::Monitoring],
        ),
        (
            matches!(command, Command::Terminate(_)),
            &[Milestone::Termination],
        ),
    ];
    table
        .into_iter()
        .find(|(is_it, _)| *is_it)
        .map_or(&[], |(_, milestones)| milestones)
}
