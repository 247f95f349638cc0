//! The service: needs, workers, visits, assessments, dangers.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{AssessmentStage, Category, SafetyLevel, ServiceType, VisitPlace};
use crate::id::{CommandId, PersonId};
use crate::record::{Line, Prose};
use crate::time::Timestamp;

records! {
    /// T03: first contact and rapport (S0:9, S0:16).
    RecordApproach {
        Record "approach" {
            /// What was seen and heard.
            observation: Prose = "observation",
        }
    }
    /// T04: which services are needed, and how urgent it is (S0:16, S4:58).
    Triage {
        Record "triage" {
            /// The services chosen.
            services: BTreeSet<ServiceType> = "services",
            /// Urgency.
            safety: SafetyLevel = "safety",
            /// Remarks.
            note: Option<Prose> = "note",
            /// What troubles the family, where that is known already (C11).
            categories: Option<BTreeSet<Category>> = "categories",
        }
    }
    /// T06: a worker becomes responsible for the case (S1:43, S2:12).
    Assign {
        Intake "assignment" {
            /// The worker.
            assignee: PersonId = "assignee",
            /// Instruction.
            instruction: Option<Line> = "instruction",
        }
    }
    /// T07: another worker becomes responsible.
    Reassign {
        Intake "reassignment" {
            /// The worker.
            assignee: PersonId = "assignee",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T12: a visit took place (form F05).
    RecordVisit {
        Record "visit" {
            /// Where.
            place: VisitPlace = "place",
            /// Whether the client was met.
            met: bool = "met",
            /// What was seen and done.
            observation: Prose = "observation",
            /// Danger seen.
            danger: Option<SafetyLevel> = "danger",
            /// When it ended.
            ended_at: Option<Timestamp> = "ended_at",
            /// What comes next.
            next_step: Option<Line> = "next_step",
        }
    }
    /// T09: an assessment is finished (form F06).
    FinaliseAssessment {
        Record "assessment" {
            /// Which.
            stage: AssessmentStage = "stage",
            /// Conclusion.
            conclusion: Prose = "conclusion",
            /// Recommendation.
            recommendation: Option<Prose> = "recommendation",
        }
    }
    /// A1: a service beside visits and sessions.
    RecordService {
        Record "service" {
            /// Which.
            kind: ServiceType = "kind",
            /// What was done.
            note: Prose = "note",
        }
    }
    /// T29: danger is seen. Always accepted.
    RaiseSafety {
        Record "safety_raise" {
            /// How grave.
            level: SafetyLevel = "level",
            /// What was seen.
            note: Prose = "note",
        }
    }
    /// T29: a danger is over. Clears only the raises that it names (C2).
    LowerSafety {
        Record "safety_lowering" {
            /// The commands that raised it.
            raises: BTreeSet<CommandId> = "raises",
            /// Why.
            reason: Line = "reason",
        }
    }
}
