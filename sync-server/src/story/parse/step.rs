//! One `[[step]]`.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::CommandKind;
use jangkau_core::profile::words::Role;
use jangkau_core::replica::CannotRecord;
use jangkau_core::sync::{ActingTitle, GlassRefusal, SeatStatus};
use jangkau_core::time::Timestamp;

use super::super::fault::{StoryError, StoryFault};
use super::super::fields;
use super::super::plan::{Act, Beat, Delegating, Doing, GlassWord, Glassing, ServerAct};
use super::super::read::{Node, Table};
use super::{Known, attach, erasure, expect, institution_of, twice};

/// The keys of which a step has exactly one.
const ACTS: &str = "do, sync, offline, online, set_clock, break_glass, attach, carry, ask_erasure, decide_erasure, revoke, delegate, server, calendar, activate";

/// What else a step could be; having two of them is told as such.
const OTHER_ACTS: [&str; 14] = [
    "sync",
    "offline",
    "online",
    "set_clock",
    "break_glass",
    "attach",
    "carry",
    "ask_erasure",
    "decide_erasure",
    "revoke",
    "delegate",
    "server",
    "calendar",
    "activate",
];

/// Reads a step. `now` is the story's clock before it.
pub(super) fn parse(
    mut table: Table,
    now: Timestamp,
    known: &mut Known,
) -> Result<Beat, StoryError> {
    let line = table.line();
    let at = match table.take("at") {
        Some(node) => {
            let at = fields::instant(&node)?;
            if at < now {
                return Err(node.fault(StoryFault::ClockBack));
            }
            at
        }
        None => now,
    };
    let free = table.take_flag("free")?;
    let act = act(&mut table, line, known)?;
    table.end()?;
    Ok(Beat {
        line,
        at,
        free,
        act,
    })
}

fn act(table: &mut Table, line: usize, known: &mut Known) -> Result<Act, StoryError> {
    let mut acts = Vec::new();
    if let Some(node) = table.take("do") {
        acts.push(Act::Do(Box::new(doing(table, &node, known)?)));
    }
    if let Some(node) = table.take("sync") {
        let seats = known.seat_list(&node)?;
        if let Some(seat) = seats.iter().find(|s| known.offline.contains(&s.device)) {
            return Err(node.fault(StoryFault::Offline(seat.device.clone())));
        }
        acts.push(Act::Sync(seats));
    }
    if let Some(node) = table.take("offline") {
        let devices = devices(&node, known)?;
        known.offline.extend(devices.iter().cloned());
        acts.push(Act::Offline(devices));
    }
    if let Some(node) = table.take("online") {
        let devices = devices(&node, known)?;
        for device in &devices {
            known.offline.remove(device);
        }
        acts.push(Act::Online(devices));
    }
    if let Some(node) = table.take("set_clock") {
        let device = known.device_key(&node)?;
        let ahead_ms = fields::span_ms(&table.need("clock_offset")?)?;
        acts.push(Act::SetClock { device, ahead_ms });
    }
    if let Some(node) = table.take("break_glass") {
        acts.push(Act::Glass(Box::new(glassing(table, &node, known)?)));
    }
    acts.extend(attach::act(table, known)?);
    acts.extend(erasure::act(table, known)?);
    if let Some(node) = table.take("revoke") {
        let how_node = table.need("how")?;
        let how = how_node.code("way of revoking", &["retired", "stolen"])?;
        if how == SeatStatus::Active {
            return Err(how_node.fault(StoryFault::Expectation("a revoked seat is not active")));
        }
        let seats = known.seats(&node)?;
        let [seat] = seats.as_slice() else {
            return Err(node.fault(StoryFault::Expectation(
                "revoke one seat, written device/person",
            )));
        };
        let seat = seat.clone();
        acts.push(Act::Server(ServerAct::Revoke { seat, how }));
    }
    if let Some(node) = table.take("delegate") {
        let delegating = delegating(table, &node, known)?;
        acts.push(Act::Server(ServerAct::Delegate(Box::new(delegating))));
    }
    if let Some(node) = table.take("server") {
        acts.push(Act::Server(server(&node)?));
    }
    if let Some(node) = table.take("calendar") {
        acts.push(Act::Server(ServerAct::Calendar {
            institution: institution_of(table, known)?,
            name: node.words()?.to_owned(),
            csv: table.need("csv")?.words()?.to_owned(),
        }));
    }
    if let Some(node) = table.take("activate") {
        acts.push(Act::Server(activation(table, &node, known)?));
    }
    match (acts.pop(), acts.is_empty()) {
        (Some(act), true) => Ok(act),
        _ => Err(StoryFault::OneAct { known: ACTS }.at(line)),
    }
}

