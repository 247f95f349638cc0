//! What was turned away moves aside with what depends on it; what survives is recorded again under a new branch.

use std::collections::{BTreeMap, BTreeSet};

use rand_core::CryptoRng;

use super::record::Stop;
use super::{Replica, ReplicaError};
use crate::command::CommandEntry;
use crate::id::{CaseId, CommandId, DocumentId};
use crate::plant::{Plant, planted};
use crate::store::{CommandRow, CommandState, PartRow};
use crate::sync::Turned;

/// How often a command is recorded again before it moves aside itself.
const ATTEMPTS_MAX: u32 = 4;

impl Replica {
    /// Takes the answers "turned away". Gives the commands that moved aside.
    pub(super) fn take_turned(
        &mut self,
        turned: &BTreeMap<CommandId, Turned>,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<CommandId>, ReplicaError> {
        if turned.is_empty() {
            return Ok(Vec::new());
        }
        let mut aside = BTreeMap::new();
        let mut documents = BTreeSet::new();
        for (id, code) in turned {
            let Some(mut row) = self.store.command(*id)? else {
                continue;
            };
            // The very answer that turns it away may bring it in the log, told by somebody else.
            if row.state == CommandState::Accepted {
                continue;
            }
            // The row that rewrote the document came with the answer: it has been recorded again.
            if *code == Turned::WrongEpoch && row.state == CommandState::Pending {
                continue;
            }
            for part in self.store.parts(*id)? {
                documents.insert(part.document);
            }
            if *code == Turned::CommandExists {
                // The server has this command already, from before this vault was put back.
                self.store.drop_parts(*id)?;
                row.state = CommandState::Admitted;
                self.store.put_command(&row)?;
            } else if !is_about_the_branch(*code) || row.attempts >= ATTEMPTS_MAX {
                aside.insert(*id, *code);
            }
        }
        let standing = self.standing_before(turned)?;
        self.replay(documents, &aside, &standing, rng)?;
        Ok(aside.into_keys().collect())
    }

    /// The commands that stood in the log before a restore and were recorded before all that was turned away: they need
    /// nothing of it. They come back as they were signed, and from a seat that is no longer in use only so.
    fn standing_before(
        &self,
        turned: &BTreeMap<CommandId, Turned>,
    ) -> Result<BTreeSet<CommandId>, ReplicaError> {
        let mut standing = BTreeSet::new();
        for row in self.store.outbox()? {
            if turned.contains_key(&row.id) {
                break;
            }
            if let Some(hash) = row.envelope
                && self.store.is_forgotten(hash)?
            {
                standing.insert(row.id);
            }
        }
        Ok(standing)
    }

    /// Moves commands aside with what depends on them, and records the other pending commands of the documents
    /// concerned again, but for those that stand as they are: under a new branch, with the same ids.
    pub(super) fn replay(
        &mut self,
        mut documents: BTreeSet<DocumentId>,
        aside: &BTreeMap<CommandId, Turned>,
        standing: &BTreeSet<CommandId>,
        rng: &mut dyn CryptoRng,
    ) -> Result<(), ReplicaError> {
        let outbox = self.store.outbox()?;
        let outbox: Vec<CommandRow> = outbox
            .into_iter()
            .filter(|row| row.state != CommandState::Admitted)
            .collect();
        let mut aside = with_dependants(&outbox, aside);
        // A seat that is no longer in use records nothing again: what it has not sent goes as it stands.
        let is_over = aside.values().any(|code| *code == Turned::RevokedSeat);
        if is_over {
            let unsent = outbox
                .iter()
                .filter(|row| row.state == CommandState::Pending);
            for row in unsent {
                aside.entry(row.id).or_insert(Turned::RevokedSeat);
            }
        }
        let mut survivors = self.concerned(&outbox, &aside, &mut documents)?;
        survivors.retain(|row| !standing.contains(&row.id));
        self.forget_loaded(&documents);
        for id in &documents {
            if let Some(mut row) = self.store.document(*id)? {
                row.branch = None;
                self.store.put_document(&row)?;
            }
        }
        let moves = |row: &&CommandRow| aside.contains_key(&row.id);
        let unsent = |row: &&CommandRow| row.state == CommandState::Pending;
        self.seal_aside(outbox.iter().filter(moves).filter(unsent).cloned(), rng)?;
        for moved in outbox.iter().filter(moves) {
            let Some(mut row) = self.store.command(moved.id)? else {
                continue;
            };
            row.code = aside.get(&row.id).map(|code| code.code().to_owned());
            self.move_aside(row)?;
        }
        let mut again = Vec::with_capacity(survivors.len());
        for row in survivors {
            again.push((self.store.parts(row.id)?, row));
        }
        for (_, row) in &again {
            self.store.drop_parts(row.id)?;
        }
        if is_over {
            return Ok(());
        }
        for (parts, row) in again {
            self.record_again(row, &parts, rng)?;
        }
        Ok(())
    }

    fn move_aside(&mut self, mut row: CommandRow) -> Result<(), ReplicaError> {
        row.state = CommandState::Aside;
        self.store.drop_parts(row.id)?;
        Ok(self.store.put_command(&row)?)
    }

    /// Records a command again. If it cannot be, it moves aside as it was.
    fn record_again(
        &mut self,
        before: CommandRow,
        parts: &[PartRow],
        rng: &mut dyn CryptoRng,
    ) -> Result<(), ReplicaError> {
        let mut row = CommandRow {
            attempts: before.attempts + 1,
            envelope: None,
            state: CommandState::Pending,
            ..before.clone()
        };
        if planted(Plant::LoseDependants) {
            row.state = CommandState::Aside;
            row.records.clear();
            return Ok(self.store.put_command(&row)?);
        }
        self.store.put_command(&row)?;
        match self.write_parts(&row, rng) {
            Ok(()) => Ok(()),
            Err(Stop::Machine(error)) => Err(error),
            Err(Stop::Cannot(_)) => {
                let mut row = before;
                if row.state == CommandState::Pending {
                    for part in parts {
                        self.store.put_part(row.id, part)?;
                    }
                    self.seal_aside(std::iter::once(row.clone()), rng)?;
                    row = self.store.command(row.id)?.unwrap_or(row);
                }
                row.code = Some(Turned::WrongDependencies.code().to_owned());
                self.move_aside(row)
            }
        }
    }

    /// The pending commands that share a document with what changes, and all documents that they share.
    fn concerned(
        &self,
        outbox: &[CommandRow],
        aside: &BTreeMap<CommandId, Turned>,
        documents: &mut BTreeSet<DocumentId>,
    ) -> Result<Vec<CommandRow>, ReplicaError> {
        let mut of_command: BTreeMap<CommandId, BTreeSet<DocumentId>> = BTreeMap::new();
        for row in outbox {
            let parts = self.store.parts(row.id)?;
            of_command.insert(row.id, parts.iter().map(|part| part.document).collect());
        }
        for id in aside.keys() {
            documents.extend(of_command.get(id).into_iter().flatten());
        }
        loop {
            let before = documents.len();
            for touched in of_command.values() {
                if !touched.is_disjoint(documents) {
                    documents.extend(touched);
                }
            }
            if documents.len() == before {
                break;
            }
        }
        let shares = |row: &&CommandRow| {
            !aside.contains_key(&row.id)
                && of_command
                    .get(&row.id)
                    .is_some_and(|touched| !touched.is_disjoint(documents))
        };
        Ok(outbox.iter().filter(shares).cloned().collect())
    }
}

/// Whether the answer is about this vault's branch and not about what the person did.
const fn is_about_the_branch(code: Turned) -> bool {
    match code {
        Turned::ReusedSequence
        | Turned::WrongCounter
        | Turned::WrongDependencies
        | Turned::WrongActor
        | Turned::WrongEpoch => true,
        Turned::BadSignature
        | Turned::UnknownSeat
        | Turned::RevokedSeat
        | Turned::WrongInstitution
        | Turned::NoGrant
        | Turned::Shape
        | Turned::TooLong
        | Turned::Incomplete
        | Turned::RecordExists
        | Turned::CommandExists
        | Turned::Unloadable
        | Turned::WrongAuthor
        | Turned::UnknownCommand => false,
    }
}

/// The commands that move aside, and those that mean nothing without them.
fn with_dependants(
    outbox: &[CommandRow],
    aside: &BTreeMap<CommandId, Turned>,
) -> BTreeMap<CommandId, Turned> {
    let mut all = aside.clone();
    for row in outbox {
        let is_of_lost_case =
            |id: &CommandId| CaseId::from(*id) == row.case && !row.kind.opens_file();
        let entry =
            CommandEntry::from_records(row.id, row.case, row.kind, row.records.clone()).ok();
        let names = entry.map(|entry| entry.command.names()).unwrap_or_default();
        let needs_lost =
            all.keys().any(is_of_lost_case) || names.iter().any(|id| all.contains_key(id));
        if needs_lost && !all.contains_key(&row.id) {
            all.insert(row.id, Turned::WrongDependencies);
        }
    }
    all
}
