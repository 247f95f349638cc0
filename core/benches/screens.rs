//! How fast the screens are, on a vault with 1,000 cases that came as a new device gets them: in install frames, with their rulings.
//! The floor of a screen is what reading costs, on the same machine in the same run: where every case stands, or all of one case.
#![allow(
    clippy::unwrap_used,
    clippy::panic,
    missing_docs,
    reason = "a bench stops at the first surprise"
)]
use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use ed25519_dalek::SigningKey;
use jangkau_core::calendar::Calendar;
use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::command::{
    ApplicantKind, Assign, Channel, CloseInformation, Command, CommandEntry, CommandKind,
    ContactSafety, Nature, Purpose, RecordApproach, RecordVisit, Register, SafetyLevel,
    ServiceType, SetContact, SignConsent, Stamp, Triage, VisitPlace,
};
use jangkau_core::document::{Document, actor_id};
use jangkau_core::id::{
    Branch, CaseId, CaseNumber, CommandId, DecisionCount, DeviceId, DocEpoch, Nonce, PersonId,
    SeatId, ServerSeq,
};
use jangkau_core::profile::words::Role;
use jangkau_core::profile::{Profile, shipped_files};
use jangkau_core::record::{FieldShape, Line, Prose, Record, Scalar, TextEdit};
use jangkau_core::replica::Replica;
use jangkau_core::rules::{CaseLog, Elsewhere, LogEntry, Standing, judge};
use jangkau_core::screen::ListFilter;
use jangkau_core::sync::{
    Backfill, BackfillAt, CalendarRow, Enrolled, Era, FRAME_DOCUMENTS_MAX, GrantRow, GrantScope,
    InstallFrame, Installed, Page, ProfileRow, Row, RulingBody, SeatCertificate, SignedRuling,
    StaffRow, SyncReply, WireRow, encode_body,
};
use jangkau_core::text::Language::Indonesian;
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

#[path = "../src/rules/tests/logs.rs"]
#[allow(dead_code, unreachable_pub, reason = "the tests draw more")]
mod logs;

const CASES: usize = 1_000;
/// Of them go on; the others have ended.
const OPEN: usize = 300;
const FACTS: usize = 200;
/// What a head holds of every case.
const HELD: [Class; 4] = [
    Class::Intake,
    Class::Record,
    Class::Sessions,
    Class::Summary,
];
const HOUR_MS: i64 = 60 * 60 * 1_000;
/// The row of the log that gives the head what the vault holds.
const GRANT: ServerSeq = ServerSeq::new(1);
const SEAT: SeatId = SeatId::from_bytes([8; 16]);
const HEAD: Role = Role::HeadOfInstitution;
const WORKER: Role = Role::SocialWorker;

fn now() -> Timestamp {
    "2027-02-01T10:00:00+07:00".parse().unwrap()
}

fn line(words: &str) -> Line {
    Line::new(words).unwrap()
}

fn prose(words: &str) -> Prose {
    Prose::new(words).unwrap()
}

/// The colleague of a role, as the drawn log names them.
fn colleague(role: Role) -> PersonId {
    let index = Role::ALL.iter().position(|known| *known == role).unwrap();
    PersonId::from_bytes([u8::try_from(index + 1).unwrap(); 16])
}

/// By what cases are judged.
struct Office {
    profile: Profile,
    calendar: Calendar,
    server: SigningKey,
    rng: ChaCha8Rng,
}

impl Office {
    fn new() -> Self {
        Self {
            profile: Profile::parse(shipped_files()[0].toml).unwrap(),
            calendar: Calendar::shipped().unwrap(),
            server: SigningKey::from_bytes(&[1; 32]),
            rng: ChaCha8Rng::seed_from_u64(7),
        }
    }

    /// What was recorded of a case, an hour between each. Of those that go on every third is the head's own.
    fn case(&mut self, number: usize) -> Vec<LogEntry> {
        let is_open = number > CASES - OPEN;
        let age = 4 + i64::try_from(CASES - number).unwrap();
        let began = now().plus_millis(-age * 6 * HOUR_MS);
        let mut entries: Vec<LogEntry> = Vec::new();
        let commands = if is_open {
            going_on(number)
        } else {
            informed(number)
        };
        for (hours, (role, command)) in (0..).zip(commands) {
            let at = began.plus_millis(hours * HOUR_MS);
            let id = CommandId::generate(at, &mut self.rng);
            let case = entries
                .first()
                .map_or(CaseId::from(id), |first| first.entry.case);
            entries.push(entry(id, case, role, at, command));
        }
        entries
    }

