//! What people do in the offices of the authorisation test, with a canary in their words.

use std::collections::BTreeSet;

use jangkau_core::access::ViewKind;
use jangkau_core::class::Class;
use jangkau_core::command::{
    AnswerReview, ApplicantKind, Assign, Attendance, Channel, Close, Command, ConfirmRegistration,
    ContactSafety, DeclareConflict, EndingReason, HideAddress, InformClient, LinkFamily,
    PaperState, Purpose, Reassign, Recommendation, RecordActivity, RecordApproach, RecordSession,
    RecordVisit, Register, Restrict, ReviewAnswer, SafetyLevel, ScheduleSession, ServiceType,
    SessionMode, SetContact, SightDocument, SignConsent, SignContract, StartAftercare,
    StartMonitoring, Terminate, Triage, VisitPlace, WriteSummary,
};
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::{RequirementKind, Status};
use jangkau_core::record::{Line, Prose};
use jangkau_core::time::Timestamp;

use super::cells::Stage;
use crate::world::violation::{Checked, Violation};

fn line(text: &str) -> Checked<Line> {
    Line::new(text).map_err(|error| Violation::broke("Line", &error))
}

fn prose(text: &str) -> Checked<Prose> {
    Prose::new(text).map_err(|error| Violation::broke("Prose", &error))
}

/// Classes in which everybody writes of whose case it is.
pub(super) const OWN: &[Class] = &[Class::Record, Class::Notes, Class::Summary, Class::Safety];

/// What is written when everybody has lost what they lose.
pub(super) const LATE: &[(Class, Option<ViewKind>)] = &[
    (Class::Intake, None),
    (Class::Intake, Some(ViewKind::Contact)),
    (Class::Record, None),
    (Class::Notes, None),
    (Class::Summary, None),
    (Class::Safety, None),
];

/// A registration. By the public link it waits for a worker.
pub(super) fn register(
    name: &str,
    reporter: &str,
    kecamatan: &str,
    is_unseen: bool,
) -> Checked<Command> {
    let channel = if is_unseen {
        Channel::PublicLink
    } else {
        Channel::WalkIn
    };
    Ok(Register {
        channel,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Some(prose("Keluarga.")?),
        place: None,
        phone: None,
        domiciled: Some(true),
        danger: None,
        kecamatan: Some(line(kecamatan)?),
        helper: None,
        name: Some(line(name)?),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: Some(line(reporter)?),
    }
    .into())
}

/// An activity without a case.
pub(super) fn activity(word: &str) -> Checked<Command> {
    Ok(RecordActivity {
        kind: ServiceType::Psychoeducation,
        place: line("Balai")?,
        group: line(word)?,
        attendance: 12,
        material: None,
        note: None,
        ended_at: None,
    }
    .into())
}

/// Somebody's own words of a class.
pub(super) fn own(class: Class, word: &str) -> Checked<Command> {
    late((class, None), word)
}

/// Words of a class that somebody writes at any time.
pub(super) fn late((class, view): (Class, Option<ViewKind>), word: &str) -> Checked<Command> {
    let command = match (class, view) {
        (Class::Intake, None) => InformClient {
            channel: Channel::WalkIn,
            note: Some(line(word)?),
        }
        .into(),
        (Class::Intake, Some(_)) => SetContact {
            contact: line(word)?,
            safety: ContactSafety::Ask,
            in_person: true,
            hours: None,
            code_word: None,
        }
        .into(),
        (Class::Record, _) => RecordApproach {
            observation: prose(word)?,
        }
        .into(),
        // Nobody came: the case's status stays as it is.
        (Class::Notes | Class::Sessions, _) => RecordSession {
            attendance: Attendance::NoShow,
            mode: SessionMode::Phone,
            minutes: 5,
            danger: None,
            appointment: None,
            note: Some(prose(word)?),
        }
        .into(),
        (Class::Summary, _) => WriteSummary {
            text: prose(word)?,
            recommendation: Recommendation::Continue,
        }
        .into(),
        (Class::Safety, _) => HideAddress {
            address: Some(line(word)?),
            note: None,
        }
        .into(),
        (Class::Practitioner | Class::Reporter | Class::Links | Class::Activity, _) => {
            let what = format!("nobody writes {class} so");
            return Err(Violation::new("every class has its words", what));
        }
    };
    Ok(command)
}

/// A worker stands for what came by the public link.
pub(super) fn confirm() -> ConfirmRegistration {
    ConfirmRegistration {
        channel: Channel::WalkIn,
        note: None,
    }
}

