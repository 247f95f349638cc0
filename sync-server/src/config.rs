//! What an office can set: flags win over the environment, the environment over the file, the file over defaults.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::ValueEnum;
use serde::Deserialize;
use thiserror::Error;

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

    /// Address and port to listen on [default: 127.0.0.1:8750]
    #[arg(long, env = "JANGKAU_LISTEN", global = true, value_name = "ADDRESS")]
    pub listen: Option<SocketAddr>,

    /// Allows an address other than loopback, because a proxy in front of this server ends TLS
    #[arg(long, env = "JANGKAU_BEHIND_TLS_PROXY", global = true, value_name = "BOOL",
          num_args = 0..=1, default_missing_value = "true")]
    pub behind_tls_proxy: Option<bool>,

    /// Address under which devices reach this server; stands in enrolment codes [default: http://LISTEN]
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

    /// Folder for backups; without it none are taken
    #[arg(
        long,
        env = "JANGKAU_BACKUP_FOLDER",
        global = true,
        value_name = "FOLDER"
    )]
    pub backup_folder: Option<PathBuf>,

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
    /// The address for devices.
    pub public_url: String,
    /// Shape of log lines.
    pub log_format: LogFormat,
    /// What is logged.
    pub log: String,
    /// Bounds of the network's side.
    pub limits: Limits,
    /// Backups, if any.
    pub backup: Option<BackupPlan>,
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
}

impl Default for Limits {
    /// What one core can serve; beyond it, "later" is the better answer.
    fn default() -> Self {
        Self {
            requests_max: 256,
            live_max: 1024,
            request_max: Duration::from_secs(30),
        }
    }
}

/// When and where backups are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupPlan {
    /// Where they are kept.
    pub folder: PathBuf,
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
        "refusing to listen on {0}: this server speaks plain HTTP, which anybody on the network could read. \
         Listen on 127.0.0.1, or put a proxy that ends TLS in front and say so with --behind-tls-proxy"
    )]
    Exposed(SocketAddr),
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
            listen: self.listen.or(file.listen),
            behind_tls_proxy: self.behind_tls_proxy.or(file.behind_tls_proxy),
            public_url: self.public_url.or(file.public_url),
            log_format: self.log_format.or(file.log_format),
            log: self.log.or(file.log),
            requests_max: self.requests_max.or(file.requests_max),
            live_max: self.live_max.or(file.live_max),
            request_seconds_max: self.request_seconds_max.or(file.request_seconds_max),
            backup_folder: self.backup_folder.or(file.backup_folder),
            backup_minutes: self.backup_minutes.or(file.backup_minutes),
            backup_keep: self.backup_keep.or(file.backup_keep),
        }
    }

    fn complete(self) -> Result<Config, ConfigError> {
        let listen = self
            .listen
            .unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 8750)));
        if !listen.ip().is_loopback() && !self.behind_tls_proxy.unwrap_or(false) {
            return Err(ConfigError::Exposed(listen));
        }
        let usual = Limits::default();
        let limits = Limits {
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
        Ok(Config {
            listen,
            database: self
                .database
                .unwrap_or_else(|| PathBuf::from("jangkau.sqlite3")),
            public_url: self
                .public_url
                .unwrap_or_else(|| format!("http://{listen}")),
            log_format: self.log_format.unwrap_or_default(),
            log: self.log.unwrap_or_else(|| "info".to_owned()),
            limits,
            backup: self.backup_folder.map(|folder| BackupPlan {
                folder,
                interval: Duration::from_secs(minutes.saturating_mul(60)),
                keep,
            }),
        })
    }
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
