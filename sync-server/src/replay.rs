//! Replaying a log on an empty server: with its recorded inputs it must give the same rows, byte for byte.
//!
//! After an erasure it begins to judge at the last checkpoint; what stands before is taken as it is. Of a case of which an older
//! database came back with erased documents, and of those that follow from it, the rows are told and not made again.

mod taken;

use std::collections::BTreeSet;

use jangkau_core::id::{CaseId, SeatId, ServerSeq};
use jangkau_core::profile::Profile;
use jangkau_core::sync::{Row, SignedRuling};
use jangkau_core::time::Timestamp;

use crate::admission::{Admission, Known, Road, admit, vouch};
use crate::grants::{end, give};
use crate::intake::record::{Record, append_row};
use crate::library::Library;
use crate::ruling::{adopt, rule};
use crate::store::commands::Reception;
use crate::store::institutions::{self, Tenant};
use crate::store::log::{self, Heading, LightRow};
use crate::store::{
    Db, Store, StoreError, bars, commands, documents, elsewhere, erase, grants, links, staff, views,
};
use crate::{founding, glass};

/// Nobody's seat: what is replayed was pushed by somebody, once.
const NOBODY: SeatId = SeatId::from_bytes([0; SeatId::LEN]);

/// Replays a log and gives the positions at which the replayed one differs.
pub(crate) fn replay(db: &Db, tenant: Tenant) -> Result<Vec<ServerSeq>, StoreError> {
    let original = institutions::get(db, tenant)?;
    let store = Store::in_memory()?;
    let other = store.transact(None, |again| {
        institutions::insert(again, &original.id, &original.server_key)
    })?;
    let rerun = Rerun {
        from: db,
        tenant,
        store: &store,
        other,
        library: Library::default(),
        told: erased_cases(db, tenant)?,
    };
    let mut differing = Vec::new();
    let mut restores = institutions::restores(db, tenant)?.into_iter().peekable();
    let mut stops = elsewhere::all_processing_stops(db, tenant)?
        .into_iter()
        .peekable();
    let checkpoint = erase::last_checkpoint(db, tenant)?;
    let mut at = ServerSeq::new(0);
    while at < original.head {
        for light in log::scan(db, tenant, at, 512)? {
            at = light.seq;
            while let Some((_, at)) = restores.next_if(|(kept, _)| *kept < light.seq) {
                store.transact(None, |again| {
                    founding::skip_numbers(again, other, &rerun.library, at)
                })?;
            }
            while let Some((after, case, at)) = stops.next_if(|(after, ..)| *after < light.seq) {
                store.transact(None, |again| {
                    elsewhere::stop_processing(again, other, case, (at, after))
                })?;
            }
            // What follows from earlier rows was appended when they were replayed.
            if institutions::get(&store.db(), other)?.head < light.seq {
                let is_taken = light.seq <= checkpoint && rerun.take(&light)?;
                if !is_taken {
                    rerun.step(&light)?;
                }
            }
            if light.seq == checkpoint {
                rerun.begin_to_judge(&light)?;
            }
            let is_made = institutions::get(&store.db(), other)?.head >= light.seq;
            if !is_made && !rerun.told.is_empty() {
                rerun.tell(&light)?;
            }
            if !rerun.is_same(&light)? {
                differing.push(light.seq);
                if institutions::get(&store.db(), other)?.head < light.seq {
                    return Ok(differing);
                }
            }
        }
    }
    if institutions::get(&store.db(), other)?.head != original.head {
        differing.push(original.head.next());
    }
    Ok(differing)
}

/// The cases of which a document is erased that the log still holds, and those that follow from them: alike, linked, or one the duplicate of the other.
fn erased_cases(db: &Db, tenant: Tenant) -> Result<BTreeSet<CaseId>, StoreError> {
    let mut next = Vec::new();
    for document in documents::hollow(db, tenant)? {
        let row = documents::get(db, tenant, document)?;
        next.extend(row.map(|row| row.key.case));
    }
    let mut cases = BTreeSet::new();
    while let Some(case) = next.pop() {
        if cases.insert(case) {
            next.extend(links::alike(db, tenant, case)?.into_keys());
            next.extend(links::decisions(db, tenant, case)?.into_keys());
            next.extend(links::duplicates(db, tenant, case)?);
        }
    }
    Ok(cases)
}

