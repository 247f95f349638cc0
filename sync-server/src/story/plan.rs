//! A story as it was parsed: every name in it is known, every command of it can be built.

mod erasure;

use std::collections::BTreeSet;

use chrono::NaiveDate;
use jangkau_core::class::Class;
use jangkau_core::command::{AttachmentKind, CommandKind, ContactSafety, MediaType, SafetyLevel};
use jangkau_core::id::{ClockId, InstitutionId};
use jangkau_core::profile::words::{Milestone, Reminder, Role, Status};
use jangkau_core::record::Scalar;
use jangkau_core::replica::{CannotRecord, SeatState};
use jangkau_core::rules::{ClockOutcome, Flag, ReferralPhase, Refusal, Review};
use jangkau_core::screen::AttentionKind;
use jangkau_core::sync::{ActingTitle, GlassRefusal, SeatStatus, Turned};
use jangkau_core::time::Timestamp;

pub use erasure::{AskingErasure, DecidingErasure, ErasureAct};

/// A whole story.
#[derive(Clone, Debug)]
pub struct Story {
    /// What it is about, in one line.
    pub title: String,
    /// When it begins.
    pub clock: Timestamp,
    /// The institutions.
    pub institutions: Vec<InstitutionPlan>,
    /// The people.
    pub staff: Vec<StaffPlan>,
    /// The devices, each with its people.
    pub devices: Vec<DevicePlan>,
    /// What happens and what is expected, in order.
    pub beats: Vec<Beat>,
}

/// An institution and the profile that it is founded on.
#[derive(Clone, Debug)]
pub struct InstitutionPlan {
    /// Its id.
    pub id: InstitutionId,
    /// The profile's file.
    pub profile_toml: String,
}

/// A person on the staff.
#[derive(Clone, Debug)]
pub struct StaffPlan {
    /// The story's name for them.
    pub key: String,
    /// Their name.
    pub name: String,
    /// Their roles.
    pub roles: Vec<Role>,
    /// Where they work.
    pub institution: InstitutionId,
    /// The last instant of their mandate, if it has one.
    pub mandate_until: Option<Timestamp>,
    /// The kecamatan that they serve, if not all.
    pub areas: BTreeSet<String>,
}

/// A device, with one vault for each of its people.
#[derive(Clone, Debug)]
pub struct DevicePlan {
    /// The story's name for it.
    pub key: String,
    /// Who works on it.
    pub people: Vec<String>,
    /// How far its clock is ahead, in milliseconds.
    pub clock_ahead_ms: i64,
}

/// One person's vault on one device, by the story's names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct SeatName {
    /// The device.
    pub device: String,
    /// The person.
    pub person: String,
}

impl std::fmt::Display for SeatName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.device, self.person)
    }
}

/// One step or one expectation.
#[derive(Clone, Debug)]
pub struct Beat {
    /// Its line.
    pub line: usize,
    /// The right time.
    pub at: Timestamp,
    /// Whether its place among its free neighbours is left open.
    pub free: bool,
    /// What happens.
    pub act: Act,
}

/// What happens in a beat.
#[derive(Clone, Debug)]
pub enum Act {
    /// Somebody records something.
    Do(Box<Doing>),
    /// Seats exchange with the server, in this order.
    Sync(Vec<SeatName>),
    /// Devices lose their connection.
    Offline(Vec<String>),
    /// Devices get it back, and exchange in this order.
    Online(Vec<String>),
    /// A device's clock is set.
    SetClock {
        /// The device.
        device: String,
        /// How far ahead it is from now on, in milliseconds.
        ahead_ms: i64,
    },
    /// Somebody asks to break glass.
    Glass(Box<Glassing>),
    /// A photo or a scan is attached to a record.
    Attach(Box<Attaching>),
    /// Seats send and fetch the bytes of attachments.
    Carry {
        /// Which, in this order.
        seats: Vec<SeatName>,
        /// What they want to fetch: cases and labels.
        want: Vec<(String, String)>,
    },
    /// Something is to be erased.
    Erasure(Box<ErasureAct>),
    /// Something happens to the server.
    Server(ServerAct),
    /// Something is expected.
    Expect(Box<Expect>),
}

