//! Accounts of people, their codes, and their sessions.

use jangkau_core::id::PersonId;
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};
use zeroize::Zeroizing;

use super::institutions::Tenant;
use super::{Db, Place, StoreError, decode, encode, instant};
use crate::accounts::{PasswordHash, TotpSeed};
use crate::keys::Owner;

/// A hash of a code or of a token.
pub(crate) type Hash = [u8; 32];

/// What a session is known by to its person; it opens nothing.
pub(crate) type SessionId = [u8; 16];

/// With what a person signs in.
#[derive(Clone, Debug)]
pub(crate) struct Credentials {
    pub(crate) password: PasswordHash,
    pub(crate) totp: TotpSeed,
}

/// An account.
#[derive(Clone, Debug)]
pub(crate) struct AccountRow {
    pub(crate) tenant: Tenant,
    pub(crate) person: PersonId,
    pub(crate) name: String,
    /// None before it is set up.
    pub(crate) credentials: Option<Credentials>,
    pub(crate) totp_step: u64,
    pub(crate) revision: u32,
}

/// A session.
#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub(crate) id: SessionId,
    pub(crate) tenant: Tenant,
    pub(crate) person: PersonId,
    pub(crate) is_set_up: bool,
    pub(crate) powers: String,
    pub(crate) began_at: Timestamp,
    pub(crate) seen_at: Timestamp,
    pub(crate) ends_at: Timestamp,
    pub(crate) totp: Option<TotpSeed>,
}

const ACCOUNT: &str = "institution, person, name, password, totp, totp_step, revision, key_id";

fn place_of_seed(person: PersonId) -> Place {
    Place::new("account", &[person.as_bytes()])
}

fn place_of_pending(id: &SessionId) -> Place {
    Place::new("console_session", &[id])
}

/// The seed of an authenticator, which the server must know: sealed, unlike what stands here as a hash.
fn open_seed(
    db: &Db,
    tenant: Tenant,
    place: &Place,
    (key, sealed): (i64, Option<Vec<u8>>),
) -> Result<Option<TotpSeed>, StoreError> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let plain = Zeroizing::new(db.open_own(tenant, place, key, &sealed)?);
    let seed = TotpSeed::try_from(plain.as_slice()).map_err(|_| StoreError::Undecodable)?;
    Ok(Some(seed))
}

fn read_account(db: &Db, row: &Row<'_>) -> Result<AccountRow, StoreError> {
    let password: Option<Vec<u8>> = row.get(3)?;
    let password = password
        .as_deref()
        .map(decode::<PasswordHash>)
        .transpose()?;
    let (tenant, person) = (Tenant(row.get(0)?), row.get(1)?);
    let seed = (row.get(7)?, row.get(4)?);
    let totp = open_seed(db, tenant, &place_of_seed(person), seed)?;
    let totp_step: i64 = row.get(5)?;
    Ok(AccountRow {
        tenant,
        person,
        name: row.get(2)?,
        credentials: password
            .zip(totp)
            .map(|(password, totp)| Credentials { password, totp }),
        totp_step: totp_step.cast_unsigned(),
        revision: row.get(6)?,
    })
}

pub(crate) fn by_name(
    db: &Db,
    tenant: Tenant,
    name: &str,
) -> Result<Option<AccountRow>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} FROM account WHERE institution = ?1 AND name = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, name])?;
    rows.next()?.map(|row| read_account(db, row)).transpose()
}

pub(crate) fn of_person(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<Option<AccountRow>, StoreError> {
    let sql = format!("SELECT {ACCOUNT} FROM account WHERE institution = ?1 AND person = ?2");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, person])?;
    rows.next()?.map(|row| read_account(db, row)).transpose()
}

/// Gives a person an account, or its name to the one that they have.
pub(crate) fn put(db: &Db, tenant: Tenant, person: PersonId, name: &str) -> Result<(), StoreError> {
    let sql = "INSERT INTO account (institution, person, name) VALUES (?1, ?2, ?3) \
               ON CONFLICT (institution, person) DO UPDATE SET name = excluded.name";
    db.execute(sql, params![tenant.0, person, name])?;
    Ok(())
}

