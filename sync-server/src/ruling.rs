//! The second transaction: judge each case in the order of the log, sign, append, give the grants that follow.

mod bars;
mod entries;
mod erased;
mod links;
mod taken;
mod views;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use ed25519_dalek::SigningKey;
use jangkau_core::calendar::Calendar;
use jangkau_core::class::Class;
use jangkau_core::command::{Command, CommandKind};
use jangkau_core::id::{CaseId, CommandId, PersonId, ServerSeq};
use jangkau_core::plant::{Plant, crash_point, planted};
use jangkau_core::profile::Profile;
use jangkau_core::profile::words::Status;
use jangkau_core::record::Line;
use jangkau_core::rules::{
    CaseLog, CaseState, Elsewhere, Judgement, LogEntry, Verdict, judge, leads,
};
use jangkau_core::sync::{Row, RulingBody, SignedRuling};
use jangkau_core::time::Timestamp;

use crate::admission::Known;
use crate::founding::year_of;
use crate::grants::{Ties, align, align_holders, serves};
use crate::library::{Library, Pin, server_key};
use crate::store::commands::StoredCommand;
use crate::store::institutions::{self, InstitutionRow, Tenant};
use crate::store::links as store_links;
use crate::store::log::{self, Heading};
use crate::store::rulings::{self, CaseFile};
use crate::store::{
    CrashPoints, Db, Store, StoreError, attempt, commands, decode, elsewhere, encode, grants,
    letters, staff,
};

pub(crate) use entries::{case_log, entry_left, entry_of};
use entries::{entries, named};
use erased::is_closed_by_erasure;
use links::Meaning;
use taken::keep_letters;
pub(crate) use taken::{refresh, take};

const POINTS: CrashPoints = CrashPoints {
    begin: "ruling.begin",
    commit: "ruling.commit",
    committed: "ruling.committed",
};

/// What a round of judging did.
#[derive(Debug, Default)]
pub(crate) struct Ruled {
    /// Cases judged.
    pub(crate) cases: usize,
    /// Cases in which grants were given or ended: what waited for one may be admitted now.
    pub(crate) granted: BTreeMap<Tenant, BTreeSet<CaseId>>,
}

/// Judges every case with rows that were not judged, in one commit. A case that cannot be judged does not block the
/// others; it stays unjudged.
pub(crate) fn rule(store: &Store, library: &Library, now: Timestamp) -> Result<Ruled, StoreError> {
    let unjudged = rulings::unjudged(&store.db())?;
    if unjudged.is_empty() {
        return Ok(Ruled::default());
    }
    store.transact(Some(POINTS), |db| {
        let mut ruled = Ruled::default();
        let mut relink = BTreeSet::new();
        let mut queue = VecDeque::from(unjudged);
        let bench = |tenant| Bench {
            db,
            tenant,
            library,
            now,
        };
        while let Some((tenant, case)) = queue.pop_front() {
            let Some(done) = spared(attempt(db, || bench(tenant).rule_case(case)))? else {
                continue;
            };
            ruled.cases += 1;
            if done.is_granted {
                ruled.granted.entry(tenant).or_default().insert(case);
            }
            // A case is a duplicate once; what takes its clock over is judged in the same round.
            queue.extend(done.meaning.again.into_iter().map(|again| (tenant, again)));
            relink.extend(done.meaning.relink.into_iter().map(|near| (tenant, near)));
        }
        for (tenant, case) in relink {
            spared(attempt(db, || bench(tenant).relink(case)))?;
        }
        Ok(ruled)
    })
}

/// A case that cannot be judged is told of and passed over; a broken machine is an error.
fn spared<T>(done: Result<T, StoreError>) -> Result<Option<T>, StoreError> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(
            error @ (StoreError::Undecodable
            | StoreError::Forged
            | StoreError::Keys
            | StoreError::Sqlite(_)),
        ) => {
            tracing::error!(%error, "a case could not be judged");
            Ok(None)
        }
        Err(
            error @ (StoreError::DiskFull
            | StoreError::Corrupt
            | StoreError::Newer
            | StoreError::PowerLost(_)),
        ) => Err(error),
    }
}

