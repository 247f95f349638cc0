//! What the tests work with: an institution, seats whose every byte is crafted by hand, and what a server answers.

use std::collections::{BTreeMap, BTreeSet};

use ed25519_dalek::SigningKey;
use jangkau_core::class::{Class, DocumentKey};
use jangkau_core::command::{
    ApplicantKind, Channel, Command, CommandEntry, RecordVisit, Register, Stamp, VisitPlace,
};
use jangkau_core::document::{Document, actor_id};
use jangkau_core::envelope::{CommandHead, KeyRef, Via};
use jangkau_core::grant::compartment;
use jangkau_core::id::{
    BatchId, Branch, CaseId, CommandId, DecisionCount, DeviceId, DocEpoch, InstitutionId, Nonce,
    PersonId, SeatId,
};
use jangkau_core::profile::shipped_files;
use jangkau_core::profile::words::Role;
use jangkau_core::record::{Line, Prose};
use jangkau_core::sync::{
    Answer, Batch, Cursor, Enrol, Enrolled, Part, PartBody, RefusedReply, SYNC_ROUTE,
    SealedEnvelope, SeatStatus, Seen, SignedRequest, SyncReply, SyncRequest, decode_body,
    encode_body, pack, seal,
};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use super::super::Engine;

/// Monday 23 November 2026, 09:00 in Jakarta.
pub(super) const START: Timestamp = Timestamp::from_millis(1_795_399_200_000);

/// An engine with one institution, and the clock and chance of the test.
pub(super) struct Bench {
    pub(super) engine: Engine,
    pub(super) institution: InstitutionId,
    pub(super) rng: ChaCha8Rng,
    pub(super) now: Timestamp,
}

impl Bench {
    pub(super) fn new() -> Self {
        let mut bench = Self {
            engine: Engine::in_memory().unwrap(),
            institution: "cilegon".parse().unwrap(),
            rng: ChaCha8Rng::seed_from_u64(7),
            now: START,
        };
        let toml = shipped_files()[0].toml;
        bench
            .engine
            .found(&bench.institution, toml, START, &mut bench.rng)
            .unwrap();
        bench
    }

    pub(super) fn later(&mut self) -> Timestamp {
        self.now = self.now.plus_millis(60_000);
        self.now
    }

    /// Puts a backup in the place of the server's database.
    pub(super) fn restore(&mut self, backup: &[u8]) {
        self.engine = Engine::from_image(backup, self.engine.keys()).unwrap();
        let now = self.later();
        self.engine.begin_era_after_restore(now).unwrap();
    }

    /// A device is no longer in use.
    pub(super) fn retire(&mut self, seat: SeatId) {
        let now = self.later();
        self.engine
            .revoke(&self.institution, seat, SeatStatus::Retired, now)
            .unwrap();
    }

    pub(super) fn person(&mut self, roles: &[&str]) -> PersonId {
        let now = self.later();
        self.engine
            .add_staff(&self.institution, "Sari", roles, now, &mut self.rng)
            .unwrap()
    }

    pub(super) fn enrolled(&mut self, person: PersonId) -> (Enrolled, SigningKey) {
        let now = self.later();
        let code = self
            .engine
            .invite(&self.institution, person, now, &mut self.rng)
            .unwrap();
        let mut bytes = [0; 32];
        rand_core::Rng::fill_bytes(&mut self.rng, &mut bytes);
        let key = SigningKey::from_bytes(&bytes);
        let body = encode_body(&Enrol {
            code,
            device: DeviceId::generate(now, &mut self.rng),
            public_key: *key.verifying_key().as_bytes(),
        });
        let enrolled = self.engine.enrol(&body, now, &mut self.rng).unwrap();
        (decode_body(&enrolled).unwrap(), key)
    }

    /// A person with these roles at a seat.
    pub(super) fn seat(&mut self, roles: &[&str]) -> Hand {
        let person = self.person(roles);
        self.seat_of(person)
    }

