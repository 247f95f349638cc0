//! What sync costs on the wire: bytes of one round trip, measured on real replicas and the real server code.

use ed25519_dalek::SigningKey;
use jangkau_core::command::SafetyLevel;
use jangkau_core::command::{
    ApplicantKind, AssessmentStage, Channel, Command, FinaliseAssessment, RecordVisit, Register,
    ServiceType, Triage, VisitPlace,
};
use jangkau_core::id::{CaseId, DeviceId, InstitutionId};
use jangkau_core::profile::shipped_files;
use jangkau_core::record::{Line, Prose};
use jangkau_core::replica::Replica;
use jangkau_core::sync::{
    Enrol, Enrolled, PartBody, SignedRequest, SyncRequest, decode_body, encode_body, unpack,
};
use jangkau_core::time::Timestamp;
use jangkau_server::engine::Engine;
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng as _};

/// One exchange: the bytes of both bodies.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub struct Exchange {
    /// Round trips that it took.
    pub round_trips: usize,
    /// Bytes of the request bodies, signature included.
    pub request_bytes: usize,
    /// Bytes of the reply bodies.
    pub reply_bytes: usize,
}

/// Figures of a reconnect with nothing new.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Idle {
    /// Documents that the device holds.
    pub documents: usize,
    /// What it cost.
    pub exchange: Exchange,
}

/// Figures of a reconnect after some cases changed.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Changed {
    /// Cases that the institution has.
    pub cases: usize,
    /// Cases that changed, by three commands each.
    pub changed: usize,
    /// The uncompressed change chunks, in bytes.
    pub raw_bytes: usize,
    /// What it cost the device that pushed.
    pub push: Exchange,
    /// What it cost another device that read.
    pub pull: Exchange,
}

/// Why nothing could be measured.
#[derive(Debug, thiserror::Error)]
#[error("the measurement broke off: {0}")]
pub struct Broken(String);

fn broken(error: impl std::fmt::Debug) -> Broken {
    Broken(format!("{error:?}"))
}

struct Office {
    engine: Engine,
    institution: InstitutionId,
    now: Timestamp,
    rng: ChaCha20Rng,
}

impl Office {
    fn found() -> Result<Self, Broken> {
        let mut office = Self {
            engine: Engine::in_memory().map_err(broken)?,
            institution: "cilegon".parse().map_err(broken)?,
            now: Timestamp::from_millis(1_795_000_000_000),
            rng: ChaCha20Rng::seed_from_u64(1),
        };
        let [cilegon, ..] = shipped_files();
        office
            .engine
            .found(
                &office.institution,
                cilegon.toml,
                office.now,
                &mut office.rng,
            )
            .map_err(broken)?;
        Ok(office)
    }

    fn enrol(&mut self, name: &str, role: &str) -> Result<Replica, Broken> {
        let (now, rng) = (self.now, &mut self.rng);
        let person = self
            .engine
            .add_staff(&self.institution, name, &[role], now, rng)
            .map_err(broken)?;
        let code = self
            .engine
            .invite(&self.institution, person, now, rng)
            .map_err(broken)?;
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let key = SigningKey::from_bytes(&seed);
        let device = DeviceId::generate(now, &mut *rng);
        let enrol = Enrol {
            code,
            device,
            public_key: key.verifying_key().to_bytes(),
        };
        let reply = self
            .engine
            .enrol(&encode_body(&enrol), now, rng)
            .map_err(broken)?;
        let enrolled: Enrolled = decode_body(&reply).map_err(broken)?;
        Replica::create_in_memory(&enrolled, key).map_err(broken)
    }

    /// Exchanges until the device has nothing more to say.
    fn exchange(&mut self, replica: &mut Replica) -> Result<Exchange, Broken> {
        let mut cost = Exchange::default();
        loop {
            self.now = self.now.plus_millis(1_000);
            let request = replica.request(self.now, &mut self.rng).map_err(broken)?;
            let replies = self
                .engine
                .sync(std::slice::from_ref(&request), self.now, &mut self.rng);
            let reply = replies
                .into_iter()
                .next()
                .ok_or_else(|| broken("no reply"))?;
            let reply = reply.map_err(broken)?;
            cost.round_trips += 1;
            cost.request_bytes += request.len();
            cost.reply_bytes += reply.len();
            if !replica
                .receive(&reply, self.now, &mut self.rng)
                .map_err(broken)?
                .again
            {
                return Ok(cost);
            }
        }
    }

    fn record(
        &mut self,
        replica: &mut Replica,
        case: Option<CaseId>,
        command: Command,
    ) -> Result<CaseId, Broken> {
        self.now = self.now.plus_millis(60_000);
        let id = replica
            .record(case, command, self.now, None, self.now, &mut self.rng)
            .map_err(broken)?
            .map_err(broken)?;
        Ok(case.unwrap_or(CaseId::from(id)))
    }

