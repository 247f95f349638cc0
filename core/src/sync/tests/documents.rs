//! The tables in `docs/` that say which commands and collections there are: made from the code, and held here.

use crate::class::Class;
use crate::command::{CommandKind, Nature};

/// The text between the two comments of a name.
fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<!-- {name}: ")).unwrap();
    let (_, rest) = rest.split_once("-->\n").unwrap();
    rest.split_once(&format!("<!-- /{name} -->")).unwrap().0
}

#[test]
fn the_protocol_lists_every_kind_of_command() {
    let mut table =
        "| number | kind | nature | class: collections |\n|---|---|---|---|\n".to_owned();
    for kind in CommandKind::ALL {
        let nature = match kind.nature() {
            Nature::Fact => "fact",
            Nature::Proposal => "proposal",
        };
        let mut places = String::new();
        let mut last = None;
        for (class, collection) in kind.sections() {
            if last.replace(class) != Some(class) {
                let end = if places.is_empty() { "" } else { "; " };
                places += &format!("{end}{class}:");
            }
            places += &format!(" {collection}");
        }
        let number = kind.number();
        table += &format!("| {number} | `{kind}` | {nature} | {places} |\n");
    }
    let page = include_str!("../../../../docs/PROTOCOL.md");
    assert_eq!(
        between(page, "kinds"),
        table,
        "the table should be:\n{table}"
    );
}

#[test]
fn the_architecture_lists_every_collection() {
    let mut table = "| class | collections |\n|---|---|\n".to_owned();
    for class in Class::ALL {
        let mut collections: Vec<&str> = CommandKind::ALL
            .iter()
            .flat_map(|kind| kind.sections())
            .filter(|section| section.0 == *class)
            .map(|section| section.1)
            .collect();
        collections.sort_unstable();
        collections.dedup();
        table += &format!("| `{class}` | {} |\n", collections.join(", "));
    }
    let page = include_str!("../../../../docs/ARCHITECTURE.md");
    assert_eq!(
        between(page, "collections"),
        table,
        "the table should be:\n{table}"
    );
}
