//! The ledger of erasures: an append-only file beside the key file, one line for each key that was destroyed.
//!
//! It names a document by its id, which is a hash, and no person. Whatever is restored, it is applied again.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use data_encoding::HEXLOWER;
use jangkau_core::id::InstitutionId;
use jangkau_core::time::Timestamp;

use super::file::{at, refuse_wide, sync_folder_of, touch};
use super::{Erasure, KeyError, KeyId};

/// First word of a line: its layout.
const LAYOUT: &str = "1";

/// Bytes of a line's check: enough to tell a torn or bent line.
const CHECK_LEN: usize = 8;

/// The file.
pub(super) struct Ledger {
    path: PathBuf,
    check: [u8; 32],
}

impl Ledger {
    /// Opens the file, making it if it is not there.
    pub(super) fn open(path: PathBuf, check: [u8; 32]) -> Result<Self, KeyError> {
        refuse_wide(&path)?;
        touch(&path)?;
        Ok(Self { path, check })
    }

    /// Every erasure. A last line that is not whole was never acknowledged; any other that is bent is an error.
    pub(super) fn read(&self) -> Result<Vec<Erasure>, KeyError> {
        let text = std::fs::read_to_string(&self.path).map_err(at(&self.path))?;
        let mut erasures = Vec::new();
        for (number, line) in (1..).zip(text.split_inclusive('\n')) {
            let Some(line) = line.strip_suffix('\n') else {
                break;
            };
            if line.is_empty() {
                continue;
            }
            erasures.push(self.parse(line).ok_or_else(|| KeyError::Ledger {
                path: self.path.clone(),
                line: number,
            })?);
        }
        Ok(erasures)
    }

    /// Appends one erasure and waits for the disk.
    pub(super) fn append(&self, erasure: &Erasure) -> Result<(), KeyError> {
        let told = format!(
            "{LAYOUT} {} {} {} {} {}",
            erasure.institution,
            erasure.document,
            erasure.key.get(),
            erasure.at.as_millis(),
            erasure.reason,
        );
        let line = format!("{told} {}\n", self.check_of(&told));
        let mut file = OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(&self.path)
            .map_err(at(&self.path))?;
        // What a torn write left at the end was never acknowledged.
        let text = std::fs::read_to_string(&self.path).map_err(at(&self.path))?;
        let whole = text.rfind('\n').map_or(0, |last| last + 1);
        file.set_len(whole as u64).map_err(at(&self.path))?;
        file.write_all(line.as_bytes()).map_err(at(&self.path))?;
        file.sync_all().map_err(at(&self.path))?;
        sync_folder_of(&self.path)
    }

    /// Where it lies.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn parse(&self, line: &str) -> Option<Erasure> {
        let (told, check) = line.rsplit_once(' ')?;
        if check != self.check_of(told) {
            return None;
        }
        let mut words = told.split(' ');
        if words.next()? != LAYOUT {
            return None;
        }
        let institution: InstitutionId = words.next()?.parse().ok()?;
        let erasure = Erasure {
            institution,
            document: words.next()?.parse().ok()?,
            key: KeyId::new(words.next()?.parse().ok()?)?,
            at: Timestamp::from_millis(words.next()?.parse().ok()?),
            reason: words.next()?.parse().ok()?,
        };
        words.next().is_none().then_some(erasure)
    }

    fn check_of(&self, told: &str) -> String {
        let hash = blake3::keyed_hash(&self.check, told.as_bytes());
        HEXLOWER.encode(&hash.as_bytes()[..CHECK_LEN])
    }
}

#[cfg(test)]
mod tests {
    use jangkau_core::id::DocumentId;

    use super::*;

    fn erasure(number: i64) -> Erasure {
        Erasure {
            institution: "lk3-cilegon".parse().unwrap(),
            document: DocumentId::from_bytes([7; DocumentId::LEN]),
            key: KeyId::new(number).unwrap(),
            at: Timestamp::from_millis(1_795_399_200_000),
            reason: "retention_ended".parse().unwrap(),
        }
    }

    #[test]
    fn a_torn_line_is_no_line_and_a_bent_one_is_told() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("erasures.log");
        let ledger = Ledger::open(path.clone(), [3; 32]).unwrap();
        ledger.append(&erasure(1)).unwrap();
        ledger.append(&erasure(2)).unwrap();
        assert_eq!(ledger.read().unwrap(), [erasure(1), erasure(2)]);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, &text[..text.len() - 5]).unwrap();
        assert_eq!(ledger.read().unwrap(), [erasure(1)]);
        ledger.append(&erasure(3)).unwrap();
        assert_eq!(ledger.read().unwrap(), [erasure(1), erasure(3)]);
        std::fs::write(&path, text.replacen("retention", "redaction", 1)).unwrap();
        let told = ledger.read().unwrap_err().to_string();
        assert!(told.contains("line 1"), "{told}");
    }
}
