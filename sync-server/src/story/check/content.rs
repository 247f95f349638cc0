//! What documents hold, on the devices that are asked.

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::class::DocumentKey;
use jangkau_core::record::{Record, Scalar};

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
            if record_of(player, seat, label)?.is_some() != wanted {
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
        let record = record_of(player, seat, label)?;
        let text = record
            .iter()
            .flat_map(Record::iter)
            .find_map(|(_, value)| match value {
                Scalar::Text(text) => Some(text),
                Scalar::Str(_)
                | Scalar::Int(_)
                | Scalar::Bool(_)
                | Scalar::Bytes(_)
                | Scalar::Edit(_) => None,
            });
        for fragment in fragments {
            if !text.is_some_and(|text| text.contains(fragment)) {
                fail(format!("on {seat} the text is {text:?}"));
            }
        }
    }
    Ok(())
}

/// The record of a command, as a seat holds it in whichever document.
fn record_of<L: Link>(
    player: &Player<L>,
    seat: &SeatName,
    label: &str,
) -> Result<Option<Record>, PlayError> {
    let suffix = format!("/{}", command(player, label)?);
    let replica = player.replica(seat)?;
    for key in replica.documents()? {
        let mut records = replica.records(key)?.into_iter();
        if let Some((_, record)) = records.find(|(name, _)| name.ends_with(&suffix)) {
            return Ok(Some(record));
        }
    }
    Ok(None)
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
