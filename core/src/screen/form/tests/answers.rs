//! Answers are looked at as they should be.

use super::*;

/// Field, answer, what else was answered, fault.
type Look = (
    &'static str,
    &'static str,
    &'static [(&'static str, &'static str)],
    Option<FieldFault>,
);

const LOOKS: &[Look] = &[
    ("nik", "5271 0152 0390 0001", &[], None),
    (
        "nik",
        "5271015203900001",
        &[("sex", "female"), ("birth_date", "1990-03-12")],
        None,
    ),
    ("nik", "527101520390000", &[], Some(FieldFault::NikDigits)),
    ("nik", "52710152039000O1", &[], Some(FieldFault::NikDigits)),
    ("nik", "5271013202900001", &[], Some(FieldFault::NikDate)),
    ("nik", "5271014013900001", &[], Some(FieldFault::NikDate)),
    ("nik", "5271017202900001", &[], Some(FieldFault::NikDate)),
    ("nik", "5271012902010001", &[], Some(FieldFault::NikDate)),
    ("nik", "5271012902040001", &[], None),
    ("nik", "5271011203900000", &[], Some(FieldFault::NikSerial)),
    (
        "nik",
        "5271011203900001",
        &[("sex", "female")],
        Some(FieldFault::NikSex),
    ),
    (
        "nik",
        "5271011203900001",
        &[("birth_date", "1991-03-12")],
        Some(FieldFault::NikBirthDate),
    ),
    ("family_card", "5271011203190001", &[], None),
    (
        "family_card",
        "5271014103190001",
        &[],
        Some(FieldFault::FamilyCardDate),
    ),
    (
        "family_card",
        "527101",
        &[],
        Some(FieldFault::FamilyCardDigits),
    ),
    ("phone", "+62 812-3456-789", &[], None),
    ("phone", "129", &[], None),
    ("phone", "@ibu_s", &[], None),
    ("phone", "12", &[], Some(FieldFault::PhoneShape)),
    ("phone", "0812/3456", &[], Some(FieldFault::PhoneShape)),
    ("region", "52.71", &[], None),
    ("region", "5271", &[], None),
    ("region", "52.71.01.1001", &[], None),
    ("region", "527", &[], Some(FieldFault::RegionShape)),
    ("region", "Mataram", &[], Some(FieldFault::RegionShape)),
    ("birth_date", "2026-11-23", &[], None),
    ("birth_date", "2026-11-24", &[], Some(FieldFault::InFuture)),
    ("birth_date", "31-12-1990", &[], Some(FieldFault::NotADate)),
    ("report_received_at", "2026-11-23T10:00:00+08:00", &[], None),
    (
        "report_received_at",
        "2026-11-23T10:01:00+08:00",
        &[],
        Some(FieldFault::TimeInFuture),
    ),
    (
        "report_received_at",
        "kemarin",
        &[],
        Some(FieldFault::NotAnInstant),
    ),
    ("channel", "hotline", &[], Some(FieldFault::UnknownChoice)),
    ("domiciled", "ya", &[], Some(FieldFault::NotAFlag)),
    ("papers", "kk:present ktp_or_kia:to_follow", &[], None),
    ("papers", "kk:hilang", &[], Some(FieldFault::UnknownChoice)),
];

#[test]
fn answers_are_looked_at() {
    let form = asked(FormId::F01, "mataram-lk3");
    for (field, said, others, expected) in LOOKS {
        let mut all = answers(others);
        all.insert((*field).to_owned(), (*said).to_owned());
        let found = form.check(&all, true, now());
        let fault = found
            .iter()
            .find(|found| found.field == *field)
            .map(|found| found.fault);
        assert_eq!(fault, *expected, "{field} {said}");
    }
    let long = "a".repeat(301);
    let found = form.check(&answers(&[("name", &long)]), true, now());
    assert_eq!(found[0].fault, FieldFault::TooLong);
}

#[test]
fn a_condition_on_another_field_asks_when_it_holds() {
    let form = asked(FormId::F03, "kaltim-puspaga");
    let said = [
        ("text_version", "1"),
        ("limits_read", "true"),
        ("notice_given", "true"),
        ("signature", "ada"),
    ];
    let faults = |purposes: &str| -> Vec<String> {
        let mut all = answers(&said);
        all.insert("purposes".to_owned(), purposes.to_owned());
        let found = form.check(&all, false, now());
        found.into_iter().map(|found| found.field).collect()
    };
    assert_eq!(faults("service record"), [""; 0]);
    assert_eq!(faults("service referral"), ["recipient"]);
    let form = asked(FormId::F09, "cilegon-lk3-2023");
    let minutes = |said: &str| {
        let found = form.check(&answers(&[("minutes", said)]), false, now());
        let found = found.into_iter().find(|found| found.field == "minutes");
        found.map(|found| (found.fault, found.fault.weight()))
    };
    assert_eq!(minutes("60"), None);
    assert_eq!(
        minutes("600"),
        Some((FieldFault::OddMinutes, Weight::Warns))
    );
    assert_eq!(
        minutes("satu"),
        Some((FieldFault::NotANumber, Weight::Stops))
    );
    let survey = asked(FormId::F19, "cilegon-lk3-2023");
    let found = survey.check(&answers(&[("u1", "5")]), false, now());
    assert_eq!(found[0].fault, FieldFault::SurveyRange);
}
