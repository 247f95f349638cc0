//! A dying phone's work as a parcel: over a colleague's device and on a stick, once whatever way it comes.

use ed25519_dalek::{SigningKey, VerifyingKey};
use jangkau_core::command::Command;
use jangkau_core::id::{CaseId, CommandId};
use jangkau_core::profile::shipped_files;
use jangkau_core::record::Prose;
use jangkau_core::replica::{Fate, Replica};
use jangkau_core::sync::{
    AuditKind, ParcelContent, ParcelError, SeatStatus, Seen, Turned, open_piece, pack, parcel_of,
    pieces_of, seal_piece,
};

use super::bench::{Bench, START, registration, visit};
use crate::engine::EngineError;

const CANARY: &str = "Ibu Aminah bersembunyi di rumah kakaknya di Merak";

/// A visit that nobody but its author and the server may read.
fn secret_visit() -> Command {
    let mut visit = visit();
    visit.observation = Prose::new(CANARY).unwrap();
    visit.into()
}

impl Bench {
    fn admitted_once(&self, commands: &[CommandId]) {
        let admitted = self.engine.admitted(&self.institution).unwrap();
        for command in commands {
            let count = admitted.iter().filter(|one| *one == command).count();
            assert_eq!(count, 1, "{command}");
        }
    }

    fn parcels_told(&self) -> usize {
        let entries = self.engine.audit_entries(&self.institution, START).unwrap();
        let parcels = entries
            .iter()
            .filter(|entry| entry.kind == AuditKind::Parcel);
        parcels.count()
    }

    fn exported(&mut self, replica: &mut Replica) -> Vec<u8> {
        replica.export_parcel(&mut self.rng).unwrap().unwrap()
    }

    fn taken(&mut self, file: &[u8]) -> Vec<Result<usize, ParcelError>> {
        let mut taken = Vec::new();
        for piece in pieces_of(file).unwrap() {
            let now = self.later();
            let answers = self.engine.take_parcel(&piece, now).unwrap();
            taken.push(answers.map(|answers| answers.len()));
        }
        taken
    }
}

/// Two workers; the first has a case that the server knows, and two commands that it does not.
fn dying() -> (Bench, Replica, Replica, [CommandId; 2]) {
    let mut bench = Bench::new();
    let author = bench.person(&["social_worker"]);
    let colleague = bench.person(&["volunteer"]);
    let (mut phone, carrier) = (bench.replica(author), bench.replica(colleague));
    let case = CaseId::from(bench.record(&mut phone, None, registration()));
    bench.sync(&mut phone);
    let unsent = [
        bench.record(&mut phone, Some(case), secret_visit()),
        bench.record(&mut phone, Some(case), visit()),
    ];
    (bench, phone, carrier, unsent)
}

#[test]
fn a_colleague_carries_what_they_cannot_read() {
    let (mut bench, mut phone, mut carrier, unsent) = dying();
    let file = bench.exported(&mut phone);
    assert_eq!(carrier.carry_parcel(&file).unwrap(), Ok(1));
    // Handed over twice, it is carried once.
    assert_eq!(carrier.carry_parcel(&file).unwrap(), Ok(1));
    assert_eq!(carrier.carried().unwrap(), 1);
    let holds = |replica: &mut Replica| {
        let image = replica.image().unwrap();
        image
            .windows(CANARY.len())
            .any(|part| part == CANARY.as_bytes())
    };
    assert!(holds(&mut phone) && !holds(&mut carrier));
    assert!(
        open_piece(
            &pieces_of(&file).unwrap()[0],
            &SigningKey::from_bytes(&[3; 32])
        )
        .is_err()
    );
    bench.sync(&mut carrier);
    assert_eq!(carrier.carried().unwrap(), 0);
    bench.admitted_once(&unsent);
    assert!(!holds(&mut carrier));
    for command in unsent {
        assert_eq!(carrier.fate(command).unwrap(), None);
    }
    // The phone comes online after all.
    bench.sync(&mut phone);
    bench.admitted_once(&unsent);
    assert_eq!(phone.unsent().unwrap(), 0);
    for command in unsent {
        assert!(matches!(
            phone.fate(command).unwrap(),
            Some(Fate::Judged(_))
        ));
    }
    assert_eq!(bench.parcels_told(), 1);
    bench.check();
}

#[test]
fn a_stick_brings_it_before_and_after_the_phone_and_twice() {
    let (mut bench, mut phone, mut carrier, unsent) = dying();
    let file = bench.exported(&mut phone);
    // What is not backed up yet goes along: the registration, too.
    assert_eq!(bench.taken(&file), [Ok(3)]);
    assert_eq!(bench.taken(&file), [Ok(3)]);
    bench.admitted_once(&unsent);
    assert_eq!(bench.parcels_told(), 1);
    bench.sync(&mut phone);
    assert_eq!(bench.taken(&file), [Ok(3)]);
    // Another one, of the same work, by another way, when the phone was faster.
    let again = bench.exported(&mut phone);
    assert_ne!(again, file);
    carrier.carry_parcel(&again).unwrap().unwrap();
    bench.sync(&mut carrier);
    assert_eq!(carrier.carried().unwrap(), 0);
    bench.admitted_once(&unsent);
    bench.check();
    // What every backup holds needs no parcel.
    let head = bench.engine.head(&bench.institution).unwrap();
    let institution = bench.institution.clone();
    bench.engine.mark_backed_up(&institution, head).unwrap();
    bench.sync(&mut phone);
    bench.sync(&mut phone);
    assert_eq!(phone.export_parcel(&mut bench.rng).unwrap(), None);
}

