//! The first transaction: admit, append, commit, acknowledge. One commit for a whole group of requests.

mod departing;
mod parcels;
pub(crate) mod record;
mod turned;
mod waiting;

use std::collections::{BTreeMap, BTreeSet};

use jangkau_core::envelope::CommandHead;
use jangkau_core::id::{CaseId, CommandId, EnvelopeHash, PersonId, SeatId};
use jangkau_core::plant::{Plant, PowerLost, crash_point, planted};
use jangkau_core::rules::Verdict;
use jangkau_core::sync::{
    Answer, AuditKind, Batch, COMMANDS_PER_PUSH_MAX, ParcelAnswer, PushBack, Refused,
    SealedEnvelope, SeatCertificate, Seen, Turned, encode_body, unpack_each,
};
use jangkau_core::time::Timestamp;

use crate::admission::{Admission, Known, Road, admit, vouch};
use crate::audit::{Actor, AuditEntry};
use crate::door::{Authenticated, Entry};
use crate::library::Library;
use crate::store::commands::Reception;
use crate::store::institutions::{InstitutionRow, Tenant};
use crate::store::shelf::{Kept, Turning};
use crate::store::{
    CrashPoints, Db, Store, StoreError, attempt, audit, commands, decode, shelf, staff,
};
pub(crate) use parcels::take_from_file;
use record::{Record, append_row};
use turned::{code_of, quarantine, turn, turned};
use waiting::retry;
pub(crate) use waiting::{retry_cases, settle};

/// Most commands of one seat that wait at once: a week of a busy device, ten times over. Then the answer is "later".
const WAITING_MAX: u32 = 1_024;

/// Most things of one seat in quarantine. Then the answer is "later".
const QUARANTINE_MAX: u32 = 4_096;

const POINTS: CrashPoints = CrashPoints {
    begin: "intake.begin",
    commit: "intake.commit",
    committed: "intake.committed",
};

/// Why one request of a group was not taken in; nothing of it stays behind.
#[derive(Debug)]
pub(crate) enum Untaken {
    /// It is told so.
    Refused(Refused),
    /// The machine failed.
    Broken(StoreError),
}

impl From<StoreError> for Untaken {
    fn from(error: StoreError) -> Self {
        Self::Broken(error)
    }
}

impl From<PowerLost> for Untaken {
    fn from(lost: PowerLost) -> Self {
        Self::Broken(lost.into())
    }
}

/// What was taken in of one request.
#[derive(Debug, Default)]
pub(crate) struct Taken {
    /// What became of each pushed command.
    pub(crate) answers: Option<Vec<Answer>>,
    /// What became of the pieces of colleagues' parcels.
    pub(crate) parcels: Vec<ParcelAnswer>,
    /// The envelopes that this request itself brought, by where they are kept.
    pub(crate) own: BTreeMap<i64, EnvelopeHash>,
}

/// Takes a group of requests in, all in one commit. A request that cannot be taken in does not harm the others.
pub(crate) fn take_group(
    store: &Store,
    library: &Library,
    entries: &[Entry],
    now: Timestamp,
) -> Result<Vec<Result<Taken, Refused>>, StoreError> {
    let has_work = entries.iter().any(|entry| match entry {
        Entry::In(asked) => brings_anything(asked),
        Entry::Stolen { .. } => true,
        Entry::Refused(_) => false,
    });
    if !has_work {
        return Ok(entries.iter().map(|_| Ok(Taken::default())).collect());
    }
    store.transact(Some(POINTS), |db| {
        let mut group = Vec::with_capacity(entries.len());
        for entry in entries {
            let taken = attempt(db, || take_entry(db, library, entry, now));
            group.push(match taken {
                Ok(taken) => Ok(taken),
                Err(Untaken::Refused(code)) => Err(code),
                Err(Untaken::Broken(error)) => Err(contain(error)?),
            });
        }
        Ok(group)
    })
}

/// Whether a failure is of this request alone: then it is told "later", and the others go on.
fn contain(error: StoreError) -> Result<Refused, StoreError> {
    match error {
        StoreError::Undecodable | StoreError::Forged | StoreError::Keys | StoreError::Sqlite(_) => {
            tracing::error!(%error, "one request could not be taken in");
            Ok(Refused::Later)
        }
        StoreError::DiskFull
        | StoreError::Corrupt
        | StoreError::Newer
        | StoreError::PowerLost(_) => Err(error),
    }
}

