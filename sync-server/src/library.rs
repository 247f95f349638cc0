//! Profiles, calendars and keys as values, read once from the store.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use jangkau_core::calendar::Calendar;
use jangkau_core::id::ProfileId;
use jangkau_core::profile::{Profile, shipped_files};
use jangkau_core::time::Timestamp;

use crate::store::institutions::{self, InstitutionRow, Tenant};
use crate::store::{Db, StoreError};

/// The key under which an institution's rulings and certificates are signed.
pub(crate) fn server_key(institution: &InstitutionRow) -> SigningKey {
    SigningKey::from_bytes(&institution.server_key)
}

/// One version of a profile.
pub(crate) type Pin = (ProfileId, u32);

/// Parsed profiles and calendars: a cache over rows that never change.
#[derive(Debug, Default)]
pub(crate) struct Library {
    profiles: RefCell<BTreeMap<Tenant, Vec<Arc<Profile>>>>,
    calendars: RefCell<BTreeMap<(Tenant, u32), Arc<Calendar>>>,
}

impl Library {
    /// Every version of an institution's profile, oldest first; at least one.
    pub(crate) fn profiles(
        &self,
        db: &Db,
        tenant: Tenant,
    ) -> Result<Vec<Arc<Profile>>, StoreError> {
        if let Some(known) = self.profiles.borrow().get(&tenant) {
            return Ok(known.clone());
        }
        let parse = |toml: &str| Profile::parse(toml).map_err(|_| StoreError::Undecodable);
        let rows = institutions::profiles(db, tenant)?;
        let parsed: Vec<Arc<Profile>> = rows
            .iter()
            .map(|row| parse(&row.toml).map(Arc::new))
            .collect::<Result<_, _>>()?;
        self.profiles.borrow_mut().insert(tenant, parsed.clone());
        Ok(parsed)
    }

    /// Forgets what was parsed; new rows were added, or a transaction with some failed.
    pub(crate) fn forget(&self) {
        self.profiles.borrow_mut().clear();
        self.calendars.borrow_mut().clear();
    }

    /// The profile in force now.
    pub(crate) fn current(&self, db: &Db, tenant: Tenant) -> Result<Arc<Profile>, StoreError> {
        let profiles = self.profiles(db, tenant)?;
        profiles.last().cloned().ok_or(StoreError::Undecodable)
    }

    /// The profile that a case is registered under: the newest that was in force on the day of its registration.
    pub(crate) fn in_force(
        &self,
        db: &Db,
        tenant: Tenant,
        at: Timestamp,
    ) -> Result<Arc<Profile>, StoreError> {
        let profiles = self.profiles(db, tenant)?;
        let newest = Profile::in_force(&profiles, at);
        newest.cloned().ok_or(StoreError::Undecodable)
    }

    /// The profile that a case is pinned to.
    pub(crate) fn pinned(
        &self,
        db: &Db,
        tenant: Tenant,
        pin: &Pin,
    ) -> Result<Arc<Profile>, StoreError> {
        let profiles = self.profiles(db, tenant)?;
        let found = profiles
            .iter()
            .find(|profile| profile.id == pin.0 && profile.version == pin.1);
        found.cloned().ok_or(StoreError::Undecodable)
    }

    /// Another profile than the pinned one, for the simulator's planted bug.
    pub(crate) fn stale(&self, pin: &Pin) -> Result<Arc<Profile>, StoreError> {
        let parse = |toml: &str| Profile::parse(toml).map_err(|_| StoreError::Undecodable);
        for file in shipped_files() {
            let profile = parse(file.toml)?;
            if profile.id != pin.0 {
                return Ok(Arc::new(profile));
            }
        }
        Err(StoreError::Undecodable)
    }

    /// The calendar in force, and its version: how many lists the institution has loaded so far.
    pub(crate) fn calendar(
        &self,
        db: &Db,
        tenant: Tenant,
    ) -> Result<(Arc<Calendar>, u32), StoreError> {
        let version = institutions::calendar_count(db, tenant)?;
        if let Some(known) = self.calendars.borrow().get(&(tenant, version)) {
            return Ok((Arc::clone(known), version));
        }
        let rows = institutions::calendars(db, tenant)?;
        let lists = rows.iter().map(|row| (row.name.as_str(), row.csv.as_str()));
        let calendar = Calendar::of_lists(lists).map_err(|_| StoreError::Undecodable)?;
        let calendar = Arc::new(calendar);
        self.calendars
            .borrow_mut()
            .insert((tenant, version), Arc::clone(&calendar));
        Ok((calendar, version))
    }
}
