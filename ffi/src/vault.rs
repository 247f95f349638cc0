//! The exported vault: edit, query, sync. Each call takes the one lock, reads clock and entropy, and forwards.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use jangkau_core::command::{Command, RecordVisit, Register};
use jangkau_core::id::CaseId;
use jangkau_core::replica::Replica;
use jangkau_core::screen::form::{Answers, FormId};
use jangkau_core::time::Timestamp;

use crate::{
    AttentionLine, CaseLine, FormFinding, FormScreen, HeaderScreen, Language, ListAsk, ListScreen,
    NewCase, NewVisit, RefusalOutcome, SyncOutcome, TimelineLine, TodayScreen, ToldLine,
    VaultError, platform,
};

/// One person's vault on this device.
#[derive(uniffi::Object)]
pub struct Vault(Mutex<Option<Replica>>);

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Vault(…)")
    }
}

/// The replica's place, held for one call.
pub(crate) struct Slot<'a>(MutexGuard<'a, Option<Replica>>);

impl Slot<'_> {
    /// The replica, told what the clock shows, unless it was hidden.
    pub(crate) fn replica(&mut self) -> Result<&mut Replica, VaultError> {
        let replica = self.0.as_mut().ok_or(VaultError::Hidden)?;
        if let Ok(now) = platform::now() {
            replica.tick(now);
        }
        Ok(replica)
    }

    /// The replica for what shows something of it to a person.
    pub(crate) fn reading(&mut self) -> Result<&Replica, VaultError> {
        let now = platform::now()?;
        let replica = self.replica()?;
        replica.reading(now)?;
        Ok(replica)
    }
}

impl Vault {
    pub(crate) const fn over(replica: Replica) -> Self {
        Self(Mutex::new(Some(replica)))
    }

    /// The place of the replica. After a panic inside a call the memory cannot be trusted, only the file: open the vault again.
    pub(crate) fn slot(&self) -> Result<Slot<'_>, VaultError> {
        Ok(Slot(self.0.lock().map_err(|_| VaultError::Unavailable)?))
    }

    fn record(
        &self,
        case: Option<CaseId>,
        command: impl Into<Command>,
        occurred_at: Option<Timestamp>,
    ) -> Result<String, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        let occurred_at = occurred_at.unwrap_or(now);
        let mut slot = self.slot()?;
        let replica = slot.replica()?;
        let recorded = replica.record(case, command.into(), occurred_at, None, now, &mut rng)?;
        Ok(recorded?.to_string())
    }
}

fn parse_form(form: &str) -> Result<FormId, VaultError> {
    form.parse().map_err(|_| VaultError::UnknownWord)
}

pub(crate) fn parse(case_id: &str) -> Result<CaseId, VaultError> {
    case_id.parse().map_err(|_| VaultError::NotAnId)
}

#[uniffi::export]
impl Vault {
    /// Opens the vault in a file without a PIN: for trying out. A build that encrypts vaults opens them in a [`crate::VaultFolder`].
    #[uniffi::constructor]
    pub fn open(path: String) -> Result<Self, VaultError> {
        if jangkau_core::store::ENCRYPTS {
            return Err(VaultError::NeedsPin);
        }
        Ok(Self::over(Replica::open(&path)?))
    }

    /// Hides the vault: its keys and everything of it that was decrypted leave the memory, and every call but this one answers
    /// [`VaultError::Hidden`]. What locks, logs out or leaves the screen calls it. Nothing is deleted; the PIN opens it again.
    pub fn hide(&self) {
        // A call that panicked has left something behind, and that goes, too.
        let mut slot = match self.0.lock() {
            Ok(slot) => slot,
            Err(poisoned) => poisoned.into_inner(),
        };
        *slot = None;
    }

    /// Until when the vault may be read without the server, in milliseconds since 1970-01-01T00:00:00Z; none before the first exchange.
    pub fn lease_until_ms(&self) -> Result<Option<i64>, VaultError> {
        let until = self.slot()?.replica()?.lease_until();
        Ok(until.map(Timestamp::as_millis))
    }

    /// The person's id.
    pub fn person(&self) -> Result<String, VaultError> {
        Ok(self.slot()?.replica()?.person().to_string())
    }

    /// What the seat may still do: `active`, `retired` or `locked`.
    pub fn state(&self) -> Result<String, VaultError> {
        Ok(self.slot()?.replica()?.state().to_string())
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
        let mut slot = self.slot()?;
        let replica = slot.reading()?;
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
        let items = self.slot()?.reading()?.timeline(parse(&case_id)?)?;
        Ok(items.into_iter().map(Into::into).collect())
    }

    /// Number of own commands that the server has not acknowledged.
    pub fn unsent(&self) -> Result<u64, VaultError> {
        Ok(self.slot()?.replica()?.unsent()? as u64)
    }

