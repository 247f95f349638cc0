//! Photos and scans: the app takes the picture and carries the bytes; here they are made fit, sealed and kept.

use std::fs::File;
use std::io::Read as _;

use jangkau_core::attachment::{PictureError, Unsealable, prepare};
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::profile::Attachments;
use jangkau_core::replica::{CannotAttach, CannotOpen, NewAttachment, Presence, Recorded};
use jangkau_core::screen::{self, AttachmentShown};

use crate::screens::page;
use crate::vault::{case_id, command_id, first_id, place};
use crate::{
    AttachmentKind, Language, MediaType, RecordedOnce, Vault, VaultError, platform, worker,
};

/// Longest file that is read, in bytes: more than any phone's picture. It is scaled before it is kept.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Whether the bytes of an attachment have arrived at the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum AttachmentPresence {
    /// This device has them, and has not begun to send.
    Waiting,
    /// This device is sending.
    Sending,
    /// The server has them, verified: the attachment is present.
    Stored,
    /// Sending failed, and is tried again; the code says why.
    Failed,
    /// Nobody has told that they arrived.
    NotArrived,
    /// Their author took them back before they were sent.
    Removed,
}

/// An attachment, as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AttachmentLine {
    /// Its id.
    pub id: String,
    /// The command that it belongs to.
    pub target: String,
    /// The id of who attached it.
    pub author: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// The same in words.
    pub kind_words: String,
    /// The form of its bytes.
    pub media: MediaType,
    /// Length in bytes.
    pub length: u64,
    /// Whether its bytes have arrived.
    pub presence: AttachmentPresence,
    /// The same in words, with why sending failed, and what of them is missing here.
    pub says: String,
    /// Why sending failed, as a code of the texts `unsent-…`.
    pub code: Option<String>,
    /// Parts that the server has, while it is sent.
    pub sent: u32,
    /// Parts that are on this device.
    pub here: u32,
    /// Of how many.
    pub parts: u32,
}

page!(
    /// Some of a case's attachments, in the order in which they were made.
    AttachmentScreen of AttachmentLine
);

impl From<AttachmentShown> for AttachmentLine {
    fn from(shown: AttachmentShown) -> Self {
        let AttachmentShown {
            attachment,
            kind,
            says,
        } = shown;
        let (presence, code, sent) = match attachment.presence {
            Presence::Waiting => (AttachmentPresence::Waiting, None, 0),
            Presence::Sending { sent, .. } => (AttachmentPresence::Sending, None, sent),
            Presence::Stored => (AttachmentPresence::Stored, None, attachment.here.1),
            Presence::Failed(code) => (AttachmentPresence::Failed, Some(code.to_string()), 0),
            Presence::NotArrived => (AttachmentPresence::NotArrived, None, 0),
            Presence::Removed => (AttachmentPresence::Removed, None, 0),
        };
        Self {
            id: attachment.command.to_string(),
            target: attachment.target.to_string(),
            author: attachment.author.to_string(),
            kind: attachment.kind.into(),
            kind_words: kind,
            media: attachment.media.into(),
            length: u64::from(attachment.length),
            presence,
            says,
            code,
            sent,
            here: attachment.here.0,
            parts: attachment.here.1,
        }
    }
}

impl From<PictureError> for VaultError {
    fn from(error: PictureError) -> Self {
        match error {
            PictureError::Unknown => Self::NotAPicture,
            PictureError::TooLarge => Self::TooLarge,
        }
    }
}

impl From<CannotAttach> for VaultError {
    fn from(reason: CannotAttach) -> Self {
        match reason {
            CannotAttach::Record(reason) => reason.into(),
            CannotAttach::Bytes(Unsealable::Empty) => Self::NotAPicture,
            CannotAttach::Bytes(Unsealable::TooLong) => Self::TooLarge,
            CannotAttach::NotOffered => Self::NotHere,
        }
    }
}

impl From<CannotOpen> for VaultError {
    fn from(reason: CannotOpen) -> Self {
        match reason {
            CannotOpen::Unknown => Self::NotHere,
            CannotOpen::NotHere => Self::NotFetched,
            CannotOpen::Damaged(_) => Self::NotAPicture,
        }
    }
}

#[uniffi::export]
impl Vault {
    /// Attaches a picture (JPEG, PNG) or a PDF to a record. A picture is turned upright, scaled, and loses where it was taken. Saved
    /// when this returns; gives its id. Its bytes go with the exchanges, after the records.
    ///
    /// Errors, with nothing saved: `NotAPicture`, `TooLarge`, `NotHere`, `NotAnId`, `SeatRevoked`, and those of the disk.
    pub async fn attach(
        &self,
        case_id: String,
        target: String,
        kind: AttachmentKind,
        bytes: Vec<u8>,
    ) -> Result<String, VaultError> {
        let (case, target) = (self::case_id(&case_id)?, command_id(&target)?);
        let attached = self.attach_aside(None, case, target, kind, || Ok(bytes))?;
        first_id(attached.get().await?)
    }

    /// The same with the bytes of a file, which stays as it is.
    pub async fn attach_file(
        &self,
        case_id: String,
        target: String,
        kind: AttachmentKind,
        path: String,
    ) -> Result<String, VaultError> {
        let (case, target) = (self::case_id(&case_id)?, command_id(&target)?);
        let attached = self.attach_aside(None, case, target, kind, move || bytes_of(&path))?;
        first_id(attached.get().await?)
    }

