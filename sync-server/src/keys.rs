//! The keys of what is stored, kept apart from it: one key for each document, wrapped by the institution key.
//!
//! A folder of its own holds the institution key (a file), the wrapped keys (a small database) and the ledger of erasures (a file
//! that is only appended to). Whoever has the database and its backups, but not this folder, reads nothing. A document is
//! erased by destroying its key; the ledger says so again after every restore, also of the key database itself, and the
//! journal in it says what the document became.
//!
//! New keys are on the disk before the first row that needs them: [`Keys::flush`] is called before each commit, and costs
//! one commit when there is a new document, and nothing else.

mod erasure;
mod error;
mod file;
mod journal;
mod ledger;
mod ring;
mod vault;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jangkau_core::id::{DocumentId, InstitutionId};
use jangkau_core::time::Timestamp;
use jangkau_seal::{KEY_LEN, SealKey};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};
use zeroize::Zeroizing;

use ledger::Ledger;
use ring::{Ring, prove};
use vault::Vault;

pub use erasure::{BadReason, Erasure, ReasonCode};
pub use error::KeyError;
pub(crate) use journal::Rewriting;

/// The institution key's file in the folder of the keys.
const KEY_FILE: &str = "institution.key";

/// The key database in the folder of the keys.
const VAULT_FILE: &str = "keys.sqlite3";

/// The ledger of erasures in the folder of the keys.
const LEDGER_FILE: &str = "erasures.log";

/// Number of a key, drawn at random, so that a key database that was put back gives none twice. Never 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct KeyId(i64);

impl KeyId {
    /// A key's number from a column; 0 says that there is none.
    pub(crate) const fn new(number: i64) -> Option<Self> {
        if number == 0 {
            None
        } else {
            Some(Self(number))
        }
    }

    /// As it stands in a column.
    pub(crate) const fn get(self) -> i64 {
        self.0
    }
}

/// Whose bytes a key is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// The institution's own: names of its people, rulings, what belongs to no document.
    Institution,
    /// One document.
    Document(DocumentId),
}

/// What there is of a key.
pub(crate) enum Found {
    /// It is here.
    Key(Arc<SealedWith>),
    /// It was destroyed; what it sealed is erased.
    Erased,
    /// Nobody knows of it: the key database is an older one, or another server's.
    Missing,
}

/// A key for use, and its number.
pub(crate) struct SealedWith {
    pub(crate) id: KeyId,
    key: SealKey,
}

impl SealedWith {
    pub(crate) fn seal(&self, place: &[u8], plain: &[u8]) -> Vec<u8> {
        self.key.seal(place, plain)
    }

    /// None: it was not sealed with this key for this place.
    pub(crate) fn open(&self, place: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
        self.key.open(place, sealed).ok()
    }
}

/// The keys of all institutions. Copies share them.
#[derive(Clone)]
pub struct Keys(Arc<Mutex<Ring>>);

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys")
    }
}

