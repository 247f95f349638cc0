//! Writing what was admitted: commands, changes, documents, and one row of the log for each envelope.

use jangkau_core::attachment;
use jangkau_core::command::{CommandEntry, CommandKind};
use jangkau_core::document::root_key;
use jangkau_core::grant::activity_grant;
use jangkau_core::id::{CaseId, CommandId, ServerSeq};
use jangkau_core::plant::crash_point;
use jangkau_core::sync::{Row, SealedEnvelope};

use crate::admission::{Admitted, Known, Signer};
use crate::grants::{Ties, align, give};
use crate::store::commands::{NewCommand, Reception, StoredCommand};
use crate::store::documents::NewChange;
use crate::store::institutions::next_seq;
use crate::store::log::{self, Heading};
use crate::store::{StoreError, blobs, commands, delivery, documents, records, rulings};

/// What one envelope brings, while it is written.
pub(crate) struct Record<'a> {
    known: &'a Known<'a>,
    signer: &'a Signer,
    envelope: &'a SealedEnvelope,
    received: Reception,
    /// The position of its row, taken when the first command is admitted.
    seq: Option<ServerSeq>,
    commands: Vec<(CommandId, CaseId)>,
    /// Files that it opens, and whether each is an activity's.
    opened: Vec<(CaseId, bool)>,
}

impl<'a> Record<'a> {
    pub(crate) const fn new(
        known: &'a Known<'a>,
        signer: &'a Signer,
        envelope: &'a SealedEnvelope,
        received: Reception,
    ) -> Self {
        Self {
            known,
            signer,
            envelope,
            received,
            seq: None,
            commands: Vec::new(),
            opened: Vec::new(),
        }
    }

    fn position(&mut self) -> Result<ServerSeq, StoreError> {
        if let Some(seq) = self.seq {
            return Ok(seq);
        }
        let seq = next_seq(self.known.db, self.known.tenant)?;
        self.seq = Some(seq);
        Ok(seq)
    }

    /// Writes an admitted command, so that the next one of the envelope may depend on it. Gives its row.
    pub(crate) fn take(&mut self, admitted: &Admitted) -> Result<ServerSeq, StoreError> {
        crash_point("intake.command")?;
        let (db, tenant) = (self.known.db, self.known.tenant);
        let seq = self.position()?;
        let (head, case) = (admitted.head(), admitted.case());
        let place = self.commands.len() as u32;
        let parts = admitted.parts().iter();
        let written: Vec<_> = parts
            .map(|part| (part.key().id(), part.records()))
            .collect();
        if admitted.is_known() {
            records::add(db, tenant, head.id, &written)?;
        } else {
            let (roles, standing) = self.signer.person().powers(head.kind, self.received.at);
            let new = NewCommand {
                head,
                case,
                seq,
                place,
                envelope: self.envelope.head.hash(),
                via: self.envelope.head.via,
                seat: self.envelope.head.seat,
                person: self.signer.person().id,
                received: self.received,
                records: &written,
                author_roles: &roles,
                standing: &standing,
            };
            commands::insert(db, tenant, &new)?;
        }
        self.take_changes(admitted, seq)?;
        if head.kind == CommandKind::Attach {
            self.refer(admitted)?;
        }
        rulings::touch(db, tenant, case, seq)?;
        if head.kind.opens_file() && !admitted.is_known() {
            self.open(admitted)?;
        }
        commands::note(
            db,
            tenant,
            seq,
            place,
            (head.id, case),
            !admitted.is_known(),
        )?;
        self.commands.push((head.id, case));
        Ok(seq)
    }

    fn take_changes(&self, admitted: &Admitted, seq: ServerSeq) -> Result<(), StoreError> {
        let (db, tenant) = (self.known.db, self.known.tenant);
        let command = admitted.head().id;
        for part in admitted.parts() {
            let (key, facts) = (part.key(), part.facts());
            let document = key.id();
            let seat = self.envelope.head.seat;
            delivery::add(db, tenant, seat, (key.case, key.class))?;
            if !part.is_rewritten() {
                let new = NewChange {
                    document,
                    epoch: part.epoch(),
                    facts,
                    command,
                    seq,
                    bytes: part.bytes(),
                };
                documents::insert_change(db, tenant, &new)?;
                let dependencies = &facts.dependencies;
                documents::advance(db, tenant, key, part.epoch(), facts.hash, dependencies)?;
            }
            for record in part.records() {
                let name = root_key(&record.collection, command);
                documents::add_record(db, tenant, document, &name)?;
            }
        }
        Ok(())
    }