    /// As `attach`, under an id of `new_id`. May be repeated with the same: then it says so and changes nothing.
    ///
    /// Errors, with nothing saved: `IdTaken` where something else stands under the id, and those of `attach`.
    pub async fn attach_once(
        &self,
        id: String,
        case_id: String,
        target: String,
        kind: AttachmentKind,
        bytes: Vec<u8>,
    ) -> Result<RecordedOnce, VaultError> {
        let (case, target) = (self::case_id(&case_id)?, command_id(&target)?);
        let id = Some(command_id(&id)?);
        let attached = self.attach_aside(id, case, target, kind, || Ok(bytes))?;
        Ok(attached.get().await?.into())
    }

    /// As `attach_once`, with the bytes of a file, which stays as it is.
    pub async fn attach_file_once(
        &self,
        id: String,
        case_id: String,
        target: String,
        kind: AttachmentKind,
        path: String,
    ) -> Result<RecordedOnce, VaultError> {
        let (case, target) = (self::case_id(&case_id)?, command_id(&target)?);
        let id = Some(command_id(&id)?);
        let attached = self.attach_aside(id, case, target, kind, move || bytes_of(&path))?;
        Ok(attached.get().await?.into())
    }

    /// Attaches to a record of another case what is attached to one of this case (a record that was moved). Gives its id.
    ///
    /// Errors, with nothing saved: `NotFetched`, `NotHere`, `NotAnId`, `ReadingLocked`, and those of the disk.
    pub async fn attach_again(
        &self,
        case_id: String,
        attachment: String,
        to_case: String,
        to_target: String,
    ) -> Result<String, VaultError> {
        let (case, attachment) = (self::case_id(&case_id)?, command_id(&attachment)?);
        let (to_case, to_target) = (self::case_id(&to_case)?, command_id(&to_target)?);
        let teller = self.teller.clone();
        let attached = self.store.hand(move |store| {
            let mut rng = platform::rng()?;
            let (replica, now) = store.reading()?;
            let bytes = replica.open_attachment(case, attachment)??;
            let all = replica.attachments(case)?;
            let known = all.iter().find(|one| one.command == attachment);
            let known = known.ok_or(VaultError::NotHere)?;
            let new = NewAttachment {
                case: to_case,
                target: to_target,
                kind: known.kind,
                media: known.media,
                bytes: &bytes,
            };
            let id = replica.attach(&new, now, &mut rng)??;
            teller.recorded(to_case);
            Ok(id.to_string())
        });
        attached.get().await
    }

    /// The attachments of a case, with how far each has come, from the `from`th on.
    pub async fn attachments(
        &self,
        case_id: String,
        from: u64,
        language: Language,
    ) -> Result<AttachmentScreen, VaultError> {
        let case = self::case_id(&case_id)?;
        let page = self.read(move |replica, now| {
            let page = replica.attachments_told(case, place(from), now, language.into())?;
            Ok(page.into())
        });
        page.get().await
    }

    /// Has the next exchange fetch the bytes of an attachment. Whether there is such an attachment.
    pub async fn want_attachment(&self, case_id: String, id: String) -> Result<bool, VaultError> {
        let (case, id) = (self::case_id(&case_id)?, command_id(&id)?);
        let wanted = self
            .store
            .hand(move |store| Ok(store.replica()?.want_attachment(case, id)?));
        wanted.get().await
    }

    /// The bytes of an attachment, opened.
    ///
    /// Errors: `NotFetched`, `NotHere`, `NotAPicture` where the bytes are damaged.
    pub async fn open_attachment(
        &self,
        case_id: String,
        id: String,
    ) -> Result<Vec<u8>, VaultError> {
        let (case, id) = (self::case_id(&case_id)?, command_id(&id)?);
        let opened = self.read(move |replica, _| Ok(replica.open_attachment(case, id)??));
        opened.get().await
    }

    /// Takes back the bytes of an own attachment of which nothing was sent. Whether they were taken back.
    pub async fn remove_attachment(&self, id: String) -> Result<bool, VaultError> {
        let id = command_id(&id)?;
        let removed = self
            .store
            .hand(move |store| Ok(store.replica()?.remove_attachment(id)?));
        removed.get().await
    }
}

impl Vault {
    /// Makes bytes fit on a thread of their own, since scaling takes long, and then records them.
    fn attach_aside(
        &self,
        id: Option<CommandId>,
        case: CaseId,
        target: CommandId,
        kind: AttachmentKind,
        bytes: impl FnOnce() -> Result<Vec<u8>, VaultError> + Send + 'static,
    ) -> Result<worker::Answer<Recorded>, VaultError> {
        let (store, teller) = (self.store.clone(), self.teller.clone());
        worker::aside("attach", move || {
            let rules = store.wait(|store| {
                let now = store.now()?;
                let profile = store.replica()?.profile(now)?;
                Ok(profile.map_or(Attachments::default(), |profile| profile.attachments))
            })?;
            let (media, bytes) = prepare(&bytes()?, &rules)?;
            store.wait(move |store| {
                let (now, mut rng) = (store.now()?, platform::rng()?);
                let new = NewAttachment {
                    case,
                    target,
                    kind: kind.into(),
                    media,
                    bytes: &bytes,
                };
                let id = id.unwrap_or_else(|| CommandId::generate(now, &mut rng));
                let recorded = store.replica()?.attach_once(id, &new, now, &mut rng)??;
                if !recorded.repeated {
                    teller.recorded(case);
                }
                Ok(recorded)
            })
        })
    }
}

fn bytes_of(path: &str) -> Result<Vec<u8>, VaultError> {
    let file = File::open(path).map_err(|_| VaultError::NotAPicture)?;
    let mut bytes = Vec::new();
    let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
    read.map_err(|_| VaultError::NotAPicture)?;
    if bytes.len() as u64 > FILE_BYTES_MAX {
        return Err(VaultError::TooLarge);
    }
    Ok(bytes)
}
