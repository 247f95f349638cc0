//! What an expectation says about the content of documents.

use super::super::fault::StoryError;
use super::super::fields::words;
use super::super::plan::{Check, Expected};
use super::super::read::{Node, Table};
use super::Known;
use super::expect::push;

/// What the documents on the asked devices say.
pub(super) fn checks(
    table: &mut Table,
    known: &Known,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    let labels = |node: &Node| -> Result<Vec<String>, StoryError> {
        let items = node.items();
        items
            .iter()
            .map(|item| known.label(item, item.words()?))
            .collect()
    };
    for (key, there) in [("records", true), ("no_records", false)] {
        if let Some(node) = table.take(key) {
            let labels = labels(&node)?;
            push(checks, &node, Expected::Records(labels, there));
        }
    }
    for (key, stand) in [("words", true), ("no_words", false)] {
        if let Some(node) = table.take(key) {
            let said = words(&node)?;
            push(checks, &node, Expected::Words(said, stand));
        }
    }
    if let Some(node) = table.take("text") {
        for (label, fragments) in node.table()?.rest() {
            let label = known.label(&fragments, &label)?;
            let said = words(&fragments)?;
            push(checks, &fragments, Expected::Text(label, said));
        }
    }
    if let Some(node) = table.take("same_documents")
        && node.flag()?
    {
        push(checks, &node, Expected::SameDocuments);
    }
    Ok(())
}