fn brings_anything(asked: &Authenticated) -> bool {
    let request = asked.request();
    request.push.is_some()
        || request.push_back.is_some()
        || request.dropped.is_some()
        || request.parcels.is_some()
        || request.trust.is_some_and(|trust| trust.left.is_some())
        || asked.adopt().is_some()
}

fn take_entry(db: &Db, library: &Library, entry: &Entry, now: Timestamp) -> Result<Taken, Untaken> {
    match entry {
        Entry::In(asked) => take_request(db, library, asked, now),
        Entry::Refused(_) => Ok(Taken::default()),
        Entry::Stolen { seat, copy, .. } => {
            if shelf::quarantined_of(db, seat.tenant, seat.id)? < QUARANTINE_MAX {
                let hash = blake3::hash(copy);
                let turning = Turning {
                    command: None,
                    envelope: hash.as_bytes(),
                    case: None,
                    class: None,
                    document: None,
                    seat: seat.id,
                    person: seat.person,
                    reason: Turned::RevokedSeat.code(),
                    received_at: now,
                    kept: Kept::Raw(copy),
                };
                shelf::quarantine(db, seat.tenant, &turning)?;
            }
            Ok(Taken::default())
        }
    }
}

/// Takes one request in: first what a restore forgot, then what is new.
fn take_request(
    db: &Db,
    library: &Library,
    asked: &Authenticated,
    now: Timestamp,
) -> Result<Taken, Untaken> {
    let tenant = asked.institution().tenant;
    if let Some(certificate) = asked.adopt() {
        seat_returns(db, tenant, certificate, now)?;
    }
    departing::take(db, asked, now)?;
    let known = Known {
        db,
        tenant,
        library,
    };
    let returning = asked.adopt().map(|certificate| certificate.seat);
    let cases = match returning {
        Some(seat) => shelf::cases_waiting_for(db, tenant, seat)?,
        None => BTreeSet::new(),
    };
    let sent_at = asked.request().sent_at;
    let mut intake = Intake {
        known,
        institution: asked.institution(),
        pusher: (asked.seat().id, asked.seat().person),
        clock_offset_ms: sent_at.map(|sent_at| sent_at.millis_since(now)),
        now,
        cases,
        own: BTreeMap::new(),
    };
    let parcels = parcels::take(db, library, asked, now)?;
    if let Some(push_back) = &asked.request().push_back {
        intake.take_back(push_back)?;
    }
    let answers = match &asked.request().push {
        Some(batch) => Some(intake.take_batch(road_of(asked), batch)?),
        None => None,
    };
    retry(&intake.known, &mut intake.cases, now)?;
    let answers = answers.map(|answers| intake.settle(answers)).transpose()?;
    if let (Some(batch), Some(answers)) = (&asked.request().push, &answers) {
        shelf::keep_answers(db, tenant, asked.seat().id, batch.id, answers)?;
    }
    Ok(Taken {
        answers,
        parcels,
        own: intake.own,
    })
}

/// Takes back a seat that a restore forgot.
fn seat_returns(
    db: &Db,
    tenant: Tenant,
    certificate: &SeatCertificate,
    now: Timestamp,
) -> Result<(), StoreError> {
    staff::add_seat(db, tenant, certificate)?;
    let actor = Actor::Person(certificate.person);
    let returned = AuditEntry {
        seat: Some(certificate.seat),
        ..AuditEntry::new(AuditKind::SeatReturned, actor, now)
    };
    audit::append(db, tenant, returned)?;
    Ok(())
}

/// By which road a request's push comes.
fn road_of(asked: &Authenticated) -> Road {
    let request = asked.request();
    let is_returning = request.push_back.is_some() || request.cursor.era < asked.institution().era;
    if is_returning {
        Road::PushAfterRestore
    } else {
        Road::Push
    }
}

/// What one seat brings, while it is taken in.
struct Intake<'a> {
    known: Known<'a>,
    institution: &'a InstitutionRow,
    /// The seat that brings it, and its person.
    pusher: (SeatId, PersonId),
    /// How far the clock of the device is ahead that pushes.
    clock_offset_ms: Option<i64>,
    now: Timestamp,
    /// Cases in which something was admitted or ruled; what waits there is tried again.
    cases: BTreeSet<CaseId>,
    own: BTreeMap<i64, EnvelopeHash>,
}

