//! The keys of what is stored.

use super::Engine;
use crate::keys::Keys;

impl Engine {
    /// The keys: they are no part of [`Engine::image`], and go on with the engine that takes this one's place.
    #[must_use]
    pub fn keys(&self) -> Keys {
        self.store.db().keys().clone()
    }
}
