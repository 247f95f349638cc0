//! Photos and scans: the app takes the picture and carries the bytes; here they are made fit, sealed and kept.

use std::fs::File;
use std::io::Read as _;

use jangkau_core::attachment::{PictureError, Unsealable, prepare};
use jangkau_core::command::AttachmentKind;
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::profile::Attachments;
use jangkau_core::replica::{Attachment, CannotAttach, CannotOpen, NewAttachment, Presence};

use crate::{RefusalOutcome, Vault, VaultError, platform};

/// Longest file that is read, in bytes: more than any phone's picture. It is scaled before it is kept.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// An attachment, as a screen shows it.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Record)]
pub struct AttachmentLine {
    /// Its id.
    pub id: String,
    /// The command that it belongs to.
    pub target: String,
    /// Who attached it.
    pub author: String,
    /// `photo`, `scan`, `letter_scan` or `other`.
    pub kind: String,
    /// `jpeg` or `pdf`.
    pub media: String,
    /// Length in bytes.
    pub length: u64,
    /// Whether its bytes have arrived: `waiting`, `sending`, `stored`, `failed`, `not_arrived` or `removed`.
    pub presence: String,
    /// Why sending failed, as a code of the texts `unsent-…`.
    pub code: Option<String>,
    /// Parts that the server has, while it is sent.
    pub sent: u32,
    /// Parts that are on this device.
    pub here: u32,
    /// Of how many.
    pub parts: u32,
}

impl From<Attachment> for AttachmentLine {
    fn from(attachment: Attachment) -> Self {
        let (presence, code, sent) = match attachment.presence {
            Presence::Waiting => ("waiting", None, 0),
            Presence::Sending { sent, .. } => ("sending", None, sent),
            Presence::Stored => ("stored", None, attachment.here.1),
            Presence::Failed(code) => ("failed", Some(code.to_string()), 0),
            Presence::NotArrived => ("not_arrived", None, 0),
            Presence::Removed => ("removed", None, 0),
        };
        Self {
            id: attachment.command.to_string(),
            target: attachment.target.to_string(),
            author: attachment.author.to_string(),
            kind: attachment.kind.to_string(),
            media: attachment.media.to_string(),
            length: u64::from(attachment.length),
            presence: presence.to_owned(),
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

fn parse_case(id: &str) -> Result<CaseId, VaultError> {
    id.parse().map_err(|_| VaultError::NotAnId)
}

fn parse_command(id: &str) -> Result<CommandId, VaultError> {
    id.parse().map_err(|_| VaultError::NotAnId)
}

#[uniffi::export]
impl Vault {
    /// Attaches a picture (JPEG, PNG) or a PDF to a record. A picture is turned upright, scaled, and loses where it was taken. Saved
    /// when this returns; gives its id.
    pub fn attach(
        &self,
        case_id: String,
        target: String,
        kind: String,
        bytes: Vec<u8>,
    ) -> Result<String, VaultError> {
        let (case, target) = (parse_case(&case_id)?, parse_command(&target)?);
        let kind: AttachmentKind = kind.parse().map_err(|_| VaultError::UnknownWord)?;
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        let profile = self.slot()?.replica()?.profile(now)?;
        let rules = profile.map_or(Attachments::default(), |profile| profile.attachments);
        // The lock is not held meanwhile: scaling takes long.
        let (media, bytes) = prepare(&bytes, &rules)?;
        let new = NewAttachment {
            case,
            target,
            kind,
            media,
            bytes: &bytes,
        };
        let attached = self.slot()?.replica()?.attach(&new, now, &mut rng)??;
        Ok(attached.to_string())
    }

    /// The same with the bytes of a file, which stays as it is.
    pub fn attach_file(
        &self,
        case_id: String,
        target: String,
        kind: String,
        path: String,
    ) -> Result<String, VaultError> {
        let file = File::open(path).map_err(|_| VaultError::NotAPicture)?;
        let mut bytes = Vec::new();
        let read = file.take(FILE_BYTES_MAX + 1).read_to_end(&mut bytes);
        read.map_err(|_| VaultError::NotAPicture)?;
        if bytes.len() as u64 > FILE_BYTES_MAX {
            return Err(VaultError::TooLarge);
        }
        self.attach(case_id, target, kind, bytes)
    }

    /// Attaches to a record of another case what is attached to one of this case (a record that was moved). Gives its id.
    pub fn attach_again(
        &self,
        case_id: String,
        attachment: String,
        to_case: String,
        to_target: String,
    ) -> Result<String, VaultError> {
        let (case, attachment) = (parse_case(&case_id)?, parse_command(&attachment)?);
        let (to_case, to_target) = (parse_case(&to_case)?, parse_command(&to_target)?);
        let (now, mut rng) = (platform::now()?, platform::rng()?);
        let mut slot = self.slot()?;
        slot.reading()?;
        let replica = slot.replica()?;
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
        Ok(replica.attach(&new, now, &mut rng)??.to_string())
    }

    /// The attachments of a case, with how far each has come.
    pub fn attachments(&self, case_id: String) -> Result<Vec<AttachmentLine>, VaultError> {
        let found = self.slot()?.reading()?.attachments(parse_case(&case_id)?)?;
        Ok(found.into_iter().map(Into::into).collect())
    }

    /// Has the next steps fetch the bytes of an attachment. Whether there is such an attachment.
    pub fn want_attachment(&self, case_id: String, id: String) -> Result<bool, VaultError> {
        let (case, id) = (parse_case(&case_id)?, parse_command(&id)?);
        Ok(self.slot()?.replica()?.want_attachment(case, id)?)
    }

    /// The bytes of an attachment, opened.
    pub fn open_attachment(&self, case_id: String, id: String) -> Result<Vec<u8>, VaultError> {
        let (case, id) = (parse_case(&case_id)?, parse_command(&id)?);
        Ok(self.slot()?.reading()?.open_attachment(case, id)??)
    }

    /// Takes back the bytes of an own attachment of which nothing was sent. Whether they were taken back.
    pub fn remove_attachment(&self, id: String) -> Result<bool, VaultError> {
        let id = parse_command(&id)?;
        Ok(self.slot()?.replica()?.remove_attachment(id)?)
    }

    /// Number of attachments that are still to be sent: ask for it wherever `unsent` is asked for.
    pub fn unsent_attachments(&self) -> Result<u32, VaultError> {
        Ok(self.slot()?.replica()?.unsent_attachments()?)
    }

    /// The body for `POST /v1/blob`: one step for attachments; none when there is nothing to do now. The app syncs first, and between steps
    /// whenever it likes.
    pub fn next_blob_request(&self) -> Result<Option<Vec<u8>>, VaultError> {
        let now = platform::now()?;
        Ok(self.slot()?.replica()?.blob_request(now)?)
    }

    /// Takes the body of an answer with status 200. True: there is more to do at once.
    pub fn take_blob_reply(&self, reply: Vec<u8>) -> Result<bool, VaultError> {
        let now = platform::now()?;
        Ok(self.slot()?.replica()?.blob_receive(&reply, now)?.again)
    }

    /// Takes the body of an answer with another status.
    pub fn take_blob_refusal(&self, refusal: Vec<u8>) -> Result<RefusalOutcome, VaultError> {
        let now = platform::now()?;
        let (code, again) = self.slot()?.replica()?.blob_refused(&refusal, now)?;
        let code = code.to_string();
        Ok(RefusalOutcome { code, again })
    }
}
