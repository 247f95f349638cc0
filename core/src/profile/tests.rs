//! The shipped profiles are sound, and what is unsound is named with its line.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use super::words::{EventOrigin, OfflineClass, Role, Source};
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
    for profile in &profiles {
        // That each quoted line says what is quoted is checked when a profile is read.
        let is_seed = |source: Source| source == Source::Seed;
        assert!(profile.steps.iter().all(|step| is_seed(step.source)));
        let clocks = profile.clocks.iter();
        let mut of_seed = clocks.filter(|clock| is_seed(clock.source));
        assert!(of_seed.all(|clock| clock.quote.is_some()), "{}", profile.id);
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
fn powers_endings_and_quotes_that_cannot_be_are_refused() {
    check(
        "reopen = { roles",
        "reopen = { enabled = false, roles",
        "`reopen` is a power that every institution needs",
    );
    check(
        "reopen = { roles = [\"head_of_institution\"]",
        "reopen = { roles = [\"social_worker\"]",
        "none of those with the powers of a head decides `reopen`",
    );
    check(
        "lower_safety = { roles = [\"head_of_institution\"]",
        "lower_safety = { roles = [\"head_of_institution\", \"clerk\"]",
        "the role `clerk` decides `lower_safety` and may not read `record`",
    );
    check(
        "agree_plan = { roles = [\"social_worker\"",
        "agree_plan = { roles = [\"clergy\"",
        "the role `clergy` decides `agree_plan` and may not read `record`",
    );
    check(
        "triage = { roles = [\"volunteer\"",
        "triage = { needs = [\"needs\"], roles = [\"volunteer\"",
        "`triage` can never be done",
    );
    check(
        "substitutes = [\"KIA\"",
        "waiver_roles = [\"psychologist\"]\nsubstitutes = [\"KIA\"",
        "the role `psychologist` neither waives documents nor proposes it",
    );
    check(
        "moved = { source = \"default\" }\n",
        "",
        "the ending `moved` is missing",
    );
    check(
        "moved = {",
        "duplicate_of = { source = \"default\" }\nmoved = {",
        "the ending `duplicate_of` has a command of its own",
    );
    check(
        "deceased = {",
        "deceased = { finished_work = true,",
        "a death ends a case at once",
    );
    check(
        "attempts = 3, attempt_days = 2",
        "attempts = 1, attempt_days = 2",
        "attempts need as many visits as days",
    );
}

#[test]
fn what_is_said_of_the_standard_stands_there() {
    check(
        "quote = \"7 Hari kerja\"",
        "quote = \"8 Hari kerja\"",
        "these words do not stand on line 29",
    );
    check(
        "source = \"seed\"\nline = 9",
        "source = \"seed\"\nline = 99",
        "nothing stands on line 99",
    );
    check(
        "[[requirements]]",
        "[eligibility]\ndomicile_region = \"36.72\"\n\n[[requirements]]",
        "go together",
    );
    check(
        "region_code = \"36.72\"",
        "region_code = \"36.7\"",
        "a region code has 2, 4, 6 or 10 digits",
    );
    check("title_as_published =", "title =", "unknown field `title`");
    check(
        "name = \"Cibeber\"",
        "name = \"Cilegon\"",
        "`Cilegon` stands twice",
    );
    check(
        "name = \"Cibeber\"",
        "name = \"Cibeber\"\ndistrict = \"Cibeber\"",
        "unknown field `district`",
    );
}

#[test]
fn what_nobody_fills_falls_to_the_head() {
    let cilegon = Profile::parse(CILEGON).unwrap();
    let head = BTreeSet::from([Role::HeadOfInstitution]);
    assert_eq!(cilegon.answers_for(Role::Dpo, &head), head);
    let filled = BTreeSet::from([Role::Dpo]);
    assert_eq!(cilegon.answers_for(Role::Dpo, &filled), filled);
    assert!(!cilegon.practice);
}

#[test]
fn rooms_and_instruments_stand_as_published() {
    let profiles = shipped().unwrap();
    let count = |index: usize, kind| {
        let facilities = profiles[index].facilities.iter();
        facilities.filter(|facility| facility.kind == kind).count()
    };
    assert_eq!(count(2, FacilityKind::Room), 5);
    assert_eq!(count(3, FacilityKind::Room), 1);
    assert_eq!(count(3, FacilityKind::Instrument), 2);
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
    assert_eq!(
        fault("uses = [\"danger\"", "uses = [\"medical\""),
        ProfileFault::NoHotline
    );
    let idle = fault(
        "issue_referral = { roles",
        "issue_referral = { enabled = false, roles",
    );
    let issued = words::ClockEvent::ReferralIssued;
    assert_eq!(
        idle,
        ProfileFault::ClockIdleStop("first_outcome".to_owned(), issued)
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