/// A new version of the profile: what to write instead of what, and from which day on it holds.
fn activation(table: &mut Table, node: &Node, known: &Known) -> Result<ServerAct, StoryError> {
    let mut edits = Vec::new();
    for pair in node.items() {
        let words = pair.items();
        let [old, new] = words.as_slice() else {
            return Err(pair.fault(StoryFault::Expectation("an edit is two texts, old and new")));
        };
        edits.push((old.words()?.to_owned(), new.words()?.to_owned()));
    }
    let from = table.need("from")?;
    let day = from.words()?;
    Ok(ServerAct::Activate {
        institution: institution_of(table, known)?,
        edits,
        from: day
            .parse()
            .map_err(|_| from.fault(StoryFault::Expectation("a day is written 2027-01-04")))?,
    })
}

fn devices(node: &Node, known: &Known) -> Result<Vec<String>, StoryError> {
    let items = node.items();
    items.iter().map(|item| known.device_key(item)).collect()
}

/// Somebody asks to read a class of a case that is not theirs.
fn glassing(table: &mut Table, node: &Node, known: &Known) -> Result<Glassing, StoryError> {
    let classes: Vec<&str> = Class::ALL.iter().map(|class| class.code()).collect();
    let refusals = GlassRefusal::ALL.iter().map(|refusal| refusal.code());
    let refusals: Vec<&str> = refusals.chain(["opened", "offline"]).collect();
    let expect_node = table.need("expect")?;
    let expect = match expect_node.words()? {
        "opened" => GlassWord::Opened,
        "offline" => GlassWord::Offline,
        _ => GlassWord::Refused(expect_node.code("outcome of breaking glass", &refusals)?),
    };
    Ok(Glassing {
        seat: known.seat(&table.need("who")?, table.take("device").as_ref())?,
        case: known.case_key(&table.need("case")?)?,
        class: node.code("class", &classes)?,
        reason: table.need("reason")?.words()?.to_owned(),
        expect,
    })
}

/// Powers that somebody delegates, between two dates.
fn delegating(table: &mut Table, node: &Node, known: &Known) -> Result<Delegating, StoryError> {
    let roles: Vec<&str> = Role::ALL.iter().map(|role| role.code()).collect();
    let kinds: Vec<&str> = CommandKind::ALL.iter().map(|kind| kind.code()).collect();
    let powers = table.take("powers").map_or(Ok(BTreeSet::new()), |node| {
        let items = node.items();
        items
            .iter()
            .map(|item| item.code("command", &kinds))
            .collect()
    })?;
    let title = match table.take("title") {
        Some(node) => node.code("title", &["plh", "plt"])?,
        None => ActingTitle::Plh,
    };
    Ok(Delegating {
        to: known.person_key(node)?,
        by: known.person_key(&table.need("by")?)?,
        role: table.need("role")?.code("role", &roles)?,
        powers,
        from: fields::instant(&table.need("from")?)?,
        until: fields::instant(&table.need("until")?)?,
        title,
    })
}

