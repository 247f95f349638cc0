//! What cases tell that matters to others: bookings, and what duplicates pass on. All of it can be rebuilt.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::command::FamilyTie;
use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::rules::{Elsewhere, opposed};
use jangkau_core::time::Timestamp;
use rusqlite::params;

use super::institutions::Tenant;
use super::{Db, StoreError, column, instant, links, rulings, seq};

/// What other cases tell that matters to one, which asks these people to lead sessions.
pub(crate) fn of(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    leads: &BTreeSet<PersonId>,
) -> Result<Elsewhere, StoreError> {
    let mut booked = BTreeSet::new();
    for lead in leads {
        let sql = "SELECT starts_at FROM booking \
                   WHERE institution = ?1 AND lead = ?2 AND case_id <> ?3";
        let mut statement = db.prepare_cached(sql)?;
        let mut rows = statement.query(params![tenant.0, lead, case])?;
        while let Some(row) = rows.next()? {
            booked.insert((*lead, instant(row.get(0)?)));
        }
    }
    Ok(Elsewhere {
        registered_at: registered_at(db, tenant, case)?,
        papers: passed(db, tenant, case)?,
        booked,
        opposed: opposing(db, tenant, case)?,
        is_tied: links::is_tied(db, tenant, case)?,
        processing_stopped: processing_stops(db, tenant, case)?,
    })
}

fn processing_stops(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeSet<Timestamp>, StoreError> {
    let sql = "SELECT at FROM processing_stop WHERE institution = ?1 AND case_id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| Ok(instant(row.get(0)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps that processing was found to have stopped, after which row of the log: a recorded input, which a replay takes over. The
/// case is judged again.
pub(crate) fn stop_processing(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    (at, after): (Timestamp, ServerSeq),
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO processing_stop (institution, case_id, at, seq) \
               VALUES (?1, ?2, ?3, ?4)";
    db.execute(sql, params![tenant.0, case, at.as_millis(), column(after)])?;
    rulings::judged(db, tenant, case, ServerSeq::default())
}

/// Every such finding, in the order of the log: after which row, of which case, and when.
pub(crate) fn all_processing_stops(
    db: &Db,
    tenant: Tenant,
) -> Result<Vec<(ServerSeq, CaseId, Timestamp)>, StoreError> {
    let sql =
        "SELECT seq, case_id, at FROM processing_stop WHERE institution = ?1 ORDER BY seq, at";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([tenant.0], |row| {
        Ok((seq(row.get(0)?), row.get(1)?, instant(row.get(2)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Who is responsible for the other sides of a case.
fn opposing(db: &Db, tenant: Tenant, case: CaseId) -> Result<BTreeSet<PersonId>, StoreError> {
    let mut people = BTreeSet::new();
    let linked = links::decisions(db, tenant, case)?;
    if !linked.values().any(Option::is_some) {
        return Ok(people);
    }
    let own = rulings::state(db, tenant, case)?;
    for (other, tie) in linked {
        let near = rulings::state(db, tenant, other)?;
        match tie {
            None => {}
            Some(FamilyTie::Family) => {
                people.extend(near.and_then(|near| opposed(&own, &near)));
            }
            // What the adults have in common is on no side; the other adult is.
            Some(FamilyTie::Adult) => {
                for adult in links::adults(db, tenant, other)? {
                    let state = rulings::state(db, tenant, adult)?;
                    let facing = state.filter(|_| adult != case);
                    let told = own.iter().chain(&near);
                    people.extend(facing.and_then(|facing| opposed(told, &facing)));
                }
            }
        }
    }
    Ok(people)
}

/// The earliest registration among the duplicates of a case.
fn registered_at(db: &Db, tenant: Tenant, case: CaseId) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT min(registered_at) FROM case_file \
               WHERE institution = ?1 AND duplicate_of = ?2";
    let earliest: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, case], |row| row.get(0))?;
    Ok(earliest.map(instant))
}

/// The papers that the duplicates of a case pass on.
fn passed(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeMap<String, Timestamp>, StoreError> {
    let sql = "SELECT paper.requirement, min(paper.seen_at) FROM case_file AS duplicate \
               JOIN passed_paper AS paper ON paper.institution = duplicate.institution \
               AND paper.case_id = duplicate.id \
               WHERE duplicate.institution = ?1 AND duplicate.duplicate_of = ?2 \
               GROUP BY paper.requirement";
    papers(db, sql, tenant, case)
}

fn papers(
    db: &Db,
    sql: &str,
    tenant: Tenant,
    case: CaseId,
) -> Result<BTreeMap<String, Timestamp>, StoreError> {
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, case], |row| {
        Ok((row.get(0)?, instant(row.get(1)?)))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Replaces what a duplicate passes on, and says whether that is something else than before.
pub(crate) fn set_papers(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    seen: &BTreeMap<String, Timestamp>,
) -> Result<bool, StoreError> {
    let sql = "SELECT requirement, seen_at FROM passed_paper \
               WHERE institution = ?1 AND case_id = ?2";
    if papers(db, sql, tenant, case)? == *seen {
        return Ok(false);
    }
    let sql = "DELETE FROM passed_paper WHERE institution = ?1 AND case_id = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, case])?;
    let sql = "INSERT INTO passed_paper (institution, case_id, requirement, seen_at) \
               VALUES (?1, ?2, ?3, ?4)";
    for (requirement, at) in seen {
        db.prepare_cached(sql)?
            .execute(params![tenant.0, case, requirement, at.as_millis()])?;
    }
    Ok(true)
}

/// Replaces when whom a case asked to lead sessions leads them.
pub(crate) fn set_bookings(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    booked: &BTreeSet<(PersonId, Timestamp)>,
) -> Result<(), StoreError> {
    let sql = "SELECT lead, starts_at FROM booking WHERE institution = ?1 AND case_id = ?2";
    let before: BTreeSet<(PersonId, Timestamp)> = {
        let mut statement = db.prepare_cached(sql)?;
        let rows = statement.query_map(params![tenant.0, case], |row| {
            Ok((row.get(0)?, instant(row.get(1)?)))
        })?;
        rows.collect::<Result<_, _>>()?
    };
    if before == *booked {
        return Ok(());
    }
    let sql = "DELETE FROM booking WHERE institution = ?1 AND case_id = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, case])?;
    let sql = "INSERT INTO booking (institution, lead, starts_at, case_id) VALUES (?1, ?2, ?3, ?4)";
    for (lead, at) in booked {
        db.prepare_cached(sql)?
            .execute(params![tenant.0, lead, at.as_millis(), case])?;
    }
    Ok(())
}
