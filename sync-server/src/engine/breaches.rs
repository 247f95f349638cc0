//! Lost and stolen devices: the record that the law asks for, and which devices have not proved that they let go.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::deadline::{Reckoner, Term};
use jangkau_core::id::{CaseId, InstitutionId, PersonId, SeatId};
use jangkau_core::sync::{AdminAct, BreachParty, SeatStatus, StoreKind};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::audit::AuditEntry;
use crate::founding;
use crate::pull::{Access, NOW};
use crate::store::breaches::{self, BreachRow};
use crate::store::institutions::Tenant;
use crate::store::{audit, delivery, staff, standing};

/// Within how many hours those concerned and the authority are told (UU 27/2022 art. 46: 3x24 hours). The line is strict: no
/// opening hours soften it (LK3.md section 7.4).
const NOTICE: Term = Term::ElapsedHours {
    hours: 72,
    grace: false,
};

/// Longest text about who was told what, or how a record ended, in bytes.
const WORDS_LEN_MAX: usize = 4_000;

/// A lost or stolen device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Its number in the institution.
    pub number: u32,
    /// The seat.
    pub seat: SeatId,
    /// Whose seat it was.
    pub person: PersonId,
    /// When the loss was known.
    pub known_at: Timestamp,
    /// Until when those concerned and the authority are to be told.
    pub due_at: Timestamp,
    /// Whether the device's store was encrypted.
    pub store: StoreKind,
    /// What was on the device, as far as the server knows: what it sent there or took from there, and no proof says gone.
    pub holdings: Vec<(CaseId, Class)>,
    /// Who was told when, and what.
    pub told: Vec<(BreachParty, Timestamp, String)>,
    /// When it was closed, and with what words; none while it is open.
    pub closed: Option<(Timestamp, String)>,
}

/// A device that has not proved that it let go of what its person may not hold any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unconfirmed {
    /// Whose.
    pub person: PersonId,
    /// Its seat.
    pub seat: SeatId,
    /// What became of the seat.
    pub status: SeatStatus,
    /// Of how many cases.
    pub cases: usize,
}

impl Engine {
    /// Marks a seat stolen or lost, and opens its breach record: since when it is known, and whether the store was encrypted.
    /// A seat has one open record. Gives its number.
    ///
    /// # Errors
    /// [`EngineError`]; nobody knew of it in the future.
    pub fn report_stolen(
        &mut self,
        institution: &InstitutionId,
        seat: SeatId,
        (known_at, store): (Timestamp, StoreKind),
        now: Timestamp,
    ) -> Result<u32, EngineError> {
        if known_at > now {
            return Err(EngineError::Invalid(known_at.to_string()));
        }
        let tenant = self.institution(institution)?.tenant;
        let seat = self.seat_of(tenant, seat)?;
        let due_at = self.notice_due(tenant, known_at)?;
        let entry = AuditEntry {
            seat: Some(seat.id),
            ..AuditEntry::act_on(AdminAct::Steal, seat.person, now)
        };
        Ok(self.store.transact(None, |db| {
            audit::append(db, tenant, entry)?;
            founding::set_status(db, &seat, SeatStatus::Stolen, now)?;
            match breaches::open_of(db, tenant, seat.id)? {
                Some(number) => Ok(number),
                None => {
                    let times = (known_at, due_at);
                    breaches::open(db, tenant, (seat.id, seat.person), times, store)
                }
            }
        })?)
    }

    pub(super) fn seat_of(&self, tenant: Tenant, seat: SeatId) -> Result<staff::Seat, EngineError> {
        let seat = staff::seat(&self.store.db(), seat)?;
        seat.filter(|seat| seat.tenant == tenant)
            .ok_or(EngineError::Unknown)
    }

    fn notice_due(&self, tenant: Tenant, known_at: Timestamp) -> Result<Timestamp, EngineError> {
        let db = self.store.db();
        let profile = self.library.in_force(&db, tenant, known_at)?;
        let (calendar, _) = self.library.calendar(&db, tenant)?;
        let office = profile.office();
        let due = Reckoner::new(&office, &calendar).due(NOTICE, known_at, &[]);
        due.map(|due| due.due)
            .map_err(|error| EngineError::Invalid(error.to_string()))
    }

