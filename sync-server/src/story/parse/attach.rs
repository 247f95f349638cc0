//! The steps about attachments.

use jangkau_core::command::{AttachmentKind, MediaType};

use super::super::fault::{StoryError, StoryFault};
use super::super::fields::words;
use super::super::plan::{Act, Attaching, Check, Expected, PhotoWord};
use super::super::read::Table;
use super::{Known, twice};

/// Reads `attach` or `carry`, if the step is one.
pub(super) fn act(table: &mut Table, known: &mut Known) -> Result<Option<Act>, StoryError> {
    if let Some(node) = table.take("carry") {
        let seats = known.seat_list(&node)?;
        if let Some(seat) = seats.iter().find(|s| known.offline.contains(&s.device)) {
            return Err(node.fault(StoryFault::Offline(seat.device.clone())));
        }
        let mut want = Vec::new();
        if let Some(node) = table.take("want") {
            let case = known.case_key(&table.need("case")?)?;
            for label in words(&node)? {
                known_label(&node, &label, known)?;
                want.push((case.clone(), label));
            }
        }
        return Ok(Some(Act::Carry { seats, want }));
    }
    let Some(node) = table.take("attach") else {
        return Ok(None);
    };
    let target = node.words()?.to_owned();
    known_label(&node, &target, known)?;
    let seat = known.seat(&table.need("who")?, table.take("device").as_ref())?;
    let case = known.case_key(&table.need("case")?)?;
    let kinds: Vec<&str> = AttachmentKind::ALL.iter().map(|kind| kind.code()).collect();
    let kind = match table.take("kind") {
        Some(node) => node.code("kind of attachment", &kinds)?,
        None => AttachmentKind::Photo,
    };
    let media: Vec<&str> = MediaType::ALL.iter().map(|media| media.code()).collect();
    let media = match table.take("media") {
        Some(node) => node.code("form of an attachment", &media)?,
        None => MediaType::Jpeg,
    };
    let length = table.need("bytes")?;
    let bytes = u32::try_from(length.number()?)
        .map_err(|_| length.fault(StoryFault::Expectation("a length is a number of bytes")))?;
    let label_node = table.need("label")?;
    let label = label_node.words()?.to_owned();
    if known.labels.contains_key(&label) || known.cases.contains(&label) {
        return Err(twice(&label_node, "label", &label));
    }
    known.labels.insert(label.clone(), seat.clone());
    Ok(Some(Act::Attach(Box::new(Attaching {
        seat,
        case,
        target,
        kind,
        media,
        bytes,
        label,
    }))))
}

/// Reads `photos` and `opens` of an expectation.
pub(super) fn checks(
    table: &mut Table,
    known: &Known,
    checks: &mut Vec<Check>,
) -> Result<(), StoryError> {
    if let Some(node) = table.take("photos") {
        let words: Vec<&str> = PhotoWord::ALL.iter().map(|(word, _)| *word).collect();
        for (label, state) in node.table()?.rest() {
            known_label(&state, &label, known)?;
            let said: PhotoWord = state.code("state of an attachment", &words)?;
            checks.push(Check {
                line: state.line,
                what: Expected::Photo(label, said),
            });
        }
    }
    if let Some(node) = table.take("opens") {
        for label in words(&node)? {
            known_label(&node, &label, known)?;
            checks.push(Check {
                line: node.line,
                what: Expected::Opens(label),
            });
        }
    }
    Ok(())
}

fn known_label(
    node: &super::super::read::Node,
    label: &str,
    known: &Known,
) -> Result<(), StoryError> {
    if known.labels.contains_key(label) || known.cases.contains(label) {
        return Ok(());
    }
    let names = known.labels.keys().map(String::as_str);
    Err(Known::unknown(node, "label", label, names))
}
