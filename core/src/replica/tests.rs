//! A vault alone, and against answers that are written here by hand.

mod leases;
mod marks;
mod screens;

use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::*;
use crate::class::{Class, Compartment, DocumentKey};
use crate::command::{
    ApplicantKind, Channel, Command, DraftMinutes, EditMinutes, RaiseSafety, RecordSession,
    RecordVisit, Register, SafetyLevel, VisitPlace,
};
use crate::id::{CaseId, CommandId, DeviceId, EnvelopeHash};
use crate::record::{Line, Prose, SharedText, TextEdit};
use crate::sync::{
    Answer, Era, Page, Row, Seen, SignedRequest, SyncReply, SyncRequest, Turned, WireRow,
    decode_body, encode_body, unpack,
};
use crate::time::Timestamp;

const NOW: Timestamp = Timestamp::from_millis(1_790_000_000_000);

struct Phone {
    replica: Replica,
    rng: ChaCha20Rng,
    nonces: u8,
    seq: u64,
}

/// A vault of a worker who was just enrolled.
fn phone() -> Phone {
    let mut rng = ChaCha20Rng::seed_from_u64(7);
    let (server, key) = (
        SigningKey::from_bytes(&[1; 32]),
        SigningKey::from_bytes(&[2; 32]),
    );
    let certificate = SeatCertificate {
        seat: SeatId::generate(NOW, &mut rng),
        institution: "cilegon".parse().unwrap(),
        person: PersonId::generate(NOW, &mut rng),
        device: DeviceId::generate(NOW, &mut rng),
        public_key: key.verifying_key().to_bytes(),
        issued_at: NOW,
        signature: [0; 64],
    };
    let enrolled = Enrolled {
        certificate: certificate.signed(&server),
        server_key: server.verifying_key().to_bytes(),
        nonce: Nonce::from_bytes([0; 12]),
    };
    let replica = Replica::create_in_memory(&enrolled, key).unwrap();
    Phone {
        replica,
        rng,
        nonces: 0,
        seq: 0,
    }
}

impl Phone {
    fn record(&mut self, case: Option<CaseId>, command: impl Into<Command>) -> CommandId {
        self.replica
            .record(case, command.into(), NOW, None, NOW, &mut self.rng)
            .unwrap()
            .unwrap()
    }

    /// Asks; gives the request as the server reads it.
    fn ask(&mut self) -> SyncRequest {
        let bytes = self.replica.request(NOW, &mut self.rng).unwrap();
        decode_body(&SignedRequest::from_bytes(&bytes).unwrap().body).unwrap()
    }

    /// Answers the request with these answers and rows.
    fn answer(&mut self, answers: Option<Vec<Answer>>, rows: Vec<Row>) -> Synced {
        self.reply(answers, None, rows)
    }

    /// Answers the request, and says what has become of commands that waited.
    fn reply(
        &mut self,
        answers: Option<Vec<Answer>>,
        settled: Option<Vec<Answer>>,
        rows: Vec<Row>,
    ) -> Synced {
        self.nonces += 1;
        let received_at = NOW;
        let rows: Vec<WireRow> = rows
            .into_iter()
            .map(|row| {
                self.seq += 1;
                WireRow {
                    seq: ServerSeq::new(self.seq),
                    received_at,
                    row,
                }
            })
            .collect();
        let reply = SyncReply {
            nonce: Nonce::from_bytes([self.nonces; 12]),
            now: NOW,
            backed_up_through: ServerSeq::default(),
            era: Era::default(),
            page: Page {
                rows,
                upto: ServerSeq::new(self.seq),
                ..Page::default()
            },
            answers,
            backfill: None,
            check: None,
            resent: None,
            to: Nonce::from_bytes([self.nonces - 1; 12]),
            settled,
            trust: None,
            epochs: None,
            lease: None,
        };
        self.replica
            .receive(&encode_body(&reply), NOW, &mut self.rng)
            .unwrap()
    }

