//! What stands above a case, whatever part of it is looked at.

use std::collections::BTreeMap;

use super::{CaseSeen, ClockLine, ContactLine, Viewer, contacts, open_clocks};
use crate::class::Class;
use crate::command::{EndingReason, Purpose, SafetyLevel};
use crate::id::{CaseId, CaseNumber};
use crate::profile::words::Status;
use crate::rules::{CaseState, ConsentStanding, Flag};
use crate::sync::View;
use crate::text;

/// What stands above a case.
#[derive(Clone, PartialEq, Eq)]
pub struct Header {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// Which case.
    pub case: CaseId,
    /// Its number; none before the server has registered it.
    pub number: Option<CaseNumber>,
    /// Number and name.
    pub title: String,
    /// Where it stands; `draft` before the server has ruled.
    pub status: Status,
    /// Why it ended, if it has.
    pub closure: Option<EndingReason>,
    /// Who is responsible, by name.
    pub responsible: Option<String>,
    /// The gravest danger that nobody has lowered, what is unsent included.
    pub danger: SafetyLevel,
    /// Marks on the case, each with its words.
    pub flags: Vec<(Flag, String)>,
    /// Whether use of the client's data is limited at their wish.
    pub restricted: bool,
    /// What the client agrees to; none where this person does not hold what tells it.
    pub consent: Option<BTreeMap<Purpose, ConsentStanding>>,
    /// The client's contacts that are held here, each with whether it may be used.
    pub contacts: Vec<ContactLine>,
    /// The clocks that have not stopped, the most urgent first.
    pub clocks: Vec<ClockLine>,
    /// Labels of the mandatory papers that nothing satisfies yet.
    pub missing_papers: Vec<String>,
    /// All of it in sentences, one for each thing that is to be said; contacts and clocks say their own.
    pub lines: Vec<String>,
}

redacted!(Header);

/// The header of a case.
#[must_use]
pub fn header(viewer: &Viewer<'_>, case: &CaseSeen) -> Header {
    let viewer = &viewer.of_case(case);
    let state = case.view.state.as_ref();
    let words = |flag: &Flag| (*flag, text::flag(viewer.language, *flag));
    let flags: Vec<(Flag, String)> = state
        .map(|state| state.flags.iter().map(words).collect())
        .unwrap_or_default();
    let papers = state.map(|state| state.missing_papers.iter());
    let papers = papers.into_iter().flatten().map(|id| viewer.paper(id));
    let mut header = Header {
        practice: viewer.practice(),
        case: case.view.case,
        number: case.view.number,
        title: case.title(viewer),
        status: state.map_or(Status::Draft, |state| state.status),
        closure: state.and_then(|state| state.closure),
        responsible: state
            .and_then(|state| state.assignee)
            .map(|person| viewer.name(person)),
        danger: case.danger(),
        restricted: flags.iter().any(|(flag, _)| *flag == Flag::Restricted),
        flags,
        consent: consent(case),
        contacts: contacts(viewer, case),
        clocks: open_clocks(viewer, case),
        missing_papers: papers.collect(),
        lines: Vec::new(),
    };
    header.lines = lines(viewer, case, &header);
    header
}

/// Consent is told by the record's facts, or by their absence where the record is held.
fn consent(case: &CaseSeen) -> Option<BTreeMap<Purpose, ConsentStanding>> {
    let told = &case.facts.consent;
    let is_held = case.classes.contains(&Class::Record) || !told.is_empty();
    is_held.then(|| {
        let mut told = told.clone();
        // What every service needs is shown also where nobody has spoken of it yet.
        for purpose in [Purpose::Service, Purpose::Record] {
            told.entry(purpose).or_insert(ConsentStanding::Missing);
        }
        told
    })
}

/// What the server tells beside the documents, in a sentence; none for what stands elsewhere in the header.
fn told(viewer: &Viewer<'_>, view: &View) -> Option<String> {
    match view {
        View::Masked(_) | View::Contact(_) => None,
        View::Metadata(sessions) => {
            let last = sessions.last()?;
            let held = sessions.iter().filter(|session| session.number.is_some());
            let (count, date) = (
                held.count().to_string(),
                text::day(viewer.language, last.at, viewer.zone()),
            );
            Some(viewer.say("header-sessions", &[("count", &count), ("date", &date)]))
        }
        View::Summary(summary) => {
            let (sessions, referrals) =
                (summary.sessions.to_string(), summary.referrals.to_string());
            let args = [
                ("sessions", sessions.as_str()),
                ("referrals", referrals.as_str()),
            ];
            Some(viewer.say("header-summary", &args))
        }
        View::Aftercare(plan) => {
            let plan = plan.as_ref()?;
            Some(viewer.say("header-aftercare", &[("plan", &plan.plan)]))
        }
        View::Conference(record) => {
            let record = record.as_ref()?;
            let date = text::day(viewer.language, record.at, viewer.zone());
            let args = [("date", date.as_str()), ("goals", &record.goals)];
            Some(viewer.say("header-conference", &args))
        }
    }
}

/// Where a case stands, and why it ended.
pub(super) fn status_words(viewer: &Viewer<'_>, state: Option<&CaseState>) -> String {
    let status = state.map_or(Status::Draft, |state| state.status);
    let status = text::status(viewer.language, status);
    match state.and_then(|state| state.closure) {
        Some(reason) => {
            let reason = text::ending(viewer.language, reason);
            let args = [("status", status.as_str()), ("reason", reason.as_str())];
            viewer.say("status-and-reason", &args)
        }
        None => status,
    }
}

fn lines(viewer: &Viewer<'_>, case: &CaseSeen, header: &Header) -> Vec<String> {
    let status = status_words(viewer, case.view.state.as_ref());
    let mut lines: Vec<String> = header.practice.clone().into_iter().collect();
    lines.push(viewer.say("header-status", &[("status", &status)]));
    if let Some(name) = &header.responsible {
        lines.push(viewer.say("header-responsible", &[("name", name)]));
    }
    if header.danger < SafetyLevel::P3 {
        let level = text::safety(viewer.language, header.danger);
        lines.push(viewer.say("header-danger", &[("level", &level)]));
    }
    if header.restricted {
        lines.push(viewer.say("header-restricted", &[]));
    }
    if !header.flags.is_empty() {
        let words: Vec<&str> = header.flags.iter().map(|(_, word)| word.as_str()).collect();
        lines.push(viewer.say("header-flags", &[("flags", &words.join("; "))]));
    }
    lines.push(match &header.consent {
        Some(told) => {
            let word = |(purpose, standing): (&Purpose, &ConsentStanding)| {
                let purpose = text::purpose(viewer.language, *purpose);
                let standing = text::consent_standing(viewer.language, *standing);
                format!("{purpose} {standing}")
            };
            let words: Vec<String> = told.iter().map(word).collect();
            viewer.say("header-consent", &[("consent", &words.join("; "))])
        }
        None => viewer.say("header-consent_not_held", &[]),
    });
    if !header.missing_papers.is_empty() {
        let papers = header.missing_papers.join("; ");
        lines.push(viewer.say("header-papers", &[("papers", &papers)]));
    }
    lines.extend(case.view.views.iter().filter_map(|view| told(viewer, view)));
    lines
}
