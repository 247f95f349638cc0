//! What a screen asks of the vault.

use std::collections::BTreeMap;

use super::{Replica, ReplicaError};
use crate::command::{CommandEntry, CommandKind, PlacedRecord, Stamp};
use crate::id::{CaseId, CaseNumber, CommandId};
use crate::rules::{CaseLinks, CaseState, Verdict};
use crate::store::{CommandRow, CommandState, decode};
use crate::sync::{StaffRow, Turned, View};
use crate::time::Timestamp;

/// What became of a command, as far as this device knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Saved here only.
    OnDevice,
    /// The server keeps it until what it depends on has arrived.
    Waiting,
    /// The server has it; no verdict yet.
    Admitted,
    /// The rules have spoken.
    Judged(Verdict),
    /// It may not enter history; its content is kept here.
    TurnedAway(Turned),
}

/// One line of a case's timeline.
#[derive(Clone, Debug)]
pub struct TimelineItem {
    /// The command.
    pub id: CommandId,
    /// Its kind.
    pub kind: CommandKind,
    /// Who and when.
    pub stamp: Stamp,
    /// The device's clock when it was recorded, where known.
    pub recorded_at: Option<Timestamp>,
    /// When the server received it, where known.
    pub received_at: Option<Timestamp>,
    /// What became of it.
    pub fate: Fate,
    /// Its content, of the classes that are held here.
    pub entry: CommandEntry,
}

/// A case as this device knows it.
#[derive(Clone, Debug)]
pub struct CaseView {
    /// Which.
    pub case: CaseId,
    /// Its number; none before the server has registered it.
    pub number: Option<CaseNumber>,
    /// The version of the profile that it stands under, as last ruled; none before the server has judged.
    pub profile_version: Option<u32>,
    /// The last ruling; none before the server has judged.
    pub state: Option<CaseState>,
    /// Own commands that have no verdict yet.
    pub pending: Vec<CommandId>,
    /// What the server tells of it beside the documents, one of each kind.
    pub views: Vec<View>,
}

