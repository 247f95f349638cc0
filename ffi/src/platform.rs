//! The one place that reads the device's clock and entropy.

use std::time::{SystemTime, UNIX_EPOCH};

use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use crate::VaultError;

/// The device's clock.
pub(crate) fn now() -> Result<Timestamp, VaultError> {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_err(|_| VaultError::Platform)?;
    let millis = i64::try_from(since.as_millis()).map_err(|_| VaultError::Platform)?;
    Ok(Timestamp::from_millis(millis))
}

/// A generator seeded by the system, new for each call: a copied process never draws the same twice.
pub(crate) fn rng() -> Result<ChaCha20Rng, VaultError> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(|_| VaultError::Platform)?;
    Ok(ChaCha20Rng::from_seed(seed))
}
