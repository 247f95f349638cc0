//! The exported vault: edit, query, sync. Each call takes the one lock, reads clock and entropy, and forwards.

use std::sync::{Mutex, MutexGuard};

use jangkau_core::command::{Command, RecordVisit, Register};
use jangkau_core::id::CaseId;
use jangkau_core::replica::Replica;
use jangkau_core::time::Timestamp;

use crate::{
    CaseLine, NewCase, NewVisit, RefusalOutcome, SyncOutcome, TimelineLine, VaultError, platform,
};

/// One person's vault on this device.
#[derive(uniffi::Object)]
pub struct Vault(Mutex<Replica>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

impl Vault {
    pub(crate) const fn over(replica: Replica) -> Self {
        Self(Mutex::new(replica))
    }

    /// The replica. After a panic inside a call the memory cannot be trusted, only the file: open the vault again.
    fn replica(&self) -> Result<MutexGuard<'_, Replica>, VaultError> {
        self.0.lock().map_err(|_| VaultError::Unavailable)
    }

    fn record(
        &self,
        case: Option<CaseId>,
        command: impl Into<Command>,
        occurred_at: Option<Timestamp>,
    ) -> Result<String, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        let occurred_at = occurred_at.unwrap_or(now);
        let mut replica = self.replica()?;
        let recorded = replica.record(case, command.into(), occurred_at, None, now, &mut rng)?;
        Ok(recorded?.to_string())
    }
}

fn parse(case_id: &str) -> Result<CaseId, VaultError> {
    case_id.parse().map_err(|_| VaultError::NotAnId)
}

#[uniffi::export]
impl Vault {
    /// Opens the vault in a file.
    #[uniffi::constructor]
    pub fn open(path: String) -> Result<Self, VaultError> {
        Ok(Self::over(Replica::open(&path)?))
    }

    /// The person's id.
    pub fn person(&self) -> Result<String, VaultError> {
        Ok(self.replica()?.person().to_string())
    }

    /// What the seat may still do: `active`, `retired` or `locked`.
    pub fn state(&self) -> Result<String, VaultError> {
        Ok(self.replica()?.state().to_string())
    }

    /// Opens a case. Saved when this returns; gives the case's id.
    pub fn register_case(&self, form: NewCase) -> Result<String, VaultError> {
        self.record(None, Register::try_from(form)?, None)
    }

    /// Records a visit. Saved when this returns; gives the command's id.
    pub fn record_visit(&self, case_id: String, form: NewVisit) -> Result<String, VaultError> {
        let occurred_at = Timestamp::from_millis(form.occurred_at_ms);
        let visit = RecordVisit::try_from(form)?;
        self.record(Some(parse(&case_id)?), visit, Some(occurred_at))
    }

    /// The cases on this device, oldest first.
    pub fn cases(&self) -> Result<Vec<CaseLine>, VaultError> {
        let replica = self.replica()?;
        let mut lines = Vec::new();
        for id in replica.cases()? {
            let view = replica.case(id)?;
            lines.push(CaseLine {
                id: id.to_string(),
                status: view.state.map(|state| state.status.to_string()),
                pending: view.pending.len() as u64,
            });
        }
        Ok(lines)
    }

    /// The timeline of a case, in the order in which things happened.
    pub fn timeline(&self, case_id: String) -> Result<Vec<TimelineLine>, VaultError> {
        let items = self.replica()?.timeline(parse(&case_id)?)?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Number of own commands that the server has not acknowledged.
    pub fn unsent(&self) -> Result<u64, VaultError> {
        Ok(self.replica()?.unsent()? as u64)
    }

    /// The body for `POST /v1/sync`. Repeated before an answer came, it carries the same commands.
    pub fn next_request(&self) -> Result<Vec<u8>, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        Ok(self.replica()?.request(now, &mut rng)?)
    }

    /// Takes the body of an answer with status 200.
    pub fn take_reply(&self, reply: Vec<u8>) -> Result<SyncOutcome, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        Ok(self.replica()?.receive(&reply, now, &mut rng)?.into())
    }

    /// Takes the body of an answer with another status.
    pub fn take_refusal(&self, refusal: Vec<u8>) -> Result<RefusalOutcome, VaultError> {
        let (code, again) = self.replica()?.refused(&refusal)?;
        let code = code.to_string();
        Ok(RefusalOutcome { code, again })
    }
}
