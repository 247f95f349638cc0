//! People, their seats, and invitations.

use std::collections::BTreeSet;

use jangkau_core::command::CommandKind;
use jangkau_core::id::{DeviceId, PersonId, SeatId};
use jangkau_core::profile::words::Role;
use jangkau_core::rules::Standing;
use jangkau_core::sync::{SeatCertificate, SeatStatus, StaffRow, Terms};
use jangkau_core::time::Timestamp;
use rusqlite::{OptionalExtension as _, Row, params};

use super::institutions::Tenant;
use super::{Db, Place, StoreError, decode, encode, parse};
use crate::keys::Owner;

/// A person on the staff.
#[derive(Clone, Debug)]
pub(crate) struct Person {
    pub(crate) id: PersonId,
    pub(crate) name: String,
    pub(crate) roles: BTreeSet<Role>,
    pub(crate) active: bool,
    pub(crate) terms: Terms,
}

impl Person {
    /// The roles whose powers the person holds for a kind of command, delegations included, and the terms of it.
    pub(crate) fn powers(&self, kind: CommandKind, at: Timestamp) -> (BTreeSet<Role>, Standing) {
        let delegated = self.terms.delegated(Some(kind), at);
        let roles = self.roles.union(&delegated).copied().collect();
        let standing = Standing {
            delegated: delegated.difference(&self.roles).copied().collect(),
            mandate_until: self.terms.mandate_until,
            areas: self.terms.areas.clone(),
        };
        (roles, standing)
    }

    /// The person as colleagues see them.
    pub(crate) fn row(&self) -> StaffRow {
        StaffRow {
            person: self.id,
            name: self.name.clone(),
            roles: self
                .roles
                .iter()
                .map(|role| role.code().to_owned())
                .collect(),
            active: self.active,
            terms: Some(self.terms.clone()).filter(|terms| !terms.is_plain()),
        }
    }
}

/// An enrolled seat, and whether its person works here.
#[derive(Clone, Debug)]
pub(crate) struct Seat {
    pub(crate) id: SeatId,
    pub(crate) tenant: Tenant,
    pub(crate) person: PersonId,
    pub(crate) public_key: [u8; 32],
    pub(crate) status: SeatStatus,
    pub(crate) is_person_active: bool,
}

/// Roles as they stand in a column.
pub(crate) fn role_words(roles: &BTreeSet<Role>) -> String {
    let words: Vec<&str> = roles.iter().map(|role| role.code()).collect();
    words.join(" ")
}

/// Roles of a column.
pub(crate) fn parse_roles(words: &str) -> Result<BTreeSet<Role>, StoreError> {
    words.split_whitespace().map(parse).collect()
}

