//! The keys of what is stored, and what is amiss with them.

use jangkau_core::id::InstitutionId;
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::keys::Keys;
use crate::store::erasure;

/// Why something that is stored cannot be read, or may be here again although it was erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyFault {
    /// The key database is a copy of this time that was put back: erasures after it are not in its journal.
    PutBack(Timestamp),
    /// So many documents are under keys that nobody knows: the key database is older than the database.
    Unknown(usize),
    /// Of so many documents the former key is destroyed, and the journal does not say what they became.
    Hollow(usize),
}

impl Engine {
    /// The keys: they are no part of [`Engine::image`], and go on with the engine that takes this one's place.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.store.db().keys().clone()
    }

    /// What is amiss with the keys of an institution.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn key_faults(&self, institution: &InstitutionId) -> Result<Vec<KeyFault>, EngineError> {
        let tenant = self.institution(institution)?.tenant;
        let db = self.store.db();
        let mut faults = Vec::new();
        faults.extend(db.keys().put_back()?.map(KeyFault::PutBack));
        let (unknown, hollow) = erasure::unreadable(&db, tenant)?;
        faults.extend(
            Some(unknown)
                .filter(|count| *count > 0)
                .map(KeyFault::Unknown),
        );
        faults.extend(
            Some(hollow)
                .filter(|count| *count > 0)
                .map(KeyFault::Hollow),
        );
        Ok(faults)
    }
}
