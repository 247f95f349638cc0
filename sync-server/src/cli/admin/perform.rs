//! An administrator's question, answered by the engine.

use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{AdminAsk, AdminReply, InstitutionListing, Invitation, PersonListing, no_folder};
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
        } => {
            let codes: Vec<&str> = roles.iter().map(|role: &Role| role.code()).collect();
            engine
                .add_staff(institution, name, &codes, now, rng)
                .and_then(|person| {
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
        AdminAsk::Revoke {
            institution,
            seat,
            how,
        } => match seat.parse() {
            Ok(seat) => engine
                .revoke(institution, seat, *how, now)
                .map(|()| AdminReply::Done),
            Err(error) => return AdminReply::Refused(error.to_string()),
        },
        AdminAsk::Backup => return no_folder(),
    };
    answered.unwrap_or_else(|error| AdminReply::Refused(error.to_string()))
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
