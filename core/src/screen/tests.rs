//! The pure functions, on cases that are written here by hand.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod daily;
mod pressing;
mod shown;

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::class::Class;
use crate::command::{
    ApplicantKind, Channel, Command, CommandEntry, ContactSafety, Purpose, RaiseSafety,
    RecordVisit, Register, SafetyLevel, SetContact, SignConsent, Stamp, Terminate, VisitPlace,
    WithdrawConsent,
};
use crate::id::{CaseId, CaseNumber, CommandId, DecisionCount, ServerSeq};
use crate::profile::words::Status;
use crate::profile::{HotlineUse, shipped};
use crate::record::{Line, Prose};
use crate::replica::{CaseView, Fate, TimelineItem};
use crate::rules::{
    Appointment, CaseState, ClockOutcome, ClockState, Flag, Refusal, Review, ReviewItem, Verdict,
};
use crate::sync::Turned;

const CASE: CaseId = CaseId::from_bytes([1; 16]);
const HOUR: i64 = 3_600_000;

/// Monday noon in Mataram.
fn now() -> Timestamp {
    "2026-11-23T12:00:00+08:00".parse().unwrap()
}

const fn person(n: u8) -> PersonId {
    PersonId::from_bytes([n; 16])
}

const CLERK: PersonId = person(1);
const WORKER: PersonId = person(2);
const HEAD: PersonId = person(3);
const PSYCHOLOGIST: PersonId = person(4);

/// An office in Mataram, and somebody who looks.
struct Bureau {
    profile: Profile,
    staff: Vec<StaffRow>,
}

impl Bureau {
    fn new() -> Self {
        let people = [
            (CLERK, "Sari", "clerk"),
            (WORKER, "Baiq", "social_worker"),
            (HEAD, "Hasan", "head_of_institution"),
            (PSYCHOLOGIST, "Dr. Lale", "psychologist"),
        ];
        let row = |(person, name, role): (PersonId, &str, &str)| StaffRow {
            person,
            name: name.to_owned(),
            roles: vec![role.to_owned()],
            active: true,
            terms: None,
        };
        Self {
            profile: shipped().unwrap().remove(1),
            staff: people.into_iter().map(row).collect(),
        }
    }

    fn viewer(&self, person: PersonId) -> Viewer<'_> {
        Viewer {
            person,
            staff: &self.staff,
            versions: std::slice::from_ref(&self.profile),
            profile: Some(&self.profile),
            now: now(),
            language: Language::Indonesian,
        }
    }
}

fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

fn prose(text: &str) -> Prose {
    Prose::new(text).unwrap()
}

fn id(n: u8) -> CommandId {
    CommandId::from_bytes([n; 16])
}

fn recorded() -> Fate {
    Fate::Judged(Verdict::Recorded(BTreeSet::new()))
}

/// Something that somebody recorded, `hours` before now.
fn item(n: u8, by: PersonId, hours: i64, command: impl Into<Command>, fate: Fate) -> TimelineItem {
    let at = now().plus_millis(-hours * HOUR);
    let command = command.into();
    let stamp = Stamp {
        by,
        occurred_at: at,
        performed_by: None,
    };
    let received_at = match fate {
        Fate::OnDevice | Fate::TurnedAway(_) | Fate::Waiting => None,
        Fate::Admitted | Fate::Judged(_) => Some(at.plus_millis(1_000)),
    };
    TimelineItem {
        id: id(n),
        kind: command.kind(),
        stamp,
        recorded_at: Some(at),
        received_at,
        fate,
        entry: CommandEntry {
            id: id(n),
            case: CASE,
            stamp,
            command,
        },
    }
}

fn register() -> Register {
    Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Some(prose("Pertengkaran.")),
        place: Some(line("Ampenan")),
        phone: Some(line("0812 3456 789")),
        domiciled: None,
        danger: None,
        name: Some(line("Ibu S")),
        nik: Some(line("5271015203900001")),
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: None,
        helper: None,
        kecamatan: None,
    }
}

fn state() -> CaseState {
    CaseState {
        status: Status::Assigned,
        closure: None,
        ended_at: None,
        milestones: BTreeMap::new(),
        services: BTreeSet::new(),
        safety: SafetyLevel::P3,
        assignee: Some(WORKER),
        referrals: Vec::new(),
        sessions: Vec::new(),
        appointments: Vec::new(),
        missing_papers: Vec::new(),
        flags: BTreeSet::new(),
        fact_flags: BTreeMap::new(),
        reviews: Vec::new(),
        clocks: Vec::new(),
        decisions: DecisionCount::default(),
        judged_through: ServerSeq::default(),
        duplicate_of: None,
        assignment_read_at: None,
        reminders: None,
        acting: None,
    }
}

fn seen(state: Option<CaseState>, items: Vec<TimelineItem>) -> CaseSeen {
    let pending = items.iter().filter(|item| item.fate == Fate::OnDevice);
    let view = CaseView {
        case: CASE,
        number: state.is_some().then(|| CaseNumber::new(12)),
        profile_version: None,
        views: Vec::new(),
        pending: pending.map(|item| item.id).collect(),
        state,
    };
    CaseSeen::new(view, items, [Class::Intake, Class::Record].into())
}

fn registered() -> TimelineItem {
    item(1, CLERK, 48, register(), Fate::Judged(Verdict::Committed))
}

fn danger(level: SafetyLevel) -> RaiseSafety {
    RaiseSafety {
        level,
        note: prose("Ancaman pisau."),
    }
}

fn set_contact(contact: &str, safety: ContactSafety, in_person: bool) -> SetContact {
    SetContact {
        contact: line(contact),
        safety,
        in_person,
        hours: None,
        code_word: None,
    }
}

fn clock(id: &str, due: Timestamp) -> ClockState {
    ClockState {
        clock: id.parse().unwrap(),
        subject: None,
        started_at: now().plus_millis(-72 * HOUR),
        due: Some(due),
        provisional: false,
        stopped_at: None,
        outcome: ClockOutcome::Running,
    }
}

fn kinds(found: &[Attention]) -> Vec<AttentionKind> {
    found.iter().map(|item| item.kind).collect()
}
