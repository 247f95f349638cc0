//! What a command is about, in a few words: which paper, who was assigned, what was agreed to.

use std::collections::BTreeSet;

use jangkau_core::command::{Command, EditIdentity};
use jangkau_core::id::CommandId;
use jangkau_core::replica::TimelineItem;
use jangkau_core::text;

use super::LANGUAGE;
use super::report::Office;

impl Office<'_> {
    /// The words, where the kind alone does not tell enough. Never of a session's notes.
    pub(super) fn detail(&self, command: &Command, items: &[TimelineItem]) -> Option<String> {
        if let Command::SightDocument(sight) = command {
            let paper = self.paper(sight.requirement.as_str());
            return Some(format!("{paper}: {}", text::paper(LANGUAGE, sight.state)));
        }
        if let Command::WaiveDocument(waiver) = command {
            return Some(self.paper(waiver.requirement.as_str()));
        }
        if let Command::Triage(triage) = command {
            return Some(listed(&triage.services, |s| text::service(LANGUAGE, s)));
        }
        if let Command::Assign(assignment) = command {
            return Some(self.name(assignment.assignee));
        }
        if let Command::Reassign(reassignment) = command {
            return Some(self.name(reassignment.assignee));
        }
        if let Command::SignConsent(consent) = command {
            return Some(listed(&consent.purposes, |p| text::purpose(LANGUAGE, p)));
        }
        if let Command::WithdrawConsent(withdrawal) = command {
            return Some(listed(&withdrawal.purposes, |p| text::purpose(LANGUAGE, p)));
        }
        if let Command::FinaliseAssessment(assessment) = command {
            return Some(text::stage(LANGUAGE, assessment.stage));
        }
        if let Command::Terminate(termination) = command {
            return Some(text::ending(LANGUAGE, termination.reason));
        }
        if let Command::EditIdentity(edit) = command {
            return identity(edit);
        }
        self.detail_of_meeting(command, items)
    }

    fn detail_of_meeting(&self, command: &Command, items: &[TimelineItem]) -> Option<String> {
        let say = |key: &str, args: &[(&str, &str)]| text::text(LANGUAGE, key, args);
        if let Command::RecordVisit(visit) = command {
            let place = text::visit_place(LANGUAGE, visit.place);
            let Some(danger) = visit.danger else {
                return Some(place);
            };
            let level = text::safety(LANGUAGE, danger);
            return Some(format!(
                "{place}. {}",
                say("demo-danger", &[("level", &level)])
            ));
        }
        if let Command::ScheduleSession(booking) = command {
            let at = text::instant_short(LANGUAGE, booking.starts_at, self.zone);
            let name = self.name(booking.lead);
            return Some(say("demo-booking", &[("at", &at), ("name", &name)]));
        }
        if let Command::RecordSession(session) = command {
            let attendance = text::attendance(LANGUAGE, session.attendance);
            let mode = text::mode(LANGUAGE, session.mode);
            let minutes = session.minutes.to_string();
            let args = [
                ("attendance", attendance.as_str()),
                ("mode", mode.as_str()),
                ("minutes", minutes.as_str()),
            ];
            return Some(say("demo-session", &args));
        }
        if let Command::DecideReferral(referral) = command {
            let recipient = referral.recipient.as_str();
            return Some(say("demo-referral", &[("recipient", recipient)]));
        }
        if let Command::AnswerReview(answer) = command {
            let about = kind_of(items, answer.proposal);
            let told = text::answer(LANGUAGE, answer.answer);
            return Some(about.map_or_else(|| told.clone(), |about| format!("{about} {told}")));
        }
        None
    }

    /// The label that the standard gives a paper.
    fn paper(&self, id: &str) -> String {
        let mut requirements = self.profile.requirements.iter();
        let known = requirements.find(|requirement| requirement.id.as_str() == id);
        known.map_or_else(|| id.to_owned(), |requirement| requirement.label.clone())
    }
}

fn listed<T: Copy>(values: &BTreeSet<T>, word: impl Fn(T) -> String) -> String {
    let words: Vec<String> = values.iter().map(|value| word(*value)).collect();
    words.join(", ")
}

fn kind_of(items: &[TimelineItem], command: CommandId) -> Option<String> {
    let item = items.iter().find(|item| item.id == command)?;
    Some(text::command(LANGUAGE, item.kind))
}

/// Which legal fields got which values.
fn identity(edit: &EditIdentity) -> Option<String> {
    let line = |value: &Option<jangkau_core::record::Line>| {
        value.as_ref().map(|line| line.as_str().to_owned())
    };
    let values = [
        ("identity-name", line(&edit.name)),
        ("identity-nik", line(&edit.nik)),
        ("identity-family_card", line(&edit.family_card)),
        ("identity-birth_date", line(&edit.birth_date)),
        ("identity-sex", edit.sex.map(|sex| text::sex(LANGUAGE, sex))),
        ("identity-address", line(&edit.address)),
    ];
    let told = values.into_iter().filter_map(|(key, value)| {
        let field = text::text(LANGUAGE, key, &[]);
        let args = [("field", field.as_str()), ("value", value.as_deref()?)];
        Some(text::text(LANGUAGE, "demo-identity", &args))
    });
    let told: Vec<String> = told.collect();
    (!told.is_empty()).then(|| told.join(", "))
}
