//! Whole stories, looked at from the server's side.

use std::path::Path;

use jangkau_core::class::Class;
use jangkau_core::command::{CommandKind, Nature};
use jangkau_core::id::{CaseId, CommandId, InstitutionId, PersonId};
use jangkau_core::rights::{Asked, ErasureScope, RightsKind};
use jangkau_core::sync::RemovalReason;
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::engine::Engine;

/// Plays a scenario of the repository.
fn play_file(name: &str, shuffle: Option<u64>) -> (Story, Player<InProcess>) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/scenarios");
    let beside =
        |name: &str| std::fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    let story = Story::parse_with(&beside(name).unwrap(), &beside).unwrap();
    let (player, failures) = played(&story, shuffle).unwrap();
    assert_eq!(failures, [], "{name}");
    (story, player)
}

/// The second promise: the log of a whole working day, replayed on an empty server with what was recorded beside it,
/// gives the same rulings and every other row again, byte for byte.
#[test]
fn the_logs_of_the_five_institutions_replay_byte_for_byte() {
    for name in ["cilegon", "kaltim", "karangasem", "mataram", "tarakan"] {
        // In its written order, and in one of those that it leaves free.
        for shuffle in [None, Some(5)] {
            let (story, player) = play_file(&format!("main-{name}.toml"), shuffle);
            let engine = player.link().engine();
            for plan in &story.institutions {
                let verdicts: usize = player
                    .cases()
                    .values()
                    .map(|case| engine.case_log(&plan.id, *case).unwrap())
                    .map(|log| log.iter().filter(|entry| entry.verdict.is_some()).count())
                    .sum();
                assert!(verdicts >= 10, "{name}: {verdicts} verdicts");
                let differing = engine.rebuild_check(&plan.id).unwrap();
                assert_eq!(differing, [], "{name}");
            }
        }
    }
}

/// Somebody who writes requests down, and somebody who decides.
fn two_people(engine: &mut Engine, id: &InstitutionId, now: Timestamp) -> (PersonId, PersonId) {
    let mut rng = ChaCha8Rng::seed_from_u64(3);
    let asks = engine.add_staff(id, "Sari", &[], now, &mut rng).unwrap();
    let dpo = engine
        .add_staff(id, "Dewi", &["dpo"], now, &mut rng)
        .unwrap();
    (asks, dpo)
}

/// Erases the records of a case that are chosen. Gives how many.
fn erase(
    engine: &mut Engine,
    id: &InstitutionId,
    case: CaseId,
    chosen: impl Fn(CommandKind) -> bool,
    now: Timestamp,
) -> usize {
    let (asks, dpo) = two_people(engine, id, now);
    let log = engine.case_log(id, case).unwrap();
    let records: Vec<CommandId> = log
        .iter()
        .filter(|entry| chosen(entry.entry.command.kind()))
        .map(|entry| entry.entry.id)
        .collect();
    if records.is_empty() {
        return 0;
    }
    let count = records.len();
    let asked = Asked {
        scope: Some(ErasureScope::Records(records)),
        reason: Some(RemovalReason::Erasure),
    };
    let what = (RightsKind::Erasure, case);
    let opened = engine.open_right(id, what, asked, (asks, "Diminta."), now);
    let number = opened.unwrap().unwrap();
    let decided = engine.decide_right(id, number, (dpo, true, "Ya."), now);
    assert_eq!(decided.unwrap(), Ok(()));
    count
}

/// After an erasure the log replays from the last checkpoint: every fact of the social case record goes, and the cases stand where
/// they stood.
#[test]
fn the_logs_of_the_five_institutions_replay_after_an_erasure() {
    let now: Timestamp = "2027-06-01T09:00:00+07:00".parse().unwrap();
    let is_fact_of_record = |kind: CommandKind| {
        let class = kind.sections().first().map(|section| section.0);
        kind.nature() == Nature::Fact && class == Some(Class::Record)
    };
    for name in ["cilegon", "kaltim", "karangasem", "mataram", "tarakan"] {
        let (story, player) = play_file(&format!("main-{name}.toml"), None);
        let mut engine = Engine::from_image(
            &player.link().engine().image().unwrap(),
            player.link().engine().keys(),
        )
        .unwrap();
        for plan in &story.institutions {
            let mut erased = 0;
            for case in player.cases().values() {
                let before = engine.case_states(&plan.id).unwrap();
                erased += erase(&mut engine, &plan.id, *case, is_fact_of_record, now);
                assert_eq!(engine.case_states(&plan.id).unwrap(), before, "{name}");
            }
            assert!(erased > 0, "{name}");
            assert_eq!(engine.rebuild_check(&plan.id).unwrap(), [], "{name}");
        }
    }
}

/// When every word of every record has gone, a case stands where its decisions brought it, and what is due is due.
#[test]
fn a_case_stands_where_it_stood_when_all_of_its_words_are_erased() {
    let now: Timestamp = "2027-06-01T09:00:00+07:00".parse().unwrap();
    for name in ["cilegon", "kaltim", "karangasem", "mataram", "tarakan"] {
        let (story, player) = play_file(&format!("main-{name}.toml"), None);
        let mut engine = Engine::from_image(
            &player.link().engine().image().unwrap(),
            player.link().engine().keys(),
        )
        .unwrap();
        for plan in &story.institutions {
            for case in player.cases().values() {
                let before = engine.case_states(&plan.id).unwrap().remove(case);
                if erase(&mut engine, &plan.id, *case, |_| true, now) == 0 {
                    continue;
                }
                let after = engine.case_states(&plan.id).unwrap().remove(case);
                let (before, after) = (before.unwrap(), after.unwrap());
                assert_eq!(after.status, before.status, "{name}");
                assert_eq!(after.milestones, before.milestones, "{name}");
                assert_eq!(after.safety, before.safety, "{name}");
                assert_eq!(after.clocks, before.clocks, "{name}");
                assert_eq!(after.decisions, before.decisions, "{name}");
            }
            assert_eq!(engine.rebuild_check(&plan.id).unwrap(), [], "{name}");
        }
    }
}

/// That bytes arrived is an input of the log, told once.
#[test]
fn photos_that_arrive_after_their_records_replay_with_everything_else() {
    for shuffle in [None, Some(5)] {
        play_file("x45-one-card-on-two-devices.toml", shuffle);
    }
}
