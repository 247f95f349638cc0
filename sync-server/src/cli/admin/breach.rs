//! What an administrator asks about lost and stolen devices.

use std::collections::BTreeMap;
use std::io::Write;

use clap::{Args, Subcommand};
use jangkau_core::id::{InstitutionId, SeatId};
use jangkau_core::sync::{BreachParty, SeatStatus, StoreKind};
use jangkau_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AdminAsk, AdminReply, CliError};
use crate::engine::{Breach, Engine, EngineError};

/// `admin revoke`.
#[derive(Debug, Args)]
pub(in crate::cli) struct Revoking {
    /// The institution
    #[arg(long, value_name = "ID")]
    institution: InstitutionId,
    /// The seat, as `admin list` shows it
    #[arg(long, value_name = "ID")]
    seat: SeatId,
    /// `retired` lets it hand in what it holds and then wipes it; `stolen` refuses it at once
    #[arg(long, value_parser = super::ended)]
    how: SeatStatus,
    /// Since when it is known that the device is gone, such as 2026-11-22T09:00:00+08:00; left out: since now
    #[arg(long, value_name = "INSTANT")]
    known_at: Option<Timestamp>,
    /// Whether the device's store was encrypted: `encrypted`, `plain` or `unknown`
    #[arg(long)]
    store: Option<StoreKind>,
}

impl From<Revoking> for AdminAsk {
    fn from(typed: Revoking) -> Self {
        Self::Revoke {
            institution: typed.institution,
            seat: typed.seat.to_string(),
            how: typed.how,
            known_at: typed.known_at.map(|at| at.to_string()),
            store: typed.store,
        }
    }
}

/// `admin breach …`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum BreachCommand {
    /// List the records, oldest first; those that are open are red
    List {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
    },
    /// Show one record: what was on the device, who was told, until when the rest is to be told
    Show {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number
        number: u32,
    },
    /// Note who was told, when, and what
    Tell {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number
        number: u32,
        /// `subjects`, `authority`, `head` or `police`
        #[arg(long)]
        party: BreachParty,
        /// When, such as 2026-11-22T09:00:00+08:00
        #[arg(long, value_name = "INSTANT")]
        at: Timestamp,
        /// What was told: which data, when and how they were lost, and what was done
        #[arg(long)]
        words: String,
    },
    /// Close a record, with what came of it
    Close {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number
        number: u32,
        /// What came of it
        #[arg(long)]
        words: String,
    },
}

/// A question about breach records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BreachAsk {
    /// The records, or one of them.
    List {
        /// Where.
        institution: InstitutionId,
        /// Only this one.
        number: Option<u32>,
    },
    /// Note who was told.
    Tell {
        /// Where.
        institution: InstitutionId,
        /// Its number.
        number: u32,
        /// Who.
        party: BreachParty,
        /// When, as text.
        at: String,
        /// What.
        words: String,
    },
    /// Close a record.
    Close {
        /// Where.
        institution: InstitutionId,
        /// Its number.
        number: u32,
        /// With what.
        words: String,
    },
}

/// A breach record, with ids and instants as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BreachListing {
    /// Its number.
    pub number: u32,
    /// The seat.
    pub seat: String,
    /// Whose seat it was.
    pub person: String,
    /// When the loss was known.
    pub known_at: String,
    /// Until when those concerned and the authority are to be told.
    pub due_at: String,
    /// Whether it is open after that.
    pub overdue: bool,
    /// Whether the store was encrypted.
    pub store: StoreKind,
    /// The cases that were on the device, each with its classes.
    pub holdings: BTreeMap<String, Vec<String>>,
    /// Who was told, when, and what.
    pub told: Vec<(BreachParty, String, String)>,
    /// When it was closed, and with what.
    pub closed: Option<(String, String)>,
}

impl BreachCommand {
    /// The question, and whether its answer is shown whole.
    pub(super) fn ask(self) -> (AdminAsk, bool) {
        match self {
            Self::List { institution } => {
                let number = None;
                let ask = BreachAsk::List {
                    institution,
                    number,
                };
                (AdminAsk::Breach(ask), false)
            }
            Self::Show {
                institution,
                number,
            } => {
                let number = Some(number);
                let ask = BreachAsk::List {
                    institution,
                    number,
                };
                (AdminAsk::Breach(ask), true)
            }
            Self::Tell {
                institution,
                number,
                party,
                at,
                words,
            } => {
                let at = at.to_string();
                let ask = BreachAsk::Tell {
                    institution,
                    number,
                    party,
                    at,
                    words,
                };
                (AdminAsk::Breach(ask), false)
            }
            Self::Close {
                institution,
                number,
                words,
            } => {
                let ask = BreachAsk::Close {
                    institution,
                    number,
                    words,
                };
                (AdminAsk::Breach(ask), false)
            }
        }
    }
}

