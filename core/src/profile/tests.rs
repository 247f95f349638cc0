//! The shipped profiles are sound, and what is unsound is named with its line.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use super::words::{EventOrigin, OfflineClass, Source};
use super::*;

const CILEGON: &str = include_str!("../../data/profiles/cilegon-lk3-2023.toml");

#[test]
fn the_five_profiles_are_sound_and_quote_their_standard() {
    let profiles = shipped().unwrap();
    let ids: Vec<&str> = profiles.iter().map(|profile| profile.id.as_str()).collect();
    let expected = [
        "cilegon-lk3-2023",
        "mataram-lk3",
        "karangasem-lk3",
        "tarakan-rujukan-stres-2025",
        "kaltim-puspaga",
    ];
    assert_eq!(ids, expected);
    for (profile, file) in profiles.iter().zip(shipped_files()) {
        let published: Vec<&str> = file.published_text.lines().collect();
        let line = |number: Option<u16>| published[usize::from(number.unwrap()) - 1];
        for step in profile
            .steps
            .iter()
            .filter(|step| step.source == Source::Seed)
        {
            let start: String = step.quote.chars().take(12).collect();
            let found = line(step.line)
                .to_lowercase()
                .contains(&start.to_lowercase());
            assert!(
                found,
                "{}: `{}` is not on line {:?}",
                profile.id, step.quote, step.line
            );
        }
        for clock in profile
            .clocks
            .iter()
            .filter(|clock| clock.source == Source::Seed)
        {
            let quote = clock.quote.as_deref().unwrap();
            assert!(
                line(clock.line).contains(quote),
                "{}: `{quote}`",
                profile.id
            );
        }
        for requirement in profile
            .requirements
            .iter()
            .filter(|r| r.source == Source::Seed)
        {
            assert!(
                !line(requirement.line).trim().is_empty(),
                "{}",
                requirement.id
            );
        }
        assert_eq!(profile.fee, 0);
        assert!(profile.transitions.contains_key(&CommandKind::AnswerReview));
    }
}

#[test]
fn words_have_different_codes() {
    fn check(codes: &[&str]) {
        let distinct: BTreeSet<&&str> = codes.iter().collect();
        assert_eq!(distinct.len(), codes.len());
    }
    check(&Role::ALL.iter().map(|word| word.code()).collect::<Vec<_>>());
    check(
        &words::ClockEvent::ALL
            .iter()
            .map(|word| word.code())
            .collect::<Vec<_>>(),
    );
    check(
        &words::Milestone::ALL
            .iter()
            .map(|word| word.code())
            .collect::<Vec<_>>(),
    );
    let outside = |event: &&words::ClockEvent| event.origin() == EventOrigin::Institution;
    assert!(words::ClockEvent::ALL.iter().filter(outside).count() > 0);
}

/// Changes the file and expects the first fault.
fn check(from: &str, to: &str, expected: &str) {
    assert!(CILEGON.contains(from), "the file no longer holds `{from}`");
    let changed = CILEGON.replacen(from, to, 1);
    let error = Profile::parse(&changed).unwrap_err();
    let near = CILEGON[..CILEGON.find(from).unwrap()].lines().count();
    let message = error.reason.to_string();
    assert!(
        message.contains(expected),
        "`{message}` does not say `{expected}`"
    );
    let distance = error.line.abs_diff(near.max(1));
    assert!(
        distance <= 12,
        "line {} is far from line {near}: {message}",
        error.line
    );
}

