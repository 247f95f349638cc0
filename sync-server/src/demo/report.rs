//! What became of the day, gathered from the devices: one document for programs, the same for people.

use std::collections::BTreeMap;

use chrono_tz::Tz;
use jangkau_core::class::Class;
use jangkau_core::id::{CaseId, CaseNumber, CommandId, PersonId};
use jangkau_core::profile::Profile;
use jangkau_core::replica::{CaseView, ReplicaError, TimelineItem};
use jangkau_core::rules::CaseState;
use jangkau_core::screen::{self, CaseSeen, TimelineLine, Viewer};
use jangkau_core::sync::StaffRow;
use jangkau_core::text;
use jangkau_core::time::Timestamp;
use serde::Serialize;

use super::{DemoError, LANGUAGE, Stage};
use crate::story::{PlayError, told};

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
struct Office<'a> {
    stage: &'a Stage,
    profile: Profile,
    zone: Tz,
    staff: Vec<StaffRow>,
    /// When the story ends: how late a clock is, is told as of then.
    now: Timestamp,
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
        staff: staff(stage),
        now: stage
            .story
            .beats
            .last()
            .map_or(stage.story.clock, |beat| beat.at),
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

/// Everybody who works there, as their colleagues' devices list them.
fn staff(stage: &Stage) -> Vec<StaffRow> {
    let known = stage.player.people().iter().filter_map(|(key, person)| {
        let plan = stage.story.staff.iter().find(|plan| plan.key == *key)?;
        Some(StaffRow {
            terms: None,
            person: *person,
            name: plan.name.clone(),
            roles: plan.roles.iter().map(ToString::to_string).collect(),
            active: true,
        })
    });
    known.collect()
}

impl Office<'_> {
    /// Nobody in particular looks: the day is told as all devices together know it.
    fn viewer(&self) -> Viewer<'_> {
        Viewer {
            person: PersonId::from_bytes([0; PersonId::LEN]),
            staff: &self.staff,
            versions: std::slice::from_ref(&self.profile),
            profile: Some(&self.profile),
            now: self.now,
            language: LANGUAGE,
        }
    }

    fn case(&self, id: CaseId, name: &str) -> Result<Option<CaseReport>, ReplicaError> {
        let Some((state, number)) = self.state(id)? else {
            return Ok(None);
        };
        let viewer = self.viewer();
        let view = CaseView {
            case: id,
            number,
            profile_version: Some(self.profile.version),
            state: Some(state.clone()),
            pending: Vec::new(),
            views: Vec::new(),
        };
        let classes = Class::ALL.iter().copied().collect();
        let case = CaseSeen::new(view, self.items(id)?, classes);
        let reviews = state.reviews.iter().filter_map(|review| {
            let item = case.items.iter().find(|item| item.id == review.command)?;
            Some(ReviewReport {
                command: text::command(LANGUAGE, item.kind),
                who: viewer.name(item.stamp.by),
                reason: review.reason.to_string(),
                says: text::review(LANGUAGE, review.reason),
            })
        });
        let told = screen::timeline(&viewer, &case);
        let timeline = case.items.iter().zip(told);
        let mut lines = Vec::new();
        if let Some(number) = number {
            let number = number.to_string();
            lines.push(text::text(LANGUAGE, "demo-number", &[("number", &number)]));
        }
        lines.extend(screen::header(&viewer, &case).lines);
        Ok(Some(CaseReport {
            case: name.to_owned(),
            number: number.map(CaseNumber::get),
            status: state.status.to_string(),
            closure: state.closure.map(|reason| reason.to_string()),
            assignee: state.assignee.map(|person| viewer.name(person)),
            danger: state.safety.to_string(),
            flags: state.flags.iter().map(ToString::to_string).collect(),
            reviews: reviews.collect(),
            timeline: timeline
                .map(|(item, told)| self.entry(item, told))
                .collect(),
            deadlines: self.deadlines(&viewer, &state),
            lines,
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

    fn entry(&self, item: &TimelineItem, line: TimelineLine) -> Entry {
        let told = told(&item.fate);
        let (outcome, code) = match told.split_once(':') {
            Some((outcome, code)) => (outcome, Some(code.to_owned())),
            None => (told.as_str(), None),
        };
        Entry {
            at: self.rfc3339(item.stamp.occurred_at),
            recorded_at: item.recorded_at.map(|at| self.rfc3339(at)),
            received_at: item.received_at.map(|at| self.rfc3339(at)),
            offline: line.offline,
            who: line.who,
            role: line.role,
            performed_by: line.performed_by,
            command: item.kind.to_string(),
            what: line.what,
            detail: line.detail,
            content: line.quote,
            outcome: outcome.to_owned(),
            code,
            says: line.verdict,
            day: line.day,
            time: line.time,
            way: line.way,
        }
    }

    fn deadlines(&self, viewer: &Viewer<'_>, state: &CaseState) -> Vec<Deadline> {
        let told = state.clocks.iter().map(|clock| {
            let line = screen::clock_line(viewer, clock, false);
            Deadline {
                clock: clock.clock.to_string(),
                label: line.label,
                due: clock.due.map(|due| self.rfc3339(due)),
                provisional: clock.provisional,
                outcome: clock.outcome.to_string(),
                line: line.says,
            }
        });
        told.collect()
    }

    fn rfc3339(&self, at: Timestamp) -> String {
        at.to_utc().with_timezone(&self.zone).to_rfc3339()
    }
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
