//! Who the client is: registration, identity, papers, contacts.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{
    ApplicantKind, Channel, ContactSafety, PaperState, SafetyLevel, Sex,
};
use crate::id::CommandId;
use crate::record::{Line, ProfileCode, Prose};
use crate::time::Timestamp;

records! {
    [$ intake_records]
    /// T01: a person or a family asks for help. Opens the case; the server gives it a number.
    Register {
        Intake "register" {
            /// How the need arrived.
            channel: Channel = "channel",
            /// Who applies.
            applicant: ApplicantKind = "applicant",
            /// When the report came in, where that is not the registration (A8).
            report_received_at: Option<Timestamp> = "report_received_at",
            /// The problem in the client's words.
            problem: Option<Prose> = "problem",
            /// Where the client is or can be found.
            place: Option<Line> = "place",
            /// Telephone.
            phone: Option<Line> = "phone",
            /// Whether the client lives in the institution's area, as far as known (S1:22).
            domiciled: Option<bool> = "domiciled",
            /// Danger seen at first contact (C11).
            danger: Option<SafetyLevel> = "danger",
            /// The kecamatan where the client lives (S0:15).
            kecamatan: Option<Line> = "kecamatan",
            /// Who filled the form for the client (S3:16b).
            helper: Option<Line> = "helper",
        }
        Intake "name" { /// Name, or absent for "belum diketahui".
            name: Option<Line> = "value" }
        Intake "nik" { /// NIK.
            nik: Option<Line> = "value" }
        Intake "family_card" { /// No. KK.
            family_card: Option<Line> = "value" }
        Intake "birth_date" { /// Date of birth, ISO 8601.
            birth_date: Option<Line> = "value" }
        Intake "sex" { /// Sex.
            sex: Option<Sex> = "value" }
        Intake "address" { /// Address.
            address: Option<Line> = "value" }
        Reporter "reporter" { /// Who reported, where that is not the client. Protected.
            reporter: Option<Line> = "name" }
    }
    /// A legal field gets another value; what it replaces is named, so that a conflict can be seen (D8).
    EditIdentity {
        Intake "identity_edit" {
            /// What the new value rests on, for instance the card that was seen.
            basis: Option<Line> = "basis",
            /// The commands whose values these replace.
            supersedes: BTreeSet<CommandId> = "supersedes",
        }
        Intake "name" { /// Name.
            name: Option<Line> = "value" }
        Intake "nik" { /// NIK.
            nik: Option<Line> = "value" }
        Intake "family_card" { /// No. KK.
            family_card: Option<Line> = "value" }
        Intake "birth_date" { /// Date of birth, ISO 8601.
            birth_date: Option<Line> = "value" }
        Intake "sex" { /// Sex.
            sex: Option<Sex> = "value" }
        Intake "address" { /// Address.
            address: Option<Line> = "value" }
    }
    /// T02: a paper was asked for, and seen or not (A3).
    SightDocument {
        Intake "paper" {
            /// The requirement's id in the profile.
            requirement: ProfileCode = "requirement",
            /// What was found.
            state: PaperState = "state",
            /// What it was, where a substitute was shown.
            note: Option<Line> = "note",
        }
    }
    /// T02: a required paper is not asked for.
    WaiveDocument {
        Intake "waiver" {
            /// The requirement's id in the profile.
            requirement: ProfileCode = "requirement",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// C5: a number, and whether it is safe to call (form F01).
    SetContact {
        Intake "contact" {
            /// The number or account.
            contact: Line = "contact",
            /// Whether it may be used.
            safety: ContactSafety = "safety",
            /// Whether the client said so in person.
            in_person: bool = "in_person",
            /// When to call.
            hours: Option<Line> = "hours",
            /// A word by which the client is recognised.
            code_word: Option<Line> = "code_word",
        }
    }
    /// A8: a worker reached whoever came by the public link or the hotline: the registration stands.
    ConfirmRegistration {
        Intake "registration_confirmed" {
            /// How the client was reached.
            channel: Channel = "channel",
            /// What the client said.
            note: Option<Line> = "note",
        }
    }
}
