//! Backups: whole images of the database in a folder, and the way back from one.
//!
//! Beside each image lies a list of the heads that it holds, so that devices learn what is in *every* kept image:
//! a restore may go back to any of them, and until then devices keep their own copies.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use jangkau_core::id::{InstitutionId, ServerSeq};
use jangkau_core::time::Timestamp;
use thiserror::Error;

use crate::config::BackupPlan;
use crate::engine::{Engine, EngineError, Eras};
use crate::keys::Keys;
use crate::writer::{Heads, heads_of};

mod keys;

pub use keys::KeyBackups;

const PREFIX: &str = "jangkau-";
const IMAGE: &str = ".sqlite3";
const HEADS: &str = ".heads.json";

/// Why a backup was not taken, or not put back. What was there before is still there.
#[derive(Debug, Error)]
pub enum BackupError {
    /// A file or folder cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// What was read back is not what was written.
    #[error("{}: reads back differently", .0.display())]
    Differs(PathBuf),
    /// The file holds no institution: an empty file is an empty database to SQLite.
    #[error("{}: holds no institution", .0.display())]
    Empty(PathBuf),
    /// The engine cannot give or take the database.
    #[error(transparent)]
    Engine(#[from] EngineError),
}

/// The folder of kept images.
#[derive(Clone, Debug)]
pub struct Backups {
    folder: PathBuf,
    keep: usize,
    /// Where the key database is copied to, apart from the images.
    keys: Option<KeyBackups>,
}

/// What a backup is made of, as the engine gives it between two groups.
pub struct Snapshot {
    image: Vec<u8>,
    heads: Heads,
    /// The key database, and where the ledger of erasures lies. Not older than the image: it has every key of it.
    keys: (Vec<u8>, Option<PathBuf>),
    taken_at: Timestamp,
}

impl Snapshot {
    /// Takes the image, and what it holds; the audit chain tells of it.
    ///
    /// # Errors
    /// [`EngineError`].
    pub fn take(engine: &mut Engine, now: Timestamp) -> Result<Self, EngineError> {
        engine.note_backup(now)?;
        Ok(Self {
            heads: heads_of(engine)?,
            image: engine.image()?,
            keys: engine.keys().image(now).map_err(EngineError::from)?,
            taken_at: now,
        })
    }
}

impl Backups {
    /// Keeps `keep` images in a folder.
    #[must_use]
    pub const fn new(folder: PathBuf, keep: usize) -> Self {
        Self {
            folder,
            keep,
            keys: None,
        }
    }

    /// The backups of a plan, with those of the keys.
    #[must_use]
    pub fn of(plan: &BackupPlan) -> Self {
        Self {
            keys: Some(KeyBackups::new(plan.key_folder.clone(), plan.keep)),
            ..Self::new(plan.folder.clone(), plan.keep)
        }
    }

    /// Writes an image so that it is whole or not there, then drops those beyond the kept number.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn write(&self, snapshot: &Snapshot) -> Result<PathBuf, BackupError> {
        make_folder(&self.folder)?;
        // The keys first: an image is of no use without them.
        if let Some(keys) = &self.keys {
            keys.write(&snapshot.keys, snapshot.taken_at)?;
        }
        let name = stamp_of(snapshot.taken_at);
        let path = self.folder.join(format!("{PREFIX}{name}{IMAGE}"));
        let counts: BTreeMap<&str, u64> = snapshot
            .heads
            .iter()
            .map(|(institution, head)| (institution.as_str(), head.get()))
            .collect();
        let heads = serde_json::to_vec(&counts).unwrap_or_default();
        // The heads first: an image without them counts as holding nothing.
        write_whole(&heads_path(&path), &heads)?;
        write_whole(&path, &snapshot.image)?;
        let images = self.images()?;
        for old in images.iter().rev().skip(self.keep) {
            fs::remove_file(old).map_err(at(old))?;
            let _ = fs::remove_file(heads_path(old));
        }
        Ok(path)
    }

    /// The kept images, oldest first. Names sort by time.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn images(&self) -> Result<Vec<PathBuf>, BackupError> {
        let mut images = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(at(&self.folder))? {
            let entry = entry.map_err(at(&self.folder))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(PREFIX) && name.ends_with(IMAGE) {
                images.push(entry.path());
            }
        }
        images.sort();
        Ok(images)
    }

    /// The heads that every kept image holds: those of the oldest.
    ///
    /// # Errors
    /// [`BackupError`].
    pub fn safe_through(&self) -> Result<Heads, BackupError> {
        let Some(oldest) = self.images()?.into_iter().next() else {
            return Ok(Heads::new());
        };
        let path = heads_path(&oldest);
        let counts: BTreeMap<InstitutionId, u64> = match fs::read(&path) {
            Ok(bytes) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Err(_) => BTreeMap::new(),
        };
        Ok(counts
            .into_iter()
            .map(|(institution, head)| (institution, ServerSeq::new(head)))
            .collect())
    }

    /// Puts aside what a restore to `restored` undoes: younger images hold rows that the new era numbers anew, so
    /// their heads say nothing any more. They stay in the folder under another name.
    fn set_aside_younger_than(&self, restored: &Path) -> Result<(), BackupError> {
        if !self.folder.exists() {
            return Ok(());
        }
        let restored = restored.canonicalize().map_err(at(restored))?;
        let folder = self.folder.canonicalize().map_err(at(&self.folder))?;
        for image in self.images()? {
            let within = restored.parent() == Some(folder.as_path());
            if within && image.file_name() <= restored.file_name() {
                continue;
            }
            fs::rename(&image, with_suffix(&image, ".undone")).map_err(at(&image))?;
            let _ = fs::remove_file(heads_path(&image));
        }
        sync_folder(&self.folder)
    }
}

