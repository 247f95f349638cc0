//! The shipped table, cell by cell, beside section 9.

use super::*;

/// Section 9 as amended, one line for each holder: reading, writing and view of each class, in the order of `COLUMNS`. Reading: `-` none, `o` own, `u` unit,
/// `I` institution. Writing: `-` none, `e` own entries, `w` all. View: its first letter (`M` masked, `C` contact, `D` metadata, `S` summary,
/// `A` aftercare, `F` flag) or `-`. An `!` means that it may be opened by breaking the glass.
const SECTION_9: &[(&str, &str)] = &[
    ("volunteer", "o-- owC -eA --- --- --- --- --F -e- --- -w-"),
    (
        "social_worker",
        "u-- owM ow-! oe- ow- oe- --- ow-! ow- --- -w-",
    ),
    ("counsellor", "o-- o-- oe- oe- ow- ow- --- o-- --- --- -w-"),
    (
        "psychologist",
        "u-- o-- oe- oe- ow- ow- --- o--! --- --- -w-",
    ),
    ("clergy", "o-- o-- -eS oe- oe- -e- oe- --F --- --- -w-"),
    (
        "legal_practitioner",
        "o-- o-- -eS oe- oe- -e- oe- --F --- --- -w-",
    ),
    (
        "education_practitioner",
        "o-- o-- -eS oe- oe- -e- oe- --F --- --- -w-",
    ),
    ("secretary", "I-- Iw- -e- --- -eD --- --- --F -e- --- Iw-"),
    ("clerk", "I-- Iw- -e- --- -eD --- --- --F -e- --- Iw-"),
    ("admin", "I-- Iw- -e- --- -eD --- --- --F -e- --- Iw-"),
    (
        "hotline_admin",
        "o--24 ow- -e- --- --- --- --- --F -e- --- Iw-",
    ),
    (
        "head_of_institution",
        "I-- --- --- --- --- --- --- --- --- --- -w-",
    ),
    (
        "division_head",
        "I-- --M --S --- --D --- --- --F --- --- -w-",
    ),
    (
        "head_of_office",
        "I-- --- --- --- --- --- --- --F --- --- -w-",
    ),
    (
        "direct_superior",
        "--- --- --- --- --- --- --- --- --- --- ---",
    ),
    ("dpo", "--- --- --- --- --- --- --- --- --- --- ---"),
    ("auditor", "--- --- --- --- --- --- --- --- --- --- ---"),
    (
        "system_administrator",
        "--- --- --- --- --- --- --- --- --- --- ---",
    ),
    ("head", "I-- Iw- Iw- --- Iw- Iw- --- Iw- --- Iw- Iw-"),
];

const COLUMNS: [Column; 11] = [
    Column::Index,
    Column::Of(Class::Intake),
    Column::Of(Class::Record),
    Column::Of(Class::Notes),
    Column::Of(Class::Sessions),
    Column::Of(Class::Summary),
    Column::Of(Class::Practitioner),
    Column::Of(Class::Safety),
    Column::Of(Class::Reporter),
    Column::Of(Class::Links),
    Column::Of(Class::Activity),
];

fn holder(word: &str) -> Holder {
    word.parse().map_or(Holder::Head, Holder::Role)
}

fn letters(cell: Cell) -> String {
    let read = match cell.read {
        Reading::None => '-',
        Reading::OwnCases => 'o',
        Reading::Unit => 'u',
        Reading::Institution => 'I',
    };
    let write = match cell.write {
        Writing::None => '-',
        Writing::OwnEntries => 'e',
        Writing::All => 'w',
    };
    let view = match cell.view {
        None => '-',
        Some(ViewKind::Masked) => 'M',
        Some(ViewKind::Contact) => 'C',
        Some(ViewKind::Metadata) => 'D',
        Some(ViewKind::Summary) => 'S',
        Some(ViewKind::Aftercare) => 'A',
        Some(ViewKind::Conference) => 'K',
        Some(ViewKind::Flag) => 'F',
    };
    let glass = if cell.break_glass { "!" } else { "" };
    let hours = cell.hours.map_or(String::new(), |hours| hours.to_string());
    format!("{read}{write}{view}{glass}{hours}")
}

#[test]
fn every_role_gets_of_every_class_what_section_9_says() {
    assert_eq!(SECTION_9.len(), Role::ALL.len() + 1);
    for (word, expected) in SECTION_9 {
        let cells: Vec<String> = COLUMNS
            .iter()
            .map(|column| letters(cell(&[], holder(word), *column)))
            .collect();
        assert_eq!(cells.join(" "), *expected, "{word}");
    }
    assert_eq!(COLUMNS.len(), Class::ALL.len() + 1);
}

