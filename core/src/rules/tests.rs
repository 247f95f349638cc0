//! Rules as tables: stories of the five profiles, every refusal, and what must not depend on the order of arrival.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "tests stop at the first surprise"
)]

mod acceptance;
mod adults;
mod apart;
mod arrivals;
mod commands;
mod elsewhere;
mod facts;
mod golden;
mod increments;
mod logs;
mod mandates;
mod refusals;
mod reviews;
mod settled;
mod stories;
mod versions;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::*;
use crate::command::{self as c, *};
use crate::id::CaseId;
use crate::profile::shipped;
use crate::record::{FieldShape, Line, Prose, Record, Scalar, TextEdit};

const MINUTE: i64 = 60 * 1_000;
const HOUR: i64 = 60 * MINUTE;
const DAY: i64 = 24 * HOUR;

/// One case on its way: each command is judged at once, with the verdicts before it stored.
struct Story {
    profile: Profile,
    versions: Vec<std::sync::Arc<Profile>>,
    calendar: Calendar,
    entries: Vec<LogEntry>,
    elsewhere: Elsewhere,
    /// The server's time; each command takes ten minutes.
    now: Timestamp,
}

/// The person who has this role, and no other role.
fn person(role: Role) -> PersonId {
    let index = Role::ALL.iter().position(|known| *known == role).unwrap();
    PersonId::from_bytes([u8::try_from(index + 1).unwrap(); 16])
}

fn id(number: usize) -> CommandId {
    let mut bytes = [0; 16];
    bytes[15] = u8::try_from(number).unwrap();
    CommandId::from_bytes(bytes)
}

fn line(text: &str) -> Line {
    Line::new(text).unwrap()
}

fn prose() -> Prose {
    Prose::new("…").unwrap()
}

impl Story {
    /// Begins on Monday 5 October 2026, 09:00 in Jakarta.
    fn new(profile: &str) -> Self {
        let profiles = shipped().unwrap();
        let profile = profiles
            .into_iter()
            .find(|p| p.id.as_str() == profile)
            .unwrap();
        Self::with(profile)
    }

    fn with(profile: Profile) -> Self {
        let calendar = Calendar::shipped().unwrap();
        let now = "2026-10-05T09:00:00+07:00".parse().unwrap();
        Self {
            profile,
            versions: Vec::new(),
            calendar,
            entries: Vec::new(),
            elsewhere: Elsewhere::default(),
            now,
        }
    }

    fn wait(&mut self, millis: i64) -> &mut Self {
        self.now = self.now.plus_millis(millis);
        self
    }

    fn judge(&self) -> Judgement {
        judge(&CaseLog {
            profile: &self.profile,
            versions: &self.versions,
            calendar: &self.calendar,
            entries: &self.entries,
            prior_clocks: &[],
            elsewhere: &self.elsewhere,
        })
    }

    fn state(&self) -> CaseState {
        self.judge().state
    }

    /// A command as its author would send it now, online and having seen everything.
    fn draft(&self, role: Role, command: Command) -> LogEntry {
        let number = self.entries.len() + 1;
        let everybody = Role::ALL
            .iter()
            .map(|role| (person(*role), BTreeSet::from([*role])));
        LogEntry {
            seq: ServerSeq::new(number as u64),
            entry: CommandEntry {
                id: id(number),
                case: CaseId::from(id(1)),
                stamp: Stamp {
                    by: person(role),
                    occurred_at: self.now,
                    performed_by: None,
                },
                command,
            },
            author_roles: BTreeSet::from([role]),
            standing: Standing::default(),
            named_roles: everybody.collect(),
            named_areas: BTreeMap::new(),
            recorded_at: self.now,
            received_at: self.now,
            clock_offset_ms: None,
            via_desk: false,
            base: self.state().decisions,
            verdict: None,
        }
    }

