//! The audit chain at the command line: walking it, reading it, and telling where it ends.

use std::io::Write;
use std::process::ExitCode;

use clap::Subcommand;
use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use jangkau_core::id::InstitutionId;
use jangkau_core::sync::{AdminAct, AuditKind};
use jangkau_core::text::{self, Language, text as say};
use jangkau_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::{AdminAsk, AdminReply, CliError, admin};
use crate::audit::{Actor, AuditEntry, Verified};
use crate::config::Settings;
use crate::engine::{Engine, EngineError};

/// Longest answer over the socket: what a person reads, and not a copy of the chain.
const ENTRIES_MAX: usize = 2_000;

/// `audit …`.
#[derive(Debug, Subcommand)]
pub(super) enum AuditCommand {
    /// Walk the chain, hold it against the log, and tell the first entry that is broken; fails if there is one
    Verify(Asked),
    /// Print entries, oldest first; of many the newest
    List {
        /// From this instant on, such as 2026-11-22T09:00:00+08:00
        #[arg(long, value_name = "INSTANT")]
        since: Timestamp,
        #[command(flatten)]
        asked: Asked,
    },
    /// Tell where the chain ends: the number of the last entry, and its hash as devices remember it
    Head(Asked),
}

/// About which chains, and in which language.
#[derive(Debug, clap::Args)]
pub(super) struct Asked {
    /// Only this institution
    #[arg(long, value_name = "ID")]
    institution: Option<InstitutionId>,
    /// `id` or `en`
    #[arg(long, default_value = "id")]
    language: Language,
}

/// A question about the audit chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum AuditAsk {
    /// Is it whole?
    Verify {
        /// Only this one.
        institution: Option<InstitutionId>,
    },
    /// What stands in it?
    List {
        /// Only this one.
        institution: Option<InstitutionId>,
        /// From which instant on, as text.
        since: String,
    },
    /// Where does it end?
    Head {
        /// Only this one.
        institution: Option<InstitutionId>,
    },
}

/// One institution's chain, as it was asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditListing {
    /// Which.
    pub institution: InstitutionId,
    /// The number of the last entry.
    pub number: u64,
    /// Its hash as devices remember it, in hexadecimal.
    pub hash: String,
    /// The first broken entry, and the key of what is wrong with it.
    pub broken: Option<(u64, String)>,
    /// Entries.
    pub entries: Vec<EntryListing>,
}

/// One entry, with ids as text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryListing {
    /// Its number.
    pub number: u64,
    /// When, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_ms: i64,
    /// What it tells of.
    pub kind: AuditKind,
    /// Ids, codes and numbers, each with its name.
    pub details: Vec<(String, String)>,
}

/// Runs `audit …`.
pub(super) fn run(
    settings: Settings,
    command: AuditCommand,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let config = settings.load()?;
    let (ask, language) = match command {
        AuditCommand::Verify(Asked {
            institution,
            language,
        }) => (AuditAsk::Verify { institution }, language),
        AuditCommand::List {
            since,
            asked: Asked {
                institution,
                language,
            },
        } => (
            AuditAsk::List {
                institution,
                since: since.to_string(),
            },
            language,
        ),
        AuditCommand::Head(Asked {
            institution,
            language,
        }) => (AuditAsk::Head { institution }, language),
    };
    match admin::put(&config, AdminAsk::Audit(ask.clone()))? {
        AdminReply::Audit(listing) => tell(&ask, &listing, language, out),
        AdminReply::Refused(reason) => Err(CliError::Refused(reason)),
        AdminReply::Done
        | AdminReply::Person { .. }
        | AdminReply::Invited(_)
        | AdminReply::Listed(_)
        | AdminReply::Version(_)
        | AdminReply::Standards(_)
        | AdminReply::Breaches(_)
        | AdminReply::Code(_)
        | AdminReply::SignedOut(_)
        | AdminReply::Text(_)
        | AdminReply::Parcel { .. }
        | AdminReply::BackedUp(_) => Err(CliError::Refused("not an answer to this".to_owned())),
    }
}

/// Answers from the engine.
pub(super) fn perform(ask: &AuditAsk, engine: &Engine) -> AdminReply {
    let only = match ask {
        AuditAsk::Verify { institution }
        | AuditAsk::Head { institution }
        | AuditAsk::List { institution, .. } => institution.as_ref(),
    };
    let listed = engine.institutions().and_then(|all| {
        let all = all.into_iter();
        all.filter(|one| only.is_none_or(|only| only == one))
            .map(|one| listing_of(ask, engine, one))
            .collect::<Result<Vec<_>, _>>()
    });
    match listed {
        Ok(listed) if listed.is_empty() => AdminReply::Refused(EngineError::Unknown.to_string()),
        Ok(listed) => AdminReply::Audit(listed),
        Err(error) => AdminReply::Refused(error.to_string()),
    }
}

