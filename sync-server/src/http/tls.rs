//! TLS: certificate and key from two files, on ring alone; read again when asked to.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ServerConfig, version};
use thiserror::Error;
use tokio_rustls::TlsAcceptor;

use crate::config::TlsFiles;

/// Permissions of a key's file that are too wide: its group may read it, and nobody else anything.
const TOO_WIDE: u32 = 0o027;

/// Why there is no TLS.
#[derive(Debug, Error)]
pub enum TlsError {
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// Others may read the key.
    #[error(
        "others may read the key {}: run `chmod 600` on it, or `chmod 640` where its group must read it", .0.display()
    )]
    Readable(PathBuf),
    /// There is no certificate, or no key, in the file.
    #[error("{} holds no {what} in PEM", file.display())]
    Empty {
        /// Which file.
        file: PathBuf,
        /// What it ought to hold.
        what: &'static str,
    },
    /// They do not belong together.
    #[error("certificate and key do not go together: {0}")]
    Mismatch(rustls::Error),
}

/// What new connections are served with.
#[derive(Debug)]
pub struct Tls {
    files: TlsFiles,
    current: RwLock<Arc<ServerConfig>>,
}

impl Tls {
    /// Reads the files.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let current = RwLock::new(Arc::new(read(&files)?));
        Ok(Self { files, current })
    }

    /// Reads the files again, for connections from now on. What was in force stays so if they are not sound.
    ///
    /// # Errors
    /// [`TlsError`].
    pub fn reload(&self) -> Result<(), TlsError> {
        let fresh = Arc::new(read(&self.files)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = fresh;
        Ok(())
    }

    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(&current).into()
    }
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let is_private = std::fs::metadata(&files.key)
        .map(|file| file.permissions().mode() & TOO_WIDE == 0)
        .map_err(unreadable(&files.key))?;
    if !is_private {
        return Err(TlsError::Readable(files.key.clone()));
    }
    let pem = std::fs::read(&files.certificate).map_err(unreadable(&files.certificate))?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    let chain = chain.map_err(|_| empty(&files.certificate, "certificate"))?;
    if chain.is_empty() {
        return Err(empty(&files.certificate, "certificate"));
    }
    let pem = std::fs::read(&files.key).map_err(unreadable(&files.key))?;
    let key = PrivateKeyDer::from_pem_slice(&pem).map_err(|_| empty(&files.key, "key"))?;
    // TLS 1.2 for phones with Android 8 and 9, which know no newer one; rustls has only its sound suites.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&version::TLS13, &version::TLS12])
        .map_err(TlsError::Mismatch)?
        .with_no_client_auth()
        .with_single_cert(chain, key)
        .map_err(TlsError::Mismatch)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn unreadable(file: &Path) -> impl FnOnce(std::io::Error) -> TlsError {
    let file = file.to_owned();
    |cause| TlsError::Unreadable { file, cause }
}

fn empty(file: &Path, what: &'static str) -> TlsError {
    let file = file.to_owned();
    TlsError::Empty { file, what }
}
