//! What belongs to a record and does not fit into one: photos, scans.

use super::Content;
use crate::attachment::{BlobKey, PLAIN_BYTES_MAX};
use crate::class::Class;
use crate::command::vocabulary::{AttachmentKind, MediaType};
use crate::command::{CommandKind, PlacedRecord};
use crate::id::{BlobHash, CommandId, ContentAddress};
use crate::record::{Field, FieldShape, Record, RecordError};

/// A3, C3, C8: a photo or a scan that belongs to a record. The record is here at once; its bytes follow as a blob.
///
/// It stands in the class of what it belongs to, so that whoever may not hold that never learns of it. The key to the blob
/// is in the record alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attach {
    /// Where the record stands.
    pub class: Class,
    /// The command that it belongs to.
    pub target: CommandId,
    /// What it is.
    pub kind: AttachmentKind,
    /// The form of its bytes.
    pub media: MediaType,
    /// Length of its plain bytes.
    pub length: u32,
    /// Hash of its sealed bytes.
    pub blob: BlobHash,
    /// Address of its content within the document.
    pub content: ContentAddress,
    /// The key that opens it.
    pub key: BlobKey,
}

/// The collection, in each class.
const ATTACHMENT: &str = "attachment";

impl Attach {
    /// The class in which an attachment to such a command stands: the author's own where the command has one, else that of
    /// its first record. None where nothing is attached: to attachments, links and activities.
    #[must_use]
    pub fn class_for(target: CommandKind) -> Option<Class> {
        if target == CommandKind::Attach {
            return None;
        }
        let mut classes = target.sections().iter().map(|section| section.0);
        let first = target.sections().first().map(|section| section.0);
        let class = classes.find(|class| class.is_by_author()).or(first)?;
        let is_offered = Self::SECTIONS.iter().any(|section| section.0 == class);
        is_offered.then_some(class)
    }
}

impl Content for Attach {
    const SECTIONS: &'static [(Class, &'static str)] = &[
        (Class::Intake, ATTACHMENT),
        (Class::Record, ATTACHMENT),
        (Class::Notes, ATTACHMENT),
        (Class::Sessions, ATTACHMENT),
        (Class::Summary, ATTACHMENT),
        (Class::Practitioner, ATTACHMENT),
        (Class::Safety, ATTACHMENT),
    ];
    /// The same in every class, and listed once.
    const KEYS: &'static [&'static [(&'static str, FieldShape)]] = &[&[
        ("target", CommandId::SHAPE),
        ("kind", AttachmentKind::SHAPE),
        ("media", MediaType::SHAPE),
        ("length", u32::SHAPE),
        ("blob", BlobHash::SHAPE),
        ("content", ContentAddress::SHAPE),
        ("key", BlobKey::SHAPE),
    ]];

    fn sections(&self) -> Vec<PlacedRecord> {
        let mut record = Record::default();
        self.target.write("target", &mut record);
        self.kind.write("kind", &mut record);
        self.media.write("media", &mut record);
        self.length.write("length", &mut record);
        self.blob.write("blob", &mut record);
        self.content.write("content", &mut record);
        self.key.write("key", &mut record);
        let collection = ATTACHMENT.to_owned();
        vec![PlacedRecord {
            class: self.class,
            collection,
            record,
        }]
    }

    fn from_sections(sections: &mut Vec<PlacedRecord>) -> Result<Self, RecordError> {
        let is_own = |section: &PlacedRecord| {
            let place = (section.class, section.collection.as_str());
            Self::SECTIONS.contains(&place)
        };
        let position = sections.iter().position(is_own);
        let placed = position.map(|index| sections.remove(index));
        let mut placed = placed.ok_or(RecordError::Missing("target"))?;
        let record = &mut placed.record;
        let attach = Self {
            class: placed.class,
            target: Field::read("target", record)?,
            kind: Field::read("kind", record)?,
            media: Field::read("media", record)?,
            length: Field::read("length", record)?,
            blob: Field::read("blob", record)?,
            content: Field::read("content", record)?,
            key: Field::read("key", record)?,
        };
        super::end_section(record)?;
        if (1..=PLAIN_BYTES_MAX).contains(&attach.length) {
            Ok(attach)
        } else {
            Err(RecordError::Value("length"))
        }
    }
}