    /// The ruling on a case after all of it, with every verdict.
    fn ruling(&self, entries: &[LogEntry], number: usize) -> SignedRuling {
        let log = CaseLog {
            profile: &self.profile,
            versions: &[],
            calendar: &self.calendar,
            entries,
            prior_clocks: &[],
            elsewhere: &Elsewhere::default(),
        };
        let judged = judge(&log);
        let body = RulingBody {
            case: entries[0].entry.case,
            class: None,
            judged_through: ServerSeq::default(),
            ruled_at: now(),
            profile: self.profile.id.clone(),
            profile_version: self.profile.version,
            calendar_version: 1,
            verdicts: minicbor::to_vec(&judged.verdicts).unwrap(),
            state: Some(minicbor::to_vec(&judged.state).unwrap()),
            number: Some(CaseNumber::new(u32::try_from(number).unwrap())),
            links: None,
            author: None,
        };
        SignedRuling::sign(&body, &self.server)
    }

    /// What the server tells every device of the office, and what the head may hold.
    fn rows(&self) -> Vec<Row> {
        let grant = GrantRow {
            term: None,
            person: colleague(HEAD),
            scope: GrantScope::Institution,
            classes: HELD.to_vec(),
            extent: None,
        };
        let (id, version) = (self.profile.id.clone(), self.profile.version);
        let toml = shipped_files()[0].toml.to_owned();
        let profile = ProfileRow { id, version, toml };
        let mut rows = vec![Row::Grant(grant), Row::Profile(profile)];
        rows.extend(Role::ALL.iter().map(|role| {
            Row::Staff(StaffRow {
                person: colleague(*role),
                name: format!("Petugas {role}"),
                roles: vec![role.to_string()],
                active: true,
                terms: None,
            })
        }));
        rows.extend(Calendar::shipped_files().into_iter().map(|(name, csv)| {
            Row::Calendar(CalendarRow {
                name: name.to_owned(),
                version: 1,
                csv: csv.to_owned(),
            })
        }));
        rows
    }
}

fn entry(id: CommandId, case: CaseId, role: Role, at: Timestamp, command: Command) -> LogEntry {
    let everybody = [HEAD, WORKER].map(|role| (colleague(role), BTreeSet::from([role, WORKER])));
    LogEntry {
        seq: ServerSeq::default(),
        entry: CommandEntry {
            id,
            case,
            stamp: Stamp {
                by: colleague(role),
                occurred_at: at,
                performed_by: None,
            },
            command,
        },
        author_roles: BTreeSet::from([role]),
        standing: Standing::default(),
        named_areas: BTreeMap::new(),
        named_roles: everybody.into(),
        recorded_at: at,
        received_at: at,
        clock_offset_ms: None,
        via_desk: true,
        base: DecisionCount::new(u32::MAX),
        verdict: None,
    }
}

fn begun(number: usize, service: ServiceType) -> Vec<(Role, Command)> {
    let phone = format!("0812 3456 {number:04}");
    let register = Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Some(prose("Pertengkaran di rumah, anak tidak mau sekolah.")),
        place: Some(line("Jombang")),
        phone: Some(line(&phone)),
        domiciled: None,
        danger: Some(SafetyLevel::P3),
        kecamatan: None,
        helper: None,
        name: Some(line(&format!("Ibu {number}"))),
        nik: Some(line("3672015203900001")),
        family_card: None,
        birth_date: Some(line("1990-03-12")),
        sex: None,
        address: Some(line("Jalan Kenari 4")),
        reporter: None,
    };
    let contact = SetContact {
        contact: line(&phone),
        safety: ContactSafety::Safe,
        in_person: true,
        hours: None,
        code_word: None,
    };
    let approach = RecordApproach {
        observation: prose("Tenang, mau bercerita."),
    };
    let triage = Triage {
        services: BTreeSet::from([service]),
        safety: SafetyLevel::P3,
        note: None,
        categories: None,
    };
    vec![
        (WORKER, register.into()),
        (WORKER, contact.into()),
        (WORKER, approach.into()),
        (WORKER, triage.into()),
    ]
}