/// Takes a backup of an engine that this process owns, and tells the engine what is now safe.
///
/// # Errors
/// [`BackupError`].
pub fn back_up(
    engine: &mut Engine,
    backups: &Backups,
    now: Timestamp,
) -> Result<PathBuf, BackupError> {
    let path = backups.write(&Snapshot::take(engine, now)?)?;
    mark(engine, &backups.safe_through()?)?;
    Ok(path)
}

/// Tells the engine what every kept backup holds.
///
/// # Errors
/// [`EngineError`].
pub fn mark(engine: &mut Engine, safe: &Heads) -> Result<(), EngineError> {
    safe.iter()
        .try_for_each(|(institution, head)| engine.mark_backed_up(institution, *head))
}

/// Puts a backup in the database's place and begins a new era. The server must not run. What was erased since the backup was
/// taken is erased again before the file takes its place.
/// Gives where the former database was put aside, if there was one.
///
/// # Errors
/// [`BackupError`].
pub fn restore(
    from: &Path,
    database: &Path,
    backups: Option<&Backups>,
    keys: &Keys,
    now: Timestamp,
) -> Result<Option<PathBuf>, BackupError> {
    let incoming = with_suffix(database, ".incoming");
    let _ = fs::remove_file(&incoming);
    write_whole(&incoming, &fs::read(from).map_err(at(from))?)?;
    // The era begins before the file takes its place: a server never opens a restored log under its old era.
    if let Err(error) = begin_era(&incoming, from, (&eras_of(database, keys), keys), now) {
        let _ = fs::remove_file(&incoming);
        return Err(error);
    }
    if let Some(backups) = backups {
        backups.set_aside_younger_than(from)?;
    }
    let aside = database.exists().then(|| {
        let stamp = now.to_utc().format(".before-restore-%Y%m%dT%H%M%S%3fZ");
        with_suffix(database, &stamp.to_string())
    });
    if let Some(aside) = &aside {
        for part in ["", "-wal", "-shm"] {
            let (old, new) = (with_suffix(database, part), with_suffix(aside, part));
            if old.exists() {
                fs::rename(&old, &new).map_err(at(&old))?;
            }
        }
    }
    fs::rename(&incoming, database).map_err(at(&incoming))?;
    sync_folder(database.parent().unwrap_or(Path::new(".")))?;
    Ok(aside)
}

/// The eras of a database, as far as it can still be read; it is not touched.
fn eras_of(database: &Path, keys: &Keys) -> Eras {
    let Ok(image) = fs::read(database) else {
        return Eras::new();
    };
    Engine::from_image(&image, keys.clone())
        .and_then(|engine| engine.eras())
        .unwrap_or_default()
}

fn begin_era(
    incoming: &Path,
    from: &Path,
    (former, keys): (&Eras, &Keys),
    now: Timestamp,
) -> Result<(), BackupError> {
    let mut engine = Engine::open(incoming, keys.clone())?;
    if engine.institutions()?.is_empty() {
        return Err(BackupError::Empty(from.to_owned()));
    }
    Ok(engine.begin_era_after(former, now)?)
}

fn make_folder(folder: &Path) -> Result<(), BackupError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(at(folder))
}

/// An instant as it stands in a name: names sort by time.
fn stamp_of(at: Timestamp) -> String {
    at.to_utc().format("%Y%m%dT%H%M%S%3fZ").to_string()
}

/// Writes under a temporary name, forces it to disk, reads it back, and gives it its name.
fn write_whole(path: &Path, bytes: &[u8]) -> Result<(), BackupError> {
    let part = with_suffix(path, ".part");
    let mut file = OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(&part)
        .map_err(at(&part))?;
    file.write_all(bytes).map_err(at(&part))?;
    file.sync_all().map_err(at(&part))?;
    drop(file);
    let read = fs::read(&part).map_err(at(&part))?;
    if blake3::hash(&read) != blake3::hash(bytes) {
        return Err(BackupError::Differs(part));
    }
    fs::rename(&part, path).map_err(at(&part))?;
    sync_folder(path.parent().unwrap_or(Path::new(".")))
}

fn sync_folder(folder: &Path) -> Result<(), BackupError> {
    // A bare file name has an empty parent.
    let folder = if folder.as_os_str().is_empty() {
        Path::new(".")
    } else {
        folder
    };
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(folder))
}

fn heads_path(image: &Path) -> PathBuf {
    with_suffix(image, HEADS)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    PathBuf::from(name)
}

fn at(path: &Path) -> impl Fn(std::io::Error) -> BackupError {
    let path = path.to_owned();
    move |cause| BackupError::File {
        path: path.clone(),
        cause,
    }
}

#[cfg(test)]
mod tests;
