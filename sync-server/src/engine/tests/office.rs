//! An office with one case on three devices, and the way of an erasure through it.

use jangkau_core::class::{Class, Compartment, DocumentKey};
use jangkau_core::command::RecordVisit;
use jangkau_core::id::{CaseId, CommandId, PersonId};
use jangkau_core::record::Prose;
use jangkau_core::replica::Replica;
use jangkau_core::rights::{Asked, ErasureScope, RightsKind, RightsRefusal};
use jangkau_core::sync::RemovalReason;

use super::bench::{Bench, registration, visit};
use super::replicas::assign;
use crate::engine::Engine;

/// A word that stands in what is erased and nowhere else.
pub(super) const CANARY: &str = "KENARIKUNING";

pub(super) struct Office {
    pub(super) bench: Bench,
    pub(super) case: CaseId,
    pub(super) head: PersonId,
    pub(super) worker: PersonId,
    pub(super) volunteer: PersonId,
    pub(super) heads: Replica,
    pub(super) workers: Replica,
    pub(super) volunteers: Replica,
}

pub(super) fn told(word: &str) -> RecordVisit {
    RecordVisit {
        observation: Prose::new(word).unwrap(),
        ..visit()
    }
}

impl Office {
    /// A case that a volunteer opened and a worker has, on three devices.
    pub(super) fn new() -> Self {
        Self::over(Bench::new())
    }

    /// The same over a server that is there.
    pub(super) fn over(mut bench: Bench) -> Self {
        let volunteer = bench.person(&["volunteer"]);
        let head = bench.person(&["head_of_institution"]);
        let worker = bench.person(&["social_worker"]);
        let mut volunteers = bench.replica(volunteer);
        let mut heads = bench.replica(head);
        let mut workers = bench.replica(worker);
        let register = bench.record(&mut volunteers, None, registration());
        let case = CaseId::from(register);
        bench.sync(&mut volunteers);
        bench.sync(&mut heads);
        bench.record(&mut heads, Some(case), assign(worker));
        bench.sync(&mut heads);
        bench.sync(&mut workers);
        bench.sync(&mut volunteers);
        Self {
            bench,
            case,
            head,
            worker,
            volunteer,
            heads,
            workers,
            volunteers,
        }
    }

    pub(super) fn ask(&mut self, scope: ErasureScope, reason: RemovalReason) -> i64 {
        let asked = Asked {
            scope: Some(scope),
            reason: Some(reason),
        };
        let institution = self.bench.institution.clone();
        let what = (RightsKind::Erasure, self.case);
        let (by, now) = (self.worker, self.bench.later());
        let note = (by, "Klien meminta.");
        let opened = self
            .bench
            .engine
            .open_right(&institution, what, asked, note, now);
        opened.unwrap().unwrap()
    }

    pub(super) fn decide(&mut self, number: i64) -> Result<(), RightsRefusal> {
        let (institution, by) = (self.bench.institution.clone(), self.head);
        let now = self.bench.later();
        let decision = (by, true, "Disetujui.");
        let decided = self
            .bench
            .engine
            .decide_right(&institution, number, decision, now);
        decided.unwrap()
    }

    pub(super) fn erase(&mut self, ids: &[CommandId]) {
        let scope = ErasureScope::Records(ids.to_vec());
        let number = self.ask(scope, RemovalReason::Erasure);
        self.decide(number).unwrap();
    }

    pub(super) fn sync_all(&mut self) {
        for _ in 0..3 {
            self.bench.sync(&mut self.volunteers);
            self.bench.sync(&mut self.heads);
            self.bench.sync(&mut self.workers);
        }
    }

    pub(super) fn record(&self) -> DocumentKey {
        DocumentKey {
            case: self.case,
            class: Class::Record,
            compartment: Compartment::Shared,
            volume: 0,
        }
    }
}

/// Whether bytes hold a word, also in what is compressed in them.
pub(super) fn holds(bytes: &[u8], word: &str) -> bool {
    let finds = |bytes: &[u8]| bytes.windows(word.len()).any(|at| at == word.as_bytes());
    const MAGIC: [u8; 4] = [0x28, 0xb5, 0x2f, 0xfd];
    let mut places = bytes.windows(4).enumerate();
    finds(bytes)
        || places.any(|(at, window)| {
            window == MAGIC && {
                let mut plain = Vec::new();
                let rest = &bytes[at..];
                let decoder = zstd::stream::read::Decoder::new(rest).map(|d| d.single_frame());
                let _ = decoder.map(|mut d| std::io::Read::read_to_end(&mut d, &mut plain));
                finds(&plain)
            }
        })
}

/// Whether anything of a server holds a word once it is opened: documents, commands, envelopes, the quarantine; or the file as it is.
pub(super) fn server_holds(engine: &Engine, word: &str) -> bool {
    use crate::store::{commands, documents, institutions, rulings, shelf};
    let mut plain = vec![engine.image().unwrap()];
    let db = engine.store.db();
    for row in institutions::all(&db).unwrap() {
        let tenant = row.tenant;
        for document in documents::list(&db, tenant, None).unwrap() {
            let built = documents::build(&db, tenant, document.id).unwrap();
            plain.push(format!("{:?}", built.records()).into_bytes());
        }
        for case in rulings::cases(&db, tenant, None, u32::MAX).unwrap() {
            for command in commands::of_case(&db, tenant, case).unwrap() {
                plain.push(format!("{:?}", command.records).into_bytes());
            }
        }
        let mut numbers = db.prepare("SELECT number FROM envelope").unwrap();
        let numbers = numbers.query_map([], |row| row.get::<_, i64>(0)).unwrap();
        for number in numbers {
            let envelope = commands::envelope(&db, tenant, number.unwrap()).unwrap();
            let packed = envelope.map(|(envelope, _)| jangkau_core::sync::pack([&envelope]));
            let bytes = packed.map(|packed| jangkau_core::sync::encode_body(&packed.unwrap()));
            plain.extend(bytes);
        }
        for turned in shelf::quarantined(&db, tenant).unwrap() {
            plain.extend(shelf::quarantined_bytes(&db, tenant, turned.number).unwrap());
        }
    }
    plain.iter().any(|bytes| holds(bytes, word))
}
