//! One item of a timeline: who, when, what, what became of it, and what to do.

use std::collections::BTreeSet;

use super::words::{Secrecy, SyncState, secrecy, sync_state, sync_word};
use super::{CaseSeen, ContactLine, Viewer, contact, contacts, is_same_contact};
use crate::command::{Command, CommandKind, EditIdentity, SetContact};
use crate::id::CommandId;
use crate::record::{FieldShape, Line, Scalar};
use crate::replica::{Fate, TimelineItem};
use crate::rules::{Flag, LegalField, Verdict};
use crate::text;
use crate::time::Timestamp;

/// Most characters of a record's words that are shown.
const QUOTE_CHARS_MAX: usize = 90;

/// A command that reached the server later than this, in milliseconds, was recorded without signal.
const OFFLINE_MS_MIN: i64 = 2 * 60 * 1_000;

/// One line of a case's timeline, in words.
#[derive(Clone, PartialEq, Eq)]
pub struct TimelineLine {
    /// The command.
    pub id: CommandId,
    /// Its kind.
    pub kind: CommandKind,
    /// Who wrote it.
    pub who: String,
    /// Their title in this institution.
    pub role: String,
    /// Who did it, if somebody else did.
    pub performed_by: Option<String>,
    /// The day on which it happened, on the institution's wall.
    pub day: String,
    /// The time at which it happened.
    pub time: String,
    /// When it was recorded, where that differs from when it happened, and when it reached the server.
    pub way: Option<String>,
    /// Whether it was recorded without signal.
    pub offline: bool,
    /// The kind in words.
    pub what: String,
    /// Which paper, who was assigned, what was agreed to.
    pub detail: Option<String>,
    /// The first words that the author wrote. Never of a session's notes.
    pub quote: Option<String>,
    /// How secret it is: the strictest of what is held here of it.
    pub secrecy: Secrecy,
    /// How far it has come.
    pub sync: SyncState,
    /// The same in words.
    pub sync_words: String,
    /// What became of it, with the reason.
    pub verdict: String,
    /// What to do, where the verdict does not say it already.
    pub what_to_do: Option<String>,
}

redacted!(TimelineLine);