#[test]
fn a_damaged_parcel_brings_nothing() {
    let (mut bench, mut phone, mut carrier, unsent) = dying();
    let file = bench.exported(&mut phone);
    let piece = pieces_of(&file).unwrap().remove(0);
    let spoilt = |place: usize| {
        let mut piece = piece.clone();
        piece[place] ^= 1;
        parcel_of(vec![piece])
    };
    let places = (0..48).chain([piece.len() / 2, piece.len() - 1]);
    for place in places {
        let taken = bench.taken(&spoilt(place)).remove(0);
        assert!(taken.is_err(), "byte {place}: {taken:?}");
    }
    carrier.carry_parcel(&spoilt(60)).unwrap().unwrap();
    bench.sync(&mut carrier);
    // It is told once that it was not received, and does not come again.
    assert_eq!(carrier.carried().unwrap(), 0);
    for (file, error) in [
        (&b"nothing"[..], ParcelError::NotAParcel),
        (&file[..file.len() - 1], ParcelError::Damaged),
    ] {
        assert_eq!(carrier.carry_parcel(file).unwrap(), Err(error));
    }
    let admitted = bench.engine.admitted(&bench.institution).unwrap();
    assert!(unsent.iter().all(|command| !admitted.contains(command)));
    assert_eq!(
        bench.engine.quarantine(&bench.institution).unwrap().len(),
        0
    );
}

#[test]
fn a_parcel_is_for_its_own_institution_alone() {
    let (mut bench, mut phone, _, unsent) = dying();
    let file = bench.exported(&mut phone);
    let home = bench.institution.clone();
    bench.institution = "mataram".parse().unwrap();
    let (institution, now) = (bench.institution.clone(), bench.now);
    let toml = shipped_files()[1].toml;
    bench
        .engine
        .found(&institution, toml, now, &mut bench.rng)
        .unwrap();
    let stranger = bench.person(&["social_worker"]);
    let mut carrier = bench.replica(stranger);
    let refused = carrier.carry_parcel(&file).unwrap();
    assert_eq!(refused, Err(ParcelError::OtherInstitution));
    // From a stick the server finds whose it is.
    assert_eq!(bench.taken(&file), [Ok(3)]);
    bench.institution = home;
    bench.admitted_once(&unsent);
}

#[test]
fn nobody_brings_anything_in_anothers_name_by_a_parcel() {
    let (mut bench, mut phone, _, _) = dying();
    let file = bench.exported(&mut phone);
    let mut hand = bench.seat(&["social_worker"]);
    let server = VerifyingKey::from_bytes(&hand.enrolled.server_key).unwrap();
    let entry = bench.registration(&hand);
    let envelope = bench.sealed(&mut hand, &entry);
    let mut sealed = |certificate, envelope| {
        let content = ParcelContent {
            certificate,
            era: hand.cursor.era,
            envelopes: pack([envelope]).unwrap(),
        };
        parcel_of(vec![seal_piece(&content, &server, &mut bench.rng).unwrap()])
    };
    // Another's certificate over own work, and a signature that does not hold.
    let mut victim = hand.enrolled.certificate.clone();
    victim.seat = phone.seat();
    let mut forged = envelope.clone();
    forged.signature[0] ^= 1;
    let own = hand.enrolled.certificate.clone();
    let files = [
        sealed(victim, &envelope),
        sealed(own.clone(), &forged),
        sealed(own, &envelope),
    ];
    let taken = files.each_ref().map(|file| bench.taken(file).remove(0));
    let damaged = Err(ParcelError::Damaged);
    assert_eq!(taken, [damaged, damaged, Ok(1)]);
    assert_eq!(
        bench.engine.quarantine(&bench.institution).unwrap().len(),
        0
    );
    // A stolen phone's parcel is kept, and enters nothing.
    let now = bench.later();
    let institution = bench.institution.clone();
    let how = SeatStatus::Stolen;
    bench
        .engine
        .revoke(&institution, phone.seat(), how, now)
        .unwrap();
    let piece = pieces_of(&file).unwrap().remove(0);
    let answers = bench.engine.take_parcel(&piece, now).unwrap().unwrap();
    let turned = Seen::TurnedAway(Turned::RevokedSeat);
    assert!(
        answers.iter().all(|answer| answer.seen == turned),
        "{answers:?}"
    );
    assert!(!bench.engine.quarantine(&institution).unwrap().is_empty());
}

#[test]
fn a_parcel_brings_a_seat_back_that_a_restore_forgot() {
    let mut bench = Bench::new();
    let author = bench.person(&["social_worker"]);
    let backup = bench.engine.image().unwrap();
    let mut phone = bench.replica(author);
    let case = CaseId::from(bench.record(&mut phone, None, registration()));
    bench.sync(&mut phone);
    let seen = bench.record(&mut phone, Some(case), secret_visit());
    let file = bench.exported(&mut phone);
    bench.restore(&backup);
    assert_eq!(bench.taken(&file), [Ok(2)]);
    bench.admitted_once(&[CommandId::from_bytes(*case.as_bytes()), seen]);
    bench.check();

    // Whose person is forgotten, too, is asked for first.
    let mut bench = Bench::new();
    let empty = bench.engine.image().unwrap();
    let author = bench.person(&["social_worker"]);
    let mut phone = bench.replica(author);
    bench.record(&mut phone, None, registration());
    let file = bench.exported(&mut phone);
    bench.restore(&empty);
    let piece = pieces_of(&file).unwrap().remove(0);
    let now = bench.later();
    let refused = bench.engine.take_parcel(&piece, now);
    assert!(matches!(refused, Err(EngineError::NotNow)));
    let institution = bench.institution.clone();
    bench
        .engine
        .put_back_staff(&institution, author, "Sari", &["social_worker"], now)
        .unwrap();
    assert_eq!(bench.taken(&file), [Ok(1)]);
}
