//! What documents hold, on the devices that are asked.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::DocumentKey;
use jangkau_core::record::Scalar;

use super::super::link::Link;
use super::super::plan::{Expect, Expected, SeatName};
use super::super::player::{PlayError, Player};
use super::command;

/// Checks one expectation about the content of documents; others are none of ours.
pub(super) fn check<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    expected: &Expected,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    if let Expected::Records(labels, there) = expected {
        records(player, expect, labels, *there, fail)?;
    }
    if let Expected::Words(words, stand) = expected {
        said(player, expect, (words, *stand), fail)?;
    }
    if let Expected::Text(label, fragments) = expected {
        texts(player, expect, label, fragments, fail)?;
    }
    if matches!(expected, Expected::SameDocuments) {
        same_documents(player, &expect.on, fail)?;
    }
    Ok(())
}

/// Checks that the records of commands are there or not, on every device that is asked.
fn records<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    labels: &[String],
    wanted: bool,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        for label in labels {
            if has_record(player, seat, label)? != wanted {
                let is = if wanted { "is not" } else { "is" };
                fail(format!("`{label}` {is} on {seat}"));
            }
        }
    }
    Ok(())
}

/// Checks that minutes hold all of some words, on every device that is asked.
fn texts<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    label: &str,
    fragments: &[String],
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        let text = text_of(player, seat, label)?;
        for fragment in fragments {
            if !text.as_deref().is_some_and(|text| text.contains(fragment)) {
                fail(format!("on {seat} the text is {text:?}"));
            }
        }
    }
    Ok(())
}

/// Whether any document on a seat has a record of a command.
fn has_record<L: Link>(
    player: &Player<L>,
    seat: &SeatName,
    label: &str,
) -> Result<bool, PlayError> {
    let suffix = format!("/{}", command(player, label)?);
    let replica = player.replica(seat)?;
    for key in replica.documents()? {
        let records = replica.records(key)?;
        if records.keys().any(|name| name.ends_with(&suffix)) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Checks that words stand somewhere in the documents, or nowhere, on every device that is asked.
fn said<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    (words, wanted): (&[String], bool),
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        let replica = player.replica(seat)?;
        let mut all = String::new();
        for key in replica.documents()? {
            for record in replica.records(key)?.values() {
                for (_, value) in record.iter() {
                    if let Scalar::Str(text) | Scalar::Text(text) = value {
                        all.push_str(text);
                        all.push('\n');
                    }
                }
            }
        }
        for one in words {
            if all.contains(one.as_str()) != wanted {
                let stand = if wanted { "nowhere" } else { "somewhere" };
                fail(format!("`{one}` stands {stand} on {seat}"));
            }
        }
    }
    Ok(())
}

/// The text of minutes, as a seat sees it.
fn text_of<L: Link>(
    player: &Player<L>,
    seat: &SeatName,
    label: &str,
) -> Result<Option<String>, PlayError> {
    let suffix = format!("/{}", command(player, label)?);
    let replica = player.replica(seat)?;
    for key in replica.documents()? {
        for (name, record) in replica.records(key)? {
            if name.ends_with(&suffix) {
                for (_, value) in record.iter() {
                    if let Scalar::Text(text) = value {
                        return Ok(Some(text.clone()));
                    }
                }
            }
        }
    }
    Ok(None)
}

/// Compares the heads of every document that several seats hold.
fn same_documents<L: Link>(
    player: &Player<L>,
    seats: &[SeatName],
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    let mut first: BTreeMap<DocumentKey, (BTreeSet<_>, &SeatName)> = BTreeMap::new();
    for seat in seats {
        let replica = player.replica(seat)?;
        for key in replica.documents()? {
            let heads: BTreeSet<_> = replica.accepted_heads(key)?.into_iter().collect();
            match first.get(&key) {
                Some((known, other)) if *known != heads => fail(format!(
                    "{seat} and {other} hold different versions of a document of class {}",
                    key.class
                )),
                Some(_) => {}
                None => {
                    first.insert(key, (heads, seat));
                }
            }
        }
    }
    Ok(())
}
