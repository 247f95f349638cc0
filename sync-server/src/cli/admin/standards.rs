//! What an administrator asks about profiles and calendars.

use std::io::Write;
use std::path::PathBuf;

use chrono::NaiveDate;
use clap::Subcommand;
use jangkau_core::id::InstitutionId;
use jangkau_core::profile::words::Role;
use jangkau_core::time::Timestamp;

use super::message::LettersListing;
use super::{AdminReply, CliError, StandardsAsk, StandardsListing, breach, inspect};
use crate::engine::{Engine, EngineError, KeyFault, Standards, for_practice};

/// `admin profile …`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum ProfileCommand {
    /// Check a profile's file and put it into force; cases stay under the version of their registration
    Activate {
        /// The profile's file (TOML); it gets the next version's number
        file: PathBuf,
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The first date on which cases are registered under it; left out: the file's `valid_from`
        #[arg(long, value_name = "DATE")]
        from: Option<NaiveDate>,
    },
}

/// `admin calendar …`.
#[derive(Debug, Subcommand)]
pub(in crate::cli) enum CalendarCommand {
    /// Load a list; it takes the place of the one of its name in the years that it speaks of
    Import {
        /// The list (CSV): `date,kind,name,confidence`, or `date,name,confidence` for a region
        file: PathBuf,
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// `national`, a region such as `bali`, or a name for the office's own closures
        #[arg(long)]
        name: String,
    },
}

impl ProfileCommand {
    /// The question; the file is read and checked here, where its path means something.
    pub(super) fn ask(self) -> Result<StandardsAsk, CliError> {
        let Self::Activate {
            file,
            institution,
            from,
        } = self;
        Ok(StandardsAsk::Activate {
            institution,
            profile: inspect::profile(&file.to_string_lossy())?.1,
            from: from.map(|from| from.to_string()),
        })
    }
}

impl CalendarCommand {
    /// The question, with the list.
    pub(super) fn ask(self) -> Result<StandardsAsk, CliError> {
        let Self::Import {
            file,
            institution,
            name,
        } = self;
        Ok(StandardsAsk::ImportCalendar {
            institution,
            name,
            csv: inspect::read(&file)?,
        })
    }
}

/// The text on which an institution is founded; one for practising says so in its first line.
pub(super) fn founding_text(profile: &str, practice: bool) -> Result<String, CliError> {
    let (parsed, text) = inspect::profile(profile)?;
    Ok(if practice {
        for_practice(&text, &parsed)
    } else {
        text
    })
}

/// Answers from the engine.
pub(super) fn perform(ask: &StandardsAsk, engine: &mut Engine, now: Timestamp) -> AdminReply {
    let answered = match ask {
        StandardsAsk::Activate {
            institution,
            profile,
            from,
        } => match from.as_deref().map(str::parse).transpose() {
            Ok(from) => engine
                .activate_profile(institution, profile, from, now)
                .map(AdminReply::Version),
            Err(_) => return AdminReply::Refused("this is not a date like 2027-01-04".to_owned()),
        },
        StandardsAsk::ImportCalendar {
            institution,
            name,
            csv,
        } => engine
            .import_calendar(institution, name, csv, now)
            .map(AdminReply::Version),
        StandardsAsk::Wipe { institution } => {
            engine.wipe_practice(institution).map(|()| AdminReply::Done)
        }
        StandardsAsk::Status { institution } => {
            status(engine, institution.as_ref(), now).map(AdminReply::Standards)
        }
    };
    answered.unwrap_or_else(|error| AdminReply::Refused(error.to_string()))
}

fn status(
    engine: &Engine,
    only: Option<&InstitutionId>,
    now: Timestamp,
) -> Result<Vec<StandardsListing>, EngineError> {
    let institutions = engine.institutions()?.into_iter();
    institutions
        .filter(|institution| only.is_none_or(|only| only == institution))
        .map(|institution| {
            let mut listing = standards_of(&engine.standards(&institution, now)?);
            let forks = engine.audit_forks(&institution)?.into_iter();
            listing.forks = forks.map(|(seat, at)| (seat.to_string(), at)).collect();
            listing.breaches = breach::list(engine, &institution, None, now)?;
            listing.breaches.retain(|breach| breach.closed.is_none());
            let unconfirmed = engine.unconfirmed(&institution)?.into_iter();
            listing.unconfirmed = unconfirmed
                .map(|one| (one.seat.to_string(), one.status, one.cases))
                .collect();
            listing.rights = super::rights::status_lines(engine, &institution, now)?;
            listing.keys = engine
                .key_faults(&institution)?
                .iter()
                .map(words_of)
                .collect();
            Ok(listing)
        })
        .collect()
}

