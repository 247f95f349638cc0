//! Compares what a story expects of a case's connections with what the devices know.

use std::collections::BTreeSet;

use jangkau_core::id::CaseId;
use jangkau_core::rules::{CaseLinks, Suggestion};

use super::super::link::Link;
use super::super::plan::{Expect, Expected};
use super::super::player::{PlayError, Player, cases_by_name};
use super::listed;

/// The word for a suggestion whose cases may not be made one.
const LINK_ONLY: &str = "link_only";

/// Checks which cases are connected with a case, on every device that is asked.
pub(super) fn connections<L: Link>(
    player: &Player<L>,
    expect: &Expect,
    case: Option<CaseId>,
    expected: &Expected,
    fail: &mut impl FnMut(String),
) -> Result<(), PlayError> {
    for seat in &expect.on {
        let replica = player.replica(seat)?;
        let links = case.map(|case| replica.links(case)).transpose()?.flatten();
        let links = links.unwrap_or_default();
        let (found, wanted) = if let Expected::Related(wanted) = expected {
            let related = links.related.iter().copied();
            (
                cases_by_name(player, related),
                wanted.iter().cloned().collect(),
            )
        } else if let Expected::Suggested(wanted) = expected {
            let told = wanted.iter().map(|(name, words)| {
                let words: BTreeSet<String> = words.iter().cloned().collect();
                told(name, &words)
            });
            (suggested(player, &links), told.collect())
        } else {
            continue;
        };
        if found != wanted {
            fail(format!("{seat} sees {}", listed(&found)));
        }
    }
    Ok(())
}

fn suggested<L>(player: &Player<L>, links: &CaseLinks) -> BTreeSet<String> {
    let all = links.suggested.iter();
    all.flat_map(|(case, suggestion)| {
        let names = cases_by_name(player, [*case]);
        names
            .into_iter()
            .map(|name| told(&name, &words(suggestion)))
    })
    .collect()
}

fn words(suggestion: &Suggestion) -> BTreeSet<String> {
    let mut words: BTreeSet<String> = suggestion.alike.iter().map(ToString::to_string).collect();
    if suggestion.link_only {
        words.insert(LINK_ONLY.to_owned());
    }
    words
}

fn told(case: &str, words: &BTreeSet<String>) -> String {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    format!("{case}: {}", words.join(", "))
}
