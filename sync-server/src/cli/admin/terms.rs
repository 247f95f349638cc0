//! What an administrator types about people, and the terms on which they serve.

use clap::Args;
use jangkau_core::command::CommandKind;
use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::sync::ActingTitle;
use jangkau_core::time::Timestamp;

use super::AdminAsk;

/// `admin delegate`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Delegating {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// Who receives them, as `admin list` shows the person
    #[arg(long, value_name = "ID")]
    to: PersonId,
    /// Who delegates: somebody with the role, or a head
    #[arg(long, value_name = "ID")]
    by: PersonId,
    /// The role whose powers they are
    #[arg(long)]
    role: Role,
    /// A decision that may be taken by it, such as `terminate`; may be given more than once; none: all of the role's
    #[arg(long, num_args = 1..)]
    power: Vec<CommandKind>,
    /// The first instant, such as `2026-11-23T08:00:00+07:00`
    #[arg(long, value_name = "INSTANT")]
    from: Timestamp,
    /// The last instant
    #[arg(long, value_name = "INSTANT")]
    until: Timestamp,
    /// `plh` while the holder is away, `plt` while nobody holds the office
    #[arg(long, default_value = "plh")]
    title: ActingTitle,
}

/// `admin add-staff`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Adding {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// The person's name
    #[arg(long)]
    name: String,
    /// A role of the profile, such as `social_worker`; may be given more than once
    #[arg(long, required = true, num_args = 1..)]
    role: Vec<Role>,
    /// The id of somebody whom a restore forgot, as the server's log told it: their devices and work come back to them
    #[arg(long, value_name = "ID")]
    again: Option<PersonId>,
}

/// `admin terms`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Serving {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// The person, as `admin list` shows them
    #[arg(long, value_name = "ID")]
    person: PersonId,
    /// The last instant of the mandate; left out: it has no end
    #[arg(long, value_name = "INSTANT")]
    until: Option<Timestamp>,
    /// A kecamatan; may be given more than once; left out: all
    #[arg(long, num_args = 1..)]
    kecamatan: Vec<String>,
}

impl From<Adding> for AdminAsk {
    fn from(asked: Adding) -> Self {
        Self::AddStaff {
            institution: asked.institution,
            name: asked.name,
            roles: asked.role,
            invite: false,
            again: asked.again.map(|person| person.to_string()),
        }
    }
}

impl From<Delegating> for AdminAsk {
    fn from(asked: Delegating) -> Self {
        Self::Delegate {
            institution: asked.institution,
            to: asked.to.to_string(),
            by: asked.by.to_string(),
            role: asked.role,
            powers: asked.power.into_iter().collect(),
            from: asked.from.to_string(),
            until: asked.until.to_string(),
            title: asked.title,
        }
    }
}

impl From<Serving> for AdminAsk {
    fn from(asked: Serving) -> Self {
        Self::Terms {
            institution: asked.institution,
            person: asked.person.to_string(),
            until: asked.until.map(|until| until.to_string()),
            kecamatan: asked.kecamatan.into_iter().collect(),
        }
    }
}
