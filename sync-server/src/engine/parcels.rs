//! A parcel that came on a stick.

use jangkau_core::sync::{Answer, ParcelError};
use jangkau_core::time::Timestamp;

use super::{Engine, EngineError};
use crate::intake;

impl Engine {
    /// Takes one piece of a parcel's file, for whichever institution it was sealed, and judges what came of it. Gives the answer
    /// for each command; a repeat gets the first one.
    ///
    /// # Errors
    /// [`EngineError`]; outer. Inner: why the piece cannot be opened.
    pub fn take_parcel(
        &mut self,
        piece: &[u8],
        now: Timestamp,
    ) -> Result<Result<Vec<Answer>, ParcelError>, EngineError> {
        let taken = intake::take_from_file(&self.store, &self.library, piece, now)?;
        let taken = taken.map_err(|_| EngineError::NotNow)?;
        self.rule(now)?;
        Ok(taken)
    }
}