/// A case's timeline in words, in the order in which things happened.
#[must_use]
pub fn timeline(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<TimelineLine> {
    let viewer = &viewer.of_case(case);
    let contacts = contacts(viewer, case);
    let mut lines: Vec<TimelineLine> = case
        .items
        .iter()
        .map(|item| line(viewer, item, &case.items))
        .collect();
    for (item, line) in case.items.iter().zip(&mut lines) {
        if let Command::SetContact(set) = &item.entry.command {
            line.detail = Some(contact_detail(viewer, set, &contacts));
        }
        if let Command::IssueReferral(issue) = &item.entry.command {
            line.detail = letter(viewer, case, issue.referral);
        }
    }
    lines
}

/// Items in words that belong to no case.
#[must_use]
pub fn timeline_of(viewer: &Viewer<'_>, items: &[TimelineItem]) -> Vec<TimelineLine> {
    items.iter().map(|item| line(viewer, item, items)).collect()
}

/// The number of a referral's letter, once the server has given it.
fn letter(viewer: &Viewer<'_>, case: &CaseSeen, referral: CommandId) -> Option<String> {
    let referrals = case.view.state.as_ref()?.referrals.iter();
    let mut letters = referrals.filter(|state| state.referral == referral);
    let number = letters.find_map(|state| state.letter)?.to_string();
    Some(viewer.say("timeline-letter", &[("number", &number)]))
}

/// What was said of a contact then, and how it stands now where that is another matter: no number is shown without (C5).
fn contact_detail(viewer: &Viewer<'_>, set: &SetContact, now: &[ContactLine]) -> String {
    let then = contact::told(viewer, set.contact.as_str(), set.safety);
    let stands = now
        .iter()
        .find(|line| is_same_contact(&line.contact, set.contact.as_str()))
        .map(|line| line.safety);
    match stands {
        Some(safety) if safety != set.safety => {
            let safety = text::contact_safety(viewer.language, safety);
            let now = viewer.say("timeline-contact_now", &[("safety", &safety)]);
            format!("{then} ({now})")
        }
        Some(_) | None => then,
    }
}

fn line(viewer: &Viewer<'_>, item: &TimelineItem, items: &[TimelineItem]) -> TimelineLine {
    let at = item.stamp.occurred_at;
    let (zone, language) = (viewer.zone(), viewer.language);
    TimelineLine {
        id: item.id,
        kind: item.kind,
        who: viewer.name(item.stamp.by),
        role: viewer.role(item.stamp.by),
        performed_by: item.stamp.performed_by.map(|person| viewer.name(person)),
        day: text::day(language, at, zone),
        time: text::time_of_day(language, at, zone),
        way: way(viewer, item),
        offline: is_offline(item),
        what: text::command(language, item.kind),
        detail: detail(viewer, &item.entry.command, items),
        quote: quote(item),
        secrecy: strictest(item),
        sync: sync_state(&item.fate),
        sync_words: sync_word(language, sync_state(&item.fate)),
        verdict: text::fate(language, &item.fate),
        what_to_do: what_to_do(viewer, &item.fate),
    }
}

/// The label of the strictest class among an item's records at hand.
fn strictest(item: &TimelineItem) -> Secrecy {
    let records = item.entry.records();
    let labels = records.iter().map(|placed| secrecy(placed.class));
    labels.max().unwrap_or(Secrecy::Limited)
}

/// What is turned away has no row in the log, so only its device can tell that it came late.
fn is_offline(item: &TimelineItem) -> bool {
    let late_ms = item.recorded_at.zip(item.received_at);
    let late_ms = late_ms.map_or(0, |(made, came)| came.millis_since(made));
    late_ms >= OFFLINE_MS_MIN
        || match item.fate {
            Fate::TurnedAway(_) => true,
            Fate::OnDevice | Fate::Waiting | Fate::Admitted | Fate::Judged(_) => false,
        }
}

/// How a command that was recorded without signal, or later than it happened, came to the server.
fn way(viewer: &Viewer<'_>, item: &TimelineItem) -> Option<String> {
    let recorded = item.recorded_at?;
    let happened = item.stamp.occurred_at;
    let day = |at| text::day(viewer.language, at, viewer.zone());
    let told = |at: Timestamp| {
        if day(at) == day(happened) {
            text::time_of_day(viewer.language, at, viewer.zone())
        } else {
            text::instant_short(viewer.language, at, viewer.zone())
        }
    };
    let is_at_once = recorded.millis_since(happened).abs() < OFFLINE_MS_MIN;
    let made = told(recorded);
    let Some(received) = item.received_at else {
        return match item.fate {
            Fate::TurnedAway(_) => Some(viewer.say("timeline-offline-kept", &[])),
            Fate::OnDevice | Fate::Waiting | Fate::Admitted | Fate::Judged(_) => {
                (!is_at_once).then(|| viewer.say("timeline-recorded-later", &[("recorded", &made)]))
            }
        };
    };
    if received.millis_since(recorded) < OFFLINE_MS_MIN {
        return (!is_at_once)
            .then(|| viewer.say("timeline-recorded-later", &[("recorded", &made)]));
    }
    let came = told(received);
    let key = if is_at_once {
        "timeline-offline"
    } else {
        "timeline-offline-later"
    };
    Some(viewer.say(key, &[("recorded", &made), ("received", &came)]))
}

/// What to do about a fate. A refusal and a review say it in their own sentences.
pub(super) fn what_to_do(viewer: &Viewer<'_>, fate: &Fate) -> Option<String> {
    match fate {
        Fate::OnDevice => Some(viewer.say("do-on_device", &[])),
        Fate::Waiting => Some(viewer.say("do-waiting", &[])),
        Fate::TurnedAway(_) => Some(viewer.say("do-turned_away", &[])),
        Fate::Judged(Verdict::Recorded(flags)) => advice(viewer, flags),
        Fate::Admitted
        | Fate::Judged(Verdict::Committed | Verdict::Refused(_) | Verdict::NeedsReview(_)) => None,
    }
}

/// What to do about marks; nothing where a mark only tells.
fn advice(viewer: &Viewer<'_>, flags: &BTreeSet<Flag>) -> Option<String> {
    let told: Vec<String> = flags
        .iter()
        .filter(|flag| asks_something(**flag))
        .map(|flag| viewer.say(&format!("do-flag-{flag}"), &[]))
        .collect();
    (!told.is_empty()).then(|| told.join(" "))
}

/// Whether a mark on a fact asks its author or a colleague to do something.
pub(super) const fn asks_something(flag: Flag) -> bool {
    match flag {
        Flag::DocsMissing
        | Flag::ConsentMissing
        | Flag::ConsentWithdrawn
        | Flag::ExceedsMax
        | Flag::UnknownTarget
        | Flag::PossibleSameEvent
        | Flag::PostTermination
        | Flag::ClockFuture
        | Flag::TimeUnverified
        | Flag::IdentityConflict
        | Flag::MissingDocs
        | Flag::ReopenProposed
        | Flag::DangerSign
        | Flag::OutOfAuthority
        | Flag::GuardianMissing
        | Flag::AssentMissing
        | Flag::ConsentContested
        | Flag::AddendumOpen
        | Flag::SeparationDue
        | Flag::AdultsApart => true,
        Flag::RoleNotAllowed
        | Flag::OutOfOrder
        | Flag::NewEvidenceBeforeTermination
        | Flag::SelfDecided
        | Flag::Moved
        | Flag::OutsideMandate
        | Flag::OtherArea
        | Flag::NotEligible
        | Flag::AddressHidden
        | Flag::Restricted => false,
    }
}

/// What a command is about, where the kind alone does not tell enough. Never a session's notes.
fn detail(viewer: &Viewer<'_>, command: &Command, items: &[TimelineItem]) -> Option<String> {
    let language = viewer.language;
    if let Command::SightDocument(sight) = command {
        let paper = viewer.paper(sight.requirement.as_str());
        return Some(format!("{paper}: {}", text::paper(language, sight.state)));
    }
    if let Command::WaiveDocument(waiver) = command {
        return Some(viewer.paper(waiver.requirement.as_str()));
    }
    if let Command::Triage(triage) = command {
        return Some(listed(&triage.services, |s| text::service(language, s)));
    }
    if let Command::Assign(assignment) = command {
        return Some(viewer.name(assignment.assignee));
    }
    if let Command::Reassign(reassignment) = command {
        return Some(viewer.name(reassignment.assignee));
    }
    if let Command::SignConsent(consent) = command {
        return Some(listed(&consent.purposes, |p| text::purpose(language, p)));
    }
    if let Command::WithdrawConsent(withdrawal) = command {
        return Some(listed(&withdrawal.purposes, |p| text::purpose(language, p)));
    }
    if let Command::FinaliseAssessment(assessment) = command {
        return Some(text::stage(language, assessment.stage));
    }
    if let Command::Terminate(termination) = command {
        return Some(text::ending(language, termination.reason));
    }
    if let Command::EditIdentity(edit) = command {
        return identity(viewer, edit);
    }
    if let Command::RaiseSafety(raise) = command {
        return Some(text::safety(language, raise.level));
    }
    detail_of_meeting(viewer, command, items)
}

fn detail_of_meeting(
    viewer: &Viewer<'_>,
    command: &Command,
    items: &[TimelineItem],
) -> Option<String> {
    let language = viewer.language;
    if let Command::RecordVisit(visit) = command {
        let place = text::visit_place(language, visit.place);
        let Some(danger) = visit.danger else {
            return Some(place);
        };
        let level = text::safety(language, danger);
        let danger = viewer.say("header-danger", &[("level", &level)]);
        return Some(format!("{place}. {danger}"));
    }
    if let Command::ScheduleSession(booking) = command {
        let at = text::instant_short(language, booking.starts_at, viewer.zone());
        let name = viewer.name(booking.lead);
        return Some(viewer.say("timeline-booking", &[("at", &at), ("name", &name)]));
    }
    if let Command::RecordSession(session) = command {
        let attendance = text::attendance(language, session.attendance);
        let mode = text::mode(language, session.mode);
        let minutes = session.minutes.to_string();
        let args = [
            ("attendance", attendance.as_str()),
            ("mode", mode.as_str()),
            ("minutes", minutes.as_str()),
        ];
        return Some(viewer.say("timeline-session", &args));
    }
    if let Command::DecideReferral(referral) = command {
        let recipient = referral.recipient.as_str();
        return Some(viewer.say("timeline-referral", &[("recipient", recipient)]));
    }
    if let Command::AnswerReview(answer) = command {
        let about = items.iter().find(|item| item.id == answer.proposal);
        let about = about.map(|item| text::command(language, item.kind));
        let told = text::answer(language, answer.answer);
        return Some(about.map_or_else(|| told.clone(), |about| format!("{about} {told}")));
    }
    None
}

fn listed<T: Copy>(values: &BTreeSet<T>, word: impl Fn(T) -> String) -> String {
    let words: Vec<String> = values.iter().map(|value| word(*value)).collect();
    words.join(", ")
}

/// Which legal fields got which values.
fn identity(viewer: &Viewer<'_>, edit: &EditIdentity) -> Option<String> {
    let line = |value: &Option<Line>| value.as_ref().map(|line| line.as_str().to_owned());
    let values = [
        (LegalField::Name, line(&edit.name)),
        (LegalField::Nik, line(&edit.nik)),
        (LegalField::FamilyCard, line(&edit.family_card)),
        (LegalField::BirthDate, line(&edit.birth_date)),
        (
            LegalField::Sex,
            edit.sex.map(|sex| text::sex(viewer.language, sex)),
        ),
        (LegalField::Address, line(&edit.address)),
    ];
    let told = values.into_iter().filter_map(|(field, value)| {
        let field = text::identity(viewer.language, field);
        let args = [("field", field.as_str()), ("value", value.as_deref()?)];
        Some(viewer.say("timeline-identity", &args))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}

/// The first words that the author wrote, of the command's first record: never the notes of a session.
fn quote(item: &TimelineItem) -> Option<String> {
    let records = item.entry.records();
    let first = records.first()?;
    let prose = [
        "problem",
        "observation",
        "conclusion",
        "goals",
        "note",
        "text",
        "reason",
        "body",
    ];
    let fields = item.kind.fields();
    let said = prose.iter().find_map(|name| {
        let field = fields
            .iter()
            .find(|field| field.key == *name && field.collection == first.collection)?;
        let is_words = matches!(field.shape, FieldShape::Words | FieldShape::SharedText);
        let (_, value) = first.record.iter().find(|(key, _)| key == name)?;
        match value {
            Scalar::Str(words) | Scalar::Text(words) if is_words => Some(words.clone()),
            Scalar::Str(_)
            | Scalar::Text(_)
            | Scalar::Int(_)
            | Scalar::Bool(_)
            | Scalar::Bytes(_)
            | Scalar::Edit(_) => None,
        }
    })?;
    if said.chars().count() <= QUOTE_CHARS_MAX {
        return Some(said);
    }
    let cut: String = said.chars().take(QUOTE_CHARS_MAX).collect();
    Some(format!("{cut}…"))
}
