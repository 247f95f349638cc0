//! The worked examples of LK3.md 7.3 (E) and 7.4 (H), to the instant.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

use super::*;
use crate::profile::{Profile, shipped};

fn profile(id: &str) -> Profile {
    shipped()
        .unwrap()
        .into_iter()
        .find(|profile| profile.id.as_str() == id)
        .unwrap()
}

fn check_with(
    calendar: &Calendar,
    profile: &Profile,
    clock: &str,
    expected: [&str; 3],
    provisional: bool,
) {
    let [start, effective, due] = expected;
    let start = start.parse().unwrap();
    let report = DeadlineReport::new(profile, &clock.parse().unwrap(), start, calendar).unwrap();
    assert_eq!(
        (
            report.effective.as_str(),
            report.due.as_str(),
            report.provisional
        ),
        (effective, due, provisional),
        "{clock} from {}",
        report.start,
    );
}

fn check(id: &str, clock: &str, expected: [&str; 3]) {
    check_with(
        &Calendar::shipped().unwrap(),
        &profile(id),
        clock,
        expected,
        false,
    );
}

#[test]
fn working_days_of_cilegon() {
    let same = |start, due| check("cilegon-lk3-2023", "first_outcome", [start, start, due]);
    // E1, E2
    same("2026-10-05T09:15:00+07:00", "2026-10-14T16:00:00+07:00");
    same("2026-03-12T10:00:00+07:00", "2026-03-30T16:00:00+07:00");
    // E3, E4: Saturday, and Friday after closing, begin on Monday.
    let monday = "2026-11-23T07:30:00+07:00";
    let due = "2026-12-02T16:00:00+07:00";
    check(
        "cilegon-lk3-2023",
        "first_outcome",
        ["2026-11-21T10:00:00+07:00", monday, due],
    );
    check(
        "cilegon-lk3-2023",
        "first_outcome",
        ["2026-11-20T17:05:00+07:00", monday, due],
    );
}

#[test]
fn chain_of_mataram() {
    let chain = [
        (
            "pendataan",
            "2026-05-11T13:30:00+08:00",
            "2026-05-12T16:00:00+08:00",
        ),
        (
            "serah_kasus",
            "2026-05-12T16:00:00+08:00",
            "2026-05-13T16:00:00+08:00",
        ),
        (
            "penjangkauan",
            "2026-05-13T16:00:00+08:00",
            "2026-05-20T16:00:00+08:00",
        ),
        (
            "konsultasi",
            "2026-05-20T16:00:00+08:00",
            "2026-05-21T16:00:00+08:00",
        ),
    ];
    for (clock, start, due) in chain {
        check("mataram-lk3", clock, [start, start, due]); // E5
    }
}

#[test]
fn karangasem_with_and_without_bali() {
    let start = "2026-06-15T14:00:00+08:00";
    let mut national_only = profile("karangasem-lk3");
    national_only.calendar.regional.clear();
    let calendar = Calendar::shipped().unwrap();
    check_with(
        &calendar,
        &national_only,
        "respon_awal",
        [start, start, "2026-06-17T15:00:00+08:00"],
        false,
    ); // E6
    check(
        "karangasem-lk3",
        "respon_awal",
        [start, start, "2026-06-19T15:00:00+08:00"],
    ); // E7
    let lunch = "2026-11-10T12:30:00+08:00";
    check(
        "karangasem-lk3",
        "respon_awal",
        [lunch, lunch, "2026-11-11T15:00:00+08:00"],
    ); // E9
}

#[test]
fn one_day_of_tarakan() {
    let start = "2026-08-14T10:00:00+08:00";
    check(
        "tarakan-rujukan-stres-2025",
        "satu_hari",
        [start, start, "2026-08-18T16:00:00+08:00"],
    ); // E10
}

#[test]
fn a_year_that_nobody_loaded_is_provisional() {
    let start = "2026-12-23T09:00:00+07:00";
    let expected = [start, start, "2027-01-06T16:00:00+07:00"];
    let calendar = Calendar::shipped().unwrap();
    check_with(
        &calendar,
        &profile("cilegon-lk3-2023"),
        "first_outcome",
        expected,
        true,
    ); // E12
}

