//! What an administrator may ask of whoever owns the engine, and the answers; as JSON over the socket.

use std::collections::BTreeSet;
use std::path::PathBuf;

use jangkau_core::command::CommandKind;
use jangkau_core::id::InstitutionId;
use jangkau_core::profile::words::Role;
use jangkau_core::sync::{ActingTitle, SeatStatus, StoreKind};
use serde::{Deserialize, Serialize};

use super::AccountsAsk;
use super::breach::{BreachAsk, BreachListing};
use super::release::ReleaseAsk;
use crate::cli::audit::{AuditAsk, AuditListing};

/// A question to whoever owns the engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdminAsk {
    /// Found an institution on the text of a profile.
    Found {
        /// Its id.
        institution: InstitutionId,
        /// The profile's file.
        profile: String,
    },
    /// Add a person.
    AddStaff {
        /// Where.
        institution: InstitutionId,
        /// Name.
        name: String,
        /// Roles.
        roles: Vec<Role>,
        /// Whether to invite them at once.
        invite: bool,
        /// The id, as text, of somebody whom a restore forgot.
        again: Option<String>,
    },
    /// Make a one-time code.
    Invite {
        /// Where.
        institution: InstitutionId,
        /// For whom, as text.
        person: String,
    },
    /// List institutions, staff and seats.
    List {
        /// Only this one.
        institution: Option<InstitutionId>,
    },
    /// Revoke a seat.
    Revoke {
        /// Where.
        institution: InstitutionId,
        /// Which, as text.
        seat: String,
        /// How.
        how: SeatStatus,
        /// Since when a theft is known, as text; none: since now.
        known_at: Option<String>,
        /// Whether the device's store was encrypted.
        store: Option<StoreKind>,
    },
    /// About lost and stolen devices.
    Breach(BreachAsk),
    /// Approve that a vault is opened whose PIN was forgotten.
    Release(ReleaseAsk),
    /// Delegate powers to a person.
    Delegate {
        /// Where.
        institution: InstitutionId,
        /// To whom, as text.
        to: String,
        /// Who delegates, as text.
        by: String,
        /// The role whose powers they are.
        role: Role,
        /// The decisions; empty: all of the role's.
        powers: BTreeSet<CommandKind>,
        /// The first instant, as text.
        from: String,
        /// The last instant, as text.
        until: String,
        /// As what they stand in.
        title: ActingTitle,
    },
    /// Say until when a person serves, and where.
    Terms {
        /// Where.
        institution: InstitutionId,
        /// Who, as text.
        person: String,
        /// The last instant of the mandate, as text.
        until: Option<String>,
        /// The kecamatan; empty: all.
        kecamatan: BTreeSet<String>,
    },
    /// About accounts of people who sign in to the server.
    Accounts(AccountsAsk),
    /// About the standard by which an institution works.
    Standards(StandardsAsk),
    /// About the audit chain.
    Audit(AuditAsk),
    /// About what clients ask for by right.
    Rights(super::RightsCommand),
    /// Take a piece of a parcel.
    Parcel {
        /// Its bytes, as Base64.
        piece: String,
    },
    /// Take a backup.
    Backup,
}

/// A question about profiles and calendars.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum StandardsAsk {
    /// Put a profile into force as the institution's next version.
    Activate {
        /// Where.
        institution: InstitutionId,
        /// The profile's file.
        profile: String,
        /// From which local date on; none: as the file says.
        from: Option<String>,
    },
    /// Load a list of holidays.
    ImportCalendar {
        /// Where.
        institution: InstitutionId,
        /// `national`, a region, or a name for the office's own closures.
        name: String,
        /// The list.
        csv: String,
    },
    /// Delete an institution for practising.
    Wipe {
        /// Which.
        institution: InstitutionId,
    },
    /// By which profile and calendars an institution works, and what is missing.
    Status {
        /// Only this one.
        institution: Option<InstitutionId>,
    },
}

