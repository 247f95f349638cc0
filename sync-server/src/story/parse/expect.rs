//! One `[[expect]]`, and the words for what becomes of a command.

use jangkau_core::class::Class;
use jangkau_core::command::{ContactSafety, SafetyLevel};
use jangkau_core::id::ClockId;
use jangkau_core::profile::words::{Milestone, Reminder, Role, Status};
use jangkau_core::replica::SeatState;
use jangkau_core::rules::{ClockOutcome, Flag, ReferralPhase, Refusal, Review};
use jangkau_core::screen::AttentionKind;
use jangkau_core::sync::Turned;

use super::super::fault::{StoryError, StoryFault};
use super::super::fields;
use super::super::plan::{Check, Expect, Expected, FateWord, SeatName, TodayPart};
use super::super::read::{Node, Table};
use super::{Known, attach, content};

/// What can become of a command, for people.
const FATES: &str = "on_device, waiting, admitted, recorded, recorded:none, recorded:FLAG,FLAG, committed, \
                     refused:CODE, needs_review:CODE, turned_away:CODE";

/// Reads an expectation.
pub(super) fn parse(mut table: Table, known: &Known) -> Result<Expect, StoryError> {
    let line = table.line();
    let ordered = table.take_flag("ordered")?;
    let case = table
        .take("case")
        .map(|node| known.case_key(&node))
        .transpose()?;
    let on = table
        .take("on")
        .map_or(Ok(Vec::new()), |node| known.seat_list(&node))?;
    let mut checks = Vec::new();
    state_checks(&mut table, &mut checks)?;
    link_checks(&mut table, known, &mut checks)?;
    if !checks.is_empty() && (case.is_none() || on.is_empty()) {
        return Err(StoryFault::Expectation(
            "how a case stands is asked of somebody: `case` and `on` are needed",
        )
        .at(line));
    }
    people_checks(&mut table, known, &mut checks)?;
    verdict_checks(&mut table, known, &on, &mut checks)?;
    let before = checks.len();
    holding_checks(&mut table, known, case.is_some(), &mut checks)?;
    content::checks(&mut table, known, &mut checks)?;
    screen_checks(&mut table, known, case.is_some(), &mut checks)?;
    attach::checks(&mut table, known, &mut checks)?;
    if checks.len() > before && needs_on(&checks) && on.is_empty() {
        return Err(
            StoryFault::Expectation("what is on a device is asked of it: `on` is needed").at(line),
        );
    }
    table.end()?;
    if checks.is_empty() {
        return Err(StoryFault::Expectation("nothing is expected here").at(line));
    }
    Ok(Expect {
        ordered,
        case,
        on,
        checks,
    })
}

fn needs_on(checks: &[Check]) -> bool {
    checks.iter().any(|check| {
        matches!(
            check.what,
            Expected::Records(..)
                | Expected::Words(..)
                | Expected::Text(..)
                | Expected::SameDocuments
                | Expected::Attention(_)
                | Expected::Today(..)
                | Expected::Contact(..)
                | Expected::Photo(..)
                | Expected::Opens(_)
        )
    })
}

fn list<T: std::str::FromStr>(
    node: &Node,
    what: &'static str,
    known: &[&str],
) -> Result<Vec<T>, StoryError> {
    let items = node.items();
    items.iter().map(|item| item.code(what, known)).collect()
}

pub(super) fn push(checks: &mut Vec<Check>, node: &Node, what: Expected) {
    checks.push(Check {
        line: node.line,
        what,
    });
}

/// The codes of a vocabulary.
macro_rules! codes_of {
    ($name:ty) => {
        &<$name>::ALL
            .iter()
            .map(|value| value.code())
            .collect::<Vec<_>>()
    };
}

