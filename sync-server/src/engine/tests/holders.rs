//! Who holds a case follows from the decisions that stand, and from nothing else.

use std::collections::BTreeSet;

use jangkau_core::class::Class;
use jangkau_core::command::{
    Command, PaperState, Purpose, Reassign, Register, ScheduleSession, SightDocument, SignConsent,
};
use jangkau_core::id::{CaseId, PersonId, ServerSeq};
use jangkau_core::record::Line;
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::rules::{Refusal, Verdict};
use jangkau_core::sync::{AuditKind, GlassSaid, GrantRow, GrantScope, Row};

use super::bench::{Bench, registration};
use super::conflicts::conflict;
use super::glass::asking;
use super::office::Office;
use super::replicas::assign;
use crate::audit::Actor;
use crate::store::log;

const HOUR: i64 = 60 * 60 * 1_000;

impl Bench {
    /// What a person may hold of one case by that case alone.
    pub(super) fn granted(&self, person: PersonId, case: CaseId) -> Vec<GrantRow> {
        let mut granted = self.engine.grants(&self.institution, person).unwrap();
        granted.retain(|grant| grant.scope == GrantScope::Case(case));
        granted
    }

    fn serve(&mut self, person: PersonId, kecamatan: &str) {
        let now = self.later();
        let areas = BTreeSet::from([kecamatan.to_owned()]);
        let engine = &mut self.engine;
        let served = engine.set_terms(&self.institution, person, None, areas, now);
        served.unwrap();
    }

    /// Records a command, sends it, and says what became of it.
    fn decide(
        &mut self,
        replica: &mut Replica,
        case: CaseId,
        command: impl Into<Command>,
    ) -> Verdict {
        let id = self.record(replica, Some(case), command);
        self.sync(replica);
        match replica.fate(id).unwrap() {
            Some(Fate::Judged(verdict)) => verdict,
            other => panic!("{other:?}"),
        }
    }
}

fn booking(lead: PersonId, bench: &Bench) -> ScheduleSession {
    ScheduleSession {
        lead,
        starts_at: bench.now.plus_millis(24 * HOUR),
        both_agreed: true,
        reason: None,
    }
}

fn hand_on(assignee: PersonId) -> Reassign {
    Reassign {
        assignee,
        reason: Line::new("Cuti").unwrap(),
    }
}

/// A case that is ready for sessions, the head's device, and the psychologist whose case it is.
fn ready() -> (Bench, CaseId, Replica, PersonId) {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution", "social_worker"]);
    let psychologist = bench.person(&["psychologist"]);
    let mut desk = bench.replica(head);
    let case = CaseId::from(bench.record(&mut desk, None, registration()));
    bench.sync(&mut desk);
    let consent = SignConsent {
        purposes: Purpose::ALL.iter().copied().collect(),
        text_version: Line::new("1").unwrap(),
        recipient: None,
        after_withdrawals: BTreeSet::new(),
        signed_by: None,
        guardian: None,
        assent: None,
    };
    bench.decide(&mut desk, case, consent);
    for requirement in ["ktp", "kk"] {
        let paper = SightDocument {
            requirement: requirement.parse().unwrap(),
            state: PaperState::Present,
            note: None,
        };
        bench.decide(&mut desk, case, paper);
    }
    let assigned = bench.decide(&mut desk, case, assign(psychologist));
    assert_eq!(assigned, Verdict::Committed);
    (bench, case, desk, psychologist)
}

#[test]
fn who_handed_a_case_on_leads_none_of_its_sessions_until_one_is_booked_again() {
    let (mut bench, case, mut desk, psychologist) = ready();
    let worker = bench.person(&["social_worker"]);
    let booked = booking(psychologist, &bench);
    assert_eq!(
        bench.decide(&mut desk, case, booked.clone()),
        Verdict::Committed
    );
    let held = bench.granted(psychologist, case);
    assert!(held.iter().any(GrantRow::gives_documents));
    let handed = bench.decide(&mut desk, case, hand_on(worker));
    assert_eq!(handed, Verdict::Committed);
    let left = bench.granted(psychologist, case);
    assert!(!left.iter().any(GrantRow::gives_documents), "{left:?}");
    let again = bench.decide(&mut desk, case, booked);
    assert_eq!(again, Verdict::Committed);
    assert_eq!(bench.granted(psychologist, case), held);
    bench.check();
}

