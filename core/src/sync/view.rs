//! What the server tells of a case, in rows of its own, to those who may not hold its documents.

use std::collections::{BTreeMap, BTreeSet};

use crate::access::ViewKind;
use crate::class::Class;
use crate::command::{Attendance, ContactSafety, SafetyLevel, ServiceType, SessionMode};
use crate::id::{CaseId, PersonId};
use crate::profile::words::Milestone;
use crate::time::Timestamp;

/// How far a grant goes beyond its classes, and where it falls short of them.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Extent {
    /// Classes of which only the person's own entries are held.
    #[n(0)]
    pub own: Vec<Class>,
    /// What the server tells of the cases in rows of its own.
    #[n(1)]
    pub views: Vec<ViewKind>,
}

/// A view of a case. The newest row of a case and kind counts.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ViewRow {
    /// The case.
    #[n(0)]
    pub case: CaseId,
    /// What is told of it.
    #[n(1)]
    pub view: View,
}

/// What a view tells.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum View {
    /// The client's initials; empty while the name is not known.
    #[n(0)]
    Masked(#[n(0)] String),
    /// How to reach the client, and how not; empty while nobody is responsible.
    #[n(1)]
    Contact(#[n(0)] Vec<ContactTold>),
    /// What is known of sessions without what was said.
    #[n(2)]
    Metadata(#[n(0)] Vec<SessionTold>),
    /// What was done, as counts and dates.
    #[n(3)]
    Summary(#[n(0)] SummaryTold),
    /// The plan for aftercare, while it goes on.
    #[n(4)]
    Aftercare(#[n(0)] Option<AftercareTold>),
    /// The record of the last case conference.
    #[n(5)]
    Conference(#[n(0)] Option<ConferenceTold>),
}

/// A client's number or account, and what was said about its use (C5).
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ContactTold {
    /// As it was written.
    #[n(0)]
    pub contact: String,
    /// Whether it may be used.
    #[n(1)]
    pub safety: ContactSafety,
    /// Whether the client said in person that it is safe.
    #[n(2)]
    pub is_confirmed: bool,
    /// When to call.
    #[n(3)]
    pub hours: Option<String>,
    /// A word by which the client is recognised.
    #[n(4)]
    pub code_word: Option<String>,
}

/// A session by its metadata.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SessionTold {
    /// Which session of the case it was; none for one that was not held or is counted elsewhere.
    #[n(0)]
    pub number: Option<u32>,
    /// When.
    #[n(1)]
    pub at: Timestamp,
    /// What became of it.
    #[n(2)]
    pub attendance: Attendance,
    /// How it was held.
    #[n(3)]
    pub mode: SessionMode,
    /// Danger seen.
    #[n(4)]
    pub danger: Option<SafetyLevel>,
}

/// What was done, without what was said and what troubles the family.
#[derive(Clone, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct SummaryTold {
    /// The services chosen.
    #[n(0)]
    pub services: BTreeSet<ServiceType>,
    /// What the case has earned, and when first.
    #[n(1)]
    pub milestones: BTreeMap<Milestone, Timestamp>,
    /// Sessions held.
    #[n(2)]
    pub sessions: u32,
    /// Referrals decided.
    #[n(3)]
    pub referrals: u32,
}

/// A plan for aftercare.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AftercareTold {
    /// What shall be done, and by whom.
    #[n(0)]
    pub plan: String,
    /// Until when, if that is agreed.
    #[n(1)]
    pub until: Option<Timestamp>,
}

/// What a case conference agreed.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ConferenceTold {
    /// When the plan was agreed.
    #[n(0)]
    pub at: Timestamp,
    /// Who took part.
    #[n(1)]
    pub participants: BTreeSet<PersonId>,
    /// Goals and activities.
    #[n(2)]
    pub goals: String,
    /// Whether the client agrees.
    #[n(3)]
    pub client_agrees: bool,
    /// The date aimed at.
    #[n(4)]
    pub target_at: Option<Timestamp>,
}

impl View {
    /// Its kind.
    #[must_use]
    pub const fn kind(&self) -> ViewKind {
        match self {
            Self::Masked(_) => ViewKind::Masked,
            Self::Contact(_) => ViewKind::Contact,
            Self::Metadata(_) => ViewKind::Metadata,
            Self::Summary(_) => ViewKind::Summary,
            Self::Aftercare(_) => ViewKind::Aftercare,
            Self::Conference(_) => ViewKind::Conference,
        }
    }

    /// What a kind tells while there is nothing to tell; none for what is no row.
    #[must_use]
    pub fn nothing(kind: ViewKind) -> Option<Self> {
        match kind {
            ViewKind::Masked => Some(Self::Masked(String::new())),
            ViewKind::Contact => Some(Self::Contact(Vec::new())),
            ViewKind::Metadata => Some(Self::Metadata(Vec::new())),
            ViewKind::Summary => Some(Self::Summary(SummaryTold::default())),
            ViewKind::Aftercare => Some(Self::Aftercare(None)),
            ViewKind::Conference => Some(Self::Conference(None)),
            ViewKind::Flag => None,
        }
    }
}