#[test]
fn an_amended_calendar_extends_and_never_shortens() {
    let amended = Calendar::shipped().unwrap();
    let original = amended.without("2025-08-18".parse().unwrap());
    assert_ne!(amended.version(), original.version());
    let start = "2025-08-08T09:00:00+07:00";
    let profile = profile("cilegon-lk3-2023");
    let check = |calendar, due| {
        check_with(
            calendar,
            &profile,
            "first_outcome",
            [start, start, due],
            false,
        )
    };
    check(&original, "2025-08-19T16:00:00+07:00"); // E13
    check(&amended, "2025-08-20T16:00:00+07:00");

    let office = profile.office();
    let due = |calendar| {
        Reckoner::new(&office, calendar)
            .due(Term::WorkingDays(7), start.parse().unwrap(), &[])
            .unwrap()
    };
    let (before, after) = (due(&original), due(&amended));
    assert_eq!(before.extended_by(after), after);
    assert_eq!(after.extended_by(before), after);
}

#[test]
fn the_zone_of_the_institution_rules() {
    // E14: recorded on a tablet set to Jakarta's zone at 15:30 there.
    let expected = [
        "2026-11-09T15:30:00+07:00",
        "2026-11-10T08:00:00+08:00",
        "2026-11-11T16:00:00+08:00",
    ];
    check("kaltim-puspaga", "triase", expected);
}

#[test]
fn three_times_24_hours() {
    let kaltim = profile("kaltim-puspaga");
    let calendar = Calendar::shipped().unwrap();
    // start, strict, target, grace
    let rows = [
        (
            "2026-11-09T09:00:00+08:00",
            "2026-11-12T09:00:00+08:00",
            "2026-11-12T09:00:00+08:00",
            None,
        ), // H1
        (
            "2026-11-12T15:30:00+08:00",
            "2026-11-15T15:30:00+08:00",
            "2026-11-13T11:30:00+08:00",
            Some("2026-11-16T08:00:00+08:00"),
        ), // H2
        (
            "2026-11-13T11:00:00+08:00",
            "2026-11-16T11:00:00+08:00",
            "2026-11-16T11:00:00+08:00",
            None,
        ), // H3
        (
            "2026-03-17T15:00:00+08:00",
            "2026-03-20T15:00:00+08:00",
            "2026-03-17T16:00:00+08:00",
            Some("2026-03-25T08:00:00+08:00"),
        ), // H5
    ];
    for (start, strict, target, grace) in rows {
        let clock = "jawaban_bimmas".parse().unwrap();
        let report =
            DeadlineReport::new(&kaltim, &clock, start.parse().unwrap(), &calendar).unwrap();
        assert_eq!(report.start, start);
        assert_eq!(report.due, strict);
        assert_eq!(report.strict.as_deref(), Some(strict));
        assert_eq!(report.target.as_deref(), Some(target));
        assert_eq!(report.grace.as_deref(), grace);
        assert!(!report.provisional);
    }
}

#[test]
fn duties_by_law_have_the_strict_line_only() {
    let calendar = Calendar::shipped().unwrap();
    let check = |profile: &Profile, clock: &str, start: &str, due: &str| {
        let clock = clock.parse().unwrap();
        let start = start.parse().unwrap();
        let report = DeadlineReport::new(profile, &clock, start, &calendar).unwrap();
        assert_eq!(report.due, due, "{clock}");
        assert_eq!((report.target, report.grace), (None, None), "{clock}");
        assert!(!report.provisional, "{clock}");
    };
    let cilegon = profile("cilegon-lk3-2023");
    let withdrawn = "2026-12-18T10:00:00+07:00";
    let stopped = "2026-12-21T10:00:00+07:00";
    check(&cilegon, "pdp_stop_after_withdrawal", withdrawn, stopped);
    // Over Lebaran nothing is skipped, in no institution.
    let strict = [
        "tpks_report",
        "pdp_access",
        "pdp_correction",
        "pdp_restriction",
        "pdp_stop_after_withdrawal",
        "pdp_breach_notice",
    ];
    for profile in shipped().unwrap() {
        let zone = if profile.institution.zone == chrono_tz::Asia::Jakarta {
            "+07:00"
        } else {
            "+08:00"
        };
        let from = format!("2026-03-17T15:00:00{zone}");
        for clock in strict {
            check(
                &profile,
                clock,
                &from,
                &format!("2026-03-20T15:00:00{zone}"),
            );
        }
        check(
            &profile,
            "safety_p1",
            &from,
            &format!("2026-03-18T15:00:00{zone}"),
        );
        let settled = format!("2026-05-16T23:59:59{zone}");
        check(&profile, "complaint_settlement", &from, &settled);
    }
}

