//! Versions of the profile, and calendars, as an administrator changes them.

use std::collections::BTreeSet;

use jangkau_core::calendar::MissingList;
use jangkau_core::class::Class;
use jangkau_core::command::MoveProfile;
use jangkau_core::id::CaseId;
use jangkau_core::profile::shipped_files;
use jangkau_core::profile::words::Role;
use jangkau_core::record::Line;
use jangkau_core::replica::Replica;
use jangkau_core::screen::form::FormId;
use jangkau_core::text::Language;
use jangkau_core::time::Timestamp;

use super::bench::{Bench, registration};
use super::replicas::assign;
use crate::engine::EngineError;

fn cilegon() -> String {
    shipped_files()[0].toml.to_owned()
}

/// What activating a file from a day on is told.
fn told(bench: &mut Bench, text: &str, from: &str) -> String {
    let now = bench.later();
    let from = Some(from.parse().unwrap());
    let activated = bench
        .engine
        .activate_profile(&bench.institution, text, from, now);
    activated.map_or_else(|error| error.to_string(), |version| version.to_string())
}

#[test]
fn versions_follow_each_other_and_none_begins_in_the_past() {
    let mut bench = Bench::new();
    let check = |bench: &mut Bench, text: &str, from: &str, expected: &str| {
        let told = told(bench, text, from);
        assert!(
            told.contains(expected),
            "`{told}` does not say `{expected}`"
        );
    };
    let text = cilegon();
    let future = "2099-01-05";
    check(&mut bench, &text, "2023-01-01", "today or later");
    check(&mut bench, "id = 1", future, "not a profile");
    check(
        &mut bench,
        shipped_files()[1].toml,
        future,
        "the institution has",
    );
    check(
        &mut bench,
        &text.replace("\nfee = 0", "\nfee = 1"),
        future,
        "the fee must be 0",
    );
    check(&mut bench, &text, future, "2");
    check(
        &mut bench,
        &text,
        "2099-01-04",
        "not before the one before it",
    );
    check(&mut bench, &text, future, "3");
    let standards = bench
        .engine
        .standards(&bench.institution, bench.now)
        .unwrap();
    let versions = standards.versions.iter().map(|(version, _)| *version);
    assert_eq!(versions.collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(standards.in_force, 1);
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn a_version_moves_the_powers_of_a_head_and_what_goes_with_them() {
    let mut bench = Bench::new();
    let clerk = bench.seat(&["clerk"]).person;
    let mut worker = bench.seat(&["social_worker"]);
    let case = bench.register(&mut worker);
    let record = worker.key_of(case, Class::Record);
    let reads = |bench: &Bench| {
        let holders = bench.engine.holders(&bench.institution, &record);
        holders.unwrap().contains(&clerk)
    };
    assert!(!reads(&bench));
    let head = "head = [\"head_of_institution\"";
    let both = cilegon().replacen(head, &format!("{head}, \"clerk\""), 1);
    assert_eq!(told(&mut bench, &both, "2099-01-05"), "2");
    assert!(reads(&bench));
    assert_eq!(told(&mut bench, &cilegon(), "2099-01-05"), "3");
    assert!(!reads(&bench));
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn lists_are_checked_counted_and_missed() {
    let mut bench = Bench::new();
    let check = |bench: &mut Bench, name: &str, csv: &str, expected: &str| {
        let now = bench.later();
        let imported = bench
            .engine
            .import_calendar(&bench.institution, name, csv, now);
        let told = imported.map_or_else(|error| error.to_string(), |version| version.to_string());
        assert!(
            told.ends_with(expected),
            "`{told}` does not say `{expected}`"
        );
    };
    let header = "date,kind,name,confidence\n";
    let closure = format!("{header}2026-11-27,tutup_kantor,Pindah,high\n");
    check(&mut bench, "office", &closure, "1");
    check(&mut bench, "office", &closure, "2");
    check(
        &mut bench,
        "Office 2",
        &closure,
        "is not a lower-case name of a list",
    );
    check(
        &mut bench,
        "national",
        &closure,
        "is for nasional and cuti_bersama",
    );
    check(&mut bench, "office", header, "the list is empty");
    let next = format!("{header}2027-01-01,nasional,Tahun Baru,high\n");
    let missing = |bench: &Bench, now: &str| {
        let now = now.parse().unwrap();
        bench
            .engine
            .standards(&bench.institution, now)
            .unwrap()
            .missing
    };
    let list = MissingList {
        name: "national".to_owned(),
        year: 2027,
    };
    assert_eq!(missing(&bench, "2026-10-31T23:59:00+07:00"), []);
    assert_eq!(missing(&bench, "2026-11-01T00:00:00+07:00"), [list]);
    check(&mut bench, "national", &next, "2");
    assert_eq!(missing(&bench, "2026-11-01T00:00:00+07:00"), []);
    let standards = bench
        .engine
        .standards(&bench.institution, bench.now)
        .unwrap();
    let national = standards.calendars.get("national");
    assert_eq!(national, Some(&(2, BTreeSet::from([2025, 2026, 2027]))));
    let head = BTreeSet::from([Role::HeadOfInstitution]);
    assert_eq!(standards.unfilled.get(&Role::Dpo), Some(&head));
    assert_eq!(bench.engine.rebuild_check(&bench.institution).unwrap(), []);
}

#[test]
fn a_missing_list_is_told_to_heads_and_administrators() {
    let mut bench = Bench::new();
    let people = [
        "head_of_institution",
        "system_administrator",
        "social_worker",
    ];
    let people: Vec<_> = people.iter().map(|role| bench.person(&[role])).collect();
    let mut replicas: Vec<_> = people.iter().map(|person| bench.replica(*person)).collect();
    for replica in &mut replicas {
        bench.sync(replica);
    }
    let now = "2026-11-01T00:00:00+07:00".parse().unwrap();
    let told = |replicas: &[jangkau_core::replica::Replica]| -> Vec<usize> {
        let counts = replicas.iter().map(|replica| replica.missing_lists(now));
        counts.map(|missing| missing.unwrap().len()).collect()
    };
    assert_eq!(told(&replicas), [1, 1, 0]);
    let missing = replicas[0].missing_lists(now).unwrap();
    let says =
        jangkau_core::text::missing_list(jangkau_core::text::Language::Indonesian, &missing[0]);
    assert!(
        says.starts_with("Daftar libur national tahun 2027 belum dimuat"),
        "{says}"
    );
    let csv = "date,kind,name,confidence\n2027-01-01,nasional,Tahun Baru,high\n";
    let at = bench.later();
    let imported = bench
        .engine
        .import_calendar(&bench.institution, "national", csv, at);
    assert_eq!(imported.unwrap(), 2);
    for replica in &mut replicas {
        bench.sync(replica);
    }
    assert_eq!(told(&replicas), [0, 0, 0]);
    // The years of the older list are still there.
    let years = replicas[2].calendar().unwrap().years().clone();
    assert_eq!(years, BTreeSet::from([2025, 2026, 2027]));
}

/// How a device shows a case: the labels of its clocks and missing papers, and of the papers that its registration form asks for.
fn shown(replica: &Replica, case: Option<CaseId>, now: Timestamp) -> Vec<String> {
    let language = Language::Indonesian;
    let mut labels = Vec::new();
    if let Some(case) = case {
        let header = replica.header(case, now, language).unwrap();
        labels.extend(header.clocks.into_iter().map(|clock| clock.label));
        labels.extend(header.missing_papers);
    }
    let form = replica.form(case, FormId::F01, now, language).unwrap();
    let fields = form.unwrap().fields.into_iter();
    let papers = fields.filter(|field| field.id == "papers");
    labels.extend(
        papers
            .flat_map(|field| field.choices)
            .map(|choice| choice.label),
    );
    labels.retain(|label| label.contains("Hasil pertama") || label.contains("KTP"));
    labels
}

#[test]
fn a_case_is_shown_by_the_version_that_it_stands_under() {
    let mut bench = Bench::new();
    let (worker, head) = (
        bench.person(&["social_worker"]),
        bench.person(&["head_of_institution"]),
    );
    let (mut one, mut two) = (bench.replica(worker), bench.replica(head));
    bench.sync(&mut one);
    let old = CaseId::from(bench.record(&mut one, None, registration()));
    bench.sync(&mut one);
    let first = ["Hasil pertama", "KTP", "KTP"];
    assert_eq!(shown(&one, Some(old), bench.now), first);
    let second = ["Hasil pertama (baru)", "KTP elektronik", "KTP elektronik"];
    let changed = cilegon()
        .replacen(
            "label = \"Hasil pertama\"",
            "label = \"Hasil pertama (baru)\"",
            1,
        )
        .replacen("label = \"KTP\"", "label = \"KTP elektronik\"", 1);
    assert_eq!(told(&mut bench, &changed, "2026-12-03"), "2");
    bench.sync(&mut one);
    // The device has not told the server of this one, which was registered under the first version.
    let unsent = CaseId::from(bench.record(&mut one, None, registration()));
    bench.now = "2026-12-03T03:00:00Z".parse().unwrap();
    let new = CaseId::from(bench.record(&mut one, None, registration()));
    assert_eq!(shown(&one, None, bench.now), ["KTP elektronik"]);
    let unruled = |labels: Vec<String>| {
        labels
            .into_iter()
            .filter(|label| !label.starts_with("KTP"))
            .collect::<Vec<_>>()
    };
    assert_eq!(unruled(shown(&one, Some(unsent), bench.now)), first[..1]);
    assert_eq!(unruled(shown(&one, Some(new), bench.now)), second[..1]);
    bench.sync(&mut one);
    // Also on a device that joins when the second version is in force.
    bench.sync(&mut two);
    for replica in [&one, &two] {
        for (case, expected) in [(old, first), (unsent, first), (new, second)] {
            assert_eq!(shown(replica, Some(case), bench.now), expected);
        }
    }
    let moved = MoveProfile {
        version: 2,
        reason: Line::new("Standar baru.").unwrap(),
    };
    bench.record(&mut two, Some(old), moved);
    for replica in [&mut two, &mut one] {
        bench.sync(replica);
        assert_eq!(shown(replica, Some(old), bench.now), second);
    }
    bench.check();
}

#[test]
fn practice_is_wiped_and_the_office_beside_it_keeps_everything() {
    let mut bench = Bench::new();
    let real = bench.institution.clone();
    let practice: jangkau_core::id::InstitutionId = "latihan".parse().unwrap();
    let toml = format!("practice = true\n{}", shipped_files()[0].toml);
    let now = bench.later();
    bench
        .engine
        .found(&practice, &toml, now, &mut bench.rng)
        .unwrap();
    let mut replicas = Vec::new();
    for institution in [&real, &practice] {
        bench.institution = institution.clone();
        let head = bench.person(&["head_of_institution"]);
        let worker = bench.person(&["social_worker"]);
        let (mut desk, mut field) = (bench.replica(head), bench.replica(worker));
        let register = bench.record(&mut field, None, registration());
        bench.sync(&mut field);
        bench.sync(&mut desk);
        bench.record(&mut desk, Some(CaseId::from(register)), assign(worker));
        bench.sync(&mut desk);
        replicas.push((desk, field));
    }
    let refused = bench.engine.wipe_practice(&real);
    assert!(matches!(refused, Err(EngineError::NotPractice)));
    bench.engine.wipe_practice(&practice).unwrap();
    assert_eq!(
        bench.engine.institutions().unwrap(),
        std::slice::from_ref(&real)
    );
    let image = bench.engine.image().unwrap();
    assert!(!image.windows(7).any(|bytes| bytes == b"latihan"));
    // The office goes on; a device of the wiped one is nobody's.
    bench.institution = real;
    let (desk, field) = &mut replicas[0];
    bench.sync(field);
    bench.sync(desk);
    bench.check();
}
