//! A Unix socket beside the database, over which administrators of the same machine ask the running server.
//!
//! One JSON object in, one out. Only the user who runs the server is answered.

use std::io::{Read as _, Write as _};
use std::net::Shutdown;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{UnixListener, UnixStream};

use super::admin::{AdminAsk, AdminReply, no_folder, perform};
use super::{CliError, serve};
use crate::backup::Backups;
use crate::writer::Writer;

/// Longest question: a piece of a parcel, as text.
const ASK_BYTES_MAX: u64 = 4 * 1024 * 1024;

/// Longest wait for a question or its answer; a backup of a large database takes its time.
const WAIT_MAX: Duration = Duration::from_secs(120);

fn path_beside(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(".admin");
    PathBuf::from(name)
}

/// Asks the server that runs on this database.
pub(super) fn ask(database: &Path, ask: &AdminAsk) -> Result<AdminReply, CliError> {
    let path = path_beside(database);
    let talk = || -> std::io::Result<AdminReply> {
        let mut stream = BlockingStream::connect(&path)?;
        stream.set_read_timeout(Some(WAIT_MAX))?;
        stream.write_all(&serde_json::to_vec(ask)?)?;
        stream.shutdown(Shutdown::Write)?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply)?;
        Ok(serde_json::from_slice(&reply)?)
    };
    talk().map_err(|cause| CliError::File { path, cause })
}

/// Binds the socket; the caller holds the database's lock, so whatever lies there is left over.
pub(super) fn bind(database: &Path) -> std::io::Result<UnixListener> {
    let path = path_beside(database);
    let _ = std::fs::remove_file(&path);
    UnixListener::bind(&path)
}

/// Removes the socket.
pub(super) fn unbind(database: &Path) {
    let _ = std::fs::remove_file(path_beside(database));
}

/// Answers administrators, one after the other, for as long as it is polled.
pub(super) async fn answer(
    listener: UnixListener,
    writer: Writer,
    backups: Option<Backups>,
    server: String,
) {
    loop {
        let Ok((stream, _)) = listener.accept().await else {
            // Out of file handles, most likely: others need a moment to give some back.
            tokio::time::sleep(Duration::from_secs(1)).await;
            continue;
        };
        let talked = talk(stream, &writer, backups.as_ref(), server.clone());
        if let Ok(Err(error)) = tokio::time::timeout(WAIT_MAX, talked).await {
            tracing::warn!(kind = %error.kind(), "an administrator's question broke off");
        }
    }
}

async fn talk(
    mut stream: UnixStream,
    writer: &Writer,
    backups: Option<&Backups>,
    server: String,
) -> std::io::Result<()> {
    let peer = stream.peer_cred()?.uid();
    if peer != own_user()? && peer != 0 {
        return Err(std::io::ErrorKind::PermissionDenied.into());
    }
    let mut bytes = Vec::new();
    (&mut stream)
        .take(ASK_BYTES_MAX)
        .read_to_end(&mut bytes)
        .await?;
    let reply = match serde_json::from_slice(&bytes) {
        Ok(AdminAsk::Backup) => match backups {
            Some(backups) => match serve::back_up_through(writer, backups).await {
                Ok(path) => AdminReply::BackedUp(path),
                Err(reason) => AdminReply::Refused(reason),
            },
            None => no_folder(),
        },
        Ok(ask) => writer
            .run(move |engine, now, rng| perform(&ask, &server, engine, now, rng))
            .await
            .unwrap_or_else(|error| AdminReply::Refused(error.to_string())),
        Err(_) => AdminReply::Refused("the question cannot be read".to_owned()),
    };
    stream.write_all(&serde_json::to_vec(&reply)?).await?;
    stream.shutdown().await
}

/// The user who runs this process: whoever owns its own entry in /proc.
fn own_user() -> std::io::Result<u32> {
    use std::os::unix::fs::MetadataExt as _;
    Ok(std::fs::metadata("/proc/self")?.uid())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

    use std::sync::Arc;

    use super::*;
    use crate::clock::{Clock, entropy};
    use crate::engine::Engine;

    #[test]
    fn the_running_server_answers_its_administrator() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("jangkau.sqlite3");
        let (writer, thread) = crate::writer::start(
            Engine::in_memory().unwrap(),
            Clock::system(),
            entropy().unwrap(),
            Arc::default(),
            WAIT_MAX,
        )
        .unwrap();
        let runtime = crate::http::runtime().unwrap();
        let socket = runtime.block_on(async { bind(&database) }).unwrap();
        let server = "https://lk3.example".to_owned();
        runtime.spawn(answer(socket, writer.clone(), None, server.clone()));
        let asked = |asked: &AdminAsk| ask(&database, asked).unwrap();

        let institution = "lk3-cilegon".parse().unwrap();
        let found = AdminAsk::Found {
            institution,
            profile: jangkau_core::profile::shipped_files()[0].toml.to_owned(),
        };
        assert_eq!(asked(&found), AdminReply::Done);
        let again =
            AdminReply::Refused("there is such an institution or person already".to_owned());
        assert_eq!(asked(&found), again);
        let AdminReply::Person { invitation, .. } = asked(&AdminAsk::AddStaff {
            institution: "lk3-cilegon".parse().unwrap(),
            name: "Tuti".to_owned(),
            roles: vec![jangkau_core::profile::words::Role::SystemAdministrator],
            invite: true,
            again: None,
        }) else {
            panic!("nobody was added");
        };
        assert_eq!(invitation.unwrap().server, server);
        assert_eq!(asked(&AdminAsk::Backup), no_folder());
        let closure = AdminAsk::Standards(crate::cli::StandardsAsk::ImportCalendar {
            institution: "lk3-cilegon".parse().unwrap(),
            name: "office".to_owned(),
            csv: "date,kind,name,confidence\n2027-01-04,tutup_kantor,Pindah,high\n".to_owned(),
        });
        assert_eq!(asked(&closure), AdminReply::Version(1));
        assert_eq!(asked(&closure), AdminReply::Version(2));
        unbind(&database);
        assert!(ask(&database, &AdminAsk::Backup).is_err());
        runtime.block_on(writer.stop());
        assert!(thread.join().is_some());
    }
}
