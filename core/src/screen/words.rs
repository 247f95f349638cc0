//! Words that only screens use, and how they are said.

use crate::class::Class;
use crate::code::codes;
use crate::replica::Fate;
use crate::rules::Verdict;
use crate::text::{Language, text};

codes!(
    /// How far a piece of work has come. Declared from what presses most.
    SyncState {
        /// It may not enter history; its content is kept on the device.
        TurnedAway = "turned_away",
        /// On this device only.
        OnDevice = "on_device",
        /// A decision that was not taken.
        Refused = "refused",
        /// A head has to say.
        InReview = "in_review",
        /// The server has it and has not judged it yet.
        Sent = "sent",
        /// Recorded or committed.
        Accepted = "accepted",
    }
);

codes!(
    /// The four labels under which people meet the eleven classes (C11). DEFAULT: which class bears which.
    Secrecy {
        /// Anybody.
        General = "general",
        /// Those who work on the case or receive clients.
        Limited = "limited",
        /// Those who work on the case.
        Confidential = "confidential",
        /// The author alone, or those whom safety needs.
        Secret = "secret",
    }
);

/// The label of a class. No class of a case's documents is for anybody.
#[must_use]
pub const fn secrecy(class: Class) -> Secrecy {
    match class {
        Class::Intake | Class::Activity => Secrecy::Limited,
        Class::Record | Class::Sessions | Class::Summary | Class::Links => Secrecy::Confidential,
        Class::Notes | Class::Practitioner | Class::Safety | Class::Reporter => Secrecy::Secret,
    }
}

crate::text::words! {
    /// How secret something is.
    secrecy_word, Secrecy, "secrecy";
    /// How far a piece of work has come.
    sync_word, SyncState, "sync";
    /// How urgent a clock is.
    urgency_word, super::Urgency, "urgency";
    /// What asks for attention.
    attention_word, super::AttentionKind, "attention";
}

/// How far a command has come.
#[must_use]
pub const fn sync_state(fate: &Fate) -> SyncState {
    match fate {
        Fate::OnDevice => SyncState::OnDevice,
        Fate::Waiting | Fate::Admitted => SyncState::Sent,
        Fate::Judged(Verdict::Committed | Verdict::Recorded(_)) => SyncState::Accepted,
        Fate::Judged(Verdict::NeedsReview(_)) => SyncState::InReview,
        Fate::Judged(Verdict::Refused(_)) => SyncState::Refused,
        Fate::TurnedAway(_) => SyncState::TurnedAway,
    }
}

const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
const DAY_MS: i64 = 24 * HOUR_MS;

/// A stretch of time in milliseconds, as people say it: minutes below an hour, hours below two days, then days.
#[must_use]
pub fn span(language: Language, millis: i64) -> String {
    let millis = millis.max(0);
    if millis < HOUR_MS {
        let minutes = (millis / MINUTE_MS).to_string();
        text(language, "span-minutes", &[("minutes", &minutes)])
    } else if millis < 2 * DAY_MS {
        let hours = (millis / HOUR_MS).to_string();
        let minutes = (millis % HOUR_MS / MINUTE_MS).to_string();
        let args = [("hours", hours.as_str()), ("minutes", minutes.as_str())];
        let key = if minutes == "0" {
            "span-hours"
        } else {
            "span-hours-minutes"
        };
        text(language, key, &args)
    } else {
        let days = (millis / DAY_MS).to_string();
        text(language, "span-days", &[("days", &days)])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_a_screen_is_said_in_both_languages() {
        for key in keys_of_codes() {
            for language in Language::ALL {
                assert_ne!(text(*language, &key, &[]), key);
            }
        }
    }

    #[test]
    fn stretches_of_time_are_told_as_people_say_them() {
        let cases = [
            (-5, "0 menit"),
            (59 * MINUTE_MS, "59 menit"),
            (HOUR_MS, "1 jam"),
            (2 * HOUR_MS + 10 * MINUTE_MS, "2 jam 10 menit"),
            (47 * HOUR_MS, "47 jam"),
            (2 * DAY_MS, "2 hari"),
        ];
        for (millis, told) in cases {
            assert_eq!(span(Language::Indonesian, millis), told);
        }
    }
}
