//! The first promise: what is computed from facts is equal in every order in which they arrived.

use super::super::facts::{Consent, Facts};
use super::*;
use crate::deadline::Pause;

/// Orders of arrival that are tried for each profile.
const ORDERS: u64 = 200;
const FACTS: usize = 60;

/// The marks that rest on facts and on the command alone.
const OF_FACTS: [Flag; 4] = [
    Flag::RoleNotAllowed,
    Flag::PossibleSameEvent,
    Flag::ClockFuture,
    Flag::TimeUnverified,
];

/// What facts say, whatever was decided.
#[derive(Debug, PartialEq)]
struct Told {
    milestones: BTreeMap<crate::profile::words::Milestone, Timestamp>,
    consents: Vec<Consent>,
    consent_then: Vec<Consent>,
    sessions: Vec<CommandId>,
    papers: Vec<(Option<Timestamp>, Option<Pause>)>,
    raises: Vec<(CommandId, SafetyLevel)>,
    categories: BTreeSet<Category>,
    registrar: Option<PersonId>,
    doubles: Vec<bool>,
    identity_conflict: bool,
}

fn told(profile: &Profile, facts: &Facts<'_>) -> Told {
    let recipients = [None, Some("UPTD PPA"), Some("Polres")];
    let asked = Purpose::ALL
        .iter()
        .flat_map(|purpose| recipients.map(|recipient| (*purpose, recipient)));
    let papers = profile.requirements.iter().map(|requirement| {
        let id = requirement.id.as_str();
        (facts.paper_seen(id), facts.paper_wait(id))
    });
    Told {
        milestones: facts.milestones(),
        consents: asked
            .map(|(purpose, recipient)| facts.consent(purpose, recipient))
            .collect(),
        consent_then: facts
            .iter()
            .map(|entry| facts.service_consent_at(entry.at()))
            .collect(),
        sessions: facts
            .sessions()
            .iter()
            .map(|entry| entry.entry.id)
            .collect(),
        papers: papers.collect(),
        raises: facts
            .raises()
            .map(|(entry, level)| (entry.entry.id, level))
            .collect(),
        categories: facts.categories(),
        registrar: facts.registrar(),
        doubles: facts.iter().map(|entry| facts.is_double(entry)).collect(),
        identity_conflict: facts.has_identity_conflict(),
    }
}

/// The facts of a log, asked nothing before all of them have arrived.
fn facts_of<'a>(entries: &'a [LogEntry]) -> Facts<'a> {
    let mut facts = Facts::default();
    for entry in entries {
        facts.insert(entry);
    }
    facts
}

/// The marks of facts that rest on facts and on the command alone.
fn marked(log: &CaseLog<'_>) -> BTreeSet<(CommandId, Flag)> {
    let marks = judge(log).state.fact_flags.into_iter();
    marks
        .flat_map(|(id, flags)| flags.into_iter().map(move |flag| (id, flag)))
        .filter(|(_, flag)| OF_FACTS.contains(flag))
        .collect()
}

/// Draws a case of every profile and gives what `computed` makes of each order in which it may have arrived, the first
/// command always first.
fn in_every_order<T: PartialEq + std::fmt::Debug>(
    keep: impl Fn(&LogEntry) -> bool,
    computed: impl Fn(&CaseLog<'_>) -> T,
) -> Vec<T> {
    let calendar = Calendar::shipped().unwrap();
    let mut all = Vec::new();
    for (profile, seed) in shipped().unwrap().into_iter().zip(50..) {
        let mut entries = logs::Draw::new(&profile, seed, false).facts(FACTS).entries;
        entries.retain(|entry| keep(entry));
        let expected = computed(&logs::case_log(&profile, &calendar, &entries));
        for order in 0..ORDERS {
            let arrived = logs::shuffled(&entries, order);
            let place = format!("{} order {order}", profile.id);
            assert_eq!(
                computed(&logs::case_log(&profile, &calendar, &arrived)),
                expected,
                "{place}"
            );
        }
        all.push(expected);
    }
    all
}

#[test]
fn a_case_of_facts_is_equal_in_every_order_of_arrival() {
    let is_kept = |entry: &LogEntry| {
        let kind = entry.entry.command.kind();
        kind.nature() == Nature::Fact || kind == CommandKind::Register
    };
    let states = in_every_order(is_kept, |log| {
        let mut state = judge(log).state;
        // Which row each has is the order itself.
        state.reviews.sort_by_key(|item| item.command);
        state.judged_through = ServerSeq::default();
        state
    });
    let is_rich = |state: &CaseState| {
        state.fact_flags.len() > 10 && state.clocks.len() > 2 && !state.sessions.is_empty()
    };
    assert!(states.iter().all(is_rich));
}

#[test]
fn what_facts_say_beside_decisions_is_equal_in_every_order_of_arrival() {
    let cases = in_every_order(
        |_| true,
        |log| (told(log.profile, &facts_of(log.entries)), marked(log)),
    );
    assert!(cases.iter().all(|(_, marks)| marks.len() > 5));
    let cases: Vec<Told> = cases.into_iter().map(|(told, _)| told).collect();
    // Each of these is told in some case, or comparing it says nothing.
    let some = |is_it: fn(&Told) -> bool| assert!(cases.iter().any(is_it));
    some(|told| told.raises.len() > 2);
    some(|told| told.milestones.len() > 3);
    some(|told| told.doubles.contains(&true));
    some(|told| told.sessions.len() > 2);
    some(|told| told.papers.iter().any(|(seen, _)| seen.is_some()));
    some(|told| told.papers.iter().any(|(_, wait)| wait.is_some()));
    some(|told| told.consents.contains(&Consent::Granted));
    some(|told| told.consents.contains(&Consent::Withdrawn));
    some(|told| told.consent_then.contains(&Consent::Granted));
    some(|told| told.consent_then.contains(&Consent::Withdrawn));
    some(|told| told.identity_conflict);
    some(|told| !told.categories.is_empty());
}

#[test]
fn what_facts_remember_is_what_they_say_anew() {
    for (profile, seed) in shipped().unwrap().into_iter().zip(50..) {
        let entries = logs::Draw::new(&profile, seed, false).any(FACTS).entries;
        for order in 0..4 {
            let arrived = logs::shuffled(&entries, order);
            let mut facts = Facts::default();
            for (index, entry) in arrived.iter().enumerate() {
                facts.insert(entry);
                let anew = facts_of(&arrived[..=index]);
                assert_eq!(told(&profile, &facts), told(&profile, &anew), "{index}");
            }
        }
    }
}
