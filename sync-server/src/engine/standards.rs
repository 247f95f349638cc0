//! The standard by which an institution works, as its administrator changes it: versions of the profile, and calendars.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveDate};
use jangkau_core::calendar::{Calendar, MissingList};
use jangkau_core::deadline::Reckoner;
use jangkau_core::id::{CaseNumber, ClockId, InstitutionId, ProfileId};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Role;
use jangkau_core::rules::{ClockOutcome, kept_promises};
use jangkau_core::sync::{AdminAct, CalendarRow};
use jangkau_core::time::Timestamp;

use super::administer::parse_profile;
use super::{Engine, EngineError, conflicts};
use crate::audit::AuditEntry;
use crate::founding;
use crate::store::audit;
use crate::store::institutions::{self, Tenant};
use crate::store::letters::{self, LettersOfYear};
use crate::store::rulings;
use crate::store::staff;

/// Longest name of a list of holidays.
const NAME_LEN_MAX: usize = 32;

/// By what an institution works, and what is missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standards {
    /// Which.
    pub institution: InstitutionId,
    /// Whether it is for practising only.
    pub practice: bool,
    /// The profile.
    pub profile: ProfileId,
    /// Its versions, each with the first local date on which cases are registered under it.
    pub versions: Vec<(u32, NaiveDate)>,
    /// The version under which a case is registered now.
    pub in_force: u32,
    /// The lists of holidays: how often each was loaded, and the years that it has now.
    pub calendars: BTreeMap<String, (u32, BTreeSet<i32>)>,
    /// Lists that ought to be there: red items.
    pub missing: Vec<MissingList>,
    /// Roles that nobody fills, and those who answer for them.
    pub unfilled: BTreeMap<Role, BTreeSet<Role>>,
    /// How often each deadline was kept and missed, in each way (S3:29). Practice is never counted (C10).
    pub promises: BTreeMap<ClockId, BTreeMap<ClockOutcome, u32>>,
    /// The register of letters, year by year.
    pub letters: BTreeMap<i32, LettersOfYear>,
    /// Questions of the profile that the office has not answered.
    pub unresolved: usize,
    /// Open cases about which nobody can decide, since they are hidden from every head: somebody has to be delegated.
    pub headless: Vec<CaseNumber>,
}

/// The text of a profile for practising, which says so in its first line.
#[must_use]
pub fn for_practice(text: &str, parsed: &Profile) -> String {
    if parsed.practice {
        text.to_owned()
    } else {
        format!("practice = true\n{text}")
    }
}

impl Engine {
    /// Puts a profile into force as the next version of the institution's, from its first day or from `from` on. The file
    /// gets the next version's number. Cases stay pinned to what they were registered under. Gives the number.
    ///
    /// # Errors
    /// [`EngineError`]; a version that would begin in the past, or before the one before it, is invalid.
    pub fn activate_profile(
        &mut self,
        institution: &InstitutionId,
        profile_toml: &str,
        from: Option<NaiveDate>,
        now: Timestamp,
    ) -> Result<u32, EngineError> {
        let handed_in = parse_profile(profile_toml)?;
        let tenant = self.institution(institution)?.tenant;
        let before = self.library.current(&self.store.db(), tenant)?;
        if handed_in.id != before.id {
            let other = format!(
                "this is `{}`, the institution has `{}`",
                handed_in.id, before.id
            );
            return Err(EngineError::Invalid(other));
        }
        let today = now.to_utc().with_timezone(&handed_in.institution.zone);
        let from = from.unwrap_or(handed_in.valid_from);
        if from < today.date_naive() || from < before.valid_from {
            return Err(EngineError::Invalid(format!(
                "a version begins today or later, and not before the one before it: {from}"
            )));
        }
        // Whether it is for practising is said once, when it is founded (C10).
        if handed_in.practice && !before.practice {
            let late = "an institution that serves clients does not become one for practising";
            return Err(EngineError::Invalid(late.to_owned()));
        }
        let marked = if before.practice {
            for_practice(profile_toml, &handed_in)
        } else {
            profile_toml.to_owned()
        };
        let version = before.version.saturating_add(1);
        let stamped = Profile::stamped(&marked, version, from).unwrap_or(marked);
        let profile = parse_profile(&stamped)?;
        let put = self.store.transact(None, |db| {
            audit::append(db, tenant, AuditEntry::act(AdminAct::ActivateProfile, now))?;
            founding::activate(db, tenant, (&stamped, &profile), now)
        });
        self.library.forget();
        put?;
        Ok(version)
    }

