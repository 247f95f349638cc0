//! What an administrator and a watcher see: seats, and rulings by row.

use jangkau_core::id::{PersonId, SeatId, ServerSeq};
use jangkau_core::sync::{Row, SeatStatus};
use rusqlite::params;

use super::institutions::Tenant;
use super::{Db, StoreError, column, log, parse, seq};

/// Every seat, with its person and what became of it.
pub(crate) fn seats(
    db: &Db,
    tenant: Tenant,
) -> Result<Vec<(SeatId, PersonId, SeatStatus)>, StoreError> {
    let sql = "SELECT id, person, status FROM seat WHERE institution = ?1 ORDER BY id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        let status: String = row.get(2)?;
        Ok((row.get(0)?, row.get(1)?, status))
    })?;
    rows.map(|row| {
        let (seat, person, status) = row?;
        Ok((seat, person, parse(&status)?))
    })
    .collect()
}

/// The rulings after a row, in the order of the log.
pub(crate) fn rulings_after(
    db: &Db,
    tenant: Tenant,
    after: ServerSeq,
) -> Result<Vec<Row>, StoreError> {
    let sql = "SELECT seq FROM ruling WHERE institution = ?1 AND seq > ?2 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, column(after)])?;
    let mut rulings = Vec::new();
    while let Some(row) = rows.next()? {
        rulings.push(log::get(db, tenant, seq(row.get(0)?))?.0);
    }
    Ok(rulings)
}
