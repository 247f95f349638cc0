//! Whole stories, looked at from the server's side.

use std::path::Path;

use jangkau_core::class::Class;
use jangkau_core::command::Nature;
use jangkau_core::id::CommandId;
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

/// After an erasure the log replays from the last checkpoint: every fact of the social case record goes, and the cases stand where
/// they stood.
#[test]
fn the_logs_of_the_five_institutions_replay_after_an_erasure() {
    for name in ["cilegon", "kaltim", "karangasem", "mataram", "tarakan"] {
        let (story, player) = play_file(&format!("main-{name}.toml"), None);
        let mut engine = Engine::from_image(&player.link().engine().image().unwrap()).unwrap();
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let now: Timestamp = "2027-06-01T09:00:00+07:00".parse().unwrap();
        for plan in &story.institutions {
            let asks = engine.add_staff(&plan.id, "Sari", &["clerk"], now, &mut rng);
            let asks = asks.or_else(|_| engine.add_staff(&plan.id, "Sari", &[], now, &mut rng));
            let asks = asks.unwrap();
            let dpo = engine
                .add_staff(&plan.id, "Dewi", &["dpo"], now, &mut rng)
                .unwrap();
            let mut erased = 0;
            for case in player.cases().values() {
                let log = engine.case_log(&plan.id, *case).unwrap();
                let facts: Vec<CommandId> = log
                    .iter()
                    .filter(|entry| {
                        let kind = entry.entry.command.kind();
                        let class = kind.sections().first().map(|section| section.0);
                        kind.nature() == Nature::Fact && class == Some(Class::Record)
                    })
                    .map(|entry| entry.entry.id)
                    .collect();
                if facts.is_empty() {
                    continue;
                }
                let before = engine.case_states(&plan.id).unwrap();
                let asked = Asked {
                    scope: Some(ErasureScope::Records(facts)),
                    reason: Some(RemovalReason::Erasure),
                };
                let what = (RightsKind::Erasure, *case);
                let opened = engine.open_right(&plan.id, what, asked, (asks, "Diminta."), now);
                let number = opened.unwrap().unwrap();
                let decided = engine.decide_right(&plan.id, number, (dpo, true, "Ya."), now);
                assert_eq!(decided.unwrap(), Ok(()), "{name}");
                assert_eq!(engine.case_states(&plan.id).unwrap(), before, "{name}");
                erased += 1;
            }
            assert!(erased > 0, "{name}");
            assert_eq!(engine.rebuild_check(&plan.id).unwrap(), [], "{name}");
        }
    }
}
