//! What is on the seats' devices, as far as the server knows: what it sent, and what was written there.

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, PersonId, SeatId, ServerSeq};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, StoreError, grants, instant};
use crate::pull::{Access, NOW};

/// Whether something is known to be on a seat's device.
pub(crate) fn is_known(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    (case, class): (CaseId, Class),
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM delivery WHERE institution = ?1 AND seat = ?2 AND case_id = ?3 \
               AND class = ?4";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, seat, case, class.number()])?)
}

/// Notes that something goes to a seat's device, or was written there.
pub(crate) fn add(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    (case, class): (CaseId, Class),
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO delivery (institution, seat, case_id, class) \
               VALUES (?1, ?2, ?3, ?4)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, seat, case, class.number()])?;
    Ok(())
}

/// Everything that is known to be on a seat's device.
pub(crate) fn of_seat(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
) -> Result<Vec<(CaseId, Class)>, StoreError> {
    let sql = "SELECT case_id, class FROM delivery WHERE institution = ?1 AND seat = ?2 \
               ORDER BY case_id, class";
    pairs(db, sql, params![tenant.0, seat])
}

pub(super) fn pairs(
    db: &Db,
    sql: &str,
    arguments: &[&dyn rusqlite::ToSql],
) -> Result<Vec<(CaseId, Class)>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(arguments)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let class = Class::from_number(row.get(1)?).ok_or(StoreError::Undecodable)?;
        found.push((row.get(0)?, class));
    }
    Ok(found)
}

/// A device says that it dropped what an ended grant had covered: that is gone from it, but for what another grant covers.
/// False: there is no such grant of this person, or it goes on.
pub(crate) fn let_go(
    db: &Db,
    tenant: Tenant,
    (person, seat): (PersonId, SeatId),
    grant: ServerSeq,
) -> Result<bool, StoreError> {
    let Some(ended) = grants::ended(db, tenant, person, grant)? else {
        return Ok(false);
    };
    let access = Access::load(db, tenant, person)?;
    for (case, class) in of_seat(db, tenant, seat)? {
        let is_gone = ended.row.is_about(case)
            && ended.row.classes.contains(&class)
            && !access.holds_class(case, class, NOW);
        if is_gone {
            let sql = "DELETE FROM delivery WHERE institution = ?1 AND seat = ?2 \
                       AND case_id = ?3 AND class = ?4";
            db.prepare_cached(sql)?
                .execute(params![tenant.0, seat, case, class.number()])?;
        }
    }
    Ok(true)
}

/// A device of a seat that is no longer in use says that it let go of every document and keeps so many envelopes. Once these can
/// only be what was turned away, nothing but that is left on it. Gives whether that is new.
pub(crate) fn emptied(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    left: u32,
) -> Result<bool, StoreError> {
    let sql = "DELETE FROM delivery WHERE institution = ?1 AND seat = ?2 \
               AND ?3 <= (SELECT count(DISTINCT envelope) FROM quarantine \
               WHERE institution = ?1 AND seat = ?2) \
               AND NOT EXISTS (SELECT 1 FROM quarantine WHERE quarantine.institution = ?1 \
               AND quarantine.seat = ?2 AND quarantine.case_id = delivery.case_id \
               AND quarantine.class = delivery.class)";
    Ok(db
        .prepare_cached(sql)?
        .execute(params![tenant.0, seat, left])?
        > 0)
}

/// A device of a seat that is no longer in use says that nothing is left on it. False: it said so before.
pub(crate) fn wiped(
    db: &Db,
    tenant: Tenant,
    seat: SeatId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let sql = "UPDATE seat SET wiped_at = ?2 WHERE id = ?1 AND wiped_at IS NULL";
    let is_new = db.execute(sql, params![seat, now.as_millis()])? > 0;
    db.execute(
        "DELETE FROM delivery WHERE institution = ?1 AND seat = ?2",
        params![tenant.0, seat],
    )?;
    Ok(is_new)
}

/// When a seat proved that nothing is left on its device.
pub(crate) fn wiped_at(db: &Db, seat: SeatId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT wiped_at FROM seat WHERE id = ?1";
    let at: Option<Option<i64>> = db
        .prepare_cached(sql)?
        .query_row([seat], |row| row.get(0))
        .optional()?;
    Ok(at.flatten().map(instant))
}

/// A seat that works again may be sent something again.
pub(crate) fn not_wiped(db: &Db, seat: SeatId) -> Result<(), StoreError> {
    db.execute("UPDATE seat SET wiped_at = NULL WHERE id = ?1", [seat])?;
    Ok(())
}