/// A log under replay.
struct Rerun<'a> {
    from: &'a Db,
    tenant: Tenant,
    store: &'a Store,
    other: Tenant,
    library: Library,
    /// Cases whose rows are told.
    told: BTreeSet<CaseId>,
}

impl Rerun<'_> {
    fn is_same(&self, light: &LightRow) -> Result<bool, StoreError> {
        let db = self.store.db();
        let rows = log::scan(&db, self.other, ServerSeq::new(light.seq.get() - 1), 1)?;
        let Some(again) = rows.first().filter(|again| again.seq == light.seq) else {
            return Ok(false);
        };
        let (row, _) = log::get(self.from, self.tenant, light.seq)?;
        Ok(log::get(&db, self.other, light.seq)?.0 == row
            && again.received_at == light.received_at
            && again.kind == light.kind)
    }

    /// Does again what brought a row.
    fn step(&self, light: &LightRow) -> Result<(), StoreError> {
        let (row, _) = log::get(self.from, self.tenant, light.seq)?;
        let now = light.received_at;
        let is_told = |case: CaseId| self.told.contains(&case);
        match &row {
            Row::Ruling(_) if light.heading.case.is_some_and(is_told) => return self.tell(light),
            Row::Ruling(ruling) => return self.ruling(ruling, now),
            Row::GrantEnd(grant) if self.end_if_over(*grant, now)? => return Ok(()),
            // What follows from decisions that were taken back may be all that judging a case brought.
            Row::Grant(_) | Row::GrantEnd(_) | Row::View(_) | Row::Bar(_, _) => {
                return rule(self.store, &self.library, now).map(drop);
            }
            Row::Commands(_)
            | Row::Staff(_)
            | Row::Profile(_)
            | Row::Calendar(_)
            | Row::Seat(_, _)
            | Row::Epoch(_)
            | Row::Notice(_)
            | Row::Stored(_, _, _)
            | Row::Own(_, _) => {}
        }
        let other = self.other;
        self.store.transact(None, |db| match &row {
            Row::Commands(ids) => self.commands(db, light, ids),
            Row::Staff(staff) => {
                let roles = staff.roles.iter().map(|role| crate::store::parse(role));
                let roles = roles.collect::<Result<_, _>>()?;
                founding::put_staff(db, other, &self.library, staff, &roles, now)
            }
            Row::Profile(profile) => {
                let parsed = Profile::parse(&profile.toml).map_err(|_| StoreError::Undecodable)?;
                self.library.forget();
                founding::activate(db, other, (&profile.toml, &parsed), now)
            }
            Row::Calendar(calendar) => founding::add_calendar(db, other, calendar, now),
            // That bytes arrived is an input, like a seat.
            Row::Seat(_, _) | Row::Stored(_, _, _) => {
                log::append(db, other, &row, &light.heading, now)?;
                Ok(())
            }
            Row::Notice(notice) => glass::append(db, other, notice, now).map(drop),
            // Every rewriting stands at or before the last checkpoint.
            Row::Epoch(_)
            | Row::Grant(_)
            | Row::GrantEnd(_)
            | Row::Ruling(_)
            | Row::View(_)
            | Row::Bar(_, _)
            | Row::Own(_, _) => Ok(()),
        })
    }

    /// Ends a grant again whose time was over. Says whether it did.
    fn end_if_over(&self, grant: ServerSeq, now: Timestamp) -> Result<bool, StoreError> {
        self.store.transact(None, |db| {
            let over = grants::at(db, self.other, grant)?;
            let over = over.filter(|grant| grant.row.is_over(now));
            let Some(over) = over else { return Ok(false) };
            end(db, self.other, &over, now)?;
            Ok(true)
        })
    }

    /// Takes a row over as it is.
    fn tell(&self, light: &LightRow) -> Result<(), StoreError> {
        let (row, _) = log::get(self.from, self.tenant, light.seq)?;
        let (other, now) = (self.other, light.received_at);
        self.store.transact(None, |db| match &row {
            Row::Ruling(ruling) => {
                let known = Known {
                    db,
                    tenant: other,
                    library: &self.library,
                };
                adopt(&known, &institutions::get(db, other)?, ruling, now).map(drop)
            }
            Row::Grant(grant) => give(db, other, grant.clone(), now).map(drop),
            Row::GrantEnd(grant) => {
                let at = log::append(db, other, &row, &light.heading, now)?;
                grants::end(db, other, *grant, at)
            }
            Row::View(told) => {
                let at = log::append(db, other, &row, &light.heading, now)?;
                views::put(db, other, at, (told.case, &told.view))
            }
            Row::Bar(case, on) => {
                log::append(db, other, &row, &light.heading, now)?;
                let person = light.heading.person.ok_or(StoreError::Undecodable)?;
                bars::set(db, other, (person, *case), *on)
            }
            Row::Commands(_)
            | Row::Notice(_)
            | Row::Stored(_, _, _)
            | Row::Staff(_)
            | Row::Profile(_)
            | Row::Calendar(_)
            | Row::Seat(_, _)
            | Row::Epoch(_)
            | Row::Own(_, _) => log::append(
                db,
                other,
                &row,
                &Heading {
                    envelope: None,
                    ..light.heading
                },
                now,
            )
            .map(drop),
        })
    }

    /// A ruling of its own time is made again; one of an older time was taken back after a restore.
    fn ruling(&self, ruling: &SignedRuling, now: Timestamp) -> Result<(), StoreError> {
        let body = ruling.read().map_err(|_| StoreError::Undecodable)?;
        let before = institutions::get(&self.store.db(), self.other)?.head;
        if body.ruled_at == now {
            rule(self.store, &self.library, now)?;
        }
        if institutions::get(&self.store.db(), self.other)?.head > before {
            return Ok(());
        }
        self.store.transact(None, |db| {
            let known = Known {
                db,
                tenant: self.other,
                library: &self.library,
            };
            let institution = institutions::get(db, self.other)?;
            adopt(&known, &institution, ruling, now).map(drop)
        })
    }

    fn commands(
        &self,
        db: &Db,
        light: &LightRow,
        ids: &[jangkau_core::id::CommandId],
    ) -> Result<(), StoreError> {
        let number = light.heading.envelope.ok_or(StoreError::Undecodable)?;
        let found = commands::envelope(self.from, self.tenant, number)?;
        let Some((envelope, _)) = found else {
            // All of it was erased.
            return Ok(());
        };
        let seat = envelope.head.seat;
        if staff::seat(db, seat)?.is_none() {
            staff::copy_seat(self.from, db, self.other, seat)?;
        }
        let known = Known {
            db,
            tenant: self.other,
            library: &self.library,
        };
        let institution = institutions::get(db, self.other)?.id;
        let vouched = vouch(&known, &institution, NOBODY, Road::Again, &envelope)?;
        let Ok(signer) = vouched else { return Ok(()) };
        let received = Reception {
            at: light.received_at,
            clock_offset_ms: light.heading.clock_offset_ms,
        };
        let mut record = Record::new(&known, &signer, &envelope, received);
        for id in ids {
            let stored = commands::get(self.from, self.tenant, *id)?;
            if let Some(told) = stored.filter(|stored| self.told.contains(&stored.case)) {
                record.tell(&told)?;
                continue;
            }
            let head = envelope.commands.iter().find(|head| head.id == *id);
            let Some(head) = head else { continue };
            if let Admission::Admitted(admitted) =
                admit(&known, &signer, Road::Again, &envelope, head)?
            {
                record.take(&admitted)?;
            }
        }
        append_row(&known, record)
    }
}
