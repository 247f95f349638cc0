//! Every record that phones see either hides what is in it from logs, or stands on the list of those that hold nothing about anybody.
#![allow(clippy::unwrap_used, reason = "a test stops where something is wrong")]

use std::collections::BTreeSet;
use std::path::Path;

/// Records without anything that a person typed or that tells of a client: counts, codes, instants, ids, sentences about the whole office.
const IMPERSONAL: [&str; 21] = [
    "AttachmentLine",
    "AttentionScreen",
    "CaseChange",
    "ClockReading",
    "DeadlineScreen",
    "FormChoice",
    "FormField",
    "FormFinding",
    "FormScreen",
    "GlassOutcome",
    "Hotline",
    "ListScreen",
    "NoticeLine",
    "RecordedOnce",
    "SyncOutcome",
    "SyncProgress",
    "TimelineScreen",
    "TodayScreen",
    "UnsentLine",
    "VaultChange",
    "VaultStanding",
];

fn sources(folder: &Path, into: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            sources(&path, into);
        } else {
            into.push(std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn no_record_shows_personal_data_in_a_log() {
    let mut texts = Vec::new();
    sources(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut texts,
    );
    let mut seen = BTreeSet::new();
    for text in &texts {
        for derived in text.split("uniffi::Record)]").skip(1) {
            let (before, after) = derived.split_once("pub struct ").unwrap();
            let name: String = after.chars().take_while(|c| c.is_alphanumeric()).collect();
            if name.is_empty() {
                // Of a macro: pages hold records that are looked at themselves, commands are tested beside them.
                continue;
            }
            let hides = before.contains("uniffi::export(Debug, Display)")
                && text.contains(&format!("redacted!({name});"));
            let is_impersonal = IMPERSONAL.contains(&name.as_str());
            assert!(hides != is_impersonal, "{name}");
            seen.insert(name);
        }
    }
    assert!(seen.len() > 25, "{seen:?}");
}
