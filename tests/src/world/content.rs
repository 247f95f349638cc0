//! What commands say: plausible content for each kind.

mod amends;
mod filing;

use std::collections::BTreeSet;

use data_encoding::BASE32_NOPAD;
use jangkau_core::command::{
    AgreePlan, AnswerReview, ApplicantKind, AssessmentStage, Assign, Attendance, CancelAppointment,
    Channel, Close, CloseInformation, Command, CommandKind as Kind, DecideReferral, DraftMinutes,
    EditIdentity, EditMinutes, EndingReason, FinaliseAssessment, InformClient, IssueReferral,
    LowerSafety, PaperState, Purpose, RaiseSafety, Reassign, Recommendation, RecordAftercare,
    RecordApproach, RecordReply, RecordService, RecordSession, RecordVisit, Register,
    RejectOutOfScope, Reopen, ReportToHead, ReviewAnswer, SafetyLevel, ScheduleSession,
    ServiceType, SessionMode, Sex, SightDocument, SignConsent, SignContract, Signatory,
    StartMonitoring, Terminate, Triage, VisitPlace, WaiveDocument, WithdrawConsent, WriteSummary,
};
use jangkau_core::document::root_key;
use jangkau_core::id::{CommandId, PersonId};
use jangkau_core::record::{Line, ProfileCode, Prose, Scalar, SharedText, TextEdit};
use jangkau_core::replica::ReplicaError;

pub(super) use filing::activity;

use super::chance::Chance;
use super::network::DAY;
use super::words::{danger, digits, kecamatan, line, maybe, name, prose, words};
use super::workload::{CaseView, Office, some_of};

/// A command and the words in it that nobody but its author may receive.
pub(super) type Content = (Command, Option<String>);

/// A registration.
pub(super) fn register(office: &Office<'_>, chance: &mut Chance) -> Option<Command> {
    let channels: Vec<Channel> = office.profile.channels.iter().copied().collect();
    let channel = if chance.per_mille(900) {
        *chance.pick(&channels)?
    } else {
        *chance.pick(Channel::ALL)?
    };
    let report = office.clock.plus_millis(-chance.between(0, 2 * DAY));
    Some(Command::Register(Register {
        channel,
        applicant: *chance.pick(ApplicantKind::ALL)?,
        report_received_at: maybe(250, chance, |_| Some(report)),
        problem: maybe(900, chance, prose),
        place: maybe(800, chance, line),
        phone: maybe(500, chance, |chance| digits(11, chance)),
        domiciled: maybe(700, chance, |chance| Some(chance.per_mille(850))),
        danger: danger(chance),
        name: maybe(900, chance, name),
        nik: maybe(500, chance, |chance| digits(16, chance)),
        family_card: maybe(300, chance, |chance| digits(16, chance)),
        birth_date: maybe(300, chance, |chance| {
            Line::new(format!(
                "19{}-0{}-1{}",
                60 + chance.below(40),
                1 + chance.below(9),
                chance.below(9)
            ))
            .ok()
        }),
        sex: maybe(600, chance, |chance| chance.pick(Sex::ALL).copied()),
        address: maybe(600, chance, line),
        reporter: maybe(300, chance, name),
        kecamatan: maybe(200, chance, kecamatan),
        helper: maybe(100, chance, name),
    }))
}

/// A command of a kind for a case. None: the case does not hold what it would need.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn command(
    kind: Kind,
    view: &CaseView<'_>,
    office: &Office<'_>,
    chance: &mut Chance,
) -> Result<Option<Content>, ReplicaError> {
    if kind == Kind::EditMinutes {
        return Ok(edit_minutes(view, chance)?.map(|command| (command, None)));
    }
    if kind == Kind::RecordSession {
        return Ok(record_session(view, chance));
    }
    let command = intake(kind, view, office, chance)
        .or_else(|| service(kind, office, chance))
        .or_else(|| agreement(kind, view, chance))
        .or_else(|| professional(kind, view, chance))
        .or_else(|| referral(kind, view, chance))
        .or_else(|| ending(kind, view, chance))
        .or_else(|| amends::service(kind, view, office, chance))
        .or_else(|| amends::file(kind, view, chance))
        .or_else(|| amends::settling(kind, view, chance))
        .or_else(|| amends::apart(kind, view, chance))
        .or_else(|| filing::command(kind, view, office, chance));
    Ok(command.map(|command| (command, None)))
}

fn somebody(office: &Office<'_>, chance: &mut Chance) -> Option<PersonId> {
    chance.pick(office.staff).map(|person| person.id)
}

fn requirement(office: &Office<'_>, chance: &mut Chance) -> Option<ProfileCode> {
    chance
        .pick(&office.profile.requirements)
        .map(|requirement| requirement.id.clone())
}