    pub(super) fn seat_of(&mut self, person: PersonId) -> Hand {
        let (enrolled, key) = self.enrolled(person);
        let staff = self.engine.enrolled(&self.institution).unwrap();
        let staff = staff.into_iter().find(|row| row.person == person);
        let words = staff.unwrap().roles;
        let roles = words.iter().map(|role| role.parse().unwrap()).collect();
        Hand {
            institution: self.institution.clone(),
            seat: enrolled.certificate.seat,
            person,
            roles,
            key,
            nonce: enrolled.nonce,
            cursor: Cursor::default(),
            branch: Branch::generate(&mut self.rng),
            documents: BTreeMap::new(),
            enrolled,
        }
    }

    /// Sends one request and gives what is said to it.
    pub(super) fn send(
        &mut self,
        hand: &mut Hand,
        request: SyncRequest,
    ) -> Result<SyncReply, RefusedReply> {
        let bytes = hand.sign(request);
        let now = self.later();
        let mut answers = self.engine.sync(&[bytes], now, &mut self.rng);
        let answer = answers.remove(0);
        hand.take(answer)
    }

    /// Pushes envelopes and gives what became of their commands.
    pub(super) fn push(&mut self, hand: &mut Hand, envelopes: &[SealedEnvelope]) -> Vec<Answer> {
        let batch = self.batch(envelopes);
        let request = SyncRequest {
            push: Some(batch),
            ..hand.asking()
        };
        self.send(hand, request).unwrap().answers.unwrap()
    }

    pub(super) fn batch(&mut self, envelopes: &[SealedEnvelope]) -> Batch {
        Batch {
            id: BatchId::generate(self.now, &mut self.rng),
            envelopes: pack(envelopes).unwrap(),
        }
    }

    /// Records a command by hand, and seals it alone.
    pub(super) fn sealed(&mut self, hand: &mut Hand, entry: &CommandEntry) -> SealedEnvelope {
        let parts = hand.parts(entry);
        self.seal(hand, vec![(head_of(entry, self.now), parts)])
    }

    pub(super) fn seal(
        &mut self,
        hand: &Hand,
        commands: Vec<(CommandHead, Vec<Part>)>,
    ) -> SealedEnvelope {
        let institution = hand.institution.clone();
        seal(
            hand.seat,
            institution,
            Via::Device,
            commands,
            &hand.key,
            &mut self.rng,
        )
    }

    /// Registers a case and gives its id; the answer must be "admitted".
    pub(super) fn register(&mut self, hand: &mut Hand) -> CaseId {
        let entry = self.registration(hand);
        let envelope = self.sealed(hand, &entry);
        let answers = self.push(hand, &[envelope]);
        assert!(matches!(answers[0].seen, Seen::Admitted(_)), "{answers:?}");
        entry.case
    }

    pub(super) fn registration(&mut self, hand: &Hand) -> CommandEntry {
        let id = CommandId::generate(self.later(), &mut self.rng);
        self.entry_with(id, CaseId::from(id), hand, registration().into())
    }

    pub(super) fn visit(&mut self, hand: &Hand, case: CaseId) -> CommandEntry {
        self.entry(hand, case, visit().into())
    }

    pub(super) fn entry(&mut self, hand: &Hand, case: CaseId, command: Command) -> CommandEntry {
        let id = CommandId::generate(self.later(), &mut self.rng);
        self.entry_with(id, case, hand, command)
    }

    fn entry_with(
        &self,
        id: CommandId,
        case: CaseId,
        hand: &Hand,
        command: Command,
    ) -> CommandEntry {
        let stamp = Stamp {
            by: hand.person,
            occurred_at: self.now,
            performed_by: None,
        };
        CommandEntry {
            id,
            case,
            stamp,
            command,
        }
    }

    /// The engine after a restart.
    pub(super) fn restart(&mut self) {
        let image = self.engine.image().unwrap();
        self.engine = Engine::from_image(&image, self.engine.keys()).unwrap();
    }
}

