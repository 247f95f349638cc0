//! What a person can do: every fact and every proposal, as one typed enum.
//!
//! `table` lists them, `records` says what each holds. A command's first record holds its stamp: who wrote it, and when
//! they say it happened.

mod declare;
mod records;
mod residue;
mod table;
mod vocabulary;

use crate::class::Class;
use crate::id::{CaseId, CommandId, PersonId};
use crate::record::{Field as _, FieldShape, Record, RecordError};
use crate::time::Timestamp;

pub use records::*;
pub use residue::{residue, stamp_of, without_fields};
pub use table::*;
pub use vocabulary::{
    ApplicantKind, AssessmentStage, AttachmentKind, Attendance, Category, Channel, ContactSafety,
    EndingReason, FamilyTie, MediaType, PaperState, Purpose, Recommendation, ReviewAnswer,
    SafetyLevel, ServiceType, SessionMode, Sex, Signatory, VisitPlace,
};

/// A fact is recorded whatever the case's status; a proposal is committed or not by the server alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// Something that happened. Always recorded, at most flagged.
    Fact,
    /// Something that somebody wants decided.
    Proposal,
}

/// Who wrote a command, when they say it happened, and who did it if somebody else did.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Stamp {
    /// The author.
    #[n(0)]
    pub by: PersonId,
    /// When it happened, as the worker says.
    #[n(1)]
    pub occurred_at: Timestamp,
    /// Who did it, when the author only typed it (C3).
    #[n(2)]
    pub performed_by: Option<PersonId>,
}

/// One command of one case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommandEntry {
    /// Its id, also that of its records.
    pub id: CommandId,
    /// The case.
    pub case: CaseId,
    /// Who and when.
    pub stamp: Stamp,
    /// What.
    pub command: Command,
}

/// A record of a command, and where it belongs.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct PlacedRecord {
    /// The class of its document.
    #[n(0)]
    pub class: Class,
    /// Its collection, the first half of its root key.
    #[n(1)]
    pub collection: String,
    /// Its fields.
    #[n(2)]
    pub record: Record,
}

/// A field of a command, as forms and scenario files name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldInfo {
    /// Its name within the command: the key, or the collection where a further record has one field only.
    pub name: &'static str,
    /// Its record's collection.
    pub collection: &'static str,
    /// Its key within the record.
    pub key: &'static str,
    /// What it can hold.
    pub shape: FieldShape,
}

impl Command {
    /// Makes a command from named fields, as [`CommandKind::fields`] tells their names.
    ///
    /// # Errors
    /// [`RecordError`] when a field is missing, unknown, or holds what it cannot hold.
    pub fn from_fields(kind: CommandKind, mut fields: Record) -> Result<Self, RecordError> {
        let infos = kind.fields();
        let mut sections: Vec<PlacedRecord> = kind
            .sections()
            .iter()
            .map(|(class, collection)| PlacedRecord {
                class: *class,
                collection: (*collection).to_owned(),
                record: Record::default(),
            })
            .collect();
        for section in &mut sections {
            for info in infos.iter().filter(|i| i.collection == section.collection) {
                if let Some(value) = fields.take(info.name) {
                    section.record.put(info.key, value);
                }
            }
        }
        if !fields.is_empty() {
            return Err(RecordError::Surplus);
        }
        // An attachment stands in one of its sections, and in no other.
        if kind == CommandKind::Attach {
            sections.retain(|section| !section.record.is_empty());
        }
        Self::from_sections(kind, sections)
    }

