//! Erasures survive a restore by themselves: what was erased stays so, and what stayed is there, whatever goes out in between.

use jangkau_core::command::{CloseInformation, DraftMinutes, EditMinutes};
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::record::{Scalar, SharedText, TextEdit};
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rights::{ErasureScope, RightsRefusal};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::RemovalReason;

use super::bench::registration;
use super::office::{CANARY, Office, holds, server_holds, told};
use crate::engine::Engine;

pub(super) fn are_recorded(devices: &[&Replica], ids: &[CommandId]) {
    for id in ids {
        for device in devices {
            let fate = device.fate(*id).unwrap();
            assert!(
                matches!(fate, Some(Fate::Judged(Verdict::Recorded(_)))),
                "{id} {fate:?}"
            );
        }
    }
}

impl Office {
    /// Nothing of what was erased is anywhere, and all devices and the server agree.
    pub(super) fn agrees_without_canary(&mut self) {
        assert!(!server_holds(&self.bench.engine, CANARY));
        for (device, person) in [
            (&mut self.workers, self.worker),
            (&mut self.heads, self.head),
        ] {
            assert!(!holds(&device.image().unwrap(), CANARY));
            self.bench.same_documents(device, person);
        }
        self.bench.check();
    }

    pub(super) fn visit(&mut self, word: &str) -> CommandId {
        let case = Some(self.case);
        self.bench.record(&mut self.workers, case, told(word))
    }
}

#[test]
fn after_a_restore_from_before_an_erasure_nothing_is_lost_and_it_stays_done() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office.visit(CANARY);
    let before = office.visit("Sebelumnya.");
    office.sync_all();
    let backup = office.bench.engine.image().unwrap();
    let between = office.visit("Di antaranya.");
    office.sync_all();
    office.erase(&[erased]);
    office.sync_all();
    let after = office.visit("Sesudahnya.");
    office.sync_all();
    let state = office.workers.case_state(case).unwrap();
    office.bench.restore(&backup);
    assert!(!server_holds(&office.bench.engine, CANARY));
    let pending = office
        .bench
        .record(&mut office.heads, Some(case), told("Tertunda."));
    office.sync_all();
    are_recorded(
        &[&office.workers, &office.heads],
        &[before, between, after, pending],
    );
    office.agrees_without_canary();
    let records = office.heads.records(office.record()).unwrap();
    for id in [before, between, after, pending] {
        assert!(records.keys().any(|key| key.ends_with(&id.to_string())));
    }
    assert!(!records.keys().any(|key| key.ends_with(&erased.to_string())));
    // What the case had earned stands as well, by the commands that were told again.
    let again = office.workers.case_state(case).unwrap().unwrap();
    assert_eq!(again.status, state.unwrap().status);
    let mut new = office.bench.replica(office.worker);
    office.bench.sync(&mut new);
    assert!(!holds(&new.image().unwrap(), CANARY));
    office.bench.same_documents(&new, office.worker);
    // What is erased next is erased as if nothing had been.
    let next = office.visit("KENARIHIJAU");
    office.sync_all();
    office.erase(&[next, between]);
    office.sync_all();
    assert!(!server_holds(&office.bench.engine, "KENARIHIJAU"));
    office.agrees_without_canary();
}

#[test]
fn of_two_erasures_the_last_one_stands_after_a_restore_from_before_both_or_from_between() {
    for is_from_between in [false, true] {
        let mut office = Office::new();
        let first = office.visit(CANARY);
        let kept = office.visit("Tetap ada.");
        office.sync_all();
        let mut backup = office.bench.engine.image().unwrap();
        office.erase(&[first]);
        office.sync_all();
        let second = office.visit(CANARY);
        office.sync_all();
        if is_from_between {
            backup = office.bench.engine.image().unwrap();
        }
        office.erase(&[second]);
        office.sync_all();
        office.bench.restore(&backup);
        office.sync_all();
        are_recorded(&[&office.workers, &office.heads], &[kept]);
        office.agrees_without_canary();
        // Restored once more, from the same backup: it is done once more.
        office.bench.restore(&backup);
        office.sync_all();
        are_recorded(&[&office.workers, &office.heads], &[kept]);
        office.agrees_without_canary();
    }
}

