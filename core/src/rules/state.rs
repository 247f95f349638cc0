//! What the rules make of a case: the state that the server signs and the device predicts.

use std::collections::{BTreeMap, BTreeSet};

use super::verdict::{Flag, Review};
use crate::class::Class;
use crate::code::codes;
use crate::command::{EndingReason, SafetyLevel, ServiceType};
use crate::id::{CaseId, ClockId, CommandId, DecisionCount, LetterNumber, PersonId, ServerSeq};
use crate::profile::words::{Milestone, Reminder, Role, Status};
use crate::time::Timestamp;

/// Where a case stands.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct CaseState {
    /// Changed only by committed decisions, and by the first service act after an assignment.
    #[n(0)]
    pub status: Status,
    /// Why it ended, if it has.
    #[n(1)]
    pub closure: Option<EndingReason>,
    /// When it ended, if it has.
    #[n(2)]
    pub ended_at: Option<Timestamp>,
    /// What it has earned, and when first.
    #[n(3)]
    pub milestones: BTreeMap<Milestone, Timestamp>,
    /// The services chosen.
    #[n(4)]
    pub services: BTreeSet<ServiceType>,
    /// The gravest danger that nobody has lowered.
    #[n(5)]
    pub safety: SafetyLevel,
    /// The worker responsible.
    #[n(6)]
    pub assignee: Option<PersonId>,
    /// Referrals, in the order of their command ids.
    #[n(7)]
    pub referrals: Vec<ReferralState>,
    /// Sessions held, in order; the first is number 1.
    #[n(8)]
    pub sessions: Vec<CommandId>,
    /// Booked sessions that were neither recorded nor called off.
    #[n(9)]
    pub appointments: Vec<Appointment>,
    /// Mandatory requirements that nothing satisfies yet.
    #[n(10)]
    pub missing_papers: Vec<String>,
    /// Marks on the case.
    #[n(11)]
    pub flags: BTreeSet<Flag>,
    /// Marks on its facts, computed from all that is known now; facts without one are left out.
    #[n(12)]
    pub fact_flags: BTreeMap<CommandId, BTreeSet<Flag>>,
    /// What waits for a head, in the order of the log.
    #[n(13)]
    pub reviews: Vec<ReviewItem>,
    /// Its clocks.
    #[n(14)]
    pub clocks: Vec<ClockState>,
    /// How many decisions stand; the base of the next proposal.
    #[n(15)]
    pub decisions: DecisionCount,
    /// The last row of the log that this state knows.
    #[n(16)]
    pub judged_through: ServerSeq,
    /// The case that goes on, where this one is its duplicate.
    #[n(17)]
    pub duplicate_of: Option<CaseId>,
    /// When the worker responsible read the order, if they said so (B5). Nothing waits for it.
    #[n(18)]
    pub assignment_read_at: Option<Timestamp>,
    /// Decisions that were taken by delegated powers, and the role that they belong to (B1); none if there are none.
    #[n(19)]
    pub acting: Option<BTreeMap<CommandId, Role>>,
    /// What the standard expects next and nobody has done yet; none if there is nothing.
    #[n(20)]
    pub reminders: Option<BTreeSet<Reminder>>,
}

impl CaseState {
    /// The classes by which a state is told, the least first: K1, then who holds the registration, then who holds the record.
    pub const TOLD: [Option<Class>; 3] = [None, Some(Class::Intake), Some(Class::Record)];

    /// What the holders of a class are told of it; none for K1.
    #[must_use]
    pub fn told(&self, class: Option<Class>) -> Self {
        match class {
            None => self.index(),
            Some(Class::Record) => self.clone(),
            Some(
                Class::Intake
                | Class::Notes
                | Class::Sessions
                | Class::Summary
                | Class::Practitioner
                | Class::Safety
                | Class::Reporter
                | Class::Links
                | Class::Activity,
            ) => self.desk(),
        }
    }

    /// What those need who hold the registration and not the record, beside the index: which steps are done, papers, letters, bookings, whether
    /// the registration is to be confirmed (section 9: "papers, letters, no narrative"). Neither what troubles the family nor what
    /// only heads are told. It changes only with what it tells.
    #[must_use]
    pub fn desk(&self) -> Self {
        let is_of_desk = |flag: &&Flag| {
            is_of_index(**flag)
                || matches!(
                    flag,
                    Flag::IdentityConflict | Flag::OtherArea | Flag::NotEligible
                )
        };
        let is_unconfirmed = |item: &&ReviewItem| item.reason == Review::Unconfirmed;
        Self {
            milestones: self.milestones.clone(),
            flags: self.flags.iter().filter(is_of_desk).copied().collect(),
            reviews: self
                .reviews
                .iter()
                .filter(is_unconfirmed)
                .copied()
                .collect(),
            acting: self.acting.clone(),
            referrals: self.referrals.clone(),
            sessions: self.sessions.clone(),
            appointments: self.appointments.clone(),
            missing_papers: self.missing_papers.clone(),
            clocks: (self.clocks.iter().filter(|clock| !clock.tells_category()))
                .cloned()
                .collect(),
            ..self.index()
        }
    }

