//! The stages of the gate, in order.

use std::path::PathBuf;

use crate::bindings::{self, Language};
use crate::ci::demo;
use crate::scenario;
use crate::shell::{self, ShellError, cargo};
use crate::sim;
use crate::{deny, tidy};

/// When a stage runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weight {
    /// Seconds; always runs, and compiles nothing.
    Light,
    /// Compiles; runs when the light ones have passed.
    Heavy,
    /// As heavy, and minutes long; runs with `--long` or when it is named.
    Long,
}

/// One stage of the gate.
pub(super) struct Stage {
    /// Its name on the command line and in the summary.
    pub(super) name: &'static str,
    /// What it checks, for its headline.
    pub(super) what: &'static str,
    /// When it runs.
    pub(super) weight: Weight,
    /// The check itself; what it starts prints straight to our output.
    pub(super) run: fn() -> Result<(), ShellError>,
}

/// Seeds of the usual simulation.
const SEEDS: u32 = 2_000;
/// Seeds of the long simulation, after the usual ones.
const SEEDS_LONG: u32 = 20_000;
/// Mutated inputs of the usual gate.
const INPUTS: u32 = 200_000;
/// Mutated inputs of the long gate, against other worlds.
const INPUTS_LONG: u32 = 2_000_000;
/// The first world of the long gate's inputs; the usual ones need fewer before it.
const INPUTS_LONG_FROM: u32 = 1_000_000;
/// Orders in which the usual gate plays every scenario, besides the written one.
const SHUFFLES: u32 = 5;
/// Orders in which the long gate plays every scenario.
const SHUFFLES_LONG: u32 = 50;

/// The gate.
pub(super) const STAGES: &[Stage] = &[
    Stage {
        name: "fmt",
        what: "formatting",
        weight: Weight::Light,
        run: fmt,
    },
    Stage {
        name: "tidy",
        what: "our own checks over the tracked files",
        weight: Weight::Light,
        run: tidy::run,
    },
    Stage {
        name: "scripts",
        what: "shellcheck over the scripts of the bindings",
        weight: Weight::Light,
        run: || bindings::script("check-scripts.sh", &[]),
    },
    Stage {
        name: "clippy",
        what: "lints, every target, warnings are errors",
        weight: Weight::Heavy,
        run: clippy,
    },
    Stage {
        name: "test",
        what: "unit tests and stories, without doctests",
        weight: Weight::Heavy,
        run: test,
    },
    Stage {
        name: "cipher",
        what: "locks, stores and vaults again, over encrypted databases",
        weight: Weight::Heavy,
        run: cipher,
    },
    Stage {
        name: "deny",
        what: "licences, bans and sources; no advisories, since their database cannot be fetched",
        weight: Weight::Heavy,
        run: deny::run,
    },
    Stage {
        name: "bindings",
        what: "the bindings, their C header and references, and the size of the library",
        weight: Weight::Heavy,
        run: bindings::weigh,
    },
    Stage {
        name: "python",
        what: "the story in Python",
        weight: Weight::Heavy,
        run: || bindings::test(Language::Python),
    },
    Stage {
        name: "kotlin",
        what: "the Kotlin bindings on the JVM, and compiled for Android against stubs",
        weight: Weight::Heavy,
        run: || bindings::test(Language::Kotlin),
    },
    Stage {
        name: "swift",
        what: "the Swift bindings on Linux",
        weight: Weight::Heavy,
        run: || bindings::test(Language::Swift),
    },
    Stage {
        name: "scenarios",
        what: "every scenario in its written order",
        weight: Weight::Heavy,
        run: scenarios,
    },
    Stage {
        name: "shuffle",
        what: "every scenario in a few other orders",
        weight: Weight::Heavy,
        run: || shuffles(SHUFFLES),
    },
    Stage {
        name: "sim",
        what: "the simulator",
        weight: Weight::Heavy,
        run: || sim::seeds(0, SEEDS),
    },
    Stage {
        name: "siege",
        what: "mutated inputs against the server's door",
        weight: Weight::Heavy,
        run: || sim::inputs(0, INPUTS),
    },
    Stage {
        name: "authorisation",
        what: "who gets what: every role, relation, class, state and route, searched for planted words",
        weight: Weight::Heavy,
        run: authorisation,
    },
    Stage {
        name: "figures",
        what: "what a reconnect costs on the wire",
        weight: Weight::Heavy,
        run: figures,
    },
    Stage {
        name: "demo",
        what: "the demo's report",
        weight: Weight::Heavy,
        run: demo::run,
    },
    Stage {
        name: "shuffle-long",
        what: "every scenario in many other orders",
        weight: Weight::Long,
        run: || shuffles(SHUFFLES_LONG),
    },
    Stage {
        name: "phone-figures",
        what: "what a vault with 10,000 cases costs a phone's app, on the JVM",
        weight: Weight::Long,
        run: || bindings::long("FiguresTest"),
    },
    Stage {
        name: "soak",
        what: "100,000 calls on the JVM with flat memory, and cancelling wherever one may wait",
        weight: Weight::Long,
        run: || bindings::long("SoakTest"),
    },
    Stage {
        name: "cross",
        what: "type checks for Android, iOS and browsers",
        weight: Weight::Long,
        run: || bindings::script("cross.sh", &["check"]),
    },
    Stage {
        name: "arm64",
        what: "the core's tests on a 64-bit ARM, emulated",
        weight: Weight::Long,
        run: || bindings::script("cross.sh", &["arm64"]),
    },
    Stage {
        name: "bits32",
        what: "the core's tests on a 32-bit ARM, emulated",
        weight: Weight::Long,
        run: || bindings::script("cross.sh", &["bits32"]),
    },
    Stage {
        name: "plants",
        what: "every planted bug must be found",
        weight: Weight::Long,
        run: || sim::plants(SEEDS),
    },
    Stage {
        name: "sim-long",
        what: "the simulator, seeds that the usual stage does not run",
        weight: Weight::Long,
        run: || sim::seeds(SEEDS, SEEDS_LONG),
    },
    Stage {
        name: "siege-long",
        what: "mutated inputs that the usual stage does not send",
        weight: Weight::Long,
        run: || sim::inputs(INPUTS_LONG_FROM, INPUTS_LONG),
    },
];

