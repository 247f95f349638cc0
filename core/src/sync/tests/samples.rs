//! One value of everything that is sent, with small readable bytes.

mod rows;

use ed25519_dalek::SigningKey;
use rand_chacha::ChaCha8Rng;
use rand_core::SeedableRng as _;

use crate::access::{ViewKind, Writing};
use crate::class::{Class, Compartment, DocumentKey};
use crate::command::{
    Attendance, Command, CommandEntry, RecordSession, RecordVisit, SessionMode, Stamp, VisitPlace,
};
use crate::document::{Document, actor_id};
use crate::envelope::{CommandHead, KeyRef, SIGNATURE_LEN, Via};
use crate::id::{
    BatchId, BlobHash, Branch, CaseId, CaseNumber, ChangeHash, CommandId, DecisionCount, DeviceId,
    DocEpoch, EnvelopeHash, LogEra, Nonce, PersonId, SeatId, ServerSeq,
};
use crate::record::Prose;
use crate::sync::*;
use crate::time::Timestamp;

pub(super) use rows::{rows, wire_row};

pub(super) const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);
pub(super) const AUTHOR: PersonId = PersonId::from_bytes([2; 16]);
pub(super) const SEAT: SeatId = SeatId::from_bytes([3; 16]);
pub(super) const NONCE: Nonce = Nonce::from_bytes([4; 12]);
pub(super) const CASE: CaseId = CaseId::from_bytes([5; 16]);
const BRANCH: Branch = Branch::from_bytes([6; 8]);

/// Words that stand in the notes of a session and nowhere else.
pub(super) const CANARY: &str = "kenari";

pub(super) fn seat_key() -> SigningKey {
    SigningKey::from_bytes(&[7; 32])
}

pub(super) fn server_key() -> SigningKey {
    SigningKey::from_bytes(&[8; 32])
}

pub(super) fn rng() -> ChaCha8Rng {
    ChaCha8Rng::seed_from_u64(9)
}

pub(super) fn command_id(number: u8) -> CommandId {
    CommandId::from_bytes([number; 16])
}

/// A device's documents: what is recorded goes into them, and comes out as parts.
#[derive(Default)]
pub(super) struct Desk {
    documents: std::collections::BTreeMap<DocumentKey, Document>,
}

impl Desk {
    /// Records a command in a case, and gives what an envelope takes.
    pub(super) fn record(
        &mut self,
        case: CaseId,
        id: CommandId,
        command: impl Into<Command>,
    ) -> (CommandHead, Vec<Part>) {
        let stamp = Stamp {
            by: AUTHOR,
            occurred_at: NOW,
            performed_by: None,
        };
        let entry = CommandEntry {
            id,
            case,
            stamp,
            command: command.into(),
        };
        let mut by_class = std::collections::BTreeMap::<Class, Vec<_>>::new();
        for placed in entry.records() {
            by_class.entry(placed.class).or_default().push(placed);
        }
        let parts = by_class
            .into_iter()
            .map(|(class, records)| {
                let document = DocumentKey {
                    case,
                    class,
                    compartment: Compartment::of(class, Writing::All, AUTHOR),
                    volume: 0,
                };
                let actor = actor_id(SEAT, document.id(), DocEpoch::default(), BRANCH);
                let held = self.documents.entry(document).or_default();
                let bytes = held.write(actor, entry.id, &records).unwrap();
                let epoch = DocEpoch::default();
                let body = PartBody::Change {
                    document,
                    epoch,
                    branch: BRANCH,
                    bytes,
                };
                Part {
                    body,
                    key: KeyRef::default(),
                }
            })
            .collect();
        let head = CommandHead {
            id: entry.id,
            kind: entry.command.kind(),
            occurred_at: NOW,
            recorded_at: NOW.plus_millis(60_000),
            base: DecisionCount::new(2),
            after: Vec::new(),
        };
        (head, parts)
    }

    /// The documents with their saved bytes.
    pub(super) fn saved(&self) -> Vec<(Installed, Vec<u8>)> {
        self.documents
            .iter()
            .map(|(key, document)| {
                let installed = Installed {
                    document: *key,
                    epoch: DocEpoch::default(),
                    heads: document.heads(),
                };
                (installed, document.save())
            })
            .collect()
    }
}

pub(super) fn visit(words: &str) -> RecordVisit {
    RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: Prose::new(words).unwrap(),
        danger: None,
        ended_at: None,
        next_step: None,
    }
}

pub(super) fn session() -> RecordSession {
    RecordSession {
        attendance: Attendance::Held,
        mode: SessionMode::InPerson,
        minutes: 50,
        danger: None,
        appointment: None,
        note: Prose::new(CANARY).ok(),
    }
}

pub(super) fn seal_all(commands: Vec<(CommandHead, Vec<Part>)>) -> SealedEnvelope {
    let institution = "cilegon".parse().unwrap();
    seal(
        SEAT,
        institution,
        Via::Device,
        commands,
        &seat_key(),
        &mut rng(),
    )
}

/// A visit, a session with the leader's notes, a second visit that follows the first, and a complaint's row: five parts.
pub(super) fn envelope() -> SealedEnvelope {
    let mut desk = Desk::default();
    let mut commands = vec![
        desk.record(CASE, command_id(10), visit("Keluarga ditemui.")),
        desk.record(CASE, command_id(11), session()),
        desk.record(CASE, command_id(12), visit("Sudah pindah.")),
    ];
    commands[2].0.after = vec![command_id(10)];
    let bytes = b"row".to_vec();
    commands[2].1.push(Part {
        body: PartBody::Row { kind: 1, bytes },
        key: KeyRef::default(),
    });
    seal_all(commands)
}

