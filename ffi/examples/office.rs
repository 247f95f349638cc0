//! An office for the smoke stories: a server without a network, asked line by line on standard input.
//!
//! It first prints an enrolment code. Each line in is `enrol`, `sync` or `blob` and the body in hexadecimal digits, or
//! `approve` and the code of a release and then `release` and its body; each line out is `ok` or `refused` and the body.

use std::io::{BufRead as _, Write as _};

use data_encoding::HEXLOWER;
use jangkau_core::id::{InstitutionId, PersonId};
use jangkau_core::time::Timestamp;
use jangkau_server::blobs::Blobs;
use jangkau_server::engine::{Engine, EngineError};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng as _;

const PROFILE: &str = include_str!("../../core/data/profiles/cilegon-lk3-2023.toml");

/// A server with one institution, its head and one social worker.
pub(crate) struct Office {
    engine: Engine,
    institution: InstitutionId,
    head: PersonId,
    blobs: Blobs,
    rng: ChaCha20Rng,
}

impl Office {
    /// Opens the office; gives it and the social worker's enrolment code.
    pub(crate) fn open() -> Result<(Self, String), EngineError> {
        let (now, mut rng) = (now(), ChaCha20Rng::from_seed([1; 32]));
        let mut engine = Engine::in_memory()?;
        let Ok(institution) = "cilegon".parse::<InstitutionId>() else {
            return Err(EngineError::Unknown);
        };
        engine.found(&institution, PROFILE, now, &mut rng)?;
        let head = ["head_of_institution"];
        let head = engine.add_staff(&institution, "Sri", &head, now, &mut rng)?;
        let rina = engine.add_staff(&institution, "Rina", &["social_worker"], now, &mut rng)?;
        let code = engine.invite(&institution, rina, now, &mut rng)?;
        let office = Self {
            engine,
            institution,
            head,
            blobs: Blobs::in_memory(),
            rng,
        };
        Ok((office, code))
    }

    /// The head approves the code that is read to them, for every seat there is.
    pub(crate) fn approve(&mut self, code: &str) -> Result<(), EngineError> {
        let code = code.parse().map_err(|_| EngineError::Unknown)?;
        for person in self.engine.enrolled(&self.institution)? {
            for (seat, _) in person.seats {
                let (at, by) = (&self.institution, self.head);
                self.engine.approve_release(at, by, seat, code, now())?;
            }
        }
        Ok(())
    }

    /// The answer to `POST` to `/v1/enrol`, `/v1/release`, `/v1/blob` or `/v1/sync`; the error is the body of a refusal.
    pub(crate) fn post(&mut self, route: &str, body: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
        let answer = if route == "enrol" {
            self.engine.enrol(body, now(), &mut self.rng)
        } else if route == "release" {
            self.engine.release(body, now(), &mut self.rng)
        } else if route == "blob" {
            self.blobs
                .answer(&mut self.engine, body, now(), &mut self.rng)
        } else {
            let group = [body.to_vec()];
            let mut answers = self.engine.sync(&group, now(), &mut self.rng);
            answers.remove(0)
        };
        answer.map_err(|refusal| minicbor::to_vec(refusal).unwrap_or_default())
    }
}

pub(crate) fn now() -> Timestamp {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    Timestamp::from_millis(since.map_or(0, |since| since.as_millis() as i64))
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let (mut office, code) = Office::open()?;
    let mut out = std::io::stdout();
    writeln!(out, "{code}")?;
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (route, body) = line.split_once(' ').ok_or("not a route and a body")?;
        if route == "approve" {
            office.approve(body)?;
            writeln!(out, "ok ")?;
            out.flush()?;
            continue;
        }
        let (word, answer) = match office.post(route, &HEXLOWER.decode(body.as_bytes())?) {
            Ok(answer) => ("ok", answer),
            Err(refusal) => ("refused", refusal),
        };
        writeln!(out, "{word} {}", HEXLOWER.encode(&answer))?;
        out.flush()?;
    }
    Ok(())
}
