//! Logs of cases, drawn at random: every kind of command, with contents of the shape that its fields have.
//! The bench judges such a log too, so everything named here comes from the module above.

use super::*;

const HOUR_MS: i64 = 60 * 60 * 1_000;
const DAY_MS: i64 = 24 * HOUR_MS;

/// Facts of which a case has many; what is drawn beside them may be any command.
const FREQUENT: &[CommandKind] = &[
    CommandKind::RecordVisit,
    CommandKind::RecordVisit,
    CommandKind::RecordSession,
    CommandKind::RecordSession,
    CommandKind::RecordService,
    CommandKind::SightDocument,
    CommandKind::SignConsent,
    CommandKind::WithdrawConsent,
    CommandKind::EditMinutes,
    CommandKind::EditIdentity,
];

/// With which a case begins, so that something may be decided later.
const BEGINNING: &[CommandKind] = &[
    CommandKind::Register,
    CommandKind::RecordApproach,
    CommandKind::Triage,
    CommandKind::Assign,
    CommandKind::SignConsent,
    CommandKind::SignContract,
    CommandKind::RecordVisit,
    CommandKind::FinaliseAssessment,
    CommandKind::DraftMinutes,
    CommandKind::ScheduleSession,
    CommandKind::ReportToHead,
    CommandKind::DecideReferral,
    CommandKind::IssueReferral,
    CommandKind::DecideReferral,
];

/// Decisions that a case may need again and again.
const DECISIONS: &[CommandKind] = &[
    CommandKind::ScheduleSession,
    CommandKind::WaiveDocument,
    CommandKind::AgreePlan,
    CommandKind::DecideReferral,
    CommandKind::IssueReferral,
];

/// The kinds that name people, so that the log tells what those are.
const NAMING: &[CommandKind] = &[
    CommandKind::Assign,
    CommandKind::Reassign,
    CommandKind::ScheduleSession,
    CommandKind::AgreePlan,
];

/// Draws the commands of one case, by one seed.
pub(crate) struct Draw<'a> {
    profile: &'a Profile,
    /// No danger is told of: danger would excuse from gates, so that less has to be judged.
    calm: bool,
    rng: ChaCha8Rng,
    now: Timestamp,
    pub(crate) entries: Vec<LogEntry>,
}

impl<'a> Draw<'a> {
    /// Registered and begun, in the order of a real case.
    pub(crate) fn new(profile: &'a Profile, seed: u64, calm: bool) -> Self {
        let mut draw = Self {
            profile,
            calm,
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: "2026-10-05T09:00:00+07:00".parse().unwrap(),
            entries: Vec::new(),
        };
        let papers = std::iter::repeat_n(CommandKind::SightDocument, 6);
        for kind in BEGINNING.iter().copied().chain(papers) {
            draw.push(kind);
        }
        draw
    }

    /// So many more commands of any kind.
    pub(crate) fn any(mut self, count: usize) -> Self {
        for _ in 0..count {
            let kind = match self.below(10) {
                0 => CommandKind::AnswerReview,
                1..6 => self.pick(FREQUENT),
                _ => self.pick(CommandKind::ALL),
            };
            self.push(kind);
        }
        self
    }

    /// Facts of every kind and a few decisions, until the case has so many facts.
    pub(crate) fn facts(mut self, count: usize) -> Self {
        let is_fact = |kind: &CommandKind| kind.nature() == Nature::Fact;
        let kinds: Vec<_> = CommandKind::ALL.iter().copied().filter(is_fact).collect();
        let of = |entry: &&LogEntry| is_fact(&entry.entry.command.kind());
        while self.entries.iter().filter(of).count() < count {
            let kind = match self.below(10) {
                0 => self.pick(DECISIONS),
                1..7 => self.pick(FREQUENT),
                _ => self.pick(&kinds),
            };
            self.push(kind);
        }
        self
    }

