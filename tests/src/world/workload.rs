//! What people do: commands drawn from a weighted table, in an order that brings cases on their way.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::command::{Command, CommandKind as Kind, Nature};
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::profile::Profile;
use jangkau_core::replica::{Fate, Replica, ReplicaError};
use jangkau_core::rules::Verdict;
use jangkau_core::time::Timestamp;

use super::chance::Chance;
use super::content;
use super::network::{DAY, HOUR};
use super::staff::Person;

/// Most cases of a world: enough for grants to differ, few enough for people to meet in them.
const CASES_MAX: usize = 6;

/// One row of the table: a kind, its weight, what must be there first (one of), and what makes it rare (one of).
struct Weight(Kind, u32, &'static [Kind], &'static [Kind]);

const TABLE: &[Weight] = &[
    Weight(Kind::EditIdentity, 10, &[], &[]),
    Weight(Kind::SightDocument, 10, &[], &[]),
    Weight(Kind::WaiveDocument, 2, &[], &[Kind::WaiveDocument]),
    Weight(Kind::RecordApproach, 8, &[], &[Kind::RecordApproach]),
    Weight(Kind::Triage, 12, &[], &[Kind::Triage]),
    Weight(Kind::CloseInformation, 1, &[Kind::Triage], &[]),
    Weight(Kind::Assign, 16, &[], &[Kind::Assign]),
    Weight(Kind::Reassign, 2, &[Kind::Assign], &[]),
    Weight(Kind::InformClient, 3, &[], &[]),
    Weight(Kind::SignConsent, 14, &[], &[Kind::SignConsent]),
    Weight(Kind::WithdrawConsent, 3, &[Kind::SignConsent], &[]),
    Weight(Kind::SignContract, 8, &[], &[Kind::SignContract]),
    Weight(Kind::RecordVisit, 10, &[], &[]),
    Weight(
        Kind::FinaliseAssessment,
        10,
        &[],
        &[Kind::FinaliseAssessment],
    ),
    Weight(Kind::DraftMinutes, 6, &[], &[Kind::DraftMinutes]),
    Weight(Kind::EditMinutes, 12, &[Kind::DraftMinutes], &[]),
    Weight(Kind::AgreePlan, 10, &[], &[Kind::AgreePlan]),
    Weight(Kind::ScheduleSession, 10, &[Kind::SignConsent], &[]),
    Weight(Kind::CancelAppointment, 3, &[Kind::ScheduleSession], &[]),
    Weight(Kind::RecordSession, 12, &[], &[]),
    Weight(Kind::WriteSummary, 4, &[Kind::RecordSession], &[]),
    Weight(Kind::ReportToHead, 6, &[Kind::RecordSession], &[]),
    Weight(Kind::DecideReferral, 5, &[], &[Kind::DecideReferral]),
    Weight(Kind::IssueReferral, 6, &[Kind::DecideReferral], &[]),
    Weight(Kind::RecordReply, 4, &[Kind::DecideReferral], &[]),
    Weight(
        Kind::StartMonitoring,
        3,
        &[Kind::RecordVisit, Kind::RecordSession],
        &[],
    ),
    Weight(
        Kind::Terminate,
        6,
        &[Kind::RecordVisit, Kind::RecordSession],
        &[],
    ),
    Weight(Kind::RecordAftercare, 4, &[Kind::Terminate], &[]),
    Weight(Kind::Close, 6, &[Kind::Terminate], &[]),
    Weight(Kind::Reopen, 3, &[Kind::Terminate, Kind::Close], &[]),
    Weight(Kind::RejectOutOfScope, 1, &[], &[]),
    Weight(Kind::RaiseSafety, 4, &[], &[]),
    Weight(Kind::LowerSafety, 4, &[Kind::RaiseSafety], &[]),
    Weight(Kind::RecordService, 4, &[], &[]),
    Weight(Kind::ExtendSessions, 1, &[Kind::RecordSession], &[]),
    Weight(Kind::DeliverReferral, 3, &[Kind::DecideReferral], &[]),
    Weight(Kind::CancelReferral, 3, &[Kind::DecideReferral], &[]),
    Weight(Kind::StartAftercare, 3, &[Kind::Terminate], &[]),
    Weight(Kind::MarkDuplicate, 1, &[], &[Kind::MarkDuplicate]),
    Weight(Kind::UndoDuplicate, 4, &[Kind::MarkDuplicate], &[]),
    Weight(Kind::Restrict, 1, &[], &[Kind::Restrict]),
    Weight(Kind::LiftRestriction, 4, &[Kind::Restrict], &[]),
    Weight(Kind::VoidRegistration, 1, &[], &[Kind::VoidRegistration]),
    Weight(Kind::ConfirmConsent, 4, &[Kind::WithdrawConsent], &[]),
    Weight(Kind::SettleEvent, 3, &[Kind::RecordSession], &[]),
    Weight(Kind::SetContact, 4, &[], &[]),
    Weight(
        Kind::ConfirmRegistration,
        6,
        &[],
        &[Kind::ConfirmRegistration],
    ),
    Weight(Kind::MoveRecord, 2, &[Kind::RecordVisit], &[]),
    Weight(Kind::TakeRecord, 2, &[Kind::RecordVisit], &[]),
    Weight(Kind::NoteClientDate, 2, &[], &[]),
    Weight(Kind::LinkFamily, 2, &[], &[Kind::LinkFamily]),
    Weight(Kind::UnlinkFamily, 2, &[Kind::LinkFamily], &[]),
    Weight(Kind::AskSeparation, 1, &[], &[]),
    Weight(Kind::ReadAssignment, 4, &[Kind::Assign], &[]),
    Weight(Kind::MoveProfile, 1, &[], &[Kind::MoveProfile]),
    Weight(Kind::RecordScreening, 3, &[], &[]),
    Weight(Kind::ContestConsent, 2, &[Kind::SignConsent], &[]),
    Weight(Kind::HideAddress, 2, &[], &[]),
    Weight(Kind::ShowAddress, 3, &[Kind::HideAddress], &[]),
    Weight(Kind::AddFinding, 4, &[Kind::FinaliseAssessment], &[]),
    Weight(Kind::ConfirmRecords, 3, &[Kind::RecordVisit], &[]),
];