    /// Notes which blob an attachment refers to. One of which the content was erased refers to none.
    fn refer(&self, admitted: &Admitted) -> Result<(), StoreError> {
        let (head, records) = (admitted.head(), admitted.records().to_vec());
        let entry = CommandEntry::from_records(head.id, admitted.case(), head.kind, records);
        let Ok(entry) = entry else { return Ok(()) };
        let Some(attach) = attachment::of_entry(&entry) else {
            return Ok(());
        };
        let mut keys = admitted.parts().iter().map(|part| part.key());
        let Some(key) = keys.find(|key| key.class == attach.class) else {
            return Ok(());
        };
        let document = attachment::sealed_for(key.case, key.class, key.compartment);
        let (db, tenant) = (self.known.db, self.known.tenant);
        blobs::refer(db, tenant, (&entry, attach), &document, self.received.at)
    }

    /// A registration opens a case, an activity a file of its own, under the profile that is in force when it happened, which is
    /// never after it arrived.
    fn open(&mut self, admitted: &Admitted) -> Result<(), StoreError> {
        let (db, tenant) = (self.known.db, self.known.tenant);
        let at = admitted.head().occurred_at.min(self.received.at);
        let profile = self.known.library.in_force(db, tenant, at)?;
        let pin = (profile.id.clone(), profile.version);
        let person = self.signer.person().id;
        rulings::register(db, tenant, admitted.case(), person, &pin)?;
        let is_activity = admitted.head().kind == CommandKind::RecordActivity;
        if is_activity {
            rulings::set_activity(db, tenant, admitted.case())?;
        }
        self.opened.push((admitted.case(), is_activity));
        Ok(())
    }

    /// Names a command of which the log keeps the row alone, because something of its case was erased. What opened its file
    /// gave a grant.
    pub(crate) fn tell(&mut self, told: &StoredCommand) -> Result<(), StoreError> {
        let seq = self.position()?;
        self.commands.push((told.id, told.case));
        if told.kind.opens_file() && told.seq == seq {
            let is_activity = told.kind == CommandKind::RecordActivity;
            self.opened.push((told.case, is_activity));
        }
        Ok(())
    }

    /// The planted bug: counts a command again that stands in the log already.
    pub(crate) fn take_again(&mut self, id: CommandId) -> Result<Option<ServerSeq>, StoreError> {
        let (db, tenant) = (self.known.db, self.known.tenant);
        let Some(stored) = commands::get(db, tenant, id)? else {
            return Ok(None);
        };
        let seq = self.position()?;
        let place = self.commands.len() as u32;
        commands::note(db, tenant, seq, place, (id, stored.case), true)?;
        rulings::touch(db, tenant, stored.case, seq)?;
        self.commands.push((id, stored.case));
        Ok(Some(seq))
    }
}

/// Appends the envelope's row, and the grants of those who opened cases with it. Nothing if nothing was admitted.
pub(crate) fn append_row(known: &Known<'_>, record: Record<'_>) -> Result<(), StoreError> {
    let Some(seq) = record.seq else { return Ok(()) };
    crash_point("intake.append")?;
    let (db, tenant) = (known.db, known.tenant);
    let person = record.signer.person().id;
    let first = record.commands.first().map(|command| command.1);
    let is_one_case = record
        .commands
        .iter()
        .all(|command| Some(command.1) == first);
    let heading = Heading {
        case: first.filter(|_| is_one_case),
        class: None,
        person: Some(person),
        seat: Some(record.envelope.head.seat),
        envelope: Some(commands::put_envelope(db, tenant, record.envelope)?),
        clock_offset_ms: record.received.clock_offset_ms,
    };
    let now = record.received.at;
    let ids = record.commands.iter().map(|command| command.0).collect();
    log::append_at(db, tenant, seq, &Row::Commands(ids), &heading, now)?;
    let profile = known.library.current(db, tenant)?;
    for (file, is_activity) in record.opened {
        if is_activity {
            give(db, tenant, activity_grant(person, file), now)?;
        } else {
            let ties = Ties::of(db, tenant, file)?;
            align(db, tenant, &profile, (person, file, &ties), now)?;
        }
    }
    Ok(())
}
