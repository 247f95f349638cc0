//! What lies on the disk: nothing that anybody could read without the keys, and nothing of what was erased.

use std::collections::BTreeSet;
use std::fs;
use std::sync::{Arc, Mutex};

use jangkau_core::class::Class;
use jangkau_core::command::{
    ContactSafety, HideAddress, LinkFamily, Recommendation, RecordActivity, RecordSession,
    RecordVisit, Register, ServiceType, WriteSummary,
};
use jangkau_core::id::{CaseId, DocumentId, InstitutionId, ServerSeq};
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::Replica;
use jangkau_core::rights::{Asked, ErasureScope, RightsKind};
use jangkau_core::sync::{BreachParty, ContactTold, NoticeRow, RemovalReason, View};
use jangkau_core::time::Timestamp;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

use super::bench::{Bench, START, registration, visit};
use super::disk::{Disk, entropy};
use super::replicas::{assign, session};
use crate::engine::{Engine, EngineError};
use crate::keys::Keys;
use crate::store::upgrade;

/// Stands in everything that anybody writes.
const CANARY: &str = "kanari4711";

/// A number that looks like a NIK; people are told apart by it.
const NIK: &str = "3672014711900001";

fn line(what: &str) -> Line {
    Line::new(format!("{CANARY} {what}")).unwrap()
}

fn prose(what: &str) -> Prose {
    Prose::new(format!("{CANARY} {what}")).unwrap()
}

fn holds(bytes: &[u8], word: &str) -> bool {
    bytes
        .windows(word.len())
        .any(|found| found == word.as_bytes())
}

/// People whose every sentence has the canary in it, in every class that has anything.
pub(super) struct Told {
    pub(super) case: CaseId,
    pub(super) head: Replica,
    pub(super) worker: Replica,
    pub(super) psychologist: Replica,
}

fn register() -> Register {
    Register {
        problem: Some(prose("masalah")),
        place: Some(line("tempat")),
        helper: Some(line("pendamping")),
        name: Some(line("nama")),
        nik: Some(Line::new(NIK).unwrap()),
        address: Some(line("alamat")),
        reporter: Some(line("pelapor")),
        ..registration()
    }
}

fn seen(what: &str) -> RecordVisit {
    RecordVisit {
        observation: prose(what),
        next_step: Some(line("langkah")),
        ..visit()
    }
}

fn noted(what: &str) -> RecordSession {
    RecordSession {
        note: Some(prose(what)),
        ..session()
    }
}

pub(super) fn tell(bench: &mut Bench) -> Told {
    let now = bench.later();
    let mut add = |role: &str| {
        let (name, office) = (format!("{CANARY} {role}"), &bench.institution);
        let added = bench
            .engine
            .add_staff(office, &name, &[role], now, &mut bench.rng);
        added.unwrap()
    };
    let people = ["head_of_institution", "social_worker", "psychologist"].map(&mut add);
    let [mut head, mut worker, mut psychologist] = people.map(|person| bench.replica(person));
    let case = CaseId::from(bench.record(&mut worker, None, register()));
    let other = CaseId::from(bench.record(&mut worker, None, register()));
    bench.sync(&mut worker);
    bench.sync(&mut head);
    bench.record(&mut head, Some(case), assign(people[1]));
    bench.record(&mut head, Some(other), assign(people[2]));
    let family = LinkFamily {
        related: other,
        tie: None,
        reason: line("keluarga"),
    };
    bench.record(&mut head, Some(case), family);
    for replica in [&mut head, &mut worker, &mut psychologist] {
        bench.sync(replica);
    }
    bench.record(&mut worker, Some(case), seen("pengamatan"));
    let hidden = HideAddress {
        address: Some(line("alamat aman")),
        note: Some(prose("jangan telepon")),
    };
    bench.record(&mut worker, Some(case), hidden);
    let activity = RecordActivity {
        kind: ServiceType::Psychoeducation,
        place: line("balai"),
        group: line("kelompok"),
        attendance: 24,
        material: Some(line("materi")),
        note: Some(prose("catatan")),
        ended_at: None,
    };
    bench.record(&mut worker, None, activity);
    bench.record(&mut psychologist, Some(other), noted("catatan sesi"));
    let summary = WriteSummary {
        text: prose("ringkasan"),
        recommendation: Recommendation::Continue,
    };
    bench.record(&mut psychologist, Some(other), summary);
    for replica in [&mut worker, &mut psychologist, &mut head] {
        bench.sync(replica);
    }
    Told {
        case,
        head,
        worker,
        psychologist,
    }
}