    fn fate(&self, id: CommandId) -> Fate {
        self.replica.fate(id).unwrap().unwrap()
    }

    fn key(&self, case: CaseId, class: Class) -> DocumentKey {
        // Nobody told it what its person is.
        let compartment = Compartment::Author(self.replica.person());
        DocumentKey {
            case,
            class,
            compartment,
            volume: 0,
        }
    }
}

fn register() -> Register {
    Register {
        channel: Channel::WalkIn,
        applicant: ApplicantKind::Family,
        report_received_at: None,
        problem: Prose::new("Pertengkaran di rumah.").ok(),
        place: None,
        phone: None,
        domiciled: None,
        kecamatan: None,
        helper: None,
        danger: None,
        name: Line::new("Ibu S").ok(),
        nik: None,
        family_card: None,
        birth_date: None,
        sex: None,
        address: None,
        reporter: Line::new("Tetangga").ok(),
    }
}

fn visit(observation: &str) -> RecordVisit {
    RecordVisit {
        place: VisitPlace::Home,
        met: true,
        observation: Prose::new(observation).unwrap(),
        danger: None,
        ended_at: None,
        next_step: None,
    }
}

/// What a push asks the server to admit: envelope, and its commands in order.
fn pushed(request: &SyncRequest) -> Vec<(EnvelopeHash, Vec<CommandId>)> {
    let Some(batch) = &request.push else {
        return Vec::new();
    };
    let envelopes = unpack(&batch.envelopes).unwrap();
    envelopes
        .iter()
        .map(|envelope| {
            (
                envelope.head.hash(),
                envelope.commands.iter().map(|head| head.id).collect(),
            )
        })
        .collect()
}

#[test]
fn what_is_recorded_is_there_after_the_power_went_out() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let visit = phone.record(Some(case), visit("Anak tidak sekolah."));
    let image = phone.replica.image().unwrap();
    let again = Replica::from_image(&image, false).unwrap();
    let ids: std::collections::BTreeSet<_> = again
        .timeline(case)
        .unwrap()
        .into_iter()
        .map(|item| item.id)
        .collect();
    assert_eq!(ids, [register, visit].into());
    assert_eq!(again.unsent().unwrap(), 2);
    assert_eq!(again.fate(visit).unwrap(), Some(Fate::OnDevice));
    let classes: Vec<_> = again
        .documents()
        .unwrap()
        .iter()
        .map(|key| key.class)
        .collect();
    assert_eq!(classes, [Class::Intake, Class::Record, Class::Reporter]);
}

#[test]
fn a_request_that_is_asked_again_carries_the_same_push() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let first = phone.ask();
    phone.record(Some(CaseId::from(register)), visit("Kedua."));
    let second = phone.ask();
    assert_eq!(first.push, second.push);
    assert_eq!(pushed(&second)[0].1, [register]);
}

#[test]
fn own_commands_move_into_the_log_when_their_row_comes() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let request = phone.ask();
    let (hash, ids) = pushed(&request).remove(0);
    let answer = Answer {
        command: register,
        seen: Seen::Admitted(ServerSeq::new(1)),
    };
    phone.answer(Some(vec![answer]), vec![Row::Own(hash, ids)]);
    assert_eq!(phone.fate(register), Fate::Admitted);
    assert_eq!(phone.replica.unsent().unwrap(), 0);
    let heads = phone
        .replica
        .accepted_heads(phone.key(case, Class::Intake))
        .unwrap();
    assert_eq!(heads.len(), 1);
    assert!(phone.ask().push.is_none());
}