/// How the case stands, as the asked devices know it.
fn state_checks(table: &mut Table, checks: &mut Vec<Check>) -> Result<(), StoryError> {
    if let Some(node) = table.take("status") {
        let status = node.code("status", codes_of!(Status))?;
        push(checks, &node, Expected::Status(status));
    }
    if let Some(node) = table.take("safety") {
        let level = node.code("safety", codes_of!(SafetyLevel))?;
        push(checks, &node, Expected::Safety(level));
    }
    if let Some(node) = table.take("milestones") {
        let earned = list(&node, "milestone", codes_of!(Milestone))?;
        push(checks, &node, Expected::Milestones(earned));
    }
    if let Some(node) = table.take("no_milestones") {
        let missing = list(&node, "milestone", codes_of!(Milestone))?;
        push(checks, &node, Expected::NoMilestones(missing));
    }
    if let Some(node) = table.take("flags") {
        let flags = list(&node, "flag", codes_of!(Flag))?;
        push(checks, &node, Expected::Flags(flags));
    }
    if let Some(node) = table.take("no_flags") {
        let flags = list(&node, "flag", codes_of!(Flag))?;
        push(checks, &node, Expected::NoFlags(flags));
    }
    if let Some(node) = table.take("reminders") {
        let due = list(&node, "reminder", codes_of!(Reminder))?;
        push(checks, &node, Expected::Reminders(due));
    }
    if let Some(node) = table.take("missing_papers") {
        let papers = node.items();
        let papers = papers.iter().map(|paper| paper.words().map(str::to_owned));
        let papers = papers.collect::<Result<_, _>>()?;
        push(checks, &node, Expected::MissingPapers(papers));
    }
    if let Some(node) = table.take("deadlines") {
        for (clock, due) in node.table()?.rest() {
            let id = clock_id(&due, &clock)?;
            let at = fields::instant(&due)?;
            push(checks, &due, Expected::Due(id, at));
        }
    }
    if let Some(node) = table.take("clocks") {
        for (clock, outcome) in node.table()?.rest() {
            let id = clock_id(&outcome, &clock)?;
            let stands = outcome.code("way a clock stands", codes_of!(ClockOutcome))?;
            push(checks, &outcome, Expected::Clock(id, stands));
        }
    }
    if let Some(node) = table.take("sessions") {
        let number = count(&node)?;
        push(checks, &node, Expected::Sessions(number));
    }
    Ok(())
}

fn clock_id(node: &Node, word: &str) -> Result<ClockId, StoryError> {
    word.parse().map_err(|_| {
        node.fault(StoryFault::UnknownWord {
            what: "clock",
            word: word.to_owned(),
            known: "the ids of the profile's clocks".to_owned(),
        })
    })
}

fn count(node: &Node) -> Result<usize, StoryError> {
    usize::try_from(node.number()?)
        .map_err(|_| node.fault(StoryFault::Expectation("a count is not negative")))
}

/// Who is responsible, what waits for a head, how referrals stand, and which case goes on.
fn people_checks(
    table: &mut Table,
    known: &Known,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    if let Some(node) = table.take("assignee") {
        let person = known.person_key(&node)?;
        push(checks, &node, Expected::Assignee(person));
    }
    if let Some(node) = table.take("reviews") {
        let line = node.line;
        let mut reviews = Vec::new();
        for (label, reason) in node.table()?.rest() {
            let label = known.label(&reason, &label)?;
            reviews.push((label, reason.code("reason of a review", codes_of!(Review))?));
        }
        let what = Expected::Reviews(reviews);
        checks.push(Check { line, what });
    }
    if let Some(node) = table.take("referrals") {
        for (label, phase) in node.table()?.rest() {
            let label = known.label(&phase, &label)?;
            let stands = phase.code("phase of a referral", codes_of!(ReferralPhase))?;
            push(checks, &phase, Expected::Referral(label, stands));
        }
    }
    if let Some(node) = table.take("letters") {
        for (label, number) in node.table()?.rest() {
            let label = known.label(&number, &label)?;
            let number_is = number.words()?.to_owned();
            push(checks, &number, Expected::Letter(label, number_is));
        }
    }
    if let Some(node) = table.take("acting") {
        for (label, role) in node.table()?.rest() {
            let label = known.label(&role, &label)?;
            let held = role.code("role", codes_of!(Role))?;
            push(checks, &role, Expected::Acting(label, held));
        }
    }
    if let Some(node) = table.take("duplicate_of") {
        let original = known.case_key(&node)?;
        push(checks, &node, Expected::DuplicateOf(original));
    }
    Ok(())
}