/// What became of judging one case.
#[derive(Default)]
struct Done {
    is_granted: bool,
    meaning: Meaning,
}

/// Takes a ruling back that a restore forgot. It is never judged again: its verdicts are inputs from now on. Gives what it says,
/// if that is new.
pub(crate) fn adopt(
    known: &Known<'_>,
    institution: &InstitutionRow,
    ruling: &SignedRuling,
    now: Timestamp,
) -> Result<Option<RulingBody>, StoreError> {
    let Ok(body) = ruling.verify(&server_key(institution).verifying_key()) else {
        return Ok(None);
    };
    let (db, tenant) = (known.db, known.tenant);
    if rulings::is_known(db, tenant, &hash_of(ruling))? {
        return Ok(None);
    }
    let at = append(db, tenant, &body, ruling, now)?;
    keep_letters(db, tenant, &body)?;
    rulings::touch(db, tenant, body.case, at)?;
    Ok(Some(body))
}

fn hash_of(ruling: &SignedRuling) -> [u8; 32] {
    *blake3::hash(&ruling.body).as_bytes()
}

/// Appends a ruling to the log and takes its verdicts and state into the caches.
fn append(
    db: &Db,
    tenant: Tenant,
    body: &RulingBody,
    ruling: &SignedRuling,
    now: Timestamp,
) -> Result<ServerSeq, StoreError> {
    crash_point("ruling.append")?;
    let heading = Heading {
        case: Some(body.case),
        class: body.class,
        ..Heading::default()
    };
    let at = log::append(db, tenant, &Row::Ruling(ruling.clone()), &heading, now)?;
    let index = (body.case, body.class, body.state.is_some());
    rulings::insert(db, tenant, at, index, &hash_of(ruling))?;
    let verdicts: Vec<(CommandId, Verdict)> = decode(&body.verdicts)?;
    for (command, verdict) in verdicts {
        commands::set_verdict(db, tenant, command, at, &encode(&verdict))?;
    }
    if let Some(author) = body.author {
        rulings::add_author(db, tenant, at, author)?;
    }
    if let Some(number) = body.number {
        rulings::touch(db, tenant, body.case, at)?;
        rulings::set_number(db, tenant, body.case, number)?;
    }
    if let Some(state) = &body.state {
        rulings::touch(db, tenant, body.case, at)?;
        rulings::set_state(db, tenant, (body.case, body.class), at, state)?;
    }
    if let Some(links) = &body.links {
        store_links::set_ruled(db, tenant, body.case, links)?;
    }
    Ok(at)
}

/// What judging one case needs.
struct Bench<'a> {
    db: &'a Db,
    tenant: Tenant,
    library: &'a Library,
    now: Timestamp,
}