#[test]
fn a_command_turned_away_moves_aside_and_the_later_ones_survive() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let minutes = phone.record(
        Some(case),
        DraftMinutes {
            title: Line::new("Konferensi").unwrap(),
            body: SharedText::new("Hadir.").unwrap(),
        },
    );
    let edit = TextEdit {
        old: "Hadir.".into(),
        new: "Hadir semua.".into(),
    };
    let edited = phone.record(
        Some(case),
        EditMinutes {
            target: minutes,
            edit: Some(edit.clone()),
        },
    );
    let later = phone.record(Some(case), visit("Sesudahnya."));
    let before = phone.ask();
    let sent = pushed(&before);
    let answers = [register, minutes, edited, later].map(|command| {
        let seen = match command == minutes {
            true => Seen::TurnedAway(Turned::Shape),
            false if command == register => Seen::Admitted(ServerSeq::new(1)),
            false => Seen::TurnedAway(Turned::WrongDependencies),
        };
        Answer { command, seen }
    });
    let synced = phone.answer(
        Some(answers.to_vec()),
        vec![Row::Own(sent[0].0, vec![register])],
    );
    assert_eq!(synced.turned_away, [minutes]);
    assert!(synced.again);
    assert_eq!(phone.fate(minutes), Fate::TurnedAway(Turned::Shape));
    assert_eq!(
        phone.fate(edited),
        Fate::TurnedAway(Turned::WrongDependencies)
    );
    assert_eq!(phone.fate(later), Fate::OnDevice);
    let again = phone.ask();
    assert_eq!(pushed(&again)[0].1, [later]);
    let records = phone
        .replica
        .records(phone.key(case, Class::Record))
        .unwrap();
    assert_eq!(records.len(), 1);
    // What moved aside can still be read here.
    let kept: Vec<_> = phone
        .replica
        .timeline(case)
        .unwrap()
        .into_iter()
        .map(|item| item.id)
        .collect();
    assert!(kept.contains(&minutes) && kept.contains(&edited));
}

#[test]
fn a_command_that_waited_is_asked_about_until_it_is_settled() {
    let mut phone = phone();
    let register = phone.record(None, register());
    phone.ask();
    let seen = Seen::Waiting;
    let command = register;
    phone.answer(Some(vec![Answer { command, seen }]), vec![]);
    assert_eq!(phone.fate(register), Fate::Waiting);
    assert_eq!(phone.ask().waiting, Some(vec![register]));
    phone.answer(None, vec![]);
    assert_eq!(phone.fate(register), Fate::Waiting);
    phone.ask();
    let seen = Seen::TurnedAway(Turned::NoGrant);
    let synced = phone.reply(None, Some(vec![Answer { command, seen }]), vec![]);
    assert_eq!(synced.turned_away, [register]);
    assert_eq!(phone.fate(register), Fate::TurnedAway(Turned::NoGrant));
    assert_eq!(phone.ask().waiting, None);
}

#[test]
fn a_late_or_foreign_answer_is_not_taken() {
    let mut phone = phone();
    phone.record(None, register());
    let refusal = phone.replica.receive(b"\x01\x00\x80", NOW, &mut phone.rng);
    assert!(matches!(refusal, Err(ReplicaError::Malformed)));
    phone.ask();
    phone.answer(None, vec![]);
    phone.ask();
    phone.nonces -= 1;
    let late = SyncReply {
        nonce: Nonce::from_bytes([9; 12]),
        now: NOW,
        backed_up_through: ServerSeq::default(),
        era: Era::default(),
        page: Page::default(),
        answers: None,
        backfill: None,
        check: None,
        resent: None,
        to: Nonce::from_bytes([0; 12]),
        settled: None,
        trust: None,
        epochs: None,
        lease: None,
    };
    let late = phone
        .replica
        .receive(&encode_body(&late), NOW, &mut phone.rng);
    assert!(matches!(late, Err(ReplicaError::Malformed)));
    assert_eq!(phone.replica.unsent().unwrap(), 1);
}

