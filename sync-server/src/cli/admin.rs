//! What an administrator asks. The running server is asked over its socket; without one, the database is opened here.

use std::io::{IsTerminal as _, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Subcommand;
use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::profile::words::Role;
use jangkau_core::sync::SeatStatus;

use super::{CliError, admin_socket, inspect, qr, serve};
use crate::backup::{Backups, back_up, restore};
use crate::clock::{Clock, entropy};
use crate::config::{Config, Settings};

mod accounts;
mod breach;
mod message;
mod perform;
mod release;
mod rights;
mod standards;
mod terms;

pub use accounts::AccountsAsk;
use breach::Revoking;
pub use breach::{BreachAsk, BreachListing};
pub use message::{
    AdminAsk, AdminReply, InstitutionListing, Invitation, PersonListing, StandardsAsk,
    StandardsListing,
};
pub(super) use perform::perform;
use release::Releasing;
pub use rights::RightsCommand;
use terms::{Adding, Delegating, Serving};

/// `admin …`.
#[derive(Debug, Subcommand)]
pub(super) enum AdminCommand {
    /// Found an institution on a service profile
    Found {
        /// Short name of the institution, such as `lk3-cilegon`
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Id of a shipped profile, or a profile's file
        #[arg(long, value_name = "ID|FILE")]
        profile: String,
        /// For practising only: marked on every screen and letter, and never counted
        #[arg(long)]
        practice: bool,
    },
    /// Delete an institution for practising, with all that is in it
    WipePractice {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
    },
    /// Put a profile into force as the institution's next version
    #[command(subcommand)]
    Profile(standards::ProfileCommand),
    /// Load a list of holidays
    #[command(subcommand)]
    Calendar(standards::CalendarCommand),
    /// Tell by which profile and calendars institutions work, and what is missing
    Status {
        /// Only this institution
        #[arg(long, value_name = "ID")]
        institution: Option<InstitutionId>,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Add the institution's first administrator, and invite them
    Administrator {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The person's name
        #[arg(long)]
        name: String,
    },
    /// Add a person to the staff
    AddStaff(Adding),
    /// Make a one-time code with which a person enrols a device
    Invite {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The person, as `admin list` shows them
        #[arg(long, value_name = "ID")]
        person: PersonId,
    },
    /// Make a one-time code with which a person sets up how they sign in to the server, or sets it up anew
    Account(accounts::Opening),
    /// Sign a person out of the server, wherever they are signed in
    SignOut(accounts::SigningOut),
    /// List institutions, their staff and their seats
    List {
        /// Only this institution
        #[arg(long, value_name = "ID")]
        institution: Option<InstitutionId>,
        /// As one JSON object
        #[arg(long)]
        json: bool,
    },
    /// Revoke a seat: a person's vault on one device
    Revoke(Revoking),
    /// Records of lost and stolen devices: what was on them, and who has to be told until when
    #[command(subcommand)]
    Breach(breach::BreachCommand),
    /// Approve, as a head, that a vault is opened whose PIN was forgotten; its phone asks within a quarter of an hour
    Release(Releasing),
    /// Delegate powers to a person, between two dates
    Delegate(Delegating),
    /// Say until when a person's mandate runs, and which kecamatan they serve
    Terms(Serving),
    /// What clients ask for by right, and what may be erased
    #[command(subcommand)]
    Rights(RightsCommand),
    /// Take a backup now
    Backup,
    /// Put a backup in the database's place; the server must be stopped
    Restore {
        /// The backup's file
        #[arg(long, value_name = "FILE")]
        from: PathBuf,
    },
}

fn ended(text: &str) -> Result<SeatStatus, String> {
    match text.parse() {
        Ok(how @ (SeatStatus::Retired | SeatStatus::Stolen)) => Ok(how),
        Ok(SeatStatus::Active) | Err(_) => Err("either `retired` or `stolen`".to_owned()),
    }
}

/// Runs one administrator's command.
pub(super) fn run(
    settings: Settings,
    command: AdminCommand,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let config = settings.load()?;
    let (mut json, mut whole) = (false, false);
    let ask = match command {
        AdminCommand::Restore { from } => return put_back(&config, &from, out),
        AdminCommand::Found {
            institution,
            profile,
            practice,
        } => AdminAsk::Found {
            institution,
            profile: standards::founding_text(&profile, practice)?,
        },
        AdminCommand::WipePractice { institution } => {
            AdminAsk::Standards(StandardsAsk::Wipe { institution })
        }
        AdminCommand::Profile(command) => AdminAsk::Standards(command.ask()?),
        AdminCommand::Calendar(command) => AdminAsk::Standards(command.ask()?),
        AdminCommand::Status {
            institution,
            json: as_json,
        } => {
            json = as_json;
            AdminAsk::Standards(StandardsAsk::Status { institution })
        }
        AdminCommand::Administrator { institution, name } => AdminAsk::AddStaff {
            institution,
            name,
            roles: vec![Role::SystemAdministrator],
            invite: true,
            again: None,
        },
        AdminCommand::AddStaff(adding) => adding.into(),
        AdminCommand::Account(opening) => opening.into(),
        AdminCommand::SignOut(signing_out) => signing_out.into(),
        AdminCommand::Invite {
            institution,
            person,
        } => AdminAsk::Invite {
            institution,
            person: person.to_string(),
        },
        AdminCommand::List {
            institution,
            json: as_json,
        } => {
            json = as_json;
            AdminAsk::List { institution }
        }
        AdminCommand::Revoke(revoking) => revoking.into(),
        AdminCommand::Breach(command) => {
            let (ask, is_whole) = command.ask();
            whole = is_whole;
            ask
        }
        AdminCommand::Release(releasing) => releasing.into(),
        AdminCommand::Delegate(delegating) => delegating.into(),
        AdminCommand::Terms(serving) => serving.into(),
        AdminCommand::Rights(command) => AdminAsk::Rights(command),
        AdminCommand::Backup => AdminAsk::Backup,
    };
    tell(put(&config, ask)?, json, whole, out)?;
    Ok(ExitCode::SUCCESS)
}

/// Asks the running server, or the database itself if none runs.
pub(super) fn put(config: &Config, ask: AdminAsk) -> Result<AdminReply, CliError> {
    let is_founding = matches!(ask, AdminAsk::Found { .. });
    if !is_founding && !config.database.exists() {
        // A mistyped path must not become an empty office.
        return Err(CliError::File {
            path: config.database.clone(),
            cause: std::io::ErrorKind::NotFound.into(),
        });
    }
    let Some(_lock) = serve::lock(&config.database)? else {
        return admin_socket::ask(&config.database, &ask);
    };
    if matches!(ask, AdminAsk::Release(_)) {
        // An approval lasts as long as the server that it was told to.
        let reason = "the server is not running, so that no phone can ask it";
        return Ok(AdminReply::Refused(reason.to_owned()));
    }
    let mut engine = serve::open(config)?;
    let now = Clock::system().now();
    if ask == AdminAsk::Backup {
        let Some(plan) = &config.backup else {
            return Ok(no_folder());
        };
        let backups = Backups::of(plan);
        return Ok(AdminReply::BackedUp(back_up(&mut engine, &backups, now)?));
    }
    let server = &config.public_url;
    Ok(perform(&ask, server, &mut engine, now, &mut entropy()?))
}

/// What `backup` is told without a folder.
pub(super) fn no_folder() -> AdminReply {
    AdminReply::Refused("no folder for backups is set; give --backup-folder".to_owned())
}

fn put_back(config: &Config, from: &Path, out: &mut dyn Write) -> Result<ExitCode, CliError> {
    let Some(_lock) = serve::lock(&config.database)? else {
        return Err(CliError::Running);
    };
    let backups = config.backup.as_ref().map(Backups::of);
    let keys = serve::open_keys(config, from)?;
    let now = Clock::system().now();
    let aside = restore(from, &config.database, backups.as_ref(), &keys, now)?;
    writeln!(out, "{} is restored.", config.database.display())?;
    if let Some(aside) = aside {
        writeln!(out, "What was there before lies in {}.", aside.display())?;
    }
    writeln!(out, "Devices hand back what the backup does not hold.")?;
    writeln!(
        out,
        "What was erased since the backup is erased again, as the folder of the keys says. Was that put back, too: see `admin status`."
    )?;
    Ok(ExitCode::SUCCESS)
}

fn tell(reply: AdminReply, json: bool, whole: bool, out: &mut dyn Write) -> Result<(), CliError> {
    match reply {
        AdminReply::Done => writeln!(out, "done")?,
        AdminReply::Person { person, invitation } => {
            writeln!(out, "person: {person}")?;
            if let Some(invitation) = invitation {
                tell_invitation(&invitation, out)?;
            }
        }
        AdminReply::Invited(invitation) => tell_invitation(&invitation, out)?,
        AdminReply::Code(code) => {
            writeln!(out, "code: {code}\nIt is good once, for 24 hours.")?;
        }
        AdminReply::SignedOut(count) => writeln!(out, "sessions ended: {count}")?,
        AdminReply::BackedUp(path) => writeln!(out, "{}", path.display())?,
        AdminReply::Version(version) => writeln!(out, "version {version}")?,
        AdminReply::Listed(listing) if json => tell_json(&listing, out)?,
        AdminReply::Listed(listing) => tell_listing(&listing, out)?,
        AdminReply::Standards(listing) if json => tell_json(&listing, out)?,
        AdminReply::Standards(listing) => standards::tell(&listing, out)?,
        AdminReply::Audit(_) | AdminReply::Parcel { .. } => {}
        AdminReply::Breaches(listing) => breach::tell(&listing, whole, out)?,
        AdminReply::Text(answer) => rights::tell(&answer, out)?,
        AdminReply::Refused(reason) => return Err(CliError::Refused(reason)),
    }
    Ok(())
}

fn tell_invitation(invitation: &Invitation, out: &mut dyn Write) -> Result<(), CliError> {
    let link = qr::enrol_link(&invitation.server, &invitation.code);
    writeln!(out, "code:   {}\nlink:   {link}", invitation.code)?;
    if let Some(picture) = qr::picture(&link, std::io::stdout().is_terminal()) {
        writeln!(out, "{picture}")?;
    }
    Ok(())
}

fn tell_json(value: &impl serde::Serialize, out: &mut dyn Write) -> Result<(), CliError> {
    let text = serde_json::to_string_pretty(value).map_err(std::io::Error::other)?;
    writeln!(out, "{text}")?;
    Ok(())
}

fn tell_listing(listing: &[InstitutionListing], out: &mut dyn Write) -> Result<(), CliError> {
    for institution in listing {
        writeln!(
            out,
            "{} (log: {})",
            institution.institution, institution.head
        )?;
        for person in &institution.staff {
            let roles = person.roles.join(", ");
            writeln!(out, "  {}  {} ({roles})", person.person, person.name)?;
            for (seat, status) in &person.seats {
                writeln!(out, "    seat {seat} {status}")?;
            }
        }
    }
    Ok(())
}
