//! What the rules say about one command. Codes are stored in signed rulings, so they never change.

use std::collections::BTreeSet;

use crate::code::codes;

codes!(
    /// Why a proposal is refused. Declared in the order in which the rules ask; the first reason found is told.
    Refusal {
        /// The institution does not offer this.
        NotOffered = "not_offered",
        /// The case is hidden from the author, or from the person named: it is about them or a relative of theirs.
        ConflictOfInterest = "conflict_of_interest",
        /// The author's roles do not take or propose this decision, or the person named lacks the role for it.
        RoleNotAllowed = "role_not_allowed",
        /// Letter numbers exist on the server only.
        NumberOnlineOnly = "number_online_only",
        /// This decision is taken online only.
        OnlineOnly = "online_only",
        /// The case's status does not allow it.
        WrongStatus = "wrong_status",
        /// It names something that the case or the profile does not have.
        UnknownTarget = "unknown_target",
        /// The reason does not go with this command.
        ReasonInvalid = "reason_invalid",
        /// The review item is no longer open.
        ReviewClosed = "review_closed",
        /// The client took the consent back.
        ConsentWithdrawn = "consent_withdrawn",
        /// The client has not agreed.
        ConsentMissing = "consent_missing",
        /// A mandatory paper is missing.
        DocsMissing = "docs_missing",
        /// The initial approach has not been recorded.
        ApproachMissing = "approach_missing",
        /// The needs have not been identified.
        NeedsMissing = "needs_missing",
        /// There was no visit.
        VisitMissing = "visit_missing",
        /// There is no final assessment.
        AssessmentMissing = "assessment_missing",
        /// There is no agreed plan or consultation.
        PlanMissing = "plan_missing",
        /// There is no signed contract.
        ContractMissing = "contract_missing",
        /// There was no session.
        SessionMissing = "session_missing",
        /// The head has no report.
        ReportMissing = "report_missing",
        /// There is no referral.
        ReferralMissing = "referral_missing",
        /// Results of the referral were not followed.
        MonitoringMissing = "monitoring_missing",
        /// The survey was not offered.
        SurveyMissing = "survey_missing",
        /// Both parties have not agreed to the time.
        NotAgreed = "not_agreed",
        /// The standard's most sessions are reached, and the author may not extend them.
        SessionLimit = "session_limit",
        /// A further session needs a reason.
        ReasonMissing = "reason_missing",
        /// A plan needs two participants, one of them a professional.
        ParticipantsMissing = "participants_missing",
        /// A referral to this recipient is already open.
        ReferralExists = "referral_exists",
        /// Two values of a legal field contradict each other.
        IdentityConflict = "identity_conflict",
        /// More than information was needed.
        ServicesBeyondInformation = "services_beyond_information",
        /// Nobody said that the danger was looked at.
        SafetyUnchecked = "safety_unchecked",
        /// A danger is open.
        SafetyOpen = "safety_open",
        /// Fewer sessions than the standard's least, without a reason.
        TooFewSessions = "too_few_sessions",
        /// Too few attempts to reach the client.
        AttemptsMissing = "attempts_missing",
        /// Reopening is possible for six months; later a new case is opened.
        ReopenTooLate = "reopen_too_late",
        /// The head refused it in review.
        RefusedInReview = "refused_in_review",
        /// The client asked that use of their data be limited.
        Restricted = "restricted",
        /// It would change nothing.
        NoEffect = "no_effect",
        /// A referral is decided, and its letter is neither issued nor called off.
        ReferralPending = "referral_pending",
        /// Others have worked on the case, so that it is more than a slip.
        OthersWorked = "others_worked",
        /// What came by the public link or the hotline has not been confirmed.
        RegistrationUnconfirmed = "registration_unconfirmed",
        /// The person named serves another kecamatan.
        OutsideArea = "outside_area",
        /// Something still waits for a head, who answers it under the version that the case is under.
        ReviewOpen = "review_open",
        /// A registration does not say what troubles the client.
        ProblemMissing = "problem_missing",
        /// The signature is in doubt: another guardian or an official has to sign.
        ConsentContested = "consent_contested",
        /// A professional advised another course; the head looks at it first.
        ReferralQuestioned = "referral_questioned",
        /// Who is to lead the session leads one of another case at that hour.
        LeadBooked = "lead_booked",
    }
);

