//! Conferences, plans, reports, and the answers of a head.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{Recommendation, ReviewAnswer};
use crate::id::{CommandId, PersonId};
use crate::record::{Line, Prose, SharedText, TextEdit};
use crate::time::Timestamp;

records! {
    [$ plan_records]
    /// Minutes of a case conference are begun; several people may edit the text (form F08).
    DraftMinutes {
        Record "minutes" {
            /// Title.
            title: Line = "title",
            /// The minutes.
            body: SharedText = "body",
        }
    }
    /// Somebody edits the text of minutes.
    EditMinutes {
        Record "minutes_edit" {
            /// The command that began the minutes.
            target: CommandId = "target",
            /// Old and new text; known on the author's device only.
            edit: Option<TextEdit> = "edit",
        }
    }
    /// T10: the plan or the result of the consultation is agreed (S0:20, S1:45).
    AgreePlan {
        Record "plan" {
            /// Who took part.
            participants: BTreeSet<PersonId> = "participants",
            /// Goals and activities.
            goals: Prose = "goals",
            /// Whether the client agrees.
            client_agrees: bool = "client_agrees",
            /// The date aimed at.
            target_at: Option<Timestamp> = "target_at",
        }
    }
    /// T14: the professional reports to the head (S2:12).
    ReportToHead {
        Record "report" {
            /// What is recommended.
            recommendation: Recommendation = "recommendation",
            /// The report.
            text: Prose = "text",
        }
    }
    /// The head answers a review item; the answer is itself a decision.
    AnswerReview {
        Record "review_answer" {
            /// The proposal in review.
            proposal: CommandId = "proposal",
            /// The answer.
            answer: ReviewAnswer = "answer",
            /// Why.
            reason: Line = "reason",
        }
    }
}
