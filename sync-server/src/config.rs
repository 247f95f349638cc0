//! What an office can set: flags win over the environment, the environment over the file, the file over defaults.

use std::net::{IpAddr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use serde::Deserialize;
use thiserror::Error;

use crate::accounts::SessionTerms;

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// One line for a person.
    #[default]
    Text,
    /// One JSON object on each line.
    Json,
}

/// The settings as flags, as environment variables, and as keys of the file (with underscores).
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, clap::Args)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Settings file (TOML); its keys are the long names of the flags with `_` for `-`
    #[arg(long, env = "JANGKAU_CONFIG", global = true, value_name = "FILE")]
    #[serde(skip)]
    pub config: Option<PathBuf>,

    /// Database file; made if it does not exist [default: jangkau.sqlite3]
    #[arg(long, env = "JANGKAU_DATABASE", global = true, value_name = "FILE")]
    pub database: Option<PathBuf>,

    /// Folder for attachments, encrypted; made if it does not exist [default: the database's name with `.blobs`]
    #[arg(long, env = "JANGKAU_BLOBS", global = true, value_name = "FOLDER")]
    pub blobs: Option<PathBuf>,

    /// Folder of the keys, apart from the database and its backups [default: a folder beside the database's folder, named
    /// after it with `-keys`]
    #[arg(long, env = "JANGKAU_KEYS", global = true, value_name = "FOLDER")]
    pub keys: Option<PathBuf>,

    /// Address and port to listen on [default: 127.0.0.1:8750]
    #[arg(long, env = "JANGKAU_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Certificate for TLS with its chain, in PEM; read again on SIGHUP
    #[arg(
        long,
        env = "JANGKAU_TLS_CERTIFICATE",
        global = true,
        value_name = "FILE"
    )]
    pub tls_certificate: Option<PathBuf>,

    /// Key of the certificate, in PEM; nobody but its owner and group may read it
    #[arg(long, env = "JANGKAU_TLS_KEY", global = true, value_name = "FILE")]
    pub tls_key: Option<PathBuf>,

    /// Speaks plain HTTP to proxies in front of this server that end TLS, and to nobody else
    #[arg(long, env = "JANGKAU_BEHIND_PROXY", global = true, value_name = "BOOL",
          num_args = 0..=1, default_missing_value = "true")]
    pub behind_proxy: Option<bool>,

    /// Addresses of these proxies, with commas between; they are believed whom they speak for (X-Forwarded-For)
    #[arg(
        long,
        env = "JANGKAU_PROXY_ADDRESSES",
        global = true,
        value_name = "ADDRESSES",
        value_delimiter = ','
    )]
    pub proxy_addresses: Option<Vec<IpAddr>>,

    /// Address under which devices reach this server; stands in enrolment codes [default: http(s)://LISTEN]
    #[arg(long, env = "JANGKAU_PUBLIC_URL", global = true, value_name = "URL")]
    pub public_url: Option<String>,

    /// Shape of the log lines [default: text]
    #[arg(long, env = "JANGKAU_LOG_FORMAT", global = true, value_name = "FORMAT")]
    pub log_format: Option<LogFormat>,

    /// What is logged, such as `info` or `jangkau_server=debug` [default: info]
    #[arg(long, env = "JANGKAU_LOG", global = true, value_name = "FILTER")]
    pub log: Option<String>,

    /// Most requests worked on at once; more are told to come later [default: 256]
    #[arg(
        long,
        env = "JANGKAU_REQUESTS_MAX",
        global = true,
        value_name = "COUNT"
    )]
    pub requests_max: Option<usize>,

    /// Most live connections at once [default: 1024]
    #[arg(long, env = "JANGKAU_LIVE_MAX", global = true, value_name = "COUNT")]
    pub live_max: Option<usize>,

    /// Seconds within which a request's body must have arrived, and its answer be ready [default: 30]
    #[arg(
        long,
        env = "JANGKAU_REQUEST_SECONDS_MAX",
        global = true,
        value_name = "SECONDS"
    )]
    pub request_seconds_max: Option<u64>,

    /// Minutes without a request after which somebody who signed in is signed out [default: 30]
    #[arg(
        long,
        env = "JANGKAU_SESSION_IDLE_MINUTES",
        global = true,
        value_name = "MINUTES"
    )]
    pub session_idle_minutes: Option<u64>,

    /// Hours after which everybody who signed in is signed out [default: 12]
    #[arg(
        long,
        env = "JANGKAU_SESSION_HOURS_MAX",
        global = true,
        value_name = "HOURS"
    )]
    pub session_hours_max: Option<u64>,

    /// Folder for backups; without it none are taken
    #[arg(
        long,
        env = "JANGKAU_BACKUP_FOLDER",
        global = true,
        value_name = "FOLDER"
    )]
    pub backup_folder: Option<PathBuf>,

    /// Folder for backups of the key database, apart from the others [default: `backups` in the folder of the keys]
    #[arg(
        long,
        env = "JANGKAU_KEY_BACKUP_FOLDER",
        global = true,
        value_name = "FOLDER"
    )]
    pub key_backup_folder: Option<PathBuf>,

    /// Minutes from one backup to the next [default: 15]
    #[arg(
        long,
        env = "JANGKAU_BACKUP_MINUTES",
        global = true,
        value_name = "MINUTES"
    )]
    pub backup_minutes: Option<u64>,

    /// How many backups are kept; devices keep their own copies until the oldest of these holds their work
    /// [default: 24]
    #[arg(long, env = "JANGKAU_BACKUP_KEEP", global = true, value_name = "COUNT")]
    pub backup_keep: Option<usize>,
}

