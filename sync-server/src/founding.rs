//! Institutions, staff, invitations and seats: how people come to be known.

use std::collections::BTreeSet;

use chrono::Datelike as _;
use data_encoding::BASE32_NOPAD;
use ed25519_dalek::SigningKey;
use jangkau_core::calendar::Calendar;
use jangkau_core::grant::{institution_grant, views_told};
use jangkau_core::id::{CaseId, InstitutionId, PersonId, SeatId, ServerSeq};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;
use jangkau_core::rules::CaseState;
use jangkau_core::sync::{
    CalendarRow, Enrol, GrantScope, ProfileRow, Row, SeatCertificate, SeatStatus, StaffRow, Terms,
};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use crate::grants::{align_person, end, give};
use crate::library::{Library, server_key};
use crate::store::institutions::{self, Tenant};
use crate::store::log::{self, Heading};
use crate::store::{Db, StoreError, decode, grants, letters, rulings, staff, views};

/// How long an invitation can be used: until the next working week's end.
const INVITE_MS_MAX: i64 = 7 * 24 * 60 * 60 * 1_000;

/// Length of an invitation's code in bytes; 16 characters that a person can type.
const CODE_LEN: usize = 10;

/// Founds an institution: its key, its profile, and the calendars that are shipped.
pub(crate) fn found(
    db: &Db,
    id: &InstitutionId,
    (toml, profile): (&str, &Profile),
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Tenant, StoreError> {
    let mut seed = [0; 32];
    rng.fill_bytes(&mut seed);
    let tenant = institutions::insert(db, id, &SigningKey::from_bytes(&seed).to_bytes())?;
    add_profile(db, tenant, (toml, profile), now)?;
    for (name, csv) in Calendar::shipped_files() {
        let row = CalendarRow {
            name: name.to_owned(),
            version: 1,
            csv: csv.to_owned(),
        };
        let calendar = Row::Calendar(row.clone());
        let at = log::append(db, tenant, &calendar, &Heading::default(), now)?;
        institutions::add_calendar(db, tenant, at, &row)?;
    }
    Ok(tenant)
}

/// Puts another version of the profile into force, and gives everybody what their roles allow under it from now on.
pub(crate) fn activate(
    db: &Db,
    tenant: Tenant,
    (toml, profile): (&str, &Profile),
    now: Timestamp,
) -> Result<(), StoreError> {
    let before = institutions::profiles(db, tenant)?;
    add_profile(db, tenant, (toml, profile), now)?;
    let views = views_told(profile);
    let is_told = before.last().is_some_and(|before| {
        Profile::parse(&before.toml).is_ok_and(|before| views_told(&before) == views)
    });
    // What nobody was told so far has to be told of every case.
    if !is_told {
        let at = institutions::get(db, tenant)?.head;
        each_case(db, tenant, |case| rulings::touch(db, tenant, case, at))?;
    }
    for person in staff::people(db, tenant)? {
        if let Some(person) = staff::person(db, tenant, person)? {
            let powers = powers_of(&person.roles, Some(&person.terms), now);
            let who = (person.id, &powers, person.active);
            give_by_roles(db, tenant, profile, who, now)?;
        }
    }
    Ok(())
}

fn add_profile(
    db: &Db,
    tenant: Tenant,
    (toml, profile): (&str, &Profile),
    now: Timestamp,
) -> Result<(), StoreError> {
    let row = ProfileRow {
        id: profile.id.clone(),
        version: profile.version,
        toml: toml.to_owned(),
    };
    let at = log::append(
        db,
        tenant,
        &Row::Profile(row.clone()),
        &Heading::default(),
        now,
    )?;
    institutions::add_profile(db, tenant, at, &row)
}

/// Puts another version of a list of holidays into force. Cases with a running clock are judged again by it.
pub(crate) fn add_calendar(
    db: &Db,
    tenant: Tenant,
    row: &CalendarRow,
    now: Timestamp,
) -> Result<(), StoreError> {
    let at = log::append(
        db,
        tenant,
        &Row::Calendar(row.clone()),
        &Heading::default(),
        now,
    )?;
    institutions::add_calendar(db, tenant, at, row)?;
    each_case(db, tenant, |case| {
        if has_running_clock(db, tenant, case)? {
            rulings::touch(db, tenant, case, at)?;
        }
        Ok(())
    })
}

/// Cases that are looked through at once.
const CASES_AT_ONCE: u32 = 512;

fn each_case(
    db: &Db,
    tenant: Tenant,
    mut work: impl FnMut(CaseId) -> Result<(), StoreError>,
) -> Result<(), StoreError> {
    let mut after = None;
    loop {
        let cases = rulings::cases(db, tenant, after, CASES_AT_ONCE)?;
        let Some(last) = cases.last() else {
            return Ok(());
        };
        after = Some(*last);
        for case in cases {
            work(case)?;
        }
    }
}

fn has_running_clock(db: &Db, tenant: Tenant, case: CaseId) -> Result<bool, StoreError> {
    let state = rulings::file(db, tenant, case)?.and_then(|file| file.state);
    let state: Option<CaseState> = state.as_deref().map(decode).transpose()?;
    Ok(state.is_some_and(|state| {
        let mut clocks = state.clocks.iter();
        clocks.any(|clock| clock.stopped_at.is_none())
    }))
}

/// Puts a person on the staff, or changes one: the row that colleagues see, and what the roles give of every case.
pub(crate) fn put_staff(
    db: &Db,
    tenant: Tenant,
    library: &Library,
    row: &StaffRow,
    roles: &BTreeSet<Role>,
    now: Timestamp,
) -> Result<(), StoreError> {
    log::append(
        db,
        tenant,
        &Row::Staff(row.clone()),
        &Heading::default(),
        now,
    )?;
    let profile = library.current(db, tenant)?;
    catch_up(db, tenant, &profile, row.person, now)?;
    staff::put(db, tenant, row, now)?;
    let powers = powers_of(roles, row.terms.as_ref(), now);
    let who = (row.person, &powers, row.active);
    give_by_roles(db, tenant, &profile, who, now)
}

/// After a restore: leaves out numbers of cases and letters that may have been given after the backup was made, and takes nothing as told that was
/// told to those who hold no documents.
pub(crate) fn skip_numbers(
    db: &Db,
    tenant: Tenant,
    library: &Library,
    now: Timestamp,
) -> Result<(), StoreError> {
    institutions::skip_cases(db, tenant)?;
    views::forget(db, tenant)?;
    let profile = library.current(db, tenant)?;
    letters::skip(db, tenant, year_of(&profile, now))
}

/// The year on an institution's wall.
pub(crate) fn year_of(profile: &Profile, at: Timestamp) -> i32 {
    at.to_utc().with_timezone(&profile.institution.zone).year()
}

/// Gives and ends what a person's terms have given and ended since their last row, each at its turn. After a restore a term
/// may have begun and be over: what its holder wrote meanwhile was written under a grant.
fn catch_up(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    person: PersonId,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Some(known) = staff::person(db, tenant, person)? else {
        return Ok(());
    };
    let mut turn = staff::next_change(db, tenant, person)?;
    while let Some(at) = turn.filter(|at| *at <= now) {
        let powers = powers_of(&known.roles, Some(&known.terms), at);
        let who = (person, &powers, known.active);
        give_by_roles(db, tenant, profile, who, now)?;
        turn = known.terms.next_change(at);
    }
    Ok(())
}

/// A person's own roles, and those whose powers they hold for a time: with them goes what it takes to use them (B1).
pub(crate) fn powers_of(
    roles: &BTreeSet<Role>,
    terms: Option<&Terms>,
    now: Timestamp,
) -> BTreeSet<Role> {
    let delegated = terms.iter().flat_map(|terms| terms.delegated(None, now));
    roles.iter().copied().chain(delegated).collect()
}

/// Gives what a person's roles allow of every case, and of those that are theirs, and ends what they no longer allow.
fn give_by_roles(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    (person, roles, active): (PersonId, &BTreeSet<Role>, bool),
    now: Timestamp,
) -> Result<(), StoreError> {
    let held = grants::of_person(db, tenant, person)?;
    let due = institution_grant(profile, person, roles).filter(|_| active);
    let mut is_given = false;
    for grant in held {
        let is_wide = grant.row.scope == GrantScope::Institution;
        if due.as_ref() == Some(&grant.row) {
            is_given = true;
        } else if is_wide || !active {
            end(db, tenant, &grant, now)?;
        }
    }
    if let Some(due) = due.filter(|_| !is_given) {
        give(db, tenant, due, now)?;
    }
    align_person(db, tenant, profile, person, now)
}

/// Says of everybody to whom something was delegated that it has begun or ended: another row of theirs, and the grants that
/// follow. The row is what a replay goes by.
pub(crate) fn settle_terms(db: &Db, library: &Library, now: Timestamp) -> Result<(), StoreError> {
    for (tenant, id) in staff::due(db, now)? {
        if let Some(person) = staff::person(db, tenant, id)? {
            put_staff(db, tenant, library, &person.row(), &person.roles, now)?;
        }
    }
    Ok(())
}

/// A one-time code; only its hash is kept.
pub(crate) fn invite(
    db: &Db,
    tenant: Tenant,
    person: PersonId,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<String, StoreError> {
    let mut bytes = [0; CODE_LEN];
    rng.fill_bytes(&mut bytes);
    let code = BASE32_NOPAD.encode(&bytes);
    let expires_at = now.plus_millis(INVITE_MS_MAX);
    staff::add_invite(db, tenant, &hash_of(&code), person, expires_at)?;
    Ok(code)
}

/// A person types it in any case, with spaces or hyphens.
fn hash_of(code: &str) -> [u8; 32] {
    let plain: String = code
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect();
    blake3::derive_key("jangkau v1 invitation", plain.as_bytes())
}

/// Trades a code for a certificate of a new seat; none for a code that is unknown, used, or too old.
pub(crate) fn enrol(
    db: &Db,
    enrol: &Enrol,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> Result<Option<(SeatCertificate, [u8; 32])>, StoreError> {
    let hash = hash_of(&enrol.code);
    let Some((tenant, person)) = staff::invited(db, &hash, now)? else {
        return Ok(None);
    };
    if staff::person(db, tenant, person)?.is_none_or(|person| !person.active) {
        return Ok(None);
    }
    let institution = institutions::get(db, tenant)?;
    let key = server_key(&institution);
    let certificate = SeatCertificate {
        seat: SeatId::generate(now, &mut &mut *rng),
        institution: institution.id,
        person,
        device: enrol.device,
        public_key: enrol.public_key,
        issued_at: now,
        signature: [0; 64],
    }
    .signed(&key);
    staff::add_seat(db, tenant, &certificate)?;
    staff::use_invite(db, &hash, certificate.seat)?;
    announce(
        db,
        tenant,
        (certificate.seat, person),
        SeatStatus::Active,
        now,
    )?;
    Ok(Some((certificate, *key.verifying_key().as_bytes())))
}

/// Changes what a seat may do, and tells its person.
pub(crate) fn set_status(
    db: &Db,
    seat: &staff::Seat,
    status: SeatStatus,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    staff::set_seat_status(db, seat.id, status)?;
    announce(db, seat.tenant, (seat.id, seat.person), status, now)
}

fn announce(
    db: &Db,
    tenant: Tenant,
    (seat, person): (SeatId, PersonId),
    status: SeatStatus,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    let heading = Heading {
        person: Some(person),
        seat: Some(seat),
        ..Heading::default()
    };
    log::append(db, tenant, &Row::Seat(seat, status), &heading, now)
}