/// What a device shows of a case.
pub(super) struct CaseView<'a> {
    /// The case.
    pub(super) case: CaseId,
    /// The replica.
    pub(super) replica: &'a Replica,
    /// Its commands by kind.
    pub(super) kinds: BTreeMap<Kind, Vec<CommandId>>,
    /// Proposals that wait for a head.
    pub(super) in_review: Vec<CommandId>,
}

impl<'a> CaseView<'a> {
    /// Reads a case from a device.
    ///
    /// # Errors
    /// When its store cannot be read.
    pub(super) fn read(replica: &'a Replica, case: CaseId) -> Result<Self, ReplicaError> {
        let items = replica.timeline(case)?;
        let mut kinds: BTreeMap<Kind, Vec<CommandId>> = BTreeMap::new();
        let mut in_review = Vec::new();
        for item in &items {
            kinds.entry(item.kind).or_default().push(item.id);
            if matches!(item.fate, Fate::Judged(Verdict::NeedsReview(_))) {
                in_review.push(item.id);
            }
        }
        Ok(Self {
            case,
            replica,
            kinds,
            in_review,
        })
    }

    /// Whether one of some kinds is there.
    #[must_use]
    pub(super) fn has_any(&self, kinds: &[Kind]) -> bool {
        kinds.iter().any(|kind| self.kinds.contains_key(kind))
    }

    /// The commands of a kind.
    #[must_use]
    pub(super) fn of(&self, kind: Kind) -> &[CommandId] {
        self.kinds.get(&kind).map_or(&[], Vec::as_slice)
    }
}

/// The office as the drawing of a command sees it.
pub(super) struct Office<'a> {
    /// The profile.
    pub(super) profile: &'a Profile,
    /// Everybody.
    pub(super) staff: &'a [Person],
    /// Who acts.
    pub(super) actor: &'a Person,
    /// The device's clock.
    pub(super) clock: Timestamp,
}

