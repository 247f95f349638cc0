//! Rulings by case, and the files of the cases: what was appended, what was judged, what the state is.

use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, CaseNumber, CommandId, PersonId, ProfileId, ServerSeq};
use jangkau_core::rules::CaseState;
use rusqlite::{OptionalExtension as _, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, column, decode, parse, seq};
use crate::keys::Owner;

/// What is kept about a case beside its commands and rulings. All of it can be rebuilt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct CaseFile {
    /// Who registered it; none while its registration has not arrived.
    pub(crate) author: Option<PersonId>,
    /// The profile that it is pinned to.
    pub(crate) profile: Option<(ProfileId, u32)>,
    /// Its number, once it is registered.
    pub(crate) number: Option<CaseNumber>,
    /// The last row that brought something to judge.
    pub(crate) touched: ServerSeq,
    /// The row of the ruling that gave the state.
    pub(crate) ruling: Option<ServerSeq>,
    /// The state, as `rules` encodes it.
    pub(crate) state: Option<Vec<u8>>,
    /// Whether it is the file of an activity, and no case.
    pub(crate) is_activity: bool,
}

/// Notes that a row brought something to judge.
pub(crate) fn touch(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    at: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO case_file (institution, id, touched) VALUES (?1, ?2, ?3) \
               ON CONFLICT DO UPDATE SET touched = max(touched, excluded.touched)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, case, column(at)])?;
    Ok(())
}

/// Notes a case's registration: by whom, and the profile that it is pinned to.
pub(crate) fn register(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    author: PersonId,
    profile: &(ProfileId, u32),
) -> Result<(), StoreError> {
    let sql = "UPDATE case_file SET author = ?3, profile = ?4, profile_version = ?5 \
               WHERE institution = ?1 AND id = ?2";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        case,
        author,
        profile.0.as_str(),
        profile.1
    ])?;
    Ok(())
}

/// Notes that a file is that of an activity.
pub(crate) fn set_activity(db: &Db, tenant: Tenant, file: CaseId) -> Result<(), StoreError> {
    let sql = "UPDATE case_file SET is_activity = 1 WHERE institution = ?1 AND id = ?2";
    db.prepare_cached(sql)?.execute(params![tenant.0, file])?;
    Ok(())
}

pub(crate) fn file(db: &Db, tenant: Tenant, case: CaseId) -> Result<Option<CaseFile>, StoreError> {
    let sql = "SELECT author, profile, profile_version, touched, ruling_seq, state, case_number, is_activity, key_id \
               FROM case_file \
               WHERE institution = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let id: Option<String> = row.get(1)?;
    let version: Option<u32> = row.get(2)?;
    let ruling: Option<i64> = row.get(4)?;
    let profile = id
        .zip(version)
        .map(|(id, version)| Ok::<_, StoreError>((parse(&id)?, version)));
    Ok(Some(CaseFile {
        author: row.get(0)?,
        profile: profile.transpose()?,
        number: row.get::<_, Option<u32>>(6)?.map(CaseNumber::new),
        touched: seq(row.get(3)?),
        ruling: ruling.map(seq),
        state: read_state(db, tenant, case, row.get(5)?, row.get(8)?)?,
        is_activity: row.get(7)?,
    }))
}

/// The case of a number.
pub(crate) fn numbered(
    db: &Db,
    tenant: Tenant,
    number: CaseNumber,
) -> Result<Option<CaseId>, StoreError> {
    let sql = "SELECT id FROM case_file WHERE institution = ?1 AND case_number = ?2";
    let mut statement = db.prepare_cached(sql)?;
    Ok(statement
        .query_row(params![tenant.0, number.get()], |row| row.get(0))
        .optional()?)
}

pub(super) fn place_of_state(case: CaseId) -> Place {
    Place::new("case_file.state", &[case.as_bytes()])
}

fn read_state(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    sealed: Option<Vec<u8>>,
    key: i64,
) -> Result<Option<Vec<u8>>, StoreError> {
    let open = |sealed: Vec<u8>| db.open_own(tenant, &place_of_state(case), key, &sealed);
    sealed.map(open).transpose()
}

/// The state of a case as last ruled.
pub(crate) fn state(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
) -> Result<Option<CaseState>, StoreError> {
    let state = file(db, tenant, case)?.and_then(|file| file.state);
    state.as_deref().map(decode).transpose()
}

