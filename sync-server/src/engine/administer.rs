//! What an administrator does: institutions, staff, invitations, seats.

use std::collections::BTreeSet;

use jangkau_core::id::{InstitutionId, PersonId, SeatId};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;
use jangkau_core::sync::{SeatStatus, Terms};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;

use super::{Engine, EngineError};
use crate::founding;
use crate::store::staff::Person;
use crate::store::{institutions, staff};

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
            founding::found(db, institution, profile, now, rng)
        });
        self.library.forget();
        Ok(founded?)
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
        self.put_back_staff(institution, person, name, roles, now)?;
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
        self.put_person(tenant, &added, now)
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
        self.put_person(tenant, &changed, now)
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
        Ok(self
            .store
            .transact(None, |db| founding::invite(db, tenant, person, now, rng))?)
    }

    /// Changes what a seat may do: `retired` or `stolen`, or `active` again.
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
        let tenant = self.institution(institution)?.tenant;
        let seat = staff::seat(&self.store.db(), seat)?;
        let seat = seat
            .filter(|seat| seat.tenant == tenant)
            .ok_or(EngineError::Unknown)?;
        self.store
            .transact(None, |db| founding::set_status(db, &seat, how, now))?;
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