/// A head lets it stand.
pub(super) fn answer(proposal: CommandId) -> Checked<AnswerReview> {
    Ok(AnswerReview {
        proposal,
        answer: ReviewAnswer::Commit,
        reason: line("Setuju")?,
    })
}

/// All that decisions wait for.
pub(super) fn papers(profile: &Profile) -> Checked<Vec<Command>> {
    let mut deeds: Vec<Command> = vec![
        late((Class::Record, None), "Pendekatan awal.")?,
        SignConsent {
            purposes: Purpose::ALL.iter().copied().collect(),
            text_version: line("2026-1")?,
            recipient: None,
            after_withdrawals: BTreeSet::new(),
            signed_by: None,
            guardian: None,
            assent: None,
        }
        .into(),
        SignContract {
            goals: prose("Tujuan.")?,
            sessions: None,
        }
        .into(),
    ];
    let papers = profile.requirements.iter();
    for paper in papers.filter(|paper| paper.kind != RequirementKind::Record) {
        deeds.push(
            SightDocument {
                requirement: paper.id.clone(),
                state: PaperState::Present,
                note: None,
            }
            .into(),
        );
    }
    Ok(deeds)
}

/// Every service that is offered, and no danger.
pub(super) fn triage(profile: &Profile) -> Triage {
    Triage {
        services: profile.service_types.iter().copied().collect(),
        safety: SafetyLevel::P3,
        note: None,
        categories: None,
    }
}

/// Somebody becomes responsible.
pub(super) fn assign(assignee: PersonId, is_first: bool) -> Checked<Command> {
    Ok(if is_first {
        Assign {
            assignee,
            instruction: None,
        }
        .into()
    } else {
        Reassign {
            assignee,
            reason: line("Cuti")?,
        }
        .into()
    })
}

/// The case is about somebody's relative.
pub(super) fn conflict(person: PersonId) -> Checked<DeclareConflict> {
    Ok(DeclareConflict {
        person,
        reason: line("ipar klien")?,
    })
}

/// A session is booked.
pub(super) fn session(
    lead: PersonId,
    starts_at: Timestamp,
    word: &str,
) -> Checked<ScheduleSession> {
    Ok(ScheduleSession {
        lead,
        starts_at,
        both_agreed: true,
        reason: Some(line(word)?),
    })
}

/// Two cases are of one family.
pub(super) fn link(related: CaseId, word: &str) -> Checked<LinkFamily> {
    Ok(LinkFamily {
        related,
        tie: None,
        reason: line(word)?,
    })
}

/// From assigned, or whatever comes before it, to a state.
pub(super) fn advance(profile: &Profile, stage: Stage, word: &str) -> Checked<Vec<Command>> {
    let visit = || -> Checked<Command> {
        Ok(RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: prose("Ditemui.")?,
            danger: None,
            ended_at: None,
            next_step: None,
        }
        .into())
    };
    let terminate = || -> Checked<Command> {
        let reasons = [EndingReason::Moved, EndingReason::ClientWithdrew];
        let is_easy = |reason: &EndingReason| profile.ending(*reason).is_some();
        let reason = reasons.into_iter().find(is_easy);
        Ok(Terminate {
            reason: reason.unwrap_or(EndingReason::GoalsMet),
            note: prose("Pindah.")?,
            early_reason: Some(line("Pindah")?),
            safety_checked: true,
        }
        .into())
    };
    let mut deeds = Vec::new();
    match stage.status {
        Status::Draft | Status::Registered | Status::Triaged | Status::Assigned => {}
        Status::Intervening => deeds.push(visit()?),
        Status::Monitoring => {
            deeds.push(visit()?);
            deeds.push(
                StartMonitoring {
                    note: prose("Pantau.")?,
                }
                .into(),
            );
        }
        Status::Terminated => deeds.extend([visit()?, terminate()?]),
        Status::Aftercare => {
            deeds.extend([visit()?, terminate()?]);
            let plan = prose(word)?;
            deeds.push(StartAftercare { plan, until: None }.into());
        }
        Status::Closed => {
            let survey_offered = true;
            deeds.extend([visit()?, terminate()?, Close { survey_offered }.into()]);
        }
    }
    if stage.is_restricted {
        deeds.push(
            Restrict {
                reason: line("Diminta klien")?,
            }
            .into(),
        );
    }
    Ok(deeds)
}
