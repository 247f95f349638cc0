//! Whole stories, looked at from the server's side.

use std::path::Path;

use super::*;

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
