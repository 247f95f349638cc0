//! What the client was told and agreed to.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{Channel, Purpose, Signatory};
use crate::id::CommandId;
use crate::record::{Line, Prose};

records! {
    [$ agreement_records]
    /// The client was told who will help and when (A8, S2:13).
    InformClient {
        Intake "client_informed" {
            /// By which way.
            channel: Channel = "channel",
            /// What was told.
            note: Option<Line> = "note",
        }
    }
    /// T08: the client agreed, purpose by purpose (S4:58).
    SignConsent {
        Record "consent" {
            /// What was agreed to.
            purposes: BTreeSet<Purpose> = "purposes",
            /// Version of the text that was read aloud.
            text_version: Line = "text_version",
            /// The recipient, where the consent is to share with one.
            recipient: Option<Line> = "recipient",
            /// The withdrawals that the worker had seen when this was signed (C1).
            after_withdrawals: BTreeSet<CommandId> = "after_withdrawals",
            /// Who signed; the client where nothing is said. For a child a guardian signs (form F03).
            signed_by: Option<Signatory> = "signed_by",
            /// The guardian or official, and what they are to the child.
            guardian: Option<Line> = "guardian",
            /// Whether the child agrees, too (UU 27/2022 art. 25).
            assent: Option<bool> = "assent",
        }
    }
    /// T32: the client takes consent back. Any staff may report it.
    WithdrawConsent {
        Record "consent_withdrawal" {
            /// What is no longer agreed to.
            purposes: BTreeSet<Purpose> = "purposes",
            /// How it was said.
            note: Option<Line> = "note",
        }
    }
    /// C1: the worker who took a signature without knowing of a withdrawal asked the client what holds.
    ConfirmConsent {
        Record "consent_confirmation" {
            /// The signature that holds.
            signature: CommandId = "signature",
            /// The withdrawals that the client was asked about.
            withdrawals: BTreeSet<CommandId> = "withdrawals",
            /// How the client was asked.
            channel: Channel = "channel",
            /// What the client said.
            note: Option<Line> = "note",
        }
    }
    /// A signature is in doubt, for instance because the guardian who gave it may be who harms the child (X22).
    ContestConsent {
        Record "consent_contest" {
            /// The signature.
            signature: CommandId = "signature",
            /// Why.
            reason: Prose = "reason",
        }
    }
    /// T08: both signed the service contract (S3:16d).
    SignContract {
        Record "contract" {
            /// The goals agreed.
            goals: Prose = "goals",
            /// Number of sessions agreed, if any.
            sessions: Option<u32> = "sessions",
        }
    }
    /// T30: the client asks that use of their data be limited (UU 27/2022 art. 41).
    Restrict {
        Intake "restriction" {
            /// What was asked.
            reason: Line = "reason",
        }
    }
    /// T30: the limit ends.
    LiftRestriction {
        Intake "restriction_lifted" {
            /// Why.
            reason: Line = "reason",
        }
    }
}

impl ConfirmConsent {
    /// The commands that it is about.
    pub(in crate::command) fn names(&self) -> Vec<CommandId> {
        let signature = std::iter::once(self.signature);
        signature.chain(self.withdrawals.iter().copied()).collect()
    }
}
