//! What asks for attention: each with a code, a sentence, and what to do.
//!
//! Only what this person can do something about: their own work that did not arrive or was not taken, what their roles may answer
//! or confirm, and what holds up or endangers the cases that are theirs.

use std::collections::{BTreeMap, BTreeSet};

use super::{CaseSeen, HotlineLine, Urgency, Viewer, clock, daily, hotlines, open_clocks, words};
use crate::code::codes;
use crate::command::{CommandKind, SafetyLevel};
use crate::id::{CaseId, CommandId};
use crate::profile::words::{Enforcement, Milestone};
use crate::profile::{HotlineUse, Requirement};
use crate::record::Line;
use crate::replica::{Fate, TimelineItem};
use crate::rules::{CaseState, Flag, Refusal, Review, ReviewItem, Verdict, danger_of};
use crate::text;
use crate::time::Timestamp;

codes!(
    /// What asks for attention. Declared from what presses most.
    AttentionKind {
        /// A danger was recorded, and the server does not have it: BELUM TERKIRIM.
        UnsentDanger = "unsent_danger",
        /// An ended case has an open danger that its ending did not know of.
        ReopenProposed = "reopen_proposed",
        /// Somebody broke glass to a case of this person's concern (B9).
        GlassBroken = "glass_broken",
        /// A clock's due date has passed.
        Overdue = "overdue",
        /// Own work may not enter history.
        TurnedAway = "turned_away",
        /// An own proposal was refused.
        Refused = "refused",
        /// Something waits for this person's answer.
        ToAnswer = "to_answer",
        /// The adults of a couple or family should have a file each (section 9, rule 1).
        SeparationDue = "separation_due",
        /// A signature was taken without knowing of a withdrawal: the client is to be asked (C1).
        ToConfirm = "to_confirm",
        /// Nobody witnessed when it was, and a clock by law depends on it, or the device's clock had jumped (B6).
        TimeToConfirm = "time_to_confirm",
        /// Two records may tell of one event, and this person can say (C3).
        SameEvent = "same_event",
        /// Two values of a legal field contradict each other (D8).
        IdentityConflict = "identity_conflict",
        /// Papers are missing that the next step waits for.
        MissingPapers = "missing_papers",
        /// An own proposal waits for a head.
        InReview = "in_review",
        /// The standard expects something next that nobody has done yet.
        Reminder = "reminder",
    }
);

/// Something that asks for attention.
#[derive(Clone, PartialEq, Eq)]
pub struct Attention {
    /// What it is.
    pub kind: AttentionKind,
    /// The case.
    pub case: CaseId,
    /// The command that it is about, if it is about one.
    pub command: Option<CommandId>,
    /// Since when.
    pub since: Timestamp,
    /// What is so, in one or two sentences.
    pub says: String,
    /// What to do.
    pub what_to_do: String,
    /// Numbers to call, for danger that the server does not have.
    pub numbers: Vec<HotlineLine>,
}

redacted!(Attention);