    /// Appends a command, judges it, and stores the verdicts.
    fn push(&mut self, entry: LogEntry) -> Verdict {
        let pushed = entry.entry.id;
        self.entries.push(entry);
        self.now = self.now.plus_millis(10 * MINUTE);
        for (judged, verdict) in self.judge().verdicts {
            let judged = self
                .entries
                .iter_mut()
                .find(|entry| entry.entry.id == judged);
            judged.unwrap().verdict = Some(verdict);
        }
        let pushed = self.entries.iter().find(|entry| entry.entry.id == pushed);
        pushed.unwrap().verdict.clone().unwrap()
    }

    fn act(&mut self, role: Role, command: Command) -> Verdict {
        let entry = self.draft(role, command);
        self.push(entry)
    }

    /// A decision that must stand, or a fact without a mark.
    #[track_caller]
    fn ok(&mut self, role: Role, command: Command) -> &mut Self {
        let kind = command.kind();
        let verdict = self.act(role, command);
        let fine = [Verdict::Committed, Verdict::Recorded(BTreeSet::new())];
        assert!(fine.contains(&verdict), "{kind} by {role}: {verdict:?}");
        self
    }

    #[track_caller]
    fn refused(&mut self, role: Role, command: Command, code: Refusal) -> &mut Self {
        assert_eq!(self.act(role, command), Verdict::Refused(code));
        self
    }

    #[track_caller]
    fn waits(&mut self, role: Role, command: Command, code: Review) -> &mut Self {
        assert_eq!(self.act(role, command), Verdict::NeedsReview(code));
        self
    }

    #[track_caller]
    fn flagged(&mut self, role: Role, command: Command, flags: &[Flag]) -> &mut Self {
        let expected = Verdict::Recorded(flags.iter().copied().collect());
        assert_eq!(self.act(role, command), expected);
        self
    }

    fn last(&self) -> CommandId {
        self.entries.last().unwrap().entry.id
    }

    /// The same log judged at once, on an empty server, gives the same verdicts and the same state.
    #[track_caller]
    fn replays(&self) {
        let mut fresh = self.entries.clone();
        for entry in &mut fresh {
            entry.verdict = None;
        }
        let log = CaseLog {
            profile: &self.profile,
            versions: &self.versions,
            calendar: &self.calendar,
            entries: &fresh,
            prior_clocks: &[],
            elsewhere: &self.elsewhere,
        };
        let replayed = judge(&log);
        assert_eq!(replayed.state, self.state());
        let finals: BTreeMap<_, _> = replayed.verdicts.into_iter().collect();
        for entry in &self.entries {
            assert_eq!(finals.get(&entry.entry.id), entry.verdict.as_ref());
        }
    }
}

fn register() -> Command {
    Command::Register(Register {
        channel: c::Channel::WalkIn,
        applicant: ApplicantKind::Person,
        report_received_at: None,
        problem: Some(prose()),
        place: None,
        phone: None,
        domiciled: None,
        kecamatan: None,
        helper: None,
        danger: None,
        name: Some(line("Ibu S")),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: None,
    })
}

fn approach() -> Command {
    Command::RecordApproach(RecordApproach {
        observation: prose(),
    })
}

fn triage(services: &[ServiceType]) -> Command {
    let services = services.iter().copied().collect();
    Command::Triage(Triage {
        services,
        safety: SafetyLevel::P3,
        note: None,
        categories: None,
    })
}

fn assign(role: Role) -> Command {
    Command::Assign(Assign {
        assignee: person(role),
        instruction: None,
    })
}

fn paper(requirement: &str) -> Command {
    let requirement = requirement.parse().unwrap();
    Command::SightDocument(SightDocument {
        requirement,
        state: PaperState::Present,
        note: None,
    })
}

fn consent() -> Command {
    Command::SignConsent(SignConsent {
        purposes: Purpose::ALL.iter().copied().collect(),
        text_version: line("1"),
        recipient: None,
        after_withdrawals: BTreeSet::new(),
        signed_by: None,
        guardian: None,
        assent: None,
    })
}

fn withdraw() -> Command {
    let purposes = Purpose::ALL.iter().copied().collect();
    Command::WithdrawConsent(WithdrawConsent {
        purposes,
        note: None,
    })
}

fn contract() -> Command {
    Command::SignContract(SignContract {
        goals: prose(),
        sessions: None,
    })
}

