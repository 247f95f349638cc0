//! Breaking glass: who may, who is told, when it ends, and that a replay gives the same.

use jangkau_core::class::Class;
use jangkau_core::command::{Assign, Reassign};
use jangkau_core::id::{CaseId, PersonId};
use jangkau_core::record::Line;
use jangkau_core::replica::Replica;
use jangkau_core::screen::AttentionKind;
use jangkau_core::sync::{
    AuditKind, GlassAsk, GlassCase, GlassRefusal, GlassSaid, Refused, SYNC_ROUTE, SeatStatus,
    SignedRequest, encode_body,
};
use jangkau_core::text::Language;

use super::bench::{Bench, registration, visit};
use crate::audit::Actor;

const HOUR: i64 = 60 * 60 * 1_000;

pub(super) fn asking(case: CaseId, class: Class) -> GlassAsk {
    GlassAsk {
        case: GlassCase::Id(case),
        class,
        reason: "Ibu W menelepon.".to_owned(),
    }
}

impl Bench {
    /// Asks to break glass, as a replica does that has just synced.
    pub(super) fn glass(&mut self, replica: &mut Replica, ask: &GlassAsk) -> GlassSaid {
        let body = match replica.ask_glass(ask) {
            Ok(body) => body,
            Err(refusal) => return GlassSaid::Refused(refusal),
        };
        let now = self.later();
        let reply = self.engine.glass(&body, now, &mut self.rng).unwrap();
        replica.take_glass(&reply, now).unwrap()
    }

    /// A case with a record that is assigned to somebody; gives them, their colleague, and the head.
    fn family(&mut self) -> (CaseId, [PersonId; 3], [Replica; 3]) {
        let worker = self.person(&["social_worker"]);
        let colleague = self.person(&["social_worker"]);
        let head = self.person(&["head_of_institution"]);
        let mut replicas = [worker, colleague, head].map(|person| self.replica(person));
        let [of_worker, of_colleague, of_head] = &mut replicas;
        let case = CaseId::from(self.record(of_worker, None, registration()));
        self.record(of_worker, Some(case), visit());
        self.sync(of_worker);
        self.sync(of_head);
        let assign = Assign {
            assignee: worker,
            instruction: None,
        };
        self.record(of_head, Some(case), assign);
        for replica in [of_head, of_worker, of_colleague] {
            self.sync(replica);
        }
        (case, [worker, colleague, head], replicas)
    }

    pub(super) fn told_of_glass(&self, replica: &Replica) -> Vec<CaseId> {
        let asked = replica
            .attention(None, self.now, Language::Indonesian)
            .unwrap();
        let broken = asked
            .into_iter()
            .filter(|item| item.kind == AttentionKind::GlassBroken);
        broken.map(|item| item.case).collect()
    }
}

#[test]
fn broken_glass_is_written_down_before_it_gives_anything_and_ends_by_a_row() {
    let mut bench = Bench::new();
    let (case, [_, colleague, _], [mut one, mut two, mut head]) = bench.family();
    let before = bench.engine.head(&bench.institution).unwrap();
    let ask = asking(case, Class::Record);
    let said = bench.glass(&mut two, &ask);
    let GlassSaid::Opened { grant, until } = said else {
        panic!("{said:?}");
    };
    assert_eq!(
        grant.get(),
        before.get() + 2,
        "the record stands before the grant"
    );
    assert_eq!(until, bench.now.plus_millis(24 * HOUR));
    let entries = bench.told(AuditKind::BreakGlass);
    assert_eq!(entries.len(), 1, "the audit chain tells of it once");
    assert_eq!(entries[0].actor, Actor::Person(colleague));
    assert_eq!(
        (entries[0].case, entries[0].until),
        (Some(case), Some(until))
    );
    assert_eq!(
        bench.glass(&mut two, &ask),
        said,
        "asked again, it is the same opening"
    );
    assert_eq!(
        two.documents().unwrap().len(),
        0,
        "documents come with an exchange"
    );
    for replica in [&mut one, &mut two, &mut head] {
        bench.sync(replica);
    }
    let held: Vec<Class> = two
        .documents()
        .unwrap()
        .iter()
        .map(|key| key.class)
        .collect();
    assert_eq!(held, [Class::Record]);
    bench.same_documents(&two, colleague);
    assert_eq!(bench.told_of_glass(&one), [case], "the worker responsible");
    assert_eq!(
        bench.told_of_glass(&head),
        [case],
        "the head, in the place of an officer"
    );
    assert_eq!(bench.told_of_glass(&two), [], "who did it");
    bench.now = bench.now.plus_millis(25 * HOUR);
    bench.sync(&mut one);
    bench.sync(&mut two);
    assert_eq!(two.documents().unwrap().len(), 0);
    assert_eq!(two.cases().unwrap(), []);
    assert_eq!(bench.told_of_glass(&one), [case], "it stays told");
    bench.check();
}