    /// The body for `POST /v1/sync`. Repeated before an answer came, it carries the same commands.
    pub fn next_request(&self) -> Result<Vec<u8>, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        Ok(self.slot()?.replica()?.request(now, &mut rng)?)
    }

    /// Takes the body of an answer with status 200.
    pub fn take_reply(&self, reply: Vec<u8>) -> Result<SyncOutcome, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        Ok(self
            .slot()?
            .replica()?
            .receive(&reply, now, &mut rng)?
            .into())
    }

    /// Takes the body of an answer with another status.
    pub fn take_refusal(&self, refusal: Vec<u8>) -> Result<RefusalOutcome, VaultError> {
        let (code, again) = self.slot()?.replica()?.refused(&refusal)?;
        let code = code.to_string();
        Ok(RefusalOutcome { code, again })
    }
}

/// What screens show. The device's clock says what is late.
#[uniffi::export]
impl Vault {
    /// Hari ini: the first screen.
    pub fn today(&self, language: Language) -> Result<TodayScreen, VaultError> {
        let now = platform::now()?;
        Ok(self.slot()?.replica()?.today(now, language.into())?.into())
    }

    /// The rows of a list from the `from`th on.
    pub fn list(
        &self,
        ask: ListAsk,
        from: u64,
        language: Language,
    ) -> Result<ListScreen, VaultError> {
        let (now, filter) = (platform::now()?, ask.try_into()?);
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let page = self
            .slot()?
            .replica()?
            .list(&filter, from, now, language.into())?;
        Ok(page.into())
    }

    /// What stands above a case.
    pub fn header(&self, case_id: String, language: Language) -> Result<HeaderScreen, VaultError> {
        let (now, case) = (platform::now()?, parse(&case_id)?);
        Ok(self
            .slot()?
            .replica()?
            .header(case, now, language.into())?
            .into())
    }

    /// The timeline of a case, in words.
    pub fn told(&self, case_id: String, language: Language) -> Result<Vec<ToldLine>, VaultError> {
        let (now, case) = (platform::now()?, parse(&case_id)?);
        let lines = self
            .slot()?
            .replica()?
            .timeline_told(case, now, language.into())?;
        Ok(lines.into_iter().map(Into::into).collect())
    }

    /// What asks for attention: about one case, or about every case.
    pub fn attention(
        &self,
        case_id: Option<String>,
        language: Language,
    ) -> Result<Vec<AttentionLine>, VaultError> {
        let now = platform::now()?;
        let case = case_id.as_deref().map(parse).transpose()?;
        let found = self
            .slot()?
            .replica()?
            .attention(case, now, language.into())?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// A form (`f01` to `f26`, or the code of a command), as the institution asks it for a case; without one, as it asks it now.
    pub fn form(
        &self,
        case_id: Option<String>,
        form: String,
        language: Language,
    ) -> Result<FormScreen, VaultError> {
        let (now, form) = (platform::now()?, parse_form(&form)?);
        let case = case_id.as_deref().map(parse).transpose()?;
        let asked = self
            .slot()?
            .replica()?
            .form(case, form, now, language.into())?;
        asked.map(Into::into).ok_or(VaultError::FormNotUsed)
    }

    /// Looks at answers before they are recorded.
    pub fn check_form(
        &self,
        case_id: Option<String>,
        form: String,
        answers: HashMap<String, String>,
        first_contact: bool,
        language: Language,
    ) -> Result<Vec<FormFinding>, VaultError> {
        let (now, form) = (platform::now()?, parse_form(&form)?);
        let case = case_id.as_deref().map(parse).transpose()?;
        let asked = self
            .slot()?
            .replica()?
            .form(case, form, now, language.into())?;
        let answers: Answers = answers.into_iter().collect();
        let found = asked
            .ok_or(VaultError::FormNotUsed)?
            .check(&answers, first_contact, now);
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Records what a form makes of the answers: all of it or nothing. The registration form takes no case. Gives the commands' ids.
    pub fn record_form(
        &self,
        case_id: Option<String>,
        form: String,
        answers: HashMap<String, String>,
    ) -> Result<Vec<String>, VaultError> {
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        let case = case_id.as_deref().map(parse).transpose()?;
        let form = parse_form(&form)?;
        let answers: Answers = answers.into_iter().collect();
        let mut slot = self.slot()?;
        let replica = slot.replica()?;
        let ids = replica.record_form(case, form, &answers, now, &mut rng)??;
        Ok(ids.iter().map(ToString::to_string).collect())
    }
}

/// Work that leaves by another way than this device's own line.
#[uniffi::export]
impl Vault {
    /// This person's own work that the server may lack, as a file that it alone can open; none if there is nothing. Any colleague's
    /// device can carry it, or a stick.
    pub fn export_parcel(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let mut rng = platform::rng()?;
        Ok(self.slot()?.replica()?.export_parcel(&mut rng)?)
    }

    /// Takes a colleague's parcel, to hand it over with the next exchanges. Nothing in it can be read here.
    pub fn carry_parcel(&self, parcel: Vec<u8>) -> Result<u64, VaultError> {
        let taken = self.slot()?.replica()?.carry_parcel(&parcel)?;
        taken.map(u64::from).map_err(|_| VaultError::NotCarried)
    }

    /// How many pieces of colleagues' parcels wait to be handed over.
    pub fn carried(&self) -> Result<u64, VaultError> {
        Ok(u64::from(self.slot()?.replica()?.carried()?))
    }
}
