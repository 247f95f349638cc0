//! Commands by which people settle, limit, call off and take back.

use jangkau_core::command::{
    AddFinding, CancelReferral, Channel, Command, CommandKind as Kind, ConfirmConsent,
    ConfirmRecords, ConfirmRegistration, ContactSafety, ContestConsent, DeliverReferral,
    ExtendSessions, HideAddress, LiftRestriction, MarkDuplicate, MoveProfile, RecordScreening,
    Restrict, SetContact, SettleEvent, ShowAddress, StartAftercare, UndoDuplicate,
    VoidRegistration,
};
use jangkau_core::id::{CaseId, CommandId};

use crate::world::chance::Chance;
use crate::world::network::DAY;
use crate::world::words::{digits, line, maybe, prose};
use crate::world::workload::{CaseView, Office, some_of};

/// Commands about referrals, sessions and care after the service.
pub(super) fn service(
    kind: Kind,
    view: &CaseView<'_>,
    office: &Office<'_>,
    chance: &mut Chance,
) -> Option<Command> {
    let command = if kind == Kind::DeliverReferral {
        DeliverReferral {
            referral: *chance.pick(view.of(Kind::DecideReferral))?,
            with_letter: chance.per_mille(700),
            note: maybe(300, chance, line),
        }
        .into()
    } else if kind == Kind::CancelReferral {
        CancelReferral {
            referral: *chance.pick(view.of(Kind::DecideReferral))?,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::ExtendSessions {
        ExtendSessions {
            most: 3 + chance.below(4) as u32,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::StartAftercare {
        let until = office.clock.plus_millis(90 * DAY);
        StartAftercare {
            plan: prose(chance)?,
            until: maybe(500, chance, |_| Some(until)),
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Commands that end a case under this number, or limit its use.
pub(super) fn file(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::MarkDuplicate {
        let others: Vec<CaseId> = view.replica.cases().ok()?;
        MarkDuplicate {
            of: *chance.pick(&others)?,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::UndoDuplicate {
        UndoDuplicate {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::Restrict {
        Restrict {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::LiftRestriction {
        LiftRestriction {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::VoidRegistration {
        VoidRegistration {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::MoveProfile {
        MoveProfile {
            version: 1 + chance.below(3) as u32,
            reason: line(chance)?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// Facts that say what holds of others.
pub(super) fn settling(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::ConfirmConsent {
        ConfirmConsent {
            signature: *chance.pick(view.of(Kind::SignConsent))?,
            withdrawals: some_of(view.of(Kind::WithdrawConsent), chance),
            channel: *chance.pick(Channel::ALL)?,
            note: maybe(300, chance, line),
        }
        .into()
    } else if kind == Kind::SettleEvent {
        let mut events: Vec<CommandId> = view.of(Kind::RecordSession).to_vec();
        events.extend(view.of(Kind::RecordVisit));
        let events = some_of(&events, chance);
        let counts = events
            .iter()
            .copied()
            .filter(|_| chance.per_mille(500))
            .collect();
        SettleEvent { events, counts }.into()
    } else if kind == Kind::ConfirmRecords {
        ConfirmRecords {
            records: some_of(view.of(Kind::RecordVisit), chance),
        }
        .into()
    } else if kind == Kind::SetContact {
        SetContact {
            contact: digits(11, chance)?,
            safety: *chance.pick(ContactSafety::ALL)?,
            in_person: chance.per_mille(600),
            hours: maybe(300, chance, line),
            code_word: maybe(200, chance, line),
        }
        .into()
    } else if kind == Kind::ConfirmRegistration {
        ConfirmRegistration {
            channel: *chance.pick(Channel::ALL)?,
            note: maybe(300, chance, line),
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// What people find out apart from each other.
pub(super) fn apart(kind: Kind, view: &CaseView<'_>, chance: &mut Chance) -> Option<Command> {
    let command = if kind == Kind::RecordScreening {
        RecordScreening {
            instrument: "srq_20".parse().ok()?,
            score: maybe(800, chance, |chance| Some(chance.below(21) as u32)),
            self_harm: chance.per_mille(100),
            note: maybe(300, chance, prose),
        }
        .into()
    } else if kind == Kind::ContestConsent {
        ContestConsent {
            signature: *chance.pick(view.of(Kind::SignConsent))?,
            reason: prose(chance)?,
        }
        .into()
    } else if kind == Kind::HideAddress {
        HideAddress {
            address: maybe(700, chance, line),
            note: maybe(300, chance, prose),
        }
        .into()
    } else if kind == Kind::ShowAddress {
        ShowAddress {
            hides: some_of(view.of(Kind::HideAddress), chance),
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::AddFinding {
        let known = view.of(Kind::FinaliseAssessment);
        AddFinding {
            text: prose(chance)?,
            assessment: maybe(600, chance, |chance| chance.pick(known).copied()),
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}
