//! An administrator's question, answered by the engine.

use jangkau_core::id::{IdError, InstitutionId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::sync::Delegation;
use jangkau_core::time::{Timestamp, TimestampError};
use rand_core::CryptoRng;

use super::{
    AdminAsk, AdminReply, InstitutionListing, Invitation, PersonListing, accounts, breach,
    no_folder, release, rights, standards,
};
use crate::cli::{audit, parcel};
use crate::engine::{Engine, EngineError, EnrolledPerson};

/// Answers from the engine; `server` is where devices reach it. A backup is not its business: it needs a folder.
pub(in crate::cli) fn perform(
    ask: &AdminAsk,
    server: &str,
    engine: &mut Engine,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> AdminReply {
    let invitation = |code| Invitation {
        code,
        server: server.to_owned(),
    };
    let answered = match ask {
        AdminAsk::Found {
            institution,
            profile,
        } => engine
            .found(institution, profile, now, rng)
            .map(|()| AdminReply::Done),
        AdminAsk::AddStaff {
            institution,
            name,
            roles,
            invite,
            again,
        } => {
            let codes: Vec<&str> = roles.iter().map(|role: &Role| role.code()).collect();
            let added = match again.as_deref().map(str::parse::<PersonId>).transpose() {
                Ok(Some(person)) => engine
                    .put_back_staff(institution, person, name, &codes, now)
                    .map(|()| person),
                Ok(None) => engine.add_staff(institution, name, &codes, now, rng),
                Err(_) => return AdminReply::Refused("this is not a person's id".to_owned()),
            };
            added.and_then(|person| {
                let code = invite
                    .then(|| engine.invite(institution, person, now, rng))
                    .transpose()?;
                Ok(AdminReply::Person {
                    person: person.to_string(),
                    invitation: code.map(invitation),
                })
            })
        }
        AdminAsk::Invite {
            institution,
            person,
        } => match person.parse::<PersonId>() {
            Ok(person) => engine
                .invite(institution, person, now, rng)
                .map(|code| AdminReply::Invited(invitation(code))),
            Err(error) => return AdminReply::Refused(error.to_string()),
        },
        AdminAsk::List { institution } => {
            list(engine, institution.as_ref()).map(AdminReply::Listed)
        }
        AdminAsk::Revoke { .. } => breach::revoke(ask, engine, now),
        AdminAsk::Breach(ask) => return breach::perform(ask, engine, now),
        AdminAsk::Release(ask) => return release::perform(ask, engine, now),
        AdminAsk::Delegate { .. } | AdminAsk::Terms { .. } => match terms(ask, engine, now) {
            Ok(done) => done.map(|()| AdminReply::Done),
            Err(unreadable) => return AdminReply::Refused(unreadable),
        },
        AdminAsk::Accounts(ask) => return accounts::perform(ask, engine, now, rng),
        AdminAsk::Standards(ask) => return standards::perform(ask, engine, now),
        AdminAsk::Parcel { piece } => return parcel::perform(piece, engine, now),
        AdminAsk::Audit(ask) => return audit::perform(ask, engine),
        AdminAsk::Rights(ask) => return rights::perform(ask, engine, now),
        AdminAsk::Backup => return no_folder(),
    };
    answered.unwrap_or_else(|error| AdminReply::Refused(error.to_string()))
}

/// Changes the terms on which a person serves. Outer: why the question cannot be read.
fn terms(
    ask: &AdminAsk,
    engine: &mut Engine,
    now: Timestamp,
) -> Result<Result<(), EngineError>, String> {
    let person = |text: &str| -> Result<PersonId, String> {
        text.parse().map_err(|error: IdError| error.to_string())
    };
    let instant = |text: &str| -> Result<Timestamp, String> {
        text.parse()
            .map_err(|error: TimestampError| error.to_string())
    };
    if let AdminAsk::Delegate {
        institution,
        to,
        by,
        role,
        powers,
        from,
        until,
        title,
    } = ask
    {
        let delegation = Delegation {
            role: *role,
            powers: powers.clone(),
            from: instant(from)?,
            until: instant(until)?,
            by: person(by)?,
            title: *title,
        };
        return Ok(engine.delegate(institution, person(to)?, delegation, now));
    }
    let AdminAsk::Terms {
        institution,
        person: who,
        until,
        kecamatan,
    } = ask
    else {
        return Ok(Ok(()));
    };
    let until = until.as_deref().map(instant).transpose()?;
    Ok(engine.set_terms(institution, person(who)?, until, kecamatan.clone(), now))
}

fn list(
    engine: &Engine,
    only: Option<&InstitutionId>,
) -> Result<Vec<InstitutionListing>, EngineError> {
    let mut listed = Vec::new();
    for institution in engine.institutions()? {
        if only.is_some_and(|only| *only != institution) {
            continue;
        }
        let staff = engine.enrolled(&institution)?;
        listed.push(InstitutionListing {
            head: engine.head(&institution)?.get(),
            staff: staff.into_iter().map(listing_of).collect(),
            institution,
        });
    }
    Ok(listed)
}

fn listing_of(person: EnrolledPerson) -> PersonListing {
    let seats = person.seats.into_iter();
    PersonListing {
        person: person.person.to_string(),
        name: person.name,
        roles: person.roles,
        seats: seats
            .map(|(seat, status)| (seat.to_string(), status))
            .collect(),
    }
}