impl Intake<'_> {
    /// Takes back what a restore forgot. It is not answered: the device sees it in the log again.
    fn take_back(&mut self, push_back: &PushBack) -> Result<(), Untaken> {
        // What a ruling names is taken back whoever may do it now: so the rulings come first.
        self.adopt(push_back)?;
        for envelope in unpack_each(&push_back.envelopes).into_iter().flatten() {
            self.take_envelope(Road::Again, &envelope)?;
        }
        Ok(())
    }

    /// Takes rulings back; those that are known already stay as they are. What waits may be what they speak of, and what was
    /// turned away before anybody told of them.
    fn adopt(&mut self, push_back: &PushBack) -> Result<(), Untaken> {
        let mut ruled = BTreeSet::new();
        for ruling in &push_back.rulings {
            crash_point("intake.adopt")?;
            let told = crate::ruling::adopt(&self.known, self.institution, ruling, self.now)?;
            let Some(body) = told else { continue };
            self.cases.insert(body.case);
            let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
            let authored = |author| verdicts.iter().map(move |(command, _)| (*command, author));
            ruled.extend(body.author.into_iter().flat_map(authored));
        }
        let (db, tenant) = (self.known.db, self.known.tenant);
        for (command, author) in ruled {
            for envelope in shelf::turned_by_circumstance(db, tenant, command, author)? {
                self.take_envelope(Road::Again, &envelope)?;
            }
        }
        Ok(())
    }

    /// Takes a push in. A repeat gets the first answer.
    fn take_batch(&mut self, road: Road, batch: &Batch) -> Result<Vec<Answer>, Untaken> {
        let (db, tenant, seat) = (self.known.db, self.known.tenant, self.pusher.0);
        let unpacked = unpack_each(&batch.envelopes);
        let count: usize = unpacked
            .iter()
            .map(|unpacked| match unpacked {
                Ok(envelope) => envelope.commands.len(),
                Err((_, claimed)) => claimed.len(),
            })
            .sum();
        if count > COMMANDS_PER_PUSH_MAX {
            return Err(Untaken::Refused(Refused::TooLong));
        }
        let first = shelf::answers(db, tenant, seat, batch.id)?;
        if let Some(first) = first.filter(|_| !planted(Plant::CountTwice)) {
            for envelope in unpacked.iter().flatten() {
                self.note_own(envelope)?;
            }
            return Ok(first);
        }
        let mut answers = Vec::with_capacity(count);
        for unpacked in &unpacked {
            match unpacked {
                Ok(envelope) => {
                    answers.extend(self.take_envelope(road, envelope)?);
                    self.note_own(envelope)?;
                }
                Err((error, claimed)) => {
                    let code = code_of(*error);
                    self.turn_unreadable(batch, claimed, code)?;
                    answers.extend(claimed.iter().map(|command| turned(*command, code)));
                }
            }
        }
        Ok(answers)
    }

    /// Takes one envelope in: one row of the log for all of its commands that are admitted.
    fn take_envelope(
        &mut self,
        road: Road,
        envelope: &SealedEnvelope,
    ) -> Result<Vec<Answer>, Untaken> {
        crash_point("intake.envelope")?;
        let (institution, pusher) = (&self.institution.id, self.pusher.0);
        let signer = match vouch(&self.known, institution, pusher, road, envelope)? {
            Ok(signer) => signer,
            Err(code) => return self.turn_envelope(road, envelope, code),
        };
        let received = Reception {
            at: self.now,
            // Of what others recorded the device's clock says nothing.
            clock_offset_ms: self.clock_offset_ms.filter(|_| road.is_push()),
        };
        let mut record = Record::new(&self.known, &signer, envelope, received);
        let mut answers = Vec::with_capacity(envelope.commands.len());
        for head in &envelope.commands {
            let admission = admit(&self.known, &signer, road, envelope, head)?;
            let seen = match admission {
                Admission::Admitted(admitted) => {
                    self.cases.insert(admitted.case());
                    Seen::Admitted(record.take(&admitted)?)
                }
                Admission::Duplicate(seq) if planted(Plant::CountTwice) => {
                    Seen::Admitted(record.take_again(head.id)?.unwrap_or(seq))
                }
                Admission::Duplicate(seq) => Seen::Admitted(seq),
                Admission::Waiting => {
                    if road.is_push() {
                        self.wait(envelope, head, received.clock_offset_ms)?;
                    } else {
                        self.wait_again(envelope, head)?;
                    }
                    Seen::Waiting
                }
                Admission::TurnedAway(code) => {
                    turn(&self.known, &signer, envelope, head, code, self.now)?;
                    // What waits for it waits in vain.
                    self.cases.extend(envelope.case_of(head.id));
                    Seen::TurnedAway(code)
                }
            };
            answers.push(Answer {
                command: head.id,
                seen,
            });
        }
        append_row(&self.known, record)?;
        Ok(answers)
    }

    fn wait(
        &self,
        envelope: &SealedEnvelope,
        head: &CommandHead,
        clock_offset_ms: Option<i64>,
    ) -> Result<(), Untaken> {
        let (db, tenant) = (self.known.db, self.known.tenant);
        let pusher = self.pusher.0;
        if shelf::waiting_of(db, tenant, pusher)? >= WAITING_MAX {
            return Err(Untaken::Refused(Refused::Later));
        }
        let Some(own) = envelope.visible_to(|other, _| other.id == head.id) else {
            return Ok(());
        };
        if let Some(case) = own.case_of(head.id) {
            let waits = (head.id, case);
            shelf::wait(db, tenant, waits, &own, pusher, clock_offset_ms)?;
        }
        Ok(())
    }

    /// Lets a command wait that a device told again. What has no room stays with the device, which keeps it and must not
    /// be kept from syncing because of it.
    fn wait_again(&self, envelope: &SealedEnvelope, head: &CommandHead) -> Result<(), Untaken> {
        match self.wait(envelope, head, None) {
            Err(Untaken::Refused(_)) => {
                tracing::warn!("a device tells more again than can wait for what is missing");
                Ok(())
            }
            waited => waited,
        }
    }

    /// Turns every command of an envelope away whose signer may not bring it, or is not known.
    fn turn_envelope(
        &self,
        road: Road,
        envelope: &SealedEnvelope,
        code: Turned,
    ) -> Result<Vec<Answer>, Untaken> {
        if road == Road::Again {
            // The restore forgot its seat, too, which may still come back and vouch for it.
            if code == Turned::UnknownSeat {
                for head in &envelope.commands {
                    self.wait_again(envelope, head)?;
                }
            }
            return Ok(Vec::new());
        }
        self.check_quarantine()?;
        let mut answers = Vec::with_capacity(envelope.commands.len());
        for head in &envelope.commands {
            quarantine(&self.known, self.pusher, envelope, head, code, self.now)?;
            answers.push(turned(head.id, code));
        }
        Ok(answers)
    }

    /// Keeps a push of which an envelope could not be read.
    fn turn_unreadable(
        &self,
        batch: &Batch,
        claimed: &[CommandId],
        code: Turned,
    ) -> Result<(), Untaken> {
        self.check_quarantine()?;
        let bytes = encode_body(&batch.envelopes);
        let hash = blake3::hash(&bytes);
        for command in claimed {
            let turning = Turning {
                command: Some(*command),
                envelope: hash.as_bytes(),
                case: None,
                class: None,
                document: None,
                seat: self.pusher.0,
                person: self.pusher.1,
                reason: code.code(),
                received_at: self.now,
                kept: Kept::Raw(&bytes),
            };
            shelf::quarantine(self.known.db, self.known.tenant, &turning)?;
        }
        Ok(())
    }

    fn check_quarantine(&self) -> Result<(), Untaken> {
        let seat = self.pusher.0;
        if shelf::quarantined_of(self.known.db, self.known.tenant, seat)? >= QUARANTINE_MAX {
            return Err(Untaken::Refused(Refused::Later));
        }
        Ok(())
    }

    fn note_own(&mut self, envelope: &SealedEnvelope) -> Result<(), Untaken> {
        let hash = envelope.head.hash();
        let kept = commands::envelope_numbers(self.known.db, self.known.tenant, hash)?;
        self.own
            .extend(kept.into_iter().map(|number| (number, hash)));
        Ok(())
    }

    /// What became of commands that waited when they were first answered.
    fn settle(&self, answers: Vec<Answer>) -> Result<Vec<Answer>, Untaken> {
        let (db, tenant, person) = (self.known.db, self.known.tenant, self.pusher.1);
        let mut settled = Vec::with_capacity(answers.len());
        for mut answer in answers {
            if answer.seen == Seen::Waiting {
                answer.seen = settle(db, tenant, answer.command, person)?;
            }
            settled.push(answer);
        }
        Ok(settled)
    }
}
