//! What became of the day, gathered from the devices: one document for programs, the same for people.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use jangkau_core::id::{CaseId, CaseNumber, CommandId, PersonId};
use jangkau_core::profile::Profile;
use jangkau_core::record::{FieldShape, Scalar};
use jangkau_core::replica::{Fate, ReplicaError, TimelineItem};
use jangkau_core::rules::CaseState;
use jangkau_core::text;
use jangkau_core::time::Timestamp;
use serde::Serialize;

use super::{DemoError, LANGUAGE, Stage};
use crate::story::{PlayError, told};

/// Most characters of a record's words that are shown.
const QUOTE_CHARS_MAX: usize = 90;

/// A command that reached the server later than this was recorded without signal.
const OFFLINE_MS_MIN: i64 = 2 * 60 * 1_000;

/// The whole day.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    pub(super) server: String,
    pub(super) institutions: Vec<InstitutionReport>,
    pub(super) summary: BTreeMap<String, usize>,
}

/// One institution.
#[derive(Debug, Serialize)]
pub(super) struct InstitutionReport {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) profile: String,
    pub(super) zone: String,
    pub(super) cases: Vec<CaseReport>,
}

/// One case.
#[derive(Debug, Serialize)]
pub(super) struct CaseReport {
    pub(super) case: String,
    pub(super) number: Option<u32>,
    pub(super) status: String,
    pub(super) closure: Option<String>,
    pub(super) assignee: Option<String>,
    pub(super) danger: String,
    pub(super) flags: Vec<String>,
    pub(super) timeline: Vec<Entry>,
    pub(super) deadlines: Vec<Deadline>,
    pub(super) reviews: Vec<ReviewReport>,
    #[serde(skip)]
    pub(super) lines: Vec<String>,
}

/// What one person recorded, and what became of it.
#[derive(Debug, Serialize)]
pub(super) struct Entry {
    pub(super) at: String,
    pub(super) recorded_at: Option<String>,
    pub(super) received_at: Option<String>,
    pub(super) offline: bool,
    pub(super) who: String,
    pub(super) role: String,
    pub(super) performed_by: Option<String>,
    pub(super) command: String,
    pub(super) what: String,
    pub(super) detail: Option<String>,
    pub(super) content: Option<String>,
    /// `recorded`, `committed`, `refused`, `needs_review` or `turned_away`.
    pub(super) outcome: String,
    pub(super) code: Option<String>,
    pub(super) says: String,
    #[serde(skip)]
    pub(super) day: String,
    #[serde(skip)]
    pub(super) time: String,
    #[serde(skip)]
    pub(super) way: Option<String>,
}

/// One clock.
#[derive(Debug, Serialize)]
pub(super) struct Deadline {
    pub(super) clock: String,
    pub(super) label: String,
    pub(super) due: Option<String>,
    pub(super) provisional: bool,
    pub(super) outcome: String,
    #[serde(skip)]
    pub(super) line: String,
}

/// Something that waits for a head.
#[derive(Debug, Serialize)]
pub(super) struct ReviewReport {
    pub(super) command: String,
    pub(super) who: String,
    pub(super) reason: String,
    pub(super) says: String,
}

/// Gathers everything.
pub(super) fn report(stages: &[Stage], server: &str) -> Result<Report, DemoError> {
    let mut institutions = Vec::new();
    for stage in stages {
        let told = institution(stage).map_err(|error| DemoError::Play {
            story: stage.name,
            line: 1,
            cause: PlayError::from(error),
        })?;
        institutions.extend(told);
    }
    let mut summary: BTreeMap<String, usize> = BTreeMap::new();
    for word in [
        "recorded",
        "committed",
        "refused",
        "needs_review",
        "turned_away",
    ] {
        summary.insert(word.to_owned(), 0);
    }
    let cases = institutions
        .iter()
        .flat_map(|institution| &institution.cases);
    for entry in cases.flat_map(|case| &case.timeline) {
        *summary.entry(entry.outcome.clone()).or_default() += 1;
    }
    Ok(Report {
        server: server.to_owned(),
        institutions,
        summary,
    })
}

/// What the words of one institution rest on.
pub(super) struct Office<'a> {
    stage: &'a Stage,
    pub(super) profile: Profile,
    pub(super) zone: Tz,
}

fn institution(stage: &Stage) -> Result<Option<InstitutionReport>, ReplicaError> {
    let Some(plan) = stage.story.institutions.first() else {
        return Ok(None);
    };
    // The story was founded on this profile, so it can be read.
    let Ok(profile) = Profile::parse(&plan.profile_toml) else {
        return Ok(None);
    };
    let zone = profile.institution.zone;
    let office = Office {
        stage,
        profile,
        zone,
    };
    let mut in_order: Vec<(&CaseId, &String)> = Vec::new();
    in_order.extend(stage.player.cases().iter().map(|(name, id)| (id, name)));
    in_order.sort_unstable();
    let mut cases = Vec::new();
    for (id, name) in in_order {
        cases.extend(office.case(*id, name)?);
    }
    Ok(Some(InstitutionReport {
        id: plan.id.to_string(),
        name: office.profile.institution.name.clone(),
        profile: office.profile.id.to_string(),
        zone: zone.name().to_owned(),
        cases,
    }))
}