#[test]
fn what_no_profile_can_mean_is_refused_with_its_line() {
    check("fee = 0", "fee = 1", "the fee must be 0");
    check("fee = 0", "fee = 0\nprice = 1", "unknown field `price`");
    check(
        "Asia/Jakarta",
        "Asia/Cilegon",
        "`Asia/Cilegon` is not a time zone",
    );
    check(
        "[\"13:00\", \"16:00\"]",
        "[\"11:00\", \"16:00\"]",
        "opening hours",
    );
    check("days = [\"fri\"]", "days = [\"thu\"]", "opening hours");
    check(
        "role = \"clergy\"",
        "role = \"psychologist\"",
        "`psychologist` stands twice",
    );
    check(
        "role = \"clergy\"",
        "role = \"priest\"",
        "`priest` is none of",
    );
    check(
        "head = [\"head_of_institution\"]",
        "head = []",
        "nobody holds the powers",
    );
    check(
        "assign = { roles = [\"social_worker\", \"head_of_institution\"]",
        "assign = { roles = []",
        "no role decides `assign`",
    );
}

#[test]
fn gates_clocks_and_classes_that_mean_nothing_are_refused() {
    check(
        "gates = \"triage\"",
        "gates = \"triase\"",
        "`triase` is none of",
    );
    check(
        "gates = \"triage\"",
        "gates = \"record_visit\"",
        "which is not a decision",
    );
    check(
        "milestone = \"approach\"",
        "substitutes = []",
        "nobody can satisfy",
    );
    check(
        "kind = \"record\"\nlevel = \"mandatory\"",
        "kind = \"record\"\nlevel = \"if_available\"",
        "a mandatory requirement needs a gate",
    );
    check("id = \"kk\"", "id = \"ktp\"", "`ktp` stands twice");
    check(
        "stops = [\"closed_information\", \"plan_agreed\", \"referral_issued\", \"ended\"]",
        "stops = []",
        "nothing in this profile stops",
    );
    check(
        "stops = [\"closed_information\", \"plan_agreed\", \"referral_issued\", \"ended\"]",
        "stops = [\"plan_agreed\"]",
        "does not list `ended`",
    );
    check("amount = 7", "amount = 0", "has no amount");
    check(
        "id = \"plan_target\"",
        "id = \"first_outcome\"",
        "`first_outcome` stands twice",
    );
    check(
        "source = \"seed\"\nline = 9",
        "source = \"seed\"",
        "needs a line",
    );
    check(
        "offline = \"fact\"",
        "offline = \"proposal\"",
        "cannot be of this offline class",
    );
    check("min = 1", "min = 2\nmax = 1", "the fewest sessions");
}

#[test]
fn faults_far_from_their_cause_are_named_all_the_same() {
    let fault = |from: &str, to: &str| {
        Profile::parse(&CILEGON.replace(from, to))
            .unwrap_err()
            .reason
    };
    assert_eq!(
        fault("id = \"tpks_report\"", "id = \"other\""),
        ProfileFault::ClockByLaw("tpks_report")
    );
    let nobody = fault("role = \"clergy\"", "role = \"counsellor\"");
    assert_eq!(nobody, ProfileFault::RoleMissing(words::Role::Clergy));
    let unread = fault(
        "record_approach = { roles",
        "record_approach = { enabled = false, roles",
    );
    assert_eq!(unread, ProfileFault::Unsatisfiable);
    let sign = "sign_consent = { roles";
    let unsigned = fault(sign, "sign_consent = { enabled = false, roles");
    assert_eq!(
        unsigned,
        ProfileFault::MilestoneUnearned(words::Milestone::Consent)
    );
    let reopened = CILEGON
        .lines()
        .filter(|line| !line.starts_with("reopen"))
        .collect::<Vec<_>>()
        .join("\n");
    let missing = Profile::parse(&reopened).unwrap_err().reason;
    assert_eq!(
        missing,
        ProfileFault::TransitionMissing(CommandKind::Reopen)
    );
}

#[test]
fn facts_are_facts_everywhere() {
    for profile in shipped().unwrap() {
        for (kind, transition) in &profile.transitions {
            let is_fact = kind.nature() == crate::command::Nature::Fact;
            assert_eq!(transition.offline == OfflineClass::Fact, is_fact, "{kind}");
        }
        assert!(!profile.powers.head.is_empty());
    }
}
