//! Commands about what was filed wrongly, and what workers note about dates and orders.

use jangkau_core::command::{
    Command, CommandKind as Kind, LinkFamily, MoveRecord, NoteClientDate, ReadAssignment,
    TakeRecord, UnlinkFamily,
};

use crate::world::chance::Chance;
use crate::world::network::DAY;
use crate::world::words::{line, maybe};
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