/// Commands around registration, papers, assignment and consent.
fn intake(
    kind: Kind,
    view: &CaseView<'_>,
    office: &Office<'_>,
    chance: &mut Chance,
) -> Option<Command> {
    let command = if kind == Kind::EditIdentity {
        edit_identity(view, chance)?.into()
    } else if kind == Kind::SightDocument {
        let state = if chance.per_mille(750) {
            PaperState::Present
        } else {
            *chance.pick(PaperState::ALL)?
        };
        SightDocument {
            requirement: requirement(office, chance)?,
            state,
            note: maybe(200, chance, line),
        }
        .into()
    } else if kind == Kind::WaiveDocument {
        WaiveDocument {
            requirement: requirement(office, chance)?,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::RecordApproach {
        RecordApproach {
            observation: prose(chance)?,
        }
        .into()
    } else if kind == Kind::Triage {
        let offered: Vec<ServiceType> = office.profile.service_types.iter().copied().collect();
        let safety = if chance.per_mille(800) {
            SafetyLevel::P3
        } else {
            *chance.pick(SafetyLevel::ALL)?
        };
        Triage {
            services: some_of(&offered, chance),
            safety,
            note: maybe(500, chance, prose),
            categories: None,
        }
        .into()
    } else if kind == Kind::Assign {
        Assign {
            assignee: somebody(office, chance)?,
            instruction: maybe(300, chance, line),
        }
        .into()
    } else if kind == Kind::Reassign {
        Reassign {
            assignee: somebody(office, chance)?,
            reason: line(chance)?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Commands about what the client was told and agreed to.
fn agreement(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::InformClient {
        InformClient {
            channel: *chance.pick(Channel::ALL)?,
            note: maybe(500, chance, line),
        }
        .into()
    } else if kind == Kind::SignConsent {
        let seen = view.of(Kind::WithdrawConsent).iter().copied().collect();
        let purposes = if chance.per_mille(600) {
            [Purpose::Service, Purpose::Record].into_iter().collect()
        } else {
            some_of(Purpose::ALL, chance)
        };
        SignConsent {
            purposes,
            text_version: Line::new("2026-1").ok()?,
            recipient: maybe(200, chance, line),
            after_withdrawals: seen,
            signed_by: maybe(200, chance, |chance| chance.pick(Signatory::ALL).copied()),
            guardian: maybe(100, chance, name),
            assent: maybe(100, chance, |chance| Some(chance.per_mille(700))),
        }
        .into()
    } else if kind == Kind::WithdrawConsent {
        WithdrawConsent {
            purposes: some_of(Purpose::ALL, chance),
            note: maybe(500, chance, line),
        }
        .into()
    } else if kind == Kind::SignContract {
        let sessions = maybe(600, chance, |chance| Some(1 + chance.below(6) as u32));
        SignContract {
            goals: prose(chance)?,
            sessions,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Another value for one legal field: over what the device shows, or in ignorance of it, which makes a conflict.
fn edit_identity(view: &CaseView<'_>, chance: &mut Chance) -> Option<EditIdentity> {
    let mut known: Vec<CommandId> = view.of(Kind::Register).to_vec();
    known.extend(view.of(Kind::EditIdentity));
    let supersedes: BTreeSet<CommandId> = match chance.below(4) {
        0 => BTreeSet::new(),
        1 => known.first().copied().into_iter().collect(),
        _ => known.iter().copied().take(60).collect(),
    };
    let mut edit = EditIdentity {
        basis: maybe(500, chance, line),
        supersedes,
        name: None,
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
    };
    match chance.below(5) {
        0 => edit.nik = digits(16, chance),
        1 => edit.sex = chance.pick(Sex::ALL).copied(),
        2 => {
            edit.address = line(chance);
            edit.family_card = digits(16, chance);
        }
        _ => edit.name = name(chance),
    }
    Some(edit)
}

/// Commands of the service itself.
fn service(kind: Kind, office: &Office<'_>, chance: &mut Chance) -> Option<Command> {
    let soon = office.clock.plus_millis(chance.between(-DAY, 14 * DAY));
    let command = if kind == Kind::RecordVisit {
        RecordVisit {
            place: *chance.pick(VisitPlace::ALL)?,
            met: chance.per_mille(800),
            observation: prose(chance)?,
            danger: danger(chance),
            ended_at: maybe(400, chance, |_| Some(office.clock)),
            next_step: maybe(400, chance, line),
        }
        .into()
    } else if kind == Kind::FinaliseAssessment {
        FinaliseAssessment {
            stage: *chance.pick(AssessmentStage::ALL)?,
            conclusion: prose(chance)?,
            recommendation: maybe(500, chance, prose),
        }
        .into()
    } else if kind == Kind::DraftMinutes {
        let count = 5 + chance.below(30);
        DraftMinutes {
            title: line(chance)?,
            body: SharedText::new(words(count, chance)).ok()?,
        }
        .into()
    } else if kind == Kind::AgreePlan {
        let everybody: Vec<PersonId> = office.staff.iter().map(|person| person.id).collect();
        AgreePlan {
            participants: some_of(&everybody, chance),
            goals: prose(chance)?,
            client_agrees: chance.per_mille(850),
            target_at: maybe(500, chance, |_| Some(soon)),
        }
        .into()
    } else if kind == Kind::ScheduleSession {
        ScheduleSession {
            lead: somebody(office, chance)?,
            starts_at: soon,
            both_agreed: chance.per_mille(850),
            reason: maybe(300, chance, line),
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Commands of the professions.
fn professional(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::CancelAppointment {
        let appointment = *chance.pick(view.of(Kind::ScheduleSession))?;
        CancelAppointment {
            appointment,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::WriteSummary {
        let recommendation = *chance.pick(Recommendation::ALL)?;
        WriteSummary {
            text: prose(chance)?,
            recommendation,
        }
        .into()
    } else if kind == Kind::ReportToHead {
        ReportToHead {
            recommendation: *chance.pick(Recommendation::ALL)?,
            text: prose(chance)?,
        }
        .into()
    } else if kind == Kind::RecordService {
        RecordService {
            kind: *chance.pick(ServiceType::ALL)?,
            note: prose(chance)?,
        }
        .into()
    } else if kind == Kind::RaiseSafety {
        RaiseSafety {
            level: *chance.pick(SafetyLevel::ALL)?,
            note: prose(chance)?,
        }
        .into()
    } else if kind == Kind::LowerSafety {
        LowerSafety {
            raises: some_of(view.of(Kind::RaiseSafety), chance),
            reason: line(chance)?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// A session, with notes that only its leader may ever see.
fn record_session(view: &CaseView<'_>, chance: &mut Chance) -> Option<Content> {
    let canary = format!("cnry{}", BASE32_NOPAD.encode(&chance.bytes::<15>()));
    let with_note = chance.per_mille(800);
    let text = format!("{} {canary}", words(4, chance));
    let attendance = if chance.per_mille(800) {
        Attendance::Held
    } else {
        *chance.pick(Attendance::ALL)?
    };
    let session = RecordSession {
        attendance,
        mode: *chance.pick(SessionMode::ALL)?,
        minutes: 30 + chance.below(90) as u32,
        danger: danger(chance),
        appointment: chance.pick(view.of(Kind::ScheduleSession)).copied(),
        note: if with_note {
            Prose::new(text).ok()
        } else {
            None
        },
    };
    Some((session.into(), with_note.then_some(canary)))
}

/// A few words more or less in somebody's minutes, as this device shows them.
fn edit_minutes(view: &CaseView<'_>, chance: &mut Chance) -> Result<Option<Command>, ReplicaError> {
    let Some(target) = chance.pick(view.of(Kind::DraftMinutes)).copied() else {
        return Ok(None);
    };
    let Some(document) = view.replica.document_of_minutes(view.case, target)? else {
        return Ok(None);
    };
    let mut records = view.replica.records(document)?;
    let Some(record) = records.get_mut(&root_key("minutes", target)) else {
        return Ok(None);
    };
    let Some(Scalar::Text(old)) = record.take("body") else {
        return Ok(None);
    };
    let mut new: Vec<&str> = old.split(' ').collect();
    let added = words(1 + chance.below(4), chance);
    let at = chance.below(new.len() + 1);
    if chance.per_mille(350) && !new.is_empty() {
        new.remove(at.min(new.len() - 1));
    } else {
        new.insert(at, &added);
    }
    let new = new.join(" ");
    if new.chars().count() > SharedText::CHARS_MAX {
        return Ok(None);
    }
    let edit = Some(TextEdit { old, new });
    Ok(Some(EditMinutes { target, edit }.into()))
}

/// Commands about referral.
fn referral(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::CloseInformation {
        CloseInformation {
            note: line(chance)?,
        }
        .into()
    } else if kind == Kind::DecideReferral {
        DecideReferral {
            recipient: line(chance)?,
            reason: prose(chance)?,
            legal_basis: maybe(300, chance, line),
        }
        .into()
    } else if kind == Kind::IssueReferral {
        IssueReferral {
            referral: *chance.pick(view.of(Kind::DecideReferral))?,
        }
        .into()
    } else if kind == Kind::RecordReply {
        let referral = *chance.pick(view.of(Kind::DecideReferral))?;
        RecordReply {
            referral,
            accepted: chance.per_mille(700),
            note: maybe(500, chance, line),
        }
        .into()
    } else if kind == Kind::StartMonitoring {
        StartMonitoring {
            note: prose(chance)?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Commands about the ending and review.
fn ending(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::Terminate {
        Terminate {
            reason: *chance.pick(EndingReason::ALL)?,
            note: prose(chance)?,
            early_reason: maybe(400, chance, line),
            safety_checked: chance.per_mille(850),
        }
        .into()
    } else if kind == Kind::RecordAftercare {
        RecordAftercare {
            note: prose(chance)?,
            reopen_needed: chance.per_mille(150),
        }
        .into()
    } else if kind == Kind::Close {
        Close {
            survey_offered: chance.per_mille(800),
        }
        .into()
    } else if kind == Kind::Reopen {
        Reopen {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::RejectOutOfScope {
        let reason = *chance.pick(&[EndingReason::OutOfScope, EndingReason::OutOfArea])?;
        RejectOutOfScope {
            reason,
            note: line(chance)?,
        }
        .into()
    } else if kind == Kind::AnswerReview {
        AnswerReview {
            proposal: *chance.pick(&view.in_review)?,
            answer: *chance.pick(ReviewAnswer::ALL)?,
            reason: line(chance)?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}
