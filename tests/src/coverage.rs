//! Every row of the five published standards, and every amendment, is covered by a test that exists.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// The rows of the standards' tables, by standard.
const ROWS: &[(&str, &str)] = &[
    (
        "S0",
        "R1 R2 R3 P1 P2 P3 P3b P4 P5 P5b P6 P7 P8 P9 P10 P11 T1 T2 B1 O1 C1 C2 C3 C4 C5 C6",
    ),
    ("S1", "R1 R2 R3 R4 P1 P2 P3 P4 P5 P6 P7 B1 O C"),
    ("S2", "R1 R2 P1 P2 P3 P4 P5 T1 T2 H B O C L F S K K2 E1 E2"),
    ("S3", "R1 R2 P1 P2 P3 P4 P5 T B O C L F S N J E"),
    ("S4", "R0 P0 H B O D1 D2 D3 D4 D5 N1 N2 N3 N4"),
];

/// The amendments.
const AMENDMENTS: &str = "A1 A2 A3 A4 A5 A6 A7 A8 A9 A10 B1 B2 B3 B4 B5 B6 B7 B8 B9 B10 \
                          C1 C2 C3 C4 C5 C6 C7 C8 C9 C10 C11 C12 C13";

/// What later work brings.
const LATER: &[&str] = &["letters", "surveys", "side workflows", "alerts", "imports"];

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Coverage {
    row: Vec<Row>,
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    id: String,
    #[serde(default)]
    by: Vec<String>,
    later: Option<String>,
    open: Option<String>,
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Names of scenario files and of test functions.
fn tests() -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    let mut folders = vec![
        root().join("core/src"),
        root().join("sync-server/src"),
        root().join("tests/scenarios"),
    ];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let extension = path.extension().and_then(|extension| extension.to_str());
            if extension == Some("toml") {
                names.insert(path.file_stem().unwrap().to_str().unwrap().to_owned());
            } else if extension == Some("rs") {
                let text = std::fs::read_to_string(&path).unwrap();
                let mut is_test = false;
                for line in text.lines().map(str::trim) {
                    if let Some((name, _)) =
                        line.strip_prefix("fn ").and_then(|l| l.split_once('('))
                        && is_test
                    {
                        names.insert(name.to_owned());
                    }
                    is_test = line == "#[test]";
                }
            }
        }
    }
    names
}

#[test]
fn every_row_of_the_standards_is_covered_or_said_to_come() {
    let text = std::fs::read_to_string(root().join("tests/coverage.toml")).unwrap();
    let coverage: Coverage = toml::from_str(&text).unwrap();
    let mut expected: BTreeSet<String> = AMENDMENTS.split(' ').map(str::to_owned).collect();
    for (standard, rows) in ROWS {
        expected.extend(rows.split(' ').map(|row| format!("{standard}.{row}")));
    }
    let mut rows = BTreeMap::new();
    for row in &coverage.row {
        assert!(
            rows.insert(row.id.clone(), row).is_none(),
            "{} twice",
            row.id
        );
    }
    let listed: BTreeSet<String> = rows.keys().cloned().collect();
    assert_eq!(listed, expected);
    let tests = tests();
    let mut open = Vec::new();
    for (id, row) in rows {
        for name in &row.by {
            assert!(tests.contains(name), "{id}: there is no test `{name}`");
        }
        if let Some(later) = &row.later {
            assert!(
                LATER.contains(&later.as_str()),
                "{id}: `{later}` is not later work"
            );
        }
        let says = !row.by.is_empty() || row.later.is_some() || row.open.is_some();
        assert!(says, "{id} has no test");
        open.extend(row.open.as_ref().map(|what| format!("{id}: {what}")));
    }
    // Until the standards are whole: what no test covers is in sight of whoever runs this with `--nocapture`.
    #[allow(clippy::print_stdout, reason = "a report for people")]
    {
        println!("{} rows are open:\n{}", open.len(), open.join("\n"));
    }
}
