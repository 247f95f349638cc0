//! The register of what clients ask for by right: opened by one person, decided by another, each with its line of 3x24 hours.

use std::collections::BTreeSet;

use jangkau_core::command::CommandKind;
use jangkau_core::deadline::{Reckoner, Term};
use jangkau_core::id::{CaseId, CommandId, InstitutionId, PersonId, SeatId, ServerSeq};
use jangkau_core::profile::words::Role;
use jangkau_core::rights::{Asked, ErasureScope, RightsKind, RightsRefusal};
use jangkau_core::rules::Flag;
use jangkau_core::sync::{AdminAct, RemovalReason};
use jangkau_core::time::Timestamp;

use super::erase::{misfiled_in, readers_of};
use super::{Engine, EngineError};
use crate::audit::AuditEntry;
use crate::door::Entry;
use crate::store::institutions::Tenant;
use crate::store::rights::{Decided, RequestRow};
use crate::store::{
    Db, StoreError, audit, commands, decode, elsewhere, encode, institutions, parse, rights,
    rulings, staff,
};

/// Hours of the strict line where the profile has no clock of its own (UU 27/2022; LK3.md 7.4).
const HOURS: u16 = 72;

/// Why nothing was done, or what was.
pub type Ruled<T> = Result<Result<T, RightsRefusal>, EngineError>;

/// A request as the register shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RightsRequest {
    /// Its number in the register.
    pub number: i64,
    /// The case.
    pub case: CaseId,
    /// What is asked for.
    pub kind: RightsKind,
    /// When the office received it.
    pub received_at: Timestamp,
    /// The strict line.
    pub due: Timestamp,
    /// Who wrote it down.
    pub asked_by: PersonId,
    /// What was asked, in words.
    pub note: String,
    /// What is to be erased, and why.
    pub asked: Asked,
    /// Who could read what is to be erased, when it was asked; of records, not of whole documents and cases.
    pub readers: BTreeSet<PersonId>,
    /// Who decided, whether they agreed, and why.
    pub decided: Option<(PersonId, bool, String)>,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
    /// Whether the client still has to be told by letter (art. 45).
    pub letter_due: bool,
    /// Whether the line passed before it was closed.
    pub is_overdue: bool,
}

/// A device that has not said that it has read what everybody has to have read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unread {
    /// The device's seat.
    pub seat: SeatId,
    /// Whose it is.
    pub person: PersonId,
}

