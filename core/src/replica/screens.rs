//! The doors of the screens: gathers what the vault holds and hands it to [`crate::screen`], which computes.

mod pages;

use std::collections::BTreeSet;
use std::sync::Arc;

use rand_core::CryptoRng;
use thiserror::Error;

use super::{CannotRecord, Replica, ReplicaError};
use crate::calendar::{Calendar, MissingList};
use crate::class::Class;
use crate::command::{Command, Stamp};
use crate::deadline::Reckoner;
use crate::id::{CaseId, CommandId};
use crate::profile::Profile;
use crate::profile::words::Role;
use crate::screen::form::{Answers, CannotFill, Finding, Form, FormId, Weight};
use crate::screen::{
    self, Attention, CaseSeen, Header, LIST_LEN_MAX, ListFilter, ListPage, TimelineLine, Today,
    Viewer,
};
use crate::sync::StaffRow;
use crate::text::Language;
use crate::time::Timestamp;

/// Why a form was not recorded. Nothing was saved.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotRecordForm {
    /// The profile has no use for it, or has not come yet.
    #[error("this institution does not use the form")]
    NotOffered,
    /// An answer stops it, or what even a first contact asks is missing; the check says which.
    #[error("an answer stops the form")]
    Stopped,
    /// The answers do not make its commands.
    #[error(transparent)]
    Fill(#[from] CannotFill),
    /// The device does not take them.
    #[error(transparent)]
    Record(#[from] CannotRecord),
}

/// What a viewer looks through, read once for one screen.
pub(super) struct Glasses {
    versions: Arc<[Profile]>,
    staff: Vec<StaffRow>,
}

impl Replica {
    /// The newest version of the profile that is in force, as the server has it; none before the first exchange.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn profile(&self, now: Timestamp) -> Result<Option<Profile>, ReplicaError> {
        Ok(Profile::in_force(&self.versions()?, now).cloned())
    }

    /// The newest version of the profile that this build can read, in force or not: grants follow from it.
    pub(super) fn newest_profile(&self) -> Result<Option<Profile>, ReplicaError> {
        let files = self.store.profiles()?;
        let mut newest = files.iter().rev();
        Ok(newest.find_map(|toml| Profile::parse(toml).ok()))
    }

    /// The versions of the profile, oldest first. One that this build cannot read is left to a newer one.
    fn versions(&self) -> Result<Arc<[Profile]>, ReplicaError> {
        let files = self.store.profiles()?;
        Ok(self.read.versions.of(files, |files| {
            let readable = files.iter().filter_map(|toml| Profile::parse(toml).ok());
            readable.collect()
        }))
    }

    /// The calendar as the server has it. A list that this build cannot read is left out alone, and what it would tell is
    /// provisional; the others count.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn calendar(&self) -> Result<Arc<Calendar>, ReplicaError> {
        let calendar = self.read.calendar.of(self.store.calendars()?, |lists| {
            let readable = lists
                .iter()
                .map(|(name, csv)| (name.as_str(), csv.as_str()))
                .filter(|list| Calendar::of_lists([*list]).is_ok());
            Calendar::of_lists(readable).ok().map(Arc::new)
        });
        calendar.ok_or(ReplicaError::Damaged)
    }

    /// The lists of holidays that ought to be loaded by now and are not: a red item each, for those with the powers of a
    /// head and for administrators. Nothing before the first exchange.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn missing_lists(&self, now: Timestamp) -> Result<Vec<MissingList>, ReplicaError> {
        let Some(profile) = self.profile(now)? else {
            return Ok(Vec::new());
        };
        let staff = self.staff()?.into_iter();
        let mut me = staff.filter(|colleague| colleague.person == self.person());
        let roles: BTreeSet<Role> = me
            .next()
            .map(|me| {
                me.roles
                    .iter()
                    .filter_map(|role| role.parse().ok())
                    .collect()
            })
            .unwrap_or_default();
        if !profile.is_head(&roles) && !roles.contains(&Role::SystemAdministrator) {
            return Ok(Vec::new());
        }
        let (office, calendar) = (profile.office(), self.calendar()?);
        Ok(Reckoner::new(&office, &calendar).missing_lists(now))
    }

    pub(super) fn glasses(&self) -> Result<Glasses, ReplicaError> {
        Ok(Glasses {
            versions: self.versions()?,
            staff: self.staff()?,
        })
    }

    /// Lets the rules reckon a case that the server has not seen.
    fn reckon(&self, viewer: &Viewer<'_>, case: &mut CaseSeen) -> Result<(), ReplicaError> {
        if case.view.state.is_none() {
            let calendar = self.calendar()?;
            case.reckon(viewer, &calendar);
        }
        Ok(())
    }

    pub(super) fn viewer<'a>(
        &self,
        through: &'a Glasses,
        now: Timestamp,
        language: Language,
    ) -> Viewer<'a> {
        self.tick(now);
        Viewer {
            person: self.person(),
            staff: &through.staff,
            versions: &through.versions,
            profile: Profile::in_force(&through.versions, now),
            now,
            language,
        }
    }

    /// A case as it is on this device, with what its facts tell.
    pub(super) fn case_seen(
        &self,
        viewer: &Viewer<'_>,
        case: CaseId,
    ) -> Result<CaseSeen, ReplicaError> {
        let documents = self.store.documents_of(case)?;
        let locked = self.locked(case)?;
        let held = documents.iter().map(|row| row.key.class);
        let classes: BTreeSet<Class> = held.filter(|class| !locked.hides(*class)).collect();
        let mut seen = CaseSeen::new(self.case(case)?, self.timeline(case)?, classes);
        self.reckon(viewer, &mut seen)?;
        Ok(seen)
    }

    /// The cases that may have something for the first screen. Of the others no document is opened.
    fn stirring(&self, viewer: &Viewer<'_>) -> Result<Vec<CaseSeen>, ReplicaError> {
        let cases = self.glances(viewer)?.into_iter();
        let stirring = cases.filter(|(_, glance)| glance.stirs);
        stirring
            .map(|(case, _)| self.case_seen(viewer, case))
            .collect()
    }

    /// The cases that a list shows, in its order. No document is opened.
    fn listed(
        &self,
        viewer: &Viewer<'_>,
        filter: &ListFilter,
    ) -> Result<Vec<CaseId>, ReplicaError> {
        let mut cases = self.glances(viewer)?;
        cases.retain(|(_, glance)| glance.passes(viewer, filter));
        cases.sort_by_cached_key(|(case, glance)| glance.order(*case));
        Ok(cases.into_iter().map(|(case, _)| case).collect())
    }

    /// Hari ini: the first screen.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn today(&self, now: Timestamp, language: Language) -> Result<Today, ReplicaError> {
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let mut today = screen::today(&viewer, &self.stirring(&viewer)?);
        today.notices = self.notices(now, language)?;
        today.tell(screen::glass_broken(&viewer, &self.store.glass_notices()?));
        Ok(today)
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
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let cases = self.listed(&viewer, filter)?;
        let mut rows = Vec::new();
        for case in cases.iter().skip(from).take(LIST_LEN_MAX) {
            rows.push(screen::list_row(&viewer, &self.case_seen(&viewer, *case)?));
        }
        let shown = from.saturating_add(rows.len());
        Ok(ListPage {
            practice: viewer.practice(),
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
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        Ok(screen::header(&viewer, &self.case_seen(&viewer, case)?))
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
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        Ok(screen::timeline(&viewer, &self.case_seen(&viewer, case)?))
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
        self.reading(now)?;
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, language);
        let cases = match case {
            Some(case) => vec![self.case_seen(&viewer, case)?],
            None => self.stirring(&viewer)?,
        };
        let mut all: Vec<Attention> = cases
            .iter()
            .flat_map(|case| screen::attention(&viewer, case))
            .collect();
        let notices = screen::glass_broken(&viewer, &self.store.glass_notices()?).into_iter();
        all.extend(notices.filter(|notice| case.is_none_or(|case| case == notice.case)));
        all.sort_by_key(|item| (item.kind, item.since, item.command));
        Ok(all)
    }

    /// A form, as the version of the profile asks it that the case stands under, or without a case the one in force; none where that has no
    /// use for it, or no profile has come yet.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn form(
        &self,
        case: Option<CaseId>,
        form: FormId,
        now: Timestamp,
        language: Language,
    ) -> Result<Option<Form>, ReplicaError> {
        let through = self.glasses()?;
        let mut viewer = self.viewer(&through, now, language);
        if let Some(case) = case {
            let items = self.recorded(case)?.into_values().collect();
            let seen = CaseSeen::new(self.case(case)?, items, BTreeSet::new());
            viewer = viewer.of_case(&seen);
        }
        let profile = viewer.profile;
        Ok(profile.and_then(|profile| screen::form::form(form, profile, language)))
    }

    /// Records what a form makes of the answers: all of its commands or none. The registration form opens a case and takes none.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why nothing was recorded.
    pub fn record_form(
        &mut self,
        case: Option<CaseId>,
        form: FormId,
        answers: &Answers,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<Vec<CommandId>, CannotRecordForm>, ReplicaError> {
        let id = CommandId::generate(now, &mut &mut *rng);
        let recorded = self.record_form_once(id, case, (form, answers), now, rng)?;
        Ok(recorded.map(|recorded| recorded.ids))
    }

    /// The commands that the answers make, in the form's order, when they say it happened, and the stamp.
    pub(super) fn filled(
        &self,
        form: &Form,
        answers: &Answers,
        now: Timestamp,
    ) -> Result<(Vec<Command>, Option<Timestamp>, Stamp), CannotRecordForm> {
        let findings = form.check(answers, true, now);
        let stops = |found: &Finding| found.fault.weight() == Weight::Stops;
        if findings.iter().any(stops) {
            return Err(CannotRecordForm::Stopped);
        }
        let (occurred_at, performed_by) = form.stamp(answers)?;
        let stamp = Stamp {
            by: self.person(),
            occurred_at: occurred_at.unwrap_or(now),
            performed_by,
        };
        let mut commands = Vec::new();
        for kind in &form.commands {
            commands.extend(form.fill(*kind, answers)?);
        }
        Ok((commands, occurred_at, stamp))
    }
}
