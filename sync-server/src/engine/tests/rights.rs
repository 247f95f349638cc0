//! The register of what clients ask for by right: who may decide, what stops it, who has confirmed, what leaves for the client.

use jangkau_core::command::{CloseInformation, Purpose, RecordSession, Register, WithdrawConsent};
use jangkau_core::export::LeftOut;
use jangkau_core::id::CaseId;
use jangkau_core::record::Prose;
use jangkau_core::retention::RetentionStep;
use jangkau_core::rights::{Asked, ErasureScope, RightsKind, RightsRefusal};
use jangkau_core::rules::ClockOutcome;
use jangkau_core::sync::{AdminAct, AuditKind, RemovalReason};
use jangkau_core::text::Language;

use super::bench::registration;
use super::office::{CANARY, Office, server_holds, told};
use super::replicas::session;

#[test]
fn a_withdrawal_lists_the_devices_that_have_not_seen_it() {
    let mut office = Office::new();
    let case = office.case;
    let withdrawal = WithdrawConsent {
        purposes: [Purpose::Referral].into(),
        note: None,
    };
    office
        .bench
        .record(&mut office.workers, Some(case), withdrawal);
    office.bench.sync(&mut office.workers);
    let (institution, head, worker) =
        (office.bench.institution.clone(), office.head, office.worker);
    let asked = Asked {
        scope: None,
        reason: None,
    };
    let received = office.bench.later();
    let what = (RightsKind::Withdrawal, case);
    let engine = &mut office.bench.engine;
    let opened = engine.open_right(&institution, what, asked, (worker, "Dicabut."), received);
    let number = opened.unwrap().unwrap();
    let register = engine.rights(&institution, received).unwrap();
    assert_eq!(register[0].due, received.plus_millis(72 * 3_600_000));
    assert!(!register[0].is_overdue);
    let late = received.plus_millis(73 * 3_600_000);
    assert!(engine.rights(&institution, late).unwrap()[0].is_overdue);
    let closed = engine.close_right(&institution, number, (head, ""), false, received);
    assert_eq!(closed.unwrap(), Err(RightsRefusal::DevicesMissing));
    office.sync_all();
    let engine = &mut office.bench.engine;
    assert_eq!(engine.not_read(&institution, number).unwrap(), []);
    let closed = engine.close_right(&institution, number, (head, ""), false, received);
    assert_eq!(closed.unwrap(), Ok(()));
    // The clock of the case stops by it, on every device, and a replay comes to the same.
    office.sync_all();
    let state = office.workers.case_state(case).unwrap().unwrap();
    let clock = state
        .clocks
        .iter()
        .find(|clock| clock.clock.to_string() == "pdp_stop_after_withdrawal")
        .unwrap();
    assert_eq!(clock.outcome, ClockOutcome::OnTime);
    office.bench.check();
}