pub(super) fn registration() -> Register {
    Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Some(Prose::new("Anak tidak bersekolah.").unwrap()),
        place: None,
        phone: None,
        domiciled: Some(true),
        kecamatan: None,
        helper: None,
        danger: None,
        name: Some(Line::new("Ibu Aminah").unwrap()),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: None,
    }
}

pub(super) fn visit() -> RecordVisit {
    RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: Prose::new("Ditemui di rumah.").unwrap(),
        danger: None,
        ended_at: None,
        next_step: None,
    }
}

pub(super) fn head_of(entry: &CommandEntry, now: Timestamp) -> CommandHead {
    CommandHead {
        id: entry.id,
        kind: entry.command.kind(),
        occurred_at: entry.stamp.occurred_at,
        recorded_at: now,
        base: DecisionCount::new(0),
        after: Vec::new(),
    }
}

/// A seat whose every byte is made by hand.
pub(super) struct Hand {
    pub(super) institution: InstitutionId,
    pub(super) seat: SeatId,
    pub(super) person: PersonId,
    /// What they were when they enrolled.
    pub(super) roles: BTreeSet<Role>,
    pub(super) key: SigningKey,
    pub(super) nonce: Nonce,
    pub(super) cursor: Cursor,
    pub(super) branch: Branch,
    pub(super) documents: BTreeMap<DocumentKey, Document>,
    pub(super) enrolled: Enrolled,
}

impl Hand {
    /// A request with nothing in it.
    pub(super) fn asking(&self) -> SyncRequest {
        SyncRequest {
            cursor: self.cursor,
            ..SyncRequest::default()
        }
    }

    pub(super) fn sign(&self, request: SyncRequest) -> Vec<u8> {
        let body = encode_body(&request);
        SignedRequest::sign(SYNC_ROUTE, self.seat, self.nonce, body, &self.key).to_bytes()
    }

    /// Takes an answer: its nonce, and how far the log was read.
    pub(super) fn take(
        &mut self,
        answer: Result<Vec<u8>, RefusedReply>,
    ) -> Result<SyncReply, RefusedReply> {
        match answer {
            Ok(bytes) => {
                let reply: SyncReply = decode_body(&bytes).unwrap();
                assert_eq!(reply.to, self.nonce);
                self.nonce = reply.nonce;
                self.cursor = Cursor {
                    era: reply.era.number,
                    seq: reply.page.upto,
                };
                Ok(reply)
            }
            Err(refused) => {
                self.nonce = refused.nonce.unwrap_or(self.nonce);
                Err(refused)
            }
        }
    }

    pub(super) fn key_of(&self, case: CaseId, class: Class) -> DocumentKey {
        let profile = jangkau_core::profile::shipped().unwrap().remove(0);
        let compartment = compartment(&profile, (self.person, &self.roles), class);
        DocumentKey {
            case,
            class,
            compartment,
            volume: 0,
        }
    }

    /// Writes a command into this seat's own documents and gives its parts.
    pub(super) fn parts(&mut self, entry: &CommandEntry) -> Vec<Part> {
        let mut by_class: BTreeMap<Class, Vec<_>> = BTreeMap::new();
        for record in entry.records() {
            by_class.entry(record.class).or_default().push(record);
        }
        let mut parts = Vec::new();
        for (class, records) in by_class {
            let key = self.key_of(entry.case, class);
            let actor = actor_id(self.seat, key.id(), DocEpoch::new(0), self.branch);
            let document = self.documents.entry(key).or_default();
            let bytes = document.write(actor, entry.id, &records).unwrap();
            parts.push(change(key, self.branch, bytes));
        }
        parts
    }
}

pub(super) fn change(document: DocumentKey, branch: Branch, bytes: Vec<u8>) -> Part {
    let epoch = DocEpoch::new(0);
    Part {
        body: PartBody::Change {
            document,
            epoch,
            branch,
            bytes,
        },
        key: KeyRef::default(),
    }
}
