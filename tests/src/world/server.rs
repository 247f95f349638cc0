//! The server of the world: an engine that loses its power, restarts, and is restored from older backups.

use jangkau_core::id::{InstitutionId, ServerSeq};
use jangkau_core::plant;
use jangkau_core::sync::RefusedReply;
use jangkau_core::time::Timestamp;
use jangkau_server::engine::{Engine, EngineError};

use super::chance::Chance;
use super::fault::{Fault, Faults};
use super::violation::{Checked, Violation};

/// Backups in the rotation.
const BACKUPS_KEPT: usize = 3;

/// Crash points ahead among which the power goes out.
const STEPS_AHEAD: usize = 24;

struct Backup {
    image: Vec<u8>,
    head: ServerSeq,
}

/// The server with its disk and its backups.
pub(super) struct Server {
    engine: Engine,
    institution: InstitutionId,
    backups: Vec<Backup>,
    /// How far its clock is off, in milliseconds.
    pub(super) clock_off: i64,
    /// How often it was restored.
    pub(super) restores: u32,
}

type Replies = Vec<Result<Vec<u8>, RefusedReply>>;

impl Server {
    /// A server over an engine that has just been set up.
    #[must_use]
    pub(super) const fn new(engine: Engine, institution: InstitutionId) -> Self {
        Self {
            engine,
            institution,
            backups: Vec::new(),
            clock_off: 0,
            restores: 0,
        }
    }

    /// The engine, to be looked at.
    #[must_use]
    pub(super) const fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The engine, for what an administrator does.
    pub(super) const fn engine_mut(&mut self) -> &mut Engine {
        &mut self.engine
    }

    /// What its clock says.
    #[must_use]
    pub(super) const fn clock(&self, now: Timestamp) -> Timestamp {
        now.plus_millis(self.clock_off)
    }

    /// Answers a group of requests. None: the power went out before anybody got an answer.
    ///
    /// # Errors
    /// When the engine breaks.
    pub(super) fn sync(
        &mut self,
        requests: &[Vec<u8>],
        now: Timestamp,
        faults: &mut Faults,
        rng: &mut Chance,
    ) -> Checked<Option<Replies>> {
        if faults.strikes(Fault::CrashServer) {
            let steps = faults.chance().below(STEPS_AHEAD) as u32;
            plant::crash_in(Some(steps));
        }
        let clock = self.clock(now);
        let done = self.engine.try_sync(requests, clock, rng.rng());
        plant::crash_in(None);
        let points = plant::take_crashes();
        let replies = match done {
            Ok(replies) => Some(replies),
            Err(EngineError::PowerLost) => None,
            Err(error) => return Err(Violation::broke("Engine::try_sync", &error)),
        };
        if points.is_empty() {
            return match replies {
                Some(replies) => Ok(Some(replies)),
                None => Err(Violation::broke("Engine::try_sync", &"no power was lost")),
            };
        }
        faults.took_effect(Fault::CrashServer);
        faults.crashed_at(&points);
        self.restart(now, faults)?;
        // Answers that the engine gave before the power went out are on their way.
        Ok(replies)
    }

    /// Starts from what the disk holds, and catches up.
    ///
    /// # Errors
    /// When it does not start.
    pub(super) fn restart(&mut self, now: Timestamp, faults: &mut Faults) -> Checked<()> {
        let image = image_of(&self.engine)?;
        self.start(&image, faults)?;
        self.catch_up(now, faults)
    }

    /// Judges what is left to judge; the power may go out over it.
    fn catch_up(&mut self, now: Timestamp, faults: &mut Faults) -> Checked<()> {
        let crash = faults.strikes(Fault::CrashStarting);
        if crash {
            plant::crash_in(Some(faults.chance().below(6) as u32));
        }
        let done = self.engine.rule(self.clock(now));
        plant::crash_in(None);
        let points = plant::take_crashes();
        match done {
            Ok(_) if points.is_empty() => Ok(()),
            Ok(_) | Err(EngineError::PowerLost) => {
                faults.took_effect(Fault::CrashStarting);
                faults.crashed_at(&points);
                let image = image_of(&self.engine)?;
                self.start(&image, faults)?;
                self.rule(now)
            }
            Err(error) => Err(Violation::broke("Engine::rule", &error)),
        }
    }

    /// Judges what is left to judge.
    ///
    /// # Errors
    /// When the engine breaks.
    pub(super) fn rule(&mut self, now: Timestamp) -> Checked<()> {
        let clock = self.clock(now);
        let done = self.engine.rule(clock);
        done.map(drop)
            .map_err(|error| Violation::broke("Engine::rule", &error))
    }

    fn start(&mut self, image: &[u8], faults: &mut Faults) -> Checked<()> {
        if faults.strikes(Fault::CrashStarting) {
            plant::crash_in(Some(faults.chance().below(3) as u32));
            drop(Engine::from_image(image, self.engine.keys()));
            plant::crash_in(None);
            let points = plant::take_crashes();
            if !points.is_empty() {
                faults.took_effect(Fault::CrashStarting);
                faults.crashed_at(&points);
            }
        }
        self.engine = Engine::from_image(image, self.engine.keys())
            .map_err(|error| Violation::broke("Engine::from_image", &error))?;
        Ok(())
    }

    /// Takes a backup into the rotation, and tells the log what every kept backup holds.
    ///
    /// # Errors
    /// When the engine breaks.
    pub(super) fn back_up(&mut self) -> Checked<()> {
        let head = self.head()?;
        let image = image_of(&self.engine)?;
        if self.backups.len() == BACKUPS_KEPT {
            self.backups.remove(0);
        }
        self.backups.push(Backup { image, head });
        let oldest = self.backups[0].head;
        let marked = self.engine.mark_backed_up(&self.institution, oldest);
        marked.map_err(|error| Violation::broke("Engine::mark_backed_up", &error))
    }

    /// Restores one of the backups. False: there is none.
    ///
    /// # Errors
    /// When the engine breaks.
    pub(super) fn restore(&mut self, now: Timestamp, faults: &mut Faults) -> Checked<bool> {
        let which = faults.chance().below(self.backups.len());
        if which >= self.backups.len() {
            return Ok(false);
        }
        self.backups.truncate(which + 1);
        let image = self.backups[which].image.clone();
        let former = self.engine.eras();
        let former = former.map_err(|error| Violation::broke("Engine::eras", &error))?;
        self.start(&image, faults)?;
        let clock = self.clock(now);
        self.engine
            .begin_era_after(&former, clock)
            .map_err(|error| Violation::broke("Engine::begin_era_after", &error))?;
        self.restores += 1;
        self.rule(now)?;
        Ok(true)
    }

    /// Head of the log.
    ///
    /// # Errors
    /// When the engine breaks.
    pub(super) fn head(&self) -> Checked<ServerSeq> {
        self.engine
            .head(&self.institution)
            .map_err(|error| Violation::broke("Engine::head", &error))
    }
}

/// What the engine's disk holds.
pub(super) fn image_of(engine: &Engine) -> Checked<Vec<u8>> {
    engine
        .image()
        .map_err(|error| Violation::broke("Engine::image", &error))
}
