//! Recording that can be repeated safely, by who did not hear the answer: the app draws the id first, and gives it again with the repeat.

use std::collections::HashMap;

use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::replica::Recorded;
use jangkau_core::screen::form::{Answers, FormId};

use super::recording::{RecordStamp, form_id, optional_case};
use super::{Vault, command_id, person_id};
use crate::types::timestamp;
use crate::worker::Answer;
use crate::{CaseCommand, VaultError, platform};

/// What was recorded, by this call or by an earlier one with the same id.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct RecordedOnce {
    /// The commands' ids; the first is the one that was given.
    pub ids: Vec<String>,
    /// Whether an earlier call had recorded the same, so that this one changed nothing.
    pub repeated: bool,
}

impl From<Recorded> for RecordedOnce {
    fn from(recorded: Recorded) -> Self {
        Self {
            ids: recorded.ids.iter().map(ToString::to_string).collect(),
            repeated: recorded.repeated,
        }
    }
}

/// The id of a single command.
pub(crate) fn first_id(recorded: Recorded) -> Result<String, VaultError> {
    let id = recorded.ids.first().ok_or(VaultError::Unavailable)?;
    Ok(id.to_string())
}

#[uniffi::export]
impl Vault {
    /// An id for `record_once`, `record_form_once` or `attach_once`. Keep it until one of them has answered, for instance with the draft.
    pub fn new_id(&self) -> Result<String, VaultError> {
        let (now, mut rng) = (self.device.now()?, platform::rng()?);
        Ok(CommandId::generate(now, &mut rng).to_string())
    }

    /// Records a command under an id of `new_id`. May be repeated with the same: then it says so and changes nothing. Otherwise as `record`.
    ///
    /// Errors, with nothing saved: `IdTaken` where something else stands under the id, and those of `record`.
    pub async fn record_once(
        &self,
        id: String,
        case_id: Option<String>,
        command: CaseCommand,
        stamp: RecordStamp,
    ) -> Result<RecordedOnce, VaultError> {
        let (id, case) = (command_id(&id)?, optional_case(case_id.as_deref())?);
        let recorded = self.hand_command(Some(id), case, command, stamp)?;
        Ok(recorded.get().await?.into())
    }

    /// Records what a form makes of the answers, the first command under an id of `new_id`. May be repeated with the same. Otherwise as
    /// `record_form`.
    ///
    /// Errors, with nothing saved: `IdTaken` where something else stands under the id, and those of `record_form`.
    pub async fn record_form_once(
        &self,
        id: String,
        case_id: Option<String>,
        form: String,
        answers: HashMap<String, String>,
    ) -> Result<RecordedOnce, VaultError> {
        let (id, case) = (command_id(&id)?, optional_case(case_id.as_deref())?);
        let recorded = self.hand_form(Some(id), case, form_id(&form)?, answers);
        Ok(recorded.get().await?.into())
    }
}

impl Vault {
    /// Hands a command over; without an id under a new one.
    pub(super) fn hand_command(
        &self,
        id: Option<CommandId>,
        case: Option<CaseId>,
        command: CaseCommand,
        stamp: RecordStamp,
    ) -> Result<Answer<Recorded>, VaultError> {
        let command = command.given()?;
        let performed_by = stamp.performed_by.as_deref().map(person_id).transpose()?;
        let occurred_at = stamp
            .occurred_at
            .map(|at| timestamp(at).ok_or(VaultError::Platform));
        let occurred_at = occurred_at.transpose()?;
        let recorded = self.store.hand(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let id = id.unwrap_or_else(|| CommandId::generate(now, &mut rng));
            let (replica, given) = (store.replica()?, (case, command));
            let recorded =
                replica.record_once(id, given, occurred_at, performed_by, now, &mut rng)??;
            if !recorded.repeated {
                store.teller.recorded(case.unwrap_or(CaseId::from(id)));
            }
            Ok(recorded)
        });
        self.look_ahead();
        Ok(recorded)
    }

    /// Hands a form's answers over; without an id under new ones.
    pub(super) fn hand_form(
        &self,
        id: Option<CommandId>,
        case: Option<CaseId>,
        form: FormId,
        answers: HashMap<String, String>,
    ) -> Answer<Recorded> {
        let answers: Answers = answers.into_iter().collect();
        let recorded = self.store.hand(move |store| {
            let (now, mut rng) = (store.now()?, platform::rng()?);
            let id = id.unwrap_or_else(|| CommandId::generate(now, &mut rng));
            let (replica, given) = (store.replica()?, (form, &answers));
            let recorded = replica.record_form_once(id, case, given, now, &mut rng)??;
            let opened = recorded.ids.first().map(|id| CaseId::from(*id));
            if let Some(case) = case.or(opened)
                && !recorded.repeated
            {
                store.teller.recorded(case);
            }
            Ok(recorded)
        });
        self.look_ahead();
        recorded
    }
}