/// What can happen to the server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ServerAct {
    /// A seat is revoked.
    Revoke {
        /// Which.
        seat: SeatName,
        /// How.
        how: SeatStatus,
    },
    /// Powers are delegated.
    Delegate(Box<Delegating>),
    /// The process ends and starts again.
    Restart,
    /// A backup is taken.
    Backup,
    /// The last backup is put back; what came after it is lost on the server.
    Restore,
    /// A list of holidays is loaded.
    Calendar {
        /// Where.
        institution: InstitutionId,
        /// Its name.
        name: String,
        /// The list.
        csv: String,
    },
    /// The profile with other words in it becomes the next version.
    Activate {
        /// Where.
        institution: InstitutionId,
        /// Words, and what stands in their place.
        edits: Vec<(String, String)>,
        /// Its first day.
        from: NaiveDate,
    },
}

/// Powers that somebody delegates to a colleague.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delegating {
    /// To whom.
    pub to: String,
    /// Who delegates.
    pub by: String,
    /// The role whose powers they are.
    pub role: Role,
    /// The decisions; empty: all of the role's.
    pub powers: BTreeSet<CommandKind>,
    /// The first instant.
    pub from: Timestamp,
    /// The last instant.
    pub until: Timestamp,
    /// As what they stand in.
    pub title: ActingTitle,
}

/// Broken glass, as the story tells it.
#[derive(Clone, Debug)]
pub struct Glassing {
    /// Where and by whom.
    pub seat: SeatName,
    /// The story's name of the case.
    pub case: String,
    /// Which class.
    pub class: Class,
    /// Why.
    pub reason: String,
    /// What is expected to come of it.
    pub expect: GlassWord,
}

/// What comes of asking to break glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GlassWord {
    /// It is opened for a time.
    Opened,
    /// The device has no connection, and says so.
    Offline,
    /// It is refused.
    Refused(GlassRefusal),
}

/// A command, as the story tells it.
#[derive(Clone, Debug)]
pub struct Doing {
    /// Where and by whom.
    pub seat: SeatName,
    /// Which command.
    pub kind: CommandKind,
    /// The story's name of the case.
    pub case: String,
    /// The story's name of the command.
    pub label: String,
    /// Its fields.
    pub fields: Vec<(&'static str, FieldValue)>,
    /// When it happened, where that is not now.
    pub occurred_at: Option<Timestamp>,
    /// Who did it, where that is not the author.
    pub performed_by: Option<String>,
    /// The device is expected not to take it, for this reason.
    pub cannot: Option<CannotRecord>,
    /// What is expected to become of it at once.
    pub expect: Option<FateWord>,
}

/// An attachment, as the story tells it.
#[derive(Clone, Debug)]
pub struct Attaching {
    /// Where and by whom.
    pub seat: SeatName,
    /// The story's name of the case.
    pub case: String,
    /// The label of what it belongs to.
    pub target: String,
    /// What it is.
    pub kind: AttachmentKind,
    /// The form of its bytes.
    pub media: MediaType,
    /// How many bytes it has.
    pub bytes: u32,
    /// The story's name of it.
    pub label: String,
}

/// The bytes of an attachment: made from its label, so that a story need not hold them.
#[must_use]
pub fn photo_bytes(label: &str, length: u32) -> Vec<u8> {
    let words = label.bytes().cycle();
    let numbers = (0..length).map(|place| (place % 251) as u8);
    words
        .zip(numbers)
        .map(|(word, number)| word ^ number)
        .collect()
}

/// How an attachment stands on a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoWord {
    /// Not sent yet.
    Waiting,
    /// Partly sent.
    Sending,
    /// The server has it.
    Stored,
    /// Sending failed.
    Failed,
    /// Nobody has told that it arrived.
    NotArrived,
    /// Taken back.
    Removed,
    /// The device knows of no such attachment.
    Unseen,
}

impl PhotoWord {
    /// Every state, with its word in files.
    pub const ALL: [(&'static str, Self); 7] = [
        ("waiting", Self::Waiting),
        ("sending", Self::Sending),
        ("stored", Self::Stored),
        ("failed", Self::Failed),
        ("not_arrived", Self::NotArrived),
        ("removed", Self::Removed),
        ("unseen", Self::Unseen),
    ];
}

impl std::str::FromStr for PhotoWord {
    type Err = ();

    fn from_str(word: &str) -> Result<Self, ()> {
        let found = Self::ALL.iter().find(|(known, _)| *known == word);
        found.map(|(_, state)| *state).ok_or(())
    }
}

/// A field's value; names are looked up when the command is built.
#[derive(Clone, Debug)]
pub enum FieldValue {
    /// As it stands.
    Plain(Scalar),
    /// A command, by its label.
    Command(String),
    /// A person, by their key.
    Person(String),
    /// Commands.
    Commands(Vec<String>),
    /// People.
    People(Vec<String>),
}

/// What is expected to have become of a command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FateWord {
    /// Saved on its device only.
    OnDevice,
    /// The server waits for what it depends on.
    Waiting,
    /// The server has it, without a verdict.
    Admitted,
    /// Recorded; none: with whatever flags, some: with exactly these.
    Recorded(Option<Vec<Flag>>),
    /// Committed.
    Committed,
    /// Refused.
    Refused(Refusal),
    /// In review.
    NeedsReview(Review),
    /// Turned away.
    TurnedAway(Turned),
}

