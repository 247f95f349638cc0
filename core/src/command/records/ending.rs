//! How a case ends, and what comes after.

use super::records;
use crate::class::Class;
use crate::command::vocabulary::EndingReason;
use crate::id::CaseId;
use crate::record::{Line, Prose};
use crate::time::Timestamp;

records! {
    [$ ending_records]
    /// T05: information was all that was needed (S0:17).
    CloseInformation {
        Intake "information_closing" {
            /// What was told.
            note: Line = "note",
        }
    }
    /// T27: the matter is not for this institution.
    RejectOutOfScope {
        Intake "rejection" {
            /// `out_of_scope` or `out_of_area`.
            reason: EndingReason = "reason",
            /// What the client was told, and where to go.
            note: Line = "note",
        }
    }
    /// T20, T24, T25: the service ends, for a reason (B2).
    Terminate {
        Record "termination" {
            /// Why.
            reason: EndingReason = "reason",
            /// Results, the client's view, remaining risk.
            note: Prose = "note",
            /// Why fewer sessions than the standard's least were enough.
            early_reason: Option<Line> = "early_reason",
            /// The danger was looked at and none remains.
            safety_checked: bool = "safety_checked",
        }
    }
    /// T21: care after the service is agreed (S0:24).
    StartAftercare {
        Record "aftercare_plan" {
            /// What shall be done, and by whom.
            plan: Prose = "plan",
            /// Until when, if that is agreed.
            until: Option<Timestamp> = "until",
        }
    }
    /// T22: care after the service (S0:24).
    RecordAftercare {
        Record "aftercare" {
            /// Condition met.
            note: Prose = "note",
            /// Whether the case needs reopening.
            reopen_needed: bool = "reopen_needed",
        }
    }
    /// T23: the file is closed.
    Close {
        Intake "closing" {
            /// The survey was offered.
            survey_offered: bool = "survey_offered",
        }
    }
    /// T26: the case is taken up again.
    Reopen {
        Intake "reopening" {
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T28: the same case stands under another number, where work goes on. Nothing is merged or deleted (D7).
    MarkDuplicate {
        Intake "duplicate" {
            /// The case that goes on.
            of: CaseId = "of",
            /// Why they are the same.
            reason: Line = "reason",
        }
    }
    /// It was not the same case after all: this one goes on as it stood (D7).
    UndoDuplicate {
        Intake "duplicate_undone" {
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T31: the registration was a mistake, and nobody else has worked on it.
    VoidRegistration {
        Intake "registration_voided" {
            /// What was wrong.
            reason: Line = "reason",
        }
    }
    /// An open case goes on under a newer version of the service profile (LK3.md 6.1).
    MoveProfile {
        Intake "profile_move" {
            /// The version.
            version: u32 = "version",
            /// Why.
            reason: Line = "reason",
        }
    }
}
