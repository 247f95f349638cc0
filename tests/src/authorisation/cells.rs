//! The product: role × relation × state × what × route. What of it there is follows from the enums of the core, so that a new word of theirs
//! is missing here until it is covered.

use std::collections::BTreeSet;

use jangkau_core::access::ViewKind;
use jangkau_core::class::Class;
use jangkau_core::command::CommandKind;
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::{Role, Status};

macro_rules! listed {
    ($(#[$doc:meta])* $name:ident { $( $(#[$vdoc:meta])* $variant:ident ),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum $name { $( $(#[$vdoc])* $variant ),+ }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[ $( Self::$variant ),+ ];
        }
    };
}

listed!(
    /// What a case is to a person.
    Relation {
        /// Nothing.
        None,
        /// They registered it, and nobody is responsible yet.
        Registered,
        /// They registered it, and somebody else is responsible.
        Kept,
        /// They are responsible.
        Responsible,
        /// They were, and somebody else is now.
        Former,
        /// They lead a session of somebody else's case.
        Leads,
        /// They serve the client's kecamatan.
        Area,
        /// Nothing; but a head's powers are delegated to them.
        Deputy,
        /// They are responsible, and their mandate is over.
        Lapsed,
        /// They are responsible, and do not work here any more.
        Gone,
        /// They were responsible, until the case was hidden from them for a conflict of interest.
        Hidden,
        /// It was hidden from them, and they never had a part in it.
        Stranger,
        /// They broke glass.
        Glass,
        /// They did, and its time is over.
        GlassOver,
    }
);

listed!(
    /// How bytes come to somebody.
    Route {
        /// All that was sent to a device that was there from the beginning.
        Wire,
        /// What its file holds in the end.
        Vault,
        /// All that is sent to a device that is new at the end, over the live line.
        NewWire,
        /// What the file of that one holds.
        NewVault,
        /// The bytes of attachments.
        Blob,
    }
);

/// Where a case stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stage {
    /// By its decisions.
    pub status: Status,
    /// Use of the client's data is limited.
    pub is_restricted: bool,
}

impl Stage {
    /// Every status, and one more: under way, and limited.
    pub fn all() -> Vec<Self> {
        let plain = Status::ALL.iter().map(|status| Self {
            status: *status,
            is_restricted: false,
        });
        let restricted = Self {
            status: Status::Intervening,
            is_restricted: true,
        };
        plain.chain([restricted]).collect()
    }

    /// Whether somebody is responsible.
    pub fn is_assigned(self) -> bool {
        self.status >= Status::Assigned
    }

    /// Whether no registration stands yet.
    pub fn is_draft(self) -> bool {
        self.status == Status::Draft
    }
}

/// What is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum What {
    /// K1: where the case stands.
    Index,
    /// Words of a class that the person wrote.
    Own(Class),
    /// Words of a class that others wrote.
    Others(Class),
    /// What the server tells in place of documents.
    View(ViewKind),
}

impl What {
    /// All of them; `flag` is no row, but stands in the index.
    pub fn all() -> Vec<Self> {
        let classes = Class::ALL.iter();
        let papers = classes.flat_map(|class| [Self::Own(*class), Self::Others(*class)]);
        let views = ViewKind::ALL.iter().filter(|kind| **kind != ViewKind::Flag);
        let mut all: Vec<Self> = papers.chain(views.map(|kind| Self::View(*kind))).collect();
        all.push(Self::Index);
        all
    }
}

/// One cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Which of the shipped profiles.
    pub profile: usize,
    /// The person's role.
    pub role: Role,
    /// What the case is to them.
    pub relation: Relation,
    /// Where it stands.
    pub stage: Stage,
    /// What is looked for.
    pub what: What,
    /// And where.
    pub route: Route,
}

/// Whether a role opens cases here.
pub(super) fn registers(profile: &Profile, role: Role) -> bool {
    let register = profile.transition(CommandKind::Register);
    register.is_some_and(|by| by.roles.contains(&role) || by.proposers.contains(&role))
}

/// The state in which those are responsible, too, whose mandate ends or who leave.
pub(super) fn is_twofold(stage: Stage) -> bool {
    stage.status == Status::Intervening && !stage.is_restricted
}

/// Who brings in what stays a draft: what comes by the public link through them waits for a worker, or is refused.
pub(super) const DOORKEEPER: Role = Role::HotlineAdmin;

/// Whether there is such a relation in such a state. Everything else is reached, or the run fails.
pub(super) fn exists(profile: &Profile, role: Role, relation: Relation, stage: Stage) -> bool {
    let leads = profile.sessions.lead_roles.contains(&role);
    match relation {
        Relation::None
        | Relation::Deputy
        | Relation::Area
        | Relation::Stranger
        | Relation::Glass
        | Relation::GlassOver => true,
        Relation::Registered if stage.is_draft() => role == DOORKEEPER,
        Relation::Registered => registers(profile, role) && !stage.is_assigned(),
        Relation::Kept => registers(profile, role) && stage.is_assigned(),
        Relation::Responsible | Relation::Former | Relation::Hidden => stage.is_assigned(),
        Relation::Leads => leads && !stage.is_draft(),
        // No grant looks at the mandate, and who left has nothing of any case: one state tells that it was theirs.
        Relation::Lapsed | Relation::Gone => is_twofold(stage),
    }
}

/// Classes in which a command writes at all; there can be no words of others. An attachment goes wherever the record is that it belongs to, and
/// brings no words.
pub(super) fn written() -> BTreeSet<Class> {
    let kinds = CommandKind::ALL.iter();
    let kinds = kinds.filter(|kind| **kind != CommandKind::Attach);
    let sections = kinds.flat_map(|kind| kind.sections());
    sections.map(|(class, _)| *class).collect()
}
