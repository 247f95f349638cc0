//! A server on a disk of its own.

use std::fs;
use std::path::PathBuf;

use jangkau_core::profile::shipped_files;
use rand_chacha::{ChaCha8Rng, ChaCha20Rng};
use rand_core::SeedableRng as _;
use tempfile::TempDir;

use super::bench::{Bench, START};
use crate::backup::{Backups, back_up};
use crate::config::BackupPlan;
use crate::engine::Engine;
use crate::keys::Keys;

/// A server on a disk of its own.
pub(super) struct Disk {
    folder: TempDir,
    pub(super) bench: Bench,
}

impl Disk {
    pub(super) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("data")).unwrap();
        let keys = Keys::open(&folder.path().join("keys"), false, entropy()).unwrap();
        let database = folder.path().join("data/jangkau.sqlite3");
        let mut bench = Bench {
            engine: Engine::open(&database, keys).unwrap(),
            institution: "cilegon".parse().unwrap(),
            rng: ChaCha8Rng::seed_from_u64(7),
            now: START,
        };
        let (institution, profile) = (bench.institution.clone(), shipped_files()[0].toml);
        bench
            .engine
            .found(&institution, profile, START, &mut bench.rng)
            .unwrap();
        Self { folder, bench }
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(super) fn database(&self) -> PathBuf {
        self.path("data/jangkau.sqlite3")
    }

    fn backups(&self) -> Backups {
        Backups::of(&BackupPlan {
            folder: self.path("backups"),
            key_folder: self.path("key-backups"),
            interval: std::time::Duration::from_secs(60),
            keep: 5,
        })
    }

    pub(super) fn back_up(&mut self) -> PathBuf {
        let (now, backups) = (self.bench.later(), self.backups());
        back_up(&mut self.bench.engine, &backups, now).unwrap()
    }

    pub(super) fn keys(&self) -> Keys {
        Keys::open(&self.path("keys"), true, entropy()).unwrap()
    }

    /// Ends the server, does something to its files, and starts it again.
    pub(super) fn restart_after(&mut self, meanwhile: impl FnOnce(&Self)) {
        self.bench.engine = Engine::in_memory().unwrap();
        meanwhile(self);
        self.bench.engine = Engine::open(&self.database(), self.keys()).unwrap();
    }

    /// Everything that lies below a folder.
    pub(super) fn bytes_of(&self, name: &str) -> Vec<(PathBuf, Vec<u8>)> {
        let mut found = Vec::new();
        let mut folders = vec![self.path(name)];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    found.push((path, bytes));
                }
            }
        }
        found
    }
}

pub(super) fn entropy() -> ChaCha20Rng {
    ChaCha20Rng::from_seed([5; 32])
}