impl Replica {
    /// The cases of which anything is on this device, oldest first.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn cases(&self) -> Result<Vec<CaseId>, ReplicaError> {
        let mut cases = self.store.case_ids()?;
        for file in self.store.files_without_state()? {
            if self.is_activity(file)? {
                cases.retain(|case| *case != file);
            }
        }
        for case in self.locked_whole()? {
            let recorded_here = self.store.commands_of(case)?.iter().any(|row| row.own);
            cases.retain(|known| *known != case || recorded_here);
        }
        Ok(cases)
    }

    /// Whether a file of which something is here is a case that this person is told of.
    pub(super) fn is_listed(&self, file: CaseId) -> Result<bool, ReplicaError> {
        if self.store.case_state(file)?.is_none() && self.is_activity(file)? {
            return Ok(false);
        }
        let own =
            || Ok::<bool, ReplicaError>(self.store.commands_of(file)?.iter().any(|row| row.own));
        Ok(!self.locked(file)?.is_whole() || own()?)
    }

    /// The activities without a case that are on this device, oldest first.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn activities(&self) -> Result<Vec<TimelineItem>, ReplicaError> {
        let mut activities = Vec::new();
        for file in self.store.files_without_state()? {
            if self.is_activity(file)? {
                activities.extend(self.timeline(file)?);
            }
        }
        Ok(activities)
    }

    /// The last ruling about a case.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn case_state(&self, case: CaseId) -> Result<Option<CaseState>, ReplicaError> {
        if self.locked(case)?.is_whole() {
            return Ok(None);
        }
        let bytes = self.store.case_state(case)?;
        Ok(bytes.map(|bytes| decode(&bytes)).transpose()?)
    }

    /// A case as this device knows it.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn case(&self, case: CaseId) -> Result<CaseView, ReplicaError> {
        let mut pending = Vec::new();
        for row in self.store.commands_of(case)? {
            if row.own && row.state != CommandState::Aside && self.store.verdict(row.id)?.is_none()
            {
                pending.push(row.id);
            }
        }
        if self.locked(case)?.is_whole() {
            return Ok(CaseView {
                case,
                number: None,
                profile_version: None,
                state: None,
                pending,
                views: Vec::new(),
            });
        }
        Ok(CaseView {
            case,
            number: self.store.case_number(case)?,
            profile_version: self.store.case_version(case)?,
            state: self.case_state(case)?,
            pending,
            views: self.store.views(case)?,
        })
    }

    /// The timeline of a case, in the order in which things happened.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn timeline(&self, case: CaseId) -> Result<Vec<TimelineItem>, ReplicaError> {
        let mut items = self.recorded(case)?;
        for entry in self.installed(case)? {
            let key = (entry.stamp.occurred_at, entry.id);
            if items.contains_key(&key) {
                continue;
            }
            let fate = self.judged(entry.id)?.unwrap_or(Fate::Admitted);
            let item = TimelineItem {
                id: entry.id,
                kind: entry.command.kind(),
                stamp: entry.stamp,
                recorded_at: None,
                received_at: None,
                fate,
                entry,
            };
            items.insert(key, item);
        }
        Ok(items.into_values().collect())
    }

    /// What stands among the commands: what was recorded here, and what came change by change. No document is opened.
    pub(super) fn recorded(
        &self,
        case: CaseId,
    ) -> Result<BTreeMap<(Timestamp, CommandId), TimelineItem>, ReplicaError> {
        let mut items = BTreeMap::new();
        let locked = self.locked(case)?;
        for mut row in self.store.commands_of(case)? {
            if !row.own {
                row.records.retain(|record| !locked.hides(record.class));
            }
            let entry = CommandEntry::from_records(row.id, row.case, row.kind, row.records.clone());
            let Ok(entry) = entry else { continue };
            let item = TimelineItem {
                id: row.id,
                kind: row.kind,
                stamp: entry.stamp,
                recorded_at: row.recorded_at,
                received_at: row.received_at,
                fate: self.fate_of(&row)?,
                entry,
            };
            items.insert((item.stamp.occurred_at, item.id), item);
        }
        Ok(items)
    }

    /// The commands that a case's documents hold, also those that came in snapshots.
    fn installed(&self, case: CaseId) -> Result<Vec<CommandEntry>, ReplicaError> {
        let mut by_command: BTreeMap<CommandId, Vec<PlacedRecord>> = BTreeMap::new();
        for row in self.store.documents_of(case)? {
            // What came change by change stands among the commands.
            if row.snapshot.is_none() && row.frame.is_none() {
                continue;
            }
            for (key, record) in self.records(row.key)? {
                let Some((collection, id)) = key.split_once('/') else {
                    continue;
                };
                let Ok(id) = id.parse() else { continue };
                let collection = collection.to_owned();
                let placed = PlacedRecord {
                    class: row.key.class,
                    collection,
                    record,
                };
                by_command.entry(id).or_default().push(placed);
            }
        }
        let entries = by_command.into_iter().filter_map(|(id, records)| {
            let kind = CommandKind::of_records(&records)?;
            CommandEntry::from_records(id, case, kind, records).ok()
        });
        Ok(entries.collect())
    }

    /// What became of a command that was recorded or seen here.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn fate(&self, command: CommandId) -> Result<Option<Fate>, ReplicaError> {
        match self.store.command(command)? {
            Some(row) => self.fate_of(&row).map(Some),
            None => self.judged(command),
        }
    }

    fn judged(&self, command: CommandId) -> Result<Option<Fate>, ReplicaError> {
        let verdict = self.store.verdict(command)?;
        Ok(verdict
            .map(|bytes| decode(&bytes))
            .transpose()?
            .map(Fate::Judged))
    }

    fn fate_of(&self, row: &CommandRow) -> Result<Fate, ReplicaError> {
        Ok(match row.state {
            CommandState::Pending | CommandState::Sealed => Fate::OnDevice,
            CommandState::Waiting => Fate::Waiting,
            CommandState::Aside => {
                let code = row.code.as_deref().and_then(|code| code.parse().ok());
                Fate::TurnedAway(code.unwrap_or(Turned::WrongDependencies))
            }
            CommandState::Admitted | CommandState::Accepted => {
                self.judged(row.id)?.unwrap_or(Fate::Admitted)
            }
        })
    }

    /// Own commands that moved aside: what needs attention, and why.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn turned_away(&self) -> Result<Vec<(CommandId, Fate)>, ReplicaError> {
        let rows = self.store.commands_aside()?;
        rows.iter()
            .map(|row| Ok((row.id, self.fate_of(row)?)))
            .collect()
    }

    /// Whether a command itself is here, and not only what was ruled on it.
    ///
    /// # Errors
    /// [`ReplicaError`].
    #[cfg(feature = "plant")]
    pub fn holds_command(&self, command: CommandId) -> Result<bool, ReplicaError> {
        Ok(self.store.command(command)?.is_some())
    }

    /// Whether this vault could tell a restored server of a command: it is its own and not in the log, or its envelope
    /// is kept here with the part that says what it is.
    ///
    /// # Errors
    /// [`ReplicaError`].
    #[cfg(feature = "plant")]
    pub fn could_tell(&self, command: CommandId) -> Result<bool, ReplicaError> {
        let own = self.store.command(command)?;
        if own.is_some_and(|row| row.own && row.state != CommandState::Accepted) {
            return Ok(true);
        }
        for stored in self.store.envelopes()? {
            let envelopes = super::exchange::unpack_stored(&stored)?;
            let tells = envelopes.iter().any(|envelope| {
                let head = envelope.commands.iter().find(|head| head.id == command);
                let leading = head.map_or(&[][..], |head| head.kind.leading());
                let parts = envelope.parts_of(command);
                let mut keys = parts.iter().filter_map(|part| part.document());
                keys.any(|key| leading.iter().any(|section| section.0 == key.class))
            });
            if tells {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The connections of a case, as last ruled; none unless this person holds the class of links.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn links(&self, case: CaseId) -> Result<Option<CaseLinks>, ReplicaError> {
        let mut last = None;
        for ruling in self.store.rulings_of(case)? {
            let body = ruling.1.read().map_err(|_| ReplicaError::Damaged)?;
            last = body.links.or(last);
        }
        Ok(last.map(|bytes| decode(&bytes)).transpose()?)
    }

    /// Number of own commands that the server has not acknowledged.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn unsent(&self) -> Result<usize, ReplicaError> {
        Ok(self.store.unsent()?)
    }

    /// Colleagues, and this person.
    ///
    /// # Errors
    /// [`ReplicaError`].
    pub fn staff(&self) -> Result<Vec<StaffRow>, ReplicaError> {
        Ok(self.store.staff()?)
    }
}