/// The same words in quarantine (a pruned envelope, and the raw copy of a stolen seat) and among what waits.
fn tell_in_vain(bench: &mut Bench, told: &mut Told) {
    let mut hand = bench.seat(&["social_worker"]);
    let entry = bench.registration(&hand);
    let opening = bench.sealed(&mut hand, &entry);
    let first = bench.visit(&hand, entry.case);
    let first = bench.sealed(&mut hand, &first);
    let second = bench.entry(&hand, entry.case, seen("menunggu").into());
    let second = bench.sealed(&mut hand, &second);
    // What it depends on stays away.
    drop(first);
    bench.push(&mut hand, &[opening, second]);
    bench.record(&mut told.worker, Some(told.case), seen("terlambat"));
    let seat = told.worker.seat();
    bench.retire(seat);
    bench.exchange(&mut told.worker);
    let now = bench.later();
    let stolen = jangkau_core::sync::SeatStatus::Stolen;
    let seat = told.psychologist.seat();
    bench
        .engine
        .revoke(&bench.institution, seat, stolen, now)
        .unwrap();
    let case = *told.psychologist.cases().unwrap().first().unwrap();
    bench.record(&mut told.psychologist, Some(case), noted("dicuri"));
    bench.exchange(&mut told.psychologist);
}

fn notice(told: &Told, words: &str, now: Timestamp) -> NoticeRow {
    NoticeRow {
        case: told.case,
        number: None,
        by: told.psychologist.person(),
        class: Class::Safety,
        reason: words.to_owned(),
        at: now,
        until: now.plus_millis(3_600_000),
        to: vec![told.head.person()],
    }
}

/// The same words where no case holds them: what clients ask for, who was told of a theft, a view's contact, the seed of an
/// authenticator.
fn tell_beside(bench: &mut Bench, told: &Told) {
    let (institution, now) = (bench.institution.clone(), bench.later());
    let words = format!("{CANARY} kepada klien");
    let by = told.head.person();
    let asked = Asked {
        scope: Some(ErasureScope::Case),
        reason: Some(RemovalReason::Erasure),
    };
    let what = (RightsKind::Erasure, told.case);
    let number = bench
        .engine
        .open_right(&institution, what, asked, (by, &words), now)
        .unwrap()
        .unwrap();
    let of_breach = (BreachParty::Subjects, now, words.as_str());
    bench
        .engine
        .tell_breach(&institution, 1, of_breach, now)
        .unwrap();
    bench
        .engine
        .close_breach(&institution, 1, &words, now)
        .unwrap();
    let tenant = bench.engine.institution(&institution).unwrap().tenant;
    let view = View::Contact(vec![ContactTold {
        contact: words.clone(),
        safety: ContactSafety::Safe,
        is_confirmed: true,
        hours: None,
        code_word: Some(words.clone()),
    }]);
    let seed = *b"kanari4711kanari4711";
    let session = crate::store::accounts::SessionRow {
        id: [3; 16],
        tenant,
        person: by,
        is_set_up: true,
        powers: String::new(),
        began_at: now,
        seen_at: now,
        ends_at: now,
        totp: None,
    };
    let notice = notice(told, &words, now);
    let put = bench.engine.store.transact(None, |db| {
        crate::glass::append(db, tenant, &notice, now)?;
        crate::store::views::put(db, tenant, ServerSeq::new(1), (told.case, &view))?;
        crate::store::rights::hold(db, tenant, told.case, (by, by), (&words, now))?;
        crate::store::accounts::add_session(db, &session, &[4; 32])?;
        crate::store::accounts::set_pending(db, (tenant, &session.id), &seed)
    });
    put.unwrap();
    let db = bench.engine.store.db();
    let kept = crate::store::views::last(&db, tenant, told.case, view.kind()).unwrap();
    assert_eq!(kept.unwrap().1, view);
    let request = crate::store::rights::get(&db, tenant, number)
        .unwrap()
        .unwrap();
    assert_eq!(request.note, words);
    let holds = crate::store::rights::holds(&db, tenant, told.case).unwrap();
    assert_eq!(holds, [words.as_str()]);
    let pending = crate::store::accounts::session(&db, &[4; 32])
        .unwrap()
        .unwrap();
    assert_eq!(pending.totp, Some(seed));
    let breaches = bench.engine.breaches(&institution).unwrap();
    assert_eq!(breaches[0].told[0].2, words);
}