/// What a colleague who holds only the social record gets of it.
pub(super) fn pruned() -> SealedEnvelope {
    let record = |_: &CommandHead, part: &Part| {
        part.document()
            .is_some_and(|key| key.class == Class::Record)
    };
    envelope().visible_to(record).unwrap()
}

pub(super) fn ruling() -> RulingBody {
    RulingBody {
        case: CASE,
        class: Some(Class::Record),
        judged_through: ServerSeq::new(40),
        ruled_at: NOW,
        profile: "cilegon-lk3-2023".parse().unwrap(),
        profile_version: 1,
        calendar_version: 2,
        verdicts: vec![1, 2, 3],
        state: None,
        number: None,
        links: None,
        author: None,
    }
}

pub(super) fn signed_ruling() -> SignedRuling {
    SignedRuling::sign(&ruling(), &server_key())
}

pub(super) fn certificate() -> SeatCertificate {
    SeatCertificate {
        seat: SEAT,
        institution: "cilegon".parse().unwrap(),
        person: AUTHOR,
        device: DeviceId::from_bytes([13; 16]),
        public_key: seat_key().verifying_key().to_bytes(),
        issued_at: NOW,
        signature: [0; SIGNATURE_LEN],
    }
    .signed(&server_key())
}

pub(super) fn full_request() -> SyncRequest {
    SyncRequest {
        cursor: Cursor {
            era: LogEra::new(1),
            seq: ServerSeq::new(41),
        },
        push: Some(Batch {
            id: BatchId::from_bytes([14; 16]),
            envelopes: pack([&envelope()]).unwrap(),
        }),
        push_back: Some(PushBack {
            envelopes: pack([&pruned()]).unwrap(),
            rulings: vec![signed_ruling()],
        }),
        backfill: Some(backfill_at()),
        check: Some([15; 32]),
        resend: Some(vec![0, 128, 255]),
        certificate: Some(certificate()),
        dropped: Some(vec![ServerSeq::new(7)]),
        sent_at: Some(NOW),
        waiting: Some(vec![command_id(13)]),
        trust: None,
        parcels: None,
    }
}

pub(super) fn backfill_at() -> BackfillAt {
    BackfillAt {
        grant: ServerSeq::new(6),
        after: Some(CASE),
        list: true,
    }
}

pub(super) fn install_frame() -> InstallFrame {
    let mut desk = Desk::default();
    desk.record(CASE, command_id(10), visit("Keluarga ditemui."));
    InstallFrame::new(Class::Record, desk.saved())
}

pub(super) fn backfill() -> Backfill {
    Backfill {
        rulings: vec![(ServerSeq::new(40), signed_ruling())],
        frames: vec![InstallFrame {
            class: Class::Record,
            documents: vec![Installed {
                document: DocumentKey {
                    case: CASE,
                    class: Class::Record,
                    compartment: Compartment::Author(AUTHOR),
                    volume: 1,
                },
                epoch: DocEpoch::new(2),
                heads: vec![ChangeHash::from_bytes([17; 32])],
            }],
            saved: vec![1, 0, 0x80],
        }],
        rows: vec![wire_row(41, Row::Commands(vec![command_id(10)]))],
        envelopes: pack([&pruned()]).unwrap(),
        next: Some(backfill_at()),
    }
}

pub(super) fn idle_reply() -> SyncReply {
    SyncReply {
        nonce: NONCE,
        now: NOW,
        backed_up_through: ServerSeq::new(123_000),
        era: Era {
            number: LogEra::new(1),
            kept: None,
        },
        page: Page {
            upto: ServerSeq::new(123_456),
            ..Page::default()
        },
        answers: None,
        backfill: None,
        check: None,
        resent: None,
        to: NONCE,
        settled: None,
        trust: None,
        epochs: None,
        lease: None,
    }
}

pub(super) fn full_reply() -> SyncReply {
    let answer = |number, seen| Answer {
        command: command_id(number),
        seen,
    };
    SyncReply {
        era: Era {
            number: LogEra::new(2),
            kept: Some(ServerSeq::new(39)),
        },
        page: Page {
            rows: rows()
                .into_iter()
                .map(|(_, row)| wire_row(42, row))
                .collect(),
            envelopes: pack([&envelope(), &pruned()]).unwrap(),
            upto: ServerSeq::new(42),
            more: true,
        },
        answers: Some(vec![
            answer(10, Seen::Admitted(ServerSeq::new(42))),
            answer(11, Seen::Waiting),
            answer(12, Seen::TurnedAway(Turned::NoGrant)),
        ]),
        backfill: Some(backfill()),
        check: Some(SelfCheck::Differs(vec![1, u64::MAX])),
        resent: Some(Backfill::default()),
        settled: Some(vec![answer(
            13,
            Seen::TurnedAway(Turned::WrongDependencies),
        )]),
        ..idle_reply()
    }
}

pub(super) fn enrol() -> Enrol {
    Enrol {
        code: "ABCD-EFGH".to_owned(),
        device: DeviceId::from_bytes([13; 16]),
        public_key: seat_key().verifying_key().to_bytes(),
    }
}

pub(super) fn enrolled() -> Enrolled {
    Enrolled {
        certificate: certificate(),
        server_key: server_key().verifying_key().to_bytes(),
        nonce: NONCE,
    }
}
