//! The journal of erasures: what a document became when it was written anew, beside the key that it was sealed with.
//!
//! A database that is put back from before an erasure holds the document as it was, under keys that are no more. The journal
//! says what has to be in its place. An entry comes to the disk with the new key, before the database commits; it goes with that
//! key, when the document is written anew again. It counts once all former keys are destroyed: until then nobody was told.

use jangkau_core::id::{DocEpoch, DocumentId, InstitutionId};
use rusqlite::{Connection, params};

use super::vault::Vault;
use super::{Found, KeyError, KeyId, Keys, Owner};

/// What a document became.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Rewriting {
    pub(crate) document: DocumentId,
    pub(crate) epoch: DocEpoch,
    /// As the room of rewritings encodes it.
    pub(crate) content: Vec<u8>,
}

/// An entry as it is kept.
pub(super) struct Entry {
    pub(super) institution: InstitutionId,
    pub(super) document: DocumentId,
    pub(super) epoch: DocEpoch,
    /// The key that it is sealed with.
    pub(super) key: KeyId,
    /// The keys that are destroyed by this erasure.
    pub(super) former: Vec<KeyId>,
    pub(super) sealed: Vec<u8>,
}

impl Keys {
    /// Notes what a document becomes; it is sealed with the document's new key and flushed with it.
    pub(crate) fn journal(
        &self,
        institution: &InstitutionId,
        became: &Rewriting,
        former: &[KeyId],
    ) -> Result<(), KeyError> {
        let (document, epoch) = (became.document, became.epoch);
        let Found::Key(key) = self.current(institution, Owner::Document(document))? else {
            return Err(KeyError::Damaged);
        };
        let place = place_of(institution, document, epoch);
        self.ring().journal.push(Entry {
            institution: institution.clone(),
            document,
            epoch,
            key: key.id,
            former: former.to_vec(),
            sealed: key.seal(&place, &became.content),
        });
        Ok(())
    }

    /// What every document of an institution became that was written anew, each as the last time.
    pub(crate) fn rewritings(
        &self,
        institution: &InstitutionId,
    ) -> Result<Vec<Rewriting>, KeyError> {
        let entries = self.ring().vault.entries(institution)?;
        let mut found: Vec<Rewriting> = Vec::with_capacity(entries.len());
        for entry in entries {
            if !self.are_gone(&entry.former)? {
                continue;
            }
            let Found::Key(key) = self.by_id(entry.key)? else {
                return Err(KeyError::Damaged);
            };
            let place = place_of(institution, entry.document, entry.epoch);
            let content = key.open(&place, &entry.sealed).ok_or(KeyError::Damaged)?;
            // In the order of their epochs: the last one stands.
            found.retain(|other| other.document != entry.document);
            found.push(Rewriting {
                document: entry.document,
                epoch: entry.epoch,
                content,
            });
        }
        Ok(found)
    }

    fn are_gone(&self, keys: &[KeyId]) -> Result<bool, KeyError> {
        for key in keys {
            if let Found::Key(_) = self.by_id(*key)? {
                return Ok(false);
            }
        }
        Ok(true)
    }
}

fn place_of(institution: &InstitutionId, document: DocumentId, epoch: DocEpoch) -> Vec<u8> {
    let mut place = b"journal".to_vec();
    place.extend_from_slice(document.as_bytes());
    place.extend_from_slice(&epoch.get().to_be_bytes());
    place.extend_from_slice(institution.as_str().as_bytes());
    place
}

/// Keeps an entry. One of the same or a later epoch is of an erasure that did not come about.
pub(super) fn insert(db: &Connection, entry: &Entry) -> Result<(), KeyError> {
    let of = params![
        entry.institution.as_str(),
        entry.document,
        entry.epoch.get()
    ];
    let sql = "DELETE FROM rewriting WHERE institution = ?1 AND document = ?2 AND epoch >= ?3";
    db.prepare_cached(sql)?.execute(of)?;
    let former: Vec<u8> = entry
        .former
        .iter()
        .flat_map(|key| key.get().to_be_bytes())
        .collect();
    let sql = "INSERT INTO rewriting (institution, document, epoch, key_id, former, sealed) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    db.prepare_cached(sql)?.execute(params![
        entry.institution.as_str(),
        entry.document,
        entry.epoch.get(),
        entry.key.get(),
        former,
        entry.sealed
    ])?;
    Ok(())
}

/// Deletes what was sealed with a key that is destroyed.
pub(super) fn delete(db: &Connection, key: KeyId) -> Result<(), KeyError> {
    db.prepare_cached("DELETE FROM rewriting WHERE key_id = ?1")?
        .execute([key.get()])?;
    Ok(())
}

impl Vault {
    /// The entries of an institution in the order of their epochs.
    fn entries(&self, institution: &InstitutionId) -> Result<Vec<Entry>, KeyError> {
        let sql = "SELECT document, epoch, key_id, former, sealed FROM rewriting \
                   WHERE institution = ?1 ORDER BY epoch, document";
        let mut statement = self.0.prepare_cached(sql)?;
        let mut rows = statement.query([institution.as_str()])?;
        let mut entries = Vec::new();
        while let Some(row) = rows.next()? {
            let former: Vec<u8> = row.get(3)?;
            entries.push(Entry {
                institution: institution.clone(),
                document: row.get(0)?,
                epoch: DocEpoch::new(row.get(1)?),
                key: KeyId::new(row.get(2)?).ok_or(KeyError::Damaged)?,
                former: read_keys(&former)?,
                sealed: row.get(4)?,
            });
        }
        Ok(entries)
    }
}

fn read_keys(bytes: &[u8]) -> Result<Vec<KeyId>, KeyError> {
    let (numbers, rest) = bytes.as_chunks();
    if !rest.is_empty() {
        return Err(KeyError::Damaged);
    }
    let key = |number: &[u8; 8]| KeyId::new(i64::from_be_bytes(*number));
    numbers
        .iter()
        .map(key)
        .collect::<Option<_>>()
        .ok_or(KeyError::Damaged)
}