impl Bench<'_> {
    /// Judges one case.
    fn rule_case(&self, case: CaseId) -> Result<Done, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let Some(file) = rulings::file(db, tenant, case)? else {
            return Ok(Done::default());
        };
        let mut done = Done::default();
        // Without its registration a case has no profile; its rulings came back before its commands.
        if let Some(pin) = &file.profile {
            let stored = commands::of_case(db, tenant, case)?;
            if is_closed_by_erasure(&stored) {
                return self.pass_over(case, &file);
            }
            let profile = self.profile_of(pin)?;
            let (calendar, calendar_version) = self.library.calendar(db, tenant)?;
            let entries = entries(db, tenant, &stored)?;
            // Of a case that was erased whole nothing is left to judge.
            if entries.is_empty() {
                rulings::judged(db, tenant, case, file.touched)?;
                return Ok(done);
            }
            let versions = self.library.profiles(db, tenant)?;
            let told = elsewhere::of(db, tenant, case, &leads(&entries))?;
            let mut judgement = judged((&profile, &versions), &calendar, &file, &entries, &told)?;
            self.number_letters(&profile, &mut judgement.state)?;
            let pin = (profile.id.clone(), judgement.profile_version);
            let header = self.header(case, &file, pin, calendar_version);
            self.sign(&file, &header, &stored, &judgement)?;
            if !file.is_activity {
                self.tell_views(case, &entries, &judgement)?;
            }
            done.is_granted = self.follow(case)?;
            done.meaning = self.note_links(case, &entries, &judgement)?;
            if self.note_bars(case, &entries, &judgement)? {
                done.is_granted = true;
                done.meaning.relink.extend(self.near(case)?);
            }
        }
        let touched = rulings::file(db, tenant, case)?.map_or(file.touched, |file| file.touched);
        rulings::judged(db, tenant, case, touched)?;
        Ok(done)
    }

    /// Leaves a case as it was ruled.
    fn pass_over(&self, case: CaseId, file: &CaseFile) -> Result<Done, StoreError> {
        rulings::judged(self.db, self.tenant, case, file.touched)?;
        Ok(Done::default())
    }

    /// Gives every letter that was issued its number (T16).
    fn number_letters(&self, profile: &Profile, state: &mut CaseState) -> Result<(), StoreError> {
        let year = year_of(profile, self.now);
        for referral in &mut state.referrals {
            if referral.issued_at.is_some() {
                let given = letters::number_of(self.db, self.tenant, referral.referral, year)?;
                referral.letter = Some(given);
            }
        }
        Ok(())
    }

    /// What every ruling of this round about a case begins with.
    fn header(
        &self,
        case: CaseId,
        file: &CaseFile,
        (profile, profile_version): Pin,
        calendar_version: u32,
    ) -> RulingBody {
        RulingBody {
            case,
            class: None,
            judged_through: file.touched,
            ruled_at: self.now,
            profile,
            profile_version,
            calendar_version,
            verdicts: encode(&Vec::<(CommandId, Verdict)>::new()),
            state: None,
            number: None,
            links: None,
            author: None,
        }
    }

    fn profile_of(&self, pin: &Pin) -> Result<Arc<Profile>, StoreError> {
        if planted(Plant::StaleProfile) {
            return self.library.stale(pin);
        }
        self.library.pinned(self.db, self.tenant, pin)
    }

    /// Signs and appends what was judged: the state by class, and the verdicts by class and by author, so that an
    /// author who may not hold the class learns of their own and of nothing else. Nothing if nothing changed.
    fn sign(
        &self,
        file: &CaseFile,
        header: &RulingBody,
        stored: &[StoredCommand],
        judgement: &Judgement,
    ) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let institution = institutions::get(db, tenant)?;
        let key = server_key(&institution);
        // An activity is no case: it stands nowhere and has no number.
        if !file.is_activity {
            self.tell(file, header, &judgement.state, &key)?;
        }
        let mut by_reader: BTreeMap<(Class, PersonId), Vec<(CommandId, Verdict)>> = BTreeMap::new();
        for (id, verdict) in &judgement.verdicts {
            let Some(command) = stored.iter().find(|command| command.id == *id) else {
                continue;
            };
            let Some(class) = class_of(command) else {
                continue;
            };
            let verdicts = by_reader.entry((class, command.person)).or_default();
            verdicts.push((*id, verdict.clone()));
        }
        for ((class, author), verdicts) in by_reader {
            let body = RulingBody {
                class: Some(class),
                verdicts: encode(&verdicts),
                author: Some(author),
                ..header.clone()
            };
            self.say(&body, &key)?;
        }
        Ok(())
    }

    /// Tells where the case stands, to the holders of each class as far as they may see it, where that is news to them. The number goes to
    /// everybody.
    fn tell(
        &self,
        file: &CaseFile,
        header: &RulingBody,
        state: &CaseState,
        key: &SigningKey,
    ) -> Result<(), StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let given = match file.number {
            None if state.status != Status::Draft => Some(institutions::next_case(db, tenant)?),
            None | Some(_) => None,
        };
        for class in CaseState::TOLD {
            let told = encode(&state.told(class));
            let is_known = rulings::told(db, tenant, header.case, class)?.as_ref() == Some(&told);
            let number = class.is_none().then_some(given.or(file.number)).flatten();
            if !is_known || (class.is_none() && given.is_some()) {
                let body = RulingBody {
                    class,
                    state: Some(told),
                    number,
                    ..header.clone()
                };
                self.say(&body, key)?;
            }
        }
        Ok(())
    }

    /// Signs a ruling and appends it.
    fn say(&self, body: &RulingBody, key: &SigningKey) -> Result<(), StoreError> {
        let signed = SignedRuling::sign(body, key);
        append(self.db, self.tenant, body, &signed, self.now)?;
        Ok(())
    }

    /// Gives and ends the grants that follow from decisions which have come to stand: to who is now responsible, leads a session or took part in
    /// a conference, to the volunteers of a kecamatan, to all of a file that is opened again; everybody else who held something of the case by the case alone keeps what the matrix leaves them.
    fn follow(&self, case: CaseId) -> Result<bool, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let before = institutions::get(db, tenant)?.head;
        let mut gets = BTreeSet::new();
        let mut is_new = false;
        for command in commands::of_case(db, tenant, case)? {
            let verdict: Option<Verdict> = command.verdict.as_deref().map(decode).transpose()?;
            let stands = verdict == Some(Verdict::Committed) && gives_access(command.kind);
            if !stands || command.is_followed {
                continue;
            }
            let Some(entry) = entry_left(db, tenant, &command)? else {
                continue;
            };
            let decision = entry.command;
            if let Command::Register(register) = &decision {
                let kecamatan = register.kecamatan.as_ref().map(Line::as_str);
                let Some(kecamatan) = kecamatan else { continue };
                gets.extend(self.serving(kecamatan)?);
            } else if closes_or_opens(command.kind) {
                gets.extend(grants::people_ever(db, tenant, case)?);
            } else {
                gets.extend(named(&decision));
            }
            commands::set_followed(db, tenant, command.id)?;
            is_new = true;
        }
        if is_new {
            let profile = self.library.current(db, tenant)?;
            let ties = Ties::of(db, tenant, case)?;
            for person in gets {
                align(db, tenant, &profile, (person, case, &ties), self.now)?;
            }
            align_holders(db, tenant, &profile, (case, &ties), self.now)?;
        }
        Ok(institutions::get(db, tenant)?.head != before)
    }

    /// The volunteers of a kecamatan: a new case there is theirs, whoever registered it (X16).
    fn serving(&self, kecamatan: &str) -> Result<Vec<PersonId>, StoreError> {
        let (db, tenant) = (self.db, self.tenant);
        let mut serving = Vec::new();
        for id in staff::people(db, tenant)? {
            let Some(person) = staff::person(db, tenant, id)? else {
                continue;
            };
            if serves(&person, kecamatan) {
                serving.push(id);
            }
        }
        Ok(serving)
    }
}