/// Where lines go.
struct Lines(Arc<Mutex<Vec<u8>>>);

impl std::io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What is logged meanwhile, with nothing held back.
fn loudest(meanwhile: impl FnOnce()) -> Vec<u8> {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let lines = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer({
            let kept = Arc::clone(&kept);
            move || Lines(Arc::clone(&kept))
        })
        .finish();
    tracing::subscriber::with_default(lines, meanwhile);
    kept.lock().unwrap().clone()
}

/// Which classes have documents.
fn classes(engine: &Engine, institution: &InstitutionId) -> BTreeSet<Class> {
    let documents = engine.documents(institution).unwrap();
    documents.keys().map(|key| key.class).collect()
}

#[test]
fn nothing_on_the_disk_or_in_backups_can_be_read_without_the_keys() {
    let mut disk = Disk::new();
    let lines = loudest(|| {
        let mut told = tell(&mut disk.bench);
        tell_in_vain(&mut disk.bench, &mut told);
        tell_beside(&mut disk.bench, &told);
        tracing::info!("this is heard");
    });
    assert!(holds(&lines, "this is heard"));
    assert!(!holds(&lines, CANARY) && !holds(&lines, NIK));
    let (bench, institution) = (&disk.bench, disk.bench.institution.clone());
    let with_content = Class::ALL
        .iter()
        .copied()
        .filter(|class| *class != Class::Practitioner);
    assert_eq!(classes(&bench.engine, &institution), with_content.collect());
    assert_eq!(bench.engine.waiting(&institution).unwrap().len(), 1);
    assert!(bench.engine.turned_away(&institution).unwrap().len() >= 2);
    bench.check();
    // Saved documents are there, too.
    let reader = disk.bench.person(&["head_of_institution"]);
    let mut reader = disk.bench.replica(reader);
    disk.bench
        .engine
        .mark_backed_up(&institution, disk.bench.engine.head(&institution).unwrap())
        .unwrap();
    disk.bench.sync(&mut reader);
    assert!(!reader.documents().unwrap().is_empty());
    disk.back_up();
    let with_log = disk.bytes_of("data");
    assert!(
        with_log
            .iter()
            .any(|(path, _)| path.to_string_lossy().ends_with("-wal"))
    );
    disk.restart_after(|_| {});
    for folder in ["data", "backups", "keys", "key-backups"] {
        let files = disk.bytes_of(folder);
        assert!(!files.is_empty(), "{folder}");
        for (path, bytes) in files.iter().chain(&with_log) {
            for word in [CANARY, NIK] {
                assert!(!holds(bytes, word), "{word} in {}", path.display());
            }
        }
    }
    // And with the keys all of it is there.
    disk.bench.check();
    let turned = disk.bench.engine.turned_away(&institution).unwrap();
    for row in turned {
        let bytes = disk
            .bench
            .engine
            .quarantined_bytes(&institution, row.number);
        assert!(!bytes.unwrap().unwrap().is_empty());
    }
    let people = disk.bench.engine.people(&institution).unwrap();
    assert!(people.iter().any(|(_, name, _)| name.contains(CANARY)));
}

#[test]
fn without_its_key_file_the_server_does_not_start() {
    let mut disk = Disk::new();
    tell(&mut disk.bench);
    disk.bench.engine = Engine::in_memory().unwrap();
    assert!(Engine::is_sealed(&disk.database()).unwrap());
    fs::rename(disk.path("keys"), disk.path("away")).unwrap();
    let refused = Keys::open(&disk.path("keys"), true, entropy()).unwrap_err();
    assert!(
        refused.to_string().contains("institution key is not there"),
        "{refused}"
    );
    // With other keys nothing opens, and nothing is written.
    let others = Keys::open(&disk.path("others"), false, ChaCha20Rng::from_seed([9; 32])).unwrap();
    let engine = Engine::open(&disk.database(), others).unwrap();
    assert!(matches!(engine.institutions(), Err(EngineError::Keys)));
}

