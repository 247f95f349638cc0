//! A docket that takes a log command by command says what judging the whole log says.

use super::*;

/// Random logs for each profile.
const LOGS: u64 = 48;
/// Commands of each, after the beginning.
const LOG_LEN: usize = 40;

/// Judges every beginning of a log from scratch, and the same in one docket.
#[track_caller]
fn check(profile: &Profile, calendar: &Calendar, entries: &[LogEntry], seed: u64) {
    let log = |entries| logs::case_log(profile, calendar, entries);
    let mut docket = Docket::new(&log(&[]));
    let mut given = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        given.extend(docket.take(entry));
        let scratch = judge(&log(&entries[..=index]));
        let place = format!("{} seed {seed} entry {index}", profile.id);
        assert_eq!(docket.state(), scratch.state, "{place}");
        assert_eq!(given, scratch.verdicts, "{place}");
    }
}

#[test]
fn one_more_command_gives_what_the_whole_log_gives() {
    let calendar = Calendar::shipped().unwrap();
    let mut kinds = BTreeSet::new();
    let mut codes = BTreeSet::new();
    for profile in shipped().unwrap() {
        for seed in 0..LOGS {
            let draw = logs::Draw::new(&profile, seed, seed % 2 == 0);
            let entries = draw.any(LOG_LEN).entries;
            check(&profile, &calendar, &entries, seed);
            kinds.extend(entries.iter().map(|entry| entry.entry.command.kind()));
            let log = logs::case_log(&profile, &calendar, &entries);
            let verdicts = judge(&log).verdicts;
            codes.extend(
                verdicts
                    .into_iter()
                    .map(|(_, verdict)| format!("{verdict:?}")),
            );
        }
    }
    // The logs are worth comparing.
    assert_eq!(kinds.len(), CommandKind::ALL.len());
    assert!(codes.len() > 80, "{}", codes.len());
}

#[test]
fn a_log_with_stored_verdicts_is_taken_like_one_without() {
    let calendar = Calendar::shipped().unwrap();
    let mut answered = 0;
    for profile in shipped().unwrap() {
        for seed in 0..LOGS / 4 {
            let mut draw = logs::Draw::new(&profile, seed, true).any(LOG_LEN);
            let waiting = judge(&logs::case_log(&profile, &calendar, &draw.entries)).state;
            for item in waiting.reviews {
                draw.answer(item.command);
            }
            let mut entries = draw.any(5).entries;
            let fresh = judge(&logs::case_log(&profile, &calendar, &entries));
            let finals: BTreeMap<_, _> = fresh.verdicts.into_iter().collect();
            for entry in &mut entries {
                entry.verdict = finals.get(&entry.entry.id).cloned();
                let is_answer = matches!(entry.entry.command, Command::AnswerReview(_));
                answered += usize::from(is_answer && entry.verdict == Some(Verdict::Committed));
            }
            check(&profile, &calendar, &entries, seed);
            let stored = judge(&logs::case_log(&profile, &calendar, &entries));
            assert_eq!(stored.state, fresh.state, "{} seed {seed}", profile.id);
            assert_eq!(stored.verdicts, []);
        }
    }
    assert!(answered > 10, "{answered}");
}
