//! Recording a command: it is on the disk when the call returns, with or without a network.

use std::collections::BTreeMap;

use rand_core::CryptoRng;
use thiserror::Error;

use super::{Replica, ReplicaError};
use crate::chunk::Chunk;
use crate::class::{Class, DocumentKey};
use crate::command::{Command, CommandEntry, CommandKind, PlacedRecord, Stamp};
use crate::document::{DocumentError, actor_id};
use crate::envelope::AFTER_MAX;
use crate::id::{CaseId, ChangeHash, CommandId, DecisionCount, PersonId};
use crate::store::{CommandRow, CommandState, PartRow, StoreError};
use crate::sync::GrantRow;
use crate::time::Timestamp;

/// Why something cannot be recorded here. Nothing was saved.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum CannotRecord {
    /// This device does not hold the case.
    #[error("the case is not on this device")]
    NoSuchCase,
    /// The command names something that this device does not hold.
    #[error("what it refers to is not on this device")]
    NoSuchTarget,
    /// The change would be too long.
    #[error("the text is too long")]
    TooLong,
    /// The seat was revoked.
    #[error("this seat may not record any more")]
    SeatRevoked,
    /// Something else stands under the id that was chosen for it.
    #[error("something else stands under this id")]
    IdTaken,
}

/// Why recording stopped: the machine, or the command.
pub(super) enum Stop {
    Machine(ReplicaError),
    Cannot(CannotRecord),
}

impl From<ReplicaError> for Stop {
    fn from(error: ReplicaError) -> Self {
        Self::Machine(error)
    }
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Machine(error.into())
    }
}

impl Replica {
    /// Records a command: saved when this returns. `register` opens a case and takes none.
    ///
    /// # Errors
    /// Outer: the machine. Inner: why it cannot be recorded here; nothing was saved.
    pub fn record(
        &mut self,
        case: Option<CaseId>,
        command: Command,
        occurred_at: Timestamp,
        performed_by: Option<PersonId>,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<Result<CommandId, CannotRecord>, ReplicaError> {
        let id = CommandId::generate(now, &mut &mut *rng);
        let occurred_at = Some(occurred_at);
        let recorded =
            self.record_once(id, (case, command), occurred_at, performed_by, now, rng)?;
        Ok(recorded.map(|_| id))
    }

    pub(super) fn record_as(
        &mut self,
        id: CommandId,
        case: Option<CaseId>,
        command: Command,
        stamp: Stamp,
        now: Timestamp,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), Stop> {
        if self.session.state == super::SeatState::Locked {
            return Err(Stop::Cannot(CannotRecord::SeatRevoked));
        }
        let case = match (case, command.kind().opens_file()) {
            (None, true) => CaseId::from(id),
            (Some(case), false) if self.knows_case(case)? && !self.is_activity(case)? => case,
            (Some(_) | None, _) => return Err(Stop::Cannot(CannotRecord::NoSuchCase)),
        };
        let base = self.decisions_seen(case)?;
        let entry = CommandEntry {
            id,
            case,
            stamp,
            command,
        };
        // A list may be longer than any record holds.
        let records = entry.records();
        CommandEntry::from_records(id, case, entry.command.kind(), records.clone())
            .map_err(|_| Stop::Cannot(CannotRecord::TooLong))?;
        let row = CommandRow {
            id,
            case,
            kind: entry.command.kind(),
            author: stamp.by,
            own: true,
            occurred_at: stamp.occurred_at,
            recorded_at: Some(now),
            received_at: None,
            base,
            after: self.causes(&entry)?,
            records,
            state: CommandState::Pending,
            code: None,
            envelope: None,
            attempts: 0,
        };
        self.store.put_command(&row)?;
        self.note_recorded(now)?;
        self.write_parts(&row, rng)
    }

    /// Whether something of the case may be written here: K1 alone is not enough.
    fn knows_case(&self, case: CaseId) -> Result<bool, ReplicaError> {
        let grants = self.store.grants_about(case)?;
        let is_reached =
            grants.iter().any(GrantRow::gives_documents) && self.store.case_state(case)?.is_some();
        Ok(is_reached
            || !self.store.documents_of(case)?.is_empty()
            || self.opened_by(case)? == Some(CommandKind::Register))
    }

    /// Whether a file is that of an activity: nothing else is written there. One that was turned away leaves a command
    /// without a document; one that came as an install frame a document without a command.
    pub(super) fn is_activity(&self, file: CaseId) -> Result<bool, ReplicaError> {
        if self.opened_by(file)? == Some(CommandKind::RecordActivity) {
            return Ok(true);
        }
        let documents = self.store.documents_of(file)?;
        Ok(documents.iter().any(|row| row.key.class == Class::Activity))
    }

    /// The kind of the command under whose id a file stands, if it is known here.
    fn opened_by(&self, file: CaseId) -> Result<Option<CommandKind>, ReplicaError> {
        let opening = CommandId::from_bytes(*file.as_bytes());
        Ok(self.store.command(opening)?.map(|row| row.kind))
    }

    /// Decisions on the case that its author has seen in a ruling.
    fn decisions_seen(&self, case: CaseId) -> Result<DecisionCount, ReplicaError> {
        Ok(self
            .case_state(case)?
            .map(|state| state.decisions)
            .unwrap_or_default())
    }

    /// The commands that this one follows: the author's last one on the case, and those that it names.
    fn causes(&self, entry: &CommandEntry) -> Result<Vec<CommandId>, ReplicaError> {
        let mut after: Vec<CommandId> = self.store.last_own(entry.case)?.into_iter().collect();
        for named in entry.command.names() {
            if after.len() < AFTER_MAX && !after.contains(&named) {
                after.push(named);
            }
        }
        Ok(after)
    }

    /// Writes a command's records into its documents, one change each, and keeps the changes as pending parts.
    pub(super) fn write_parts(
        &mut self,
        row: &CommandRow,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), Stop> {
        let mut by_class: BTreeMap<Class, Vec<PlacedRecord>> = BTreeMap::new();
        for placed in &row.records {
            by_class
                .entry(placed.class)
                .or_default()
                .push(placed.clone());
        }
        for (class, records) in by_class {
            let key = self.writable(row.case, (class, &records))?;
            let part = self.write_part(key, row.id, &records, rng)?;
            self.store.put_part(row.id, &part)?;
        }
        Ok(())
    }

    fn write_part(
        &mut self,
        key: DocumentKey,
        id: CommandId,
        records: &[PlacedRecord],
        rng: &mut dyn CryptoRng,
    ) -> Result<PartRow, Stop> {
        let seat = self.seat();
        let loaded = self.load(key)?;
        let branch = *loaded
            .row
            .branch
            .get_or_insert_with(|| Self::draw_branch(rng));
        let epoch = loaded.row.epoch;
        let actor = actor_id(seat, key.id(), epoch, branch);
        let bytes = loaded
            .working
            .write(actor, id, records)
            .map_err(|error| match error {
                DocumentError::NoText => Stop::Cannot(CannotRecord::NoSuchTarget),
                DocumentError::RecordExists
                | DocumentError::Unappliable
                | DocumentError::Unloadable => Stop::Machine(ReplicaError::Damaged),
            })?;
        let row = loaded.row.clone();
        self.store.put_document(&row)?;
        Chunk::parse(&bytes).map_err(|_| Stop::Cannot(CannotRecord::TooLong))?;
        let hash = Chunk::hash(&bytes).unwrap_or(ChangeHash::from_bytes([0; 32]));
        Ok(PartRow {
            document: key.id(),
            epoch,
            branch,
            hash,
            bytes,
        })
    }
}
