//! The demo is a story that must come true, over real HTTP and real files.

use super::*;

#[test]
fn the_day_ends_as_it_is_told() {
    let mut out = Vec::new();
    let options = DemoOptions {
        json: true,
        keep: None,
    };
    run(&options, &mut out).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&out).unwrap();
    assert_eq!(report["institutions"].as_array().map(Vec::len), Some(5));
    let words = [
        "recorded",
        "committed",
        "refused",
        "needs_review",
        "turned_away",
    ];
    let summary = report["summary"].as_object().unwrap();
    assert_eq!(summary.len(), words.len(), "{summary:?}");
    for word in words {
        assert!(summary[word].as_u64() > Some(0), "no command is {word}");
    }
}