fn fmt() -> Result<(), ShellError> {
    shell::run(&mut cargo(["fmt", "--all", "--", "--check"]))
}

fn clippy() -> Result<(), ShellError> {
    let mut clippy = cargo(["clippy", "--workspace", "--all-targets", "--locked"]);
    shell::run(clippy.args(["--", "-D", "warnings"]))
}

/// `--tests` leaves out doctests, which compile one by one. The bindings' generator has no tests, but dependencies that
/// nothing else compiles.
fn test() -> Result<(), ShellError> {
    let mut test = cargo(["test", "--workspace", "--tests", "--locked"]);
    shell::run(test.args(["--exclude", "jangkau-bindgen"]))
}

/// Named by package and feature, never `--all-features`: cargo unifies features, and everything else is tested over plain SQLite.
fn cipher() -> Result<(), ShellError> {
    let mut core = cargo(["test", "--locked", "--package", "jangkau-core", "--lib"]);
    core.args([
        "--features",
        "cipher",
        "--",
        "lock::",
        "store::",
        "replica::",
    ]);
    shell::run(&mut core)?;
    let mut ffi = cargo(["test", "--locked", "--package", "jangkau-ffi", "--tests"]);
    shell::run(ffi.args(["--features", "cipher"]))
}

fn authorisation() -> Result<(), ShellError> {
    shell::run(&mut shell::release("jangkau-tests", "authorisation"))
}

fn figures() -> Result<(), ShellError> {
    shell::run(&mut shell::release("jangkau-tests", "figures"))
}

fn scenarios() -> Result<(), ShellError> {
    scenario::play(&[], &scenario_files()?)
}

fn shuffles(seeds: u32) -> Result<(), ShellError> {
    let files = scenario_files()?;
    (1..=seeds).try_for_each(|seed| {
        let options = ["--shuffle".to_owned(), seed.to_string()];
        scenario::play(&options, &files)
    })
}

fn scenario_files() -> Result<Vec<PathBuf>, ShellError> {
    let files: Vec<PathBuf> = shell::tracked_files()?
        .into_iter()
        .filter(|file| file.starts_with("tests/scenarios/") && file.ends_with(".toml"))
        .map(PathBuf::from)
        .collect();
    if files.is_empty() {
        return Err(ShellError::Nothing {
            what: "scenario files",
        });
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn light_stages_come_first_and_names_are_unique() {
        let weights: Vec<Weight> = STAGES.iter().map(|stage| stage.weight).collect();
        let lights = weights.iter().take_while(|w| **w == Weight::Light).count();
        assert!(weights[lights..].iter().all(|w| *w != Weight::Light));
        let mut names: Vec<&str> = STAGES.iter().map(|stage| stage.name).collect();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), STAGES.len());
    }
}