/// Settings, complete and checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The database file.
    pub database: PathBuf,
    /// The folder for attachments.
    pub blobs: PathBuf,
    /// The folder of the keys.
    pub keys: PathBuf,
    /// The address for devices.
    pub public_url: String,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Certificate and key, if it speaks TLS itself.
    pub tls: Option<TlsFiles>,
    /// The proxies in front of it, and nobody else, may connect; empty: anybody.
    pub proxies: Vec<IpAddr>,
    /// Bounds of the network's side.
    pub limits: Limits,
    /// Backups, if any.
    pub backup: Option<BackupPlan>,
}

/// Where certificate and key lie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TlsFiles {
    /// The certificate and its chain.
    pub certificate: PathBuf,
    /// Its key.
    pub key: PathBuf,
}

/// What bounds the network's side of the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most requests at once.
    pub requests_max: usize,
    /// Most live connections at once.
    pub live_max: usize,
    /// Longest wait for a body, and for an answer.
    pub request_max: Duration,
    /// A person's session ends after this long without a request.
    pub session_idle: Duration,
    /// And after this long in any case.
    pub session_max: Duration,
}

impl Limits {
    /// How long people's sessions last.
    pub(crate) fn session_terms(&self) -> SessionTerms {
        let millis = |long: Duration| i64::try_from(long.as_millis()).unwrap_or(i64::MAX);
        SessionTerms {
            idle_ms: millis(self.session_idle),
            absolute_ms: millis(self.session_max),
        }
    }
}

impl Default for Limits {
    /// What one core can serve; beyond it, "later" is the better answer. Sessions: below NIST 800-63B-4's 24 hours and
    /// one hour idle at AAL2 (DEFAULT).
    fn default() -> Self {
        Self {
            requests_max: 256,
            live_max: 1024,
            request_max: Duration::from_secs(30),
            session_idle: Duration::from_secs(30 * 60),
            session_max: Duration::from_secs(12 * 60 * 60),
        }
    }
}

/// When and where backups are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// Where they are kept.
    pub folder: PathBuf,
    /// Where those of the key database are kept.
    pub key_folder: PathBuf,
    /// From one to the next.
    pub interval: Duration,
    /// How many are kept.
    pub keep: usize,
}

