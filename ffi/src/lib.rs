//! What phones call. Converts and forwards, and decides nothing: the vault is `jangkau_core::replica::Replica`.
//!
//! A thread of each vault owns its file; what takes time is an `async fn` that hands work to that thread and awaits the answer, so that
//! no caller's thread is held up. `README.md` beside this folder tells the surface, its threads, and what is cancelled how. No name
//! here is a word of C, since Swift's header repeats the names of arguments.

mod attachments;
mod commands;
mod enrolment;
mod error;
mod folder;
mod glass;
mod keystore;
mod network;
mod observer;
mod platform;
mod screens;
mod shelf;
mod sync;
mod types;
mod vault;
mod worker;

pub use attachments::{AttachmentLine, AttachmentPresence, AttachmentScreen};
pub use commands::*;
pub use enrolment::Enrolment;
pub use error::{VaultError, vault_error_told};
pub use folder::{Release, VaultFolder, VaultLine, vaults_are_encrypted};
pub use glass::{GlassForm, GlassOutcome};
pub use keystore::{KeyStoreFault, PlatformKeyStore};
pub use observer::{CaseChange, ChangeKind, VaultChange, VaultObserver};
pub use platform::{
    ClockReading, HttpReply, HttpRequest, HttpTransport, LogCode, LogLevel, LogSink, PlatformClock,
    PlatformFault, TransportFault,
};
pub use screens::{
    AppointmentLine, AttentionLine, AttentionScreen, ClockLine, ColleagueLine, ColleagueScreen,
    ContactLine, DailyLines, DeadlineScreen, DueLine, FormChoice, FormField, FormFinding,
    FormScreen, HeaderScreen, HistoryScreen, Hotline, Language, ListAsk, ListLine, ListScreen,
    NoticeLine, RecordField, RecordScreen, TimelineLine, TimelineScreen, TodayScreen, ValueLine,
};
pub use sync::{SyncOutcome, SyncProgress, SyncRun};
pub use vault::{RecordStamp, RecordedOnce, SeatStanding, UnsentLine, Vault, VaultStanding};

#[cfg(not(panic = "unwind"))]
compile_error!("a panic ends a call with an error; it must not end the app");

uniffi::setup_scaffolding!();
