//! Rulings under the institution's server key: what was decided, as the log carries it.

use ed25519_dalek::{Signature, Signer as _, SigningKey, VerifyingKey};

use crate::cbor::encode;
use crate::class::Class;
use crate::envelope::{BadSignature, SIGNATURE_LEN};
use crate::id::{CaseId, CaseNumber, PersonId, ProfileId, ServerSeq};
use crate::time::Timestamp;

/// What the server decided about a case, for one class of holders.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct RulingBody {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// The class of what it speaks about; none for K1, which every holder of the case sees.
    #[n(1)]
    pub class: Option<Class>,
    /// The last row that was judged.
    #[n(2)]
    pub judged_through: ServerSeq,
    /// The recorded instant of the judgement.
    #[n(3)]
    pub ruled_at: Timestamp,
    /// The profile that the case is pinned to.
    #[n(4)]
    pub profile: ProfileId,
    /// Its version.
    #[n(5)]
    pub profile_version: u32,
    /// The calendars' version.
    #[n(6)]
    pub calendar_version: u32,
    /// Verdicts on commands of this class, encoded by `rules`.
    #[cbor(n(7), with = "minicbor::bytes")]
    pub verdicts: Vec<u8>,
    /// The case's state, encoded by `rules`, as far as the holders of the class may see it; only in rulings of K1, `intake` and `record`.
    #[cbor(n(8), with = "minicbor::bytes")]
    pub state: Option<Vec<u8>>,
    /// The case's number, from the registration on; only in a ruling of class K1. Never given twice in an institution.
    #[n(9)]
    pub number: Option<CaseNumber>,
    /// The case's connections, encoded by `rules`; only in a ruling of class `links`.
    #[cbor(n(10), with = "minicbor::bytes")]
    pub links: Option<Vec<u8>>,
    /// Whose commands the verdicts are about; none in a ruling without verdicts. After a restore it is the proof of who gave them.
    #[n(11)]
    pub author: Option<PersonId>,
}

/// A ruling under the institution's server key.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SignedRuling {
    /// What was decided, encoded.
    #[cbor(n(0), with = "minicbor::bytes")]
    pub body: Vec<u8>,
    /// The signature over it.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub signature: [u8; SIGNATURE_LEN],
}

/// What a ruling's signature covers.
fn ruling_digest(body: &[u8]) -> [u8; 32] {
    blake3::derive_key("jangkau v1 ruling", body)
}

impl SignedRuling {
    /// Signs a ruling.
    #[must_use]
    pub fn sign(ruling: &RulingBody, key: &SigningKey) -> Self {
        let body = encode(ruling);
        let signature = key.sign(&ruling_digest(&body)).to_bytes();
        Self { body, signature }
    }

    /// Reads it, after its signature.
    ///
    /// # Errors
    /// [`BadSignature`], also for a body that is no ruling.
    pub fn verify(&self, key: &VerifyingKey) -> Result<RulingBody, BadSignature> {
        let signature = Signature::from_bytes(&self.signature);
        key.verify_strict(&ruling_digest(&self.body), &signature)
            .map_err(|_| BadSignature)?;
        self.read()
    }

    /// Reads it without its signature, from our own store.
    ///
    /// # Errors
    /// [`BadSignature`] for a body that is no ruling.
    pub fn read(&self) -> Result<RulingBody, BadSignature> {
        minicbor::decode(&self.body).map_err(|_| BadSignature)
    }
}
