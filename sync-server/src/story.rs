//! Stories: a file tells who records what, where, when and without signal; the player plays it against real replicas
//! and the real server, in one process or over HTTP. `docs/SCENARIOS.md` describes the files.

mod check;
mod erasure;
mod fault;
mod fields;
mod found;
mod glass;
mod link;
mod order;
mod parse;
pub mod plan;
mod player;
mod read;

use jangkau_core::id::InstitutionId;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use crate::engine::Engine;

pub use check::told;
pub use fault::{StoryError, StoryFault};
pub use found::{Invitations, found};
pub use link::{HostAct, InProcess, Link, LinkError, Reply};
pub use order::shuffled;
pub use parse::OpenFile;
pub use plan::Story;
pub use player::{Failure, PlayError, Player, Vaults};

/// Seed of keys, ids and nonces in a scenario; any will do, one and the same makes failures repeat.
const SEED: u64 = 2026;

/// Plays a story in this process and gives what was not as expected. With a seed, the free orders are permuted.
///
/// # Errors
/// The line at which the story cannot go on, and why.
pub fn play(story: &Story, shuffle: Option<u64>) -> Result<Vec<Failure>, (usize, PlayError)> {
    played(story, shuffle).map(|(_, failures)| failures)
}

/// Plays a story and gives the devices and the server as it left them, too.
fn played(
    story: &Story,
    shuffle: Option<u64>,
) -> Result<(Player<InProcess>, Vec<Failure>), (usize, PlayError)> {
    let mut rng = ChaCha8Rng::seed_from_u64(SEED);
    let at_start = |error: PlayError| (1, error);
    let engine = Engine::in_memory().map_err(|error| at_start(LinkError::from(error).into()));
    let mut engine = engine?;
    let invitations = found(&mut engine, story, &mut rng);
    let invitations = invitations.map_err(|error| at_start(LinkError::from(error).into()))?;
    let institutions = story.institutions.iter().map(|plan| plan.id.clone());
    let institutions: Vec<InstitutionId> = institutions.collect();
    let link = InProcess::new(engine, institutions, SEED);
    let mut player =
        Player::begin(story, invitations, link, &Vaults::Memory, SEED).map_err(at_start)?;
    let mut failures = match shuffle {
        Some(seed) => {
            let mut order = ChaCha8Rng::seed_from_u64(seed);
            player.play(&shuffled(&story.beats, &mut order), true)?
        }
        None => player.play(&story.beats, false)?,
    };
    // Whatever the story tells, its log gives the same rows again on an empty server.
    let differing = player.link().differing();
    let differing = differing.map_err(|error| (1, LinkError::from(error).into()))?;
    failures.extend(
        differing
            .into_iter()
            .map(|found| Failure { line: 1, found }),
    );
    Ok((player, failures))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]
mod tests;