/// Sets password, authenticator and its last accepted step.
pub(crate) fn set_credentials(
    db: &Db,
    account: &AccountRow,
    credentials: &Credentials,
    totp_step: u64,
) -> Result<(), StoreError> {
    let sql = "UPDATE account SET password = ?3, totp = ?4, totp_step = ?5, \
               revision = revision + 1, key_id = ?6 WHERE institution = ?1 AND person = ?2";
    let place = place_of_seed(account.person);
    let seed = db.seal(
        account.tenant,
        Owner::Institution,
        &place,
        &credentials.totp,
    )?;
    db.execute(
        sql,
        params![
            account.tenant.0,
            account.person,
            encode(&credentials.password),
            seed.bytes,
            totp_step.cast_signed(),
            seed.key,
        ],
    )?;
    Ok(())
}

/// Notes the step of the authenticator that was accepted.
pub(crate) fn set_step(db: &Db, account: &AccountRow, step: u64) -> Result<(), StoreError> {
    let sql = "UPDATE account SET totp_step = ?3 WHERE institution = ?1 AND person = ?2";
    db.execute(
        sql,
        params![account.tenant.0, account.person, step.cast_signed()],
    )?;
    Ok(())
}

/// Keeps the hash of a code. With an end it is a one-time code, without one it is for recovery.
pub(crate) fn add_code(
    db: &Db,
    (tenant, person): (Tenant, PersonId),
    hash: &Hash,
    expires_at: Option<Timestamp>,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO account_code (hash, institution, person, expires_at) \
               VALUES (?1, ?2, ?3, ?4)";
    db.execute(
        sql,
        params![hash, tenant.0, person, expires_at.map(Timestamp::as_millis)],
    )?;
    Ok(())
}

/// Forgets a person's codes of one kind.
pub(crate) fn drop_codes(
    db: &Db,
    (tenant, person): (Tenant, PersonId),
    one_time: bool,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM account_code WHERE institution = ?1 AND person = ?2 \
               AND (expires_at IS NOT NULL) = ?3";
    db.execute(sql, params![tenant.0, person, one_time])?;
    Ok(())
}

/// Takes a one-time code that has not expired: it is gone from then on.
pub(crate) fn take_one_time(
    db: &Db,
    hash: &Hash,
    now: Timestamp,
) -> Result<Option<(Tenant, PersonId)>, StoreError> {
    let sql = "DELETE FROM account_code WHERE hash = ?1 AND expires_at > ?2 \
               RETURNING institution, person";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![hash, now.as_millis()], |row| {
            Ok((Tenant(row.get(0)?), row.get(1)?))
        })
        .optional()?)
}

/// Whose recovery code this is.
pub(crate) fn recovery_owner(
    db: &Db,
    hash: &Hash,
) -> Result<Option<(Tenant, PersonId)>, StoreError> {
    let sql = "SELECT institution, person FROM account_code \
               WHERE hash = ?1 AND expires_at IS NULL";
    Ok(db
        .prepare_cached(sql)?
        .query_row([hash], |row| Ok((Tenant(row.get(0)?), row.get(1)?)))
        .optional()?)
}

/// Forgets one code.
pub(crate) fn drop_code(db: &Db, hash: &Hash) -> Result<(), StoreError> {
    db.execute("DELETE FROM account_code WHERE hash = ?1", [hash])?;
    Ok(())
}

/// How many recovery codes a person has left.
pub(crate) fn recovery_left(db: &Db, tenant: Tenant, person: PersonId) -> Result<u32, StoreError> {
    let sql = "SELECT count(*) FROM account_code WHERE institution = ?1 AND person = ?2 \
               AND expires_at IS NULL";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, person], |row| row.get(0))?)
}

const SESSION: &str =
    "id, institution, person, is_set_up, powers, began_at, seen_at, ends_at, totp, key_id";

fn read_session(db: &Db, row: &Row<'_>) -> Result<SessionRow, StoreError> {
    let (id, tenant): (SessionId, _) = (row.get(0)?, Tenant(row.get(1)?));
    let seed = (row.get(9)?, row.get(8)?);
    Ok(SessionRow {
        id,
        tenant,
        person: row.get(2)?,
        is_set_up: row.get(3)?,
        powers: row.get(4)?,
        began_at: instant(row.get(5)?),
        seen_at: instant(row.get(6)?),
        ends_at: instant(row.get(7)?),
        totp: open_seed(db, tenant, &place_of_pending(&id), seed)?,
    })
}

