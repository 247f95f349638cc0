//! The one catalogue of texts for people, in Indonesian and English. Codes are stored and sent; words are looked up.

use std::sync::OnceLock;

use chrono::Datelike as _;
use chrono_tz::Tz;
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use unic_langid::LanguageIdentifier;

use crate::class::Class;
use crate::code::codes;
use crate::command::{
    ApplicantKind, AssessmentStage, AttachmentKind, Attendance, Category, Channel, CommandKind,
    ContactSafety, EndingReason, FamilyTie, PaperState, Purpose, Recommendation, ReviewAnswer,
    SafetyLevel, ServiceType, SessionMode, Sex, VisitPlace,
};
use crate::console::ConsoleRefusal;
use crate::export::LeftOut;
use crate::profile::HotlineUse;
use crate::profile::words::{Milestone, Reminder, Role, Status};
use crate::retention::RetentionStep;
use crate::rights::{RightsKind, RightsRefusal};
use crate::rules::{
    ClockOutcome, ConsentStanding, Flag, LegalField, Likeness, ReferralPhase, Refusal, Review,
    Verdict,
};
use crate::sync::{AdminAct, AuditKind, BlobRefused, GlassRefusal, Refused, RemovalReason, Turned};
use crate::time::Timestamp;

codes!(
    /// The languages of the catalogue.
    Language {
        /// Indonesian, which everybody reads.
        Indonesian = "id",
        /// English, for those who help from abroad.
        English = "en",
    }
);

type Bundle = FluentBundle<FluentResource>;

/// The language's texts, read once for the whole program: they never change while it runs.
fn bundle(language: Language) -> &'static Bundle {
    static INDONESIAN: OnceLock<Bundle> = OnceLock::new();
    static ENGLISH: OnceLock<Bundle> = OnceLock::new();
    let (cell, file) = match language {
        Language::Indonesian => (&INDONESIAN, include_str!("../texts/id.ftl")),
        Language::English => (&ENGLISH, include_str!("../texts/en.ftl")),
    };
    cell.get_or_init(|| {
        // A broken entry is left out, and then shows as its key; the tests see to it that there is none.
        let resource = match FluentResource::try_new(file.to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        let id: LanguageIdentifier = language.code().parse().unwrap_or_default();
        let mut bundle = Bundle::new_concurrent(vec![id]);
        // The marks that isolate directions would show as boxes on plain terminals.
        bundle.set_use_isolating(false);
        bundle.add_resource_overriding(resource);
        bundle
    })
}

/// The text of a key; the key itself where there is none, so that a gap is seen and nothing breaks.
#[must_use]
pub fn text(language: Language, key: &str, args: &[(&str, &str)]) -> String {
    let bundle = bundle(language);
    let pattern = bundle.get_message(key).and_then(|message| message.value());
    let Some(pattern) = pattern else {
        return key.to_owned();
    };
    let args: FluentArgs<'_> = args.iter().map(|(name, value)| (*name, *value)).collect();
    bundle
        .format_pattern(pattern, Some(&args), &mut Vec::new())
        .into_owned()
}

