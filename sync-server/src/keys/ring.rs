//! Keys in memory over the key database: found, made, unwrapped, forgotten.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use jangkau_core::id::{DocumentId, InstitutionId};
use jangkau_seal::{KEY_LEN, SealKey};
use rand_chacha::ChaCha20Rng;
use rand_core::Rng as _;
use zeroize::Zeroizing;

use super::journal::Entry;
use super::ledger::Ledger;
use super::vault::{Vault, Wrapped};
use super::{Erasure, KeyError, KeyId, Owner, SealedWith};

/// What is sealed to prove that key file and key database belong together.
const PROOF: &[u8] = b"jangkau keys";

/// The keys that were used since the start, over the key database.
pub(super) struct Ring {
    pub(super) master: Zeroizing<[u8; KEY_LEN]>,
    pub(super) vault: Vault,
    /// None: in memory alone.
    pub(super) ledger: Option<Ledger>,
    pub(super) rng: ChaCha20Rng,
    pub(super) by_id: BTreeMap<KeyId, Arc<SealedWith>>,
    pub(super) by_owner: BTreeMap<InstitutionId, BTreeMap<Owner, KeyId>>,
    pub(super) erased: BTreeMap<KeyId, Erasure>,
    /// Made and not yet on the disk.
    pub(super) fresh: Vec<Wrapped>,
    /// What documents become, not yet on the disk.
    pub(super) journal: Vec<Entry>,
}

/// Checks that the key file is that of the key database.
pub(super) fn prove(
    vault: &Vault,
    master: &[u8; KEY_LEN],
    key_file: &Path,
) -> Result<(), KeyError> {
    let key = SealKey::new(&blake3::derive_key("jangkau v1 proof of keys", master));
    match vault.proof()? {
        None => vault.set_proof(&key.seal(b"proof", PROOF)),
        Some(sealed) if key.open(b"proof", &sealed).is_ok() => Ok(()),
        Some(_) => Err(KeyError::WrongKey(key_file.to_owned())),
    }
}

impl Ring {
    /// Applies the ledger to the key database: it may be an older one that was put back.
    pub(super) fn apply_ledger(&mut self) -> Result<(), KeyError> {
        let told = match &self.ledger {
            Some(ledger) => ledger.read()?,
            None => Vec::new(),
        };
        let known: BTreeSet<KeyId> = self.vault.erasures()?.iter().map(|one| one.key).collect();
        let mut news: Vec<Erasure> = told;
        let mut undone = Vec::new();
        for erasure in &news {
            if !known.contains(&erasure.key) || self.vault.by_id(erasure.key)?.is_some() {
                undone.push(erasure.clone());
            }
        }
        if !undone.is_empty() {
            self.vault.destroy(&undone)?;
        }
        news.extend(self.vault.erasures()?);
        self.erased = news.into_iter().map(|one| (one.key, one)).collect();
        Ok(())
    }

    pub(super) fn institution_secret(
        &self,
        context: &str,
        institution: &InstitutionId,
    ) -> Zeroizing<[u8; KEY_LEN]> {
        let mut hasher = blake3::Hasher::new_derive_key(context);
        hasher
            .update(&*self.master)
            .update(institution.as_str().as_bytes());
        Zeroizing::new(*hasher.finalize().as_bytes())
    }

    /// The key that wraps the keys of one institution.
    fn wrapping(&self, institution: &InstitutionId) -> SealKey {
        SealKey::new(&self.institution_secret("jangkau v1 key of an institution", institution))
    }

    /// The key that an owner has now.
    pub(super) fn living(
        &mut self,
        institution: &InstitutionId,
        owner: Owner,
    ) -> Result<Option<Arc<SealedWith>>, KeyError> {
        let known = self
            .by_owner
            .get(institution)
            .and_then(|owners| owners.get(&owner));
        if let Some(key) = known.and_then(|id| self.by_id.get(id)) {
            return Ok(Some(Arc::clone(key)));
        }
        match self.vault.by_owner(institution, &owner)? {
            Some(wrapped) => {
                let key = self.unwrap(&wrapped)?;
                self.set_current(institution, owner, wrapped.id);
                Ok(Some(key))
            }
            None => Ok(None),
        }
    }

    /// Whether a key of a document was ever destroyed.
    pub(super) fn is_told_erased(&self, institution: &InstitutionId, document: DocumentId) -> bool {
        let mut erased = self.erased.values();
        erased.any(|one| one.document == document && one.institution == *institution)
    }

    pub(super) fn make(
        &mut self,
        institution: &InstitutionId,
        owner: Owner,
    ) -> Result<Arc<SealedWith>, KeyError> {
        let mut key = Zeroizing::new([0; KEY_LEN]);
        self.rng.fill_bytes(&mut *key);
        let mut number = 0;
        while number == 0 {
            number = (self.rng.next_u64() >> 1).cast_signed();
        }
        let id = KeyId(number);
        let place = place_of(institution, owner, id);
        let wrapped = Wrapped {
            id,
            institution: institution.clone(),
            owner,
            bytes: self.wrapping(institution).seal(&place, &*key),
        };
        let made = self.remember(&wrapped, &key);
        self.fresh.push(wrapped);
        self.set_current(institution, owner, id);
        Ok(made)
    }

    pub(super) fn unwrap(&mut self, wrapped: &Wrapped) -> Result<Arc<SealedWith>, KeyError> {
        let place = place_of(&wrapped.institution, wrapped.owner, wrapped.id);
        let opened = self
            .wrapping(&wrapped.institution)
            .open(&place, &wrapped.bytes);
        let opened = Zeroizing::new(opened.map_err(|_| KeyError::Damaged)?);
        let key: &[u8; KEY_LEN] = opened
            .as_slice()
            .try_into()
            .map_err(|_| KeyError::Damaged)?;
        Ok(self.remember(wrapped, key))
    }

    fn remember(&mut self, wrapped: &Wrapped, key: &[u8; KEY_LEN]) -> Arc<SealedWith> {
        let made = Arc::new(SealedWith {
            id: wrapped.id,
            key: SealKey::new(key),
        });
        self.by_id.insert(wrapped.id, Arc::clone(&made));
        made
    }

    fn set_current(&mut self, institution: &InstitutionId, owner: Owner, id: KeyId) {
        let owners = self.by_owner.entry(institution.clone()).or_default();
        owners.insert(owner, id);
    }

    pub(super) fn forget(&mut self, erasure: Erasure) {
        self.by_id.remove(&erasure.key);
        if let Some(owners) = self.by_owner.get_mut(&erasure.institution) {
            owners.retain(|_, key| *key != erasure.key);
        }
        self.erased.insert(erasure.key, erasure);
    }
}

/// What a wrapped key is bound to: an institution, an owner, and its own number.
fn place_of(institution: &InstitutionId, owner: Owner, id: KeyId) -> Vec<u8> {
    let mut place = id.get().to_be_bytes().to_vec();
    match owner {
        Owner::Institution => place.push(0),
        Owner::Document(document) => {
            place.push(1);
            place.extend_from_slice(document.as_bytes());
        }
    }
    place.extend_from_slice(institution.as_str().as_bytes());
    place
}