    /// A head's answer to what waits.
    pub(crate) fn answer(&mut self, proposal: CommandId) {
        self.push(CommandKind::AnswerReview);
        let heads = self.profile.powers.head.clone();
        let answer = self.entries.last_mut().unwrap();
        if let Command::AnswerReview(answer) = &mut answer.entry.command {
            answer.proposal = proposal;
        }
        answer.author_roles = heads;
        answer.via_desk = true;
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.rng.next_u32()).unwrap() % end
    }

    fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    fn push(&mut self, kind: CommandKind) {
        let hours = 1 + i64::try_from(self.below(30)).unwrap();
        self.now = self.now.plus_millis(hours * HOUR_MS);
        let command = self.command(kind);
        let number = self.entries.len() + 1;
        let of_kind = self.profile.transition(kind);
        let roles: Vec<Role> = of_kind.map_or_else(Vec::new, |known| {
            known.roles.union(&known.proposers).copied().collect()
        });
        let role = if roles.is_empty() || self.chance(10) {
            self.pick(Role::ALL)
        } else {
            self.pick(&roles)
        };
        // Most is sent at once; some has waited for a signal, and its time is told to the hour.
        let ago = if number > BEGINNING.len() && self.chance(40) {
            i64::try_from(self.below(10 * 24)).unwrap()
        } else {
            0
        };
        let occurred_at = self.now.plus_millis(-ago * HOUR_MS);
        let everybody = Role::ALL
            .iter()
            .map(|role| (of_role(*role), BTreeSet::from([*role])));
        let names_people = NAMING.contains(&kind) || self.chance(5);
        let entry = LogEntry {
            seq: ServerSeq::new(number as u64),
            entry: CommandEntry {
                id: numbered(number),
                case: CaseId::from(numbered(1)),
                stamp: Stamp {
                    by: of_role(role),
                    occurred_at,
                    performed_by: self.chance(10).then_some(of_role(Role::Psychologist)),
                },
                command,
            },
            author_roles: BTreeSet::from([role]),
            standing: Standing::default(),
            named_areas: std::collections::BTreeMap::new(),
            named_roles: everybody.filter(|_| names_people).collect(),
            recorded_at: occurred_at,
            received_at: self.now,
            clock_offset_ms: self.chance(5).then_some(DAY_MS),
            via_desk: kind.nature() == Nature::Proposal && !self.chance(5),
            base: DecisionCount::new(if self.chance(95) { u32::MAX } else { 3 }),
            verdict: None,
        };
        self.entries.push(entry);
    }

    /// A command with contents of the shape that its fields have.
    fn command(&mut self, kind: CommandKind) -> Command {
        for _ in 0..1_000 {
            let mut fields = Record::default();
            for info in kind.fields() {
                let rare =
                    ["danger", "note", "recipient", "legal_basis", "ended_at"].contains(&info.name);
                if self.chance(if rare { 15 } else { 85 }) {
                    let value = self.value(info.name, info.shape);
                    fields.put(info.name, value);
                }
            }
            if let Ok(command) = Command::from_fields(kind, fields) {
                return command;
            }
        }
        panic!("a field of {kind} cannot be filled");
    }

    fn value(&mut self, name: &str, shape: FieldShape) -> Scalar {
        match shape {
            FieldShape::Words if name == "requirement" => {
                let requirements = &self.profile.requirements;
                let index = self.below(requirements.len() + 1);
                let known = requirements.get(index).map(|known| known.id.to_string());
                Scalar::Str(known.unwrap_or_else(|| "npwp".to_owned()))
            }
            FieldShape::Words if name == "instrument" => Scalar::Str("srq_20".to_owned()),
            FieldShape::Words => {
                Scalar::Str(self.pick(&["UPTD PPA", " uptd ppa", "Polres"]).to_owned())
            }
            FieldShape::SharedText => Scalar::Text("…".to_owned()),
            FieldShape::TextEdit => Scalar::Edit(TextEdit {
                old: "…".to_owned(),
                new: "…!".to_owned(),
            }),
            FieldShape::Number => Scalar::Int(i64::try_from(self.below(90)).unwrap()),
            FieldShape::Instant => {
                let hours = i64::try_from(self.below(48)).unwrap() - 24;
                Scalar::Int(self.now.plus_millis(hours * HOUR_MS).as_millis())
            }
            FieldShape::Flag => Scalar::Bool(self.chance(85)),
            FieldShape::Command => Scalar::Bytes(self.earlier(name).as_bytes().to_vec()),
            FieldShape::Person => Scalar::Bytes(self.someone().as_bytes().to_vec()),
            FieldShape::Digest => Scalar::Bytes(vec![7; 32]),
            FieldShape::Code(words) if self.calm && words.contains(&"p3") => {
                Scalar::Str("p3".to_owned())
            }
            // The first of the words is the usual one.
            FieldShape::Code(words) if self.chance(50) => Scalar::Str(words[0].to_owned()),
            FieldShape::Code(words) => Scalar::Str(self.pick(words).to_owned()),
            FieldShape::Set(of) => Scalar::Str(self.set(name, *of)),
        }
    }

    fn set(&mut self, name: &str, of: FieldShape) -> String {
        let mut words = BTreeSet::new();
        for _ in 0..=self.below(4) {
            words.insert(match of {
                FieldShape::Command => self.earlier(name).to_string(),
                FieldShape::Person => self.someone().to_string(),
                FieldShape::Code(known) => self.pick(known).to_owned(),
                FieldShape::Words
                | FieldShape::SharedText
                | FieldShape::TextEdit
                | FieldShape::Number
                | FieldShape::Instant
                | FieldShape::Flag
                | FieldShape::Digest
                | FieldShape::Set(_) => continue,
            });
        }
        words.into_iter().collect::<Vec<_>>().join(" ")
    }

    /// An earlier command such as the field asks for, or one that nobody knows.
    fn earlier(&mut self, name: &str) -> CommandId {
        use CommandKind as Kind;
        let wanted: &[Kind] = match name {
            "appointment" => &[Kind::ScheduleSession],
            "referral" => &[Kind::DecideReferral],
            "target" => &[Kind::DraftMinutes],
            "signature" => &[Kind::SignConsent],
            "withdrawals" | "after_withdrawals" => &[Kind::WithdrawConsent],
            "supersedes" => &[Kind::Register, Kind::EditIdentity],
            "raises" => &[Kind::RaiseSafety, Kind::RecordVisit],
            "events" | "counts" => &[Kind::RecordSession, Kind::RecordVisit],
            _ => Kind::ALL,
        };
        // A head answers what came lately.
        let since = if name == "proposal" {
            6
        } else {
            self.entries.len()
        };
        let is_wanted = |entry: &&LogEntry| wanted.contains(&entry.entry.command.kind());
        let known = self
            .entries
            .iter()
            .rev()
            .take(since)
            .filter(is_wanted)
            .map(|entry| entry.entry.id);
        let known: Vec<_> = known.collect();
        // What it names may also come later.
        if known.is_empty() || self.chance(10) {
            let number = 1 + self.below(self.entries.len() + 20);
            return numbered(number);
        }
        self.pick(&known)
    }

    fn someone(&mut self) -> PersonId {
        of_role(self.pick(Role::ALL))
    }
}

