//! Breaking glass: whether somebody may, whom it is told, and the rows that say so. The record and the grant stand in the log before any byte is
//! released; the documents then come as those of any other grant.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::grant::{glass_grant, may_break_glass};
use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;
use jangkau_core::rules::CaseState;
use jangkau_core::sync::{GlassAsk, GlassCase, GlassRefusal, GlassSaid, GrantTerm, NoticeRow, Row};
use jangkau_core::time::Timestamp;

use crate::audit::Noted;
use crate::founding::powers_of;
use crate::grants::give;
use crate::library::Library;
use crate::store::institutions::{self, Tenant};
use crate::store::log::{self, Heading};
use crate::store::rulings::CaseFile;
use crate::store::staff::Person;
use crate::store::{Db, StoreError, audit, bars, decode, grants, rulings, staff};

/// Judges a request and, if it is good, opens what it asks for: all within the caller's transaction.
pub(crate) fn open(
    db: &Db,
    tenant: Tenant,
    library: &Library,
    (person, ask): (PersonId, &GlassAsk),
    now: Timestamp,
) -> Result<GlassSaid, StoreError> {
    let profile = library.current(db, tenant)?;
    // Who may not do it at all learns nothing about cases.
    if let Err(refusal) = ask.check() {
        return Ok(GlassSaid::Refused(refusal));
    }
    let person = staff::person(db, tenant, person)?;
    let Some(person) = person.filter(|person| may(&profile, person, ask.class, now)) else {
        return Ok(GlassSaid::Refused(GlassRefusal::NoRight));
    };
    let found = find(db, tenant, ask.case)?;
    let barred = bars::of_person(db, tenant, person.id)?;
    // To whom a case is hidden, there is none.
    let Some((case, file)) = found.filter(|(case, _)| !barred.contains(case)) else {
        return Ok(GlassSaid::Refused(GlassRefusal::NoSuchCase));
    };
    let held = grants::of_person(db, tenant, person.id)?.into_iter();
    let mut covering = held.filter(|grant| grant.row.gives_class(case, ask.class));
    if let Some(grant) = covering.next() {
        return Ok(match grant.row.term {
            // The answer to the first request may have been lost.
            Some(GrantTerm::Glass(until)) => GlassSaid::Opened {
                grant: grant.seq,
                until,
            },
            Some(GrantTerm::Hours(_)) | None => GlassSaid::Refused(GlassRefusal::Held),
        });
    }
    let until = now.plus_millis(profile.glass.hours.as_millis());
    let notice = NoticeRow {
        case,
        number: file.number,
        by: person.id,
        class: ask.class,
        reason: ask.reason.trim().to_owned(),
        at: now,
        until,
        to: told(db, tenant, &profile, (case, &file), person.id, now)?,
    };
    let noted = Noted::BreakGlass {
        person: person.id,
        case,
        class: ask.class,
        until,
        reason: &notice.reason,
    };
    let institution = institutions::get(db, tenant)?;
    audit::append(db, tenant, noted.entry(&institution.server_key, now))?;
    let grant = append(db, tenant, &notice, now)?;
    Ok(GlassSaid::Opened { grant, until })
}

/// Whether a person may open a class so: they work here, their mandate runs, and a role of theirs or one whose powers they hold allows it.
fn may(profile: &Profile, person: &Person, class: Class, now: Timestamp) -> bool {
    let has_lapsed = person.terms.mandate_until.is_some_and(|until| now > until);
    let powers = powers_of(&person.roles, Some(&person.terms), now);
    person.active && !has_lapsed && may_break_glass(profile, &powers, class)
}

/// The case that is asked for, if it is one: an activity stands nowhere.
fn find(
    db: &Db,
    tenant: Tenant,
    case: GlassCase,
) -> Result<Option<(CaseId, CaseFile)>, StoreError> {
    let id = match case {
        GlassCase::Id(id) => Some(id),
        GlassCase::Number(number) => rulings::numbered(db, tenant, number)?,
    };
    let Some(id) = id else { return Ok(None) };
    let file = rulings::file(db, tenant, id)?;
    Ok(file
        .filter(|file| file.state.is_some())
        .map(|file| (id, file)))
}

/// Who is told: the worker responsible, the data protection officer, and the heads, who stand in for an officer where there is none (C12). Nobody is told of
/// what they did themselves, or of a case that is hidden from them.
fn told(
    db: &Db,
    tenant: Tenant,
    profile: &Profile,
    (case, file): (CaseId, &CaseFile),
    by: PersonId,
    now: Timestamp,
) -> Result<Vec<PersonId>, StoreError> {
    let state: Option<CaseState> = file.state.as_deref().map(decode).transpose()?;
    let responsible = state.and_then(|state| state.assignee);
    let mut told = BTreeSet::new();
    for id in staff::people(db, tenant)? {
        let Some(person) = staff::person(db, tenant, id)?.filter(|person| person.active) else {
            continue;
        };
        let powers = powers_of(&person.roles, Some(&person.terms), now);
        let concerns = powers.contains(&Role::Dpo) || profile.is_head(&powers);
        if concerns || responsible == Some(id) {
            told.insert(id);
        }
    }
    let barred = bars::of_case(db, tenant, case)?;
    told.retain(|person| *person != by && !barred.contains_key(person));
    Ok(told.into_iter().collect())
}

/// Appends the record of broken glass and, behind it, the grant. Gives the grant's row.
pub(crate) fn append(
    db: &Db,
    tenant: Tenant,
    notice: &NoticeRow,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    let heading = Heading {
        case: Some(notice.case),
        person: Some(notice.by),
        ..Heading::default()
    };
    log::append(db, tenant, &Row::Notice(notice.clone()), &heading, now)?;
    let grant = glass_grant(notice.by, notice.case, notice.class, notice.until);
    give(db, tenant, grant, now)
}