#[test]
fn a_row_in_the_place_of_another_is_refused() {
    let mut disk = Disk::new();
    let told = tell(&mut disk.bench);
    let institution = disk.bench.institution.clone();
    let forge = |sql: &str| {
        let image = disk.bench.engine.image().unwrap();
        let engine = Engine::from_image(&image, disk.bench.engine.keys()).unwrap();
        let changed = engine.store.db().execute_batch(sql);
        changed.unwrap();
        engine
    };
    let key = |class| {
        let documents = disk.bench.engine.documents(&institution).unwrap();
        let mut keys = documents.into_keys();
        keys.find(|key| key.class == class && key.case == told.case)
            .unwrap()
    };
    let tenant = |engine: &Engine| engine.institution(&institution).unwrap().tenant;
    let build = |engine: &Engine, id: DocumentId| {
        crate::store::documents::build(&engine.store.db(), tenant(engine), id).map(drop)
    };
    let record = key(Class::Record).id();
    assert!(build(&disk.bench.engine, record).is_ok());
    let plain = forge("UPDATE change SET key_id = 0, bytes = x'00'");
    let bent = forge("UPDATE change SET bytes = zeroblob(80)");
    // The same key would open it: its place says that it belongs elsewhere.
    let moved = forge(
        "CREATE TEMP TABLE one AS SELECT bytes, key_id FROM change LIMIT 1; \
         UPDATE change SET bytes = (SELECT bytes FROM one), key_id = (SELECT key_id FROM one) \
         WHERE rowid > (SELECT min(rowid) FROM change)",
    );
    for engine in [plain, bent, moved] {
        assert!(matches!(
            build(&engine, record),
            Err(crate::store::StoreError::Forged)
        ));
    }
    let rulings = forge(
        "UPDATE log SET bytes = (SELECT bytes FROM log WHERE kind = 1 LIMIT 1) WHERE kind = 1",
    );
    assert!(matches!(
        rulings.rebuild_check(&institution),
        Err(EngineError::Corrupt)
    ));
    let person = forge("UPDATE person SET sealed_name = (SELECT sealed_name FROM person LIMIT 1)");
    assert!(matches!(
        person.people(&institution),
        Err(EngineError::Corrupt)
    ));
}

#[test]
fn a_database_of_a_version_without_keys_is_sealed_when_it_is_opened() {
    let mut disk = Disk::new();
    let mut told = tell(&mut disk.bench);
    tell_in_vain(&mut disk.bench, &mut told);
    let institution = disk.bench.institution.clone();
    let turned = disk.bench.engine.turned_away(&institution).unwrap();
    let bytes_of = |engine: &Engine| {
        let bytes = turned
            .iter()
            .map(|row| engine.quarantined_bytes(&institution, row.number));
        bytes
            .map(|bytes| bytes.unwrap().unwrap())
            .collect::<Vec<_>>()
    };
    let before = bytes_of(&disk.bench.engine);
    upgrade::tests::unseal_all(&disk.bench.engine.store.db());
    let with_log = disk.bytes_of("data");
    assert!(with_log.iter().any(|(_, bytes)| holds(bytes, CANARY)));
    disk.restart_after(|disk| assert!(!Engine::is_sealed(&disk.database()).unwrap()));
    for (path, bytes) in disk.bytes_of("data") {
        assert!(!holds(&bytes, CANARY), "{}", path.display());
    }
    assert!(Engine::is_sealed(&disk.database()).unwrap());
    disk.bench.check();
    assert_eq!(bytes_of(&disk.bench.engine), before);
    assert_eq!(disk.bench.engine.waiting(&institution).unwrap().len(), 1);
    let people = disk.bench.engine.people(&institution).unwrap();
    assert!(people.iter().any(|(_, name, _)| name.contains(CANARY)));
}

#[test]
fn one_new_document_costs_one_commit_of_keys_and_none_after_that() {
    let mut bench = Bench::new();
    let worker = bench.person(&["social_worker"]);
    let mut field = bench.replica(worker);
    let case = CaseId::from(bench.record(&mut field, None, registration()));
    bench.sync(&mut field);
    bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    let keys = bench.engine.keys();
    let (before, _) = keys.image(START).unwrap();
    bench.record(&mut field, Some(case), visit());
    bench.sync(&mut field);
    assert_eq!(keys.image(START).unwrap().0, before);
}
