//! Rows of the list of cases, and what a list is asked for.

use super::header::status_words;
use super::words::{SyncState, sync_state, sync_word};
use super::{CaseSeen, ClockLine, Viewer, attention, open_clocks};
use crate::command::SafetyLevel;
use crate::id::{CaseId, CaseNumber};
use crate::profile::words::Status;
use crate::replica::{Fate, TimelineItem};
use crate::text;

/// Most rows of one page: three screens of a phone.
pub const LIST_LEN_MAX: usize = 50;

/// Which cases a list shows. All conditions must hold.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ListFilter {
    /// Only those that are this person's to move on.
    pub mine: bool,
    /// Only those that stand so.
    pub status: Option<Status>,
    /// Only those with a clock whose due date has passed.
    pub overdue: bool,
    /// Only those of which something has not reached the server, or was turned away.
    pub unsent: bool,
    /// Only those of which something that is held here has all of these words: number, identity, contacts, place.
    pub search: Option<String>,
}

redacted!(ListFilter);

/// Some rows of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage {
    /// That this is practice, where it is (C10).
    pub practice: Option<String>,
    /// The rows, the most urgent first.
    pub rows: Vec<ListRow>,
    /// How many rows the whole list has.
    pub total: usize,
    /// What the next page is asked for with; none after the last.
    pub next: Option<usize>,
}

/// One case of the list.
#[derive(Clone, PartialEq, Eq)]
pub struct ListRow {
    /// Which case.
    pub case: CaseId,
    /// Its number; none before the server has registered it.
    pub number: Option<CaseNumber>,
    /// The number in words, or that it has none yet.
    pub number_words: String,
    /// The client's name as held, or other words.
    pub name: String,
    /// Where it stands.
    pub status: Status,
    /// Where it stands, and why it ended.
    pub status_words: String,
    /// The most urgent open clock with a date.
    pub next_due: Option<ClockLine>,
    /// How far this person's own work has come.
    pub sync: SyncState,
    /// The same in words, with the reason where there is one.
    pub sync_words: String,
    /// The gravest danger.
    pub danger: SafetyLevel,
    /// The danger in words; none where there is none out of the ordinary.
    pub danger_words: Option<String>,
}

redacted!(ListRow);

/// The row of a case.
#[must_use]
pub fn list_row(viewer: &Viewer<'_>, case: &CaseSeen) -> ListRow {
    let danger = case.danger();
    let (sync, sync_words) = sync_of(viewer, case);
    let state = case.view.state.as_ref();
    ListRow {
        case: case.view.case,
        number: case.view.number,
        number_words: case.number(viewer),
        name: case.name(viewer),
        status: state.map_or(Status::Draft, |state| state.status),
        status_words: status_words(viewer, state),
        next_due: next_due(viewer, case),
        sync,
        sync_words,
        danger,
        danger_words: (danger < SafetyLevel::P3).then(|| text::safety(viewer.language, danger)),
    }
}

/// The open clock that is due first.
pub(super) fn next_due(viewer: &Viewer<'_>, case: &CaseSeen) -> Option<ClockLine> {
    let mut clocks = open_clocks(viewer, case).into_iter();
    clocks.find(|clock| clock.urgency.is_some())
}

/// What presses most among this person's own work on a case.
fn sync_of(viewer: &Viewer<'_>, case: &CaseSeen) -> (SyncState, String) {
    let own = case.items.iter().filter(|item| {
        item.stamp.by == viewer.person && !attention::is_settled_refusal(case, item)
    });
    let pressing: Option<&TimelineItem> = own.min_by_key(|item| sync_state(&item.fate));
    let Some(item) = pressing else {
        return (
            SyncState::Accepted,
            sync_word(viewer.language, SyncState::Accepted),
        );
    };
    let state = sync_state(&item.fate);
    let words = match &item.fate {
        Fate::Judged(crate::rules::Verdict::Refused(_)) | Fate::TurnedAway(_) => {
            text::fate(viewer.language, &item.fate)
        }
        Fate::OnDevice | Fate::Waiting | Fate::Admitted | Fate::Judged(_) => {
            sync_word(viewer.language, state)
        }
    };
    (state, words)
}
