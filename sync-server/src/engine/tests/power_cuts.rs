//! The power goes out at every point of an erasure, and of the erasure that is done again after a restore.

use jangkau_core::id::CaseId;
use jangkau_core::plant::{crash_in, take_crashes};
use jangkau_core::rights::ErasureScope;
use jangkau_core::sync::RemovalReason;

use super::bench::registration;
use super::office::{CANARY, Office, holds, server_holds, told};
use super::redone::are_recorded;
use crate::engine::Engine;

/// Lets the power go out at the n-th point of some work, and starts the server again. Gives whether it went out.
fn crashes(office: &mut Office, step: u32, work: impl FnOnce(&mut Office) -> bool) -> bool {
    crash_in(Some(step));
    let is_done = work(office);
    crash_in(None);
    let crashed = !take_crashes().is_empty();
    assert_eq!(is_done, !crashed);
    if crashed {
        let engine = &mut office.bench.engine;
        let image = engine.image().unwrap();
        *engine = Engine::from_image(&image, engine.keys()).unwrap();
        let now = office.bench.later();
        office.bench.engine.redo_erasures(now).unwrap();
    }
    crashed
}

#[test]
fn an_erasure_is_done_or_not_done_also_after_a_restore() {
    let mut ways = Vec::new();
    for step in 0.. {
        let mut office = Office::new();
        let (erased, kept) = (office.visit(CANARY), office.visit("Tetap ada."));
        office.sync_all();
        let backup = office.bench.engine.image().unwrap();
        let scope = ErasureScope::Records(vec![erased]);
        let number = office.ask(scope, RemovalReason::Erasure);
        let (institution, by) = (office.bench.institution.clone(), office.head);
        let crashed = crashes(&mut office, step, |office| {
            let (decision, now) = ((by, true, "Disetujui."), office.bench.later());
            let engine = &mut office.bench.engine;
            let decided = engine.decide_right(&institution, number, decision, now);
            matches!(decided, Ok(Ok(())))
        });
        let now = office.bench.later();
        let register = office.bench.engine.rights(&institution, now).unwrap();
        let is_done = register[0].decided.is_some();
        assert_eq!(server_holds(&office.bench.engine, CANARY), !is_done);
        office.bench.check();
        office.sync_all();
        assert_eq!(holds(&office.heads.image().unwrap(), CANARY), !is_done);
        are_recorded(&[&office.workers, &office.heads], &[kept]);
        office.bench.restore(&backup);
        office.sync_all();
        assert_eq!(server_holds(&office.bench.engine, CANARY), !is_done);
        are_recorded(&[&office.workers, &office.heads], &[kept]);
        office.bench.check();
        if !is_done {
            // What the journal noted in vain is in nobody's way.
            office.erase(&[erased]);
            office.bench.restore(&backup);
            office.sync_all();
            office.agrees_without_canary();
        }
        ways.push(is_done);
        if !crashed {
            break;
        }
    }
    // Until it is committed it is not done, also with the journal on the disk; from there on it is, also with the old key there.
    let (before, after) = ways.split_at(2);
    assert_eq!(before, [false, false]);
    assert!(
        after.len() > 3 && after.iter().all(|done| *done),
        "{ways:?}"
    );
}

#[test]
fn what_is_erased_again_is_made_good_at_the_next_start() {
    for step in 0.. {
        let mut office = Office::new();
        let other = office
            .bench
            .record(&mut office.workers, None, registration());
        let other = CaseId::from(other);
        let (first, kept) = (office.visit(CANARY), office.visit("Tetap ada."));
        let second = office
            .bench
            .record(&mut office.workers, Some(other), told(CANARY));
        office.sync_all();
        let backup = office.bench.engine.image().unwrap();
        office.erase(&[first]);
        let case = std::mem::replace(&mut office.case, other);
        office.erase(&[second]);
        office.case = case;
        office.sync_all();
        let crashed = crashes(&mut office, step, |office| {
            let engine = &mut office.bench.engine;
            *engine = Engine::from_image(&backup, engine.keys()).unwrap();
            let now = office.bench.later();
            let engine = &mut office.bench.engine;
            engine.begin_era_after_restore(now).is_ok()
        });
        assert!(!server_holds(&office.bench.engine, CANARY));
        office.sync_all();
        are_recorded(&[&office.workers, &office.heads], &[kept]);
        office.agrees_without_canary();
        if !crashed {
            assert!(step > 5, "{step}");
            break;
        }
    }
}
