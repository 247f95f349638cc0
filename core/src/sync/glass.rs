//! Break-glass: what a device asks at a route of its own, what it is told, and the row that tells of it.
//!
//! Online only, for the case record (K3) and what concerns safety (K6), never for notes (B9).

use crate::class::Class;
use crate::code::codes;
use crate::id::{CaseId, CaseNumber, Nonce, PersonId, ServerSeq};
use crate::time::Timestamp;

/// The route that a request to break glass is signed for.
pub const GLASS_ROUTE: &str = "POST /v1/glass";

/// Most characters of a reason: a few sentences that others read at once.
pub const GLASS_REASON_CHARS_MAX: usize = 500;

/// Classes that may be opened by break-glass: K3 and K6 (B9).
pub const GLASS_CLASSES: &[Class] = &[Class::Record, Class::Safety];

codes!(
    /// Why glass is not broken. Nothing was opened, and nobody is told.
    GlassRefusal {
        /// This class is never opened so.
        NotThisClass = "not_this_class",
        /// No reason is given.
        NoReason = "no_reason",
        /// The reason is too long.
        ReasonTooLong = "reason_too_long",
        /// The person's roles may not, they do not work here any more, or their mandate is over.
        NoRight = "no_right",
        /// There is no such case for this person.
        NoSuchCase = "no_such_case",
        /// They may read it already.
        Held = "held",
    }
);

/// How a case is named by somebody who may not hold anything of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum GlassCase {
    /// By its id, which a device knows.
    #[n(0)]
    Id(#[n(0)] CaseId),
    /// By its number, which people tell each other.
    #[n(1)]
    Number(#[n(0)] CaseNumber),
}

/// A person asks to read a class of a case that is not theirs, for a time.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct GlassAsk {
    /// Of which case.
    #[n(0)]
    pub case: GlassCase,
    /// Which class.
    #[n(1)]
    pub class: Class,
    /// Why, in the person's words.
    #[n(2)]
    pub reason: String,
}

impl std::fmt::Debug for GlassAsk {
    /// A reason tells of a family.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("GlassAsk(…)")
    }
}

impl GlassAsk {
    /// Whether it can be asked at all: device and server look the same way.
    ///
    /// # Errors
    /// [`GlassRefusal`].
    pub fn check(&self) -> Result<(), GlassRefusal> {
        if !GLASS_CLASSES.contains(&self.class) {
            Err(GlassRefusal::NotThisClass)
        } else if self.reason.trim().is_empty() {
            Err(GlassRefusal::NoReason)
        } else if self.reason.chars().count() > GLASS_REASON_CHARS_MAX {
            Err(GlassRefusal::ReasonTooLong)
        } else {
            Ok(())
        }
    }
}

/// What the server answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct GlassReply {
    /// A fresh nonce for the next request.
    #[n(0)]
    pub nonce: Nonce,
    /// The server's clock.
    #[n(1)]
    pub now: Timestamp,
    /// The nonce of the request that this answers.
    #[n(2)]
    pub to: Nonce,
    /// What became of it.
    #[n(3)]
    pub said: GlassSaid,
}

/// What became of breaking glass. The documents come with the next exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum GlassSaid {
    /// A grant was given and those concerned are told. Asked again, the same grant is named.
    #[n(0)]
    Opened {
        /// The grant's row.
        #[n(0)]
        grant: ServerSeq,
        /// From when on it gives nothing any more.
        #[n(1)]
        until: Timestamp,
    },
    /// Nothing was opened.
    #[n(1)]
    Refused(#[n(0)] GlassRefusal),
}

/// That glass was broken: the record of it, and what those concerned are told. It stands before the grant in the log.
#[derive(Clone, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct NoticeRow {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// Its number, for those who do not hold it.
    #[n(1)]
    pub number: Option<CaseNumber>,
    /// Who broke glass.
    #[n(2)]
    pub by: PersonId,
    /// Which class was opened.
    #[n(3)]
    pub class: Class,
    /// Why, in their words.
    #[n(4)]
    pub reason: String,
    /// When.
    #[n(5)]
    pub at: Timestamp,
    /// From when on it is closed again.
    #[n(6)]
    pub until: Timestamp,
    /// Who is told: the worker responsible, whoever answers for data protection, and the heads.
    #[n(7)]
    pub to: Vec<PersonId>,
}

impl std::fmt::Debug for NoticeRow {
    /// A reason tells of a family.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "NoticeRow({}, {})", self.case, self.class)
    }
}