impl Keys {
    /// Keys in memory, the same in every run: for tests, scenarios and the simulator.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn in_memory() -> Result<Self, KeyError> {
        let ring = Ring {
            master: Zeroizing::new([0x4A; KEY_LEN]),
            vault: Vault::in_memory()?,
            ledger: None,
            rng: ChaCha20Rng::from_seed([0x4A; 32]),
            by_id: BTreeMap::new(),
            by_owner: BTreeMap::new(),
            erased: BTreeMap::new(),
            fresh: Vec::new(),
            journal: Vec::new(),
        };
        Ok(Self(Arc::new(Mutex::new(ring))))
    }

    /// The keys in a folder. Where nothing is encrypted yet, they are made; where the database `is_sealed`, they must be
    /// there. `rng` is the machine's entropy.
    ///
    /// # Errors
    /// [`KeyError`]; its text says what to do.
    pub fn open(folder: &Path, is_sealed: bool, mut rng: ChaCha20Rng) -> Result<Self, KeyError> {
        let (key_file, vault_file) = (folder.join(KEY_FILE), folder.join(VAULT_FILE));
        if is_sealed && !key_file.exists() {
            return Err(KeyError::NoKeyFile(key_file));
        }
        if is_sealed && !vault_file.exists() {
            return Err(KeyError::NoVault(vault_file));
        }
        file::prepare_folder(folder)?;
        let master = match file::read(&key_file)? {
            Some(master) => master,
            // A key database without its key is of no use, and must not get another.
            None if vault_file.exists() => return Err(KeyError::NoKeyFile(key_file)),
            None => {
                let mut master = Zeroizing::new([0; KEY_LEN]);
                rng.fill_bytes(&mut *master);
                file::write(&key_file, &master)?;
                master
            }
        };
        file::touch(&vault_file)?;
        for part in ["", "-wal", "-shm"] {
            file::refuse_wide(&folder.join(format!("{VAULT_FILE}{part}")))?;
        }
        let vault = Vault::open(&vault_file)?;
        prove(&vault, &master, &key_file)?;
        let check = blake3::derive_key("jangkau v1 ledger of erasures", &*master);
        let mut ring = Ring {
            ledger: Some(Ledger::open(folder.join(LEDGER_FILE), check)?),
            master,
            vault,
            rng,
            by_id: BTreeMap::new(),
            by_owner: BTreeMap::new(),
            erased: BTreeMap::new(),
            fresh: Vec::new(),
            journal: Vec::new(),
        };
        ring.apply_ledger()?;
        Ok(Self(Arc::new(Mutex::new(ring))))
    }

    fn ring(&self) -> MutexGuard<'_, Ring> {
        // A panic elsewhere leaves keys as they were: at worst one is made and not used.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The key under which an owner's bytes are sealed now; a new one where there is none. An erased document gets none.
    pub(crate) fn current(
        &self,
        institution: &InstitutionId,
        owner: Owner,
    ) -> Result<Found, KeyError> {
        let mut ring = self.ring();
        if let Some(key) = ring.living(institution, owner)? {
            return Ok(Found::Key(key));
        }
        // Without a living key, a document that was erased once is erased.
        if matches!(owner, Owner::Document(document) if ring.is_told_erased(institution, document))
        {
            return Ok(Found::Erased);
        }
        ring.make(institution, owner).map(Found::Key)
    }

    /// A key by the number that stands beside what it sealed.
    pub(crate) fn by_id(&self, id: KeyId) -> Result<Found, KeyError> {
        let mut ring = self.ring();
        if let Some(key) = ring.by_id.get(&id) {
            return Ok(Found::Key(Arc::clone(key)));
        }
        if ring.erased.contains_key(&id) {
            return Ok(Found::Erased);
        }
        match ring.vault.by_id(id)? {
            Some(wrapped) => ring.unwrap(&wrapped).map(Found::Key),
            None => Ok(Found::Missing),
        }
    }

    /// Brings new keys and the journal to the disk: before the commit of the first row that needs them.
    pub(crate) fn flush(&self) -> Result<(), KeyError> {
        let ring = &mut *self.ring();
        if ring.fresh.is_empty() && ring.journal.is_empty() {
            return Ok(());
        }
        ring.vault.insert(&ring.fresh, &ring.journal)?;
        ring.fresh.clear();
        ring.journal.clear();
        Ok(())
    }

    /// Forgets new keys whose rows were not committed.
    pub(crate) fn forget_fresh(&self) {
        let ring = &mut *self.ring();
        ring.journal.clear();
        for key in ring.fresh.drain(..) {
            ring.by_id.remove(&key.id);
            if let Some(owners) = ring.by_owner.get_mut(&key.institution) {
                owners.remove(&key.owner);
            }
        }
    }

    /// Destroys a key of a document: what it sealed can never be read again, here at once, and in the backups of the keys when
    /// the last of them is deleted. The ledger is first. False: there is no such key.
    ///
    /// # Errors
    /// [`KeyError`]; asked again, it goes on where it stopped.
    pub fn shred(&self, erasure: Erasure) -> Result<bool, KeyError> {
        let ring = &mut *self.ring();
        let is_there =
            ring.by_id.contains_key(&erasure.key) || ring.vault.by_id(erasure.key)?.is_some();
        if !is_there {
            return Ok(false);
        }
        if let Some(ledger) = &ring.ledger {
            ledger.append(&erasure)?;
        }
        ring.vault.destroy(std::slice::from_ref(&erasure))?;
        ring.fresh.retain(|fresh| fresh.id != erasure.key);
        ring.forget(erasure);
        Ok(true)
    }

    /// Gives a document another key, since it is written anew under a new epoch, and gives its former keys, which open what they
    /// sealed until they are destroyed.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn renew(
        &self,
        institution: &InstitutionId,
        document: DocumentId,
    ) -> Result<Vec<KeyId>, KeyError> {
        let ring = &mut *self.ring();
        let owner = Owner::Document(document);
        let mut former = ring.vault.ids_of(institution, &owner)?;
        let is_its = |key: &&vault::Wrapped| key.owner == owner && key.institution == *institution;
        former.extend(ring.fresh.iter().filter(is_its).map(|key| key.id));
        ring.make(institution, owner)?;
        Ok(former)
    }

    /// Whether a document was erased and has no other key since.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn is_erased(
        &self,
        institution: &InstitutionId,
        document: DocumentId,
    ) -> Result<bool, KeyError> {
        let mut ring = self.ring();
        Ok(ring.is_told_erased(institution, document)
            && ring
                .living(institution, Owner::Document(document))?
                .is_none())
    }

    /// Every erasure, in the order of their keys.
    #[must_use]
    pub fn erasures(&self) -> Vec<Erasure> {
        self.ring().erased.values().cloned().collect()
    }

    /// A hash that nobody can make without the institution key, so that what is short cannot be guessed from it.
    pub(crate) fn blind(&self, institution: &InstitutionId, value: &[u8; 32]) -> [u8; 32] {
        let key = self
            .ring()
            .institution_secret("jangkau v1 blind index", institution);
        *blake3::keyed_hash(&key, value).as_bytes()
    }

    /// The key database as bytes, for a backup, and where the ledger lies. The institution key is in neither.
    ///
    /// # Errors
    /// [`KeyError`].
    pub(crate) fn image(&self, now: Timestamp) -> Result<(Vec<u8>, Option<PathBuf>), KeyError> {
        let ring = &mut *self.ring();
        let ledger = ring.ledger.as_ref().map(|ledger| ledger.path().to_owned());
        Ok((ring.vault.image(now)?, ledger))
    }

    /// When the copy of the key database was taken that was put back, if it is one: it knows of no erasure after that.
    ///
    /// # Errors
    /// [`KeyError`].
    pub fn put_back(&self) -> Result<Option<Timestamp>, KeyError> {
        self.ring().vault.copied_at()
    }
}

#[cfg(test)]
mod tests;
