//! Work that leaves by another way than this device's own line.

use crate::{Vault, VaultError, platform};

#[uniffi::export]
impl Vault {
    /// This person's own work that the server may lack, as a file that it alone can open; none if there is nothing. Any colleague's
    /// device can carry it, or a stick. It still goes by the next exchange, too.
    pub async fn export_parcel(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let parcel = self.store.hand(|store| {
            let mut rng = platform::rng()?;
            Ok(store.replica()?.export_parcel(&mut rng)?)
        });
        parcel.get().await
    }

    /// Takes a colleague's parcel, to hand it over with the next exchanges. Nothing in it can be read here. Gives the number of its pieces.
    ///
    /// Errors: `NotCarried`, and those of the disk.
    pub async fn carry_parcel(&self, parcel: Vec<u8>) -> Result<u64, VaultError> {
        let carried = self.store.hand(move |store| {
            let taken = store.replica()?.carry_parcel(&parcel)?;
            taken.map(u64::from).map_err(|_| VaultError::NotCarried)
        });
        carried.get().await
    }
}