/// Why the settings are not taken.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {cause}", file.display())]
    Unreadable {
        /// Which file.
        file: PathBuf,
        /// Why not.
        cause: std::io::Error,
    },
    /// The file is not one of settings.
    #[error("{}: {cause}", file.display())]
    Malformed {
        /// Which file.
        file: PathBuf,
        /// Where and why.
        cause: Box<toml::de::Error>,
    },
    /// The address can be reached from outside, without protection on the way.
    #[error(
        "refusing to listen on {0} without TLS: anybody on the network could read along. Give --tls-certificate and \
         --tls-key; or, behind a proxy that ends TLS, --behind-proxy with its --proxy-addresses; or listen on 127.0.0.1"
    )]
    Exposed(SocketAddr),
    /// A certificate without its key, or the other way round.
    #[error("TLS takes both --tls-certificate and --tls-key")]
    HalfTls,
    /// A proxy without its address, or the other way round.
    #[error(
        "--behind-proxy takes the --proxy-addresses from which the proxy connects, such as 127.0.0.1; others are not let in"
    )]
    HalfProxy,
    /// TLS ends twice.
    #[error("TLS ends here or at the proxy: give either --tls-certificate or --behind-proxy")]
    TwiceTls,
    /// The keys would lie in the folder of the database or of its backups, and be copied or stolen with them.
    #[error(
        "{}: the keys must not lie in the folder of the database or of its backups; name another folder with --keys",
        .0.display()
    )]
    KeysWithData(PathBuf),
    /// A number that must be at least 1 is 0.
    #[error("`{0}` must be at least 1")]
    Zero(&'static str),
}

impl Settings {
    /// Completes these settings from their file and the defaults.
    ///
    /// # Errors
    /// [`ConfigError`].
    pub fn load(self) -> Result<Config, ConfigError> {
        let file = match &self.config {
            Some(path) => read(path)?,
            None => Self::default(),
        };
        self.or(file).complete()
    }

    fn or(self, file: Self) -> Self {
        Self {
            config: self.config,
            database: self.database.or(file.database),
            blobs: self.blobs.or(file.blobs),
            keys: self.keys.or(file.keys),
            listen: self.listen.or(file.listen),
            tls_certificate: self.tls_certificate.or(file.tls_certificate),
            tls_key: self.tls_key.or(file.tls_key),
            behind_proxy: self.behind_proxy.or(file.behind_proxy),
            proxy_addresses: self.proxy_addresses.or(file.proxy_addresses),
            public_url: self.public_url.or(file.public_url),
            log_format: self.log_format.or(file.log_format),
            log: self.log.or(file.log),
            requests_max: self.requests_max.or(file.requests_max),
            live_max: self.live_max.or(file.live_max),
            request_seconds_max: self.request_seconds_max.or(file.request_seconds_max),
            session_idle_minutes: self.session_idle_minutes.or(file.session_idle_minutes),
            session_hours_max: self.session_hours_max.or(file.session_hours_max),
            backup_folder: self.backup_folder.or(file.backup_folder),
            key_backup_folder: self.key_backup_folder.or(file.key_backup_folder),
            backup_minutes: self.backup_minutes.or(file.backup_minutes),
            backup_keep: self.backup_keep.or(file.backup_keep),
        }
    }