    /// Deletes everything of an institution for practising: its log, its people, its seats. Nothing else is ever deleted (C10).
    ///
    /// # Errors
    /// [`EngineError::NotPractice`] of one that serves clients.
    pub fn wipe_practice(&mut self, institution: &InstitutionId) -> Result<(), EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let versions = self.library.profiles(&self.store.db(), tenant)?;
        if !versions.iter().all(|profile| profile.practice) {
            return Err(EngineError::NotPractice);
        }
        let wiped = self
            .store
            .transact(None, |db| institutions::wipe(db, tenant));
        self.library.forget();
        Ok(wiped?)
    }

    /// Puts another version of a list of holidays into force: `national`, a region's, or the office's own closures. Open
    /// deadlines are reckoned again; they move later or stay. Gives the list's version.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn import_calendar(
        &mut self,
        institution: &InstitutionId,
        name: &str,
        csv: &str,
        now: Timestamp,
    ) -> Result<u32, EngineError> {
        let is_word = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if name.is_empty() || name.len() > NAME_LEN_MAX || !name.chars().all(is_word) {
            let problem = format!("`{name}` is not a lower-case name of a list");
            return Err(EngineError::Invalid(problem));
        }
        Calendar::parse_named(name, csv)
            .map_err(|error| EngineError::Invalid(error.to_string()))?;
        let tenant = self.institution(institution)?.tenant;
        let loaded = institutions::calendars(&self.store.db(), tenant)?;
        let versions = loaded.iter().filter(|row| row.name == name);
        let newest = versions.map(|row| row.version).max().unwrap_or(0);
        let row = CalendarRow {
            name: name.to_owned(),
            version: newest.saturating_add(1),
            csv: csv.to_owned(),
        };
        let put = self.store.transact(None, |db| {
            audit::append(db, tenant, AuditEntry::act(AdminAct::ImportCalendar, now))?;
            founding::add_calendar(db, tenant, &row, now)
        });
        self.library.forget();
        put?;
        self.rule(now)?;
        Ok(row.version)
    }

    /// The file of the version that was activated last.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn profile_text(&self, institution: &InstitutionId) -> Result<String, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let rows = institutions::profiles(&self.store.db(), tenant)?;
        let newest = rows.into_iter().next_back();
        newest.map(|row| row.toml).ok_or(EngineError::Unknown)
    }

    /// By what an institution works now, and what is missing.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn standards(
        &self,
        institution: &InstitutionId,
        now: Timestamp,
    ) -> Result<Standards, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let profile = self.library.in_force(&db, tenant, now)?;
        let versions = self.library.profiles(&db, tenant)?;
        let (calendar, _) = self.library.calendar(&db, tenant)?;
        let office = profile.office();
        let filled = self.filled(tenant)?;
        let named = profile.roles.iter().map(|entry| entry.role);
        let all = named.chain([Role::Dpo, Role::Auditor]);
        let letters = letters::register(&db, tenant)?;
        let states = if profile.practice {
            Vec::new()
        } else {
            rulings::states(&db, tenant)?
        };
        let headless = conflicts::headless(&db, tenant, &profile, now)?;
        drop(db);
        Ok(Standards {
            headless,
            promises: kept_promises(&states),
            letters,
            institution: institution.clone(),
            practice: profile.practice,
            profile: profile.id.clone(),
            versions: versions
                .iter()
                .map(|one| (one.version, one.valid_from))
                .collect(),
            in_force: profile.version,
            calendars: self.calendars(tenant)?,
            missing: Reckoner::new(&office, &calendar).missing_lists(now),
            unfilled: all
                .filter(|role| !filled.contains(role))
                .map(|role| (role, profile.answers_for(role, &filled)))
                .collect(),
            unresolved: profile.unresolved.len(),
        })
    }

    fn filled(&self, tenant: Tenant) -> Result<BTreeSet<Role>, EngineError> {
        let db = self.store.db();
        let mut filled = BTreeSet::new();
        for person in staff::people(&db, tenant)? {
            let person = staff::person(&db, tenant, person)?;
            filled.extend(
                person
                    .filter(|person| person.active)
                    .into_iter()
                    .flat_map(|p| p.roles),
            );
        }
        Ok(filled)
    }

    fn calendars(
        &self,
        tenant: Tenant,
    ) -> Result<BTreeMap<String, (u32, BTreeSet<i32>)>, EngineError> {
        let mut lists: BTreeMap<String, (u32, BTreeSet<i32>)> = BTreeMap::new();
        for row in institutions::calendars(&self.store.db(), tenant)? {
            let list = Calendar::parse_named(&row.name, &row.csv)
                .map_err(|error| EngineError::Invalid(error.to_string()))?;
            let (version, years) = lists.entry(row.name).or_default();
            *version = row.version;
            years.extend(list.holidays().map(|day| day.date.year()));
        }
        Ok(lists)
    }
}
