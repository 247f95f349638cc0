//! Attachments of a case, as a screen lists them: what each is, and how far its bytes have come.

use crate::replica::{Attachment, Presence};
use crate::text::{self, Language, text};

/// One attachment in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttachmentShown {
    /// Which, and how it stands.
    pub attachment: Attachment,
    /// What it is.
    pub kind: String,
    /// Whether its bytes have arrived at the server, and what of them is missing here.
    pub says: String,
}

/// One attachment in words.
#[must_use]
pub fn attachment_shown(language: Language, attachment: Attachment) -> AttachmentShown {
    let mut says = arrival(language, &attachment.presence);
    if let Some(missing) = missing(language, &attachment) {
        says = format!("{says}; {missing}");
    }
    AttachmentShown {
        kind: text::attachment(language, attachment.kind),
        attachment,
        says,
    }
}

/// How far the bytes have come on their way to the server.
fn arrival(language: Language, presence: &Presence) -> String {
    let key = match presence {
        Presence::Waiting => "bytes-waiting",
        Presence::Sending { sent, of } => return parts(language, "bytes-sending", (*sent, *of)),
        Presence::Stored => "bytes-stored",
        Presence::Failed(code) => {
            let why = text::unsent(language, *code);
            return text(language, "bytes-failed", &[("why", &why)]);
        }
        Presence::NotArrived => "bytes-not_arrived",
        Presence::Removed => "bytes-removed",
    };
    text(language, key, &[])
}

/// What of the bytes is not on this device, although it could be fetched.
fn missing(language: Language, attachment: &Attachment) -> Option<String> {
    let (here, of) = attachment.here;
    match attachment.presence {
        Presence::Stored if here == 0 => Some(text(language, "bytes-missing", &[])),
        Presence::Stored if here < of => Some(parts(language, "bytes-fetching", (here, of))),
        Presence::Waiting
        | Presence::Sending { .. }
        | Presence::Stored
        | Presence::Failed(_)
        | Presence::NotArrived
        | Presence::Removed => None,
    }
}

fn parts(language: Language, key: &str, (done, of): (u32, u32)) -> String {
    let (done, of) = (done.to_string(), of.to_string());
    text(language, key, &[("done", &done), ("of", &of)])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::command::{AttachmentKind, MediaType};
    use crate::id::{CommandId, PersonId};
    use crate::sync::BlobRefused;

    fn check(presence: Presence, here: u32, told: &str) {
        let attachment = Attachment {
            command: CommandId::from_bytes([1; 16]),
            target: CommandId::from_bytes([2; 16]),
            author: PersonId::from_bytes([3; 16]),
            kind: AttachmentKind::Photo,
            media: MediaType::Jpeg,
            length: 300_000,
            presence,
            here: (here, 5),
        };
        let shown = attachment_shown(Language::Indonesian, attachment);
        assert_eq!((&*shown.kind, &*shown.says), ("foto", told));
    }

    #[test]
    fn the_words_follow_the_bytes() {
        check(Presence::Waiting, 5, "di HP saja");
        let half = Presence::Sending { sent: 3, of: 5 };
        check(half, 5, "sedang dikirim, 3 dari 5 bagian");
        check(Presence::Stored, 5, "diterima");
        check(Presence::Stored, 0, "diterima; isinya belum ada di HP ini");
        check(
            Presence::Stored,
            2,
            "diterima; sedang diambil, 2 dari 5 bagian",
        );
        check(Presence::NotArrived, 0, "isinya belum sampai di server");
        check(Presence::Removed, 0, "ditarik sebelum terkirim");
        check(
            Presence::Failed(BlobRefused::WrongHash),
            5,
            "belum terkirim: Berkas rusak di perjalanan. Pengiriman diulang dari awal dengan sendirinya.",
        );
    }
}
