//! The doors of the screens: gathers what the vault holds and hands it to [`crate::screen`], which computes.

use std::collections::BTreeSet;

use super::{Replica, ReplicaError};
use crate::class::Class;
use crate::id::CaseId;
use crate::profile::Profile;
use crate::screen::form::{Form, FormId};
use crate::screen::{
    self, Attention, CaseSeen, Header, LIST_LEN_MAX, ListFilter, ListPage, TimelineLine, Today,
    Viewer,
};
use crate::sync::StaffRow;
use crate::text::Language;
use crate::time::Timestamp;

/// What a viewer looks through, read once for one screen.
struct Glasses {
    profile: Option<Profile>,
    staff: Vec<StaffRow>,
}

impl Replica {
    /// The newest version of the profile that is in force, as the server has it; none before the first exchange.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn profile(&self, now: Timestamp) -> Result<Option<Profile>, ReplicaError> {
        let mut in_force = None;
        for toml in self.store.profiles()? {
            // A version that this build cannot read is left to a newer one.
            let Ok(profile) = Profile::parse(&toml) else {
                continue;
            };
            let today = now.to_utc().with_timezone(&profile.institution.zone);
            if in_force.is_none() || profile.valid_from <= today.date_naive() {
                in_force = Some(profile);
            }
        }
        Ok(in_force)
    }

    fn glasses(&self, now: Timestamp) -> Result<Glasses, ReplicaError> {
        Ok(Glasses {
            profile: self.profile(now)?,
            staff: self.staff()?,
        })
    }

    fn viewer<'a>(&self, through: &'a Glasses, now: Timestamp, language: Language) -> Viewer<'a> {
        Viewer {
            person: self.person(),
            staff: &through.staff,
            profile: through.profile.as_ref(),
            now,
            language,
        }
    }

    /// A case as it is on this device, with what its facts tell.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn case_seen(&self, case: CaseId) -> Result<CaseSeen, ReplicaError> {
        let documents = self.store.documents_of(case)?;
        let classes: BTreeSet<Class> = documents.iter().map(|row| row.key.class).collect();
        Ok(CaseSeen::new(
            self.case(case)?,
            self.timeline(case)?,
            classes,
        ))
    }

    fn cases_seen(&self) -> Result<Vec<CaseSeen>, ReplicaError> {
        self.cases()?
            .into_iter()
            .map(|case| self.case_seen(case))
            .collect()
    }

    /// Hari ini: the first screen.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn today(&self, now: Timestamp, language: Language) -> Result<Today, ReplicaError> {
        let through = self.glasses(now)?;
        let viewer = self.viewer(&through, now, language);
        Ok(screen::today(&viewer, &self.cases_seen()?))
    }

    /// The rows of a list from the `from`th on, at most [`LIST_LEN_MAX`] of them.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn list(
        &self,
        filter: &ListFilter,
        from: usize,
        now: Timestamp,
        language: Language,
    ) -> Result<ListPage, ReplicaError> {
        let through = self.glasses(now)?;
        let viewer = self.viewer(&through, now, language);
        let mut cases = self.cases_seen()?;
        cases.retain(|case| screen::matches_filter(&viewer, case, filter));
        cases.sort_by_cached_key(|case| screen::order(&viewer, case));
        let page = cases.iter().skip(from).take(LIST_LEN_MAX);
        let rows: Vec<_> = page.map(|case| screen::list_row(&viewer, case)).collect();
        let shown = from.saturating_add(rows.len());
        Ok(ListPage {
            next: (shown < cases.len() && !rows.is_empty()).then_some(shown),
            total: cases.len(),
            rows,
        })
    }

    /// What stands above a case.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn header(
        &self,
        case: CaseId,
        now: Timestamp,
        language: Language,
    ) -> Result<Header, ReplicaError> {
        let through = self.glasses(now)?;
        let viewer = self.viewer(&through, now, language);
        Ok(screen::header(&viewer, &self.case_seen(case)?))
    }

    /// The timeline of a case in words.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn timeline_told(
        &self,
        case: CaseId,
        now: Timestamp,
        language: Language,
    ) -> Result<Vec<TimelineLine>, ReplicaError> {
        let through = self.glasses(now)?;
        let viewer = self.viewer(&through, now, language);
        Ok(screen::timeline(&viewer, &self.case_seen(case)?))
    }

    /// What asks for this person's attention: about one case, or about every case on this device.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn attention(
        &self,
        case: Option<CaseId>,
        now: Timestamp,
        language: Language,
    ) -> Result<Vec<Attention>, ReplicaError> {
        let through = self.glasses(now)?;
        let viewer = self.viewer(&through, now, language);
        let cases = match case {
            Some(case) => vec![self.case_seen(case)?],
            None => self.cases_seen()?,
        };
        let mut all: Vec<Attention> = cases
            .iter()
            .flat_map(|case| screen::attention(&viewer, case))
            .collect();
        all.sort_by_key(|item| (item.kind, item.since, item.command));
        Ok(all)
    }

    /// A form, as the institution's profile asks it; none where the profile has no use for it or has not come yet.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn form(
        &self,
        form: FormId,
        now: Timestamp,
        language: Language,
    ) -> Result<Option<Form>, ReplicaError> {
        let profile = self.profile(now)?;
        Ok(profile.and_then(|profile| screen::form::form(form, &profile, language)))
    }
}