/// Runs the rules behind a panic boundary: a case that they cannot judge must not stop the server.
fn judged(
    (profile, versions): (&Profile, &[Arc<Profile>]),
    calendar: &Calendar,
    file: &CaseFile,
    entries: &[LogEntry],
    elsewhere: &Elsewhere,
) -> Result<Judgement, StoreError> {
    let prior: Option<CaseState> = file.state.as_deref().map(decode).transpose()?;
    let prior_clocks = prior.map(|state| state.clocks).unwrap_or_default();
    let log = CaseLog {
        profile,
        versions,
        calendar,
        entries,
        prior_clocks: &prior_clocks,
        elsewhere,
    };
    catch_unwind(AssertUnwindSafe(|| judge(&log))).map_err(|_| StoreError::Undecodable)
}

/// The class of a command: that of its leading record, which every reader of the command needs.
fn class_of(command: &StoredCommand) -> Option<Class> {
    let leading = command.kind.leading();
    let written = |class: &Class| command.records.iter().any(|placed| placed.class == *class);
    leading.iter().map(|section| section.0).find(written)
}

const fn gives_access(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::Register
            | CommandKind::Assign
            | CommandKind::Reassign
            | CommandKind::ScheduleSession
            | CommandKind::AgreePlan
    ) || closes_or_opens(kind)
}

/// Whether a decision closes a file, or takes one up again that may be closed.
const fn closes_or_opens(kind: CommandKind) -> bool {
    matches!(
        kind,
        CommandKind::CloseInformation
            | CommandKind::RejectOutOfScope
            | CommandKind::VoidRegistration
            | CommandKind::Close
            | CommandKind::Reopen
    )
}
