//! What connects cases: likenesses, what heads decided, and which is a duplicate of which. All of it can be rebuilt.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::command::FamilyTie;
use jangkau_core::id::{CaseId, ServerSeq};
use jangkau_core::rules::Likeness;
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, parse, seq};
use crate::keys::Owner;

/// What others may share with a case, as it was when it was last judged.
pub(crate) fn identity(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeSet<(Likeness, [u8; 32])>, StoreError> {
    let sql = "SELECT kind, hash FROM likeness WHERE institution = ?1 AND case_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut identity = BTreeSet::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(0)?;
        identity.insert((parse(&kind)?, row.get(1)?));
    }
    Ok(identity)
}

/// Replaces what others may share with a case.
pub(crate) fn set_identity(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    identity: &BTreeSet<(Likeness, [u8; 32])>,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM likeness WHERE institution = ?1 AND case_id = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, case])?;
    let sql = "INSERT INTO likeness (institution, kind, hash, case_id) VALUES (?1, ?2, ?3, ?4)";
    for (kind, hash) in identity {
        db.prepare_cached(sql)?
            .execute(params![tenant.0, kind.code(), hash, case])?;
    }
    Ok(())
}

/// The cases that share something with one, and what.
pub(crate) fn alike(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeMap<CaseId, BTreeSet<Likeness>>, StoreError> {
    let sql = "SELECT other.case_id, other.kind FROM likeness AS own JOIN likeness AS other \
               ON other.institution = own.institution AND other.kind = own.kind \
               AND other.hash = own.hash AND other.case_id <> own.case_id \
               WHERE own.institution = ?1 AND own.case_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut alike: BTreeMap<CaseId, BTreeSet<Likeness>> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let kind: String = row.get(1)?;
        alike.entry(row.get(0)?).or_default().insert(parse(&kind)?);
    }
    Ok(alike)
}

/// What heads decided in a case about others.
type Decisions = BTreeMap<CaseId, (Option<FamilyTie>, ServerSeq)>;

/// Replaces what heads decided in a case about others, and says whether that is something else than before.
pub(crate) fn set_decisions(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    decisions: &Decisions,
) -> Result<bool, StoreError> {
    if own_decisions(db, tenant, case)? == *decisions {
        return Ok(false);
    }
    let sql = "DELETE FROM family_decision WHERE institution = ?1 AND case_id = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, case])?;
    let sql = "INSERT INTO family_decision (institution, case_id, other, tie, seq) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    for (other, (tie, seq)) in decisions {
        let tie = tie.map(FamilyTie::code);
        db.prepare_cached(sql)?
            .execute(params![tenant.0, case, other, tie, column(*seq)])?;
    }
    Ok(true)
}

fn own_decisions(db: &Db, tenant: Tenant, case: CaseId) -> Result<Decisions, StoreError> {
    let sql = "SELECT other, tie, seq FROM family_decision \
               WHERE institution = ?1 AND case_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut decisions = BTreeMap::new();
    while let Some(row) = rows.next()? {
        decisions.insert(row.get(0)?, (tie_of(row.get(1)?)?, seq(row.get(2)?)));
    }
    Ok(decisions)
}

fn tie_of(stored: Option<String>) -> Result<Option<FamilyTie>, StoreError> {
    stored.as_deref().map(parse).transpose()
}

/// Whether a head tied a case to another, there, and nobody told them apart since.
pub(crate) fn is_tied(db: &Db, tenant: Tenant, case: CaseId) -> Result<bool, StoreError> {
    let sql = "SELECT case_id FROM family_decision \
               WHERE institution = ?1 AND other = ?2 AND tie IS NOT NULL";
    let others: BTreeSet<CaseId> = {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![tenant.0, case], |row| row.get(0))?;
        rows.collect::<Result<_, _>>()?
    };
    if others.is_empty() {
        return Ok(false);
    }
    let standing = decisions(db, tenant, case)?;
    Ok(others
        .iter()
        .any(|other| standing.get(other).is_some_and(Option::is_some)))
}

