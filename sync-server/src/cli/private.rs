//! Files of the server are for its own user: what it makes is, and what is found otherwise is told.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use rustix::fs::Mode;
use rustix::process::umask;

use crate::config::Config;

/// From now on, whatever this process makes is for its own user alone.
pub(super) fn begin() {
    umask(Mode::RWXG | Mode::RWXO);
}

/// Files and folders of the server that others than its user may read or write. The keys are not among them: these are refused.
pub(super) fn wide(config: &Config) -> Vec<(PathBuf, u32)> {
    let mut paths = Vec::new();
    for part in ["", "-wal", "-shm", ".lock", ".admin"] {
        let mut path = config.database.as_os_str().to_owned();
        path.push(part);
        paths.push(PathBuf::from(path));
    }
    if let Some(plan) = &config.backup {
        for folder in [&plan.folder, &plan.key_folder] {
            paths.push(folder.clone());
            let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
            paths.extend(entries.map(|entry| entry.path()));
        }
    }
    let wide = |path: PathBuf| {
        mode_of(&path)
            .filter(|mode| mode & 0o077 != 0)
            .map(|mode| (path, mode))
    };
    paths.into_iter().filter_map(wide).collect()
}

fn mode_of(path: &Path) -> Option<u32> {
    let found = std::fs::symlink_metadata(path).ok()?;
    Some(found.permissions().mode() & 0o777)
}

/// Tells of every file that others may read.
pub(super) fn tell_wide(config: &Config) {
    for (path, mode) in wide(config) {
        tracing::warn!(path = %path.display(), mode = format!("{mode:o}"), "others may read this; run chmod go= on it");
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

    use std::fs::{Permissions, set_permissions};

    use super::*;
    use crate::config::Settings;

    #[test]
    fn what_the_server_makes_is_for_its_user_and_what_is_wide_is_told() {
        begin();
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        std::fs::create_dir(&data).unwrap();
        let config = Settings {
            database: Some(data.join("jangkau.sqlite3")),
            backup_folder: Some(folder.path().join("backups")),
            key_backup_folder: Some(folder.path().join("key-backups")),
            ..Settings::default()
        };
        let config = config.load().unwrap();
        assert_eq!(config.keys, folder.path().join("data-keys"));
        let mut engine = super::super::serve::open(&config).unwrap();
        let socket = std::os::unix::net::UnixListener::bind(data.join("jangkau.sqlite3.admin"));
        drop(socket.unwrap());
        let now = crate::clock::Clock::system().now();
        let profile = jangkau_core::profile::shipped_files()[0].toml;
        let mut rng = crate::clock::entropy().unwrap();
        engine
            .found(&"lk3-cilegon".parse().unwrap(), profile, now, &mut rng)
            .unwrap();
        let plan = config.backup.clone().unwrap();
        let backups = crate::backup::Backups::of(&plan);
        let image = crate::backup::back_up(&mut engine, &backups, now).unwrap();
        let mut folders = vec![folder.path().to_owned()];
        let mut seen = 0;
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                assert_eq!(mode_of(&path).unwrap() & 0o077, 0, "{}", path.display());
                seen += 1;
                if path.is_dir() {
                    folders.push(path);
                }
            }
        }
        assert!(seen > 12, "{seen}");
        assert_eq!(wide(&config), []);
        set_permissions(&image, Permissions::from_mode(0o644)).unwrap();
        set_permissions(&config.database, Permissions::from_mode(0o660)).unwrap();
        let told = wide(&config);
        assert_eq!(told, [(config.database.clone(), 0o660), (image, 0o644)]);
        // The keys are not told of: with them open to others the server does not start.
        drop(engine);
        set_permissions(
            config.keys.join("institution.key"),
            Permissions::from_mode(0o640),
        )
        .unwrap();
        let refused = super::super::serve::open(&config).unwrap_err().to_string();
        assert!(refused.contains("chmod 600"), "{refused}");
    }
}