    fn prose(&mut self, length: usize) -> Result<Prose, Broken> {
        const WORDS: &[&str] = &[
            "ibu",
            "anak",
            "keluarga",
            "rumah",
            "kunjungan",
            "suami",
            "sekolah",
            "tetangga",
            "belum",
            "sudah",
            "tinggal",
            "bersama",
            "nenek",
            "uang",
            "kerja",
            "pasar",
            "cemas",
            "tenang",
            "minggu",
            "lalu",
            "datang",
            "bicara",
            "menangis",
            "sepakat",
            "rencana",
            "dokter",
            "obat",
            "kartu",
            "hilang",
            "pindah",
            "malam",
            "pagi",
            "tidak",
            "mau",
        ];
        let mut text = String::new();
        while text.len() < length {
            let word = WORDS[self.rng.next_u32() as usize % WORDS.len()];
            text.push_str(word);
            text.push(' ');
        }
        Prose::new(text.trim_end()).map_err(broken)
    }

    fn register(&mut self, number: usize) -> Result<Command, Broken> {
        Ok(Register {
            channel: Channel::WalkIn,
            applicant: ApplicantKind::Family,
            report_received_at: None,
            problem: Some(self.prose(200)?),
            place: Line::new("Kecamatan Jombang").ok(),
            phone: Line::new(format!("0812{number:08}")).ok(),
            domiciled: Some(true),
            kecamatan: None,
            helper: None,
            danger: None,
            name: Line::new(format!("Keluarga {number}")).ok(),
            nik: Line::new(format!("3672{number:012}")).ok(),
            family_card: None,
            birth_date: None,
            sex: None,
            address: Line::new(format!("Jl. Kartini No. {number}")).ok(),
            reporter: None,
        }
        .into())
    }

    /// A day's three commands on one case.
    fn day(&mut self) -> Result<[Command; 3], Broken> {
        let visit = RecordVisit {
            place: VisitPlace::Home,
            met: true,
            observation: self.prose(300)?,
            danger: None,
            ended_at: None,
            next_step: Line::new("kunjungan ulang minggu depan").ok(),
        };
        let triage = Triage {
            services: [ServiceType::Counselling, ServiceType::Outreach].into(),
            safety: SafetyLevel::P3,
            note: None,
            categories: None,
        };
        let assessment = FinaliseAssessment {
            stage: AssessmentStage::Initial,
            conclusion: self.prose(80)?,
            recommendation: None,
        };
        Ok([visit.into(), triage.into(), assessment.into()])
    }
}

/// A worker registers some cases; the head, who sees them all, reads them, and then asks with nothing new.
///
/// # Errors
/// [`Broken`].
pub fn idle(cases: usize) -> Result<Idle, Broken> {
    let mut office = Office::found()?;
    let mut worker = office.enrol("Sari", "social_worker")?;
    let mut head = office.enrol("Ketua", "head_of_institution")?;
    for number in 0..cases {
        let register = office.register(number)?;
        office.record(&mut worker, None, register)?;
        if number % 500 == 499 {
            office.exchange(&mut worker)?;
        }
    }
    office.exchange(&mut worker)?;
    office.exchange(&mut head)?;
    let documents = head.documents().map_err(broken)?.len();
    office.exchange(&mut head)?;
    let exchange = office.exchange(&mut head)?;
    Ok(Idle {
        documents,
        exchange,
    })
}

/// A worker changes some of many cases, three commands each; worker and head reconnect.
///
/// # Errors
/// [`Broken`].
pub fn changed(cases: usize, changed: usize) -> Result<Changed, Broken> {
    let mut office = Office::found()?;
    let mut worker = office.enrol("Sari", "social_worker")?;
    let mut head = office.enrol("Ketua", "head_of_institution")?;
    let mut ids = Vec::new();
    for number in 0..cases {
        let register = office.register(number)?;
        ids.push(office.record(&mut worker, None, register)?);
    }
    office.exchange(&mut worker)?;
    office.exchange(&mut head)?;
    for case in ids.iter().step_by(cases / changed).take(changed) {
        for command in office.day()? {
            office.record(&mut worker, Some(*case), command)?;
        }
    }
    let request = worker
        .request(office.now, &mut office.rng)
        .map_err(broken)?;
    let raw_bytes = raw_bytes(&request)?;
    let push = office.exchange(&mut worker)?;
    let pull = office.exchange(&mut head)?;
    Ok(Changed {
        cases,
        changed,
        raw_bytes,
        push,
        pull,
    })
}

/// The uncompressed change chunks of a push.
fn raw_bytes(request: &[u8]) -> Result<usize, Broken> {
    let request = SignedRequest::from_bytes(request).map_err(broken)?;
    let request: SyncRequest = decode_body(&request.body).map_err(broken)?;
    let batch = request.push.ok_or_else(|| broken("nothing to push"))?;
    let envelopes = unpack(&batch.envelopes).map_err(broken)?;
    let bytes = envelopes
        .iter()
        .flat_map(|envelope| envelope.parts())
        .map(|part| {
            if let PartBody::Change { bytes, .. } = &part.part.body {
                bytes.len()
            } else {
                0
            }
        });
    Ok(bytes.sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reconnect_with_nothing_new_is_one_small_round_trip() {
        let figures = idle(6).unwrap();
        assert_eq!(figures.documents, 6);
        assert_eq!(figures.exchange.round_trips, 1);
        assert!(figures.exchange.request_bytes < 200, "{figures:?}");
        assert!(figures.exchange.reply_bytes < 200, "{figures:?}");
    }

    #[test]
    fn changed_cases_come_in_one_round_trip() {
        let figures = changed(12, 4).unwrap();
        assert_eq!(
            (figures.push.round_trips, figures.pull.round_trips),
            (1, 1),
            "{figures:?}"
        );
    }
}
