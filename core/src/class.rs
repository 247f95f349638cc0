//! Confidentiality classes, compartments, and the documents that they make of a case.

use crate::access::Writing;
use crate::code::codes;
use crate::id::{CaseId, DocumentId, PersonId};

codes!(
    /// Who may hold a thing: the classes of LK3.md section 9 that are documents.
    /// (K1 are rulings; K8 to K11 are typed rows.)
    Class {
        /// K2: registration, identity, contact, papers, assignment.
        Intake = "intake",
        /// K3: the social case record: forms F02 to F08 and F16 to F18.
        Record = "record",
        /// K4: a psychologist's or session leader's own notes. Only their author holds it.
        Notes = "notes",
        /// K4s, first half: what happened in a session without what was said.
        Sessions = "sessions",
        /// K4s, second half: the psychological summary, form F10.
        Summary = "summary",
        /// K5: notes of legal, clergy and education practitioners. Only their author holds it.
        Practitioner = "practitioner",
        /// K6: hidden address, safe house, safety plan.
        Safety = "safety",
        /// K7: who reported the case.
        Reporter = "reporter",
        /// Which other cases a case is connected with; for heads alone.
        Links = "links",
        /// Activities without a case. They name no client.
        Activity = "activity",
    }
);

impl Class {
    /// Small number for the wire and for hashes; never reused.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Intake => 2,
            Self::Record => 3,
            Self::Notes => 4,
            Self::Sessions => 40,
            Self::Summary => 41,
            Self::Practitioner => 5,
            Self::Safety => 6,
            Self::Reporter => 7,
            Self::Links => 12,
            Self::Activity => 13,
        }
    }

    /// The class of a number.
    #[must_use]
    pub fn from_number(number: u8) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|class| class.number() == number)
    }

    /// Whether the class is split by author, so that nobody else ever holds the document.
    #[must_use]
    pub const fn is_by_author(self) -> bool {
        match self {
            Self::Notes | Self::Practitioner => true,
            Self::Intake
            | Self::Record
            | Self::Sessions
            | Self::Summary
            | Self::Safety
            | Self::Reporter
            | Self::Links
            | Self::Activity => false,
        }
    }
}

/// Part of a class within one case that has its own holders.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Compartment {
    /// One for the whole case.
    Shared,
    /// One author's own.
    Author(PersonId),
}

impl Compartment {
    /// The compartment in which a person writes a class: the shared one is for those who may write all of it.
    #[must_use]
    pub const fn of(class: Class, write: Writing, author: PersonId) -> Self {
        match write {
            Writing::All if !class.is_by_author() => Self::Shared,
            Writing::All | Writing::OwnEntries | Writing::None => Self::Author(author),
        }
    }
}

/// Which document of which case: what a document id is derived from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentKey {
    /// The case.
    pub case: CaseId,
    /// Its class.
    pub class: Class,
    /// Its compartment.
    pub compartment: Compartment,
    /// Continuation: 0, then 1 after [`CHANGES_MAX`] changes, and so on.
    pub volume: u32,
}

/// A document is closed at this many changes and continued in the next volume, since loading is linear.
pub const CHANGES_MAX: usize = 2_000;

impl DocumentKey {
    /// The id that every device derives alike.
    #[must_use]
    pub fn id(&self) -> DocumentId {
        let mut hasher = blake3::Hasher::new_derive_key("jangkau v1 document id");
        hasher.update(self.case.as_bytes());
        hasher.update(&[self.class.number()]);
        match &self.compartment {
            Compartment::Shared => hasher.update(&[0]),
            Compartment::Author(person) => hasher.update(&[1]).update(person.as_bytes()),
        };
        hasher.update(&self.volume.to_be_bytes());
        let mut bytes = [0; DocumentId::LEN];
        hasher.finalize_xof().fill(&mut bytes);
        DocumentId::from_bytes(bytes)
    }
}

impl<C> minicbor::Encode<C> for DocumentKey {
    fn encode<W: minicbor::encode::Write>(
        &self,
        e: &mut minicbor::Encoder<W>,
        ctx: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.array(4)?
            .encode_with(self.case, ctx)?
            .u8(self.class.number())?;
        match &self.compartment {
            Compartment::Shared => e.null()?,
            Compartment::Author(person) => e.encode_with(person, ctx)?,
        };
        e.u32(self.volume)?;
        Ok(())
    }
}

impl<'b, C> minicbor::Decode<'b, C> for DocumentKey {
    fn decode(d: &mut minicbor::Decoder<'b>, ctx: &mut C) -> Result<Self, minicbor::decode::Error> {
        if d.array()? != Some(4) {
            return Err(minicbor::decode::Error::message(
                "document key of another length",
            ));
        }
        let case = d.decode_with(ctx)?;
        let class = Class::from_number(d.u8()?)
            .ok_or_else(|| minicbor::decode::Error::message("unknown class"))?;
        let author: Option<PersonId> = d.decode_with(ctx)?;
        let compartment = author.map_or(Compartment::Shared, Compartment::Author);
        Ok(Self {
            case,
            class,
            compartment,
            volume: d.u32()?,
        })
    }
}
