//! Counselling sessions.

use std::collections::BTreeSet;

use super::records;
use crate::class::Class;
use crate::command::vocabulary::{Attendance, Recommendation, SafetyLevel, SessionMode};
use crate::id::{CommandId, PersonId};
use crate::record::{Line, Prose};
use crate::time::Timestamp;

records! {
    [$ session_records]
    /// T12b: a professional session is booked.
    ScheduleSession {
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
    CancelAppointment {
        Sessions "appointment_cancelled" {
            /// The command that booked it.
            appointment: CommandId = "appointment",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// T12: a session took place or not. What was said goes into the leader's own notes.
    RecordSession {
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
    WriteSummary {
        Summary "summary" {
            /// The summary.
            text: Prose = "text",
            /// What is recommended.
            recommendation: Recommendation = "recommendation",
        }
    }
    /// T13: more sessions than the standard's most, under a new contract (S1:67).
    ExtendSessions {
        Sessions "extension" {
            /// The most sessions from now on.
            most: u32 = "most",
            /// Why.
            reason: Line = "reason",
        }
    }
    /// C3: whoever did it says which records of visits or sessions tell of one event.
    SettleEvent {
        Record "event_settlement" {
            /// The records in question.
            events: BTreeSet<CommandId> = "events",
            /// Those of them that count.
            counts: BTreeSet<CommandId> = "counts",
        }
    }
}
