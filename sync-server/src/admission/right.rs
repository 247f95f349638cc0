//! The right to write: as of whatever grant the author may have seen, so that a hand-over loses nothing.

use jangkau_core::class::{Compartment, DocumentKey};
use jangkau_core::command::CommandKind;
use jangkau_core::envelope::CommandHead;
use jangkau_core::grant::{compartment, may_create};
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::sync::{GrantRow, Turned};

use super::{Candidate, Known, Road, Signer, Stop};
use crate::store::{commands, grants, rulings, shelf};

/// What the right of one command is asked of.
struct Asked<'a> {
    known: &'a Known<'a>,
    signer: &'a Signer,
    road: Road,
    head: &'a CommandHead,
    case: CaseId,
    /// Whether it stood in the log before a restore: a right that nobody gives again was asked for when the log first had it.
    stood: bool,
    /// Every grant of the author that is or was about the case.
    held: Vec<GrantRow>,
}

/// Checks that the author may write in the case at all, and in each document of the command.
pub(super) fn check(
    known: &Known<'_>,
    signer: &Signer,
    road: Road,
    head: &CommandHead,
    (case, candidates): (CaseId, &[Candidate<'_>]),
) -> Result<(), Stop> {
    let (db, tenant, person) = (known.db, known.tenant, signer.person.id);
    let stood = match road {
        Road::Push => false,
        Road::PushAfterRestore | Road::Again => {
            commands::is_ruled(db, tenant, head.id, person, Some(case))?
        }
    };
    let asked = Asked {
        known,
        signer,
        road,
        head,
        case,
        stood,
        held: grants::ever(db, tenant, person, case)?,
    };
    asked.check_case()?;
    for candidate in candidates {
        asked.check_document(candidate.key)?;
    }
    Ok(())
}

impl Asked<'_> {
    fn check_case(&self) -> Result<(), Stop> {
        // Anybody on the staff may tell of an activity; whether their role does such things is judged.
        if self.head.kind == CommandKind::RecordActivity {
            return Ok(());
        }
        let (db, tenant) = (self.known.db, self.known.tenant);
        let person = self.signer.person.id;
        if self.head.kind == CommandKind::Register {
            let profile = self.known.library.current(db, tenant)?;
            let may = self.stood || may_create(&profile, &self.signer.person.roles);
            return if may {
                Ok(())
            } else {
                Err(Turned::NoGrant.into())
            };
        }
        let file = rulings::file(db, tenant, self.case)?;
        if file.as_ref().is_some_and(|file| file.is_activity) {
            return Err(Turned::Shape.into());
        }
        let author: Option<PersonId> = file.and_then(|file| file.author);
        let register = CommandId::from_bytes(*self.case.as_bytes());
        // Where a command stands that opened nothing, there will never be a case.
        if author.is_none() && commands::get(db, tenant, register)?.is_some() {
            return Err(Turned::Shape.into());
        }
        // A case that this person might not open will never be one. What others were turned away for says nothing: anybody
        // could have claimed to open it.
        let was_turned = author.is_none()
            && !shelf::is_waiting(db, tenant, register)?
            && shelf::turned_reason(db, tenant, register, person)? == Some(Turned::NoGrant);
        if was_turned {
            return Err(Turned::NoGrant.into());
        }
        // K1 alone is no reach: who only sees where a case stands writes nothing there.
        let is_covered =
            self.stood || author == Some(person) || self.held.iter().any(GrantRow::gives_documents);
        // What a seat still waits for in a case, it may have recorded more about in the meantime.
        let waits_here = || shelf::is_waiting_for(db, tenant, self.signer.seat, self.case);
        match self.road {
            Road::Push if !is_covered && !waits_here()? => Err(Turned::NoGrant.into()),
            Road::Push if !is_covered => Err(Stop::Waiting),
            // The grant, or the registration itself, may be among what has not come back yet.
            Road::PushAfterRestore | Road::Again if !is_covered => Err(Stop::Waiting),
            Road::Push | Road::PushAfterRestore | Road::Again if author.is_none() => {
                Err(Stop::Waiting)
            }
            Road::Push | Road::PushAfterRestore | Road::Again => Ok(()),
        }
    }

    /// Whether the document is the author's to write: their own always; the shared one by the matrix, or by a grant of the whole class; another's
    /// only where they edit minutes in it.
    fn check_document(&self, key: &DocumentKey) -> Result<(), Stop> {
        let (signer, profile) = (
            &self.signer.person,
            self.known
                .library
                .current(self.known.db, self.known.tenant)?,
        );
        let is_covered = || self.stood || self.held.iter().any(|grant| grant.covers(key));
        let by_matrix = || compartment(&profile, (signer.id, &signer.roles), key.class);
        let may = match key.compartment {
            Compartment::Author(author) if author == signer.id => true,
            Compartment::Shared | Compartment::Author(_) if key.class.is_by_author() => {
                return Err(Turned::NoGrant.into());
            }
            Compartment::Author(_) => self.head.kind == CommandKind::EditMinutes && is_covered(),
            Compartment::Shared => {
                self.head.kind == CommandKind::RecordActivity
                    || by_matrix() == key.compartment
                    || is_covered()
            }
        };
        match self.road {
            Road::Push | Road::PushAfterRestore | Road::Again if may => Ok(()),
            Road::Push => Err(Turned::NoGrant.into()),
            // The grant may be among what has not come back yet.
            Road::PushAfterRestore | Road::Again => Err(Stop::Waiting),
        }
    }
}