#[test]
fn the_profiles_have_the_clocks_of_the_specification() {
    use crate::profile::words::Enforcement::{Advisory, Hard, Soft};
    let days = Term::WorkingDays;
    let strict = Term::ElapsedHours {
        hours: 72,
        grace: true,
    };
    let meetings = Term::Sessions {
        min: 3,
        max: Some(4),
    };
    // LK3.md 6.2, in its order.
    let rows = [
        ("cilegon-lk3-2023", "first_outcome", days(7), Hard),
        ("cilegon-lk3-2023", "plan_target", Term::FromPlan, Soft),
        ("mataram-lk3", "pendataan", days(1), Hard),
        ("mataram-lk3", "serah_kasus", days(1), Hard),
        ("mataram-lk3", "penjangkauan", days(3), Hard),
        ("mataram-lk3", "konsultasi", days(1), Hard),
        ("mataram-lk3", "konseling", meetings, Soft),
        ("mataram-lk3", "rujukan", days(1), Hard),
        ("karangasem-lk3", "respon_awal", days(1), Hard),
        ("karangasem-lk3", "tindak_lanjut", Term::FromPlan, Soft),
        ("tarakan-rujukan-stres-2025", "satu_hari", days(1), Hard),
        (
            "tarakan-rujukan-stres-2025",
            "laporan_asesmen",
            days(5),
            Advisory,
        ),
        ("kaltim-puspaga", "jawaban_bimmas", strict, Hard),
        ("kaltim-puspaga", "triase", days(1), Advisory),
    ];
    for (id, clock, term, enforce) in rows {
        let profile = profile(id);
        let found = profile.clock(&clock.parse().unwrap()).unwrap();
        assert_eq!(
            (found.term(), found.enforce),
            (term, enforce),
            "{id} {clock}"
        );
    }
}

#[test]
fn stopping_is_classified() {
    let kaltim = profile("kaltim-puspaga");
    let calendar = Calendar::shipped().unwrap();
    let office = kaltim.office();
    let term = Term::ElapsedHours {
        hours: 72,
        grace: true,
    };
    let start = "2026-11-12T15:30:00+08:00".parse().unwrap();
    let due = Reckoner::new(&office, &calendar)
        .due(term, start, &[])
        .unwrap(); // H2
    let check = |stopped: &str, expected| {
        assert_eq!(
            due.timeliness(stopped.parse().unwrap()),
            expected,
            "{stopped}"
        );
    };
    check("2026-11-15T15:30:00+08:00", Timeliness::OnTime);
    check("2026-11-15T15:30:01+08:00", Timeliness::LateExcusedClosed);
    check("2026-11-16T08:00:00+08:00", Timeliness::LateExcusedClosed);
    check("2026-11-16T08:00:01+08:00", Timeliness::Late);
}

#[test]
fn a_wait_for_papers_stops_the_count() {
    let office = profile("cilegon-lk3-2023").office();
    let calendar = Calendar::shipped().unwrap();
    let reckoner = Reckoner::new(&office, &calendar);
    let start = "2026-10-05T09:15:00+07:00".parse().unwrap();
    let pause = |from: &str, to: Option<&str>| Pause {
        from: from.parse().unwrap(),
        to: to.map(|to| to.parse().unwrap()),
    };
    let check = |pauses: &[Pause], expected: Result<&str, NoDue>| {
        let due = reckoner
            .due(Term::WorkingDays(7), start, pauses)
            .map(|due| due.due);
        assert_eq!(due, expected.map(|text| text.parse().unwrap()));
    };
    check(&[], Ok("2026-10-14T16:00:00+07:00"));
    // Tuesday and Wednesday do not count, for the clock stood still when the office closed.
    check(
        &[pause(
            "2026-10-06T11:00:00+07:00",
            Some("2026-10-08T09:00:00+07:00"),
        )],
        Ok("2026-10-16T16:30:00+07:00"),
    );
    check(
        &[pause("2026-10-06T11:00:00+07:00", None)],
        Err(NoDue::Paused),
    );
    check(
        &[pause("2026-10-20T11:00:00+07:00", None)],
        Ok("2026-10-14T16:00:00+07:00"),
    );
}

#[test]
fn calendar_days_end_at_midnight_and_counts_have_no_date() {
    let office = profile("mataram-lk3").office();
    let calendar = Calendar::shipped().unwrap();
    let reckoner = Reckoner::new(&office, &calendar);
    let start = "2026-11-09T23:30:00+08:00".parse().unwrap();
    let due = reckoner.due(Term::CalendarDays(5), start, &[]).unwrap();
    assert_eq!(due.due, "2026-11-14T23:59:59+08:00".parse().unwrap());
    let sessions = Term::Sessions {
        min: 3,
        max: Some(4),
    };
    assert_eq!(reckoner.due(sessions, start, &[]), Err(NoDue::NotATime));
    let never = Office {
        week: Default::default(),
        ..office.clone()
    };
    let closed = Reckoner::new(&never, &calendar);
    assert_eq!(
        closed.due(Term::WorkingDays(1), start, &[]),
        Err(NoDue::NeverOpen)
    );
}
