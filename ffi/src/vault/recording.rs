//! What a person records. Saved when the call returns, with or without a network; a call that nobody awaits any more is done all the same.

use std::collections::HashMap;
use std::time::SystemTime;

use jangkau_core::id::CaseId;
use jangkau_core::screen::form::{Answers, FormId};

use super::{Vault, case_id, person_id};
use crate::types::timestamp;
use crate::{CaseCommand, FormFinding, FormScreen, Language, VaultError, platform};

/// When something happened and who did it.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct RecordStamp {
    /// When it happened; none: now.
    #[uniffi(default = None)]
    pub occurred_at: Option<SystemTime>,
    /// Who did it, if not the person whose vault it is.
    #[uniffi(default = None)]
    pub performed_by: Option<String>,
}

crate::types::redacted!(RecordStamp);

fn form_id(form: &str) -> Result<FormId, VaultError> {
    form.parse().map_err(|_| VaultError::UnknownWord)
}

fn optional_case(text: Option<&str>) -> Result<Option<CaseId>, VaultError> {
    text.map(case_id).transpose()
}

#[uniffi::export]
impl Vault {
    /// Records a command. `Register` and `RecordActivity` open a file of their own and take no case; every other takes one. Gives the
    /// command's id, which is the case's for those two.
    ///
    /// Errors, with nothing saved: `NotAnId`, `UnknownWord`, `TextTooLong`, `NotHere`, `SeatRevoked`, `Hidden`, and those of the disk.
    pub async fn record(
        &self,
        case_id: Option<String>,
        command: CaseCommand,
        stamp: RecordStamp,
    ) -> Result<String, VaultError> {
        let case = optional_case(case_id.as_deref())?;
        let command = command.given()?;
        let performed_by = stamp.performed_by.as_deref().map(person_id).transpose()?;
        let occurred_at = stamp
            .occurred_at
            .map(|at| timestamp(at).ok_or(VaultError::Platform));
        let occurred_at = occurred_at.transpose()?;
        let recorded = self.store.hand(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let replica = store.replica()?;
            let at = occurred_at.unwrap_or(now);
            let id = replica.record(case, command, at, performed_by, now, &mut rng)??;
            let opened = CaseId::from(id);
            store.teller.recorded(case.unwrap_or(opened));
            Ok(id.to_string())
        });
        recorded.get().await
    }

    /// A form (`f01` to `f26`, or the code of a command), as the institution asks it for a case; without one, as it asks it now.
    ///
    /// Errors: `FormNotUsed`, `UnknownWord`, `NotAnId`.
    pub async fn form(
        &self,
        case_id: Option<String>,
        form: String,
        language: Language,
    ) -> Result<FormScreen, VaultError> {
        let (case, form) = (optional_case(case_id.as_deref())?, form_id(&form)?);
        let asked = self.store.ask(move |store| {
            let now = store.now()?;
            let asked = store.replica()?.form(case, form, now, language.into())?;
            asked.map(Into::into).ok_or(VaultError::FormNotUsed)
        });
        asked.get().await
    }

    /// Looks at answers before they are recorded. `first_contact`: what only later contacts ask is not missed.
    pub async fn check_form(
        &self,
        case_id: Option<String>,
        form: String,
        answers: HashMap<String, String>,
        first_contact: bool,
        language: Language,
    ) -> Result<Vec<FormFinding>, VaultError> {
        let (case, form) = (optional_case(case_id.as_deref())?, form_id(&form)?);
        let answers: Answers = answers.into_iter().collect();
        let found = self.store.ask(move |store| {
            let now = store.now()?;
            let asked = store.replica()?.form(case, form, now, language.into())?;
            let asked = asked.ok_or(VaultError::FormNotUsed)?;
            let found = asked.check(&answers, first_contact, now);
            Ok(found.into_iter().map(Into::into).collect())
        });
        found.get().await
    }

    /// Records what a form makes of the answers: all of it or nothing. The registration form takes no case. Gives the commands' ids; for
    /// the registration form the first is the case's.
    ///
    /// Errors, with nothing saved: `FormNotUsed`, `FormUnfilled`, and those of `record`.
    pub async fn record_form(
        &self,
        case_id: Option<String>,
        form: String,
        answers: HashMap<String, String>,
    ) -> Result<Vec<String>, VaultError> {
        let (case, form) = (optional_case(case_id.as_deref())?, form_id(&form)?);
        let answers: Answers = answers.into_iter().collect();
        let recorded = self.store.hand(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let replica = store.replica()?;
            let ids = replica.record_form(case, form, &answers, now, &mut rng)??;
            let opened = ids.first().map(|id| CaseId::from(*id));
            if let Some(case) = case.or(opened) {
                store.teller.recorded(case);
            }
            Ok(ids.iter().map(ToString::to_string).collect())
        });
        recorded.get().await
    }
}