/// What about one case asks for this person's attention, what presses most first.
#[must_use]
pub fn attention(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<Attention> {
    let viewer = &viewer.of_case(case);
    let ask = Asking { viewer, case };
    let mut all: Vec<Attention> = Vec::new();
    all.extend(case.items.iter().filter_map(|item| ask.own_work(item)));
    if let Some(state) = &case.view.state {
        all.extend(ask.reopening(state));
        all.extend(ask.separation(state));
        all.extend(state.reviews.iter().filter_map(|item| ask.review(item)));
        all.extend(ask.times(state));
        all.extend(ask.same_events(state));
        all.extend(ask.papers(state));
        all.extend(ask.reminders(state));
    }
    all.extend(ask.overdue());
    all.extend(ask.unconfirmed());
    all.extend(ask.conflict());
    all.sort_by_key(|item| (item.kind, item.since, item.command));
    all
}

/// Whether a refusal asks nobody for anything any more: it says that nothing is to be done, the same was done since, or the case
/// has ended. DEFAULT: nobody has to tick refusals off.
pub(super) fn is_settled_refusal(case: &CaseSeen, item: &TimelineItem) -> bool {
    let Fate::Judged(Verdict::Refused(code)) = &item.fate else {
        return false;
    };
    let is_idle = matches!(code, Refusal::NoEffect | Refusal::ReviewClosed);
    let done_since = case.items.iter().any(|later| {
        later.kind == item.kind
            && later.id > item.id
            && !matches!(
                later.fate,
                Fate::Judged(Verdict::Refused(_)) | Fate::TurnedAway(_)
            )
    });
    let ended = case.view.state.as_ref().and_then(|state| state.ended_at);
    is_idle || done_since || ended.is_some_and(|at| at >= item.stamp.occurred_at)
}

/// Who asks, and about which case.
struct Asking<'v, 'a> {
    viewer: &'v Viewer<'a>,
    case: &'v CaseSeen,
}

impl Asking<'_, '_> {
    fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.viewer.say(key, args)
    }

    fn made(
        &self,
        kind: AttentionKind,
        command: Option<CommandId>,
        since: Timestamp,
        says: String,
        what_to_do: String,
    ) -> Attention {
        Attention {
            kind,
            case: self.case.view.case,
            command,
            since,
            says,
            what_to_do,
            numbers: Vec::new(),
        }
    }

    /// Own work that did not arrive, was turned away, or was refused.
    fn own_work(&self, item: &TimelineItem) -> Option<Attention> {
        if item.stamp.by != self.viewer.person {
            return None;
        }
        let since = item.recorded_at.unwrap_or(item.stamp.occurred_at);
        let danger = danger_of(&item.entry.command).filter(|level| *level < SafetyLevel::P3);
        let what = text::command(self.viewer.language, item.kind);
        let title = self.case.title(self.viewer);
        let told = text::fate(self.viewer.language, &item.fate);
        let args = [("what", &*what), ("case", &*title), ("fate", &*told)];
        let lost = |kind, key: &str, what_to_do| {
            self.made(kind, Some(item.id), since, self.say(key, &args), what_to_do)
        };
        match (&item.fate, danger) {
            (Fate::OnDevice | Fate::Waiting | Fate::TurnedAway(_), Some(level)) => {
                Some(self.unsent_danger(item, level, since))
            }
            (Fate::TurnedAway(_), None) => {
                let what_to_do = self.say("do-turned_away", &[]);
                Some(lost(
                    AttentionKind::TurnedAway,
                    "attention-says-turned_away",
                    what_to_do,
                ))
            }
            (Fate::Judged(Verdict::Refused(code)), _) if !is_settled_refusal(self.case, item) => {
                let what_to_do = text::refusal(self.viewer.language, *code);
                Some(lost(
                    AttentionKind::Refused,
                    "attention-says-refused",
                    what_to_do,
                ))
            }
            (Fate::OnDevice | Fate::Waiting, None) | (Fate::Admitted | Fate::Judged(_), _) => None,
        }
    }

    /// BELUM TERKIRIM: a danger that nobody else knows of yet.
    fn unsent_danger(
        &self,
        item: &TimelineItem,
        level: SafetyLevel,
        since: Timestamp,
    ) -> Attention {
        let numbers = hotlines(self.viewer, HotlineUse::Danger);
        let level = text::safety(self.viewer.language, level);
        let age = words::span(self.viewer.language, self.viewer.now.millis_since(since));
        let title = self.case.title(self.viewer);
        let args = [("level", &*level), ("case", &*title), ("span", &*age)];
        let listed: Vec<String> = numbers
            .iter()
            .map(|line| format!("{} {}", line.name, line.number))
            .collect();
        let what_to_do = self.say("do-unsent_danger", &[("numbers", &listed.join("; "))]);
        let says = self.say("attention-says-unsent_danger", &args);
        let kind = AttentionKind::UnsentDanger;
        Attention {
            numbers,
            ..self.made(kind, Some(item.id), since, says, what_to_do)
        }
    }

    fn reopening(&self, state: &CaseState) -> Option<Attention> {
        let is_asked =
            state.flags.contains(&Flag::ReopenProposed) && self.viewer.may(CommandKind::Reopen);
        let since = state.ended_at?;
        is_asked.then(|| {
            let says = self.say(
                "attention-says-reopen_proposed",
                &[("case", &self.case.title(self.viewer))],
            );
            let what_to_do = self.say("do-flag-reopen_proposed", &[]);
            self.made(AttentionKind::ReopenProposed, None, since, says, what_to_do)
        })
    }

    /// For heads, who alone tie cases.
    fn separation(&self, state: &CaseState) -> Option<Attention> {
        let is_asked = state.flags.contains(&Flag::SeparationDue);
        (is_asked && self.viewer.may(CommandKind::LinkFamily)).then(|| {
            let title = self.case.title(self.viewer);
            let says = self.say("attention-says-separation_due", &[("case", &title)]);
            let what_to_do = self.say("do-separation_due", &[]);
            let kind = AttentionKind::SeparationDue;
            self.made(kind, None, self.opened_at(), says, what_to_do)
        })
    }

    /// What waits: to be answered or confirmed by those who may, waited for by its author.
    fn review(&self, review: &ReviewItem) -> Option<Attention> {
        let item = self.case.item(review.command);
        let (answer, asked, key, todo) = if review.reason == Review::Unconfirmed {
            (
                CommandKind::ConfirmRegistration,
                AttentionKind::ToConfirm,
                "attention-says-to_answer",
                "do-confirm_registration",
            )
        } else {
            (
                CommandKind::AnswerReview,
                AttentionKind::ToAnswer,
                "attention-says-to_answer",
                "do-to_answer",
            )
        };
        let is_own = item.is_some_and(|item| item.stamp.by == self.viewer.person);
        let (kind, key, todo) = if self.viewer.may(answer) {
            (asked, key, todo)
        } else if is_own {
            (
                AttentionKind::InReview,
                "attention-says-in_review",
                "do-in_review",
            )
        } else {
            return None;
        };
        let what = item.map_or_else(
            || self.say("screen-not_held", &[]),
            |item| text::command(self.viewer.language, item.kind),
        );
        let who = item.map_or_else(
            || self.say("screen-unknown_person", &[]),
            |item| self.viewer.name(item.stamp.by),
        );
        let title = self.case.title(self.viewer);
        let reason = text::review(self.viewer.language, review.reason);
        let args = [
            ("what", &*what),
            ("who", &*who),
            ("case", &*title),
            ("reason", &*reason),
        ];
        let (says, what_to_do) = (self.say(key, &args), self.say(todo, &[]));
        Some(self.made(kind, Some(review.command), review.since, says, what_to_do))
    }

    /// Times that cannot wait for the daily list.
    fn times(&self, state: &CaseState) -> Vec<Attention> {
        let pressing = daily::pressing_times(self.viewer, self.case, state).into_iter();
        pressing
            .map(|item| {
                let what = text::command(self.viewer.language, item.kind);
                let at = item.stamp.occurred_at;
                let when = text::instant_short(self.viewer.language, at, self.viewer.zone());
                let title = self.case.title(self.viewer);
                let args = [("what", &*what), ("at", &*when), ("case", &*title)];
                let says = self.say("attention-says-time_to_confirm", &args);
                let what_to_do = self.say("do-time_to_confirm", &[]);
                let kind = AttentionKind::TimeToConfirm;
                self.made(kind, Some(item.id), at, says, what_to_do)
            })
            .collect()
    }

    /// Records that may tell of one event, for whoever did it: only they can say.
    fn same_events(&self, state: &CaseState) -> Vec<Attention> {
        if !self.viewer.may(CommandKind::SettleEvent) {
            return Vec::new();
        }
        let is_double = |id: &CommandId| {
            let flags: Option<&BTreeSet<Flag>> = state.fact_flags.get(id);
            flags.is_some_and(|flags| flags.contains(&Flag::PossibleSameEvent))
        };
        let own = self.case.items.iter().filter(|item| {
            let performer = item.stamp.performed_by.unwrap_or(item.stamp.by);
            performer == self.viewer.person && is_double(&item.id)
        });
        own.map(|item| {
            let what = text::command(self.viewer.language, item.kind);
            let at = item.stamp.occurred_at;
            let when = text::instant_short(self.viewer.language, at, self.viewer.zone());
            let title = self.case.title(self.viewer);
            let args = [("what", &*what), ("at", &*when), ("case", &*title)];
            let says = self.say("attention-says-same_event", &args);
            let what_to_do = self.say("do-flag-possible_same_event", &[]);
            self.made(
                AttentionKind::SameEvent,
                Some(item.id),
                at,
                says,
                what_to_do,
            )
        })
        .collect()
    }

    /// Missing papers, gathered by the step that waits for them. Danger passes every gate (A4).
    fn papers(&self, state: &CaseState) -> Vec<Attention> {
        let is_asked = self.case.is_mine(self.viewer)
            && !state.status.is_ended()
            && state.safety == SafetyLevel::P3;
        let Some(profile) = self.viewer.profile.filter(|_| is_asked) else {
            return Vec::new();
        };
        let mut by_gate: BTreeMap<CommandKind, Vec<&Requirement>> = BTreeMap::new();
        for requirement in &profile.requirements {
            let is_missing = state
                .missing_papers
                .iter()
                .any(|id| id == requirement.id.as_str());
            if let Some(gate) = requirement.gates
                && is_missing
                && !is_passed(state, gate)
            {
                by_gate.entry(gate).or_default().push(requirement);
            }
        }
        by_gate
            .into_iter()
            .map(|(gate, papers)| {
                let labels: Vec<&str> = papers.iter().map(|paper| paper.label.as_str()).collect();
                let step = text::command(self.viewer.language, gate);
                let title = self.case.title(self.viewer);
                let labels = labels.join("; ");
                let args = [("papers", &*labels), ("step", &*step), ("case", &*title)];
                let says = self.say("attention-says-missing_papers", &args);
                let what_to_do = self.say("do-missing_papers", &[]);
                let since = self.opened_at();
                self.made(AttentionKind::MissingPapers, None, since, says, what_to_do)
            })
            .collect()
    }

    /// What the standard expects next, for whoever is responsible.
    fn reminders(&self, state: &CaseState) -> Vec<Attention> {
        if !self.case.is_mine(self.viewer) {
            return Vec::new();
        }
        let expected = state.reminders.iter().flatten();
        expected
            .map(|reminder| {
                let title = self.case.title(self.viewer);
                let says = self.say("attention-says-reminder", &[("case", &title)]);
                let what_to_do = text::reminder(self.viewer.language, *reminder);
                let since = self.opened_at();
                self.made(AttentionKind::Reminder, None, since, says, what_to_do)
            })
            .collect()
    }

    fn overdue(&self) -> Vec<Attention> {
        if !self.case.is_mine(self.viewer) {
            return Vec::new();
        }
        let clocks = open_clocks(self.viewer, self.case).into_iter();
        let late = clocks.filter(|line| {
            line.urgency == Some(Urgency::Overdue) && line.enforce != Enforcement::Advisory
        });
        late.map(|line| {
            let title = self.case.title(self.viewer);
            let args = [("clock", &*line.says), ("case", &*title)];
            let says = self.say("attention-says-overdue", &args);
            let what_to_do = self.say("do-overdue", &[]);
            let since = line.due.unwrap_or(self.viewer.now);
            self.made(
                AttentionKind::Overdue,
                line.subject,
                since,
                says,
                what_to_do,
            )
        })
        .collect()
    }

    /// Signatures that this person took apart from a withdrawal.
    fn unconfirmed(&self) -> Vec<Attention> {
        if !self.viewer.may(CommandKind::ConfirmConsent) {
            return Vec::new();
        }
        let signatures = self.case.facts.unconfirmed.keys();
        let own = signatures
            .filter_map(|id| self.case.item(*id))
            .filter(|item| item.stamp.performed_by.unwrap_or(item.stamp.by) == self.viewer.person);
        own.map(|item| {
            let title = self.case.title(self.viewer);
            let says = self.say("attention-says-to_confirm", &[("case", &title)]);
            let what_to_do = self.say("do-to_confirm", &[]);
            let since = item.stamp.occurred_at;
            self.made(
                AttentionKind::ToConfirm,
                Some(item.id),
                since,
                says,
                what_to_do,
            )
        })
        .collect()
    }

    /// Legal fields with two values, as far as the values are held here.
    fn conflict(&self) -> Option<Attention> {
        if !self.viewer.may(CommandKind::EditIdentity) {
            return None;
        }
        let told: Vec<String> = self
            .case
            .facts
            .identity
            .iter()
            .filter(|(_, values)| values.len() > 1)
            .map(|(field, values)| {
                let field = text::identity(self.viewer.language, *field);
                let values: Vec<&str> = values.iter().map(Line::as_str).collect();
                format!("{field} {}", values.join(" / "))
            })
            .collect();
        (!told.is_empty()).then(|| {
            let title = self.case.title(self.viewer);
            let args = [("fields", &*told.join("; ")), ("case", &*title)];
            let says = self.say("attention-says-identity_conflict", &args);
            let what_to_do = self.say("do-flag-identity_conflict", &[]);
            let since = self.opened_at();
            self.made(
                AttentionKind::IdentityConflict,
                None,
                since,
                says,
                what_to_do,
            )
        })
    }

    /// When the case was opened, as far as it is known here.
    fn opened_at(&self) -> Timestamp {
        let first = self.case.items.first();
        first.map_or(self.viewer.now, |item| item.stamp.occurred_at)
    }
}

/// Whether the step that a paper gates has been taken already.
fn is_passed(state: &CaseState, gate: CommandKind) -> bool {
    (gate == CommandKind::Assign && state.assignee.is_some())
        || (gate == CommandKind::Triage && state.milestones.contains_key(&Milestone::Needs))
}

/// What of a case is due, for the first screen: only what a profile holds somebody to.
pub(super) fn pressing_clocks(viewer: &Viewer<'_>, case: &CaseSeen) -> Vec<clock::ClockLine> {
    let clocks = open_clocks(viewer, case).into_iter();
    let pressing = clocks.filter(|line| {
        let is_now = matches!(line.urgency, Some(Urgency::Overdue | Urgency::Due));
        is_now && line.enforce != Enforcement::Advisory
    });
    pressing.collect()
}