fn listing_of(
    ask: &AuditAsk,
    engine: &Engine,
    institution: InstitutionId,
) -> Result<AuditListing, EngineError> {
    let head = engine.audit_head(&institution)?;
    let mut listing = AuditListing {
        number: head.number,
        hash: HEXLOWER.encode(&head.hash),
        broken: None,
        entries: Vec::new(),
        institution,
    };
    match ask {
        AuditAsk::Head { .. } => {}
        AuditAsk::Verify { .. } => {
            if let Verified::Broken(broken) = engine.verify_audit(&listing.institution)? {
                listing.broken = Some((broken.number, broken.fault.key().to_owned()));
            }
        }
        AuditAsk::List { since, .. } => {
            let since = since
                .parse()
                .map_err(|_| EngineError::Invalid(since.clone()))?;
            let mut entries = engine.audit_entries(&listing.institution, since)?;
            let surplus = entries.len().saturating_sub(ENTRIES_MAX);
            entries.drain(..surplus);
            listing.entries = entries.iter().map(listing_of_entry).collect();
        }
    }
    Ok(listing)
}

fn listing_of_entry(entry: &AuditEntry) -> EntryListing {
    let by = match entry.actor {
        Actor::Server => "server".to_owned(),
        Actor::Admin => "admin".to_owned(),
        Actor::Person(person) => person.to_string(),
    };
    let details = [
        ("by", Some(by)),
        ("person", entry.subject.map(|id| id.to_string())),
        ("seat", entry.seat.map(|id| id.to_string())),
        ("row", entry.row.map(|row| row.get().to_string())),
        ("case", entry.case.map(|id| id.to_string())),
        ("class", entry.class.map(|class| class.code().to_owned())),
        ("document", entry.document.map(|id| id.to_string())),
        (
            "envelope",
            entry
                .envelope
                .map(|hash| BASE64URL_NOPAD.encode(hash.as_bytes())),
        ),
        ("word", entry.word.clone()),
        ("number", entry.count.map(|count| count.to_string())),
        ("until", entry.until.map(|until| until.to_string())),
    ];
    let details = details.into_iter();
    EntryListing {
        number: entry.number,
        at_ms: entry.at.as_millis(),
        kind: entry.kind,
        details: details
            .filter_map(|(name, value)| Some((name.to_owned(), value?)))
            .collect(),
    }
}

fn tell(
    ask: &AuditAsk,
    listing: &[AuditListing],
    language: Language,
    out: &mut dyn Write,
) -> Result<ExitCode, CliError> {
    let mut is_whole = true;
    for chain in listing {
        let institution = chain.institution.to_string();
        let (number, hash) = (chain.number.to_string(), &*chain.hash);
        match ask {
            AuditAsk::Head { .. } => {
                let args = [
                    ("institution", &*institution),
                    ("number", &number),
                    ("hash", hash),
                ];
                writeln!(out, "{}", say(language, "audit-head", &args))?;
            }
            AuditAsk::Verify { .. } => {
                is_whole &= chain.broken.is_none();
                writeln!(out, "{}", verdict(chain, language))?;
            }
            AuditAsk::List { .. } => {
                writeln!(out, "{institution}")?;
                for entry in &chain.entries {
                    writeln!(out, "  {}", line(entry, language))?;
                }
            }
        }
    }
    Ok(if is_whole {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn verdict(chain: &AuditListing, language: Language) -> String {
    let institution = chain.institution.to_string();
    let Some((number, fault)) = &chain.broken else {
        let count = chain.number.to_string();
        let args = [("institution", &*institution), ("count", &count)];
        return say(language, "audit-intact", &args);
    };
    let (number, fault) = (number.to_string(), say(language, fault, &[]));
    let args = [
        ("institution", &*institution),
        ("number", &number),
        ("fault", &fault),
    ];
    say(language, "audit-broken", &args)
}

fn line(entry: &EntryListing, language: Language) -> String {
    let at = Timestamp::from_millis(entry.at_ms).to_string();
    let (number, kind) = (
        entry.number.to_string(),
        text::audit_kind(language, entry.kind),
    );
    let args = [("number", &*number), ("at", &*at), ("kind", &*kind)];
    let mut line = say(language, "audit-line", &args);
    for (name, value) in &entry.details {
        let act: Option<AdminAct> = value.parse().ok();
        let act = act.filter(|_| name == "word" && entry.kind == AuditKind::AdminAct);
        let value = act.map_or_else(|| value.clone(), |act| text::admin_act(language, act));
        line.push_str(&format!("; {name} {value}"));
    }
    line
}
