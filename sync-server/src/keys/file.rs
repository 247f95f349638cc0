//! The folder of the keys and the file of the institution key: made for their owner alone, and refused when others may read them.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::Write as _;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use data_encoding::BASE32_NOPAD;
use jangkau_seal::KEY_LEN;
use zeroize::Zeroizing;

use super::KeyError;

/// First line of a key file; a person who holds one on paper sees what it is.
const HEADER: &str = "jangkau institution key 1";

/// Characters in a group: it can be typed from paper.
const GROUP: usize = 4;

/// Why a file of the keys cannot be used, with its path.
pub(super) fn at(path: &Path) -> impl Fn(std::io::Error) -> KeyError {
    let path = path.to_owned();
    move |cause| KeyError::File {
        path: path.clone(),
        cause,
    }
}

/// Makes the folder if it is not there; refuses one that others may enter.
pub(super) fn prepare_folder(folder: &Path) -> Result<(), KeyError> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(at(folder))?;
    refuse_wide(folder)
}

/// Refuses what others than its owner may read, write or enter. What is not there passes.
pub(super) fn refuse_wide(path: &Path) -> Result<(), KeyError> {
    let mode = match fs::metadata(path) {
        Ok(found) => found.permissions().mode() & 0o777,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(at(path)(error)),
    };
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(KeyError::Wide {
        path: path.to_owned(),
        mode,
        right: if path.is_dir() { 0o700 } else { 0o600 },
    })
}

/// Reads the institution key; none if there is no such file.
pub(super) fn read(path: &Path) -> Result<Option<Zeroizing<[u8; KEY_LEN]>>, KeyError> {
    refuse_wide(path)?;
    let text = match fs::read_to_string(path) {
        Ok(text) => Zeroizing::new(text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(at(path)(error)),
    };
    let malformed = || KeyError::Malformed(path.to_owned());
    let rest = text.strip_prefix(HEADER).ok_or_else(malformed)?;
    let letters: Zeroizing<String> = Zeroizing::new(rest.split_whitespace().collect());
    let bytes = BASE32_NOPAD.decode(letters.to_ascii_uppercase().as_bytes());
    let bytes = Zeroizing::new(bytes.map_err(|_| malformed())?);
    let key: [u8; KEY_LEN] = bytes.as_slice().try_into().map_err(|_| malformed())?;
    Ok(Some(Zeroizing::new(key)))
}

/// Writes a new institution key where there is none, and waits for the disk.
pub(super) fn write(path: &Path, key: &[u8; KEY_LEN]) -> Result<(), KeyError> {
    let letters = Zeroizing::new(BASE32_NOPAD.encode(key));
    let mut text = Zeroizing::new(format!("{HEADER}\n"));
    for (index, letter) in letters.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push(' ');
        }
        text.push(letter);
    }
    text.push('\n');
    let mut file = create_new(path)?;
    file.write_all(text.as_bytes()).map_err(at(path))?;
    file.sync_all().map_err(at(path))?;
    sync_folder_of(path)
}

fn create_new(path: &Path) -> Result<File, KeyError> {
    OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(at(path))
}

/// Makes an empty file for its owner alone, unless there is one.
pub(super) fn touch(path: &Path) -> Result<(), KeyError> {
    if !path.exists() {
        create_new(path)?;
    }
    Ok(())
}

pub(super) fn sync_folder_of(path: &Path) -> Result<(), KeyError> {
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder)
        .and_then(|folder| folder.sync_all())
        .map_err(at(folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_file_is_read_as_it_was_written_also_from_paper() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("institution.key");
        assert!(read(&path).unwrap().is_none());
        let key = [0xA7; KEY_LEN];
        write(&path, &key).unwrap();
        assert_eq!(read(&path).unwrap().unwrap()[..], key);
        assert!(write(&path, &[1; KEY_LEN]).is_err(), "never written over");
        // Typed again, in small letters and other lines.
        let typed = fs::read_to_string(&path).unwrap();
        let (header, letters) = typed.split_once('\n').unwrap();
        let letters = letters.to_lowercase().replace(' ', "\n");
        fs::write(&path, format!("{header}\n{letters}")).unwrap();
        assert_eq!(read(&path).unwrap().unwrap()[..], key);
        fs::write(&path, "jangkau institution key 1\nABC").unwrap();
        assert!(matches!(read(&path), Err(KeyError::Malformed(_))));
    }

    #[test]
    fn what_others_may_read_is_refused_with_the_command_that_helps() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("institution.key");
        write(&path, &[1; KEY_LEN]).unwrap();
        for mode in [0o640, 0o604, 0o620] {
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
            let refused = read(&path).unwrap_err().to_string();
            assert!(refused.contains("chmod 600"), "{refused}");
        }
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o755)).unwrap();
        let refused = prepare_folder(folder.path()).unwrap_err().to_string();
        assert!(refused.contains("chmod 700"), "{refused}");
    }
}
