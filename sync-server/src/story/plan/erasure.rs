//! Erasures, as a story tells them: one person writes down what is to go, another decides.

use jangkau_core::rights::RightsRefusal;
use jangkau_core::sync::RemovalReason;

/// A step of an erasure.
#[derive(Clone, Debug)]
pub enum ErasureAct {
    /// It is written down.
    Ask(AskingErasure),
    /// It is agreed to.
    Decide(DecidingErasure),
}

/// What is to go.
#[derive(Clone, Debug)]
pub struct AskingErasure {
    /// The story's name of the request.
    pub label: String,
    /// The story's name of the case.
    pub case: String,
    /// Labels of the records; empty: all of the case.
    pub records: Vec<String>,
    /// Of the one record these fields alone, by the names that forms use; empty: all of it.
    pub fields: Vec<String>,
    /// Why.
    pub reason: RemovalReason,
    /// Who writes it down.
    pub by: String,
    /// Exactly who could read it, where the story looks.
    pub readers: Option<Vec<String>>,
}

/// A decision that agrees to such a request.
#[derive(Clone, Debug)]
pub struct DecidingErasure {
    /// The story's name of the request.
    pub request: String,
    /// Who decides.
    pub by: String,
    /// What is expected to stand in the way; none: it is erased.
    pub expect: Option<RightsRefusal>,
}
