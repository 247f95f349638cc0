//! What was last told of each case to those who may not hold its documents.

use jangkau_core::access::ViewKind;
use jangkau_core::id::{CaseId, ServerSeq};
use jangkau_core::sync::View;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, StoreError, column, decode, encode, seq};

/// Keeps a view as told at a row.
pub(crate) fn put(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    (case, view): (CaseId, &View),
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO view (institution, case_id, kind, seq, bytes) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    let kind = view.kind().code();
    db.prepare_cached(sql)?
        .execute(params![tenant.0, case, kind, column(at), encode(view)])?;
    Ok(())
}

/// What was told last of a kind, and at which row.
pub(crate) fn last(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    kind: ViewKind,
) -> Result<Option<(ServerSeq, View)>, StoreError> {
    let sql = "SELECT seq, bytes FROM view WHERE institution = ?1 AND case_id = ?2 AND kind = ?3";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, case, kind.code()], |row| {
        Ok((row.get::<_, i64>(0)?, row.get::<_, Vec<u8>>(1)?))
    });
    let found = found.optional()?;
    found
        .map(|(at, bytes)| Ok((seq(at), decode(&bytes)?)))
        .transpose()
}

/// After a restore nobody knows what was told meanwhile: all of it is told again when its case is judged next.
pub(crate) fn forget(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM view WHERE institution = ?1")?
        .execute([tenant.0])?;
    Ok(())
}
