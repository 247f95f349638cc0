//! Accounts of people who sign in to the server: a one-time code for one, and the end of somebody's sessions.

use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::time::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::{AdminAsk, AdminReply};
use crate::engine::Engine;

/// `admin account`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct Opening {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// The person, as `admin list` shows them
    #[arg(long, value_name = "ID")]
    person: PersonId,
    /// What they type to sign in; needed for the first code
    #[arg(long, value_name = "ACCOUNT")]
    name: Option<String>,
}

/// `admin sign-out`.
#[derive(Debug, clap::Args)]
pub(in crate::cli) struct SigningOut {
    /// The person, as `admin list` shows them
    person: PersonId,
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
}

/// A question about accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AccountsAsk {
    /// Make a one-time code with which a person sets their account up.
    Open {
        /// Where.
        institution: InstitutionId,
        /// For whom, as text.
        person: String,
        /// What they type to sign in; none keeps what they have.
        name: Option<String>,
    },
    /// End all sessions of a person.
    SignOut {
        /// Where.
        institution: InstitutionId,
        /// Whose, as text.
        person: String,
    },
}

impl From<Opening> for AdminAsk {
    fn from(opening: Opening) -> Self {
        Self::Accounts(AccountsAsk::Open {
            institution: opening.institution,
            person: opening.person.to_string(),
            name: opening.name,
        })
    }
}

impl From<SigningOut> for AdminAsk {
    fn from(signing_out: SigningOut) -> Self {
        Self::Accounts(AccountsAsk::SignOut {
            institution: signing_out.institution,
            person: signing_out.person.to_string(),
        })
    }
}

/// Answers from the engine.
pub(super) fn perform(
    ask: &AccountsAsk,
    engine: &mut Engine,
    now: Timestamp,
    rng: &mut dyn CryptoRng,
) -> AdminReply {
    let (AccountsAsk::Open { person, .. } | AccountsAsk::SignOut { person, .. }) = ask;
    let person: PersonId = match person.parse() {
        Ok(person) => person,
        Err(_) => return AdminReply::Refused("this is not a person's id".to_owned()),
    };
    let answered = match ask {
        AccountsAsk::Open {
            institution, name, ..
        } => engine
            .account(institution, person, name.as_deref(), now, rng)
            .map(AdminReply::Code),
        AccountsAsk::SignOut { institution, .. } => engine
            .sign_out(institution, person, now, rng)
            .map(AdminReply::SignedOut),
    };
    answered.unwrap_or_else(|error| AdminReply::Refused(error.to_string()))
}
