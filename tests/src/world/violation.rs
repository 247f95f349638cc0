//! What a world may find wrong.

/// An invariant that does not hold, or a machine that broke.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
#[error("{rule}: {what}")]
pub struct Violation {
    /// The invariant.
    pub rule: &'static str,
    /// What was seen instead.
    pub what: String,
}

impl Violation {
    /// An invariant that does not hold.
    #[must_use]
    pub fn new(rule: &'static str, what: impl Into<String>) -> Self {
        Self {
            rule,
            what: what.into(),
        }
    }

    /// A call that may not fail, and failed.
    #[must_use]
    pub fn broke(call: &'static str, error: &dyn std::fmt::Debug) -> Self {
        Self::new("machines do not break", format!("{call}: {error:?}"))
    }
}

/// What a step of a world gives.
pub type Checked<T> = Result<T, Violation>;

/// Checks one thing.
///
/// # Errors
/// A [`Violation`] that says what was seen.
pub fn ensure(holds: bool, rule: &'static str, what: impl FnOnce() -> String) -> Checked<()> {
    if holds {
        Ok(())
    } else {
        Err(Violation::new(rule, what()))
    }
}