#[test]
fn a_field_and_a_whole_text_stay_erased_after_a_restore() {
    let mut office = Office::new();
    let case = office.case;
    let seen = office.visit(CANARY);
    let written = |text: &str| DraftMinutes {
        title: "Rapat".parse().unwrap(),
        body: SharedText::new(text).unwrap(),
    };
    let gone = office
        .bench
        .record(&mut office.workers, Some(case), written(CANARY));
    let stays = office
        .bench
        .record(&mut office.workers, Some(case), written("Hadir."));
    office.sync_all();
    let backup = office.bench.engine.image().unwrap();
    let edit = EditMinutes {
        target: stays,
        edit: Some(TextEdit {
            old: "Hadir.".to_owned(),
            new: "Hadir: dua orang.".to_owned(),
        }),
    };
    let edited = office.bench.record(&mut office.heads, Some(case), edit);
    office.sync_all();
    let scope = ErasureScope::Fields(seen, vec!["observation".to_owned()]);
    let number = office.ask(scope, RemovalReason::Surplus);
    office.decide(number).unwrap();
    office.erase(&[gone]);
    office.sync_all();
    office.bench.restore(&backup);
    office.sync_all();
    are_recorded(&[&office.workers, &office.heads], &[stays, edited]);
    office.agrees_without_canary();
    let records = office.heads.records(office.record()).unwrap();
    let text = &records[&format!("minutes/{stays}")];
    let merged = Scalar::Text("Hadir: dua orang.".to_owned());
    assert!(text.iter().any(|(_, value)| *value == merged));
    assert!(records.keys().any(|key| key.ends_with(&seen.to_string())));
}

#[test]
fn a_case_that_was_erased_whole_does_not_come_back() {
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
    let backup = office.bench.engine.image().unwrap();
    office.bench.now = office.bench.now.plus_millis(6 * 366 * 86_400_000);
    office.sync_all();
    office.decide(number).unwrap();
    office.sync_all();
    office.bench.restore(&backup);
    assert!(!server_holds(&office.bench.engine, CANARY));
    office.sync_all();
    assert!(!holds(&office.volunteers.image().unwrap(), CANARY));
    assert!(office.volunteers.timeline(office.case).unwrap().is_empty());
    office.agrees_without_canary();
    // The register came back, too: whoever decides again finds it done.
    assert_eq!(office.decide(number), Ok(()));
    assert_eq!(office.decide(number), Err(RightsRefusal::AlreadyDecided));
}

#[test]
fn a_backup_from_before_the_case_itself_is_no_way_back_either() {
    let mut office = Office::new();
    let backup = office.bench.engine.image().unwrap();
    let register = office
        .bench
        .record(&mut office.workers, None, registration());
    office.case = CaseId::from(register);
    let erased = office.visit(CANARY);
    let kept = office.visit("Tetap ada.");
    office.sync_all();
    office.erase(&[erased]);
    office.sync_all();
    office.bench.restore(&backup);
    office.sync_all();
    are_recorded(&[&office.workers, &office.heads], &[kept]);
    office.agrees_without_canary();
}

#[test]
fn an_older_image_of_a_device_does_not_bring_it_back_to_a_restored_server() {
    let mut office = Office::new();
    let backup = office.bench.engine.image().unwrap();
    let erased = office.visit(CANARY);
    let kept = office.visit("Tetap ada.");
    office.sync_all();
    let older = office.workers.image().unwrap();
    office.erase(&[erased]);
    office.sync_all();
    office.bench.restore(&backup);
    office.workers = Replica::from_image(&older, true).unwrap();
    office.sync_all();
    are_recorded(&[&office.heads], &[kept]);
    office.agrees_without_canary();
}

#[test]
fn an_older_file_that_nobody_called_restored_is_taken_as_restored() {
    let mut office = Office::new();
    let erased = office.visit(CANARY);
    let kept = office.visit("Tetap ada.");
    office.sync_all();
    let older = office.bench.engine.image().unwrap();
    office.erase(&[erased]);
    office.sync_all();
    let engine = &mut office.bench.engine;
    let era = engine.eras().unwrap()[&office.bench.institution];
    *engine = Engine::from_image(&older, engine.keys()).unwrap();
    let now = office.bench.later();
    let engine = &mut office.bench.engine;
    assert_eq!(engine.redo_erasures(now).unwrap(), 1);
    assert_eq!(engine.redo_erasures(now).unwrap(), 0);
    assert!(engine.eras().unwrap()[&office.bench.institution] > era);
    office.sync_all();
    are_recorded(&[&office.workers, &office.heads], &[kept]);
    office.agrees_without_canary();
}