/// Which cases are connected with the case, for those who may know.
fn link_checks(
    table: &mut Table,
    known: &Known,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    if let Some(node) = table.take("related") {
        let items = node.items();
        let related: Result<Vec<String>, StoryError> =
            items.iter().map(|item| known.case_key(item)).collect();
        push(checks, &node, Expected::Related(related?));
    }
    if let Some(node) = table.take("suggested") {
        let line = node.line;
        let mut suggested = Vec::new();
        for (case, words) in node.table()?.rest() {
            if !known.cases.contains(&case) {
                let names = known.cases.iter().map(String::as_str);
                return Err(Known::unknown(&words, "case", &case, names));
            }
            suggested.push((case, fields::words(&words)?));
        }
        let what = Expected::Suggested(suggested);
        checks.push(Check { line, what });
    }
    Ok(())
}

/// What became of commands, as their authors or the asked devices know it.
fn verdict_checks(
    table: &mut Table,
    known: &Known,
    on: &[SeatName],
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    let Some(node) = table.take("verdict") else {
        return Ok(());
    };
    for (label, node) in node.table()?.rest() {
        let label = known.label(&node, &label)?;
        let author = known.labels.get(&label).cloned();
        let seats = if on.is_empty() {
            author.into_iter().collect()
        } else {
            on.to_vec()
        };
        let fate = fate(&node)?;
        push(checks, &node, Expected::Verdict { label, fate, seats });
    }
    Ok(())
}

/// What is on devices and who holds it.
fn holding_checks(
    table: &mut Table,
    known: &Known,
    has_case: bool,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    if let Some(node) = table.take("holds") {
        if !has_case {
            return Err(node.fault(StoryFault::Expectation("`holds` needs `case`")));
        }
        for (person, classes) in node.table()?.rest() {
            if !known.people.contains_key(&person) {
                let names = known.people.keys().map(String::as_str);
                return Err(Known::unknown(&classes, "person", &person, names));
            }
            let held = list(&classes, "class", codes_of!(Class))?;
            push(checks, &classes, Expected::Holds(person, held));
        }
    }
    if let Some(node) = table.take("cases") {
        for (device, cases) in node.table()?.rest() {
            known_device(known, &cases, &device)?;
            let items = cases.items();
            let held: Result<Vec<String>, StoryError> =
                items.iter().map(|item| known.case_key(item)).collect();
            push(checks, &cases, Expected::Cases(device, held?));
        }
    }
    if let Some(node) = table.take("unsent") {
        for (device, number) in node.table()?.rest() {
            known_device(known, &number, &device)?;
            let unsent = count(&number)?;
            push(checks, &number, Expected::Unsent(device, unsent));
        }
    }
    if let Some(node) = table.take("seat") {
        for (seat, state) in node.table()?.rest() {
            let named = seat_named(known, &state, &seat)?;
            let may = state.code("state of a seat", codes_of!(SeatState))?;
            push(checks, &state, Expected::Seat(named, may));
        }
    }
    Ok(())
}

fn known_device(known: &Known, node: &Node, device: &str) -> Result<(), StoryError> {
    if known.devices.contains_key(device) {
        return Ok(());
    }
    let names = known.devices.keys().map(String::as_str);
    Err(Known::unknown(node, "device", device, names))
}

/// The one seat of a device, or of `device/person`.
fn seat_named(known: &Known, node: &Node, word: &str) -> Result<SeatName, StoryError> {
    let (device, person) = match word.split_once('/') {
        Some((device, person)) => (device, Some(person)),
        None => (word, None),
    };
    known_device(known, node, device)?;
    let people = known.devices.get(device).cloned().unwrap_or_default();
    let person = match (person, people.as_slice()) {
        (Some(person), people) if people.iter().any(|key| key == person) => person.to_owned(),
        (None, [only]) => only.clone(),
        (person, _) => {
            return Err(node.fault(StoryFault::NotOnDevice {
                person: person.unwrap_or("everybody").to_owned(),
                device: device.to_owned(),
            }));
        }
    };
    Ok(SeatName {
        device: device.to_owned(),
        person,
    })
}

