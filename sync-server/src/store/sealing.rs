//! Encryption of rows: one function seals, one opens. No SQL elsewhere knows that there are keys.
//!
//! What a document holds is sealed under its own key; names of people, rulings, states and the signing key under the
//! institution's own. Bytes are bound to their place (table, institution, row), so that a row that was put elsewhere does
//! not open. What is left readable are ids, codes, times and counts: what the log is ordered, filtered and judged by.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::Deref;

use jangkau_core::id::{DocumentId, InstitutionId};
use rusqlite::Connection;

use super::institutions::Tenant;
use super::{StoreError, parse};
use crate::keys::{Found, KeyError, KeyId, Keys, Owner};

/// What the functions of this room work on; nobody outside sees that it is SQL, or that rows are sealed.
pub(crate) struct Db {
    pub(super) sql: Connection,
    keys: Keys,
    names: RefCell<BTreeMap<Tenant, InstitutionId>>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Db")
    }
}

impl Deref for Db {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.sql
    }
}

impl From<KeyError> for StoreError {
    fn from(error: KeyError) -> Self {
        match error {
            KeyError::Sqlite(error) => error.into(),
            KeyError::File { .. }
            | KeyError::Wide { .. }
            | KeyError::NoKeyFile(_)
            | KeyError::NoVault(_)
            | KeyError::Malformed(_)
            | KeyError::WrongKey(_)
            | KeyError::Ledger { .. }
            | KeyError::Damaged => {
                tracing::error!(%error, "the keys failed");
                Self::Keys
            }
        }
    }
}

/// Which row bytes belong to: its table, and what tells it from others.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    table: &'static str,
    row: Vec<u8>,
}

impl Place {
    pub(crate) fn new(table: &'static str, parts: &[&[u8]]) -> Self {
        let mut row = Vec::new();
        for part in parts {
            row.extend_from_slice(&(part.len() as u32).to_be_bytes());
            row.extend_from_slice(part);
        }
        Self { table, row }
    }

    /// A part of the row that has a key of its own.
    pub(super) fn within(&self, part: &[u8]) -> Self {
        let mut within = self.clone();
        within
            .row
            .extend_from_slice(&(part.len() as u32).to_be_bytes());
        within.row.extend_from_slice(part);
        within
    }

    fn bytes(&self, institution: &InstitutionId) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.row.len() + 64);
        for part in [self.table.as_bytes(), institution.as_str().as_bytes()] {
            bytes.extend_from_slice(&(part.len() as u32).to_be_bytes());
            bytes.extend_from_slice(part);
        }
        bytes.extend_from_slice(&self.row);
        bytes
    }
}

/// Bytes for a column, and the number of their key for the column beside it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sealed {
    pub(crate) key: i64,
    pub(crate) bytes: Vec<u8>,
}

impl Sealed {
    /// What is kept of the content of an erased document: nothing.
    const fn nothing() -> Self {
        Self {
            key: ERASED,
            bytes: Vec::new(),
        }
    }
}

/// In the place of a key's number: content of an erased document came again and was not kept.
const ERASED: i64 = -1;

impl Db {
    pub(super) fn new(sql: Connection, keys: Keys) -> Self {
        Self {
            sql,
            keys,
            names: RefCell::default(),
        }
    }

    /// The keys of this database.
    pub(crate) const fn keys(&self) -> &Keys {
        &self.keys
    }

    /// Whose rows have a number.
    pub(crate) fn institution(&self, tenant: Tenant) -> Result<InstitutionId, StoreError> {
        if let Some(known) = self.names.borrow().get(&tenant) {
            return Ok(known.clone());
        }
        let sql = "SELECT id FROM institution WHERE number = ?1";
        let id: String = self
            .prepare_cached(sql)?
            .query_row([tenant.0], |row| row.get(0))?;
        let id: InstitutionId = parse(&id)?;
        self.names.borrow_mut().insert(tenant, id.clone());
        Ok(id)
    }

    /// Forgets whose rows have which number: one was given or taken back.
    pub(super) fn forget_names(&self) {
        self.names.borrow_mut().clear();
    }

