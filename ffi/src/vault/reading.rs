//! What screens show. The device's clock says what is late. While reading is locked each of these answers `ReadingLocked`.

use std::time::SystemTime;

use jangkau_core::screen;

use super::{Vault, case_id, command_id};
use crate::types::instant;
use crate::{
    AttentionScreen, ColleagueScreen, DeadlineScreen, HeaderScreen, HistoryScreen, Language,
    ListAsk, ListScreen, RecordScreen, TimelineScreen, TodayScreen, VaultError,
};

/// What has not reached the server.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct UnsentLine {
    /// How many commands.
    pub count: u64,
    /// When the oldest of them was recorded, by this device's clock.
    pub oldest: SystemTime,
    /// Count and age in one sentence.
    pub says: String,
}

impl From<screen::Unsent> for UnsentLine {
    fn from(unsent: screen::Unsent) -> Self {
        Self {
            count: unsent.count as u64,
            oldest: instant(unsent.oldest),
            says: unsent.says,
        }
    }
}

pub(crate) fn place(from: u64) -> usize {
    usize::try_from(from).unwrap_or(usize::MAX)
}

#[uniffi::export]
impl Vault {
    /// Hari ini: the first screen, each of its lists from the `from`th line on.
    pub async fn today(&self, from: u64, language: Language) -> Result<TodayScreen, VaultError> {
        let today = self.read(move |replica, now| {
            let today = replica.today(now, language.into())?;
            Ok(today.page(place(from)).into())
        });
        today.get().await
    }

    /// The rows of a list from the `from`th on, the first page from 0.
    ///
    /// Errors: `UnknownWord` for a code of status that is none.
    pub async fn list(
        &self,
        ask: ListAsk,
        from: u64,
        language: Language,
    ) -> Result<ListScreen, VaultError> {
        let filter = ask.try_into()?;
        let page = self.read(move |replica, now| {
            let page = replica.list(&filter, place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// What stands above a case.
    pub async fn header(
        &self,
        case_id: String,
        language: Language,
    ) -> Result<HeaderScreen, VaultError> {
        let case = self::case_id(&case_id)?;
        let header =
            self.read(move |replica, now| Ok(replica.header(case, now, language.into())?.into()));
        header.get().await
    }

    /// The timeline of a case in words, the newest first, from the `from`th line on.
    pub async fn timeline(
        &self,
        case_id: String,
        from: u64,
        language: Language,
    ) -> Result<TimelineScreen, VaultError> {
        let case = self::case_id(&case_id)?;
        let page = self.read(move |replica, now| {
            let page = replica.timeline_page(case, place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// What asks for attention, about one case or about every case, from the `from`th item on.
    pub async fn attention(
        &self,
        case_id: Option<String>,
        from: u64,
        language: Language,
    ) -> Result<AttentionScreen, VaultError> {
        let case = case_id.as_deref().map(self::case_id).transpose()?;
        let page = self.read(move |replica, now| {
            let page = replica.attention_page(case, place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// The dated clocks of own cases, what is due first at the top, from the `from`th on.
    pub async fn deadlines(
        &self,
        from: u64,
        language: Language,
    ) -> Result<DeadlineScreen, VaultError> {
        let page = self.read(move |replica, now| {
            let page = replica.deadlines(place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// One record of a case in full.
    ///
    /// Errors: `NotHere` where the record, or the class that it is of, is not on this device; `NotAnId`.
    pub async fn record_in_full(
        &self,
        case_id: String,
        command_id: String,
        language: Language,
    ) -> Result<RecordScreen, VaultError> {
        let (case, command) = (self::case_id(&case_id)?, self::command_id(&command_id)?);
        let shown = self.read(move |replica, now| {
            let shown = replica.record_shown(case, command, now, language.into())?;
            shown.map(Into::into).ok_or(VaultError::NotHere)
        });
        shown.get().await
    }

    /// Every value that was ever given to name, NIK, No. KK, date of birth, sex and address: field by field, the newest first,
    /// from the `from`th on.
    pub async fn identity_history(
        &self,
        case_id: String,
        from: u64,
        language: Language,
    ) -> Result<HistoryScreen, VaultError> {
        let case = self::case_id(&case_id)?;
        let page = self.read(move |replica, now| {
            let page = replica.identity_history(case, place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// Activities without a case, the newest first, from the `from`th on.
    pub async fn activities(
        &self,
        from: u64,
        language: Language,
    ) -> Result<TimelineScreen, VaultError> {
        let page = self.read(move |replica, now| {
            let page = replica.activities_told(place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// The colleagues who work here, by name, from the `from`th on.
    pub async fn colleagues(
        &self,
        from: u64,
        language: Language,
    ) -> Result<ColleagueScreen, VaultError> {
        let page = self.read(move |replica, now| {
            let page = replica.colleagues(place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }
}
