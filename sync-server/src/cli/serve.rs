//! `serve`: the office's server, from its settings to its last commit.

use std::fs::{File, OpenOptions, TryLockError};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::time::{MissedTickBehavior, interval};

use super::{CliError, admin_socket, private};
use crate::backup::{Backups, Snapshot, mark};
use crate::blobs::Blobs;
use crate::clock::{Clock, entropy};
use crate::config::{BackupPlan, Config, Settings};
use crate::engine::Engine;
use crate::http::{Entrance, ServeError, Server, Tls};
use crate::keys::Keys;
use crate::logging;
use crate::metrics::{Measure, Metrics};
use crate::writer::Writer;

/// Serves until a signal.
pub(super) fn run(settings: Settings) -> Result<ExitCode, CliError> {
    let config = settings.load()?;
    logging::start(&config.log, config.log_format, std::io::stderr)?;
    logging::hush_panics();
    let Some(_lock) = lock(&config.database)? else {
        return Err(CliError::Running);
    };
    private::tell_wide(&config);
    let engine = open(&config)?;
    let runtime = crate::http::runtime().map_err(ServeError::Machine)?;
    let served = runtime.block_on(serve(&config, engine));
    admin_socket::unbind(&config.database);
    // The engine closes the database as it goes.
    served.map(|_engine| ExitCode::SUCCESS)
}

async fn serve(config: &Config, engine: Engine) -> Result<Engine, CliError> {
    let listener = TcpListener::bind(config.listen)
        .await
        .map_err(ServeError::Machine)?;
    let address = listener.local_addr().map_err(ServeError::Machine)?;
    let tls = config.tls.clone().map(Tls::load).transpose()?.map(Arc::new);
    let entrance = Entrance {
        tls: tls.clone(),
        proxies: config.proxies.clone(),
    };
    let blobs = Blobs::in_folder(&config.blobs)?;
    let server =
        Server::start(engine, blobs.clone(), Clock::system(), config.limits)?.through(entrance);
    read_again_on_hangup(tls)?;
    let (stop, told) = watch::channel(false);
    let mut terminate = signal(SignalKind::terminate()).map_err(ServeError::Machine)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(ServeError::Machine)?;
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.send_replace(true);
    });
    let backups = config.backup.as_ref().map(Backups::of);
    match admin_socket::bind(&config.database) {
        Ok(socket) => {
            let (writer, backups) = (server.writer.clone(), backups.clone());
            let address = config.public_url.clone();
            tokio::spawn(admin_socket::answer(socket, writer, backups, address));
        }
        // A path of more than 107 bytes, for instance; devices can be served all the same.
        Err(error) => tracing::warn!(kind = %error.kind(), "administrators cannot ask this server"),
    }
    if let (Some(plan), Some(backups)) = (config.backup.clone(), backups) {
        let metrics = Arc::clone(&server.metrics);
        let writer = server.writer.clone();
        tokio::spawn(async move { back_up_for_ever(&plan, &backups, &writer, &metrics).await });
    }
    let writer = server.writer.clone();
    tokio::spawn(async move { delete_erased_for_ever(&writer, &blobs).await });
    tracing::info!(%address, "serving");
    Ok(server.run(listener, told).await?)
}

/// On SIGHUP, reads certificate and key again, for connections from then on; without TLS the signal changes nothing.
fn read_again_on_hangup(tls: Option<Arc<Tls>>) -> Result<(), CliError> {
    let mut hangup = signal(SignalKind::hangup()).map_err(ServeError::Machine)?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            match tls.as_ref().map(|tls| tls.reload()) {
                Some(Ok(())) => tracing::info!("certificate and key were read again"),
                Some(Err(error)) => {
                    tracing::error!(%error, "the former certificate stays in force")
                }
                None => {}
            }
        }
    });
    Ok(())
}

/// How long the bytes of an erased attachment lie in their folder, which no request reaches any more. DEFAULT.
const DELETED_WITHIN: Duration = Duration::from_secs(60);

