//! The table of commands: the only place that says which records a command writes and in which class.
//!
//! A command's first record holds its stamp. Numbers and codes are stored and signed; they are never reused.

use std::collections::BTreeSet;

use super::declare::{commands, take_section};
use super::vocabulary::{
    ApplicantKind, AssessmentStage, Attendance, Channel, EndingReason, PaperState, Purpose,
    Recommendation, ReviewAnswer, SafetyLevel, ServiceType, SessionMode, Sex, VisitPlace,
};
use super::{FieldInfo, Nature, PlacedRecord};
use crate::class::Class;
use crate::id::{CommandId, PersonId};
use crate::record::{
    Field, FieldShape, Line, ProfileCode, Prose, Record, RecordError, SharedText, TextEdit,
};
use crate::time::Timestamp;

commands! {
    /// T01: a person or a family asks for help. Opens the case; the server gives it a number.
    1 Proposal Register = "register" {
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
    2 Fact EditIdentity = "edit_identity" {
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
    3 Fact SightDocument = "sight_document" {
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
    4 Proposal WaiveDocument = "waive_document" {
        Intake "waiver" {
            /// The requirement's id in the profile.
            requirement: ProfileCode = "requirement",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T03: first contact and rapport (S0:9, S0:16).
    5 Fact RecordApproach = "record_approach" {
        Record "approach" {
            /// What was seen and heard.
            observation: Prose = "observation",
        }
    }
    /// T04: which services are needed, and how urgent it is (S0:16, S4:58).
    6 Proposal Triage = "triage" {
        Record "triage" {
            /// The services chosen.
            services: BTreeSet<ServiceType> = "services",
            /// Urgency.
            safety: SafetyLevel = "safety",
            /// Remarks.
            note: Option<Prose> = "note",
        }
    }
    /// T05: information was all that was needed (S0:17).
    7 Proposal CloseInformation = "close_information" {
        Intake "information_closing" {
            /// What was told.
            note: Line = "note",
        }
    }
    /// T06: a worker becomes responsible for the case (S1:43, S2:12).
    8 Proposal Assign = "assign" {
        Intake "assignment" {
            /// The worker.
            assignee: PersonId = "assignee",
            /// Instruction.
            instruction: Option<Line> = "instruction",
        }
    }
    /// T07: another worker becomes responsible.
    9 Proposal Reassign = "reassign" {
        Intake "reassignment" {
            /// The worker.
            assignee: PersonId = "assignee",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// The client was told who will help and when (A8, S2:13).
    10 Fact InformClient = "inform_client" {
        Intake "client_informed" {
            /// By which way.
            channel: Channel = "channel",
            /// What was told.
            note: Option<Line> = "note",
        }
    }
    /// T08: the client agreed, purpose by purpose (S4:58).
    11 Fact SignConsent = "sign_consent" {
        Record "consent" {
            /// What was agreed to.
            purposes: BTreeSet<Purpose> = "purposes",
            /// Version of the text that was read aloud.
            text_version: Line = "text_version",
            /// The recipient, where the consent is to share with one.
            recipient: Option<Line> = "recipient",
            /// The withdrawals that the worker had seen when this was signed (C1).
            after_withdrawals: BTreeSet<CommandId> = "after_withdrawals",
        }
    }
    /// T32: the client takes consent back. Any staff may report it.
    12 Fact WithdrawConsent = "withdraw_consent" {
        Record "consent_withdrawal" {
            /// What is no longer agreed to.
            purposes: BTreeSet<Purpose> = "purposes",
            /// How it was said.
            note: Option<Line> = "note",
        }
    }
    /// T08: both signed the service contract (S3:16d).
    13 Fact SignContract = "sign_contract" {
        Record "contract" {
            /// The goals agreed.
            goals: Prose = "goals",
            /// Number of sessions agreed, if any.
            sessions: Option<u32> = "sessions",
        }
    }
    /// T12: a visit took place (form F05).
    14 Fact RecordVisit = "record_visit" {
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
    15 Proposal FinaliseAssessment = "finalise_assessment" {
        Record "assessment" {
            /// Which.
            stage: AssessmentStage = "stage",
            /// Conclusion.
            conclusion: Prose = "conclusion",
            /// Recommendation.
            recommendation: Option<Prose> = "recommendation",
        }
    }
    /// Minutes of a case conference are begun; several people may edit the text (form F08).
    16 Fact DraftMinutes = "draft_minutes" {
        Record "minutes" {
            /// Title.
            title: Line = "title",
            /// The minutes.
            body: SharedText = "body",
        }
    }
    /// Somebody edits the text of minutes.
    17 Fact EditMinutes = "edit_minutes" {
        Record "minutes_edit" {
            /// The command that began the minutes.
            target: CommandId = "target",
            /// Old and new text; known on the author's device only.
            edit: Option<TextEdit> = "edit",
        }
    }
    /// T10: the plan or the result of the consultation is agreed (S0:20, S1:45).
    18 Proposal AgreePlan = "agree_plan" {
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
    /// T12b: a professional session is booked.
    19 Proposal ScheduleSession = "schedule_session" {
        Sessions "appointment" {
            /// Who leads it.
            lead: PersonId = "lead",
            /// When it begins.
            starts_at: Timestamp = "starts_at",
            /// Whether client and leader both agreed (S4:59).
            both_agreed: bool = "both_agreed",
            /// Why a further session is needed, where the profile asks (S1:67).
            reason: Option<Line> = "reason",
        }
    }
    /// A booked session is called off.
    20 Fact CancelAppointment = "cancel_appointment" {
        Sessions "appointment_cancelled" {
            /// The command that booked it.
            appointment: CommandId = "appointment",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T12: a session took place or not. What was said goes into the leader's own notes.
    21 Fact RecordSession = "record_session" {
        Sessions "session" {
            /// What became of it.
            attendance: Attendance = "attendance",
            /// How it was held.
            mode: SessionMode = "mode",
            /// Length in minutes.
            minutes: u32 = "minutes",
            /// Danger seen.
            danger: Option<SafetyLevel> = "danger",
            /// The command that booked it.
            appointment: Option<CommandId> = "appointment",
        }
        Notes "session_note" {
            /// The leader's own notes (form F09). Only the author ever holds them.
            note: Option<Prose> = "note",
        }
    }
    /// Form F10: what others need to know of the sessions.
    22 Fact WriteSummary = "write_summary" {
        Summary "summary" {
            /// The summary.
            text: Prose = "text",
            /// What is recommended.
            recommendation: Recommendation = "recommendation",
        }
    }
    /// T14: the professional reports to the head (S2:12).
    23 Proposal ReportToHead = "report_to_head" {
        Record "report" {
            /// What is recommended.
            recommendation: Recommendation = "recommendation",
            /// The report.
            text: Prose = "text",
        }
    }
    /// T15: the client shall be referred.
    24 Proposal DecideReferral = "decide_referral" {
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
    25 Proposal IssueReferral = "issue_referral" {
        Record "referral_issue" {
            /// The command that proposed the referral.
            referral: CommandId = "referral",
        }
    }
    /// T18: the recipient answered.
    26 Fact RecordReply = "record_reply" {
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
    27 Proposal StartMonitoring = "start_monitoring" {
        Record "monitoring" {
            /// Progress and obstacles.
            note: Prose = "note",
        }
    }
    /// T20, T24, T25: the service ends, for a reason (B2).
    28 Proposal Terminate = "terminate" {
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
    /// T22: care after the service (S0:24).
    29 Fact RecordAftercare = "record_aftercare" {
        Record "aftercare" {
            /// Condition met.
            note: Prose = "note",
            /// Whether the case needs reopening.
            reopen_needed: bool = "reopen_needed",
        }
    }
    /// T23: the file is closed.
    30 Proposal Close = "close" {
        Intake "closing" {
            /// The survey was offered.
            survey_offered: bool = "survey_offered",
        }
    }
    /// T26: the case is taken up again.
    31 Proposal Reopen = "reopen" {
        Intake "reopening" {
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T27: the matter is not for this institution.
    32 Proposal RejectOutOfScope = "reject_out_of_scope" {
        Intake "rejection" {
            /// `out_of_scope` or `out_of_area`.
            reason: EndingReason = "reason",
            /// What the client was told, and where to go.
            note: Line = "note",
        }
    }
    /// T29: danger is seen. Always accepted.
    33 Fact RaiseSafety = "raise_safety" {
        Record "safety_raise" {
            /// How grave.
            level: SafetyLevel = "level",
            /// What was seen.
            note: Prose = "note",
        }
    }
    /// T29: a danger is over. Clears only the raises that it names (C2).
    34 Proposal LowerSafety = "lower_safety" {
        Record "safety_lowering" {
            /// The commands that raised it.
            raises: BTreeSet<CommandId> = "raises",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// A1: a service beside visits and sessions.
    35 Fact RecordService = "record_service" {
        Record "service" {
            /// Which.
            kind: ServiceType = "kind",
            /// What was done.
            note: Prose = "note",
        }
    }
    /// The head answers a review item; the answer is itself a decision.
    36 Proposal AnswerReview = "answer_review" {
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