/// The states of all cases.
pub(crate) fn states(db: &Db, tenant: Tenant) -> Result<Vec<CaseState>, StoreError> {
    let sql =
        "SELECT state, id, key_id FROM case_file WHERE institution = ?1 AND state IS NOT NULL";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query([tenant.0])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        if let Some(state) = read_state(db, tenant, row.get(1)?, row.get(0)?, row.get(2)?)? {
            states.push(decode(&state)?);
        }
    }
    Ok(states)
}

/// Cases with rows that were not judged, in the order of the log.
pub(crate) fn unjudged(db: &Db) -> Result<Vec<(Tenant, CaseId)>, StoreError> {
    let sql = "SELECT institution, id FROM case_file WHERE touched > judged \
               ORDER BY institution, touched, id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([], |row| Ok((Tenant(row.get(0)?), row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Notes how far a case was judged, without another state.
pub(crate) fn judged(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    through: ServerSeq,
) -> Result<(), StoreError> {
    let sql = "UPDATE case_file SET judged = ?3 WHERE institution = ?1 AND id = ?2";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, case, column(through)])?;
    Ok(())
}

/// Keeps a state that was told to the holders of a class. What the holders of the record see is all of it.
pub(crate) fn set_state(
    db: &Db,
    tenant: Tenant,
    (case, class): (CaseId, Option<Class>),
    ruling: ServerSeq,
    state: &[u8],
) -> Result<(), StoreError> {
    let file = "UPDATE case_file SET";
    let which = "WHERE institution = ?1 AND id = ?2";
    let Some(column_told) = told_column(class) else {
        let sealed = db.seal(tenant, Owner::Institution, &place_of_state(case), state)?;
        let sql = format!("{file} ruling_seq = ?3, state = ?4, key_id = ?5 {which}");
        db.prepare_cached(&sql)?.execute(params![
            tenant.0,
            case,
            column(ruling),
            sealed.bytes,
            sealed.key
        ])?;
        return Ok(());
    };
    let place = place_of_told(case, column_told);
    let sealed = db.seal(tenant, Owner::Institution, &place, state)?;
    let sql = format!("{file} {column_told} = ?3, key_id = ?4 {which}");
    db.prepare_cached(&sql)?
        .execute(params![tenant.0, case, sealed.bytes, sealed.key])?;
    Ok(())
}

fn place_of_told(case: CaseId, column_told: &str) -> Place {
    Place::new("case_file.told", &[case.as_bytes(), column_told.as_bytes()])
}

/// Where the state that was told to a class stands, if it is not all of it.
fn told_column(class: Option<Class>) -> Option<&'static str> {
    match class {
        None => Some("index_state"),
        Some(Class::Intake) => Some("desk_state"),
        Some(_) => None,
    }
}

/// What was last told to the holders of a class of where a case stands.
pub(crate) fn told(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    class: Option<Class>,
) -> Result<Option<Vec<u8>>, StoreError> {
    let column_told = told_column(class);
    let place = column_told.map_or_else(|| place_of_state(case), |told| place_of_told(case, told));
    let column_told = column_told.unwrap_or("state");
    let sql =
        format!("SELECT {column_told}, key_id FROM case_file WHERE institution = ?1 AND id = ?2");
    let found = db
        .prepare_cached(&sql)?
        .query_row(params![tenant.0, case], |row| {
            Ok((row.get::<_, Option<Vec<u8>>>(0)?, row.get(1)?))
        });
    let Some((Some(sealed), key)) = found.optional()? else {
        return Ok(None);
    };
    db.open_own(tenant, &place, key, &sealed).map(Some)
}

/// Keeps the number that a ruling gave to a case; the counter never falls behind it.
pub(crate) fn set_number(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    number: CaseNumber,
) -> Result<(), StoreError> {
    let sql = "UPDATE case_file SET case_number = ?3 WHERE institution = ?1 AND id = ?2";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, case, number.get()])?;
    let sql = "UPDATE institution SET last_case = max(last_case, ?2) WHERE number = ?1";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, number.get()])?;
    Ok(())
}

