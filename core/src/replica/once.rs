//! Recording under ids that are chosen beforehand, so that a call whose answer was not heard can be repeated: the repeat finds what
//! the first one saved, and changes nothing.

use rand_core::CryptoRng;

use super::record::Stop;
use super::{CannotAttach, CannotRecord, CannotRecordForm, NewAttachment, Replica, ReplicaError};
use crate::attachment;
use crate::command::{Command, CommandEntry, Stamp};
use crate::id::{CaseId, CommandId, PersonId};
use crate::screen::form::{Answers, FormId};
use crate::text::Language;
use crate::time::Timestamp;

/// What was recorded, now or by an earlier call with the same id.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The commands; the first has the id that was chosen.
    pub ids: Vec<CommandId>,
    /// Whether an earlier call had recorded the same, so that this one changed nothing.
    pub repeated: bool,
}

impl Recorded {
    const fn new(ids: Vec<CommandId>) -> Self {
        let repeated = false;
        Self { ids, repeated }
    }

    const fn before(ids: Vec<CommandId>) -> Self {
        let repeated = true;
        Self { ids, repeated }
    }
}

impl Replica {
    /// Records a command under an id. A repeat may leave out when it happened, as the first call did.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why it cannot be recorded here; nothing was saved.
    pub fn record_once(
        &mut self,
        id: CommandId,
        (case, command): (Option<CaseId>, Command),
        occurred_at: Option<Timestamp>,
        performed_by: Option<PersonId>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Recorded, CannotRecord>, ReplicaError> {
        let mut stamp = Stamp {
            by: self.person(),
            occurred_at: occurred_at.unwrap_or(now),
            performed_by,
        };
        if let Some(before) = self.recorded_before(id)? {
            stamp.occurred_at = occurred_at.unwrap_or(before.stamp.occurred_at);
            let case = case.unwrap_or(CaseId::from(id));
            let is_same = is_same(&before, case, command, stamp);
            return Ok(if is_same {
                Ok(Recorded::before(vec![id]))
            } else {
                Err(CannotRecord::IdTaken)
            });
        }
        let recorded =
            self.atomically(|replica| replica.record_as(id, case, command, stamp, now, rng));
        match recorded {
            Ok(()) => Ok(Ok(Recorded::new(vec![id]))),
            Err(Stop::Cannot(reason)) => Ok(Err(reason)),
            Err(Stop::Machine(error)) => Err(error),
        }
    }

    /// Records what a form makes of the answers under an id and those that follow it: all of its commands or none.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why nothing was recorded.
    pub fn record_form_once(
        &mut self,
        id: CommandId,
        case: Option<CaseId>,
        (form, answers): (FormId, &Answers),
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Recorded, CannotRecordForm>, ReplicaError> {
        let Some(form) = self.form(case, form, now, Language::Indonesian)? else {
            return Ok(Err(CannotRecordForm::NotOffered));
        };
        let (commands, occurred_at, mut stamp) = match self.filled(&form, answers, now) {
            Ok(filled) => filled,
            Err(reason) => return Ok(Err(reason)),
        };
        let ids: Vec<CommandId> = (0..)
            .zip(&commands)
            .map(|(at, _)| id.following(at))
            .collect();
        let numbered = ids.iter().copied().zip(commands);
        if let Some(first) = self.recorded_before(id)? {
            stamp.occurred_at = occurred_at.unwrap_or(first.stamp.occurred_at);
            let case = case.unwrap_or(CaseId::from(id));
            for (id, command) in numbered {
                let before = self.recorded_before(id)?;
                if !before.is_some_and(|before| is_same(&before, case, command, stamp)) {
                    return Ok(Err(CannotRecord::IdTaken.into()));
                }
            }
            return Ok(Ok(Recorded::before(ids)));
        }
        let recorded = self.atomically(|replica| {
            let mut case = case;
            for (id, command) in numbered {
                replica.record_as(id, case, command, stamp, now, rng)?;
                case = case.or(Some(CaseId::from(id)));
            }
            Ok(())
        });
        match recorded {
            Ok(()) => Ok(Ok(Recorded::new(ids))),
            Err(Stop::Cannot(reason)) => Ok(Err(reason.into())),
            Err(Stop::Machine(error)) => Err(error),
        }
    }

    /// Attaches bytes to a record under an id.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why they cannot be attached; nothing was saved.
    pub fn attach_once(
        &mut self,
        id: CommandId,
        new: &NewAttachment<'_>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Recorded, CannotAttach>, ReplicaError> {
        let Some(before) = self.recorded_before(id)? else {
            let attached = self.attach_as(id, new, now, rng)?;
            return Ok(attached.map(|()| Recorded::new(vec![id])));
        };
        let origin = (before.case, before.stamp.by);
        let is_same = attachment::of_entry(&before).is_some_and(|attach| {
            before.case == new.case
                && (attach.target, attach.kind, attach.media) == (new.target, new.kind, new.media)
                && attachment::is_of_content(origin, attach, new.bytes)
        });
        Ok(if is_same {
            Ok(Recorded::before(vec![id]))
        } else {
            Err(CannotRecord::IdTaken.into())
        })
    }

    /// What stands under an id on this device.
    fn recorded_before(&self, id: CommandId) -> Result<Option<CommandEntry>, ReplicaError> {
        let Some(row) = self.store.command(id)? else {
            return Ok(None);
        };
        let entry = CommandEntry::from_records(row.id, row.case, row.kind, row.records);
        entry.map(Some).map_err(|_| ReplicaError::Damaged)
    }
}

/// Whether a command is the one that was recorded before: compared as it is written.
fn is_same(before: &CommandEntry, case: CaseId, command: Command, stamp: Stamp) -> bool {
    let again = CommandEntry {
        id: before.id,
        case,
        stamp,
        command,
    };
    case == before.case && again.records() == before.records()
}