fn server(node: &Node) -> Result<ServerAct, StoryError> {
    match node.words()? {
        "restart" => Ok(ServerAct::Restart),
        "backup" => Ok(ServerAct::Backup),
        "restore" => Ok(ServerAct::Restore),
        word => Err(node.fault(StoryFault::UnknownWord {
            what: "thing that happens to the server",
            word: word.to_owned(),
            known: "restart, backup, restore".to_owned(),
        })),
    }
}

/// A command: every key of the step that is not one of ours is one of its fields.
fn doing(table: &mut Table, node: &Node, known: &mut Known) -> Result<Doing, StoryError> {
    let codes: Vec<&str> = CommandKind::ALL.iter().map(|kind| kind.code()).collect();
    let kind: CommandKind = node.code("command", &codes)?;
    let seat = known.seat(&table.need("who")?, table.take("device").as_ref())?;
    let case_node = table.need("case")?;
    let case = if kind.opens_file() {
        let name = case_node.words()?.to_owned();
        if !known.cases.insert(name.clone()) {
            return Err(twice(&case_node, "case", &name));
        }
        name
    } else {
        known.case_key(&case_node)?
    };
    let label = label(table, kind, &case, known)?;
    let occurred_at = table
        .take("occurred_at")
        .map(|node| fields::instant(&node))
        .transpose()?;
    let performed_by = table
        .take("performed_by")
        .map(|node| known.person_key(&node))
        .transpose()?;
    let cannot = table.take("cannot").map(|node| cannot(&node)).transpose()?;
    let expected = table
        .take("expect")
        .map(|node| expect::fate(&node))
        .transpose()?;
    let mut values = Vec::new();
    for info in kind.fields() {
        if let Some(node) = table.take(info.name) {
            let value = fields::read(info, node.clone())?;
            fields::check_names(&value, known).map_err(|name| unknown_name(&node, &name, known))?;
            values.push((info.name, value));
        }
    }
    // A misspelt field is told before the one that then is missing.
    table.only(&OTHER_ACTS)?;
    fields::build(kind, &values, known).map_err(|reason| {
        node.fault(StoryFault::Command {
            command: kind.code(),
            reason,
        })
    })?;
    known.labels.insert(label.clone(), seat.clone());
    Ok(Doing {
        seat,
        kind,
        case,
        label,
        fields: values,
        occurred_at,
        performed_by,
        cannot,
        expect: expected,
    })
}

/// A name in a field that nobody bears.
fn unknown_name(node: &Node, name: &str, known: &Known) -> StoryError {
    let names = known.people.keys().chain(known.labels.keys());
    Known::unknown(node, "person or label", name, names.map(String::as_str))
}

/// The label that the author gave, else a registration's case, else one that nobody can write.
fn label(
    table: &mut Table,
    kind: CommandKind,
    case: &str,
    known: &Known,
) -> Result<String, StoryError> {
    let line = table.line();
    let Some(node) = table.take("label") else {
        return Ok(if kind.opens_file() {
            case.to_owned()
        } else {
            format!("line {line}")
        });
    };
    let label = node.words()?.to_owned();
    if known.labels.contains_key(&label) || known.cases.contains(&label) && label != case {
        return Err(twice(&node, "label", &label));
    }
    Ok(label)
}

fn cannot(node: &Node) -> Result<CannotRecord, StoryError> {
    match node.words()? {
        "no_such_case" => Ok(CannotRecord::NoSuchCase),
        "no_such_target" => Ok(CannotRecord::NoSuchTarget),
        "too_long" => Ok(CannotRecord::TooLong),
        "seat_revoked" => Ok(CannotRecord::SeatRevoked),
        "id_taken" => Ok(CannotRecord::IdTaken),
        word => Err(node.fault(StoryFault::UnknownWord {
            what: "reason of a device",
            word: word.to_owned(),
            known: "no_such_case, no_such_target, too_long, seat_revoked, id_taken".to_owned(),
        })),
    }
}
