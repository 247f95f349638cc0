//! Erasing: what goes from the server and from every device, what stays, and what a replay of the log makes of it.

use jangkau_core::command::{
    CloseInformation, Command, DraftMinutes, EditMinutes, MoveRecord, TakeRecord,
};
use jangkau_core::id::CaseId;
use jangkau_core::record::{Scalar, SharedText, TextEdit};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rights::{ErasureScope, RightsRefusal};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::RemovalReason;

use super::bench::registration;
use super::office::{CANARY, Office, holds, server_holds, told};

#[test]
fn an_erased_record_goes_everywhere_and_the_rest_stays() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    let kept = office
        .bench
        .record(&mut office.workers, Some(case), told("Tetap ada."));
    office.sync_all();
    assert!(holds(&office.workers.image().unwrap(), CANARY));
    assert!(holds(&office.heads.image().unwrap(), CANARY));
    assert!(server_holds(&office.bench.engine, CANARY));
    let before = office.workers.case_state(case).unwrap();
    office.bench.check();

    office.erase(&[erased]);
    assert!(!server_holds(&office.bench.engine, CANARY));
    office.bench.check();
    office.sync_all();
    assert!(!holds(&office.workers.image().unwrap(), CANARY));
    assert!(!holds(&office.heads.image().unwrap(), CANARY));
    office.bench.same_documents(&office.workers, office.worker);
    office.bench.same_documents(&office.heads, office.head);
    let records = office.heads.records(office.record()).unwrap();
    assert!(records.keys().any(|key| key.ends_with(&kept.to_string())));
    assert!(!records.keys().any(|key| key.ends_with(&erased.to_string())));
    // What the case has earned does not fall back.
    assert_eq!(office.workers.case_state(case).unwrap(), before);
    assert!(matches!(
        office.workers.fate(erased).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    // Work goes on in the new document.
    let next = office
        .bench
        .record(&mut office.workers, Some(case), told("Sesudahnya."));
    office.sync_all();
    assert!(matches!(
        office.heads.fate(next).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    office.bench.check();
}

#[test]
fn work_that_was_pending_on_the_old_document_is_recorded_on_the_new_one() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    let draft = DraftMinutes {
        body: SharedText::new("Hadir: dua orang.").unwrap(),
        ..draft()
    };
    let minutes = office.bench.record(&mut office.workers, Some(case), draft);
    office.sync_all();
    // Offline: a fact, and an edit of a text.
    let pending = office
        .bench
        .record(&mut office.workers, Some(case), told("Luring."));
    let edit = EditMinutes {
        target: minutes,
        edit: Some(TextEdit {
            old: "Hadir: dua orang.".to_owned(),
            new: "Hadir: dua orang. Ibu setuju.".to_owned(),
        }),
    };
    let edited = office.bench.record(&mut office.workers, Some(case), edit);
    office.erase(&[erased]);
    office.sync_all();
    for id in [pending, edited] {
        let fate = office.heads.fate(id).unwrap();
        assert!(
            matches!(fate, Some(Fate::Judged(Verdict::Recorded(_)))),
            "{fate:?}"
        );
    }
    assert!(office.workers.turned_away().unwrap().is_empty());
    let records = office.heads.records(office.record()).unwrap();
    let text = &records[&format!("minutes/{minutes}")];
    let merged = Scalar::Text("Hadir: dua orang. Ibu setuju.".to_owned());
    assert!(text.iter().any(|(_, value)| *value == merged));
    assert_eq!(
        office.heads.records(office.record()).unwrap(),
        office.workers.records(office.record()).unwrap()
    );
    office.bench.same_documents(&office.workers, office.worker);
    office.bench.check();
}

fn draft() -> DraftMinutes {
    DraftMinutes {
        title: "Rapat".parse().unwrap(),
        body: SharedText::new("").unwrap(),
    }
}

#[test]
fn who_was_away_for_long_loses_nothing_of_their_own() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    office.sync_all();
    // The head writes while away, and comes back after two erasures.
    let away = office
        .bench
        .record(&mut office.heads, Some(case), told("Dari jauh."));
    office.erase(&[erased]);
    let second = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    office.bench.sync(&mut office.workers);
    office.erase(&[second]);
    office.sync_all();
    assert!(matches!(
        office.workers.fate(away).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    assert!(!holds(&office.heads.image().unwrap(), CANARY));
    assert!(!holds(&office.workers.image().unwrap(), CANARY));
    office.bench.same_documents(&office.heads, office.head);
    office.bench.check();
}

#[test]
fn an_erased_record_does_not_come_back_from_an_older_image_of_its_device() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    let older = office.workers.image().unwrap();
    office.sync_all();
    office.erase(&[erased]);
    office.sync_all();
    office.workers = Replica::from_image(&older, true).unwrap();
    office.sync_all();
    assert!(!server_holds(&office.bench.engine, CANARY));
    assert!(!holds(&office.heads.image().unwrap(), CANARY));
    assert!(!holds(&office.workers.image().unwrap(), CANARY));
    office.bench.same_documents(&office.workers, office.worker);
    office.bench.check();
}

#[test]
fn a_new_device_gets_the_new_document() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    office
        .bench
        .record(&mut office.workers, Some(case), told("Tetap."));
    office.sync_all();
    office.erase(&[erased]);
    let mut new = office.bench.replica(office.worker);
    office.bench.sync(&mut new);
    assert!(!holds(&new.image().unwrap(), CANARY));
    office.bench.same_documents(&new, office.worker);
    let next = office
        .bench
        .record(&mut new, Some(case), told("Dari yang baru."));
    office.bench.sync(&mut new);
    assert!(matches!(
        new.fate(next).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    office.bench.check();
}

#[test]
fn a_whole_case_goes_when_its_time_is_over_and_not_before() {
    let mut office = Office::new();
    let register = office
        .bench
        .record(&mut office.volunteers, None, registration());
    office.case = CaseId::from(register);
    let informed = CloseInformation {
        note: CANARY.parse().unwrap(),
    };
    office
        .bench
        .record(&mut office.volunteers, Some(office.case), informed);
    office.sync_all();
    let number = office.ask(ErasureScope::Case, RemovalReason::Retention);
    assert_eq!(office.decide(number), Err(RightsRefusal::RetentionRuns));
    assert!(server_holds(&office.bench.engine, CANARY));
    office.bench.now = office.bench.now.plus_millis(6 * 366 * 86_400_000);
    // A device may still hold something that the office has not seen (X52).
    assert_eq!(office.decide(number), Err(RightsRefusal::DevicesMissing));
    office.sync_all();
    assert_eq!(office.decide(number), Ok(()));
    assert!(!server_holds(&office.bench.engine, CANARY));
    office.bench.check();
    office.sync_all();
    for device in [&mut office.volunteers, &mut office.heads] {
        assert!(!holds(&device.image().unwrap(), CANARY));
    }
    assert!(office.volunteers.timeline(office.case).unwrap().is_empty());
    office.bench.same_documents(&office.heads, office.head);
    office.bench.check();
    // Who once held it may become something else: what is left of it says nothing of whose it was.
    let institution = office.bench.institution.clone();
    for role in ["clerk", "volunteer"] {
        let now = office.bench.later();
        let engine = &mut office.bench.engine;
        let changed = engine.change_staff(&institution, office.volunteer, &[role], true, now);
        changed.unwrap();
    }
    office.bench.check();
}

#[test]
fn the_content_of_a_misfiled_record_leaves_the_wrong_case() {
    let mut office = Office::new();
    let wrong = office.case;
    let misfiled = office
        .bench
        .record(&mut office.workers, Some(wrong), told(CANARY));
    office.sync_all();
    let right = office.bench.record(&mut office.heads, None, registration());
    let right = CaseId::from(right);
    office.bench.sync(&mut office.heads);
    let moved = MoveRecord {
        record: misfiled,
        to: right,
        reason: "Salah berkas.".parse().unwrap(),
    };
    office.bench.record(&mut office.heads, Some(wrong), moved);
    office.sync_all();
    assert_eq!(
        office
            .bench
            .engine
            .misfiled(&office.bench.institution)
            .unwrap(),
        []
    );
    let again = office
        .bench
        .record(&mut office.heads, Some(right), told("Di tempatnya."));
    let taken = TakeRecord {
        record: again,
        from: wrong,
        origin: misfiled,
    };
    office.bench.record(&mut office.heads, Some(right), taken);
    office.sync_all();
    let institution = office.bench.institution.clone();
    let proposed = office.bench.engine.misfiled(&institution).unwrap();
    assert_eq!(proposed.len(), 1);
    assert!(proposed[0].readers.contains(&office.worker));
    let dpo = office.bench.person(&["dpo"]);
    let now = office.bench.later();
    let engine = &mut office.bench.engine;
    let same = engine.erase_misfiled(&institution, misfiled, (office.head, "Ya."), now);
    assert_eq!(same.unwrap(), Err(RightsRefusal::SamePerson));
    let done = engine.erase_misfiled(&institution, misfiled, (dpo, "Ya."), now);
    assert!(done.unwrap().is_ok());
    assert!(!server_holds(engine, CANARY));
    assert_eq!(engine.misfiled(&institution).unwrap(), []);
    office.sync_all();
    assert!(!holds(&office.workers.image().unwrap(), CANARY));
    office.bench.check();
}

#[test]
fn an_edit_of_a_text_goes_only_with_the_text() {
    let mut office = Office::new();
    let case = office.case;
    let minutes = office
        .bench
        .record(&mut office.workers, Some(case), draft());
    let edit = EditMinutes {
        target: minutes,
        edit: Some(TextEdit {
            old: String::new(),
            new: CANARY.to_owned(),
        }),
    };
    let edited = office
        .bench
        .record(&mut office.workers, Some(case), Command::from(edit));
    office.sync_all();
    let number = office.ask(ErasureScope::Records(vec![edited]), RemovalReason::Erasure);
    assert_eq!(office.decide(number), Err(RightsRefusal::PartOfText));
    office.erase(&[minutes]);
    office.sync_all();
    assert!(!server_holds(&office.bench.engine, CANARY));
    assert!(!holds(&office.workers.image().unwrap(), CANARY));
    office.bench.check();
}

#[test]
fn a_field_goes_alone() {
    let mut office = Office::new();
    let case = office.case;
    let seen = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    office.sync_all();
    let scope = ErasureScope::Fields(seen, vec!["observation".to_owned()]);
    let number = office.ask(scope, RemovalReason::Surplus);
    office.decide(number).unwrap();
    office.sync_all();
    for image in [
        office.bench.engine.image().unwrap(),
        office.workers.image().unwrap(),
        office.heads.image().unwrap(),
    ] {
        assert!(!holds(&image, CANARY));
    }
    let records = office.heads.records(office.record()).unwrap();
    assert!(records.keys().any(|key| key.ends_with(&seen.to_string())));
    let number = office.ask(
        ErasureScope::Fields(seen, vec!["met".to_owned()]),
        RemovalReason::Surplus,
    );
    assert_eq!(office.decide(number), Err(RightsRefusal::FieldNeeded));
    office.bench.check();
}

#[test]
fn of_an_edit_of_a_text_that_is_gone_what_its_author_put_in_stays() {
    let mut office = Office::new();
    let case = office.case;
    let written = DraftMinutes {
        body: SharedText::new(CANARY).unwrap(),
        ..draft()
    };
    let minutes = office
        .bench
        .record(&mut office.workers, Some(case), written);
    office.sync_all();
    let edit = EditMinutes {
        target: minutes,
        edit: Some(TextEdit {
            old: CANARY.to_owned(),
            new: format!("{CANARY} Tambahan."),
        }),
    };
    let edited = office.bench.record(&mut office.heads, Some(case), edit);
    // The minutes are all that stands in the document: nothing of it is left.
    office.erase(&[minutes]);
    office.sync_all();
    assert!(!holds(&office.heads.image().unwrap(), CANARY));
    assert!(!server_holds(&office.bench.engine, CANARY));
    assert!(matches!(
        office.heads.fate(edited).unwrap(),
        Some(Fate::TurnedAway(_))
    ));
    assert!(holds(&office.heads.image().unwrap(), "Tambahan."));
    let next = office
        .bench
        .record(&mut office.heads, Some(case), told("Sesudahnya."));
    office.sync_all();
    assert!(matches!(
        office.workers.fate(next).unwrap(),
        Some(Fate::Judged(Verdict::Recorded(_)))
    ));
    office.bench.check();
}