/// Puts a person as of an instant: from then on, what is delegated to them changes next when the row says.
pub(crate) fn put(
    db: &Db,
    tenant: Tenant,
    staff: &StaffRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO person \
               (institution, id, name, roles, active, terms, next_change, sealed_name, key_id) \
               VALUES (?1, ?2, '', ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO UPDATE \
               SET sealed_name = excluded.sealed_name, key_id = excluded.key_id, \
               roles = excluded.roles, active = excluded.active, \
               terms = excluded.terms, next_change = excluded.next_change";
    let place = place_of_name(staff.person);
    let name = db.seal(tenant, Owner::Institution, &place, staff.name.as_bytes())?;
    let roles = staff.roles.join(" ");
    let next_change = staff
        .terms
        .as_ref()
        .and_then(|terms| terms.next_change(now));
    db.prepare_cached(sql)?.execute(params![
        tenant.0,
        staff.person,
        roles,
        staff.active,
        staff.terms.as_ref().map(encode),
        next_change.map(Timestamp::as_millis),
        name.bytes,
        name.key,
    ])?;
    Ok(())
}

pub(super) fn place_of_name(person: PersonId) -> Place {
    Place::new("person.name", &[person.as_bytes()])
}

/// The people of all institutions to whom something was delegated that has begun or ended by now.
pub(crate) fn due(db: &Db, now: Timestamp) -> Result<Vec<(Tenant, PersonId)>, StoreError> {
    let sql = "SELECT institution, id FROM person WHERE next_change <= ?1 \
               ORDER BY institution, next_change, id";
    let mut statement = db.prepare_cached(sql)?;
    let rows = statement.query_map([now.as_millis()], |row| {
        Ok((Tenant(row.get(0)?), row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// When what is delegated to a person changes next, as of their last row.
pub(crate) fn next_change(
    db: &Db,
    tenant: Tenant,
    id: PersonId,
) -> Result<Option<Timestamp>, StoreError> {
    let sql = "SELECT next_change FROM person WHERE institution = ?1 AND id = ?2";
    let found: Option<Option<i64>> = db
        .prepare_cached(sql)?
        .query_row(params![tenant.0, id], |row| row.get(0))
        .optional()?;
    Ok(found.flatten().map(Timestamp::from_millis))
}

pub(crate) fn person(db: &Db, tenant: Tenant, id: PersonId) -> Result<Option<Person>, StoreError> {
    let sql = "SELECT sealed_name, key_id, roles, active, terms FROM person \
               WHERE institution = ?1 AND id = ?2";
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query(params![tenant.0, id])?;
    let Some(row) = rows.next()? else {
        return Ok(None);
    };
    let (sealed, key): (Option<Vec<u8>>, i64) = (row.get(0)?, row.get(1)?);
    let (roles, active): (String, bool) = (row.get(2)?, row.get(3)?);
    let terms: Option<Vec<u8>> = row.get(4)?;
    let sealed = sealed.ok_or(StoreError::Forged)?;
    let name = db.open_own(tenant, &place_of_name(id), key, &sealed)?;
    let name = String::from_utf8(name).map_err(|_| StoreError::Undecodable)?;
    let roles = parse_roles(&roles)?;
    let terms = terms
        .as_deref()
        .map(decode)
        .transpose()?
        .unwrap_or_default();
    Ok(Some(Person {
        id,
        name,
        roles,
        active,
        terms,
    }))
}

pub(crate) fn people(db: &Db, tenant: Tenant) -> Result<Vec<PersonId>, StoreError> {
    let mut statement =
        db.prepare_cached("SELECT id FROM person WHERE institution = ?1 ORDER BY id")?;
    let rows = statement.query_map([tenant.0], |row| row.get(0))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(crate) fn add_seat(
    db: &Db,
    tenant: Tenant,
    certificate: &SeatCertificate,
) -> Result<(), StoreError> {
    let sql = "INSERT OR IGNORE INTO seat (id, institution, person, device, public_key, status, issued_at) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    db.execute(
        sql,
        params![
            certificate.seat,
            tenant.0,
            certificate.person,
            certificate.device,
            certificate.public_key,
            SeatStatus::Active.code(),
            certificate.issued_at.as_millis(),
        ],
    )?;
    Ok(())
}

/// Copies a seat into another store.
pub(crate) fn copy_seat(from: &Db, to: &Db, tenant: Tenant, id: SeatId) -> Result<(), StoreError> {
    let sql = "SELECT person, device, public_key, status, issued_at FROM seat WHERE id = ?1";
    let mut statement = from.prepare_cached(sql)?;
    let mut rows = statement.query([id])?;
    if let Some(row) = rows.next()? {
        let (person, device): (PersonId, DeviceId) = (row.get(0)?, row.get(1)?);
        let (key, status): ([u8; 32], String) = (row.get(2)?, row.get(3)?);
        let issued_at: i64 = row.get(4)?;
        to.execute(
            "INSERT INTO seat (id, institution, person, device, public_key, status, issued_at) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![id, tenant.0, person, device, key, status, issued_at],
        )?;
    }
    Ok(())
}

fn read_seat(row: &Row<'_>) -> rusqlite::Result<Result<Seat, StoreError>> {
    let status: String = row.get(4)?;
    let (id, tenant, person) = (row.get(0)?, Tenant(row.get(1)?), row.get(2)?);
    let (public_key, is_person_active) = (row.get(3)?, row.get(5)?);
    Ok(parse(&status).map(|status| Seat {
        id,
        tenant,
        person,
        public_key,
        status,
        is_person_active,
    }))
}

pub(crate) fn seat(db: &Db, id: SeatId) -> Result<Option<Seat>, StoreError> {
    let sql = "SELECT seat.id, seat.institution, seat.person, public_key, status, active \
               FROM seat JOIN person ON person.institution = seat.institution \
               AND person.id = seat.person WHERE seat.id = ?1";
    db.prepare_cached(sql)?
        .query_row([id], read_seat)
        .optional()?
        .transpose()
}

pub(crate) fn set_seat_status(db: &Db, id: SeatId, status: SeatStatus) -> Result<(), StoreError> {
    db.execute(
        "UPDATE seat SET status = ?2 WHERE id = ?1",
        params![id, status.code()],
    )?;
    Ok(())
}

pub(crate) fn add_invite(
    db: &Db,
    tenant: Tenant,
    code_hash: &[u8; 32],
    person: PersonId,
    expires_at: Timestamp,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO invite (code_hash, institution, person, expires_at) \
               VALUES (?1, ?2, ?3, ?4)";
    db.execute(
        sql,
        params![code_hash, tenant.0, person, expires_at.as_millis()],
    )?;
    Ok(())
}

/// Whom an unused code that has not expired invites.
pub(crate) fn invited(
    db: &Db,
    code_hash: &[u8; 32],
    now: Timestamp,
) -> Result<Option<(Tenant, PersonId)>, StoreError> {
    let sql = "SELECT institution, person FROM invite \
               WHERE code_hash = ?1 AND used_by IS NULL AND expires_at > ?2";
    Ok(db
        .prepare_cached(sql)?
        .query_row(params![code_hash, now.as_millis()], |row| {
            Ok((Tenant(row.get(0)?), row.get(1)?))
        })
        .optional()?)
}

pub(crate) fn use_invite(db: &Db, code_hash: &[u8; 32], seat: SeatId) -> Result<(), StoreError> {
    db.execute(
        "UPDATE invite SET used_by = ?2 WHERE code_hash = ?1",
        params![code_hash, seat],
    )?;
    Ok(())
}