#[test]
fn a_full_disk_refuses_the_new_and_keeps_the_old() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    phone.replica.limit_pages(1).unwrap();
    let mut saved = vec![register];
    let full = loop {
        let long = visit(&"Hujan lebat. ".repeat(500)).into();
        let now = NOW;
        match phone
            .replica
            .record(Some(case), long, NOW, None, now, &mut phone.rng)
        {
            Ok(id) => saved.push(id.unwrap()),
            Err(error) => break error,
        }
        assert!(saved.len() < 1_000, "the disk never fills");
    };
    assert!(matches!(full, ReplicaError::DiskFull), "{full:?}");
    let ids: Vec<_> = phone
        .replica
        .timeline(case)
        .unwrap()
        .into_iter()
        .map(|item| item.id)
        .collect();
    assert_eq!(ids.len(), saved.len());
    phone.replica.limit_pages(100_000).unwrap();
    phone.record(Some(case), visit("Disk sudah lega."));
}

#[test]
fn a_vault_that_was_put_back_goes_on_under_new_branches_and_keeps_what_is_pending() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let first = phone.record(Some(case), visit("Pertama."));
    let image = phone.replica.image().unwrap();
    let parts = |phone: &Phone, id| phone.replica.store.parts(id).unwrap();
    let old = parts(&phone, first);
    for rolled_back in [false, true] {
        phone.replica = Replica::from_image(&image, rolled_back).unwrap();
        let next = phone.record(Some(case), visit("Kedua."));
        assert_eq!(parts(&phone, first)[0].hash, old[0].hash);
        let new = parts(&phone, next);
        assert_eq!(new[0].document, old[0].document);
        assert_eq!(new[0].branch != old[0].branch, rolled_back);
        assert_eq!(phone.replica.unsent().unwrap(), 3);
    }
}

#[test]
fn what_cannot_be_recorded_is_named_and_leaves_nothing() {
    let mut phone = phone();
    let register = phone.record(None, register());
    let case = CaseId::from(register);
    let mut check = |case: Option<CaseId>, command: Command, expected: CannotRecord| {
        let refused = phone
            .replica
            .record(case, command, NOW, None, NOW, &mut phone.rng)
            .unwrap();
        assert_eq!(refused, Err(expected));
    };
    let nowhere = CaseId::from_bytes([9; 16]);
    check(Some(nowhere), visit("x").into(), CannotRecord::NoSuchCase);
    check(None, visit("x").into(), CannotRecord::NoSuchCase);
    let edit = TextEdit {
        old: String::new(),
        new: "x".into(),
    };
    let stray = EditMinutes {
        target: CommandId::from_bytes([9; 16]),
        edit: Some(edit),
    };
    check(Some(case), stray.into(), CannotRecord::NoSuchTarget);
    assert_eq!(phone.replica.unsent().unwrap(), 1);
    let danger = RaiseSafety {
        level: SafetyLevel::P1,
        note: Prose::new("Ancaman.").unwrap(),
    };
    phone.record(Some(case), danger);
}

#[test]
fn what_cannot_be_recorded_does_not_void_an_answer_under_way() {
    let mut phone = phone();
    let register = phone.record(None, register());
    phone.ask();
    let stray = phone
        .replica
        .record(None, visit("x").into(), NOW, None, NOW, &mut phone.rng);
    assert_eq!(stray.unwrap(), Err(CannotRecord::NoSuchCase));
    let seen = Seen::Admitted(ServerSeq::new(1));
    phone.answer(
        Some(vec![Answer {
            command: register,
            seen,
        }]),
        vec![],
    );
    assert_eq!(phone.replica.unsent().unwrap(), 0);
}

#[test]
fn a_session_note_stands_in_a_document_of_its_author_alone() {
    let mut phone = phone();
    phone.ask();
    let told = screens::office(&phone);
    phone.answer(None, told);
    let case = CaseId::from(phone.record(None, register()));
    let session = RecordSession {
        attendance: crate::command::Attendance::Held,
        mode: crate::command::SessionMode::InPerson,
        minutes: 45,
        danger: None,
        appointment: None,
        note: Prose::new("Rahasia psikolog.").ok(),
    };
    phone.record(Some(case), session);
    let person = phone.replica.person();
    for key in phone.replica.documents().unwrap() {
        assert_eq!(
            key.class == Class::Notes,
            key.compartment == Compartment::Author(person)
        );
    }
}
