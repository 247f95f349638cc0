//! `admin rights …`: the register of what clients ask for by right, legal holds, copies for clients, and what is due by its years.

use std::collections::BTreeSet;
use std::io::Write;

use clap::Subcommand;
use jangkau_core::id::{CommandId, InstitutionId, PersonId};
use jangkau_core::rights::{Asked, ErasureScope, RightsKind, RightsRefusal};
use jangkau_core::sync::RemovalReason;
use jangkau_core::text::{self, Language};
use jangkau_core::time::Timestamp;
use serde::{Deserialize, Serialize};

use super::AdminReply;
use crate::cli::CliError;
use crate::engine::{Engine, EngineError, RightsRequest};

/// What is done with the register. Ids and instants are read when it is answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, Subcommand)]
pub enum RightsCommand {
    /// Write down what a client asks for
    Open {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// `access`, `correction`, `restriction`, `withdrawal` or `erasure`
        #[arg(long)]
        kind: RightsKind,
        /// The case
        #[arg(long, value_name = "ID")]
        case: String,
        /// Who writes it down
        #[arg(long, value_name = "ID")]
        by: String,
        /// What the client asked, in words
        #[arg(long)]
        note: String,
        /// When the office received it, such as `2026-12-18T10:00:00+07:00`; none: now
        #[arg(long, value_name = "INSTANT")]
        received: Option<String>,
        /// What is to be erased: records by their ids; none: the whole case
        #[arg(long, value_name = "ID", num_args = 1..)]
        record: Vec<String>,
        /// Of the one record these fields alone, by their names
        #[arg(long, num_args = 1..)]
        field: Vec<String>,
        /// Why it goes
        #[arg(long)]
        reason: Option<RemovalReason>,
    },
    /// Show the register, what is due by its years, and misfiled records whose content may leave the wrong case
    List {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
    },
    /// Decide on a request; never whoever wrote it down
    Decide {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number in the register
        #[arg(long)]
        number: i64,
        /// Who decides: a data protection officer or a head
        #[arg(long, value_name = "ID")]
        by: String,
        /// Decline it
        #[arg(long)]
        decline: bool,
        /// Why
        #[arg(long)]
        note: String,
    },
    /// Close a request
    Close {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number in the register
        #[arg(long)]
        number: i64,
        /// Who closes it
        #[arg(long, value_name = "ID")]
        by: String,
        /// A statement; a withdrawal needs one while devices have not confirmed
        #[arg(long, default_value = "")]
        note: String,
        /// The client was told by letter
        #[arg(long)]
        letter_sent: bool,
    },
    /// List the devices that have not confirmed what a request waits for
    Unconfirmed {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// Its number in the register
        #[arg(long)]
        number: i64,
    },
    /// Put a case under a legal hold, or lift it
    Hold {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The case
        #[arg(long, value_name = "ID")]
        case: String,
        /// Who asks for it
        #[arg(long, value_name = "ID")]
        asked_by: String,
        /// Who sets or lifts it: a data protection officer or a head
        #[arg(long, value_name = "ID")]
        by: String,
        /// Why; not asked when it is lifted
        #[arg(long, default_value = "")]
        reason: String,
        /// Lift it
        #[arg(long)]
        lift: bool,
    },
    /// Take the content of a misfiled record out of the wrong case; never whoever asked for the move
    MoveOut {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The record in the wrong case
        #[arg(long, value_name = "ID")]
        record: String,
        /// Who approves
        #[arg(long, value_name = "ID")]
        by: String,
        /// Why
        #[arg(long)]
        note: String,
    },
    /// Print the copy for a client whose request was agreed to
    Copy {
        /// The institution
        #[arg(long, value_name = "ID")]
        institution: InstitutionId,
        /// The number of the request
        #[arg(long)]
        number: i64,
        /// The name or number of somebody else, to be masked; may be given more than once
        #[arg(long, num_args = 1..)]
        mask: Vec<String>,
        /// With the hidden address: only if a head agreed to the request, and the client is not the perpetrator
        #[arg(long)]
        with_address: bool,
        /// As JSON
        #[arg(long)]
        json: bool,
    },
}