impl Engine {
    /// Writes down what a client asks for. Nothing happens to their data by it, but for a withdrawal: that is effective as soon as
    /// it is recorded in the case, and devices are asked from here on whether they have read it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn open_right(
        &mut self,
        institution: &InstitutionId,
        (kind, case): (RightsKind, CaseId),
        asked: Asked,
        (asked_by, note): (PersonId, &str),
        received_at: Timestamp,
    ) -> Ruled<i64> {
        let tenant = self.institution(institution)?.tenant;
        let is_erasure = kind == RightsKind::Erasure;
        if note.trim().is_empty() || (is_erasure && asked.scope.is_none()) {
            return Ok(Err(RightsRefusal::ReasonMissing));
        }
        let profile = self.library.current(&self.store.db(), tenant)?;
        let (calendar, _) = self.library.calendar(&self.store.db(), tenant)?;
        let office = profile.office();
        let clock = kind.clock().and_then(|id| id.parse().ok());
        let clock = clock.and_then(|id| profile.clock(&id).map(|clock| clock.amount));
        let hours = clock.unwrap_or(HOURS).min(HOURS);
        let term = Term::ElapsedHours {
            hours,
            grace: false,
        };
        let due = Reckoner::new(&office, &calendar).due(term, received_at, &[]);
        let due = due.map_or(
            received_at.plus_millis(i64::from(hours) * 3_600_000),
            |due| due.due,
        );
        let opened = self.store.transact(None, |db| {
            if rulings::file(db, tenant, case)?.is_none() {
                return Ok(Err(RightsRefusal::UnknownCase));
            }
            if staff::person(db, tenant, asked_by)?.is_none_or(|person| !person.active) {
                return Ok(Err(RightsRefusal::NotTheirs));
            }
            let position = match kind {
                RightsKind::Withdrawal => Some(withdrawn_at(db, tenant, case)?),
                // A case goes when no device can hold anything of it that the office has not seen (X52).
                RightsKind::Erasure if asked.scope == Some(ErasureScope::Case) => {
                    Some(institutions::get(db, tenant)?.head)
                }
                RightsKind::Access
                | RightsKind::Correction
                | RightsKind::Restriction
                | RightsKind::Erasure => None,
            };
            let row = RequestRow {
                number: 0,
                case,
                kind: kind.code().to_owned(),
                received_at,
                due,
                asked_by,
                scope: encode(&asked),
                readers: encode(&readers(db, tenant, case, &asked)?),
                note: note.to_owned(),
                decided: None,
                position,
                closed_at: None,
                letter_due: false,
            };
            let number = rights::open(db, tenant, &row)?;
            let by = (asked_by, case);
            audit::append(
                db,
                tenant,
                AuditEntry::right(AdminAct::OpenRight, number, by, received_at),
            )?;
            Ok(Ok(number))
        })?;
        Ok(opened)
    }

    /// Decides on a request. Only a data protection officer or a head does, and never who asked (DEFAULT). An erasure that is
    /// agreed to is carried out at once; what stands in its way is told, and nothing was done.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn decide_right(
        &mut self,
        institution: &InstitutionId,
        number: i64,
        (by, agrees, note): (PersonId, bool, &str),
        now: Timestamp,
    ) -> Ruled<()> {
        let tenant = self.institution(institution)?.tenant;
        let Some(row) = rights::get(&self.store.db(), tenant, number)? else {
            return Ok(Err(RightsRefusal::UnknownRequest));
        };
        if row.decided.is_some() {
            return Ok(Err(RightsRefusal::AlreadyDecided));
        }
        if let Err(code) = self.may_decide(tenant, row.asked_by, by)? {
            return Ok(Err(code));
        }
        if note.trim().is_empty() {
            return Ok(Err(RightsRefusal::ReasonMissing));
        }
        let request = request_of(row, now)?;
        let entry = || AuditEntry::right(AdminAct::DecideRight, number, (by, request.case), now);
        let decided = Decided {
            by,
            at: now,
            decision: if agrees { "agreed" } else { "declined" }.to_owned(),
            note: note.to_owned(),
        };
        match (&request.asked.scope, agrees) {
            (Some(scope), true) if request.kind == RightsKind::Erasure => {
                let reason = request.asked.reason.unwrap_or(RemovalReason::Erasure);
                let what = (scope, reason);
                if let Err(code) = self.may_erase(tenant, request.case, what, now)? {
                    return Ok(Err(code));
                }
                if !self.not_read(institution, number)?.is_empty() {
                    return Ok(Err(RightsRefusal::DevicesMissing));
                }
                let done = self.erase(tenant, request.case, what, now, |db, at| {
                    audit::append(db, tenant, entry())?;
                    rights::decide(db, tenant, number, &decided, (Some(at), true))
                })?;
                Ok(done.map(drop))
            }
            (Some(_) | None, _) => {
                self.store.transact(None, |db| {
                    audit::append(db, tenant, entry())?;
                    rights::decide(db, tenant, number, &decided, (None, false))
                })?;
                Ok(Ok(()))
            }
        }
    }

    /// Takes the content of a misfiled record out of the wrong case (C4), once a head has committed the move and the record stands
    /// where it belongs. Who approves is not who asked for the move. Gives the number in the register.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn erase_misfiled(
        &mut self,
        institution: &InstitutionId,
        record: CommandId,
        (by, note): (PersonId, &str),
        now: Timestamp,
    ) -> Ruled<i64> {
        let tenant = self.institution(institution)?.tenant;
        let stored = commands::get(&self.store.db(), tenant, record)?;
        let Some(stored) = stored else {
            return Ok(Err(RightsRefusal::NothingToErase));
        };
        let moved = misfiled_in(&self.store.db(), tenant, stored.case)?;
        let Some(moved) = moved.into_iter().find(|moved| moved.record == record) else {
            return Ok(Err(RightsRefusal::NotMoved));
        };
        let asked = Asked {
            scope: Some(ErasureScope::Records(vec![record])),
            reason: Some(RemovalReason::Misfiled),
        };
        if let Err(code) = self.may_decide(tenant, moved.asked_by, by)? {
            return Ok(Err(code));
        }
        let what = (RightsKind::Erasure, stored.case);
        let opened = self.open_right(institution, what, asked, (moved.asked_by, note), now)?;
        let number = match opened {
            Ok(number) => number,
            Err(code) => return Ok(Err(code)),
        };
        let decided = self.decide_right(institution, number, (by, true, note), now)?;
        Ok(decided.map(|()| number))
    }

    /// Closes a request. A withdrawal closes when every device in use has confirmed, or with a statement why it closes all the same;
    /// an erasure when the client was told by letter; a restriction when it stands in the case; a correction when a new value does.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn close_right(
        &mut self,
        institution: &InstitutionId,
        number: i64,
        (by, note): (PersonId, &str),
        is_letter_sent: bool,
        now: Timestamp,
    ) -> Ruled<()> {
        let tenant = self.institution(institution)?.tenant;
        let Some(row) = rights::get(&self.store.db(), tenant, number)? else {
            return Ok(Err(RightsRefusal::UnknownRequest));
        };
        let request = request_of(row, now)?;
        if request.closed_at.is_some() {
            return Ok(Err(RightsRefusal::AlreadyClosed));
        }
        if !self.decides(tenant, by)? {
            return Ok(Err(RightsRefusal::NotTheirs));
        }
        if let Err(code) = self.may_close(institution, &request, note, is_letter_sent)? {
            return Ok(Err(code));
        }
        self.store.transact(None, |db| {
            rights::close(db, tenant, number, (by, now), note)?;
            let of = (by, request.case);
            audit::append(
                db,
                tenant,
                AuditEntry::right(AdminAct::CloseRight, number, of, now),
            )?;
            // What `pdp_stop_after_withdrawal` waits for.
            if request.kind == RightsKind::Withdrawal {
                let after = institutions::get(db, tenant)?.head;
                elsewhere::stop_processing(db, tenant, request.case, (now, after))?;
            }
            Ok(())
        })?;
        self.rule(now)?;
        Ok(Ok(()))
    }

    fn may_close(
        &self,
        institution: &InstitutionId,
        request: &RightsRequest,
        note: &str,
        is_letter_sent: bool,
    ) -> Ruled<()> {
        let tenant = self.institution(institution)?.tenant;
        let agreed = request.decided.as_ref().map(|decided| decided.1);
        if request.kind == RightsKind::Withdrawal {
            let are_missing = !self.not_read(institution, request.number)?.is_empty();
            return Ok(if are_missing && note.trim().is_empty() {
                Err(RightsRefusal::DevicesMissing)
            } else {
                Ok(())
            });
        }
        let Some(agreed) = agreed else {
            return Ok(Err(RightsRefusal::NotDecided));
        };
        if request.letter_due && !is_letter_sent {
            return Ok(Err(RightsRefusal::LetterMissing));
        }
        let db = self.store.db();
        if !agreed {
            return Ok(Ok(()));
        }
        let is_done = match request.kind {
            RightsKind::Restriction => rulings::state(&db, tenant, request.case)?
                .is_some_and(|state| state.flags.contains(&Flag::Restricted)),
            RightsKind::Correction => {
                let all = commands::of_case(&db, tenant, request.case)?;
                let mut edits = all
                    .iter()
                    .filter(|one| one.kind == CommandKind::EditIdentity);
                edits.any(|edit| edit.received_at >= request.received_at)
            }
            RightsKind::Access | RightsKind::Withdrawal | RightsKind::Erasure => true,
        };
        Ok(if is_done {
            Ok(())
        } else {
            Err(RightsRefusal::NotDone)
        })
    }

    /// The devices in use that have not said that they read what a request waits for: a withdrawal, or a rewritten document.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn not_read(
        &self,
        institution: &InstitutionId,
        number: i64,
    ) -> Result<Vec<Unread>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let row = rights::get(&db, tenant, number)?.ok_or(EngineError::Unknown)?;
        let Some(position) = row.position else {
            return Ok(Vec::new());
        };
        let mut missing = Vec::new();
        for (seat, person) in rights::seats_of_case(&db, tenant, row.case)? {
            if rights::read_through(&db, tenant, seat)? < position {
                missing.push(Unread { seat, person });
            }
        }
        Ok(missing)
    }

    /// The register.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn rights(
        &self,
        institution: &InstitutionId,
        now: Timestamp,
    ) -> Result<Vec<RightsRequest>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = rights::list(&self.store.db(), tenant)?.into_iter();
        let requests: Result<Vec<_>, StoreError> = rows.map(|row| request_of(row, now)).collect();
        Ok(requests?)
    }

    /// Whether a person may decide what another one asked for (DEFAULT: data protection officer or head).
    pub(super) fn may_decide(
        &self,
        tenant: Tenant,
        asked_by: PersonId,
        by: PersonId,
    ) -> Result<Result<(), RightsRefusal>, EngineError> {
        if asked_by == by {
            return Ok(Err(RightsRefusal::SamePerson));
        }
        let works_here = staff::person(&self.store.db(), tenant, asked_by)?.is_some();
        Ok(if works_here && self.decides(tenant, by)? {
            Ok(())
        } else {
            Err(RightsRefusal::NotTheirs)
        })
    }

    fn decides(&self, tenant: Tenant, who: PersonId) -> Result<bool, EngineError> {
        let db = self.store.db();
        let profile = self.library.current(&db, tenant)?;
        let person = staff::person(&db, tenant, who)?.filter(|person| person.active);
        Ok(person.is_some_and(|person| {
            person.roles.contains(&Role::Dpo) || profile.is_head(&person.roles)
        }))
    }

    /// Notes how far devices say that they have read, where somebody waits for that. Most exchanges write nothing.
    pub(super) fn note_read(&self, entries: &[Entry], now: Timestamp) -> Result<(), EngineError> {
        let mut read = Vec::new();
        {
            let db = self.store.db();
            for entry in entries {
                let Entry::In(asked) = entry else { continue };
                let (tenant, cursor) = (asked.institution().tenant, asked.request().cursor);
                let seat = asked.seat().id;
                let Some(awaited) = rights::awaited(&db, tenant)? else {
                    continue;
                };
                let is_of_this_era = cursor.era == institutions::get(&db, tenant)?.era;
                let known = rights::read_through(&db, tenant, seat)?;
                if is_of_this_era && known < awaited && cursor.seq > known {
                    read.push((tenant, seat, cursor.seq));
                }
            }
        }
        if read.is_empty() {
            return Ok(());
        }
        Ok(self.store.transact(None, |db| {
            for (tenant, seat, through) in read {
                rights::set_read(db, tenant, seat, (through, now))?;
            }
            Ok(())
        })?)
    }
}

