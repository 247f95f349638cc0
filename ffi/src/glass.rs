//! Emergency access (break-glass) for phones: asked online, at a route of its own.

use jangkau_core::id::CaseNumber;
use jangkau_core::sync::{GlassAsk, GlassCase, GlassRefusal, GlassSaid};
use jangkau_core::text;

use crate::types::redacted;
use crate::vault::parse;
use crate::{Language, Vault, VaultError, platform};

/// What somebody asks to read.
#[derive(Clone, PartialEq, Eq, uniffi::Record)]
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

/// What the app is to do with it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum GlassRequest {
    /// Post this body to `/v1/glass`, once. Without a connection show `glass_offline`.
    Send {
        /// The body.
        body: Vec<u8>,
    },
    /// Nothing is sent.
    Refused {
        /// The code.
        code: String,
        /// Why, in a sentence.
        says: String,
    },
}

/// What came of it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct GlassOutcome {
    /// From when on it is closed again; none where nothing was opened.
    pub until_ms: Option<i64>,
    /// The code of a refusal.
    pub code: Option<String>,
    /// What came of it, in a sentence. What was opened comes with the next exchange.
    pub says: String,
}

#[uniffi::export]
impl Vault {
    /// Asks to read a class of a case that is not this person's, for a time. Others are told at once.
    pub fn ask_glass(
        &self,
        form: GlassForm,
        language: Language,
    ) -> Result<GlassRequest, VaultError> {
        let case = match (form.case_id, form.case_number) {
            (Some(id), _) => GlassCase::Id(parse(&id)?),
            (None, Some(number)) => GlassCase::Number(CaseNumber::new(number)),
            (None, None) => return Err(VaultError::NotAnId),
        };
        let ask = GlassAsk {
            case,
            class: form
                .document_class
                .parse()
                .map_err(|_| VaultError::UnknownWord)?,
            reason: form.reason,
        };
        Ok(match self.slot()?.replica()?.ask_glass(&ask) {
            Ok(body) => GlassRequest::Send { body },
            Err(refusal) => GlassRequest::Refused {
                code: refusal.to_string(),
                says: text::glass(language.into(), refusal),
            },
        })
    }

    /// Takes the body of an answer with status 200; another goes to `take_refusal`.
    pub fn take_glass(
        &self,
        reply: Vec<u8>,
        language: Language,
    ) -> Result<GlassOutcome, VaultError> {
        let now = platform::now()?;
        let mut slot = self.slot()?;
        let replica = slot.replica()?;
        Ok(match replica.take_glass(&reply, now)? {
            GlassSaid::Opened { until, .. } => {
                let zone = replica
                    .profile(now)?
                    .map(|profile| profile.institution.zone);
                let at = text::instant_short(language.into(), until, zone.unwrap_or_default());
                GlassOutcome {
                    until_ms: Some(until.as_millis()),
                    code: None,
                    says: text::text(language.into(), "glass-opened", &[("until", &at)]),
                }
            }
            GlassSaid::Refused(refusal) => refused(refusal, language),
        })
    }

    /// What to say when the request did not reach the server: there is no emergency access without a connection.
    pub fn glass_offline(&self, language: Language) -> String {
        text::text(language.into(), "glass-offline", &[])
    }
}

fn refused(refusal: GlassRefusal, language: Language) -> GlassOutcome {
    GlassOutcome {
        until_ms: None,
        code: Some(refusal.to_string()),
        says: text::glass(language.into(), refusal),
    }
}