/// Why a question has no answer.
enum Unanswered {
    Unreadable(String),
    Refused(RightsRefusal),
    Broken(EngineError),
}

impl From<EngineError> for Unanswered {
    fn from(error: EngineError) -> Self {
        Self::Broken(error)
    }
}

impl From<RightsRefusal> for Unanswered {
    fn from(code: RightsRefusal) -> Self {
        Self::Refused(code)
    }
}

fn read<T: std::str::FromStr>(text: &str) -> Result<T, Unanswered> {
    text.parse()
        .map_err(|_| Unanswered::Unreadable(format!("`{text}` is not an id or an instant")))
}

/// Answers from the engine.
pub(super) fn perform(ask: &RightsCommand, engine: &mut Engine, now: Timestamp) -> AdminReply {
    match answer(ask, engine, now) {
        Ok(text) => AdminReply::Text(text),
        Err(Unanswered::Unreadable(why)) => AdminReply::Refused(why),
        Err(Unanswered::Refused(code)) => {
            let told = text::right_refusal(Language::Indonesian, code);
            AdminReply::Refused(format!("{code}: {told}"))
        }
        Err(Unanswered::Broken(error)) => AdminReply::Refused(error.to_string()),
    }
}

fn answer(ask: &RightsCommand, engine: &mut Engine, now: Timestamp) -> Result<String, Unanswered> {
    match ask {
        RightsCommand::Open { .. } => open(ask, engine, now),
        RightsCommand::List { institution } => list(institution, engine, now),
        RightsCommand::Decide {
            institution,
            number,
            by,
            decline,
            note,
        } => {
            let decision = (read(by)?, !*decline, note.as_str());
            engine.decide_right(institution, *number, decision, now)??;
            Ok("decided".to_owned())
        }
        RightsCommand::Close {
            institution,
            number,
            by,
            note,
            letter_sent,
        } => {
            let by = (read(by)?, note.as_str());
            engine.close_right(institution, *number, by, *letter_sent, now)??;
            Ok("closed".to_owned())
        }
        RightsCommand::Unconfirmed {
            institution,
            number,
        } => {
            let missing = engine.not_read(institution, *number)?;
            let lines = missing
                .iter()
                .map(|one| format!("belum mengonfirmasi: seat {} of {}", one.seat, one.person));
            Ok(lines.collect::<Vec<_>>().join("\n"))
        }
        RightsCommand::Hold { .. } => hold(ask, engine, now),
        RightsCommand::MoveOut {
            institution,
            record,
            by,
            note,
        } => {
            let approves = (read(by)?, note.as_str());
            let number = engine.erase_misfiled(institution, read(record)?, approves, now)??;
            Ok(format!("number {number}"))
        }
        RightsCommand::Copy { .. } => copy(ask, engine, now),
    }
}

fn hold(ask: &RightsCommand, engine: &mut Engine, now: Timestamp) -> Result<String, Unanswered> {
    let RightsCommand::Hold {
        institution,
        case,
        asked_by,
        by,
        reason,
        lift,
    } = ask
    else {
        return Ok(String::new());
    };
    let (case, people) = (read(case)?, (read(asked_by)?, read(by)?));
    if *lift {
        engine.lift_hold(institution, case, people, now)??;
        return Ok("lifted".to_owned());
    }
    engine.set_hold(institution, case, people, reason, now)??;
    Ok("held".to_owned())
}