fn numbered(number: usize) -> CommandId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&(number as u64).to_be_bytes());
    CommandId::from_bytes(bytes)
}

fn of_role(role: Role) -> PersonId {
    let index = Role::ALL.iter().position(|known| *known == role).unwrap();
    PersonId::from_bytes([u8::try_from(index + 1).unwrap(); 16])
}

static NOTHING: Elsewhere = Elsewhere {
    registered_at: None,
    papers: BTreeMap::new(),
    booked: BTreeSet::new(),
    opposed: BTreeSet::new(),
    is_tied: false,
    processing_stopped: BTreeSet::new(),
};

/// A log without clocks that were ruled before, of a case of which no other tells.
pub(crate) const fn case_log<'a>(
    profile: &'a Profile,
    calendar: &'a Calendar,
    entries: &'a [LogEntry],
) -> CaseLog<'a> {
    CaseLog {
        profile,
        versions: &[],
        elsewhere: &NOTHING,
        calendar,
        entries,
        prior_clocks: &[],
    }
}

/// The same commands, arrived in another order behind the first.
pub(crate) fn shuffled(entries: &[LogEntry], seed: u64) -> Vec<LogEntry> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut shuffled = entries.to_vec();
    for index in (2..shuffled.len()).rev() {
        let other = 1 + usize::try_from(rng.next_u32()).unwrap() % index;
        shuffled.swap(index, other);
    }
    for (entry, row) in shuffled.iter_mut().zip(1..) {
        entry.seq = ServerSeq::new(row);
        entry.verdict = None;
    }
    shuffled
}
