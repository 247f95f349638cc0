//! The words a profile is written in. Their codes stand in files, in rulings and in catalogues, so they never change.

use crate::code::codes;
use crate::command::CommandKind;

codes!(
    /// What an institution is.
    InstitutionKind {
        /// Lembaga Konsultasi Kesejahteraan Keluarga.
        Lk3 = "lk3",
        /// Pusat Pembelajaran Keluarga.
        Puspaga = "puspaga",
        /// An office that receives and contracts, and hands on to an LK3.
        Lk3FrontDesk = "lk3_front_desk",
    }
);

codes!(
    /// What a person on the staff may be (LK3.md section 1).
    Role {
        /// Relawan sosial of a sub-district.
        Volunteer = "volunteer",
        /// Pekerja sosial, certified.
        SocialWorker = "social_worker",
        /// Konselor.
        Counsellor = "counsellor",
        /// Psikolog.
        Psychologist = "psychologist",
        /// Rohaniwan.
        Clergy = "clergy",
        /// Praktisi hukum.
        LegalPractitioner = "legal_practitioner",
        /// Praktisi pendidikan.
        EducationPractitioner = "education_practitioner",
        /// Sekretaris.
        Secretary = "secretary",
        /// Pengadministrasi, petugas loket.
        Clerk = "clerk",
        /// Admin.
        Admin = "admin",
        /// Admin hotline.
        HotlineAdmin = "hotline_admin",
        /// Ketua.
        HeadOfInstitution = "head_of_institution",
        /// Kepala bidang.
        DivisionHead = "division_head",
        /// Kepala dinas.
        HeadOfOffice = "head_of_office",
        /// Atasan langsung.
        DirectSuperior = "direct_superior",
        /// Pejabat pelindungan data pribadi.
        Dpo = "dpo",
        /// Auditor, Inspektorat.
        Auditor = "auditor",
        /// Administrator sistem.
        SystemAdministrator = "system_administrator",
    }
);

impl Role {
    /// Whether this role works with clients in a profession of its own.
    #[must_use]
    pub const fn is_professional(self) -> bool {
        match self {
            Self::SocialWorker
            | Self::Counsellor
            | Self::Psychologist
            | Self::Clergy
            | Self::LegalPractitioner
            | Self::EducationPractitioner => true,
            Self::Volunteer
            | Self::Secretary
            | Self::Clerk
            | Self::Admin
            | Self::HotlineAdmin
            | Self::HeadOfInstitution
            | Self::DivisionHead
            | Self::HeadOfOffice
            | Self::DirectSuperior
            | Self::Dpo
            | Self::Auditor
            | Self::SystemAdministrator => false,
        }
    }
}

codes!(
    /// Where a value of a profile comes from.
    Source {
        /// The published standard; the line is named beside it.
        Seed = "seed",
        /// A law or a guideline.
        Law = "law",
        /// Our proposal, shown as "bukan dari standar pelayanan" until the office confirms it.
        Default = "default",
    }
);

codes!(
    /// How far a requirement binds.
    RequirementLevel {
        /// Gates its command.
        Mandatory = "mandatory",
        /// Asked for; never gates anything ("jika ada").
        IfAvailable = "if_available",
        /// Gates its command when its condition holds.
        Conditional = "conditional",
    }
);

codes!(
    /// What a requirement is.
    RequirementKind {
        /// A paper that is shown or copied.
        Document = "document",
        /// Something that staff did and wrote down.
        Record = "record",
        /// A form that is filled in or signed.
        Form = "form",
    }
);

codes!(
    /// When a conditional requirement applies.
    Condition {
        /// The client was referred here by another organisation.
        ReferredIn = "referred_in",
        /// A group asks for community guidance.
        CommunityGuidance = "community_guidance",
    }
);

codes!(
    /// Where a case stands; changed only by committed decisions.
    Status {
        /// On a device only.
        Draft = "draft",
        /// Terdaftar.
        Registered = "registered",
        /// Kebutuhan teridentifikasi.
        Triaged = "triaged",
        /// Ditugaskan.
        Assigned = "assigned",
        /// Layanan berjalan.
        Intervening = "intervening",
        /// Monitoring.
        Monitoring = "monitoring",
        /// Terminasi.
        Terminated = "terminated",
        /// Bimbingan lanjut.
        Aftercare = "aftercare",
        /// Selesai.
        Closed = "closed",
    }
);

impl Status {
    /// Whether the professional service has ended.
    #[must_use]
    pub const fn is_ended(self) -> bool {
        match self {
            Self::Terminated | Self::Aftercare | Self::Closed => true,
            Self::Draft
            | Self::Registered
            | Self::Triaged
            | Self::Assigned
            | Self::Intervening
            | Self::Monitoring => false,
        }
    }
}