pub(crate) fn add_session(db: &Db, session: &SessionRow, hash: &Hash) -> Result<(), StoreError> {
    let sql = "INSERT INTO console_session (id, hash, institution, person, is_set_up, powers, \
               began_at, seen_at, ends_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
    db.execute(
        sql,
        params![
            session.id,
            hash,
            session.tenant.0,
            session.person,
            session.is_set_up,
            session.powers,
            session.began_at.as_millis(),
            session.seen_at.as_millis(),
            session.ends_at.as_millis(),
        ],
    )?;
    Ok(())
}

/// The session of a token.
pub(crate) fn session(db: &Db, hash: &Hash) -> Result<Option<SessionRow>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM console_session WHERE hash = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([hash])?;
    rows.next()?.map(|row| read_session(db, row)).transpose()
}

/// The session that had this token before it was renewed.
pub(crate) fn session_formerly(db: &Db, hash: &Hash) -> Result<Option<SessionRow>, StoreError> {
    let sql = format!("SELECT {SESSION} FROM console_session WHERE former = ?1");
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query([hash])?;
    rows.next()?.map(|row| read_session(db, row)).transpose()
}

/// A person's sessions, the one that was used last first.
pub(crate) fn sessions(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
) -> Result<Vec<SessionRow>, StoreError> {
    let sql = format!(
        "SELECT {SESSION} FROM console_session WHERE institution = ?1 AND person = ?2 \
         ORDER BY seen_at DESC, id"
    );
    let mut statement = db.prepare_cached(&sql)?;
    let mut rows = statement.query(params![tenant.0, person])?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(read_session(db, row)?);
    }
    Ok(sessions)
}

pub(crate) fn touch(db: &Db, id: &SessionId, now: Timestamp) -> Result<(), StoreError> {
    let sql = "UPDATE console_session SET seen_at = ?2 WHERE id = ?1";
    db.execute(sql, params![id, now.as_millis()])?;
    Ok(())
}

/// Puts another token in the place of a session's.
pub(crate) fn renew(db: &Db, id: &SessionId, hash: &Hash, powers: &str) -> Result<(), StoreError> {
    let sql = "UPDATE console_session SET former = hash, hash = ?2, powers = ?3 WHERE id = ?1";
    db.execute(sql, params![id, hash, powers])?;
    Ok(())
}

/// Keeps the seed of an authenticator until it is proved.
pub(crate) fn set_pending(
    db: &Db,
    (tenant, id): (Tenant, &SessionId),
    totp: &TotpSeed,
) -> Result<(), StoreError> {
    let place = place_of_pending(id);
    let seed = db.seal(tenant, Owner::Institution, &place, totp)?;
    let sql = "UPDATE console_session SET totp = ?2, key_id = ?3 WHERE id = ?1";
    db.execute(sql, params![id, seed.bytes, seed.key])?;
    Ok(())
}

pub(crate) fn end(db: &Db, id: &SessionId) -> Result<(), StoreError> {
    db.execute("DELETE FROM console_session WHERE id = ?1", [id])?;
    Ok(())
}

/// Ends all sessions of a person; gives their number.
pub(crate) fn end_all(db: &Db, tenant: Tenant, person: PersonId) -> Result<usize, StoreError> {
    let sql = "DELETE FROM console_session WHERE institution = ?1 AND person = ?2";
    Ok(db.execute(sql, params![tenant.0, person])?)
}

/// Forgets codes and sessions that are over.
pub(crate) fn sweep(db: &Db, seen_before: Timestamp, now: Timestamp) -> Result<(), StoreError> {
    let (seen_before, now) = (seen_before.as_millis(), now.as_millis());
    db.execute(
        "DELETE FROM console_session WHERE ends_at <= ?2 OR seen_at <= ?1",
        [seen_before, now],
    )?;
    db.execute("DELETE FROM account_code WHERE expires_at <= ?1", [now])?;
    Ok(())
}

/// Ends every session of everybody and forgets one-time codes, after a restore: what was ended or used since the backup
/// would come back otherwise.
pub(crate) fn forget_all(db: &Db) -> Result<(), StoreError> {
    db.execute("DELETE FROM console_session", [])?;
    db.execute("DELETE FROM account_code WHERE expires_at IS NOT NULL", [])?;
    Ok(())
}