/// The files of a couple's adults, as decided in the couple's case and told apart nowhere since.
pub(crate) fn adults(
    db: &Db,
    tenant: Tenant,
    couple: CaseId,
) -> Result<BTreeSet<CaseId>, StoreError> {
    let standing = decisions(db, tenant, couple)?;
    let own = own_decisions(db, tenant, couple)?.into_iter();
    let tied = own.filter(|(other, (tie, _))| {
        *tie == Some(FamilyTie::Adult) && standing.get(other) == Some(tie)
    });
    Ok(tied.map(|(other, _)| other).collect())
}

/// What was decided last about a case and each other, on either side: what ties them, if anything.
pub(crate) fn decisions(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeMap<CaseId, Option<FamilyTie>>, StoreError> {
    let sql = "SELECT other, tie, seq FROM family_decision \
               WHERE institution = ?1 AND case_id = ?2 \
               UNION ALL SELECT case_id, tie, seq FROM family_decision \
               WHERE institution = ?1 AND other = ?2 ORDER BY 3";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let mut decisions = BTreeMap::new();
    while let Some(row) = rows.next()? {
        decisions.insert(row.get(0)?, tie_of(row.get(1)?)?);
    }
    Ok(decisions)
}

/// The case that a case is a duplicate of, and those that are duplicates of it.
pub(crate) fn duplicates(db: &Db, tenant: Tenant, case: CaseId) -> Result<Vec<CaseId>, StoreError> {
    let sql = "SELECT duplicate_of FROM case_file \
               WHERE institution = ?1 AND id = ?2 AND duplicate_of IS NOT NULL \
               UNION ALL SELECT id FROM case_file WHERE institution = ?1 AND duplicate_of = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps a case's connections as they were ruled.
pub(crate) fn set_ruled(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    links: &[u8],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO case_file (institution, id, touched, links, key_id) VALUES (?1, ?2, 0, ?3, ?4) \
               ON CONFLICT DO UPDATE SET links = excluded.links, key_id = excluded.key_id";
    let sealed = db.seal(tenant, Owner::Institution, &place_of_links(case), links)?;
    db.prepare_cached(sql)?
        .execute(params![tenant.0, case, sealed.bytes, sealed.key])?;
    Ok(())
}

pub(super) fn place_of_links(case: CaseId) -> Place {
    Place::new("case_file.links", &[case.as_bytes()])
}

/// A case's connections as last ruled.
pub(crate) fn ruled(db: &Db, tenant: Tenant, case: CaseId) -> Result<Option<Vec<u8>>, StoreError> {
    let sql = "SELECT links, key_id FROM case_file \
               WHERE institution = ?1 AND id = ?2 AND links IS NOT NULL";
    let found: Option<(Vec<u8>, i64)> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, case], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let open =
        |(sealed, key): (Vec<u8>, i64)| db.open_own(tenant, &place_of_links(case), key, &sealed);
    found.map(open).transpose()
}

/// Keeps when a case was registered and of which it is a duplicate. Gives the one of which it was one before.
pub(crate) fn set_registration(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    registered_at: Option<Timestamp>,
    duplicate_of: Option<CaseId>,
) -> Result<Option<CaseId>, StoreError> {
    let sql = "SELECT registered_at, duplicate_of FROM case_file \
               WHERE institution = ?1 AND id = ?2";
    let before: Option<(Option<i64>, Option<CaseId>)> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, case], |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
        .optional()?;
    let now = (registered_at.map(Timestamp::as_millis), duplicate_of);
    if before != Some(now) {
        let sql = "UPDATE case_file SET registered_at = ?3, duplicate_of = ?4 \
                   WHERE institution = ?1 AND id = ?2";
        db.prepare_cached(sql)?
            .execute(params![tenant.0, case, now.0, now.1])?;
    }
    Ok(before.and_then(|(_, duplicate_of)| duplicate_of))
}