codes!(
    /// What a case has earned, by a fact with evidence or by a committed decision.
    Milestone {
        /// Pendekatan awal.
        Approach = "approach",
        /// Identifikasi kebutuhan.
        Needs = "needs",
        /// Persetujuan; lost again on withdrawal.
        Consent = "consent",
        /// Kontrak pelayanan.
        Contract = "contract",
        /// Kunjungan.
        Visit = "visit",
        /// Asesmen awal.
        Screening = "screening",
        /// Asesmen final.
        Assessment = "assessment",
        /// Konsultasi kasus.
        Consultation = "consultation",
        /// Rencana pemecahan masalah.
        Plan = "plan",
        /// Pertemuan konseling.
        Session = "session",
        /// Laporan kepada Ketua.
        Report = "report",
        /// Surat rujukan terbit.
        ReferralIssued = "referral_issued",
        /// Balasan rujukan.
        ReferralReply = "referral_reply",
        /// Monitoring dan evaluasi.
        Monitoring = "monitoring",
        /// Terminasi.
        Termination = "termination",
        /// Bimbingan lanjut.
        Aftercare = "aftercare",
        /// Survei ditawarkan.
        SurveyOffered = "survey_offered",
    }
);

codes!(
    /// How a command may be used.
    OfflineClass {
        /// A fact: recorded anywhere, always accepted.
        Fact = "fact",
        /// A decision that may be proposed without a network.
        Proposal = "proposal",
        /// A decision that is taken at the server only.
        Online = "online",
    }
);

codes!(
    /// Further guards which a profile may put on a decision.
    Guard {
        /// Both parties must have agreed to the time.
        BothPartiesConfirm = "both_parties_confirm",
        /// The plan is not needed when the problem was solved in one session.
        PlanUnlessSingleSession = "plan_unless_single_session",
        /// The worker responsible may decide alone when there was one session only.
        AssigneeAloneIfSingleSession = "assignee_alone_if_single_session",
        /// The profile's minimum of sessions, or a reason for fewer.
        SessionMinimum = "session_minimum",
        /// Monitoring first, if a referral was issued.
        MonitoringAfterReferral = "monitoring_after_referral",
        /// A registration says what troubles the client.
        ProblemTold = "problem_told",
    }
);

codes!(
    /// What the standard expects next, of which people are reminded. Nothing waits for it.
    Reminder {
        /// After the needs: an appointment with a professional, or an order to visit.
        AppointmentOrOutreach = "appointment_or_outreach",
        /// After each session: it is solved, another appointment, or a letter to another office.
        ChoiceAfterSession = "choice_after_session",
        /// Visit and initial assessment belong together: the one that is missing.
        VisitAndAssessment = "visit_and_assessment",
    }
);

codes!(
    /// What happens when a clock is missed. Nothing is ever refused for it.
    Enforcement {
        /// Recorded as a breach and escalated.
        Hard = "hard",
        /// Reminder, and a reason on extension.
        Soft = "soft",
        /// Statistics only.
        Advisory = "advisory",
    }
);

codes!(
    /// What starts or stops a clock.
    ClockEvent {
        /// A report of a problem reached the office.
        ReportReceived = "report_received",
        /// The case got its registration.
        Registered = "registered",
        /// Every paper asked for at the start is there.
        ApplicationComplete = "application_complete",
        /// Needs identified.
        Triaged = "triaged",
        /// A worker became responsible.
        Assigned = "assigned",
        /// A worker became responsible and the client was told who and when.
        AssignedAndClientInformed = "assigned_and_client_informed",
        /// The outreach visit or the initial assessment, whichever is first.
        VisitOrAssessment = "visit_or_assessment",
        /// A screening or an assessment was finalised.
        Assessed = "assessed",
        /// The case was consulted about.
        ConsultationRecorded = "consultation_recorded",
        /// A plan was agreed.
        PlanAgreed = "plan_agreed",
        /// The contract is signed and a session has a time.
        ContractSignedAndScheduled = "contract_signed_and_scheduled",
        /// A session took place.
        SessionHeld = "session_held",
        /// The assessment report is final.
        AssessmentFinalised = "assessment_finalised",
        /// It was decided to refer.
        ReferralDecided = "referral_decided",
        /// The letter of referral was issued.
        ReferralIssued = "referral_issued",
        /// The receiving office replied.
        ReferralReplied = "referral_replied",
        /// The referral was called off.
        ReferralCancelled = "referral_cancelled",
        /// The case was closed with information only.
        ClosedInformation = "closed_information",
        /// The case ended in any way.
        Ended = "ended",
        /// Danger to life was raised.
        DangerRaised = "danger_raised",
        /// Somebody acted on it.
        DangerHandled = "danger_handled",
        /// Consent was withdrawn.
        ConsentWithdrawn = "consent_withdrawn",
        /// Every replica stopped the processing that the consent covered.
        ProcessingStopped = "processing_stopped",
        /// A victim told of sexual violence.
        SexualViolenceReported = "sexual_violence_reported",
        /// The police was told.
        PoliceNotified = "police_notified",
        /// A letter asking for community guidance was received.
        GuidanceLetterReceived = "guidance_letter_received",
        /// It was answered.
        GuidanceAnswered = "guidance_answered",
        /// A person asked to see their data.
        DataAccessRequested = "data_access_requested",
        /// They were answered.
        DataAccessAnswered = "data_access_answered",
        /// A person asked for a correction.
        DataCorrectionRequested = "data_correction_requested",
        /// It was made or declined.
        DataCorrected = "data_corrected",
        /// A person asked that use of their data be limited.
        DataRestrictionRequested = "data_restriction_requested",
        /// It was limited or declined.
        DataRestricted = "data_restricted",
        /// A loss of data became known.
        BreachKnown = "breach_known",
        /// The people concerned and the authority were told.
        BreachNotified = "breach_notified",
        /// The file of a complaint about the service is complete.
        ComplaintComplete = "complaint_complete",
        /// The complaint was settled.
        ComplaintSettled = "complaint_settled",
    }
);