/// The answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AdminReply {
    /// It is done.
    Done,
    /// A person was added, and perhaps invited.
    Person {
        /// Id.
        person: String,
        /// The invitation.
        invitation: Option<Invitation>,
    },
    /// A person is invited.
    Invited(Invitation),
    /// Who and what there is.
    Listed(Vec<InstitutionListing>),
    /// A profile or a list stands as this version.
    Version(u32),
    /// By what institutions work.
    Standards(Vec<StandardsListing>),
    /// Records of lost and stolen devices.
    Breaches(Vec<BreachListing>),
    /// A piece of a parcel was taken: what became of its commands.
    Parcel {
        /// How many stand in the log.
        admitted: u32,
        /// How many wait for what they depend on.
        waiting: u32,
        /// How many lie in quarantine.
        turned_away: u32,
    },
    /// What the audit chain says.
    Audit(Vec<AuditListing>),
    /// A one-time code for an account.
    Code(String),
    /// So many sessions were ended.
    SignedOut(usize),
    /// Something to be read.
    Text(String),
    /// A backup was taken.
    BackedUp(PathBuf),
    /// It cannot be done, and why.
    Refused(String),
}

/// What a person needs to enrol a device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// One-time code.
    pub code: String,
    /// Where devices reach the server: as the server itself was told, not the one who asks.
    pub server: String,
}

/// An institution as `admin list` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InstitutionListing {
    /// Its id.
    pub institution: InstitutionId,
    /// Where its log ends.
    pub head: u64,
    /// Its staff.
    pub staff: Vec<PersonListing>,
}

/// A person as `admin list` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonListing {
    /// Id.
    pub person: String,
    /// Name.
    pub name: String,
    /// Codes of the roles.
    pub roles: Vec<String>,
    /// Seats and what became of them.
    pub seats: Vec<(String, SeatStatus)>,
}

/// The letters of a year, as `admin status` shows them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LettersListing {
    /// The year.
    pub year: i32,
    /// The last number.
    pub last: u32,
    /// Numbers that a restore left out: from, to.
    pub never_given: Vec<(u32, u32)>,
}

/// By what an institution works, as `admin status` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StandardsListing {
    /// Which.
    pub institution: InstitutionId,
    /// Whether it is for practising only.
    pub practice: bool,
    /// Id of the profile.
    pub profile: String,
    /// Its versions, each with its first local date.
    pub versions: Vec<(u32, String)>,
    /// The version under which a case is registered now.
    pub in_force: u32,
    /// The lists of holidays: name, how often it was loaded, and its years.
    pub calendars: Vec<(String, u32, Vec<i32>)>,
    /// Lists that ought to be there, by name and year: red items.
    pub missing: Vec<(String, i32)>,
    /// Codes of roles that nobody fills, and of those who answer for them.
    pub unfilled: Vec<(String, Vec<String>)>,
    /// How often each deadline was kept and missed: its id, and a count for each way.
    pub promises: Vec<(String, Vec<(String, u32)>)>,
    /// The register of letters, year by year.
    pub letters: Vec<LettersListing>,
    /// What clients ask for by right and is not closed; what is too late begins with `RED`.
    #[serde(default)]
    pub rights: Vec<String>,
    /// Questions that the office has not answered.
    pub unresolved: usize,
    /// Seats that remember what the audit chain does not hold any more, and the entries' numbers: red items.
    pub forks: Vec<(String, u64)>,
    /// Open records of lost and stolen devices: red items.
    pub breaches: Vec<BreachListing>,
    /// Seats whose devices have not proved that they let go, with what became of the seat and the number of cases.
    pub unconfirmed: Vec<(String, SeatStatus, usize)>,
    /// Numbers of open cases that are hidden from every head: red items.
    pub headless: Vec<u32>,
    /// What is amiss with the keys, in words: red items.
    #[serde(default)]
    pub keys: Vec<String>,
}
