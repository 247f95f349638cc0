//! What a person records. Saved when the call returns, with or without a network; a call that nobody awaits any more is done all the same.

use std::collections::HashMap;
use std::time::SystemTime;

use jangkau_core::id::CaseId;
use jangkau_core::screen::form::{Answers, FormId};

use super::once::first_id;
use super::{Vault, case_id};
use crate::{CaseCommand, FormFinding, FormScreen, Language, VaultError};

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

pub(super) fn form_id(form: &str) -> Result<FormId, VaultError> {
    form.parse().map_err(|_| VaultError::UnknownWord)
}

pub(super) fn optional_case(text: Option<&str>) -> Result<Option<CaseId>, VaultError> {
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
        let recorded = self.hand_command(None, case, command, stamp)?;
        first_id(recorded.get().await?)
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
        let recorded = self.hand_form(None, case, form, answers).get().await?;
        Ok(recorded.ids.iter().map(ToString::to_string).collect())
    }
}