#[test]
fn the_shipped_rows_parse_name_their_source_and_stand_once() {
    let rows = parse(FILE).unwrap();
    let mut seen = BTreeSet::new();
    for row in &rows {
        assert_eq!(row.check(), Ok(()), "{row:?}");
        for holder in &row.holders {
            assert!(seen.insert((*holder, row.class)), "{row:?} stands twice");
        }
        let names = ["section 9", "DEFAULT", "A1", "B1", "B6", "B9", "B10"];
        assert!(
            names.iter().any(|name| row.source.starts_with(name)),
            "{row:?}"
        );
    }
}

fn row(text: &str) -> AccessRow {
    parse(&format!("access = [{{ {text}, source = \"DEFAULT\" }}]"))
        .unwrap()
        .remove(0)
}

#[test]
fn what_nobody_may_be_given_cannot_stand_in_a_row() {
    let check = |text: &str, fault: AccessFault| {
        assert_eq!(row(text).check(), Err(fault), "{text}");
    };
    let notes = AccessFault::NotesOfOthers(Class::Notes);
    check(
        r#"holders = ["head"], class = "notes", read = "own""#,
        notes,
    );
    check(
        r#"holders = ["psychologist"], class = "notes", read = "institution""#,
        notes,
    );
    check(
        r#"holders = ["social_worker"], class = "notes", write = "all""#,
        notes,
    );
    check(
        r#"holders = ["psychologist"], class = "notes", break_glass = true"#,
        notes,
    );
    check(
        r#"holders = ["clerk"], class = "notes", view = "summary""#,
        notes,
    );
    check(
        r#"holders = ["head"], class = "practitioner", read = "own""#,
        AccessFault::NotesOfOthers(Class::Practitioner),
    );
    check(
        r#"holders = ["clerk"], class = "sessions", break_glass = true"#,
        AccessFault::BreakGlass,
    );
    check(
        r#"holders = ["auditor"], class = "record", read = "institution""#,
        AccessFault::NoCaseDocuments(Role::Auditor),
    );
    check(
        r#"holders = ["clerk"], class = "index", write = "all""#,
        AccessFault::Index,
    );
    let mut nameless = row(r#"holders = ["clerk"], class = "intake""#);
    nameless.source.clear();
    assert_eq!(nameless.check(), Err(AccessFault::NoSource));
}

#[test]
fn what_else_cannot_stand_in_a_row_and_what_can() {
    let notes = AccessFault::NotesOfOthers(Class::Notes);
    for (text, fault) in [
        (
            r#"holders = ["clerk"], class = "index", view = "masked""#,
            AccessFault::Index,
        ),
        (
            r#"holders = ["clerk"], class = "index", break_glass = true"#,
            AccessFault::Index,
        ),
        (
            r#"holders = ["clerk"], class = "record", view = "conference""#,
            AccessFault::Conference,
        ),
        // Hours are of what is a person's own, in the index alone; and of some length.
        (
            r#"holders = ["clerk"], class = "intake", read = "own", hours = 24"#,
            AccessFault::Hours,
        ),
        (
            r#"holders = ["clerk"], class = "index", read = "institution", hours = 24"#,
            AccessFault::Hours,
        ),
        (
            r#"holders = ["clerk"], class = "index", read = "own", hours = 0"#,
            AccessFault::Hours,
        ),
        (
            r#"holders = ["dpo"], class = "safety", break_glass = true"#,
            AccessFault::NoCaseDocuments(Role::Dpo),
        ),
        (
            r#"holders = ["psychologist", "head"], class = "notes", write = "own_entries""#,
            notes,
        ),
    ] {
        assert_eq!(row(text).check(), Err(fault), "{text}");
    }
    for fine in [
        r#"holders = ["clerk"], class = "index", read = "own", hours = 24"#,
        r#"holders = ["clerk"], class = "index", read = "institution""#,
        r#"holders = ["clerk"], class = "record", break_glass = true"#,
        r#"holders = ["clerk"], class = "safety", break_glass = true"#,
        r#"holders = ["psychologist"], class = "notes", read = "own", write = "own_entries""#,
        r#"holders = ["auditor"], class = "record", write = "own_entries""#,
        r#"holders = ["auditor"], class = "activity", read = "institution""#,
    ] {
        assert_eq!(row(fine).check(), Ok(()), "{fine}");
    }
}

#[test]
fn a_row_of_a_profile_takes_the_place_of_one_cell() {
    let own = [row(
        r#"holders = ["counsellor"], class = "safety", view = "flag""#,
    )];
    let counsellor = Holder::Role(Role::Counsellor);
    let safety = cell(&own, counsellor, Column::Of(Class::Safety));
    assert_eq!(letters(safety), "--F");
    let record = cell(&own, counsellor, Column::Of(Class::Record));
    assert_eq!(letters(record), "oe-");
}