/// A case for which information was enough.
fn informed(number: usize) -> Vec<(Role, Command)> {
    let mut all = begun(number, ServiceType::Information);
    let note = line("Syarat perubahan KK dijelaskan.");
    all.push((WORKER, CloseInformation { note }.into()));
    all
}

fn going_on(number: usize) -> Vec<(Role, Command)> {
    let assignee = if number.is_multiple_of(3) {
        HEAD
    } else {
        WORKER
    };
    let assign = Assign {
        assignee: colleague(assignee),
        instruction: None,
    };
    let consent = SignConsent {
        purposes: BTreeSet::from([Purpose::Service, Purpose::Record]),
        text_version: line("1"),
        recipient: None,
        after_withdrawals: BTreeSet::new(),
        signed_by: None,
        guardian: None,
        assent: None,
    };
    let visit = RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: prose("Keluarga di rumah; anak kembali ke sekolah."),
        danger: None,
        ended_at: None,
        next_step: None,
    };
    let mut all = begun(number, ServiceType::Counselling);
    all.extend([
        (HEAD, assign.into()),
        (WORKER, consent.into()),
        (WORKER, visit.clone().into()),
        (WORKER, visit.into()),
    ]);
    all
}

/// The documents of a case that the head may hold, by class.
fn documents(entries: &[LogEntry]) -> BTreeMap<Class, (Installed, Vec<u8>)> {
    let mut documents: BTreeMap<DocumentKey, Document> = BTreeMap::new();
    for entry in entries.iter().map(|entry| &entry.entry) {
        let mut records: BTreeMap<Class, Vec<_>> = BTreeMap::new();
        for placed in entry.records() {
            records.entry(placed.class).or_default().push(placed);
        }
        for (class, records) in records {
            let key = DocumentKey {
                case: entry.case,
                class,
                compartment: Compartment::Shared,
                volume: 0,
            };
            let branch = Branch::from_bytes([3; Branch::LEN]);
            let actor = actor_id(SEAT, key.id(), DocEpoch::default(), branch);
            let document = documents.entry(key).or_default();
            let written = document.write(actor, entry.id, &records);
            // A drawn edit may be of minutes that are not there.
            assert!(written.is_ok() || entry.command.kind() == CommandKind::EditMinutes);
        }
    }
    let held = documents
        .into_iter()
        .filter(|(key, _)| HELD.contains(&key.class));
    held.map(|(key, document)| {
        let installed = Installed {
            document: key,
            epoch: DocEpoch::default(),
            heads: document.heads(),
        };
        (key.class, (installed, document.save()))
    })
    .collect()
}

/// A head's vault, and its cases in the order of their registration.
struct Vault {
    replica: Replica,
    rng: ChaCha8Rng,
    nonces: u8,
    seq: u64,
}

impl Vault {
    fn new(office: &Office) -> Self {
        let key = SigningKey::from_bytes(&[2; 32]);
        let certificate = SeatCertificate {
            seat: SEAT,
            institution: "cilegon".parse().unwrap(),
            person: colleague(HEAD),
            device: DeviceId::from_bytes([9; 16]),
            public_key: key.verifying_key().to_bytes(),
            issued_at: now(),
            signature: [0; 64],
        };
        let enrolled = Enrolled {
            certificate: certificate.signed(&office.server),
            server_key: office.server.verifying_key().to_bytes(),
            nonce: Nonce::from_bytes([0; 12]),
        };
        Self {
            replica: Replica::create_in_memory(&enrolled, key).unwrap(),
            rng: ChaCha8Rng::seed_from_u64(1),
            nonces: 0,
            seq: 0,
        }
    }