/// Answers from the engine.
pub(super) fn perform(ask: &BreachAsk, engine: &mut Engine, now: Timestamp) -> AdminReply {
    let answered = match ask {
        BreachAsk::List {
            institution,
            number,
        } => list(engine, institution, *number, now).map(AdminReply::Breaches),
        BreachAsk::Tell {
            institution,
            number,
            party,
            at,
            words,
        } => match at.parse() {
            Ok(at) => engine
                .tell_breach(institution, *number, (*party, at, words), now)
                .map(|()| AdminReply::Done),
            Err(_) => Err(EngineError::Invalid(at.clone())),
        },
        BreachAsk::Close {
            institution,
            number,
            words,
        } => engine
            .close_breach(institution, *number, words, now)
            .map(|()| AdminReply::Done),
    };
    answered.unwrap_or_else(|error| AdminReply::Refused(error.to_string()))
}

/// The records of an institution, or one of them.
pub(super) fn list(
    engine: &Engine,
    institution: &InstitutionId,
    number: Option<u32>,
    now: Timestamp,
) -> Result<Vec<BreachListing>, EngineError> {
    let mut all = engine.breaches(institution)?;
    all.retain(|breach| number.is_none_or(|number| breach.number == number));
    Ok(all
        .into_iter()
        .map(|breach| listing_of(breach, now))
        .collect())
}

fn listing_of(breach: Breach, now: Timestamp) -> BreachListing {
    let mut holdings: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (case, class) in breach.holdings {
        let classes = holdings.entry(case.to_string()).or_default();
        classes.push(class.code().to_owned());
    }
    let told = breach.told.into_iter();
    BreachListing {
        number: breach.number,
        seat: breach.seat.to_string(),
        person: breach.person.to_string(),
        known_at: breach.known_at.to_string(),
        due_at: breach.due_at.to_string(),
        overdue: breach.closed.is_none() && now > breach.due_at,
        store: breach.store,
        holdings,
        told: told
            .map(|(party, at, words)| (party, at.to_string(), words))
            .collect(),
        closed: breach.closed.map(|(at, words)| (at.to_string(), words)),
    }
}

/// How a seat was revoked at the command line.
pub(super) fn revoke(
    ask: &AdminAsk,
    engine: &mut Engine,
    now: Timestamp,
) -> Result<AdminReply, EngineError> {
    let AdminAsk::Revoke {
        institution,
        seat,
        how,
        known_at,
        store,
    } = ask
    else {
        return Ok(AdminReply::Done);
    };
    let seat = seat
        .parse()
        .map_err(|_| EngineError::Invalid(seat.clone()))?;
    if *how != SeatStatus::Stolen {
        engine.revoke(institution, seat, *how, now)?;
        return Ok(AdminReply::Done);
    }
    let known_at = match known_at {
        Some(at) => at.parse().map_err(|_| EngineError::Invalid(at.clone()))?,
        None => now,
    };
    let store = store.unwrap_or(StoreKind::Unknown);
    let number = engine.report_stolen(institution, seat, (known_at, store), now)?;
    list(engine, institution, Some(number), now).map(AdminReply::Breaches)
}

/// Prints records; with `whole` also the cases.
pub(super) fn tell(
    listing: &[BreachListing],
    whole: bool,
    out: &mut dyn Write,
) -> Result<(), CliError> {
    for breach in listing {
        let BreachListing {
            number,
            seat,
            known_at,
            due_at,
            store,
            ..
        } = breach;
        let mark = match (&breach.closed, breach.overdue) {
            (Some(_), _) => "",
            (None, false) => "RED: ",
            (None, true) => "RED, OVERDUE: ",
        };
        writeln!(
            out,
            "{mark}breach {number}: seat {seat}, known {known_at}, to be told until {due_at}, store {store}, {} cases",
            breach.holdings.len()
        )?;
        for (party, at, words) in &breach.told {
            writeln!(out, "  told {party} at {at}: {words}")?;
        }
        if let Some((at, words)) = &breach.closed {
            writeln!(out, "  closed at {at}: {words}")?;
        }
        for (case, classes) in breach.holdings.iter().filter(|_| whole) {
            writeln!(out, "  case {case}: {}", classes.join(", "))?;
        }
    }
    Ok(())
}
