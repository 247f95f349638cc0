//! What phones call. Converts and forwards, and decides nothing: the vault is `jangkau_core::replica::Replica`.
//!
//! Calls block until the disk has what they say is saved, so an app makes them away from its own thread of the
//! screen. Bytes go in and out; the app carries them over HTTP. No name here is a word of C, since Swift's header
//! repeats the names of arguments.

mod attachments;
mod enrolment;
mod error;
mod folder;
mod glass;
mod keystore;
mod platform;
mod screens;
mod shelf;
mod types;
mod vault;

pub use attachments::AttachmentLine;
pub use enrolment::Enrolment;
pub use error::{VaultError, vault_error_told};
pub use folder::{Release, VaultFolder, VaultLine, vaults_are_encrypted};
pub use glass::{GlassForm, GlassOutcome, GlassRequest};
pub use keystore::{KeyStoreFault, PlatformKeyStore};
pub use screens::{
    AppointmentLine, AttentionLine, ClockLine, ContactLine, DailyLines, DueLine, FormChoice,
    FormField, FormFinding, FormScreen, HeaderScreen, Hotline, Language, ListAsk, ListLine,
    ListScreen, NoticeLine, TodayScreen, ToldLine,
};
pub use types::{
    ApplicantKind, CaseLine, Channel, FateLine, NewCase, NewVisit, RefusalOutcome, SafetyLevel,
    SyncOutcome, TimelineLine, VisitPlace,
};
pub use vault::Vault;

uniffi::setup_scaffolding!();