#[test]
fn a_copy_for_the_client_is_approved_counted_and_without_notes() {
    let mut office = Office::new();
    let case = office.case;
    let noted = RecordSession {
        note: Some(Prose::new(CANARY).unwrap()),
        ..session()
    };
    office.bench.record(&mut office.workers, Some(case), noted);
    office
        .bench
        .record(&mut office.workers, Some(case), told("Ditemui di rumah."));
    office.sync_all();
    let (institution, head, worker) =
        (office.bench.institution.clone(), office.head, office.worker);
    let asked = Asked {
        scope: None,
        reason: None,
    };
    let now = office.bench.later();
    let what = (RightsKind::Access, case);
    let engine = &mut office.bench.engine;
    let opened = engine.open_right(&institution, what, asked, (worker, "Minta salinan."), now);
    let number = opened.unwrap().unwrap();
    let language = Language::Indonesian;
    let early = engine.client_copy(&institution, number, (&[], false), language, now);
    assert_eq!(early.unwrap(), Err(RightsRefusal::NotDecided));
    assert_eq!(engine.copies_of(&institution, case).unwrap(), 0);
    let decided = engine.decide_right(&institution, number, (head, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Ok(()));
    for with_address in [false, true] {
        let copy = engine.client_copy(&institution, number, (&[], with_address), language, now);
        let copy = copy.unwrap().unwrap();
        assert!(copy.text.contains("Ditemui di rumah."));
        assert!(!copy.text.contains(CANARY));
        assert!(copy.left_out.contains_key(&LeftOut::Notes));
    }
    assert_eq!(engine.copies_of(&institution, case).unwrap(), 2);
    let left = office.bench.told(AuditKind::Export);
    assert_eq!(left.len(), 2);
    assert!(left.iter().all(|entry| entry.case == Some(case)));
    let acts = [AdminAct::OpenRight, AdminAct::DecideRight];
    assert_eq!(acts_on(&office, case), acts);
}

/// What was done at the desk about a case, by the audit chain.
fn acts_on(office: &Office, case: CaseId) -> Vec<AdminAct> {
    let acts = office.bench.told(AuditKind::AdminAct).into_iter();
    let of_case = acts.filter(|entry| entry.case == Some(case));
    of_case
        .map(|entry| entry.word.unwrap().parse().unwrap())
        .collect()
}

#[test]
fn what_is_due_by_its_years_is_proposed_and_stays() {
    let mut office = Office::new();
    let register = office
        .bench
        .record(&mut office.volunteers, None, registration());
    let informed = CloseInformation {
        note: CANARY.parse().unwrap(),
    };
    office.bench.record(
        &mut office.volunteers,
        Some(CaseId::from(register)),
        informed,
    );
    office.sync_all();
    let institution = office.bench.institution.clone();
    let (now, engine) = (office.bench.later(), &office.bench.engine);
    assert_eq!(engine.retention_due(&institution, now).unwrap(), []);
    let years = |years: i64| now.plus_millis(years * 366 * 86_400_000);
    let steps = |at| -> Vec<RetentionStep> {
        let due = engine.retention_due(&institution, at).unwrap();
        due.into_iter().map(|(_, due)| due.step).collect()
    };
    assert_eq!(steps(years(3)), [RetentionStep::Archive]);
    assert_eq!(steps(years(6)), [RetentionStep::Review]);
    assert!(server_holds(&office.bench.engine, CANARY));
}

#[test]
fn a_childs_case_is_kept_until_they_are_grown_and_notes_are_due_by_the_last_session() {
    let mut office = Office::new();
    let of_a_child = Register {
        birth_date: Some("2020-03-01".parse().unwrap()),
        ..registration()
    };
    let bench = &mut office.bench;
    let child = CaseId::from(bench.record(&mut office.volunteers, None, of_a_child));
    let informed = CloseInformation {
        note: CANARY.parse().unwrap(),
    };
    bench.record(&mut office.volunteers, Some(child), informed);
    bench.record(&mut office.workers, Some(office.case), session());
    office.sync_all();
    let (now, bench) = (office.bench.later(), &office.bench);
    for (years, case, expected) in [
        (6, child, &[RetentionStep::Archive][..]),
        (17, child, &[RetentionStep::Review]),
        (4, office.case, &[]),
        (6, office.case, &[RetentionStep::Notes]),
    ] {
        let at = now.plus_millis(years * 366 * 86_400_000);
        let due = bench.engine.retention_due(&bench.institution, at).unwrap();
        let of_case = due.into_iter().filter(|(of, _)| *of == case);
        let steps: Vec<RetentionStep> = of_case.map(|(_, due)| due.step).collect();
        assert_eq!(steps, expected, "{years} years");
    }
}

#[test]
fn two_people_decide_and_a_legal_process_stops_them() {
    let mut office = Office::new();
    let case = office.case;
    let erased = office
        .bench
        .record(&mut office.workers, Some(case), told(CANARY));
    office.sync_all();
    let (institution, head, worker) =
        (office.bench.institution.clone(), office.head, office.worker);
    let scope = ErasureScope::Records(vec![erased]);
    let number = office.ask(scope, RemovalReason::Erasure);
    let now = office.bench.later();
    let engine = &mut office.bench.engine;
    let decided = engine.decide_right(&institution, number, (worker, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Err(RightsRefusal::SamePerson));
    let decided = engine.decide_right(&institution, number, (office.volunteer, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Err(RightsRefusal::NotTheirs));
    let decided = engine.decide_right(&institution, number, (head, true, " "), now);
    assert_eq!(decided.unwrap(), Err(RightsRefusal::ReasonMissing));
    let held = engine.set_hold(&institution, case, (worker, worker), "Perkara.", now);
    assert_eq!(held.unwrap(), Err(RightsRefusal::SamePerson));
    let held = engine.set_hold(&institution, case, (worker, head), "Perkara pidana.", now);
    assert_eq!(held.unwrap(), Ok(()));
    let decided = engine.decide_right(&institution, number, (head, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Err(RightsRefusal::LegalHold));
    let reason = (case, "Perkara pidana.".to_owned());
    assert_eq!(engine.legal_holds(&institution).unwrap(), [reason]);
    assert!(server_holds(engine, CANARY));
    let lifted = engine.lift_hold(&institution, case, (worker, head), now);
    assert_eq!(lifted.unwrap(), Ok(()));
    let decided = engine.decide_right(&institution, number, (head, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Ok(()));
    assert!(!server_holds(engine, CANARY));
    let decided = engine.decide_right(&institution, number, (head, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Err(RightsRefusal::AlreadyDecided));
    // The client is told by letter before it is closed, and the devices confirm by syncing.
    let closed = engine.close_right(&institution, number, (head, ""), false, now);
    assert_eq!(closed.unwrap(), Err(RightsRefusal::LetterMissing));
    assert_eq!(engine.not_read(&institution, number).unwrap().len(), 3);
    office.sync_all();
    let engine = &mut office.bench.engine;
    assert_eq!(engine.not_read(&institution, number).unwrap(), []);
    let closed = engine.close_right(&institution, number, (head, "Surat 12."), true, now);
    assert_eq!(closed.unwrap(), Ok(()));
    let acts = [
        AdminAct::OpenRight,
        AdminAct::SetHold,
        AdminAct::LiftHold,
        AdminAct::DecideRight,
        AdminAct::CloseRight,
    ];
    assert_eq!(acts_on(&office, case), acts);
}
