//! What an administrator does: institutions, staff, invitations, seats.

use std::collections::BTreeSet;

use jangkau_core::id::{InstitutionId, PersonId, SeatId};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;
use jangkau_core::sync::{AdminAct, SeatStatus, StoreKind, Terms};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::audit::AuditEntry;
use crate::founding;
use crate::store::staff::Person;
use crate::store::{audit, delivery, institutions, staff};

impl Engine {
    /// Founds an institution from a profile file and the calendars that are shipped.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn found(
        &mut self,
        institution: &InstitutionId,
        profile_toml: &str,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), EngineError> {
        let profile = parse_profile(profile_toml)?;
        if institutions::find(&self.store.db(), institution)?.is_some() {
            return Err(EngineError::Exists);
        }
        let profile = (profile_toml, &profile);
        let founded = self.store.transact(None, |db| {
            let tenant = founding::found(db, institution, profile, now, rng)?;
            audit::append(db, tenant, AuditEntry::act(AdminAct::Found, now))
        });
        self.library.forget();
        founded?;
        Ok(())
    }

    /// Adds a person with roles (codes of the profile).
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn add_staff(
        &mut self,
        institution: &InstitutionId,
        name: &str,
        roles: &[&str],
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<PersonId, EngineError> {
        let person = PersonId::generate(now, &mut &mut *rng);
        self.put_new(institution, (person, name, roles), AdminAct::AddStaff, now)?;
        Ok(person)
    }

    /// Adds somebody under an id that they had: a restore forgot them, and their devices and their work still name it.
    ///
    /// # Errors
    /// [`EngineError`]; whoever is known is there already.
    pub fn put_back_staff(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        name: &str,
        roles: &[&str],
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let act = AdminAct::PutBackStaff;
        self.put_new(institution, (person, name, roles), act, now)
    }

    fn put_new(
        &self,
        institution: &InstitutionId,
        (person, name, roles): (PersonId, &str, &[&str]),
        act: AdminAct,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        if staff::person(&self.store.db(), tenant, person)?.is_some() {
            return Err(EngineError::Exists);
        }
        let added = Person {
            id: person,
            name: name.to_owned(),
            roles: parse_roles(roles)?,
            active: true,
            terms: Terms::default(),
        };
        self.put_person(tenant, &added, act, now)
    }

    /// Changes a person's roles, or whether they work here. Who does not is given nothing more; what their devices
    /// still push goes to quarantine.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn change_staff(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        roles: &[&str],
        active: bool,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let known = staff::person(&self.store.db(), tenant, person)?;
        let known = known.ok_or(EngineError::Unknown)?;
        let changed = Person {
            roles: parse_roles(roles)?,
            active,
            ..known
        };
        self.put_person(tenant, &changed, AdminAct::ChangeStaff, now)
    }

    /// A one-time enrolment code for a person.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn invite(
        &mut self,
        institution: &InstitutionId,
        person: PersonId,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<String, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        staff::person(&self.store.db(), tenant, person)?.ok_or(EngineError::Unknown)?;
        Ok(self.store.transact(None, |db| {
            let act = AuditEntry::act_on(AdminAct::Invite, person, now);
            audit::append(db, tenant, act)?;
            founding::invite(db, tenant, person, now, rng)
        })?)
    }

    /// Changes what a seat may do: `retired` or `stolen`, or `active` again. Stolen is known as of now, see
    /// [`Engine::report_stolen`].
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn revoke(
        &mut self,
        institution: &InstitutionId,
        seat: SeatId,
        how: SeatStatus,
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let act = match how {
            SeatStatus::Active => AdminAct::Reinstate,
            SeatStatus::Retired => AdminAct::Retire,
            SeatStatus::Stolen => {
                let known = (now, StoreKind::Unknown);
                return self.report_stolen(institution, seat, known, now).map(drop);
            }
        };
        let tenant = self.institution(institution)?.tenant;
        let seat = self.seat_of(tenant, seat)?;
        let entry = AuditEntry {
            seat: Some(seat.id),
            ..AuditEntry::act_on(act, seat.person, now)
        };
        self.store.transact(None, |db| {
            audit::append(db, tenant, entry)?;
            delivery::not_wiped(db, seat.id)?;
            founding::set_status(db, &seat, how, now)
        })?;
        Ok(())
    }
}

pub(super) fn parse_profile(toml: &str) -> Result<Profile, EngineError> {
    Profile::parse(toml).map_err(|error| EngineError::Invalid(error.to_string()))
}

fn parse_roles(codes: &[&str]) -> Result<BTreeSet<Role>, EngineError> {
    codes
        .iter()
        .map(|code| {
            code.parse()
                .map_err(|_| EngineError::Invalid((*code).to_owned()))
        })
        .collect()
}