/// Deletes the bytes of erased attachments, once what erased them is committed.
async fn delete_erased_for_ever(writer: &Writer, blobs: &Blobs) {
    let mut ticks = interval(DELETED_WITHIN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let Ok(Ok(erased)) = writer.run(|engine, _, _| engine.erased_blobs()).await else {
            continue;
        };
        for (institution, names) in erased {
            if let Err(error) = blobs.delete(&institution, &names).await {
                tracing::error!(%error, "bytes of erased attachments could not be deleted");
                continue;
            }
            let noted = writer.run(move |engine, _, _| engine.blobs_deleted(&institution, &names));
            if !matches!(noted.await, Ok(Ok(()))) {
                tracing::error!("that erased attachments were deleted could not be noted");
            }
        }
    }
}

/// Takes a backup at once and then at every interval: an office that switches its machine on each morning has one of
/// that morning.
async fn back_up_for_ever(
    plan: &BackupPlan,
    backups: &Backups,
    writer: &Writer,
    metrics: &Metrics,
) {
    let mut ticks = interval(plan.interval.max(Duration::from_secs(1)));
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let outcome = match back_up_through(writer, backups).await {
            Ok(_) => {
                let now = Clock::system().now();
                metrics.set(Measure::BackupAt, now.as_millis() as f64 / 1_000.0);
                "good"
            }
            Err(reason) => {
                tracing::error!(reason, "no backup was taken");
                "failed"
            }
        };
        metrics.add(Measure::Backups, &[("outcome", outcome)], 1.0);
    }
}

/// Takes a backup of a running server: the image between two groups, the writing beside them.
pub(super) async fn back_up_through(writer: &Writer, backups: &Backups) -> Result<PathBuf, String> {
    let snapshot = writer
        .run(|engine, now, _| Snapshot::take(engine, now))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    let folder = backups.clone();
    let written = tokio::task::spawn_blocking(move || {
        let path = folder.write(&snapshot)?;
        Ok::<_, crate::backup::BackupError>((path, folder.safe_through()?))
    });
    let (path, safe) = written
        .await
        .map_err(|_| "writing the backup broke off".to_owned())?
        .map_err(|error| error.to_string())?;
    writer
        .run(move |engine, _, _| mark(engine, &safe))
        .await
        .map_err(|error| error.to_string())?
        .map_err(|error| error.to_string())?;
    Ok(path)
}

/// Takes the database for this process; none if another has it. Held until dropped.
pub(super) fn lock(database: &Path) -> Result<Option<File>, CliError> {
    let mut path = database.as_os_str().to_owned();
    path.push(".lock");
    let path = PathBuf::from(path);
    let at = |cause| CliError::File {
        path: path.clone(),
        cause,
    };
    let file = private_file(&path).map_err(at)?;
    match file.try_lock() {
        Ok(()) => Ok(Some(file)),
        Err(TryLockError::WouldBlock) => Ok(None),
        Err(TryLockError::Error(cause)) => Err(at(cause)),
    }
}

/// Opens the keys that a database is sealed with; where nothing is sealed yet, they are made.
pub(super) fn open_keys(config: &Config, database: &Path) -> Result<Keys, CliError> {
    let is_sealed = database.exists()
        && Engine::is_sealed(database).map_err(|cause| CliError::Database {
            path: database.to_owned(),
            cause,
        })?;
    Ok(Keys::open(&config.keys, is_sealed, entropy()?)?)
}

/// Opens the database with its keys; a new one is readable by its owner alone.
pub(super) fn open(config: &Config) -> Result<Engine, CliError> {
    let database = &config.database;
    let keys = open_keys(config, database)?;
    private_file(database).map_err(|cause| CliError::File {
        path: database.to_owned(),
        cause,
    })?;
    let opened = Engine::open(database, keys).and_then(|mut engine| {
        engine.redo_erasures(Clock::system().now())?;
        if let Some(taken_at) = engine.keys().put_back()? {
            tracing::warn!(%taken_at, "the key database is a copy that was put back; see `admin status`");
        }
        Ok(engine)
    });
    opened.map_err(|cause| CliError::Database {
        path: database.to_owned(),
        cause,
    })
}

fn private_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(path)
}