fn copy(ask: &RightsCommand, engine: &mut Engine, now: Timestamp) -> Result<String, Unanswered> {
    let RightsCommand::Copy {
        institution,
        number,
        mask,
        with_address,
        json,
    } = ask
    else {
        return Ok(String::new());
    };
    let what = (mask.as_slice(), *with_address);
    let language = Language::Indonesian;
    let copy = engine.client_copy(institution, *number, what, language, now)??;
    if *json {
        return serde_json::to_string_pretty(&copy)
            .map_err(|error| Unanswered::Unreadable(error.to_string()));
    }
    Ok(copy.text)
}

fn open(ask: &RightsCommand, engine: &mut Engine, now: Timestamp) -> Result<String, Unanswered> {
    let RightsCommand::Open {
        institution,
        kind,
        case,
        by,
        note,
        received,
        record,
        field,
        reason,
    } = ask
    else {
        return Ok(String::new());
    };
    let records = record.iter().map(|id| read(id));
    let records: Vec<CommandId> = records.collect::<Result<_, _>>()?;
    let scope = ErasureScope::of(records, field.clone());
    let scope =
        scope.ok_or_else(|| Unanswered::Unreadable("`--field` is of one `--record`".to_owned()))?;
    let asked = Asked {
        scope: (*kind == RightsKind::Erasure).then_some(scope),
        reason: *reason,
    };
    let received = match received {
        Some(received) => read(received)?,
        None => now,
    };
    let what = (*kind, read(case)?);
    let said = (read(by)?, note.as_str());
    let number = engine.open_right(institution, what, asked, said, received)??;
    Ok(format!("number {number}"))
}

fn list(
    institution: &InstitutionId,
    engine: &Engine,
    now: Timestamp,
) -> Result<String, Unanswered> {
    let mut lines = Vec::new();
    for request in engine.rights(institution, now)? {
        lines.push(line_of(&request));
    }
    for (case, reason) in engine.legal_holds(institution)? {
        lines.push(format!("case {case} is held: {reason}"));
    }
    for (case, due) in engine.retention_due(institution, now)? {
        let step = text::retention(Language::Indonesian, due.step);
        lines.push(format!("case {case} since {}: {step}", due.since));
    }
    for moved in engine.misfiled(institution)? {
        lines.push(format!(
            "record {} was moved out of case {}, and its content is still there; could be read by {}",
            moved.record,
            moved.case,
            names(&moved.readers)
        ));
    }
    Ok(lines.join("\n"))
}

fn names(people: &BTreeSet<PersonId>) -> String {
    let people: Vec<String> = people.iter().map(ToString::to_string).collect();
    people.join(", ")
}

fn line_of(request: &RightsRequest) -> String {
    let kind = text::right(Language::Indonesian, request.kind);
    let stands = match (&request.decided, request.closed_at) {
        (_, Some(at)) => format!("closed {at}"),
        (Some((by, true, _)), None) if request.letter_due => {
            format!("agreed by {by}; the client is to be told by letter")
        }
        (Some((by, true, _)), None) => format!("agreed by {by}"),
        (Some((by, false, _)), None) => format!("declined by {by}"),
        (None, None) => "open".to_owned(),
    };
    let red = if request.is_overdue { "RED: " } else { "" };
    let readers = if request.readers.is_empty() {
        String::new()
    } else {
        format!("; could be read by {}", names(&request.readers))
    };
    format!(
        "{red}{} {kind}, case {}, due {}: {stands}{readers}",
        request.number, request.case, request.due
    )
}

/// What `admin status` tells of the register: what is open, and what is too late.
pub(super) fn status_lines(
    engine: &Engine,
    institution: &InstitutionId,
    now: Timestamp,
) -> Result<Vec<String>, EngineError> {
    let register = engine.rights(institution, now)?.into_iter();
    Ok(register
        .filter(|request| request.closed_at.is_none())
        .map(|request| line_of(&request))
        .collect())
}

/// Prints an answer.
pub(super) fn tell(answer: &str, out: &mut dyn Write) -> Result<(), CliError> {
    if !answer.is_empty() {
        writeln!(out, "{answer}")?;
    }
    Ok(())
}
