//! The demo: five institutions and a working day in each, over real HTTP, with everything that Jangkau is for.
//!
//! The stories are files like any scenario; their expectations are checked here too, so that the demo cannot drift
//! from what the server does.

mod http_link;
mod print;
mod report;

use std::io::Write;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::rc::Rc;

use jangkau_core::text::{Language, text};
use jangkau_core::time::Timestamp;
use rand_core::Rng as _;
use thiserror::Error;

use crate::clock::{Clock, NoEntropy, entropy};
use crate::engine::{Engine, EngineError};
use crate::http::{ServeError, Serving, serve_on};
use crate::keys::{KeyError, Keys};
use crate::story::{Failure, PlayError, Player, Story, StoryError, Vaults, found};
use http_link::{Http, Shared};

/// The language of the demo: that of the people it is for.
const LANGUAGE: Language = Language::Indonesian;

/// The stories, one for each institution.
const STORIES: [(&str, &str); 5] = [
    ("cilegon", include_str!("../stories/cilegon.toml")),
    ("mataram", include_str!("../stories/mataram.toml")),
    ("karangasem", include_str!("../stories/karangasem.toml")),
    ("tarakan", include_str!("../stories/tarakan.toml")),
    ("kaltim", include_str!("../stories/kaltim.toml")),
];

/// How the demo is to run.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct DemoOptions {
    /// Print one JSON document instead of the timelines
    #[arg(long)]
    pub json: bool,
    /// Keep the data in this folder, and leave the server running until Ctrl+C
    #[arg(long, value_name = "DIR")]
    pub keep: Option<PathBuf>,
}

/// Why the demo did not run to its end.
#[derive(Debug, Error)]
pub enum DemoError {
    /// The network or the disk.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// The database.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// The keys of the database.
    #[error(transparent)]
    Keys(#[from] KeyError),
    /// The server.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// No entropy.
    #[error(transparent)]
    NoEntropy(#[from] NoEntropy),
    /// A story is not sound.
    #[error("{0}, {1}")]
    Story(&'static str, StoryError),
    /// A story could not be played on.
    #[error("{story}, line {line}: {cause}")]
    Play {
        /// Which story.
        story: &'static str,
        /// Where.
        line: usize,
        /// Why.
        cause: PlayError,
    },
    /// A story went otherwise than it tells.
    #[error("{story}, line {}: {}", failure.line, failure.found)]
    Unexpected {
        /// Which story.
        story: &'static str,
        /// What was not as expected.
        failure: Failure,
    },
    /// The folder has an earlier day in it.
    #[error("{} holds the data of an earlier demo; choose another folder", .0.display())]
    Taken(PathBuf),
    /// The report holds what no report can hold.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

/// A story on its way.
struct Stage {
    name: &'static str,
    story: Story,
    player: Player<Http>,
}

/// Runs the demo; people read `out`.
///
/// # Errors
/// [`DemoError`].
pub fn run(options: &DemoOptions, out: &mut dyn Write) -> Result<ExitCode, DemoError> {
    let temporary = tempfile::tempdir()?;
    let folder = options.keep.as_deref().unwrap_or(temporary.path());
    std::fs::create_dir_all(folder)?;
    let (shared, mut stages) = set_up(folder)?;
    play(&mut stages)?;
    let report = report::report(&stages, &shared.address())?;
    if options.json {
        serde_json::to_writer_pretty(&mut *out, &report)?;
        writeln!(out)?;
    } else {
        print::print(&report, &folder.display().to_string(), out)?;
    }
    out.flush()?;
    drop(stages);
    let serving = Rc::into_inner(shared).map(Shared::into_serving);
    match (serving, &options.keep) {
        (Some(serving), Some(folder)) => stay(serving, folder)?,
        (Some(serving), None) => drop(serving.stop()?),
        (None, _) => {}
    }
    Ok(ExitCode::SUCCESS)
}

/// Founds the five institutions, starts the server, and enrols every device over HTTP.
fn set_up(folder: &Path) -> Result<(Rc<Shared>, Vec<Stage>), DemoError> {
    let mut rng = entropy()?;
    let database = folder.join("jangkau.sqlite3");
    if database.exists() {
        return Err(DemoError::Taken(folder.to_owned()));
    }
    let keys = Keys::open(&folder.join("keys"), false, entropy()?)?;
    let mut engine = Engine::open(&database, keys)?;
    let devices = folder.join("devices");
    std::fs::create_dir_all(&devices)?;
    let mut parsed = Vec::new();
    for (name, file) in STORIES {
        let story = Story::parse(file).map_err(|error| DemoError::Story(name, error))?;
        let invitations = found(&mut engine, &story, &mut rng)?;
        parsed.push((name, story, invitations));
    }
    let begins = parsed.iter().map(|(_, story, _)| story.clock).min();
    let (clock, hand) = Clock::by_hand(begins.unwrap_or(Timestamp::from_millis(0)));
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let shared = Rc::new(Shared::new(serve_on(listener, engine, clock)?, hand));
    let mut stages = Vec::new();
    for (name, story, invitations) in parsed {
        let link = Http::new(Rc::clone(&shared));
        let vaults = Vaults::Folder(devices.clone());
        let player = Player::begin(&story, invitations, link, &vaults, rng.next_u64());
        let player = player.map_err(|cause| DemoError::Play {
            story: name,
            line: 1,
            cause,
        })?;
        stages.push(Stage {
            name,
            story,
            player,
        });
    }
    Ok((shared, stages))
}

/// Plays the five stories side by side, in the order of their clocks.
fn play(stages: &mut [Stage]) -> Result<(), DemoError> {
    let mut order: Vec<(Timestamp, usize, usize)> = Vec::new();
    for (index, stage) in stages.iter().enumerate() {
        for (beat, told) in stage.story.beats.iter().enumerate() {
            order.push((told.at, index, beat));
        }
    }
    order.sort_unstable();
    for (_, index, beat) in order {
        let Some(stage) = stages.get_mut(index) else {
            continue;
        };
        let beats = stage.story.beats.get(beat..=beat).unwrap_or_default();
        let failures =
            stage
                .player
                .play(beats, false)
                .map_err(|(line, cause)| DemoError::Play {
                    story: stage.name,
                    line,
                    cause,
                })?;
        if let Some(failure) = failures.into_iter().next() {
            return Err(DemoError::Unexpected {
                story: stage.name,
                failure,
            });
        }
    }
    Ok(())
}

/// Leaves the server running, now on the right time, until Ctrl+C.
fn stay(serving: Serving, folder: &Path) -> Result<(), DemoError> {
    let address = serving.address();
    let engine = serving.stop()?;
    let serving = serve_on(TcpListener::bind(address)?, engine, Clock::system())?;
    let url = format!("http://{address}");
    let folder = folder.display().to_string();
    let kept = text(
        LANGUAGE,
        "demo-kept",
        &[("folder", &folder), ("address", &url)],
    );
    // The report may be a JSON document that somebody reads from the output.
    writeln!(std::io::stderr(), "{kept}")?;
    let waits = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    waits.block_on(tokio::signal::ctrl_c())?;
    serving.stop()?;
    Ok(())
}

#[cfg(test)]
mod tests;
