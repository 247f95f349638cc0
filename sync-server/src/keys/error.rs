//! Why the keys cannot be used, in words that say what to do.

use std::path::PathBuf;

use thiserror::Error;

/// Why the keys cannot be used. The text says what to do.
#[derive(Debug, Error)]
pub enum KeyError {
    /// A file or folder of the keys cannot be read or written.
    #[error("{}: {cause}", path.display())]
    File {
        /// Which.
        path: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// Others than the server's user can read it.
    #[error(
        "{}: others may read it (mode {mode:o}); whoever had a look may have the keys. Run `chmod {right:o} {}`",
        path.display(), path.display()
    )]
    Wide {
        /// Which file or folder.
        path: PathBuf,
        /// Its mode.
        mode: u32,
        /// The mode that it should have.
        right: u32,
    },
    /// The database is encrypted, and its key is not there.
    #[error(
        "{}: the institution key is not there, and the database cannot be read without it. \
         Put the copy back that was kept apart (paper, or another medium), or name its folder with --keys",
        .0.display()
    )]
    NoKeyFile(PathBuf),
    /// The database is encrypted, and the key database is not there.
    #[error(
        "{}: the key database is not there, and the database cannot be read without it. \
         Put its newest backup back, or name its folder with --keys",
        .0.display()
    )]
    NoVault(PathBuf),
    /// The key file is not one.
    #[error("{}: not a key file; put the copy back that was kept apart", .0.display())]
    Malformed(PathBuf),
    /// The key file is that of another key database.
    #[error("{}: this is the key of another server; put the right copy back", .0.display())]
    WrongKey(PathBuf),
    /// A line of the ledger was changed.
    #[error("{}: line {line} was changed; put the ledger's copy back", path.display())]
    Ledger {
        /// The file.
        path: PathBuf,
        /// The line, counted from 1.
        line: usize,
    },
    /// A row of the key database does not decode or open.
    #[error("the key database is damaged; put its newest backup back")]
    Damaged,
    /// SQLite reports something about the key database.
    #[error("the key database failed: {0}")]
    Sqlite(#[from] rusqlite::Error),
}