codes!(
    /// Why something waits, for the head if nothing else is said.
    Review {
        /// Somebody else decided on the case in a way that the author had not seen.
        StaleBase = "stale_base",
        /// A session is still booked.
        AppointmentOpen = "appointment_open",
        /// The author may propose this; a head decides it.
        AwaitingHead = "awaiting_head",
        /// Danger was recorded, and the case has ended.
        DangerAfterEnding = "danger_after_ending",
        /// A late fact recommends another course than the ending.
        NewEvidence = "new_evidence",
        /// A service took place after the ending.
        PostTermination = "post_termination",
        /// More sessions were held than the standard allows.
        ExceedsMax = "exceeds_max",
        /// A registration came by the public link or the hotline: a worker confirms it (A8).
        Unconfirmed = "unconfirmed",
        /// The author's mandate has lapsed: the decision falls to the head (C6).
        OutsideMandate = "outside_mandate",
        /// A professional who had not seen the decision to refer advises another course.
        ReferralQuestioned = "referral_questioned",
        /// Who is to lead the session leads another at that hour, and this client is in danger.
        LeadBooked = "lead_booked",
        /// Who is to be responsible is so for the other side of the family, and there is violence. Told to heads alone.
        OpposingParty = "opposing_party",
    }
);

codes!(
    /// A mark on a fact or on a case. It never takes anything away.
    Flag {
        /// Done by somebody whose role does not do it.
        RoleNotAllowed = "role_not_allowed",
        /// Done although mandatory papers were missing.
        DocsMissing = "docs_missing",
        /// Done without the client's consent.
        ConsentMissing = "consent_missing",
        /// Done after the client had taken the consent back.
        ConsentWithdrawn = "consent_withdrawn",
        /// One session more than the standard allows.
        ExceedsMax = "exceeds_max",
        /// Done before what comes first.
        OutOfOrder = "out_of_order",
        /// It names something that the case or the profile does not have.
        UnknownTarget = "unknown_target",
        /// Perhaps a second record of one event; counted once.
        PossibleSameEvent = "possible_same_event",
        /// It happened before the ending and became known after it.
        NewEvidenceBeforeTermination = "new_evidence_before_termination",
        /// It happened after the ending.
        PostTermination = "post_termination",
        /// The device's clock was ahead of the server's.
        ClockFuture = "clock_future",
        /// Nothing confirms the time that the author gave.
        TimeUnverified = "time_unverified",
        /// One person proposed and decided.
        SelfDecided = "self_decided",
        /// Two values of a legal field contradict each other.
        IdentityConflict = "identity_conflict",
        /// Mandatory papers are missing.
        MissingDocs = "missing_docs",
        /// An ended case has an open danger that its ending did not know of.
        ReopenProposed = "reopen_proposed",
        /// Use of the client's data is limited, at their wish.
        Restricted = "restricted",
        /// What troubles the family is a sign of danger in itself.
        DangerSign = "danger_sign",
        /// What troubles the family is another office's matter: a referral is proposed.
        OutOfAuthority = "out_of_authority",
        /// It is about another case, where it stands now.
        Moved = "moved",
        /// Done after the author's mandate had lapsed.
        OutsideMandate = "outside_mandate",
        /// Registered by a volunteer of another kecamatan than the client's.
        OtherArea = "other_area",
        /// The standard is not for such applicants, or for people who live elsewhere.
        NotEligible = "not_eligible",
        /// A child signed, and neither a guardian nor an official did.
        GuardianMissing = "guardian_missing",
        /// A guardian signed, and nobody says that the child agrees.
        AssentMissing = "assent_missing",
        /// The signature is in doubt.
        ConsentContested = "consent_contested",
        /// The address is not to be shown.
        AddressHidden = "address_hidden",
        /// Something was found after the assessment was signed: a new one is proposed.
        AddendumOpen = "addendum_open",
        /// The adults in it should have a file each: violence at home is told of, or one of them asked (section 9, rule 1).
        SeparationDue = "separation_due",
        /// Its adults have a file each: here stands what is about both (section 9, rule 1).
        AdultsApart = "adults_apart",
    }
);

/// What the rules say about one command.
#[derive(Clone, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Verdict {
    /// The proposal is decided.
    #[n(0)]
    Committed,
    /// The proposal is not decided, for this reason.
    #[n(1)]
    Refused(#[n(0)] Refusal),
    /// The proposal waits for a head.
    #[n(2)]
    NeedsReview(#[n(0)] Review),
    /// The fact is recorded; facts are never refused.
    #[n(3)]
    Recorded(#[n(0)] BTreeSet<Flag>),
}

/// What stands in the way of a proposal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Objection {
    /// It cannot be.
    Refuse(Refusal),
    /// Somebody else has to say.
    Wait(Review),
}

impl From<Refusal> for Objection {
    fn from(code: Refusal) -> Self {
        Self::Refuse(code)
    }
}

impl From<Review> for Objection {
    fn from(code: Review) -> Self {
        Self::Wait(code)
    }
}

impl From<Result<(), Objection>> for Verdict {
    fn from(ruling: Result<(), Objection>) -> Self {
        match ruling {
            Ok(()) => Self::Committed,
            Err(Objection::Refuse(code)) => Self::Refused(code),
            Err(Objection::Wait(code)) => Self::NeedsReview(code),
        }
    }
}