/// The row of the last withdrawal of consent in a case; the head of the log where none was recorded.
fn withdrawn_at(db: &Db, tenant: Tenant, case: CaseId) -> Result<ServerSeq, StoreError> {
    let all = commands::of_case(db, tenant, case)?;
    let mut withdrawals = all
        .iter()
        .filter(|command| command.kind == CommandKind::WithdrawConsent);
    match withdrawals.next_back() {
        Some(last) => Ok(last.seq),
        None => Ok(institutions::get(db, tenant)?.head),
    }
}

/// Who can read the records that are to be erased.
fn readers(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    asked: &Asked,
) -> Result<BTreeSet<PersonId>, StoreError> {
    let records = match &asked.scope {
        Some(ErasureScope::Records(records)) => records.as_slice(),
        Some(ErasureScope::Fields(record, _)) => std::slice::from_ref(record),
        Some(ErasureScope::Case | ErasureScope::Document(_)) | None => &[],
    };
    let mut readers = BTreeSet::new();
    for record in records {
        readers.extend(readers_of(db, tenant, case, *record)?);
    }
    Ok(readers)
}

fn request_of(row: RequestRow, now: Timestamp) -> Result<RightsRequest, StoreError> {
    let is_overdue = row.closed_at.unwrap_or(now) > row.due;
    Ok(RightsRequest {
        number: row.number,
        case: row.case,
        kind: parse(&row.kind)?,
        received_at: row.received_at,
        due: row.due,
        asked_by: row.asked_by,
        note: row.note,
        asked: decode(&row.scope)?,
        readers: decode(&row.readers)?,
        decided: row
            .decided
            .map(|decided| (decided.by, decided.decision == "agreed", decided.note)),
        closed_at: row.closed_at,
        letter_due: row.letter_due,
        is_overdue,
    })
}