/// Declares a look-up for every value of a vocabulary, under `<prefix>-<code>`.
macro_rules! words {
    ($( $(#[$doc:meta])* $function:ident, $vocabulary:ty, $prefix:literal; )+) => {
        $(
            $(#[$doc])*
            #[must_use]
            pub fn $function(language: $crate::text::Language, value: $vocabulary) -> String {
                $crate::text::text(language, &format!(concat!($prefix, "-{}"), value.code()), &[])
            }
        )+

        /// The keys of all vocabularies.
        #[cfg(test)]
        pub(crate) fn keys_of_codes() -> Vec<String> {
            let mut keys = Vec::new();
            $(
                for value in <$vocabulary>::ALL {
                    keys.push(format!(concat!($prefix, "-{}"), value.code()));
                }
            )+
            keys
        }
    };
}
#[cfg(feature = "store")]
pub(crate) use words;

words! {
    /// A kind of command.
    command, CommandKind, "command";
    /// Why a proposal is refused, and what can be done.
    refusal, Refusal, "refusal";
    /// Why something waits for the head.
    review, Review, "review";
    /// A mark on a fact or on a case.
    flag, Flag, "flag";
    /// Why a command could not enter.
    turned, Turned, "turned";
    /// What a client asks for by right.
    right, RightsKind, "right";
    /// Why something that concerns a client's rights was not done, and what can be done.
    right_refusal, RightsRefusal, "right_refusal";
    /// Why something was taken out of a document.
    removal, RemovalReason, "removal";
    /// What may be decided on, since its time is over.
    retention, RetentionStep, "retention";
    /// What was left out of a copy for the client, and why.
    left_out, LeftOut, "left_out";
    /// Why an exchange was refused.
    request, Refused, "request";
    /// Why the server's console refused.
    console, ConsoleRefusal, "console";
    /// Why glass was not broken.
    glass, GlassRefusal, "glass";
    /// Where a case stands.
    status, Status, "status";
    /// Why a case ended.
    ending, EndingReason, "ending";
    /// What a case has earned.
    milestone, Milestone, "milestone";
    /// How a clock stands.
    outcome, ClockOutcome, "outcome";
    /// What people are reminded of.
    reminder, Reminder, "reminder";
    /// How grave a danger is.
    safety, SafetyLevel, "safety";
    /// What a person is.
    role, Role, "role";
    /// How a need reached the office.
    channel, Channel, "channel";
    /// Who applies.
    applicant, ApplicantKind, "applicant";
    /// A kind of service.
    service, ServiceType, "service";
    /// What a client agrees to.
    purpose, Purpose, "purpose";
    /// Where a visit took place.
    visit_place, VisitPlace, "visit_place";
    /// Which assessment it is.
    stage, AssessmentStage, "stage";
    /// What became of a session.
    attendance, Attendance, "attendance";
    /// How a session was held.
    mode, SessionMode, "mode";
    /// What a professional recommends.
    recommendation, Recommendation, "recommendation";
    /// What a check of papers found.
    paper, PaperState, "paper";
    /// What a linked case is to another.
    family_tie, FamilyTie, "family_tie";
    /// Sex as on the identity card.
    sex, Sex, "sex";
    /// The answer to a review.
    answer, ReviewAnswer, "answer";
    /// What is confidential together.
    class, Class, "class";
    /// A field that identifies a person by law.
    identity, LegalField, "identity";
    /// Whether the client agrees to something.
    consent_standing, ConsentStanding, "consent";
    /// Whether a contact may be used.
    contact_safety, ContactSafety, "contact";
    /// What troubles a family.
    category, Category, "category";
    /// How far a referral has come.
    referral, ReferralPhase, "referral";
    /// What a number is called for.
    hotline_use, HotlineUse, "hotline";
    /// What two cases have in common.
    likeness, Likeness, "likeness";
    /// What an entry of the audit chain tells of.
    audit_kind, AuditKind, "audit";
    /// What an administrator did.
    admin_act, AdminAct, "act";
    /// What an attachment is.
    attachment, AttachmentKind, "attachment";
    /// Why an attachment was not sent.
    unsent, BlobRefused, "unsent";
}

/// What the rules say about a command.
#[must_use]
pub fn verdict(language: Language, verdict: &Verdict) -> String {
    let reason = |key: &str, reason: String| text(language, key, &[("reason", &reason)]);
    match verdict {
        Verdict::Recorded(flags) if flags.is_empty() => text(language, "fate-recorded", &[]),
        Verdict::Recorded(flags) => {
            let words: Vec<String> = flags.iter().map(|mark| flag(language, *mark)).collect();
            text(
                language,
                "fate-recorded-flags",
                &[("flags", &words.join("; "))],
            )
        }
        Verdict::Committed => text(language, "fate-committed", &[]),
        Verdict::Refused(code) => reason("fate-refused", refusal(language, *code)),
        Verdict::NeedsReview(code) => reason("fate-needs_review", review(language, *code)),
    }
}

/// What became of a command.
#[cfg(feature = "store")]
#[must_use]
pub fn fate(language: Language, fate: &crate::replica::Fate) -> String {
    use crate::replica::Fate;
    match fate {
        Fate::OnDevice => text(language, "fate-on_device", &[]),
        Fate::Waiting => text(language, "fate-waiting", &[]),
        Fate::Admitted => text(language, "fate-admitted", &[]),
        Fate::Judged(judged) => verdict(language, judged),
        Fate::TurnedAway(code) => {
            let reason = turned(language, *code);
            text(language, "fate-turned_away", &[("reason", &reason)])
        }
    }
}

/// Why the device did not take a command.
#[cfg(feature = "store")]
#[must_use]
pub fn cannot(language: Language, reason: crate::replica::CannotRecord) -> String {
    use crate::replica::CannotRecord;
    let key = match reason {
        CannotRecord::NoSuchCase => "cannot-no_such_case",
        CannotRecord::NoSuchTarget => "cannot-no_such_target",
        CannotRecord::TooLong => "cannot-too_long",
        CannotRecord::SeatRevoked => "cannot-seat_revoked",
        CannotRecord::IdTaken => "cannot-id_taken",
    };
    text(language, key, &[])
}

/// A list of holidays that ought to be loaded and is not, and what to do.
#[must_use]
pub fn missing_list(language: Language, list: &crate::calendar::MissingList) -> String {
    let year = list.year.to_string();
    let args = [("name", list.name.as_str()), ("year", year.as_str())];
    text(language, "calendar-missing", &args)
}

/// The day of an instant on an institution's wall.
#[must_use]
pub fn day(language: Language, at: Timestamp, zone: Tz) -> String {
    told(language, "instant-day", at, zone)
}

/// The time of day of an instant on an institution's wall.
#[must_use]
pub fn time_of_day(language: Language, at: Timestamp, zone: Tz) -> String {
    told(language, "instant-time", at, zone)
}

/// An instant on an institution's wall, without the year.
#[must_use]
pub fn instant_short(language: Language, at: Timestamp, zone: Tz) -> String {
    told(language, "instant-short", at, zone)
}

/// An instant on an institution's wall, with the year and the zone: what a deadline needs.
#[must_use]
pub fn instant(language: Language, at: Timestamp, zone: Tz) -> String {
    told(language, "instant-full", at, zone)
}

fn told(language: Language, key: &str, at: Timestamp, zone: Tz) -> String {
    let local = at.to_utc().with_timezone(&zone);
    let weekday = local.weekday().to_string().to_lowercase();
    let args = [
        (
            "weekday",
            text(language, &format!("weekday-{weekday}"), &[]),
        ),
        ("day", local.day().to_string()),
        (
            "month",
            text(language, &format!("month-{}", local.month()), &[]),
        ),
        ("year", local.year().to_string()),
        ("hour", local.format("%H").to_string()),
        ("minute", local.format("%M").to_string()),
        // WIB, WITA and WIT: the zones' own abbreviations in the time zone database.
        ("zone", local.format("%Z").to_string()),
    ];
    let args: Vec<(&str, &str)> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    text(language, key, &args)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The keys of a file, and what stands in the braces of each.
    fn entries(file: &str) -> BTreeSet<(String, BTreeSet<String>)> {
        let lines = file.lines().filter(|line| !line.starts_with('#'));
        lines
            .filter_map(|line| line.split_once(" = "))
            .map(|(key, said)| {
                let names = said
                    .split("{ $")
                    .skip(1)
                    .filter_map(|rest| rest.split(" }").next());
                (key.to_owned(), names.map(str::to_owned).collect())
            })
            .collect()
    }

    #[test]
    fn both_languages_have_the_same_keys_and_arguments() {
        let indonesian = entries(include_str!("../texts/id.ftl"));
        let english = entries(include_str!("../texts/en.ftl"));
        assert_eq!(indonesian, english);
        for file in [
            include_str!("../texts/id.ftl"),
            include_str!("../texts/en.ftl"),
        ] {
            assert!(FluentResource::try_new(file.to_owned()).is_ok());
        }
    }

    #[test]
    fn every_code_has_its_words() {
        for key in keys_of_codes() {
            for language in Language::ALL {
                assert_ne!(text(*language, &key, &[]), key);
            }
        }
    }

    #[test]
    fn a_refusal_is_one_sentence_with_its_reason() {
        let refused = Verdict::Refused(Refusal::DocsMissing);
        let told = verdict(Language::Indonesian, &refused);
        assert!(
            told.starts_with("ditolak: Berkas wajib belum lengkap."),
            "{told}"
        );
        let marked = Verdict::Recorded([Flag::OutOfOrder, Flag::TimeUnverified].into());
        let told = verdict(Language::English, &marked);
        assert_eq!(told, "recorded, marked: out of order; time not confirmed");
    }

    #[test]
    fn an_instant_is_told_on_the_institutions_wall() {
        let at: Timestamp = "2026-11-23T00:05:00Z".parse().unwrap();
        let told = instant(Language::Indonesian, at, Tz::Asia__Makassar);
        assert_eq!(told, "Sen 23 Nov 2026 pukul 08.05 WITA");
        let told = instant_short(Language::English, at, Tz::Asia__Jakarta);
        assert_eq!(told, "Mon 23 Nov 07:05");
    }
}
