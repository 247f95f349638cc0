//! The words of commands: channels, purposes, reasons. Stored and sent as they stand here.

use crate::code::codes;

/// Declares the words, and the table of them under a name, as those of the records are.
macro_rules! vocabulary {
    ([$dollar:tt $table:ident] $($rows:tt)+) => {
        #[doc(hidden)]
        #[macro_export]
        macro_rules! $table {
            ($dollar there:ident) => {
                $dollar there! { $($rows)+ }
            };
        }

        vocabulary! { $($rows)+ }
    };
    ($( $(#[$doc:meta])* $name:ident { $($words:tt)+ } )+) => {
        $( codes!( $(#[$doc])* $name { $($words)+ } ); )+
    };
}

vocabulary! {
    [$ command_words]
    /// How the client's need reached the office (S0:15, S1:41, S4:28, S4:59).
    Channel {
        /// Came to the office.
        WalkIn = "walk_in",
        /// Called the volunteer of a kecamatan.
        VolunteerHotline = "volunteer_hotline",
        /// Wrote on Instagram.
        Instagram = "instagram",
        /// Consults online.
        Online = "online",
        /// Called the hotline.
        Hotline = "hotline",
        /// Sent by another organisation with a letter.
        ReferredIn = "referred_in",
        /// The office went to the family (jemput bola).
        ProactiveOutreach = "proactive_outreach",
        /// The public registration link.
        PublicLink = "public_link",
    }
    /// Who applies (S4:20).
    ApplicantKind {
        /// One person.
        Person = "person",
        /// A family.
        Family = "family",
        /// A community organisation.
        CommunityOrg = "community_org",
        /// A professional body.
        ProfessionalBody = "professional_body",
        /// A government agency.
        Agency = "agency",
    }
    /// Who signs a consent (form F03).
    Signatory {
        /// The client.
        Client = "client",
        /// A child's guardian.
        Guardian = "guardian",
        /// An official who stands in for the guardian.
        Official = "official",
    }
    /// Kinds of service (S0:39, S1:76, S4:54).
    ServiceType {
        /// Information.
        Information = "information",
        /// Consultation.
        Consultation = "consultation",
        /// Counselling.
        Counselling = "counselling",
        /// Advocacy.
        Advocacy = "advocacy",
        /// Outreach.
        Outreach = "outreach",
        /// Referral.
        Referral = "referral",
        /// Accompaniment.
        Accompaniment = "accompaniment",
        /// Family strengthening.
        FamilyStrengthening = "family_strengthening",
        /// Psycho-education.
        Psychoeducation = "psychoeducation",
        /// Proactive outreach.
        ProactiveOutreach = "proactive_outreach",
        /// Community guidance.
        CommunityGuidance = "community_guidance",
    }
    /// What troubles a family (LK3.md 4.3, DEFAULT). The codes are the field's own words.
    Category {
        /// A couple's relation.
        Couple = "relasi_pasutri",
        /// Domestic violence, physical.
        DomesticPhysical = "kdrt_fisik",
        /// Domestic violence, psychological.
        DomesticPsychological = "kdrt_psikis",
        /// Domestic violence, sexual.
        DomesticSexual = "kdrt_seksual",
        /// Neglect.
        Neglect = "penelantaran",
        /// Divorce and custody.
        DivorceCustody = "perceraian_hak_asuh",
        /// Raising a child.
        Parenting = "pengasuhan_anak",
        /// A young person's conduct.
        YouthConduct = "perilaku_remaja",
        /// Early marriage.
        EarlyMarriage = "pernikahan_dini",
        /// Unwanted pregnancy.
        UnwantedPregnancy = "kehamilan_tidak_diinginkan",
        /// A child in conflict with the law.
        ChildInConflictWithLaw = "anak_berhadapan_hukum",
        /// Violence against a child.
        ViolenceAgainstChild = "kekerasan_terhadap_anak",
        /// Sexual violence.
        SexualViolence = "kekerasan_seksual",
        /// Bullying.
        Bullying = "perundungan",
        /// Leaving school.
        LeavingSchool = "putus_sekolah",
        /// Disability.
        Disability = "abk_disabilitas",
        /// Mental health and stress.
        MentalHealth = "kesehatan_jiwa_stres",
        /// Risk of suicide.
        SuicideRisk = "risiko_bunuh_diri",
        /// Substance abuse.
        SubstanceAbuse = "napza",
        /// Gambling and devices.
        Gambling = "judi_gawai",
        /// Livelihood and debt.
        Livelihood = "ekonomi_utang",
        /// Unemployment.
        Unemployment = "pengangguran",
        /// Old age.
        OldAge = "lansia",
        /// Neglect of an old person.
        NeglectOfOld = "penelantaran_lansia",
        /// Inheritance and civil papers.
        CivilPapers = "waris_adminduk",
        /// Trafficking and migration.
        Trafficking = "tppo_migran",
        /// Before marriage.
        BeforeMarriage = "pra_nikah",
        /// Something else.
        Other = "lainnya",
    }
    /// How urgent a danger is (LK3.md 4.4). Declared from the gravest.
    SafetyLevel {
        /// Immediate danger: action at once.
        P1 = "p1",
        /// High: within 72 hours.
        P2 = "p2",
        /// The profile's ordinary clocks.
        P3 = "p3",
    }
    /// What a client agrees to, one by one (form F03).
    Purpose {
        /// The service itself.
        Service = "service",
        /// An electronic record.
        Record = "record",
        /// Consultation within the team.
        TeamConsultation = "team_consultation",
        /// Sharing with the recipient of a referral.
        Referral = "referral",
        /// Photographs.
        Photos = "photos",
        /// Being contacted.
        Contact = "contact",
        /// Care after the service.
        Aftercare = "aftercare",
        /// The satisfaction survey.
        Survey = "survey",
    }
    /// Where a visit took place.
    VisitPlace {
        /// At the family's home.
        Home = "home",
        /// At the office.
        Office = "office",
        /// By telephone.
        Phone = "phone",
        /// Somewhere else.
        Elsewhere = "elsewhere",
    }
    /// Which assessment it is.
    AssessmentStage {
        /// Before a contract or papers (S3:16c).
        Screening = "screening",
        /// At outreach (S1:44).
        Initial = "initial",
        /// In depth, the product of S3:19.
        InDepth = "in_depth",
    }
    /// What became of a planned session.
    Attendance {
        /// It took place.
        Held = "held",
        /// The client did not come.
        NoShow = "no_show",
        /// It was called off.
        Cancelled = "cancelled",
    }
    /// How a session was held.
    SessionMode {
        /// Face to face.
        InPerson = "in_person",
        /// Online.
        Online = "online",
        /// By telephone.
        Phone = "phone",
    }
    /// What a professional recommends (S2:12).
    Recommendation {
        /// The service is finished.
        Finished = "finished",
        /// Go on.
        Continue = "continue",
        /// Refer to another office.
        Refer = "refer",
    }
    /// Why a service ends (`closure_kind`, LK3.md 5.2).
    EndingReason {
        /// Only information was needed.
        InformationOnly = "information_only",
        /// The goals were met.
        GoalsMet = "goals_met",
        /// Another office took over.
        ReferredOut = "referred_out",
        /// The client withdrew.
        ClientWithdrew = "client_withdrew",
        /// The client cannot be reached.
        Unreachable = "unreachable",
        /// Not a matter for this institution.
        OutOfScope = "out_of_scope",
        /// Not from this area.
        OutOfArea = "out_of_area",
        /// The client moved away.
        Moved = "moved",
        /// The client died.
        Deceased = "deceased",
        /// The same case under another number.
        DuplicateOf = "duplicate_of",
        /// Registered by mistake.
        RegisteredInError = "registered_in_error",
    }
    /// What a paper check found.
    PaperState {
        /// Seen, or its photo is attached.
        Present = "present",
        /// The client does not have it.
        Absent = "absent",
        /// The client will bring it.
        ToFollow = "to_follow",
    }
    /// What an attachment is.
    AttachmentKind {
        /// A photo, as of a paper that was shown or of a house.
        Photo = "photo",
        /// A form on paper that was scanned (C3).
        Scan = "scan",
        /// A letter that was signed, stamped and scanned (C8).
        LetterScan = "letter_scan",
        /// Something else.
        Other = "other",
    }
    /// The form of an attachment's bytes. A closed list: whoever opens one knows what it can be.
    MediaType {
        /// A picture; what a camera gives is encoded again as this.
        Jpeg = "jpeg",
        /// Scanned pages.
        Pdf = "pdf",
    }
    /// Whether a contact may be used (amendment C5). Declared from the most careful: the earlier value wins (D4).
    ContactSafety {
        /// Never use it.
        DoNotContact = "do_not_contact",
        /// Ask the worker who knows the client first.
        Ask = "ask",
        /// Safe.
        Safe = "safe",
    }
    /// What a linked case is to the one in which a head links it.
    FamilyTie {
        /// Another case of the same family.
        Family = "family",
        /// The file of one adult of the couple or family whose case this is (section 9, rule 1).
        Adult = "adult",
    }
    /// Sex as on the identity card.
    Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
    /// The answer to a review item.
    ReviewAnswer {
        /// The proposal stands.
        Commit = "commit",
        /// The proposal does not stand.
        Refuse = "refuse",
    }
}

impl Category {
    /// Whether it is violence at home: the adults of one file may be opposing parties (X11).
    #[must_use]
    pub const fn is_domestic_violence(self) -> bool {
        matches!(
            self,
            Self::DomesticPhysical | Self::DomesticPsychological | Self::DomesticSexual
        )
    }

    /// Whether it is a sign of danger in itself: violence, suicide, trafficking, a child before the law (LK3.md 4.3).
    #[must_use]
    pub const fn is_danger_sign(self) -> bool {
        matches!(
            self,
            Self::DomesticPhysical
                | Self::DomesticPsychological
                | Self::DomesticSexual
                | Self::ViolenceAgainstChild
                | Self::SexualViolence
                | Self::SuicideRisk
                | Self::Trafficking
                | Self::ChildInConflictWithLaw
        )
    }
}