    /// Asks, and takes this answer.
    fn exchange(&mut self, rows: Vec<Row>, backfill: Option<Backfill>) {
        self.replica.request(now(), &mut self.rng).unwrap();
        self.nonces += 1;
        let row = |(row, seq)| WireRow {
            seq: ServerSeq::new(seq),
            received_at: now(),
            row,
        };
        let rows: Vec<WireRow> = rows.into_iter().zip(1..).map(row).collect();
        self.seq += rows.len() as u64;
        let reply = encode_body(&SyncReply {
            nonce: Nonce::from_bytes([self.nonces; 12]),
            now: now(),
            backed_up_through: ServerSeq::default(),
            era: Era::default(),
            page: Page {
                rows,
                upto: ServerSeq::new(self.seq),
                ..Page::default()
            },
            answers: None,
            backfill,
            check: None,
            resent: None,
            to: Nonce::from_bytes([self.nonces - 1; 12]),
            settled: None,
            trust: None,
            lease: None,
            epochs: None,
        });
        self.replica.receive(&reply, now(), &mut self.rng).unwrap();
    }

    /// Takes some cases as a page of documents: a frame of each class.
    fn install(&mut self, office: &Office, cases: &[(usize, Vec<LogEntry>)]) {
        let mut page = Backfill::default();
        let mut frames: BTreeMap<Class, Vec<_>> = BTreeMap::new();
        for (number, entries) in cases {
            let seq = ServerSeq::new(10_000 + *number as u64);
            page.rulings.push((seq, office.ruling(entries, *number)));
            for (class, document) in documents(entries) {
                frames.entry(class).or_default().push(document);
            }
        }
        let frames = frames.into_iter();
        page.frames = frames
            .map(|(class, documents)| InstallFrame::new(class, documents))
            .collect();
        page.next = Some(BackfillAt {
            grant: GRANT,
            after: cases.last().map(|(_, entries)| entries[0].entry.case),
            list: false,
        });
        self.exchange(Vec::new(), Some(page));
    }
}

/// A vault with the cases, and the case of 200 facts.
fn filled() -> (Replica, CaseId) {
    let mut office = Office::new();
    let long = logs::Draw::new(&office.profile, 1, true)
        .facts(FACTS)
        .entries;
    let long_id = long[0].entry.case;
    let mut cases: Vec<(usize, Vec<LogEntry>)> = (1..CASES)
        .map(|number| (number, office.case(number)))
        .collect();
    cases.push((CASES, long));
    let mut vault = Vault::new(&office);
    vault.exchange(office.rows(), None);
    for page in cases.chunks(FRAME_DOCUMENTS_MAX) {
        vault.install(&office, page);
    }
    (vault.replica, long_id)
}

fn screens(criterion: &mut Criterion) {
    let (replica, long) = filled();
    let cases = replica.cases().unwrap();
    let is_open = |case: &&CaseId| {
        let state = replica.case_state(**case).unwrap().unwrap();
        !state.status.is_ended()
    };
    assert_eq!(
        (cases.len(), cases.iter().filter(is_open).count()),
        (CASES, OPEN)
    );
    let mut group = criterion.benchmark_group("a vault of 1,000 cases");
    group.bench_function("floor: where each case stands", |bench| {
        bench.iter(|| {
            for case in &cases {
                black_box(replica.case(*case).unwrap());
            }
        });
    });
    group.bench_function("list, 100 rows in two pages", |bench| {
        let every = ListFilter::default();
        bench.iter(|| {
            let first = replica.list(&every, 0, now(), Indonesian).unwrap();
            let second = replica.list(&every, first.next.unwrap(), now(), Indonesian);
            (first, second.unwrap())
        });
    });
    group.bench_function("hari ini", |bench| {
        bench.iter(|| replica.today(now(), Indonesian).unwrap());
    });
    group.finish();
    let mut group = criterion.benchmark_group("a case with 200 facts");
    group.bench_function("floor: all of it", |bench| {
        bench.iter(|| replica.timeline(black_box(long)).unwrap());
    });
    group.bench_function("header and timeline", |bench| {
        bench.iter(|| {
            let header = replica.header(long, now(), Indonesian).unwrap();
            (
                header,
                replica.timeline_told(long, now(), Indonesian).unwrap(),
            )
        });
    });
    group.finish();
}

criterion_group! {
    name = benches;
    config = Criterion::default().sample_size(10).without_plots();
    targets = screens
}
criterion_main!(benches);
