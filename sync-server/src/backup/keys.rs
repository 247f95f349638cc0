//! Backups of the key database, in a folder of their own: whoever has these and the institution key reads everything, and whoever
//! has the images alone reads nothing.

use std::fs;
use std::path::{Path, PathBuf};

use jangkau_core::time::Timestamp;

use super::{BackupError, at, make_folder, stamp_of, write_whole};

const PREFIX: &str = "keys-";
const IMAGE: &str = ".sqlite3";

/// The copy of the ledger beside the backups.
const LEDGER: &str = "erasures.log";

/// Milliseconds after which a backup of the keys is deleted, however few there are: so long after an erasure, its key is gone
/// from every backup (30 days).
const AGE_MS_MAX: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The folder of kept copies of the key database.
#[derive(Clone, Debug)]
pub struct KeyBackups {
    folder: PathBuf,
    keep: usize,
}

impl KeyBackups {
    /// Keeps `keep` copies in a folder, and none that is older than 30 days.
    #[must_use]
    pub const fn new(folder: PathBuf, keep: usize) -> Self {
        Self { folder, keep }
    }

    /// Writes a copy of the key database and of the ledger, then deletes what is too old or too many.
    pub(super) fn write(
        &self,
        (image, ledger): &(Vec<u8>, Option<PathBuf>),
        now: Timestamp,
    ) -> Result<(), BackupError> {
        make_folder(&self.folder)?;
        if let Some(ledger) = ledger {
            let lines = fs::read(ledger).map_err(at(ledger))?;
            write_whole(&self.folder.join(LEDGER), &lines)?;
        }
        let own = self
            .folder
            .join(format!("{PREFIX}{}{IMAGE}", stamp_of(now)));
        write_whole(&own, image)?;
        let oldest = format!("{PREFIX}{}{IMAGE}", stamp_of(now.plus_millis(-AGE_MS_MAX)));
        for (place, old) in self.copies()?.iter().rev().enumerate() {
            let is_old = old.file_name().is_some_and(|name| name < oldest.as_str());
            if old != &own && (place >= self.keep || is_old) {
                fs::remove_file(old).map_err(at(old))?;
            }
        }
        Ok(())
    }

    /// The kept copies, oldest first.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn copies(&self) -> Result<Vec<PathBuf>, BackupError> {
        let entries = fs::read_dir(&self.folder).map_err(at(&self.folder))?;
        let mut copies = Vec::new();
        for entry in entries {
            let path = entry.map_err(at(&self.folder))?.path();
            if is_copy(&path) {
                copies.push(path);
            }
        }
        copies.sort();
        Ok(copies)
    }
}

fn is_copy(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.starts_with(PREFIX) && name.ends_with(IMAGE)
}
