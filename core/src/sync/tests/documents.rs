//! The tables in `docs/` that say which commands and collections there are: made from the code, and held here.

use crate::class::Class;
use crate::command::{CommandKind, Nature};
use crate::record::FieldShape;

/// The text between the two comments of a name.
fn between<'a>(page: &'a str, name: &str) -> &'a str {
    let (_, rest) = page.split_once(&format!("<!-- {name}: ")).unwrap();
    let (_, rest) = rest.split_once("-->\n").unwrap();
    rest.split_once(&format!("<!-- /{name} -->")).unwrap().0
}

fn shape(shape: &FieldShape) -> String {
    match shape {
        FieldShape::Words => "words".to_owned(),
        FieldShape::SharedText => "shared text".to_owned(),
        FieldShape::TextEdit => "edit, never in a document".to_owned(),
        FieldShape::Number => "number".to_owned(),
        FieldShape::Instant => "instant".to_owned(),
        FieldShape::Flag => "yes or no".to_owned(),
        FieldShape::Command => "command id".to_owned(),
        FieldShape::Person => "person id".to_owned(),
        FieldShape::Digest => "32 bytes".to_owned(),
        FieldShape::Code(words) => words.join(" "),
        FieldShape::Set(inner) => format!("set of: {}", self::shape(inner)),
    }
}

#[test]
fn the_protocol_lists_every_kind_of_command() {
    let mut list = String::new();
    for kind in CommandKind::ALL {
        let nature = match kind.nature() {
            Nature::Fact => "fact",
            Nature::Proposal => "proposal",
        };
        list += &format!("- **{} `{kind}`**, {nature}\n", kind.number());
        for (class, collection) in kind.sections() {
            let fields: Vec<String> = kind
                .fields()
                .iter()
                .filter(|field| field.collection == *collection)
                .map(|field| format!("{} ({})", field.key, shape(&field.shape)))
                .collect();
            list += &format!("  - {class} `{collection}`: {}\n", fields.join(", "));
        }
    }
    let page = include_str!("../../../../docs/PROTOCOL.md");
    assert_eq!(
        between(page, "kinds"),
        list,
        "the list should be:\n{list}<!-- /kinds -->"
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