    fn complete(self) -> Result<Config, ConfigError> {
        let listen = self
            .listen
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8750)));
        let (tls, proxies) = self.protection()?;
        if !listen.ip().is_loopback() && tls.is_none() && proxies.is_empty() {
            return Err(ConfigError::Exposed(listen));
        }
        let scheme = if tls.is_some() { "https" } else { "http" };
        let usual = Limits::default();
        let minutes = at_least_one(
            "session_idle_minutes",
            self.session_idle_minutes,
            usual.session_idle.as_secs() / 60,
        )?;
        let hours = at_least_one(
            "session_hours_max",
            self.session_hours_max,
            usual.session_max.as_secs() / 3_600,
        )?;
        let limits = Limits {
            session_idle: Duration::from_secs(minutes.saturating_mul(60)),
            session_max: Duration::from_secs(hours.saturating_mul(3_600)),
            requests_max: at_least_one("requests_max", self.requests_max, usual.requests_max)?,
            live_max: at_least_one("live_max", self.live_max, usual.live_max)?,
            request_max: Duration::from_secs(at_least_one(
                "request_seconds_max",
                self.request_seconds_max,
                usual.request_max.as_secs(),
            )?),
        };
        let keep = at_least_one("backup_keep", self.backup_keep, 24)?;
        let minutes = at_least_one("backup_minutes", self.backup_minutes, 15)?;
        let database = self
            .database
            .unwrap_or_else(|| PathBuf::from("jangkau.sqlite3"));
        let keys = match self.keys {
            Some(keys) => keys,
            None => keys_beside(&database)?,
        };
        let data = [
            Some(absolute_folder(&database)?),
            self.backup_folder.clone(),
            self.blobs.clone(),
        ];
        if data.iter().flatten().any(|data| is_within(&keys, data)) {
            return Err(ConfigError::KeysWithData(keys));
        }
        let key_folder = self.key_backup_folder;
        let key_folder = key_folder.unwrap_or_else(|| keys.join("backups"));
        let blobs = self.blobs.unwrap_or_else(|| beside(&database));
        Ok(Config {
            listen,
            database,
            keys,
            blobs,
            public_url: self
                .public_url
                .unwrap_or_else(|| format!("{scheme}://{listen}")),
            log_format: self.log_format.unwrap_or_default(),
            log: self.log.unwrap_or_else(|| "info".to_owned()),
            tls,
            proxies,
            limits,
            backup: self.backup_folder.map(|folder| BackupPlan {
                folder,
                key_folder,
                interval: Duration::from_secs(minutes.saturating_mul(60)),
                keep,
            }),
        })
    }
}

impl Settings {
    /// What protects the way to this server: TLS of its own, or proxies.
    fn protection(&self) -> Result<(Option<TlsFiles>, Vec<IpAddr>), ConfigError> {
        let tls = match (&self.tls_certificate, &self.tls_key) {
            (Some(certificate), Some(key)) => Some(TlsFiles {
                certificate: certificate.clone(),
                key: key.clone(),
            }),
            (None, None) => None,
            (Some(_), None) | (None, Some(_)) => return Err(ConfigError::HalfTls),
        };
        let is_behind = self.behind_proxy.unwrap_or(false);
        let named = self.proxy_addresses.iter().flatten();
        let proxies: Vec<IpAddr> = named.map(IpAddr::to_canonical).collect();
        if is_behind == proxies.is_empty() {
            return Err(ConfigError::HalfProxy);
        }
        if is_behind && tls.is_some() {
            return Err(ConfigError::TwiceTls);
        }
        Ok((tls, proxies))
    }
}

/// The folder for attachments beside a database.
fn beside(database: &Path) -> PathBuf {
    let mut folder = database.as_os_str().to_owned();
    folder.push(".blobs");
    PathBuf::from(folder)
}

/// Where the keys lie if nobody says: beside the folder of the database, and not in it.
fn keys_beside(database: &Path) -> Result<PathBuf, ConfigError> {
    let folder = absolute_folder(database)?;
    let mut name = folder.file_name().unwrap_or_default().to_owned();
    name.push("-keys");
    Ok(folder.with_file_name(name))
}

fn absolute_folder(database: &Path) -> Result<PathBuf, ConfigError> {
    let unreadable = |cause| ConfigError::Unreadable {
        file: database.to_owned(),
        cause,
    };
    let absolute = std::path::absolute(database).map_err(unreadable)?;
    let folder = absolute.parent().unwrap_or(Path::new("/"));
    Ok(folder.to_owned())
}

fn is_within(keys: &Path, data: &Path) -> bool {
    let (keys, data) = (std::path::absolute(keys), std::path::absolute(data));
    matches!((keys, data), (Ok(keys), Ok(data)) if keys.starts_with(&data))
}

fn at_least_one<N: Copy + Default + PartialEq>(
    name: &'static str,
    given: Option<N>,
    usual: N,
) -> Result<N, ConfigError> {
    let count = given.unwrap_or(usual);
    if count == N::default() {
        return Err(ConfigError::Zero(name));
    }
    Ok(count)
}

fn read(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|cause| ConfigError::Unreadable {
        file: path.to_owned(),
        cause,
    })?;
    toml::from_str(&text).map_err(|cause| ConfigError::Malformed {
        file: path.to_owned(),
        cause: Box::new(cause),
    })
}

#[cfg(test)]
mod tests;
