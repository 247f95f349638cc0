//! By what the clocks of a case are reckoned, and what was reckoned before.

use std::collections::BTreeMap;

use crate::calendar::Calendar;
use crate::deadline::{Due, NoDue, Office, Pause, Reckoner, Term};
use crate::profile::Profile;
use crate::rules::{CaseLog, ClockState};
use crate::time::Timestamp;

/// By what the clocks of a case are reckoned, and what was reckoned before: the same start with the same pauses is due
/// at the same time, and working days are not counted again.
#[derive(Clone, Debug)]
pub(in crate::rules) struct Reckoning<'a> {
    /// The version of the profile that the office's hours are of.
    version: u32,
    pub(super) office: Office,
    pub(super) calendar: &'a Calendar,
    /// The clocks as last ruled.
    pub(super) prior: &'a [ClockState],
    /// The earlier registration of the case's duplicates.
    pub(super) inherited: Option<Timestamp>,
    reckoned: BTreeMap<(Term, Timestamp), Reckoned>,
}

/// What a term comes to from one start, with these pauses.
#[derive(Clone, Debug)]
struct Reckoned {
    pauses: Vec<Pause>,
    due: Result<Due, NoDue>,
}

impl<'a> Reckoning<'a> {
    /// Nothing is reckoned yet.
    pub(in crate::rules) fn new(log: &CaseLog<'a>) -> Self {
        Self {
            version: log.profile.version,
            office: log.profile.office(),
            calendar: log.calendar,
            prior: log.prior_clocks,
            inherited: log.elsewhere.registered_at,
            reckoned: BTreeMap::new(),
        }
    }

    /// A case that was moved to another version keeps that version's hours from then on.
    pub(super) fn go_by(&mut self, profile: &Profile) {
        if self.version != profile.version {
            self.version = profile.version;
            self.office = profile.office();
            self.reckoned.clear();
        }
    }

    pub(super) fn due(
        &mut self,
        term: Term,
        start: Timestamp,
        pauses: Vec<Pause>,
    ) -> Result<Due, NoDue> {
        if let Some(known) = self.reckoned.get(&(term, start))
            && known.pauses == pauses
        {
            return known.due;
        }
        let due = Reckoner::new(&self.office, self.calendar).due(term, start, &pauses);
        self.reckoned
            .insert((term, start), Reckoned { pauses, due });
        due
    }
}