    /// Other commands that this one is about: without them it means nothing.
    #[must_use]
    pub fn names(&self) -> Vec<CommandId> {
        match self {
            Self::EditMinutes(edit) => vec![edit.target],
            Self::CancelAppointment(cancelled) => vec![cancelled.appointment],
            Self::RecordSession(session) => session.appointment.into_iter().collect(),
            Self::IssueReferral(issue) => vec![issue.referral],
            Self::RecordReply(reply) => vec![reply.referral],
            Self::EditIdentity(edit) => edit.supersedes.iter().copied().collect(),
            Self::LowerSafety(lowering) => lowering.raises.iter().copied().collect(),
            Self::SignConsent(consent) => consent.after_withdrawals.iter().copied().collect(),
            Self::AnswerReview(answer) => vec![answer.proposal],
            Self::DeliverReferral(delivery) => vec![delivery.referral],
            Self::CancelReferral(cancelled) => vec![cancelled.referral],
            Self::ConfirmConsent(confirmed) => confirmed.names(),
            Self::SettleEvent(settled) => settled.events.iter().copied().collect(),
            Self::MoveRecord(moved) => vec![moved.record],
            Self::TakeRecord(taken) => vec![taken.record],
            Self::ReadAssignment(read) => vec![read.assignment],
            Self::ContestConsent(contest) => vec![contest.signature],
            Self::ShowAddress(shown) => shown.hides.iter().copied().collect(),
            Self::AddFinding(finding) => finding.assessment.into_iter().collect(),
            Self::ConfirmRecords(confirmed) => confirmed.records.iter().copied().collect(),
            Self::LiftConflict(lifted) => lifted.declarations.iter().copied().collect(),
            Self::Attach(attached) => vec![attached.target],
            Self::Register(_)
            | Self::SightDocument(_)
            | Self::WaiveDocument(_)
            | Self::RecordApproach(_)
            | Self::Triage(_)
            | Self::CloseInformation(_)
            | Self::Assign(_)
            | Self::Reassign(_)
            | Self::InformClient(_)
            | Self::WithdrawConsent(_)
            | Self::SignContract(_)
            | Self::RecordVisit(_)
            | Self::FinaliseAssessment(_)
            | Self::DraftMinutes(_)
            | Self::AgreePlan(_)
            | Self::ScheduleSession(_)
            | Self::WriteSummary(_)
            | Self::ReportToHead(_)
            | Self::DecideReferral(_)
            | Self::StartMonitoring(_)
            | Self::Terminate(_)
            | Self::RecordAftercare(_)
            | Self::Close(_)
            | Self::Reopen(_)
            | Self::RejectOutOfScope(_)
            | Self::RaiseSafety(_)
            | Self::RecordService(_)
            | Self::ExtendSessions(_)
            | Self::StartAftercare(_)
            | Self::MarkDuplicate(_)
            | Self::UndoDuplicate(_)
            | Self::Restrict(_)
            | Self::LiftRestriction(_)
            | Self::VoidRegistration(_)
            | Self::MoveProfile(_)
            | Self::SetContact(_)
            | Self::ConfirmRegistration(_)
            | Self::NoteClientDate(_)
            | Self::LinkFamily(_)
            | Self::UnlinkFamily(_)
            | Self::RecordActivity(_)
            | Self::RecordScreening(_)
            | Self::HideAddress(_)
            | Self::DeclareConflict(_)
            | Self::AskSeparation(_) => Vec::new(),
        }
    }
}

const BY: &str = "by";
const AT: &str = "at";
const PERFORMED_BY: &str = "performed_by";

impl CommandKind {
    /// Whether it opens a file of its own, under its own id: a case, or an activity without one.
    #[must_use]
    pub const fn opens_file(self) -> bool {
        matches!(self, Self::Register | Self::RecordActivity)
    }

    /// The records of which one is always written, so that it tells what the command is: the first, but any one of an
    /// attachment's, which stands in the class of what it belongs to.
    #[must_use]
    pub fn leading(self) -> &'static [(Class, &'static str)] {
        let sections = self.sections();
        if self == Self::Attach {
            sections
        } else {
            sections.get(..1).unwrap_or_default()
        }
    }

    /// The kind whose leading record is among these; nothing if only others are at hand.
    #[must_use]
    pub fn of_records(records: &[PlacedRecord]) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| {
            kind.leading().iter().any(|(class, collection)| {
                records
                    .iter()
                    .any(|placed| placed.class == *class && placed.collection == *collection)
            })
        })
    }
}

impl CommandEntry {
    /// The records that it writes, stamped.
    #[must_use]
    pub fn records(&self) -> Vec<PlacedRecord> {
        let mut records = self.command.sections();
        for placed in &mut records {
            self.stamp.by.write(BY, &mut placed.record);
            self.stamp.occurred_at.write(AT, &mut placed.record);
            self.stamp
                .performed_by
                .write(PERFORMED_BY, &mut placed.record);
        }
        records
    }

    /// Reads a command from those of its records that are at hand: a holder of some classes has only theirs,
    /// and then needs the first.
    ///
    /// # Errors
    /// [`RecordError`] when they are not the records of such a command, or not stamped alike.
    pub fn from_records(
        id: CommandId,
        case: CaseId,
        kind: CommandKind,
        mut records: Vec<PlacedRecord>,
    ) -> Result<Self, RecordError> {
        let mut stamp: Option<Stamp> = None;
        for placed in &mut records {
            let own = Stamp {
                by: PersonId::read(BY, &mut placed.record)?,
                occurred_at: Timestamp::read(AT, &mut placed.record)?,
                performed_by: Option::read(PERFORMED_BY, &mut placed.record)?,
            };
            if stamp.is_some_and(|first| first != own) {
                return Err(RecordError::Value(BY));
            }
            stamp = Some(own);
        }
        let stamp = stamp.ok_or(RecordError::Missing(BY))?;
        let command = Command::from_sections(kind, records)?;
        Ok(Self {
            id,
            case,
            stamp,
            command,
        })
    }
}

#[cfg(test)]
mod tests;
