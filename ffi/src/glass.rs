//! Emergency access (break-glass) for phones: asked online, at a route of its own.

use std::time::SystemTime;

use jangkau_core::id::CaseNumber;
use jangkau_core::replica::Replica;
use jangkau_core::sync::{GLASS_ROUTE, GlassAsk, GlassCase, GlassRefusal, GlassSaid};
use jangkau_core::text;
use jangkau_core::time::Timestamp;

use crate::network::{self, Said};
use crate::types::{instant, redacted};
use crate::vault::case_id;
use crate::{Language, Vault, VaultError, worker};

/// What somebody asks to read.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
#[uniffi::export(Debug, Display)]
pub struct GlassForm {
    /// The case, where the device knows it.
    pub case_id: Option<String>,
    /// Else its number.
    pub case_number: Option<u32>,
    /// `record` or `safety`.
    pub document_class: String,
    /// Why, in the person's words.
    pub reason: String,
}

redacted!(GlassForm);

impl TryFrom<GlassForm> for GlassAsk {
    type Error = VaultError;

    fn try_from(form: GlassForm) -> Result<Self, VaultError> {
        let case = match (form.case_id, form.case_number) {
            (Some(id), _) => GlassCase::Id(case_id(&id)?),
            (None, Some(number)) => GlassCase::Number(CaseNumber::new(number)),
            (None, None) => return Err(VaultError::NotAnId),
        };
        let class = form.document_class.parse();
        Ok(Self {
            case,
            class: class.map_err(|_| VaultError::UnknownWord)?,
            reason: form.reason,
        })
    }
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct GlassOutcome {
    /// From when on it is closed again; none where nothing was opened.
    pub until: Option<SystemTime>,
    /// The code of a refusal; `offline` where the server was not reached.
    pub code: Option<String>,
    /// What came of it, in a sentence. What was opened comes with the next exchange.
    pub says: String,
}

#[uniffi::export]
impl Vault {
    /// Asks to read a class of a case that is not this person's, for a time. Others are told at once. Asked online only, and once.
    ///
    /// Errors: `NotAnId`, `UnknownWord`, `ServerBusy`, `NotAnAnswer`, `Hidden`; without a connection the outcome says so.
    pub async fn ask_glass(
        &self,
        form: GlassForm,
        language: Language,
    ) -> Result<GlassOutcome, VaultError> {
        let ask = GlassAsk::try_from(form)?;
        let (store, device) = (self.store.clone(), self.device.clone());
        let asked = worker::aside("glass", move || {
            let request = store.wait(move |store| Ok(store.replica()?.ask_glass(&ask)))?;
            let body = match request {
                Ok(body) => body,
                Err(refusal) => return Ok(refused(refusal, language)),
            };
            match network::post(&device, device.request_id(), GLASS_ROUTE, body).1 {
                Ok(Said::Taken(reply)) => store.wait(move |store| {
                    let now = store.now()?;
                    taken(store.replica()?, &reply, now, language)
                }),
                Ok(Said::Refused(code, body)) => {
                    store.wait(move |store| Ok(store.replica()?.refused(&body)?))?;
                    Err(code.into())
                }
                Err(VaultError::Offline) => Ok(GlassOutcome {
                    until: None,
                    code: Some("offline".to_owned()),
                    says: text::text(language.into(), "glass-offline", &[]),
                }),
                Err(error) => Err(error),
            }
        })?;
        asked.get().await
    }
}

fn taken(
    replica: &mut Replica,
    reply: &[u8],
    now: Timestamp,
    language: Language,
) -> Result<GlassOutcome, VaultError> {
    Ok(match replica.take_glass(reply, now)? {
        GlassSaid::Opened { until, .. } => {
            let zone = replica
                .profile(now)?
                .map(|profile| profile.institution.zone);
            let at = text::instant_short(language.into(), until, zone.unwrap_or_default());
            GlassOutcome {
                until: Some(instant(until)),
                code: None,
                says: text::text(language.into(), "glass-opened", &[("until", &at)]),
            }
        }
        GlassSaid::Refused(refusal) => refused(refusal, language),
    })
}

fn refused(refusal: GlassRefusal, language: Language) -> GlassOutcome {
    GlassOutcome {
        until: None,
        code: Some(refusal.to_string()),
        says: text::glass(language.into(), refusal),
    }
}
