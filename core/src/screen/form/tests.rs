//! The file of forms is sound, a form is asked as its profile says, and answers are looked at as they should be.
#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod answers;
mod commands;

use super::definition::{FILE, parse};
use super::*;
use crate::command::Command;
use crate::id::{CommandId, PersonId};
use crate::profile::shipped;
use crate::record::FieldShape;
use crate::time::Timestamp;

const NOW: &str = "2026-11-23T02:00:00Z";

fn now() -> Timestamp {
    NOW.parse().unwrap()
}

fn profile(id: &str) -> Profile {
    let profiles = shipped().unwrap();
    profiles.into_iter().find(|p| p.id.as_str() == id).unwrap()
}

fn asked(id: FormId, by: &str) -> Form {
    form(id, &profile(by), Language::Indonesian).unwrap()
}

fn answers(pairs: &[(&str, &str)]) -> Answers {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn every_form_of_the_catalogue_is_there_and_names_what_exists() {
    let forms = parse(FILE).unwrap();
    assert_eq!(definitions(), forms);
    let ids: Vec<FormId> = forms.iter().map(|form| form.id).collect();
    assert_eq!(ids, FormId::ALL);
    for form in &forms {
        let known: BTreeSet<&str> = form.fields.iter().map(|field| field.id.as_str()).collect();
        assert_eq!(known.len(), form.fields.len(), "{}", form.id);
        let is_no_document = (FormId::F19..=FormId::F25).contains(&form.id);
        assert_eq!(form.class.is_none(), is_no_document, "{}", form.id);
        for field in &form.fields {
            for condition in [&field.required, &field.shown] {
                let other = condition.field();
                assert!(
                    other.is_none_or(|other| known.contains(other)),
                    "{}",
                    field.id
                );
            }
        }
    }
}

#[test]
fn what_a_form_names_wrongly_is_refused() {
    let cases = [
        ("register.name", "register.nama", "is no field of a command"),
        ("register.name", "daftar.name", "is no field of a command"),
        ("stamp.occurred_at", "stamp.at", "is no field of a command"),
        ("\"asks_domicile\"", "\"asks_domisili\"", "is no condition"),
        ("check = \"nik\"", "check = \"niks\"", "is none of"),
        ("kind = \"line\"", "kind = \"lines\"", "is none of"),
        ("first = true", "fist = true", "unknown field"),
    ];
    for (from, to, expected) in cases {
        let error = parse(&FILE.replacen(from, to, 1)).unwrap_err();
        assert!(error.message().contains(expected), "{}", error.message());
    }
}

#[test]
fn every_label_and_word_exists_in_both_languages() {
    for language in Language::ALL {
        let said = |key: &str| assert_ne!(text(*language, key, &[]), key);
        for form in definitions() {
            said(&format!("form-{}", form.id));
            for field in &form.fields {
                said(&field.label_key(form.id));
                if let Some(words) = &field.words {
                    assert!(!field.codes().is_empty(), "{}", field.id);
                    for code in field.codes() {
                        said(&format!("{words}-{code}"));
                    }
                }
            }
        }
        for fault in FieldFault::ALL {
            said(&format!("fault-{fault}"));
        }
    }
}

fn fits(kind: FieldKind, shape: FieldShape) -> bool {
    match shape {
        FieldShape::Words => matches!(
            kind,
            FieldKind::Line
                | FieldKind::Prose
                | FieldKind::Date
                | FieldKind::Papers
                | FieldKind::Choice
        ),
        FieldShape::SharedText => kind == FieldKind::Prose,
        FieldShape::TextEdit | FieldShape::Digest => false,
        FieldShape::Number => kind == FieldKind::Number,
        FieldShape::Instant => kind == FieldKind::Instant,
        FieldShape::Flag => kind == FieldKind::Flag,
        FieldShape::Command => matches!(kind, FieldKind::Command | FieldKind::Case),
        FieldShape::Person => kind == FieldKind::Person,
        FieldShape::Code(_) => matches!(kind, FieldKind::Choice | FieldKind::Papers),
        FieldShape::Set(FieldShape::Command) => kind == FieldKind::Commands,
        FieldShape::Set(FieldShape::Person) => kind == FieldKind::People,
        FieldShape::Set(_) => kind == FieldKind::Choices,
    }
}

#[test]
fn a_field_takes_what_it_fills_and_stands_in_the_form_of_its_class() {
    for form in definitions() {
        for field in &form.fields {
            for fill in &field.fills {
                let Fill::Command(kind, info) = fill else {
                    assert!(matches!(field.kind, FieldKind::Instant | FieldKind::Person));
                    continue;
                };
                assert!(fits(field.kind, info.shape), "{}.{}", form.id, field.id);
                let is_choice = matches!(field.kind, FieldKind::Choice | FieldKind::Choices);
                let is_named = matches!(
                    field.choices,
                    Some(ChoiceSource::Areas | ChoiceSource::Papers)
                );
                assert_eq!(
                    field.words.is_some(),
                    is_choice && !is_named,
                    "{}.{}",
                    form.id,
                    field.id
                );
                let (offered, filled) = (field.codes(), field.filled_codes());
                let is_word = |code: &&str| filled.is_empty() || filled.contains(code);
                assert!(offered.iter().all(is_word), "{}.{}", form.id, field.id);
                let known = kind.sections().iter().any(|(_, c)| *c == info.collection);
                assert!(known, "{}.{}", form.id, field.id);
            }
        }
        if let Some(class) = form.class {
            let mut sections = form.commands().into_iter().flat_map(CommandKind::sections);
            assert!(sections.any(|(own, _)| *own == class), "{}", form.id);
        }
    }
}

/// An answer of the right kind.
fn some_answer(field: &FormField) -> String {
    let id = CommandId::from_bytes([7; 16]).to_string();
    match field.kind {
        FieldKind::Line if field.check == Some(Check::RegionCode) => "5271".to_owned(),
        FieldKind::Line | FieldKind::Prose | FieldKind::Signature => "Kata".to_owned(),
        FieldKind::Number => "3".to_owned(),
        FieldKind::Date => "1990-12-31".to_owned(),
        FieldKind::Instant => NOW.to_owned(),
        FieldKind::Flag => "true".to_owned(),
        FieldKind::Choice | FieldKind::Choices => field.choices[0].code.clone(),
        FieldKind::Papers => format!("{}:present", field.choices[0].code),
        FieldKind::Person | FieldKind::People => PersonId::from_bytes([7; 16]).to_string(),
        FieldKind::Command | FieldKind::Commands | FieldKind::Case => id,
    }
}

#[test]
fn a_form_that_is_filled_makes_every_command_that_it_names() {
    for profile in shipped().unwrap() {
        for id in FormId::ALL {
            let Some(form) = form(*id, &profile, Language::Indonesian) else {
                continue;
            };
            let all = form.fields.iter();
            let filled: Answers = all
                .map(|field| (field.id.clone(), some_answer(field)))
                .collect();
            for field in &form.fields {
                if let Some(preset) = &field.preset {
                    let mut codes = field.choices.iter().map(|choice| &choice.code);
                    assert!(
                        codes.any(|code| code == preset),
                        "{} {}",
                        profile.id,
                        field.id
                    );
                }
            }
            let stops = form.check(&filled, false, now());
            let stops = stops
                .iter()
                .filter(|found| found.fault.weight() == Weight::Stops);
            assert_eq!(stops.count(), 0, "{} {id}", profile.id);
            for kind in &form.commands {
                let made = form.fill(*kind, &filled).unwrap();
                assert_eq!(made.len(), 1, "{} {id} {kind}", profile.id);
                assert_eq!(made[0].kind(), *kind);
            }
        }
    }
}

#[test]
fn a_first_contact_asks_for_four_things() {
    for profile in shipped().unwrap() {
        let form = form(FormId::F01, &profile, Language::Indonesian).unwrap();
        let first: Vec<&str> = form
            .fields
            .iter()
            .filter(|field| field.first)
            .map(|field| field.id.as_str())
            .collect();
        assert_eq!(first, ["name", "place", "problem", "danger"]);
        let told = answers(&[
            ("place", "Pasar Citangkil"),
            ("problem", "Dipukul."),
            ("danger", "p1"),
        ]);
        assert_eq!(form.check(&told, true, now()), []);
        let made = form.fill(CommandKind::Register, &told).unwrap();
        let Command::Register(register) = &made[0] else {
            panic!("not a registration");
        };
        assert_eq!(register.name, None);
        assert_eq!(register.channel, crate::command::Channel::WalkIn);
        // A telephone stands in for a place, and brings its own questions.
        let called = answers(&[
            ("phone", "0812 3456 789"),
            ("problem", "x"),
            ("danger", "p3"),
        ]);
        let asks: Vec<String> = form
            .check(&called, true, now())
            .into_iter()
            .map(|found| found.field)
            .collect();
        assert_eq!(asks, ["contact_safety", "contact_in_person"]);
    }
}

#[test]
fn a_form_is_asked_as_the_profile_says() {
    let has = |id, by: &str, field: &str| asked(id, by).fields.iter().any(|f| f.id == field);
    assert!(has(FormId::F01, "mataram-lk3", "domiciled"));
    assert!(!has(FormId::F01, "cilegon-lk3-2023", "domiciled"));
    assert!(has(FormId::F17, "mataram-lk3", "early_reason"));
    assert!(!has(FormId::F17, "karangasem-lk3", "early_reason"));
    let choices = |id, by: &str, field: &str| -> Vec<String> {
        let form = asked(id, by);
        let field = form.fields.into_iter().find(|f| f.id == field).unwrap();
        field
            .choices
            .into_iter()
            .map(|choice| choice.label)
            .collect()
    };
    let channels = choices(FormId::F01, "mataram-lk3", "channel");
    assert_eq!(channels, ["datang langsung", "Instagram"]);
    let papers = choices(FormId::F01, "karangasem-lk3", "papers");
    assert_eq!(papers.len(), 2, "{papers:?}");
    assert_eq!(choices(FormId::F01, "kaltim-puspaga", "applicant").len(), 5);
    assert_eq!(
        choices(FormId::F01, "cilegon-lk3-2023", "applicant").len(),
        5
    );
    let without = |toml: &str| Profile::parse(toml).unwrap();
    let file = crate::profile::shipped_files()[0].toml;
    let no_contract =
        without(&file.replace("sign_contract = { ", "sign_contract = { enabled = false, "));
    assert!(form(FormId::F04, &no_contract, Language::English).is_none());
}

#[test]
fn papers_make_a_command_each_and_a_set_may_be_empty() {
    let form = asked(FormId::F01, "mataram-lk3");
    let seen = answers(&[("papers", "kk:present domisili:to_follow")]);
    let made = form.fill(CommandKind::SightDocument, &seen).unwrap();
    let papers: Vec<String> = made
        .iter()
        .map(|command| {
            let Command::SightDocument(sight) = command else {
                panic!("not a paper");
            };
            format!("{} {}", sight.requirement, sight.state)
        })
        .collect();
    assert_eq!(papers, ["kk present", "domisili to_follow"]);
    assert_eq!(
        form.fill(CommandKind::SetContact, &answers(&[])),
        Ok(vec![])
    );
    let consent = asked(FormId::F03, "mataram-lk3");
    let signed = answers(&[
        ("text_version", "1"),
        ("purposes", "service record service"),
    ]);
    let made = consent.fill(CommandKind::SignConsent, &signed).unwrap();
    let Command::SignConsent(signed) = &made[0] else {
        panic!("not a consent");
    };
    assert_eq!(signed.purposes.len(), 2);
    let wrong = answers(&[("text_version", "1"), ("purposes", "semua")]);
    assert!(consent.fill(CommandKind::SignConsent, &wrong).is_err());
}

#[test]
fn a_region_code_is_shown_with_dots() {
    let cases = [
        ("5271", Some("52.71")),
        ("52.71", Some("52.71")),
        ("64", Some("64")),
        ("6472011003", Some("64.72.01.1003")),
        ("647", None),
        ("64a2", None),
    ];
    for (written, shown) in cases {
        assert_eq!(dotted_region(written).as_deref(), shown, "{written}");
    }
}

#[test]
fn a_form_that_serves_two_moments_makes_what_was_filled() {
    let made = |id, pairs: &[(&str, &str)]| -> Vec<CommandKind> {
        let form = asked(id, "cilegon-lk3-2023");
        let told = answers(pairs);
        let stops = form.check(&told, false, now());
        assert_eq!(stops, [], "{id}");
        let kinds = form.commands.iter();
        let made = kinds.flat_map(|kind| form.fill(*kind, &told).unwrap());
        made.map(|command| command.kind()).collect()
    };
    let withdrawn = made(FormId::F03, &[("withdrawn_purposes", "service")]);
    assert_eq!(withdrawn, [CommandKind::WithdrawConsent]);
    let decided = made(
        FormId::F11,
        &[("recipient", "UPTD PPA"), ("reason", "KDRT.")],
    );
    assert_eq!(decided, [CommandKind::DecideReferral]);
    let id = CommandId::from_bytes([7; 16]).to_string();
    let issued = made(FormId::F11, &[("referral", &id)]);
    assert_eq!(issued, [CommandKind::IssueReferral]);
    let begun = made(
        FormId::F18,
        &[("occurred_at", NOW), ("plan", "Kunjungan bulanan.")],
    );
    assert_eq!(begun, [CommandKind::StartAftercare]);
}

#[test]
fn a_form_in_which_nothing_is_missing_can_be_recorded() {
    for profile in shipped().unwrap() {
        for id in FormId::ALL {
            let Some(form) = form(*id, &profile, Language::Indonesian) else {
                continue;
            };
            let mut told = Answers::new();
            loop {
                let missing = form.check(&told, false, now());
                let Some(first) = missing.first() else { break };
                assert_eq!(first.fault, FieldFault::Missing, "{id} {}", first.field);
                let field = form.fields.iter().find(|field| field.id == first.field);
                told.insert(first.field.clone(), some_answer(field.unwrap()));
            }
            let kinds = form.commands.iter();
            let made: usize = kinds
                .map(|kind| form.fill(*kind, &told).unwrap().len())
                .sum();
            assert_eq!(
                made > 0,
                !form.commands.is_empty() && *id != FormId::F23,
                "{id}"
            );
        }
    }
}
