//! What stands before the last checkpoint: rows that are taken as they are, since what was erased cannot be judged again.

use std::collections::BTreeSet;

use jangkau_core::document::base_facts;
use jangkau_core::id::{CaseId, CommandId, ServerSeq};
use jangkau_core::sync::{Row, SignedEpoch};
use jangkau_core::time::Timestamp;

use super::Rerun;
use crate::rewrite::install_base;
use crate::ruling::{self, rule, take};
use crate::store::documents::NewChange;
use crate::store::log::{self, Heading, LightRow, RowKind};
use crate::store::{Db, StoreError, bars, commands, documents, erase, grants, rulings, views};

impl Rerun<'_> {
    /// Takes a row as it is. Gives false for one that is brought in again as every other: of people, profiles, calendars.
    pub(super) fn take(&self, light: &LightRow) -> Result<bool, StoreError> {
        let (row, _) = log::get(self.from, self.tenant, light.seq)?;
        let (other, now) = (self.other, light.received_at);
        self.store.transact(None, |db| {
            match &row {
                Row::Commands(ids) => self.take_commands(db, light, ids)?,
                Row::Ruling(ruling) => {
                    take(db, other, ruling, now)?;
                }
                Row::Grant(grant) => {
                    log::append(db, other, &row, &light.heading, now)?;
                    grants::insert(db, other, light.seq, grant)?;
                }
                Row::GrantEnd(grant) => {
                    log::append(db, other, &row, &light.heading, now)?;
                    grants::end(db, other, *grant, light.seq)?;
                }
                Row::View(told) => {
                    log::append(db, other, &row, &light.heading, now)?;
                    views::put(db, other, light.seq, (told.case, &told.view))?;
                }
                // That bytes arrived is an input.
                Row::Stored(_, _, _) => {
                    log::append(db, other, &row, &light.heading, now)?;
                }
                Row::Epoch(signed) => self.take_epoch(db, light, signed)?,
                Row::Bar(case, on) => {
                    log::append(db, other, &row, &light.heading, now)?;
                    let person = light.heading.person.ok_or(StoreError::Undecodable)?;
                    bars::set(db, other, (person, *case), *on)?;
                }
                Row::Notice(_) => {
                    log::append(db, other, &row, &light.heading, now)?;
                }
                Row::Staff(_)
                | Row::Profile(_)
                | Row::Calendar(_)
                | Row::Seat(_, _)
                | Row::Own(_, _) => return Ok(false),
            }
            Ok(true)
        })
    }

    fn take_commands(
        &self,
        db: &Db,
        light: &LightRow,
        ids: &[CommandId],
    ) -> Result<(), StoreError> {
        let (from, tenant, other) = (self.from, self.tenant, self.other);
        let number = light.heading.envelope.ok_or(StoreError::Undecodable)?;
        let envelope = commands::envelope(from, tenant, number)?;
        let put = |(envelope, _)| commands::put_envelope(db, other, &envelope);
        let heading = Heading {
            envelope: envelope.map(put).transpose()?,
            ..light.heading
        };
        let row = Row::Commands(ids.to_vec());
        log::append(db, other, &row, &heading, light.received_at)?;
        for (place, id) in (0_u32..).zip(ids) {
            let stored = commands::get(from, tenant, *id)?.ok_or(StoreError::Undecodable)?;
            let is_fresh = commands::is_fresh(from, tenant, light.seq, *id)?;
            commands::copy((from, tenant), (db, other), *id)?;
            rulings::touch(db, other, stored.case, light.seq)?;
            commands::note(db, other, light.seq, place, (*id, stored.case), is_fresh)?;
            let file = rulings::file(from, tenant, stored.case)?;
            if stored.kind.opens_file()
                && let Some((author, pin, is_activity)) =
                    file.and_then(|file| Some((file.author?, file.profile?, file.is_activity)))
            {
                rulings::register(db, other, stored.case, author, &pin)?;
                if is_activity {
                    rulings::set_activity(db, other, stored.case)?;
                }
            }
        }
        for (document, epoch, command, bytes) in documents::changes_of_row(from, tenant, light.seq)?
        {
            let key = documents::get(from, tenant, document)?.ok_or(StoreError::Undecodable)?;
            let facts = base_facts(&bytes).ok_or(StoreError::Undecodable)?;
            let new = NewChange {
                document,
                epoch,
                facts: &facts,
                command,
                seq: light.seq,
                bytes: &bytes,
            };
            documents::insert_change(db, other, &new)?;
            let dependencies = &facts.dependencies;
            documents::advance(db, other, &key.key, epoch, facts.hash, dependencies)?;
        }
        Ok(())
    }

    fn take_epoch(
        &self,
        db: &Db,
        light: &LightRow,
        signed: &SignedEpoch,
    ) -> Result<(), StoreError> {
        let (from, tenant, other) = (self.from, self.tenant, self.other);
        let (body, _) = signed.read().map_err(|_| StoreError::Undecodable)?;
        let (id, at) = (body.document.id(), light.seq);
        let row = Row::Epoch(signed.clone());
        log::append(db, other, &row, &light.heading, light.received_at)?;
        let base = erase::base_of(from, tenant, id, body.epoch)?;
        erase::put_epoch(db, other, id, (body.epoch, at), base.as_deref())?;
        install_base(db, other, &body.document, (body.epoch, at), base.as_deref())?;
        erase::copy((from, tenant), (db, other), id)?;
        rulings::touch(db, other, body.document.case, at)
    }

    /// The last checkpoint is reached: from here on it is judged. What cases tell of each other is written again, and the case
    /// that was rewritten last is judged as it was then.
    pub(super) fn begin_to_judge(&self, light: &LightRow) -> Result<(), StoreError> {
        let (other, now) = (self.other, light.received_at);
        self.store.transact(None, |db| {
            self.copy_keys(db, light.seq)?;
            let mut cases: BTreeSet<CaseId> = BTreeSet::new();
            let mut after = None;
            loop {
                let some = rulings::cases(db, other, after, 512)?;
                let Some(last) = some.last() else { break };
                after = Some(*last);
                cases.extend(some);
            }
            ruling::refresh(db, other, &self.library, &cases, now)?;
            for case in cases {
                if Some(case) != light.heading.case {
                    rulings::judged(db, other, case, light.seq)?;
                }
                for command in commands::of_case(db, other, case)? {
                    if commands::is_followed(self.from, self.tenant, command.id)? {
                        commands::set_followed(db, other, command.id)?;
                    }
                }
            }
            Ok(())
        })?;
        rule(self.store, &self.library, self.judged_at(light)?).map(drop)
    }

    /// When the case was judged that was rewritten last: with the rewriting, or, after a power cut, when the server ran again.
    fn judged_at(&self, light: &LightRow) -> Result<Timestamp, StoreError> {
        let next = log::scan(self.from, self.tenant, light.seq, 1)?;
        let follows = |kind| {
            matches!(
                kind,
                RowKind::Ruling | RowKind::View | RowKind::Grant | RowKind::GrantEnd | RowKind::Bar
            )
        };
        let next = next.first().filter(|next| follows(next.kind));
        Ok(next.map_or(light.received_at, |next| next.received_at))
    }

    /// The keys of records, also of those that were erased: nobody writes one of them again.
    fn copy_keys(&self, db: &Db, upto: ServerSeq) -> Result<(), StoreError> {
        for document in documents::list(self.from, self.tenant, None)? {
            for name in documents::record_keys(self.from, self.tenant, document.id)? {
                let id = name.split_once('/').and_then(|(_, id)| id.parse().ok());
                let Some(id) = id else { continue };
                let stored = commands::get(self.from, self.tenant, id)?;
                if stored.is_some_and(|stored| stored.seq <= upto) {
                    documents::add_record(db, self.other, document.id, &name)?;
                }
            }
        }
        Ok(())
    }
}
