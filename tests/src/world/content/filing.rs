//! Commands about what was filed wrongly, and what workers note about dates and orders.

use jangkau_core::command::{
    AskSeparation, Command, CommandKind as Kind, FamilyTie, LinkFamily, MoveRecord, NoteClientDate,
    ReadAssignment, RecordActivity, ServiceType, TakeRecord, UnlinkFamily,
};

use crate::world::chance::Chance;
use crate::world::network::DAY;
use crate::world::words::{line, maybe, prose};
use crate::world::workload::{CaseView, Office};

/// A command of these kinds.
pub(super) fn command(
    kind: Kind,
    view: &CaseView<'_>,
    office: &Office<'_>,
    chance: &mut Chance,
) -> Option<Command> {
    let others = view.replica.cases().ok()?;
    let command = if kind == Kind::MoveRecord {
        MoveRecord {
            record: *chance.pick(view.of(Kind::RecordVisit))?,
            to: *chance.pick(&others)?,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::TakeRecord {
        let record = *chance.pick(view.of(Kind::RecordVisit))?;
        TakeRecord {
            record,
            from: *chance.pick(&others)?,
            origin: record,
        }
        .into()
    } else if kind == Kind::NoteClientDate {
        NoteClientDate {
            date: office.clock.plus_millis(chance.between(DAY, 20 * DAY)),
            note: maybe(300, chance, line),
        }
        .into()
    } else if kind == Kind::LinkFamily {
        LinkFamily {
            related: *chance.pick(&others)?,
            tie: maybe(500, chance, |chance| chance.pick(FamilyTie::ALL).copied()),
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::AskSeparation {
        AskSeparation {
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::UnlinkFamily {
        UnlinkFamily {
            related: *chance.pick(&others)?,
            reason: line(chance)?,
        }
        .into()
    } else if kind == Kind::ReadAssignment {
        ReadAssignment {
            assignment: *chance.pick(view.of(Kind::Assign))?,
        }
        .into()
    } else {
        return None;
    };
    Some(command)
}

/// An activity without a case.
pub(in crate::world) fn activity(office: &Office<'_>, chance: &mut Chance) -> Option<Command> {
    let offered: Vec<ServiceType> = office.profile.service_types.iter().copied().collect();
    Some(Command::RecordActivity(RecordActivity {
        kind: *chance.pick(&offered)?,
        place: line(chance)?,
        group: line(chance)?,
        attendance: chance.below(200) as u32,
        material: maybe(500, chance, line),
        note: maybe(500, chance, prose),
        ended_at: maybe(300, chance, |_| Some(office.clock)),
    }))
}