/// Something that a person is about to record.
pub(super) struct Deed {
    /// The case; none for a registration, and for an activity without one.
    pub(super) case: Option<CaseId>,
    /// What.
    pub(super) command: Command,
    /// When it happened.
    pub(super) occurred_at: Timestamp,
    /// Who did it, if somebody else.
    pub(super) performed_by: Option<jangkau_core::id::PersonId>,
    /// Words that nobody but the author may ever receive.
    pub(super) canary: Option<String>,
}

/// Draws what a person does next on a device.
///
/// # Errors
/// When the store cannot be read.
pub(super) fn draw(
    replica: &Replica,
    office: &Office<'_>,
    cases_of_world: usize,
    chance: &mut Chance,
) -> Result<Option<Deed>, ReplicaError> {
    let cases = replica.cases()?;
    let registers = office.actor.does(Kind::Register, office.profile);
    let more = if cases.is_empty() { 700 } else { 120 };
    let room = cases_of_world < CASES_MAX;
    // Somebody whose role it is not does it too, once in a while.
    let wanted = chance.per_mille(more) && (registers || chance.per_mille(100));
    if room && wanted {
        let command = content::register(office, chance);
        return Ok(command.map(|command| deed(None, command, None, office, chance)));
    }
    if chance.per_mille(40) {
        let command = content::activity(office, chance);
        return Ok(command.map(|command| deed(None, command, None, office, chance)));
    }
    let Some(case) = chance.pick(&cases) else {
        return Ok(None);
    };
    let view = CaseView::read(replica, *case)?;
    let Some(kind) = draw_kind(&view, office, chance) else {
        return Ok(None);
    };
    let Some(content) = content::command(kind, &view, office, chance)? else {
        return Ok(None);
    };
    let (command, canary) = content;
    Ok(Some(deed(Some(*case), command, canary, office, chance)))
}

fn draw_kind(view: &CaseView<'_>, office: &Office<'_>, chance: &mut Chance) -> Option<Kind> {
    let head = office.actor.does(Kind::AnswerReview, office.profile);
    if !view.in_review.is_empty() && chance.per_mille(if head { 400 } else { 20 }) {
        return Some(Kind::AnswerReview);
    }
    let weights: Vec<u32> = TABLE
        .iter()
        .map(|Weight(kind, weight, after, until)| {
            let ready = after.is_empty() || view.has_any(after);
            let rare = view.has_any(until);
            let weight = weight * 40 / if ready { 1 } else { 40 } / if rare { 8 } else { 1 };
            if office.actor.does(*kind, office.profile) {
                weight
            } else {
                weight / 10
            }
        })
        .collect();
    let index = chance.weighted(&weights)?;
    TABLE.get(index).map(|row| row.0)
}

fn deed(
    case: Option<CaseId>,
    command: Command,
    canary: Option<String>,
    office: &Office<'_>,
    chance: &mut Chance,
) -> Deed {
    let back = match chance.below(10) {
        0 => chance.between(DAY, 9 * DAY),
        1 => -chance.between(0, 3 * DAY),
        _ => chance.between(0, 6 * HOUR),
    };
    let is_fact = command.kind().nature() == Nature::Fact;
    let performed_by = if is_fact && chance.per_mille(60) {
        chance.pick(office.staff).map(|person| person.id)
    } else {
        None
    };
    Deed {
        case,
        command,
        occurred_at: office.clock.plus_millis(-back),
        performed_by,
        canary,
    }
}

/// Some of several, at least one where there is one.
#[must_use]
pub(super) fn some_of<T: Copy + Ord>(from: &[T], chance: &mut Chance) -> BTreeSet<T> {
    let mut drawn: BTreeSet<T> = from
        .iter()
        .copied()
        .filter(|_| chance.per_mille(400))
        .collect();
    if drawn.is_empty() {
        drawn.extend(chance.pick(from).copied());
    }
    drawn
}