codes!(
    /// How a clock counts.
    ClockUnit {
        /// Working days.
        WorkingDay = "working_day",
        /// Calendar days.
        CalendarDay = "calendar_day",
        /// Hours of the physical clock.
        ElapsedHour = "elapsed_hour",
        /// A number of meetings.
        Sessions = "sessions",
        /// The date in the plan.
        FromPlan = "from_plan",
    }
);

codes!(
    /// A letter that the institution writes.
    LetterKind {
        /// To another office, with the client's case.
        Referral = "referral",
        /// Orders a worker to take a case.
        Assignment = "assignment",
        /// The answer to a request for guidance, or to a referral in.
        Reply = "reply",
        /// Takes back a letter that was sent.
        Cancellation = "cancellation",
        /// The service contract.
        Contract = "contract",
        /// The assessment report.
        AssessmentReport = "assessment_report",
    }
);

impl Milestone {
    /// The commands that can earn it.
    #[must_use]
    pub const fn earned_by(self) -> &'static [CommandKind] {
        match self {
            Self::Approach => &[CommandKind::RecordApproach],
            Self::Needs => &[CommandKind::Triage],
            Self::Consent => &[CommandKind::SignConsent],
            Self::Contract => &[CommandKind::SignContract],
            Self::Visit => &[CommandKind::RecordVisit],
            Self::Screening | Self::Assessment => &[CommandKind::FinaliseAssessment],
            Self::Consultation => &[CommandKind::AgreePlan, CommandKind::RecordService],
            Self::Plan => &[CommandKind::AgreePlan],
            Self::Session => &[CommandKind::RecordSession],
            Self::Report => &[CommandKind::ReportToHead],
            Self::ReferralIssued => &[CommandKind::IssueReferral],
            Self::ReferralReply => &[CommandKind::RecordReply],
            Self::Monitoring => &[CommandKind::StartMonitoring],
            Self::Termination => &[CommandKind::Terminate],
            Self::Aftercare => &[CommandKind::RecordAftercare],
            Self::SurveyOffered => &[CommandKind::Close],
        }
    }
}

/// Where a clock's event comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventOrigin {
    /// One of these commands of a case.
    Case(&'static [CommandKind]),
    /// A row of the institution's log outside the case: guidance, complaints, rights of data subjects.
    Institution,
}

impl ClockEvent {
    /// Where it comes from.
    #[must_use]
    pub const fn origin(self) -> EventOrigin {
        EventOrigin::Case(match self {
            Self::ReportReceived | Self::Registered => &[CommandKind::Register],
            Self::ApplicationComplete => &[CommandKind::Register, CommandKind::SightDocument],
            Self::Triaged => &[CommandKind::Triage],
            Self::Assigned => &[CommandKind::Assign],
            Self::AssignedAndClientInformed => &[CommandKind::InformClient],
            Self::VisitOrAssessment => &[CommandKind::RecordVisit, CommandKind::FinaliseAssessment],
            Self::Assessed | Self::AssessmentFinalised => &[CommandKind::FinaliseAssessment],
            Self::ConsultationRecorded | Self::PlanAgreed => &[CommandKind::AgreePlan],
            Self::ContractSignedAndScheduled => &[CommandKind::ScheduleSession],
            Self::SessionHeld => &[CommandKind::RecordSession],
            Self::ReferralDecided => &[CommandKind::DecideReferral],
            Self::ReferralIssued => &[CommandKind::IssueReferral],
            Self::ReferralReplied => &[CommandKind::RecordReply],
            Self::ReferralCancelled => &[CommandKind::CancelReferral],
            Self::ClosedInformation => &[CommandKind::CloseInformation],
            Self::Ended => &[CommandKind::Terminate],
            Self::DangerRaised => &[CommandKind::RaiseSafety],
            Self::DangerHandled => &[
                CommandKind::RecordVisit,
                CommandKind::RecordService,
                CommandKind::IssueReferral,
                CommandKind::LowerSafety,
            ],
            Self::ConsentWithdrawn => &[CommandKind::WithdrawConsent],
            Self::ProcessingStopped
            | Self::SexualViolenceReported
            | Self::PoliceNotified
            | Self::GuidanceLetterReceived
            | Self::GuidanceAnswered
            | Self::DataAccessRequested
            | Self::DataAccessAnswered
            | Self::DataCorrectionRequested
            | Self::DataCorrected
            | Self::DataRestrictionRequested
            | Self::DataRestricted
            | Self::BreachKnown
            | Self::BreachNotified
            | Self::ComplaintComplete
            | Self::ComplaintSettled => return EventOrigin::Institution,
        })
    }
}