fn standards_of(standards: &Standards) -> StandardsListing {
    let versions = standards.versions.iter();
    let calendars = standards.calendars.iter();
    let missing = standards.missing.iter();
    let unfilled = standards.unfilled.iter();
    StandardsListing {
        institution: standards.institution.clone(),
        practice: standards.practice,
        profile: standards.profile.to_string(),
        versions: versions
            .map(|(version, from)| (*version, from.to_string()))
            .collect(),
        in_force: standards.in_force,
        calendars: calendars
            .map(|(name, (version, years))| {
                (name.clone(), *version, years.iter().copied().collect())
            })
            .collect(),
        missing: missing.map(|list| (list.name.clone(), list.year)).collect(),
        unfilled: unfilled
            .map(|(role, answering)| {
                let answering = answering.iter().map(Role::to_string);
                (role.to_string(), answering.collect())
            })
            .collect(),
        promises: standards
            .promises
            .iter()
            .map(|(clock, ways)| {
                let ways = ways.iter().map(|(how, count)| (how.to_string(), *count));
                (clock.to_string(), ways.collect())
            })
            .collect(),
        letters: standards
            .letters
            .iter()
            .map(|(year, letters)| LettersListing {
                year: *year,
                last: letters.last,
                never_given: letters.gaps.clone(),
            })
            .collect(),
        rights: Vec::new(),
        unresolved: standards.unresolved,
        forks: Vec::new(),
        breaches: Vec::new(),
        unconfirmed: Vec::new(),
        keys: Vec::new(),
        headless: standards
            .headless
            .iter()
            .map(|number| number.get())
            .collect(),
    }
}

/// Prints by what institutions work.
pub(super) fn tell(listing: &[StandardsListing], out: &mut dyn Write) -> Result<(), CliError> {
    for standards in listing {
        tell_one(standards, out)?;
        for fault in &standards.keys {
            writeln!(out, "  RED: {fault}")?;
        }
    }
    Ok(())
}

/// What is amiss with the keys, and what to do.
fn words_of(fault: &KeyFault) -> String {
    match fault {
        KeyFault::PutBack(at) => format!(
            "the key database is a copy of {at} that was put back: what was erased after that may be here again; \
             go through the register (`admin rights list`) and erase it again"
        ),
        KeyFault::Unknown(count) => format!(
            "{count} documents cannot be read: the folder of the keys is older than the database; put its newest copy back"
        ),
        KeyFault::Hollow(count) => format!(
            "{count} documents were erased in part, and the folder of the keys does not say what stayed: \
             put its newest copy back, or what devices hold is all there is"
        ),
    }
}

fn tell_one(standards: &StandardsListing, out: &mut dyn Write) -> Result<(), CliError> {
    let practice = if standards.practice {
        " (practice)"
    } else {
        ""
    };
    writeln!(out, "{}{practice}", standards.institution)?;
    for (version, from) in &standards.versions {
        let mark = if *version == standards.in_force {
            ", in force"
        } else {
            ""
        };
        let profile = &standards.profile;
        writeln!(out, "  {profile} version {version} from {from}{mark}")?;
    }
    for (name, version, years) in &standards.calendars {
        let years: Vec<String> = years.iter().map(i32::to_string).collect();
        let years = years.join(", ");
        writeln!(out, "  holidays {name} version {version}: {years}")?;
    }
    tell_alarms(standards, out)?;
    for (role, answering) in &standards.unfilled {
        let answering = answering.join(", ");
        writeln!(out, "  nobody is {role}: {answering} answers for it")?;
    }
    for (clock, ways) in &standards.promises {
        let ways = ways.iter().map(|(how, count)| format!("{how} {count}"));
        let ways: Vec<String> = ways.collect();
        writeln!(out, "  deadline {clock}: {}", ways.join(", "))?;
    }
    for letters in &standards.letters {
        let LettersListing {
            year,
            last,
            never_given,
        } = letters;
        writeln!(out, "  letters of {year}: the last has number {last}")?;
        for (from, to) in never_given {
            writeln!(out, "    never given, after a restore: {from} to {to}")?;
        }
    }
    for right in &standards.rights {
        writeln!(out, "  {right}")?;
    }
    for number in &standards.headless {
        writeln!(
            out,
            "  RED: case no. {number} is hidden from every head: delegate the powers to somebody"
        )?;
    }
    writeln!(out, "  questions to answer: {}", standards.unresolved)?;
    Ok(())
}

/// What must not stay as it is.
fn tell_alarms(standards: &StandardsListing, out: &mut dyn Write) -> Result<(), CliError> {
    for (name, year) in &standards.missing {
        writeln!(
            out,
            "  RED: the list of holidays {name} of {year} is missing"
        )?;
    }
    for (seat, number) in &standards.forks {
        writeln!(
            out,
            "  RED: seat {seat} remembers entry {number} of the audit chain, which is not there any more; run `audit verify`"
        )?;
    }
    for breach in &standards.breaches {
        let (number, due) = (breach.number, &breach.due_at);
        writeln!(
            out,
            "  RED: breach {number} is open; tell those concerned and the authority until {due}"
        )?;
    }
    for (seat, status, cases) in &standards.unconfirmed {
        writeln!(
            out,
            "  not confirmed: {status} seat {seat} may still hold something of {cases} cases"
        )?;
    }
    Ok(())
}