#[test]
fn a_decision_that_was_refused_gives_nothing() {
    let (mut bench, case, mut desk, psychologist) = ready();
    let worker = bench.person(&["social_worker"]);
    let colleague = bench.person(&["psychologist"]);
    let mut field = bench.replica(worker);
    for to in [worker, psychologist] {
        bench.decide(&mut desk, case, hand_on(to));
        bench.sync(&mut field);
    }
    // A social worker leads no session; who was tried and refused is no holder by it either.
    let one = booking(worker, &bench);
    let refused = Verdict::Refused(Refusal::RoleNotAllowed);
    assert_eq!(bench.decide(&mut desk, case, one), refused);
    let left = bench.granted(worker, case);
    // Another decision, after which everybody's grants are looked at.
    let other = booking(colleague, &bench);
    assert_eq!(bench.decide(&mut desk, case, other), Verdict::Committed);
    assert_eq!(bench.granted(worker, case), left);
    assert!(!left.iter().any(GrantRow::gives_documents), "{left:?}");
    assert!(!bench.granted(colleague, case).is_empty());
    bench.check();
}

#[test]
fn a_kecamatan_gives_its_cases_to_its_volunteers_and_to_nobody_else() {
    let mut bench = Bench::new();
    let [there, elsewhere] = [(); 2].map(|()| bench.person(&["volunteer"]));
    let worker = bench.person(&["social_worker"]);
    let clerk = bench.person(&["clerk"]);
    bench.serve(there, "Grogol");
    bench.serve(elsewhere, "Ciwandan");
    bench.serve(worker, "Grogol");
    let mut office = bench.replica(clerk);
    let register = Register {
        kecamatan: Line::new(" grogol").ok(),
        ..registration()
    };
    let case = CaseId::from(bench.record(&mut office, None, register));
    bench.sync(&mut office);
    assert!(!bench.granted(there, case).is_empty());
    assert_eq!(bench.granted(elsewhere, case), []);
    assert_eq!(bench.granted(worker, case), [], "no volunteer");
    bench.check();
}

#[test]
fn who_broke_glass_has_no_part_in_the_case_by_it() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let head = bench.person(&["head_of_institution"]);
    // A volunteer who once had a case keeps a view of it; this one never had it.
    let helper = bench.person(&["social_worker", "volunteer"]);
    let [mut desk, mut helps] = [head, helper].map(|person| bench.replica(person));
    let case = CaseId::from(bench.record(&mut desk, None, registration()));
    bench.sync(&mut desk);
    bench.decide(&mut desk, case, assign(worker));
    bench.sync(&mut helps);
    let said = bench.glass(&mut helps, &asking(case, Class::Record));
    assert!(matches!(said, GlassSaid::Opened { .. }), "{said:?}");
    let opened = bench.granted(helper, case);
    assert_eq!(opened.len(), 1);
    bench.decide(&mut desk, case, hand_on(head));
    assert_eq!(bench.granted(helper, case), opened);
    bench.check();
}

#[test]
fn the_record_of_broken_glass_names_whom_it_is_told() {
    let mut bench = Bench::new();
    let head = bench.person(&["head_of_institution"]);
    let [officer, relative] = [(); 2].map(|()| bench.person(&["dpo"]));
    let worker = bench.person(&["social_worker"]);
    // An officer who breaks glass is not told of what they did.
    let helper = bench.person(&["social_worker", "dpo"]);
    let [mut desk, mut helps] = [head, helper].map(|person| bench.replica(person));
    let case = CaseId::from(bench.record(&mut desk, None, registration()));
    bench.sync(&mut desk);
    bench.decide(&mut desk, case, assign(worker));
    bench.decide(&mut desk, case, conflict(relative));
    bench.sync(&mut helps);
    let said = bench.glass(&mut helps, &asking(case, Class::Safety));
    let GlassSaid::Opened { grant, .. } = said else {
        panic!("{said:?}");
    };
    let tenant = bench.engine.institution(&bench.institution).unwrap().tenant;
    let at = ServerSeq::new(grant.get() - 1);
    let (row, _) = log::get(&bench.engine.store.db(), tenant, at).unwrap();
    let Row::Notice(notice) = row else {
        panic!("{row:?}");
    };
    let told: BTreeSet<PersonId> = notice.to.into_iter().collect();
    assert_eq!(told, BTreeSet::from([head, officer, worker]));
    // The audit chain says who and which case, of the record and of the grant.
    for kind in [AuditKind::Notice, AuditKind::Grant] {
        let mut entries = bench.told(kind);
        let last = entries.pop().unwrap();
        assert_eq!(last.actor, Actor::Server, "{kind:?}");
        assert_eq!((last.subject, last.case), (Some(helper), Some(case)));
    }
}

#[test]
fn a_decision_that_the_database_lost_without_an_erasure_is_an_error() {
    let mut office = Office::new();
    office.bench.tamper(|db| {
        // An empty list of records in the place of what was kept.
        db.execute("UPDATE command SET records = X'80'", [])
            .unwrap();
    });
    let now = office.bench.later();
    let institution = office.bench.institution.clone();
    let engine = &mut office.bench.engine;
    let changed = engine.change_staff(&institution, office.worker, &["clerk"], true, now);
    assert!(changed.is_err());
}
