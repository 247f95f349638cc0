//! What lists ask of every case: kept beside the case, and looked at again where anything of it was written.

use std::collections::{BTreeMap, BTreeSet};

use super::{Replica, ReplicaError};
use crate::id::CaseId;
use crate::screen::{self, Glance, Viewer};
use crate::store::{StoreError, decode, encode};
use crate::text::Language;
use crate::time::Timestamp;

/// What was seen of a file.
#[derive(Clone, minicbor::Encode, minicbor::Decode)]
enum Looked {
    /// A case.
    #[n(0)]
    Case(#[n(0)] Glance),
    /// Of an activity, or hidden from this person whole: on no list of cases.
    #[n(1)]
    NoCase,
    /// Nothing of it is left.
    #[n(2)]
    Gone,
}

impl Replica {
    /// The cases that a list may show, oldest first, each with what a list asks of it.
    pub(super) fn glances(
        &self,
        viewer: &Viewer<'_>,
    ) -> Result<Vec<(CaseId, Glance)>, ReplicaError> {
        let shut = self.shut()?;
        let mut looked = self.look_again(viewer, &shut, usize::MAX)?;
        for file in shut {
            looked.insert(file, self.look(viewer, file)?);
        }
        let mut cases = Vec::new();
        for (file, kept) in self.store.glances()? {
            let seen = match (looked.remove(&file), kept) {
                (Some(seen), _) => seen,
                (None, Some(bytes)) => decode(&bytes)?,
                (None, None) => self.look(viewer, file)?,
            };
            match seen {
                Looked::Case(glance) => cases.push((file, glance)),
                Looked::NoCase | Looked::Gone => {}
            }
        }
        Ok(cases)
    }

    /// Looks at some of what was written since the last list, so that the next one need not. Gives whether there is more.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn look_ahead(&self, now: Timestamp, files_max: usize) -> Result<bool, ReplicaError> {
        let through = self.glasses()?;
        let viewer = self.viewer(&through, now, Language::Indonesian);
        let looked = self.look_again(&viewer, &self.shut()?, files_max)?;
        Ok(looked.len() == files_max)
    }

    /// Looks at files that were written to, and keeps what was seen. A disk that is full keeps nobody from reading.
    fn look_again(
        &self,
        viewer: &Viewer<'_>,
        shut: &BTreeSet<CaseId>,
        files_max: usize,
    ) -> Result<BTreeMap<CaseId, Looked>, ReplicaError> {
        let mut looked = BTreeMap::new();
        let stale = self.store.stale_glances()?.into_iter();
        for file in stale.filter(|file| !shut.contains(file)).take(files_max) {
            looked.insert(file, self.look(viewer, file)?);
        }
        if !looked.is_empty()
            && let Err(error) = self.keep(&looked)
        {
            self.store.roll_back()?;
            if !matches!(error, StoreError::DiskFull) {
                return Err(error.into());
            }
        }
        Ok(looked)
    }

    fn keep(&self, looked: &BTreeMap<CaseId, Looked>) -> Result<(), StoreError> {
        self.store.begin()?;
        for (file, seen) in looked {
            match seen {
                Looked::Gone => self.store.drop_glance(*file)?,
                Looked::Case(_) | Looked::NoCase => self.store.put_glance(*file, &encode(seen))?,
            }
        }
        self.store.commit()
    }

    fn look(&self, viewer: &Viewer<'_>, file: CaseId) -> Result<Looked, ReplicaError> {
        if self.store.is_gone(file)? {
            return Ok(Looked::Gone);
        }
        if !self.is_listed(file)? {
            return Ok(Looked::NoCase);
        }
        let seen = self.case_seen(viewer, file)?;
        Ok(Looked::Case(screen::glance(viewer, &seen)))
    }

    /// The cases of which something may be hidden by now although nothing was written: what is kept of them does not count.
    fn shut(&self) -> Result<BTreeSet<CaseId>, ReplicaError> {
        let mut shut: BTreeSet<CaseId> = self.store.barred()?.into_iter().collect();
        if let Some(now) = self.reading_time() {
            shut.extend(self.store.cases_timed_out(now)?);
        }
        Ok(shut)
    }
}
