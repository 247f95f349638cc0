//! What was last told of each case to those who may not hold its documents.

use jangkau_core::access::ViewKind;
use jangkau_core::id::{CaseId, ServerSeq};
use jangkau_core::sync::View;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, decode, encode, seq};
use crate::keys::Owner;

/// Keeps a view as told at a row.
pub(crate) fn put(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    (case, view): (CaseId, &View),
) -> Result<(), StoreError> {
    let sql = "INSERT OR REPLACE INTO view (institution, case_id, kind, seq, bytes, key_id) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let kind = view.kind();
    let place = place_of(case, kind);
    let sealed = db.seal(tenant, Owner::Institution, &place, &encode(view))?;
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        case,
        kind.code(),
        column(at),
        sealed.bytes,
        sealed.key
    ])?;
    Ok(())
}

fn place_of(case: CaseId, kind: ViewKind) -> Place {
    Place::new("view", &[case.as_bytes(), kind.code().as_bytes()])
}

/// What was told last of a kind, and at which row.
pub(crate) fn last(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    kind: ViewKind,
) -> Result<Option<(ServerSeq, View)>, StoreError> {
    let sql =
        "SELECT seq, bytes, key_id FROM view WHERE institution = ?1 AND case_id = ?2 AND kind = ?3";
    let mut statement = db.prepare_cached(sql)?;
    let found = statement.query_row(params![tenant.0, case, kind.code()], |row| {
        Ok((
            row.get::<_, i64>(0)?,
            row.get::<_, Vec<u8>>(1)?,
            row.get(2)?,
        ))
    });
    let Some((at, sealed, key)) = found.optional()? else {
        return Ok(None);
    };
    let bytes = db.open_own(tenant, &place_of(case, kind), key, &sealed)?;
    Ok(Some((seq(at), decode(&bytes)?)))
}

/// After a restore nobody knows what was told meanwhile: all of it is told again when its case is judged next.
pub(crate) fn forget(db: &Db, tenant: Tenant) -> Result<(), StoreError> {
    db.prepare_cached("DELETE FROM view WHERE institution = ?1")?
        .execute([tenant.0])?;
    Ok(())
}