/// What the screens of the asked devices show.
fn screen_checks(
    table: &mut Table,
    known: &Known,
    has_case: bool,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    if let Some(node) = table.take("attention") {
        let mut wanted = Vec::new();
        for item in node.items() {
            let words = item.words()?;
            let (kind, case) = words.split_once(':').unwrap_or((words, ""));
            let known_kinds = codes_of!(AttentionKind);
            let kind = kind.parse().map_err(|_| {
                let kinds = known_kinds.iter().copied();
                Known::unknown(&item, "kind of attention", kind, kinds)
            })?;
            if !known.cases.contains(case) {
                let names = known.cases.iter().map(String::as_str);
                return Err(Known::unknown(&item, "case", case, names));
            }
            wanted.push((kind, case.to_owned()));
        }
        push(checks, &node, Expected::Attention(wanted));
    }
    if let Some(node) = table.take("today") {
        for (word, cases) in node.table()?.rest() {
            let part = TodayPart::ALL.iter().find(|(known, _)| *known == word);
            let Some((_, part)) = part else {
                let names = TodayPart::ALL.iter().map(|(word, _)| *word);
                return Err(Known::unknown(
                    &cases,
                    "part of the first screen",
                    &word,
                    names,
                ));
            };
            let items = cases.items();
            let wanted: Result<Vec<String>, StoryError> =
                items.iter().map(|item| known.case_key(item)).collect();
            push(checks, &cases, Expected::Today(*part, wanted?));
        }
    }
    if let Some(node) = table.take("contacts") {
        if !has_case {
            return Err(node.fault(StoryFault::Expectation("`contacts` needs `case`")));
        }
        for (contact, safety) in node.table()?.rest() {
            let stands = safety.code("safety of a contact", codes_of!(ContactSafety))?;
            push(checks, &safety, Expected::Contact(contact, stands));
        }
    }
    Ok(())
}

/// Reads what is expected to have become of a command.
pub(super) fn fate(node: &Node) -> Result<FateWord, StoryError> {
    let text = node.words()?;
    let (word, code) = match text.split_once(':') {
        Some((word, code)) => (word, Some(code)),
        None => (text, None),
    };
    let unknown = |what: &'static str, word: &str, known: &[&str]| {
        node.fault(StoryFault::UnknownWord {
            what,
            word: word.to_owned(),
            known: known.join(", "),
        })
    };
    match (word, code) {
        ("on_device", None) => Ok(FateWord::OnDevice),
        ("waiting", None) => Ok(FateWord::Waiting),
        ("admitted", None) => Ok(FateWord::Admitted),
        ("committed", None) => Ok(FateWord::Committed),
        ("recorded", None) => Ok(FateWord::Recorded(None)),
        ("recorded", Some("none")) => Ok(FateWord::Recorded(Some(Vec::new()))),
        ("recorded", Some(flags)) => {
            let flags: Result<Vec<Flag>, StoryError> = flags
                .split(',')
                .map(|flag| {
                    let flag = flag.trim();
                    flag.parse()
                        .map_err(|_| unknown("flag", flag, codes_of!(Flag)))
                })
                .collect();
            flags.map(|flags| FateWord::Recorded(Some(flags)))
        }
        ("refused", Some(code)) => code
            .parse()
            .map(FateWord::Refused)
            .map_err(|_| unknown("refusal", code, codes_of!(Refusal))),
        ("needs_review", Some(code)) => code
            .parse()
            .map(FateWord::NeedsReview)
            .map_err(|_| unknown("reason of a review", code, codes_of!(Review))),
        ("turned_away", Some(code)) => code
            .parse()
            .map(FateWord::TurnedAway)
            .map_err(|_| unknown("reason of turning away", code, codes_of!(Turned))),
        _ => Err(node.fault(StoryFault::NotAFate {
            word: text.to_owned(),
            known: FATES,
        })),
    }
}
