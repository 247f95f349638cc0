//! What devices and server say so that neither can be deceived without being told: heads of the audit chain.

use super::ParcelAnswer;
use crate::code::codes;
use crate::id::EnvelopeHash;

/// Bytes of an entry's hash that a device remembers: enough that nobody finds another entry with the same.
pub const AUDIT_HASH_LEN: usize = 16;

/// Where the audit chain of an institution ended when somebody saw it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct AuditHead {
    /// The entry's number, counted from 1.
    #[n(0)]
    pub number: u64,
    /// The first bytes of its hash.
    #[cbor(n(1), with = "minicbor::bytes")]
    pub hash: [u8; AUDIT_HASH_LEN],
}

codes!(
    /// Whether a head that somebody remembers is in the chain.
    AuditStanding {
        /// It is.
        Held = "held",
        /// It stood in a span that a restore forgot, and the chain says so.
        Lost = "lost",
        /// It is not, and no restore explains it.
        Forked = "forked",
    }
);

/// What a device says for the sake of trust.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TrustAsk {
    /// The last head of the audit chain that it saw.
    #[n(0)]
    pub head: Option<AuditHead>,
    /// From a seat that is no longer in use, once it has let go of every document: how many envelopes and attachments it still keeps, because not
    /// every backup holds them. With none left nothing of any case is on the device.
    #[n(1)]
    pub left: Option<u32>,
}

/// What the server says to it.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct TrustReply {
    /// Where the chain ends now.
    #[n(0)]
    pub head: AuditHead,
    /// What became of the head that the device remembers; none: it is in the chain, or there was none.
    #[n(1)]
    pub standing: Option<AuditStanding>,
    /// What became of the pieces that it carried; of those that are not named, the server could not take any just now.
    #[n(2)]
    pub parcels: Option<Vec<ParcelAnswer>>,
    /// To a seat that was retired and still keeps something: envelopes of its own that lie in quarantine in every backup that a restore may go
    /// back to. It needs them no more.
    #[n(3)]
    pub set_aside: Option<Vec<EnvelopeHash>>,
}

codes!(
    /// What an entry of the audit chain tells of.
    AuditKind {
        /// The chain begins, after a row of the log.
        Began = "began",
        /// A row of the log with commands.
        Commands = "commands",
        /// A row with a ruling.
        Ruling = "ruling",
        /// A row with a grant.
        Grant = "grant",
        /// A row that ends a grant.
        GrantEnd = "grant_end",
        /// A row about a person on the staff.
        Staff = "staff",
        /// A row with a version of the profile.
        Profile = "profile",
        /// A row with a list of holidays.
        Calendar = "calendar",
        /// A row about a seat.
        Seat = "seat",
        /// A row that tells of a case to those who may not hold its documents.
        View = "view",
        /// A row that hides a case from a person, or does so no longer.
        Bar = "bar",
        /// A row that tells of broken glass.
        Notice = "notice",
        /// A row by which a document was rewritten after an erasure.
        Rewritten = "rewritten",
        /// A row that says that the bytes of an attachment have arrived.
        Stored = "stored",
        /// Something was turned away and is kept in quarantine.
        TurnedAway = "turned_away",
        /// A seat that a restore forgot came back.
        SeatReturned = "seat_returned",
        /// An administrator did something.
        AdminAct = "admin_act",
        /// A confidential document went to a device.
        Read = "read",
        /// Somebody exported something.
        Export = "export",
        /// Somebody printed something.
        Print = "print",
        /// Something about a person's account: they signed in, tried to, or it was changed.
        SignIn = "sign_in",
        /// Somebody opened what they usually may not.
        BreakGlass = "break_glass",
        /// A parcel of a seat's work arrived.
        Parcel = "parcel",
        /// A device proved that something is gone from it.
        Wiped = "wiped",
        /// What a row of the log held was lawfully erased.
        Erased = "erased",
        /// The server was restored from a backup.
        EraBegan = "era_began",
        /// A device remembered entries that a restore forgot.
        SpanLost = "span_lost",
        /// A device remembered an entry that is not in the chain.
        ForkReported = "fork_reported",
    }
);

codes!(
    /// What an administrator did.
    AdminAct {
        /// Founded the institution.
        Found = "found",
        /// Added a person.
        AddStaff = "add_staff",
        /// Added a person whom a restore forgot.
        PutBackStaff = "put_back_staff",
        /// Changed a person's roles, or whether they work here.
        ChangeStaff = "change_staff",
        /// Made an enrolment code.
        Invite = "invite",
        /// Retired a seat.
        Retire = "retire",
        /// Marked a seat stolen.
        Steal = "steal",
        /// Let a seat work again.
        Reinstate = "reinstate",
        /// Put a profile into force.
        ActivateProfile = "activate_profile",
        /// Loaded a list of holidays.
        ImportCalendar = "import_calendar",
        /// Changed the terms on which a person serves.
        SetTerms = "set_terms",
        /// Delegated powers.
        Delegate = "delegate",
        /// Took a backup.
        BackUp = "back_up",
        /// Noted what was told about a breach.
        TellBreach = "tell_breach",
        /// Closed a breach record.
        CloseBreach = "close_breach",
        /// Entered into the register what a client asks for by right.
        OpenRight = "open_right",
        /// Agreed to it, or declined.
        DecideRight = "decide_right",
        /// Closed it.
        CloseRight = "close_right",
        /// Put a case under a legal hold.
        SetHold = "set_hold",
        /// Lifted the legal holds of a case.
        LiftHold = "lift_hold",
        /// Approved that a vault is opened whose PIN was forgotten.
        ApproveRelease = "approve_release",
        /// Gave the secret out that opens it.
        Release = "release",
    }
);

codes!(
    /// Whether the store of a device was encrypted.
    StoreKind {
        /// Nobody can say.
        Unknown = "unknown",
        /// It was.
        Encrypted = "encrypted",
        /// It was not.
        Plain = "plain",
    }
);

codes!(
    /// Who is told of a breach.
    BreachParty {
        /// Those whom the data are about.
        Subjects = "subjects",
        /// The authority for personal data.
        Authority = "authority",
        /// The head of the institution.
        Head = "head",
        /// The police.
        Police = "police",
    }
);