#[test]
fn what_broken_glass_gave_is_not_in_the_way_of_what_an_assignment_gives() {
    let mut bench = Bench::new();
    let (case, [_, colleague, _], [_, mut two, mut head]) = bench.family();
    for class in [Class::Record, Class::Safety] {
        let said = bench.glass(&mut two, &asking(case, class));
        assert!(matches!(said, GlassSaid::Opened { .. }), "{said:?}");
    }
    let reassign = Reassign {
        assignee: colleague,
        reason: Line::new("Cuti").unwrap(),
    };
    bench.record(&mut head, Some(case), reassign);
    bench.sync(&mut head);
    bench.now = bench.now.plus_millis(25 * HOUR);
    bench.sync(&mut two);
    let held: Vec<Class> = two
        .documents()
        .unwrap()
        .iter()
        .map(|key| key.class)
        .collect();
    assert!(
        held.contains(&Class::Record) && held.contains(&Class::Intake),
        "{held:?}"
    );
    bench.check();
}

#[test]
fn glass_is_refused_to_who_may_not_and_for_what_nobody_may() {
    let mut bench = Bench::new();
    let (case, _, [_, mut two, mut head]) = bench.family();
    let refused = |refusal| GlassSaid::Refused(refusal);
    let notes = bench.glass(&mut head, &asking(case, Class::Notes));
    assert_eq!(
        notes,
        refused(GlassRefusal::NotThisClass),
        "B9: without exception"
    );
    let unknown = asking(CaseId::from_bytes([9; 16]), Class::Record);
    assert_eq!(
        bench.glass(&mut two, &unknown),
        refused(GlassRefusal::NoSuchCase)
    );
    // Whoever may not learns nothing of whether there is such a case.
    let clerk = bench.person(&["clerk"]);
    let mut clerk = bench.replica(clerk);
    bench.sync(&mut clerk);
    assert_eq!(
        bench.glass(&mut clerk, &unknown),
        refused(GlassRefusal::NoRight)
    );
    let held = asking(case, Class::Record);
    assert_eq!(
        bench.glass(&mut head, &held),
        refused(GlassRefusal::NoRight)
    );
    let now = bench.later();
    let lapsed = bench.person(&["social_worker"]);
    let institution = bench.institution.clone();
    bench
        .engine
        .set_terms(&institution, lapsed, Some(now), Default::default(), now)
        .unwrap();
    let mut lapsed = bench.replica(lapsed);
    bench.sync(&mut lapsed);
    assert_eq!(
        bench.glass(&mut lapsed, &held),
        refused(GlassRefusal::NoRight)
    );
    assert_eq!(bench.told_of_glass(&head), []);
}

#[test]
fn a_mandate_reaches_to_its_last_instant() {
    let mut bench = Bench::new();
    let (case, [_, colleague, _], [_, mut two, _]) = bench.family();
    let last = bench.now.plus_millis(60_000);
    let institution = bench.institution.clone();
    let terms = bench.engine.set_terms(
        &institution,
        colleague,
        Some(last),
        Default::default(),
        bench.now,
    );
    terms.unwrap();
    let said = bench.glass(&mut two, &asking(case, Class::Record));
    assert_eq!(bench.now, last);
    assert!(matches!(said, GlassSaid::Opened { .. }), "{said:?}");
}

#[test]
fn a_request_to_break_glass_is_heard_only_from_the_seat_itself_and_once() {
    let mut bench = Bench::new();
    let (case, [_, colleague, _], [_, mut two, _]) = bench.family();
    let ask = asking(case, Class::Record);
    let body = two.ask_glass(&ask).unwrap();
    let now = bench.later();
    assert!(bench.engine.glass(&body, now, &mut bench.rng).is_ok());
    let again = bench.engine.glass(&body, now, &mut bench.rng).unwrap_err();
    assert_eq!(again.code, Refused::StaleNonce);
    let hand = bench.seat_of(colleague);
    let elsewhere = SignedRequest::sign(
        SYNC_ROUTE,
        hand.seat,
        hand.nonce,
        encode_body(&ask),
        &hand.key,
    );
    let other = bench
        .engine
        .glass(&elsewhere.to_bytes(), now, &mut bench.rng);
    assert_eq!(
        other.unwrap_err().code,
        Refused::BadSignature,
        "a signature for another route"
    );
    let institution = bench.institution.clone();
    for (status, code) in [
        (SeatStatus::Retired, Refused::RetiredSeat),
        (SeatStatus::Stolen, Refused::StolenSeat),
    ] {
        let mut replica = bench.replica(colleague);
        bench.sync(&mut replica);
        let now = bench.later();
        bench
            .engine
            .revoke(&institution, replica.seat(), status, now)
            .unwrap();
        let body = replica.ask_glass(&ask).unwrap();
        let told = bench.engine.glass(&body, now, &mut bench.rng);
        assert_eq!(told.unwrap_err().code, code);
    }
}

#[test]
fn a_restore_takes_back_what_broken_glass_gave_and_leaves_what_was_told() {
    let mut bench = Bench::new();
    let (case, _, [mut one, mut two, _]) = bench.family();
    let backup = bench.engine.image().unwrap();
    let said = bench.glass(&mut two, &asking(case, Class::Record));
    assert!(matches!(said, GlassSaid::Opened { .. }));
    bench.sync(&mut one);
    bench.sync(&mut two);
    bench.restore(&backup);
    bench.sync(&mut one);
    bench.sync(&mut two);
    assert_eq!(two.documents().unwrap().len(), 0);
    assert_eq!(bench.told_of_glass(&one), [case]);
    bench.check();
}
