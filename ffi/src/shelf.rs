//! The files of a folder of vaults: `<id>.db` is a database, `<id>.lock` its lock. Nothing here deletes either.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jangkau_core::lock::{Lock, VaultId};

use crate::VaultError;

/// A folder on the device.
pub(crate) struct Shelf(PathBuf);

fn unavailable(_: io::Error) -> VaultError {
    VaultError::Unavailable
}

impl Shelf {
    /// The folder, which is made if there is none.
    pub(crate) fn open(path: &str) -> Result<Self, VaultError> {
        fs::create_dir_all(path).map_err(unavailable)?;
        Ok(Self(PathBuf::from(path)))
    }

    /// The database of a vault.
    pub(crate) fn database(&self, vault: VaultId) -> Result<String, VaultError> {
        let path = self.0.join(format!("{vault}.db"));
        let path = path.into_os_string().into_string();
        path.map_err(|_| VaultError::Unavailable)
    }

    fn lock_file(&self, vault: VaultId) -> PathBuf {
        self.0.join(format!("{vault}.lock"))
    }

    /// The lock of a vault.
    pub(crate) fn lock(&self, vault: VaultId) -> Result<Lock, VaultError> {
        let bytes = fs::read(self.lock_file(vault)).map_err(|error| {
            if error.kind() == io::ErrorKind::NotFound {
                VaultError::NotHere
            } else {
                VaultError::Unavailable
            }
        })?;
        Ok(Lock::from_bytes(&bytes)?)
    }

    /// Keeps a lock's bytes in place of the former ones, all or none; they are on the disk when it returns.
    pub(crate) fn save(&self, vault: VaultId, bytes: &[u8]) -> io::Result<()> {
        let path = self.lock_file(vault);
        let beside = path.with_extension("lock.new");
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &path)?;
        sync_folder(&self.0)
    }

    /// The vaults that have both files, in the order of their names.
    pub(crate) fn vaults(&self) -> Result<Vec<VaultId>, VaultError> {
        let mut vaults = Vec::new();
        for entry in fs::read_dir(&self.0).map_err(unavailable)? {
            let name = entry.map_err(unavailable)?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".lock"));
            let Some(vault) = id.and_then(|id| id.parse::<VaultId>().ok()) else {
                continue;
            };
            if Path::new(&self.database(vault)?).exists() {
                vaults.push(vault);
            }
        }
        vaults.sort_unstable();
        Ok(vaults)
    }
}

/// A renamed file stands under its name only when its folder is on the disk, too.
#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}
