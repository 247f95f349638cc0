//! The service: needs, workers, visits, assessments, dangers.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{AssessmentStage, Category, SafetyLevel, ServiceType, VisitPlace};
use crate::id::{CommandId, PersonId};
use crate::record::{Line, ProfileCode, Prose};
use crate::time::Timestamp;

records! {
    [$ service_records]
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
    /// Somebody reports more after an assessment was signed, which itself never changes (X38, D10).
    AddFinding {
        Record "finding" {
            /// What was found.
            text: Prose = "text",
            /// The assessment that it adds to, where the author knew of one.
            assessment: Option<CommandId> = "assessment",
        }
    }
    /// An instrument was filled in with the client, such as the SRQ-20 (S3:16, LK3.md 4.4). Each time is a record of its own (X39).
    RecordScreening {
        Record "screening" {
            /// The instrument.
            instrument: ProfileCode = "instrument",
            /// Its score.
            score: Option<u32> = "score",
            /// Whether any answer speaks of ending one's life.
            self_harm: bool = "self_harm",
            /// What was noticed.
            note: Option<Prose> = "note",
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
    /// The family's address is no longer shown to anybody; where they are now is for few (X13, class K6).
    HideAddress {
        Safety "hidden_address" {
            /// Where they are now.
            address: Option<Line> = "address",
            /// What has to be heeded.
            note: Option<Prose> = "note",
        }
    }
    /// The address may be shown again. Lifts only what it names (D4, D11).
    ShowAddress {
        Record "address_shown" {
            /// The commands that hid it.
            hides: BTreeSet<CommandId> = "hides",
            /// Why.
            reason: Line = "reason",
        }
    }
}