    /// Seals bytes of an owner for their place. Content of an erased document is not kept again.
    pub(crate) fn seal(
        &self,
        tenant: Tenant,
        owner: Owner,
        place: &Place,
        plain: &[u8],
    ) -> Result<Sealed, StoreError> {
        self.seal_for(&self.institution(tenant)?, owner, place, plain)
    }

    /// The same for an institution whose row is not there yet.
    pub(super) fn seal_for(
        &self,
        institution: &InstitutionId,
        owner: Owner,
        place: &Place,
        plain: &[u8],
    ) -> Result<Sealed, StoreError> {
        match self.keys.current(institution, owner)? {
            Found::Key(key) => Ok(Sealed {
                key: key.id.get(),
                bytes: key.seal(&place.bytes(institution), plain),
            }),
            Found::Erased => Ok(Sealed::nothing()),
            Found::Missing => Err(StoreError::Keys),
        }
    }

    /// Opens what was sealed for a place; none if it was erased.
    pub(crate) fn open(
        &self,
        tenant: Tenant,
        place: &Place,
        key: i64,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        self.open_for(&self.institution(tenant)?, place, key, sealed)
    }

    fn open_for(
        &self,
        institution: &InstitutionId,
        place: &Place,
        key: i64,
        sealed: &[u8],
    ) -> Result<Option<Vec<u8>>, StoreError> {
        if key == ERASED {
            return Ok(None);
        }
        // Nothing is read that is not sealed: or whoever can write rows could forge them.
        let key = KeyId::new(key).ok_or(StoreError::Forged)?;
        match self.keys.by_id(key)? {
            Found::Key(key) => key
                .open(&place.bytes(institution), sealed)
                .map(Some)
                .ok_or(StoreError::Forged),
            Found::Erased => Ok(None),
            Found::Missing => Err(StoreError::Keys),
        }
    }

    /// Opens what belongs to no document, which is never erased.
    pub(crate) fn open_own(
        &self,
        tenant: Tenant,
        place: &Place,
        key: i64,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.open(tenant, place, key, sealed)?
            .ok_or(StoreError::Keys)
    }

    /// The same for an institution whose row is being read.
    pub(super) fn open_own_for(
        &self,
        institution: &InstitutionId,
        place: &Place,
        key: i64,
        sealed: &[u8],
    ) -> Result<Vec<u8>, StoreError> {
        self.open_for(institution, place, key, sealed)?
            .ok_or(StoreError::Keys)
    }

    /// Seals words that belong to no document.
    pub(super) fn seal_words(
        &self,
        tenant: Tenant,
        place: &Place,
        words: &str,
    ) -> Result<Sealed, StoreError> {
        self.seal(tenant, Owner::Institution, place, words.as_bytes())
    }

    /// Opens such words.
    pub(super) fn open_words(
        &self,
        tenant: Tenant,
        place: &Place,
        key: i64,
        sealed: &[u8],
    ) -> Result<String, StoreError> {
        let plain = self.open_own(tenant, place, key, sealed)?;
        String::from_utf8(plain).map_err(|_| StoreError::Undecodable)
    }

    /// Whether a key's number stands for content that was erased.
    pub(super) fn is_erased_key(&self, key: i64) -> Result<bool, StoreError> {
        match KeyId::new(key) {
            _ if key == ERASED => Ok(true),
            None => Ok(false),
            Some(key) => Ok(matches!(self.keys.by_id(key)?, Found::Erased)),
        }
    }

    /// Whether a document was erased.
    pub(crate) fn is_erased(
        &self,
        tenant: Tenant,
        document: DocumentId,
    ) -> Result<bool, StoreError> {
        Ok(self.keys.is_erased(&self.institution(tenant)?, document)?)
    }

    /// A hash for finding equal values, which nobody can guess them from without the institution key.
    pub(crate) fn blind(&self, tenant: Tenant, hash: &[u8; 32]) -> Result<[u8; 32], StoreError> {
        Ok(self.keys.blind(&self.institution(tenant)?, hash))
    }
}
