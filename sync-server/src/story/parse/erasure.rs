//! The steps about erasures.

use jangkau_core::rights::RightsRefusal;
use jangkau_core::sync::RemovalReason;

use super::super::fault::{StoryError, StoryFault};
use super::super::fields::words;
use super::super::plan::{Act, AskingErasure, DecidingErasure, ErasureAct};
use super::super::read::{Node, Table};
use super::{Known, twice};

/// Reads `ask_erasure` or `decide_erasure`, if the step is one.
pub(super) fn act(table: &mut Table, known: &mut Known) -> Result<Option<Act>, StoryError> {
    let act = if let Some(node) = table.take("ask_erasure") {
        ErasureAct::Ask(asking(table, &node, known)?)
    } else if let Some(node) = table.take("decide_erasure") {
        ErasureAct::Decide(deciding(table, &node, known)?)
    } else {
        return Ok(None);
    };
    Ok(Some(Act::Erasure(Box::new(act))))
}

fn asking(table: &mut Table, node: &Node, known: &mut Known) -> Result<AskingErasure, StoryError> {
    let records = match node.words() {
        Ok("case") => Vec::new(),
        Ok(_) | Err(_) => {
            let labels = words(node)?;
            let labels = labels.iter().map(|label| known.label(node, label));
            labels.collect::<Result<_, _>>()?
        }
    };
    // No fields are all of them.
    let fields = table
        .take("fields")
        .map_or(Ok(Vec::new()), |node| words(&node))?;
    let is_whole = matches!(node.words(), Ok("case"));
    if records.is_empty() != is_whole || (!fields.is_empty() && records.len() != 1) {
        let wanted =
            "what is erased are records, as a list of labels, fields of one of them, or \"case\"";
        return Err(node.fault(StoryFault::Expectation(wanted)));
    }
    let readers = table.take("readers").map(|node| {
        let people = node.items();
        people
            .iter()
            .map(|person| known.person_key(person))
            .collect()
    });
    let reasons: Vec<&str> = RemovalReason::ALL.iter().map(|one| one.code()).collect();
    let label_node = table.need("label")?;
    let label = label_node.words()?.to_owned();
    if !known.requests.insert(label.clone()) {
        return Err(twice(&label_node, "request", &label));
    }
    Ok(AskingErasure {
        label,
        case: known.case_key(&table.need("case")?)?,
        records,
        fields,
        reason: table.need("reason")?.code("reason to erase", &reasons)?,
        by: known.person_key(&table.need("by")?)?,
        readers: readers.transpose()?,
    })
}

fn deciding(table: &mut Table, node: &Node, known: &Known) -> Result<DecidingErasure, StoryError> {
    let request = node.words()?;
    if !known.requests.contains(request) {
        let requests = known.requests.iter().map(String::as_str);
        return Err(Known::unknown(node, "request", request, requests));
    }
    let refusals = RightsRefusal::ALL.iter().map(|refusal| refusal.code());
    let refusals: Vec<&str> = refusals.chain(["erased"]).collect();
    let expect = table.need("expect")?;
    Ok(DecidingErasure {
        request: request.to_owned(),
        by: known.person_key(&table.need("by")?)?,
        expect: match expect.words()? {
            "erased" => None,
            _ => Some(expect.code("outcome of an erasure", &refusals)?),
        },
    })
}
