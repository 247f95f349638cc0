//! Referrals, which are objects of a case (amendment B3).

use super::records;
use crate::class::Class;
use crate::id::CommandId;
use crate::record::{Line, Prose};

records! {
    [$ referral_records]
    /// T15: the client shall be referred.
    DecideReferral {
        Record "referral" {
            /// To whom.
            recipient: Line = "recipient",
            /// Why.
            reason: Prose = "reason",
            /// Legal duty or danger that stands in for consent.
            legal_basis: Option<Line> = "legal_basis",
        }
    }
    /// T16: the letter goes out; online only, since only the server gives numbers.
    IssueReferral {
        Record "referral_issue" {
            /// The command that proposed the referral.
            referral: CommandId = "referral",
        }
    }
    /// A referral reached its recipient, with its letter or before it (B3).
    DeliverReferral {
        Record "referral_delivery" {
            /// The command that proposed the referral.
            referral: CommandId = "referral",
            /// Whether the letter went with it; otherwise it follows.
            with_letter: bool = "with_letter",
            /// Who took it, and how.
            note: Option<Line> = "note",
        }
    }
    /// T17: a referral is called off. A letter that was issued keeps its number (D9).
    CancelReferral {
        Record "referral_cancelled" {
            /// The command that proposed the referral.
            referral: CommandId = "referral",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T18: the recipient answered.
    RecordReply {
        Record "referral_reply" {
            /// The command that proposed the referral.
            referral: CommandId = "referral",
            /// Whether the client is taken on.
            accepted: bool = "accepted",
            /// What was answered.
            note: Option<Line> = "note",
        }
    }
    /// T19: results are followed (S0:22).
    StartMonitoring {
        Record "monitoring" {
            /// Progress and obstacles.
            note: Prose = "note",
        }
    }
}