impl Office<'_> {
    fn case(&self, id: CaseId, name: &str) -> Result<Option<CaseReport>, ReplicaError> {
        let Some((state, number)) = self.state(id)? else {
            return Ok(None);
        };
        let items = self.items(id)?;
        let reviews = state.reviews.iter().filter_map(|review| {
            let item = items.iter().find(|item| item.id == review.command)?;
            Some(ReviewReport {
                command: text::command(LANGUAGE, item.kind),
                who: self.name(item.stamp.by),
                reason: review.reason.to_string(),
                says: text::review(LANGUAGE, review.reason),
            })
        });
        Ok(Some(CaseReport {
            case: name.to_owned(),
            number: number.map(CaseNumber::get),
            status: state.status.to_string(),
            closure: state.closure.map(|reason| reason.to_string()),
            assignee: state.assignee.map(|person| self.name(person)),
            danger: state.safety.to_string(),
            flags: state.flags.iter().map(ToString::to_string).collect(),
            reviews: reviews.collect(),
            timeline: items.iter().map(|item| self.entry(item, &items)).collect(),
            deadlines: self.deadlines(&state),
            lines: self.heading(&state, number),
        }))
    }

    /// The newest state that any device knows, and the case's number.
    fn state(&self, case: CaseId) -> Result<Option<(CaseState, Option<CaseNumber>)>, ReplicaError> {
        let mut newest: Option<(CaseState, Option<CaseNumber>)> = None;
        for replica in self.stage.player.vaults().values() {
            let view = replica.case(case)?;
            if let Some(state) = view.state
                && newest
                    .as_ref()
                    .is_none_or(|(known, _)| known.judged_through < state.judged_through)
            {
                newest = Some((state, view.number));
            }
        }
        Ok(newest)
    }

    /// Everything that anybody recorded, as its author's device tells it.
    fn items(&self, case: CaseId) -> Result<Vec<TimelineItem>, ReplicaError> {
        let mut items: BTreeMap<CommandId, (bool, TimelineItem)> = BTreeMap::new();
        for replica in self.stage.player.vaults().values() {
            for item in replica.timeline(case)? {
                let own = item.stamp.by == replica.person();
                if own || !items.get(&item.id).is_some_and(|(own, _)| *own) {
                    items.insert(item.id, (own, item));
                }
            }
        }
        let mut items: Vec<TimelineItem> = items.into_values().map(|(_, item)| item).collect();
        items.sort_by_key(|item| (item.stamp.occurred_at, item.id));
        Ok(items)
    }

    fn entry(&self, item: &TimelineItem, items: &[TimelineItem]) -> Entry {
        let told = told(&item.fate);
        let (outcome, code) = match told.split_once(':') {
            Some((outcome, code)) => (outcome, Some(code.to_owned())),
            None => (told.as_str(), None),
        };
        let late_ms = item.recorded_at.zip(item.received_at);
        let late_ms = late_ms.map_or(0, |(made, came)| came.millis_since(made));
        // What is turned away has no row in the log, so only its device can tell that it came late.
        let offline = late_ms >= OFFLINE_MS_MIN || matches!(item.fate, Fate::TurnedAway(_));
        Entry {
            at: self.rfc3339(item.stamp.occurred_at),
            recorded_at: item.recorded_at.map(|at| self.rfc3339(at)),
            received_at: item.received_at.map(|at| self.rfc3339(at)),
            offline,
            who: self.name(item.stamp.by),
            role: self.role(item.stamp.by),
            performed_by: item.stamp.performed_by.map(|person| self.name(person)),
            command: item.kind.to_string(),
            what: text::command(LANGUAGE, item.kind),
            detail: self.detail(&item.entry.command, items),
            content: quote(item),
            outcome: outcome.to_owned(),
            code,
            says: text::fate(LANGUAGE, &item.fate),
            day: text::day(LANGUAGE, item.stamp.occurred_at, self.zone),
            time: text::time_of_day(LANGUAGE, item.stamp.occurred_at, self.zone),
            way: self.way(item),
        }
    }

    /// How a command that was recorded without signal came to the server.
    fn way(&self, item: &TimelineItem) -> Option<String> {
        let recorded = item.recorded_at?;
        let Some(received) = item.received_at else {
            // What is turned away has no row in the log.
            let is_kept = matches!(item.fate, Fate::TurnedAway(_));
            return is_kept.then(|| text::text(LANGUAGE, "demo-offline-kept", &[]));
        };
        if received.millis_since(recorded) < OFFLINE_MS_MIN {
            return None;
        }
        let day = |at| text::day(LANGUAGE, at, self.zone);
        let happened = item.stamp.occurred_at;
        let told = |at| {
            if day(at) == day(happened) {
                text::time_of_day(LANGUAGE, at, self.zone)
            } else {
                text::instant_short(LANGUAGE, at, self.zone)
            }
        };
        let (made, came) = (told(recorded), told(received));
        let is_at_once = recorded.millis_since(happened).abs() < OFFLINE_MS_MIN;
        let key = if is_at_once {
            "demo-offline"
        } else {
            "demo-offline-later"
        };
        let args = [("recorded", made.as_str()), ("received", came.as_str())];
        Some(text::text(LANGUAGE, key, &args))
    }

    fn heading(&self, state: &CaseState, number: Option<CaseNumber>) -> Vec<String> {
        let say = |key: &str, args: &[(&str, &str)]| text::text(LANGUAGE, key, args);
        let status = text::status(LANGUAGE, state.status);
        let mut lines = Vec::new();
        if let Some(number) = number {
            lines.push(say("demo-number", &[("number", &number.to_string())]));
        }
        lines.push(match state.closure {
            Some(reason) => {
                let reason = text::ending(LANGUAGE, reason);
                let args = [("status", status.as_str()), ("reason", reason.as_str())];
                say("demo-status-ended", &args)
            }
            None => say("demo-status", &[("status", &status)]),
        });
        if let Some(person) = state.assignee {
            lines.push(say("demo-assignee", &[("name", &self.name(person))]));
        }
        if state.safety < jangkau_core::command::SafetyLevel::P3 {
            let level = text::safety(LANGUAGE, state.safety);
            lines.push(say("demo-danger", &[("level", &level)]));
        }
        if !state.flags.is_empty() {
            let flags = state.flags.iter().map(|flag| text::flag(LANGUAGE, *flag));
            let flags = flags.collect::<Vec<_>>().join("; ");
            lines.push(say("demo-flags", &[("flags", &flags)]));
        }
        lines
    }

    fn deadlines(&self, state: &CaseState) -> Vec<Deadline> {
        let clocks = state.clocks.iter().map(|clock| {
            let label = self.profile.clock(&clock.clock);
            let label = label.map_or_else(|| clock.clock.to_string(), |known| known.label.clone());
            let mut outcome = text::outcome(LANGUAGE, clock.outcome);
            if clock.provisional {
                let provisional = text::text(LANGUAGE, "demo-provisional", &[]);
                outcome = format!("{outcome}; {provisional}");
            }
            let line = match clock.due {
                Some(due) => {
                    let due = text::instant(LANGUAGE, due, self.zone);
                    let args = [("label", &*label), ("due", &*due), ("outcome", &*outcome)];
                    text::text(LANGUAGE, "demo-deadline", &args)
                }
                None => {
                    let args = [("label", label.as_str()), ("outcome", outcome.as_str())];
                    text::text(LANGUAGE, "demo-deadline-undated", &args)
                }
            };
            Deadline {
                clock: clock.clock.to_string(),
                label,
                due: clock.due.map(|due| self.rfc3339(due)),
                provisional: clock.provisional,
                outcome: clock.outcome.to_string(),
                line,
            }
        });
        clocks.collect()
    }

    fn rfc3339(&self, at: Timestamp) -> String {
        at.to_utc().with_timezone(&self.zone).to_rfc3339()
    }

    fn plan(&self, person: PersonId) -> Option<&crate::story::plan::StaffPlan> {
        let mut people = self.stage.player.people().iter();
        let (key, _) = people.find(|(_, id)| **id == person)?;
        self.stage.story.staff.iter().find(|plan| plan.key == *key)
    }

    pub(super) fn name(&self, person: PersonId) -> String {
        self.plan(person)
            .map_or_else(|| person.to_string(), |plan| plan.name.clone())
    }

    /// The title that the institution's standard gives a person's first role.
    fn role(&self, person: PersonId) -> String {
        let role = self.plan(person).and_then(|plan| plan.roles.first());
        role.map_or_else(String::new, |role| {
            let title = self.profile.role_title(*role);
            title.map_or_else(|| text::role(LANGUAGE, *role), str::to_owned)
        })
    }
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

/// A mark before what became of a command, so that the eye finds it.
pub(super) fn mark(outcome: &str) -> &'static str {
    match outcome {
        "committed" => "✓",
        "recorded" => "•",
        "refused" => "✗",
        "needs_review" => "?",
        "turned_away" => "!",
        _ => "…",
    }
}