    /// What everybody who holds anything of the case may see (class K1): where it stands, who is responsible, what is due, and
    /// whether there is danger. What was done, and what is marked about it, is left out. It changes only with what it tells.
    #[must_use]
    pub fn index(&self) -> Self {
        Self {
            milestones: BTreeMap::new(),
            services: BTreeSet::new(),
            referrals: Vec::new(),
            sessions: Vec::new(),
            appointments: Vec::new(),
            missing_papers: Vec::new(),
            flags: (self.flags.iter().copied())
                .filter(|flag| is_of_index(*flag))
                .collect(),
            fact_flags: BTreeMap::new(),
            reviews: Vec::new(),
            acting: None,
            reminders: None,
            judged_through: ServerSeq::default(),
            clocks: (self.clocks.iter().filter(|clock| clock.is_of_index()))
                .cloned()
                .collect(),
            ..self.clone()
        }
    }
}

/// Whether everybody is told of a mark who holds anything of the case: what is missing, what must not be done.
const fn is_of_index(flag: Flag) -> bool {
    matches!(
        flag,
        Flag::MissingDocs | Flag::ReopenProposed | Flag::Restricted | Flag::AddressHidden
    )
}

codes!(
    /// How far a referral has come.
    ReferralPhase {
        /// Decided; no letter yet.
        Decided = "decided",
        /// The letter has a number.
        Issued = "issued",
        /// The recipient takes the client on.
        Accepted = "accepted",
        /// The recipient does not.
        Declined = "declined",
        /// The letter, or the client before it, reached the recipient.
        Delivered = "delivered",
        /// Called off.
        Cancelled = "cancelled",
    }
);

/// One referral of a case. Whom it goes to stands in the record of its command.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReferralState {
    /// The command that proposed it.
    #[n(0)]
    pub referral: CommandId,
    /// How far it has come.
    #[n(1)]
    pub phase: ReferralPhase,
    /// When it was decided.
    #[n(2)]
    pub decided_at: Timestamp,
    /// When its letter was issued.
    #[n(3)]
    pub issued_at: Option<Timestamp>,
    /// When the recipient replied.
    #[n(4)]
    pub replied_at: Option<Timestamp>,
    /// When it reached the recipient.
    #[n(5)]
    pub delivered_at: Option<Timestamp>,
    /// When it was called off.
    #[n(6)]
    pub cancelled_at: Option<Timestamp>,
    /// The number of its letter. The rules never say it: the server gives it to a letter that was issued, and it stays (D9).
    #[n(7)]
    pub letter: Option<LetterNumber>,
}

/// A booked session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct Appointment {
    /// The command that booked it.
    #[n(0)]
    pub appointment: CommandId,
    /// Who leads it.
    #[n(1)]
    pub lead: PersonId,
    /// When it begins.
    #[n(2)]
    pub starts_at: Timestamp,
}

/// Something that waits for a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ReviewItem {
    /// The proposal or fact.
    #[n(0)]
    pub command: CommandId,
    /// Why it waits.
    #[n(1)]
    pub reason: Review,
    /// Since when.
    #[n(2)]
    pub since: Timestamp,
}

codes!(
    /// How a clock stands. Whether a running one is overdue depends on the reader's time.
    ClockOutcome {
        /// Not stopped.
        Running = "running",
        /// Standing still until papers come.
        Paused = "paused",
        /// It has no date yet, or counts meetings.
        NoDate = "no_date",
        /// Stopped in time.
        OnTime = "on_time",
        /// Stopped at the next opening after a line that fell when the office was closed.
        LateExcusedClosed = "late_excused_closed",
        /// Stopped too late.
        Late = "late",
        /// Ended by the client's death.
        EndedByDeath = "ended_by_death",
        /// Stopped after the due date, on a day that the client chose (B4).
        LateClientChoice = "late_client_choice",
        /// Stopped too late because what started it reached the server so late (X17).
        LateSyncDelay = "late_sync_delay",
    }
);

/// A clock of a case.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub struct ClockState {
    /// Which clock of the profile.
    #[n(0)]
    pub clock: ClockId,
    /// The referral that it is about, where each has its own.
    #[n(1)]
    pub subject: Option<CommandId>,
    /// When it started.
    #[n(2)]
    pub started_at: Timestamp,
    /// The last instant on time.
    #[n(3)]
    pub due: Option<Timestamp>,
    /// Whether the count entered a year without a list of holidays.
    #[n(4)]
    pub provisional: bool,
    /// When it stopped.
    #[n(5)]
    pub stopped_at: Option<Timestamp>,
    /// How it stands.
    #[n(6)]
    pub outcome: ClockOutcome,
}

impl ClockState {
    /// Whether the clock alone says what troubles the family (section 9, rule 4).
    fn tells_category(&self) -> bool {
        self.clock.as_str() == "tpks_report"
    }

    /// Whether everybody may see it who holds anything of the case: it is about the case, or about its danger.
    fn is_of_index(&self) -> bool {
        let is_of_danger = self.clock.as_str() == "safety_p1";
        (self.subject.is_none() || is_of_danger) && !self.tells_category()
    }
}