    /// Every breach record, oldest first.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn breaches(&self, institution: &InstitutionId) -> Result<Vec<Breach>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let rows = breaches::all(&db, tenant)?;
        let whole = |row: BreachRow| -> Result<Breach, EngineError> {
            Ok(Breach {
                holdings: breaches::holdings(&db, tenant, row.number)?,
                told: breaches::told(&db, tenant, row.number)?,
                number: row.number,
                seat: row.seat,
                person: row.person,
                known_at: row.known_at,
                due_at: row.due_at,
                store: row.store,
                closed: row.closed,
            })
        };
        rows.into_iter().map(whole).collect()
    }

    /// Notes who was told about a breach, when, and what.
    ///
    /// # Errors
    /// [`EngineError`]; a closed record takes nothing more.
    pub fn tell_breach(
        &mut self,
        institution: &InstitutionId,
        number: u32,
        (party, told_at, words): (BreachParty, Timestamp, &str),
        now: Timestamp,
    ) -> Result<(), EngineError> {
        if told_at > now {
            return Err(EngineError::Invalid(told_at.to_string()));
        }
        let (tenant, entry) =
            self.on_breach(institution, number, words, AdminAct::TellBreach, now)?;
        let entry = AuditEntry {
            until: Some(told_at),
            ..entry
        };
        self.store.transact(None, |db| {
            audit::append(db, tenant, entry)?;
            breaches::tell(db, tenant, number, (party, told_at, words))
        })?;
        Ok(())
    }

    /// Closes a breach record with what came of it.
    ///
    /// # Errors
    /// [`EngineError`]; a closed record stays as it is.
    pub fn close_breach(
        &mut self,
        institution: &InstitutionId,
        number: u32,
        words: &str,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let (tenant, entry) =
            self.on_breach(institution, number, words, AdminAct::CloseBreach, now)?;
        self.store.transact(None, |db| {
            audit::append(db, tenant, entry)?;
            breaches::close(db, tenant, number, (now, words))
        })?;
        Ok(())
    }

    /// The entry of an act on an open record.
    fn on_breach(
        &self,
        institution: &InstitutionId,
        number: u32,
        words: &str,
        act: AdminAct,
        now: Timestamp,
    ) -> Result<(Tenant, AuditEntry), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = breaches::all(&self.store.db(), tenant)?;
        let row = rows.into_iter().find(|row| row.number == number);
        let row = row
            .filter(|row| row.closed.is_none())
            .ok_or(EngineError::NoOpenBreach)?;
        if words.trim().is_empty() || words.len() > WORDS_LEN_MAX {
            return Err(EngineError::Invalid("say it in some words".to_owned()));
        }
        let entry = AuditEntry {
            seat: Some(row.seat),
            count: Some(u64::from(number)),
            ..AuditEntry::act_on(act, row.person, now)
        };
        Ok((tenant, entry))
    }

    /// The devices on which something may lie that their persons may not hold any more, because they have not proved that it is
    /// gone. What is stolen stands in its breach record.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn unconfirmed(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<Unconfirmed>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut found = Vec::new();
        for (seat, person, status) in standing::seats(&db, tenant)? {
            let access = match status {
                SeatStatus::Active => Access::load(&db, tenant, person)?,
                SeatStatus::Retired => Access::none(person),
                SeatStatus::Stolen => continue,
            };
            let left = delivery::of_seat(&db, tenant, seat)?.into_iter();
            let left = left.filter(|(case, class)| !access.holds_class(*case, *class, NOW));
            let cases: BTreeSet<CaseId> = left.map(|(case, _)| case).collect();
            let is_open = status == SeatStatus::Retired && delivery::wiped_at(&db, seat)?.is_none();
            if is_open || !cases.is_empty() {
                found.push(Unconfirmed {
                    person,
                    seat,
                    status,
                    cases: cases.len(),
                });
            }
        }
        Ok(found)
    }
}
