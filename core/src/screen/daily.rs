//! The daily list: what came in late and needs nobody's answer, and what is confirmed in a batch (amendment B6, C6). A doubtful
//! time on which much depends is not left to it: [`pressing_times`].

use std::collections::BTreeSet;

use super::{CaseSeen, Viewer};
use crate::command::{Command, CommandKind};
use crate::id::{CaseId, CommandId, PersonId};
use crate::profile::CLOCKS_BY_LAW;
use crate::replica::{Fate, TimelineItem};
use crate::rules::{CaseState, Flag};
use crate::text;

/// So long a late fact stands in the list, in milliseconds. DEFAULT: what came in on a Friday is read on Monday.
const LISTED_MS: i64 = 72 * 60 * 60 * 1_000;

/// Marks that a confirmation takes away.
const DOUBTS: &[Flag] = &[Flag::TimeUnverified, Flag::OutsideMandate];

/// Marks of what came in late.
const NEWS: &[Flag] = &[Flag::NewEvidenceBeforeTermination, Flag::PostTermination];

/// What the daily list tells of one case.
#[derive(Clone, PartialEq, Eq)]
pub struct DailyCase {
    /// The case.
    pub case: CaseId,
    /// Its number and name.
    pub title: String,
    /// What came in, the newest first: what it is, who did it and when, and what is unusual about it.
    pub lines: Vec<String>,
    /// Those of them that this person may confirm, all of the case with one `confirm_records`.
    pub to_confirm: BTreeSet<CommandId>,
}

redacted!(DailyCase);

/// The daily list of one case; none where nothing is to be read.
pub(super) fn daily(viewer: &Viewer<'_>, case: &CaseSeen) -> Option<DailyCase> {
    let viewer = &viewer.of_case(case);
    let state = case.view.state.as_ref()?;
    let mut listed = DailyCase {
        case: case.view.case,
        title: case.title(viewer),
        lines: Vec::new(),
        to_confirm: BTreeSet::new(),
    };
    let asked: BTreeSet<CommandId> = state.reviews.iter().map(|item| item.command).collect();
    let confirmed = being_confirmed(case);
    for item in case.items.iter().rev() {
        let Some(flags) = state.fact_flags.get(&item.id) else {
            continue;
        };
        // What waits for an answer stands there.
        if asked.contains(&item.id) || confirmed.contains(&item.id) {
            continue;
        }
        let mut doubts = doubts(viewer, item, flags);
        if is_pressing(state, item, flags) {
            doubts.remove(&Flag::TimeUnverified);
        }
        let news = news(viewer, item, flags);
        if doubts.is_empty() && news.is_empty() {
            continue;
        }
        if !doubts.is_empty() {
            listed.to_confirm.insert(item.id);
        }
        let words = doubts.union(&news);
        let words: Vec<String> = words
            .map(|flag| text::flag(viewer.language, *flag))
            .collect();
        let at = text::instant_short(viewer.language, item.stamp.occurred_at, viewer.zone());
        let args = [
            ("what", &*text::command(viewer.language, item.kind)),
            ("name", &*viewer.name(performer(item))),
            ("at", &*at),
            ("why", &*words.join("; ")),
        ];
        listed.lines.push(viewer.say("daily-line", &args));
    }
    (!listed.lines.is_empty()).then_some(listed)
}

/// What this person is asked at once to confirm: records whose time nobody witnessed, where a clock by law depends on it, or where
/// the device's clock had jumped ahead (B6).
pub(super) fn pressing_times<'c>(
    viewer: &Viewer<'_>,
    case: &'c CaseSeen,
    state: &CaseState,
) -> Vec<&'c TimelineItem> {
    let confirmed = being_confirmed(case);
    let items = case.items.iter().filter(|item| {
        state.fact_flags.get(&item.id).is_some_and(|flags| {
            is_pressing(state, item, flags)
                && doubts(viewer, item, flags).contains(&Flag::TimeUnverified)
                && !confirmed.contains(&item.id)
        })
    });
    items.collect()
}

fn is_pressing(state: &CaseState, item: &TimelineItem, flags: &BTreeSet<Flag>) -> bool {
    let at = item.stamp.occurred_at;
    let is_told_by = state.clocks.iter().any(|clock| {
        let is_by_law = CLOCKS_BY_LAW
            .iter()
            .any(|law| law.id == clock.clock.as_str());
        is_by_law && (clock.started_at == at || clock.stopped_at == Some(at))
    });
    flags.contains(&Flag::TimeUnverified) && (flags.contains(&Flag::ClockFuture) || is_told_by)
}

/// Whether marks on a fact may put it into somebody's daily list.
pub(super) fn is_listed(flags: &BTreeSet<Flag>) -> bool {
    DOUBTS.iter().chain(NEWS).any(|flag| flags.contains(flag))
}

/// What this person confirms: the time of what they did, and for heads everybody's time and mandate.
fn doubts(viewer: &Viewer<'_>, item: &TimelineItem, flags: &BTreeSet<Flag>) -> BTreeSet<Flag> {
    let is_head = viewer.is_head(CommandKind::ConfirmRecords);
    let is_own = performer(item) == viewer.person;
    if !viewer.may(CommandKind::ConfirmRecords) {
        return BTreeSet::new();
    }
    let asked = DOUBTS.iter().filter(|doubt| {
        let is_asked = is_head || is_own && **doubt == Flag::TimeUnverified;
        is_asked && flags.contains(doubt)
    });
    asked.copied().collect()
}

/// What a head reads and need not answer: late facts of others, of the last days.
fn news(viewer: &Viewer<'_>, item: &TimelineItem, flags: &BTreeSet<Flag>) -> BTreeSet<Flag> {
    let came = item.received_at.unwrap_or(item.stamp.occurred_at);
    let is_new = viewer.now.millis_since(came) <= LISTED_MS;
    if !is_new || !viewer.is_head(CommandKind::AnswerReview) || item.stamp.by == viewer.person {
        return BTreeSet::new();
    }
    let late = NEWS.iter().filter(|flag| flags.contains(flag));
    late.copied().collect()
}

/// What a confirmation on this device names that the server has not judged yet.
fn being_confirmed(case: &CaseSeen) -> BTreeSet<CommandId> {
    let mut named = BTreeSet::new();
    for item in &case.items {
        let is_on_its_way = match item.fate {
            Fate::OnDevice | Fate::Admitted | Fate::Waiting => true,
            Fate::Judged(_) | Fate::TurnedAway(_) => false,
        };
        if let (true, Command::ConfirmRecords(confirmed)) = (is_on_its_way, &item.entry.command) {
            named.extend(&confirmed.records);
        }
    }
    named
}

fn performer(item: &TimelineItem) -> PersonId {
    item.stamp.performed_by.unwrap_or(item.stamp.by)
}
