//! What can be wrong with a story, told to whoever writes it.

use jangkau_core::record::RecordError;
use thiserror::Error;

/// A story that cannot be played, and the line that says why.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("line {line}: {fault}")]
pub struct StoryError {
    /// Line of the file, from 1.
    pub line: usize,
    /// What is wrong there.
    pub fault: StoryFault,
}

/// What is wrong at a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum StoryFault {
    /// It is not TOML.
    #[error("{0}")]
    Syntax(String),
    /// Nobody knows this key here.
    #[error("unknown key `{key}`; known here: {known}")]
    UnknownKey {
        /// The key.
        key: String,
        /// What could have stood there.
        known: String,
    },
    /// A key is not there.
    #[error("`{0}` is missing")]
    MissingKey(&'static str),
    /// A value of another kind.
    #[error("a {wanted} is wanted here, not a {found}")]
    Kind {
        /// What is wanted.
        wanted: &'static str,
        /// What was found.
        found: &'static str,
    },
    /// A word that is not of its vocabulary.
    #[error("unknown {what} `{word}`; known: {known}")]
    UnknownWord {
        /// Which vocabulary.
        what: &'static str,
        /// The word.
        word: String,
        /// The vocabulary.
        known: String,
    },
    /// Two things under one name.
    #[error("a second {what} named `{name}`")]
    Twice {
        /// What kind of thing.
        what: &'static str,
        /// The name.
        name: String,
    },
    /// Not an instant.
    #[error("`{0}` is not an instant such as 2026-11-23T09:00:00+07:00")]
    NotAnInstant(String),
    /// Not a span of time.
    #[error("`{0}` is not a span of time such as +1d, -90m or +2h")]
    NotASpan(String),
    /// The story's clock only moves forward.
    #[error("`at` lies before the step above it")]
    ClockBack,
    /// The person has no seat on that device.
    #[error("`{person}` does not work on `{device}`")]
    NotOnDevice {
        /// Who.
        person: String,
        /// Where.
        device: String,
    },
    /// The person has several devices, or none.
    #[error("`{person}` works on {count} devices: say which with `device`")]
    WhichDevice {
        /// Who.
        person: String,
        /// On how many.
        count: usize,
    },
    /// A step that does nothing, or two things.
    #[error("a step has exactly one of {known}")]
    OneAct {
        /// What a step can do.
        known: &'static str,
    },
    /// The fields do not make the command.
    #[error("`{command}`: {reason}")]
    Command {
        /// Its code.
        command: &'static str,
        /// Why.
        reason: RecordError,
    },
    /// The device is offline at this point of the story.
    #[error("`{0}` is offline here; `online` brings it back")]
    Offline(String),
    /// An expectation that says nothing, or does not say about what.
    #[error("{0}")]
    Expectation(&'static str),
    /// A word for what became of a command that is none.
    #[error("`{word}` is not what can become of a command: {known}")]
    NotAFate {
        /// The word.
        word: String,
        /// What could have stood there.
        known: &'static str,
    },
    /// No such profile is shipped.
    #[error("the profile `{0}` is not one of those that are shipped")]
    Profile(String),
    /// A profile's file cannot be read, or is not sound.
    #[error("the profile in `{file}`: {problem}")]
    ProfileFile {
        /// The file, as the story names it.
        file: String,
        /// What is wrong.
        problem: String,
    },
}

impl StoryFault {
    /// The fault with its line.
    #[must_use]
    pub const fn at(self, line: usize) -> StoryError {
        StoryError { line, fault: self }
    }
}