/// Expectations at one point of the story.
#[derive(Clone, Debug)]
pub struct Expect {
    /// Skipped when orders are shuffled.
    pub ordered: bool,
    /// The case.
    pub case: Option<String>,
    /// Whose devices are asked.
    pub on: Vec<SeatName>,
    /// What is expected.
    pub checks: Vec<Check>,
}

/// One expectation.
#[derive(Clone, Debug)]
pub struct Check {
    /// Its line.
    pub line: usize,
    /// What is expected.
    pub what: Expected,
}

/// What can be expected.
#[derive(Clone, Debug)]
pub enum Expected {
    /// The case has this status.
    Status(Status),
    /// Its gravest open danger.
    Safety(SafetyLevel),
    /// It has earned these.
    Milestones(Vec<Milestone>),
    /// It has not earned these.
    NoMilestones(Vec<Milestone>),
    /// It has these flags.
    Flags(Vec<Flag>),
    /// It does not have these flags.
    NoFlags(Vec<Flag>),
    /// A clock is due then.
    Due(ClockId, Timestamp),
    /// A clock stands so.
    Clock(ClockId, ClockOutcome),
    /// Exactly these commands wait for a head, for these reasons.
    Reviews(Vec<(String, Review)>),
    /// How far the referral of a label has come.
    Referral(String, ReferralPhase),
    /// The number of the letter of a label's referral.
    Letter(String, String),
    /// The decision of a label was taken by delegated powers of this role.
    Acting(String, Role),
    /// The case that goes on, of which this is a duplicate.
    DuplicateOf(String),
    /// It reminds of exactly these.
    Reminders(Vec<Reminder>),
    /// Exactly these papers are asked for and not there.
    MissingPapers(Vec<String>),
    /// Exactly these cases are linked with it.
    Related(Vec<String>),
    /// Exactly these cases look like it, by these words.
    Suggested(Vec<(String, Vec<String>)>),
    /// Number of sessions counted.
    Sessions(usize),
    /// Who is responsible.
    Assignee(String),
    /// What became of a command.
    Verdict {
        /// Its label.
        label: String,
        /// What became of it.
        fate: FateWord,
        /// Who is asked.
        seats: Vec<SeatName>,
    },
    /// A person's devices hold documents of exactly these classes of the case.
    Holds(String, Vec<Class>),
    /// A device has exactly these cases.
    Cases(String, Vec<String>),
    /// A device has so many commands that the server has not acknowledged.
    Unsent(String, usize),
    /// A seat may still do that.
    Seat(SeatName, SeatState),
    /// The records of these commands are on the asked devices, or on none of them.
    Records(Vec<String>, bool),
    /// These words stand in documents of the asked devices, or nowhere in any.
    Words(Vec<String>, bool),
    /// The text of these minutes holds these words, in whatever order.
    Text(String, Vec<String>),
    /// Every document that two devices hold has the same heads on both.
    SameDocuments,
    /// Exactly this asks for attention on the asked devices, of these cases.
    Attention(Vec<(AttentionKind, String)>),
    /// Exactly these cases stand in a part of the first screen of the asked devices.
    Today(TodayPart, Vec<String>),
    /// Whether a contact of the case may be used, as the asked devices show it.
    Contact(String, ContactSafety),
    /// How an attachment stands on the asked devices.
    Photo(String, PhotoWord),
    /// An attachment opens on the asked devices.
    Opens(String),
}

/// A part of the first screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TodayPart {
    /// Dangers that were not sent.
    Alarms,
    /// What is late.
    Overdue,
    /// What is due.
    Due,
    /// What waits for the person.
    ToAnswer,
    /// What came in late, or may be confirmed in a batch.
    Daily,
    /// Today's sessions.
    Appointments,
}

impl TodayPart {
    /// Every part, with its word in files.
    pub const ALL: [(&'static str, Self); 6] = [
        ("alarms", Self::Alarms),
        ("overdue", Self::Overdue),
        ("due", Self::Due),
        ("to_answer", Self::ToAnswer),
        ("daily", Self::Daily),
        ("appointments", Self::Appointments),
    ];
}