fn visit() -> Command {
    Command::RecordVisit(RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: prose(),
        danger: None,
        ended_at: None,
        next_step: None,
    })
}

fn assess(stage: AssessmentStage) -> Command {
    Command::FinaliseAssessment(FinaliseAssessment {
        stage,
        conclusion: prose(),
        recommendation: None,
    })
}

fn plan(roles: &[Role]) -> Command {
    Command::AgreePlan(AgreePlan {
        participants: roles.iter().map(|role| person(*role)).collect(),
        goals: prose(),
        client_agrees: true,
        target_at: None,
    })
}

fn schedule(story: &Story, lead: Role) -> Command {
    Command::ScheduleSession(ScheduleSession {
        lead: person(lead),
        starts_at: story.now.plus_millis(HOUR),
        both_agreed: true,
        reason: None,
    })
}

fn session(appointment: Option<CommandId>) -> Command {
    Command::RecordSession(RecordSession {
        attendance: Attendance::Held,
        mode: SessionMode::InPerson,
        minutes: 5,
        danger: None,
        appointment,
        note: None,
    })
}

fn report() -> Command {
    Command::ReportToHead(ReportToHead {
        recommendation: Recommendation::Refer,
        text: prose(),
    })
}

fn refer() -> Command {
    Command::DecideReferral(DecideReferral {
        recipient: line("UPTD PPA"),
        reason: prose(),
        legal_basis: None,
    })
}

fn issue(referral: CommandId) -> Command {
    Command::IssueReferral(IssueReferral { referral })
}

fn call_off(referral: CommandId) -> Command {
    Command::CancelReferral(CancelReferral {
        referral,
        reason: line("klien menolak"),
    })
}

fn monitor() -> Command {
    Command::StartMonitoring(StartMonitoring { note: prose() })
}

fn terminate(reason: EndingReason) -> Command {
    Command::Terminate(Terminate {
        reason,
        note: prose(),
        early_reason: None,
        safety_checked: true,
    })
}

fn close() -> Command {
    Command::Close(Close {
        survey_offered: true,
    })
}

fn raise(level: SafetyLevel) -> Command {
    Command::RaiseSafety(RaiseSafety {
        level,
        note: prose(),
    })
}

fn answer(proposal: CommandId, answer: ReviewAnswer) -> Command {
    Command::AnswerReview(AnswerReview {
        proposal,
        answer,
        reason: line("dibaca"),
    })
}

/// Registered in Cilegon.
fn cilegon() -> Story {
    let mut story = Story::new("cilegon-lk3-2023");
    story.ok(Role::SocialWorker, register());
    story
}

/// Assigned in Cilegon, with papers and, as the last command, consent.
fn cilegon_ready() -> Story {
    let mut story = cilegon();
    story
        .ok(Role::SocialWorker, approach())
        .ok(Role::SocialWorker, triage(&[ServiceType::Counselling]));
    story
        .ok(Role::SocialWorker, assign(Role::SocialWorker))
        .ok(Role::Clerk, paper("ktp"))
        .ok(Role::Clerk, paper("kk"));
    story.ok(Role::SocialWorker, consent());
    story
}

/// Assigned in Mataram, with consent and papers.
fn mataram_ready() -> Story {
    let mut story = Story::new("mataram-lk3");
    story
        .ok(Role::Clerk, register())
        .ok(Role::Clerk, assign(Role::SocialWorker))
        .ok(Role::SocialWorker, consent());
    for requirement in ["data_klien", "ktp_or_kia", "kk", "domisili"] {
        story.ok(Role::Clerk, paper(requirement));
    }
    story
}

/// Books and holds sessions, each on a day of its own.
fn hold_sessions(story: &mut Story, booker: Role, lead: Role, count: usize) {
    for _ in 0..count {
        let mut booking = schedule(story, lead);
        if let Command::ScheduleSession(booking) = &mut booking {
            booking.reason = Some(line("perlu satu lagi"));
        }
        story.ok(booker, booking);
        let appointment = story.last();
        story.wait(HOUR).ok(lead, session(Some(appointment)));
        story.wait(DAY);
    }
}