/// Cases by their ids, after one.
pub(crate) fn cases(
    db: &Db,
    tenant: Tenant,
    after: Option<CaseId>,
    limit: u32,
) -> Result<Vec<CaseId>, StoreError> {
    let sql = "SELECT id FROM case_file WHERE institution = ?1 AND (?2 IS NULL OR id > ?2) \
               ORDER BY id LIMIT ?3";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map(params![tenant.0, after, limit], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Keeps the index row of a ruling.
pub(crate) fn insert(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    (case, class, has_state): (CaseId, Option<Class>, bool),
    hash: &[u8; 32],
) -> Result<(), StoreError> {
    let sql = "INSERT INTO ruling (institution, seq, case_id, class, hash, has_state) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        column(at),
        case,
        class.map(Class::number),
        hash,
        has_state
    ])?;
    Ok(())
}

/// Whether the log holds a ruling.
pub(crate) fn is_known(db: &Db, tenant: Tenant, hash: &[u8; 32]) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM ruling WHERE institution = ?1 AND hash = ?2";
    Ok(db.prepare_cached(sql)?.exists(params![tenant.0, hash])?)
}

/// Lets an author see a ruling that speaks about what they wrote.
pub(crate) fn add_author(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    person: PersonId,
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO ruling_author (institution, seq, person) VALUES (?1, ?2, ?3)";
    db.prepare_cached(sql)?
        .execute(params![tenant.0, column(at), person])?;
    Ok(())
}

pub(crate) fn speaks_to(
    db: &Db,
    tenant: Tenant,
    at: ServerSeq,
    person: PersonId,
) -> Result<bool, StoreError> {
    let sql = "SELECT 1 FROM ruling_author WHERE institution = ?1 AND seq = ?2 AND person = ?3";
    Ok(db
        .prepare_cached(sql)?
        .exists(params![tenant.0, column(at), person])?)
}

/// The rulings about a case up to a row, in order, with their classes, and whether they tell its state.
pub(crate) fn of_case(
    db: &Db,
    tenant: Tenant,
    case: CaseId,
    upto: ServerSeq,
) -> Result<Vec<(ServerSeq, Option<Class>, bool)>, StoreError> {
    let sql = "SELECT seq, class, has_state FROM ruling \
               WHERE institution = ?1 AND case_id = ?2 AND seq <= ?3 ORDER BY seq";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, case, column(upto)])?;
    let mut rulings = Vec::new();
    while let Some(row) = rows.next()? {
        let class: Option<u8> = row.get(1)?;
        let class = class.map(|number| Class::from_number(number).ok_or(StoreError::Undecodable));
        rulings.push((seq(row.get(0)?), class.transpose()?, row.get(2)?));
    }
    Ok(rulings)
}

/// The last ruling that told the holders of a class where a case stands, up to a row.
pub(crate) fn last_state(
    db: &Db,
    tenant: Tenant,
    (case, class): (CaseId, Option<Class>),
    upto: ServerSeq,
) -> Result<Option<ServerSeq>, StoreError> {
    let sql = "SELECT seq FROM ruling WHERE institution = ?1 AND case_id = ?2 AND seq <= ?3 \
               AND class IS ?4 AND has_state ORDER BY seq DESC LIMIT 1";
    let found: Option<i64> = db
        .prepare_cached(sql)?
        .query_row(
            params![tenant.0, case, column(upto), class.map(Class::number)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(found.map(seq))
}

/// Every case with its state and every verdict that stands: what a rebuild must give again.
#[expect(
    clippy::type_complexity,
    reason = "a dump for comparison, read by nobody else"
)]
pub(crate) fn dump(
    db: &Db,
    tenant: Tenant,
) -> Result<(Vec<(CaseId, Option<Vec<u8>>)>, Vec<(CommandId, Vec<u8>)>), StoreError> {
    let mut statement = db.prepare_cached(
        "SELECT id, state, key_id FROM case_file WHERE institution = ?1 ORDER BY id",
    )?;
    let mut rows = statement.query([tenant.0])?;
    let mut states = Vec::new();
    while let Some(row) = rows.next()? {
        let case = row.get(0)?;
        states.push((
            case,
            read_state(db, tenant, case, row.get(1)?, row.get(2)?)?,
        ));
    }
    let mut statement = db.prepare_cached(
        "SELECT command, bytes FROM verdict WHERE institution = ?1 ORDER BY command",
    )?;
    let verdicts = statement.query_map([tenant.0], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((states, verdicts.collect::<Result<_, _>>()?))
}
